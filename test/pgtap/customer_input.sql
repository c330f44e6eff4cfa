-- Subscriptions, questions and histories from outside: what cannot be is refused by a
-- clear error, and what is taken works. Text and messages are damaged at random,
-- thousands of times.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;
SET TimeZone = 'UTC';

\ir include/answer.sql

/*
 * Subscriptions
 */
SELECT is(pg_temp.answer(format('SELECT ' || call, started, ended)), answer, format(call, started, ended))
FROM unnest(ARRAY['customer_agg(1, %L, %L)', 'customer_agg(''a''::text, %L, %L, 1)', 'customer_agg(md5('''')::uuid, %L, %L, NULL)',
	'churn_rate(1, %L, %L, ''[2026-01-01, 2026-02-01)'')', 'revenue_churn_rate(1, %L, %L, 1, ''[2026-01-01, 2026-02-01)'')']) call,
(VALUES
	('2026-01-02', '2026-01-01', '22023 a subscription ends before its start'),
	('2026-01-02 00:00:00.000001', '2026-01-02', '22023 a subscription ends before its start'),
	('2026-01-01', '-infinity', '22023 a subscription ends before its start'),
	('infinity', NULL, '22008 a subscription cannot begin at infinity'),
	('-infinity', NULL, '22008 a subscription cannot begin at infinity'),
	('-infinity', 'infinity', '22008 a subscription cannot begin at infinity'),
	('-infinity', '2026-01-01', '22008 a subscription cannot begin at infinity')
) v (started, ended, answer);
SELECT is(pg_temp.answer(format('SELECT ' || call, amount)), answer, format(call, amount))
FROM unnest(ARRAY['customer_agg(1, ''2026-01-01'', NULL, %L)', 'customer_agg(''a''::text, ''2026-01-01'', ''2026-01-01'', %L)',
	'revenue_churn_rate(1, ''2026-01-01'', NULL, %L, ''[2026-01-01, 2026-02-01)'')']) call,
(VALUES
	('-1', '22023 the amount of a subscription cannot be negative'),
	('-0.000001', '22023 the amount of a subscription cannot be negative'),
	('NaN', '22003 the amount of a subscription is not a finite number'),
	('infinity', '22003 the amount of a subscription is not a finite number'),
	('-infinity', '22003 the amount of a subscription is not a finite number'),
	('9223372036854.775808', '22003 the amount of a subscription is too large'),
	('9223372036854.7758075', '22003 the amount of a subscription is too large'),
	('1e131000', '22003 the amount of a subscription is too large')
) v (amount, answer);

-- What amounts are taken for
CREATE FUNCTION pg_temp.amount_shown(amount numeric, customers int, times int) RETURNS text LANGUAGE sql
RETURN (SELECT end_amount::text FROM (
		SELECT customer_agg(customer, '2026-01-01', NULL, amount) AS h FROM generate_series(1, customers) customer, generate_series(1, times)
	) a, revenue_movement(h, '{2026-01-01, 2026-02-01}'));
SELECT is(pg_temp.amount_shown(amount, 1, 1), shown, 'an amount of ' || amount)
FROM (VALUES (1, '1.00'), (12.5, '12.50'), (0.3333335, '0.333334'), (0.3333334999, '0.333333'), (0.0000005, '0.000001'), (0.00000049, '0.00'),
	(9223372036854.775807, '9223372036854.775807'), (9223372036854.7758074, '9223372036854.775807'), (NULL, '0.00'), (0, '0.00'), (-0.0000001, '0.00')) v (amount, shown);
SELECT is(pg_temp.amount_shown(9223372036854.775807, 1000, 1), '9223372036854775.807', 'the sum of all customers may be larger');
SELECT is(pg_temp.amount_shown(4611686018427.387903, 1, 2), '9223372036854.775806', 'that of a customer may not:');
SELECT is(pg_temp.answer('SELECT pg_temp.amount_shown(4611686018427.387904, 1, 2)'), '22003 the amounts of a customer at one time are too large together', '... an error');

-- Rows that do not count
SELECT is(pg_temp.answer('SELECT customers(customer_agg(customer, started_at, ended_at, amount)) FROM (VALUES (NULL::bigint, NULL::timestamptz, NULL::timestamptz, 1.0), ' || rows || ') v (customer, started_at, ended_at, amount)'),
	answer, 'rows ' || rows)
FROM (VALUES
	($$(NULL, '2026-01-01', NULL, 1)$$, NULL),
	($$(1, NULL, NULL, 1)$$, NULL),
	($$(1, NULL, '2026-01-01', 1)$$, NULL),
	($$(1, '2026-01-01', '2026-01-01', 1)$$, '0'),
	($$(1, '2026-01-01', NULL, 0)$$, '0'),
	($$(1, '2026-01-01', '2026-01-01', 1), (2, '2026-01-01', '2026-01-02', 1)$$, '1'),
	($$(1, '2026-01-01', NULL, 0), (2, '2026-01-01', NULL, NULL)$$, '1'),
	($$(1, '2026-01-01', NULL, 1), (1, '2026-01-01', 'infinity', 1), (NULL, '2026-01-01', NULL, 1)$$, '1')
) v (rows, answer);
SELECT is(num_nulls(customer_agg(NULL::bigint, NULL, NULL), customer_agg(NULL::text, NULL, NULL, NULL), customer_agg(NULL::uuid, NULL, NULL), rollup(NULL::customer_history),
	churn_rate(NULL::bigint, NULL, NULL, '[2026-01-01, 2026-02-01)'), revenue_churn_rate(NULL::text, NULL, NULL, NULL, '[2026-01-01, 2026-02-01)')), 6, 'nothing but NULL: NULL')
FROM generate_series(1, 3);
SELECT is(n, 3, 'no rows: NULL')
FROM (SELECT num_nulls(customer_agg(1, '2026-01-01', NULL), churn_rate(1, '2026-01-01', NULL, '[2026-01-01, 2026-02-01)'),
	revenue_churn_rate(1, '2026-01-01', NULL, 1, '[2026-01-01, 2026-02-01)')) AS n FROM generate_series(1, 0)) none;

-- A history of nobody, and none at all
CREATE TABLE nobody AS SELECT customer_agg(1, '2026-01-01', NULL, 0) AS h;
SELECT is(ROW(customers(h), first_start(h), c)::text, '(0,,"(""2026-01-01 00:00:00+00"",""2026-02-01 00:00:00+00"",0,0,0,0,0,0,,,)")', 'nobody pays: every period counts nobody')
FROM nobody, churn(h, '{2026-01-01, 2026-02-01}') c;
SELECT is(c::text, '("2026-01-01 00:00:00+00","2026-02-01 00:00:00+00",0.00,0.00,0.00,0.00,0.00,0.00,0.00,,,,,0,0)', '... and nothing')
FROM nobody, revenue_movement(h, '{2026-01-01, 2026-02-01}') c;
SELECT is_empty(format('SELECT FROM nobody, %s', call), '... and there are no rows in ' || call)
FROM unnest(ARRAY['retention(h, ''{2026-01-01, 2026-02-01}'')', 'cohorts(h, ''{2026-01-01, 2026-02-01}'')', 'survival(h, ''2026-02-01'')', 'churn(NULL, ''{2026-01-01, 2026-02-01}'')',
	'revenue_movement(NULL, ''{2026-01-01, 2026-02-01}'')', 'retention(NULL::customer_history, ''{2026-01-01, 2026-02-01}'')', 'cohorts(NULL, ''{2026-01-01, 2026-02-01}'')', 'survival(NULL, ''2026-02-01'')']) call;
SELECT is(num_nulls(first_start(NULL::customer_history), customers(NULL::customer_history)), 2, 'of a NULL history everything is NULL');

/*
 * Questions
 */
CREATE TABLE history AS SELECT customer_agg(1, '2026-01-01', '2026-01-20', 10) AS h, customer_agg(1, '2026-01-01', '2026-01-20') AS unpriced;
SELECT is(pg_temp.answer(format('SELECT ' || call || ' FROM history', boundaries)), answer, format(call, boundaries))
FROM unnest(ARRAY['churn(h, %L)', 'revenue_movement(h, %L)', 'retention(h, %L)', 'cohorts(h, %L)']) call,
(VALUES
	(NULL, '22004 the boundaries of the periods are NULL'),
	('{}', '22023 periods need an array of at least two boundaries'),
	('{2026-01-01}', '22023 periods need an array of at least two boundaries'),
	('{{2026-01-01,2026-02-01},{2026-03-01,2026-04-01}}', '22023 periods need an array of at least two boundaries'),
	('{2026-01-01,NULL}', '22004 a boundary of the periods is NULL'),
	('{NULL,2026-01-01,2026-02-01}', '22004 a boundary of the periods is NULL'),
	('{2026-02-01,2026-01-01}', '22023 the boundaries of the periods do not rise'),
	('{2026-01-01,2026-03-01,2026-02-01}', '22023 the boundaries of the periods do not rise'),
	('{2026-01-01,2026-01-01}', '22023 the boundaries of the periods do not rise'),
	('{2026-01-01,infinity}', '22008 a boundary of the periods is infinite'),
	('{-infinity,2026-01-01}', '22008 a boundary of the periods is infinite')
) v (boundaries, answer);
SELECT is(pg_temp.answer('SELECT ' || call || ' FROM history, (SELECT array_fill(timestamptz ''2026-01-01'', ARRAY[10000001]) AS b) many'), '54000 periods have more than 10000000 boundaries', call)
FROM unnest(ARRAY['churn(h, b)', 'revenue_movement(h, b)', 'retention(h, b)', 'cohorts(h, b)']) call;
-- Where microseconds are less than the last digit of a float8
SELECT results_eq(format($$SELECT at_start, joined, lost FROM churn((SELECT customer_agg(c, %1$L::timestamptz + c * interval '1 microsecond', %1$L::timestamptz + 3 * interval '1 microsecond') FROM generate_series(0, 2) c),
		ARRAY(SELECT %1$L::timestamptz + i * interval '1 microsecond' FROM generate_series(0, 3) i))$$, origin),
	'VALUES (1::bigint, 1::bigint, 0::bigint), (2, 1, 0), (3, 0, 3)', 'periods of a microsecond in the year ' || left(origin, -6))
FROM unnest(ARRAY['3000-01-01', '9999-01-01', '294276-01-01']) origin;
SELECT is(pg_temp.answer($$SELECT churn_rate(1, '3000-01-01', '3000-01-01 00:00:00.000001', '[3000-01-01,3000-01-01]')$$), '1', 'an instant in the year 3000');
SELECT is((at_start, at_end), (0::bigint, 0::bigint), 'one period for all time')
FROM churn((SELECT customer_agg(1, '2026-01-01', '2026-02-01')), '{4713-01-01 BC, 294276-12-31 23:59:59.999999}');
SELECT is(count(*), 2::bigint, 'an array may begin at any subscript') FROM history, churn(h, '[5:7]={2026-01-01,2026-01-10,2026-02-01}');
SELECT is(pg_temp.answer(format('SELECT ' || call || ' FROM history', grace)), answer, format(call, grace))
FROM unnest(ARRAY['churn(h, ''{2026-01-01,2026-02-01}'', %L)', 'revenue_movement(h, ''{2026-01-01,2026-02-01}'', %L)', 'survival(h, ''2026-02-01'', %L)']) call,
(VALUES
	('1 month', '22023 an interval with months has no fixed length'), ('1 month -30 days', '22023 an interval with months has no fixed length'),
	('-1 microsecond', '22023 grace cannot be negative'), ('1 day -25 hours', '22023 grace cannot be negative'),
	('106751992 days', '22008 a duration is too long to be counted in microseconds')
) v (grace, answer);
SELECT current_setting('server_version_num')::int >= 170000 AS infinite_intervals \gset
\if :infinite_intervals
SELECT is(pg_temp.answer($$SELECT churn(h, '{2026-01-01,2026-02-01}', 'infinity') FROM history$$), '22008 a duration cannot be infinite', 'an infinite grace');
\endif
SELECT is(pg_temp.answer(format('SELECT churn(h, ''{2026-01-01,2026-02-01}'', NULL, %L) FROM history', method)), format('22023 there is no method "%s" of churn', method), format('method "%s"', method))
FROM unnest(ARRAY['', 'Standard', 'stripe ', 'net']) method;
SELECT is(a, b, 'the method NULL is the standard') FROM history, churn(h, '{2026-01-01,2026-02-01}', NULL, NULL) a, churn(h, '{2026-01-01,2026-02-01}') b;
SELECT is(pg_temp.answer(format('SELECT survival(h, %L) FROM history', as_of)), answer, 'survival as of ' || coalesce(as_of, 'NULL'))
FROM (VALUES (NULL, '22004 as_of is NULL'), ('infinity', '22008 as_of is infinite'), ('-infinity', '22008 as_of is infinite')) v (as_of, answer);
SELECT is(pg_temp.answer('SELECT revenue_movement(unpriced, ''{2026-01-01,2026-02-01}'') FROM history'), '22023 the history has no amounts', 'revenue_movement without amounts');

-- The range of the rates
SELECT is(pg_temp.answer(format('SELECT ' || call, during)), answer, format(call, during))
FROM unnest(ARRAY['churn_rate(1, ''2026-01-01'', NULL, %L)', 'revenue_churn_rate(''a''::text, ''2026-01-01'', NULL, 1, %L)', 'churn_rate(NULL::uuid, NULL, NULL, %L)']) call,
(VALUES
	(NULL, '22004 the period is NULL'), ('empty', '22023 the period is empty'), ('[2026-01-01,2026-01-01)', '22023 the period is empty'),
	('(2026-01-01,2026-01-01 00:00:00.000001)', '22023 the period is empty'),
	('[2026-01-01,)', '22023 the period has no end on one side'), ('(,2026-01-01)', '22023 the period has no end on one side'), ('(,)', '22023 the period has no end on one side'),
	('[2026-01-01,infinity)', '22023 the period has no end on one side'), ('[-infinity,2026-01-01]', '22023 the period has no end on one side')
) v (during, answer);
SELECT is(pg_temp.answer(format('SELECT %s FROM (VALUES (1, timestamptz ''2026-01-01'', tstzrange(''2026-01-01'', ''2026-02-01'')), (%s, ''2026-01-01'', %L)) v (k, s, d)', call, customer, during)),
	'22023 the period changes within a group', format('%s: customer %s during %s', call, customer, during))
FROM unnest(ARRAY['churn_rate(k, s, NULL, d)', 'revenue_churn_rate(k, s, NULL, 1, d)']) call, unnest(ARRAY['2', 'NULL']) customer,
	unnest(ARRAY['[2026-01-01,2026-02-02)', '[2026-01-01,2026-02-01]', '(2026-01-01,2026-02-01)']) during;
SELECT is(churn_rate(k, s, NULL, d), 0::float8, 'the same instants written in two ways are one range')
FROM (VALUES (1, timestamptz '2026-01-01', tstzrange('2026-01-01', '2026-02-01', '[]')), (2, '2026-01-01', tstzrange('2026-01-01', '2026-02-01 00:00:00.000001'))) v (k, s, d);
SELECT results_eq($$
	SELECT k, churn_rate(k, s, e, d) FROM (VALUES (0, timestamptz '2026-01-01', NULL::timestamptz, tstzrange('2026-01-01', '2026-02-01', '[]')),
		(1, '2026-01-01', '2026-02-02', tstzrange('2026-02-01', '2026-03-01'))) v (k, s, e, d) GROUP BY k ORDER BY k
$$, 'VALUES (0, 0::float8), (1, 1)', 'each group has its own');

-- The ends of time, which are farther apart than 2^63 microseconds
SELECT is(ROW(a.day, a.lost, b.at_end, c.churn_rate, c.lost), ROW(date '294276-12-31' - date '4714-11-24 BC', 0::bigint, 1::bigint, 0::float8, 0::bigint), 'from the first day to the last')
FROM (SELECT customer_agg(1, '4714-11-24 BC', NULL) AS h) t, survival(h, '294276-12-31 23:59:59.999999') a, churn(h, '{4714-11-24 BC, 294276-12-31 23:59:59.999999}') b,
	churn(h, '{4714-11-24 BC, 294276-12-31 23:59:59.999999}', NULL, 'hazard') c;
SELECT is(round(c.churn_rate::numeric, 9), round((date '294277-01-01' - date '4714-11-24 BC')::numeric / (date '2000-01-01' - date '4714-11-24 BC'), 9), 'the hazard of one that stayed for a part of it')
FROM (SELECT customer_agg(1, '4714-11-24 BC', '2000-01-01') AS h) t, churn(h, '{4714-11-24 BC, 294276-12-31 23:59:59.999999}', NULL, 'hazard') c;
SELECT is(c.at_end, 1::bigint, 'a gap of all times is longer than any grace')
FROM (SELECT customer_agg(1, s, e) AS h FROM (VALUES (timestamptz '4714-11-24 BC', timestamptz '4714-11-25 BC'), ('294276-12-31', NULL)) v (s, e)) t,
	churn(h, '{2026-01-01, 294276-12-31}', '106751991 days') c WHERE at_start = 0;

/*
 * Histories that do not go together
 */
CREATE TABLE kind AS
SELECT customer_agg(1, '2026-01-01', NULL) AS number, customer_agg('1'::text, '2026-01-01', NULL) AS name, customer_agg(md5('1')::uuid, '2026-01-01', NULL) AS id,
	customer_agg(1, '2026-01-01', NULL, 1) AS priced;
SELECT is(pg_temp.answer(format('SELECT customers(rollup(s)) FROM kind, LATERAL (VALUES (%s), (%s)) v (s)', a, b)), answer, format('%s with %s', a, b))
FROM (VALUES
	('number', 'name', '22023 customers of different kinds cannot be rolled up into one customer_history'),
	('name', 'id', '22023 customers of different kinds cannot be rolled up into one customer_history'),
	('id', 'number', '22023 customers of different kinds cannot be rolled up into one customer_history'),
	('number', 'priced', '22023 states with and without amounts cannot be rolled up into one customer_history'),
	('priced', 'number', '22023 states with and without amounts cannot be rolled up into one customer_history'),
	('number', 'number', '1'), ('NULL', 'priced', '1'), ('priced', 'NULL', '1')
) v (a, b, answer);

-- Support functions are of no use by themselves
SELECT is(left(pg_temp.answer('SELECT ' || call), 37), '0A000 a support function of customer_', call)
FROM unnest(ARRAY['customer_history_merge(number, number) FROM kind', 'customer_history_final(number) FROM kind', 'customer_history_final(NULL)', 'customer_add(number, 1, ''2026-01-01'', NULL) FROM kind',
	'customer_add(NULL, 1, ''2026-01-01'', NULL)', 'customer_add(NULL, ''1''::text, ''2026-01-01'', NULL)', 'customer_add(NULL, md5('''')::uuid, ''2026-01-01'', NULL)',
	'customer_add(NULL, 1, ''2026-01-01'', NULL, 1)', 'customer_add(NULL, ''1''::text, ''2026-01-01'', NULL, 1)', 'customer_add(NULL, md5('''')::uuid, ''2026-01-01'', NULL, 1)']) call;
SELECT is(left(pg_temp.answer('SELECT ' || call), 28), '0A000 a support function of ', call)
FROM unnest(ARRAY['churn_rate_add(NULL, 1, ''2026-01-01'', NULL, ''[2026-01-01,2026-02-01)'')', 'churn_rate_add(number, 1, ''2026-01-01'', NULL, ''[2026-01-01,2026-02-01)'') FROM kind',
	'revenue_churn_rate_add(NULL, 1, ''2026-01-01'', NULL, 1, ''[2026-01-01,2026-02-01)'')', 'churn_rate_final(number) FROM kind', 'churn_rate_final(NULL)',
	'revenue_churn_rate_final(priced) FROM kind', 'revenue_churn_rate_final(NULL)']) call;
-- nor in an aggregate of the caller's over rows of another kind
CREATE AGGREGATE pg_temp.misused(text, timestamptz, timestamptz) (SFUNC = sales_kpi.customer_add, STYPE = sales_kpi.customer_history, INITCOND = '{bigint 1:0..}');
CREATE AGGREGATE pg_temp.misused(bigint, timestamptz, timestamptz, numeric) (SFUNC = sales_kpi.customer_add, STYPE = sales_kpi.customer_history, INITCOND = '{bigint 1:0..}');
SELECT is(pg_temp.answer('SELECT pg_temp.misused(''a'', ''2026-01-01'', NULL)'), '22023 the state is of another kind of rows', 'a text added to numbers');
SELECT is(pg_temp.answer('SELECT pg_temp.misused(1, ''2026-01-01'', NULL, 1)'), '22023 the state is of another kind of rows', 'an amount added to none');

/*
 * Histories as text
 */
CREATE TEMP TABLE specimen AS
SELECT 'one' AS name, customer_agg(1, '2026-01-01', NULL) AS state
UNION ALL SELECT 'nobody', h FROM nobody
UNION ALL SELECT 'several', customer_agg(n % 5 - 2, timestamptz '1999-12-01' + n * interval '20 days', CASE WHEN n % 7 > 0 THEN timestamptz '2000-01-10' + n * interval '22 days 00:00:00.000001' END) FROM generate_series(1, 30) n
UNION ALL SELECT 'with amounts', customer_agg(n % 4 * 1234567890123, timestamptz '2000-01-01' + n * n % 31 * interval '1 day', timestamptz '2000-02-10' + n * n % 37 * interval '1 day', n % 5 * 9.99) FROM generate_series(1, 20) n
UNION ALL SELECT 'texts', customer_agg('customer ' || n % 5, timestamptz '2000-01-01' + n * interval '20 days', timestamptz '2000-01-10' + n * interval '22 days', n) FROM generate_series(1, 12) n
UNION ALL SELECT 'uuids', customer_agg(md5((n % 3)::text)::uuid, timestamptz '2000-01-01' + n * interval '20 days', CASE WHEN n < 9 THEN timestamptz '2000-01-10' + n * interval '22 days' END) FROM generate_series(1, 9) n;

-- Whatever is read in is a history like any other: it reads back, answers, and can be rolled up.
CREATE FUNCTION pg_temp.fault_of(h customer_history) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	boundaries timestamptz[] := '{1970-01-01, 2000-01-02, 2000-01-20, 2000-03-01, 2001-01-01, 2026-03-01, 2200-01-01}';
BEGIN
	IF customer_history_send(h::text::customer_history) <> customer_history_send(h) THEN
		RETURN 'does not read back';
	ELSIF customers(h) < 0 OR (first_start(h) IS NULL) <> (customers(h) = 0) THEN
		RETURN 'customers are impossible';
	ELSIF EXISTS (SELECT FROM churn(h, boundaries, '10 days', 'hazard') c
			WHERE at_start + joined + returned - lost <> at_end OR num_nulls(at_start, at_end) > 0 OR greatest(at_start, at_end) > customers(h) OR least(at_start, joined, returned, lost, joined_and_left) < 0) THEN
		RETURN 'churn does not add up';
	ELSIF h::text LIKE '% amounts%' AND EXISTS (SELECT FROM revenue_movement(h, boundaries, '10 days') m
			WHERE start_amount + new_amount + expansion_amount - contraction_amount - churned_amount + returned_amount <> end_amount OR least(start_amount, end_amount, new_amount) < 0) THEN
		RETURN 'revenue does not add up';
	ELSIF EXISTS (SELECT FROM retention(h, boundaries) r WHERE retained NOT BETWEEN 0 AND cohort_size OR age = 0 AND retained <> cohort_size) THEN
		RETURN 'retention is impossible';
	ELSIF (SELECT coalesce(sum(customers(history)), 0) FROM cohorts(h, boundaries)) > customers(h) THEN
		RETURN 'cohorts are too large';
	ELSIF (SELECT coalesce(sum(lost + censored), 0) FROM survival(h, '2100-01-01', '5 days') s) > customers(h) THEN
		RETURN 'survival is impossible';
	ELSIF (SELECT customers(rollup(v)) <> customers(h) OR h::text NOT LIKE '% amounts%' AND customer_history_send(rollup(v)) <> customer_history_send(h) FROM (VALUES (h), (h)) v (v)) THEN
		RETURN 'rollup differs';
	END IF;
	RETURN NULL;
EXCEPTION WHEN numeric_value_out_of_range THEN
	-- amounts near the limit double in the rollup
	RETURN CASE WHEN SQLERRM <> 'the amounts of a customer at one time are too large together' THEN SQLERRM END;
END $$;

\set type customer_history
\set pieces '0 1 9 a f - .. , ; : = { } amounts bigint ü'
\set numbers '0 1 7 2147483648 9223371331199999999 9223372036854775806 9223372036854775807 18446744073709551615'
\set text_refusals '{22P02,22003}'
\set message_refusals '{22P03,22003}'
\set texts 400
\set messages 400
\ir include/damage.sql

-- A running state, as an aggregate of the caller's shows it, has room behind its records.
CREATE AGGREGATE pg_temp.running(bigint, timestamptz, timestamptz) (SFUNC = sales_kpi.customer_add, STYPE = sales_kpi.customer_history);
CREATE TEMP TABLE shown AS
SELECT pg_temp.running(k, '2024-01-01', NULL)::stored::text::bytea AS running, customer_agg(k, '2024-01-01', NULL)::stored::text::bytea AS canonical
FROM generate_series(1, 60) n, generate_series(1, n) k GROUP BY n;
SELECT ok(bool_or(length(running) > length(canonical)) AND bool_and(length(rtrim(running, '\x00')) <= length(canonical)), 'what was in memory before is not stored there') FROM shown;

-- The text of a history
SELECT is(customer_agg(k, s, e, a)::text, '{bigint amounts -5:1000000..=0;42:0..86400000000=9990000,86400000000..=19980000}', 'the text of a history')
FROM (VALUES (42, timestamptz '2000-01-01', NULL::timestamptz, 9.99), (42, '2000-01-02', NULL, 9.99), (-5, '2000-01-01 00:00:01', NULL, NULL)) v (k, s, e, a);
SELECT is(pg_temp.answer(format('SELECT (%L::customer_history)::text', t)), answer, 'text ' || left(t, 60))
FROM (VALUES
	('{bigint 42:0..1000000}', '{bigint 42:0..1000000}'),
	('{bigint}', '{bigint}'), ('{text}', '{text}'), ('{uuid amounts}', '{uuid amounts}'),
	('{bigint 43:0..5;42:7..9,1..2}', '{bigint 42:1..2,7..9;43:0..5}'),
	('{bigint 1:0..5;1:5..7,6..}', '{bigint 1:0..}'),
	('{bigint 1:0..5,0..5,3..9}', '{bigint 1:0..9}'),
	('{bigint amounts 1:0..5=1,3..9=2,0..5=0}', '{bigint amounts 1:0..3=1,3..5=3,5..9=2}'),
	('{bigint amounts 1:0..5=1,5..9=1}', '{bigint amounts 1:0..9=1}'),
	('{bigint -9223372036854775808:0..1;9223372036854775807:0..1;-0:-5..1}', '{bigint -9223372036854775808:0..1;0:-5..1;9223372036854775807:0..1}'),
	('{uuid ffffffff-ffff-ffff-ffff-ffffffffffff:0..1;00000000-0000-0000-0000-000000000000:0..1}', '{uuid 00000000-0000-0000-0000-000000000000:0..1;ffffffff-ffff-ffff-ffff-ffffffffffff:0..1}'),
	('{text ffffffffffffffffffffffffffffffff:0..1;00000000000000000000000000000000:0..1}', '{text 00000000000000000000000000000000:0..1;ffffffffffffffffffffffffffffffff:0..1}'),
	('{bigint amounts 1:0..5=9223372036854775807}', '{bigint amounts 1:0..5=9223372036854775807}'),
	('{bigint amounts 1:0..5=9223372036854775807,4..6=1}', '22003 the amounts of a customer at one time are too large together'),
	('{bigint amounts 1:0..5=9223372036854775807,0..5=9223372036854775807}', '22003 the amounts of a customer at one time are too large together'),
	('{bigint 1:' || repeat('0', 10000) || '1..2}', '{bigint 1:1..2}')
) v (t, answer);
SELECT is(left(pg_temp.answer(format('SELECT (%L::customer_history)::text', t)), 5), '22P02', 'no history: ' || left(t, 60))
FROM unnest(ARRAY[
	'', ' ', '{', '{}', '}', 'NULL', '{bigint', '{bigint ', '{bigint }', 'bigint 1:0..1', ' {bigint 1:0..1}', '{bigint 1:0..1} ', '{bigint 1:0..1}}', '{bigint 1:0..1;}', '{bigint 1:0..1,}', '{bigint  1:0..1}', '{bigint 1:0..1 }',
	'{integer 1:0..1}', '{BIGINT 1:0..1}', '{bigint1:0..1}', '{text 1:0..1}', '{uuid 1:0..1}', '{text 0000000000000000000000000000000:0..1}', '{text 000000000000000000000000000000000:0..1}',
	'{text FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF:0..1}', '{text 0000000000000000000000000000000g:0..1}', '{uuid 00000000000000000000000000000000:0..1}', '{uuid 00000000-0000-0000-0000-00000000000:0..1}',
	'{uuid 00000000-0000-0000-0000-0000000000000:0..1}', '{bigint 1}', '{bigint 1:}', '{bigint 1:0}', '{bigint 1:0.}', '{bigint 1:..1}', '{bigint 1:..}', '{bigint :0..1}', '{bigint 1;2:0..1}', '{bigint 1:0..1:2}',
	'{bigint 1:0...1}', '{bigint 1:0..-}', '{bigint 1:0..1=1}', '{bigint amounts 1:0..1}', '{bigint amounts 1:0..1=}', '{bigint amounts 1:0..1=-1}', '{bigint amounts 1:0..1=1.5}', '{bigint amounts 1:0..1=1=1}',
	'{bigint amounts 1:0..1=9223372036854775808}', '{bigint amounts amounts 1:0..1=1}', '{bigint amountss 1:0..1=1}',
	'{bigint 1:0..0}', '{bigint 1:1..0}', '{bigint 1:0..-1}', '{bigint 1:-9223372036854775808..1}', '{bigint 1:9223372036854775807..}', '{bigint 1:0..-9223372036854775808}',
	'{bigint 1:9223372036854775806..}', '{bigint 1:-9223372036854775807..0}', '{bigint 1:-211813488000000001..0}', '{bigint 1:9223371331200000000..}', '{bigint 1:0..9223371331200000001}',
	'{bigint 9223372036854775808:0..1}', '{bigint -9223372036854775809:0..1}', '{bigint 2147483648.0:0..1}', '{bigint 1e3:0..1}', '{bigint nan:0..1}', '{bigint +1:0..1}', '{bigint --1:0..1}', '{bigint -:0..1}',
	'{bigint 1:1e309..}', '{bigint 1:nan..}', '{bigint 1:infinity..}', '{bigint 1:0..infinity}', '{bigint 1:99999999999999999999999999999999999999999999999..}',
	'{bigint during 5..5 1:0..1}', '{bigint during 5..4 1:0..1}', '{bigint during 5.. 1:0..1}', '{bigint during 1:0..1}', '{bigint during 0..9223372036854775807 1:0..1}', '{bigint during -9223372036854775808..0 1:0..1}',
	repeat('{', 10000), repeat('ü', 200), '{bigint ' || repeat('1:0..1,', 10000) || '}', '{bigint ' || repeat('9', 10000) || ':0..1}'
]) t;
/*
 * Histories as messages
 */
-- version, kind of key, words behind it, the period asked for, records; then those.
-- Signed numbers are sent with their first bit turned.
CREATE FUNCTION pg_temp.message(version int, kind int, payload int, period_start bigint, period_end bigint, records bigint, body bytea) RETURNS bytea LANGUAGE sql
RETURN substr(int4send(version), 4) || substr(int4send(kind), 4) || substr(int4send(payload), 4) || int8send(period_start) || int8send(period_end) || int8send(records) || body;
CREATE FUNCTION pg_temp.word(n bigint) RETURNS bytea LANGUAGE sql
RETURN int8send(n # -9223372036854775808);
SELECT is(pg_temp.fault_of_message(pg_temp.message(version, kind, payload, 0, 0, records, body)), answer,
	format('message of version %s, kind %s, payload %s, %s records, %s bytes', version, kind, payload, records, length(body)))
FROM (SELECT pg_temp.word(1) || pg_temp.word(0) || pg_temp.word(5) AS record) r, LATERAL (VALUES
	(1, 1, 2, 1::bigint, record, 'taken'), (1, 1, 2, 2, record || record, 'taken'), (1, 1, 2, 0, '', 'taken'), (1, 1, 3, 1, record || int8send(7), 'taken'),
	(1, 2, 2, 1, int8send(0) || record, 'taken'), (1, 3, 3, 1, int8send(0) || record || int8send(7), 'taken'),
	(0, 1, 2, 1, record, 'refused'), (2, 1, 2, 1, record, 'refused'), (255, 1, 2, 1, record, 'refused'),
	(1, 0, 2, 1, record, 'refused'), (1, 4, 2, 1, record, 'refused'), (1, 255, 2, 1, record, 'refused'), (1, 2, 2, 1, record, 'refused'),
	(1, 1, 0, 1, record, 'refused'), (1, 1, 1, 1, record, 'refused'), (1, 1, 4, 1, record, 'refused'), (1, 1, 255, 1, record, 'refused'), (1, 1, 3, 1, record, 'refused'),
	(1, 1, 2, 0, record, 'refused'), (1, 1, 2, 2, record, 'refused'), (1, 1, 2, -1, record, 'refused'), (1, 1, 2, -1, '', 'refused'), (1, 1, 2, 1, '', 'refused'),
	(1, 1, 2, 2147483647, record, 'refused'), (1, 1, 2, -9223372036854775808, record, 'refused'), (1, 1, 2, 9223372036854775807, record, 'refused'),
	(1, 1, 2, 768614336404564651, record, 'refused'),		-- * 24 is 8 in 64 bits
	(1, 1, 2, 1, record || '\x00', 'refused'), (1, 1, 2, 1, substr(record, 1, 23), 'refused'),
	(1, 1, 2, 1, pg_temp.word(1) || pg_temp.word(5) || pg_temp.word(5), 'refused'), (1, 1, 2, 1, pg_temp.word(1) || pg_temp.word(5) || pg_temp.word(4), 'refused'),
	(1, 1, 2, 1, pg_temp.word(1) || pg_temp.word(-9223372036854775808) || pg_temp.word(4), 'refused'), (1, 1, 2, 1, pg_temp.word(1) || pg_temp.word(9223372036854775806) || pg_temp.word(9223372036854775807), 'refused'),
	(1, 1, 2, 1, pg_temp.word(1) || pg_temp.word(0) || pg_temp.word(9223372036854775807), 'taken'), (1, 1, 2, 1, pg_temp.word(1) || pg_temp.word(0) || pg_temp.word(9223372036854775806), 'refused'),
	(1, 1, 3, 1, record || int8send(-1), 'refused'), (1, 1, 3, 1, record || int8send(9223372036854775807), 'taken'), (1, 1, 3, 2, record || int8send(9223372036854775807) || record || int8send(1), 'refused')
) v (version, kind, payload, records, body, answer);
SELECT is(pg_temp.fault_of_message(pg_temp.message(1, 1, 2, period_start, period_end, 0, '')), answer, format('a period from %s until %s', period_start, period_end))
FROM (VALUES (5::bigint, 6::bigint, 'taken'), (5, 5, 'refused'), (6, 5, 'refused'), (0, 9223372036854775807, 'refused'), (-9223372036854775808, 0, 'refused'), (0, -1, 'refused')) v (period_start, period_end, answer);

SELECT * FROM finish();
ROLLBACK;
