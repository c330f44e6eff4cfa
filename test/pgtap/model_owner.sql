-- Whose code runs while a model is made: the caller's and the extension's, never that
-- of another who owns a schema or a table of the name.
BEGIN;
\ir include/model.sql
SELECT * FROM no_plan();

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

-- In schemas and tables of the caller, whatever runs with a table when it is read or
-- written: it may have been put there by whom they belonged to before, or whom they were
-- granted to. The code need not be reached to be refused.
CREATE SCHEMA stranger AUTHORIZATION stranger;
SET LOCAL ROLE stranger;
CREATE FUNCTION stranger.betray() RETURNS trigger
LANGUAGE plpgsql
AS $$BEGIN RAISE EXCEPTION 'code of a stranger runs as %', current_user; END$$;
CREATE FUNCTION stranger.betray(text) RETURNS text
LANGUAGE plpgsql IMMUTABLE
AS $$BEGIN RAISE EXCEPTION 'code of a stranger runs as %', current_user; END$$;
CREATE FUNCTION stranger.is_fine(text) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN true;
CREATE DOMAIN stranger.word AS text CHECK (stranger.is_fine(VALUE));
GRANT USAGE ON SCHEMA stranger TO PUBLIC;
RESET ROLE;
CALL sales_kpi.create_model('kpi', sources => 'crm', as_of => '2025-01-01');
CREATE TABLE planted (what text, statement text, finding text);
INSERT INTO planted VALUES
	('a trigger', 'CREATE TRIGGER betray BEFORE INSERT ON kpi_base.setting FOR EACH ROW EXECUTE FUNCTION stranger.betray()', 'kpi_base.setting has the trigger betray'),
	('a trigger of a statement', 'CREATE TRIGGER betray AFTER UPDATE ON kpi_base.generated_view EXECUTE FUNCTION stranger.betray()', 'kpi_base.generated_view has the trigger betray'),
	('a rule', 'CREATE RULE betray AS ON INSERT TO kpi_base.setting DO ALSO SELECT stranger.betray(NEW.name)', 'kpi_base.setting has the rule betray'),
	('a default', $$ALTER TABLE kpi_base.generated_view ADD mine text DEFAULT query_to_xml('SELECT 1', true, true, '')$$, 'kpi_base.generated_view computes mine'),
	('a default that is cast', $$ALTER TABLE kpi_base.generated_view ADD mine text DEFAULT 'x'::text::stranger.word$$, 'kpi_base.generated_view computes mine'),
	('a generated column', 'ALTER TABLE kpi_base.setting ADD mine text GENERATED ALWAYS AS (lower(name)) STORED', 'kpi_base.setting computes mine'),
	('a check', 'ALTER TABLE kpi_base.setting ADD CONSTRAINT fine CHECK (stranger.is_fine(name))', 'kpi_base.setting has the constraint fine'),
	('a domain', 'ALTER TABLE kpi_base.setting ALTER value TYPE stranger.word', 'kpi_base.setting has value of type stranger.word'),
	('an index', 'CREATE INDEX mine ON kpi_base.setting (lower(name))', 'kpi_base.setting has the index kpi_base.mine, of expressions'),
	('a part of an index', 'CREATE INDEX mine ON kpi_base.setting (value) WHERE stranger.is_fine(name)', 'kpi_base.setting has the index kpi_base.mine, of expressions'),
	('a policy', 'CREATE POLICY fine ON kpi_base.setting USING (stranger.is_fine(name)); ALTER TABLE kpi_base.setting ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY',
		'kpi_base.setting has row-level security that holds for its owner'),
	('a child', 'CREATE TABLE stranger.child () INHERITS (kpi_base.setting); ALTER TABLE stranger.child OWNER TO stranger', 'stranger.child belongs to stranger'),
	('a trigger of a child', 'CREATE TABLE crm.child () INHERITS (kpi_base.setting); CREATE TRIGGER betray BEFORE UPDATE ON crm.child FOR EACH ROW EXECUTE FUNCTION stranger.betray()',
		'crm.child has the trigger betray'),
	('a view', 'ALTER TABLE kpi_base.setting RENAME TO mine; CREATE VIEW kpi_base.setting AS SELECT name, stranger.betray(value) AS value FROM kpi_base.mine', 'kpi_base.setting is no table'),
	('parts', 'ALTER TABLE kpi_base.setting RENAME TO mine; CREATE TABLE kpi_base.setting (name text, value text, meaning text) PARTITION BY LIST (lower(name))',
		'kpi_base.setting is partitioned by an expression');
CREATE FUNCTION pg_temp.refusal(planted text, called text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE planted;
	EXECUTE called;
	RAISE EXCEPTION 'called';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT is(pg_temp.refusal(statement, test.call(called)), '55000 ' || finding, format('%s: no %s', what, called))
FROM planted CROSS JOIN unnest(ARRAY[$$repair_model('kpi')$$, $$create_model('kpi', sources => 'crm')$$, $$grant_read('kpi', 'analyst')$$]) called;
SELECT is(pg_temp.refusal('ALTER VIEW kpi.churn OWNER TO stranger', test.call($$repair_model('kpi')$$)), '42501 view kpi.churn belongs to stranger', 'nor is there a view of another among those of a model');
SELECT is(pg_temp.refusal('SELECT 1', test.call($$repair_model('kpi')$$)), 'P0001 called', 'without any the model is repaired');

-- What is kept of the views is never run, whoever may write it.
SAVEPOINT whole;
SELECT is(pg_temp.refusal(format('UPDATE kpi_base.generated_view SET fingerprint = 0, query = %L WHERE view_name = %L', query, 'churn'),
	test.call($$repair_model('kpi')$$)), 'P0001 called', 'kept as a query: ' || query)
FROM unnest(ARRAY['SELECT 1 AS x; SELECT stranger.betray(NULL)', 'ANALYZE SELECT stranger.betray(NULL)', 'SELECT stranger.betray(NULL)', '(ANALYZE) SELECT stranger.betray(NULL)',
	'WITH d AS (DELETE FROM crm.deal RETURNING stranger.betray(NULL)) SELECT * FROM d', 'DELETE FROM crm.deal', 'SELECT 1; ; ', '', 'SELECT', 'x''']) query;
UPDATE kpi_base.generated_view SET fingerprint = 0, query = 'SELECT 1 AS x; DROP TABLE crm.deal' WHERE view_name = 'churn';
CALL sales_kpi.repair_model('kpi');
SELECT is((SELECT count(*) FROM crm.deal), 1::bigint, 'a second statement is not run');
ROLLBACK TO whole;

-- Who has said SET ROLE can be brought back by whose code runs: none does.
SET LOCAL ROLE stranger;
CREATE SCHEMA shop;
CREATE TABLE shop.deal AS SELECT 1 AS deal_id, date '2024-01-01' AS opened_at, date '2024-01-11' AS closed_at, 'won' AS outcome;
CALL sales_kpi.create_model('mine', sources => 'shop');
CREATE TRIGGER betray BEFORE INSERT OR UPDATE ON mine_base.setting FOR EACH ROW EXECUTE FUNCTION stranger.betray();
SELECT throws_ok(test.call($$repair_model('mine')$$), '55000', 'mine_base.setting has the trigger betray', 'nor with the rights of a role that was set');
RESET ROLE;
REASSIGN OWNED BY stranger TO CURRENT_USER;
SELECT throws_ok(test.call($$repair_model('mine')$$), '55000', 'mine_base.setting has the trigger betray', 'nor after all was handed over');
DROP TRIGGER betray ON mine_base.setting;
SELECT lives_ok(test.call($$repair_model('mine')$$), 'once it is gone, the model is that of its new owner');
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

ROLLBACK TO intact;

-- The caller's tables in a schema of another, who may drop them and make others.
CREATE SCHEMA shop AUTHORIZATION stranger;
CALL sales_kpi.create_sources('shop');
SELECT throws_ok(test.call($$load_demo('shop', 1000)$$), '42501', 'schema shop belongs to stranger', 'load_demo writes into no schema of another');
ALTER SCHEMA shop OWNER TO CURRENT_USER;
SAVEPOINT shop;
CREATE FUNCTION shop.betray() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'code of a stranger runs as %', current_user; END$$;
CREATE TRIGGER betray BEFORE INSERT ON shop.touch FOR EACH ROW EXECUTE FUNCTION shop.betray();
SELECT throws_ok(test.call($$load_demo('shop', 1000)$$), '55000', 'shop.touch has the trigger betray', 'nor where a trigger waits');
ROLLBACK TO shop;
SELECT lives_ok(test.call($$load_demo('shop', 1000)$$), 'but into tables of its own with the defaults of create_sources');

SELECT * FROM finish();
ROLLBACK;
