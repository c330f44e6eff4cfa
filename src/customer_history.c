/*
 * customer_history.c
 *		The spans of each customer: fusing, adding up, reading, text.
 *
 * A customer is active while at least one of its spans lasts, and its amount is
 * the sum of theirs. The canonical form cuts time where that sum changes. The text
 * of a span is its start and end in microseconds from 2000-01-01 UTC, and its
 * amount in millionths: {bigint amounts 42:0..86400000000=9990000,..}; no end: it
 * is still running.
 */
#include "postgres.h"

#include "common/int.h"
#include "datatype/timestamp.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "customer_history.h"

PG_FUNCTION_INFO_V1(customer_history_in);
PG_FUNCTION_INFO_V1(customer_history_out);
PG_FUNCTION_INFO_V1(customer_history_recv);
PG_FUNCTION_INFO_V1(customer_history_send);
PG_FUNCTION_INFO_V1(customer_history_merge);
PG_FUNCTION_INFO_V1(customer_history_final);

/* Where a span begins or ends: how the number of spans and the amount change. */
typedef struct SpanEdge
{
	int64		at;
	int64		amount;
	int			spans;
} SpanEdge;

#define ST_SORT sort_edges
#define ST_ELEMENT_TYPE SpanEdge
#define ST_COMPARE(a, b) ((a)->at < (b)->at ? -1 : (a)->at > (b)->at)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

static inline Span
span_of_payload(const uint64 *payload, int words)
{
	return (Span) {INT64_OF_WORD(payload[0]), INT64_OF_WORD(payload[1]), words == HISTORY_PAYLOAD_WITH_AMOUNT ? (int64) payload[2] : 0};
}

/*
 * Without amounts, spans that overlap or touch are one. With amounts, one goes on
 * where another of the same amount ends, and two of the same time add up; a sum
 * that is too large waits for settle_amounts to refuse it.
 */
static bool
fuse_spans(uint64 *payload, const uint64 *next_payload, int words)
{
	Span		span = span_of_payload(payload, words);
	Span		next = span_of_payload(next_payload, words);

	if (words == HISTORY_PAYLOAD)
	{
		if (next.start > span.end)
			return false;
		span.end = Max(span.end, next.end);
	}
	else if (next.start == span.end && next.amount == span.amount)
		span.end = next.end;
	else if (next.start != span.start || next.end != span.end ||
			 pg_add_s64_overflow(span.amount, next.amount, &span.amount))
		return false;
	write_span(payload, words, span);
	return true;
}

/* ---- reading ---- */

CustomerReader
customer_reader(const KeyedStore *store, int64 grace)
{
	return (CustomerReader) {
		.store = store,
		.grace = grace,
		.capacity = 16,
		.spans = palloc(16 * sizeof(Span)),
	};
}

static void
add_span(CustomerReader *reader, Span span)
{
	if (reader->nspans == reader->capacity)
	{
		reader->capacity *= 2;
		reader->spans = repalloc_huge(reader->spans, reader->capacity * sizeof(Span));
	}
	reader->spans[reader->nspans++] = span;
}

/* Add a span that begins no earlier than the last one ends. */
static inline void
add_next_span(CustomerReader *reader, Span span)
{
	Span	   *last = reader->nspans == 0 ? NULL : &reader->spans[reader->nspans - 1];

	if (last != NULL && span.start > last->end && reader->grace > 0 &&
		(uint64) span.start - (uint64) last->end <= (uint64) reader->grace)
		last->end = span.start;
	if (last != NULL && span.start == last->end && span.amount == last->amount)
		last->end = span.end;
	else
		add_span(reader, span);
}

static void
refuse_sum(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("the amounts of a customer at one time are too large together"),
			 errdetail("They add up to more than 9223372036854 whole units."),
			 errhint("Look for a mistyped amount, or a customer that stands for many.")));
}

/* The edges of all records from `first` up to reader->next, in the order of time. */
static int
collect_edges(CustomerReader *reader, int64 first)
{
	int			nedges = (int) (2 * (reader->next - first));

	if (nedges > reader->edge_capacity)
	{
		if (reader->edges != NULL)
			pfree(reader->edges);
		reader->edge_capacity = nedges;
		reader->edges = palloc_extended((Size) nedges * sizeof(SpanEdge), MCXT_ALLOC_HUGE);
	}
	for (int i = 0; i < nedges; i += 2)
	{
		Span		span = span_of_payload(PAYLOAD_OF(reader->store, RECORD_AT(reader->store, first + i / 2)), reader->store->payload);

		CHECK_FOR_INTERRUPTS();
		reader->edges[i] = (SpanEdge) {span.start, span.amount, 1};
		reader->edges[i + 1] = (SpanEdge) {span.end, -span.amount, -1};
	}
	sort_edges(reader->edges, nedges);
	return nedges;
}

/*
 * Spans that overlap, added up: the amount between one edge and the next. What
 * ends and what begins at one instant is taken together.
 */
static void
add_up_spans(CustomerReader *reader, int64 first)
{
	int			nedges = collect_edges(reader, first);
	int128		amount = 0;
	int64		running = 0;

	reader->nspans = 0;
	for (int i = 0; i < nedges; i++)
	{
		const SpanEdge *edge = &reader->edges[i];

		CHECK_FOR_INTERRUPTS();
		amount += edge->amount;
		running += edge->spans;
		if (i + 1 == nedges || edge[1].at == edge->at || running <= 0)
			continue;
		if (amount > PG_INT64_MAX)
			refuse_sum();
		add_next_span(reader, (Span) {edge->at, edge[1].at, (int64) amount});
	}
}

/* The next customer and its spans; false after the last. */
bool
read_customer(CustomerReader *reader)
{
	const KeyedStore *store = reader->store;
	int64		first = reader->next;
	int64		last_end = PG_INT64_MIN;
	bool		overlap = false;

	if (first >= store->nrecords)
		return false;
	reader->key = RECORD_AT(store, first);
	reader->nspans = 0;
	do
	{
		const uint64 *record = RECORD_AT(store, reader->next);
		Span		span;

		CHECK_FOR_INTERRUPTS();
		if (!same_customer(store, reader->key, record))
			break;
		span = span_of_payload(PAYLOAD_OF(store, record), store->payload);
		overlap |= span.start < last_end;
		last_end = span.end;
		add_next_span(reader, span);
	} while (++reader->next < store->nrecords);
	if (overlap)
		add_up_spans(reader, first);
	return true;
}

/* Spans that touch become one, whatever their amounts; returns how many are left. */
int
join_spans(Span *spans, int nspans)
{
	int			last = 0;

	for (int i = 1; i < nspans; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (spans[i].start == spans[last].end)
			spans[last].end = spans[i].end;
		else
			spans[++last] = spans[i];
	}
	return nspans == 0 ? 0 : last + 1;
}

/* Append the customer that was read to a store that has room for it. */
void
append_spans(KeyedStore *store, const CustomerReader *reader)
{
	int			key_words = KEY_WORDS(store->key_kind);

	for (int i = 0; i < reader->nspans; i++)
	{
		uint64	   *record = RECORD_AT(store, store->nrecords++);

		CHECK_FOR_INTERRUPTS();
		memcpy(record, reader->key, key_words * sizeof(uint64));
		write_span(record + key_words, store->payload, reader->spans[i]);
	}
}

/* ---- the canonical form ---- */

/* With amounts: spans that overlap, added up. There can be more of them than before. */
static KeyedStore *
settle_amounts(KeyedStore *store)
{
	CustomerReader reader = customer_reader(store, 0);
	int64		nspans = 0;
	KeyedStore *settled;

	if (!HISTORY_HAS_AMOUNTS(store))
		return store;
	while (read_customer(&reader))
		nspans += reader.nspans;
	settled = keyed_store_allocate_checked(store, &customer_history_type, nspans);
	reader.next = 0;
	while (read_customer(&reader))
		append_spans(settled, &reader);
	return settled;
}

static const char *
fault_of_history(const KeyedStore *store)
{
	for (int64 i = 0; i < store->nrecords; i++)
	{
		Span		span = span_of_payload(PAYLOAD_OF(store, RECORD_AT(store, i)), store->payload);

		CHECK_FOR_INTERRUPTS();
		if (!IS_VALID_TIMESTAMP(span.start) || (span.end != STILL_RUNNING && span.end >= END_TIMESTAMP))
			return "A span begins or ends at no time there is.";
		if (span.end <= span.start)
			return "A span does not end behind its start.";
		if (span.amount < 0)
			return "An amount is negative.";
	}
	return fault_of_asked_period(store);
}

/* ---- text ---- */

static void
append_amounts(StringInfo out, const KeyedStore *store)
{
	if (HISTORY_HAS_AMOUNTS(store))
		appendStringInfoString(out, " amounts");
	append_asked_period(out, store);
}

static void
parse_amounts(StateParser *parser, KeyedStore *store)
{
	if (state_accept_word(parser, " amounts"))
		store->payload = HISTORY_PAYLOAD_WITH_AMOUNT;
	parse_asked_period(parser, store);
}

static void
append_span(StringInfo out, const uint64 *payload, int words)
{
	Span		span = span_of_payload(payload, words);

	appendStringInfo(out, INT64_FORMAT "..", span.start);
	if (span.end != STILL_RUNNING)
		appendStringInfo(out, INT64_FORMAT, span.end);
	if (words == HISTORY_PAYLOAD_WITH_AMOUNT)
		appendStringInfo(out, "=" INT64_FORMAT, span.amount);
}

static void
parse_span(StateParser *parser, uint64 *payload, int words)
{
	Span		span = {.end = STILL_RUNNING};

	span.start = state_parse_signed(parser);
	state_expect(parser, "..");
	if (*parser->next == '-' || (*parser->next >= '0' && *parser->next <= '9'))
		span.end = state_parse_signed(parser);
	if (words == HISTORY_PAYLOAD_WITH_AMOUNT)
	{
		state_expect(parser, "=");
		span.amount = state_parse_integer(parser);
	}
	write_span(payload, words, span);
}

const StoreType customer_history_type = {
	.number = 1,
	.least_payload = HISTORY_PAYLOAD,
	.most_payload = HISTORY_PAYLOAD_WITH_AMOUNT,
	.name = "customer_history",
	.aggregate = "customer_agg",
	.optional = "amounts",
	.example = "A history of one customer, number 42, that was active for the first second of the year 2000 looks like this: {bigint 42:0..1000000}.",
	.fuse = fuse_spans,
	.settle = settle_amounts,
	.fault = fault_of_history,
	.merge_extra = merge_asked_period,
	.append_extra = append_amounts,
	.parse_extra = parse_amounts,
	.append_payload = append_span,
	.parse_payload = parse_span,
};

Datum
customer_history_in(PG_FUNCTION_ARGS)
{
	return keyed_store_in(fcinfo, &customer_history_type);
}

Datum
customer_history_out(PG_FUNCTION_ARGS)
{
	return keyed_store_out(fcinfo, &customer_history_type);
}

Datum
customer_history_recv(PG_FUNCTION_ARGS)
{
	return keyed_store_recv(fcinfo, &customer_history_type);
}

Datum
customer_history_send(PG_FUNCTION_ARGS)
{
	return keyed_store_send(fcinfo, &customer_history_type);
}

Datum
customer_history_merge(PG_FUNCTION_ARGS)
{
	return keyed_store_merge(fcinfo, &customer_history_type);
}

Datum
customer_history_final(PG_FUNCTION_ARGS)
{
	return keyed_store_final(fcinfo, &customer_history_type);
}
