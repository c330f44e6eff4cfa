-- Every check of data_quality: a row planted for it among clean ones is the one
-- thing found, and is left out of the base or kept there, as the check says. The
-- list of checks is the extension's own: a check nobody plants a row for fails.
BEGIN;
\ir include/model.sql
SELECT * FROM no_plan();

CALL sales_kpi.create_sources('crm');
ALTER TABLE crm.product ALTER tier TYPE bigint;

-- One clean row per relation, which refer to each other.
CREATE TABLE test.clean (relation text PRIMARY KEY, content jsonb);
INSERT INTO test.clean VALUES
	('rep', '{"rep_id": 1, "rep_name": "Ann", "team": "North", "hired_at": "2020-01-01", "valid_from": "2020-01-01", "valid_until": "2024-01-01"}'),
	('product', '{"product_id": 1, "product_name": "Lamp", "family": "Light", "tier": 1}'),
	('customer', '{"customer_id": 1, "customer_name": "Acme", "rep_id": 1}'),
	('lead', '{"lead_id": 1, "arrived_at": "2024-03-01 10:00", "temperature": "hot", "rep_id": 1, "customer_id": 1, "deal_id": 1,
		"responded_at": "2024-03-01 11:00", "converted_at": "2024-03-02", "closed_at": "2024-03-03"}'),
	('lead_temperature', '{"lead_id": 1, "temperature": "warm", "entered_at": "2024-03-01 10:00"}'),
	('touch', '{"touch_id": 1, "touched_at": "2024-03-01 11:00", "kind": "call", "direction": "outbound", "automated": false, "lead_id": 1, "deal_id": 1,
		"customer_id": 1, "rep_id": 1, "minutes": 5, "personal_elements": 2}'),
	('deal', '{"deal_id": 1, "opened_at": "2024-03-01", "closed_at": "2024-04-01", "outcome": "won", "expected_close_at": "2024-04-02", "stage": "Offer",
		"amount": 100, "customer_id": 1, "lead_id": 1, "rep_id": 1, "product_id": 1}'),
	('deal_stage', '{"deal_id": 1, "stage": "Offer", "entered_at": "2024-03-10", "stage_order": 1}'),
	('sale', '{"sale_id": 1, "sold_at": "2024-04-01", "customer_id": 1, "amount": 100, "units": 2, "cost": 40, "order_id": 1, "product_id": 1, "rep_id": 1,
		"deal_id": 1, "channel": "store", "location": "Oslo"}'),
	('subscription', '{"subscription_id": 1, "customer_id": 1, "started_at": "2024-04-01", "ended_at": "2024-10-01", "monthly_amount": 10, "product_id": 1,
		"rep_id": 1, "trial": false}'),
	('spend', '{"spent_at": "2024-03-01", "amount": 50, "kind": "sales", "rep_id": 1, "source": "web"}'),
	('feedback', '{"given_at": "2024-05-01", "score": 9, "scale": "nps", "customer_id": 1, "rep_id": 1, "product_id": 1, "deal_id": 1}'),
	('goal', '{"kpi": "leads", "period_start": "2024-01-01", "period_end": "2024-04-01", "target": 10, "dimension": "all", "member": "all"}');

CREATE FUNCTION test.plant(relation text, content jsonb) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	EXECUTE format('INSERT INTO crm.%I SELECT (jsonb_populate_record(NULL::crm.%1$I, $1)).*', relation) USING content;
END
$$;

SELECT test.plant(relation, content) FROM test.clean;
CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', as_of => '2025-01-01');
SELECT is_empty('SELECT * FROM kpi.data_quality', 'clean rows have no finding');

-- What makes a clean row, under an id of its own, meet one check and no other.
CREATE TABLE test.dirt (relation text, check_name text, content jsonb);
INSERT INTO test.dirt VALUES
	('rep', 'hired_at out of range', '{"hired_at": "infinity"}'),
	('rep', 'validity spans overlap', '{"rep_id": 1, "valid_from": "2023-06-01", "valid_until": "2025-01-01"}'),
	('rep', 'valid_until before valid_from', '{"valid_from": "2024-01-01", "valid_until": "2023-12-31"}'),
	('rep', 'duplicate rep_id, valid_from', '{"rep_id": 1}'),
	('product', 'duplicate product_id', '{"product_id": 1}'),
	('product', 'missing tier in a family with tiers', '{"tier": null}'),
	('product', 'tier out of range', '{"tier": 2147483648}'),
	('customer', 'duplicate customer_id', '{"customer_id": 1}'),
	('lead', 'arrived_at out of range', '{"arrived_at": "-infinity"}'),
	('lead', 'responded_at out of range', '{"responded_at": "infinity"}'),
	('lead', 'converted_at out of range', '{"converted_at": "infinity"}'),
	('lead', 'closed_at out of range', '{"closed_at": "infinity"}'),
	('lead', 'responded_at before arrived_at', '{"responded_at": "2024-03-01 09:59"}'),
	('lead', 'converted_at before arrived_at', '{"converted_at": "2024-03-01 09:59"}'),
	('lead', 'closed_at before arrived_at', '{"closed_at": "2024-03-01 09:59"}'),
	('lead', 'arrived_at after as_of', '{"arrived_at": "2025-01-01 00:00:01+01", "responded_at": null, "converted_at": null, "closed_at": null}'),
	('lead', 'responded_at after as_of', '{"responded_at": "2025-01-01 00:00:01+01"}'),
	('lead', 'converted_at after as_of', '{"converted_at": "2025-01-01 00:00:01+01"}'),
	('lead', 'closed_at after as_of', '{"closed_at": "2025-01-01 00:00:01+01"}'),
	('lead', 'unknown word in temperature', '{"temperature": "Hot"}'),
	('lead', 'missing rep_id', '{"rep_id": null}'),
	('lead', 'duplicate lead_id', '{"lead_id": 1}'),
	('lead_temperature', 'entered_at out of range', '{"entered_at": "infinity"}'),
	('lead_temperature', 'entered_at after as_of', '{"entered_at": "2025-01-02"}'),
	('lead_temperature', 'unknown word in temperature', '{"temperature": "tepid", "entered_at": "2024-03-04"}'),
	('lead_temperature', 'duplicate lead_id, entered_at', '{"temperature": "hot"}'),
	('touch', 'touched_at out of range', '{"touched_at": "infinity"}'),
	('touch', 'touched_at after as_of', '{"touched_at": "2025-01-02"}'),
	('touch', 'minutes is not a number', '{"minutes": "NaN"}'),
	('touch', 'minutes below zero', '{"minutes": -1}'),
	('touch', 'personal_elements below zero', '{"personal_elements": -1}'),
	('touch', 'unknown word in kind', '{"kind": "fax"}'),
	('touch', 'unknown word in direction', '{"direction": "out"}'),
	('touch', 'neither lead, deal nor customer', '{"lead_id": null, "deal_id": null, "customer_id": null}'),
	('touch', 'duplicate touch_id', '{"touch_id": 1}'),
	('deal', 'missing opened_at', '{"opened_at": null}'),
	('deal', 'opened_at out of range', '{"opened_at": "-infinity"}'),
	('deal', 'closed_at out of range', '{"closed_at": "infinity"}'),
	('deal', 'expected_close_at out of range', '{"expected_close_at": "infinity"}'),
	('deal', 'opened_at after as_of', '{"opened_at": "2025-01-02", "closed_at": null, "outcome": null}'),
	('deal', 'closed_at after as_of', '{"closed_at": "2025-01-02"}'),
	('deal', 'closed_at before opened_at', '{"closed_at": "2024-02-28"}'),
	('deal', 'outcome without closed_at', '{"closed_at": null}'),
	('deal', 'amount is not a number', '{"amount": "NaN"}'),
	('deal', 'amount below zero', '{"amount": -1}'),
	('deal', 'won without amount', '{"amount": 0}'),
	('deal', 'unknown word in outcome', '{"outcome": "Closed Won"}'),
	('deal', 'missing customer_id', '{"customer_id": null}'),
	('deal', 'missing rep_id', '{"rep_id": null}'),
	('deal', 'duplicate deal_id', '{"deal_id": 1}'),
	('deal_stage', 'entered_at out of range', '{"entered_at": "-infinity"}'),
	('deal_stage', 'entered_at after as_of', '{"deal_id": 2, "entered_at": "2025-01-02"}'),
	('deal_stage', 'entered_at before the deal opened', '{"entered_at": "2024-02-28"}'),
	('deal_stage', 'entered_at after the deal closed', '{"entered_at": "2024-04-02"}'),
	('deal_stage', 'duplicate deal_id, stage, entered_at', '{}'),
	('sale', 'sold_at out of range', '{"sold_at": "infinity"}'),
	('sale', 'sold_at after as_of', '{"sold_at": "2025-01-02"}'),
	('sale', 'amount is not a number', '{"amount": "Infinity"}'),
	('sale', 'units is not a number', '{"units": "NaN"}'),
	('sale', 'cost is not a number', '{"cost": "NaN"}'),
	('sale', 'missing units', '{"units": null}'),
	('sale', 'missing amount', '{"amount": null}'),
	('sale', 'missing customer_id', '{"customer_id": null}'),
	('sale', 'missing product_id', '{"product_id": null}'),
	('sale', 'units and amount of opposite sign', '{"units": -2}'),
	('sale', 'cost of opposite sign to amount', '{"cost": -40}'),
	('sale', 'duplicate sale_id', '{"sale_id": 1}'),
	('sale', 'order of several customers', '{"order_id": 1, "customer_id": 2}'),
	('sale', 'order sold at several times', '{"order_id": 1, "sold_at": "2024-04-02"}'),
	('subscription', 'started_at out of range', '{"started_at": "-infinity"}'),
	('subscription', 'ended_at before started_at', '{"ended_at": "2024-03-31"}'),
	('subscription', 'monthly_amount is not a number', '{"monthly_amount": "NaN"}'),
	('subscription', 'monthly_amount below zero', '{"monthly_amount": -10}'),
	('subscription', 'monthly_amount out of range', '{"monthly_amount": 9000000000000}'),
	('subscription', 'missing monthly_amount', '{"monthly_amount": null}'),
	('subscription', 'started_at after as_of', '{"started_at": "2025-01-02", "ended_at": null}'),
	('subscription', 'duplicate subscription_id, started_at, product_id', '{"subscription_id": 1}'),
	('spend', 'spent_at out of range', '{"spent_at": "infinity"}'),
	('spend', 'spent_at after as_of', '{"spent_at": "2025-01-02"}'),
	('spend', 'amount is not a number', '{"amount": "NaN"}'),
	('spend', 'missing kind', '{"kind": null}'),
	('spend', 'amount below zero', '{"amount": -50}'),
	('spend', 'unknown word in kind', '{"kind": "Sales"}'),
	('feedback', 'given_at out of range', '{"given_at": "infinity"}'),
	('feedback', 'given_at after as_of', '{"given_at": "2025-01-02"}'),
	('feedback', 'score is not a number', '{"score": "NaN", "scale": "other"}'),
	('feedback', 'score outside its scale', '{"score": 11}'),
	('feedback', 'unknown word in scale', '{"scale": "NPS"}'),
	('goal', 'period_start out of range', '{"period_start": "-infinity"}'),
	('goal', 'period_end out of range', '{"period_end": "infinity"}'),
	('goal', 'target is not a number', '{"target": "NaN"}'),
	('goal', 'period_end not after period_start', '{"period_end": "2024-01-01"}'),
	('goal', 'kpi not in the list of measures', '{"kpi": "luck"}'),
	('goal', 'dimension that its kpi is not measured by', '{"dimension": "planet"}'),
	('goal', 'member not in rep', '{"dimension": "rep", "member": "Ann"}'),
	('goal', 'member not in product', '{"kpi": "nps", "dimension": "product", "member": "Pro"}'),
	('goal', 'duplicate kpi, period_start, period_end, dimension, member', '{}');
INSERT INTO test.dirt
SELECT c.relation, format('missing %s', c.column_name), jsonb_build_object(c.column_name, NULL)
FROM sales_kpi.contract c
WHERE c.need <> 'optional' AND (c.relation, c.column_name) <> ('deal', 'opened_at')
UNION ALL
SELECT c.relation, format('%s not in %s', c.column_name, c.refers_to), jsonb_build_object(c.column_name, 404)
FROM sales_kpi.contract c
WHERE c.refers_to IS NOT NULL;

-- A deal that is still open, for stages that may come late, and somebody else to sell to.
SELECT test.plant('customer', content || '{"customer_id": 2}') FROM test.clean WHERE relation = 'customer';
SELECT test.plant('deal', content || '{"deal_id": 2, "closed_at": null, "outcome": null}') FROM test.clean WHERE relation = 'deal';

-- The planted row under an id that is free, where the check is not about the id; a
-- goal has no id, and a stage or a temperature shares that of its deal or lead.
CREATE FUNCTION test.dirty_row(d test.dirt) RETURNS jsonb
LANGUAGE sql STABLE
RETURN (SELECT c.content || CASE WHEN d.relation IN ('goal', 'spend', 'feedback') THEN '{"period_end": "2024-05-01"}'
			WHEN d.relation IN ('lead_temperature', 'deal_stage') THEN '{"entered_at": "2024-03-11"}'
			WHEN d.relation = 'sale' THEN '{"sale_id": 777, "order_id": 777}'
			ELSE jsonb_build_object(d.relation || '_id', 777) END
		|| CASE WHEN d.check_name LIKE 'duplicate %' AND d.relation IN ('goal', 'lead_temperature', 'deal_stage') THEN c.content ELSE '{}' END || d.content
		FROM test.clean c WHERE c.relation = d.relation);

CREATE FUNCTION test.rows_of(view_name text) RETURNS bigint
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	counted bigint;
BEGIN
	EXECUTE format('SELECT count(*) FROM kpi_base.%I', view_name) INTO counted;
	RETURN counted;
END
$$;

-- One row planted alone: what is found, and how many rows the base gained of it.
CREATE FUNCTION test.plant_one(k sales_kpi.source_check, OUT finding text, OUT gained bigint)
LANGUAGE plpgsql
AS $$
DECLARE
	d test.dirt;
BEGIN
	SELECT * INTO d FROM test.dirt t WHERE t.relation = k.relation AND t.check_name = k.check_name;
	gained := -test.rows_of(k.relation);
	BEGIN
		PERFORM test.plant(k.relation, test.dirty_row(d));
		SELECT string_agg(format('%s: %s (%s), %s', q.relation, q.check_name, q.rows, q.treatment), '; ') INTO finding FROM kpi.data_quality q;
		gained := gained + test.rows_of(k.relation);
		RAISE EXCEPTION USING ERRCODE = 'P0099';
	EXCEPTION WHEN SQLSTATE 'P0099' THEN
		RETURN;
	END;
END
$$;

SELECT is(p.finding, format('%s: %s (1), %s', k.relation, k.check_name, k.treatment), format('found: %s: %s', k.relation, k.check_name))
FROM sales_kpi.source_check k CROSS JOIN LATERAL test.plant_one(k) p
ORDER BY k.relation, k.rank, k.check_name;

-- Rows of a dimension are one each; its other rows are left out where the check says so.
SELECT is(p.gained, CASE WHEN k.leaves_out OR k.check_name LIKE 'duplicate %' AND k.relation IN ('rep', 'product', 'customer', 'goal') THEN 0 ELSE 1 END::bigint,
	format('%s: %s: %s', k.treatment, k.relation, k.check_name))
FROM sales_kpi.source_check k CROSS JOIN LATERAL test.plant_one(k) p
ORDER BY k.relation, k.rank, k.check_name;

SELECT ok(bool_and(k.leaves_out = (k.treatment = 'left out')), 'a check says that it leaves rows out where it does') FROM sales_kpi.source_check k;
SELECT is_empty('SELECT relation, check_name FROM sales_kpi.source_check GROUP BY 1, 2 HAVING count(*) > 1', 'each check has a name of its own');

-- All of them at once: every row is counted under each check that it meets.
SELECT test.plant(d.relation, test.dirty_row(d)) FROM test.dirt d;
SELECT is_empty('SELECT relation, check_name FROM sales_kpi.source_check EXCEPT SELECT relation, check_name FROM kpi.data_quality',
	'together they are found as well');
SELECT is((SELECT min(example_key) FROM kpi.data_quality WHERE relation = 'deal' AND check_name = 'amount below zero'), '777', 'the example is the key of such a row');
SELECT is((SELECT example_key FROM kpi.data_quality WHERE relation = 'spend' AND check_name = 'amount below zero'), '2024-03-01', 'where there is no key, its day');
SELECT is((SELECT rows FROM kpi.data_quality WHERE relation = 'deal' AND check_name = 'duplicate deal_id'),
	(SELECT count(*) - count(DISTINCT deal_id) FROM crm.deal WHERE deal_id IS NOT NULL), 'duplicates are the rows beyond the first');

-- The forecast of an open deal is ignored, whatever it says.
DELETE FROM crm.deal;
SELECT test.plant('deal', content || jsonb_build_object('outcome', NULL, 'closed_at', forecast))
FROM test.clean CROSS JOIN unnest('{2024-02-01,infinity,2026-01-01}'::text[]) forecast WHERE relation = 'deal';
SELECT is_empty($$SELECT * FROM kpi.data_quality WHERE relation = 'deal' AND check_name NOT LIKE 'duplicate %'$$, 'no forecast is a finding');
SELECT is(test.rows_of('deal'), 3::bigint, 'no open deal is left out for its forecast');

-- Times that no zone has a place for stop nothing: they are counted, and left out.
CREATE SCHEMA far;
CREATE TABLE far.deal (deal_id int, opened_at date, closed_at date, outcome text);
INSERT INTO far.deal VALUES (1, '2024-01-01', '2024-01-11', 'won'), (2, '4714-11-24 BC', '2024-01-11', 'won'), (3, '2024-01-01', '5874897-12-31', 'lost'),
	(4, '-infinity', 'infinity', 'won');
CREATE TABLE far.lead (lead_id int, arrived_at timestamp, responded_at timestamptz);
INSERT INTO far.lead VALUES (1, '2024-01-01', '2024-01-01 12:00+00'), (2, '4714-11-24 BC', NULL), (3, '294276-12-31 23:59:59', NULL),
	(4, '2024-01-01', '294276-12-31 23:59:59+00');
CREATE TABLE far.subscription (subscription_id int, customer_id int, started_at date, ended_at date);
INSERT INTO far.subscription VALUES (1, 1, '2024-01-01', '2024-02-10'), (2, 2, '0001-01-02', NULL), (3, 3, '4714-11-24 BC', NULL), (4, 4, '2024-01-01', '5874897-12-31'), (5, 5, 'infinity', NULL);
CREATE FUNCTION test.far(time_zone text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
BEGIN
	CALL sales_kpi.create_model('afar', sources => 'far', time_zone => time_zone, as_of => '2024-03-01');
	RETURN NEXT results_eq($q$SELECT relation, check_name, rows FROM afar.data_quality WHERE check_name LIKE '%range' ORDER BY 1, 2$q$,
		$q$VALUES ('deal', 'closed_at out of range', 2::bigint), ('deal', 'opened_at out of range', 2), ('lead', 'arrived_at out of range', 2), ('lead', 'responded_at out of range', 1), ('subscription', 'started_at out of range', 2)$q$,
		'times out of range are counted in ' || time_zone);
	RETURN NEXT results_eq($q$SELECT DISTINCT deals, won, mean_days FROM afar.cycle_length$q$, 'VALUES (1::bigint, 1::bigint, 10::float8)', 'and left out of cycles in ' || time_zone);
	RETURN NEXT results_eq($q$SELECT DISTINCT leads, answered FROM afar.lead_response$q$, 'VALUES (1::bigint, 1::bigint)', 'and of responses in ' || time_zone);
	RETURN NEXT results_eq($q$SELECT at_start, lost, at_end FROM afar.churn WHERE grain = 'month' AND dimension = 'all' AND period_start = '2024-02-01'$q$, 'VALUES (3::bigint, 1::bigint, 2::bigint)',
		'customers of long ago and far ahead are customers in ' || time_zone);
	RETURN NEXT is((SELECT count(*) FROM afar.churn WHERE grain = 'day' AND dimension = 'all'), 15000::bigint, 'a series is of 15,000 periods at most in ' || time_zone);
	RETURN NEXT lives_ok($q$SELECT * FROM afar.retention_cohort WHERE dimension = 'all'$q$, 'nor is a triangle too large in ' || time_zone);
	RETURN NEXT lives_ok('SELECT * FROM afar.stage_length, afar.scorecard', 'no view stops for them in ' || time_zone);
END
$$;
SELECT test.far(time_zone) FROM unnest('{UTC,Asia/Tokyo,America/Los_Angeles,Pacific/Kiritimati}'::text[]) time_zone;

SELECT * FROM finish();
ROLLBACK;
