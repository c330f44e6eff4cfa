-- Customer acquisition against a slow and obvious reading of the definitions, on random
-- companies: every column, at every grain, by every dimension.
BEGIN;
\ir include/model.sql
\ir include/oracle.sql
SELECT plan(24);

-- More to buy, to spend and to work for than the company has by itself: purchases of
-- one moment, of nothing and of what is not known, trials, empty and future spans,
-- credits, cost of nobody, reps who leave a team and come back.
CREATE PROCEDURE test.make_richer(as_of timestamp)
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO plain.sale (sale_id, sold_at, customer_id, amount, units, product_id, rep_id, channel)
	SELECT 1000 + i, test.moment('2023-06-01', '2025-02-01'), test.pick(NULL, 1 + i % 90), test.pick(10.5, 10.5, 0, -3, NULL, 20, 'NaN'::numeric), 1,
		test.pick(1, 2, 3, 88, NULL), test.pick(1, 2, 3, 4, 5, 99, NULL), test.pick('store', 'online', '(none)', NULL)
	FROM generate_series(1, 200) i;
	INSERT INTO plain.sale (sale_id, sold_at, customer_id, amount, units, product_id, rep_id, channel)
	SELECT 2000 + row_number() OVER (), s.sold_at, s.customer_id, test.pick(s.amount, 12), 1, test.pick(1, 2, NULL), test.pick(3, 4, NULL), test.pick('store', 'partner')
	FROM plain.sale s WHERE s.sale_id % 2 = 0;
	UPDATE plain.sale SET sold_at = test.pick(NULL, 'infinity', '-infinity')::timestamp WHERE sale_id % 67 = 0;
	UPDATE plain.subscription SET started_at = test.moment('2023-06-01', '2025-02-01'), ended_at = NULL;
	INSERT INTO plain.subscription (subscription_id, customer_id, started_at, ended_at, monthly_amount, product_id, rep_id, trial)
	SELECT 100 + i, 1 + i % 110, t.at, test.pick(NULL, t.at, t.at + interval '40 days', t.at + interval '1 hour', t.at - interval '1 day', 'infinity'), test.pick(10, 10, 0, NULL, -5), test.pick(1, 2, 88, NULL),
		test.pick(1, 2, 3, 4, 5, 99, NULL), test.pick(false, false, false, true, NULL)
	FROM generate_series(1, 200) i CROSS JOIN LATERAL (SELECT i AS same, test.moment('2023-06-01', '2025-04-01') AS at) t;
	UPDATE plain.subscription SET started_at = s.sold_at FROM plain.sale s WHERE s.customer_id = subscription.customer_id AND subscription_id % 5 = 0;
	INSERT INTO plain.sale (sale_id, sold_at, customer_id, amount) VALUES (9001, as_of, 201, 1), (9002, as_of + interval '1 microsecond', 202, 1);
	INSERT INTO plain.subscription (subscription_id, customer_id, started_at, monthly_amount) VALUES (9001, 203, as_of, 1), (9002, 204, as_of + interval '1 microsecond', 1);

	ALTER TABLE plain.spend ALTER amount TYPE numeric;
	INSERT INTO plain.spend
	SELECT test.moment('2023-05-01', '2025-02-01'), test.pick(100, 0.01, 33.333333, -20, 0, 'NaN'::numeric), test.pick('sales', 'marketing', 'other', 'parking', NULL),
		test.pick('North', 'West', '(none)', NULL, NULL), test.pick('T1', 'T9', NULL, NULL), test.pick(1, 2, 3, 4, 5, 99, NULL, NULL), test.pick('web', 'fair', 'radio', NULL)
	FROM generate_series(1, 300) i;
	INSERT INTO plain.spend (spent_at, amount) VALUES (as_of, 7), (as_of - interval '30 days', 70), (as_of - interval '30 days' + interval '1 microsecond', 700), ('infinity', 1), (NULL, 1);

	UPDATE plain.rep SET hired_at = CASE WHEN rep_id < 5 THEN timestamp '2023-03-01' + (rep_id * 151) * interval '1 day 1 hour' END;
	INSERT INTO plain.rep (rep_id, rep_name, team, territory, hired_at, valid_from, valid_until) VALUES
		(6, 'Six', 'North', 'T1', '2021-05-01', NULL, '2024-02-10'), (6, 'Six', 'South', 'T1', '2021-05-01', '2024-02-10', '2024-02-20'), (6, 'Six', 'North', 'T2', '2021-05-01', '2024-02-20', NULL),
		(7, 'Seven', 'North', NULL, NULL, '2024-06-01', '2024-06-01'), (8, 'Eight', 'West', 'T9', '2024-05-15 12:00', '2024-05-01', '2024-05-20');
END
$$;

-- The first paid purchase of each customer, looked for one customer after the other.
CREATE PROCEDURE oracle.read_first_purchases(zone text, as_of timestamptz)
LANGUAGE plpgsql
AS $$
DECLARE
	who text;
BEGIN
	CREATE TABLE oracle.first_purchase (customer text, at timestamptz, rep text, product text, channel text);
	FOR who IN SELECT customer_id::text FROM sale WHERE customer_id IS NOT NULL UNION SELECT customer_id::text FROM subscription WHERE customer_id IS NOT NULL LOOP
		INSERT INTO oracle.first_purchase
		SELECT who, p.at, coalesce(p.rep_id::text, (SELECT c.rep_id::text FROM customer c WHERE c.customer_id::text = who LIMIT 1)), p.product_id::text, p.channel
		FROM (
			SELECT oracle.instant(s.sold_at, zone) AS at, s.amount, s.product_id, coalesce(s.rep_id, (SELECT c.rep_id FROM customer c WHERE c.customer_id::text = who LIMIT 1)) AS rep_id, s.channel
			FROM sale s
			WHERE s.customer_id::text = who AND s.amount > 0 AND s.amount <> 'NaN'
			UNION ALL
			SELECT oracle.instant(u.started_at, zone), 0, u.product_id, coalesce(u.rep_id, (SELECT c.rep_id FROM customer c WHERE c.customer_id::text = who LIMIT 1)), NULL
			FROM subscription u
			WHERE u.customer_id::text = who AND u.trial IS NOT TRUE AND (u.monthly_amount > 0 OR u.monthly_amount IS NULL)
				AND (u.ended_at IS NULL OR oracle.instant(u.ended_at, zone) > oracle.instant(u.started_at, zone)
					AND NOT (oracle.is_day(u.ended_at) AND NOT oracle.is_day(u.started_at) AND oracle.same_day(oracle.instant(u.ended_at, zone), oracle.instant(u.started_at, zone), zone)))
		) p
		WHERE isfinite(p.at) AND p.at <= as_of
		-- at one moment a sale speaks before a subscription, and the largest first
		ORDER BY p.at, p.amount DESC, p.product_id, p.rep_id, p.channel
		LIMIT 1;
	END LOOP;
END
$$;

-- Every fact under every member that it counts for.
CREATE PROCEDURE oracle.read_facts(zone text, as_of timestamptz, lag interval)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.fact AS
	SELECT f.at, m.dimension, m.member, m.member_name, f.customer, NULL::numeric AS spend, false AS is_lead
	FROM oracle.first_purchase f
	CROSS JOIN LATERAL oracle.members(f.rep, NULL, f.customer, NULL, NULL, NULL, f.at, as_of, zone) m
	WHERE m.dimension IN ('all', 'rep', 'team', 'territory', 'source');

	INSERT INTO oracle.fact
	SELECT f.at, 'channel', c.member, c.member, f.customer, NULL, false
	FROM oracle.first_purchase f CROSS JOIN LATERAL (SELECT coalesce(f.channel, '(none)')) c (member);

	INSERT INTO oracle.fact
	SELECT l.arrived_at, replace(m.dimension, 'lead ', ''), m.member, m.member_name, NULL, NULL, true
	FROM oracle.lead l
	CROSS JOIN LATERAL oracle.members(l.rep, NULL, NULL, l.source, NULL, NULL, l.arrived_at, as_of, zone) m
	WHERE m.dimension IN ('all', 'rep', 'team', 'territory', 'lead source');

	INSERT INTO oracle.fact
	SELECT k.at, g.dimension, coalesce(g.given, m.member), coalesce(g.given, m.member_name), NULL, s.amount, false
	FROM spend s
	-- cost known by its day moves by days of the calendar
	CROSS JOIN LATERAL (SELECT oracle.instant(s.spent_at, zone) AS spent_at, CASE WHEN oracle.is_day(s.spent_at) THEN (oracle.instant(s.spent_at, zone) AT TIME ZONE zone + lag) AT TIME ZONE zone
		ELSE oracle.instant(s.spent_at, zone) + extract(epoch FROM lag) * interval '1 second' END AS at) k
	CROSS JOIN LATERAL (VALUES ('all', NULL), ('rep', NULL), ('team', s.team), ('territory', s.territory), ('lead source', NULL)) g (dimension, given)
	JOIN LATERAL oracle.members(s.rep_id::text, NULL, NULL, s.source, NULL, NULL, k.spent_at, as_of, zone) m ON m.dimension = g.dimension
	WHERE isfinite(k.spent_at) AND k.spent_at <= as_of AND k.at <= as_of AND s.amount <> 'NaN' AND (s.kind IN ('sales', 'marketing') OR s.kind IS NULL);
	UPDATE oracle.fact SET dimension = 'source' WHERE dimension = 'lead source';
END
$$;

-- Who worked where in a period: looked up at each moment that can have changed it.
CREATE PROCEDURE oracle.read_work(zone text, as_of timestamptz, fiscal_start integer)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.period_of AS
	SELECT DISTINCT g.grain, p.period, oracle.instant(p.period, zone) AS starts_at, oracle.instant(oracle.next_period(g.grain, p.period), zone) AS ends_at
	FROM oracle.fact f CROSS JOIN unnest('{day,week,month,quarter,year}'::text[]) g (grain)
	CROSS JOIN LATERAL (SELECT oracle.period(g.grain, f.at, zone, fiscal_start)) p (period);

	CREATE TABLE oracle.work AS
	SELECT DISTINCT p.grain, p.period, d.dimension, coalesce(d.member, '(none)') AS member, h.rep,
		extract(epoch FROM least(p.ends_at, as_of) - h.hired_at) / 86400 AS tenure
	FROM oracle.period_of p
	CROSS JOIN (SELECT r.rep_id::text AS rep, min(oracle.instant(r.hired_at, zone)) AS hired_at FROM rep r WHERE r.rep_id IS NOT NULL GROUP BY r.rep_id) h
	CROSS JOIN LATERAL (
		SELECT p.starts_at UNION SELECT h.hired_at UNION SELECT oracle.instant(r.valid_from, zone) FROM rep r WHERE r.rep_id::text = h.rep) t (at)
	CROSS JOIN LATERAL oracle.span(h.rep, t.at, zone) s
	CROSS JOIN LATERAL (VALUES ('all', 'all'), ('rep', h.rep), ('team', nullif(s.team, '(none)')), ('territory', s.territory)) d (dimension, member)
	WHERE t.at >= p.starts_at AND t.at < p.ends_at AND t.at <= as_of AND (t.at < h.hired_at) IS NOT TRUE AND s.works;
END
$$;

CREATE PROCEDURE oracle.answer_acquisition(sources text, zone text, as_of timestamptz, fiscal_start integer, lag interval)
LANGUAGE plpgsql
AS $$
BEGIN
	DROP TABLE IF EXISTS oracle.answer, oracle.lead, oracle.first_purchase, oracle.fact, oracle.period_of, oracle.work, oracle.acquisition;
	PERFORM set_config('search_path', format('%I, test, public', sources), true);
	CALL oracle.read_leads(zone, as_of);
	CALL oracle.read_first_purchases(zone, as_of);
	CALL oracle.read_facts(zone, as_of, lag);
	CALL oracle.read_work(zone, as_of, fiscal_start);
	CREATE TABLE oracle.acquisition AS
	SELECT g.grain, p.period, f.dimension, f.member, f.member_name, CASE WHEN f.dimension <> 'channel' THEN count(*) FILTER (WHERE f.is_lead) END AS leads,
		count(DISTINCT f.customer) AS new_customers, CASE WHEN f.dimension <> 'channel' THEN coalesce(sum(f.spend), 0) END AS spend
	FROM oracle.fact f
	CROSS JOIN unnest('{day,week,month,quarter,year}'::text[]) g (grain)
	CROSS JOIN LATERAL (SELECT oracle.period(g.grain, f.at, zone, fiscal_start)) p (period)
	GROUP BY 1, 2, 3, 4, 5;
	PERFORM set_config('search_path', 'test, public', true);
END
$$;

-- The rows in which the view and its oracle differ.
CREATE FUNCTION oracle.differences_of_acquisition(as_of timestamptz, zone text) RETURNS SETOF text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', 'view:', v::text, 'oracle:', o::text, w::text)
	FROM m.acquisition v
	FULL JOIN (
		SELECT o.*, CASE WHEN o.dimension NOT IN ('source', 'channel') THEN coalesce(w.reps, 0) END AS reps, w.tenure
		FROM oracle.acquisition o
		LEFT JOIN (SELECT grain, period, dimension, member, count(*) AS reps, avg(tenure) AS tenure FROM oracle.work GROUP BY 1, 2, 3, 4) w USING (grain, period, dimension, member)
	) o ON o.grain = v.grain AND o.period = v.period_start AND o.dimension = v.dimension AND o.member = v.member
	CROSS JOIN LATERAL (SELECT round(o.spend / nullif(o.new_customers, 0), 6) AS cac) w
	WHERE NOT coalesce(o.member_name = v.member_name AND v.period_end = oracle.next_period(o.grain, o.period) AND v.is_partial = (v.period_end::timestamp AT TIME ZONE zone > as_of)
		AND (v.leads, v.reps, v.new_customers, v.spend, v.cac) IS NOT DISTINCT FROM (o.leads, o.reps, o.new_customers, o.spend, w.cac)
		AND oracle.close_to(v.mean_tenure_days, o.tenure::float8) AND oracle.close_to(v.acquisition_ratio, o.new_customers::float8 / nullif(o.leads, 0)), false)
$$;

CREATE FUNCTION test.agrees(seed float8, what text, key_as text, time_as text, except_for jsonb, zone text, as_of timestamptz, fiscal_start integer, lag interval) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
BEGIN
	CALL test.make_plain(seed);
	CALL test.make_richer(as_of AT TIME ZONE zone);
	CALL test.dress('s', key_as, time_as, except_for);
	CALL sales_kpi.create_model('m', sources => 's', time_zone => zone, as_of => as_of::text, fiscal_start => fiscal_start, cac_lag => lag);
	CALL oracle.answer_acquisition('s', zone, as_of, fiscal_start, lag);
	RETURN NEXT bag_eq('SELECT customer_id::text, purchased_at, rep_id::text, product_id::text, channel FROM m_base.first_purchase', 'SELECT * FROM oracle.first_purchase', 'first purchases: ' || what);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences_of_acquisition(%L, %L)', as_of, zone), 'acquisition: ' || what);
	RETURN NEXT cmp_ok((SELECT least(count(*) FILTER (WHERE o.new_customers > 1 AND o.leads > 1 AND o.spend > 1), (SELECT count(*) FROM oracle.work WHERE tenure > 1))
		FROM oracle.acquisition o), '>', 100::bigint, 'there is enough to compare: ' || what);
	DROP SCHEMA m, m_base CASCADE;
END
$$;

SELECT test.agrees(0.1, 'timestamptz', '{{c}}', '{{c}} AT TIME ZONE ''Europe/Berlin''', '{}', 'Europe/Berlin', '2025-01-15 14:30+01', 1, '0');
SELECT test.agrees(0.2, 'timestamptz of other zones', '{{c}}', '{{c}} AT TIME ZONE ''Asia/Kathmandu''', '{}', 'America/New_York', '2024-07-01 00:00-04', 4, '30 days');
SELECT test.agrees(0.3, 'timestamp, keys of text', '''k'' || {{c}}', '{{c}}', '{}', 'Australia/Sydney', '2025-01-31 23:59+11', 10, '36 hours');
SELECT test.agrees(0.4, 'date, keys of uuid', 'md5({{c}}::text)::uuid', '{{c}}::date', '{}', 'Europe/Berlin', '2025-01-01 00:00+01', 7, '31 days');
SELECT test.agrees(0.5, 'spent and ended by the day', '{{c}}', '{{c}} AT TIME ZONE ''Europe/Berlin''', '{"spend.spent_at": "{{c}}::date", "subscription.ended_at": "{{c}}::date"}',
	'Europe/Berlin', '2025-01-15 14:30+01', 1, '90 days');
SELECT test.agrees(0.6, 'reps by the day', '{{c}}', '{{c}} AT TIME ZONE ''Asia/Jakarta''', '{"rep.valid_from": "{{c}}::date", "rep.valid_until": "{{c}}::date", "rep.hired_at": "{{c}}::date"}',
	'Asia/Jakarta', '2025-01-15 14:30+07', 2, '1 day');
SELECT test.agrees(0.7, 'sold by the day', '{{c}}', '{{c}} AT TIME ZONE ''America/Los_Angeles''', '{"sale.sold_at": "{{c}}::date", "lead.arrived_at": "{{c}}::date"}',
	'America/Los_Angeles', '2025-01-15 00:00-08', 1, '14 days');
SELECT test.agrees(0.8, 'a mixture, keys of several types', '{{c}}', '{{c}}', '{"sale.sold_at": "{{c}} AT TIME ZONE ''UTC''", "spend.spent_at": "{{c}} AT TIME ZONE ''Europe/London''", "sale.customer_id": "{{c}}::text"}',
	'Europe/London', '2024-12-31 12:00+00', 11, '200 days');

SELECT * FROM finish();
ROLLBACK;
