-- Deals and summaries of them from outside: what cannot be is refused by a clear error,
-- and what is taken works. Text and messages are damaged at random, thousands of times.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;
SET TimeZone = 'UTC';

\ir include/answer.sql

/*
 * Deals
 */
SELECT is(pg_temp.answer(format('SELECT win_curve_agg(%2$L::%1$s, %3$L::%1$s, %4$L, %5$L::%1$s)', type, opened_at, closed_at, outcome, as_of)), answer,
	format('a %s: %s, %s, %s, as of %s', type, opened_at, closed_at, outcome, as_of))
FROM unnest('{timestamptz,timestamp,date}'::text[]) type, (VALUES
	('2026-01-02', '2026-01-01', 'won', '2026-02-01', '22023 a deal closes before it is opened'),
	('2026-01-02', '2026-01-01', 'withdrawn', '2025-02-01', '22023 a deal closes before it is opened'),
	('2026-01-02', '2026-01-01', NULL, '2026-02-01', '{bigint days 30:0/0/1}'),
	('2026-01-02', 'infinity', NULL, '2026-02-01', '{bigint days 30:0/0/1}'),
	('2026-01-02', 'infinity', 'lost', '2026-02-01', '22008 a deal cannot close at infinity'),
	('2026-01-02', '-infinity', 'won', '2026-02-01', '22008 a deal cannot close at infinity'),
	('infinity', NULL, NULL, '2026-02-01', '22008 a deal cannot be opened at infinity'),
	('-infinity', '2026-01-01', 'won', '2026-02-01', '22008 a deal cannot be opened at infinity'),
	('2026-01-02', '2026-01-03', 'won', 'infinity', '22008 as_of is infinite'),
	(NULL, NULL, NULL, '-infinity', '22008 as_of is infinite'),
	('2026-01-02', '2026-01-03', 'won', NULL, '22004 as_of is NULL'),
	(NULL, NULL, NULL, NULL, '22004 as_of is NULL'),
	('2026-01-02', '2026-01-03', 'Won', '2026-02-01', '22023 the outcome of a deal is not known: "Won"'),
	('2026-01-02', NULL, 'wo', '2026-02-01', '22023 the outcome of a deal is not known: "wo"'),
	(NULL, NULL, '', '2026-02-01', '22023 the outcome of a deal is not known: ""'),
	('2026-01-02', '2026-01-03', 'open', '2026-02-01', '22023 the outcome of a deal is not known: "open"'),
	('2026-01-02', '2026-01-05', 'won', '2026-02-01', '{bigint days 3:1/0/0}'),
	('2026-01-02', '2026-01-05', 'lost', '2026-01-05', '{bigint days 3:0/1/0}'),
	('2026-01-02', '2026-01-05', 'withdrawn', '2026-01-05', '{bigint days 3:0/1/0}'),
	('2026-01-02', '2026-01-05', 'won', '2026-01-04', '{bigint days 2:0/0/1}'),
	('2026-01-02', NULL, 'won', '2026-01-02', '{bigint days 0:0/0/1}'),
	('2026-01-02', '2026-01-05', 'won', '2026-01-01', NULL),
	(NULL, '2026-01-05', 'won', '2026-01-07', NULL),
	('4713-01-01 BC', NULL, NULL, '294276-12-31', '{bigint days 109203489:0/0/1}')
) v (opened_at, closed_at, outcome, as_of, answer);
SELECT is(pg_temp.answer($$SELECT win_curve_agg(date '4714-11-24 BC', NULL, NULL, date '5874897-12-31')$$), '{bigint days 2147483493:0/0/1}', 'the longest time there is');
SELECT is(pg_temp.answer($$SELECT win_curve_agg(timestamp '2026-01-01 12:00', timestamp '2026-01-02 11:59:59.999999', 'won', '2026-02-01')$$), '{bigint days 0:1/0/0}', 'a microsecond less than a day');

-- Support functions are of no use by themselves.
CREATE TABLE one AS SELECT win_curve_agg(date '2026-01-01', '2026-01-05', 'won', '2026-02-01') AS s;
SELECT is(pg_temp.answer('SELECT ' || call), '0A000 a support function of win_curve_agg was called outside of an aggregate', call)
FROM unnest(ARRAY['win_summary_merge(s, s) FROM one', 'win_summary_final(s) FROM one', 'win_summary_final(NULL)', 'win_curve_add(NULL, date ''2026-01-01'', NULL, NULL, ''2026-01-02'')',
	'win_curve_add(s, timestamp ''2026-01-01'', NULL, NULL, ''2026-01-02'') FROM one', 'win_curve_add(s, timestamptz ''2026-01-01'', NULL, NULL, ''2026-01-02'') FROM one']) call;

/*
 * Summaries as text and as messages
 */
CREATE TEMP TABLE specimen AS
SELECT 'one' AS name, win_curve_agg(date '2026-01-01', date '2026-01-05', 'won', '2026-02-01') AS state
UNION ALL SELECT 'none', '{bigint days}'
UNION ALL SELECT 'several', win_curve_agg(date '2026-01-01', date '2026-01-05' + n * n % 31, (ARRAY['won', 'lost', NULL])[1 + n % 3], '2026-01-25') FROM generate_series(1, 30) n
UNION ALL SELECT 'many', win_curve_agg(date '2026-01-01' - n, date '2026-01-05', (ARRAY['won', 'lost', NULL])[1 + n % 3], '2026-01-25') FROM generate_series(1, 80) n;

-- Whatever is read in is a summary like any other: it reads back, answers, and can be rolled up.
CREATE FUNCTION pg_temp.fault_of(s win_summary) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	IF win_summary_send(s::text::win_summary) <> win_summary_send(s) THEN
		RETURN 'does not read back';
	ELSIF sample_size(s) <> coalesce((SELECT sum(won + lost + censored) FROM win_curve(s)), 0) THEN
		RETURN 'deals are lost';
	ELSIF EXISTS (SELECT FROM win_curve(s) WHERE abs(won_share + lost_share + open_share - 1) > 1e-9 OR num_nulls(won_share, lost_share, open_share) > 0 OR at_risk < won + lost + censored OR day < 0) THEN
		RETURN 'shares do not add up';
	ELSIF EXISTS (SELECT FROM win_curve(s) WHERE NOT (won_low BETWEEN 0 AND won_share AND won_high BETWEEN won_share AND 1) OR NOT (lost_low BETWEEN 0 AND lost_share AND lost_high BETWEEN lost_share AND 1)) THEN
		RETURN 'an interval is none';
	ELSIF median_days(s) IS DISTINCT FROM (SELECT min(day) FROM win_curve(s) WHERE won_share >= 0.5 - 1e-12) THEN
		RETURN 'the median is another';
	ELSIF (SELECT sample_size(rollup(v)) <> 2 * sample_size(s) FROM (VALUES (s), (s)) v (v)) THEN
		RETURN 'rollup differs';
	END IF;
	RETURN NULL;
EXCEPTION WHEN program_limit_exceeded THEN
	-- counts near the limit are too many together
	RETURN CASE WHEN SQLERRM <> 'a win_summary cannot count more than 9223372036854775807 deals' THEN SQLERRM END;
END $$;

\set type win_summary
\set pieces '0 1 9 a f - / , ; : { } days bigint uuid text ü'
\set numbers '0 1 7 2147483647 2147483648 4611686018427387904 9223372036854775807 18446744073709551615'
\set text_refusals '{22P02,22003,54000}'
\set message_refusals '{22P03,54000}'
\set texts 200
\set messages 200
\ir include/damage.sql

SELECT is(pg_temp.answer(format('SELECT (%L::win_summary)::text', t)), answer, 'text ' || t)
FROM (VALUES
	('{bigint days 12:3/2/1}', '{bigint days 12:3/2/1}'), ('{bigint days}', '{bigint days}'),
	('{bigint days 12:3/2/1;5:0/1/0}', '{bigint days 5:0/1/0;12:3/2/1}'), ('{bigint days 5:0/1/0,2/0/0;5:0/0/4}', '{bigint days 5:2/1/4}'),
	('{bigint days 2147483647:00/9223372036854775807/0}', '{bigint days 2147483647:0/9223372036854775807/0}'),
	('{bigint days 5:0/9223372036854775807/0;5:0/1/0}', '54000 a win_summary cannot count more than 9223372036854775807 deals')
) v (t, answer);
SELECT is(left(pg_temp.answer(format('SELECT (%L::win_summary)::text', t)), 5), '22P02', 'no summary: ' || t)
FROM unnest(ARRAY['', '{', '{}', '{bigint}', '{bigint days ', '{bigint days 1}', '{bigint days 1:1}', '{bigint days 1:1/1}', '{bigint days 1:1/1/1/1}', '{bigint days 1:0/0/0}', '{bigint days -1:1/0/0}', '{bigint days 2147483648:1/0/0}',
	'{bigint days 1:-1/0/2}', '{bigint days 1:1/0/0,}', '{bigint 1:1/0/0}', '{text days 00000000000000000000000000000001:1/0/0}', '{uuid days}']) t;
SELECT is(pg_temp.answer('SELECT ' || call || '(''{bigint days 1:0/9223372036854775807/0;2:1/0/0}''::win_summary)'), '54000 a win_summary cannot count more than 9223372036854775807 deals', call || ' of more deals than can be counted')
FROM unnest('{sample_size,median_days,win_curve}'::text[]) call;
SELECT is(pg_temp.answer($$SELECT rollup(s) FROM (VALUES ('{bigint days 1:0/9223372036854775807/0}'::win_summary), ('{bigint days 1:0/1/0}')) v (s)$$), '54000 a win_summary cannot count more than 9223372036854775807 deals', 'too many together');
SELECT is(round(won_share::numeric, 6), 0.333333, 'shares of as many as can be counted') FROM win_curve('{bigint days 1:0/3074457345618258602/0;2:3074457345618258602/0/3074457345618258603}') WHERE day = 2;

SELECT * FROM finish();
ROLLBACK;
