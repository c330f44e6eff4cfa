/*
 * revenue_growth.h
 *		Growth of revenue on a base.
 */
#ifndef SALES_KPI_REVENUE_GROWTH_H
#define SALES_KPI_REVENUE_GROWTH_H

#include "fmgr.h"

extern Datum growth_of_revenue(Datum amount, Datum base, bool *isnull);

#endif							/* SALES_KPI_REVENUE_GROWTH_H */
