/*
 * purchase_history.c
 *		The purchases of each customer: fusing, reading, text.
 *
 * The text of a line is its time in microseconds from 2000-01-01 UTC, the
 * fingerprint of its family in 16 hexadecimal digits, and its tier, if it has one:
 * {bigint 42:0/00000000000000ff/2,86400000000/00000000000000ff/}. A family of zeros
 * is not known. Where families were not asked for, there are the times alone:
 * {bigint times 42:0,86400000000}.
 */
#include "postgres.h"

#include "datatype/timestamp.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "purchase_history.h"

PG_FUNCTION_INFO_V1(purchase_history_in);
PG_FUNCTION_INFO_V1(purchase_history_out);
PG_FUNCTION_INFO_V1(purchase_history_recv);
PG_FUNCTION_INFO_V1(purchase_history_send);
PG_FUNCTION_INFO_V1(purchase_history_merge);
PG_FUNCTION_INFO_V1(purchase_history_final);
PG_FUNCTION_INFO_V1(purchase_history_customers);
PG_FUNCTION_INFO_V1(purchase_history_first_start);

/* The next customer; false after the last. */
bool
read_buyer(BuyerReader *reader)
{
	const KeyedStore *store = reader->store;
	const uint64 *key = RECORD_AT(store, reader->next);

	if (reader->next >= store->nrecords)
		return false;
	reader->first = reader->next;
	reader->first_at = PG_INT64_MAX;
	do
	{
		CHECK_FOR_INTERRUPTS();
		reader->first_at = Min(reader->first_at, purchase_at(store, reader->next).sold_at);
	} while (++reader->next < store->nrecords && same_customer(store, key, RECORD_AT(store, reader->next)));
	reader->nrecords = reader->next - reader->first;
	return true;
}

/* ---- the form of records ---- */

static void
widen_purchase(uint64 *wide, const uint64 *payload)
{
	write_purchase(wide, PURCHASE_WIDE_PAYLOAD, purchase_of_payload(payload, PURCHASE_PAYLOAD));
}

/* Records are wide only where one has to be. */
static KeyedStore *
narrow_purchases(KeyedStore *store)
{
	KeyedStore	like = *store;
	int			key_words = KEY_WORDS(store->key_kind);
	KeyedStore *narrow;

	if (store->payload != PURCHASE_WIDE_PAYLOAD)
		return store;
	for (int64 i = 0; i < store->nrecords; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!fits_in_word(purchase_at(store, i)))
			return store;
	}
	like.payload = PURCHASE_PAYLOAD;
	narrow = keyed_store_allocate(&like, store->nrecords);
	for (int64 i = 0; i < store->nrecords; i++)
	{
		uint64	   *record = RECORD_AT(narrow, i);

		CHECK_FOR_INTERRUPTS();
		memcpy(record, RECORD_AT(store, i), key_words * sizeof(uint64));
		write_purchase(record + key_words, PURCHASE_PAYLOAD, purchase_at(store, i));
	}
	narrow->nrecords = store->nrecords;
	return narrow;
}

static const char *
fault_of_purchases(const KeyedStore *store)
{
	for (int64 i = 0; i < store->nrecords; i++)
	{
		Purchase	purchase = purchase_at(store, i);

		CHECK_FOR_INTERRUPTS();
		if (!IS_VALID_TIMESTAMP(purchase.sold_at))
			return "A purchase is at no time there is.";
		if (purchase.rank != NO_TIER && purchase.family == NO_FAMILY)
			return "A tier belongs to no family.";
		if (purchase.rank > HIGHEST_RANK)
			return "A tier is out of range.";
	}
	return fault_of_asked_period(store);
}

/* ---- text ---- */

static void
append_kind(StringInfo out, const KeyedStore *store)
{
	if (store->payload == PURCHASE_TIME_PAYLOAD)
		appendStringInfoString(out, " times");
	append_asked_period(out, store);
}

static void
parse_kind(StateParser *parser, KeyedStore *store)
{
	store->payload = state_accept_word(parser, " times") ? PURCHASE_TIME_PAYLOAD : PURCHASE_WIDE_PAYLOAD;
	parse_asked_period(parser, store);
}

static void
append_purchase(StringInfo out, const uint64 *payload, int words)
{
	Purchase	purchase = purchase_of_payload(payload, words);

	appendStringInfo(out, INT64_FORMAT, purchase.sold_at);
	if (words == PURCHASE_TIME_PAYLOAD)
		return;
	appendStringInfo(out, "/%016llx/", (unsigned long long) purchase.family);
	if (purchase.rank != NO_TIER)
		appendStringInfo(out, "%d", TIER_OF_RANK(purchase.rank));
}

static void
parse_purchase(StateParser *parser, uint64 *payload, int words)
{
	Purchase	purchase = {.sold_at = state_parse_signed(parser), .rank = NO_TIER};

	if (words == PURCHASE_TIME_PAYLOAD)
	{
		write_purchase(payload, words, purchase);
		return;
	}
	state_expect(parser, "/");
	purchase.family = state_parse_hexadecimal(parser, 16);
	state_expect(parser, "/");
	if (*parser->next == '-' || (*parser->next >= '0' && *parser->next <= '9'))
	{
		int64		tier = state_parse_signed(parser);

		if (tier < PG_INT32_MIN || tier > PG_INT32_MAX)
			state_refuse_text(parser, "A tier is out of range.");
		purchase.rank = RANK_OF_TIER(tier);
	}
	write_purchase(payload, words, purchase);
}

const StoreType purchase_history_type = {
	.number = 3,
	.least_payload = PURCHASE_TIME_PAYLOAD,
	.most_payload = PURCHASE_PAYLOAD,
	.wide_payload = PURCHASE_WIDE_PAYLOAD,
	.name = "purchase_history",
	.aggregate = "purchase_agg",
	.optional = "families",
	.example = "A history of one customer, number 42, that bought tier 2 of a family as the year 2000 began, looks like this: {bigint 42:0/0123456789abcdef/2}.",
	.fuse = NULL,				/* the same line twice tells no more than once */
	.widen = widen_purchase,
	.settle = narrow_purchases,
	.fault = fault_of_purchases,
	.merge_extra = merge_asked_period,
	.append_extra = append_kind,
	.parse_extra = parse_kind,
	.append_payload = append_purchase,
	.parse_payload = parse_purchase,
};

Datum
purchase_history_in(PG_FUNCTION_ARGS)
{
	return keyed_store_in(fcinfo, &purchase_history_type);
}

Datum
purchase_history_out(PG_FUNCTION_ARGS)
{
	return keyed_store_out(fcinfo, &purchase_history_type);
}

Datum
purchase_history_recv(PG_FUNCTION_ARGS)
{
	return keyed_store_recv(fcinfo, &purchase_history_type);
}

Datum
purchase_history_send(PG_FUNCTION_ARGS)
{
	return keyed_store_send(fcinfo, &purchase_history_type);
}

Datum
purchase_history_merge(PG_FUNCTION_ARGS)
{
	return keyed_store_merge(fcinfo, &purchase_history_type);
}

Datum
purchase_history_final(PG_FUNCTION_ARGS)
{
	return keyed_store_final(fcinfo, &purchase_history_type);
}

/* ---- what can be asked of it ---- */

/* customers(purchases): how many customers there are */
Datum
purchase_history_customers(PG_FUNCTION_ARGS)
{
	BuyerReader reader = {.store = PURCHASES_OF_ARGUMENT(0)};
	int64		customers = 0;

	while (read_buyer(&reader))
		customers++;
	PG_RETURN_INT64(customers);
}

/* first_start(purchases): the first purchase of all; NULL of none */
Datum
purchase_history_first_start(PG_FUNCTION_ARGS)
{
	KeyedStore *store = keyed_store_flat(PG_GETARG_DATUM(0), &purchase_history_type);
	int64		first = PG_INT64_MAX;

	for (int64 i = 0; i < store->nrecords; i++)
	{
		CHECK_FOR_INTERRUPTS();
		first = Min(first, purchase_at(store, i).sold_at);
	}
	if (first == PG_INT64_MAX)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(first);
}
