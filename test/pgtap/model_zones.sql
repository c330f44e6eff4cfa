-- The model's zone decides: the same deals fall into other periods in another zone,
-- exactly where they should; days are calendar days, all else is absolute time.
BEGIN;
\ir include/model.sql
SELECT plan(23);

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

-- Lengths over the days on which clocks change, and of closes known by the day: each
-- list holds openings and closes in turn, each answer is in hours.
CREATE FUNCTION test.hours(type text, closed_type text, VARIADIC times text[]) RETURNS numeric[]
LANGUAGE plpgsql
AS $$
BEGIN
	DROP SCHEMA IF EXISTS m, m_base, s CASCADE;
	CREATE SCHEMA s;
	EXECUTE format('CREATE TABLE s.deal AS SELECT i AS deal_id, i AS product_id, ($1)[2 * i - 1]::%s AS opened_at, ($1)[2 * i]::%s AS closed_at, true AS outcome
		FROM generate_series(1, %s) i', type, closed_type, cardinality(times) / 2) USING times;
	CALL sales_kpi.create_model('m', sources => 's', time_zone => 'Europe/Berlin', as_of => '2025-06-01');
	RETURN (SELECT array_agg(round(c.mean_days::numeric * 24, 6) ORDER BY i)
			FROM generate_series(1, cardinality(times) / 2) i
			LEFT JOIN m.cycle_length c ON c.grain = 'year' AND c.dimension = 'product' AND c.member = i::text);
END
$$;
SELECT is(test.hours('date', 'date', '2024-03-31', '2024-04-01', '2024-10-27', '2024-10-28', '2024-02-28', '2024-03-01', '2024-05-10', '2024-05-10', '2024-05-10', '2024-05-09'),
	'{24,24,48,0,NULL}', 'between days: whole days, whatever the clocks do; none is negative');
SELECT is(test.hours('timestamp', 'timestamp', '2024-03-31 00:00', '2024-04-01 00:00', '2024-10-27 00:00', '2024-10-28 00:00', '2024-05-10 12:00', '2024-05-10 12:00'),
	'{23,25,0}', 'by the clock of the model''s zone: the hours that passed');
SELECT is(test.hours('timestamptz', 'timestamptz', '2024-03-31 00:00 Europe/Berlin', '2024-04-01 00:00 Europe/Berlin', '2024-03-10 00:00 America/New_York', '2024-03-11 00:00 America/New_York'),
	'{23,23}', 'between instants: the hours that passed');
SELECT is(test.hours('timestamptz', 'date', '2024-05-10 15:00 Europe/Berlin', '2024-05-10', '2024-05-10 21:59 UTC', '2024-05-10', '2024-05-10 22:01 UTC', '2024-05-10', '2024-05-10 12:00 Europe/Berlin', '2024-05-12'),
	'{0,0,NULL,36}', 'a close known by the day is no time on the day of the opening, which is that of the model''s zone; later it is when its day begins');
SELECT is((SELECT check_name || ' ' || rows FROM m.data_quality), 'closed_at before opened_at 1', 'the one that would be negative is named');
SELECT is(test.hours('timestamp', 'date', '2024-05-10 15:00', '2024-05-10', '2024-05-10 00:00', '2024-05-10'), '{0,0}', 'by the clock as well');
SELECT is(test.hours('date', 'timestamptz', '2024-05-10', '2024-05-10 18:00 Europe/Berlin'), '{18}', 'an opening known by the day is when it begins');

-- Samoa had no 30 December 2011: a cohort that lives across it is a day older for
-- each day that was.
CREATE SCHEMA samoa;
CREATE TABLE samoa.subscription AS SELECT 1 AS subscription_id, 1 AS customer_id, timestamp '2011-12-28 09:00' AS started_at, timestamp '2012-01-02 09:00' AS ended_at;
CALL sales_kpi.create_model('apia', sources => 'samoa', time_zone => 'Pacific/Apia', as_of => '2012-01-02 12:00');
SELECT results_eq($$SELECT period_start, age, is_partial FROM apia.retention_cohort WHERE grain = 'day' AND dimension = 'all' ORDER BY age$$,
	$$VALUES ('2011-12-28'::date, 0, false), ('2011-12-29', 1, false), ('2011-12-31', 2, false), ('2012-01-01', 3, false), ('2012-01-02', 4, true)$$,
	'a day that never was is no age of a cohort');
SELECT results_eq($$SELECT period_start, at_start, lost, is_partial FROM apia.churn WHERE grain = 'day' AND dimension = 'all' ORDER BY 1$$,
	$$VALUES ('2011-12-28'::date, 0::bigint, 0::bigint, false), ('2011-12-29', 1, 0, false), ('2011-12-31', 1, 0, false), ('2012-01-01', 1, 0, false), ('2012-01-02', 1, 1, true)$$,
	'and no period of churn');

SELECT * FROM finish();
ROLLBACK;
