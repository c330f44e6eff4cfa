/*
 * win_summary.h
 *		The state of the win curve: of each number of days, how many deals were won,
 *		were lost, or are that old and open.
 */
#ifndef SALES_KPI_WIN_SUMMARY_H
#define SALES_KPI_WIN_SUMMARY_H

#include "keyed_store.h"

extern const StoreType win_summary_type;

/* What became of a deal: places in the payload of a record, each a count. */
typedef enum DealEnd
{
	DEAL_WON,
	DEAL_LOST,
	DEAL_OPEN,
	WIN_PAYLOAD
} DealEnd;

/* Deals whose end came, or that were last seen, on one day after their opening. */
typedef struct DealDay
{
	int64		day;
	int64		count[WIN_PAYLOAD];
} DealDay;

static inline DealDay
deal_day(const KeyedStore *summary, int64 number)
{
	const uint64 *record = RECORD_AT(summary, number);
	const uint64 *payload = PAYLOAD_OF(summary, record);

	return (DealDay) {
		.day = INT64_OF_WORD(record[0]),
		.count = {(int64) payload[DEAL_WON], (int64) payload[DEAL_LOST], (int64) payload[DEAL_OPEN]},
	};
}

extern void win_summary_count(RunningStore *running, int64 day, DealEnd end);
extern int64 deals_of_summary(const KeyedStore *summary);

#endif							/* SALES_KPI_WIN_SUMMARY_H */
