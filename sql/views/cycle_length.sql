-- Sales cycle length, the milestone reading: deals won in the period, from their
-- first opening to their close.
-- reads: deal
-- dimensions: all, rep, team, territory, product, family, segment, location, source
SELECT {{common}},
	coalesce(sales_kpi.sample_size(x.cycle), 0) AS deals,
	date_part('epoch', sales_kpi.mean(x.cycle)) / 86400 AS mean_days,
	date_part('epoch', sales_kpi.median(x.cycle)) / 86400 AS median_days,
	date_part('epoch', sales_kpi.percentile(x.cycle, 0.25)) / 86400 AS p25_days,
	date_part('epoch', sales_kpi.percentile(x.cycle, 0.75)) / 86400 AS p75_days,
	date_part('epoch', sales_kpi.percentile(x.cycle, 0.9)) / 86400 AS p90_days,
	date_part('epoch', sales_kpi.stddev(x.cycle)) / 86400 AS stddev_days,
	x.won
FROM (
	SELECT {{period_start}} AS period_start, {{member_key}} AS member_key, count(*) AS won,
		sales_kpi.duration_agg(d.cycle) AS cycle
	FROM {{fact(deal d, d.source_closed_at)}}
	WHERE d.is_won
	GROUP BY 1, 2
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.cycle_length IS 'Sales cycle length: won deals closed in the period, from opening to close. Cycles are skewed: read the median first.';
COMMENT ON COLUMN {{kpi}}.cycle_length.deals IS 'Deals won in the period whose opening is known: those that are measured.';
COMMENT ON COLUMN {{kpi}}.cycle_length.mean_days IS 'Mean cycle in days; one long deal moves it.';
COMMENT ON COLUMN {{kpi}}.cycle_length.median_days IS 'Median cycle in days.';
COMMENT ON COLUMN {{kpi}}.cycle_length.p25_days IS 'A quarter of the cycles is not longer, in days.';
COMMENT ON COLUMN {{kpi}}.cycle_length.p75_days IS 'Three quarters of the cycles are not longer, in days.';
COMMENT ON COLUMN {{kpi}}.cycle_length.p90_days IS 'Nine tenths of the cycles are not longer, in days.';
COMMENT ON COLUMN {{kpi}}.cycle_length.stddev_days IS 'Sample standard deviation in days; NULL for one deal.';
COMMENT ON COLUMN {{kpi}}.cycle_length.won IS 'All deals won in the period.';
