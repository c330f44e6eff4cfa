-- A model is made by an ordinary role and read by others: what each may do, row
-- security, and code that somebody has put in the way.
BEGIN;
\ir include/model.sql
SELECT plan(84);

CREATE ROLE analyst;
CREATE ROLE reader;
CREATE ROLE "Re""ader; DROP ROLE analyst; --";
CREATE ROLE "select";
CREATE ROLE stranger;
DO $$ BEGIN
	EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
	EXECUTE format('GRANT CREATE ON DATABASE %I TO analyst', current_database());
END $$;

-- What a role gets when it runs a command: the state of its error, or its answer.
CREATE FUNCTION test.as_role(role text, command text, path text DEFAULT 'pg_catalog') RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	answer text;
	path_before text := current_setting('search_path');
	is_query boolean := command ~ '^SELECT';
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role);
	PERFORM pg_catalog.set_config('search_path', path, true);
	IF is_query THEN
		EXECUTE command INTO answer;
	ELSE
		EXECUTE command;
	END IF;
	RESET ROLE;
	PERFORM pg_catalog.set_config('search_path', path_before, true);
	RETURN answer;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;

-- An ordinary role, with the right to make schemas and no other.
SELECT matches(test.as_role('analyst', 'CREATE TEMP TABLE x (y int)'), '^42501 permission denied', 'no temporary tables for it');
SELECT is(test.as_role('analyst', 'CALL sales_kpi.create_sources(''crm'')'), NULL, 'it makes sources');
SELECT is(test.as_role('analyst', 'ALTER TABLE crm.deal ADD margin numeric'), NULL, 'with a column of its own');
SELECT is(test.as_role('analyst', $$INSERT INTO crm.deal (deal_id, opened_at, closed_at, outcome, rep_id) SELECT i, '2024-01-01', '2024-02-01', 'won', i % 2 FROM generate_series(1, 6) i$$), NULL, 'fills them');
SELECT is(test.as_role('analyst', 'CALL sales_kpi.create_model(''kpi'', sources => ''crm'', as_of => ''2025-01-01'')'), NULL, 'makes a model');
SELECT is(test.as_role('analyst', 'SELECT sum(deals) FROM kpi.cycle_length WHERE grain = ''year'' AND dimension = ''all'''), '6', 'reads it');
SELECT is(test.as_role('analyst', 'CALL sales_kpi.repair_model(''kpi'')'), NULL, 'repairs it');
SELECT is(test.as_role('analyst', 'SELECT string_agg(finding, '','') FROM sales_kpi.check_sources(''crm'')'), 'extra column', 'and checks its sources');
SELECT is((SELECT array_agg(DISTINCT relowner::regrole::text) FROM pg_class WHERE relnamespace IN ('kpi'::regnamespace, 'kpi_base'::regnamespace, 'crm'::regnamespace)), '{analyst}', 'all of it is its own');
SELECT is((SELECT count(*) FROM pg_statistic_ext WHERE stxnamespace = 'kpi_base'::regnamespace AND stxowner = 'analyst'::regrole), (SELECT 5 * count(*) + 2 FROM (VALUES ('deal', 'closed_at'), ('deal', 'opened_at'), ('feedback', 'given_at'), ('lead', 'arrived_at'), ('sale', 'sold_at'), ('touch', 'touched_at')) s), 'with statistics, one for each grain and each time that facts are counted by, and for each of two words that have a default');
SELECT is((SELECT count(*) FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass AND e.extname = 'sales_kpi'
	JOIN pg_class c ON c.oid = d.objid AND d.classid = 'pg_class'::regclass AND c.relnamespace IN ('kpi'::regnamespace, 'kpi_base'::regnamespace)), 0::bigint, 'and nothing of it belongs to the extension');

-- Nobody else touches it.
SELECT matches(test.as_role('stranger', 'SELECT count(*) FROM kpi.cycle_length'), '^42501 permission denied for schema kpi', 'a stranger reads nothing');
SELECT matches(test.as_role('stranger', 'CALL sales_kpi.create_model(''kpi'', sources => ''crm'')'), '^42501 schema kpi belongs to analyst', 'nor remakes it');
SELECT matches(test.as_role('stranger', 'CALL sales_kpi.create_model(''other'', sources => ''crm'')'), '^42P17 the sources in crm do not keep the contract', 'nor makes one of what it may not read');
SELECT matches(test.as_role('stranger', 'CALL sales_kpi.grant_read(''kpi'', ''stranger'')'), '^42501 schema kpi belongs to analyst', 'nor gets rights by asking');
SELECT throws_ok('CALL sales_kpi.create_model(''kpi'')', '42501', 'schema kpi belongs to analyst', 'a superuser remakes it only as its owner');

-- A reader reads every KPI view, and can do nothing else.
CREATE FUNCTION test.reads(role text) RETURNS text
LANGUAGE sql
AS $$
	SELECT string_agg(test.as_role(role, format('SELECT count(v::text) FROM kpi.%I v', c.relname)), ' ')
	FROM pg_class c WHERE c.relnamespace = 'kpi'::regnamespace
$$;
-- All that has been granted to a role, by schema and kind.
CREATE FUNCTION test.holds(role text) RETURNS text[]
LANGUAGE sql
AS $$
	SELECT array_agg(DISTINCT r.privilege ORDER BY r.privilege)
	FROM (
		SELECT pg_describe_object(d.classid, d.objid, 0) FROM pg_shdepend d
		WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = role::regrole AND d.deptype = 'a' AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
			AND d.classid NOT IN ('pg_class'::regclass, 'pg_namespace'::regclass)
		UNION ALL
		SELECT concat_ws(' ', o.kind, o.schema_name, g.privilege_type, CASE WHEN g.is_grantable THEN 'and granting it' END)
		FROM (SELECT 'schema', n.nspname, n.nspacl FROM pg_namespace n
			UNION ALL SELECT 'relations of', c.relnamespace::regnamespace::text, c.relacl FROM pg_class c
			UNION ALL SELECT 'columns of', c.relnamespace::regnamespace::text, a.attacl FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid) o (kind, schema_name, acl)
		CROSS JOIN LATERAL aclexplode(o.acl) g
		WHERE g.grantee = role::regrole
	) r (privilege)
$$;
-- A KPI view that reads a relation, one through another: of those that are planned fast,
-- for one branch of them is enough. (All that a view reads, it needs the right to.)
CREATE FUNCTION test.reader_of(relation regclass) RETURNS text
LANGUAGE sql
AS $$
	WITH RECURSIVE above (oid) AS (
		SELECT relation::oid
		UNION
		SELECT r.ev_class FROM above a
		JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.oid AND d.classid = 'pg_rewrite'::regclass
		JOIN pg_rewrite r ON r.oid = d.objid
	)
	SELECT concat_ws(' ', c.oid::regclass, CASE WHEN v.attnum IS NOT NULL THEN 'WHERE grain = ''all'' AND dimension = ''all''' END)
	FROM above a
	JOIN pg_class c ON c.oid = a.oid AND c.relnamespace = 'kpi'::regnamespace
	JOIN pg_rewrite r ON r.ev_class = c.oid
	LEFT JOIN pg_attribute v ON v.attrelid = c.oid AND v.attname = 'grain'
	ORDER BY v.attnum IS NULL, pg_column_size(r.ev_action) LIMIT 1
$$;
-- The rights of a role without which it reads all KPI views as before. Each is taken
-- away, and given back with the transaction that it was taken in.
CREATE FUNCTION test.superfluous(role text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
DECLARE
	r record;
	answer text;
BEGIN
	FOR r IN
		SELECT format('%s ON SCHEMA %I', g.privilege_type, n.nspname) AS privilege, 'kpi.setting' AS view
		FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) g WHERE g.grantee = role::regrole
		UNION ALL
		SELECT format('%s ON %s', g.privilege_type, c.oid::regclass), test.reader_of(c.oid)
		FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) g WHERE g.grantee = role::regrole
		UNION ALL
		SELECT format('%s (%I) ON %s', g.privilege_type, a.attname, a.attrelid::regclass), test.reader_of(a.attrelid)
		FROM pg_attribute a CROSS JOIN LATERAL aclexplode(a.attacl) g WHERE g.grantee = role::regrole
	LOOP
		BEGIN
			EXECUTE format('REVOKE %s FROM %I', r.privilege, role);
			-- rights are looked at when a query begins
			answer := test.as_role(role, format('EXPLAIN SELECT FROM %s', r.view));
			RAISE SQLSTATE 'TAKEN';
		EXCEPTION WHEN SQLSTATE 'TAKEN' THEN
			IF answer ~ '^42501' IS NOT TRUE THEN
				RETURN NEXT concat_ws(': ', r.privilege, answer);
			END IF;
		END;
	END LOOP;
END
$$;
CREATE TABLE crm.salary (rep_id int, amount int);
SELECT is(test.as_role('analyst', 'CALL sales_kpi.grant_read(''kpi'', ''reader'')'), NULL, 'the owner grants');
SELECT is(test.reads('reader') ~ '^[\d ]+$', true, 'a reader reads every view');
SELECT is(test.holds('reader'), '{"columns of crm SELECT","relations of kpi SELECT","relations of kpi_base SELECT","schema kpi USAGE"}', 'with the right to read alone');
SELECT is_empty($$SELECT test.superfluous('reader')$$, 'of which none could be left out');
SELECT is(test.as_role('reader', 'SELECT count(rep_id) FROM kpi_base.rep') ~ '^42501', true, 'nor can it name what stands below the KPI views');
GRANT USAGE ON SCHEMA crm, kpi_base TO reader;
SELECT is(test.as_role('reader', 'SELECT count(rep_id) FROM crm.deal'), '6', 'where it can, it reads the columns that the model reads');
SELECT matches(test.as_role('reader', 'SELECT count(margin) FROM crm.deal'), '^42501', 'but no others');
SELECT matches(test.as_role('reader', 'SELECT count(*) FROM sales_kpi.needed_by_readers(''kpi'') WHERE ''margin'' = ANY (columns)'), '^0', 'for it needs none');
SELECT matches(test.as_role('reader', 'SELECT count(*) FROM crm.salary'), '^42501', 'no other table of the sources');
SELECT matches(test.as_role('reader', 'SELECT count(*) FROM kpi_base.setting'), '^42501', 'no settings');
SELECT matches(test.as_role('reader', 'SELECT count(*) FROM kpi_base.generated_view'), '^42501', 'no texts');
SELECT matches(test.as_role('reader', 'DELETE FROM crm.deal'), '^42501', 'no writing to sources');
SELECT matches(test.as_role('reader', 'INSERT INTO kpi_base.source_deal (deal_id) VALUES (1)'), '^42501', 'nor through the base');
SELECT matches(test.as_role('reader', 'UPDATE kpi_base.setting SET value = NULL'), '^42501', 'nor to settings');
SELECT matches(test.as_role('reader', 'CREATE VIEW kpi.mine AS SELECT 1'), '^42501', 'no views of its own among them');
SELECT matches(test.as_role('reader', 'CALL sales_kpi.repair_model(''kpi'')'), '^42501', 'no repair');
SELECT is(test.as_role('analyst', 'CALL sales_kpi.repair_model(''kpi'')'), NULL, 'the rights');
SELECT is(test.reads('reader') ~ '^[\d ]+$', true, 'last');

SELECT is(test.as_role('analyst', format('CALL sales_kpi.grant_read(''kpi'', %L)', 'Re"ader; DROP ROLE analyst; --')), NULL, 'a role of a strange name');
SELECT is(test.reads('Re"ader; DROP ROLE analyst; --') ~ '^[\d ]+$', true, 'is a reader like any other');
SELECT is(test.as_role('analyst', 'CALL sales_kpi.grant_read(''kpi'', ''select'')'), NULL, 'a role called like a word');
SELECT is(test.reads('select') ~ '^[\d ]+$', true, 'as well');
SELECT is(test.as_role('analyst', 'CALL sales_kpi.grant_read(''kpi'', ''nobody'')'), '42704 role nobody does not exist', 'a role that is none');
SELECT is(test.as_role('analyst', 'CALL sales_kpi.grant_read(''kpi'', NULL)'), '42704 role NULL does not exist', 'no role');
SELECT is(test.as_role('analyst', 'CALL sales_kpi.grant_read(''nothing'', ''reader'')'), '42704 there is no model nothing', 'no model');

-- Row security: with the rights of who asks, everyone sees their own rows.
CREATE FUNCTION test.deals_for(role text) RETURNS text
LANGUAGE sql
AS $$SELECT test.as_role(role, 'SELECT sum(deals) FROM kpi.cycle_length WHERE grain = ''year'' AND dimension = ''all''')$$;
SELECT is(test.deals_for('reader'), '6', 'without row security all rows count');
ALTER TABLE crm.deal ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_deals ON crm.deal TO reader USING (rep_id = 1);
SELECT is(test.deals_for('reader'), '3', 'a reader''s figures are of the rows it may see');
SELECT is(test.as_role('reader', 'SELECT max(rows) FROM kpi.data_quality WHERE relation = ''deal'''), '3', 'and so are the findings');
SELECT is(test.deals_for('select'), NULL, 'one without a policy sees nothing');
SELECT is(test.deals_for('analyst'), '6', 'the owner everything');

-- With the rights of the owner the KPI views are all that a reader needs.
SELECT is(test.as_role('analyst', 'CALL sales_kpi.create_model(''kpi'', access => ''owner'')'), NULL, 'access is turned over');
SELECT is(test.as_role('analyst', 'CALL sales_kpi.grant_read(''kpi'', ''stranger'')'), NULL, 'and granted to another');
SELECT is(test.reads('stranger') ~ '^[\d ]+$', true, 'who reads every view');
SELECT is(test.holds('stranger'), '{"relations of kpi SELECT","schema kpi USAGE"}', 'with a right to the views alone');
SELECT is_empty($$SELECT test.superfluous('stranger')$$, 'each of which it needs');
SELECT matches(test.as_role('stranger', 'SELECT count(*) FROM kpi_base.deal'), '^42501', 'no base');
SELECT matches(test.as_role('stranger', 'SELECT count(*) FROM crm.deal'), '^42501', 'no sources');
SELECT is(test.deals_for('stranger') || test.deals_for('reader'), '66', 'and all rows count');

-- Sources of somebody else, and schemas that are made for the owner.
CREATE SCHEMA erp;
CREATE TABLE erp.deal AS SELECT * FROM crm.deal;
GRANT USAGE ON SCHEMA erp TO analyst;
SELECT matches(test.as_role('analyst', 'CALL sales_kpi.create_model(''erp_kpi'', sources => ''erp'')'), '^42P17 the sources in erp do not keep the contract', 'sources it may not read are refused');
SELECT is(test.as_role('analyst', 'SELECT finding || '': '' || what_to_do FROM sales_kpi.check_sources(''erp'') WHERE is_error'), 'no right to read it: GRANT SELECT ON erp.deal TO analyst;', 'with the way out');
GRANT SELECT (deal_id, opened_at, closed_at, margin) ON erp.deal TO analyst WITH GRANT OPTION;
SELECT is(test.as_role('analyst', 'SELECT string_agg(column_name, '' '') || '', '' || max(finding) || '': '' || min(what_to_do) FROM sales_kpi.check_sources(''erp'') WHERE is_error'),
	'outcome expected_close_at stage amount customer_id lead_id rep_id product_id, no right to read it: GRANT SELECT (amount) ON erp.deal TO analyst;', 'column by column');
REVOKE SELECT (margin) ON erp.deal FROM analyst;
GRANT SELECT (outcome, expected_close_at, stage, amount, customer_id, lead_id, rep_id, product_id) ON erp.deal TO analyst WITH GRANT OPTION;
SELECT matches(test.as_role('analyst', 'CALL sales_kpi.create_model(''erp_kpi'', sources => ''erp'', dimensions => ''{deal.margin}'')'), '^22023 setting dimensions cannot be', 'nor is a column that it may not read a dimension');
SELECT is(test.as_role('analyst', 'CALL sales_kpi.create_model(''erp_kpi'', sources => ''erp'')'), NULL, 'columns that it may read will do');
SELECT is(test.as_role('analyst', 'CALL sales_kpi.grant_read(''erp_kpi'', ''stranger'')'), NULL, 'and those that it may grant, to be read');
SELECT is(test.as_role('stranger', 'SELECT sum(deals) FROM erp_kpi.cycle_length WHERE grain = ''year'' AND dimension = ''all'''), '6', 'by others');
SELECT is((SELECT count(*) FROM pg_statistic_ext WHERE stxnamespace = 'erp_kpi_base'::regnamespace), 0::bigint, 'without statistics on them');
CREATE SCHEMA made_for AUTHORIZATION stranger;
CREATE SCHEMA made_for_base AUTHORIZATION stranger;
GRANT USAGE ON SCHEMA erp TO stranger;
GRANT SELECT ON erp.deal TO stranger;
SELECT is(test.as_role('stranger', 'CALL sales_kpi.create_model(''made_for'', sources => ''erp'')'), NULL, 'schemas made for a role spare it the right to make any');
CREATE SCHEMA half_made AUTHORIZATION stranger;
SELECT matches(test.as_role('stranger', 'CALL sales_kpi.create_model(''half_made'', sources => ''erp'')'), '^42501 permission denied for database', 'both of them');
CREATE SCHEMA made_crm AUTHORIZATION stranger;
SELECT is(test.as_role('stranger', 'CALL sales_kpi.create_sources(''made_crm'')'), NULL, 'it makes sources in one that is its own');
SELECT is(test.as_role('stranger', 'CALL sales_kpi.load_demo(''made_crm'', 1000)'), NULL, 'and fills them');

-- A source that is a view with the rights of who asks: what it reads is granted, as far as
-- the caller may grant it, and no more.
CREATE SCHEMA shut;
CREATE TABLE shut.opportunity AS SELECT 1 AS id, date '2024-01-01' AS created, date '2024-02-01' AS closed, 'won' AS outcome, 'x' AS secret;
CREATE TABLE shut.flag AS SELECT 'on' AS name, 'x' AS secret;
CREATE SCHEMA through;
CREATE VIEW through.deal WITH (security_invoker = true) AS
SELECT id AS deal_id, created AS opened_at, closed AS closed_at, outcome FROM shut.opportunity WHERE EXISTS (SELECT FROM shut.flag);
GRANT USAGE ON SCHEMA through TO stranger;
GRANT SELECT ON through.deal TO stranger WITH GRANT OPTION;
GRANT SELECT ON shut.opportunity, shut.flag TO stranger;
CREATE SCHEMA through_kpi AUTHORIZATION stranger;
CREATE SCHEMA through_kpi_base AUTHORIZATION stranger;
SELECT is(test.as_role('stranger', 'CALL sales_kpi.create_model(''through_kpi'', sources => ''through'')'), NULL, 'a model of a view with the rights of who asks');
SELECT matches(test.as_role('stranger', 'CALL sales_kpi.grant_read(''through_kpi'', ''reader'')'), '^42501 you may not grant reading shut', 'what lies below it is not the caller''s to grant');
GRANT SELECT (id, created, closed, outcome) ON shut.opportunity TO reader;
GRANT SELECT (name) ON shut.flag TO reader;
SELECT is(test.as_role('stranger', 'CALL sales_kpi.grant_read(''through_kpi'', ''reader'')'), NULL, 'but the reader may have it from another');
GRANT USAGE ON SCHEMA shut TO stranger;
GRANT SELECT ON shut.opportunity, shut.flag TO stranger WITH GRANT OPTION;
SELECT is(test.as_role('stranger', 'CALL sales_kpi.grant_read(''through_kpi'', ''select'')'), NULL, 'or the caller may grant it');
SELECT ok(NOT (has_column_privilege('select', 'shut.opportunity', 'secret', 'SELECT') OR has_column_privilege('select', 'shut.flag', 'secret', 'SELECT')),
	'without what is not read');
SELECT is(test.as_role('select', 'SELECT sum(deals) FROM through_kpi.cycle_length WHERE grain = ''year'' AND dimension = ''all'''), '1', 'and it is read');
-- Such a view asks anew, whoever's rights what stands above it has.
CREATE ROLE watcher;
SELECT is(test.as_role('stranger', 'CALL sales_kpi.create_model(''through_kpi'', access => ''owner'')'), NULL, 'with the rights of the owner');
SELECT is(test.as_role('stranger', 'CALL sales_kpi.grant_read(''through_kpi'', ''watcher'')'), NULL, 'what lies below such a view is granted still');
SELECT is(test.holds('watcher'), '{"columns of shut SELECT","relations of through_kpi SELECT","schema through_kpi USAGE"}', 'and nothing else');
SELECT is(test.as_role('watcher', 'SELECT sum(deals) FROM through_kpi.cycle_length WHERE grain = ''year'' AND dimension = ''all'''), '1', 'so that it is read');

-- Functions and operators of other people, first in the path: none is ever called.
CREATE SCHEMA evil;
GRANT USAGE ON SCHEMA evil TO PUBLIC;
CREATE PROCEDURE test.shadow(name text, arguments oid[], result regtype)
LANGUAGE plpgsql
AS $$
BEGIN
	EXECUTE format('CREATE FUNCTION evil.%I(%s) RETURNS %s LANGUAGE plpgsql AS $f$BEGIN RAISE EXCEPTION ''hostile code ran: %%'', %L; END$f$',
		name, (SELECT string_agg(format_type(a, NULL), ', ') FROM unnest(arguments) a), result, name);
END
$$;
CREATE PROCEDURE test.shadow_everything()
LANGUAGE plpgsql
AS $$
DECLARE
	f record;
BEGIN
	FOR f IN SELECT p.proname, p.proargtypes, p.prorettype FROM pg_proc p
			WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND NOT p.proretset
				AND NOT EXISTS (SELECT FROM pg_type t WHERE t.oid = ANY (p.proargtypes || p.prorettype) AND (t.typtype = 'p' OR t.typelem <> 0))
				AND p.proname = ANY ('{now,date_part,extract,starts_with,quote_ident,quote_literal,format_type,lower,upper,replace,substr,substring,strpos,left,length,
					octet_length,split_part,to_char,timezone,timestamp,timestamptz,date,text,isfinite,make_interval,trunc,round,regexp_replace,pg_get_viewdef,
					pg_get_userbyid,hashtextextended,date_trunc,obj_description,pg_has_role,set_config,numeric,int8,float8,pg_advisory_xact_lock}') LOOP
		CALL test.shadow(f.proname, f.proargtypes, f.prorettype);
	END LOOP;
	FOR f IN SELECT o.oprname, o.oprleft, o.oprright, o.oprresult FROM pg_operator o
			WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprkind = 'b' AND o.oprname = ANY ('{=,<>,<,<=,>,>=,-,+,*,/,||,~,!~,->,->>,?,~~}')
				AND NOT EXISTS (SELECT FROM pg_type t WHERE t.oid IN (o.oprleft, o.oprright, o.oprresult) AND (t.typtype = 'p' OR t.typelem <> 0))
				AND o.oprleft = ANY ('{text,bigint,timestamptz,interval,date,jsonb,oid,numeric,float8,timestamp,integer}'::regtype[]) LOOP
		CALL test.shadow('operator ' || f.oprname, ARRAY[f.oprleft, f.oprright], f.oprresult);
		EXECUTE format('CREATE OPERATOR evil.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = evil.%I)', f.oprname, f.oprleft::regtype, f.oprright::regtype, 'operator ' || f.oprname);
	END LOOP;
END
$$;
CALL test.shadow_everything();

CREATE FUNCTION test.under_evil(role text, command text) RETURNS text
LANGUAGE sql
AS $$SELECT test.as_role(role, command, 'evil, pg_catalog, kpi')$$;
SELECT matches(test.under_evil('analyst', 'SELECT lower(''A'')'), 'hostile code ran: lower', 'a function of evil is called where it is meant');
SELECT matches(test.under_evil('analyst', 'SELECT ''a''::text = ''a''::text'), 'hostile code ran: operator =', 'and an operator');
SELECT is(test.under_evil('analyst', 'CALL sales_kpi.create_sources(''own'')'), NULL, 'create_sources calls none');
SELECT is(test.under_evil('analyst', 'SELECT f.what_to_do FROM sales_kpi.check_sources(''erp'') f LIMIT 1'), 'No view stays empty for it; what it would add is unknown.', 'nor does check_sources');
SELECT is(test.under_evil('analyst', 'CALL sales_kpi.create_model(''own_kpi'', sources => ''own'', as_of => ''2025-01-01'', time_zone => ''Europe/Berlin'')'), NULL, 'nor create_model');
SELECT is(test.under_evil('analyst', 'CALL sales_kpi.create_model(''kpi'', access => ''invoker'', response_sla => ''2 days'')'), NULL, 'nor a remake');
SELECT is(test.under_evil('analyst', 'CALL sales_kpi.grant_read(''kpi'', ''reader'')'), NULL, 'nor grant_read');
SELECT is(string_agg(test.under_evil('reader', format('SELECT count(v.*) FROM kpi.%I v', c.relname)), ' ') ~ '^[\d ]+$', true, 'nor a view of the model')
FROM pg_class c WHERE c.relnamespace = 'kpi'::regnamespace;

SELECT * FROM finish();
ROLLBACK;
