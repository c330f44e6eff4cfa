/*
 * revenue_agg.c
 *		revenue_agg: from lines of sales to the revenue of each period of a series.
 */
#include "postgres.h"

#include "nodes/primnodes.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "aggregate.h"
#include "money.h"
#include "revenue_series.h"

PG_FUNCTION_INFO_V1(revenue_add);

/* Where the arguments of a row stand; argument 0 is the state. */
#define SOLD_AT 1
#define AMOUNT 2
#define BOUNDARIES 3

/* What is known of the boundaries of rows before they are looked into, for the time of a query. */
typedef struct KnownBoundaries
{
	bool		fixed;			/* they are the same for all rows of a group */
	double		per_microsecond;	/* of fixed ones */
} KnownBoundaries;

/*
 * Constants are fixed, and what a sub-select gave: to compare thousands of boundaries for
 * each row would cost more than all else. A state to begin with could have any.
 */
static bool
boundaries_are_fixed(FunctionCallInfo fcinfo)
{
	Aggref	   *aggregate = AggGetAggref(fcinfo);
	Expr	   *boundaries;

	if (aggregate == NULL || list_length(aggregate->args) != BOUNDARIES || !PG_ARGISNULL(0))
		return false;
	boundaries = ((TargetEntry *) list_nth(aggregate->args, BOUNDARIES - 1))->expr;
	return IsA(boundaries, Const) || IsA(boundaries, Param);
}

static inline KnownBoundaries *
known_boundaries(FunctionCallInfo fcinfo)
{
	KnownBoundaries *known = fcinfo->flinfo->fn_extra;

	if (known == NULL)
	{
		known = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(KnownBoundaries));
		known->fixed = boundaries_are_fixed(fcinfo);
		fcinfo->flinfo->fn_extra = known;
	}
	return known;
}

/* The state of the first row of a group, of which alone the boundaries are looked into. */
static RevenueSeries *
begin_series(FunctionCallInfo fcinfo, KnownBoundaries *known)
{
	Boundaries	boundaries = boundaries_of_argument(fcinfo, BOUNDARIES);
	RevenueSeries *series = revenue_series_create(boundaries.count);

	memcpy(series->at, boundaries.at, boundaries.count * sizeof(int64));
	known->per_microsecond = boundaries.per_microsecond;
	return series;
}

static void
require_boundaries(FunctionCallInfo fcinfo, const RevenueSeries *series)
{
	ArrayType  *array = PG_ARGISNULL(BOUNDARIES) ? NULL : PG_GETARG_ARRAYTYPE_P(BOUNDARIES);
	Boundaries	boundaries;

	if (array != NULL && ARR_NDIM(array) == 1 && !ARR_HASNULL(array) &&
		has_boundaries(series, (const int64 *) ARR_DATA_PTR(array), ARR_DIMS(array)[0]))
		return;
	boundaries = boundaries_of_argument(fcinfo, BOUNDARIES);
	if (!has_boundaries(series, boundaries.at, boundaries.count))
		refuse_changed_periods();
}

/* The state of a running aggregate, which has the boundaries of the row. */
static inline RevenueSeries *
running_series(FunctionCallInfo fcinfo, KnownBoundaries *known)
{
	RevenueSeries *series;

	if (PG_ARGISNULL(0))
		return begin_series(fcinfo, known);
	series = revenue_series_of_datum(PG_GETARG_DATUM(0));
	if (!known->fixed)
		require_boundaries(fcinfo, series);
	return series;
}

static inline int
period_in_series(const RevenueSeries *series, const KnownBoundaries *known, int64 time)
{
	Boundaries	boundaries = {(int) series->count, series->at, known->per_microsecond};

	if (!known->fixed)
		boundaries = boundaries_of_instants(series->at, (int) series->count);
	return period_of(&boundaries, time);
}

/* (state, sold_at, amount, boundaries) */
Datum
revenue_add(PG_FUNCTION_ARGS)
{
	KnownBoundaries *known;
	RevenueSeries *series;
	int64		sold_at;
	int			period;

	require_aggregate(fcinfo, "revenue_agg");
	known = known_boundaries(fcinfo);
	series = running_series(fcinfo, known);
	if (PG_ARGISNULL(SOLD_AT) || PG_ARGISNULL(AMOUNT))
		PG_RETURN_POINTER(series);
	sold_at = PG_GETARG_TIMESTAMPTZ(SOLD_AT);
	if (TIMESTAMP_NOT_FINITE(sold_at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("a sale cannot be at infinity"),
				 errhint("A time that is not known is NULL, and the row is not counted.")));
	period = period_in_series(series, known, sold_at);
	if (period >= 0 && period < series->count - 1)
		add_revenue(&REVENUE_OF_PERIODS(series)[period], 1, money_of_numeric(PG_GETARG_DATUM(AMOUNT), "the amount of a sale"));
	PG_RETURN_POINTER(series);
}
