/*
 * revenue.c
 *		What was sold in each period of a series, and how that grows.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "money.h"
#include "revenue_growth.h"
#include "revenue_series.h"

PG_FUNCTION_INFO_V1(revenue);

/* revenue(series): a row per period */
Datum
revenue(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	RevenueSeries *series;
	Datum		base = (Datum) 0;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	series = revenue_series_of_datum(PG_GETARG_DATUM(0));
	for (int64 i = 0; i < series->count - 1; i++)
	{
		const PeriodRevenue *period = &REVENUE_OF_PERIODS(series)[i];
		Datum		amount = numeric_of_money(sum_of_period(period));
		bool		nulls[5] = {[4] = true};
		Datum		values[5] = {
			TimestampTzGetDatum(series->at[i]), TimestampTzGetDatum(series->at[i + 1]),
			Int64GetDatum(period->lines), amount
		};

		CHECK_FOR_INTERRUPTS();
		if (i > 0)
			values[4] = growth_of_revenue(amount, base, &nulls[4]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		base = amount;
	}
	return (Datum) 0;
}
