-- The kind of each sale, against all earlier sales of the customer, in plain SQL.
\set QUIET on
\pset format unaligned
\pset tuples_only on
BEGIN;
SET LOCAL search_path = public, sales_kpi;
SELECT plan(40);

/*
 * By hand. A sale is a time, a family and a tier.
 */
CREATE TEMPORARY TABLE by_hand (customer text, at integer, family text, tier integer, expected text);
INSERT INTO by_hand VALUES
	('all lines of the first purchase are new', 1, 'a', 1, 'new'),
	('all lines of the first purchase are new', 1, 'a', 2, 'new'),
	('all lines of the first purchase are new', 1, 'b', NULL, 'new'),
	('all lines of the first purchase are new', 1, NULL, 1, 'new'),
	('up, down and again', 1, 'a', 1, 'new'),
	('up, down and again', 2, 'a', 3, 'upsell'),
	('up, down and again', 3, 'a', 1, 'downsell'),
	('up, down and again', 4, 'a', 2, 'downsell'),
	('up, down and again', 5, 'a', 3, 'repeat'),
	('up, down and again', 6, 'a', 4, 'upsell'),
	('lines at one time do not see each other', 1, 'a', 1, 'new'),
	('lines at one time do not see each other', 2, 'a', 3, 'upsell'),
	('lines at one time do not see each other', 2, 'a', 2, 'upsell'),
	('lines at one time do not see each other', 2, 'b', 1, 'cross_sell'),
	('lines at one time do not see each other', 2, 'b', 2, 'cross_sell'),
	('lines at one time do not see each other', 3, 'b', 2, 'repeat'),
	('lines at one time do not see each other', 3, 'a', 2, 'downsell'),
	('a family that is not known', 1, NULL, 5, 'new'),
	('a family that is not known', 2, NULL, 9, 'repeat'),
	('a family that is not known', 3, 'a', 1, 'cross_sell'),
	('a family that is not known', 4, NULL, NULL, 'repeat'),
	('a tier that is not known', 1, 'a', NULL, 'new'),
	('a tier that is not known', 2, 'a', 7, 'repeat'),
	('a tier that is not known', 3, 'a', NULL, 'repeat'),
	('a tier that is not known', 4, 'a', 8, 'upsell'),
	('a tier that is not known', 5, 'b', NULL, 'cross_sell'),
	('the first tier known, at one time', 1, 'a', NULL, 'new'),
	('the first tier known, at one time', 2, 'a', 1, 'repeat'),
	('the first tier known, at one time', 2, 'a', 2, 'repeat'),
	('the first tier known, at one time', 3, 'a', 1, 'downsell'),
	('tiers of any number', 1, 'a', -2147483648, 'new'),
	('tiers of any number', 2, 'a', 0, 'upsell'),
	('tiers of any number', 3, 'a', -1, 'downsell'),
	('tiers of any number', 4, 'a', 2147483647, 'upsell'),
	('tiers of any number', 5, 'a', -2147483648, 'downsell'),
	('families are told apart to the letter', 1, 'a', 1, 'new'),
	('families are told apart to the letter', 2, 'A', 1, 'cross_sell'),
	('families are told apart to the letter', 3, 'a ', 1, 'cross_sell'),
	('families are told apart to the letter', 4, '', 1, 'cross_sell'),
	('families are told apart to the letter', 5, '', 2, 'upsell'),
	('families are told apart to the letter', 6, repeat('a long name ', 10000), 1, 'cross_sell'),
	('families are told apart to the letter', 7, repeat('a long name ', 10000), 2, 'upsell'),
	('families are told apart to the letter', 8, repeat('a long name ', 10000) || '.', 2, 'cross_sell'),
	('a time that is not known is the last one', 1, 'a', 1, 'new'),
	('a time that is not known is the last one', NULL, 'a', 2, 'upsell'),
	('a time that is not known is the last one', NULL, 'a', 3, 'upsell');
CREATE TEMPORARY TABLE by_hand_judged AS
SELECT *, sale_kind(family, tier) OVER (PARTITION BY customer ORDER BY at) AS got FROM by_hand;
SELECT is_empty(format('SELECT at, left(family, 10), tier, expected, got FROM by_hand_judged WHERE customer = %L AND got IS DISTINCT FROM expected', customer), customer)
FROM (SELECT DISTINCT customer FROM by_hand) k;

/*
 * At random: few families and tiers, and times that often are the same.
 */
SELECT setseed(0.31);
CREATE TEMPORARY TABLE sale AS
SELECT seed, customer, n AS id,
	timestamptz '2025-01-01 00:00+00' + floor(random() * times) * interval '1 hour' AS at,
	CASE WHEN random() < 0.9 THEN floor(random() * families)::integer END AS family,
	CASE WHEN random() < 0.9 THEN floor(random() * tiers)::integer * 10 END AS tier
FROM (
	SELECT seed, 1 + floor(random() * 20)::integer AS times, 1 + floor(random() * 8)::integer AS families, 1 + floor(random() * 5)::integer AS tiers
	FROM generate_series(1, 100) seed
) k, generate_series(1, 20) customer, generate_series(1, 8) n
WHERE random() < 0.7;

CREATE FUNCTION pg_temp.kind(lines sale[], line sale) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	earlier CONSTANT integer := (SELECT count(*) FROM unnest(lines) e WHERE e.at < line.at);
	bought CONSTANT integer := (SELECT count(*) FROM unnest(lines) e WHERE e.at < line.at AND e.family = line.family);
	highest CONSTANT integer := (SELECT max(tier) FROM unnest(lines) e WHERE e.at < line.at AND e.family = line.family);
BEGIN
	RETURN CASE
		WHEN earlier = 0 THEN 'new'
		WHEN line.family IS NULL THEN 'repeat'
		WHEN bought = 0 THEN 'cross_sell'
		WHEN line.tier > highest THEN 'upsell'
		WHEN line.tier < highest THEN 'downsell'
		ELSE 'repeat'
	END;
END $$;
CREATE TEMPORARY TABLE judged AS
SELECT s.*, pg_temp.kind(l.lines, s) AS expected
FROM sale s JOIN (SELECT seed, customer, array_agg(sale) AS lines FROM sale GROUP BY seed, customer) l USING (seed, customer);
SELECT is((SELECT count(DISTINCT expected) FROM judged), 5::bigint, 'there are sales of all kinds');

CREATE FUNCTION pg_temp.differences(family text, frame text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format(
		'SELECT s::text FROM (
			SELECT seed, customer, at, family, tier, expected, sale_kind(%s, tier) OVER (PARTITION BY seed, customer ORDER BY at %s) AS got FROM judged
		) s WHERE got IS DISTINCT FROM expected', family, frame);
END $$;
CREATE DOMAIN pg_temp.family_number AS integer;
CREATE DOMAIN pg_temp.family_name AS varchar(20);
SELECT is_empty(format('SELECT * FROM pg_temp.differences(%L, %L)', family, ''), 'family of type ' || family)
FROM unnest(ARRAY['family', 'family::smallint', 'family::bigint', 'family * 4611686018427387', 'family::text', $$'family ' || family$$,
	'family::varchar', 'family::name', 'family::pg_temp.family_number', 'family::text::pg_temp.family_name', $$nullif(concat(family), '')$$]) family;
SELECT is_empty(format('SELECT * FROM pg_temp.differences(%L, %L)', 'family', frame), frame)
FROM unnest(ARRAY[
	'ROWS BETWEEN CURRENT ROW AND CURRENT ROW',
	'ROWS BETWEEN 2 FOLLOWING AND UNBOUNDED FOLLOWING',
	'RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW',
	$$RANGE BETWEEN interval '1 hour' PRECEDING AND CURRENT ROW$$,
	'GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE TIES',
	'GROUPS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE GROUP'
]) frame;
SELECT is_empty($$
	SELECT * FROM (SELECT *, sale_kind(family, tier) OVER (PARTITION BY seed, customer ORDER BY at DESC) AS got,
			count(*) OVER (PARTITION BY seed, customer ORDER BY at DESC GROUPS UNBOUNDED PRECEDING) = count(*) OVER (PARTITION BY seed, customer, at) AS is_first
		FROM judged) s
	WHERE is_first <> (got = 'new')
$$, 'in a falling order the last purchase is the first');
SELECT is_empty($$
	SELECT * FROM (SELECT customer, sale_kind(family, tier) OVER (PARTITION BY customer) AS got FROM judged) s WHERE got <> 'new'
$$, 'without an order all lines are one purchase');
SELECT is_empty($$
	SELECT * FROM (SELECT seed, customer, at, id, expected, sale_kind(family, tier) OVER w AS first, sale_kind(family::text, tier) OVER w AS second, rank() OVER w,
			sale_kind(tier, family) OVER (PARTITION BY seed ORDER BY id) AS other
		FROM judged WINDOW w AS (PARTITION BY seed, customer ORDER BY at)) s
	WHERE first <> expected OR second <> expected OR (rank = 1) <> (first = 'new')
$$, 'several windows in one query');

/*
 * Partitions: none, one of many rows, many.
 */
SELECT is_empty('SELECT sale_kind(family, tier) OVER (ORDER BY at) FROM sale WHERE false', 'no rows');
SET LOCAL work_mem = '64kB';
SELECT results_eq($$
	SELECT kind, count(*) FROM (SELECT sale_kind(n % 1000, n / 1000) OVER (ORDER BY n) AS kind FROM generate_series(1, 1000000) n) s GROUP BY kind ORDER BY kind
$$, $$ VALUES ('cross_sell', 999::bigint), ('new', 1), ('upsell', 999000) $$, 'one customer of a million purchases');
SELECT results_eq($$
	SELECT kind, count(*) FROM (SELECT sale_kind(n, 1) OVER (ORDER BY n / 2) AS kind FROM generate_series(2, 200001) n) s GROUP BY kind ORDER BY kind
$$, $$ VALUES ('cross_sell', 199998::bigint), ('new', 2) $$, 'and of 200,000 families');
SELECT results_eq($$
	SELECT kind, count(*) FROM (SELECT sale_kind(n, 1) OVER (ORDER BY n / 200000) AS kind FROM generate_series(0, 399999) n) s GROUP BY kind ORDER BY kind
$$, $$ VALUES ('cross_sell', 200000::bigint), ('new', 200000) $$, 'two purchases of 200,000 lines');
RESET work_mem;
SELECT results_eq($$
	SELECT kind, count(*) FROM (SELECT sale_kind('f', n / 1000000) OVER (PARTITION BY n % 1000000 ORDER BY n) AS kind FROM generate_series(0, 1999999) n) s GROUP BY kind ORDER BY kind
$$, $$ VALUES ('new', 1000000::bigint), ('upsell', 1000000) $$, 'a million customers');

-- In workers, and in a subquery that is run again and again.
SELECT is_empty($$
	SELECT * FROM (SELECT DISTINCT seed, customer FROM judged WHERE seed < 10) k,
		LATERAL (SELECT expected, sale_kind(family, tier) OVER (ORDER BY at) AS got FROM judged j WHERE j.seed = k.seed AND j.customer = k.customer OFFSET 0) s
	WHERE got IS DISTINCT FROM expected
$$, 'customer by customer');

/*
 * What it refuses.
 */
SELECT throws_ok(query, state, message, query)
FROM (VALUES
	('SELECT sale_kind(1, 1)', '42809', 'window function sale_kind requires an OVER clause'),
	('SELECT sale_kind(1.5, 1) OVER ()', '42883', 'function sale_kind(numeric, integer) does not exist'),
	('SELECT sale_kind(1, 1::bigint) OVER ()', '42883', 'function sale_kind(integer, bigint) does not exist'),
	('SELECT sale_kind(family, tier) FILTER (WHERE tier > 1) OVER () FROM sale', '0A000', 'FILTER is not implemented for non-aggregate window functions')
) q(query, state, message);

SELECT * FROM finish();
ROLLBACK;
