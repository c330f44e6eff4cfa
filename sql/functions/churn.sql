-- Churn: of the customers active at the start of a period, how many no longer are at
-- its end.
CREATE FUNCTION sales_kpi.churn(
	history sales_kpi.customer_history, boundaries timestamptz[], grace interval DEFAULT NULL, method text DEFAULT 'standard')
RETURNS TABLE (
	period_start timestamptz, period_end timestamptz,
	at_start bigint, joined bigint, returned bigint, lost bigint, at_end bigint, joined_and_left bigint,
	churn_rate float8, churn_low float8, churn_high float8)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 50;
COMMENT ON FUNCTION sales_kpi.churn(sales_kpi.customer_history, timestamptz[], interval, text) IS 'Customers at the start and end of each period between the boundaries, who joined, returned and left, and the churn rate.';

CREATE FUNCTION sales_kpi.churn_rate_final(sales_kpi.customer_history)
RETURNS float8
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.churn_rate_final(sales_kpi.customer_history) IS 'Internal: the result of churn_rate.';

CREATE FUNCTION sales_kpi.churn_rate_add(sales_kpi.customer_history, bigint, timestamptz, timestamptz, tstzrange)
RETURNS sales_kpi.customer_history
AS 'MODULE_PATHNAME', 'churn_rate_add_bigint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.churn_rate_add(sales_kpi.customer_history, bigint, timestamptz, timestamptz, tstzrange) IS 'Internal: adds a subscription to the state of a running aggregate.';

CREATE AGGREGATE sales_kpi.churn_rate(customer bigint, started_at timestamptz, ended_at timestamptz, during tstzrange) (
	SFUNC = sales_kpi.churn_rate_add,
	STYPE = sales_kpi.customer_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.customer_history_merge,
	FINALFUNC = sales_kpi.churn_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.churn_rate(bigint, timestamptz, timestamptz, tstzrange) IS 'Share of the customers active at the start of a period that are not active at its end.';

CREATE FUNCTION sales_kpi.churn_rate_add(sales_kpi.customer_history, text, timestamptz, timestamptz, tstzrange)
RETURNS sales_kpi.customer_history
AS 'MODULE_PATHNAME', 'churn_rate_add_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.churn_rate_add(sales_kpi.customer_history, text, timestamptz, timestamptz, tstzrange) IS 'Internal: adds a subscription to the state of a running aggregate.';

CREATE AGGREGATE sales_kpi.churn_rate(customer text, started_at timestamptz, ended_at timestamptz, during tstzrange) (
	SFUNC = sales_kpi.churn_rate_add,
	STYPE = sales_kpi.customer_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.customer_history_merge,
	FINALFUNC = sales_kpi.churn_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.churn_rate(text, timestamptz, timestamptz, tstzrange) IS 'Share of the customers active at the start of a period that are not active at its end.';

CREATE FUNCTION sales_kpi.churn_rate_add(sales_kpi.customer_history, uuid, timestamptz, timestamptz, tstzrange)
RETURNS sales_kpi.customer_history
AS 'MODULE_PATHNAME', 'churn_rate_add_uuid' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.churn_rate_add(sales_kpi.customer_history, uuid, timestamptz, timestamptz, tstzrange) IS 'Internal: adds a subscription to the state of a running aggregate.';

CREATE AGGREGATE sales_kpi.churn_rate(customer uuid, started_at timestamptz, ended_at timestamptz, during tstzrange) (
	SFUNC = sales_kpi.churn_rate_add,
	STYPE = sales_kpi.customer_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.customer_history_merge,
	FINALFUNC = sales_kpi.churn_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.churn_rate(uuid, timestamptz, timestamptz, tstzrange) IS 'Share of the customers active at the start of a period that are not active at its end.';
