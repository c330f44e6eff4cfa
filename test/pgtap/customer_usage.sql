-- Histories of customers wherever SQL takes an aggregate or a value: windows, grouping
-- sets, spilled hash tables, plpgsql variables.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET max_parallel_workers_per_gather = 0;
SET client_min_messages = warning;

SELECT setseed(0.6931);
CREATE TEMP TABLE subscription AS
SELECT i, i % 7 AS rep, i % 3 AS region, floor(random() * 300)::bigint AS customer, started_at,
	CASE WHEN random() < 0.9 THEN started_at + floor(random() * 400) * interval '1 day' END AS ended_at, floor(random() * 5) AS amount
FROM (SELECT i, timestamptz '2024-01-01' + floor(random() * 700) * interval '1 day' AS started_at FROM generate_series(1, 2000) i) drawn;
ANALYZE subscription;

/*
 * Windows: each row's state is that of its frame. The row before is looked at again
 * when the next one has come.
 */
CREATE TYPE pg_temp.row_of AS (customer bigint, started_at timestamptz, ended_at timestamptz, amount float8);
CREATE FUNCTION pg_temp.history_of(rows pg_temp.row_of[]) RETURNS customer_history LANGUAGE sql
RETURN (SELECT customer_agg(customer, started_at, ended_at, amount::numeric) FROM unnest(rows));
CREATE FUNCTION pg_temp.check_window(clause text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line record;
	last_history customer_history;
	last_bits bytea;
	wrong int := 0;
BEGIN
	FOR line IN EXECUTE format($q$
			SELECT i, array_agg(ROW(customer, started_at, ended_at, amount)::pg_temp.row_of) OVER w AS frame,
				customer_agg(customer, started_at, ended_at, amount::numeric) OVER w AS h, customers(customer_agg(customer, started_at, ended_at, amount::numeric) OVER w) AS n,
				churn_rate(customer, started_at, ended_at, '[2024-06-01, 2024-09-01)') OVER w AS rate
			FROM subscription WHERE i <= 400 WINDOW w AS (%s) $q$, clause) LOOP
		IF customer_history_send(last_history) IS DISTINCT FROM last_bits THEN
			wrong := wrong + 1;
		END IF;
		last_history := line.h;
		last_bits := customer_history_send(line.h);
		IF line.i % 7 = 0 AND (last_bits IS DISTINCT FROM customer_history_send(pg_temp.history_of(line.frame)) OR line.n IS DISTINCT FROM customers(line.h)
				OR line.rate IS DISTINCT FROM (SELECT churn_rate(customer, started_at, ended_at, '[2024-06-01, 2024-09-01)') FROM unnest(line.frame))) THEN
			wrong := wrong + 1;
		END IF;
	END LOOP;
	RETURN is(wrong, 0, 'OVER (' || clause || ')');
END $$;
SELECT pg_temp.check_window('ORDER BY i');
SELECT pg_temp.check_window('PARTITION BY rep ORDER BY i DESC');
SELECT pg_temp.check_window('ORDER BY rep');
SELECT pg_temp.check_window('ORDER BY i ROWS BETWEEN 10 PRECEDING AND 3 FOLLOWING');
SELECT pg_temp.check_window('ORDER BY i ROWS BETWEEN UNBOUNDED PRECEDING AND 5 PRECEDING');
SELECT pg_temp.check_window('ORDER BY i ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW');

-- Grouping sets, hashed, sorted and both
CREATE TEMP TABLE expected_sets AS
SELECT rep, region, customer_history_send(customer_agg(customer, started_at, ended_at)) AS bits FROM subscription GROUP BY rep, region
UNION ALL SELECT rep, NULL, customer_history_send(customer_agg(customer, started_at, ended_at)) FROM subscription GROUP BY rep
UNION ALL SELECT NULL, region, customer_history_send(customer_agg(customer, started_at, ended_at)) FROM subscription GROUP BY region
UNION ALL SELECT NULL, NULL, customer_history_send(customer_agg(customer, started_at, ended_at)) FROM subscription;
\set cube 'SELECT rep, region, customer_history_send(customer_agg(customer, started_at, ended_at)) FROM subscription GROUP BY CUBE (rep, region)'
SELECT set_eq(:'cube', 'TABLE expected_sets', 'CUBE');
SET enable_hashagg = off;
SELECT set_eq(:'cube', 'TABLE expected_sets', 'CUBE, sorted');
RESET enable_hashagg;
SET enable_sort = off;
SELECT set_eq(:'cube', 'TABLE expected_sets', 'CUBE, hashed');
RESET enable_sort;

-- FILTER, DISTINCT, ORDER BY, HAVING, a lateral question per group
SELECT is(customers(customer_agg(customer, started_at, ended_at) FILTER (WHERE rep = 2 AND ended_at IS NULL)), count(DISTINCT customer) FILTER (WHERE rep = 2 AND ended_at IS NULL), 'FILTER') FROM subscription;
SELECT ok(customer_agg(customer, started_at, ended_at) FILTER (WHERE false) IS NULL, 'FILTER that leaves nothing') FROM subscription;
SELECT is(customer_agg(DISTINCT k, s, e, a)::text, '{bigint amounts 1:0..=1000000}', 'DISTINCT subscriptions')
FROM (VALUES (1, timestamptz '2000-01-01 UTC', NULL::timestamptz, 1.0), (1, '2000-01-01 UTC', NULL, 1.00)) v (k, s, e, a);
SELECT is(customer_history_send(customer_agg(customer, started_at, ended_at ORDER BY ended_at DESC, i)), customer_history_send(customer_agg(customer, started_at, ended_at)), 'ORDER BY') FROM subscription;
SELECT results_eq($$SELECT rep FROM subscription GROUP BY rep HAVING customers(customer_agg(customer, started_at, NULL)) > 180 ORDER BY rep$$,
	$$SELECT rep FROM subscription GROUP BY rep HAVING count(DISTINCT customer) > 180 ORDER BY rep$$, 'HAVING');
SELECT is_empty($$
	SELECT rep FROM (SELECT rep, customer_agg(customer, started_at, ended_at) AS h, churn_rate(customer, started_at, ended_at, '[2024-06-01, 2024-09-01)') AS rate FROM subscription GROUP BY rep) g,
		churn(h, '{2024-06-01, 2024-09-01}') c WHERE c.churn_rate IS DISTINCT FROM rate
$$, 'a rate beside a history');

-- Hash tables that do not fit into memory: many small groups, and large ones among them
CREATE TEMP TABLE many AS
SELECT i % 6000 AS grp, (i % 17)::bigint AS customer, timestamptz '2024-01-01' + i * interval '1 hour' AS started_at FROM generate_series(1, 30000) i
UNION ALL SELECT i % 3, i, '2024-01-01' FROM generate_series(1, 9000) i;
ANALYZE many;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SET enable_sort = off;
CREATE FUNCTION pg_temp.spilled() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)
		CREATE TEMP TABLE hashed AS SELECT grp, customer_agg(customer, started_at, started_at + interval '3 days', 1) AS h FROM many GROUP BY grp LOOP
		IF line ~ 'Batches: [0-9]+.*Disk Usage' THEN
			RETURN pass('the hash table went to disk');
		END IF;
	END LOOP;
	RETURN fail('the hash table went to disk');
END $$;
SELECT pg_temp.spilled();
RESET work_mem;
RESET hash_mem_multiplier;
RESET enable_sort;
SET enable_hashagg = off;
SELECT results_eq('SELECT grp, customer_history_send(h) FROM hashed ORDER BY grp',
	'SELECT grp, customer_history_send(customer_agg(customer, started_at, started_at + interval ''3 days'', 1)) FROM many GROUP BY grp ORDER BY grp', '... and came back whole');
RESET enable_hashagg;

-- Aggregates over the same arguments make one pass
CREATE FUNCTION pg_temp.counted(customer bigint) RETURNS bigint STABLE LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('test.calls', (current_setting('test.calls')::int + 1)::text, true);
	RETURN customer;
END $$;
SET test.calls = 0;
SELECT ok(n = customers(h), 'several answers of one query agree')
FROM (
	SELECT customer_agg(pg_temp.counted(customer), started_at, ended_at) AS h, customers(customer_agg(pg_temp.counted(customer), started_at, ended_at)) AS n FROM subscription
) answers;
SELECT is(current_setting('test.calls'), '2000', '... and come from one pass over the rows');

-- An aggregate of the caller's, which shows the running state itself, with room
-- behind its records. It is a history like any other.
CREATE AGGREGATE pg_temp.running(bigint, timestamptz, timestamptz, numeric) (SFUNC = sales_kpi.customer_add, STYPE = sales_kpi.customer_history);
CREATE TEMP TABLE kept AS SELECT size, pg_temp.running(customer, started_at, ended_at, amount::numeric) AS h, customer_agg(customer, started_at, ended_at, amount::numeric) AS closed
FROM (VALUES (1), (3), (9), (999), (2000)) v (size) JOIN subscription ON i <= size GROUP BY size;
SELECT is_empty($$SELECT size FROM kept WHERE customer_history_send(h) <> customer_history_send(closed) OR h::text <> closed::text OR customers(h) <> customers(closed) OR first_start(h) <> first_start(closed)$$,
	'a running state answers as a closed one');
SELECT set_eq($$SELECT size, c.* FROM kept, revenue_movement(h, '{2024-02-01, 2024-05-01, 2025-01-01}', '5 days') c$$,
	$$SELECT size, c.* FROM kept, revenue_movement(closed, '{2024-02-01, 2024-05-01, 2025-01-01}', '5 days') c$$, '... of its periods, too');
SELECT is(customer_history_send(rollup(h)), customer_history_send(rollup(closed)), '... and can be rolled up') FROM kept;
CREATE AGGREGATE pg_temp.with_one(bigint, timestamptz, timestamptz) (SFUNC = sales_kpi.customer_add, STYPE = sales_kpi.customer_history, INITCOND = '{bigint 1000000:0..}');
SELECT is_empty($$SELECT rep FROM subscription GROUP BY rep HAVING customers(pg_temp.with_one(customer, started_at, ended_at)) <> count(DISTINCT customer) FILTER (WHERE started_at < ended_at OR ended_at IS NULL) + 1$$,
	'a state to begin with is each group''s own');

-- plpgsql variables, which hold what a query returned
DO $$
DECLARE
	total customer_history;
	before bytea;
	part record;
	list customer_history[];
BEGIN
	FOR part IN SELECT rep, i / 100 AS hundred, pg_temp.running(customer, started_at, ended_at, amount::numeric) AS h FROM subscription GROUP BY 1, 2 LOOP
		before := customer_history_send(part.h);
		SELECT rollup(h) INTO total FROM (VALUES (total), (part.h)) v (h);
		list := list || part.h;
		IF before <> customer_history_send(part.h) THEN
			RAISE EXCEPTION 'a variable changed';
		END IF;
	END LOOP;
	PERFORM set_config('test.variable', md5(customer_history_send(total)), true), set_config('test.array', md5(customer_history_send(rollup(h))), true) FROM unnest(list) h;
END $$;
SELECT is(current_setting('test.variable'), md5(customer_history_send(customer_agg(customer, started_at, ended_at, amount::numeric))), 'gathered in a variable') FROM subscription;
SELECT is(current_setting('test.array'), md5(customer_history_send(customer_agg(customer, started_at, ended_at, amount::numeric))), 'gathered in an array') FROM subscription;

-- A subtransaction that fails in the middle leaves nothing behind
DO $$
DECLARE
	failed int := 0;
	h customer_history;
BEGIN
	FOR stop IN 1..20 LOOP
		BEGIN
			SELECT customer_agg(customer, started_at, CASE WHEN i < stop * 90 THEN ended_at ELSE '-infinity' END) INTO h FROM subscription;
		EXCEPTION WHEN invalid_parameter_value THEN
			failed := failed + 1;
		END;
	END LOOP;
	PERFORM set_config('test.failed', failed::text || coalesce(h::text, ', no history'), true);
END $$;
SELECT is(current_setting('test.failed'), '20, no history', 'an error in the middle of an aggregate is caught');
SELECT is(customers(customer_agg(customer, started_at, NULL)), count(DISTINCT customer), '... and the next one works') FROM subscription;

SELECT * FROM finish();
ROLLBACK;
