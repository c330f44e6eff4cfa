-- Figures of goals. A goal runs over a span of its own, which no grain has: so the
-- templates of the KPI views are filled once more, with goals in the place of members
-- and their spans in the place of periods. Each fact meets the goals of its members in
-- a hash join; a view that no goal is set on reads nothing.

-- The measures that a goal on a dimension can be of: those of the views that have it.
-- What a view tells by stage is no single figure otherwise: a fact then counts for the
-- goals of all stages, and of the stages that come of it the goal's own is taken.
CREATE FUNCTION sales_kpi.goal_dimensions(t sales_kpi.view_template, context jsonb)
RETURNS text[]
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN 'stage' = ANY (t.keys) THEN '{stage}'
	ELSE ARRAY(SELECT d.dimension FROM sales_kpi.view_dimensions(t.view_name, context) d ORDER BY d.rank) END;
COMMENT ON FUNCTION sales_kpi.goal_dimensions(sales_kpi.view_template, jsonb) IS 'Internal: the dimensions that goals on the measures of a view can have.';

-- The boundaries of the span of a goal, of which a history is read; early as those of a
-- series of periods.
CREATE FUNCTION sales_kpi.goal_boundaries(goal_key text, as_of timestamptz, time_zone text, early interval)
RETURNS timestamptz[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN ARRAY[(goal_key::jsonb ->> 0)::timestamp AT TIME ZONE time_zone - early,
	least((goal_key::jsonb ->> 1)::timestamp AT TIME ZONE time_zone, as_of) - early];
COMMENT ON FUNCTION sales_kpi.goal_boundaries(text, timestamptz, text, interval) IS 'Internal: boundaries of the span of a goal, up to as_of.';

-- The members that a fact counts for, as rows (dimension, member).
CREATE FUNCTION sales_kpi.goal_members(t sales_kpi.view_template, fact text[], context jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT string_agg(CASE d.dimension WHEN 'stage' THEN '(''stage''::text, NULL)'
		ELSE format('(%s::text, coalesce((%s)::text, ''(none)''))', sales_kpi.dimension_name(d), sales_kpi.member_key(d, context)) END, ', ' ORDER BY d.rank)
	FROM jsonb_array_elements_text(context -> 'goal_dimensions' -> t.view_name) n (dimension)
	CROSS JOIN LATERAL sales_kpi.dimension_of(n.dimension, fact[1], context) d
);
COMMENT ON FUNCTION sales_kpi.goal_members(sales_kpi.view_template, text[], jsonb) IS 'Internal: SQL of the members that one fact counts for.';

-- A template with goals for members. Only growth looks beyond the span itself; what is
-- made from a history of the member takes facts of all times.
CREATE FUNCTION sales_kpi.goal_branch(t sales_kpi.view_template, kpis text[], context jsonb)
RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	fact text[] := regexp_match(t.query, '\{\{fact\((\w+) (\w+), ([^()]+)\)\}\}');
	is_series boolean := t.query !~ '\{\{period_start\}\}';
	grows boolean := t.query ~ '\{\{year_step\}\}';
	joins text := (SELECT string_agg(DISTINCT d.join_fact, E'\n') FROM jsonb_array_elements_text(context -> 'goal_dimensions' -> t.view_name) n (dimension)
		CROSS JOIN LATERAL sales_kpi.dimension_of(n.dimension, fact[1], context) d);
	series text := 'sales_kpi.goal_boundaries(\1.member_key, ';
	branch text := t.query;
BEGIN
	branch := replace(branch, '{{common}}', 'x.member_key AS goal_key, x.period_start');
	branch := regexp_replace(branch, '\{\{is_partial\(([^()]+)\)\}\}', '(\1 >= date ''2010-01-01'')', 'g');
	branch := regexp_replace(branch, '\{\{period_end\(([^()]+)\)\}\}', '(\1 + 1)', 'g');
	branch := regexp_replace(branch, '\{\{cohort_start\(([^(),]+), [^()]+\)\}\}', '\1', 'g');
	-- days make every span of a goal
	branch := replace(branch, '{{grain}}', '''day''');
	-- a goal has no empty cells
	branch := regexp_replace(branch, '\{\{period_starts\(([^()]+)\)\}\}', '''{}''::date[]', 'g');
	branch := replace(branch, '{{year_step}}', 'interval ''1 year''');
	branch := replace(branch, '{{grain_step}}', 'interval ''1 month''');
	branch := regexp_replace(branch, '\{\{closings\((\w+)\.\w+\)\}\}', series || '{{clock({{as_of}})}}, {{clock_zone}}, interval ''1 microsecond'')', 'g');
	branch := regexp_replace(branch, '\{\{boundaries\((\w+)\.\w+\)\}\}', series || '{{clock({{as_of}})}}, {{clock_zone}}, interval ''0'')', 'g');
	branch := regexp_replace(branch, '\{\{instants\((\w+)\.\w+\)\}\}', series || '{{as_of}}, {{time_zone}}, interval ''0'')', 'g');
	branch := regexp_replace(branch, '\{\{fact\([^()]+\)\}\}', format(
		E'{{base}}.%I %I %s\nCROSS JOIN LATERAL (VALUES %s) own_member (dimension, member)\n'
		'JOIN (SELECT DISTINCT goal_key, dimension, member, label, starts_at, ends_at FROM {{base}}.goal_span WHERE kpi = ANY (%L)%s) goal\n'
		'\tON goal.dimension = own_member.dimension%s%s',
		fact[1], fact[2], coalesce(joins, ''), sales_kpi.goal_members(t, fact, context), kpis, CASE WHEN grows THEN '' ELSE ' AND role = ''own''' END,
		CASE WHEN 'stage' = ANY (t.keys) THEN '' ELSE ' AND goal.member = own_member.member' END,
		CASE WHEN is_series THEN '' ELSE ' AND {{at}} >= goal.starts_at AND {{at}} < goal.ends_at' END));
	branch := replace(branch, '{{period_start}}', 'goal.label');
	branch := replace(branch, '{{member_key}}', 'goal.goal_key');
	branch := replace(branch, '{{product_key}}', sales_kpi.missing_as_null(fact[2] || '.product_id', 'product_id', context));
	branch := replace(branch, '{{name_join}}', '');
	branch := replace(branch, '{{dimension}}', '''goal''::text');
	branch := replace(branch, '{{fact}}', fact[2]);
	RETURN sales_kpi.render(replace(branch, '{{at}}', fact[3]), NULL, context);
END
$$;
COMMENT ON FUNCTION sales_kpi.goal_branch(sales_kpi.view_template, text[], jsonb) IS 'Internal: SQL of the figures of a KPI view for goals.';

CREATE FUNCTION sales_kpi.goal_figures(context jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT coalesce(string_agg(format(
		E'SELECT v.goal_key, m.kpi, m.value, m.n\nFROM (WITH apart AS (SELECT 1) %s) v\nCROSS JOIN LATERAL (VALUES %s) m (kpi, value, n)\nWHERE %s',
		sales_kpi.goal_branch(q.t, q.kpis, context), q.figures, concat_ws(' AND ',
			sales_kpi.render(format('EXISTS (SELECT FROM {{base}}.goal_span g WHERE g.kpi = ANY (%L))', q.kpis), NULL, context), q.only_where, CASE WHEN 'stage' = ANY ((q.t).keys) THEN 'v.stage = v.goal_key::jsonb ->> 3' END,
			-- the other spans of growth are there to compare with
			CASE WHEN (q.t).query ~ '\{\{year_step\}\}' THEN 'v.period_start IN (''2002-01-01'', ''2012-01-01'')' END)),
		E'\nUNION ALL\n' ORDER BY q.rank), 'SELECT NULL::text AS goal_key, NULL::text AS kpi, NULL::numeric AS value, NULL::bigint AS n WHERE false')
	FROM (
		SELECT t, min(m.rank) AS rank, m.only_where, array_agg(m.kpi ORDER BY m.rank) AS kpis,
			string_agg(format('(%L::text, %s::numeric, v.%I::bigint)', m.kpi, CASE m.not_by WHEN '{}' THEN format('v.%I', m.column_name)
				ELSE format('CASE WHEN v.goal_key::jsonb ->> 2 <> ALL (%L) THEN v.%I END', m.not_by, m.column_name) END, m.size_column), ', ' ORDER BY m.rank) AS figures
		FROM sales_kpi.measure m
		JOIN sales_kpi.view_template t ON t.storey = 'kpi' AND t.view_name = m.view_name
		WHERE context -> 'measured' ? m.view_name
		GROUP BY t, m.only_where
	) q
);
COMMENT ON FUNCTION sales_kpi.goal_figures(jsonb) IS 'Internal: SQL of the figures of all goals, a branch per KPI view.';

-- Counts and sums, and the dimensions that goals on them can have: where nothing has
-- happened, they are 0.
CREATE FUNCTION sales_kpi.sums_of_goals(context jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT quote_literal(coalesce(array_agg(m.kpi || ' ' || d.dimension ORDER BY m.rank, d.dimension), '{}')) || '::text[]'
	FROM sales_kpi.measure m
	JOIN sales_kpi.view_template t ON t.storey = 'kpi' AND t.view_name = m.view_name
	CROSS JOIN LATERAL jsonb_array_elements_text(context -> 'goal_dimensions' -> t.view_name) d (dimension)
	WHERE (m.over_time = 'adds up' OR m.column_name = m.size_column) AND d.dimension <> ALL (m.not_by) AND context -> 'measured' ? t.view_name
);
COMMENT ON FUNCTION sales_kpi.sums_of_goals(jsonb) IS 'Internal: SQL of the measures and dimensions of which the figure of a goal is 0 where nothing has happened.';
