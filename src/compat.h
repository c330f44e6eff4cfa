/*
 * compat.h
 *		What differs between the versions of the server.
 */
#ifndef SALES_KPI_COMPAT_H
#define SALES_KPI_COMPAT_H

/* The macros of variable-length values have a header of their own since 16. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#endif							/* SALES_KPI_COMPAT_H */
