/*
 * survival.c
 *		How long customers stay: the Kaplan-Meier curve of the time from a
 *		customer's first start to the end of its first unbroken span.
 */
#include "postgres.h"

#include "datatype/timestamp.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "customer_history.h"
#include "share_bounds.h"

PG_FUNCTION_INFO_V1(survival);

/*
 * A customer's time as one number, in the order of the curve: completed days, and
 * of these, ends before those who are still there.
 */
#define STAY(days, is_censored) ((uint64) (days) << 1 | (is_censored))
#define STAY_DAYS(stay) ((int64) ((stay) >> 1))
#define STAY_IS_CENSORED(stay) ((stay) & 1)

/* Who leaves on a day, and who leaves sight. */
typedef struct Day
{
	int64		day;
	int64		lost;
	int64		censored;
} Day;

/* The curve as it is walked. */
typedef struct Curve
{
	int64		at_risk;
	double		surviving;		/* share at the start of a run of days without censorings */
	int64		run_at_risk;	/* customers at its start */
	double		greenwood;		/* sum of d / (n (n - d)) */
} Curve;

/* Sorted; customers that begin after as_of are none yet. */
static uint64 *
stays_of(const KeyedStore *history, int64 as_of, int64 grace, int64 *count)
{
	CustomerReader reader = customer_reader(history, grace);
	uint64	   *stays = palloc_extended((history->nrecords + 1) * sizeof(uint64), MCXT_ALLOC_HUGE);

	*count = 0;
	while (read_customer(&reader))
	{
		Span	   *first = reader.spans;

		reader.nspans = join_spans(first, reader.nspans);
		if (reader.nspans == 0 || first->start > as_of)
			continue;
		stays[(*count)++] = STAY(((uint64) Min(first->end, as_of) - (uint64) first->start) / USECS_PER_DAY, first->end > as_of);
	}
	radix_sort_words(stays, *count);
	return stays;
}

static Day
read_day(const uint64 *stays, int64 count, int64 *next)
{
	Day			day = {.day = STAY_DAYS(stays[*next])};

	for (; *next < count && STAY_DAYS(stays[*next]) == day.day; (*next)++)
	{
		if (STAY_IS_CENSORED(stays[*next]))
			day.censored++;
		else
			day.lost++;
	}
	return day;
}

/*
 * Walk on over a day; returns the share that is left behind its ends. As long as
 * nobody is censored the shares multiply to one fraction, which is taken as such:
 * the curve of a cohort that is observed in full is exactly the share that is left.
 */
static double
pass_day(Curve *curve, Day day)
{
	double		n = (double) curve->at_risk;
	double		rate;

	curve->at_risk -= day.lost;
	rate = curve->surviving * ((double) curve->at_risk / curve->run_at_risk);
	if (curve->at_risk > 0)
		curve->greenwood += day.lost / (n * curve->at_risk);
	if (day.censored > 0)
	{
		curve->surviving = rate;
		curve->at_risk -= day.censored;
		curve->run_at_risk = curve->at_risk;
	}
	return rate;
}

static void
refuse_as_of(int errorcode, const char *message)
{
	ereport(ERROR,
			(errcode(errorcode),
			 errmsg("%s", message),
			 errhint("as_of is the moment until which customers were observed, such as now().")));
}

static int64
as_of_argument(FunctionCallInfo fcinfo, int argument)
{
	if (PG_ARGISNULL(argument))
		refuse_as_of(ERRCODE_NULL_VALUE_NOT_ALLOWED, "as_of is NULL");
	if (TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(argument)))
		refuse_as_of(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE, "as_of is infinite");
	return PG_GETARG_TIMESTAMPTZ(argument);
}

/* survival(history, as_of, grace): a row per day on which somebody leaves, or leaves sight */
Datum
survival(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int64		as_of = as_of_argument(fcinfo, 1);
	int64		grace = grace_of_argument(fcinfo, 2);
	uint64	   *stays;
	int64		count;
	Curve		curve = {.surviving = 1};

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	stays = stays_of(HISTORY_OF_ARGUMENT(0), as_of, grace, &count);
	curve.at_risk = curve.run_at_risk = count;
	for (int64 next = 0; next < count;)
	{
		int64		at_risk = curve.at_risk;
		Day			day = read_day(stays, count, &next);
		double		rate = pass_day(&curve, day);
		bool		nulls[7] = {false};
		Datum		values[7] = {
			Int32GetDatum((int32) day.day), Int64GetDatum(at_risk), Int64GetDatum(day.lost), Int64GetDatum(day.censored),
			Float8GetDatum(rate)
		};

		CHECK_FOR_INTERRUPTS();
		share_bounds(rate, curve.greenwood, &values[5], &nulls[5]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
