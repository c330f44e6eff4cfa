/*
 * demo.c
 *		Chance for the demo company, the same on every machine.
 *
 * Core's random() and hash functions promise no such constancy, and floating
 * point leaves it to the compiler and the mathematics library: so here are
 * integers only, out of XXH3. Every number has a name, (seed, stream, n), and is
 * drawn on its own: no plan, and no row that is skipped, changes another.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "port/pg_bswap.h"
#include "utils/array.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

PG_FUNCTION_INFO_V1(demo_random);
PG_FUNCTION_INFO_V1(demo_choice);
PG_FUNCTION_INFO_V1(demo_draw);

/* 32 bits of chance: the arguments are seed, stream, n. */
static uint32
chance(FunctionCallInfo fcinfo)
{
	text	   *stream = PG_GETARG_TEXT_PP(1);
	uint64		n = pg_hton64((uint64) PG_GETARG_INT64(2));
	uint64		key = XXH3_64bits_withSeed(VARDATA_ANY(stream), VARSIZE_ANY_EXHDR(stream), (uint32) PG_GETARG_INT32(0));

	return XXH3_64bits_withSeed(&n, sizeof(n), key) >> 32;
}

/* The numbers of an array of at least `least`, none of them NULL. */
static int32 *
numbers(ArrayType *array, int least, int *count)
{
	*count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	if (ARR_NDIM(array) > 1 || *count < least || array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a distribution is a plain array of at least %d numbers without NULL", least),
				 errdetail("The array has %d elements in %d dimensions.", *count, ARR_NDIM(array)),
				 errhint("Write it like '{10,30,60}'.")));
	Assert(ARR_ELEMTYPE(array) == INT4OID);
	return (int32 *) ARR_DATA_PTR(array);
}

/* demo_random(seed, stream, n, below): even over 0 .. below - 1. */
Datum
demo_random(PG_FUNCTION_ARGS)
{
	int32		below = PG_GETARG_INT32(3);

	if (below < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no whole number from 0 is below %d", below),
				 errhint("Ask for numbers below 1 or more.")));
	PG_RETURN_INT32(((uint64) chance(fcinfo) * (uint64) below) >> 32);
}

/* demo_choice(seed, stream, n, weights): 1 for the first weight, 2 for the second... */
Datum
demo_choice(PG_FUNCTION_ARGS)
{
	int			count;
	int32	   *weights = numbers(PG_GETARG_ARRAYTYPE_P(3), 1, &count);
	uint64		total = 0;
	uint64		left;
	int			chosen = 0;

	for (int i = 0; i < count; i++)
	{
		if (weights[i] < 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("a weight cannot be below zero"),
					 errdetail("Weight %d is %d.", i + 1, weights[i]),
					 errhint("Give what shall never be chosen the weight 0.")));
		total += weights[i];
	}
	if (total == 0 || total > PG_UINT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the weights must add up to between 1 and %u", PG_UINT32_MAX),
				 errhint("Write them as percent, such as '{50,30,20}'.")));
	left = ((uint64) chance(fcinfo) * total) >> 32;
	while (left >= (uint64) weights[chosen])
		left -= weights[chosen++];
	PG_RETURN_INT32(chosen + 1);
}

/*
 * demo_draw(seed, stream, n, quantiles): a number of the distribution whose
 * quantiles, evenly spaced in probability from its least to its greatest value,
 * are given; even between two of them.
 */
Datum
demo_draw(PG_FUNCTION_ARGS)
{
	int			count;
	int32	   *quantiles = numbers(PG_GETARG_ARRAYTYPE_P(3), 2, &count);
	uint64		at = (uint64) chance(fcinfo) * (uint64) (count - 1);
	int			slice = at >> 32;
	uint64		width;

	for (int i = 1; i < count; i++)
		if (quantiles[i] < quantiles[i - 1])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("quantiles must not fall"),
					 errdetail("%d comes after %d.", quantiles[i], quantiles[i - 1]),
					 errhint("Write them in rising order.")));
	width = (int64) quantiles[slice + 1] - quantiles[slice];
	PG_RETURN_INT32(quantiles[slice] + (int64) ((width * (at & PG_UINT32_MAX)) >> 32));
}
