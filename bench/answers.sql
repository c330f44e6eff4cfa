-- That all who answer a KPI answer alike: key by key and figure by figure, against the
-- first form in plain SQL. Numbers are equal whatever their type.
CREATE TABLE bench.answer (
	query_id integer NOT NULL REFERENCES bench.query ON DELETE CASCADE,
	row_data jsonb NOT NULL
);

-- Keeps the answer of a query; that of DuckDB is in a file, as JSON a line.
CREATE FUNCTION bench.keep_answer(id integer, scale numeric, file text DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
	q bench.query;
	kept bigint;
BEGIN
	SELECT * INTO q FROM bench.query WHERE query.id = keep_answer.id;
	PERFORM set_config('max_parallel_workers_per_gather', q.workers::text, true), set_config('search_path', bench.path_of(scale), true);
	IF q.measure = 'duckdb' THEN
		INSERT INTO bench.answer SELECT id, line::jsonb FROM string_to_table(pg_read_file(file), E'\n') line;
	ELSE
		PERFORM set_config('work_mem', q.work_mem, true);
		EXECUTE format('INSERT INTO bench.answer SELECT $1, to_jsonb(a) FROM (%s) a', q.statement) USING id;
	END IF;
	GET DIAGNOSTICS kept = ROW_COUNT;
	RETURN kept;
END
$$;

-- A query of each statement, and that of the extension with and without workers.
CREATE VIEW bench.answering AS
SELECT DISTINCT ON (q.subject, q.name, q.statement, q.workers) q.*
FROM bench.query q JOIN bench.kpi USING (subject)
WHERE q.name <> 'floor' AND (q.name = 'sales_kpi' OR q.workers < 2)
ORDER BY q.subject, q.name, q.statement, q.workers, q.id;

CREATE FUNCTION bench.is_close(a text, b text, tolerance numeric)
RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN a IS NULL OR b IS NULL THEN a IS NOT DISTINCT FROM b
	ELSE abs(a::numeric - b::numeric) <= tolerance * greatest(abs(a::numeric), abs(b::numeric)) END;

CREATE VIEW bench.deviation AS
WITH figure AS MATERIALIZED (
	SELECT q.subject, q.id, q.name, q.workers, f.key AS figure, f.value,
		(SELECT string_agg(a.row_data ->> k, ' ' ORDER BY ordinality) FROM unnest(k.key) WITH ORDINALITY u (k, ordinality)) AS place,
		coalesce((k.tolerance ->> f.key)::numeric, 0) AS tolerance
	FROM bench.answer a
	JOIN bench.query q ON q.id = a.query_id
	JOIN bench.kpi k USING (subject)
	CROSS JOIN LATERAL jsonb_each_text(a.row_data) f
	WHERE f.key <> ALL (k.key)
),
engine AS (
	SELECT subject, id, name, workers, min(id) FILTER (WHERE name = 'plain SQL') OVER (PARTITION BY subject) AS judge
	FROM (SELECT DISTINCT subject, id, name, workers FROM figure) e
),
expected AS (
	SELECT e.subject, e.id, e.name, e.workers, f.figure, f.place, f.value FROM engine e JOIN figure f ON f.id = e.judge
)
SELECT subject, id, name, workers, place, figure, x.value AS expected, f.value AS found,
	abs(f.value::numeric - x.value::numeric) / nullif(abs(x.value::numeric), 0) AS off
FROM expected x FULL JOIN figure f USING (subject, id, name, workers, place, figure)
WHERE x.id IS NULL OR f.id IS NULL OR NOT bench.is_close(x.value, f.value, f.tolerance);

-- A t-digest does not interpolate between the few values of a small group: how far its
-- percentiles are off is shown, and not judged.
CREATE VIEW bench.difference AS
SELECT * FROM bench.deviation WHERE NOT (name = 'tdigest' AND figure IN ('p50', 'p90'));
