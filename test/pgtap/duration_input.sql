-- Durations and summaries from outside: what cannot be is refused by a clear error, and
-- what is taken works. Text and messages are damaged at random, thousands of times.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;

-- Times
\set pair 'SELECT duration_agg(%1$L::%3$s, %2$L::%3$s), cycle_length(%1$L::%3$s, %2$L::%3$s)'
SELECT throws_ok(format(:'pair', a, b, type), state, message, format('%s from %s until %s', type, a, b))
FROM (VALUES
	('timestamptz', '2026-01-02', '2026-01-01', '22023', 'the end lies before its start'),
	('timestamp', '2026-01-02 00:00:00.000001', '2026-01-02', '22023', 'the end lies before its start'),
	('date', '2026-01-02', '2026-01-01', '22023', 'the end lies before its start'),
	('timestamptz', '2026-01-01', 'infinity', '22008', 'a duration cannot begin or end at infinity'),
	('timestamptz', '-infinity', '2026-01-01', '22008', 'a duration cannot begin or end at infinity'),
	('timestamptz', '-infinity', 'infinity', '22008', 'a duration cannot begin or end at infinity'),
	('timestamptz', 'infinity', 'infinity', '22008', 'a duration cannot begin or end at infinity'),
	('timestamp', '2026-01-01', 'infinity', '22008', 'a duration cannot begin or end at infinity'),
	('timestamp', '-infinity', '2026-01-01', '22008', 'a duration cannot begin or end at infinity'),
	('date', '2026-01-01', 'infinity', '22008', 'a duration cannot begin or end at infinity'),
	('date', '-infinity', '2026-01-01', '22008', 'a duration cannot begin or end at infinity'),
	('timestamptz', '4713-01-01 BC', '294276-01-01', '22008', 'a duration is too long to be counted in microseconds'),
	('timestamp', '4713-01-01 BC', '294276-01-01', '22008', 'a duration is too long to be counted in microseconds'),
	('date', '4713-01-01 BC', '5874897-12-31', '22008', 'a duration is too long to be counted in microseconds')
) v (type, a, b, state, message);
SELECT throws_ok(format('SELECT duration_agg(%1$L::interval), lead_response_time(%1$L::interval)', length), state, message, 'interval ' || length)
FROM (VALUES
	('1 month', '22023', 'an interval with months has no fixed length'),
	('1 month -30 days', '22023', 'an interval with months has no fixed length'),
	('-1 microsecond', '22023', 'a duration cannot be negative'),
	('1 day -25 hours', '22023', 'a duration cannot be negative'),
	('106751992 days', '22008', 'a duration is too long to be counted in microseconds'),
	('106751991 days 04:00:54.775808', '22008', 'a duration is too long to be counted in microseconds'),
	('-106751992 days', '22008', 'a duration is too long to be counted in microseconds')
) v (length, state, message);
SELECT current_setting('server_version_num')::int >= 170000 AS infinite_intervals \gset
\if :infinite_intervals
SELECT throws_ok(format('SELECT duration_agg(interval %L)', length), '22008', 'a duration cannot be infinite', 'interval ' || length)
FROM unnest(ARRAY['infinity', '-infinity']) length;
SELECT throws_ok($$SELECT share_within('{PT1S}', interval 'infinity')$$, '22008', 'a duration cannot be infinite', 'an infinite limit');
\endif
SELECT is(duration_agg(length)::text, '{PT1H,P106751991DT4H54.775807S}', 'hours weigh up against days; the longest duration there is')
FROM (VALUES (interval '1 day -23 hours'), ('106751991 days 04:00:54.775807')) v (length);
SELECT is(mean(duration_agg(a, b)), b - a, 'thousands of years') FROM (VALUES (timestamptz '4713-01-01 BC', timestamptz '9999-12-31')) v (a, b) GROUP BY a, b;

-- Questions
SELECT throws_ok(format($$SELECT percentile('{PT1S}', %L)$$, fraction), '22003', format('percentile %s is not between 0 and 1', shown), 'percentile ' || fraction)
FROM (VALUES ('nan', 'NaN'), ('inf', 'Infinity'), ('-inf', '-Infinity'), ('-1e-9', '-1e-09'), ('1.0000001', '1'), ('50', '50')) v (fraction, shown);
SELECT is(percentile('{PT1S,PT2S}', '-0'), interval '1 second', 'percentile -0 is 0');
SELECT throws_ok($$SELECT share_within('{PT1S}', '1 month')$$, '22023', 'an interval with months has no fixed length', 'a limit in months');
SELECT throws_ok($$SELECT share_within('{PT1S}', '106751992 days')$$, '22008', 'a duration is too long to be counted in microseconds', 'a limit beyond all durations');
SELECT is(share_within('{PT0S}', '-1 second'), 0::float8, 'a limit below all durations');

-- Support functions are of no use by themselves
SELECT throws_ok(call, '0A000', message, call)
FROM (VALUES
	($$SELECT duration_summary_merge('{PT1S}', '{PT2S}')$$, 'a support function of duration_agg was called outside of an aggregate'),
	($$SELECT duration_add('{PT1S}', interval '1 second')$$, 'a support function of duration_agg was called outside of an aggregate'),
	($$SELECT duration_add(NULL, date '2026-01-01', date '2026-01-02')$$, 'a support function of duration_agg was called outside of an aggregate'),
	($$SELECT duration_add(NULL, timestamp '2026-01-01', timestamp '2026-01-02')$$, 'a support function of duration_agg was called outside of an aggregate'),
	($$SELECT duration_add(NULL, timestamptz '2026-01-01', timestamptz '2026-01-02')$$, 'a support function of duration_agg was called outside of an aggregate'),
	($$SELECT duration_summary_final('{PT1S}')$$, 'a support function of duration_agg was called outside of an aggregate'),
	($$SELECT duration_summary_final(NULL)$$, 'a support function of duration_agg was called outside of an aggregate'),
	($$SELECT duration_mean_final('{PT1S}')$$, 'a support function of cycle_length was called outside of an aggregate')
) v (call, message);
SELECT is(num_nulls(duration_add(NULL, NULL::interval), duration_add(NULL, NULL::date, NULL::date)), 2, 'a row without times leaves no state as it is');

/*
 * Summaries as text
 */
CREATE TEMP TABLE specimen AS
SELECT 'one' AS name, duration_agg(interval '1 hour') AS state
UNION ALL SELECT 'values', duration_agg(n * n * interval '1 day 02:03:04.5') FROM generate_series(0, 9) n
UNION ALL SELECT 'ties', duration_agg(n % 3 * interval '0.5 s') FROM generate_series(1, 20) n
UNION ALL SELECT 'buckets', duration_agg(n % 40 * interval '1 second') FROM generate_series(1, 1500) n
UNION ALL SELECT 'wide buckets', duration_agg(n * interval '1 day 7 microseconds') FROM generate_series(1, 1200) n
UNION ALL SELECT 'one bucket', duration_agg(interval '7 seconds') FROM generate_series(1, 1200)
UNION ALL SELECT 'zeros', duration_agg(interval '0') FROM generate_series(1, 1200);

-- Whatever is read in is a summary like any other: it reads back, answers, and can be rolled up.
CREATE FUNCTION pg_temp.fault_of(s duration_summary) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	IF duration_summary_send(s::text::duration_summary) <> duration_summary_send(s) THEN
		RETURN 'does not read back';
	ELSIF NOT coalesce(shortest(s) <= percentile(s, 0.1) AND percentile(s, 0.1) <= median(s) AND median(s) <= percentile(s, 0.9)
			AND percentile(s, 0.9) <= longest(s), false) THEN
		RETURN 'percentiles are out of order';
	ELSIF NOT coalesce(mean(s) BETWEEN shortest(s) AND longest(s), false) THEN
		RETURN 'mean lies outside';
	ELSIF (stddev(s) IS NULL) <> (sample_size(s) = 1) OR stddev(s) > longest(s) - shortest(s) OR stddev(s) < interval '0' THEN
		RETURN 'standard deviation is impossible';
	ELSIF NOT coalesce(share_within(s, mean(s)) BETWEEN 0 AND 1 AND share_within(s, longest(s)) = 1, false) THEN
		RETURN 'shares are impossible';
	ELSIF sample_size(s) < 2::numeric ^ 62 THEN
		RETURN (SELECT 'rollup differs' FROM (SELECT rollup(v) AS twice FROM (VALUES (s), (s)) v (v)) r
			WHERE sample_size(twice) <> 2 * sample_size(s) OR mean(twice) <> mean(s) OR longest(twice) <> longest(s));
	END IF;
	RETURN NULL;
END $$;

\set type duration_summary
\set pieces '0 1 9 P T D H M S . , * : { } min max ü'
\set numbers '0 1 7 1000 1001 2147483648 9223372036854775807 18446744073709551615 99999999999999999999'
\set text_refusals '{22P02,54000}'
\set message_refusals '{22P03}'
\set texts 'CASE name WHEN ''wide buckets'' THEN 100 ELSE 700 END'
\set messages 200
\ir include/damage.sql

-- The text of a summary
SELECT is(pg_temp.reading(t), answer, 'text ' || left(t, 60))
FROM (VALUES
	('{PT30M,P1DT2H}', '{PT30M,P1DT2H}'),
	('{P1DT2H,PT30M}', '{PT30M,P1DT2H}'),
	('{PT1S,PT1S,PT1S*2,PT0S}', '{PT0S,PT1S*4}'),
	('{PT90M,PT3600S,P0D,PT36H}', '{PT0S,PT1H,PT1H30M,P1DT12H}'),
	('{PT0.000001S,PT0.5S,PT00.50S,P007D}', '{PT0.000001S,PT0.5S*2,P7D}'),
	('{PT0S*1001}', '{min PT0S max PT0S unit PT0S sum 0 squares 0 buckets 0:1001}'),
	('{PT1S*1000}', '{PT1S*1000}'),
	('{PT1S*999,PT2S*2}', '{min PT1S max PT2S unit PT1S sum 1003000000 squares 1007000000000000 buckets 1780:999,1908:2}'),
	('{PT1S*9223372036854775807}', '{min PT1S max PT1S unit PT1S sum 9223372036854775807000000 squares 9223372036854775807000000000000 buckets 1780:9223372036854775807}'),
	('{P106751991DT4H54.775807S*9223372036854775807}', '{min P106751991DT4H54.775807S max P106751991DT4H54.775807S unit P106751991DT4H54.775807S sum 85070591730234615847396907784232501249 squares 784637716923335095224261902710254454442933591094742482943 buckets 7295:9223372036854775807}'),
	('{PT1S*9223372036854775807,PT1S}', '54000'),
	('{PT1S*9223372036854775808}', '22P02'),
	('{PT1S*99999999999999999999999999999999999999999999999}', '22P02'),
	('', '22P02'), (' ', '22P02'), ('{', '22P02'), ('{}', '22P02'), ('}', '22P02'), ('{,}', '22P02'), ('NULL', '22P02'),
	(' {PT1S}', '22P02'), ('{PT1S} ', '22P02'), ('{PT1S}}', '22P02'), ('{PT1S}x', '22P02'), ('{PT1S,}', '22P02'), ('{PT1S PT2S}', '22P02'), ('{ PT1S}', '22P02'),
	('{P}', '22P02'), ('{PT}', '22P02'), ('{P1DT}', '22P02'), ('{P1}', '22P02'), ('{PT1}', '22P02'), ('{1S}', '22P02'), ('{T1S}', '22P02'), ('{PT1S1M}', '22P02'),
	('{P1M}', '22P02'), ('{P1Y}', '22P02'), ('{P1W}', '22P02'), ('{PT1D}', '22P02'), ('{pt1s}', '22P02'), ('{P1S}', '22P02'),
	('{PT1.S}', '22P02'), ('{PT.5S}', '22P02'), ('{PT0.0000001S}', '22P02'), ('{PT1.5M}', '22P02'), ('{P0.5D}', '22P02'), ('{PT1,5S}', '22P02'),
	('{-PT1S}', '22P02'), ('{PT-1S}', '22P02'), ('{PT-0S}', '22P02'), ('{PT+1S}', '22P02'), ('{PTnanS}', '22P02'), ('{PTinfS}', '22P02'), ('{PT1e309S}', '22P02'), ('{PT0x10S}', '22P02'),
	('{PT1S*}', '22P02'), ('{PT1S*0}', '22P02'), ('{PT1S*-1}', '22P02'), ('{PT1S*1.5}', '22P02'), ('{PT1S**2}', '22P02'), ('{PT1S*2*2}', '22P02'),
	('{PT2147483648S}', '{P24855DT3H14M8S}'), ('{PT-2147483649S}', '22P02'),
	('{PT9223372036854.775807S}', '{P106751991DT4H54.775807S}'), ('{PT9223372036854.775808S}', '22P02'),
	('{P106751991DT4H54.775807S}', '{P106751991DT4H54.775807S}'), ('{P106751991DT4H54.775808S}', '22P02'),
	('{P106751992D}', '22P02'), ('{P9223372036854775807D}', '22P02'), ('{P9223372036854775808D}', '22P02'), ('{PT18446744073709551616S}', '22P02'),
	('{P' || repeat('9', 10000) || 'D}', '22P02'), ('{P' || repeat('0', 10000) || '1D}', '{P1D}'), ('{PT1.' || repeat('0', 10000) || 'S}', '22P02'),
	(repeat('{', 10000), '22P02'), (repeat('ü', 200), '22P02'), ('{PT1S' || repeat(',PT1S', 999) || '}', '{PT1S*1000}')
) v (t, answer);
SELECT throws_ok(format('SELECT %L::duration_summary', repeat('ü', 150)), '22P02', format('invalid input syntax for type duration_summary: "%s"', repeat('ü', 50)),
	'a long text is shown in part, but whole characters of it');

-- Totals that cannot be those of the buckets: 1..10 seconds, a hundred and one times each
CREATE FUNCTION pg_temp.altered(part int, value text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	parts text[] := ARRAY['PT1S', 'PT10S', 'PT1S', '5555000000', '38885000000000000',
		'1780:101,1908:101,1975:101,2036:101,2072:101,2103:101,2133:101,2164:101,2185:101,2200:101'];
BEGIN
	IF part > 0 THEN
		parts[part] := value;
	END IF;
	RETURN format('{min %s max %s unit %s sum %s squares %s buckets %s}', VARIADIC parts);
END $$;
SELECT is(pg_temp.altered(0, ''), duration_agg(n % 10 * interval '1 second' + interval '1 second')::text, 'a text of buckets, as it ought to be') FROM generate_series(1, 1010) n;
SELECT is(pg_temp.reading(pg_temp.altered(part, value)), '22P02', format('%s %s', (ARRAY['min', 'max', 'unit', 'sum', 'squares', 'buckets'])[part], left(value, 60)))
FROM (VALUES
	(1, 'PT0.99S'), (1, 'PT2S'), (1, 'PT1.000001S'), (1, ''), (1, 'PT0S'), (1, '1000000'), (1, '-PT1S'), (1, 'P106751991DT4H54.775807S'),
	(2, 'PT9S'), (2, 'PT10.000001S'), (2, 'PT1S'), (2, 'PT11S'), (2, 'PT0S'), (2, 'P106751991DT4H54.775807S'),
	(3, 'PT0S'), (3, 'PT2S'), (3, 'PT10S'), (3, 'PT0.3S'), (3, 'P106751991DT4H54.775807S'),
	(4, '5554999999'), (4, '5555500000'), (4, '0'), (4, '-1'), (4, '1e10'), (4, 'nan'), (4, '340282366920938463463374607431768211455'), (4, '340282366920938463463374607431768211456'),
	(5, '30552499999999999'), (5, '55550000000000001'), (5, '0'), (5, '115792089237316195423570985008687907853269984665640564039457584007913129639935'),
	(5, '115792089237316195423570985008687907853269984665640564039457584007913129639936'), (5, repeat('9', 10000)),
	(6, ''), (6, '1780:101'), (6, '1780:1010'), (6, '1780:1009,2200:1'), (6, '2200:1,1780:1009'), (6, '1780:505,1780:101,2200:404'), (6, '1780:1,2200:1'),
	(6, '1780:0,2200:1010'), (6, '1780:-1,2200:1011'), (6, '1780:9223372036854775807,2200:1'), (6, '1780:9223372036854775808,2200:1'),
	(6, '1780:101,7296:1'), (6, '1780:101,65536:1'), (6, '1780:101,4294967296:1'), (6, '1780:101,-1:1'), (6, '1780;101'), (6, '1780:101:101'), (6, ':,:'),
	(6, '0:101,1780:101,2200:1010'), (6, (SELECT string_agg(n || ':1', ',') FROM generate_series(0, 9000) n))
) v (part, value);

/*
 * Summaries as messages
 */
-- version, form, items, then what they are
CREATE FUNCTION pg_temp.message(version int, form int, items int, body bytea) RETURNS bytea LANGUAGE sql
RETURN substr(int4send(version), 4) || substr(int4send(form), 4) || int4send(items) || body;
SELECT is(pg_temp.fault_of_message(pg_temp.message(version, form, items, body)), answer, format('message of version %s, form %s, %s items, %s bytes', version, form, items, length(body)))
FROM (VALUES
	(1, 0, 1, int8send(5), 'taken'),
	(1, 0, 2, int8send(0) || int8send(9223372036854775807), 'taken'),
	(0, 0, 1, int8send(5), 'refused'), (2, 0, 1, int8send(5), 'refused'), (255, 0, 1, int8send(5), 'refused'),
	(1, 7, 1, int8send(5), 'refused'), (1, 255, 1, int8send(5), 'refused'), (1, 1, 1, int8send(5), 'refused'),
	(1, 0, 0, '', 'refused'), (1, 0, 0, int8send(5), 'refused'), (1, 0, -1, int8send(5), 'refused'), (1, 0, -1, '', 'refused'),
	(1, 0, 2147483647, int8send(5), 'refused'), (1, 0, -2147483648, int8send(5), 'refused'),
	(1, 0, 536870913, int8send(5), 'refused'),		-- * 8 is 8 in 32 bits
	(1, 1, 429496730, decode(repeat('00', 84), 'hex'), 'refused'),	-- * 10 is 4
	(1, 1, 0, decode(repeat('00', 80), 'hex'), 'refused'), (1, 1, 7297, decode(repeat('00', 80 + 72970), 'hex'), 'refused'),
	(1, 0, 1, int8send(5) || '\x00', 'refused'), (1, 0, 1, '\x00', 'refused'), (1, 0, 2, int8send(5), 'refused'), (1, 0, 1, int8send(5) || int8send(5), 'refused'),
	(1, 0, 1, int8send(-1), 'refused'), (1, 0, 1, int8send(-9223372036854775808), 'refused'),
	(1, 0, 2, int8send(5) || int8send(4), 'refused'),
	(1, 0, 1001, (SELECT string_agg(int8send(n), '') FROM generate_series(1, 1001) n), 'refused')
) v (version, form, items, body, answer);
-- count, shortest, longest, unit, sum, squares; then buckets: 1001 times a millisecond, and not
CREATE FUNCTION pg_temp.bucket_message(count bigint, shortest bigint, longest bigint, unit bigint, sum bigint, squares bigint, buckets bytea) RETURNS bytea LANGUAGE sql
RETURN pg_temp.message(1, 1, length(buckets) / 10, int8send(count) || int8send(shortest) || int8send(longest) || int8send(unit)
	|| int8send(0) || int8send(sum) || int8send(0) || int8send(0) || int8send(0) || int8send(squares) || buckets);
SELECT is(pg_temp.fault_of_message(pg_temp.bucket_message(count, shortest, longest, unit, sum, squares, buckets)), answer, title)
FROM (VALUES
	('buckets as they ought to be', 1001, 1000, 1000, 1000, 1001000, 1001000000, int2send(506::int2) || int8send(1001), 'taken'),
	('a count of too few', 1000, 1000, 1000, 1000, 1000000, 1000000000, int2send(506::int2) || int8send(1000), 'refused'),
	('a count that is not the buckets''', 1002, 1000, 1000, 1000, 1001000, 1001000000, int2send(506::int2) || int8send(1001), 'refused'),
	('a negative count', -1001, 1000, 1000, 1000, 1001000, 1001000000, int2send(506::int2) || int8send(1001), 'refused'),
	('negative counts of buckets', 1001, 1000, 1003, 1, 1001000, 1001000000, int2send(506::int2) || int8send(2002) || int2send(507::int2) || int8send(-1001), 'refused'),
	('counts of buckets that overflow', 1001, 1000, 1003, 1, 1001000, 1001000000, int2send(506::int2) || int8send(9223372036854775807) || int2send(507::int2) || int8send(9223372036854775807), 'refused'),
	('the shortest above the longest', 1001, 1001, 1000, 1, 1001000, 1001000000, int2send(506::int2) || int8send(1001), 'refused'),
	('a negative shortest', 1001, -1000, 1000, 1000, 1001000, 1001000000, int2send(506::int2) || int8send(1001), 'refused'),
	('a negative unit', 1001, 1000, 1000, -1000, 1001000, 1001000000, int2send(506::int2) || int8send(1001), 'refused'),
	('the lowest unit', 1001, 1000, 1000, -9223372036854775808, 1001000, 1001000000, int2send(506::int2) || int8send(1001), 'refused'),
	('a unit of nothing', 1001, 1000, 1000, 0, 1001000, 1001000000, int2send(506::int2) || int8send(1001), 'refused'),
	('a sum not of whole units', 1001, 1000, 1000, 1000, 1001001, 1001000000, int2send(506::int2) || int8send(1001), 'refused'),
	('a sum below the shortest', 1001, 1000, 1000, 1, 1000999, 1001000000, int2send(506::int2) || int8send(1001), 'refused'),
	('a sum above the longest', 1001, 1000, 1001, 1, 1002001, 1003003001, int2send(506::int2) || int8send(1001), 'refused'),
	('a sum without the longest', 1001, 1000, 1001, 1, 1001000, 1001000000, int2send(506::int2) || int8send(1001), 'refused'),
	('a sum without the shortest', 1001, 1000, 1001, 1, 1002001, 1003003001, int2send(506::int2) || int8send(1001), 'refused'),
	('squares too small for the sum', 1001, 1000, 1000, 1000, 1001000, 1000999999, int2send(506::int2) || int8send(1001), 'refused'),
	('squares too large for the longest', 1001, 1000, 1000, 1000, 1001000, 1001000001, int2send(506::int2) || int8send(1001), 'refused'),
	('squares below nothing', 1001, 1000, 1000, 1000, 1001000, -1, int2send(506::int2) || int8send(1001), 'refused'),
	('a bucket beyond the last', 1001, 1000, 1000, 1000, 1001000, 1001000000, int2send(-1::int2) || int8send(1001), 'refused'),
	('a bucket twice', 1001, 1000, 1000, 1000, 1001000, 1001000000, int2send(506::int2) || int8send(1000) || int2send(506::int2) || int8send(1), 'refused'),
	('an empty bucket', 1001, 1000, 1003, 1, 1001003, 1001006009, int2send(506::int2) || int8send(1001) || int2send(507::int2) || int8send(0), 'refused'),
	('a bucket without whole units', 1002, 1000, 2000, 1000, 1003500, 1006000000, int2send(506::int2) || int8send(1000) || int2send(507::int2) || int8send(1) || int2send(634::int2) || int8send(1), 'refused')
) v (title, count, shortest, longest, unit, sum, squares, buckets, answer);

/*
 * Stored bytes: a deviation that is no duration, of squares that are not those of the sum
 */
SELECT throws_ok(format('SELECT stddev(overlay(state::stored::text::bytea PLACING %L FROM 61)::text::stored::duration_summary) FROM specimen WHERE name = ''one bucket''', squares),
	'XX001', 'stored duration summary is damaged', 'squares ' || squares::text)
FROM unnest(ARRAY['\x0000000000000000'::bytea, '\xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff']) squares;

SELECT * FROM finish();
ROLLBACK;
