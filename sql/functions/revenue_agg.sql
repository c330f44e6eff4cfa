-- From lines of sales to the revenue of each period. A line outside of the periods is
-- not counted; neither is one without a time, or without a known amount.
CREATE FUNCTION sales_kpi.revenue_add(sales_kpi.revenue_series, timestamptz, numeric, timestamptz[])
RETURNS sales_kpi.revenue_series
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.revenue_add(sales_kpi.revenue_series, timestamptz, numeric, timestamptz[]) IS 'Internal: adds a line of a sale to the state of a running aggregate.';

CREATE AGGREGATE sales_kpi.revenue_agg(sold_at timestamptz, amount numeric, boundaries timestamptz[]) (
	SFUNC = sales_kpi.revenue_add,
	STYPE = sales_kpi.revenue_series,
	SSPACE = 2000,
	COMBINEFUNC = sales_kpi.revenue_series_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.revenue_agg(timestamptz, numeric, timestamptz[]) IS 'What was sold in each period between the boundaries; ask it with revenue.';
