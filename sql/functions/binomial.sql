-- The exact binomial test, one-sided.
CREATE FUNCTION sales_kpi.binomial_tail(hits bigint, total bigint, probability float8)
RETURNS float8
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.binomial_tail(bigint, bigint, float8) IS 'How likely at least so many hits of the total are, if each of the total is one with that probability.';
