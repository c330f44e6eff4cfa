-- How the benchmarks are measured. Every query is run once a round, one after the
-- other, so that whatever else the machine does strikes all of them alike; the
-- figures are medians over the rounds of ratios within a round.

-- A subject is a set of queries that are compared with its floor, the query of
-- that name, which does the least that can be done: mostly a plain scan.
CREATE TABLE bench.query (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	subject text NOT NULL,
	name text NOT NULL,
	workers integer NOT NULL DEFAULT 0,
	work_mem text NOT NULL DEFAULT '64MB',
	settings jsonb NOT NULL DEFAULT '{}',
	measure text NOT NULL DEFAULT 'run' CHECK (measure IN ('run', 'plan', 'call')),
	against text,				-- name of the query of the subject it is compared with
	at_most float8,				-- what it may take at most, as a multiple of that one
	statement text NOT NULL,
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

-- run: execution alone, without sending the rows. plan: from the text to the plan.
-- call: all of it, for what is no query.
CREATE PROCEDURE bench.take(q bench.query, round integer)
LANGUAGE plpgsql
AS $$
DECLARE
	began timestamptz;
	plan jsonb;
	setting record;
BEGIN
	PERFORM set_config('max_parallel_workers_per_gather', q.workers::text, true), set_config('work_mem', q.work_mem, true);
	PERFORM set_config(s.key, s.value, true) FROM jsonb_each_text(q.settings) s;
	began := clock_timestamp();
	CASE q.measure
		WHEN 'run' THEN EXECUTE 'EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF, FORMAT JSON) ' || q.statement INTO plan;
		WHEN 'plan' THEN EXECUTE 'EXPLAIN (COSTS OFF) ' || q.statement;
		WHEN 'call' THEN EXECUTE q.statement;
	END CASE;
	INSERT INTO bench.timing VALUES (q.id, round,
		coalesce((plan -> 0 ->> 'Execution Time')::float8, 1000 * extract(epoch FROM clock_timestamp() - began)),
		(SELECT max(w::integer) FROM jsonb_path_query(plan, '$.**."Workers Launched"') w));
END
$$;

-- A first round, numbered 0, fills the caches and is not counted.
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
		RAISE NOTICE 'round % of % done', round, rounds;
	END LOOP;
END
$$;
