/*
 * new_customers.c
 *		By the period, who bought for the first time, and who bought at all.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "purchase_history.h"

PG_FUNCTION_INFO_V1(new_customers);

typedef struct BuyerCounts
{
	int64		new_customers;
	int64		buyers;
	int64		last_customer;	/* that was counted here */
} BuyerCounts;

static BuyerCounts *
buyer_counts(const KeyedStore *purchases, const Boundaries *boundaries)
{
	BuyerReader buyer = {.store = purchases};
	int			nperiods = boundaries->count - 1;
	BuyerCounts *counts = palloc0(nperiods * sizeof(BuyerCounts));

	while (read_buyer(&buyer))
	{
		int			joined_in = period_of(boundaries, buyer.first_at);

		if (joined_in >= 0 && joined_in < nperiods)
			counts[joined_in].new_customers++;
		for (int64 i = buyer.first; i < buyer.next; i++)
		{
			int			period = period_of(boundaries, purchase_at(purchases, i).sold_at);

			CHECK_FOR_INTERRUPTS();
			if (period < 0 || period >= nperiods || counts[period].last_customer == buyer.next)
				continue;
			counts[period].last_customer = buyer.next;
			counts[period].buyers++;
		}
	}
	return counts;
}

/* new_customers(purchases, boundaries): a row per period */
Datum
new_customers(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Boundaries	boundaries = boundaries_of_argument(fcinfo, 1);
	BuyerCounts *counts;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	counts = buyer_counts(PURCHASES_OF_ARGUMENT(0), &boundaries);
	for (int i = 0; i < boundaries.count - 1; i++)
	{
		bool		nulls[4] = {false};
		Datum		values[4] = {
			TimestampTzGetDatum(boundaries.at[i]), TimestampTzGetDatum(boundaries.at[i + 1]),
			Int64GetDatum(counts[i].new_customers), Int64GetDatum(counts[i].buyers)
		};

		CHECK_FOR_INTERRUPTS();
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
