/*
 * share_bounds.h
 *		The 95 % interval of a share that a curve estimates.
 */
#ifndef SALES_KPI_SHARE_BOUNDS_H
#define SALES_KPI_SHARE_BOUNDS_H

#include "fmgr.h"

extern void share_bounds(double share, double relative_variance, Datum *values, bool *nulls);

#endif							/* SALES_KPI_SHARE_BOUNDS_H */
