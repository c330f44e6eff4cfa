-- The answers to a survey about a conference, and the score published for them.
\ir include/test_data.sql
\if :skipped
\quit
\endif
BEGIN;
SELECT plan(4);
SET search_path = sales_kpi, public;

-- The headers are questions, with commas in them.
CREATE SCHEMA sudzilla;
CREATE TABLE sudzilla.answer (answered_at text, score integer, why text, opening integer, closing integer, words text, breakfast text, lunch text, dinner text, giveaway text, session text);
\set path :data /nps_sudzilla/sudzilla_input_01.csv
\set copy '\\copy sudzilla.answer FROM ' :'path' ' CSV HEADER'
:copy
CREATE TABLE sudzilla.published (nps_score numeric, total_respondents bigint, promoter bigint, detractor bigint);
\set path :data /nps_sudzilla/sudzilla_published_answer.csv
\set copy '\\copy sudzilla.published FROM ' :'path' ' CSV HEADER'
:copy

SELECT results_eq('SELECT round(nps(score)::numeric, 1), count(score), count(*) FILTER (WHERE score >= 9), count(*) FILTER (WHERE score <= 6) FROM sudzilla.answer',
	'TABLE sudzilla.published', 'the score that was published');
SELECT is(ROW(round(nps(score)::numeric, 3), count(score))::text, '(-35.897,39)', 'it is -35.897, of 8 promoters and 22 detractors of 39') FROM sudzilla.answer;
SELECT results_eq('SELECT nps(opening), nps(closing) FROM sudzilla.answer',
	'SELECT 100 * sum(CASE WHEN opening >= 9 THEN 1 WHEN opening <= 6 THEN -1 ELSE 0 END)::float8 / count(opening),
		100 * sum(CASE WHEN closing >= 9 THEN 1 WHEN closing <= 6 THEN -1 ELSE 0 END)::float8 / count(closing) FROM sudzilla.answer', 'the scores of the keynotes');
SELECT ok(nps(score) BETWEEN -100 AND 100 AND nps(opening) <> nps(closing), 'which differ') FROM sudzilla.answer;

SELECT * FROM finish();
ROLLBACK;
