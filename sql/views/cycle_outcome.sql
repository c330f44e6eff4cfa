-- Optimal cycle: what deals of one length come to, by the period of their close. Each
-- deal is in its band and in the one of all lengths.
-- reads: deal
-- dimensions: all, rep, team, territory, product, family, segment, location, source
-- keys: band_from_days, band_to_days
SELECT {{common}},
	x.band_from_days, x.band_to_days, x.deals, x.won,
	x.won::float8 / x.deals AS win_rate, x.win_low, sales_kpi.wilson_high(x.won, x.deals) AS win_high,
	x.amount, date_part('epoch', sales_kpi.mean(x.cycle)) / 86400 AS mean_days,
	x.followed, x.lost_90d,
	x.lost_90d::float8 / nullif(x.followed, 0) AS lost_90d_rate,
	sales_kpi.wilson_low(x.lost_90d, x.followed) AS lost_90d_low,
	sales_kpi.wilson_high(x.lost_90d, x.followed) AS lost_90d_high,
	x.answered, x.dissatisfied,
	x.dissatisfied::float8 / nullif(x.answered, 0) AS dissatisfied_rate,
	sales_kpi.wilson_low(x.dissatisfied, x.answered) AS dissatisfied_low,
	sales_kpi.wilson_high(x.dissatisfied, x.answered) AS dissatisfied_high,
	x.nps, x.is_best
FROM (
	SELECT g.*, g.is_candidate AND row_number() OVER (PARTITION BY g.period_start, g.member_key, g.is_candidate ORDER BY g.win_low DESC, g.band_from_days) = 1 AS is_best
	FROM (
		SELECT f.period_start, f.member_key, CASE WHEN f.by_band THEN ('{0,7,14,30,60,90,180,365}'::integer[])[f.band] ELSE 0 END AS band_from_days,
			CASE WHEN f.by_band THEN ('{7,14,30,60,90,180,365}'::integer[])[f.band] END AS band_to_days,
			count(*) AS deals, count(*) FILTER (WHERE f.is_won) AS won,
			sales_kpi.wilson_low(count(*) FILTER (WHERE f.is_won), count(*)) AS win_low,
			sum(f.amount) FILTER (WHERE f.is_won) AS amount,
			sales_kpi.duration_agg(f.cycle) FILTER (WHERE f.is_won) AS cycle,
			count(*) FILTER (WHERE f.followed) AS followed, count(*) FILTER (WHERE f.lost) AS lost_90d,
			count(*) FILTER (WHERE f.answered) AS answered, count(*) FILTER (WHERE f.dissatisfied) AS dissatisfied,
			100 * (sum(f.promoters) - sum(f.detractors))::float8 / nullif(sum(f.answers), 0)::float8 AS nps,
			count(*) >= 30 AND f.by_band AS is_candidate
		FROM (
			-- (a join with the bands would come first to the planner, and what became of the
			-- deals be looked for once for each band)
			SELECT f.*, {{period_start}} AS period_start, {{member_key}} AS member_key,
				width_bucket(f.cycle_days, '{7,14,30,60,90,180,365}'::float8[]) + 1 AS band, unnest('{true,false}'::boolean[]) AS by_band
			FROM {{fact(cycle_fact f, f.closed_at)}}
			WHERE f.cycle_days >= 0
		) f
		GROUP BY 1, 2, 3, 4, f.by_band
	) g
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.cycle_outcome IS 'Optimal cycle: deals won or lost by the period of their close and by the length of their cycle, how many were won, and how many of the customers were lost or dissatisfied within 90 days. An association and not a cause: easy deals are both short and won. A row per band that has a deal, and one for all lengths: filter on band_from_days = 0 AND band_to_days IS NULL, or leave it out.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.band_from_days IS 'Shortest cycle of the band in days, inclusive.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.band_to_days IS 'Longest, exclusive; NULL: no end. From 0 without an end: all lengths.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.deals IS 'Deals won or lost in the period with such a cycle.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.won IS 'Of these, won.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.win_rate IS 'won / deals.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.win_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.win_high IS 'Upper end of it.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.amount IS 'Sum of the amounts of the won deals; NULL where none is known.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.mean_days IS 'Mean cycle of the won deals, in days.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.followed IS 'Won deals closed at least 90 days before as_of, whose customer was active at some time in the 90 days from the close.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.lost_90d IS 'Of these, deals whose customer was lost in these 90 days.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.lost_90d_rate IS 'lost_90d / followed.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.lost_90d_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.lost_90d_high IS 'Upper end of it.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.answered IS 'Won deals closed at least 90 days before as_of, with an answer in the 90 days from the close: for the deal, or of its customer for no deal.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.dissatisfied IS 'Of these, deals with an answer of 6 or less from 0 to 10, or of 2 or less from 1 to 5.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.dissatisfied_rate IS 'dissatisfied / answered.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.dissatisfied_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.dissatisfied_high IS 'Upper end of it.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.nps IS 'Net promoter score of these answers from 0 to 10; NULL without any.';
COMMENT ON COLUMN {{kpi}}.cycle_outcome.is_best IS 'Whether deals of this band are won most surely: of the bands with at least 30 deals, the one with the highest win_low, and of equal ones the shortest. An association: it is no reason to hurry or to wait.';
