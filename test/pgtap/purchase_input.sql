-- Sales, questions and states of purchases from outside: what cannot be is refused by a
-- clear error, and what is taken works. Text and messages are damaged at random,
-- thousands of times.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;
SET TimeZone = 'UTC';
\ir include/answer.sql

/*
 * Sales
 */
CREATE TEMP TABLE key AS
SELECT k, f FROM unnest(ARRAY['1', '1::bigint', '''a''::text', 'md5('''')::uuid']) k, unnest(ARRAY['1', '1::bigint', '''a''::text', 'NULL::bigint', 'NULL::text']) f;
SELECT is(pg_temp.answer(format('SELECT purchase_agg(%s, %s, 1, %L, %L)', k, f, sold_at, amount)), answer, format('purchase_agg(%s, %s, 1, %s, %s)', k, f, sold_at, amount))
FROM key, (VALUES
	('infinity', '1', '22008 a sale cannot be at infinity'),
	('-infinity', '0.000000001', '22008 a sale cannot be at infinity'),
	('2026-01-01', 'NaN', '22003 the amount of a sale is not a finite number'),
	('2026-01-01', 'infinity', '22003 the amount of a sale is not a finite number'),
	('2026-01-01', '-infinity', '22003 the amount of a sale is not a finite number')
) v (sold_at, amount, answer);
SELECT is(pg_temp.answer(format('SELECT %s(%s, %s, NULL, %L, ''[2026-01-01, 2026-02-01)'')', call, k, f, sold_at)), '22008 a sale cannot be at infinity', format('%s(%s, %s, NULL, %s)', call, k, f, sold_at))
FROM key, unnest('{infinity,-infinity}'::text[]) sold_at, unnest('{upsell_rate,cross_sell_rate}'::text[]) call;

-- Rows that do not count: without customer or time, returns, gifts, and amounts that are not known
SELECT is(pg_temp.answer('SELECT customers(purchase_agg(customer, family, tier, sold_at, amount)) FROM (VALUES (NULL::bigint, 1, 1, NULL::timestamptz, 1.0), ' || rows || ') v (customer, family, tier, sold_at, amount)'),
	answer, 'rows ' || rows)
FROM (VALUES
	($$(NULL, 1, 1, '2026-01-01', 1)$$, NULL),
	($$(1, 1, 1, NULL, 1)$$, NULL),
	($$(NULL, NULL, NULL, NULL, NULL)$$, NULL),
	($$(1, 1, 1, '2026-01-01', 0)$$, NULL),
	($$(1, 1, 1, '2026-01-01', -0.01)$$, NULL),
	($$(1, 1, 1, '2026-01-01', -1e100)$$, NULL),
	($$(1, 1, 1, '2026-01-01', NULL)$$, NULL),
	($$(1, 1, 1, '2026-01-01', 0), (2, 1, 1, '2026-01-01', -1), (3, 1, 1, '2026-01-01', NULL)$$, NULL),
	($$(1, 1, 1, '2026-01-01', 0), (2, 1, 1, '2026-01-01', 1)$$, '1'),
	($$(1, 1, 1, '2026-01-01', 1e100), (2, 1, 1, '2026-01-01', 1e-100)$$, '2'),
	($$(1, NULL, NULL, '2026-01-01', 1)$$, '1'),
	($$(1, NULL, 1, '2026-01-01', 1), (1, 1, NULL, '2026-01-01', 1), (NULL, 1, 1, '2026-01-01', 1)$$, '1')
) v (rows, answer);
SELECT is(num_nulls(purchase_agg(NULL::bigint, NULL::bigint, NULL, NULL, NULL), purchase_agg(NULL::text, NULL::text, NULL, NULL, NULL), purchase_agg(NULL::uuid, NULL::bigint, NULL, NULL, NULL), rollup(NULL::purchase_history),
	upsell_rate(NULL::bigint, NULL::bigint, NULL, NULL, '[2026-01-01, 2026-02-01)'), cross_sell_rate(NULL::text, NULL::text, NULL, NULL, '[2026-01-01, 2026-02-01)')), 6, 'nothing but NULL: NULL')
FROM generate_series(1, 3);
SELECT is(n, 5, 'no rows: NULL')
FROM (SELECT num_nulls(purchase_agg(1, 1, 1, '2026-01-01', 1), purchase_agg('1'::text, '1'::text, 1, '2026-01-01', 1), rollup('{bigint}'::purchase_history), upsell_rate(1, 1, 1, '2026-01-01', '[2026-01-01, 2026-02-01)'),
	cross_sell_rate(1, 1, 1, '2026-01-01', '[2026-01-01, 2026-02-01)')) AS n FROM generate_series(1, 0)) none;

-- A state of nobody, and none at all
SELECT is(u::text, '("2026-01-01 00:00:00+00","2026-02-01 00:00:00+00",0,0,0,0,0,0,0,0,0,,,,,,,,,)', 'nobody has bought: upsell counts nobody')
FROM unnest('{"{bigint}","{text}","{uuid}"}'::purchase_history[]) h, upsell(h, '{2026-01-01, 2026-02-01}') u;
SELECT is(array_agg(n::text), '{"(\"2026-01-01 00:00:00+00\",\"2026-02-01 00:00:00+00\",0,0)","(\"2026-02-01 00:00:00+00\",\"2026-03-01 00:00:00+00\",0,0)"}', '... and so does new_customers')
FROM new_customers('{bigint}', '{2026-01-01, 2026-02-01, 2026-03-01}') n;
SELECT is(customers('{bigint}'::purchase_history), 0::bigint, '... they are none');
SELECT ok(first_start('{bigint}'::purchase_history) IS NULL, '... and began at no time');
SELECT is_empty('SELECT FROM ' || call, 'there are no rows in ' || call)
FROM unnest(ARRAY['retention(''{bigint}''::purchase_history, ''{2026-01-01, 2026-02-01}'')', 'retention(NULL::purchase_history, ''{2026-01-01, 2026-02-01}'')',
	'upsell(NULL, ''{2026-01-01, 2026-02-01}'')', 'new_customers(NULL, ''{2026-01-01, 2026-02-01}'')']) call;
SELECT is(num_nulls(first_start(NULL::purchase_history), customers(NULL::purchase_history)), 2, 'of a NULL state everything is NULL');

/*
 * Questions
 */
CREATE TABLE history AS SELECT purchase_agg(1, 1, 1, '2026-01-01', 10) AS h;
SELECT is(pg_temp.answer(format('SELECT ' || call || ' FROM history', boundaries)), answer, format(call, boundaries))
FROM unnest(ARRAY['upsell(h, %L)', 'retention(h, %L)', 'new_customers(h, %L)']) call,
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
FROM unnest(ARRAY['upsell(h, b)', 'retention(h, b)', 'new_customers(h, b)']) call;
SELECT is(pg_temp.answer('SELECT retention(h, b) FROM history, (SELECT array_agg(timestamptz ''2026-01-01'' + i * interval ''1 hour'') AS b FROM generate_series(0, 20000) i) many'), '54000 there are too many periods for retention', 'a triangle of too many cells');
SELECT is(count(*), 2::bigint, 'an array may begin at any subscript') FROM history, upsell(h, '[5:7]={2026-01-01,2026-01-10,2026-02-01}');
-- Where microseconds are less than the last digit of a float8
SELECT results_eq(format($$SELECT existing, upsell_eligible, upsold, cross_sold, joined FROM upsell((SELECT purchase_agg(1, i / 2, i %% 2, %1$L::timestamptz + i * interval '1 microsecond', 1) FROM generate_series(0, 3) i),
		ARRAY(SELECT %1$L::timestamptz + i * interval '1 microsecond' FROM generate_series(0, 4) i))$$, origin),
	'VALUES (0::bigint, 0::bigint, 0::bigint, 0::bigint, 1::bigint), (1, 1, 1, 0, 0), (1, 0, 0, 1, 0), (1, 1, 1, 0, 0)', 'periods of a microsecond in the year ' || left(origin, -6))
FROM unnest(ARRAY['3000-01-01', '9999-01-01', '294276-01-01']) origin;
-- The ends of time, which are farther apart than 2^63 microseconds
SELECT is((joined, joined_and_sold_up, existing), (1::bigint, 1::bigint, 0::bigint), 'one period for all time')
FROM upsell((SELECT purchase_agg(1, 1, tier, sold_at, 1) FROM (VALUES (1, timestamptz '4714-11-24 BC'), (2, '294276-12-31')) v (tier, sold_at)), '{4714-11-24 BC, 294276-12-31 23:59:59.999999}');
SELECT is((existing, upsell_eligible, upsold), (1::bigint, 1::bigint, 1::bigint), '... or parted at its first microsecond')
FROM upsell((SELECT purchase_agg('a'::text, 'b'::text, tier, sold_at, 1) FROM (VALUES (-2147483648, timestamptz '4714-11-24 BC'), (2147483647, '294276-12-31')) v (tier, sold_at)), '{4714-11-24 00:00:00.000001 BC, 294276-12-31 23:59:59.999999}');

-- The range of the rates
SELECT is(pg_temp.answer(format('SELECT ' || call, during)), answer, format(call, during))
FROM unnest(ARRAY['upsell_rate(1, 1, 1, ''2026-01-01'', %L)', 'cross_sell_rate(''a''::text, ''b''::text, 1, ''2026-01-01'', %L)', 'upsell_rate(NULL::uuid, 1, NULL, NULL, %L)']) call,
(VALUES
	(NULL, '22004 the period is NULL'), ('empty', '22023 the period is empty'), ('[2026-01-01,2026-01-01)', '22023 the period is empty'),
	('(2026-01-01,2026-01-01 00:00:00.000001)', '22023 the period is empty'),
	('[2026-01-01,)', '22023 the period has no end on one side'), ('(,2026-01-01)', '22023 the period has no end on one side'), ('(,)', '22023 the period has no end on one side'),
	('[2026-01-01,infinity)', '22023 the period has no end on one side'), ('[-infinity,2026-01-01]', '22023 the period has no end on one side')
) v (during, answer);
SELECT is(pg_temp.answer(format('SELECT %s FROM (VALUES (1, timestamptz ''2026-01-01'', tstzrange(''2026-01-01'', ''2026-02-01'')), (%s, ''2026-01-01'', %L)) v (k, s, d)', call, customer, during)),
	'22023 the period changes within a group', format('%s: customer %s during %s', call, customer, during))
FROM unnest(ARRAY['upsell_rate(k, 1, 1, s, d)', 'cross_sell_rate(k, ''1''::text, 1, s, d)']) call, unnest(ARRAY['2', 'NULL']) customer,
	unnest(ARRAY['[2026-01-01,2026-02-02)', '[2026-01-01,2026-02-01]', '(2026-01-01,2026-02-01)']) during;
SELECT is(upsell_rate(k, 1, 1, s, d), 0::float8, 'the same instants written in two ways are one range')
FROM (VALUES (1, timestamptz '2025-01-01', tstzrange('2026-01-01', '2026-02-01', '[]')), (2, '2025-01-01', tstzrange('2026-01-01', '2026-02-01 00:00:00.000001'))) v (k, s, d);
SELECT results_eq($$
	SELECT g, upsell_rate(1, 1, t, s, d), cross_sell_rate(1, t, 1, s, d) FROM (VALUES (0, 1, timestamptz '2026-01-01', tstzrange('2026-01-01', '2026-02-01', '[]')),
		(1, 1, '2026-01-01', tstzrange('2026-02-01', '2026-03-01')), (1, 2, '2026-02-01', tstzrange('2026-02-01', '2026-03-01'))) v (g, t, s, d) GROUP BY g ORDER BY g
$$, 'VALUES (0, NULL::float8, NULL::float8), (1, 1, 1)', 'each group has its own; without existing customers there is no rate');
SELECT is(pg_temp.answer('SELECT ' || call || '(customer, 1, 1, sold_at, ''[2026-01-01, 2026-02-01)'') FROM (VALUES (NULL::bigint, timestamptz ''2025-01-01''), (1, NULL)) v (customer, sold_at)'), NULL, call || ' of nobody')
FROM unnest('{upsell_rate,cross_sell_rate}'::text[]) call;

/*
 * States that do not go together
 */
CREATE TABLE kind AS
SELECT purchase_agg(1, 1, 1, '2026-01-01', 1) AS number, purchase_agg(1, 'a'::text, 1, '2026-01-01', 1) AS number_text, purchase_agg('1'::text, 1, 1, '2026-01-01', 1) AS name, purchase_agg(md5('1')::uuid, 1, 1, '2026-01-01', 1) AS id,
	purchase_agg(1, '2026-01-01', 1) AS time, purchase_agg('1'::text, '2026-01-01', 1) AS name_time,
	purchase_history '{bigint during 0..9 1:0/0000000000000000/}' AS asked, purchase_history '{bigint during 0..8}' AS asked_otherwise;
SELECT is(pg_temp.answer(format('SELECT customers(rollup(s)) FROM kind, LATERAL (VALUES (%s), (%s)) v (s)', a, b)), answer, format('%s with %s', a, b))
FROM (VALUES
	('number', 'name', '22023 customers of different kinds cannot be rolled up into one purchase_history'),
	('name', 'id', '22023 customers of different kinds cannot be rolled up into one purchase_history'),
	('id', 'number_text', '22023 customers of different kinds cannot be rolled up into one purchase_history'),
	('name', 'time', '22023 customers of different kinds cannot be rolled up into one purchase_history'),
	('number', 'time', '22023 states with and without families cannot be rolled up into one purchase_history'),
	('name_time', 'name', '22023 states with and without families cannot be rolled up into one purchase_history'), ('time', 'time', '1'),
	('asked', 'asked_otherwise', '22023 the period changes within a group'),
	('number', 'asked', '22023 the period changes within a group'), ('asked', 'number', '22023 the period changes within a group'), ('asked', 'asked', '1'),
	('number', 'number', '1'), ('number', 'number_text', '1'), ('number_text', 'number', '1'), ('NULL', 'id', '1'), ('id', 'NULL', '1')
) v (a, b, answer);

-- Support functions are of no use by themselves
SELECT is(left(pg_temp.answer('SELECT ' || call), 37), '0A000 a support function of purchase_', call)
FROM unnest(ARRAY['purchase_history_merge(number, number) FROM kind', 'purchase_history_final(number) FROM kind', 'purchase_history_final(NULL)', 'purchase_add(number, 1, 1, 1, ''2026-01-01'', 1) FROM kind',
	'purchase_add(NULL, 1, 1, 1, ''2026-01-01'', 1)', 'purchase_add(NULL, ''1''::text, 1, 1, ''2026-01-01'', 1)', 'purchase_add(NULL, md5('''')::uuid, 1, 1, ''2026-01-01'', 1)',
	'purchase_add(time, 1, ''2026-01-01'', 1) FROM kind', 'purchase_add(NULL, 1, ''2026-01-01'', 1)', 'purchase_add(NULL, ''1''::text, ''2026-01-01'', 1)', 'purchase_add(NULL, md5('''')::uuid, ''2026-01-01'', 1)',
	'purchase_add(NULL, 1, ''1''::text, 1, ''2026-01-01'', 1)', 'purchase_add(NULL, ''1''::text, ''1''::text, 1, ''2026-01-01'', 1)', 'purchase_add(NULL, md5('''')::uuid, ''1''::text, 1, ''2026-01-01'', 1)']) call;
SELECT is(left(pg_temp.answer('SELECT ' || call), 28), '0A000 a support function of ', call)
FROM unnest(ARRAY['sell_rate_add(NULL, 1, 1, 1, ''2026-01-01'', ''[2026-01-01,2026-02-01)'')', 'sell_rate_add(asked, 1, 1, 1, ''2026-01-01'', ''[2026-01-01,2026-02-01)'') FROM kind',
	'sell_rate_add(NULL, ''1''::text, ''1''::text, 1, ''2026-01-01'', ''[2026-01-01,2026-02-01)'')', 'sell_rate_add(NULL, md5('''')::uuid, ''1''::text, 1, ''2026-01-01'', ''[2026-01-01,2026-02-01)'')',
	'upsell_rate_final(asked) FROM kind', 'upsell_rate_final(NULL)', 'cross_sell_rate_final(number) FROM kind', 'cross_sell_rate_final(NULL)']) call;
-- nor in an aggregate of the caller's over rows of another kind
CREATE AGGREGATE pg_temp.misused(text, text, int, timestamptz, numeric) (SFUNC = sales_kpi.purchase_add, STYPE = sales_kpi.purchase_history, INITCOND = '{bigint 1:0/0123456789abcdef/2}');
SELECT is(pg_temp.answer('SELECT pg_temp.misused(''a'', ''a'', 1, ''2026-01-01'', 1)'), '22023 the state is of another kind of rows', 'a text added to numbers');
CREATE AGGREGATE pg_temp.misused(bigint, text, int, timestamptz, numeric) (SFUNC = sales_kpi.purchase_add, STYPE = sales_kpi.purchase_history, FINALFUNC = sales_kpi.upsell_rate_final);
SELECT is(left(pg_temp.answer('SELECT pg_temp.misused(1, ''a'', 1, ''2026-01-01'', 1)'), 6), '22023 ', 'a rate of a state that was made for no period');

/*
 * States as text
 */
CREATE TEMP TABLE specimen AS
SELECT 'one' AS name, purchase_agg(1, 1, 1, '2026-01-01', 1) AS state
UNION ALL SELECT 'nobody', '{bigint}'
UNION ALL SELECT 'of a rate', '{bigint during 0..86400000000 1:-7/0123456789abcdef/1,5/0123456789abcdef/2;2:-9/fedcba9876543210/1}'
UNION ALL SELECT 'several', purchase_agg(n % 5 - 2, n % 3, n % 4 - 1, timestamptz '1999-12-01' + n * interval '20 days 00:00:00.000001', 1) FROM generate_series(1, 30) n
UNION ALL SELECT 'unknown', purchase_agg(n % 4 * 1234567890123, CASE WHEN n % 3 > 0 THEN 'family ' || n % 3 END, CASE WHEN n % 2 > 0 THEN n END, timestamptz '2000-01-01' + n * n % 31 * interval '1 day', 1) FROM generate_series(1, 20) n
UNION ALL SELECT 'texts', purchase_agg('customer ' || n % 5, n % 3, n, timestamptz '2000-01-01' + n / 2 * interval '20 days', n) FROM generate_series(1, 12) n
UNION ALL SELECT 'times', purchase_agg(n % 4 - 2, timestamptz '1999-12-31' + n % 9 * interval '20 days 00:00:00.000001', 1) FROM generate_series(1, 20) n
UNION ALL SELECT 'uuids', purchase_agg(md5((n % 3)::text)::uuid, 'family ' || n % 2, -n, timestamptz '2000-01-01' + n * interval '20 days', n) FROM generate_series(1, 9) n;

-- Whatever is read in is a state like any other: it reads back, answers, and rolled up with itself is the same.
CREATE FUNCTION pg_temp.fault_of(h purchase_history) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	boundaries timestamptz[] := '{4714-11-24 BC, 1970-01-01, 2000-01-02, 2000-01-20, 2000-03-01, 2001-01-01, 2026-03-01, 2200-01-01, 294276-12-31 23:59:59.999999}';
BEGIN
	IF purchase_history_send(h::text::purchase_history) <> purchase_history_send(h) THEN
		RETURN 'does not read back';
	ELSIF customers(h) < 0 OR (first_start(h) IS NULL) <> (customers(h) = 0) THEN
		RETURN 'customers are impossible';
	ELSIF (SELECT count(*) FROM upsell(h, boundaries)) <> 8 THEN
		RETURN 'periods are missing';
	ELSIF EXISTS (SELECT FROM upsell(h, boundaries) u
			WHERE NOT coalesce(upsold BETWEEN 0 AND upsell_eligible AND cross_sold BETWEEN 0 AND cross_sell_eligible AND greatest(upsell_eligible, cross_sell_eligible, downsold) <= existing
				AND either BETWEEN greatest(upsold, cross_sold) AND upsold + cross_sold AND downsold >= 0 AND joined_and_sold_up BETWEEN 0 AND joined AND existing + joined <= customers(h), false)) THEN
		RETURN 'upsell is impossible';
	ELSIF EXISTS (SELECT FROM upsell(h, boundaries) JOIN new_customers(h, boundaries) n USING (period_start, period_end) WHERE joined <> new_customers OR buyers < joined OR buyers > existing + joined) THEN
		RETURN 'new customers are impossible';
	ELSIF (SELECT sum(new_customers) FROM new_customers(h, boundaries)) NOT BETWEEN customers(h) - 1 AND customers(h) THEN
		-- whose first purchase is the last microsecond there is lies behind every period
		RETURN 'customers are missing';
	ELSIF EXISTS (SELECT FROM retention(h, boundaries) r WHERE retained NOT BETWEEN 0 AND cohort_size OR age = 0 AND retained <> cohort_size) THEN
		RETURN 'retention is impossible';
	ELSIF (SELECT sum(cohort_size) FROM retention(h, boundaries) WHERE age = 0) > customers(h) THEN
		RETURN 'cohorts are too large';
	ELSIF (SELECT purchase_history_send(rollup(v)) <> purchase_history_send(h) FROM (VALUES (h), (h)) v (v)) THEN
		RETURN 'rollup differs';
	END IF;
	RETURN NULL;
END $$;

\set type purchase_history
\set pieces '0 1 9 a f - / , ; : .. { } during times bigint 0000000000000000 ü'
\set numbers '0 1 7 2147483647 2147483648 9223371331199999999 9223372036854775806 9223372036854775807 18446744073709551615'
\set text_refusals '{22P02}'
\set message_refusals '{22P03}'
\set texts 400
\set messages 400
\ir include/damage.sql

-- The text of a state
SELECT is(regexp_replace(purchase_agg(k, f, t, s, 1)::text, '/(?!0{16})[0-9a-f]{16}/', '/family/', 'g'), '{bigint -5:1000000/0000000000000000/;42:0/family/2,86400000000/family/,86400000001/family/-3}', 'the text of a state')
FROM (VALUES (42, 7, -3, timestamptz '2000-01-02 00:00:00.000001'), (42, 7, NULL, '2000-01-02'), (-5, NULL, 8, '2000-01-01 00:00:01'), (42, 7, 2, '2000-01-01')) v (k, f, t, s);
SELECT is(pg_temp.reading(t), answer, 'text ' || left(t, 60))
FROM (VALUES
	('{bigint 42:0/0123456789abcdef/2}', '{bigint 42:0/0123456789abcdef/2}'),
	('{bigint 42:-0/0123456789abcdef/-0}', '{bigint 42:0/0123456789abcdef/0}'),
	('{bigint}', '{bigint}'), ('{text}', '{text}'), ('{uuid}', '{uuid}'),
	('{bigint 43:0/0123456789abcdef/2;42:7/0123456789abcdef/,1/0123456789abcdef/-5}', '{bigint 42:1/0123456789abcdef/-5,7/0123456789abcdef/;43:0/0123456789abcdef/2}'),
	('{bigint 1:0/0123456789abcdef/2;1:0/0123456789abcdef/2,0/0123456789abcdef/2}', '{bigint 1:0/0123456789abcdef/2}'),
	('{bigint 1:0/0000000000000000/;2:0/0000000000000001/;3:0/ffffffffffffffff/}', '{bigint 1:0/0000000000000000/;2:0/0000000000000001/;3:0/ffffffffffffffff/}'),
	('{bigint 1:0/0123456789abcdef/2147483647;2:0/0123456789abcdef/-2147483648}', '{bigint 1:0/0123456789abcdef/2147483647;2:0/0123456789abcdef/-2147483648}'),
	('{bigint 1:-211813488000000000/0123456789abcdef/;2:9223371331199999999/0123456789abcdef/}', '{bigint 1:-211813488000000000/0123456789abcdef/;2:9223371331199999999/0123456789abcdef/}'),
	('{bigint -9223372036854775808:0/0123456789abcdef/;9223372036854775807:0/0123456789abcdef/;-0:0/0123456789abcdef/}',
		'{bigint -9223372036854775808:0/0123456789abcdef/;0:0/0123456789abcdef/;9223372036854775807:0/0123456789abcdef/}'),
	('{uuid ffffffff-ffff-ffff-ffff-ffffffffffff:0/0123456789abcdef/;00000000-0000-0000-0000-000000000000:0/0123456789abcdef/}',
		'{uuid 00000000-0000-0000-0000-000000000000:0/0123456789abcdef/;ffffffff-ffff-ffff-ffff-ffffffffffff:0/0123456789abcdef/}'),
	('{text ffffffffffffffffffffffffffffffff:0/0123456789abcdef/;00000000000000000000000000000000:0/0123456789abcdef/}',
		'{text 00000000000000000000000000000000:0/0123456789abcdef/;ffffffffffffffffffffffffffffffff:0/0123456789abcdef/}'),
	('{bigint times 42:7,0,7;-5:0}', '{bigint times -5:0;42:0,7}'), ('{uuid times}', '{uuid times}'), ('{bigint times during 0..1 42:-0}', '{bigint times during 0..1 42:0}'),
	('{bigint during 0..1 42:0/0123456789abcdef/2}', '{bigint during 0..1 42:0/0123456789abcdef/2}'),
	('{bigint during -5..9}', '{bigint during -5..9}'),
	('{bigint 1:' || repeat('0', 10000) || '1/0123456789abcdef/' || repeat('0', 10000) || '2}', '{bigint 1:1/0123456789abcdef/2}')
) v (t, answer);
SELECT is(pg_temp.reading(t), '22P02', 'no state: ' || left(t, 60))
FROM unnest(ARRAY[
	'', ' ', '{', '{}', '}', 'NULL', '{bigint', '{bigint ', '{bigint }', 'bigint 1:0/0123456789abcdef/1', ' {bigint 1:0/0123456789abcdef/1}', '{bigint 1:0/0123456789abcdef/1} ', '{bigint 1:0/0123456789abcdef/1}}',
	'{bigint 1:0/0123456789abcdef/1;}', '{bigint 1:0/0123456789abcdef/1,}', '{bigint  1:0/0123456789abcdef/1}', '{bigint 1:0/0123456789abcdef/1 }', '{bigint 1:0/0123456789abcdef/1,0/0123456789abcdef}',
	'{bigint times 1:0/0123456789abcdef/1}', '{bigint times 1:}', '{bigint times 1:0/}', '{bigint 1:0}', '{bigint times times 1:0}', '{bigint times 1:9223372036854775807}', '{bigint during 0..1 times 1:0}',
	'{integer 1:0/0123456789abcdef/1}', '{BIGINT 1:0/0123456789abcdef/1}', '{bigint1:0/0123456789abcdef/1}', '{text 1:0/0123456789abcdef/1}', '{uuid 1:0/0123456789abcdef/1}', '{bigint amounts 1:0/0123456789abcdef/1}',
	'{bigint family bigint 1:0/0123456789abcdef/1}',
	'{bigint 1}', '{bigint 1:}', '{bigint 1:0}', '{bigint 1:0/}', '{bigint 1:0/0123456789abcdef}', '{bigint 1:/0123456789abcdef/1}', '{bigint 1:0//1}', '{bigint :0/0123456789abcdef/1}', '{bigint 1;2:0/0123456789abcdef/1}',
	'{bigint 1:0/0123456789abcdef/1:2}', '{bigint 1:0/0123456789abcdef/1/2}', '{bigint 1:0..5}', '{bigint 1:0/0123456789abcdef/-}', '{bigint 1:0/0123456789abcdef/+1}', '{bigint 1:0/0123456789abcdef/--1}', '{bigint 1:0/0123456789abcdef/ 1}',
	'{bigint 1:0/0123456789abcdef/1.0}', '{bigint 1:0/0123456789abcdef/1e1}', '{bigint 1:0/0123456789abcdef/nan}', '{bigint 1:0/0123456789abcdef/NULL}',
	'{bigint 1:0/0123456789abcdef/2147483648}', '{bigint 1:0/0123456789abcdef/-2147483649}', '{bigint 1:0/0123456789abcdef/4294967296}', '{bigint 1:0/0123456789abcdef/9223372036854775807}', '{bigint 1:0/0123456789abcdef/18446744073709551616}',
	'{bigint 1:0/0123456789abcde/1}', '{bigint 1:0/0123456789abcdef0/1}', '{bigint 1:0/0123456789ABCDEF/1}', '{bigint 1:0/0123456789abcdeg/1}', '{bigint 1:0/0x23456789abcdef/1}', '{bigint 1:0/0/1}', '{bigint 1:0/family/1}',
	'{bigint 1:0/0000000000000000/1}', '{bigint 1:0/0000000000000000/0}',
	'{bigint 1:-9223372036854775808/0123456789abcdef/1}', '{bigint 1:9223372036854775807/0123456789abcdef/1}', '{bigint 1:-211813488000000001/0123456789abcdef/1}', '{bigint 1:9223371331200000000/0123456789abcdef/1}',
	'{bigint 9223372036854775808:0/0123456789abcdef/1}', '{bigint -9223372036854775809:0/0123456789abcdef/1}', '{bigint 1e3:0/0123456789abcdef/1}', '{bigint 1:infinity/0123456789abcdef/1}', '{bigint 1:2026-01-01/0123456789abcdef/1}',
	'{bigint during 5..5 1:0/0123456789abcdef/1}', '{bigint during 5..4 1:0/0123456789abcdef/1}', '{bigint during 5.. 1:0/0123456789abcdef/1}', '{bigint during 1:0/0123456789abcdef/1}',
	'{bigint during 0..9223372036854775807 1:0/0123456789abcdef/1}', '{bigint during -9223372036854775808..0 1:0/0123456789abcdef/1}', '{bigint 1:0/0123456789abcdef/1 during 0..1}',
	repeat('{', 10000), repeat('ü', 200), '{bigint ' || repeat('1:0/0123456789abcdef/1,', 10000) || '}', '{bigint ' || repeat('9', 10000) || ':0/0123456789abcdef/1}', '{bigint 1:0/0123456789abcdef/' || repeat('9', 10000) || '}'
]) t;

/*
 * States as messages
 */
-- version, kind of key, words behind it, the period asked for, records; then those: of
-- each the key, the family, the time and the tier. Signed numbers are sent with their
-- first bit turned, tiers from 1 on, 0 being none.
CREATE FUNCTION pg_temp.message(version int, kind int, payload int, period_start bigint, period_end bigint, records bigint, body bytea) RETURNS bytea LANGUAGE sql
RETURN substr(int4send(version), 4) || substr(int4send(kind), 4) || substr(int4send(payload), 4) || int8send(period_start) || int8send(period_end) || int8send(records) || body;
CREATE FUNCTION pg_temp.word(n bigint) RETURNS bytea LANGUAGE sql
RETURN int8send(n # -9223372036854775808);
CREATE FUNCTION pg_temp.sale(family bigint, sold_at bigint, tier bigint) RETURNS bytea LANGUAGE sql
RETURN int8send(family) || pg_temp.word(sold_at) || int8send(tier);
SELECT is(purchase_history_send('{bigint 1:7/0000000000000005/-2147483648}'), pg_temp.message(1, 1, 3, 0, 0, 1, pg_temp.word(1) || pg_temp.sale(5, 7, 1)), 'a message');
SELECT is(pg_temp.fault_of_message(pg_temp.message(version, kind, payload, 0, 0, records, body)), answer,
	format('message of version %s, kind %s, payload %s, %s records, %s bytes', version, kind, payload, records, length(body)))
FROM (SELECT pg_temp.word(1) || pg_temp.sale(5, 0, 1) AS record) r, LATERAL (VALUES
	(1, 1, 3, 1::bigint, record, 'taken'), (1, 1, 3, 2, record || record, 'taken'), (1, 1, 3, 0, '', 'taken'),
	(1, 2, 3, 1, int8send(0) || record, 'taken'), (1, 3, 3, 1, int8send(0) || record, 'taken'),
	(0, 1, 3, 1, record, 'refused'), (2, 1, 3, 1, record, 'refused'), (255, 1, 3, 1, record, 'refused'),
	(1, 0, 3, 1, record, 'refused'), (1, 4, 3, 1, record, 'refused'), (1, 255, 3, 1, record, 'refused'), (1, 2, 3, 1, record, 'refused'),
	(1, 1, 0, 1, record, 'refused'), (1, 1, 1, 1, record, 'refused'), (1, 1, 2, 1, record, 'refused'), (1, 1, 4, 1, record, 'refused'), (1, 1, 4, 1, record || int8send(1), 'refused'), (1, 1, 255, 1, record, 'refused'),
	(1, 1, 3, 0, record, 'refused'), (1, 1, 3, 2, record, 'refused'), (1, 1, 3, -1, record, 'refused'), (1, 1, 3, -1, '', 'refused'), (1, 1, 3, 1, '', 'refused'),
	(1, 1, 3, 2147483647, record, 'refused'), (1, 1, 3, -9223372036854775808, record, 'refused'), (1, 1, 3, 9223372036854775807, record, 'refused'),
	(1, 1, 3, 576460752303423489, record, 'refused'),		-- * 32 is 32 in 64 bits
	(1, 1, 3, 1, record || '\x00', 'refused'), (1, 1, 3, 1, substr(record, 1, 31), 'refused')
) v (version, kind, payload, records, body, answer);
SELECT is(pg_temp.fault_of_message(pg_temp.message(1, 1, 3, 0, 0, 1, pg_temp.word(1) || pg_temp.sale(family, sold_at, tier))), answer, format('a message of family %s, time %s, tier %s', family, sold_at, tier))
FROM (VALUES
	(5::bigint, 0::bigint, 0::bigint, 'taken'), (-1, 0, 1, 'taken'), (5, 0, 4294967296, 'taken'), (0, 0, 0, 'taken'),
	(5, 0, 4294967297, 'refused'), (5, 0, -1, 'refused'), (5, 0, 9223372036854775807, 'refused'), (5, 0, -9223372036854775808, 'refused'), (0, 0, 1, 'refused'), (0, 0, 4294967296, 'refused'),
	(5, -211813488000000000, 1, 'taken'), (5, -211813488000000001, 1, 'refused'), (5, 9223371331199999999, 1, 'taken'), (5, 9223371331200000000, 1, 'refused'),
	(5, -9223372036854775808, 1, 'refused'), (5, 9223372036854775807, 1, 'refused')
) v (family, sold_at, tier, answer);
SELECT is(pg_temp.fault_of_message(pg_temp.message(1, 1, 3, period_start, period_end, 0, '')), answer, format('a period from %s until %s', period_start, period_end))
FROM (VALUES (5::bigint, 6::bigint, 'taken'), (5, 5, 'refused'), (6, 5, 'refused'), (0, 9223372036854775807, 'refused'), (-9223372036854775808, 0, 'refused'), (0, -1, 'refused')) v (period_start, period_end, answer);

SELECT * FROM finish();
ROLLBACK;
