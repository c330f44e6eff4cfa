-- Chance for the demo company. Each number has a name, (seed, stream, n): the same
-- on every machine, whatever the plan.
CREATE FUNCTION sales_kpi.demo_random(seed integer, stream text, n bigint, below integer)
RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.demo_random(integer, text, bigint, integer) IS 'Internal: the n-th number of a stream of chance: 0 to below - 1, each as likely, the same on every machine.';

CREATE FUNCTION sales_kpi.demo_choice(seed integer, stream text, n bigint, weights integer[])
RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.demo_choice(integer, text, bigint, integer[]) IS 'Internal: the n-th choice of a stream of chance: 1 as often as the first weight says, 2 as the second, and so on.';

CREATE FUNCTION sales_kpi.demo_draw(seed integer, stream text, n bigint, quantiles integer[])
RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.demo_draw(integer, text, bigint, integer[]) IS 'Internal: the n-th number of a stream of chance from a distribution given by its quantiles, evenly spaced in probability.';
