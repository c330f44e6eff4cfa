/*
 * customer_history.h
 *		The state of the KPIs of customers: when each was active, and at what
 *		amount.
 */
#ifndef SALES_KPI_CUSTOMER_HISTORY_H
#define SALES_KPI_CUSTOMER_HISTORY_H

#include "asked_period.h"

extern const StoreType customer_history_type;

/* Words of a record behind its key: start, end, and the amount if there is one. */
#define HISTORY_PAYLOAD 2
#define HISTORY_PAYLOAD_WITH_AMOUNT 3
#define HISTORY_HAS_AMOUNTS(store) ((store)->payload == HISTORY_PAYLOAD_WITH_AMOUNT)

/* The end of what is still running: the timestamp infinity. */
#define STILL_RUNNING PG_INT64_MAX

/* A time over which a customer is active, at one amount. */
typedef struct Span
{
	int64		start;
	int64		end;			/* exclusive */
	int64		amount;
} Span;

/*
 * Goes through a sorted store customer by customer. The spans of a customer come
 * in their order and do not overlap; a gap of up to `grace` is bridged, at the
 * amount before it.
 */
typedef struct CustomerReader
{
	const KeyedStore *store;
	int64		grace;
	int64		next;			/* record to go on with */
	const uint64 *key;			/* of the customer read */
	int			nspans;
	Span	   *spans;
	int			capacity;
	struct SpanEdge *edges;
	int			edge_capacity;
} CustomerReader;

extern CustomerReader customer_reader(const KeyedStore *store, int64 grace);
extern bool read_customer(CustomerReader *reader);
extern int	join_spans(Span *spans, int nspans);
extern void append_spans(KeyedStore *store, const CustomerReader *reader);

static inline void
write_span(uint64 *payload, int words, Span span)
{
	payload[0] = WORD_OF_INT64(span.start);
	payload[1] = WORD_OF_INT64(span.end);
	if (words == HISTORY_PAYLOAD_WITH_AMOUNT)
		payload[2] = span.amount;
}

#define HISTORY_OF_ARGUMENT(n) keyed_store_sorted(PG_GETARG_DATUM(n), &customer_history_type)

#endif							/* SALES_KPI_CUSTOMER_HISTORY_H */
