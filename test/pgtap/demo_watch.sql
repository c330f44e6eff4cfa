-- The harm watch on ten demo companies: it finds the one product that goes bad, and
-- no other.
\set ECHO none
\set QUIET 1
\pset format unaligned
\pset tuples_only true
\pset pager off
SET client_min_messages = warning;
SET jit = off;

BEGIN;
SELECT plan(30);

CREATE SCHEMA crm;
CALL sales_kpi.create_sources('crm');
CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', as_of => '2026-01-01');

CREATE FUNCTION pg_temp.watched(seed integer) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
BEGIN
	TRUNCATE crm.rep, crm.product, crm.customer, crm.lead, crm.lead_temperature, crm.touch, crm.deal, crm.deal_stage,
		crm.sale, crm.subscription, crm.spend, crm.feedback, crm.goal;
	CALL sales_kpi.load_demo('crm', 8000, seed);
	CREATE TEMP TABLE watch ON COMMIT DROP AS
	SELECT w.member, w.period_start, w.verdict FROM kpi.churn_watch w WHERE w.grain = 'month' AND w.period_start >= '2025-09-01';
	RETURN NEXT ok(w.verdict LIKE 'more churn than usual%', 'product 7 is found: seed ' || seed) FROM watch w WHERE w.member = '7' AND w.period_start = '2025-12-01';
	RETURN NEXT is_empty($q$SELECT * FROM watch w WHERE w.member <> '7' AND w.verdict <> 'as usual'$q$, 'others are as usual, from September on: seed ' || seed);
	RETURN NEXT cmp_ok((SELECT count(*) FROM watch w WHERE w.member <> '7'), '>=', 4 * 7::bigint, 'and there are others: seed ' || seed);
	DROP TABLE watch;
END
$$;
SELECT pg_temp.watched(seed) FROM generate_series(1, 10) seed;

SELECT * FROM finish();
ROLLBACK;
