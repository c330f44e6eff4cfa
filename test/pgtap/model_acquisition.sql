-- Customer acquisition on a company small enough to reckon by hand, and with parts of
-- the sources missing.
BEGIN;
\ir include/model.sql
SELECT plan(20);
SET LOCAL timezone = 'Europe/Berlin';

CREATE SCHEMA crm;
-- ids that no bigint holds
CREATE TABLE crm.sale (sale_id int, sold_at timestamptz, customer_id numeric, amount numeric, rep_id text, channel text);
INSERT INTO crm.sale VALUES
	(1, '2024-01-10', 99999999999999999991, 100, 'ann', 'store'),			-- new in January
	(2, '2024-03-10', 99999999999999999991, 100, 'ann', 'store'),			-- who comes back is not new
	(3, '2024-02-10', 99999999999999999992, -20, 'ann', 'store'),			-- a return makes no customer
	(4, '2024-02-11', 99999999999999999992, 0, 'ann', 'store'),				-- nor does a gift
	(5, '2024-02-12', 99999999999999999992, NULL, 'ann', 'store'),			-- nor what is not known
	(6, '2024-03-12', 99999999999999999992, 5, 'ann', 'online'), (7, '2024-03-12', 99999999999999999992, 50, 'bob', 'store'),	-- the largest line decides
	(8, '2024-03-20', NULL, 70, 'ann', 'store'),							-- nobody
	(9, '2024-03-31 23:00+00', 99999999999999999993, 9, NULL, NULL);		-- April in Berlin, by nobody
CREATE TABLE crm.rep (rep_id text, rep_name text, team text, hired_at timestamptz, valid_from timestamptz, valid_until timestamptz);
INSERT INTO crm.rep VALUES ('ann', 'Ann', 'North', '2023-03-01', NULL, '2024-03-01'), ('ann', 'Ann', 'South', '2023-03-01', '2024-03-01', NULL),
	('bob', 'Bob', 'North', '2024-03-06', NULL, NULL), ('cid', 'Cid', 'South', NULL, NULL, NULL);
CREATE TABLE crm.spend (spent_at timestamptz, amount numeric, kind text, team text, rep_id text, source text);
INSERT INTO crm.spend VALUES ('2024-01-05', 60.10, 'sales', NULL, 'ann', NULL), ('2024-02-20', 40, 'marketing', 'North', NULL, 'fair'), ('2024-02-25', -10, NULL, 'North', NULL, 'fair'),
	('2024-03-05', 10, 'sales', NULL, 'ann', NULL), ('2024-03-06', 7, 'marketing', NULL, NULL, 'web'), ('2024-03-07', 1000, 'other', NULL, NULL, NULL), ('2024-03-08', 1000, 'parking', NULL, NULL, NULL);
CREATE TABLE crm.lead (lead_id int, arrived_at timestamptz, rep_id text, source text);
INSERT INTO crm.lead VALUES (1, '2024-01-02', 'ann', 'fair'), (2, '2024-02-02', 'ann', 'fair'), (3, '2024-02-03', 'ann', 'web'), (4, '2024-03-03', NULL, 'web');
CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', as_of => '2024-04-11');

SELECT results_eq($$SELECT period_start, leads, reps, new_customers, spend, cac, acquisition_ratio FROM kpi.acquisition WHERE grain = 'month' AND dimension = 'all' ORDER BY 1$$, $$VALUES
	(date '2024-01-01', 1::bigint, 2::bigint, 1::bigint, 60.10, 60.10, 1::float8), ('2024-02-01', 2, 2, 0, 30, NULL, 0), ('2024-03-01', 1, 3, 1, 17, 17, 1), ('2024-04-01', 0, 3, 1, 0, 0, NULL)$$,
	'by month: a cost without customers shows, and has no cost per customer');
SELECT results_eq($$SELECT member, period_start, leads, reps, new_customers, spend, cac FROM kpi.acquisition WHERE grain = 'month' AND dimension = 'team' ORDER BY member COLLATE "C", 2$$, $$VALUES
	('(none)', date '2024-03-01', 1::bigint, 0::bigint, 0::bigint, 7::numeric, NULL::numeric), ('(none)', '2024-04-01', 0, 0, 1, 0, 0),
	('North', '2024-01-01', 1, 1, 1, 60.10, 60.10), ('North', '2024-02-01', 2, 1, 0, 30, NULL), ('North', '2024-03-01', 0, 1, 1, 0, 0),
	('South', '2024-03-01', 0, 2, 0, 10, NULL)$$, 'by team, as of each event; what is of nobody has a row of its own');
SELECT results_eq($$SELECT member, member_name, reps, new_customers, spend FROM kpi.acquisition WHERE grain = 'year' AND dimension = 'rep' ORDER BY member COLLATE "C"$$, $$VALUES
	('(none)', '(none)', 0::bigint, 1::bigint, 37::numeric), ('ann', 'Ann', 1, 1, 70.10), ('bob', 'Bob', 1, 1, 0)$$, 'by rep');
SELECT results_eq($$SELECT member, leads, reps, mean_tenure_days, new_customers, spend FROM kpi.acquisition WHERE grain = 'year' AND dimension = 'source' ORDER BY member COLLATE "C"$$, $$VALUES
	('(none)', 0::bigint, NULL::bigint, NULL::float8, 3::bigint, 70.10), ('fair', 2, NULL, NULL, 0, 30), ('web', 2, NULL, NULL, 0, 7)$$, 'by source, that reps have none of');
SELECT results_eq($$SELECT member, leads, reps, mean_tenure_days, new_customers, spend, cac, acquisition_ratio FROM kpi.acquisition WHERE grain = 'year' AND dimension = 'channel' ORDER BY member COLLATE "C"$$, $$VALUES
	('(none)', NULL::bigint, NULL::bigint, NULL::float8, 1::bigint, NULL::numeric, NULL::numeric, NULL::float8), ('store', NULL, NULL, NULL, 2, NULL, NULL, NULL)$$, 'by channel, that purchases alone have');
SELECT results_eq($$SELECT period_start, round(mean_tenure_days::numeric, 2) FROM kpi.acquisition WHERE grain = 'quarter' AND dimension = 'all' ORDER BY 1$$,
	$$VALUES (date '2024-01-01', round(((date '2024-04-01' - date '2023-03-01') + (date '2024-04-01' - date '2024-03-06')) / 2.0 - 0.04, 2)), ('2024-04-01', round((407 - 1/24.0 + 36 - 1/24.0) / 2, 2))$$,
	'time in the job, at the end of the period or as of now; whose start is not known has none');

-- The cost is of the customers it was to win.
CALL sales_kpi.create_model('kpi', cac_lag => '30 days');
SELECT results_eq($$SELECT period_start, new_customers, spend, cac FROM kpi.acquisition WHERE grain = 'month' AND dimension = 'all' AND spend <> 0 ORDER BY 1$$, $$VALUES
	(date '2024-02-01', 0::bigint, 60.10, NULL::numeric), ('2024-03-01', 1, 30, 30), ('2024-04-01', 1, 17, 17)$$, 'by a lag of 30 days');
SELECT results_eq($$SELECT member, spend FROM kpi.acquisition WHERE grain = 'year' AND dimension = 'team' ORDER BY member COLLATE "C"$$, $$VALUES ('(none)', 7::numeric), ('North', 90.10), ('South', 10)$$,
	'the team is that of the day on which it was spent');
CALL sales_kpi.create_model('kpi', as_of => '2024-04-04');
SELECT is((SELECT spend FROM kpi.acquisition WHERE grain = 'month' AND dimension = 'all' AND period_start = '2024-04-01'), 0::numeric, 'as of a day within a period, its cost is that up to the lag before');
CALL sales_kpi.create_model('kpi', as_of => '2024-04-11', cac_lag => '0');

-- A paid subscription is a purchase, whatever purchases are counted by.
CREATE TABLE crm.subscription (subscription_id int, customer_id text, started_at date, ended_at date, monthly_amount numeric, rep_id text, trial boolean);
INSERT INTO crm.subscription VALUES (1, '99999999999999999991', '2023-12-01', '2024-01-05', 10, 'cid', false),	-- had paid before
	(2, 'x', '2024-02-01', NULL, 10, 'cid', true), (3, 'x', '2024-02-15', NULL, 10, 'cid', false),				-- paid after a trial
	(4, 'y', '2024-02-01', NULL, 0, 'cid', false), (5, 'z', '2024-02-01', '2024-02-01', 10, 'cid', false),		-- free, no time
	(6, 'w', '2024-05-01', NULL, 10, 'cid', false), (7, 'v', '2024-02-03', NULL, NULL, 'cid', NULL);			-- to come, not known
CREATE FUNCTION test.first_purchases(purchases text) RETURNS text
LANGUAGE plpgsql
AS $f$
BEGIN
	CALL sales_kpi.create_model('kpi', purchases => purchases);
	RETURN results_eq($$SELECT customer_id, purchased_at AT TIME ZONE 'Europe/Berlin', rep_id FROM kpi_base.first_purchase ORDER BY customer_id COLLATE "C"$$, $$VALUES
		('99999999999999999991', timestamp '2023-12-01', 'cid'), ('99999999999999999992', '2024-03-12', 'bob'), ('99999999999999999993', '2024-04-01 01:00', NULL), ('v', '2024-02-03', 'cid'), ('x', '2024-02-15', 'cid')$$,
		'first purchases, counted by ' || purchases);
END
$f$;
SELECT test.first_purchases('subscription');
SELECT test.first_purchases('sale');
SELECT results_eq($$SELECT period_start, new_customers FROM kpi.acquisition WHERE grain = 'month' AND dimension = 'all' AND new_customers > 0 ORDER BY 1$$,
	$$VALUES (date '2023-12-01', 1::bigint), ('2024-02-01', 2), ('2024-03-01', 1), ('2024-04-01', 1)$$, 'and in their months');

-- What is not there is not known.
CREATE FUNCTION test.without(relations text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
DECLARE
	known text[];
BEGIN
	EXECUTE (SELECT string_agg(format('ALTER TABLE crm.%I RENAME TO %I', r, r || '_away'), '; ') FROM unnest(string_to_array(relations, ',')) r);
	CALL sales_kpi.repair_model('kpi');
	SELECT array_agg(k.key ORDER BY k.key) INTO known
	FROM (SELECT DISTINCT f.key FROM kpi.acquisition v CROSS JOIN LATERAL jsonb_each(jsonb_strip_nulls(to_jsonb(v))) f
		  WHERE f.key = ANY ('{leads,reps,mean_tenure_days,new_customers,spend,cac,acquisition_ratio}')) k;
	EXECUTE (SELECT string_agg(format('ALTER TABLE crm.%I RENAME TO %I', r || '_away', r), '; ') FROM unnest(string_to_array(relations, ',')) r);
	RETURN NEXT array_to_string(known, ' ');
END
$$;
SELECT is((SELECT test.without(relations)), known, 'without ' || relations)
FROM (VALUES
	('spend', 'acquisition_ratio leads mean_tenure_days new_customers reps'),
	('lead', 'cac mean_tenure_days new_customers reps spend'),
	('rep', 'acquisition_ratio cac leads new_customers spend'),
	('sale', 'acquisition_ratio cac leads mean_tenure_days new_customers reps spend'),
	('subscription', 'acquisition_ratio cac leads mean_tenure_days new_customers reps spend'),
	('sale,subscription', 'leads mean_tenure_days reps spend'),
	('rep,sale,subscription,lead', 'spend')
) w (relations, known);

-- Empty relations are there, and hold nothing.
TRUNCATE crm.sale, crm.subscription, crm.rep;
CALL sales_kpi.repair_model('kpi');
SELECT results_eq($$SELECT sum(leads), sum(reps), sum(new_customers), sum(spend), count(cac), sum(acquisition_ratio) FROM kpi.acquisition WHERE grain = 'year' AND dimension = 'all'$$,
	$$VALUES (4::numeric, 0::numeric, 0::numeric, 107.10, 0::bigint, 0::float8)$$, 'empty relations give zeros');

SELECT * FROM finish();
ROLLBACK;
