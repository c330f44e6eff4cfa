/*
 * sale_kind.c
 *		The kind of each sale, in a window over the sales of a customer.
 *
 * A hash table tells what the customer holds of each family: before the purchase
 * that is looked at, and with it. A purchase is the peers of a row, however many, so
 * no row has to be read twice and none ahead of its turn.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/memutils.h"

#include "sale_kind.h"
#include "window.h"

PG_FUNCTION_INFO_V1(sale_kind_bigint);
PG_FUNCTION_INFO_V1(sale_kind_text);

#define FAMILY 0
#define TIER 1

/* Most customers hold no more families, and their tables never grow. */
#define INITIAL_FAMILIES 4

static const char *const kind_names[] = {
	[SALE_NEW] = "new",
	[SALE_REPEAT] = "repeat",
	[SALE_UPSELL] = "upsell",
	[SALE_CROSS_SELL] = "cross_sell",
	[SALE_DOWNSELL] = "downsell"
};

/* A family, and the purchase that it was last a part of. */
typedef struct Holding
{
	uint64		family;
	int64		purchase;
	bool		held_before;	/* that purchase */
	uint64		rank_before;	/* highest one held then */
	uint64		rank;			/* highest one, that purchase included */
	char		status;			/* of the hash table */
} Holding;

/* The family is a fingerprint: any of its bits are as good as a hash. */
#define SH_PREFIX holdings
#define SH_ELEMENT_TYPE Holding
#define SH_KEY_TYPE uint64
#define SH_KEY family
#define SH_HASH_KEY(table, key) interruptible_hash(key)
#define SH_EQUAL(table, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* What is remembered from row to row of a partition. */
typedef struct Buyer
{
	int64		purchase;		/* its first row: the peers from there on are one purchase */
	holdings_hash *holdings;
} Buyer;

static Buyer *
buyer_of_partition(WindowObject window)
{
	Buyer	   *buyer = WinGetPartitionLocalMemory(window, sizeof(Buyer));
	int64		row = WinGetCurrentPosition(window);

	if (buyer->holdings == NULL)
		buyer->holdings = holdings_create(GetMemoryChunkContext(buyer), INITIAL_FAMILIES, NULL);
	if (row > 0 && !WinRowsArePeers(window, row - 1, row))
		buyer->purchase = row;
	/* the next row is compared with this one; those before can go */
	WinSetMarkPosition(window, row);
	return buyer;
}

/* The family of a line among those held, with the line added to it. */
static Holding
hold(Buyer *buyer, uint64 family, uint64 rank)
{
	bool		found;
	Holding    *holding = holdings_insert(buyer->holdings, family, &found);

	if (!found || holding->purchase != buyer->purchase)
	{
		holding->held_before = found;
		holding->rank_before = found ? holding->rank : NO_TIER;
		holding->purchase = buyer->purchase;
	}
	holding->rank = Max(rank, found ? holding->rank : NO_TIER);
	return *holding;
}

/* (family, tier) */
static Datum
sale_kind(FunctionCallInfo fcinfo, KeyKind kind)
{
	WindowObject window = require_window(fcinfo, "sale_kind");
	Buyer	   *buyer = buyer_of_partition(window);
	bool		unknown_family;
	bool		unknown_tier;
	Datum		family_datum = WinGetFuncArgCurrent(window, FAMILY, &unknown_family);
	Datum		tier = WinGetFuncArgCurrent(window, TIER, &unknown_tier);
	uint64		family = unknown_family ? NO_FAMILY : family_of_datum(family_datum, kind);
	uint64		rank = unknown_tier ? NO_TIER : RANK_OF_TIER(DatumGetInt32(tier));
	Holding		holding = {.held_before = false};
	SaleKind	sale = SALE_NEW;

	if (family != NO_FAMILY)
		holding = hold(buyer, family, rank);
	if (buyer->purchase > 0)
		sale = kind_of_later_sale(family, rank, holding.held_before, holding.rank_before);
	PG_RETURN_TEXT_P(cstring_to_text(kind_names[sale]));
}

Datum
sale_kind_bigint(PG_FUNCTION_ARGS)
{
	return sale_kind(fcinfo, KEY_BIGINT);
}

Datum
sale_kind_text(PG_FUNCTION_ARGS)
{
	return sale_kind(fcinfo, KEY_TEXT);
}
