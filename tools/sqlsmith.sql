-- What random SQL is about: the demo company with its model, states of every type in a
-- table, and views of what they answer in rows, which are not called by chance.
SET statement_timeout = 0;
SET client_min_messages = warning;
CREATE EXTENSION sales_kpi;
CALL sales_kpi.create_sources('crm');
CALL sales_kpi.load_demo('crm', deals => 1000);
CALL sales_kpi.create_model('kpi', sources => 'crm', as_of => '2026-01-01');
CREATE ROLE smith LOGIN;
CALL sales_kpi.grant_read('kpi', 'smith');
-- it names what stands below the KPI views, too
GRANT USAGE ON SCHEMA crm, kpi_base TO smith;

CREATE SCHEMA kept;
CREATE TABLE kept.state AS
SELECT month, array_agg(month) OVER (ORDER BY month) || timestamptz '2026-02-01' AS boundaries,
	(SELECT sales_kpi.duration_agg(opened_at, closed_at) FROM crm.deal WHERE opened_at < closed_at AND closed_at < month) AS durations,
	(SELECT sales_kpi.win_curve_agg(opened_at, closed_at, outcome, month) FROM crm.deal WHERE opened_at < closed_at AND outcome IN ('won', 'lost')) AS deals,
	(SELECT sales_kpi.customer_agg(customer_id, started_at, ended_at, monthly_amount) FROM crm.subscription WHERE started_at < least(ended_at, month) AND monthly_amount > 0) AS customers,
	(SELECT sales_kpi.purchase_agg(s.customer_id, p.family, p.tier, s.sold_at, s.amount) FROM crm.sale s JOIN crm.product p USING (product_id) WHERE sold_at < month) AS purchases,
	(SELECT sales_kpi.acquisition_agg(amount, NULL::bigint) FROM crm.spend WHERE spent_at < month) AS acquisition,
	(SELECT sales_kpi.revenue_agg(sold_at, amount, sales_kpi.periods('month', '2025-01-01', month, 'Asia/Jakarta')) FROM crm.sale) AS revenue,
	sales_kpi.business_calendar('Asia/Jakarta', 'Mon-Fri 09:00-17:00', ARRAY[month::date]) AS calendar
FROM generate_series(timestamptz '2025-02-01', '2026-01-01', '1 month') month;
CREATE VIEW kept.churn AS SELECT month, c.* FROM kept.state, sales_kpi.churn(customers, boundaries, '30 days') c;
CREATE VIEW kept.hazard AS SELECT month, c.* FROM kept.state, sales_kpi.churn(customers, boundaries, NULL, 'hazard') c;
CREATE VIEW kept.movement AS SELECT month, c.* FROM kept.state, sales_kpi.revenue_movement(customers, boundaries) c;
CREATE VIEW kept.retention AS SELECT month, c.* FROM kept.state, sales_kpi.retention(customers, boundaries) c;
CREATE VIEW kept.cohorts AS SELECT month, c.* FROM kept.state, sales_kpi.cohorts(customers, boundaries) c;
CREATE VIEW kept.survival AS SELECT state.month, c.* FROM kept.state, sales_kpi.survival(customers, state.month) c;
CREATE VIEW kept.upsell AS SELECT month, c.* FROM kept.state, sales_kpi.upsell(purchases, boundaries) c;
CREATE VIEW kept.new_customers AS SELECT month, c.* FROM kept.state, sales_kpi.new_customers(purchases, boundaries) c;
CREATE VIEW kept.repurchase AS SELECT month, c.* FROM kept.state, sales_kpi.retention(purchases, boundaries) c;
CREATE VIEW kept.win_curve AS SELECT month, c.* FROM kept.state, sales_kpi.win_curve(deals) c;
CREATE VIEW kept.revenue AS SELECT month, c.* FROM kept.state, sales_kpi.revenue(revenue) c;
CREATE VIEW kept.hours AS SELECT month, c.* FROM kept.state, sales_kpi.opening_hours(calendar) c;
CREATE VIEW kept.holidays AS SELECT month, c.* FROM kept.state, sales_kpi.holidays(calendar) c;

-- sqlsmith draws from all functions alike, and reads their catalogue by its bare name. Of
-- the server's own it finds one in ten of those that can be called with any value, so that
-- the extension's come up often. Those that cut a value to the length of a column fail by
-- an internal error where there is no such column.
CREATE VIEW kept.pg_proc AS
SELECT * FROM pg_catalog.pg_proc
WHERE pronamespace = 'sales_kpi'::regnamespace AND prokind <> 'p' OR
	pronamespace = 'pg_catalog'::regnamespace AND provolatile = 'i' AND oid::bigint % 10 = 0 AND
	oid NOT IN (SELECT castfunc FROM pg_cast WHERE castsource = casttarget) AND
	NOT EXISTS (SELECT FROM unnest(proargtypes::oid[] || prorettype) type WHERE (SELECT typtype FROM pg_type WHERE oid = type) = 'p');
GRANT USAGE ON SCHEMA kept TO smith;
GRANT SELECT ON ALL TABLES IN SCHEMA kept TO smith;
ALTER ROLE smith SET search_path = kept, pg_catalog;

-- It takes "any range" for a type that values have: operators without a result are none to it.
SET allow_system_table_mods = on;
UPDATE pg_operator SET oprresult = 0 WHERE 'anyrange'::regtype IN (oprleft, oprright) OR 'anymultirange'::regtype IN (oprleft, oprright);
