/*
 * duration_summary.h
 *		The state of the KPIs of time: a set of durations, exact while small.
 */
#ifndef SALES_KPI_DURATION_SUMMARY_H
#define SALES_KPI_DURATION_SUMMARY_H

#include "datatype/timestamp.h"
#include "fmgr.h"
#include "port/pg_bitutils.h"

#include "compat.h"
#include "wide.h"

/*
 * Up to this many durations are held as they are, so that percentiles are
 * exact. 1000 is the largest round number whose state stays below 8 kB, which
 * is also about what the buckets of usual durations take; few groups of a rep
 * and a month are larger.
 */
#define DURATIONS_HELD 1000

#define DURATION_SUMMARY_VERSION 1

typedef enum DurationForm
{
	DURATION_VALUES,			/* up to DURATIONS_HELD values */
	DURATION_BUCKETS,			/* more: exact totals and logarithmic buckets */
	DURATION_OCTAVES			/* the same while an aggregate runs */
} DurationForm;

/*
 * What is exact in every form. Durations are microseconds, never negative.
 * The unit is their greatest common divisor: a day between dates, a second if
 * the source keeps no fractions. It tells where in a bucket durations can lie.
 */
typedef struct DurationTotals
{
	int64		count;
	int64		shortest;
	int64		longest;
	int64		unit;			/* 0 if all of them are 0 */
	uint128		sum;			/* 2^63 durations below 2^63 */
	WideInt		squares;		/* below 2^189 */
} DurationTotals;

/*
 * The state, always in one piece: an expanded object would bring a memory
 * context to each group, and a hash aggregate walks all of them at each new
 * group. In the form of values, the space behind them is slack that the next
 * rows of a running aggregate fill; canonical means sorted and without slack.
 * In the form of buckets, only those with a count are stored. The form of
 * octaves never leaves the aggregate and its workers.
 */
typedef struct DurationSummary
{
	int32		vl_len_;
	uint8		version;
	uint8		form;			/* a DurationForm */
	uint8		canonical;
	uint8		unused;
	int32		nitems;			/* values, buckets or octaves */
	uint32		nwaiting;		/* octaves: durations not counted yet */
	int64		values[FLEXIBLE_ARRAY_MEMBER];	/* or totals, counts, numbers of
												 * buckets; or DurationOctaves */
} DurationSummary;

#define DURATION_HEADER_SIZE offsetof(DurationSummary, values)
#define DURATION_VALUES_SIZE(n) (DURATION_HEADER_SIZE + (Size) (n) * sizeof(int64))
#define DURATION_BUCKETS_SIZE(n) \
	MAXALIGN(DURATION_HEADER_SIZE + sizeof(DurationTotals) + (Size) (n) * (sizeof(int64) + sizeof(uint16)))
#define DURATION_TOTALS(s) ((DurationTotals *) (s)->values)
#define DURATION_COUNTS(s) ((int64 *) (DURATION_TOTALS(s) + 1))
#define DURATION_BUCKET_NUMBERS(s) ((uint16 *) (DURATION_COUNTS(s) + (s)->nitems))

/*
 * Buckets: each octave, from a power of two to the next, is cut into 128 of
 * equal width, and what is below 128 has a bucket of its own. The middle of a
 * bucket is then within 1/256 of each of its values, and integer arithmetic
 * finds it, the same everywhere.
 */
#define DURATION_BUCKET_BITS 7
#define DURATION_OCTAVE_COUNT (64 - DURATION_BUCKET_BITS)
#define DURATION_OCTAVE_BUCKETS (1 << DURATION_BUCKET_BITS)
#define DURATION_BUCKET_COUNT (DURATION_OCTAVE_COUNT * DURATION_OCTAVE_BUCKETS)

/* The shortest and the longest duration that a bucket can hold. */
typedef struct DurationRange
{
	int64		low;
	int64		high;
} DurationRange;

/*
 * Buckets that rows are counted in: all those of the octaves seen so far, in
 * the order in which they were seen. Durations wait until they are many: their
 * buckets lie far apart, and are fetched from memory side by side then.
 */
#define DURATIONS_WAITING 128

typedef struct DurationOctaves
{
	DurationTotals totals;
	int64		waiting[DURATIONS_WAITING];	/* neither in the totals nor in a bucket */
	uint8		place[MAXALIGN(DURATION_OCTAVE_COUNT)]; /* from 1; 0: not seen */
	int64		counts[FLEXIBLE_ARRAY_MEMBER][DURATION_OCTAVE_BUCKETS];
} DurationOctaves;

#define DURATION_OCTAVES_SIZE(n) \
	(DURATION_HEADER_SIZE + offsetof(DurationOctaves, counts) + (Size) (n) * DURATION_OCTAVE_BUCKETS * sizeof(int64))
#define DURATION_OCTAVES_OF(s) ((DurationOctaves *) (s)->values)

static inline int
duration_bucket(int64 duration)
{
	int			shift;

	if (duration < DURATION_OCTAVE_BUCKETS)
		return (int) duration;
	shift = pg_leftmost_one_pos64(duration) - DURATION_BUCKET_BITS;
	return shift * DURATION_OCTAVE_BUCKETS + (int) (duration >> shift);
}

extern DurationRange duration_bucket_range(const DurationTotals *totals, int bucket);

extern DurationSummary *duration_summary_allocate(DurationForm form, int nitems);
extern void refuse_damaged_summary(const DurationSummary *summary);
extern DurationSummary *duration_summary_flat(Datum state);
extern DurationSummary *duration_summary_canonical(Datum state);
extern DurationTotals duration_summary_totals(const DurationSummary *summary);

extern DurationSummary *duration_summary_insert(DurationSummary *summary, int64 duration, int64 times);

extern void sort_durations(int64 *sorted, const int64 *durations, int n);

extern int64 mean_duration(const DurationTotals *totals);
extern Datum duration_summary_add(FunctionCallInfo fcinfo, int64 duration);

extern Interval *duration_to_interval(int64 duration);
extern int64 interval_to_duration(const Interval *interval);

#define PG_GETARG_DURATION_SUMMARY(n) duration_summary_canonical(PG_GETARG_DATUM(n))

#endif							/* SALES_KPI_DURATION_SUMMARY_H */
