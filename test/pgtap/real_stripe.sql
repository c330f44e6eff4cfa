-- The Stripe adapter of doc/adapters.md over tables as an ELT tool loads them: true
-- columns, few rows, and ids that seldom meet, so that the tests join some by hand.
\ir include/test_data.sql
\if :skipped
\quit
\endif
BEGIN;
SELECT plan(15);
SET LOCAL TimeZone = 'UTC';

CREATE SCHEMA stripe;
\set csv fivetran_seeds/stripe/customer_data.csv
\set table stripe.customer
\set types 'livemode boolean'
\ir include/load_csv.sql
\set csv fivetran_seeds/stripe/product_data.csv
\set table stripe.product
\ir include/load_csv.sql
\set csv fivetran_seeds/stripe/price_data.csv
\set table stripe.price
\set types 'unit_amount bigint, recurring_interval_count integer, transform_quantity_divide_by integer'
\ir include/load_csv.sql
\set csv fivetran_seeds/stripe/plan_data.csv
\set table stripe.plan
\set types 'amount bigint, interval_count integer, transform_usage_divide_by integer'
\ir include/load_csv.sql
\set csv fivetran_seeds/stripe/subscription_history_data.csv
\set table stripe.subscription_history
\set types '_fivetran_active boolean, livemode boolean, start_date timestamptz, trial_start timestamptz, trial_end timestamptz, cancel_at timestamptz, ended_at timestamptz, cancel_at_period_end boolean, current_period_end timestamptz'
\ir include/load_csv.sql
\set csv fivetran_seeds/stripe/subscription_item_data.csv
\set table stripe.subscription_item
\set types 'created timestamptz, current_period_end timestamptz, quantity integer'
\ir include/load_csv.sql
\set csv fivetran_seeds/stripe/invoice_data.csv
\set table stripe.invoice
\set types 'livemode boolean, subtotal bigint, tax bigint, total bigint, created timestamptz, status_transitions_paid_at timestamptz'
\ir include/load_csv.sql
\set csv fivetran_seeds/stripe/invoice_line_item_data.csv
\set table stripe.invoice_line_item
\set types 'amount bigint, quantity integer'
\ir include/load_csv.sql
\set csv fivetran_seeds/stripe/charge_data.csv
\set table stripe.charge
\set types ''
\ir include/load_csv.sql
\set csv fivetran_seeds/stripe/refund_data.csv
\set table stripe.refund
\set types 'amount bigint, created timestamptz'
\ir include/load_csv.sql

\set product Stripe
\ir include/adapter.sql
SELECT is_empty($$SELECT * FROM sales_kpi.check_sources('crm') WHERE is_error OR finding = 'extra column'$$, 'the adapter keeps the contract');
SELECT lives_ok($$CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'UTC', as_of => '2024-09-01')$$,
	'a model is made over it');
SELECT bag_eq($$SELECT relation, check_name, rows FROM kpi.data_quality$$, $$VALUES
	('sale', 'missing sold_at', 1::bigint), ('sale', 'missing product_id', 1), ('sale', 'customer_id not in customer', 1)$$,
	'data_quality tells what the rows lack');
SELECT is_empty('SELECT * FROM kpi_base.subscription', 'the subscription that ended with its trial was never paid');
UPDATE stripe.subscription_history SET trial_end = NULL, ended_at = NULL;
SELECT results_eq('SELECT subscription_id, monthly_amount, ended_at FROM kpi_base.subscription',
	$$VALUES ('sdgfs4536', 1500::numeric, '2021-02-19 14:16:37+00'::timestamptz)$$, 'without a trial it is paid until cancel_at; an earlier version is not read');
UPDATE stripe.subscription_history SET livemode = false;

-- The items have no subscriptions: eleven customers get them, each in its own way.
INSERT INTO stripe.subscription_history (id, customer_id, start_date, _fivetran_active, livemode, status)
SELECT i.subscription_id, c.id, i.created, true, true, 'active'
FROM (SELECT subscription_id, min(created::timestamptz) AS created, row_number() OVER (ORDER BY subscription_id) AS rank
	FROM stripe.subscription_item WHERE subscription_id LIKE 'sdfg%' GROUP BY subscription_id) i
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS rank FROM stripe.customer) c USING (rank);
SELECT results_eq('SELECT subscription_id, monthly_amount FROM kpi_base.subscription ORDER BY subscription_id, monthly_amount', $$VALUES
	('sdfg5637', 1500::numeric / 6), ('sdfg5638', 3 * 1800::numeric / 6), ('sdfg5639', 2 * 2640.30 / 3), ('sdfg5640', 450),
	('sdfg5641', 2 * 200), ('sdfg5642', 3 * 1), ('sdfg5643', 500), ('sdfg5644', 2 * 400), ('sdfg5645', 150), ('sdfg5646', 3 * 115),
	('sdfg5647', 2 * 890), ('sdfg5647', NULL)$$, 'amounts a month, by hand; of an unknown plan there is none');

UPDATE stripe.subscription_history s
SET trial_start = v.trial_start, trial_end = v.trial_end, ended_at = v.ended_at, cancel_at_period_end = v.at_period_end, status = v.status
FROM (VALUES
	('sdfg5638', '2024-07-04 11:30+00'::timestamptz, '2024-07-18 11:30+00'::timestamptz, NULL::timestamptz, false, 'active'),
	('sdfg5639', NULL, NULL, NULL, true, 'active'),
	('sdfg5640', NULL, NULL, '2024-07-20 00:00+00', false, 'canceled'),
	('sdfg5641', '2024-07-07 13:00+00', '2024-08-07 13:00+00', '2024-07-10 00:00+00', false, 'canceled'),
	('sdfg5642', NULL, NULL, NULL, false, 'incomplete_expired'),
	('sdfg5645', '2024-08-10 00:00+00', '2024-08-20 00:00+00', NULL, false, 'trialing'),
	('sdfg5646', NULL, NULL, NULL, false, 'past_due')
) v (id, trial_start, trial_end, ended_at, at_period_end, status)
WHERE s.id = v.id;
UPDATE stripe.subscription_item SET created = '2024-08-20 00:00+00' WHERE subscription_id = 'sdfg5637';
SELECT results_eq($$SELECT subscription_id, started_at, ended_at FROM kpi_base.subscription WHERE subscription_id <= 'sdfg5646' ORDER BY subscription_id$$, $$VALUES
	('sdfg5637', '2024-07-03 11:00+00'::timestamptz, NULL::timestamptz), ('sdfg5638', '2024-07-18 11:30+00', NULL),
	('sdfg5639', '2024-07-05 12:00+00', '2024-08-05 12:00+00'), ('sdfg5640', '2024-07-06 12:30+00', '2024-07-20 00:00+00'),
	('sdfg5643', '2024-07-09 14:00+00', NULL), ('sdfg5644', '2024-07-10 14:30+00', NULL),
	('sdfg5645', '2024-07-11 15:00+00', NULL), ('sdfg5646', '2024-07-12 15:30+00', NULL)$$,
	'paid time begins with the subscription or after its first trial, and ends with the period or at once');

-- Prices by the year, the fortnight and in euros; a second item, added in August.
UPDATE stripe.plan SET "interval" = 'week', interval_count = 2 WHERE id = '658jfgh';
UPDATE stripe.subscription_item i SET plan_id = v.price, created = coalesce(v.created, i.created)
FROM (VALUES ('234rtgh', 'price_4', NULL), ('3gds', 'price_3', NULL), ('146gcb', 'price_2', '2024-08-15 00:00+00'::timestamptz)) v (plan, price, created)
WHERE i.plan_id = v.plan;
SELECT results_eq($$SELECT subscription_id, product_id, round(monthly_amount, 6) FROM kpi_base.subscription WHERE subscription_id IN ('sdfg5643', 'sdfg5644', 'sdfg5645') ORDER BY 1$$,
	$$VALUES ('sdfg5643', 'prod_002', round(299.90 / 12, 6)), ('sdfg5644', 'prod_003', NULL), ('sdfg5645', 'prod_BUaE6AwT15sLSX', round(150 * 365.25 / 7 / 12 / 2, 6))$$,
	'a year, a fortnight, and another currency');
UPDATE stripe.plan SET usage_type = 'metered' WHERE id = 'dfgdw576';
UPDATE stripe.plan SET transform_usage_divide_by = 10 WHERE id = 'rhsdr456';
SELECT results_eq($$SELECT price_id FROM crm.price WHERE monthly_amount IS NULL ORDER BY price_id COLLATE "C"$$,
	$$VALUES ('dfgdw576'), ('price_1'), ('price_4'), ('rhsdr456')$$, 'no unit has a price a month: metered, once, in euros, by the package');
SELECT results_eq($$SELECT period_start, at_start, joined, lost, at_end, joined_and_left FROM kpi.churn
	WHERE grain = 'month' AND dimension = 'all' AND period_start IN ('2024-07-01', '2024-08-01') ORDER BY period_start$$,
	$$VALUES ('2024-07-01'::date, 0::bigint, 8::bigint, 0::bigint, 8::bigint, 1::bigint), ('2024-08-01', 8, 0, 1, 7, 0)$$,
	'customers by hand: one left within July, one in August');
SELECT results_eq($$SELECT round(start_amount, 2), round(new_amount, 2), round(expansion_amount, 2), round(churned_amount, 2), round(end_amount, 2) FROM kpi.revenue_movement
	WHERE grain = 'month' AND dimension = 'all' AND period_start IN ('2024-07-01', '2024-08-01') ORDER BY period_start$$, $$
	SELECT s, n, e, c, s + n + e - c
	FROM (SELECT round(250 + 900 + 1760.20 + 299.90 / 12 + 150 * 365.25 / 7 / 12 / 2 + 345 + 1780, 2)) july (mrr),
	LATERAL (VALUES (0, mrr, 0, 0), (mrr, 0, 2 * 29.99, 1760.20)) m (s, n, e, c)$$, 'what they pay a month, by hand');
SELECT bag_eq($$SELECT check_name, rows FROM kpi.data_quality WHERE relation = 'subscription'$$,
	$$VALUES ('missing monthly_amount', 1::bigint), ('product_id not in product', 10)$$, 'the amount in euros is known to be missing');

-- The one paid invoice that is no test, with a tenth off and a fifth of tax, is paid in part back.
UPDATE stripe.invoice SET status_transitions_paid_at = '2021-02-18 15:00+00', total = 1080, tax = 180;
UPDATE stripe.invoice_line_item SET invoice_id = 'si8jo54' WHERE id = 'ba3333';
UPDATE stripe.refund SET charge_id = 'ch_0IMD9sig6peNXzgDoUawu0L1', status = 'failed' WHERE id = 're_0ISmXVig6peNXzgDtw7Hev23';
UPDATE stripe.charge SET id = 'ch_0IMD9sig6peNXzgDoUawu0L1', invoice_id = 'ab1111' WHERE id = 'ch_0IMDAfig6peNXzgDJYQKfT3B';
SELECT results_eq('SELECT sale_id, sold_at, amount, units, order_id FROM kpi_base.sale ORDER BY sold_at', $$VALUES
	('ab1111/ad1111', '2021-02-18 15:00+00'::timestamptz, 0.21 * 0.9, 5::numeric, 'ab1111'),
	('re_0INhCiig6peNXzgDWw7VVan8', '2021-02-22 16:24:12+00', -136.50 / 1.2, NULL, 'ab1111')$$, 'net of discount and tax, and what was refunded');
UPDATE stripe.invoice_line_item SET amount = -21;
SELECT is(ARRAY[amount, units], '{-0.189,-5}'::numeric[], 'a line that gives back gives back units')
FROM kpi_base.sale WHERE sale_id = 'ab1111/ad1111';
UPDATE stripe.invoice SET currency = 'eur';
SELECT is(count(amount), 0::bigint, 'an amount in another currency is unknown') FROM kpi_base.sale;

SELECT * FROM finish();
ROLLBACK;
