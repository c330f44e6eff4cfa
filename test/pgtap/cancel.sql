-- A cancel ends whatever goes on for long, wherever that is then; and the session, and
-- the states it held, answer afterwards as before.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET TimeZone = 'UTC';

/*
 * A cancel that comes with an argument. A function that looks for it ends; one that does
 * not is run to its end, and the lock behind it is taken. Then the same state is asked
 * again. (It is handed on as it is: a parameter of EXECUTE or of a custom plan would be
 * copied, and be another state.) `made` is a query of the argument {h}.
 */
SET plan_cache_mode = force_generic_plan;
CREATE FUNCTION pg_temp.stops(call text, type text, made text) RETURNS SETOF text LANGUAGE plpgsql AS $_$
DECLARE
	title text := format('%s of %s: %s', call, type, left(made, 70));
	ended text;
	answer text;
	expected text;
BEGIN
	EXECUTE format($$
		CREATE OR REPLACE FUNCTION pg_temp.asked(h %s, OUT ended text, OUT answer text) LANGUAGE plpgsql AS $body$
		BEGIN
			BEGIN
				PERFORM %s, pg_advisory_lock(1);
			EXCEPTION WHEN query_canceled THEN
				ended := CASE WHEN EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) THEN 'behind it' ELSE 'in it' END;
			END;
			PERFORM pg_advisory_unlock_all();
			answer := (SELECT md5(string_agg(a, ',')) FROM (SELECT (%s)::text AS a) answers);
		END $body$
	$$, type, replace(call, '{h}', 'CASE WHEN pg_cancel_backend(pg_backend_pid()) THEN h END'), replace(call, '{h}', 'h'));
	EXECUTE format('SELECT asked.* FROM (%s OFFSET 0) made, LATERAL pg_temp.asked(h)', made) INTO ended, answer;
	EXECUTE format('SELECT md5(string_agg(a, '','')) FROM (SELECT (%s)::text AS a FROM (SELECT h::text::%s AS kept FROM (%s) made OFFSET 0) kept) answers', replace(call, '{h}', 'kept'), type, made) INTO expected;
	EXECUTE format('DROP FUNCTION pg_temp.asked(%s)', type);
	RETURN NEXT is(ended, 'in it', title);
	RETURN NEXT is(answer, expected, '... and the answer afterwards');
END $_$;

-- States in one piece, and expanded ones
CREATE TABLE fact AS
SELECT i, (i::bigint * 7919) % 100003 AS customer, timestamptz '2024-01-01' + (i::bigint * 104729) % 100003 * interval '1 hour' AS at FROM generate_series(1, 70000) i;
CREATE TABLE state (type text, made text);
INSERT INTO state
SELECT type, format('SELECT %s AS h FROM fact WHERE i <= %s', made, size)
FROM (VALUES ('customer_history', 'customer_agg(customer, at, at + interval ''5 days'', i)'), ('customer_history', 'customer_agg(customer % 10, at, at + interval ''1 minute'')'),
	('purchase_history', 'purchase_agg(customer, i % 7, i % 5, at, 1)'), ('purchase_history', 'purchase_agg(customer, at, 1)'),
	('acquisition_summary', 'acquisition_agg(i, customer::text)'), ('win_summary', 'win_curve_agg(date ''2024-01-01'', date ''2024-01-01'' + customer::int, ''won'', ''2400-01-01'')'),
	('revenue_series', 'revenue_agg(at, i, (SELECT periods(''day'', ''2024-01-01'', ''2026-01-01'', ''UTC'')))')) v (type, made), (VALUES (1000), (70000)) s (size)
UNION ALL
SELECT 'business_calendar', $$SELECT business_calendar('UTC', 'Mon-Fri 09:00-12:00 13:00-17:00', (SELECT array_agg(day::date) FROM generate_series(timestamp '2024-01-01', '2044-01-01', '2 days') day)) AS h$$;

-- All that has a state, from the catalogue, but for what is over soon whatever the state
-- is. (So is all that is asked of a duration_summary, of a thousand values or some
-- thousands of buckets.)
CREATE TABLE short (call text, reason text);
INSERT INTO short VALUES ('time_zone({h})', 'a word'), ('spend({h})', 'one number'),
	('business_calendar_send({h})', 'two million holidays and windows at most'),
	('business_time(''2036-03-01''::timestamptz, ''2036-03-01''::timestamptz, {h})', 'no time, see below');
CREATE TABLE call AS
SELECT type, format('%s(%s)', p.proname, (
	SELECT string_agg(CASE given WHEN s.type::regtype THEN '{h}' ELSE format('%L::%s', value, name) END, ', ' ORDER BY n)
	FROM unnest(p.proargtypes) WITH ORDINALITY a (given, n)
	LEFT JOIN (VALUES ('interval', '10 days'), ('text', 'hazard'), ('timestamptz', '2036-03-01'), ('timestamptz[]', '{2024-01-01, 2024-07-01, 2025-01-01, 2026-01-01}')) v (name, value) ON name::regtype = given
)) AS call
FROM (SELECT DISTINCT type FROM state) s, pg_proc p
WHERE p.pronamespace = 'sales_kpi'::regnamespace AND p.prokind = 'f' AND s.type::regtype = ANY (p.proargtypes) AND p.prorettype <> 'cstring'::regtype AND obj_description(p.oid, 'pg_proc') NOT LIKE 'Internal:%'
UNION ALL SELECT DISTINCT type, '{h}::text' FROM state;
SELECT is_empty('SELECT call FROM short EXCEPT SELECT call FROM call', 'what is short is there');
SELECT pg_temp.stops(call, type, made) FROM call JOIN state USING (type)
WHERE call NOT IN (SELECT call FROM short) AND NOT (call LIKE 'revenue_movement%' AND made NOT LIKE '%, i)%')
	AND NOT (type = 'acquisition_summary' AND call IN ('customers({h})', 'cac({h})') AND made LIKE '%<= 1000') -- they are counted already
ORDER BY type, call, made;
SELECT pg_temp.stops('{h}::' || type, 'text', replace(made, ' AS h ', '::text AS h ')) FROM state WHERE type <> 'business_calendar';
-- and all else
SELECT pg_temp.stops(call, type, made)
FROM (VALUES ('business_time(''1900-01-01'', ''2100-01-01'', {h})', 'business_calendar', 'SELECT ''Europe/Berlin: Mon-Fri 09:00-17:00''::business_calendar AS h'),
	('{h}::business_calendar', 'text', 'SELECT ''Europe/Berlin: Mon-Fri 09:00-17:00; closed 2024-01-01, 2024-12-25''::text AS h'),
	('{h}::duration_summary', 'text', 'SELECT ''{PT1S,PT2S}''::text AS h'),
	('business_calendar({h}, ''Mon-Fri 09:00-17:00'', ''{2024-01-01}'')', 'text', 'SELECT ''Europe/Berlin''::text AS h'),
	('periods({h}, ''2024-01-01'', ''2025-01-01'', ''Europe/Berlin'')', 'text', 'SELECT ''week''::text AS h'),
	('binomial_tail({h}, 1000000, 0.5)', 'bigint', 'SELECT 500001::bigint AS h')) v (call, type, made);
-- A timeout somewhere in the sorting or merging of a state. What strikes elsewhere, or
-- not at all, tells nothing; where something is answered, it is right.
CREATE TABLE again (made text, bits text);
CREATE FUNCTION pg_temp.again(made text, h anyelement) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		PERFORM customers(h);
	EXCEPTION WHEN query_canceled THEN
	END;
	INSERT INTO again VALUES (made, md5(h::text));
EXCEPTION WHEN query_canceled THEN
	INSERT INTO again VALUES (made, md5(h::text));
END $$;
-- (sorted states of a megabyte or more are runs, which are merged)
CREATE TABLE part AS SELECT customer_agg(customer + n, at, at + interval '5 days', i) AS h, purchase_agg(customer + n, at, 1) AS p FROM fact, generate_series(1, 8) n GROUP BY n;
CREATE TABLE sorted AS
SELECT made, ms FROM unnest(ARRAY['SELECT customer_agg(customer, at, at + interval ''5 days'', i) AS h FROM fact', 'SELECT purchase_agg(customer, at, 1) AS h FROM fact',
	'SELECT rollup(h) AS h FROM part', 'SELECT rollup(p) AS h FROM part']) made, generate_series(2, 16, 2) ms;
\set ON_ERROR_STOP off
\set ON_ERROR_ROLLBACK on
SELECT command FROM sorted, LATERAL unnest(ARRAY[
	format('DECLARE c CURSOR FOR SELECT CASE n WHEN 2 THEN pg_temp.again(%L, h) END FROM (SELECT h, generate_series(1, 2) AS n FROM (%s OFFSET 0) made OFFSET 0) twice', made, made),
	-- (in one message: where it strikes, it is taken back with the rest)
	'FETCH c', format('SET statement_timeout = %s; FETCH c; RESET statement_timeout', ms), 'CLOSE c']) command
\gexec
\set ON_ERROR_ROLLBACK off
\set ON_ERROR_STOP on
CREATE TABLE whole (made text, bits text);
SELECT format('INSERT INTO whole SELECT %L, md5(h::text) FROM (%s) made', made, made) FROM (SELECT DISTINCT made FROM sorted) queries
\gexec
SELECT diag(format('%s states asked under a short timeout', count(*))) FROM again;
SELECT is_empty('SELECT made FROM again JOIN whole USING (made) WHERE again.bits IS DISTINCT FROM whole.bits', 'sorted and merged again, states are whole');

/*
 * A timeout in what would go on for minutes, where {n} is many; then it is asked with few.
 */
CREATE FUNCTION pg_temp.demo(deals bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	loaded bigint;
BEGIN
	CALL sales_kpi.create_sources('crm');
	CALL sales_kpi.load_demo('crm', deals => deals::int, seed => 1);
	EXECUTE 'SELECT count(*) FROM crm.deal' INTO loaded;
	DROP SCHEMA crm CASCADE;
	RETURN loaded;
END $$;
CREATE FUNCTION pg_temp.models(times bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	views bigint;
BEGIN
	CALL sales_kpi.create_sources('crm');
	FOR i IN 1..times LOOP
		CALL sales_kpi.create_model('kpi', sources => 'crm');
		views := (SELECT count(*) FROM pg_class WHERE relnamespace IN ('kpi'::regnamespace, 'kpi_base'::regnamespace));
		DROP SCHEMA kpi, kpi_base CASCADE;
	END LOOP;
	DROP SCHEMA crm CASCADE;
	RETURN views;
END $$;
CREATE TABLE loop (place serial, title text, query text, few bigint DEFAULT 20, many bigint DEFAULT 1000000000, answer text, ended text);
INSERT INTO loop (title, query)
SELECT aggregate, format('SELECT md5((%s)::text) FROM (SELECT generate_series(1, {n}) AS i) s', aggregate)
FROM unnest(ARRAY['duration_agg(i * interval ''1 second'')', 'customer_agg(i, ''2024-01-01'', NULL, i)', 'purchase_agg(i, ''a''::text, i, ''2024-01-01'', 1)', 'acquisition_agg(i, i % 1000)',
	'win_curve_agg(''2024-01-01''::date, ''2024-01-01''::date + i, ''won'', ''2026-01-01'')', 'revenue_agg(''2024-01-05'', i, ''{2024-01-01, 2024-02-01}'')', 'cac(i, i)',
	'churn_rate(i, ''2024-01-01'', NULL, ''[2025-01-01, 2026-01-01)'')', 'upsell_rate(i % 10, 1, i, ''2024-01-01'', ''[2025-01-01, 2026-01-01)'')', 'productivity(i, i + 1)', 'win_rate(i % 5 = 0)', 'nps(i % 11)', 'trend(sin(i))', 'sparkline(sin(i))']) aggregate
UNION ALL
SELECT 'rollup of ' || type, format('SELECT md5(rollup(h)::text) FROM (%s OFFSET 0) made, generate_series(1, {n}) i', made) FROM (SELECT DISTINCT ON (type) type, made FROM state WHERE type <> 'business_calendar' ORDER BY type, made) one;
INSERT INTO loop (title, query) VALUES
	('trends of a growing window', 'SELECT md5(string_agg(t::text, '','')) FROM (SELECT trend(sin(i)) OVER (ORDER BY i) AS t FROM generate_series(1, {n}) i) w'),
	('sparklines of a moving window', 'SELECT md5(string_agg(t, '','')) FROM (SELECT sparkline(sin(i)) OVER (ORDER BY i ROWS 1000 PRECEDING) AS t FROM generate_series(1, {n}) i) w'),
	('kinds of sales', 'SELECT md5(string_agg(t, '','')) FROM (SELECT sale_kind(i::bigint, i) OVER (ORDER BY i) AS t FROM generate_series(1, {n}) i) w'),
	('growth of revenue', 'SELECT sum(t)::text FROM (SELECT revenue_growth(i::numeric, 5) OVER (ORDER BY i) AS t FROM generate_series(1, {n}) i) w'),
	('rate and mix', 'SELECT sum((t).mix_effect)::text FROM (SELECT mix_rate_split(i, 2 * i, 3, i) OVER () AS t FROM generate_series(1, {n}) i) w'),
	('starts of periods', 'SELECT max(period_start(''week'', ''2024-01-01''::timestamptz + i % 100000 * interval ''1 hour'', ''Europe/Berlin''))::text FROM generate_series(1, {n}) i'),
	('business time', 'SELECT max(business_time(''2024-01-01'', ''2024-01-01''::timestamptz + i % 100000 * interval ''1 hour'', ''Europe/Berlin: Mon-Fri 09:00-17:00''))::text FROM generate_series(1, {n}) i'),
	('the demo company', 'SELECT pg_temp.demo({n})'),
	('models', 'SELECT pg_temp.models({n})');
UPDATE loop SET many = 1000000 WHERE title LIKE '%window';
UPDATE loop SET few = 1000, many = 1000000 WHERE title = 'the demo company';
UPDATE loop SET few = 1 WHERE title = 'models';
CREATE FUNCTION pg_temp.answer(query text, n bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE replace(query, '{n}', n::text) INTO answer;
	RETURN answer;
END $$;
CREATE FUNCTION pg_temp.ended(query text, n bigint) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.answer(query, n);
	RETURN 'never';
EXCEPTION WHEN query_canceled THEN
	RETURN SQLERRM;
END $$;
UPDATE loop SET answer = pg_temp.answer(query, few);
SET statement_timeout = '200ms';
SELECT format('UPDATE loop SET ended = pg_temp.ended(query, many) WHERE place = %s', place) FROM loop ORDER BY place
\gexec
RESET statement_timeout;
SELECT is(ended, 'canceling statement due to statement timeout', title) FROM loop ORDER BY place;
SELECT is(pg_temp.answer(query, few), answer, title || ' afterwards') FROM loop ORDER BY place;

SELECT * FROM finish();
ROLLBACK;
