/*
 * revenue_growth.c
 *		Growth of revenue on a period before, in a window over periods.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "revenue_growth.h"
#include "window.h"

PG_FUNCTION_INFO_V1(revenue_growth_by_rows);
PG_FUNCTION_INFO_V1(revenue_growth_by_periods);

#define AMOUNT 0
#define PERIODS_BACK 1
#define PERIOD 1
#define STEP 2

/* What is told in an error may have 131,072 digits: seven of them, and how many. */
static char *
numeric_text(Datum number)
{
	return numeric_out_sci(DatumGetNumeric(number), 6);
}

static char *
date_text(DateADT date)
{
	return DatumGetCString(DirectFunctionCall1(date_out, DateADTGetDatum(date)));
}

static void
require_finite(Datum amount)
{
	Numeric		number = DatumGetNumeric(amount);

	if (numeric_is_nan(number) || numeric_is_inf(number))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the revenue of a period is not a finite number"),
				 errdetail("It is %s.", numeric_text(amount)),
				 errhint("Revenue that is not known is NULL.")));
}

/* The revenue of the row itself, which may be the base of a later one. */
static Datum
current_amount(WindowObject window, bool *isnull)
{
	Datum		amount = WinGetFuncArgCurrent(window, AMOUNT, isnull);

	if (!*isnull)
		require_finite(amount);
	return amount;
}

/*
 * (amount - base) / base as float8; NULL where the base is not above 0. Divided as
 * numeric, for a base may be less than any float8.
 */
Datum
growth_of_revenue(Datum amount, Datum base, bool *isnull)
{
	Datum		zero = NumericGetDatum(int64_to_numeric(0));
	Datum		quotient;
	double		result;

	*isnull = DatumGetBool(DirectFunctionCall2(numeric_le, base, zero));
	if (*isnull)
		return (Datum) 0;
	quotient = DirectFunctionCall2(numeric_div, DirectFunctionCall2(numeric_sub, amount, base), base);
	result = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, quotient));
	if (isinf(result))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the growth of revenue is beyond any float8"),
				 errdetail("From %s to %s.", numeric_text(base), numeric_text(amount)),
				 errhint("Look for mistyped amounts.")));
	return Float8GetDatum(result);
}

/* (amount, periods_back): on the row so many before */
Datum
revenue_growth_by_rows(PG_FUNCTION_ARGS)
{
	WindowObject window = require_window(fcinfo, "revenue_growth");
	bool		amount_is_null;
	bool		back_is_null;
	bool		base_is_null;
	bool		is_outside;
	Datum		amount = current_amount(window, &amount_is_null);
	int			periods_back = DatumGetInt32(WinGetFuncArgCurrent(window, PERIODS_BACK, &back_is_null));
	Datum		base;

	if (back_is_null)
		PG_RETURN_NULL();
	if (periods_back < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("revenue grows on a period before"),
				 errdetail("periods_back is %d.", periods_back),
				 errhint("Give a number of periods from 1 on.")));
	/* rows further back than a constant number of periods are not needed again */
	base = WinGetFuncArgInPartition(window, AMOUNT, -periods_back, WINDOW_SEEK_CURRENT,
									get_fn_expr_arg_stable(fcinfo->flinfo, PERIODS_BACK), &base_is_null, &is_outside);
	if (amount_is_null || is_outside || base_is_null)
		PG_RETURN_NULL();
	return growth_of_revenue(amount, base, &fcinfo->isnull);
}

/* What is remembered from row to row of a partition. */
typedef struct Walk
{
	bool		has_last;
	bool		is_over;		/* a NULL came behind the periods */
	DateADT		last;			/* period of the row before */
	DateADT		day;			/* looked for last */
	int64		base;			/* first row that is not before that day */
} Walk;

static void
require_ascending(Walk *walk, DateADT period)
{
	if (walk->has_last && (walk->is_over || period <= walk->last))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the periods of revenue do not ascend"),
				 errdetail("%s comes after %s.", date_text(period), walk->is_over ? "NULL" : date_text(walk->last)),
				 errhint("Write OVER (PARTITION BY ... ORDER BY period), with one row for each period of a partition.")));
	walk->has_last = true;
	walk->last = period;
}

/* The day that begins the base of a period. */
static DateADT
day_before(DateADT period, Datum step)
{
	Interval	none = {0};
	Datum		time = DirectFunctionCall2(date_mi_interval, DateADTGetDatum(period), step);
	DateADT		day = DatumGetDateADT(DirectFunctionCall1(timestamp_date, time));

	/* an interval of mixed signs can be above 0 and not lead back */
	if (DatumGetBool(DirectFunctionCall2(interval_le, step, IntervalPGetDatum(&none))) || day >= period)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("revenue grows on a period before"),
				 errdetail("The step is %s.", DatumGetCString(DirectFunctionCall1(interval_out, step))),
				 errhint("Give the time between both periods, such as interval '1 year'.")));
	return day;
}

/* The period of a row; those not known stand before all others. */
static DateADT
period_at(WindowObject window, int64 row)
{
	bool		isnull;
	bool		is_outside;
	Datum		period = WinGetFuncArgInPartition(window, PERIOD, (int) (row - WinGetCurrentPosition(window)),
												  WINDOW_SEEK_CURRENT, false, &isnull, &is_outside);

	return isnull ? DATEVAL_NOBEGIN : DatumGetDateADT(period);
}

/*
 * Whether a row is of the day, going on from the one found for the day before. The
 * current row is behind that day, and ends the search. Only where steps differ from
 * row to row can days lead back.
 */
static bool
find_base(WindowObject window, Walk *walk, DateADT day)
{
	DateADT		found;

	while (day < walk->day && walk->base > 0 && period_at(window, walk->base - 1) >= day)
	{
		CHECK_FOR_INTERRUPTS();
		walk->base--;
	}
	while ((found = period_at(window, walk->base)) < day)
	{
		CHECK_FOR_INTERRUPTS();
		walk->base++;
	}
	walk->day = day;
	return found == day;
}

/* (amount, period, step): on the period that began a step before */
Datum
revenue_growth_by_periods(PG_FUNCTION_ARGS)
{
	WindowObject window = require_window(fcinfo, "revenue_growth");
	Walk	   *walk = WinGetPartitionLocalMemory(window, sizeof(Walk));
	bool		amount_is_null;
	bool		period_is_null;
	bool		step_is_null;
	bool		base_is_null;
	bool		is_outside;
	Datum		amount = current_amount(window, &amount_is_null);
	DateADT		period = DatumGetDateADT(WinGetFuncArgCurrent(window, PERIOD, &period_is_null));
	Datum		step = WinGetFuncArgCurrent(window, STEP, &step_is_null);
	Datum		base;
	DateADT		day;
	bool		found;

	if (period_is_null)
	{
		walk->is_over = walk->has_last;
		/* rows that stand before all periods are the base of none: they are not gone through later */
		if (!walk->is_over)
			walk->base = WinGetCurrentPosition(window) + 1;
		PG_RETURN_NULL();
	}
	require_ascending(walk, period);
	if (step_is_null || DATE_NOT_FINITE(period))
		PG_RETURN_NULL();
	day = day_before(period, step);
	if (DATE_NOT_FINITE(day))
		PG_RETURN_NULL();
	found = find_base(window, walk, day);
	if (get_fn_expr_arg_stable(fcinfo->flinfo, STEP))
		WinSetMarkPosition(window, walk->base);
	if (amount_is_null || !found)
		PG_RETURN_NULL();
	base = WinGetFuncArgInPartition(window, AMOUNT, (int) (walk->base - WinGetCurrentPosition(window)),
									WINDOW_SEEK_CURRENT, false, &base_is_null, &is_outside);
	if (base_is_null)
		PG_RETURN_NULL();
	return growth_of_revenue(amount, base, &fcinfo->isnull);
}
