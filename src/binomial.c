/*
 * binomial.c
 *		How likely at least so many hits are, if each has a given probability.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"

PG_FUNCTION_INFO_V1(binomial_tail);

/*
 * The number of terms grows with the root of the total. Of so many trials it can be
 * two million: a hundredth of a second, and rounding spares the twelfth digit.
 */
#define MOST_TRIALS INT64CONST(10000000000)

/* A term below this part of a sum ends it: not even all that follow it would show. */
#define NEGLIGIBLE 1e-20

/*
 * The term next to another one: gain / loss of it, from what both differ in. Where
 * they are close, their quotient is had from the difference: so the roundings of many
 * such steps do not all go the same way and add up.
 */
static inline double
next_term(double term, double gain, double loss, double difference)
{
	return gain < loss / 2 ? term * (gain / loss) : term - term * (difference / loss);
}

/*
 * P(X >= hits), by its definition: the terms relative to the largest one, from there
 * outward, each from its neighbour. Without factorials nothing overflows or cancels,
 * and a term that underflows stands for a probability that does. Products with
 * 1 - probability are rounded once.
 */
static double
upper_tail(double hits, double total, double probability)
{
	double		mode = Min(total, floor((total + 1) * probability));
	double		sum = 1;
	double		tail = mode >= hits ? 1 : 0;
	double		term = 1;

	for (double i = mode + 1; i <= total; i++)
	{
		CHECK_FOR_INTERRUPTS();
		term = next_term(term, (total - i + 1) * probability, fma(-i, probability, i), fma(-(total + 1), probability, i));
		if (term <= NEGLIGIBLE * tail)
			break;
		sum += term;
		if (i >= hits)
			tail += term;
	}
	term = 1;
	for (double i = mode; i > 0; i--)
	{
		CHECK_FOR_INTERRUPTS();
		term = next_term(term, fma(-i, probability, i), (total - i + 1) * probability, fma(total + 1, probability, -i));
		if (term <= NEGLIGIBLE * sum)
			break;
		sum += term;
		if (i - 1 >= hits)
			tail += term;
	}
	return tail / sum;
}

/* binomial_tail(hits, total, probability) */
Datum
binomial_tail(PG_FUNCTION_ARGS)
{
	int64		hits = PG_GETARG_INT64(0);
	int64		total = PG_GETARG_INT64(1);
	double		probability = PG_GETARG_FLOAT8(2);

	if (hits < 0 || hits > total)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("hits are not a part of the total"),
				 errdetail("There are " INT64_FORMAT " hits of " INT64_FORMAT ".", hits, total),
				 errhint("Each of the total can be one hit, or none.")));
	if (total > MOST_TRIALS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("binomial_tail does not take more than " INT64_FORMAT " trials", MOST_TRIALS),
				 errdetail("The total is " INT64_FORMAT ".", total)));
	if (isnan(probability) || probability < 0 || probability > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("probability %g is not from 0 to 1", probability),
				 errhint("5 percent is 0.05.")));
	PG_RETURN_FLOAT8(upper_tail((double) hits, (double) total, probability));
}
