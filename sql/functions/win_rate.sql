-- Win rate at once: won / (won + lost).
CREATE FUNCTION sales_kpi.win_rate_add(bigint[], boolean)
RETURNS bigint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.win_rate_add(bigint[], boolean) IS 'Internal: counts a decided deal.';

CREATE FUNCTION sales_kpi.win_rate_remove(bigint[], boolean)
RETURNS bigint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.win_rate_remove(bigint[], boolean) IS 'Internal: takes back a deal that leaves the window frame.';

CREATE FUNCTION sales_kpi.win_rate_merge(bigint[], bigint[])
RETURNS bigint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.win_rate_merge(bigint[], bigint[]) IS 'Internal: merges the counts of two workers.';

CREATE FUNCTION sales_kpi.win_rate_final(bigint[])
RETURNS float8
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.win_rate_final(bigint[]) IS 'Internal: the result of win_rate.';

CREATE AGGREGATE sales_kpi.win_rate(won boolean) (
	SFUNC = sales_kpi.win_rate_add,
	STYPE = bigint[],
	INITCOND = '{0,0}',
	COMBINEFUNC = sales_kpi.win_rate_merge,
	FINALFUNC = sales_kpi.win_rate_final,
	MSFUNC = sales_kpi.win_rate_add,
	MINVFUNC = sales_kpi.win_rate_remove,
	MSTYPE = bigint[],
	MINITCOND = '{0,0}',
	MFINALFUNC = sales_kpi.win_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.win_rate(boolean) IS 'Share of won among won and lost; true is won, false is lost, NULL is not counted.';
