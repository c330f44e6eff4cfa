-- Time in each stage: a deal counts once per stage, in the period in which it last
-- left it. Deals still there are censored: they are counted as of now, not measured.
-- reads: deal_stage, deal
-- dimensions: all, rep, team, territory, product, family, segment, location, source
-- keys: stage
SELECT {{common}},
	x.stage, x.stage_order, x.visits,
	date_part('epoch', sales_kpi.mean(x.total)) / 86400 AS mean_days,
	date_part('epoch', sales_kpi.median(x.total)) / 86400 AS median_days,
	date_part('epoch', sales_kpi.percentile(x.total, 0.9)) / 86400 AS p90_days,
	x.open_now,
	coalesce(sales_kpi.sample_size(x.total), 0) AS deals,
	date_part('epoch', sales_kpi.mean(x.latest)) / 86400 AS latest_mean_days,
	date_part('epoch', sales_kpi.median(x.latest)) / 86400 AS latest_median_days,
	date_part('epoch', sales_kpi.percentile(x.latest, 0.9)) / 86400 AS latest_p90_days
FROM (
	SELECT {{period_start}} AS period_start, {{member_key}} AS member_key, t.stage, min(t.stage_order) AS stage_order,
		coalesce(sum(t.visits) FILTER (WHERE NOT t.is_open), 0)::bigint AS visits,
		count(*) FILTER (WHERE t.is_open) AS open_now,
		sales_kpi.duration_agg(t.elapsed) AS total,
		sales_kpi.duration_agg(t.latest_elapsed) AS latest
	FROM {{fact(stage_time t, t.counted_at)}}
	GROUP BY 1, 2, 3
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.stage_length IS 'Time in each stage, by the period in which a deal last left it; a skipped stage has no row, and who is still there is in open_now.';
COMMENT ON COLUMN {{kpi}}.stage_length.stage IS 'The stage.';
COMMENT ON COLUMN {{kpi}}.stage_length.stage_order IS 'Its place in the pipeline, 1 first; NULL where only the present stage of deals is known.';
COMMENT ON COLUMN {{kpi}}.stage_length.visits IS 'Visits that the time was spent in, re-entries included.';
COMMENT ON COLUMN {{kpi}}.stage_length.mean_days IS 'Mean time of a deal in the stage, over all its visits, in days.';
COMMENT ON COLUMN {{kpi}}.stage_length.median_days IS 'Median time of a deal in the stage, over all its visits, in days.';
COMMENT ON COLUMN {{kpi}}.stage_length.p90_days IS 'Nine tenths of the deals spent no longer there, over all their visits, in days.';
COMMENT ON COLUMN {{kpi}}.stage_length.open_now IS 'Deals in the stage as of now; in the period of as_of only.';
COMMENT ON COLUMN {{kpi}}.stage_length.deals IS 'Deals that last left the stage in the period.';
COMMENT ON COLUMN {{kpi}}.stage_length.latest_mean_days IS 'Mean time of the latest visit, in days.';
COMMENT ON COLUMN {{kpi}}.stage_length.latest_median_days IS 'Median time of the latest visit, in days.';
COMMENT ON COLUMN {{kpi}}.stage_length.latest_p90_days IS 'Nine tenths of the latest visits were no longer, in days.';
