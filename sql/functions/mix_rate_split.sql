-- A change of a total rate, split among its members into rate and mix.
CREATE TYPE sales_kpi.mix_rate_effect AS (
	rate_effect numeric,
	mix_effect numeric
);
COMMENT ON TYPE sales_kpi.mix_rate_effect IS 'What mix_rate_split says of a member.';
COMMENT ON COLUMN sales_kpi.mix_rate_effect.rate_effect IS 'By how much the total changed because the rate of the member changed.';
COMMENT ON COLUMN sales_kpi.mix_rate_effect.mix_effect IS 'By how much the total changed because the weight of the member changed.';

CREATE FUNCTION sales_kpi.mix_rate_split(hits_before numeric, size_before numeric, hits_after numeric, size_after numeric)
RETURNS sales_kpi.mix_rate_effect
AS 'MODULE_PATHNAME' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.mix_rate_split(numeric, numeric, numeric, numeric) IS 'What a member did to the change of a total rate: rate_effect, mix_effect, which add up exactly. OVER (PARTITION BY what makes one total), a row for each member.';
