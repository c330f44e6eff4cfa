-- What was sold in each period between boundaries: the state of revenue_agg.
CREATE TYPE sales_kpi.revenue_series;
COMMENT ON TYPE sales_kpi.revenue_series IS 'How many lines were sold in each period of a series, and for what amount; exact.';

CREATE FUNCTION sales_kpi.revenue_series_in(cstring)
RETURNS sales_kpi.revenue_series
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.revenue_series_in(cstring) IS 'Reads a revenue series from text.';

CREATE FUNCTION sales_kpi.revenue_series_out(sales_kpi.revenue_series)
RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.revenue_series_out(sales_kpi.revenue_series) IS 'Writes a revenue series as text.';

CREATE FUNCTION sales_kpi.revenue_series_recv(internal)
RETURNS sales_kpi.revenue_series
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.revenue_series_recv(internal) IS 'Reads a revenue series from a message.';

CREATE FUNCTION sales_kpi.revenue_series_send(sales_kpi.revenue_series)
RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.revenue_series_send(sales_kpi.revenue_series) IS 'Writes a revenue series as a message: equal bytes for equal series.';

CREATE TYPE sales_kpi.revenue_series (
	INPUT = sales_kpi.revenue_series_in,
	OUTPUT = sales_kpi.revenue_series_out,
	RECEIVE = sales_kpi.revenue_series_recv,
	SEND = sales_kpi.revenue_series_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);

CREATE FUNCTION sales_kpi.revenue_series_merge(sales_kpi.revenue_series, sales_kpi.revenue_series)
RETURNS sales_kpi.revenue_series
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.revenue_series_merge(sales_kpi.revenue_series, sales_kpi.revenue_series) IS 'Internal: merges two states of a running aggregate.';

-- A running state is the result as it is: there is no final function.
CREATE AGGREGATE sales_kpi.rollup(sales_kpi.revenue_series) (
	SFUNC = sales_kpi.revenue_series_merge,
	STYPE = sales_kpi.revenue_series,
	SSPACE = 2000,
	COMBINEFUNC = sales_kpi.revenue_series_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.rollup(sales_kpi.revenue_series) IS 'The revenue of several series over the same periods.';
