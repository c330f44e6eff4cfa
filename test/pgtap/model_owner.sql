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

-- The hint of an error
CREATE FUNCTION test.hint(statement text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN hint;
END
$$;
CREATE SCHEMA kpi AUTHORIZATION stranger;
SELECT is(test.hint(test.call($$create_model('kpi', sources => 'crm')$$)), 'Log in as a member of stranger and SET ROLE stranger, or choose another name for the model.', 'a group owns it');
ALTER ROLE stranger LOGIN;
SELECT is(test.hint(test.call($$create_model('kpi', sources => 'crm')$$)), 'Log in as stranger, or choose another name for the model.', 'or somebody who logs in');
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

-- Whatever others may have put there, who were granted to, and whoever may do so still.
CREATE SCHEMA stranger AUTHORIZATION stranger;
SET LOCAL ROLE stranger;
CREATE FUNCTION stranger.betray() RETURNS trigger
LANGUAGE plpgsql
AS $$BEGIN RAISE EXCEPTION 'code of a stranger runs as %', current_user; END$$;
CREATE FUNCTION stranger.is_betrayed() RETURNS boolean
LANGUAGE plpgsql
AS $$BEGIN RAISE EXCEPTION 'code of a stranger runs as %', current_user; END$$;
CREATE TABLE stranger.word (name text PRIMARY KEY);
GRANT ALL ON SCHEMA stranger TO PUBLIC;
GRANT ALL ON stranger.word TO PUBLIC;
RESET ROLE;
CREATE FUNCTION crm.note() RETURNS trigger
LANGUAGE plpgsql
AS $$BEGIN EXECUTE TG_ARGV[0]; RETURN NEW; END$$;
CALL sales_kpi.create_model('kpi', sources => 'crm', as_of => '2025-01-01');
CREATE TABLE planted (what text, statement text, finding text);
INSERT INTO planted VALUES
	('a trigger', 'CREATE TRIGGER betray BEFORE INSERT ON kpi_base.setting FOR EACH ROW EXECUTE FUNCTION stranger.betray()', 'kpi_base.setting has the trigger betray of stranger'),
	('a trigger of a statement', 'CREATE TRIGGER betray AFTER UPDATE ON kpi_base.generated_view EXECUTE FUNCTION stranger.betray()', 'kpi_base.generated_view has the trigger betray of stranger'),
	('a trigger that waits', 'CREATE CONSTRAINT TRIGGER betray AFTER UPDATE ON kpi_base.generated_view DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION stranger.betray()',
		'kpi_base.generated_view has the trigger betray of stranger'),
	('a condition', 'CREATE TRIGGER betray BEFORE UPDATE ON kpi_base.setting FOR EACH ROW WHEN (stranger.is_betrayed()) EXECUTE FUNCTION suppress_redundant_updates_trigger()',
		'kpi_base.setting has the trigger betray with a condition'),
	('a condition that names nobody', $$CREATE TRIGGER betray BEFORE UPDATE ON kpi_base.setting FOR EACH ROW WHEN (query_to_xml('SELECT stranger.is_betrayed()', true, true, '') IS NULL) EXECUTE FUNCTION crm.note()$$,
		'kpi_base.setting has the trigger betray with a condition'),
	('arguments of a function of the caller', $$CREATE TRIGGER betray AFTER INSERT ON kpi_base.generated_view EXECUTE FUNCTION crm.note('SELECT stranger.is_betrayed()')$$,
		'kpi_base.generated_view has the trigger betray with arguments'),
	('a key of another table', $$CREATE TABLE stranger.child (s text, v text, FOREIGN KEY (s, v) REFERENCES kpi_base.generated_view ON UPDATE CASCADE); ALTER TABLE stranger.child OWNER TO stranger$$,
		'stranger.child refers to kpi_base.generated_view of stranger'),
	('a key of it', 'ALTER TABLE kpi_base.setting ADD FOREIGN KEY (value) REFERENCES stranger.word NOT VALID', 'kpi_base.setting refers to stranger.word of stranger'),
	('a right to write', 'GRANT SELECT, UPDATE ON kpi_base.generated_view TO stranger', 'stranger has the right UPDATE on kpi_base.generated_view'),
	('a right to write a column', 'GRANT UPDATE (query) ON kpi_base.generated_view TO stranger', 'stranger has the right UPDATE on kpi_base.generated_view'),
	('several rights', 'GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON kpi_base.setting TO stranger', 'stranger has the right DELETE, INSERT, TRUNCATE, UPDATE on kpi_base.setting'),
	('a right of all', 'GRANT INSERT ON kpi_base.setting TO PUBLIC', 'PUBLIC has the right INSERT on kpi_base.setting'),
	('a right that is granted on', $$GRANT USAGE ON SCHEMA kpi_base TO stranger; GRANT UPDATE ON kpi_base.setting TO stranger WITH GRANT OPTION;
		SET LOCAL ROLE stranger; GRANT UPDATE ON kpi_base.setting TO analyst; RESET ROLE$$, 'stranger has the right UPDATE on kpi_base.setting'),
	('a right to put a trigger there', 'GRANT TRIGGER ON kpi_base.setting TO stranger', 'stranger has the right TRIGGER on kpi_base.setting'),
	('a right to make things there', 'GRANT CREATE ON SCHEMA kpi_base TO stranger', 'stranger has the right CREATE on SCHEMA kpi_base'),
	('a right to make things in the other schema', 'GRANT CREATE ON SCHEMA kpi TO PUBLIC', 'PUBLIC has the right CREATE on SCHEMA kpi');
CREATE FUNCTION pg_temp.refusal(planted text, called text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE planted;
	EXECUTE called;
	SET CONSTRAINTS ALL IMMEDIATE;
	RAISE EXCEPTION 'called';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT is(pg_temp.refusal(statement, test.call(called)), '55000 ' || finding, format('%s: no %s', what, called))
FROM planted CROSS JOIN unnest(ARRAY[$$repair_model('kpi')$$, $$create_model('kpi', sources => 'crm')$$, $$grant_read('kpi', 'analyst')$$]) called;
SELECT is(pg_temp.refusal('ALTER VIEW kpi.churn OWNER TO stranger', test.call($$repair_model('kpi')$$)), '42501 view kpi.churn belongs to stranger', 'nor is there a view of another among those of a model');
SELECT is(pg_temp.refusal(statement, test.call($$repair_model('kpi')$$)), 'P0001 called', 'what is the caller''s own, or lets others read alone, is no matter: ' || statement)
FROM unnest(ARRAY['SELECT 1', 'GRANT SELECT ON ALL TABLES IN SCHEMA kpi_base TO stranger', 'GRANT USAGE ON SCHEMA kpi, kpi_base TO PUBLIC',
	$$CREATE FUNCTION crm.watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER watch BEFORE UPDATE ON kpi_base.setting FOR EACH ROW EXECUTE FUNCTION crm.watch()$$]) statement;

-- What is kept of a view and is no query makes it one that has been edited.
SELECT is(pg_temp.refusal(format('UPDATE kpi_base.generated_view SET fingerprint = 0, query = %L WHERE view_name = %L', query, 'churn'),
	test.call($$repair_model('kpi')$$)), 'P0001 called', 'kept as a query: ' || query)
FROM unnest(ARRAY['WITH d AS (DELETE FROM crm.deal RETURNING 1) SELECT * FROM d', 'DELETE FROM crm.deal', 'SELECT 1', '', 'SELECT', 'x''', $q$SELECT 'x'::int$q$, 'SELECT 1::nosuch', 'SELECT $1',
	'SELECT 1 AS x, 2 AS x', 'SELECT count(*) FROM nosuch']) query;

-- What a view of another names and its owner may not read is not given away.
SAVEPOINT before_views;
CREATE SCHEMA hr;
CREATE TABLE hr.salary AS SELECT 1 AS amount;
GRANT USAGE ON SCHEMA hr TO stranger;
SET LOCAL ROLE stranger;
CREATE SCHEMA shop;
CREATE TABLE shop.deals AS SELECT 1 AS deal_id, date '2024-01-01' AS opened_at, date '2024-01-11' AS closed_at, 'won' AS outcome;
CREATE VIEW shop.deal WITH (security_invoker = true) AS SELECT d.* FROM shop.deals d WHERE NOT EXISTS (SELECT FROM hr.salary WHERE amount = 0);
RESET ROLE;
CALL sales_kpi.create_model('theirs', sources => 'shop');
SELECT throws_ok(test.call($$grant_read('theirs', 'stranger')$$), '42501', 'you may not grant reading hr.salary', 'what the owner of a view may not read is not granted through it');
ALTER TABLE hr.salary RENAME TO pay;
CREATE VIEW hr.salary WITH (security_invoker = true) AS SELECT * FROM hr.pay;
GRANT SELECT ON hr.salary TO stranger;
SET LOCAL ROLE stranger;
CREATE OR REPLACE VIEW shop.deal WITH (security_invoker = true) AS SELECT d.* FROM shop.deals d WHERE NOT EXISTS (SELECT FROM hr.salary WHERE amount = 0);
RESET ROLE;
CALL sales_kpi.repair_model('theirs');
SELECT throws_ok(test.call($$grant_read('theirs', 'stranger')$$), '42501', 'you may not grant reading hr.pay', 'nor through a view of the caller behind it');
ALTER VIEW shop.deal OWNER TO CURRENT_USER;
CALL sales_kpi.grant_read('theirs', 'stranger');
SELECT ok(has_any_column_privilege('stranger', 'hr.pay', 'SELECT'), 'what the owner may read is');
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
ALTER FUNCTION shop.betray() OWNER TO stranger;
CREATE TRIGGER betray BEFORE INSERT ON shop.touch FOR EACH ROW EXECUTE FUNCTION shop.betray();
SELECT throws_ok(test.call($$load_demo('shop', 1000)$$), '55000', 'shop.touch has the trigger betray of stranger', 'nor where a trigger of another waits');
ROLLBACK TO shop;
ALTER TABLE shop.touch RENAME TO touch_before;
CREATE TABLE shop.touch (LIKE shop.touch_before INCLUDING DEFAULTS) PARTITION BY RANGE (touched_at);
CREATE TABLE shop.touch_rest PARTITION OF shop.touch DEFAULT;
DROP TABLE shop.touch_before;
CREATE FUNCTION shop.betray() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'code of a stranger runs as %', current_user; END$$;
ALTER FUNCTION shop.betray() OWNER TO stranger;
CREATE TRIGGER betray BEFORE INSERT ON shop.touch_rest FOR EACH ROW EXECUTE FUNCTION shop.betray();
SELECT throws_ok(test.call($$load_demo('shop', 1000)$$), '55000', 'shop.touch_rest has the trigger betray of stranger', 'on a part of a table as well');
ROLLBACK TO shop;
SELECT lives_ok(test.call($$load_demo('shop', 1000)$$), 'but into tables of its own with the defaults of create_sources');

SELECT * FROM finish();
ROLLBACK;
