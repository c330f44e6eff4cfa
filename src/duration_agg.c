/*
 * duration_agg.c
 *		duration_agg, cycle_length and lead_response_time: from pairs of times,
 *		or intervals, to durations.
 *
 * The three aggregates differ in their final function only, so that a query
 * that uses several of them over the same arguments makes one pass.
 */
#include "postgres.h"

#include "common/int.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "duration_summary.h"

PG_FUNCTION_INFO_V1(duration_add_timestamptz);
PG_FUNCTION_INFO_V1(duration_add_timestamp);
PG_FUNCTION_INFO_V1(duration_add_date);
PG_FUNCTION_INFO_V1(duration_add_interval);
PG_FUNCTION_INFO_V1(duration_mean_final);

/*
 * Refuse a pair of times that has no duration. The values are shown as their
 * own type prints them.
 */
static void
refuse_times(int errorcode, const char *message, const char *hint,
			 PGFunction output, Datum from_time, Datum until_time)
{
	ereport(ERROR,
			(errcode(errorcode),
			 errmsg("%s", message),
			 errdetail("From %s until %s.",
					   DatumGetCString(DirectFunctionCall1(output, from_time)),
					   DatumGetCString(DirectFunctionCall1(output, until_time))),
			 errhint("%s", hint)));
}

/* The time between two instants, as microseconds; `output` shows them in errors. */
static int64
elapsed(int64 from_time, int64 until_time, PGFunction output)
{
	int64		duration;

	if (TIMESTAMP_NOT_FINITE(from_time) || TIMESTAMP_NOT_FINITE(until_time))
		refuse_times(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
					 "a duration cannot begin or end at infinity",
					 "What has not ended yet has the end NULL, and is not counted.",
					 output, Int64GetDatum(from_time), Int64GetDatum(until_time));
	if (until_time < from_time)
		refuse_times(ERRCODE_INVALID_PARAMETER_VALUE,
					 "the end lies before its start",
					 "Leave such rows out with FILTER, or correct them at their source.",
					 output, Int64GetDatum(from_time), Int64GetDatum(until_time));
	if (pg_sub_s64_overflow(until_time, from_time, &duration))
		refuse_times(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
					 "a duration is too long to be counted in microseconds",
					 "Look for mistyped years.",
					 output, Int64GetDatum(from_time), Int64GetDatum(until_time));
	return duration;
}

/* A row without a start or without an end is not counted: the state stays as it is. */
static Datum
unchanged_state(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

Datum
duration_add_timestamptz(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return unchanged_state(fcinfo);
	return duration_summary_add(fcinfo,
								elapsed(PG_GETARG_TIMESTAMPTZ(1), PG_GETARG_TIMESTAMPTZ(2), timestamptz_out));
}

Datum
duration_add_timestamp(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return unchanged_state(fcinfo);
	return duration_summary_add(fcinfo,
								elapsed(PG_GETARG_TIMESTAMP(1), PG_GETARG_TIMESTAMP(2), timestamp_out));
}

/* Between dates: whole days, whatever the clocks did. */
Datum
duration_add_date(PG_FUNCTION_ARGS)
{
	DateADT		from_date;
	DateADT		until_date;
	int64		duration;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return unchanged_state(fcinfo);
	from_date = PG_GETARG_DATEADT(1);
	until_date = PG_GETARG_DATEADT(2);
	if (DATE_NOT_FINITE(from_date) || DATE_NOT_FINITE(until_date))
		refuse_times(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
					 "a duration cannot begin or end at infinity",
					 "What has not ended yet has the end NULL, and is not counted.",
					 date_out, DateADTGetDatum(from_date), DateADTGetDatum(until_date));
	if (until_date < from_date)
		refuse_times(ERRCODE_INVALID_PARAMETER_VALUE,
					 "the end lies before its start",
					 "Leave such rows out with FILTER, or correct them at their source.",
					 date_out, DateADTGetDatum(from_date), DateADTGetDatum(until_date));
	if (pg_mul_s64_overflow((int64) until_date - from_date, USECS_PER_DAY, &duration))
		refuse_times(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
					 "a duration is too long to be counted in microseconds",
					 "Look for mistyped years.",
					 date_out, DateADTGetDatum(from_date), DateADTGetDatum(until_date));
	return duration_summary_add(fcinfo, duration);
}

Datum
duration_add_interval(PG_FUNCTION_ARGS)
{
	int64		duration;

	if (PG_ARGISNULL(1))
		return unchanged_state(fcinfo);
	duration = interval_to_duration(PG_GETARG_INTERVAL_P(1));
	if (duration < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a duration cannot be negative"),
				 errdetail("The interval is %s.",
						   DatumGetCString(DirectFunctionCall1(interval_out, PG_GETARG_DATUM(1)))),
				 errhint("Leave such rows out with FILTER, or correct them at their source.")));
	return duration_summary_add(fcinfo, duration);
}

/* The result of cycle_length and lead_response_time. */
Datum
duration_mean_final(PG_FUNCTION_ARGS)
{
	DurationTotals totals;

	if (!AggCheckCallContext(fcinfo, NULL))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a support function of cycle_length was called outside of an aggregate"),
				 errhint("Call cycle_length or mean instead.")));
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	totals = duration_summary_totals(duration_summary_canonical(PG_GETARG_DATUM(0)));
	PG_RETURN_INTERVAL_P(duration_to_interval(mean_duration(&totals)));
}
