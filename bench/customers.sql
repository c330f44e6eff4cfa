-- Churn, revenue and cohorts of 96 months from one pass, against the best plain SQL
-- found for each: it turns spans into places in the list of months, as the functions
-- do, but sorts all rows by customer for it.
INSERT INTO bench.query (subject, name, workers, work_mem, against, statement)
SELECT q.subject, q.name, w.workers, coalesce(q.work_mem, '64MB'), q.against,
	replace(replace(q.statement, '{{months}}', $$(SELECT array_agg(m ORDER BY m) FROM generate_series(timestamptz '2018-01-01', '2026-01-01', '1 month') m)$$),
		'{{placed}}', $$placed AS MATERIALIZED (
			SELECT customer_id, width_bucket(started_at - interval '1 microsecond', months) AS low,
				coalesce(width_bucket(ended_at - interval '1 microsecond', months), 97) AS high, monthly_amount
			FROM crm.subscription, (SELECT array_agg(m ORDER BY m) AS months FROM generate_series(timestamptz '2018-01-01', '2026-01-01', '1 month') m) b)$$)
FROM (VALUES (0), (2)) w (workers)
CROSS JOIN (VALUES
	('churn by month', 'floor', NULL, NULL,
	 $$SELECT count(*), sum(customer_id) FROM crm.subscription$$),
	('churn by month', 'gaps and islands', '4MB', NULL,
	 $$WITH {{placed}},
	   island AS (
		SELECT low, high, max(high) OVER (PARTITION BY customer_id ORDER BY low ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
		FROM placed WHERE high > low
	   ),
	   change AS (
		SELECT low AS month, count(*) FILTER (WHERE reached IS NULL OR low > reached) AS arrived, 0::bigint AS active FROM island GROUP BY 1
		UNION ALL
		SELECT greatest(low, reached), 0, count(*) FROM island WHERE reached IS NULL OR high > reached GROUP BY 1
		UNION ALL
		SELECT high, 0, -count(*) FROM island WHERE reached IS NULL OR high > reached GROUP BY 1
	   ),
	   month AS (
		SELECT month, sum(arrived) AS arrived, sum(sum(active)) OVER (ORDER BY month) AS active FROM change GROUP BY month
	   )
	   SELECT month, active, active + lead(arrived) OVER (ORDER BY month) - lead(active) OVER (ORDER BY month) AS lost FROM month$$),
	('churn by month', 'churn', NULL, 'gaps and islands',
	 $$SELECT c.* FROM (SELECT sales_kpi.customer_agg(customer_id, started_at, ended_at) AS h FROM crm.subscription) s, sales_kpi.churn(s.h, {{months}}) c$$),

	('revenue movement by month', 'floor', NULL, NULL,
	 $$SELECT count(*), sum(customer_id) FROM crm.subscription$$),
	('revenue movement by month', 'running sums', '4MB', NULL,
	 $$WITH {{placed}},
	   running AS (
		SELECT customer_id, month, sum(sum(amount)) OVER w AS after, sum(sum(spans)) OVER w AS spans
		FROM (SELECT customer_id, low AS month, monthly_amount AS amount, 1 AS spans FROM placed WHERE high > low
			  UNION ALL SELECT customer_id, high, -monthly_amount, -1 FROM placed WHERE high > low) e
		GROUP BY customer_id, month
		WINDOW w AS (PARTITION BY customer_id ORDER BY month)
	   ),
	   change AS (
		SELECT month, after, spans, lag(after, 1, 0::numeric) OVER w AS before, lag(spans, 1, 0::numeric) OVER w AS spans_before, row_number() OVER w AS number
		FROM running WINDOW w AS (PARTITION BY customer_id ORDER BY month)
	   )
	   SELECT month, sum(after) FILTER (WHERE spans_before = 0 AND number = 1) AS new, sum(after) FILTER (WHERE spans_before = 0 AND number > 1) AS returned,
		sum(before) FILTER (WHERE spans = 0) AS churned, sum(after - before) FILTER (WHERE spans > 0 AND spans_before > 0 AND after > before) AS expansion,
		sum(before - after) FILTER (WHERE spans > 0 AND spans_before > 0 AND after < before) AS contraction
	   FROM change GROUP BY month$$),
	('revenue movement by month', 'revenue_movement', NULL, 'running sums',
	 $$SELECT m.* FROM (SELECT sales_kpi.customer_agg(customer_id, started_at, ended_at, monthly_amount) AS h FROM crm.subscription) s,
		sales_kpi.revenue_movement(s.h, {{months}}) m$$),

	('retention by month', 'floor', NULL, NULL,
	 $$SELECT count(*), sum(customer_id) FROM crm.subscription$$),
	('retention by month', 'distinct months', '4MB', NULL,
	 $$WITH {{placed}},
	   active AS (
		SELECT DISTINCT customer_id, month
		FROM placed CROSS JOIN LATERAL generate_series(greatest(low, 1), least(high, 96)) month
	   )
	   SELECT first, month, count(*) FROM (SELECT month, min(month) OVER (PARTITION BY customer_id) AS first FROM active) a GROUP BY 1, 2$$),
	('retention by month', 'retention', NULL, 'distinct months',
	 $$SELECT r.* FROM (SELECT sales_kpi.customer_agg(customer_id, started_at, ended_at) AS h FROM crm.subscription) s, sales_kpi.retention(s.h, {{months}}) r$$),

	('survival', 'floor', NULL, NULL,
	 $$SELECT count(*), sum(customer_id) FROM crm.subscription$$),
	('survival', 'first islands', '4MB', NULL,
	 $$SELECT day, at_risk, lost, exp(sum(CASE WHEN lost < at_risk THEN ln(1 - lost / at_risk::float8) END) OVER (ORDER BY day)) AS surviving
	   FROM (
		SELECT day, lost, sum(n) OVER (ORDER BY day DESC) AS at_risk
		FROM (
			SELECT floor(extract(epoch FROM least(ended_at, '2026-01-01') - started_at) / 86400) AS day, count(*) AS n, count(ended_at) AS lost
			FROM (
				SELECT customer_id, min(started_at) AS started_at, CASE WHEN bool_and(ended_at IS NOT NULL) THEN max(ended_at) END AS ended_at
				FROM (SELECT *, count(*) FILTER (WHERE started_at > reached) OVER (PARTITION BY customer_id ORDER BY started_at) AS island
					  FROM (SELECT *, max(coalesce(ended_at, 'infinity')) OVER (PARTITION BY customer_id ORDER BY started_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
							FROM crm.subscription) r) i
				WHERE island = 0
				GROUP BY customer_id
			) stay
			GROUP BY 1
		) d
	   ) c$$),
	('survival', 'survival', NULL, 'first islands',
	 $$SELECT v.* FROM (SELECT sales_kpi.customer_agg(customer_id, started_at, ended_at) AS h FROM crm.subscription) s, sales_kpi.survival(s.h, '2026-01-01') v$$)
) q (subject, name, work_mem, against, statement);
