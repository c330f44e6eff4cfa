/*
 * demo.c
 *		Chance for the demo company, the same on every machine.
 */
#include "postgres.h"

#include "fmgr.h"
#include "port/pg_bswap.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

PG_FUNCTION_INFO_V1(demo_random);

/*
 * demo_random(seed, stream, n): the n-th number of a stream, in [0, 1). Core's
 * random() and hash functions promise no such constancy. 53 bits are exact in
 * a float8.
 */
Datum
demo_random(PG_FUNCTION_ARGS)
{
	uint64		key[2];

	key[0] = pg_hton64((uint64) PG_GETARG_INT64(2));
	key[1] = pg_hton64((uint64) PG_GETARG_INT32(1));
	PG_RETURN_FLOAT8((XXH3_64bits_withSeed(key, sizeof(key), PG_GETARG_INT32(0)) >> 11) * (1.0 / 9007199254740992.0));
}
