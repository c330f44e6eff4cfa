/*
 * money.c
 *		Between numeric and whole millionths.
 *
 * The functions of numeric would cost more than all the rest of a row, and none
 * of them tells a number's digits. So its stored form is read here. That form is
 * what pg_upgrade leaves as it is: it does not change with versions. Digits are of
 * base 10,000, and the weight is that of the first: digit * 10000 ^ weight.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/numeric.h"

#include "compat.h"
#include "money.h"

PG_FUNCTION_INFO_V1(is_finite);
PG_FUNCTION_INFO_V1(is_negative);

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

static void
refuse_money(Datum amount, const char *what, const char *why)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s %s", what, why),
			 errdetail("It is %s.", DatumGetCString(DirectFunctionCall1(numeric_out, amount))),
			 errhint("Amounts are counted in millionths, up to 9223372036854 whole units. Leave others out with FILTER, or correct them at their source.")));
}

/* Rounded to the millionth, half away from zero. `what` names the amount in errors. */
int64
money_of_numeric(Datum amount, const char *what)
{
	NumericParts parts = numeric_parts(PG_DETOAST_DATUM_PACKED(amount));
	int128		hundredths = 0; /* of a millionth: two digits behind the point */
	int128		money;

	if (!parts.finite)
		refuse_money(amount, what, "is not a finite number");
	if (parts.ndigits > 0 && parts.weight > 3)
		refuse_money(amount, what, "is too large");
	for (int i = 0; parts.weight - i >= -2; i++)
	{
		int16		digit = 0;

		if (i < parts.ndigits)
			memcpy(&digit, parts.digits + i * sizeof(digit), sizeof(digit));
		hundredths = hundredths * NUMERIC_BASE + digit;
	}
	money = (hundredths + 50) / 100;
	if (money > PG_INT64_MAX)
		refuse_money(amount, what, "is too large");
	return parts.negative ? -(int64) money : (int64) money;
}

/* Whether an amount is above 0, however little. */
bool
money_is_positive(Datum amount, const char *what)
{
	NumericParts parts = numeric_parts(PG_DETOAST_DATUM_PACKED(amount));

	if (!parts.finite)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s is not a finite number", what),
				 errdetail("It is %s.", DatumGetCString(DirectFunctionCall1(numeric_out, amount))),
				 errhint("Leave such rows out with FILTER, or correct them at their source.")));
	return parts.ndigits > 0 && !parts.negative;
}

/* For the checks of a model, which are made of every row. */
Datum
is_finite(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(numeric_parts(PG_GETARG_VARLENA_PP(0)).finite);
}

/* As numeric has it: minus infinity is, NaN is not, and there is no negative 0. */
Datum
is_negative(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(numeric_parts(PG_GETARG_VARLENA_PP(0)).negative);
}

/* With two digits behind the point, and more where there are more. */
Datum
numeric_of_money(int128 money)
{
	char		digits[48];
	char	   *start = digits + sizeof(digits) - 1;
	uint128		rest = money < 0 ? -(uint128) money : (uint128) money;
	int			places = 6;

	for (; places > 2 && rest % 10 == 0; places--)
		rest /= 10;
	*start = '\0';
	for (int place = 0; rest != 0 || place <= places; place++)
	{
		if (place == places)
			*--start = '.';
		*--start = '0' + (int) (rest % 10);
		rest /= 10;
	}
	if (money < 0)
		*--start = '-';
	return DirectFunctionCall3(numeric_in, CStringGetDatum(start), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

/* NULL where the denominator is zero. */
double
money_ratio(int128 numerator, int128 denominator, bool *isnull)
{
	*isnull = denominator == 0;
	return *isnull ? 0 : (double) numerator / (double) denominator;
}
