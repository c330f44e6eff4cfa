-- Amounts are read from numerics as whole millionths, rounded half away from zero:
-- the same as numeric itself rounds, whatever a number's digits and scale.
BEGIN;
SET client_min_messages = warning;
SELECT plan(8);

CREATE FUNCTION pg_temp.through(amount numeric) RETURNS numeric
LANGUAGE sql
AS $$SELECT sales_kpi.spend(sales_kpi.acquisition_agg(amount, NULL::bigint))$$;

SELECT is_empty($$
	SELECT a FROM (VALUES (0), (-0.0), (1), (-1), (0.5), (0.0000005), (-0.0000005), (0.00000049999999), (0.0000015), (9999), (10000), (10001), (99999999),
		(100000000), (1e12), (123456789012.345678), (0.1 + 0.2), (1.0000000000000000000001), (0.00009999), (0.0001), (1e-30), (-1e-7),
		(9223372036854.775807), (-9223372036854.775807), (9223372036854.7758074), (42000000), (1e3), (1e4), (1e5), (1e8), (1.10), (1.100000)) v (a)
	WHERE pg_temp.through(a) IS DISTINCT FROM round(a, 6)$$, 'numbers at the edges of digits and scales');

SELECT setseed(0.5);
SELECT is_empty($$
	SELECT a FROM (SELECT round((random() * power(10, floor(random() * 13)))::numeric * CASE WHEN random() < 0.5 THEN -1 ELSE 1 END, floor(random() * 15)::int) AS a
		FROM generate_series(1, 20000)) r
	WHERE abs(a) < 9000000000000 AND pg_temp.through(a) IS DISTINCT FROM round(a, 6)$$, 'random numbers');

-- a long scale and a large weight do not fit the short header of a numeric
SELECT is(pg_temp.through(('1.' || repeat('0', 200) || '1')::numeric), 1.00, 'a number with two hundred digits');

SELECT is(pg_temp.through(12.5)::text, '12.50', 'two digits behind the point');
SELECT is(pg_temp.through(1234567.8901)::text, '1234567.8901', 'and more where there are more');
SELECT throws_ok($$SELECT pg_temp.through(9223372036854.7758075)$$, '22003', NULL, 'a millionth too much');

-- What a model checks, it reads from the head of a numeric: the same as by comparison,
-- in every form a numeric has.
CREATE TEMP TABLE amount AS
SELECT a FROM (VALUES (NULL), ('NaN'), ('Infinity'), ('-Infinity'), (0), (-0.0), ('0e-20'), (1), (-1), (1e-30), (-1e-30), (1e300), (-1e300), (1e131071), (-1e-16383),
	(('-1.' || repeat('0', 200) || '1')::numeric), (('1' || repeat('23', 5000))::numeric), (-('1' || repeat('23', 5000))::numeric)) v (a)
UNION ALL
SELECT round((random() - 0.5)::numeric * 10::numeric ^ floor(random() * 40)::int, floor(random() * 30)::int) FROM generate_series(1, 2000);
SELECT is_empty($$SELECT a FROM amount WHERE sales_kpi.is_finite(a) IS DISTINCT FROM (a > '-Infinity' AND a < 'Infinity') OR sales_kpi.is_negative(a) IS DISTINCT FROM (a < 0)$$,
	'amounts of a table are finite and negative as they compare');
SELECT is_empty($$SELECT a FROM amount WHERE sales_kpi.is_finite(a + 0) IS DISTINCT FROM (a > '-Infinity' AND a < 'Infinity') OR sales_kpi.is_negative(a + 0) IS DISTINCT FROM (a < 0)$$,
	'so are computed ones');

SELECT * FROM finish();
ROLLBACK;
