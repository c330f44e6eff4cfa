-- A company's own dimensions: extra columns of its sources, which every KPI view that
-- they reach shows figures by. The setting names them as {deal.industry,customer.plan}.
-- In the base views a column is called by both names, so that it is never taken for one
-- of theirs. A user may call a column {{base}}: templates hold the placeholders
-- {{own_column 1}} and {{own_name 1}}, filled when all else is.

CREATE FUNCTION sales_kpi.dimension_list(dimensions text)
RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ARRAY(SELECT unnest(dimensions::text[]));
EXCEPTION WHEN data_exception THEN
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION sales_kpi.dimension_list(text) IS 'Internal: the columns that the setting dimensions names; NULL if it is no list.';

-- Of a name that would be too long, a fingerprint stands for it. (Neither strict nor with
-- a path of its own, so that a query takes it in.)
CREATE FUNCTION sales_kpi.own_dimensions(context jsonb)
RETURNS TABLE (number integer, relation text, dimension text, base_column text)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT o.number, o.relation, o.dimension, CASE WHEN octet_length(o.relation || '.' || o.dimension) <= 63
		THEN o.relation || '.' || o.dimension ELSE o.relation || '.' || md5(o.dimension) END
	FROM jsonb_to_recordset(context -> 'own') o (number integer, relation text, dimension text);
END;
COMMENT ON FUNCTION sales_kpi.own_dimensions(jsonb) IS 'Internal: the own dimensions of a model, and what their columns are called in the base views.';

-- Facts that carry the extra columns of a relation along, besides the relation itself;
-- and, where a setting decides, when. All others reach them by a join.
CREATE VIEW sales_kpi.carried_relation AS
SELECT relation::text, fact::text, conditions::text[]
FROM (VALUES
	('deal', 'deal_by_id', '{}'),
	('deal', 'purchase', '{sale.deal_id,purchases = sale}'),
	('deal', 'revenue', '{sale.deal_id,purchases = sale}'),
	('deal', 'driver_fact', '{}'),
	('deal', 'deal_outcome', '{}'),
	('deal', 'expected_close', '{}'),
	('deal', 'cycle_fact', '{}'),
	('deal', 'stage_visit', '{}'),
	('deal', 'stage_contact', '{}'),
	('lead', 'driver_fact', '{}'),
	('lead', 'lead_warming', '{}'),
	('touch', 'contact', '{}'),
	('sale', 'purchase', '{purchases = sale}'),
	('sale', 'revenue', '{purchases = sale}'),
	('sale', 'driver_fact', '{purchases = sale}'),
	('sale', 'active_span', '{set inactive_after}'),
	('subscription', 'paid_span', '{}'),
	('subscription', 'active_span', '{}'),
	('subscription', 'purchase', '{purchases = subscription}'),
	('subscription', 'revenue', '{purchases = subscription}'),
	('subscription', 'driver_fact', '{purchases = subscription}')
) AS c (relation, fact, conditions);
GRANT SELECT ON sales_kpi.carried_relation TO PUBLIC;
COMMENT ON VIEW sales_kpi.carried_relation IS 'Internal: which facts carry the extra columns of a source relation along.';
COMMENT ON COLUMN sales_kpi.carried_relation.relation IS 'The source relation.';
COMMENT ON COLUMN sales_kpi.carried_relation.fact IS 'The base view.';
COMMENT ON COLUMN sales_kpi.carried_relation.conditions IS 'What the sources and the settings must have for it, all of them.';

-- A lead that became a deal is no fact of that deal. The columns of a base view stand in
-- the contract or are commented in its template.
CREATE FUNCTION sales_kpi.deal_facts(columns jsonb)
RETURNS jsonb
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT coalesce(jsonb_object_agg(t.view_name, true), '{}')
	FROM sales_kpi.view_template t
	WHERE t.storey = 'base' AND t.view_name <> 'lead'
		AND CASE WHEN EXISTS (SELECT FROM sales_kpi.contract c WHERE c.relation = t.view_name)
			THEN columns ? (t.view_name || '.deal_id')
			ELSE strpos(t.comments, format('COMMENT ON COLUMN {{base}}.%s.deal_id ', t.view_name)) > 0 END
		AND NOT EXISTS (SELECT FROM sales_kpi.carried_relation c WHERE c.relation = 'deal' AND c.fact = t.view_name)
);
COMMENT ON FUNCTION sales_kpi.deal_facts(jsonb) IS 'Internal: base views that tell the deal of their rows, and do not carry its extra columns.';

-- Every dimension that a fact can be grouped by, and how it is reached. Reps, products
-- and customers are reached as their built-in dimensions are.
CREATE FUNCTION sales_kpi.dimensions_of(context jsonb, fact text)
RETURNS SETOF sales_kpi.dimension
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH built_in AS (
		SELECT DISTINCT ON (d.dimension) d.*
		FROM sales_kpi.dimension d
		WHERE d.relation IN (dimensions_of.fact, 'any')
		ORDER BY d.dimension, d.relation = 'any'
	)
	SELECT b.* FROM built_in b
	UNION ALL
	SELECT o.dimension, dimensions_of.fact, 100 + o.number, format('%s.{{own_column %s}}', w.alias, o.number), w.join_fact, '', NULL,
		format('column %s of the relation %s', o.dimension, o.relation)
	FROM sales_kpi.own_dimensions(context) o
	CROSS JOIN LATERAL (
		SELECT '{{fact}}', ''
		WHERE o.relation = dimensions_of.fact
			OR EXISTS (SELECT FROM sales_kpi.carried_relation c
					   WHERE c.relation = o.relation AND c.fact = dimensions_of.fact
						   AND (SELECT bool_and(sales_kpi.condition_holds(n, context)) FROM unnest(c.conditions) n) IS NOT FALSE)
		UNION ALL
		SELECT v.alias, b.join_fact
		FROM (VALUES ('rep', 'team', 'r'), ('product', 'family', 'p'), ('customer', 'segment', 'c')) v (relation, like_dimension, alias)
		JOIN built_in b ON b.dimension = v.like_dimension
		WHERE v.relation = o.relation
		UNION ALL
		SELECT 'deal', 'LEFT JOIN {{base}}.deal_by_id deal ON deal.deal_id = {{fact}}.deal_id'
		WHERE o.relation = 'deal' AND dimensions_of.fact <> 'deal' AND context -> 'deal_facts' ? dimensions_of.fact
	) w (alias, join_fact);
END;
COMMENT ON FUNCTION sales_kpi.dimensions_of(jsonb, text) IS 'Internal: the dimensions that a fact can be grouped by in a model, its own ones included.';

CREATE FUNCTION sales_kpi.dimension_of(dimension text, fact text, context jsonb)
RETURNS sales_kpi.dimension
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN jsonb_populate_record(NULL::sales_kpi.dimension, context #> ARRAY['reached', fact, dimension]);
COMMENT ON FUNCTION sales_kpi.dimension_of(text, text, jsonb) IS 'Internal: how a fact reaches a dimension.';

CREATE FUNCTION sales_kpi.dimension_name(d sales_kpi.dimension)
RETURNS text
LANGUAGE sql IMMUTABLE
RETURN coalesce('{{own_name ' || substring(d.key FROM '\{\{own_column (\d+)\}\}') || '}}', quote_literal(d.dimension));
COMMENT ON FUNCTION sales_kpi.dimension_name(sales_kpi.dimension) IS 'Internal: SQL of the name of a dimension, as a template can hold it.';

-- The dimensions of a KPI view: those of its header, and own ones by columns of the
-- relations that these speak of: where teams are, columns of reps and touches; where
-- families are, columns of products; where segments of customers are, all others.
CREATE FUNCTION sales_kpi.view_dimensions(view_name text, context jsonb)
RETURNS TABLE (dimension text, rank integer)
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT h.dimension, h.rank::integer
	FROM sales_kpi.view_template t
	CROSS JOIN unnest(t.dimensions) WITH ORDINALITY h (dimension, rank)
	WHERE t.storey = 'kpi' AND t.view_name = view_dimensions.view_name
	UNION ALL
	SELECT o.dimension, d.rank
	FROM sales_kpi.view_template t
	CROSS JOIN sales_kpi.own_dimensions(context) o
	JOIN sales_kpi.dimensions_of(context, substring(t.query FROM '\{\{fact\((\w+) ')) d ON d.dimension = o.dimension
	WHERE t.storey = 'kpi' AND t.view_name = view_dimensions.view_name
		AND coalesce(CASE o.relation WHEN 'rep' THEN 'team' WHEN 'touch' THEN 'team' WHEN 'product' THEN 'family' END, 'segment') = ANY (t.dimensions);
END;
COMMENT ON FUNCTION sales_kpi.view_dimensions(text, jsonb) IS 'Internal: the dimensions of a KPI view in a model, in their order.';

-- For {{own(relation alias)}} in a template of the base: the extra columns behind the
-- others, as NULL where the alias is NULL.
CREATE FUNCTION sales_kpi.own_columns(relation text, alias text, context jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT coalesce(string_agg(format(CASE alias WHEN 'NULL' THEN ', NULL::text AS {{own_column %2$s}}' ELSE ', %1$s.{{own_column %2$s}}' END, alias, o.number), '' ORDER BY o.number), '')
	FROM sales_kpi.own_dimensions(context) o
	WHERE o.relation = own_columns.relation
);
COMMENT ON FUNCTION sales_kpi.own_columns(text, text, jsonb) IS 'Internal: SQL of the extra columns that a base view carries along.';

CREATE FUNCTION sales_kpi.own_members(alias text, context jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT coalesce(string_agg(format(', ({{own_name %s}}, coalesce(%s.{{own_column %1$s}}, ''(none)''))', o.number, alias), '' ORDER BY o.number), '')
	FROM sales_kpi.own_dimensions(context) o
	WHERE o.relation = 'rep'
);
COMMENT ON FUNCTION sales_kpi.own_members(text, jsonb) IS 'Internal: SQL of the members of own dimensions that a rep belongs to.';

-- Of a source relation, with a day as everybody writes it: the server would write it
-- as the session wants.
CREATE FUNCTION sales_kpi.own_source_columns(relation text, context jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT coalesce(string_agg(format(CASE context -> 'columns' ->> (o.relation || '.' || o.dimension)
			WHEN 'date' THEN E',\n\tcoalesce(to_char(s.%1$I, ''YYYY-MM-DD''), s.%1$I::text) AS %2$I'
			ELSE E',\n\ts.%1$I::text COLLATE "default" AS %2$I' END, o.dimension, o.base_column), '' ORDER BY o.number), '')
	FROM sales_kpi.own_dimensions(context) o
	WHERE o.relation = own_source_columns.relation
);
COMMENT ON FUNCTION sales_kpi.own_source_columns(text, jsonb) IS 'Internal: SQL of the extra columns of a source that are dimensions.';

CREATE FUNCTION sales_kpi.own_comments(view_name text, context jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT string_agg(format('COMMENT ON COLUMN {{base}}.%I.{{own_column %s}} IS %L;', view_name, o.number,
		sales_kpi.apart_braces(format('Column %s of %s, a dimension of the model.', o.dimension, o.relation))), E'\n' ORDER BY o.number)
	FROM sales_kpi.own_dimensions(context) o
	WHERE view_name IN (o.relation, 'source_' || o.relation)
		OR EXISTS (SELECT FROM sales_kpi.carried_relation c WHERE c.relation = o.relation AND c.fact = own_comments.view_name)
);
COMMENT ON FUNCTION sales_kpi.own_comments(text, jsonb) IS 'Internal: SQL of the comments on the extra columns of a base view.';

-- All that keeps the columns from being dimensions, in one error.
CREATE FUNCTION sales_kpi.check_dimensions(context jsonb)
RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong text;
BEGIN
	SELECT string_agg(coalesce(w.name, 'NULL') || ': ' || w.reason, E'\n' ORDER BY w.number) INTO wrong
	FROM (
		SELECT o.number, (sales_kpi.dimension_list(context ->> 'dimensions'))[o.number] AS name, CASE
			WHEN NOT EXISTS (SELECT FROM sales_kpi.contract c WHERE c.relation = o.relation) OR o.dimension = ''
			THEN 'no column of a relation of the contract. Write it as relation.column, such as deal.industry.'
			WHEN NOT context -> 'relations' ? o.relation
			THEN format('%I has no relation %I.', context ->> 'sources', o.relation)
			WHEN EXISTS (SELECT FROM sales_kpi.contract c WHERE c.relation = o.relation AND c.column_name = o.dimension)
			THEN CASE WHEN EXISTS (SELECT FROM sales_kpi.dimension d WHERE d.dimension = o.dimension) THEN 'a dimension already.'
				ELSE 'a column of the contract. Only columns that are none of it can be made dimensions.' END
			WHEN s.type IS NULL
			THEN format('%I.%I has no column of that name.', context ->> 'sources', o.relation) || coalesce(' It has ' || n.near || '.', '')
			WHEN NOT has_column_privilege(format('%I.%I', context ->> 'sources', o.relation), o.dimension, 'SELECT')
			THEN format('no right to read it. GRANT SELECT (%I) ON %I.%I TO %I;', o.dimension, context ->> 'sources', o.relation, current_user)
			WHEN o.dimension ~ '[[:cntrl:]]'
			THEN 'its name holds a control character. Give it another name in the source view.'
			WHEN EXISTS (SELECT FROM sales_kpi.dimension d WHERE d.dimension = o.dimension)
			THEN format('a dimension of every model is called %s. Give the column another name in the source view.', o.dimension)
			WHEN EXISTS (SELECT FROM sales_kpi.own_dimensions(context) p WHERE p.dimension = o.dimension AND p.number < o.number)
			THEN format('another one is called %s. Give one of them another name in the source view.', o.dimension)
			WHEN NOT sales_kpi.source_type_fits('text', o.relation, o.dimension, s.type) AND s.type NOT IN ('boolean', 'date')
			THEN format('a value of type %s has no text of its own. Cast it to text in the source view.', s.type)
			WHEN NOT EXISTS (SELECT FROM sales_kpi.view_template t CROSS JOIN LATERAL sales_kpi.view_dimensions(t.view_name, context) d
							 WHERE t.storey = 'kpi' AND d.dimension = o.dimension)
			THEN format('no KPI view of this model shows figures by columns of the relation %s.', o.relation)
			END AS reason
		FROM sales_kpi.own_dimensions(context) o
		LEFT JOIN LATERAL (SELECT context -> 'columns' ->> (o.relation || '.' || o.dimension)) s (type) ON true
		LEFT JOIN LATERAL (SELECT string_agg(quote_ident(c.column_name), ', ' ORDER BY c.column_name) FROM sales_kpi.source_columns(context ->> 'sources') c
			WHERE c.relation = o.relation AND lower(c.column_name) = lower(o.dimension)) n (near) ON true
	) w
	WHERE w.reason IS NOT NULL;
	IF wrong IS NOT NULL THEN
		RAISE EXCEPTION 'setting dimensions cannot be "%"', context ->> 'dimensions'
			USING ERRCODE = 'invalid_parameter_value', DETAIL = wrong,
				HINT = format('The columns that can be: SELECT relation, column_name FROM sales_kpi.check_sources(%L) WHERE finding = ''extra column'';', context ->> 'sources');
	END IF;
END
$$;
COMMENT ON FUNCTION sales_kpi.check_dimensions(jsonb) IS 'Internal: an error that lists all that keeps columns from being dimensions.';
