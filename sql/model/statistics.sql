-- The planner cannot know how many periods a function of a column yields, nor how often
-- a word is there when another stands for those that are absent. These statistics tell
-- it, and let it read and group in parallel. Each is of a single expression, the one
-- that is in the views.
CREATE FUNCTION sales_kpi.statistics_of(context jsonb)
RETURNS TABLE (relation text, name text, expression text, meaning text)
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT s.relation, s.name, regexp_replace(s.expression, '\ms\.', '', 'g'), s.meaning
	FROM (
		SELECT f.relation, format('%s_%s_%s', f.relation, f.column_name, g.grain) AS name,
			sales_kpi.render(format('sales_kpi.period_start(%L, %s, {{time_zone}}, {{fiscal_start}})', g.grain, sales_kpi.source_column(f.relation, f.column_name, context)), NULL, context) AS expression,
			'How many periods there are, for the planner.' AS meaning
		FROM (VALUES ('deal', 'closed_at'), ('deal', 'opened_at'), ('feedback', 'given_at'), ('lead', 'arrived_at'), ('sale', 'sold_at'), ('touch', 'touched_at')) f (relation, column_name)
		CROSS JOIN unnest('{day,week,month,quarter,year}'::text[]) g (grain)
		WHERE context -> 'columns' ? (f.relation || '.' || f.column_name)
		UNION ALL
		SELECT c.relation, format('%s_%s', c.relation, c.column_name), sales_kpi.source_column(c.relation, c.column_name, context), 'How often each word is there, for the planner.'
		FROM sales_kpi.contract c
		WHERE c.default_value IS NOT NULL AND c.words IS NOT NULL AND context -> 'columns' ? (c.relation || '.' || c.column_name)
	) s;
END;
COMMENT ON FUNCTION sales_kpi.statistics_of(jsonb) IS 'Internal: the statistics that a model wants of its sources.';

-- Only tables can have statistics, and only their owner can make them.
CREATE PROCEDURE sales_kpi.make_statistics(context jsonb)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r record;
	e record;
	without text[];
BEGIN
	FOR r IN
		SELECT w.relation, format('%I.%I', context ->> 'sources', w.relation) AS source, c.relkind IN ('r', 'p', 'm') AND pg_has_role(c.relowner, 'USAGE') AS possible
		FROM (SELECT DISTINCT s.relation FROM sales_kpi.statistics_of(context) s) w
		JOIN pg_class c ON c.oid = to_regclass(format('%I.%I', context ->> 'sources', w.relation))
		ORDER BY w.relation
	LOOP
		IF NOT r.possible THEN
			without := without || r.source;
			CONTINUE;
		END IF;
		FOR e IN SELECT s.name AS bare, format('%I.%I', context ->> 'base', s.name) AS name, s.expression, s.meaning
				 FROM sales_kpi.statistics_of(context) s WHERE s.relation = r.relation LOOP
			IF EXISTS (SELECT FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
					   WHERE n.nspname = context ->> 'base' AND s.stxname = e.bare) THEN
				EXECUTE format('DROP STATISTICS %s', e.name);
			END IF;
			EXECUTE format('CREATE STATISTICS %s ON (%s) FROM %s', e.name, e.expression, r.source);
			EXECUTE format('COMMENT ON STATISTICS %s IS %L', e.name, e.meaning);
		END LOOP;
		EXECUTE format('ANALYZE %s', r.source);
	END LOOP;
	IF without IS NOT NULL THEN
		RAISE NOTICE 'no statistics on the periods of %: only tables can have them, made by their owner', array_to_string(without, ', ')
			USING HINT = 'Nothing is wrong; but large queries on them may not run in parallel.';
	END IF;
END
$$;
COMMENT ON PROCEDURE sales_kpi.make_statistics(jsonb) IS 'Internal: statistics on the periods and words of the sources, where the caller may make them.';
