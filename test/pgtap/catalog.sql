-- What the catalogs say of the extension: what belongs to it, that all of it is
-- commented, and that nothing in it can be turned against whoever calls it.
BEGIN;
SELECT * FROM no_plan();
SET client_min_messages = warning;

CREATE TEMP VIEW member AS
SELECT classid, objid, pg_describe_object(classid, objid, 0) AS what
FROM pg_depend
WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass
	AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'sales_kpi');

CREATE TEMP VIEW routine AS
SELECT p.*, p.oid::regprocedure::text AS what, l.lanname
FROM member m
JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
JOIN pg_language l ON l.oid = p.prolang;

-- Types with a name of their own: neither arrays nor the rows of views.
CREATE TEMP VIEW own_type AS
SELECT t.*
FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE t.typnamespace = 'sales_kpi'::regnamespace AND t.typcategory <> 'A' AND coalesce(c.relkind, 'c') = 'c';

-- Membership
SELECT is_empty($$
	SELECT what FROM member WHERE what NOT LIKE '% sales_kpi.%' AND what <> 'schema sales_kpi'
$$, 'nothing of the extension stands outside its schema');
SELECT is_empty($$
	SELECT pg_describe_object(classid, objid, 0)
	FROM (SELECT 'pg_proc'::regclass AS classid, oid AS objid FROM pg_proc WHERE pronamespace = 'sales_kpi'::regnamespace
		UNION ALL SELECT 'pg_class', oid FROM pg_class WHERE relnamespace = 'sales_kpi'::regnamespace AND relkind <> 'c'
		UNION ALL SELECT 'pg_type', oid FROM own_type
		UNION ALL SELECT 'pg_operator', oid FROM pg_operator WHERE oprnamespace = 'sales_kpi'::regnamespace) o
	WHERE (classid, objid) NOT IN (SELECT classid, objid FROM member)
$$, 'all that stands in the schema belongs to the extension');
SELECT is_empty($$
	SELECT what FROM member JOIN pg_class c ON classid = 'pg_class'::regclass AND c.oid = objid WHERE relkind NOT IN ('v', 'c')
$$, 'it holds no data of its own, which a dump would not keep');

SELECT is_empty($$
	SELECT what FROM member WHERE classid NOT IN ('pg_proc'::regclass, 'pg_type'::regclass, 'pg_class'::regclass, 'pg_namespace'::regclass)
$$, 'nothing of it changes what the queries of others mean, as a cast, an operator or a trigger could');
SELECT is((SELECT array_agg(concat_ws(' ', relocatable, schema)) FROM pg_available_extension_versions WHERE name = 'sales_kpi'),
	'{"f pg_catalog"}', 'it is put into no schema that somebody has made');

-- Comments
SELECT is_empty($$
	SELECT what FROM member
	WHERE obj_description(objid, classid::regclass::name) IS NULL
		AND (classid <> 'pg_type'::regclass OR objid IN (SELECT oid FROM own_type))
$$, 'every member has a comment');
SELECT is_empty($$
	SELECT format('%s.%s', c.oid::regclass, a.attname)
	FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid AND c.relkind = 'v'
	JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
	WHERE col_description(c.oid, a.attnum) IS NULL
$$, 'every column of its views has a comment');

-- Safety
SELECT is_empty('SELECT what FROM routine WHERE prosecdef', 'nothing runs with the rights of its owner');
SELECT is_empty($$
	SELECT what FROM routine
	WHERE lanname NOT IN ('c', 'internal') AND prosqlbody IS NULL
		AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (proconfig), false)
$$, 'every routine in SQL or plpgsql pins search_path, or was bound when it was made');
SELECT is_empty($$
	SELECT what FROM routine
	WHERE 'internal'::regtype = ANY (proargtypes) AND oid NOT IN (SELECT typreceive FROM own_type)
$$, 'only the receive functions of types take an internal argument');
SELECT is_empty($$
	SELECT what FROM routine WHERE oid IN (SELECT unnest(ARRAY[typinput, typreceive, typoutput, typsend]::oid[]) FROM own_type) AND NOT proisstrict
$$, 'and those, like the other functions of types, are never called with NULL');
SELECT is_empty($$
	SELECT DISTINCT format('%s reads %s', c.oid::regclass, t.relid[1]::oid::regclass)
	FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid AND c.relkind = 'v'
	JOIN pg_rewrite r ON r.ev_class = c.oid
	-- (dependencies do not tell of catalogs)
	CROSS JOIN LATERAL regexp_matches(r.ev_action::text, ':relid ([1-9]\d*)', 'g') t (relid)
	WHERE t.relid[1]::oid NOT IN (SELECT objid FROM member)
$$, 'its views, which run with the rights of their owner, read nothing but each other');
SELECT is_empty($$
	SELECT format('%s: %s to %s', c.oid::regclass, g.privilege_type, g.grantee::regrole)
	FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
	CROSS JOIN LATERAL aclexplode(c.relacl) g
	WHERE g.grantee <> c.relowner AND (g.grantee, g.privilege_type, g.is_grantable) <> (0, 'SELECT', false)
$$, 'and everybody may read them, no more');
SELECT is_empty($$
	SELECT what FROM routine WHERE lanname NOT IN ('c', 'internal', 'sql', 'plpgsql')
$$, 'no other language is needed');
SELECT is_empty($$
	SELECT what FROM routine WHERE NOT has_function_privilege('pg_monitor', oid, 'EXECUTE')
	UNION ALL SELECT oid::regtype::text FROM own_type WHERE NOT has_type_privilege('pg_monitor', oid, 'USAGE')
	UNION ALL SELECT oid::regclass::text FROM pg_class
	WHERE relnamespace = 'sales_kpi'::regnamespace AND relkind = 'v' AND NOT has_table_privilege('pg_monitor', oid, 'SELECT')
$$, 'everybody may use all of it');
SELECT ok(has_schema_privilege('pg_monitor', 'sales_kpi', 'USAGE') AND NOT has_schema_privilege('pg_monitor', 'sales_kpi', 'CREATE'),
	'everybody may use the schema and nobody may add to it');
SELECT is_empty($$
	SELECT castsource::regtype, casttarget::regtype FROM pg_cast WHERE castsource IN (SELECT oid FROM own_type) OR casttarget IN (SELECT oid FROM own_type)
$$, 'a state is made by its aggregate, of text and of a message, which are checked, and of nothing else');

-- Aggregates
SELECT is_empty($$
	SELECT what FROM routine WHERE proparallel <> 's' AND (lanname = 'c' OR prokind IN ('a', 'w'))
$$, 'what is written in C, and every aggregate, runs in parallel');
SELECT is_empty($$
	SELECT what FROM routine WHERE lanname = 'c' AND provolatile = 'v'
$$, 'nothing written in C is volatile');
SELECT is_empty($$
	SELECT a.aggfnoid::regprocedure::text FROM pg_aggregate a JOIN routine r ON r.oid = a.aggfnoid
	JOIN pg_type t ON t.oid = a.aggtranstype
	WHERE t.typtype = 'p'
$$, 'the state of every aggregate is of a type that can be stored');
SELECT is_empty($$
	SELECT format('%s of %s', f, a.aggfnoid::regprocedure)
	FROM pg_aggregate a JOIN routine r ON r.oid = a.aggfnoid
	CROSS JOIN LATERAL unnest(ARRAY[a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn]::oid[]) f
	WHERE f <> 0 AND f NOT IN (SELECT oid FROM routine)
$$, 'its support functions are the extension''s own');
SELECT is_empty($$
	SELECT format_type(oid, NULL) FROM own_type
	WHERE typtype = 'b' AND (typreceive = 0 OR typsend = 0 OR typalign <> 'd' OR typstorage <> 'x')
$$, 'a state type can be stored, sent and compressed');

-- A model
CALL sales_kpi.create_sources('crm');
SELECT count(*) AS locks FROM pg_locks WHERE pid = pg_backend_pid() \gset
CALL sales_kpi.create_model('kpi', sources => 'crm');
SELECT cmp_ok((SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()) - :locks, '<', 64 * 100 / 10::bigint, 'the locks of ten models have room in a server of default settings');
CREATE TEMP VIEW generated AS
SELECT c.* FROM pg_class c WHERE c.relnamespace IN ('kpi'::regnamespace, 'kpi_base'::regnamespace) AND c.relkind = 'v';

SELECT is_empty($$ SELECT oid::regclass FROM pg_class WHERE relnamespace = 'kpi'::regnamespace AND relkind <> 'v' $$,
	'in the schema of a model stand its KPI views and nothing else');
SELECT is_empty($$
	SELECT oid::regclass FROM generated WHERE NOT coalesce('security_invoker=true' = ANY (reloptions), false)
$$, 'a model''s views have the rights of who asks');
SELECT is_empty($$
	SELECT format('%s.%s', g.oid::regclass, a.attname)
	FROM generated g JOIN pg_attribute a ON a.attrelid = g.oid AND a.attnum > 0
	WHERE col_description(g.oid, a.attnum) IS NULL OR obj_description(g.oid, 'pg_class') IS NULL
$$, 'every view of a model and every column has a comment');
SELECT is_empty($$
	SELECT format('%s.%s is %s', g.oid::regclass, a.attname, format_type(a.atttypid, NULL))
	FROM generated g JOIN pg_attribute a ON a.attrelid = g.oid AND a.attnum > 0
	WHERE g.relnamespace = 'kpi'::regnamespace
		AND a.atttypid NOT IN ('text'::regtype, 'bool'::regtype, 'int4'::regtype, 'int8'::regtype, 'float8'::regtype,
			'numeric'::regtype, 'date'::regtype, 'timestamptz'::regtype)
$$, 'KPI views show types that every tool can read');
SELECT is_empty($$
	SELECT DISTINCT format('%s in %s', p.oid::regprocedure, g.oid::regclass)
	FROM generated g
	JOIN pg_rewrite r ON r.ev_class = g.oid
	JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_proc'::regclass
	JOIN pg_proc p ON p.oid = d.refobjid
	WHERE p.proparallel <> 's'
$$, 'nothing in a model''s views keeps a query from running in parallel');

SELECT * FROM finish();
ROLLBACK;
