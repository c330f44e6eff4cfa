-- The demo company's pipeline and effectiveness, asked of its own tables: the members of
-- each dimension add up to a direct query, at every grain.
SET client_min_messages = warning;
SET jit = off;
BEGIN;
SELECT plan(27);
SET LOCAL timezone = 'Europe/Berlin';
CALL sales_kpi.create_sources('crm');
CALL sales_kpi.load_demo('crm', deals => 1000, seed => 1);
CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', as_of => '2025-12-31 12:00', win_within => '60 days');

-- A view's counts, member by member, against those of a query, which gives a moment `at`
-- and the same columns. Keys are columns of both. Each dimension has all that there is.
CREATE FUNCTION pg_temp.adds_up(view_name text, dimensions bigint, keys text, counts text[], direct text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
BEGIN
	DROP TABLE IF EXISTS direct, shown;
	EXECUTE format('CREATE TEMP TABLE direct AS SELECT g.grain, date_trunc(g.grain, q.at)::date AS period_start, concat_ws(%L, %s) AS key, ARRAY[%s]::numeric[] AS counts
		FROM (%s) q CROSS JOIN unnest(%L::text[]) g (grain) GROUP BY 1, 2, 3', ',', keys, (SELECT string_agg(format('coalesce(sum(q.%I), 0)', c), ', ') FROM unnest(counts) c), direct, '{day,week,month,quarter,year}');
	EXECUTE format('CREATE TEMP TABLE shown AS SELECT v.grain, v.dimension, v.period_start, concat_ws(%L, %s) AS key, ARRAY[%s]::numeric[] AS counts
		FROM kpi.%I v GROUP BY 1, 2, 3, 4', ',', keys, (SELECT string_agg(format('coalesce(sum(v.%I), 0)', c), ', ') FROM unnest(counts) c), view_name);
	ANALYZE direct, shown;
	RETURN NEXT is_empty($q$
		SELECT d.grain, d.dimension, d.period_start, d.key, d.counts AS direct, s.counts AS shown
		FROM (direct JOIN (SELECT DISTINCT grain, dimension FROM shown) k USING (grain)) d
		FULL JOIN shown s USING (grain, dimension, period_start, key)
		WHERE EXISTS (SELECT FROM unnest(d.counts, s.counts) c (direct, shown) WHERE abs(coalesce(c.direct, 0) - coalesce(c.shown, 0)) > 0.000001)
	$q$, view_name || ' adds up to its sources');
	RETURN NEXT is((SELECT count(DISTINCT dimension) FROM shown WHERE grain = 'year'), dimensions, view_name || ' has all its dimensions');
END
$$;

-- Deals that can be right, as they stood at the end of the year.
CREATE TEMP TABLE deal AS
SELECT d.deal_id, d.opened_at, CASE WHEN d.closed_at <= '2025-12-31 12:00' THEN d.outcome END AS outcome, CASE WHEN d.closed_at <= '2025-12-31 12:00' AND d.outcome IS NOT NULL THEN d.closed_at END AS closed_at,
	d.expected_close_at, d.customer_id, d.lead_id, d.amount
FROM crm.deal d
WHERE (d.opened_at <= '2025-12-31 12:00' OR d.opened_at IS NULL) AND (d.amount < 0) IS NOT TRUE AND (d.outcome IS NULL OR d.closed_at >= d.opened_at);
CREATE TEMP TABLE touch AS
SELECT t.touch_id, t.touched_at, t.kind, k.direction, k.automated, t.lead_id, t.deal_id, t.rep_id, t.minutes, t.personal_elements, t.delivered, t.replied, t.call_to_action, k.direction = 'outbound' AND NOT k.automated AS human, coalesce(t.kind IN ('email', 'message'), true) AS is_message,
	concat(CASE WHEN t.lead_id IS NULL THEN 'deal ' || t.deal_id ELSE 'lead ' || t.lead_id END) AS thread
FROM crm.touch t CROSS JOIN LATERAL (SELECT coalesce(t.direction, 'outbound') AS direction, coalesce(t.automated, false) AS automated) k
WHERE t.touched_at <= '2025-12-31 12:00' AND (t.minutes < 0) IS NOT TRUE AND (t.personal_elements < 0) IS NOT TRUE;
CREATE INDEX ON touch (thread);
CREATE INDEX ON touch (lead_id);
CREATE INDEX ON touch (deal_id);
ANALYZE deal, touch;

SELECT pg_temp.adds_up('win_rate', 9, 'basis', '{won,lost,withdrawn,open,won_amount,lost_amount}', $$
	SELECT d.closed_at AS at, 'closed' AS basis, (d.outcome = 'won')::int AS won, (d.outcome = 'lost')::int AS lost, (d.outcome = 'withdrawn')::int AS withdrawn, 0 AS open,
		CASE WHEN d.outcome = 'won' THEN d.amount END AS won_amount, CASE WHEN d.outcome = 'lost' THEN d.amount END AS lost_amount
	FROM deal d WHERE d.closed_at IS NOT NULL
	UNION ALL
	SELECT d.opened_at, 'opened', (d.outcome IS NOT DISTINCT FROM 'won')::int, (d.outcome IS NOT DISTINCT FROM 'lost')::int, (d.outcome IS NOT DISTINCT FROM 'withdrawn')::int, (d.outcome IS NULL)::int,
		CASE WHEN d.outcome = 'won' THEN d.amount END, CASE WHEN d.outcome = 'lost' THEN d.amount END
	FROM deal d WHERE d.opened_at IS NOT NULL
	UNION ALL
	SELECT d.opened_at, 'within_days', (o.outcome = 'won')::int, (o.outcome = 'lost')::int, (o.outcome = 'withdrawn')::int, (o.outcome = 'open')::int,
		CASE WHEN o.outcome = 'won' THEN d.amount END, CASE WHEN o.outcome = 'lost' THEN d.amount END
	FROM deal d CROSS JOIN LATERAL (SELECT CASE WHEN d.closed_at <= d.opened_at + interval '1440 hours' THEN d.outcome ELSE 'open' END) o (outcome)
	WHERE d.opened_at <= timestamptz '2025-12-31 12:00' - interval '1440 hours' AND d.outcome IS DISTINCT FROM 'on hold'$$);
SELECT pg_temp.adds_up('pipeline_velocity', 9, 'NULL', '{deals,won}', $$SELECT d.closed_at AS at, 1 AS deals, (d.outcome = 'won')::int AS won FROM deal d WHERE d.outcome IN ('won', 'lost')$$);
SELECT pg_temp.adds_up('timeline', 9, 'NULL', '{dated,kept,overdue}', $$
	SELECT d.closed_at AS at, 1 AS dated, (d.closed_at::date <= d.expected_close_at::date)::int AS kept, 0 AS overdue FROM deal d WHERE d.closed_at IS NOT NULL AND d.expected_close_at IS NOT NULL
	UNION ALL SELECT '2025-12-31 12:00', 0, 0, 1 FROM deal d WHERE d.closed_at IS NULL AND d.expected_close_at::date < '2025-12-31'$$);
SELECT pg_temp.adds_up('funnel', 9, 'stage', '{entered,advanced,dropped,open_now}', $$
	SELECT f.at, s.stage, 1 AS entered, (f.outcome = 'won' OR f.furthest > s.stage_order)::int AS advanced, (f.furthest = s.stage_order AND f.outcome IN ('lost', 'withdrawn'))::int AS dropped,
		(f.furthest = s.stage_order AND f.outcome NOT IN ('won', 'lost', 'withdrawn'))::int AS open_now
	FROM (SELECT min(e.entered_at) AS at, max(e.stage_order) AS furthest, coalesce(d.outcome, 'open') AS outcome
		  FROM crm.deal_stage e JOIN (SELECT DISTINCT ON (d.deal_id) * FROM deal d ORDER BY d.deal_id, d.opened_at) d USING (deal_id)
		  WHERE e.entered_at <= '2025-12-31 12:00' AND (e.entered_at::date > d.closed_at::date) IS NOT TRUE GROUP BY d.deal_id, d.outcome) f
	JOIN (SELECT DISTINCT stage, stage_order FROM crm.deal_stage) s ON s.stage_order <= f.furthest OR f.outcome = 'won'$$);
SELECT pg_temp.adds_up('cycle_outcome', 9, 'band_from_days, band_to_days', '{deals,won,amount,dissatisfied}', $$
	SELECT d.closed_at AS at, b.band_from_days, b.band_to_days, 1 AS deals, (d.outcome = 'won')::int AS won, CASE WHEN d.outcome = 'won' THEN d.amount END AS amount,
		(d.outcome = 'won' AND d.closed_at <= timestamptz '2025-12-31 12:00' - interval '2160 hours' AND EXISTS (
			SELECT FROM crm.feedback f
			WHERE (f.deal_id = d.deal_id OR f.deal_id IS NULL AND f.customer_id = d.customer_id) AND f.given_at >= d.closed_at AND f.given_at <= d.closed_at + interval '2160 hours'
				AND (f.scale = 'nps' AND f.score <= 6 OR f.scale = 'csat5' AND f.score <= 2)))::int AS dissatisfied
	FROM deal d
	JOIN (VALUES (0, 7), (7, 14), (14, 30), (30, 60), (60, 90), (90, 180), (180, 365), (365, NULL), (0, NULL)) b (band_from_days, band_to_days)
		ON extract(epoch FROM d.closed_at - d.opened_at) >= b.band_from_days * 86400 AND (extract(epoch FROM d.closed_at - d.opened_at) < b.band_to_days * 86400) IS NOT FALSE
	WHERE d.outcome IN ('won', 'lost')$$);
SELECT pg_temp.adds_up('contact_frequency', 9, 'stage', '{touches,deal_weeks}', $$
	WITH visit AS (
		SELECT e.deal_id, e.stage, e.entered_at, least(lead(e.entered_at) OVER (PARTITION BY e.deal_id ORDER BY e.entered_at, e.stage_order), d.closed_at, '2025-12-31 12:00') AS left_at
		FROM crm.deal_stage e JOIN (SELECT DISTINCT ON (d.deal_id) * FROM deal d ORDER BY d.deal_id, d.opened_at) d USING (deal_id)
		WHERE e.entered_at <= '2025-12-31 12:00')
	SELECT t.touched_at AS at, v.stage, 1 AS touches, 0 AS deal_weeks FROM visit v JOIN touch t ON t.deal_id = v.deal_id AND t.human AND t.touched_at >= v.entered_at AND (t.touched_at < v.left_at OR v.left_at = '2025-12-31 12:00')
	UNION ALL
	SELECT p.since, v.stage, 0, extract(epoch FROM p.until - p.since) / 604800
	FROM visit v CROSS JOIN LATERAL generate_series(date_trunc('day', v.entered_at), v.left_at, interval '1 day') day
	CROSS JOIN LATERAL (SELECT greatest(v.entered_at, day), least(v.left_at, day + interval '1 day')) p (since, until)
	WHERE v.left_at > v.entered_at AND p.until > p.since$$);
SELECT pg_temp.adds_up('four_p', 4, 'NULL', '{answered,contacted,follow_ups,messages,personal_elements,sent,delivered,replied_of,replied}', $$
	WITH first AS (SELECT s.thread, min(s.touched_at) AS at FROM touch s WHERE s.human AND s.thread <> '' GROUP BY 1),
	ending AS (SELECT f.thread, f.at, least(f.at + interval '720 hours', (SELECT min(s.touched_at) - interval '1 microsecond' FROM touch s WHERE s.thread = f.thread AND s.direction = 'inbound' AND s.touched_at > f.at),
			(SELECT min(s.touched_at) FROM touch s WHERE s.thread = f.thread AND s.human AND s.replied)) AS until FROM first f)
	SELECT l.arrived_at AS at, 1 AS answered, 0 AS contacted, 0 AS follow_ups, 0 AS messages, 0 AS personal_elements, 0 AS sent, 0 AS delivered, 0 AS replied_of, 0 AS replied
	FROM crm.lead l WHERE l.arrived_at <= '2025-12-31 12:00' AND (l.responded_at <= '2025-12-31 12:00' AND l.responded_at >= l.arrived_at
		OR l.responded_at IS NULL AND EXISTS (SELECT FROM touch t WHERE t.lead_id = l.lead_id AND t.human AND t.touched_at >= l.arrived_at))
	UNION ALL
	SELECT e.at, 0, 1, (SELECT count(*) FROM touch s WHERE s.thread = e.thread AND s.human AND s.touched_at > e.at AND s.touched_at <= e.until), 0, 0, 0, 0, 0, 0 FROM ending e
	UNION ALL
	SELECT s.touched_at, 0, 0, 0, k.follows::int, CASE WHEN k.follows THEN s.personal_elements ELSE 0 END, (s.delivered IS NOT NULL)::int, (s.delivered IS TRUE)::int, (s.delivered IS TRUE AND k.replied IS NOT NULL)::int, (s.delivered IS TRUE AND k.replied)::int
	FROM touch s LEFT JOIN first f USING (thread)
	CROSS JOIN LATERAL (SELECT s.personal_elements IS NOT NULL AND s.touched_at IS DISTINCT FROM f.at AS follows,
		coalesce(s.replied, EXISTS (SELECT FROM touch i WHERE (i.lead_id = s.lead_id OR i.deal_id = s.deal_id) AND i.direction = 'inbound' AND i.touched_at > s.touched_at AND i.touched_at <= s.touched_at + interval '720 hours')) AS replied) k
	WHERE s.human AND s.is_message$$);
SELECT pg_temp.adds_up('productivity', 4, 'NULL', '{calls,meetings,messages,deals_opened,wins,revenue,hours,cost}', $$
	SELECT t.touched_at AS at, (t.kind = 'call' AND t.direction <> 'internal')::int AS calls, (t.kind = 'meeting' AND t.direction <> 'internal')::int AS meetings, (t.human AND t.is_message)::int AS messages, 0 AS deals_opened, 0 AS wins, 0.0 AS revenue,
		t.minutes / 60.0 AS hours, 0.0 AS cost FROM touch t WHERE NOT t.automated
	UNION ALL SELECT d.opened_at, 0, 0, 0, 1, 0, 0, 0, 0 FROM deal d WHERE d.opened_at IS NOT NULL
	UNION ALL SELECT d.closed_at, 0, 0, 0, 0, 1, 0, 0, 0 FROM deal d WHERE d.outcome = 'won'
	UNION ALL SELECT s.sold_at, 0, 0, 0, 0, 0, s.amount, 0, 0 FROM crm.sale s WHERE s.sold_at <= '2025-12-31 12:00'
	UNION ALL SELECT s.spent_at, 0, 0, 0, 0, 0, 0, 0, s.amount FROM crm.spend s WHERE s.spent_at <= '2025-12-31 12:00' AND s.kind IN ('sales', 'marketing')$$);
SELECT pg_temp.adds_up('call_to_action', 4, 'NULL', '{messages,with_cta,unknown}', $$
	SELECT t.touched_at AS at, (t.call_to_action IS NOT NULL)::int AS messages, (t.call_to_action IS TRUE)::int AS with_cta, (t.call_to_action IS NULL)::int AS unknown FROM touch t WHERE t.human AND t.is_message$$);
SELECT pg_temp.adds_up('feedback', 9, 'NULL', '{answers,promoters,passives,detractors,csat_answers,satisfied}', $$
	SELECT f.given_at AS at, (f.scale = 'nps')::int AS answers, (f.scale = 'nps' AND f.score >= 9)::int AS promoters, (f.scale = 'nps' AND f.score IN (7, 8))::int AS passives, (f.scale = 'nps' AND f.score < 7)::int AS detractors,
		(f.scale = 'csat5')::int AS csat_answers, (f.scale = 'csat5' AND f.score >= 4)::int AS satisfied
	FROM crm.feedback f WHERE f.given_at <= '2025-12-31 12:00' AND (f.scale = 'nps' AND f.score <= 10 OR f.scale = 'csat5')$$);
SELECT pg_temp.adds_up('lead_warming', 10, 'from_temperature, to_temperature', '{leads,moved}', $$
	SELECT f.at, f.temperature AS from_temperature, s.to_temperature, 1 AS leads, (EXISTS (SELECT FROM crm.lead_temperature o WHERE o.lead_id = f.lead_id AND o.temperature = s.to_temperature AND o.entered_at > f.at AND o.entered_at <= '2025-12-31 12:00'))::int AS moved
	FROM (SELECT t.lead_id, t.temperature, min(t.entered_at) AS at FROM crm.lead_temperature t WHERE t.entered_at <= '2025-12-31 12:00' GROUP BY 1, 2) f
	JOIN (VALUES ('cold', 'warm'), ('warm', 'hot'), ('cold', 'hot')) s (from_temperature, to_temperature) ON s.from_temperature = f.temperature$$);
SELECT pg_temp.adds_up('lead_response', 10, 'NULL', '{leads,answered,converted}', $$
	SELECT l.arrived_at AS at, 1 AS leads, (r.responded_at IS NOT NULL)::int AS answered,
		(coalesce(l.converted_at <= '2025-12-31 12:00', l.deal_id IS NOT NULL OR l.customer_id IS NOT NULL) OR EXISTS (SELECT FROM deal d WHERE d.lead_id = l.lead_id))::int AS converted
	FROM crm.lead l CROSS JOIN LATERAL (SELECT coalesce(CASE WHEN l.responded_at <= '2025-12-31 12:00' THEN l.responded_at END, (SELECT min(t.touched_at) FROM touch t WHERE t.lead_id = l.lead_id AND t.human AND t.touched_at >= l.arrived_at)) AS responded_at) r
	WHERE l.arrived_at <= '2025-12-31 12:00' AND (l.responded_at < l.arrived_at) IS NOT TRUE$$);

-- A day on which two things happened is one day of work, and a mean is of all.
SELECT results_eq($$SELECT grain, member, active_days FROM kpi.productivity WHERE grain = 'month' AND dimension = 'rep' AND member IN ('3', '5') ORDER BY 2, period_start$$,
	$$SELECT 'month', rep_id::text, count(DISTINCT touched_at::date) FROM touch WHERE NOT automated AND rep_id IN (3, 5) GROUP BY rep_id, date_trunc('month', touched_at) ORDER BY rep_id::text, date_trunc('month', touched_at)$$,
	'the days on which a rep was active');
SELECT results_eq($$SELECT grain, period_start, round(mean_days::numeric, 6), velocity FROM kpi.pipeline_velocity WHERE grain = 'year' AND dimension = 'all' ORDER BY 2$$, $$
	SELECT 'year', date_trunc('year', closed_at)::date, round((avg(extract(epoch FROM closed_at - opened_at)) FILTER (WHERE outcome = 'won') / 86400)::numeric, 6),
		round(count(*) FILTER (WHERE outcome = 'won') * avg(amount) FILTER (WHERE outcome = 'won' AND amount > 0) / (avg(extract(epoch FROM closed_at - opened_at)) FILTER (WHERE outcome = 'won') / 86400), 6)
	FROM deal WHERE outcome IN ('won', 'lost') GROUP BY 2 ORDER BY 2$$, 'velocity, year by year');
SELECT results_eq($$SELECT member, round(nps::numeric, 6), round(csat::numeric, 6) FROM kpi.feedback WHERE grain = 'year' AND dimension = 'rep' AND period_start = '2025-01-01' ORDER BY 1$$, $$
	SELECT coalesce(f.rep_id, c.rep_id)::text, round(100.0 * (count(*) FILTER (WHERE scale = 'nps' AND score >= 9) - count(*) FILTER (WHERE scale = 'nps' AND score <= 6)) / nullif(count(*) FILTER (WHERE scale = 'nps'), 0), 6),
		round(count(*) FILTER (WHERE scale = 'csat5' AND score >= 4) / nullif(count(*) FILTER (WHERE scale = 'csat5'), 0)::numeric, 6)
	FROM crm.feedback f LEFT JOIN crm.customer c USING (customer_id)
	WHERE f.given_at >= '2025-01-01' AND f.given_at <= '2025-12-31 12:00' AND (scale = 'csat5' OR scale = 'nps' AND score <= 10) GROUP BY 1 ORDER BY 1$$, 'NPS and satisfaction by rep');

SELECT * FROM finish();
ROLLBACK;
