-- What the extension plpgsql_check finds in the routines, also in the lines that no test
-- comes by: names that are not there, types that do not fit, dynamic SQL made of text.
BEGIN;
SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'plpgsql_check') AS is_there \gset
\if :is_there
-- before any function in plpgsql, those of pgTAP among them
LOAD 'plpgsql_check';
SELECT plan(2);
SET client_min_messages = warning;
CREATE EXTENSION plpgsql_check;
CREATE TEMP TABLE found AS
SELECT p.proname, f.level, concat_ws(' ', f.functionid::regprocedure, f.lineno, f.message, f.query) AS finding
FROM pg_proc p
JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'plpgsql'
CROSS JOIN LATERAL plpgsql_check_function_tb(p.oid, fatal_errors => false, other_warnings => false, extra_warnings => true, performance_warnings => false, security_warnings => true) f
WHERE p.pronamespace = 'sales_kpi'::regnamespace;
SELECT is_empty($$SELECT finding FROM found WHERE level IN ('error', 'warning extra')$$, 'nothing is wrong with a routine');
-- These make views and statistics, and fill the demo company: SQL from templates of the
-- extension, in which names and values stand quoted.
SELECT is_empty($$
	SELECT finding FROM found
	WHERE level = 'security' AND proname <> ALL ('{create_sources,is_edited,rebuild_base,make_views,make_statistics,demo_fill,demo_spoil}')
$$, 'all other dynamic SQL is made of names and values alone, quoted where they are put in');
\else
SELECT plan(1);
SELECT skip('plpgsql_check is not installed');
\endif
SELECT * FROM finish();
ROLLBACK;
