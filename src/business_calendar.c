/*
 * business_calendar.c
 *		Open hours: the type, what a calendar is made of, and messages.
 *
 * The text is what a person would write:
 * Europe/Berlin: Mon-Thu 08:00-12:00 13:00-17:00, Fri 08:00-14:00; closed 2025-12-24 to 2025-12-26, 2026-01-01
 *
 * What is kept is the set of open hours, not the way it was written: windows that touch
 * or overlap are one. Text is made anew from it, days of equal hours together, and a
 * window over midnight in one piece.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/datetime.h"
#include "utils/formatting.h"

#include "business_calendar.h"

PG_FUNCTION_INFO_V1(business_calendar_recv);
PG_FUNCTION_INFO_V1(business_calendar_send);

/* No two windows or holidays touch, and with a zone they stay far below 1 GB. */
#define MOST_WINDOWS (SECS_PER_WEEK / 2)
#define MOST_HOLIDAYS (9999 * 366 / 2)

#define ST_SORT sort_spans
#define ST_ELEMENT_TYPE CalendarSpan
#define ST_COMPARE(a, b) ((a)->start < (b)->start ? -1 : (a)->start > (b)->start)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

const char *const weekdays[DAYS_PER_WEEK] =
{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

/* ---- what a calendar is made of ---- */

/* Bring spans in order, and make one of those that touch or overlap. */
static void
merge_spans(SpanList *list)
{
	int			merged = 0;

	if (list->count == 0)
		return;
	sort_spans(list->spans, list->count);
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
void
add_calendar_span(SpanList *list, int start, int end)
{
	if (list->count == list->room)
	{
		merge_spans(list);
		if (list->count >= list->room / 2)
		{
			list->room = Max(16, 2 * list->room);
			list->spans = list->spans ? repalloc(list->spans, list->room * sizeof(CalendarSpan)) :
				palloc(list->room * sizeof(CalendarSpan));
		}
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

pg_tz *
named_calendar_zone(const char *name)
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

BusinessCalendar *
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

	return zone ? zone : named_calendar_zone(CALENDAR_ZONE(calendar));
}

/* ---- messages ---- */

/* Bytes in front of the spans: version, letters of the zone, windows, holidays. */
#define HEADER_MESSAGE_SIZE (1 + 1 + 4 + 4)

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
	int64		rest = message->len - message->cursor - HEADER_MESSAGE_SIZE;
	int			version;
	int			zone_length;
	int32		nwindows;
	int32		nholidays;
	BusinessCalendar *calendar;
	const char *fault;

	if (rest < 0)
		refuse_message("The message is cut off.");
	version = pq_getmsgbyte(message);
	zone_length = pq_getmsgbyte(message);
	nwindows = pq_getmsgint(message, 4);
	nholidays = pq_getmsgint(message, 4);
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
