-- Win rate, against plain SQL.
\set QUIET on
\pset format unaligned
\pset tuples_only on
BEGIN;
SET LOCAL search_path = public, sales_kpi;
SELECT plan(37);

SELECT setseed(0.8);
CREATE TABLE decided AS
SELECT n, (random() * 40)::integer AS rep, CASE WHEN random() < 0.1 THEN NULL ELSE random() < 0.3 END AS won
FROM generate_series(1, 50000) n;
INSERT INTO decided VALUES (50001, 41, NULL), (50002, 41, NULL), (50003, 42, true), (50004, 43, false);
ANALYZE decided;
PREPARE plain AS
SELECT rep, count(*) FILTER (WHERE won)::float8 / NULLIF(count(won), 0) FROM decided GROUP BY rep;
PREPARE by_rep AS SELECT rep, win_rate(won) FROM decided GROUP BY rep;
PREPARE in_all AS SELECT win_rate(won) FROM decided;

SET LOCAL max_parallel_workers_per_gather = 0;
SELECT set_eq('by_rep', 'plain', 'won / (won + lost), by rep');
SET LOCAL enable_hashagg = off;
SELECT set_eq('by_rep', 'plain', 'sorted groups');
RESET enable_hashagg;
SELECT results_eq('in_all', 'SELECT count(*) FILTER (WHERE won)::float8 / count(won) FROM decided', 'of all');

/*
 * Workers and partitions.
 */
CREATE FUNCTION pg_temp.plan(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
	lines text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		lines := lines || line || E'\n';
	END LOOP;
	RETURN lines;
END $$;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
DEALLOCATE by_rep;
DEALLOCATE in_all;
PREPARE by_rep AS SELECT rep, win_rate(won) FROM decided GROUP BY rep;
PREPARE in_all AS SELECT win_rate(won) FROM decided;
SELECT matches(pg_temp.plan('EXECUTE by_rep'), 'Partial (Hash|Group)Aggregate.*Parallel Seq Scan', 'workers count reps');
SELECT set_eq('by_rep', 'plain', 'and agree');
SELECT matches(pg_temp.plan('EXECUTE in_all'), 'Partial Aggregate.*Parallel Seq Scan', 'workers count all');
SELECT results_eq('in_all', 'SELECT count(*) FILTER (WHERE won)::float8 / count(won) FROM decided', 'and agree');
SELECT is((SELECT win_rate(won) FROM decided WHERE n < 0), NULL, 'workers without rows');
SET LOCAL max_parallel_workers_per_gather = 0;

CREATE TABLE parted (n integer, rep integer, won boolean) PARTITION BY RANGE (n);
CREATE TABLE part_1 PARTITION OF parted FOR VALUES FROM (MINVALUE) TO (20000);
CREATE TABLE part_2 PARTITION OF parted FOR VALUES FROM (20000) TO (MAXVALUE);
INSERT INTO parted SELECT * FROM decided;
ANALYZE parted;
SET LOCAL enable_partitionwise_aggregate = on;
PREPARE by_part AS SELECT rep, win_rate(won) FROM parted GROUP BY rep;
SELECT matches(pg_temp.plan('EXECUTE by_part'), 'Partial (Hash|Group)Aggregate', 'partitions are counted apart');
SELECT set_eq('by_part', 'plain', 'and agree');

/*
 * Window frames, from which deals leave again.
 */
SELECT is_empty(
	format($$SELECT * FROM (
		SELECT n, win_rate(won) OVER w AS got, count(*) FILTER (WHERE won) OVER w::float8 / NULLIF(count(won) OVER w, 0) AS expected
		FROM decided WINDOW w AS (PARTITION BY rep ORDER BY n %s)
	) s WHERE got IS DISTINCT FROM expected$$, frame),
	frame)
FROM unnest(ARRAY[
	'ROWS BETWEEN 5 PRECEDING AND CURRENT ROW',
	'ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING',
	'ROWS BETWEEN CURRENT ROW AND 30 FOLLOWING',
	'RANGE BETWEEN 500 PRECEDING AND 100 FOLLOWING',
	'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
	'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING',
	'ROWS BETWEEN 4 PRECEDING AND 4 FOLLOWING EXCLUDE CURRENT ROW'
]) AS frame;

/*
 * Few deals, or none.
 */
SELECT is(win_rate(won), NULL, 'no deals') FROM decided WHERE false;
SELECT is(win_rate(won), NULL, 'none decided') FROM decided WHERE rep = 41;
SELECT is(win_rate(won), 1::float8, 'one won') FROM decided WHERE rep = 42;
SELECT is(win_rate(won), 0::float8, 'one lost') FROM decided WHERE rep = 43;
SELECT is(win_rate(won) FILTER (WHERE won), 1::float8, 'a filter') FROM decided;
SELECT is(win_rate(DISTINCT won), 0.5::float8, 'distinct outcomes') FROM decided;
SELECT is(win_rate(won ORDER BY n), (SELECT win_rate(won) FROM decided), 'any order') FROM decided;

/*
 * Its support functions, called by hand.
 */
PREPARE by_hand AS
SELECT win_rate_add(state, true), win_rate_remove(state, false), win_rate_merge(state, state), state
FROM (VALUES ('{4,9}'::bigint[])) s(state);
SELECT results_eq('by_hand', $$VALUES ('{5,10}'::bigint[], '{4,8}'::bigint[], '{8,18}'::bigint[], '{4,9}'::bigint[])$$, 'they leave their arguments alone');
CREATE TEMPORARY TABLE stored AS SELECT '{4,9}'::bigint[] AS state FROM generate_series(1, 3);
SELECT is(array_agg(win_rate_final(state)), ARRAY[4.0 / 9, 4.0 / 9, 4.0 / 9]::float8[], 'of a state with a short header') FROM stored;
SELECT is_empty($$SELECT * FROM stored WHERE state <> '{4,9}' OR win_rate_add(state, true) <> '{5,10}'$$, 'which stays as it is');
SELECT throws_ok(format('SELECT win_rate_final(%L)', state), '22023', 'this is not a state of win_rate', 'a state of ' || state)
FROM unnest(ARRAY['{}', '{1}', '{1,2,3}', '{1,NULL}', '{{1,2}}', '{-1,2}', '{3,2}']) AS state;
SELECT throws_ok($$SELECT win_rate_merge('{1,2}', '{1}')$$, '22023', 'this is not a state of win_rate', 'a bad state to merge');
SELECT throws_ok($$SELECT win_rate_add('{1,9223372036854775807}', true)$$, '22003', 'win_rate cannot count more than 9223372036854775807 deals', 'one deal too many');
SELECT throws_ok($$SELECT win_rate_merge('{0,9223372036854775807}', '{1,1}')$$, '22003', 'win_rate cannot count more than 9223372036854775807 deals', 'deals of workers too many');

SELECT * FROM finish();
ROLLBACK;
