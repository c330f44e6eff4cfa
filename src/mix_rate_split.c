/*
 * mix_rate_split.c
 *		A change of a total rate, split among its members into rate and mix.
 *
 * All members of a partition are split at its first row. An effect is a fraction of
 * whole products of what was given, and is divided and rounded only once. So the
 * effects add up to the change but for their last digits, and what is left there is
 * given to the largest one.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "window.h"

PG_FUNCTION_INFO_V1(mix_rate_split);

/* Decimals of an effect, and of a quotient before it is rounded to them. */
#define DECIMALS 12
#define DECIMALS_OF_QUOTIENT 30

#define BEFORE 0
#define AFTER 1

/* Hits and size of a member, or of all: a rate is hits / size. */
typedef struct Share
{
	Datum		hits;
	Datum		size;
} Share;

typedef struct Member
{
	Share		share[2];		/* before and after */
} Member;

/* Two fractions over one denominator. */
typedef struct Fractions
{
	Datum		before;
	Datum		after;
	Datum		denominator;
} Fractions;

typedef struct Effects
{
	Datum		rate;
	Datum		mix;
} Effects;

/* What is remembered of a partition. */
typedef struct Split
{
	bool		is_done;
	bool		has_total;		/* on both sides */
	Effects    *effects;		/* of each row */
} Split;

static inline Datum
plus(Datum a, Datum b)
{
	return DirectFunctionCall2(numeric_add, a, b);
}

static inline Datum
minus(Datum a, Datum b)
{
	return DirectFunctionCall2(numeric_sub, a, b);
}

static inline Datum
times(Datum a, Datum b)
{
	return DirectFunctionCall2(numeric_mul, a, b);
}

static inline Datum
whole(int64 number)
{
	return NumericGetDatum(int64_to_numeric(number));
}

static inline bool
is_zero(Datum number)
{
	return DatumGetBool(DirectFunctionCall2(numeric_eq, number, whole(0)));
}

/* A number that is to stay while rows are gone through. */
static Datum
keep(Datum number, MemoryContext context)
{
	MemoryContext caller = MemoryContextSwitchTo(context);
	Datum		kept = NumericGetDatum(DatumGetNumericCopy(number));

	MemoryContextSwitchTo(caller);
	return kept;
}

static void
add_to(Datum *sum, Datum number)
{
	Datum		more = keep(plus(*sum, number), GetMemoryChunkContext(DatumGetPointer(*sum)));

	pfree(DatumGetPointer(*sum));
	*sum = more;
}

static void
refuse_member(int errorcode, const char *message, Datum number)
{
	ereport(ERROR,
			(errcode(errorcode),
			 errmsg("%s", message),
			 errdetail("The value is %s.", DatumGetCString(DirectFunctionCall1(numeric_out, number))),
			 errhint("Correct such members at their source, or leave them out.")));
}

/* An argument of a row. What is not known counts as 0. */
static Datum
number_at(WindowObject window, int argument, int64 row, const char *refusal)
{
	bool		isnull;
	bool		is_outside;
	Datum		number = WinGetFuncArgInPartition(window, argument, (int) row, WINDOW_SEEK_HEAD, false, &isnull, &is_outside);

	if (isnull)
		return whole(0);
	if (numeric_is_nan(DatumGetNumeric(number)) || numeric_is_inf(DatumGetNumeric(number)))
		refuse_member(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, refusal, number);
	return number;
}

/* The arguments are hits and size before, hits and size after. Each is gone when the next one is read. */
static Member
member_at(WindowObject window, int64 row, MemoryContext context)
{
	Member		member;

	for (int side = BEFORE; side <= AFTER; side++)
	{
		Share	   *share = &member.share[side];

		share->hits = keep(number_at(window, 2 * side, row, "the hits of a member are not a finite number"), context);
		share->size = keep(number_at(window, 2 * side + 1, row, "the size of a member is not a finite number"), context);
		if (DatumGetBool(DirectFunctionCall2(numeric_lt, share->size, whole(0))))
			refuse_member(ERRCODE_INVALID_PARAMETER_VALUE, "the size of a member cannot be negative", share->size);
		if (is_zero(share->size) && !is_zero(share->hits))
			refuse_member(ERRCODE_INVALID_PARAMETER_VALUE, "the hits of a member without size are not 0", share->hits);
	}
	return member;
}

static Fractions
over_one_denominator(Share before, Share after)
{
	return (Fractions) {
		.before = times(before.hits, after.size),
		.after = times(after.hits, before.size),
		.denominator = times(before.size, after.size)
	};
}

/* Rounded to the decimals of an effect. */
static Datum
quotient(Datum dividend, Datum divisor)
{
	/* a quotient has as many decimals as its dividend, at the least */
	Datum		one = DirectFunctionCall2(numeric_round, whole(1), Int32GetDatum(DECIMALS_OF_QUOTIENT));
	Datum		result = DirectFunctionCall2(numeric_div, times(dividend, one), divisor);

	return DirectFunctionCall2(numeric_round, result, Int32GetDatum(DECIMALS));
}

/*
 * With weights w, rates r and total rates R before and after, the effects are
 * (w0 + w1) / 2 * (r1 - r0) and (w1 - w0) * ((r0 + r1) / 2 - (R0 + R1) / 2). A member
 * that is missing on one side has the rate of the other.
 */
static Effects
effects_of(const Member *member, const Share *total)
{
	Share		before = member->share[BEFORE];
	Share		after = member->share[AFTER];
	Fractions	w = over_one_denominator((Share) {before.size, total[BEFORE].size}, (Share) {after.size, total[AFTER].size});
	Fractions	all = over_one_denominator(total[BEFORE], total[AFTER]);
	Fractions	r;
	Datum		twice;
	Datum		above_all;

	if (is_zero(before.size) && is_zero(after.size))
		return (Effects) {quotient(whole(0), whole(1)), quotient(whole(0), whole(1))};
	if (is_zero(before.size))
		before = after;
	else if (is_zero(after.size))
		after = before;
	r = over_one_denominator(before, after);
	twice = times(whole(2), times(w.denominator, r.denominator));
	above_all = minus(times(plus(r.before, r.after), all.denominator), times(plus(all.before, all.after), r.denominator));
	return (Effects) {
		.rate = quotient(times(plus(w.before, w.after), minus(r.after, r.before)), twice),
		.mix = quotient(times(minus(w.after, w.before), above_all), times(twice, all.denominator))
	};
}

static inline bool
is_larger(Datum a, Datum b)
{
	return DatumGetBool(DirectFunctionCall2(numeric_gt, DirectFunctionCall1(numeric_abs, a), DirectFunctionCall1(numeric_abs, b)));
}

/* The members of a partition, with the total of both sides. */
static Member *
read_members(WindowObject window, int64 nrows, Share *total, MemoryContext context, MemoryContext row_context)
{
	Member	   *members = MemoryContextAllocHuge(context, nrows * sizeof(Member));

	for (int side = BEFORE; side <= AFTER; side++)
		total[side] = (Share) {keep(whole(0), context), keep(whole(0), context)};
	for (int64 row = 0; row < nrows; row++)
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(row_context);
		members[row] = member_at(window, row, context);
		for (int side = BEFORE; side <= AFTER; side++)
		{
			add_to(&total[side].hits, members[row].share[side].hits);
			add_to(&total[side].size, members[row].share[side].size);
		}
	}
	return members;
}

/* The effects of all members, which add up to the change of the total. */
static Effects *
split_change(const Member *members, int64 nrows, const Share *total, MemoryContext context, MemoryContext row_context)
{
	Effects    *effects = MemoryContextAllocHuge(context, nrows * sizeof(Effects));
	Datum	   *largest = &effects[0].rate;
	Datum		left = keep(minus(quotient(total[AFTER].hits, total[AFTER].size), quotient(total[BEFORE].hits, total[BEFORE].size)), context);

	for (int64 row = 0; row < nrows; row++)
	{
		Effects		of_row;

		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(row_context);
		of_row = effects_of(&members[row], total);
		add_to(&left, DirectFunctionCall1(numeric_uminus, plus(of_row.rate, of_row.mix)));
		effects[row] = (Effects) {keep(of_row.rate, context), keep(of_row.mix, context)};
		if (is_larger(effects[row].rate, *largest))
			largest = &effects[row].rate;
		if (is_larger(effects[row].mix, *largest))
			largest = &effects[row].mix;
	}
	add_to(largest, left);
	return effects;
}

static void
split_partition(WindowObject window, Split *split)
{
	MemoryContext context = GetMemoryChunkContext(split);
	MemoryContext working = AllocSetContextCreate(context, "members of a total", ALLOCSET_DEFAULT_SIZES);
	MemoryContext row_context = AllocSetContextCreate(working, "a member of a total", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(row_context);
	int64		nrows = WinGetPartitionRowCount(window);
	Share		total[2];
	Member	   *members = read_members(window, nrows, total, working, row_context);

	split->is_done = true;
	split->has_total = !is_zero(total[BEFORE].size) && !is_zero(total[AFTER].size);
	if (split->has_total)
		split->effects = split_change(members, nrows, total, context, row_context);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(working);
	WinSetMarkPosition(window, nrows - 1);
}

/* The type of the result, looked up once in a query. */
static TupleDesc
result_type(FunctionCallInfo fcinfo)
{
	TupleDesc	type = fcinfo->flinfo->fn_extra;

	if (type == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		if (get_call_result_type(fcinfo, NULL, &type) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "the result of mix_rate_split is a row");
		fcinfo->flinfo->fn_extra = BlessTupleDesc(type);
		MemoryContextSwitchTo(caller);
	}
	return type;
}

/* (hits_before, size_before, hits_after, size_after) */
Datum
mix_rate_split(PG_FUNCTION_ARGS)
{
	WindowObject window = require_window(fcinfo, "mix_rate_split");
	Split	   *split = WinGetPartitionLocalMemory(window, sizeof(Split));
	bool		nulls[2] = {false, false};
	Effects    *effects;
	Datum		values[2];

	if (!split->is_done)
		split_partition(window, split);
	if (!split->has_total)
		PG_RETURN_NULL();
	effects = &split->effects[WinGetCurrentPosition(window)];
	values[0] = effects->rate;
	values[1] = effects->mix;
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(result_type(fcinfo), values, nulls)));
}
