-- Checks of the amounts of a source: to compare numerics would cost more than all else
-- that a row is checked for.
CREATE FUNCTION sales_kpi.is_finite(amount numeric)
RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.is_finite(numeric) IS 'Internal: whether an amount is neither NaN nor an infinity.';

CREATE FUNCTION sales_kpi.is_negative(amount numeric)
RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.is_negative(numeric) IS 'Internal: whether an amount is below zero.';
