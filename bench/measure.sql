-- How it is measured. The queries run in turn, round by round, so that whatever else
-- the machine does strikes all of them alike; a figure is the median over the rounds of
-- the ratio within a round.
CREATE SCHEMA bench;

-- Queries of one subject, name and number of workers are alternatives, such as two
-- forms in plain SQL or two sizes of work_mem: the first round tries them all, the
-- others take the fastest.
CREATE TABLE bench.query (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	subject text NOT NULL,
	name text NOT NULL,
	workers integer NOT NULL DEFAULT 0,		-- threads of DuckDB
	work_mem text NOT NULL DEFAULT '64MB',
	measure text NOT NULL DEFAULT 'run' CHECK (measure IN ('run', 'plan', 'call', 'duckdb')),
	before text,			-- done first, not measured
	statement text NOT NULL
);

-- What a query may take at most, in multiples of another of its subject. Net: both
-- without what the floor takes.
CREATE TABLE bench.promise (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	subject text NOT NULL,
	name text NOT NULL,
	workers integer NOT NULL DEFAULT 0,
	against text NOT NULL,
	against_workers integer NOT NULL DEFAULT 0,
	at_most float8,			-- NULL: shown, and not judged
	net boolean NOT NULL DEFAULT false
);

-- The KPIs that several engines answer, and must answer alike: key names the columns
-- that tell a row, tolerance the figures that need not be equal to the last digit.
CREATE TABLE bench.kpi (
	subject text PRIMARY KEY,
	key text[] NOT NULL,
	tolerance jsonb NOT NULL
);

CREATE TABLE bench.timing (
	scale numeric NOT NULL,
	query_id integer NOT NULL REFERENCES bench.query ON DELETE CASCADE,
	round integer NOT NULL,
	ms float8 NOT NULL,
	workers_launched integer,
	hash_kb integer,		-- memory of the hash table of groups
	PRIMARY KEY (scale, query_id, round)
);

-- A KPI with all who answer it. Plain SQL and the extension alike get the better of
-- two sizes of work_mem, for what sorts is often faster with the smaller one.
CREATE PROCEDURE bench.add_kpi(subject text, source text, key text[], ours text, plain text[],
	duckdb text[] DEFAULT '{}', tdigest text DEFAULT NULL, tolerance jsonb DEFAULT '{}',
	x_floor float8 DEFAULT NULL, x_plain float8 DEFAULT NULL, x_duckdb float8 DEFAULT NULL)
LANGUAGE sql
BEGIN ATOMIC
	INSERT INTO bench.kpi VALUES (subject, key, tolerance);
	INSERT INTO bench.query (subject, name, workers, work_mem, measure, statement)
	SELECT subject, q.name, w.workers, m.work_mem, CASE q.name WHEN 'DuckDB' THEN 'duckdb' ELSE 'run' END, q.statement
	FROM (
		SELECT 1, 'floor', format('SELECT count(*), sum(customer_id) FROM %I', source), '{0,2}'::integer[], '{64MB}'::text[]
		UNION ALL SELECT 2, 'plain SQL', p, '{0}', '{4MB,256MB}' FROM unnest(plain) p
		UNION ALL SELECT 3, 'tdigest', tdigest, '{0}', '{4MB,256MB}'
		UNION ALL SELECT 4, 'DuckDB', d, '{1,2}', '{none}' FROM unnest(duckdb) d
		UNION ALL SELECT 5, 'sales_kpi', ours, '{0,2}', '{4MB,256MB}'
	) q (rank, name, statement, workers, work_mem)
	CROSS JOIN LATERAL unnest(q.workers) w (workers)
	CROSS JOIN LATERAL unnest(q.work_mem) m (work_mem)
	WHERE q.statement IS NOT NULL
	ORDER BY w.workers = 2, q.rank;
	INSERT INTO bench.promise (subject, name, workers, against, against_workers, at_most)
	VALUES
		(subject, 'sales_kpi', 0, 'floor', 0, x_floor),
		(subject, 'sales_kpi', 0, 'plain SQL', 0, x_plain),
		(subject, 'sales_kpi', 0, 'DuckDB', 1, x_duckdb),
		(subject, 'sales_kpi', 2, 'sales_kpi', 0, 0.6);
END;

-- Where the tables of a scale are: queries name them without their schema.
CREATE FUNCTION bench.path_of(scale numeric)
RETURNS text
LANGUAGE sql IMMUTABLE
RETURN format('%I, bench, sales_kpi, public', 'scale ' || scale);

-- run: the execution, without sending rows. plan: from the text to the plan. call:
-- all of it, for what is no query. What DuckDB is to do is handed to the caller.
CREATE FUNCTION bench.take(id integer, scale numeric, round integer)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	q bench.query;
	began timestamptz;
	plan jsonb;
BEGIN
	SELECT * INTO q FROM bench.query WHERE query.id = take.id;
	IF q.measure = 'duckdb' THEN
		RETURN jsonb_build_object('threads', q.workers, 'sql', q.statement);
	END IF;
	PERFORM set_config('max_parallel_workers_per_gather', q.workers::text, true), set_config('work_mem', q.work_mem, true),
		set_config('search_path', bench.path_of(scale), true);
	EXECUTE coalesce(q.before, 'SELECT');
	began := clock_timestamp();
	CASE q.measure
		WHEN 'run' THEN EXECUTE 'EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF, FORMAT JSON) ' || q.statement INTO plan;
		WHEN 'plan' THEN EXECUTE 'EXPLAIN (COSTS OFF) ' || q.statement;
		WHEN 'call' THEN EXECUTE q.statement;
	END CASE;
	INSERT INTO bench.timing VALUES (scale, id, round,
		coalesce((plan -> 0 ->> 'Execution Time')::float8, 1000 * extract(epoch FROM clock_timestamp() - began)),
		(SELECT max(w::integer) FROM jsonb_path_query(plan, 'strict $.**."Workers Launched"') w),
		(SELECT max(m::integer) FROM jsonb_path_query(plan, 'strict $.**."Peak Memory Usage"') m));
	RETURN '';
END
$$;

-- Of alternatives, the one that was fastest in the first round, numbered 0.
CREATE VIEW bench.chosen AS
SELECT DISTINCT ON (t.scale, q.subject, q.name, q.workers) t.scale, q.*
FROM bench.query q JOIN bench.timing t ON t.query_id = q.id AND t.round = 0
ORDER BY t.scale, q.subject, q.name, q.workers, t.ms;

-- Read once, by the report.
CREATE MATERIALIZED VIEW bench.counted AS
SELECT c.scale, c.id, c.subject, c.name, c.workers, t.round, t.ms, t.workers_launched
FROM bench.chosen c JOIN bench.timing t ON (t.scale, t.query_id) = (c.scale, c.id)
WHERE t.round > 0
WITH NO DATA;

-- Each query in multiples of the floor of its subject.
CREATE MATERIALIZED VIEW bench.result AS
SELECT t.scale, t.id, t.subject, t.name, t.workers, percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms) AS ms,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms / f.ms) AS x_floor, min(t.ms / f.ms) AS lowest, max(t.ms / f.ms) AS highest,
	min(t.workers_launched) AS workers_launched
FROM bench.counted t
LEFT JOIN bench.counted f ON (f.scale, f.subject, f.round) = (t.scale, t.subject, t.round) AND f.name = 'floor'
	AND f.workers = CASE WHEN t.name = 'DuckDB' THEN 0 ELSE t.workers END
GROUP BY t.scale, t.id, t.subject, t.name, t.workers
WITH NO DATA;

CREATE MATERIALIZED VIEW bench.verdict AS
SELECT p.id, t.scale, p.subject, p.name, p.workers, p.against, p.against_workers, p.at_most, p.net,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY r.ratio) AS ratio, min(r.ratio) AS lowest, max(r.ratio) AS highest,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY r.ratio) <= p.at_most AS met
FROM bench.promise p
JOIN bench.counted t ON (t.subject, t.name, t.workers) = (p.subject, p.name, p.workers)
JOIN bench.counted a ON (a.scale, a.subject, a.round, a.name, a.workers) = (t.scale, t.subject, t.round, p.against, p.against_workers)
LEFT JOIN bench.counted f ON p.net AND (f.scale, f.subject, f.round, f.name, f.workers) = (t.scale, t.subject, t.round, 'floor', t.workers)
CROSS JOIN LATERAL (SELECT (t.ms - coalesce(f.ms, 0)) / (a.ms - coalesce(f.ms, 0)) AS ratio) r
GROUP BY p.id, t.scale
WITH NO DATA;

-- What a round has to do: all in the first one, the chosen later.
CREATE FUNCTION bench.is_due(id integer, scale numeric, round integer)
RETURNS boolean
LANGUAGE sql
RETURN NOT EXISTS (SELECT FROM bench.timing t WHERE (t.scale, t.query_id, t.round) = (is_due.scale, is_due.id, is_due.round))
	AND (round = 0 OR EXISTS (SELECT FROM bench.chosen c WHERE (c.scale, c.id) = (is_due.scale, is_due.id)));

-- A table for DuckDB, from a file. Its times are in UTC, which it need not know then.
CREATE FUNCTION bench.duckdb_load(scale numeric, name text, file text)
RETURNS jsonb
LANGUAGE sql
RETURN (
	SELECT jsonb_build_object('threads', 2, 'sql', format('CREATE TABLE %s AS FROM read_csv(%L, header = false, columns = {%s})', name, file,
		string_agg(format('%L: %L', a.attname, replace(format_type(a.atttypid, a.atttypmod), ' with time zone', '')), ', ' ORDER BY a.attnum)))
	FROM pg_attribute a
	WHERE a.attrelid = format('%I.%I', 'scale ' || scale, name)::regclass AND a.attnum > 0
);
