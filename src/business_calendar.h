/*
 * business_calendar.h
 *		Open hours of a week in a time zone, and the days on which it is closed.
 */
#ifndef SALES_KPI_BUSINESS_CALENDAR_H
#define SALES_KPI_BUSINESS_CALENDAR_H

#include "datatype/timestamp.h"
#include "fmgr.h"
#include "pgtime.h"

#include "compat.h"

#define BUSINESS_CALENDAR_VERSION 1

#define DAYS_PER_WEEK 7
#define SECS_PER_WEEK (DAYS_PER_WEEK * SECS_PER_DAY)

/* Half-open. */
typedef struct CalendarSpan
{
	int32		start;
	int32		end;
} CalendarSpan;

/*
 * The windows come first: seconds since the midnight that begins a Monday, from 0 to
 * SECS_PER_WEEK. A window over the week's end is two. Behind them stand the holidays:
 * days since 2000-01-01. Either are in order and do not touch, so that equal calendars
 * have equal bytes. Behind both stands the name of the zone, as the server spells it.
 */
typedef struct BusinessCalendar
{
	int32		vl_len_;
	uint8		version;
	uint8		zone_length;
	uint16		unused;
	int32		nwindows;		/* at least 1 */
	int32		nholidays;
	CalendarSpan spans[FLEXIBLE_ARRAY_MEMBER];
} BusinessCalendar;

#define CALENDAR_WINDOWS(c) ((c)->spans)
#define CALENDAR_HOLIDAYS(c) ((c)->spans + (c)->nwindows)
#define CALENDAR_ZONE(c) ((char *) ((c)->spans + (c)->nwindows + (c)->nholidays))

/* Holidays are in the years 1 to 9999, as all that is written with four digits. */
#define FIRST_HOLIDAY (date2j(1, 1, 1) - POSTGRES_EPOCH_JDATE)
#define END_HOLIDAY (date2j(10000, 1, 1) - POSTGRES_EPOCH_JDATE)

/* Spans on their way into a calendar, in any order. */
typedef struct SpanList
{
	CalendarSpan *spans;
	int			count;
	int			room;
} SpanList;

extern const char *const weekdays[];

extern void add_calendar_span(SpanList *list, int start, int end);
extern pg_tz *named_calendar_zone(const char *name);
extern BusinessCalendar *make_calendar(pg_tz *zone, SpanList *windows, SpanList *holidays);
extern BusinessCalendar *business_calendar_checked(Datum calendar);
extern pg_tz *business_calendar_zone(const BusinessCalendar *calendar);

#define PG_GETARG_BUSINESS_CALENDAR(n) business_calendar_checked(PG_GETARG_DATUM(n))

#endif							/* SALES_KPI_BUSINESS_CALENDAR_H */
