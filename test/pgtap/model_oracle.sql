-- Cycle and stage length against a slow and obvious reading of the definitions, on random
-- companies: every column, at every grain, by every dimension. The oracle reads the
-- sources alone and calls nothing of the extension.
BEGIN;
\ir include/model.sql
\ir include/oracle.sql
SELECT plan(25);

-- Both views as they should be.
CREATE PROCEDURE oracle.answer_all(sources text, zone text, as_of timestamptz, fiscal_start integer)
LANGUAGE plpgsql
AS $$
BEGIN
	DROP TABLE IF EXISTS oracle.answer, oracle.lead, oracle.deal, oracle.deal_by_id, oracle.visit, oracle.stage, oracle.cycle_length, oracle.stage_length;
	PERFORM set_config('search_path', format('%I, test, public', sources), true);
	CALL oracle.read_leads(zone, as_of);
	CALL oracle.read_deals(zone, as_of);
	CALL oracle.read_stages(zone, as_of);

	CREATE TABLE oracle.cycle_length AS
	SELECT g.grain, g.period, m.dimension, m.member, m.member_name, count(f.opened_at) AS deals, count(*) AS won, avg(f.seconds) / 86400 AS mean_days,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY f.seconds) / 86400 AS median_days,
		percentile_cont(0.25) WITHIN GROUP (ORDER BY f.seconds) / 86400 AS p25_days,
		percentile_cont(0.75) WITHIN GROUP (ORDER BY f.seconds) / 86400 AS p75_days,
		percentile_cont(0.9) WITHIN GROUP (ORDER BY f.seconds) / 86400 AS p90_days,
		stddev_samp(f.seconds) / 86400 AS stddev_days
	FROM oracle.deal f
	CROSS JOIN LATERAL oracle.members(f.rep, f.product, f.customer, NULL, NULL, NULL, f.closed_at, as_of, zone) m
	CROSS JOIN LATERAL (SELECT grain, oracle.period(grain, f.closed_at, zone, fiscal_start) AS period FROM unnest('{day,week,month,quarter,year}'::text[]) grain) g
	WHERE f.won AND m.dimension IN ('all', 'rep', 'team', 'territory', 'product', 'family', 'segment', 'location', 'source')
	GROUP BY 1, 2, 3, 4, 5;

	CREATE TABLE oracle.stage_length AS
	SELECT g.grain, g.period, m.dimension, m.member, m.member_name, f.stage, coalesce(sum(f.visits) FILTER (WHERE NOT f.is_open), 0) AS visits,
		count(*) FILTER (WHERE f.is_open) AS open_now, count(*) FILTER (WHERE NOT f.is_open) AS deals,
		avg(f.seconds) FILTER (WHERE NOT f.is_open) / 86400 AS mean_days,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY f.seconds) FILTER (WHERE NOT f.is_open) / 86400 AS median_days,
		percentile_cont(0.9) WITHIN GROUP (ORDER BY f.seconds) FILTER (WHERE NOT f.is_open) / 86400 AS p90_days,
		avg(f.latest) FILTER (WHERE NOT f.is_open) / 86400 AS latest_mean_days,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY f.latest) FILTER (WHERE NOT f.is_open) / 86400 AS latest_median_days,
		percentile_cont(0.9) WITHIN GROUP (ORDER BY f.latest) FILTER (WHERE NOT f.is_open) / 86400 AS latest_p90_days
	FROM oracle.stage f
	JOIN oracle.deal_by_id d ON d.deal = f.deal
	CROSS JOIN LATERAL oracle.members(d.rep, d.product, d.customer, NULL, NULL, NULL, f.at, as_of, zone) m
	CROSS JOIN LATERAL (SELECT grain, oracle.period(grain, f.at, zone, fiscal_start) AS period FROM unnest('{day,week,month,quarter,year}'::text[]) grain) g
	WHERE m.dimension IN ('all', 'rep', 'team', 'territory', 'product', 'family', 'segment', 'location', 'source')
	GROUP BY 1, 2, 3, 4, 5, 6;
	PERFORM set_config('search_path', 'test, public', true);
END
$$;

-- The rows in which a view and its oracle differ.
CREATE FUNCTION oracle.differences_of_cycle_length(as_of timestamptz, zone text) RETURNS SETOF text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', 'view:', v::text, 'oracle:', o::text)
	FROM m.cycle_length v
	FULL JOIN oracle.cycle_length o ON o.grain = v.grain AND o.period = v.period_start AND o.dimension = v.dimension AND o.member = v.member
	WHERE NOT coalesce(o.member_name = v.member_name AND o.deals = v.deals AND o.won = v.won
		AND v.period_end = oracle.next_period(o.grain, o.period) AND v.is_partial = (v.period_end::timestamp AT TIME ZONE zone > as_of)
		AND oracle.close_to(v.mean_days, o.mean_days) AND oracle.close_to(v.median_days, o.median_days)
		AND oracle.close_to(v.p25_days, o.p25_days) AND oracle.close_to(v.p75_days, o.p75_days) AND oracle.close_to(v.p90_days, o.p90_days)
		AND oracle.close_to(v.stddev_days, o.stddev_days), false)
$$;

CREATE FUNCTION oracle.differences_of_stage_length(as_of timestamptz, zone text) RETURNS SETOF text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', 'view:', v::text, 'oracle:', o::text)
	FROM m.stage_length v
	FULL JOIN oracle.stage_length o ON o.grain = v.grain AND o.period = v.period_start AND o.dimension = v.dimension AND o.member = v.member AND o.stage = v.stage
	WHERE NOT coalesce(o.member_name = v.member_name AND v.stage_order = strpos('DBCA', v.stage)
		AND o.visits = v.visits AND o.open_now = v.open_now AND o.deals = v.deals
		AND v.period_end = oracle.next_period(o.grain, o.period) AND v.is_partial = (v.period_end::timestamp AT TIME ZONE zone > as_of)
		AND oracle.close_to(v.mean_days, o.mean_days) AND oracle.close_to(v.median_days, o.median_days) AND oracle.close_to(v.p90_days, o.p90_days)
		AND oracle.close_to(v.latest_mean_days, o.latest_mean_days) AND oracle.close_to(v.latest_median_days, o.latest_median_days)
		AND oracle.close_to(v.latest_p90_days, o.latest_p90_days), false)
$$;

-- One random company, dressed and measured; both views must agree.
CREATE FUNCTION test.agrees(seed float8, what text, time_as text, except_for jsonb, zone text, as_of timestamptz, fiscal_start integer) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
BEGIN
	CALL test.make_plain(seed);
	CALL test.dress('s', '{{c}}', time_as, except_for);
	CALL sales_kpi.create_model('m', sources => 's', time_zone => zone, as_of => as_of::text, fiscal_start => fiscal_start);
	CALL oracle.answer_all('s', zone, as_of, fiscal_start);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences_of_cycle_length(%L, %L)', as_of, zone), 'cycle_length: ' || what);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences_of_stage_length(%L, %L)', as_of, zone), 'stage_length: ' || what);
	RETURN NEXT cmp_ok((SELECT least((SELECT count(*) FROM oracle.cycle_length WHERE deals > 1), (SELECT count(*) FROM oracle.stage_length WHERE deals > 1 AND visits > deals))), '>', 100::bigint, 'there is enough to compare: ' || what);
	DROP SCHEMA m CASCADE;
	DROP SCHEMA m_base CASCADE;
END
$$;

SELECT test.agrees(0.1, 'timestamptz', '{{c}} AT TIME ZONE ''Europe/Berlin''', '{}', 'Europe/Berlin', '2025-01-15 14:30+01', 1);
SELECT test.agrees(0.2, 'timestamptz of other zones', '{{c}} AT TIME ZONE ''Asia/Kathmandu''', '{}', 'America/New_York', '2024-07-01 00:00-04', 4);
SELECT test.agrees(0.3, 'timestamp', '{{c}}', '{}', 'Australia/Sydney', '2025-01-31 23:59+11', 10);
SELECT test.agrees(0.4, 'date', '{{c}}::date', '{}', 'Europe/Berlin', '2025-01-01 00:00+01', 7);
SELECT test.agrees(0.5, 'closed by the day', '{{c}} AT TIME ZONE ''Europe/Berlin''',
	'{"deal.closed_at": "{{c}}::date"}', 'Europe/Berlin', '2025-01-15 14:30+01', 1);
SELECT test.agrees(0.6, 'reps by the day', '{{c}} AT TIME ZONE ''Asia/Jakarta''',
	'{"rep.valid_from": "{{c}}::date", "rep.valid_until": "{{c}}::date"}', 'Asia/Jakarta', '2025-01-15 14:30+07', 2);
SELECT test.agrees(0.7, 'opened and entered by the day', '{{c}} AT TIME ZONE ''America/Los_Angeles''',
	'{"deal.opened_at": "{{c}}::date", "deal_stage.entered_at": "{{c}}::date"}', 'America/Los_Angeles', '2025-01-15 14:30-08', 1);
SELECT test.agrees(0.8, 'a mixture', '{{c}}',
	'{"deal.closed_at": "{{c}}::date", "deal_stage.entered_at": "{{c}} AT TIME ZONE ''Europe/London''"}',
	'Europe/London', '2024-12-31 12:00+00', 11);

-- Stages that the source does not order come in the order of their median first entry.
CALL test.make_plain(0.9);
CALL test.dress('s', '{{c}}', '{{c}}');
ALTER TABLE s.deal_stage DROP stage_order;
CALL sales_kpi.create_model('m', sources => 's', time_zone => 'UTC', as_of => '2025-01-15 14:30');
SELECT results_eq('SELECT DISTINCT stage, stage_order FROM m.stage_length ORDER BY 2', $$
	SELECT stage, row_number() OVER (ORDER BY percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first_entry - first_of_deal)), stage)
	FROM (SELECT deal_id, stage, min(entered_at) AS first_entry, (SELECT min(f.entered_at) FROM s.deal_stage f WHERE f.deal_id = e.deal_id AND f.stage IS NOT NULL) AS first_of_deal
		  FROM s.deal_stage e WHERE deal_id IS NOT NULL AND stage IS NOT NULL AND entered_at <= '2025-01-15 14:30' GROUP BY 1, 2) e
	GROUP BY stage$$, 'stages without an order come in that of their median first entry');

SELECT * FROM finish();
ROLLBACK;
