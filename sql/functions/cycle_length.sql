-- Sales cycle length at once: the mean. Percentiles come through duration_agg.
CREATE AGGREGATE sales_kpi.cycle_length(opened_at timestamptz, closed_at timestamptz) (
	SFUNC = sales_kpi.duration_add,
	STYPE = sales_kpi.duration_summary,
	SSPACE = 200,
	COMBINEFUNC = sales_kpi.duration_summary_merge,
	FINALFUNC = sales_kpi.duration_mean_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.cycle_length(timestamptz, timestamptz) IS 'Mean sales cycle: from the opening of a deal to its close.';

CREATE AGGREGATE sales_kpi.cycle_length(opened_at timestamp, closed_at timestamp) (
	SFUNC = sales_kpi.duration_add,
	STYPE = sales_kpi.duration_summary,
	SSPACE = 200,
	COMBINEFUNC = sales_kpi.duration_summary_merge,
	FINALFUNC = sales_kpi.duration_mean_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.cycle_length(timestamp, timestamp) IS 'Mean sales cycle: from the opening of a deal to its close.';

CREATE AGGREGATE sales_kpi.cycle_length(opened_at date, closed_at date) (
	SFUNC = sales_kpi.duration_add,
	STYPE = sales_kpi.duration_summary,
	SSPACE = 200,
	COMBINEFUNC = sales_kpi.duration_summary_merge,
	FINALFUNC = sales_kpi.duration_mean_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.cycle_length(date, date) IS 'Mean sales cycle: from the opening of a deal to its close.';

CREATE AGGREGATE sales_kpi.cycle_length(elapsed interval) (
	SFUNC = sales_kpi.duration_add,
	STYPE = sales_kpi.duration_summary,
	SSPACE = 200,
	COMBINEFUNC = sales_kpi.duration_summary_merge,
	FINALFUNC = sales_kpi.duration_mean_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.cycle_length(interval) IS 'Mean sales cycle: from the opening of a deal to its close.';
