-- What somebody could put in the way of a model or into it: objects of their own under
-- names that it uses, code in its sources, settings and values that are half SQL.
BEGIN;
\ir include/model.sql
SELECT * FROM no_plan();

CREATE ROLE stranger;
CREATE ROLE reader;
CREATE ROLE victim;
GRANT CREATE ON DATABASE :DBNAME TO stranger, victim;
-- What comes of a statement: the state of its error, or NULL.
CREATE FUNCTION test.outcome(statement text, path text DEFAULT 'pg_catalog, pg_temp') RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM set_config('search_path', path, true);
	EXECUTE statement;
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;

-- Strings that mean something to whoever puts them together.
CREATE TABLE test.string (s text);
INSERT INTO test.string VALUES ('"; DROP TABLE crm.deal; --'), ('''; DROP TABLE crm.deal; --'), ('{deal.x; DROP TABLE crm.deal}'), ('$$'), ('$body$ %s %I %1$s %L'),
	(E'line\nline\r\ttab'), ('{{base}} {{as_of}}'), (E'\\'''), ('\g \! :x :''x'''), ('Ünïcödé 売上 ' || repeat('ж', 20)), ('select'), (repeat('x', 5000));

CREATE VIEW test.half_sql AS SELECT s FROM test.string WHERE s ~ 'DROP|{{';
CREATE TABLE test.trapped (meaning text, outcome text);
GRANT SELECT ON test.string, test.half_sql TO PUBLIC;
GRANT ALL ON test.trapped TO PUBLIC;

-- Of each string a rep, in a team and with a goal, who has won the one of two deals.
CREATE SCHEMA crm AUTHORIZATION victim;
SET LOCAL ROLE victim;
CREATE TABLE crm.rep AS SELECT s AS rep_id, s || ' (name)' AS rep_name, s AS team FROM test.string;
CREATE TABLE crm.deal AS
SELECT s || i AS deal_id, date '2024-11-01' AS opened_at, date '2024-12-01' + i AS closed_at, (ARRAY['won', 'lost'])[i] AS outcome, s AS rep_id, s AS customer_id, s AS stage, 1 AS "select"
FROM test.string, generate_series(1, 2) i;
CREATE TABLE crm.goal AS
SELECT 'deals_won' AS kpi, date '2024-12-01' AS period_start, date '2025-01-01' AS period_end, 3 AS target, 'rep' AS dimension, s AS member FROM test.string;

-- Temporary objects under names of the catalogs, of the extension and of the sources.
CREATE TEMP TABLE pg_class (oid oid, relname name);
CREATE TEMP TABLE pg_namespace (nspname name);
CREATE TEMP TABLE contract (relation text);
CREATE TEMP TABLE setting (name text, value text);
CREATE TEMP TABLE deal AS SELECT * FROM crm.deal WHERE false;
CREATE TEMP TABLE source_deal AS SELECT * FROM crm.deal WHERE false;
CREATE FUNCTION pg_temp.sprung() RETURNS boolean
LANGUAGE plpgsql
AS $$BEGIN RAISE EXCEPTION 'trapped'; END$$;
CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (pg_temp.sprung());
CREATE DOMAIN pg_temp.timestamptz AS pg_catalog.timestamptz CHECK (pg_temp.sprung());
CREATE DOMAIN pg_temp.regclass AS pg_catalog.regclass CHECK (pg_temp.sprung());
CREATE TYPE pg_temp.duration_summary AS (x int);
CREATE TYPE pg_temp.measure AS (x int);
-- (pgTAP would be trapped itself)
INSERT INTO test.trapped SELECT w.meaning, test.outcome(w.statement, 'pg_temp, pg_catalog')
FROM (VALUES
	('the trap is armed', 'SELECT ''x''::text'),
	('a model is made', 'CALL sales_kpi.create_model(''kpi'', ''crm'', as_of => ''2025-01-01'')'),
	('and repaired', 'CALL sales_kpi.repair_model(''kpi'')'),
	('and granted', 'CALL sales_kpi.grant_read(''kpi'', ''reader'')'),
	('and explained', 'SELECT * FROM sales_kpi.explain(''kpi'', ''Sales cycle''), sales_kpi.check_sources(''crm'')'),
	('and read', 'SELECT * FROM kpi.scorecard')) w (meaning, statement);
DROP DOMAIN pg_temp.text, pg_temp.timestamptz, pg_temp.regclass;
SELECT is(outcome, CASE meaning WHEN 'the trap is armed' THEN 'P0001 trapped' END, 'beside temporary objects: ' || meaning) FROM test.trapped;
SELECT is((SELECT sum(deals) FROM kpi.cycle_length WHERE grain = 'month' AND dimension = 'all'), (SELECT count(*)::numeric FROM test.string), 'it reads the sources, not those');
SELECT matches(test.outcome(format('CALL sales_kpi.create_model(''passing'', %L)', pg_my_temp_schema()::regnamespace)), '^42809 schema pg_temp_\d+ is temporary', 'a model of what is gone with the session is refused');

-- Values
SELECT set_eq('SELECT member, member_name, won FROM kpi.cycle_length WHERE grain = ''month'' AND period_start = ''2024-12-01'' AND dimension = ''rep''',
	'SELECT s, s || '' (name)'', 1::bigint FROM test.string', 'values that look like SQL come out as they are');
SELECT set_eq('SELECT member FROM kpi.cycle_length WHERE grain = ''month'' AND dimension = ''team''', 'SELECT s FROM test.string', 'as members of any dimension');
SELECT set_eq('SELECT member, actual::numeric FROM kpi.goal_attainment WHERE kpi = ''deals_won''', 'SELECT s, 1::numeric FROM test.string', 'and of goals');
SELECT is((SELECT string_agg(e.value, ' ') FROM sales_kpi.explain('kpi', 'deals_won', 'month', '2024-12-01', 'rep', s) e WHERE e.item = 'figure'), '1', 'explain knows the member ' || left(quote_nullable(translate(s, E'\n\r\t', '   ')), 40)) FROM test.string;
CREATE FUNCTION pg_temp.asked(query text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE format('SELECT string_agg(won::text, '' '') FROM (%s) q', rtrim(query, ';')) INTO answer;
	RETURN answer;
END
$$;
SELECT is((SELECT string_agg(pg_temp.asked(e.value), ' ') FROM sales_kpi.explain('kpi', 'deals_won', 'month', '2024-12-01', 'rep', s) e WHERE e.item = 'query'), '1', 'its query can be pasted, of ' || left(quote_nullable(translate(s, E'\n\r\t', '   ')), 40)) FROM test.string;
SELECT matches((SELECT string_agg(e.value, ' ') FROM sales_kpi.explain('kpi', 'deals_won', 'month', '2024-12-01', 'rep', s || '!') e WHERE e.item = 'figure'), '^none', 'and it says so where there is none') FROM test.half_sql;
SELECT throws_ok(format('SELECT * FROM sales_kpi.explain(''kpi'', %L)', s), '42704', NULL, 'nor is there such a measure') FROM test.half_sql;
SELECT throws_ok(format('SELECT * FROM sales_kpi.explain(%L, ''Sales cycle'')', s), '42704', NULL, 'nor such a model') FROM test.half_sql;
SELECT is(count(*), 1::bigint, 'nor such a grain or dimension') FROM test.half_sql CROSS JOIN LATERAL sales_kpi.explain('kpi', 'deals_won', s, NULL, s, s) e WHERE e.item = 'figure' GROUP BY s HAVING min(e.value) = 'none';

-- Settings that are half SQL, as arguments and as written into their table.
SELECT is_empty($$
	SELECT w.argument, s, o FROM test.half_sql
	CROSS JOIN (VALUES ('sources'), ('time_zone'), ('as_of'), ('scorecard_grain'), ('calendar'), ('purchases'), ('access')) w (argument)
	CROSS JOIN LATERAL test.outcome(format('CALL sales_kpi.create_model(''kpi'', %s => %L)', w.argument, s)) o
	WHERE o ~ '^(22023|3F000) ' IS NOT TRUE
$$, 'no such setting is taken');
SELECT is_empty($$
	SELECT s, o FROM test.half_sql CROSS JOIN LATERAL test.outcome(format('CALL sales_kpi.create_model(''kpi'', dimensions => ARRAY[%L, ''deal.'' || %1$L])', s)) o
	WHERE o ~ '^22023 setting dimensions cannot be' IS NOT TRUE
$$, 'nor such a dimension');
CREATE FUNCTION pg_temp.repaired(name text, value text) RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE kpi_base.setting SET value = repaired.value WHERE setting.name = repaired.name;
	CALL sales_kpi.repair_model('kpi');
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT is_empty($$
	SELECT d.name, s, o FROM test.half_sql CROSS JOIN sales_kpi.default_setting d CROSS JOIN LATERAL pg_temp.repaired(d.name, s) o
	WHERE o ~ '^(22023|3F000) ' IS NOT TRUE
$$, 'nor where it is written into the table');
INSERT INTO kpi_base.setting SELECT n, '"; DROP TABLE crm.deal; --' FROM unnest('{as_of_sql,base,kpi,placeholders,columns,relations,own,usable,collated,key_types,reached,measured,goal_dimensions,deal_facts}'::text[]) n;
SELECT is(test.outcome('CALL sales_kpi.repair_model(''kpi'')'), NULL, 'names that are no settings are passed over');
SELECT is((SELECT sum(deals) FROM kpi.cycle_length WHERE grain = 'month' AND dimension = 'all'), (SELECT count(*)::numeric FROM test.string), 'and the model stands as it was');

-- Columns
ALTER TABLE crm.deal ADD "$body$ \ %s {{kpi}}" text DEFAULT 'x';
DO $$BEGIN EXECUTE format('ALTER TABLE crm.deal ADD %I text DEFAULT ''y''', repeat('ж', 31) || '"'); END$$;
SELECT is(test.outcome(format('CALL sales_kpi.create_model(''kpi'', dimensions => ARRAY[''deal.select'', ''deal.$body$ \ %%s {{kpi}}'', %L])', 'deal.' || repeat('ж', 31) || '"')), NULL, 'columns of any name are dimensions');
SELECT set_eq('SELECT dimension, member, won FROM kpi.cycle_length WHERE grain = ''month'' AND dimension <> ALL (''{all,rep,team,territory,product,family,segment,location,source}'')',
	format('VALUES (''select'', ''1'', %1$s::bigint), (''$body$ \ %%s {{kpi}}'', ''x'', %1$s), (%2$L, ''y'', %1$s)', (SELECT count(*) FROM test.string), repeat('ж', 31) || '"'), 'and figures are by them');

-- Names that hold what stands for others: three braces, or the list of all sums.
ALTER TABLE crm.deal ADD "; SELECT 1 / 0; --{{{own_name 1}}" text, ADD "{{sums_of_goals}}" text;
SELECT is(test.outcome('CALL sales_kpi.create_model(''kpi'', dimensions => ARRAY[''deal.; SELECT 1 / 0; --{{{own_name 1}}'', ''deal.{{sums_of_goals}}''])'), NULL, 'names of columns are not read as placeholders');
SELECT is(col_description('kpi_base.deal'::regclass, a.attnum), 'Column ; SELECT 1 / 0; --{ { {own_name 1}} of deal, a dimension of the model.', 'nor is a comment run')
FROM pg_attribute a WHERE a.attrelid = 'kpi_base.deal'::regclass AND a.attname = 'deal.; SELECT 1 / 0; --{{{own_name 1}}';
SELECT is(test.outcome(format('CALL sales_kpi.create_model(%L, ''crm'', as_of => ''2025-01-01'')', name)), NULL, 'nor the name of a model: ' || name)
FROM unnest('{"{{sums_of_goals}}","{{scorecard_branches}}"}'::text[]) name;

-- Objects of the owner's own in the place of a view: said, and kept.
DROP VIEW kpi.timeline;
CREATE TABLE kpi.timeline AS SELECT 'mine' AS x;
SELECT is(test.outcome('CALL sales_kpi.repair_model(''kpi'')'), '42809 "timeline" is not a view', 'a table that has taken the name of a view is not replaced');
SELECT results_eq('SELECT x FROM kpi.timeline', '{mine}'::text[], 'nor emptied');
DROP TABLE kpi.timeline;
SELECT is(test.outcome('CALL sales_kpi.repair_model(''kpi'')'), NULL, 'out of the way, it is made again');
RESET ROLE;

-- Roles
CREATE FUNCTION test.role_reads(role text) RETURNS numeric
LANGUAGE plpgsql
AS $$
DECLARE
	deals numeric;
BEGIN
	EXECUTE format('CREATE ROLE %I', role);
	SET LOCAL ROLE victim;
	CALL sales_kpi.grant_read('kpi', role);
	EXECUTE format('SET LOCAL ROLE %I', role);
	SELECT sum(c.deals) INTO deals FROM kpi.cycle_length c WHERE grain = 'month' AND dimension = 'all';
	RESET ROLE;
	RETURN deals;
END
$$;
SELECT is(test.role_reads(s), (SELECT count(*)::numeric FROM test.string), 'a role is called ' || translate(s, E'\n\r\t', '   ')) FROM test.string WHERE octet_length(s) <= 63;
SELECT is(test.role_reads(repeat('ж', 31) || '"'), (SELECT count(*)::numeric FROM test.string), 'or has a name of 63 bytes');

-- Code of a stranger in sources that a superuser makes a model of: a view, an index, a
-- cast. None runs with the superuser's rights while the model is made; when it is asked,
-- it does, as with every view.
SET LOCAL ROLE stranger;
CREATE SCHEMA shop;
CREATE FUNCTION shop.betray(x anyelement) RETURNS anyelement
LANGUAGE plpgsql IMMUTABLE
AS $$BEGIN IF current_user <> 'stranger' THEN RAISE EXCEPTION 'code of a stranger runs as %', current_user; END IF; RETURN x; END$$;
CREATE TYPE shop.word AS (w text);
CREATE FUNCTION shop.to_text(word shop.word) RETURNS text
LANGUAGE plpgsql IMMUTABLE
AS $$BEGIN RETURN shop.betray(word.w); END$$;
CREATE CAST (shop.word AS text) WITH FUNCTION shop.to_text;
CREATE TABLE shop.touch AS SELECT i AS touch_id, date '2024-01-01' + i AS touched_at, ROW('outbound')::shop.word AS direction FROM generate_series(1, 10) i;
CREATE INDEX ON shop.touch (shop.betray(touch_id));
CREATE VIEW shop.deal AS SELECT shop.betray(1) AS deal_id, date '2024-01-01' AS opened_at, date '2024-01-11' AS closed_at, 'won' AS outcome;
RESET ROLE;
SELECT is(test.outcome('SELECT * FROM sales_kpi.check_sources(''shop'')'), NULL, 'sources of a stranger are looked at');
SELECT is(test.outcome($$CALL sales_kpi.create_model('shop_kpi', 'shop', as_of => '2025-01-01')$$), NULL, 'a model is made of them');
SELECT is((SELECT count(*) FROM pg_statistic_ext_data WHERE stxoid = (SELECT oid FROM pg_statistic_ext WHERE stxname = 'touch_direction' AND stxnamespace = 'shop_kpi_base'::regnamespace) AND stxdexpr IS NOT NULL), 1::bigint, 'with statistics, for which their code has run as theirs');
SELECT is(test.outcome('CALL sales_kpi.repair_model(''shop_kpi'')'), NULL, 'and repaired');
SELECT is(test.outcome('CALL sales_kpi.grant_read(''shop_kpi'', ''reader'')'), NULL, 'and granted');
SELECT matches(test.outcome('SELECT * FROM shop_kpi.data_quality'), '^P0001 code of a stranger runs as', 'but who asks for its figures lends their rights');

SELECT * FROM finish();
ROLLBACK;
