-- A revenue series depends on the set of its rows alone: by whatever plan, through
-- whatever splits, and on whatever way it was kept, its message has the same bytes.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;
SET TimeZone = 'UTC';

-- Large groups and small ones, the rows of each spread over the table and its partitions
SELECT setseed(0.5772);
CREATE TABLE fact (grp int, month int, sold_at timestamptz, amount numeric, boundaries timestamptz[])
PARTITION BY LIST (month);
SELECT format('CREATE TABLE fact_%s PARTITION OF fact FOR VALUES IN (%s)', m, m) FROM generate_series(1, 4) m \gexec
CREATE TEMP TABLE drawn_row (LIKE fact);
INSERT INTO drawn_row
SELECT grp, 1 + floor(random() * 4), CASE WHEN random() < 0.99 THEN timestamptz '2019-12-01' + random() * interval '1000 days' END,
	CASE WHEN random() < 0.99 THEN round((random() * 1000 - 100)::numeric, 2) END, '{2020-01-01, 2020-07-01, 2021-01-01, 2022-01-01}'
FROM (VALUES (1, 9000), (2, 5000), (3, 2000), (4, 1000), (5, 500), (6, 200), (7, 50), (8, 10), (9, 2), (10, 1)) v (grp, size), generate_series(1, size);
-- by itself: ORDER BY random() makes every random() beside it the same number
INSERT INTO fact SELECT * FROM drawn_row ORDER BY random();
UPDATE fact SET sold_at = '2020-05-05', amount = 1 WHERE grp > 8;
ANALYZE fact;
\ir include/same_bits.sql

-- Boundaries from the rows, and weeks from a sub-select, of which a state is compressed
CREATE FUNCTION pg_temp.total(s revenue_series) RETURNS text LANGUAGE sql RETURN (SELECT sum(lines) || ' ' || sum(revenue) FROM revenue(s));
SELECT pg_temp.plans('revenue_series', 'revenue_agg(sold_at, amount, boundaries)');
SELECT pg_temp.ways('revenue_series', 'pg_temp.total');
SELECT pg_temp.plans('revenue_series', 'revenue_agg(sold_at, amount, (SELECT periods(''week'', ''2020-01-01'', ''2022-06-30'', ''Europe/Berlin'')))');
TRUNCATE kept;
INSERT INTO kept TABLE serial;
SELECT is(count(pg_column_compression(s)), 11::bigint, 'states are compressed') FROM kept;
SELECT set_eq('SELECT grp, r.* FROM kept, revenue(s) r', 'SELECT grp, r.* FROM serial, revenue(s) r', '... and say the same');
SELECT is(rollup(s)::text, (SELECT s::text FROM serial WHERE grp = 0), '... rolled up, too') FROM kept WHERE grp > 0;

-- Any two sizes, in both orders, make the same as all at once
CREATE FUNCTION pg_temp.made(sizes int[]) RETURNS revenue_series LANGUAGE sql
RETURN (SELECT revenue_agg(timestamptz '2020-01-01' + i * i % 97 * interval '1 day', i, '{2020-01-05, 2020-02-01, 2020-03-01}') FROM unnest(sizes) size, generate_series(1, size) i);
CREATE TABLE piece AS SELECT size, pg_temp.made(ARRAY[size]) AS s FROM unnest(ARRAY[1, 2, 3, 10, 100, 1000]) size;
SELECT is_empty($$
	SELECT a.size, b.size
	FROM piece a, piece b, LATERAL (SELECT revenue_series_send(rollup(s)) AS ab FROM (VALUES (a.s), (b.s)) v (s)) there,
		LATERAL (SELECT revenue_series_send(rollup(s)) AS ba FROM (VALUES (b.s), (a.s)) v (s)) back,
		LATERAL (SELECT revenue_series_send(pg_temp.made(ARRAY[a.size, b.size])) AS whole) direct
	WHERE ab IS DISTINCT FROM whole OR ba IS DISTINCT FROM whole
$$, 'any two sizes, in both orders, make the same as all at once');

SELECT * FROM finish();
ROLLBACK;
