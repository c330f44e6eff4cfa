-- The planner cannot know how many periods a function of a column yields; these
-- statistics tell it, and let it group in parallel. Only tables can have them, and
-- only their owner can make them. Each is of a single expression, the one that the
-- views group by.
CREATE PROCEDURE sales_kpi.make_statistics(context jsonb)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	e record;
	name text;
	grain text;
	without text[];
BEGIN
	FOR e IN
		SELECT c.relation, c.relation_oid, c.column_name, format('%I.%I', context ->> 'sources', c.relation) AS source,
			r.relkind IN ('r', 'p', 'm') AND pg_has_role(r.relowner, 'USAGE') AS possible,
			regexp_replace(CASE WHEN (c.relation, c.column_name) = ('deal', 'closed_at') THEN replace(replace('CASE WHEN {{outcome}} IS NOT NULL AND {{at}} <= {{as_of}} THEN {{at}} END',
					'{{outcome}}', sales_kpi.source_column('deal', 'outcome', context)), '{{at}}', sales_kpi.source_column('deal', 'closed_at', context))
				ELSE sales_kpi.source_column(c.relation, c.column_name, context) END, '\ms\.', '', 'g') AS at
		FROM sales_kpi.source_columns(context ->> 'sources') c
		JOIN pg_class r ON r.oid = c.relation_oid
		WHERE (c.relation, c.column_name) IN (('deal', 'closed_at'), ('deal', 'opened_at'), ('feedback', 'given_at'), ('lead', 'arrived_at'), ('sale', 'sold_at'), ('touch', 'touched_at'))
		ORDER BY c.relation, c.column_name
	LOOP
		IF NOT e.possible THEN
			IF e.source = ANY (without) IS NOT TRUE THEN
				without := without || e.source;
			END IF;
			CONTINUE;
		END IF;
		FOREACH grain IN ARRAY '{day,week,month,quarter,year}'::text[] LOOP
			name := format('%I.%I', context ->> 'base', format('%s_%s_%s', e.relation, e.column_name, grain));
			IF EXISTS (SELECT FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
					   WHERE n.nspname = context ->> 'base' AND s.stxname = format('%s_%s_%s', e.relation, e.column_name, grain)) THEN
				EXECUTE format('DROP STATISTICS %s', name);
			END IF;
			EXECUTE format('CREATE STATISTICS %s ON (%s) FROM %s', name,
				sales_kpi.render(format('sales_kpi.period_start(%L, %s, {{time_zone}}, {{fiscal_start}})', grain, e.at), NULL, context), e.source);
			EXECUTE format('COMMENT ON STATISTICS %s IS %L', name, 'How many periods there are, for the planner.');
		END LOOP;
		EXECUTE format('ANALYZE %s', e.source);
	END LOOP;
	IF without IS NOT NULL THEN
		RAISE NOTICE 'no statistics on the periods of %: only tables can have them, made by their owner', array_to_string(without, ', ')
			USING HINT = 'Nothing is wrong; but large queries on them may not run in parallel.';
	END IF;
END
$$;
COMMENT ON PROCEDURE sales_kpi.make_statistics(jsonb) IS 'Internal: statistics on the periods of the sources, where the caller may make them.';
