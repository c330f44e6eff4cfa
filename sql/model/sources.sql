-- The user's own relations: what is there, what is wrong with it, and empty ones
-- for those who have none yet.

CREATE FUNCTION sales_kpi.source_relations(sources text)
RETURNS TABLE (relation text, relation_oid oid)
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT r.relation, c.oid
	FROM (SELECT DISTINCT relation FROM sales_kpi.contract) r
	JOIN pg_class c ON c.relname = r.relation AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
	JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = sources;
END;
COMMENT ON FUNCTION sales_kpi.source_relations(text) IS 'Internal: the contract''s relations found in a schema: tables, views, materialized views, foreign tables.';

CREATE FUNCTION sales_kpi.source_columns(sources text)
RETURNS TABLE (relation text, relation_oid oid, column_name text, type text, contract_type text, is_collated boolean)
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
BEGIN ATOMIC
	WITH RECURSIVE base (relation, relation_oid, column_name, type_oid, contract_type, is_collated) AS (
		SELECT r.relation, r.relation_oid, a.attname::text, a.atttypid, k.type, a.attcollation NOT IN (0, '"default"'::regcollation)
		FROM sales_kpi.source_relations(sources) r
		JOIN pg_attribute a ON a.attrelid = r.relation_oid AND a.attnum > 0 AND NOT a.attisdropped
		LEFT JOIN sales_kpi.contract k ON k.relation = r.relation AND k.column_name = a.attname
		UNION ALL
		SELECT b.relation, b.relation_oid, b.column_name, t.typbasetype, b.contract_type, b.is_collated
		FROM base b JOIN pg_type t ON t.oid = b.type_oid AND t.typtype = 'd'
	)
	SELECT b.relation, b.relation_oid, b.column_name, format_type(b.type_oid, NULL), b.contract_type, b.is_collated
	FROM base b JOIN pg_type t ON t.oid = b.type_oid AND t.typtype <> 'd';
END;
COMMENT ON FUNCTION sales_kpi.source_columns(text) IS 'Internal: columns of the contract''s relations found in a schema, domains resolved. contract_type is NULL for an extra column, is_collated true for one with a collation of its own.';

-- The types each type of the contract can be read from. A key may be of any type
-- that has one text form per value.
CREATE FUNCTION sales_kpi.source_type_fits(contract_type text, relation text, column_name text, type text)
RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN CASE contract_type
	WHEN 'time' THEN type IN ('date', 'timestamp without time zone', 'timestamp with time zone')
	WHEN 'date' THEN type IN ('date', 'timestamp without time zone', 'timestamp with time zone')
	WHEN 'integer' THEN type IN ('smallint', 'integer', 'bigint')
	WHEN 'numeric' THEN type IN ('smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision')
	WHEN 'boolean' THEN type = 'boolean'
	ELSE type !~ '\[\]$' AND type NOT IN ('bytea', 'json', 'jsonb', 'xml', 'record', 'real', 'double precision', 'money',
			'date', 'interval', 'timestamp without time zone', 'timestamp with time zone', 'time without time zone')
		AND (type <> 'boolean' OR (relation, column_name) = ('deal', 'outcome'))
END;
COMMENT ON FUNCTION sales_kpi.source_type_fits(text, text, text, text) IS 'Internal: whether a source column of this type can be read as the contract wants it.';

CREATE FUNCTION sales_kpi.type_words(contract_type text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN CASE contract_type WHEN 'key' THEN 'bigint, uuid or text'
	WHEN 'time' THEN 'timestamptz, timestamp or date' ELSE contract_type END;
COMMENT ON FUNCTION sales_kpi.type_words(text) IS 'Internal: what a type of the contract is called in messages.';

CREATE FUNCTION sales_kpi.check_sources(sources text)
RETURNS TABLE (relation text, column_name text, finding text, is_error boolean, what_to_do text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = sources) THEN
		RAISE EXCEPTION 'schema % does not exist', coalesce(quote_ident(sources), 'NULL')
			USING ERRCODE = 'invalid_schema_name',
				HINT = 'Name the schema that holds the source tables or views, or make one with CREATE SCHEMA and sales_kpi.create_sources.';
	END IF;
	RETURN QUERY
	WITH relation AS (SELECT * FROM sales_kpi.source_relations(sources)),
	present AS (SELECT * FROM sales_kpi.source_columns(sources)),
	finding AS (
		SELECT c.relation, c.column_name, 'required column missing' AS finding, true AS is_error,
			format('Add a column %I (%s) to %I.%I.', c.column_name, sales_kpi.type_words(c.type), sources, c.relation) AS what_to_do
		FROM sales_kpi.contract c
		WHERE c.need <> 'optional' AND c.relation IN (SELECT r.relation FROM relation r)
			AND NOT EXISTS (SELECT FROM present p WHERE p.relation = c.relation AND p.column_name = c.column_name)
		UNION ALL
		SELECT p.relation, p.column_name, format('unusable type %s', p.type), true,
			format('Cast %I to %s.', p.column_name, sales_kpi.type_words(p.contract_type))
		FROM present p
		WHERE NOT sales_kpi.source_type_fits(p.contract_type, p.relation, p.column_name, p.type)
		UNION ALL
		SELECT r.relation, NULL, 'no right to read it', true, format('GRANT SELECT ON %I.%I TO %I;', sources, r.relation, current_user)
		FROM relation r
		WHERE NOT has_any_column_privilege(r.relation_oid, 'SELECT')
		UNION ALL
		SELECT p.relation, p.column_name, 'no right to read it', true, format('GRANT SELECT (%I) ON %I.%I TO %I;', p.column_name, sources, p.relation, current_user)
		FROM present p
		WHERE p.contract_type IS NOT NULL AND has_any_column_privilege(p.relation_oid, 'SELECT') AND NOT has_column_privilege(p.relation_oid, p.column_name, 'SELECT')
		UNION ALL
		SELECT p.relation, p.column_name, 'extra column', false, 'Not in the contract; it is not read, unless the model has it among its dimensions.'
		FROM present p
		WHERE p.contract_type IS NULL
		UNION ALL
		SELECT r.relation, NULL, 'relation absent', false,
			coalesce(nullif(concat_ws(' ', 'Views without rows: ' || v.names || '.', s.unless_set), ''),
				'No view stays empty for it; what it would add is unknown.')
		FROM (SELECT DISTINCT c.relation FROM sales_kpi.contract c) r
		CROSS JOIN LATERAL (SELECT string_agg(t.view_name, ', ' ORDER BY t.view_name) AS names
			FROM sales_kpi.view_template t
			WHERE r.relation = ANY (t.reads) AND NOT t.reads && ARRAY(SELECT k.relation FROM relation k)) v
		-- one stands for the other, where a setting says so
		LEFT JOIN (VALUES
			('sale', 'subscription', 'Figures of sales are empty, unless the setting purchases makes them of subscriptions.'),
			('subscription', 'sale', 'So are churn, retention and survival, unless the setting inactive_after tells how long a purchase keeps its customer active.')
		) s (relation, present, unless_set) ON s.relation = r.relation AND EXISTS (SELECT FROM relation k WHERE k.relation = s.present)
		WHERE r.relation NOT IN (SELECT k.relation FROM relation k)
	)
	SELECT f.relation, f.column_name, f.finding, f.is_error, f.what_to_do
	FROM finding f
	LEFT JOIN sales_kpi.contract c ON c.relation = f.relation AND c.column_name = f.column_name
	ORDER BY f.is_error DESC, f.relation, c.rank NULLS LAST, f.column_name;
END
$$;
COMMENT ON FUNCTION sales_kpi.check_sources(text) IS 'What stands between the relations of a schema and a model: a row per finding.';

-- No constraints and no unique indexes: an import of dirty rows shall not fail,
-- data_quality tells what is wrong with them.
CREATE PROCEDURE sales_kpi.create_sources(sources text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	missing record;
	k record;
BEGIN
	IF sources IS NULL THEN
		RAISE EXCEPTION 'the schema of the sources is NULL'
			USING ERRCODE = 'null_value_not_allowed', HINT = 'CALL sales_kpi.create_sources(''crm'');';
	END IF;
	IF sources = '' OR octet_length(sources) > 63 THEN
		RAISE EXCEPTION 'schema name % cannot be', quote_ident(sources)
			USING ERRCODE = 'invalid_name', HINT = 'A name has 1 to 63 bytes.';
	END IF;
	IF sources = 'sales_kpi' THEN
		RAISE EXCEPTION 'schema sales_kpi is the extension''s'
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'What is in it goes with the extension.',
				HINT = 'CALL sales_kpi.create_sources(''crm'');';
	END IF;
	IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = sources) THEN
		EXECUTE format('CREATE SCHEMA %I', sources);
	END IF;
	FOR missing IN
		SELECT c.relation,
			string_agg(format('%I %s%s', c.column_name, t.name,
				' DEFAULT ' || CASE WHEN c.default_value !~ '::text$' THEN c.default_value END), ', ' ORDER BY c.rank) AS columns
		FROM sales_kpi.contract c
		CROSS JOIN LATERAL (SELECT CASE c.type WHEN 'key' THEN 'bigint' WHEN 'time' THEN 'timestamptz' ELSE c.type END AS name) t
		WHERE c.relation NOT IN (SELECT r.relation FROM sales_kpi.source_relations(sources) r)
		GROUP BY c.relation
		ORDER BY c.relation
	LOOP
		EXECUTE format('CREATE TABLE %I.%I (%s)', sources, missing.relation, missing.columns);
		EXECUTE format('COMMENT ON TABLE %I.%I IS %L', sources, missing.relation,
			format('Source of sales_kpi: relation %s of the contract.', missing.relation));
		FOR k IN SELECT * FROM sales_kpi.contract c WHERE c.relation = missing.relation LOOP
			EXECUTE format('COMMENT ON COLUMN %I.%I.%I IS %L', sources, k.relation, k.column_name, k.meaning);
			IF k.type = 'key' THEN
				EXECUTE format('CREATE INDEX ON %I.%I (%I)', sources, k.relation, k.column_name);
			END IF;
		END LOOP;
		RAISE NOTICE 'created table %.%', quote_ident(sources), quote_ident(missing.relation);
	END LOOP;
END
$$;
COMMENT ON PROCEDURE sales_kpi.create_sources(text) IS 'Makes whatever relations of the contract a schema lacks, as empty, commented, indexed tables of the caller.';
