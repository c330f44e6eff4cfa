-- A set of durations: the state of duration_agg, and what can be asked of it.
CREATE TYPE sales_kpi.duration_summary;
COMMENT ON TYPE sales_kpi.duration_summary IS 'A set of durations: count, sum, sum of squares, shortest and longest exactly; up to 1000 of them as they are, beyond that in buckets of a relative error below 0.5 %.';

CREATE FUNCTION sales_kpi.duration_summary_in(cstring)
RETURNS sales_kpi.duration_summary
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.duration_summary_in(cstring) IS 'Reads a duration summary from text.';

CREATE FUNCTION sales_kpi.duration_summary_out(sales_kpi.duration_summary)
RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.duration_summary_out(sales_kpi.duration_summary) IS 'Writes a duration summary as text.';

CREATE FUNCTION sales_kpi.duration_summary_recv(internal)
RETURNS sales_kpi.duration_summary
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.duration_summary_recv(internal) IS 'Reads a duration summary from a message.';

CREATE FUNCTION sales_kpi.duration_summary_send(sales_kpi.duration_summary)
RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.duration_summary_send(sales_kpi.duration_summary) IS 'Writes a duration summary as a message: equal bytes for equal sets.';

CREATE TYPE sales_kpi.duration_summary (
	INPUT = sales_kpi.duration_summary_in,
	OUTPUT = sales_kpi.duration_summary_out,
	RECEIVE = sales_kpi.duration_summary_recv,
	SEND = sales_kpi.duration_summary_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);

CREATE FUNCTION sales_kpi.duration_summary_merge(sales_kpi.duration_summary, sales_kpi.duration_summary)
RETURNS sales_kpi.duration_summary
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.duration_summary_merge(sales_kpi.duration_summary, sales_kpi.duration_summary) IS 'Internal: merges two states of a running aggregate.';

CREATE FUNCTION sales_kpi.duration_summary_final(sales_kpi.duration_summary)
RETURNS sales_kpi.duration_summary
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.duration_summary_final(sales_kpi.duration_summary) IS 'Internal: the result of duration_agg and rollup.';

-- No moving form, here and below: a removed row could have been the shortest or
-- the longest, and buckets do not tell what comes next.
CREATE AGGREGATE sales_kpi.rollup(sales_kpi.duration_summary) (
	SFUNC = sales_kpi.duration_summary_merge,
	STYPE = sales_kpi.duration_summary,
	SSPACE = 8000,
	COMBINEFUNC = sales_kpi.duration_summary_merge,
	FINALFUNC = sales_kpi.duration_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.rollup(sales_kpi.duration_summary) IS 'The summary of all durations of several summaries.';

CREATE FUNCTION sales_kpi.sample_size(summary sales_kpi.duration_summary)
RETURNS bigint
AS 'MODULE_PATHNAME', 'duration_sample_size' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.sample_size(sales_kpi.duration_summary) IS 'How many durations the summary is of.';

CREATE FUNCTION sales_kpi.mean(summary sales_kpi.duration_summary)
RETURNS interval
AS 'MODULE_PATHNAME', 'duration_mean' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.mean(sales_kpi.duration_summary) IS 'Their mean, rounded to the microsecond.';

CREATE FUNCTION sales_kpi.stddev(summary sales_kpi.duration_summary)
RETURNS interval
AS 'MODULE_PATHNAME', 'duration_stddev' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.stddev(sales_kpi.duration_summary) IS 'Their sample standard deviation; NULL for one duration.';

CREATE FUNCTION sales_kpi.shortest(summary sales_kpi.duration_summary)
RETURNS interval
AS 'MODULE_PATHNAME', 'duration_shortest' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.shortest(sales_kpi.duration_summary) IS 'The shortest of them.';

CREATE FUNCTION sales_kpi.longest(summary sales_kpi.duration_summary)
RETURNS interval
AS 'MODULE_PATHNAME', 'duration_longest' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.longest(sales_kpi.duration_summary) IS 'The longest of them.';

CREATE FUNCTION sales_kpi.median(summary sales_kpi.duration_summary)
RETURNS interval
AS 'MODULE_PATHNAME', 'duration_median' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.median(sales_kpi.duration_summary) IS 'Their median.';

CREATE FUNCTION sales_kpi.percentile(summary sales_kpi.duration_summary, fraction float8)
RETURNS interval
AS 'MODULE_PATHNAME', 'duration_percentile' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.percentile(sales_kpi.duration_summary, float8) IS 'The duration that a fraction of them does not exceed, as percentile_cont; of more than 1000, within 0.5 %.';

CREATE FUNCTION sales_kpi.share_within(summary sales_kpi.duration_summary, limit_length interval)
RETURNS float8
AS 'MODULE_PATHNAME', 'duration_share_within' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.share_within(sales_kpi.duration_summary, interval) IS 'The share of them, 0 to 1, that is not longer than a limit.';
