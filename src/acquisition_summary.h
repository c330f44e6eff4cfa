/*
 * acquisition_summary.h
 *		The state of the cost of acquisition: what was spent, and the set of the
 *		customers it won.
 */
#ifndef SALES_KPI_ACQUISITION_SUMMARY_H
#define SALES_KPI_ACQUISITION_SUMMARY_H

#include "keyed_store.h"

extern const StoreType acquisition_summary_type;

/* A customer is a key and nothing else. */
#define ACQUISITION_PAYLOAD 0

extern void add_spend(KeyedStore *summary, int128 spend);

#endif							/* SALES_KPI_ACQUISITION_SUMMARY_H */
