/*
 * keyed_store.c
 *		Records under a key in one piece: sorting, fusing, the canonical form.
 *
 * A hash table would find a customer at once, but each look-up misses the
 * processor's caches: appending, and sorting now and then, is several times
 * faster, and its form depends on no order.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "port/pg_bswap.h"
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

/* More piles at a time than this are more than the caches have lines for. */
#define RADIX_MOST_BITS 10

/* So many records and their copy lie in the cache, where dealing them to a copy is fastest. */
#define RADIX_SCRATCH 16384

#define CACHE_LINE 64

/*
 * So many records are gone through in a fraction of a millisecond. What is dealt back from
 * the scratch is one block: an interrupt in the midst of it would lose records.
 */
#define RADIX_BLOCK 65536

StaticAssertDecl(RADIX_SCRATCH <= RADIX_BLOCK, "records come back from the scratch without a look for interrupts");

/* How many bits records are dealt by, so that a pile will have some eight to fifteen of them. */
static inline int
radix_bits(int64 n)
{
	return Min(pg_leftmost_one_pos64(n) - 3, RADIX_MOST_BITS);
}

/*
 * Where the block of records ends that begins at one of n. Interrupts are looked for from
 * block to block: at each record that would cost as much as what is done with it.
 */
static inline int64
radix_block_end(int64 start, int64 n)
{
	CHECK_FOR_INTERRUPTS();
	return Min(start + RADIX_BLOCK, n);
}

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

/* What there is for records of a width, by the number of their words. */
static const struct
{
	void		(*sort) (void *to, const void *from, int64 n);
	int64		(*fuse) (void *to, const void *from, int64 n, int key_words, const StoreType *type);
	int64		(*merge) (void *runs, int64 nfirst, int64 nsecond, void *scratch, int key_words, const StoreType *type);
}			records_of_width[] = {
	[1] = {sort_1, fuse_1, merge_1},
	[2] = {sort_2, fuse_2, merge_2},
	[3] = {sort_3, fuse_3, merge_3},
	[4] = {sort_4, fuse_4, merge_4},
	[5] = {sort_5, fuse_5, merge_5}
};

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
	Size		size = keyed_store_size(like, capacity);
	KeyedStore *store = palloc(size);

	memcpy(store, like, KEYED_STORE_HEADER_SIZE);
	SET_VARSIZE(store, size);
	store->canonical = store->fuses_little = false;
	store->nrecords = store->nsorted = 0;
	return store;
}

/* A state may be stored as it runs: what was in memory before does not go with it. */
void
keyed_store_clear_room(KeyedStore *store)
{
	char	   *room = (char *) RECORD_AT(store, store->nrecords);

	memset(room, 0, (char *) store + VARSIZE(store) - room);
}

/* How many records a store of a kind can hold. */
int64
keyed_store_largest(const KeyedStore *store)
{
	return (MaxAllocSize - KEYED_STORE_HEADER_SIZE) / (RECORD_WORDS(store) * sizeof(uint64));
}

/* The last sixteenth of the largest store stays free, or it would be sorted for each row. */
int64
keyed_store_most(const KeyedStore *store)
{
	return keyed_store_largest(store) - keyed_store_largest(store) / 16;
}

void
keyed_store_refuse_size(const KeyedStore *store, const StoreType *type)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("a %s cannot hold more than " INT64_FORMAT " records", type->name, keyed_store_most(store)),
			 errdetail("A value has at most 1 GB, and a record of these takes %d bytes.", (int) (RECORD_WORDS(store) * sizeof(uint64))),
			 errhint("Compute smaller groups with GROUP BY, or distribute the table by customer and add up the figures of the parts.")));
}

/* The same, where there may be more than a value can hold. */
KeyedStore *
keyed_store_allocate_checked(const KeyedStore *like, const StoreType *type, int64 capacity)
{
	if (capacity > keyed_store_most(like))
		keyed_store_refuse_size(like, type);
	return keyed_store_allocate(like, capacity);
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
	KeyedStore *store = keyed_store_allocate(&empty, INITIAL_CAPACITY);

	keyed_store_clear_room(store);
	return store;
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
		is_payload_of(type, store->payload) &&
		store->nrecords >= 0 && keyed_store_has_room(store, store->nrecords) &&
		store->nsorted >= 0 && store->nsorted <= store->nrecords)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("stored %s is damaged", type->name),
			 errdetail("Size %zu, or the header in it, is not that of version %d.", size, KEYED_STORE_VERSION)));
}

/* A state that is no expanded object: short headers and compression undone. */
KeyedStore *
keyed_store_of_varlena(Datum state, const StoreType *type)
{
	KeyedStore *store = (KeyedStore *) PG_DETOAST_DATUM(state);

	check_sizes(store, type);
	return store;
}

void
radix_sort_words(uint64 *words, int64 n)
{
	sort_1(words, words, n);
}

/* Sort the records from one on in place, and fuse those that can be. */
void
keyed_store_sort_from(KeyedStore *store, const StoreType *type, int64 first)
{
	int64		n = store->nrecords - first;
	int64		left = keyed_store_sort_to(RECORD_AT(store, first), store, type, first);

	store->nrecords = first + left;
	store->fuses_little = left >= n - n / 8;
}

/* Sort all of them. */
void
keyed_store_sort(KeyedStore *store, const StoreType *type)
{
	keyed_store_sort_from(store, type, 0);
	store->nsorted = store->nrecords;
}

/*
 * Sort the records of a store from one on to where there is room for them, and fuse
 * those that can be; returns how many are left.
 */
int64
keyed_store_sort_to(uint64 *to, const KeyedStore *store, const StoreType *type, int64 first)
{
	int			words = RECORD_WORDS(store);
	int64		n = store->nrecords - first;

	records_of_width[words].sort(to, RECORD_AT(store, first), n);
	return records_of_width[words].fuse(to, to, n, KEY_WORDS(store->key_kind), type);
}

/*
 * Merge the sorted runs that a store is made of, each up to its end, where they lie: the
 * last two, then the one before them with these, and so on, which moves little memory
 * and touches little anew. What an interrupt leaves are fewer runs.
 */
void
keyed_store_merge_runs(KeyedStore *store, const StoreType *type, int64 *ends, int *nruns)
{
	int			words = RECORD_WORDS(store);
	int64		largest = 0;
	void	   *scratch;

	for (int run = 0; run < *nruns - 1; run++)
		largest = Max(largest, ends[run] - (run == 0 ? 0 : ends[run - 1]));
	scratch = palloc(Max(largest, 1) * words * sizeof(uint64));
	for (int run = *nruns - 2; run >= 0; run--)
	{
		int64		start = run == 0 ? 0 : ends[run - 1];
		int64		merged;

		CHECK_FOR_INTERRUPTS();
		merged = records_of_width[words].merge(RECORD_AT(store, start), ends[run] - start, store->nrecords - ends[run], scratch,
											   KEY_WORDS(store->key_kind), type);
		ends[run] = store->nrecords = start + merged;
		*nruns = run + 1;
	}
	pfree(scratch);
	store->nsorted = store->nrecords;
}

/* The records of a store in the wide form, in their order; its room is at most that of the largest. */
KeyedStore *
keyed_store_copy_wide(const KeyedStore *store, const StoreType *type, int64 capacity)
{
	KeyedStore	like = *store;
	int			key_words = KEY_WORDS(store->key_kind);
	KeyedStore *wide;

	like.payload = type->wide_payload;
	wide = keyed_store_allocate_checked(&like, type, Max(Min(capacity, keyed_store_most(&like)), store->nrecords));
	for (int64 i = 0; i < store->nrecords; i++)
	{
		const uint64 *from = RECORD_AT(store, i);
		uint64	   *to = RECORD_AT(wide, i);

		CHECK_FOR_INTERRUPTS();
		memcpy(to, from, key_words * sizeof(uint64));
		type->widen(to + key_words, from + key_words);
	}
	wide->nrecords = store->nrecords;
	wide->nsorted = store->nsorted;
	wide->fuses_little = store->fuses_little;
	return wide;
}

/* What is sorted and fused becomes canonical. */
KeyedStore *
keyed_store_settle(KeyedStore *sorted, const StoreType *type)
{
	KeyedStore *store = type->settle == NULL ? sorted : type->settle(sorted);

	SET_VARSIZE(store, keyed_store_size(store, store->nrecords));
	store->nsorted = store->nrecords;
	store->canonical = true;
	store->fuses_little = false;
	return store;
}

/* The canonical form of a store, which is left as it is. */
KeyedStore *
keyed_store_copy_canonical(const KeyedStore *store, const StoreType *type)
{
	KeyedStore *copy = keyed_store_allocate(store, store->nrecords);

	copy->nrecords = keyed_store_sort_to(copy->words, store, type, 0);
	return keyed_store_settle(copy, type);
}
