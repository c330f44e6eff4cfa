/*
 * family.h
 *		What families of products are known by.
 */
#ifndef SALES_KPI_FAMILY_H
#define SALES_KPI_FAMILY_H

#include "keyed_store.h"

/* The fingerprint of a family that is not known: no known one has it. */
#define NO_FAMILY UINT64CONST(0)

extern uint64 family_of_datum(Datum family, KeyKind kind);

#endif							/* SALES_KPI_FAMILY_H */
