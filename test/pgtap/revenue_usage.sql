-- Revenue series wherever SQL takes an aggregate or a value: windows, grouping sets,
-- spilled hash tables, boundaries of every kind of expression.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET max_parallel_workers_per_gather = 0;
SET client_min_messages = warning;
SET TimeZone = 'UTC';

SELECT setseed(0.6931);
CREATE TEMP TABLE sale AS
SELECT i, i % 7 AS rep, i % 3 AS region, timestamptz '2024-01-01' + floor(random() * 700) * interval '1 day' AS sold_at, floor(random() * 5) - 1 AS amount
FROM generate_series(1, 2000) i;
ANALYZE sale;
\set boundaries '\'{2024-02-01, 2024-05-01, 2024-05-02, 2025-01-01}\'::timestamptz[]'
CREATE FUNCTION pg_temp.boundaries() RETURNS timestamptz[] LANGUAGE sql STABLE RETURN :boundaries;

/*
 * Windows: each row's state is that of its frame. The row before is looked at again when
 * the next one has come.
 */
CREATE TYPE pg_temp.row_of AS (sold_at timestamptz, amount float8);
CREATE FUNCTION pg_temp.series_of(rows pg_temp.row_of[]) RETURNS revenue_series LANGUAGE sql
RETURN (SELECT revenue_agg(sold_at, amount::numeric, pg_temp.boundaries()) FROM unnest(rows));
CREATE FUNCTION pg_temp.check_window(clause text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line record;
	last_series revenue_series;
	last_text text;
	wrong int := 0;
BEGIN
	FOR line IN EXECUTE format($q$
			SELECT array_agg(ROW(sold_at, amount)::pg_temp.row_of) OVER w AS frame, revenue_agg(sold_at, amount::numeric, (SELECT pg_temp.boundaries())) OVER w AS s
			FROM sale WHERE i <= 300 WINDOW w AS (%s) $q$, clause) LOOP
		IF last_series::text IS DISTINCT FROM last_text OR line.s::text IS DISTINCT FROM pg_temp.series_of(line.frame)::text THEN
			wrong := wrong + 1;
		END IF;
		last_series := line.s;
		last_text := line.s;
	END LOOP;
	RETURN is(wrong, 0, 'OVER (' || clause || ')');
END $$;
SELECT pg_temp.check_window('ORDER BY i');
SELECT pg_temp.check_window('PARTITION BY rep ORDER BY i DESC');
SELECT pg_temp.check_window('ORDER BY rep');
SELECT pg_temp.check_window('ORDER BY i ROWS BETWEEN 10 PRECEDING AND 3 FOLLOWING');
SELECT pg_temp.check_window('ORDER BY i ROWS BETWEEN UNBOUNDED PRECEDING AND 5 PRECEDING');
SELECT pg_temp.check_window('ORDER BY i ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW');
SELECT is_empty(format($$
	SELECT i FROM (SELECT i, s::text, lag(s) OVER (ORDER BY i)::text AS before, lag(s::text) OVER (ORDER BY i) AS was FROM (SELECT i, revenue_agg(sold_at, 1, %L) OVER (ORDER BY i) AS s FROM sale WHERE i <= 300) w) l
	WHERE before IS DISTINCT FROM was
$$, :boundaries), 'results of a window stay as they were');

-- Grouping sets, hashed, sorted and both
CREATE TEMP TABLE expected_sets AS
SELECT rep, region, revenue_agg(sold_at, amount::numeric, :boundaries)::text AS s FROM sale GROUP BY rep, region
UNION ALL SELECT rep, NULL::int, revenue_agg(sold_at, amount::numeric, :boundaries)::text FROM sale GROUP BY rep
UNION ALL SELECT NULL::int, region, revenue_agg(sold_at, amount::numeric, :boundaries)::text FROM sale GROUP BY region
UNION ALL SELECT NULL::int, NULL::int, revenue_agg(sold_at, amount::numeric, :boundaries)::text FROM sale;
\set cube 'SELECT rep, region, revenue_agg(sold_at, amount::numeric, (SELECT pg_temp.boundaries()))::text FROM sale GROUP BY CUBE (rep, region)'
SELECT set_eq(:'cube', 'TABLE expected_sets', 'CUBE');
SET enable_hashagg = off;
SELECT set_eq(:'cube', 'TABLE expected_sets', 'CUBE, sorted');
RESET enable_hashagg;
SET enable_sort = off;
SELECT set_eq(:'cube', 'TABLE expected_sets', 'CUBE, hashed');
RESET enable_sort;

-- FILTER, DISTINCT, ORDER BY, HAVING
SELECT is(revenue_agg(sold_at, amount::numeric, :boundaries) FILTER (WHERE rep = 2)::text, (SELECT s FROM expected_sets WHERE rep = 2 AND region IS NULL), 'FILTER') FROM sale;
SELECT ok(revenue_agg(sold_at, 1, :boundaries) FILTER (WHERE false) IS NULL, 'FILTER that leaves nothing') FROM sale;
SELECT is(revenue_agg(DISTINCT t, a, b)::text, '{0:1/1000000,1}', 'DISTINCT sales')
FROM (VALUES (timestamptz '2000-01-01', 1.0, '{2000-01-01, 2000-01-01 00:00:00.000001}'::timestamptz[]), ('2000-01-01', 1.00, '{2000-01-01, 2000-01-01 00:00:00.000001}')) v (t, a, b);
SELECT is(revenue_agg(sold_at, amount::numeric, (SELECT pg_temp.boundaries()) ORDER BY sold_at DESC, i)::text, revenue_agg(sold_at, amount::numeric, :boundaries)::text, 'ORDER BY') FROM sale;
SELECT is(count(*), 7::bigint, 'HAVING') FROM (SELECT rep FROM sale GROUP BY rep HAVING revenue_agg(sold_at, 1, :boundaries)::text LIKE '{%') h;

/*
 * Boundaries may be a constant, a parameter, a column, the result of a call: all count the
 * same. Where they differ from row to row of a group, that is an error; from group to
 * group, it is none.
 */
PREPARE of_parameter(timestamptz[]) AS SELECT revenue_agg(sold_at, amount::numeric, $1)::text FROM sale;
SET plan_cache_mode = force_generic_plan;
SELECT results_eq(query, 'SELECT s FROM expected_sets WHERE num_nulls(rep, region) = 2', query)
FROM unnest(ARRAY[
	format('EXECUTE of_parameter(%L)', :boundaries),
	'SELECT revenue_agg(sold_at, amount::numeric, (SELECT pg_temp.boundaries()))::text FROM sale',
	'SELECT revenue_agg(sold_at, amount::numeric, pg_temp.boundaries())::text FROM sale',
	'SELECT revenue_agg(sold_at, amount::numeric, b)::text FROM sale, (SELECT pg_temp.boundaries() AS b OFFSET 0) c',
	'SELECT revenue_agg(sold_at, amount::numeric, ARRAY[timestamptz ''2024-02-01'', ''2024-05-01'', ''2024-05-02'', ''2025-01-01''])::text FROM sale',
	'SELECT revenue_agg(sold_at, amount::numeric, ''[5:8]={2024-02-01, 2024-05-01, 2024-05-02, 2025-01-01}'')::text FROM sale',
	'SELECT revenue_agg(sold_at, amount::numeric, ''{2024-02-01, 2024-05-01, 2024-05-02, 2025-01-01}''::date[])::text FROM sale',
	'SELECT revenue_agg(sold_at, amount::numeric, (ARRAY[NULL, timestamptz ''2024-02-01'', ''2024-05-01'', ''2024-05-02'', ''2025-01-01''])[2:])::text FROM sale'
]) query;

-- A question per row of another table, which comes with boundaries of its own
CREATE TEMP TABLE asked AS
SELECT n, array_agg(timestamptz '2024-01-01' + k * n * interval '1 day' ORDER BY k) AS boundaries FROM generate_series(1, 9) n, generate_series(0, 9) k GROUP BY n;
CREATE TEMP TABLE expected_answers AS
SELECT n, period_start, count(s.i) AS lines, coalesce(sum(amount), 0)::numeric AS revenue
FROM asked CROSS JOIN LATERAL (SELECT boundaries[k] AS period_start, boundaries[k + 1] AS period_end FROM generate_series(1, 9) k) p LEFT JOIN sale s ON sold_at >= period_start AND sold_at < period_end
GROUP BY n, period_start;
SELECT set_eq('SELECT n, period_start, lines, revenue FROM asked, LATERAL (SELECT revenue_agg(sold_at, amount::numeric, asked.boundaries) AS s FROM sale) a, revenue(s)', 'TABLE expected_answers', 'LATERAL');
SELECT set_eq('SELECT n, period_start, lines, revenue FROM (SELECT n, (SELECT revenue_agg(sold_at, amount::numeric, asked.boundaries) FROM sale) AS s FROM asked) a, revenue(s)', 'TABLE expected_answers', 'a sub-select per row');
SELECT set_eq('SELECT n, period_start, sum(lines)::bigint AS lines, sum(revenue) AS revenue FROM asked, LATERAL (SELECT rep, revenue_agg(sold_at, amount::numeric, asked.boundaries) AS s FROM sale GROUP BY rep) a, revenue(s) GROUP BY 1, 2', 'TABLE expected_answers', '... by group');
SELECT set_eq('SELECT n, period_start, lines, revenue FROM (SELECT n, revenue_agg(sold_at, amount::numeric, boundaries) AS s FROM asked, sale GROUP BY n) a, revenue(s)', 'TABLE expected_answers', 'each group with boundaries of its own');
SELECT set_eq('SELECT n, period_start, lines, revenue FROM (SELECT DISTINCT ON (n) n, revenue_agg(sold_at, amount::numeric, boundaries) OVER (PARTITION BY n) AS s FROM asked, sale) a, revenue(s)', 'TABLE expected_answers', '... each partition of a window');

-- Hash tables that do not fit into memory
CREATE TEMP TABLE many AS SELECT i % 6000 AS grp, timestamptz '2024-01-01' + i * interval '1 hour' AS sold_at FROM generate_series(1, 30000) i;
ANALYZE many;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SET enable_sort = off;
CREATE FUNCTION pg_temp.spilled() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)
		CREATE TEMP TABLE hashed AS SELECT grp, revenue_agg(sold_at, 1, (SELECT pg_temp.boundaries())) AS s FROM many GROUP BY grp LOOP
		IF line ~ 'Batches: [0-9]+.*Disk Usage' THEN
			RETURN pass('the hash table went to disk');
		END IF;
	END LOOP;
	RETURN fail('the hash table went to disk');
END $$;
SELECT pg_temp.spilled();
RESET work_mem;
RESET hash_mem_multiplier;
RESET enable_sort;
SELECT set_eq('SELECT grp, s::text FROM hashed', 'SELECT grp, revenue_agg(sold_at, 1, pg_temp.boundaries())::text FROM many GROUP BY grp', '... and came back whole');

-- An aggregate of the caller's begins with a state of its own, of which each group has one.
CREATE AGGREGATE pg_temp.begun(timestamptz, numeric, timestamptz[]) (SFUNC = sales_kpi.revenue_add, STYPE = sales_kpi.revenue_series, INITCOND = '{0:2/7000000,1000000}');
SELECT is(s::text, '{0:3/8500000,1000000}', 'a state to begin with is each group''s own')
FROM (SELECT pg_temp.begun('2000-01-01', 1.5, '{2000-01-01, 2000-01-01 00:00:01}') AS s FROM generate_series(1, 3) g GROUP BY g) b;
SELECT throws_ok($$SELECT pg_temp.begun('2000-01-01', 1.5, '{2000-01-01, 2000-01-01 00:00:02}')$$, '22023', 'the periods change within a group', '... and asks for the same boundaries, though they are a constant');

-- One pass for several answers
CREATE FUNCTION pg_temp.counted(at timestamptz) RETURNS timestamptz STABLE LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('test.calls', (current_setting('test.calls')::int + 1)::text, true);
	RETURN at;
END $$;
SET test.calls = 0;
SELECT is(a::text, b::text, 'several answers of one query agree')
FROM (SELECT revenue_agg(pg_temp.counted(sold_at), 1, :boundaries) AS a, revenue_agg(pg_temp.counted(sold_at), 1, :boundaries) AS b FROM sale) answers;
SELECT is(current_setting('test.calls'), '2000', '... and come from one pass over the rows');

SELECT * FROM finish();
ROLLBACK;
