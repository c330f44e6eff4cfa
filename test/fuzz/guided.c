/*
 * guided.c
 *		States from outside by libFuzzer, which sees what code an input reaches, and goes
 *		on from those that reach more. It runs in a backend, so that memory, errors and
 *		whatever is asked of a state are the server's own.
 *
 * The first byte of an input says how the rest comes in: as text, as a message, or as
 * the bytes of a stored state, under a header of one or of four bytes. Text and messages
 * are refused by an error meant for them, or are a state that reads back as it is and has
 * no fault; of stored bytes the sizes alone are checked. One in four that are taken is
 * asked all questions, which take most of the time; which one, its bytes tell. Whatever
 * else comes of an input ends the process, and the input is kept.
 */
#include "postgres.h"

#include <signal.h>

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "libpq/pqsignal.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(fuzz_state);

extern int	LLVMFuzzerRunDriver(int *argc, char ***argv, int (*user_callback) (const uint8 *data, size_t size));

/* One in so many is asked. */
#define ASKED_OF 4

/* How an input comes in. */
enum
{
	AS_TEXT,
	AS_MESSAGE,
	AS_STORED,
	UNDER_SHORT_HEADER,
	WAYS
};

/* The type of the states, and what is asked of them; the first answers whether there is a fault. */
static Oid	state_type;
static FmgrInfo in;
static FmgrInfo out;
static FmgrInfo receive;
static FmgrInfo send;
static Oid	io_parameter;
static SPIPlanPtr *questions;
static int	nquestions;
static MemoryContext case_context;

typedef struct Attempt
{
	const uint8 *input;
	size_t		size;
	int			way;
	Datum		state;
	int			question;
} Attempt;

/* The input is libFuzzer's to keep. */
static void
end_as_fault(const char *what, const char *detail)
{
	fprintf(stderr, "FAULT: %s: %s\n", what, detail);
	abort();
}

/* Do something in a subtransaction; false if there is an error, one meant for the input. */
static bool
attempt(void (*step) (Attempt *attempt), Attempt *it)
{
	ResourceOwner owner = CurrentResourceOwner;
	volatile bool done = false;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(case_context);
	PG_TRY();
	{
		step(it);
		ReleaseCurrentSubTransaction();
		done = true;
	}
	PG_CATCH();
	{
		ErrorData  *error;
		const char *code;

		MemoryContextSwitchTo(case_context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		code = unpack_sql_state(error->sqlerrcode);
		if (strncmp(code, "22", 2) != 0 && strcmp(code, "54000") != 0 &&
			!(it->way >= AS_STORED && error->sqlerrcode == ERRCODE_DATA_CORRUPTED))
			end_as_fault(code, error->message);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(case_context);
	CurrentResourceOwner = owner;
	return done;
}

static Datum
received(const char *bytes, int size)
{
	StringInfoData message;
	Datum		state;

	initStringInfo(&message);
	appendBinaryStringInfo(&message, bytes, size);
	state = ReceiveFunctionCall(&receive, &message, io_parameter, -1);
	if (message.cursor != message.len)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("something is left of the message")));
	return state;
}

static void
take_in(Attempt *it)
{
	char	   *text;

	switch (it->way)
	{
		case AS_TEXT:
			text = pnstrdup((const char *) it->input, it->size);
			pg_verifymbstr(text, strlen(text), false);
			it->state = InputFunctionCall(&in, text, io_parameter, -1);
			break;
		case AS_MESSAGE:
			it->state = received((const char *) it->input, it->size);
			break;
		default:
			text = palloc(VARHDRSZ + it->size);
			if (it->way == UNDER_SHORT_HEADER && it->size + VARHDRSZ_SHORT <= VARATT_SHORT_MAX)
			{
				SET_VARSIZE_SHORT(text, VARHDRSZ_SHORT + it->size);
				memcpy(text + VARHDRSZ_SHORT, it->input, it->size);
			}
			else
			{
				SET_VARSIZE(text, VARHDRSZ + it->size);
				memcpy(text + VARHDRSZ, it->input, it->size);
			}
			it->state = PointerGetDatum(text);
	}
}

static void
require_same(Datum a, Datum b, const char *what)
{
	if (VARSIZE(a) != VARSIZE(b) || memcmp(DatumGetPointer(a), DatumGetPointer(b), VARSIZE(a)) != 0)
		end_as_fault("another state comes back", what);
}

static void
read_back(Attempt *it)
{
	bytea	   *message = SendFunctionCall(&send, it->state);

	require_same(received(VARDATA(message), VARSIZE(message) - VARHDRSZ), it->state, "from its message");
	require_same(InputFunctionCall(&in, OutputFunctionCall(&out, it->state), io_parameter, -1), it->state, "from its text");
}

static void
ask(Attempt *it)
{
	SPI_connect();
	SPI_execute_plan(questions[it->question], &it->state, NULL, true, 0);
	if (it->question == 0 && SPI_processed == 1)
	{
		char	   *fault = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);

		if (fault != NULL)
			end_as_fault("a state has a fault", fault);
	}
	SPI_finish();
}

static int
try_input(const uint8 *data, size_t size)
{
	Attempt		it = {.input = data + 1, .size = size - 1};

	if (size == 0)
		return 0;
	MemoryContextReset(case_context);
	it.way = data[0] % WAYS;
	if (!attempt(take_in, &it))
		return 0;
	if (it.way < AS_STORED && !attempt(read_back, &it))
		end_as_fault("a state does not come back", "");
	if (hash_bytes(data, size) % ASKED_OF != 0)
		return 0;
	for (it.question = it.way < AS_STORED ? 0 : 1; it.question < nquestions; it.question++)
		if (!attempt(ask, &it) && it.question == 0)
			end_as_fault("what is asked for faults ends in an error", "");
	return 0;
}

static void
prepare_questions(ArrayType *queries)
{
	Datum	   *query;

	deconstruct_array(queries, TEXTOID, -1, false, TYPALIGN_INT, &query, NULL, &nquestions);
	questions = palloc(nquestions * sizeof(SPIPlanPtr));
	SPI_connect();
	for (int i = 0; i < nquestions; i++)
	{
		questions[i] = SPI_prepare(TextDatumGetCString(query[i]), 1, &state_type);
		SPI_keepplan(questions[i]);
	}
	SPI_finish();
}

/* fuzz_state(type, questions, options of libFuzzer): libFuzzer does not return, but ends the process. */
Datum
fuzz_state(PG_FUNCTION_ARGS)
{
	Oid			function;
	bool		is_varlena;
	Datum	   *options;
	char	  **argv;
	int			argc;

	state_type = PG_GETARG_OID(0);
	getTypeInputInfo(state_type, &function, &io_parameter);
	fmgr_info(function, &in);
	getTypeOutputInfo(state_type, &function, &is_varlena);
	fmgr_info(function, &out);
	getTypeBinaryInputInfo(state_type, &function, &io_parameter);
	fmgr_info(function, &receive);
	getTypeBinaryOutputInfo(state_type, &function, &is_varlena);
	fmgr_info(function, &send);
	prepare_questions(PG_GETARG_ARRAYTYPE_P(1));
	case_context = AllocSetContextCreate(CurrentMemoryContext, "case", ALLOCSET_DEFAULT_SIZES);

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(2), TEXTOID, -1, false, TYPALIGN_INT, &options, NULL, &argc);
	argv = palloc0((argc + 1) * sizeof(char *));
	for (int i = 0; i < argc; i++)
		argv[i] = TextDatumGetCString(options[i]);
	pqsignal(SIGALRM, SIG_DFL);	/* libFuzzer's clock looks whether an input has an end */
	LLVMFuzzerRunDriver(&argc, &argv, try_input);
	PG_RETURN_VOID();
}
