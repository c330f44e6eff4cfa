-- Timeline: did deals close by the day their rep had expected? Open deals whose day is
-- over are counted as of now: of a period that is over, nobody knows how many were.
-- reads: deal
-- dimensions: all, rep, team, territory, product, family, segment, location, source
SELECT {{common}},
	x.dated, x.kept,
	x.kept::float8 / nullif(x.dated, 0) AS kept_rate,
	sales_kpi.wilson_low(x.kept, x.dated) AS kept_low,
	sales_kpi.wilson_high(x.kept, x.dated) AS kept_high,
	x.slip_days::float8 / nullif(x.dated, 0) AS mean_slip_days,
	CASE WHEN {{is_partial(x.period_start)}} THEN x.overdue END AS overdue
FROM (
	SELECT e.period_start, e.member_key,
		count(e.slip_days) AS dated,
		count(*) FILTER (WHERE e.slip_days <= 0) AS kept,
		sum(e.slip_days) AS slip_days,
		count(*) FILTER (WHERE e.slip_days IS NULL) AS overdue
	FROM (
		-- keys apart, for the planner
		WITH apart AS (SELECT 1)
		SELECT {{period_start}} AS period_start, {{member_key}} AS member_key, e.slip_days
		FROM {{fact(expected_close e, e.counted_at)}}
	) e
	GROUP BY 1, 2
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.timeline IS 'Timeline: whether deals closed by the day that their rep had expected, by the period in which they closed, and what is overdue now. The expected day is the one the source holds now: where it is moved, no slip shows.';
COMMENT ON COLUMN {{kpi}}.timeline.dated IS 'Deals closed in the period, whatever their outcome, that had an expected day.';
COMMENT ON COLUMN {{kpi}}.timeline.kept IS 'Of these, closed on that day or before it.';
COMMENT ON COLUMN {{kpi}}.timeline.kept_rate IS 'kept / dated.';
COMMENT ON COLUMN {{kpi}}.timeline.kept_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.timeline.kept_high IS 'Upper end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.timeline.mean_slip_days IS 'Mean days from the expected day to the close; early ones are negative.';
COMMENT ON COLUMN {{kpi}}.timeline.overdue IS 'Open deals whose expected day is over as of now, in the period of as_of; NULL in others.';
