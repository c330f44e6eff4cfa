-- What a role needs to read a model, granted in one call.
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
	-- With the rights of the owner a reader needs the KPI views alone; and the settings,
	-- for explain.
	FOR r IN
		SELECT n.nspname, c.relname, c.oid
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE (n.nspname = target AND c.relkind = 'v')
			OR (n.nspname = sales_kpi.base_schema(target) AND c.relname = 'setting')
			OR (settings ->> 'access' = 'invoker' AND n.nspname = sales_kpi.base_schema(target) AND c.relkind = 'v')
			OR (settings ->> 'access' = 'invoker' AND n.nspname = settings ->> 'sources'
				AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname IN (SELECT relation FROM sales_kpi.contract))
		ORDER BY 1, 2
	LOOP
		EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', r.nspname, reader);
		EXECUTE format('GRANT SELECT ON %I.%I TO %I', r.nspname, r.relname, reader);
		IF NOT has_schema_privilege(reader, r.nspname, 'USAGE') OR NOT has_table_privilege(reader, r.oid, 'SELECT') THEN
			RAISE EXCEPTION 'you may not grant reading %.%', quote_ident(r.nspname), quote_ident(r.relname)
				USING ERRCODE = 'insufficient_privilege',
					HINT = 'Let its owner grant SELECT on it and USAGE on its schema, or make the model with access => ''owner''.';
		END IF;
	END LOOP;
END
$$;
COMMENT ON PROCEDURE sales_kpi.grant_read(text, text) IS 'Grants a role what it needs to read the KPI views.';
