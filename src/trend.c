/*
 * trend.c
 *		Trend of a series: Theil-Sen slope, Kendall's tau and the Mann-Kendall test.
 */
#include "postgres.h"

#include <math.h>

#include "funcapi.h"

#include "series.h"

/* The orders of so many values can be counted in 128 bits: 34! < 2^128 < 35! */
#define MOST_COUNTED 34

PG_FUNCTION_INFO_V1(trend_final);

/* The values that are known, each with its place. */
static Series
series_of(ArrayType *state)
{
	int			count = SERIES_COUNT(state);
	Series		series = {
		.points = palloc(count * sizeof(Point)),
		.sorted = palloc(count * sizeof(Point)),
		.spare = palloc(count * sizeof(Point))
	};

	for (int i = 0; i < count; i++)
	{
		double		value = SERIES_VALUES(state)[i];

		if (is_series_value(value))
			series.points[series.npoints++] = (Point) {i, value};
	}
	return series;
}

/*
 * The probability of a score at least as far from 0, among all orders of the values:
 * of the series' pairs, `fewer` go against the others. The orders by the number of
 * pairs that fall are the coefficients of (1 - q)(1 - q^2)...(1 - q^n), divided by
 * the same product for each group of equal values. They are had modulo 2^128, which
 * none of them reaches. The points are sorted by value.
 */
static double
counted_p_value(const Series *series, int64 fewer)
{
	uint128		orders[MOST_COUNTED * (MOST_COUNTED - 1) / 4 + 1] = {1};
	uint128		all = 1;
	uint128		as_few = 0;
	int			length;
	int			n = 0;

	for (int first = 0; first < series->npoints; first += length)
	{
		length = points_in_line(series, first, 0);
		for (int j = 1; j <= length; j++)
		{
			n++;
			all = all * n / j;
			for (int64 i = fewer; i >= n; i--)
				orders[i] -= orders[i - n];
			for (int64 i = j; i <= fewer; i++)
				orders[i] += orders[i - j];
		}
	}
	for (int64 i = 0; i <= fewer; i++)
		as_few += orders[i];
	return 2.0 * (double) as_few / (double) all;
}

/* n (n - 1) (2n + 5), which is 18 times the variance of the score of n values in any order. */
static uint128
score_variance(int64 n)
{
	return (uint128) (n * (n - 1)) * (2 * n + 5);
}

/* The same, by the normal distribution of the same variance, with half a step off. */
static double
normal_p_value(const Series *series, int64 score)
{
	uint128		variance = score_variance(series->npoints);
	int			length;

	for (int first = 0; first < series->npoints; first += length)
	{
		length = points_in_line(series, first, 0);
		variance -= score_variance(length);
	}
	return erfc((fabs((double) score) - 1) / sqrt((double) variance / 18) / M_SQRT2);
}

/* Kendall's tau-b of value and place, and the p-value of no trend: two values of the result. */
static void
mann_kendall(Series *series, Datum *values, bool *nulls)
{
	int64		pairs = series_pairs(series);
	int64		falling = sort_along(series, 0);
	int64		rising = pairs - falling;
	int64		unequal;
	int64		score;
	double		p_value;
	int			length;

	for (int first = 0; first < series->npoints; first += length)
	{
		length = points_in_line(series, first, 0);
		rising -= (int64) length * (length - 1) / 2;
	}
	unequal = rising + falling;
	score = rising - falling;
	if (score == 0)
		p_value = 1;
	else if (series->npoints <= MOST_COUNTED)
		p_value = counted_p_value(series, Min(rising, falling));
	else
		p_value = normal_p_value(series, score);
	nulls[0] = unequal == 0;
	values[0] = Float8GetDatum(unequal == 0 ? 0 : score / sqrt((double) pairs * unequal));
	values[1] = Float8GetDatum(p_value);
}

/* trend_final(state): slope, tau, p_value, n */
Datum
trend_final(PG_FUNCTION_ARGS)
{
	ArrayType  *state = series_argument(fcinfo);
	Datum		values[4] = {0};
	bool		nulls[4] = {true, true, true, false};
	TupleDesc	row_type;
	Series		series;

	if (state == NULL)
		PG_RETURN_NULL();
	series = series_of(state);
	if (series.npoints == 0)
		PG_RETURN_NULL();
	if (get_call_result_type(fcinfo, NULL, &row_type) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "the result of trend is a row");
	if (series.npoints > 1)
	{
		memset(nulls, false, sizeof(nulls));
		values[0] = Float8GetDatum(median_slope(&series));
		mann_kendall(&series, &values[1], &nulls[1]);
	}
	values[3] = Int64GetDatum(series.npoints);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(row_type), values, nulls)));
}
