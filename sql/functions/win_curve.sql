-- What becomes of deals over time.
CREATE FUNCTION sales_kpi.win_curve(summary sales_kpi.win_summary)
RETURNS TABLE (
	day integer, at_risk bigint, won bigint, lost bigint, censored bigint,
	won_share float8, won_low float8, won_high float8,
	lost_share float8, lost_low float8, lost_high float8, open_share float8)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 200;
COMMENT ON FUNCTION sales_kpi.win_curve(sales_kpi.win_summary) IS 'Share of deals won, lost and still open after so many days from their opening: an Aalen-Johansen curve, in which a lost deal competes with a won one.';
