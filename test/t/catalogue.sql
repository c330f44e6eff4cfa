-- Everything that the catalogues of a database hold beyond those of an empty one, a row a
-- line: all columns, references by name instead of by oid, and expressions as the server
-- prints them. So two databases with the same objects print the same lines. Which columns
-- are references the server knows itself. (Minor releases of 2026 put a stamp, pg_attver,
-- on each column when it is made; it is no property of the column.)
SELECT format($$SELECT replace(%L || concat_ws(' ', %s), E'\n', '\n') FROM %s WHERE %s$$, c.relname || ': ',
	string_agg(format($$%L || coalesce((%s)::text, '-')$$, a.attname || '=',
		CASE
			WHEN a.attname = 'objid' THEN 'pg_describe_object(classid, objid, objsubid)'
			WHEN a.attname = 'objoid' THEN 'pg_describe_object(classoid, objoid, objsubid)'
			WHEN a.attname = 'refobjid' THEN 'pg_describe_object(refclassid, refobjid, refobjsubid)'
			WHEN r.is_array THEN format('SELECT array_agg((pg_identify_object(%L::regclass, o, 0)).identity ORDER BY n) FROM unnest(%I::oid[]) WITH ORDINALITY o (o, n)', r.pktable, a.attname)
			WHEN r.pktable IS NOT NULL THEN format('(pg_identify_object(%L::regclass, %I::oid, 0)).identity', r.pktable, a.attname)
			WHEN a.attname = 'ev_action' THEN 'pg_get_ruledef(oid)'
			WHEN a.attname = 'prosqlbody' THEN 'pg_get_function_sqlbody(oid)'
			WHEN a.attname = 'proargdefaults' THEN 'pg_get_function_arguments(oid)'
			WHEN a.attname = 'conbin' THEN 'pg_get_constraintdef(oid)'
			WHEN a.attname = 'adbin' THEN 'pg_get_expr(adbin, adrelid)'
			WHEN a.atttypid = 'pg_node_tree'::regtype THEN format('pg_get_expr(%I, 0)', a.attname)
			WHEN a.attname = 'attoptions' THEN $$SELECT array_agg(o) FROM unnest(attoptions) o WHERE o NOT LIKE 'pg_attver=%'$$
			ELSE quote_ident(a.attname)
		END), ', ' ORDER BY a.attnum) FILTER (WHERE a.attname <> 'oid'),
	c.oid::regclass,
	string_agg(format('%I >= 16384', a.attname), ' OR ') FILTER (WHERE a.attname = own.attname OR (own.attname IS NULL AND r.pktable IS NOT NULL AND NOT r.is_array)))
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
LEFT JOIN (SELECT fktable, fkcols[1], pktable, is_array FROM pg_get_catalog_foreign_keys() WHERE pkcols = '{oid}') r (fktable, attname, pktable, is_array)
	ON r.fktable = c.oid AND r.attname = a.attname
LEFT JOIN pg_attribute own ON own.attrelid = c.oid AND own.attname IN ('oid', 'objid', 'objoid')
WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND NOT c.relisshared
GROUP BY c.oid, c.relname
ORDER BY c.relname
\gexec
