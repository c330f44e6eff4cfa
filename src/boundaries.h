/*
 * boundaries.h
 *		The instants that cut time into the periods of a series.
 */
#ifndef SALES_KPI_BOUNDARIES_H
#define SALES_KPI_BOUNDARIES_H

#include "datatype/timestamp.h"
#include "fmgr.h"

/* What is counted of each period takes up to 96 bytes, and a value has at most 1 GB. */
#define MOST_BOUNDARIES 10000000

typedef struct Boundaries
{
	int			count;			/* at least 2 */
	const int64 *at;			/* rising */
	double		per_microsecond;	/* how many there are, on average */
} Boundaries;

extern Boundaries boundaries_of_argument(FunctionCallInfo fcinfo, int argument);
extern Boundaries boundaries_of_instants(const int64 *instants, int count);
extern int	first_boundary_from(const Boundaries *boundaries, int64 time);
extern int64 grace_of_argument(FunctionCallInfo fcinfo, int argument);

/* The period that a time lies in; -1 before the first, count - 1 behind the last. */
static inline int
period_of(const Boundaries *boundaries, int64 time)
{
	return time == PG_INT64_MAX ? boundaries->count - 1 : first_boundary_from(boundaries, time + 1) - 1;
}

#endif							/* SALES_KPI_BOUNDARIES_H */
