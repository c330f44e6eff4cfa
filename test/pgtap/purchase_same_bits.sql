-- A state of purchases depends on the set of its rows alone: by whatever plan, through
-- whatever splits, and on whatever way it was kept, its message has the same bytes.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;

-- Groups of many rows on few customers, of as many customers as rows, and small ones;
-- the rows of each spread over the table and its partitions. Many are at one instant.
SELECT setseed(0.5772);
CREATE TABLE fact (grp int, month int, number bigint, name text, id uuid, family bigint, family_name text, tier int, sold_at timestamptz, amount numeric)
PARTITION BY LIST (month);
SELECT format('CREATE TABLE fact_%s PARTITION OF fact FOR VALUES IN (%s)', m, m) FROM generate_series(1, 4) m \gexec
CREATE TEMP TABLE drawn_row (LIKE fact);
INSERT INTO drawn_row
SELECT grp, 1 + floor(random() * 4), n, CASE n % 5 WHEN 0 THEN repeat('ä', (n % 50)::int) WHEN 1 THEN 'A-' || n ELSE n::text END, md5((n % 100000)::text)::uuid,
	family, CASE family % 3 WHEN 0 THEN repeat('ö', (family % 50)::int) WHEN 1 THEN '' ELSE 'family ' || family END,
	CASE WHEN random() < 0.8 THEN floor(random() * 5) - 1 END, CASE WHEN random() < 0.99 THEN sold_at END,
	CASE floor(random() * 12) WHEN 0 THEN NULL WHEN 1 THEN 0 WHEN 2 THEN -5 ELSE random() END
FROM (
	SELECT grp, CASE WHEN random() < 0.99 THEN floor(random() * customers)::bigint * CASE grp % 3 WHEN 0 THEN 1 WHEN 1 THEN -1234567890123 ELSE 7 END END AS n,
		CASE WHEN random() < 0.9 THEN floor(random() * families)::bigint END AS family,
		timestamptz '2020-01-01' + floor(random() * 500) * interval '2 days' AS sold_at
	FROM (VALUES (1, 12000, 1000, 10), (2, 9000, 1000000000, 500), (3, 6000, 3, 3), (4, 5000, 100, 1000000), (5, 5000, 1000000, 1), (6, 1000, 1000, 5), (7, 100, 50, 3), (8, 10, 10, 2), (9, 2, 1, 2), (10, 1, 1, 1)) v (grp, size, customers, families),
		generate_series(1, size)
) drawn;
-- by itself: ORDER BY random() makes every random() beside it the same number
INSERT INTO fact SELECT * FROM drawn_row ORDER BY random();
UPDATE fact SET number = 5, name = '5', id = md5('5')::uuid, sold_at = '2020-05-05', amount = 1 WHERE grp > 8;
ANALYZE fact;
\ir include/same_bits.sql

-- Every kind of key, of customers and of families
SELECT pg_temp.plans('purchase_history', 'purchase_agg(number, family, tier, sold_at, amount)');
SELECT pg_temp.ways('purchase_history');
SELECT ok(count(pg_column_compression(s)) > 0, 'some are compressed') FROM kept;
SELECT set_eq(format('SELECT grp, c.* FROM kept, %s(s, ''{2020-01-01, 2021-02-01, 2022-01-01}'') c', call), format('SELECT grp, c.* FROM serial, %s(s, ''{2020-01-01, 2021-02-01, 2022-01-01}'') c', call),
	call || ' says the same of a stored state')
FROM unnest(ARRAY['upsell', 'retention', 'new_customers']) call;

-- Rows given twice, or more often, change nothing, wherever they are given.
CREATE FUNCTION pg_temp.repeats(source text, s text, title text) RETURNS text LANGUAGE sql
RETURN is_empty(format('SELECT grp FROM (SELECT grp, %s AS s FROM %s GROUP BY grp) again JOIN serial x USING (grp) WHERE purchase_history_send(again.s) <> purchase_history_send(x.s)', s, source), title);
SELECT pg_temp.repeats('fact, generate_series(1, 3)', 'purchase_agg(number, family, tier, sold_at, amount)', 'all rows three times');
SELECT pg_temp.repeats('(TABLE fact UNION ALL SELECT * FROM fact WHERE random() < 0.3) twice', 'purchase_agg(number, family, tier, sold_at, amount)', 'some rows twice');
SELECT pg_temp.repeats('fact, generate_series(1, 3)', 'purchase_agg(number, family, tier, sold_at, amount ORDER BY sold_at, random())', '... by time');
SELECT pg_temp.repeats('fact', 'purchase_agg(DISTINCT number, family, tier, sold_at, amount)', 'every row once');
SELECT pg_temp.repeats('fact', 'purchase_agg(number, family, tier, sold_at, 1) FILTER (WHERE amount > 0)', 'amounts do not matter beyond being above 0');
SELECT pg_temp.repeats('(SELECT grp, s FROM serial UNION ALL SELECT grp, s FROM part UNION ALL SELECT grp, s FROM serial) pieces', 'rollup(s)', 'a state rolled up with its parts and itself');

-- A family is what its text is.
SELECT pg_temp.repeats('fact', 'purchase_agg(number, family::text, tier, sold_at, amount)', 'a number is the family that its digits are');
SELECT pg_temp.repeats('fact', 'purchase_agg(number, family::int, tier, sold_at, amount)', 'an integer, too');
SELECT pg_temp.repeats('(SELECT grp, purchase_agg(number, family, tier, sold_at, amount) FILTER (WHERE month < 3) AS a, purchase_agg(number, family::text, tier, sold_at, amount) FILTER (WHERE month > 2) AS b FROM fact GROUP BY grp) halves
	, LATERAL (VALUES (a), (b)) v (s)', 'rollup(s)', '... and states of both go together');

SELECT pg_temp.plans('purchase_history', 'purchase_agg(name, family_name, tier, sold_at, amount)');
SELECT pg_temp.ways('purchase_history');
SELECT pg_temp.plans('purchase_history', 'purchase_agg(number, sold_at, amount)');
SELECT pg_temp.ways('purchase_history');
SELECT pg_temp.repeats('fact, generate_series(1, 3)', 'purchase_agg(number, sold_at, amount)', 'all times three times');
SELECT pg_temp.plans('purchase_history', 'purchase_agg(name, sold_at, amount)');
SELECT pg_temp.ways('purchase_history');
SELECT pg_temp.plans('purchase_history', 'purchase_agg(id, family, tier, sold_at, amount)');
SELECT pg_temp.ways('purchase_history');

-- The rates at once, by two workers
\set rates 'SELECT upsell_rate(number, family, tier, sold_at, ''[2021-01-01, 2021-07-01)'') AS a, cross_sell_rate(number, family, tier, sold_at, ''[2021-01-01, 2021-07-01)'') AS b, upsell_rate(id, family_name, tier, sold_at, ''(2021-01-01, 2021-07-01]'') AS c, cross_sell_rate(name, family_name, tier, sold_at, ''(2021-01-01, 2021-07-01]'') AS d FROM fact'
SET max_parallel_workers_per_gather = 2;
SELECT ok(pg_temp.run(:'rates') ~ 'Workers Launched: 2(.*\n)*.*Partial Aggregate', 'rates by two workers');
SET max_parallel_workers_per_gather = 0;
SELECT results_eq('TABLE result', :'rates', '... are the same');
SELECT ok(a > 0 AND b > 0 AND c > 0 AND d > 0, '... and not nothing') FROM result;

-- Any two sizes, in both orders, make the same as all at once: the same customers in both, and others
CREATE FUNCTION pg_temp.made(sizes int[]) RETURNS purchase_history LANGUAGE sql
RETURN (SELECT purchase_agg(i % 300, i % 7, i % 4, timestamptz '2020-01-01' + i * i % 97 * interval '1 day', 1) FROM unnest(sizes) size, generate_series(1, size) i);
CREATE TABLE piece AS
SELECT size, pg_temp.made(ARRAY[size]) AS s
FROM unnest(ARRAY[1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 513, 1000, 1025]) size;
SELECT is_empty($$
	SELECT a.size, b.size
	FROM piece a, piece b, LATERAL (SELECT purchase_history_send(rollup(s)) AS ab FROM (VALUES (a.s), (b.s)) v (s)) there,
		LATERAL (SELECT purchase_history_send(rollup(s)) AS ba FROM (VALUES (b.s), (a.s)) v (s)) back,
		LATERAL (SELECT purchase_history_send(pg_temp.made(ARRAY[a.size, b.size])) AS whole) direct
	WHERE ab IS DISTINCT FROM whole OR ba IS DISTINCT FROM whole
$$, 'any two sizes, in both orders, make the same as all at once');

SELECT * FROM finish();
ROLLBACK;
