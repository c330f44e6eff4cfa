-- What a role needs to read a model, granted in one call.

-- With the rights of the owner a reader needs the KPI views alone. With its own rights it
-- needs what they read, one through another: the base views, and of what stands below
-- them the columns that a view names. A source may hold more than a model reads.
CREATE FUNCTION sales_kpi.needed_by_readers(target text, access text)
RETURNS TABLE (schema_name text, relation_name text, relation oid, columns text[])
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH RECURSIVE model_view (oid) AS (
		SELECT c.oid
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = target AND c.relkind = 'v'
		UNION
		SELECT c.oid
		FROM model_view v
		JOIN pg_rewrite r ON r.ev_class = v.oid
		JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
		JOIN pg_class c ON c.oid = d.refobjid AND c.relkind = 'v'
		JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = sales_kpi.base_schema(target)
		WHERE access = 'invoker'
	),
	needed (oid, columns) AS (
		SELECT v.oid, NULL::text[] FROM model_view v
		UNION ALL
		SELECT d.refobjid, array_agg(DISTINCT a.attname::text)
		FROM model_view v
		JOIN pg_rewrite r ON r.ev_class = v.oid
		JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
		JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid AND a.attnum > 0
		WHERE access = 'invoker' AND d.refobjid NOT IN (SELECT m.oid FROM model_view m)
		GROUP BY d.refobjid
	)
	SELECT n.nspname, c.relname, c.oid, e.columns
	FROM needed e
	JOIN pg_class c ON c.oid = e.oid
	JOIN pg_namespace n ON n.oid = c.relnamespace
	-- everybody may read these
	WHERE n.nspname <> ALL ('{sales_kpi,pg_catalog}')
	ORDER BY 1, 2;
END;
COMMENT ON FUNCTION sales_kpi.needed_by_readers(text, text) IS 'Internal: what a role has to be able to read to read a model; columns NULL: the whole relation.';

CREATE PROCEDURE sales_kpi.grant_read(target text, reader text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	settings jsonb;
	r record;
BEGIN
	PERFORM sales_kpi.check_owner(target);
	settings := sales_kpi.kept_settings(target);
	IF settings IS NULL THEN
		RAISE EXCEPTION 'there is no model %', coalesce(quote_ident(target), 'NULL')
			USING ERRCODE = 'undefined_object', HINT = 'Make it with sales_kpi.create_model.';
	END IF;
	IF reader IS NULL OR NOT EXISTS (SELECT FROM pg_roles WHERE rolname = reader) THEN
		RAISE EXCEPTION 'role % does not exist', coalesce(quote_ident(reader), 'NULL')
			USING ERRCODE = 'undefined_object', HINT = 'Make it with CREATE ROLE.';
	END IF;
	-- a view has found what it reads when it was made: names, and so schemas, are of no matter
	EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', target, reader);
	FOR r IN SELECT * FROM sales_kpi.needed_by_readers(target, settings ->> 'access') LOOP
		EXECUTE format('GRANT SELECT%s ON %I.%I TO %I', (SELECT ' (' || string_agg(quote_ident(c), ', ') || ')' FROM unnest(r.columns) c),
			r.schema_name, r.relation_name, reader);
		IF NOT coalesce((SELECT bool_and(has_column_privilege(reader, r.relation, c, 'SELECT')) FROM unnest(r.columns) c),
				has_table_privilege(reader, r.relation, 'SELECT')) THEN
			RAISE EXCEPTION 'you may not grant reading %.%', quote_ident(r.schema_name), quote_ident(r.relation_name)
				USING ERRCODE = 'insufficient_privilege',
					HINT = 'Let its owner grant SELECT on it, or make the model with access => ''owner''.';
		END IF;
	END LOOP;
END
$$;
COMMENT ON PROCEDURE sales_kpi.grant_read(text, text) IS 'Grants a role what it needs to read the KPI views.';
