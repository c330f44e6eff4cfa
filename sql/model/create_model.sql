-- create_model, and repair_model, which makes a model once more.

-- Schemas that are there already must be a model's, or empty.
CREATE FUNCTION sales_kpi.check_target(target text, sources text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	taken text;
BEGIN
	IF target IS NULL OR target = '' THEN
		RAISE EXCEPTION 'a model needs a schema'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'CALL sales_kpi.create_model(''kpi'', sources => ''crm'');';
	END IF;
	IF sources IN (target, sales_kpi.base_schema(target)) THEN
		RAISE EXCEPTION 'a model cannot stand in the schema of its sources, %', quote_ident(sources)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Give the model a schema of its own, such as kpi.';
	END IF;
	IF NOT sales_kpi.name_fits(target) THEN
		RAISE EXCEPTION 'schema name % is too long', quote_ident(target)
			USING ERRCODE = 'name_too_long', DETAIL = format('The base storey would be %I.', sales_kpi.base_schema(target)),
				HINT = 'A model''s name has at most 58 bytes.';
	END IF;
	IF EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			   WHERE n.nspname = sales_kpi.base_schema(target) AND c.relname = 'generated_view') THEN
		RETURN;
	END IF;
	SELECT format('%I.%I', n.nspname, c.relname) INTO taken
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname IN (target, sales_kpi.base_schema(target))
	ORDER BY 1 LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'schema % is in use and is not a model', quote_ident(target)
			USING ERRCODE = 'duplicate_schema', DETAIL = format('It holds %s.', taken),
				HINT = 'Choose another name for the model, or drop that schema first.';
	END IF;
END
$$;
COMMENT ON FUNCTION sales_kpi.check_target(text, text) IS 'Internal: an error where a model cannot be made in a schema.';

-- All that is wrong with the sources, in one error.
CREATE FUNCTION sales_kpi.require_sources(sources text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong text;
BEGIN
	IF starts_with(sources, 'pg_temp_') THEN
		RAISE EXCEPTION 'schema % is temporary', sources
			USING ERRCODE = 'wrong_object_type', DETAIL = 'A model outlives the session, and its sources have to.',
				HINT = 'Put the sources into a schema of their own, such as crm.';
	END IF;
	SELECT string_agg(format('%s: %s. %s', concat_ws('.', quote_ident(sources), quote_ident(f.relation), quote_ident(f.column_name)), f.finding, f.what_to_do), E'\n')
	INTO wrong
	FROM sales_kpi.check_sources(sources) f
	WHERE f.is_error;
	IF wrong IS NOT NULL THEN
		RAISE EXCEPTION 'the sources in % do not keep the contract', quote_ident(sources)
			USING ERRCODE = 'invalid_object_definition', DETAIL = wrong,
				HINT = format('SELECT * FROM sales_kpi.check_sources(%L);', sources);
	END IF;
	IF NOT EXISTS (SELECT FROM sales_kpi.source_relations(sources)) THEN
		RAISE EXCEPTION 'schema % holds none of the relations a model reads', quote_ident(sources)
			USING ERRCODE = 'undefined_table',
				HINT = format('Make views named as in sales_kpi.contract, or CALL sales_kpi.create_sources(%L).', sources);
	END IF;
END
$$;
COMMENT ON FUNCTION sales_kpi.require_sources(text) IS 'Internal: an error that lists all that keeps the sources from being read.';

-- The settings a model was made with, as they are kept beside its base views.
CREATE FUNCTION sales_kpi.kept_settings(target text)
RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept jsonb;
BEGIN
	IF NOT sales_kpi.name_fits(target) THEN
		RETURN NULL;
	END IF;
	EXECUTE format('SELECT coalesce(jsonb_object_agg(name, value), ''{}'') FROM %I.setting', sales_kpi.base_schema(target)) INTO kept;
	RETURN kept;
EXCEPTION WHEN undefined_table OR undefined_column OR invalid_schema_name THEN
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION sales_kpi.kept_settings(text) IS 'Internal: the settings of a model, NULL where there is none.';

CREATE PROCEDURE sales_kpi.keep_settings(target text, settings jsonb)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
	base text := sales_kpi.base_schema(target);
BEGIN
	EXECUTE replace($table$
		CREATE TABLE IF NOT EXISTS {{base}}.setting (name text PRIMARY KEY, value text, meaning text);
		COMMENT ON TABLE {{base}}.setting IS 'Settings of the model; change them through create_model, or here and then call repair_model.';
		COMMENT ON COLUMN {{base}}.setting.name IS 'Name of the setting.';
		COMMENT ON COLUMN {{base}}.setting.value IS 'Its value; NULL: not set.';
		COMMENT ON COLUMN {{base}}.setting.meaning IS 'What it decides.';
		CREATE TABLE IF NOT EXISTS {{base}}.generated_view (schema_name text, view_name text, query text, fingerprint bigint, PRIMARY KEY (schema_name, view_name));
		COMMENT ON TABLE {{base}}.generated_view IS 'The text each view was made from, to tell whether it has been edited since.';
		COMMENT ON COLUMN {{base}}.generated_view.schema_name IS 'Schema of the view.';
		COMMENT ON COLUMN {{base}}.generated_view.view_name IS 'Name of the view.';
		COMMENT ON COLUMN {{base}}.generated_view.query IS 'The text it was made from.';
		COMMENT ON COLUMN {{base}}.generated_view.fingerprint IS 'A hash of what the server made of it.';
		$table$, '{{base}}', quote_ident(base));
	-- either may be another's by now, or have been there already
	IF NOT sales_kpi.hold_model(target) THEN
		RAISE EXCEPTION 'schema % is gone', quote_ident(base)
			USING ERRCODE = 'invalid_schema_name', HINT = 'Somebody has renamed or dropped it meanwhile. Try again.';
	END IF;
	EXECUTE format('INSERT INTO %I.setting SELECT d.name, $1 ->> d.name, d.meaning FROM sales_kpi.default_setting d '
		'ON CONFLICT (name) DO UPDATE SET value = excluded.value, meaning = excluded.meaning', base) USING settings;
END
$$;
COMMENT ON PROCEDURE sales_kpi.keep_settings(text, jsonb) IS 'Internal: keeps the settings of a model beside its base views.';

CREATE PROCEDURE sales_kpi.create_schema_if_missing(schema_name text, meaning text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = schema_name) THEN
		EXECUTE format('CREATE SCHEMA %I', schema_name);
		EXECUTE format('COMMENT ON SCHEMA %I IS %L', schema_name, meaning);
	END IF;
END
$$;
COMMENT ON PROCEDURE sales_kpi.create_schema_if_missing(text, text) IS 'Internal: a schema of the caller''s, unless it is there.';

-- Settings not given stay what they were, or are the default.
CREATE PROCEDURE sales_kpi.create_model(
	target text DEFAULT 'kpi',
	sources text DEFAULT NULL,
	time_zone text DEFAULT NULL,
	fiscal_start integer DEFAULT NULL,
	as_of text DEFAULT NULL,
	scorecard_grain text DEFAULT NULL,
	response_sla interval DEFAULT NULL,
	calendar text DEFAULT NULL,
	win_within interval DEFAULT NULL,
	follow_ups_target numeric DEFAULT NULL,
	personal_elements_target numeric DEFAULT NULL,
	delivery_target numeric DEFAULT NULL,
	reply_target numeric DEFAULT NULL,
	cac_lag interval DEFAULT NULL,
	grace interval DEFAULT NULL,
	inactive_after interval DEFAULT NULL,
	purchases text DEFAULT NULL,
	dimensions text[] DEFAULT NULL,
	access text DEFAULT NULL)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
SET intervalstyle = 'postgres'
AS $$
DECLARE
	kept jsonb;
	settings jsonb;
	context jsonb;
	readers text[];
BEGIN
	IF sales_kpi.hold_model(target) THEN
		kept := sales_kpi.kept_settings(target);
	END IF;
	settings := (SELECT jsonb_object_agg(d.name, d.value) FROM sales_kpi.default_setting d)
		|| coalesce(kept, '{}')
		|| jsonb_strip_nulls(jsonb_build_object('sources', sources, 'time_zone', time_zone, 'fiscal_start', fiscal_start::text,
			'as_of', as_of, 'scorecard_grain', scorecard_grain, 'response_sla', response_sla::text, 'calendar', calendar,
			'win_within', win_within::text, 'follow_ups_target', follow_ups_target::text, 'personal_elements_target', personal_elements_target::text,
			'delivery_target', delivery_target::text, 'reply_target', reply_target::text, 'cac_lag', cac_lag::text,
			'grace', grace::text, 'inactive_after', inactive_after::text, 'purchases', purchases,
			'dimensions', dimensions::text, 'access', access));
	PERFORM sales_kpi.check_target(target, settings ->> 'sources');
	PERFORM sales_kpi.check_settings(settings);
	PERFORM sales_kpi.require_sources(settings ->> 'sources');
	context := sales_kpi.model_context(target, settings);
	PERFORM sales_kpi.check_dimensions(context);
	readers := sales_kpi.readers(target);
	CALL sales_kpi.create_schema_if_missing(target, 'KPI views of sales_kpi; begin with the scorecard.');
	CALL sales_kpi.create_schema_if_missing(context ->> 'base', 'Base views and settings of the model ' || target || ' of sales_kpi.');
	CALL sales_kpi.keep_settings(target, settings);
	CALL sales_kpi.make_views(context);
	CALL sales_kpi.make_statistics(context);
	CALL sales_kpi.warn_of_readers(target, readers);
END
$$;
COMMENT ON PROCEDURE sales_kpi.create_model(text, text, text, integer, text, text, interval, text, interval, numeric, numeric, numeric, numeric, interval, interval, interval, text, text[], text) IS 'Makes a model, or remakes it in place: base views over the sources and a view per KPI.';

CREATE PROCEDURE sales_kpi.repair_model(target text DEFAULT 'kpi')
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF (CASE WHEN sales_kpi.hold_model(target) THEN sales_kpi.kept_settings(target) END) IS NULL THEN
		RAISE EXCEPTION 'there is no model %', coalesce(quote_ident(target), 'NULL')
			USING ERRCODE = 'undefined_object', HINT = 'Make it with sales_kpi.create_model.';
	END IF;
	CALL sales_kpi.create_model(target);
END
$$;
COMMENT ON PROCEDURE sales_kpi.repair_model(text) IS 'Makes a model anew from its kept settings and from the sources as they are now.';
