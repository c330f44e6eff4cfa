-- The model's zone decides: the same deals fall into other periods in another zone,
-- exactly where they should; days are calendar days, all else is absolute time.
BEGIN;
\ir include/model.sql
SELECT plan(27);

-- Each deal closes at an instant near a boundary; its day by hand in two zones.
CREATE SCHEMA crm;
CREATE TABLE crm.deal (deal_id int, opened_at timestamptz, closed_at timestamptz, outcome text, product_id text, in_berlin date, in_los_angeles date);
INSERT INTO crm.deal (deal_id, closed_at, in_berlin, in_los_angeles) VALUES
	(1, '2024-03-31 21:59:59.999999+00', '2024-03-31', '2024-03-31'),	-- the last microsecond of March in Berlin
	(2, '2024-03-31 22:00+00', '2024-04-01', '2024-03-31'),				-- on the evening of the day the clocks went forward
	(3, '2024-04-01 06:59:59.999999+00', '2024-04-01', '2024-03-31'),
	(4, '2024-04-01 07:00+00', '2024-04-01', '2024-04-01'),
	(5, '2024-10-26 21:59:59.999999+00', '2024-10-26', '2024-10-26'),
	(6, '2024-10-26 22:00+00', '2024-10-27', '2024-10-26'),				-- the day of 25 hours in Berlin begins
	(7, '2024-10-27 22:59:59.999999+00', '2024-10-27', '2024-10-27'),	-- and ends
	(8, '2024-10-27 23:00+00', '2024-10-28', '2024-10-27'),
	(9, '2024-12-31 22:59:59.999999+00', '2024-12-31', '2024-12-31'),
	(10, '2024-12-31 23:00+00', '2025-01-01', '2024-12-31'),			-- new year in Berlin
	(11, '2025-01-01 07:59:59.999999+00', '2025-01-01', '2024-12-31'),
	(12, '2025-01-01 08:00+00', '2025-01-01', '2025-01-01'),			-- new year in Los Angeles
	(13, '2024-03-10 09:30+00', '2024-03-10', '2024-03-10'),			-- half an hour before two o'clock became three there
	(14, '2024-03-11 06:59:59.999999+00', '2024-03-11', '2024-03-10');	-- the end of that day of 23 hours
UPDATE crm.deal SET opened_at = closed_at - interval '36 hours', outcome = 'won', product_id = deal_id;
CALL sales_kpi.create_model('berlin', sources => 'crm', time_zone => 'Europe/Berlin', as_of => '2025-06-01', fiscal_start => 4);
CALL sales_kpi.create_model('los_angeles', sources => 'crm', time_zone => 'America/Los_Angeles', as_of => '2025-06-01');

SELECT results_eq($$SELECT member::int, period_start FROM berlin.cycle_length WHERE grain = 'day' AND dimension = 'product' ORDER BY 1$$,
	'SELECT deal_id, in_berlin FROM crm.deal ORDER BY 1', 'days of Berlin');
SELECT results_eq($$SELECT member::int, period_start FROM los_angeles.cycle_length WHERE grain = 'day' AND dimension = 'product' ORDER BY 1$$,
	'SELECT deal_id, in_los_angeles FROM crm.deal ORDER BY 1', 'days of Los Angeles');
SELECT results_eq($$SELECT member::int, period_start FROM berlin.cycle_length WHERE grain = 'month' AND dimension = 'product' ORDER BY 1$$,
	$$SELECT deal_id, date_trunc('month', in_berlin)::date FROM crm.deal ORDER BY 1$$, 'months of Berlin');
SELECT results_eq($$SELECT member::int, period_start FROM los_angeles.cycle_length WHERE grain = 'month' AND dimension = 'product' ORDER BY 1$$,
	$$SELECT deal_id, date_trunc('month', in_los_angeles)::date FROM crm.deal ORDER BY 1$$, 'months of Los Angeles');
SELECT results_eq($$SELECT b.member::int FROM berlin.cycle_length b JOIN los_angeles.cycle_length l USING (grain, dimension, member)
	WHERE grain = 'month' AND dimension = 'product' AND b.period_start <> l.period_start ORDER BY 1$$, 'VALUES (2), (3), (10), (11)', 'exactly four of them change the month');
SELECT results_eq($$SELECT period_start, period_end, deals FROM berlin.cycle_length WHERE grain = 'year' AND dimension = 'all' ORDER BY 1$$,
	$$VALUES ('2023-04-01'::date, '2024-04-01'::date, 3::bigint), ('2024-04-01', '2025-04-01', 11)$$, 'fiscal years that begin in April');
SELECT results_eq($$SELECT period_start, period_end, deals FROM los_angeles.cycle_length WHERE grain = 'year' AND dimension = 'all' ORDER BY 1$$,
	$$VALUES ('2024-01-01'::date, '2025-01-01'::date, 13::bigint), ('2025-01-01', '2026-01-01', 1)$$, 'calendar years');
SELECT results_eq($$SELECT period_start, period_end FROM berlin.cycle_length WHERE grain = 'week' AND dimension = 'product' AND member IN ('1', '2') ORDER BY 1$$,
	$$VALUES ('2024-03-25'::date, '2024-04-01'::date), ('2024-04-01', '2024-04-08')$$, 'weeks begin on Monday');
SELECT is((SELECT count(*) FROM berlin.cycle_length WHERE dimension = 'product' AND mean_days = 1.5), (14 * 5)::bigint, 'the zone changes no length');

-- as_of marks the period it cuts, and hides what came after it.
CALL sales_kpi.create_model('berlin', as_of => '2024-04-01');
SELECT results_eq($$SELECT period_start, is_partial FROM berlin.cycle_length WHERE grain = 'month' AND dimension = 'all' ORDER BY 1$$,
	$$VALUES ('2024-03-01'::date, false), ('2024-04-01', true)$$, 'at the midnight that begins April, March is complete');
SELECT is((SELECT sum(deals) FROM berlin.cycle_length WHERE grain = 'month' AND dimension = 'all'), 4::numeric, 'a deal that closes at that instant is closed');
CALL sales_kpi.create_model('berlin', as_of => '2024-03-31 23:59:59.999998');
SELECT results_eq($$SELECT period_start, is_partial, deals FROM berlin.cycle_length WHERE grain = 'month' AND dimension = 'all' ORDER BY 1$$,
	$$VALUES ('2024-03-01'::date, true, 2::bigint)$$, 'a moment before, March is cut, and a deal that closes in it still open');
SELECT is((SELECT rows FROM berlin.data_quality WHERE check_name = 'closed_at after as_of'), 12::bigint, 'as data_quality tells');
CALL sales_kpi.create_model('berlin', as_of => '2024-04-01 00:00+02');
SELECT is((SELECT sum(deals) FROM berlin.cycle_length WHERE grain = 'month' AND dimension = 'all'), 4::numeric, 'as_of may name its zone');

-- Lengths over the days on which clocks change.
CREATE FUNCTION test.days(opened text, closed text, type text, closed_type text DEFAULT NULL) RETURNS float8
LANGUAGE plpgsql
AS $$
BEGIN
	DROP SCHEMA IF EXISTS m, m_base, s CASCADE;
	CREATE SCHEMA s;
	EXECUTE format('CREATE TABLE s.deal AS SELECT 1 AS deal_id, %L::%s AS opened_at, %L::%s AS closed_at, true AS outcome', opened, type, closed, coalesce(closed_type, type));
	CALL sales_kpi.create_model('m', sources => 's', time_zone => 'Europe/Berlin', as_of => '2025-06-01');
	RETURN (SELECT mean_days FROM m.cycle_length WHERE grain = 'year' AND dimension = 'all');
END
$$;
SELECT is(test.days('2024-03-31', '2024-04-01', 'date'), 1::float8, 'from day to day it is one day, though the clocks went forward');
SELECT is(test.days('2024-03-31 00:00', '2024-04-01 00:00', 'timestamp'), 23 / 24::float8, 'by the clock of the model''s zone, 23 hours');
SELECT is(test.days('2024-03-31 00:00 Europe/Berlin', '2024-04-01 00:00 Europe/Berlin', 'timestamptz'), 23 / 24::float8, 'between instants, 23 hours');
SELECT is(test.days('2024-10-27 00:00', '2024-10-28 00:00', 'timestamp'), 25 / 24::float8, 'and 25 when they went back');
SELECT is(test.days('2024-02-28', '2024-03-01', 'date'), 2::float8, 'a leap day is a day');
SELECT is(test.days('2024-05-10 15:00 Europe/Berlin', '2024-05-10', 'timestamptz', 'date'), 0::float8, 'a close known by the day, on the day of the opening, is no time');
SELECT is(test.days('2024-05-10 15:00', '2024-05-10', 'timestamp', 'date'), 0::float8, 'by the clock too');
SELECT is(test.days('2024-05-10 21:59 UTC', '2024-05-10', 'timestamptz', 'date'), 0::float8, 'a minute before midnight there');
SELECT is(test.days('2024-05-10 22:01 UTC', '2024-05-10', 'timestamptz', 'date'), NULL, 'a minute after it, the close is the day before: left out');
SELECT is((SELECT check_name FROM m.data_quality), 'closed_at before opened_at', 'and named');
SELECT is(test.days('2024-05-10 12:00 Europe/Berlin', '2024-05-12', 'timestamptz', 'date'), 1.5::float8, 'on another day, it closes when that day begins');
SELECT is(test.days('2024-05-10', '2024-05-10 18:00 Europe/Berlin', 'date', 'timestamptz'), 0.75::float8, 'an opening known by the day is when it begins');
SELECT is(test.days('2024-05-10', '2024-05-09', 'date'), NULL, 'no length is negative');

SELECT * FROM finish();
ROLLBACK;
