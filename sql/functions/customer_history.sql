-- When each customer was active, and at what amount: the state of customer_agg, and
-- what can be asked of it.
CREATE TYPE sales_kpi.customer_history;
COMMENT ON TYPE sales_kpi.customer_history IS 'The times over which each customer was active, and the amount it paid over each; exact.';

CREATE FUNCTION sales_kpi.customer_history_in(cstring)
RETURNS sales_kpi.customer_history
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.customer_history_in(cstring) IS 'Reads a customer history from text.';

CREATE FUNCTION sales_kpi.customer_history_out(sales_kpi.customer_history)
RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.customer_history_out(sales_kpi.customer_history) IS 'Writes a customer history as text.';

CREATE FUNCTION sales_kpi.customer_history_recv(internal)
RETURNS sales_kpi.customer_history
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.customer_history_recv(internal) IS 'Reads a customer history from a message.';

CREATE FUNCTION sales_kpi.customer_history_send(sales_kpi.customer_history)
RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.customer_history_send(sales_kpi.customer_history) IS 'Writes a customer history as a message: equal bytes for equal histories.';

CREATE TYPE sales_kpi.customer_history (
	INPUT = sales_kpi.customer_history_in,
	OUTPUT = sales_kpi.customer_history_out,
	RECEIVE = sales_kpi.customer_history_recv,
	SEND = sales_kpi.customer_history_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);

CREATE FUNCTION sales_kpi.customer_history_merge(sales_kpi.customer_history, sales_kpi.customer_history)
RETURNS sales_kpi.customer_history
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.customer_history_merge(sales_kpi.customer_history, sales_kpi.customer_history) IS 'Internal: merges two states of a running aggregate.';

CREATE FUNCTION sales_kpi.customer_history_final(sales_kpi.customer_history)
RETURNS sales_kpi.customer_history
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.customer_history_final(sales_kpi.customer_history) IS 'Internal: the result of customer_agg and rollup.';

-- No moving form, here and below: what a removed row covered, others may cover, too.
CREATE AGGREGATE sales_kpi.rollup(sales_kpi.customer_history) (
	SFUNC = sales_kpi.customer_history_merge,
	STYPE = sales_kpi.customer_history,
	SSPACE = 8000,
	COMBINEFUNC = sales_kpi.customer_history_merge,
	FINALFUNC = sales_kpi.customer_history_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.rollup(sales_kpi.customer_history) IS 'The history of all customers of several histories.';

CREATE FUNCTION sales_kpi.first_start(history sales_kpi.customer_history)
RETURNS timestamptz
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.first_start(sales_kpi.customer_history) IS 'When the first of the customers became active.';

CREATE FUNCTION sales_kpi.customers(history sales_kpi.customer_history)
RETURNS bigint
AS 'MODULE_PATHNAME', 'history_customers' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.customers(sales_kpi.customer_history) IS 'How many customers were ever active.';
