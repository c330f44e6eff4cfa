-- A source changes after the model exists. Until the model is repaired data_quality
-- says so; then the model reads the new source, and everything that depends on its
-- views has survived.
BEGIN;
\ir include/model.sql
SELECT plan(48);

CREATE ROLE reader;
CREATE SCHEMA crm;
CREATE TABLE crm.deal AS SELECT i AS deal_id, date '2024-01-01' AS opened_at, date '2024-01-11' AS closed_at, 'won' AS outcome, 1 + i % 2 AS rep_id
FROM generate_series(1, 4) i;
CREATE TABLE crm.rep AS SELECT i AS rep_id, 'Rep ' || i AS rep_name FROM generate_series(1, 2) i;
CALL sales_kpi.create_model('kpi', sources => 'crm', as_of => '2025-01-01');

-- What an owner has built on the model by now.
GRANT USAGE ON SCHEMA kpi, kpi_base TO reader;
GRANT SELECT ON kpi.cycle_length TO reader WITH GRANT OPTION;
GRANT SELECT, TRIGGER ON kpi_base.deal TO reader;
GRANT SELECT (rep_id) ON kpi_base.rep TO reader;
GRANT SELECT ON kpi_base.source_deal TO PUBLIC;
CREATE SCHEMA mine;
CREATE VIEW mine.cycles AS SELECT member, deals FROM kpi.cycle_length WHERE grain = 'year' AND dimension = 'rep';
CREATE MATERIALIZED VIEW mine.kept_cycles AS SELECT * FROM kpi.cycle_length;
CREATE UNIQUE INDEX ON mine.kept_cycles (grain, period_start, dimension, member);

-- Bodies in quotes: they shall not depend on the views.
CREATE FUNCTION test.changes() RETURNS text[]
LANGUAGE sql STABLE
AS $$SELECT array_agg(relation || ': ' || check_name ORDER BY relation) FROM kpi.data_quality WHERE treatment LIKE '%repair_model'$$;
CREATE FUNCTION test.mean() RETURNS float8
LANGUAGE sql STABLE
AS $$SELECT mean_days FROM kpi.cycle_length WHERE grain = 'year' AND dimension = 'all'$$;
CREATE FUNCTION test.rights() RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT string_agg(concat_ws(' ', c.relname, a.column_name, g.privilege_type, g.grantee, g.is_grantable), ', ' ORDER BY c.relname, g.privilege_type)
	FROM pg_class c
	CROSS JOIN LATERAL (SELECT NULL::text, c.relacl UNION ALL SELECT attname, attacl FROM pg_attribute WHERE attrelid = c.oid) a (column_name, acl)
	CROSS JOIN LATERAL aclexplode(a.acl) g
	WHERE c.relnamespace IN ('kpi'::regnamespace, 'kpi_base'::regnamespace) AND g.grantee <> c.relowner
$$;
CREATE FUNCTION test.kpi_oids() RETURNS oid[]
LANGUAGE sql STABLE
AS $$SELECT ARRAY(SELECT oid FROM pg_class WHERE relnamespace = 'kpi'::regnamespace ORDER BY relname)$$;

SELECT test.rights() AS rights, test.kpi_oids() AS oids \gset
SELECT is(array_length(string_to_array(:'rights', ', '), 1), 5, 'five rights have been granted');
SELECT is(test.changes(), NULL, 'nothing has changed yet');

-- Renamed and replaced by another table of the same columns.
ALTER TABLE crm.deal RENAME TO deal_2023;
CREATE TABLE crm.deal AS SELECT deal_id, opened_at, closed_at + 10 AS closed_at, outcome, rep_id FROM crm.deal_2023;
SELECT is(test.changes(), '{deal: source replaced since the model was made}', 'a replaced source is told');
SELECT is(test.mean(), 10::float8, 'the model still reads the old one');
CALL sales_kpi.repair_model('kpi');
SELECT is(test.mean(), 20::float8, 'after repair it reads the new one');
SELECT is(test.changes(), NULL, 'and says no more');
SELECT is(test.rights(), :'rights', 'all grants are there');
SELECT is(test.kpi_oids(), :'oids', 'the KPI views are the same');
SELECT is((SELECT sum(deals) FROM mine.cycles), 4::numeric, 'a view on them works');
SELECT lives_ok('REFRESH MATERIALIZED VIEW CONCURRENTLY mine.kept_cycles', 'and a materialized view');
SELECT is((SELECT mean_days FROM mine.kept_cycles WHERE grain = 'year' AND dimension = 'all'), 20::float8, 'which then shows the new source');

-- Replaced by a view of other types: the base is rebuilt.
ALTER TABLE crm.deal RENAME TO deal_2024;
CREATE VIEW crm.deal AS SELECT 'd' || deal_id AS deal_id, opened_at::timestamptz, closed_at::timestamptz + interval '12 hours' AS closed_at, outcome = 'won' AS outcome, rep_id::text FROM crm.deal_2024;
SELECT is(test.changes(), '{deal: columns changed since the model was made}', 'changed types are told');
CALL sales_kpi.repair_model('kpi');
SELECT is(test.mean(), 20.5::float8, 'the model reads the view');
SELECT col_type_is('kpi_base', 'deal', 'rep_id', 'text', 'with its types');
SELECT is(test.changes(), NULL, 'and says no more');
SELECT is(test.rights(), :'rights', 'all grants are there, those on base views too');
SELECT is(test.kpi_oids(), :'oids', 'the KPI views are the same');
SELECT is((SELECT sum(deals) FROM mine.cycles), 4::numeric, 'a view on them works');
SELECT lives_ok('REFRESH MATERIALIZED VIEW CONCURRENTLY mine.kept_cycles', 'and a materialized view');

-- Types that differ though the text of the views does not: uuid for bigint.
ALTER VIEW crm.deal RENAME TO deal_as_text;
CREATE VIEW crm.deal AS SELECT gen_random_uuid() AS deal_id, opened_at, closed_at, outcome, lpad(rep_id::text, 32, '0')::uuid AS rep_id FROM crm.deal_2024;
ALTER TABLE crm.rep RENAME TO rep_by_number;
CREATE TABLE crm.rep AS SELECT lpad(rep_id::text, 32, '0')::uuid AS rep_id, rep_name FROM crm.rep_by_number;
SELECT is(test.changes(), '{deal: columns changed since the model was made,rep: columns changed since the model was made}', 'each of several is told');
CALL sales_kpi.repair_model('kpi');
SELECT col_type_is('kpi_base', 'stage_time', 'rep_id', 'uuid', 'every base view has the new type');
SELECT results_eq($$SELECT member_name FROM kpi.cycle_length WHERE grain = 'year' AND dimension = 'rep' ORDER BY 1$$, ARRAY['Rep 1', 'Rep 2'], 'and the relations agree');
SELECT is(test.rights(), :'rights', 'all grants are there');

-- Columns that come and go.
CREATE OR REPLACE VIEW crm.deal AS SELECT gen_random_uuid() AS deal_id, opened_at, closed_at, outcome, lpad(rep_id::text, 32, '0')::uuid AS rep_id, 7 AS amount, 'x' AS extra FROM crm.deal_2024;
SELECT is(test.changes(), '{deal: columns changed since the model was made}', 'an added column is told');
SELECT is((SELECT max(amount) FROM kpi_base.deal), NULL, 'and not yet read');
CALL sales_kpi.repair_model('kpi');
SELECT is((SELECT max(amount) FROM kpi_base.deal), 7::numeric, 'after repair it is read');
ALTER TABLE crm.rep ADD nickname text;
SELECT is(test.changes(), NULL, 'an extra column is no change');
ALTER TABLE crm.rep RENAME rep_name TO name;
SELECT is(test.changes(), '{rep: columns changed since the model was made}', 'a column of another name is gone');
SELECT results_eq($$SELECT DISTINCT rep_name FROM kpi_base.rep ORDER BY 1$$, ARRAY['Rep 1', 'Rep 2'], 'though it is still read');
CALL sales_kpi.repair_model('kpi');
SELECT is(test.changes(), NULL, 'the source view is made anew');
SELECT is((SELECT count(*) FROM kpi_base.rep WHERE rep_name = rep_id::text), 2::bigint, 'without it');
ALTER TABLE crm.rep RENAME rep_id TO id;
SELECT is(test.changes(), '{rep: columns changed since the model was made}', 'a required column of another name');
SELECT throws_ok('CALL sales_kpi.repair_model(''kpi'')', '42P17', NULL, 'keeps the model from being repaired');
SELECT is(test.mean(), 20::float8, 'but not from being read');
ALTER TABLE crm.rep RENAME id TO rep_id;

-- Relations that come and go.
CREATE TABLE crm.lead (lead_id int, arrived_at date);
INSERT INTO crm.lead VALUES (1, '2024-01-01');
SELECT is(test.changes(), '{lead: source added since the model was made}', 'a new source is told');
CALL sales_kpi.repair_model('kpi');
SELECT is((SELECT sum(leads) FROM kpi.lead_response WHERE grain = 'day' AND dimension = 'all'), 1::numeric, 'and read after repair');
ALTER TABLE crm.lead SET SCHEMA mine;
SELECT is(test.changes(), '{lead: source gone since the model was made}', 'a source that went is told');
CALL sales_kpi.repair_model('kpi');
SELECT is_empty('SELECT * FROM kpi.lead_response', 'and has no rows after repair');
SELECT is(test.changes(), NULL, 'which is no change any more');
SELECT is(test.rights(), :'rights', 'all grants are there');

-- Dropped with all that depends on it: the views are gone until they are made again.
DROP VIEW crm.deal CASCADE;
SELECT hasnt_view('kpi', 'cycle_length', 'a source dropped by CASCADE takes its views along');
CREATE TABLE crm.deal AS SELECT deal_id, opened_at, closed_at, outcome, rep_id FROM crm.deal_2024;
CALL sales_kpi.repair_model('kpi');
SELECT is(test.mean(), 20::float8, 'repair makes them again');
SELECT is(test.changes(), NULL, 'and says no more');

-- Other sources altogether, and the model's settings stay.
CREATE SCHEMA erp;
CREATE TABLE erp.deal AS SELECT deal_id, opened_at, closed_at - 5 AS closed_at, outcome FROM crm.deal;
CALL sales_kpi.create_model('kpi', sources => 'erp');
SELECT is(test.mean(), 15::float8, 'a model may move to other sources');
SELECT is(test.changes(), NULL, 'where all it reads is there');
SELECT is((SELECT value FROM kpi_base.setting WHERE name = 'as_of'), '2025-01-01', 'its other settings stay');

-- Someone builds on the base: it cannot be rebuilt under them.
CREATE VIEW mine.deals AS SELECT * FROM kpi_base.deal;
ALTER TABLE erp.deal RENAME TO deal_old;
CREATE TABLE erp.deal AS SELECT deal_id::text, opened_at, closed_at, outcome FROM erp.deal_old;
SELECT throws_ok('CALL sales_kpi.repair_model(''kpi'')', '2BP01', NULL, 'base views others depend on are not taken from them');
SELECT is(test.mean(), 15::float8, 'and the model stays as it was');

SELECT * FROM finish();
ROLLBACK;
