-- Upsell and cross-sell: of the customers who existed as a period began, how many bought
-- a higher tier of a family they held, or a family they did not hold.
CREATE FUNCTION sales_kpi.upsell(
	purchases sales_kpi.purchase_history, boundaries timestamptz[])
RETURNS TABLE (
	period_start timestamptz, period_end timestamptz,
	existing bigint, upsell_eligible bigint, cross_sell_eligible bigint,
	upsold bigint, cross_sold bigint, either bigint, downsold bigint, joined bigint, joined_and_sold_up bigint,
	upsell_rate float8, upsell_low float8, upsell_high float8,
	cross_sell_rate float8, cross_sell_low float8, cross_sell_high float8,
	either_rate float8, either_low float8, either_high float8)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 50;
COMMENT ON FUNCTION sales_kpi.upsell(sales_kpi.purchase_history, timestamptz[]) IS 'Customers existing at the start of each period between the boundaries, those who could be and who were upsold and cross-sold in it, and the rates.';

-- Each row is a purchase, whatever its amount.
CREATE FUNCTION sales_kpi.sell_rate_add(sales_kpi.purchase_history, bigint, bigint, integer, timestamptz, tstzrange)
RETURNS sales_kpi.purchase_history
AS 'MODULE_PATHNAME', 'sell_rate_add_bigint_bigint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.sell_rate_add(sales_kpi.purchase_history, bigint, bigint, integer, timestamptz, tstzrange) IS 'Internal: adds a line of a sale to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.sell_rate_add(sales_kpi.purchase_history, bigint, text, integer, timestamptz, tstzrange)
RETURNS sales_kpi.purchase_history
AS 'MODULE_PATHNAME', 'sell_rate_add_bigint_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.sell_rate_add(sales_kpi.purchase_history, bigint, text, integer, timestamptz, tstzrange) IS 'Internal: adds a line of a sale to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.sell_rate_add(sales_kpi.purchase_history, text, bigint, integer, timestamptz, tstzrange)
RETURNS sales_kpi.purchase_history
AS 'MODULE_PATHNAME', 'sell_rate_add_text_bigint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.sell_rate_add(sales_kpi.purchase_history, text, bigint, integer, timestamptz, tstzrange) IS 'Internal: adds a line of a sale to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.sell_rate_add(sales_kpi.purchase_history, text, text, integer, timestamptz, tstzrange)
RETURNS sales_kpi.purchase_history
AS 'MODULE_PATHNAME', 'sell_rate_add_text_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.sell_rate_add(sales_kpi.purchase_history, text, text, integer, timestamptz, tstzrange) IS 'Internal: adds a line of a sale to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.sell_rate_add(sales_kpi.purchase_history, uuid, bigint, integer, timestamptz, tstzrange)
RETURNS sales_kpi.purchase_history
AS 'MODULE_PATHNAME', 'sell_rate_add_uuid_bigint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.sell_rate_add(sales_kpi.purchase_history, uuid, bigint, integer, timestamptz, tstzrange) IS 'Internal: adds a line of a sale to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.sell_rate_add(sales_kpi.purchase_history, uuid, text, integer, timestamptz, tstzrange)
RETURNS sales_kpi.purchase_history
AS 'MODULE_PATHNAME', 'sell_rate_add_uuid_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.sell_rate_add(sales_kpi.purchase_history, uuid, text, integer, timestamptz, tstzrange) IS 'Internal: adds a line of a sale to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.upsell_rate_final(sales_kpi.purchase_history)
RETURNS float8
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.upsell_rate_final(sales_kpi.purchase_history) IS 'Internal: the result of upsell_rate.';

CREATE AGGREGATE sales_kpi.upsell_rate(customer bigint, family bigint, tier integer, sold_at timestamptz, during tstzrange) (
	SFUNC = sales_kpi.sell_rate_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.upsell_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.upsell_rate(bigint, bigint, integer, timestamptz, tstzrange) IS 'Share of the customers existing at the start of a period who bought a higher tier of a family they held in it.';

CREATE AGGREGATE sales_kpi.upsell_rate(customer bigint, family text, tier integer, sold_at timestamptz, during tstzrange) (
	SFUNC = sales_kpi.sell_rate_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.upsell_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.upsell_rate(bigint, text, integer, timestamptz, tstzrange) IS 'Share of the customers existing at the start of a period who bought a higher tier of a family they held in it.';

CREATE AGGREGATE sales_kpi.upsell_rate(customer text, family bigint, tier integer, sold_at timestamptz, during tstzrange) (
	SFUNC = sales_kpi.sell_rate_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.upsell_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.upsell_rate(text, bigint, integer, timestamptz, tstzrange) IS 'Share of the customers existing at the start of a period who bought a higher tier of a family they held in it.';

CREATE AGGREGATE sales_kpi.upsell_rate(customer text, family text, tier integer, sold_at timestamptz, during tstzrange) (
	SFUNC = sales_kpi.sell_rate_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.upsell_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.upsell_rate(text, text, integer, timestamptz, tstzrange) IS 'Share of the customers existing at the start of a period who bought a higher tier of a family they held in it.';

CREATE AGGREGATE sales_kpi.upsell_rate(customer uuid, family bigint, tier integer, sold_at timestamptz, during tstzrange) (
	SFUNC = sales_kpi.sell_rate_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.upsell_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.upsell_rate(uuid, bigint, integer, timestamptz, tstzrange) IS 'Share of the customers existing at the start of a period who bought a higher tier of a family they held in it.';

CREATE AGGREGATE sales_kpi.upsell_rate(customer uuid, family text, tier integer, sold_at timestamptz, during tstzrange) (
	SFUNC = sales_kpi.sell_rate_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.upsell_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.upsell_rate(uuid, text, integer, timestamptz, tstzrange) IS 'Share of the customers existing at the start of a period who bought a higher tier of a family they held in it.';

CREATE FUNCTION sales_kpi.cross_sell_rate_final(sales_kpi.purchase_history)
RETURNS float8
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.cross_sell_rate_final(sales_kpi.purchase_history) IS 'Internal: the result of cross_sell_rate.';

CREATE AGGREGATE sales_kpi.cross_sell_rate(customer bigint, family bigint, tier integer, sold_at timestamptz, during tstzrange) (
	SFUNC = sales_kpi.sell_rate_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.cross_sell_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.cross_sell_rate(bigint, bigint, integer, timestamptz, tstzrange) IS 'Share of the customers existing at the start of a period who bought a family they did not hold in it.';

CREATE AGGREGATE sales_kpi.cross_sell_rate(customer bigint, family text, tier integer, sold_at timestamptz, during tstzrange) (
	SFUNC = sales_kpi.sell_rate_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.cross_sell_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.cross_sell_rate(bigint, text, integer, timestamptz, tstzrange) IS 'Share of the customers existing at the start of a period who bought a family they did not hold in it.';

CREATE AGGREGATE sales_kpi.cross_sell_rate(customer text, family bigint, tier integer, sold_at timestamptz, during tstzrange) (
	SFUNC = sales_kpi.sell_rate_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.cross_sell_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.cross_sell_rate(text, bigint, integer, timestamptz, tstzrange) IS 'Share of the customers existing at the start of a period who bought a family they did not hold in it.';

CREATE AGGREGATE sales_kpi.cross_sell_rate(customer text, family text, tier integer, sold_at timestamptz, during tstzrange) (
	SFUNC = sales_kpi.sell_rate_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.cross_sell_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.cross_sell_rate(text, text, integer, timestamptz, tstzrange) IS 'Share of the customers existing at the start of a period who bought a family they did not hold in it.';

CREATE AGGREGATE sales_kpi.cross_sell_rate(customer uuid, family bigint, tier integer, sold_at timestamptz, during tstzrange) (
	SFUNC = sales_kpi.sell_rate_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.cross_sell_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.cross_sell_rate(uuid, bigint, integer, timestamptz, tstzrange) IS 'Share of the customers existing at the start of a period who bought a family they did not hold in it.';

CREATE AGGREGATE sales_kpi.cross_sell_rate(customer uuid, family text, tier integer, sold_at timestamptz, during tstzrange) (
	SFUNC = sales_kpi.sell_rate_add,
	STYPE = sales_kpi.purchase_history,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.purchase_history_merge,
	FINALFUNC = sales_kpi.cross_sell_rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.cross_sell_rate(uuid, text, integer, timestamptz, tstzrange) IS 'Share of the customers existing at the start of a period who bought a family they did not hold in it.';
