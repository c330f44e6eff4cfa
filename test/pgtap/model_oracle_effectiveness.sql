-- The four Ps, productivity, contact frequency, calls to action, feedback, the warming of
-- leads and their response time against a slow and obvious reading of the definitions, on
-- random companies: every column, at every grain, by every dimension.
BEGIN;
\ir include/model.sql
\ir include/oracle.sql
SELECT plan(80);

-- More than the company has by itself: threads with follow-ups on the edges of 30 days,
-- replies that are stored and such that come in, calls and meetings, what is not known of
-- messages; leads that warm and cool again; deals that are written to while in a stage.
CREATE PROCEDURE test.make_richer(as_of timestamp, sla interval)
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE plain.touch SET kind = test.pick('call', 'email', 'email', 'message', 'meeting', 'fax', NULL), personal_elements = test.pick(0, 1, 2, 3, 5, -1, NULL), delivered = test.pick(true, true, false, NULL),
		replied = test.pick(true, false, NULL, NULL, NULL), call_to_action = test.pick(true, false, NULL), rep_id = test.pick(1, 2, 3, 4, 5, 99, NULL), minutes = test.pick(5, 10, 7, 0, NULL, NULL);
	ALTER TABLE plain.touch ALTER minutes TYPE numeric;
	UPDATE plain.touch SET minutes = test.pick(-1, 'NaN', 2.5) WHERE touch_id % 23 = 0;
	UPDATE plain.touch SET lead_id = NULL WHERE touch_id % 5 = 0;
	-- the end of 30 days, and one moment more; of deals and of leads
	INSERT INTO plain.touch (touch_id, touched_at, kind, direction, automated, lead_id, deal_id, rep_id, minutes, personal_elements, delivered, replied, call_to_action)
	SELECT 10000 + 10 * t.touch_id + i, t.touched_at + test.pick(interval '30 days', interval '30 days 1 microsecond', interval '720 hours', interval '31 days', interval '1 day', interval '2 days', interval '3 hours', interval '9 days'),
		test.pick('email', 'message', 'call', NULL), test.pick('outbound', 'outbound', 'outbound', 'outbound', 'inbound', NULL), test.pick(false, false, false, true, NULL), t.lead_id, test.pick(t.deal_id, t.deal_id, NULL),
		test.pick(t.rep_id, t.rep_id, 2, NULL), test.pick(3, NULL), test.pick(1, 4, NULL), test.pick(true, false, NULL), test.pick(true, false, false, NULL, NULL, NULL), test.pick(true, false, NULL)
	FROM plain.touch t, generate_series(1, 3) i WHERE test.now_and_then(0.4);
	UPDATE plain.touch SET touched_at = test.pick('infinity', NULL, '-infinity')::timestamp WHERE touch_id % 97 = 0;
	UPDATE plain.touch SET touched_at = as_of WHERE touch_id % 89 = 0;
	INSERT INTO plain.touch SELECT * FROM plain.touch WHERE touch_id % 83 = 0;

	-- how warm leads are, in no order of their own
	DELETE FROM plain.lead_temperature;
	INSERT INTO plain.lead_temperature
	SELECT l.lead_id, test.pick('cold', 'cold', 'warm', 'warm', 'hot', 'hot', 'tepid', NULL), l.arrived_at + test.pick(0, 0, 1, 3, 40, 5 * random()) * interval '1 day'
	FROM plain.lead l, generate_series(1, 5) WHERE test.now_and_then(0.6);
	UPDATE plain.lead_temperature SET entered_at = 'infinity' WHERE lead_id % 51 = 0;
	INSERT INTO plain.lead_temperature VALUES (7777, 'cold', '2024-01-01'), (7777, 'warm', '2024-01-04'), (NULL, 'cold', '2024-01-01'), (NULL, 'hot', '2024-01-05');
	-- answers at the ends of the bands
	UPDATE plain.lead SET responded_at = arrived_at + test.pick(0, 5, 30, 60, 240, 1440) * interval '1 minute' + test.pick(0, 0, 1) * interval '1 microsecond' WHERE lead_id % 3 = 0;

	-- leads that are exactly as old as the SLA, and as young as can be; one whose stored
	-- answer is still to come, though a touch has come before
	INSERT INTO plain.lead (lead_id, arrived_at, responded_at, rep_id) VALUES (8001, as_of - sla, NULL, 1), (8002, as_of, NULL, 2), (8003, as_of - interval '2 days', as_of + interval '2 days', 1);
	INSERT INTO plain.touch (touch_id, touched_at, lead_id) VALUES (8003, as_of - interval '1 day', 8003);

	-- touches of a deal at the moment it enters and leaves a stage
	INSERT INTO plain.touch (touch_id, touched_at, kind, direction, automated, deal_id, rep_id, minutes)
	SELECT 500000 + row_number() OVER (), s.entered_at + test.pick(0, 0, 1, 4) * interval '1 day', test.pick('call', 'email'), test.pick('outbound', 'outbound', 'inbound'), test.pick(false, false, true), s.deal_id, test.pick(1, 2), 4
	FROM plain.deal_stage s WHERE isfinite(s.entered_at) AND test.now_and_then(0.5);

	ALTER TABLE plain.spend ALTER amount TYPE numeric;
	INSERT INTO plain.spend
	SELECT test.moment('2023-05-01', '2025-02-01'), test.pick(100, 0.01, 33.333333, -20, 0, 'NaN'::numeric), test.pick('sales', 'marketing', 'other', 'parking', NULL),
		test.pick('North', 'West', '(none)', NULL, NULL), test.pick('T1', 'T9', NULL, NULL), test.pick(1, 2, 3, 4, 5, 99, NULL, NULL), 'web'
	FROM generate_series(1, 60) i;

	ALTER TABLE plain.feedback ALTER score TYPE numeric;
	INSERT INTO plain.feedback (given_at, score, scale, customer_id, rep_id, product_id, deal_id)
	SELECT test.moment('2023-08-01', '2025-02-01'), CASE k.scale WHEN 'nps' THEN test.pick(0, 6, 7, 8, 9, 10, 11, 7.5, -1, NULL) WHEN 'csat5' THEN test.pick(1, 2, 3, 4, 5, 6, 0) ELSE test.pick(1, 5, 9) END, k.scale,
		test.pick(1 + i % 12, 77, NULL), test.pick(1, 2, 3, 4, 5, 99, NULL), test.pick(1, 2, 3, 4, 88, NULL), NULL
	FROM generate_series(1, 150) i CROSS JOIN LATERAL (SELECT i AS same, test.pick('nps', 'nps', 'csat5', 'csat5', 'other', 'stars', NULL) AS scale) k;
	INSERT INTO plain.feedback (given_at, score, rep_id) VALUES (as_of, 9, 1), (as_of + interval '1 microsecond', 9, 1), ('infinity', 9, 1), (NULL, 9, 1);
END
$$;

-- Contacts that can be right, each in its thread: that of its lead, or of its deal where
-- it has no lead.
CREATE PROCEDURE oracle.read_touches(zone text, as_of timestamptz)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.touch AS
	SELECT row_number() OVER () AS n, t.touch_id, i.at, oracle.is_day(t.touched_at) AS is_day, t.kind, k.direction, k.automated, k.direction = 'outbound' AND NOT k.automated AS human,
		coalesce(t.kind IN ('email', 'message'), true) AS is_message, t.lead_id::text AS lead, t.deal_id::text AS deal, t.rep_id::text AS rep, coalesce('lead ' || t.lead_id, 'deal ' || t.deal_id) AS thread,
		t.minutes::numeric AS minutes, t.personal_elements, t.delivered, t.replied AS stored_reply, t.call_to_action
	FROM touch t
	CROSS JOIN LATERAL (SELECT oracle.instant(t.touched_at, zone) AS at) i
	CROSS JOIN LATERAL (SELECT coalesce(t.direction, 'outbound') AS direction, coalesce(t.automated, false) AS automated) k
	WHERE isfinite(i.at) AND i.at <= as_of AND (t.minutes < 0 OR t.minutes = 'NaN') IS NOT TRUE AND (t.personal_elements < 0) IS NOT TRUE;
	CREATE INDEX ON oracle.touch (thread);
	CREATE INDEX ON oracle.touch (lead);
	CREATE INDEX ON oracle.touch (deal);
	ANALYZE oracle.touch;

	-- a reply that the source does not tell of came in within 30 days
	CREATE TABLE oracle.reply AS
	SELECT t.n, coalesce(t.stored_reply, EXISTS (
			SELECT FROM oracle.touch i WHERE i.lead = t.lead AND i.direction = 'inbound' AND i.at > t.at AND i.at <= t.at + interval '720 hours')
		OR EXISTS (SELECT FROM oracle.touch i WHERE i.deal = t.deal AND i.direction = 'inbound' AND i.at > t.at AND i.at <= t.at + interval '720 hours')) AS replied
	FROM oracle.touch t WHERE t.human;

	CREATE TABLE oracle.contact AS
	SELECT DISTINCT ON (t.thread) t.thread, t.n, t.touch_id, t.at, t.is_day, t.rep, 0 AS follow_ups
	FROM oracle.touch t WHERE t.human AND t.thread IS NOT NULL
	ORDER BY t.thread, t.at, t.touch_id, t.n;
END
$$;

-- Thread by thread, touch by touch: what follows on the first contact until the reply,
-- which a message may itself be marked to have had; at its very moment nothing is later.
-- What happens at the moment of the first contact neither follows nor replies.
CREATE PROCEDURE oracle.follow_up(zone text)
LANGUAGE plpgsql
AS $$
DECLARE
	c record;
	t record;
	followed integer;
	marked_at timestamptz;
BEGIN
	FOR c IN SELECT * FROM oracle.contact LOOP
		followed := 0;
		marked_at := (SELECT min(k.at) FROM oracle.touch k WHERE k.thread = c.thread AND k.human AND k.stored_reply);
		FOR t IN SELECT * FROM oracle.touch k WHERE k.thread = c.thread AND k.at > c.at AND (k.human OR k.direction = 'inbound') ORDER BY k.at, k.direction = 'inbound' LOOP
			EXIT WHEN t.direction = 'inbound' OR t.at > marked_at OR oracle.seconds(c.at, c.is_day, t.at, t.is_day, zone) > 30 * 86400;
			followed := followed + 1;
		END LOOP;
		UPDATE oracle.contact k SET follow_ups = followed WHERE k.thread = c.thread;
	END LOOP;
END
$$;

CREATE PROCEDURE oracle.answer_four_p(zone text, as_of timestamptz, fiscal_start integer, sla interval)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.four_p AS
	SELECT k.*, p.*, (SELECT avg(s) FROM unnest(ARRAY[p.promptness_score, p.persistence_score, p.personalization_score, p.performance_score]) s) AS score,
		num_nonnulls(p.promptness_score, p.persistence_score, p.personalization_score, p.performance_score) AS scores_known,
		k.answered + k.contacted + k.messages + k.sent AS counted
	FROM (
		SELECT k.*, oracle.wilson(k.delivered, k.sent, -1) AS delivered_low, oracle.wilson(k.delivered, k.sent, 1) AS delivered_high, oracle.wilson(k.replied, k.replied_of, -1) AS replied_low, oracle.wilson(k.replied, k.replied_of, 1) AS replied_high,
			k.follow_ups::float8 / nullif(k.contacted, 0) AS persistence, k.personal_elements::float8 / nullif(k.messages, 0) AS personalization,
			k.delivered::float8 / nullif(k.sent, 0) AS delivered_rate, k.replied::float8 / nullif(k.replied_of, 0) AS replied_rate
		FROM (
			SELECT g.grain, g.period_start, m.dimension, m.member, m.member_name, count(f.seconds) AS answered, percentile_cont(0.5) WITHIN GROUP (ORDER BY f.seconds) / 60 AS promptness_minutes,
				count(f.follow_ups) AS contacted, coalesce(sum(f.follow_ups), 0)::bigint AS follow_ups, count(f.elements) AS messages, coalesce(sum(f.elements), 0)::bigint AS personal_elements,
				count(f.delivered) AS sent, count(*) FILTER (WHERE f.delivered) AS delivered, count(f.replied) FILTER (WHERE f.delivered) AS replied_of, count(*) FILTER (WHERE f.delivered AND f.replied) AS replied
			FROM (
				SELECT l.arrived_at AS at, l.rep, l.prompt_seconds AS seconds, NULL::integer AS follow_ups, NULL::integer AS elements, NULL::boolean AS delivered, NULL::boolean AS replied FROM oracle.prompt_lead l
				UNION ALL
				SELECT c.at, c.rep, NULL, c.follow_ups, NULL, NULL, NULL FROM oracle.contact c
				UNION ALL
				SELECT t.at, t.rep, NULL, NULL, CASE WHEN NOT EXISTS (SELECT FROM oracle.contact c WHERE c.thread = t.thread AND c.at = t.at) THEN t.personal_elements END, t.delivered, r.replied
				FROM oracle.touch t JOIN oracle.reply r USING (n) WHERE t.human AND t.is_message
			) f
			CROSS JOIN LATERAL oracle.members(f.rep, NULL, NULL, NULL, NULL, NULL, f.at, as_of, zone) m
			CROSS JOIN LATERAL oracle.periods(f.at, zone, fiscal_start) g
			WHERE m.dimension IN ('all', 'rep', 'team', 'territory') AND num_nonnulls(f.seconds, f.follow_ups, f.elements, f.delivered) > 0
			GROUP BY 1, 2, 3, 4, 5
		) k
	) k
	-- least() takes what is not known for no bound
	CROSS JOIN LATERAL (SELECT CASE WHEN k.promptness_minutes = 0 THEN 100 WHEN k.promptness_minutes > 0 THEN 100 * least(1, extract(epoch FROM sla) / 60 / k.promptness_minutes) END AS promptness_score,
		CASE WHEN k.contacted > 0 THEN 100 * least(1, k.persistence / 4) END AS persistence_score, CASE WHEN k.messages > 0 THEN 100 * least(1, k.personalization / 2.5) END AS personalization_score,
		CASE WHEN k.replied_of > 0 THEN 50 * least(1, k.delivered_rate / 0.6) + 50 * least(1, k.replied_rate / 0.3) WHEN k.sent > 0 THEN 100 * least(1, k.delivered_rate / 0.6) END AS performance_score) p;
END
$$;

CREATE PROCEDURE oracle.answer_productivity(zone text, as_of timestamptz, fiscal_start integer)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.effort (at timestamptz, rep text, team text, territory text, what text, amount numeric, day date);
	INSERT INTO oracle.effort
	SELECT t.at, t.rep, NULL, NULL, w.what, t.minutes, (t.at AT TIME ZONE zone)::date
	FROM oracle.touch t
	CROSS JOIN LATERAL (VALUES ('time', NOT t.automated), ('call', t.kind = 'call' AND NOT t.automated AND t.direction <> 'internal'), ('meeting', t.kind = 'meeting' AND NOT t.automated AND t.direction <> 'internal'),
		('message', t.human AND t.is_message)) w (what, counts)
	WHERE w.counts;
	INSERT INTO oracle.effort SELECT d.opened_at, d.rep, NULL, NULL, 'opened' FROM oracle.deal d WHERE d.opened_at IS NOT NULL;
	INSERT INTO oracle.effort SELECT d.closed_at, d.rep, NULL, NULL, 'won' FROM oracle.deal d WHERE d.won;
	INSERT INTO oracle.effort
	SELECT oracle.instant(s.sold_at, zone), coalesce(s.rep_id::text, (SELECT c.rep_id::text FROM customer c WHERE c.customer_id::text = s.customer_id::text LIMIT 1)), NULL, NULL, 'sold', s.amount
	FROM sale s
	WHERE s.amount IS NOT NULL AND isfinite(oracle.instant(s.sold_at, zone)) AND oracle.instant(s.sold_at, zone) <= as_of AND 'NaN' NOT IN (coalesce(s.amount, 0)::numeric, coalesce(s.units, 0)::numeric, coalesce(s.cost, 0)::numeric);
	INSERT INTO oracle.effort
	SELECT oracle.instant(s.spent_at, zone), s.rep_id::text, s.team, s.territory, 'spent', s.amount
	FROM spend s
	WHERE isfinite(oracle.instant(s.spent_at, zone)) AND oracle.instant(s.spent_at, zone) <= as_of AND s.amount <> 'NaN' AND (s.kind IN ('sales', 'marketing') OR s.kind IS NULL);

	CREATE TABLE oracle.productivity AS
	SELECT k.*, k.calls::float8 / nullif(k.active_days, 0) AS calls_per_day, k.call_minutes::float8 / nullif(k.timed_calls, 0) AS minutes_per_call, k.calls::float8 / nullif(k.hours, 0)::float8 AS calls_per_hour,
		k.meetings::float8 / nullif(k.hours, 0)::float8 AS meetings_per_hour, k.wins::float8 / nullif(k.hours, 0)::float8 AS wins_per_hour, k.revenue::float8 / nullif(k.hours, 0)::float8 AS revenue_per_hour,
		k.revenue::float8 / nullif(k.cost, 0)::float8 AS revenue_per_cost
	FROM (
		SELECT g.grain, g.period_start, m.dimension, m.member, m.member_name, count(*) FILTER (WHERE f.what = 'call') AS calls, count(*) FILTER (WHERE f.what = 'meeting') AS meetings, count(*) FILTER (WHERE f.what = 'message') AS messages,
			count(*) FILTER (WHERE f.what = 'opened') AS deals_opened, count(*) FILTER (WHERE f.what = 'won') AS wins, coalesce(sum(f.amount) FILTER (WHERE f.what = 'sold'), 0) AS revenue,
			coalesce(sum(f.amount) FILTER (WHERE f.what = 'time'), 0) / 60 AS hours, coalesce(sum(f.amount) FILTER (WHERE f.what = 'spent'), 0) AS cost,
			count(DISTINCT (f.rep, f.day)) FILTER (WHERE f.what = 'time') AS active_days,
			sum(f.amount) FILTER (WHERE f.what = 'call') AS call_minutes, count(f.amount) FILTER (WHERE f.what = 'call') AS timed_calls
		FROM oracle.effort f
		CROSS JOIN LATERAL (
			SELECT m.dimension, coalesce(o.own, m.member) AS member, coalesce(o.own, m.member_name) AS member_name
			FROM oracle.members(f.rep, NULL, NULL, NULL, NULL, NULL, f.at, as_of, zone) m
			CROSS JOIN LATERAL (SELECT CASE m.dimension WHEN 'team' THEN f.team WHEN 'territory' THEN f.territory END AS own) o
			WHERE m.dimension IN ('all', 'rep', 'team', 'territory')) m
		CROSS JOIN LATERAL oracle.periods(f.at, zone, fiscal_start) g
		GROUP BY 1, 2, 3, 4, 5
	) k;
END
$$;

-- Each visit of a stage, cut where periods end; touches in it.
CREATE PROCEDURE oracle.answer_contact_frequency(zone text, as_of timestamptz, fiscal_start integer)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.calendar AS
	WITH RECURSIVE c AS (
		SELECT g.grain, g.period_start FROM oracle.periods((SELECT min(v.entered_at) FROM oracle.visit v), zone, fiscal_start) g
		UNION ALL
		SELECT c.grain, oracle.next_period(c.grain, c.period_start) FROM c WHERE oracle.instant(oracle.next_period(c.grain, c.period_start), zone) <= as_of
	)
	SELECT c.*, oracle.instant(c.period_start, zone) AS starts, oracle.instant(oracle.next_period(c.grain, c.period_start), zone) AS ends FROM c;

	CREATE TABLE oracle.stay AS
	SELECT v.deal, v.stage, v.entered_at AS starts, coalesce(v.left_at, as_of) AS ends, v.left_at IS NULL AS is_open, d.rep, d.product, d.customer
	FROM oracle.visit v
	JOIN oracle.deal_by_id d ON d.deal = v.deal;

	CREATE TABLE oracle.contact_frequency AS
	SELECT k.*, k.touches / nullif(k.deal_weeks, 0) AS per_deal_week
	FROM (
		SELECT f.grain, f.period_start, m.dimension, m.member, m.member_name, f.stage, sum(f.touches)::bigint AS touches, sum(f.seconds) / 604800 AS deal_weeks
		FROM (
			SELECT c.grain, c.period_start, s.stage, p.starts AS at, s.rep, s.product, s.customer, 0 AS touches, oracle.seconds(p.starts, i.by_day, p.ends, i.by_day, zone) AS seconds
			FROM oracle.stay s
			CROSS JOIN (SELECT bool_or(oracle.is_day(e.entered_at)) AS by_day FROM deal_stage e) i
			JOIN oracle.calendar c ON c.starts < s.ends AND c.ends > s.starts AND s.starts < s.ends
			CROSS JOIN LATERAL (SELECT greatest(c.starts, s.starts) AS starts, least(c.ends, s.ends) AS ends) p
			UNION ALL
			SELECT g.grain, g.period_start, s.stage, t.at, s.rep, s.product, s.customer, 1, 0
			FROM oracle.stay s
			-- of a day, the stage in which the deal was when it ended
			JOIN oracle.touch t ON t.deal = s.deal AND t.human AND CASE WHEN t.is_day
				THEN (t.at AT TIME ZONE zone)::date >= (s.starts AT TIME ZONE zone)::date AND ((t.at AT TIME ZONE zone)::date < (s.ends AT TIME ZONE zone)::date OR s.is_open)
				ELSE t.at >= s.starts AND (t.at < s.ends OR s.is_open) END
			CROSS JOIN LATERAL oracle.periods(t.at, zone, fiscal_start) g
		) f
		CROSS JOIN LATERAL oracle.members(f.rep, f.product, f.customer, NULL, NULL, NULL, f.at, as_of, zone) m
		WHERE m.dimension NOT IN ('lead source', 'request', 'temperature')
		GROUP BY 1, 2, 3, 4, 5, 6
	) k;
END
$$;

CREATE PROCEDURE oracle.answer_call_to_action(zone text, as_of timestamptz, fiscal_start integer)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.call_to_action AS
	SELECT k.*, k.with_cta::float8 / nullif(k.messages, 0) AS cta_rate, oracle.wilson(k.with_cta, k.messages, -1) AS cta_low, oracle.wilson(k.with_cta, k.messages, 1) AS cta_high
	FROM (
		SELECT g.grain, g.period_start, m.dimension, m.member, m.member_name, count(t.call_to_action) AS messages, count(*) FILTER (WHERE t.call_to_action) AS with_cta, count(*) FILTER (WHERE t.call_to_action IS NULL) AS unknown
		FROM oracle.touch t
		CROSS JOIN LATERAL oracle.members(t.rep, NULL, NULL, NULL, NULL, NULL, t.at, as_of, zone) m
		CROSS JOIN LATERAL oracle.periods(t.at, zone, fiscal_start) g
		WHERE t.human AND t.is_message AND m.dimension IN ('all', 'rep', 'team', 'territory')
		GROUP BY 1, 2, 3, 4, 5
	) k;
END
$$;

CREATE PROCEDURE oracle.answer_feedback(zone text, as_of timestamptz, fiscal_start integer)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.feedback AS
	SELECT k.*, 100 * (k.promoters - k.detractors)::float8 / nullif(k.answers, 0) AS nps, k.satisfied::float8 / nullif(k.csat_answers, 0) AS csat,
		oracle.wilson(k.satisfied, k.csat_answers, -1) AS csat_low, oracle.wilson(k.satisfied, k.csat_answers, 1) AS csat_high
	FROM (
		SELECT g.grain, g.period_start, m.dimension, m.member, m.member_name, count(*) FILTER (WHERE f.scale = 'nps') AS answers, count(*) FILTER (WHERE f.scale = 'nps' AND f.score IN (9, 10)) AS promoters,
			count(*) FILTER (WHERE f.scale = 'nps' AND f.score IN (7, 8)) AS passives, count(*) FILTER (WHERE f.scale = 'nps' AND f.score BETWEEN 0 AND 6) AS detractors,
			count(*) FILTER (WHERE f.scale = 'csat5') AS csat_answers, count(*) FILTER (WHERE f.scale = 'csat5' AND f.score IN (4, 5)) AS satisfied
		FROM (SELECT oracle.instant(f.given_at, zone) AS at, f.score, coalesce(f.scale, 'nps') AS scale, coalesce(f.rep_id::text, (SELECT c.rep_id::text FROM customer c WHERE c.customer_id::text = f.customer_id::text LIMIT 1)) AS rep,
				f.product_id::text AS product, f.customer_id::text AS customer FROM feedback f) f
		CROSS JOIN LATERAL oracle.members(f.rep, f.product, f.customer, NULL, NULL, NULL, f.at, as_of, zone) m
		CROSS JOIN LATERAL oracle.periods(f.at, zone, fiscal_start) g
		WHERE isfinite(f.at) AND f.at <= as_of AND (f.scale = 'nps' AND f.score BETWEEN 0 AND 10 AND f.score = trunc(f.score) OR f.scale = 'csat5' AND f.score BETWEEN 1 AND 5)
			AND m.dimension NOT IN ('lead source', 'request', 'temperature')
		GROUP BY 1, 2, 3, 4, 5
	) k;
END
$$;

-- Leads with what their response is judged by: open time where there is a calendar.
CREATE TABLE oracle.prompt_lead (lead text, rep text, customer text, source text, request text, temperature text, arrived_at timestamptz, closed boolean, seconds float8, open_seconds float8, prompt_seconds float8, age float8, converted boolean);

-- Open time, day by day: the offices of these tests open on no day on which the clocks of
-- their zone are changed.
CREATE FUNCTION oracle.open_seconds(from_time timestamptz, until_time timestamptz, is_open boolean) RETURNS float8
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(sum(greatest(0, extract(epoch FROM least(until_time, w.closes)) - extract(epoch FROM greatest(from_time, w.opens)))), 0)
	FROM generate_series(date_trunc('day', from_time AT TIME ZONE 'America/New_York'), until_time AT TIME ZONE 'America/New_York', interval '1 day') day
	CROSS JOIN LATERAL (SELECT (day + interval '9 hours') AT TIME ZONE 'America/New_York', (day + CASE WHEN extract(isodow FROM day) = 6 THEN interval '12 hours 30 minutes' ELSE interval '17 hours' END) AT TIME ZONE 'America/New_York') w (opens, closes)
	WHERE extract(isodow FROM day) < 7 AND day NOT IN ('2024-07-04', '2024-12-24', '2024-12-25', '2024-12-26')
	HAVING is_open
$$;

-- The members of a lead, and the band of its response time.
CREATE FUNCTION oracle.members_of(l oracle.prompt_lead, at timestamptz, as_of timestamptz, zone text) RETURNS TABLE (dimension text, member text, member_name text)
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	band text := CASE WHEN l.seconds <= 300 THEN '0-5 min' WHEN l.seconds <= 1800 THEN '5-30 min' WHEN l.seconds <= 3600 THEN '30-60 min' WHEN l.seconds <= 14400 THEN '1-4 h' WHEN l.seconds <= 86400 THEN '4-24 h'
		WHEN l.seconds > 86400 THEN 'over 24 h' ELSE '(none)' END;
BEGIN
	RETURN QUERY
		SELECT replace(m.dimension, 'lead ', ''), m.member, m.member_name FROM oracle.members(l.rep, NULL, l.customer, l.source, l.request, l.temperature, at, as_of, zone) m
		WHERE m.dimension NOT IN ('product', 'family', 'source')
		UNION ALL SELECT 'response_time', band, band;
END
$$;

CREATE PROCEDURE oracle.answer_lead_response(zone text, as_of timestamptz, fiscal_start integer, sla interval, with_calendar boolean)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.lead_response AS
	SELECT k.*, k.within_sla::float8 / nullif(k.sla_leads, 0) AS within_sla_rate, oracle.wilson(k.within_sla, k.sla_leads, -1) AS within_sla_low, oracle.wilson(k.within_sla, k.sla_leads, 1) AS within_sla_high,
		k.converted::float8 / k.leads AS conversion_rate, oracle.wilson(k.converted, k.leads, -1) AS conversion_low, oracle.wilson(k.converted, k.leads, 1) AS conversion_high
	FROM (
		SELECT g.grain, g.period_start, m.dimension, m.member, m.member_name, count(*) AS leads, count(f.seconds) AS answered, count(*) FILTER (WHERE f.seconds IS NULL AND NOT f.closed) AS waiting,
			avg(f.seconds) / 60 AS mean_minutes, percentile_cont(0.5) WITHIN GROUP (ORDER BY f.seconds) / 60 AS median_minutes, percentile_cont(0.9) WITHIN GROUP (ORDER BY f.seconds) / 60 AS p90_minutes,
			avg(f.open_seconds) / 60 AS business_mean_minutes, percentile_cont(0.5) WITHIN GROUP (ORDER BY f.open_seconds) / 60 AS business_median_minutes, percentile_cont(0.9) WITHIN GROUP (ORDER BY f.open_seconds) / 60 AS business_p90_minutes,
			count(*) FILTER (WHERE f.prompt_seconds <= extract(epoch FROM sla)) AS within_sla,
			count(*) FILTER (WHERE f.prompt_seconds <= extract(epoch FROM sla) OR f.age > extract(epoch FROM sla)) AS sla_leads,
			count(*) FILTER (WHERE f.converted) AS converted
		FROM oracle.prompt_lead f
		CROSS JOIN LATERAL oracle.members_of(f, f.arrived_at, as_of, zone) m
		CROSS JOIN LATERAL oracle.periods(f.arrived_at, zone, fiscal_start) g
		GROUP BY 1, 2, 3, 4, 5
	) k;
END
$$;

CREATE PROCEDURE oracle.answer_lead_warming(zone text, as_of timestamptz, fiscal_start integer)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.warmth AS
	SELECT t.lead_id::text AS lead, t.temperature, oracle.instant(t.entered_at, zone) AS at, oracle.is_day(t.entered_at) AS is_day
	FROM lead_temperature t WHERE t.lead_id IS NOT NULL AND t.temperature IS NOT NULL AND isfinite(oracle.instant(t.entered_at, zone)) AND oracle.instant(t.entered_at, zone) <= as_of;

	CREATE TABLE oracle.lead_warming AS
	SELECT k.*, k.moved::float8 / k.leads AS moved_rate, oracle.wilson(k.moved, k.leads, -1) AS moved_low, oracle.wilson(k.moved, k.leads, 1) AS moved_high,
		k.converted::float8 / k.leads AS conversion_rate, oracle.wilson(k.converted, k.leads, -1) AS conversion_low, oracle.wilson(k.converted, k.leads, 1) AS conversion_high
	FROM (
		SELECT g.grain, g.period_start, m.dimension, m.member, m.member_name, f.from_temperature, f.to_temperature, count(*) AS leads, count(f.seconds) AS moved,
			percentile_cont(0.5) WITHIN GROUP (ORDER BY f.seconds) / 86400 AS median_days, percentile_cont(0.9) WITHIN GROUP (ORDER BY f.seconds) / 86400 AS p90_days, count(*) FILTER (WHERE (f.l).converted) AS converted
		FROM (
			SELECT l.l, s.from_temperature, s.to_temperature, w.at, (
				SELECT min(oracle.seconds(w.at, w.is_day, o.at, o.is_day, zone)) FROM oracle.warmth o WHERE o.lead = w.lead AND o.temperature = s.to_temperature AND o.at > w.at) AS seconds
			FROM (VALUES ('cold', 'warm'), ('warm', 'hot'), ('cold', 'hot')) s (from_temperature, to_temperature)
			JOIN (SELECT DISTINCT ON (w.lead, w.temperature) * FROM oracle.warmth w ORDER BY w.lead, w.temperature, w.at) w ON w.temperature = s.from_temperature
			-- of leads that share an id the first one speaks; of one that nobody knows nothing is known
			LEFT JOIN (SELECT DISTINCT ON (l.lead) l.lead, l FROM oracle.prompt_lead l ORDER BY l.lead, l.arrived_at) l (lead, l) ON l.lead = w.lead
		) f
		CROSS JOIN LATERAL oracle.members_of(f.l, f.at, as_of, zone) m
		CROSS JOIN LATERAL oracle.periods(f.at, zone, fiscal_start) g
		GROUP BY 1, 2, 3, 4, 5, 6, 7
	) k;
END
$$;

CREATE FUNCTION test.agrees(seed float8, what text, key_as text, time_as text, except_for jsonb, zone text, as_of timestamptz, fiscal_start integer, sla interval, with_calendar boolean DEFAULT false) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
DECLARE
	v record;
BEGIN
	CALL test.make_plain(seed, 60);
	CALL test.make_richer(as_of AT TIME ZONE zone, sla);
	CALL test.dress('s', key_as, time_as, except_for);
	CALL sales_kpi.create_model('m', sources => 's', time_zone => zone, as_of => as_of::text, fiscal_start => fiscal_start, response_sla => sla,
		follow_ups_target => 4, personal_elements_target => 2.5, delivery_target => 0.6, reply_target => 0.3,
		calendar => CASE WHEN with_calendar THEN 'America/New_York: Mon-Fri 09:00-17:00, Sat 09:00-12:30; closed 2024-07-04, 2024-12-24 to 2024-12-26' END);
	DROP TABLE IF EXISTS oracle.answer, oracle.lead, oracle.deal, oracle.deal_by_id, oracle.visit, oracle.stage, oracle.touch, oracle.reply, oracle.contact, oracle.effort, oracle.calendar, oracle.stay, oracle.warmth,
		oracle.four_p, oracle.productivity, oracle.contact_frequency, oracle.call_to_action, oracle.feedback, oracle.lead_response, oracle.lead_warming;
	TRUNCATE oracle.prompt_lead;
	PERFORM set_config('search_path', 's, test, public', true);
	CALL oracle.read_leads(zone, as_of);
	CALL oracle.read_deals(zone, as_of);
	CALL oracle.read_stages(zone, as_of);
	CALL oracle.read_touches(zone, as_of);
	INSERT INTO oracle.prompt_lead
	SELECT l.lead, l.rep, l.customer, l.source, l.request, l.temperature, l.arrived_at, l.closed, l.seconds, b.open_seconds, CASE WHEN with_calendar THEN b.open_seconds ELSE l.seconds END,
		CASE WHEN with_calendar THEN oracle.open_seconds(l.arrived_at, as_of, true) ELSE extract(epoch FROM as_of) - extract(epoch FROM l.arrived_at) END,
		oracle.has_converted(l.lead, l.converted_at, l.customer, l.deal, as_of)
	FROM oracle.lead l CROSS JOIN LATERAL (SELECT oracle.open_seconds(l.arrived_at, l.arrived_at + l.seconds * interval '1 second', with_calendar AND l.seconds IS NOT NULL)) b (open_seconds);
	CALL oracle.follow_up(zone);
	CALL oracle.answer_four_p(zone, as_of, fiscal_start, sla);
	CALL oracle.answer_productivity(zone, as_of, fiscal_start);
	CALL oracle.answer_contact_frequency(zone, as_of, fiscal_start);
	CALL oracle.answer_call_to_action(zone, as_of, fiscal_start);
	CALL oracle.answer_feedback(zone, as_of, fiscal_start);
	CALL oracle.answer_lead_response(zone, as_of, fiscal_start, sla, with_calendar);
	CALL oracle.answer_lead_warming(zone, as_of, fiscal_start);
	PERFORM set_config('search_path', 'test, public', true);
	FOR v IN SELECT * FROM (VALUES ('four_p', '{}'), ('productivity', '{}'), ('contact_frequency', '{stage}'), ('call_to_action', '{}'), ('feedback', '{}'), ('lead_response', '{}'), ('lead_warming', '{from_temperature,to_temperature}')) v (name, keys) LOOP
		RETURN NEXT is_empty(format('SELECT * FROM oracle.differences(%L, %L, %L, %L)', v.name, v.keys, as_of, zone), v.name || ': ' || what);
	END LOOP;
	RETURN NEXT cmp_ok((SELECT least((SELECT count(*) FROM oracle.four_p WHERE follow_ups > 1 AND personal_elements > 1 AND replied > 1), (SELECT count(*) FROM oracle.productivity WHERE calls > 1 AND hours > 1 AND wins > 0),
		(SELECT count(*) FROM oracle.contact_frequency WHERE touches > 0 AND deal_weeks > 0), (SELECT count(*) FROM oracle.call_to_action WHERE with_cta > 0 AND unknown > 0), (SELECT count(*) FROM oracle.feedback WHERE satisfied > 0 AND nps <> 0),
		(SELECT count(*) FROM oracle.lead_warming WHERE moved > 0 AND converted > 0))), '>', 5::bigint, 'there is enough to compare: ' || what);
	DROP SCHEMA m, m_base CASCADE;
END
$$;

SELECT test.agrees(0.1, 'timestamptz', '{{c}}', '{{c}} AT TIME ZONE ''Europe/Berlin''', '{}', 'Europe/Berlin', '2025-01-15 14:30+01', 1, '1 hour');
SELECT test.agrees(0.2, 'timestamptz of other zones, in the open hours of a calendar', '{{c}}', '{{c}} AT TIME ZONE ''Asia/Kathmandu''', '{}', 'America/New_York', '2024-07-01 00:00-04', 4, '2 hours', true);
SELECT test.agrees(0.3, 'timestamp, keys of text', '''k'' || {{c}}', '{{c}}', '{}', 'Australia/Lord_Howe', '2024-11-03 23:59+11', 10, '90 minutes');
SELECT test.agrees(0.4, 'date, keys of uuid', 'md5({{c}}::text)::uuid', '{{c}}::date', '{}', 'Europe/Berlin', '2025-01-01 00:00+01', 7, '1 day');
SELECT test.agrees(0.5, 'touched and answered by the day', '{{c}}', '{{c}} AT TIME ZONE ''Europe/Berlin''', '{"touch.touched_at": "{{c}}::date", "feedback.given_at": "{{c}}::date", "lead.responded_at": "{{c}}::date", "lead.closed_at": "{{c}}::date"}', 'Europe/Berlin', '2025-01-15 14:30+01', 1, '1 hour');
SELECT test.agrees(0.6, 'entered and closed by the day', '{{c}}', '{{c}} AT TIME ZONE ''America/Los_Angeles''', '{"deal.closed_at": "{{c}}::date", "deal_stage.entered_at": "{{c}}::date", "lead_temperature.entered_at": "{{c}}::date"}',
	'America/Los_Angeles', '2025-01-15 14:30-08', 2, '1 hour');
SELECT test.agrees(0.7, 'arrived by the day, keys of several types, in the open hours of a calendar', '{{c}}', '{{c}}', '{"lead.arrived_at": "{{c}}::date", "touch.lead_id": "{{c}}::text", "deal.deal_id": "{{c}}::text"}', 'Europe/London', '2024-12-31 12:00+00', 11, '4 hours', true);
SELECT test.agrees(0.8, 'reps and spending by the day, as_of in the past', '{{c}}', '{{c}} AT TIME ZONE ''Australia/Sydney''', '{"rep.valid_from": "{{c}}::date", "rep.valid_until": "{{c}}::date", "spend.spent_at": "{{c}}::date"}',
	'Australia/Sydney', '2024-04-07 12:00+10', 1, '1 hour');
SELECT test.agrees(0.9, 'date, in the open hours of a calendar', '{{c}}', '{{c}}::date', '{}', 'Europe/Berlin', '2025-01-01 00:00+01', 7, '1 day', true);
SELECT test.agrees(0.95, 'answered by the day, in the open hours of a calendar', '{{c}}', '{{c}} AT TIME ZONE ''Europe/Berlin''', '{"lead.responded_at": "{{c}}::date", "lead.closed_at": "{{c}}::date"}', 'Europe/Berlin', '2025-01-15 14:30+01', 1, '1 hour', true);

SELECT * FROM finish();
ROLLBACK;
