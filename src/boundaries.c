/*
 * boundaries.c
 *		Arguments that cut time into periods: what they must be, and how a time is
 *		found in them.
 */
#include "postgres.h"

#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "boundaries.h"
#include "duration_summary.h"

static void
refuse_boundary(int errorcode, const char *message, int64 boundary, int number)
{
	ereport(ERROR,
			(errcode(errorcode),
			 errmsg("%s", message),
			 errdetail("Boundary %d is %s.", number,
					   DatumGetCString(DirectFunctionCall1(timestamptz_out, TimestampTzGetDatum(boundary)))),
			 errhint("sales_kpi.periods makes the boundaries of periods between two times.")));
}

static void
refuse_array(int errorcode, const char *message)
{
	ereport(ERROR,
			(errcode(errorcode),
			 errmsg("%s", message),
			 errhint("sales_kpi.periods makes the boundaries of periods between two times.")));
}

/*
 * The difference of two times, which may not fit in 64 bits with a sign, is exact
 * before it is rounded: far from the year 2000 times of some microseconds apart are
 * the same float8.
 */
static inline double
microseconds_between(int64 from, int64 until)
{
	return (double) ((uint64) until - (uint64) from);
}

static void
set_density(Boundaries *boundaries)
{
	int			last = boundaries->count - 1;

	boundaries->per_microsecond = last / microseconds_between(boundaries->at[0], boundaries->at[last]);
}

/* The periods between instants that rise, of which there are at least two. */
Boundaries
boundaries_of_instants(const int64 *instants, int count)
{
	Boundaries	boundaries = {.count = count, .at = instants};

	set_density(&boundaries);
	return boundaries;
}

Boundaries
boundaries_of_argument(FunctionCallInfo fcinfo, int argument)
{
	ArrayType  *array;
	Boundaries	boundaries;

	if (PG_ARGISNULL(argument))
		refuse_array(ERRCODE_NULL_VALUE_NOT_ALLOWED, "the boundaries of the periods are NULL");
	array = PG_GETARG_ARRAYTYPE_P(argument);
	if (ARR_HASNULL(array) && array_contains_nulls(array))
		refuse_array(ERRCODE_NULL_VALUE_NOT_ALLOWED, "a boundary of the periods is NULL");
	if (ARR_NDIM(array) != 1 || ARR_DIMS(array)[0] < 2)
		refuse_array(ERRCODE_INVALID_PARAMETER_VALUE, "periods need an array of at least two boundaries");
	if (ARR_DIMS(array)[0] > MOST_BOUNDARIES)
		refuse_array(ERRCODE_PROGRAM_LIMIT_EXCEEDED, psprintf("periods have more than %d boundaries", MOST_BOUNDARIES));
	boundaries.count = ARR_DIMS(array)[0];
	boundaries.at = (const int64 *) ARR_DATA_PTR(array);
	for (int i = 0; i < boundaries.count; i++)
	{
		if (TIMESTAMP_NOT_FINITE(boundaries.at[i]))
			refuse_boundary(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE, "a boundary of the periods is infinite", boundaries.at[i], i + 1);
		if (i > 0 && boundaries.at[i] <= boundaries.at[i - 1])
			refuse_boundary(ERRCODE_INVALID_PARAMETER_VALUE, "the boundaries of the periods do not rise", boundaries.at[i], i + 1);
	}
	set_density(&boundaries);
	return boundaries;
}

/*
 * The first boundary at or after a time; count if there is none. Periods are
 * nearly even, so a guess is right, or off by one; of uneven ones, the guess is
 * only where a search by halves begins.
 */
int
first_boundary_from(const Boundaries *boundaries, int64 time)
{
	const int64 *at = boundaries->at;
	int			low = 0;		/* all before it are earlier than time */
	int			high = boundaries->count;	/* it and all behind are not */
	int			guess;

	if (time <= at[0])
		return 0;
	if (time > at[high - 1])
		return high;
	guess = (int) (microseconds_between(at[0], time) * boundaries->per_microsecond);
	guess = Min(guess, high - 1);
	if (at[guess] < time)
	{
		low = guess + 1;
		if (at[low] >= time)
			return low;
	}
	else
	{
		high = guess;
		if (at[high - 1] < time)
			return high;
	}
	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (at[middle] < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The longest gap that is no churn, in microseconds; NULL: none. */
int64
grace_of_argument(FunctionCallInfo fcinfo, int argument)
{
	int64		grace;

	if (PG_ARGISNULL(argument))
		return 0;
	grace = interval_to_duration(PG_GETARG_INTERVAL_P(argument));
	if (grace < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("grace cannot be negative"),
				 errdetail("It is %s.", DatumGetCString(DirectFunctionCall1(interval_out, PG_GETARG_DATUM(argument)))),
				 errhint("Grace is the longest gap between two subscriptions that is no churn.")));
	return grace;
}
