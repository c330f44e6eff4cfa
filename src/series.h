/*
 * series.h
 *		The state of aggregates over a series: its values in their order.
 */
#ifndef SALES_KPI_SERIES_H
#define SALES_KPI_SERIES_H

#include <math.h>

#include "fmgr.h"
#include "utils/array.h"

#include "slope.h"

/*
 * The state, a float8[] without NULLs: NaN is in the place of NULL, for NaN is no
 * value of a series. Behind the values lies slack that the next rows fill. There is
 * nothing to merge: workers do not know the order of their rows.
 */
#define SERIES_VALUES(state) ((double *) ((char *) (state) + ARR_OVERHEAD_NONULLS(1)))
#define SERIES_COUNT(state) (ARR_DIMS(state)[0])
#define SERIES_CAPACITY(state) ((int) ((VARSIZE(state) - ARR_OVERHEAD_NONULLS(1)) / sizeof(double)))

extern ArrayType *series_argument(FunctionCallInfo fcinfo);

/* A value that slopes to others can be told of. A NaN fails each comparison. */
static inline bool
is_series_value(double value)
{
	return value == 0 || (fabs(value) >= SLOPE_LEAST_VALUE && fabs(value) <= SLOPE_MOST_VALUE);
}

#endif							/* SALES_KPI_SERIES_H */
