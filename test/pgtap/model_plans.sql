-- What the planner makes of a KPI view: a filter on grain and dimension leaves one
-- branch, filters on period and member reach the scan, large sources are grouped in
-- parallel.
BEGIN;
\ir include/model.sql
\ir include/plans.sql
SELECT * FROM no_plan();

CREATE SCHEMA crm;
CREATE TABLE crm.deal AS SELECT i AS deal_id, timestamptz '2022-01-01 00:00+00' + i * interval '10 minutes' AS opened_at,
	timestamptz '2022-01-01 00:00+00' + i * interval '10 minutes' + (i % 90) * interval '1 day' AS closed_at,
	CASE i % 3 WHEN 0 THEN 'won' WHEN 1 THEN 'lost' END AS outcome, timestamptz '2022-03-01 00:00+00' + i * interval '10 minutes' AS expected_close_at, i % 40 AS rep_id, i % 7 AS product_id, 'Deal number ' || i AS title
FROM generate_series(1, 150000) i;
CREATE TABLE crm.lead AS SELECT i AS lead_id, timestamptz '2022-01-01 00:00+00' + i * interval '10 minutes' AS arrived_at, i % 40 AS rep_id,
	timestamptz '2022-01-01 00:00+00' + i * interval '10 minutes' + (i % 60) * interval '5 minutes' AS responded_at, 'Lead number ' || i AS title
FROM generate_series(1, 150000) i;
CREATE TABLE crm.deal_stage AS SELECT deal_id, 'A' AS stage, opened_at AS entered_at FROM crm.deal WHERE deal_id % 50 = 0;
CREATE TABLE crm.subscription AS SELECT i AS subscription_id, i % 60000 AS customer_id, timestamptz '2022-01-01 00:00+00' + i * interval '10 minutes' AS started_at,
	timestamptz '2022-01-01 00:00+00' + i * interval '10 minutes' + (i % 400) * interval '1 day' AS ended_at, 10 AS monthly_amount, i % 40 AS rep_id, i % 7 AS product_id, 'Subscription number ' || i AS title
FROM generate_series(1, 150000) i;
CREATE TABLE crm.sale AS SELECT i AS sale_id, timestamptz '2022-01-01 00:00+00' + i * interval '10 minutes' AS sold_at, i % 60000 AS customer_id, 10 AS amount, i % 3 AS units, i % 40 AS rep_id, i % 7 AS product_id,
	'Line number ' || i AS title
FROM generate_series(1, 150000) i;
CREATE TABLE crm.feedback AS SELECT timestamptz '2022-01-01 00:00+00' + i * interval '10 minutes' AS given_at, i % 11 AS score, i % 40 AS rep_id, i AS deal_id, 'Answer number ' || i AS title FROM generate_series(1, 150000) i;
CREATE TABLE crm.lead_temperature AS SELECT lead_id, 'cold' AS temperature, arrived_at AS entered_at FROM crm.lead WHERE lead_id % 50 = 0;
CREATE TABLE crm.rep AS SELECT i AS rep_id, 'Rep ' || i AS rep_name, 'Team ' || i % 4 AS team FROM generate_series(0, 39) i;
CREATE TABLE crm.product AS SELECT i AS product_id, 'Product ' || i AS product_name FROM generate_series(0, 6) i;
CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', as_of => '2025-01-01');
ANALYZE crm.rep, crm.product, crm.deal_stage, crm.lead_temperature, crm.subscription, crm.sale;
SET LOCAL jit = off;

-- One branch of forty-five, in the custom plan.
CREATE TABLE test.view_of (view text, source text);
INSERT INTO test.view_of VALUES ('cycle_length', 'deal'), ('lead_response', 'lead'), ('stage_length', 'deal_stage'),
	('churn', 'subscription'), ('revenue_movement', 'subscription'), ('retention_cohort', 'subscription'), ('survival', 'subscription'), ('upsell', 'sale'),
	('sales_volume', 'sale'), ('sales_mix', 'sale'), ('revenue_growth', 'sale'), ('change_drivers', 'deal'), ('pipeline_velocity', 'deal'), ('win_curve', 'deal'), ('feedback', 'feedback'),
	('lead_warming', 'lead_temperature'), ('contact_frequency', 'deal_stage'), ('cycle_outcome', 'feedback');
SELECT cmp_ok((SELECT count(*) FROM test.scans(test.plan(format('SELECT * FROM kpi.%I', v.view)), v.source)), '>=', 35::bigint, v.view || ' has many branches') FROM test.view_of v;
-- deal_stage itself is read twice by a branch, for the order of its stages
SELECT is((SELECT count(*) FROM test.scans(test.plan(format('SELECT * FROM kpi.%I WHERE grain = %L AND dimension = %L', v.view, g, d)), v.source)),
	CASE v.source WHEN 'deal_stage' THEN 3 ELSE 1 END::bigint, format('of %s, one is left for %s by %s', v.view, g, d))
FROM test.view_of v, (VALUES ('month', 'all'), ('day', 'rep'), ('year', 'team')) f (g, d)
WHERE v.view <> 'change_drivers' OR d <> 'all';
SELECT is((SELECT count(*) FROM test.scans(test.plan('SELECT * FROM kpi.cycle_length WHERE grain = ''month'' AND dimension IN (''rep'', ''team'')'), 'deal')), 2::bigint, 'for two dimensions two are left');
SELECT is((SELECT count(*) FROM test.scans(test.plan('SELECT * FROM kpi.cycle_length WHERE dimension = ''planet'''), 'deal')), 0::bigint, 'for none, none');
SELECT is((SELECT count(*) FROM test.scans(test.plan('SELECT c.*, r.team FROM kpi.cycle_length c JOIN crm.rep r ON r.rep_id::text = c.member WHERE c.grain = ''month'' AND c.dimension = ''rep'''), 'deal')), 1::bigint, 'in a join as well');
SELECT is((SELECT count(*) FROM test.scans(test.plan('SELECT * FROM kpi.scorecard', ', ANALYZE, TIMING OFF'), 'deal') n WHERE (n ->> 'Actual Loops')::int > 0), 6::bigint, 'the scorecard reads the deals once for each view that counts them, for productivity twice');
SELECT is((SELECT count(*) FROM test.scans(test.plan('SELECT * FROM kpi.scorecard'), 'lead')), 3::bigint, 'and the leads once for each view that counts them');

-- In the generic plan all branches are there, and one is executed.
SET LOCAL plan_cache_mode = force_generic_plan;
PREPARE by_grain (text, text) AS SELECT * FROM kpi.cycle_length WHERE grain = $1 AND dimension = $2;
PREPARE leads_by_grain (text, text) AS SELECT * FROM kpi.lead_response WHERE grain = $1 AND dimension = $2;
SELECT test.plan($$EXECUTE by_grain ('month', 'rep')$$, ', ANALYZE, TIMING OFF') AS generic, test.plan($$EXECUTE leads_by_grain ('week', 'team')$$, ', ANALYZE, TIMING OFF') AS generic_leads \gset
SELECT cmp_ok((SELECT count(*) FROM test.scans(:'generic', 'deal')), '>=', 45::bigint, 'the generic plan has all branches');
SELECT is((SELECT count(*) FROM test.scans(:'generic', 'deal') n WHERE (n ->> 'Actual Loops')::int > 0), 1::bigint, 'of which one is executed');
SELECT is((SELECT count(*) FROM test.scans(:'generic_leads', 'lead') n WHERE (n ->> 'Actual Loops')::int > 0), 1::bigint, 'of the leads too');
RESET plan_cache_mode;

-- Filters on the member and on the period are applied where rows are read.
SELECT ok(test.filtered($$SELECT * FROM kpi.cycle_length WHERE grain = 'month' AND dimension = 'rep' AND member = '7'$$, 'deal', $$rep_id.*'7'::text$$), 'a rep is looked for in the deals');
SELECT ok(test.filtered($$SELECT * FROM kpi.cycle_length WHERE grain = 'month' AND dimension = 'product' AND member = '5'$$, 'deal', $$product_id.*'5'::text$$), 'a product too');
SELECT ok(test.filtered($$SELECT * FROM kpi.lead_response WHERE grain = 'month' AND dimension = 'rep' AND member IN ('7', '8')$$, 'lead', $$rep_id.*'\{7,8\}'::text$$), 'several reps in the leads');
SELECT isnt_empty($$SELECT FROM test.nodes(test.plan('SELECT * FROM kpi.cycle_length WHERE grain = ''month'' AND dimension = ''team'' AND member = ''Team 1''')) n
	WHERE n ->> 'Node Type' LIKE '%Join' AND n ->> 'Filter' ~ 'team.*Team 1'$$, 'a team where deals meet their reps');
SELECT ok(test.filtered($$SELECT * FROM kpi.cycle_length WHERE grain = 'month' AND dimension = 'all' AND period_start >= '2024-01-01'$$, 'deal', $$period_start\('month'.*>= '2024-01-01'::date$$), 'a period in the deals');
SELECT ok(test.filtered($$SELECT * FROM kpi.lead_response WHERE grain = 'week' AND dimension = 'rep' AND period_start = '2024-01-01'$$, 'lead', $$period_start\('week'.*= '2024-01-01'::date$$), 'a period in the leads');

-- Groups are estimated by the statistics of the model, and are made in parallel.
SET LOCAL max_parallel_workers_per_gather = 2;
SELECT test.plan(format('SELECT * FROM kpi.%I WHERE grain = ''month'' AND dimension = %L', v.view, d)) AS plan, v.view, d INTO TEMP plans
FROM test.view_of v, unnest('{all,rep,team}'::text[]) d WHERE v.view <> ALL ('{stage_length,lead_warming,contact_frequency,cycle_outcome}') AND (v.view <> 'change_drivers' OR d <> 'all');
SELECT isnt_empty(format($$SELECT FROM test.nodes(%L) n WHERE n ->> 'Partial Mode' = 'Partial'$$, p.plan), format('%s by %s is grouped in parallel', p.view, p.d)) FROM plans p;
SELECT cmp_ok((SELECT max((n ->> 'Plan Rows')::numeric) FROM test.nodes(test.plan('SELECT * FROM kpi.cycle_length WHERE grain = ''month'' AND dimension = ''all''')) n WHERE n ->> 'Node Type' = 'Aggregate' AND n ->> 'Partial Mode' <> 'Partial')
	/ (SELECT count(*) FROM kpi.cycle_length WHERE grain = 'month' AND dimension = 'all'), '<', 2::numeric, 'months of deals are estimated well');
SELECT cmp_ok((SELECT max((n ->> 'Plan Rows')::numeric) FROM test.nodes(test.plan('SELECT * FROM kpi.lead_response WHERE grain = ''day'' AND dimension = ''all''')) n WHERE n ->> 'Node Type' = 'Aggregate' AND n ->> 'Partial Mode' <> 'Partial')
	/ (SELECT count(*) FROM kpi.lead_response WHERE grain = 'day' AND dimension = 'all'), '<', 2::numeric, 'so are days of leads');

-- The periods of a series are read from the histories of its members: subscriptions
-- are scanned once, and meet no period before they are grouped.
CREATE FUNCTION test.histories(plan jsonb) RETURNS SETOF jsonb
LANGUAGE sql
AS $$SELECT n FROM test.nodes(plan) n WHERE n ->> 'Node Type' = 'Aggregate' AND n ->> 'Parent Relationship' <> 'InitPlan' AND EXISTS (SELECT FROM test.scans(n, 'subscription'))$$;
SELECT results_eq(format($$SELECT (SELECT count(*) FROM test.scans(%1$L, 'subscription')), count(*) > 0, bool_or(EXISTS (SELECT FROM test.nodes(h) n WHERE n ->> 'Node Type' ~ 'Join|Loop|Function')) FROM test.histories(%1$L) h$$, p.plan),
	'VALUES (1::bigint, true, false)', p.view || ' reads subscriptions once, and no periods with them')
FROM (SELECT v AS view, test.plan(format('SELECT * FROM kpi.%I WHERE grain = ''day'' AND dimension = %L', v, CASE v WHEN 'churn_watch' THEN 'product' ELSE 'all' END)) AS plan
	  FROM unnest('{churn,churn_watch,revenue_movement,retention_cohort,survival}'::text[]) v) p;

-- What customers buy is read once, by period or not; a filter on a customer reaches the
-- scan, below every window.
SELECT results_eq(format($$SELECT (SELECT count(*) FROM test.scans(%1$L, 'sale')), EXISTS (SELECT FROM test.nodes(%1$L) n WHERE n ->> 'Node Type' = 'Function Scan' AND n ->> 'Function Name' = 'periods')$$, p.plan), 'VALUES (1::bigint, false)', p.view || ' reads sales once')
FROM (SELECT v AS view, test.plan(format('SELECT * FROM kpi.%I WHERE grain IN (''day'', ''all'') AND dimension = ''all''', v)) AS plan FROM unnest('{upsell,bought_after,upsell_candidate}'::text[]) v) p;
SELECT is((SELECT count(*) FROM test.scans(test.plan('SELECT * FROM kpi.sale_line'), 'sale')), 1::bigint, 'so does sale_line');
SELECT ok(test.filtered('SELECT * FROM kpi.sale_line WHERE customer_id = ''7''', 'sale', 'customer_id.*''7''::text'), 'a customer is looked for in the sales');
SELECT is((SELECT count(*) FROM test.scans(test.plan('SELECT * FROM kpi.churn'), 'sale')), 0::bigint, 'purchases keep nobody active unless it is set');
CALL sales_kpi.create_model('kpi', inactive_after => '90 days');
SELECT test.plan('SELECT * FROM kpi.churn WHERE grain = ''month'' AND dimension = ''all''', ', ANALYZE, TIMING OFF') AS with_both \gset
SELECT is((SELECT sum((n ->> 'Actual Loops')::int) FROM test.scans(:'with_both', 'sale') n), 0::bigint, 'nor where there are subscriptions: they are not read then');
TRUNCATE crm.subscription;
SELECT cmp_ok((SELECT max((n ->> 'Actual Loops')::int) FROM test.scans(test.plan('SELECT * FROM kpi.churn WHERE grain = ''month'' AND dimension = ''all''', ', ANALYZE, TIMING OFF'), 'sale') n), '>', 0, 'without, they are');
DROP TABLE crm.subscription CASCADE;
CALL sales_kpi.create_model('kpi');
SELECT is_empty($$SELECT FROM test.nodes(test.plan('SELECT * FROM kpi.churn WHERE grain = ''month'' AND dimension = ''all''')) n WHERE n ->> 'Relation Name' <> 'sale'$$, 'an absent relation is not in the plan');

-- Sales are read once, for the cells that nothing was sold in, too.
SELECT is_empty($$SELECT FROM test.nodes(test.plan('SELECT * FROM kpi.sales_volume WHERE grain = ''month'' AND dimension = ''rep''')) n WHERE n ->> 'Node Type' = 'Nested Loop' AND EXISTS (SELECT FROM test.scans(n, 'sale'))$$, 'no sale is joined with periods');
SELECT isnt_empty($$SELECT FROM test.nodes(test.plan('SELECT * FROM kpi.sales_mix WHERE grain = ''month'' AND dimension = ''all'' AND period_start = ''2024-01-01''')) n WHERE n ->> 'Node Type' = 'Function Scan' AND n ->> 'Filter' ~ '2024-01-01'$$, 'only the cells of a period that is asked for are filled');
SELECT ok(test.filtered($$SELECT * FROM kpi.revenue_growth WHERE grain = 'month' AND dimension = 'rep' AND member = '7'$$, 'sale', $$rep_id.*'7'::text$$), 'a rep is looked for in the sales');
SELECT is((SELECT count(*) FROM test.scans(test.plan('SELECT * FROM kpi.scorecard'), 'sale')), 6::bigint, 'the scorecard reads the sales once for each view that counts them');

-- Of the figures whose change is split, the one that is asked for is read.
SELECT is((SELECT array_agg(DISTINCT n ->> 'Relation Name') FROM test.nodes(test.plan(format('SELECT * FROM kpi.change_drivers WHERE grain = ''month'' AND dimension = ''product'' AND kpi = %L', k.kpi))) n
	WHERE n ->> 'Relation Name' IN ('sale', 'deal', 'lead')), ARRAY[k.source], k.kpi || ' alone is read')
FROM (VALUES ('revenue', 'sale'), ('win_rate', 'deal')) k (kpi, source);

-- What became of deals is read by the one basis that is asked for.
SELECT test.plan(format('SELECT * FROM kpi.win_rate WHERE grain = ''month'' AND dimension = %L AND basis = %L AND period_start = ''2023-04-01''', d, b), ', ANALYZE, TIMING OFF') AS plan, d, b INTO TEMP basis_plans
FROM unnest('{all,rep,team}'::text[]) d, unnest('{closed,opened,within_days}'::text[]) b;
SELECT results_eq(format($$SELECT count(*), bool_and(n ->> 'Filter' ~ 'period_start\(''month''.*= ''2023-04-01''::date') FROM test.scans(%L, 'deal') n WHERE (n ->> 'Actual Loops')::int > 0$$, p.plan), 'VALUES (1::bigint, true)', format('deals %s by %s are read once, those of the period', p.b, p.d)) FROM basis_plans p;
SELECT isnt_empty(format($$SELECT FROM test.nodes(%L) n WHERE n ->> 'Partial Mode' = 'Partial'$$, test.plan(format('SELECT * FROM kpi.win_rate WHERE grain = ''month'' AND dimension = ''rep'' AND basis = %L', b))), format('deals %s by rep are grouped in parallel', b)) FROM unnest('{closed,opened,within_days}'::text[]) b;
SELECT is((SELECT count(*) FROM test.scans(test.plan('SELECT * FROM kpi.timeline WHERE grain = ''day'' AND dimension = ''rep'''), 'deal')), 2::bigint, 'the timeline reads deals that closed, and deals that are open');
SELECT is((SELECT count(*) FROM test.scans(test.plan('SELECT * FROM kpi.funnel WHERE grain = ''day'' AND dimension = ''rep'''), 'deal')), 1::bigint, 'the funnel reads deals once');

DELETE FROM crm.sale WHERE sale_id > 500;
ANALYZE crm.sale;

-- Leads, cost and first purchases are grouped as one.
SELECT test.plan('SELECT * FROM kpi.acquisition WHERE grain = ''month'' AND dimension = ''all''') AS acquisition \gset
SELECT is((SELECT count(*) FROM test.scans(:'acquisition', 'lead')), 1::bigint, 'acquisition reads the leads once');
SELECT isnt_empty(format($$SELECT FROM test.nodes(%L) n WHERE n ->> 'Partial Mode' = 'Partial'$$, :'acquisition'), 'and is grouped in parallel');
SELECT ok(test.filtered($$SELECT * FROM kpi.acquisition WHERE grain = 'month' AND dimension = 'rep' AND member = '7' AND period_start = '2024-01-01'$$, 'lead', $$rep_id.*'7'::text$$), 'a rep is looked for in the leads');
SELECT ok(test.filtered($$SELECT * FROM kpi.acquisition WHERE grain = 'month' AND dimension = 'rep' AND period_start = '2024-01-01'$$, 'lead', $$period_start\('month'.*= '2024-01-01'::date$$), 'and a period');

-- Contacts are read once where no reply is asked for, and grouped in parallel. The four
-- Ps look for replies, and go through all contacts.
CREATE TABLE crm.touch AS SELECT i AS touch_id, timestamptz '2022-01-01 00:00:00+00' + i * interval '10 minutes' AS touched_at, (ARRAY['call', 'email', 'meeting'])[1 + i % 3] AS kind,
	i % 40 AS rep_id, i % 50000 AS lead_id, i % 20 AS minutes, i % 5 AS personal_elements, i % 9 > 0 AS delivered, i % 2 = 0 AS call_to_action, CASE WHEN i % 10 = 0 THEN 'inbound' ELSE 'outbound' END AS direction, 'Contact number ' || i AS title
FROM generate_series(1, 150000) i;
CALL sales_kpi.repair_model('kpi');
SELECT results_eq(format($$SELECT count(*), bool_and(n ->> 'Filter' ~ 'period_start\(''month''.*= ''2024-01-01''::date' AND n ->> 'Filter' ~ 'rep_id.*''7''::text') FROM test.scans(%L, 'touch') n$$, p.plan), 'VALUES (1::bigint, true)', p.view || ' reads the contacts of a rep and period')
FROM (SELECT v AS view, test.plan(format('SELECT * FROM kpi.%I WHERE grain = ''month'' AND dimension = ''rep'' AND member = ''7'' AND period_start = ''2024-01-01''', v)) AS plan FROM unnest('{productivity,call_to_action}'::text[]) v) p;
SELECT isnt_empty(format($$SELECT FROM test.nodes(%L) n WHERE n ->> 'Partial Mode' = 'Partial'$$, test.plan(format('SELECT * FROM kpi.%I WHERE grain = ''month'' AND dimension = %L', v, d))), format('%s by %s is grouped in parallel', v, d))
FROM unnest('{productivity,call_to_action}'::text[]) v, unnest('{all,rep,team}'::text[]) d;
SELECT is((SELECT count(*) FROM test.scans(test.plan('SELECT * FROM kpi.four_p WHERE grain = ''month'' AND dimension = ''team'''), 'touch')), 3::bigint, 'the four Ps read the contacts, those that came in, and those that answer leads');

-- Stays in a stage are cut by the periods of one grain, and contacts read once beside.
ALTER TABLE crm.touch ADD deal_id int;
CALL sales_kpi.repair_model('kpi');
SELECT test.plan('SELECT * FROM kpi.contact_frequency WHERE grain = ''month'' AND dimension = ''rep''') AS contacts \gset
SELECT is((SELECT count(*) FROM test.scans(:'contacts', 'touch')), 1::bigint, 'contact_frequency reads the contacts once');
SELECT results_eq(format($$SELECT n ->> 'Filter' FROM test.nodes(%L) n WHERE n ->> 'Node Type' = 'Values Scan'$$, :'contacts'), ARRAY['((column1 = ''month''::text) OR (column1 IS NULL))'], 'and cuts visits by the months alone');

-- Findings that need other rows are joined.
SELECT is_empty($$SELECT n ->> 'Subplan Name' FROM test.nodes(test.plan('SELECT * FROM kpi.data_quality')) n WHERE n ->> 'Parent Relationship' = 'SubPlan' AND n ->> 'Relation Name' IN ('deal', 'lead', 'rep', 'product', 'deal_stage')$$,
	'no finding looks up row by row');

SELECT * FROM finish();
ROLLBACK;
