-- From lines of sales to the purchases of customers. Only an amount above 0 makes a
-- purchase; what comes back, is given away or has no known amount is none. An infinite
-- time is an error, and so is an amount that is not finite.
CREATE FUNCTION sales_kpi.purchase_add(sales_kpi.purchase_history, bigint, bigint, integer, timestamptz, numeric)
RETURNS sales_kpi.purchase_history
AS 'MODULE_PATHNAME', 'purchase_add_bigint_bigint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.purchase_add(sales_kpi.purchase_history, bigint, bigint, integer, timestamptz, numeric) IS 'Internal: adds a line of a sale to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.purchase_add(sales_kpi.purchase_history, bigint, text, integer, timestamptz, numeric)
RETURNS sales_kpi.purchase_history
AS 'MODULE_PATHNAME', 'purchase_add_bigint_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.purchase_add(sales_kpi.purchase_history, bigint, text, integer, timestamptz, numeric) IS 'Internal: adds a line of a sale to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.purchase_add(sales_kpi.purchase_history, text, bigint, integer, timestamptz, numeric)
RETURNS sales_kpi.purchase_history
AS 'MODULE_PATHNAME', 'purchase_add_text_bigint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.purchase_add(sales_kpi.purchase_history, text, bigint, integer, timestamptz, numeric) IS 'Internal: adds a line of a sale to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.purchase_add(sales_kpi.purchase_history, text, text, integer, timestamptz, numeric)
RETURNS sales_kpi.purchase_history
AS 'MODULE_PATHNAME', 'purchase_add_text_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.purchase_add(sales_kpi.purchase_history, text, text, integer, timestamptz, numeric) IS 'Internal: adds a line of a sale to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.purchase_add(sales_kpi.purchase_history, uuid, bigint, integer, timestamptz, numeric)
RETURNS sales_kpi.purchase_history
AS 'MODULE_PATHNAME', 'purchase_add_uuid_bigint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.purchase_add(sales_kpi.purchase_history, uuid, bigint, integer, timestamptz, numeric) IS 'Internal: adds a line of a sale to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.purchase_add(sales_kpi.purchase_history, uuid, text, integer, timestamptz, numeric)
RETURNS sales_kpi.purchase_history
AS 'MODULE_PATHNAME', 'purchase_add_uuid_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.purchase_add(sales_kpi.purchase_history, uuid, text, integer, timestamptz, numeric) IS 'Internal: adds a line of a sale to the state of a running aggregate.';

CREATE AGGREGATE sales_kpi.purchase_agg(customer bigint, family bigint, tier integer, sold_at timestamptz, amount numeric) (
	SFUNC = sales_kpi.purchase_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.purchase_history_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.purchase_agg(bigint, bigint, integer, timestamptz, numeric) IS 'What each customer bought, and when; ask it with upsell, retention and new_customers.';

CREATE AGGREGATE sales_kpi.purchase_agg(customer bigint, family text, tier integer, sold_at timestamptz, amount numeric) (
	SFUNC = sales_kpi.purchase_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.purchase_history_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.purchase_agg(bigint, text, integer, timestamptz, numeric) IS 'What each customer bought, and when; ask it with upsell, retention and new_customers.';

CREATE AGGREGATE sales_kpi.purchase_agg(customer text, family bigint, tier integer, sold_at timestamptz, amount numeric) (
	SFUNC = sales_kpi.purchase_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.purchase_history_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.purchase_agg(text, bigint, integer, timestamptz, numeric) IS 'What each customer bought, and when; ask it with upsell, retention and new_customers.';

CREATE AGGREGATE sales_kpi.purchase_agg(customer text, family text, tier integer, sold_at timestamptz, amount numeric) (
	SFUNC = sales_kpi.purchase_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.purchase_history_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.purchase_agg(text, text, integer, timestamptz, numeric) IS 'What each customer bought, and when; ask it with upsell, retention and new_customers.';

CREATE AGGREGATE sales_kpi.purchase_agg(customer uuid, family bigint, tier integer, sold_at timestamptz, amount numeric) (
	SFUNC = sales_kpi.purchase_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.purchase_history_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.purchase_agg(uuid, bigint, integer, timestamptz, numeric) IS 'What each customer bought, and when; ask it with upsell, retention and new_customers.';

CREATE AGGREGATE sales_kpi.purchase_agg(customer uuid, family text, tier integer, sold_at timestamptz, amount numeric) (
	SFUNC = sales_kpi.purchase_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.purchase_history_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.purchase_agg(uuid, text, integer, timestamptz, numeric) IS 'What each customer bought, and when; ask it with upsell, retention and new_customers.';

CREATE FUNCTION sales_kpi.purchase_add(sales_kpi.purchase_history, bigint, timestamptz, numeric)
RETURNS sales_kpi.purchase_history
AS 'MODULE_PATHNAME', 'purchase_add_bigint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.purchase_add(sales_kpi.purchase_history, bigint, timestamptz, numeric) IS 'Internal: adds a line of a sale to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.purchase_add(sales_kpi.purchase_history, text, timestamptz, numeric)
RETURNS sales_kpi.purchase_history
AS 'MODULE_PATHNAME', 'purchase_add_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.purchase_add(sales_kpi.purchase_history, text, timestamptz, numeric) IS 'Internal: adds a line of a sale to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.purchase_add(sales_kpi.purchase_history, uuid, timestamptz, numeric)
RETURNS sales_kpi.purchase_history
AS 'MODULE_PATHNAME', 'purchase_add_uuid' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.purchase_add(sales_kpi.purchase_history, uuid, timestamptz, numeric) IS 'Internal: adds a line of a sale to the state of a running aggregate.';

-- Without families a line takes half of the space.
CREATE AGGREGATE sales_kpi.purchase_agg(customer bigint, sold_at timestamptz, amount numeric) (
	SFUNC = sales_kpi.purchase_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.purchase_history_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.purchase_agg(bigint, timestamptz, numeric) IS 'When each customer bought; ask it with retention and new_customers.';

CREATE AGGREGATE sales_kpi.purchase_agg(customer text, sold_at timestamptz, amount numeric) (
	SFUNC = sales_kpi.purchase_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.purchase_history_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.purchase_agg(text, timestamptz, numeric) IS 'When each customer bought; ask it with retention and new_customers.';

CREATE AGGREGATE sales_kpi.purchase_agg(customer uuid, sold_at timestamptz, amount numeric) (
	SFUNC = sales_kpi.purchase_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.purchase_history_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.purchase_agg(uuid, timestamptz, numeric) IS 'When each customer bought; ask it with retention and new_customers.';
