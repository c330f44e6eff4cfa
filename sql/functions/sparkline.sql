-- A series as a line of text.
CREATE FUNCTION sales_kpi.sparkline_final(float8[])
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.sparkline_final(float8[]) IS 'Internal: the result of sparkline.';

-- Not for workers to share: a line depends on the order of the rows.
CREATE AGGREGATE sales_kpi.sparkline(value float8) (
	SFUNC = sales_kpi.series_add,
	STYPE = float8[],
	SSPACE = 200,
	FINALFUNC = sales_kpi.sparkline_final,
	MSFUNC = sales_kpi.series_add,
	MINVFUNC = sales_kpi.series_remove,
	MSTYPE = float8[],
	MSSPACE = 200,
	MFINALFUNC = sales_kpi.sparkline_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.sparkline(float8) IS 'The values in the order given with ORDER BY as a line of text: a bar for each, from the lowest to the highest, and a dot for a NULL.';
