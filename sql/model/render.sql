-- From templates to views. A template is SQL with placeholders in double braces,
-- and with lines `-- if CONDITION`, `-- else`, `-- end` around what depends on the
-- sources. What a model knows about itself travels as one jsonb, the context:
-- settings, schema names, and the type of every source column.

-- A condition names relations (lead) or columns (lead.rep_id) that must be there,
-- columns known by the day only (date lead.arrived_at), settings that are set
-- (set inactive_after), settings of a certain value (purchases = subscription) or
-- relations with own dimensions (own deal), joined by `or`.
CREATE FUNCTION sales_kpi.condition_holds(condition text, context jsonb)
RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT bool_or(CASE WHEN term LIKE 'date %' THEN context -> 'columns' ->> substr(term, 6) = 'date'
						 WHEN term LIKE 'set %' THEN context ->> substr(term, 5) IS NOT NULL
						 WHEN term LIKE 'own %' THEN coalesce(context -> 'own' @> jsonb_build_array(jsonb_build_object('relation', substr(term, 5))), false)
						 WHEN term LIKE '% = %' THEN context ->> split_part(term, ' = ', 1) IS NOT DISTINCT FROM split_part(term, ' = ', 2)
						 WHEN term LIKE '%.%' THEN context -> 'columns' ? term
						 ELSE context -> 'relations' ? term END)
	FROM regexp_split_to_table(condition, ' or ') AS term
);
COMMENT ON FUNCTION sales_kpi.condition_holds(text, jsonb) IS 'Internal: whether the sources and settings have what a condition in a template asks for.';

CREATE FUNCTION sales_kpi.keep_lines(template text, context jsonb)
RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept text[] := '{}';
	line text;
	depth integer := 0;
	skipped_from integer := 0;	-- depth of the block being skipped, 0: none
BEGIN
	FOREACH line IN ARRAY string_to_array(template, E'\n') LOOP
		IF line LIKE '-- if %' OR line LIKE '-- unless %' THEN
			depth := depth + 1;
			IF skipped_from = 0 AND sales_kpi.condition_holds(regexp_replace(line, '^-- (if|unless) ', ''), context)
				<> (line LIKE '-- if %') THEN
				skipped_from := depth;
			END IF;
		ELSIF line = '-- else' THEN
			IF skipped_from IN (0, depth) THEN
				skipped_from := depth - skipped_from;
			END IF;
		ELSIF line = '-- end' THEN
			IF skipped_from = depth THEN
				skipped_from := 0;
			END IF;
			depth := depth - 1;
		ELSIF skipped_from = 0 THEN
			kept := kept || line;
		END IF;
	END LOOP;
	RETURN array_to_string(kept, E'\n');
END
$$;
COMMENT ON FUNCTION sales_kpi.keep_lines(text, jsonb) IS 'Internal: a template without the lines that do not apply to these sources.';

-- (What the planner can reckon beforehand is left to the server, whose own way takes
-- seven times as long.)
CREATE FUNCTION sales_kpi.local_date(instant text, context jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN CASE instant WHEN '{{as_of}}' THEN format('(%s AT TIME ZONE %L)::date', instant, context ->> 'time_zone')
	ELSE format('sales_kpi.period_start(''day'', %s, %L)', instant, context ->> 'time_zone') END;
COMMENT ON FUNCTION sales_kpi.local_date(text, jsonb) IS 'Internal: SQL of the day of an instant in the model''s zone.';

-- Between two days, whole days; otherwise absolute time. A column written as s.X
-- is the source's; for others the third argument names the column that tells.
CREATE FUNCTION sales_kpi.elapsed(relation text, from_time text, until_time text, until_column text, context jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
RETURN CASE
	WHEN context -> 'columns' ->> coalesce(relation || substring(from_time FROM '^s(\.\w+)$'), until_column) = 'date'
		AND context -> 'columns' ->> coalesce(until_column, relation || substring(until_time FROM '^s(\.\w+)$')) = 'date'
	THEN format('make_interval(days => %s - %s)', sales_kpi.local_date(until_time, context), sales_kpi.local_date(from_time, context))
	ELSE format('(%s - %s)', until_time, from_time)
END;
COMMENT ON FUNCTION sales_kpi.elapsed(text, text, text, text, jsonb) IS 'Internal: SQL of the time between two events.';

-- How long customers stay is counted on a clock: where their spans are known by the
-- day only, on the local one, read as if it stood in UTC; there every day has 24
-- hours, and a gap or a life is whole calendar days. Otherwise time is absolute.
CREATE FUNCTION sales_kpi.spans_are_days(context jsonb)
RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN coalesce(CASE WHEN context -> 'relations' ? 'subscription'
	THEN context -> 'columns' ->> 'subscription.started_at' = 'date' AND coalesce(context -> 'columns' ->> 'subscription.ended_at', 'date') = 'date'
	ELSE context -> 'columns' ->> 'sale.sold_at' = 'date' END, false);
COMMENT ON FUNCTION sales_kpi.spans_are_days(jsonb) IS 'Internal: whether the sources know by the day only when customers are active.';

CREATE FUNCTION sales_kpi.clock(instant text, context jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN sales_kpi.spans_are_days(context) THEN format('(%s AT TIME ZONE %L) AT TIME ZONE ''UTC''', instant, context ->> 'time_zone') ELSE instant END;
COMMENT ON FUNCTION sales_kpi.clock(text, jsonb) IS 'Internal: SQL of an instant on the clock by which the time of customers is counted.';

-- All that a template can ask for, whatever storey it is of. `relation` is the
-- source relation of a base view, NULL for others.
CREATE FUNCTION sales_kpi.render(template text, relation text, context jsonb)
RETURNS text
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rendered text := sales_kpi.keep_lines(template, context);
	call text[];
BEGIN
	FOR call IN SELECT DISTINCT regexp_matches(rendered, '(\{\{elapsed\(([^(),]+), ([^(),]+)(?:, ([^(),]+))?\)\}\})', 'g') LOOP
		rendered := replace(rendered, call[1], sales_kpi.elapsed(relation, call[2], call[3], call[4], context));
	END LOOP;
	FOR call IN SELECT DISTINCT regexp_matches(rendered, '(\{\{local_date\(([^()]+)\)\}\})', 'g') LOOP
		rendered := replace(rendered, call[1], sales_kpi.local_date(call[2], context));
	END LOOP;
	FOR call IN SELECT DISTINCT regexp_matches(rendered, '(\{\{clock\(([^()]+)\)\}\})', 'g') LOOP
		rendered := replace(rendered, call[1], sales_kpi.clock(call[2], context));
	END LOOP;
	FOR call IN SELECT DISTINCT regexp_matches(rendered, '(\{\{usable(?:\((\w+)\))?\}\})', 'g') LOOP
		rendered := replace(rendered, call[1], coalesce(context -> 'usable' ->> coalesce(call[2], relation), 'true'));
	END LOOP;
	FOR call IN SELECT DISTINCT regexp_matches(rendered, '(\{\{own\((\w+) (\w+)\)\}\})', 'g') LOOP
		rendered := replace(rendered, call[1], sales_kpi.own_columns(call[2], call[3], context));
	END LOOP;
	FOR call IN SELECT DISTINCT regexp_matches(rendered, '(\{\{own_members\((\w+)\)\}\})', 'g') LOOP
		rendered := replace(rendered, call[1], sales_kpi.own_members(call[2], context));
	END LOOP;
	-- in one pass, for a schema may be called {{base}}
	RETURN (
		SELECT string_agg(CASE WHEN piece.number = 1 THEN piece.content
			ELSE coalesce(context -> 'placeholders' ->> piece.name, '{{' || piece.name || '}}') || substr(piece.content, length(piece.name) + 3) END, '' ORDER BY piece.number)
		FROM (SELECT u.content, u.number, split_part(u.content, '}}', 1) AS name
			  FROM unnest(string_to_array(rendered, '{{')) WITH ORDINALITY u (content, number)) piece
	);
END
$$;
COMMENT ON FUNCTION sales_kpi.render(text, text, jsonb) IS 'Internal: a template with its placeholders filled for one model.';

-- For names in what is rendered: of three braces, too, no two stay together.
CREATE FUNCTION sales_kpi.apart_braces(words text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN regexp_replace(words, '\{(?=\{)', '{ ', 'g');
COMMENT ON FUNCTION sales_kpi.apart_braces(text) IS 'Internal: words in which nothing can be read as a placeholder: a blank goes between two braces.';
