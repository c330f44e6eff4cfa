-- Models and sources under names that could be taken for something else: each is
-- made, read, swapped, remade and granted like any other.
BEGIN;
\ir include/model.sql
SELECT plan(34);

CREATE SCHEMA plain;
CREATE TABLE plain.deal AS SELECT i AS deal_id, date '2024-01-01' AS opened_at, date '2024-01-01' + i AS closed_at, 'won' AS outcome, i % 2 AS rep_id FROM generate_series(1, 6) i;
CREATE TABLE plain.rep AS SELECT 1 AS rep_id, 'Ann' AS rep_name;
CREATE TABLE plain.deal_stage AS SELECT 3 AS deal_id, 'A' AS stage, date '2024-01-02' AS entered_at;
CALL sales_kpi.create_model('kpi', sources => 'plain', as_of => '2024-02-15');

-- The cycles and the findings of a model, as one text.
CREATE FUNCTION test.shown(model text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	shown text;
BEGIN
	EXECUTE format('SELECT string_agg(c::text, '' '' ORDER BY c::text) || (SELECT string_agg(q::text, '' '' ORDER BY q::text) FROM %1$I.data_quality q)
		|| (SELECT count(*) FROM %1$I.scorecard s) FROM %1$I.cycle_length c', model) INTO shown;
	RETURN shown;
END
$$;

CREATE ROLE reader;
CREATE FUNCTION test.stands(model text, sources text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
DECLARE
	what text := format(' (%s over %s)', quote_literal(model), quote_literal(sources));
	before text;
BEGIN
	EXECUTE format('CREATE SCHEMA %I', sources);
	EXECUTE format('CREATE TABLE %I.deal AS TABLE plain.deal', sources);
	EXECUTE format('CREATE TABLE %I.rep AS TABLE plain.rep', sources);
	CALL sales_kpi.create_sources(sources);
	EXECUTE format('INSERT INTO %I.deal_stage SELECT * FROM plain.deal_stage', sources);
	EXECUTE format('DROP TABLE %1$I.customer, %1$I.feedback, %1$I.goal, %1$I.lead, %1$I.lead_temperature, %1$I.product, %1$I.sale, %1$I.spend, %1$I.subscription, %1$I.touch', sources);
	CALL sales_kpi.create_model(model, sources => sources, as_of => '2024-02-15');
	RETURN NEXT is(test.shown(model), test.shown('kpi'), 'is made and read' || what);

	-- a swapped source is told, and is no edit: the model follows the next setting
	EXECUTE format('ALTER TABLE %I.deal RENAME TO "deal old"', sources);
	EXECUTE format('CREATE TABLE %I.deal AS SELECT * FROM %1$I."deal old" WHERE deal_id <> 6', sources);
	EXECUTE format('SELECT string_agg(check_name, '', '') FROM %I.data_quality WHERE treatment LIKE ''%%repair_model''', model) INTO before;
	RETURN NEXT is(before, 'source replaced since the model was made', 'its sources are watched' || what);
	CALL sales_kpi.create_model(model, as_of => '2024-01-06');
	EXECUTE format('SELECT string_agg(deals::text, '','') FROM %I.cycle_length WHERE grain = ''year'' AND dimension = ''all''', model) INTO before;
	RETURN NEXT is(before, '5', 'it is remade over the new source' || what);

	-- an edit is seen
	EXECUTE format('CREATE OR REPLACE VIEW %I.kpi WITH (security_invoker = true) AS SELECT * FROM (%s) k WHERE kpi = ''leads''', model, rtrim(pg_get_viewdef(format('%I.kpi', model)::regclass), ';'));
	CALL sales_kpi.grant_read(model, 'reader');
	CALL sales_kpi.repair_model(model);
	EXECUTE format('SELECT string_agg(kpi, '','') FROM %I.kpi', model) INTO before;
	RETURN NEXT is(before, 'leads', 'edits are seen' || what);
	SET LOCAL ROLE reader;
	EXECUTE format('SELECT string_agg(deals::text, '','') FROM %I.cycle_length WHERE grain = ''year'' AND dimension = ''all''', model) INTO before;
	RESET ROLE;
	RETURN NEXT is(before, '5', 'and a reader reads it' || what);
END
$$;

SELECT test.stands('select', '{{kpi}}');
SELECT test.stands('{{base}}', 'CRM.deal');
SELECT test.stands(E'a"b''c\\d$$e%s%I.f g --h/*', E'x"";y''''z\\\\$body$%1$s.*');
SELECT test.stands(E' line\nFROM x\ttab ', E'line\r\nFROM y s');
SELECT test.stands('Продажи ÄÖÜ 売上 ' || repeat('x', 29), repeat('Ж', 31) || '"');

SELECT throws_ok(format('CALL sales_kpi.create_model(%L, sources => ''plain'')', repeat('x', 59)), '42622', format('schema name %s is too long', repeat('x', 59)), 'a name leaves room for that of its base');
SELECT throws_ok(format('CALL sales_kpi.repair_model(%L)', repeat('x', 59)), '42704', NULL, 'none has a longer one');
SELECT throws_ok(format('CALL sales_kpi.create_model(%L, sources => ''plain'')', repeat('ä', 30)), '42622', NULL, 'counted in bytes');
SELECT throws_ok(format('CALL sales_kpi.create_model(''m'', sources => %L)', repeat('x', 64)), '3F000', NULL, 'no schema has a name of 64 bytes');
SELECT throws_ok('CALL sales_kpi.create_model(''pg_kpi'', sources => ''plain'')', '42939', NULL, 'what the server keeps for itself stays its own');

-- Names of the extension's own among a user's objects.
CREATE SCHEMA twins;
CREATE TABLE twins.deal AS TABLE plain.deal;
CREATE TABLE twins.source_deal (x int);
CREATE TABLE twins.setting (x int);
CREATE TABLE twins.sales_kpi_scratch (x int);
CALL sales_kpi.create_model('twin', sources => 'twins', as_of => '2024-02-15');
CALL sales_kpi.repair_model('twin');
SELECT is((SELECT sum(deals) FROM twin.cycle_length WHERE grain = 'year' AND dimension = 'all'), 6::numeric, 'a source may have neighbours of any name');
CREATE TABLE kpi.sales_kpi_scratch (x int);
SELECT lives_ok('CALL sales_kpi.repair_model(''kpi'')', 'the name of the scratch view is taken: nobody minds as long as no view was touched');
DO $$BEGIN EXECUTE format('CREATE OR REPLACE VIEW kpi.setting AS SELECT * FROM (%s) edited', rtrim(pg_get_viewdef('kpi.setting'), ';')); END$$;
SELECT throws_ok('CALL sales_kpi.repair_model(''kpi'')', '42P07', NULL, '... but where one was: said, and nothing lost');
DROP TABLE kpi.sales_kpi_scratch;
DROP VIEW kpi.setting;
CREATE FUNCTION kpi.cycle_length() RETURNS int LANGUAGE sql RETURN 1;
CREATE TEMP TABLE deal (x int);
CREATE TEMP VIEW cycle_length AS SELECT 1 AS x;
CALL sales_kpi.repair_model('kpi');
SELECT is((SELECT sum(deals) FROM kpi.cycle_length WHERE grain = 'year' AND dimension = 'all'), 6::numeric, 'temporary objects do not stand in for the model''s');

SELECT * FROM finish();
ROLLBACK;
