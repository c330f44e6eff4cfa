/*
 * retention.c
 *		Cohorts of customers by the period of their first start or purchase: their
 *		histories, and how many of each are there in later periods.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "customer_history.h"
#include "purchase_history.h"
#include "wilson.h"

PG_FUNCTION_INFO_V1(retention);
PG_FUNCTION_INFO_V1(purchase_retention);
PG_FUNCTION_INFO_V1(cohorts);
PG_FUNCTION_INFO_V1(first_start);
PG_FUNCTION_INFO_V1(history_customers);

/* The cells of a triangle: cohort c has an age for each period from c to the last. */
static Size
cell(int nperiods, int cohort, int age)
{
	return (Size) cohort * (2 * (Size) nperiods - cohort + 1) / 2 + age;
}

static int64 *
empty_cells(int nperiods)
{
	Size		ncells = cell(nperiods, nperiods, 0);

	if (ncells > MaxAllocSize / sizeof(int64))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("there are too many periods for retention"),
				 errdetail("%d periods make %zu cells of cohort and age.", nperiods, ncells),
				 errhint("Take longer periods, or a part of the time.")));
	return palloc0(ncells * sizeof(int64));
}

/* A customer counts once in each period that one of its spans touches. */
static void
count_customer(int64 *retained, const Boundaries *boundaries, const Span *spans, int nspans)
{
	int			nperiods = boundaries->count - 1;
	int			cohort = period_of(boundaries, spans[0].start);
	int			counted = cohort - 1;

	if (cohort < 0 || cohort >= nperiods)
		return;
	for (int i = 0; i < nspans; i++)
	{
		int			from = Max(period_of(boundaries, spans[i].start), counted + 1);
		int			until = Min(first_boundary_from(boundaries, spans[i].end), nperiods);

		CHECK_FOR_INTERRUPTS();
		for (int period = from; period < until; period++)
			retained[cell(nperiods, cohort, period - cohort)]++;
		counted = Max(counted, until - 1);
	}
}

/* Of customers who are active over spans. */
static int64 *
retained_customers(const KeyedStore *history, const Boundaries *boundaries)
{
	CustomerReader reader = customer_reader(history, 0);
	int64	   *retained = empty_cells(boundaries->count - 1);

	while (read_customer(&reader))
		if (reader.nspans > 0)
			count_customer(retained, boundaries, reader.spans, reader.nspans);
	return retained;
}

/*
 * Of customers who buy now and then: each counts once in each period that it buys
 * in, for which the period knows whom it has counted last.
 */
static int64 *
retained_buyers(const KeyedStore *purchases, const Boundaries *boundaries)
{
	BuyerReader buyer = {.store = purchases};
	int			nperiods = boundaries->count - 1;
	int64	   *retained = empty_cells(nperiods);
	int64	   *last_counted = palloc0(nperiods * sizeof(int64));

	while (read_buyer(&buyer))
	{
		int			cohort = period_of(boundaries, buyer.first_at);

		for (int64 i = buyer.first; i < buyer.next && cohort >= 0; i++)
		{
			int			period = period_of(boundaries, purchase_at(purchases, i).sold_at);

			CHECK_FOR_INTERRUPTS();
			if (period >= nperiods || last_counted[period] == buyer.next)
				continue;
			last_counted[period] = buyer.next;
			retained[cell(nperiods, cohort, period - cohort)]++;
		}
	}
	return retained;
}

/* A row per cohort with customers, and age in periods. */
static void
put_cohorts(FunctionCallInfo fcinfo, const int64 *retained, const Boundaries *boundaries)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int			nperiods = boundaries->count - 1;

	for (int cohort = 0; cohort < nperiods; cohort++)
	{
		int64		size = retained[cell(nperiods, cohort, 0)];

		for (int age = 0; size > 0 && age < nperiods - cohort; age++)
		{
			int64		left = retained[cell(nperiods, cohort, age)];
			bool		nulls[8] = {false};
			Datum		values[8] = {
				TimestampTzGetDatum(boundaries->at[cohort]), Int32GetDatum(age),
				Int64GetDatum(size), Int64GetDatum(left),
				[7] = TimestampTzGetDatum(boundaries->at[cohort + age])
			};

			CHECK_FOR_INTERRUPTS();
			rate_with_interval(left, size, &values[4], &nulls[4]);
			tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		}
	}
}

/* retention(history, boundaries) */
Datum
retention(PG_FUNCTION_ARGS)
{
	Boundaries	boundaries = boundaries_of_argument(fcinfo, 1);

	InitMaterializedSRF(fcinfo, 0);
	if (!PG_ARGISNULL(0))
		put_cohorts(fcinfo, retained_customers(HISTORY_OF_ARGUMENT(0), &boundaries), &boundaries);
	return (Datum) 0;
}

/* retention(purchases, boundaries) */
Datum
purchase_retention(PG_FUNCTION_ARGS)
{
	Boundaries	boundaries = boundaries_of_argument(fcinfo, 1);

	InitMaterializedSRF(fcinfo, 0);
	if (!PG_ARGISNULL(0))
		put_cohorts(fcinfo, retained_buyers(PURCHASES_OF_ARGUMENT(0), &boundaries), &boundaries);
	return (Datum) 0;
}

/* The histories of the cohorts, NULL for one without customers. */
static KeyedStore **
split_by_cohort(const KeyedStore *history, const Boundaries *boundaries)
{
	CustomerReader reader = customer_reader(history, 0);
	int64	   *records = palloc0(boundaries->count * sizeof(int64));
	KeyedStore **histories = palloc0(boundaries->count * sizeof(KeyedStore *));

	while (read_customer(&reader))
	{
		int			cohort = reader.nspans == 0 ? -1 : period_of(boundaries, reader.spans[0].start);

		if (cohort >= 0)
			records[cohort] += reader.nspans;
	}
	for (int i = 0; i < boundaries->count - 1; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (records[i] > 0)
			histories[i] = keyed_store_allocate_checked(history, &customer_history_type, records[i]);
	}
	reader.next = 0;
	while (read_customer(&reader))
	{
		int			cohort = reader.nspans == 0 ? -1 : period_of(boundaries, reader.spans[0].start);

		if (cohort >= 0 && histories[cohort] != NULL)
			append_spans(histories[cohort], &reader);
	}
	return histories;
}

/* cohorts(history, boundaries): a row per cohort with customers, and its history */
Datum
cohorts(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Boundaries	boundaries = boundaries_of_argument(fcinfo, 1);
	KeyedStore **histories;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	histories = split_by_cohort(HISTORY_OF_ARGUMENT(0), &boundaries);
	for (int i = 0; i < boundaries.count - 1; i++)
	{
		bool		nulls[3] = {false};
		Datum		values[3] = {TimestampTzGetDatum(boundaries.at[i]), TimestampTzGetDatum(boundaries.at[i + 1])};

		CHECK_FOR_INTERRUPTS();
		if (histories[i] == NULL)
			continue;
		values[2] = PointerGetDatum(keyed_store_canonical(PointerGetDatum(histories[i]), &customer_history_type));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* first_start(history): when the first of all customers became active; NULL of none */
Datum
first_start(PG_FUNCTION_ARGS)
{
	CustomerReader reader = customer_reader(HISTORY_OF_ARGUMENT(0), 0);
	int64		first = PG_INT64_MAX;

	while (read_customer(&reader))
		if (reader.nspans > 0)
			first = Min(first, reader.spans[0].start);
	if (first == PG_INT64_MAX)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(first);
}

/* customers(history): how many customers there are */
Datum
history_customers(PG_FUNCTION_ARGS)
{
	CustomerReader reader = customer_reader(HISTORY_OF_ARGUMENT(0), 0);
	int64		customers = 0;

	while (read_customer(&reader))
		customers++;
	PG_RETURN_INT64(customers);
}
