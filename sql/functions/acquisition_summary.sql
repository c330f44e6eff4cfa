-- What was spent, and on winning which customers: the state of acquisition_agg, and
-- what can be asked of it.
CREATE TYPE sales_kpi.acquisition_summary;
COMMENT ON TYPE sales_kpi.acquisition_summary IS 'What was spent, and the set of the customers it won; exact.';

CREATE FUNCTION sales_kpi.acquisition_summary_in(cstring)
RETURNS sales_kpi.acquisition_summary
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.acquisition_summary_in(cstring) IS 'Reads an acquisition summary from text.';

CREATE FUNCTION sales_kpi.acquisition_summary_out(sales_kpi.acquisition_summary)
RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.acquisition_summary_out(sales_kpi.acquisition_summary) IS 'Writes an acquisition summary as text.';

CREATE FUNCTION sales_kpi.acquisition_summary_recv(internal)
RETURNS sales_kpi.acquisition_summary
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.acquisition_summary_recv(internal) IS 'Reads an acquisition summary from a message.';

CREATE FUNCTION sales_kpi.acquisition_summary_send(sales_kpi.acquisition_summary)
RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.acquisition_summary_send(sales_kpi.acquisition_summary) IS 'Writes an acquisition summary as a message: equal bytes for equal summaries.';

CREATE TYPE sales_kpi.acquisition_summary (
	INPUT = sales_kpi.acquisition_summary_in,
	OUTPUT = sales_kpi.acquisition_summary_out,
	RECEIVE = sales_kpi.acquisition_summary_recv,
	SEND = sales_kpi.acquisition_summary_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);

CREATE FUNCTION sales_kpi.acquisition_summary_merge(sales_kpi.acquisition_summary, sales_kpi.acquisition_summary)
RETURNS sales_kpi.acquisition_summary
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.acquisition_summary_merge(sales_kpi.acquisition_summary, sales_kpi.acquisition_summary) IS 'Internal: merges two states of a running aggregate.';

CREATE FUNCTION sales_kpi.acquisition_summary_final(sales_kpi.acquisition_summary)
RETURNS sales_kpi.acquisition_summary
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.acquisition_summary_final(sales_kpi.acquisition_summary) IS 'Internal: the result of acquisition_agg and rollup.';

-- No moving form, here and below: a customer of a removed row may be that of others.
CREATE AGGREGATE sales_kpi.rollup(sales_kpi.acquisition_summary) (
	SFUNC = sales_kpi.acquisition_summary_merge,
	STYPE = sales_kpi.acquisition_summary,
	SSPACE = 8000,
	COMBINEFUNC = sales_kpi.acquisition_summary_merge,
	FINALFUNC = sales_kpi.acquisition_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.rollup(sales_kpi.acquisition_summary) IS 'The cost and the customers of several summaries; a customer of two of them counts once.';

CREATE FUNCTION sales_kpi.spend(summary sales_kpi.acquisition_summary)
RETURNS numeric
AS 'MODULE_PATHNAME', 'acquisition_spend' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.spend(sales_kpi.acquisition_summary) IS 'What was spent; 0 where nothing was.';

CREATE FUNCTION sales_kpi.customers(summary sales_kpi.acquisition_summary)
RETURNS bigint
AS 'MODULE_PATHNAME', 'acquisition_customers' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.customers(sales_kpi.acquisition_summary) IS 'How many customers there are.';

CREATE FUNCTION sales_kpi.cac(summary sales_kpi.acquisition_summary)
RETURNS numeric
AS 'MODULE_PATHNAME', 'acquisition_cac' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.cac(sales_kpi.acquisition_summary) IS 'Customer acquisition cost: spend per customer, rounded to six places; NULL without customers.';
