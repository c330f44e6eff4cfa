-- What was found, in Markdown.
\pset format unaligned
\pset tuples_only on
\pset fieldsep ''
SET timezone = 'UTC';

ANALYZE bench.query, bench.timing, bench.promise, bench.kpi;
REFRESH MATERIALIZED VIEW bench.counted;
ANALYZE bench.counted;
REFRESH MATERIALIZED VIEW bench.result;
REFRESH MATERIALIZED VIEW bench.verdict;
ANALYZE bench.result, bench.verdict;

CREATE FUNCTION bench.figure(x float8)
RETURNS text
LANGUAGE sql
RETURN round(x::numeric, CASE WHEN abs(x) >= 100 THEN 0 WHEN abs(x) >= 10 THEN 1 ELSE 2 END);

CREATE FUNCTION bench.spread(median float8, lowest float8, highest float8)
RETURNS text
LANGUAGE sql
RETURN CASE WHEN median IS NULL THEN '' ELSE format('%s (%s-%s)', bench.figure(median), bench.figure(lowest), bench.figure(highest)) END;

CREATE FUNCTION bench.judged(v bench.verdict)
RETURNS text
LANGUAGE sql
RETURN bench.spread(v.ratio, v.lowest, v.highest)
	|| CASE WHEN v.met THEN format(', met %s', v.at_most) WHEN NOT v.met THEN format(', **not met** %s', v.at_most) ELSE '' END;

CREATE FUNCTION bench.shown(r bench.result)
RETURNS text
LANGUAGE sql
RETURN bench.spread(r.x_floor, r.lowest, r.highest) || CASE WHEN r.name IN ('plain SQL', 'tdigest') THEN ' at ' || (SELECT work_mem FROM bench.query q WHERE q.id = r.id) ELSE '' END;

-- A line of a table.
CREATE FUNCTION bench.line(VARIADIC cells text[])
RETURNS text
LANGUAGE sql
RETURN '| ' || array_to_string(cells, ' | ', '') || ' |';

SELECT format($$# Results

Written by `bench/run` on %s at scale %s: counted rounds: %s.

- Machine: %s
- PostgreSQL %s; sales_kpi %s; tdigest %s; DuckDB %s
- Settings: shared_buffers %s, jit %s, autovacuum %s, max_parallel_workers_per_gather 0 or 2, work_mem the better of 4 MB and 256 MB for each query (1 GB for many groups, 64 MB for views); all others as they come. Tables frozen, analyzed and cached, with statistics on the expressions of their periods. DuckDB in memory, with the same rows.
- F: `count(*), sum(customer_id)` of the same table. A figure is the median of the ratios within a round, with the lowest and the highest in parentheses. What is judged has its limit beside it. Answers of all columns were compared, and are equal.$$,
	to_char(now(), 'YYYY-MM-DD HH24:MI "UTC"'), :'scale', :'rounds', :'machine', current_setting('server_version'),
	(SELECT extversion FROM pg_extension WHERE extname = 'sales_kpi'), coalesce((SELECT extversion FROM pg_extension WHERE extname = 'tdigest'), 'left out'), :'duckdb',
	current_setting('shared_buffers'), current_setting('jit'), current_setting('autovacuum'));

SELECT EXISTS (SELECT FROM bench.result r JOIN bench.kpi USING (subject) WHERE r.scale = :scale AND r.name = 'plain SQL') AS has_kpis \gset
\if :has_kpis
SELECT E'\n## KPIs\n\nIn multiples of F; the last columns, what the extension takes in multiples of the others, and with two workers in multiples of one process.\n';
SELECT bench.line('KPI', 'F, ms', 'plain SQL', 'tdigest', 'DuckDB, 1 thread', 'DuckDB, 2 threads', 'sales_kpi', 'against plain SQL', 'against DuckDB, 1 thread', '2 workers');
SELECT '|---' || repeat('|---', 9) || '|';
SELECT bench.line(k.subject, round(f.ms)::text, bench.shown(p), bench.shown(t), bench.shown(d1), bench.shown(d2),
	bench.judged(vf), bench.judged(vp), bench.judged(vd), bench.judged(vw) || CASE w.workers_launched WHEN 0 THEN ', none launched' ELSE '' END)
FROM (SELECT subject, min(id) AS id FROM bench.query JOIN bench.kpi USING (subject) GROUP BY 1) k
JOIN bench.result f ON (f.subject, f.name, f.workers, f.scale) = (k.subject, 'floor', 0, :scale)
LEFT JOIN bench.result p ON (p.subject, p.name, p.workers, p.scale) = (k.subject, 'plain SQL', 0, :scale)
LEFT JOIN bench.result t ON (t.subject, t.name, t.workers, t.scale) = (k.subject, 'tdigest', 0, :scale)
LEFT JOIN bench.result d1 ON (d1.subject, d1.name, d1.workers, d1.scale) = (k.subject, 'DuckDB', 1, :scale)
LEFT JOIN bench.result d2 ON (d2.subject, d2.name, d2.workers, d2.scale) = (k.subject, 'DuckDB', 2, :scale)
LEFT JOIN bench.result w ON (w.subject, w.name, w.workers, w.scale) = (k.subject, 'sales_kpi', 2, :scale)
LEFT JOIN bench.verdict vf ON (vf.subject, vf.against, vf.scale) = (k.subject, 'floor', :scale)
LEFT JOIN bench.verdict vp ON (vp.subject, vp.against, vp.scale) = (k.subject, 'plain SQL', :scale)
LEFT JOIN bench.verdict vd ON (vd.subject, vd.against, vd.scale) = (k.subject, 'DuckDB', :scale)
LEFT JOIN bench.verdict vw ON (vw.subject, vw.against, vw.scale) = (k.subject, 'sales_kpi', :scale)
ORDER BY k.id;
SELECT format(E'\nThe percentiles of tdigest are off by %s %% in the median of groups, and %s %% at most.',
	bench.figure(100 * percentile_cont(0.5) WITHIN GROUP (ORDER BY off)), bench.figure(100 * max(off)))
FROM bench.deviation
WHERE name = 'tdigest'
HAVING count(*) > 0;
\endif

SELECT EXISTS (SELECT FROM bench.result r WHERE r.scale = :scale AND r.subject NOT IN (SELECT subject FROM bench.kpi)) AS has_others \gset
\if :has_others
SELECT E'\n## Groups, periods, states, views, planning\n\nEach in multiples of the floor of its subject.\n';
SELECT bench.line('subject', 'query', 'workers', 'ms', 'x floor', 'compared');
SELECT '|---' || repeat('|---', 5) || '|';
SELECT bench.line(CASE WHEN r.name = 'floor' THEN r.subject END, r.name, r.workers::text, bench.figure(r.ms),
	CASE WHEN r.name <> 'floor' THEN bench.spread(r.x_floor, r.lowest, r.highest) END, v.compared)
FROM bench.result r
LEFT JOIN (
	SELECT subject, name, workers, string_agg(format('%s of %s%s', bench.judged(v), against, CASE WHEN net THEN ', net of the floor' END), '; ' ORDER BY id) AS compared
	FROM bench.verdict v
	WHERE scale = :scale
	GROUP BY 1, 2, 3
) v USING (subject, name, workers)
WHERE r.scale = :scale AND r.subject NOT IN (SELECT subject FROM bench.kpi)
ORDER BY min(r.id) OVER (PARTITION BY r.subject), r.workers, r.id;
\endif

SELECT format(E'\n%s of %s promises are met. What limits the others, with profiles, stands in [README.md](README.md#what-limits-what-is-not-met).', count(*) FILTER (WHERE met), count(*)) FROM bench.verdict WHERE scale = :scale AND at_most IS NOT NULL;

SELECT E'\n## Memory\n\n### States\n';
SELECT bench.line('state', 'scale', 'states', 'rows', 'bytes', 'bytes a row', 'bytes a customer');
SELECT '|---' || repeat('|---', 6) || '|';
SELECT bench.line(state, scale::text, states::text, table_rows::text, bytes::text, bench.figure(bytes / table_rows::float8),
	CASE WHEN states = 1 THEN bench.figure(bytes / customers::float8) END)
FROM bench.state_size
ORDER BY min(ctid) OVER (PARTITION BY state), state, scale;

SELECT EXISTS (SELECT FROM bench.timing WHERE hash_kb IS NOT NULL AND query_id IN (SELECT id FROM bench.query WHERE subject = 'many groups of ten rows')) AS has_groups \gset
\if :has_groups
SELECT E'\n### Groups\n\nThe hash table of groups of ten rows, and what of it is not the state itself. (What array_agg gathers lies in memory that is not counted.)\n';
SELECT bench.line('state', 'groups', 'bytes a group', 'the state itself', 'beside it');
SELECT '|---' || repeat('|---', 4) || '|';
SELECT bench.line(q.name, g.groups::text, bench.figure(t.hash_kb * 1024.0 / g.groups), bench.figure(s.bytes), bench.figure(t.hash_kb * 1024.0 / g.groups - s.bytes))
FROM bench.query q
JOIN bench.timing t ON (t.query_id, t.round, t.scale) = (q.id, 1, :scale)
CROSS JOIN (SELECT (1000000 * :scale)::bigint AS groups) g
LEFT JOIN bench.group_size s USING (name)
WHERE q.subject = 'many groups of ten rows' AND t.hash_kb IS NOT NULL
ORDER BY q.id;
\endif

SELECT E'\n### Processes\n\nThe peak of a process that runs the query alone, without workers: MB resident, and in parentheses what of it is its own, without the shared buffers. It owns some 4 MB before any query.\n';
SELECT bench.line(VARIADIC ARRAY['KPI', 'query'] || array_agg('scale ' || scale ORDER BY scale)) FROM (SELECT DISTINCT scale FROM bench.memory) s;
SELECT '|---|---' || repeat('|---', count(DISTINCT scale)::integer) || '|' FROM bench.memory;
SELECT bench.line(VARIADIC ARRAY[k.subject, k.name] || array_agg(bench.figure(m.peak_kb / 1024.0) || format(' (%s)', bench.figure(m.own_kb / 1024.0)) ORDER BY scale))
FROM (SELECT q.subject, q.name, min(q.id) AS id FROM bench.query q JOIN bench.memory m ON m.query_id = q.id WHERE q.name <> 'floor' GROUP BY 1, 2) k
CROSS JOIN (SELECT DISTINCT scale FROM bench.memory) s
LEFT JOIN (SELECT m.*, q.subject, q.name FROM bench.memory m JOIN bench.query q ON q.id = m.query_id) m USING (subject, name, scale)
GROUP BY k.subject, k.name
ORDER BY min(k.id);

SELECT EXISTS (SELECT FROM bench.growth) AS has_growth \gset
\if :has_growth
SELECT E'\n## Growth\n\nThe time of a query over three scales, as a power of the rows; the promise is an exponent below 1.1.\n';
SELECT bench.line(VARIADIC ARRAY['KPI', 'exponent', 'of the floor'] || (SELECT array_agg(format('ms at scale %s', scale) ORDER BY scale) FROM (SELECT DISTINCT scale FROM bench.result) s));
SELECT '|---' || repeat('|---', 2 + count(DISTINCT scale)::integer) || '|' FROM bench.result;
SELECT bench.line(VARIADIC ARRAY[g.subject, bench.figure(g.exponent) || CASE WHEN g.exponent < 1.1 THEN ', met' ELSE ', **not met**' END, bench.figure(f.exponent)] || g.ms::text[])
FROM bench.growth g
JOIN bench.growth f ON f.subject = g.subject AND f.name = 'floor'
WHERE g.name = 'sales_kpi'
ORDER BY (SELECT min(id) FROM bench.query q WHERE q.subject = g.subject);
\endif
