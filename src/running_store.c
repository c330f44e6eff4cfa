/*
 * running_store.c
 *		The state of a running aggregate of records: appending, growing, merging.
 *
 * Flat, a state that grows is copied twice, by us and by the executor, which is most
 * of the cost of millions of records. Large ones are expanded objects therefore: a
 * memory context of their own, in which they grow where they lie. Small ones are not,
 * for a hash aggregate walks the contexts of all its groups at each new one; but
 * groups of a megabyte cannot be many.
 *
 * Sorted runs are remembered by where they end: a worker sorts what it sends, whoever
 * merges states keeps them apart, and in the end runs are merged instead of sorted.
 *
 * A large result is not copied either: the aggregate gives away a pointer to its state,
 * read-only, which is sorted where it lies when something asks it. Only what is kept or
 * sent is made flat, and then has the canonical form.
 */
#include "postgres.h"

#include "utils/expandeddatum.h"

#include "aggregate.h"
#include "keyed_store.h"

#define EXPANDED_SIZE ((Size) 1024 * 1024)

/* Dealing such records to a copy saves more time than memory touched for the first time costs. */
#define WORDS_SORTED_BY_COPY 2

typedef struct ExpandedStore
{
	ExpandedObjectHeader header;
	const StoreType *type;
	KeyedStore *store;
	bool		is_result;		/* given away: flat, it is canonical */
	int			nruns;			/* sorted ones, from the first record on; the rest is a tail */
	int64		run_end[MOST_RUNS];
} ExpandedStore;

static Size expanded_flat_size(ExpandedObjectHeader *header);
static void expanded_flatten(ExpandedObjectHeader *header, void *result, Size size);

static const ExpandedObjectMethods expanded_methods = {expanded_flat_size, expanded_flatten};

static int64
end_of_runs(const ExpandedStore *expanded)
{
	return expanded->nruns == 0 ? 0 : expanded->run_end[expanded->nruns - 1];
}

/* The records behind the last run become one more, or all records one; who reads them sees no difference. */
static void
sort_tail(ExpandedStore *expanded)
{
	if (end_of_runs(expanded) == expanded->store->nrecords)
		return;
	if (expanded->nruns == MOST_RUNS)
		expanded->nruns = 0;
	keyed_store_sort_from(expanded->store, expanded->type, end_of_runs(expanded));
	expanded->run_end[expanded->nruns++] = expanded->store->nrecords;
	if (expanded->nruns == 1)
		expanded->store->nsorted = expanded->store->nrecords;
}

static void
become_one_run(ExpandedStore *expanded)
{
	expanded->nruns = 1;
	expanded->run_end[0] = expanded->store->nrecords;
}

/* Sort all records of a result: narrow ones by way of a copy, which takes their place. */
static void
sort_result(ExpandedStore *expanded)
{
	KeyedStore *store = expanded->store;
	KeyedStore *sorted;

	if (RECORD_WORDS(store) > WORDS_SORTED_BY_COPY)
	{
		keyed_store_sort(store, expanded->type);
		return;
	}
	sorted = keyed_store_allocate(store, store->nrecords);
	sorted->nrecords = keyed_store_sort_to(sorted->words, store, expanded->type, 0);
	expanded->store = sorted;
	pfree(store);
}

/* All records of a result, or of runs that are to be merged, become one run. */
static KeyedStore *
sort_all(ExpandedStore *expanded)
{
	MemoryContext caller = MemoryContextSwitchTo(expanded->header.eoh_context);

	if (end_of_runs(expanded) < expanded->store->nrecords)
		sort_result(expanded);
	else if (expanded->nruns > 1)
		keyed_store_merge_runs(expanded->store, expanded->type, expanded->run_end, &expanded->nruns);
	become_one_run(expanded);
	MemoryContextSwitchTo(caller);
	return expanded->store;
}

/* The same in its canonical form. */
static KeyedStore *
settle(ExpandedStore *expanded)
{
	KeyedStore *sorted = sort_all(expanded);
	MemoryContext caller = MemoryContextSwitchTo(expanded->header.eoh_context);

	if (!sorted->canonical)
	{
		expanded->store = keyed_store_settle(sorted, expanded->type);
		expanded->run_end[0] = expanded->store->nrecords;
		if (expanded->store != sorted)
			pfree(sorted);
	}
	MemoryContextSwitchTo(caller);
	return expanded->store;
}

/* Copy all records, sorted, to where there is room for them; returns how many are left. */
static int64
copy_sorted(uint64 *to, ExpandedStore *expanded)
{
	const KeyedStore *store = expanded->store;

	if (end_of_runs(expanded) < store->nrecords)
		return keyed_store_sort_to(to, store, expanded->type, 0);
	sort_all(expanded);
	memcpy(to, store->words, store->nrecords * RECORD_WORDS(store) * sizeof(uint64));
	return store->nrecords;
}

/*
 * Records that will be fused are fused before they are sent; a value with more than a
 * store holds cannot be. (A tuple may be formed in a context that takes back no memory:
 * what sorting needs comes from the object's own.)
 */
static Size
expanded_flat_size(ExpandedObjectHeader *header)
{
	ExpandedStore *expanded = (ExpandedStore *) header;
	MemoryContext caller = MemoryContextSwitchTo(header->eoh_context);

	if (expanded->is_result)
		settle(expanded);
	else if (!expanded->store->fuses_little || expanded->store->nrecords > keyed_store_most(expanded->store))
		sort_tail(expanded);
	if (expanded->store->nrecords > keyed_store_most(expanded->store))
		keyed_store_refuse_size(expanded->store, expanded->type);
	MemoryContextSwitchTo(caller);
	return keyed_store_size(expanded->store, expanded->store->nrecords);
}

/* What is fused now leaves slack behind it. */
static void
expanded_flatten(ExpandedObjectHeader *header, void *result, Size size)
{
	ExpandedStore *expanded = (ExpandedStore *) header;
	KeyedStore *flat = result;
	MemoryContext caller = MemoryContextSwitchTo(header->eoh_context);

	memcpy(flat, expanded->store, KEYED_STORE_HEADER_SIZE);
	SET_VARSIZE(flat, size);
	flat->nrecords = flat->nsorted = copy_sorted(flat->words, expanded);
	keyed_store_clear_room(flat);
	MemoryContextSwitchTo(caller);
}

/* An expanded store of the same kind as another, with room for records but without any. */
static ExpandedStore *
expand(MemoryContext parent, const StoreType *type, const KeyedStore *like, Size size)
{
	MemoryContext context = AllocSetContextCreate(parent, "sales_kpi state", ALLOCSET_START_SMALL_SIZES);
	ExpandedStore *expanded = MemoryContextAllocZero(context, sizeof(ExpandedStore));

	EOH_init_header(&expanded->header, &expanded_methods, context);
	expanded->type = type;
	expanded->store = MemoryContextAlloc(context, size);
	memcpy(expanded->store, like, KEYED_STORE_HEADER_SIZE);
	SET_VARSIZE(expanded->store, size);
	expanded->store->nrecords = expanded->store->nsorted = 0;
	return expanded;
}

/* The expanded store of a datum; NULL if it is flat. */
static inline ExpandedStore *
expanded_of(Datum state)
{
	ExpandedObjectHeader *header;

	if (!VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(state)))
		return NULL;
	header = DatumGetEOHP(state);
	return header->eoh_methods == &expanded_methods ? (ExpandedStore *) header : NULL;
}

/* A state as it is read: the one that runs, or what a table or a worker gave. */
KeyedStore *
keyed_store_flat(Datum state, const StoreType *type)
{
	ExpandedStore *expanded = expanded_of(state);

	return expanded != NULL ? expanded->store : keyed_store_of_varlena(state, type);
}

/*
 * The state that a call may change. An aggregate without a final function gives its
 * state away, read-only: another call gets a flat copy of that.
 */
static inline RunningStore
running_of_datum(FunctionCallInfo fcinfo, const StoreType *type, Datum state)
{
	RunningStore running = {NULL};

	if (!AggCheckCallContext(fcinfo, &running.context))
		require_aggregate(fcinfo, type->aggregate);
	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(state)))
		running.expanded = expanded_of(state);
	running.store = running.expanded != NULL ? running.expanded->store : keyed_store_of_varlena(state, type);
	return running;
}

/* The state of a running aggregate, made when its first row comes. */
RunningStore
keyed_store_running(FunctionCallInfo fcinfo, const StoreType *type, KeyKind kind, int payload)
{
	RunningStore running;

	if (PG_ARGISNULL(0))
	{
		require_aggregate(fcinfo, type->aggregate);
		return (RunningStore) {.store = keyed_store_create(type, kind, payload)};
	}
	running = running_of_datum(fcinfo, type, PG_GETARG_DATUM(0));
	if (running.store->key_kind != kind || !is_same_payload(type, running.store->payload, payload))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the state is of another kind of rows"),
				 errhint("Call %s itself instead of its support functions.", type->aggregate)));
	return running;
}

/* What a transition returns. */
Datum
keyed_store_datum(const RunningStore *running)
{
	return running->expanded != NULL ? EOHPGetRWDatum(&running->expanded->header) : PointerGetDatum(running->store);
}

/* How many records are sorted. */
static int64
sorted_records(const RunningStore *running)
{
	return running->expanded != NULL ? end_of_runs(running->expanded) : running->store->nsorted;
}

static void
sort_running(RunningStore *running, const StoreType *type)
{
	keyed_store_sort(running->store, type);
	if (running->expanded != NULL)
		become_one_run(running->expanded);
}

/*
 * Append the records of another store, which may be the expanded one of an aggregate in
 * the same process: one more run, if they are sorted, and all before them.
 */
static void
append_records(RunningStore *running, const KeyedStore *other, ExpandedStore *expanded_other)
{
	KeyedStore *store = running->store;
	ExpandedStore *expanded = running->expanded;
	uint64	   *to = RECORD_AT(store, store->nrecords);
	bool		is_run = expanded != NULL && expanded->nruns < MOST_RUNS && end_of_runs(expanded) == store->nrecords &&
		(expanded_other != NULL || other->nsorted == other->nrecords);

	store->canonical = false;
	if (is_run && expanded_other != NULL)
		store->nrecords += copy_sorted(to, expanded_other);
	else
	{
		memcpy(to, other->words, other->nrecords * RECORD_WORDS(other) * sizeof(uint64));
		store->nrecords += other->nrecords;
	}
	if (is_run)
		expanded->run_end[expanded->nruns++] = store->nrecords;
}

/* Enlarge the piece. A flat one comes from the memory of the row: the executor copies it to the aggregate's. */
static void
enlarge(RunningStore *running, const StoreType *type, int64 capacity)
{
	KeyedStore *store = running->store;
	Size		size = keyed_store_size(store, capacity);

	if (running->expanded != NULL)
	{
		running->expanded->store = repalloc(store, size);
		SET_VARSIZE(running->expanded->store, size);
	}
	else if (running->context != NULL && size > EXPANDED_SIZE)
	{
		running->expanded = expand(running->context, type, store, size);
		running->store = running->expanded->store;
		append_records(running, store, NULL);
	}
	else
	{
		running->store = palloc(size);
		memcpy(running->store, store, keyed_store_size(store, store->nrecords));
		SET_VARSIZE(running->store, size);
		keyed_store_clear_room(running->store);
		return;
	}
	running->store = running->expanded->store;
}

/* All records take the wide form, for one to come does not fit in the other. */
void
keyed_store_widen(RunningStore *running, const StoreType *type)
{
	ExpandedStore *expanded = running->expanded;
	int64		capacity = keyed_store_capacity(running->store);
	MemoryContext caller;

	if (expanded == NULL)
	{
		running->store = keyed_store_copy_wide(running->store, type, capacity);
		keyed_store_clear_room(running->store);
		return;
	}
	caller = MemoryContextSwitchTo(expanded->header.eoh_context);
	running->store = keyed_store_copy_wide(expanded->store, type, capacity);
	pfree(expanded->store);
	expanded->store = running->store;
	MemoryContextSwitchTo(caller);
}

/*
 * Make room for more records. Sorting comes first where it may spare growing: most
 * records are unsorted, and the last time some could be fused, or else very many are.
 */
void
keyed_store_grow(RunningStore *running, const StoreType *type, int64 more)
{
	int64		capacity = keyed_store_capacity(running->store);
	int64		largest = keyed_store_largest(running->store);
	int64		most = keyed_store_most(running->store);
	int64		sorted = sorted_records(running);

	if (running->store->nrecords - sorted >= (running->store->fuses_little ? 63 : 3) * sorted ||
		running->store->nrecords + more > most)
		sort_running(running, type);
	if (running->store->nrecords + more > most)
		keyed_store_refuse_size(running->store, type);
	if (running->store->nrecords + more > (capacity == largest ? most : capacity / 2))
		enlarge(running, type, Min(Max(2 * capacity, running->store->nrecords + more), largest));
}

/* The canonical form of a state. */
KeyedStore *
keyed_store_canonical(Datum state, const StoreType *type)
{
	ExpandedStore *expanded = expanded_of(state);
	KeyedStore *store;

	if (expanded != NULL)
		return settle(expanded);
	store = keyed_store_of_varlena(state, type);
	return store->canonical ? store : keyed_store_copy_canonical(store, type);
}

/* A state for who reads it customer by customer and needs its records sorted and fused, but not settled. */
KeyedStore *
keyed_store_sorted(Datum state, const StoreType *type)
{
	ExpandedStore *expanded = expanded_of(state);

	return expanded != NULL ? sort_all(expanded) : keyed_store_canonical(state, type);
}

static void
require_same_kind(const KeyedStore *store, const KeyedStore *other, const StoreType *type)
{
	if (store->key_kind != other->key_kind)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("customers of different kinds cannot be rolled up into one %s", type->name),
				 errdetail("In one state customers are %s, in another %s.", key_kind_names[store->key_kind], key_kind_names[other->key_kind]),
				 errhint("Give %s customers of one type, casting them to text where types differ.", type->aggregate)));
	if (!is_same_payload(type, store->payload, other->payload))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("states with and without %s cannot be rolled up into one %s", type->optional, type->name),
				 errhint("Give %s the same arguments in all of them.", type->aggregate)));
}

/*
 * The first state that is merged. A large one becomes the aggregate's own here, for the
 * executor would make a flat copy of it, from which the next one would have to expand.
 */
static Datum
take_first(FunctionCallInfo fcinfo, const StoreType *type)
{
	Datum		state = PG_GETARG_DATUM(1);
	KeyedStore *store = keyed_store_flat(state, type);
	Size		size = keyed_store_size(store, store->nrecords);
	RunningStore running = {NULL};

	AggCheckCallContext(fcinfo, &running.context);
	if (size <= EXPANDED_SIZE)
		return state;
	running.expanded = expand(running.context, type, store, size);
	running.store = running.expanded->store;
	append_records(&running, store, expanded_of(state));
	return keyed_store_datum(&running);
}

/* Merge argument 1 into argument 0: the combine function, and the transition of rollup. */
Datum
keyed_store_merge(FunctionCallInfo fcinfo, const StoreType *type)
{
	RunningStore running;
	KeyedStore *other;
	ExpandedStore *expanded_other;

	require_aggregate(fcinfo, type->aggregate);
	if (PG_ARGISNULL(1))
		return unchanged_state(fcinfo);
	if (PG_ARGISNULL(0))
		return take_first(fcinfo, type);
	running = running_of_datum(fcinfo, type, PG_GETARG_DATUM(0));
	other = keyed_store_flat(PG_GETARG_DATUM(1), type);
	require_same_kind(running.store, other, type);
	expanded_other = expanded_of(PG_GETARG_DATUM(1));
	if (running.store->payload < other->payload)
		keyed_store_widen(&running, type);
	else if (running.store->payload > other->payload)
	{
		other = keyed_store_copy_wide(other, type, other->nrecords);
		expanded_other = NULL;
	}
	type->merge_extra(running.store, other);
	if (!keyed_store_has_room(running.store, running.store->nrecords + other->nrecords))
		keyed_store_grow(&running, type, other->nrecords);
	append_records(&running, other, expanded_other);
	return keyed_store_datum(&running);
}

/*
 * The result of the aggregate and of rollup: a flat state in its canonical form, or a
 * pointer to an expanded one that becomes it. The pointer comes from the memory of the
 * row: what lies elsewhere is made flat by the executor of PostgreSQL 15.
 */
Datum
keyed_store_final(FunctionCallInfo fcinfo, const StoreType *type)
{
	ExpandedStore *expanded;

	require_aggregate(fcinfo, type->aggregate);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	expanded = expanded_of(PG_GETARG_DATUM(0));
	if (expanded == NULL)
		PG_RETURN_POINTER(keyed_store_canonical(PG_GETARG_DATUM(0), type));
	expanded->is_result = true;
	return PointerGetDatum(memcpy(palloc(EXPANDED_POINTER_SIZE), expanded->header.eoh_ro_ptr, EXPANDED_POINTER_SIZE));
}
