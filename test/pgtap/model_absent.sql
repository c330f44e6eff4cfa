-- Whatever is missing, a model can be made and read: each relation alone, all of them
-- with their required columns only, and random selections of relations and columns.
BEGIN;
\ir include/model.sql
SELECT * FROM no_plan();

-- A selection of the columns of a random company, as sources.
CREATE PROCEDURE test.select_sources(keep text)
LANGUAGE plpgsql
AS $$
DECLARE
	t record;
BEGIN
	DROP SCHEMA IF EXISTS s, m, m_base CASCADE;
	CREATE SCHEMA s;
	FOR t IN EXECUTE format($q$SELECT c.relation, string_agg(quote_ident(c.column_name), ', ' ORDER BY c.rank) AS columns
			FROM sales_kpi.contract c WHERE %s GROUP BY 1$q$, keep) LOOP
		EXECUTE format('CREATE TABLE s.%I AS SELECT %s FROM company.%1$I', t.relation, t.columns);
	END LOOP;
	CALL sales_kpi.create_model('m', sources => 's', time_zone => 'Europe/Berlin', as_of => '2025-01-15 14:30');
END
$$;

-- Reads every row of every view.
CREATE FUNCTION test.reads(what text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
DECLARE
	v text;
	rows bigint;
	failed text;
BEGIN
	FOR v IN SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace IN ('m'::regnamespace, 'm_base'::regnamespace) AND c.relkind = 'v' LOOP
		BEGIN
			EXECUTE format('SELECT count(v::text) FROM %s v', v) INTO rows;
		EXCEPTION WHEN OTHERS THEN
			failed := concat_ws(', ', failed, v || ': ' || SQLERRM);
		END;
	END LOOP;
	RETURN NEXT is(failed, NULL, what);
END
$$;

CALL test.make_plain(0.77, 60);
CALL test.dress('company', '{{c}}', '{{c}}');

CREATE FUNCTION test.reads_alone(relation text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
BEGIN
	CALL test.select_sources(format('c.relation = %L', relation));
	RETURN QUERY SELECT test.reads(relation || ' alone');
END
$$;
SELECT test.reads_alone(relation) FROM (SELECT DISTINCT relation FROM sales_kpi.contract) r;

CREATE FUNCTION test.reads_some(seed float8) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM setseed(seed);
	CREATE TABLE test.kept AS SELECT c.relation, c.column_name FROM sales_kpi.contract c
		JOIN (SELECT DISTINCT relation, random() AS chance FROM sales_kpi.contract) r USING (relation)
		WHERE r.chance > 0.3 AND (c.need <> 'optional' OR random() < 0.5);
	CALL test.select_sources('(c.relation, c.column_name) IN (SELECT k.relation, k.column_name FROM test.kept k)');
	RETURN QUERY SELECT test.reads(format('a selection of %s columns', (SELECT count(*) FROM test.kept)));
	DROP TABLE test.kept;
END
$$;
SELECT test.reads_some(i / 10.0) FROM generate_series(1, 3) i;
CALL test.select_sources($$c.need <> 'optional'$$);
SELECT test.reads('all relations with their required columns');
SELECT is((SELECT count(*) FROM sales_kpi.check_sources('s')), 0::bigint, 'which nothing is wrong with');

-- No data gives no rows, or NULL.
CALL test.select_sources($$c.relation IN ('rep', 'product', 'customer', 'goal')$$);
SELECT is_empty('SELECT view_name FROM test.figures(''m'') WHERE view_name NOT IN (''data_quality'', ''goal_attainment'')', 'a model without events has no rows');
SELECT is_empty('SELECT * FROM m.goal_attainment WHERE actual IS NOT NULL', 'and its goals have no figure');
SELECT is_empty('SELECT * FROM m.scorecard', 'and no scorecard');
SELECT isnt_empty('SELECT * FROM m.kpi', 'but the list of measures');

CALL test.select_sources($$c.relation = 'deal' AND c.column_name IN ('deal_id', 'opened_at')$$);
SELECT is_empty('SELECT * FROM m.cycle_length', 'no cycles without an outcome');
SELECT is((SELECT count(*) FROM m_base.deal WHERE outcome IS NULL AND closed_at IS NULL AND NOT coalesce(is_won, false)), (SELECT count(*) FROM m_base.deal), 'every deal is open then');

CALL test.select_sources($$c.relation = 'deal'$$);
SELECT is((SELECT array_agg(DISTINCT member) FROM m.cycle_length WHERE dimension IN ('team', 'territory', 'family', 'segment', 'location', 'source')), '{(none)}', 'attributes of absent relations are (none)');
SELECT is((SELECT count(DISTINCT member) FROM m.cycle_length WHERE dimension = 'rep' AND member_name = member), (SELECT count(DISTINCT coalesce(rep_id, 0)) FROM m_base.deal WHERE is_won), 'reps are called by their id');
SELECT is((SELECT sum(open_now) FROM m.stage_length WHERE grain = 'year' AND dimension = 'all'), (SELECT count(*)::numeric FROM m_base.deal WHERE outcome IS NULL AND stage IS NOT NULL),
	'without a history, the present stage of open deals is known');
SELECT is((SELECT sum(visits) + sum(deals) FROM m.stage_length), 0::numeric, 'and nothing of the past');

CALL test.select_sources($$c.relation = 'deal_stage'$$);
SELECT is((SELECT sum(open_now) FROM m.stage_length WHERE grain = 'year' AND dimension = 'all'), (SELECT count(DISTINCT deal_id)::numeric FROM m_base.deal_stage),
	'without deals, every deal is in the stage that it entered last');
SELECT cmp_ok((SELECT sum(visits) FROM m.stage_length), '>', 0::numeric, 'and has left those before');

CALL test.select_sources($$c.relation = 'lead' AND c.need <> 'optional'$$);
SELECT is((SELECT (sum(leads), sum(answered), sum(waiting), count(conversion_rate), count(median_minutes)) FROM m.lead_response WHERE grain = 'year' AND dimension = 'all'),
	(SELECT (count(*)::numeric, 0::numeric, count(*)::numeric, 0::bigint, 0::bigint) FROM m_base.lead), 'leads of which nothing more is known wait, and their conversion is unknown');
CALL test.select_sources($$c.relation = 'lead' AND c.need <> 'optional' OR c.relation = 'deal' AND c.column_name IN ('deal_id', 'opened_at', 'lead_id')$$);
SELECT is((SELECT sum(converted) FROM m.lead_response WHERE grain = 'year' AND dimension = 'all'),
	(SELECT count(*)::numeric FROM m_base.lead l WHERE EXISTS (SELECT FROM m_base.deal d WHERE d.lead_id = l.lead_id)), 'a lead that a deal names has converted');
SELECT is((SELECT bool_and(conversion_rate IS NOT NULL) FROM m.lead_response), true, 'the others have not');
CALL test.select_sources($$c.relation IN ('lead', 'touch') AND (c.need <> 'optional' OR c.column_name = 'lead_id')$$);
SELECT cmp_ok((SELECT sum(answered) FROM m.lead_response), '>', 0::numeric, 'a touch of which nothing more is known answers its lead');

-- Spans without any time, and amounts of next to nothing, are no customers, and stop none.
CALL test.select_sources($$c.relation = 'subscription'$$);
UPDATE s.subscription SET ended_at = started_at;
SELECT is_empty($$SELECT view_name FROM test.figures('m') WHERE view_name <> 'data_quality'$$, 'spans without time are no customers');
UPDATE s.subscription SET ended_at = NULL, monthly_amount = CASE subscription_id WHEN 1 THEN 0.0000005 ELSE 0.00000049 END;
SELECT is((SELECT (max(at_end), max(end_amount), (SELECT max(at_end) FROM m.churn)) FROM m.revenue_movement), (1::bigint, 0.000001, 1::bigint), 'nor are those who pay next to nothing');
CALL test.select_sources($$c.relation = 'sale'$$);
CALL sales_kpi.create_model('m', inactive_after => '0');
SELECT is_empty($$SELECT view_name FROM test.figures('m') WHERE view_name IN ('churn', 'survival', 'retention_cohort', 'churn_watch')$$, 'nobody is active after no time');

-- Extra columns are not read, whatever they are called.
CALL test.select_sources($$c.relation IN ('deal', 'rep')$$);
SELECT test.fingerprint('m') AS before \gset
ALTER TABLE s.deal ADD "s" text DEFAULT 'x', ADD "sales_kpi" int, ADD "Outcome" text, ADD "deal_id; --" json, ADD rep_name text DEFAULT 'Mr X', ADD cycle interval, ADD is_won boolean;
CALL sales_kpi.create_model('m');
SELECT is(test.fingerprint('m'), :'before', 'extra columns change nothing');
SELECT is((SELECT count(*) FROM sales_kpi.check_sources('s') WHERE finding = 'extra column'), 7::bigint, 'and are told');

SELECT * FROM finish();
ROLLBACK;
