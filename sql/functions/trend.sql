-- Trend of a series: how fast, how steadily, and whether chance explains it.
CREATE TYPE sales_kpi.trend_result AS (
	slope float8,
	tau float8,
	p_value float8,
	n bigint
);
COMMENT ON TYPE sales_kpi.trend_result IS 'What trend says of a series.';
COMMENT ON COLUMN sales_kpi.trend_result.slope IS 'Theil-Sen slope: the median change per row, of all pairs of values.';
COMMENT ON COLUMN sales_kpi.trend_result.tau IS 'Kendall''s tau-b against the order: 1 if all values rise, -1 if all fall.';
COMMENT ON COLUMN sales_kpi.trend_result.p_value IS 'How likely a tau so far from 0 is without a trend: two-sided, by the Mann-Kendall test.';
COMMENT ON COLUMN sales_kpi.trend_result.n IS 'How many values are known.';

CREATE FUNCTION sales_kpi.trend_final(float8[])
RETURNS sales_kpi.trend_result
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.trend_final(float8[]) IS 'Internal: the result of trend.';

-- Not for workers to share: a trend depends on the order of the rows.
CREATE AGGREGATE sales_kpi.trend(value float8) (
	SFUNC = sales_kpi.series_add,
	STYPE = float8[],
	SSPACE = 200,
	FINALFUNC = sales_kpi.trend_final,
	MSFUNC = sales_kpi.series_add,
	MINVFUNC = sales_kpi.series_remove,
	MSTYPE = float8[],
	MSSPACE = 200,
	MFINALFUNC = sales_kpi.trend_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.trend(float8) IS 'Trend of the values in the order given with ORDER BY: slope, tau, p_value, n. A NULL is left out and keeps its place.';
