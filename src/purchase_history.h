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
 * Words of a record behind its key: the time alone, or family, time and tier. The
 * sales of a customer stand family by family, and in a family by time: what is held
 * when a line is sold has just gone by.
 */
#define PURCHASE_TIME_PAYLOAD 1
#define PURCHASE_PAYLOAD 3

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

static inline Purchase
purchase_at(const KeyedStore *store, int64 record)
{
	const uint64 *payload = PAYLOAD_OF(store, RECORD_AT(store, record));

	if (store->payload == PURCHASE_TIME_PAYLOAD)
		return (Purchase) {NO_FAMILY, INT64_OF_WORD(payload[0]), NO_TIER};
	return (Purchase) {payload[0], INT64_OF_WORD(payload[1]), payload[2]};
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
	payload[1] = WORD_OF_INT64(purchase.sold_at);
	payload[2] = purchase.rank;
}

#define PURCHASES_OF_ARGUMENT(n) keyed_store_sorted(PG_GETARG_DATUM(n), &purchase_history_type)

#endif							/* SALES_KPI_PURCHASE_HISTORY_H */
