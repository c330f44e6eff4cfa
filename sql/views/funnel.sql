-- Funnel: how far the deals came that entered the pipeline in the period. They are
-- counted by where they are first, and then for each stage on the way there.
-- reads: deal_stage
-- dimensions: all, rep, team, territory, product, family, segment, location, source
-- keys: stage
SELECT {{common}},
	x.stage, x.stage_order, x.entered, x.advanced, x.dropped, x.entered - x.advanced - x.dropped AS open_now,
	x.advanced::float8 / nullif(x.entered, 0) AS advance_rate,
	sales_kpi.wilson_low(x.advanced, x.entered) AS advance_low,
	sales_kpi.wilson_high(x.advanced, x.entered) AS advance_high
FROM (
	SELECT g.period_start, g.member_key, s.stage, s.stage_order, sum(g.deals)::bigint AS entered,
		coalesce(sum(g.deals) FILTER (WHERE g.is_won OR g.furthest > s.stage_order), 0)::bigint AS advanced,
		coalesce(sum(g.deals) FILTER (WHERE g.is_dropped AND g.furthest = s.stage_order), 0)::bigint AS dropped
	FROM (
		SELECT {{period_start}} AS period_start, {{member_key}} AS member_key, f.furthest,
			coalesce(f.outcome = 'won', false) AS is_won, coalesce(f.outcome = ANY ('{lost,withdrawn}'), false) AS is_dropped,
			count(*) AS deals
		FROM {{fact(deal_progress f, f.started_at)}}
		GROUP BY 1, 2, 3, 4, 5
	) g
	JOIN {{base}}.stage s ON s.stage_order <= g.furthest OR g.is_won
	GROUP BY g.period_start, g.member_key, s.stage, s.stage_order
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.funnel IS 'Funnel: of the deals that first entered a stage in the period, how many came to each stage or a later one, and what became of them there, as of now.';
COMMENT ON COLUMN {{kpi}}.funnel.stage IS 'The stage.';
COMMENT ON COLUMN {{kpi}}.funnel.stage_order IS 'Its place in the pipeline, 1 first.';
COMMENT ON COLUMN {{kpi}}.funnel.entered IS 'Deals that entered this stage or a later one, or were won: a stage that was skipped counts. Entered = advanced + dropped + open_now.';
COMMENT ON COLUMN {{kpi}}.funnel.advanced IS 'Of these, deals that entered a later stage, or were won.';
COMMENT ON COLUMN {{kpi}}.funnel.dropped IS 'Of these, deals that came no further and were lost or withdrawn.';
COMMENT ON COLUMN {{kpi}}.funnel.open_now IS 'Of these, the others: deals that may still advance.';
COMMENT ON COLUMN {{kpi}}.funnel.advance_rate IS 'advanced / entered. Deals of late have had less time.';
COMMENT ON COLUMN {{kpi}}.funnel.advance_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.funnel.advance_high IS 'Upper end of its 95 % Wilson interval.';
