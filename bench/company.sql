-- A company with these deals, order lines and subscriptions, as sources of a model, and
-- what else views read: leads and touches, stages, reps who change teams.
SELECT bench.path_of(:scale) AS path \gset
SET search_path = :path;
CREATE SCHEMA crm;

CREATE TABLE crm.rep AS
SELECT r AS rep_id, 'Rep ' || r AS rep_name, 'Team ' || (r + span) % 20 AS team, 'Territory ' || r % 7 AS territory,
	CASE span WHEN 1 THEN timestamptz '2022-01-01' END AS valid_from, CASE span WHEN 0 THEN timestamptz '2022-01-01' END AS valid_until
FROM generate_series(0::bigint, 199) r, generate_series(0, 1) span;

CREATE TABLE crm.product AS
SELECT p AS product_id, 'Product ' || p AS product_name, 'Family ' || p / 5 AS family, 1 + p % 5 AS tier
FROM generate_series(0::bigint, 49) p;

CREATE TABLE crm.customer AS
SELECT c AS customer_id, 'Customer ' || c AS customer_name, 'Segment ' || c % 5 AS segment, 'Location ' || c % 30 AS location
FROM generate_series(1::bigint, (3000000 * :scale)::bigint) c;

CREATE TABLE crm.deal AS
SELECT id AS deal_id, created_at AS opened_at, closed_at, CASE WHEN won THEN 'won' WHEN NOT won THEN 'lost' END AS outcome,
	created_at + interval '45 days' AS expected_close_at, amount, customer_id, rep_id::bigint AS rep_id, product_id::bigint AS product_id
FROM deals;

-- Of every fifth deal the stages are known.
CREATE TABLE crm.deal_stage AS
SELECT d.deal_id, s.stage, s.stage_order,
	d.opened_at + (s.stage_order - 1) * (coalesce(d.closed_at, '2026-01-01') - d.opened_at) / 3 AS entered_at
FROM crm.deal d CROSS JOIN (VALUES ('Qualify', 1), ('Offer', 2), ('Close', 3)) s (stage, stage_order)
WHERE d.deal_id % 5 = 0;

-- Of ten leads eight are answered; of every other one the CRM stores when, of the
-- rest the touches tell. Two of ten convert.
CREATE TABLE crm.lead AS
SELECT n AS lead_id, a.arrived_at, 'Source ' || n % 6 AS source, (ARRAY['demo', 'whitepaper', 'contact form'])[1 + n % 3] AS request,
	(ARRAY['cold', 'warm', 'hot'])[1 + n % 3] AS temperature, bench.pick(n, 61, 200) AS rep_id,
	CASE WHEN c.converted THEN 1 + bench.pick(n, 62, (1000000 * :scale)::bigint) END AS customer_id,
	CASE WHEN bench.chance(n, 63) < 0.8 AND n % 2 = 0 THEN a.arrived_at + exp(4 + 1.5 * bench.bell(n, 64)) * interval '1 minute' END AS responded_at,
	CASE WHEN c.converted THEN a.arrived_at + interval '20 days' END AS converted_at
FROM generate_series(1::bigint, (5000000 * :scale)::bigint) n
CROSS JOIN LATERAL (SELECT timestamptz '2018-01-01' + (n - bench.chance(n, 65)) / (5000000 * :scale) * interval '2900 days' AS arrived_at) a
CROSS JOIN LATERAL (SELECT bench.chance(n, 66) < 0.2 AS converted) c;

CREATE TABLE crm.touch AS
SELECT 2 * l.lead_id + follow_up AS touch_id, l.lead_id, l.rep_id, 'email' AS kind, 'outbound' AS direction,
	l.arrived_at + exp(4 + 1.5 * bench.bell(l.lead_id, 64)) * interval '1 minute' + follow_up * interval '2 days' AS touched_at
FROM crm.lead l CROSS JOIN generate_series(0, 1) follow_up
WHERE bench.chance(l.lead_id, 63) < 0.8;

CREATE TABLE crm.subscription AS
SELECT row_number() OVER () AS subscription_id, customer_id, started_at, ended_at, mrr AS monthly_amount, product_id::bigint AS product_id
FROM subscriptions;

CREATE TABLE crm.sale AS
SELECT row_number() OVER () AS sale_id, sold_at, customer_id, amount, quantity::numeric AS units, product_id::bigint AS product_id,
	customer_id % 200 AS rep_id
FROM order_lines;

CREATE TABLE crm.spend AS
SELECT spent_at, amount, 'marketing' AS kind, 'Team ' || team_id AS team
FROM spend;

SET client_min_messages = warning;	-- create_sources says what it makes
CALL sales_kpi.create_sources('crm');
CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', as_of => '2026-01-01');

VACUUM (FREEZE, ANALYZE);
