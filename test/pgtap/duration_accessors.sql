-- What a summary of durations says, against plain SQL over the same rows: random
-- samples of many shapes and sizes, on both sides of the 1000 durations that are held.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;

-- A sample of each shape, size and repetition. Microseconds.
CREATE FUNCTION pg_temp.random_duration(shape text) RETURNS bigint LANGUAGE sql VOLATILE AS $$
	SELECT floor(CASE shape
		WHEN 'zeros' THEN greatest(0, random() - 0.5) * 10
		WHEN 'microseconds' THEN random() * 1000
		WHEN 'minutes' THEN floor(random() * 90) * 60e6
		WHEN 'skewed' THEN exp(29 + 1.2 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))
		WHEN 'skewed seconds' THEN floor(exp(3 + 2 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))) * 1e6
		WHEN 'days' THEN floor(random() * 128) * 86400e6
		WHEN 'ties' THEN (ARRAY[1, 3600e6, 3600e6, 86400e6])[1 + floor(random() * 4)]
		WHEN 'equal' THEN 30 * 86400e6
		WHEN 'alike' THEN 30 * 86400e6 + random() * 3600e6
		WHEN 'centuries' THEN random() * 200 * 365.25 * 86400e6
	END)::bigint
$$;

SELECT setseed(0.2718);
CREATE TEMP TABLE sample AS
SELECT row_number() OVER () AS id, shape, size
FROM unnest(ARRAY['zeros', 'microseconds', 'minutes', 'skewed', 'skewed seconds', 'days', 'ties', 'equal', 'alike', 'centuries']) AS shape,
	(VALUES (1, 20), (2, 20), (5, 20), (23, 5), (24, 5), (25, 5), (100, 5), (999, 2), (1000, 2), (1001, 2), (5000, 2)) AS plan (size, times),
	generate_series(1, times)
UNION ALL
SELECT 10000 + row_number() OVER (), shape, 100000 FROM unnest(ARRAY['skewed', 'days']) AS shape;

CREATE TEMP TABLE observed AS
SELECT id, shape, size, from_time, from_time + us * interval '1 microsecond' AS until_time, us
FROM (
	SELECT s.*, timestamptz '2000-01-01' + floor(random() * 1e15) * interval '1 microsecond' AS from_time,
		pg_temp.random_duration(shape) AS us
	FROM sample s, generate_series(1, size)
) drawn;
ANALYZE observed;

-- Rows without a start or an end, which must not count
CREATE TEMP TABLE with_gaps AS
TABLE observed
UNION ALL SELECT id, shape, size, from_time, NULL, NULL FROM sample, (VALUES (timestamptz '2020-01-01'), (NULL)) gap (from_time)
UNION ALL SELECT id, shape, size, NULL, '2020-01-01', NULL FROM sample;

CREATE TEMP TABLE summary AS
SELECT id, shape, size, duration_agg(from_time, until_time) AS s FROM with_gaps GROUP BY 1, 2, 3;

CREATE FUNCTION pg_temp.microseconds(length interval) RETURNS numeric LANGUAGE sql IMMUTABLE
RETURN extract(epoch FROM length) * 1000000;

SELECT is(count(*), (SELECT count(*) FROM sample), 'every sample has its summary') FROM summary WHERE s IS NOT NULL;

-- Counts, extremes and moments
CREATE TEMP TABLE plain AS
SELECT id, count(*) AS n, avg(us) AS mean, stddev_samp(us) AS stddev, min(us) AS shortest, max(us) AS longest,
	avg(until_time - from_time) AS interval_mean
FROM observed GROUP BY id;

SELECT is_empty($$
	SELECT id, shape, size FROM summary JOIN plain USING (id) WHERE sample_size(s) IS DISTINCT FROM n
$$, 'sample_size is count');
SELECT is_empty($$
	SELECT id, shape, size FROM summary JOIN plain USING (id)
	WHERE pg_temp.microseconds(shortest(s)) IS DISTINCT FROM plain.shortest
		OR pg_temp.microseconds(longest(s)) IS DISTINCT FROM plain.longest
$$, 'shortest and longest are min and max');
SELECT is_empty($$
	SELECT id, shape, size, mean(s), plain.mean FROM summary JOIN plain USING (id)
	WHERE pg_temp.microseconds(mean(s)) IS DISTINCT FROM round(plain.mean)
$$, 'mean is avg, rounded to the microsecond');
SELECT is_empty($$
	SELECT id, shape, size, mean(s), interval_mean FROM summary JOIN plain USING (id)
	WHERE abs(pg_temp.microseconds(mean(s) - interval_mean)) > 1
$$, 'mean is avg(interval), which rounds days apart from the rest, within a microsecond');
SELECT is_empty($$
	SELECT id, shape, size, stddev(s), plain.stddev FROM summary JOIN plain USING (id)
	WHERE (stddev(s) IS NULL) <> (size = 1)
		OR abs(pg_temp.microseconds(stddev(s)) - plain.stddev) > 0.5 + plain.stddev * 1e-15
$$, 'stddev is stddev_samp, rounded to the microsecond; NULL for one duration');

-- Percentiles
CREATE TEMP TABLE fraction AS
SELECT array_agg(f) AS fractions
FROM (VALUES (0.0::float8), (0.001), (0.1), (0.25), (1 / 3.0), (0.5), (0.75), (0.9), (0.99), (1.0), (random()), (random()), (random())) v (f);

CREATE TEMP TABLE percentile_pair AS
SELECT id, shape, size, f, percentile(s, f) AS ours, p AS theirs
FROM summary
JOIN (
	SELECT id, percentile_cont(fractions) WITHIN GROUP (ORDER BY us * interval '1 microsecond') AS percentiles
	FROM observed, fraction GROUP BY id, fractions
) plain USING (id), fraction, unnest(fractions, percentiles) AS pair (f, p);

SELECT is_empty($$SELECT * FROM percentile_pair WHERE size <= 1000 AND ours IS DISTINCT FROM theirs$$,
	'percentile is percentile_cont to the microsecond, while durations are held');
SELECT is_empty($$
	SELECT * FROM percentile_pair
	WHERE abs(pg_temp.microseconds(ours - theirs)) > 1 + pg_temp.microseconds(theirs) * 0.005
		OR ours IS NULL OR theirs IS NULL
$$, 'percentile is within 0.5 % of percentile_cont beyond that');
SELECT ok(count(*) FILTER (WHERE ours <> theirs) > 100, 'which is no longer exact in general') FROM percentile_pair WHERE size > 1000;
SELECT is_empty($$SELECT * FROM percentile_pair WHERE shape IN ('zeros', 'days', 'equal') AND ours IS DISTINCT FROM theirs$$,
	'but of whole days it is, as of whatever has a unit above 1/128 of it');
SELECT is_empty($$
	SELECT id, shape, size, f FROM percentile_pair JOIN plain USING (id)
	WHERE f IN (0, 1) AND pg_temp.microseconds(ours) <> CASE f WHEN 0 THEN shortest ELSE longest END
$$, 'percentiles 0 and 1 are the extremes');
SELECT is_empty($$SELECT id, shape, size FROM summary WHERE median(s) IS DISTINCT FROM percentile(s, 0.5)$$, 'median is percentile 0.5');
SELECT is_empty($$
	SELECT id, f, ours FROM (SELECT *, lag(ours) OVER (PARTITION BY id ORDER BY f) AS before FROM percentile_pair) p WHERE before > ours
$$, 'percentiles never fall as the fraction grows');

-- As an analyst writes it: intervals of days and hours, of which percentile_cont rounds the parts one by one
CREATE TEMP TABLE natural_pair AS
SELECT id, f, percentile(s, f) AS ours, p AS theirs
FROM summary
JOIN (
	SELECT id, percentile_cont(fractions) WITHIN GROUP (ORDER BY until_time - from_time) AS percentiles
	FROM observed, fraction WHERE size <= 1000 GROUP BY id, fractions
) plain USING (id), fraction, unnest(fractions, percentiles) AS pair (f, p);
SELECT is_empty($$SELECT * FROM natural_pair WHERE abs(pg_temp.microseconds(ours - theirs)) > 1$$,
	'percentile is percentile_cont of the differences within a microsecond');
SELECT is_empty($$SELECT * FROM natural_pair WHERE f IN (0, 0.25, 0.5, 0.75, 1) AND ours <> theirs$$,
	'median and quartiles equal it');

-- Shares
CREATE TEMP TABLE cut AS
SELECT id, us + shift AS limit_us
FROM (SELECT id, us, row_number() OVER (PARTITION BY id ORDER BY random()) AS nth FROM observed) o, (VALUES (-1), (0), (1)) v (shift)
WHERE nth <= 2
UNION ALL SELECT id, limit_us FROM sample, (VALUES (-5), (0), (86400000000), (9000000000000000000)) v (limit_us);
CREATE TEMP TABLE share AS
SELECT id, shape, size, limit_us, share_within(s, limit_us / 86400000000 * interval '1 day' + limit_us % 86400000000 * interval '1 microsecond') AS ours,
	theirs, least, most
FROM summary
JOIN (
	SELECT c.id, limit_us, count(*) FILTER (WHERE us <= limit_us)::float8 / count(*) AS theirs,
		count(*) FILTER (WHERE us <= limit_us - abs(limit_us) / 128 - 1)::float8 / count(*) AS least,
		count(*) FILTER (WHERE us - us / 128 - 1 <= limit_us)::float8 / count(*) AS most
	FROM cut c JOIN observed o USING (id) GROUP BY c.id, limit_us
) plain USING (id);
SELECT is_empty($$SELECT * FROM share WHERE size <= 1000 AND ours IS DISTINCT FROM theirs$$, 'share_within is a count with a condition over the count');
SELECT is_empty($$SELECT * FROM share WHERE NOT coalesce(ours BETWEEN least AND most AND ours BETWEEN 0 AND 1, false)$$,
	'beyond 1000 it is unsure only of durations within 1/128 of the limit');
SELECT is_empty($$SELECT * FROM share WHERE shape IN ('zeros', 'days', 'equal') AND abs(ours - theirs) > 1e-12$$, 'and of none in whole days');

-- The forms of the aggregate
CREATE TEMP TABLE form AS
SELECT id, shape, duration_summary_send(duration_agg(from_time, until_time)) AS instants,
	duration_summary_send(duration_agg(from_time AT TIME ZONE 'UTC', until_time AT TIME ZONE 'UTC')) AS timestamps,
	duration_summary_send(duration_agg(until_time - from_time)) AS intervals,
	duration_summary_send(duration_agg(date '2020-02-01', date '2020-02-01' + (us / 86400000000)::int) FILTER (WHERE shape IN ('days', 'equal'))) AS dates
FROM with_gaps WHERE size < 10000 GROUP BY id, shape;
SELECT is_empty($$SELECT id FROM form WHERE instants IS DISTINCT FROM timestamps OR instants IS DISTINCT FROM intervals$$,
	'timestamptz, timestamp and interval make the same summary');
SELECT is_empty($$SELECT id FROM form WHERE shape IN ('days', 'equal') AND dates IS DISTINCT FROM instants$$, 'so does date');
SELECT is(mean(duration_agg(timestamp '2026-03-28', timestamp '2026-03-30')), interval '2 days', 'a timestamp knows no zone: days have 24 hours')
FROM (SELECT set_config('TimeZone', 'Europe/Berlin', true)) zone;
SELECT is(mean(duration_agg(date '2026-03-28', date '2026-03-30')), interval '2 days', 'and dates are whole days apart');
SELECT is(mean(duration_agg(timestamptz '2026-03-28 00:00 Europe/Berlin', timestamptz '2026-03-30 00:00 Europe/Berlin')), interval '47 hours',
	'but between instants the time that passed counts, where the clocks went forward');
SET TimeZone = 'UTC';

-- The answers at once
SELECT is_empty($$
	SELECT id FROM summary JOIN (
		SELECT id, cycle_length(from_time, until_time) AS cycle, lead_response_time(from_time, until_time) AS response FROM with_gaps GROUP BY id
	) once USING (id)
	WHERE cycle IS DISTINCT FROM mean(s) OR response IS DISTINCT FROM mean(s)
$$, 'cycle_length and lead_response_time are the mean');
SELECT is_empty($$
	SELECT id FROM summary JOIN (
		SELECT id, cycle_length(from_time AT TIME ZONE 'UTC', until_time AT TIME ZONE 'UTC') AS c1, cycle_length(until_time - from_time) AS c2,
			lead_response_time(from_time AT TIME ZONE 'UTC', until_time AT TIME ZONE 'UTC') AS r1, lead_response_time(until_time - from_time) AS r2
		FROM with_gaps GROUP BY id
	) once USING (id)
	WHERE num_nulls(c1, c2, r1, r2) > 0 OR mean(s) <> ALL (ARRAY[c1, c2, r1, r2])
$$, 'in all their forms');
SELECT is(ROW(cycle_length(a, b), lead_response_time(a, b)), ROW(interval '36 hours', interval '36 hours'), 'dates among them')
FROM (VALUES (date '2026-01-01', date '2026-01-02'), ('2026-01-01', '2026-01-03'), ('2026-01-01', NULL)) v (a, b);

-- Nothing to summarise
SELECT ok(duration_agg(from_time, until_time) IS NULL AND cycle_length(from_time, until_time) IS NULL
	AND lead_response_time(from_time, until_time) IS NULL, 'no rows: NULL') FROM observed WHERE false;
SELECT ok(duration_agg(from_time, until_time) IS NULL AND cycle_length(from_time, until_time) IS NULL, 'only NULL ends: NULL')
FROM with_gaps WHERE until_time IS NULL;
SELECT is(num_nulls(sample_size(s), mean(s), stddev(s), shortest(s), longest(s), median(s), percentile(s, 0.5), share_within(s, '1 day')), 8,
	'of a NULL summary everything is NULL') FROM (SELECT NULL::duration_summary AS s) nothing;

-- The ends of the range: 2^63 - 1 microseconds
CREATE TEMP TABLE extreme AS
SELECT duration_agg(u) AS s FROM (VALUES (interval '0'), (interval '106751991 days 04:00:54.775807')) v (u);
SELECT is(longest(s), interval '106751991 days 04:00:54.775807', 'the longest duration there can be') FROM extreme;
SELECT is(mean(s), interval '53375995 days 14:00:27.387904', 'half a microsecond is rounded up in a mean') FROM extreme;
SELECT ok(abs(pg_temp.microseconds(stddev(s)) - 9223372036854775807 / sqrt(2::numeric)) < 1024, 'stddev has the digits of a float8') FROM extreme;
SELECT ok(percentile(s, 1) = longest(s) AND percentile(s, 0.99999999999999989) BETWEEN median(s) AND longest(s), 'no percentile is beyond it') FROM extreme;
SELECT is(share_within(s, longest(s) - interval '1 microsecond'), 0.5::float8, 'a limit just below it') FROM extreme;

SELECT * FROM finish();
ROLLBACK;
