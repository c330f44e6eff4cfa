-- A trader's orders: lines as sales, employees as reps, categories as families, and
-- within them the dearer product as the higher tier. Prices and discounts are stored
-- with the noise of real; taken with nine digits, they are those of the file.
\ir include/test_data.sql
\if :skipped
\quit
\endif
BEGIN;
SELECT plan(32);
\ir include/reference.sql

CREATE SCHEMA northwind;
SET LOCAL search_path = northwind;
\set path :data /northwind/northwind.sql
\i :path
RESET search_path;
\set types 'orders numeric, units numeric, net_revenue numeric, mom_growth numeric, running_total numeric, new_customers bigint'
\set csv northwind/reference/by_employee.csv
\set table northwind.by_employee
\ir include/load_csv.sql
\set csv northwind/reference/by_category.csv
\set table northwind.by_category
\ir include/load_csv.sql
\set csv northwind/reference/by_country.csv
\set table northwind.by_country
\ir include/load_csv.sql
\set csv northwind/reference/by_product.csv
\set table northwind.by_product
\ir include/load_csv.sql
\set csv northwind/reference/by_month.csv
\set table northwind.by_month
\ir include/load_csv.sql
\set csv northwind/reference/retention_cohorts.csv
\set table northwind.retention_cohorts
\set types 'months_since integer, cohort_size bigint, active bigint, share numeric'
\ir include/load_csv.sql
\set path :data /northwind/reference/summary.json
\set summary `cat :'path'`
CREATE TABLE northwind.summary AS SELECT :'summary'::jsonb AS answers;

CREATE FUNCTION northwind.as_written(noisy real)
RETURNS numeric
LANGUAGE sql IMMUTABLE
RETURN to_char(noisy::float8, '9.99999999EEEE')::numeric;

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
SELECT p.product_id, p.product_name, c.category_name AS family, dense_rank() OVER (PARTITION BY c.category_id ORDER BY p.unit_price) AS tier
FROM northwind.products p
JOIN northwind.categories c ON c.category_id = p.category_id;
CREATE VIEW crm.customer AS
SELECT customer_id, company_name AS customer_name, country AS location
FROM northwind.customers;
CREATE VIEW crm.sale AS
SELECT o.order_id || '-' || d.product_id AS sale_id, o.order_date AS sold_at, o.customer_id, o.order_id,
	northwind.as_written(d.unit_price) * d.quantity * (1 - northwind.as_written(d.discount)) AS amount, d.quantity AS units,
	d.product_id, o.employee_id AS rep_id, o.ship_country AS location
FROM northwind.order_details d
JOIN northwind.orders o ON o.order_id = d.order_id;

SELECT is_empty($$SELECT * FROM sales_kpi.check_sources('crm') WHERE finding <> 'relation absent'$$, 'the views keep the contract');
SELECT lives_ok($$CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'America/Los_Angeles', as_of => '1998-06-01')$$,
	'a model is made over them');
SELECT is_empty('SELECT * FROM kpi.data_quality', 'data_quality finds nothing: no order lacks anything');
SELECT results_eq('SELECT count(*), sum(units), count(DISTINCT customer_id), count(DISTINCT order_id) FROM kpi_base.sale',
	'VALUES (2155::bigint, 51317::numeric, 89::bigint, 830::bigint)', 'every line is a sale');

-- The whole, and by each dimension: orders from the base, units and money from the views.
SELECT pg_temp.equals_reference(
	$$SELECT 1 AS key, (SELECT sum(units) FROM kpi.sales_volume WHERE grain = 'month' AND dimension = 'all') AS units,
		(SELECT sum(revenue) FROM kpi.revenue_growth WHERE grain = 'month' AND dimension = 'all') AS net$$,
	$$SELECT 1 AS key, answers -> 'units' AS units, (answers ->> 'net')::numeric AS net FROM northwind.summary$$, 'units and revenue');
SELECT is(round(sum(revenue), 2), 1265793.04, 'revenue is 1,265,793.04') FROM kpi.revenue_growth WHERE grain = 'year' AND dimension = 'all';
CREATE VIEW pg_temp.whole AS
SELECT v.dimension, v.member_name AS key, o.orders, v.units, r.revenue
FROM (SELECT dimension, member, member_name, sum(units) AS units FROM kpi.sales_volume WHERE grain = 'quarter' GROUP BY 1, 2, 3) v
JOIN (SELECT dimension, member, sum(revenue) AS revenue FROM kpi.revenue_growth WHERE grain = 'year' GROUP BY 1, 2) r USING (dimension, member)
JOIN (
	SELECT k.dimension, k.member, count(DISTINCT s.order_id) AS orders
	FROM kpi_base.purchase s
	CROSS JOIN LATERAL (VALUES ('rep', s.rep_id::text), ('family', s.family), ('location', s.location), ('product', s.product_id::text)) k (dimension, member)
	GROUP BY 1, 2
) o USING (dimension, member);
SELECT pg_temp.equals_reference(format('SELECT key, orders, units, revenue FROM whole WHERE dimension = %L', dimension),
	format('SELECT %I AS key, orders, units, net_revenue AS revenue FROM northwind.%I', key_column, relation), 'by ' || dimension)
FROM (VALUES ('rep', 'employee', 'by_employee'), ('family', 'category', 'by_category'), ('location', 'ship_country', 'by_country'),
	('product', 'product', 'by_product')) r (dimension, key_column, relation);

-- The months. A notebook over the same file, seckinadali/northwind-sql-analytics, has
-- the same growth in percent with two digits.
SELECT pg_temp.equals_reference($$
	SELECT to_char(period_start, 'YYYY-MM') AS key, v.units, r.revenue, r.growth, sum(r.revenue) OVER (ORDER BY period_start) AS running_total,
		coalesce(a.new_customers, 0) AS new_customers
	FROM kpi.revenue_growth r
	JOIN kpi.sales_volume v USING (grain, dimension, member, period_start)
	LEFT JOIN kpi.acquisition a USING (grain, dimension, member, period_start)
	WHERE r.grain = 'month' AND r.dimension = 'all'$$,
	'SELECT month AS key, units, net_revenue AS revenue, mom_growth AS growth, running_total, new_customers FROM northwind.by_month', 'by month');
SELECT results_eq($$SELECT round(100 * growth::numeric, 2) FROM kpi.revenue_growth WHERE grain = 'month' AND dimension = 'all' ORDER BY period_start LIMIT 4$$,
	'VALUES (NULL::numeric), (-8.53), (3.52), (42.21)', 'growth of the first months as published');
SELECT pg_temp.equals_reference($$SELECT to_char(month, 'YYYY-MM') AS key, revenue, sales_kpi.revenue_growth(revenue) OVER (ORDER BY month) AS growth,
		sales_kpi.revenue_growth(revenue, month, '1 month') OVER (ORDER BY month) AS by_step
	FROM (SELECT date_trunc('month', sold_at)::date AS month, sum(amount) AS revenue FROM crm.sale GROUP BY 1) m$$,
	'SELECT month AS key, net_revenue AS revenue, mom_growth AS growth, mom_growth AS by_step FROM northwind.by_month', 'by month, without a model');

-- Growth of every member, against plain SQL over the tables. A month without a sale is
-- no base for the next.
CREATE TABLE northwind.line AS
SELECT s.sale_id, s.customer_id, s.sold_at AS sold_on, date_trunc('month', s.sold_at)::date AS month, s.amount, s.units, s.product_id::text AS product,
	p.family, p.tier, s.rep_id::text AS rep, s.location
FROM crm.sale s
JOIN crm.product p ON p.product_id = s.product_id;
CREATE TABLE northwind.member_line AS
SELECT k.dimension, k.member, l.*
FROM northwind.line l
CROSS JOIN LATERAL (VALUES ('all', 'all'), ('rep', rep), ('product', product), ('family', family), ('location', location)) k (dimension, member);
CREATE TABLE northwind.member_month AS
SELECT dimension, member, month, sum(amount) AS revenue, count(*) AS lines, sum(units) AS units FROM northwind.member_line GROUP BY 1, 2, 3;
SELECT pg_temp.equals_reference($$
	SELECT concat_ws(' ', dimension, member, period_start) AS key, revenue, base, growth, year_ago_base, year_ago_growth, compound_monthly, lines, profit
	FROM kpi.revenue_growth WHERE grain = 'month' AND dimension IN ('all', 'rep', 'product', 'family', 'location')$$, $$
	SELECT concat_ws(' ', dimension, member, month) AS key, m.revenue, b.revenue AS base, (m.revenue - b.revenue) / b.revenue AS growth,
		y.revenue AS year_ago_base, (m.revenue - y.revenue) / y.revenue AS year_ago_growth,
		(m.revenue / y.revenue)::float8 ^ (1 / 12.0::float8) - 1 AS compound_monthly, m.lines, NULL::numeric AS profit
	FROM northwind.member_month m
	LEFT JOIN (SELECT dimension, member, (month + interval '1 month')::date AS month, revenue FROM northwind.member_month) b USING (dimension, member, month)
	LEFT JOIN (SELECT dimension, member, (month + interval '1 year')::date AS month, revenue FROM northwind.member_month) y USING (dimension, member, month)$$,
	'growth by month of every member');

-- Units: zero where a product was not sold, a month through.
CREATE VIEW northwind.volume AS
SELECT k.dimension, k.member, m::date AS month, coalesce(s.units, 0) AS units, coalesce(s.lines, 0) AS lines,
	rank() OVER (PARTITION BY k.dimension, m ORDER BY coalesce(s.units, 0) DESC) AS rank,
	coalesce(s.units, 0)::float8 / sum(s.units) OVER (PARTITION BY k.dimension, m) AS share
FROM (SELECT DISTINCT dimension, member FROM northwind.member_month) k
CROSS JOIN generate_series(timestamp '1996-07-01', '1998-05-01', '1 month') m
LEFT JOIN northwind.member_month s ON s.dimension = k.dimension AND s.member = k.member AND s.month = m::date;
SELECT pg_temp.equals_reference($$
	SELECT concat_ws(' ', dimension, member, period_start) AS key, units, returned_units, lines, unknown_units, rank, share
	FROM kpi.sales_volume WHERE grain = 'month' AND dimension IN ('all', 'rep', 'product', 'family', 'location')$$,
	$$SELECT concat_ws(' ', dimension, member, month) AS key, units, 0 AS returned_units, lines, 0 AS unknown_units, rank, share FROM northwind.volume$$,
	'units by month of every member');
SELECT is(count(*), 77 * 23::bigint, '77 products, 23 months') FROM kpi.sales_volume WHERE grain = 'month' AND dimension = 'product';
SELECT pg_temp.equals_reference($$
	SELECT concat_ws(' ', member, product_id, period_start) AS key, units, lines, rank, share FROM kpi.sales_mix WHERE grain = 'month' AND dimension = 'rep'$$, $$
	SELECT concat_ws(' ', r.rep, p.product, m::date) AS key, coalesce(s.units, 0) AS units, coalesce(s.lines, 0) AS lines,
		rank() OVER (PARTITION BY r.rep, m ORDER BY coalesce(s.units, 0) DESC) AS rank,
		coalesce(s.units, 0)::float8 / nullif(sum(s.units) OVER (PARTITION BY r.rep, m), 0) AS share
	FROM (SELECT DISTINCT rep FROM northwind.line) r
	CROSS JOIN (SELECT DISTINCT product FROM northwind.line) p
	CROSS JOIN generate_series(timestamp '1996-07-01', '1998-05-01', '1 month') m
	LEFT JOIN (SELECT rep, product, month, sum(units) AS units, count(*) AS lines FROM northwind.line GROUP BY 1, 2, 3) s
		ON s.rep = r.rep AND s.product = p.product AND s.month = m::date$$,
	'which rep sold which product');

-- What changed from month to month comes of members that add up.
CREATE VIEW northwind.change AS
SELECT k.dimension, k.member, m::date AS month, coalesce(a.lines, 0) AS size_after, coalesce(a.revenue, 0) AS value_after,
	coalesce(b.lines, 0) AS size_before, coalesce(b.revenue, 0) AS value_before,
	sum(coalesce(a.lines, 0)) OVER w AS all_after, sum(coalesce(b.lines, 0)) OVER w AS all_before,
	sum(coalesce(a.revenue, 0)) OVER w AS total_after, sum(coalesce(b.revenue, 0)) OVER w AS total_before
FROM (SELECT DISTINCT dimension, member FROM northwind.member_month WHERE dimension <> 'all') k
CROSS JOIN generate_series(timestamp '1996-08-01', '1998-05-01', '1 month') m
LEFT JOIN northwind.member_month a ON a.dimension = k.dimension AND a.member = k.member AND a.month = m::date
LEFT JOIN northwind.member_month b ON b.dimension = k.dimension AND b.member = k.member AND b.month = (m - interval '1 month')::date
WINDOW w AS (PARTITION BY k.dimension, m);
CREATE VIEW northwind.split AS
SELECT dimension, member, month, size_before, size_after, value_before, value_after, total_before, total_after,
	value_after - value_before AS total,
	(size_after - size_before) * (total_before / all_before + total_after / all_after) / 2 AS volume_effect,
	CASE WHEN size_before > 0 AND size_after > 0 THEN (size_before + size_after) / 2.0 * (value_after / size_after - value_before / size_before) ELSE 0 END AS rate_effect
FROM northwind.change
WHERE size_before > 0 OR size_after > 0;
SELECT is_empty($$
	SELECT s.*, d.*
	FROM northwind.split s
	FULL JOIN (SELECT * FROM kpi.change_drivers WHERE grain = 'month' AND dimension IN ('rep', 'product', 'family', 'location') AND kpi = 'revenue') d
		ON d.dimension = s.dimension AND d.member = s.member AND d.period_start = s.month
	WHERE (abs(d.rate_effect - s.rate_effect) < 2e-6 AND abs(d.volume_effect - s.volume_effect) < 2e-6 AND abs(d.total - s.total) < 2e-6
		AND d.total = d.rate_effect + d.mix_effect + d.volume_effect
		AND d.size_before = s.size_before AND d.size_after = s.size_after
		AND abs(d.total_before - s.total_before) < 2e-6 AND abs(d.total_after - s.total_after) < 2e-6) IS NOT TRUE$$,
	'what a change of revenue comes of, member by member');
SELECT is_empty($$
	SELECT * FROM (
		SELECT d.dimension, d.period_start, sum(d.total) AS total FROM kpi.change_drivers d WHERE d.grain = 'month' AND d.kpi = 'revenue'
			AND d.dimension IN ('rep', 'team', 'territory', 'product', 'family', 'segment', 'location', 'source') GROUP BY 1, 2) d
	FULL JOIN (SELECT k.dimension, month, net_revenue - lag(net_revenue) OVER (PARTITION BY k.dimension ORDER BY month) AS change
		FROM northwind.by_month, (VALUES ('rep'), ('team'), ('territory'), ('product'), ('family'), ('segment'), ('location'), ('source')) k (dimension)) r
		ON r.dimension = d.dimension AND r.month = to_char(d.period_start, 'YYYY-MM')
	WHERE r.change IS NOT NULL AND (abs(d.total - r.change) < 1e-4) IS NOT TRUE$$,
	'all members together change as the reference does');

-- Cohorts of customers, and new ones.
CREATE TABLE northwind.purchases AS
SELECT sales_kpi.purchase_agg(customer_id, family, tier, sold_at, amount) AS held, sales_kpi.periods('month', min(sold_at), max(sold_at), 'America/Los_Angeles') AS months
FROM kpi_base.purchase;
SELECT is(sales_kpi.customers(held), 89::bigint, '89 customers ordered') FROM northwind.purchases;
SELECT is(sales_kpi.first_start(held), timestamptz '1996-07-04 00:00 America/Los_Angeles', 'since the fourth of July') FROM northwind.purchases;
SELECT pg_temp.equals_reference($$
	SELECT to_char(cohort_start AT TIME ZONE 'America/Los_Angeles', 'YYYY-MM') || ' ' || age AS key, cohort_size, retained AS active, retention_rate AS share
	FROM northwind.purchases, sales_kpi.retention(held, months)$$,
	$$SELECT cohort_month || ' ' || months_since AS key, cohort_size, active, share FROM northwind.retention_cohorts$$, 'retention by cohort');
SELECT pg_temp.equals_reference($$
	SELECT to_char(period_start AT TIME ZONE 'America/Los_Angeles', 'YYYY-MM') AS key, new_customers, buyers
	FROM northwind.purchases, sales_kpi.new_customers(held, months)$$,
	$$SELECT m.month AS key, m.new_customers, b.buyers FROM northwind.by_month m
	JOIN (SELECT to_char(month, 'YYYY-MM') AS month, count(DISTINCT customer_id) AS buyers FROM northwind.line GROUP BY 1) b USING (month)$$, 'new customers and buyers');

-- Who bought more, line by line and by month: the dearer, and of another category.
CREATE SCHEMA by_hand;
CREATE TABLE by_hand.purchase AS
SELECT dimension, member, sale_id, customer_id, sold_on, family, tier FROM northwind.member_line WHERE dimension IN ('all', 'rep', 'location');
\ir include/upsell_by_hand.sql
SELECT pg_temp.equals_reference('SELECT sale_id AS key, kind, sold_on FROM kpi.sale_line',
	$$SELECT sale_id AS key, kind, sold_on FROM by_hand.kind WHERE dimension = 'all'$$, 'the kind of each line');
SELECT results_eq($$SELECT sale_id, sales_kpi.sale_kind(family, tier::integer) OVER (PARTITION BY customer_id ORDER BY sold_on) FROM northwind.line ORDER BY 1$$,
	'SELECT sale_id, kind FROM kpi.sale_line ORDER BY 1', 'and without a model');
SELECT pg_temp.equals_reference(
	$$SELECT concat_ws(' ', dimension, member, period_start) AS key, $$ || :'upsell_cells' || $$ FROM kpi.upsell WHERE grain = 'month' AND dimension IN ('all', 'rep', 'location')$$,
	$$SELECT concat_ws(' ', dimension, member, begins) AS key, $$ || :'upsell_cells' || $$ FROM by_hand.upsell$$, 'sold up, by month');
SELECT pg_temp.equals_reference($$
	SELECT to_char(period_start AT TIME ZONE 'America/Los_Angeles', 'YYYY-MM') AS key, $$ || :'upsell_cells' || $$
	FROM northwind.purchases, sales_kpi.upsell(held, months)$$,
	$$SELECT to_char(begins, 'YYYY-MM') AS key, $$ || :'upsell_cells' || $$ FROM by_hand.upsell WHERE dimension = 'all'$$, 'by month, from one state');
SELECT pg_temp.equals_reference($$
	SELECT to_char(lower(month) AT TIME ZONE 'America/Los_Angeles', 'YYYY-MM') AS key,
		sales_kpi.upsell_rate(customer_id, family, tier, sold_at, month), sales_kpi.cross_sell_rate(customer_id, family, tier, sold_at, month)
	FROM kpi_base.purchase
	CROSS JOIN (SELECT tstzrange(months[n], months[n + 1]) AS month FROM northwind.purchases, generate_series(1, 23) n) m
	GROUP BY month$$,
	$$SELECT to_char(begins, 'YYYY-MM') AS key, upsell_rate, cross_sell_rate FROM by_hand.upsell WHERE dimension = 'all'$$, 'the rates at once');
SELECT pg_temp.equals_reference($$
	SELECT 1 AS key, (SELECT avg((families > 1)::integer) FROM (SELECT count(DISTINCT family) AS families FROM kpi.sale_line GROUP BY customer_id) c) AS customers,
		(SELECT avg((families > 1)::integer) FROM (SELECT count(DISTINCT family) AS families FROM kpi.sale_line GROUP BY order_id) o) AS orders,
		(SELECT avg((orders > 1)::integer) FROM (SELECT count(DISTINCT order_id) AS orders FROM kpi.sale_line GROUP BY customer_id) c) AS again$$, $$
	SELECT 1 AS key, answers -> 'cross_sell_customers_2plus_categories' AS customers, answers -> 'orders_2plus_categories' AS orders, answers -> 'repeat_rate' AS again
	FROM northwind.summary$$, 'customers and orders of more than one category');

-- What is bought after what, and who might be next.
SELECT pg_temp.equals_reference($$
	SELECT concat_ws(' ', from_product_id, to_product_id) AS key, from_customers, customers, rate, lift, median_days FROM kpi.bought_after WHERE dimension = 'all'$$, $$
	WITH bought AS (SELECT customer_id, product, min(sold_on) AS first_on FROM northwind.line GROUP BY 1, 2),
	pair AS (
		SELECT f.product AS from_product, t.product AS to_product, count(*) FILTER (WHERE (b.first_on <= f.first_on) IS NOT TRUE) AS from_customers,
			count(*) FILTER (WHERE b.first_on > f.first_on) AS customers,
			percentile_cont(0.5) WITHIN GROUP (ORDER BY b.first_on - f.first_on) FILTER (WHERE b.first_on > f.first_on) AS median_days
		FROM bought f
		JOIN (SELECT DISTINCT product FROM bought) t ON t.product <> f.product
		LEFT JOIN bought b ON b.customer_id = f.customer_id AND b.product = t.product
		GROUP BY 1, 2
	)
	SELECT concat_ws(' ', from_product, to_product) AS key, from_customers, customers, customers::float8 / from_customers AS rate,
		customers::float8 / from_customers / ((SELECT count(*) FROM bought b WHERE b.product = to_product) / 89.0) AS lift, median_days
	FROM pair
	WHERE customers > 0$$, 'bought after');
SELECT pg_temp.equals_reference($$
	SELECT concat_ws(' ', customer_id, next_family) AS key, held_families, holders, buyers, rate, candidate_rank FROM kpi.upsell_candidate WHERE dimension = 'all'$$, $$
	WITH holds AS (SELECT customer_id, array_agg(DISTINCT family) AS families FROM northwind.line GROUP BY 1),
	offer AS (
		SELECT h.customer_id, f.family, cardinality(h.families) AS held_families,
			(SELECT count(*) FROM holds o WHERE o.families @> h.families AND o.customer_id <> h.customer_id) AS holders,
			(SELECT count(*) FROM holds o WHERE o.families @> (h.families || f.family)) AS buyers
		FROM holds h
		JOIN (SELECT DISTINCT family FROM northwind.line) f ON f.family <> ALL (h.families)
	)
	SELECT concat_ws(' ', customer_id, family) AS key, held_families, holders, buyers, buyers::float8 / holders AS rate,
		rank() OVER (PARTITION BY customer_id ORDER BY buyers::numeric / holders DESC, buyers DESC, family COLLATE "C") AS candidate_rank
	FROM offer
	WHERE buyers > 0$$, 'candidates');

-- As of the day after the last order, May is not over: it shows, and has no growth.
CALL sales_kpi.create_model('kpi', as_of => '1998-05-07');
SELECT is(ROW(is_partial, round(revenue, 2), growth)::text, '(t,18333.63,)', 'a month that is not over has no growth')
FROM kpi.revenue_growth WHERE grain = 'month' AND dimension = 'all' AND period_start = '1998-05-01';

SELECT * FROM finish();
ROLLBACK;
