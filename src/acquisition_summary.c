/*
 * acquisition_summary.c
 *		What was spent, and on winning whom: text, merging, cost per customer.
 *
 * The cost is a whole number of millionths of 128 bits, in the extra of the store;
 * the customers are keys without a payload. The text form is {bigint spend
 * 1250000 42;43}.
 */
#include "postgres.h"

#include "acquisition_summary.h"
#include "money.h"

PG_FUNCTION_INFO_V1(acquisition_summary_in);
PG_FUNCTION_INFO_V1(acquisition_summary_out);
PG_FUNCTION_INFO_V1(acquisition_summary_recv);
PG_FUNCTION_INFO_V1(acquisition_summary_send);
PG_FUNCTION_INFO_V1(acquisition_summary_merge);
PG_FUNCTION_INFO_V1(acquisition_summary_final);
PG_FUNCTION_INFO_V1(acquisition_spend);
PG_FUNCTION_INFO_V1(acquisition_customers);
PG_FUNCTION_INFO_V1(acquisition_cac);

#define MOST_SPEND ((int128) (((uint128) 1 << 127) - 1))

static int128
spend_of(const KeyedStore *summary)
{
	return (int128) ((uint128) (uint64) summary->extra[1] << 64 | (uint64) summary->extra[0]);
}

static void
set_spend(KeyedStore *summary, int128 spend)
{
	summary->extra[0] = (int64) spend;
	summary->extra[1] = (int64) (spend >> 64);
}

/* No sum of rows is too large, but states read from text can be. */
void
add_spend(KeyedStore *summary, int128 spend)
{
	int128		sum = spend_of(summary);

	if (spend > 0 ? sum > MOST_SPEND - spend : sum < -MOST_SPEND - spend)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the cost of acquisition is too large"),
				 errdetail("It is counted in millionths, of 128 bits."),
				 errhint("No rows add up to so much: look for a state that was not made by acquisition_agg.")));
	set_spend(summary, sum + spend);
}

static const char *
fault_of_summary(const KeyedStore *summary)
{
	return spend_of(summary) < -MOST_SPEND ? "The cost is out of range." : NULL;
}

static void
merge_spend(KeyedStore *summary, const KeyedStore *other)
{
	add_spend(summary, spend_of(other));
}

static uint128
magnitude(int128 number)
{
	return number < 0 ? -(uint128) number : (uint128) number;
}

static void
append_spend(StringInfo out, const KeyedStore *summary)
{
	appendStringInfoString(out, " spend ");
	append_signed_wide(out, spend_of(summary));
}

static void
parse_spend(StateParser *parser, KeyedStore *summary)
{
	state_expect(parser, " spend ");
	set_spend(summary, state_parse_signed_wide(parser));
}

const StoreType acquisition_summary_type = {
	.number = 2,
	.least_payload = ACQUISITION_PAYLOAD,
	.most_payload = ACQUISITION_PAYLOAD,
	.name = "acquisition_summary",
	.aggregate = "acquisition_agg",
	.example = "A summary of two customers, numbers 42 and 43, and a cost of 1.25 looks like this: {bigint spend 1250000 42;43}.",
	.fuse = NULL,				/* one record of a customer is enough */
	.fault = fault_of_summary,
	.merge_extra = merge_spend,
	.append_extra = append_spend,
	.parse_extra = parse_spend,
};

Datum
acquisition_summary_in(PG_FUNCTION_ARGS)
{
	return keyed_store_in(fcinfo, &acquisition_summary_type);
}

Datum
acquisition_summary_out(PG_FUNCTION_ARGS)
{
	return keyed_store_out(fcinfo, &acquisition_summary_type);
}

Datum
acquisition_summary_recv(PG_FUNCTION_ARGS)
{
	return keyed_store_recv(fcinfo, &acquisition_summary_type);
}

Datum
acquisition_summary_send(PG_FUNCTION_ARGS)
{
	return keyed_store_send(fcinfo, &acquisition_summary_type);
}

Datum
acquisition_summary_merge(PG_FUNCTION_ARGS)
{
	return keyed_store_merge(fcinfo, &acquisition_summary_type);
}

Datum
acquisition_summary_final(PG_FUNCTION_ARGS)
{
	return keyed_store_final(fcinfo, &acquisition_summary_type);
}

/* ---- what can be asked of it ---- */

/* spend(summary): all that was spent; 0 where nothing was */
Datum
acquisition_spend(PG_FUNCTION_ARGS)
{
	KeyedStore *summary = keyed_store_flat(PG_GETARG_DATUM(0), &acquisition_summary_type);

	return numeric_of_money(spend_of(summary));
}

/* customers(summary): how many customers there are */
Datum
acquisition_customers(PG_FUNCTION_ARGS)
{
	KeyedStore *summary = keyed_store_canonical(PG_GETARG_DATUM(0), &acquisition_summary_type);

	PG_RETURN_INT64(summary->nrecords);
}

/*
 * cac(summary): cost per customer, rounded to the millionth, half away from zero;
 * NULL without customers. Also the result of the aggregate cac.
 */
Datum
acquisition_cac(PG_FUNCTION_ARGS)
{
	KeyedStore *summary = keyed_store_canonical(PG_GETARG_DATUM(0), &acquisition_summary_type);
	uint128		customers = summary->nrecords;
	uint128		spend = magnitude(spend_of(summary));
	uint128		cac;

	if (customers == 0)
		PG_RETURN_NULL();
	cac = spend / customers + (spend % customers >= customers - spend % customers);
	return numeric_of_money(spend_of(summary) < 0 ? -(int128) cac : (int128) cac);
}
