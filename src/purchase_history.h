/*
 * purchase_history.h
 *		The state of upsell and cross-sell: what each customer bought, and when.
 */
#ifndef SALES_KPI_PURCHASE_HISTORY_H
#define SALES_KPI_PURCHASE_HISTORY_H

#include "asked_period.h"
#include "sale_kind.h"

extern const StoreType purchase_history_type;

/*
 * Words of a record behind its key: the time alone, or the family, and time and tier in
 * one word, or in two where a line of the state does not fit in one. The sales of a
 * customer stand family by family, and in a family by time: what is held when a line is
 * sold has just gone by.
 */
#define PURCHASE_TIME_PAYLOAD 1
#define PURCHASE_PAYLOAD 2
#define PURCHASE_WIDE_PAYLOAD 3

/* Time and tier in one word: times of 285 years on both sides of 2000, tiers from -511 to 511, and 0 for no tier. */
#define TIER_BITS 10
#define EARLIEST_IN_WORD (-(INT64CONST(1) << (63 - TIER_BITS)))
#define LATEST_IN_WORD (-EARLIEST_IN_WORD - 1)
#define RANK_BELOW_WORD (RANK_OF_TIER(-511) - 1)
#define HIGHEST_RANK_IN_WORD RANK_OF_TIER(511)

typedef struct Purchase
{
	uint64		family;
	int64		sold_at;
	uint64		rank;			/* of the tier */
} Purchase;

/* Goes through a sorted store customer by customer. */
typedef struct BuyerReader
{
	const KeyedStore *store;
	int64		next;			/* record to go on with */
	int64		first;			/* of the customer read */
	int64		nrecords;
	int64		first_at;		/* its first purchase */
} BuyerReader;

extern bool read_buyer(BuyerReader *reader);

static inline bool
fits_in_word(Purchase purchase)
{
	return purchase.sold_at >= EARLIEST_IN_WORD && purchase.sold_at <= LATEST_IN_WORD &&
		(purchase.rank == NO_TIER || (purchase.rank > RANK_BELOW_WORD && purchase.rank <= HIGHEST_RANK_IN_WORD));
}

static inline Purchase
purchase_of_payload(const uint64 *payload, int words)
{
	uint64		tier;

	if (words == PURCHASE_TIME_PAYLOAD)
		return (Purchase) {NO_FAMILY, INT64_OF_WORD(payload[0]), NO_TIER};
	if (words == PURCHASE_WIDE_PAYLOAD)
		return (Purchase) {payload[0], INT64_OF_WORD(payload[1]), payload[2]};
	tier = payload[1] & ((1 << TIER_BITS) - 1);
	return (Purchase) {payload[0], (int64) (payload[1] >> TIER_BITS) + EARLIEST_IN_WORD, tier == 0 ? NO_TIER : RANK_BELOW_WORD + tier};
}

static inline Purchase
purchase_at(const KeyedStore *store, int64 record)
{
	return purchase_of_payload(PAYLOAD_OF(store, RECORD_AT(store, record)), store->payload);
}

static inline void
write_purchase(uint64 *payload, int words, Purchase purchase)
{
	if (words == PURCHASE_TIME_PAYLOAD)
	{
		payload[0] = WORD_OF_INT64(purchase.sold_at);
		return;
	}
	payload[0] = purchase.family;
	if (words == PURCHASE_WIDE_PAYLOAD)
	{
		payload[1] = WORD_OF_INT64(purchase.sold_at);
		payload[2] = purchase.rank;
		return;
	}
	payload[1] = (uint64) (purchase.sold_at - EARLIEST_IN_WORD) << TIER_BITS |
		(purchase.rank == NO_TIER ? 0 : purchase.rank - RANK_BELOW_WORD);
}

#define PURCHASES_OF_ARGUMENT(n) keyed_store_sorted(PG_GETARG_DATUM(n), &purchase_history_type)

#endif							/* SALES_KPI_PURCHASE_HISTORY_H */
