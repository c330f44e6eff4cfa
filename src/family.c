/*
 * family.c
 *		Fingerprints of families of products.
 *
 * 64 bits of XXH3: of a million families, two have the same one with a chance of
 * 1 to 37 million. A number is known by its digits, so that a company may change
 * from one to the other: family 5 and family '5' are the same.
 */
#include "postgres.h"

#include "utils/builtins.h"

/* No object file of its own: the functions needed are compiled into this one. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "family.h"

static uint64
fingerprint(const char *name, size_t length)
{
	uint64		hash = XXH3_64bits(name, length);

	return hash == NO_FAMILY ? 1 : hash;
}

uint64
family_of_datum(Datum family, KeyKind kind)
{
	char		digits[MAXINT8LEN + 1];
	text	   *name;

	if (kind == KEY_BIGINT)
		return fingerprint(digits, pg_lltoa(DatumGetInt64(family), digits));
	name = DatumGetTextPP(family);
	return fingerprint(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
}
