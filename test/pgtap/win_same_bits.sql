-- A summary of deals depends on the set of its rows alone: by whatever plan, through
-- whatever splits, and on whatever way it was kept, its message has the same bytes.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;

-- Groups of many deals of few lengths, of as many lengths as deals, and small ones; the
-- rows of each spread over the table and its partitions
SELECT setseed(0.5772);
CREATE TABLE fact (grp int, month int, opened_at timestamptz, closed_at timestamptz, outcome text)
PARTITION BY LIST (month);
SELECT format('CREATE TABLE fact_%s PARTITION OF fact FOR VALUES IN (%s)', m, m) FROM generate_series(1, 4) m \gexec
CREATE TEMP TABLE drawn_row (LIKE fact);
INSERT INTO drawn_row
SELECT grp, 1 + floor(random() * 4), opened_at, CASE WHEN random() < 0.9 THEN opened_at + random() * days * interval '1 day' END, (ARRAY['won', 'lost', 'withdrawn', NULL])[1 + floor(random() * 4)]
FROM (
	SELECT grp, days, CASE WHEN random() < 0.99 THEN timestamptz '2026-01-01' - random() * days * interval '1 day' END AS opened_at
	FROM (VALUES (1, 30000, 300), (2, 20000, 100000), (3, 10000, 2), (4, 5000, 3000), (5, 5000, 30), (6, 1000, 1000), (7, 100, 20), (8, 10, 10), (9, 2, 1), (10, 1, 1)) v (grp, size, days), generate_series(1, size)
) drawn;
-- by itself: ORDER BY random() makes every random() beside it the same number
INSERT INTO fact SELECT * FROM drawn_row ORDER BY random();
UPDATE fact SET opened_at = '2025-12-01' WHERE grp > 8;
ANALYZE fact;
\ir include/same_bits.sql

SELECT pg_temp.plans('win_summary', 'win_curve_agg(opened_at, closed_at, outcome, timestamptz ''2026-01-01'')');
SELECT pg_temp.ways('win_summary', 'sample_size');
SELECT ok(count(pg_column_compression(s)) > 0, 'some are compressed') FROM kept;
SELECT set_eq('SELECT grp, c.* FROM kept, win_curve(s) c', 'SELECT grp, c.* FROM serial, win_curve(s) c', 'a stored summary makes the same curve');
SELECT set_eq('SELECT grp, median_days(s) FROM kept', 'SELECT grp, median_days(s) FROM serial', 'and has the same median');
SELECT pg_temp.plans('win_summary', 'win_curve_agg(opened_at::date, closed_at::date, outcome, date ''2026-01-01'')');
SELECT is_empty($$
	SELECT grp FROM serial WHERE sample_size(s) <> (SELECT count(opened_at) FROM fact t WHERE t.grp = serial.grp OR serial.grp = 0)
$$, 'every deal counts once');

-- Any two sizes, in both orders, make the same as all at once
CREATE FUNCTION pg_temp.made(sizes int[]) RETURNS win_summary LANGUAGE sql
RETURN (SELECT win_curve_agg(date '2020-01-01' + i * i % 97, date '2020-05-01' + i * i % 89, CASE i % 3 WHEN 0 THEN 'won' WHEN 1 THEN 'lost' END, date '2020-07-15') FROM unnest(sizes) size, generate_series(1, size) i);
CREATE TABLE piece AS
SELECT size, pg_temp.made(ARRAY[size]) AS s
FROM unnest(ARRAY[1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1000]) size;
SELECT is_empty($$
	SELECT a.size, b.size
	FROM piece a, piece b, LATERAL (SELECT win_summary_send(rollup(s)) AS ab FROM (VALUES (a.s), (b.s)) v (s)) there,
		LATERAL (SELECT win_summary_send(rollup(s)) AS ba FROM (VALUES (b.s), (a.s)) v (s)) back,
		LATERAL (SELECT win_summary_send(pg_temp.made(ARRAY[a.size, b.size])) AS whole) direct
	WHERE ab IS DISTINCT FROM whole OR ba IS DISTINCT FROM whole
$$, 'any two sizes, in both orders, make the same as all at once');

-- A window goes on with a state that has given results.
CREATE TABLE deal AS SELECT row_number() OVER () AS n, * FROM fact WHERE grp IN (3, 7);
CREATE TABLE running AS SELECT n, win_curve_agg(opened_at, closed_at, outcome, timestamptz '2026-01-01') OVER (ORDER BY n) AS s, NULL::win_summary AS whole FROM deal WHERE n < 300;
UPDATE running SET whole = (SELECT win_curve_agg(opened_at, closed_at, outcome, timestamptz '2026-01-01') FROM deal d WHERE d.n <= running.n);
SELECT is_empty('SELECT n FROM running WHERE win_summary_send(s) IS DISTINCT FROM win_summary_send(whole)', 'results of a window stay as they were');
CREATE AGGREGATE pg_temp.begun(timestamptz, timestamptz, text, timestamptz) (SFUNC = sales_kpi.win_curve_add, STYPE = sales_kpi.win_summary, INITCOND = '{bigint days 0:1/0/0;1:1/0/0}');
SELECT is(s::text, '{bigint days 0:2/0/0;1:1/0/0}', 'an initial state is not counted in')
FROM (SELECT pg_temp.begun('2026-01-01', '2026-01-01', 'won', '2026-01-01') AS s FROM generate_series(1, 3) g GROUP BY g) b;

SELECT * FROM finish();
ROLLBACK;
