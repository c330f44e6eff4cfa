-- A series as a line of text, against the heights in plain SQL.
\set QUIET on
\pset format unaligned
\pset tuples_only on
BEGIN;
SET LOCAL search_path = public, sales_kpi;
SELECT plan(47);

CREATE FUNCTION pg_temp.line_of(series float8[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT sparkline(value ORDER BY place) FROM unnest(series) WITH ORDINALITY s(value, place)
$$;

/*
 * By hand.
 */
SELECT is(pg_temp.line_of(series), line, series::text)
FROM (VALUES
	('{0,1,2,3,4,5,6,7}'::float8[], '▁▂▃▄▅▆▇█'),
	('{0,1,2,3,4,5,6,7,8}', '▁▂▃▄▅▆▇██'),
	('{7,0}', '█▁'),
	('{3}', '▄'),
	('{5,5,5}', '▄▄▄'),
	('{0,-0}', '▄▄'),
	('{NULL}', '·'),
	('{NULL,NULL}', '··'),
	('{NULL,4,NULL,4}', '·▄·▄'),
	('{1,NULL,3,2}', '▁·█▅'),
	('{-10,-5,0}', '▁▅█'),
	('{-1e300,0,1e300}', '▁▅█'),
	('{0,1e-250}', '▁█'),
	('{0.124999,0.125,0,1}', '▁▂▁█'),
	('{}', NULL)
) s(series, line);
SELECT is(pg_typeof(pg_temp.line_of('{1}')), 'text'::regtype, 'a line is text');
SELECT is(sparkline(v ORDER BY v DESC), '█▅▁', 'the order is that of the aggregate') FROM unnest('{1,2,3}'::smallint[]) v;
SELECT is(sparkline(v::numeric(5, 2) ORDER BY v), '▁▅█', 'of any number') FROM generate_series(1, 3) v;
CREATE DOMAIN pg_temp.rate AS real;
SELECT is(sparkline(v::pg_temp.rate ORDER BY v), '▁▅█', 'of a domain') FROM generate_series(1, 3) v;
SELECT is(sparkline(v ORDER BY v) FILTER (WHERE v <> 2), '▁█', 'what a filter leaves out has no place') FROM generate_series(1, 3) v;
SELECT is(sparkline(DISTINCT v), '▁█', 'each value once') FROM unnest('{1,2,2,1}'::float8[]) v;

/*
 * The oracle, on random series.
 */
CREATE FUNCTION pg_temp.heights(series float8[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT string_agg(
		CASE
			WHEN value IS NULL THEN '·'
			WHEN lowest = highest THEN '▄'
			ELSE substr('▁▂▃▄▅▆▇█', 1 + least(floor((value - lowest) / (highest - lowest) * 8), 7)::integer, 1)
		END, '' ORDER BY place)
	FROM unnest(series) WITH ORDINALITY s(value, place), (SELECT min(value) AS lowest, max(value) AS highest FROM unnest(series) value) e
$$;
SELECT setseed(0.77);
CREATE TEMPORARY TABLE value AS
SELECT series, place,
	CASE WHEN random() < missing THEN NULL WHEN levels = 0 THEN (random() - 0.5) * 10 ^ (series % 9) ELSE floor(random() * levels) END::float8 AS value
FROM (SELECT series, random() * 0.4 AS missing, (random() * 12)::integer AS levels, (random() * 40)::integer AS length FROM generate_series(1, 200) series) k,
	generate_series(1, length) place;
SELECT is_empty($$
	SELECT series, sparkline(value ORDER BY place), pg_temp.heights(array_agg(value ORDER BY place)) FROM value
	GROUP BY series HAVING sparkline(value ORDER BY place) IS DISTINCT FROM pg_temp.heights(array_agg(value ORDER BY place))
$$, 'random series');
SELECT is_empty('SELECT series FROM value GROUP BY series HAVING length(sparkline(value ORDER BY place)) <> count(*)', 'one character for each row');

CREATE FUNCTION pg_temp.frame_differences(frame text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format(
		'SELECT s::text FROM (
			SELECT series, place, sparkline(value) OVER w AS got, array_agg(value) OVER w AS framed FROM value WINDOW w AS (PARTITION BY series ORDER BY place %s)
		) s WHERE got IS DISTINCT FROM pg_temp.heights(framed)', frame);
END $$;
SELECT is_empty(format('SELECT * FROM pg_temp.frame_differences(%L)', frame), frame)
FROM unnest(ARRAY[
	'ROWS 11 PRECEDING',
	'ROWS BETWEEN 5 PRECEDING AND 2 PRECEDING',
	'ROWS BETWEEN CURRENT ROW AND 40 FOLLOWING',
	'ROWS BETWEEN 3 FOLLOWING AND 2 FOLLOWING',
	'RANGE BETWEEN 5 PRECEDING AND 1 FOLLOWING',
	'GROUPS BETWEEN 2 PRECEDING AND UNBOUNDED FOLLOWING',
	'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
	'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING',
	'ROWS BETWEEN 4 PRECEDING AND 4 FOLLOWING EXCLUDE CURRENT ROW'
]) AS frame;
SELECT is_empty($$
	SELECT * FROM (
		SELECT sparkline(value) FILTER (WHERE place % 3 > 0) OVER w AS got, array_agg(value) FILTER (WHERE place % 3 > 0) OVER w AS framed
		FROM value WINDOW w AS (PARTITION BY series ORDER BY place ROWS 11 PRECEDING)
	) s
	WHERE got IS DISTINCT FROM pg_temp.heights(framed)
$$, 'a frame and a filter');

/*
 * Many rows, many series; one pass with trend; no worker that knows only some of a series.
 */
SELECT is(sparkline(v % 8 ORDER BY v), repeat('▁▂▃▄▅▆▇█', 25000), '200,000 rows') FROM generate_series(0, 199999) v;
SELECT is_empty($$
	SELECT v % 100000 FROM generate_series(0, 299999) v GROUP BY v % 100000 HAVING sparkline(v / 100000 ORDER BY v) <> '▁▅█'
$$, '100,000 series');
SELECT is_empty($$
	SELECT * FROM (SELECT n, sparkline(n) OVER (ORDER BY n ROWS 2 PRECEDING) AS line FROM generate_series(0, 199999) n) s
	WHERE line <> CASE n WHEN 0 THEN '▄' WHEN 1 THEN '▁█' ELSE '▁▅█' END
$$, '200,000 frames');
SELECT results_eq('SELECT sparkline(v ORDER BY v), (trend(v ORDER BY v)).slope FROM generate_series(1, 3) v', $$VALUES ('▁▅█', 1::float8)$$, 'beside the trend');
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
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
SELECT doesnt_match(pg_temp.plan('SELECT sparkline(relpages) FROM pg_class'), 'Partial', 'workers have no part in it');

/*
 * Bad values, and support functions called by hand.
 */
SELECT throws_ok(format('SELECT sparkline(%L)', value), '22003', 'a series cannot take the value ' || value, 'value ' || value)
FROM unnest(ARRAY['NaN', 'Infinity', '-Infinity', '1e+301', '-1e-251']) value;
SELECT throws_ok('SELECT sparkline(1) FROM generate_series(1, 10000001)', '54000', 'too many values for a series', 'ten million values and one');
SELECT throws_ok($$SELECT sparkline_final('{1,2}')$$, '0A000', 'a support function of a series was called outside of an aggregate', 'the last step by itself');
SELECT lives_ok($$CREATE AGGREGATE pg_temp.line_from_bad(float8) (SFUNC = series_add, STYPE = float8[], INITCOND = '{Infinity,1,NaN}', FINALFUNC = sparkline_final)$$, 'an aggregate of one''s own');
SELECT is(pg_temp.line_from_bad(v ORDER BY v), '·▁·▅█', 'begins with values that are none') FROM generate_series(2, 3) v;

SELECT * FROM finish();
ROLLBACK;
