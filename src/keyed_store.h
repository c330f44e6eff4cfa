/*
 * keyed_store.h
 *		Records under the key of a customer: what the states of customer_agg and
 *		acquisition_agg are made of.
 */
#ifndef SALES_KPI_KEYED_STORE_H
#define SALES_KPI_KEYED_STORE_H

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/memutils.h"

#include "compat.h"
#include "state_text.h"

#define KEYED_STORE_VERSION 1

/* So many sorted runs are merged; more are sorted anew. */
#define MOST_RUNS 8

/* What customers are known by. Keys of different kinds never match, and never mix. */
typedef enum KeyKind
{
	KEY_BIGINT = 1,				/* as it is */
	KEY_UUID,					/* as it is */
	KEY_TEXT					/* its XXH3 fingerprint of 128 bits */
} KeyKind;

extern const char *const key_kind_names[];

#define KEY_WORDS(kind) ((kind) == KEY_BIGINT ? 1 : 2)

/* The words of a key; their order as unsigned numbers is that of the keys. */
typedef struct CustomerKey
{
	uint64		word[2];
} CustomerKey;

/* Signed numbers as words, in the order of the numbers. */
#define WORD_OF_INT64(value) ((uint64) (value) ^ UINT64CONST(0x8000000000000000))
#define INT64_OF_WORD(word) ((int64) ((word) ^ UINT64CONST(0x8000000000000000)))

/*
 * The state in one piece. Records are appended to the slack behind them; when that
 * is used up they are sorted, records that can be fused are, and the piece grows if
 * too little came free. Canonical means sorted, in the one form that depends on
 * what was added alone, without slack.
 */
typedef struct KeyedStore
{
	int32		vl_len_;
	uint8		version;
	uint8		type;			/* number of its StoreType */
	uint8		key_kind;		/* a KeyKind */
	uint8		payload;		/* words of a record behind its key */
	int32		canonical;
	int32		fuses_little;	/* the last sort found few records to fuse */
	int64		nrecords;
	int64		nsorted;		/* the first of them, left by the last sort */
	int64		extra[2];		/* of the type */
	uint64		words[FLEXIBLE_ARRAY_MEMBER];
} KeyedStore;

#define KEYED_STORE_HEADER_SIZE offsetof(KeyedStore, words)
#define RECORD_WORDS(store) (KEY_WORDS((store)->key_kind) + (store)->payload)
#define RECORD_AT(store, n) ((store)->words + (n) * RECORD_WORDS(store))
#define PAYLOAD_OF(store, record) ((record) + KEY_WORDS((store)->key_kind))

/* What a type of state adds to the store. */
typedef struct StoreType
{
	uint8		number;
	uint8		least_payload;	/* words of a record without, and */
	uint8		most_payload;	/* with what is optional */
	uint8		wide_payload;	/* the same where some record does not fit in that; 0: all do */
	const char *name;			/* of the SQL type */
	const char *aggregate;		/* that makes it */
	const char *optional;		/* what records may have; NULL: nothing is */
	const char *example;		/* of its text form */

	/*
	 * Fuse a record with the one behind it under the same key, if that changes
	 * nothing; NULL: only the same record can be.
	 */
	bool		(*fuse) (uint64 *payload, const uint64 *next, int words);
	/* A payload with all that is optional in the wide form, whose order is the same; NULL: there is none. */
	void		(*widen) (uint64 *wide, const uint64 *payload);
	/* The canonical form of a sorted store, where fusing alone does not make it. */
	KeyedStore *(*settle) (KeyedStore *store);
	/* What is wrong with a record, or with extra, from outside; NULL if nothing. */
	const char *(*fault) (const KeyedStore *store);
	/* Take over the extra of a store that is merged into this one. */
	void		(*merge_extra) (KeyedStore *store, const KeyedStore *other);

	/* The text form of extra and of a payload. */
	void		(*append_extra) (StringInfo out, const KeyedStore *store);
	void		(*parse_extra) (StateParser *parser, KeyedStore *store);
	void		(*append_payload) (StringInfo out, const uint64 *payload, int words);
	void		(*parse_payload) (StateParser *parser, uint64 *payload, int words);
} StoreType;

/*
 * The state of a running aggregate: flat while it is small, as a duration_summary is,
 * and from a megabyte on in an expanded object, where it grows without being copied.
 */
typedef struct RunningStore
{
	KeyedStore *store;
	struct ExpandedStore *expanded; /* that holds it; NULL while it is flat */
	MemoryContext context;		/* of the aggregate; NULL: it stays flat */
} RunningStore;

static inline bool
is_payload_of(const StoreType *type, int words)
{
	return words == type->least_payload || words == type->most_payload || (type->wide_payload > 0 && words == type->wide_payload);
}

/* Whether payloads hold the same of their rows, in whatever form. */
static inline bool
is_same_payload(const StoreType *type, int words, int other_words)
{
	return (words == type->least_payload) == (other_words == type->least_payload);
}

extern CustomerKey customer_key(FunctionCallInfo fcinfo, int argument, KeyKind kind);

/* keyed_store.c: a store in one piece */
extern KeyedStore *keyed_store_create(const StoreType *type, KeyKind kind, int payload);
extern KeyedStore *keyed_store_allocate(const KeyedStore *like, int64 capacity);
extern KeyedStore *keyed_store_allocate_checked(const KeyedStore *like, const StoreType *type, int64 capacity);
extern void keyed_store_clear_room(KeyedStore *store);
extern KeyedStore *keyed_store_of_varlena(Datum state, const StoreType *type);
extern KeyedStore *keyed_store_copy_canonical(const KeyedStore *store, const StoreType *type);
extern int64 keyed_store_sort_to(uint64 *to, const KeyedStore *store, const StoreType *type, int64 first);
extern void keyed_store_merge_runs(KeyedStore *store, const StoreType *type, int64 *ends, int *nruns);
extern KeyedStore *keyed_store_copy_wide(const KeyedStore *store, const StoreType *type, int64 capacity);
extern KeyedStore *keyed_store_settle(KeyedStore *sorted, const StoreType *type);
extern void keyed_store_sort(KeyedStore *store, const StoreType *type);
extern void keyed_store_sort_from(KeyedStore *store, const StoreType *type, int64 first);
extern int64 keyed_store_largest(const KeyedStore *store);
extern int64 keyed_store_most(const KeyedStore *store);
extern void keyed_store_refuse_size(const KeyedStore *store, const StoreType *type);
extern void radix_sort_words(uint64 *words, int64 n);

/* running_store.c: one that aggregates work with */
extern KeyedStore *keyed_store_flat(Datum state, const StoreType *type);
extern KeyedStore *keyed_store_canonical(Datum state, const StoreType *type);
extern KeyedStore *keyed_store_sorted(Datum state, const StoreType *type);
extern RunningStore keyed_store_running(FunctionCallInfo fcinfo, const StoreType *type, KeyKind kind, int payload);
extern Datum keyed_store_datum(const RunningStore *running);
extern void keyed_store_widen(RunningStore *running, const StoreType *type);
extern void keyed_store_grow(RunningStore *running, const StoreType *type, int64 more);
extern Datum keyed_store_merge(FunctionCallInfo fcinfo, const StoreType *type);
extern Datum keyed_store_final(FunctionCallInfo fcinfo, const StoreType *type);

/* keyed_store_io.c */
extern Datum keyed_store_in(FunctionCallInfo fcinfo, const StoreType *type);
extern Datum keyed_store_out(FunctionCallInfo fcinfo, const StoreType *type);
extern Datum keyed_store_recv(FunctionCallInfo fcinfo, const StoreType *type);
extern Datum keyed_store_send(FunctionCallInfo fcinfo, const StoreType *type);

static inline Size
keyed_store_size(const KeyedStore *store, int64 nrecords)
{
	return KEYED_STORE_HEADER_SIZE + nrecords * RECORD_WORDS(store) * sizeof(uint64);
}

/* Whether so many records fit in; asked for each row, and therefore without a division. */
static inline bool
keyed_store_has_room(const KeyedStore *store, int64 nrecords)
{
	return nrecords <= (int64) (MaxAllocSize / sizeof(uint64)) && keyed_store_size(store, nrecords) <= VARSIZE(store);
}

static inline int64
keyed_store_capacity(const KeyedStore *store)
{
	return (VARSIZE(store) - KEYED_STORE_HEADER_SIZE) / (RECORD_WORDS(store) * sizeof(uint64));
}

/* Append a record with a key; returns its payload. */
static inline uint64 *
keyed_store_append(RunningStore *running, const StoreType *type, CustomerKey key)
{
	KeyedStore *store = running->store;
	uint64	   *record;

	if (unlikely(!keyed_store_has_room(store, store->nrecords + 1)))
	{
		keyed_store_grow(running, type, 1);
		store = running->store;
	}
	record = RECORD_AT(store, store->nrecords++);
	store->canonical = false;
	record[0] = key.word[0];
	if (store->key_kind != KEY_BIGINT)
		record[1] = key.word[1];
	return PAYLOAD_OF(store, record);
}

/* Whether two records are of the same customer. */
static inline bool
same_customer(const KeyedStore *store, const uint64 *a, const uint64 *b)
{
	return a[0] == b[0] && (store->key_kind == KEY_BIGINT || a[1] == b[1]);
}

#endif							/* SALES_KPI_KEYED_STORE_H */
