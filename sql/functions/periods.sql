-- Periods in a time zone. STABLE, for the rules of zones change with the server's data.
CREATE FUNCTION sales_kpi.period_start(grain text, at timestamptz, time_zone text, fiscal_start integer DEFAULT 1)
RETURNS date
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.period_start(text, timestamptz, text, integer) IS 'First day of the day, week, month, quarter or year that an instant is in, in a time zone.';

CREATE FUNCTION sales_kpi.periods(grain text, from_time timestamptz, until_time timestamptz, time_zone text, fiscal_start integer DEFAULT 1)
RETURNS timestamptz[]
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.periods(text, timestamptz, timestamptz, text, integer) IS 'Boundaries of the periods that cover a span of time, in a time zone.';
