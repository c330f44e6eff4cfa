-- Two years of a software company: its support tickets stand in for leads, for
-- they tell the minutes to the first answer. Days only, so that the zone is UTC.
\ir include/test_data.sql
\if :skipped
\quit
\endif
BEGIN;
SELECT plan(26);
\ir include/reference.sql

CREATE SCHEMA ravenstack;
\set csv ravenstack/ravenstack_support_tickets.csv
\set table ravenstack.support_tickets
\set types 'submitted_at date, closed_at timestamp, first_response_time_minutes numeric, satisfaction_score numeric'
\ir include/load_csv.sql
\set csv ravenstack/ravenstack_accounts.csv
\set table ravenstack.accounts
\set types ''
\ir include/load_csv.sql
\set csv ravenstack/ravenstack_subscriptions.csv
\set table ravenstack.subscriptions
\set types 'start_date date, end_date date, mrr_amount numeric, is_trial boolean'
\ir include/load_csv.sql

CREATE SCHEMA crm;
CREATE VIEW crm.customer AS
SELECT account_id AS customer_id, account_name AS customer_name, industry AS segment, country AS location, referral_source AS source
FROM ravenstack.accounts;
CREATE VIEW crm.lead AS
SELECT t.ticket_id AS lead_id, t.submitted_at AS arrived_at, t.priority AS request, a.referral_source AS source, t.account_id AS customer_id,
	t.submitted_at + t.first_response_time_minutes * interval '1 minute' AS responded_at, t.closed_at
FROM ravenstack.support_tickets t
JOIN ravenstack.accounts a ON a.account_id = t.account_id;
CREATE VIEW crm.subscription AS
SELECT subscription_id, account_id AS customer_id, start_date AS started_at, end_date AS ended_at, mrr_amount AS monthly_amount,
	plan_tier AS product_id, is_trial AS trial
FROM ravenstack.subscriptions;
CREATE VIEW crm.product AS
SELECT 'RavenStack' AS family, * FROM (VALUES ('Basic', 1), ('Pro', 2), ('Enterprise', 3)) p (product_id, tier);
CREATE VIEW crm.feedback AS
SELECT closed_at AS given_at, satisfaction_score AS score, 'csat5' AS scale, account_id AS customer_id
FROM ravenstack.support_tickets;

SELECT is_empty($$SELECT * FROM sales_kpi.check_sources('crm') WHERE finding <> 'relation absent'$$, 'the views keep the contract');
SELECT lives_ok($$CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'UTC', as_of => '2025-01-01', response_sla => '2 hours')$$,
	'a model is made over them');
SELECT results_eq('SELECT check_name, relation, rows FROM kpi.data_quality', $$VALUES ('missing score', 'feedback', 825::bigint)$$,
	'data_quality finds the tickets without a score');
SELECT is(count(*) FILTER (WHERE NOT paid), 778::bigint, 'the trials are not paid') FROM kpi_base.subscription;

\set path :data /ravenstack/reference/summary.json
\set summary `cat :'path'`
CREATE TABLE ravenstack.summary AS SELECT :'summary'::jsonb AS answers;
SELECT pg_temp.equals_reference($$
	SELECT 1 AS key, sales_kpi.sample_size(s) AS n, date_part('epoch', sales_kpi.mean(s)) / 60 AS mean,
		date_part('epoch', sales_kpi.median(s)) / 60 AS median, date_part('epoch', sales_kpi.percentile(s, 0.9)) / 60 AS p90,
		date_part('epoch', sales_kpi.shortest(s)) / 60 AS min, date_part('epoch', sales_kpi.longest(s)) / 60 AS max
	FROM (SELECT sales_kpi.duration_agg(response) AS s FROM kpi_base.lead) l$$,
	$$SELECT 1 AS key, a.* FROM ravenstack.summary,
		jsonb_to_record(answers -> 'first_response_minutes') a (n bigint, mean numeric, median numeric, p90 numeric, min numeric, max numeric)$$,
	'distribution of first response times');
SELECT is(round(date_part('epoch', sales_kpi.median(sales_kpi.rollup(s)))::numeric / 60), 88::numeric,
	'the median first response takes 88 minutes, rolled up from months as well')
FROM (
	SELECT sales_kpi.duration_agg(response) AS s
	FROM kpi_base.lead
	GROUP BY sales_kpi.period_start('month', arrived_at, 'UTC')
) m;
SELECT is(sales_kpi.lead_response_time(arrived_at, responded_at), interval '88.48 minutes', 'and the mean 88.48 minutes')
FROM kpi_base.lead;

-- Every cell of the view against plain SQL over the CSV files.
CREATE VIEW pg_temp.by_hand AS
SELECT concat_ws(' ', g.grain, date_trunc(g.grain, t.submitted_at)::date, k.dimension, k.member) AS key,
	count(*) AS n, count(*) AS leads, count(t.first_response_time_minutes) AS answered, 0 AS waiting,
	round(60e6 * avg(t.first_response_time_minutes)) / 60e6 AS mean_minutes,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY t.first_response_time_minutes) AS median_minutes,
	percentile_cont(0.9) WITHIN GROUP (ORDER BY t.first_response_time_minutes) AS p90_minutes,
	avg((t.first_response_time_minutes <= 120)::int) AS within_sla_rate
FROM ravenstack.support_tickets t
JOIN ravenstack.accounts a ON a.account_id = t.account_id
CROSS JOIN LATERAL (VALUES ('all', 'all'), ('request', t.priority), ('segment', a.industry), ('location', a.country),
	('source', a.referral_source), ('rep', '(none)')) k (dimension, member)
CROSS JOIN unnest('{day,week,month,quarter,year}'::text[]) g (grain)
GROUP BY g.grain, date_trunc(g.grain, t.submitted_at), k.dimension, k.member;
SELECT pg_temp.equals_reference($$
	SELECT concat_ws(' ', grain, period_start, dimension, member) AS key, leads AS n, leads, answered, waiting,
		mean_minutes, median_minutes, p90_minutes, within_sla_rate
	FROM kpi.lead_response WHERE dimension IN ('all', 'request', 'segment', 'location', 'source', 'rep')$$,
	'SELECT * FROM by_hand', 'response by period and dimension');
SELECT ok(within_sla_low < within_sla_rate AND within_sla_rate < within_sla_high, 'the share within two hours lies in its interval')
FROM kpi.lead_response WHERE grain = 'year' AND period_start = '2024-01-01' AND dimension = 'all';

-- Its revenue and its customers by month: what the views say. The reference counts
-- whoever comes back as new, and free trials as nothing.
\set types ''
\set csv ravenstack/reference/mrr_by_month.csv
\set table ravenstack.mrr_by_month
\ir include/load_csv.sql
CREATE VIEW ravenstack.bridge AS
SELECT month AS key, lag(mrr_end) OVER w AS before, new_mrr, expansion_mrr, contraction_mrr, churned_mrr, mrr_end, nrr_monthly, grr_monthly,
	lag(paying_accounts) OVER w AS paying_before, paying_accounts, churned_accounts, logo_churn
FROM ravenstack.mrr_by_month
WINDOW w AS (ORDER BY month);
SELECT pg_temp.equals_reference($$
	SELECT to_char(period_start, 'YYYY-MM') AS key, start_amount AS before, new_amount + returned_amount AS new_mrr, expansion_amount AS expansion_mrr,
		contraction_amount AS contraction_mrr, churned_amount AS churned_mrr, end_amount AS mrr_end, nrr AS nrr_monthly, grr AS grr_monthly
	FROM kpi.revenue_movement WHERE grain = 'month' AND dimension = 'all' AND period_start > '2023-01-01'$$,
	'SELECT key, before, new_mrr, expansion_mrr, contraction_mrr, churned_mrr, mrr_end, nrr_monthly, grr_monthly FROM ravenstack.bridge WHERE before IS NOT NULL',
	'the view of revenue movement by month');
SELECT pg_temp.equals_reference($$
	SELECT to_char(period_start, 'YYYY-MM') AS key, at_start AS paying_before, at_end AS paying_accounts, lost AS churned_accounts, churn_rate AS logo_churn
	FROM kpi.churn WHERE grain = 'month' AND dimension = 'all' AND period_start > '2023-01-01'$$,
	'SELECT key, paying_before, paying_accounts, churned_accounts, logo_churn FROM ravenstack.bridge WHERE before IS NOT NULL',
	'the view of churn by month');

-- As of an afternoon, the ticket answered later still waits.
CALL sales_kpi.create_model('kpi', as_of => '2024-06-03 01:00');
SELECT is(waiting, (SELECT count(*) FROM ravenstack.support_tickets WHERE submitted_at = '2024-06-03' AND first_response_time_minutes > 60),
	'as of one in the night, the tickets of the day answered later wait')
FROM kpi.lead_response WHERE grain = 'day' AND period_start = '2024-06-03' AND dimension = 'all';

-- And what the functions say, from month end to month end: to the last microsecond.
SET TimeZone = 'UTC';
CREATE TABLE ravenstack.history AS
SELECT sales_kpi.customer_agg(account_id, start_date, end_date, mrr_amount) AS accounts,
	sales_kpi.customer_agg(subscription_id, start_date, end_date + 1) AS subscriptions,
	(SELECT array_agg(m - interval '1 microsecond' ORDER BY m) FROM generate_series(timestamptz '2023-01-01', '2025-01-01', '1 month') m) AS month_ends
FROM ravenstack.subscriptions;

SELECT pg_temp.equals_reference($$
	SELECT to_char(period_end, 'YYYY-MM') AS key, start_amount AS before, new_amount + returned_amount AS new_mrr, expansion_amount AS expansion_mrr,
		contraction_amount AS contraction_mrr, churned_amount AS churned_mrr, end_amount AS mrr_end, nrr AS nrr_monthly, grr AS grr_monthly
	FROM ravenstack.history, sales_kpi.revenue_movement(accounts, month_ends[2:])$$, $$
	SELECT key, before, new_mrr, expansion_mrr, contraction_mrr, churned_mrr, mrr_end, nrr_monthly, grr_monthly FROM ravenstack.bridge
	WHERE before IS NOT NULL$$, 'the movement of revenue by month');
SELECT is(ROW(start_amount, new_amount, end_amount, nrr)::text, '(0.00,4684.00,4684.00,)', 'the first month starts from nothing')
FROM ravenstack.history, sales_kpi.revenue_movement(accounts, month_ends[:2]);
SELECT pg_temp.equals_reference($$
	SELECT to_char(period_end, 'YYYY-MM') AS key, at_start AS paying_before, at_end AS paying_accounts, lost AS churned_accounts, churn_rate AS logo_churn
	FROM ravenstack.history, sales_kpi.churn(accounts, month_ends[2:])$$,
	'SELECT key, paying_before, paying_accounts, churned_accounts, logo_churn FROM ravenstack.bridge WHERE before IS NOT NULL', 'accounts by month');
SELECT pg_temp.equals_reference($$
	SELECT to_char(upper(month), 'YYYY-MM') AS key, sales_kpi.churn_rate(account_id, start_date, end_date, month) FILTER (WHERE mrr_amount > 0) AS logo_churn,
		1 - sales_kpi.revenue_churn_rate(account_id, start_date, end_date, mrr_amount, month) AS grr_monthly
	FROM ravenstack.subscriptions, ravenstack.history, generate_series(3, 25) n, tstzrange(month_ends[n - 1], month_ends[n]) month
	GROUP BY month$$,
	'SELECT month AS key, logo_churn, grr_monthly FROM ravenstack.mrr_by_month WHERE new_mrr IS NOT NULL', 'the rates at once');
-- Thirteen subscriptions end on the day they start: here the last day is a paid one.
SELECT is(round(100 * churn_rate::numeric, 2), 9.72, '9.72 % of all subscriptions ever have ended')
FROM ravenstack.history, sales_kpi.churn(subscriptions, '{2023-01-01, 2025-01-01}', method => 'stripe');
SELECT results_eq($$SELECT sum(lost)::bigint, sum(lost + censored)::bigint FROM ravenstack.history, sales_kpi.survival(subscriptions, '2025-01-01')$$,
	'SELECT count(end_date), count(*) FROM ravenstack.subscriptions', 'as many are lost to a curve of survival');

-- What is sold are subscriptions: a start is a sale, and each month that it runs
-- brings revenue; the month in which it ends, for its days.
SET TimeZone = 'America/New_York';
CALL sales_kpi.create_model('kpi', as_of => '2025-01-01', purchases => 'subscription');
CREATE TABLE ravenstack.paid AS
SELECT *, date_trunc('month', start_date::timestamp)::date AS month
FROM ravenstack.subscriptions
WHERE NOT is_trial AND mrr_amount > 0 AND (end_date > start_date) IS NOT FALSE;
CREATE VIEW ravenstack.volume AS
SELECT p.plan_tier, m::date AS month, count(s.subscription_id) AS units
FROM (SELECT DISTINCT plan_tier FROM ravenstack.paid) p
CROSS JOIN generate_series((SELECT min(month) FROM ravenstack.paid)::timestamp, '2024-12-01', '1 month') m
LEFT JOIN ravenstack.paid s ON s.plan_tier = p.plan_tier AND s.month = m
GROUP BY 1, 2;
SELECT pg_temp.equals_reference(
	$$SELECT concat_ws(' ', member, period_start) AS key, units, lines, share FROM kpi.sales_volume WHERE grain = 'month' AND dimension = 'product'$$,
	$$SELECT concat_ws(' ', plan_tier, month) AS key, units, units AS lines, units / sum(units) OVER (PARTITION BY month) AS share FROM ravenstack.volume$$,
	'subscriptions sold, by plan and month');
SELECT pg_temp.equals_reference($$
	SELECT concat_ws(' ', member, product_id, period_start) AS key, units, rank FROM kpi.sales_mix WHERE grain = 'year' AND dimension = 'segment'$$, $$
	SELECT concat_ws(' ', i.industry, p.plan_tier, y::date) AS key, count(s.subscription_id) AS units,
		rank() OVER (PARTITION BY i.industry, y ORDER BY count(s.subscription_id) DESC) AS rank
	FROM (SELECT DISTINCT industry FROM ravenstack.accounts JOIN ravenstack.paid USING (account_id)) i
	CROSS JOIN (SELECT DISTINCT plan_tier FROM ravenstack.paid) p
	CROSS JOIN generate_series(timestamp '2023-01-01', '2024-01-01', '1 year') y
	LEFT JOIN (SELECT p.*, a.industry FROM ravenstack.paid p JOIN ravenstack.accounts a USING (account_id)) s
		ON s.industry = i.industry AND s.plan_tier = p.plan_tier AND date_trunc('year', s.start_date::timestamp) = y
	GROUP BY i.industry, p.plan_tier, y$$, 'which plan in which industry');

CREATE TABLE ravenstack.income AS
SELECT p.plan_tier, date_trunc('month', m.begins)::date AS month, count(*) AS lines,
	sum(CASE WHEN p.end_date < m.ends THEN round(p.mrr_amount * (p.end_date - m.begins::date) / (m.ends::date - m.begins::date), 6) ELSE p.mrr_amount END) AS revenue
FROM ravenstack.paid p
CROSS JOIN generate_series(0, 24) n
CROSS JOIN LATERAL (SELECT p.start_date + n * interval '1 month' AS begins, p.start_date + (n + 1) * interval '1 month' AS ends) m
WHERE m.begins < coalesce(p.end_date, '2025-01-02') AND m.begins <= '2025-01-01'
GROUP BY 1, 2;
SELECT pg_temp.equals_reference($$
	SELECT concat_ws(' ', member, period_start) AS key, revenue, lines, base, growth, year_ago_growth FROM kpi.revenue_growth
	WHERE grain = 'month' AND dimension = 'product' AND period_start < '2025-01-01'$$, $$
	SELECT concat_ws(' ', plan_tier, month) AS key, m.revenue, m.lines, b.revenue AS base, (m.revenue - b.revenue) / b.revenue AS growth,
		(m.revenue - y.revenue) / y.revenue AS year_ago_growth
	FROM ravenstack.income m
	LEFT JOIN (SELECT plan_tier, (month + interval '1 month')::date AS month, revenue FROM ravenstack.income) b USING (plan_tier, month)
	LEFT JOIN (SELECT plan_tier, (month + interval '1 year')::date AS month, revenue FROM ravenstack.income) y USING (plan_tier, month)
	WHERE month < '2025-01-01'$$, 'revenue of each plan, by month, with growth');
-- Nearly all subscriptions run at a month's end: what a month brings is a little less
-- than what recurs at its end, and grows alike.
SELECT cmp_ok(max(abs(r.revenue / m.mrr_end::numeric - 1)), '<', 0.1, 'it is what recurs, but for the days')
FROM kpi.revenue_growth r
JOIN ravenstack.mrr_by_month m ON m.month = to_char(r.period_start, 'YYYY-MM')
WHERE r.grain = 'month' AND r.dimension = 'all' AND r.period_start BETWEEN '2024-01-01' AND '2024-12-01';

CREATE SCHEMA by_hand;
CREATE TABLE by_hand.purchase AS
SELECT k.dimension, k.member, p.subscription_id AS sale_id, p.account_id AS customer_id, p.start_date AS sold_on, 'RavenStack' AS family,
	array_position('{Basic,Pro,Enterprise}', p.plan_tier) AS tier
FROM ravenstack.paid p
JOIN ravenstack.accounts a USING (account_id)
CROSS JOIN LATERAL (VALUES ('all', 'all'), ('source', a.referral_source), ('segment', a.industry)) k (dimension, member);
\ir include/upsell_by_hand.sql
SELECT pg_temp.equals_reference('SELECT sale_id AS key, kind, sold_on FROM kpi.sale_line',
	$$SELECT sale_id AS key, kind, sold_on FROM by_hand.kind WHERE dimension = 'all'$$, 'the kind of each subscription');
SELECT pg_temp.equals_reference(
	$$SELECT concat_ws(' ', dimension, member, period_start) AS key, $$ || :'upsell_cells' || $$
		FROM kpi.upsell WHERE grain = 'month' AND dimension IN ('all', 'source', 'segment')$$,
	$$SELECT concat_ws(' ', dimension, member, begins) AS key, $$ || :'upsell_cells' || $$ FROM by_hand.upsell$$, 'sold up, by month');
SELECT is(sum(cross_sold), 0::numeric, 'there is nothing else to buy') FROM kpi.upsell WHERE grain = 'month' AND dimension = 'all';
SELECT is(ROW(upsold, existing, upsell_rate)::text, ROW(count(DISTINCT account_id) FILTER (WHERE kind = 'upsell' AND since < '2024-06-01'),
		count(DISTINCT account_id) FILTER (WHERE since < '2024-06-01'),
		count(DISTINCT account_id) FILTER (WHERE kind = 'upsell' AND since < '2024-06-01')::float8 / count(DISTINCT account_id) FILTER (WHERE since < '2024-06-01'))::text,
	'upsold in June 2024, counted once more')
FROM kpi.upsell, (
	SELECT account_id, min(start_date) OVER (PARTITION BY account_id) AS since,
		CASE WHEN start_date >= '2024-06-01' AND start_date < '2024-07-01' AND array_position('{Basic,Pro,Enterprise}', plan_tier) > (
			SELECT max(array_position('{Basic,Pro,Enterprise}', e.plan_tier)) FROM ravenstack.paid e WHERE e.account_id = p.account_id AND e.start_date < p.start_date)
			THEN 'upsell' END AS kind
	FROM ravenstack.paid p
) k
WHERE grain = 'month' AND dimension = 'all' AND period_start = '2024-06-01'
GROUP BY upsold, existing, upsell_rate;

SELECT * FROM finish();
ROLLBACK;
