-- A summary depends on the set of durations alone: by whatever plan, through
-- whatever splits, and on whatever way it was kept, its message has the same bytes.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET max_parallel_workers_per_gather = 0;

-- Groups of all kinds of sizes, the rows of each spread over the table and its partitions
SELECT setseed(0.5772);
CREATE TABLE deal_time (grp int, month int, from_time timestamptz, until_time timestamptz) PARTITION BY LIST (month);
SELECT format('CREATE TABLE deal_time_%s PARTITION OF deal_time FOR VALUES IN (%s)', m, m) FROM generate_series(1, 5) m \gexec
CREATE TEMP TABLE drawn_row (LIKE deal_time);
INSERT INTO drawn_row
SELECT grp, 1 + floor(random() * 5), from_time,
	CASE WHEN random() > 0.05 THEN from_time + CASE grp % 3
		WHEN 0 THEN floor(random() * 100) * interval '1 day'
		WHEN 1 THEN floor(exp(random() * 12)) * interval '1 second'
		ELSE floor(exp(random() * 36)) * interval '1 microsecond' END END
FROM (
	SELECT grp, timestamptz '2020-01-01' + random() * interval '1000 days' AS from_time
	FROM (VALUES (1, 1), (2, 2), (3, 40), (4, 999), (5, 1000), (6, 1001), (7, 1060), (8, 2000), (9, 5000), (10, 12000), (11, 12000)) v (grp, size),
		generate_series(1, size)
) drawn;
-- by itself: ORDER BY random() makes every random() beside it the same number
INSERT INTO deal_time SELECT * FROM drawn_row ORDER BY random();
ANALYZE deal_time;

CREATE TABLE serial AS
SELECT grp, duration_agg(from_time, until_time) AS s FROM deal_time GROUP BY grp ORDER BY grp;
PREPARE serial AS SELECT grp, duration_summary_send(s) FROM serial ORDER BY grp;
PREPARE total AS SELECT duration_summary_send(rollup(s)) FROM serial;
SELECT is(array_agg(s::text LIKE '{min %' ORDER BY grp), array_agg(sample_size(s) > 1000 ORDER BY grp), 'both forms of the state are here') FROM serial;

-- Run a query, its rows to the table `result`; the plan that made them is returned.
CREATE FUNCTION pg_temp.run(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
	lines text := '';
BEGIN
	DROP TABLE IF EXISTS result;
	FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) CREATE TABLE result AS ' || query LOOP
		lines := lines || line || E'\n';
	END LOOP;
	RETURN lines;
END $$;
SET client_min_messages = warning;

-- Plans
\set by_group 'SELECT grp, duration_summary_send(duration_agg(from_time, until_time)) AS bits FROM deal_time GROUP BY grp'
\set of_all 'SELECT duration_summary_send(duration_agg(from_time, until_time)) AS bits FROM deal_time'
\set rolled_up 'SELECT duration_summary_send(rollup(s)) AS bits FROM serial'

SET enable_hashagg = off;
SELECT matches(pg_temp.run(:'by_group'), 'GroupAggregate', 'sorted groups');
SELECT results_eq('SELECT grp, bits FROM result ORDER BY grp', 'serial', '... are the same');
RESET enable_hashagg;
SET enable_sort = off;
SELECT matches(pg_temp.run(:'by_group'), 'HashAggregate', 'hashed groups');
SELECT results_eq('SELECT grp, bits FROM result ORDER BY grp', 'serial', '... are the same');
RESET enable_sort;
SELECT unalike(pg_temp.run(:'of_all'), '%Partial%', 'one group of all rows');
SELECT results_eq('TABLE result', 'total', '... is the rollup of its parts');

SET enable_partitionwise_aggregate = on;
SELECT matches(pg_temp.run(:'by_group'), 'Append.*\n.*Partial HashAggregate', 'groups across partitions, aggregated one by one');
SELECT results_eq('SELECT grp, bits FROM result ORDER BY grp', 'serial', '... are the same');
SELECT matches(pg_temp.run(:'of_all'), 'Append.*\n.*Partial Aggregate', 'one group across partitions');
SELECT results_eq('TABLE result', 'total', '... is the same');
RESET enable_partitionwise_aggregate;

SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
ALTER TABLE serial SET (parallel_workers = 2);
CREATE FUNCTION pg_temp.two_workers(query text, title text) RETURNS text LANGUAGE sql AS $$
	SELECT ok(plan ~ 'Partial (Hash|Group)?Aggregate' AND plan ~ 'Workers Launched: 2', title || E', by two workers')
	FROM pg_temp.run(query) plan
$$;
SELECT pg_temp.two_workers(:'by_group', 'groups');
SELECT results_eq('SELECT grp, bits FROM result ORDER BY grp', 'serial', '... are the same');
SELECT pg_temp.two_workers(:'of_all', 'one group');
SELECT results_eq('TABLE result', 'total', '... is the same');
SELECT pg_temp.two_workers(:'rolled_up', 'a rollup of stored summaries');
SELECT results_eq('TABLE result', 'total', '... is the same');
SELECT pg_temp.two_workers('SELECT duration_agg(from_time, until_time) AS s FROM deal_time WHERE until_time IS NULL', 'nothing but NULL ends');
SELECT ok(s IS NULL, '... is NULL') FROM result;
SELECT pg_temp.two_workers('SELECT cycle_length(from_time, until_time), lead_response_time(from_time, until_time) FROM deal_time', 'the answers at once');
SELECT results_eq('TABLE result', 'SELECT mean(rollup(s)), mean(rollup(s)) FROM serial', '... are the mean');
SET enable_partitionwise_aggregate = on;
SELECT pg_temp.two_workers(:'by_group', 'partitions');
SELECT results_eq('SELECT grp, bits FROM result ORDER BY grp', 'serial', '... are the same');
RESET enable_partitionwise_aggregate;
SET max_parallel_workers_per_gather = 0;

-- Splits: the rows of each group dealt at random to up to 60 summaries, rolled up in random order
PREPARE split(int) AS
SELECT grp, duration_summary_send(rollup(s ORDER BY random())) AS bits
FROM (
	SELECT grp, duration_agg(from_time, until_time) AS s
	FROM deal_time GROUP BY grp, floor(random() * $1)
) part GROUP BY grp ORDER BY grp;
SELECT results_eq(format('EXECUTE split(%s)', parts), 'serial', format('rolled up from %s parts', parts))
FROM unnest(ARRAY[2, 2, 3, 5, 8, 13, 21, 60]) parts;
PREPARE nested_split AS
SELECT grp, duration_summary_send(rollup(s)) AS bits
FROM (
	SELECT grp, rollup(s ORDER BY random()) AS s
	FROM (SELECT grp, duration_agg(from_time, until_time) AS s FROM deal_time GROUP BY grp, floor(random() * 60)) small_part
	GROUP BY grp, floor(random() * 4)
) part GROUP BY grp ORDER BY grp;
SELECT results_eq('nested_split', 'serial', 'rolled up twice');
PREPARE single_split AS
SELECT grp, duration_summary_send(rollup(s)) AS bits
FROM (SELECT grp, duration_agg(from_time, until_time) AS s FROM deal_time WHERE grp < 9 GROUP BY grp, ctid, tableoid) one GROUP BY grp ORDER BY grp;
PREPARE serial_small AS SELECT grp, duration_summary_send(s) FROM serial WHERE grp < 9 ORDER BY grp;
SELECT results_eq('single_split', 'serial_small', 'rolled up from summaries of one row');
PREPARE shuffled AS
SELECT grp, duration_summary_send(duration_agg(from_time, until_time ORDER BY random())) AS bits FROM deal_time GROUP BY grp ORDER BY grp;
SELECT results_eq('shuffled', 'serial', 'in another order of rows') FROM generate_series(1, 3);

-- Splits around the number of durations that are held
CREATE TABLE piece AS
SELECT size, duration_agg(i * i * interval '1 microsecond') AS s
FROM (VALUES (1), (5), (498), (499), (500), (501), (999), (1000), (1001), (3000)) v (size), generate_series(1, size) i GROUP BY size;
SELECT is_empty($$
	SELECT a.size, b.size
	FROM piece a, piece b, LATERAL (SELECT rollup(s) AS ab FROM (VALUES (a.s), (b.s)) v (s)) there,
		LATERAL (SELECT rollup(s) AS ba FROM (VALUES (b.s), (a.s)) v (s)) back,
		LATERAL (SELECT duration_agg(i * i * interval '1 microsecond') AS whole
			FROM (SELECT generate_series(1, a.size) UNION ALL SELECT generate_series(1, b.size)) v (i)) direct
	WHERE duration_summary_send(ab) IS DISTINCT FROM duration_summary_send(whole)
		OR duration_summary_send(ba) IS DISTINCT FROM duration_summary_send(whole)
		OR (ab::text LIKE '{min %') <> (a.size + b.size > 1000)
$$, 'any two sizes, in both orders, make the same as all at once: buckets if, and only if, they are more than 1000');

-- Text, whatever the session prints by
SET IntervalStyle = 'sql_standard';
SET DateStyle = 'German';
SET TimeZone = 'Asia/Kathmandu';
SET extra_float_digits = -5;
CREATE TABLE printed AS SELECT grp, s::text AS t FROM serial;
RESET IntervalStyle;
RESET DateStyle;
RESET TimeZone;
RESET extra_float_digits;
PREPARE reread AS SELECT grp, duration_summary_send(t::duration_summary) FROM printed ORDER BY grp;
SELECT results_eq('reread', 'serial', 'text and back');
SELECT is_empty('SELECT grp FROM printed JOIN serial USING (grp) WHERE t <> s::text', 'the text does not depend on the session');

-- Binary, through a file of the server
SELECT set_config('test.file', current_setting('data_directory') || '/duration_same_bits.copy', true) \g /dev/null
CREATE TABLE copied (LIKE serial);
DO $$ BEGIN
	EXECUTE format('COPY serial TO %L (FORMAT binary)', current_setting('test.file'));
	EXECUTE format('COPY copied FROM %L (FORMAT binary)', current_setting('test.file'));
END $$;
PREPARE copied AS SELECT grp, duration_summary_send(s) FROM copied ORDER BY grp;
SELECT results_eq('copied', 'serial', 'binary and back');

-- In tables: out of line, compressed, with short headers, all of them to be rolled up
CREATE TABLE stored (grp int, s duration_summary);
CREATE FUNCTION pg_temp.store(storage text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	TRUNCATE stored;
	EXECUTE format('ALTER TABLE stored ALTER s SET STORAGE %s', storage);
	INSERT INTO stored TABLE serial;
	INSERT INTO stored SELECT 0, s FROM piece WHERE size <= 5;
	RETURN NEXT results_eq('SELECT grp, duration_summary_send(s) FROM stored WHERE grp > 0 ORDER BY grp', 'serial', storage || ' storage');
	RETURN NEXT results_eq('SELECT duration_summary_send(rollup(s)) FROM stored WHERE grp > 0', 'total', '... rolled up');
	RETURN NEXT results_eq($q$SELECT duration_summary_send(rollup(s)) FROM stored WHERE grp = 0$q$,
		$q$SELECT duration_summary_send(rollup(s)) FROM piece WHERE size <= 5$q$, '... the small ones too');
	RETURN NEXT is_empty('SELECT grp FROM stored JOIN serial x USING (grp) WHERE ROW(mean(stored.s), median(stored.s), stddev(stored.s)) <> ROW(mean(x.s), median(x.s), stddev(x.s))',
		'... answers as before');
END $$;
SELECT pg_temp.store('EXTERNAL');
SELECT ok(pg_relation_size(reltoastrelid) > 40000, 'out of line') FROM pg_class WHERE oid = 'stored'::regclass;
SELECT ok(max(pg_column_size(s)) < 126 AND max(pg_column_size(s)) % 8 <> 0, 'short headers') FROM stored WHERE grp = 0;
SELECT pg_temp.store('MAIN');
SELECT ok(count(pg_column_compression(s)) > 0, 'compressed in line') FROM stored;
SELECT pg_temp.store('EXTENDED');
SELECT ok(count(pg_column_compression(s)) > 0, 'compressed') FROM stored;

SELECT * FROM finish();
ROLLBACK;
