-- Durations: what is typed, and what is seen.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS sales_kpi;
RESET client_min_messages;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
SET search_path = sales_kpi, public;
CREATE TEMP TABLE deal (rep text, opened_at timestamptz, closed_at timestamptz);
INSERT INTO deal VALUES
	('Ann', '2026-01-05 09:00', '2026-01-19 17:30'), ('Ann', '2026-01-07 10:00', '2026-03-02 12:00'), ('Ann', '2026-02-01 08:00', '2026-02-01 08:00'),
	('Ann', '2026-02-20 08:00', NULL), ('Bob', '2026-01-12 11:00', '2026-02-11 11:00'), ('Cid', '2026-02-02 09:00', NULL);
-- the mean at once
SELECT rep, cycle_length(opened_at, closed_at) FROM deal GROUP BY rep ORDER BY rep;
-- a summary, and what it can be asked
SELECT rep, duration_agg(opened_at, closed_at) FROM deal GROUP BY rep ORDER BY rep;
SELECT sample_size(s), mean(s), stddev(s), shortest(s), longest(s) FROM (SELECT duration_agg(opened_at, closed_at) AS s FROM deal) cycle;
SELECT median(s), percentile(s, 0.9), share_within(s, '30 days') FROM (SELECT duration_agg(opened_at, closed_at) AS s FROM deal) cycle;
-- summaries are kept, and rolled up later
CREATE TEMP TABLE by_rep AS SELECT rep, duration_agg(opened_at, closed_at) AS cycle FROM deal GROUP BY rep;
SELECT rollup(cycle), median(rollup(cycle)) FROM by_rep;
SELECT rep, (cycle).median FROM by_rep ORDER BY rep;
-- dates, timestamps, intervals
SELECT duration_agg(opened, closed) FROM (VALUES (date '2026-01-01', date '2026-02-01'), ('2026-03-28', '2026-03-30')) v (opened, closed);
SELECT lead_response_time(a, b) FROM (VALUES (timestamp '2026-01-01 08:00', timestamp '2026-01-01 08:45'), ('2026-01-01 09:00', '2026-01-01 09:15')) v (a, b);
SELECT duration_agg(wait) FROM (VALUES (interval '90 minutes'), ('36 hours'), ('0.25 s'), ('36 hours')) v (wait);
-- more than a thousand are kept in buckets
SELECT regexp_replace(s::text, ',.*}', ',...}') AS s, median(s), percentile(s, 0.9), share_within(s, '1 day')
FROM (SELECT duration_agg(n * interval '1 minute') AS s FROM generate_series(1, 5000) n) many;
-- whole days, even so, are found exactly
SELECT median(s), percentile(s, 0.9), share_within(s, '30 days') FROM (SELECT duration_agg(n % 100 * interval '1 day') AS s FROM generate_series(1, 5000) n) many;
-- a summary can be typed, in any order
SELECT '{P1DT12H,PT30M,PT36H}'::duration_summary, longest('{P2D,P3D}');
-- nothing
SELECT duration_agg(opened_at, closed_at) IS NULL AS no_summary, cycle_length(opened_at, closed_at) FROM deal WHERE rep = 'Cid';
SELECT mean(NULL), stddev('{P1D}'::duration_summary);
-- mistakes in the data
SELECT duration_agg(timestamptz '2026-01-02', '2026-01-01');
SELECT cycle_length(date '2026-01-02', date '2026-01-01');
SELECT lead_response_time(timestamp '2026-01-01', 'infinity');
SELECT duration_agg(date '-infinity', date '2026-01-01');
SELECT duration_agg(date '4713-01-01 BC', date '5874897-12-31');
SELECT duration_agg(interval '1 month 3 days');
SELECT duration_agg(interval '-3 days');
SELECT duration_agg(interval '200000000 days');
-- mistakes in the question
SELECT percentile('{P1D}', 90);
SELECT share_within('{P1D}', '1 month');
SELECT duration_agg(DISTINCT cycle) FROM by_rep;
SELECT rollup(DISTINCT cycle) FROM by_rep;
SELECT cycle FROM by_rep UNION SELECT cycle FROM by_rep;
SELECT cycle FROM by_rep ORDER BY cycle;
SELECT duration_summary_merge('{P1D}', '{P2D}');
SELECT duration_add('{P1D}', interval '1 day');
SELECT duration_mean_final('{P1D}');
-- mistakes in a typed summary
SELECT '1 hour'::duration_summary;
SELECT '{}'::duration_summary;
SELECT '{P1D,P1M}'::duration_summary;
SELECT '{PT1.5H}'::duration_summary;
SELECT '{P1D*0}'::duration_summary;
SELECT '{P1D} '::duration_summary;
SELECT '{P200000000D}'::duration_summary;
SELECT '{PT1S*9223372036854775807,PT1S}'::duration_summary;
SELECT '{min PT1S max PT1S unit PT1S sum 1002000000 squares 1001000000000000 buckets 1780:1001}'::duration_summary;
-- a cursor that outlives its transaction
BEGIN;
DECLARE kept CURSOR WITH HOLD FOR SELECT half, sample_size(s), median(s), s FROM (SELECT n % 2 AS half, duration_agg(n * interval '1 second') AS s FROM generate_series(1, 4000) n GROUP BY 1) x ORDER BY 1;
COMMIT;
CREATE FUNCTION pg_temp.fetched(c refcursor) RETURNS TABLE (half int, as_before boolean) LANGUAGE plpgsql AS $$
DECLARE
	line record;
BEGIN
	LOOP
		FETCH c INTO line;
		EXIT WHEN NOT FOUND;
		RETURN QUERY VALUES (line.half, line.sample_size = sample_size(line.s) AND line.median = median(line.s));
	END LOOP;
END $$;
SELECT * FROM pg_temp.fetched('kept');
CLOSE kept;
-- a long aggregate can be cancelled
SET statement_timeout = '200ms';
SELECT duration_agg(a * interval '1 second') FROM generate_series(1, 10000) a, generate_series(1, 10000) b, generate_series(1, 10000) c;
RESET statement_timeout;
