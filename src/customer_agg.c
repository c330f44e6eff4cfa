/*
 * customer_agg.c
 *		customer_agg, churn_rate and revenue_churn_rate: from rows of subscriptions
 *		to the spans of customers.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "aggregate.h"
#include "customer_history.h"
#include "money.h"

PG_FUNCTION_INFO_V1(customer_add_bigint);
PG_FUNCTION_INFO_V1(customer_add_uuid);
PG_FUNCTION_INFO_V1(customer_add_text);
PG_FUNCTION_INFO_V1(churn_rate_add_bigint);
PG_FUNCTION_INFO_V1(churn_rate_add_uuid);
PG_FUNCTION_INFO_V1(churn_rate_add_text);
PG_FUNCTION_INFO_V1(revenue_churn_rate_add_bigint);
PG_FUNCTION_INFO_V1(revenue_churn_rate_add_uuid);
PG_FUNCTION_INFO_V1(revenue_churn_rate_add_text);

/* Where the arguments of a row stand; argument 0 is the state. */
#define CUSTOMER 1
#define STARTED_AT 2
#define ENDED_AT 3
#define AMOUNT 4

static void
refuse_span(FunctionCallInfo fcinfo, int errorcode, const char *message, const char *hint)
{
	ereport(ERROR,
			(errcode(errorcode),
			 errmsg("%s", message),
			 errdetail("From %s until %s.",
					   DatumGetCString(DirectFunctionCall1(timestamptz_out, PG_GETARG_DATUM(STARTED_AT))),
					   PG_ARGISNULL(ENDED_AT) ? "now on" : DatumGetCString(DirectFunctionCall1(timestamptz_out, PG_GETARG_DATUM(ENDED_AT)))),
			 errhint("%s", hint)));
}

/* The time of a row, which has a start. */
static Span
span_of_row(FunctionCallInfo fcinfo)
{
	Span		span = {
		.start = PG_GETARG_TIMESTAMPTZ(STARTED_AT),
		.end = PG_ARGISNULL(ENDED_AT) ? STILL_RUNNING : PG_GETARG_TIMESTAMPTZ(ENDED_AT),
	};

	if (TIMESTAMP_NOT_FINITE(span.start))
		refuse_span(fcinfo, ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
					"a subscription cannot begin at infinity",
					"A start that is not known is NULL, and the row is not counted.");
	if (span.end < span.start)
		refuse_span(fcinfo, ERRCODE_INVALID_PARAMETER_VALUE,
					"a subscription ends before its start",
					"Leave such rows out with FILTER, or correct them at their source.");
	return span;
}

/* An amount that is not known adds nothing; the customer is active all the same. */
static int64
amount_of_row(FunctionCallInfo fcinfo)
{
	int64		amount;

	if (PG_ARGISNULL(AMOUNT))
		return 0;
	amount = money_of_numeric(PG_GETARG_DATUM(AMOUNT), "the amount of a subscription");
	if (amount < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the amount of a subscription cannot be negative"),
				 errdetail("It is %s.", DatumGetCString(DirectFunctionCall1(numeric_out, PG_GETARG_DATUM(AMOUNT)))),
				 errhint("Take discounts off the subscription they belong to, and leave other rows out with FILTER.")));
	return amount;
}

static inline void
add_row(RunningStore *running, CustomerKey customer, Span span)
{
	uint64	   *payload = keyed_store_append(running, &customer_history_type, customer);

	write_span(payload, running->store->payload, span);
}

/* A free plan, or a span without time, makes no customer active. */
static inline bool
is_paid_time(FunctionCallInfo fcinfo, bool has_amount, Span span)
{
	return span.end > span.start && !(has_amount && span.amount == 0 && !PG_ARGISNULL(AMOUNT));
}

/* (state, customer, started_at, ended_at [, amount]) */
static Datum
customer_add(FunctionCallInfo fcinfo, KeyKind kind)
{
	bool		has_amount = PG_NARGS() > AMOUNT;
	RunningStore history;
	Span		span;

	if (PG_ARGISNULL(CUSTOMER) || PG_ARGISNULL(STARTED_AT))
		return unchanged_state(fcinfo);
	span = span_of_row(fcinfo);
	if (has_amount)
		span.amount = amount_of_row(fcinfo);
	history = keyed_store_running(fcinfo, &customer_history_type, kind, has_amount ? HISTORY_PAYLOAD_WITH_AMOUNT : HISTORY_PAYLOAD);
	if (is_paid_time(fcinfo, has_amount, span))
		add_row(&history, customer_key(fcinfo, CUSTOMER, kind), span);
	return keyed_store_datum(&history);
}

Datum
customer_add_bigint(PG_FUNCTION_ARGS)
{
	return customer_add(fcinfo, KEY_BIGINT);
}

Datum
customer_add_uuid(PG_FUNCTION_ARGS)
{
	return customer_add(fcinfo, KEY_UUID);
}

Datum
customer_add_text(PG_FUNCTION_ARGS)
{
	return customer_add(fcinfo, KEY_TEXT);
}

/* ---- within one period ---- */

static inline bool
covers(Span span, int64 at)
{
	return span.start <= at && at < span.end;
}

/*
 * (state, customer, started_at, ended_at, [amount,] during). What lasts at neither
 * end of the period has no part in the rate, and is not kept.
 */
static Datum
churn_rate_add(FunctionCallInfo fcinfo, KeyKind kind, bool has_amount)
{
	AskedPeriod period = asked_period_of_argument(fcinfo, has_amount ? AMOUNT + 1 : AMOUNT);
	RunningStore history = keyed_store_of_period(fcinfo, &customer_history_type, kind, has_amount ? HISTORY_PAYLOAD_WITH_AMOUNT : HISTORY_PAYLOAD, period);
	Span		span;

	if (PG_ARGISNULL(CUSTOMER) || PG_ARGISNULL(STARTED_AT))
		return keyed_store_datum(&history);
	span = span_of_row(fcinfo);
	if (has_amount)
		span.amount = amount_of_row(fcinfo);
	if (is_paid_time(fcinfo, has_amount, span) && (covers(span, period.start) || covers(span, period.end)))
		add_row(&history, customer_key(fcinfo, CUSTOMER, kind), span);
	return keyed_store_datum(&history);
}

Datum
churn_rate_add_bigint(PG_FUNCTION_ARGS)
{
	return churn_rate_add(fcinfo, KEY_BIGINT, false);
}

Datum
churn_rate_add_uuid(PG_FUNCTION_ARGS)
{
	return churn_rate_add(fcinfo, KEY_UUID, false);
}

Datum
churn_rate_add_text(PG_FUNCTION_ARGS)
{
	return churn_rate_add(fcinfo, KEY_TEXT, false);
}

Datum
revenue_churn_rate_add_bigint(PG_FUNCTION_ARGS)
{
	return churn_rate_add(fcinfo, KEY_BIGINT, true);
}

Datum
revenue_churn_rate_add_uuid(PG_FUNCTION_ARGS)
{
	return churn_rate_add(fcinfo, KEY_UUID, true);
}

Datum
revenue_churn_rate_add_text(PG_FUNCTION_ARGS)
{
	return churn_rate_add(fcinfo, KEY_TEXT, true);
}
