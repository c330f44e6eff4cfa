-- Net promoter score, against plain SQL.
BEGIN;
SELECT * FROM no_plan();
SET LOCAL search_path = sales_kpi, public;
SET client_min_messages = warning;

\ir include/small_aggregate.sql
\ir include/answer.sql

SELECT setseed(0.9);
CREATE TABLE fact AS
SELECT n, floor(random() * 40)::integer AS grp, CASE WHEN random() < 0.9 THEN floor(random() * 11)::integer END AS score
FROM generate_series(1, 6000) n;
INSERT INTO fact VALUES (6001, 41, NULL), (6002, 41, NULL), (6003, 42, 9), (6004, 43, 6), (6005, 44, 7), (6006, 44, 8);
ANALYZE fact;
\set plain '100 * (count(*) FILTER (WHERE score BETWEEN 9 AND 10) {over} - count(*) FILTER (WHERE score BETWEEN 0 AND 6) {over})::float8 / nullif(count(score) {over}, 0)'
SELECT pg_temp.plans('nps(score)', :'plain');
SELECT pg_temp.frames('nps(score)', :'plain');

SELECT is(nps(score), expected, 'nps of score ' || score)
FROM generate_series(0, 10) score, LATERAL (SELECT CASE WHEN score <= 6 THEN -100 WHEN score >= 9 THEN 100 ELSE 0 END::float8 AS expected) e
GROUP BY score, expected;
SELECT is(nps(score), NULL, 'no answers') FROM fact WHERE false;
SELECT is(nps(score), NULL, 'none known') FROM fact WHERE grp = 41;
SELECT is(nps(score), 0::float8, 'only passives') FROM fact WHERE grp = 44;
SELECT is(nps(DISTINCT score), 100 * -5 / 11::float8, 'one of each') FROM fact;

SELECT is(pg_temp.answer('SELECT ' || call), answer, call)
FROM (VALUES
	('nps(-1)', '22023 an answer is not on the scale from 0 to 10'), ('nps(11)', '22023 an answer is not on the scale from 0 to 10'),
	('nps(2147483647)', '22023 an answer is not on the scale from 0 to 10'), ('nps(''-2147483648'')', '22023 an answer is not on the scale from 0 to 10'),
	('nps_add(''{0,0,9223372036854775807}'', 9)', '22003 nps cannot count more than 9223372036854775807 answers'),
	('nps_merge(''{0,0,9223372036854775807}'', ''{0,0,1}'')', '22003 nps cannot count more than 9223372036854775807 answers'),
	('nps_merge(''{0,0,1}'', ''{0,1}'')', '22023 this is not a state of nps'),
	('nps_add(''{1,2,4}'', 9)', '{2,2,5}'), ('nps_add(''{1,2,4}'', 8)', '{1,2,5}'), ('nps_remove(''{1,2,4}'', 3)', '{1,1,3}'), ('nps_merge(''{1,2,4}'', ''{1,2,4}'')', '{2,4,8}')
) v (call, answer);
SELECT is(pg_temp.answer(format('SELECT nps_final(%L)', state)), '22023 this is not a state of nps', 'a state of ' || state)
FROM unnest(ARRAY['{}', '{1}', '{1,2,3,4}', '{1,NULL,3}', '{{1,2,3}}', '{-1,2,3}', '{1,-1,3}', '{2,2,3}', '{9223372036854775807,1,9223372036854775807}']) AS state;
CREATE TABLE kept AS SELECT '{1,2,4}'::bigint[] AS state FROM generate_series(1, 3);
SELECT is_empty($$SELECT * FROM kept WHERE nps_add(state, 10) <> '{2,2,5}' OR state <> '{1,2,4}'$$, 'support functions leave their arguments alone');

SELECT * FROM finish();
ROLLBACK;
