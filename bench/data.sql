-- A company of :deals deals in eight years as sources of a model, the model, and the
-- tables that no model reads. Chance comes from numbered streams: every run has the
-- same rows.

-- The n-th number of a stream of chance between 0 and 1, and a bell-shaped one.
CREATE FUNCTION bench.chance(n bigint, stream text)
RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (sales_kpi.demo_random(1, stream, n, 1000000000) + 0.5) / 1e9;

CREATE FUNCTION bench.bell(n bigint, stream text)
RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (bench.chance(n, stream || ' 1') + bench.chance(n, stream || ' 2') + bench.chance(n, stream || ' 3') + bench.chance(n, stream || ' 4') - 2) * sqrt(3);

CREATE SCHEMA crm;

CREATE TABLE crm.rep AS
SELECT r AS rep_id, 'Rep ' || r AS rep_name, 'Team ' || (r + span) % 20 AS team, 'Territory ' || r % 7 AS territory,
	CASE span WHEN 1 THEN timestamptz '2022-01-01' END AS valid_from, CASE span WHEN 0 THEN timestamptz '2022-01-01' END AS valid_until
FROM generate_series(1::bigint, 200) r, generate_series(0, 1) span;

CREATE TABLE crm.product AS
SELECT p AS product_id, 'Product ' || p AS product_name, 'Family ' || p % 10 AS family, 1 + p / 10 AS tier
FROM generate_series(1::bigint, 50) p;

CREATE TABLE crm.customer AS
SELECT c AS customer_id, 'Customer ' || c AS customer_name, 'Segment ' || c % 5 AS segment, 'Location ' || c % 30 AS location
FROM generate_series(1::bigint, :deals / 10) c;

-- Cycles are skewed: half are done within 30 days, one in ten takes over 80.
CREATE TABLE crm.deal AS
SELECT d.deal_id, d.opened_at,
	CASE WHEN d.closed_at <= '2026-01-01' AND d.fate < 0.95 THEN d.closed_at END AS closed_at,
	CASE WHEN d.closed_at > '2026-01-01' OR d.fate >= 0.95 THEN NULL WHEN d.fate < 0.35 THEN 'won' ELSE 'lost' END AS outcome,
	d.opened_at + interval '45 days' AS expected_close_at, d.amount, d.customer_id, d.rep_id, d.product_id
FROM (
	SELECT n AS deal_id, o.opened_at, o.opened_at + exp(3.4 + 0.8 * bench.bell(n, 'cycle')) * interval '1 day' AS closed_at,
		bench.chance(n, 'fate') AS fate, round(exp(7 + bench.bell(n, 'amount'))::numeric, 2) AS amount,
		1 + floor(bench.chance(n, 'customer') * (:deals / 10))::bigint AS customer_id,
		1 + floor(bench.chance(n, 'rep') * 200)::bigint AS rep_id, 1 + floor(bench.chance(n, 'product') * 50)::bigint AS product_id
	FROM generate_series(1::bigint, :deals) n
	CROSS JOIN LATERAL (SELECT timestamptz '2018-01-01' + (n - bench.chance(n, 'opening')) / :deals * interval '2920 days' AS opened_at) o
) d;

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
	(ARRAY['cold', 'warm', 'hot'])[1 + n % 3] AS temperature, 1 + floor(bench.chance(n, 'lead rep') * 200)::bigint AS rep_id,
	CASE WHEN c.converted THEN 1 + floor(bench.chance(n, 'lead customer') * (:deals / 10))::bigint END AS customer_id,
	CASE WHEN bench.chance(n, 'answered') < 0.8 AND n % 2 = 0 THEN a.arrived_at + exp(4 + 1.5 * bench.bell(n, 'answer')) * interval '1 minute' END AS responded_at,
	CASE WHEN c.converted THEN a.arrived_at + interval '20 days' END AS converted_at
FROM generate_series(1::bigint, :deals / 2) n
CROSS JOIN LATERAL (SELECT timestamptz '2018-01-01' + (n - bench.chance(n, 'arrival')) / (:deals / 2) * interval '2900 days' AS arrived_at) a
CROSS JOIN LATERAL (SELECT bench.chance(n, 'converted') < 0.2 AS converted) c;

CREATE TABLE crm.touch AS
SELECT 2 * l.lead_id + follow_up AS touch_id, l.lead_id, l.rep_id, 'email' AS kind, 'outbound' AS direction,
	l.arrived_at + exp(4 + 1.5 * bench.bell(l.lead_id, 'answer')) * interval '1 minute' + follow_up * interval '2 days' AS touched_at
FROM crm.lead l CROSS JOIN generate_series(0, 1) follow_up
WHERE bench.chance(l.lead_id, 'answered') < 0.8;

-- Half of the customers have a second subscription, and a third of these a third one:
-- half of them at the end of the one before, some after a gap, some beside it.
CREATE TABLE crm.subscription AS
WITH first AS (
	SELECT n AS customer_id, s.started_at, s.started_at + exp(5.6 + 0.9 * bench.bell(n, 'stay')) * interval '1 day' AS ended_at
	FROM generate_series(1::bigint, 3 * :deals / 10) n
	CROSS JOIN LATERAL (SELECT timestamptz '2018-01-01' + n / (3.0 * :deals / 10) * interval '2920 days' AS started_at) s
),
second AS (
	SELECT customer_id, s.started_at, s.started_at + exp(5.6 + 0.9 * bench.bell(customer_id, 'second stay')) * interval '1 day' AS ended_at
	FROM first f
	CROSS JOIN LATERAL (SELECT bench.chance(customer_id, 'how it goes on') AS how) h
	CROSS JOIN LATERAL (SELECT CASE WHEN how < 0.5 THEN ended_at WHEN how < 0.75 THEN ended_at + how * interval '200 days'
		ELSE f.started_at + (ended_at - f.started_at) * (how - 0.75) * 4 END AS started_at) s
	WHERE customer_id % 2 = 0
),
third AS (
	SELECT customer_id, ended_at AS started_at, ended_at + exp(5.6 + 0.9 * bench.bell(customer_id, 'third stay')) * interval '1 day' AS ended_at
	FROM second
	WHERE customer_id % 6 = 0
)
SELECT row_number() OVER (ORDER BY started_at, customer_id) AS subscription_id, customer_id, started_at,
	CASE WHEN ended_at <= '2026-01-01' THEN ended_at END AS ended_at, round((20 + 500 * bench.chance(customer_id + number, 'monthly amount'))::numeric, 2) AS monthly_amount,
	1 + floor(bench.chance(customer_id + number, 'plan') * 50)::bigint AS product_id
FROM (SELECT *, 0 AS number FROM first UNION ALL SELECT *, 1 FROM second UNION ALL SELECT *, 2 FROM third) s
WHERE started_at < '2026-01-01';

-- A line of a sale for each deal, most of customers who buy often; ten families of five
-- tiers. The functions read them with their family and tier, the model by product.
CREATE TABLE bench.line AS
SELECT n AS sale_id, l.customer_id, l.product_id, (l.product_id % 10)::integer AS family, (1 + l.product_id / 10)::integer AS tier,
	timestamptz '2018-01-01' + (n - bench.chance(n, 'sale')) / :deals * interval '2920 days' AS sold_at,
	round(exp(5 + bench.bell(n, 'line'))::numeric, 2) AS amount, 1 + floor(bench.chance(n, 'seller') * 200)::bigint AS rep_id
FROM generate_series(1::bigint, :deals) n
CROSS JOIN LATERAL (SELECT 1 + floor(bench.chance(n, 'buyer') * bench.chance(n, 'how often') * (:deals / 10))::bigint AS customer_id,
	floor(bench.chance(n, 'bought') * 50)::bigint AS product_id) l;

CREATE TABLE crm.sale AS
SELECT sale_id, sold_at, customer_id, amount, 1::numeric AS units, 1 + product_id AS product_id, rep_id FROM bench.line;

-- Ten rows a group, the groups in turn, as rows of many customers come in.
CREATE TABLE bench.tenfold AS
SELECT n % :groups AS grp, n / :groups AS customer_id, timestamptz '2025-01-01' + n * interval '1 second' AS from_time,
	timestamptz '2025-01-01' + n * interval '1 second' + exp(3.4 + 0.8 * bench.bell(n, 'tenfold')) * interval '1 day' AS until_time
FROM generate_series(1::bigint, 10 * :groups) n;

-- What a nightly job would keep: a state per rep and month.
CREATE TABLE bench.monthly AS
SELECT rep_id, sales_kpi.period_start('month', closed_at, 'Europe/Berlin') AS month, sales_kpi.duration_agg(opened_at, closed_at) AS cycle
FROM crm.deal
WHERE closed_at IS NOT NULL
GROUP BY 1, 2;

-- States beyond the number of durations that are held as they are.
CREATE TABLE bench.bucketed AS
SELECT part, sales_kpi.duration_agg(exp(3.4 + 0.8 * bench.bell(n, 'bucketed')) * interval '1 day') AS cycle
FROM generate_series(1::bigint, 2500) n CROSS JOIN generate_series(1, 2) part
GROUP BY part;

-- Without these the planner takes the months for as many as the rows, and never
-- groups by them in parallel. They serve the functions and plain SQL alike.
CREATE STATISTICS crm.period_start ON (sales_kpi.period_start('month', closed_at, 'Europe/Berlin')) FROM crm.deal;
CREATE STATISTICS crm.date_trunc ON (date_trunc('month', closed_at AT TIME ZONE 'Europe/Berlin')) FROM crm.deal;

SET client_min_messages = warning;	-- create_sources says what it makes
CALL sales_kpi.create_sources('crm');
CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', as_of => '2026-01-01');

VACUUM (FREEZE, ANALYZE);
