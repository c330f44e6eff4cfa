-- Revenue by period, and its growth.
CREATE FUNCTION sales_kpi.revenue(series sales_kpi.revenue_series)
RETURNS TABLE (period_start timestamptz, period_end timestamptz, lines bigint, revenue numeric, growth float8)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 50;
COMMENT ON FUNCTION sales_kpi.revenue(sales_kpi.revenue_series) IS 'Lines and revenue of each period of a series, those without sales included, and growth on the period before.';
