-- A change of a total rate, split among its members, against the definition in plain SQL.
\set QUIET on
\pset format unaligned
\pset tuples_only on
BEGIN;
SET LOCAL search_path = public, sales_kpi;
SELECT plan(51);

/*
 * By hand.
 */
-- Each rate falls, and the total rises: C. R. Charig and others, Comparison of treatment
-- of renal calculi, British Medical Journal 292 (1986), of small stones and of large ones.
CREATE TEMPORARY TABLE stone AS
SELECT stones, (mix_rate_split(open_hits, open_size, new_hits, new_size) OVER ()).*
FROM (VALUES ('small', 234, 270, 81, 87), ('large', 55, 80, 192, 263)) v(stones, new_hits, new_size, open_hits, open_size);
SELECT is(sum(rate_effect + mix_effect), round(289 / 350.0, 12) - round(273 / 350.0, 12), 'a change is told to the last digit') FROM stone;
SELECT ok(bool_and(rate_effect < 0) AND sum(mix_effect) > -sum(rate_effect), 'each rate falls, and mix makes the total rise') FROM stone;
SELECT is(round(rate_effect, 6), round((87 / 350.0 + 270 / 350.0) / 2 * (234 / 270.0 - 81 / 87.0), 6), 'rate: mean weight times change of rate') FROM stone WHERE stones = 'small';
SELECT is(round(mix_effect, 6), round((80 - 263) / 350.0 * ((55 / 80.0 + 192 / 263.0) / 2 - (289 + 273) / 700.0), 6), 'mix: change of weight times what a member is above the mean') FROM stone WHERE stones = 'large';

CREATE FUNCTION pg_temp.split(members numeric[]) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(trim_scale(rate_effect) || ' ' || trim_scale(mix_effect), ', ' ORDER BY place)
	FROM (
		SELECT place, (mix_rate_split(members[place][1], members[place][2], members[place][3], members[place][4]) OVER (ORDER BY place)).*
		FROM generate_subscripts(members, 1) place
	) s
$$;
SELECT is(pg_temp.split(members), effects, members::text)
FROM (VALUES
	('{{1,4,3,4}}'::numeric[], '0.5 0'),
	('{{1,4,1,4},{3,4,3,4}}', '0 0, 0 0'),
	('{{0,1,0,3},{2,2,2,2}}', '0 -0.142222222223, 0 -0.124444444444'),
	('{{2,2,2,2},{0,1,0,3}}', '0 -0.124444444444, 0 -0.142222222223'),
	('{{0,1,1,1},{0,1,1,1},{0,1,1,1}}', '0.333333333334 0, 0.333333333333 0, 0.333333333333 0'),
	('{{1,2,1,2},{NULL,NULL,2,2}}', '0 0.0625, 0 0.1875'),
	('{{1,2,1,2},{0,0,2,2}}', '0 0.0625, 0 0.1875'),
	('{{1,2,1,2},{2,2,NULL,NULL}}', '0 -0.0625, 0 -0.1875'),
	('{{1,2,0,0},{0,0,1,4}}', '0 -0.125, 0 -0.125'),
	('{{1,2,1,2},{NULL,NULL,NULL,NULL},{0,0,0,0}}', '0 0, 0 0, 0 0'),
	('{{NULL,2,1,2}}', '0.5 0'),
	('{{-3,2,4,2}}', '3.5 0'),
	('{{1e20,1,3e20,1}}', '200000000000000000000 0'),
	('{{1,3,2,3}}', '0.333333333334 0'),
	('{{1e-20,1,2e-20,1}}', '0 0'),
	('{{1,1e-300,2,1e-300}}', '1' || repeat('0', 300) || ' 0'),
	('{{0,0,1,2},{0,NULL,1,2}}', NULL),
	('{{1,2,0,0}}', NULL)
) m(members, effects);
SELECT is(s.*::text, '(0.500000000000,0.000000000000)', 'twelve decimals') FROM (SELECT (mix_rate_split(1, 4, 3, 4) OVER ()).*) s;
SELECT is(mix_rate_split(1, 4, 0, 0) OVER (), NULL, 'nothing is told of no total');
SELECT is(pg_typeof(mix_rate_split(1, 4, 0, 0) OVER ())::text, 'mix_rate_effect', 'its type');

/*
 * The oracle: the definition, with 200 decimals.
 */
SELECT setseed(0.63);
CREATE TEMPORARY TABLE member AS
SELECT seed, n,
	CASE WHEN kind % 3 = 0 THEN floor(random() * size_before) ELSE round((random() * 1000 - 200)::numeric, 2) * sign(size_before) END::numeric AS hits_before, size_before,
	CASE WHEN kind % 3 = 0 THEN floor(random() * size_after) ELSE round((random() * 1000 - 200)::numeric, 2) * sign(size_after) END::numeric AS hits_after, size_after
FROM (
	SELECT seed, n, seed % 7 AS kind,
		CASE WHEN random() < 0.8 THEN floor(random() * 50)::numeric * CASE WHEN seed % 2 = 0 THEN 0.37 ELSE 1 END END AS size_before,
		CASE WHEN random() < 0.8 THEN floor(random() * 50)::numeric * CASE WHEN seed % 2 = 0 THEN 0.37 ELSE 1 END END AS size_after
	FROM generate_series(1, 300) seed, generate_series(1, 1 + seed % 13) n
) k;
CREATE TEMPORARY TABLE expected AS
WITH filled AS (
	SELECT seed, n, coalesce(hits_before, 0) AS h0, coalesce(size_before, 0) AS s0, coalesce(hits_after, 0) AS h1, coalesce(size_after, 0) AS s1,
		1::numeric(201, 200) AS one
	FROM member
), total AS (
	SELECT *, sum(h0) OVER w * one / nullif(sum(s0) OVER w, 0) AS total0, sum(h1) OVER w * one / nullif(sum(s1) OVER w, 0) AS total1,
		s0 * one / nullif(sum(s0) OVER w, 0) AS w0, s1 * one / nullif(sum(s1) OVER w, 0) AS w1,
		coalesce(h0 * one / nullif(s0, 0), h1 * one / nullif(s1, 0), 0) AS r0, coalesce(h1 * one / nullif(s1, 0), h0 * one / nullif(s0, 0), 0) AS r1
	FROM filled WINDOW w AS (PARTITION BY seed)
), effect AS (
	SELECT seed, n, total0, total1,
		CASE WHEN s0 = 0 AND s1 = 0 THEN 0 ELSE round((w0 + w1) / 2 * (r1 - r0), 12) END AS rate,
		CASE WHEN s0 = 0 AND s1 = 0 THEN 0 ELSE round((w1 - w0) * ((r0 + r1) / 2 - (total0 + total1) / 2), 12) END AS mix
	FROM total WHERE total0 IS NOT NULL AND total1 IS NOT NULL
), rest AS (
	SELECT seed, round(total1, 12) - round(total0, 12) - sum(rate + mix) AS rest, (array_agg(n ORDER BY greatest(abs(rate), abs(mix)) DESC, n))[1] AS largest
	FROM effect GROUP BY seed, total0, total1
)
SELECT seed, n, rate + CASE WHEN n = largest AND abs(rate) >= abs(mix) THEN rest ELSE 0 END AS rate, mix + CASE WHEN n = largest AND abs(rate) < abs(mix) THEN rest ELSE 0 END AS mix,
	rest, total0, total1
FROM effect JOIN rest USING (seed);
CREATE TEMPORARY TABLE got AS
SELECT seed, n, (mix_rate_split(hits_before, size_before, hits_after, size_after) OVER (PARTITION BY seed ORDER BY n)).* FROM member;
CREATE FUNCTION pg_temp.has_many(query text, fewest bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	found bigint;
BEGIN
	EXECUTE 'SELECT count(*) FROM (' || query || ') s' INTO found;
	RETURN found >= fewest;
END $$;
SELECT ok(pg_temp.has_many('SELECT DISTINCT seed FROM expected', 250), 'most totals are there on both sides');
SELECT ok(pg_temp.has_many('SELECT DISTINCT seed FROM expected WHERE rest <> 0', 100), 'rounding often leaves something');
SELECT ok(pg_temp.has_many('SELECT * FROM got WHERE rate_effect IS NULL', 3), 'and some have no total');
SELECT is_empty('SELECT seed, n, rate_effect, mix_effect FROM got WHERE rate_effect IS NOT NULL EXCEPT SELECT seed, n, rate, mix FROM expected', 'as defined');
SELECT is_empty('SELECT seed, n, rate, mix FROM expected EXCEPT SELECT seed, n, rate_effect, mix_effect FROM got', 'all of them');
SELECT is_empty('SELECT * FROM got WHERE num_nulls(rate_effect, mix_effect) = 1 OR scale(rate_effect) <> 12 OR scale(mix_effect) <> 12', 'both or none, of twelve decimals');
SELECT is_empty($$
	SELECT seed FROM got JOIN (SELECT DISTINCT seed, total0, total1 FROM expected) t USING (seed)
	GROUP BY seed, total0, total1 HAVING sum(rate_effect + mix_effect) <> round(total1, 12) - round(total0, 12)
$$, 'the effects add up to the change of the total');
SELECT is_empty(format($$
	SELECT * FROM (
		SELECT g.seed, g.n, rate_effect, mix_effect, mix_rate_split(hits_before, size_before, hits_after, size_after) OVER (PARTITION BY seed ORDER BY n %s) AS framed
		FROM got g JOIN member USING (seed, n)
	) s WHERE (framed).rate_effect IS DISTINCT FROM rate_effect OR (framed).mix_effect IS DISTINCT FROM mix_effect
$$, frame), frame)
FROM unnest(ARRAY[
	'ROWS BETWEEN CURRENT ROW AND CURRENT ROW',
	'ROWS BETWEEN 2 FOLLOWING AND UNBOUNDED FOLLOWING',
	'RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW',
	'GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE TIES'
]) frame;
SELECT is_empty($$
	SELECT * FROM (
		SELECT n, mix_rate_split(n, 2 * n, n % 3, n) OVER (ORDER BY n) AS whole, mix_rate_split(n::smallint, 2 * n::bigint, n % 3, n::numeric(9, 4)) OVER (ORDER BY n) AS mixed,
			mix_rate_split(size_after => n, hits_after => n % 3, size_before => 2 * n, hits_before => n) OVER (ORDER BY n) AS named
		FROM generate_series(1, 9) n
	) s WHERE whole <> mixed OR whole <> named
$$, 'numbers of all types, and names of arguments');
SELECT is_empty($$
	SELECT * FROM (SELECT DISTINCT seed FROM got WHERE seed < 20) k,
		LATERAL (SELECT n, mix_rate_split(hits_before, size_before, hits_after, size_after) OVER (ORDER BY n) AS s FROM member m WHERE m.seed = k.seed OFFSET 0) l
	JOIN got g USING (n) WHERE g.seed = k.seed AND ((s).rate_effect IS DISTINCT FROM rate_effect OR (s).mix_effect IS DISTINCT FROM mix_effect)
$$, 'total by total');

/*
 * Partitions: none, one of many rows, many.
 */
SELECT is_empty('SELECT mix_rate_split(1, 2, 3, 4) OVER () FROM member WHERE false', 'no members');
SET LOCAL work_mem = '64kB';
SELECT results_eq($$
	SELECT sum((s).rate_effect) , sum((s).mix_effect), count(DISTINCT s)
	FROM (SELECT mix_rate_split(0, 1, 1, 1) OVER (ORDER BY n) AS s FROM generate_series(1, 200000) n) m
$$, 'VALUES (1.000000000000, 0.000000000000, 1::bigint)', '200,000 members');
RESET work_mem;
SELECT results_eq($$
	SELECT count(*), sum(rate_effect + mix_effect) FROM (
		SELECT (mix_rate_split(n / 100000, 3, 1, 3) OVER (PARTITION BY n % 100000 ORDER BY n)).* FROM generate_series(0, 199999) n
	) s
$$, 'VALUES (200000::bigint, 16666.666666600000)', '100,000 totals');

/*
 * What it refuses.
 */
SELECT throws_ok(format('SELECT mix_rate_split(%s) OVER ()', arguments), state, message, arguments)
FROM (VALUES
	('1, -2, 1, 2', '22023', 'the size of a member cannot be negative'),
	('1, 2, 1, -0.1', '22023', 'the size of a member cannot be negative'),
	('1, 0, 1, 2', '22023', 'the hits of a member without size are not 0'),
	('1, 2, -1, NULL', '22023', 'the hits of a member without size are not 0'),
	($$'NaN', 2, 1, 2$$, '22003', 'the hits of a member are not a finite number'),
	($$1, 2, '-Infinity', 2$$, '22003', 'the hits of a member are not a finite number'),
	($$1, 'Infinity', 1, 2$$, '22003', 'the size of a member is not a finite number'),
	($$1, 2, 1, 'NaN'$$, '22003', 'the size of a member is not a finite number'),
	('1.5::float8, 2, 1, 2', '42883', 'function mix_rate_split(double precision, integer, integer, integer) does not exist')
) q(arguments, state, message);
SELECT throws_ok('SELECT mix_rate_split(1, s, 1, 1) OVER (ORDER BY n) FROM unnest(ARRAY[1, 2, -1]) WITH ORDINALITY m(s, n)', '22023', 'the size of a member cannot be negative', 'the last of three');

SELECT * FROM finish();
ROLLBACK;
