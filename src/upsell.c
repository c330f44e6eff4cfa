/*
 * upsell.c
 *		Upsell and cross-sell by the period, from the purchases of customers.
 *
 * A first pass finds what is on offer: in which period each tier of each family was
 * first sold to anybody. The second goes through the customers, family by family:
 * each line is judged by what its customer held, and each time over which a
 * customer can still be sold up is two places in the list of periods. However many
 * periods there are, a customer costs as much as it has lines.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "aggregate.h"
#include "purchase_history.h"
#include "wilson.h"

PG_FUNCTION_INFO_V1(upsell);
PG_FUNCTION_INFO_V1(upsell_rate_final);
PG_FUNCTION_INFO_V1(cross_sell_rate_final);

/* A tier of a family that was sold; NO_TIER of lines without one. */
typedef struct Tier
{
	uint64		family;
	uint64		rank;
} Tier;

typedef struct Offer
{
	Tier		tier;
	int64		first_sold;
	int			topped_since;	/* the first period with a higher tier on offer */
	char		status;			/* for the hash table */
} Offer;

typedef Offer *OfferRef;

#define SH_PREFIX offers
#define SH_ELEMENT_TYPE Offer
#define SH_KEY_TYPE Tier
#define SH_KEY tier
#define SH_HASH_KEY(table, key) interruptible_hash(hash_combine64((key).family, (key).rank))
#define SH_EQUAL(table, a, b) ((a).family == (b).family && (a).rank == (b).rank)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* Periods from one to another, both included. */
typedef struct PeriodRange
{
	int			from;
	int			until;
} PeriodRange;

#define ST_SORT sort_offers
#define ST_ELEMENT_TYPE OfferRef
#define ST_COMPARE(a, b) ((*a)->tier.family != (*b)->tier.family ? ((*a)->tier.family < (*b)->tier.family ? -1 : 1) : \
						  (*a)->tier.rank < (*b)->tier.rank ? -1 : (*a)->tier.rank > (*b)->tier.rank)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT sort_periods
#define ST_ELEMENT_TYPE int
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT sort_ranges
#define ST_ELEMENT_TYPE PeriodRange
#define ST_COMPARE(a, b) ((a)->from < (b)->from ? -1 : (a)->from > (b)->from)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * Of a period. Those who exist and are eligible are kept as differences to the
 * period before.
 */
typedef struct UpsellCounts
{
	int64		existing;
	int64		upsell_eligible;
	int64		cross_sell_eligible;
	int64		upsold;
	int64		cross_sold;
	int64		either;
	int64		downsold;
	int64		joined;
	int64		joined_and_sold_up;
	int64		last_customer;	/* that had a line counted here */
	int			its_kinds;		/* bits of the kinds of its lines so far */
} UpsellCounts;

/* Up to so many families of a customer are kept in the order of time by insertion. */
#define FEW_FAMILIES 16

#define KIND_BIT(kind) (1 << (kind))
#define SOLD_UP (KIND_BIT(SALE_UPSELL) | KIND_BIT(SALE_CROSS_SELL))

typedef struct UpsellWork
{
	BuyerReader buyer;
	const Boundaries *boundaries;
	int			nperiods;
	UpsellCounts *counts;		/* one more than there are periods */

	offers_hash *offers;
	int		   *family_since;	/* first periods of the families on offer, rising */
	int			nfamilies;

	/* of the customer in hand */
	int			existing_from;
	int			eligible_from;	/* for an upsell of one of its families, up to the last period */
	PeriodRange *eligible;		/* before that */
	int		   *held_from;		/* first periods at whose start it holds another family */
	int			nheld;
	int			neligible;
	int			capacity;		/* of both */
} UpsellWork;

/* ---- what is on offer ---- */

static offers_hash *
collect_offers(const KeyedStore *purchases)
{
	offers_hash *offers = offers_create(CurrentMemoryContext, 64, NULL);

	for (int64 i = 0; i < purchases->nrecords; i++)
	{
		Purchase	purchase = purchase_at(purchases, i);
		Offer	   *offer;
		bool		found;

		CHECK_FOR_INTERRUPTS();
		if (purchase.family == NO_FAMILY)
			continue;
		offer = offers_insert(offers, (Tier) {purchase.family, purchase.rank}, &found);
		offer->first_sold = found ? Min(offer->first_sold, purchase.sold_at) : purchase.sold_at;
	}
	return offers;
}

static OfferRef *
offers_in_order(offers_hash *offers)
{
	OfferRef   *sorted = palloc_extended(Max(offers->members, 1) * sizeof(OfferRef), MCXT_ALLOC_HUGE);
	offers_iterator iterator;
	Offer	   *offer;
	int			n = 0;

	offers_start_iterate(offers, &iterator);
	while ((offer = offers_iterate(offers, &iterator)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		sorted[n++] = offer;
	}
	sort_offers(sorted, n);
	return sorted;
}

/* From the highest tier of a family down: since when is there a higher one, and since when any. */
static void
date_offers(UpsellWork *work)
{
	int			n = work->offers->members;
	OfferRef   *sorted = offers_in_order(work->offers);
	int			since = work->nperiods;

	work->family_since = palloc_extended(Max(n, 1) * sizeof(int), MCXT_ALLOC_HUGE);
	for (int i = n - 1; i >= 0; i--)
	{
		CHECK_FOR_INTERRUPTS();
		sorted[i]->topped_since = since;
		since = Min(since, Max(period_of(work->boundaries, sorted[i]->first_sold), 0));
		if (i == 0 || sorted[i - 1]->tier.family != sorted[i]->tier.family)
		{
			work->family_since[work->nfamilies++] = since;
			since = work->nperiods;
		}
	}
	sort_periods(work->family_since, work->nfamilies);
}

/* ---- a customer ---- */

/* A customer counts once in a period for each kind of line; who joins in it is counted apart. */
static void
count_line(UpsellWork *work, int period, SaleKind kind)
{
	UpsellCounts *counts;
	int			before;

	if (kind == SALE_REPEAT || period < 0 || period >= work->nperiods)
		return;
	counts = &work->counts[period];
	if (counts->last_customer != work->buyer.next)
	{
		counts->last_customer = work->buyer.next;
		counts->its_kinds = 0;
	}
	before = counts->its_kinds;
	counts->its_kinds |= KIND_BIT(kind);
	if (period < work->existing_from)
	{
		counts->joined_and_sold_up += (counts->its_kinds & SOLD_UP) && !(before & SOLD_UP);
		return;
	}
	if (before & KIND_BIT(kind))
		return;
	counts->upsold += kind == SALE_UPSELL;
	counts->cross_sold += kind == SALE_CROSS_SELL;
	counts->downsold += kind == SALE_DOWNSELL;
	counts->either += (counts->its_kinds & SOLD_UP) && !(before & SOLD_UP);
}

/* A tier of a family is the highest held from one period to another: a higher one could be sold. */
static void
add_eligible(UpsellWork *work, Tier held, int from, int until)
{
	if (held.family == NO_FAMILY || held.rank == NO_TIER)
		return;
	from = Max(from, work->existing_from);
	from = Max(from, offers_lookup(work->offers, held)->topped_since);
	if (until >= work->nperiods - 1)
		work->eligible_from = Min(work->eligible_from, from);
	else if (from <= until)
		work->eligible[work->neligible++] = (PeriodRange) {from, until};
}

/* It holds one more family. Few are kept in order; for more there is sorting. */
static void
add_held(UpsellWork *work, int from)
{
	int			place = work->nheld++;

	for (; place > 0 && work->nheld <= FEW_FAMILIES && work->held_from[place - 1] > from; place--)
		work->held_from[place] = work->held_from[place - 1];
	work->held_from[place] = from;
}

/* The lines of one family from record `n` on; returns the record behind them. */
static int64
count_family(UpsellWork *work, int64 n)
{
	const BuyerReader *buyer = &work->buyer;
	Purchase	line = purchase_at(buyer->store, n);
	Tier		held = {line.family, NO_TIER};
	int			held_since = 0;
	bool		holds = false;

	while (n < buyer->next && (line = purchase_at(buyer->store, n)).family == held.family)
	{
		int64		sold_at = line.sold_at;
		int			period = period_of(work->boundaries, sold_at);
		uint64		highest = held.rank;

		if (!holds && held.family != NO_FAMILY)
			add_held(work, period + 1);
		/* the lines of one purchase */
		do
		{
			CHECK_FOR_INTERRUPTS();
			if (sold_at != buyer->first_at)
				count_line(work, period, kind_of_later_sale(line.family, line.rank, holds, held.rank));
			highest = Max(highest, line.rank);
		} while (++n < buyer->next && (line = purchase_at(buyer->store, n)).family == held.family && line.sold_at == sold_at);
		holds = true;
		if (highest == held.rank)
			continue;
		add_eligible(work, held, held_since, period);
		held.rank = highest;
		held_since = period;
	}
	add_eligible(work, held, held_since, work->nperiods - 1);
	return n;
}

static void
count_range(UpsellWork *work, int from, int until)
{
	if (from > until)
		return;
	work->counts[from].upsell_eligible++;
	work->counts[until + 1].upsell_eligible--;
}

/* Ranges that overlap count their customer once. Most go on to the last period: the earliest of these is enough. */
static void
count_upsell_eligible(UpsellWork *work)
{
	int			counted = -1;	/* up to here */

	sort_ranges(work->eligible, work->neligible);
	for (int i = 0; i < work->neligible; i++)
	{
		int			until = Min(work->eligible[i].until, work->eligible_from - 1);

		CHECK_FOR_INTERRUPTS();
		count_range(work, Max(work->eligible[i].from, counted + 1), until);
		counted = Max(counted, until);
	}
	count_range(work, work->eligible_from, work->nperiods - 1);
}

/* At the start of a period it holds some families, and as many or more are on offer. */
static void
count_cross_sell_eligible(UpsellWork *work)
{
	if (work->nheld > FEW_FAMILIES)
		sort_periods(work->held_from, work->nheld);
	for (int held = 0; held <= work->nheld && held < work->nfamilies; held++)
	{
		int			from = Max(held == 0 ? 0 : work->held_from[held - 1], work->existing_from);
		int			until = held == work->nheld ? work->nperiods : Min(work->held_from[held], work->nperiods);

		CHECK_FOR_INTERRUPTS();
		from = Max(from, work->family_since[held]);
		if (from >= until)
			continue;
		work->counts[from].cross_sell_eligible++;
		work->counts[until].cross_sell_eligible--;
	}
}

static void
make_room_for_customer(UpsellWork *work)
{
	if (work->buyer.nrecords <= work->capacity)
		return;
	if (work->capacity > 0)
	{
		pfree(work->eligible);
		pfree(work->held_from);
	}
	work->capacity = (int) Max(work->buyer.nrecords, 2 * work->capacity);
	work->eligible = palloc_extended(work->capacity * sizeof(PeriodRange), MCXT_ALLOC_HUGE);
	work->held_from = palloc_extended(work->capacity * sizeof(int), MCXT_ALLOC_HUGE);
}

static void
count_customer(UpsellWork *work)
{
	int			joined_in = period_of(work->boundaries, work->buyer.first_at);

	if (joined_in >= work->nperiods)
		return;
	make_room_for_customer(work);
	work->nheld = work->neligible = 0;
	work->eligible_from = work->nperiods;
	work->existing_from = joined_in + 1;
	work->counts[joined_in + 1].existing++;
	if (joined_in >= 0)
		work->counts[joined_in].joined++;
	for (int64 n = work->buyer.first; n < work->buyer.next;)
		n = count_family(work, n);
	count_upsell_eligible(work);
	count_cross_sell_eligible(work);
}

static UpsellCounts *
upsell_counts(const KeyedStore *purchases, const Boundaries *boundaries)
{
	UpsellWork	work = {
		.buyer = {.store = purchases},
		.boundaries = boundaries,
		.nperiods = boundaries->count - 1,
		.counts = palloc0(boundaries->count * sizeof(UpsellCounts)),
		.offers = collect_offers(purchases),
	};

	date_offers(&work);
	while (read_buyer(&work.buyer))
		count_customer(&work);
	for (int i = 1; i < work.nperiods; i++)
	{
		work.counts[i].existing += work.counts[i - 1].existing;
		work.counts[i].upsell_eligible += work.counts[i - 1].upsell_eligible;
		work.counts[i].cross_sell_eligible += work.counts[i - 1].cross_sell_eligible;
	}
	return work.counts;
}

/* ---- what is asked ---- */

/* upsell(purchases, boundaries): a row per period */
Datum
upsell(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Boundaries	boundaries = boundaries_of_argument(fcinfo, 1);
	UpsellCounts *counts;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	counts = upsell_counts(PURCHASES_OF_ARGUMENT(0), &boundaries);
	for (int i = 0; i < boundaries.count - 1; i++)
	{
		const UpsellCounts *c = &counts[i];
		bool		nulls[20] = {false};
		Datum		values[20] = {
			TimestampTzGetDatum(boundaries.at[i]), TimestampTzGetDatum(boundaries.at[i + 1]),
			Int64GetDatum(c->existing), Int64GetDatum(c->upsell_eligible), Int64GetDatum(c->cross_sell_eligible),
			Int64GetDatum(c->upsold), Int64GetDatum(c->cross_sold), Int64GetDatum(c->either), Int64GetDatum(c->downsold),
			Int64GetDatum(c->joined), Int64GetDatum(c->joined_and_sold_up)
		};

		CHECK_FOR_INTERRUPTS();
		rate_with_interval(c->upsold, c->existing, &values[11], &nulls[11]);
		rate_with_interval(c->cross_sold, c->existing, &values[14], &nulls[14]);
		rate_with_interval(c->either, c->existing, &values[17], &nulls[17]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* The counts of the one period in the state of an aggregate; NULL of no rows. */
static UpsellCounts *
counts_of_asked_period(FunctionCallInfo fcinfo, const char *aggregate)
{
	KeyedStore *purchases;
	int64		ends[2];
	Boundaries	boundaries;

	require_aggregate(fcinfo, aggregate);
	if (PG_ARGISNULL(0))
		return NULL;
	purchases = PURCHASES_OF_ARGUMENT(0);
	boundaries = boundaries_of_asked_period(purchases, &purchase_history_type, ends);
	return upsell_counts(purchases, &boundaries);
}

/* The result of the aggregate upsell_rate. */
Datum
upsell_rate_final(PG_FUNCTION_ARGS)
{
	UpsellCounts *counts = counts_of_asked_period(fcinfo, "upsell_rate");

	if (counts == NULL || counts->existing == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) counts->upsold / counts->existing);
}

/* The result of the aggregate cross_sell_rate. */
Datum
cross_sell_rate_final(PG_FUNCTION_ARGS)
{
	UpsellCounts *counts = counts_of_asked_period(fcinfo, "cross_sell_rate");

	if (counts == NULL || counts->existing == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) counts->cross_sold / counts->existing);
}
