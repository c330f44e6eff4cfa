/*
 * business_time.c
 *		The time between two instants that lies in the open hours of a calendar.
 *
 * Whether an instant is open depends on what the clocks of the zone show at it alone. So
 * there is a function of local time that counts all that was open before: whole weeks,
 * the part of the week that has begun, and less what closed days took away. Between two
 * changes of the clocks, business time is its difference, however long that is; an hour
 * that the clocks show twice is counted from both sides of the change.
 */
#include "postgres.h"

#include "common/int.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "business_calendar.h"
#include "duration_summary.h"

PG_FUNCTION_INFO_V1(business_time);

#define USECS_PER_WEEK (DAYS_PER_WEEK * USECS_PER_DAY)

/* 2000-01-03 was a Monday. */
#define FIRST_MONDAY (2 * USECS_PER_DAY)

#define UNIX_EPOCH ((int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY)

/* A window of the week, or days that are closed, in microseconds of local time. */
typedef struct LocalSpan
{
	int64		start;
	int64		end;
	int64		before;			/* open time in all such spans before */
	int64		at_start;		/* open time of the weeks, before a closed day */
} LocalSpan;

/* A calendar made ready, and kept from call to call. */
typedef struct OpenHours
{
	MemoryContext context;
	struct varlena *calendar;	/* what it was made of */
	pg_tz	   *zone;
	int			nwindows;
	int			nholidays;
	LocalSpan  *windows;
	LocalSpan  *holidays;
	int64		of_week;

	/* the time around the last instant asked for, in which the clocks did not change */
	TimestampTz steady_from;
	TimestampTz steady_until;
	int64		offset;
} OpenHours;

/* The last span that starts at or before a time, -1 if none does. */
static int
span_at(const LocalSpan *spans, int count, int64 time)
{
	int			low = 0;
	int			high = count;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (spans[middle].start <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low - 1;
}

/* Open time from the first Monday until a local time, as if no day were closed. */
static int64
weekly_time(const OpenHours *hours, int64 local)
{
	int64		time = local - FIRST_MONDAY;
	int64		week = time / USECS_PER_WEEK;
	int64		rest = time % USECS_PER_WEEK;
	int			window;
	int64		of_rest = 0;

	if (rest < 0)
	{
		rest += USECS_PER_WEEK;
		week--;
	}
	window = span_at(hours->windows, hours->nwindows, rest);
	if (window >= 0)
		of_rest = hours->windows[window].before + Min(rest, hours->windows[window].end) - hours->windows[window].start;
	return week * hours->of_week + of_rest;
}

/* The same, less what closed days take away. */
static int64
open_time(const OpenHours *hours, int64 local)
{
	int64		weekly = weekly_time(hours, local);
	int			holiday = span_at(hours->holidays, hours->nholidays, local);
	const LocalSpan *closed;

	if (holiday < 0)
		return weekly;
	closed = hours->holidays + holiday;
	return weekly - closed->before -
		((local < closed->end ? weekly : weekly_time(hours, closed->end)) - closed->at_start);
}

/* ---- changes of the clocks ---- */

/* Find how long the clocks go on as they do at an instant. */
static void
find_steady(OpenHours *hours, TimestampTz at)
{
	int64		second = at / USECS_PER_SEC - (at % USECS_PER_SEC < 0 ? 1 : 0) + UNIX_EPOCH;
	TimestampTz until = PG_INT64_MAX;
	pg_time_t	asked = second;
	pg_time_t	change;
	long int	offset;
	long int	offset_after;
	int			is_dst;
	int			found;

	found = pg_next_dst_boundary(&asked, &offset, &is_dst, &change, &offset_after, &is_dst, hours->zone);
	if (found == 0)
	{
		/* the server sees no further at the last change of its table, but does behind it */
		asked = second + 1;
		found = pg_next_dst_boundary(&asked, &offset, &is_dst, &change, &offset_after, &is_dst, hours->zone);
	}
	if (found < 0)
		elog(ERROR, "no change of the clocks can be looked for after " INT64_FORMAT, second);
	if (found > 0 && change - UNIX_EPOCH <= PG_INT64_MAX / USECS_PER_SEC)
		until = (change - UNIX_EPOCH) * USECS_PER_SEC;
	hours->steady_from = until == hours->steady_until ? Min(at, hours->steady_from) : at;
	hours->steady_until = until;
	hours->offset = offset * USECS_PER_SEC;
}

static int64
time_between(OpenHours *hours, TimestampTz from_time, TimestampTz until_time)
{
	int64		total = 0;

	while (from_time < until_time)
	{
		TimestampTz end;

		CHECK_FOR_INTERRUPTS();
		if (from_time < hours->steady_from || from_time >= hours->steady_until)
			find_steady(hours, from_time);
		end = Min(until_time, hours->steady_until);
		total += open_time(hours, end + hours->offset) - open_time(hours, from_time + hours->offset);
		from_time = end;
	}
	return total;
}

/* ---- making a calendar ready ---- */

static LocalSpan *
local_spans(MemoryContext context, const CalendarSpan *spans, int count, int64 unit)
{
	LocalSpan  *result = MemoryContextAllocZero(context, Max(count, 1) * sizeof(LocalSpan));

	for (int i = 0; i < count; i++)
	{
		result[i].start = spans[i].start * unit;
		result[i].end = spans[i].end * unit;
	}
	return result;
}

static void
make_ready(OpenHours *hours, Datum argument)
{
	BusinessCalendar *calendar = business_calendar_checked(argument);
	int64		before = 0;

	MemoryContextReset(hours->context);
	hours->calendar = NULL;
	hours->zone = business_calendar_zone(calendar);
	hours->steady_from = hours->steady_until = 0;
	hours->nwindows = calendar->nwindows;
	hours->nholidays = calendar->nholidays;
	hours->windows = local_spans(hours->context, CALENDAR_WINDOWS(calendar), hours->nwindows, USECS_PER_SEC);
	hours->holidays = local_spans(hours->context, CALENDAR_HOLIDAYS(calendar), hours->nholidays, USECS_PER_DAY);

	for (int i = 0; i < hours->nwindows; i++)
	{
		hours->windows[i].before = before;
		before += hours->windows[i].end - hours->windows[i].start;
	}
	hours->of_week = before;
	before = 0;
	for (int i = 0; i < hours->nholidays; i++)
	{
		LocalSpan  *closed = hours->holidays + i;

		CHECK_FOR_INTERRUPTS();
		closed->before = before;
		closed->at_start = weekly_time(hours, closed->start);
		before += weekly_time(hours, closed->end) - closed->at_start;
	}
	/* last, for it says that all of it is ready */
	hours->calendar = MemoryContextAlloc(hours->context, VARSIZE(calendar));
	memcpy(hours->calendar, calendar, VARSIZE(calendar));
}

/* The calendar of a call, ready from an earlier one as long as it is the same. */
static OpenHours *
hours_of_argument(FunctionCallInfo fcinfo, int argument)
{
	OpenHours  *hours = fcinfo->flinfo->fn_extra;
	struct varlena *calendar = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(argument));

	if (hours == NULL)
	{
		hours = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(OpenHours));
		hours->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "business calendar", ALLOCSET_SMALL_SIZES);
		fcinfo->flinfo->fn_extra = hours;
	}
	if (hours->calendar == NULL ||
		VARSIZE_ANY_EXHDR(hours->calendar) != VARSIZE_ANY_EXHDR(calendar) ||
		memcmp(VARDATA_ANY(hours->calendar), VARDATA_ANY(calendar), VARSIZE_ANY_EXHDR(calendar)) != 0)
		make_ready(hours, PointerGetDatum(calendar));
	return hours;
}

static void
refuse_times(TimestampTz from_time, TimestampTz until_time, int errorcode, const char *message, const char *hint)
{
	ereport(ERROR,
			(errcode(errorcode),
			 errmsg("%s", message),
			 errdetail("From %s until %s.",
					   DatumGetCString(DirectFunctionCall1(timestamptz_out, TimestampTzGetDatum(from_time))),
					   DatumGetCString(DirectFunctionCall1(timestamptz_out, TimestampTzGetDatum(until_time)))),
			 errhint("%s", hint)));
}

Datum
business_time(PG_FUNCTION_ARGS)
{
	TimestampTz from_time = PG_GETARG_TIMESTAMPTZ(0);
	TimestampTz until_time = PG_GETARG_TIMESTAMPTZ(1);
	int64		elapsed;

	if (TIMESTAMP_NOT_FINITE(from_time) || TIMESTAMP_NOT_FINITE(until_time))
		refuse_times(from_time, until_time, ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
					 "a duration cannot begin or end at infinity",
					 "What has not ended yet has the end NULL.");
	if (until_time < from_time)
		refuse_times(from_time, until_time, ERRCODE_INVALID_PARAMETER_VALUE,
					 "the end lies before its start",
					 "Leave such rows out, or correct them at their source.");
	if (pg_sub_s64_overflow(until_time, from_time, &elapsed))
		refuse_times(from_time, until_time, ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
					 "a duration is too long to be counted in microseconds",
					 "Look for mistyped years.");
	PG_RETURN_INTERVAL_P(duration_to_interval(time_between(hours_of_argument(fcinfo, 2), from_time, until_time)));
}
