-- Making and remaking a model in place: grants and whatever else depends on the
-- views survive, and a view that its owner has edited is left alone.

-- The relation a source view is bound to, under whatever name it has by now.
CREATE FUNCTION sales_kpi.bound_source(source_view oid)
RETURNS oid
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT max(d.refobjid)
	FROM pg_rewrite r
	JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
		AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
	WHERE r.ev_class = source_view
);
COMMENT ON FUNCTION sales_kpi.bound_source(oid) IS 'Internal: the relation that a view of one relation reads.';

CREATE FUNCTION sales_kpi.view_oid(schema_name text, view_name text)
RETURNS oid
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = schema_name AND c.relname = view_name AND c.relkind = 'v');
COMMENT ON FUNCTION sales_kpi.view_oid(text, text) IS 'Internal: the view of that name, NULL if there is none.';

-- How the sources differ from those a model was made with; data_quality tells.
CREATE FUNCTION sales_kpi.source_changes(sources text, base text, made_with jsonb)
RETURNS TABLE (relation text, change text)
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH found AS (
		SELECT c.relation, max(c.relation_oid) AS source,
			jsonb_object_agg(c.relation || '.' || c.column_name, c.type) FILTER (WHERE c.contract_type IS NOT NULL OR made_with ? (c.relation || '.' || c.column_name)) AS columns
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
COMMENT ON FUNCTION sales_kpi.source_changes(text, text, jsonb) IS 'Internal: sources that are no longer what a model was made with.';

-- A hash of what the server keeps of a view. As long as it stays the same, nobody has
-- touched the view; after a dump it is another.
CREATE FUNCTION sales_kpi.view_fingerprint(view oid)
RETURNS bigint
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (SELECT hashtextextended(r.ev_action::text || (SELECT string_agg(a.attname, ' ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = view AND a.attnum > 0), 0)
		FROM pg_rewrite r WHERE r.ev_class = view AND r.rulename = '_RETURN');
COMMENT ON FUNCTION sales_kpi.view_fingerprint(oid) IS 'Internal: a hash of a view as the server keeps it.';

-- Edited means: its definition is no longer that of the text it was made from. The
-- text is created under a scratch name and the two compared as the server prints
-- them, both with pg_catalog alone in the path. The text of a source view is bound
-- to the relation the view reads today, for that one may have been renamed. A view
-- without a kept text is the owner's own, and so is one whose kept text is no query.
-- (The text is run: hold_model has seen that nobody else may write it.)
CREATE FUNCTION sales_kpi.is_edited(schema_name text, view_name text, kept_query text)
RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	present oid := sales_kpi.view_oid(schema_name, view_name);
	source regclass := sales_kpi.bound_source(present);
	from_at integer := CASE WHEN starts_with(view_name, 'source_') THEN strpos(kept_query, E'\nFROM ') ELSE 0 END;
	scratch text := 'sales_kpi_scratch';
	same boolean;
BEGIN
	IF present IS NULL THEN
		RETURN false;
	END IF;
	IF kept_query IS NULL OR (from_at > 0 AND source IS NULL) THEN
		RETURN true;
	END IF;
	IF from_at > 0 THEN
		kept_query := format(E'%s\nFROM %s s', left(kept_query, from_at - 1), source);
	END IF;
	EXECUTE format('CREATE VIEW %I.%I AS %s', schema_name, scratch, kept_query);
	same := pg_get_viewdef(present) = pg_get_viewdef(sales_kpi.view_oid(schema_name, scratch));
	EXECUTE format('DROP VIEW %I.%I', schema_name, scratch);
	RETURN NOT same;
EXCEPTION
	WHEN undefined_column OR undefined_table OR undefined_function OR datatype_mismatch THEN
		-- The text no longer fits. A source whose columns have other names by now is
		-- read anew; everything else is the owner's work.
		RETURN from_at = 0 OR view_name <> 'source_' || (SELECT c.relname FROM pg_class c WHERE c.oid = source);
	WHEN duplicate_table OR insufficient_privilege THEN
		RAISE;
	WHEN syntax_error_or_access_rule_violation OR data_exception OR feature_not_supported THEN
		RETURN true;
END
$$;
COMMENT ON FUNCTION sales_kpi.is_edited(text, text, text) IS 'Internal: whether the owner has changed a generated view.';

-- A view of the same columns without rows and without anything it depends on.
CREATE FUNCTION sales_kpi.hollow_view(view oid)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (SELECT format('SELECT %s WHERE false',
			string_agg(format('NULL::%s AS %I', format_type(a.atttypid, a.atttypmod), a.attname), ', ' ORDER BY a.attnum))
		FROM pg_attribute a WHERE a.attrelid = view AND a.attnum > 0);
COMMENT ON FUNCTION sales_kpi.hollow_view(oid) IS 'Internal: SQL of a view with the columns of this one and no rows.';

CREATE FUNCTION sales_kpi.grants_of(relation oid)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (SELECT coalesce(string_agg(format('GRANT %s%s ON %s TO %s%s;', g.privilege_type, ' (' || quote_ident(a.column_name) || ')', relation::regclass,
			CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END,
			CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END), E'\n'), '')
		FROM pg_class c
		CROSS JOIN LATERAL (SELECT NULL::text, c.relacl
			UNION ALL SELECT attname, attacl FROM pg_attribute WHERE attrelid = c.oid) a (column_name, acl)
		CROSS JOIN LATERAL aclexplode(a.acl) g
		WHERE c.oid = relation AND g.grantee <> c.relowner);
COMMENT ON FUNCTION sales_kpi.grants_of(oid) IS 'Internal: the grants on a view as SQL.';

-- A view on its way: what it shall be, and what stands in its place.
CREATE TYPE sales_kpi.model_view AS (
	storey text, schema_name text, view_name text, query text, comments text,
	present oid, grants text, kept_query text, kept_fingerprint bigint, is_edited boolean, definition text);
COMMENT ON TYPE sales_kpi.model_view IS 'Internal: a view of a model, as it shall be and as it is.';

-- The comments of a base view: its columns keep the meaning they have in the
-- contract, and the template speaks of the others.
CREATE FUNCTION sales_kpi.contract_comments(relation text, view_name text)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (SELECT string_agg(format('COMMENT ON COLUMN {{base}}.%I.%I IS %L;', view_name, c.column_name, c.meaning), E'\n' ORDER BY c.rank)
		FROM sales_kpi.contract c WHERE c.relation = contract_comments.relation);
COMMENT ON FUNCTION sales_kpi.contract_comments(text, text) IS 'Internal: SQL of the comments on columns that stand in the contract.';

-- Every view of a model, in the order in which they are made.
CREATE FUNCTION sales_kpi.model_views(context jsonb)
RETURNS SETOF sales_kpi.model_view
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT v.storey, v.schema_name, v.view_name, v.query, v.comments,
		sales_kpi.view_oid(v.schema_name, v.view_name), sales_kpi.grants_of(sales_kpi.view_oid(v.schema_name, v.view_name)),
		NULL::text, NULL::bigint, false, NULL::text
	FROM (
		SELECT 1 AS tier, 0 AS rank, 'base' AS storey, context ->> 'base' AS schema_name, 'source_' || r.relation AS view_name,
			sales_kpi.source_view(r.relation, context) AS query,
			format(E'COMMENT ON VIEW {{base}}.%I IS %L;\n', 'source_' || r.relation,
				format('Source relation %s as the model reads it: every row, typed, times in the model''s zone.', r.relation))
			|| concat_ws(E'\n', sales_kpi.contract_comments(r.relation, 'source_' || r.relation), sales_kpi.own_comments('source_' || r.relation, context)) AS comments
		FROM (SELECT DISTINCT relation FROM sales_kpi.contract) r
		UNION ALL
		SELECT 2, t.rank, t.storey, context ->> 'base', t.view_name, sales_kpi.render(t.query, t.view_name, context),
			concat_ws(E'\n', sales_kpi.contract_comments(t.view_name, t.view_name), t.comments, sales_kpi.own_comments(t.view_name, context))
		FROM sales_kpi.view_template t WHERE t.storey = 'base'
		UNION ALL
		SELECT 3, t.rank, t.storey, context ->> 'kpi', t.view_name, sales_kpi.kpi_view(t.view_name, context),
			concat_ws(E'\n', t.comments, CASE WHEN t.dimensions IS NOT NULL THEN sales_kpi.common_comments(t.view_name, context) END)
		FROM sales_kpi.view_template t WHERE t.storey = 'kpi'
	) v
	ORDER BY v.tier, v.rank, v.view_name;
END;
COMMENT ON FUNCTION sales_kpi.model_views(jsonb) IS 'Internal: every view of a model as SQL, in the order in which they are made.';

-- A view that is what it shall be needs its access only. (Not so a source view, which
-- may be bound to a table of another name by now.)
CREATE PROCEDURE sales_kpi.put_view(v sales_kpi.model_view, context jsonb)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF v.query = v.kept_query AND v.kept_fingerprint = sales_kpi.view_fingerprint(v.present) AND NOT starts_with(v.view_name, 'source_') THEN
		-- lock_views has reset the option
		IF context ->> 'access' <> 'owner' THEN
			EXECUTE format('ALTER VIEW %I.%I SET (security_invoker = true)', v.schema_name, v.view_name);
		END IF;
	ELSE
		EXECUTE format('CREATE OR REPLACE VIEW %I.%I %sAS %s', v.schema_name, v.view_name,
			CASE context ->> 'access' WHEN 'owner' THEN '' ELSE 'WITH (security_invoker = true) ' END,
			CASE WHEN v.is_edited THEN v.definition ELSE v.query END);
	END IF;
END
$$;
COMMENT ON PROCEDURE sales_kpi.put_view(sales_kpi.model_view, jsonb) IS 'Internal: makes one view of a model, or gives it its text and its access anew.';

-- Where types have changed, the KPI views let go of the base, which is made anew
-- with its grants; they take hold again when they are made themselves.
CREATE PROCEDURE sales_kpi.rebuild_base(views sales_kpi.model_view[], context jsonb)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	v sales_kpi.model_view;
	dependants text;
BEGIN
	FOREACH v IN ARRAY views LOOP
		IF v.storey = 'kpi' AND v.present IS NOT NULL THEN
			v.is_edited := false;
			v.query := sales_kpi.hollow_view(v.present);
			CALL sales_kpi.put_view(v, context);
		END IF;
	END LOOP;
	EXECUTE (SELECT 'DROP VIEW ' || string_agg(format('%I.%I', w.schema_name, w.view_name), ', ')
			 FROM unnest(views) w WHERE w.storey = 'base' AND w.present IS NOT NULL);
	FOREACH v IN ARRAY views LOOP
		IF v.storey = 'base' THEN
			CALL sales_kpi.put_view(v, context);
			EXECUTE coalesce(v.grants, '');
		END IF;
	END LOOP;
EXCEPTION WHEN dependent_objects_still_exist THEN
	GET STACKED DIAGNOSTICS dependants = PG_EXCEPTION_DETAIL;
	RAISE EXCEPTION 'the base views of % have to change their types, and other objects depend on them', quote_ident(context ->> 'kpi')
		USING ERRCODE = 'dependent_objects_still_exist', DETAIL = dependants,
			HINT = 'Let these read the KPI views, or drop them and make them again afterwards.';
END
$$;
COMMENT ON PROCEDURE sales_kpi.rebuild_base(sales_kpi.model_view[], jsonb) IS 'Internal: makes the base views of a model anew, with other types than before.';

CREATE PROCEDURE sales_kpi.make_base(views sales_kpi.model_view[], context jsonb)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	v sales_kpi.model_view;
BEGIN
	FOREACH v IN ARRAY views LOOP
		IF v.storey = 'base' THEN
			CALL sales_kpi.put_view(v, context);
		END IF;
	END LOOP;
EXCEPTION WHEN invalid_table_definition THEN
	CALL sales_kpi.rebuild_base(views, context);
END
$$;
COMMENT ON PROCEDURE sales_kpi.make_base(sales_kpi.model_view[], jsonb) IS 'Internal: makes or remakes the base views of a model.';

-- A query locks a view before the views that it reads. So does this, from the last
-- view to the first: otherwise a dashboard and a model that is being remade could
-- wait for each other. The option is set again with the view; resetting it is the
-- one way to lock a view without all that is below it.
CREATE PROCEDURE sales_kpi.lock_views(views sales_kpi.model_view[])
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	FOR i IN REVERSE cardinality(views) .. 1 LOOP
		IF views[i].present IS NOT NULL THEN
			EXECUTE format('ALTER VIEW %I.%I RESET (security_invoker)', views[i].schema_name, views[i].view_name);
		END IF;
	END LOOP;
END
$$;
COMMENT ON PROCEDURE sales_kpi.lock_views(sales_kpi.model_view[]) IS 'Internal: locks the views of a model that are there, in the order in which queries lock them.';

-- A model whose schemas have been renamed is the same model.
CREATE PROCEDURE sales_kpi.follow_rename(context jsonb)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	before text;
BEGIN
	EXECUTE format('SELECT schema_name FROM %I.generated_view WHERE view_name = ''scorecard''', context ->> 'base') INTO before;
	IF before <> context ->> 'kpi' THEN
		EXECUTE format('UPDATE %I.generated_view SET schema_name = CASE schema_name WHEN $1 THEN $2 ELSE $3 END WHERE schema_name IN ($1, sales_kpi.base_schema($1))',
			context ->> 'base') USING before, context ->> 'kpi', context ->> 'base';
	END IF;
END
$$;
COMMENT ON PROCEDURE sales_kpi.follow_rename(jsonb) IS 'Internal: gives what is kept of the views of a model the names that its schemas have now.';

CREATE PROCEDURE sales_kpi.make_views(context jsonb)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	views sales_kpi.model_view[] := ARRAY(SELECT m FROM sales_kpi.model_views(context) m);
	v sales_kpi.model_view;
	kept jsonb;
	is_touched boolean := false;
BEGIN
	CALL sales_kpi.follow_rename(context);
	EXECUTE format('SELECT coalesce(jsonb_object_agg(schema_name || ''.'' || view_name, to_jsonb(g)), ''{}'') FROM %I.generated_view g', context ->> 'base')
		INTO kept;
	FOR i IN 1 .. cardinality(views) LOOP
		v := views[i];
		v.kept_query := kept -> (v.schema_name || '.' || v.view_name) ->> 'query';
		v.kept_fingerprint := kept -> (v.schema_name || '.' || v.view_name) ->> 'fingerprint';
		is_touched := is_touched OR v.kept_fingerprint IS DISTINCT FROM sales_kpi.view_fingerprint(v.present);
		views[i] := v;
	END LOOP;
	IF is_touched THEN
		FOR i IN 1 .. cardinality(views) LOOP
			v := views[i];
			v.is_edited := v.kept_fingerprint IS DISTINCT FROM sales_kpi.view_fingerprint(v.present)
				AND sales_kpi.is_edited(v.schema_name, v.view_name, v.kept_query);
			v.definition := pg_get_viewdef(v.present);
			views[i] := v;
		END LOOP;
	END IF;
	CALL sales_kpi.lock_views(views);
	CALL sales_kpi.make_base(views, context);
	FOREACH v IN ARRAY views LOOP
		IF v.storey = 'kpi' THEN
			CALL sales_kpi.put_view(v, context);
		END IF;
		IF v.is_edited THEN
			RAISE NOTICE 'view %.% has been edited and is left alone', quote_ident(v.schema_name), quote_ident(v.view_name)
				USING HINT = 'To have it made anew, drop it and call sales_kpi.repair_model.';
			CONTINUE;
		END IF;
		EXECUTE sales_kpi.render(v.comments, NULL, context);
		EXECUTE format('INSERT INTO %I.generated_view VALUES ($1, $2, $3, $4) ON CONFLICT (schema_name, view_name) DO UPDATE SET (query, fingerprint) = (excluded.query, excluded.fingerprint)', context ->> 'base')
			USING v.schema_name, v.view_name, v.query, sales_kpi.view_fingerprint(sales_kpi.view_oid(v.schema_name, v.view_name));
	END LOOP;
END
$$;
COMMENT ON PROCEDURE sales_kpi.make_views(jsonb) IS 'Internal: makes or remakes the views of a model.';
