/*
 * sales_kpi.c
 *		The module itself; each KPI lives in a file of its own.
 */
#include "postgres.h"

#include "fmgr.h"

PG_MODULE_MAGIC;
