/*
 * churn.c
 *		Churn by the period, from the histories of customers.
 *
 * Customers are looked at where one period ends and the next begins. All that
 * counts is at which boundaries a customer is active: each of its spans is two
 * places in the list of boundaries, and however many periods there are, a customer
 * costs as much as it has spans.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "aggregate.h"
#include "customer_history.h"
#include "wilson.h"

PG_FUNCTION_INFO_V1(churn);
PG_FUNCTION_INFO_V1(churn_rate_final);

/*
 * Of a period, from a boundary to the next. The customers active at its start and
 * those active throughout are kept as differences to the period before.
 */
typedef struct ChurnCounts
{
	int64		at_start;
	int64		joined;
	int64		returned;
	int64		lost;
	int64		joined_and_left;
	int64		throughout;
	int128		part_time;		/* microseconds of the customers active for a part of it */
} ChurnCounts;

typedef enum ChurnMethod
{
	CHURN_STANDARD,				/* lost / at start */
	CHURN_STRIPE,				/* with those who joined, and left, on both sides */
	CHURN_HAZARD				/* lost / time at risk, in periods */
} ChurnMethod;

/* A customer that is active at the boundaries from `low` up to, not including, `high`. */
static void
count_active(ChurnCounts *counts, const Boundaries *boundaries, int first, int low, int high)
{
	if (low >= high)
		return;
	counts[low].at_start++;
	counts[high].at_start--;
	if (low == first && low > 0)
		counts[low - 1].joined++;
	else if (low > 0)
		counts[low - 1].returned++;
	if (high < boundaries->count)
		counts[high - 1].lost++;
}

/* Spans that leave out no boundary between them are as good as one. */
static void
count_customer(ChurnCounts *counts, const Boundaries *boundaries, const Span *spans, int nspans)
{
	int			first = first_boundary_from(boundaries, spans[0].start);
	int			low = 0;
	int			high = 0;
	bool		joined = false;

	for (int i = 0; i < nspans; i++)
	{
		int			from = first_boundary_from(boundaries, spans[i].start);
		int			until = first_boundary_from(boundaries, spans[i].end);

		CHECK_FOR_INTERRUPTS();
		if (from >= until)
			continue;
		joined |= from == first;
		if (from != high)
		{
			count_active(counts, boundaries, first, low, high);
			low = from;
		}
		high = until;
	}
	count_active(counts, boundaries, first, low, high);
	if (!joined && first > 0 && first < boundaries->count)
		counts[first - 1].joined_and_left++;
}

/* The time that a span is at risk in each period. */
static void
count_time(ChurnCounts *counts, const Boundaries *boundaries, Span span)
{
	const int64 *at = boundaries->at;
	int64		start = Max(span.start, at[0]);
	int64		end = Min(span.end, at[boundaries->count - 1]);
	int			from;
	int			until;

	if (start >= end)
		return;
	from = period_of(boundaries, start);
	until = period_of(boundaries, end);
	if (from == until)
	{
		counts[from].part_time += (int128) end - start;
		return;
	}
	counts[from].part_time += (int128) at[from + 1] - start;
	counts[from + 1].throughout++;
	counts[until].throughout--;
	counts[until].part_time += (int128) end - at[until];
}

/* What the periods count, as an array with one more behind the last. */
static ChurnCounts *
churn_counts(const KeyedStore *history, const Boundaries *boundaries, int64 grace, bool with_time)
{
	CustomerReader reader = customer_reader(history, grace);
	ChurnCounts *counts = palloc0((boundaries->count + 1) * sizeof(ChurnCounts));

	while (read_customer(&reader))
	{
		reader.nspans = join_spans(reader.spans, reader.nspans);
		if (reader.nspans == 0)
			continue;
		count_customer(counts, boundaries, reader.spans, reader.nspans);
		for (int i = 0; with_time && i < reader.nspans; i++)
		{
			CHECK_FOR_INTERRUPTS();
			count_time(counts, boundaries, reader.spans[i]);
		}
	}
	for (int i = 1; i < boundaries->count; i++)
	{
		counts[i].at_start += counts[i - 1].at_start;
		counts[i].throughout += counts[i - 1].throughout;
	}
	return counts;
}

static ChurnMethod
method_of_argument(FunctionCallInfo fcinfo, int argument)
{
	static const char *const names[] = {"standard", "stripe", "hazard"};
	char	   *name;

	if (PG_ARGISNULL(argument))
		return CHURN_STANDARD;
	name = text_to_cstring(PG_GETARG_TEXT_PP(argument));
	for (int method = CHURN_STANDARD; method <= CHURN_HAZARD; method++)
		if (strcmp(name, names[method]) == 0)
			return method;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("there is no method \"%s\" of churn", name),
			 errhint("Methods are standard (lost of those at the start), stripe (with those who joined) and hazard (lost per time at risk).")));
}

/* Rate, low and high of a period of a length, which may not fit in 64 bits. */
static void
churn_rate(ChurnMethod method, const ChurnCounts *counts, int128 length, Datum *values, bool *nulls)
{
	double		time;

	switch (method)
	{
		case CHURN_STANDARD:
			rate_with_interval(counts->lost, counts->at_start, values, nulls);
			return;
		case CHURN_STRIPE:
			rate_with_interval(counts->lost + counts->joined_and_left,
							   counts->at_start + counts->joined + counts->joined_and_left, values, nulls);
			return;
		case CHURN_HAZARD:
			time = (double) (counts->part_time + counts->throughout * length) / (double) length;
			nulls[0] = time == 0;
			nulls[1] = nulls[2] = true;
			if (time > 0)
				values[0] = Float8GetDatum(counts->lost / time);
			return;
	}
}

/* churn(history, boundaries, grace, method): a row per period */
Datum
churn(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Boundaries	boundaries = boundaries_of_argument(fcinfo, 1);
	int64		grace = grace_of_argument(fcinfo, 2);
	ChurnMethod method = method_of_argument(fcinfo, 3);
	ChurnCounts *counts;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	counts = churn_counts(HISTORY_OF_ARGUMENT(0), &boundaries, grace, method == CHURN_HAZARD);
	for (int i = 0; i < boundaries.count - 1; i++)
	{
		int64		start = boundaries.at[i];
		int64		end = boundaries.at[i + 1];
		bool		nulls[11] = {false};
		Datum		values[11] = {
			TimestampTzGetDatum(start), TimestampTzGetDatum(end),
			Int64GetDatum(counts[i].at_start), Int64GetDatum(counts[i].joined), Int64GetDatum(counts[i].returned),
			Int64GetDatum(counts[i].lost), Int64GetDatum(counts[i + 1].at_start), Int64GetDatum(counts[i].joined_and_left)
		};

		CHECK_FOR_INTERRUPTS();
		churn_rate(method, &counts[i], (int128) end - start, &values[8], &nulls[8]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* The result of the aggregate churn_rate, over the period in its state. */
Datum
churn_rate_final(PG_FUNCTION_ARGS)
{
	KeyedStore *history;
	int64		ends[2];
	Boundaries	boundaries;
	ChurnCounts *counts;

	require_aggregate(fcinfo, "churn_rate");
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	history = HISTORY_OF_ARGUMENT(0);
	boundaries = boundaries_of_asked_period(history, &customer_history_type, ends);
	counts = churn_counts(history, &boundaries, 0, false);
	if (counts->at_start == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) counts->lost / counts->at_start);
}
