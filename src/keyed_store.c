/*
 * keyed_store.c
 *		Records under a key: appending, sorting, merging, the limit of size.
 *
 * A hash table would find a customer at once, but each look-up misses the
 * processor's caches: appending, and sorting now and then, is several times
 * faster, and its form depends on no order.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "port/pg_bswap.h"
#include "utils/memutils.h"
#include "utils/uuid.h"

/* No object file of its own: the functions needed are compiled into this one. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "aggregate.h"
#include "keyed_store.h"

/* The first rows of a group fit without growing. */
#define INITIAL_CAPACITY 4

/* Up to so many records insertion is the fastest way to sort. */
#define RADIX_FEW 24

#define RADIX_WORDS 1
#include "radix_sort.h"
#define RADIX_WORDS 2
#include "radix_sort.h"
#define RADIX_WORDS 3
#include "radix_sort.h"
#define RADIX_WORDS 4
#include "radix_sort.h"
#define RADIX_WORDS 5
#include "radix_sort.h"

const char *const key_kind_names[] = {NULL, "bigint", "uuid", "text"};

/* Most bytes first, so that keys have the order of what they stand for. */
static inline uint64
word_of_bytes(const void *bytes)
{
	uint64		word;

	memcpy(&word, bytes, sizeof(word));
	return pg_ntoh64(word);
}

CustomerKey
customer_key(FunctionCallInfo fcinfo, int argument, KeyKind kind)
{
	switch (kind)
	{
		case KEY_BIGINT:
			return (CustomerKey) {{WORD_OF_INT64(PG_GETARG_INT64(argument)), 0}};
		case KEY_UUID:
			{
				const unsigned char *bytes = PG_GETARG_UUID_P(argument)->data;

				return (CustomerKey) {{word_of_bytes(bytes), word_of_bytes(bytes + 8)}};
			}
		case KEY_TEXT:
			{
				text	   *id = PG_GETARG_TEXT_PP(argument);
				XXH128_hash_t hash = XXH3_128bits(VARDATA_ANY(id), VARSIZE_ANY_EXHDR(id));

				return (CustomerKey) {{hash.high64, hash.low64}};
			}
	}
	pg_unreachable();
}

/* A store of the same kind and extra as another, without records. */
KeyedStore *
keyed_store_allocate(const KeyedStore *like, int64 capacity)
{
	Size		size = KEYED_STORE_HEADER_SIZE + capacity * RECORD_WORDS(like) * sizeof(uint64);
	KeyedStore *store = palloc(size);

	memcpy(store, like, KEYED_STORE_HEADER_SIZE);
	SET_VARSIZE(store, size);
	store->canonical = false;
	store->nrecords = store->nsorted = 0;
	return store;
}

KeyedStore *
keyed_store_create(const StoreType *type, KeyKind kind, int payload)
{
	KeyedStore	empty = {
		.version = KEYED_STORE_VERSION,
		.type = type->number,
		.key_kind = kind,
		.payload = payload,
	};

	return keyed_store_allocate(&empty, INITIAL_CAPACITY);
}

/*
 * The O(1) check of what comes from a table or a worker: sizes, so that no access
 * goes astray. All that reads records bears any content of them.
 */
static void
check_sizes(const KeyedStore *store, const StoreType *type)
{
	Size		size = VARSIZE(store);

	if (size >= KEYED_STORE_HEADER_SIZE && store->version == KEYED_STORE_VERSION && store->type == type->number &&
		store->key_kind >= KEY_BIGINT && store->key_kind <= KEY_TEXT &&
		store->payload >= type->least_payload && store->payload <= type->most_payload &&
		store->nrecords >= 0 && store->nrecords <= keyed_store_capacity(store) &&
		store->nsorted >= 0 && store->nsorted <= store->nrecords)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("stored %s is damaged", type->name),
			 errdetail("Size %zu, or the header in it, is not that of version %d.", size, KEYED_STORE_VERSION)));
}

/* A state as it is worked with: short headers and compression undone. */
KeyedStore *
keyed_store_flat(Datum state, const StoreType *type)
{
	KeyedStore *store = (KeyedStore *) PG_DETOAST_DATUM(state);

	check_sizes(store, type);
	return store;
}

/* The state of a running aggregate, made when its first row comes. */
KeyedStore *
keyed_store_running(FunctionCallInfo fcinfo, const StoreType *type, KeyKind kind, int payload)
{
	KeyedStore *store;

	require_aggregate(fcinfo, type->aggregate);
	if (PG_ARGISNULL(0))
		return keyed_store_create(type, kind, payload);
	store = keyed_store_flat(PG_GETARG_DATUM(0), type);
	if (store->key_kind != kind || store->payload != payload)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the state is of another kind of rows"),
				 errhint("Call %s itself instead of its support functions.", type->aggregate)));
	return store;
}

/* Records behind each other that can be fused become one. */
static void
fuse_records(KeyedStore *store, const StoreType *type)
{
	int			words = RECORD_WORDS(store);
	uint64	   *kept = store->words;
	uint64	   *end = RECORD_AT(store, store->nrecords);

	if (store->nrecords == 0)
		return;
	for (uint64 *record = kept + words; record < end; record += words)
	{
		if (same_customer(store, kept, record) &&
			type->fuse(PAYLOAD_OF(store, kept), PAYLOAD_OF(store, record), store->payload))
			continue;
		kept += words;
		memmove(kept, record, words * sizeof(uint64));
	}
	store->nrecords = (kept - store->words) / words + 1;
}

void
radix_sort_words(uint64 *words, int64 n)
{
	radix_sort_1((RadixRecord_1 *) words, n);
}

void
keyed_store_sort(KeyedStore *store, const StoreType *type)
{
	switch (RECORD_WORDS(store))
	{
		case 1:
			radix_sort_1((RadixRecord_1 *) store->words, store->nrecords);
			break;
		case 2:
			radix_sort_2((RadixRecord_2 *) store->words, store->nrecords);
			break;
		case 3:
			radix_sort_3((RadixRecord_3 *) store->words, store->nrecords);
			break;
		case 4:
			radix_sort_4((RadixRecord_4 *) store->words, store->nrecords);
			break;
		case 5:
			radix_sort_5((RadixRecord_5 *) store->words, store->nrecords);
			break;
	}
	fuse_records(store, type);
	store->nsorted = store->nrecords;
}

static void
refuse_size(const KeyedStore *store, const StoreType *type, int64 most)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("a %s cannot hold more than " INT64_FORMAT " records", type->name, most),
			 errdetail("A value has at most 1 GB, and a record of these takes %d bytes.", (int) (RECORD_WORDS(store) * sizeof(uint64))),
			 errhint("Compute smaller groups with GROUP BY, or distribute the table by customer and add up the figures of the parts.")));
}

/*
 * Make room for more records. Sorting pays once most of the records are unsorted;
 * the state grows if it brought little. A grown state comes from the memory of the
 * row: the executor copies it to the aggregate's and frees the old one. The last
 * sixteenth of the largest state stays free, or it would be sorted for each row.
 */
KeyedStore *
keyed_store_make_room(KeyedStore *store, const StoreType *type, int64 more)
{
	Size		record_size = RECORD_WORDS(store) * sizeof(uint64);
	int64		largest = (MaxAllocSize - KEYED_STORE_HEADER_SIZE) / record_size;
	int64		most = largest - largest / 16;
	int64		capacity;
	KeyedStore *grown;

	if (KEYED_STORE_HEADER_SIZE + (store->nrecords + more) * record_size <= VARSIZE(store))
		return store;
	capacity = keyed_store_capacity(store);
	if (store->nrecords - store->nsorted >= 3 * store->nsorted || store->nrecords + more > most)
		keyed_store_sort(store, type);
	if (store->nrecords + more > most)
		refuse_size(store, type, most);
	if (store->nrecords + more <= (capacity == largest ? most : capacity / 2))
		return store;
	grown = keyed_store_allocate(store, Min(Max(2 * capacity, store->nrecords + more), largest));
	grown->nrecords = store->nrecords;
	grown->nsorted = store->nsorted;
	memcpy(grown->words, store->words, store->nrecords * record_size);
	return grown;
}

/*
 * The canonical form of a state. A running aggregate's state is left as it is, for
 * a window may go on with it.
 */
KeyedStore *
keyed_store_canonical(Datum state, const StoreType *type)
{
	KeyedStore *running = keyed_store_flat(state, type);
	KeyedStore *store;

	if (running->canonical)
		return running;
	store = keyed_store_allocate(running, running->nrecords);
	store->nrecords = running->nrecords;
	memcpy(store->words, running->words, running->nrecords * RECORD_WORDS(running) * sizeof(uint64));
	keyed_store_sort(store, type);
	if (type->settle != NULL)
		store = type->settle(store);
	SET_VARSIZE(store, KEYED_STORE_HEADER_SIZE + store->nrecords * RECORD_WORDS(store) * sizeof(uint64));
	store->nsorted = store->nrecords;
	store->canonical = true;
	return store;
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
	if (store->payload != other->payload)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("states with and without amounts cannot be rolled up into one %s", type->name),
				 errhint("Give %s an amount in all of them, or in none.", type->aggregate)));
}

/* Merge argument 1 into argument 0: the combine function, and the transition of rollup. */
Datum
keyed_store_merge(FunctionCallInfo fcinfo, const StoreType *type)
{
	KeyedStore *store;
	KeyedStore *other;

	require_aggregate(fcinfo, type->aggregate);
	store = keyed_store_flat(PG_GETARG_DATUM(0), type);
	other = keyed_store_flat(PG_GETARG_DATUM(1), type);
	require_same_kind(store, other, type);
	type->merge_extra(store, other);
	store = keyed_store_make_room(store, type, other->nrecords);
	memcpy(RECORD_AT(store, store->nrecords), other->words, other->nrecords * RECORD_WORDS(other) * sizeof(uint64));
	store->nrecords += other->nrecords;
	store->canonical = false;
	PG_RETURN_POINTER(store);
}

/* The result of the aggregate and of rollup: the state in its canonical form. */
Datum
keyed_store_final(FunctionCallInfo fcinfo, const StoreType *type)
{
	require_aggregate(fcinfo, type->aggregate);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(keyed_store_canonical(PG_GETARG_DATUM(0), type));
}
