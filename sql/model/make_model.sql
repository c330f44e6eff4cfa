-- Making and remaking a model in place: grants and whatever else depends on the
-- views survive, and a view that its owner has edited is left alone.

-- The relation a source view is bound to, under whatever name it has by now.
CREATE FUNCTION sales_kpi.bound_source(source_view oid)
RETURNS oid
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT max(d.refobjid)
	FROM pg_rewrite r
	JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
		AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
	WHERE r.ev_class = source_view
);
COMMENT ON FUNCTION sales_kpi.bound_source(oid) IS 'The relation that a view of one relation reads.';

CREATE FUNCTION sales_kpi.view_oid(schema_name text, view_name text)
RETURNS oid
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = schema_name AND c.relname = view_name AND c.relkind = 'v');
COMMENT ON FUNCTION sales_kpi.view_oid(text, text) IS 'The view of that name, NULL if there is none.';

-- How the sources differ from those a model was made with; data_quality tells.
CREATE FUNCTION sales_kpi.source_changes(sources text, base text, made_with jsonb)
RETURNS TABLE (relation text, change text)
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH found AS (
		SELECT c.relation, max(c.relation_oid) AS source,
			jsonb_object_agg(c.relation || '.' || c.column_name, c.type) FILTER (WHERE c.contract_type IS NOT NULL) AS columns
		FROM sales_kpi.source_columns(sources) c
		GROUP BY c.relation
	),
	known AS (
		SELECT split_part(k.key, '.', 1) AS relation, jsonb_object_agg(k.key, k.value) AS columns
		FROM jsonb_each(made_with) k
		GROUP BY 1
	)
	SELECT relation, CASE
		WHEN k.relation IS NULL THEN 'source added since the model was made'
		WHEN f.relation IS NULL THEN 'source gone since the model was made'
		WHEN f.columns IS DISTINCT FROM k.columns THEN 'columns changed since the model was made'
		ELSE 'source replaced since the model was made' END
	FROM found f FULL JOIN known k USING (relation)
	WHERE f.columns IS DISTINCT FROM k.columns
		OR f.source IS DISTINCT FROM sales_kpi.bound_source(sales_kpi.view_oid(base, 'source_' || relation));
END;
COMMENT ON FUNCTION sales_kpi.source_changes(text, text, jsonb) IS 'Sources that are no longer what a model was made with.';

-- Edited means: its definition is no longer that of the text it was made from. The
-- text is created under a scratch name and the two compared as the server prints
-- them, both with pg_catalog alone in the path. The text of a source view is bound
-- to the relation the view reads today, for that one may have been renamed.
CREATE FUNCTION sales_kpi.is_edited(schema_name text, view_name text, kept_query text)
RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	present oid := sales_kpi.view_oid(schema_name, view_name);
	is_source boolean := starts_with(view_name, 'source_');
	scratch text := 'sales_kpi_scratch';
	same boolean;
BEGIN
	IF present IS NULL OR kept_query IS NULL THEN
		RETURN false;
	END IF;
	IF is_source THEN
		kept_query := regexp_replace(kept_query, E'\nFROM [^\n]* s\\) t$',
			format(E'\nFROM %s s) t', replace(sales_kpi.bound_source(present)::regclass::text, E'\\', E'\\\\')));
	END IF;
	EXECUTE format('CREATE VIEW %I.%I AS %s', schema_name, scratch, kept_query);
	same := pg_get_viewdef(present) = pg_get_viewdef(sales_kpi.view_oid(schema_name, scratch));
	EXECUTE format('DROP VIEW %I.%I', schema_name, scratch);
	RETURN NOT same;
EXCEPTION
	WHEN undefined_column OR undefined_table OR undefined_function OR datatype_mismatch THEN
		-- The kept text no longer fits: a source that changed is read anew, all else is taken for edited.
		RETURN NOT is_source;
END
$$;
COMMENT ON FUNCTION sales_kpi.is_edited(text, text, text) IS 'Whether the owner has changed a generated view.';

-- A view of the same columns without rows and without anything it depends on.
CREATE FUNCTION sales_kpi.hollow_view(view oid)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (SELECT format('SELECT %s WHERE false',
			string_agg(format('NULL::%s AS %I', format_type(a.atttypid, a.atttypmod), a.attname), ', ' ORDER BY a.attnum))
		FROM pg_attribute a WHERE a.attrelid = view AND a.attnum > 0);
COMMENT ON FUNCTION sales_kpi.hollow_view(oid) IS 'SQL of a view with the columns of this one and no rows.';

CREATE FUNCTION sales_kpi.grants_of(relation oid)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (SELECT coalesce(string_agg(format('GRANT %s ON %s TO %s%s;', g.privilege_type, relation::regclass,
			CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END,
			CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END), E'\n'), '')
		FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) g
		WHERE c.oid = relation AND g.grantee <> c.relowner);
COMMENT ON FUNCTION sales_kpi.grants_of(oid) IS 'The grants on a view as SQL.';

CREATE PROCEDURE sales_kpi.make_views(context jsonb)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	v record;
	option text := CASE context ->> 'access' WHEN 'owner' THEN '' ELSE 'WITH (security_invoker = true) ' END;
	kept_queries jsonb;
BEGIN
	EXECUTE format('SELECT coalesce(jsonb_object_agg(schema_name || ''.'' || view_name, query), ''{}'') FROM %I.generated_view', context ->> 'base')
		INTO kept_queries;
	CREATE TEMP TABLE sales_kpi_views ON COMMIT DROP AS
		SELECT m.*, sales_kpi.view_oid(m.schema_name, m.view_name) AS present, false AS edited, NULL::text AS definition, NULL::text AS grants
		FROM sales_kpi.model_views(context) m;
	UPDATE pg_temp.sales_kpi_views w
		SET edited = sales_kpi.is_edited(w.schema_name, w.view_name, kept_queries ->> (w.schema_name || '.' || w.view_name)),
			definition = pg_get_viewdef(w.present), grants = sales_kpi.grants_of(w.present);
	BEGIN
		FOR v IN SELECT * FROM pg_temp.sales_kpi_views WHERE storey = 'base' AND NOT edited ORDER BY rank LOOP
			EXECUTE format('CREATE OR REPLACE VIEW %I.%I %sAS %s', v.schema_name, v.view_name, option, v.query);
		END LOOP;
	EXCEPTION WHEN invalid_table_definition THEN
		-- Types have changed. The KPI views let go of the base, which is made anew, and take hold again.
		FOR v IN SELECT * FROM pg_temp.sales_kpi_views WHERE storey = 'kpi' AND present IS NOT NULL LOOP
			EXECUTE format('CREATE OR REPLACE VIEW %I.%I %sAS %s', v.schema_name, v.view_name, option, sales_kpi.hollow_view(v.present));
		END LOOP;
		EXECUTE (SELECT 'DROP VIEW ' || string_agg(format('%I.%I', schema_name, view_name), ', ')
				 FROM pg_temp.sales_kpi_views WHERE storey = 'base' AND present IS NOT NULL);
		FOR v IN SELECT * FROM pg_temp.sales_kpi_views WHERE storey = 'base' ORDER BY rank LOOP
			EXECUTE format('CREATE VIEW %I.%I %sAS %s', v.schema_name, v.view_name, option, CASE WHEN v.edited THEN v.definition ELSE v.query END);
			EXECUTE coalesce(nullif(v.grants, ''), 'SELECT');
		END LOOP;
	END;
	FOR v IN SELECT * FROM pg_temp.sales_kpi_views WHERE storey = 'kpi' ORDER BY rank LOOP
		EXECUTE format('CREATE OR REPLACE VIEW %I.%I %sAS %s', v.schema_name, v.view_name, option, CASE WHEN v.edited THEN v.definition ELSE v.query END);
	END LOOP;
	FOR v IN SELECT * FROM pg_temp.sales_kpi_views ORDER BY rank LOOP
		IF v.edited THEN
			RAISE NOTICE 'view %.% has been edited and is left alone', quote_ident(v.schema_name), quote_ident(v.view_name)
				USING HINT = 'To have it made anew, drop it and call sales_kpi.repair_model.';
			CONTINUE;
		END IF;
		EXECUTE sales_kpi.render(v.comments, NULL, context);
		EXECUTE format('INSERT INTO %I.generated_view VALUES ($1, $2, $3) ON CONFLICT (schema_name, view_name) DO UPDATE SET query = excluded.query', context ->> 'base')
			USING v.schema_name, v.view_name, v.query;
	END LOOP;
	DROP TABLE pg_temp.sales_kpi_views;
END
$$;
COMMENT ON PROCEDURE sales_kpi.make_views(jsonb) IS 'Makes or remakes the views of a model.';
