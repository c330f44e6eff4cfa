-- What each customer bought, and when: the state of purchase_agg, and what can be asked
-- of it.
CREATE TYPE sales_kpi.purchase_history;
COMMENT ON TYPE sales_kpi.purchase_history IS 'Who bought which tier of which family when; exact.';

CREATE FUNCTION sales_kpi.purchase_history_in(cstring)
RETURNS sales_kpi.purchase_history
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.purchase_history_in(cstring) IS 'Reads a purchase history from text.';

CREATE FUNCTION sales_kpi.purchase_history_out(sales_kpi.purchase_history)
RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.purchase_history_out(sales_kpi.purchase_history) IS 'Writes a purchase history as text.';

CREATE FUNCTION sales_kpi.purchase_history_recv(internal)
RETURNS sales_kpi.purchase_history
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.purchase_history_recv(internal) IS 'Reads a purchase history from a message.';

CREATE FUNCTION sales_kpi.purchase_history_send(sales_kpi.purchase_history)
RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.purchase_history_send(sales_kpi.purchase_history) IS 'Writes a purchase history as a message: equal bytes for equal histories.';

CREATE TYPE sales_kpi.purchase_history (
	INPUT = sales_kpi.purchase_history_in,
	OUTPUT = sales_kpi.purchase_history_out,
	RECEIVE = sales_kpi.purchase_history_recv,
	SEND = sales_kpi.purchase_history_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);

CREATE FUNCTION sales_kpi.purchase_history_merge(sales_kpi.purchase_history, sales_kpi.purchase_history)
RETURNS sales_kpi.purchase_history
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.purchase_history_merge(sales_kpi.purchase_history, sales_kpi.purchase_history) IS 'Internal: merges two states of a running aggregate.';

CREATE FUNCTION sales_kpi.purchase_history_final(sales_kpi.purchase_history)
RETURNS sales_kpi.purchase_history
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.purchase_history_final(sales_kpi.purchase_history) IS 'Internal: the result of purchase_agg and rollup.';

-- No moving form: the line that leaves may have stood for another like it.
CREATE AGGREGATE sales_kpi.rollup(sales_kpi.purchase_history) (
	SFUNC = sales_kpi.purchase_history_merge,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 8000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.purchase_history_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.rollup(sales_kpi.purchase_history) IS 'The purchases of several histories.';

CREATE FUNCTION sales_kpi.first_start(purchases sales_kpi.purchase_history)
RETURNS timestamptz
AS 'MODULE_PATHNAME', 'purchase_history_first_start' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.first_start(sales_kpi.purchase_history) IS 'When the first purchase was.';

CREATE FUNCTION sales_kpi.customers(purchases sales_kpi.purchase_history)
RETURNS bigint
AS 'MODULE_PATHNAME', 'purchase_history_customers' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.customers(sales_kpi.purchase_history) IS 'How many customers ever bought.';
