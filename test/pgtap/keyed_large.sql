-- A state from a megabyte on is an expanded object, grown in place and merged from
-- sorted runs. What comes out has the bytes of every other way to make it, and says
-- what plain SQL says.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;

-- A group that is large, one of few customers, and small ones, of which most come late;
-- of each some rows come twice, far from each other
SELECT setseed(0.6931);
CREATE TABLE fact (grp int, step int, month int, number bigint, name text, id uuid, family bigint, tier int, started_at timestamptz, ended_at timestamptz, amount numeric)
PARTITION BY LIST (month);
SELECT format('CREATE TABLE fact_%s PARTITION OF fact FOR VALUES IN (%1$s)', m) FROM generate_series(0, 1) m \gexec
INSERT INTO fact
SELECT grp, n * 10 / (size + 1), floor(random() * 2), number, 'A-' || number, md5(number::text)::uuid, abs(line) % 7, nullif(line % 4, 0), started_at, CASE WHEN n % 9 > 0 THEN started_at + n % 300 * interval '1 day' + interval '1 hour' END, n % 50 + 0.25
FROM (
	SELECT *, CASE grp WHEN 2 THEN line % 2000 ELSE line::bigint * 98765432109876 END AS number, timestamptz '2020-01-01' + hashint4(line) % 500 * interval '1 day' AS started_at
	FROM (VALUES (1, 40000), (2, 8000), (3, 700), (4, 1)) v (grp, size), generate_series(1, size) n, LATERAL (SELECT n % greatest(size * 9 / 10, 2) - size / 3 AS line) lines
	UNION ALL SELECT 5 + n % 30, 300, n, n, n, timestamptz '2020-01-01' + n * interval '1 day' FROM generate_series(1, 300) n
) drawn;
ANALYZE fact;
\ir include/same_bits.sql
\ir include/answer.sql

-- The states, made serially in sorted groups, how many expanded objects there are when
-- the first is done, and their parts; group 0 has all rows.
CREATE FUNCTION pg_temp.made(type text, call text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	DROP TABLE IF EXISTS serial, expected, third, twentieth;
	PERFORM set_config('max_parallel_workers_per_gather', '0', true);
	PERFORM set_config('enable_hashagg', 'off', true);
	EXECUTE format('CREATE TABLE serial AS SELECT grp, %1$s AS s, (SELECT count(*) FROM pg_backend_memory_contexts WHERE name = ''sales_kpi state'') AS expanded FROM fact GROUP BY grp
		UNION ALL SELECT 0, %1$s, NULL FROM fact', call);
	PERFORM set_config('enable_hashagg', 'on', true);
	EXECUTE format('CREATE TABLE expected AS SELECT grp, md5(%1$s_send(s)) AS bits FROM serial', type);
	EXECUTE format('CREATE TABLE third AS SELECT grp, %s AS s FROM fact GROUP BY grp, (step + month) %% 3', call);
	EXECUTE format('CREATE TABLE twentieth (grp int, n bigint, s %s) PARTITION BY HASH (n)', type);
	CREATE TABLE twentieth_0 PARTITION OF twentieth FOR VALUES WITH (MODULUS 2, REMAINDER 0) WITH (parallel_workers = 2);
	CREATE TABLE twentieth_1 PARTITION OF twentieth FOR VALUES WITH (MODULUS 2, REMAINDER 1) WITH (parallel_workers = 2);
	EXECUTE format('INSERT INTO twentieth SELECT grp, row_number() OVER (), s FROM (SELECT grp, %s AS s FROM fact GROUP BY grp, step, month) parts', call);
	ANALYZE third, twentieth;
	RETURN NEXT is(max(expanded), 1::bigint, call || ': an expanded object is in use') FROM serial;
END $$;

CREATE FUNCTION pg_temp.same(type text, call text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	v record;
	plan text;
	plain text[] := '{max_parallel_workers_per_gather=0,parallel_leader_participation=on,enable_partitionwise_aggregate=off,enable_hashagg=on,enable_sort=on,work_mem=64MB}';
BEGIN
	RETURN QUERY SELECT pg_temp.made(type, call);
	FOR v IN
		SELECT title, groups::int4range AS groups, settings, pattern, format('SELECT grp, md5(%s_send(s)) AS bits FROM (%s) q', type, replace(query, '{call}', call)) AS query
		FROM (VALUES
			('hashed groups', '[1,34]', 'enable_sort=off', 'HashAggregate', 'SELECT grp, {call} AS s FROM fact GROUP BY grp'),
			('hashed and spilled', '[1,34]', 'enable_sort=off,work_mem=64kB', 'HashAggregate(.*\n)* *Batches: ([2-9]|\d\d)', 'SELECT grp, {call} AS s FROM fact GROUP BY grp'),
			('hashed and all', '[0,34]', 'enable_sort=off', 'MixedAggregate', 'SELECT coalesce(grp, 0) AS grp, {call} AS s FROM fact GROUP BY ROLLUP (grp)'),
			('sorted and all', '[0,34]', 'enable_hashagg=off', 'GroupAggregate', 'SELECT coalesce(grp, 0) AS grp, {call} AS s FROM fact GROUP BY ROLLUP (grp)'),
			('partitions in one process', '[1,34]', 'enable_partitionwise_aggregate=on', 'Append.*\n.*Partial HashAggregate', 'SELECT grp, {call} AS s FROM fact GROUP BY grp'),
			('two workers and the leader', '[1,34]', 'max_parallel_workers_per_gather=2', 'Workers Launched: 2(.*\n)*.*Partial (Hash|Group)Aggregate', 'SELECT grp, {call} AS s FROM fact GROUP BY grp'),
			('all by two workers', '[0,0]', 'max_parallel_workers_per_gather=2,parallel_leader_participation=off', 'Workers Launched: 2(.*\n)*.*Partial Aggregate', 'SELECT 0 AS grp, {call} AS s FROM fact'),
			('another order', '[1,1]', '', 'Aggregate', 'SELECT grp, ' || regexp_replace(call, '\)$', ' ORDER BY number DESC)') || ' AS s FROM fact WHERE grp = 1 GROUP BY grp'),
			('of three parts', '[1,34]', '', 'Aggregate', 'SELECT grp, rollup(s) AS s FROM third GROUP BY grp'),
			('of twenty parts', '[1,34]', '', 'Aggregate', 'SELECT grp, rollup(s ORDER BY n) AS s FROM twentieth GROUP BY grp'),
			('of twenty parts, the last first', '[1,34]', '', 'Aggregate', 'SELECT grp, rollup(s ORDER BY n DESC) AS s FROM twentieth GROUP BY grp'),
			('of twenty parts in partitions', '[1,34]', 'enable_partitionwise_aggregate=on', 'Append.*\n.*Partial HashAggregate', 'SELECT grp, rollup(s) AS s FROM twentieth GROUP BY grp'),
			('of twenty parts by two workers', '[1,34]', 'max_parallel_workers_per_gather=2', 'Workers Launched: 2(.*\n)*.*Partial (Hash|Group)Aggregate', 'SELECT grp, rollup(s) AS s FROM twentieth GROUP BY grp'),
			('all of large and small ones', '[0,0]', '', 'Aggregate', 'SELECT 0 AS grp, rollup(s ORDER BY grp % 3, grp) AS s FROM serial WHERE grp > 0')
		) v (title, groups, settings, pattern, query)
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

-- What a state holds, in its text form, by plain SQL
CREATE FUNCTION pg_temp.microseconds(t timestamptz) RETURNS text LANGUAGE sql
RETURN CASE WHEN isfinite(t) THEN (extract(epoch FROM t - timestamptz '2000-01-01 UTC') * 1000000)::bigint::text ELSE '' END;
CREATE FUNCTION pg_temp.says(texts text, title text) RETURNS text LANGUAGE sql
RETURN is_empty('SELECT grp FROM serial FULL JOIN (' || replace(texts, 'fact', '(TABLE fact UNION ALL SELECT 0, step, month, number, name, id, family, tier, started_at, ended_at, amount FROM fact) f')
	|| ') plain USING (grp) WHERE s::text IS DISTINCT FROM t', title);

-- A large result is asked where it lies, before its text is made and after: the same is said as by a stored one.
CREATE FUNCTION pg_temp.asked(call text, accessor text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	answer text := format('(SELECT md5(string_agg(a::text, '','' ORDER BY a::text)) FROM %s a)', accessor);
	bits text := 'md5(s::text)';
	v record;
BEGIN
	FOR v IN
		SELECT workers, columns
		FROM (VALUES ('0'), ('2')) w (workers), (VALUES (answer || ' || ' || bits), (bits || ' || ' || answer), (answer || ' || ' || answer)) c (columns)
	LOOP
		PERFORM set_config('max_parallel_workers_per_gather', v.workers, true);
		RETURN NEXT set_eq(format('SELECT %s FROM (SELECT %s AS s FROM fact) all_rows', v.columns, call), format('SELECT %s FROM serial WHERE grp = 0', v.columns),
			format('%s of %s with %s workers: %s', accessor, call, v.workers, replace(v.columns, answer, 'answer')));
	END LOOP;
	PERFORM set_config('max_parallel_workers_per_gather', '0', true);
END $$;

SELECT pg_temp.same('acquisition_summary', 'acquisition_agg(amount, id)');
SELECT pg_temp.says($$
	SELECT grp, format('{uuid spend %s %s}', trunc(sum(spend) * 1000000), string_agg(id::text, ';' ORDER BY id)) AS t
	FROM (SELECT grp, id, sum(amount) AS spend FROM fact GROUP BY grp, id) d GROUP BY grp
$$, 'the text has the sorted distinct uuids');

SELECT pg_temp.same('customer_history', 'customer_agg(number, started_at, ended_at)');
SELECT pg_temp.says($$
	SELECT grp, format('{bigint %s}', string_agg(number || ':' || spans, ';' ORDER BY number)) AS t
	FROM (
		SELECT grp, number, string_agg(pg_temp.microseconds(lower(span)) || '..' || pg_temp.microseconds(coalesce(upper(span), 'infinity')), ',' ORDER BY span) AS spans
		FROM (SELECT grp, number, unnest(range_agg(tstzrange(started_at, ended_at))) AS span FROM fact GROUP BY grp, number) ranges
		GROUP BY grp, number
	) customers
	GROUP BY grp
$$, 'the text has the ranges of each customer');
SELECT pg_temp.same('customer_history', 'customer_agg(name, started_at, ended_at, amount)');
CREATE TABLE by_name AS TABLE serial;
SELECT pg_temp.made('customer_history', 'customer_agg(number, started_at, ended_at, amount)');
SELECT set_eq(format('SELECT grp, a.* FROM serial, %s a', asked), format('SELECT grp, a.* FROM by_name, %s a', asked), asked || ' of numbers and of their names')
FROM unnest(ARRAY[$$churn(s, '{2020-06-01, 2021-01-01, 2022-01-01}', '30 days')$$, $$revenue_movement(s, '{2020-06-01, 2021-01-01, 2022-01-01}', '0')$$]) asked;
SELECT pg_temp.asked('customer_agg(number, started_at, ended_at, amount)', accessor)
FROM unnest(ARRAY[$$churn(s, '{2020-06-01, 2021-01-01, 2022-01-01}', '30 days')$$, $$revenue_movement(s, '{2020-06-01, 2021-01-01, 2022-01-01}', '10 days')$$, $$retention(s, '{2020-06-01, 2021-01-01, 2022-01-01}')$$, $$survival(s, '2022-01-01')$$,
	$$cohorts(s, '{2020-01-01, 2020-06-01, 2022-01-01}')$$]) accessor;
SELECT is_empty($$SELECT grp FROM by_name WHERE customers(s) <> (SELECT count(DISTINCT name) FROM fact f WHERE f.grp = by_name.grp OR by_name.grp = 0)$$, 'all customers are there');

-- Some parts have tiers that do not fit beside the time, and some have none
SELECT pg_temp.same('purchase_history', 'purchase_agg(number, family, CASE WHEN tier = 3 AND step = 5 THEN 70000 ELSE tier END, started_at, amount)');
SELECT pg_temp.ways('purchase_history');
SELECT pg_temp.same('purchase_history', 'purchase_agg(id, family, tier, started_at, amount)');
SELECT set_eq($$SELECT grp, n.* FROM serial, new_customers(s, '{2020-01-01, 2020-06-01, 2021-01-01, 2024-01-01}') n WHERE grp > 0 AND buyers > 0$$, $$
	SELECT grp, period_start, period_end, count(*) FILTER (WHERE first_at >= period_start AND first_at < period_end) AS new_customers, count(*) AS buyers
	FROM (VALUES (timestamptz '2020-01-01', timestamptz '2020-06-01'), ('2020-06-01', '2021-01-01'), ('2021-01-01', '2024-01-01')) p (period_start, period_end),
		LATERAL (SELECT grp, id, min(started_at) AS first_at, array_agg(started_at) AS sold FROM fact GROUP BY grp, id) f
	WHERE EXISTS (SELECT FROM unnest(sold) at WHERE at >= period_start AND at < period_end)
	GROUP BY grp, period_start, period_end
$$, 'buyers by the period');
SELECT pg_temp.asked('purchase_agg(id, family, tier, started_at, amount)', accessor)
FROM unnest(ARRAY[$$upsell(s, '{2020-01-01, 2020-06-01, 2021-01-01, 2022-01-01}')$$, $$retention(s, '{2020-01-01, 2020-06-01, 2021-01-01}')$$, $$new_customers(s, '{2020-01-01, 2020-06-01, 2021-01-01}')$$]) accessor;

SELECT pg_temp.ways('purchase_history');
SELECT is_empty($$
	SELECT grp FROM (SELECT grp, s FROM third UNION ALL SELECT grp, s FROM serial WHERE grp > 0 UNION ALL SELECT grp, s FROM twentieth UNION ALL SELECT grp, s FROM serial WHERE grp > 0) pieces JOIN expected USING (grp)
	GROUP BY grp, bits HAVING md5(purchase_history_send(rollup(s))) <> bits
$$, 'a state rolled up with its parts and itself');

-- Keys of any shape, in records of one word
SELECT is(s, t, title)
FROM (VALUES ('1', 'one key'), ('n', 'counted up'), ('-n', 'counted down'), ('n << 40', 'the same low bits'), ('1::bigint << (n % 64)::int', 'powers of two'), ('(1::bigint << (n % 64)::int) - n % 3', 'around them'),
	('hashint8extended(n, 1)', 'hashes'), ('CASE n % 2 WHEN 0 THEN 9223372036854775807 - n ELSE -9223372036854775808 + n END', 'both ends'), ('n % 40 * 1000000007 + CASE WHEN n > 60000 THEN n ELSE 0 END', 'heaps')) v (key, title),
	LATERAL pg_temp.answer(format('SELECT acquisition_agg(0, %s)::text FROM generate_series(1, 70000::bigint) n', key)) s,
	LATERAL pg_temp.answer(format('SELECT ''{bigint spend 0 '' || string_agg(key::text, '';'' ORDER BY key) || ''}'' FROM (SELECT DISTINCT %s AS key FROM generate_series(1, 70000::bigint) n) d', key)) t;

-- A window asks for results and goes on: after thousands of rows, and after each of the
-- last. Some frames begin anew.
CREATE TABLE stepped AS
SELECT *, row_number() OVER (PARTITION BY step) = 1 AS first
FROM (SELECT *, CASE WHEN n < 39970 THEN n / 9000 ELSE n END AS step FROM (SELECT row_number() OVER (ORDER BY md5(number::text)) AS n, number, started_at, ended_at, amount FROM fact WHERE grp = 1) numbered) steps;
SELECT is_empty($$
	SELECT step FROM (SELECT step, first, customer_agg(number, started_at, ended_at, amount) OVER (ORDER BY step) AS s FROM stepped) w
	WHERE first AND customer_history_send(s) <> (SELECT customer_history_send(customer_agg(number, started_at, ended_at, amount)) FROM stepped t WHERE t.step <= w.step)
$$, 'a growing window');
SELECT is_empty($$
	SELECT n FROM (SELECT n, rollup(s) OVER (ORDER BY n) AS s FROM twentieth WHERE grp = 1) w
	WHERE purchase_history_send(s) <> (SELECT purchase_history_send(rollup(s)) FROM twentieth t WHERE grp = 1 AND t.n <= w.n)
$$, 'a growing window of states');
SELECT is_empty($$
	SELECT n FROM (SELECT n, rollup(s) OVER (ORDER BY n ROWS 13 PRECEDING) AS s, array_agg(n) OVER (ORDER BY n ROWS 13 PRECEDING) AS frame FROM twentieth WHERE grp = 1) w
	WHERE purchase_history_send(s) <> (SELECT purchase_history_send(rollup(s)) FROM twentieth t WHERE t.n = ANY (frame))
$$, 'one that moves');

-- Several large states in a row that is kept, and in variables
WITH several AS MATERIALIZED (
	SELECT grp % 2 AS half, customer_agg(number, started_at, ended_at, amount) AS a, purchase_agg(id, family, tier, started_at, amount) AS b, customer_agg(number, started_at, ended_at, amount) AS c FROM fact GROUP BY grp % 2
)
SELECT is(md5(customer_history_send(rollup(a))) || md5(purchase_history_send(rollup(b))), (SELECT md5(customer_history_send(customer_agg(number, started_at, ended_at, amount))) || md5(purchase_history_send(purchase_agg(id, family, tier, started_at, amount))) FROM fact), 'several in a row')
FROM (SELECT a, b FROM several UNION ALL SELECT NULL, NULL FROM several) kept;
CREATE FUNCTION pg_temp.by_cursor() RETURNS purchase_history LANGUAGE plpgsql AS $$
DECLARE
	rows CURSOR FOR SELECT purchase_agg(id, family, tier, started_at, amount) AS s FROM fact GROUP BY grp;
	one purchase_history;
	sum purchase_history;
BEGIN
	FOR r IN rows LOOP
		one := r.s;
		sum := (SELECT rollup(s) FROM (VALUES (sum), (one)) v (s));
	END LOOP;
	RETURN sum;
END $$;
SELECT is(md5(purchase_history_send(pg_temp.by_cursor())), bits, 'by a cursor and variables') FROM expected WHERE grp = 0;

-- Without a final function an aggregate gives its state away: to be read, not to be changed.
CREATE AGGREGATE pg_temp.bare(bigint, timestamptz, timestamptz) (SFUNC = customer_add, STYPE = customer_history);
\set bare 'FROM (SELECT pg_temp.bare(number, started_at, ended_at) AS s, customer_agg(number, started_at, ended_at) AS whole FROM fact WHERE grp = 1 OFFSET 0) given'
SELECT throws_ok('SELECT customer_history_merge(s, s) ' || :'bare', '0A000', NULL, 'a state that was given away is not merged into');
SELECT throws_ok($$SELECT customer_add(s, 1, '2020-01-01', NULL) $$ || :'bare', '0A000', NULL, '... nor added to');
SELECT ok(customers(s) = customers(whole) AND customer_history_send(s) = customer_history_send(whole) AND s::text = whole::text, '... but read') :bare;

SELECT * FROM finish();
ROLLBACK;
