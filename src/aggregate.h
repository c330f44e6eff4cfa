/*
 * aggregate.h
 *		What support functions of aggregates begin with.
 */
#ifndef SALES_KPI_AGGREGATE_H
#define SALES_KPI_AGGREGATE_H

#include "fmgr.h"

/* They change the state in place, which only an aggregate's own state bears. */
static inline void
require_aggregate(FunctionCallInfo fcinfo, const char *aggregate)
{
	if (!AggCheckCallContext(fcinfo, NULL))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a support function of %s was called outside of an aggregate", aggregate),
				 errhint("Call the aggregate itself instead.")));
}

/* A row that does not count: the state stays as it is. */
static inline Datum
unchanged_state(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

#endif							/* SALES_KPI_AGGREGATE_H */
