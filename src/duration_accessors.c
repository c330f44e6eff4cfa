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

/* Refuse an interval that has no length, or none that is counted here. */
static void
refuse_interval(int errorcode, const char *message, const char *hint, const Interval *interval)
{
	ereport(ERROR,
			(errcode(errorcode),
			 errmsg("%s", message),
			 errdetail("The interval is %s.",
					   DatumGetCString(DirectFunctionCall1(interval_out, IntervalPGetDatum((Interval *) interval)))),
			 errhint("%s", hint)));
}

int64
interval_to_duration(const Interval *interval)
{
	int64		duration;

#ifdef INTERVAL_NOT_FINITE
	if (INTERVAL_NOT_FINITE(interval))
		refuse_interval(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE, "a duration cannot be infinite",
						"What has not ended yet is NULL, and is not counted.", interval);
#endif
	if (interval->month != 0)
		refuse_interval(ERRCODE_INVALID_PARAMETER_VALUE, "an interval with months has no fixed length",
						"Write it in days, hours or smaller units.", interval);
	if (pg_mul_s64_overflow(interval->day, USECS_PER_DAY, &duration) ||
		pg_add_s64_overflow(duration, interval->time, &duration))
		refuse_interval(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE, "a duration is too long to be counted in microseconds",
						"Look for mistyped years.", interval);
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
static double
sample_stddev(const DurationTotals *totals)
{
	WideInt		numerator = totals->squares;
	WideInt		square = wide_square(totals->sum);
	double		n = (double) totals->count;

	wide_multiply_add(&numerator, totals->count, 0);
	wide_subtract(&numerator, &square);
	return rint(sqrt(wide_to_double(&numerator) / n / (n - 1)));
}

/* The duration at a rank, counted from 0; within 1/256 where buckets are kept. */
static int64
duration_at(const DurationSummary *summary, int64 rank)
{
	const DurationTotals *totals = DURATION_TOTALS(summary);
	DurationRange range;
	int			item = 0;

	if (summary->form == DURATION_VALUES)
		return summary->values[rank];
	if (rank == 0)
		return totals->shortest;
	if (rank == totals->count - 1)
		return totals->longest;
	for (; item < summary->nitems - 1 && rank >= DURATION_COUNTS(summary)[item]; item++)
		rank -= DURATION_COUNTS(summary)[item];
	if (DURATION_BUCKET_NUMBERS(summary)[item] >= DURATION_BUCKET_COUNT)
		refuse_damaged_summary(summary);
	range = duration_bucket_range(totals, DURATION_BUCKET_NUMBERS(summary)[item]);
	return range.low + (range.high - range.low) / 2;
}

static int64
sample_size(const DurationSummary *summary)
{
	return summary->form == DURATION_VALUES ? summary->nitems : DURATION_TOTALS(summary)->count;
}

/*
 * As percentile_cont of intervals: interpolated between the two ranks beside
 * the fraction, and the step from the lower one rounded to the microsecond.
 * The last rank and a long gap may be no float8: neither is overstepped.
 */
static int64
percentile(const DurationSummary *summary, double fraction)
{
	int64		last = sample_size(summary) - 1;
	double		position = fraction * last;
	int64		rank;
	int64		from;
	int64		gap;

	if (position >= (double) last)
		return duration_at(summary, last);
	rank = (int64) position;
	from = duration_at(summary, rank);
	gap = duration_at(summary, rank + 1) - from;
	return from + Min((int64) rint(gap * (position - rank)), gap);
}

Datum
duration_sample_size(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(sample_size(PG_GETARG_DURATION_SUMMARY(0)));
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
	DurationSummary *summary = PG_GETARG_DURATION_SUMMARY(0);
	DurationTotals totals = duration_summary_totals(summary);
	double		deviation;

	if (totals.count < 2)
		PG_RETURN_NULL();
	deviation = sample_stddev(&totals);

	/* Of totals that do not belong together it may be no duration, nor a number. */
	if (!(deviation < (double) PG_INT64_MAX))
		refuse_damaged_summary(summary);
	PG_RETURN_INTERVAL_P(duration_to_interval((int64) deviation));
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

/* Of the bucket that the limit cuts, durations are taken to lie evenly, on whole units. */
static double
bucketed_share_within(const DurationSummary *summary, int64 limit)
{
	const DurationTotals *totals = DURATION_TOTALS(summary);
	const uint16 *buckets = DURATION_BUCKET_NUMBERS(summary);
	int			cut = duration_bucket(limit);
	double		within = 0;
	DurationRange range;
	int			item;

	for (item = 0; item < summary->nitems - 1 && buckets[item] < cut; item++)
		within += DURATION_COUNTS(summary)[item];
	range = duration_bucket_range(totals, cut);
	if (buckets[item] == cut && limit >= range.low)
	{
		int64		unit = Max(totals->unit, 1);
		int64		below = (Min(limit, range.high) - range.low) / unit + 1;
		int64		all = (range.high - range.low) / unit + 1;

		within += (double) below / all * DURATION_COUNTS(summary)[item];
	}
	return within / totals->count;
}

static double
held_share_within(const DurationSummary *summary, int64 limit)
{
	int			within = 0;

	while (summary->values[within] <= limit)
		within++;
	return (double) within / summary->nitems;
}

Datum
duration_share_within(PG_FUNCTION_ARGS)
{
	DurationSummary *summary = PG_GETARG_DURATION_SUMMARY(0);
	int64		limit = interval_to_duration(PG_GETARG_INTERVAL_P(1));
	DurationTotals totals = duration_summary_totals(summary);

	if (limit < totals.shortest)
		PG_RETURN_FLOAT8(0);
	if (limit >= totals.longest)
		PG_RETURN_FLOAT8(1);
	PG_RETURN_FLOAT8(summary->form == DURATION_VALUES ?
					 held_share_within(summary, limit) : bucketed_share_within(summary, limit));
}
