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

/* Buckets the window gains beyond what is needed, to grow seldom. */
#define WINDOW_SLACK 128

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

	if (duration < (1 << DURATION_BUCKET_BITS))
		return (int) duration;
	shift = pg_leftmost_one_pos64(duration) - DURATION_BUCKET_BITS;
	return (shift << DURATION_BUCKET_BITS) + (int) (duration >> shift);
}

int64
duration_bucket_width(int bucket)
{
	int			octave = bucket >> DURATION_BUCKET_BITS;

	return octave <= 1 ? 1 : INT64CONST(1) << (octave - 1);
}

int64
duration_bucket_start(int bucket)
{
	int			octave = bucket >> DURATION_BUCKET_BITS;
	int			offset = bucket & ((1 << DURATION_BUCKET_BITS) - 1);

	if (octave == 0)
		return offset;
	return ((INT64CONST(1) << DURATION_BUCKET_BITS) + offset) * duration_bucket_width(bucket);
}

static inline WideInt
square_of(int64 duration)
{
	return wide_from_uint128((uint128) duration * duration);
}

/* Add `times` durations of one length to the totals. */
static void
totals_add(DurationTotals *totals, int64 duration, int64 times)
{
	WideInt		squares = square_of(duration);

	if (pg_add_s64_overflow(totals->count, times, &totals->count))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many durations"),
				 errdetail("A duration summary counts up to " INT64_FORMAT " durations.", PG_INT64_MAX)));
	totals->shortest = Min(totals->shortest, duration);
	totals->longest = Max(totals->longest, duration);
	totals->sum += (uint128) duration * times;
	if (times != 1)
		wide_multiply_add(&squares, times, 0);
	wide_add(&totals->squares, &squares);
}

static void
totals_merge(DurationTotals *totals, const DurationTotals *other)
{
	if (pg_add_s64_overflow(totals->count, other->count, &totals->count))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many durations"),
				 errdetail("A duration summary counts up to " INT64_FORMAT " durations.", PG_INT64_MAX)));
	totals->shortest = Min(totals->shortest, other->shortest);
	totals->longest = Max(totals->longest, other->longest);
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
static DurationSummary *
flat_state(Datum state)
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
	DurationSummary *summary = flat_state(state);
	DurationSummary *sorted;

	if (summary->canonical || summary->form == DURATION_BUCKETS)
		return summary;
	sorted = duration_summary_allocate(DURATION_VALUES, summary->nitems);
	memcpy(sorted->values, summary->values, summary->nitems * sizeof(int64));
	sort_durations(sorted->values, sorted->nitems);
	sorted->canonical = true;
	return sorted;
}

ExpandedDurations *
expanded_durations_create(MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "duration summary", ALLOCSET_START_SMALL_SIZES);
	ExpandedDurations *durations = MemoryContextAllocZero(context, sizeof(ExpandedDurations));

	EOH_init_header(&durations->hdr, &expanded_methods, context);
	durations->totals.shortest = PG_INT64_MAX;
	return durations;
}

/* Widen the window to take in the buckets from first to last. */
static void
widen_window(ExpandedDurations *durations, int first, int last)
{
	int			old_last = durations->first + durations->nbuckets - 1;
	int64	   *counts;

	if (durations->nbuckets > 0)
	{
		if (first >= durations->first && last <= old_last)
			return;
		first = Min(first, durations->first);
		last = Max(last, old_last);
	}
	first = Max(first - WINDOW_SLACK, 0);
	last = Min(last + WINDOW_SLACK, DURATION_BUCKET_COUNT - 1);
	counts = MemoryContextAllocZero(durations->hdr.eoh_context, (last - first + 1) * sizeof(int64));
	if (durations->nbuckets > 0)
	{
		memcpy(counts + durations->first - first, durations->counts, durations->nbuckets * sizeof(int64));
		pfree(durations->counts);
	}
	durations->counts = counts;
	durations->first = first;
	durations->nbuckets = last - first + 1;
}

void
expanded_durations_add(ExpandedDurations *durations, int64 duration, int64 times)
{
	int			bucket = duration_bucket(duration);

	totals_add(&durations->totals, duration, times);
	if (bucket < durations->first || bucket >= durations->first + durations->nbuckets)
		widen_window(durations, bucket, bucket);
	durations->counts[bucket - durations->first] += times;
}

static void
expanded_add_summary(ExpandedDurations *durations, const DurationSummary *summary)
{
	const uint16 *buckets;

	if (summary->form == DURATION_VALUES)
	{
		for (int i = 0; i < summary->nitems; i++)
			expanded_durations_add(durations, summary->values[i], 1);
		return;
	}
	buckets = DURATION_BUCKET_NUMBERS(summary);
	totals_merge(&durations->totals, DURATION_TOTALS(summary));
	widen_window(durations, buckets[0], buckets[summary->nitems - 1]);
	for (int i = 0; i < summary->nitems; i++)
		durations->counts[buckets[i] - durations->first] += DURATION_COUNTS(summary)[i];
}

static int
filled_buckets(const ExpandedDurations *durations)
{
	int			filled = 0;

	for (int i = 0; i < durations->nbuckets; i++)
		filled += durations->counts[i] != 0;
	return filled;
}

static Size
expanded_flat_size(ExpandedObjectHeader *eohptr)
{
	return DURATION_BUCKETS_SIZE(filled_buckets((ExpandedDurations *) eohptr));
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
	summary->nitems = filled_buckets(durations);
	*DURATION_TOTALS(summary) = durations->totals;
	for (int i = 0; i < durations->nbuckets; i++)
	{
		if (durations->counts[i] == 0)
			continue;
		DURATION_COUNTS(summary)[item] = durations->counts[i];
		DURATION_BUCKET_NUMBERS(summary)[item++] = durations->first + i;
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

static ExpandedDurations *
expand_summary(const DurationSummary *summary, MemoryContext parent)
{
	ExpandedDurations *durations = expanded_durations_create(parent);

	expanded_add_summary(durations, summary);
	return durations;
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
		summary = flat_state(PG_GETARG_DATUM(0));
		if (summary->form == DURATION_VALUES && summary->nitems < DURATIONS_HELD)
		{
			summary = make_room(summary, 1);
			summary->values[summary->nitems++] = duration;
			summary->canonical = false;
			PG_RETURN_POINTER(summary);
		}
		durations = expand_summary(summary, context);
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
	DurationSummary *other = flat_state(PG_GETARG_DATUM(1));

	if (durations == NULL)
	{
		DurationSummary *summary = flat_state(PG_GETARG_DATUM(0));

		if (summary->form == DURATION_VALUES && other->form == DURATION_VALUES &&
			summary->nitems + other->nitems <= DURATIONS_HELD)
		{
			summary = make_room(summary, other->nitems);
			memcpy(&summary->values[summary->nitems], other->values, other->nitems * sizeof(int64));
			summary->nitems += other->nitems;
			summary->canonical = false;
			PG_RETURN_POINTER(summary);
		}
		durations = expand_summary(summary, context);
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
