-- Upsell, cohorts, new customers and growth of 96 months from lines of sales, against the
-- best plain SQL found for each.
INSERT INTO bench.query (subject, name, workers, work_mem, against, statement)
SELECT q.subject, q.name, w.workers, coalesce(q.work_mem, '64MB'), q.against,
	replace(replace(q.statement, '{{months}}', $$(SELECT array_agg(m ORDER BY m) FROM generate_series(timestamptz '2018-01-01', '2026-01-01', '1 month') m)$$),
		'{{purchases}}', $$(SELECT sales_kpi.purchase_agg(customer_id, family, tier, sold_at, amount) AS p FROM bench.line) s$$)
FROM (VALUES (0), (2)) w (workers)
CROSS JOIN (VALUES
	('upsell and cross-sell by month', 'floor', NULL, NULL,
	 $$SELECT count(*), sum(customer_id) FROM bench.line$$),
	-- lines, not customers: to count each customer once would be more
	('upsell and cross-sell by month', 'windows', '4MB', NULL,
	 $$SELECT date_trunc('month', sold_at), count(*) FILTER (WHERE sold_at = first_at) AS new,
		count(*) FILTER (WHERE held IS NULL AND sold_at > first_at) AS cross_sold, count(*) FILTER (WHERE tier > held AND sold_at > first_at) AS upsold
	   FROM (
		SELECT sold_at, tier, max(tier) OVER of_family AS held, min(sold_at) OVER of_customer AS first_at
		FROM bench.line
		WINDOW of_family AS (PARTITION BY customer_id, family ORDER BY sold_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
			of_customer AS (PARTITION BY customer_id)
	   ) l
	   GROUP BY 1$$),
	('upsell and cross-sell by month', 'upsell', NULL, 'windows',
	 $$SELECT u.* FROM {{purchases}}, sales_kpi.upsell(s.p, {{months}}) u$$),

	('cohorts of buyers by month', 'floor', NULL, NULL,
	 $$SELECT count(*), sum(customer_id) FROM bench.line$$),
	('cohorts of buyers by month', 'distinct months', '4MB', NULL,
	 $$SELECT first, month, count(*)
	   FROM (SELECT month, min(month) OVER (PARTITION BY customer_id) AS first
			 FROM (SELECT DISTINCT customer_id, date_trunc('month', sold_at) AS month FROM bench.line) d) b
	   GROUP BY 1, 2$$),
	('cohorts of buyers by month', 'retention', NULL, 'distinct months',
	 $$SELECT r.* FROM {{purchases}}, sales_kpi.retention(s.p, {{months}}) r$$),

	('new customers by month', 'floor', NULL, NULL,
	 $$SELECT count(*), sum(customer_id) FROM bench.line$$),
	('new customers by month', 'first of each', NULL, NULL,
	 $$SELECT date_trunc('month', first_at), count(*) FROM (SELECT min(sold_at) AS first_at FROM bench.line GROUP BY customer_id) f GROUP BY 1$$),
	('new customers by month', 'new_customers', NULL, 'first of each',
	 $$SELECT n.* FROM {{purchases}}, sales_kpi.new_customers(s.p, {{months}}) n$$),

	('kind of each sale', 'floor', NULL, NULL,
	 $$SELECT count(*), sum(customer_id) FROM bench.line$$),
	('kind of each sale', 'windows', '64MB', NULL,
	 $$SELECT kind, count(*) FROM (
		SELECT CASE WHEN sold_at = first_at THEN 'new' WHEN held IS NULL THEN 'cross_sell' WHEN tier > held THEN 'upsell'
			WHEN tier < held THEN 'downsell' ELSE 'repeat' END AS kind
		FROM (
			SELECT sold_at, tier, min(sold_at) OVER (PARTITION BY customer_id) AS first_at,
				max(tier) OVER (PARTITION BY customer_id, family ORDER BY sold_at GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS held
			FROM bench.line) w) k
	   GROUP BY 1$$),
	('kind of each sale', 'sale_kind', '64MB', 'windows',
	 $$SELECT kind, count(*) FROM (
		SELECT sales_kpi.sale_kind(family, tier) OVER (PARTITION BY customer_id ORDER BY sold_at) AS kind FROM bench.line) k
	   GROUP BY 1$$)
) q (subject, name, work_mem, against, statement);
