-- Bought after: which product customers buy later who have bought another. Only first
-- purchases count, so each customer makes a pair of its products once.
-- reads: sale, subscription
-- dimensions: all, segment, location, source
-- keys: from_product_id, to_product_id
-- grains: all
SELECT {{common}},
	x.from_product::text AS from_product_id, coalesce(x.from_name, x.from_product::text) AS from_product_name,
	x.to_product::text AS to_product_id, coalesce(x.to_name, x.to_product::text) AS to_product_name,
	x.from_customers, x.customers, x.rate,
	sales_kpi.wilson_low(x.customers, x.from_customers) AS rate_low,
	sales_kpi.wilson_high(x.customers, x.from_customers) AS rate_high,
	x.rate / x.base_rate AS lift,
	date_part('epoch', sales_kpi.median(x.wait)) / 86400 AS median_days
FROM (
	WITH held AS (
		SELECT coalesce({{member_key}}, '(none)') AS member_key, h.customer_id, h.product_id, h.held_since
		FROM {{fact(holding h, h.held_since)}}
	),
	sold AS (
		SELECT h.member_key, h.product_id, count(*) AS customers
		FROM held h
		GROUP BY 1, 2
	),
	total AS (
		SELECT h.member_key, count(DISTINCT h.customer_id) AS customers, (min(h.held_since) AT TIME ZONE {{time_zone}})::date AS period_start
		FROM held h
		GROUP BY 1
	),
	pair AS (
		SELECT a.member_key, a.product_id AS from_product, b.product_id AS to_product,
			count(*) FILTER (WHERE b.held_since > a.held_since) AS customers,
			count(*) FILTER (WHERE b.held_since <= a.held_since) AS had_it,
-- if purchases = subscription
			sales_kpi.duration_agg({{elapsed(a.held_since, b.held_since, subscription.started_at)}}) FILTER (WHERE b.held_since > a.held_since) AS wait
-- else
			sales_kpi.duration_agg({{elapsed(a.held_since, b.held_since, sale.sold_at)}}) FILTER (WHERE b.held_since > a.held_since) AS wait
-- end
		FROM held a
		JOIN held b ON b.customer_id = a.customer_id AND b.product_id <> a.product_id
		GROUP BY 1, 2, 3
	)
	SELECT p.member_key, m.period_start, p.from_product, k.product_name AS from_name, p.to_product, l.product_name AS to_name, p.customers, p.wait,
		f.customers - p.had_it AS from_customers,
		p.customers::float8 / (f.customers - p.had_it) AS rate,
		t.customers::float8 / m.customers AS base_rate
	FROM pair p
	JOIN sold f ON f.member_key = p.member_key AND f.product_id = p.from_product
	JOIN sold t ON t.member_key = p.member_key AND t.product_id = p.to_product
	JOIN total m ON m.member_key = p.member_key
	LEFT JOIN {{base}}.product k ON k.product_id = p.from_product
	LEFT JOIN {{base}}.product l ON l.product_id = p.to_product
	WHERE p.customers > 0
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.bought_after IS 'What is bought after what: a row per pair of products of which some customer bought the second after the first. Read lift beside rate: a product that everybody buys sooner or later is bought after any other. Who buys much makes many pairs: the cost grows with the square of the products of a customer.';
COMMENT ON COLUMN {{kpi}}.bought_after.from_product_id IS 'The product bought before.';
COMMENT ON COLUMN {{kpi}}.bought_after.from_product_name IS 'Its name.';
COMMENT ON COLUMN {{kpi}}.bought_after.to_product_id IS 'The product bought after.';
COMMENT ON COLUMN {{kpi}}.bought_after.to_product_name IS 'Its name.';
COMMENT ON COLUMN {{kpi}}.bought_after.from_customers IS 'Customers who bought the one, and had not bought the other by then.';
COMMENT ON COLUMN {{kpi}}.bought_after.customers IS 'Of these, those who bought the other later.';
COMMENT ON COLUMN {{kpi}}.bought_after.rate IS 'customers / from_customers.';
COMMENT ON COLUMN {{kpi}}.bought_after.rate_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.bought_after.rate_high IS 'Upper end of it.';
COMMENT ON COLUMN {{kpi}}.bought_after.lift IS 'rate / the share of all customers who ever bought the product bought after. That share counts those, too, who had it before: without any connection lift is below 1, so compare the pairs with the same product bought after. An association, and no proof of a cause.';
COMMENT ON COLUMN {{kpi}}.bought_after.median_days IS 'Median days from the first purchase of the one to that of the other.';
