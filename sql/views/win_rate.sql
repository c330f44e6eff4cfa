-- Win rate: deals by the period of their close or of their opening, and what became of
-- them. Each basis is grouped by itself, below its name: a filter on basis leaves one in
-- the plan, and rows are grouped by period and member alone. A deal that closed with a
-- word that is none is in no win rate.
-- reads: deal
-- dimensions: all, rep, team, territory, product, family, segment, location, source
-- keys: basis
SELECT {{common}},
	x.basis, x.won, x.lost, x.withdrawn, x.open,
	x.won::float8 / nullif(x.deals, 0) AS win_rate,
	sales_kpi.wilson_low(x.won, x.deals) AS win_low,
	sales_kpi.wilson_high(x.won, x.deals) AS win_high,
-- if deal.amount
	(coalesce(x.won_amount, 0) / nullif(coalesce(x.won_amount, 0) + coalesce(x.lost_amount, 0)
		+ CASE x.basis WHEN 'within_days' THEN coalesce(x.open_amount, 0) ELSE 0 END, 0))::float8 AS amount_win_rate,
	coalesce(x.won_amount, 0) AS won_amount, coalesce(x.lost_amount, 0) AS lost_amount, x.average_amount, coalesce(x.open_amount, 0) AS open_amount,
-- else
	NULL::float8 AS amount_win_rate,
	x.won_amount, x.lost_amount, x.average_amount, x.open_amount,
-- end
	x.deals
FROM (
	WITH {{shared}}closed AS NOT MATERIALIZED (
		-- keys apart, for the planner, and each column evaluated once
		WITH apart AS (SELECT 1)
		SELECT {{period_start(d.closed_at)}} AS period_start, {{member_key}} AS member_key, d.outcome AS result,
			CASE WHEN d.amount > 0 THEN d.amount END AS amount
		FROM {{fact(deal d, d.closed_at)}}
		WHERE d.is_closed
	),
	opened AS NOT MATERIALIZED (
		WITH apart AS (SELECT 1)
		SELECT {{period_start(d.opened_at)}} AS period_start, {{member_key}} AS member_key, d.age, coalesce(d.outcome, 'open') AS result,
			CASE WHEN d.outcome IS NOT NULL AND d.cycle <= {{win_within}} THEN d.outcome ELSE 'open' END AS result_within,
			CASE WHEN d.amount > 0 THEN d.amount END AS amount
		FROM {{fact(deal d, d.opened_at)}}
		WHERE d.opened_at IS NOT NULL AND (d.is_closed OR d.is_open)
	)
	SELECT g.period_start, g.member_key, 'closed'::text AS basis, g.won, g.lost, g.withdrawn, 0::bigint AS open, g.won + g.lost AS deals,
		g.average_amount, g.won_amount, g.lost_amount, NULL::numeric AS open_amount
	FROM (
		SELECT d.period_start, d.member_key,
			count(*) FILTER (WHERE d.result = 'won') AS won,
			count(*) FILTER (WHERE d.result = 'lost') AS lost,
			count(*) FILTER (WHERE d.result = 'withdrawn') AS withdrawn,
			avg(d.amount) FILTER (WHERE d.result = 'won') AS average_amount,
			sum(d.amount) FILTER (WHERE d.result = 'won') AS won_amount,
			sum(d.amount) FILTER (WHERE d.result = 'lost') AS lost_amount
		FROM closed d
		GROUP BY 1, 2
	) g
	UNION ALL
	SELECT g.period_start, g.member_key, 'opened'::text, g.won, g.lost, g.withdrawn, g.open, g.won + g.lost,
		g.average_amount, g.won_amount, g.lost_amount, g.open_amount
	FROM (
		SELECT d.period_start, d.member_key,
			count(*) FILTER (WHERE d.result = 'won') AS won,
			count(*) FILTER (WHERE d.result = 'lost') AS lost,
			count(*) FILTER (WHERE d.result = 'withdrawn') AS withdrawn,
			count(*) FILTER (WHERE d.result = 'open') AS open,
			avg(d.amount) FILTER (WHERE d.result = 'won') AS average_amount,
			sum(d.amount) FILTER (WHERE d.result = 'won') AS won_amount,
			sum(d.amount) FILTER (WHERE d.result = 'lost') AS lost_amount,
			sum(d.amount) FILTER (WHERE d.result = 'open') AS open_amount
		FROM opened d
		GROUP BY 1, 2
	) g
	UNION ALL
	SELECT g.period_start, g.member_key, 'within_days'::text, g.won, g.lost, g.withdrawn, g.open, g.won + g.lost + g.open,
		g.average_amount, g.won_amount, g.lost_amount, g.open_amount
	FROM (
		SELECT d.period_start, d.member_key,
			count(*) FILTER (WHERE d.result_within = 'won') AS won,
			count(*) FILTER (WHERE d.result_within = 'lost') AS lost,
			count(*) FILTER (WHERE d.result_within = 'withdrawn') AS withdrawn,
			count(*) FILTER (WHERE d.result_within = 'open') AS open,
			avg(d.amount) FILTER (WHERE d.result_within = 'won') AS average_amount,
			sum(d.amount) FILTER (WHERE d.result_within = 'won') AS won_amount,
			sum(d.amount) FILTER (WHERE d.result_within = 'lost') AS lost_amount,
			sum(d.amount) FILTER (WHERE d.result_within = 'open') AS open_amount
		FROM opened d
		WHERE d.age >= {{win_within}}
		GROUP BY 1, 2
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
