/*
 * periods.c
 *		Days, weeks, months, quarters and years in a time zone.
 *
 * Periods are half-open. A period begins when the clocks of the zone come to the
 * midnight of its first day, never to show an earlier date again. So it is the later
 * midnight where a clock is set back over it, the change itself where a clock set
 * forward leaves midnight out, and a day that a zone leaves out is empty.
 *
 * The periods of a grain are numbered without gaps. A call remembers, for the
 * rest of the query, the boundaries around the numbers it has seen, and finds a
 * later instant by guessing from the mean length and stepping to its place.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(period_start);
PG_FUNCTION_INFO_V1(periods);

#define ZONES_HINT "The view pg_timezone_names lists the time zones."

/* How many periods() returns at most. */
#define MAX_BOUNDARIES 1000000

/* What a call remembers: a calendar for each grain and zone, for rows may alternate. */
#define MAX_CALENDARS 16
#define MAX_CACHED_BOUNDARIES 65536

/* Periods remembered, at the least, on either side of one that was not known yet. */
#define CACHE_MARGIN 2

/*
 * Boundaries that cost as much as finding a period without them. The cache grows
 * when misses have cost as much as its growth does: then no order of the rows, no
 * mistyped year and no zone that changes from row to row costs much more than
 * twice what going without a cache would.
 */
#define BOUNDARIES_PER_MISS 2

/* The first date there is, and the first one after the last timestamp. */
#define FIRST_DATE (DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE)
#define END_DATE (TIMESTAMP_END_JULIAN - POSTGRES_EPOCH_JDATE)

/* The cache keeps to dates whose neighbours are well inside the range of timestamps. */
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

typedef struct Period
{
	TimestampTz boundary;		/* at which it begins */
	DateADT		date;			/* its first */
} Period;

typedef struct Calendar
{
	struct Calendar *next;
	Grain		grain;
	int			fiscal_start;	/* first month of the fiscal year */
	text	   *grain_name;
	text	   *time_zone;
	int64		first;			/* number of the first cached period */
	int			count;			/* the last of them is a boundary only */
	Period	   *period;
	TimestampTz from_time;		/* what is cached */
	TimestampTz until_time;
	double		per_microsecond;	/* mean number of periods */
	int64		misses;			/* since the cache grew */
} Calendar;

/* What a call remembers from row to row. */
typedef struct Calendars
{
	Calendar   *latest;
	bool		is_constant;	/* all rows are of one calendar: the query says so */
} Calendars;

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

/* What the clocks of the zone show. */
static Timestamp
local_time(text *time_zone, TimestampTz at)
{
	return DatumGetTimestamp(DirectFunctionCall2(timestamptz_zone, PointerGetDatum(time_zone),
												 TimestampTzGetDatum(at)));
}

/*
 * The instant at which a period begins: core's, unless the clocks showed that
 * midnight or a later time before, which core does not look for.
 */
static TimestampTz
boundary_of(const Calendar *calendar, int64 number)
{
	DateADT		date = first_date(calendar, number);
	Timestamp	midnight;
	TimestampTz before;
	TimestampTz boundary;

	if (date <= FIRST_DATE)
		return DT_NOBEGIN;
	if (date >= END_DATE)
		return DT_NOEND;
	midnight = date * USECS_PER_DAY;
	boundary = DatumGetTimestampTz(DirectFunctionCall2(timestamp_zone, PointerGetDatum(calendar->time_zone),
													   TimestampGetDatum(midnight)));
	if (local_time(calendar->time_zone, boundary - 1) < midnight)
		return boundary;
	before = boundary - 2 * USECS_PER_DAY;
	if (local_time(calendar->time_zone, before) >= midnight)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time zone \"%s\" sets its clocks by more than a day", text_to_cstring(calendar->time_zone)),
				 errhint(ZONES_HINT)));
	while (boundary - before > 1)
	{
		TimestampTz middle = before + (boundary - before) / 2;

		if (local_time(calendar->time_zone, middle) < midnight)
			before = middle;
		else
			boundary = middle;
	}
	return boundary;
}

/*
 * Number of the period that an instant is in, by the zone's own rules. The local
 * date is never too early; it is too late before a clock is set back over midnight.
 */
static int64
compute_number(const Calendar *calendar, TimestampTz at)
{
	Timestamp	local = local_time(calendar->time_zone, at);
	int64		number = number_of_date(calendar, (DateADT) floor_divide(local, USECS_PER_DAY));

	while (boundary_of(calendar, number) > at)
		number--;
	return number;
}

/*
 * Remember, when it pays, the boundaries around a period, together with those
 * already known: on the side that was missed up to the new period and as much again.
 */
static void
extend_cache(Calendar *calendar, int64 number, MemoryContext context)
{
	int64		margin = Max(CACHE_MARGIN, calendar->count);
	int64		known_end = calendar->first + calendar->count;
	int64		first = calendar->count > 0 && number >= calendar->first ? calendar->first : number - margin;
	int64		last = calendar->count > 0 && number < calendar->first ? known_end - 1 : number + margin;
	int64		cost = last - first + 1 - calendar->count;
	Period	   *period;

	if (first_date(calendar, first) < CACHED_DATE_MIN || first_date(calendar, last) > CACHED_DATE_MAX)
		return;
	if (last - first + 1 > MAX_CACHED_BOUNDARIES)
	{
		/* begin anew elsewhere: that throws away what is known */
		first = number - CACHE_MARGIN;
		last = number + CACHE_MARGIN;
		cost = last - first + 1 + calendar->count;
	}
	if (++calendar->misses * BOUNDARIES_PER_MISS < cost)
		return;
	period = MemoryContextAlloc(context, (last - first + 1) * sizeof(Period));
	for (int64 n = first; n <= last; n++)
		period[n - first] = n >= calendar->first && n < known_end ? calendar->period[n - calendar->first] :
			(Period) {boundary_of(calendar, n), first_date(calendar, n)};
	if (calendar->period)
		pfree(calendar->period);
	calendar->period = period;
	calendar->first = first;
	calendar->count = (int) (last - first + 1);
	calendar->from_time = period[0].boundary;
	calendar->until_time = period[last - first].boundary;
	calendar->per_microsecond = (calendar->count - 1.0) / ((double) calendar->until_time - calendar->from_time);
	calendar->misses = 0;
}

static void
period_out_of_range(const Calendar *calendar)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("a %s reaches beyond the range of dates", grain_names[calendar->grain]),
			 errdetail("Times are known from 4714-11-24 BC to 294276-12-31."),
			 errhint("Look for mistyped years.")));
}

/* First date of the period that an instant is in, which is not cached. */
static DateADT
compute_start(Calendar *calendar, TimestampTz at, MemoryContext context)
{
	int64		number;
	DateADT		start;

	if (TIMESTAMP_IS_NOBEGIN(at))
		return DATEVAL_NOBEGIN;
	if (TIMESTAMP_IS_NOEND(at))
		return DATEVAL_NOEND;
	number = compute_number(calendar, at);
	extend_cache(calendar, number, context);
	start = first_date(calendar, number);
	if (start < FIRST_DATE)
		period_out_of_range(calendar);
	return start;
}

/* First date of the period that an instant is in. */
static inline DateADT
start_of_period(Calendar *calendar, TimestampTz at, MemoryContext context)
{
	const Period *period = calendar->period;
	int			i;

	if (at < calendar->from_time || at >= calendar->until_time)
		return compute_start(calendar, at, context);
	i = Min((int) ((at - calendar->from_time) * calendar->per_microsecond), calendar->count - 2);
	while (at < period[i].boundary)
		i--;
	while (at >= period[i + 1].boundary)
		i++;
	return period[i].date;
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

static void
hint_at_time_zones(void *arg pg_attribute_unused())
{
	if (geterrcode() == ERRCODE_INVALID_PARAMETER_VALUE)
		errhint(ZONES_HINT);
}

/* Core's own error for a zone that it does not know, with a way out. */
static void
check_time_zone(text *time_zone)
{
	ErrorContextCallback callback = {.previous = error_context_stack, .callback = hint_at_time_zones};

	error_context_stack = &callback;
	local_time(time_zone, 0);
	error_context_stack = callback.previous;
}

static Calendar *
make_calendar(MemoryContext context, text *grain_name, text *time_zone, int fiscal_start)
{
	Grain		grain = parse_grain(grain_name);
	Calendar   *calendar;

	if (fiscal_start < 1 || fiscal_start > 12)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a fiscal year cannot start in month %d", fiscal_start),
				 errhint("Months are 1 to 12; the calendar year starts in month 1.")));
	check_time_zone(time_zone);
	calendar = MemoryContextAllocZero(context, sizeof(Calendar));
	calendar->grain = grain;
	calendar->fiscal_start = fiscal_start;
	calendar->grain_name = copy_text(grain_name, context);
	calendar->time_zone = copy_text(time_zone, context);
	return calendar;
}

static void
free_calendar(Calendar *calendar)
{
	pfree(calendar->grain_name);
	pfree(calendar->time_zone);
	if (calendar->period)
		pfree(calendar->period);
	pfree(calendar);
}

static inline bool
is_calendar_of(const Calendar *calendar, const text *grain_name, const text *time_zone, int fiscal_start)
{
	return calendar->fiscal_start == fiscal_start &&
		same_text(calendar->grain_name, grain_name) && same_text(calendar->time_zone, time_zone);
}

/*
 * The calendar of a row. Those of a call live as long as the query, the last used
 * first; the one that was not used for longest makes room for a new one.
 */
static Calendar *
find_calendar(Calendars *calendars, MemoryContext context, text *grain_name, text *time_zone, int fiscal_start)
{
	Calendar   *latest = calendars->latest;
	Calendar  **link = &latest;
	Calendar   *calendar;
	int			passed = 0;

	while ((calendar = *link) != NULL && !is_calendar_of(calendar, grain_name, time_zone, fiscal_start))
	{
		if (++passed < MAX_CALENDARS)
			link = &calendar->next;
		else
		{
			*link = NULL;
			free_calendar(calendar);
		}
	}
	if (calendar == NULL)
		calendar = make_calendar(context, grain_name, time_zone, fiscal_start);
	else
		*link = calendar->next;
	calendar->next = latest;
	calendars->latest = calendar;
	return calendar;
}

/*
 * Whether the query holds an argument as a constant. A parameter is none: an
 * expression of PL/pgSQL remembers its calls while its parameters change.
 */
static bool
is_constant(const FmgrInfo *flinfo, int argument)
{
	const FuncExpr *call = (const FuncExpr *) flinfo->fn_expr;

	return call != NULL && IsA(call, FuncExpr) && argument < list_length(call->args) &&
		IsA(list_nth(call->args, argument), Const);
}

/* The calendar named by the arguments with these numbers. */
static inline Calendar *
get_calendar(FunctionCallInfo fcinfo, int grain_name, int time_zone, int fiscal_start)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;
	Calendars  *calendars = flinfo->fn_extra;

	if (calendars == NULL)
		calendars = flinfo->fn_extra = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(Calendars));
	else if (calendars->is_constant)
		return calendars->latest;
	find_calendar(calendars, flinfo->fn_mcxt, PG_GETARG_TEXT_PP(grain_name), PG_GETARG_TEXT_PP(time_zone), PG_GETARG_INT32(fiscal_start));
	calendars->is_constant = is_constant(flinfo, grain_name) && is_constant(flinfo, time_zone) && is_constant(flinfo, fiscal_start);
	return calendars->latest;
}

/* period_start(grain, at, time_zone, fiscal_start) */
Datum
period_start(PG_FUNCTION_ARGS)
{
	Calendar   *calendar = get_calendar(fcinfo, 0, 2, 3);

	PG_RETURN_DATEADT(start_of_period(calendar, PG_GETARG_TIMESTAMPTZ(1), fcinfo->flinfo->fn_mcxt));
}

static char *
instant_text(TimestampTz at)
{
	return DatumGetCString(DirectFunctionCall1(timestamptz_out, TimestampTzGetDatum(at)));
}

/* periods(grain, from_time, until_time, time_zone, fiscal_start): the boundaries around a span */
Datum
periods(PG_FUNCTION_ARGS)
{
	TimestampTz from_time = PG_GETARG_TIMESTAMPTZ(1);
	TimestampTz until_time = PG_GETARG_TIMESTAMPTZ(2);
	Calendar   *calendar = get_calendar(fcinfo, 0, 3, 4);
	ArrayBuildState *boundaries = initArrayResult(TIMESTAMPTZOID, CurrentMemoryContext, false);
	TimestampTz last = DT_NOBEGIN;
	int			count = 0;

	if (TIMESTAMP_NOT_FINITE(from_time) || TIMESTAMP_NOT_FINITE(until_time))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("periods have no end between infinite times"),
				 errdetail("From %s until %s.", instant_text(from_time), instant_text(until_time)),
				 errhint("Give both ends of the span.")));
	if (from_time > until_time)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the end lies before its start"),
				 errdetail("From %s until %s.", instant_text(from_time), instant_text(until_time)),
				 errhint("Give the earlier time first.")));
	for (int64 number = compute_number(calendar, from_time); last < until_time; number++)
	{
		TimestampTz boundary = boundary_of(calendar, number);

		CHECK_FOR_INTERRUPTS();
		if (TIMESTAMP_NOT_FINITE(boundary))
			period_out_of_range(calendar);
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
