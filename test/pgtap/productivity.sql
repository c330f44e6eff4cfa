-- Productivity, against plain SQL.
BEGIN;
SELECT * FROM no_plan();
SET LOCAL search_path = sales_kpi, public;
SET client_min_messages = warning;

\ir include/small_aggregate.sql
\ir include/answer.sql

-- Numbers of any scale and sign: hours of minutes, credits, the tiny and the huge
SELECT setseed(0.3);
CREATE TABLE fact AS
SELECT n, floor(random() * 40)::integer AS grp,
	CASE WHEN random() < 0.9 THEN (ARRAY[1, 17 / 60.0, -3.5, 1e-30, 123456789012345678901234567890, round(random()::numeric, 4)])[1 + floor(random() * 6)::integer] END AS output,
	CASE WHEN random() < 0.9 THEN (ARRAY[0, 1 / 3.0, 1e25, 0.10, 0.1, round(random()::numeric, 4)])[1 + floor(random() * 6)::integer] END AS input
FROM generate_series(1, 6000) n;
INSERT INTO fact VALUES (6001, 41, NULL, 1), (6002, 42, 1, NULL), (6003, 43, 1, 0), (6004, 44, 0, 1), (6005, 45, NULL, NULL), (6006, 46, 1, 1), (6007, 46, 2, -1);
ANALYZE fact;
\set plain '(sum(output) {over})::float8 / nullif(sum(input) {over}, 0)::float8'
SELECT pg_temp.plans('productivity(output, input)', :'plain');
SELECT pg_temp.frames('productivity(output, input)', :'plain');

SELECT is(productivity(output, input), NULL, 'no rows') FROM fact WHERE false;
SELECT is(productivity(output, input), NULL, what) FROM fact JOIN (VALUES (41, 'no output known'), (42, 'no input known'), (43, 'no input at all'), (45, 'nothing known'), (46, 'inputs that cancel')) v (grp, what) USING (grp) GROUP BY grp, what;
SELECT is(productivity(output, input), 0::float8, 'nothing came out') FROM fact WHERE grp = 44;
SELECT is(productivity(output, input), 1.5::float8, 'each side is summed by itself') FROM (VALUES (1.0, NULL), (NULL, 2.0), (2, NULL)) v (output, input);
SELECT is(productivity(output, input), 0.5::float8, 'a ratio of sums, no mean of ratios') FROM (VALUES (1, 1), (0, 1)) v (output, input);

SELECT is(pg_temp.answer('SELECT ' || call), answer, call)
FROM (VALUES
	('productivity(''NaN'', 1)', '22003 the output is not a finite number'), ('productivity(1, ''NaN'')', '22003 the input is not a finite number'),
	('productivity(''infinity'', NULL)', '22003 the output is not a finite number'), ('productivity(NULL, ''-infinity'')', '22003 the input is not a finite number'),
	('productivity(1e300, 1e-300)', '22003 value out of range: overflow'),
	('productivity(1e400, 1e400)', '22003 "1e400" is out of range for type double precision'), ('productivity(1, -1e-400)', '22003 "1e-400" is out of range for type double precision'),
	('productivity_add(''{1,1,0,1,2}'', 3, NULL)', '{2,1,0,4,2}'), ('productivity_remove(''{1,1,0,1,2}'', NULL, 2)', '{1,0,0,1,0}'), ('productivity_merge(''{1,1,0,1,2}'', ''{1,1,0,1,2}'')', '{2,2,0,2,4}'),
	('productivity_add(''{0,0,0}'', -20003, 0)', '{1,1,0,-3,0,-2,0}'), ('productivity_merge(''{1,1,-1,1,2}'', ''{1,1,1,3,4}'')', '{2,2,-1,1,2,0,0,3,4}'),
	('productivity_final(''{1,1,-1,5000,-9999,-1,1}'')', '-5000'), ('productivity_final(''{1,1,2,-20001,40001,0,0}'')', '-0.5000124996875078'),
	('productivity_add(''{1,1,0,9223372036854775807,2}'', 3, NULL)', '22003 productivity cannot sum so many numbers'),
	('productivity_add(NULL, 3, NULL)', '22023 this is not a state of productivity'), ('productivity_merge(''{1,1,0,1,2}'', ''{1}'')', '22023 this is not a state of productivity')
) v (call, answer);
SELECT is(pg_temp.answer(format('SELECT productivity_final(%L)', state)), '22023 this is not a state of productivity', 'a state of ' || state)
FROM unnest(ARRAY['{}', '{1}', '{1,2}', '{1,2,3,4}', '{1,NULL,3,4,5}', '{{1,2,3,4,5}}', '{-1,2,0}', '{1,-2,0}', '{1,2,40000}', '{1,2,-40000}', '{1,2,32767,1,1,1,1}', '{1,2,9223372036854775807}']) AS state;
CREATE TABLE kept AS SELECT '{1,1,0,1,2}'::bigint[] AS state FROM generate_series(1, 3);
SELECT is_empty($$SELECT * FROM kept WHERE productivity_add(state, 1, 1) <> '{2,2,0,2,3}' OR productivity_add(state, 0.1, 0) <> '{2,2,-1,1000,0,1,2}' OR state <> '{1,1,0,1,2}'$$, 'support functions leave their arguments alone');

SELECT * FROM finish();
ROLLBACK;
