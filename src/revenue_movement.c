/*
 * revenue_movement.c
 *		How recurring revenue moves by the period, from the histories of customers.
 *
 * As churn.c, a customer is looked at where periods meet; here, with its amount
 * there. What changes between two boundaries is one of five movements.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "aggregate.h"
#include "customer_history.h"
#include "money.h"

PG_FUNCTION_INFO_V1(revenue_movement);
PG_FUNCTION_INFO_V1(revenue_churn_rate_final);

/* Of a period, in millionths; what is there at its start as the difference to the one before. */
typedef struct Movement
{
	int64		customers;
	int128		start;
	int128		new_amount;
	int128		expansion;
	int128		contraction;
	int128		churned;
	int128		returned;
} Movement;

/* A customer that pays an amount at the boundaries from `low` up to, not including, `high`. */
typedef struct PaidRun
{
	int			low;
	int			high;
	int64		amount;
} PaidRun;

/* From one run to the next, of which either may be missing: high, or low, is 0. */
static void
count_change(Movement *movements, const Boundaries *boundaries, int first, PaidRun from, PaidRun to)
{
	bool		left = from.high > 0 && from.high < boundaries->count;

	if (left && to.high > 0 && to.low == from.high)
	{
		Movement   *movement = &movements[to.low - 1];

		if (to.amount > from.amount)
			movement->expansion += to.amount - from.amount;
		else
			movement->contraction += from.amount - to.amount;
		return;
	}
	if (left)
		movements[from.high - 1].churned += from.amount;
	if (to.high > 0 && to.low > 0)
	{
		Movement   *movement = &movements[to.low - 1];

		if (to.low == first)
			movement->new_amount += to.amount;
		else
			movement->returned += to.amount;
	}
}

static void
count_customer(Movement *movements, const Boundaries *boundaries, const Span *spans, int nspans)
{
	int			first = first_boundary_from(boundaries, spans[0].start);
	PaidRun		previous = {0};

	for (int i = 0; i < nspans; i++)
	{
		PaidRun		run = {
			first_boundary_from(boundaries, spans[i].start),
			first_boundary_from(boundaries, spans[i].end),
			spans[i].amount
		};

		CHECK_FOR_INTERRUPTS();
		if (run.low >= run.high)
			continue;
		movements[run.low].customers++;
		movements[run.high].customers--;
		movements[run.low].start += run.amount;
		movements[run.high].start -= run.amount;
		count_change(movements, boundaries, first, previous, run);
		previous = run;
	}
	count_change(movements, boundaries, first, previous, (PaidRun) {0});
}

/* The movements of the periods, as an array with one more behind the last. */
static Movement *
movements_of(const KeyedStore *history, const Boundaries *boundaries, int64 grace)
{
	CustomerReader reader = customer_reader(history, grace);
	Movement   *movements = palloc0((boundaries->count + 1) * sizeof(Movement));

	if (!HISTORY_HAS_AMOUNTS(history))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the history has no amounts"),
				 errhint("Give customer_agg the amount of each subscription as its fourth argument.")));
	while (read_customer(&reader))
		if (reader.nspans > 0)
			count_customer(movements, boundaries, reader.spans, reader.nspans);
	for (int i = 1; i < boundaries->count; i++)
	{
		movements[i].customers += movements[i - 1].customers;
		movements[i].start += movements[i - 1].start;
	}
	return movements;
}

/* revenue_movement(history, boundaries, grace): a row per period */
Datum
revenue_movement(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Boundaries	boundaries = boundaries_of_argument(fcinfo, 1);
	int64		grace = grace_of_argument(fcinfo, 2);
	Movement   *movements;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	movements = movements_of(HISTORY_OF_ARGUMENT(0), &boundaries, grace);
	for (int i = 0; i < boundaries.count - 1; i++)
	{
		const Movement *m = &movements[i];
		int128		lost = m->churned + m->contraction;
		bool		nulls[15] = {false};
		Datum		values[15] = {
			TimestampTzGetDatum(boundaries.at[i]), TimestampTzGetDatum(boundaries.at[i + 1]),
			numeric_of_money(m->start), numeric_of_money(m->new_amount), numeric_of_money(m->expansion),
			numeric_of_money(m->contraction), numeric_of_money(m->churned), numeric_of_money(m->returned),
			numeric_of_money(m[1].start),
			Float8GetDatum(money_ratio(lost, m->start, &nulls[9])),
			Float8GetDatum(money_ratio(m->start - lost, m->start, &nulls[10])),
			Float8GetDatum(money_ratio(m->start + m->expansion - lost, m->start, &nulls[11])),
			Float8GetDatum(money_ratio(m->new_amount + m->expansion + m->returned, lost, &nulls[12])),
			Int64GetDatum(m->customers), Int64GetDatum(m[1].customers)
		};

		CHECK_FOR_INTERRUPTS();
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* The result of the aggregate revenue_churn_rate, over the period in its state. */
Datum
revenue_churn_rate_final(PG_FUNCTION_ARGS)
{
	KeyedStore *history;
	int64		ends[2];
	Boundaries	boundaries;
	Movement   *movements;

	require_aggregate(fcinfo, "revenue_churn_rate");
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	history = HISTORY_OF_ARGUMENT(0);
	boundaries = boundaries_of_asked_period(history, &customer_history_type, ends);
	movements = movements_of(history, &boundaries, 0);
	if (movements->start == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) (movements->churned + movements->contraction) / (double) movements->start);
}
