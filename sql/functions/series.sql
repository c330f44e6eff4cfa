-- What aggregates over a series share.
CREATE FUNCTION sales_kpi.series_add(float8[], float8)
RETURNS float8[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.series_add(float8[], float8) IS 'Internal: adds the next value of a series.';

CREATE FUNCTION sales_kpi.series_remove(float8[], float8)
RETURNS float8[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.series_remove(float8[], float8) IS 'Internal: takes away the first value, which leaves the window frame.';
