-- A state depends on the set of its rows alone: by whatever plan, through whatever
-- splits, and on whatever way it was kept, its message has the same bytes.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;

-- Groups of many rows on few customers, of as many customers as rows, and small ones;
-- the rows of each spread over the table and its partitions
SELECT setseed(0.5772);
CREATE TABLE subscription (grp int, month int, number bigint, name text, id uuid, started_at timestamptz, ended_at timestamptz, amount numeric, spend numeric)
PARTITION BY LIST (month);
SELECT format('CREATE TABLE subscription_%s PARTITION OF subscription FOR VALUES IN (%s)', m, m) FROM generate_series(1, 4) m \gexec
INSERT INTO subscription
SELECT grp, 1 + floor(random() * 4), n, CASE n % 5 WHEN 0 THEN repeat('ä', (n % 50)::int) WHEN 1 THEN 'A-' || n ELSE n::text END, md5((n % 100000)::text)::uuid,
	started_at, CASE WHEN random() < 0.8 THEN started_at + floor(random() * 40) * interval '10 days' END,
	CASE WHEN random() < 0.9 THEN floor(random() * 500)::numeric / 100 END, CASE WHEN random() < 0.5 THEN floor(random() * 1e6)::numeric / 1000 - 100 END
FROM (
	SELECT grp, CASE WHEN random() < 0.99 THEN floor(random() * customers)::bigint * CASE grp % 3 WHEN 0 THEN 1 WHEN 1 THEN -1234567890123 ELSE 7 END END AS n,
		timestamptz '2020-01-01' + floor(random() * 500) * interval '2 days' AS started_at
	FROM (VALUES (1, 30000, 2500), (2, 20000, 1000000000), (3, 10000, 3), (4, 5000, 100), (5, 5000, 1000000), (6, 1000, 1000), (7, 100, 50), (8, 10, 10), (9, 2, 1), (10, 1, 1)) v (grp, size, customers),
		generate_series(1, size)
	ORDER BY random()
) drawn;
UPDATE subscription SET number = 5, name = '5', id = md5('5')::uuid WHERE grp > 8;
ANALYZE subscription;

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
	EXECUTE format('CREATE TABLE serial AS SELECT grp, %1$s AS s FROM subscription GROUP BY grp UNION ALL SELECT 0, %1$s FROM subscription', call);
	EXECUTE format('CREATE TABLE expected AS %s FROM serial', digest);
	EXECUTE format('CREATE TABLE part AS SELECT grp, month, %s AS s FROM subscription GROUP BY grp, month, floor(random() * 8)', call);
	ALTER TABLE part SET (parallel_workers = 2);
	ANALYZE part;
	FOR v IN
		SELECT title, groups::int4range AS groups, settings, digest || ' FROM (' || replace(query, '{call}', call) || ') q' AS query, pattern
		FROM (VALUES
			('sorted groups', '[1,10]', 'enable_hashagg=off', 'SELECT grp, {call} AS s FROM subscription GROUP BY grp', 'GroupAggregate'),
			('hashed groups', '[1,10]', 'enable_sort=off', 'SELECT grp, {call} AS s FROM subscription GROUP BY grp', 'HashAggregate'),
			('groups across partitions', '[1,10]', 'enable_partitionwise_aggregate=on', 'SELECT grp, {call} AS s FROM subscription GROUP BY grp', 'Append.*\n.*Partial HashAggregate'),
			('all across partitions', '[0,0]', 'enable_partitionwise_aggregate=on', 'SELECT 0 AS grp, {call} AS s FROM subscription', 'Append.*\n.*Partial Aggregate'),
			('groups by two workers', '[1,10]', 'max_parallel_workers_per_gather=2', 'SELECT grp, {call} AS s FROM subscription GROUP BY grp', 'Workers Launched: 2(.*\n)*.*Partial (Hash|Group)Aggregate'),
			('all by two workers', '[0,0]', 'max_parallel_workers_per_gather=2', 'SELECT 0 AS grp, {call} AS s FROM subscription', 'Workers Launched: 2(.*\n)*.*Partial Aggregate'),
			('partitions by two workers', '[1,10]', 'max_parallel_workers_per_gather=2,enable_partitionwise_aggregate=on', 'SELECT grp, {call} AS s FROM subscription GROUP BY grp',
				'Workers Launched: 2(.*\n)*.*Partial (Hash|Group)Aggregate'),
			('another order of rows', '[1,10]', '', 'SELECT grp, ' || regexp_replace(call, '\)$', ' ORDER BY random())') || ' AS s FROM subscription GROUP BY grp', 'Aggregate'),
			('rolled up from months', '[1,10]', '', 'SELECT grp, rollup(s) AS s FROM part GROUP BY grp', 'Aggregate'),
			('rolled up from months by two workers', '[1,10]', 'max_parallel_workers_per_gather=2', 'SELECT grp, rollup(s) AS s FROM part GROUP BY grp', 'Workers Launched: 2(.*\n)*.*Partial (Hash|Group)Aggregate'),
			('all rolled up from months by two workers', '[0,0]', 'max_parallel_workers_per_gather=2', 'SELECT 0 AS grp, rollup(s) AS s FROM part', 'Workers Launched: 2(.*\n)*.*Partial Aggregate'),
			('rolled up in random order from up to 60 parts', '[1,10]', '',
				'SELECT grp, rollup(s ORDER BY random()) AS s FROM (SELECT grp, {call} AS s FROM subscription GROUP BY grp, floor(random() * 60)) small GROUP BY grp', 'Aggregate'),
			('rolled up from two parts', '[1,10]', '', 'SELECT grp, rollup(s) AS s FROM (SELECT grp, {call} AS s FROM subscription GROUP BY grp, random() < 0.3) half GROUP BY grp', 'Aggregate'),
			('rolled up twice', '[1,10]', '', 'SELECT grp, rollup(s) AS s FROM (SELECT grp, rollup(s) AS s FROM
				(SELECT grp, {call} AS s FROM subscription GROUP BY grp, floor(random() * 20)) small GROUP BY grp, floor(random() * 3)) larger GROUP BY grp', 'Aggregate'),
			('all rolled up from groups', '[0,0]', '', 'SELECT 0 AS grp, rollup(s) AS s FROM serial WHERE grp > 0', 'Aggregate'),
			('rolled up from single rows', '[6,10]', '', 'SELECT grp, rollup(s) AS s FROM (SELECT grp, {call} AS s FROM subscription WHERE grp > 5 GROUP BY grp, ctid, tableoid) one GROUP BY grp', 'Aggregate')
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

-- On what ways a state is kept: as text, as a message, in a table.
CREATE FUNCTION pg_temp.ways(type text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	file text := current_setting('data_directory') || '/customer_same_bits.copy';
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
		RETURN NEXT is_empty('SELECT grp FROM kept JOIN serial x USING (grp) WHERE customers(kept.s) IS DISTINCT FROM customers(x.s)', '... answers as before');
	END LOOP;
	RETURN NEXT ok(min(pg_column_size(s)) < 126, '... some with a short header') FROM kept;
END $$;

-- Every kind of key, with and without amounts
SELECT pg_temp.plans('customer_history', 'customer_agg(number, started_at, ended_at, amount)');
SELECT pg_temp.ways('customer_history');
SELECT ok(count(pg_column_compression(s)) > 0, 'some are compressed') FROM kept;
SELECT set_eq($$SELECT grp, c.* FROM kept, churn(s, '{2020-01-01, 2021-02-01, 2022-01-01}', '30 days') c$$,
	$$SELECT grp, c.* FROM serial, churn(s, '{2020-01-01, 2021-02-01, 2022-01-01}', '30 days') c$$, 'a stored history says the same of churn');
SELECT pg_temp.plans('customer_history', 'customer_agg(number, started_at, ended_at)');
SELECT pg_temp.ways('customer_history');
SELECT pg_temp.plans('customer_history', 'customer_agg(name, started_at, ended_at, amount)');
SELECT pg_temp.ways('customer_history');
SELECT pg_temp.plans('customer_history', 'customer_agg(name, started_at, ended_at)');
SELECT pg_temp.plans('customer_history', 'customer_agg(id, started_at, ended_at, amount)');
SELECT pg_temp.ways('customer_history');
SELECT pg_temp.plans('customer_history', 'customer_agg(id, started_at, ended_at)');

-- What they cost
SELECT pg_temp.plans('acquisition_summary', 'acquisition_agg(spend, number)');
SELECT is_empty($$
	SELECT grp, customers(s), spend(s), cac(s) FROM serial JOIN (
		SELECT grp, count(DISTINCT number) AS customers, sum(spend) AS spend, cac(spend, number) AS cac FROM subscription GROUP BY grp
		UNION ALL SELECT 0, count(DISTINCT number), sum(spend), cac(spend, number) FROM subscription
	) plain USING (grp)
	WHERE customers(s) <> customers OR spend(s) IS DISTINCT FROM plain.spend OR cac(s) IS DISTINCT FROM plain.cac OR cac(s) IS DISTINCT FROM round(plain.spend / customers, 6)
$$, 'cost and customers are sum and count(distinct)');
SELECT pg_temp.ways('acquisition_summary');
SELECT pg_temp.plans('acquisition_summary', 'acquisition_agg(spend, name)');
SELECT is_empty('SELECT grp FROM serial WHERE customers(s) <> (SELECT count(DISTINCT name) FROM subscription t WHERE t.grp = serial.grp OR serial.grp = 0)', 'and of texts');
SELECT pg_temp.ways('acquisition_summary');
SELECT pg_temp.plans('acquisition_summary', 'acquisition_agg(spend, id)');
SELECT is_empty('SELECT grp FROM serial WHERE customers(s) <> (SELECT count(DISTINCT id) FROM subscription t WHERE t.grp = serial.grp OR serial.grp = 0)', 'and of uuids');
SELECT pg_temp.ways('acquisition_summary');

-- The rates at once, by two workers
SET max_parallel_workers_per_gather = 2;
SELECT ok(pg_temp.run($$SELECT churn_rate(number, started_at, ended_at, '[2021-01-01, 2021-07-01)') AS churn, revenue_churn_rate(number, started_at, ended_at, amount, '(2021-01-01, 2021-07-01]') AS revenue,
	cac(spend, number) AS cac FROM subscription$$) ~ 'Workers Launched: 2(.*\n)*.*Partial Aggregate', 'rates by two workers');
SET max_parallel_workers_per_gather = 0;
SELECT results_eq('TABLE result', $$SELECT churn_rate(number, started_at, ended_at, '[2021-01-01, 2021-07-01)'), revenue_churn_rate(number, started_at, ended_at, amount, '(2021-01-01, 2021-07-01]'),
	cac(spend, number) FROM subscription$$, '... are the same');

-- Any two sizes, in both orders, make the same as all at once: the same customers in both, and others
CREATE TABLE piece AS
SELECT size, customer_agg(i, timestamptz '2020-01-01' + i * i % 97 * interval '1 day', timestamptz '2020-05-01' + i * i % 89 * interval '1 day', i % 7) AS s
FROM unnest(ARRAY[1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 513, 1000, 1025]) size, generate_series(1, size) i GROUP BY size;
SELECT is_empty($$
	SELECT a.size, b.size
	FROM piece a, piece b, LATERAL (SELECT customer_history_send(rollup(s)) AS ab FROM (VALUES (a.s), (b.s)) v (s)) there,
		LATERAL (SELECT customer_history_send(rollup(s)) AS ba FROM (VALUES (b.s), (a.s)) v (s)) back,
		LATERAL (SELECT customer_history_send(customer_agg(i, timestamptz '2020-01-01' + i * i % 97 * interval '1 day', timestamptz '2020-05-01' + i * i % 89 * interval '1 day', i % 7)) AS whole
			FROM (SELECT generate_series(1, a.size) UNION ALL SELECT generate_series(1, b.size)) v (i)) direct
	WHERE ab IS DISTINCT FROM whole OR ba IS DISTINCT FROM whole
$$, 'any two sizes, in both orders, make the same as all at once');

SELECT * FROM finish();
ROLLBACK;
