-- From deals to a win summary. A deal that closes after as_of, or never, is open; one
-- that is withdrawn is lost. Days between dates are whole days, time between timestamps
-- is absolute.
CREATE FUNCTION sales_kpi.win_curve_add(sales_kpi.win_summary, timestamptz, timestamptz, text, timestamptz)
RETURNS sales_kpi.win_summary
AS 'MODULE_PATHNAME', 'win_curve_add_timestamptz' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.win_curve_add(sales_kpi.win_summary, timestamptz, timestamptz, text, timestamptz) IS 'Internal: adds a deal to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.win_curve_add(sales_kpi.win_summary, timestamp, timestamp, text, timestamp)
RETURNS sales_kpi.win_summary
AS 'MODULE_PATHNAME', 'win_curve_add_timestamp' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.win_curve_add(sales_kpi.win_summary, timestamp, timestamp, text, timestamp) IS 'Internal: adds a deal to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.win_curve_add(sales_kpi.win_summary, date, date, text, date)
RETURNS sales_kpi.win_summary
AS 'MODULE_PATHNAME', 'win_curve_add_date' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.win_curve_add(sales_kpi.win_summary, date, date, text, date) IS 'Internal: adds a deal to the state of a running aggregate.';

CREATE AGGREGATE sales_kpi.win_curve_agg(opened_at timestamptz, closed_at timestamptz, outcome text, as_of timestamptz) (
	SFUNC = sales_kpi.win_curve_add,
	STYPE = sales_kpi.win_summary,
	SSPACE = 4000,
	COMBINEFUNC = sales_kpi.win_summary_merge,
	FINALFUNC = sales_kpi.win_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.win_curve_agg(timestamptz, timestamptz, text, timestamptz) IS 'What became of deals, by the days it took, as known at a moment; ask it with win_curve and median_days.';

CREATE AGGREGATE sales_kpi.win_curve_agg(opened_at timestamp, closed_at timestamp, outcome text, as_of timestamp) (
	SFUNC = sales_kpi.win_curve_add,
	STYPE = sales_kpi.win_summary,
	SSPACE = 4000,
	COMBINEFUNC = sales_kpi.win_summary_merge,
	FINALFUNC = sales_kpi.win_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.win_curve_agg(timestamp, timestamp, text, timestamp) IS 'What became of deals, by the days it took, as known at a moment; ask it with win_curve and median_days.';

CREATE AGGREGATE sales_kpi.win_curve_agg(opened_at date, closed_at date, outcome text, as_of date) (
	SFUNC = sales_kpi.win_curve_add,
	STYPE = sales_kpi.win_summary,
	SSPACE = 4000,
	COMBINEFUNC = sales_kpi.win_summary_merge,
	FINALFUNC = sales_kpi.win_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.win_curve_agg(date, date, text, date) IS 'What became of deals, by the days it took, as known at a moment; ask it with win_curve and median_days.';
