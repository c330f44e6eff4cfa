-- The base storey. Per relation a view source_X, which alone names the source and
-- holds every row and every column of the contract, typed and in the model's zone, and
-- those extra columns that are dimensions;
-- on it, from sql/base, the view X: the rows fit for KPIs.

CREATE FUNCTION sales_kpi.base_type(c sales_kpi.contract, context jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
RETURN CASE c.type
	WHEN 'key' THEN coalesce(context -> 'key_types' ->> c.column_name, 'text')
	WHEN 'time' THEN 'timestamptz'
	WHEN 'integer' THEN 'bigint'
	ELSE c.type
END;
COMMENT ON FUNCTION sales_kpi.base_type(sales_kpi.contract, jsonb) IS 'Internal: the type a column of the contract has in the base views of a model.';

-- SQL of a source column in the type the contract wants. Words and numbers of other
-- types are cast; a key takes the type that all relations agree on, or text. Text
-- is of one collation, without which ids of two relations could not be compared.
CREATE FUNCTION sales_kpi.read_column(c sales_kpi.contract, context jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT CASE
		WHEN type IS NULL THEN format('NULL::%s', sales_kpi.base_type(c, context))
		WHEN c.type = 'time' AND type IN ('date', 'timestamp without time zone')
		-- where a zone would have no time for it, as infinity: data_quality counts both
		THEN format('CASE WHEN s.%1$I < ''0001-01-01'' THEN ''-infinity'' WHEN s.%1$I >= ''10000-01-01'' THEN ''infinity'' '
			'ELSE s.%1$I::timestamp AT TIME ZONE %2$L END', c.column_name, context ->> 'time_zone')
		WHEN c.type = 'date' AND type = 'timestamp with time zone' THEN format('(s.%I AT TIME ZONE %L)::date', c.column_name, context ->> 'time_zone')
		WHEN c.column_name = 'outcome' AND type = 'boolean' THEN format('CASE s.%I WHEN true THEN ''won'' WHEN false THEN ''lost'' END', c.column_name)
		ELSE format('s.%I::%s%s', c.column_name, sales_kpi.base_type(c, context),
			CASE WHEN context -> 'collated' ? (c.relation || '.' || c.column_name) THEN ' COLLATE "default"' END)
	END
	FROM (SELECT context -> 'columns' ->> (c.relation || '.' || c.column_name)) f (type)
);
COMMENT ON FUNCTION sales_kpi.read_column(sales_kpi.contract, jsonb) IS 'Internal: SQL of a source column in the type the contract wants.';

-- The same, with what the contract says of absent values and of days: an end known
-- by its day only, on the local day of a start known to the second, is no time later.
CREATE FUNCTION sales_kpi.source_column(relation text, column_name text, context jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT CASE
		WHEN k.relation IS NOT NULL THEN format('coalesce(%s, %s::text)', r.own, sales_kpi.read_column(k, context))
		WHEN c.default_value IS NOT NULL THEN format('coalesce(%s, %s)', r.own, c.default_value)
		WHEN (c.relation, c.column_name) IN (('rep', 'valid_until'), ('subscription', 'ended_at')) THEN format('nullif(%s, ''infinity'')', r.kept)
		WHEN (c.relation, c.column_name) = ('rep', 'valid_from') THEN format('nullif(%s, ''-infinity'')', r.kept)
		ELSE r.kept
	END
	FROM sales_kpi.contract c
	LEFT JOIN sales_kpi.contract b ON b.relation = c.relation AND b.column_name = c.not_before
	LEFT JOIN sales_kpi.contract k ON k.relation = c.relation AND k.column_name || '::text' = c.default_value
	CROSS JOIN LATERAL (SELECT sales_kpi.read_column(c, context), sales_kpi.read_column(b, context)) v (own, before)
	CROSS JOIN LATERAL (SELECT v.own, CASE
		WHEN c.not_before IS NOT NULL AND sales_kpi.condition_holds(format('date %s.%s', c.relation, c.column_name), context)
			AND NOT sales_kpi.condition_holds(format('date %s.%s', c.relation, c.not_before), context)
		THEN format('CASE WHEN %s = %s THEN %s ELSE %s END', sales_kpi.local_date(v.own, context),
			sales_kpi.local_date(v.before, context), v.before, v.own)
		ELSE v.own END) r (own, kept)
	WHERE c.relation = source_column.relation AND c.column_name = source_column.column_name
);
COMMENT ON FUNCTION sales_kpi.source_column(text, text, jsonb) IS 'Internal: SQL of a source column with its default and with what a bare day means.';

CREATE FUNCTION sales_kpi.source_view(relation text, context jsonb)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT CASE WHEN context -> 'relations' ? source_view.relation
		THEN format(E'SELECT %s\nFROM %I.%I s',
			string_agg(format('%s AS %I', sales_kpi.source_column(c.relation, c.column_name, context), c.column_name), E',\n\t' ORDER BY c.rank)
				|| sales_kpi.own_source_columns(source_view.relation, context),
			context ->> 'sources', source_view.relation)
		ELSE format('SELECT %s WHERE false',
			string_agg(format('NULL::%s AS %I', sales_kpi.base_type(c, context), c.column_name), ', ' ORDER BY c.rank)) END
	FROM sales_kpi.contract c
	WHERE c.relation = source_view.relation
);
COMMENT ON FUNCTION sales_kpi.source_view(text, jsonb) IS 'Internal: SQL of the base view that alone names a source; without rows where the source is absent.';

-- The checks that make sense with these sources.
CREATE FUNCTION sales_kpi.checks_made(context jsonb)
RETURNS SETOF sales_kpi.source_check
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT k.*
	FROM sales_kpi.source_check k
	WHERE context -> 'relations' ? k.relation
		AND (k.needs_relation IS NULL OR context -> 'relations' ? k.needs_relation)
		AND NOT EXISTS (SELECT FROM unnest(CASE WHEN k.condition IS NULL THEN k.needs[1:1] ELSE k.needs END) n
						WHERE NOT context -> 'columns' ? (k.relation || '.' || n));
END;
COMMENT ON FUNCTION sales_kpi.checks_made(jsonb) IS 'Internal: the checks a model makes of its sources.';

-- One condition, not one per check: the planner then takes it for costly, and first
-- lets the cheap conditions of a query leave out what they can. It would also take
-- some checks for likely (a third of all ends before their starts), and a scan for a
-- fifth of its rows: too few for workers. What IS NOT NULL, it expects of nearly all
-- rows where it knows nothing of the values.
CREATE FUNCTION sales_kpi.usable(context jsonb)
RETURNS jsonb
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT jsonb_object_agg(relation, condition)
	FROM (
		SELECT k.relation, 'CASE WHEN ' || string_agg(format('(%s)', k.condition), E'\n\tOR ' ORDER BY k.rank, k.check_name) || ' THEN NULL ELSE true END IS NOT NULL' AS condition
		FROM sales_kpi.checks_made(context) k
		WHERE k.leaves_out
		GROUP BY k.relation
	) u
);
COMMENT ON FUNCTION sales_kpi.usable(jsonb) IS 'Internal: SQL conditions of the rows that are fit for KPIs, by source.';
