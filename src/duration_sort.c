/*
 * duration_sort.c
 *		Sorts the durations of a summary.
 *
 * Few sales cycles are alike, and those of a group spread over some octaves. So
 * they are dealt to piles by the bucket that they would be counted in, which is
 * known without a comparison, and then almost all lie close to their place.
 */
#include "postgres.h"

#include "duration_summary.h"

#define ST_SORT sort_by_comparison
#define ST_ELEMENT_TYPE int64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* So few are not worth dealing. */
#define DEALT_FROM 24

/* A few for each duration, while that is cheaper than to find its place in a pile. */
#define PILES_PER_DURATION 4
#define MAX_PILES 512

/* By how many places durations move, in the mean, before comparing them all is cheaper. */
#define MAX_MEAN_MOVES 16

static void
deal(int64 *dealt, const int64 *durations, int n)
{
	uint16		bucket[DURATIONS_HELD];
	uint16		next[MAX_PILES] = {0};
	int			first = DURATION_BUCKET_COUNT;
	int			last = 0;
	int			shift = 0;
	int			total = 0;

	for (int i = 0; i < n; i++)
	{
		bucket[i] = duration_bucket(durations[i]);
		first = Min(first, bucket[i]);
		last = Max(last, bucket[i]);
	}
	while ((last - first) >> shift >= Min(n * PILES_PER_DURATION, MAX_PILES))
		shift++;
	for (int i = 0; i < n; i++)
		next[(bucket[i] - first) >> shift]++;
	for (int pile = 0; pile <= (last - first) >> shift; pile++)
	{
		int			count = next[pile];

		next[pile] = total;
		total += count;
	}
	for (int i = 0; i < n; i++)
		dealt[next[(bucket[i] - first) >> shift]++] = durations[i];
}

/* Sort by insertion; false if too many are too far from their place. */
static bool
insert_nearby(int64 *durations, int n)
{
	int			moves = 0;

	for (int i = 1; i < n && moves <= n * MAX_MEAN_MOVES; i++)
	{
		int64		duration = durations[i];
		int			place = i;

		for (; place > 0 && durations[place - 1] > duration; place--)
			durations[place] = durations[place - 1];
		durations[place] = duration;
		moves += i - place;
	}
	return moves <= n * MAX_MEAN_MOVES;
}

/* Put up to DURATIONS_HELD durations into `sorted`. */
void
sort_durations(int64 *sorted, const int64 *durations, int n)
{
	if (n < DEALT_FROM)
		memcpy(sorted, durations, n * sizeof(int64));
	else
		deal(sorted, durations, n);
	if (!insert_nearby(sorted, n))
		sort_by_comparison(sorted, n);
}
