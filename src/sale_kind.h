/*
 * sale_kind.h
 *		What a sale is to its customer: new, repeat, upsell, cross-sell, downsell.
 */
#ifndef SALES_KPI_SALE_KIND_H
#define SALES_KPI_SALE_KIND_H

#include "miscadmin.h"

#include "family.h"

typedef enum SaleKind
{
	SALE_NEW,
	SALE_REPEAT,
	SALE_UPSELL,
	SALE_CROSS_SELL,
	SALE_DOWNSELL
} SaleKind;

/* A tier as a number in the order of tiers; a tier that is not known is below all. */
#define NO_TIER UINT64CONST(0)
#define RANK_OF_TIER(tier) ((uint64) ((int64) (tier) - PG_INT32_MIN) + 1)
#define TIER_OF_RANK(rank) ((int32) ((int64) (rank) - 1 + PG_INT32_MIN))
#define HIGHEST_RANK RANK_OF_TIER(PG_INT32_MAX)

/*
 * The kind of a line that is not of the customer's first purchase: `holds` says
 * whether its family was bought strictly before, `held` the highest tier of it then.
 */
static inline SaleKind
kind_of_later_sale(uint64 family, uint64 rank, bool holds, uint64 held)
{
	if (family == NO_FAMILY)
		return SALE_REPEAT;
	if (!holds)
		return SALE_CROSS_SELL;
	if (rank == NO_TIER || held == NO_TIER || rank == held)
		return SALE_REPEAT;
	return rank > held ? SALE_UPSELL : SALE_DOWNSELL;
}

/*
 * The hash of a table of families. One of many millions takes a second to grow, in
 * which nothing of ours runs but this. Such a table must not outlive a cancel.
 */
static inline uint32
interruptible_hash(uint64 hash)
{
	CHECK_FOR_INTERRUPTS();
	return (uint32) hash;
}

#endif							/* SALES_KPI_SALE_KIND_H */
