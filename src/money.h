/*
 * money.h
 *		Amounts of money as whole millionths: sums of integers are exact, and the
 *		same in any order.
 */
#ifndef SALES_KPI_MONEY_H
#define SALES_KPI_MONEY_H

#include "fmgr.h"

#define MONEY_UNIT 1000000

extern int64 money_of_numeric(Datum amount, const char *what);
extern bool money_is_positive(Datum amount, const char *what);
extern Datum numeric_of_money(int128 money);
extern double money_ratio(int128 numerator, int128 denominator, bool *isnull);

#endif							/* SALES_KPI_MONEY_H */
