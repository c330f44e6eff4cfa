-- Figures of goals. A goal runs over a span of its own, which no grain has: so the
-- templates of the KPI views are filled once more, with goals in the place of members
-- and their spans in the place of periods. Each fact meets the goals of its members in
-- a hash join. The branch of a view hangs on the goals that are set on it: without one,
-- or where a filter on kpi leaves none, it reads nothing.

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

-- The member that a fact counts for in a dimension that goals are set on.
CREATE FUNCTION sales_kpi.goal_member(t sales_kpi.view_template, fact text[], context jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT format('CASE goal_dimension.dimension %s END', string_agg(format('WHEN %s THEN coalesce((%s)::text, ''(none)'')',
		sales_kpi.dimension_name(d), sales_kpi.member_key(d, context)), ' ' ORDER BY d.rank))
	FROM jsonb_array_elements_text(context -> 'goal_dimensions' -> t.view_name) n (dimension)
	CROSS JOIN LATERAL sales_kpi.dimension_of(n.dimension, fact[1], context) d
);
COMMENT ON FUNCTION sales_kpi.goal_member(sales_kpi.view_template, text[], jsonb) IS 'Internal: SQL of the member that a fact counts for in a dimension of goals.';

-- A template with goals for members: those of own_goal, with their spans. What is made
-- from a history of the member takes facts of all times.
CREATE FUNCTION sales_kpi.goal_branch(t sales_kpi.view_template, context jsonb)
RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	fact text[] := regexp_match(t.query, '\{\{fact\((\w+) (\w+), ([^()]+)\)\}\}');
	is_series boolean := t.query !~ '\{\{period_start\}\}';
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
		E'{{base}}.%I %I %s\nCROSS JOIN (SELECT DISTINCT dimension FROM own_goal) goal_dimension\n'
		'JOIN (SELECT DISTINCT goal_key, dimension, member, label, starts_at, ends_at FROM own_goal) goal\n'
		'\tON goal.dimension = goal_dimension.dimension%s%s',
		fact[1], fact[2], coalesce(joins, ''),
		CASE WHEN 'stage' = ANY (t.keys) THEN ' AND goal.dimension = ''stage''' ELSE ' AND goal.member = ' || sales_kpi.goal_member(t, fact, context) END,
		-- (the first start, for facts before it to be left out where they are read)
		CASE WHEN is_series THEN '' ELSE ' AND {{at}} >= goal.starts_at AND {{at}} < goal.ends_at AND {{at}} >= (SELECT min(starts_at) FROM own_goal)' END));
	branch := replace(branch, '{{period_start}}', 'goal.label');
	branch := replace(branch, '{{member_key}}', 'goal.goal_key');
	branch := replace(branch, '{{group_by_member}}', 'GROUP BY 1');
	branch := replace(branch, '{{rep_apart}}', '');
	branch := replace(branch, '{{product_key}}', sales_kpi.missing_as_null(fact[2] || '.product_id', 'product_id', context));
	branch := replace(branch, '{{name_join}}', '');
	branch := replace(branch, '{{dimension}}', '''goal''::text');
	branch := replace(branch, '{{fact}}', fact[2]);
	RETURN replace(branch, '{{at}}', fact[3]);
END
$$;
COMMENT ON FUNCTION sales_kpi.goal_branch(sales_kpi.view_template, jsonb) IS 'Internal: SQL of the figures of a KPI view for goals.';

CREATE FUNCTION sales_kpi.goal_figures(context jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT coalesce(string_agg(sales_kpi.render(format(
		E'(WITH own_goal AS MATERIALIZED (SELECT s.* FROM {{base}}.goal_span s WHERE s.kpi = ANY (%L)%s),\n'
		'own_figure AS MATERIALIZED (SELECT v.* FROM (WITH apart AS (SELECT 1)\n%s) v WHERE %s)\n'
		'SELECT k.goal_key, k.kpi, CASE k.kpi %s END AS value, CASE k.kpi %s END AS n\n'
		'FROM (SELECT DISTINCT g.goal_key, g.kpi FROM own_goal g) k\nLEFT JOIN own_figure v ON v.goal_key = k.goal_key)',
		q.kpis, CASE WHEN q.grows THEN '' ELSE ' AND s.role = ''own''' END, sales_kpi.goal_branch(q.t, context),
		concat_ws(' AND ', 'true', q.only_where, CASE WHEN 'stage' = ANY ((q.t).keys) THEN 'v.stage = v.goal_key::jsonb ->> 3' END,
			-- the other spans of growth are there to compare with
			CASE WHEN q.grows THEN 'v.period_start IN (''2002-01-01'', ''2012-01-01'')' END), q.figures, q.sizes), NULL, context),
		E'\nUNION ALL\n' ORDER BY q.rank), 'SELECT NULL::text AS goal_key, NULL::text AS kpi, NULL::numeric AS value, NULL::bigint AS n WHERE false')
	FROM (
		-- only growth looks beyond the span itself
		SELECT t, bool_or(t.query ~ '\{\{year_step\}\}') AS grows, min(m.rank) AS rank, m.only_where, array_agg(m.kpi ORDER BY m.rank) AS kpis,
			string_agg(format('WHEN %L THEN %s::numeric', m.kpi, CASE m.not_by WHEN '{}' THEN format('v.%I', m.column_name)
				ELSE format('CASE WHEN v.goal_key::jsonb ->> 2 <> ALL (%L) THEN v.%I END', m.not_by, m.column_name) END), ' ' ORDER BY m.rank) AS figures,
			string_agg(format('WHEN %L THEN v.%I::bigint', m.kpi, m.size_column), ' ' ORDER BY m.rank) AS sizes
		FROM sales_kpi.measure m
		JOIN sales_kpi.view_template t ON t.storey = 'kpi' AND t.view_name = m.view_name
		WHERE context -> 'measured' ? m.view_name AND context -> 'relations' ? 'goal'
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
