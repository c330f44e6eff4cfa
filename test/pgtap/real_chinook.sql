-- A music shop: five years of invoices known by the day, tracks as products, genres as
-- families, and a rep for each customer.
\ir include/test_data.sql
\if :skipped
\quit
\endif
BEGIN;
SELECT plan(17);
\ir include/reference.sql

-- The script would make a database of its own.
CREATE SCHEMA chinook;
SET LOCAL search_path = chinook;
\set path :data /chinook/Chinook_PostgreSql.sql
\set script `sed -e '/^DROP DATABASE/d' -e '/^CREATE DATABASE/d' -e '/^\\c /d' :'path'`
:script
RESET search_path;
\set types 'invoices bigint, customers bigint, units numeric, revenue numeric, mom_growth numeric, new_customers bigint'
\set csv chinook/reference/by_year.csv
\set table chinook.by_year
\ir include/load_csv.sql
\set csv chinook/reference/by_month.csv
\set table chinook.by_month
\ir include/load_csv.sql
\set csv chinook/reference/by_rep.csv
\set table chinook.by_rep
\ir include/load_csv.sql
\set csv chinook/reference/by_country.csv
\set table chinook.by_country
\ir include/load_csv.sql
\set csv chinook/reference/units_by_genre.csv
\set table chinook.units_by_genre
\ir include/load_csv.sql
\set path :data /chinook/reference/summary.json
\set summary `cat :'path'`
CREATE TABLE chinook.summary AS SELECT :'summary'::jsonb AS answers;

CREATE SCHEMA crm;
CREATE VIEW crm.rep AS
SELECT employee_id AS rep_id, first_name || ' ' || last_name AS rep_name, hire_date AS hired_at FROM chinook.employee;
CREATE VIEW crm.product AS
SELECT t.track_id AS product_id, t.name AS product_name, g.name AS family
FROM chinook.track t
JOIN chinook.genre g ON g.genre_id = t.genre_id;
CREATE VIEW crm.customer AS
SELECT customer_id, first_name || ' ' || last_name AS customer_name, country AS location, support_rep_id AS rep_id FROM chinook.customer;
CREATE VIEW crm.sale AS
SELECT l.invoice_line_id AS sale_id, i.invoice_date AS sold_at, i.customer_id, l.unit_price * l.quantity AS amount, l.quantity AS units,
	i.invoice_id AS order_id, l.track_id AS product_id, i.billing_country AS location
FROM chinook.invoice_line l
JOIN chinook.invoice i ON i.invoice_id = l.invoice_id;

SELECT is_empty($$SELECT * FROM sales_kpi.check_sources('crm') WHERE finding <> 'relation absent'$$, 'the views keep the contract');
SELECT lives_ok($$CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'UTC', as_of => '2026-01-01')$$, 'a model is made over them');
SELECT is_empty('SELECT * FROM kpi.data_quality', 'data_quality finds nothing');

-- The whole.
SELECT pg_temp.equals_reference(
	$$SELECT 1 AS key, (SELECT sum(units) FROM kpi.sales_volume WHERE grain = 'year' AND dimension = 'all') AS units,
		(SELECT sum(revenue) FROM kpi.revenue_growth WHERE grain = 'year' AND dimension = 'all') AS revenue$$,
	$$SELECT 1 AS key, answers -> 'units' AS units, answers ->> 'revenue' AS revenue FROM chinook.summary$$, 'units and revenue');
SELECT is(sum(revenue), 2328.60, 'revenue is 2,328.60') FROM kpi.revenue_growth WHERE grain = 'month' AND dimension = 'all';
SELECT is(sum(revenue), 833.04, 'Jane Peacock has sold for 833.04') FROM kpi.revenue_growth
WHERE grain = 'quarter' AND dimension = 'rep' AND member_name = 'Jane Peacock';

-- By time. A year has as many customers as bought in it.
CREATE TABLE chinook.purchases AS
SELECT sales_kpi.purchase_agg(customer_id, family, tier, sold_at, amount) AS held,
	sales_kpi.periods('year', min(sold_at), max(sold_at), 'UTC') AS years, sales_kpi.periods('month', min(sold_at), max(sold_at), 'UTC') AS months
FROM kpi_base.purchase;
SELECT pg_temp.equals_reference($$
	SELECT to_char(r.period_start, 'YYYY') AS key, i.invoices, n.buyers AS customers, r.revenue
	FROM kpi.revenue_growth r
	JOIN chinook.purchases p ON true
	JOIN sales_kpi.new_customers(p.held, p.years) n ON (n.period_start AT TIME ZONE 'UTC')::date = r.period_start
	JOIN (SELECT date_part('year', sold_at AT TIME ZONE 'UTC') AS year, count(DISTINCT order_id) AS invoices FROM kpi_base.purchase GROUP BY 1) i
		ON i.year = date_part('year', r.period_start)
	WHERE r.grain = 'year' AND r.dimension = 'all'$$,
	'SELECT year AS key, invoices, customers, revenue FROM chinook.by_year', 'by year');
SELECT pg_temp.equals_reference($$
	SELECT to_char(r.period_start, 'YYYY-MM') AS key, i.invoices, r.revenue, r.growth AS mom_growth, coalesce(a.new_customers, 0) AS new_customers
	FROM kpi.revenue_growth r
	LEFT JOIN kpi.acquisition a USING (grain, dimension, member, period_start)
	JOIN (SELECT date_trunc('month', sold_at AT TIME ZONE 'UTC')::date AS period_start, count(DISTINCT order_id) AS invoices FROM kpi_base.purchase GROUP BY 1) i
		USING (period_start)
	WHERE r.grain = 'month' AND r.dimension = 'all'$$,
	'SELECT month AS key, invoices, revenue, mom_growth, new_customers FROM chinook.by_month', 'by month, with growth');
SELECT pg_temp.equals_reference($$
	SELECT to_char(period_start AT TIME ZONE 'UTC', 'YYYY-MM') AS key, new_customers
	FROM chinook.purchases, sales_kpi.new_customers(held, months)$$,
	'SELECT month AS key, new_customers FROM chinook.by_month', 'new customers by month');

-- By member: a customer's invoices are its rep's.
SELECT pg_temp.equals_reference($$
	SELECT r.key, i.invoices, i.customers, r.revenue
	FROM (SELECT member, member_name AS key, sum(revenue) AS revenue FROM kpi.revenue_growth WHERE grain = 'year' AND dimension = 'rep' GROUP BY 1, 2) r
	JOIN (SELECT rep_id::text AS member, count(DISTINCT order_id) AS invoices, count(DISTINCT customer_id) AS customers FROM kpi_base.purchase GROUP BY 1) i USING (member)$$,
	'SELECT rep AS key, invoices, customers, revenue FROM chinook.by_rep', 'by rep');
SELECT pg_temp.equals_reference($$
	SELECT r.key, i.invoices, i.customers, r.revenue
	FROM (SELECT member AS key, sum(revenue) AS revenue FROM kpi.revenue_growth WHERE grain = 'year' AND dimension = 'location' GROUP BY 1) r
	JOIN (SELECT location AS key, count(DISTINCT order_id) AS invoices, count(DISTINCT customer_id) AS customers FROM kpi_base.purchase GROUP BY 1) i USING (key)$$,
	'SELECT country AS key, invoices, customers, revenue FROM chinook.by_country', 'by country');
SELECT pg_temp.equals_reference($$
	SELECT member AS key, units, revenue
	FROM (SELECT member, sum(units) AS units FROM kpi.sales_volume WHERE grain = 'year' AND dimension = 'family' GROUP BY 1) v
	JOIN (SELECT member, sum(revenue) AS revenue FROM kpi.revenue_growth WHERE grain = 'year' AND dimension = 'family' GROUP BY 1) r USING (member)$$,
	'SELECT genre AS key, units, revenue FROM chinook.units_by_genre', 'by genre');
SELECT pg_temp.equals_reference($$
	SELECT concat_ws(' ', member, period_start) AS key, units, lines, share, rank FROM kpi.sales_volume WHERE grain = 'month' AND dimension = 'family'$$, $$
	SELECT concat_ws(' ', g.name, m::date) AS key, coalesce(s.units, 0) AS units, coalesce(s.lines, 0) AS lines,
		coalesce(s.units, 0)::float8 / sum(s.units) OVER (PARTITION BY m) AS share, rank() OVER (PARTITION BY m ORDER BY coalesce(s.units, 0) DESC) AS rank
	FROM (SELECT DISTINCT g.genre_id, g.name FROM chinook.invoice_line JOIN chinook.track USING (track_id) JOIN chinook.genre g USING (genre_id)) g
	CROSS JOIN generate_series(timestamp '2021-01-01', '2025-12-01', '1 month') m
	LEFT JOIN (
		SELECT t.genre_id, date_trunc('month', i.invoice_date) AS month, sum(l.quantity) AS units, count(*) AS lines
		FROM chinook.invoice_line l JOIN chinook.invoice i USING (invoice_id) JOIN chinook.track t USING (track_id)
		GROUP BY 1, 2
	) s ON s.genre_id = g.genre_id AND s.month = m$$, 'units by genre and month, with zeros');
SELECT is(sum(units), 2240::numeric, 'what was sold where adds up') FROM kpi.sales_mix WHERE grain = 'year' AND dimension = 'location';

-- Genres a customer did not have before.
CREATE SCHEMA by_hand;
CREATE TABLE by_hand.purchase AS
SELECT k.dimension, k.member, l.invoice_line_id AS sale_id, i.customer_id, i.invoice_date::date AS sold_on, g.name AS family, NULL::integer AS tier
FROM chinook.invoice_line l
JOIN chinook.invoice i USING (invoice_id)
JOIN chinook.customer c USING (customer_id)
JOIN chinook.track t USING (track_id)
JOIN chinook.genre g USING (genre_id)
CROSS JOIN LATERAL (VALUES ('all', 'all'), ('rep', c.support_rep_id::text)) k (dimension, member);
\ir include/upsell_by_hand.sql
SELECT pg_temp.equals_reference('SELECT sale_id AS key, kind, sold_on FROM kpi.sale_line',
	$$SELECT sale_id AS key, kind, sold_on FROM by_hand.kind WHERE dimension = 'all'$$, 'the kind of each line');
SELECT pg_temp.equals_reference(
	$$SELECT concat_ws(' ', dimension, member, period_start) AS key, $$ || :'upsell_cells' || $$ FROM kpi.upsell WHERE grain = 'month' AND dimension IN ('all', 'rep')$$,
	$$SELECT concat_ws(' ', dimension, member, begins) AS key, $$ || :'upsell_cells' || $$ FROM by_hand.upsell$$, 'cross-sold, by month');
SELECT pg_temp.equals_reference(
	$$SELECT 1 AS key, avg((families > 1)::integer) AS several, avg(families) AS genres
		FROM (SELECT count(DISTINCT family) AS families FROM kpi.sale_line GROUP BY customer_id) c$$,
	$$SELECT 1 AS key, answers -> 'cross_sell_2plus_genres' AS several, answers -> 'avg_genres' AS genres FROM chinook.summary$$, 'genres by customer');

SELECT * FROM finish();
ROLLBACK;
