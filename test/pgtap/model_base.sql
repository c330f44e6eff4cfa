-- What the base views make of each relation beyond leaving rows out: defaults that come
-- from elsewhere, spans that do not overlap, what counts as paid or as a reply.
BEGIN;
\ir include/model.sql
SELECT plan(18);

CALL sales_kpi.create_sources('crm');
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
