-- Revenue movement: what customers paid a month when a period began, what has come
-- and gone since, and what they pay when it ends.
-- reads: subscription
-- dimensions: all, rep, team, territory, product, family, segment, location, source
SELECT {{common}},
	x.start_amount, x.new_amount, x.expansion_amount, x.contraction_amount, x.churned_amount, x.returned_amount, x.end_amount,
	x.gross_churn, x.grr, x.nrr, x.quick_ratio, x.at_start, x.at_end
FROM (
	SELECT g.member_key, ((v.period_start + interval '1 microsecond') AT TIME ZONE {{clock_zone}})::date AS period_start,
		v.start_amount, v.new_amount, v.expansion_amount, v.contraction_amount, v.churned_amount, v.returned_amount, v.end_amount,
		v.gross_churn, v.grr, v.nrr, v.quick_ratio, v.at_start, v.at_end
	FROM (
		SELECT {{member_key}} AS member_key,
			sales_kpi.customer_agg(s.customer_id, {{clock(s.started_at)}}, {{clock(s.ended_at)}}, s.monthly_amount) AS history
		FROM {{fact(paid_span s, s.started_at)}}
		{{group_by_member}}
	) g
	CROSS JOIN LATERAL sales_kpi.revenue_movement(g.history, {{closings(g.history)}}, {{grace}}) v
	WHERE g.history IS NOT NULL
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.revenue_movement IS 'Revenue movement: the monthly amount of all subscriptions when the period begins, what is new, more, less, gone and back since, and the amount when it ends. Per customer: a second subscription is expansion.';
COMMENT ON COLUMN {{kpi}}.revenue_movement.start_amount IS 'Monthly amount when the period begins. Start + new + expansion - contraction - churned + returned = end.';
COMMENT ON COLUMN {{kpi}}.revenue_movement.new_amount IS 'Of customers whose first start is in the period.';
COMMENT ON COLUMN {{kpi}}.revenue_movement.expansion_amount IS 'What customers pay more than when the period began.';
COMMENT ON COLUMN {{kpi}}.revenue_movement.contraction_amount IS 'What customers who have stayed pay less.';
COMMENT ON COLUMN {{kpi}}.revenue_movement.churned_amount IS 'What customers paid who are lost.';
COMMENT ON COLUMN {{kpi}}.revenue_movement.returned_amount IS 'Of customers who have come back.';
COMMENT ON COLUMN {{kpi}}.revenue_movement.end_amount IS 'Monthly amount when the period ends, or at as_of.';
COMMENT ON COLUMN {{kpi}}.revenue_movement.gross_churn IS '(churned + contraction) / start.';
COMMENT ON COLUMN {{kpi}}.revenue_movement.grr IS 'Gross revenue retention: 1 - gross_churn.';
COMMENT ON COLUMN {{kpi}}.revenue_movement.nrr IS 'Net revenue retention: (start + expansion - contraction - churned) / start; what has returned is not in it.';
COMMENT ON COLUMN {{kpi}}.revenue_movement.quick_ratio IS '(new + expansion + returned) / (contraction + churned); NULL without loss.';
COMMENT ON COLUMN {{kpi}}.revenue_movement.at_start IS 'Paying customers when the period begins.';
COMMENT ON COLUMN {{kpi}}.revenue_movement.at_end IS 'Paying customers when it ends, or at as_of.';
