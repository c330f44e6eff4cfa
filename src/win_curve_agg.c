/*
 * win_curve_agg.c
 *		From deals to the state of the win curve.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "aggregate.h"
#include "win_summary.h"

PG_FUNCTION_INFO_V1(win_curve_add_timestamptz);
PG_FUNCTION_INFO_V1(win_curve_add_timestamp);
PG_FUNCTION_INFO_V1(win_curve_add_date);

/* Where the arguments of a row stand; argument 0 is the state. */
#define OPENED_AT 1
#define CLOSED_AT 2
#define OUTCOME 3
#define AS_OF 4

/* A type of time: how it is read, and how many units of it are a day. */
typedef struct TimeType
{
	int64		(*read) (Datum value);
	bool		(*is_finite) (int64 time);
	PGFunction	output;
	int64		day;
} TimeType;

static int64
read_timestamp(Datum value)
{
	return DatumGetTimestamp(value);
}

static bool
timestamp_is_finite(int64 time)
{
	return !TIMESTAMP_NOT_FINITE(time);
}

static int64
read_date(Datum value)
{
	return DatumGetDateADT(value);
}

static bool
date_is_finite(int64 time)
{
	return !DATE_NOT_FINITE(time);
}

static const TimeType type_timestamptz = {read_timestamp, timestamp_is_finite, timestamptz_out, USECS_PER_DAY};
static const TimeType type_timestamp = {read_timestamp, timestamp_is_finite, timestamp_out, USECS_PER_DAY};
static const TimeType type_date = {read_date, date_is_finite, date_out, 1};

static char *
shown(FunctionCallInfo fcinfo, const TimeType *type, int argument)
{
	return DatumGetCString(DirectFunctionCall1(type->output, PG_GETARG_DATUM(argument)));
}

static int64
time_argument(FunctionCallInfo fcinfo, const TimeType *type, int argument, const char *message, const char *hint)
{
	int64		time = type->read(PG_GETARG_DATUM(argument));

	if (!type->is_finite(time))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s", message),
				 errdetail("It is %s.", shown(fcinfo, type, argument)),
				 errhint("%s", hint)));
	return time;
}

static bool
outcome_is(const text *outcome, const char *word)
{
	Size		length = VARSIZE_ANY_EXHDR(outcome);

	return length == strlen(word) && memcmp(VARDATA_ANY(outcome), word, length) == 0;
}

/* A deal that is withdrawn is lost: it will not be won any more. */
static DealEnd
outcome_argument(FunctionCallInfo fcinfo)
{
	text	   *outcome;

	if (PG_ARGISNULL(OUTCOME))
		return DEAL_OPEN;
	outcome = PG_GETARG_TEXT_PP(OUTCOME);
	if (outcome_is(outcome, "won"))
		return DEAL_WON;
	if (!outcome_is(outcome, "lost") && !outcome_is(outcome, "withdrawn"))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the outcome of a deal is not known: \"%s\"", text_to_cstring(outcome)),
				 errhint("A deal is won, lost or withdrawn; of an open one the outcome is NULL.")));
	return DEAL_LOST;
}

/* When the deal ended; no later than as_of, at which it was open otherwise. */
static int64
end_of_deal(FunctionCallInfo fcinfo, const TimeType *type, int64 opened, int64 as_of, DealEnd *end)
{
	int64		closed;

	if (*end == DEAL_OPEN || PG_ARGISNULL(CLOSED_AT))
	{
		*end = DEAL_OPEN;
		return as_of;
	}
	closed = time_argument(fcinfo, type, CLOSED_AT, "a deal cannot close at infinity",
						   "Of a deal that is open the outcome is NULL.");
	if (closed < opened)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a deal closes before it is opened"),
				 errdetail("It is opened at %s and closed at %s.", shown(fcinfo, type, OPENED_AT), shown(fcinfo, type, CLOSED_AT)),
				 errhint("Leave such rows out with FILTER, or correct them at their source.")));
	if (closed <= as_of)
		return closed;
	*end = DEAL_OPEN;
	return as_of;
}

/* (state, opened_at, closed_at, outcome, as_of) */
static Datum
count_deal(FunctionCallInfo fcinfo, const TimeType *type)
{
	DealEnd		end = outcome_argument(fcinfo);
	int64		as_of;
	int64		opened;
	int64		ended;
	RunningStore summary;

	if (PG_ARGISNULL(AS_OF))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("as_of is NULL"),
				 errhint("as_of is the moment until which deals were observed, such as now().")));
	as_of = time_argument(fcinfo, type, AS_OF, "as_of is infinite",
						  "as_of is the moment until which deals were observed, such as now().");
	if (PG_ARGISNULL(OPENED_AT))
		return unchanged_state(fcinfo);
	opened = time_argument(fcinfo, type, OPENED_AT, "a deal cannot be opened at infinity",
						   "A deal whose opening is not known has opened_at NULL, and is not counted.");
	ended = end_of_deal(fcinfo, type, opened, as_of, &end);
	if (opened > as_of)
		return unchanged_state(fcinfo);
	summary = keyed_store_running(fcinfo, &win_summary_type, KEY_BIGINT, WIN_PAYLOAD);
	win_summary_count(&summary, (int64) (((uint64) ended - (uint64) opened) / type->day), end);
	return keyed_store_datum(&summary);
}

Datum
win_curve_add_timestamptz(PG_FUNCTION_ARGS)
{
	return count_deal(fcinfo, &type_timestamptz);
}

Datum
win_curve_add_timestamp(PG_FUNCTION_ARGS)
{
	return count_deal(fcinfo, &type_timestamp);
}

/* Between dates: whole days, whatever the clocks did. */
Datum
win_curve_add_date(PG_FUNCTION_ARGS)
{
	return count_deal(fcinfo, &type_date);
}
