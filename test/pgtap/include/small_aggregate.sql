-- A small aggregate against plain SQL: by group, of all, by workers, by partitions, and
-- over window frames that rows leave again. Wants a table `fact` (n, grp, ..) of groups
-- from 0, and is given the aggregate and what it should be, both as they stand in a
-- query; {over} in `plain` is where OVER goes.
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
CREATE FUNCTION pg_temp.plans(call text, plain text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	v record;
	plan text;
	usual text[] := '{max_parallel_workers_per_gather=0,enable_partitionwise_aggregate=off,enable_hashagg=on}';
BEGIN
	PERFORM set_config(s, '0', true) FROM unnest('{parallel_setup_cost,parallel_tuple_cost,min_parallel_table_scan_size}'::text[]) s;
	DROP TABLE IF EXISTS parted, expected;
	CREATE TABLE parted (LIKE fact) PARTITION BY RANGE (n);
	CREATE TABLE part_1 PARTITION OF parted FOR VALUES FROM (MINVALUE) TO (3000);
	CREATE TABLE part_2 PARTITION OF parted FOR VALUES FROM (3000) TO (MAXVALUE);
	INSERT INTO parted SELECT * FROM fact;
	ANALYZE parted;
	PERFORM set_config('max_parallel_workers_per_gather', '0', true);
	EXECUTE format('CREATE TABLE expected AS SELECT grp, %1$s AS value FROM fact GROUP BY grp UNION ALL SELECT -1, %1$s FROM fact', replace(plain, '{over}', ''));
	FOR v IN
		SELECT * FROM (VALUES
			('hashed groups', 'grp >= 0', '', 'SELECT grp, {call} AS value FROM fact GROUP BY grp', 'HashAggregate'),
			('sorted groups', 'grp >= 0', 'enable_hashagg=off', 'SELECT grp, {call} AS value FROM fact GROUP BY grp', 'GroupAggregate'),
			('all', 'grp < 0', '', 'SELECT -1 AS grp, {call} AS value FROM fact', 'Aggregate'),
			('groups by workers', 'grp >= 0', 'max_parallel_workers_per_gather=2', 'SELECT grp, {call} AS value FROM fact GROUP BY grp', 'Partial (Hash|Group)Aggregate(.*\n)*.*Parallel Seq Scan'),
			('all by workers', 'grp < 0', 'max_parallel_workers_per_gather=2', 'SELECT -1 AS grp, {call} AS value FROM fact', 'Partial Aggregate(.*\n)*.*Parallel Seq Scan'),
			('partitions apart', 'grp >= 0', 'enable_partitionwise_aggregate=on', 'SELECT grp, {call} AS value FROM parted GROUP BY grp', 'Partial (Hash|Group)Aggregate')
		) q (title, groups, settings, query, pattern)
	LOOP
		PERFORM set_config(split_part(setting, '=', 1), split_part(setting, '=', 2), true) FROM unnest(usual || string_to_array(v.settings, ',')) setting;
		plan := pg_temp.run(replace(v.query, '{call}', call));
		RETURN NEXT ok(plan ~ v.pattern, format('%s: %s', call, v.title));
		IF plan !~ v.pattern THEN
			RETURN NEXT diag(plan);
		END IF;
		RETURN NEXT set_eq('TABLE result', 'SELECT * FROM expected WHERE ' || v.groups, '... as in plain SQL');
	END LOOP;
	PERFORM set_config(split_part(setting, '=', 1), split_part(setting, '=', 2), true) FROM unnest(usual) setting;
END $$;
CREATE FUNCTION pg_temp.frames(call text, plain text) RETURNS SETOF text LANGUAGE sql
AS $_$
	SELECT is_empty(
		format($$SELECT * FROM (
			SELECT n, %s OVER w AS got, %s AS expected FROM fact WINDOW w AS (PARTITION BY grp ORDER BY n %s)
		) s WHERE got IS DISTINCT FROM expected$$, call, replace(plain, '{over}', 'OVER w'), frame),
		call || ', ' || frame)
	FROM unnest(ARRAY[
		'ROWS BETWEEN 5 PRECEDING AND CURRENT ROW',
		'ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING',
		'ROWS BETWEEN CURRENT ROW AND 30 FOLLOWING',
		'RANGE BETWEEN 500 PRECEDING AND 100 FOLLOWING',
		'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
		'ROWS BETWEEN 4 PRECEDING AND 4 FOLLOWING EXCLUDE CURRENT ROW'
	]) AS frame
$_$;
