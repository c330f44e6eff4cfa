-- Win rate: deals by the period of their close or of their opening, and what became of
-- them.
-- reads: deal
-- dimensions: all, rep, team, territory, product, family, segment, location, source
-- keys: basis
SELECT {{common}},
	x.basis, x.won, x.lost, x.withdrawn, x.open,
	x.won::float8 / nullif(x.deals, 0) AS win_rate,
	sales_kpi.wilson_low(x.won, x.deals) AS win_low,
	sales_kpi.wilson_high(x.won, x.deals) AS win_high,
	(x.won_amount / nullif(x.won_amount + x.lost_amount + CASE x.basis WHEN 'within_days' THEN x.open_amount ELSE 0 END, 0))::float8 AS amount_win_rate,
	x.won_amount, x.lost_amount, x.average_amount, x.open_amount, x.deals
FROM (
	SELECT g.*, g.won + g.lost + CASE g.basis WHEN 'within_days' THEN g.open ELSE 0 END AS deals
	FROM (
		SELECT d.period_start, d.member_key, d.basis,
			count(*) FILTER (WHERE d.result = 'won') AS won,
			count(*) FILTER (WHERE d.result = 'lost') AS lost,
			count(*) FILTER (WHERE d.result = 'withdrawn') AS withdrawn,
			count(*) FILTER (WHERE d.result = 'open') AS open,
			avg(d.amount) FILTER (WHERE d.result = 'won') AS average_amount,
-- if deal.amount
			coalesce(sum(d.amount) FILTER (WHERE d.result = 'won'), 0) AS won_amount,
			coalesce(sum(d.amount) FILTER (WHERE d.result = 'lost'), 0) AS lost_amount,
			coalesce(sum(d.amount) FILTER (WHERE d.result = 'open'), 0) AS open_amount
-- else
			NULL::numeric AS won_amount, NULL::numeric AS lost_amount, NULL::numeric AS open_amount
-- end
		FROM (
			-- keys apart, for the planner
			WITH apart AS (SELECT 1)
			SELECT {{period_start}} AS period_start, {{member_key}} AS member_key, d.basis, d.result, d.amount
			FROM {{fact(deal_outcome d, d.counted_at)}}
		) d
		GROUP BY 1, 2, 3
	) g
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.win_rate IS 'Win rate: won deals, of those that were decided. Filter on basis: closed, opened or within_days.';
COMMENT ON COLUMN {{kpi}}.win_rate.basis IS 'Which deals. closed: closed in the period; opened: opened in it, as of now; within_days: opened in it at least win_within ago, as they stood win_within after their opening.';
COMMENT ON COLUMN {{kpi}}.win_rate.won IS 'Deals won.';
COMMENT ON COLUMN {{kpi}}.win_rate.lost IS 'Deals lost.';
COMMENT ON COLUMN {{kpi}}.win_rate.withdrawn IS 'Deals withdrawn; they are in no win rate.';
COMMENT ON COLUMN {{kpi}}.win_rate.open IS 'Deals still open: as of now, or of within_days, not closed within win_within.';
COMMENT ON COLUMN {{kpi}}.win_rate.win_rate IS 'won / deals.';
COMMENT ON COLUMN {{kpi}}.win_rate.win_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.win_rate.win_high IS 'Upper end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.win_rate.amount_win_rate IS 'won_amount / (won_amount + lost_amount); of within_days, open_amount is in what is divided by, too. One large deal moves it.';
COMMENT ON COLUMN {{kpi}}.win_rate.won_amount IS 'Amount of the won deals where it is known: above 0.';
COMMENT ON COLUMN {{kpi}}.win_rate.lost_amount IS 'Amount of the lost deals where it is known.';
COMMENT ON COLUMN {{kpi}}.win_rate.average_amount IS 'Mean amount of the won deals whose amount is known.';
COMMENT ON COLUMN {{kpi}}.win_rate.open_amount IS 'Amount of the open deals where it is known.';
COMMENT ON COLUMN {{kpi}}.win_rate.deals IS 'What win_rate is of: won + lost; of within_days, + open.';
