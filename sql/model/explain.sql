-- explain: how a figure was made. Everything is read from where it stands for all: the
-- list of measures, the templates, the comments, the settings, data_quality.

-- Names are alike by the pairs of letters they share. (No measure has a name as long as
-- a hundred letters: what is asked for may be of any length, and pairs are compared often.)
CREATE FUNCTION sales_kpi.letter_pairs(word text)
RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN ARRAY(SELECT DISTINCT substr(w.padded, i, 2)
			 FROM (SELECT ' ' || regexp_replace(lower(left(word, 100)), '[^[:alnum:]]+', ' ', 'g') || ' ') w (padded)
			 CROSS JOIN generate_series(1, length(w.padded) - 1) i);
COMMENT ON FUNCTION sales_kpi.letter_pairs(text) IS 'Internal: the pairs of letters that a word is made of.';

CREATE FUNCTION sales_kpi.measure_called(kpi text)
RETURNS sales_kpi.measure
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m sales_kpi.measure;
	near text;
BEGIN
	SELECT k.* INTO m FROM sales_kpi.measure k
	WHERE lower(measure_called.kpi) IN (lower(k.kpi), lower(k.label))
	ORDER BY lower(measure_called.kpi) <> lower(k.kpi), k.rank LIMIT 1;
	IF NOT FOUND THEN
		SELECT string_agg(n.kpi, ', ' ORDER BY n.likeness DESC, n.rank) INTO near
		FROM (
			SELECT k.kpi, k.rank, max(l.likeness) AS likeness
			FROM sales_kpi.measure k
			CROSS JOIN LATERAL (VALUES (k.kpi), (k.label)) name (called)
			CROSS JOIN LATERAL (SELECT sales_kpi.letter_pairs(name.called), sales_kpi.letter_pairs(measure_called.kpi)) p (own, asked)
			CROSS JOIN LATERAL (SELECT count(*)::float8 / greatest(cardinality(p.own), cardinality(p.asked), 1) AS likeness
				FROM unnest(p.own) o WHERE o = ANY (p.asked)) l
			GROUP BY k.kpi, k.rank
			ORDER BY likeness DESC, k.rank LIMIT 3
		) n
		WHERE n.likeness > 0.2;
		RAISE EXCEPTION 'there is no measure %', coalesce(quote_literal(measure_called.kpi), 'NULL')
			USING ERRCODE = 'undefined_object', DETAIL = coalesce('Names like it: ' || near || '.', 'No name is like it.'),
				HINT = 'The view kpi of a model lists them all: SELECT kpi, label, definition FROM kpi.kpi;';
	END IF;
	RETURN m;
END
$$;
COMMENT ON FUNCTION sales_kpi.measure_called(text) IS 'Internal: the measure of that name or label; an error that tells the nearest names.';

-- No line is wider than that, unless a word is.
CREATE FUNCTION sales_kpi.in_lines(line text, width integer)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN rtrim(regexp_replace(line, format('(.{1,%s})( +|$)', width), E'\\1\n', 'g'), E'\n');
COMMENT ON FUNCTION sales_kpi.in_lines(text, integer) IS 'Internal: a text in lines of a width.';

-- The base views and sources that the figures of a dimension are read from, one through
-- another.
CREATE FUNCTION sales_kpi.base_views_of(t sales_kpi.view_template, dimension text, context jsonb)
RETURNS SETOF text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH RECURSIVE branch (template) AS (
		SELECT concat_ws(' ', sales_kpi.keep_lines(t.query, context), '{{base}}.' || f.fact, d.join_fact, d.join_name)
		FROM (SELECT substring(t.query FROM '\{\{fact\((\w+) ')) f (fact)
		LEFT JOIN LATERAL sales_kpi.dimension_of(base_views_of.dimension, f.fact, context) d ON true
	),
	read (view_name) AS (
		SELECT n.called[1] FROM branch b CROSS JOIN LATERAL regexp_matches(b.template, '\{\{base\}\}\.(\w+)', 'g') n (called)
		UNION
		SELECT below.relname::text COLLATE "default"
		FROM read r
		JOIN pg_rewrite w ON w.ev_class = sales_kpi.view_oid(context ->> 'base', r.view_name)
		JOIN pg_depend p ON p.classid = 'pg_rewrite'::regclass AND p.objid = w.oid AND p.refclassid = 'pg_class'::regclass AND p.refobjid <> w.ev_class
		JOIN pg_class below ON below.oid = p.refobjid AND below.relkind = 'v'
		JOIN pg_namespace n ON n.oid = below.relnamespace AND n.nspname = context ->> 'base'
	)
	SELECT r.view_name FROM read r;
END;
COMMENT ON FUNCTION sales_kpi.base_views_of(sales_kpi.view_template, text, jsonb) IS 'Internal: the base views that a KPI view reads for a dimension.';

-- A setting matters where a template asks for it.
CREATE FUNCTION sales_kpi.settings_of(t sales_kpi.view_template, m sales_kpi.measure, dimension text, context jsonb)
RETURNS SETOF sales_kpi.default_setting
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT s.*
	FROM sales_kpi.default_setting s
	WHERE s.name <> ALL ('{sources,time_zone,as_of,scorecard_grain,dimensions,access}')
		AND EXISTS (
			SELECT FROM (SELECT t.query UNION ALL SELECT b.query FROM sales_kpi.view_template b
				WHERE b.storey = 'base' AND b.view_name IN (SELECT sales_kpi.base_views_of(t, settings_of.dimension, context))) q (template)
			WHERE strpos(q.template, format('{{%s}}', s.name)) > 0 OR q.template ~ format('-- (if|unless) [^\n]*\m%s\M', s.name))
		-- one view holds figures of several kinds, not all of which it matters to
		AND NOT EXISTS (SELECT FROM (VALUES
				('response_sla', 'sla|promptness_score|four_p'), ('calendar', 'sla|business|promptness|four_p'), ('win_within', 'within_days'),
				('follow_ups_target', 'persistence_score|four_p'), ('personal_elements_target', 'personalization_score|four_p'),
				('delivery_target', 'performance_score|four_p'), ('reply_target', 'performance_score|four_p')) o (name, kpis)
			WHERE o.name = s.name AND concat_ws(' ', m.kpi, m.only_where) !~ o.kpis);
END;
COMMENT ON FUNCTION sales_kpi.settings_of(sales_kpi.view_template, sales_kpi.measure, text, jsonb) IS 'Internal: the settings that a figure depends on.';

-- The column beside a figure that holds an end of its interval.
CREATE FUNCTION sales_kpi.interval_column(view oid, column_name text, low_or_high text)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (SELECT a.attname FROM pg_attribute a
		WHERE a.attrelid = view AND a.attname IN (column_name || '_' || low_or_high, regexp_replace(column_name, '_rate$', '') || '_' || low_or_high)
		ORDER BY length(a.attname) DESC LIMIT 1);
COMMENT ON FUNCTION sales_kpi.interval_column(oid, text, text) IS 'Internal: the column with an end of the interval of a figure; NULL: it has none.';

CREATE FUNCTION sales_kpi.in_query(expression text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN replace(sales_kpi.in_lines(expression, 46), E'\n', E'\n    ');
COMMENT ON FUNCTION sales_kpi.in_query(text) IS 'Internal: an expression in lines that a query holds.';

-- The query of a figure, to be pasted: what it is read from, and which row it is.
CREATE FUNCTION sales_kpi.figure_query(m sales_kpi.measure, t sales_kpi.view_template, view oid, grain text, period_start date, dimension text, member text)
RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT format(E'SELECT %s\nFROM %I.%I\nWHERE grain = %L%s\n  AND dimension = %L AND member = %L%s%s;',
		concat_ws(E',\n  ', sales_kpi.in_query(concat_ws(', ', CASE WHEN dimension IN ('rep', 'product') THEN 'member_name' END, (SELECT string_agg(quote_ident(k), ', ') FROM unnest(t.keys) k),
				quote_ident(m.column_name), sales_kpi.interval_column(view, m.column_name, 'low'), sales_kpi.interval_column(view, m.column_name, 'high'))),
			sales_kpi.in_query(m.numerator || ' AS numerator'), sales_kpi.in_query(m.denominator || ' AS denominator'), quote_ident(m.size_column) || ' AS rests_on'),
		n.nspname, c.relname, grain, ' AND period_start = ' || quote_literal(period_start), dimension, member, E'\n  AND ' || replace(m.only_where, ' AND ', E'\n  AND '),
		E'\nORDER BY ' || nullif((SELECT string_agg(quote_ident(k), ', ') FROM unnest(t.keys) k), ''))
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.oid = view
);
COMMENT ON FUNCTION sales_kpi.figure_query(sales_kpi.measure, sales_kpi.view_template, oid, text, date, text, text) IS 'Internal: SQL of one figure with what it is made of.';

-- The rows of explain about one figure: itself, its interval, what it is divided of.
CREATE FUNCTION sales_kpi.figure_lines(m sales_kpi.measure, t sales_kpi.view_template, meaning text, figure jsonb)
RETURNS TABLE (item text, value text, note text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT k, coalesce(figure ->> k, '(none)'), NULL FROM unnest(t.keys) k
	UNION ALL
	SELECT 'figure', coalesce(figure ->> m.column_name, 'not known'), CASE WHEN m.unit = 'share' AND figure ->> m.column_name IS NOT NULL
		THEN round(100 * (figure ->> m.column_name)::numeric, 1) || E' %\n' ELSE '' END || sales_kpi.in_lines(meaning, 46)
	UNION ALL
	SELECT 'interval', format('%s to %s', figure ->> 'low', figure ->> 'high'), '95 % interval'
	WHERE figure ->> 'low' IS NOT NULL AND figure ->> 'high' IS NOT NULL
	UNION ALL
	SELECT 'numerator', coalesce(trim_scale(round((figure ->> 'numerator')::numeric, 6))::text, 'not known'), sales_kpi.in_lines(m.numerator, 46) WHERE m.numerator IS NOT NULL
	UNION ALL
	SELECT 'denominator', coalesce(trim_scale(round((figure ->> 'denominator')::numeric, 6))::text, 'not known'), sales_kpi.in_lines(m.denominator, 46) WHERE m.denominator IS NOT NULL
	UNION ALL
	SELECT 'rests on', coalesce(figure ->> 'rests_on', '0'), m.size_column;
END;
COMMENT ON FUNCTION sales_kpi.figure_lines(sales_kpi.measure, sales_kpi.view_template, text, jsonb) IS 'Internal: what explain tells of one figure.';

-- Why a figure has no row, in a sentence.
CREATE FUNCTION sales_kpi.why_no_row(view oid, grain text, dimension text, member text)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	first_day date;
	last_day date;
	members text;
	called text;
BEGIN
	EXECUTE format('SELECT min(period_start), max(period_start) FROM %s WHERE grain = %L AND dimension = %L AND member = %L', view::regclass, grain, dimension, member) INTO first_day, last_day;
	IF first_day IS NOT NULL THEN
		RETURN format('Nothing to show in this period. There are rows of periods from %s to %s.', first_day, last_day);
	END IF;
	EXECUTE format('SELECT string_agg(CASE m.member WHEN m.member_name THEN m.member ELSE format(''%%s (%%s)'', m.member, m.member_name) END, '', '' ORDER BY m.lines DESC, m.member) '
		'FROM (SELECT member, max(member_name) AS member_name, count(*) AS lines FROM %s WHERE grain = %L AND dimension = %L GROUP BY member ORDER BY lines DESC, member LIMIT 8) m',
		view::regclass, grain, dimension) INTO members;
	-- who gives a name is told the id
	EXECUTE format('SELECT string_agg(DISTINCT member, '', '') FROM %s WHERE grain = %L AND dimension = %L AND lower(%L) IN (lower(member), lower(member_name))',
		view::regclass, grain, dimension, member) INTO called;
	RETURN CASE WHEN members IS NULL THEN 'The view has no rows: its sources are empty, or not there.'
		WHEN called IS NOT NULL THEN format('%s has no member %s. Did you mean %s?', dimension, member, called)
		ELSE format('%s has no member %s. It has, among others: %s.', dimension, coalesce(member, 'NULL'), members) END;
END
$$;
COMMENT ON FUNCTION sales_kpi.why_no_row(oid, text, text, text) IS 'Internal: why a KPI view has no row of a period and member.';

-- What data_quality has found in the sources of a figure.
CREATE FUNCTION sales_kpi.quality_lines(relations text[], context jsonb)
RETURNS TABLE (item text, value text, note text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT CASE q.treatment WHEN ''left out'' THEN ''left out'' ELSE ''noticed'' END, '
		'sales_kpi.in_lines(format(''%%s of %%s: %%s'', q.rows, q.relation, q.check_name), 48), sales_kpi.in_lines(q.treatment, 46) '
		'FROM %I.data_quality q WHERE q.relation = ANY (%L) ORDER BY q.treatment <> ''left out'', q.relation, q.rows DESC, q.check_name', context ->> 'kpi', relations);
	IF NOT FOUND THEN
		RETURN QUERY SELECT 'left out', 'nothing', sales_kpi.in_lines('nothing is wrong with ' || array_to_string(relations, ', '), 46);
	END IF;
EXCEPTION WHEN insufficient_privilege THEN
	RETURN QUERY SELECT 'left out', 'not known', 'no right to read data_quality';
END
$$;
COMMENT ON FUNCTION sales_kpi.quality_lines(text[], jsonb) IS 'Internal: what explain tells of rows that are left out.';

CREATE FUNCTION sales_kpi.explain(model text, kpi text, grain text DEFAULT NULL, period_start date DEFAULT NULL, dimension text DEFAULT 'all', member text DEFAULT 'all')
RETURNS TABLE (item text, value text, note text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
AS $$
DECLARE
	m sales_kpi.measure := sales_kpi.measure_called(kpi);
	view oid := sales_kpi.view_oid(model, m.view_name);
	settings jsonb;
	t sales_kpi.view_template;
	context jsonb;
	as_of timestamptz;
	zone text;
	step interval;
	first_day date;
	of_rows text[];
	query text;
	figures jsonb[];
	missing text;
BEGIN
	IF sales_kpi.view_oid(model, 'setting') IS NOT NULL THEN
		EXECUTE format('SELECT jsonb_object_agg(name, value) FROM %I.setting', model) INTO settings;
	END IF;
	IF settings IS NULL OR view IS NULL THEN
		RAISE EXCEPTION 'there is no model %', coalesce(quote_ident(model), 'NULL') || CASE WHEN settings IS NOT NULL THEN ' with a view ' || m.view_name ELSE '' END
			USING ERRCODE = 'undefined_object', HINT = CASE WHEN settings IS NULL THEN 'Make it with sales_kpi.create_model.'
				ELSE format('CALL sales_kpi.repair_model(%L) makes what it lacks.', model) END;
	END IF;
	SELECT v.* INTO STRICT t FROM sales_kpi.view_template v WHERE v.storey = 'kpi' AND v.view_name = m.view_name;
	context := sales_kpi.model_context(model, settings);
	zone := context ->> 'time_zone';
	grain := coalesce(grain, context ->> 'scorecard_grain');
	dimension := coalesce(dimension, 'all');
	member := coalesce(member, '(none)');
	of_rows := ARRAY(SELECT d.dimension FROM sales_kpi.view_dimensions(t.view_name, context) d ORDER BY d.rank);
	EXECUTE 'SELECT ' || (context ->> 'as_of_sql') INTO as_of;
	missing := CASE WHEN grain <> ALL (t.grains) THEN format('%s has no grain %s. It has %s.', t.view_name, grain, array_to_string(t.grains, ', '))
		WHEN dimension <> ALL (of_rows) THEN format('%s has no dimension %s. It has %s.', t.view_name, dimension, array_to_string(of_rows, ', '))
		WHEN dimension = ANY (m.not_by) THEN format('There is no such figure by %s.', dimension) END;
	IF missing IS NULL THEN
		step := sales_kpi.grain_step(grain);
		-- there is one period of all times, whenever it began
		first_day := CASE WHEN grain = 'all' THEN NULL
			WHEN period_start IS NULL THEN (sales_kpi.period_start(grain, as_of, zone, (context ->> 'fiscal_start')::integer) - step)::date
			ELSE sales_kpi.period_start(grain, period_start::timestamp AT TIME ZONE zone, zone, (context ->> 'fiscal_start')::integer) END;
		query := sales_kpi.figure_query(m, t, view, grain, first_day, dimension, member);
		EXECUTE format('SELECT array_agg(to_jsonb(q)) FROM (%s) q', rtrim(query, ';')) INTO figures;
		missing := CASE WHEN figures IS NULL THEN sales_kpi.why_no_row(view, grain, dimension, member) END;
	END IF;

	RETURN QUERY
	SELECT 'measure', m.label, m.kpi
	UNION ALL
	SELECT 'means', sales_kpi.in_lines(m.definition, 48), NULL
	UNION ALL
	SELECT 'unit', m.unit, format('%s is better', m.better)
	UNION ALL
	SELECT 'stands in', format('%I.%I', model, t.view_name), format('column %I', m.column_name)
	UNION ALL
	SELECT 'period', CASE WHEN grain = 'all' THEN 'all' ELSE format('%s to %s', first_day, (first_day + step)::date - 1) END,
		sales_kpi.in_lines(concat_ws(', ', grain, 'days of ' || zone, CASE WHEN grain IN ('quarter', 'year') AND context ->> 'fiscal_start' <> '1'
			THEN 'years begin with month ' || (context ->> 'fiscal_start') END,
			CASE WHEN (first_day + step)::date::timestamp AT TIME ZONE zone > as_of THEN 'not over as of then' END), 46)
	WHERE query IS NOT NULL
	UNION ALL
	SELECT 'as of', to_char(as_of AT TIME ZONE zone, 'YYYY-MM-DD HH24:MI:SS'), CASE context ->> 'as_of' WHEN 'now' THEN 'the current time' ELSE 'setting as_of' END
	UNION ALL
	SELECT 'by', CASE dimension WHEN 'all' THEN 'all' ELSE sales_kpi.in_lines(format('%s %s', dimension, member), 48) END,
		sales_kpi.in_lines(coalesce(figures[1] ->> 'member_name', (SELECT d.meaning FROM sales_kpi.dimension_of(explain.dimension, substring(t.query FROM '\{\{fact\((\w+) '), context) d)), 46)
	UNION ALL
	SELECT 'rows', replace(m.only_where, ' AND ', E'\nAND '), 'those of the view that hold the figure' WHERE m.only_where IS NOT NULL;

	IF missing IS NOT NULL THEN
		RETURN QUERY SELECT 'figure', 'none', sales_kpi.in_lines(missing, 46);
	ELSE
		RETURN QUERY
		SELECT l.*
		FROM unnest(figures) WITH ORDINALITY f (figure, number)
		CROSS JOIN LATERAL sales_kpi.figure_lines(m, t, (SELECT col_description(view, a.attnum) FROM pg_attribute a WHERE a.attrelid = view AND a.attname = m.column_name),
			f.figure || jsonb_build_object('low', f.figure -> sales_kpi.interval_column(view, m.column_name, 'low'),
				'high', f.figure -> sales_kpi.interval_column(view, m.column_name, 'high'))) l
		ORDER BY f.number;
	END IF;

	RETURN QUERY
	SELECT 'setting', format('%s: %s', s.name, coalesce(context ->> s.name, 'not set')), sales_kpi.in_lines(s.meaning, 46)
	FROM sales_kpi.settings_of(t, m, dimension, context) s;
	RETURN QUERY
	SELECT q.* FROM sales_kpi.quality_lines(ARRAY(SELECT DISTINCT substr(b, 8) FROM sales_kpi.base_views_of(t, dimension, context) b WHERE starts_with(b, 'source_') ORDER BY 1), context) q;
	IF query IS NOT NULL THEN
		RETURN QUERY SELECT 'query', query, '\gexec runs it';
	END IF;
END
$$;
COMMENT ON FUNCTION sales_kpi.explain(text, text, text, date, text, text) IS 'How a figure of a model was made: what it means, its numerator and denominator, what it rests on, the settings and the rows left out, and its query.';
