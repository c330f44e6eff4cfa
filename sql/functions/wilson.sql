-- Wilson's score interval of a proportion.
CREATE FUNCTION sales_kpi.wilson_low(hits bigint, total bigint, confidence float8 DEFAULT 0.95)
RETURNS float8
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.wilson_low(bigint, bigint, float8) IS 'Lower end of the Wilson interval of hits out of total.';

CREATE FUNCTION sales_kpi.wilson_high(hits bigint, total bigint, confidence float8 DEFAULT 0.95)
RETURNS float8
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.wilson_high(bigint, bigint, float8) IS 'Upper end of the Wilson interval of hits out of total.';
