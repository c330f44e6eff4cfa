-- Cohorts of customers by the period of their first start.
CREATE FUNCTION sales_kpi.retention(
	history sales_kpi.customer_history, boundaries timestamptz[])
RETURNS TABLE (
	cohort_start timestamptz, age integer, cohort_size bigint, retained bigint,
	retention_rate float8, retention_low float8, retention_high float8, period_start timestamptz)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 500;
COMMENT ON FUNCTION sales_kpi.retention(sales_kpi.customer_history, timestamptz[]) IS 'Of the customers that first became active in a period, how many were active in each period from then on.';

CREATE FUNCTION sales_kpi.cohorts(
	of_history sales_kpi.customer_history, boundaries timestamptz[])
RETURNS TABLE (
	cohort_start timestamptz, cohort_end timestamptz, history sales_kpi.customer_history)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 50;
COMMENT ON FUNCTION sales_kpi.cohorts(sales_kpi.customer_history, timestamptz[]) IS 'The history of the customers that first became active in each period: any question can be asked of a cohort.';

CREATE FUNCTION sales_kpi.retention(
	purchases sales_kpi.purchase_history, boundaries timestamptz[])
RETURNS TABLE (
	cohort_start timestamptz, age integer, cohort_size bigint, retained bigint,
	retention_rate float8, retention_low float8, retention_high float8, period_start timestamptz)
AS 'MODULE_PATHNAME', 'purchase_retention' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 500;
COMMENT ON FUNCTION sales_kpi.retention(sales_kpi.purchase_history, timestamptz[]) IS 'Of the customers that first bought in a period, how many bought in each period from then on.';
