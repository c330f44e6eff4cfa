-- Leaving: the extension is not dropped from under anything that needs it, and where all of
-- it is told to go, no row of a table goes along.
BEGIN;
SELECT * FROM no_plan();
SET client_min_messages = error;

-- Whatever needs the extension keeps it, each alone.
CREATE TABLE need (what text, made_by text);
INSERT INTO need VALUES
	('a table with a state', 'CREATE TABLE mine (state sales_kpi.duration_summary)'),
	('an array of states', 'CREATE TABLE mine (states sales_kpi.win_summary[])'),
	('a result that is kept', 'CREATE TABLE mine (result sales_kpi.trend_result)'),
	('a calendar as a default', $$CREATE TABLE mine (hours text DEFAULT 'UTC: Mon 09:00-17:00'::sales_kpi.business_calendar::text)$$),
	('a generated column', 'CREATE TABLE mine (a bigint, low float8 GENERATED ALWAYS AS (sales_kpi.wilson_low(a, 100)) STORED)'),
	('a check', 'CREATE TABLE mine (a bigint CHECK (sales_kpi.wilson_low(a, 100) < 0.5))'),
	('an index', 'CREATE TABLE mine (a bigint); CREATE INDEX ON mine (sales_kpi.wilson_low(a, 100))'),
	('a policy', 'CREATE TABLE mine (a bigint); CREATE POLICY few ON mine USING (sales_kpi.wilson_low(a, 100) < 0.5)'),
	('a partitioned table', 'CREATE TABLE mine (a bigint) PARTITION BY RANGE (sales_kpi.wilson_low(a, 100))'),
	('a composite type', 'CREATE TYPE mine AS (state sales_kpi.customer_history)'),
	('a domain', 'CREATE DOMAIN mine AS sales_kpi.purchase_history'),
	('a view', 'CREATE VIEW mine AS SELECT sales_kpi.wilson_low(1, 2)'),
	('a materialized view', 'CREATE MATERIALIZED VIEW mine AS SELECT sales_kpi.wilson_low(1, 2)'),
	('a materialized view of states', $$CREATE MATERIALIZED VIEW mine AS SELECT sales_kpi.duration_agg(interval '1 day')$$),
	('a function that takes states', $$CREATE FUNCTION mine(sales_kpi.duration_summary) RETURNS int LANGUAGE sql AS 'SELECT 1'$$),
	('a function with a bound body', 'CREATE FUNCTION mine() RETURNS float8 LANGUAGE sql RETURN sales_kpi.wilson_low(1, 2)'),
	('an aggregate', 'CREATE AGGREGATE mine(sales_kpi.duration_summary) (SFUNC = sales_kpi.duration_summary_merge, STYPE = sales_kpi.duration_summary)'),
	('a cast', 'CREATE CAST (sales_kpi.duration_summary AS text) WITH INOUT'),
	('a model without rows', $$CALL sales_kpi.create_sources('crm'); CALL sales_kpi.create_model('kpi', sources => 'crm')$$);
CREATE FUNCTION pg_temp.refusal(made_by text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	refused text;
BEGIN
	BEGIN
		EXECUTE made_by;
		DROP EXTENSION sales_kpi;
		RAISE EXCEPTION 'dropped';
	EXCEPTION WHEN OTHERS THEN
		RETURN SQLSTATE;
	END;
END $$;
SELECT is(pg_temp.refusal(made_by), '2BP01', what || ' keeps the extension') FROM need;
SELECT is(pg_temp.refusal('SELECT 1'), 'P0001', 'without any it goes');
DROP TABLE need;

-- A company with models, an edit and states, made by one who is no superuser, of tables of
-- another's.
DROP EXTENSION sales_kpi;
CREATE ROLE installer;
CREATE ROLE company;
GRANT installer, company TO current_user;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO installer, company', current_database()); END $$;
GRANT CREATE ON SCHEMA public TO company;
SET ROLE installer;
CREATE EXTENSION sales_kpi;
SET ROLE company;
CALL sales_kpi.create_sources('crm');
CALL sales_kpi.load_demo('crm', deals => 1000);
CALL sales_kpi.create_model('kpi', sources => 'crm', as_of => '2026-01-01', fiscal_start => 4, time_zone => 'Europe/Berlin');
CREATE TABLE kept (
	name text PRIMARY KEY,
	durations sales_kpi.duration_summary,
	customers sales_kpi.customer_history,
	purchases sales_kpi.purchase_history,
	acquisition sales_kpi.acquisition_summary,
	wins sales_kpi.win_summary,
	revenue sales_kpi.revenue_series,
	open_hours sales_kpi.business_calendar DEFAULT 'UTC: Mon-Fri 09:00-17:00',
	days float8 GENERATED ALWAYS AS (sales_kpi.median_days(wins)) STORED,
	CONSTRAINT measured CHECK (sales_kpi.sample_size(durations) >= 0));
INSERT INTO kept (name, durations, wins)
	SELECT rep_id, sales_kpi.duration_agg(opened_at, closed_at), sales_kpi.win_curve_agg(opened_at, closed_at, outcome, '2026-01-01')
	FROM kpi_base.deal WHERE rep_id IS NOT NULL AND coalesce(outcome, 'won') IN ('won', 'lost') GROUP BY rep_id;
INSERT INTO kept (name, customers, purchases, acquisition, revenue)
	SELECT 'all', (SELECT sales_kpi.customer_agg(customer_id, started_at, ended_at) FROM kpi_base.subscription),
		sales_kpi.purchase_agg(customer_id, product_id, 1, sold_at, amount), sales_kpi.acquisition_agg(amount, customer_id),
		sales_kpi.revenue_agg(sold_at, amount, '{2025-01-01,2026-01-01,2027-01-01}')
	FROM kpi_base.sale;
CREATE INDEX kept_mean ON kept (sales_kpi.mean(durations));
CREATE TYPE pair AS (name text, durations sales_kpi.duration_summary);
CREATE TABLE paired (id int, pair pair, pairs pair[]);
INSERT INTO paired SELECT 1, p, ARRAY[p] FROM (SELECT ROW (name, durations)::pair FROM kept) s (p);
CREATE TABLE parts (name text, durations sales_kpi.duration_summary) PARTITION BY LIST (name);
CREATE TABLE parts_all PARTITION OF parts DEFAULT;
INSERT INTO parts SELECT name, durations FROM kept;
CREATE TABLE child (more sales_kpi.trend_result) INHERITS (crm.rep);
INSERT INTO child SELECT * FROM ONLY crm.rep;
RESET ROLE;

CREATE FUNCTION pg_temp.rows() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	counts text := '';
	one text;
BEGIN
	FOR one IN SELECT format('SELECT %L || count(*) FROM ONLY %s', c.oid::regclass || ' ', c.oid::regclass)
		FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relowner = 'company'::regrole ORDER BY c.oid::regclass::text COLLATE "C"
	LOOP
		EXECUTE one INTO one;
		counts := counts || one || E'\n';
	END LOOP;
	RETURN counts;
END $$;
CREATE FUNCTION pg_temp.sources() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hashes text := '';
	one text;
BEGIN
	FOR one IN SELECT format('SELECT md5(string_agg(t::text, '' '' ORDER BY t::text)) FROM %s t', c.oid::regclass)
		FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'crm'::regnamespace ORDER BY c.relname
	LOOP
		EXECUTE one INTO one;
		hashes := hashes || one || E'\n';
	END LOOP;
	RETURN hashes;
END $$;
SELECT pg_temp.rows() AS rows, pg_temp.sources() AS sources,
	(SELECT string_agg(s::text, ' ' ORDER BY name) FROM kpi_base.setting s) AS settings, (SELECT string_agg(s::text, ' ') FROM kpi.scorecard s) AS scorecard,
	(SELECT count(*) FROM pg_views WHERE schemaname IN ('kpi', 'kpi_base')) AS views \gset

SELECT matches(:'rows'::text, 'crm.deal \d{4}\n.*kept \d\d\n.*paired \d\d\n.*parts_all \d\d', 'there is something to lose');

-- Refused whatever is said.
SELECT throws_ok('DROP SCHEMA sales_kpi CASCADE', '2BP01', NULL, 'its schema cannot be dropped, not even with CASCADE');
SELECT throws_ok('DROP TYPE sales_kpi.duration_summary CASCADE', '2BP01', NULL, 'nor one of its types');
SELECT throws_ok('DROP FUNCTION sales_kpi.mean(sales_kpi.duration_summary) CASCADE', '2BP01', NULL, 'nor one of its functions');
SELECT throws_ok('DROP OWNED BY installer', '2BP01', NULL, 'what its installer owns is not dropped from under others');

-- Told to go with all that needs it, it takes views and what is of its types: columns, not
-- rows. The model is made again of what it leaves. Each way is tried, and undone.
CREATE FUNCTION pg_temp.leave(command text, OUT schema regnamespace, OUT rows text, OUT sources text, OUT columns text, OUT settings text, OUT scorecard text, OUT views bigint)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE command;
	schema := to_regnamespace('sales_kpi');
	rows := pg_temp.rows();
	sources := pg_temp.sources();
	SELECT string_agg(relation, '; ' ORDER BY relation) INTO columns FROM (
		SELECT c.relname || ': ' || string_agg(a.attname, ' ' ORDER BY a.attnum)
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE c.relname IN ('kept', 'paired', 'pair', 'parts_all') GROUP BY c.relname) r (relation);
	SELECT string_agg(s::text, ' ' ORDER BY name) INTO settings FROM kpi_base.setting s;
	SET LOCAL ROLE company;
	CREATE EXTENSION sales_kpi;
	CALL sales_kpi.create_model('kpi');
	SELECT string_agg(s::text, ' ') INTO scorecard FROM kpi.scorecard s;
	SELECT count(*) INTO views FROM pg_views WHERE schemaname IN ('kpi', 'kpi_base');
	RAISE EXCEPTION USING ERRCODE = 'SK000';
EXCEPTION WHEN SQLSTATE 'SK000' THEN
END $$;
SELECT l.* FROM (VALUES ('DROP EXTENSION sales_kpi CASCADE'), ('DROP OWNED BY installer CASCADE')) w (command)
CROSS JOIN LATERAL (SELECT * FROM pg_temp.leave(command)) g
CROSS JOIN LATERAL (VALUES
	(is(g.schema, NULL, command)),
	(is(g.rows, :'rows', command || ': every table has its rows')),
	(is(g.sources, :'sources', command || ': the sources are as they were')),
	(is(g.columns, 'kept: name; pair: name; paired: id pair pairs; parts_all: name', command || ': columns of its types are gone')),
	(is(g.settings, :'settings', command || ': the model has its settings')),
	(is(g.scorecard, :'scorecard', command || ': and is made again of these')),
	(is(g.views, :views::bigint, command || ': whole'))) l;
SAVEPOINT there;

-- Whole tables go only where they are made of the extension: of one of its row types, in
-- parts by one of its functions, or in its schema.
CREATE TABLE of_its_type OF sales_kpi.trend_result;
CREATE TABLE of_our_type OF pair;
CREATE TABLE parted (hits bigint) PARTITION BY RANGE (sales_kpi.wilson_low(hits, 100));
CREATE TABLE parted_all PARTITION OF parted DEFAULT;
CREATE TABLE sales_kpi.in_its_schema ();
DROP EXTENSION sales_kpi CASCADE;
SELECT is(to_regclass('of_our_type')::text, 'of_our_type', 'a table of a type that has a state stays');
SELECT is(coalesce(to_regclass('of_its_type'), to_regclass('parted'), to_regclass('parted_all'), to_regclass('sales_kpi.in_its_schema')), NULL, 'a table made of the extension goes with it');
ROLLBACK TO there;

-- The way that loses nothing: states as text, and back.
CREATE FUNCTION pg_temp.messages() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT md5(string_agg(concat_ws(' ', name, sales_kpi.duration_summary_send(durations), sales_kpi.customer_history_send(customers),
			sales_kpi.purchase_history_send(purchases), sales_kpi.acquisition_summary_send(acquisition), sales_kpi.win_summary_send(wins),
			sales_kpi.revenue_series_send(revenue), sales_kpi.business_calendar_send(open_hours)), ' ' ORDER BY name)) FROM kept);
END $$;
SELECT pg_temp.messages() AS messages \gset
DROP SCHEMA kpi, kpi_base CASCADE;
DROP TABLE paired, parts, child;
DROP TYPE pair;
DROP INDEX kept_mean;
ALTER TABLE kept DROP COLUMN days, DROP CONSTRAINT measured, ALTER open_hours DROP DEFAULT;
ALTER TABLE kept ALTER durations TYPE text, ALTER customers TYPE text, ALTER purchases TYPE text, ALTER acquisition TYPE text,
	ALTER wins TYPE text, ALTER revenue TYPE text, ALTER open_hours TYPE text;
DROP EXTENSION sales_kpi;
CREATE EXTENSION sales_kpi;
ALTER TABLE kept ALTER durations TYPE sales_kpi.duration_summary USING durations::sales_kpi.duration_summary,
	ALTER customers TYPE sales_kpi.customer_history USING customers::sales_kpi.customer_history,
	ALTER purchases TYPE sales_kpi.purchase_history USING purchases::sales_kpi.purchase_history,
	ALTER acquisition TYPE sales_kpi.acquisition_summary USING acquisition::sales_kpi.acquisition_summary,
	ALTER wins TYPE sales_kpi.win_summary USING wins::sales_kpi.win_summary,
	ALTER revenue TYPE sales_kpi.revenue_series USING revenue::sales_kpi.revenue_series,
	ALTER open_hours TYPE sales_kpi.business_calendar USING open_hours::sales_kpi.business_calendar;
SELECT is(pg_temp.messages(), :'messages', 'states that left as text come back with the same bytes');

SELECT * FROM finish();
ROLLBACK;
