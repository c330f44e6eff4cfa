-- A model remade: what its owner has edited stays, everything else is renewed;
-- settings are kept; models stand side by side, go, and come back.
BEGIN;
\ir include/model.sql
SELECT plan(37);

CREATE SCHEMA crm;
CREATE TABLE crm.deal AS SELECT i AS deal_id, timestamptz '2024-01-31 23:30+00' AS opened_at, timestamptz '2024-02-29 23:30+00' + (i % 3) * interval '1 day' AS closed_at,
	'won' AS outcome, 1 + i % 2 AS rep_id, i * 100 AS amount FROM generate_series(1, 6) i;
CREATE TABLE crm.rep AS SELECT i AS rep_id, 'Rep ' || i AS rep_name FROM generate_series(1, 2) i;
CALL sales_kpi.create_model('kpi', sources => 'crm', as_of => '2025-01-01');

CREATE FUNCTION test.definition(view regclass) RETURNS text
LANGUAGE sql STABLE
RETURN pg_get_viewdef(view);
CREATE FUNCTION test.setting(setting_name text) RETURNS text
LANGUAGE sql STABLE
AS $$SELECT value FROM kpi_base.setting WHERE name = setting_name$$;
CREATE FUNCTION test.cycles(model text) RETURNS text
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	cycles text;
BEGIN
	EXECUTE format('SELECT md5(string_agg(c::text, '' '' ORDER BY c::text)) FROM %I.cycle_length c', model) INTO cycles;
	RETURN cycles;
END
$$;
CREATE FUNCTION test.deals() RETURNS bigint
LANGUAGE sql STABLE
AS $$SELECT sum(deals)::bigint FROM kpi.cycle_length WHERE grain = 'year' AND dimension = 'all'$$;

-- Remaking changes nothing by itself.
SELECT string_agg(c.oid || pg_get_viewdef(c.oid) || coalesce(c.reloptions::text, ''), ' ' ORDER BY c.oid) AS before
FROM pg_class c WHERE c.relkind = 'v' AND c.relnamespace IN ('kpi'::regnamespace, 'kpi_base'::regnamespace) \gset
CALL sales_kpi.create_model('kpi');
SELECT is(string_agg(c.oid || pg_get_viewdef(c.oid) || coalesce(c.reloptions::text, ''), ' ' ORDER BY c.oid), :'before', 'remaking a model changes nothing')
FROM pg_class c WHERE c.relkind = 'v' AND c.relnamespace IN ('kpi'::regnamespace, 'kpi_base'::regnamespace);
SELECT is((SELECT count(*) FROM kpi_base.generated_view), (SELECT count(*) FROM pg_views WHERE schemaname IN ('kpi', 'kpi_base')), 'the text of every view is kept');

-- Edited views stay: a KPI view, a base view, a source view.
SELECT test.definition('kpi.lead_response') AS lead_response_before \gset
DO $$ BEGIN EXECUTE 'CREATE OR REPLACE VIEW kpi.cycle_length WITH (security_invoker = true) AS SELECT * FROM (' || rtrim(pg_get_viewdef('kpi.cycle_length'), ';') || ') v WHERE v.deals > 1'; END $$;
SELECT test.definition('kpi.cycle_length') AS edited \gset
CALL sales_kpi.create_model('kpi', time_zone => 'Europe/Berlin');
SELECT is(test.definition('kpi.cycle_length'), :'edited', 'an edited KPI view is left alone');
SELECT isnt(test.definition('kpi.lead_response'), :'lead_response_before', 'the others follow the new setting');
DROP VIEW kpi.cycle_length CASCADE;
CALL sales_kpi.repair_model('kpi');
SELECT isnt(test.definition('kpi.cycle_length'), :'edited', 'until it is dropped');
SELECT has_view('kpi', 'scorecard', 'then it is made anew, and what had to go with it');

DO $$ BEGIN EXECUTE 'CREATE OR REPLACE VIEW kpi_base.deal WITH (security_invoker = true) AS SELECT * FROM (' || rtrim(pg_get_viewdef('kpi_base.deal'), ';') || ') d WHERE d.amount < 300'; END $$;
SELECT test.definition('kpi_base.deal') AS edited \gset
CALL sales_kpi.create_model('kpi', as_of => '2025-02-02');
SELECT is(test.definition('kpi_base.deal'), :'edited', 'an edited base view is left alone');
SELECT is(test.deals(), 2::bigint, 'and the KPI views read it');
CREATE TABLE crm.deal_text AS SELECT deal_id::text AS deal_id, opened_at, closed_at, outcome, rep_id::text AS rep_id, amount FROM crm.deal;
ALTER TABLE crm.deal RENAME TO deal_number;
ALTER TABLE crm.deal_text RENAME TO deal;
CALL sales_kpi.repair_model('kpi');
SELECT col_type_is('kpi_base', 'deal', 'rep_id', 'text', 'also where types change under it');
SELECT is(test.deals(), 2::bigint, 'it is still as it was edited');
SELECT is_empty($$SELECT * FROM kpi.data_quality WHERE treatment LIKE '%repair_model'$$, 'over the new source');

-- A source view that its owner has pointed elsewhere.
CREATE TABLE crm.archive AS SELECT deal_id::text AS id, opened_at, closed_at, rep_id::text AS rep_id FROM crm.deal_number WHERE deal_id <= 2;
CREATE OR REPLACE VIEW kpi_base.source_deal WITH (security_invoker = true) AS
	SELECT id AS deal_id, opened_at, closed_at, 'won'::text AS outcome, NULL::timestamptz AS expected_close_at, NULL::text AS stage, 1::numeric AS amount,
		NULL::text AS customer_id, NULL::text AS lead_id, rep_id, NULL::text AS product_id FROM crm.archive;
CALL sales_kpi.repair_model('kpi');
SELECT is(test.deals(), 2::bigint, 'a source view that reads another relation stays');
SELECT is((SELECT array_agg(relation || ': ' || check_name) FROM kpi.data_quality WHERE check_name LIKE '%since the model was made'), '{deal: source replaced since the model was made}', 'data_quality tells that the source is not read');
CREATE OR REPLACE VIEW kpi_base.source_deal WITH (security_invoker = true) AS
	SELECT 'x'::text AS deal_id, timestamptz '2024-01-01' AS opened_at, timestamptz '2024-01-02' AS closed_at, 'won'::text AS outcome, NULL::timestamptz AS expected_close_at, NULL::text AS stage, 1::numeric AS amount,
		NULL::text AS customer_id, NULL::text AS lead_id, NULL::text AS rep_id, NULL::text AS product_id;
CALL sales_kpi.repair_model('kpi');
SELECT is(test.deals(), 1::bigint, 'one that reads nothing stays as well');
DROP SCHEMA kpi, kpi_base CASCADE;
DROP TABLE crm.deal;
ALTER TABLE crm.deal_number RENAME TO deal;
CALL sales_kpi.create_model('kpi', sources => 'crm', as_of => '2025-01-01');

-- What looks like an edit and is none.
ALTER TABLE crm.deal RENAME TO deal_old;
CREATE TABLE crm.deal AS SELECT * FROM crm.deal_old WHERE deal_id < 6;
CALL sales_kpi.repair_model('kpi');
SELECT is(test.deals(), 5::bigint, 'a renamed source');
ALTER TABLE crm.deal RENAME amount TO value;
CALL sales_kpi.repair_model('kpi');
SELECT is((SELECT count(amount) FROM kpi_base.deal), 0::bigint, 'a renamed column');
COMMENT ON VIEW kpi.cycle_length IS 'ours';
SELECT test.definition('kpi.cycle_length') AS before \gset
CALL sales_kpi.create_model('kpi', time_zone => 'Asia/Tokyo');
SELECT isnt(test.definition('kpi.cycle_length'), :'before', 'another comment');

-- What looks like none and is one: a view of that name which the model never made.
DROP SCHEMA kpi CASCADE;
CREATE SCHEMA kpi;
CREATE VIEW kpi.kpi AS SELECT 'mine' AS kpi;
CALL sales_kpi.repair_model('kpi');
SELECT isnt(test.deals(), NULL, 'a model whose KPI views were dropped is complete again');
SELECT is((SELECT kpi FROM kpi.kpi), 'mine', 'but for a view of the owner''s own') ;
DROP SCHEMA kpi, kpi_base CASCADE;
CALL sales_kpi.create_model('kpi', sources => 'crm', as_of => '2025-01-01');
SELECT is((SELECT count(*) FROM kpi.kpi), (SELECT count(*) FROM sales_kpi.measure), 'dropped altogether and made again, all is new');

-- access: whose rights a query has. Edited views follow, and keep their text.
CREATE FUNCTION test.options() RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT string_agg(DISTINCT coalesce(c.reloptions::text, 'none'), ' ') FROM pg_class c
	WHERE c.relkind = 'v' AND c.relnamespace IN ('kpi'::regnamespace, 'kpi_base'::regnamespace)
$$;
SELECT is(test.options(), '{security_invoker=true}', 'views have the rights of who asks');
DO $$ BEGIN EXECUTE 'CREATE OR REPLACE VIEW kpi.cycle_length WITH (security_invoker = true) AS SELECT * FROM (' || rtrim(pg_get_viewdef('kpi.cycle_length'), ';') || ') v WHERE v.deals > 1'; END $$;
SELECT test.definition('kpi.cycle_length') AS edited \gset
CALL sales_kpi.create_model('kpi', access => 'owner');
SELECT is(test.options(), 'none', 'or of who made them');
SELECT is(test.definition('kpi.cycle_length'), :'edited', 'the edited one too, which is otherwise left alone');
CALL sales_kpi.create_model('kpi', access => 'invoker');
SELECT is(test.options(), '{security_invoker=true}', 'until it is changed back');

-- Models side by side: over the same sources, and over others.
DROP SCHEMA kpi, kpi_base CASCADE;
CREATE SCHEMA erp;
CREATE TABLE erp.deal AS SELECT * FROM crm.deal_old WHERE deal_id < 3;
CALL sales_kpi.create_model('kpi', sources => 'crm', as_of => '2025-01-01');
CALL sales_kpi.create_model('fiscal', sources => 'crm', as_of => '2025-01-01', fiscal_start => 3);
CALL sales_kpi.create_model('small', sources => 'erp', as_of => '2025-01-01');
SELECT test.cycles('kpi') AS kpi, test.cycles('fiscal') AS fiscal, test.cycles('small') AS small \gset
SELECT is((SELECT array_agg(period_start ORDER BY period_start) FROM fiscal.cycle_length WHERE grain = 'year' AND dimension = 'all'), '{2023-03-01,2024-03-01}', 'each has its settings');
SELECT is((SELECT sum(deals) FROM small.cycle_length WHERE grain = 'year' AND dimension = 'all'), 2::numeric, 'and its sources');
CALL sales_kpi.create_model('kpi', time_zone => 'Asia/Tokyo');
SELECT is(test.cycles('fiscal') || test.cycles('small'), :'fiscal' || :'small', 'changing one leaves the others as they are');
CALL sales_kpi.create_model('kpi', time_zone => 'UTC');
SELECT is(test.cycles('kpi'), :'kpi', 'and can be taken back');

-- Wherever it is called from, and whatever becomes of the transaction.
CREATE PROCEDURE test.nightly(model text)
LANGUAGE plpgsql
AS $$
BEGIN
	CALL sales_kpi.create_model(target => model, sources => 'crm', as_of => '2025-01-01');
END
$$;
CALL test.nightly('nightly');
SELECT is(test.cycles('nightly'), :'kpi', 'made in a procedure');
DO $$
BEGIN
	CALL sales_kpi.create_model('from_block', sources => 'crm', as_of => '2025-01-01');
	RAISE division_by_zero;
EXCEPTION WHEN division_by_zero THEN
	NULL;
END
$$;
SELECT hasnt_schema('from_block', 'made in a block that failed');
SAVEPOINT before;
CALL sales_kpi.create_model('undone', sources => 'crm');
CALL sales_kpi.create_model('kpi', fiscal_start => 9);
ROLLBACK TO before;
SELECT is((SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'undone%'), 0::bigint, 'a rollback leaves nothing');
SELECT is((SELECT count(*) FROM pg_statistic_ext WHERE stxnamespace::regnamespace::text LIKE 'undone%'), 0::bigint, 'not even statistics');
SELECT is(test.cycles('kpi'), :'kpi', 'and restores a model that was remade');

-- Under another name it is the same model, and what has been edited is known.
DO $$ BEGIN EXECUTE 'CREATE OR REPLACE VIEW nightly.kpi AS SELECT * FROM (' || rtrim(pg_get_viewdef('nightly.kpi'), ';') || ') mine WHERE kpi <> ''churn'''; END $$;
SELECT test.definition('nightly.kpi') AS edited \gset
ALTER SCHEMA nightly RENAME TO "Weekly";
ALTER SCHEMA nightly_base RENAME TO "Weekly_base";
CALL sales_kpi.create_model('Weekly', time_zone => 'Asia/Tokyo');
CALL sales_kpi.create_model('tokyo', sources => 'crm', as_of => '2025-01-01', time_zone => 'Asia/Tokyo');
SELECT is((SELECT value FROM "Weekly".setting WHERE name = 'time_zone'), 'Asia/Tokyo', 'a renamed model takes a setting');
SELECT is(test.cycles('Weekly'), test.cycles('tokyo'), 'and has the figures of one that was made so');
SELECT is(replace(test.definition('"Weekly".kpi'), '"Weekly', 'nightly'), replace(:'edited', '"nightly', 'nightly'), 'an edited view stays');
SELECT is((SELECT string_agg(g.view_name, ' ') FROM "Weekly_base".generated_view g
	WHERE g.schema_name NOT IN ('Weekly', 'Weekly_base') OR g.fingerprint <> sales_kpi.view_fingerprint(sales_kpi.view_oid(g.schema_name, g.view_name))), 'kpi', 'and no other is taken for edited');

SELECT * FROM finish();
ROLLBACK;
