-- What all KPI views with dimensions have in common, on random data with members that
-- are missing, doubled, unknown, or called like a word of the views.
BEGIN;
\ir include/model.sql
SELECT * FROM no_plan();

CALL test.make_plain(0.9, 200);
-- dimension rows that disagree, and members called like what the views call others
INSERT INTO plain.rep (rep_id, rep_name, team, territory, valid_from) SELECT rep_id, 'Twin', 'all', '(none)', valid_from FROM plain.rep;
INSERT INTO plain.product SELECT product_id, 'Twin', '(none)', 9 FROM plain.product;
INSERT INTO plain.customer SELECT customer_id, 'Twin', '(none)', '', 'all', rep_id + 1 FROM plain.customer;
UPDATE plain.lead SET source = '(none)', request = '', temperature = 'all' WHERE lead_id % 4 = 0;
CALL test.dress('crm', '{{c}}::text', '{{c}}');
UPDATE crm.deal SET rep_id = '(none)', product_id = '(none)', customer_id = '(none)' WHERE deal_id::int % 5 = 0;
UPDATE crm.sale SET product_id = '(none)', channel = '(none)' WHERE sale_id::int % 5 = 0;
INSERT INTO crm.rep VALUES ('(none)', 'Mr None', 'None''s team');
INSERT INTO crm.product VALUES ('(none)', 'No product', 'Nothing');
CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', as_of => '2025-01-15 14:30');

-- The rows of each view are read once, into a table.
CREATE SCHEMA kept;
CREATE FUNCTION test.keep(view_name text) RETURNS regclass
LANGUAGE plpgsql
AS $$
BEGIN
	EXECUTE format('CREATE TABLE kept.%I AS SELECT * FROM kpi.%1$I', view_name);
	RETURN format('kept.%I', view_name)::regclass;
END
$$;
CREATE TABLE test.kpi_view AS
SELECT t.view_name, t.grains, t.dimensions, format('kpi.%I', t.view_name)::regclass AS view, test.keep(t.view_name) AS kept
FROM sales_kpi.view_template t WHERE t.storey = 'kpi' AND t.dimensions IS NOT NULL;

CREATE FUNCTION test.value_of(query text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE query INTO answer;
	RETURN answer;
END
$$;

-- Columns.
SELECT is((SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = k.view AND a.attnum BETWEEN 1 AND 7),
	'grain text, period_start date, period_end date, is_partial boolean, dimension text, member text, member_name text', k.view_name || ' begins like all views')
FROM test.kpi_view k;
SELECT is_empty($$SELECT a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
	WHERE c.relnamespace = 'kpi'::regnamespace AND c.relkind = 'v' AND a.attnum > 0
		AND format_type(a.atttypid, a.atttypmod) NOT IN ('text', 'date', 'timestamp with time zone', 'boolean', 'bigint', 'integer', 'double precision', 'numeric')$$, 'every column is of a type that any tool can read');

-- Rows: each figure once.
CREATE FUNCTION test.key(view regclass) RETURNS text
LANGUAGE sql STABLE
RETURN array_to_string('{grain,period_start,dimension,member}' || (SELECT t.keys FROM sales_kpi.view_template t WHERE t.storey = 'kpi' AND format('kpi.%I', t.view_name)::regclass = view), ', ');
SELECT isnt_empty(format('SELECT * FROM %s', k.kept), k.view_name || ' has rows') FROM test.kpi_view k;
SELECT is_empty(format('SELECT %s FROM %s GROUP BY %1$s HAVING count(*) > 1', test.key(k.view), k.kept), k.view_name || ' has one row a key') FROM test.kpi_view k;
SELECT is_empty(format('SELECT * FROM %s WHERE (grain, period_start, period_end, is_partial, dimension, member, member_name) IS NULL OR num_nulls(grain, period_start, period_end, is_partial, dimension, member, member_name) > 0', k.kept),
	k.view_name || ' has no NULL in what is common') FROM test.kpi_view k;
SELECT is(test.value_of(format('SELECT array_agg(DISTINCT grain ORDER BY grain) FROM %s', k.kept)), (SELECT array_agg(g ORDER BY g)::text FROM unnest(k.grains) g), k.view_name || ' has every grain') FROM test.kpi_view k;
SELECT is(test.value_of(format('SELECT array_agg(DISTINCT dimension ORDER BY dimension) FROM %s', k.kept)), (SELECT array_agg(d ORDER BY d)::text FROM unnest(k.dimensions) d), k.view_name || ' has every dimension it names') FROM test.kpi_view k;
SELECT is_empty(format('SELECT * FROM %s WHERE (dimension = ''all'') <> (member = ''all'' AND member_name = ''All'') AND dimension IN (''all'', ''rep'', ''product'')', k.kept), k.view_name || ' calls the total all') FROM test.kpi_view k;

CREATE FUNCTION test.refreshes(view regclass) RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	DROP MATERIALIZED VIEW IF EXISTS test.kept;
	EXECUTE format('CREATE MATERIALIZED VIEW test.kept AS SELECT * FROM %s', view);
	EXECUTE format('CREATE UNIQUE INDEX ON test.kept (%s)', test.key(view));
	RETURN lives_ok('REFRESH MATERIALIZED VIEW CONCURRENTLY test.kept', view || ' can be kept and refreshed while it is read');
END
$$;
SELECT test.refreshes(k.view) FROM test.kpi_view k;

-- Periods: half-open, of one length, and cut by as_of or not.
SELECT is_empty(format($$SELECT * FROM %s WHERE period_end <> CASE grain WHEN 'all' THEN date '2025-01-16' ELSE (period_start + CASE grain WHEN 'quarter' THEN interval '3 months' ELSE ('1 ' || grain)::interval END)::date END
	OR is_partial <> (period_end > date '2025-01-15')$$, k.kept), k.view_name || ' has whole periods') FROM test.kpi_view k;
SELECT is_empty(format($$SELECT * FROM %s WHERE extract(isodow FROM period_start) <> 1 AND grain = 'week' OR extract(day FROM period_start) <> 1 AND grain IN ('month', 'quarter', 'year')
	OR extract(doy FROM period_start) <> 1 AND grain = 'year'$$, k.kept), k.view_name || ' has periods that begin where they should') FROM test.kpi_view k;

-- Sums: whatever a figure is broken down by, nothing is lost or doubled.
CREATE FUNCTION test.adds_up(view regclass, size_column text) RETURNS text
LANGUAGE sql
AS $q$
	SELECT is_empty(format($$SELECT * FROM (SELECT grain, period_start, dimension, sum(%I) AS size FROM %s GROUP BY 1, 2, 3) p
		FULL JOIN (SELECT a.grain, a.period_start, d.dimension, a.size FROM (SELECT grain, period_start, sum(%1$I) AS size FROM %2$s WHERE dimension = 'all' GROUP BY 1, 2) a
			CROSS JOIN (SELECT DISTINCT dimension FROM %2$s) d) t USING (grain, period_start, dimension)
		WHERE p.size IS DISTINCT FROM t.size$$, size_column, view), format('%s of %s add up', size_column, view))
$q$;
SELECT test.adds_up('kept.cycle_length', c) FROM unnest('{deals,won}'::text[]) c;
SELECT test.adds_up('kept.stage_length', c) FROM unnest('{visits,open_now,deals}'::text[]) c;
SELECT test.adds_up('kept.win_rate', c) FROM unnest('{won,lost,withdrawn,open,deals,won_amount,lost_amount,open_amount}'::text[]) c;
SELECT test.adds_up('kept.pipeline_velocity', c) FROM unnest('{deals,won}'::text[]) c;
SELECT test.adds_up('kept.timeline', c) FROM unnest('{dated,kept,overdue}'::text[]) c;
SELECT test.adds_up('kept.funnel', c) FROM unnest('{entered,advanced,dropped,open_now}'::text[]) c;
SELECT test.adds_up('kept.cycle_outcome', c) FROM unnest('{deals,won,amount,followed,lost_90d,answered,dissatisfied}'::text[]) c;
SELECT is_empty($$SELECT grain, period_start, dimension, member FROM kept.cycle_outcome GROUP BY 1, 2, 3, 4
	HAVING sum(deals) FILTER (WHERE band_from_days = 0 AND band_to_days IS NULL) <> sum(deals) FILTER (WHERE band_from_days > 0 OR band_to_days IS NOT NULL)
		OR count(*) FILTER (WHERE is_best) > 1$$, 'the bands add up to all lengths, and one is the best');
SELECT test.adds_up('kept.feedback', c) FROM unnest('{answers,promoters,passives,detractors,csat_answers,satisfied}'::text[]) c;
SELECT test.adds_up('kept.lead_warming', c) FROM unnest('{leads,moved,converted}'::text[]) c;
CREATE TABLE test.contact AS SELECT grain, period_start, dimension, touches, round((deal_weeks * 604800)::numeric, 6) AS seconds FROM kept.contact_frequency;
SELECT test.adds_up('test.contact', c) FROM unnest('{touches,seconds}'::text[]) c;
SELECT test.adds_up('kept.lead_response', c) FROM unnest('{leads,answered,waiting,within_sla,sla_leads,converted}'::text[]) c;
SELECT results_eq($$SELECT grain, period_start, sum(new_customers) FROM kept.acquisition WHERE dimension = 'channel' GROUP BY 1, 2 ORDER BY 1, 2$$,
	$$SELECT grain, period_start, new_customers::numeric FROM kept.acquisition WHERE dimension = 'all' AND new_customers > 0 ORDER BY 1, 2$$, 'new customers by channel add up');
DELETE FROM kept.acquisition WHERE dimension = 'channel';	-- of which leads and cost have none
SELECT test.adds_up('kept.acquisition', c) FROM unnest('{leads,new_customers,spend}'::text[]) c;

SELECT test.adds_up('kept.sales_volume', c) FROM unnest('{units,returned_units,lines,unknown_units}'::text[]) c;
SELECT test.adds_up('kept.sales_mix', c) FROM unnest('{units,returned_units,lines,unknown_units}'::text[]) c;
SELECT test.adds_up('kept.revenue_growth', c) FROM unnest('{revenue,lines,costed_revenue,costed_lines}'::text[]) c;
SELECT results_eq('SELECT grain, period_start, sum(units), sum(lines) FROM kept.sales_mix WHERE dimension = ''all'' GROUP BY 1, 2 ORDER BY 1, 2',
	'SELECT grain, period_start, units, lines::numeric FROM kept.sales_volume WHERE dimension = ''all'' ORDER BY 1, 2', 'the products of the mix add up to the volume');
SELECT is_empty('SELECT * FROM kept.sales_volume v WHERE dimension <> ''all'' AND rank = 1 AND EXISTS (SELECT FROM kept.sales_volume w WHERE (w.grain, w.period_start, w.dimension) = (v.grain, v.period_start, v.dimension) AND w.units > v.units)', 'the first has the most units');
SELECT is_empty(format('SELECT grain, period_start, dimension FROM %s GROUP BY grain, period_start, dimension %s HAVING abs(sum(share) - 1) > 1e-9 OR (sum(share) IS NULL) <> (sum(units) <= 0)', r.view, r.others), 'shares of ' || r.view || ' are of the whole')
FROM (VALUES ('kept.sales_volume', ''), ('kept.sales_mix', ', member')) r (view, others);
-- What is zero-filled has a row for every member and period.
SELECT is_empty(format('SELECT dimension, grain, period_start FROM %1$s v WHERE grain <> ''year'' GROUP BY 1, 2, 3 HAVING count(*) <> (SELECT count(DISTINCT (%2$s)) FROM %1$s w WHERE (w.dimension, w.grain) = (v.dimension, v.grain))', r.view, r.key), r.view || ' leaves out no member')
FROM (VALUES ('kept.sales_volume', 'member')) r (view, key);
SELECT is_empty(format('SELECT * FROM (SELECT *, lead(period_start) OVER (PARTITION BY %2$s ORDER BY period_start) AS next_period FROM %1$s) s WHERE next_period <> period_end OR next_period IS NULL AND period_end <= ''2025-01-15''', r.view, r.key), r.view || ' leaves out no period')
FROM (VALUES ('kept.sales_volume', 'grain, dimension, member'), ('kept.sales_mix', 'grain, dimension, member, product_id')) r (view, key);
SELECT is_empty('SELECT grain, period_start, dimension, kpi FROM kept.change_drivers GROUP BY 1, 2, 3, 4 HAVING sum(total) <> min(total_after) - min(total_before) OR count(DISTINCT (total_before, total_after, verdict)) > 1', 'drivers add up to the change, exactly');

CREATE VIEW kept.upsell_of_attributes AS SELECT * FROM kept.upsell WHERE dimension IN ('all', 'segment', 'source');
SELECT test.adds_up('kept.upsell_of_attributes', c) FROM unnest('{existing,upsold,cross_sold,either,downsold,joined,joined_and_sold_up}'::text[]) c;
SELECT is_empty('SELECT * FROM kept.upsell WHERE NOT (upsold <= upsell_eligible AND upsell_eligible <= existing AND cross_sold <= cross_sell_eligible AND cross_sell_eligible <= existing
	AND either BETWEEN greatest(upsold, cross_sold) AND least(upsold + cross_sold, existing) AND downsold <= existing AND joined_and_sold_up <= joined)', 'only those are sold up who can be');
SELECT is_empty('SELECT * FROM (SELECT *, lead(existing) OVER next AS next_existing, lead(period_start) OVER next AS next_period FROM kept.upsell WINDOW next AS (PARTITION BY grain, dimension, member ORDER BY period_start)) s
	WHERE next_existing <> existing + joined OR next_period <> period_end', 'who has joined exists from then on');
SELECT is_empty('SELECT * FROM kept.bought_after WHERE NOT (from_product_id <> to_product_id AND customers BETWEEN 1 AND from_customers AND lift > 0 AND median_days >= 0)', 'one product is bought after another');
SELECT is_empty('SELECT * FROM kept.upsell_candidate WHERE NOT buyers BETWEEN 1 AND holders', 'candidates are few or all');
SELECT is_empty('SELECT dimension, member, customer_id FROM kept.upsell_candidate GROUP BY 1, 2, 3 HAVING max(candidate_rank) <> count(*) OR count(DISTINCT candidate_rank) <> count(*)', 'and in one order');

SELECT test.adds_up('kept.revenue_movement', c) FROM unnest('{start_amount,end_amount}'::text[]) c;
-- A customer has one segment, location and source, but may have several reps or products.
CREATE VIEW kept.churn_of_attributes AS SELECT * FROM kept.churn WHERE dimension IN ('all', 'segment', 'location', 'source');
SELECT test.adds_up('kept.churn_of_attributes', c) FROM unnest('{at_start,joined,returned,lost,at_end,joined_and_left}'::text[]) c;
SELECT is_empty('SELECT * FROM kept.churn WHERE at_start + joined + returned - lost <> at_end', 'customers are accounted for');
SELECT is_empty('SELECT * FROM kept.revenue_movement WHERE start_amount + new_amount + expansion_amount - contraction_amount - churned_amount + returned_amount <> end_amount', 'and so is revenue, exactly');
SELECT is_empty(format('SELECT * FROM (SELECT *, lead(%1$I) OVER next AS next_start, lead(period_start) OVER next AS next_period FROM kept.%2$I WINDOW next AS (PARTITION BY grain, dimension, member ORDER BY period_start)) s
	WHERE next_start <> %3$I OR next_period <> period_end', first, view_name, last), view_name || ' begins where the period before has ended')
FROM (VALUES ('churn', 'at_start', 'at_end'), ('revenue_movement', 'start_amount', 'end_amount'), ('revenue_movement', 'at_start', 'at_end')) s (view_name, first, last);
SELECT is_empty('SELECT grain, dimension, member FROM kept.churn GROUP BY 1, 2, 3 HAVING bool_and(period_end <= ''2025-01-15'') OR min(at_start) FILTER (WHERE joined + joined_and_left > 0) IS NULL', 'each member is there from its first customer to as_of');
SELECT is_empty('SELECT * FROM kept.retention_cohort WHERE retained > cohort_size OR age = 0 AND retained < cohort_size OR age < 0 OR (age = 0) <> (cohort_start = period_start)', 'cohorts only shrink from the whole');

SELECT test.adds_up('kept.four_p', c) FROM unnest('{answered,contacted,follow_ups,messages,personal_elements,sent,delivered,replied_of,replied}'::text[]) c;
SELECT test.adds_up('kept.productivity', c) FROM unnest('{calls,meetings,messages,deals_opened,wins,revenue,cost,timed_calls}'::text[]) c;
CREATE VIEW kept.productivity_of_reps AS SELECT * FROM kept.productivity WHERE dimension IN ('all', 'rep');
SELECT test.adds_up('kept.productivity_of_reps', c) FROM unnest('{active_days}'::text[]) c;	-- a rep who changes the team at noon is active in both
SELECT test.adds_up('kept.call_to_action', c) FROM unnest('{messages,with_cta,unknown}'::text[]) c;
SELECT is_empty('SELECT * FROM kept.four_p WHERE NOT (promptness_score BETWEEN 0 AND 100 AND persistence_score BETWEEN 0 AND 100 AND personalization_score BETWEEN 0 AND 100 AND performance_score BETWEEN 0 AND 100 AND score BETWEEN 0 AND 100)
	OR (score IS NULL) <> (scores_known = 0) OR scores_known NOT BETWEEN 0 AND 4', 'scores lie between 0 and 100');
SELECT is_empty('SELECT * FROM kept.four_p WHERE NOT (0 <= delivered_low AND delivered_low <= delivered_rate AND delivered_rate <= delivered_high AND delivered_high <= 1 AND 0 <= replied_low AND replied_low <= replied_rate AND replied_rate <= replied_high AND replied_high <= 1)
	OR delivered > sent OR replied_of > delivered OR replied > replied_of', 'rates of messages lie within their bounds');
SELECT is_empty('SELECT * FROM kept.call_to_action WHERE NOT (0 <= cta_low AND cta_low <= cta_rate AND cta_rate <= cta_high AND cta_high <= 1) OR with_cta > messages', 'those of calls to action');

-- Rates lie between 0 and 1, and within their bounds; figures of one are in order.
SELECT is_empty('SELECT * FROM kept.lead_response WHERE NOT (0 <= within_sla_low AND within_sla_low <= within_sla_rate AND within_sla_rate <= within_sla_high AND within_sla_high <= 1
	AND 0 <= conversion_low AND conversion_low <= conversion_rate AND conversion_rate <= conversion_high AND conversion_high <= 1)', 'rates lie within their bounds');
SELECT is_empty(format('SELECT * FROM kept.%1$I WHERE NOT (0 <= %2$s_low AND %2$s_low <= %3$I AND %3$I <= %2$s_high AND %2$s_high <= 1) OR (%3$I IS NULL) <> (%4$I = 0)', r.view_name, r.bound, r.rate, r.size), 'those of ' || r.view_name)
FROM (VALUES ('win_rate', 'win', 'win_rate', 'deals'), ('pipeline_velocity', 'win', 'win_rate', 'deals'), ('timeline', 'kept', 'kept_rate', 'dated'), ('funnel', 'advance', 'advance_rate', 'entered')) r (view_name, bound, rate, size);
SELECT is_empty('SELECT * FROM kept.win_rate WHERE amount_win_rate NOT BETWEEN 0 AND 1 OR average_amount > won_amount OR basis = ''closed'' AND open > 0 OR deals <> won + lost + CASE basis WHEN ''within_days'' THEN open ELSE 0 END', 'a deal is won, lost, withdrawn or open');
SELECT is_empty('SELECT * FROM kept.funnel WHERE entered = 0 OR num_nulls(entered, advanced, dropped, open_now) > 0 OR least(advanced, dropped, open_now) < 0 OR entered <> advanced + dropped + open_now', 'who enters a stage advances, drops out or is there');
SELECT is_empty('SELECT * FROM (SELECT *, lead(entered) OVER way AS next_entered FROM kept.funnel WINDOW way AS (PARTITION BY grain, period_start, dimension, member ORDER BY stage_order)) s WHERE advanced < next_entered', 'only who advances enters the next');
SELECT is_empty($$SELECT * FROM kept.timeline WHERE kept > dated OR dated + coalesce(overdue, 0) = 0 OR (overdue IS NULL) = is_partial$$, 'what is overdue is so now');
SELECT is_empty('SELECT * FROM kept.churn WHERE NOT (0 <= churn_low AND churn_low <= churn_rate AND churn_rate <= churn_high AND churn_high <= 1) OR (churn_rate IS NULL) <> (at_start = 0)', 'those of churn');
SELECT is_empty('SELECT * FROM kept.retention_cohort WHERE (0 <= retention_low AND retention_low <= retention_rate AND retention_rate <= retention_high AND retention_high <= 1) IS NOT TRUE', 'those of retention');
SELECT is_empty('SELECT * FROM kept.upsell WHERE NOT (0 <= upsell_low AND upsell_low <= upsell_rate AND upsell_rate <= upsell_high AND upsell_high <= 1 AND 0 <= cross_sell_low AND cross_sell_low <= cross_sell_rate
	AND cross_sell_rate <= cross_sell_high AND cross_sell_high <= 1 AND 0 <= either_low AND either_low <= either_rate AND either_rate <= either_high AND either_high <= 1) OR (either_rate IS NULL) <> (existing = 0)', 'those of upsell and cross-sell');
SELECT is_empty(format('SELECT * FROM kept.%I WHERE (0 <= rate_low AND rate_low <= rate AND rate <= rate_high AND rate_high <= 1) IS NOT TRUE', v), 'those of ' || v) FROM unnest('{bought_after,upsell_candidate}'::text[]) v;
SELECT is_empty('SELECT * FROM kept.survival WHERE NOT (0 <= surviving_low AND surviving_low <= surviving_rate AND surviving_rate <= surviving_high AND surviving_high <= 1) OR surviving_rate NOT BETWEEN 0 AND 1', 'those of survival');
SELECT is_empty('SELECT * FROM (SELECT *, lag(surviving_rate) OVER curve AS rate_before, lag(at_risk - lost - censored) OVER curve AS left_before FROM kept.survival
	WINDOW curve AS (PARTITION BY grain, period_start, dimension, member ORDER BY day)) s WHERE surviving_rate > rate_before OR at_risk <> left_before', 'a curve never rises, and knows how many are left');
SELECT is_empty('SELECT * FROM kept.win_curve WHERE NOT (0 <= won_low AND won_low <= won_share AND won_share <= won_high AND won_high <= 1 AND 0 <= lost_low AND lost_low <= lost_share AND lost_share <= lost_high AND lost_high <= 1)
	OR abs(won_share + lost_share + open_share - 1) > 1e-9', 'shares of the win curve, which add up to all deals');
SELECT is_empty('SELECT * FROM (SELECT *, lag(won_share, 1, 0.0) OVER curve AS won_before, lag(lost_share, 1, 0.0) OVER curve AS lost_before, lag(at_risk - won - lost - censored, 1, deals) OVER curve AS left_before FROM kept.win_curve
	WINDOW curve AS (PARTITION BY grain, period_start, dimension, member ORDER BY day)) s WHERE won_share < won_before OR lost_share < lost_before OR at_risk <> left_before', 'what is won or lost stays so');
CREATE VIEW kept.opened AS SELECT * FROM kept.win_curve WHERE at_risk = deals AND grain <> 'all';
SELECT test.adds_up('kept.opened', 'deals');
SELECT is_empty('SELECT * FROM kept.cycle_length WHERE NOT (0 <= p25_days AND p25_days <= median_days AND median_days <= p75_days AND p75_days <= p90_days) OR (stddev_days IS NULL) <> (deals < 2)', 'percentiles are in order');

-- A name is the member's own; where it has none, its id.
SELECT is_empty($$SELECT dimension, member FROM kept.cycle_length WHERE dimension IN ('rep', 'product') GROUP BY 1, 2 HAVING count(DISTINCT member_name) > 1$$, 'a member has one name');
SELECT is_empty($$SELECT * FROM kept.cycle_length WHERE dimension NOT IN ('all', 'rep', 'product') AND member_name <> member$$, 'an attribute is its own name');
SELECT is((SELECT array_agg(DISTINCT member_name) FROM kept.cycle_length WHERE member = '(none)'), '{(none)}', 'the missing have no name');
SELECT is((SELECT array_agg(DISTINCT member_name) FROM kept.cycle_length WHERE dimension = 'rep' AND member = '99'), '{99}', 'nor have the unknown');

SELECT * FROM finish();
ROLLBACK;
