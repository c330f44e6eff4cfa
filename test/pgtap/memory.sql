-- Nothing leaks: over ten thousand calls within one query, and from query to query, the
-- memory of the session stays what it is. But of a function that gives rows, as of
-- PostgreSQL's own, the description of the row stays until the query ends, call by call.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;

-- What is taken from the system, and what of it is in use: a small leak has room for a while
-- in a block that is there already.
CREATE FUNCTION pg_temp.memory() RETURNS bigint[] LANGUAGE sql VOLATILE
BEGIN ATOMIC
	SELECT ARRAY[sum(total_bytes), sum(used_bytes)]::bigint[] FROM pg_backend_memory_contexts;
END;
CREATE FUNCTION pg_temp.grown(before bigint[], after bigint[]) RETURNS bigint LANGUAGE sql
RETURN greatest(after[1] - before[1], after[2] - before[2]);

-- A state of each type, flat and toasted, and all that may be called with it
CREATE TABLE kept AS
SELECT n AS size, duration_agg(i * n * interval '1 minute') AS durations,
	customer_agg(i % 50, '2025-01-01'::timestamptz + i * interval '1 day', '2025-02-01'::timestamptz + i * interval '1 day', i) AS customers,
	purchase_agg(i % 50, 'family ' || i % 3, i % 5, '2025-01-01'::timestamptz + i * interval '1 day', i) AS purchases,
	win_curve_agg('2025-01-01'::date + i, '2025-03-01'::date + i, CASE WHEN i % 3 > 0 THEN 'won' ELSE 'lost' END, '2025-12-31'::date) AS wins,
	acquisition_agg(i, i % 50) AS acquired,
	revenue_agg('2025-01-01'::timestamptz + i % 300 * interval '1 day', i, periods('month', '2025-01-01', '2026-01-01', 'UTC')) AS series,
	business_calendar('Europe/Berlin', 'Mon-Fri 09:00-17:00', '{2025-12-25}') AS calendar
FROM (VALUES (10), (2000)) v (n), generate_series(1, n) i
GROUP BY n;

CREATE TEMP TABLE call (place serial, what text);
-- what has a state, from the catalogue
INSERT INTO call (what)
SELECT format(CASE WHEN p.proretset THEN '(SELECT count(a) FROM %s(%s) a)' ELSE '%s(%s)' END, p.oid::regproc, (
		SELECT string_agg(coalesce(k.attname::text, format('%L::%s', v.value, type::regtype)), ', ' ORDER BY n)
		FROM unnest(p.proargtypes) WITH ORDINALITY a (type, n)
		LEFT JOIN pg_attribute k ON k.attrelid = 'kept'::regclass AND k.attnum > 1 AND k.atttypid = type
		LEFT JOIN (VALUES ('interval'::regtype, '10 days'), ('float8', '0.9'), ('text', 'hazard'), ('timestamptz', '2026-03-01'), ('timestamptz[]', '{2025-01-01, 2025-07-01, 2026-01-01}'))
			v (given, value) ON v.given = type
	))
FROM pg_proc p
WHERE p.pronamespace = 'sales_kpi'::regnamespace AND p.prokind = 'f' AND obj_description(p.oid, 'pg_proc') NOT LIKE 'Internal:%'
	AND EXISTS (SELECT FROM pg_attribute k WHERE k.attrelid = 'kept'::regclass AND k.attnum > 1 AND k.atttypid = ANY (p.proargtypes));
-- what comes out, and goes in
INSERT INTO call (what)
SELECT format(f, attname, atttypid::regtype) FROM pg_attribute, unnest('{%I::text,%I::text::%s}'::text[]) f WHERE attrelid = 'kept'::regclass AND attnum > 1;
-- aggregates of states, and of rows
INSERT INTO call (what)
SELECT format('(SELECT rollup(s) FROM (VALUES (%1$I), (%1$I)) v (s) WHERE n > 0)', attname) FROM pg_attribute WHERE attrelid = 'kept'::regclass AND attnum > 1 AND attname <> 'calendar';
INSERT INTO call (what)
SELECT format('(SELECT %s FROM generate_series(1, 20) i WHERE n > 0)', aggregate)
FROM unnest(ARRAY[
	'cycle_length(now() - i * interval ''1 day'', now())', 'duration_agg(i * interval ''1 day'')', 'customer_agg(i, now(), NULL, i)', 'customer_agg(i::text, now(), NULL)',
	'purchase_agg(i, ''a''::text, 1, now(), i)', 'purchase_agg(i, now(), i)', 'acquisition_agg(i, i)', 'cac(i, i)', 'win_curve_agg(current_date - i, current_date, ''won'', current_date)',
	'churn_rate(i, ''2025-01-01''::timestamptz, NULL, ''[2026-01-01, 2026-02-01)'')', 'upsell_rate(i % 3, i, 1, now() - i * interval ''1 day'', tstzrange(now() - interval ''7 days'', now()))',
	'cross_sell_rate(i % 3, i, 1, now() - i * interval ''1 day'', tstzrange(now() - interval ''7 days'', now()))', 'revenue_churn_rate(i, ''2025-01-01''::timestamptz, NULL, i, ''[2026-01-01, 2026-02-01)'')', 'lead_response_time(now() - i * interval ''1 day'', now())',
	'revenue_agg(''2025-01-01''::timestamptz, i, ''{2025-01-01, 2025-02-01}'')', 'productivity(i, i)', 'win_rate(i % 2 = 0)', 'nps(i % 11)', 'trend(i)', 'sparkline(i)'
]) aggregate;
INSERT INTO call (what)
SELECT format('(SELECT count(answer) FROM (SELECT %s OVER (ORDER BY i) AS answer FROM generate_series(1, 20) i WHERE n > 0) w)', function)
FROM unnest(ARRAY['sale_kind(i % 4::bigint, i)', 'sale_kind(i::text, i)', 'revenue_growth(i::numeric, 2)', 'revenue_growth(i::numeric, date ''2025-01-01'' + i, interval ''2 days'')', 'mix_rate_split(i, i + 5, i, 10)', 'trend(i)', 'nps(i % 11)']) function;
INSERT INTO call (what) VALUES
	('period_start(''month'', now() + n * interval ''1 hour'', ''Europe/Berlin'')'), ('periods(''week'', ''2025-01-01'', ''2026-01-01'', ''America/New_York'')'),
	('wilson_low(n, 20000)'), ('wilson_high(n, 20000)'), ('binomial_tail(n, 20000, 0.3)'), ('business_calendar(''UTC'', ''Mon 09:00-10:00'')');

-- What is not here is called by a cast or received below, or is a query of catalogs and of a model.
SELECT is_empty($$
	SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'sales_kpi'::regnamespace AND prokind <> 'p' AND coalesce(obj_description(oid, 'pg_proc'), '') NOT LIKE 'Internal:%'
		AND prorettype <> 'cstring'::regtype AND NOT proargtypes[0] IN ('cstring'::regtype, 'internal'::regtype) AND proname NOT IN ('explain', 'check_sources')
		AND NOT EXISTS (SELECT FROM call WHERE what ~ ('\m' || proname || '\('))
$$, 'every function and aggregate is called');

-- How much the memory grows between the thousandth row and the ten thousandth
CREATE FUNCTION pg_temp.growth(what text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	before bigint[];
	after bigint[];
BEGIN
	EXECUTE format($query$
		SELECT min(memory) FILTER (WHERE n = 1000), min(memory) FILTER (WHERE n = 10000)
		FROM (SELECT n, CASE WHEN n IN (1000, 10000) THEN pg_temp.memory() END AS memory, %s AS answer
			FROM kept, generate_series(1, 10000) n WHERE size = 10 OFFSET 0) r
		WHERE answer IS NOT NULL OR memory IS NOT NULL
	$query$, what) INTO before, after;
	RETURN pg_temp.grown(before, after);
END $$;
-- (PostgreSQL 18 keeps some hundred kilobytes of such a query, whatever is called. A server
-- that checks its memory puts more around each piece of a description.)
SELECT pg_temp.growth('n::text') AS of_nothing, CASE current_setting('debug_assertions') WHEN 'on' THEN 27000000 ELSE 18000000 END AS of_descriptions \gset
SELECT cmp_ok(pg_temp.growth(what) - :of_nothing, '<', CASE WHEN what LIKE '(SELECT count(a) FROM%' THEN :of_descriptions ELSE 100000 END::bigint, what) FROM call ORDER BY place;

-- Queries with large states
CREATE FUNCTION pg_temp.growth_of_queries(what text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	before bigint[];
BEGIN
	FOR i IN 1..400 LOOP
		EXECUTE format('SELECT %s FROM kept, (VALUES (%s)) v (n) WHERE size = 2000', what, i);
		IF i = 200 THEN
			before := pg_temp.memory();
		END IF;
	END LOOP;
	RETURN pg_temp.grown(before, pg_temp.memory());
END $$;
SELECT cmp_ok(pg_temp.growth_of_queries(what), '<', 100000::bigint, what || ', query by query') FROM call ORDER BY place;

-- States received: the memory when the thousandth row comes, and the ten thousandth
CREATE TABLE received (LIKE kept);
CREATE TABLE measured (size int, memory bigint[]);
CREATE FUNCTION pg_temp.measure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO measured VALUES (NEW.size, pg_temp.memory());
	RETURN NULL;
END $$;
CREATE TRIGGER measure BEFORE INSERT ON received FOR EACH ROW WHEN (NEW.size IN (1000, 10000)) EXECUTE FUNCTION pg_temp.measure();
CREATE FUNCTION pg_temp.receive(file text DEFAULT current_setting('data_directory') || '/memory.copy') RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('COPY (SELECT n, durations, customers, purchases, wins, acquired, series, calendar FROM kept, generate_series(1, 10000) n WHERE size = 10 ORDER BY n) TO %L (FORMAT binary)', file);
	EXECUTE format('COPY received FROM %L (FORMAT binary)', file);
	RETURN (SELECT pg_temp.grown(a.memory, b.memory) FROM measured a, measured b WHERE a.size = 1000 AND b.size = 10000);
END $$;
SELECT cmp_ok(pg_temp.receive(), '<', 100000::bigint, 'states received');
SELECT is((SELECT count(*) FROM received), 9998::bigint, '... row by row');

SELECT * FROM finish();
ROLLBACK;
