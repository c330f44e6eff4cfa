-- Contact frequency: how often a deal is contacted in a week, by the stage it is in.
-- reads: deal_stage
-- dimensions: all, rep, team, territory, product, family, segment, location, source
-- keys: stage
SELECT {{common}},
	x.stage, x.touches, x.deal_weeks,
	x.touches / nullif(x.deal_weeks, 0) AS per_deal_week
FROM (
	SELECT {{period_start}} AS period_start, {{member_key}} AS member_key, v.stage,
		sum(v.touches)::bigint AS touches, date_part('epoch', sum(v.elapsed)) / 604800 AS deal_weeks
	FROM {{fact(stage_contact v, v.happened_at)}}
	WHERE v.grain = {{grain}} OR v.grain IS NULL
	GROUP BY 1, 2, 3
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.contact_frequency IS 'Contact frequency: human outbound touches per deal and week, by the stage the deal was in and the period in which it was there. A stay in a stage counts in each period with the part that lies in it; that of a deal still there ends with as_of.';
COMMENT ON COLUMN {{kpi}}.contact_frequency.stage IS 'The stage.';
COMMENT ON COLUMN {{kpi}}.contact_frequency.touches IS 'Human outbound touches of deals while they were in the stage.';
COMMENT ON COLUMN {{kpi}}.contact_frequency.deal_weeks IS 'Time that deals spent in the stage within the period, in weeks, summed over the deals.';
COMMENT ON COLUMN {{kpi}}.contact_frequency.per_deal_week IS 'touches / deal_weeks: contacts of one deal in a week. A ratio, without an interval.';
