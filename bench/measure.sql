-- How it is measured. Each query is run once a round, one after the other, so that
-- whatever else the machine does strikes all of them alike; a result is the median
-- over the rounds of the ratio within a round.
CREATE SCHEMA bench;

-- The queries of a subject are measured in multiples of its floor, the query of that
-- name, which does the least that can be done: mostly a plain scan.
CREATE TABLE bench.query (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	subject text NOT NULL,
	name text NOT NULL,
	workers integer NOT NULL DEFAULT 0,
	work_mem text NOT NULL DEFAULT '64MB',
	measure text NOT NULL DEFAULT 'run' CHECK (measure IN ('run', 'plan', 'call')),
	before text,			-- done first, not measured
	statement text NOT NULL,
	against text,			-- name of the query it is compared with
	at_most float8,			-- what it may take at most, as a multiple of that one
	UNIQUE (subject, workers, name),
	FOREIGN KEY (subject, workers, against) REFERENCES bench.query (subject, workers, name) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE bench.timing (
	query_id integer REFERENCES bench.query,
	round integer,
	ms float8 NOT NULL,
	workers_launched integer,
	PRIMARY KEY (query_id, round)
);

-- run: the execution, without sending rows. plan: from the text to the plan. call:
-- all of it, for what is no query.
CREATE PROCEDURE bench.take(q bench.query, round integer)
LANGUAGE plpgsql
AS $$
DECLARE
	began timestamptz;
	plan jsonb;
BEGIN
	PERFORM set_config('max_parallel_workers_per_gather', q.workers::text, true), set_config('work_mem', q.work_mem, true);
	EXECUTE coalesce(q.before, 'SELECT');
	began := clock_timestamp();
	CASE q.measure
		WHEN 'run' THEN EXECUTE 'EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF, FORMAT JSON) ' || q.statement INTO plan;
		WHEN 'plan' THEN EXECUTE 'EXPLAIN (COSTS OFF) ' || q.statement;
		WHEN 'call' THEN EXECUTE q.statement;
	END CASE;
	INSERT INTO bench.timing VALUES (q.id, round,
		coalesce((plan -> 0 ->> 'Execution Time')::float8, 1000 * extract(epoch FROM clock_timestamp() - began)),
		(SELECT max(w::integer) FROM jsonb_path_query(plan, 'strict $.**."Workers Launched"') w));
END
$$;

-- The first round, numbered 0, fills the caches and is not counted.
CREATE PROCEDURE bench.measure(rounds integer, subjects text)
LANGUAGE plpgsql
AS $$
DECLARE
	q bench.query;
BEGIN
	FOR round IN 0 .. rounds LOOP
		FOR q IN SELECT * FROM bench.query WHERE subject ~ subjects ORDER BY id LOOP
			CALL bench.take(q, round);
			COMMIT;
		END LOOP;
		RAISE NOTICE 'round % of %', round, rounds;
	END LOOP;
END
$$;

CREATE VIEW bench.result AS
SELECT q.id, q.subject, q.name, q.workers, q.against, q.at_most,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms) AS ms,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms / f.ms) AS x_floor,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms / a.ms) AS x_against,
	min(t.workers_launched) AS workers_launched
FROM bench.query q
JOIN bench.timing t ON t.query_id = q.id AND t.round > 0
LEFT JOIN (bench.query fq JOIN bench.timing f ON f.query_id = fq.id)
	ON fq.subject = q.subject AND fq.workers = q.workers AND fq.name = 'floor' AND f.round = t.round
LEFT JOIN (bench.query aq JOIN bench.timing a ON a.query_id = aq.id)
	ON aq.subject = q.subject AND aq.workers = q.workers AND aq.name = q.against AND a.round = t.round
GROUP BY q.id;
