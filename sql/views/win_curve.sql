-- Win curve: what becomes of the deals opened in the period, by the days since their
-- opening. Of the grain all, of all deals there ever were. An outcome that is an
-- unknown word is none of those the curve knows.
-- reads: deal
-- dimensions: all, rep, team, territory, product, family, segment, location, source
-- keys: day
-- grains: all, day, week, month, quarter, year
SELECT {{common}},
	x.day, x.at_risk, x.won, x.lost, x.censored, x.won_share, x.won_low, x.won_high,
	x.lost_share, x.lost_low, x.lost_high, x.open_share, x.median_days, x.deals
FROM (
	SELECT {{cohort_start(g.period_start, g.first_day)}} AS period_start, g.member_key,
		v.day, v.at_risk, v.won, v.lost, v.censored, v.won_share, v.won_low, v.won_high,
		v.lost_share, v.lost_low, v.lost_high, v.open_share,
		sales_kpi.median_days(g.summary) AS median_days, sales_kpi.sample_size(g.summary) AS deals
	FROM (
		SELECT d.period_start, d.member_key,
			(min(d.opened_at) AT TIME ZONE {{time_zone}})::date AS first_day,
-- if date deal.opened_at
-- if date deal.closed_at
			sales_kpi.win_curve_agg({{local_date(d.opened_at)}}, {{local_date(d.closed_at)}}, d.outcome, {{local_date({{as_of}})}}) AS summary
-- else
			sales_kpi.win_curve_agg(d.opened_at, d.closed_at, d.outcome, {{as_of}}) AS summary
-- end
-- else
			sales_kpi.win_curve_agg(d.opened_at, d.closed_at, d.outcome, {{as_of}}) AS summary
-- end
		FROM (
			{{rep_apart}}SELECT {{period_start}} AS period_start, {{member_key}} AS member_key, d.opened_at, d.closed_at, d.outcome
			FROM {{fact(deal d, d.opened_at)}}
			WHERE d.opened_at IS NOT NULL AND (d.is_closed OR d.is_open)
		) d
		GROUP BY 1, 2
	) g
	CROSS JOIN LATERAL sales_kpi.win_curve(g.summary) v
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.win_curve IS 'What becomes of the deals opened in the period (grain all: of all), as an Aalen-Johansen curve: a row per day since the opening on which some were won or lost, or are that old and open. A lost deal competes with a won one; an open one counts as long as it is seen.';
COMMENT ON COLUMN {{kpi}}.win_curve.day IS 'Completed days since the opening.';
COMMENT ON COLUMN {{kpi}}.win_curve.at_risk IS 'Deals seen to be open up to that age.';
COMMENT ON COLUMN {{kpi}}.win_curve.won IS 'Of these, won at that age.';
COMMENT ON COLUMN {{kpi}}.win_curve.lost IS 'Of these, lost or withdrawn at that age.';
COMMENT ON COLUMN {{kpi}}.win_curve.censored IS 'Of these, of that age as of now and still open.';
COMMENT ON COLUMN {{kpi}}.win_curve.won_share IS 'Estimated share of deals that are won within so many days.';
COMMENT ON COLUMN {{kpi}}.win_curve.won_low IS 'Lower end of its 95 % interval (delta method, log-log); NULL where the share is 0 or 1.';
COMMENT ON COLUMN {{kpi}}.win_curve.won_high IS 'Upper end of it.';
COMMENT ON COLUMN {{kpi}}.win_curve.lost_share IS 'Estimated share of deals that are lost or withdrawn within so many days.';
COMMENT ON COLUMN {{kpi}}.win_curve.lost_low IS 'Lower end of its 95 % interval; NULL where the share is 0 or 1.';
COMMENT ON COLUMN {{kpi}}.win_curve.lost_high IS 'Upper end of it.';
COMMENT ON COLUMN {{kpi}}.win_curve.open_share IS 'Estimated share of deals that are still open then.';
COMMENT ON COLUMN {{kpi}}.win_curve.median_days IS 'First day on which half of the deals are won, the same in each row; NULL where they are not.';
COMMENT ON COLUMN {{kpi}}.win_curve.deals IS 'All deals of the curve, the same in each row: those at risk in its first.';
