/*
 * acquisition_agg.c
 *		acquisition_agg and cac: from rows of costs and of customers to what was
 *		spent and who was won.
 */
#include "postgres.h"

#include "acquisition_summary.h"
#include "aggregate.h"
#include "money.h"

PG_FUNCTION_INFO_V1(acquisition_add_bigint);
PG_FUNCTION_INFO_V1(acquisition_add_uuid);
PG_FUNCTION_INFO_V1(acquisition_add_text);

/* Where the arguments of a row stand; argument 0 is the state. */
#define SPEND 1
#define CUSTOMER 2

/* (state, spend, customer): a row of a cost, of a customer, or of both */
static Datum
acquisition_add(FunctionCallInfo fcinfo, KeyKind kind)
{
	RunningStore summary;

	if (PG_ARGISNULL(SPEND) && PG_ARGISNULL(CUSTOMER))
		return unchanged_state(fcinfo);
	summary = keyed_store_running(fcinfo, &acquisition_summary_type, kind, ACQUISITION_PAYLOAD);
	if (!PG_ARGISNULL(SPEND))
		add_spend(summary.store, money_of_numeric(PG_GETARG_DATUM(SPEND), "the cost of acquisition"));
	if (!PG_ARGISNULL(CUSTOMER))
		keyed_store_append(&summary, &acquisition_summary_type, customer_key(fcinfo, CUSTOMER, kind));
	return keyed_store_datum(&summary);
}

Datum
acquisition_add_bigint(PG_FUNCTION_ARGS)
{
	return acquisition_add(fcinfo, KEY_BIGINT);
}

Datum
acquisition_add_uuid(PG_FUNCTION_ARGS)
{
	return acquisition_add(fcinfo, KEY_UUID);
}

Datum
acquisition_add_text(PG_FUNCTION_ARGS)
{
	return acquisition_add(fcinfo, KEY_TEXT);
}
