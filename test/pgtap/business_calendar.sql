-- Calendars as text, as messages, in tables, and asked for their parts. What cannot be is
-- refused by an error that says where; what is taken reads back to the same bytes.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;
SET datestyle = 'SQL, DMY';	-- must not matter

CREATE TEMP TABLE specimen AS
SELECT name, calendar::business_calendar AS state
FROM (VALUES
	('office', 'Europe/Berlin: Mon-Thu 08:00-12:00 13:00-17:00, Fri 08:00-14:00; closed 2025-12-24 to 2025-12-26, 2026-01-01'),
	('around the clock', 'Etc/UTC: Mon-Sun 00:00-24:00'),
	('nights', 'America/New_York: Mon-Sun 22:00-06:00'),
	('over the week''s end', 'Australia/Lord_Howe: Sat-Sun 18:30-03:15'),
	('one second', 'Pacific/Apia: Sun 23:59:59-24:00; closed 0001-01-01, 9999-12-31'),
	('all but a second', 'Asia/Kolkata: Mon-Sun 00:00:01-24:00')
) v (name, calendar)
UNION ALL
SELECT 'many holidays', business_calendar('Etc/UTC', 'Mon 09:00-17:00, Wed 10:00-16:00', ARRAY(SELECT date '2000-01-01' + 2 * n FROM generate_series(1, 40) n))
UNION ALL
SELECT 'far holidays', business_calendar('Etc/UTC', 'Mon 09:00-17:00, Wed 10:00-16:00', ARRAY(SELECT date '1600-01-01' + 3000 * n FROM generate_series(1, 40) n));

CREATE TEMP TABLE zone AS SELECT name FROM pg_timezone_names;

-- Taken apart and put together again, it is the same.
CREATE FUNCTION pg_temp.rebuilt(c business_calendar) RETURNS business_calendar LANGUAGE sql
RETURN business_calendar(time_zone(c),
	(SELECT string_agg(format('%s %s-%s', weekday, opens, closes), ', ' ORDER BY random()) FROM opening_hours(c)),
	ARRAY(SELECT day::date FROM holidays(c), generate_series(first_day, last_day, '1 day') day ORDER BY random()));
CREATE FUNCTION pg_temp.fault_of(c business_calendar) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	IF business_calendar_send(c::text::business_calendar) <> business_calendar_send(c) THEN
		RETURN 'does not read back';
	ELSIF c::text::business_calendar::text <> c::text THEN
		RETURN 'is written in two ways';
	ELSIF NOT EXISTS (SELECT FROM zone WHERE name = time_zone(c)) THEN
		RETURN 'has no zone';
	ELSIF EXISTS (SELECT FROM (SELECT first_day, last_day, lag(last_day) OVER (ORDER BY first_day) AS before FROM holidays(c)) h WHERE first_day > last_day OR first_day <= before + 1) THEN
		RETURN 'holidays are out of order';
	ELSIF NOT business_time('2000-01-03', '2000-01-17', c) BETWEEN '0' AND interval '14 days' THEN
		RETURN 'business time is impossible';
	ELSIF (SELECT coalesce(sum(last_day - first_day), 0) FROM holidays(c)) < 2000 AND business_calendar_send(pg_temp.rebuilt(c)) <> business_calendar_send(c) THEN
		RETURN 'is not the sum of its parts';
	END IF;
	RETURN NULL;
END $$;

\set type business_calendar
\set parts_are_texts 1
\set pieces '0 1 9 : - , ; . Mon Sat Sunday closed to 24:00 00:00 06:30 2024-02-29 UTC Europe/ CET ü'
\set numbers '0 07 00 12 17 24 60 1000 2147483648 9223372036854775807 99999999999999999999'
\set text_refusals '{22P02,22023}'
\set message_refusals '{22P03}'
-- what lies far apart bears more damage
\set texts 'CASE name WHEN ''far holidays'' THEN 600 ELSE 150 END'
\set messages 'CASE name WHEN ''far holidays'' THEN 280 ELSE 70 END'
\ir include/damage.sql
SELECT is_empty($$
	SELECT part, outcome FROM (
		SELECT left(state::text, n) AS part, pg_temp.fault_of_text(left(state::text, n)) AS outcome FROM specimen, generate_series(0, length(state::text)) n WHERE name IN ('office', 'one second')
	) p WHERE outcome NOT IN ('taken', 'refused')
$$, 'a text that is cut off is refused, or is a calendar');

/*
 * As text: what is written in many ways is read as one
 */
SELECT is(pg_temp.reading(t), answer, left(regexp_replace(t, '\s+', ' ', 'g'), 80))
FROM (VALUES
	('utc:mon 9:00-17:00', 'UTC: Mon 09:00-17:00'),
	('  europe/BERLIN :  MONDAY   08:00 - 12:00  13:00-17:00  ,tuesday 8:00-12:00 13:00-17:00  ', 'Europe/Berlin: Mon-Tue 08:00-12:00 13:00-17:00'),
	(E'UTC:\n\tMon 08:00-12:00,\n\tTue 09:00-10:00;\n\tclosed 2025-01-01\n', 'UTC: Mon 08:00-12:00, Tue 09:00-10:00; closed 2025-01-01'),
	('etc/gmt+5: Mon 09:00-17:00', 'Etc/GMT+5: Mon 09:00-17:00'),
	('UTC: Mon Wed - Fri 09:00-17:00', 'UTC: Mon Wed-Fri 09:00-17:00'),
	('UTC: Sat-Mon 09:00-17:00', 'UTC: Mon Sat-Sun 09:00-17:00'),
	('UTC: Mon-Mon 09:00-17:00', 'UTC: Mon 09:00-17:00'),
	('UTC: Tue-Mon 09:00-17:00', 'UTC: Mon-Sun 09:00-17:00'),
	('UTC: Fri 09:00-17:00, Mon 09:00-17:00, Wed 09:00-17:00', 'UTC: Mon Wed Fri 09:00-17:00'),
	('UTC: Fri 08:00-14:00, Mon-Thu 09:00-17:00', 'UTC: Mon-Thu 09:00-17:00, Fri 08:00-14:00'),
	('UTC: Mon 13:00-17:00 08:00-12:00', 'UTC: Mon 08:00-12:00 13:00-17:00'),
	('UTC: Mon 09:00-13:00 12:00-17:00 10:00-11:00', 'UTC: Mon 09:00-17:00'),
	('UTC: Mon 09:00-12:00, Mon 12:00-17:00', 'UTC: Mon 09:00-17:00'),
	('UTC: Mon 09:00:00-17:00:30', 'UTC: Mon 09:00-17:00:30'),
	('UTC: Mon 22:00-24:00, Tue 00:00-06:00', 'UTC: Mon 22:00-06:00'),
	('UTC: Mon 22:00-00:00', 'UTC: Mon 22:00-24:00'),
	('UTC: Sun 22:00-06:00', 'UTC: Sun 22:00-06:00'),
	('UTC: Mon 00:00-06:00, Sun 22:00-24:00', 'UTC: Sun 22:00-06:00'),
	('UTC: Mon 00:00-06:00 07:00-08:00, Sun 22:00-24:00', 'UTC: Mon 07:00-08:00, Sun 22:00-06:00'),
	('UTC: Mon 12:00-24:00, Tue 00:00-12:00', 'UTC: Mon 12:00-24:00, Tue 00:00-12:00'),
	('UTC: Mon 12:00-11:59:59', 'UTC: Mon 12:00-11:59:59'),
	('UTC: Mon-Wed 12:00-11:00, Mon-Wed 11:00-12:00', 'UTC: Mon 11:00-24:00, Tue-Wed 00:00-24:00, Thu 00:00-11:00'),
	('UTC: Mon-Sun 12:00-11:00 10:00-13:00', 'UTC: Mon-Sun 00:00-24:00'),
	('UTC: Sat-Sun 00:00-24:00, Mon 00:00-01:00', 'UTC: Mon 00:00-01:00, Sat-Sun 00:00-24:00'),
	('UTC: Mon 09:00-17:00; CLOSED 2025-12-26, 2025-12-24 TO 2025-12-25 , 2024-02-29', 'UTC: Mon 09:00-17:00; closed 2024-02-29, 2025-12-24 to 2025-12-26'),
	('UTC: Mon 09:00-17:00; closed 2025-01-01 to 2025-01-01, 2025-01-03, 2025-01-01', 'UTC: Mon 09:00-17:00; closed 2025-01-01, 2025-01-03'),
	('UTC: Mon 09:00-17:00; closed 0001-01-01 to 9999-12-31', 'UTC: Mon 09:00-17:00; closed 0001-01-01 to 9999-12-31'),
	('UTC: ' || repeat('Mon-Sun 09:00-10:00 11:00-12:00, ', 20000) || 'Mon 10:00-11:00', 'UTC: Mon 09:00-12:00, Tue-Sun 09:00-10:00 11:00-12:00'),
	-- none
	('', '22P02'), (' ', '22P02'), (':', '22P02'), ('UTC', '22P02'), ('UTC:', '22P02'), ('UTC: ', '22P02'), ('UTC: ;', '22P02'), ('UTC: closed 2025-01-01', '22P02'), ('NULL', '22P02'),
	('Mon-Fri 09:00-17:00', '22023'), (': Mon 09:00-17:00', '22P02'), (' : Mon 09:00-17:00', '22P02'),
	('Berlin: Mon 09:00-17:00', '22023'), ('Berlin2: Mon 09:00-17:00', '22023'), ('Europe/Berlin2: Mon 09:00-17:00', '22023'), ('CET: Mon 09:00-17:00', '22023'), ('EST: Mon 09:00-17:00', '22023'),
	('UTC+3: Mon 09:00-17:00', '22023'), ('<+03>-3: Mon 09:00-17:00', '22023'), ('+03: Mon 09:00-17:00', '22023'), ('../UTC: Mon 09:00-17:00', '22023'), ('Europe/: Mon 09:00-17:00', '22023'),
	('Europe/Berlin UTC: Mon 09:00-17:00', '22023'), (repeat('x', 10000) || ': Mon 09:00-17:00', '22023'), (repeat('ü', 200) || ': Mon 09:00-17:00', '22023'),
	('UTC: Mo 09:00-17:00', '22P02'), ('UTC: Mond 09:00-17:00', '22P02'), ('UTC: Mondays 09:00-17:00', '22P02'), ('UTC: 09:00-17:00', '22P02'), ('UTC: Mon', '22P02'), ('UTC: Mon-', '22P02'),
	('UTC: Mon-Fri', '22P02'), ('UTC: Mon--Fri 09:00-17:00', '22P02'), ('UTC: Mon-Fri-Sat 09:00-17:00', '22P02'), ('UTC: Mon,Tue 09:00-17:00', '22P02'), ('UTC: Mon/Tue 09:00-17:00', '22P02'),
	('UTC: Mon 09:00', '22P02'), ('UTC: Mon 09:00-', '22P02'), ('UTC: Mon -17:00', '22P02'), ('UTC: Mon 9-17', '22P02'), ('UTC: Mon 09-17:00', '22P02'), ('UTC: Mon 09:00-17:0', '22P02'),
	('UTC: Mon 09:000-17:00', '22P02'), ('UTC: Mon 009:00-17:00', '22P02'), ('UTC: Mon 09:00-17:00:0', '22P02'), ('UTC: Mon 09:00-17:00:00.5', '22P02'), ('UTC: Mon 09.00-17.00', '22P02'),
	('UTC: Mon 9:00am-5:00pm', '22P02'), ('UTC: Mon -09:00-17:00', '22P02'), ('UTC: Mon 09:60-17:00', '22P02'), ('UTC: Mon 09:00-17:00:60', '22P02'), ('UTC: Mon 25:00-26:00', '22P02'),
	('UTC: Mon 09:00-24:00:01', '22P02'), ('UTC: Mon 09:00-24:01', '22P02'), ('UTC: Mon 24:00-08:00', '22P02'), ('UTC: Mon 24:00-24:00', '22P02'), ('UTC: Mon 09:00-09:00', '22P02'), ('UTC: Mon 00:00-00:00', '22P02'),
	('UTC: Mon 2147483648:00-17:00', '22P02'), ('UTC: Mon 09:00-17:00,', '22P02'), ('UTC: Mon 09:00-17:00,,', '22P02'), ('UTC: Mon 09:00-17:00 Tue 09:00-17:00', '22P02'), ('UTC: Mon 09:00-17:00x', '22P02'),
	('UTC: Mon 09:00-17:00, 18:00-19:00', '22P02'), ('UTC: Mon nan-inf', '22P02'), ('UTC: Mon 1e1:00-17:00', '22P02'),
	('UTC: Mon 09:00-17:00;', '22P02'), ('UTC: Mon 09:00-17:00; closed', '22P02'), ('UTC: Mon 09:00-17:00; close 2025-01-01', '22P02'), ('UTC: Mon 09:00-17:00; 2025-01-01', '22P02'),
	('UTC: Mon 09:00-17:00; closed 2025-01-01,', '22P02'), ('UTC: Mon 09:00-17:00; closed 2025-01-01;', '22P02'), ('UTC: Mon 09:00-17:00; closed 2025-01-01 2025-01-02', '22P02'), ('UTC: Mon 09:00-17:00; closed 2025-01-01 to', '22P02'),
	('UTC: Mon 09:00-17:00; closed 2025-01-02 to 2025-01-01', '22P02'), ('UTC: Mon 09:00-17:00; closed 2025-02-29', '22P02'), ('UTC: Mon 09:00-17:00; closed 2100-02-29', '22P02'), ('UTC: Mon 09:00-17:00; closed 2025-13-01', '22P02'),
	('UTC: Mon 09:00-17:00; closed 2025-00-01', '22P02'), ('UTC: Mon 09:00-17:00; closed 2025-01-00', '22P02'), ('UTC: Mon 09:00-17:00; closed 2025-04-31', '22P02'), ('UTC: Mon 09:00-17:00; closed 0000-01-01', '22P02'),
	('UTC: Mon 09:00-17:00; closed 25-01-01', '22P02'), ('UTC: Mon 09:00-17:00; closed 2025-1-1', '22P02'), ('UTC: Mon 09:00-17:00; closed 12025-01-01', '22P02'), ('UTC: Mon 09:00-17:00; closed -2025-01-01', '22P02'),
	('UTC: Mon 09:00-17:00; closed 24.12.2025', '22P02'), ('UTC: Mon 09:00-17:00; closed infinity', '22P02'), ('UTC: Mon 09:00-17:00; closed Monday', '22P02'),
	('UTC: ' || repeat('Mon ', 10000), '22P02'), ('UTC: Mon ' || repeat('9', 10000), '22P02'), (repeat('UTC: ', 10000), '22P02')
) v (t, answer);

-- The words of the refusals
CREATE FUNCTION pg_temp.refusal(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE command;
	RETURN 'taken';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, SQLERRM, nullif(detail, ''), left(hint, 36));
END $$;
SELECT is(pg_temp.refusal(command), answer, command)
FROM (VALUES
	($$SELECT 'UTC: Mon 09:00-09:00'::business_calendar$$, '22P02 | invalid input syntax for type business_calendar: "UTC: Mon 09:00-09:00" | At position 10: a window has no length; the whole day is 00:00-24:00. | A calendar looks like this: Europe/B'),
	($$SELECT 'UTC: Mon 09:00-12:00, 13:00-17:00'::business_calendar$$, '22P02 | invalid input syntax for type business_calendar: "UTC: Mon 09:00-12:00, 13:00-17:00" | At position 23: a day, such as Mon or Monday, is wanted. | A calendar looks like this: Europe/B'),
	($$SELECT 'Berlin: Mon 09:00-12:00'::business_calendar$$, '22023 | time zone "Berlin" is not the full name of a zone | A calendar is a zone, a colon and it'),
	($$SELECT business_calendar('UTC', 'Mon-Fri 9-17')$$, '22P02 | invalid input syntax for type business_calendar: "Mon-Fri 9-17" | At position 10: ":" is wanted. | Open hours look like this: Mon-Thu 0'),
	($$SELECT business_calendar('UTC', 'Mon 09:00-12:00; closed 2025-01-01')$$, '22P02 | invalid input syntax for type business_calendar: "Mon 09:00-12:00; closed 2025-01-01" | At position 16: a comma or the end is wanted. | Open hours look like this: Mon-Thu 0'),
	($$SELECT business_calendar('UTC', '')$$, '22P02 | invalid input syntax for type business_calendar: "" | At position 1: a day, such as Mon or Monday, is wanted. | Open hours look like this: Mon-Thu 0'),
	($$SELECT business_calendar('', 'Mon 09:00-12:00')$$, '22023 | time zone "" is not the full name of a zone | A calendar is a zone, a colon and it'),
	($$SELECT business_calendar('UTC', 'Mon 09:00-12:00', ARRAY[date '2025-01-01', NULL])$$, '22004 | a holiday cannot be NULL | Leave such rows out of the array.'),
	($$SELECT business_calendar('UTC', 'Mon 09:00-12:00', '{infinity}')$$, '22008 | a holiday cannot be infinity | Holidays are in the years 1 to 9999.'),
	($$SELECT business_calendar('UTC', 'Mon 09:00-12:00', '{-infinity}')$$, '22008 | a holiday cannot be -infinity | Holidays are in the years 1 to 9999.'),
	($$SELECT business_calendar('UTC', 'Mon 09:00-12:00', ARRAY[make_date(10000, 1, 1)])$$, '22008 | a holiday cannot be 01/01/10000 | Holidays are in the years 1 to 9999.'),
	($$SELECT business_calendar('UTC', 'Mon 09:00-12:00', ARRAY[make_date(-1, 12, 31)])$$, '22008 | a holiday cannot be 31/12/0001 BC | Holidays are in the years 1 to 9999.')
) v (command, answer);

/*
 * The parts
 */
SELECT is(business_calendar('europe/berlin', 'Fri 08:00-14:00, Mon-Thu 08:00-12:00 13:00-17:00', ARRAY[make_date(2025, 12, 26), make_date(2026, 1, 1), make_date(2025, 12, 24), make_date(2025, 12, 25), make_date(2025, 12, 24)])::text,
	(SELECT state::text FROM specimen WHERE name = 'office'), 'a calendar of its parts');
SELECT is(business_calendar('UTC', 'Mon 09:00-17:00')::text, 'UTC: Mon 09:00-17:00', 'without holidays');
SELECT is(business_calendar('UTC', 'Mon 09:00-17:00', ARRAY[[make_date(2025, 1, 1)], [make_date(2025, 1, 3)]])::text, 'UTC: Mon 09:00-17:00; closed 2025-01-01, 2025-01-03', 'an array of any form');
SELECT is(num_nulls(business_calendar(NULL, 'Mon 09:00-17:00', '{}'), business_calendar('UTC', NULL, '{}'), business_calendar('UTC', 'Mon 09:00-17:00', NULL)), 3, 'NULL if any argument is');
SELECT results_eq($$SELECT weekday || ' ' || opens || ' ' || closes FROM opening_hours('UTC: Fri 22:00-06:00, Mon 08:00-12:00 18:00-24:00')$$,
	ARRAY['Monday 08:00:00 12:00:00', 'Monday 18:00:00 24:00:00', 'Friday 22:00:00 06:00:00'], 'open hours, from Monday on');
SELECT results_eq($$SELECT weekday || ' ' || opens || ' ' || closes FROM opening_hours('UTC: Tue 12:00-24:00, Wed 00:00-24:00, Thu 00:00-01:00')$$,
	ARRAY['Tuesday 12:00:00 24:00:00', 'Wednesday 00:00:00 24:00:00', 'Thursday 00:00:00 01:00:00'], 'longer than a day: cut at midnight');
SELECT results_eq($$SELECT first_day, last_day FROM holidays('UTC: Mon 08:00-12:00; closed 2025-12-24 to 2025-12-26, 2026-01-01')$$,
	$$VALUES (make_date(2025, 12, 24), make_date(2025, 12, 26)), (make_date(2026, 1, 1), make_date(2026, 1, 1))$$, 'holidays');
SELECT is_empty($$SELECT * FROM holidays('UTC: Mon 08:00-12:00')$$, 'no holidays');
SELECT is(time_zone('utc: Mon 08:00-12:00'), 'UTC', 'the zone, as the server spells it');
SELECT is(time_zone(NULL), NULL, 'NULL of NULL');
SELECT throws_ok($$SELECT DISTINCT state FROM specimen$$, '42883', NULL, 'there is no equality');

/*
 * In tables: compressed, out of line, with a short header
 */
CREATE TEMP TABLE kept AS SELECT name, state FROM specimen
UNION ALL SELECT 'long', business_calendar('UTC', 'Mon 09:00-17:00', ARRAY(SELECT make_date(1, 1, 1) + (n * n % 1000003) FROM generate_series(1, 5000) n));
ALTER TABLE kept ALTER state SET STORAGE external;
CREATE TEMP TABLE moved AS SELECT * FROM kept;
SELECT is(business_calendar_send(m.state), business_calendar_send(k.state), k.name || ', from a table') FROM kept k JOIN moved m USING (name);
SELECT is(pg_temp.fault_of(state), NULL, name) FROM kept WHERE name = 'long';

/*
 * As messages
 */
-- version, letters of the zone, windows, holidays, then what they are
CREATE FUNCTION pg_temp.message(version int, letters int, windows int, holidays int, spans int[], zone bytea) RETURNS bytea LANGUAGE sql
RETURN substr(int4send(version), 4) || substr(int4send(letters), 4) || int4send(windows) || int4send(holidays)
	|| coalesce((SELECT string_agg(int4send(u), '' ORDER BY n) FROM unnest(spans) WITH ORDINALITY u (u, n)), '') || zone;
SELECT is(business_calendar_send('UTC: Mon 00:00:01-00:00:05; closed 2000-01-01'), pg_temp.message(1, 3, 1, 1, '{1,5,0,1}', 'UTC'), 'a message, as it ought to be');
SELECT is(pg_temp.fault_of_message(pg_temp.message(version, letters, windows, holidays, spans, zone)), answer,
	format('message of version %s, %s letters, %s windows, %s holidays, %s, %s', version, letters, windows, holidays, spans, left(encode(zone, 'escape'), 40)))
FROM (VALUES
	(1, 3, 1, 1, '{1,5,0,1}'::int[], 'UTC'::bytea, 'taken'), (1, 13, 1, 0, '{0,604800}', 'Europe/Berlin', 'taken'), (1, 3, 2, 0, '{0,1,2,604800}', 'UTC', 'taken'),
	(0, 3, 1, 1, '{1,5,0,1}', 'UTC', 'refused'), (2, 3, 1, 1, '{1,5,0,1}', 'UTC', 'refused'), (255, 3, 1, 1, '{1,5,0,1}', 'UTC', 'refused'),
	(1, 3, 0, 1, '{0,1}', 'UTC', 'refused'), (1, 3, 0, 0, '{}', 'UTC', 'refused'), (1, 3, -1, 1, '{}', 'UTC', 'refused'), (1, 3, 1, -1, '{1,5}', 'UTC', 'refused'), (1, 3, 1, -1, '{}', 'UTC', 'refused'),
	(1, 3, 2147483647, 2147483647, '{1,5}', 'UTC', 'refused'), (1, 3, -2147483648, 1, '{1,5}', 'UTC', 'refused'), (1, 3, 536870913, 0, '{1,5}', 'UTC', 'refused'), (1, 3, 302401, 0, '{1,5}', 'UTC', 'refused'),
	(1, 3, 1, 1, '{1,5}', 'UTC', 'refused'), (1, 3, 1, 0, '{1,5,0,1}', 'UTC', 'refused'), (1, 3, 1, 0, '{1,5}', 'UT', 'refused'), (1, 3, 1, 0, '{1,5}', 'UTCx', 'refused'), (1, 3, 1, 0, '{1,5}', '', 'refused'),
	(1, 3, 1, 0, '{5,1}', 'UTC', 'refused'), (1, 3, 1, 0, '{5,5}', 'UTC', 'refused'), (1, 3, 1, 0, '{-1,5}', 'UTC', 'refused'), (1, 3, 1, 0, '{1,604801}', 'UTC', 'refused'), (1, 3, 1, 0, '{-2147483648,2147483647}', 'UTC', 'refused'),
	(1, 3, 2, 0, '{1,5,5,6}', 'UTC', 'refused'), (1, 3, 2, 0, '{1,5,4,6}', 'UTC', 'refused'), (1, 3, 2, 0, '{4,6,1,2}', 'UTC', 'refused'), (1, 3, 2, 0, '{1,5,1,5}', 'UTC', 'refused'),
	(1, 3, 1, 2, '{1,5,0,1,1,2}', 'UTC', 'refused'), (1, 3, 1, 2, '{1,5,7,8,1,2}', 'UTC', 'refused'), (1, 3, 1, 1, '{1,5,1,1}', 'UTC', 'refused'),
	(1, 3, 1, 1, '{1,5,-730119,2921940}', 'UTC', 'taken'), (1, 3, 1, 1, '{1,5,-730120,2921940}', 'UTC', 'refused'), (1, 3, 1, 1, '{1,5,-730119,2921941}', 'UTC', 'refused'), (1, 3, 1, 1, '{1,5,0,2147483647}', 'UTC', 'refused'),
	(1, 0, 1, 0, '{1,5}', '', 'refused'), (1, 3, 1, 0, '{1,5}', 'utc', 'refused'), (1, 4, 1, 0, '{1,5}', 'Mars', 'refused'), (1, 3, 1, 0, '{1,5}', 'CET', 'refused'), (1, 14, 1, 0, '{1,5}', 'Europe/Berlin2', 'refused'),
	(1, 3, 1, 0, '{1,5}', '\x555400', 'refused'), (1, 3, 1, 0, '{1,5}', '\xffc0af', 'refused'), (1, 3, 1, 0, '{1,5}', '\x000000', 'refused'), (1, 4, 1, 0, '{1,5}', 'UTC ', 'refused'), (1, 255, 1, 0, '{1,5}', repeat('x', 255)::bytea, 'refused')
) v (version, letters, windows, holidays, spans, zone, answer);

SELECT * FROM finish();
ROLLBACK;
