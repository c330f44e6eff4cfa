/*
 * revenue_series.c
 *		Revenue by periods as an aggregate state: merging, text, messages.
 *
 * The text form lists the boundaries in microseconds from 2000-01-01 UTC, and behind
 * each the lines and the sum, in millionths, of the period that it begins, if there
 * are any: {0:3/12500000,86400000000,172800000000:1/-990000,259200000000}.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "aggregate.h"
#include "revenue_series.h"
#include "state_text.h"

PG_FUNCTION_INFO_V1(revenue_series_in);
PG_FUNCTION_INFO_V1(revenue_series_out);
PG_FUNCTION_INFO_V1(revenue_series_recv);
PG_FUNCTION_INFO_V1(revenue_series_send);
PG_FUNCTION_INFO_V1(revenue_series_merge);

void
refuse_changed_periods(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the periods change within a group"),
			 errhint("Give the same boundaries for all rows of a group, or put them into GROUP BY.")));
}

void
refuse_lines(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("a revenue_series cannot count more than " INT64_FORMAT " lines of a period", PG_INT64_MAX)));
}

/* A series of periods without lines; its boundaries are yet to be set. */
RevenueSeries *
revenue_series_create(int count)
{
	Size		size = REVENUE_SERIES_SIZE(count);
	RevenueSeries *series = palloc0(size);

	SET_VARSIZE(series, size);
	series->version = REVENUE_SERIES_VERSION;
	series->count = count;
	return series;
}

/*
 * A state as it is worked with: short headers and compression undone. What comes from
 * a table or a worker has its sizes checked in O(1), so that no access goes astray.
 */
RevenueSeries *
revenue_series_of_datum(Datum state)
{
	RevenueSeries *series = (RevenueSeries *) PG_DETOAST_DATUM(state);
	Size		size = VARSIZE(series);

	if (size >= REVENUE_SERIES_SIZE(2) && series->version == REVENUE_SERIES_VERSION &&
		series->count >= 2 && series->count <= MOST_BOUNDARIES && size == REVENUE_SERIES_SIZE(series->count))
		return series;
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("stored revenue_series is damaged"),
			 errdetail("Size %zu, or the header in it, is not that of version %d.", size, REVENUE_SERIES_VERSION)));
}

/* Merge argument 1 into argument 0: the combine function, and the transition of rollup. */
Datum
revenue_series_merge(PG_FUNCTION_ARGS)
{
	RevenueSeries *series;
	RevenueSeries *other;

	require_aggregate(fcinfo, "revenue_agg");
	series = revenue_series_of_datum(PG_GETARG_DATUM(0));
	other = revenue_series_of_datum(PG_GETARG_DATUM(1));
	if (!has_boundaries(series, other->at, other->count))
		refuse_changed_periods();
	for (int64 i = 0; i < other->count - 1; i++)
	{
		const PeriodRevenue *period = &REVENUE_OF_PERIODS(other)[i];

		CHECK_FOR_INTERRUPTS();
		add_revenue(&REVENUE_OF_PERIODS(series)[i], period->lines, sum_of_period(period));
	}
	PG_RETURN_POINTER(series);
}

/* ---- the check of what comes in ---- */

static const char *
fault_of_period(const PeriodRevenue *period)
{
	int128		sum = sum_of_period(period);
	int128		most;

	if (period->lines < 0)
		return "A number of lines is negative.";
	most = (int128) period->lines * PG_INT64_MAX;
	if (sum < -most || sum > most)
		return "So few lines cannot add up to such a sum.";
	return NULL;
}

/* What is wrong with a state from outside, of all that other code relies on; NULL if nothing. */
static const char *
fault_of(const RevenueSeries *series)
{
	for (int64 i = 0; i < series->count; i++)
	{
		const char *fault = i == 0 ? NULL : fault_of_period(&REVENUE_OF_PERIODS(series)[i - 1]);

		CHECK_FOR_INTERRUPTS();
		if (fault != NULL)
			return fault;
		if (!IS_VALID_TIMESTAMP(series->at[i]))
			return "A boundary is out of range.";
		if (i > 0 && series->at[i] <= series->at[i - 1])
			return "The boundaries do not rise.";
	}
	return NULL;
}

/* ---- text ---- */

Datum
revenue_series_out(PG_FUNCTION_ARGS)
{
	RevenueSeries *series = revenue_series_of_datum(PG_GETARG_DATUM(0));
	StringInfoData out;

	initStringInfo(&out);
	for (int64 i = 0; i < series->count; i++)
	{
		const PeriodRevenue *period = &REVENUE_OF_PERIODS(series)[i];

		CHECK_FOR_INTERRUPTS();
		appendStringInfo(&out, "%c" INT64_FORMAT, i == 0 ? '{' : ',', series->at[i]);
		if (i == series->count - 1 || period->lines == 0)
			continue;
		appendStringInfo(&out, ":" INT64_FORMAT "/", period->lines);
		append_signed_wide(&out, sum_of_period(period));
	}
	appendStringInfoChar(&out, '}');
	PG_RETURN_CSTRING(out.data);
}

static void
parse_period(StateParser *parser, PeriodRevenue *period)
{
	int64		lines = state_parse_integer(parser);

	state_expect(parser, "/");
	add_revenue(period, lines, state_parse_signed_wide(parser));
}

/* One boundary more than there are commas. */
static RevenueSeries *
series_for_text(StateParser *parser)
{
	int64		count = 1;

	for (const char *next = parser->text; *next != '\0'; next++)
	{
		CHECK_FOR_INTERRUPTS();
		count += *next == ',';
	}
	if (count < 2)
		state_refuse_text(parser, "There are fewer than two boundaries.");
	if (count > MOST_BOUNDARIES)
		state_refuse_text(parser, psprintf("There are more than %d boundaries.", MOST_BOUNDARIES));
	return revenue_series_create((int) count);
}

Datum
revenue_series_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	StateParser parser = {
		"revenue_series", "A series of two days, of which the first has 3 lines of 12.50 in all, looks like this: {0:3/12500000,86400000000,172800000000}.",
		text, text
	};
	RevenueSeries *series = series_for_text(&parser);
	const char *fault;

	for (int64 i = 0; i < series->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		state_expect(&parser, i == 0 ? "{" : ",");
		series->at[i] = state_parse_signed(&parser);
		if (i < series->count - 1 && state_accept(&parser, ':'))
			parse_period(&parser, &REVENUE_OF_PERIODS(series)[i]);
	}
	state_expect(&parser, "}");
	if (*parser.next != '\0')
		state_refuse_syntax(&parser, "the end of the input");
	fault = fault_of(series);
	if (fault != NULL)
		state_refuse_text(&parser, fault);
	PG_RETURN_POINTER(series);
}

/* ---- messages ---- */

/* Bytes in front of the boundaries: version, and number of these. */
#define HEADER_MESSAGE_SIZE (1 + 4)

Datum
revenue_series_send(PG_FUNCTION_ARGS)
{
	RevenueSeries *series = revenue_series_of_datum(PG_GETARG_DATUM(0));
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbyte(&message, series->version);
	pq_sendint32(&message, series->count);
	for (int64 i = 0; i < series->count; i++)
		pq_sendint64(&message, series->at[i]);
	for (int64 i = 0; i < series->count - 1; i++)
	{
		const PeriodRevenue *period = &REVENUE_OF_PERIODS(series)[i];

		CHECK_FOR_INTERRUPTS();
		pq_sendint64(&message, period->lines);
		pq_sendint64(&message, period->high);
		pq_sendint64(&message, period->low);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

static void
refuse_message(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid revenue_series"),
			 errdetail_internal("%s", detail),
			 errhint("Such states are made by revenue_agg and rollup.")));
}

Datum
revenue_series_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int64		rest = message->len - message->cursor - HEADER_MESSAGE_SIZE;
	int			version;
	int32		count;
	RevenueSeries *series;
	const char *fault;

	if (rest < 0)
		refuse_message("The message is cut off.");
	version = pq_getmsgbyte(message);
	count = pq_getmsgint(message, 4);
	if (version != REVENUE_SERIES_VERSION)
		refuse_message("The version is not known.");
	/* before anything is allocated by it */
	if (count < 2 || count > MOST_BOUNDARIES ||
		(Size) rest != REVENUE_SERIES_SIZE(count) - offsetof(RevenueSeries, at))
		refuse_message("The number of boundaries is not that of the message.");
	series = revenue_series_create(count);
	for (int i = 0; i < count; i++)
		series->at[i] = pq_getmsgint64(message);
	for (int i = 0; i < count - 1; i++)
	{
		PeriodRevenue *period = &REVENUE_OF_PERIODS(series)[i];

		CHECK_FOR_INTERRUPTS();
		period->lines = pq_getmsgint64(message);
		period->high = pq_getmsgint64(message);
		period->low = pq_getmsgint64(message);
	}
	fault = fault_of(series);
	if (fault != NULL)
		refuse_message(fault);
	PG_RETURN_POINTER(series);
}
