-- New customers, upsell, cohorts and growth of 96 months from order lines; new and
-- distinct customers of teams from deals.
CALL bench.add_kpi('new customers by month', 'order_lines', key => '{month}',
	x_floor => 2.2, x_plain => 0.28, x_duckdb => 1.8,
	ours => $$
		SELECT period_start::date AS month, new_customers
		FROM (SELECT purchase_agg(customer_id, sold_at, amount) AS purchases FROM order_lines) p
		CROSS JOIN LATERAL new_customers(purchases, periods('month', '2018-01-01', '2026-01-01', 'UTC'))
		WHERE new_customers > 0$$,
	plain => ARRAY[$$
		SELECT date_trunc('month', first_at)::date AS month, count(*) AS new_customers
		FROM (SELECT min(sold_at) AS first_at FROM order_lines GROUP BY customer_id) f
		GROUP BY 1$$],
	duckdb => ARRAY[$$
		SELECT date_trunc('month', first_at)::date AS month, count(*) AS new_customers
		FROM (SELECT min(sold_at) AS first_at FROM order_lines GROUP BY customer_id) f
		GROUP BY 1$$]);

-- A customer is that of the team that won its first deal.
CALL bench.add_kpi('new customers and CAC by team and month', 'deals', key => '{team_id,month}',
	x_floor => 2.2, x_plain => 0.28, x_duckdb => 1.8,
	ours => $$
		SELECT team_id, month, customers(acquired) AS new_customers, spend(acquired) AS spend, cac(acquired) AS cac
		FROM (
			SELECT team_id, period_start('month', happened_at, 'UTC') AS month, acquisition_agg(cost, customer_id) AS acquired
			FROM (
				(SELECT DISTINCT ON (customer_id) customer_id, team_id, closed_at AS happened_at, 0::numeric AS cost
				 FROM deals
				 WHERE won
				 ORDER BY customer_id, closed_at)
				UNION ALL
				SELECT NULL, team_id, spent_at, amount
				FROM spend
			) f
			GROUP BY 1, 2
		) a
		WHERE customers(acquired) > 0$$,
	plain => ARRAY[$$
		SELECT team_id, month::date, new_customers, spend, round(spend / new_customers, 6) AS cac
		FROM (
			SELECT team_id, date_trunc('month', closed_at) AS month, count(*) AS new_customers
			FROM (SELECT DISTINCT ON (customer_id) team_id, closed_at FROM deals WHERE won ORDER BY customer_id, closed_at) f
			GROUP BY 1, 2
		) n
		JOIN (SELECT team_id, date_trunc('month', spent_at) AS month, sum(amount) AS spend FROM spend GROUP BY 1, 2) s USING (team_id, month)$$, $$
		SELECT team_id, month::date, new_customers, spend, round(spend / new_customers, 6) AS cac
		FROM (
			SELECT first[2] AS team_id, date_trunc('month', to_timestamp(first[1])) AS month, count(*) AS new_customers
			FROM (SELECT min(ARRAY[date_part('epoch', closed_at), team_id]) AS first FROM deals WHERE won GROUP BY customer_id) f
			GROUP BY 1, 2
		) n
		JOIN (SELECT team_id, date_trunc('month', spent_at) AS month, sum(amount) AS spend FROM spend GROUP BY 1, 2) s USING (team_id, month)$$],
	duckdb => ARRAY[$$
		SELECT team_id, month::date AS month, new_customers, spend, round(spend / new_customers, 6) AS cac
		FROM (
			SELECT team_id, date_trunc('month', closed_at) AS month, count(*) AS new_customers
			FROM (SELECT arg_min(team_id, closed_at) AS team_id, min(closed_at) AS closed_at FROM deals WHERE won GROUP BY customer_id) f
			GROUP BY 1, 2
		) n
		JOIN (SELECT team_id, date_trunc('month', spent_at) AS month, sum(amount) AS spend FROM spend GROUP BY 1, 2) s USING (team_id, month)$$],
	tolerance => '{"cac": 1e-9}');

CALL bench.add_kpi('distinct customers by team and month', 'deals', key => '{team_id,month}',
	x_floor => 2.0, x_plain => 0.22, x_duckdb => 0.7,
	ours => $$
		SELECT team_id, period_start('month', created_at, 'UTC') AS month, customers(acquisition_agg(NULL, customer_id)) AS customers
		FROM deals
		GROUP BY 1, 2$$,
	plain => ARRAY[$$
		SELECT team_id, date_trunc('month', created_at)::date AS month, count(DISTINCT customer_id) AS customers
		FROM deals
		GROUP BY team_id, date_trunc('month', created_at)$$, $$
		SELECT team_id, month::date, count(*) AS customers
		FROM (SELECT DISTINCT team_id, date_trunc('month', created_at) AS month, customer_id FROM deals) d
		GROUP BY 1, d.month$$],
	duckdb => ARRAY[$$
		SELECT team_id, date_trunc('month', created_at)::date AS month, count(DISTINCT customer_id) AS customers
		FROM deals
		GROUP BY 1, 2$$, $$
		SELECT team_id, month::date AS month, count(*) AS customers
		FROM (SELECT DISTINCT team_id, date_trunc('month', created_at) AS month, customer_id FROM deals) d
		GROUP BY 1, 2$$]);

-- Customers are counted, each once in a period.
CALL bench.add_kpi('upsell and cross-sell by month', 'order_lines', key => '{month}',
	x_floor => 2.3, x_plain => 0.10, x_duckdb => 0.26,
	ours => $$
		SELECT period_start::date AS month, joined, upsold, cross_sold
		FROM (SELECT purchase_agg(customer_id, family, tier, sold_at, amount) AS purchases FROM order_lines) p
		CROSS JOIN LATERAL upsell(purchases, periods('month', '2018-01-01', '2026-01-01', 'UTC'))$$,
	plain => ARRAY[$$
		SELECT month, count(*) FILTER (WHERE kinds & 1 > 0) AS joined, count(*) FILTER (WHERE kinds & 2 > 0) AS upsold, count(*) FILTER (WHERE kinds & 4 > 0) AS cross_sold
		FROM (
			SELECT month::date, bit_or(CASE WHEN sold_at = first_at THEN 1 WHEN first_at >= month THEN 0 WHEN held IS NULL THEN 4 WHEN tier > held THEN 2 ELSE 0 END) AS kinds
			FROM (
				SELECT customer_id, date_trunc('month', sold_at) AS month, sold_at, tier, max(tier) OVER of_family AS held, min(sold_at) OVER of_customer AS first_at
				FROM order_lines
				WINDOW of_family AS (PARTITION BY customer_id, family ORDER BY sold_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
					of_customer AS (PARTITION BY customer_id)
			) l
			GROUP BY customer_id, l.month
		) c
		GROUP BY 1$$, $$
		SELECT month::date, count(DISTINCT customer_id) FILTER (WHERE kind = 1) AS joined, count(DISTINCT customer_id) FILTER (WHERE kind = 2) AS upsold,
			count(DISTINCT customer_id) FILTER (WHERE kind = 4) AS cross_sold
		FROM (
			SELECT customer_id, month, CASE WHEN sold_at = first_at THEN 1 WHEN first_at >= month THEN 0 WHEN held IS NULL THEN 4 WHEN tier > held THEN 2 ELSE 0 END AS kind
			FROM (
				SELECT customer_id, date_trunc('month', sold_at) AS month, sold_at, tier, max(tier) OVER of_family AS held, min(sold_at) OVER of_customer AS first_at
				FROM order_lines
				WINDOW of_family AS (PARTITION BY customer_id, family ORDER BY sold_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
					of_customer AS (PARTITION BY customer_id)
			) l
		) k
		WHERE kind > 0
		GROUP BY k.month$$],
	duckdb => ARRAY[$$
		SELECT month::date AS month, count(*) FILTER (WHERE kinds & 1 > 0) AS joined, count(*) FILTER (WHERE kinds & 2 > 0) AS upsold, count(*) FILTER (WHERE kinds & 4 > 0) AS cross_sold
		FROM (
			SELECT month, bit_or(CASE WHEN sold_at = first_at THEN 1 WHEN first_at >= month THEN 0 WHEN held IS NULL THEN 4 WHEN tier > held THEN 2 ELSE 0 END) AS kinds
			FROM (
				SELECT customer_id, date_trunc('month', sold_at) AS month, sold_at, tier, max(tier) OVER of_family AS held, min(sold_at) OVER of_customer AS first_at
				FROM order_lines
				WINDOW of_family AS (PARTITION BY customer_id, family ORDER BY sold_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
					of_customer AS (PARTITION BY customer_id)
			) l
			GROUP BY customer_id, l.month
		) c
		GROUP BY 1$$, $$
		SELECT month::date AS month, count(DISTINCT customer_id) FILTER (WHERE kind = 1) AS joined, count(DISTINCT customer_id) FILTER (WHERE kind = 2) AS upsold,
			count(DISTINCT customer_id) FILTER (WHERE kind = 4) AS cross_sold
		FROM (
			SELECT customer_id, month, CASE WHEN sold_at = first_at THEN 1 WHEN first_at >= month THEN 0 WHEN held IS NULL THEN 4 WHEN tier > held THEN 2 ELSE 0 END AS kind
			FROM (
				SELECT l.*, date_trunc('month', sold_at) AS month, first_at,
					max(tier) OVER (PARTITION BY customer_id, family ORDER BY sold_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS held
				FROM order_lines l JOIN (SELECT customer_id, min(sold_at) AS first_at FROM order_lines GROUP BY 1) f USING (customer_id)
			) l
		) k
		WHERE kind > 0
		GROUP BY 1$$]);

CALL bench.add_kpi('cohorts of buyers by month', 'order_lines', key => '{cohort,month}',
	x_floor => 2.2, x_plain => 0.15, x_duckdb => 0.5,
	ours => $$
		SELECT cohort_start::date AS cohort, period_start::date AS month, retained
		FROM (SELECT purchase_agg(customer_id, sold_at, amount) AS purchases FROM order_lines) p
		CROSS JOIN LATERAL retention(purchases, periods('month', '2018-01-01', '2026-01-01', 'UTC'))
		WHERE retained > 0$$,
	plain => ARRAY[$$
		SELECT cohort::date, month::date, count(*) AS retained
		FROM (
			SELECT month, min(month) OVER (PARTITION BY customer_id) AS cohort
			FROM (SELECT DISTINCT customer_id, date_trunc('month', sold_at) AS month FROM order_lines) d
		) b
		GROUP BY b.cohort, b.month$$, $$
		WITH active AS MATERIALIZED (
			SELECT DISTINCT customer_id, date_trunc('month', sold_at) AS month FROM order_lines
		)
		SELECT cohort::date, month::date, count(*) AS retained
		FROM active JOIN (SELECT customer_id, min(month) AS cohort FROM active GROUP BY 1) f USING (customer_id)
		GROUP BY f.cohort, active.month$$],
	duckdb => ARRAY[$$
		SELECT cohort::date AS cohort, month::date AS month, count(*) AS retained
		FROM (
			SELECT month, min(month) OVER (PARTITION BY customer_id) AS cohort
			FROM (SELECT DISTINCT customer_id, date_trunc('month', sold_at) AS month FROM order_lines) d
		) b
		GROUP BY 1, 2$$, $$
		WITH active AS MATERIALIZED (
			SELECT DISTINCT customer_id, date_trunc('month', sold_at) AS month FROM order_lines
		)
		SELECT cohort::date AS cohort, month::date AS month, count(*) AS retained
		FROM active JOIN (SELECT customer_id, min(month) AS cohort FROM active GROUP BY 1) f USING (customer_id)
		GROUP BY 1, 2$$]);

CALL bench.add_kpi('revenue and growth by month', 'order_lines', key => '{month}', tolerance => '{"growth": 1e-9}',
	x_floor => 2.0, x_plain => 0.28,
	ours => $$
		SELECT period_start::date AS month, revenue, growth
		FROM (SELECT revenue_agg(sold_at, amount, (SELECT periods('month', '2018-01-01', '2026-01-01', 'UTC'))) AS series FROM order_lines) s
		CROSS JOIN LATERAL revenue(series)$$,
	plain => ARRAY[$$
		SELECT month::date, revenue, revenue / lag(revenue) OVER (ORDER BY month) - 1 AS growth
		FROM (SELECT date_trunc('month', sold_at) AS month, sum(amount) AS revenue FROM order_lines GROUP BY 1) r$$],
	duckdb => ARRAY[$$
		SELECT month::date AS month, revenue, revenue / lag(revenue) OVER (ORDER BY month) - 1 AS growth
		FROM (SELECT date_trunc('month', sold_at) AS month, sum(amount) AS revenue FROM order_lines GROUP BY 1) r$$]);
