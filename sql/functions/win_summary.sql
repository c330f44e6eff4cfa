-- How many deals were won, were lost, or are open, by the days it took: the state of
-- win_curve_agg, and what can be asked of it.
CREATE TYPE sales_kpi.win_summary;
COMMENT ON TYPE sales_kpi.win_summary IS 'Deals won, lost and open, by completed days from their opening; exact.';

CREATE FUNCTION sales_kpi.win_summary_in(cstring)
RETURNS sales_kpi.win_summary
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.win_summary_in(cstring) IS 'Reads a win summary from text.';

CREATE FUNCTION sales_kpi.win_summary_out(sales_kpi.win_summary)
RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.win_summary_out(sales_kpi.win_summary) IS 'Writes a win summary as text.';

CREATE FUNCTION sales_kpi.win_summary_recv(internal)
RETURNS sales_kpi.win_summary
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.win_summary_recv(internal) IS 'Reads a win summary from a message.';

CREATE FUNCTION sales_kpi.win_summary_send(sales_kpi.win_summary)
RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.win_summary_send(sales_kpi.win_summary) IS 'Writes a win summary as a message: equal bytes for equal summaries.';

CREATE TYPE sales_kpi.win_summary (
	INPUT = sales_kpi.win_summary_in,
	OUTPUT = sales_kpi.win_summary_out,
	RECEIVE = sales_kpi.win_summary_recv,
	SEND = sales_kpi.win_summary_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);

CREATE FUNCTION sales_kpi.win_summary_merge(sales_kpi.win_summary, sales_kpi.win_summary)
RETURNS sales_kpi.win_summary
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.win_summary_merge(sales_kpi.win_summary, sales_kpi.win_summary) IS 'Internal: merges two states of a running aggregate.';

CREATE FUNCTION sales_kpi.win_summary_final(sales_kpi.win_summary)
RETURNS sales_kpi.win_summary
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.win_summary_final(sales_kpi.win_summary) IS 'Internal: the result of win_curve_agg and rollup.';

CREATE AGGREGATE sales_kpi.rollup(sales_kpi.win_summary) (
	SFUNC = sales_kpi.win_summary_merge,
	STYPE = sales_kpi.win_summary,
	SSPACE = 8000,
	COMBINEFUNC = sales_kpi.win_summary_merge,
	FINALFUNC = sales_kpi.win_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.rollup(sales_kpi.win_summary) IS 'The deals of several summaries.';

CREATE FUNCTION sales_kpi.sample_size(summary sales_kpi.win_summary)
RETURNS bigint
AS 'MODULE_PATHNAME', 'win_summary_sample_size' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.sample_size(sales_kpi.win_summary) IS 'How many deals are counted.';

CREATE FUNCTION sales_kpi.median_days(summary sales_kpi.win_summary)
RETURNS integer
AS 'MODULE_PATHNAME', 'win_summary_median_days' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.median_days(sales_kpi.win_summary) IS 'First day after the opening on which half of the deals are won, by the win curve; NULL if they never are.';
