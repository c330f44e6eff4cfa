/*
 * keyed_store_io.c
 *		Keyed stores as text and as messages.
 *
 * The text form names the kind of the customers, then what the type of state adds,
 * then the records under each customer: {bigint 42:0..100,200..;43:50..}. A text
 * customer appears as its fingerprint, 32 hexadecimal digits.
 *
 * Both ways in take records in any order, as an aggregate would: what comes out of
 * them is sorted and fused anew, so that only each record by itself needs a check.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "miscadmin.h"

#include "keyed_store.h"

/* ---- text out ---- */

static void
append_key(StringInfo out, const KeyedStore *store, const uint64 *key)
{
	if (store->key_kind == KEY_BIGINT)
		appendStringInfo(out, INT64_FORMAT, INT64_OF_WORD(key[0]));
	else if (store->key_kind == KEY_TEXT)
		appendStringInfo(out, "%016llx%016llx", (unsigned long long) key[0], (unsigned long long) key[1]);
	else
		appendStringInfo(out, "%08x-%04x-%04x-%04x-%012llx",
						 (uint32) (key[0] >> 32), (uint32) (key[0] >> 16) & 0xFFFF, (uint32) key[0] & 0xFFFF,
						 (uint32) (key[1] >> 48), (unsigned long long) key[1] & UINT64CONST(0xFFFFFFFFFFFF));
}

/* No record has a longer text, with its key and what stands between records. */
#define LONGEST_TEXT_OF_RECORD 128

static void
refuse_text_size(const KeyedStore *store, const StoreType *type)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("the text of a %s is longer than 1 GB", type->name),
			 errdetail("It has " INT64_FORMAT " records.", store->nrecords),
			 errhint("Send it or copy it in binary form, or keep smaller groups, which can be rolled up.")));
}

Datum
keyed_store_out(FunctionCallInfo fcinfo, const StoreType *type)
{
	KeyedStore *store = keyed_store_canonical(PG_GETARG_DATUM(0), type);
	const uint64 *previous = NULL;
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfo(&out, "{%s", key_kind_names[store->key_kind]);
	type->append_extra(&out, store);
	for (int64 i = 0; i < store->nrecords; i++)
	{
		const uint64 *record = RECORD_AT(store, i);
		bool		same = previous != NULL && same_customer(store, previous, record);

		CHECK_FOR_INTERRUPTS();
		if (out.len > (int) MaxAllocSize - LONGEST_TEXT_OF_RECORD)
			refuse_text_size(store, type);
		appendStringInfoChar(&out, same ? ',' : previous == NULL ? ' ' : ';');
		if (!same)
			append_key(&out, store, record);
		if (!same && store->payload > 0)
			appendStringInfoChar(&out, ':');
		if (store->payload > 0)
			type->append_payload(&out, PAYLOAD_OF(store, record), store->payload);
		previous = record;
	}
	appendStringInfoChar(&out, '}');
	PG_RETURN_CSTRING(out.data);
}

/* ---- text in ---- */

static CustomerKey
parse_uuid(StateParser *parser)
{
	CustomerKey key;

	key.word[0] = state_parse_hexadecimal(parser, 8);
	state_expect(parser, "-");
	key.word[0] = key.word[0] << 16 | state_parse_hexadecimal(parser, 4);
	state_expect(parser, "-");
	key.word[0] = key.word[0] << 16 | state_parse_hexadecimal(parser, 4);
	state_expect(parser, "-");
	key.word[1] = state_parse_hexadecimal(parser, 4);
	state_expect(parser, "-");
	key.word[1] = key.word[1] << 48 | state_parse_hexadecimal(parser, 12);
	return key;
}

static CustomerKey
parse_key(StateParser *parser, KeyKind kind)
{
	CustomerKey key = {{0, 0}};

	if (kind == KEY_UUID)
		return parse_uuid(parser);
	if (kind == KEY_BIGINT)
	{
		key.word[0] = WORD_OF_INT64(state_parse_signed(parser));
		return key;
	}
	key.word[0] = state_parse_hexadecimal(parser, 16);
	key.word[1] = state_parse_hexadecimal(parser, 16);
	return key;
}

static KeyKind
parse_kind(StateParser *parser)
{
	for (int kind = KEY_BIGINT; kind <= KEY_TEXT; kind++)
		if (state_accept_word(parser, key_kind_names[kind]))
			return kind;
	state_refuse_syntax(parser, "bigint, uuid or text");
	pg_unreachable();
}

static void
parse_customer(StateParser *parser, RunningStore *parsed, const StoreType *type)
{
	CustomerKey key = parse_key(parser, parsed->store->key_kind);

	CHECK_FOR_INTERRUPTS();
	if (parsed->store->payload == 0)
	{
		keyed_store_append(parsed, type, key);
		return;
	}
	state_expect(parser, ":");
	do
	{
		uint64	   *payload = keyed_store_append(parsed, type, key);

		CHECK_FOR_INTERRUPTS();
		type->parse_payload(parser, payload, parsed->store->payload);
	} while (state_accept(parser, ','));
}

Datum
keyed_store_in(FunctionCallInfo fcinfo, const StoreType *type)
{
	char	   *text = PG_GETARG_CSTRING(0);
	StateParser parser = {type->name, type->example, text, text};
	RunningStore parsed = {NULL};
	const char *fault;

	state_expect(&parser, "{");
	parsed.store = keyed_store_create(type, parse_kind(&parser), type->least_payload);
	type->parse_extra(&parser, parsed.store);
	if (state_accept(&parser, ' '))
		do
		{
			parse_customer(&parser, &parsed, type);
		} while (state_accept(&parser, ';'));
	state_expect(&parser, "}");
	if (*parser.next != '\0')
		state_refuse_syntax(&parser, "the end of the input");
	fault = type->fault(parsed.store);
	if (fault != NULL)
		state_refuse_text(&parser, fault);
	PG_RETURN_POINTER(keyed_store_copy_canonical(parsed.store, type));
}

/* ---- messages ---- */

/* Bytes in front of the records: version, kind and payload, the extra, their number. */
#define HEADER_MESSAGE_SIZE (3 + 3 * 8)

Datum
keyed_store_send(FunctionCallInfo fcinfo, const StoreType *type)
{
	KeyedStore *store = keyed_store_canonical(PG_GETARG_DATUM(0), type);
	int64		words = store->nrecords * RECORD_WORDS(store);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbyte(&message, store->version);
	pq_sendbyte(&message, store->key_kind);
	pq_sendbyte(&message, store->payload);
	pq_sendint64(&message, store->extra[0]);
	pq_sendint64(&message, store->extra[1]);
	pq_sendint64(&message, store->nrecords);
	for (int64 i = 0; i < words; i++)
	{
		CHECK_FOR_INTERRUPTS();
		pq_sendint64(&message, store->words[i]);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

static void
refuse_message(const StoreType *type, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid %s", type->name),
			 errdetail_internal("%s", detail),
			 errhint("Such states are made by %s and rollup.", type->aggregate)));
}

Datum
keyed_store_recv(FunctionCallInfo fcinfo, const StoreType *type)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			version;
	int			kind;
	int			payload;
	KeyedStore *store;
	int64		extra[2];
	int64		nrecords;
	int64		words;
	const char *fault;

	if (message->len - message->cursor < HEADER_MESSAGE_SIZE)
		refuse_message(type, "The message is cut off.");
	version = pq_getmsgbyte(message);
	kind = pq_getmsgbyte(message);
	payload = pq_getmsgbyte(message);
	if (version != KEYED_STORE_VERSION)
		refuse_message(type, "The version is not known.");
	if (kind < KEY_BIGINT || kind > KEY_TEXT)
		refuse_message(type, "The kind of the customers is not known.");
	if (!is_payload_of(type, payload))
		refuse_message(type, "The records are not of this type.");
	extra[0] = pq_getmsgint64(message);
	extra[1] = pq_getmsgint64(message);
	nrecords = pq_getmsgint64(message);

	/* before anything is allocated by it */
	words = (message->len - message->cursor) / sizeof(uint64);
	if (nrecords < 0 || nrecords > words / (KEY_WORDS(kind) + payload))
		refuse_message(type, "The number of records is not that of the message.");
	store = keyed_store_allocate_checked(keyed_store_create(type, kind, payload), type, nrecords);
	memcpy(store->extra, extra, sizeof(extra));
	store->nrecords = nrecords;
	for (int64 i = 0; i < nrecords * RECORD_WORDS(store); i++)
	{
		CHECK_FOR_INTERRUPTS();
		store->words[i] = pq_getmsgint64(message);
	}
	fault = type->fault(store);
	if (fault != NULL)
		refuse_message(type, fault);
	PG_RETURN_POINTER(keyed_store_copy_canonical(store, type));
}
