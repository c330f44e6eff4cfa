-- What a role needs to read a model, granted in one call.

-- A view with the rights of who asks needs the rights to what it reads, one with those of
-- its owner does not; but views of either kind may stand below it, and they ask anew.
CREATE FUNCTION sales_kpi.read_by_view(view oid, safely boolean)
RETURNS TABLE (relation oid, column_number integer, by_reader boolean)
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT d.refobjid, d.refobjsubid, EXISTS (SELECT FROM pg_options_to_table(c.reloptions) o WHERE o.option_name = 'security_invoker' AND o.option_value::boolean)
	FROM pg_class c
	JOIN pg_rewrite r ON r.ev_class = c.oid
	JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
		AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> c.oid
	WHERE c.oid = view AND c.relkind = 'v'
		AND (NOT safely OR CASE d.refobjsubid WHEN 0 THEN has_table_privilege(c.relowner, d.refobjid, 'SELECT')
			ELSE has_column_privilege(c.relowner, d.refobjid, d.refobjsubid::smallint, 'SELECT') END);
END;
COMMENT ON FUNCTION sales_kpi.read_by_view(oid, boolean) IS 'Internal: what a view reads, by_reader: with the rights of who asks it; safely: what its owner may read of that.';

-- Of what stands below the model, the columns that are named, or one where none is: a
-- source may hold more than is read. A view of another may name what its owner cannot
-- read: without that there is less, and nothing of what lies below the views that it reads.
CREATE FUNCTION sales_kpi.needed_by_readers(target text, safely boolean DEFAULT false)
RETURNS TABLE (schema_name text, relation_name text, relation oid, columns text[])
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH RECURSIVE needed (oid, passed, by_reader) AS (
		SELECT c.oid, false, true
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = target AND c.relkind = 'v'
		UNION
		SELECT b.relation, pg_get_userbyid(w.relowner) <> current_user, b.by_reader
		FROM needed v JOIN pg_class w ON w.oid = v.oid CROSS JOIN LATERAL sales_kpi.read_by_view(v.oid, safely) b
		WHERE NOT (safely AND v.passed)
	)
	SELECT n.nspname, c.relname, c.oid,
		CASE WHEN n.nspname NOT IN (target, sales_kpi.base_schema(target)) THEN
			coalesce(array_agg(DISTINCT a.attname::text) FILTER (WHERE a.attname IS NOT NULL),
				ARRAY(SELECT f.attname::text FROM pg_attribute f WHERE f.attrelid = c.oid AND f.attnum > 0 AND NOT f.attisdropped ORDER BY f.attnum LIMIT 1))
		END
	FROM needed v
	JOIN pg_class c ON c.oid = v.oid
	JOIN pg_namespace n ON n.oid = c.relnamespace
	LEFT JOIN (needed w CROSS JOIN LATERAL sales_kpi.read_by_view(w.oid, safely) b
		JOIN pg_attribute a ON a.attrelid = b.relation AND a.attnum = b.column_number AND a.attnum > 0) ON b.relation = c.oid AND b.by_reader AND NOT (safely AND w.passed)
	-- everybody may read these
	WHERE v.by_reader AND n.nspname NOT IN ('sales_kpi', 'pg_catalog', 'information_schema')
	GROUP BY n.nspname, c.relname, c.oid
	ORDER BY n.nspname, c.relname;
END;
COMMENT ON FUNCTION sales_kpi.needed_by_readers(text, boolean) IS 'Internal: what a role has to be able to read to read a model; columns NULL: the whole relation.';

CREATE FUNCTION sales_kpi.unreadable(target text, readers text[])
RETURNS TABLE (reader text, relation text)
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT r.reader, format('%I.%I', n.schema_name, n.relation_name)
	FROM sales_kpi.needed_by_readers(target) n
	CROSS JOIN unnest(readers) r (reader)
	WHERE NOT coalesce((SELECT bool_and(has_column_privilege(r.reader, n.relation, c, 'SELECT')) FROM unnest(n.columns) c),
		has_table_privilege(r.reader, n.relation, 'SELECT'));
END;
COMMENT ON FUNCTION sales_kpi.unreadable(text, text[]) IS 'Internal: what roles may not read of all that they have to be able to.';

CREATE PROCEDURE sales_kpi.grant_read(target text, reader text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r record;
	relation_name text;
	refused text;
BEGIN
	IF (CASE WHEN sales_kpi.hold_model(target) THEN sales_kpi.kept_settings(target) END) IS NULL THEN
		RAISE EXCEPTION 'there is no model %', coalesce(quote_ident(target), 'NULL')
			USING ERRCODE = 'undefined_object', HINT = 'Make it with sales_kpi.create_model.';
	END IF;
	IF reader IS NULL OR NOT EXISTS (SELECT FROM pg_roles WHERE rolname = reader) THEN
		RAISE EXCEPTION 'role % does not exist', coalesce(quote_ident(reader), 'NULL')
			USING ERRCODE = 'undefined_object', HINT = 'Make it with CREATE ROLE.';
	END IF;
	-- The views are bound to what they read: nobody looks up a name in the schemas below. What
	-- the caller may not grant, the reader may have from another.
	EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', target, reader);
	FOR r IN
		SELECT n.*
		FROM sales_kpi.needed_by_readers(target, safely => true) n
		WHERE has_schema_privilege(n.schema_name, 'USAGE')
			AND coalesce((SELECT bool_and(has_column_privilege(n.relation, c, 'SELECT WITH GRANT OPTION')) FROM unnest(n.columns) c),
				has_table_privilege(n.relation, 'SELECT WITH GRANT OPTION'))
	LOOP
		relation_name := r.relation::regclass;
		EXECUTE format('GRANT SELECT%s ON %s TO %I', (SELECT ' (' || string_agg(quote_ident(c), ', ') || ')' FROM unnest(r.columns) c), relation_name, reader);
		-- who owns a schema can give its name to another one, where a table of the caller's has this name
		IF to_regclass(relation_name) IS DISTINCT FROM r.relation THEN
			RAISE EXCEPTION '% is gone', relation_name
				USING ERRCODE = 'undefined_table', HINT = 'Somebody has renamed it or dropped it meanwhile. Try again.';
		END IF;
	END LOOP;
	SELECT string_agg(u.relation, ', ') INTO refused FROM sales_kpi.unreadable(target, ARRAY[reader]) u;
	IF refused IS NOT NULL THEN
		RAISE EXCEPTION 'you may not grant reading %', refused
			USING ERRCODE = 'insufficient_privilege',
				HINT = 'Let the owner grant SELECT, or make the model with access => ''owner''. What a view names that its owner may not read, grant yourself.';
	END IF;
END
$$;
COMMENT ON PROCEDURE sales_kpi.grant_read(text, text) IS 'Grants a role what it needs to read the KPI views.';

-- Who can read all of a model, because it was granted to them.
CREATE FUNCTION sales_kpi.readers(target text)
RETURNS text[]
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH grantee AS (
		SELECT coalesce(array_agg(DISTINCT pg_get_userbyid(g.grantee)::text), '{}') AS names
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		CROSS JOIN LATERAL aclexplode(c.relacl) g
		WHERE n.nspname = target AND c.relkind = 'v' AND g.privilege_type = 'SELECT' AND g.grantee NOT IN (0, c.relowner)
	)
	SELECT ARRAY(SELECT unnest(g.names) EXCEPT SELECT u.reader FROM sales_kpi.unreadable(target, g.names) u ORDER BY 1)
	FROM grantee g;
END;
COMMENT ON FUNCTION sales_kpi.readers(text) IS 'Internal: the roles that can read all of a model because it was granted to them.';

-- A model that is remade may read more than before. Nobody should learn it from a dashboard.
CREATE PROCEDURE sales_kpi.warn_of_readers(target text, readers_before text[])
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r record;
BEGIN
	FOR r IN
		SELECT u.reader, (array_agg(u.relation))[1] AS first, count(*) AS relations
		FROM sales_kpi.unreadable(target, readers_before) u
		GROUP BY u.reader ORDER BY u.reader
	LOOP
		RAISE WARNING '% can no longer read all of model %', quote_ident(r.reader), quote_ident(target)
			USING DETAIL = format('It now reads what was not granted, of %s%s.', r.first, CASE WHEN r.relations > 1 THEN format(' and %s more', r.relations - 1) END),
				HINT = format('CALL sales_kpi.grant_read(%L, %L);', target, r.reader);
	END LOOP;
END
$$;
COMMENT ON PROCEDURE sales_kpi.warn_of_readers(text, text[]) IS 'Internal: a warning for each role that could read a model before it was remade, and cannot now.';
