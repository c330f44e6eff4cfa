/*
 * state_text.c
 *		Reading the text forms of states: symbols, words and numbers, and the
 *		errors that say where something else was found.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "state_text.h"

/* The text may be long: its beginning is shown, whole characters of it. */
void
state_refuse_text(const StateParser *parser, const char *detail)
{
	int			shown = pg_mbcliplen(parser->text, strlen(parser->text), 100);

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%.*s\"", parser->type_name, shown, parser->text),
			 errdetail_internal("%s", detail),
			 errhint("%s", parser->example)));
}

void
state_refuse_syntax(const StateParser *parser, const char *wanted)
{
	state_refuse_text(parser, psprintf("At position %d: %s is wanted.", (int) (parser->next - parser->text) + 1, wanted));
}

bool
state_accept(StateParser *parser, char symbol)
{
	if (*parser->next != symbol)
		return false;
	parser->next++;
	return true;
}

bool
state_accept_word(StateParser *parser, const char *word)
{
	size_t		length = strlen(word);

	if (strncmp(parser->next, word, length) != 0)
		return false;
	parser->next += length;
	return true;
}

void
state_expect(StateParser *parser, const char *word)
{
	if (!state_accept_word(parser, word))
		state_refuse_syntax(parser, psprintf("\"%s\"", word));
}

WideInt
state_parse_wide(StateParser *parser)
{
	WideInt		value = {{0, 0, 0, 0}};

	if (*parser->next < '0' || *parser->next > '9')
		state_refuse_syntax(parser, "a digit");
	for (; *parser->next >= '0' && *parser->next <= '9'; parser->next++)
	{
		/* there may be any number of zeros */
		CHECK_FOR_INTERRUPTS();
		if (wide_multiply_add(&value, 10, *parser->next - '0'))
			state_refuse_syntax(parser, "a smaller number");
	}
	return value;
}

int64
state_parse_integer(StateParser *parser)
{
	WideInt		value = state_parse_wide(parser);

	if (!wide_fits_uint128(&value) || wide_low_uint128(&value) > PG_INT64_MAX)
		state_refuse_syntax(parser, "a number below 2^63");
	return (int64) value.limb[0];
}

/* From -2^63 to 2^63 - 1. */
int64
state_parse_signed(StateParser *parser)
{
	bool		negative = state_accept(parser, '-');
	WideInt		value = state_parse_wide(parser);

	if (!wide_fits_uint128(&value) || wide_low_uint128(&value) > (uint128) PG_INT64_MAX + negative)
		state_refuse_syntax(parser, "a number of 64 bits");
	return negative ? (int64) (0 - value.limb[0]) : (int64) value.limb[0];
}

/* Above -2^127 and below 2^127. */
int128
state_parse_signed_wide(StateParser *parser)
{
	bool		negative = state_accept(parser, '-');
	WideInt		value = state_parse_wide(parser);

	if (!wide_fits_uint128(&value) || wide_low_uint128(&value) >> 127 != 0)
		state_refuse_syntax(parser, "a number below 2^127");
	return negative ? -(int128) wide_low_uint128(&value) : (int128) wide_low_uint128(&value);
}

/* So many hexadecimal digits. */
uint64
state_parse_hexadecimal(StateParser *parser, int digits)
{
	uint64		value = 0;

	while (digits-- > 0)
	{
		char		digit = *parser->next;

		if (digit >= '0' && digit <= '9')
			value = value << 4 | (digit - '0');
		else if (digit >= 'a' && digit <= 'f')
			value = value << 4 | (digit - 'a' + 10);
		else
			state_refuse_syntax(parser, "a digit, or a to f,");
		parser->next++;
	}
	return value;
}

void
append_wide(StringInfo out, WideInt value)
{
	char		digits[80];
	int			start = sizeof(digits) - 1;

	digits[start] = '\0';
	do
	{
		digits[--start] = '0' + wide_divide(&value, 10);
	} while (!wide_is_zero(&value));
	appendStringInfoString(out, digits + start);
}

void
append_signed_wide(StringInfo out, int128 value)
{
	if (value < 0)
		appendStringInfoChar(out, '-');
	append_wide(out, wide_from_uint128(value < 0 ? -(uint128) value : (uint128) value));
}
