-- What becomes of deals, by hand: win rate by each basis, sales velocity, timeline and
-- funnel. Each deal has a product of its own, so that the views by product tell of it.
BEGIN;
\ir include/model.sql
SELECT * FROM no_plan();

CREATE SCHEMA crm;
CREATE TABLE crm.rep (rep_id int, rep_name text, team text, valid_from timestamptz, valid_until timestamptz);
CREATE TABLE crm.deal (deal_id int, product_id text, opened_at timestamptz, closed_at timestamptz, outcome text, amount numeric, expected_close_at timestamptz, rep_id int);
CREATE TABLE crm.deal_stage (deal_id int, stage text, entered_at timestamptz, stage_order int);
INSERT INTO crm.rep VALUES (1, 'Ada', 'North', NULL, '2024-07-01 00:00+02'), (1, 'Ada', 'South', '2024-07-01 00:00+02', NULL), (1, 'Ada', 'South', '2024-07-01 00:00+02', NULL);
SET LOCAL timezone = 'Asia/Tokyo';

CREATE FUNCTION test.model(as_of text, VARIADIC settings text[] DEFAULT '{}') RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', as_of => as_of, win_within => coalesce(settings[1], '90 days')::interval);
	RETURN as_of;
END
$$;

-- Win rate. What each deal is by each basis: the period, and the one count that is 1.
CREATE FUNCTION test.results(of_product text) RETURNS text
LANGUAGE sql
AS $$SELECT string_agg(format('%s %s %s', basis, to_char(period_start, 'MM'), concat_ws('+', CASE WHEN won = 1 THEN 'won' END, CASE WHEN lost = 1 THEN 'lost' END, CASE WHEN withdrawn = 1 THEN 'withdrawn' END, CASE WHEN open = 1 THEN 'open' END)), ', ' ORDER BY basis)
		FROM kpi.win_rate WHERE grain = 'month' AND dimension = 'product' AND member = of_product AND won + lost + withdrawn + open = 1$$;
INSERT INTO crm.deal (deal_id, product_id, opened_at, closed_at, outcome) VALUES
	(1, 'won at once', '2024-03-01 00:00+01', '2024-03-01 00:00+01', 'won'),
	(2, 'won on the last day', '2024-03-01 09:00+01', '2024-05-30 10:00+02', 'won'),			-- 90 days of 24 hours
	(3, 'won a moment late', '2024-03-01 09:00+01', '2024-05-30 10:00:00.000001+02', 'won'),
	(4, 'lost late', '2024-03-01 09:00+01', '2024-06-30 10:00+02', 'lost'),
	(5, 'withdrawn in time', '2024-03-31 23:59:59+02', '2024-04-01 00:00+02', 'withdrawn'),
	(6, 'withdrawn late', '2024-03-01 09:00+01', '2024-06-30 10:00+02', 'withdrawn'),
	(7, 'open', '2024-03-01 09:00+01', '2024-03-05 09:00+01', NULL),							-- a forecast
	(8, 'unknown word', '2024-03-01 09:00+01', '2024-03-05 09:00+01', 'Closed Won'),
	(9, 'never opened', NULL, '2024-03-05 09:00+01', 'won'),
	(10, 'closed later', '2024-03-01 09:00+01', '2024-09-01 09:00+02', 'won'),
	(11, 'old enough', '2024-04-02 12:00+02', NULL, NULL),
	(12, 'a moment too young', '2024-04-02 12:00:00.000001+02', '2024-04-03 12:00+02', 'won'),
	(13, 'closes now', '2024-03-01 09:00+01', '2024-07-01 12:00+02', 'lost'),
	(14, 'closed before it opened', '2024-03-02 09:00+01', '2024-03-01 09:00+01', 'won'),
	(15, 'without its close', '2024-03-02 09:00+01', NULL, 'won');
SELECT test.model('2024-07-01 12:00');
SELECT is(test.results(d.product), d.results, 'win rate: ' || d.product)
FROM (VALUES
	('won at once', 'closed 03 won, opened 03 won, within_days 03 won'),
	('won on the last day', 'closed 05 won, opened 03 won, within_days 03 won'),
	('won a moment late', 'closed 05 won, opened 03 won, within_days 03 open'),
	('lost late', 'closed 06 lost, opened 03 lost, within_days 03 open'),
	('withdrawn in time', 'closed 04 withdrawn, opened 03 withdrawn, within_days 03 withdrawn'),
	('withdrawn late', 'closed 06 withdrawn, opened 03 withdrawn, within_days 03 open'),
	('open', 'opened 03 open, within_days 03 open'),
	('unknown word', NULL),
	('never opened', 'closed 03 won'),
	('closed later', 'opened 03 open, within_days 03 open'),
	('old enough', 'opened 04 open, within_days 04 open'),
	('a moment too young', 'closed 04 won, opened 04 won'),
	('closes now', 'closed 07 lost, opened 03 lost, within_days 03 open'),
	('closed before it opened', NULL),
	('without its close', NULL)) d (product, results);
SELECT results_eq($$SELECT basis, won, lost, withdrawn, open, deals, round(win_rate::numeric, 6) FROM kpi.win_rate WHERE grain = 'year' AND dimension = 'all' ORDER BY 1$$,
	$$VALUES ('closed', 5::bigint, 2::bigint, 2::bigint, 0::bigint, 7::bigint, 0.714286), ('opened', 4, 2, 2, 3, 6, 0.666667), ('within_days', 2, 0, 1, 7, 9, 0.222222)$$, 'only of within_days open deals count against it');
SELECT results_eq($$SELECT win_low, win_high FROM kpi.win_rate WHERE grain = 'year' AND dimension = 'all' AND basis = 'within_days'$$, 'VALUES (sales_kpi.wilson_low(2, 9), sales_kpi.wilson_high(2, 9))', 'its interval is of the same');
SELECT test.model('2024-05-01', '5 days');
SELECT is(test.results('won on the last day'), 'opened 03 open, within_days 03 open', 'as of a day in the past, a deal that closed later is open');
SELECT is(test.results('a moment too young'), 'closed 04 won, opened 04 won, within_days 04 won', 'what closed before is closed, and so old as the setting wants');

-- Days: whole days of the calendar, of 23 hours or 25.
CREATE SCHEMA day;
CREATE TABLE day.deal (deal_id int, product_id text, opened_at date, closed_at date, outcome text);
INSERT INTO day.deal VALUES (1, 'in spring', '2024-03-15', '2024-04-14', 'won'), (2, 'late', '2024-03-15', '2024-04-15', 'won'), (3, 'in autumn', '2024-10-15', '2024-11-14', 'won'), (4, 'young', '2024-10-16', '2024-10-16', 'won');
CALL sales_kpi.create_model('kpi', sources => 'day', time_zone => 'Europe/Berlin', as_of => '2024-11-14', win_within => '30 days');
SELECT is(test.results('in spring'), 'closed 04 won, opened 03 won, within_days 03 won', 'thirty days that are an hour short');
SELECT is(test.results('late'), 'closed 04 won, opened 03 won, within_days 03 open', 'the day after is late');
SELECT is(test.results('in autumn'), 'closed 11 won, opened 10 won, within_days 10 won', 'thirty days that are an hour longer, the last of them today');
SELECT is(test.results('young'), 'closed 10 won, opened 10 won', 'a day less is not so old');

-- Amounts: those that are known, above zero.
TRUNCATE crm.deal;
INSERT INTO crm.deal (deal_id, product_id, opened_at, closed_at, outcome, amount)
SELECT n, 'a', '2024-03-01 09:00+01', '2024-03-11 09:00+01', o, a
FROM (VALUES (1, 'won', 100), (2, 'won', 50.5), (3, 'won', 0), (4, 'won', NULL), (5, 'lost', 300), (6, 'lost', 0), (7, 'withdrawn', 1000), (8, NULL, 149.5), (9, 'Closed Won', 7)) d (n, o, a);
INSERT INTO crm.deal (deal_id, product_id, opened_at, closed_at, outcome, amount) VALUES
	(10, 'nothing known', '2024-03-01 09:00+01', '2024-03-11 09:00+01', 'won', 0),
	(11, 'nothing won', '2024-03-01 09:00+01', '2024-03-11 09:00+01', 'lost', 10),
	(12, 'neither', '2024-03-01 09:00+01', '2024-03-11 09:00+01', 'withdrawn', 10),
	(13, 'at once', '2024-03-11 09:00+01', '2024-03-11 09:00+01', 'won', 10),
	(14, 'never opened', NULL, '2024-03-11 09:00+01', 'won', 10);
SELECT test.model('2024-12-01');
SELECT results_eq($$SELECT basis, won_amount, lost_amount, open_amount, average_amount, round(amount_win_rate::numeric, 6) FROM kpi.win_rate WHERE grain = 'year' AND dimension = 'product' AND member = 'a' ORDER BY 1$$,
	$$VALUES ('closed', 150.5, 300::numeric, 0::numeric, 75.25, 0.334073), ('opened', 150.5, 300, 149.5, 75.25, 0.334073), ('within_days', 150.5, 300, 149.5, 75.25, 0.250833)$$, 'amounts won, lost and open');
SELECT results_eq($$SELECT member, won_amount, average_amount, amount_win_rate, win_rate FROM kpi.win_rate WHERE grain = 'year' AND dimension = 'product' AND member IN ('nothing known', 'nothing won', 'neither') AND basis = 'closed' ORDER BY 1$$,
	$$VALUES ('neither', 0::numeric, NULL::numeric, NULL::float8, NULL::float8), ('nothing known', 0, NULL, NULL, 1), ('nothing won', 0, NULL, 0, 0)$$, 'nothing divided by nothing is unknown');

-- Velocity: 6 deals x 75.25 x 4/6 / 10 days.
SELECT results_eq($$SELECT member, deals, won, average_amount, mean_days, velocity FROM kpi.pipeline_velocity WHERE grain = 'month' AND period_start = '2024-03-01' AND dimension = 'product' ORDER BY 1$$,
	$$VALUES ('a', 6::bigint, 4::bigint, 75.25, 10::float8, 30.1), ('at once', 1, 1, 10, 0, NULL), ('never opened', 1, 1, 10, NULL, NULL), ('nothing known', 1, 1, NULL, 10, NULL), ('nothing won', 1, 0, NULL, NULL, NULL)$$,
	'velocity, and where it is unknown');
UPDATE crm.deal SET closed_at = '2024-03-04 09:00+01' WHERE deal_id < 5;
SELECT is((SELECT velocity FROM kpi.pipeline_velocity WHERE grain = 'month' AND dimension = 'product' AND member = 'a'), 100.333333, 'six decimals of it');
SELECT is((SELECT (won, deals, win_low, win_high) FROM kpi.pipeline_velocity WHERE grain = 'month' AND dimension = 'product' AND member = 'a'), (4::bigint, 6::bigint, sales_kpi.wilson_low(4, 6), sales_kpi.wilson_high(4, 6)), 'its win rate has an interval');
INSERT INTO crm.deal SELECT * FROM crm.deal WHERE deal_id = 1;
SELECT is((SELECT won FROM kpi.win_rate WHERE grain = 'month' AND dimension = 'product' AND member = 'a' AND basis = 'opened'), 5::bigint, 'a deal that is there twice is counted twice');

-- Timeline: days of the model's zone.
TRUNCATE crm.deal;
INSERT INTO crm.deal (deal_id, product_id, closed_at, outcome, expected_close_at, opened_at)
SELECT row_number() OVER (), product, closed, outcome, expected, '2024-01-01 00:00+01' FROM (VALUES
	('on the day itself', timestamptz '2024-03-31 23:59:59.999999+02', 'won', timestamptz '2024-03-31 00:00+01'),
	('the next day begins', '2024-04-01 00:00+02', 'lost', '2024-03-31 23:59+02'),
	('early', '2024-02-27 12:00+01', 'withdrawn', '2024-03-01 06:00+01'),
	('by a word', '2024-03-11 12:00+01', 'Closed Won', '2024-03-01 06:00+01'),
	('unexpected', '2024-03-11 12:00+01', 'won', NULL),
	('overdue', NULL, NULL, '2024-06-30 23:59:59+02'),
	('due today', NULL, NULL, '2024-07-01 00:00+02'),
	('due later', NULL, NULL, '2024-08-01 00:00+02'),
	('closed later', '2024-08-01 00:00+02', 'won', '2024-06-01 00:00+02'),
	('a forecast', '2024-02-01 00:00+01', NULL, '2024-06-01 00:00+02')) d (product, closed, outcome, expected);
UPDATE crm.deal SET rep_id = 1 WHERE product_id IN ('overdue', 'on the day itself');
UPDATE crm.deal SET rep_id = 77 WHERE product_id = 'early';
SELECT test.model('2024-07-01 12:00');
SELECT results_eq($$SELECT member, period_start, dated, kept, kept_rate, mean_slip_days, overdue FROM kpi.timeline WHERE grain = 'month' AND dimension = 'product' ORDER BY 1$$,
	$$VALUES ('a forecast', '2024-07-01'::date, 0::bigint, 0::bigint, NULL::float8, NULL::float8, 1::bigint), ('by a word', '2024-03-01', 1, 0, 0, 10, NULL), ('closed later', '2024-07-01', 0, 0, NULL, NULL, 1), ('early', '2024-02-01', 1, 1, 1, -3, NULL),
		('on the day itself', '2024-03-01', 1, 1, 1, 0, NULL), ('overdue', '2024-07-01', 0, 0, NULL, NULL, 1), ('the next day begins', '2024-04-01', 1, 0, 0, 1, NULL)$$, 'what is kept, late and overdue');
SELECT results_eq($$SELECT dated, kept, kept_rate, kept_low, kept_high, mean_slip_days, overdue FROM kpi.timeline WHERE grain = 'year' AND dimension = 'all'$$,
	'VALUES (4::bigint, 2::bigint, 0.5::float8, sales_kpi.wilson_low(2, 4), sales_kpi.wilson_high(2, 4), 2::float8, 3::bigint)', 'all of them');
SELECT results_eq($$SELECT member, dated, overdue FROM kpi.timeline WHERE grain = 'year' AND dimension = 'team' ORDER BY 1$$,
	$$VALUES ('(none)', 3::bigint, 2::bigint), ('North', 1, 0), ('South', 0, 1)$$, 'a close belongs to the team of then, what is overdue to that of now');
SELECT results_eq($$SELECT member, member_name, dated FROM kpi.timeline WHERE grain = 'month' AND period_start = '2024-02-01' AND dimension = 'rep'$$, $$VALUES ('77', '77', 1::bigint)$$, 'a rep nobody knows has a row');
SELECT test.model('2024-02-28');
SELECT results_eq($$SELECT dated, kept, overdue FROM kpi.timeline WHERE grain = 'year' AND dimension = 'all'$$, 'VALUES (1::bigint, 1::bigint, 0::bigint)', 'in the past nothing was overdue yet');
-- Funnel: A, B, C, D of one pipeline.
TRUNCATE crm.deal;
CREATE PROCEDURE test.add_deal(product text, stages text, outcome text, closed_at timestamptz DEFAULT '2024-06-01 12:00+02')
LANGUAGE plpgsql
AS $$
DECLARE
	id int := (SELECT count(*) + 1 FROM crm.deal);
BEGIN
	INSERT INTO crm.deal (deal_id, product_id, opened_at, closed_at, outcome) VALUES (id, product, '2024-03-01 00:00+01', CASE WHEN outcome IS NOT NULL THEN add_deal.closed_at END, outcome);
	-- a letter a day, from 10 March on
	INSERT INTO crm.deal_stage SELECT id, letter, timestamptz '2024-03-10 12:00+01' + (day - 1) * interval '1 day', strpos('ABCD', letter) FROM string_to_table(stages, NULL) WITH ORDINALITY s (letter, day) WHERE letter <> ' ';
END
$$;
CALL test.add_deal('all the way', 'ABCD', 'won');
CALL test.add_deal('skips B', 'AC', 'lost');
CALL test.add_deal('won from A', 'A', 'won');
CALL test.add_deal('goes back', 'ABCA', 'withdrawn');
CALL test.add_deal('still in B', 'AB', NULL);
CALL test.add_deal('won without a history', '', 'won');
CALL test.add_deal('closes later', 'ABC', 'won', '2024-09-01 12:00+02');
CALL test.add_deal('by a word', 'A', 'Closed Won');
CALL test.add_deal('begins in C', 'C', NULL);
CALL test.add_deal('enters D on a day after its close', 'ABCD', 'lost', '2024-03-12 18:00+01');
CALL test.add_deal('enters C on the day of its close', 'ABCD', 'lost', '2024-03-12 09:00+01');
CALL test.add_deal('enters all after its close', 'ABCD', 'lost', '2024-03-02 09:00+01');
INSERT INTO crm.deal_stage VALUES (999, 'D', '2024-03-10 12:00+01', 4);
-- what becomes of a deal in each stage: ! advanced, - dropped, ? neither
CREATE FUNCTION test.way(of_product text) RETURNS text
LANGUAGE sql
AS $$SELECT string_agg(stage || CASE WHEN advanced = 1 THEN '!' ELSE '' END || CASE WHEN dropped = 1 THEN '-' ELSE '' END || CASE WHEN open_now = 1 THEN '?' ELSE '' END, ' ' ORDER BY stage_order)
		FROM kpi.funnel WHERE grain = 'month' AND period_start = '2024-03-01' AND dimension = 'product' AND member = of_product AND entered = 1$$;
SELECT test.model('2024-07-01');
SELECT is(test.way(d.product), d.way, 'funnel: ' || d.product)
FROM (VALUES
	('all the way', 'A! B! C! D!'),
	('skips B', 'A! B! C-'),
	('won from A', 'A! B! C! D!'),
	('goes back', 'A! B! C-'),
	('still in B', 'A! B?'),
	('won without a history', NULL),
	('closes later', 'A! B! C?'),
	('by a word', 'A?'),
	('begins in C', 'A! B! C?'),
	('enters D on a day after its close', 'A! B! C-'),
	('enters C on the day of its close', 'A! B! C-'),
	('enters all after its close', NULL)) d (product, way);
SELECT results_eq($$SELECT stage, stage_order, entered, advanced, dropped, open_now, advance_rate, advance_low, advance_high FROM kpi.funnel WHERE grain = 'year' AND dimension = 'all' ORDER BY 2$$,
	$$SELECT v.*, v.advanced::float8 / v.entered, sales_kpi.wilson_low(v.advanced, v.entered), sales_kpi.wilson_high(v.advanced, v.entered)
		FROM (VALUES ('A', 1::bigint, 10::bigint, 9::bigint, 0::bigint, 1::bigint), ('B', 2, 9, 8, 0, 1), ('C', 3, 8, 2, 4, 2), ('D', 4, 2, 2, 0, 0)) v (stage, place, entered, advanced, dropped, open_now)$$, 'all of them');
SELECT test.model('2024-03-11 12:00');
SELECT is(test.way('all the way'), 'A! B?', 'in the past it was under way');
SELECT is((SELECT array_agg(DISTINCT stage ORDER BY stage) FROM kpi.funnel), '{A,B,C}', 'to a later stage no deal had come');
SELECT test.model('2024-10-01');
SELECT is(test.way('closes later'), 'A! B! C! D!', 'and later it was won');

-- A duplicate is one deal; a reopened one goes on from where it was.
INSERT INTO crm.deal SELECT * FROM crm.deal WHERE product_id = 'still in B';
INSERT INTO crm.deal_stage SELECT * FROM crm.deal_stage WHERE deal_id = 5;
SELECT is(test.way('still in B'), 'A! B?', 'a deal that is there twice, with all its stages, goes one way');
UPDATE crm.deal SET closed_at = NULL, outcome = NULL WHERE product_id = 'skips B';
SELECT is(test.way('skips B'), 'A! B! C?', 'a deal that is reopened is open');
UPDATE crm.deal SET closed_at = '2024-08-01 12:00+02', outcome = 'won' WHERE product_id = 'skips B';
SELECT is(test.way('skips B') || ', ' || test.results('skips B'), 'A! B! C! D!, closed 08 won, opened 03 won, within_days 03 open', 'and won where it closes for good, from its first opening on');

-- Where pipelines number a stage differently, its least number is its place.
UPDATE crm.deal_stage SET stage_order = 9 WHERE stage = 'B' AND deal_id = 5;
SELECT is(test.way('still in B'), 'A! B?', 'a stage of several numbers has the least');
UPDATE crm.deal_stage SET stage_order = NULL;
SELECT results_eq('SELECT DISTINCT stage, stage_order FROM kpi.funnel ORDER BY 2', $$VALUES ('A', 1::bigint), ('B', 2), ('C', 3), ('D', 4)$$, 'without numbers, the order of first entries');
SELECT is(test.way('skips B'), 'A! B! C! D!', 'is that of the stages, too');

-- What the sources do not tell is unknown, and nothing is no row.
DROP SCHEMA kpi, kpi_base CASCADE;
ALTER TABLE crm.deal DROP amount, DROP expected_close_at, DROP rep_id;
DROP TABLE crm.rep;
SELECT test.model('2024-10-01');
SELECT is((SELECT (bool_and(num_nonnulls(won_amount, lost_amount, open_amount, average_amount, amount_win_rate) = 0), bool_or(won > 0)) FROM kpi.win_rate), (true, true), 'amounts that nobody knows');
SELECT is((SELECT (count(velocity), sum(won) > 0) FROM kpi.pipeline_velocity), (0::bigint, true), 'have no velocity');
SELECT is_empty('SELECT * FROM kpi.timeline', 'without expected days no timeline');
DROP SCHEMA kpi, kpi_base CASCADE;
DROP TABLE crm.deal;
SELECT test.model('2024-10-01');
SELECT results_eq($$SELECT entered, open_now FROM kpi.funnel WHERE grain = 'year' AND dimension = 'all' ORDER BY stage_order$$, 'VALUES (12::bigint, 2::bigint), (10, 1), (9, 4), (5, 5)', 'so they are where there are no deals');
SELECT is_empty('SELECT * FROM kpi.win_rate', 'of which no win rate tells');
TRUNCATE crm.deal_stage;
SELECT is_empty('SELECT * FROM kpi.funnel', 'an empty source has no funnel');

SELECT * FROM finish();
ROLLBACK;
