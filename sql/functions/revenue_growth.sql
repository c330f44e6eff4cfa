-- Growth of revenue on a period before, in a window over periods.
CREATE FUNCTION sales_kpi.revenue_growth(amount numeric, periods_back integer DEFAULT 1)
RETURNS float8
AS 'MODULE_PATHNAME', 'revenue_growth_by_rows' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.revenue_growth(numeric, integer) IS 'Growth of an amount on that of the row so many before: (amount - base) / base. OVER (ORDER BY period), with a row for each period.';

CREATE FUNCTION sales_kpi.revenue_growth(amount numeric, period date, step interval)
RETURNS float8
AS 'MODULE_PATHNAME', 'revenue_growth_by_periods' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.revenue_growth(numeric, date, interval) IS 'Growth of an amount on that of the period a step before, which may be missing: (amount - base) / base. OVER (ORDER BY period).';
