/*
 * radix_sort.h
 *		Sort records of RADIX_WORDS words each, in place, as unsigned numbers of
 *		as many digits. A template: included once for each width.
 *
 * From the most significant byte down: records are dealt to the 256 values of
 * the first byte that differs, each pile is sorted by the next, and few records
 * are sorted by insertion. Bytes that are the same in all records cost nothing:
 * keys that count up from 1 differ in three or four.
 */
#define RADIX_PASTE(name, words) RADIX_PASTE_EXPANDED(name, words)
#define RADIX_PASTE_EXPANDED(name, words) name##_##words
#define RADIX_RECORD RADIX_PASTE(RadixRecord, RADIX_WORDS)
#define RADIX_NAME(name) RADIX_PASTE(name, RADIX_WORDS)

typedef struct RADIX_RECORD
{
	uint64		word[RADIX_WORDS];
} RADIX_RECORD;

static inline bool
RADIX_NAME(record_less) (const RADIX_RECORD *a, const RADIX_RECORD *b)
{
	for (int i = 0; i < RADIX_WORDS - 1; i++)
		if (a->word[i] != b->word[i])
			return a->word[i] < b->word[i];
	return a->word[RADIX_WORDS - 1] < b->word[RADIX_WORDS - 1];
}

static void
RADIX_NAME(insertion_sort) (RADIX_RECORD *records, int64 n)
{
	for (int64 i = 1; i < n; i++)
	{
		RADIX_RECORD record = records[i];
		int64		place = i;

		for (; place > 0 && RADIX_NAME(record_less) (&record, &records[place - 1]); place--)
			records[place] = records[place - 1];
		records[place] = record;
	}
}

/* The first byte, from the most significant on, in which records differ; -1 if in none. */
static int
RADIX_NAME(differing_byte) (const RADIX_RECORD *records, int64 n)
{
	uint64		differing[RADIX_WORDS] = {0};

	for (int64 i = 1; i < n; i++)
		for (int j = 0; j < RADIX_WORDS; j++)
			differing[j] |= records[i].word[j] ^ records[0].word[j];
	for (int j = 0; j < RADIX_WORDS; j++)
		if (differing[j] != 0)
			return j * 8 + 7 - pg_leftmost_one_pos64(differing[j]) / 8;
	return -1;
}

static void
RADIX_NAME(radix_sort) (RADIX_RECORD *records, int64 n)
{
	int			byte;
	int			word;
	int			shift;
	int64		next[256] = {0};
	int64		end[256];
	int64		total = 0;

	CHECK_FOR_INTERRUPTS();
	if (n <= RADIX_FEW)
	{
		RADIX_NAME(insertion_sort) (records, n);
		return;
	}
	byte = RADIX_NAME(differing_byte) (records, n);
	if (byte < 0)
		return;
	word = byte / 8;
	shift = 56 - byte % 8 * 8;
#define RADIX_PILE(record) ((record).word[word] >> shift & 0xFF)
	for (int64 i = 0; i < n; i++)
		next[RADIX_PILE(records[i])]++;
	for (int pile = 0; pile < 256; pile++)
	{
		int64		count = next[pile];

		next[pile] = total;
		end[pile] = total += count;
	}

	/* Each record in hand goes to its pile, and takes the place of the next one there. */
	for (int pile = 0; pile < 256; pile++)
		while (next[pile] < end[pile])
		{
			RADIX_RECORD in_hand = records[next[pile]];
			int			its_pile;

			while ((its_pile = RADIX_PILE(in_hand)) != pile)
			{
				RADIX_RECORD displaced = records[next[its_pile]];

				records[next[its_pile]++] = in_hand;
				in_hand = displaced;
			}
			records[next[pile]++] = in_hand;
		}
#undef RADIX_PILE

	for (int pile = 0; pile < 256; pile++)
	{
		int64		start = pile == 0 ? 0 : end[pile - 1];

		if (end[pile] - start > 1)
			RADIX_NAME(radix_sort) (records + start, end[pile] - start);
	}
}

#undef RADIX_RECORD
#undef RADIX_NAME
#undef RADIX_PASTE
#undef RADIX_PASTE_EXPANDED
#undef RADIX_WORDS
