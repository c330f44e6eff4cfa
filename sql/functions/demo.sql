-- Chance for the demo company.
CREATE FUNCTION sales_kpi.demo_random(seed integer, stream integer, n bigint)
RETURNS float8
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.demo_random(integer, integer, bigint) IS 'The n-th number of a stream of chance between 0 and 1, the same on every machine.';
