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

#include "aggregate.h"
#include "duration_summary.h"

PG_FUNCTION_INFO_V1(duration_add_timestamptz);
PG_FUNCTION_INFO_V1(duration_add_timestamp);
PG_FUNCTION_INFO_V1(duration_add_date);
PG_FUNCTION_INFO_V1(duration_add_interval);
PG_FUNCTION_INFO_V1(duration_mean_final);

/*
 * Refuse the pair of times that a transition was called with, for it has no
 * duration. Its own type shows the values.
 */
static void
refuse_times(FunctionCallInfo fcinfo, PGFunction output, int errorcode, const char *message, const char *hint)
{
	ereport(ERROR,
			(errcode(errorcode),
			 errmsg("%s", message),
			 errdetail("From %s until %s.",
					   DatumGetCString(DirectFunctionCall1(output, PG_GETARG_DATUM(1))),
					   DatumGetCString(DirectFunctionCall1(output, PG_GETARG_DATUM(2)))),
			 errhint("%s", hint)));
}

/* Add the time between two instants, given in units of so many microseconds. */
static Datum
add_elapsed(FunctionCallInfo fcinfo, PGFunction output, bool finite,
			int64 from_time, int64 until_time, int64 unit)
{
	int64		duration;

	if (!finite)
		refuse_times(fcinfo, output, ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
					 "a duration cannot begin or end at infinity",
					 "What has not ended yet has the end NULL, and is not counted.");
	if (until_time < from_time)
		refuse_times(fcinfo, output, ERRCODE_INVALID_PARAMETER_VALUE,
					 "the end lies before its start",
					 "Leave such rows out with FILTER, or correct them at their source.");
	if (pg_sub_s64_overflow(until_time, from_time, &duration) ||
		pg_mul_s64_overflow(duration, unit, &duration))
		refuse_times(fcinfo, output, ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
					 "a duration is too long to be counted in microseconds",
					 "Look for mistyped years.");
	return duration_summary_add(fcinfo, duration);
}

static Datum
add_between_timestamps(FunctionCallInfo fcinfo, PGFunction output)
{
	Timestamp	from_time;
	Timestamp	until_time;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return unchanged_state(fcinfo);
	from_time = PG_GETARG_TIMESTAMP(1);
	until_time = PG_GETARG_TIMESTAMP(2);
	return add_elapsed(fcinfo, output,
					   !TIMESTAMP_NOT_FINITE(from_time) && !TIMESTAMP_NOT_FINITE(until_time),
					   from_time, until_time, 1);
}

Datum
duration_add_timestamptz(PG_FUNCTION_ARGS)
{
	return add_between_timestamps(fcinfo, timestamptz_out);
}

Datum
duration_add_timestamp(PG_FUNCTION_ARGS)
{
	return add_between_timestamps(fcinfo, timestamp_out);
}

/* Between dates: whole days, whatever the clocks did. */
Datum
duration_add_date(PG_FUNCTION_ARGS)
{
	DateADT		from_date;
	DateADT		until_date;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return unchanged_state(fcinfo);
	from_date = PG_GETARG_DATEADT(1);
	until_date = PG_GETARG_DATEADT(2);
	return add_elapsed(fcinfo, date_out,
					   !DATE_NOT_FINITE(from_date) && !DATE_NOT_FINITE(until_date),
					   from_date, until_date, USECS_PER_DAY);
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

	require_aggregate(fcinfo, "cycle_length");
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	totals = duration_summary_totals(duration_summary_flat(PG_GETARG_DATUM(0)));
	PG_RETURN_INTERVAL_P(duration_to_interval(mean_duration(&totals)));
}
