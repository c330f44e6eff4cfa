-- Harm watch: per product, is the churn of a period above what the product's own past
-- explains, and is it rising? Tested where a period is over, at least 30 customers
-- were at risk, and somebody was in at least 6 of the 12 periods before.
-- reads: subscription, sale
-- dimensions: product
SELECT {{common}},
	x.at_risk, x.lost, x.expected, x.p_value, x.q_value, x.slope,
	CASE WHEN {{is_partial(x.period_start)}} THEN 'period not over'
		WHEN x.at_risk < 30 THEN 'too few customers to tell'
		WHEN x.q_value IS NULL THEN 'too little history to tell'
		WHEN x.q_value < 0.01 AND x.is_rising THEN 'more churn than usual, and rising'
		WHEN x.q_value < 0.01 THEN 'more churn than usual'
		WHEN x.is_rising THEN 'rising'
		ELSE 'as usual' END AS verdict,
	x.churn_rate, x.baseline_rate, x.trend_q_value
FROM (
	SELECT q.*, coalesce(q.slope > 0 AND q.trend_q_value < 0.01, false) AS is_rising
	FROM (
		-- Benjamini and Hochberg, over the products tested in a period: no test is less
		-- telling than one with a larger p-value
		SELECT a.*, min(least(a.p_adjusted, 1)) FILTER (WHERE a.p_value IS NOT NULL) OVER (PARTITION BY a.period_start ORDER BY a.p_value DESC) AS q_value,
			min(least(a.trend_p_adjusted, 1)) FILTER (WHERE a.trend_p_value IS NOT NULL) OVER (PARTITION BY a.period_start ORDER BY a.trend_p_value DESC) AS trend_q_value
		FROM (
			-- a p-value times the number of tests, by its rank among them
			SELECT t.*, t.p_value * count(t.p_value) OVER (PARTITION BY t.period_start)
					/ nullif(count(t.p_value) OVER (PARTITION BY t.period_start ORDER BY t.p_value), 0) AS p_adjusted,
				t.trend_p_value * count(t.trend_p_value) OVER (PARTITION BY t.period_start)
					/ nullif(count(t.trend_p_value) OVER (PARTITION BY t.period_start ORDER BY t.trend_p_value), 0) AS trend_p_adjusted
			FROM (
				SELECT w.member_key, w.period_start, w.at_risk, w.lost, w.churn_rate, w.baseline_rate,
					w.at_risk * w.baseline_rate AS expected,
					CASE WHEN w.is_tested THEN sales_kpi.binomial_tail(w.lost, w.at_risk, w.baseline_rate) END AS p_value,
					CASE WHEN w.is_tested THEN (w.trend).slope END AS slope,
					CASE WHEN w.is_tested THEN (w.trend).p_value END AS trend_p_value
				FROM (
					-- a past without any loss is taken to have had one
					SELECT c.*, greatest(sum(c.lost) OVER past, 1)::float8 / nullif(sum(c.at_risk) OVER past, 0) AS baseline_rate,
						c.at_risk >= 30 AND count(c.churn_rate) OVER past >= 6 AND NOT {{is_partial(c.period_start)}} AS is_tested,
						sales_kpi.trend(c.churn_rate) OVER (PARTITION BY c.member_key ORDER BY c.period_start ROWS 11 PRECEDING) AS trend
					FROM (
						SELECT g.member_key, ((v.period_start + interval '1 microsecond') AT TIME ZONE {{clock_zone}})::date AS period_start,
							v.at_start AS at_risk, v.lost, v.churn_rate
						FROM (
							SELECT {{member_key}} AS member_key,
								sales_kpi.customer_agg(s.customer_id, {{clock(s.started_at)}}, {{clock(s.ended_at)}}) AS history
							FROM {{fact(active_span s, s.started_at)}}
							GROUP BY 1
						) g
						CROSS JOIN LATERAL sales_kpi.churn(g.history, {{closings(g.history)}}, {{grace}}) v
					) c
					WINDOW past AS (PARTITION BY c.member_key ORDER BY c.period_start ROWS BETWEEN 12 PRECEDING AND 1 PRECEDING)
				) w
			) t
		) a
	) q
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.churn_watch IS 'Harm watch: a row per product and period that says whether more customers left than its past explains, and whether churn is rising. Read verdict first. A verdict is a reason to look, not a cause: of a hundred periods with nothing wrong, one raises a false alarm, so take months rather than days.';
COMMENT ON COLUMN {{kpi}}.churn_watch.at_risk IS 'Customers of the product active when the period begins.';
COMMENT ON COLUMN {{kpi}}.churn_watch.lost IS 'Of these, not active when it ends.';
COMMENT ON COLUMN {{kpi}}.churn_watch.expected IS 'Losses to be expected: at_risk x baseline_rate.';
COMMENT ON COLUMN {{kpi}}.churn_watch.p_value IS 'Chance of at least so many losses if churn is as usual (exact binomial test). NULL where it is not tested: period not over, fewer than 30 at risk, or less than 6 of the 12 periods before with anybody at risk.';
COMMENT ON COLUMN {{kpi}}.churn_watch.q_value IS 'The same with regard to how many products are tested in the period (Benjamini-Hochberg). Below 0.01: more churn than usual.';
COMMENT ON COLUMN {{kpi}}.churn_watch.slope IS 'Change of the churn rate from period to period over the last twelve (Theil-Sen); NULL where it is not tested.';
COMMENT ON COLUMN {{kpi}}.churn_watch.verdict IS 'What to make of it: more churn than usual, rising, both, as usual, or why nothing can be told.';
COMMENT ON COLUMN {{kpi}}.churn_watch.churn_rate IS 'lost / at_risk.';
COMMENT ON COLUMN {{kpi}}.churn_watch.baseline_rate IS 'The product''s churn rate over the twelve periods before; where nobody was lost, as if one had been.';
COMMENT ON COLUMN {{kpi}}.churn_watch.trend_q_value IS 'Chance of so clear a trend if there is none (Mann-Kendall), with regard to how many products are tested. Below 0.01 with a positive slope: rising.';
