/*
 * productivity.c
 *		What came out, per what was put in: a quotient of two sums.
 *
 * The sums are numeric, and so exact: they are the same in any order, and a row
 * leaves a window frame without a trace. They become float8 before they are divided,
 * for the digits of a numeric quotient depend on zeros at the end of its operands,
 * and these on the rows that were taken back.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/numeric.h"

PG_FUNCTION_INFO_V1(productivity_add);
PG_FUNCTION_INFO_V1(productivity_remove);
PG_FUNCTION_INFO_V1(productivity_merge);
PG_FUNCTION_INFO_V1(productivity_final);

/* The state, a numeric[]: for each side the sum, and how many are in it. */
enum
{
	OUTPUT,
	OUTPUTS_KNOWN,
	INPUT,
	INPUTS_KNOWN,
	PARTS
};

static Datum *
parts_of_state(FunctionCallInfo fcinfo, int argument)
{
	Datum	   *parts = NULL;
	int			nparts = 0;

	if (!PG_ARGISNULL(argument))
	{
		ArrayType  *state = PG_GETARG_ARRAYTYPE_P(argument);

		if (ARR_NDIM(state) == 1 && !array_contains_nulls(state))
			deconstruct_array(state, NUMERICOID, -1, false, TYPALIGN_INT, &parts, NULL, &nparts);
	}
	if (nparts != PARTS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("this is not a state of productivity"),
				 errdetail("A state is four numbers: the sum of outputs and their number, the sum of inputs and their number."),
				 errhint("Call productivity itself instead of its support functions.")));
	return parts;
}

static Datum
state_of_parts(Datum *parts)
{
	return PointerGetDatum(construct_array(parts, PARTS, NUMERICOID, -1, false, TYPALIGN_INT));
}

static void
require_finite(Datum number, const char *what)
{
	if (numeric_is_nan(DatumGetNumeric(number)) || numeric_is_inf(DatumGetNumeric(number)))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the %s is not a finite number", what),
				 errdetail("It is %s.", DatumGetCString(DirectFunctionCall1(numeric_out, number))),
				 errhint("Leave such rows out with FILTER, or correct them at their source.")));
}

/* Add a row, or take it back: what is not known on one side leaves that side as it is. */
static Datum
count_row(FunctionCallInfo fcinfo, PGFunction count)
{
	Datum	   *parts = parts_of_state(fcinfo, 0);
	Datum		one = NumericGetDatum(int64_to_numeric(1));

	for (int side = 0; side < 2; side++)
	{
		Datum	   *sum = &parts[side == 0 ? OUTPUT : INPUT];

		if (PG_ARGISNULL(1 + side))
			continue;
		require_finite(PG_GETARG_DATUM(1 + side), side == 0 ? "output" : "input");
		sum[0] = DirectFunctionCall2(count, sum[0], PG_GETARG_DATUM(1 + side));
		sum[1] = DirectFunctionCall2(count, sum[1], one);
	}
	return state_of_parts(parts);
}

Datum
productivity_add(PG_FUNCTION_ARGS)
{
	return count_row(fcinfo, numeric_add);
}

Datum
productivity_remove(PG_FUNCTION_ARGS)
{
	return count_row(fcinfo, numeric_sub);
}

Datum
productivity_merge(PG_FUNCTION_ARGS)
{
	Datum	   *parts = parts_of_state(fcinfo, 0);
	Datum	   *others = parts_of_state(fcinfo, 1);

	for (int part = 0; part < PARTS; part++)
		parts[part] = DirectFunctionCall2(numeric_add, parts[part], others[part]);
	return state_of_parts(parts);
}

static bool
is_zero(Datum number)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, number, NumericGetDatum(int64_to_numeric(0)))) == 0;
}

Datum
productivity_final(PG_FUNCTION_ARGS)
{
	Datum	   *parts = parts_of_state(fcinfo, 0);

	/* of no inputs the sum is zero */
	if (is_zero(parts[OUTPUTS_KNOWN]) || is_zero(parts[INPUT]))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(float8_div(DatumGetFloat8(DirectFunctionCall1(numeric_float8, parts[OUTPUT])),
								DatumGetFloat8(DirectFunctionCall1(numeric_float8, parts[INPUT]))));
}
