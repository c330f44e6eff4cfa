-- That an aggregate makes the same bytes by every plan, and that a state keeps them on
-- every way. Wants a partitioned table `fact` (grp, month, ..) of groups 1 to 10, of
-- which those above 5 are small. The settings are for plans of several workers.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;

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

-- The table `serial` has the states of all groups, and as group 0 that of all rows.
-- What other plans make is compared by a hash of the message. {call} in a query is
-- the aggregate.
CREATE FUNCTION pg_temp.plans(type text, call text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	v record;
	plan text;
	digest text := format('SELECT grp, md5(%s_send(s)) AS bits', type);
	plain text[] := '{max_parallel_workers_per_gather=0,enable_partitionwise_aggregate=off,enable_hashagg=on,enable_sort=on}';
BEGIN
	DROP TABLE IF EXISTS serial, expected, part;
	PERFORM set_config('max_parallel_workers_per_gather', '0', true);
	EXECUTE format('CREATE TABLE serial AS SELECT grp, %1$s AS s FROM fact GROUP BY grp UNION ALL SELECT 0, %1$s FROM fact', call);
	EXECUTE format('CREATE TABLE expected AS %s FROM serial', digest);
	EXECUTE format('CREATE TABLE part AS SELECT grp, month, %s AS s FROM fact GROUP BY grp, month, floor(random() * 8)', call);
	ALTER TABLE part SET (parallel_workers = 2);
	ANALYZE part;
	FOR v IN
		SELECT title, groups::int4range AS groups, settings, digest || ' FROM (' || replace(query, '{call}', call) || ') q' AS query, pattern
		FROM (VALUES
			('sorted groups', '[1,10]', 'enable_hashagg=off', 'SELECT grp, {call} AS s FROM fact GROUP BY grp', 'GroupAggregate'),
			('hashed groups', '[1,10]', 'enable_sort=off', 'SELECT grp, {call} AS s FROM fact GROUP BY grp', 'HashAggregate'),
			('groups across partitions', '[1,10]', 'enable_partitionwise_aggregate=on', 'SELECT grp, {call} AS s FROM fact GROUP BY grp', 'Append.*\n.*Partial HashAggregate'),
			('all across partitions', '[0,0]', 'enable_partitionwise_aggregate=on', 'SELECT 0 AS grp, {call} AS s FROM fact', 'Append.*\n.*Partial Aggregate'),
			('groups by two workers', '[1,10]', 'max_parallel_workers_per_gather=2', 'SELECT grp, {call} AS s FROM fact GROUP BY grp', 'Workers Launched: 2(.*\n)*.*Partial (Hash|Group)Aggregate'),
			('all by two workers', '[0,0]', 'max_parallel_workers_per_gather=2', 'SELECT 0 AS grp, {call} AS s FROM fact', 'Workers Launched: 2(.*\n)*.*Partial Aggregate'),
			('partitions by two workers', '[1,10]', 'max_parallel_workers_per_gather=2,enable_partitionwise_aggregate=on', 'SELECT grp, {call} AS s FROM fact GROUP BY grp',
				'Workers Launched: 2(.*\n)*.*Partial (Hash|Group)Aggregate'),
			('another order of rows', '[1,10]', '', 'SELECT grp, ' || regexp_replace(call, '\)$', ' ORDER BY random())') || ' AS s FROM fact GROUP BY grp', 'Aggregate'),
			('rolled up from months', '[1,10]', '', 'SELECT grp, rollup(s) AS s FROM part GROUP BY grp', 'Aggregate'),
			('rolled up from months by two workers', '[1,10]', 'max_parallel_workers_per_gather=2', 'SELECT grp, rollup(s) AS s FROM part GROUP BY grp', 'Workers Launched: 2(.*\n)*.*Partial (Hash|Group)Aggregate'),
			('all rolled up from months by two workers', '[0,0]', 'max_parallel_workers_per_gather=2', 'SELECT 0 AS grp, rollup(s) AS s FROM part', 'Workers Launched: 2(.*\n)*.*Partial Aggregate'),
			('rolled up in random order from up to 60 parts', '[1,10]', '',
				'SELECT grp, rollup(s ORDER BY random()) AS s FROM (SELECT grp, {call} AS s FROM fact GROUP BY grp, floor(random() * 60)) small GROUP BY grp', 'Aggregate'),
			('rolled up from two parts', '[1,10]', '', 'SELECT grp, rollup(s) AS s FROM (SELECT grp, {call} AS s FROM fact GROUP BY grp, random() < 0.3) half GROUP BY grp', 'Aggregate'),
			('rolled up twice', '[1,10]', '', 'SELECT grp, rollup(s) AS s FROM (SELECT grp, rollup(s) AS s FROM
				(SELECT grp, {call} AS s FROM fact GROUP BY grp, floor(random() * 20)) small GROUP BY grp, floor(random() * 3)) larger GROUP BY grp', 'Aggregate'),
			('all rolled up from groups', '[0,0]', '', 'SELECT 0 AS grp, rollup(s) AS s FROM serial WHERE grp > 0', 'Aggregate'),
			('rolled up from single rows', '[6,10]', '', 'SELECT grp, rollup(s) AS s FROM (SELECT grp, {call} AS s FROM fact WHERE grp > 5 GROUP BY grp, ctid, tableoid) one GROUP BY grp', 'Aggregate')
		) v (title, groups, settings, query, pattern)
	LOOP
		PERFORM set_config(split_part(setting, '=', 1), split_part(setting, '=', 2), true) FROM unnest(plain || string_to_array(v.settings, ',')) setting;
		plan := pg_temp.run(v.query);
		RETURN NEXT ok(plan ~ v.pattern, format('%s: %s', call, v.title));
		IF plan !~ v.pattern THEN
			RETURN NEXT diag(plan);
		END IF;
		RETURN NEXT is((SELECT array_agg(grp || ' ' || bits ORDER BY grp) FROM result), (SELECT array_agg(grp || ' ' || bits ORDER BY grp) FROM expected WHERE v.groups @> grp),
			'... is the same');
	END LOOP;
	PERFORM set_config(split_part(setting, '=', 1), split_part(setting, '=', 2), true) FROM unnest(plain) setting;
END $$;

-- On what ways a state is kept: as text, as a message, in a table. `asked` is what it
-- can be asked.
CREATE FUNCTION pg_temp.ways(type text, asked text DEFAULT 'customers') RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	file text := current_setting('data_directory') || '/same_bits.copy';
	way text;
	differing text := format('SELECT grp FROM serial x LEFT JOIN kept USING (grp) WHERE %1$s_send(x.s) IS DISTINCT FROM %1$s_send(kept.s)', type);
BEGIN
	DROP TABLE IF EXISTS kept, printed;
	CREATE TABLE kept (LIKE serial);
	SET LOCAL DateStyle = 'German';
	SET LOCAL TimeZone = 'Asia/Kathmandu';
	SET LOCAL IntervalStyle = 'sql_standard';
	SET LOCAL bytea_output = 'escape';
	SET LOCAL extra_float_digits = -5;
	CREATE TABLE printed AS SELECT grp, s::text AS t FROM serial;
	SET LOCAL DateStyle = 'ISO';
	SET LOCAL TimeZone = 'UTC';
	SET LOCAL IntervalStyle = 'postgres';
	SET LOCAL bytea_output = 'hex';
	SET LOCAL extra_float_digits = 1;
	EXECUTE format('INSERT INTO kept SELECT grp, t::%s FROM printed', type);
	RETURN NEXT is_empty(differing, type || ': text and back');
	RETURN NEXT is_empty('SELECT grp FROM printed JOIN serial USING (grp) WHERE t <> s::text', '... which does not depend on the session');

	TRUNCATE kept;
	EXECUTE format('COPY serial TO %L (FORMAT binary)', file);
	EXECUTE format('COPY kept FROM %L (FORMAT binary)', file);
	RETURN NEXT is_empty(differing, '... binary and back');

	FOREACH way IN ARRAY '{EXTERNAL,MAIN,EXTENDED}'::text[] LOOP
		TRUNCATE kept;
		EXECUTE format('ALTER TABLE kept ALTER s SET STORAGE %s', way);
		INSERT INTO kept TABLE serial;
		RETURN NEXT is_empty(differing, format('... %s storage', way));
		RETURN NEXT is_empty(format('SELECT 0 FROM kept WHERE grp > 0 HAVING %1$s_send(rollup(s)) IS DISTINCT FROM (SELECT %1$s_send(s) FROM serial WHERE grp = 0)', type), '... rolled up');
		RETURN NEXT is_empty(format('SELECT grp FROM kept JOIN serial x USING (grp) WHERE %1$s(kept.s) IS DISTINCT FROM %1$s(x.s)', asked), '... answers as before');
	END LOOP;
	RETURN NEXT ok(min(pg_column_size(s)) < 126, '... some with a short header') FROM kept;
END $$;
