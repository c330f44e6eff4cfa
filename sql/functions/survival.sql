-- How long customers stay.
CREATE FUNCTION sales_kpi.survival(
	history sales_kpi.customer_history, as_of timestamptz, grace interval DEFAULT NULL)
RETURNS TABLE (
	day integer, at_risk bigint, lost bigint, censored bigint,
	surviving_rate float8, surviving_low float8, surviving_high float8)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 500;
COMMENT ON FUNCTION sales_kpi.survival(sales_kpi.customer_history, timestamptz, interval) IS 'Share of the customers still there after so many days from their first start: a Kaplan-Meier curve, as observed until a moment.';
