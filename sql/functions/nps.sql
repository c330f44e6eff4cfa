-- Net promoter score of answers on the scale from 0 to 10.
CREATE FUNCTION sales_kpi.nps_add(bigint[], integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.nps_add(bigint[], integer) IS 'Internal: counts an answer.';

CREATE FUNCTION sales_kpi.nps_remove(bigint[], integer)
RETURNS bigint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.nps_remove(bigint[], integer) IS 'Internal: takes back an answer that leaves the window frame.';

CREATE FUNCTION sales_kpi.nps_merge(bigint[], bigint[])
RETURNS bigint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.nps_merge(bigint[], bigint[]) IS 'Internal: merges the counts of two workers.';

CREATE FUNCTION sales_kpi.nps_final(bigint[])
RETURNS float8
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.nps_final(bigint[]) IS 'Internal: the result of nps.';

CREATE AGGREGATE sales_kpi.nps(score integer) (
	SFUNC = sales_kpi.nps_add,
	STYPE = bigint[],
	INITCOND = '{0,0,0}',
	COMBINEFUNC = sales_kpi.nps_merge,
	FINALFUNC = sales_kpi.nps_final,
	MSFUNC = sales_kpi.nps_add,
	MINVFUNC = sales_kpi.nps_remove,
	MSTYPE = bigint[],
	MINITCOND = '{0,0,0}',
	MFINALFUNC = sales_kpi.nps_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.nps(integer) IS 'Net promoter score, -100 to 100: percentage of answers of 9 and 10 less that of 0 to 6, on the scale from 0 to 10; NULL is no answer.';
