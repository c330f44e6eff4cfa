/*
 * purchase_agg.c
 *		purchase_agg, upsell_rate and cross_sell_rate: from lines of sales to the
 *		purchases of customers.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "aggregate.h"
#include "money.h"
#include "purchase_history.h"

/* Where the arguments of a row stand; argument 0 is the state. */
#define CUSTOMER 1
#define FAMILY 2
#define TIER 3
#define SOLD_AT 4
#define AMOUNT 5				/* of purchase_agg */
#define DURING 5				/* of the rates */

/* The same of purchase_agg without families. */
#define TIME_SOLD_AT 2
#define TIME_AMOUNT 3

static int64
time_of_row(FunctionCallInfo fcinfo, int argument)
{
	int64		sold_at = PG_GETARG_TIMESTAMPTZ(argument);

	if (TIMESTAMP_NOT_FINITE(sold_at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("a sale cannot be at infinity"),
				 errhint("A time that is not known is NULL, and the row is not counted.")));
	return sold_at;
}

/* The line of a row, which has a time. */
static Purchase
purchase_of_row(FunctionCallInfo fcinfo, KeyKind family_kind)
{
	Purchase	purchase = {NO_FAMILY, time_of_row(fcinfo, SOLD_AT), NO_TIER};

	if (!PG_ARGISNULL(FAMILY))
		purchase.family = family_of_datum(PG_GETARG_DATUM(FAMILY), family_kind);
	/* without its family, a tier compares with nothing */
	if (!PG_ARGISNULL(TIER) && purchase.family != NO_FAMILY)
		purchase.rank = RANK_OF_TIER(PG_GETARG_INT32(TIER));
	return purchase;
}

static Datum
add_purchase(FunctionCallInfo fcinfo, RunningStore purchases, KeyKind customer_kind, Purchase purchase)
{
	CustomerKey customer = customer_key(fcinfo, CUSTOMER, customer_kind);
	uint64	   *payload;

	if (purchases.store->payload == PURCHASE_PAYLOAD && unlikely(!fits_in_word(purchase)))
		keyed_store_widen(&purchases, &purchase_history_type);
	payload = keyed_store_append(&purchases, &purchase_history_type, customer);
	write_purchase(payload, purchases.store->payload, purchase);
	return keyed_store_datum(&purchases);
}

/*
 * (state, customer, family, tier, sold_at, amount). What comes back, is given away
 * or has an unknown amount is no purchase.
 */
static Datum
purchase_add(FunctionCallInfo fcinfo, KeyKind customer_kind, KeyKind family_kind)
{
	Purchase	purchase;

	if (PG_ARGISNULL(CUSTOMER) || PG_ARGISNULL(SOLD_AT) || PG_ARGISNULL(AMOUNT))
		return unchanged_state(fcinfo);
	if (!money_is_positive(PG_GETARG_DATUM(AMOUNT), "the amount of a sale"))
		return unchanged_state(fcinfo);
	purchase = purchase_of_row(fcinfo, family_kind);
	return add_purchase(fcinfo, keyed_store_running(fcinfo, &purchase_history_type, customer_kind, PURCHASE_PAYLOAD),
						customer_kind, purchase);
}

/* (state, customer, sold_at, amount): the same, for who asks for no families */
static Datum
purchase_time_add(FunctionCallInfo fcinfo, KeyKind customer_kind)
{
	Purchase	purchase = {NO_FAMILY, 0, NO_TIER};

	if (PG_ARGISNULL(CUSTOMER) || PG_ARGISNULL(TIME_SOLD_AT) || PG_ARGISNULL(TIME_AMOUNT))
		return unchanged_state(fcinfo);
	if (!money_is_positive(PG_GETARG_DATUM(TIME_AMOUNT), "the amount of a sale"))
		return unchanged_state(fcinfo);
	purchase.sold_at = time_of_row(fcinfo, TIME_SOLD_AT);
	return add_purchase(fcinfo, keyed_store_running(fcinfo, &purchase_history_type, customer_kind, PURCHASE_TIME_PAYLOAD),
						customer_kind, purchase);
}

/* (state, customer, family, tier, sold_at, during). What comes after the period is not kept. */
static Datum
sell_rate_add(FunctionCallInfo fcinfo, KeyKind customer_kind, KeyKind family_kind)
{
	AskedPeriod period = asked_period_of_argument(fcinfo, DURING);
	RunningStore purchases = keyed_store_of_period(fcinfo, &purchase_history_type, customer_kind, PURCHASE_PAYLOAD, period);
	Purchase	purchase;

	if (PG_ARGISNULL(CUSTOMER) || PG_ARGISNULL(SOLD_AT))
		return keyed_store_datum(&purchases);
	purchase = purchase_of_row(fcinfo, family_kind);
	if (purchase.sold_at >= period.end)
		return keyed_store_datum(&purchases);
	return add_purchase(fcinfo, purchases, customer_kind, purchase);
}

/* A transition function for each kind of customers and of families. */
#define TRANSITION(name, function, ...) \
	PG_FUNCTION_INFO_V1(name); \
	Datum \
	name(PG_FUNCTION_ARGS) \
	{ \
		return function(fcinfo, __VA_ARGS__); \
	}

TRANSITION(purchase_add_bigint_bigint, purchase_add, KEY_BIGINT, KEY_BIGINT)
TRANSITION(purchase_add_bigint_text, purchase_add, KEY_BIGINT, KEY_TEXT)
TRANSITION(purchase_add_text_bigint, purchase_add, KEY_TEXT, KEY_BIGINT)
TRANSITION(purchase_add_text_text, purchase_add, KEY_TEXT, KEY_TEXT)
TRANSITION(purchase_add_uuid_bigint, purchase_add, KEY_UUID, KEY_BIGINT)
TRANSITION(purchase_add_uuid_text, purchase_add, KEY_UUID, KEY_TEXT)
TRANSITION(purchase_add_bigint, purchase_time_add, KEY_BIGINT)
TRANSITION(purchase_add_text, purchase_time_add, KEY_TEXT)
TRANSITION(purchase_add_uuid, purchase_time_add, KEY_UUID)
TRANSITION(sell_rate_add_bigint_bigint, sell_rate_add, KEY_BIGINT, KEY_BIGINT)
TRANSITION(sell_rate_add_bigint_text, sell_rate_add, KEY_BIGINT, KEY_TEXT)
TRANSITION(sell_rate_add_text_bigint, sell_rate_add, KEY_TEXT, KEY_BIGINT)
TRANSITION(sell_rate_add_text_text, sell_rate_add, KEY_TEXT, KEY_TEXT)
TRANSITION(sell_rate_add_uuid_bigint, sell_rate_add, KEY_UUID, KEY_BIGINT)
TRANSITION(sell_rate_add_uuid_text, sell_rate_add, KEY_UUID, KEY_TEXT)
