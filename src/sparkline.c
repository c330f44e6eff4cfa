/*
 * sparkline.c
 *		A series as a line of text: a bar of one of eight heights for each value.
 */
#include "postgres.h"

#include <math.h>

#include "mb/pg_wchar.h"

#include "compat.h"
#include "series.h"

PG_FUNCTION_INFO_V1(sparkline_final);

#define HEIGHTS 8
#define HEIGHT_OF_EQUALS 3
#define UNKNOWN (-1)

/* Bars are three bytes in UTF-8, U+2581 to U+2588; other encodings need not have them. */
#define LONGEST_CHARACTER 3

/* The height of a value in a series from its lowest to its highest: 0 to 7. */
static int
height_of(double value, double lowest, double highest)
{
	if (!is_series_value(value))
		return UNKNOWN;
	if (lowest == highest)
		return HEIGHT_OF_EQUALS;
	return Min((int) floor((value - lowest) / (highest - lowest) * HEIGHTS), HEIGHTS - 1);
}

static char *
write_height(char *end, int height, bool as_bars)
{
	if (!as_bars)
		*end++ = height == UNKNOWN ? '.' : '1' + height;
	else if (height == UNKNOWN)
	{
		*end++ = '\xC2';
		*end++ = '\xB7';
	}
	else
	{
		*end++ = '\xE2';
		*end++ = '\x96';
		*end++ = '\x81' + height;
	}
	return end;
}

/* sparkline_final(state) */
Datum
sparkline_final(PG_FUNCTION_ARGS)
{
	ArrayType  *state = series_argument(fcinfo);
	bool		as_bars = GetDatabaseEncoding() == PG_UTF8;
	double		lowest = SLOPE_MOST_VALUE;
	double		highest = -SLOPE_MOST_VALUE;
	text	   *line;
	char	   *end;

	if (state == NULL || SERIES_COUNT(state) == 0)
		PG_RETURN_NULL();
	for (int i = 0; i < SERIES_COUNT(state); i++)
	{
		double		value = SERIES_VALUES(state)[i];

		if (is_series_value(value))
		{
			lowest = Min(lowest, value);
			highest = Max(highest, value);
		}
	}
	line = palloc(VARHDRSZ + (Size) SERIES_COUNT(state) * LONGEST_CHARACTER);
	end = VARDATA(line);
	for (int i = 0; i < SERIES_COUNT(state); i++)
		end = write_height(end, height_of(SERIES_VALUES(state)[i], lowest, highest), as_bars);
	SET_VARSIZE(line, end - (char *) line);
	PG_RETURN_TEXT_P(line);
}
