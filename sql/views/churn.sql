-- Churn: who was active when a period began and is not when it ends. One pass over
-- the spans makes a history of each member, of which every period is read.
-- reads: subscription, sale
-- dimensions: all, rep, team, territory, product, family, segment, location, source
SELECT {{common}},
	x.at_start, x.joined, x.returned, x.lost, x.at_end, x.joined_and_left, x.churn_rate, x.churn_low, x.churn_high
FROM (
	SELECT g.member_key, ((c.period_start + interval '1 microsecond') AT TIME ZONE {{clock_zone}})::date AS period_start,
		c.at_start, c.joined, c.returned, c.lost, c.at_end, c.joined_and_left, c.churn_rate, c.churn_low, c.churn_high
	FROM (
		SELECT {{member_key}} AS member_key,
			sales_kpi.customer_agg(s.customer_id, {{clock(s.started_at)}}, {{clock(s.ended_at)}}) AS history
		FROM {{fact(active_span s, s.started_at)}}
		{{group_by_member}}
	) g
	CROSS JOIN LATERAL sales_kpi.churn(g.history, {{closings(g.history)}}, {{grace}}) c
	WHERE g.history IS NOT NULL
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.churn IS 'Churn: customers active when the period begins, of these lost when it ends; a row per period since the member''s first customer. A customer counts for each member that one of its subscriptions is of, as of their start, and changing from one to another is lost there and joined here; only the total knows who has gone altogether. Without subscriptions it is empty, unless the setting inactive_after tells how long a purchase keeps its customer.';
COMMENT ON COLUMN {{kpi}}.churn.at_start IS 'Customers active when the period begins. At_start + joined + returned - lost = at_end.';
COMMENT ON COLUMN {{kpi}}.churn.joined IS 'Customers active when it ends, whose first start is in the period.';
COMMENT ON COLUMN {{kpi}}.churn.returned IS 'Customers active when it ends and not when it begins, who had been customers before.';
COMMENT ON COLUMN {{kpi}}.churn.lost IS 'Customers active when it begins and not when it ends.';
COMMENT ON COLUMN {{kpi}}.churn.at_end IS 'Customers active when it ends, or at as_of.';
COMMENT ON COLUMN {{kpi}}.churn.joined_and_left IS 'Customers who joined in the period and had left when it ended: neither joined nor lost.';
COMMENT ON COLUMN {{kpi}}.churn.churn_rate IS 'lost / at_start.';
COMMENT ON COLUMN {{kpi}}.churn.churn_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.churn.churn_high IS 'Upper end of its 95 % Wilson interval.';
