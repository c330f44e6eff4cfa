-- A trader's orders: lines as sales, employees as reps, categories as families. Prices
-- and discounts are stored with the noise of real.
\ir include/test_data.sql
\if :skipped
\quit
\endif
BEGIN;
SELECT plan(7);
\ir include/reference.sql

CREATE SCHEMA northwind;
SET LOCAL search_path = northwind;
\set path :data /northwind/northwind.sql
\i :path
RESET search_path;
\set types ''
\set csv northwind/reference/by_employee.csv
\set table northwind.by_employee
\ir include/load_csv.sql
\set csv northwind/reference/by_category.csv
\set table northwind.by_category
\ir include/load_csv.sql
\set csv northwind/reference/by_month.csv
\set table northwind.by_month
\ir include/load_csv.sql

CREATE SCHEMA crm;
CREATE VIEW crm.rep AS
SELECT e.employee_id AS rep_id, e.first_name || ' ' || e.last_name AS rep_name, m.last_name AS team, e.hire_date AS hired_at,
	(SELECT min(r.region_description) FROM northwind.employee_territories et
	 JOIN northwind.territories t ON t.territory_id = et.territory_id
	 JOIN northwind.region r ON r.region_id = t.region_id
	 WHERE et.employee_id = e.employee_id) AS territory
FROM northwind.employees e
LEFT JOIN northwind.employees m ON m.employee_id = e.reports_to;
CREATE VIEW crm.product AS
SELECT p.product_id, p.product_name, c.category_name AS family
FROM northwind.products p
JOIN northwind.categories c ON c.category_id = p.category_id;
CREATE VIEW crm.customer AS
SELECT customer_id, company_name AS customer_name, country AS location
FROM northwind.customers;
CREATE VIEW crm.sale AS
SELECT o.order_id || '-' || d.product_id AS sale_id, o.order_date AS sold_at, o.customer_id, o.order_id,
	d.unit_price::numeric * d.quantity * (1 - d.discount::numeric) AS amount, d.quantity AS units,
	d.product_id, o.employee_id AS rep_id, o.ship_country AS location
FROM northwind.order_details d
JOIN northwind.orders o ON o.order_id = d.order_id;

SELECT is_empty($$SELECT * FROM sales_kpi.check_sources('crm') WHERE finding <> 'relation absent'$$, 'the views keep the contract');
SELECT lives_ok($$CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'America/Los_Angeles', as_of => '1998-05-07')$$,
	'a model is made over them');
SELECT is_empty('SELECT * FROM kpi.data_quality', 'data_quality finds nothing: no order lacks anything');
SELECT results_eq('SELECT count(*), sum(units), count(DISTINCT customer_id), count(DISTINCT order_id) FROM kpi_base.sale',
	'VALUES (2155::bigint, 51317::numeric, 89::bigint, 830::bigint)', 'every line is a sale');

-- As of the order, and to a tenth of the currency.
SELECT pg_temp.equals_reference($$SELECT n.rep_name AS key, count(DISTINCT s.order_id) AS orders, sum(s.units) AS units, round(sum(s.amount), 1) AS revenue
		FROM kpi_base.sale s JOIN kpi_base.rep_name n ON n.rep_id = s.rep_id GROUP BY n.rep_name$$,
	'SELECT employee AS key, orders, units, round(net_revenue::numeric, 1) AS revenue FROM northwind.by_employee', 'by rep');
SELECT pg_temp.equals_reference($$SELECT p.family AS key, count(DISTINCT s.order_id) AS orders, sum(s.units) AS units, round(sum(s.amount), 1) AS revenue
		FROM kpi_base.sale s JOIN kpi_base.product p ON p.product_id = s.product_id GROUP BY p.family$$,
	'SELECT category AS key, orders, units, round(net_revenue::numeric, 1) AS revenue FROM northwind.by_category', 'by family');
SELECT pg_temp.equals_reference($$SELECT to_char(sales_kpi.period_start('month', sold_at, 'America/Los_Angeles'), 'YYYY-MM') AS key,
		count(DISTINCT order_id) AS orders, sum(units) AS units, round(sum(amount), 1) AS revenue FROM kpi_base.sale GROUP BY 1$$,
	'SELECT month AS key, orders, units, round(net_revenue::numeric, 1) AS revenue FROM northwind.by_month', 'by month');

SELECT * FROM finish();
ROLLBACK;
