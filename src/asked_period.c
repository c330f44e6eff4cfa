/*
 * asked_period.c
 *		The period that an aggregate is asked for: from its argument into the state,
 *		and back.
 *
 * It must be the same for all rows of a group. A state that was not made for a
 * period has 0 for both ends of it.
 */
#include "postgres.h"

#include "utils/rangetypes.h"
#include "utils/timestamp.h"

#include "asked_period.h"

static inline AskedPeriod
period_in(const KeyedStore *store)
{
	return (AskedPeriod) {store->extra[0], store->extra[1]};
}

static inline void
put_period(KeyedStore *store, AskedPeriod period)
{
	store->extra[0] = period.start;
	store->extra[1] = period.end;
}

static inline bool
is_asked(AskedPeriod period)
{
	return period.start != 0 || period.end != 0;
}

static inline bool
is_same(AskedPeriod a, AskedPeriod b)
{
	return a.start == b.start && a.end == b.end;
}

static void
refuse_period(int errorcode, const char *message)
{
	ereport(ERROR,
			(errcode(errorcode),
			 errmsg("%s", message),
			 errhint("Name both ends, with time between them, such as tstzrange('2025-01-01', '2025-02-01').")));
}

static void
refuse_changed_period(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the period changes within a group"),
			 errhint("Give one period for all rows of a group, or put it into GROUP BY.")));
}

/* An end that is left out, or one that is included, moves its instant by a microsecond. */
AskedPeriod
asked_period_of_argument(FunctionCallInfo fcinfo, int argument)
{
	RangeType  *range;
	TypeCacheEntry *type;
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;
	AskedPeriod period;

	if (PG_ARGISNULL(argument))
		refuse_period(ERRCODE_NULL_VALUE_NOT_ALLOWED, "the period is NULL");
	range = PG_GETARG_RANGE_P(argument);
	type = range_get_typcache(fcinfo, RangeTypeGetOid(range));
	range_deserialize(type, range, &lower, &upper, &empty);
	if (empty)
		refuse_period(ERRCODE_INVALID_PARAMETER_VALUE, "the period is empty");
	if (lower.infinite || upper.infinite ||
		TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(lower.val)) || TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(upper.val)))
		refuse_period(ERRCODE_INVALID_PARAMETER_VALUE, "the period has no end on one side");
	period.start = DatumGetTimestampTz(lower.val) + (lower.inclusive ? 0 : 1);
	period.end = DatumGetTimestampTz(upper.val) + (upper.inclusive ? 1 : 0);
	if (period.start >= period.end)
		refuse_period(ERRCODE_INVALID_PARAMETER_VALUE, "the period is empty");
	return period;
}

/* The state of a running aggregate that is asked for a period. */
RunningStore
keyed_store_of_period(FunctionCallInfo fcinfo, const StoreType *type, KeyKind kind, int payload, AskedPeriod period)
{
	RunningStore running = keyed_store_running(fcinfo, type, kind, payload);

	if (PG_ARGISNULL(0))
		put_period(running.store, period);
	if (!is_same(period_in(running.store), period))
		refuse_changed_period();
	return running;
}

/* The period as boundaries over two numbers of the caller's. */
Boundaries
boundaries_of_asked_period(const KeyedStore *store, const StoreType *type, int64 ends[2])
{
	AskedPeriod period = period_in(store);

	if (period.start >= period.end)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the %s was not made for a period", type->name),
				 errhint("Call the aggregates that take a period themselves instead of their support functions.")));
	ends[0] = period.start;
	ends[1] = period.end;
	return boundaries_of_instants(ends, 2);
}

/* ---- for the StoreType ---- */

const char *
fault_of_asked_period(const KeyedStore *store)
{
	AskedPeriod period = period_in(store);

	if (is_asked(period) && (period.start >= period.end || !IS_VALID_TIMESTAMP(period.start) || period.end > END_TIMESTAMP))
		return "The period asked for does not end behind its start.";
	return NULL;
}

void
merge_asked_period(KeyedStore *store, const KeyedStore *other)
{
	if (!is_same(period_in(store), period_in(other)))
		refuse_changed_period();
}

void
append_asked_period(StringInfo out, const KeyedStore *store)
{
	AskedPeriod period = period_in(store);

	if (is_asked(period))
		appendStringInfo(out, " during " INT64_FORMAT ".." INT64_FORMAT, period.start, period.end);
}

void
parse_asked_period(StateParser *parser, KeyedStore *store)
{
	AskedPeriod period;

	if (!state_accept_word(parser, " during "))
		return;
	period.start = state_parse_signed(parser);
	state_expect(parser, "..");
	period.end = state_parse_signed(parser);
	put_period(store, period);
}
