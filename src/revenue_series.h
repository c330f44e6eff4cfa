/*
 * revenue_series.h
 *		The state of revenue_agg: the periods between boundaries, and how many lines
 *		were sold in each, for what amount.
 */
#ifndef SALES_KPI_REVENUE_SERIES_H
#define SALES_KPI_REVENUE_SERIES_H

#include "common/int.h"

#include "boundaries.h"
#include "compat.h"
#include "wide.h"

#define REVENUE_SERIES_VERSION 1

/*
 * What was sold in a period. The sum is of millionths, in 128 bits as two words: a
 * state is aligned for 64. An amount has 63 of them, so that no sum of as many lines
 * as can be counted is too large.
 */
typedef struct PeriodRevenue
{
	int64		lines;
	uint64		low;
	int64		high;
} PeriodRevenue;

/*
 * The state, in one piece of a size that does not change. It depends on its rows
 * alone at any time: there is no other form for results.
 */
typedef struct RevenueSeries
{
	int32		vl_len_;
	int32		version;
	int64		count;			/* of boundaries, at least 2 */
	int64		at[FLEXIBLE_ARRAY_MEMBER];	/* boundaries, then a PeriodRevenue of
											 * each period between them */
} RevenueSeries;

#define REVENUE_SERIES_SIZE(n) \
	(offsetof(RevenueSeries, at) + (Size) (n) * sizeof(int64) + ((Size) (n) - 1) * sizeof(PeriodRevenue))
#define REVENUE_OF_PERIODS(series) ((PeriodRevenue *) ((series)->at + (series)->count))

static inline int128
sum_of_period(const PeriodRevenue *period)
{
	return (int128) ((uint128) (uint64) period->high << 64 | period->low);
}

static inline bool
has_boundaries(const RevenueSeries *series, const int64 *at, int64 count)
{
	return series->count == count && memcmp(series->at, at, count * sizeof(int64)) == 0;
}

extern RevenueSeries *revenue_series_create(int count);
extern RevenueSeries *revenue_series_of_datum(Datum state);
extern void refuse_changed_periods(void);
extern void refuse_lines(void);

/* Add so many lines to a period, and what they were sold for. */
static inline void
add_revenue(PeriodRevenue *period, int64 lines, int128 amount)
{
	uint128		sum = (uint128) sum_of_period(period) + (uint128) amount;

	if (pg_add_s64_overflow(period->lines, lines, &period->lines))
		refuse_lines();
	period->low = (uint64) sum;
	period->high = (int64) (sum >> 64);
}

#endif							/* SALES_KPI_REVENUE_SERIES_H */
