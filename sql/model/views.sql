-- The KPI storey: a template of sql/views becomes UNION ALL of a branch per grain
-- and dimension. Constants stand outside of the aggregation, so that a filter on
-- grain and dimension leaves one branch in the plan.

CREATE FUNCTION sales_kpi.grain_step(grain text)
RETURNS interval
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN CASE grain WHEN 'all' THEN NULL WHEN 'quarter' THEN interval '3 months' ELSE ('1 ' || grain)::interval END;
COMMENT ON FUNCTION sales_kpi.grain_step(text) IS 'Internal: length of a period of a grain; of all time, NULL.';

-- The boundaries of the periods from a moment to as_of, which ends the last one; of
-- the grain all, of one period. Given `early`, each comes that much earlier: what
-- begins or ends at the instant that begins a period has happened in that period, so
-- the state at its start is read a microsecond before. A series is of no more than
-- 15,000 periods, 41 years of days: one mistyped year shall not swamp a view.
CREATE FUNCTION sales_kpi.series_boundaries(grain text, from_time timestamptz, as_of timestamptz, time_zone text, fiscal_start integer, early interval)
RETURNS timestamptz[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN CASE grain
	WHEN 'all' THEN ARRAY[from_time - early, as_of - early]
	-- a day that a zone leaves out has no time, and its boundaries are one
	ELSE ARRAY(SELECT b.at
			   FROM (SELECT DISTINCT least(p.at, as_of) - early AS at
					 FROM unnest(sales_kpi.periods(grain, from_time, as_of, time_zone, fiscal_start)) p (at)
					 ORDER BY 1 DESC LIMIT 15001) b
			   ORDER BY 1)
END;
COMMENT ON FUNCTION sales_kpi.series_boundaries(text, timestamptz, timestamptz, text, integer, interval) IS 'Internal: boundaries of the periods of a series that ends with as_of.';

-- The first days of the periods from a day to as_of, no more of them than a series has:
-- what has a row in every period is put beside them.
CREATE FUNCTION sales_kpi.period_starts(grain text, since date, as_of timestamptz, time_zone text, fiscal_start integer)
RETURNS date[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN ARRAY(SELECT DISTINCT (p.at AT TIME ZONE time_zone)::date
			 FROM (SELECT b.at
				   FROM unnest(sales_kpi.periods(grain, since::timestamp AT TIME ZONE time_zone, as_of, time_zone, fiscal_start)) b (at)
				   WHERE b.at < as_of
				   ORDER BY 1 DESC LIMIT 15000) p);
COMMENT ON FUNCTION sales_kpi.period_starts(text, date, timestamptz, text, integer) IS 'Internal: first days of the periods from a day to as_of.';

CREATE FUNCTION sales_kpi.year_step(grain text)
RETURNS interval
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN grain IN ('day', 'week') THEN interval '364 days' ELSE interval '1 year' END;
COMMENT ON FUNCTION sales_kpi.year_step(text) IS 'Internal: from a period of a grain to the same one a year later; of days and weeks, on the same day of the week.';

-- A member called (none) is taken for missing, or there would be two of that name.
CREATE FUNCTION sales_kpi.missing_as_null(key text, column_name text, context jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN context -> 'key_types' ->> column_name <> 'text' THEN key ELSE format('nullif(%s, ''(none)'')', key) END;
COMMENT ON FUNCTION sales_kpi.missing_as_null(text, text, jsonb) IS 'Internal: SQL of a key that is NULL where it is called like the missing.';

-- Only what has names of its own is known by an id.
CREATE FUNCTION sales_kpi.member_key(d sales_kpi.dimension, context jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN CASE d.dimension WHEN 'all' THEN d.key
	ELSE sales_kpi.missing_as_null(d.key, CASE d.join_name WHEN '' THEN '' ELSE d.dimension || '_id' END, context) END;
COMMENT ON FUNCTION sales_kpi.member_key(sales_kpi.dimension, jsonb) IS 'Internal: SQL of the member of a dimension that a fact counts for; NULL: none.';

-- A template declares its fact once, as {{fact(relation alias, time)}}; dimension,
-- period and member follow from that. A series of periods is made from the history
-- of a member: {{closings(history)}} are the instants at which its state is read,
-- {{boundaries(history)}} those that part its periods, both on the clock of customers;
-- {{instants(history)}} part them in absolute time, in which purchases are told apart.
-- {{period_starts(day)}} are the periods from a day to as_of, {{year_step}} is how long
-- before a period the same one of the year before began, {{grain}} what its length is
-- called. {{period_start}} is NULL of the grain all, which has one period:
-- {{cohort_start(period, day)}} is the day there. {{group_by_member}} is left out of the
-- total, whose one member is a constant that each row would be compared with; without
-- any facts the history of the total is NULL.
CREATE FUNCTION sales_kpi.branch(template text, grain text, d sales_kpi.dimension, context jsonb)
RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	fact text[] := regexp_match(template, '\{\{fact\((\w+) (\w+), ([^()]+)\)\}\}');
	name text := sales_kpi.dimension_name(d);
	branch text := template;
	period_end text := CASE grain WHEN 'all' THEN '(({{as_of}} - interval ''1 microsecond'') AT TIME ZONE {{time_zone}})::date + 1'
		ELSE '(\1 + {{grain_step}})::date' END;
	series text := format('sales_kpi.series_boundaries(%L, sales_kpi.first_start(\1), {{clock({{as_of}})}}, {{clock_zone}}, {{fiscal_start}}, interval ', grain);
	member text;
BEGIN
	member := CASE d.dimension WHEN 'all' THEN 'x.member_key' ELSE 'coalesce(x.member_key::text, ''(none)'')' END;
	-- Below the constants stands a single relation, and whatever it is made of is kept
	-- apart: where the constants do not fit, the planner leaves it out unseen. Relations
	-- joined beside it would all be planned first.
	branch := regexp_replace(branch, E'\nFROM \\((.*)\n\\) x\n\\{\\{name_join\\}\\}', format(
		E'\nFROM (WITH apart AS (SELECT 1)\nSELECT x.*%s\nFROM (\\1\n) x\n%s) x',
		CASE WHEN d.join_name <> '' THEN format(', %s AS member_name', d.member_name) END, d.join_name || E'\n'));
	branch := replace(branch, '{{common}}', format(
		E'%L::text AS grain, x.period_start, {{period_end(x.period_start)}} AS period_end,\n\t{{is_partial(x.period_start)}} AS is_partial,\n'
		'\t%s::text AS dimension, %s AS member, %s AS member_name',
		grain, name, member, CASE WHEN d.join_name <> '' THEN format('coalesce(x.member_name, %s)', member) ELSE coalesce(d.member_name, member) END));
	branch := regexp_replace(branch, '\{\{is_partial\(([^()]+)\)\}\}', '({{period_end(\1)}})::timestamp AT TIME ZONE {{time_zone}} > {{as_of}}', 'g');
	branch := regexp_replace(branch, '\{\{period_end\(([^()]+)\)\}\}', period_end, 'g');
	branch := regexp_replace(branch, '\{\{period_starts\(([^()]+)\)\}\}',
		format('sales_kpi.period_starts(%L, \1, {{as_of}}, {{time_zone}}, {{fiscal_start}})', grain), 'g');
	branch := replace(branch, '{{year_step}}', format('interval %L', sales_kpi.year_step(grain)));
	branch := replace(branch, '{{grain_step}}', format('interval %L', sales_kpi.grain_step(grain)));
	branch := regexp_replace(branch, '\{\{closings\(([^()]+)\)\}\}', series || '''1 microsecond'')', 'g');
	branch := regexp_replace(branch, '\{\{boundaries\(([^()]+)\)\}\}', series || '''0'')', 'g');
	branch := regexp_replace(branch, '\{\{instants\(([^()]+)\)\}\}', format(
		'sales_kpi.series_boundaries(%L, sales_kpi.first_start(\1), {{as_of}}, {{time_zone}}, {{fiscal_start}}, interval ''0'')', grain), 'g');
	branch := regexp_replace(branch, '\{\{fact\([^()]+\)\}\}', format('{{base}}.%I %I %s', fact[1], fact[2], d.join_fact));
	branch := replace(branch, '{{period_start}}', CASE grain WHEN 'all' THEN 'NULL::date'
		ELSE format('sales_kpi.period_start(%L, %s, {{time_zone}}, {{fiscal_start}})', grain, fact[3]) END);
	branch := regexp_replace(branch, '\{\{cohort_start\(([^(),]+), ([^(),]+)\)\}\}', CASE grain WHEN 'all' THEN '\2' ELSE '\1' END, 'g');
	branch := replace(branch, '{{member_key}}', sales_kpi.member_key(d, context));
	branch := replace(branch, '{{group_by_member}}', CASE d.dimension WHEN 'all' THEN '' ELSE 'GROUP BY 1' END);
	-- a rep that may be that of the customer comes from two relations, and the planner
	-- would take groups for each pair of them
	branch := replace(branch, '{{rep_apart}}', CASE WHEN d.dimension = 'rep' AND context -> 'columns' ? 'customer.rep_id' THEN 'WITH apart AS (SELECT 1) ' ELSE '' END);
	branch := replace(branch, '{{product_key}}', sales_kpi.missing_as_null(fact[2] || '.product_id', 'product_id', context));
	branch := replace(branch, '{{dimension}}', name);
	branch := replace(branch, '{{grain}}', quote_literal(grain));
	branch := replace(branch, '{{fact}}', fact[2]);
	RETURN sales_kpi.render(replace(branch, '{{at}}', fact[3]), NULL, context);
END
$$;
COMMENT ON FUNCTION sales_kpi.branch(text, text, sales_kpi.dimension, jsonb) IS 'Internal: one branch of a KPI view: one grain, one dimension.';

CREATE FUNCTION sales_kpi.setting_rows(context jsonb)
RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT string_agg(format('(%L::text, %L::text, %L::text)', d.name, context ->> d.name, d.meaning), E',\n\t') FROM sales_kpi.default_setting d);
END
$$;
COMMENT ON FUNCTION sales_kpi.setting_rows(jsonb) IS 'Internal: SQL of the settings of a model.';

CREATE FUNCTION sales_kpi.kpi_view(view_name text, context jsonb)
RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	t sales_kpi.view_template;
BEGIN
	SELECT * INTO STRICT t FROM sales_kpi.view_template v WHERE v.view_name = kpi_view.view_name AND v.storey = 'kpi';
	IF t.dimensions IS NULL THEN
		-- what is rendered already is a placeholder's value: names in it are not read once more
		RETURN sales_kpi.render(replace(t.query, '{{quality_branches}}', CASE t.view_name WHEN 'data_quality' THEN sales_kpi.quality_branches(context) ELSE '' END), NULL,
			context || jsonb_build_object('placeholders', context -> 'placeholders' || CASE t.view_name
				WHEN 'goal_attainment' THEN jsonb_build_object('goal_figures', sales_kpi.goal_figures(context), 'sums_of_goals', sales_kpi.sums_of_goals(context))
				WHEN 'setting' THEN jsonb_build_object('setting_rows', sales_kpi.setting_rows(context))
				WHEN 'scorecard' THEN jsonb_build_object('scorecard_branches', sales_kpi.scorecard_branches(context))
				ELSE '{}' END));
	END IF;
	-- A WITH keeps the planner from merging a branch into the query around it. Merging
	-- goes through all branches once for each, and no more plan comes of it.
	RETURN (
		SELECT string_agg(format('(WITH apart AS (SELECT 1) %s)', sales_kpi.branch(t.query, g.grain, d, context)), E'\nUNION ALL\n' ORDER BY g.rank, v.rank)
		FROM unnest(t.grains) WITH ORDINALITY g (grain, rank)
		CROSS JOIN sales_kpi.view_dimensions(t.view_name, context) v
		JOIN sales_kpi.dimensions_of(context, substring(t.query FROM '\{\{fact\((\w+) ')) d ON d.dimension = v.dimension
	);
END
$$;
COMMENT ON FUNCTION sales_kpi.kpi_view(text, jsonb) IS 'Internal: SQL of a KPI view for one model.';

-- The columns that all views by grain and dimension begin with.
CREATE FUNCTION sales_kpi.common_comments(view_name text, context jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT string_agg(format('COMMENT ON COLUMN {{kpi}}.%I.%I IS %L;', view_name, c.column_name, c.meaning), E'\n')
	FROM (VALUES
		('grain', (SELECT format('How long a period is: %s; filter on one.', array_to_string(t.grains, ', '))
				   FROM sales_kpi.view_template t WHERE t.storey = 'kpi' AND t.view_name = common_comments.view_name)),
		('period_start', 'First day of the period, in the model''s zone.'),
		('period_end', 'The day after its last.'),
		('is_partial', 'Whether as_of cuts the period.'),
		('dimension', (SELECT format('What the figures are by: %s; filter on one. all: the total.',
					   sales_kpi.apart_braces(string_agg(d.dimension, ', ' ORDER BY d.rank)))
					   FROM sales_kpi.view_dimensions(common_comments.view_name, context) d)),
		('member', 'Id within the dimension; all for the total, (none) where missing.'),
		('member_name', 'Its name.')) c (column_name, meaning)
);
COMMENT ON FUNCTION sales_kpi.common_comments(text, jsonb) IS 'Internal: SQL of the comments on the leading columns of a KPI view.';

-- data_quality: per source one pass over its rows, counting at once every check
-- that needs no other row; then a query per check that looks at other rows, which
-- the planner can make a join of, and one per key that should not repeat.
CREATE FUNCTION sales_kpi.quality_branches(context jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	WITH source AS (
		SELECT c.relation, format('{{base}}.%I s', 'source_' || c.relation)
				|| CASE c.relation WHEN 'deal_stage' THEN ' LEFT JOIN {{base}}.deal_by_id d ON d.deal_id = s.deal_id' ELSE '' END AS rows_of,
			coalesce(min(format('s.%I::text', c.column_name)) FILTER (WHERE c.need = 'key'),
				min(format('to_char(s.%I AT TIME ZONE {{time_zone}}, ''YYYY-MM-DD'')', c.column_name)) FILTER (WHERE c.type = 'time' AND c.need = 'required'),
				min(format('s.%I', c.column_name)) FILTER (WHERE c.rank = 1)) AS example_key
		FROM sales_kpi.contract c
		GROUP BY c.relation
	),
	numbered AS (
		SELECT k.*, s.rows_of, s.example_key, row_number() OVER (PARTITION BY k.relation ORDER BY k.rank, k.check_name) AS number,
			k.condition LIKE '%{{base}}%' AS looks_around
		FROM sales_kpi.checks_made(context) k JOIN source s USING (relation)
	),
	branch AS (
		SELECT n.relation, 0 AS number, format(
			E'SELECT c.check_name, %L::text AS relation, c.rows, c.example_key, c.treatment\n'
			-- apart, so that each condition is evaluated once, for both of its aggregates
			'FROM (SELECT %s\n\tFROM (WITH apart AS (SELECT 1) SELECT s.*, %s\n\t\tFROM %s) s) q\n'
			'CROSS JOIN LATERAL (VALUES %s) c (check_name, rows, example_key, treatment)\nWHERE c.rows > 0',
			n.relation,
			string_agg(format('count(*) FILTER (WHERE s.check_%s) AS n%1$s, min(%s) FILTER (WHERE s.check_%1$s) AS k%1$s',
				n.number, n.example_key), E',\n\t' ORDER BY n.number),
			string_agg(format('%s AS check_%s', n.condition, n.number), E',\n\t\t' ORDER BY n.number),
			min(n.rows_of),
			string_agg(format('(%L::text, q.n%s, q.k%s, %L::text)', n.check_name, n.number, n.number, n.treatment), E',\n\t' ORDER BY n.number)) AS query
		FROM numbered n
		WHERE NOT n.looks_around
		GROUP BY n.relation
		UNION ALL
		SELECT n.relation, n.number, format(
			E'SELECT %L::text, %L::text, q.rows, q.example_key, %L::text\nFROM (SELECT %s) q\nWHERE q.rows > 0',
			n.check_name, n.relation, n.treatment, CASE WHEN n.looks_around
				THEN format(E'count(*) AS rows, min(%s) AS example_key\n\tFROM %s\n\tWHERE %s', n.example_key, n.rows_of, n.condition)
				ELSE format(E'sum(g.copies - 1)::bigint AS rows, min(g.example_key) AS example_key\n'
					'\tFROM (SELECT count(*) AS copies, min(%s) AS example_key FROM %s WHERE s.%I IS NOT NULL GROUP BY %s HAVING count(*) > 1) g',
					n.example_key, n.rows_of, n.needs[1], (SELECT string_agg(format('s.%I', c), ', ') FROM unnest(n.needs) c)) END)
		FROM numbered n
		WHERE n.looks_around IS DISTINCT FROM false
	)
	SELECT coalesce(string_agg(query, E'\nUNION ALL\n' ORDER BY relation, number) || E'\nUNION ALL\n', '')
	FROM branch
);
COMMENT ON FUNCTION sales_kpi.quality_branches(jsonb) IS 'Internal: SQL of the branches of data_quality.';

-- Where no sale tells its units, their sum is no figure.
CREATE FUNCTION sales_kpi.is_measured(t sales_kpi.view_template, context jsonb)
RETURNS boolean
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN sales_kpi.condition_holds(array_to_string(t.reads, ' or '), context)
	AND (t.view_name <> 'sales_volume' OR sales_kpi.condition_holds('sale.units or purchases = subscription', context));
COMMENT ON FUNCTION sales_kpi.is_measured(sales_kpi.view_template, jsonb) IS 'Internal: whether the sources have what a KPI view counts.';

-- The scorecard asks, for the periods it shows, the one branch of each KPI view that it
-- needs: to plan it from the views, all branches of all of them would be looked at, for
-- ten times as long.
CREATE FUNCTION sales_kpi.scorecard_branches(context jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT coalesce(string_agg(query, E'\nUNION ALL\n' ORDER BY rank), 'SELECT NULL::date AS period_start, NULL::text AS kpi, NULL::float8 AS value, NULL::bigint AS n WHERE false')
	FROM (
		SELECT min(m.rank) AS rank, format(
			E'SELECT v.period_start, m.kpi, m.value, m.n\nFROM (WITH apart AS (SELECT 1) %s) v\nCROSS JOIN LATERAL (VALUES %s) m (kpi, value, n)\n'
			'WHERE v.period_start = ANY ((SELECT shown FROM compared)::date[])%s',
			sales_kpi.branch(t.query, context ->> 'scorecard_grain', sales_kpi.dimension_of('all', substring(t.query FROM '\{\{fact\((\w+) '), context), context),
			string_agg(format('(%L::text, v.%I::float8, v.%I::bigint)', m.kpi, m.column_name, m.size_column), ', ' ORDER BY m.rank),
			coalesce(' AND ' || m.only_where, '')) AS query
		FROM sales_kpi.measure m
		JOIN sales_kpi.view_template t ON t.storey = 'kpi' AND t.view_name = m.view_name
		WHERE m.headline AND context -> 'measured' ? m.view_name
		GROUP BY m.view_name, m.only_where, t.query
	) q
);
COMMENT ON FUNCTION sales_kpi.scorecard_branches(jsonb) IS 'Internal: SQL of the figures of the scorecard, a branch per KPI view.';
