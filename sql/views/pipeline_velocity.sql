-- Sales velocity: what the deals that closed in the period brought a day.
-- reads: deal
-- dimensions: all, rep, team, territory, product, family, segment, location, source
SELECT {{common}},
	x.deals, x.won, x.average_amount,
	x.won::float8 / nullif(x.deals, 0) AS win_rate,
	sales_kpi.wilson_low(x.won, x.deals) AS win_low,
	sales_kpi.wilson_high(x.won, x.deals) AS win_high,
	date_part('epoch', x.mean_cycle) / 86400 AS mean_days,
	-- deals x win rate is the number won
	round(x.won * x.average_amount * 86400 / nullif(extract(epoch FROM x.mean_cycle), 0), 6) AS velocity
FROM (
	SELECT d.period_start, d.member_key, count(*) AS deals,
		count(*) FILTER (WHERE d.outcome = 'won') AS won,
		avg(d.amount) FILTER (WHERE d.outcome = 'won' AND d.amount > 0) AS average_amount,
		sales_kpi.mean(sales_kpi.duration_agg(d.cycle) FILTER (WHERE d.outcome = 'won')) AS mean_cycle
	FROM (
		{{rep_apart}}SELECT {{period_start}} AS period_start, {{member_key}} AS member_key, d.outcome, d.amount, d.cycle
		FROM {{fact(deal d, d.source_closed_at)}}
		WHERE d.is_closed AND d.outcome <> 'withdrawn'
	) d
	GROUP BY 1, 2
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.pipeline_velocity IS 'Sales velocity: deals x average amount x win rate / mean cycle, in money a day, of the deals closed in the period. Its four factors stand beside it.';
COMMENT ON COLUMN {{kpi}}.pipeline_velocity.deals IS 'Deals won or lost in the period.';
COMMENT ON COLUMN {{kpi}}.pipeline_velocity.won IS 'Of these, won.';
COMMENT ON COLUMN {{kpi}}.pipeline_velocity.average_amount IS 'Mean amount of the won deals whose amount is known: above 0.';
COMMENT ON COLUMN {{kpi}}.pipeline_velocity.win_rate IS 'won / deals.';
COMMENT ON COLUMN {{kpi}}.pipeline_velocity.win_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.pipeline_velocity.win_high IS 'Upper end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.pipeline_velocity.mean_days IS 'Mean cycle of the won deals whose opening is known, in days.';
COMMENT ON COLUMN {{kpi}}.pipeline_velocity.velocity IS 'deals x average_amount x win_rate / mean_days: money a day, to compare periods and members; it is no revenue. Rounded to 6 places.';
