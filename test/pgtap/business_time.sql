-- Business time against an oracle that looks at each minute: what do the clocks of the
-- zone show, and is that open? Around changes of the clocks, on calendars of all kinds.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;
SET timezone = 'Asia/Tokyo';	-- must not matter
SELECT setseed(0.2718);

-- Each is a moment of a zone about which something happens to its clocks, or nothing.
CREATE TEMP TABLE around (n int GENERATED ALWAYS AS IDENTITY, zone text, day date);
INSERT INTO around (zone, day) VALUES
	('UTC', '2024-02-29'), ('UTC', '1999-12-31'), ('Asia/Kolkata', '2024-03-31'),
	('Europe/Berlin', '2024-03-31'), ('Europe/Berlin', '2024-10-27'), ('Europe/Berlin', '1945-09-24'),
	('America/New_York', '2024-03-10'), ('America/New_York', '2024-11-03'),
	('Australia/Lord_Howe', '2024-04-07'), ('Australia/Lord_Howe', '2024-10-06'),	-- by half an hour
	('America/Havana', '2024-03-10'), ('America/Havana', '2024-11-03'),	-- at midnight
	('Africa/Cairo', '2023-04-28'), ('Africa/Cairo', '2023-10-27'),	-- back into the day before
	('America/St_Johns', '2009-11-01'), ('Pacific/Apia', '2011-12-30'), ('Pacific/Apia', '2012-04-01');	-- the first was no day

CREATE TEMP TABLE trial AS
SELECT row_number() OVER () AS trial, a.zone, (a.day - 3)::timestamp AT TIME ZONE 'UTC' AS since, kind
FROM around a, unnest(ARRAY['mixed', 'office', 'always', 'overnight', 'weekend', 'rare']) WITH ORDINALITY k (kind, place)
WHERE kind = 'mixed' OR (a.n + place) % 3 = 0;

-- Windows in minutes of the day they begin on; those that end beyond 1440 run into the next.
CREATE TEMP TABLE opening (trial bigint, weekday int, opens int, closes int);
INSERT INTO opening
SELECT trial, d, 540, 720 FROM trial, generate_series(0, 4) d WHERE kind = 'office'
UNION ALL SELECT trial, d, 780, 1020 FROM trial, generate_series(0, 4) d WHERE kind = 'office'
UNION ALL SELECT trial, d, 0, 1440 FROM trial, generate_series(0, 6) d WHERE kind = 'always'
UNION ALL SELECT trial, d, 1320, 1800 FROM trial, generate_series(0, 6) d WHERE kind = 'overnight' AND (d = 6 OR random() < 0.6);
INSERT INTO opening
SELECT trial, weekday, opens, opens + 1 + floor(random() * 1439)::int
FROM (
	SELECT trial, n, CASE WHEN kind = 'weekend' THEN 5 + n % 2 ELSE floor(random() * 7)::int END AS weekday, floor(random() * 1440)::int AS opens
	FROM trial, generate_series(1, CASE kind WHEN 'rare' THEN 1 WHEN 'weekend' THEN 3 ELSE 12 END) n
	WHERE kind IN ('mixed', 'weekend', 'rare')
) r;
CREATE TEMP TABLE closing (trial bigint, first_day date, last_day date);
INSERT INTO closing
SELECT trial, day, day + floor(random() * 3)::int
FROM (SELECT trial, kind, since::date + floor(random() * 7)::int AS day, n FROM trial, generate_series(1, 3) n) r
WHERE kind <> 'always' AND random() < 0.4;

CREATE FUNCTION pg_temp.clock(minutes int) RETURNS text LANGUAGE sql
RETURN format('%s:%s', lpad((minutes / 60)::text, 2, '0'), lpad((minutes % 60)::text, 2, '0'));
ALTER TABLE trial ADD calendar business_calendar;
UPDATE trial SET calendar = (zone || ': ' || (
	SELECT string_agg(format('%s %s-%s', (ARRAY['Mon', 'Tuesday', 'WED', 'thu', 'fri', 'Sat', 'Sunday'])[weekday + 1], pg_temp.clock(opens),
		pg_temp.clock(CASE WHEN closes > 1440 THEN closes - 1440 ELSE closes END)), ', ' ORDER BY random())
	FROM opening o WHERE o.trial = trial.trial)
	|| coalesce('; closed ' || (SELECT string_agg(format('%s to %s', first_day, last_day), ', ') FROM closing c WHERE c.trial = trial.trial), ''))::business_calendar;
SELECT ok(count(*) > 35 AND count(DISTINCT zone) = 9 AND count(DISTINCT kind) = 6, 'many calendars of all kinds') FROM trial;

-- The oracle
CREATE INDEX ON opening (trial);
CREATE INDEX ON closing (trial);
ANALYZE opening;
ANALYZE closing;
CREATE TEMP TABLE minute AS
SELECT m.trial, m.at,
	EXISTS (SELECT FROM opening o WHERE o.trial = m.trial
		AND (o.weekday = m.weekday AND m.minute >= o.opens AND m.minute < o.closes
			OR (o.weekday + 1) % 7 = m.weekday AND m.minute + 1440 < o.closes))
	AND NOT EXISTS (SELECT FROM closing c WHERE c.trial = m.trial AND m.day BETWEEN c.first_day AND c.last_day) AS is_open
FROM (
	SELECT t.trial, at, local::date AS day, extract(isodow FROM local)::int - 1 AS weekday, extract(epoch FROM local::time)::int / 60 AS minute
	FROM trial t, generate_series(t.since, t.since + interval '6 days' - interval '1 minute', '1 minute') at, LATERAL (SELECT at AT TIME ZONE t.zone OFFSET 0) l (local)
) m;
CREATE INDEX ON minute (trial, at) WHERE is_open;
ANALYZE minute;
CREATE FUNCTION pg_temp.by_minutes(trial bigint, from_time timestamptz, until_time timestamptz) RETURNS interval LANGUAGE sql
RETURN (SELECT coalesce(sum(least(until_time, m.at + interval '1 minute') - greatest(from_time, m.at)), '0')
	FROM minute m WHERE m.trial = by_minutes.trial AND m.is_open AND m.at > from_time - interval '1 minute' AND m.at < until_time);

CREATE TEMP TABLE span AS
SELECT trial, zone, kind, calendar, least(a, b) AS from_time, greatest(a, b) AS until_time
FROM (
	SELECT t.*, since + random() * interval '6 days' AS a, since + random() * interval '6 days' AS b FROM trial t, generate_series(1, 10)
	UNION ALL	-- to the minute, and short ones
	SELECT t.*, since + floor(random() * 8640) * interval '1 minute', since + floor(random() * 8640) * interval '1 minute' FROM trial t, generate_series(1, 10)
	UNION ALL
	SELECT s.*, a + random() * random() * interval '5 hours' FROM (SELECT t.*, since + random() * interval '5 days' AS a FROM trial t, generate_series(1, 20)) s
	UNION ALL
	SELECT t.*, since, since + interval '6 days' FROM trial t
) r;
SELECT is_empty($$
	SELECT zone, kind, calendar, from_time, until_time, business_time(from_time, until_time, calendar), pg_temp.by_minutes(trial, from_time, until_time)
	FROM span WHERE business_time(from_time, until_time, calendar) IS DISTINCT FROM pg_temp.by_minutes(trial, from_time, until_time) LIMIT 5
$$, 'business time is what the oracle counts, minute by minute and to the microsecond');
SELECT ok(count(*) FILTER (WHERE business_time(from_time, until_time, calendar) = '0') BETWEEN 50 AND count(*) * 0.7, 'of open and of closed spans') FROM span;
SELECT is_empty($$SELECT * FROM span WHERE kind = 'always' AND business_time(from_time, until_time, calendar) <> until_time - from_time$$, 'around the clock it is elapsed time');
SELECT is_empty($$
	SELECT * FROM span, business_time(from_time, until_time, calendar) b
	WHERE extract(year FROM b) <> 0 OR extract(month FROM b) <> 0 OR extract(day FROM b) <> floor(extract(epoch FROM b) / 86400)
$$, 'it has the form of a difference of timestamps: days, and less than a day');

/*
 * Properties, over years
 */
CREATE TEMP TABLE moment AS
SELECT t.trial, t.calendar, since + (random() * 20000 - 10000) * interval '1 day' AS at FROM trial t, generate_series(1, 40);
SELECT is_empty($$
	SELECT t.trial FROM trial t
	CROSS JOIN LATERAL (SELECT min(at) AS first, max(at) AS last FROM moment m WHERE m.trial = t.trial) e
	CROSS JOIN LATERAL (
		SELECT sum(business_time(before, at, t.calendar)) AS parts, bool_and(business_time(before, at, t.calendar) >= '0') AS rises,
			bool_and(business_time(before, at, t.calendar) <= at - before) AS fits
		FROM (SELECT at, lag(at, 1, at) OVER (ORDER BY at) AS before FROM moment m WHERE m.trial = t.trial) p
	) p
	WHERE NOT (p.parts = business_time(e.first, e.last, t.calendar) AND p.rises AND p.fits)
$$, 'parts add up to the whole, none is negative, none is longer than the time itself');
SELECT is_empty($$
	SELECT * FROM trial t, moment m WHERE t.trial = m.trial AND kind = 'always'
		AND business_time(least(at, since), greatest(at, since), t.calendar) <> greatest(at, since) - least(at, since)
$$, 'around the clock it is elapsed time, over years');
SELECT is_empty($$
	SELECT trial, at FROM moment WHERE business_time(at, at, calendar) <> '0'
$$, 'no time is no business time');

-- Weekdays from nine to five, which no clock ever changes in: eight hours each, for centuries,
-- also where the table of the zone ends.
SELECT is_empty($$
	SELECT zone, day, counted
	FROM unnest(ARRAY['America/New_York', 'Pacific/Apia']) zone
	CROSS JOIN LATERAL (
		SELECT day, sum(CASE WHEN extract(isodow FROM day) < 6 THEN 8 ELSE 0 END) OVER (ORDER BY day ROWS UNBOUNDED PRECEDING) * interval '1 hour' AS counted
		FROM generate_series(timestamp '2012-01-01', '2500-12-31', '1 day') day
	) d
	WHERE extract(day FROM day) = 5 AND extract(month FROM day) = 7 AND business_time('2012-01-01'::timestamp AT TIME ZONE zone, (day + interval '1 day') AT TIME ZONE zone,
		(zone || ': Mon-Fri 09:00-17:00')::business_calendar) <> counted
$$, 'centuries of working days');

/*
 * By hand
 */
SELECT is(business_time(from_time::timestamptz, until_time::timestamptz, calendar::business_calendar), answer::interval, title)
FROM (VALUES
	('Friday evening to Monday morning', '2025-01-10 16:30+00', '2025-01-13 09:30+00', 'UTC: Mon-Fri 09:00-17:00', '1 hour'),
	('over lunch', '2025-01-13 11:00+00', '2025-01-13 14:00+00', 'UTC: Mon-Fri 08:00-12:00 13:00-17:00', '2 hours'),
	('a night that is 9 hours long', '2024-10-26 22:00+02', '2024-10-27 06:00+01', 'Europe/Berlin: Sat 22:00-06:00', '9 hours'),
	('a night that is 7 hours long', '2024-03-30 22:00+01', '2024-03-31 06:00+02', 'Europe/Berlin: Sat 22:00-06:00', '7 hours'),
	('the hour shown twice', '2024-10-26 12:00+00', '2024-10-27 12:00+00', 'Europe/Berlin: Sun 02:00-03:00', '2 hours'),
	('the hour left out', '2024-03-30 12:00+00', '2024-03-31 12:00+00', 'Europe/Berlin: Sun 02:00-03:00', '0'),
	('the half hour left out', '2024-10-05 00:00+00', '2024-10-06 12:00+00', 'Australia/Lord_Howe: Sun 02:00-03:00', '30 minutes'),
	('a day left out', '2011-12-29 00:00-10', '2012-01-01 00:00+14', 'Pacific/Apia: Thu-Sat 10:00-12:00', '4 hours'),
	('a night into a holiday', '2024-12-23 12:00+00', '2024-12-27 12:00+00', 'UTC: Mon-Sun 22:00-06:00; closed 2024-12-24 to 2024-12-25', '16 hours'),
	('seconds', '2025-01-13 00:00+00', '2025-01-14 00:00+00', 'UTC: Mon 09:00:10-09:00:11, Mon 23:59:59-00:00:01', '2 seconds'),
	('and on the next day', '2025-01-14 00:00+00', '2025-01-15 00:00+00', 'UTC: Mon 23:59:59-00:00:01', '1 second'),
	('the last microsecond', '2025-01-13 16:59:59.999999+00', '2025-01-13 18:00+00', 'UTC: Mon 09:00-17:00', '1 microsecond'),
	('the first one behind', '2025-01-13 17:00+00', '2025-01-13 17:00:00.000001+00', 'UTC: Mon 09:00-17:00', '0'),
	('all of time', '4713-01-01 00:00+00 BC', '0001-01-01 00:00+00', 'UTC: Mon-Sun 00:00-24:00', (timestamp '0001-01-01' - '4713-01-01 BC')::text),
	('to the last year', '2000-01-03 00:00+00', '294276-12-27 00:00+00', 'Europe/Berlin: Mon-Sun 00:00-24:00', (timestamptz '294276-12-27 00:00+00' - '2000-01-03 00:00+00')::text)
) v (title, from_time, until_time, calendar, answer);

-- Calendars that change from row to row
SELECT results_eq($$
	SELECT business_time('2025-01-13 00:00+00', '2025-01-20 00:00+00', calendar::business_calendar)
	FROM (VALUES (1, 'UTC: Mon 09:00-17:00'), (2, 'UTC: Mon-Tue 09:00-17:00'), (3, NULL), (4, 'UTC: Mon-Tue 09:00-17:00; closed 2025-01-14'), (5, 'UTC: Mon-Tue 09:00-17:00')) v (n, calendar) ORDER BY n
$$, $$VALUES (interval '8 hours'), ('16 hours'), (NULL), ('8 hours'), ('16 hours')$$, 'a calendar may differ from row to row');
-- A long one is stored compressed or out of line, a short one with a short header.
CREATE TEMP TABLE stored AS
SELECT 'short' AS name, business_calendar('UTC', 'Mon 09:00-17:00', '{}') AS calendar
UNION ALL SELECT 'long', business_calendar('UTC', 'Mon 09:00-17:00', ARRAY(SELECT date '1900-01-01' + 3 * n FROM generate_series(0, 20000) n WHERE date '1900-01-01' + 3 * n NOT BETWEEN '2025-01-01' AND '2025-01-31'));
SELECT is(business_time('2025-01-13 00:00+00', '2025-01-20 00:00+00', calendar), interval '8 hours', name || ' calendar, stored') FROM stored;
SELECT is(business_time('1900-01-01 00:00+00', '2064-01-01 00:00+00', calendar), (
		SELECT count(*) * interval '8 hours'
		FROM generate_series(date '1900-01-01', '2063-12-31', '1 week') monday
		LEFT JOIN holidays(s.calendar) h ON h.first_day = monday
		WHERE h.first_day IS NULL),
	'thousands of holidays')
FROM stored s WHERE name = 'long';

/*
 * What is refused
 */
SELECT throws_ok(format($q$SELECT business_time(%L, %L, 'UTC: Mon 09:00-17:00')$q$, a, b), state, message, format('from %s until %s', a, b))
FROM (VALUES
	('2026-01-02', '2026-01-01', '22023', 'the end lies before its start'),
	('2026-01-02 00:00:00.000001', '2026-01-02', '22023', 'the end lies before its start'),
	('2026-01-02', 'infinity', '22008', 'a duration cannot begin or end at infinity'),
	('-infinity', '2026-01-02', '22008', 'a duration cannot begin or end at infinity'),
	('infinity', '-infinity', '22008', 'a duration cannot begin or end at infinity'),
	('4713-01-01 BC', '294276-12-31', '22008', 'a duration is too long to be counted in microseconds')
) v (a, b, state, message);
SELECT is(num_nulls(business_time(NULL, now(), 'UTC: Mon 09:00-17:00'), business_time(now(), NULL, 'UTC: Mon 09:00-17:00'), business_time(now(), now(), NULL)), 3, 'NULL if any argument is');

SELECT * FROM finish();
ROLLBACK;
