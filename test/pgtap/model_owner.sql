-- Whose code runs while a model is made: the caller's and the extension's, never that
-- of another who owns a schema or a table of the name.
BEGIN;
\ir include/model.sql
SELECT plan(11);

CREATE ROLE stranger;
CREATE ROLE analyst;
GRANT CREATE ON DATABASE :DBNAME TO stranger, analyst;
CREATE SCHEMA crm;
CREATE TABLE crm.deal AS SELECT 1 AS deal_id, date '2024-01-01' AS opened_at, date '2024-01-11' AS closed_at, 'won' AS outcome;
GRANT USAGE ON SCHEMA crm TO analyst;
GRANT SELECT ON crm.deal TO analyst;
CREATE FUNCTION test.call(statement text) RETURNS text
LANGUAGE sql
RETURN format('CALL sales_kpi.%s', statement);

-- A view in place of the settings, with a function that betrays who called it.
SAVEPOINT intact;
SET LOCAL ROLE stranger;
CREATE SCHEMA kpi_base;
CREATE FUNCTION kpi_base.betray() RETURNS text
LANGUAGE plpgsql
AS $$BEGIN RAISE EXCEPTION 'code of a stranger runs as %', current_user; END$$;
CREATE VIEW kpi_base.setting AS SELECT 'sources'::text AS name, kpi_base.betray() AS value;
RESET ROLE;
SELECT throws_ok(test.call($$create_model('kpi', sources => 'crm')$$), '42501', 'schema kpi_base belongs to stranger', 'create_model reads no settings of another');
SELECT throws_ok(test.call($$repair_model('kpi')$$), '42501', 'schema kpi_base belongs to stranger', 'nor does repair_model');
SELECT throws_ok(test.call($$grant_read('kpi', 'analyst')$$), '42501', 'schema kpi_base belongs to stranger', 'nor does grant_read');
ROLLBACK TO intact;

-- An empty schema: its owner could drop what is made there, and put a trigger in its place.
SET LOCAL ROLE stranger;
CREATE SCHEMA kpi;
RESET ROLE;
SELECT throws_ok(test.call($$create_model('kpi', sources => 'crm')$$), '42501', 'schema kpi belongs to stranger', 'a model is not made in a schema of another');
ROLLBACK TO intact;

SET LOCAL ROLE analyst;
CALL sales_kpi.create_model('kpi', sources => 'crm', as_of => '2025-01-01');
SELECT lives_ok(test.call($$repair_model('kpi')$$), 'the owner remakes a model');
SELECT throws_ok(test.call($$grant_read('kpi', 'stranger')$$), '42501', 'you may not grant reading crm.deal', 'but lets nobody read the sources of another');
RESET ROLE;
SELECT throws_ok(test.call($$repair_model('kpi')$$), '42501', 'schema kpi belongs to analyst', 'a superuser does not do so by oversight');
SET LOCAL ROLE stranger;
SELECT throws_ok(test.call($$create_model('kpi', sources => 'crm')$$), '42501', 'schema kpi belongs to analyst', 'nor does another');
RESET ROLE;

-- Schemas that were handed over without what is in them.
ALTER SCHEMA kpi OWNER TO CURRENT_USER;
ALTER SCHEMA kpi_base OWNER TO CURRENT_USER;
SELECT throws_ok(test.call($$repair_model('kpi')$$), '42501', 'table kpi_base.generated_view belongs to analyst', 'the settings have to be the caller''s, too');
ROLLBACK TO intact;

-- A trigger on a table that the demo company is written into.
SET LOCAL ROLE stranger;
CALL sales_kpi.create_sources('shop');
CREATE FUNCTION shop.betray() RETURNS trigger
LANGUAGE plpgsql
AS $$BEGIN RAISE EXCEPTION 'code of a stranger runs as %', current_user; END$$;
CREATE TRIGGER betray BEFORE INSERT ON shop.rep EXECUTE FUNCTION shop.betray();
RESET ROLE;
SELECT throws_ok(test.call($$load_demo('shop', 1000)$$), '42501', 'table shop.customer belongs to stranger', 'load_demo writes into no table of another');
ALTER TABLE shop.customer OWNER TO CURRENT_USER;
SELECT throws_ok(test.call($$load_demo('shop', 1000)$$), '42501', 'table shop.deal belongs to stranger', 'whichever it is');

SELECT * FROM finish();
ROLLBACK;
