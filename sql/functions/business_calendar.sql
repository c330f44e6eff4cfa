-- Open hours in a time zone. Reading is STABLE, for zones come and go with the server's data.
CREATE TYPE sales_kpi.business_calendar;
COMMENT ON TYPE sales_kpi.business_calendar IS 'Open hours of a week in a time zone, and the days on which it is closed.';

CREATE FUNCTION sales_kpi.business_calendar_in(cstring)
RETURNS sales_kpi.business_calendar
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.business_calendar_in(cstring) IS 'Reads a calendar from text.';

CREATE FUNCTION sales_kpi.business_calendar_out(sales_kpi.business_calendar)
RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.business_calendar_out(sales_kpi.business_calendar) IS 'Writes a calendar as text.';

CREATE FUNCTION sales_kpi.business_calendar_recv(internal)
RETURNS sales_kpi.business_calendar
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.business_calendar_recv(internal) IS 'Reads a calendar from a message.';

CREATE FUNCTION sales_kpi.business_calendar_send(sales_kpi.business_calendar)
RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.business_calendar_send(sales_kpi.business_calendar) IS 'Writes a calendar as a message: equal bytes for equal open hours.';

CREATE TYPE sales_kpi.business_calendar (
	INPUT = sales_kpi.business_calendar_in,
	OUTPUT = sales_kpi.business_calendar_out,
	RECEIVE = sales_kpi.business_calendar_recv,
	SEND = sales_kpi.business_calendar_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);

CREATE FUNCTION sales_kpi.business_calendar(time_zone text, windows text, holidays date[] DEFAULT '{}')
RETURNS sales_kpi.business_calendar
AS 'MODULE_PATHNAME', 'business_calendar_make' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.business_calendar(text, text, date[]) IS 'A calendar of its parts: a time zone, open hours such as Mon-Fri 09:00-17:00, and the days on which it is closed.';

CREATE FUNCTION sales_kpi.time_zone(calendar sales_kpi.business_calendar)
RETURNS text
AS 'MODULE_PATHNAME', 'business_calendar_time_zone' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.time_zone(sales_kpi.business_calendar) IS 'The time zone whose clocks a calendar goes by.';

CREATE FUNCTION sales_kpi.opening_hours(calendar sales_kpi.business_calendar)
RETURNS TABLE (weekday text, opens time, closes time)
AS 'MODULE_PATHNAME', 'business_calendar_opening_hours' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10;
COMMENT ON FUNCTION sales_kpi.opening_hours(sales_kpi.business_calendar) IS 'The windows of a calendar, from Monday on; one that closes at or before it opens closes on the next day.';

CREATE FUNCTION sales_kpi.holidays(calendar sales_kpi.business_calendar)
RETURNS TABLE (first_day date, last_day date)
AS 'MODULE_PATHNAME', 'business_calendar_holidays' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 20;
COMMENT ON FUNCTION sales_kpi.holidays(sales_kpi.business_calendar) IS 'The days on which a calendar is closed, in their order.';
