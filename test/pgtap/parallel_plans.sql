-- Large tables are grouped by several processes, with the settings that PostgreSQL
-- comes with: for every KPI view and by each of its dimensions, and for every aggregate
-- of the extension by rep, by month, and by both. What cannot be has a reason here. Few
-- queries run, for a plan is enough.
BEGIN;
\ir include/model.sql
\ir include/plans.sql
SELECT * FROM no_plan();

SELECT is_empty($$SELECT name, setting FROM pg_settings WHERE (name ~ 'parallel|_cost$' OR name = 'work_mem') AND name !~ '^jit' AND setting <> boot_val$$, 'the settings are the ones that PostgreSQL comes with');

-- A partial aggregate of facts. (The first answers to leads are found by one of their
-- own, and it is none of the view.)
CREATE FUNCTION test.is_grouped_in_parallel(plan jsonb) RETURNS boolean
LANGUAGE sql
AS $$SELECT EXISTS (SELECT FROM test.nodes(plan) n WHERE n ->> 'Partial Mode' = 'Partial' AND n ->> 'Group Key' ~ 'lead_id' IS NOT TRUE)$$;

-- The demo company, each of its deals, sales and so on many times over: what
-- load_demo(deals => 200000) would make of all but the smaller relations, in a
-- hundredth of the time. Customers are as many for each deal as there.
CALL sales_kpi.create_sources('demo');
CALL sales_kpi.load_demo('demo', deals => 2000);
CREATE SCHEMA crm;
DO $$
DECLARE
	t record;
BEGIN
	FOR t IN
		SELECT c.relation, c.relation IN ('rep', 'product', 'goal') AS is_small, string_agg(CASE WHEN c.type = 'key' AND c.column_name NOT IN ('rep_id', 'product_id')
			THEN format('s.%1$I + n * 1000000 AS %1$I', c.column_name) ELSE format('s.%I', c.column_name) END, ', ' ORDER BY c.rank) AS columns
		FROM sales_kpi.contract c
		GROUP BY c.relation
	LOOP
		EXECUTE format('CREATE TABLE crm.%1$I AS SELECT %2$s FROM demo.%1$I s CROSS JOIN generate_series(0, CASE WHEN %3$L THEN 0 ELSE 200000 / (SELECT count(*) FROM demo.%4$I) END) n',
			t.relation, t.columns, t.is_small, CASE t.relation WHEN 'customer' THEN 'deal' ELSE t.relation END);
	END LOOP;
END
$$;
CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', as_of => '2026-01-01');
ANALYZE crm.customer, crm.deal_stage, crm.lead_temperature, crm.product, crm.rep, crm.spend, crm.subscription;
SELECT is_empty($$SELECT relname FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind = 'r' AND relname NOT IN ('rep', 'product', 'goal', 'customer')
	AND pg_relation_size(oid) < (SELECT setting::bigint * 8192 FROM pg_settings WHERE name = 'min_parallel_table_scan_size')$$, 'all tables of events are large');

CREATE TABLE test.serial (view_name text, dimension text, why text);
INSERT INTO test.serial VALUES
	('acquisition', 'channel', 'Of all that is counted only first purchases have one, and these are told from the others in one process.'),
	('bought_after', NULL, 'It reads the whole history of a customer, by windows.'),
	('contact_frequency', NULL, 'Windows follow a deal through its stages.'),
	('cycle_outcome', NULL, 'What customers did later is made out by windows, and joined.'),
	('cycle_length', 'rep', 'A rep may be that of the customer: of columns of two relations the planner takes more groups than there are. Here that is a close call, which PostgreSQL 15 makes otherwise than 18.'),
	('four_p', NULL, 'Windows follow a thread of contacts.'),
	('funnel', NULL, 'Windows follow a deal through its stages.'),
	('goal_attainment', NULL, 'It has the queries of the other views once more, for the few that have goals.'),
	('kpi', NULL, 'It is a list.'),
	('lead_response', NULL, 'The first answers to leads are found first, nearly as many as leads, and each is given to its lead by one process.'),
	('lead_warming', NULL, 'Windows follow a lead through its temperatures.'),
	('sale_line', NULL, 'It has a row for each sale, and groups none.'),
	('sales_mix', 'location', 'Of what customers have it is not known how many there are; times products and months they are taken for as many as the sales.'),
	('sales_mix', 'segment', 'The same.'),
	('sales_mix', 'rep', 'As cycle_length.'),
	('sales_volume', 'rep', 'As cycle_length.'),
	('scorecard', NULL, 'It has the queries of the other views once more.'),
	('setting', NULL, 'It is a list.'),
	('stage_length', NULL, 'Windows follow a deal through its stages.'),
	('upsell_candidate', NULL, 'It reads the whole history of a customer, by windows.');

CREATE TABLE test.claim AS
SELECT t.view_name, d.dimension, EXISTS (SELECT FROM test.serial s WHERE s.view_name = t.view_name AND coalesce(s.dimension, d.dimension) IS NOT DISTINCT FROM d.dimension) AS is_serial
FROM sales_kpi.view_template t
LEFT JOIN LATERAL unnest(t.dimensions) d (dimension) ON true
WHERE t.storey = 'kpi';
SELECT set_eq('SELECT view_name, dimension FROM test.serial WHERE dimension IS NOT NULL UNION SELECT view_name, NULL FROM test.serial WHERE dimension IS NULL',
	$$SELECT view_name, dimension FROM test.claim WHERE is_serial AND view_name NOT IN (SELECT view_name FROM test.serial WHERE dimension IS NULL)
	UNION SELECT view_name, NULL FROM test.claim WHERE is_serial AND view_name IN (SELECT view_name FROM test.serial WHERE dimension IS NULL)$$, 'those that have a reason exist');

SELECT ok(test.is_grouped_in_parallel(test.plan(format('SELECT * FROM kpi.%I WHERE grain = ''month'' AND dimension = %L', c.view_name, c.dimension))), format('%s by %s is grouped in parallel', c.view_name, c.dimension))
FROM test.claim c WHERE NOT c.is_serial AND c.dimension IS NOT NULL;
SELECT ok(test.is_grouped_in_parallel(test.plan(format('SELECT * FROM kpi.%I', c.view_name))), format('%s counts in parallel', c.view_name))
FROM test.claim c WHERE NOT c.is_serial AND c.dimension IS NULL;

-- Days are more groups than months, and years fewer.
SELECT ok(test.is_grouped_in_parallel(test.plan(format('SELECT * FROM kpi.%I WHERE grain = %L AND dimension = ''all''', c.view_name, g))), format('%s by %s is grouped in parallel', c.view_name, g))
FROM test.claim c CROSS JOIN unnest('{day,year}'::text[]) g WHERE NOT c.is_serial AND c.dimension = 'all';

-- Periods are estimated by the statistics of the model, within a factor of 3. (Of facts of
-- several relations, one below the other, there are none: those of change_drivers,
-- productivity, acquisition, timeline and win_rate are taken for two hundred periods.)
CREATE FUNCTION test.estimated_groups(plan jsonb) RETURNS numeric
LANGUAGE sql
AS $$SELECT max((n ->> 'Plan Rows')::numeric) FROM test.nodes(plan) n WHERE n ->> 'Node Type' = 'Aggregate' AND n ->> 'Partial Mode' <> 'Partial' AND n ->> 'Group Key' ~ 'period_start\('$$;
SELECT ok(e.estimated BETWEEN e.periods / 3.0 AND e.periods * 3.0, format('%s has %s periods of a %s: %s are estimated', e.view_name, e.periods, e.grain, e.estimated))
FROM (SELECT v.view_name, g.grain, v.periods, test.estimated_groups(test.plan(format('SELECT * FROM kpi.%I WHERE grain = %L AND dimension = ''all''', v.view_name, g.grain))) AS estimated
	  FROM (VALUES ('day'), ('month'), ('year')) g (grain)
	  CROSS JOIN LATERAL (
			SELECT 'cycle_length', count(DISTINCT sales_kpi.period_start(g.grain, closed_at, 'Europe/Berlin')) FROM crm.deal WHERE outcome = 'won' AND closed_at < '2026-01-01'
			UNION ALL SELECT 'pipeline_velocity', count(DISTINCT sales_kpi.period_start(g.grain, closed_at, 'Europe/Berlin')) FROM crm.deal WHERE outcome IN ('won', 'lost') AND closed_at < '2026-01-01'
			UNION ALL SELECT 'win_curve', count(DISTINCT sales_kpi.period_start(g.grain, opened_at, 'Europe/Berlin')) FROM crm.deal WHERE opened_at < '2026-01-01'
			UNION ALL SELECT 'lead_response', count(DISTINCT sales_kpi.period_start(g.grain, arrived_at, 'Europe/Berlin')) FROM crm.lead WHERE arrived_at < '2026-01-01'
			UNION ALL SELECT 'sales_volume', count(DISTINCT sales_kpi.period_start(g.grain, sold_at, 'Europe/Berlin')) FROM crm.sale WHERE sold_at < '2026-01-01'
			UNION ALL SELECT 'revenue_growth', count(DISTINCT sales_kpi.period_start(g.grain, sold_at, 'Europe/Berlin')) FROM crm.sale WHERE sold_at < '2026-01-01'
			UNION ALL SELECT 'feedback', count(DISTINCT sales_kpi.period_start(g.grain, given_at, 'Europe/Berlin')) FROM crm.feedback WHERE given_at < '2026-01-01'
			UNION ALL SELECT 'call_to_action', count(DISTINCT sales_kpi.period_start(g.grain, touched_at, 'Europe/Berlin')) FROM crm.touch WHERE touched_at < '2026-01-01'
		) v (view_name, periods)) e;

-- The rows fit for KPIs are estimated, too: nearly all of a source, and of deals and
-- contacts those that a view is about.
SELECT ok(e.estimated BETWEEN e.actual / 3.0 AND e.actual * 3.0, format('%s: %s rows, %s are estimated', e.rows_of, e.actual, e.estimated))
FROM (SELECT r.rows_of, (p.plan ->> 'Plan Rows')::numeric AS estimated, (p.plan ->> 'Actual Rows')::numeric AS actual
	  FROM unnest('{customer,deal,deal WHERE is_won,deal WHERE is_closed,deal WHERE is_open,deal WHERE is_closed OR is_open,lead,contact,contact WHERE is_sent,contact WHERE is_message,sale,subscription,spend,feedback,feedback WHERE scale = ''nps'',lead_temperature}'::text[]) r (rows_of)
	  CROSS JOIN LATERAL (SELECT test.plan('SELECT * FROM kpi_base.' || r.rows_of, ', ANALYZE, TIMING OFF') #> '{0,Plan}') p (plan)) e;

-- Every aggregate, of a table that has a column for each of its arguments; states are
-- stored. With the two statistics that the documents tell to make.
CREATE TABLE test.fact AS
SELECT i % 40 AS rep_id, timestamptz '2022-01-01 00:00+00' + i * interval '10 minutes' AS happened_at, true AS "boolean", i % 11 AS "integer", (i % 60000)::bigint AS "bigint", i % 100 + 0.5 AS "numeric", i::float8 AS "double precision",
	'Number ' || i % 60000 AS "text", gen_random_uuid() AS "uuid", interval '3 days' AS "interval", date '2022-01-01' + i % 1000 AS "date", timestamp '2022-01-01' + i * interval '10 minutes' AS "timestamp without time zone",
	timestamptz '2022-01-01 00:00+00' + i * interval '10 minutes' AS "timestamp with time zone", tstzrange('2022-01-01', '2022-02-01') AS "tstzrange",
	s.duration_summary AS "sales_kpi.duration_summary", s.customer_history AS "sales_kpi.customer_history", s.purchase_history AS "sales_kpi.purchase_history", s.win_summary AS "sales_kpi.win_summary",
	s.acquisition_summary AS "sales_kpi.acquisition_summary", s.revenue_series AS "sales_kpi.revenue_series", '{2022-01-01, 2023-01-01}'::timestamptz[] AS "timestamp with time zone[]"
FROM generate_series(1, 150000) i
CROSS JOIN (SELECT sales_kpi.duration_agg(interval '3 days') AS duration_summary, sales_kpi.customer_agg(1::bigint, timestamptz '2022-01-01', '2022-03-01') AS customer_history,
		sales_kpi.purchase_agg(1::bigint, 1::bigint, 1, timestamptz '2022-01-01', 5) AS purchase_history, sales_kpi.win_curve_agg(date '2022-01-01', '2022-02-01', 'won', '2022-12-31') AS win_summary,
		sales_kpi.acquisition_agg(5, 1::bigint) AS acquisition_summary, sales_kpi.revenue_agg('2022-01-01', 5, '{2022-01-01, 2023-01-01}') AS revenue_series) s;
CREATE STATISTICS test.month ON (sales_kpi.period_start('month', happened_at, 'Europe/Berlin')) FROM test.fact;
ANALYZE test.fact;

CREATE TABLE test.call AS
SELECT a.aggfnoid::regprocedure::text AS aggregate, a.aggcombinefn <> 0 AS has_combine,
	format('%s(%s)', a.aggfnoid::regproc, (SELECT string_agg(quote_ident(format_type(t, NULL)), ', ' ORDER BY n) FROM unnest(p.proargtypes) WITH ORDINALITY u (t, n))) AS call
FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid
WHERE p.pronamespace = 'sales_kpi'::regnamespace;
SELECT set_eq('SELECT split_part(aggregate, ''('', 1) FROM test.call WHERE NOT has_combine', '{sales_kpi.sparkline,sales_kpi.trend}'::text[], 'a series in its order cannot be put together from parts; all other aggregates can');
SELECT ok(test.is_grouped_in_parallel(test.plan(format('SELECT %1$s, %2$s FROM test.fact GROUP BY %1$s', k.key, c.call))), format('%s by %s in parallel', c.aggregate, k.name))
FROM test.call c
CROSS JOIN (VALUES ('rep', 'rep_id'), ('month', 'sales_kpi.period_start(''month'', happened_at, ''Europe/Berlin'')'), ('rep and month', 'rep_id, sales_kpi.period_start(''month'', happened_at, ''Europe/Berlin'')')) k (name, key)
WHERE c.has_combine;
SELECT ok(NOT test.is_grouped_in_parallel(test.plan(format('SELECT rep_id, %s FROM test.fact GROUP BY rep_id', c.call))), c.aggregate || ' by one process') FROM test.call c WHERE NOT c.has_combine;

SELECT * FROM finish();
ROLLBACK;
