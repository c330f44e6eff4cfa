-- A year of a hardware seller: 8,800 opportunities known by the day. Every cell of
-- the reference answers that today's KPIs can give, through sources that are views.
\ir include/test_data.sql
\if :skipped
\quit
\endif
BEGIN;
SELECT plan(43);
\ir include/reference.sql

CREATE SCHEMA maven;
\set csv maven_crm/sales_pipeline.csv
\set table maven.sales_pipeline
\set types 'engage_date date, close_date date, close_value numeric'
\ir include/load_csv.sql
\set csv maven_crm/sales_teams.csv
\set table maven.sales_teams
\set types ''
\ir include/load_csv.sql
\set csv maven_crm/products.csv
\set table maven.products
\set types 'sales_price numeric'
\ir include/load_csv.sql
\set csv maven_crm/accounts.csv
\set table maven.accounts
\set types ''
\ir include/load_csv.sql

CREATE SCHEMA crm;
CREATE VIEW crm.rep AS
SELECT sales_agent AS rep_id, manager AS team, regional_office AS territory
FROM maven.sales_teams;
CREATE VIEW crm.product AS
SELECT product AS product_id, series AS family, rank() OVER (PARTITION BY series ORDER BY sales_price) AS tier
FROM maven.products;
CREATE VIEW crm.customer AS
SELECT account AS customer_id, sector AS segment, office_location AS location
FROM maven.accounts;
CREATE VIEW crm.deal AS
SELECT opportunity_id AS deal_id, engage_date AS opened_at, close_date AS closed_at,
	CASE deal_stage WHEN 'Won' THEN 'won' WHEN 'Lost' THEN 'lost' END AS outcome,
	deal_stage AS stage, close_value AS amount, account AS customer_id, sales_agent AS rep_id, product AS product_id
FROM maven.sales_pipeline;

SELECT is_empty($$SELECT * FROM sales_kpi.check_sources('crm') WHERE finding <> 'relation absent'$$,
	'the views keep the contract');
SELECT lives_ok($$CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'America/New_York', as_of => '2018-01-01')$$,
	'a model is made over them');

-- What is wrong with the data, and nothing else.
SELECT bag_eq('SELECT check_name, relation, rows FROM kpi.data_quality',
	$$VALUES ('product_id not in product', 'deal', 1480::bigint), ('missing customer_id', 'deal', 1425), ('missing opened_at', 'deal', 500)$$,
	'data_quality finds the misspelt product, the missing accounts, the deals not yet worked');
SELECT is(example_key, (SELECT min(opportunity_id) FROM maven.sales_pipeline WHERE product = 'GTXPro'),
	'and shows a deal of the misspelt product')
FROM kpi.data_quality WHERE check_name = 'product_id not in product';

-- Looked up row by row, orphans take the product of two sizes.
CREATE FUNCTION pg_temp.plan(query text)
RETURNS SETOF text
LANGUAGE plpgsql
AS $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query; END $$;
SELECT unalike(string_agg(line, E'\n'), '%SubPlan%', 'orphans are found by joins')
FROM pg_temp.plan('SELECT * FROM kpi.data_quality') line;

-- The year, by each dimension: cycles and wins from their views, the opportunities from the base.
CREATE VIEW pg_temp.deal AS
SELECT d.*, r.team, r.territory, CASE d.outcome WHEN 'won' THEN true WHEN 'lost' THEN false END AS won
FROM kpi_base.deal d
LEFT JOIN kpi_base.rep r ON r.rep_id = d.rep_id;
CREATE VIEW pg_temp.year AS
SELECT c.dimension, c.member AS key, b.opportunities, w.won, w.lost, w.win_rate, w.won_amount AS revenue, w.average_amount AS avg_deal,
	c.mean_days, c.median_days, c.p90_days
FROM kpi.cycle_length c
JOIN kpi.win_rate w USING (grain, period_start, dimension, member)
JOIN (
	SELECT k.dimension, k.member, count(*) AS opportunities
	FROM deal d
	CROSS JOIN LATERAL (VALUES ('rep', d.rep_id), ('team', d.team), ('territory', d.territory), ('product', d.product_id)) k (dimension, member)
	GROUP BY k.dimension, k.member
) b USING (dimension, member)
WHERE c.grain = 'year' AND c.period_start = '2017-01-01' AND w.basis = 'closed';

\set types ''
\set csv maven_crm/reference/by_agent.csv
\set table maven.by_agent
\ir include/load_csv.sql
\set csv maven_crm/reference/by_manager.csv
\set table maven.by_manager
\ir include/load_csv.sql
\set csv maven_crm/reference/by_region.csv
\set table maven.by_region
\ir include/load_csv.sql
\set csv maven_crm/reference/by_product.csv
\set table maven.by_product
\ir include/load_csv.sql
SELECT pg_temp.equals_reference(format('SELECT * FROM year WHERE dimension = %L', dimension),
	format('SELECT %L AS dimension, %I AS key, opportunities, won, lost, win_rate, revenue, avg_deal, cycle_mean_days AS mean_days,
		cycle_median_days AS median_days, cycle_p90_days AS p90_days FROM maven.%I', dimension, key_column, relation),
	'by ' || dimension)
FROM (VALUES ('rep', 'sales_agent', 'by_agent'), ('team', 'manager', 'by_manager'), ('territory', 'region', 'by_region'),
	('product', 'product', 'by_product')) r (dimension, key_column, relation);

\set csv maven_crm/reference/units_by_location.csv
\set table maven.units_by_location
\ir include/load_csv.sql
SELECT pg_temp.equals_reference($$SELECT member AS key, deals FROM kpi.cycle_length WHERE grain = 'year' AND dimension = 'location'$$,
	'SELECT office_location AS key, units AS deals FROM maven.units_by_location', 'won by location of the customer');

-- By time.
\set csv maven_crm/reference/cycle_by_close_month.csv
\set table maven.cycle_by_close_month
\ir include/load_csv.sql
\set csv maven_crm/reference/by_month.csv
\set table maven.by_month
\ir include/load_csv.sql
\set csv maven_crm/reference/by_quarter.csv
\set table maven.by_quarter
\ir include/load_csv.sql
SELECT pg_temp.equals_reference($$SELECT to_char(period_start, 'YYYY-MM') AS key, deals AS n, mean_days, median_days
		FROM kpi.cycle_length WHERE grain = 'month' AND dimension = 'all'$$,
	'SELECT close_month AS key, n, mean AS mean_days, median AS median_days FROM maven.cycle_by_close_month', 'cycles by month');
SELECT pg_temp.equals_reference($$SELECT to_char(sales_kpi.period_start('month', closed_at, 'America/New_York'), 'YYYY-MM') AS key,
		count(*) AS won, sum(amount) AS revenue FROM deal WHERE won GROUP BY 1$$,
	'SELECT close_month AS key, units_won AS won, revenue FROM maven.by_month', 'won by month');
SELECT pg_temp.equals_reference($$SELECT to_char(sales_kpi.period_start('quarter', closed_at, 'America/New_York'), 'YYYY"Q"Q') AS key,
		sum(amount) AS revenue FROM deal WHERE won GROUP BY 1$$,
	'SELECT quarter AS key, revenue FROM maven.by_quarter', 'revenue by quarter');

-- The whole.
\set path :data /maven_crm/reference/summary.json
\set summary `cat :'path'`
CREATE TABLE maven.summary AS SELECT :'summary'::jsonb AS answers;
SELECT pg_temp.equals_reference($$
	SELECT key, sales_kpi.sample_size(s) AS n, date_part('epoch', sales_kpi.mean(s)) / 86400 AS mean,
		date_part('epoch', sales_kpi.median(s)) / 86400 AS median, date_part('epoch', sales_kpi.percentile(s, 0.9)) / 86400 AS p90,
		date_part('epoch', sales_kpi.shortest(s)) / 86400 AS min, date_part('epoch', sales_kpi.longest(s)) / 86400 AS max
	FROM (
		SELECT k.key, sales_kpi.duration_agg(k.elapsed) AS s
		FROM deal d
		CROSS JOIN LATERAL (VALUES
			('cycle_won', CASE WHEN d.won THEN d.cycle END),
			('cycle_lost', CASE WHEN NOT d.won THEN d.cycle END),
			('cycle_closed', d.cycle),
			('won, engaged in ' || extract(year FROM d.opened_at AT TIME ZONE 'America/New_York'), CASE WHEN d.won THEN d.cycle END),
			('open', CASE WHEN d.outcome IS NULL
				THEN '2017-12-31'::timestamp - (d.opened_at AT TIME ZONE 'America/New_York') END)) k (key, elapsed)
		WHERE k.key IS NOT NULL
		GROUP BY k.key
	) q$$, $$
	SELECT r.key, a.* FROM maven.summary, LATERAL (
		SELECT key, answers -> key AS answer FROM unnest('{cycle_won,cycle_lost,cycle_closed}'::text[]) key
		UNION ALL SELECT 'won, engaged in ' || y.key, y.value FROM jsonb_each(answers -> 'cycle_won_by_engage_year') y
		UNION ALL SELECT 'open', answers -> 'open_age_engaging_asof_2017-12-31') r,
	LATERAL jsonb_to_record(r.answer) a (n bigint, mean numeric, median numeric, p90 numeric, min numeric, max numeric)$$,
	'distributions of cycles and of open age');
SELECT pg_temp.equals_reference(
	$$SELECT 1 AS key, sales_kpi.win_rate(won), count(*) AS deals, sum(amount) FILTER (WHERE won) AS revenue,
		avg(amount) FILTER (WHERE won) AS average_amount FROM deal$$,
	$$SELECT 1 AS key, answers -> 'win_rate_closed' AS win_rate, answers -> 'rows' AS deals, answers -> 'revenue_won' AS revenue,
		answers -> 'avg_deal_won' AS average_amount FROM maven.summary$$,
	'totals');
SELECT is(round(100 * sales_kpi.win_rate(won)::numeric, 3), 63.150, 'the win rate is 63.150 %') FROM deal;
SELECT is(ARRAY[round(mean_days::numeric, 3), median_days::numeric, p90_days::numeric], '{51.782,57,106}',
	'a won cycle takes 51.782 days in the mean, 57 in the median, 106 in the slowest tenth')
FROM kpi.cycle_length WHERE grain = 'year' AND dimension = 'all';
SELECT is(justify_hours(sales_kpi.cycle_length(engage_date, close_date)), justify_hours(sales_kpi.cycle_length(d.cycle)),
	'cycle_length over the dates of the CSV agrees with the base')
FROM maven.sales_pipeline p JOIN deal d ON d.deal_id = p.opportunity_id WHERE d.won;

-- Where a deal is now comes from the deal itself, when there is no history of stages.
SELECT bag_eq($$SELECT stage, open_now, visits FROM kpi.stage_length WHERE grain = 'year' AND dimension = 'all'$$,
	$$VALUES ('Prospecting', 500::bigint, 0::bigint), ('Engaging', 1589, 0)$$, 'open deals by stage');

-- With one, the stage between engaging and the close is the cycle of won and lost.
CREATE VIEW crm.deal_stage AS
SELECT opportunity_id AS deal_id, 'Engaging' AS stage, engage_date AS entered_at
FROM maven.sales_pipeline
WHERE engage_date IS NOT NULL;
CALL sales_kpi.repair_model('kpi');
SELECT pg_temp.equals_reference(
	$$SELECT 1 AS key, sum(deals) AS n, sum(mean_days * deals) / sum(deals) AS mean, sum(open_now) AS open
		FROM kpi.stage_length WHERE grain = 'month' AND dimension = 'all' AND stage = 'Engaging'$$,
	$$SELECT 1 AS key, answers -> 'cycle_closed' -> 'n' AS n, answers -> 'cycle_closed' -> 'mean' AS mean,
		answers -> 'stages' -> 'Engaging' AS open FROM maven.summary$$,
	'time in the stage Engaging');

-- What the misspelling costs: its deals have no family.
SELECT results_eq($$SELECT member, deals FROM kpi.cycle_length WHERE grain = 'year' AND dimension = 'family' ORDER BY member COLLATE "C"$$,
	$$VALUES ('(none)', 729::bigint), ('GTK', 15), ('GTX', 2047), ('MG', 1447)$$, 'the misspelt product is in no family');
SELECT is(member_name, 'GTXPro', 'and goes by its own id') FROM kpi.cycle_length
WHERE grain = 'year' AND dimension = 'product' AND member = 'GTXPro';

-- A deal that was won is a sale of one unit. As the days of the year are over, so are
-- its quarters.
CREATE VIEW crm.sale AS
SELECT p.opportunity_id AS sale_id, p.close_date AS sold_at, p.account AS customer_id, p.close_value AS amount, 1 AS units,
	p.product AS product_id, p.sales_agent AS rep_id, p.opportunity_id AS deal_id, a.office_location AS location
FROM maven.sales_pipeline p
JOIN maven.accounts a USING (account)
WHERE p.deal_stage = 'Won';
CALL sales_kpi.repair_model('kpi');
SELECT results_eq($$SELECT check_name, rows FROM kpi.data_quality WHERE relation = 'sale'$$, $$VALUES ('product_id not in product', 729::bigint)$$,
	'the misspelt product was sold 729 times');
SELECT is(sum(revenue), 10005534::numeric, 'revenue is 10,005,534') FROM kpi.revenue_growth WHERE grain = 'month' AND dimension = 'all';
SELECT pg_temp.equals_reference(
	$$SELECT to_char(period_start, 'YYYY"Q"Q') AS key, revenue, growth FROM kpi.revenue_growth WHERE grain = 'quarter' AND dimension = 'all'$$,
	'SELECT quarter AS key, revenue, qoq_growth AS growth FROM maven.by_quarter', 'growth by quarter');
SELECT is(round(100 * growth::numeric, 1), 172.0, 'the second quarter brings 172.0 % more than the first, of which one month is known')
FROM kpi.revenue_growth WHERE grain = 'quarter' AND dimension = 'all' AND period_start = '2017-04-01';
SELECT pg_temp.equals_reference($$
	SELECT to_char(r.period_start, 'YYYY-MM') AS key, v.units, r.revenue, r.growth, coalesce(a.new_customers, 0) AS new_customers
	FROM kpi.revenue_growth r
	JOIN kpi.sales_volume v USING (grain, dimension, member, period_start)
	LEFT JOIN kpi.acquisition a USING (grain, dimension, member, period_start)
	WHERE r.grain = 'month' AND r.dimension = 'all'$$,
	'SELECT close_month AS key, units_won AS units, revenue, revenue_mom_growth AS growth, new_customers FROM maven.by_month', 'growth and new customers by month');
SELECT pg_temp.equals_reference(format($$
	SELECT member AS key, v.units, r.revenue FROM kpi.sales_volume v JOIN kpi.revenue_growth r USING (grain, dimension, member, period_start)
	WHERE v.grain = 'year' AND v.dimension = %L$$, dimension),
	format('SELECT %I AS key, %I AS units, revenue FROM maven.%I', key_column, units_column, relation), 'units and revenue by ' || dimension)
FROM (VALUES ('rep', 'sales_agent', 'won', 'by_agent'), ('team', 'manager', 'won', 'by_manager'), ('territory', 'region', 'won', 'by_region'),
	('product', 'product', 'won', 'by_product'), ('location', 'office_location', 'units', 'units_by_location')) r (dimension, key_column, units_column, relation);
SELECT results_eq($$SELECT member, units FROM kpi.sales_volume WHERE grain = 'year' AND dimension = 'family' ORDER BY member COLLATE "C"$$,
	$$VALUES ('(none)', 729::numeric), ('GTK', 15), ('GTX', 2047), ('MG', 1447)$$, 'nor is what was sold of it');
SELECT pg_temp.equals_reference($$
	SELECT concat_ws(' ', member, product_id) AS key, units, rank, share FROM kpi.sales_mix WHERE grain = 'year' AND dimension = 'location'$$, $$
	SELECT concat_ws(' ', office_location, product) AS key, count(opportunity_id) AS units,
		rank() OVER (PARTITION BY office_location ORDER BY count(opportunity_id) DESC) AS rank,
		count(opportunity_id) / sum(count(opportunity_id)) OVER (PARTITION BY office_location) AS share
	FROM (SELECT DISTINCT a.office_location, p.product FROM maven.accounts a, maven.sales_pipeline p WHERE p.deal_stage = 'Won') k
	LEFT JOIN (SELECT * FROM maven.sales_pipeline JOIN maven.accounts USING (account) WHERE deal_stage = 'Won') s USING (office_location, product)
	GROUP BY 1, office_location, product$$, 'which product where');

-- Upsell: every account has bought several products, mostly in its first month.
CREATE SCHEMA by_hand;
CREATE TABLE by_hand.purchase AS
SELECT k.dimension, k.member, p.opportunity_id AS sale_id, p.account AS customer_id, p.close_date AS sold_on, coalesce(c.family, p.product) AS family, c.tier
FROM maven.sales_pipeline p
JOIN maven.sales_teams t USING (sales_agent)
LEFT JOIN crm.product c ON c.product_id = p.product
CROSS JOIN LATERAL (VALUES ('all', 'all'), ('territory', t.regional_office)) k (dimension, member)
WHERE p.deal_stage = 'Won';
\ir include/upsell_by_hand.sql
SELECT pg_temp.equals_reference('SELECT sale_id AS key, kind, sold_on FROM kpi.sale_line',
	$$SELECT sale_id AS key, kind, sold_on FROM by_hand.kind WHERE dimension = 'all'$$, 'the kind of each sale');
SELECT pg_temp.equals_reference(
	$$SELECT concat_ws(' ', dimension, member, period_start) AS key, $$ || :'upsell_cells' || $$ FROM kpi.upsell WHERE grain = 'month' AND dimension IN ('all', 'territory')$$,
	$$SELECT concat_ws(' ', dimension, member, begins) AS key, $$ || :'upsell_cells' || $$ FROM by_hand.upsell$$, 'sold up, by month');
SELECT pg_temp.equals_reference($$
	SELECT 1 AS key, count(*) AS customers, count(*) FILTER (WHERE deals > 1) AS customers_2plus_deals, count(*) FILTER (WHERE products > 1) AS customers_2plus_products,
		avg(products) AS avg_products
	FROM (SELECT count(*) AS deals, count(DISTINCT product_id) AS products FROM kpi.sale_line GROUP BY customer_id) c$$,
	$$SELECT 1 AS key, a.* FROM maven.summary, jsonb_to_record(answers -> 'cross_sell')
		a (customers bigint, customers_2plus_deals bigint, customers_2plus_products bigint, avg_products numeric)$$, 'products by customer');

-- Why the win rate changed from quarter to quarter: three changes, of four dimensions.
SELECT is(count(*), 12::bigint, 'rate and mix add up to the change of the win rate')
FROM (
	SELECT d.dimension, d.period_start, sum(d.total) AS total
	FROM kpi.change_drivers d
	WHERE d.grain = 'quarter' AND d.kpi = 'win_rate' AND d.dimension IN ('rep', 'team', 'territory', 'product')
	GROUP BY 1, 2
) d
JOIN (
	SELECT date_trunc('quarter', close_date::timestamp)::date AS quarter,
		avg((deal_stage = 'Won')::integer) - lag(avg((deal_stage = 'Won')::integer)) OVER (ORDER BY date_trunc('quarter', close_date::timestamp)) AS change
	FROM maven.sales_pipeline
	WHERE close_date IS NOT NULL
	GROUP BY date_trunc('quarter', close_date::timestamp)
) q ON q.quarter = d.period_start AND abs(d.total - q.change) < 1e-11;

-- What becomes of deals, with those that are open seen until the last day of the year:
-- 8,300 were worked. By hand, with the risk sets counted one by one; the figures were
-- computed outside of the database, too.
CREATE TABLE by_hand.fate AS
SELECT until, coalesce(close_date, until) - engage_date AS day, deal_stage = 'Won' AS won, deal_stage = 'Lost' AS lost
FROM maven.sales_pipeline, (VALUES (date '2017-12-31'), ('2018-01-01')) u (until)
WHERE engage_date IS NOT NULL;
CREATE INDEX ON by_hand.fate (until, day);
CREATE AGGREGATE by_hand.product(float8) (SFUNC = float8mul, STYPE = float8, INITCOND = '1');
CREATE TABLE by_hand.risk AS
SELECT *, coalesce(by_hand.product(1 - (won + lost) / at_risk::float8) OVER (PARTITION BY until ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 1) AS open_before
FROM (
	SELECT f.until, f.day, count(*) FILTER (WHERE f.won) AS won, count(*) FILTER (WHERE f.lost) AS lost, count(*) FILTER (WHERE f.won = f.lost) AS censored,
		(SELECT count(*) FROM by_hand.fate o WHERE o.until = f.until AND o.day >= f.day) AS at_risk
	FROM by_hand.fate f GROUP BY f.until, f.day
) d;
CREATE TABLE by_hand.curve AS
SELECT until, day, at_risk, won, lost, censored, sum(open_before * won / at_risk) OVER upto AS won_share, sum(open_before * lost / at_risk) OVER upto AS lost_share,
	open_before * (1 - (won + lost) / at_risk::float8) AS open_share, 1 - by_hand.product(1 - won / at_risk::float8) OVER upto AS kaplan_meier
FROM by_hand.risk WINDOW upto AS (PARTITION BY until ORDER BY day);
CREATE TABLE maven.win_curve AS
SELECT c.*, sales_kpi.median_days(s) AS median_days, sales_kpi.sample_size(s) AS deals
FROM (SELECT sales_kpi.win_curve_agg(engage_date, close_date, lower(nullif(nullif(deal_stage, 'Engaging'), 'Prospecting')), date '2017-12-31') AS s FROM maven.sales_pipeline) a, sales_kpi.win_curve(s) c;
SELECT is(ROW(max(deals), sum(won), sum(lost), sum(censored), count(*), max(median_days))::text, '(8300,4238,2473,1589,389,120)', 'half of the deals are won after 120 days') FROM maven.win_curve;
SELECT pg_temp.equals_reference('SELECT day AS key, at_risk, won, lost, censored, won_share, lost_share, open_share FROM maven.win_curve',
	$$SELECT day AS key, at_risk, won, lost, censored, won_share, lost_share, open_share FROM by_hand.curve WHERE until = '2017-12-31'$$, 'the win curve');
SELECT results_eq('SELECT day, round(won_share::numeric, 6), round(won_low::numeric, 6), round(won_high::numeric, 6), round(lost_share::numeric, 6) FROM maven.win_curve WHERE day IN (7, 30, 60, 90, 120, 138) ORDER BY day', $$VALUES
	(7, 0.091084, 0.085017, 0.097397, 0.079157), (30, 0.218995, 0.210159, 0.227954, 0.162206), (60, 0.264733, 0.255276, 0.274274, 0.185501),
	(90, 0.397015, 0.386431, 0.407575, 0.252125), (120, 0.500042, 0.489135, 0.510845, 0.295500), (138, 0.519439, 0.508506, 0.530252, 0.301741)$$, 'with its intervals');
SELECT is(ROW(round(max(won_share)::numeric, 4), round(max(kaplan_meier)::numeric, 4))::text, '(0.5194,0.6779)', 'Kaplan and Meier would have it that two thirds are won') FROM by_hand.curve WHERE until = '2017-12-31';
SELECT pg_temp.equals_reference($$SELECT day AS key, at_risk, won, lost, censored, won_share, lost_share, open_share FROM kpi.win_curve WHERE grain = 'all' AND dimension = 'all'$$,
	$$SELECT day AS key, at_risk, won, lost, censored, won_share, lost_share, open_share FROM by_hand.curve WHERE until = '2018-01-01'$$, 'the view, a day later');

SELECT * FROM finish();
ROLLBACK;
