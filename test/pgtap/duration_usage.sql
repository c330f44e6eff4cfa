-- Summaries of durations wherever SQL takes an aggregate or a value: windows, grouping
-- sets, spilled hash tables, plpgsql variables; and rolled up until nothing fits any more.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET max_parallel_workers_per_gather = 0;
SET client_min_messages = warning;

SELECT setseed(0.6931);
CREATE TEMP TABLE event AS
SELECT i, i % 7 AS rep, i % 3 AS region, timestamptz '2024-01-01' + i * interval '1 hour' AS at,
	floor(random() * 1e12) * interval '1 microsecond' AS elapsed
FROM generate_series(1, 4000) i;
UPDATE event SET elapsed = NULL WHERE i % 50 = 0;
ANALYZE event;

CREATE FUNCTION pg_temp.summary_of(elapsed interval[]) RETURNS duration_summary LANGUAGE sql
RETURN (SELECT duration_agg(e) FROM unnest(elapsed) e);

/*
 * Windows: each row's state is that of its frame, gathered by array_agg. The row
 * before is looked at again when the next one has come.
 */
CREATE FUNCTION pg_temp.check_window(clause text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line record;
	last_summary duration_summary;
	last_bits bytea;
	wrong int := 0;
BEGIN
	FOR line IN EXECUTE format($q$
			SELECT i, array_agg(elapsed) OVER w AS frame, duration_agg(elapsed) OVER w AS s, cycle_length(elapsed) OVER w AS cycle,
				median(duration_agg(elapsed) OVER w) AS median, sample_size(duration_agg(elapsed) OVER w) AS n
			FROM event WHERE i <= 1300 WINDOW w AS (%s) $q$, clause) LOOP
		IF duration_summary_send(last_summary) IS DISTINCT FROM last_bits THEN
			wrong := wrong + 1;
		END IF;
		last_summary := line.s;
		last_bits := duration_summary_send(line.s);
		CONTINUE WHEN line.i % 13 <> 0 AND coalesce(line.n, 0) NOT BETWEEN 997 AND 1003;
		IF last_bits IS DISTINCT FROM duration_summary_send(pg_temp.summary_of(line.frame))
			OR line.cycle IS DISTINCT FROM mean(line.s) OR line.median IS DISTINCT FROM median(line.s)
			OR line.n IS DISTINCT FROM sample_size(line.s) THEN
			wrong := wrong + 1;
		END IF;
	END LOOP;
	RETURN is(wrong, 0, 'OVER (' || clause || ')');
END $$;
SELECT pg_temp.check_window('ORDER BY i');
SELECT pg_temp.check_window('ORDER BY i DESC');
SELECT pg_temp.check_window('PARTITION BY rep ORDER BY i');
SELECT pg_temp.check_window('ORDER BY rep');
SELECT pg_temp.check_window('ORDER BY i ROWS BETWEEN 10 PRECEDING AND 3 FOLLOWING');
SELECT pg_temp.check_window('ORDER BY i ROWS BETWEEN UNBOUNDED PRECEDING AND 5 PRECEDING');
SELECT pg_temp.check_window('ORDER BY i ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING');
SELECT pg_temp.check_window('ORDER BY at RANGE BETWEEN ''30 days'' PRECEDING AND CURRENT ROW');
SELECT pg_temp.check_window('ORDER BY i ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW');

CREATE TEMP TABLE by_day AS SELECT at::date AS day, duration_agg(elapsed) AS s FROM event GROUP BY 1;
SELECT is_empty($$
	SELECT day FROM (SELECT day, rollup(s) OVER (ORDER BY day ROWS BETWEEN 59 PRECEDING AND CURRENT ROW) AS s FROM by_day) rolling
	WHERE duration_summary_send(s) IS DISTINCT FROM
		(SELECT duration_summary_send(duration_agg(elapsed)) FROM event WHERE at::date BETWEEN day - 59 AND day)
$$, 'sixty days of daily summaries, rolling');

-- Grouping sets, hashed, sorted and both
CREATE TEMP TABLE expected_sets AS
SELECT rep, region, duration_summary_send(duration_agg(elapsed)) AS bits, count(elapsed) AS n FROM event GROUP BY rep, region
UNION ALL SELECT rep, NULL, duration_summary_send(duration_agg(elapsed)), count(elapsed) FROM event GROUP BY rep
UNION ALL SELECT NULL, region, duration_summary_send(duration_agg(elapsed)), count(elapsed) FROM event GROUP BY region
UNION ALL SELECT NULL, NULL, duration_summary_send(duration_agg(elapsed)), count(elapsed) FROM event;
\set cube 'SELECT rep, region, duration_summary_send(duration_agg(elapsed)) AS bits, count(elapsed) AS n FROM event GROUP BY CUBE (rep, region)'
SELECT set_eq(:'cube', 'TABLE expected_sets', 'CUBE');
SET enable_hashagg = off;
SELECT set_eq(:'cube', 'TABLE expected_sets', 'CUBE, sorted');
RESET enable_hashagg;
SET enable_sort = off;
SELECT set_eq(:'cube', 'TABLE expected_sets', 'CUBE, hashed');
RESET enable_sort;

-- FILTER, DISTINCT, ORDER BY, HAVING
SELECT is(sample_size(duration_agg(elapsed) FILTER (WHERE rep = 2)), count(elapsed) FILTER (WHERE rep = 2), 'FILTER') FROM event;
SELECT ok(duration_agg(elapsed) FILTER (WHERE false) IS NULL, 'FILTER that leaves nothing') FROM event;
SELECT is(duration_agg(DISTINCT elapsed)::text, '{PT1H,PT2H}', 'DISTINCT durations')
FROM (VALUES (interval '1 hour'), ('60 minutes'), ('2 hours')) v (elapsed);
SELECT is(duration_agg(DISTINCT a, b)::text, '{P1D*2}', 'DISTINCT pairs of times')
FROM (VALUES (date '2026-01-01', date '2026-01-02'), ('2026-01-01', '2026-01-02'), ('2026-01-02', '2026-01-03')) v (a, b);
SELECT is(duration_summary_send(duration_agg(elapsed ORDER BY at DESC, elapsed)), duration_summary_send(duration_agg(elapsed)), 'ORDER BY') FROM event;
SELECT results_eq($$SELECT rep FROM event GROUP BY rep HAVING sample_size(duration_agg(elapsed)) > 560 ORDER BY rep$$,
	$$SELECT rep FROM event GROUP BY rep HAVING count(elapsed) > 560 ORDER BY rep$$, 'HAVING');

-- Hash tables that do not fit into memory: many small groups, and large ones among them
CREATE TEMP TABLE many AS
SELECT i % 6000 AS grp, i * interval '1 second' AS elapsed FROM generate_series(1, 30000) i
UNION ALL SELECT i % 3, i * interval '1 minute' FROM generate_series(1, 9000) i;
ANALYZE many;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SET enable_sort = off;
CREATE FUNCTION pg_temp.spilled() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)
		CREATE TEMP TABLE hashed AS SELECT grp, duration_agg(elapsed) AS s FROM many GROUP BY grp LOOP
		IF line ~ 'Batches: [0-9]+.*Disk Usage' THEN
			RETURN pass('the hash table went to disk');
		END IF;
	END LOOP;
	RETURN fail('the hash table went to disk');
END $$;
SELECT pg_temp.spilled();
RESET work_mem;
RESET hash_mem_multiplier;
RESET enable_sort;
SET enable_hashagg = off;
SELECT results_eq('SELECT grp, duration_summary_send(s) FROM hashed ORDER BY grp',
	'SELECT grp, duration_summary_send(duration_agg(elapsed)) FROM many GROUP BY grp ORDER BY grp', '... and came back whole');
RESET enable_hashagg;

-- Aggregates over the same arguments make one pass
CREATE FUNCTION pg_temp.counted(elapsed interval) RETURNS interval STABLE LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('test.calls', (current_setting('test.calls')::int + 1)::text, true);
	RETURN elapsed;
END $$;
SET test.calls = 0;
SELECT ok(cycle = mean(s) AND response = mean(s) AND size = sample_size(s), 'several answers of one query agree')
FROM (
	SELECT cycle_length(pg_temp.counted(elapsed)) AS cycle, lead_response_time(pg_temp.counted(elapsed)) AS response,
		duration_agg(pg_temp.counted(elapsed)) AS s, sample_size(duration_agg(pg_temp.counted(elapsed))) AS size FROM event
) answers;
SELECT is(current_setting('test.calls'), '4000', '... and come from one pass over the rows');

-- An aggregate of the caller's, which shows the running state itself: with room
-- behind the durations, or in octaves. It is a summary like any other.
CREATE AGGREGATE pg_temp.running(interval) (SFUNC = sales_kpi.duration_add, STYPE = sales_kpi.duration_summary);
CREATE TEMP TABLE kept AS SELECT size, pg_temp.running(elapsed) AS s, duration_agg(elapsed) AS closed
FROM (VALUES (1), (3), (9), (999), (1100), (4000)) v (size) JOIN event ON i <= size GROUP BY size;
SELECT is_empty('SELECT size FROM kept WHERE duration_summary_send(s) <> duration_summary_send(closed) OR s::text <> closed::text
	OR ROW(sample_size(s), mean(s), stddev(s), shortest(s), longest(s), median(s), share_within(s, ''5 days''))
		IS DISTINCT FROM ROW(sample_size(closed), mean(closed), stddev(closed), shortest(closed), longest(closed), median(closed), share_within(closed, ''5 days''))',
	'a running state answers as a closed one');
SELECT is(duration_summary_send(rollup(s)), duration_summary_send(rollup(closed)), '... and can be rolled up') FROM kept;

CREATE AGGREGATE pg_temp.with_an_hour(interval) (SFUNC = sales_kpi.duration_add, STYPE = sales_kpi.duration_summary, INITCOND = '{PT1H}');
CREATE AGGREGATE pg_temp.with_many_hours(interval) (SFUNC = sales_kpi.duration_add, STYPE = sales_kpi.duration_summary, INITCOND = '{PT1H*1001}');
SELECT is_empty($$
	SELECT rep FROM event GROUP BY rep
	HAVING duration_summary_send(pg_temp.with_an_hour(elapsed)) <> duration_summary_send(pg_temp.summary_of(array_agg(elapsed) || interval '1 hour'))
		OR duration_summary_send(pg_temp.with_many_hours(elapsed)) <> duration_summary_send(pg_temp.summary_of(array_agg(elapsed) || array_fill(interval '1 hour', ARRAY[1001])))
$$, 'a state to begin with is each group''s own');

-- plpgsql variables, which hold what a query returned
DO $$
DECLARE
	total duration_summary;
	before bytea;
	day record;
	list duration_summary[];
BEGIN
	FOR day IN SELECT rep, i / 100 AS part, pg_temp.running(elapsed) AS s FROM event GROUP BY 1, 2 LOOP
		before := duration_summary_send(day.s);
		SELECT rollup(s) INTO total FROM (VALUES (total), (day.s)) v (s);
		list := list || day.s;
		IF before <> duration_summary_send(day.s) THEN
			RAISE EXCEPTION 'a variable changed';
		END IF;
	END LOOP;
	PERFORM set_config('test.variable', total::text, true), set_config('test.array', rollup(s)::text, true) FROM unnest(list) s;
END $$;
SELECT ok(current_setting('test.variable') = duration_agg(elapsed)::text, 'gathered in a variable') FROM event;
SELECT ok(current_setting('test.array') = duration_agg(elapsed)::text, 'gathered in an array') FROM event;

-- A subtransaction that fails in the middle leaves nothing behind
DO $$
DECLARE
	failed int := 0;
	s duration_summary;
BEGIN
	FOR stop IN 1..20 LOOP
		BEGIN
			SELECT duration_agg(CASE WHEN i < stop * 150 THEN elapsed ELSE -interval '1 day' END) INTO s FROM event;
		EXCEPTION WHEN invalid_parameter_value THEN
			failed := failed + 1;
		END;
	END LOOP;
	PERFORM set_config('test.failed', failed::text || coalesce(s::text, ', no summary'), true);
END $$;
SELECT is(current_setting('test.failed'), '20, no summary', 'an error in the middle of an aggregate is caught');
SELECT is(sample_size(duration_agg(elapsed)), count(elapsed), '... and the next one works') FROM event;

/*
 * Rolled up with itself again and again. The sums are checked in numeric, from
 * the text: those of the start times a power of two.
 */
CREATE FUNCTION pg_temp.doubled(s duration_summary, times int) RETURNS duration_summary LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1..times LOOP
		SELECT rollup(part) INTO s FROM (VALUES (s), (s)) v (part);
	END LOOP;
	RETURN s;
END $$;
CREATE FUNCTION pg_temp.microseconds(length interval) RETURNS numeric LANGUAGE sql IMMUTABLE
RETURN extract(epoch FROM length) * 1000000;
CREATE TEMP TABLE century (us bigint);
INSERT INTO century VALUES (3155760000000001), (3155760000000000), (0), (3155695200123456), (3155760000000001);
CREATE TEMP TABLE doubled AS
SELECT times, pg_temp.doubled(s, times) AS s, n * 2::numeric ^ times AS n, total * 2::numeric ^ times AS total, squares * 2::numeric ^ times AS squares, least, most
FROM (
	SELECT duration_agg(us * interval '1 microsecond') AS s, count(*) AS n, sum(us) AS total, sum(us::numeric ^ 2) AS squares, min(us) AS least, max(us) AS most
	FROM century
) start, (VALUES (0), (7), (8), (30), (60)) v (times);
CREATE TEMP TABLE held AS
SELECT times, d.n, d.total, d.squares, least, most, s, regexp_match(s::text, '^{min \S+ max \S+ unit \S+ sum (\d+) squares (\d+) buckets ([\d:,]+)}$') AS parts FROM doubled d;
SELECT is(array_agg(times) FILTER (WHERE parts IS NOT NULL), ARRAY[8, 30, 60], 'five durations, doubled 8, 30 and 60 times') FROM held;
SELECT is_empty('SELECT times FROM held WHERE parts[1]::numeric <> total OR parts[2]::numeric <> squares', 'sum and sum of squares are exact');
SELECT ok(squares > 2::numeric ^ 128, '... the latter beyond 128 bits') FROM held WHERE times = 30;
SELECT is_empty($$
	SELECT times FROM held WHERE sample_size(s) <> n OR n <>
		coalesce((SELECT sum(split_part(bucket, ':', 2)::numeric) FROM regexp_split_to_table(parts[3], ',') bucket), n)
$$, 'the count is exact, and that of the buckets');
SELECT is_empty('SELECT times, mean(s) FROM held WHERE pg_temp.microseconds(mean(s)) <> floor(total / n + 0.5)', 'the mean is right');
SELECT is_empty($$
	SELECT times, stddev(s) FROM held
	WHERE abs(pg_temp.microseconds(stddev(s)) - sqrt((n * squares - total ^ 2) / (n * (n - 1)))) > 1
$$, 'the standard deviation is right');
SELECT is_empty($$
	SELECT times FROM held WHERE pg_temp.microseconds(shortest(s)) <> least OR pg_temp.microseconds(longest(s)) <> most
		OR percentile(s, 0) <> shortest(s) OR percentile(s, 1) <> longest(s)
		OR pg_temp.microseconds(median(s)) NOT BETWEEN 0.995 * 3155760000000000 AND 1.005 * 3155760000000000
		OR share_within(s, longest(s)) <> 1 OR share_within(s, '0') <> 0.2
$$, 'shortest, longest, median and shares are right');
SELECT ok((s::text)::duration_summary::text = s::text, 'the text of 5 * 2^60 durations reads back') FROM held WHERE times = 60;
SELECT throws_ok('SELECT pg_temp.doubled(s, 1) FROM held WHERE times = 60', '54000', 'too many durations', 'more than 2^63 durations are refused');

SELECT * FROM finish();
ROLLBACK;
