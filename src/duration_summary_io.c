/*
 * duration_summary_io.c
 *		Duration summaries as text and as messages, and the one check that
 *		both ways in go through.
 *
 * The text form lists the durations in ISO 8601, whatever IntervalStyle says:
 * {PT0S,P1DT2H30M*3}; or, beyond DURATIONS_HELD of them, totals and buckets:
 * {min PT1S max P30D unit PT1S sum 123 squares 456 buckets 896:5,897:2}.
 */
#include "postgres.h"

#include "common/int.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "duration_summary.h"
#include "state_text.h"

PG_FUNCTION_INFO_V1(duration_summary_in);
PG_FUNCTION_INFO_V1(duration_summary_out);
PG_FUNCTION_INFO_V1(duration_summary_recv);
PG_FUNCTION_INFO_V1(duration_summary_send);

/* Bytes in a message: of version, form and number of items; of the totals, four int64, the sum, the squares; of a bucket. */
#define HEADER_MESSAGE_SIZE (1 + 1 + 4)
#define TOTALS_MESSAGE_SIZE (4 * 8 + 2 * 8 + WIDE_LIMBS * 8)
#define BUCKET_MESSAGE_SIZE (2 + 8)

/*
 * Do sum and squares lie within what the buckets allow? One duration at least
 * is the shortest, one the longest.
 */
static const char *
fault_of_sums(const DurationSummary *summary)
{
	const DurationTotals *totals = DURATION_TOTALS(summary);
	int64		count = 0;
	uint128		least = 0;
	uint128		most = 0;
	DurationRange first = duration_bucket_range(totals, DURATION_BUCKET_NUMBERS(summary)[0]);
	DurationRange range = first;
	WideInt		bound = totals->squares;
	WideInt		square = wide_square(totals->sum);

	for (int i = 0; i < summary->nitems; i++)
	{
		int64		times = DURATION_COUNTS(summary)[i];

		range = duration_bucket_range(totals, DURATION_BUCKET_NUMBERS(summary)[i]);
		if (range.low > range.high)
			return "No whole units lie in a bucket.";
		if (pg_add_s64_overflow(count, times, &count))
			return "The counts of the buckets are too large.";
		least += (uint128) range.low * times;
		most += (uint128) range.high * times;
	}
	if (count != totals->count)
		return "The count is not the sum of the buckets' counts.";
	if (totals->sum < least + (range.high - range.low) || totals->sum > most - (first.high - first.low) ||
		totals->sum % Max(totals->unit, 1) != 0)
		return "The sum does not fit the buckets.";

	/* n * squares >= sum^2, and no square is larger than longest * itself */
	if (wide_multiply_add(&bound, totals->count, 0) || wide_compare(&bound, &square) < 0)
		return "The sum of squares does not fit the sum.";
	bound = wide_from_uint128(totals->sum);
	if (wide_multiply_add(&bound, totals->longest, 0) || wide_compare(&totals->squares, &bound) > 0)
		return "The sum of squares does not fit the longest duration.";
	return NULL;
}

static const char *
fault_of_buckets(const DurationSummary *summary)
{
	const DurationTotals *totals = DURATION_TOTALS(summary);
	const uint16 *buckets = DURATION_BUCKET_NUMBERS(summary);

	for (int i = 0; i < summary->nitems; i++)
	{
		if (buckets[i] >= DURATION_BUCKET_COUNT)
			return "A bucket has a number beyond the last.";
		if (DURATION_COUNTS(summary)[i] <= 0)
			return "A bucket has no positive count.";
		if (i > 0 && buckets[i] <= buckets[i - 1])
			return "The buckets are not in order.";
	}
	if (totals->count <= DURATIONS_HELD)
		return "So few durations are held as they are, not in buckets.";
	if (totals->shortest < 0 || totals->longest < totals->shortest ||
		duration_bucket(totals->shortest) != buckets[0] ||
		duration_bucket(totals->longest) != buckets[summary->nitems - 1])
		return "The shortest and the longest duration are not in the first and the last bucket.";
	if (totals->unit < 0 || (totals->unit == 0) != (totals->longest == 0) ||
		(totals->unit > 0 && (totals->shortest % totals->unit != 0 || totals->longest % totals->unit != 0)))
		return "The shortest and the longest duration are not whole units.";
	return fault_of_sums(summary);
}

static const char *
fault_of_values(const DurationSummary *summary)
{
	for (int i = 0; i < summary->nitems; i++)
	{
		if (summary->values[i] < 0)
			return "A duration is negative.";
		if (i > 0 && summary->values[i] < summary->values[i - 1])
			return "The durations are not in order.";
	}
	return NULL;
}

/* What is wrong with a state from outside, of all that other code relies on; NULL if nothing. */
static const char *
fault_of(const DurationSummary *summary)
{
	return summary->form == DURATION_VALUES ? fault_of_values(summary) : fault_of_buckets(summary);
}

/* ---- text out ---- */

static void
append_duration(StringInfo out, int64 duration)
{
	int64		days = duration / USECS_PER_DAY;
	int64		hours = duration % USECS_PER_DAY / USECS_PER_HOUR;
	int64		minutes = duration % USECS_PER_HOUR / USECS_PER_MINUTE;
	int64		seconds = duration % USECS_PER_MINUTE / USECS_PER_SEC;
	int			fraction = (int) (duration % USECS_PER_SEC);

	appendStringInfoChar(out, 'P');
	if (days > 0)
		appendStringInfo(out, INT64_FORMAT "D", days);
	if (days > 0 && duration % USECS_PER_DAY == 0)
		return;
	appendStringInfoChar(out, 'T');
	if (hours > 0)
		appendStringInfo(out, INT64_FORMAT "H", hours);
	if (minutes > 0)
		appendStringInfo(out, INT64_FORMAT "M", minutes);
	if (fraction == 0)
	{
		if (seconds > 0 || duration == 0)
			appendStringInfo(out, INT64_FORMAT "S", seconds);
		return;
	}
	appendStringInfo(out, INT64_FORMAT ".%06d", seconds, fraction);
	while (out->data[out->len - 1] == '0')
		out->data[--out->len] = '\0';
	appendStringInfoChar(out, 'S');
}

static void
append_values(StringInfo out, const DurationSummary *summary)
{
	int			times;

	for (int i = 0; i < summary->nitems; i += times)
	{
		for (times = 1; i + times < summary->nitems; times++)
			if (summary->values[i + times] != summary->values[i])
				break;
		if (i > 0)
			appendStringInfoChar(out, ',');
		append_duration(out, summary->values[i]);
		if (times > 1)
			appendStringInfo(out, "*%d", times);
	}
}

static void
append_buckets(StringInfo out, const DurationSummary *summary)
{
	const DurationTotals *totals = DURATION_TOTALS(summary);

	appendStringInfoString(out, "min ");
	append_duration(out, totals->shortest);
	appendStringInfoString(out, " max ");
	append_duration(out, totals->longest);
	appendStringInfoString(out, " unit ");
	append_duration(out, totals->unit);
	appendStringInfoString(out, " sum ");
	append_wide(out, wide_from_uint128(totals->sum));
	appendStringInfoString(out, " squares ");
	append_wide(out, totals->squares);
	appendStringInfoString(out, " buckets ");
	for (int i = 0; i < summary->nitems; i++)
		appendStringInfo(out, "%s%d:" INT64_FORMAT, i > 0 ? "," : "",
						 DURATION_BUCKET_NUMBERS(summary)[i], DURATION_COUNTS(summary)[i]);
}

Datum
duration_summary_out(PG_FUNCTION_ARGS)
{
	DurationSummary *summary = PG_GETARG_DURATION_SUMMARY(0);
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	if (summary->form == DURATION_VALUES)
		append_values(&out, summary);
	else
		append_buckets(&out, summary);
	appendStringInfoChar(&out, '}');
	PG_RETURN_CSTRING(out.data);
}

/* ---- text in ---- */

/* Up to six digits behind the point of the seconds, as microseconds. */
static int64
parse_fraction(StateParser *parser)
{
	int64		fraction = 0;
	int64		unit = USECS_PER_SEC / 10;

	if (*parser->next < '0' || *parser->next > '9')
		state_refuse_syntax(parser, "a digit");
	for (; *parser->next >= '0' && *parser->next <= '9'; parser->next++)
	{
		if (unit == 0)
			state_refuse_syntax(parser, "at most six digits");
		fraction += (*parser->next - '0') * unit;
		unit /= 10;
	}
	return fraction;
}

/* A number and its letter, if that comes next; only seconds have a fraction. */
static bool
accept_part(StateParser *parser, char letter, int64 unit, int64 *duration)
{
	const char *start = parser->next;
	int64		number;
	int64		fraction = 0;

	if (*parser->next < '0' || *parser->next > '9')
		return false;
	number = state_parse_integer(parser);
	if (letter == 'S' && state_accept(parser, '.'))
		fraction = parse_fraction(parser);
	if (!state_accept(parser, letter))
	{
		parser->next = start;
		return false;
	}
	if (pg_mul_s64_overflow(number, unit, &number) ||
		pg_add_s64_overflow(number, fraction, &number) ||
		pg_add_s64_overflow(*duration, number, duration))
		state_refuse_syntax(parser, "a duration below 2^63 microseconds");
	return true;
}

static int64
parse_duration(StateParser *parser)
{
	int64		duration = 0;
	bool		found;

	state_expect(parser, "P");
	found = accept_part(parser, 'D', USECS_PER_DAY, &duration);
	if (state_accept(parser, 'T'))
	{
		found = accept_part(parser, 'H', USECS_PER_HOUR, &duration);
		found |= accept_part(parser, 'M', USECS_PER_MINUTE, &duration);
		found |= accept_part(parser, 'S', USECS_PER_SEC, &duration);
	}
	if (!found)
		state_refuse_syntax(parser, "a number of D before T, or of H, M or S behind it,");
	return duration;
}

/* Durations may come in any order; many become buckets, as they would in an aggregate. */
static DurationSummary *
parse_values(StateParser *parser)
{
	DurationSummary *summary = duration_summary_allocate(DURATION_VALUES, DURATIONS_HELD);

	summary->nitems = 0;
	do
	{
		int64		duration = parse_duration(parser);
		int64		times = state_accept(parser, '*') ? state_parse_integer(parser) : 1;

		CHECK_FOR_INTERRUPTS();
		if (times == 0)
			state_refuse_syntax(parser, "a count above 0");
		summary = duration_summary_insert(summary, duration, times);
	} while (state_accept(parser, ','));
	return duration_summary_canonical(PointerGetDatum(summary));
}

static DurationSummary *
parse_buckets(StateParser *parser)
{
	DurationTotals totals = {0};
	int64	   *counts = palloc(DURATION_BUCKET_COUNT * sizeof(int64));
	uint16	   *buckets = palloc(DURATION_BUCKET_COUNT * sizeof(uint16));
	int			nbuckets = 0;
	WideInt		sum;
	DurationSummary *summary;

	state_expect(parser, "min ");
	totals.shortest = parse_duration(parser);
	state_expect(parser, " max ");
	totals.longest = parse_duration(parser);
	state_expect(parser, " unit ");
	totals.unit = parse_duration(parser);
	state_expect(parser, " sum ");
	sum = state_parse_wide(parser);
	if (!wide_fits_uint128(&sum))
		state_refuse_syntax(parser, "a number below 2^128");
	totals.sum = wide_low_uint128(&sum);
	state_expect(parser, " squares ");
	totals.squares = state_parse_wide(parser);
	state_expect(parser, " buckets ");
	do
	{
		int64		bucket = state_parse_integer(parser);

		if (bucket >= DURATION_BUCKET_COUNT || nbuckets >= DURATION_BUCKET_COUNT)
			state_refuse_syntax(parser, psprintf("a bucket below %d", DURATION_BUCKET_COUNT));
		state_expect(parser, ":");
		buckets[nbuckets] = (uint16) bucket;
		counts[nbuckets] = state_parse_integer(parser);
		if (pg_add_s64_overflow(totals.count, counts[nbuckets++], &totals.count))
			state_refuse_syntax(parser, "a smaller count");
	} while (state_accept(parser, ','));

	summary = duration_summary_allocate(DURATION_BUCKETS, nbuckets);
	summary->canonical = true;
	*DURATION_TOTALS(summary) = totals;
	memcpy(DURATION_COUNTS(summary), counts, nbuckets * sizeof(int64));
	memcpy(DURATION_BUCKET_NUMBERS(summary), buckets, nbuckets * sizeof(uint16));
	return summary;
}

Datum
duration_summary_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	StateParser parser = {"duration_summary", "A summary of two durations looks like this: {PT30M,P1DT2H}.", text, text};
	DurationSummary *summary;
	const char *fault;

	state_expect(&parser, "{");
	if (*parser.next == '}')
		state_refuse_syntax(&parser, "at least one duration");
	summary = *parser.next == 'm' ? parse_buckets(&parser) : parse_values(&parser);
	state_expect(&parser, "}");
	if (*parser.next != '\0')
		state_refuse_syntax(&parser, "the end of the input");
	fault = fault_of(summary);
	if (fault != NULL)
		state_refuse_text(&parser, fault);
	PG_RETURN_POINTER(summary);
}

/* ---- messages ---- */

Datum
duration_summary_send(PG_FUNCTION_ARGS)
{
	DurationSummary *summary = PG_GETARG_DURATION_SUMMARY(0);
	const DurationTotals *totals = DURATION_TOTALS(summary);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbyte(&message, summary->version);
	pq_sendbyte(&message, summary->form);
	pq_sendint32(&message, summary->nitems);
	if (summary->form == DURATION_VALUES)
	{
		for (int i = 0; i < summary->nitems; i++)
			pq_sendint64(&message, summary->values[i]);
		PG_RETURN_BYTEA_P(pq_endtypsend(&message));
	}
	pq_sendint64(&message, totals->count);
	pq_sendint64(&message, totals->shortest);
	pq_sendint64(&message, totals->longest);
	pq_sendint64(&message, totals->unit);
	pq_sendint64(&message, (uint64) (totals->sum >> 64));
	pq_sendint64(&message, (uint64) totals->sum);
	for (int i = WIDE_LIMBS - 1; i >= 0; i--)
		pq_sendint64(&message, totals->squares.limb[i]);
	for (int i = 0; i < summary->nitems; i++)
	{
		pq_sendint16(&message, DURATION_BUCKET_NUMBERS(summary)[i]);
		pq_sendint64(&message, DURATION_COUNTS(summary)[i]);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

static void
refuse_message(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid duration summary"),
			 errdetail_internal("%s", detail),
			 errhint("Duration summaries are made by duration_agg and rollup.")));
}

static void
receive_buckets(StringInfo message, DurationSummary *summary)
{
	DurationTotals *totals = DURATION_TOTALS(summary);

	totals->count = pq_getmsgint64(message);
	totals->shortest = pq_getmsgint64(message);
	totals->longest = pq_getmsgint64(message);
	totals->unit = pq_getmsgint64(message);
	totals->sum = (uint128) (uint64) pq_getmsgint64(message) << 64;
	totals->sum |= (uint64) pq_getmsgint64(message);
	for (int i = WIDE_LIMBS - 1; i >= 0; i--)
		totals->squares.limb[i] = pq_getmsgint64(message);
	for (int i = 0; i < summary->nitems; i++)
	{
		DURATION_BUCKET_NUMBERS(summary)[i] = pq_getmsgint(message, 2);
		DURATION_COUNTS(summary)[i] = pq_getmsgint64(message);
	}
}

Datum
duration_summary_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int64		rest = message->len - message->cursor - HEADER_MESSAGE_SIZE;
	int			version;
	int			form;
	int32		nitems;
	DurationSummary *summary;
	const char *fault;

	if (rest < 0)
		refuse_message("The message is cut off.");
	version = pq_getmsgbyte(message);
	form = pq_getmsgbyte(message);
	nitems = pq_getmsgint(message, 4);
	if (version != DURATION_SUMMARY_VERSION)
		refuse_message(psprintf("Version %d is not known.", version));
	if (form != DURATION_VALUES && form != DURATION_BUCKETS)
		refuse_message(psprintf("Form %d is not known.", form));
	if (nitems < 1 || nitems > (form == DURATION_VALUES ? DURATIONS_HELD : DURATION_BUCKET_COUNT))
		refuse_message(psprintf("It cannot have %d items.", nitems));
	if (rest != (form == DURATION_VALUES ? (int64) nitems * 8 :
				 TOTALS_MESSAGE_SIZE + (int64) nitems * BUCKET_MESSAGE_SIZE))
		refuse_message(psprintf(INT64_FORMAT " bytes do not hold %d items.", rest, nitems));

	summary = duration_summary_allocate(form, nitems);
	summary->canonical = true;
	if (form == DURATION_BUCKETS)
		receive_buckets(message, summary);
	else
		for (int i = 0; i < nitems; i++)
			summary->values[i] = pq_getmsgint64(message);
	fault = fault_of(summary);
	if (fault != NULL)
		refuse_message(fault);
	PG_RETURN_POINTER(summary);
}
