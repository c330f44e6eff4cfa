/*
 * radix_sort.h
 *		Records of RADIX_WORDS words each, as unsigned numbers of as many digits:
 *		sorted, merged, and fused. A template, included once for each width.
 *
 * From the most significant bit down: records are dealt to piles by the first bits
 * that differ, as many as the number of records asks for, each pile is sorted by the
 * next ones, and few records are sorted by insertion. Bits that are the same in all
 * records cost nothing: keys that count up from 1 differ in some twenty.
 *
 * Wherever an interrupt ends a sort, all records are there, in some order.
 */
#define RADIX_PASTE(name, words) RADIX_PASTE_EXPANDED(name, words)
#define RADIX_PASTE_EXPANDED(name, words) name##_##words
#define RADIX_RECORD RADIX_PASTE(RadixRecord, RADIX_WORDS)
#define RADIX_NAME(name) RADIX_PASTE(name, RADIX_WORDS)

typedef struct RADIX_RECORD
{
	uint64		word[RADIX_WORDS];
} RADIX_RECORD;

/* Of records that are the same before a word. */
static inline bool
RADIX_NAME(record_less) (const RADIX_RECORD *a, const RADIX_RECORD *b, int word)
{
	for (; word < RADIX_WORDS; word++)
		if (a->word[word] != b->word[word])
			return a->word[word] < b->word[word];
	return false;
}

static void
RADIX_NAME(insertion_sort) (RADIX_RECORD *records, int64 n, int word)
{
	for (int64 i = 1; i < n; i++)
	{
		RADIX_RECORD record = records[i];
		int64		place = i;

		for (; place > 0 && RADIX_NAME(record_less) (&record, &records[place - 1], word); place--)
			records[place] = records[place - 1];
		records[place] = record;
	}
}

/* The bits in which a word differs between records. */
static uint64
RADIX_NAME(differing_bits) (const RADIX_RECORD *records, int64 n, int word)
{
	uint64		differing = 0;

	for (int64 i = 0; i < n;)
		for (int64 end = radix_block_end(i, n); i < end; i++)
			differing |= records[i].word[word] ^ records[0].word[word];
	return differing;
}

/* The pile that a record belongs to, by the bits of a word from a shift on. */
#define RADIX_PILE(record) ((int) ((record).word[word] >> shift) & (npiles - 1))

/* How many records belong to each pile: next is where each begins, end is where it ends. */
static void
RADIX_NAME(lay_out_piles) (const RADIX_RECORD *records, int64 n, uint32 *next, uint32 *end, int word, int shift, int npiles)
{
	uint32		total = 0;

	memset(next, 0, npiles * sizeof(uint32));
	for (int64 i = 0; i < n;)
		for (int64 end_of_block = radix_block_end(i, n); i < end_of_block; i++)
			next[RADIX_PILE(records[i])]++;
	for (int pile = 0; pile < npiles; pile++)
	{
		uint32		count = next[pile];

		next[pile] = total;
		end[pile] = total += count;
	}
}

/* Deal records to their piles elsewhere. They keep their order, which may be that of time. */
static void
RADIX_NAME(deal) (RADIX_RECORD *to, const RADIX_RECORD *from, int64 n, uint32 *next, int word, int shift, int npiles)
{
	for (int64 i = 0; i < n;)
		for (int64 end = radix_block_end(i, n); i < end; i++)
			to[next[RADIX_PILE(from[i])]++] = from[i];
}

/*
 * Deal records to their piles where they are: each one in hand goes to its pile, and
 * takes the place of the next one there. No processor foresees where that is: it is
 * told what will be asked for when the pile comes up again, or it would wait for
 * memory at each record.
 */
static void
RADIX_NAME(deal_in_place) (RADIX_RECORD *records, uint32 *next, const uint32 *end, int word, int shift, int npiles)
{
	for (int pile = 0; pile < npiles; pile++)
		while (next[pile] < end[pile])
		{
			RADIX_RECORD in_hand = records[next[pile]];
			int			its_pile;

			while ((its_pile = RADIX_PILE(in_hand)) != pile)
			{
				RADIX_RECORD displaced = records[next[its_pile]];

				if (INTERRUPTS_PENDING_CONDITION())
				{
					records[next[pile]] = in_hand;
					CHECK_FOR_INTERRUPTS();
				}
				records[next[its_pile]++] = in_hand;
				__builtin_prefetch((char *) &records[next[its_pile]] + CACHE_LINE, 1);
				in_hand = displaced;
			}
			records[next[pile]++] = in_hand;
		}
}

#undef RADIX_PILE

static void RADIX_NAME(sort_from) (RADIX_RECORD *to, const RADIX_RECORD *from, int64 n, int word, RADIX_RECORD *scratch);

/*
 * Sort the records of each pile but the largest, which is left to the caller: no pile
 * sorted here has more than half of the records, and no keys make the stack deep.
 * Returns the largest.
 */
static int
RADIX_NAME(sort_piles) (RADIX_RECORD *records, const uint32 *end, int npiles, int word, RADIX_RECORD *scratch)
{
	int			largest = 0;

	for (int pile = 1; pile < npiles; pile++)
	{
		int			smaller = pile;
		uint32		start;

		if (end[pile] - end[pile - 1] > end[largest] - (largest == 0 ? 0 : end[largest - 1]))
		{
			smaller = largest;
			largest = pile;
		}
		start = smaller == 0 ? 0 : end[smaller - 1];
		if (end[smaller] - start > 1)
			RADIX_NAME(sort_from) (records + start, records + start, end[smaller] - start, word, scratch);
	}
	return largest;
}

/*
 * Sort records that are the same before a word, from where they are to where they
 * shall be, which may be the same; scratch has room for RADIX_SCRATCH of them.
 */
static void
RADIX_NAME(sort_from) (RADIX_RECORD *to, const RADIX_RECORD *from, int64 n, int word, RADIX_RECORD *scratch)
{
	uint32		next[1 << RADIX_MOST_BITS];
	uint32		end[1 << RADIX_MOST_BITS];

	while (n > RADIX_FEW)
	{
		uint64		differing = RADIX_NAME(differing_bits) (from, n, word);
		int			npiles = 1 << radix_bits(n);
		int			shift;
		int			largest;

		if (differing == 0)
		{
			if (++word == RADIX_WORDS)
				break;
			continue;
		}
		shift = Max(pg_leftmost_one_pos64(differing) + 1 - radix_bits(n), 0);
		RADIX_NAME(lay_out_piles) (from, n, next, end, word, shift, npiles);
		if (to == from && n > RADIX_SCRATCH)
			RADIX_NAME(deal_in_place) (to, next, end, word, shift, npiles);
		else
		{
			if (to == from)
				from = memcpy(scratch, from, n * sizeof(RADIX_RECORD));
			RADIX_NAME(deal) (to, from, n, next, word, shift, npiles);
		}
		largest = RADIX_NAME(sort_piles) (to, end, npiles, word, scratch);
		n = end[largest] - (largest == 0 ? 0 : end[largest - 1]);
		from = to += end[largest] - n;
	}
	if (to != from)
		memcpy(to, from, n * sizeof(RADIX_RECORD));
	if (n <= RADIX_FEW)
		RADIX_NAME(insertion_sort) (to, n, word);
}

static void
RADIX_NAME(sort) (void *to, const void *from, int64 n)
{
	RADIX_RECORD *scratch;

	if (n == 0)
		return;
	scratch = palloc(Min(n, RADIX_SCRATCH) * sizeof(RADIX_RECORD));
	RADIX_NAME(sort_from) (to, from, n, 0, scratch);
	pfree(scratch);
}

/*
 * A record behind the last one kept: fused with it, or kept as well. Returns the last
 * one kept now.
 */
static inline RADIX_RECORD *
RADIX_NAME(keep) (RADIX_RECORD *kept, const RADIX_RECORD *record, int key_words, const StoreType *type)
{
	if (kept->word[0] == record->word[0] && (key_words == 1 || kept->word[1] == record->word[1]) &&
		(type->fuse == NULL ? !RADIX_NAME(record_less) (kept, record, key_words) :
		 type->fuse(kept->word + key_words, record->word + key_words, RADIX_WORDS - key_words)))
		return kept;
	kept[1] = *record;
	return kept + 1;
}

/* Copy sorted records, to the place where they are or another, and fuse them; returns how many are left. */
static int64
RADIX_NAME(fuse) (void *to, const void *from, int64 n, int key_words, const StoreType *type)
{
	RADIX_RECORD *target = to;
	const RADIX_RECORD *records = from;
	RADIX_RECORD *kept = target;

	if (n == 0)
		return 0;
	*kept = records[0];
	for (int64 i = 1; i < n; i++)
		kept = RADIX_NAME(keep) (kept, &records[i], key_words, type);
	return kept - target + 1;
}

/*
 * Merge two runs of sorted records where they lie, one behind the other, and fuse them;
 * scratch has room for the first. Returns how many are left. No interrupt is looked for,
 * which would leave records out: the largest state there is takes less than a second.
 */
static int64
RADIX_NAME(merge) (void *runs, int64 nfirst, int64 nsecond, void *scratch, int key_words, const StoreType *type)
{
	RADIX_RECORD *target = runs;
	const RADIX_RECORD *first = memcpy(scratch, runs, nfirst * sizeof(RADIX_RECORD));
	const RADIX_RECORD *first_end = first + nfirst;
	const RADIX_RECORD *second = target + nfirst;
	const RADIX_RECORD *second_end = second + nsecond;
	RADIX_RECORD *kept = NULL;

	while (first < first_end || second < second_end)
	{
		bool		is_second = first == first_end || (second < second_end && RADIX_NAME(record_less) (second, first, 0));
		const RADIX_RECORD *least = is_second ? second++ : first++;

		if (kept == NULL)
			*(kept = target) = *least;
		else
			kept = RADIX_NAME(keep) (kept, least, key_words, type);
	}
	return kept == NULL ? 0 : kept - target + 1;
}

#undef RADIX_RECORD
#undef RADIX_NAME
#undef RADIX_PASTE
#undef RADIX_PASTE_EXPANDED
#undef RADIX_WORDS
