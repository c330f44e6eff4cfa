-- Who bought for the first time in a period, and who bought at all.
CREATE FUNCTION sales_kpi.new_customers(
	purchases sales_kpi.purchase_history, boundaries timestamptz[])
RETURNS TABLE (
	period_start timestamptz, period_end timestamptz, new_customers bigint, buyers bigint)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 50;
COMMENT ON FUNCTION sales_kpi.new_customers(sales_kpi.purchase_history, timestamptz[]) IS 'Customers who bought for the first time in each period between the boundaries, and customers who bought in it.';
