/*
 * duration_summary.c
 *		A set of durations as an aggregate state: adding, merging, and the
 *		canonical form, which depends on the set alone.
 */
#include "postgres.h"

#include "common/int.h"
#include "port/pg_bitutils.h"
#include "utils/memutils.h"

#include "duration_summary.h"

#define ST_SORT sort_durations
#define ST_ELEMENT_TYPE int64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* The first rows of a group fit without growing. */
#define INITIAL_CAPACITY 8

static Size expanded_flat_size(ExpandedObjectHeader *eohptr);
static void expanded_flatten_into(ExpandedObjectHeader *eohptr, void *result, Size allocated_size);

static const ExpandedObjectMethods expanded_methods = {
	expanded_flat_size,
	expanded_flatten_into
};

PG_FUNCTION_INFO_V1(duration_summary_merge);
PG_FUNCTION_INFO_V1(duration_summary_final);

int
duration_bucket(int64 duration)
{
	int			shift;

	if (duration < DURATION_OCTAVE_BUCKETS)
		return (int) duration;
	shift = pg_leftmost_one_pos64(duration) - DURATION_BUCKET_BITS;
	return shift * DURATION_OCTAVE_BUCKETS + (int) (duration >> shift);
}

/* A bucket's bounds, no wider than what was seen, and whole units. */
DurationRange
duration_bucket_range(const DurationTotals *totals, int bucket)
{
	int			shift = Max(bucket / DURATION_OCTAVE_BUCKETS - 1, 0);
	int64		start = (int64) (bucket - shift * DURATION_OCTAVE_BUCKETS) << shift;
	int64		end = start + ((INT64CONST(1) << shift) - 1);
	int64		low = Max(start, totals->shortest);
	int64		high = Min(end, totals->longest);
	int64		unit = Max(totals->unit, 1);

	return (DurationRange) {low + (unit - low % unit) % unit, high - high % unit};
}

/* The greatest common divisor; that of 0 and a number is the number. */
static int64
common_unit(int64 a, int64 b)
{
	while (b != 0)
	{
		int64		rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static void
totals_count(DurationTotals *totals, int64 times)
{
	if (pg_add_s64_overflow(totals->count, times, &totals->count))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many durations"),
				 errdetail("A duration summary counts up to " INT64_FORMAT " durations.", PG_INT64_MAX)));
}

/* Add `times` durations of one length to the totals. */
static inline void
totals_add(DurationTotals *totals, int64 duration, int64 times)
{
	WideInt		squares = wide_from_uint128((uint128) duration * duration);

	totals_count(totals, times);
	totals->shortest = Min(totals->shortest, duration);
	totals->longest = Max(totals->longest, duration);
	if (totals->unit != 1)
		totals->unit = common_unit(duration, totals->unit);
	totals->sum += (uint128) duration * times;
	if (times != 1)
		wide_multiply_add(&squares, times, 0);
	wide_add(&totals->squares, &squares);
}

static void
totals_merge(DurationTotals *totals, const DurationTotals *other)
{
	totals_count(totals, other->count);
	totals->shortest = Min(totals->shortest, other->shortest);
	totals->longest = Max(totals->longest, other->longest);
	totals->unit = common_unit(totals->unit, other->unit);
	totals->sum += other->sum;
	wide_add(&totals->squares, &other->squares);
}

DurationTotals
duration_summary_totals(const DurationSummary *summary)
{
	DurationTotals totals = {.shortest = PG_INT64_MAX};

	if (summary->form == DURATION_BUCKETS)
		return *DURATION_TOTALS(summary);
	for (int i = 0; i < summary->nitems; i++)
		totals_add(&totals, summary->values[i], 1);
	return totals;
}

DurationSummary *
duration_summary_allocate(DurationForm form, int nitems)
{
	Size		size = form == DURATION_VALUES ? DURATION_VALUES_SIZE(nitems) : DURATION_BUCKETS_SIZE(nitems);
	DurationSummary *summary = palloc0(size);

	SET_VARSIZE(summary, size);
	summary->version = DURATION_SUMMARY_VERSION;
	summary->form = form;
	summary->nitems = nitems;
	return summary;
}

/*
 * The O(1) check of what comes from a table or a worker: sizes, so that no
 * access goes astray. The deep check is made where states are read from text
 * and from messages.
 */
static void
check_sizes(const DurationSummary *summary)
{
	Size		size = VARSIZE(summary);

	if (size >= DURATION_HEADER_SIZE &&
		summary->version == DURATION_SUMMARY_VERSION && summary->nitems > 0 &&
		((summary->form == DURATION_VALUES && summary->nitems <= DURATIONS_HELD &&
		  size >= DURATION_VALUES_SIZE(summary->nitems)) ||
		 (summary->form == DURATION_BUCKETS && summary->nitems <= DURATION_BUCKET_COUNT &&
		  size == DURATION_BUCKETS_SIZE(summary->nitems))))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("stored duration summary is damaged"),
			 errdetail("Version %d, form %d, %d items in %zu bytes.",
					   summary->version, summary->form, summary->nitems, size)));
}

/* A state in one piece: short headers, compression and expansion undone. */
DurationSummary *
duration_summary_flat(Datum state)
{
	DurationSummary *summary = (DurationSummary *) PG_DETOAST_DATUM(state);

	check_sizes(summary);
	return summary;
}

/*
 * The canonical form of a state. A running aggregate's state is left as it is,
 * for a window may go on with it.
 */
DurationSummary *
duration_summary_canonical(Datum state)
{
	DurationSummary *summary = duration_summary_flat(state);
	DurationSummary *sorted;

	if (summary->canonical || summary->form == DURATION_BUCKETS)
		return summary;
	sorted = duration_summary_allocate(DURATION_VALUES, summary->nitems);
	memcpy(sorted->values, summary->values, summary->nitems * sizeof(int64));
	sort_durations(sorted->values, sorted->nitems);
	sorted->canonical = true;
	return sorted;
}

/* The count of a bucket, to be changed. */
static inline int64 *
bucket_count(ExpandedDurations *durations, int bucket)
{
	int64	  **octave = &durations->octaves[bucket / DURATION_OCTAVE_BUCKETS];

	if (*octave == NULL)
		*octave = MemoryContextAllocZero(durations->hdr.eoh_context,
										 DURATION_OCTAVE_BUCKETS * sizeof(int64));
	return &(*octave)[bucket % DURATION_OCTAVE_BUCKETS];
}

static inline void
count_in_bucket(ExpandedDurations *durations, int bucket, int64 times)
{
	int64	   *count = bucket_count(durations, bucket);

	durations->nbuckets += *count == 0;
	*count += times;
}

void
expanded_durations_add(ExpandedDurations *durations, int64 duration, int64 times)
{
	totals_add(&durations->totals, duration, times);
	count_in_bucket(durations, duration_bucket(duration), times);
}

static void
expanded_add_summary(ExpandedDurations *durations, const DurationSummary *summary)
{
	if (summary->form == DURATION_VALUES)
	{
		for (int i = 0; i < summary->nitems; i++)
			expanded_durations_add(durations, summary->values[i], 1);
		return;
	}
	totals_merge(&durations->totals, DURATION_TOTALS(summary));
	for (int i = 0; i < summary->nitems; i++)
		count_in_bucket(durations, DURATION_BUCKET_NUMBERS(summary)[i], DURATION_COUNTS(summary)[i]);
}

/* A summary as an expanded object, in a context of its own below `parent`. */
ExpandedDurations *
expand_durations(const DurationSummary *summary, MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "duration summary", ALLOCSET_START_SMALL_SIZES);
	ExpandedDurations *durations = MemoryContextAllocZero(context, sizeof(ExpandedDurations));

	EOH_init_header(&durations->hdr, &expanded_methods, context);
	durations->totals.shortest = PG_INT64_MAX;
	expanded_add_summary(durations, summary);
	return durations;
}

static Size
expanded_flat_size(ExpandedObjectHeader *eohptr)
{
	return DURATION_BUCKETS_SIZE(((ExpandedDurations *) eohptr)->nbuckets);
}

static void
expanded_flatten_into(ExpandedObjectHeader *eohptr, void *result, Size allocated_size)
{
	ExpandedDurations *durations = (ExpandedDurations *) eohptr;
	DurationSummary *summary = result;
	int			item = 0;

	memset(result, 0, allocated_size);
	SET_VARSIZE(summary, allocated_size);
	summary->version = DURATION_SUMMARY_VERSION;
	summary->form = DURATION_BUCKETS;
	summary->canonical = true;
	summary->nitems = durations->nbuckets;
	*DURATION_TOTALS(summary) = durations->totals;
	for (int bucket = 0; bucket < DURATION_BUCKET_COUNT; bucket++)
	{
		const int64 *octave = durations->octaves[bucket / DURATION_OCTAVE_BUCKETS];

		if (octave == NULL || octave[bucket % DURATION_OCTAVE_BUCKETS] == 0)
			continue;
		DURATION_COUNTS(summary)[item] = octave[bucket % DURATION_OCTAVE_BUCKETS];
		DURATION_BUCKET_NUMBERS(summary)[item++] = bucket;
	}
}

DurationSummary *
expanded_durations_flatten(ExpandedDurations *durations)
{
	Size		size = EOH_get_flat_size(&durations->hdr);
	DurationSummary *summary = palloc(size);

	EOH_flatten_into(&durations->hdr, summary, size);
	return summary;
}

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a support function of duration_agg was called outside of an aggregate"),
				 errhint("Call duration_agg or rollup instead.")));
	return context;
}

/*
 * A flat state with room for `more` values. A grown one comes from the context
 * of the row: the executor copies it to the aggregate's and frees the old one.
 */
static DurationSummary *
make_room(DurationSummary *summary, int more)
{
	int			wanted = summary->nitems + more;
	int			capacity = (int) ((VARSIZE(summary) - DURATION_HEADER_SIZE) / sizeof(int64));
	DurationSummary *grown;

	if (capacity >= wanted)
		return summary;
	capacity = Min(Max(2 * capacity, wanted), DURATIONS_HELD);
	grown = duration_summary_allocate(DURATION_VALUES, capacity);
	grown->nitems = summary->nitems;
	memcpy(grown->values, summary->values, summary->nitems * sizeof(int64));
	return grown;
}

/* The state of a running aggregate, expanded, if it is. */
static inline ExpandedDurations *
expanded_state(Datum state)
{
	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(state)))
		return (ExpandedDurations *) DatumGetEOHP(state);
	return NULL;
}

/* Add one duration to the state that is argument 0 of an aggregate's transition. */
Datum
duration_summary_add(FunctionCallInfo fcinfo, int64 duration)
{
	MemoryContext context = aggregate_context(fcinfo);
	DurationSummary *summary;
	ExpandedDurations *durations;

	if (PG_ARGISNULL(0))
	{
		summary = duration_summary_allocate(DURATION_VALUES, INITIAL_CAPACITY);
		summary->nitems = 1;
		summary->values[0] = duration;
		PG_RETURN_POINTER(summary);
	}
	durations = expanded_state(PG_GETARG_DATUM(0));
	if (durations == NULL)
	{
		summary = duration_summary_flat(PG_GETARG_DATUM(0));
		if (summary->form == DURATION_VALUES && summary->nitems < DURATIONS_HELD)
		{
			summary = make_room(summary, 1);
			summary->values[summary->nitems++] = duration;
			summary->canonical = false;
			PG_RETURN_POINTER(summary);
		}
		durations = expand_durations(summary, context);
	}
	expanded_durations_add(durations, duration, 1);
	PG_RETURN_DATUM(EOHPGetRWDatum(&durations->hdr));
}

/* Merge argument 1 into argument 0: the combine function, and the transition of rollup. */
Datum
duration_summary_merge(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	ExpandedDurations *durations = expanded_state(PG_GETARG_DATUM(0));
	DurationSummary *other = duration_summary_flat(PG_GETARG_DATUM(1));

	if (durations == NULL)
	{
		DurationSummary *summary = duration_summary_flat(PG_GETARG_DATUM(0));

		if (summary->form == DURATION_VALUES && other->form == DURATION_VALUES &&
			summary->nitems + other->nitems <= DURATIONS_HELD)
		{
			summary = make_room(summary, other->nitems);
			memcpy(&summary->values[summary->nitems], other->values, other->nitems * sizeof(int64));
			summary->nitems += other->nitems;
			summary->canonical = false;
			PG_RETURN_POINTER(summary);
		}
		durations = expand_durations(summary, context);
	}
	expanded_add_summary(durations, other);
	PG_RETURN_DATUM(EOHPGetRWDatum(&durations->hdr));
}

/* The result of duration_agg and rollup: the state in its canonical form. */
Datum
duration_summary_final(PG_FUNCTION_ARGS)
{
	aggregate_context(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(duration_summary_canonical(PG_GETARG_DATUM(0)));
}
