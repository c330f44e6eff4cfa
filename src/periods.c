/*
 * periods.c
 *		Days, weeks, months, quarters and years in a time zone.
 *
 * Periods are half-open. A period begins where core's AT TIME ZONE puts the
 * midnight of its first day, so a date read in the zone lies in its own period.
 * Where a clock set back repeats a midnight there is one boundary all the same,
 * and where a zone leaves a day out, that day's period is empty.
 *
 * The periods of a grain are numbered without gaps. A call remembers, for the
 * rest of the query, the boundaries of the numbers it has seen, and finds a
 * later instant by guessing from the mean length and stepping to its place.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(period_start);
PG_FUNCTION_INFO_V1(periods);

#define MAX_CACHED_BOUNDARIES 65536
#define MAX_BOUNDARIES 1000000

/* Periods remembered on either side of one that was not known yet. */
#define CACHE_MARGIN 64

/* Within these days a margin cannot leave the range of timestamps. */
#define CACHED_DATE_MIN (-1800000)
#define CACHED_DATE_MAX 100000000

typedef enum Grain
{
	GRAIN_DAY,
	GRAIN_WEEK,
	GRAIN_MONTH,
	GRAIN_QUARTER,
	GRAIN_YEAR
} Grain;

typedef struct Calendar
{
	Grain		grain;
	int			fiscal_start;	/* first month of the fiscal year */
	text	   *grain_name;
	text	   *time_zone;
	int64		first;			/* number of the first cached period */
	int			count;
	TimestampTz *boundary;
	double		per_microsecond;	/* mean number of periods */
	int			misses;			/* too far away for the cache to reach */
} Calendar;

static const char *const grain_names[] = {"day", "week", "month", "quarter", "year"};

static Grain
parse_grain(text *name)
{
	for (int grain = 0; grain < (int) lengthof(grain_names); grain++)
	{
		if (VARSIZE_ANY_EXHDR(name) == strlen(grain_names[grain]) &&
			memcmp(VARDATA_ANY(name), grain_names[grain], strlen(grain_names[grain])) == 0)
			return (Grain) grain;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" is not a grain", text_to_cstring(name)),
			 errhint("The grains are day, week, month, quarter and year.")));
}

static inline int64
floor_divide(int64 value, int64 divisor)
{
	return (value >= 0 ? value : value - divisor + 1) / divisor;
}

/* Number of the period that a local date is in. */
static int64
number_of_date(const Calendar *calendar, DateADT date)
{
	int			year;
	int			month;
	int			day;
	int64		months;

	if (calendar->grain == GRAIN_DAY)
		return date;
	if (calendar->grain == GRAIN_WEEK)
		return floor_divide((int64) date - 2, 7);	/* 2000-01-03 was a Monday */
	j2date(date + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	months = (int64) year * 12 + month - 1;
	if (calendar->grain == GRAIN_MONTH)
		return months;
	return floor_divide(months - (calendar->fiscal_start - 1), calendar->grain == GRAIN_QUARTER ? 3 : 12);
}

/* First local date of a period. */
static DateADT
first_date(const Calendar *calendar, int64 number)
{
	int64		months = number;

	if (calendar->grain == GRAIN_DAY)
		return (DateADT) number;
	if (calendar->grain == GRAIN_WEEK)
		return (DateADT) (number * 7 + 2);
	if (calendar->grain != GRAIN_MONTH)
		months = number * (calendar->grain == GRAIN_QUARTER ? 3 : 12) + calendar->fiscal_start - 1;
	return date2j((int) floor_divide(months, 12), (int) (months - floor_divide(months, 12) * 12) + 1, 1)
		- POSTGRES_EPOCH_JDATE;
}

static TimestampTz
boundary_of(const Calendar *calendar, int64 number)
{
	Datum		midnight = DirectFunctionCall1(date_timestamp, DateADTGetDatum(first_date(calendar, number)));

	return DatumGetTimestampTz(DirectFunctionCall2(timestamp_zone, PointerGetDatum(calendar->time_zone), midnight));
}

/* Number of the period that an instant is in, by the zone's own rules. */
static int64
compute_number(const Calendar *calendar, TimestampTz at)
{
	Datum		local = DirectFunctionCall2(timestamptz_zone, PointerGetDatum(calendar->time_zone),
											TimestampTzGetDatum(at));
	int64		number = number_of_date(calendar, DatumGetDateADT(DirectFunctionCall1(timestamp_date, local)));

	while (boundary_of(calendar, number) > at)
		number--;
	while (boundary_of(calendar, number + 1) <= at)
		number++;
	return number;
}

/* Remember the boundaries around a period, together with those already known. */
static void
extend_cache(Calendar *calendar, int64 number, MemoryContext context)
{
	int64		margin = Max(CACHE_MARGIN, calendar->count);
	int64		first = number - margin;
	int64		last = number + margin;
	TimestampTz *boundary;

	if (first_date(calendar, number) < CACHED_DATE_MIN || first_date(calendar, number) > CACHED_DATE_MAX)
		return;
	if (calendar->count > 0)
	{
		/* grow to the side that was missed, up to the new period and as much again */
		first = number < calendar->first ? Min(first, calendar->first) : calendar->first;
		last = number >= calendar->first ? Max(last, calendar->first + calendar->count - 1) :
			calendar->first + calendar->count - 1;
	}
	first = Max(first, number_of_date(calendar, CACHED_DATE_MIN));
	last = Min(last, number_of_date(calendar, CACHED_DATE_MAX));
	if (last - first + 1 > MAX_CACHED_BOUNDARIES)
	{
		/* one mistyped year shall not keep the cache from the others: move when it pays */
		if (++calendar->misses < 2 * CACHE_MARGIN)
			return;
		calendar->misses = 0;
		calendar->count = 0;
		first = number - CACHE_MARGIN;
		last = number + CACHE_MARGIN;
	}
	boundary = MemoryContextAlloc(context, (last - first + 1) * sizeof(TimestampTz));
	for (int64 n = first; n <= last; n++)
		boundary[n - first] = n >= calendar->first && n < calendar->first + calendar->count ?
			calendar->boundary[n - calendar->first] : boundary_of(calendar, n);
	if (calendar->boundary)
		pfree(calendar->boundary);
	calendar->boundary = boundary;
	calendar->first = first;
	calendar->count = (int) (last - first + 1);
	calendar->per_microsecond = (calendar->count - 1.0) / ((double) boundary[calendar->count - 1] - boundary[0]);
}

/* Number of the period that an instant is in. */
static int64
period_number(Calendar *calendar, TimestampTz at, MemoryContext context)
{
	const TimestampTz *boundary = calendar->boundary;
	int			i;

	if (calendar->count == 0 || at < boundary[0] || at >= boundary[calendar->count - 1])
	{
		int64		number = compute_number(calendar, at);

		extend_cache(calendar, number, context);
		return number;
	}
	i = Min((int) ((at - boundary[0]) * calendar->per_microsecond), calendar->count - 2);
	while (at < boundary[i])
		i--;
	while (at >= boundary[i + 1])
		i++;
	return calendar->first + i;
}

static inline bool
same_text(const text *a, const text *b)
{
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

static text *
copy_text(const text *value, MemoryContext context)
{
	text	   *copy = MemoryContextAlloc(context, VARHDRSZ + VARSIZE_ANY_EXHDR(value));

	SET_VARSIZE(copy, VARHDRSZ + VARSIZE_ANY_EXHDR(value));
	memcpy(VARDATA(copy), VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
	return copy;
}

/*
 * The calendar of a call. It lives as long as the query, and is made anew when
 * a row comes with another grain, zone or fiscal year.
 */
static Calendar *
get_calendar(FmgrInfo *flinfo, text *grain_name, text *time_zone, int fiscal_start)
{
	Calendar   *calendar = flinfo->fn_extra;

	if (calendar && calendar->fiscal_start == fiscal_start &&
		same_text(calendar->grain_name, grain_name) && same_text(calendar->time_zone, time_zone))
		return calendar;
	if (fiscal_start < 1 || fiscal_start > 12)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a fiscal year cannot start in month %d", fiscal_start),
				 errhint("Months are 1 to 12; the calendar year starts in month 1.")));
	if (calendar)
	{
		flinfo->fn_extra = NULL;
		pfree(calendar->grain_name);
		pfree(calendar->time_zone);
		if (calendar->boundary)
			pfree(calendar->boundary);
		pfree(calendar);
	}
	calendar = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(Calendar));
	calendar->grain = parse_grain(grain_name);
	calendar->fiscal_start = fiscal_start;
	calendar->grain_name = copy_text(grain_name, flinfo->fn_mcxt);
	calendar->time_zone = copy_text(time_zone, flinfo->fn_mcxt);
	flinfo->fn_extra = calendar;
	return calendar;
}

/* period_start(grain, at, time_zone, fiscal_start) */
Datum
period_start(PG_FUNCTION_ARGS)
{
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(1);
	Calendar   *calendar = get_calendar(fcinfo->flinfo, PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(2), PG_GETARG_INT32(3));
	DateADT		infinity;

	if (TIMESTAMP_IS_NOBEGIN(at))
		PG_RETURN_DATEADT(DATE_NOBEGIN(infinity));
	if (TIMESTAMP_IS_NOEND(at))
		PG_RETURN_DATEADT(DATE_NOEND(infinity));
	PG_RETURN_DATEADT(first_date(calendar, period_number(calendar, at, fcinfo->flinfo->fn_mcxt)));
}

/* periods(grain, from_time, until_time, time_zone, fiscal_start): the boundaries around a span */
Datum
periods(PG_FUNCTION_ARGS)
{
	TimestampTz from_time = PG_GETARG_TIMESTAMPTZ(1);
	TimestampTz until_time = PG_GETARG_TIMESTAMPTZ(2);
	Calendar   *calendar = get_calendar(fcinfo->flinfo, PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(3), PG_GETARG_INT32(4));
	ArrayBuildState *boundaries = initArrayResult(TIMESTAMPTZOID, CurrentMemoryContext, false);
	TimestampTz last = DT_NOBEGIN;
	int			count = 0;

	if (TIMESTAMP_NOT_FINITE(from_time) || TIMESTAMP_NOT_FINITE(until_time))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("periods have no end between infinite times"),
				 errhint("Give both ends of the span.")));
	if (from_time > until_time)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the end lies before its start"),
				 errdetail("From %s until %s.", timestamptz_to_str(from_time), timestamptz_to_str(until_time))));
	for (int64 number = compute_number(calendar, from_time); last < until_time; number++)
	{
		TimestampTz boundary = boundary_of(calendar, number);

		CHECK_FOR_INTERRUPTS();
		if (boundary == last)
			continue;			/* a day that the zone left out */
		if (++count > MAX_BOUNDARIES)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("too many periods"),
					 errdetail("There are more than %d boundaries.", MAX_BOUNDARIES),
					 errhint("Use a coarser grain or a shorter span.")));
		accumArrayResult(boundaries, TimestampTzGetDatum(boundary), false, TIMESTAMPTZOID, CurrentMemoryContext);
		last = boundary;
	}
	PG_RETURN_DATUM(makeArrayResult(boundaries, CurrentMemoryContext));
}
