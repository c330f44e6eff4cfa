-- Periods in a time zone, against plain SQL.
\set QUIET on
\pset format unaligned
\pset tuples_only on
BEGIN;
SET LOCAL search_path = public, sales_kpi;
SET LOCAL TimeZone = 'Asia/Tokyo';	-- must not matter
SET LOCAL DateStyle = 'SQL, DMY';
SELECT plan(88);

CREATE TEMPORARY TABLE zone (name text PRIMARY KEY);
INSERT INTO zone VALUES
	('UTC'), ('Europe/Berlin'), ('Europe/London'), ('Europe/Lisbon'), ('America/New_York'), ('America/Santiago'),
	('Asia/Kolkata'), ('Asia/Kathmandu'), ('Australia/Lord_Howe'), ('Pacific/Chatham'), ('Pacific/Kwajalein'),
	('America/Sao_Paulo'), ('America/St_Johns'), ('America/Toronto'), ('America/Havana'), ('America/Asuncion'),
	('Africa/Cairo'), ('Asia/Gaza'), ('Asia/Beirut'), ('Asia/Amman'), ('Asia/Tehran'), ('Antarctica/Casey'),
	('Atlantic/Azores'), ('America/Scoresbysund'), ('Pacific/Apia');
CREATE TEMPORARY TABLE grain (name text PRIMARY KEY);
INSERT INTO grain VALUES ('day'), ('week'), ('month'), ('quarter'), ('year');

/*
 * Instants of each zone from 1985 to 2035: around every change of the clocks, each
 * half hour and each midnight; around every first of a month; and random ones.
 */
SELECT setseed(0.42);
CREATE TEMPORARY TABLE instant AS
WITH noon AS (
	SELECT z.name AS zone, noon, (noon AT TIME ZONE z.name) - (noon AT TIME ZONE 'UTC') AS utc_offset
	FROM zone z, generate_series(timestamptz '1985-01-01 12:00+00', '2035-12-31 12:00+00', '1 day') noon
), change AS (
	SELECT zone, noon
	FROM (SELECT *, lag(utc_offset) OVER (PARTITION BY zone ORDER BY noon) AS offset_before FROM noon) o
	WHERE utc_offset <> offset_before
), midnight AS (
	SELECT zone, ((noon AT TIME ZONE zone)::date + d)::timestamp AT TIME ZONE zone AS at
	FROM change, generate_series(-2, 2) d
	UNION ALL
	SELECT z.name, first AT TIME ZONE z.name
	FROM zone z, generate_series(timestamp '1985-02-01', '2035-12-01', '1 month') first
)
SELECT zone, at, at AT TIME ZONE zone AS local
FROM (
	SELECT zone, at + d * interval '1 microsecond' AS at FROM midnight, generate_series(-1, 1) d
	UNION
	SELECT zone, noon + n * interval '30 minutes' FROM change, generate_series(-54, 6) n
	UNION
	SELECT name, timestamptz '1985-01-01 00:00+00' + random() * interval '50 years' FROM zone, generate_series(1, 1000)
) s;
ANALYZE instant;

/*
 * The rule in one line: an instant is in the earliest period that the clocks show
 * at it or later. They show an earlier one later only where they are set back.
 */
CREATE TEMPORARY TABLE compared AS
SELECT g.name AS grain, i.zone, i.at,
	date_trunc(g.name, i.local)::date AS truncated,
	(min(date_trunc(g.name, i.local)) OVER (PARTITION BY g.name, i.zone ORDER BY i.at DESC))::date AS expected,
	period_start(g.name, i.at, i.zone) AS got
FROM instant i, grain g;

SELECT cmp_ok(count(*), '>', 500000::bigint, 'instants of many zones, dense around changes of the clocks') FROM compared;
SELECT is_empty(
	$$SELECT grain, zone, at AT TIME ZONE 'UTC', expected, got FROM compared WHERE got IS DISTINCT FROM expected LIMIT 10$$,
	'period_start is the earliest period shown at the instant or later');
SELECT set_eq(
	$$SELECT DISTINCT zone FROM compared WHERE grain = 'day' AND got <> truncated$$,
	ARRAY['America/St_Johns', 'Antarctica/Casey'],
	'it differs from date_trunc in zones that set clocks back over midnight, and in no other');
SELECT is(min(truncated - got) || ' ' || max(truncated - got), '1 1', 'and there by one day')
FROM compared WHERE grain = 'day' AND got <> truncated;

/*
 * Where the clocks do something at midnight: the day's boundaries, in UTC.
 */
CREATE FUNCTION pg_temp.boundaries(grain text, from_time timestamptz, until_time timestamptz, zone text)
RETURNS text[] LANGUAGE sql AS $$
	SELECT array_agg(to_char(b AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') ORDER BY n)
	FROM unnest(periods(grain, from_time, until_time, zone)) WITH ORDINALITY u(b, n);
$$;
SELECT is(pg_temp.boundaries('day', '2009-10-31 12:00+00', '2009-11-01 12:00+00', 'America/St_Johns'),
	'{2009-10-31 02:30:00,2009-11-01 03:30:00,2009-11-02 03:30:00}',
	'St John''s, 2009: set back from 00:01 to 23:01, the day begins with the second midnight');
SELECT is(pg_temp.boundaries('day', '2018-11-03 12:00+00', '2018-11-04 12:00+00', 'America/Sao_Paulo'),
	'{2018-11-03 03:00:00,2018-11-04 03:00:00,2018-11-05 02:00:00}',
	'Sao Paulo, 2018: set forward from 00:00 to 01:00, a day of 23 hours');
SELECT is(pg_temp.boundaries('day', '2019-02-16 12:00+00', '2019-02-17 12:00+00', 'America/Sao_Paulo'),
	'{2019-02-16 02:00:00,2019-02-17 03:00:00,2019-02-18 03:00:00}',
	'Sao Paulo, 2019: set back from 24:00 to 23:00, a day of 25 hours');
SELECT is(pg_temp.boundaries('day', '2011-12-29 12:00+00', '2011-12-31 09:00+00', 'Pacific/Apia'),
	'{2011-12-29 10:00:00,2011-12-30 10:00:00,2011-12-31 10:00:00}',
	'Apia, 2011: the 30th of December never was');
SELECT is(pg_temp.boundaries('day', '1892-07-04 00:00+00', '1892-07-05 00:00+00', 'Pacific/Apia'),
	'{1892-07-03 11:26:56,1892-07-05 11:26:56}',
	'Apia, 1892: the 4th of July was twice');
SELECT is(pg_temp.boundaries('day', '1993-08-20 13:00+00', '1993-08-21 13:00+00', 'Pacific/Kwajalein'),
	'{1993-08-20 12:00:00,1993-08-21 12:00:00,1993-08-22 12:00:00}',
	'Kwajalein, 1993: the 21st of August never was');
SELECT is(pg_temp.boundaries('day', '2023-04-27 12:00+00', '2023-04-28 12:00+00', 'Africa/Cairo'),
	'{2023-04-26 22:00:00,2023-04-27 22:00:00,2023-04-28 21:00:00}',
	'Cairo, 2023: set forward from 00:00 to 01:00');
SELECT is(pg_temp.boundaries('day', '2023-10-26 12:00+00', '2023-10-27 12:00+00', 'Africa/Cairo'),
	'{2023-10-25 21:00:00,2023-10-26 22:00:00,2023-10-27 22:00:00}',
	'Cairo, 2023: set back from 24:00 to 23:00');
SELECT is(pg_temp.boundaries('day', '2021-10-28 12:00+00', '2021-10-29 12:00+00', 'Asia/Gaza'),
	'{2021-10-27 21:00:00,2021-10-28 21:00:00,2021-10-29 22:00:00}',
	'Gaza, 2021: set back from 01:00 to 00:00, the day begins with the first midnight');
SELECT is(pg_temp.boundaries('day', '2020-10-31 12:00+00', '2020-11-01 12:00+00', 'America/Havana'),
	'{2020-10-31 04:00:00,2020-11-01 04:00:00,2020-11-02 05:00:00}',
	'Havana, 2020: the same on the first day of a month');
SELECT is(pg_temp.boundaries('day', '1919-03-30 12:00+00', '1919-03-31 12:00+00', 'America/Toronto'),
	'{1919-03-30 05:00:00,1919-03-31 04:30:00,1919-04-01 04:00:00}',
	'Toronto, 1919: set forward from 23:30 to 00:30, the day begins with the change');
SELECT is(pg_temp.boundaries('month', '2009-10-15 00:00+00', '2009-11-15 00:00+00', 'America/St_Johns'),
	'{2009-10-01 02:30:00,2009-11-01 03:30:00,2009-12-01 03:30:00}',
	'months begin where their first days do');
SELECT results_eq(
	$$SELECT at, period_start('day', at::timestamptz, zone), period_start('month', at::timestamptz, zone)
	FROM (VALUES
		('America/St_Johns', '2009-11-01 02:29:59.999999+00'), ('America/St_Johns', '2009-11-01 02:30:00+00'),
		('America/St_Johns', '2009-11-01 03:29:59.999999+00'), ('America/St_Johns', '2009-11-01 03:30:00+00'),
		('Pacific/Apia', '2011-12-30 09:59:59.999999+00'), ('Pacific/Apia', '2011-12-30 10:00:00+00'),
		('America/Havana', '2020-11-01 03:59:59.999999+00'), ('America/Havana', '2020-11-01 04:00:00+00'),
		('America/Toronto', '1919-03-31 04:29:59.999999+00'), ('America/Toronto', '1919-03-31 04:30:00+00')
	) AS s(zone, at)$$,
	$$VALUES
		('2009-11-01 02:29:59.999999+00', date '2009-10-31', date '2009-10-01'), ('2009-11-01 02:30:00+00', '2009-10-31', '2009-10-01'),
		('2009-11-01 03:29:59.999999+00', '2009-10-31', '2009-10-01'), ('2009-11-01 03:30:00+00', '2009-11-01', '2009-11-01'),
		('2011-12-30 09:59:59.999999+00', '2011-12-29', '2011-12-01'), ('2011-12-30 10:00:00+00', '2011-12-31', '2011-12-01'),
		('2020-11-01 03:59:59.999999+00', '2020-10-31', '2020-10-01'), ('2020-11-01 04:00:00+00', '2020-11-01', '2020-11-01'),
		('1919-03-31 04:29:59.999999+00', '1919-03-30', '1919-03-01'), ('1919-03-31 04:30:00+00', '1919-03-31', '1919-03-01')$$,
	'each of those boundaries divides to the microsecond');

/*
 * periods() and period_start() are one idea.
 */
CREATE TEMPORARY TABLE span AS
SELECT g.name AS grain, z.name AS zone, periods(g.name, '1990-02-03 04:05+00', '2026-06-07 08:09+00', z.name) AS boundaries
FROM grain g, zone z;
CREATE TEMPORARY TABLE period AS
SELECT grain, zone, n, b AS start, lead(b) OVER (PARTITION BY grain, zone ORDER BY n) AS until
FROM span, unnest(boundaries) WITH ORDINALITY u(b, n);
SELECT is_empty($$SELECT * FROM period WHERE start >= until$$, 'boundaries rise');
SELECT is_empty(
	$$SELECT grain, zone, start AT TIME ZONE 'UTC' FROM period
	WHERE period_start(grain, start, zone) <> period_start(grain, until - interval '1 microsecond', zone)
		OR period_start(grain, start, zone) >= period_start(grain, until, zone)$$,
	'from boundary to boundary there is one period, and another begins with each');
SELECT is_empty(
	$$SELECT grain, zone FROM span
	WHERE NOT (boundaries[1] <= '1990-02-03 04:05+00' AND boundaries[2] > '1990-02-03 04:05+00'
		AND boundaries[cardinality(boundaries) - 1] < '2026-06-07 08:09+00' AND boundaries[cardinality(boundaries)] >= '2026-06-07 08:09+00')$$,
	'periods cover the span, and no more than it needs');
SELECT is_empty(
	$$SELECT grain, zone, at AT TIME ZONE 'UTC', got, start AT TIME ZONE 'UTC'
	FROM (
		SELECT grain, zone, at, got, max(start) OVER (PARTITION BY grain, zone ORDER BY at) AS start
		FROM (
			SELECT grain, zone, start AS at, NULL::date AS got, start FROM period
			UNION ALL
			SELECT grain, zone, at, got, NULL FROM compared WHERE at BETWEEN '1990-02-04' AND '2026-06-07'
		) boundary_or_instant
		WHERE zone IN ('America/St_Johns', 'America/Sao_Paulo', 'America/Havana', 'Antarctica/Casey', 'Pacific/Apia', 'Pacific/Kwajalein', 'Africa/Cairo', 'Asia/Gaza')
	) s
	WHERE got <> (start AT TIME ZONE zone)::date LIMIT 10$$,
	'period_start is the day on which the interval begins that holds the instant');
SELECT is_empty(
	$$SELECT grain, zone, start AT TIME ZONE 'UTC' FROM period p
	WHERE start BETWEEN '1990-02-04' AND '2026-06-07' AND NOT EXISTS (SELECT FROM period d WHERE d.grain = 'day' AND d.zone = p.zone AND d.start = p.start)$$,
	'weeks, months, quarters and years begin with a day');
SELECT is(periods('month', '2025-03-01 00:00+00', '2025-03-01 00:00+00', 'UTC'), ARRAY[timestamptz '2025-03-01 00:00+00'],
	'an empty span on a boundary has no period');
SELECT is(periods('month', '2025-03-01 00:00+00', '2025-04-01 00:00+00', 'UTC'), ARRAY[timestamptz '2025-03-01 00:00+00', '2025-04-01 00:00+00'],
	'the end of a span is exclusive');
SELECT is(cardinality(periods('day', '1000-01-01 00:00+00', '2000-01-01 00:00+00', 'UTC')), 365243, 'a thousand years of days');

/*
 * Fiscal years.
 */
CREATE FUNCTION pg_temp.fiscal(grain text, local timestamp, fiscal_start integer) RETURNS date LANGUAGE sql IMMUTABLE AS $$
	SELECT (date_trunc(grain, local - make_interval(months => fiscal_start - 1)) + make_interval(months => fiscal_start - 1))::date;
$$;
CREATE TEMPORARY TABLE fiscal AS
SELECT grain, zone, at, fiscal_start, period_start(grain, at, zone, fiscal_start) AS got,
	min(pg_temp.fiscal(grain, local, fiscal_start)) OVER (PARTITION BY grain, zone, fiscal_start ORDER BY at DESC) AS expected
FROM instant, (VALUES ('quarter'), ('year')) g(grain), generate_series(1, 12) fiscal_start
WHERE zone IN ('UTC', 'Pacific/Apia', 'America/St_Johns') AND extract(minute FROM local) NOT IN (0, 30);
SELECT cmp_ok(count(*), '>', 50000::bigint, 'instants in fiscal years') FROM fiscal;
SELECT is_empty($$SELECT * FROM fiscal WHERE got IS DISTINCT FROM expected LIMIT 10$$, 'fiscal years and their quarters, from each month');
SELECT is_empty(
	$$SELECT * FROM (SELECT * FROM compared WHERE zone = 'Europe/Berlin' AND grain IN ('day', 'week', 'month') LIMIT 20000) c, generate_series(1, 12) fiscal_start
	WHERE period_start(grain, at, zone, fiscal_start) <> got$$,
	'a fiscal year changes no day, week or month');
SELECT results_eq(
	$$SELECT period_start(grain, at, 'UTC', 4) FROM (VALUES ('year'), ('quarter')) g(grain),
		(VALUES (timestamptz '2025-03-31 23:59:59.999999+00'), ('2025-04-01 00:00+00'), ('2026-03-31 12:00+00')) i(at)
		ORDER BY grain DESC, at$$,
	$$VALUES (date '2024-04-01'), ('2025-04-01'), ('2025-04-01'), ('2025-01-01'), ('2025-04-01'), ('2026-01-01')$$,
	'a year from April to March');
SELECT is(pg_temp.boundaries('year', '2024-02-29 00:00+00', '2026-02-01 00:00+00', 'Asia/Kolkata'), '{2023-12-31 18:30:00,2024-12-31 18:30:00,2025-12-31 18:30:00,2026-12-31 18:30:00}', 'calendar years');
SELECT is(
	(SELECT array_agg(to_char(b AT TIME ZONE 'Asia/Kolkata', 'YYYY-MM-DD HH24:MI') ORDER BY b)
	FROM unnest(periods('quarter', '2024-02-29 00:00+00', '2024-06-01 00:00+00', 'Asia/Kolkata', 2)) b),
	'{2024-02-01 00:00,2024-05-01 00:00,2024-08-01 00:00}', 'quarters of a year from February');

/*
 * Names of zones: whatever AT TIME ZONE takes.
 */
SELECT is_empty(
	format($$SELECT at AT TIME ZONE 'UTC', date_trunc(g.name, at AT TIME ZONE %1$L), period_start(g.name, at, %1$L)
	FROM instant, grain g
	WHERE zone = 'Europe/London' AND date_trunc(g.name, at AT TIME ZONE %1$L)::date <> period_start(g.name, at, %1$L) LIMIT 10$$, zone),
	'the zone ' || zone)
FROM unnest(ARRAY['europe/LONDON', 'utc', '+05:30', '-03', '<+0530>-5:30', 'EST5EDT', 'CET-1CEST,M3.5.0,M10.5.0/3', 'EST', 'CEST', 'MSK']) AS zone;

/*
 * From 4714 BC to 294276, jumping: what is remembered shall mislead nobody.
 */
CREATE TEMPORARY TABLE far AS
SELECT at, zone, at AT TIME ZONE zone AS local
FROM (
	SELECT to_timestamp(-210864000000 + random() * 9435000000000) FROM generate_series(1, 5000)
	UNION ALL
	SELECT to_timestamp(-210864000000 + random() * 300000000000) FROM generate_series(1, 5000)
	UNION ALL
	SELECT timestamptz '2015-01-01 00:00+00' + random() * interval '10 years' FROM generate_series(1, 10000)
	UNION ALL
	SELECT timestamptz '0202-01-01 00:00+00' + random() * interval '10 years' FROM generate_series(1, 300)
	UNION ALL
	SELECT timestamptz '1970-01-01 00:00+00' FROM generate_series(1, 100)
) i(at), (VALUES ('UTC'), ('Europe/Berlin'), ('America/New_York')) z(zone);
SELECT is_empty(
	format($$SELECT name, zone, local, got FROM (
		SELECT name, zone, local, period_start(name, at, zone) AS got FROM (SELECT * FROM far, grain ORDER BY %s) o
	) s WHERE got <> date_trunc(name, local)::date LIMIT 10$$, ordered),
	'far jumps, ordered by ' || ordered)
FROM unnest(ARRAY['name, zone, random()', 'name, zone, at', 'name, zone, at DESC', 'random()']) AS ordered;
SELECT is_empty(
	$$SELECT grain, zone, at FROM (SELECT * FROM compared WHERE at > '2000-01-01' ORDER BY random() LIMIT 100000) c
	WHERE period_start(grain, at, zone) <> got$$,
	'grain and zone change from row to row, more of them than are remembered');
SELECT is_empty(
	$$SELECT grain, zone, at FROM (
		SELECT *, CASE grain WHEN 'month' THEN period_start('month', at, zone) ELSE got END AS of_grain,
			CASE zone WHEN 'Africa/Cairo' THEN period_start(grain, at, 'Africa/Cairo') ELSE got END AS of_zone,
			CASE WHEN grain = 'week' AND zone = 'Africa/Cairo' THEN period_start('week', at, 'Africa/Cairo') ELSE got END AS of_both
		FROM (SELECT * FROM compared ORDER BY random() LIMIT 100000) c
	) s WHERE of_grain <> got OR of_zone <> got OR of_both <> got$$,
	'a grain, a zone, or both are constant, and others change beside them');
SELECT is_empty(
	$$SELECT at, month FROM instant, generate_series(1, 12) month
	WHERE zone = 'UTC' AND extract(month FROM at AT TIME ZONE 'UTC') = month AND extract(day FROM at AT TIME ZONE 'UTC') = 2
		AND period_start('year', at, 'UTC', month) <> (at AT TIME ZONE 'UTC')::date - 1$$,
	'grain and zone are constant, and fiscal years begin with the month of the row');
SELECT results_eq(
	$$SELECT period_start('month', at, 'Europe/Berlin') FROM (VALUES
		(timestamptz '2026-01-31 23:30+00'), ('infinity'), ('2026-01-31 22:30+00'), ('-infinity'), ('0044-03-15 12:00+00 BC'), ('2026-02-28 22:59+00')) s(at)$$,
	$$VALUES (date '2026-02-01'), ('infinity'), ('2026-01-01'), ('-infinity'), ('0044-03-01 BC'), ('2026-02-01')$$,
	'one calendar, and instants outside of any');
SELECT is(period_start(grain, at, 'UTC')::text, start, grain || ' at an end of time')
FROM (VALUES
	('day', timestamptz '294276-12-31 23:59:59.999999+00', '31/12/294276'),
	('year', '294276-12-31 23:59:59.999999+00', '01/01/294276'),
	('day', '4714-11-24 00:00+00 BC', '24/11/4714 BC')
) e(grain, at, start);

/*
 * Whoever calls.
 */
CREATE TABLE many AS SELECT at, local FROM instant WHERE zone = 'Europe/Berlin';
ANALYZE many;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF, VERBOSE) ' || query;
END $$;
PREPARE in_workers AS SELECT period_start('month', at, 'Europe/Berlin') AS month, count(*) FROM many GROUP BY 1;
SELECT matches(string_agg(line, E'\n'), 'Gather.*period_start.*Parallel Seq Scan', 'workers call period_start')
FROM pg_temp.plan('EXECUTE in_workers') AS line;
SELECT set_eq('EXECUTE in_workers', $$SELECT date_trunc('month', local)::date, count(*) FROM many GROUP BY 1$$, 'and agree');
SET LOCAL max_parallel_workers_per_gather = 0;

DECLARE one_by_one SCROLL CURSOR FOR
SELECT period_start('week', day, 'Europe/Berlin') FROM generate_series(timestamptz '2025-03-24 12:00+00', '2035-01-01 12:00+00', '1 week') day;
SELECT results_eq('FETCH 2 FROM one_by_one', $$VALUES (date '2025-03-24'), ('2025-03-31')$$, 'a cursor');
MOVE FORWARD 100 IN one_by_one;
SELECT results_eq('FETCH 1 FROM one_by_one', $$VALUES (date '2027-03-08')$$, 'further on');
MOVE BACKWARD 102 IN one_by_one;
SELECT results_eq('FETCH 1 FROM one_by_one', $$VALUES (date '2025-03-31')$$, 'and back');

CREATE FUNCTION pg_temp.in_sql(text, timestamptz, text) RETURNS date LANGUAGE sql SET DateStyle = 'ISO' AS 'SELECT period_start($1, $2, $3)';
CREATE FUNCTION pg_temp.in_plpgsql(text, timestamptz, text) RETURNS date LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		PERFORM period_start($1, $2, $3 || '?');
	EXCEPTION WHEN invalid_parameter_value THEN
		RETURN period_start($1, $2, $3);
	END;
END $$;
SELECT is_empty(
	format($$SELECT * FROM (SELECT * FROM compared ORDER BY random() LIMIT 10000) c WHERE pg_temp.%s(grain, at, zone) IS DISTINCT FROM got$$, caller),
	'called ' || caller)
FROM unnest(ARRAY['in_sql', 'in_plpgsql']) AS caller;

/*
 * No value, and bad ones.
 */
SELECT is(period_start(grain, at, zone, fiscal_start), NULL, 'NULL is unknown')
FROM (VALUES (NULL, now(), 'UTC', 1), ('day', NULL, 'UTC', 1), ('day', now(), NULL, 1), ('day', now(), 'UTC', NULL)) n(grain, at, zone, fiscal_start);
SELECT is(periods('day', now(), NULL, 'UTC'), NULL, 'so it is as the end of a span');
SELECT is(period_start('month', 'infinity', 'UTC'), 'infinity', 'what never happens is in no month');
SELECT is(period_start('month', '-infinity', 'UTC'), '-infinity', 'nor what always was');

SELECT throws_ok($$SELECT period_start('$$ || grain || $$', now(), 'UTC')$$, '22023', '"' || grain || '" is not a grain', 'the grain "' || grain || '"')
FROM unnest(ARRAY['', 'Month', 'months', 'decade', 'dayday']) AS grain;
SELECT throws_ok($$SELECT period_start('day', now(), '$$ || zone || $$')$$, '22023', 'time zone "' || zone || '" not recognized', 'the zone "' || zone || '"')
FROM unnest(ARRAY['', 'Europe/Berln', 'today', repeat('x', 200)]) AS zone;
SELECT throws_ok($$SELECT period_start('day', 'infinity', 'Europe/Berln')$$, '22023', 'time zone "Europe/Berln" not recognized', 'whatever the instant');
SELECT throws_ok($$SELECT period_start('year', now(), 'UTC', $$ || month || ')', '22023', 'a fiscal year cannot start in month ' || month, 'month ' || month)
FROM unnest(ARRAY[0, 13, -1, 2147483647]) AS month;
SELECT throws_ok($$SELECT periods('day', '2000-01-01', '2030-01-01', 'AAA100BBB-60,M3.1.0,M10.1.0')$$, '22023',
	'time zone "AAA100BBB-60,M3.1.0,M10.1.0" sets its clocks by more than a day', 'a zone out of this world');
SELECT throws_ok($$SELECT period_start('year', '4714-12-01 00:00+00 BC', 'UTC')$$, '22008', 'a year reaches beyond the range of dates', 'before the first date');
SELECT throws_ok($$SELECT periods('year', '294276-06-01 00:00+00', '294276-07-01 00:00+00', 'UTC')$$, '22008', 'a year reaches beyond the range of dates', 'after the last date');
SELECT throws_ok($$SELECT period_start('day', '294276-12-31 23:00+00', 'Asia/Tokyo')$$, '22008', NULL, 'a local time after the last date');
SELECT throws_ok($$SELECT periods('day', '2000-01-01', 'infinity', 'UTC')$$, '22008', 'periods have no end between infinite times', 'without an end');
SELECT throws_ok($$SELECT periods('day', '-infinity', '2000-01-01', 'UTC')$$, '22008', 'periods have no end between infinite times', 'without a start');
SELECT throws_ok($$SELECT periods('day', '2000-01-02', '2000-01-01', 'UTC')$$, '22023', 'the end lies before its start', 'an end before its start');
SELECT throws_ok($$SELECT periods('day', '4000-01-01 00:00+00 BC', '2000-01-01 00:00+00', 'UTC')$$, '54000', 'too many periods', 'six thousand years of days');

SELECT * FROM finish();
ROLLBACK;
