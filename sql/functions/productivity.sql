-- What came out per what was put in: sum of output / sum of input.
CREATE FUNCTION sales_kpi.productivity_add(bigint[], numeric, numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.productivity_add(bigint[], numeric, numeric) IS 'Internal: adds an output, an input or both.';

CREATE FUNCTION sales_kpi.productivity_remove(bigint[], numeric, numeric)
RETURNS bigint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.productivity_remove(bigint[], numeric, numeric) IS 'Internal: takes back a row that leaves the window frame.';

CREATE FUNCTION sales_kpi.productivity_merge(bigint[], bigint[])
RETURNS bigint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.productivity_merge(bigint[], bigint[]) IS 'Internal: merges the sums of two workers.';

CREATE FUNCTION sales_kpi.productivity_final(bigint[])
RETURNS float8
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.productivity_final(bigint[]) IS 'Internal: the result of productivity.';

CREATE AGGREGATE sales_kpi.productivity(output numeric, input numeric) (
	SFUNC = sales_kpi.productivity_add,
	STYPE = bigint[],
	INITCOND = '{0,0,0}',
	COMBINEFUNC = sales_kpi.productivity_merge,
	FINALFUNC = sales_kpi.productivity_final,
	MSFUNC = sales_kpi.productivity_add,
	MINVFUNC = sales_kpi.productivity_remove,
	MSTYPE = bigint[],
	MINITCOND = '{0,0,0}',
	MFINALFUNC = sales_kpi.productivity_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.productivity(numeric, numeric) IS 'Sum of output / sum of input, never a mean of ratios; NULL on one side is not known, and left out of that sum.';
