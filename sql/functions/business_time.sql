-- STABLE, for the rules of zones change with the server's data. It costs a look for each
-- change of the clocks in between.
CREATE FUNCTION sales_kpi.business_time(from_time timestamptz, until_time timestamptz, calendar sales_kpi.business_calendar)
RETURNS interval
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION sales_kpi.business_time(timestamptz, timestamptz, sales_kpi.business_calendar) IS 'The time between two instants that lies in the open hours of a calendar.';
