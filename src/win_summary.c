/*
 * win_summary.c
 *		Deals by the days they took: counting, merging, text.
 *
 * The records of the store are under the number of days instead of a customer, and
 * canonical there is one of each. The text form is {bigint days 12:3/2/1}: after 12
 * days 3 deals were won and 2 lost, and 1 was open and no older.
 */
#include "postgres.h"

#include "common/int.h"
#include "miscadmin.h"

#include "win_summary.h"

PG_FUNCTION_INFO_V1(win_summary_in);
PG_FUNCTION_INFO_V1(win_summary_out);
PG_FUNCTION_INFO_V1(win_summary_recv);
PG_FUNCTION_INFO_V1(win_summary_send);
PG_FUNCTION_INFO_V1(win_summary_merge);
PG_FUNCTION_INFO_V1(win_summary_final);
PG_FUNCTION_INFO_V1(win_summary_sample_size);

static int64
sum_of_counts(int64 a, int64 b)
{
	int64		sum;

	if (pg_add_s64_overflow(a, b, &sum))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a win_summary cannot count more than " INT64_FORMAT " deals", PG_INT64_MAX)));
	return sum;
}

static bool
fuse_days(uint64 *payload, const uint64 *next, int words)
{
	for (int end = 0; end < words; end++)
		payload[end] = (uint64) sum_of_counts((int64) payload[end], (int64) next[end]);
	return true;
}

/* How many deals there are. */
int64
deals_of_summary(const KeyedStore *summary)
{
	int64		deals = 0;

	for (int64 i = 0; i < summary->nrecords; i++)
	{
		DealDay		day = deal_day(summary, i);

		CHECK_FOR_INTERRUPTS();
		for (int end = 0; end < WIN_PAYLOAD; end++)
			deals = sum_of_counts(deals, day.count[end]);
	}
	return deals;
}

/*
 * Count a deal. Days that came before the last sort are found and counted in place;
 * there are far fewer of them than deals. (Not in a canonical state, which may be
 * the result of somebody already.)
 */
void
win_summary_count(RunningStore *running, int64 day, DealEnd end)
{
	KeyedStore *summary = running->store;
	CustomerKey key = {{WORD_OF_INT64(day), 0}};
	int64		low = 0;
	int64		high = summary->nsorted;
	uint64	   *payload;

	while (low < high)
	{
		int64		middle = low + (high - low) / 2;

		if (RECORD_AT(summary, middle)[0] < key.word[0])
			low = middle + 1;
		else
			high = middle;
	}
	if (!summary->canonical && low < summary->nsorted && RECORD_AT(summary, low)[0] == key.word[0])
	{
		payload = PAYLOAD_OF(summary, RECORD_AT(summary, low));
		payload[end] = (uint64) sum_of_counts((int64) payload[end], 1);
		return;
	}
	payload = keyed_store_append(running, &win_summary_type, key);
	memset(payload, 0, WIN_PAYLOAD * sizeof(uint64));
	payload[end] = 1;
}

static const char *
fault_of_summary(const KeyedStore *summary)
{
	if (summary->key_kind != KEY_BIGINT)
		return "Days are of the kind bigint.";
	if (summary->extra[0] != 0 || summary->extra[1] != 0)
		return "There is something beside the days.";
	for (int64 i = 0; i < summary->nrecords; i++)
	{
		DealDay		day = deal_day(summary, i);

		CHECK_FOR_INTERRUPTS();
		if (day.day < 0 || day.day > PG_INT32_MAX)
			return "A number of days is out of range.";
		if (day.count[DEAL_WON] < 0 || day.count[DEAL_LOST] < 0 || day.count[DEAL_OPEN] < 0)
			return "A number of deals is negative.";
		if ((day.count[DEAL_WON] | day.count[DEAL_LOST] | day.count[DEAL_OPEN]) == 0)
			return "There is a day without deals.";
	}
	return NULL;
}

/* There is nothing beside the days. */
static void
merge_nothing(KeyedStore *summary pg_attribute_unused(), const KeyedStore *other pg_attribute_unused())
{
}

static void
append_unit(StringInfo out, const KeyedStore *summary pg_attribute_unused())
{
	appendStringInfoString(out, " days");
}

static void
parse_unit(StateParser *parser, KeyedStore *summary pg_attribute_unused())
{
	state_expect(parser, " days");
}

static void
append_counts(StringInfo out, const uint64 *payload, int words pg_attribute_unused())
{
	appendStringInfo(out, INT64_FORMAT "/" INT64_FORMAT "/" INT64_FORMAT,
					 (int64) payload[DEAL_WON], (int64) payload[DEAL_LOST], (int64) payload[DEAL_OPEN]);
}

static void
parse_counts(StateParser *parser, uint64 *payload, int words pg_attribute_unused())
{
	payload[DEAL_WON] = (uint64) state_parse_integer(parser);
	state_expect(parser, "/");
	payload[DEAL_LOST] = (uint64) state_parse_integer(parser);
	state_expect(parser, "/");
	payload[DEAL_OPEN] = (uint64) state_parse_integer(parser);
}

const StoreType win_summary_type = {
	.number = 4,
	.least_payload = WIN_PAYLOAD,
	.most_payload = WIN_PAYLOAD,
	.name = "win_summary",
	.aggregate = "win_curve_agg",
	.example = "A summary of 3 deals won and 2 lost after 12 days, and of 1 that is as old and open, looks like this: {bigint days 12:3/2/1}.",
	.fuse = fuse_days,
	.fault = fault_of_summary,
	.merge_extra = merge_nothing,
	.append_extra = append_unit,
	.parse_extra = parse_unit,
	.append_payload = append_counts,
	.parse_payload = parse_counts,
};

Datum
win_summary_in(PG_FUNCTION_ARGS)
{
	return keyed_store_in(fcinfo, &win_summary_type);
}

Datum
win_summary_out(PG_FUNCTION_ARGS)
{
	return keyed_store_out(fcinfo, &win_summary_type);
}

Datum
win_summary_recv(PG_FUNCTION_ARGS)
{
	return keyed_store_recv(fcinfo, &win_summary_type);
}

Datum
win_summary_send(PG_FUNCTION_ARGS)
{
	return keyed_store_send(fcinfo, &win_summary_type);
}

Datum
win_summary_merge(PG_FUNCTION_ARGS)
{
	return keyed_store_merge(fcinfo, &win_summary_type);
}

Datum
win_summary_final(PG_FUNCTION_ARGS)
{
	return keyed_store_final(fcinfo, &win_summary_type);
}

/* sample_size(summary): how many deals are counted */
Datum
win_summary_sample_size(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(deals_of_summary(keyed_store_flat(PG_GETARG_DATUM(0), &win_summary_type)));
}
