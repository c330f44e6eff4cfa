/*
 * asked_period.h
 *		The one period that churn_rate and its like are asked for, which stands in
 *		the extra of their state.
 */
#ifndef SALES_KPI_ASKED_PERIOD_H
#define SALES_KPI_ASKED_PERIOD_H

#include "boundaries.h"
#include "keyed_store.h"

typedef struct AskedPeriod
{
	int64		start;
	int64		end;			/* exclusive */
} AskedPeriod;

extern AskedPeriod asked_period_of_argument(FunctionCallInfo fcinfo, int argument);
extern RunningStore keyed_store_of_period(FunctionCallInfo fcinfo, const StoreType *type, KeyKind kind, int payload, AskedPeriod period);
extern Boundaries boundaries_of_asked_period(const KeyedStore *store, const StoreType *type, int64 ends[2]);

/* For the StoreType. */
extern const char *fault_of_asked_period(const KeyedStore *store);
extern void merge_asked_period(KeyedStore *store, const KeyedStore *other);
extern void append_asked_period(StringInfo out, const KeyedStore *store);
extern void parse_asked_period(StateParser *parser, KeyedStore *store);

#endif							/* SALES_KPI_ASKED_PERIOD_H */
