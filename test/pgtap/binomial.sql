-- The binomial test, against exact sums in numeric and published examples.
\set QUIET on
\pset format unaligned
\pset tuples_only on
BEGIN;
SET LOCAL search_path = public, sales_kpi;
SELECT plan(48);

/*
 * As published. 235 dice with 51 sixes: the article "Binomial test" of Wikipedia. 682
 * of 925 plants, where Mendel expects 3 in 4, two-sided: Conover, Practical
 * Nonparametric Statistics (1971), page 97, and the help of R's binom.test. Knots tied
 * under stress, 2 of 18 students with the second method: Siegel, Nonparametric
 * Statistics (1956), the binomial test.
 */
SELECT is(round(binomial_tail(51, 235, 1 / 6.0)::numeric, 5), 0.02654, 'sixes');
SELECT is(round((1 - binomial_tail(683, 925, 0.75) + binomial_tail(706, 925, 0.75))::numeric, 4), 0.3825, 'Mendel''s peas');
SELECT is(round(binomial_tail(16, 18, 0.5)::numeric, 3), 0.001, 'knots');

/*
 * The definition, in whole numbers: a probability is so many parts of 1024.
 */
CREATE FUNCTION pg_temp.expected(hits integer, total integer, parts numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
	SELECT sum(factorial(total) / (factorial(i) * factorial(total - i)) * parts ^ i * (1024 - parts) ^ (total - i)) / 1024 ^ total::numeric
	FROM generate_series(hits, total) i
$$;
SELECT is(pg_temp.expected(2, 3, 256), 0.15625, 'the oracle: two or three of three');
CREATE TEMPORARY TABLE compared AS
SELECT hits, total, parts, binomial_tail(hits, total, parts / 1024.0) AS got, pg_temp.expected(hits, total, parts) AS expected
FROM generate_series(0, 40) total, LATERAL generate_series(0, total, 1 + total / 15) hits,
	unnest(ARRAY[0, 1, 64, 256, 512, 700, 960, 1024]) parts;
SELECT cmp_ok(count(*), '>', 3000::bigint, 'small totals') FROM compared;
SELECT is_empty($$SELECT * FROM compared WHERE abs(got::numeric - expected) > 1e-14 * expected$$, 'the sum of the terms');
SELECT is_empty($$SELECT * FROM compared WHERE NOT (0 <= got AND got <= 1)$$, 'is a probability');
SELECT is_empty($$SELECT * FROM compared WHERE hits = 0 AND got <> 1$$, 'no hits or more are certain');

/*
 * Large totals, against answers worked out with 50 digits by mpmath.
 */
SELECT cmp_ok(abs(binomial_tail(hits, total, probability) / expected - 1), '<', 1e-12::float8, format('%s of %s at %s', hits, total, probability))
FROM (VALUES
	(60, 1000, 0.05, 0.0867321783848610223),
	(5300, 100000, 0.05, 8.24945155684405097e-6),
	(1, 1000000, 1e-9, 0.000999500167124508644),
	(5300, 1000000, 0.0052, 0.0835856733485197584),
	(500500, 1000000, 0.5, 0.158897345681652769),
	(517000, 1000000, 0.5, 1.03096539771698569e-253),
	(949000, 1000000, 0.95, 0.99999764054989186),
	(50020000, 100000000, 0.5, 0.0000316846208389717827),
	(5000100000, 10000000000, 0.5, 0.0227506718605439099),
	(10010, 10000000000, 1e-6, 0.461501605447019661),
	(3, 10, 1e-100, 1.20000000000000007e-298)
) r(hits, total, probability, expected);

/*
 * What holds at any size: one trial more hits or does not; hits from above are misses
 * from below; more hits are less likely, and more likely with a larger probability.
 */
SELECT setseed(0.31);
CREATE TEMPORARY TABLE random AS
SELECT total, probability,
	greatest(1, least(total, (total * probability + (random() * 16 - 4) * sqrt(total * probability * (1 - probability)))::bigint)) AS hits
FROM (
	SELECT (1 + exp(random() * 18))::bigint AS total, (1 + floor(random() * (2 ^ bits - 1))) / 2 ^ bits AS probability
	FROM generate_series(1, 500), unnest(ARRAY[2, 10, 30]) bits
) s;
SELECT is_empty($$
	SELECT * FROM (
		SELECT *, binomial_tail(hits, total + 1, probability) AS got,
			probability * binomial_tail(hits - 1, total, probability) + (1 - probability) * binomial_tail(hits, total, probability) AS expected
		FROM random
	) s
	WHERE got IS NULL OR abs(got - expected) > 1e-12 * expected
$$, 'a trial more');
SELECT is_empty($$
	SELECT * FROM random
	WHERE abs(binomial_tail(hits, total, probability) + binomial_tail(total - hits + 1, total, 1 - probability) - 1) > 1e-12
$$, 'misses from below');
SELECT is_empty($$
	SELECT * FROM random WHERE binomial_tail(hits, total, probability) > binomial_tail(hits - 1, total, probability)
$$, 'more hits');
SELECT is_empty($$
	SELECT * FROM random WHERE binomial_tail(hits, total, probability) > binomial_tail(hits, total, probability + (1 - probability) / 64)
$$, 'a larger probability');

/*
 * Limits.
 */
SELECT is(binomial_tail(0, 0, probability), 1::float8, 'none of none, at ' || probability) FROM unnest(ARRAY[0, 0.5, 1]) probability;
SELECT is(binomial_tail(7, 7, 1), 1::float8, 'all, for sure');
SELECT is(binomial_tail(1, 7, 0), 0::float8, 'one, of what never happens');
SELECT is(binomial_tail(1, 1, 5e-324), 5e-324::float8, 'the least probability');
SELECT is(binomial_tail(1000000, 1000000, 0.5), 0::float8, 'less than any float8 is 0');
SELECT is(binomial_tail(1074, 1074, 0.5), 5e-324::float8, 'the least float8 is not');
SELECT cmp_ok(abs(binomial_tail(10000000000, 10000000000, 1 - 1e-12) / exp(10000000000 * ln(1 - 1e-12::float8)) - 1), '<', 1e-12::float8, 'ten billion of ten billion');

/*
 * No value, and bad ones.
 */
SELECT is(binomial_tail(hits, total, probability), NULL, 'NULL is unknown')
FROM (VALUES (NULL, 10, 0.5), (1, NULL, 0.5), (1, 10, NULL)) n(hits, total, probability);
SELECT throws_ok(format('SELECT binomial_tail(%s, %s, 0.5)', hits, total), '22023', 'hits are not a part of the total', format('%s of %s', hits, total))
FROM (VALUES (-1, 10), (11, 10), (1, 0), (0, -1), (9223372036854775807, -9223372036854775808)) h(hits, total);
SELECT throws_ok(format('SELECT binomial_tail(1, 10, %L)', probability), '22023', format('probability %s is not from 0 to 1', probability), 'probability ' || probability)
FROM unnest(ARRAY['-0.5', '1.5', '95', 'NaN', 'Infinity', '-Infinity']) probability;
SELECT throws_ok('SELECT binomial_tail(1, 10000000001, 0.5)', '54000', 'binomial_tail does not take more than 10000000000 trials', 'too many trials');
SELECT is(binomial_tail(-0, 10, '-0'), 1::float8, 'zeros of either sign');

SELECT * FROM finish();
ROLLBACK;
