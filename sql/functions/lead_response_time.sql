-- Lead response time at once: the mean. Percentiles come through duration_agg.
CREATE AGGREGATE sales_kpi.lead_response_time(arrived_at timestamptz, answered_at timestamptz) (
	SFUNC = sales_kpi.duration_add,
	STYPE = sales_kpi.duration_summary,
	SSPACE = 200,
	COMBINEFUNC = sales_kpi.duration_summary_merge,
	FINALFUNC = sales_kpi.duration_mean_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.lead_response_time(timestamptz, timestamptz) IS 'Mean time from the arrival of a lead to its first answer.';

CREATE AGGREGATE sales_kpi.lead_response_time(arrived_at timestamp, answered_at timestamp) (
	SFUNC = sales_kpi.duration_add,
	STYPE = sales_kpi.duration_summary,
	SSPACE = 200,
	COMBINEFUNC = sales_kpi.duration_summary_merge,
	FINALFUNC = sales_kpi.duration_mean_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.lead_response_time(timestamp, timestamp) IS 'Mean time from the arrival of a lead to its first answer.';

CREATE AGGREGATE sales_kpi.lead_response_time(arrived_at date, answered_at date) (
	SFUNC = sales_kpi.duration_add,
	STYPE = sales_kpi.duration_summary,
	SSPACE = 200,
	COMBINEFUNC = sales_kpi.duration_summary_merge,
	FINALFUNC = sales_kpi.duration_mean_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.lead_response_time(date, date) IS 'Mean time from the arrival of a lead to its first answer.';

CREATE AGGREGATE sales_kpi.lead_response_time(elapsed interval) (
	SFUNC = sales_kpi.duration_add,
	STYPE = sales_kpi.duration_summary,
	SSPACE = 200,
	COMBINEFUNC = sales_kpi.duration_summary_merge,
	FINALFUNC = sales_kpi.duration_mean_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.lead_response_time(interval) IS 'Mean time from the arrival of a lead to its first answer.';
