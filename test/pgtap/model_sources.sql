-- What the sources may be, and what is said of them: check_sources, create_sources,
-- and every kind of relation and of type that a model can be made over.
BEGIN;
\ir include/model.sql
SELECT plan(49);

CREATE FUNCTION test.findings(sources text) RETURNS text[]
LANGUAGE sql STABLE
RETURN (SELECT array_agg(concat_ws('.', relation, column_name) || ': ' || finding || CASE WHEN is_error THEN '!' ELSE '' END)
		FROM sales_kpi.check_sources(sources) WHERE finding <> 'relation absent');

-- check_sources
CREATE SCHEMA crm;
SELECT is((SELECT count(*) FROM sales_kpi.check_sources('crm') WHERE finding = 'relation absent' AND column_name IS NULL AND NOT is_error), 13::bigint,
	'in an empty schema each relation is absent');
SELECT is((SELECT array_agg(relation ORDER BY relation) FROM sales_kpi.check_sources('crm') WHERE what_to_do LIKE 'Views without rows: %'),
	'{deal,deal_stage,feedback,goal,lead,lead_temperature,sale,spend,subscription,touch}', 'which leaves views without rows');
SELECT is((SELECT what_to_do FROM sales_kpi.check_sources('crm') WHERE relation = 'deal'), 'Views without rows: change_drivers, cycle_length, cycle_outcome, pipeline_velocity, productivity, stage_length, timeline, win_curve, win_rate.', 'named one by one');
CREATE TABLE crm.sale ();
SELECT is((SELECT what_to_do FROM sales_kpi.check_sources('crm') WHERE relation = 'subscription'),
	'Views without rows: revenue_movement. So are churn, retention and survival, unless the setting inactive_after tells how long a purchase keeps its customer active.',
	'sales stand for subscriptions, where a setting says so');
DROP TABLE crm.sale;
CREATE TABLE crm.subscription ();
SELECT is((SELECT what_to_do FROM sales_kpi.check_sources('crm') WHERE relation = 'sale'),
	'Figures of sales are empty, unless the setting purchases makes them of subscriptions.', 'and the other way round');
DROP TABLE crm.subscription;

CREATE TABLE crm.deal (deal_id money, closed_at time, outcome json, amount text, stage text[], campaign text);
SELECT is(test.findings('crm'), '{deal.deal_id: unusable type money!,deal.opened_at: required column missing!,deal.closed_at: unusable type time without time zone!,deal.outcome: unusable type json!,deal.stage: unusable type text[]!,deal.amount: unusable type text!,deal.campaign: extra column}',
	'each finding is a row, errors first, in the order of the contract');
SELECT throws_ok($$CALL sales_kpi.create_model('kpi', sources => 'crm')$$, '42P17', 'the sources in crm do not keep the contract', 'create_model refuses them');
CREATE FUNCTION test.detail_of(command text, OUT detail text)
LANGUAGE plpgsql
AS $$
BEGIN
	EXECUTE command;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
END
$$;
SELECT is((SELECT count(*) FROM regexp_split_to_table(test.detail_of($$CALL sales_kpi.create_model('kpi', sources => 'crm')$$), E'\n')), 6::bigint, 'once, listing all that is wrong');
SELECT hasnt_schema('kpi', 'and makes nothing');
DROP TABLE crm.deal;
CREATE TABLE crm.deal ();
SELECT is(test.findings('crm'), '{deal.deal_id: required column missing!,deal.opened_at: required column missing!}', 'a relation without columns is there all the same');
DROP TABLE crm.deal;
CREATE SEQUENCE crm.deal;
SELECT is(test.findings('crm'), NULL, 'a sequence of that name is none');
DROP SEQUENCE crm.deal;

SELECT throws_ok($$SELECT * FROM sales_kpi.check_sources('nowhere')$$, '3F000', 'schema nowhere does not exist', 'a schema that is not there');
SELECT throws_ok($$SELECT * FROM sales_kpi.check_sources(NULL)$$, '3F000', 'schema NULL does not exist', 'no schema');
SELECT throws_ok($$CALL sales_kpi.create_model('kpi', sources => 'nowhere')$$, '3F000', 'schema nowhere does not exist', 'no model over it');
SELECT throws_ok($$CALL sales_kpi.create_model('kpi', sources => 'crm')$$, '42P01', 'schema crm holds none of the relations a model reads', 'nor over nothing');
SELECT throws_ok($$CALL sales_kpi.create_sources(NULL)$$, '22004', NULL, 'no sources without a schema');
SELECT throws_ok($$CALL sales_kpi.create_sources('')$$, '42602', NULL, 'nor without a name for it');
SELECT throws_ok($$CALL sales_kpi.create_sources('sales_kpi')$$, '22023', 'schema sales_kpi is the extension''s', 'nor where it would go with the extension');
SELECT throws_ok(format('CALL sales_kpi.create_sources(%L)', repeat('x', 64)), '42602', NULL, 'nor with one that is too long');

-- The types that can be read, and some that cannot, for each type of the contract.
CREATE TYPE test.word AS ENUM ('won', 'lost');
CREATE DOMAIN test.id AS bigint;
CREATE DOMAIN test.narrow_id AS test.id CHECK (VALUE > 0);
CREATE TABLE test.readable (contract_type text, fits text[], does_not text[]);
INSERT INTO test.readable VALUES
	('key', '{bigint,integer,smallint,uuid,text,varchar(9),char(4),name,numeric,inet,test.id,test.narrow_id,test.word}', '{json,bytea,float8,date,timestamptz,boolean,bigint[],xml,interval}'),
	('time', '{date,timestamp,timestamptz,timestamp(0),timestamptz(3)}', '{text,time,timetz,bigint,interval,tstzrange}'),
	('date', '{date,timestamp,timestamptz}', '{text,integer}'),
	('text', '{text,varchar,char(3),name,test.word,uuid,integer}', '{json,jsonb,text[],bytea,boolean,date,float4}'),
	('integer', '{smallint,integer,bigint,test.id}', '{numeric,text,float8}'),
	('numeric', '{smallint,integer,bigint,numeric,"numeric(12,2)",real,float8}', '{money,text}'),
	('boolean', '{boolean}', '{text,integer,bit}');

CREATE FUNCTION test.misread() RETURNS SETOF text
LANGUAGE plpgsql
AS $$
DECLARE
	c sales_kpi.contract;
	t record;
BEGIN
	FOR c IN SELECT DISTINCT ON (type) * FROM sales_kpi.contract ORDER BY type, rank DESC LOOP
		FOR t IN SELECT u.type, true AS fits FROM test.readable r, unnest(r.fits) u (type) WHERE r.contract_type = c.type
				UNION ALL SELECT u.type, false FROM test.readable r, unnest(r.does_not) u (type) WHERE r.contract_type = c.type LOOP
			EXECUTE format('CREATE TABLE crm.%I (%I %s)', c.relation, c.column_name, t.type);
			IF t.fits <> NOT EXISTS (SELECT FROM sales_kpi.check_sources('crm') f WHERE f.finding LIKE 'unusable type %') THEN
				RETURN NEXT format('%s.%s %s', c.relation, c.column_name, t.type);
			END IF;
			EXECUTE format('DROP TABLE crm.%I', c.relation);
		END LOOP;
	END LOOP;
END
$$;
SELECT is_empty('SELECT test.misread()', 'each type of the contract is read from the types of its kind and from no others');

-- create_sources
CREATE TABLE crm.rep (rep_id uuid, boss text);
CREATE VIEW crm.product AS SELECT 'lamp'::text AS product_id;
SELECT lives_ok($$CALL sales_kpi.create_sources('crm')$$, 'the relations that are missing are made');
SELECT is(test.findings('crm'), '{rep.boss: extra column}', 'they keep the contract');
SELECT is_empty($$SELECT * FROM sales_kpi.check_sources('crm') WHERE finding = 'relation absent'$$, 'none is absent any more');
SELECT columns_are('crm', 'rep', '{rep_id,boss}'::name[], 'a relation that was there is untouched');
SELECT has_view('crm', 'product', 'whatever it is');
SELECT is((SELECT count(*) FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind = 'r' AND relowner = current_user::regrole), 12::bigint, 'the tables are the caller''s');
SELECT is_empty($$SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND attnum > 0
	WHERE relnamespace = 'crm'::regnamespace AND relkind = 'r' AND relname <> 'rep'
		AND (col_description(c.oid, attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL)$$, 'every table and column has a comment');
SELECT is_empty($$SELECT c.relation, c.column_name FROM sales_kpi.contract c WHERE c.type = 'key' AND c.relation NOT IN ('rep', 'product')
	EXCEPT SELECT t.relname, a.attname FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
	WHERE t.relnamespace = 'crm'::regnamespace$$, 'every key has an index');
SELECT is_empty($$SELECT * FROM pg_constraint WHERE connamespace = 'crm'::regnamespace$$, 'nothing keeps a dirty row out');
INSERT INTO crm.touch (touch_id, touched_at) VALUES (1, '2025-01-01');
INSERT INTO crm.feedback (given_at, score) VALUES ('2025-01-01', 9);
SELECT results_eq('SELECT direction, automated, scale FROM crm.touch, crm.feedback', $$VALUES ('outbound', false, 'nps')$$, 'defaults are those of the contract');
SELECT lives_ok($$CALL sales_kpi.create_sources('crm')$$, 'a second call has nothing to do');
SELECT is((SELECT count(*) FROM crm.touch), 1::bigint, 'and takes nothing away');
SELECT lives_ok($$CALL sales_kpi.create_model('kpi', sources => 'crm')$$, 'a model can be made over them');

-- One deal of 31 days, won by rep 7 in May 2024, in relations and types of every kind.
CREATE FUNCTION test.reads(what text) RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	CALL sales_kpi.create_model('m', sources => 's', as_of => '2025-01-01', time_zone => 'Europe/Berlin');
	RETURN results_eq($q$SELECT deals, median_days, member, member_name FROM m.cycle_length WHERE grain = 'month' AND dimension = 'rep' AND period_start = '2024-05-01'$q$,
		$q$VALUES (1::bigint, 31::float8, '7', 'Kim')$q$, what);
END
$$;
CREATE PROCEDURE test.start_again()
LANGUAGE plpgsql
AS $$
BEGIN
	DROP SCHEMA IF EXISTS m, m_base, s CASCADE;
	CREATE SCHEMA s;
	CREATE TABLE s.rep AS SELECT 7 AS rep_id, 'Kim' AS rep_name;
END
$$;

CALL test.start_again();
CREATE VIEW s.deal AS SELECT 1 AS deal_id, date '2024-04-01' AS opened_at, date '2024-05-02' AS closed_at, true AS outcome, 7::int2 AS rep_id;
SELECT test.reads('a view, dates, a boolean outcome, small integers');

CALL test.start_again();
CREATE MATERIALIZED VIEW s.deal AS SELECT gen_random_uuid() AS deal_id, timestamp '2024-04-01 12:00' AS opened_at, timestamp '2024-05-02 12:00' AS closed_at, 'won'::test.word AS outcome, '7'::char(5) AS rep_id;
SELECT test.reads('a materialized view, timestamps, an enum, padded characters');

CALL test.start_again();
CREATE TABLE s.deal (deal_id bigint GENERATED ALWAYS AS IDENTITY, day date, opened_at date GENERATED ALWAYS AS (day) STORED, closed_at date GENERATED ALWAYS AS (day + 31) STORED,
	won boolean, outcome text GENERATED ALWAYS AS (CASE WHEN won THEN 'won' END) STORED, rep_id test.narrow_id) PARTITION BY RANGE (day);
CREATE TABLE s.deal_2024 PARTITION OF s.deal FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO s.deal (day, won, rep_id) VALUES ('2024-04-01', true, 7);
SELECT test.reads('a partitioned table, generated columns, a domain over a domain');

CALL test.start_again();
CREATE TABLE s.deal (deal_id varchar(10), opened_at timestamptz, closed_at timestamptz, outcome varchar, rep_id numeric);
INSERT INTO s.deal VALUES ('d', '2024-04-01 12:00+02', '2024-05-02 12:00+02', 'won', 7);
SELECT test.reads('varchar and numeric ids');

CALL test.start_again();
CREATE TABLE s.deal (deal_id text COLLATE "POSIX", opened_at date, closed_at date, outcome text COLLATE "C", rep_id text COLLATE "C");
INSERT INTO s.deal VALUES ('d', '2024-04-01', '2024-05-02', 'won', '7');
ALTER TABLE s.rep ALTER rep_id TYPE text COLLATE "POSIX", ALTER rep_name TYPE name;
SELECT test.reads('columns of different collations');

CALL test.start_again();
CREATE SCHEMA own;
CREATE TYPE own.text;
CREATE FUNCTION own.text_in(cstring) RETURNS own.text LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION own.text_out(own.text) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE own.text (INPUT = own.text_in, OUTPUT = own.text_out, LIKE = pg_catalog.text, COLLATABLE = true);
CREATE TABLE s.deal (deal_id own.text, opened_at date, closed_at date, outcome own.text, rep_id own.text);
INSERT INTO s.deal VALUES ('d', '2024-04-01', '2024-05-02', 'won', '7');
SELECT test.reads('a type of one''s own that is like text, such as citext');

-- file_fdw comes with the server; where it does not, there is nothing to test.
CALL test.start_again();
CREATE FUNCTION test.reads_foreign() RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'file_fdw') THEN
		RETURN skip('file_fdw is not installed', 1);
	END IF;
	CREATE EXTENSION file_fdw SCHEMA public;
	CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
	CREATE FOREIGN TABLE s.deal (deal_id integer, opened_at date, closed_at date, outcome text, rep_id text)
		SERVER files OPTIONS (program 'echo 1,2024-04-01,2024-05-02,won,7', format 'csv');
	RETURN test.reads('a foreign table');
END
$$;
SELECT test.reads_foreign();

-- Columns that are missing read as their default, columns that are NULL as well.
CALL test.start_again();
DROP TABLE s.rep;
CREATE TABLE s.rep AS SELECT 7 AS rep_id, 'Kim' AS rep_name UNION ALL SELECT 8, NULL;
CREATE TABLE s.product AS SELECT 5 AS product_id;
CREATE TABLE s.touch AS SELECT 1 AS touch_id, now() AS touched_at, NULL::boolean AS automated;
CREATE TABLE s.feedback AS SELECT now() AS given_at, 9 AS score, NULL::text AS scale;
CALL sales_kpi.create_model('m', sources => 's');
SELECT results_eq('SELECT rep_name FROM m_base.rep ORDER BY rep_id', ARRAY['Kim', '8'], 'a rep without a name is called by its id');
SELECT results_eq('SELECT product_name, family, tier FROM m_base.product', $$VALUES ('5', '5', NULL::bigint)$$, 'a product is its own family');
SELECT results_eq('SELECT direction, automated FROM m_base.source_touch', $$VALUES ('outbound', false)$$, 'a touch goes out, by hand');
SELECT results_eq('SELECT scale FROM m_base.feedback', ARRAY['nps'], 'feedback is on the scale of NPS');
SELECT results_eq('SELECT count(*) FROM m_base.deal', ARRAY[0::bigint], 'an absent relation has no rows');

-- Every view and column of a model says what it is.
SELECT is_empty($$SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND attnum > 0
	WHERE relnamespace IN ('m'::regnamespace, 'm_base'::regnamespace) AND relkind IN ('v', 'r')
		AND (coalesce(col_description(c.oid, attnum), '') = '' OR coalesce(obj_description(c.oid, 'pg_class'), '') = '')$$, 'every view, table and column is commented');
SELECT is_empty($$SELECT nspname FROM pg_namespace WHERE nspname IN ('m', 'm_base') AND obj_description(oid, 'pg_namespace') IS NULL$$, 'and so is every schema');
SELECT is_empty($$SELECT stxname FROM pg_statistic_ext WHERE obj_description(oid, 'pg_statistic_ext') IS NULL$$, 'and all statistics');
SELECT is_empty($$SELECT relname FROM pg_class WHERE relnamespace = 'm'::regnamespace AND relkind <> 'v'$$, 'the schema of the model holds views and nothing else');

SELECT * FROM finish();
ROLLBACK;
