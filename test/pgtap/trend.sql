-- Trend, against all pairs of values and all orders of them, in plain SQL.
\set QUIET on
\pset format unaligned
\pset tuples_only on
BEGIN;
SET LOCAL search_path = public, sales_kpi;
SELECT plan(95);

CREATE FUNCTION pg_temp.trend_of(series float8[]) RETURNS trend_result LANGUAGE sql IMMUTABLE AS $$
	SELECT trend(value ORDER BY place) FROM unnest(series) WITH ORDINALITY s(value, place)
$$;

/*
 * As published. The effect of seeding clouds, by year: M. Hollander, D. A. Wolfe,
 * Nonparametric Statistical Methods, example 9.1. Concentrations with ties: US EPA,
 * Data Quality Assessment: Statistical Methods for Practitioners (QA/G-9S), page 109:
 * a score of 22, of 55 pairs with 7 ties, a variance of 155.33, z = 1.685. A series by
 * hand: J. Little, College of the Holy Cross, a score of 54, of 91 pairs with one tie,
 * z = 2.9058. Reported times, by the limit: P. Sprent, N. C. Smeeton, Applied
 * Nonparametric Statistical Methods, example 11.4. The numbers to 100, more than are
 * counted out: tests of MannKendall.jl.
 */
SELECT is(round(slope::numeric, 5) || ' ' || round(tau::numeric, 1) || ' ' || round(p_value::numeric, 4) || ' ' || n, '-0.05625 -0.6 0.2333 5', 'seeded clouds')
FROM pg_temp.trend_of('{1.26,1.27,1.12,1.16,1.03}');
SELECT is(round((tau * sqrt(55 * 48))::numeric, 10), 22.0, 'concentrations: the score') FROM pg_temp.trend_of('{10,10,10,5,10,20,18,17,15,24,15}');
SELECT cmp_ok(abs(p_value - 2 * 0.046), '<', 0.002::float8, 'and its probability, of which z gives an idea') FROM pg_temp.trend_of('{10,10,10,5,10,20,18,17,15,24,15}');
SELECT is(round((tau * sqrt(91 * 90))::numeric, 10), 54.0, 'by hand: the score') FROM pg_temp.trend_of('{12.9,14.8,13.2,15.7,13.8,15.6,12.9,11.0,17.3,15.9,19.0,18.3,20.1,21.7}');
SELECT cmp_ok(abs(p_value - 2 * 0.0018), '<', 0.002::float8, 'and its probability') FROM pg_temp.trend_of('{12.9,14.8,13.2,15.7,13.8,15.6,12.9,11.0,17.3,15.9,19.0,18.3,20.1,21.7}');
SELECT is(round(slope::numeric, 8), 0.56666667, 'reported times') FROM pg_temp.trend_of('{2.5,3.1,3.4,4,4.6,5.1,11.1}');
CREATE FUNCTION pg_temp.both_tails(z float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	divisor float8 := z;
BEGIN
	-- Laplace's continued fraction
	FOR k IN REVERSE 1000 + (600 / z ^ 2)::integer .. 1 LOOP
		divisor := z + k / divisor;
	END LOOP;
	RETURN 2 * exp(-z * z / 2) / sqrt(2 * pi()) / divisor;
END $$;
SELECT cmp_ok(abs(p_value / pg_temp.both_tails(14.73869998208331) - 1), '<', 1e-12::float8, 'the numbers to 100')
FROM (SELECT (trend(i ORDER BY i)).* FROM generate_series(1, 100) i) t;

/*
 * The probability that a score is reached: M. G. Kendall, Rank Correlation Methods,
 * table 1, by the number of values. A series with some pairs that fall: each value is
 * put before as many of the smaller ones as are needed.
 */
CREATE FUNCTION pg_temp.series_with(falling integer, n integer) RETURNS float8[] LANGUAGE plpgsql AS $$
DECLARE
	series float8[] := '{}';
	ahead integer;
BEGIN
	FOR value IN 1 .. n LOOP
		ahead := least(falling, value - 1);
		falling := falling - ahead;
		series := series[:value - 1 - ahead] || value::float8 || series[value - ahead:];
	END LOOP;
	RETURN series;
END $$;
SELECT cmp_ok(abs(p_value / 2 / published - 1), '<', 0.06::float8, format('%s values, score %s', n, score))
FROM (VALUES
	(4, 4, 0.167), (4, 6, 0.042), (5, 6, 0.117), (5, 8, 0.042), (5, 10, 0.0083), (8, 10, 0.138), (8, 16, 0.031), (8, 24, 0.00087),
	(9, 12, 0.130), (9, 20, 0.022), (10, 15, 0.108), (10, 21, 0.036), (10, 25, 0.014), (10, 31, 0.0023), (10, 35, 0.00047)
) k(values, score, published), pg_temp.trend_of(pg_temp.series_with((values * (values - 1) / 2 - score) / 2, values));

/*
 * The oracle, from all pairs of values and of orders.
 */
CREATE FUNCTION pg_temp.slope(series float8[]) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
	SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY (later - earlier) / (j - i))
	FROM unnest(series) WITH ORDINALITY a(earlier, i) JOIN unnest(series) WITH ORDINALITY b(later, j) ON i < j
$$;
CREATE FUNCTION pg_temp.score(series float8[]) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
	SELECT sum(sign(later - earlier))::bigint
	FROM unnest(series) WITH ORDINALITY a(earlier, i) JOIN unnest(series) WITH ORDINALITY b(later, j) ON i < j
$$;
CREATE FUNCTION pg_temp.tau(series float8[]) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
	SELECT sum(sign(later - earlier)) / sqrt(count(*)) / nullif(sqrt(count(*) FILTER (WHERE earlier <> later)), 0)
	FROM unnest(series) WITH ORDINALITY a(earlier, i) JOIN unnest(series) WITH ORDINALITY b(later, j) ON i < j
$$;

-- Up to 8 values are put into all orders.
CREATE TEMPORARY TABLE ordering AS
WITH RECURSIVE o(members) AS (
	SELECT ARRAY[]::integer[]
	UNION ALL
	SELECT members[:at] || cardinality(members) + 1 || members[at + 1:] FROM o, generate_series(0, cardinality(members)) at WHERE cardinality(members) < 8
)
SELECT cardinality(members) AS n, row_number() OVER (ORDER BY members) AS number, members FROM o;
CREATE TEMPORARY TABLE ordered_pair AS
SELECT n, number, members[i] AS earlier, members[j] AS later FROM ordering, generate_series(1, n) i, generate_series(i + 1, n) j;
CREATE INDEX ON ordered_pair (n);
CREATE FUNCTION pg_temp.by_all_orders(series float8[]) RETURNS float8 LANGUAGE sql STABLE AS $$
	SELECT avg((abs(score) >= abs(pg_temp.score(series)))::integer)
	FROM (SELECT sum(sign(series[later] - series[earlier])) AS score FROM ordered_pair WHERE n = cardinality(series) GROUP BY number) s
$$;

-- Up to 34 values: in how many ways a number of larger values are put between smaller
-- ones, by the pairs that fall. The last of them is a larger one, or a smaller one that
-- all the larger ones precede.
CREATE TEMPORARY TABLE way (smaller integer, larger integer, falling bigint, ways numeric);
DO $$
BEGIN
	INSERT INTO way VALUES (0, 0, 0, 1);
	FOR n IN 1 .. 34 LOOP
		INSERT INTO way
		SELECT smaller, larger, falling, sum(ways)
		FROM (
			SELECT smaller, larger + 1 AS larger, falling, ways FROM way WHERE smaller + larger = n - 1
			UNION ALL
			SELECT smaller + 1, larger, falling + larger, ways FROM way WHERE smaller + larger = n - 1
		) w
		GROUP BY 1, 2, 3;
	END LOOP;
END $$;
CREATE INDEX ON way (smaller, larger);
ANALYZE way;
CREATE FUNCTION pg_temp.by_ways(series float8[]) RETURNS float8 LANGUAGE plpgsql STABLE AS $$
DECLARE
	orders numeric[] := '{1}';
	equal record;
BEGIN
	FOR equal IN SELECT count(*) AS larger, sum(count(*)) OVER (ORDER BY v) - count(*) AS smaller FROM unnest(series) v GROUP BY v LOOP
		orders := (
			SELECT array_agg(ways ORDER BY falling)
			FROM (
				SELECT o.place - 1 + w.falling AS falling, sum(o.ways * w.ways) AS ways
				FROM unnest(orders) WITH ORDINALITY o(ways, place), way w
				WHERE w.smaller = equal.smaller AND w.larger = equal.larger
				GROUP BY 1
			) s
		);
	END LOOP;
	RETURN (
		SELECT sum(ways) FILTER (WHERE abs(cardinality(orders) - 1 - 2 * (place - 1)) >= abs(pg_temp.score(series))) / sum(ways)
		FROM unnest(orders) WITH ORDINALITY o(ways, place)
	);
END $$;

-- More values: the normal distribution.
CREATE FUNCTION pg_temp.by_normal(series float8[]) RETURNS float8 LANGUAGE plpgsql STABLE AS $$
DECLARE
	n CONSTANT numeric := cardinality(series);
	ties CONSTANT numeric := (SELECT sum(t * (t - 1) * (2 * t + 5)) FROM (SELECT count(*) AS t FROM unnest(series) v GROUP BY v) g);
BEGIN
	IF abs(pg_temp.score(series)) <= 1 THEN
		RETURN 1;
	END IF;
	RETURN pg_temp.both_tails((abs(pg_temp.score(series)) - 1) / sqrt((n * (n - 1) * (2 * n + 5) - ties) / 18));
END $$;

-- Both numbers are the same, or both are missing.
CREATE FUNCTION pg_temp.near(got float8, expected float8, tolerance float8) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
	SELECT got IS NOT DISTINCT FROM expected OR coalesce(abs(got - expected) <= tolerance * abs(expected), false)
$$;

SELECT setseed(0.57);
CREATE FUNCTION pg_temp.random_series(count integer, levels integer) RETURNS float8[] LANGUAGE sql VOLATILE AS $$
	SELECT array_agg(CASE WHEN levels IS NULL THEN random() ELSE floor(random() * levels) END + drift * i)
	FROM generate_series(1, count) i, (SELECT (CASE WHEN levels IS NULL THEN 0.1 ELSE 1 END) * floor(random() * 3 - 1) AS drift) d
$$;
CREATE TEMPORARY TABLE compared AS
SELECT *, (pg_temp.trend_of(series)).*, pg_temp.slope(series) AS expected_slope, pg_temp.tau(series) AS expected_tau,
	CASE WHEN count <= 8 THEN pg_temp.by_all_orders(series) END AS by_all_orders,
	CASE WHEN count <= 34 THEN pg_temp.by_ways(series) ELSE pg_temp.by_normal(series) END AS expected_p_value
FROM (
	SELECT pg_temp.random_series(count, levels) AS series, count, levels
	FROM generate_series(2, 7) count, unnest(ARRAY[NULL, 1, 2, 3, 6]) levels, generate_series(1, 3) seed
	UNION ALL
	SELECT pg_temp.random_series(count, levels), count, levels
	FROM unnest(ARRAY[8, 9, 12, 13, 24, 33, 34]) count, unnest(ARRAY[NULL, 2, 3, 20]) levels
	UNION ALL
	SELECT pg_temp.random_series(count, levels), count, levels
	FROM unnest(ARRAY[35, 60, 63, 64, 65, 100, 365]) count, unnest(ARRAY[NULL, 1, 2, 3, 20, 1000]) levels, generate_series(1, 3) seed
) s;

SELECT is(pg_temp.by_all_orders('{1,2,3}'), 1 / 3.0::float8, 'the oracle: two of six orders of three values');
SELECT is(round(pg_temp.by_ways('{1.26,1.27,1.12,1.16,1.03}')::numeric, 4), 0.2333, 'the oracle: seeded clouds');
SELECT is_empty($$SELECT * FROM compared WHERE n <> count$$, 'all values are known');
SELECT is_empty($$SELECT * FROM compared WHERE slope IS DISTINCT FROM expected_slope$$, 'slope: the median of all');
SELECT is_empty($$SELECT * FROM compared WHERE NOT pg_temp.near(tau, expected_tau, 1e-15)$$, 'tau');
SELECT is_empty($$SELECT * FROM compared WHERE n <= 8 AND NOT pg_temp.near(p_value, by_all_orders, 1e-15)$$, 'p_value, up to 8 values: all orders');
SELECT is_empty($$SELECT * FROM compared WHERE n <= 34 AND NOT pg_temp.near(p_value, expected_p_value, 1e-15)$$, 'up to 34: all ways');
SELECT is_empty($$SELECT * FROM compared WHERE n > 34 AND NOT pg_temp.near(p_value, expected_p_value, 1e-12)$$, 'more: the normal distribution');
SELECT is_empty($$SELECT * FROM compared WHERE (tau IS NULL) <> (expected_slope = 0 AND p_value = 1 AND cardinality(array_positions(series, series[1])) = n)$$, 'no tau of equal values');

/*
 * Series that are hard to search: lines and what is nearly one, slopes that no float8
 * holds, values far apart.
 */
CREATE TEMPORARY TABLE hard AS
SELECT kind, (SELECT array_agg(
		CASE kind
			WHEN 'thirds' THEN i / 3
			WHEN 'a third' THEN i / 3.0
			WHEN 'a tenth' THEN i * 0.1
			WHEN 'a tenth and a digit' THEN i * 0.1 + floor(random() * 3) * 1e-16
			WHEN 'far from zero' THEN 1e15 + floor(random() * 9) / 8
			WHEN 'two lines' THEN i * (i % 2)
			WHEN 'outliers' THEN CASE WHEN random() < 0.1 THEN (random() - 0.5) * 2e300 ELSE random() END
			WHEN 'all sizes' THEN sign(random() - 0.5) * 10 ^ (random() * 550 - 250)
			WHEN 'least values' THEN (1 + floor(random() * 4)) * 1e-250
			WHEN 'a walk' THEN sin(i / 20.0) + random() / 50
			WHEN 'one step' THEN (i > 200)::integer
			WHEN 'up and down' THEN abs(200 - i)
			WHEN 'a curve' THEN i ^ 3
		END::float8 ORDER BY i)
	FROM generate_series(1, 400) i) AS series
FROM unnest(ARRAY['thirds', 'a third', 'a tenth', 'a tenth and a digit', 'far from zero', 'two lines', 'outliers', 'all sizes', 'least values', 'a walk', 'one step', 'up and down', 'a curve']) kind;
SELECT ok(pg_temp.near(slope, pg_temp.slope(series), 4e-16) AND pg_temp.near(tau, pg_temp.tau(series), 1e-15), kind)
FROM hard, pg_temp.trend_of(series);

/*
 * A value that is not known keeps its place. Few values, or none.
 */
SELECT is(pg_temp.trend_of(series), expected::trend_result, format('of %s', coalesce(series::text, 'NULL')))
FROM (VALUES
	('{1,NULL,3}'::float8[], '(1,1,1,2)'),
	('{NULL,NULL,1,2,NULL,NULL,5,NULL}', '(1,1,0.3333333333333333,3)'),
	('{1,2}', '(1,1,1,2)'),
	('{4,4}', '(0,,1,2)'),
	('{-0,0}', '(0,,1,2)'),
	('{7}', '(,,,1)'),
	('{NULL,7,NULL}', '(,,,1)'),
	('{NULL,NULL}', NULL),
	('{}', NULL),
	('{-1e300,1e300}', '(2e+300,1,1,2)'),
	('{1e300,-1e300,1e300,-1e300}', '(-3.3333333333333335e+299,-0.4082482904638631,0.6666666666666666,4)')
) s(series, expected);
CREATE TEMPORARY TABLE gappy AS
SELECT length, place, CASE WHEN random() < 0.7 THEN floor(random() * 9) + place END AS value
FROM generate_series(1, 90) length, generate_series(1, length) place;
SELECT is_empty($$
	SELECT * FROM (
		SELECT length, trend(value ORDER BY place) AS got, pg_temp.trend_of(array_agg(value ORDER BY place) FILTER (WHERE value IS NOT NULL)) AS known
		FROM gappy GROUP BY length
	) s
	WHERE (got).slope IS DISTINCT FROM (
			SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY (b.value - a.value) / (b.place - a.place))
			FROM gappy a JOIN gappy b USING (length) WHERE a.place < b.place AND length = s.length
		)
		OR ((got).tau, (got).p_value, (got).n) IS DISTINCT FROM ((known).tau, (known).p_value, (known).n)
$$, 'gaps: slopes are over the whole way, all else is of what is known');
SELECT is((trend(v ORDER BY v) FILTER (WHERE v <> 3)).slope, 1::float8, 'what a filter leaves out has no place') FROM (VALUES (1), (2), (3), (3), (3)) s(v);
SELECT is((trend(v ORDER BY v DESC)).tau, -1::float8, 'the other way round') FROM generate_series(1, 20) v;

/*
 * Window frames, which rows leave again.
 */
CREATE FUNCTION pg_temp.frame_differences(frame text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format(
		'SELECT (length, place, got, series)::text FROM (
			SELECT length, place, trend(value) OVER w AS got, array_agg(value) OVER w AS series FROM gappy WINDOW w AS (PARTITION BY length ORDER BY place %s)
		) s WHERE got IS DISTINCT FROM pg_temp.trend_of(series)', frame);
END $$;
SELECT is_empty(format('SELECT * FROM pg_temp.frame_differences(%L)', frame), frame)
FROM unnest(ARRAY[
	'ROWS 11 PRECEDING',
	'ROWS BETWEEN 5 PRECEDING AND 2 PRECEDING',
	'ROWS BETWEEN CURRENT ROW AND 40 FOLLOWING',
	'ROWS BETWEEN 3 FOLLOWING AND 2 FOLLOWING',
	'RANGE BETWEEN 5 PRECEDING AND 1 FOLLOWING',
	'GROUPS BETWEEN 2 PRECEDING AND UNBOUNDED FOLLOWING',
	'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
	'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING',
	'ROWS BETWEEN 4 PRECEDING AND 4 FOLLOWING EXCLUDE CURRENT ROW'
]) AS frame;
SELECT is_empty($$
	SELECT * FROM (
		SELECT trend(value) FILTER (WHERE place % 3 > 0) OVER w AS got, array_agg(value) FILTER (WHERE place % 3 > 0) OVER w AS series
		FROM gappy WINDOW w AS (PARTITION BY length ORDER BY place ROWS 11 PRECEDING)
	) s
	WHERE got IS DISTINCT FROM pg_temp.trend_of(series)
$$, 'a frame and a filter');

/*
 * A million rows, and no worker that knows only some of a series.
 */
CREATE TABLE million AS
SELECT g * 7919 % 100000 AS series, p AS place, (g * 7919 % 100000 * p)::float8 AS value FROM generate_series(1, 100000) g, generate_series(1, 10) p;
ANALYZE million;
SELECT is_empty($$
	SELECT series, t FROM (SELECT series, trend(value ORDER BY place) AS t FROM million GROUP BY series) s
	WHERE (t).slope <> series OR (t).tau <> CASE WHEN series > 0 THEN 1 END OR (t).n <> 10
$$, 'many series');
SELECT is_empty($$
	SELECT series, t FROM (SELECT series, place, trend(value) OVER (PARTITION BY series ORDER BY place ROWS 2 PRECEDING) AS t FROM million) s
	WHERE ((t).slope <> series) IS DISTINCT FROM CASE WHEN place > 1 THEN false END OR (t).n <> least(place, 3)
$$, 'many frames');
SELECT results_eq(
	'SELECT (trend(i ORDER BY i)).* FROM generate_series(1, 1000000) i',
	'VALUES (1::float8, 1::float8, 0::float8, 1000000::bigint)',
	'a long line');
SELECT cmp_ok(abs((trend(i * 0.5 + i * 7919 % 1000003 ORDER BY i)).slope - 0.5), '<', 0.01::float8, 'a long cloud') FROM generate_series(1::bigint, 200000) i;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
CREATE FUNCTION pg_temp.plan(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
	lines text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		lines := lines || line || E'\n';
	END LOOP;
	RETURN lines;
END $$;
SELECT doesnt_match(pg_temp.plan('SELECT trend(value ORDER BY place) FROM million'), 'Partial', 'workers have no part in it');
SELECT doesnt_match(pg_temp.plan('SELECT trend(value) FROM (SELECT * FROM million ORDER BY place) s'), 'Partial', 'not even without an order');

/*
 * Bad values, and support functions called by hand.
 */
SELECT throws_ok(format('SELECT trend(%L)', value), '22003', 'a series cannot take the value ' || value, 'value ' || value)
FROM unnest(ARRAY['NaN', 'Infinity', '-Infinity', '1e+301', '-1e+301', '1e-251', '-1e-300']) value;
SELECT throws_ok('SELECT trend(1) FROM generate_series(1, 10000001)', '54000', 'too many values for a series', 'ten million values and one');
SELECT throws_ok('SELECT ' || call, '0A000', 'a support function of a series was called outside of an aggregate', call)
FROM unnest(ARRAY['series_add(NULL, 1)', $$series_add('{1}', 1)$$, $$series_remove('{1}', 1)$$, $$trend_final('{1,2}')$$]) call;
SELECT lives_ok(format('CREATE AGGREGATE pg_temp.trend_from_%s(float8) (SFUNC = series_add, STYPE = float8[], INITCOND = %L, FINALFUNC = trend_final)', name, state), 'an aggregate of one''s own')
FROM (VALUES ('nothing', '{}'), ('matrix', '{{1,2}}'), ('null', '{1,NULL}'), ('infinity', '{Infinity,1,NaN}')) s(name, state);
SELECT throws_ok(format('SELECT pg_temp.trend_from_%s(1)', name), '22023', 'this is not a state of a series', 'begins with a state: ' || name)
FROM unnest(ARRAY['nothing', 'matrix', 'null']) name;
SELECT is(pg_temp.trend_from_infinity(v ORDER BY v), '(1,1,0.3333333333333333,3)'::trend_result, 'an infinite value is not known') FROM generate_series(3, 4) v;
CREATE AGGREGATE pg_temp.taken_away(float8) (SFUNC = series_remove, STYPE = float8[]);
SELECT throws_ok('SELECT pg_temp.taken_away(1)', '22023', 'no row is left to be removed', 'nothing is taken from no rows');

SELECT * FROM finish();
ROLLBACK;
