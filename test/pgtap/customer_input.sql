-- Subscriptions, questions and states from outside: what cannot be is refused by a
-- clear error, and what is taken works. Text and messages are damaged at random,
-- thousands of times.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;
SET TimeZone = 'UTC';

-- What a query gives: its one value as text, or the SQLSTATE and message of its error
CREATE FUNCTION pg_temp.answer(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	value text;
BEGIN
	EXECUTE query INTO value;
	RETURN value;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;

/*
 * Subscriptions
 */
SELECT matches(pg_temp.answer(format('SELECT %s FROM (VALUES (1, 1)) v', replace(replace(call, '{ended}', ended), '{started}', started))), pattern, format('%s from %s until %s', call, started, ended))
FROM unnest(ARRAY['customer_agg(1, {started}, {ended})', 'customer_agg(''a''::text, {started}, {ended}, 1)', 'customer_agg(''00000000-0000-0000-0000-000000000001''::uuid, {started}, {ended}, NULL)',
	'churn_rate(1, {started}, {ended}, ''[2026-01-01, 2026-02-01)'')', 'revenue_churn_rate(1, {started}, {ended}, 1, ''[2026-01-01, 2026-02-01)'')']) call,
(VALUES
	('''2026-01-02''', '''2026-01-01''', '^22023 .*end.*before'),
	('''2026-01-02 00:00:00.000001''', '''2026-01-02''', '^22023 .*end.*before'),
	('''infinity''', 'NULL', '^22008 .*infin'),
	('''-infinity''', 'NULL', '^22008 .*infin'),
	('''-infinity''', '''infinity''', '^22008 .*infin'),
	('''-infinity''', '''2026-01-01''', '^22008 .*infin'),
	('''2026-01-01''', '''-infinity''', '^220(08|23) ')
) v (started, ended, pattern);
SELECT matches(pg_temp.answer(format('SELECT %s', replace(call, '{amount}', amount || '::numeric'))), pattern, replace(call, '{amount}', amount))
FROM unnest(ARRAY['customer_agg(1, ''2026-01-01'', NULL, {amount})', 'customer_agg(''a''::text, ''2026-01-01'', NULL, {amount})',
	'revenue_churn_rate(1, ''2026-01-01'', NULL, {amount}, ''[2026-01-01, 2026-02-01)'')']) call,
(VALUES
	('-1', '^22023 .*negative'), ('-0.000001', '^22023 .*negative'), ('''NaN''', '^220(03|23) '), ('''infinity''', '^220(03|23) '), ('''-infinity''', '^220(03|23) '),
	('9223372036854.775808', '^22003 '), ('1e13', '^22003 '), ('1e131000', '^22003 ')
) v (amount, pattern);

-- What amounts are taken for
SELECT is(pg_temp.answer(format($$SELECT end_amount FROM (SELECT customer_agg(1, '2026-01-01', NULL, %s) AS h) a, revenue_movement(h, '{2026-01-01, 2026-02-01}')$$, amount)), shown, 'an amount of ' || amount)
FROM (VALUES ('1', '1.00'), ('12.5', '12.50'), ('0.3333335', '0.333334'), ('0.3333334999', '0.333333'), ('0.0000005', '0.000001'), ('9223372036854.775807', '9223372036854.775807'),
	('NULL', '0.00'), ('0', NULL), ('-0.0', NULL)) v (amount, shown);
SELECT is(pg_temp.answer($$SELECT end_amount FROM (SELECT customer_agg(n, '2026-01-01', NULL, 9223372036854.775807) AS h FROM generate_series(1, 1000) n) a, revenue_movement(h, '{2026-01-01, 2026-02-01}')$$),
	'9223372036854775.807', 'the sum of all customers may go beyond 64 bits');

-- Rows that do not count
SELECT is(pg_temp.answer(format('SELECT customers(customer_agg(customer, started_at, ended_at, amount)) FROM (VALUES %s) v (customer, started_at, ended_at, amount)', rows)), answer, 'rows ' || rows)
FROM (VALUES
	('(NULL::bigint, timestamptz ''2026-01-01'', NULL::timestamptz, 1::numeric)', NULL),
	('(1::bigint, NULL::timestamptz, NULL::timestamptz, 1::numeric)', NULL),
	('(1::bigint, NULL::timestamptz, timestamptz ''2026-01-01'', 1::numeric)', NULL),
	('(1::bigint, timestamptz ''2026-01-01'', timestamptz ''2026-01-01'', 1::numeric), (2, ''2026-01-01'', ''2026-01-02'', 1)', '1'),
	('(1::bigint, timestamptz ''2026-01-01'', NULL::timestamptz, 0), (2, ''2026-01-01'', NULL, 1)', '1'),
	('(1::bigint, timestamptz ''2026-01-01'', NULL::timestamptz, 1), (1, ''2026-01-01'', ''infinity'', 1), (NULL, ''2026-01-01'', NULL, 1)', '1')
) v (rows, answer);
SELECT is(num_nulls(customer_agg(NULL::bigint, NULL, NULL), customer_agg(NULL::text, NULL, NULL, NULL), customer_agg(NULL::uuid, NULL, NULL), rollup(NULL::customer_history),
	churn_rate(NULL::bigint, NULL, NULL, '[2026-01-01, 2026-02-01)'), revenue_churn_rate(NULL::text, NULL, NULL, NULL, '[2026-01-01, 2026-02-01)'),
	acquisition_agg(NULL, NULL::bigint), rollup(NULL::acquisition_summary), cac(NULL, NULL::uuid)), 9, 'nothing but NULL: NULL') FROM generate_series(1, 3);
SELECT is(n, 4, 'no rows: NULL')
FROM (SELECT num_nulls(customer_agg(1, '2026-01-01', NULL), churn_rate(1, '2026-01-01', NULL, '[2026-01-01, 2026-02-01)'), acquisition_agg(1, 1), cac(1, 1)) AS n FROM generate_series(1, 0)) none;
SELECT is(num_nulls(first_start(NULL), customers(NULL::customer_history), customers(NULL::acquisition_summary), spend(NULL), cac(NULL)), 5, 'of a NULL state everything is NULL');
SELECT is_empty($$SELECT FROM churn(NULL, '{2026-01-01, 2026-02-01}')$$, 'and churn has no rows');
SELECT is_empty($$SELECT FROM revenue_movement(NULL, '{2026-01-01, 2026-02-01}')$$, 'nor has revenue_movement');
SELECT is_empty($$SELECT FROM retention(NULL, '{2026-01-01, 2026-02-01}')$$, 'nor retention');
SELECT is_empty($$SELECT FROM cohorts(NULL, '{2026-01-01, 2026-02-01}')$$, 'nor cohorts');
SELECT is_empty($$SELECT FROM survival(NULL, '2026-01-01')$$, 'nor survival');

/*
 * Questions
 */
CREATE TABLE history AS SELECT customer_agg(1, '2026-01-01', '2026-01-20', 10) AS h, customer_agg(1, '2026-01-01', '2026-01-20') AS unpriced;
SELECT matches(pg_temp.answer(format('SELECT %s FROM history', replace(call, '{boundaries}', boundaries))), pattern, replace(call, '{boundaries}', boundaries))
FROM unnest(ARRAY['churn(h, {boundaries})', 'revenue_movement(h, {boundaries})', 'retention(h, {boundaries})', 'cohorts(h, {boundaries})']) call,
(VALUES
	('NULL', '^22004 .*boundaries'),
	('''{}''', '^22023 .*(two|boundaries)'),
	('''{2026-01-01}''', '^22023 .*(two|boundaries)'),
	('''{2026-01-01,NULL}''', '^22004 .*(NULL|boundaries)'),
	('''{NULL,2026-01-01,2026-02-01}''', '^22004 .*(NULL|boundaries)'),
	('''{2026-02-01,2026-01-01}''', '^22023 .*(order|increas|rise|boundaries|after)'),
	('''{2026-01-01,2026-03-01,2026-02-01}''', '^22023 .*(order|increas|rise|boundaries|after)'),
	('''{2026-01-01,2026-01-01}''', '^22023 .*(order|increas|rise|boundaries|after)'),
	('''{2026-01-01,infinity}''', '^22008 .*(infin|finite)'),
	('''{-infinity,2026-01-01}''', '^22008 .*(infin|finite)'),
	('''{{2026-01-01,2026-02-01},{2026-03-01,2026-04-01}}''', '^(22023|2202E) .*dimension')
) v (boundaries, pattern);
SELECT is((SELECT count(*) FROM churn(h, '[5:7]={2026-01-01,2026-01-10,2026-02-01}')), 2::bigint, 'an array may begin at any subscript') FROM history;
SELECT matches(pg_temp.answer(format('SELECT %s FROM history', replace(call, '{grace}', grace))), pattern, replace(call, '{grace}', grace))
FROM unnest(ARRAY['churn(h, ''{2026-01-01,2026-02-01}'', {grace})', 'revenue_movement(h, ''{2026-01-01,2026-02-01}'', {grace})', 'survival(h, ''2026-02-01'', {grace})']) call,
(VALUES ('''1 month''', '^22023 .*month'), ('''1 year''', '^22023 .*month'), ('''1 month -30 days''', '^22023 .*month'), ('''-1 day''', '^22023 .*negative'), ('''-1 microsecond''', '^22023 .*negative'),
	('''1 day -25 hours''', '^22023 .*negative'), ('''106751992 days''', '^22008 ')) v (grace, pattern);
SELECT current_setting('server_version_num')::int >= 170000 AS infinite_intervals \gset
\if :infinite_intervals
SELECT matches(pg_temp.answer($$SELECT churn(h, '{2026-01-01,2026-02-01}', 'infinity') FROM history$$), '^220(08|23) ', 'an infinite grace');
\endif
SELECT matches(pg_temp.answer(format('SELECT churn(h, ''{2026-01-01,2026-02-01}'', NULL, %L) FROM history', method)), '^22023 .*method', format('method %L', method))
FROM unnest(ARRAY['', 'Standard', 'stripe ', 'net']) method;
SELECT matches(pg_temp.answer('SELECT churn(h, ''{2026-01-01,2026-02-01}'', NULL, NULL) FROM history'), '^220(04|23) .*method', 'a NULL method');
SELECT matches(pg_temp.answer(format('SELECT survival(h, %s) FROM history', as_of)), pattern, 'survival as of ' || as_of)
FROM (VALUES ('NULL', '^22004 '), ('''infinity''', '^22008 .*(infin|finite)'), ('''-infinity''', '^22008 .*(infin|finite)')) v (as_of, pattern);
SELECT matches(pg_temp.answer('SELECT revenue_movement(unpriced, ''{2026-01-01,2026-02-01}'') FROM history'), '^22023 .*amount', 'revenue_movement without amounts');

-- The range of the rates
SELECT matches(pg_temp.answer(format('SELECT %s FROM (VALUES (1, timestamptz ''2026-01-01'', NULL::timestamptz)) v (k, s, e)', replace(call, '{during}', during))), pattern, replace(call, '{during}', during))
FROM unnest(ARRAY['churn_rate(k, s, e, {during})', 'revenue_churn_rate(k, s, e, 1, {during})', 'churn_rate(k::text, s, e, {during})']) call,
(VALUES
	('NULL', '^220(04|23) '), ('''empty''', '^22023 .*empty'), ('''[2026-01-01,2026-01-01)''', '^22023 .*empty'), ('''[2026-01-01,)''', '^22023 .*(bound|end)'), ('''(,2026-01-01)''', '^22023 .*(bound|start|begin)'),
	('''(,)''', '^22023 .*(bound|start|begin|end)'), ('''[2026-01-01,infinity)''', '^220(08|23) .*(infin|bound)'), ('''[-infinity,2026-01-01]''', '^220(08|23) .*(infin|bound)')
) v (during, pattern);
SELECT matches(pg_temp.answer(format('SELECT %s FROM (VALUES (1, timestamptz ''2026-01-01'', tstzrange(''2026-01-01'', ''2026-02-01'')), (2, ''2026-01-01'', %L)) v (k, s, d)', call, during)), '^22023 .*(same|chang|one|constant)', format('%s changed to %s', call, during))
FROM unnest(ARRAY['churn_rate(k, s, NULL, d)', 'revenue_churn_rate(k, s, NULL, 1, d)']) call, unnest(ARRAY['[2026-01-01,2026-02-02)', '[2026-01-01,2026-02-01]', '(2026-01-01,2026-02-01)']) during;
SELECT is(churn_rate(k, s, NULL, d), 0::float8, 'the same instants written in two ways are one range')
FROM (VALUES (1, timestamptz '2026-01-01', tstzrange('2026-01-01', '2026-02-01', '[]')), (2, '2026-01-01', tstzrange('2026-01-01', '2026-02-01 00:00:00.000001'))) v (k, s, d);
SELECT is(round(churn_rate(k, s, e, d) OVER (PARTITION BY k)::numeric, 2), k::numeric, 'each group has its own')
FROM (VALUES (0, timestamptz '2026-01-01', NULL::timestamptz, tstzrange('2026-01-01', '2026-02-01', '[]')), (1, '2026-01-01', '2026-02-02', tstzrange('2026-02-01', '2026-03-01'))) v (k, s, e, d);

/*
 * States that do not go together
 */
CREATE TABLE mixed AS
SELECT customer_agg(1, '2026-01-01', NULL) AS number, customer_agg('1'::text, '2026-01-01', NULL) AS name, customer_agg(md5('1')::uuid, '2026-01-01', NULL) AS id,
	customer_agg(1, '2026-01-01', NULL, 1) AS priced, acquisition_agg(1, 1) AS acquired_number, acquisition_agg(1, '1'::text) AS acquired_name, acquisition_agg(1, NULL::bigint) AS cost;
SELECT matches(pg_temp.answer(format('SELECT customers(rollup(s)) FROM mixed, LATERAL (VALUES (%s)) v (s)', states)), pattern, 'rollup of ' || states)
FROM (VALUES ('number), (name', '^22023 .*key'), ('name), (id', '^22023 .*key'), ('id), (number', '^22023 .*key'), ('number), (priced', '^22023 .*amount'), ('priced), (number', '^22023 .*amount'),
	('acquired_number), (acquired_name', '^22023 .*key'), ('number), (number', '^1$'), ('NULL), (priced', '^1$'), ('cost), (acquired_number', '^1$')) v (states, pattern);

-- Cost without customers, customers without cost, credits
SELECT is(pg_temp.answer(format('SELECT ROW(customers(s), spend(s), cac(s), once) FROM (SELECT acquisition_agg(spend, customer) AS s, cac(spend, customer) AS once FROM (VALUES %s) v (spend, customer)) a', rows)), answer, 'acquisition of ' || rows)
FROM (VALUES
	('(100::numeric, NULL::bigint), (50, NULL)', '(0,150.00,,)'),
	('(100::numeric, NULL::bigint), (NULL, 1), (NULL, 2), (NULL, 1)', '(2,100.00,50.00,50.00)'),
	('(100::numeric, 1::bigint), (-40.5, 2), (0, 3)', '(3,59.50,19.833333,19.833333)'),
	('(-2::numeric, 1::bigint), (NULL, 2), (NULL, 3)', '(3,-2.00,-0.666667,-0.666667)'),
	('(NULL::numeric, 1::bigint)', '(1,0.00,0.00,0.00)'),
	('(1::numeric, 123456789012345678901234567890::text), (0.000001, ''123456789012345678901234567891'')', '(2,1.000001,0.500001,0.500001)')
) v (rows, answer);
SELECT matches(pg_temp.answer(format('SELECT cac(%s, 1)', spend)), '^220(03|23) ', 'cac of ' || spend) FROM unnest(ARRAY['''NaN''', '''infinity''', '''-infinity''', '1e131000']) spend;

SELECT * FROM finish();
ROLLBACK;
