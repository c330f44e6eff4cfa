-- Win rate in its three bases, velocity, timeline, funnel and the outcome by length of
-- the cycle against a slow and obvious reading of the definitions, on random companies:
-- every column, at every grain, by every dimension.
BEGIN;
\ir include/model.sql
\ir include/oracle.sql
SELECT plan(48);

-- More to sell than the company has by itself: cycles on the very edges of bands and of
-- the time to win, closes on and beside the expected day, stages in another order in
-- another pipeline, customers that leave or are bridged, and answers on several scales.
CREATE PROCEDURE test.make_richer(as_of timestamp)
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE plain.deal SET expected_close_at = CASE test.pick(1, 2, 3, 4, 5, 6)
			WHEN 1 THEN NULL WHEN 2 THEN closed_at WHEN 3 THEN date_trunc('day', closed_at) WHEN 4 THEN closed_at + test.pick(-1, 1, 24, -24) * interval '1 hour'
			ELSE opened_at + (random() * 90)::int * interval '1 day' END;
	UPDATE plain.deal SET expected_close_at = 'infinity' WHERE deal_id % 59 = 0;
	UPDATE plain.deal SET expected_close_at = test.pick(as_of, date_trunc('day', as_of), as_of - interval '1 day', as_of + interval '1 day') WHERE deal_id % 17 = 0;
	UPDATE plain.deal SET closed_at = opened_at + test.pick(0, 7, 14, 30, 60, 90, 180, 365) * interval '1 day' + test.pick(0, 0, 0, -1, 1) * interval '1 microsecond' WHERE deal_id % 4 = 0 AND isfinite(closed_at) AND isfinite(opened_at);
	UPDATE plain.deal SET closed_at = as_of WHERE deal_id % 83 = 0;
	UPDATE plain.deal SET opened_at = as_of - interval '90 days', closed_at = test.pick(as_of, as_of - interval '90 days', as_of - interval '5 days', NULL) WHERE deal_id % 79 = 0;
	UPDATE plain.deal SET opened_at = as_of - interval '90 days' + interval '1 microsecond' WHERE deal_id % 89 = 0;
	-- in another pipeline a stage may stand elsewhere; deals that skip, and that go back
	UPDATE plain.deal_stage SET stage_order = stage_order + 2 WHERE deal_id % 7 = 0;
	DELETE FROM plain.deal_stage WHERE stage = 'B' AND deal_id % 3 = 0;
	INSERT INTO plain.deal_stage SELECT deal_id, 'B', closed_at, 2 FROM plain.deal WHERE deal_id % 13 = 0;
	INSERT INTO plain.deal_stage SELECT deal_id, 'A', closed_at + interval '3 days', 4 FROM plain.deal WHERE deal_id % 11 = 0;

	-- bands of one product: too few deals, and two that are won as surely
	INSERT INTO plain.deal (deal_id, opened_at, closed_at, outcome, product_id, rep_id)
	SELECT 3000 + 100 * b.days + i, timestamp '2024-03-12' + i % 5 * interval '7 hours' - b.days * interval '1 day', timestamp '2024-03-12' + i % 5 * interval '7 hours', CASE WHEN i <= b.won THEN 'won' ELSE 'lost' END, 9, 1
	FROM (VALUES (3, 31, 15), (10, 32, 20), (20, 32, 20), (40, 29, 29)) b (days, deals, won), generate_series(1, b.deals) i;

	-- spans that end soon after a close, at it and at the end of 90 days; some go on
	UPDATE plain.deal SET customer_id = 100 + deal_id WHERE deal_id % 5 = 1;
	DELETE FROM plain.subscription;
	INSERT INTO plain.subscription (subscription_id, customer_id, started_at, ended_at, monthly_amount, product_id, rep_id, trial)
	SELECT i, d.customer_id, d.closed_at - test.pick(0, 1, 30, 400) * interval '1 day', d.closed_at + test.pick(0, 1, 20, 89, 90, 91, 200, NULL) * interval '1 day', test.pick(10, 20, NULL, 0), 1, 1, test.pick(false, false, false, true)
	FROM (SELECT * FROM plain.deal WHERE deal_id % 5 < 2 AND isfinite(closed_at)) d, generate_series(1, 1) i;
	INSERT INTO plain.subscription SELECT 1000, customer_id, ended_at + test.pick(0, 0, 5, 10, 11) * interval '1 day', ended_at + test.pick(30, 60, NULL) * interval '1 day', 10, 1, 1, false
	FROM plain.subscription WHERE ended_at IS NOT NULL AND test.now_and_then(0.4);
	DELETE FROM plain.subscription WHERE customer_id IN (SELECT test.pick(1, 2, 3, 4, 5, 6) FROM generate_series(1, 3)) AND test.now_and_then(0.95);

	ALTER TABLE plain.feedback ALTER score TYPE numeric;
	DELETE FROM plain.feedback;
	INSERT INTO plain.feedback (given_at, score, scale, customer_id, rep_id, product_id, deal_id)
	SELECT d.closed_at + test.pick(-1, 0, 1, 30, 90, 91) * interval '1 day', CASE k.scale WHEN 'nps' THEN test.pick(0, 6, 7, 8, 9, 10, 11, 7.5) WHEN 'csat5' THEN test.pick(1, 2, 3, 4, 5, 6) ELSE test.pick(1, 5, 9) END, k.scale,
		test.pick(d.customer_id, 3, NULL), 1, 1, test.pick(d.deal_id, d.deal_id, NULL)
	FROM plain.deal d CROSS JOIN LATERAL (SELECT d.deal_id AS same, test.pick('nps', 'nps', 'csat5', 'csat5', 'other', 'stars') AS scale) k
	WHERE isfinite(d.closed_at) AND test.now_and_then(0.5);
	INSERT INTO plain.feedback (given_at, score, customer_id) SELECT test.moment('2023-08-01', '2025-02-01'), i % 11, i % 12 FROM generate_series(1, 12) i;
END
$$;

CREATE PROCEDURE oracle.answer_win_rate(zone text, as_of timestamptz, fiscal_start integer, win_within interval)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.win_rate AS
	SELECT k.*, (k.won::float8 / nullif(k.deals, 0)) AS win_rate, oracle.wilson(k.won, k.deals, -1) AS win_low, oracle.wilson(k.won, k.deals, 1) AS win_high,
		(k.won_amount / nullif(k.won_amount + k.lost_amount + CASE k.basis WHEN 'within_days' THEN k.open_amount ELSE 0 END, 0))::float8 AS amount_win_rate
	FROM (
		SELECT g.grain, g.period_start, m.dimension, m.member, m.member_name, f.basis, count(*) FILTER (WHERE f.won) AS won, count(*) FILTER (WHERE f.lost) AS lost,
			count(*) FILTER (WHERE f.withdrawn) AS withdrawn, count(*) FILTER (WHERE f.open) AS open,
			count(*) FILTER (WHERE f.won OR f.lost OR f.open AND f.basis = 'within_days') AS deals,
			coalesce(sum(f.amount) FILTER (WHERE f.won AND f.amount > 0), 0) AS won_amount, coalesce(sum(f.amount) FILTER (WHERE f.lost AND f.amount > 0), 0) AS lost_amount,
			coalesce(sum(f.amount) FILTER (WHERE f.open AND f.amount > 0), 0) AS open_amount, avg(f.amount) FILTER (WHERE f.won AND f.amount > 0) AS average_amount
		FROM (
			-- a word that is none makes a deal neither won, lost, withdrawn nor open
			SELECT 'closed' AS basis, d.closed_at AS at, d.rep, d.product, d.customer, d.amount, d.won, d.lost, d.withdrawn, false AS open
			FROM oracle.deal d WHERE d.won OR d.lost OR d.withdrawn
			UNION ALL
			SELECT 'opened', d.opened_at, d.rep, d.product, d.customer, d.amount, d.won, d.lost, d.withdrawn, d.closed_at IS NULL
			FROM oracle.deal d WHERE d.opened_at IS NOT NULL AND (d.won OR d.lost OR d.withdrawn OR d.closed_at IS NULL)
			UNION ALL
			SELECT 'within_days', d.opened_at, d.rep, d.product, d.customer, d.amount, d.won AND w.within, d.lost AND w.within, d.withdrawn AND w.within,
				NOT ((d.won OR d.lost OR d.withdrawn) AND w.within)
			FROM oracle.deal d CROSS JOIN LATERAL (SELECT coalesce(d.closed_at IS NOT NULL AND d.seconds <= extract(epoch FROM win_within), false) AS within) w
			WHERE (d.won OR d.lost OR d.withdrawn OR d.closed_at IS NULL) AND oracle.seconds(d.opened_at, d.opened_is_day, as_of, d.closed_is_day, zone) >= extract(epoch FROM win_within)
		) f
		CROSS JOIN LATERAL oracle.members(f.rep, f.product, f.customer, NULL, NULL, NULL, f.at, as_of, zone) m
		CROSS JOIN LATERAL oracle.periods(f.at, zone, fiscal_start) g
		WHERE m.dimension NOT IN ('lead source', 'request', 'temperature')
		GROUP BY 1, 2, 3, 4, 5, 6
	) k;
END
$$;

CREATE PROCEDURE oracle.answer_velocity(zone text, as_of timestamptz, fiscal_start integer)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.pipeline_velocity AS
	SELECT k.*, k.won::float8 / k.deals AS win_rate, oracle.wilson(k.won, k.deals, -1) AS win_low, oracle.wilson(k.won, k.deals, 1) AS win_high,
		round((k.deals * k.average_amount * k.won / k.deals)::numeric / nullif(k.mean_days, 0)::numeric, 6) AS velocity
	FROM (
		SELECT g.grain, g.period_start, m.dimension, m.member, m.member_name, count(*) AS deals, count(*) FILTER (WHERE f.won) AS won,
			avg(f.amount) FILTER (WHERE f.won AND f.amount > 0) AS average_amount, avg(f.seconds) FILTER (WHERE f.won) / 86400 AS mean_days
		FROM oracle.deal f
		CROSS JOIN LATERAL oracle.members(f.rep, f.product, f.customer, NULL, NULL, NULL, f.closed_at, as_of, zone) m
		CROSS JOIN LATERAL oracle.periods(f.closed_at, zone, fiscal_start) g
		WHERE (f.won OR f.lost) AND m.dimension NOT IN ('lead source', 'request', 'temperature')
		GROUP BY 1, 2, 3, 4, 5
	) k;
END
$$;

-- Days are those of the zone, however exactly the times are known.
CREATE PROCEDURE oracle.answer_timeline(zone text, as_of timestamptz, fiscal_start integer)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.timeline AS
	SELECT k.*, k.kept::float8 / nullif(k.dated, 0) AS kept_rate, oracle.wilson(k.kept, k.dated, -1) AS kept_low, oracle.wilson(k.kept, k.dated, 1) AS kept_high
	FROM (
		SELECT g.grain, g.period_start, m.dimension, m.member, m.member_name, count(*) FILTER (WHERE NOT f.is_open) AS dated,
			count(*) FILTER (WHERE f.slip <= 0 AND NOT f.is_open) AS kept, avg(f.slip) FILTER (WHERE NOT f.is_open) AS mean_slip_days, 
			CASE WHEN EXISTS (SELECT FROM oracle.periods(as_of, zone, fiscal_start) n WHERE (n.grain, n.period_start) = (g.grain, g.period_start)) THEN count(*) FILTER (WHERE f.is_open) END AS overdue
		FROM (
			SELECT d.closed_at AS at, d.rep, d.product, d.customer, (d.closed_at AT TIME ZONE zone)::date - (d.expected_at AT TIME ZONE zone)::date AS slip, false AS is_open
			FROM oracle.deal d WHERE d.closed_at IS NOT NULL AND d.expected_at IS NOT NULL
			UNION ALL
			SELECT as_of, d.rep, d.product, d.customer, NULL, true
			FROM oracle.deal d WHERE d.closed_at IS NULL AND (d.expected_at AT TIME ZONE zone)::date < (as_of AT TIME ZONE zone)::date
		) f
		CROSS JOIN LATERAL oracle.members(f.rep, f.product, f.customer, NULL, NULL, NULL, f.at, as_of, zone) m
		CROSS JOIN LATERAL oracle.periods(f.at, zone, fiscal_start) g
		WHERE m.dimension NOT IN ('lead source', 'request', 'temperature')
		GROUP BY 1, 2, 3, 4, 5
	) k;
END
$$;

-- A stage stands where it stands first; what a deal entered after its close is no entry.
CREATE PROCEDURE oracle.answer_funnel(zone text, as_of timestamptz, fiscal_start integer)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.place AS
	SELECT v.stage, min(v.stage_order)::bigint AS place FROM deal_stage v WHERE v.stage IS NOT NULL AND v.deal_id IS NOT NULL AND oracle.instant(v.entered_at, zone) <= as_of GROUP BY 1;

	CREATE TABLE oracle.funnel AS
	SELECT k.*, k.advanced::float8 / k.entered AS advance_rate, oracle.wilson(k.advanced, k.entered, -1) AS advance_low, oracle.wilson(k.advanced, k.entered, 1) AS advance_high,
		k.entered - k.advanced - k.dropped AS open_now
	FROM (
		SELECT g.grain, g.period_start, m.dimension, m.member, m.member_name, s.stage, s.place AS stage_order, count(*) AS entered,
			count(*) FILTER (WHERE f.furthest > s.place OR f.won) AS advanced,
			count(*) FILTER (WHERE f.furthest = s.place AND (f.lost OR f.withdrawn)) AS dropped
		FROM (
			SELECT min(v.entered_at) AS at, max(p.place) AS furthest, d.rep, d.product, d.customer, d.won, d.lost, d.withdrawn
			FROM oracle.visit v
			JOIN oracle.place p ON p.stage = v.stage
			JOIN oracle.deal_by_id d ON d.deal = v.deal
			GROUP BY v.deal, d.rep, d.product, d.customer, d.won, d.lost, d.withdrawn
		) f
		JOIN oracle.place s ON f.furthest >= s.place OR f.won
		CROSS JOIN LATERAL oracle.members(f.rep, f.product, f.customer, NULL, NULL, NULL, f.at, as_of, zone) m
		CROSS JOIN LATERAL oracle.periods(f.at, zone, fiscal_start) g
		WHERE m.dimension NOT IN ('lead source', 'request', 'temperature')
		GROUP BY 1, 2, 3, 4, 5, 6, 7
	) k;
END
$$;

-- What came of a won deal in the 90 days from its close, both ends included: deal by
-- deal. They are days of the calendar where one of the times is known by its day.
CREATE PROCEDURE oracle.read_aftermath(zone text, as_of timestamptz, grace interval)
LANGUAGE plpgsql
AS $$
DECLARE
	by_day boolean := (SELECT bool_and(s.by_day) FROM oracle.span s);
	d record;
	closed timestamp;
	was_active boolean;
	was_lost boolean;
BEGIN
	CREATE TABLE oracle.aftermath (n bigint, followed boolean, lost boolean, answered boolean, dissatisfied boolean, promoters bigint, detractors bigint, nps_answers bigint);
	FOR d IN SELECT * FROM oracle.deal WHERE won AND CASE WHEN closed_is_day THEN (as_of AT TIME ZONE zone)::date - (closed_at AT TIME ZONE zone)::date >= 90 ELSE closed_at + interval '2160 hours' <= as_of END LOOP
		closed := oracle.clock(d.closed_at, by_day, zone);
		SELECT coalesce(bool_or(s.started <= closed + interval '90 days' AND s.ended > closed), false) INTO was_active
		FROM oracle.span s WHERE s.customer = d.customer;
		SELECT was_active AND EXISTS (
			SELECT FROM oracle.span s
			WHERE s.customer = d.customer AND s.ended > closed AND s.ended <= closed + interval '90 days'
				AND NOT EXISTS (SELECT FROM oracle.span o WHERE o.customer = d.customer AND o.started <= s.ended + grace AND o.ended > s.ended)) INTO was_lost;
		INSERT INTO oracle.aftermath
		SELECT d.n, was_active, was_lost, count(*) > 0, coalesce(bool_or(f.scale = 'nps' AND f.score <= 6 OR f.scale = 'csat5' AND f.score <= 2), false),
			count(*) FILTER (WHERE f.scale = 'nps' AND f.score >= 9), count(*) FILTER (WHERE f.scale = 'nps' AND f.score <= 6), count(*) FILTER (WHERE f.scale = 'nps')
		FROM (SELECT oracle.instant(f.given_at, zone) AS given_at, oracle.is_day(f.given_at) AS is_day, coalesce(f.scale, 'nps') AS scale, f.score, f.customer_id::text AS customer, f.deal_id::text AS deal FROM feedback f) f
		WHERE (f.deal = d.deal OR f.deal IS NULL AND f.customer = d.customer)
			AND (f.scale = 'nps' AND f.score BETWEEN 0 AND 10 AND f.score = trunc(f.score) OR f.scale = 'csat5' AND f.score BETWEEN 1 AND 5)
			AND CASE WHEN f.is_day OR d.closed_is_day THEN (f.given_at AT TIME ZONE zone)::date - (d.closed_at AT TIME ZONE zone)::date BETWEEN 0 AND 90
				ELSE f.given_at >= d.closed_at AND f.given_at <= d.closed_at + interval '2160 hours' END AND f.given_at <= as_of;
	END LOOP;
END
$$;

CREATE PROCEDURE oracle.answer_cycle_outcome(zone text, as_of timestamptz, fiscal_start integer)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.cycle_outcome AS
	SELECT k.*, k.won::float8 / k.deals AS win_rate, oracle.wilson(k.won, k.deals, -1) AS win_low, oracle.wilson(k.won, k.deals, 1) AS win_high,
		k.lost_90d::float8 / nullif(k.followed, 0) AS lost_90d_rate, oracle.wilson(k.lost_90d, k.followed, -1) AS lost_90d_low, oracle.wilson(k.lost_90d, k.followed, 1) AS lost_90d_high,
		k.dissatisfied::float8 / nullif(k.answered, 0) AS dissatisfied_rate, oracle.wilson(k.dissatisfied, k.answered, -1) AS dissatisfied_low, oracle.wilson(k.dissatisfied, k.answered, 1) AS dissatisfied_high,
		false AS is_best
	FROM (
		SELECT g.grain, g.period_start, m.dimension, m.member, m.member_name, b.since AS band_from_days, b.until AS band_to_days, count(*) AS deals, count(*) FILTER (WHERE f.won) AS won,
			sum(f.amount) FILTER (WHERE f.won) AS amount, avg(f.seconds) FILTER (WHERE f.won) / 86400 AS mean_days,
			count(*) FILTER (WHERE a.followed) AS followed, count(*) FILTER (WHERE a.lost) AS lost_90d, count(*) FILTER (WHERE a.answered) AS answered, count(*) FILTER (WHERE a.dissatisfied) AS dissatisfied,
			100 * (sum(a.promoters) - sum(a.detractors))::float8 / nullif(sum(a.nps_answers), 0) AS nps
		FROM oracle.deal f
		LEFT JOIN oracle.aftermath a ON a.n = f.n
		JOIN (VALUES (0, 7), (7, 14), (14, 30), (30, 60), (60, 90), (90, 180), (180, 365), (365, NULL), (0, NULL)) b (since, until) ON f.seconds >= b.since * 86400 AND (f.seconds < b.until * 86400) IS NOT FALSE
		CROSS JOIN LATERAL oracle.members(f.rep, f.product, f.customer, NULL, NULL, NULL, f.closed_at, as_of, zone) m
		CROSS JOIN LATERAL oracle.periods(f.closed_at, zone, fiscal_start) g
		WHERE (f.won OR f.lost) AND m.dimension NOT IN ('lead source', 'request', 'temperature')
		GROUP BY 1, 2, 3, 4, 5, 6, 7
	) k;
	UPDATE oracle.cycle_outcome o SET is_best = true
	FROM (SELECT DISTINCT ON (grain, period_start, dimension, member) * FROM oracle.cycle_outcome
		  WHERE deals >= 30 AND (band_from_days, coalesce(band_to_days, -1)) <> (0, -1) ORDER BY grain, period_start, dimension, member, win_low DESC, band_from_days) b
	WHERE (o.grain, o.period_start, o.dimension, o.member, o.band_from_days) = (b.grain, b.period_start, b.dimension, b.member, b.band_from_days) AND o.band_to_days IS NOT DISTINCT FROM b.band_to_days;
END
$$;

CREATE FUNCTION test.agrees(seed float8, what text, key_as text, time_as text, except_for jsonb, zone text, as_of timestamptz, fiscal_start integer, win_within interval, grace interval) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
BEGIN
	CALL test.make_plain(seed);
	CALL test.make_richer(as_of AT TIME ZONE zone);
	CALL test.dress('s', key_as, time_as, except_for);
	CALL sales_kpi.create_model('m', sources => 's', time_zone => zone, as_of => as_of::text, fiscal_start => fiscal_start, win_within => win_within, grace => grace);
	DROP TABLE IF EXISTS oracle.answer, oracle.lead, oracle.deal, oracle.deal_by_id, oracle.visit, oracle.stage, oracle.span, oracle.place, oracle.aftermath, oracle.win_rate, oracle.pipeline_velocity, oracle.timeline, oracle.funnel, oracle.cycle_outcome;
	PERFORM set_config('search_path', 's, test, public', true);
	CALL oracle.read_leads(zone, as_of);
	CALL oracle.read_deals(zone, as_of);
	CALL oracle.read_stages(zone, as_of);
	CALL oracle.read_spans(zone, as_of, NULL);
	CALL oracle.read_aftermath(zone, as_of, grace);
	CALL oracle.answer_win_rate(zone, as_of, fiscal_start, win_within);
	CALL oracle.answer_velocity(zone, as_of, fiscal_start);
	CALL oracle.answer_timeline(zone, as_of, fiscal_start);
	CALL oracle.answer_funnel(zone, as_of, fiscal_start);
	CALL oracle.answer_cycle_outcome(zone, as_of, fiscal_start);
	PERFORM set_config('search_path', 'test, public', true);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences(%L, %L, %L, %L)', 'win_rate', '{basis}', as_of, zone), 'win_rate: ' || what);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences(%L, %L, %L, %L)', 'pipeline_velocity', '{}', as_of, zone), 'pipeline_velocity: ' || what);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences(%L, %L, %L, %L)', 'timeline', '{}', as_of, zone), 'timeline: ' || what);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences(%L, %L, %L, %L)', 'funnel', '{stage}', as_of, zone), 'funnel: ' || what);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences(%L, %L, %L, %L)', 'cycle_outcome', '{band_from_days,band_to_days}', as_of, zone), 'cycle_outcome: ' || what);
	RETURN NEXT cmp_ok((SELECT least((SELECT count(*) FROM oracle.win_rate WHERE basis = 'within_days' AND won > 0 AND withdrawn > 0 AND open > 0), (SELECT count(*) FROM oracle.pipeline_velocity WHERE velocity > 0),
		(SELECT count(*) FROM oracle.timeline WHERE kept > 0 AND overdue > 0), (SELECT count(*) FROM oracle.funnel WHERE advanced > 0 AND dropped > 0 AND open_now > 0),
		(SELECT count(*) FROM oracle.cycle_outcome WHERE lost_90d > 0 AND lost_90d < followed AND dissatisfied > 0 AND nps <> 0), (SELECT count(*) FROM oracle.cycle_outcome WHERE is_best))), '>', 5::bigint, 'there is enough to compare: ' || what);
	DROP SCHEMA m, m_base CASCADE;
END
$$;

SELECT test.agrees(0.1, 'timestamptz', '{{c}}', '{{c}} AT TIME ZONE ''Europe/Berlin''', '{}', 'Europe/Berlin', '2025-01-15 14:30+01', 1, '90 days', '0');
SELECT test.agrees(0.2, 'timestamptz of other zones', '{{c}}', '{{c}} AT TIME ZONE ''Asia/Kathmandu''', '{}', 'America/New_York', '2024-07-01 00:00-04', 4, '30 days', '10 days');
SELECT test.agrees(0.3, 'timestamp, keys of text', '''k'' || {{c}}', '{{c}}', '{}', 'Australia/Lord_Howe', '2024-11-03 23:59+11', 10, '7 days', '5 days');
SELECT test.agrees(0.4, 'date, keys of uuid', 'md5({{c}}::text)::uuid', '{{c}}::date', '{}', 'Europe/Berlin', '2025-01-01 00:00+01', 7, '90 days', '10 days');
SELECT test.agrees(0.5, 'closed and answered by the day', '{{c}}', '{{c}} AT TIME ZONE ''Europe/Berlin''', '{"deal.closed_at": "{{c}}::date", "feedback.given_at": "{{c}}::date"}', 'Europe/Berlin', '2025-01-15 14:30+01', 1, '60 days', '0');
SELECT test.agrees(0.6, 'opened and entered by the day', '{{c}}', '{{c}} AT TIME ZONE ''America/Los_Angeles''', '{"deal.opened_at": "{{c}}::date", "deal_stage.entered_at": "{{c}}::date", "deal.expected_close_at": "{{c}}::date"}',
	'America/Los_Angeles', '2025-01-15 14:30-08', 2, '90 days', '0');
SELECT test.agrees(0.7, 'paid by the day, keys of several types', '{{c}}', '{{c}}', '{"subscription.started_at": "{{c}}::date", "subscription.ended_at": "{{c}}::date", "feedback.customer_id": "{{c}}::text", "deal.deal_id": "{{c}}::text"}',
	'Europe/London', '2024-12-31 12:00+00', 11, '20 days 12 hours', '10 days');
SELECT test.agrees(0.8, 'expected and given by the day, as_of in the past', '{{c}}', '{{c}} AT TIME ZONE ''Australia/Sydney''', '{"deal.expected_close_at": "{{c}}::date", "feedback.given_at": "{{c}}::date"}',
	'Australia/Sydney', '2024-10-06 12:00+11', 1, '90 days', '0');

SELECT * FROM finish();
ROLLBACK;
