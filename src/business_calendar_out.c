/*
 * business_calendar_out.c
 *		Open hours as they are shown: the text form, and rows of hours and holidays.
 */
#include "postgres.h"

#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"

#include "business_calendar.h"

PG_FUNCTION_INFO_V1(business_calendar_out);
PG_FUNCTION_INFO_V1(business_calendar_time_zone);
PG_FUNCTION_INFO_V1(business_calendar_opening_hours);
PG_FUNCTION_INFO_V1(business_calendar_holidays);

/* A window as it is shown: it begins on this day, and ends within the next 24 hours. */
typedef struct ShownWindow
{
	int			day;
	int			opens;			/* seconds since midnight */
	int			closes;			/* the same, on the next day if not after opens */
} ShownWindow;

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
		CHECK_FOR_INTERRUPTS();
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

		CHECK_FOR_INTERRUPTS();
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

		CHECK_FOR_INTERRUPTS();
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

		CHECK_FOR_INTERRUPTS();
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
