/*
 * nps.c
 *		Net promoter score: the share of the answers of 9 and 10 less that of 0 to 6,
 *		in points.
 */
#include "postgres.h"

#include "common/int.h"

#include "counts.h"

PG_FUNCTION_INFO_V1(nps_add);
PG_FUNCTION_INFO_V1(nps_remove);
PG_FUNCTION_INFO_V1(nps_merge);
PG_FUNCTION_INFO_V1(nps_final);

/* The state, a bigint[] of three. */
typedef struct Answers
{
	int64		promoters;
	int64		detractors;
	int64		all;
} Answers;

static Answers *
answers_of_state(ArrayType *state)
{
	Answers    *answers = (Answers *) counts_of_state(state, 3);

	if (answers == NULL || answers->promoters < 0 || answers->detractors < 0 ||
		answers->promoters > answers->all - answers->detractors)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("this is not a state of nps"),
				 errdetail("A state is three counts: promoters, detractors and all answers."),
				 errhint("Call nps itself instead of its support functions.")));
	return answers;
}

/* No part is more than all. */
static void
add_answers(Answers *answers, const Answers *more)
{
	if (pg_add_s64_overflow(answers->all, more->all, &answers->all))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("nps cannot count more than " INT64_FORMAT " answers", PG_INT64_MAX)));
	answers->promoters += more->promoters;
	answers->detractors += more->detractors;
}

static Datum
count_answer(FunctionCallInfo fcinfo, int times)
{
	ArrayType  *state = changeable_state(fcinfo);
	int32		score = PG_GETARG_INT32(1);
	Answers		answer = {.promoters = score >= 9 ? times : 0, .detractors = score <= 6 ? times : 0, .all = times};

	if (score < 0 || score > 10)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an answer is not on the scale from 0 to 10"),
				 errdetail("The score is %d.", score),
				 errhint("Answers on another scale have a figure of their own: leave them out with FILTER, or correct them at their source.")));
	add_answers(answers_of_state(state), &answer);
	PG_RETURN_ARRAYTYPE_P(state);
}

Datum
nps_add(PG_FUNCTION_ARGS)
{
	return count_answer(fcinfo, 1);
}

Datum
nps_remove(PG_FUNCTION_ARGS)
{
	return count_answer(fcinfo, -1);
}

Datum
nps_merge(PG_FUNCTION_ARGS)
{
	ArrayType  *state = changeable_state(fcinfo);

	add_answers(answers_of_state(state), answers_of_state(PG_GETARG_ARRAYTYPE_P(1)));
	PG_RETURN_ARRAYTYPE_P(state);
}

Datum
nps_final(PG_FUNCTION_ARGS)
{
	Answers    *answers = answers_of_state(PG_GETARG_ARRAYTYPE_P(0));

	if (answers->all == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(100 * (double) (answers->promoters - answers->detractors) / answers->all);
}
