-- Cost per new customer against plain SQL, on random months of teams; and what is
-- refused, as text, as a message and as rows.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;

-- Rows of cost, rows of customers, rows of both and of neither. Customers come again
-- and again; cost is credited now and then.
SELECT setseed(0.1618);
CREATE FUNCTION pg_temp.pick(VARIADIC choices anycompatiblearray) RETURNS anycompatible LANGUAGE sql VOLATILE
AS 'SELECT choices[1 + floor(random() * cardinality(choices))::int]';
CREATE TEMP TABLE event AS
SELECT team, floor(random() * 4) AS month, pg_temp.pick(NULL, NULL, 0, 1, 99.99, -20.5, 0.000001, 0.3333333, 1e9, 1234567.891011) AS spend, CASE WHEN random() < 0.6 THEN customer END AS customer
FROM (SELECT team, floor(random() * size)::int AS customer FROM (VALUES (1), (5), (40)) v (size), generate_series(1, 80) n, LATERAL (SELECT size * 100 + n AS team) t, generate_series(1, size)) drawn;
CREATE TEMP TABLE keyed AS
SELECT team, month, spend, (customer - 20)::bigint * 461168601842738790 AS number, CASE customer WHEN 0 THEN '' ELSE repeat('ü', customer) END AS name, md5(customer::text)::uuid AS id FROM event;

CREATE TEMP TABLE expected AS
SELECT team, count(DISTINCT customer) AS customers, coalesce(sum(round(spend, 6)), 0) AS spend,
	round(coalesce(sum(round(spend, 6)), 0)::numeric(40, 20) / nullif(count(DISTINCT customer), 0), 6) AS cac
FROM event WHERE num_nonnulls(spend, customer) > 0 GROUP BY team;
CREATE FUNCTION pg_temp.money(amount numeric) RETURNS text LANGUAGE sql IMMUTABLE
RETURN round(amount, greatest(2, min_scale(amount)))::text;
CREATE TEMP TABLE found AS
SELECT team, v.* FROM (
	SELECT team, acquisition_agg(spend, number) AS b, acquisition_agg(spend, name) AS t, acquisition_agg(spend, id) AS u,
		cac(spend, number) AS cac_b, cac(spend, name) AS cac_t, cac(spend, id) AS cac_u FROM keyed GROUP BY team
) a, LATERAL (VALUES ('bigint', b, cac_b), ('text', t, cac_t), ('uuid', u, cac_u)) v (kind, s, once)
WHERE s IS NOT NULL;
SELECT is_empty($$
	SELECT team, kind, customers(s), e.customers, spend(s), e.spend, cac(s), e.cac, once
	FROM found FULL JOIN (SELECT * FROM expected, unnest('{bigint,text,uuid}'::text[]) kind) e USING (team, kind)
	WHERE customers(s) IS DISTINCT FROM coalesce(e.customers, 0) OR spend(s)::text IS DISTINCT FROM pg_temp.money(coalesce(e.spend, 0))
		OR cac(s)::text IS DISTINCT FROM pg_temp.money(e.cac) OR once::text IS DISTINCT FROM cac(s)::text
$$, 'spend, customers and cost per customer, by every kind of key');
SELECT ok(count(*) FILTER (WHERE customers = 0) > 3 AND count(*) FILTER (WHERE spend < 0) > 3 AND count(*) FILTER (WHERE customers > 10) > 30, 'teams of every kind came up') FROM expected;
SELECT is_empty($$
	SELECT team, kind FROM found JOIN (
		SELECT team, kind, rollup(s) AS s FROM (SELECT team, acquisition_agg(spend, number) AS b, acquisition_agg(spend, name) AS t, acquisition_agg(spend, id) AS u FROM keyed GROUP BY team, month) m,
			LATERAL (VALUES ('bigint', b), ('text', t), ('uuid', u)) v (kind, s) GROUP BY team, kind
	) r USING (team, kind) WHERE acquisition_summary_send(r.s) IS DISTINCT FROM acquisition_summary_send(found.s)
$$, 'a customer of two months counts once in a rollup of both');

\ir include/answer.sql

-- Cost without customers, customers without cost, credits
SELECT is(pg_temp.answer(format('SELECT ROW(customers(s), spend(s), cac(s), once) FROM (SELECT acquisition_agg(spend, customer) AS s, cac(spend, customer) AS once FROM (VALUES %s) v (spend, customer)) a', rows)),
	answer, 'acquisition of ' || rows)
FROM (VALUES
	('(100.0, NULL::bigint), (50, NULL)', '(0,150.00,,)'),
	('(100.0, NULL::bigint), (NULL, 1), (NULL, 2), (NULL, 1)', '(2,100.00,50.00,50.00)'),
	('(100.0, 1::bigint), (-40.5, 2), (0, 3)', '(3,59.50,19.833333,19.833333)'),
	('(-2.0, 1::bigint), (NULL, 2), (NULL, 3)', '(3,-2.00,-0.666667,-0.666667)'),
	('(-0.000001, 1::bigint), (NULL, 2)', '(2,-0.000001,-0.000001,-0.000001)'),
	('(0.000001, 1::bigint), (NULL, 2), (NULL, 3)', '(3,0.000001,0.00,0.00)'),
	('(NULL::numeric, 1::bigint)', '(1,0.00,0.00,0.00)'),
	('(1.0, 123456789012345678901234567890::text), (0.000001, ''123456789012345678901234567891'')', '(2,1.000001,0.500001,0.500001)')
) v (rows, answer);
SELECT is(num_nulls(acquisition_agg(NULL, NULL::bigint), acquisition_agg(NULL, NULL::text), cac(NULL, NULL::uuid), rollup(NULL::acquisition_summary)), 4, 'nothing but NULL: NULL') FROM generate_series(1, 3);
SELECT is(n, 3, 'no rows: NULL') FROM (SELECT num_nulls(acquisition_agg(1, 1), cac(1, 1), rollup(NULL::acquisition_summary)) AS n FROM generate_series(1, 0)) none;
SELECT is(num_nulls(customers(NULL::acquisition_summary), spend(NULL), cac(NULL)), 3, 'of a NULL state everything is NULL');
SELECT is(ROW(spend(s), customers(s), cac(s))::text, '(9223372036854775.807,1,9223372036854775.807)', 'the sum of costs may go beyond 64 bits')
FROM (SELECT acquisition_agg(9223372036854.775807, 7) AS s FROM generate_series(1, 1000)) a;
SELECT is(pg_temp.answer(format('SELECT cac(%L, 1)', spend)), answer, 'cac of ' || spend)
FROM (VALUES ('NaN', '22003 the cost of acquisition is not a finite number'), ('infinity', '22003 the cost of acquisition is not a finite number'), ('-infinity', '22003 the cost of acquisition is not a finite number'),
	('9223372036854.775808', '22003 the cost of acquisition is too large'), ('-9223372036855', '22003 the cost of acquisition is too large'), ('1e131000', '22003 the cost of acquisition is too large')) v (spend, answer);

-- States that do not go together
CREATE TEMP TABLE kind AS SELECT acquisition_agg(1, 1) AS number, acquisition_agg(1, '1'::text) AS name, acquisition_agg(1, md5('1')::uuid) AS id, acquisition_agg(1, NULL::bigint) AS cost;
SELECT is(pg_temp.answer(format('SELECT spend(rollup(s)) FROM kind, LATERAL (VALUES (%s), (%s)) v (s)', a, b)), answer, format('%s with %s', a, b))
FROM (VALUES
	('number', 'name', '22023 customers of different kinds cannot be rolled up into one acquisition_summary'),
	('name', 'id', '22023 customers of different kinds cannot be rolled up into one acquisition_summary'),
	('cost', 'name', '22023 customers of different kinds cannot be rolled up into one acquisition_summary'),
	('cost', 'number', '2.00'), ('number', 'NULL', '1.00')
) v (a, b, answer);

SELECT is(pg_temp.answer('SELECT ' || call), '0A000 a support function of acquisition_agg was called outside of an aggregate', call)
FROM unnest(ARRAY['acquisition_summary_merge(number, number) FROM kind', 'acquisition_summary_final(number) FROM kind', 'acquisition_add(number, 1, 1) FROM kind', 'acquisition_add(NULL, NULL, 1)',
	'acquisition_add(NULL, 1, ''1''::text)', 'acquisition_add(NULL, 1, md5('''')::uuid)']) call;

-- As text
SELECT is(pg_temp.answer(format('SELECT (%L::acquisition_summary)::text', t)), answer, 'text ' || left(t, 60))
FROM (VALUES
	('{bigint spend 1250000 42;43}', '{bigint spend 1250000 42;43}'),
	('{bigint spend -1250000 43;42;43}', '{bigint spend -1250000 42;43}'),
	('{bigint spend 0}', '{bigint spend 0}'), ('{bigint spend -0 -1;1}', '{bigint spend 0 -1;1}'),
	('{text spend 1 ffffffffffffffffffffffffffffffff;00000000000000000000000000000000}', '{text spend 1 00000000000000000000000000000000;ffffffffffffffffffffffffffffffff}'),
	('{uuid spend 00 00000000-0000-0000-0000-000000000000}', '{uuid spend 0 00000000-0000-0000-0000-000000000000}'),
	('{bigint spend 170141183460469231731687303715884105727 1}', '{bigint spend 170141183460469231731687303715884105727 1}'),
	('{bigint spend -170141183460469231731687303715884105727 1}', '{bigint spend -170141183460469231731687303715884105727 1}')
) v (t, answer);
SELECT is(left(pg_temp.answer(format('SELECT (%L::acquisition_summary)::text', t)), 5), '22P02', 'no summary: ' || left(t, 60))
FROM unnest(ARRAY['', '{', '{}', '{bigint}', '{bigint spend}', '{bigint spend }', '{bigint spend 1', '{bigint spend 1 }', '{bigint spend 1 1;}', '{bigint spend 1 1,2}', '{bigint spend 1 1:0..1}', '{bigint 1}', '{bigint 1:0..1}',
	'{bigint spend 1.5 1}', '{bigint spend +1 1}', '{bigint spend --1 1}', '{bigint spend nan 1}', '{bigint spend 1e309 1}', '{bigint spend 170141183460469231731687303715884105728 1}',
	'{bigint spend -170141183460469231731687303715884105728 1}', '{bigint spend ' || repeat('9', 10000) || ' 1}', '{bigint amounts spend 1 1}', '{bigint spend 1 1}}', '{bigint spend 1 1} ', '{text spend 1 1}', '{uuid spend 1 1}']) t;
SELECT is_empty($$
	SELECT t, length FROM kind, LATERAL (VALUES (number::text), (name::text), (id::text), (cost::text)) v (t), generate_series(0, length(t) - 1) length
	WHERE pg_temp.answer(format('SELECT %L::acquisition_summary', left(t, length))) NOT LIKE '22P02 %'
$$, 'no summary that is cut off is read');
SELECT is(pg_temp.answer($$SELECT spend(rollup(s)) FROM (VALUES ('{bigint spend 170141183460469231731687303715884105727}'::acquisition_summary), ('{bigint spend 1}')) v (s)$$), '22003 the cost of acquisition is too large', 'more than 128 bits of cost');
SELECT is(spend('{bigint spend 170141183460469231731687303715884105727}'), 170141183460469231731687303715884.105727, 'the largest cost');
SELECT is(cac('{bigint spend -170141183460469231731687303715884105727 1;2}'), -85070591730234615865843651857942.052864, 'and a half of it is rounded away from zero');

-- Damaged, as text, as a message and in a table
CREATE TEMP TABLE specimen AS
SELECT kind AS name, s AS state FROM (SELECT DISTINCT ON (kind) kind, s FROM found WHERE customers(s) > 2 ORDER BY kind, team) f
UNION ALL VALUES ('nobody', '{bigint spend -1250000}'::acquisition_summary), ('all that can be', '{bigint spend 170141183460469231731687303715884105727 -9223372036854775808;0;9223372036854775807}');

-- Whatever is read in is a summary like any other: it reads back, answers, and rolled up with itself has twice the cost.
CREATE FUNCTION pg_temp.fault_of(s acquisition_summary) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	IF acquisition_summary_send(s::text::acquisition_summary) <> acquisition_summary_send(s) THEN
		RETURN 'does not read back';
	ELSIF customers(s) < 0 OR (cac(s) IS NULL) <> (customers(s) = 0) THEN
		RETURN 'customers are impossible';
	ELSIF cac(s) <> round(spend(s)::numeric(70, 20) / nullif(customers(s), 0), 6) THEN
		RETURN 'cost per customer is another';
	ELSIF (SELECT customers(rollup(v)) <> customers(s) OR spend(rollup(v)) <> 2 * spend(s) FROM (VALUES (s), (s)) v (v)) THEN
		RETURN 'rollup differs';
	END IF;
	RETURN NULL;
EXCEPTION WHEN numeric_value_out_of_range THEN
	-- a cost near the limit doubles in the rollup
	RETURN CASE WHEN SQLERRM <> 'the cost of acquisition is too large' THEN SQLERRM END;
END $$;

\set type acquisition_summary
\set pieces '0 1 9 a f - ; : { } spend bigint ü'
\set numbers '0 1 7 2147483648 9223372036854775807 9223372036854775808 170141183460469231731687303715884105727 340282366920938463463374607431768211456'
\set text_refusals '{22P02}'
\set message_refusals '{22P03}'
\set texts 200
\set messages 200
\ir include/damage.sql

CREATE FUNCTION pg_temp.received_text(message bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN pg_temp.received(message)::text;
EXCEPTION WHEN invalid_binary_representation OR protocol_violation THEN
	RETURN 'refused';
END $$;
-- version, kind of key, words behind it, cost with its low half first, customers
CREATE FUNCTION pg_temp.message(version int, kind int, payload int, low bigint, high bigint, customers bigint, body bytea) RETURNS bytea LANGUAGE sql
RETURN substr(int4send(version), 4) || substr(int4send(kind), 4) || substr(int4send(payload), 4) || int8send(low) || int8send(high) || int8send(customers) || body;
SELECT is(pg_temp.received_text(pg_temp.message(version, kind, payload, low, high, customers, body)), answer, format('message of version %s, kind %s, payload %s, cost %s %s, %s customers', version, kind, payload, low, high, customers))
FROM (VALUES
	(1, 1, 0, 5::bigint, 0::bigint, 1::bigint, int8send(7 # -9223372036854775808), '{bigint spend 5 7}'), (1, 1, 0, -5, -1, 0, '', '{bigint spend -5}'),
	(1, 1, 0, -1, 9223372036854775807, 0, '', '{bigint spend 170141183460469231731687303715884105727}'), (1, 1, 0, 0, -9223372036854775808, 0, '', 'refused'),
	(1, 1, 0, 5, 0, 2, int8send(0) || int8send(0), '{bigint spend 5 -9223372036854775808}'),
	(2, 1, 0, 5, 0, 1, int8send(7), 'refused'), (1, 0, 0, 5, 0, 1, int8send(7), 'refused'), (1, 4, 0, 5, 0, 1, int8send(7), 'refused'), (1, 1, 1, 5, 0, 1, int8send(7), 'refused'), (1, 1, 2, 5, 0, 1, int8send(7), 'refused'),
	(1, 2, 0, 5, 0, 1, int8send(7), 'refused'), (1, 1, 0, 5, 0, 2, int8send(7), 'refused'), (1, 1, 0, 5, 0, 0, int8send(7), 'refused'), (1, 1, 0, 5, 0, -1, int8send(7), 'refused'),
	(1, 1, 0, 5, 0, 2305843009213693953, int8send(7), 'refused')	-- * 8 is 8 in 64 bits
) v (version, kind, payload, low, high, customers, body, answer);

SELECT * FROM finish();
ROLLBACK;
