-- Sales, boundaries and revenue series from outside: what cannot be is refused by a clear
-- error, and what is taken works. Text and messages are damaged at random.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;
SET TimeZone = 'UTC';
\ir include/answer.sql

/*
 * Sales, over the first two seconds of 2000
 */
SELECT is(pg_temp.answer(format('SELECT revenue_agg(%L, %L, ''{2000-01-01, 2000-01-01 00:00:01, 2000-01-01 00:00:02}'')', sold_at, amount)), answer, format('revenue_agg(%s, %s)', sold_at, amount))
FROM (VALUES
	('2000-01-01', '1', '{0:1/1000000,1000000,2000000}'),
	('2000-01-01 00:00:00.999999', '-0.000001', '{0:1/-1,1000000,2000000}'),
	('2000-01-01 00:00:01', '0', '{0,1000000:1/0,2000000}'),
	('2000-01-01 00:00:01.999999', '0.0000005', '{0,1000000:1/1,2000000}'),
	('2000-01-01 00:00:01', '-0.0000004', '{0,1000000:1/0,2000000}'),
	('2000-01-01', '9223372036854.775807', '{0:1/9223372036854775807,1000000,2000000}'),
	('2000-01-01', '-9223372036854.775807', '{0:1/-9223372036854775807,1000000,2000000}'),
	('2000-01-01', '9223372036854.775808', '22003 the amount of a sale is too large'),
	('2000-01-01', '-1e100', '22003 the amount of a sale is too large'),
	('2000-01-01', 'NaN', '22003 the amount of a sale is not a finite number'),
	('2000-01-01', 'infinity', '22003 the amount of a sale is not a finite number'),
	('2000-01-01', '-infinity', '22003 the amount of a sale is not a finite number'),
	('infinity', '1', '22008 a sale cannot be at infinity'),
	('-infinity', '1', '22008 a sale cannot be at infinity'),
	-- not counted
	('2000-01-01', NULL, '{0,1000000,2000000}'),
	(NULL, '1', '{0,1000000,2000000}'),
	(NULL, 'NaN', '{0,1000000,2000000}'),
	('infinity', NULL, '{0,1000000,2000000}'),
	('2000-01-01 00:00:02', '1', '{0,1000000,2000000}'),
	('2000-01-01 00:00:02', 'NaN', '{0,1000000,2000000}'),
	('1999-12-31 23:59:59.999999', '1', '{0,1000000,2000000}'),
	('4714-11-24 BC', '1', '{0,1000000,2000000}'),
	('294276-12-31 23:59:59.999999', '1', '{0,1000000,2000000}')
) v (sold_at, amount, answer);
SELECT is(num_nulls(revenue_agg(sold_at, 1, '{2000-01-01, 2000-01-02}'), rollup(NULL::revenue_series)), 2, 'no rows: NULL') FROM (VALUES (timestamptz '2000-01-01')) v (sold_at) WHERE false;
SELECT is_empty('SELECT * FROM revenue(NULL)', '... which has no periods');

/*
 * Boundaries: the first row, and each other one, must have them; all of a group the same.
 */
SELECT is(pg_temp.answer(format('SELECT revenue_agg(NULL, NULL, %L)', boundaries)), answer, 'boundaries ' || coalesce(left(boundaries, 60), 'NULL'))
FROM (VALUES
	(NULL, '22004 the boundaries of the periods are NULL'),
	('{2000-01-01, NULL}', '22004 a boundary of the periods is NULL'),
	('{}', '22023 periods need an array of at least two boundaries'),
	('{2000-01-01}', '22023 periods need an array of at least two boundaries'),
	('{{2000-01-01, 2000-01-02}}', '22023 periods need an array of at least two boundaries'),
	('{2000-01-01, 2000-01-01}', '22023 the boundaries of the periods do not rise'),
	('{2000-01-02, 2000-01-01}', '22023 the boundaries of the periods do not rise'),
	('{-infinity, 2000-01-01}', '22008 a boundary of the periods is infinite'),
	('{2000-01-01, infinity}', '22008 a boundary of the periods is infinite'),
	('{4714-11-24 BC, 294276-12-31 23:59:59.999999}', '{-211813488000000000,9223371331199999999}')
) v (boundaries, answer);
SELECT is(pg_temp.answer(format('SELECT revenue_agg(sold_at, 1, boundaries) %s FROM (VALUES (timestamptz ''2000-01-01'', ''{2000-01-01, 2000-01-02, 2000-01-03}''::timestamptz[]), (''2000-01-01'', %L)) v (sold_at, boundaries)', over, boundaries)),
	answer, format('a second row with boundaries %s %s', boundaries, over))
FROM unnest(ARRAY['', 'OVER ()']) over, (VALUES
	('{2000-01-01, 2000-01-02, 2000-01-03}', '{0:2/2000000,86400000000,172800000000}'),
	('[0:2]={2000-01-01, 2000-01-02, 2000-01-03}', '{0:2/2000000,86400000000,172800000000}'),
	('{2000-01-01, 2000-01-02}', '22023 the periods change within a group'),
	('{2000-01-01, 2000-01-02, 2000-01-03, 2000-01-04}', '22023 the periods change within a group'),
	('{2000-01-01, 2000-01-02 00:00:00.000001, 2000-01-03}', '22023 the periods change within a group'),
	('{2000-01-01, 2000-01-03, 2000-01-02}', '22023 the boundaries of the periods do not rise'),
	('{2000-01-01, 2000-01-02, infinity}', '22008 a boundary of the periods is infinite'),
	('{2000-01-01, 2000-01-02, NULL}', '22004 a boundary of the periods is NULL'),
	('{{2000-01-01, 2000-01-02, 2000-01-03}}', '22023 periods need an array of at least two boundaries'),
	('{}', '22023 periods need an array of at least two boundaries'),
	(NULL, '22004 the boundaries of the periods are NULL')
) v (boundaries, answer);
SELECT is(pg_temp.answer(format('SELECT rollup(s::revenue_series) FROM (VALUES (%L), (NULL), (%L)) v (s)', a, b)), answer, format('%s and %s', a, b))
FROM (VALUES
	('{0:1/5,1,2}', '{0:1/-7,1:1/9,2}', '{0:2/-2,1:1/9,2}'),
	('{0:1/5,1,2}', NULL, '{0:1/5,1,2}'),
	('{0:1/5,1,2}', '{0,1}', '22023 the periods change within a group'),
	('{0:1/5,1}', '{0:1/5,2}', '22023 the periods change within a group'),
	('{0:1/5,1}', '{-1,1}', '22023 the periods change within a group'),
	('{0:9223372036854775807/0,1}', '{0:9223372036854775807/0,1}', '54000 a revenue_series cannot count more than 9223372036854775807 lines of a period'),
	('{0:9223372036854775806/85070591730234615838173535747377725442,1}', '{0:1/9223372036854775807,1}', '{0:9223372036854775807/85070591730234615847396907784232501249,1}')
) v (a, b, answer);
CREATE AGGREGATE pg_temp.full(timestamptz, numeric, timestamptz[]) (SFUNC = sales_kpi.revenue_add, STYPE = sales_kpi.revenue_series, INITCOND = '{0:9223372036854775807/0,1}');
SELECT is(pg_temp.answer($$SELECT pg_temp.full('2000-01-01', 1, '{2000-01-01, 2000-01-01 00:00:00.000001}')$$), '54000 a revenue_series cannot count more than 9223372036854775807 lines of a period', 'one line too many');

-- What is said beside an error
CREATE FUNCTION pg_temp.detail_and_hint(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE query;
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', nullif(detail, ''), hint);
END $$;
SELECT is(pg_temp.detail_and_hint('SELECT ' || call), answer, call)
FROM (VALUES
	('revenue_agg(''infinity'', 1, ''{2000-01-01, 2000-01-02}'')', 'A time that is not known is NULL, and the row is not counted.'),
	('rollup(s::revenue_series) FROM (VALUES (''{0,1}''), (''{0,2}'')) v (s)', 'Give the same boundaries for all rows of a group, or put them into GROUP BY.'),
	('''{0:1/1000000000000000000000,1}''::revenue_series', 'So few lines cannot add up to such a sum. | A series of two days, of which the first has 3 lines of 12.50 in all, looks like this: {0:3/12500000,86400000000,172800000000}.')
) v (call, answer);

-- Support functions are of no use by themselves.
CREATE TABLE one AS SELECT revenue_agg('2000-01-01', 1, '{2000-01-01, 2000-01-02}') AS s;
SELECT is(pg_temp.answer('SELECT ' || call), answer, call)
FROM (VALUES
	('revenue_series_merge(s, s) FROM one', '0A000 a support function of revenue_agg was called outside of an aggregate'),
	('revenue_series_merge(s, NULL) FROM one', NULL),
	('revenue_add(s, ''2000-01-01'', 1, ''{2000-01-01, 2000-01-02}'') FROM one', '0A000 a support function of revenue_agg was called outside of an aggregate'),
	('revenue_add(NULL, ''2000-01-01'', 1, ''{2000-01-01, 2000-01-02}'')', '0A000 a support function of revenue_agg was called outside of an aggregate'),
	('revenue_add(NULL, NULL, NULL, NULL)', '0A000 a support function of revenue_agg was called outside of an aggregate')
) v (call, answer);
SELECT is(s::text, '{0:1/1000000,86400000000}', '... and leave the state as it is') FROM one;

/*
 * Series as text and as messages
 */
CREATE TEMP TABLE specimen AS
SELECT 'one' AS name, revenue_agg('2000-01-05', 12.5, '{2000-01-01, 2000-02-01}') AS state
UNION ALL SELECT 'none', '{-5,7}'
UNION ALL SELECT 'several', revenue_agg(timestamptz '1999-12-25' + n * n % 31 * interval '1 day', n * 1000 - 9000, periods('week', '1999-12-20', '2000-02-15', 'UTC')) FROM generate_series(1, 30) n
UNION ALL SELECT 'full', '{-211813488000000000:9223372036854775807/-85070591730234615847396907784232501249,0:4611686018427387904/42535295865117307923698453892116250624,9223371331199999999}';

-- Whatever is read in is a series like any other: it reads back, answers, and can be rolled up.
CREATE FUNCTION pg_temp.fault_of(s revenue_series) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	IF revenue_series_send(s::text::revenue_series) <> revenue_series_send(s) THEN
		RETURN 'does not read back';
	ELSIF (SELECT count(*) < 1 OR num_nulls(VARIADIC array_agg(lines)) > 0 OR min(lines) < 0 FROM revenue(s)) THEN
		RETURN 'periods are missing';
	ELSIF EXISTS (SELECT FROM (SELECT *, lag(period_end) OVER (ORDER BY period_start) AS before FROM revenue(s)) r WHERE period_start >= period_end OR period_start <> before) THEN
		RETURN 'periods are none';
	ELSIF EXISTS (SELECT FROM revenue(s) WHERE abs(revenue) > lines * 9223372036854.775807) THEN
		RETURN 'a sum is too large';
	ELSIF EXISTS (SELECT FROM (SELECT growth, revenue_growth(revenue) OVER (ORDER BY period_start) AS expected FROM revenue(s)) r WHERE growth IS DISTINCT FROM expected) THEN
		RETURN 'growth is another';
	ELSIF EXISTS (SELECT FROM (SELECT rollup(v) AS twice FROM (VALUES (s), (s)) v (v)) t, revenue(twice) a JOIN revenue(s) b USING (period_start, period_end) WHERE a.lines <> 2 * b.lines OR a.revenue <> 2 * b.revenue) THEN
		RETURN 'rollup differs';
	END IF;
	RETURN NULL;
EXCEPTION WHEN program_limit_exceeded THEN
	-- lines near the limit are too many together
	RETURN CASE WHEN SQLERRM <> 'a revenue_series cannot count more than 9223372036854775807 lines of a period' THEN SQLERRM END;
END $$;

\set type revenue_series
\set pieces '0 1 9 - / , : { } 1000000 ü'
\set numbers '0 1 7 1000000000 9223371331199999999 9223372036854775807 9223372036854775808 85070591730234615847396907784232501249 340282366920938463463374607431768211456'
\set text_refusals '{22P02}'
\set message_refusals '{22P03}'
\set texts 300
\set messages 200
\ir include/damage.sql

SELECT is(pg_temp.reading(t), answer, 'text ' || left(t, 60))
FROM (VALUES
	('{0:3/12500000,86400000000,172800000000:1/-990000,259200000000}', '{0:3/12500000,86400000000,172800000000:1/-990000,259200000000}'),
	('{-0:0/-0,0001:01/0000,2}', '{0,1:1/0,2}'),
	('{-1,0}', '{-1,0}'),
	('{0:1/9223372036854775807,1:1/-9223372036854775807,2}', '{0:1/9223372036854775807,1:1/-9223372036854775807,2}'),
	('{0:' || repeat('0', 10000) || '1/' || repeat('0', 10000) || '2,1}', '{0:1/2,1}')
) v (t, answer);
SELECT is(pg_temp.reading(t), '22P02', 'no series: ' || left(t, 60))
FROM unnest(ARRAY[
	'', ' ', '{', '}', '{}', '{0}', '{0:1/1}', '{0,}', '{,0}', '{0,,1}', '0,1', '{0,1', '0,1}', '{0,1}}', '{0,1} ', ' {0,1}', '{0, 1}', '{0,1,}', '{0,1:1/1}', '{0,1:0/0}', '{0:,1}', '{0:1,1}', '{0:1/,1}', '{0:/1,1}', '{0:1/1/1,1}', '{0:1/--1,1}', '{0:1/+1,1}', '{0:-1/0,1}', '{0:1/1.0,1}', '{0:1e1/1,1}',
	'{0:0/1,1}', '{0:0/-1,1}', '{0:1/9223372036854775808,1}', '{0:1/-9223372036854775808,1}', '{0:2/18446744073709551615,1}', '{0:9223372036854775808/0,1}', '{0:9223372036854775807/170141183460469231731687303715884105728,1}',
	'{0:9223372036854775807/' || repeat('9', 100) || ',1}', '{0,0}', '{1,0}', '{0,2,1}', '{0,-1}', '{-211813488000000001,0}', '{0,9223371331200000000}', '{0,9223372036854775807}', '{-9223372036854775808,0}', '{0,9223372036854775808}', '{0,infinity}', '{2000-01-01,2000-01-02}',
	repeat(',', 10000000), repeat('ü', 200)
]) t;

-- version, boundaries; then those, and of each period lines and the sum in two words
CREATE FUNCTION pg_temp.message(version int, count int, VARIADIC words bigint[]) RETURNS bytea LANGUAGE sql
RETURN substr(int4send(version), 4) || int4send(count) || (SELECT string_agg(int8send(w), '' ORDER BY n) FROM unnest(words) WITH ORDINALITY u (w, n));
SELECT is(revenue_series_send('{-1:3/-7,5:2/18446744073709551614,9}'), pg_temp.message(1, 3, -1, 5, 9, 3, -1, -7, 2, 0, -2), 'a message');
SELECT is(pg_temp.fault_of_message(message), answer, 'message ' || message::text)
FROM (VALUES
	(pg_temp.message(1, 2, 0, 1, 1, 0, 5), 'taken'), (pg_temp.message(1, 2, 0, 1, 0, 0, 0), 'taken'), (pg_temp.message(1, 2, 0, 1, 9223372036854775807, 4611686018427387903, 1), 'taken'),
	(pg_temp.message(0, 2, 0, 1, 1, 0, 5), 'refused'), (pg_temp.message(2, 2, 0, 1, 1, 0, 5), 'refused'), (pg_temp.message(255, 2, 0, 1, 1, 0, 5), 'refused'),
	(pg_temp.message(1, 1, 0), 'refused'), (pg_temp.message(1, 0, 0), 'refused'), (pg_temp.message(1, -1, 0), 'refused'), (pg_temp.message(1, 3, 0, 1, 1, 0, 5), 'refused'), (pg_temp.message(1, 2, 0, 1, 1, 0, 5, 0), 'refused'),
	(pg_temp.message(1, 2147483647, 0, 1, 1, 0, 5), 'refused'), (pg_temp.message(1, -2147483648, 0, 1, 1, 0, 5), 'refused'), (pg_temp.message(1, 536870914, 0, 1, 1, 0, 5), 'refused'),
	(pg_temp.message(1, 2, 0, 1, 1, 0, 5) || '\x00', 'refused'), (pg_temp.message(1, 2, 1, 0, 1, 0, 5), 'refused'), (pg_temp.message(1, 2, 1, 1, 1, 0, 5), 'refused'),
	(pg_temp.message(1, 2, 0, 9223372036854775807, 1, 0, 5), 'refused'), (pg_temp.message(1, 2, -9223372036854775808, 1, 1, 0, 5), 'refused'),
	(pg_temp.message(1, 2, 0, 1, -1, 0, 0), 'refused'), (pg_temp.message(1, 2, 0, 1, 0, 0, 1), 'refused'), (pg_temp.message(1, 2, 0, 1, 1, 1, 0), 'refused'), (pg_temp.message(1, 2, 0, 1, 1, -1, 0), 'refused'),
	(pg_temp.message(1, 2, 0, 1, 9223372036854775807, 4611686018427387903, 2), 'refused'), (pg_temp.message(1, 2, 0, 1, 9223372036854775807, -9223372036854775808, 0), 'refused')
) v (message, answer);

SELECT * FROM finish();
ROLLBACK;
