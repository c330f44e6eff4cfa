-- What each sale is to its customer: new, upsell, cross-sell, downsell or repeat.
CREATE FUNCTION sales_kpi.sale_kind(family text, tier integer)
RETURNS text
AS 'MODULE_PATHNAME', 'sale_kind_text' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.sale_kind(text, integer) IS 'Kind of a sale by what its customer bought before: new, upsell, cross_sell, downsell or repeat. OVER (PARTITION BY customer ORDER BY time).';

CREATE FUNCTION sales_kpi.sale_kind(family bigint, tier integer)
RETURNS text
AS 'MODULE_PATHNAME', 'sale_kind_bigint' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.sale_kind(bigint, integer) IS 'Kind of a sale by what its customer bought before: new, upsell, cross_sell, downsell or repeat. OVER (PARTITION BY customer ORDER BY time).';
