-- A state depends on the set of its rows alone: by whatever plan, through whatever
-- splits, and on whatever way it was kept, its message has the same bytes.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;

-- Groups of many rows on few customers, of as many customers as rows, and small ones;
-- the rows of each spread over the table and its partitions
SELECT setseed(0.5772);
CREATE TABLE fact (grp int, month int, number bigint, name text, id uuid, started_at timestamptz, ended_at timestamptz, amount numeric, spend numeric)
PARTITION BY LIST (month);
SELECT format('CREATE TABLE fact_%s PARTITION OF fact FOR VALUES IN (%s)', m, m) FROM generate_series(1, 4) m \gexec
CREATE TEMP TABLE drawn_row (LIKE fact);
INSERT INTO drawn_row
SELECT grp, 1 + floor(random() * 4), n, CASE n % 5 WHEN 0 THEN repeat('ä', (n % 50)::int) WHEN 1 THEN 'A-' || n ELSE n::text END, md5((n % 100000)::text)::uuid,
	started_at, CASE WHEN random() < 0.8 THEN started_at + floor(random() * 40) * interval '10 days' END,
	CASE WHEN random() < 0.9 THEN floor(random() * 500)::numeric / 100 END, CASE WHEN random() < 0.5 THEN floor(random() * 1e6)::numeric / 1000 - 100 END
FROM (
	SELECT grp, CASE WHEN random() < 0.99 THEN floor(random() * customers)::bigint * CASE grp % 3 WHEN 0 THEN 1 WHEN 1 THEN -1234567890123 ELSE 7 END END AS n,
		timestamptz '2020-01-01' + floor(random() * 500) * interval '2 days' AS started_at
	FROM (VALUES (1, 30000, 2500), (2, 20000, 1000000000), (3, 10000, 3), (4, 5000, 100), (5, 5000, 1000000), (6, 1000, 1000), (7, 100, 50), (8, 10, 10), (9, 2, 1), (10, 1, 1)) v (grp, size, customers),
		generate_series(1, size)
) drawn;
-- by itself: ORDER BY random() makes every random() beside it the same number
INSERT INTO fact SELECT * FROM drawn_row ORDER BY random();
UPDATE fact SET number = 5, name = '5', id = md5('5')::uuid WHERE grp > 8;
ANALYZE fact;

\ir include/same_bits.sql

-- Every kind of key, with and without amounts
SELECT pg_temp.plans('customer_history', 'customer_agg(number, started_at, ended_at, amount)');
SELECT pg_temp.ways('customer_history');
SELECT ok(count(pg_column_compression(s)) > 0, 'some are compressed') FROM kept;
SELECT set_eq($$SELECT grp, c.* FROM kept, churn(s, '{2020-01-01, 2021-02-01, 2022-01-01}', '30 days') c$$,
	$$SELECT grp, c.* FROM serial, churn(s, '{2020-01-01, 2021-02-01, 2022-01-01}', '30 days') c$$, 'a stored history says the same of churn');
SELECT pg_temp.plans('customer_history', 'customer_agg(number, started_at, ended_at)');
SELECT pg_temp.ways('customer_history');
SELECT pg_temp.plans('customer_history', 'customer_agg(name, started_at, ended_at, amount)');
SELECT pg_temp.ways('customer_history');
SELECT pg_temp.plans('customer_history', 'customer_agg(name, started_at, ended_at)');
SELECT pg_temp.plans('customer_history', 'customer_agg(id, started_at, ended_at, amount)');
SELECT pg_temp.ways('customer_history');
SELECT pg_temp.plans('customer_history', 'customer_agg(id, started_at, ended_at)');

-- What they cost
SELECT pg_temp.plans('acquisition_summary', 'acquisition_agg(spend, number)');
SELECT is_empty($$
	SELECT grp, customers(s), spend(s), cac(s) FROM serial JOIN (
		SELECT grp, count(DISTINCT number) AS customers, coalesce(sum(spend), 0) AS spend, cac(spend, number) AS cac FROM fact GROUP BY grp
		UNION ALL SELECT 0, count(DISTINCT number), coalesce(sum(spend), 0), cac(spend, number) FROM fact
	) plain USING (grp)
	WHERE customers(s) <> customers OR spend(s) IS DISTINCT FROM plain.spend OR cac(s) IS DISTINCT FROM plain.cac OR cac(s) IS DISTINCT FROM round(plain.spend / customers, 6)
$$, 'cost and customers are sum and count(distinct)');
SELECT pg_temp.ways('acquisition_summary');
SELECT pg_temp.plans('acquisition_summary', 'acquisition_agg(spend, name)');
SELECT is_empty('SELECT grp FROM serial WHERE customers(s) <> (SELECT count(DISTINCT name) FROM fact t WHERE t.grp = serial.grp OR serial.grp = 0)', 'and of texts');
SELECT pg_temp.ways('acquisition_summary');
SELECT pg_temp.plans('acquisition_summary', 'acquisition_agg(spend, id)');
SELECT is_empty('SELECT grp FROM serial WHERE customers(s) <> (SELECT count(DISTINCT id) FROM fact t WHERE t.grp = serial.grp OR serial.grp = 0)', 'and of uuids');
SELECT pg_temp.ways('acquisition_summary');

-- The rates at once, by two workers
SET max_parallel_workers_per_gather = 2;
SELECT ok(pg_temp.run($$SELECT churn_rate(number, started_at, ended_at, '[2021-01-01, 2021-07-01)') AS churn, revenue_churn_rate(number, started_at, ended_at, amount, '(2021-01-01, 2021-07-01]') AS revenue,
	cac(spend, number) AS cac FROM fact$$) ~ 'Workers Launched: 2(.*\n)*.*Partial Aggregate', 'rates by two workers');
SET max_parallel_workers_per_gather = 0;
SELECT results_eq('TABLE result', $$SELECT churn_rate(number, started_at, ended_at, '[2021-01-01, 2021-07-01)'), revenue_churn_rate(number, started_at, ended_at, amount, '(2021-01-01, 2021-07-01]'),
	cac(spend, number) FROM fact$$, '... are the same');

-- Any two sizes, in both orders, make the same as all at once: the same customers in both, and others
CREATE TABLE piece AS
SELECT size, customer_agg(i, timestamptz '2020-01-01' + i * i % 97 * interval '1 day', timestamptz '2020-05-01' + i * i % 89 * interval '1 day', i % 7) AS s
FROM unnest(ARRAY[1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 513, 1000, 1025]) size, generate_series(1, size) i GROUP BY size;
SELECT is_empty($$
	SELECT a.size, b.size
	FROM piece a, piece b, LATERAL (SELECT customer_history_send(rollup(s)) AS ab FROM (VALUES (a.s), (b.s)) v (s)) there,
		LATERAL (SELECT customer_history_send(rollup(s)) AS ba FROM (VALUES (b.s), (a.s)) v (s)) back,
		LATERAL (SELECT customer_history_send(customer_agg(i, timestamptz '2020-01-01' + i * i % 97 * interval '1 day', timestamptz '2020-05-01' + i * i % 89 * interval '1 day', i % 7)) AS whole
			FROM (SELECT generate_series(1, a.size) UNION ALL SELECT generate_series(1, b.size)) v (i)) direct
	WHERE ab IS DISTINCT FROM whole OR ba IS DISTINCT FROM whole
$$, 'any two sizes, in both orders, make the same as all at once');

SELECT * FROM finish();
ROLLBACK;
