/*
 * counts.h
 *		States that are a few counts: a bigint[] of so many.
 */
#ifndef SALES_KPI_COUNTS_H
#define SALES_KPI_COUNTS_H

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"

/* The counts in a state; NULL where it is not of so many. */
static inline int64 *
counts_of_state(ArrayType *state, int ncounts)
{
	if (ARR_NDIM(state) != 1 || ARR_DIMS(state)[0] != ncounts || ARR_HASNULL(state) || ARR_ELEMTYPE(state) != INT8OID)
		return NULL;
	return (int64 *) ((char *) state + ARR_OVERHEAD_NONULLS(1));
}

/* In an aggregate the state is ours to change; elsewhere it is copied. */
static inline ArrayType *
changeable_state(FunctionCallInfo fcinfo)
{
	return AggCheckCallContext(fcinfo, NULL) ? PG_GETARG_ARRAYTYPE_P(0) : PG_GETARG_ARRAYTYPE_P_COPY(0);
}

#endif							/* SALES_KPI_COUNTS_H */
