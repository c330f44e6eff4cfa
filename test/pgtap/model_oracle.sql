-- The KPI views against a slow and obvious reading of the definitions, on random
-- companies: every column, at every grain, by every dimension. The oracle reads the
-- sources alone and calls nothing of the extension.
BEGIN;
\ir include/model.sql
\ir include/oracle.sql
SELECT plan(33);

-- Walks through the visits of each deal, one by one.
CREATE PROCEDURE oracle.read_stages(zone text, as_of timestamptz)
LANGUAGE plpgsql
AS $$
DECLARE
	d record;
	v record;
	following record;
	left_at timestamptz;
BEGIN
	CREATE TABLE oracle.visit (deal text, stage text, stage_order bigint, entered_at timestamptz, left_at timestamptz, seconds float8);
	CREATE TEMP TABLE entry AS
	SELECT s.deal_id::text AS deal, s.stage, s.stage_order, oracle.instant(s.entered_at, zone) AS at, oracle.is_day(s.entered_at) AS is_day,
		row_number() OVER (ORDER BY oracle.instant(s.entered_at, zone), s.stage_order, s.stage) AS place
	FROM deal_stage s
	WHERE s.stage IS NOT NULL AND isfinite(oracle.instant(s.entered_at, zone)) AND oracle.instant(s.entered_at, zone) <= as_of;

	FOR d IN SELECT DISTINCT deal, closed_at, closed_is_day FROM oracle.deal WHERE deal IS NOT NULL LOOP
		FOR v IN SELECT * FROM entry WHERE entry.deal = d.deal ORDER BY place LOOP
			CONTINUE WHEN d.closed_at < v.at AND NOT oracle.same_day(d.closed_at, v.at, zone);
			SELECT e.at INTO following FROM entry e WHERE e.deal = d.deal AND e.place > v.place ORDER BY e.place LIMIT 1;
			left_at := following.at;
			IF d.closed_at IS NOT NULL THEN
				-- a close known by its day may follow on anything that happened that day
				IF following.at IS NULL OR following.at > d.closed_at AND NOT (d.closed_is_day AND oracle.same_day(following.at, d.closed_at, zone)) THEN
					left_at := greatest(d.closed_at, v.at);
				END IF;
			END IF;
			INSERT INTO oracle.visit VALUES (d.deal, v.stage, v.stage_order, v.at, left_at,
				oracle.seconds(v.at, v.is_day, left_at, v.is_day, zone));
		END LOOP;
	END LOOP;
	DROP TABLE entry;

	CREATE TABLE oracle.stage AS
	SELECT row_number() OVER () AS n, k.deal, k.stage, count(*) AS visits, bool_or(k.left_at IS NULL) AS is_open,
		CASE WHEN bool_or(k.left_at IS NULL) THEN as_of ELSE max(k.left_at) END AS at,
		sum(k.seconds) AS seconds,
		(SELECT w.seconds FROM oracle.visit w WHERE w.deal = k.deal AND w.stage = k.stage ORDER BY w.entered_at DESC, w.seconds DESC LIMIT 1) AS latest
	FROM oracle.visit k
	GROUP BY k.deal, k.stage;
END
$$;

-- Seconds of the open hours of an office in Berlin, day by day: closed in the last week of
-- the year, and over lunch.
\set office 'Europe/Berlin: Mon-Fri 09:00-12:00 13:00-17:30; closed 2023-12-24 to 2023-12-31, 2024-12-24 to 2024-12-31'
CREATE FUNCTION oracle.open_seconds(from_time timestamptz, until_time timestamptz) RETURNS float8
LANGUAGE sql
RETURN (SELECT extract(epoch FROM coalesce(sum(greatest(least(until_time, (day + w.closes) AT TIME ZONE 'Europe/Berlin')
			- greatest(from_time, (day + w.opens) AT TIME ZONE 'Europe/Berlin'), '0')), '0'))
		FROM generate_series(date_trunc('day', from_time AT TIME ZONE 'Europe/Berlin'), until_time AT TIME ZONE 'Europe/Berlin', '1 day') day
		CROSS JOIN (VALUES (time '09:00', time '12:00'), ('13:00', '17:30')) w (opens, closes)
		WHERE extract(isodow FROM day) < 6 AND NOT (extract(month FROM day) = 12 AND extract(day FROM day) >= 24 AND extract(year FROM day) IN (2023, 2024)));

-- The three views as they should be.
CREATE PROCEDURE oracle.answer_all(sources text, zone text, as_of timestamptz, fiscal_start integer, sla interval, in_office boolean)
LANGUAGE plpgsql
AS $$
BEGIN
	DROP TABLE IF EXISTS oracle.answer, oracle.lead, oracle.deal, oracle.visit, oracle.stage, oracle.cycle_length, oracle.lead_response, oracle.stage_length;
	PERFORM set_config('search_path', format('%I, test, public', sources), true);
	CALL oracle.read_leads(zone, as_of);
	CALL oracle.read_deals(zone, as_of);
	CALL oracle.read_stages(zone, as_of);
	ALTER TABLE oracle.lead ADD open_seconds float8, ADD open_age float8;
	IF in_office THEN
		UPDATE oracle.lead SET open_seconds = CASE WHEN answered_at IS NOT NULL THEN oracle.open_seconds(arrived_at, answered_at) END, open_age = oracle.open_seconds(arrived_at, as_of);
	END IF;

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

	CREATE TABLE oracle.lead_response AS
	SELECT g.grain, g.period, replace(m.dimension, 'lead ', '') AS dimension, m.member, m.member_name, count(*) AS leads, count(f.seconds) AS answered,
		count(*) FILTER (WHERE f.seconds IS NULL AND NOT f.closed) AS waiting,
		round(avg(f.seconds)::numeric, 6)::float8 / 60 AS mean_minutes, percentile_cont(0.5) WITHIN GROUP (ORDER BY f.seconds) / 60 AS median_minutes,
		percentile_cont(0.9) WITHIN GROUP (ORDER BY f.seconds) / 60 AS p90_minutes,
		count(*) FILTER (WHERE j.seconds <= extract(epoch FROM sla)) AS within_sla,
		count(*) FILTER (WHERE j.seconds <= extract(epoch FROM sla) OR j.age > extract(epoch FROM sla)) AS sla_leads,
		round(avg(f.open_seconds)::numeric, 6)::float8 / 60 AS business_mean_minutes, percentile_cont(0.5) WITHIN GROUP (ORDER BY f.open_seconds) / 60 AS business_median_minutes,
		percentile_cont(0.9) WITHIN GROUP (ORDER BY f.open_seconds) / 60 AS business_p90_minutes,
		count(*) FILTER (WHERE oracle.has_converted(f.lead, f.converted_at, f.customer, f.deal, as_of)) AS converted
	FROM oracle.lead f
	CROSS JOIN LATERAL (SELECT CASE WHEN in_office THEN f.open_seconds ELSE f.seconds END AS seconds,
		CASE WHEN in_office THEN f.open_age ELSE extract(epoch FROM as_of) - extract(epoch FROM f.arrived_at) END AS age) j
	CROSS JOIN LATERAL (
		SELECT * FROM oracle.members(f.rep, NULL, f.customer, f.source, f.request, f.temperature, f.arrived_at, as_of, zone)
		UNION ALL
		SELECT 'response_time', band, band
		FROM (SELECT CASE WHEN f.seconds <= 300 THEN '0-5 min' WHEN f.seconds <= 1800 THEN '5-30 min' WHEN f.seconds <= 3600 THEN '30-60 min' WHEN f.seconds <= 14400 THEN '1-4 h'
			WHEN f.seconds <= 86400 THEN '4-24 h' WHEN f.seconds > 86400 THEN 'over 24 h' ELSE '(none)' END) b (band)) m
	CROSS JOIN LATERAL (SELECT grain, oracle.period(grain, f.arrived_at, zone, fiscal_start) AS period FROM unnest('{day,week,month,quarter,year}'::text[]) grain) g
	WHERE m.dimension IN ('all', 'rep', 'team', 'territory', 'segment', 'location', 'lead source', 'request', 'temperature', 'response_time')
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
	JOIN LATERAL (SELECT * FROM oracle.deal d WHERE d.deal = f.deal LIMIT 1) d ON true
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

CREATE FUNCTION oracle.differences_of_lead_response(as_of timestamptz, zone text) RETURNS SETOF text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', 'view:', v::text, 'oracle:', o::text)
	FROM m.lead_response v
	FULL JOIN oracle.lead_response o ON o.grain = v.grain AND o.period = v.period_start AND o.dimension = v.dimension AND o.member = v.member
	WHERE NOT coalesce(o.member_name = v.member_name AND o.leads = v.leads AND o.answered = v.answered AND o.waiting = v.waiting
		AND v.period_end = oracle.next_period(o.grain, o.period) AND v.is_partial = (v.period_end::timestamp AT TIME ZONE zone > as_of)
		AND oracle.close_to(v.mean_minutes, o.mean_minutes) AND oracle.close_to(v.median_minutes, o.median_minutes)
		AND oracle.close_to(v.p90_minutes, o.p90_minutes)
		AND oracle.close_to(v.business_mean_minutes, o.business_mean_minutes) AND oracle.close_to(v.business_median_minutes, o.business_median_minutes)
		AND oracle.close_to(v.business_p90_minutes, o.business_p90_minutes)
		AND v.within_sla = o.within_sla AND v.sla_leads = o.sla_leads AND v.converted = o.converted
		AND oracle.close_to(v.within_sla_rate, o.within_sla::float8 / nullif(o.sla_leads, 0))
		AND oracle.close_to(v.within_sla_low, oracle.wilson(o.within_sla, o.sla_leads, -1))
		AND oracle.close_to(v.within_sla_high, oracle.wilson(o.within_sla, o.sla_leads, 1))
		AND oracle.close_to(v.conversion_rate, o.converted::float8 / o.leads)
		AND oracle.close_to(v.conversion_low, oracle.wilson(o.converted, o.leads, -1))
		AND oracle.close_to(v.conversion_high, oracle.wilson(o.converted, o.leads, 1)), false)
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

-- One random company, dressed and measured; its three views must agree.
CREATE FUNCTION test.agrees(seed float8, what text, time_as text, except_for jsonb, zone text, as_of timestamptz, fiscal_start integer, sla interval, calendar text DEFAULT NULL) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
BEGIN
	CALL test.make_plain(seed);
	-- leads that are exactly as old as the SLA, and as young as can be; one whose stored
	-- answer is still to come, though a touch has come before
	INSERT INTO plain.lead (lead_id, arrived_at, responded_at, rep_id) VALUES (8001, as_of AT TIME ZONE zone - sla, NULL, 1), (8002, as_of AT TIME ZONE zone, NULL, 2),
		(8003, as_of AT TIME ZONE zone - interval '2 days', as_of AT TIME ZONE zone + interval '2 days', 1);
	INSERT INTO plain.touch (touch_id, touched_at, lead_id) VALUES (8003, as_of AT TIME ZONE zone - interval '1 day', 8003);
	CALL test.dress('s', '{{c}}', time_as, except_for);
	CALL sales_kpi.create_model('m', sources => 's', time_zone => zone, as_of => as_of::text, fiscal_start => fiscal_start, response_sla => sla, calendar => calendar);
	CALL oracle.answer_all('s', zone, as_of, fiscal_start, sla, calendar IS NOT NULL);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences_of_cycle_length(%L, %L)', as_of, zone), 'cycle_length: ' || what);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences_of_lead_response(%L, %L)', as_of, zone), 'lead_response: ' || what);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences_of_stage_length(%L, %L)', as_of, zone), 'stage_length: ' || what);
	RETURN NEXT cmp_ok((SELECT least((SELECT count(*) FROM oracle.cycle_length WHERE deals > 1), (SELECT count(*) FROM oracle.lead_response WHERE answered > 1),
		(SELECT count(*) FROM oracle.stage_length WHERE deals > 1 AND visits > deals))), '>', 100::bigint, 'there is enough to compare: ' || what);
	DROP SCHEMA m CASCADE;
	DROP SCHEMA m_base CASCADE;
END
$$;

SELECT test.agrees(0.1, 'timestamptz', '{{c}} AT TIME ZONE ''Europe/Berlin''', '{}', 'Europe/Berlin', '2025-01-15 14:30+01', 1, '1 hour');
SELECT test.agrees(0.2, 'timestamptz of other zones', '{{c}} AT TIME ZONE ''Asia/Kathmandu''', '{}', 'America/New_York', '2024-07-01 00:00-04', 4, '2 days');
SELECT test.agrees(0.3, 'timestamp', '{{c}}', '{}', 'Australia/Sydney', '2025-01-31 23:59+11', 10, '90 minutes', :'office');
SELECT test.agrees(0.4, 'date', '{{c}}::date', '{}', 'Europe/Berlin', '2025-01-01 00:00+01', 7, '1 day', :'office');
SELECT test.agrees(0.5, 'closed by the day', '{{c}} AT TIME ZONE ''Europe/Berlin''',
	'{"deal.closed_at": "{{c}}::date", "lead.responded_at": "{{c}}::date", "lead.closed_at": "{{c}}::date"}', 'Europe/Berlin', '2025-01-15 14:30+01', 1, '1 hour', :'office');
SELECT test.agrees(0.6, 'touched by the day', '{{c}} AT TIME ZONE ''Asia/Jakarta''',
	'{"touch.touched_at": "{{c}}::date", "rep.valid_from": "{{c}}::date", "rep.valid_until": "{{c}}::date"}', 'Asia/Jakarta', '2025-01-15 14:30+07', 2, '1 hour');
SELECT test.agrees(0.7, 'opened, arrived and entered by the day', '{{c}} AT TIME ZONE ''America/Los_Angeles''',
	'{"deal.opened_at": "{{c}}::date", "lead.arrived_at": "{{c}}::date", "deal_stage.entered_at": "{{c}}::date"}', 'America/Los_Angeles', '2025-01-15 14:30-08', 1, '1 hour', :'office');
SELECT test.agrees(0.8, 'a mixture', '{{c}}',
	'{"deal.closed_at": "{{c}}::date", "touch.touched_at": "{{c}} AT TIME ZONE ''UTC''", "deal_stage.entered_at": "{{c}} AT TIME ZONE ''Europe/London''"}',
	'Europe/London', '2024-12-31 12:00+00', 11, '1 hour');

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
