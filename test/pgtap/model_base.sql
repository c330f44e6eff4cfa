-- What the base views make of each relation beyond leaving rows out: defaults that come
-- from elsewhere, spans that do not overlap, what counts as paid or as a reply.
BEGIN;
\ir include/model.sql
SELECT plan(30);

CALL sales_kpi.create_sources('crm');
ALTER TABLE crm.product ALTER tier TYPE bigint;
CALL sales_kpi.create_model('kpi', sources => 'crm', as_of => '2025-01-01');

-- Reps: one row a moment.
INSERT INTO crm.rep (rep_id, rep_name, team, territory, valid_from, valid_until) VALUES
	(1, 'Ann Old', 'North', 'N', NULL, '2024-03-01'), (1, 'Ann', 'South', 'S', '2024-03-01', NULL),	-- moved
	(2, 'Bob', 'North', 'N', NULL, NULL), (2, 'Bob', 'East', 'E', '2024-06-01', '2024-07-01'),			-- overlapping
	(3, 'Cid', 'North', 'N', '2024-01-01', '2024-02-01'), (3, 'Cid', 'North', 'N', '2024-01-01', NULL),	-- twice at once
	(4, NULL, NULL, NULL, '-infinity', 'infinity');
SELECT results_eq('SELECT rep_id, rep_name, team, valid_from, valid_until FROM kpi_base.rep ORDER BY rep_id, valid_from', $$VALUES
	(1::bigint, 'Ann Old', 'North', timestamptz '-infinity', timestamptz '2024-03-01'), (1, 'Ann', 'South', '2024-03-01', 'infinity'),
	(2, 'Bob', 'North', '-infinity', '2024-06-01'), (2, 'Bob', 'East', '2024-06-01', '2024-07-01'),
	(3, 'Cid', 'North', '2024-01-01', 'infinity'), (4, '4', NULL, '-infinity', 'infinity')$$, 'the earlier span ends where the later one begins; of two at once one is read');
SELECT results_eq('SELECT rep_id, rep_name FROM kpi_base.rep_name ORDER BY 1', $$VALUES (1::bigint, 'Ann'), (2, 'Bob'), (3, 'Cid'), (4, '4')$$, 'a rep is called as in its last span');

-- Spend follows its rep, as of its day; what is given stays.
INSERT INTO crm.spend (spent_at, amount, rep_id, team, territory) VALUES
	('2024-02-29', 1, 1, NULL, NULL), ('2024-03-01', 2, 1, NULL, NULL), ('2024-06-15', 3, 2, NULL, 'own'), ('2024-08-01', 4, 2, NULL, NULL), ('2024-08-01', 5, 9, NULL, NULL), ('2024-08-01', 6, NULL, 'West', NULL);
SELECT results_eq('SELECT amount, team, territory FROM kpi_base.spend ORDER BY amount', $$VALUES
	(1::numeric, 'North', 'N'), (2, 'South', 'S'), (3, 'East', 'own'), (4, NULL, NULL), (5, NULL, NULL), (6, 'West', NULL)$$, 'cost follows the rep where it is not given');

-- Customers: their own source, or that of their first lead that can be right.
INSERT INTO crm.customer (customer_id, customer_name, source, location, rep_id) VALUES (1, 'Acme', 'fair', 'Oslo', 1), (2, NULL, NULL, 'Rome', 2), (3, 'C', NULL, NULL, NULL), (3, 'C2', NULL, NULL, NULL);
INSERT INTO crm.lead (lead_id, arrived_at, source, customer_id) VALUES (1, '2024-01-02', 'web', 2), (2, '2024-01-01', NULL, 2), (3, '2024-01-03', 'ad', 2), (4, '2024-02-01', 'web', 1),
	(5, '-infinity', 'never', 3), (6, '2025-06-01', 'later', 3);
SELECT results_eq('SELECT customer_id, customer_name, source FROM kpi_base.customer ORDER BY 1', $$VALUES (1::bigint, 'Acme', 'fair'), (2, '2', 'web'), (3, 'C', NULL)$$, 'a customer''s source is its own, or that of its first lead');

-- An event without a rep belongs to the account owner.
INSERT INTO crm.deal (deal_id, opened_at, customer_id, rep_id) VALUES (1, '2024-01-01', 1, NULL), (2, '2024-01-01', 1, 3), (3, '2024-01-01', 404, NULL);
INSERT INTO crm.feedback (given_at, score, customer_id, rep_id) VALUES ('2024-01-01', 1, 2, NULL), ('2024-01-01', 2, 2, 3);
INSERT INTO crm.subscription (subscription_id, customer_id, started_at, rep_id) VALUES (1, 2, '2024-01-01', NULL);
SELECT results_eq('SELECT deal_id, rep_id FROM kpi_base.deal ORDER BY 1', 'VALUES (1::bigint, 1::bigint), (2, 3), (3, NULL)', 'deals');
SELECT results_eq('SELECT score, rep_id FROM kpi_base.feedback ORDER BY 1', 'VALUES (1::numeric, 2::bigint), (2, 3)', 'answers');
SELECT results_eq('SELECT rep_id FROM kpi_base.subscription', 'VALUES (2::bigint)', 'subscriptions');
SELECT results_eq('SELECT rep_id FROM kpi_base.lead WHERE customer_id = 1', 'VALUES (1::bigint)', 'and leads go to the account owner');

-- Lines of one order, and where they were sold.
INSERT INTO crm.sale (sale_id, sold_at, customer_id, order_id, location) VALUES (1, '2024-01-01 10:00', 1, NULL, NULL), (2, '2024-01-01 10:00', 1, NULL, 'Bonn'), (3, '2024-01-01 10:01', 1, NULL, NULL),
	(4, '2024-01-01 10:00', 2, NULL, NULL), (5, '2024-01-01 10:00', NULL, NULL, NULL), (6, '2024-01-01 10:00', NULL, NULL, NULL), (7, '2024-01-01 10:00', 1, 5, NULL), (8, '2024-01-02 10:00', 2, 5, NULL);
SELECT results_eq('SELECT array_agg(sale_id ORDER BY sale_id) FROM kpi_base.sale GROUP BY order_id ORDER BY 1', $$VALUES ('{1,2}'::bigint[]), ('{3}'), ('{4}'), ('{5}'), ('{6}'), ('{7,8}')$$,
	'an order is given, or all of a customer at one moment; without a customer, each line is its own');
SELECT results_eq('SELECT sale_id, location FROM kpi_base.sale WHERE sale_id < 6 ORDER BY 1', $$VALUES (1::bigint, 'Oslo'), (2, 'Bonn'), (3, 'Oslo'), (4, 'Rome'), (5, NULL)$$, 'sold where the line says, or where the customer is');

-- Subscriptions: what counts as paid, and an end that is open.
DELETE FROM crm.subscription;
INSERT INTO crm.subscription (subscription_id, customer_id, started_at, ended_at, monthly_amount, trial) VALUES (1, 1, '2024-01-01', NULL, 10, false), (2, 1, '2024-01-01', NULL, 10, true),
	(3, 1, '2024-01-01', NULL, 0, NULL), (4, 1, '2024-01-01', 'infinity', NULL, NULL), (5, 1, '2026-01-01', '2026-02-01', 5, false);
SELECT results_eq('SELECT subscription_id, paid, ended_at FROM kpi_base.subscription ORDER BY 1', $$VALUES (1::bigint, true, NULL::timestamptz), (2, false, NULL), (3, false, NULL), (4, true, NULL), (5, true, '2026-02-01')$$,
	'trials and what costs nothing are not paid; an amount that is unknown is; a future one is kept');

-- What sales figures are made of: order lines, or what a subscription is paid for.
INSERT INTO crm.product (product_id, family, tier) VALUES (20, 'Desk', 2), (21, 'Desk', 3000000000);
INSERT INTO crm.sale (sale_id, sold_at, customer_id, amount, units, cost, product_id, deal_id, channel) VALUES
	(10, '2024-02-01', 2, 90, 3, 30, 20, 7, 'store'), (11, '2024-02-02', NULL, -30, -1, NULL, 404, NULL, NULL), (12, '2025-02-01', 2, 90, 3, 30, 20, NULL, NULL), (13, '2024-02-03', 2, 1, 1, 1, 21, NULL, NULL);
SELECT results_eq('SELECT sale_id, sold_at, customer_id, amount, units, cost, order_id, product_id, family, tier, rep_id, deal_id, channel, location FROM kpi_base.purchase WHERE sale_id::int > 9 ORDER BY 1', $$VALUES
	('10', timestamptz '2024-02-01', 2::bigint, 90::numeric, 3::numeric, 30::numeric, '2 ' || extract(epoch FROM timestamptz '2024-02-01'), 20::bigint, 'Desk', 2, 2::bigint, '7', 'store', 'Rome'),
	('11', '2024-02-02', NULL, -30, -1, NULL, 'sale 11', 404, '404', NULL, NULL, NULL, NULL, NULL),
	('13', '2024-02-03', 2, 1, 1, 1, '2 ' || extract(epoch FROM timestamptz '2024-02-03'), 21, 'Desk', NULL, 2, NULL, NULL, 'Rome')$$,
	'order lines: a product that is not known is its own family, a tier beyond all others is none');
SELECT is((SELECT count(*) FROM kpi_base.purchase), (SELECT count(*) FROM kpi_base.sale), 'each line is one');
SELECT bag_eq('SELECT sold_at, customer_id, amount, cost, product_id, rep_id, channel, location FROM kpi_base.revenue', 'SELECT sold_at, customer_id, amount, cost, product_id, rep_id, channel, location FROM kpi_base.sale', 'and they are the revenue');
DELETE FROM crm.subscription;
INSERT INTO crm.subscription (subscription_id, customer_id, started_at, ended_at, monthly_amount, product_id, trial) VALUES (1, 1, '2024-01-31 12:00', '2024-04-15 12:00', 10, 20, false),
	(1, 1, '2024-04-15 12:00', NULL, 31, 20, false), (1, 1, '2024-12-01', NULL, 7, 21, false), (2, 2, '2024-11-30', '2025-03-01', NULL, 20, false), (3, 2, '2024-11-30', NULL, 5, 20, true), (4, 2, '2025-01-01 00:00:01', NULL, 5, 20, false),
	(NULL, 3, '2024-12-05', NULL, 1, NULL, NULL), (NULL, 3, '2024-12-05', NULL, 1, NULL, NULL);
CALL sales_kpi.create_model('kpi', purchases => 'subscription');
SELECT results_eq('SELECT sale_id, sold_at, customer_id, amount, units, cost, order_id, product_id, family, tier, rep_id, deal_id, channel, location FROM kpi_base.purchase ORDER BY sold_at, customer_id', $$VALUES
	('1', timestamptz '2024-01-31 12:00', 1::bigint, 10::numeric, 1::numeric, NULL::numeric, '1', 20::bigint, 'Desk', 2, 1::bigint, NULL::text, NULL::text, 'Oslo'),
	('1', '2024-04-15 12:00', 1, 31, 0, NULL, '1', 20, 'Desk', 2, 1, NULL, NULL, 'Oslo'), ('2', '2024-11-30', 2, NULL, 1, NULL, '2', 20, 'Desk', 2, 2, NULL, NULL, 'Rome'), ('1', '2024-12-01', 1, 7, 1, NULL, '1', 21, 'Desk', NULL, 1, NULL, NULL, 'Oslo'),
	(NULL, '2024-12-05', 3, 1, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (NULL, '2024-12-05', 3, 1, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)$$,
	'or paid spans: a unit with the first of each product');
-- 17 days of the 30 from 29 February at noon are not in it: months are counted from the start
SELECT results_eq('SELECT sold_at, amount FROM kpi_base.revenue WHERE customer_id = 1 AND product_id = 20 AND sold_at < ''2024-06-30'' ORDER BY 1', $$VALUES
	(timestamptz '2024-01-31 12:00', 10::numeric), ('2024-02-29 12:00', 10), ('2024-03-31 12:00', 5.000000), ('2024-04-15 12:00', 31), ('2024-05-15 12:00', 31), ('2024-06-15 12:00', 31)$$,
	'revenue by the month, the last one by its share of time');
SELECT results_eq('SELECT max(sold_at), count(*) FROM kpi_base.revenue WHERE customer_id = 1 AND amount = 31', $$VALUES (timestamptz '2024-12-15 12:00', 9::bigint)$$, 'up to as_of');
SELECT results_eq('SELECT sold_at, amount, location FROM kpi_base.revenue WHERE customer_id = 2 ORDER BY 1', $$VALUES (timestamptz '2024-11-30', NULL::numeric, 'Rome'), ('2024-12-30', NULL, 'Rome')$$, 'an amount that is not known stays so');
CALL sales_kpi.create_model('kpi', time_zone => 'Europe/Berlin', as_of => '2024-11-20');
INSERT INTO crm.subscription (subscription_id, customer_id, started_at, ended_at, monthly_amount, product_id) VALUES
	(5, 9, '2024-02-27 02:30+01', '2024-04-27 02:30+02', 10, 20), (6, 8, '2024-10-27 02:30+02', '2024-10-27 02:15+01', 100, 20);
SELECT results_eq('SELECT sold_at, amount FROM kpi_base.revenue WHERE customer_id = 9 ORDER BY 1', $$VALUES (timestamptz '2024-02-27 02:30+01', 10::numeric), ('2024-03-27 02:30+01', 10)$$, 'months are of the local clock');
SELECT results_eq('SELECT sold_at, amount FROM kpi_base.revenue WHERE customer_id = 8', $$VALUES (timestamptz '2024-10-27 02:30+02', round(100 * 0.75 / (31 * 24 + 1), 6))$$, 'and begin at the right one of two equal hours');
CALL sales_kpi.create_model('kpi', time_zone => 'UTC', as_of => '2025-01-01', purchases => 'sale');

-- What the parts of a figure are: deals that are neither won nor lost have none.
DELETE FROM crm.deal;
INSERT INTO crm.deal (deal_id, opened_at, closed_at, outcome, customer_id, product_id) VALUES (1, '2024-01-01', '2024-06-01', 'won', 2, 20), (2, '2024-01-01', '2024-06-02', 'lost', NULL, 20), (3, '2024-01-01', '2024-06-01', 'withdrawn', 2, 20), (4, '2024-01-01', NULL, NULL, 2, 20), (5, '2024-01-01', '2025-06-01', 'won', 2, 20);
SELECT results_eq($$SELECT happened_at, value, size, rep_id, product_id, customer_id, source, location FROM kpi_base.driver_fact WHERE kpi = 'win_rate' ORDER BY 1$$, $$VALUES
	(timestamptz '2024-06-01', 1::numeric, 1::bigint, 2::bigint, 20::bigint, 2::bigint, 'web', 'Rome'), ('2024-06-02', 0, 1, NULL, 20, NULL, NULL, NULL)$$, 'deals won and lost');
SELECT results_eq($$SELECT happened_at, value, size, source FROM kpi_base.driver_fact WHERE kpi = 'lead_conversion_rate' AND customer_id = 2 ORDER BY 1$$, $$VALUES
	(timestamptz '2024-01-01', 1::numeric, 1::bigint, NULL), ('2024-01-02', 1, 1, 'web'), ('2024-01-03', 1, 1, 'ad')$$, 'leads under the source of their own');
SELECT results_eq($$SELECT sum(value), count(*) FROM kpi_base.driver_fact WHERE kpi = 'revenue'$$, 'SELECT sum(amount), count(amount) FROM kpi_base.sale', 'and revenue that is known');
DELETE FROM crm.product;
DELETE FROM crm.lead WHERE lead_id > 6;

-- Products and feedback keep to their defaults, leads to their words.
INSERT INTO crm.product (product_id, product_name, family) VALUES (1, 'Lamp', 'Light'), (1, 'Lamp', 'Home'), (2, NULL, NULL);
SELECT results_eq('SELECT product_id, product_name, family FROM kpi_base.product ORDER BY 1', $$VALUES (1::bigint, 'Lamp', 'Home'), (2, '2', '2')$$, 'a product has one row');

-- As of a day in the past a deal that closed later was open.
DELETE FROM crm.deal;
INSERT INTO crm.deal (deal_id, opened_at, closed_at, outcome) VALUES (1, '2024-01-01', '2024-06-01', 'won'), (2, '2024-01-01', '2025-06-01', 'won'), (3, '2024-01-01', '2024-06-01', NULL), (4, NULL, '2024-06-01', 'lost');
SELECT results_eq('SELECT deal_id, closed_at, outcome, coalesce(is_won, false) FROM kpi_base.deal ORDER BY 1', $$VALUES (1::bigint, timestamptz '2024-06-01', 'won', true), (2, NULL, NULL, false), (3, NULL, NULL, false), (4, '2024-06-01', 'lost', false)$$,
	'what closes later is open, and so is what has no outcome');
INSERT INTO crm.lead (lead_id, arrived_at, responded_at, converted_at, closed_at) VALUES (10, '2024-12-31', '2025-01-02', '2025-01-02', '2025-01-02');
SELECT results_eq('SELECT responded_at, converted, converted_at, closed_at, waiting FROM kpi_base.lead WHERE lead_id = 10', 'VALUES (NULL::timestamptz, false, NULL::timestamptz, NULL::timestamptz, true)', 'so it is with leads');

-- Replies: on random touches, against a look at every pair.
CALL test.make_plain(0.66, 120);
CALL test.dress('random', '{{c}}', '{{c}}');
INSERT INTO random.touch (touch_id, touched_at, direction, lead_id) SELECT 100000 + touch_id, touched_at + interval '30 days', 'inbound', lead_id FROM random.touch WHERE lead_id % 3 = 0;
INSERT INTO random.touch (touch_id, touched_at, direction, lead_id) SELECT 200000 + touch_id, touched_at, 'inbound', lead_id FROM random.touch WHERE lead_id % 5 = 0;
UPDATE random.touch SET replied = touch_id % 2 = 0 WHERE touch_id % 11 = 0;
CALL sales_kpi.create_model('m', sources => 'random', as_of => '2025-01-15 14:30');
CREATE TABLE test.usable_touch AS SELECT touch_id, touched_at, coalesce(direction, 'outbound') AS direction, lead_id, deal_id, replied FROM random.touch
WHERE touched_at <= '2025-01-15 14:30' AND (minutes < 0) IS NOT TRUE;
SELECT bag_eq('SELECT touch_id, replied FROM m_base.touch', $$SELECT t.touch_id::bigint, coalesce(t.replied, CASE WHEN t.direction = 'outbound' THEN EXISTS (
	SELECT FROM test.usable_touch u WHERE u.direction = 'inbound' AND (u.lead_id = t.lead_id OR u.deal_id = t.deal_id) AND u.touched_at > t.touched_at AND u.touched_at <= t.touched_at + interval '720 hours') END)
	FROM test.usable_touch t$$, 'an inbound touch of the same lead or deal within 30 days is a reply');
SELECT cmp_ok((SELECT min(c) FROM (SELECT count(*) AS c FROM m_base.touch WHERE direction = 'outbound' GROUP BY replied) r), '>', 5::bigint, 'of which there are some, and some not');
SELECT results_eq('SELECT count(*) FROM m_base.touch WHERE direction <> ''outbound'' AND replied', 'SELECT count(*) FROM test.usable_touch WHERE direction <> ''outbound'' AND replied', 'only what goes out is replied to, unless the source says so');

-- The first answer to each lead of several with one id is after its own arrival.
DELETE FROM crm.lead;
INSERT INTO crm.lead (lead_id, arrived_at) VALUES (1, '2024-01-01'), (1, '2024-02-01');
INSERT INTO crm.touch (touch_id, touched_at, lead_id) VALUES (1, '2024-01-02', 1), (2, '2024-02-05', 1);
SELECT results_eq('SELECT arrived_at, responded_at FROM kpi_base.lead ORDER BY 1', $$VALUES (timestamptz '2024-01-01', timestamptz '2024-01-02'), ('2024-02-01', '2024-02-05')$$, 'leads that share an id are answered each for itself');

SELECT * FROM finish();
ROLLBACK;
