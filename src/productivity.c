/*
 * productivity.c
 *		What came out, per what was put in: a quotient of two sums.
 *
 * The sums are exact: they are the same in any order, and a row leaves a window
 * frame without a trace. Numbers are summed digit by digit, of base 10,000, and
 * carried once at the end, for numeric_add would make a new number with each row.
 * The sums become float8 before they are divided.
 */
#include "postgres.h"

#include "common/int.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/float.h"

#include "counts.h"
#include "numeric_parts.h"

PG_FUNCTION_INFO_V1(productivity_add);
PG_FUNCTION_INFO_V1(productivity_remove);
PG_FUNCTION_INFO_V1(productivity_merge);
PG_FUNCTION_INFO_V1(productivity_final);

typedef enum Side
{
	OUTPUT,
	INPUT
} Side;

#define SIDES 2

/* The state, a bigint[]: as many digits as a number in it had, the lowest first. */
typedef struct Sums
{
	int64		known[SIDES];	/* how many numbers are in a sum */
	int64		lowest;			/* digit * 10000 ^ lowest */
	int64		digit[FLEXIBLE_ARRAY_MEMBER][SIDES];
} Sums;

#define SUMS_LENGTH(ndigits) ((int) (offsetof(Sums, digit) / sizeof(int64)) + (ndigits) * SIDES)

/* No numeric has digits beyond. */
#define MAX_PLACE PG_INT16_MAX

static inline int
count_digits(const ArrayType *state)
{
	return (ARR_DIMS(state)[0] - SUMS_LENGTH(0)) / SIDES;
}

static void
refuse_state(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("this is not a state of productivity"),
			 errdetail("A state is how many outputs and inputs are known, the place of the lowest digits, and from there the digits of both sums in turn."),
			 errhint("Call productivity itself instead of its support functions.")));
}

static Sums *
sums_of_state(ArrayType *state)
{
	Sums	   *sums = NULL;

	if (ARR_NDIM(state) == 1 && ARR_DIMS(state)[0] >= SUMS_LENGTH(0))
		sums = (Sums *) counts_of_state(state, SUMS_LENGTH(count_digits(state)));
	if (sums == NULL || sums->known[OUTPUT] < 0 || sums->known[INPUT] < 0 ||
		sums->lowest < -MAX_PLACE || sums->lowest > MAX_PLACE + 1 - count_digits(state))
		refuse_state();
	return sums;
}

/* A state with these places. One that grows is new: the executor copies it and frees the old one. */
static ArrayType *
with_places(ArrayType *state, int64 lowest, int ndigits)
{
	Sums	   *sums = sums_of_state(state);
	int			had = count_digits(state);
	int64		end = lowest + ndigits;
	int			size;
	ArrayType  *grown;
	Sums	   *grown_sums;

	if (ndigits == 0 || (lowest >= sums->lowest && end <= sums->lowest + had))
		return state;
	if (had > 0)
	{
		lowest = Min(lowest, sums->lowest);
		end = Max(end, sums->lowest + had);
	}
	size = ARR_OVERHEAD_NONULLS(1) + SUMS_LENGTH(end - lowest) * sizeof(int64);
	grown = palloc0(size);
	memcpy(grown, state, ARR_OVERHEAD_NONULLS(1) + offsetof(Sums, digit));
	SET_VARSIZE(grown, size);
	ARR_DIMS(grown)[0] = SUMS_LENGTH(end - lowest);
	grown_sums = (Sums *) ARR_DATA_PTR(grown);
	grown_sums->lowest = lowest;
	if (had > 0)
		memcpy(grown_sums->digit[sums->lowest - lowest], sums->digit, had * sizeof(sums->digit[0]));
	return grown;
}

static inline void
add_to(int64 *sum, int64 number)
{
	if (pg_add_s64_overflow(*sum, number, sum))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("productivity cannot sum so many numbers")));
}

/* Add a number to one side, or take it back. */
static ArrayType *
count_number(ArrayType *state, Side side, Datum number, int times)
{
	NumericParts parts = numeric_parts(PG_DETOAST_DATUM_PACKED(number));
	int			lowest = parts.weight - parts.ndigits + 1;
	Sums	   *sums;

	if (!parts.finite)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the %s is not a finite number", side == OUTPUT ? "output" : "input"),
				 errdetail("It is %s.", DatumGetCString(DirectFunctionCall1(numeric_out, number))),
				 errhint("Leave such rows out with FILTER, or correct them at their source.")));
	state = with_places(state, lowest, parts.ndigits);
	sums = (Sums *) ARR_DATA_PTR(state);
	add_to(&sums->known[side], times);
	for (int i = 0; i < parts.ndigits; i++)
		add_to(&sums->digit[parts.weight - i - sums->lowest][side],
			   numeric_digit(&parts, i) * (parts.negative ? -times : times));
	return state;
}

/* What is not known on one side leaves that side as it is. */
static Datum
count_row(FunctionCallInfo fcinfo, int times)
{
	ArrayType  *state;

	if (PG_ARGISNULL(0))
		refuse_state();
	state = changeable_state(fcinfo);
	for (int side = 0; side < SIDES; side++)
		if (!PG_ARGISNULL(1 + side))
			state = count_number(state, side, PG_GETARG_DATUM(1 + side), times);
	PG_RETURN_ARRAYTYPE_P(state);
}

Datum
productivity_add(PG_FUNCTION_ARGS)
{
	return count_row(fcinfo, 1);
}

Datum
productivity_remove(PG_FUNCTION_ARGS)
{
	return count_row(fcinfo, -1);
}

Datum
productivity_merge(PG_FUNCTION_ARGS)
{
	ArrayType  *other_state = PG_GETARG_ARRAYTYPE_P(1);
	const Sums *other = sums_of_state(other_state);
	int			ndigits = count_digits(other_state);
	ArrayType  *state = with_places(changeable_state(fcinfo), other->lowest, ndigits);
	Sums	   *sums = sums_of_state(state);

	for (int side = 0; side < SIDES; side++)
	{
		add_to(&sums->known[side], other->known[side]);
		for (int i = 0; i < ndigits; i++)
			add_to(&sums->digit[other->lowest - sums->lowest + i][side], other->digit[i][side]);
	}
	PG_RETURN_ARRAYTYPE_P(state);
}

/* Digits of one side from 0 to 9999, the lowest first. Returns what is carried beyond, below 0 for a sum below 0. */
static int64
carry(const Sums *sums, Side side, int sign, int ndigits, int16 *carried)
{
	int64		rest = 0;

	for (int i = 0; i < ndigits; i++)
	{
		int128		sum = (int128) sums->digit[i][side] * sign + rest;

		rest = (int64) (sum / NUMERIC_BASE);
		carried[i] = (int16) (sum % NUMERIC_BASE);
		if (carried[i] < 0)
		{
			carried[i] += NUMERIC_BASE;
			rest--;
		}
	}
	return rest;
}

/* A sum as float8 reads it: its digits, and the power of ten that the lowest of them has. */
static float8
sum_to_float8(ArrayType *state, Side side)
{
	const Sums *sums = sums_of_state(state);
	int			ndigits = count_digits(state);
	int16	   *carried = palloc(ndigits * sizeof(int16));
	int64		rest = carry(sums, side, 1, ndigits, carried);
	bool		negative = rest < 0;
	StringInfoData text;
	int			zeros;
	float8		value;

	if (negative)
		rest = carry(sums, side, -1, ndigits, carried);
	initStringInfo(&text);
	appendStringInfo(&text, INT64_FORMAT, rest);
	while (ndigits > 0)
		appendStringInfo(&text, "%04d", carried[--ndigits]);
	zeros = strspn(text.data, "0");
	if (zeros == text.len)
		return 0;
	appendStringInfo(&text, "e%d", (int) sums->lowest * 4);
	value = DatumGetFloat8(DirectFunctionCall1(float8in, CStringGetDatum(text.data + zeros)));
	return negative ? -value : value;
}

Datum
productivity_final(PG_FUNCTION_ARGS)
{
	ArrayType  *state = PG_GETARG_ARRAYTYPE_P(0);
	const Sums *sums = sums_of_state(state);
	float8		input = sum_to_float8(state, INPUT);

	/* of no inputs the sum is zero */
	if (sums->known[OUTPUT] == 0 || input == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(float8_div(sum_to_float8(state, OUTPUT), input));
}
