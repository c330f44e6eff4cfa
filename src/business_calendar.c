/*
 * business_calendar.c
 *		Open hours: the type, its text form, and what can be asked of it.
 *
 * The text is what a person would write:
 * Europe/Berlin: Mon-Thu 08:00-12:00 13:00-17:00, Fri 08:00-14:00; closed 2025-12-24 to 2025-12-26, 2026-01-01
 *
 * What is kept is the set of open hours, not the way it was written: windows that touch
 * or overlap are one. Text is made anew from it, days of equal hours together, and a
 * window over midnight in one piece.
 */
#include "postgres.h"

#include <ctype.h>

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/formatting.h"
#include "utils/timestamp.h"

#include "business_calendar.h"
#include "state_text.h"

PG_FUNCTION_INFO_V1(business_calendar_in);
PG_FUNCTION_INFO_V1(business_calendar_out);
PG_FUNCTION_INFO_V1(business_calendar_recv);
PG_FUNCTION_INFO_V1(business_calendar_send);
PG_FUNCTION_INFO_V1(business_calendar_make);
PG_FUNCTION_INFO_V1(business_calendar_time_zone);
PG_FUNCTION_INFO_V1(business_calendar_opening_hours);
PG_FUNCTION_INFO_V1(business_calendar_holidays);

#define TYPE_NAME "business_calendar"
#define CALENDAR_EXAMPLE "A calendar looks like this: Europe/Berlin: Mon-Thu 08:00-12:00 13:00-17:00, Fri 08:00-14:00; closed 2025-12-24 to 2025-12-26, 2026-01-01."
#define WINDOWS_EXAMPLE "Open hours look like this: Mon-Thu 08:00-12:00 13:00-17:00, Fri 08:00-14:00."

/* Holidays are in the years 1 to 9999, as all that is written with four digits. */
#define FIRST_HOLIDAY (date2j(1, 1, 1) - POSTGRES_EPOCH_JDATE)
#define END_HOLIDAY (date2j(10000, 1, 1) - POSTGRES_EPOCH_JDATE)

/* No two windows or holidays touch, and with a zone they stay far below 1 GB. */
#define MOST_WINDOWS (SECS_PER_WEEK / 2)
#define MOST_HOLIDAYS (9999 * 366 / 2)

static const char *const weekdays[DAYS_PER_WEEK] =
{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

/* Spans on their way into a calendar, in any order. */
typedef struct SpanList
{
	CalendarSpan *spans;
	int			count;
	int			room;
} SpanList;

/* A window as it is shown: it begins on this day, and ends within the next 24 hours. */
typedef struct ShownWindow
{
	int			day;
	int			opens;			/* seconds since midnight */
	int			closes;			/* the same, on the next day if not after opens */
} ShownWindow;

/* ---- what a calendar is made of ---- */

static int
compare_spans(const void *a, const void *b)
{
	int32		start = ((const CalendarSpan *) a)->start;
	int32		other = ((const CalendarSpan *) b)->start;

	return (start > other) - (start < other);
}

/* Bring spans in order, and make one of those that touch or overlap. */
static void
merge_spans(SpanList *list)
{
	int			merged = 0;

	if (list->count == 0)
		return;
	qsort(list->spans, list->count, sizeof(CalendarSpan), compare_spans);
	for (int i = 1; i < list->count; i++)
	{
		if (list->spans[i].start <= list->spans[merged].end)
			list->spans[merged].end = Max(list->spans[merged].end, list->spans[i].end);
		else
			list->spans[++merged] = list->spans[i];
	}
	list->count = merged + 1;
}

/* A full list is merged first, so that no text, however long, makes it large. */
static void
add_span(SpanList *list, int start, int end)
{
	if (list->count == list->room)
		merge_spans(list);
	if (list->count >= list->room / 2)
	{
		list->room = Max(16, 2 * list->room);
		list->spans = list->spans ? repalloc(list->spans, list->room * sizeof(CalendarSpan)) :
			palloc(list->room * sizeof(CalendarSpan));
	}
	list->spans[list->count].start = start;
	list->spans[list->count++].end = end;
}

/* Is the name one of an abbreviation? That could mean the zone or a fixed offset. */
static bool
is_abbreviation(const char *name)
{
	char	   *lower = asc_tolower(name, strlen(name));
	pg_tz	   *zone;
	int			offset;
	int			type;
#if PG_VERSION_NUM >= 160000
	DateTimeErrorExtra extra;

	if (DecodeTimezoneAbbrev(0, lower, &type, &offset, &zone, &extra) < 0)
		return true;
#else
	type = DecodeTimezoneAbbrev(0, lower, &offset, &zone);
#endif
	return type != UNKNOWN_FIELD && strcmp(lower, "utc") != 0 && strcmp(lower, "gmt") != 0;
}

static bool
is_listed(const char *name)
{
	pg_tzenum  *list = pg_tzenumerate_start();
	pg_tz	   *zone;
	bool		found = false;

	while (!found && (zone = pg_tzenumerate_next(list)) != NULL)
		found = strcmp(name, pg_get_timezone_name(zone)) == 0;
	pg_tzenumerate_end(list);
	return found;
}

/*
 * The zone of a full name, NULL if it is none. The server would also take a rule such as
 * Berlin2, two hours behind UTC. It has a digit, and the server spells it in capitals: of
 * zones, only a few without a place do, and the list of all, which is long to read, is
 * needed for them alone.
 */
static pg_tz *
zone_of_name(const char *name)
{
	pg_tz	   *zone = pg_tzset(name);
	bool		may_be_rule = false;

	if (zone == NULL || !pg_tz_acceptable(zone) || is_abbreviation(name))
		return NULL;
	name = pg_get_timezone_name(zone);
	for (const char *letter = name; *letter != '\0'; letter++)
	{
		if (islower((unsigned char) *letter))
			return zone;
		may_be_rule |= isdigit((unsigned char) *letter);
	}
	return !may_be_rule || (strchr(name, '/') == NULL && is_listed(name)) ? zone : NULL;
}

static pg_tz *
named_zone(const char *name)
{
	pg_tz	   *zone = zone_of_name(name);

	if (zone == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time zone \"%s\" is not the full name of a zone", name),
				 errhint("A calendar is a zone, a colon and its hours, such as Europe/Berlin: Mon-Fri 09:00-17:00; all zones: SELECT name FROM pg_timezone_names.")));
	return zone;
}

static Size
calendar_size(int zone_length, int nwindows, int nholidays)
{
	return MAXALIGN(offsetof(BusinessCalendar, spans) + ((Size) nwindows + nholidays) * sizeof(CalendarSpan) + zone_length + 1);
}

static BusinessCalendar *
allocate_calendar(int zone_length, int nwindows, int nholidays)
{
	Size		size = calendar_size(zone_length, nwindows, nholidays);
	BusinessCalendar *calendar = palloc0(size);

	SET_VARSIZE(calendar, size);
	calendar->version = BUSINESS_CALENDAR_VERSION;
	calendar->zone_length = zone_length;
	calendar->nwindows = nwindows;
	calendar->nholidays = nholidays;
	return calendar;
}

static BusinessCalendar *
make_calendar(pg_tz *zone, SpanList *windows, SpanList *holidays)
{
	const char *zone_name = pg_get_timezone_name(zone);
	BusinessCalendar *calendar;

	merge_spans(windows);
	merge_spans(holidays);
	calendar = allocate_calendar(strlen(zone_name), windows->count, holidays->count);
	memcpy(CALENDAR_WINDOWS(calendar), windows->spans, windows->count * sizeof(CalendarSpan));
	if (holidays->count > 0)
		memcpy(CALENDAR_HOLIDAYS(calendar), holidays->spans, holidays->count * sizeof(CalendarSpan));
	memcpy(CALENDAR_ZONE(calendar), zone_name, calendar->zone_length);
	return calendar;
}

static bool
spans_are_canonical(const CalendarSpan *spans, int count, int least, int most)
{
	for (int i = 0; i < count; i++)
	{
		if (spans[i].start < least || spans[i].end > most || spans[i].start >= spans[i].end)
			return false;
		if (i > 0 && spans[i].start <= spans[i - 1].end)
			return false;
	}
	return true;
}

/* What is wrong with the windows or the holidays, NULL if nothing. */
static const char *
fault_of_spans(const BusinessCalendar *calendar)
{
	if (!spans_are_canonical(CALENDAR_WINDOWS(calendar), calendar->nwindows, 0, SECS_PER_WEEK))
		return "The windows are not in order, or not within a week.";
	if (!spans_are_canonical(CALENDAR_HOLIDAYS(calendar), calendar->nholidays, FIRST_HOLIDAY, END_HOLIDAY))
		return "The holidays are not in order, or not in the years 1 to 9999.";
	return NULL;
}

/* What is wrong with a calendar from a message, of all that other code relies on; NULL if nothing. */
static const char *
fault_of(const BusinessCalendar *calendar)
{
	const char *name = CALENDAR_ZONE(calendar);
	const char *fault = fault_of_spans(calendar);
	pg_tz	   *zone;

	if (fault != NULL)
		return fault;
	for (int i = 0; i < calendar->zone_length; i++)
		if (name[i] <= ' ' || name[i] > '~')
			return "The name of the time zone has symbols that no name has.";
	zone = zone_of_name(name);
	if (zone == NULL || strcmp(pg_get_timezone_name(zone), name) != 0)
		return psprintf("\"%s\" is not the full name of a time zone.", name);
	return NULL;
}

/* A stored calendar: sizes and spans are checked, so that no access goes astray. */
BusinessCalendar *
business_calendar_checked(Datum datum)
{
	BusinessCalendar *calendar = (BusinessCalendar *) PG_DETOAST_DATUM(datum);
	Size		size = VARSIZE(calendar);

	if (size >= offsetof(BusinessCalendar, spans) && calendar->version == BUSINESS_CALENDAR_VERSION &&
		calendar->nwindows > 0 && calendar->nwindows <= MOST_WINDOWS &&
		calendar->nholidays >= 0 && calendar->nholidays <= MOST_HOLIDAYS &&
		size == calendar_size(calendar->zone_length, calendar->nwindows, calendar->nholidays) &&
		CALENDAR_ZONE(calendar)[calendar->zone_length] == '\0' && fault_of_spans(calendar) == NULL)
		return calendar;
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("stored business calendar is damaged"),
			 errdetail("What its %zu bytes hold is not a calendar of version %d.", size, BUSINESS_CALENDAR_VERSION)));
}

/* The zone of a stored calendar, which the server may have lost since. */
pg_tz *
business_calendar_zone(const BusinessCalendar *calendar)
{
	pg_tz	   *zone = pg_tzset(CALENDAR_ZONE(calendar));

	return zone ? zone : named_zone(CALENDAR_ZONE(calendar));
}

/* ---- text in ---- */

static void
skip_blanks(StateParser *parser)
{
	while (isspace((unsigned char) *parser->next))
		parser->next++;
}

static bool
at_digit(const StateParser *parser)
{
	return isdigit((unsigned char) *parser->next);
}

static bool
at_letter(const StateParser *parser)
{
	return isalpha((unsigned char) *parser->next);
}

static void
refuse_at(StateParser *parser, const char *place, const char *detail)
{
	state_refuse_text(parser, psprintf("At position %d: %s", (int) (place - parser->text) + 1, detail));
}

/* So many digits: a person may leave out the leading zero of an hour. */
static int
parse_digits(StateParser *parser, int least, int most, const char *wanted)
{
	const char *start = parser->next;
	int			number = 0;

	while (at_digit(parser) && parser->next - start < most)
		number = number * 10 + *parser->next++ - '0';
	if (parser->next - start < least || at_digit(parser))
	{
		parser->next = start;
		state_refuse_syntax(parser, wanted);
	}
	return number;
}

static int
parse_day(StateParser *parser)
{
	int			length = 0;

	while (isalpha((unsigned char) parser->next[length]))
		length++;
	for (int day = 0; day < DAYS_PER_WEEK; day++)
	{
		if ((length == 3 || length == (int) strlen(weekdays[day])) &&
			pg_strncasecmp(parser->next, weekdays[day], length) == 0)
		{
			parser->next += length;
			return day;
		}
	}
	state_refuse_syntax(parser, "a day, such as Mon or Monday,");
	return 0;					/* not reached */
}

/* Days and ranges of days, as a bit for each. */
static int
parse_days(StateParser *parser)
{
	int			days = 0;

	do
	{
		int			day = parse_day(parser);
		int			last = day;

		skip_blanks(parser);
		if (state_accept(parser, '-'))
		{
			skip_blanks(parser);
			last = parse_day(parser);
			skip_blanks(parser);
		}
		for (; day != last; day = (day + 1) % DAYS_PER_WEEK)
			days |= 1 << day;
		days |= 1 << last;
	} while (at_letter(parser));
	return days;
}

/* Seconds since midnight. */
static int
parse_time(StateParser *parser)
{
	const char *start = parser->next;
	int			hour = parse_digits(parser, 1, 2, "a time, such as 08:00,");
	int			minute;
	int			second = 0;
	int			time;

	state_expect(parser, ":");
	minute = parse_digits(parser, 2, 2, "a minute of two digits");
	if (state_accept(parser, ':'))
		second = parse_digits(parser, 2, 2, "a second of two digits");
	time = hour * SECS_PER_HOUR + minute * SECS_PER_MINUTE + second;
	if (minute >= MINS_PER_HOUR || second >= SECS_PER_MINUTE || time > SECS_PER_DAY)
		refuse_at(parser, start, "times are from 00:00 to 24:00.");
	return time;
}

/* A window of each of the days. One that ends at or before its start ends on the next day. */
static void
parse_window(StateParser *parser, int days, SpanList *windows)
{
	const char *place = parser->next;
	int			opens = parse_time(parser);
	int			closes;

	if (opens == SECS_PER_DAY)
		refuse_at(parser, place, "24:00 is an end; the day begins at 00:00.");
	skip_blanks(parser);
	state_expect(parser, "-");
	skip_blanks(parser);
	closes = parse_time(parser);
	if (closes == opens)
		refuse_at(parser, place, "a window has no length; the whole day is 00:00-24:00.");
	if (closes < opens)
		closes += SECS_PER_DAY;
	for (int day = 0; day < DAYS_PER_WEEK; day++)
	{
		int			start = day * SECS_PER_DAY + opens;
		int			end = day * SECS_PER_DAY + closes;

		if ((days & 1 << day) == 0)
			continue;
		add_span(windows, start, Min(end, SECS_PER_WEEK));
		if (end > SECS_PER_WEEK)
			add_span(windows, 0, end - SECS_PER_WEEK);
	}
}

/* Entries of days and their windows. */
static void
parse_windows(StateParser *parser, SpanList *windows)
{
	do
	{
		int			days;

		CHECK_FOR_INTERRUPTS();
		skip_blanks(parser);
		days = parse_days(parser);
		if (!at_digit(parser))
			state_refuse_syntax(parser, "a day, or a time such as 08:00,");
		while (at_digit(parser))
		{
			parse_window(parser, days, windows);
			skip_blanks(parser);
		}
	} while (state_accept(parser, ','));
}

static int
parse_date(StateParser *parser)
{
	static const char *const wanted = "a date, such as 2025-12-24,";
	const char *start = parser->next;
	int			year = parse_digits(parser, 4, 4, wanted);
	int			month;
	int			day;

	state_expect(parser, "-");
	month = parse_digits(parser, 2, 2, wanted);
	state_expect(parser, "-");
	day = parse_digits(parser, 2, 2, wanted);
	if (year < 1 || month < 1 || month > MONTHS_PER_YEAR || day < 1 || day > day_tab[isleap(year)][month - 1])
		refuse_at(parser, start, "there is no such day.");
	return date2j(year, month, day) - POSTGRES_EPOCH_JDATE;
}

static void
parse_holidays(StateParser *parser, SpanList *holidays)
{
	skip_blanks(parser);
	if (pg_strncasecmp(parser->next, "closed", 6) != 0)
		state_refuse_syntax(parser, "\"closed\"");
	parser->next += 6;
	do
	{
		const char *place;
		int			first;
		int			last;

		CHECK_FOR_INTERRUPTS();
		skip_blanks(parser);
		place = parser->next;
		first = last = parse_date(parser);
		skip_blanks(parser);
		if (pg_strncasecmp(parser->next, "to", 2) == 0)
		{
			parser->next += 2;
			skip_blanks(parser);
			last = parse_date(parser);
			skip_blanks(parser);
		}
		if (last < first)
			refuse_at(parser, place, "the last day lies before the first.");
		add_span(holidays, first, last + 1);
	} while (state_accept(parser, ','));
}

static void
expect_end(StateParser *parser)
{
	if (*parser->next != '\0')
		state_refuse_syntax(parser, "a comma or the end");
}

static pg_tz *
parse_zone(StateParser *parser)
{
	const char *end;
	const char *start;

	skip_blanks(parser);
	start = parser->next;
	end = strchr(start, ':');
	if (end == NULL || end == start)
		state_refuse_syntax(parser, "a colon behind a time zone");
	parser->next = end + 1;
	while (end > start && isspace((unsigned char) end[-1]))
		end--;
	return named_zone(pnstrdup(start, end - start));
}

Datum
business_calendar_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	StateParser parser = {TYPE_NAME, CALENDAR_EXAMPLE, text, text};
	SpanList	windows = {0};
	SpanList	holidays = {0};
	pg_tz	   *zone = parse_zone(&parser);

	parse_windows(&parser, &windows);
	if (state_accept(&parser, ';'))
		parse_holidays(&parser, &holidays);
	expect_end(&parser);
	PG_RETURN_POINTER(make_calendar(zone, &windows, &holidays));
}

/* A calendar of its parts, for holidays come from a table. */
Datum
business_calendar_make(PG_FUNCTION_ARGS)
{
	char	   *hours = text_to_cstring(PG_GETARG_TEXT_PP(1));
	StateParser parser = {TYPE_NAME, WINDOWS_EXAMPLE, hours, hours};
	SpanList	windows = {0};
	SpanList	holidays = {0};
	pg_tz	   *zone = named_zone(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	Datum	   *days;
	bool	   *nulls;
	int			ndays;

	parse_windows(&parser, &windows);
	expect_end(&parser);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(2), DATEOID, sizeof(DateADT), true, TYPALIGN_INT, &days, &nulls, &ndays);
	for (int i = 0; i < ndays; i++)
	{
		DateADT		day = DatumGetDateADT(days[i]);

		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a holiday cannot be NULL"),
					 errhint("Leave such rows out of the array.")));
		if (day < FIRST_HOLIDAY || day >= END_HOLIDAY)
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("a holiday cannot be %s", DatumGetCString(DirectFunctionCall1(date_out, days[i]))),
					 errhint("Holidays are in the years 1 to 9999.")));
		add_span(&holidays, day, day + 1);
	}
	PG_RETURN_POINTER(make_calendar(zone, &windows, &holidays));
}

/* ---- as it is shown ---- */

static int
compare_shown(const void *a, const void *b)
{
	const ShownWindow *window = (const ShownWindow *) a;
	const ShownWindow *other = (const ShownWindow *) b;

	return window->day != other->day ? window->day - other->day : window->opens - other->opens;
}

/*
 * The windows by the days on which they begin. One over midnight stays whole if it is
 * shorter than a day, also over the week's end; a longer one is cut at each midnight.
 */
static int
shown_windows(const BusinessCalendar *calendar, ShownWindow **shown)
{
	const CalendarSpan *windows = CALENDAR_WINDOWS(calendar);
	int			last = calendar->nwindows - 1;
	bool		joined = last > 0 && windows[0].start == 0 && windows[last].end == SECS_PER_WEEK;
	int			count = 0;

	/* each of the eight midnights makes one more, at most */
	*shown = palloc((calendar->nwindows + DAYS_PER_WEEK + 1) * sizeof(ShownWindow));
	for (int i = joined ? 1 : 0; i <= last; i++)
	{
		int			start = windows[i].start;
		int			end = windows[i].end + (joined && i == last ? windows[0].end : 0);
		bool		whole = end - start < SECS_PER_DAY;

		while (start < end)
		{
			int			midnight = (start / SECS_PER_DAY + 1) * SECS_PER_DAY;
			int			closes = whole ? end : Min(end, midnight);
			ShownWindow *window = *shown + count++;

			window->day = start / SECS_PER_DAY % DAYS_PER_WEEK;
			window->opens = start % SECS_PER_DAY;
			window->closes = closes <= midnight ? closes - (midnight - SECS_PER_DAY) : closes - midnight;
			start = closes;
		}
	}
	qsort(*shown, count, sizeof(ShownWindow), compare_shown);
	return count;
}

static void
append_time(StringInfo out, int time)
{
	appendStringInfo(out, "%02d:%02d", time / SECS_PER_HOUR, time % SECS_PER_HOUR / SECS_PER_MINUTE);
	if (time % SECS_PER_MINUTE != 0)
		appendStringInfo(out, ":%02d", time % SECS_PER_MINUTE);
}

static char *
hours_of_day(const ShownWindow *shown, int count, int day)
{
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < count; i++)
	{
		if (shown[i].day != day)
			continue;
		appendStringInfoChar(&out, ' ');
		append_time(&out, shown[i].opens);
		appendStringInfoChar(&out, '-');
		append_time(&out, shown[i].closes);
	}
	return out.data;
}

/* Days of equal hours stand together, and those that follow on each other as a range. */
static void
append_windows(StringInfo out, const BusinessCalendar *calendar)
{
	ShownWindow *shown;
	int			count = shown_windows(calendar, &shown);
	char	   *hours[DAYS_PER_WEEK];
	const char *separator = "";

	for (int day = 0; day < DAYS_PER_WEEK; day++)
		hours[day] = hours_of_day(shown, count, day);
	for (int day = 0; day < DAYS_PER_WEEK; day++)
	{
		char	   *hours_here = hours[day];

		if (*hours_here == '\0')
			continue;
		appendStringInfoString(out, separator);
		separator = ",";
		for (int first = day; first < DAYS_PER_WEEK; first++)
		{
			int			last = first;

			if (strcmp(hours[first], hours_here) != 0)
				continue;
			while (last + 1 < DAYS_PER_WEEK && strcmp(hours[last + 1], hours_here) == 0)
				last++;
			appendStringInfo(out, " %.3s", weekdays[first]);
			if (last > first)
				appendStringInfo(out, "-%.3s", weekdays[last]);
			for (; first < last; first++)
				hours[first] = "";
			hours[last] = "";
		}
		appendStringInfoString(out, hours_here);
	}
}

static void
append_date(StringInfo out, int date)
{
	int			year;
	int			month;
	int			day;

	j2date(date + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	appendStringInfo(out, "%04d-%02d-%02d", year, month, day);
}

Datum
business_calendar_out(PG_FUNCTION_ARGS)
{
	BusinessCalendar *calendar = PG_GETARG_BUSINESS_CALENDAR(0);
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfo(&out, "%s:", CALENDAR_ZONE(calendar));
	append_windows(&out, calendar);
	for (int i = 0; i < calendar->nholidays; i++)
	{
		const CalendarSpan *holiday = CALENDAR_HOLIDAYS(calendar) + i;

		appendStringInfoString(&out, i == 0 ? "; closed " : ", ");
		append_date(&out, holiday->start);
		if (holiday->end - holiday->start > 1)
		{
			appendStringInfoString(&out, " to ");
			append_date(&out, holiday->end - 1);
		}
	}
	PG_RETURN_CSTRING(out.data);
}

Datum
business_calendar_time_zone(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(CALENDAR_ZONE(PG_GETARG_BUSINESS_CALENDAR(0))));
}

Datum
business_calendar_opening_hours(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	BusinessCalendar *calendar = PG_GETARG_BUSINESS_CALENDAR(0);
	ShownWindow *shown;
	int			count = shown_windows(calendar, &shown);

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < count; i++)
	{
		bool		nulls[3] = {false};
		Datum		values[3] = {
			CStringGetTextDatum(weekdays[shown[i].day]),
			TimeADTGetDatum(shown[i].opens * USECS_PER_SEC),
			TimeADTGetDatum(shown[i].closes * USECS_PER_SEC)
		};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

Datum
business_calendar_holidays(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	BusinessCalendar *calendar = PG_GETARG_BUSINESS_CALENDAR(0);

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < calendar->nholidays; i++)
	{
		bool		nulls[2] = {false};
		Datum		values[2] = {
			DateADTGetDatum(CALENDAR_HOLIDAYS(calendar)[i].start),
			DateADTGetDatum(CALENDAR_HOLIDAYS(calendar)[i].end - 1)
		};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* ---- messages ---- */

Datum
business_calendar_send(PG_FUNCTION_ARGS)
{
	BusinessCalendar *calendar = PG_GETARG_BUSINESS_CALENDAR(0);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbyte(&message, calendar->version);
	pq_sendbyte(&message, calendar->zone_length);
	pq_sendint32(&message, calendar->nwindows);
	pq_sendint32(&message, calendar->nholidays);
	for (int i = 0; i < calendar->nwindows + calendar->nholidays; i++)
	{
		pq_sendint32(&message, calendar->spans[i].start);
		pq_sendint32(&message, calendar->spans[i].end);
	}
	pq_sendbytes(&message, CALENDAR_ZONE(calendar), calendar->zone_length);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

static void
refuse_message(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid business calendar"),
			 errdetail_internal("%s", detail),
			 errhint("Write it as text: see business_calendar in the reference.")));
}

Datum
business_calendar_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(message);
	int			zone_length = pq_getmsgbyte(message);
	int32		nwindows = pq_getmsgint(message, 4);
	int32		nholidays = pq_getmsgint(message, 4);
	int64		rest = message->len - message->cursor;
	BusinessCalendar *calendar;
	const char *fault;

	if (version != BUSINESS_CALENDAR_VERSION)
		refuse_message(psprintf("Version %d is not known.", version));
	if (nwindows < 1 || nwindows > MOST_WINDOWS || nholidays < 0 || nholidays > MOST_HOLIDAYS)
		refuse_message(psprintf("It cannot have %d windows and %d holidays.", nwindows, nholidays));
	if (rest != ((int64) nwindows + nholidays) * 8 + zone_length)
		refuse_message(psprintf(INT64_FORMAT " bytes do not hold %d windows, %d holidays and %d letters.",
								rest, nwindows, nholidays, zone_length));
	calendar = allocate_calendar(zone_length, nwindows, nholidays);
	for (int i = 0; i < nwindows + nholidays; i++)
	{
		calendar->spans[i].start = pq_getmsgint(message, 4);
		calendar->spans[i].end = pq_getmsgint(message, 4);
	}
	pq_copymsgbytes(message, CALENDAR_ZONE(calendar), zone_length);
	fault = fault_of(calendar);
	if (fault != NULL)
		refuse_message(fault);
	PG_RETURN_POINTER(calendar);
}
