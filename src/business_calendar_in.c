/*
 * business_calendar_in.c
 *		Open hours, as a person writes them, or of parts.
 */
#include "postgres.h"

#include <ctype.h>

#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"

#include "business_calendar.h"
#include "state_text.h"

PG_FUNCTION_INFO_V1(business_calendar_in);
PG_FUNCTION_INFO_V1(business_calendar_make);

#define TYPE_NAME "business_calendar"
#define CALENDAR_EXAMPLE "A calendar looks like this: Europe/Berlin: Mon-Thu 08:00-12:00 13:00-17:00, Fri 08:00-14:00; closed 2025-12-24 to 2025-12-26, 2026-01-01."
#define WINDOWS_EXAMPLE "Open hours look like this: Mon-Thu 08:00-12:00 13:00-17:00, Fri 08:00-14:00."

static void
skip_blanks(StateParser *parser)
{
	while (isspace((unsigned char) *parser->next))
	{
		CHECK_FOR_INTERRUPTS();
		parser->next++;
	}
}

static bool
at_digit(const StateParser *parser)
{
	return isdigit((unsigned char) *parser->next);
}

static bool
at_letter(const StateParser *parser)
{
	return isalpha((unsigned char) *parser->next);
}

static void
refuse_at(StateParser *parser, const char *place, const char *detail)
{
	state_refuse_text(parser, psprintf("At position %d: %s", (int) (place - parser->text) + 1, detail));
}

/* So many digits: a person may leave out the leading zero of an hour. */
static int
parse_digits(StateParser *parser, int least, int most, const char *wanted)
{
	const char *start = parser->next;
	int			number = 0;

	while (at_digit(parser) && parser->next - start < most)
		number = number * 10 + *parser->next++ - '0';
	if (parser->next - start < least || at_digit(parser))
	{
		parser->next = start;
		state_refuse_syntax(parser, wanted);
	}
	return number;
}

static int
parse_day(StateParser *parser)
{
	int			length = 0;

	while (isalpha((unsigned char) parser->next[length]))
		length++;
	for (int day = 0; day < DAYS_PER_WEEK; day++)
	{
		if ((length == 3 || length == (int) strlen(weekdays[day])) &&
			pg_strncasecmp(parser->next, weekdays[day], length) == 0)
		{
			parser->next += length;
			return day;
		}
	}
	state_refuse_syntax(parser, "a day, such as Mon or Monday,");
	return 0;					/* not reached */
}

/* Days and ranges of days, as a bit for each. */
static int
parse_days(StateParser *parser)
{
	int			days = 0;

	do
	{
		int			day = parse_day(parser);
		int			last = day;

		CHECK_FOR_INTERRUPTS();
		skip_blanks(parser);
		if (state_accept(parser, '-'))
		{
			skip_blanks(parser);
			last = parse_day(parser);
			skip_blanks(parser);
		}
		for (; day != last; day = (day + 1) % DAYS_PER_WEEK)
			days |= 1 << day;
		days |= 1 << last;
	} while (at_letter(parser));
	return days;
}

/* Seconds since midnight. */
static int
parse_time(StateParser *parser)
{
	const char *start = parser->next;
	int			hour = parse_digits(parser, 1, 2, "a time, such as 08:00,");
	int			minute;
	int			second = 0;
	int			time;

	state_expect(parser, ":");
	minute = parse_digits(parser, 2, 2, "a minute of two digits");
	if (state_accept(parser, ':'))
		second = parse_digits(parser, 2, 2, "a second of two digits");
	time = hour * SECS_PER_HOUR + minute * SECS_PER_MINUTE + second;
	if (minute >= MINS_PER_HOUR || second >= SECS_PER_MINUTE || time > SECS_PER_DAY)
		refuse_at(parser, start, "times are from 00:00 to 24:00.");
	return time;
}

/* A window of each of the days. One that ends at or before its start ends on the next day. */
static void
parse_window(StateParser *parser, int days, SpanList *windows)
{
	const char *place = parser->next;
	int			opens = parse_time(parser);
	int			closes;

	if (opens == SECS_PER_DAY)
		refuse_at(parser, place, "24:00 is an end; the day begins at 00:00.");
	skip_blanks(parser);
	state_expect(parser, "-");
	skip_blanks(parser);
	closes = parse_time(parser);
	if (closes == opens)
		refuse_at(parser, place, "a window has no length; the whole day is 00:00-24:00.");
	if (closes < opens)
		closes += SECS_PER_DAY;
	for (int day = 0; day < DAYS_PER_WEEK; day++)
	{
		int			start = day * SECS_PER_DAY + opens;
		int			end = day * SECS_PER_DAY + closes;

		if ((days & 1 << day) == 0)
			continue;
		add_calendar_span(windows, start, Min(end, SECS_PER_WEEK));
		if (end > SECS_PER_WEEK)
			add_calendar_span(windows, 0, end - SECS_PER_WEEK);
	}
}

/* Entries of days and their windows. */
static void
parse_windows(StateParser *parser, SpanList *windows)
{
	do
	{
		int			days;

		skip_blanks(parser);
		days = parse_days(parser);
		if (!at_digit(parser))
			state_refuse_syntax(parser, "a day, or a time such as 08:00,");
		while (at_digit(parser))
		{
			CHECK_FOR_INTERRUPTS();
			parse_window(parser, days, windows);
			skip_blanks(parser);
		}
	} while (state_accept(parser, ','));
}

static int
parse_date(StateParser *parser)
{
	static const char *const wanted = "a date, such as 2025-12-24,";
	const char *start = parser->next;
	int			year = parse_digits(parser, 4, 4, wanted);
	int			month;
	int			day;

	state_expect(parser, "-");
	month = parse_digits(parser, 2, 2, wanted);
	state_expect(parser, "-");
	day = parse_digits(parser, 2, 2, wanted);
	if (year < 1 || month < 1 || month > MONTHS_PER_YEAR || day < 1 || day > day_tab[isleap(year)][month - 1])
		refuse_at(parser, start, "there is no such day.");
	return date2j(year, month, day) - POSTGRES_EPOCH_JDATE;
}

static void
parse_holidays(StateParser *parser, SpanList *holidays)
{
	skip_blanks(parser);
	if (pg_strncasecmp(parser->next, "closed", 6) != 0)
		state_refuse_syntax(parser, "\"closed\"");
	parser->next += 6;
	do
	{
		const char *place;
		int			first;
		int			last;

		CHECK_FOR_INTERRUPTS();
		skip_blanks(parser);
		place = parser->next;
		first = last = parse_date(parser);
		skip_blanks(parser);
		if (pg_strncasecmp(parser->next, "to", 2) == 0)
		{
			parser->next += 2;
			skip_blanks(parser);
			last = parse_date(parser);
			skip_blanks(parser);
		}
		if (last < first)
			refuse_at(parser, place, "the last day lies before the first.");
		add_calendar_span(holidays, first, last + 1);
	} while (state_accept(parser, ','));
}

static void
expect_end(StateParser *parser)
{
	if (*parser->next != '\0')
		state_refuse_syntax(parser, "a comma or the end");
}

static pg_tz *
parse_zone(StateParser *parser)
{
	const char *end;
	const char *start;

	skip_blanks(parser);
	start = parser->next;
	end = strchr(start, ':');
	if (end == NULL || end == start)
		state_refuse_syntax(parser, "a colon behind a time zone");
	parser->next = end + 1;
	while (end > start && isspace((unsigned char) end[-1]))
		end--;
	return named_calendar_zone(pnstrdup(start, end - start));
}

Datum
business_calendar_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	StateParser parser = {TYPE_NAME, CALENDAR_EXAMPLE, text, text};
	SpanList	windows = {0};
	SpanList	holidays = {0};
	pg_tz	   *zone = parse_zone(&parser);

	parse_windows(&parser, &windows);
	if (state_accept(&parser, ';'))
		parse_holidays(&parser, &holidays);
	expect_end(&parser);
	PG_RETURN_POINTER(make_calendar(zone, &windows, &holidays));
}

/* A calendar of its parts, for holidays come from a table. */
Datum
business_calendar_make(PG_FUNCTION_ARGS)
{
	char	   *hours = text_to_cstring(PG_GETARG_TEXT_PP(1));
	StateParser parser = {TYPE_NAME, WINDOWS_EXAMPLE, hours, hours};
	SpanList	windows = {0};
	SpanList	holidays = {0};
	pg_tz	   *zone = named_calendar_zone(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(2);
	const DateADT *days = (const DateADT *) ARR_DATA_PTR(array);
	int			ndays = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));

	parse_windows(&parser, &windows);
	expect_end(&parser);
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("a holiday cannot be NULL"),
				 errhint("Leave such rows out of the array.")));
	for (int i = 0; i < ndays; i++)
	{
		DateADT		day = days[i];

		CHECK_FOR_INTERRUPTS();
		if (day < FIRST_HOLIDAY || day >= END_HOLIDAY)
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("a holiday cannot be %s", DatumGetCString(DirectFunctionCall1(date_out, DateADTGetDatum(day)))),
					 errhint("Holidays are in the years 1 to 9999.")));
		add_calendar_span(&holidays, day, day + 1);
	}
	PG_RETURN_POINTER(make_calendar(zone, &windows, &holidays));
}
