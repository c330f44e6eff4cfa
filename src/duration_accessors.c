/*
 * duration_accessors.c
 *		What can be asked of a duration summary.
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "duration_summary.h"

PG_FUNCTION_INFO_V1(duration_sample_size);
PG_FUNCTION_INFO_V1(duration_mean);
PG_FUNCTION_INFO_V1(duration_stddev);
PG_FUNCTION_INFO_V1(duration_shortest);
PG_FUNCTION_INFO_V1(duration_longest);
PG_FUNCTION_INFO_V1(duration_median);
PG_FUNCTION_INFO_V1(duration_percentile);
PG_FUNCTION_INFO_V1(duration_share_within);

/* As the difference of two timestamps: days of 86,400 s, and the rest. */
Interval *
duration_to_interval(int64 duration)
{
	Interval   *interval = palloc0(sizeof(Interval));

	interval->day = (int32) (duration / USECS_PER_DAY);
	interval->time = duration % USECS_PER_DAY;
	return interval;
}

int64
interval_to_duration(const Interval *interval)
{
	int64		duration;

#ifdef INTERVAL_NOT_FINITE
	if (INTERVAL_NOT_FINITE(interval))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("a duration cannot be infinite")));
#endif
	if (interval->month != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an interval with months has no fixed length"),
				 errdetail("The interval is %s.",
						   DatumGetCString(DirectFunctionCall1(interval_out, IntervalPGetDatum((Interval *) interval)))),
				 errhint("Write it in days, hours or smaller units.")));
	if (pg_mul_s64_overflow(interval->day, USECS_PER_DAY, &duration) ||
		pg_add_s64_overflow(duration, interval->time, &duration))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("a duration is too long to be counted in microseconds")));
	return duration;
}

/* Rounded half up to the microsecond, exactly. */
int64
mean_duration(const DurationTotals *totals)
{
	return (int64) ((totals->sum + totals->count / 2) / totals->count);
}

/*
 * Of the sample: the square root of (n * squares - sum^2) / (n * (n - 1)). The
 * numerator is exact, so there is no cancellation.
 */
static int64
sample_stddev(const DurationTotals *totals)
{
	WideInt		numerator = totals->squares;
	WideInt		square = wide_square(totals->sum);
	double		n = (double) totals->count;

	wide_multiply_add(&numerator, totals->count, 0);
	wide_subtract(&numerator, &square);
	return (int64) rint(sqrt(wide_to_double(&numerator) / n / (n - 1)));
}

/* The middle of a bucket, but never outside of what was seen. */
static int64
bucket_value(const DurationTotals *totals, int bucket)
{
	int64		middle = duration_bucket_start(bucket) + (duration_bucket_width(bucket) - 1) / 2;

	return Max(totals->shortest, Min(totals->longest, middle));
}

/* The duration at a rank, counted from 0; within 1/256 where buckets are kept. */
static int64
value_at(const DurationSummary *summary, int64 rank)
{
	int64		passed = 0;
	int			item = 0;

	if (summary->form == DURATION_VALUES)
		return summary->values[rank];
	while (passed + DURATION_COUNTS(summary)[item] <= rank)
		passed += DURATION_COUNTS(summary)[item++];
	return bucket_value(DURATION_TOTALS(summary), DURATION_BUCKET_NUMBERS(summary)[item]);
}

/* As percentile_cont: interpolated between the two ranks beside the fraction. */
static int64
percentile(const DurationSummary *summary, double fraction)
{
	int64		last = (summary->form == DURATION_VALUES ? summary->nitems : DURATION_TOTALS(summary)->count) - 1;
	double		position = fraction * last;
	int64		lower = Min((int64) floor(position), last);
	int64		from = value_at(summary, lower);
	int64		until = value_at(summary, Min((int64) ceil(position), last));

	return from + (int64) rint((until - from) * (position - lower));
}

Datum
duration_sample_size(PG_FUNCTION_ARGS)
{
	DurationSummary *summary = PG_GETARG_DURATION_SUMMARY(0);

	PG_RETURN_INT64(summary->form == DURATION_VALUES ? summary->nitems : DURATION_TOTALS(summary)->count);
}

Datum
duration_mean(PG_FUNCTION_ARGS)
{
	DurationTotals totals = duration_summary_totals(PG_GETARG_DURATION_SUMMARY(0));

	PG_RETURN_INTERVAL_P(duration_to_interval(mean_duration(&totals)));
}

Datum
duration_stddev(PG_FUNCTION_ARGS)
{
	DurationTotals totals = duration_summary_totals(PG_GETARG_DURATION_SUMMARY(0));

	if (totals.count < 2)
		PG_RETURN_NULL();
	PG_RETURN_INTERVAL_P(duration_to_interval(sample_stddev(&totals)));
}

Datum
duration_shortest(PG_FUNCTION_ARGS)
{
	DurationTotals totals = duration_summary_totals(PG_GETARG_DURATION_SUMMARY(0));

	PG_RETURN_INTERVAL_P(duration_to_interval(totals.shortest));
}

Datum
duration_longest(PG_FUNCTION_ARGS)
{
	DurationTotals totals = duration_summary_totals(PG_GETARG_DURATION_SUMMARY(0));

	PG_RETURN_INTERVAL_P(duration_to_interval(totals.longest));
}

Datum
duration_median(PG_FUNCTION_ARGS)
{
	PG_RETURN_INTERVAL_P(duration_to_interval(percentile(PG_GETARG_DURATION_SUMMARY(0), 0.5)));
}

Datum
duration_percentile(PG_FUNCTION_ARGS)
{
	DurationSummary *summary = PG_GETARG_DURATION_SUMMARY(0);
	double		fraction = PG_GETARG_FLOAT8(1);

	if (isnan(fraction) || fraction < 0 || fraction > 1)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("percentile %g is not between 0 and 1", fraction),
				 errhint("The median is 0.5, the slowest tenth begins at 0.9.")));
	PG_RETURN_INTERVAL_P(duration_to_interval(percentile(summary, fraction)));
}

/* Of a bucket that the limit cuts, the part below it is taken to be as large as its width. */
static double
bucketed_share_within(const DurationSummary *summary, int64 limit)
{
	const DurationTotals *totals = DURATION_TOTALS(summary);
	int			cut = duration_bucket(limit);
	double		within = 0;

	for (int i = 0; i < summary->nitems && DURATION_BUCKET_NUMBERS(summary)[i] <= cut; i++)
	{
		double		part = 1;

		if (DURATION_BUCKET_NUMBERS(summary)[i] == cut)
			part = (double) (limit - duration_bucket_start(cut) + 1) / duration_bucket_width(cut);
		within += part * DURATION_COUNTS(summary)[i];
	}
	return within / totals->count;
}

Datum
duration_share_within(PG_FUNCTION_ARGS)
{
	DurationSummary *summary = PG_GETARG_DURATION_SUMMARY(0);
	int64		limit = interval_to_duration(PG_GETARG_INTERVAL_P(1));
	DurationTotals totals = duration_summary_totals(summary);
	int			within = 0;

	if (limit < totals.shortest)
		PG_RETURN_FLOAT8(0);
	if (limit >= totals.longest)
		PG_RETURN_FLOAT8(1);
	if (summary->form == DURATION_BUCKETS)
		PG_RETURN_FLOAT8(bucketed_share_within(summary, limit));
	while (summary->values[within] <= limit)
		within++;
	PG_RETURN_FLOAT8((double) within / summary->nitems);
}
