/*
 * series.c
 *		Transitions of aggregates over a series.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/float.h"

#include "aggregate.h"
#include "compat.h"
#include "series.h"

/* The first rows of a series fit without growing: a year of months. */
#define INITIAL_CAPACITY 12

PG_FUNCTION_INFO_V1(series_add);
PG_FUNCTION_INFO_V1(series_remove);

/* The state that is argument 0, NULL before the first row. */
ArrayType *
series_argument(FunctionCallInfo fcinfo)
{
	ArrayType  *state;

	require_aggregate(fcinfo, "a series");
	if (PG_ARGISNULL(0))
		return NULL;
	state = PG_GETARG_ARRAYTYPE_P(0);
	if (ARR_NDIM(state) != 1 || ARR_HASNULL(state) || ARR_ELEMTYPE(state) != FLOAT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("this is not a state of a series"),
				 errdetail("A state is an array of values, with NaN in the place of NULL."),
				 errhint("Call trend or sparkline instead of their support functions.")));
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

	if (SERIES_COUNT(state) < SERIES_CAPACITY(state))
		return state;
	if (SERIES_COUNT(state) >= SLOPE_MOST_PLACES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many values for a series"),
				 errdetail("A series has up to %d rows.", SLOPE_MOST_PLACES),
				 errhint("Use a coarser grain or a shorter span.")));
	grown = allocate_state(SERIES_COUNT(state), Min(Max(2 * SERIES_COUNT(state), INITIAL_CAPACITY), SLOPE_MOST_PLACES));
	memcpy(SERIES_VALUES(grown), SERIES_VALUES(state), SERIES_COUNT(state) * sizeof(double));
	return grown;
}

/* series_add(state, value) */
Datum
series_add(PG_FUNCTION_ARGS)
{
	ArrayType  *state = series_argument(fcinfo);
	double		value = PG_ARGISNULL(1) ? get_float8_nan() : PG_GETARG_FLOAT8(1);

	if (!PG_ARGISNULL(1) && !is_series_value(value))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("a series cannot take the value %g", value),
				 errdetail("Values are 0, or of a size from %g to %g.", SLOPE_LEAST_VALUE, SLOPE_MOST_VALUE),
				 errhint("What is unknown is NULL, and keeps its place in the order.")));
	state = state == NULL ? allocate_state(0, INITIAL_CAPACITY) : make_room(state);
	SERIES_VALUES(state)[SERIES_COUNT(state)++] = value;
	PG_RETURN_ARRAYTYPE_P(state);
}

/* series_remove(state, value): rows leave a window frame in their order, the first one first. */
Datum
series_remove(PG_FUNCTION_ARGS)
{
	ArrayType  *state = series_argument(fcinfo);

	if (state == NULL || SERIES_COUNT(state) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no row is left to be removed"),
				 errhint("Leave support functions to the aggregates trend and sparkline.")));
	SERIES_COUNT(state)--;
	memmove(SERIES_VALUES(state), SERIES_VALUES(state) + 1, SERIES_COUNT(state) * sizeof(double));
	PG_RETURN_ARRAYTYPE_P(state);
}
