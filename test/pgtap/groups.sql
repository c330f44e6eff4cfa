-- Groups by the hundred thousand and by the million, of every aggregate there is: the
-- memory is what a hash table may take, and what does not fit into it comes back whole.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET TimeZone = 'UTC';

-- Every aggregate by its name, from the catalogue, with an argument for each type that it
-- takes; of times the second is later than the first, and the third than both.
CREATE TABLE argument (type regtype, place int, argument text);
INSERT INTO argument
SELECT type::regtype, place, replace(argument, '{place}', place::text)
FROM generate_series(1, 5) place, (VALUES
	('bigint', 'i % 5'), ('int', 'i % 10'), ('numeric', 'i % 100 + {place}'), ('float8', 'sin(i % 2000)'), ('boolean', 'i % 3 = 0'), ('text', 'word'), ('date', '(at + {place} * interval ''10 days'')::date'),
	('timestamptz', 'at + {place} * interval ''10 days'''), ('tstzrange', '''[2024-02-01, 2024-06-01)''::tstzrange'), ('timestamptz[]', '''{2024-01-01, 2024-03-01, 2024-05-01}''::timestamptz[]')) v (type, argument);
CREATE TABLE call AS
SELECT DISTINCT ON (name) *
FROM (
	SELECT p.proname AS name, a.aggcombinefn <> 0 AS is_parallel, (
		SELECT format('%s(%s)', p.proname, string_agg(argument, ', ' ORDER BY n)) FROM unnest(p.proargtypes) WITH ORDINALITY t (type, n) JOIN argument ON argument.type = t.type AND place = n HAVING count(*) = p.pronargs
	) AS call
	FROM pg_proc p JOIN pg_aggregate a ON a.aggfnoid = p.oid
	WHERE p.pronamespace = 'sales_kpi'::regnamespace AND p.proname <> 'rollup'
) calls
ORDER BY name, call IS NULL, length(call) DESC, call;
SELECT is_empty('SELECT name FROM call WHERE call IS NULL', 'every aggregate has its arguments');
SELECT format('md5(ROW(%s)::text)', string_agg(call, ', ' ORDER BY call)) AS results, format('md5(ROW(%s)::text)', string_agg(call, ', ' ORDER BY call) FILTER (WHERE is_parallel)) AS merged, string_agg(call, ', ' ORDER BY call) AS calls
FROM call \gset

CREATE FUNCTION pg_temp.plan(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
	lines text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || query LOOP
		lines := lines || line || E'\n';
	END LOOP;
	RETURN lines;
END $$;

/*
 * A hundred thousand groups of two rows, and two thousand of a hundred, and a hash of
 * all results of each: sorted, by a hash table without room, and by two workers' without
 * room. (All values of a series are the same, for its order is not known.)
 */
CREATE TABLE fact AS
SELECT i, i % 100000 AS grp, i % 2000 AS large, timestamptz '2024-01-01' + i % 3000 * interval '1 hour' AS at, CASE i % 2 WHEN 0 THEN 'won' ELSE 'lost' END AS word
FROM generate_series(1, 200000) i;
ANALYZE fact;
SET enable_hashagg = off;
CREATE TABLE sorted AS SELECT grp, :results AS results FROM fact GROUP BY grp;
CREATE TABLE sorted_large AS SELECT large, :merged AS results FROM fact GROUP BY large;
RESET enable_hashagg;
SET enable_sort = off;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SELECT matches(pg_temp.plan('CREATE TABLE hashed AS SELECT grp, ' || :'results' || ' AS results FROM fact GROUP BY grp'), 'HashAggregate.*\n.*\n *Batches: \d\d.*Disk Usage', 'a hash table of 64 kB');
SELECT results_eq('SELECT * FROM hashed ORDER BY grp', 'SELECT * FROM sorted ORDER BY grp', '... comes back whole');
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
ALTER TABLE fact SET (parallel_workers = 2);
SET max_parallel_workers_per_gather = 2;
SELECT matches(pg_temp.plan('CREATE TABLE merged AS SELECT large, ' || :'merged' || ' AS results FROM fact GROUP BY large'),
	'Finalize HashAggregate.*\n.*\n *Batches: \d\d.*Disk Usage(.*\n)*.*Workers Launched: 2(.*\n)*.*Partial HashAggregate(.*\n)*.*Batches: \d.*Disk Usage', 'hash tables of two workers and of who merges them');
SELECT results_eq('SELECT * FROM merged ORDER BY large', 'SELECT * FROM sorted_large ORDER BY large', '... come back whole');
SET max_parallel_workers_per_gather = 0;
RESET work_mem;
RESET hash_mem_multiplier;

-- A million groups of one row, with the memory that PostgreSQL comes with; it is looked
-- at while groups come out.
CREATE TABLE million AS
SELECT i, timestamptz '2024-01-01' + i % 3000 * interval '1 hour' AS at, CASE i % 2 WHEN 0 THEN 'won' ELSE 'lost' END AS word FROM generate_series(1, 1000000) i;
ANALYZE million;
CREATE FUNCTION pg_temp.memory() RETURNS bigint LANGUAGE sql VOLATILE
BEGIN ATOMIC
	SELECT sum(total_bytes)::bigint FROM pg_backend_memory_contexts;
END;
SELECT pg_temp.memory() AS before \gset
SELECT max(call) FILTER (WHERE name = 'duration_agg') AS durations, max(call) FILTER (WHERE name = 'customer_agg') AS customers, max(call) FILTER (WHERE name = 'purchase_agg') AS purchases,
	max(call) FILTER (WHERE name = 'acquisition_agg') AS acquired, max(call) FILTER (WHERE name = 'win_curve_agg') AS deals
FROM call \gset
SELECT count(*) AS groups, count(nullif(answers, 0)) AS answered, sum(counted) AS counted, max(memory) AS memory
FROM (
	SELECT num_nonnulls(:calls) AS answers, CASE WHEN i % 100000 = 0 THEN pg_temp.memory() END AS memory,
		sample_size(:durations) + customers(:customers) + customers(:purchases) + customers(:acquired) + sample_size(:deals) AS counted
	FROM million GROUP BY i
) g \gset
SELECT is(ARRAY[:groups, :answered, :counted], ARRAY[1000000, 1000000, 5000000], 'a million groups answer');
SELECT cmp_ok((:memory - :before)::bigint, '<', 40000000::bigint, 'memory is that of a hash table and of the tapes beside it');

SELECT * FROM finish();
ROLLBACK;
