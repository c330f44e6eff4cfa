-- From times to a summary of durations. An end NULL is not counted; an end before
-- its start, or at infinity, is an error. Days between dates are whole days, time
-- between timestamps is absolute.
CREATE FUNCTION sales_kpi.duration_add(sales_kpi.duration_summary, timestamptz, timestamptz)
RETURNS sales_kpi.duration_summary
AS 'MODULE_PATHNAME', 'duration_add_timestamptz' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.duration_add(sales_kpi.duration_summary, timestamptz, timestamptz) IS 'Internal: adds a duration to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.duration_add(sales_kpi.duration_summary, timestamp, timestamp)
RETURNS sales_kpi.duration_summary
AS 'MODULE_PATHNAME', 'duration_add_timestamp' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.duration_add(sales_kpi.duration_summary, timestamp, timestamp) IS 'Internal: adds a duration to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.duration_add(sales_kpi.duration_summary, date, date)
RETURNS sales_kpi.duration_summary
AS 'MODULE_PATHNAME', 'duration_add_date' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.duration_add(sales_kpi.duration_summary, date, date) IS 'Internal: adds a duration to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.duration_add(sales_kpi.duration_summary, interval)
RETURNS sales_kpi.duration_summary
AS 'MODULE_PATHNAME', 'duration_add_interval' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.duration_add(sales_kpi.duration_summary, interval) IS 'Internal: adds a duration to the state of a running aggregate.';

CREATE AGGREGATE sales_kpi.duration_agg(from_time timestamptz, until_time timestamptz) (
	SFUNC = sales_kpi.duration_add,
	STYPE = sales_kpi.duration_summary,
	SSPACE = 200,
	COMBINEFUNC = sales_kpi.duration_summary_merge,
	FINALFUNC = sales_kpi.duration_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.duration_agg(timestamptz, timestamptz) IS 'Summary of the durations between two times; ask it with mean, median, percentile and others.';

CREATE AGGREGATE sales_kpi.duration_agg(from_time timestamp, until_time timestamp) (
	SFUNC = sales_kpi.duration_add,
	STYPE = sales_kpi.duration_summary,
	SSPACE = 200,
	COMBINEFUNC = sales_kpi.duration_summary_merge,
	FINALFUNC = sales_kpi.duration_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.duration_agg(timestamp, timestamp) IS 'Summary of the durations between two times; ask it with mean, median, percentile and others.';

CREATE AGGREGATE sales_kpi.duration_agg(from_time date, until_time date) (
	SFUNC = sales_kpi.duration_add,
	STYPE = sales_kpi.duration_summary,
	SSPACE = 200,
	COMBINEFUNC = sales_kpi.duration_summary_merge,
	FINALFUNC = sales_kpi.duration_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.duration_agg(date, date) IS 'Summary of the durations between two times; ask it with mean, median, percentile and others.';

CREATE AGGREGATE sales_kpi.duration_agg(elapsed interval) (
	SFUNC = sales_kpi.duration_add,
	STYPE = sales_kpi.duration_summary,
	SSPACE = 200,
	COMBINEFUNC = sales_kpi.duration_summary_merge,
	FINALFUNC = sales_kpi.duration_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.duration_agg(interval) IS 'Summary of the durations between two times; ask it with mean, median, percentile and others.';

CREATE FUNCTION sales_kpi.duration_mean_final(sales_kpi.duration_summary)
RETURNS interval
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.duration_mean_final(sales_kpi.duration_summary) IS 'Internal: the result of cycle_length and lead_response_time.';
