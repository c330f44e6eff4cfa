/*
 * win_rate.c
 *		Share of the decided deals that were won.
 */
#include "postgres.h"

#include "common/int.h"

#include "counts.h"

PG_FUNCTION_INFO_V1(win_rate_add);
PG_FUNCTION_INFO_V1(win_rate_remove);
PG_FUNCTION_INFO_V1(win_rate_merge);
PG_FUNCTION_INFO_V1(win_rate_final);

/* The state, a bigint[] of two: deals won and deals decided. */
typedef struct WinCounts
{
	int64		won;
	int64		decided;
} WinCounts;

static WinCounts *
win_counts(ArrayType *state)
{
	WinCounts  *counts = (WinCounts *) counts_of_state(state, 2);

	if (counts == NULL || counts->won < 0 || counts->won > counts->decided)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("this is not a state of win_rate"),
				 errdetail("A state is two counts: deals won and deals decided."),
				 errhint("Call win_rate itself instead of its support functions.")));
	return counts;
}

static void
add_counts(WinCounts *counts, int64 won, int64 decided)
{
	if (pg_add_s64_overflow(counts->decided, decided, &counts->decided) ||
		pg_add_s64_overflow(counts->won, won, &counts->won))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("win_rate cannot count more than " INT64_FORMAT " deals", PG_INT64_MAX)));
}

static Datum
count_deal(FunctionCallInfo fcinfo, int times)
{
	ArrayType  *state = changeable_state(fcinfo);

	add_counts(win_counts(state), PG_GETARG_BOOL(1) ? times : 0, times);
	PG_RETURN_ARRAYTYPE_P(state);
}

Datum
win_rate_add(PG_FUNCTION_ARGS)
{
	return count_deal(fcinfo, 1);
}

Datum
win_rate_remove(PG_FUNCTION_ARGS)
{
	return count_deal(fcinfo, -1);
}

Datum
win_rate_merge(PG_FUNCTION_ARGS)
{
	ArrayType  *state = changeable_state(fcinfo);
	WinCounts  *other = win_counts(PG_GETARG_ARRAYTYPE_P(1));

	add_counts(win_counts(state), other->won, other->decided);
	PG_RETURN_ARRAYTYPE_P(state);
}

Datum
win_rate_final(PG_FUNCTION_ARGS)
{
	WinCounts  *counts = win_counts(PG_GETARG_ARRAYTYPE_P(0));

	if (counts->decided == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) counts->won / counts->decided);
}
