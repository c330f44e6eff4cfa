-- Recurring revenue at the start and end of periods, and what moved it.
CREATE FUNCTION sales_kpi.revenue_movement(
	history sales_kpi.customer_history, boundaries timestamptz[], grace interval DEFAULT NULL)
RETURNS TABLE (
	period_start timestamptz, period_end timestamptz,
	start_amount numeric, new_amount numeric, expansion_amount numeric, contraction_amount numeric,
	churned_amount numeric, returned_amount numeric, end_amount numeric,
	gross_churn float8, grr float8, nrr float8, quick_ratio float8, at_start bigint, at_end bigint)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 50;
COMMENT ON FUNCTION sales_kpi.revenue_movement(sales_kpi.customer_history, timestamptz[], interval) IS 'Recurring revenue at the start and end of each period between the boundaries, what was new, expanded, contracted, lost and returned, and the rates.';

CREATE FUNCTION sales_kpi.revenue_churn_rate_final(sales_kpi.customer_history)
RETURNS float8
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.revenue_churn_rate_final(sales_kpi.customer_history) IS 'Internal: the result of revenue_churn_rate.';

CREATE FUNCTION sales_kpi.revenue_churn_rate_add(sales_kpi.customer_history, bigint, timestamptz, timestamptz, numeric, tstzrange)
RETURNS sales_kpi.customer_history
AS 'MODULE_PATHNAME', 'revenue_churn_rate_add_bigint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.revenue_churn_rate_add(sales_kpi.customer_history, bigint, timestamptz, timestamptz, numeric, tstzrange) IS 'Internal: adds a subscription to the state of a running aggregate.';

CREATE AGGREGATE sales_kpi.revenue_churn_rate(customer bigint, started_at timestamptz, ended_at timestamptz, amount numeric, during tstzrange) (
	SFUNC = sales_kpi.revenue_churn_rate_add,
	STYPE = sales_kpi.customer_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.customer_history_merge,
	FINALFUNC = sales_kpi.revenue_churn_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.revenue_churn_rate(bigint, timestamptz, timestamptz, numeric, tstzrange) IS 'Share of the revenue at the start of a period that is lost to churn and contraction at its end.';

CREATE FUNCTION sales_kpi.revenue_churn_rate_add(sales_kpi.customer_history, text, timestamptz, timestamptz, numeric, tstzrange)
RETURNS sales_kpi.customer_history
AS 'MODULE_PATHNAME', 'revenue_churn_rate_add_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.revenue_churn_rate_add(sales_kpi.customer_history, text, timestamptz, timestamptz, numeric, tstzrange) IS 'Internal: adds a subscription to the state of a running aggregate.';

CREATE AGGREGATE sales_kpi.revenue_churn_rate(customer text, started_at timestamptz, ended_at timestamptz, amount numeric, during tstzrange) (
	SFUNC = sales_kpi.revenue_churn_rate_add,
	STYPE = sales_kpi.customer_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.customer_history_merge,
	FINALFUNC = sales_kpi.revenue_churn_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.revenue_churn_rate(text, timestamptz, timestamptz, numeric, tstzrange) IS 'Share of the revenue at the start of a period that is lost to churn and contraction at its end.';

CREATE FUNCTION sales_kpi.revenue_churn_rate_add(sales_kpi.customer_history, uuid, timestamptz, timestamptz, numeric, tstzrange)
RETURNS sales_kpi.customer_history
AS 'MODULE_PATHNAME', 'revenue_churn_rate_add_uuid' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.revenue_churn_rate_add(sales_kpi.customer_history, uuid, timestamptz, timestamptz, numeric, tstzrange) IS 'Internal: adds a subscription to the state of a running aggregate.';

CREATE AGGREGATE sales_kpi.revenue_churn_rate(customer uuid, started_at timestamptz, ended_at timestamptz, amount numeric, during tstzrange) (
	SFUNC = sales_kpi.revenue_churn_rate_add,
	STYPE = sales_kpi.customer_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.customer_history_merge,
	FINALFUNC = sales_kpi.revenue_churn_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.revenue_churn_rate(uuid, timestamptz, timestamptz, numeric, tstzrange) IS 'Share of the revenue at the start of a period that is lost to churn and contraction at its end.';
