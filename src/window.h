/*
 * window.h
 *		What window functions begin with.
 */
#ifndef SALES_KPI_WINDOW_H
#define SALES_KPI_WINDOW_H

#include "fmgr.h"
#include "windowapi.h"

/* An operator can be made of any function, and calls it without a window. */
static inline WindowObject
require_window(FunctionCallInfo fcinfo, const char *function)
{
	WindowObject window = PG_WINDOW_OBJECT();

	if (!WindowObjectIsValid(window))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("%s was called without a window", function),
				 errhint("Call it as %s(...) OVER (...).", function)));
	return window;
}

#endif							/* SALES_KPI_WINDOW_H */
