/*
 * duration_summary.c
 *		A set of durations as an aggregate state: adding, merging, and the
 *		canonical form, which depends on the set alone.
 */
#include "postgres.h"

#include "common/int.h"

#include "aggregate.h"
#include "duration_summary.h"

/* The first rows of a group fit without growing. */
#define INITIAL_CAPACITY 8

PG_FUNCTION_INFO_V1(duration_summary_merge);
PG_FUNCTION_INFO_V1(duration_summary_final);

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
common_unit(uint64 a, uint64 b)
{
	while (b != 0)
	{
		uint64		rest = a % b;

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
static void
totals_add(DurationTotals *totals, int64 duration, int64 times)
{
	WideInt		squares = wide_from_uint128((uint128) duration * duration);

	totals_count(totals, times);
	totals->shortest = Min(totals->shortest, duration);
	totals->longest = Max(totals->longest, duration);
	totals->unit = common_unit(duration, totals->unit);
	totals->sum += (uint128) duration * times;
	wide_multiply_add(&squares, times, 0);
	wide_add(&totals->squares, &squares);
}

/* The same of many durations, one each. Both halves of the squares have sums of their own. */
static void
totals_add_values(DurationTotals *totals, const int64 *values, int nvalues)
{
	uint128		sum = 0;
	uint128		low = 0;
	uint128		high = 0;
	WideInt		squares;

	totals_count(totals, nvalues);
	for (int i = 0; i < nvalues; i++)
	{
		uint64		duration = values[i];
		uint128		square = (uint128) duration * duration;

		sum += duration;
		low += (uint64) square;
		high += (uint64) (square >> 64);
		totals->shortest = Min(totals->shortest, values[i]);
		totals->longest = Max(totals->longest, values[i]);
	}
	totals->sum += sum;
	squares = wide_from_uint128(low);
	wide_add(&totals->squares, &squares);
	squares = (WideInt) {{0, (uint64) high, (uint64) (high >> 64), 0}};
	wide_add(&totals->squares, &squares);
	for (int i = 0; i < nvalues && totals->unit != 1; i++)
		totals->unit = common_unit(values[i], totals->unit);
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

	if (summary->form == DURATION_VALUES)
		totals_add_values(&totals, summary->values, summary->nitems);
	else
		totals = *DURATION_TOTALS(summary);
	if (summary->form == DURATION_OCTAVES)
		totals_add_values(&totals, DURATION_OCTAVES_OF(summary)->waiting, summary->nwaiting);
	return totals;
}

static Size
summary_size(DurationForm form, int nitems)
{
	switch (form)
	{
		case DURATION_VALUES:
			return DURATION_VALUES_SIZE(nitems);
		case DURATION_BUCKETS:
			return DURATION_BUCKETS_SIZE(nitems);
		case DURATION_OCTAVES:
			return DURATION_OCTAVES_SIZE(nitems);
	}
	pg_unreachable();
}

DurationSummary *
duration_summary_allocate(DurationForm form, int nitems)
{
	Size		size = summary_size(form, nitems);
	DurationSummary *summary = palloc0(size);

	SET_VARSIZE(summary, size);
	summary->version = DURATION_SUMMARY_VERSION;
	summary->form = form;
	summary->nitems = nitems;
	return summary;
}

/* Of a summary that is shorter than its header no field is there to tell. */
void
refuse_damaged_summary(const DurationSummary *summary)
{
	Size		size = VARSIZE(summary);

	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("stored duration summary is damaged"),
			 size < DURATION_HEADER_SIZE ? errdetail("It has %zu bytes.", size) :
			 errdetail("Version %d, form %d, %d items in %zu bytes.", summary->version, summary->form, summary->nitems, size)));
}

/*
 * The O(1) check of what comes from a table or a worker: sizes, and of buckets the
 * totals that divide. The deep check is made where states are read from text and
 * from messages; here, what reads a bucket looks whether there is such a bucket.
 */
static void
check_sizes(const DurationSummary *summary)
{
	static const int most_items[] = {DURATIONS_HELD, DURATION_BUCKET_COUNT, DURATION_OCTAVE_COUNT};
	Size		size = VARSIZE(summary);

	if (size < DURATION_HEADER_SIZE || summary->version != DURATION_SUMMARY_VERSION ||
		summary->form > DURATION_OCTAVES || summary->nitems <= 0 || summary->nitems > most_items[summary->form] ||
		(summary->form == DURATION_VALUES ? size < DURATION_VALUES_SIZE(summary->nitems) :
		 size != summary_size(summary->form, summary->nitems)) ||
		(summary->form == DURATION_BUCKETS && (DURATION_TOTALS(summary)->count <= 0 || DURATION_TOTALS(summary)->unit < 0)) ||
		summary->nwaiting >= DURATIONS_WAITING)
		refuse_damaged_summary(summary);
}

/* A state as it is worked with: short headers and compression undone. */
DurationSummary *
duration_summary_flat(Datum state)
{
	DurationSummary *summary = (DurationSummary *) PG_DETOAST_DATUM(state);

	check_sizes(summary);
	return summary;
}

/*
 * A running state changes in place while there is room. A grown one comes from
 * the context of the row: the executor copies it to the aggregate's and frees
 * the old one.
 */
static DurationSummary *
add_octave(DurationSummary *summary, int octave)
{
	DurationSummary *grown = duration_summary_allocate(DURATION_OCTAVES, summary->nitems + 1);

	memcpy(grown->values, summary->values, DURATION_OCTAVES_SIZE(summary->nitems) - DURATION_HEADER_SIZE);
	grown->nwaiting = summary->nwaiting;
	DURATION_OCTAVES_OF(grown)->place[octave] = grown->nitems;
	return grown;
}

static inline DurationSummary *
count_in_bucket(DurationSummary *summary, int bucket, int64 times)
{
	int			octave = bucket / DURATION_OCTAVE_BUCKETS;

	if (unlikely((unsigned) bucket >= DURATION_BUCKET_COUNT || DURATION_OCTAVES_OF(summary)->place[octave] > summary->nitems))
		refuse_damaged_summary(summary);
	if (DURATION_OCTAVES_OF(summary)->place[octave] == 0)
		summary = add_octave(summary, octave);
	DURATION_OCTAVES_OF(summary)->counts[DURATION_OCTAVES_OF(summary)->place[octave] - 1][bucket % DURATION_OCTAVE_BUCKETS] += times;
	return summary;
}

static DurationSummary *
octaves_add_values(DurationSummary *summary, const int64 *values, int nvalues)
{
	totals_add_values(DURATION_TOTALS(summary), values, nvalues);
	for (int i = 0; i < nvalues; i++)
		summary = count_in_bucket(summary, duration_bucket(values[i]), 1);
	return summary;
}

/* Count the durations that wait. Of a state that grows, the old piece keeps them until the end. */
static DurationSummary *
count_waiting(DurationSummary *summary)
{
	summary = octaves_add_values(summary, DURATION_OCTAVES_OF(summary)->waiting, summary->nwaiting);
	summary->nwaiting = 0;
	return summary;
}

/* The counts of the buckets of an octave; NULL if it was not seen. */
static const int64 *
counts_of_octave(const DurationSummary *running, int octave)
{
	int			place = DURATION_OCTAVES_OF(running)->place[octave];

	if (place > running->nitems)
		refuse_damaged_summary(running);
	return place == 0 ? NULL : DURATION_OCTAVES_OF(running)->counts[place - 1];
}

static int
count_filled_buckets(const DurationSummary *running)
{
	int			filled = 0;

	for (int octave = 0; octave < DURATION_OCTAVE_COUNT; octave++)
	{
		const int64 *counts = counts_of_octave(running, octave);

		for (int i = 0; counts != NULL && i < DURATION_OCTAVE_BUCKETS; i++)
			filled += counts[i] != 0;
	}
	return filled;
}

/* The buckets with a count, in their order. */
static DurationSummary *
buckets_of_octaves(const DurationSummary *running)
{
	DurationSummary *summary = palloc(VARSIZE(running));
	DurationSummary *result;
	int			item = 0;

	memcpy(summary, running, VARSIZE(running));
	summary = count_waiting(summary);
	result = duration_summary_allocate(DURATION_BUCKETS, count_filled_buckets(summary));
	result->canonical = true;
	*DURATION_TOTALS(result) = *DURATION_TOTALS(summary);
	for (int octave = 0; octave < DURATION_OCTAVE_COUNT; octave++)
	{
		const int64 *counts = counts_of_octave(summary, octave);

		for (int i = 0; counts != NULL && i < DURATION_OCTAVE_BUCKETS; i++)
		{
			if (counts[i] == 0)
				continue;
			DURATION_COUNTS(result)[item] = counts[i];
			DURATION_BUCKET_NUMBERS(result)[item++] = octave * DURATION_OCTAVE_BUCKETS + i;
		}
	}
	check_sizes(result);
	return result;
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

	if (summary->form == DURATION_OCTAVES)
		return buckets_of_octaves(summary);
	if (summary->canonical || summary->form == DURATION_BUCKETS)
		return summary;
	sorted = duration_summary_allocate(DURATION_VALUES, summary->nitems);
	sort_durations(sorted->values, summary->values, summary->nitems);
	sorted->canonical = true;
	return sorted;
}

/* Add the durations of a state of any form. */
static DurationSummary *
octaves_add_summary(DurationSummary *summary, const DurationSummary *other)
{
	if (other->form == DURATION_VALUES)
		return octaves_add_values(summary, other->values, other->nitems);
	if (other->form == DURATION_OCTAVES)
		other = buckets_of_octaves(other);
	totals_merge(DURATION_TOTALS(summary), DURATION_TOTALS(other));
	for (int i = 0; i < other->nitems; i++)
		summary = count_in_bucket(summary, DURATION_BUCKET_NUMBERS(other)[i], DURATION_COUNTS(other)[i]);
	return summary;
}

/* A running state as octaves, which it remains. */
static DurationSummary *
as_octaves(DurationSummary *summary)
{
	DurationSummary *octaves;

	if (summary->form == DURATION_OCTAVES)
		return summary;
	octaves = duration_summary_allocate(DURATION_OCTAVES, 0);
	DURATION_TOTALS(octaves)->shortest = PG_INT64_MAX;
	return octaves_add_summary(octaves, summary);
}

/* A state of values with room for `more` of them. */
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

/* Add a duration, `times` times, to a running state. */
DurationSummary *
duration_summary_insert(DurationSummary *summary, int64 duration, int64 times)
{
	if (summary->form != DURATION_VALUES || times > DURATIONS_HELD - summary->nitems)
	{
		summary = as_octaves(summary);
		totals_add(DURATION_TOTALS(summary), duration, times);
		return count_in_bucket(summary, duration_bucket(duration), times);
	}
	summary = make_room(summary, (int) times);
	while (times-- > 0)
		summary->values[summary->nitems++] = duration;
	summary->canonical = false;
	return summary;
}

/* Add one duration to a running state. */
static inline DurationSummary *
append_duration(DurationSummary *summary, int64 duration)
{
	if (summary->form != DURATION_OCTAVES)
		return duration_summary_insert(summary, duration, 1);
	DURATION_OCTAVES_OF(summary)->waiting[summary->nwaiting++] = duration;
	return summary->nwaiting == DURATIONS_WAITING ? count_waiting(summary) : summary;
}

/* Add one duration to the state that is argument 0 of an aggregate's transition. */
Datum
duration_summary_add(FunctionCallInfo fcinfo, int64 duration)
{
	DurationSummary *summary;

	require_aggregate(fcinfo, "duration_agg");
	if (!PG_ARGISNULL(0))
		PG_RETURN_POINTER(append_duration(duration_summary_flat(PG_GETARG_DATUM(0)), duration));
	summary = duration_summary_allocate(DURATION_VALUES, INITIAL_CAPACITY);
	summary->nitems = 1;
	summary->values[0] = duration;
	PG_RETURN_POINTER(summary);
}

/* Merge argument 1 into argument 0: the combine function, and the transition of rollup. */
Datum
duration_summary_merge(PG_FUNCTION_ARGS)
{
	DurationSummary *summary;
	DurationSummary *other;

	require_aggregate(fcinfo, "duration_agg");
	summary = duration_summary_flat(PG_GETARG_DATUM(0));
	other = duration_summary_flat(PG_GETARG_DATUM(1));
	if (summary->form != DURATION_VALUES || other->form != DURATION_VALUES ||
		summary->nitems + other->nitems > DURATIONS_HELD)
		PG_RETURN_POINTER(octaves_add_summary(as_octaves(summary), other));
	summary = make_room(summary, other->nitems);
	memcpy(&summary->values[summary->nitems], other->values, other->nitems * sizeof(int64));
	summary->nitems += other->nitems;
	summary->canonical = false;
	PG_RETURN_POINTER(summary);
}

/* The result of duration_agg and rollup: the state in its canonical form. */
Datum
duration_summary_final(PG_FUNCTION_ARGS)
{
	require_aggregate(fcinfo, "duration_agg");
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(duration_summary_canonical(PG_GETARG_DATUM(0)));
}
