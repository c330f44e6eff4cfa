/*
 * state_text.h
 *		Reading the text forms of states.
 */
#ifndef SALES_KPI_STATE_TEXT_H
#define SALES_KPI_STATE_TEXT_H

#include "lib/stringinfo.h"

#include "wide.h"

typedef struct StateParser
{
	const char *type_name;
	const char *example;		/* what a state looks like, for the hint */
	const char *text;			/* all of it, for messages */
	const char *next;
} StateParser;

extern void state_refuse_text(const StateParser *parser, const char *detail);
extern void state_refuse_syntax(const StateParser *parser, const char *wanted);
extern bool state_accept(StateParser *parser, char symbol);
extern bool state_accept_word(StateParser *parser, const char *word);
extern void state_expect(StateParser *parser, const char *word);
extern WideInt state_parse_wide(StateParser *parser);
extern int64 state_parse_integer(StateParser *parser);
extern int64 state_parse_signed(StateParser *parser);
extern int128 state_parse_signed_wide(StateParser *parser);
extern uint64 state_parse_hexadecimal(StateParser *parser, int digits);
extern void append_wide(StringInfo out, WideInt value);
extern void append_signed_wide(StringInfo out, int128 value);

#endif							/* SALES_KPI_STATE_TEXT_H */
