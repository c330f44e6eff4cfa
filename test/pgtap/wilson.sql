-- Wilson's interval, against its closed formula in numeric and published examples.
\set QUIET on
\pset format unaligned
\pset tuples_only on
BEGIN;
SET LOCAL search_path = public, sales_kpi;
SELECT plan(50);

/*
 * Table I, method 3, of Newcombe, "Two-sided confidence intervals for the single
 * proportion: comparison of seven methods", Statistics in Medicine 17 (1998).
 */
SELECT is(round(wilson_low(hits, total)::numeric, 4) || ' ' || round(wilson_high(hits, total)::numeric, 4), published,
	format('%s of %s, as published', hits, total))
FROM (VALUES (81, 263, '0.2553 0.3662'), (15, 148, '0.0624 0.1605'), (0, 20, '0.0000 0.1611'), (1, 29, '0.0061 0.1718')) e(hits, total, published);

/*
 * The normal quantile, in numeric: the area from 0 to z by its series, solved for
 * z by halving. Then the formula as Wilson wrote it (Probable inference, the law of
 * succession, and statistical inference, JASA 22, 1927).
 */
CREATE FUNCTION pg_temp.quantile(confidence numeric) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
	low numeric(80, 50) := 0;
	high numeric(80, 50) := 10;
	z numeric(80, 50);
	term numeric(80, 50);
	area numeric(80, 50);
	pi CONSTANT numeric := 3.14159265358979323846264338327950288419716939937511;
BEGIN
	FOR halving IN 1 .. 100 LOOP
		z := (low + high) / 2;
		term := z;
		area := z;
		FOR k IN 1 .. 300 LOOP
			term := term * z * z / (2 * k + 1);
			area := area + term;
			EXIT WHEN term = 0;
		END LOOP;
		IF area * exp(-z * z / 2) / sqrt(2 * pi) < confidence / 2 THEN
			low := z;
		ELSE
			high := z;
		END IF;
	END LOOP;
	RETURN z;
END $$;
CREATE FUNCTION pg_temp.wilson(hits numeric, total numeric, z numeric, side integer) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
	SELECT (p + z * z / (2 * n) + side * z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)
	FROM (SELECT hits::numeric(80, 60) / total AS p, total::numeric(80, 50) AS n) s;
$$;

/* of none of one, z^2 / (1 + z^2) is the upper end */
SELECT is(round(pg_temp.quantile(0.95), 14), 1.95996398454005, 'the quantile of 95 percent, as in any table');
SELECT cmp_ok(abs(sqrt(upper / (1 - upper)) / pg_temp.quantile(confidence)::float8 - 1), '<', 1e-13::float8, 'the quantile of ' || confidence)
FROM unnest(ARRAY[0.001, 0.5, 0.8, 0.9, 0.95, 0.99, 0.9990234375, 0.999999940395355224609375]) AS confidence, wilson_high(0, 1, confidence::float8) AS upper;

CREATE TEMPORARY TABLE quantile AS
SELECT confidence, pg_temp.quantile(confidence::numeric) AS z FROM unnest(ARRAY[0.0001, 0.5, 0.8, 0.95, 0.99, 0.9999]::float8[]) confidence;
SELECT setseed(0.27);
CREATE TEMPORARY TABLE compared AS
SELECT hits, total, confidence,
	wilson_low(hits, total, confidence) AS low, hits::float8 / total AS rate, wilson_high(hits, total, confidence) AS high,
	pg_temp.wilson(hits, total, z, -1) AS expected_low, pg_temp.wilson(hits, total, z, 1) AS expected_high
FROM (
	SELECT hits, total FROM generate_series(1, 25) total, LATERAL generate_series(0, total) hits
	UNION
	SELECT hits, total FROM (VALUES (1000::bigint), (1000000), (1000000000000), (9007199254740993), (9223372036854775807)) t(total),
		LATERAL unnest(ARRAY[0, 1, 2, total / 3, total / 2, total - 1, total]) hits
	UNION
	SELECT (random() * total)::bigint, total FROM (SELECT (1 + exp(random() * 40))::bigint AS total FROM generate_series(1, 300)) r
) s, quantile;
SELECT cmp_ok(count(*), '>', 3000::bigint, 'proportions small and large') FROM compared;
SELECT is_empty($$SELECT * FROM compared WHERE abs(low::numeric - expected_low) > 1e-13 * expected_low + 1e-55$$, 'the lower end is right to 13 digits');
SELECT is_empty($$SELECT * FROM compared WHERE abs(high::numeric - expected_high) > 1e-13 * expected_high$$, 'so is the upper');
SELECT is_empty($$SELECT * FROM compared WHERE NOT (0 <= low AND low <= rate AND rate <= high AND high <= 1)$$, '0 <= low <= rate <= high <= 1');
SELECT is_empty($$SELECT * FROM compared WHERE hits = 0 AND (low <> 0 OR high <= 0)$$, 'none of n: the lower end is 0, the upper is not');
SELECT is_empty($$SELECT * FROM compared WHERE hits = total AND total < 1000000000 AND (high <> 1 OR low >= 1)$$, 'all of n: the upper end is 1, the lower is not');
SELECT is_empty(
	$$SELECT * FROM compared c JOIN compared o USING (total, confidence)
	WHERE c.hits < o.hits AND (c.low >= o.low OR c.high >= o.high) AND total <= 1000$$,
	'more hits, higher ends');
SELECT is_empty(
	$$SELECT * FROM compared c JOIN compared o USING (hits, total)
	WHERE c.confidence < o.confidence AND total <= 1000 AND (hits > 0 AND c.low <= o.low OR hits < total AND c.high >= o.high)$$,
	'more confidence, wider');
SELECT is_empty(
	$$SELECT hits FROM generate_series(1, 500) hits
	WHERE wilson_high(hits, 2 * hits) - wilson_low(hits, 2 * hits) <= wilson_high(hits + 1, 2 * hits + 2) - wilson_low(hits + 1, 2 * hits + 2)$$,
	'more of the same, narrower');
SELECT is_empty(
	$$SELECT * FROM compared WHERE total <= 25 AND abs(low - (1 - wilson_high(total - hits, total, confidence))) > 1e-15$$,
	'misses mirror hits');
SELECT is(wilson_low(30, 100), wilson_low(30, 100, 0.95), 'confidence is 95 percent unless given');
SELECT is_empty(
	$$SELECT * FROM (SELECT * FROM compared ORDER BY random()) c WHERE wilson_low(hits, total, confidence) <> low$$,
	'what was asked before does not matter');

/*
 * Confidence at its limits.
 */
SELECT is(wilson_low(30, 100, 5e-324), 0.3::float8, 'hardly any confidence: the share itself');
SELECT is(wilson_high(30, 100, 5e-324), 0.3::float8, 'at both ends');
SELECT cmp_ok(wilson_low(30, 100, 1 - 1.2e-16), '>', 0.07::float8, 'the most confidence below 1: still something');
SELECT cmp_ok(wilson_high(30, 100, 1 - 1.2e-16), '<', 0.70::float8, 'at both ends');

/*
 * No value, and bad ones.
 */
SELECT is(wilson_low(0, 0), NULL, 'of nothing there is no share');
SELECT is(wilson_high(0, 0, 0.5), NULL, 'nor an upper end');
SELECT is(wilson_low(hits, total, confidence), NULL, 'NULL is unknown')
FROM (VALUES (NULL, 10, 0.95), (1, NULL, 0.95), (1, 10, NULL)) n(hits, total, confidence);
SELECT throws_ok(format('SELECT %s(%s, %s)', bound, hits, total), '22023', 'hits are not a part of the total', format('%s: %s of %s', bound, hits, total))
FROM unnest(ARRAY['wilson_low', 'wilson_high']) AS bound, (VALUES (-1, 10), (11, 10), (1, 0), (0, -1)) h(hits, total);
SELECT throws_ok(format('SELECT wilson_low(1, 10, %L)', confidence), '22023', NULL, 'confidence ' || confidence)
FROM unnest(ARRAY['0', '1', '2', '-0.5', 'NaN', 'Infinity', '-Infinity', '95']) AS confidence;

SELECT * FROM finish();
ROLLBACK;
