/*
 * wilson.c
 *		Wilson's score interval for a proportion.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "wilson.h"

PG_FUNCTION_INFO_V1(wilson_low);
PG_FUNCTION_INFO_V1(wilson_high);

/*
 * The normal deviate that is exceeded, on both sides, with probability
 * 1 - confidence: Newton's method on whichever of the two areas is small, for that
 * one is had without loss. It starts below the root, and each step brings it closer.
 */
static double
normal_quantile(double confidence)
{
	double		z = 0;

	for (int i = 0; i < 100; i++)
	{
		double		missing = confidence < 0.5 ? confidence - erf(z / M_SQRT2) :
			erfc(z / M_SQRT2) - (1 - confidence);
		double		density = 2 * exp(-0.5 * z * z) / sqrt(2 * M_PI);
		double		step = missing / density;

		z += step;
		if (fabs(step) <= 1e-15 * z)
			break;
	}
	return z;
}

/*
 * One end of the interval: side is -1 for the lower, 1 for the upper. The lower one
 * is had from the product of both, share^2 / (1 + z^2 / n): the difference in the
 * closed formula would lose digits.
 */
static double
wilson_bound(int64 hits, int64 total, double confidence, int side)
{
	static double known_confidence = 0;
	static double known_z = 0;
	double		n = (double) total;
	double		share = hits / n;
	double		z2;
	double		sum;

	if (confidence != known_confidence)
	{
		known_z = normal_quantile(confidence);
		known_confidence = confidence;
	}
	if (hits == (side < 0 ? 0 : total))
		return share;
	z2 = known_z * known_z;
	sum = share + z2 / (2 * n) + known_z * sqrt((share * (1 - share) + z2 / (4 * n)) / n);
	if (side < 0)
		return share * (share / sum);
	return Min(1.0, Max(share, sum / (1 + z2 / n)));
}

/* Three values of a row: the rate and the ends of its 95 % interval; NULL of none. */
void
rate_with_interval(int64 hits, int64 total, Datum *values, bool *nulls)
{
	if (total == 0)
	{
		nulls[0] = nulls[1] = nulls[2] = true;
		return;
	}
	values[0] = Float8GetDatum((double) hits / total);
	values[1] = Float8GetDatum(wilson_bound(hits, total, 0.95, -1));
	values[2] = Float8GetDatum(wilson_bound(hits, total, 0.95, 1));
}

static Datum
wilson(FunctionCallInfo fcinfo, int side)
{
	int64		hits = PG_GETARG_INT64(0);
	int64		total = PG_GETARG_INT64(1);
	double		confidence = PG_GETARG_FLOAT8(2);

	if (hits < 0 || hits > total)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("hits are not a part of the total"),
				 errdetail("There are " INT64_FORMAT " hits of " INT64_FORMAT ".", hits, total),
				 errhint("A quotient whose numerator is not counted in its denominator has no Wilson interval.")));
	if (isnan(confidence) || confidence <= 0 || confidence >= 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("confidence %g is not between 0 and 1", confidence),
				 errhint("95 percent is 0.95.")));
	if (total == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(wilson_bound(hits, total, confidence, side));
}

/* wilson_low(hits, total, confidence) */
Datum
wilson_low(PG_FUNCTION_ARGS)
{
	return wilson(fcinfo, -1);
}

/* wilson_high(hits, total, confidence) */
Datum
wilson_high(PG_FUNCTION_ARGS)
{
	return wilson(fcinfo, 1);
}
