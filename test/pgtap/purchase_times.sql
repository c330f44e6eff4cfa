-- Purchases without families say the same of customers and times as those with them.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
\ir include/answer.sql

-- Companies of chance: with NULLs, ties, gifts and returns, on the instants of the
-- boundaries too.
SELECT setseed(0.1234);
CREATE TEMP TABLE line AS
SELECT company, CASE WHEN random() < 0.97 THEN floor(random() * customers)::bigint * 7 - 20 END AS customer,
	CASE WHEN random() < 0.97 THEN timestamptz '2025-01-01' + floor(random() * 400) * CASE company % 3 WHEN 0 THEN interval '1 day' WHEN 1 THEN interval '13 hours' ELSE interval '1 microsecond' END END AS sold_at,
	CASE floor(random() * 12) WHEN 0 THEN NULL WHEN 1 THEN 0 WHEN 2 THEN -5 ELSE 0.01 END AS amount, CASE WHEN random() < 0.7 THEN floor(random() * 4)::bigint END AS family, floor(random() * 3)::int AS tier
FROM generate_series(1, 24) company CROSS JOIN LATERAL (SELECT ceil(5 * company * random()) AS customers) c CROSS JOIN LATERAL generate_series(1, (10 * company * random())::int) n;
CREATE TEMP TABLE month AS SELECT array_agg(m ORDER BY m) AS boundaries FROM generate_series(timestamptz '2024-12-01', '2026-03-01', '1 month') m;
CREATE FUNCTION pg_temp.uuid_of(bigint) RETURNS uuid LANGUAGE sql RETURN md5($1::text)::uuid;
CREATE TEMP TABLE state AS
SELECT company, purchase_agg(customer, family, tier, sold_at, amount) AS with_families, purchase_agg(customer, sold_at, amount) AS number,
	purchase_agg(customer::text, sold_at, amount) AS name, purchase_agg(pg_temp.uuid_of(customer), sold_at, amount) AS id
FROM line GROUP BY company;
SELECT cmp_ok((SELECT count(*) FROM state WHERE number IS NOT NULL), '>', 20::bigint, 'companies have purchases');

SELECT set_eq(format($$SELECT company, r.* FROM state, month, %1$s(%2$s, boundaries) r$$, call, kind), format($$SELECT company, r.* FROM state, month, %1$s(with_families, boundaries) r$$, call), format('%s of %s', call, kind))
FROM unnest('{retention,new_customers}'::text[]) call, unnest('{number,name,id}'::text[]) kind;
SELECT results_eq(format($$SELECT company, customers(%1$s), first_start(%1$s) FROM state ORDER BY 1$$, kind), $$SELECT company, customers(with_families), first_start(with_families) FROM state ORDER BY 1$$, 'customers of ' || kind)
FROM unnest('{number,name,id}'::text[]) kind;

-- New customers and buyers by plain SQL
SELECT results_eq($$SELECT company, n.period_start, n.new_customers, n.buyers FROM state, month, new_customers(number, boundaries) n WHERE n.buyers > 0 ORDER BY 1, 2$$,
	$$SELECT company, date_trunc('month', sold_at), count(DISTINCT customer) FILTER (WHERE sold_at = first_at), count(DISTINCT customer)
	FROM (SELECT *, min(sold_at) OVER (PARTITION BY company, customer) AS first_at FROM line WHERE amount > 0 AND customer IS NOT NULL AND sold_at IS NOT NULL) l GROUP BY 1, 2 ORDER BY 1, 2$$, 'new customers by plain SQL');

-- Whoever asks for families is told of sales that have none.
SELECT set_eq($$SELECT company, u.* FROM state, month, upsell(number, boundaries) u$$, $$SELECT company, u.* FROM (SELECT company, purchase_agg(customer, NULL::bigint, NULL, sold_at, amount) AS p FROM line GROUP BY 1) s, month, upsell(p, boundaries) u$$, 'upsell without families');

-- What makes no purchase, and what is none
SELECT is(purchase_agg(customer, sold_at, amount)::text, '{bigint times 1:0,86400000000;2:0}', 'gifts, returns and what is not known make none')
FROM (VALUES (1, timestamptz '2000-01-02', 1), (1, '2000-01-01', 0.5), (1, '2000-01-01', 7), (2, '2000-01-01', 1), (3, '2000-01-01', 0), (4, '2000-01-01', -1), (5, '2000-01-01', NULL), (NULL, '2000-01-01', 1), (6, NULL, 1)) v (customer, sold_at, amount);
SELECT ok(purchase_agg(NULL::bigint, NULL, NULL) IS NULL, 'nothing is NULL');
SELECT is(pg_temp.answer(format('SELECT purchase_agg(%s, %L, %L)', k, s, a)), answer, format('%s at %s for %s', k, s, a))
FROM (VALUES ('1', 'infinity', '1', '22008 a sale cannot be at infinity'), ('md5('''')::uuid', '-infinity', '1', '22008 a sale cannot be at infinity'),
	('''a''::text', '2026-01-01', 'NaN', '22003 the amount of a sale is not a finite number'), ('1', '2026-01-01', 'Infinity', '22003 the amount of a sale is not a finite number')) v (k, s, a, answer);
SELECT cmp_ok(pg_column_size(purchase_agg(i, timestamptz '2025-01-01', 1)), '<=', 10000 * 16 + 64, 'a line takes 16 bytes') FROM generate_series(1, 10000) i;

SELECT * FROM finish();
ROLLBACK;
