/*
 * share_bounds.c
 *		The 95 % interval of a share that a curve estimates.
 */
#include "postgres.h"

#include <math.h>

#include "share_bounds.h"

/* The normal deviate of a 95 % interval. */
#define Z_95 1.959963984540054

/*
 * Two values of a row, on the scale of log(-log share), on which they stay between 0
 * and 1; NULL where the share is 0 or 1. The variance is that of the estimate by its
 * square.
 */
void
share_bounds(double share, double relative_variance, Datum *values, bool *nulls)
{
	double		spread;

	nulls[0] = nulls[1] = share <= 0 || share >= 1;
	if (nulls[0])
		return;
	spread = exp(Z_95 * sqrt(relative_variance) / -log(share));
	values[0] = Float8GetDatum(pow(share, spread));
	values[1] = Float8GetDatum(pow(share, 1 / spread));
}
