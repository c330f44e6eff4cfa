-- The customers of a telephone company: how many left in the quarter, and how long
-- they had stayed. Tenure is in months, which stand here as days.
\ir include/test_data.sql
\if :skipped
\quit
\endif
BEGIN;
SELECT plan(19);
\ir include/reference.sql
SET search_path = sales_kpi, public;
SET TimeZone = 'UTC';

CREATE SCHEMA telco;
\set csv telco_churn/Telco-Customer-Churn.csv
\set table telco.customer
\set types 'tenure integer, MonthlyCharges numeric'
\ir include/load_csv.sql

-- Everybody is a customer as the quarter begins; who churned is not as it ends.
CREATE VIEW telco.quarter AS
SELECT c.*, "MonthlyCharges"::numeric AS amount, timestamptz '2019-06-01' AS started_at, CASE "Churn" WHEN 'Yes' THEN timestamptz '2019-08-15' END AS ended_at
FROM telco.customer c;
\set during '[2019-07-01, 2019-10-01)'

SELECT is(churn_rate("customerID", started_at, ended_at, :'during'), 1869 / 7043::float8, '1,869 of 7,043 left') FROM telco.quarter;
SELECT is(round(100 * churn_rate("customerID", started_at, ended_at, :'during')::numeric, 3), 26.537, '26.537 %') FROM telco.quarter;
SELECT results_eq(format($$SELECT at_start, lost, at_end, churn_rate::numeric(10, 6) FROM (SELECT customer_agg("customerID", started_at, ended_at) AS h FROM telco.quarter) q,
	churn(h, ARRAY[lower(%1$L::tstzrange), upper(%1$L::tstzrange)])$$, :'during'),
	$$VALUES (7043::bigint, 1869::bigint, 5174::bigint, 0.265370)$$, 'a history of them says the same');

\set types ''
\set csv telco_churn/reference/churn_by_Contract.csv
\set table telco.by_contract
\ir include/load_csv.sql
\set csv telco_churn/reference/churn_by_InternetService.csv
\set table telco.by_internet_service
\ir include/load_csv.sql
\set csv telco_churn/reference/churn_by_PaymentMethod.csv
\set table telco.by_payment_method
\ir include/load_csv.sql
\set csv telco_churn/reference/churn_by_SeniorCitizen.csv
\set table telco.by_senior_citizen
\ir include/load_csv.sql
SELECT pg_temp.equals_reference(format($$
		SELECT %I AS key, customers(customer_agg("customerID", started_at, ended_at)),
			churn_rate("customerID", started_at, ended_at, '[2019-07-01, 2019-10-01)') AS churn_share
		FROM telco.quarter GROUP BY 1$$, column_name),
	format('SELECT %I AS key, customers, churn_share FROM telco.%I', column_name, relation), 'churn by ' || column_name)
FROM (VALUES ('Contract', 'by_contract'), ('InternetService', 'by_internet_service'), ('PaymentMethod', 'by_payment_method'),
	('SeniorCitizen', 'by_senior_citizen')) v (column_name, relation);

\set path :data /telco_churn/reference/summary.json
\set summary `cat :'path'`
CREATE TABLE telco.summary AS SELECT :'summary'::jsonb AS answers;
SELECT pg_temp.equals_reference($$
	SELECT 1 AS key, start_amount AS monthly_charges_sum, churned_amount AS monthly_charges_churned, gross_churn AS mrr_churn_share
	FROM (SELECT customer_agg("customerID", started_at, ended_at, amount) AS h FROM telco.quarter) q, revenue_movement(h, '{2019-07-01, 2019-10-01}')$$,
	$$SELECT 1 AS key, answers -> 'monthly_charges_sum' AS monthly_charges_sum, answers -> 'monthly_charges_churned' AS monthly_charges_churned,
		answers -> 'mrr_churn_share' AS mrr_churn_share FROM telco.summary$$, 'the money of those who left');
SELECT is(round(revenue_churn_rate("customerID", started_at, ended_at, amount, :'during')::numeric, 12), round((answers ->> 'mrr_churn_share')::numeric, 12),
	'and its share at once') FROM telco.quarter, telco.summary GROUP BY answers;

/*
 * How long they stay. As of one moment, each has been a customer for its tenure, and
 * who churned has left just then.
 */
\set as_of '2019-10-01'
CREATE VIEW telco.tenure AS
SELECT c.*, v.curve, '2019-10-01'::timestamptz - tenure * interval '1 day' AS started_at, CASE "Churn" WHEN 'Yes' THEN '2019-10-01'::timestamptz END AS ended_at
FROM telco.customer c
CROSS JOIN LATERAL (VALUES ('all', true), ('all_tenure_gt0', tenure > 0), ('month-to-month', "Contract" = 'Month-to-month'), ('one_year', "Contract" = 'One year'),
	('two_year', "Contract" = 'Two year'), ('m2m_internet', "Contract" = 'Month-to-month' AND "InternetService" <> 'No')) v (curve, is_in)
WHERE v.is_in;
CREATE TABLE telco.curve AS
SELECT curve, s.* FROM (SELECT curve, customer_agg("customerID", started_at, ended_at) AS h FROM telco.tenure GROUP BY curve) t, survival(h, :'as_of') s;

\set csv telco_churn/reference/km_all.csv
\set table telco.km_all
\ir include/load_csv.sql
\set csv telco_churn/reference/km_all_tenure_gt0.csv
\set table telco.km_all_tenure_gt0
\ir include/load_csv.sql
\set csv telco_churn/reference/km_month-to-month.csv
\set table telco.km_month_to_month
\ir include/load_csv.sql
\set csv telco_churn/reference/km_one_year.csv
\set table telco.km_one_year
\ir include/load_csv.sql
\set csv telco_churn/reference/km_two_year.csv
\set table telco.km_two_year
\ir include/load_csv.sql
\set csv telco_churn/reference/km_m2m_internet.csv
\set table telco.km_m2m_internet
\ir include/load_csv.sql
SELECT pg_temp.equals_reference(format('SELECT day AS key, at_risk, lost, censored, surviving_rate FROM telco.curve WHERE curve = %L', curve),
	format('SELECT t_months AS key, at_risk, events AS lost, censored, survival AS surviving_rate FROM telco.%I', relation), 'survival, ' || curve)
FROM (VALUES ('all', 'km_all'), ('all_tenure_gt0', 'km_all_tenure_gt0'), ('month-to-month', 'km_month_to_month'), ('one_year', 'km_one_year'),
	('two_year', 'km_two_year'), ('m2m_internet', 'km_m2m_internet')) v (curve, relation);

-- The bounds, from the standard error of the reference
CREATE VIEW telco.reference AS
SELECT curve, t_months::int AS day, survival::float8 AS s, greenwood_se::float8 AS se
FROM (SELECT 'all' AS curve, * FROM telco.km_all UNION ALL SELECT 'month-to-month', * FROM telco.km_month_to_month UNION ALL SELECT 'one_year', * FROM telco.km_one_year
	UNION ALL SELECT 'two_year', * FROM telco.km_two_year UNION ALL SELECT 'm2m_internet', * FROM telco.km_m2m_internet) r;
SELECT is_empty($$
	SELECT curve, day, surviving_low, low, surviving_high, high
	FROM telco.curve RIGHT JOIN (
		SELECT curve, day, s, s ^ exp(1.959963984540054 * se / nullif(-s * ln(s), 0)) AS low, s ^ exp(-1.959963984540054 * se / nullif(-s * ln(s), 0)) AS high
		FROM telco.reference
	) r USING (curve, day)
	WHERE (s < 1 AND (abs(surviving_low - low) < 1e-8 AND abs(surviving_high - high) < 1e-8) IS NOT TRUE) OR (s = 1 AND num_nonnulls(surviving_low, surviving_high) > 0)
$$, 'the bounds follow from the standard errors');

SELECT results_eq($$SELECT curve, min(day) FILTER (WHERE surviving_rate <= 0.5) FROM telco.curve GROUP BY curve ORDER BY curve COLLATE "C"$$,
	$$VALUES ('all', NULL::int), ('all_tenure_gt0', NULL), ('m2m_internet', 34), ('month-to-month', 35), ('one_year', NULL), ('two_year', NULL)$$,
	'the median is 35 months of those who pay by the month; more than half of the others are still there');

-- Published for customers with internet who pay by the month:
-- lingying.me/posts/2026/04/survival-analysis-telco-churn
SELECT is(ROW(max(at_risk), sum(lost)), ROW(3351::bigint, 1556::numeric), '3,351 of them, 1,556 left') FROM telco.curve WHERE curve = 'm2m_internet';
SELECT results_eq($$SELECT day, round(surviving_rate::numeric, 4) FROM telco.curve WHERE curve = 'm2m_internet' AND day IN (6, 12, 24, 48, 60) ORDER BY day$$,
	'VALUES (6, 0.7803), (12, 0.6950), (24, 0.5753), (48, 0.3872), (60, 0.2890)', 'survival as published');

SELECT * FROM finish();
ROLLBACK;
