-- The four Ps, productivity and calls to action on companies small enough to reckon by
-- hand, and with parts of the sources missing.
BEGIN;
\ir include/model.sql
SELECT * FROM no_plan();
SET LOCAL timezone = 'Europe/Berlin';

-- Threads: each is a rep's, so that a row by rep is a row by thread.
CREATE SCHEMA crm;
CREATE TABLE crm.touch (touch_id int, touched_at timestamptz, kind text, direction text, automated boolean, lead_id int, deal_id int, customer_id int,
	rep_id text, minutes numeric, personal_elements int, delivered boolean, replied boolean, call_to_action boolean);
INSERT INTO crm.touch (touch_id, lead_id, rep_id, touched_at, direction, automated, replied)
SELECT row_number() OVER (), t.lead_id, t.rep_id, t.touched_at, t.direction, t.automated, t.replied
FROM (VALUES
	(1, 'reply', timestamptz '2024-03-01 10:00', 'outbound', false, NULL::boolean), (1, 'reply', '2024-03-02', NULL, NULL, NULL), (1, 'reply', '2024-03-03', 'outbound', false, NULL),
	(1, NULL, '2024-03-04', 'inbound', false, NULL), (1, 'reply', '2024-03-05', 'outbound', false, NULL),				-- after the reply
	(2, '30 days', '2024-03-01 10:00', 'outbound', false, NULL), (2, '30 days', '2024-03-31 11:00', 'outbound', false, NULL),	-- 720 hours, across a change of the clock
	(2, '30 days', '2024-03-31 11:00:00.000001', 'outbound', false, NULL),
	(3, 'machine', '2024-03-01 09:00', 'outbound', true, NULL), (3, 'machine', '2024-03-01 09:30', 'internal', false, NULL),	-- no contacts
	(3, 'machine', '2024-03-01 10:00', 'outbound', false, NULL), (3, 'machine', '2024-03-02', 'outbound', true, NULL), (3, 'machine', '2024-03-03', 'internal', false, NULL), (3, 'machine', '2024-03-04', 'outbound', false, NULL),
	(4, NULL, '2024-03-01 08:00', 'inbound', false, NULL), (4, NULL, '2024-03-01 10:00', 'inbound', false, NULL),			-- no reply to what comes after or at once
	(4, 'asked', '2024-03-01 10:00', 'outbound', false, NULL), (4, 'asked', '2024-03-02', 'outbound', false, NULL),
	(5, 'marked', '2024-03-01 10:00', 'outbound', false, false), (5, 'marked', '2024-03-02', 'outbound', false, true), (5, 'marked', '2024-03-03', 'outbound', false, false),
	(6, 'at once', '2024-03-01 10:00', 'outbound', false, true), (6, 'at once', '2024-03-02', 'outbound', false, NULL),		-- the first contact was replied to
	(7, 'begins', '2024-03-01 10:00', 'outbound', false, NULL), (7, 'goes on', '2024-03-02', 'outbound', false, NULL),		-- of two reps
	(8, NULL, '2024-03-01 10:00', 'outbound', false, NULL), (8, NULL, '2024-03-02', 'outbound', false, NULL),				-- of nobody
	(9, 'same moment', '2024-03-01 10:00', 'outbound', false, NULL), (9, 'a little later', '2024-03-01 10:00', 'outbound', false, NULL),
	(10, 'sideways', '2024-03-01 10:00', 'outbound', false, NULL), (10, 'sideways', '2024-03-02', 'sideways', false, NULL),	-- no known direction
	(11, 'in winter', '2024-01-31 23:30+00', 'outbound', false, NULL), (11, 'in winter', '2024-03-01', 'outbound', false, NULL),	-- February in Berlin; belongs there
	(12, 'to come', '2024-03-31', 'outbound', false, NULL), (12, 'to come', '2024-04-02', 'outbound', false, NULL)			-- after as_of
) t (lead_id, rep_id, touched_at, direction, automated, replied);
-- A deal is a thread of its own where no lead is named; a customer is none.
INSERT INTO crm.touch (touch_id, lead_id, deal_id, customer_id, rep_id, touched_at) VALUES
	(101, NULL, 60, 1, 'deal', '2024-03-01'), (102, 20, 60, 1, 'lead of a deal', '2024-03-02'), (103, NULL, 60, 1, 'deal', '2024-03-03'), (104, 20, NULL, 1, 'lead of a deal', '2024-03-04'), (104, 20, NULL, 1, 'lead of a deal', '2024-03-04'),
	(105, NULL, NULL, 1, 'customer', '2024-03-01'), (106, NULL, NULL, 1, 'customer', '2024-03-02');
CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', as_of => '2024-04-01');

SELECT results_eq($$SELECT member, contacted, follow_ups, persistence, persistence_score, score, scores_known FROM kpi.four_p WHERE grain = 'year' AND dimension = 'rep' ORDER BY member COLLATE "C"$$, $$VALUES
	('(none)', 1::bigint, 1::bigint, 1::float8, 20::float8, 20::float8, 1), ('30 days', 1, 1, 1, 20, 20, 1), ('asked', 1, 1, 1, 20, 20, 1), ('at once', 1, 0, 0, 0, 0, 1), ('begins', 1, 1, 1, 20, 20, 1),
	('deal', 1, 1, 1, 20, 20, 1), ('in winter', 1, 1, 1, 20, 20, 1), ('lead of a deal', 1, 2, 2, 40, 40, 1),
	('machine', 1, 1, 1, 20, 20, 1), ('marked', 1, 1, 1, 20, 20, 1), ('reply', 1, 2, 2, 40, 40, 1), ('same moment', 1, 0, 0, 0, 0, 1), ('sideways', 1, 0, 0, 0, 0, 1), ('to come', 1, 0, 0, 0, 0, 1)$$,
	'a thread is its first rep''s, and is followed up until a reply or for 30 days; of five wanted, one is a fifth');
SELECT results_eq($$SELECT period_start, contacted, follow_ups FROM kpi.four_p WHERE grain = 'month' AND dimension = 'all' ORDER BY 1$$, $$VALUES (date '2024-02-01', 1::bigint, 1::bigint), ('2024-03-01', 13, 11)$$,
	'follow-ups count in the month of the first contact');
SELECT is((SELECT string_agg(DISTINCT member, ', ') FROM kpi.four_p WHERE member IN ('goes on', 'a little later', 'customer')), NULL, 'who neither begins a thread nor sends what is known has no row');
SELECT results_eq($$SELECT answered, promptness_minutes, promptness_score, messages, personal_elements, personalization, personalization_score, sent, delivered, delivered_rate, delivered_low, replied_of, replied, replied_rate, replied_high, performance_score
	FROM kpi.four_p WHERE grain = 'year' AND dimension = 'all'$$, $$VALUES (0::bigint, NULL::float8, NULL::float8, 0::bigint, 0::bigint, NULL::float8, NULL::float8, 0::bigint, 0::bigint, NULL::float8, NULL::float8, 0::bigint, 0::bigint, NULL::float8, NULL::float8, NULL::float8)$$,
	'what nobody knows has no score');
CALL sales_kpi.create_model('kpi', as_of => '2024-03-02 12:00');
SELECT results_eq($$SELECT member, contacted, follow_ups FROM kpi.four_p WHERE grain = 'year' AND dimension = 'rep' AND member IN ('reply', 'marked', '30 days') ORDER BY member COLLATE "C"$$, $$VALUES
	('30 days', 1::bigint, 0::bigint), ('marked', 1, 1), ('reply', 1, 1)$$, 'as of a day in the past, what came later is not known');
CALL sales_kpi.create_model('kpi', as_of => '2024-04-01', follow_ups_target => 0.5);
SELECT results_eq($$SELECT persistence_score FROM kpi.four_p WHERE grain = 'year' AND dimension = 'rep' AND member IN ('begins', 'reply', 'at once') ORDER BY member$$, 'VALUES (0::float8), (100), (100)', 'no score is above 100');

-- Messages.
TRUNCATE crm.touch;
INSERT INTO crm.touch (touch_id, lead_id, customer_id, rep_id, touched_at, kind, direction, automated, personal_elements, delivered, replied) VALUES
	(1, 1, NULL, 'ann', '2024-03-01', 'email', 'outbound', false, 9, true, false),			-- first contact: delivered, and no follow-up message
	(2, 1, NULL, 'ann', '2024-03-02', 'email', 'outbound', false, 3, true, true),
	(3, 1, NULL, 'ann', '2024-03-03', 'message', NULL, NULL, 0, false, true),				-- what did not arrive has no reply
	(4, 1, NULL, 'ann', '2024-03-04', NULL, 'outbound', false, NULL, true, false),			-- no known kind
	(5, 1, NULL, 'ann', '2024-03-05', 'email', 'outbound', false, 1, NULL, true),
	(6, 1, NULL, 'ann', '2024-03-06', 'call', 'outbound', false, 8, true, true), (7, 1, NULL, 'ann', '2024-03-07', 'fax', 'outbound', false, 8, true, true),
	(8, 1, NULL, 'ann', '2024-03-08', 'email', 'outbound', true, 8, true, true), (9, 1, NULL, 'ann', '2024-03-09', 'email', 'internal', false, 8, true, true), (10, 1, NULL, 'ann', '2024-03-10', 'email', 'inbound', false, 8, true, true),
	(11, NULL, 1, 'bob', '2024-03-01', 'email', 'outbound', false, 2, true, NULL),			-- of no thread; nothing answers it
	(12, 2, NULL, 'cid', '2024-03-01', 'call', 'outbound', false, NULL, NULL, NULL), (13, 2, NULL, 'cid', '2024-03-02', 'email', 'outbound', false, NULL, true, NULL),
	(14, 2, NULL, NULL, '2024-04-01', 'email', 'inbound', false, NULL, NULL, NULL),			-- 30 days later on the calendar, 719 hours
	(15, 3, NULL, 'dan', '2024-03-01', 'call', 'outbound', false, NULL, NULL, NULL), (16, 3, NULL, 'dan', '2024-03-02', 'email', 'outbound', false, NULL, false, NULL);
CALL sales_kpi.create_model('kpi', as_of => '2024-05-01', follow_ups_target => 5, personal_elements_target => 4, delivery_target => 0.8, reply_target => 1);
SELECT results_eq($$SELECT member, messages, personal_elements, personalization, personalization_score, sent, delivered, replied_of, replied, delivered_rate, replied_rate FROM kpi.four_p WHERE grain = 'year' AND dimension = 'rep' ORDER BY member COLLATE "C"$$, $$VALUES
	('ann', 3::bigint, 4::bigint, 4 / 3::float8, 100 * (4 / 3::float8 / 4), 4::bigint, 3::bigint, 3::bigint, 1::bigint, 3 / 4::float8, 1 / 3::float8), ('bob', 1, 2, 2, 50, 1, 1, 1, 0, 1, 0), ('cid', 0, 0, NULL, NULL, 1, 1, 1, 1, 1, 1), ('dan', 0, 0, NULL, NULL, 1, 0, 0, 0, 0, NULL)$$,
	'messages are what people sent, and later than the first contact where elements are counted; replies are of what arrived');
SELECT results_eq($$SELECT member, round(performance_score::numeric, 6), round(score::numeric, 6), scores_known FROM kpi.four_p WHERE grain = 'year' AND dimension = 'rep' ORDER BY member COLLATE "C"$$, $$VALUES
	('ann', round(100 * (0.75 / 0.8 + 1 / 3.0) / 2, 6), round((20 + 100 * (0.75 / 0.8 + 1 / 3.0) / 2 + 100 / 3.0) / 3, 6), 3),
	('bob', 50.000000, 50.000000, 2), ('cid', 100.000000, 60.000000, 2), ('dan', 0.000000, 10.000000, 2)$$, 'performance is of the rates that are known, the score of the scores that are');
SELECT results_eq($$SELECT delivered_low, delivered_high, replied_low, replied_high FROM kpi.four_p WHERE grain = 'year' AND dimension = 'rep' AND member = 'ann'$$,
	'SELECT sales_kpi.wilson_low(3, 4), sales_kpi.wilson_high(3, 4), sales_kpi.wilson_low(1, 3), sales_kpi.wilson_high(1, 3)', 'rates have their bounds');

-- Calls to action.
UPDATE crm.touch SET call_to_action = touch_id <> 2 WHERE touch_id <> 3;
SELECT results_eq($$SELECT member, messages, with_cta, cta_rate, cta_low, cta_high, unknown FROM kpi.call_to_action WHERE grain = 'year' AND dimension = 'rep' ORDER BY member COLLATE "C"$$, $$VALUES
	('ann', 4::bigint, 3::bigint, 0.75::float8, sales_kpi.wilson_low(3, 4), sales_kpi.wilson_high(3, 4), 1::bigint), ('bob', 1, 1, 1, sales_kpi.wilson_low(1, 1), 1, 0), ('cid', 1, 1, 1, sales_kpi.wilson_low(1, 1), 1, 0), ('dan', 1, 1, 1, sales_kpi.wilson_low(1, 1), 1, 0)$$,
	'calls to action are of messages that people sent; of one it is not known');

-- Promptness.
CREATE TABLE crm.lead (lead_id int, arrived_at timestamptz, rep_id text, responded_at timestamptz);
INSERT INTO crm.lead VALUES (101, '2024-03-01', 'ann', '2024-03-01 02:00'), (102, '2024-03-01', 'ann', '2024-03-01 04:00'), (103, '2024-03-01', 'ann', NULL), (104, '2024-03-01', 'bob', '2024-03-01'), (105, '2024-03-01', 'bob', '2024-03-01'),
	(106, '2024-03-01', 'eve', '2024-03-01 00:20'), (107, '2024-03-01', 'fay', NULL),
	(1, '2024-02-29 23:50', 'gil', NULL), (1, '2024-02-29 23:30', 'gil', NULL);		-- two of an id, each answered by the first contact
CALL sales_kpi.repair_model('kpi');
SELECT results_eq($$SELECT member, answered, promptness_minutes, round(promptness_score::numeric, 6), scores_known FROM kpi.four_p WHERE grain = 'year' AND dimension = 'rep' AND answered > 0 ORDER BY member COLLATE "C"$$, $$VALUES
	('ann', 2::bigint, 180::float8, round(100 / 3.0, 6), 4), ('bob', 2, 0, 100.000000, 3), ('eve', 1, 20, 100.000000, 1), ('gil', 2, 20, 100.000000, 1)$$,
	'promptness is SLA / median of what was answered; at once is as prompt as can be');
SELECT is((SELECT count(*) FROM kpi.four_p WHERE member = 'fay'), 0::bigint, 'who has answered nobody has no row');
SELECT is((SELECT round(score::numeric, 9) FROM kpi.four_p WHERE grain = 'year' AND dimension = 'rep' AND member = 'ann'),
	(SELECT round(((promptness_score + persistence_score + personalization_score + performance_score) / 4)::numeric, 9) FROM kpi.four_p WHERE grain = 'year' AND dimension = 'rep' AND member = 'ann'), 'one score of the four');
CALL sales_kpi.create_model('kpi', response_sla => '0');
SELECT results_eq($$SELECT promptness_score FROM kpi.four_p WHERE grain = 'year' AND dimension = 'rep' AND member IN ('ann', 'bob') ORDER BY member$$, 'VALUES (0::float8), (100)', 'with an SLA of no time only what is answered at once is in time');

-- Touches known by the day: 30 days of the calendar, in autumn as well.
DROP TABLE crm.lead, crm.touch CASCADE;
CREATE TABLE crm.touch (touch_id int, touched_at date, deal_id int, direction text);
INSERT INTO crm.touch VALUES (1, '2024-10-10', 1, 'outbound'), (2, '2024-10-10', 1, 'outbound'), (3, '2024-10-10', 1, 'inbound'), (4, '2024-11-09', 1, 'outbound'), (5, '2024-11-10', 1, 'outbound'),
	(6, '2024-03-10', 2, 'outbound'), (7, '2024-04-09', 2, 'outbound'), (8, '2024-04-10', 2, 'outbound');
CALL sales_kpi.create_model('kpi', as_of => '2025-01-01');
SELECT results_eq($$SELECT period_start, member, contacted, follow_ups FROM kpi.four_p WHERE grain = 'month' AND dimension = 'rep' ORDER BY 1$$, $$VALUES
	(date '2024-03-01', '(none)', 1::bigint, 1::bigint), ('2024-10-01', '(none)', 1, 1)$$, 'of days, the thirtieth counts, and the day of the first contact does not');

-- Productivity. Of one day: contacts of every sort, and what came of them.
DROP TABLE crm.touch CASCADE;
CREATE TABLE crm.touch (touch_id int, touched_at timestamptz, kind text, direction text, automated boolean, rep_id text, minutes numeric, lead_id int);
INSERT INTO crm.touch VALUES
	(1, '2024-03-01 08:00', 'call', 'outbound', false, 'ann', 10, 1), (2, '2024-03-01 09:00', 'call', 'inbound', false, 'ann', 20, 1), (3, '2024-03-01 10:00', 'call', NULL, NULL, 'ann', NULL, 1),
	(4, '2024-03-01 11:00', 'call', 'internal', false, 'ann', 30, 1), (5, '2024-03-01 12:00', 'call', 'outbound', true, 'ann', 40, 1),	-- no calls with a client by a person
	(6, '2024-03-01 13:00', 'meeting', 'inbound', false, 'ann', 60, 1), (7, '2024-03-01 14:00', 'email', 'outbound', false, 'ann', NULL, 1), (8, '2024-03-01 15:00', 'email', 'inbound', false, 'ann', 0, 1),
	(9, '2024-03-01 23:30+00', NULL, 'outbound', false, 'ann', NULL, 1),				-- the day after in Berlin
	(10, '2024-03-04', 'email', 'outbound', true, 'ann', 5, 1),						-- a machine, and no day of work
	(11, '2024-03-01 08:00', 'fax', 'outbound', false, 'bob', 15, 1), (12, '2024-03-01 08:00', 'call', 'outbound', false, NULL, 6, 1), (13, '2024-03-08 08:00', 'call', 'outbound', false, NULL, NULL, 1);
CREATE TABLE crm.deal (deal_id int, opened_at timestamptz, closed_at timestamptz, outcome text, rep_id text);
INSERT INTO crm.deal VALUES (1, '2024-02-01', '2024-03-01', 'won', 'ann'), (2, '2024-03-01', '2024-03-02', 'lost', 'ann'), (3, '2024-03-01', '2024-03-25', 'won', 'bob'), (4, '2024-03-01', '2024-06-01', NULL, 'bob'),
	(5, NULL, '2024-03-01', 'won', 'ann');
CREATE TABLE crm.sale (sale_id int, sold_at timestamptz, amount numeric, rep_id text);
INSERT INTO crm.sale VALUES (1, '2024-03-01', 100.10, 'ann'), (2, '2024-03-02', -20, 'ann'), (3, '2024-03-02', NULL, 'ann'), (4, '2024-03-03', 7, 'cid');
CREATE TABLE crm.spend (spent_at date, amount numeric, kind text, team text, rep_id text);
INSERT INTO crm.spend VALUES ('2024-03-01', 40, 'sales', NULL, 'ann'), ('2024-03-02', 10, 'marketing', 'North', NULL), ('2024-03-02', 2.5, NULL, NULL, NULL), ('2024-03-02', 1000, 'other', 'North', 'ann'), ('2024-03-02', 5, 'sales', 'South', 'ann');
CREATE TABLE crm.rep (rep_id text, team text);
INSERT INTO crm.rep VALUES ('ann', 'North'), ('bob', 'South');
CALL sales_kpi.create_model('kpi', as_of => '2024-03-20', cac_lag => '30 days');
SELECT results_eq($$SELECT member, calls, meetings, messages, deals_opened, wins, revenue, round(hours, 6), cost, active_days, timed_calls FROM kpi.productivity WHERE grain = 'year' AND period_start = '2024-01-01' AND dimension = 'rep' ORDER BY member COLLATE "C"$$, $$VALUES
	('(none)', 2::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::numeric, 0.100000, 12.5, 2::bigint, 1::bigint), ('ann', 3, 1, 2, 2, 2, 80.10, 2.000000, 45, 2, 2), ('bob', 0, 0, 0, 2, 0, 0, 0.250000, 0, 1, 0), ('cid', 0, 0, 0, 0, 0, 7, 0.000000, 0, 0, 0)$$,
	'output and input, as of a day before the second win; cost has no lag');
SELECT results_eq($$SELECT member, calls_per_day, minutes_per_call, calls_per_hour, meetings_per_hour, wins_per_hour, revenue_per_hour, revenue_per_cost FROM kpi.productivity WHERE grain = 'year' AND period_start = '2024-01-01' AND dimension = 'rep' ORDER BY member COLLATE "C"$$, $$VALUES
	('(none)', 1::float8, 6::float8, 20::float8, 0::float8, 0::float8, 0::float8, 0::float8), ('ann', 1.5, 15, 1.5, 0.5, 1, 40.05, 80.10::float8 / 45), ('bob', 0, NULL, 0, 0, 0, 0, NULL), ('cid', NULL, NULL, NULL, NULL, NULL, NULL, NULL)$$,
	'one per the other; nothing per nothing is not known');
SELECT results_eq($$SELECT calls_per_day, minutes_per_call, calls_per_hour, revenue_per_hour FROM kpi.productivity WHERE grain = 'year' AND period_start = '2024-01-01' AND dimension = 'all'$$,
	'VALUES (5 / 5::float8, 12::float8, (5 * 60 / 141.0)::float8, (87.10 * 60 / 141)::float8)', 'quotients of the sums, not means of the quotients');
SELECT results_eq($$SELECT member, cost FROM kpi.productivity WHERE grain = 'year' AND dimension = 'team' AND cost > 0 ORDER BY member COLLATE "C"$$, $$VALUES ('(none)', 2.5), ('North', 50), ('South', 5)$$, 'cost is of the team that it names');
SELECT results_eq($$SELECT period_start, active_days, calls, deals_opened, wins FROM kpi.productivity WHERE grain = 'day' AND dimension = 'all' AND period_start < '2024-03-05' AND active_days + deals_opened + wins > 0 ORDER BY 1$$, $$VALUES
	(date '2024-02-01', 0::bigint, 0::bigint, 1::bigint, 0::bigint), ('2024-03-01', 3, 4, 3, 2), ('2024-03-02', 1, 0, 0, 0)$$, 'days begin in the zone of the model; a machine has none');

-- What is not there is not known.
CREATE FUNCTION test.known(view_name text) RETURNS text
LANGUAGE plpgsql
AS $f$
DECLARE
	known text;
BEGIN
	CALL sales_kpi.repair_model('kpi');
	EXECUTE format($$SELECT string_agg(k.key, ' ' ORDER BY k.key) FROM (SELECT DISTINCT f.key FROM kpi.%I v CROSS JOIN LATERAL jsonb_each(jsonb_strip_nulls(to_jsonb(v))) f
		WHERE f.key <> ALL ('{grain,period_start,period_end,is_partial,dimension,member,member_name}')) k$$, view_name) INTO known;
	RETURN known;
END
$f$;
SELECT is(test.known('productivity'), 'active_days calls calls_per_day calls_per_hour cost deals_opened hours meetings meetings_per_hour messages minutes_per_call revenue revenue_per_cost revenue_per_hour timed_calls wins wins_per_hour', 'all of productivity is known');
ALTER TABLE crm.touch RENAME minutes TO minutes_away;
SELECT is(test.known('productivity'), 'active_days calls calls_per_day cost deals_opened meetings messages revenue revenue_per_cost timed_calls wins', 'without minutes');
ALTER TABLE crm.touch RENAME minutes_away TO minutes;
ALTER TABLE crm.touch RENAME kind TO kind_away;
SELECT is(test.known('productivity'), 'active_days cost deals_opened hours messages revenue revenue_per_cost revenue_per_hour wins wins_per_hour', 'without kinds of contacts');
SELECT results_eq($$SELECT messages, messages_cta, unknown FROM (SELECT sum(messages) AS messages FROM kpi.productivity WHERE grain = 'year' AND dimension = 'all') p, (SELECT sum(messages) AS messages_cta, sum(unknown) AS unknown FROM kpi.call_to_action WHERE grain = 'year' AND dimension = 'all') c$$,
	'VALUES (7::numeric, 0::numeric, 7::numeric)', 'all that people sent are messages then; of calls to action nothing is known');
ALTER TABLE crm.touch RENAME TO touch_away;
SELECT is(test.known('productivity'), 'cost deals_opened revenue revenue_per_cost wins', 'without contacts');
SELECT is_empty('SELECT * FROM kpi.four_p', 'nor are there four Ps');
SELECT is_empty('SELECT * FROM kpi.call_to_action', 'nor calls to action');
ALTER TABLE crm.touch_away RENAME TO touch;
DROP TABLE crm.deal, crm.sale, crm.spend, crm.rep CASCADE;
SELECT is(test.known('productivity'), 'active_days hours messages', 'contacts alone');
SELECT is(test.known('four_p'), 'answered contacted counted delivered follow_ups messages persistence persistence_score personal_elements replied replied_of score scores_known sent', 'of which follow-ups are known');
TRUNCATE crm.touch;
SELECT is_empty('SELECT * FROM kpi.productivity', 'no data, no rows');
SELECT is_empty('SELECT * FROM kpi.four_p', 'nor of the four Ps');

SELECT * FROM finish();
ROLLBACK;
