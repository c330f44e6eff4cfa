/*
 * trend.c
 *		Trend of a series: Theil-Sen slope, Kendall's tau and the Mann-Kendall test.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/float.h"

#include "aggregate.h"
#include "slope.h"

/* The first rows of a series fit without growing: a year of months. */
#define INITIAL_CAPACITY 12

/* The orders of so many values can be counted in 128 bits: 34! < 2^128 < 35! */
#define MOST_COUNTED 34

PG_FUNCTION_INFO_V1(trend_add);
PG_FUNCTION_INFO_V1(trend_remove);
PG_FUNCTION_INFO_V1(trend_final);

/*
 * The state, a float8[] without NULLs: the values in their order, NaN in the place of
 * NULL, for NaN is no value of a trend. Behind them lies slack that the next rows
 * fill. There is nothing to merge: workers do not know the order of their rows.
 */
#define STATE_VALUES(state) ((double *) ((char *) (state) + ARR_OVERHEAD_NONULLS(1)))
#define STATE_COUNT(state) (ARR_DIMS(state)[0])
#define STATE_CAPACITY(state) ((int) ((VARSIZE(state) - ARR_OVERHEAD_NONULLS(1)) / sizeof(double)))

/* A NaN fails each comparison. */
static inline bool
is_in_range(double value)
{
	return value == 0 || (fabs(value) >= SLOPE_LEAST_VALUE && fabs(value) <= SLOPE_MOST_VALUE);
}

/* The state that is argument 0. */
static ArrayType *
state_of(FunctionCallInfo fcinfo)
{
	ArrayType  *state;

	require_aggregate(fcinfo, "trend");
	if (PG_ARGISNULL(0))
		return NULL;
	state = PG_GETARG_ARRAYTYPE_P(0);
	if (ARR_NDIM(state) != 1 || ARR_HASNULL(state) || ARR_ELEMTYPE(state) != FLOAT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("this is not a state of trend"),
				 errdetail("A state is an array of values, with NaN in the place of NULL."),
				 errhint("Call trend itself instead of its support functions.")));
	return state;
}

static ArrayType *
allocate_state(int count, int capacity)
{
	Size		size = ARR_OVERHEAD_NONULLS(1) + capacity * sizeof(double);
	ArrayType  *state = palloc0(size);

	SET_VARSIZE(state, size);
	state->ndim = 1;
	state->elemtype = FLOAT8OID;
	ARR_DIMS(state)[0] = count;
	ARR_LBOUND(state)[0] = 1;
	return state;
}

/*
 * A state with room for another value. A grown one comes from the context of the row:
 * the executor copies it to the aggregate's and frees the old one.
 */
static ArrayType *
make_room(ArrayType *state)
{
	ArrayType  *grown;

	if (STATE_COUNT(state) < STATE_CAPACITY(state))
		return state;
	if (STATE_COUNT(state) >= SLOPE_MOST_PLACES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many values for a trend"),
				 errdetail("A trend takes up to %d rows.", SLOPE_MOST_PLACES),
				 errhint("Use a coarser grain or a shorter span.")));
	grown = allocate_state(STATE_COUNT(state), Min(Max(2 * STATE_COUNT(state), INITIAL_CAPACITY), SLOPE_MOST_PLACES));
	memcpy(STATE_VALUES(grown), STATE_VALUES(state), STATE_COUNT(state) * sizeof(double));
	return grown;
}

/* trend_add(state, value) */
Datum
trend_add(PG_FUNCTION_ARGS)
{
	ArrayType  *state = state_of(fcinfo);
	double		value = PG_ARGISNULL(1) ? get_float8_nan() : PG_GETARG_FLOAT8(1);

	if (!PG_ARGISNULL(1) && !is_in_range(value))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("a trend cannot take the value %g", value),
				 errdetail("Values are 0, or of a size from %g to %g.", SLOPE_LEAST_VALUE, SLOPE_MOST_VALUE),
				 errhint("What is unknown is NULL, and keeps its place in the order.")));
	state = state == NULL ? allocate_state(0, INITIAL_CAPACITY) : make_room(state);
	STATE_VALUES(state)[STATE_COUNT(state)++] = value;
	PG_RETURN_ARRAYTYPE_P(state);
}

/* trend_remove(state, value): rows leave a window frame in their order, the first one first. */
Datum
trend_remove(PG_FUNCTION_ARGS)
{
	ArrayType  *state = state_of(fcinfo);

	if (state == NULL || STATE_COUNT(state) == 0)
		elog(ERROR, "no row is left to be removed");
	STATE_COUNT(state)--;
	memmove(STATE_VALUES(state), STATE_VALUES(state) + 1, STATE_COUNT(state) * sizeof(double));
	PG_RETURN_ARRAYTYPE_P(state);
}

/* The values that are known, each with its place. */
static Series
series_of(ArrayType *state)
{
	int			count = STATE_COUNT(state);
	Series		series = {
		.points = palloc(count * sizeof(Point)),
		.sorted = palloc(count * sizeof(Point)),
		.spare = palloc(count * sizeof(Point))
	};

	for (int i = 0; i < count; i++)
	{
		double		value = STATE_VALUES(state)[i];

		if (is_in_range(value))
			series.points[series.npoints++] = (Point) {i, value};
	}
	return series;
}

/*
 * The probability of a score at least as far from 0, among all orders of the values:
 * of the series' pairs, `fewer` go against the others. The orders by the number of
 * pairs that fall are the coefficients of (1 - q)(1 - q^2)...(1 - q^n), divided by
 * the same product for each group of equal values. They are had modulo 2^128, which
 * none of them reaches. The points are sorted by value.
 */
static double
counted_p_value(const Series *series, int64 fewer)
{
	uint128		orders[MOST_COUNTED * (MOST_COUNTED - 1) / 4 + 1] = {1};
	uint128		all = 1;
	uint128		as_few = 0;
	int			length;
	int			n = 0;

	for (int first = 0; first < series->npoints; first += length)
	{
		length = points_in_line(series, first, 0);
		for (int j = 1; j <= length; j++)
		{
			n++;
			all = all * n / j;
			for (int64 i = fewer; i >= n; i--)
				orders[i] -= orders[i - n];
			for (int64 i = j; i <= fewer; i++)
				orders[i] += orders[i - j];
		}
	}
	for (int64 i = 0; i <= fewer; i++)
		as_few += orders[i];
	return 2.0 * (double) as_few / (double) all;
}

/* n (n - 1) (2n + 5), which is 18 times the variance of the score of n values in any order. */
static uint128
score_variance(int64 n)
{
	return (uint128) (n * (n - 1)) * (2 * n + 5);
}

/* The same, by the normal distribution of the same variance, with half a step off. */
static double
normal_p_value(const Series *series, int64 score)
{
	uint128		variance = score_variance(series->npoints);
	int			length;

	for (int first = 0; first < series->npoints; first += length)
	{
		length = points_in_line(series, first, 0);
		variance -= score_variance(length);
	}
	return erfc((fabs((double) score) - 1) / sqrt((double) variance / 18) / M_SQRT2);
}

/* Kendall's tau-b of value and place, and the p-value of no trend: two values of the result. */
static void
mann_kendall(Series *series, Datum *values, bool *nulls)
{
	int64		pairs = series_pairs(series);
	int64		falling = sort_along(series, 0);
	int64		rising = pairs - falling;
	int64		unequal;
	int64		score;
	double		p_value;
	int			length;

	for (int first = 0; first < series->npoints; first += length)
	{
		length = points_in_line(series, first, 0);
		rising -= (int64) length * (length - 1) / 2;
	}
	unequal = rising + falling;
	score = rising - falling;
	if (score == 0)
		p_value = 1;
	else if (series->npoints <= MOST_COUNTED)
		p_value = counted_p_value(series, Min(rising, falling));
	else
		p_value = normal_p_value(series, score);
	nulls[0] = unequal == 0;
	values[0] = Float8GetDatum(unequal == 0 ? 0 : score / sqrt((double) pairs * unequal));
	values[1] = Float8GetDatum(p_value);
}

/* trend_final(state): slope, tau, p_value, n */
Datum
trend_final(PG_FUNCTION_ARGS)
{
	ArrayType  *state = state_of(fcinfo);
	Datum		values[4] = {0};
	bool		nulls[4] = {true, true, true, false};
	TupleDesc	row_type;
	Series		series;

	if (state == NULL)
		PG_RETURN_NULL();
	series = series_of(state);
	if (series.npoints == 0)
		PG_RETURN_NULL();
	if (get_call_result_type(fcinfo, NULL, &row_type) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "the result of trend is a row");
	if (series.npoints > 1)
	{
		memset(nulls, false, sizeof(nulls));
		values[0] = Float8GetDatum(median_slope(&series));
		mann_kendall(&series, &values[1], &nulls[1]);
	}
	values[3] = Int64GetDatum(series.npoints);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(row_type), values, nulls)));
}
