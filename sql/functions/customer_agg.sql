-- From rows of subscriptions to the history of customers. An end NULL is still
-- running, a plan at the amount 0 makes nobody active; an end before its start, an
-- infinite start or a negative amount is an error.
CREATE FUNCTION sales_kpi.customer_add(sales_kpi.customer_history, bigint, timestamptz, timestamptz)
RETURNS sales_kpi.customer_history
AS 'MODULE_PATHNAME', 'customer_add_bigint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.customer_add(sales_kpi.customer_history, bigint, timestamptz, timestamptz) IS 'Internal: adds a subscription to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.customer_add(sales_kpi.customer_history, text, timestamptz, timestamptz)
RETURNS sales_kpi.customer_history
AS 'MODULE_PATHNAME', 'customer_add_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.customer_add(sales_kpi.customer_history, text, timestamptz, timestamptz) IS 'Internal: adds a subscription to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.customer_add(sales_kpi.customer_history, uuid, timestamptz, timestamptz)
RETURNS sales_kpi.customer_history
AS 'MODULE_PATHNAME', 'customer_add_uuid' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.customer_add(sales_kpi.customer_history, uuid, timestamptz, timestamptz) IS 'Internal: adds a subscription to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.customer_add(sales_kpi.customer_history, bigint, timestamptz, timestamptz, numeric)
RETURNS sales_kpi.customer_history
AS 'MODULE_PATHNAME', 'customer_add_bigint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.customer_add(sales_kpi.customer_history, bigint, timestamptz, timestamptz, numeric) IS 'Internal: adds a subscription to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.customer_add(sales_kpi.customer_history, text, timestamptz, timestamptz, numeric)
RETURNS sales_kpi.customer_history
AS 'MODULE_PATHNAME', 'customer_add_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.customer_add(sales_kpi.customer_history, text, timestamptz, timestamptz, numeric) IS 'Internal: adds a subscription to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.customer_add(sales_kpi.customer_history, uuid, timestamptz, timestamptz, numeric)
RETURNS sales_kpi.customer_history
AS 'MODULE_PATHNAME', 'customer_add_uuid' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.customer_add(sales_kpi.customer_history, uuid, timestamptz, timestamptz, numeric) IS 'Internal: adds a subscription to the state of a running aggregate.';

CREATE AGGREGATE sales_kpi.customer_agg(customer bigint, started_at timestamptz, ended_at timestamptz) (
	SFUNC = sales_kpi.customer_add,
	STYPE = sales_kpi.customer_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.customer_history_merge,
	FINALFUNC = sales_kpi.customer_history_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.customer_agg(bigint, timestamptz, timestamptz) IS 'When each customer was active; ask it with churn, retention and survival.';

CREATE AGGREGATE sales_kpi.customer_agg(customer text, started_at timestamptz, ended_at timestamptz) (
	SFUNC = sales_kpi.customer_add,
	STYPE = sales_kpi.customer_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.customer_history_merge,
	FINALFUNC = sales_kpi.customer_history_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.customer_agg(text, timestamptz, timestamptz) IS 'When each customer was active; ask it with churn, retention and survival.';

CREATE AGGREGATE sales_kpi.customer_agg(customer uuid, started_at timestamptz, ended_at timestamptz) (
	SFUNC = sales_kpi.customer_add,
	STYPE = sales_kpi.customer_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.customer_history_merge,
	FINALFUNC = sales_kpi.customer_history_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.customer_agg(uuid, timestamptz, timestamptz) IS 'When each customer was active; ask it with churn, retention and survival.';

CREATE AGGREGATE sales_kpi.customer_agg(customer bigint, started_at timestamptz, ended_at timestamptz, amount numeric) (
	SFUNC = sales_kpi.customer_add,
	STYPE = sales_kpi.customer_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.customer_history_merge,
	FINALFUNC = sales_kpi.customer_history_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.customer_agg(bigint, timestamptz, timestamptz, numeric) IS 'When each customer was active, and at what amount; ask it with churn, revenue_movement, retention and survival.';

CREATE AGGREGATE sales_kpi.customer_agg(customer text, started_at timestamptz, ended_at timestamptz, amount numeric) (
	SFUNC = sales_kpi.customer_add,
	STYPE = sales_kpi.customer_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.customer_history_merge,
	FINALFUNC = sales_kpi.customer_history_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.customer_agg(text, timestamptz, timestamptz, numeric) IS 'When each customer was active, and at what amount; ask it with churn, revenue_movement, retention and survival.';

CREATE AGGREGATE sales_kpi.customer_agg(customer uuid, started_at timestamptz, ended_at timestamptz, amount numeric) (
	SFUNC = sales_kpi.customer_add,
	STYPE = sales_kpi.customer_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.customer_history_merge,
	FINALFUNC = sales_kpi.customer_history_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.customer_agg(uuid, timestamptz, timestamptz, numeric) IS 'When each customer was active, and at what amount; ask it with churn, revenue_movement, retention and survival.';
