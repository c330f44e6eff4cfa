-- Growth of revenue, against a search for each base in plain SQL.
\set QUIET on
\pset format unaligned
\pset tuples_only on
BEGIN;
SET LOCAL search_path = public, sales_kpi;
SELECT plan(66);

/*
 * By hand.
 */
CREATE FUNCTION pg_temp.growths(amounts numeric[], periods_back integer) RETURNS float8[] LANGUAGE sql AS $$
	SELECT array_agg(growth ORDER BY place)
	FROM (SELECT place, revenue_growth(amount, periods_back) OVER (ORDER BY place) AS growth FROM unnest(amounts) WITH ORDINALITY a(amount, place)) s
$$;
SELECT is(pg_temp.growths(amounts, back), expected, format('%s, %s back', left(amounts::text, 30), back))
FROM (VALUES
	('{100,150,75}'::numeric[], 1, '{NULL,0.5,-0.5}'::float8[]),
	('{100,150,75}', 2, '{NULL,NULL,-0.25}'),
	('{100,150,75}', 3, '{NULL,NULL,NULL}'),
	('{100,150,75}', 2147483647, '{NULL,NULL,NULL}'),
	('{100,150,75}', NULL, '{NULL,NULL,NULL}'),
	('{100,NULL,75,30}', 1, '{NULL,NULL,NULL,-0.6}'),
	('{0,5,-5,5,0}', 1, '{NULL,NULL,-2,NULL,-1}'),
	('{0.00,0.01,0.03}', 1, '{NULL,NULL,2}'),
	('{3,4}', 1, '{NULL,0.3333333333333333}'),
	('{1e-400,1e-400,3e-400}', 1, '{NULL,0,2}'),
	('{2e400,3e400}', 1, '{NULL,0.5}')
) g(amounts, back, expected);
SELECT is(pg_temp.growths(ARRAY[1, 1 + 1e-400::numeric], 1), '{NULL,0}', 'a growth less than any float8');
SELECT is((SELECT array_agg(g ORDER BY p) FROM (SELECT p, revenue_growth(a) OVER (ORDER BY p) AS g FROM (VALUES (1, 2), (2, 3)) v(p, a)) s), '{NULL,0.5}', 'on the row before, where nothing is said');

CREATE FUNCTION pg_temp.growths(periods date[], amounts numeric[], step interval) RETURNS float8[] LANGUAGE sql AS $$
	SELECT array_agg(growth ORDER BY period)
	FROM (SELECT period, revenue_growth(amount, period, step) OVER (ORDER BY period) AS growth FROM unnest(periods, amounts) a(period, amount)) s
$$;
SELECT is(pg_temp.growths(periods, amounts, step), expected, format('%s, %s, a step of %s', periods, amounts, step))
FROM (VALUES
	('{2025-01-01,2025-02-01,2025-04-01,2025-05-01}'::date[], '{100,150,75,150}'::numeric[], interval '1 month', '{NULL,0.5,NULL,1}'::float8[]),
	('{2024-02-29,2025-02-28,2026-02-28}', '{1,2,3}', '1 year', '{NULL,NULL,0.5}'),
	('{2025-02-28,2025-03-29,2025-03-30,2025-03-31}', '{1,2,3,4}', '1 month', '{NULL,1,2,3}'),
	('{2025-01-01,2025-01-02,2025-01-03}', '{1,2,3}', '1 hour', '{NULL,1,0.5}'),
	('{2025-01-01,2025-01-02,2025-01-03}', '{1,2,3}', '25 hours', '{NULL,NULL,2}'),
	('{2025-01-01,2025-01-02}', '{1,2}', NULL, '{NULL,NULL}'),
	('{2025-01-01,2025-01-02,NULL,NULL}', '{1,2,9,9}', '1 day', '{NULL,1,NULL,NULL}'),
	('{-infinity,2025-01-01,2025-01-02,infinity}', '{1,2,3,4}', '1 day', '{NULL,NULL,0.5,NULL}'),
	('{2025-01-01,2025-01-02,2025-01-03,2025-01-04}', '{0,1,NULL,3}', '1 day', '{NULL,NULL,NULL,NULL}'),
	('{2025-01-01,2025-01-03}', '{1,2}', '1 year', '{NULL,NULL}')
) g(periods, amounts, step, expected);
SELECT is((SELECT array_agg(g ORDER BY p NULLS FIRST) FROM (SELECT p, revenue_growth(a, p, '1 day') OVER (ORDER BY p NULLS FIRST) AS g
	FROM unnest('{2025-01-01,2025-01-02,NULL,NULL}'::date[], '{1,2,9,9}'::numeric[]) v(p, a)) s), '{NULL,NULL,NULL,1}', 'periods that are not known, before all others');
CREATE TEMPORARY SEQUENCE look;
CREATE TEMPORARY TABLE looked AS
SELECT n, revenue_growth(n, CASE WHEN nextval('look') > 0 AND n > 1000 THEN date '2025-01-01' + n END, '1 day') OVER (ORDER BY n) AS g FROM generate_series(1, 1002) n;
SELECT cmp_ok(currval('look'), '<', 1020::bigint, '... are not gone through again');

/*
 * At random: gaps, amounts that are missing, 0 or negative.
 */
SELECT setseed(0.12);
CREATE TEMPORARY TABLE revenue AS
SELECT seed, member, n, (date '2023-11-01' + n * step)::date AS period, step,
	CASE WHEN random() < 0.85 THEN round((random() * 100 - 10)::numeric, (random() * 3)::integer) END AS amount
FROM (SELECT seed, (ARRAY['1 day', '7 days', '1 month', '3 months', '1 year'])[1 + seed % 5]::interval AS step FROM generate_series(1, 40) seed) k,
	generate_series(1, 3) member, generate_series(0, 60) n
WHERE random() < 0.8;
INSERT INTO revenue SELECT seed, member, 99, NULL, NULL, 5 FROM generate_series(1, 40, 3) seed, generate_series(1, 2) member, generate_series(0, 1);
CREATE INDEX ON revenue (seed, member, period);
ANALYZE revenue;

CREATE FUNCTION pg_temp.growth(amount numeric, base numeric) RETURNS float8 LANGUAGE sql AS $$
	SELECT CASE WHEN base > 0 THEN ((amount - base) / base)::float8 END
$$;
SELECT is_empty(format($$
	SELECT * FROM (
		SELECT *, revenue_growth(amount, %1$s) OVER w AS got, lag(amount, %1$s) OVER w AS base FROM revenue WINDOW w AS (PARTITION BY seed, member ORDER BY period, n)
	) s WHERE got IS DISTINCT FROM pg_temp.growth(amount, base)
$$, back), 'back by ' || back)
FROM unnest(ARRAY['1', '2', '12', '100', 'seed', '1 + n % 7', '(now() IS NOT NULL)::integer']) back;
SELECT is_empty(format($$
	SELECT * FROM (
		SELECT *, revenue_growth(amount, period, %1$s) OVER (PARTITION BY seed, member ORDER BY period) AS got, (period - %1$s)::date AS day FROM revenue
	) r
	WHERE got IS DISTINCT FROM pg_temp.growth(amount, (SELECT b.amount FROM revenue b WHERE b.seed = r.seed AND b.member = r.member AND b.period = r.day))
$$, step), 'a step of ' || step)
FROM unnest(ARRAY['step', '2 * step', $$interval '1 month'$$, $$interval '1 year'$$, $$interval '364 days'$$, $$interval '1 month 3 days'$$, 'step * (1 + n % 5)',
	$$interval '1 day' * (1 + (n * 7919) % 400)$$]) step;
SELECT is_empty(format($$
	SELECT * FROM (
		SELECT revenue_growth(amount) OVER w AS a, revenue_growth(amount) OVER (w %1$s) AS b,
			revenue_growth(amount, period, interval '1 month') OVER w AS c, revenue_growth(amount, period, interval '1 month') OVER (w %1$s) AS d
		FROM revenue WINDOW w AS (PARTITION BY seed, member ORDER BY period)
	) s WHERE (a, c) IS DISTINCT FROM (b, d)
$$, frame), frame)
FROM unnest(ARRAY[
	'ROWS BETWEEN CURRENT ROW AND CURRENT ROW',
	'ROWS BETWEEN 2 FOLLOWING AND UNBOUNDED FOLLOWING',
	'RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW',
	'GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE TIES'
]) frame;
CREATE DOMAIN pg_temp.money_amount AS numeric(12, 3);
CREATE DOMAIN pg_temp.first_day AS date;
SELECT is_empty($$
	SELECT * FROM (
		SELECT revenue_growth(amount::integer) OVER w AS a, revenue_growth(amount::integer::bigint, 1::smallint) OVER w AS b,
			revenue_growth(amount => amount::integer::pg_temp.money_amount) OVER w AS c,
			revenue_growth(amount::integer, period, interval '7 days') OVER w AS d,
			revenue_growth(step => interval '7 days', period => period::pg_temp.first_day, amount => amount::integer::numeric) OVER w AS e
		FROM revenue WHERE seed % 5 = 1 AND period IS NOT NULL WINDOW w AS (PARTITION BY seed, member ORDER BY period)
	) s WHERE a IS DISTINCT FROM b OR a IS DISTINCT FROM c OR d IS DISTINCT FROM e
$$, 'types that are numbers and dates, and names of arguments');

/*
 * Partitions: none, one of many rows, many.
 */
SELECT is_empty('SELECT revenue_growth(amount) OVER (), revenue_growth(amount, period, step) OVER () FROM revenue WHERE false', 'no rows');
SET LOCAL work_mem = '64kB';
SELECT results_eq($$
	SELECT count(a), sum(a), count(b), sum(b), count(c), sum(c)
	FROM (
		SELECT revenue_growth(2 ^ (n % 2)::numeric) OVER w AS a,
			revenue_growth(2 ^ (n % 2)::numeric, date '2000-01-01' + n, interval '10001 days') OVER w AS b,
			revenue_growth(2 ^ (n % 2)::numeric, date '2000-01-01' + n, interval '1 day' * (1 + n % 100)) OVER w AS c
		FROM generate_series(0, 199999) n WINDOW w AS (ORDER BY n)
	) s
$$, $$ VALUES (199999::bigint, 50000.5::float8, 189999::bigint, 47500.5::float8, 199900::bigint, -49975::float8) $$, 'a partition of 200,000 days');
RESET work_mem;
SELECT results_eq($$
	SELECT count(a), sum(a), count(b), sum(b)
	FROM (
		SELECT revenue_growth(1 + n / 100000) OVER w AS a, revenue_growth(1 + n / 100000, date '2000-01-01' + n / 100000, '2 days') OVER w AS b
		FROM generate_series(0, 299999) n WINDOW w AS (PARTITION BY n % 100000 ORDER BY n)
	) s
$$, $$ VALUES (200000::bigint, 150000::float8, 100000::bigint, 200000::float8) $$, '100,000 partitions');

/*
 * What it refuses.
 */
SELECT throws_ok(query, state, message, query)
FROM (VALUES
	('SELECT revenue_growth(1, 0) OVER ()', '22023', 'revenue grows on a period before'),
	('SELECT revenue_growth(NULL, -2147483648) OVER ()', '22023', 'revenue grows on a period before'),
	($$SELECT revenue_growth('NaN') OVER ()$$, '22003', 'the revenue of a period is not a finite number'),
	($$SELECT revenue_growth('Infinity', NULL) OVER ()$$, '22003', 'the revenue of a period is not a finite number'),
	($$SELECT revenue_growth('-Infinity', NULL, NULL) OVER ()$$, '22003', 'the revenue of a period is not a finite number'),
	($$SELECT revenue_growth(a) OVER (ORDER BY a DESC) FROM unnest('{1,NaN}'::numeric[]) a$$, '22003', 'the revenue of a period is not a finite number'),
	($$SELECT revenue_growth(a) OVER (ORDER BY a) FROM unnest('{1e-300,1e300}'::numeric[]) a$$, '22003', 'the growth of revenue is beyond any float8'),
	($$SELECT revenue_growth(1, '2025-01-01', '0') OVER ()$$, '22023', 'revenue grows on a period before'),
	($$SELECT revenue_growth(NULL, '2025-01-01', '-1 day') OVER ()$$, '22023', 'revenue grows on a period before'),
	($$SELECT revenue_growth(1, '2025-01-31', '1 month -30 days') OVER ()$$, '22023', 'revenue grows on a period before'),
	($$SELECT revenue_growth(1, '2025-03-01', '1 month -29 days') OVER ()$$, '22023', 'revenue grows on a period before'),
	($$SELECT revenue_growth(1, '2025-01-01', '1 day') OVER () FROM generate_series(1, 2)$$, '22023', 'the periods of revenue do not ascend'),
	($$SELECT revenue_growth(1, p, '1 day') OVER (ORDER BY p DESC) FROM unnest('{2025-01-01,2025-01-02}'::date[]) p$$, '22023', 'the periods of revenue do not ascend'),
	($$SELECT revenue_growth(1, p, NULL) OVER (ORDER BY n) FROM unnest('{2025-01-01,NULL,2025-01-02}'::date[]) WITH ORDINALITY s(p, n)$$, '22023', 'the periods of revenue do not ascend'),
	($$SELECT revenue_growth(1, '4713-01-01 BC', '1000 years') OVER ()$$, '22008', 'timestamp out of range'),
	('SELECT revenue_growth(1.5::float8) OVER ()', '42883', 'function revenue_growth(double precision) does not exist')
) q(query, state, message);
CREATE FUNCTION pg_temp.detail_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	EXECUTE query;
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN detail;
END $$;
SELECT is(pg_temp.detail_of($$SELECT revenue_growth(a) OVER (ORDER BY a) FROM unnest(ARRAY[1e-300, 1e130000::numeric]) a$$), 'From 1.000000e-300 to 1.000000e+130000.', 'long numbers are told in short');
SELECT is(pg_temp.detail_of($$SELECT revenue_growth('NaN') OVER ()$$), 'It is NaN.', 'what is no number is told');

SELECT * FROM finish();
ROLLBACK;
