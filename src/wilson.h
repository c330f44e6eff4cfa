/*
 * wilson.h
 *		A rate of counts with its interval, as the rows of series show it.
 */
#ifndef SALES_KPI_WILSON_H
#define SALES_KPI_WILSON_H

#include "fmgr.h"

extern void rate_with_interval(int64 hits, int64 total, Datum *values, bool *nulls);

#endif							/* SALES_KPI_WILSON_H */
