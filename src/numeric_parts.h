/*
 * numeric_parts.h
 *		The digits of a numeric.
 *
 * The functions of numeric would cost more than all the rest of a row, and none
 * of them tells a number's digits. So its stored form is read here. That form is
 * what pg_upgrade leaves as it is: it does not change with versions. Digits are of
 * base 10,000, and the weight is that of the first: digit * 10000 ^ weight.
 */
#ifndef SALES_KPI_NUMERIC_PARTS_H
#define SALES_KPI_NUMERIC_PARTS_H

#include "fmgr.h"

#include "compat.h"

#define NUMERIC_BASE 10000

/* The bits of the first two bytes. */
#define SPECIAL_BITS 0xC000		/* both: NaN or an infinity */
#define MINUS_INFINITY 0xF000
#define SHORT_BIT 0x8000		/* sign and weight are here as well */
#define SHORT_NEGATIVE 0x2000
#define SHORT_WEIGHT_SIGN 0x0040
#define SHORT_WEIGHT 0x003F
#define LONG_NEGATIVE 0x4000

typedef struct NumericParts
{
	bool		finite;
	bool		negative;
	int			weight;
	int			ndigits;
	const char *digits;			/* of two bytes, not aligned */
} NumericParts;

static inline NumericParts
numeric_parts(const struct varlena *numeric)
{
	const char *data = VARDATA_ANY(numeric);
	int			header_size = sizeof(uint16);
	uint16		header;
	int16		weight;
	NumericParts parts = {.finite = true};

	memcpy(&header, data, sizeof(header));
	if ((header & SPECIAL_BITS) == SPECIAL_BITS)
		return (NumericParts) {.negative = header == MINUS_INFINITY};
	if (header & SHORT_BIT)
	{
		parts.negative = (header & SHORT_NEGATIVE) != 0;
		parts.weight = (header & SHORT_WEIGHT) | (header & SHORT_WEIGHT_SIGN ? ~SHORT_WEIGHT : 0);
	}
	else
	{
		memcpy(&weight, data + sizeof(header), sizeof(weight));
		header_size += sizeof(weight);
		parts.negative = (header & LONG_NEGATIVE) != 0;
		parts.weight = weight;
	}
	parts.ndigits = (VARSIZE_ANY_EXHDR(numeric) - header_size) / sizeof(int16);
	parts.digits = data + header_size;
	return parts;
}

/* The digit at a place, from the first on; none is behind the last. */
static inline int16
numeric_digit(const NumericParts *parts, int place)
{
	int16		digit = 0;

	if (place < parts->ndigits)
		memcpy(&digit, parts->digits + place * sizeof(digit), sizeof(digit));
	return digit;
}

#endif							/* SALES_KPI_NUMERIC_PARTS_H */
