/*
 * slope.c
 *		The slopes between all pairs of points of a series: how many are below a
 *		given one, and which is the median.
 *
 * There are n (n - 1) / 2 of them, too many to look at each. But seen along a line of
 * a given slope, two points change places just if the slope between them is less. So
 * sorting the points, which can count such pairs, counts the slopes below. The
 * median is found as in quickselect, with a sample of slopes for the pivots. That
 * takes O(n log n) steps on average. (J. Matoušek, Randomized optimal algorithm for
 * slope selection, Information Processing Letters 39, 1991; M. B. Dillencourt, D. M.
 * Mount, N. S. Netanyahu, A randomized algorithm for slope selection, International
 * Journal of Computational Geometry and Applications 2, 1992.)
 */
#include "postgres.h"

#include <math.h>

#include "common/pg_prng.h"
#include "miscadmin.h"
#include "utils/float.h"

#include "slope.h"

#define ST_SORT sort_slopes
#define ST_ELEMENT_TYPE double
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Of so few slopes each is looked at. All those of 63 points are. */
#define FEW_SLOPES 2000

/* Pairs of points that a sort puts into the other order, and the slopes of some. */
typedef struct Swaps
{
	int64		count;			/* pairs so far */
	int64		next;			/* number of the next pair to be drawn */
	int64		total;			/* pairs that there will be */
	int			ndrawn;
	int			wanted;
	double	   *drawn;
	pg_prng_state random;
} Swaps;

/*
 * What is known of a slope that is looked for. The slopes numbered from `first` to
 * before `end`, in ascending order and counted from 0, are those between `low` and
 * `high`, both excluded; or, where these are equal, they equal them.
 */
typedef struct Search
{
	Series	   *series;
	double		low;
	double		high;
	int64		first;
	int64		end;
	int			most_drawn;
	Swaps		swaps;
} Search;

int64
series_pairs(const Series *series)
{
	return (int64) series->npoints * (series->npoints - 1) / 2;
}

static inline double
slope_between(const Point *a, const Point *b)
{
	return (b->value - a->value) / (b->place - a->place);
}

/*
 * The order of two points seen along a line of some slope: of value - slope * place.
 * Exact, or the pairs counted would not fit together: if the difference of the values
 * and the rise of the line are rounded to the same number, what was rounded off
 * decides.
 */
static inline int
compare_along(const Point *a, const Point *b, double slope)
{
	double		difference = a->value - b->value;
	double		run = a->place - b->place;
	double		rise = slope * run;
	double		part;
	double		rest;
	double		rise_rest;

	if (difference != rise)
		return difference < rise ? -1 : 1;
	part = difference - a->value;
	rest = (a->value - (difference - part)) - (b->value + part);
	rise_rest = fma(slope, run, -rise);
	return rest < rise_rest ? -1 : rest > rise_rest;
}

/* Number of the pair that is drawn next: a random one of the next part of all. */
static void
choose_next(Swaps *swaps)
{
	int64		begin = (int64) ((double) swaps->ndrawn * swaps->total / swaps->wanted);
	int64		end = (int64) ((swaps->ndrawn + 1.0) * swaps->total / swaps->wanted);

	swaps->next = swaps->ndrawn == swaps->wanted ? PG_INT64_MAX :
		(int64) pg_prng_uint64_range(&swaps->random, begin, end - 1);
}

/* Count the pairs of one point with some that stood before it and come after it. */
static inline void
swap_pairs(Swaps *swaps, const Point *passed, int64 npassed, const Point *point)
{
	while (swaps->next < swaps->count + npassed)
	{
		swaps->drawn[swaps->ndrawn++] = slope_between(&passed[swaps->next - swaps->count], point);
		choose_next(swaps);
	}
	swaps->count += npassed;
}

/* Merge two sorted neighbours, left before right before end. */
static void
merge(const Point *left, const Point *right, const Point *end, Point *merged, double slope, Swaps *swaps)
{
	const Point *middle = right;

	while (left < middle && right < end)
	{
		if (compare_along(right, left, slope) < 0)
		{
			swap_pairs(swaps, left, middle - left, right);
			*merged++ = *right++;
		}
		else
			*merged++ = *left++;
	}
	memcpy(merged, left, (middle - left) * sizeof(Point));
	memcpy(merged + (middle - left), right, (end - right) * sizeof(Point));
}

/* Sort the points, from the order they are in, along a line of some slope. */
static void
sort_on(Series *series, double slope, Swaps *swaps)
{
	for (int64 width = 1; width < series->npoints; width *= 2)
	{
		const Point *end = series->sorted + series->npoints;
		Point	   *sorted = series->sorted;

		for (int64 start = 0; start < series->npoints; start += 2 * width)
		{
			const Point *left = series->sorted + start;
			const Point *right = Min(left + width, end);

			CHECK_FOR_INTERRUPTS();
			merge(left, right, Min(right + width, end), series->spare + start, slope, swaps);
		}
		series->sorted = series->spare;
		series->spare = sorted;
	}
}

/* Sort the points along a line of some slope. Returns how many slopes are less. */
int64
sort_along(Series *series, double slope)
{
	Swaps		swaps = {.next = PG_INT64_MAX};

	memcpy(series->sorted, series->points, series->npoints * sizeof(Point));
	sort_on(series, slope, &swaps);
	return swaps.count;
}

/* How many of the points sorted along a line are on one with the first, itself included. */
int
points_in_line(const Series *series, int first, double slope)
{
	int			next = first + 1;

	while (next < series->npoints && compare_along(&series->sorted[first], &series->sorted[next], slope) == 0)
		next++;
	return next - first;
}

/*
 * Turn round what is in line in sorted points: so they are sorted along a slope that
 * is the least bit larger. Returns how many slopes are equal.
 */
static int64
turn_lines(Series *series, double slope)
{
	int64		equal = 0;
	int			length;

	for (int first = 0; first < series->npoints; first += length)
	{
		length = points_in_line(series, first, slope);
		equal += (int64) length * (length - 1) / 2;
		for (int i = first, j = first + length - 1; i < j; i++, j--)
		{
			Point		point = series->sorted[i];

			series->sorted[i] = series->sorted[j];
			series->sorted[j] = point;
		}
	}
	return equal;
}

/* Draw slopes from those between low and high: all, if there are few. */
static void
draw_slopes(Search *search)
{
	Swaps	   *swaps = &search->swaps;

	swaps->count = 0;
	swaps->total = search->end - search->first;
	swaps->wanted = (int) Min(swaps->total, search->most_drawn);
	swaps->ndrawn = 0;
	choose_next(swaps);
	sort_along(search->series, search->low);
	turn_lines(search->series, search->low);
	sort_on(search->series, search->high, swaps);
	sort_slopes(swaps->drawn, swaps->ndrawn);
}

/* Narrow the search for the slope of a rank by a pivot. */
static void
narrow(Search *search, int64 rank, double pivot)
{
	int64		below;
	int64		not_above;

	if (pivot <= search->low || pivot >= search->high)
		return;
	below = sort_along(search->series, pivot);
	not_above = below + turn_lines(search->series, pivot);
	if (rank >= below)
	{
		search->first = rank < not_above ? below : not_above;
		search->low = pivot;
	}
	if (rank < not_above)
	{
		search->end = rank < below ? below : not_above;
		search->high = pivot;
	}
}

/* Begin anew, with all slopes. */
static void
search_everywhere(Search *search)
{
	search->low = -get_float8_infinity();
	search->high = get_float8_infinity();
	search->first = 0;
	search->end = series_pairs(search->series);
	search->swaps.ndrawn = 0;
}

/*
 * The slope of a rank. Each round looks on between two slopes of a sample, a little
 * below and a little above the one that should be it. At the least it leaves out
 * one float8, until none is left between two; then what was drawn differs in the
 * last digit only.
 */
static double
slope_of_rank(Search *search, int64 rank)
{
	Swaps	   *swaps = &search->swaps;

	if (rank < search->first || rank >= search->end)
		search_everywhere(search);
	while (search->low < search->high)
	{
		double		least = nextafter(search->low, search->high);
		double		most = nextafter(search->high, search->low);
		int			margin;
		int			position;

		if (swaps->ndrawn == 0)
			draw_slopes(search);
		position = (int) ((double) (rank - search->first) * swaps->ndrawn / swaps->total);
		if (swaps->ndrawn == swaps->total || least == search->high)
			return swaps->drawn[position];
		margin = (int) (1.5 * sqrt(swaps->ndrawn));
		narrow(search, rank, Min(Max(swaps->drawn[Max(position - margin, 0)], least), most));
		narrow(search, rank, swaps->drawn[Min(position + margin, swaps->ndrawn - 1)]);
		swaps->ndrawn = 0;
	}
	return search->low;
}

/* The median of the slopes between all pairs of points, of which there is one at least. */
double
median_slope(Series *series)
{
	int64		pairs = series_pairs(series);
	Search		search = {.series = series};
	double		lower;
	double		upper;

	search.most_drawn = (int) Min(pairs, Max(FEW_SLOPES, series->npoints));
	search.swaps.drawn = palloc(search.most_drawn * sizeof(double));
	pg_prng_seed(&search.swaps.random, 0);
	lower = slope_of_rank(&search, (pairs - 1) / 2);
	upper = slope_of_rank(&search, pairs / 2);
	pfree(search.swaps.drawn);
	return lower + (upper - lower) / 2;
}
