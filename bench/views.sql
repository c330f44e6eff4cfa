-- A KPI view filtered to one grain and dimension, against the query an analyst
-- would write by hand on the same tables with the functions of the extension: the
-- view shall cost no more. By hand without the checks that keep impossible rows out,
-- and in plain SQL, stand beside it once.
INSERT INTO bench.query (subject, name, workers, statement)
SELECT q.subject, q.name, w.workers, q.statement
FROM (VALUES (0), (2)) w (workers)
CROSS JOIN (VALUES
	('cycle_length, month and rep', 'floor',
	 $$SELECT count(*), sum(rep_id) FROM crm.deal$$),
	('cycle_length, month and rep', 'plain SQL',
	 $$SELECT x.*, n.rep_name
	   FROM (SELECT date_trunc('month', closed_at AT TIME ZONE 'Europe/Berlin')::date, rep_id, count(*),
				avg(days), percentile_cont(ARRAY[0.25, 0.5, 0.75, 0.9]) WITHIN GROUP (ORDER BY days), stddev(days)
			 FROM (SELECT closed_at, rep_id, date_part('epoch', closed_at - opened_at) / 86400 AS days
				   FROM crm.deal
				   WHERE outcome = 'won' AND closed_at BETWEEN opened_at AND '2026-01-01 00:00+01') d
			 GROUP BY 1, 2) x
	   LEFT JOIN (SELECT DISTINCT ON (rep_id) rep_id, rep_name FROM crm.rep ORDER BY rep_id, valid_from DESC NULLS LAST) n USING (rep_id)$$),
	('cycle_length, month and rep', 'by hand',
	 $$SELECT month, rep_id, n.rep_name, sales_kpi.sample_size(cycle),
			date_part('epoch', sales_kpi.mean(cycle)) / 86400, date_part('epoch', sales_kpi.median(cycle)) / 86400,
			date_part('epoch', sales_kpi.percentile(cycle, 0.25)) / 86400, date_part('epoch', sales_kpi.percentile(cycle, 0.75)) / 86400,
			date_part('epoch', sales_kpi.percentile(cycle, 0.9)) / 86400, date_part('epoch', sales_kpi.stddev(cycle)) / 86400
	   FROM (SELECT sales_kpi.period_start('month', closed_at, 'Europe/Berlin') AS month, rep_id, sales_kpi.duration_agg(opened_at, closed_at) AS cycle
			 FROM crm.deal
			 WHERE outcome = 'won' AND closed_at BETWEEN opened_at AND '2026-01-01 00:00+01'
			 GROUP BY 1, 2) x
	   LEFT JOIN (SELECT DISTINCT ON (rep_id) rep_id, rep_name FROM crm.rep ORDER BY rep_id, valid_from DESC NULLS LAST) n USING (rep_id)$$),
	('cycle_length, month and rep', 'by hand, same checks',
	 $$SELECT month, rep_id, n.rep_name, sales_kpi.sample_size(cycle),
			date_part('epoch', sales_kpi.mean(cycle)) / 86400, date_part('epoch', sales_kpi.median(cycle)) / 86400,
			date_part('epoch', sales_kpi.percentile(cycle, 0.25)) / 86400, date_part('epoch', sales_kpi.percentile(cycle, 0.75)) / 86400,
			date_part('epoch', sales_kpi.percentile(cycle, 0.9)) / 86400, date_part('epoch', sales_kpi.stddev(cycle)) / 86400
	   FROM (SELECT sales_kpi.period_start('month', closed_at, 'Europe/Berlin') AS month, rep_id, sales_kpi.duration_agg(opened_at, closed_at) AS cycle
			 FROM crm.deal
			 WHERE outcome = 'won' AND closed_at BETWEEN opened_at AND '2026-01-01 00:00+01'
				AND opened_at > '-infinity' AND (expected_close_at > '-infinity' AND expected_close_at < 'infinity') IS NOT FALSE
				AND (amount >= 0 AND amount < 'Infinity') IS NOT FALSE
			 GROUP BY 1, 2) x
	   LEFT JOIN (SELECT DISTINCT ON (rep_id) rep_id, rep_name FROM crm.rep ORDER BY rep_id, valid_from DESC NULLS LAST) n USING (rep_id)$$),
	('cycle_length, month and rep', 'view',
	 $$SELECT * FROM kpi.cycle_length WHERE grain = 'month' AND dimension = 'rep'$$),
	('cycle_length, quarter and team', 'floor',
	 $$SELECT count(*), sum(rep_id) FROM crm.deal$$),
	('cycle_length, quarter and team', 'by hand, same checks',
	 $$SELECT quarter, team, sales_kpi.sample_size(cycle),
			date_part('epoch', sales_kpi.mean(cycle)) / 86400, date_part('epoch', sales_kpi.median(cycle)) / 86400,
			date_part('epoch', sales_kpi.percentile(cycle, 0.25)) / 86400, date_part('epoch', sales_kpi.percentile(cycle, 0.75)) / 86400,
			date_part('epoch', sales_kpi.percentile(cycle, 0.9)) / 86400, date_part('epoch', sales_kpi.stddev(cycle)) / 86400
	   FROM (SELECT sales_kpi.period_start('quarter', closed_at, 'Europe/Berlin') AS quarter, r.team, sales_kpi.duration_agg(opened_at, closed_at) AS cycle
			 FROM crm.deal d
			 LEFT JOIN crm.rep r ON r.rep_id = d.rep_id AND d.closed_at >= coalesce(r.valid_from, '-infinity') AND d.closed_at < coalesce(r.valid_until, 'infinity')
			 WHERE outcome = 'won' AND closed_at BETWEEN opened_at AND '2026-01-01 00:00+01'
				AND opened_at > '-infinity' AND (expected_close_at > '-infinity' AND expected_close_at < 'infinity') IS NOT FALSE
				AND (amount >= 0 AND amount < 'Infinity') IS NOT FALSE
			 GROUP BY 1, 2) x$$),
	('cycle_length, quarter and team', 'view',
	 $$SELECT * FROM kpi.cycle_length WHERE grain = 'quarter' AND dimension = 'team'$$),
	('lead_response, month and source', 'floor',
	 $$SELECT count(*), sum(rep_id) FROM crm.lead$$),
	('lead_response, month and source', 'by hand, same checks',
	 $$SELECT month, source, leads, sales_kpi.sample_size(response), date_part('epoch', sales_kpi.mean(response)) / 60,
			date_part('epoch', sales_kpi.median(response)) / 60, date_part('epoch', sales_kpi.percentile(response, 0.9)) / 60,
			within_sla::float8 / nullif(sla_leads, 0), converted::float8 / leads, waiting
	   FROM (SELECT sales_kpi.period_start('month', arrived_at, 'Europe/Berlin') AS month, source, count(*) AS leads,
				count(*) FILTER (WHERE answered_at IS NULL) AS waiting, count(*) FILTER (WHERE converted_at IS NOT NULL) AS converted,
				count(*) FILTER (WHERE answered_at - arrived_at <= interval '1 hour') AS within_sla,
				count(*) FILTER (WHERE answered_at - arrived_at <= interval '1 hour' OR arrived_at < '2025-12-31 23:00+01') AS sla_leads,
				sales_kpi.duration_agg(arrived_at, answered_at) AS response
			 FROM (SELECT l.arrived_at, l.source, l.converted_at, coalesce(CASE WHEN l.responded_at <= '2026-01-01 00:00+01' THEN l.responded_at END, f.touched_at) AS answered_at
				   FROM crm.lead l
				   LEFT JOIN (SELECT l.lead_id, min(t.touched_at) AS touched_at
							  FROM crm.lead l JOIN crm.touch t ON t.lead_id = l.lead_id AND t.touched_at >= l.arrived_at
							  WHERE (l.responded_at <= '2026-01-01 00:00+01') IS NOT TRUE AND t.direction = 'outbound' AND t.touched_at <= '2026-01-01 00:00+01'
							  GROUP BY 1) f USING (lead_id)
				   WHERE l.arrived_at > '-infinity' AND l.arrived_at <= '2026-01-01 00:00+01'
					AND (l.responded_at < l.arrived_at OR l.responded_at = 'infinity') IS NOT TRUE
					AND (l.converted_at < l.arrived_at OR l.converted_at = 'infinity') IS NOT TRUE) l
			 GROUP BY 1, 2) x$$),
	('lead_response, month and source', 'view',
	 $$SELECT * FROM kpi.lead_response WHERE grain = 'month' AND dimension = 'source'$$),
	('stage_length, month', 'floor',
	 $$SELECT count(*), sum(stage_order) FROM crm.deal_stage$$),
	('stage_length, month', 'by hand, same checks',
	 $$SELECT month, stage, visits, open_now, date_part('epoch', sales_kpi.mean(total)) / 86400,
			date_part('epoch', sales_kpi.median(total)) / 86400, date_part('epoch', sales_kpi.percentile(total, 0.9)) / 86400,
			date_part('epoch', sales_kpi.mean(latest)) / 86400,
			date_part('epoch', sales_kpi.median(latest)) / 86400, date_part('epoch', sales_kpi.percentile(latest, 0.9)) / 86400
	   FROM (SELECT sales_kpi.period_start('month', coalesce(left_at, '2026-01-01 00:00+01'), 'Europe/Berlin') AS month, stage,
				coalesce(sum(visits) FILTER (WHERE left_at IS NOT NULL), 0) AS visits, count(*) FILTER (WHERE left_at IS NULL) AS open_now,
				sales_kpi.duration_agg(elapsed) FILTER (WHERE left_at IS NOT NULL) AS total, sales_kpi.duration_agg(entered_at, left_at) AS latest
			 FROM (SELECT deal_id, stage, count(*) AS visits, max(entered_at) AS entered_at,
						CASE WHEN bool_and(left_at IS NOT NULL) THEN max(left_at) END AS left_at, sum(left_at - entered_at) AS elapsed
				   FROM (SELECT s.deal_id, s.stage, s.entered_at,
							coalesce(lead(s.entered_at) OVER (PARTITION BY s.deal_id ORDER BY s.entered_at, s.stage_order), d.closed_at) AS left_at
						 FROM crm.deal_stage s
						 JOIN (SELECT DISTINCT ON (deal_id) deal_id, CASE WHEN outcome IS NOT NULL AND closed_at <= '2026-01-01 00:00+01' THEN closed_at END AS closed_at
							   FROM crm.deal
							   WHERE opened_at > '-infinity' AND opened_at <= '2026-01-01 00:00+01' AND (outcome IS NOT NULL AND closed_at < opened_at) IS NOT TRUE
								AND (expected_close_at > '-infinity' AND expected_close_at < 'infinity') IS NOT FALSE AND (amount >= 0 AND amount < 'Infinity') IS NOT FALSE
							   ORDER BY deal_id, opened_at, closed_at) d USING (deal_id)
						 WHERE s.stage IS NOT NULL AND s.entered_at > '-infinity' AND s.entered_at <= '2026-01-01 00:00+01') v
				   WHERE (left_at < entered_at) IS NOT TRUE
				   GROUP BY 1, 2) t
			 GROUP BY 1, 2) x$$),
	('stage_length, month', 'view',
	 $$SELECT * FROM kpi.stage_length WHERE grain = 'month' AND dimension = 'all'$$),

	('acquisition, month and team', 'floor',
	 $$SELECT count(*), sum(customer_id) FROM crm.sale$$),
	('acquisition, month and team', 'by hand, same checks',
	 $$SELECT x.month, x.team, x.leads, count(r.rep_id) AS reps, x.new_customers, x.spend, x.cac
	   FROM (SELECT sales_kpi.period_start('month', f.happened_at, 'Europe/Berlin') AS month, coalesce(f.team, r.team) AS team,
				count(*) FILTER (WHERE is_lead) AS leads, sales_kpi.customers(sales_kpi.acquisition_agg(f.cost, f.customer_id)) AS new_customers,
				sales_kpi.spend(sales_kpi.acquisition_agg(f.cost, f.customer_id)) AS spend, sales_kpi.cac(f.cost, f.customer_id) AS cac
			 FROM ((SELECT DISTINCT ON (customer_id) customer_id, happened_at, rep_id, NULL::text AS team, 0::numeric AS cost, false AS is_lead
					FROM (SELECT customer_id, sold_at AS happened_at, rep_id, product_id, amount
						  FROM crm.sale
						  WHERE amount > 0 AND amount < 'Infinity' AND sold_at > '-infinity' AND sold_at <= '2026-01-01 00:00+01'
						  UNION ALL
						  SELECT customer_id, started_at, NULL, product_id, NULL
						  FROM crm.subscription
						  WHERE monthly_amount > 0 AND monthly_amount < 9e12 AND started_at > '-infinity' AND started_at <= '2026-01-01 00:00+01'
							AND (ended_at <= started_at) IS NOT TRUE) p
					ORDER BY customer_id, happened_at, amount DESC NULLS LAST, product_id, rep_id)
				   UNION ALL
				   SELECT NULL, spent_at, NULL, team, amount, false
				   FROM crm.spend
				   WHERE kind IN ('sales', 'marketing') AND amount < 'Infinity' AND spent_at > '-infinity' AND spent_at <= '2026-01-01 00:00+01'
				   UNION ALL
				   SELECT NULL, arrived_at, rep_id, NULL, 0, true
				   FROM crm.lead
				   WHERE arrived_at > '-infinity' AND arrived_at <= '2026-01-01 00:00+01'
					AND (responded_at < arrived_at OR responded_at = 'infinity') IS NOT TRUE
					AND (converted_at < arrived_at OR converted_at = 'infinity') IS NOT TRUE) f
			 LEFT JOIN crm.rep r ON r.rep_id = f.rep_id AND f.happened_at >= coalesce(r.valid_from, '-infinity') AND f.happened_at < coalesce(r.valid_until, 'infinity')
			 GROUP BY 1, 2) x
	   LEFT JOIN crm.rep r ON r.team = x.team AND tstzrange(r.valid_from, r.valid_until)
			&& tstzrange(x.month::timestamp AT TIME ZONE 'Europe/Berlin', (x.month + interval '1 month') AT TIME ZONE 'Europe/Berlin')
	   GROUP BY 1, 2, 3, 5, 6, 7$$),
	('acquisition, month and team', 'view',
	 $$SELECT * FROM kpi.acquisition WHERE grain = 'month' AND dimension = 'team'$$),

	('churn, month', 'floor',
	 $$SELECT count(*), sum(customer_id) FROM crm.subscription$$),
	('churn, month', 'by hand, same checks',
	 $$SELECT c.*
	   FROM (SELECT sales_kpi.customer_agg(customer_id, started_at, ended_at) AS history
			 FROM crm.subscription
			 WHERE monthly_amount > 0 AND monthly_amount < 9e12 AND started_at > '-infinity' AND started_at < '2026-01-01 00:00+01'
				AND (ended_at <= started_at) IS NOT TRUE) h
	   CROSS JOIN LATERAL sales_kpi.churn(history, (SELECT array_agg(b - interval '1 microsecond')
			FROM unnest(sales_kpi.periods('month', '2018-01-01 00:00+01', '2025-12-31 00:00+01', 'Europe/Berlin')) b)) c$$),
	('churn, month', 'view',
	 $$SELECT * FROM kpi.churn WHERE grain = 'month' AND dimension = 'all'$$),

	('upsell, month', 'floor',
	 $$SELECT count(*), sum(customer_id) FROM crm.sale$$),
	('upsell, month', 'by hand, same checks',
	 $$SELECT u.*
	   FROM (SELECT sales_kpi.purchase_agg(s.customer_id, p.family, p.tier::integer, s.sold_at, 1) AS purchases
			 FROM crm.sale s LEFT JOIN crm.product p USING (product_id)
			 WHERE s.amount > 0 AND s.amount < 'Infinity' AND s.units < 'Infinity' AND s.sold_at > '-infinity' AND s.sold_at < '2026-01-01 00:00+01') h
	   CROSS JOIN LATERAL sales_kpi.upsell(purchases, sales_kpi.periods('month', '2018-01-01 00:00+01', '2025-12-31 00:00+01', 'Europe/Berlin')) u$$),
	('upsell, month', 'view',
	 $$SELECT * FROM kpi.upsell WHERE grain = 'month' AND dimension = 'all'$$),

	('revenue_growth, month and team', 'floor',
	 $$SELECT count(*), sum(customer_id) FROM crm.sale$$),
	('revenue_growth, month and team', 'by hand, same checks',
	 $$SELECT month, team, revenue, lines, sales_kpi.revenue_growth(revenue, month, '1 month') OVER by_month AS growth,
			sales_kpi.revenue_growth(revenue, month, '1 year') OVER by_month AS year_ago_growth
	   FROM (SELECT sales_kpi.period_start('month', s.sold_at, 'Europe/Berlin') AS month, r.team, sum(s.amount) AS revenue, count(*) AS lines
			 FROM crm.sale s
			 LEFT JOIN crm.rep r ON r.rep_id = s.rep_id AND s.sold_at >= coalesce(r.valid_from, '-infinity') AND s.sold_at < coalesce(r.valid_until, 'infinity')
			 WHERE s.amount > '-Infinity' AND s.amount < 'Infinity' AND s.units < 'Infinity' AND s.sold_at > '-infinity' AND s.sold_at <= '2026-01-01 00:00+01'
			 GROUP BY 1, 2) x
	   WINDOW by_month AS (PARTITION BY team ORDER BY month)$$),
	('revenue_growth, month and team', 'view',
	 $$SELECT * FROM kpi.revenue_growth WHERE grain = 'month' AND dimension = 'team'$$),

	('win_rate, month and rep', 'floor',
	 $$SELECT count(*), sum(customer_id) FROM crm.deal$$),
	('win_rate, month and rep', 'by hand, same checks',
	 $$SELECT x.*, n.rep_name, won::float8 / nullif(won + lost, 0), sales_kpi.wilson_low(won, won + lost), sales_kpi.wilson_high(won, won + lost),
			won_amount / nullif(won_amount + lost_amount, 0)
	   FROM (SELECT sales_kpi.period_start('month', closed_at, 'Europe/Berlin') AS month, rep_id,
				count(*) FILTER (WHERE outcome = 'won') AS won, count(*) FILTER (WHERE outcome = 'lost') AS lost,
				count(*) FILTER (WHERE outcome = 'withdrawn') AS withdrawn,
				coalesce(sum(amount) FILTER (WHERE outcome = 'won' AND amount > 0), 0) AS won_amount,
				coalesce(sum(amount) FILTER (WHERE outcome = 'lost' AND amount > 0), 0) AS lost_amount,
				avg(amount) FILTER (WHERE outcome = 'won' AND amount > 0) AS average_amount
			 FROM crm.deal
			 WHERE outcome IN ('won', 'lost', 'withdrawn') AND closed_at BETWEEN opened_at AND '2026-01-01 00:00+01'
				AND opened_at > '-infinity' AND (expected_close_at > '-infinity' AND expected_close_at < 'infinity') IS NOT FALSE
				AND (amount >= 0 AND amount < 'Infinity') IS NOT FALSE
			 GROUP BY 1, 2) x
	   LEFT JOIN (SELECT DISTINCT ON (rep_id) rep_id, rep_name FROM crm.rep ORDER BY rep_id, valid_from DESC NULLS LAST) n USING (rep_id)$$),
	('win_rate, month and rep', 'view',
	 $$SELECT * FROM kpi.win_rate WHERE grain = 'month' AND dimension = 'rep' AND basis = 'closed'$$)
) q (subject, name, statement);

-- A prepared query of any grain and dimension: what the branches cost that are
-- there and not executed.
INSERT INTO bench.query (subject, name, before, statement)
VALUES
	('cycle_length, month and rep', 'view, generic plan',
	 $$DEALLOCATE ALL; SET LOCAL plan_cache_mode = force_generic_plan;
	   PREPARE cycle_length(text, text) AS SELECT * FROM kpi.cycle_length WHERE grain = $1 AND dimension = $2$$,
	 $$EXECUTE cycle_length('month', 'rep')$$);

INSERT INTO bench.promise (subject, name, workers, against, against_workers, at_most)
SELECT subject, name, workers, 'by hand, same checks', workers, 1.15
FROM bench.query
WHERE name = 'view' AND workers IN (0, 2);

INSERT INTO bench.promise (subject, name, against)
VALUES ('cycle_length, month and rep', 'view, generic plan', 'view');
