-- The views of customers against a slow and obvious reading of the definitions, on
-- random companies: every column, at every grain, by every dimension. The oracle reads
-- the sources alone and calls nothing of the extension.
BEGIN;
\ir include/model.sql
\ir include/oracle.sql
SELECT * FROM no_plan();

-- Forty customers over a year: overlapping and nested subscriptions, switches at the
-- same instant, gaps, returns, trials, free plans, unknown amounts, ends to come, and
-- rows that cannot be right.
CREATE PROCEDURE test.make_customers(seed float8)
LANGUAGE plpgsql
AS $$
BEGIN
	CALL test.make_plain(seed, 60);
	INSERT INTO plain.customer
	SELECT i, 'Customer ' || i, test.pick('small', 'large', NULL), test.pick('Oslo', 'Rome', NULL), test.pick('fair', 'web', NULL), test.pick(1, 2, 3, NULL)
	FROM generate_series(13, 40) i;
	DROP TABLE plain.subscription;
	CREATE TABLE plain.subscription AS
	SELECT i AS subscription_id, test.pick(1 + i % 40, 1 + i % 40, 1 + i % 40, 1 + i % 7, 77) AS customer_id, s.started_at,
		CASE test.pick(1, 1, 2, 3, 4) WHEN 1 THEN test.moment(s.started_at, s.started_at + interval '150 days') WHEN 2 THEN s.started_at + test.pick(0, 1, 20, 30, 31) * interval '1 day'
			WHEN 3 THEN date_trunc('month', s.started_at) + test.pick(1, 1, 2, 6) * interval '1 month' END AS ended_at,
		test.pick(10, 10, 49.99, 100, 0.333333, 0, NULL) AS monthly_amount, test.pick(1, 2, 3, 4, 88, NULL) AS product_id, test.pick(1, 2, 3, 4, 5, 99, NULL, NULL) AS rep_id,
		test.pick(false, false, false, false, true, NULL) AS trial
	FROM generate_series(1, 110) i
	CROSS JOIN LATERAL (SELECT i AS same, test.moment('2024-01-20', '2025-02-20') AS started_at) s;
	-- some go on where another ends, at once or after a gap
	INSERT INTO plain.subscription
	SELECT 1000 + subscription_id, customer_id, s.started_at, s.started_at + test.pick(NULL, 10, 45, 45) * interval '1 day', test.pick(20, 49.99, 5), test.pick(product_id, 1, 2), rep_id, false
	FROM plain.subscription
	CROSS JOIN LATERAL (SELECT ended_at + test.pick(0, 0, 3, 14, 15, 40) * interval '1 day' AS started_at) s
	WHERE ended_at IS NOT NULL AND subscription_id % 3 > 0;
	UPDATE plain.subscription SET ended_at = started_at - interval '3 days' WHERE subscription_id % 41 = 0;
	UPDATE plain.subscription SET ended_at = 'infinity' WHERE subscription_id % 37 = 0;
	UPDATE plain.subscription SET started_at = test.pick(NULL, '-infinity', 'infinity')::timestamp WHERE subscription_id % 43 = 0;
	UPDATE plain.subscription SET monthly_amount = test.pick('NaN', -5::numeric, 'Infinity') WHERE subscription_id % 31 = 0;
	UPDATE plain.subscription SET customer_id = NULL WHERE subscription_id % 47 = 0;
	INSERT INTO plain.subscription SELECT * FROM plain.subscription WHERE subscription_id % 29 = 0;
	DROP TABLE plain.sale;
	CREATE TABLE plain.sale AS
	SELECT i AS sale_id, test.moment('2024-02-01', '2025-02-01') AS sold_at, test.pick(1 + i % 40, 1 + i % 9, 77, NULL) AS customer_id, test.pick(10.5, 20, 0, -3, NULL, 'NaN'::numeric) AS amount,
		1 AS units, 4 AS cost, NULL::int AS order_id, test.pick(1, 2, 3, 88, NULL) AS product_id, test.pick(1, 2, 3, NULL) AS rep_id, NULL::int AS deal_id, 'store' AS channel, NULL::text AS location
	FROM generate_series(1, 150) i;
END
$$;

-- The spans of each customer of each member, with the gaps that grace bridges: through
-- these a customer is active at the amount it had before.
CREATE PROCEDURE oracle.read_members(zone text, as_of timestamptz, grace interval)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.member_span AS
	SELECT m.dimension, m.member, m.member_name, f.customer, f.started, f.ended, f.amount, false AS bridged
	FROM oracle.span f
	CROSS JOIN LATERAL oracle.members(f.rep, f.product, f.customer, NULL, NULL, NULL, f.starts, as_of, zone) m
	WHERE m.dimension IN ('all', 'rep', 'team', 'territory', 'product', 'family', 'segment', 'location', 'source');

	INSERT INTO oracle.member_span
	SELECT g.dimension, g.member, g.member_name, g.customer, g.ended, g.returned,
		(SELECT sum(s.amount) FROM oracle.member_span s
		 WHERE (s.dimension, s.member, s.customer) = (g.dimension, g.member, g.customer) AND s.started < g.ended AND s.ended >= g.ended), true
	FROM (SELECT DISTINCT e.dimension, e.member, e.member_name, e.customer, e.ended,
			(SELECT min(s.started) FROM oracle.member_span s WHERE (s.dimension, s.member, s.customer) = (e.dimension, e.member, e.customer) AND s.started > e.ended) AS returned
		  FROM oracle.member_span e
		  WHERE NOT EXISTS (SELECT FROM oracle.member_span s WHERE (s.dimension, s.member, s.customer) = (e.dimension, e.member, e.customer) AND s.started <= e.ended AND s.ended > e.ended)) g
	WHERE g.returned - g.ended <= grace;

	CREATE TABLE oracle.member_customer AS
	SELECT s.dimension, s.member, s.member_name, s.customer, min(s.started) AS first_start, NULL::timestamp AS first_end
	FROM oracle.member_span s
	GROUP BY 1, 2, 3, 4;
	ANALYZE oracle.member_span, oracle.member_customer;
END
$$;

-- Periods from the first start of all to as_of, which cuts the last.
CREATE PROCEDURE oracle.read_periods(zone text, as_of timestamptz, fiscal_start integer)
LANGUAGE plpgsql
AS $$
DECLARE
	g text;
	p date;
	following date;
	n integer;
	by_day boolean := (SELECT bool_and(f.by_day) FROM oracle.span f);
BEGIN
	CREATE TABLE oracle.period_of (grain text, number integer, period date, period_end date, starts timestamp, ends timestamp);
	FOREACH g IN ARRAY '{day,week,month,quarter,year}'::text[] LOOP
		p := (SELECT oracle.period(g, min(f.starts), zone, fiscal_start) FROM oracle.span f);
		n := 0;
		WHILE p::timestamp AT TIME ZONE zone < as_of LOOP
			n := n + 1;
			following := oracle.next_period(g, p);
			INSERT INTO oracle.period_of VALUES (g, n, p, following, oracle.clock(p::timestamp AT TIME ZONE zone, by_day, zone),
				oracle.clock(least(following::timestamp AT TIME ZONE zone, as_of), by_day, zone));
			p := following;
		END LOOP;
	END LOOP;
END
$$;

-- Each customer of each member in each period: active, and for how much, just before
-- the period began and just before it ended; active at some time in it.
CREATE PROCEDURE oracle.read_standing()
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.standing AS
	SELECT p.grain, p.number, p.period, p.period_end, c.dimension, c.member, c.member_name, c.customer,
		c.first_start >= p.starts AND c.first_start < p.ends AS begins,
		bool_or(s.started < p.starts AND s.ended >= p.starts) AS before, bool_or(s.started < p.ends AND s.ended >= p.ends) AS after,
		bool_or(s.started < p.ends AND s.ended > p.starts AND NOT s.bridged) AS present,
		coalesce(sum(s.amount) FILTER (WHERE s.started < p.starts AND s.ended >= p.starts), 0) AS amount_before,
		coalesce(sum(s.amount) FILTER (WHERE s.started < p.ends AND s.ended >= p.ends), 0) AS amount_after
	FROM oracle.period_of p
	JOIN oracle.member_customer c ON c.first_start < p.ends
	JOIN oracle.member_span s ON (s.dimension, s.member, s.customer) = (c.dimension, c.member, c.customer)
	GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
	ANALYZE oracle.standing;

	CREATE TABLE oracle.churn AS
	SELECT s.grain, s.period, s.period_end, s.dimension, s.member, s.member_name, count(*) FILTER (WHERE before) AS at_start,
		count(*) FILTER (WHERE after AND begins) AS joined, count(*) FILTER (WHERE after AND NOT before AND NOT begins) AS returned,
		count(*) FILTER (WHERE before AND NOT after) AS lost, count(*) FILTER (WHERE after) AS at_end, count(*) FILTER (WHERE begins AND NOT after) AS joined_and_left
	FROM oracle.standing s
	GROUP BY 1, 2, 3, 4, 5, 6;

	CREATE TABLE oracle.revenue_movement AS
	SELECT s.grain, s.period, s.period_end, s.dimension, s.member, s.member_name, sum(amount_before) AS start_amount,
		coalesce(sum(amount_after) FILTER (WHERE after AND begins), 0) AS new_amount,
		coalesce(sum(amount_after - amount_before) FILTER (WHERE before AND after AND amount_after > amount_before), 0) AS expansion_amount,
		coalesce(sum(amount_before - amount_after) FILTER (WHERE before AND after AND amount_after < amount_before), 0) AS contraction_amount,
		coalesce(sum(amount_before) FILTER (WHERE before AND NOT after), 0) AS churned_amount,
		coalesce(sum(amount_after) FILTER (WHERE after AND NOT before AND NOT begins), 0) AS returned_amount,
		sum(amount_after) AS end_amount, count(*) FILTER (WHERE before) AS at_start, count(*) FILTER (WHERE after) AS at_end
	FROM oracle.standing s
	GROUP BY 1, 2, 3, 4, 5, 6;

	CREATE TABLE oracle.retention_cohort AS
	SELECT s.grain, s.period, s.period_end, s.dimension, s.member, s.member_name, k.period AS cohort_start, s.number - k.number AS age,
		count(*) AS cohort_size, count(*) FILTER (WHERE s.present) AS retained
	FROM oracle.standing s
	JOIN oracle.standing k ON k.begins AND (k.grain, k.dimension, k.member, k.customer) = (s.grain, s.dimension, s.member, s.customer)
	GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
END
$$;

-- Walks to the end of the first unbroken time of each customer; then a curve for
-- each cohort, and for all there ever were.
CREATE PROCEDURE oracle.read_survival(zone text, as_of timestamptz)
LANGUAGE plpgsql
AS $$
DECLARE
	life record;
	until timestamp;
	farther timestamp;
	by_day boolean := (SELECT bool_and(f.by_day) FROM oracle.span f);
BEGIN
	FOR life IN SELECT * FROM oracle.member_customer LOOP
		until := life.first_start;
		LOOP
			SELECT max(s.ended) INTO farther FROM oracle.member_span s
			WHERE (s.dimension, s.member, s.customer) = (life.dimension, life.member, life.customer) AND s.started <= until;
			EXIT WHEN farther = until;
			until := farther;
		END LOOP;
		UPDATE oracle.member_customer m SET first_end = until WHERE (m.dimension, m.member, m.customer) = (life.dimension, life.member, life.customer);
	END LOOP;

	CREATE TABLE oracle.survival AS
	WITH life AS (
		SELECT p.grain, p.period, c.dimension, c.member, c.member_name, c.first_end <= k.now AS lost,
			floor(extract(epoch FROM least(c.first_end, k.now) - c.first_start) / 86400)::integer AS day
		FROM oracle.member_customer c
		CROSS JOIN (SELECT oracle.clock(as_of, by_day, zone)) k (now)
		CROSS JOIN LATERAL (
			SELECT p.grain, p.period FROM oracle.period_of p WHERE c.first_start >= p.starts AND c.first_start < p.ends
			UNION ALL
			SELECT 'all', (SELECT p.period FROM oracle.period_of p WHERE p.grain = 'day' AND f.first_start >= p.starts AND f.first_start < p.ends)
			FROM (SELECT min(f.first_start) AS first_start FROM oracle.member_customer f WHERE (f.dimension, f.member) = (c.dimension, c.member)) f) p
	),
	day AS (
		SELECT l.grain, l.period, l.dimension, l.member, l.member_name, l.day, count(*) FILTER (WHERE l.lost) AS lost, count(*) FILTER (WHERE NOT l.lost) AS censored
		FROM life l
		GROUP BY 1, 2, 3, 4, 5, 6
	),
	risk AS (
		SELECT d.*, sum(d.lost + d.censored) OVER (PARTITION BY d.grain, d.period, d.dimension, d.member ORDER BY d.day DESC)::bigint AS at_risk
		FROM day d
	),
	curve AS (
		SELECT r.*, bool_or(r.lost = r.at_risk) OVER sofar AS all_lost,
			exp(sum(ln(nullif(r.at_risk - r.lost, 0)::float8 / r.at_risk)) OVER sofar) AS surviving,
			sum(r.lost::float8 / r.at_risk / nullif(r.at_risk - r.lost, 0)) OVER sofar AS greenwood
		FROM risk r
		WINDOW sofar AS (PARTITION BY r.grain, r.period, r.dimension, r.member ORDER BY r.day)
	)
	SELECT c.grain, c.period, c.dimension, c.member, c.member_name, c.day, c.at_risk, c.lost, c.censored,
		CASE WHEN c.all_lost THEN 0 ELSE c.surviving END AS surviving_rate,
		CASE WHEN NOT c.all_lost AND c.greenwood > 0 THEN c.surviving ^ exp(1.959963984540054 * sqrt(c.greenwood) / abs(ln(c.surviving))) END AS surviving_low,
		CASE WHEN NOT c.all_lost AND c.greenwood > 0 THEN c.surviving ^ exp(-1.959963984540054 * sqrt(c.greenwood) / abs(ln(c.surviving))) END AS surviving_high
	FROM curve c;
END
$$;

CREATE PROCEDURE oracle.answer_all(sources text, zone text, as_of timestamptz, fiscal_start integer, grace interval, inactive_after interval)
LANGUAGE plpgsql
AS $$
BEGIN
	DROP TABLE IF EXISTS oracle.answer, oracle.lead, oracle.span, oracle.member_span, oracle.member_customer, oracle.period_of, oracle.standing,
		oracle.churn, oracle.revenue_movement, oracle.retention_cohort, oracle.survival;
	PERFORM set_config('search_path', format('%I, test, public', sources), true);
	CALL oracle.read_leads(zone, as_of);
	CALL oracle.read_spans(zone, as_of, inactive_after);
	CALL oracle.read_members(zone, as_of, grace);
	CALL oracle.read_periods(zone, as_of, fiscal_start);
	CALL oracle.read_standing();
	CALL oracle.read_survival(zone, as_of);
	PERFORM set_config('search_path', 'test, public', true);
END
$$;

-- The rows in which a view and its oracle differ.
CREATE FUNCTION oracle.differences_of_churn(as_of timestamptz, zone text) RETURNS SETOF text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', 'view:', v::text, 'oracle:', o::text)
	FROM m.churn v
	FULL JOIN oracle.churn o ON o.grain = v.grain AND o.period = v.period_start AND o.dimension = v.dimension AND o.member = v.member
	WHERE NOT coalesce(o.member_name = v.member_name AND v.period_end = o.period_end AND v.is_partial = (o.period_end::timestamp AT TIME ZONE zone > as_of)
		AND (v.at_start, v.joined, v.returned, v.lost, v.at_end, v.joined_and_left) = (o.at_start, o.joined, o.returned, o.lost, o.at_end, o.joined_and_left)
		AND oracle.close_to(v.churn_rate, o.lost::float8 / nullif(o.at_start, 0))
		AND oracle.close_to(v.churn_low, oracle.wilson(o.lost, o.at_start, -1)) AND oracle.close_to(v.churn_high, oracle.wilson(o.lost, o.at_start, 1)), false)
$$;

CREATE FUNCTION oracle.differences_of_revenue_movement(as_of timestamptz, zone text) RETURNS SETOF text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', 'view:', v::text, 'oracle:', o::text)
	FROM m.revenue_movement v
	FULL JOIN oracle.revenue_movement o ON o.grain = v.grain AND o.period = v.period_start AND o.dimension = v.dimension AND o.member = v.member
	WHERE NOT coalesce(o.member_name = v.member_name AND v.period_end = o.period_end AND v.is_partial = (o.period_end::timestamp AT TIME ZONE zone > as_of)
		AND (v.start_amount, v.new_amount, v.expansion_amount, v.contraction_amount, v.churned_amount, v.returned_amount, v.end_amount)
			= (o.start_amount, o.new_amount, o.expansion_amount, o.contraction_amount, o.churned_amount, o.returned_amount, o.end_amount)
		AND (v.at_start, v.at_end) = (o.at_start, o.at_end)
		AND oracle.close_to(v.gross_churn, (o.churned_amount + o.contraction_amount)::float8 / nullif(o.start_amount, 0))
		AND oracle.close_to(v.grr, 1 - (o.churned_amount + o.contraction_amount)::float8 / nullif(o.start_amount, 0))
		AND oracle.close_to(v.nrr, (o.start_amount + o.expansion_amount - o.contraction_amount - o.churned_amount)::float8 / nullif(o.start_amount, 0))
		AND oracle.close_to(v.quick_ratio, (o.new_amount + o.expansion_amount + o.returned_amount)::float8 / nullif(o.contraction_amount + o.churned_amount, 0)), false)
$$;

CREATE FUNCTION oracle.differences_of_retention_cohort(as_of timestamptz, zone text) RETURNS SETOF text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', 'view:', v::text, 'oracle:', o::text)
	FROM m.retention_cohort v
	FULL JOIN oracle.retention_cohort o ON o.grain = v.grain AND o.period = v.period_start AND o.dimension = v.dimension AND o.member = v.member AND o.cohort_start = v.cohort_start
	WHERE NOT coalesce(o.member_name = v.member_name AND v.period_end = o.period_end AND v.is_partial = (o.period_end::timestamp AT TIME ZONE zone > as_of)
		AND (v.age, v.cohort_size, v.retained) = (o.age, o.cohort_size, o.retained)
		AND oracle.close_to(v.retention_rate, o.retained::float8 / o.cohort_size)
		AND oracle.close_to(v.retention_low, oracle.wilson(o.retained, o.cohort_size, -1)) AND oracle.close_to(v.retention_high, oracle.wilson(o.retained, o.cohort_size, 1)), false)
$$;

CREATE FUNCTION oracle.differences_of_survival(as_of timestamptz, zone text) RETURNS SETOF text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', 'view:', v::text, 'oracle:', o::text)
	FROM m.survival v
	FULL JOIN oracle.survival o ON o.grain = v.grain AND o.period = v.period_start AND o.dimension = v.dimension AND o.member = v.member AND o.day = v.day
	CROSS JOIN LATERAL (SELECT CASE o.grain WHEN 'all' THEN ((as_of - interval '1 microsecond') AT TIME ZONE zone)::date + 1 ELSE oracle.next_period(o.grain, o.period) END) e (period_end)
	WHERE NOT coalesce(o.member_name = v.member_name AND v.period_end = e.period_end AND v.is_partial = (e.period_end::timestamp AT TIME ZONE zone > as_of)
		AND (v.at_risk, v.lost, v.censored) = (o.at_risk, o.lost, o.censored) AND oracle.close_to(v.surviving_rate, o.surviving_rate)
		AND oracle.close_to(v.surviving_low, o.surviving_low) AND oracle.close_to(v.surviving_high, o.surviving_high), false)
$$;

-- One random company, dressed and measured; its views must agree. `without` is what
-- is done to its subscriptions first.
CREATE FUNCTION test.agrees(seed float8, what text, time_as text, except_for jsonb, zone text, as_of timestamptz, fiscal_start integer, grace interval,
	inactive_after interval DEFAULT NULL, without text DEFAULT NULL, key_as text DEFAULT '{{c}}') RETURNS SETOF text
LANGUAGE plpgsql
AS $$
BEGIN
	CALL test.make_customers(seed);
	-- what begins and ends with as_of, and with the instants about it
	INSERT INTO plain.subscription (subscription_id, customer_id, started_at, ended_at, monthly_amount)
	SELECT 8000 + i, 40 + i, t.at - interval '40 days', t.at, 7 FROM unnest(ARRAY[as_of AT TIME ZONE zone, as_of AT TIME ZONE zone - interval '1 microsecond', as_of AT TIME ZONE zone + interval '1 microsecond']) WITH ORDINALITY t (at, i)
	UNION ALL SELECT 8010 + i, 50 + i, t.at, NULL, 7 FROM unnest(ARRAY[as_of AT TIME ZONE zone, as_of AT TIME ZONE zone - interval '1 microsecond', as_of AT TIME ZONE zone + interval '1 microsecond']) WITH ORDINALITY t (at, i);
	CALL test.dress('s', key_as, time_as, except_for);
	IF without IS NOT NULL THEN
		EXECUTE without;
	END IF;
	CALL sales_kpi.create_model('m', sources => 's', time_zone => zone, as_of => as_of::text, fiscal_start => fiscal_start, grace => grace, inactive_after => inactive_after);
	CALL oracle.answer_all('s', zone, as_of, fiscal_start, grace, inactive_after);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences_of_churn(%L, %L)', as_of, zone), 'churn: ' || what);
	IF without IS NULL THEN
		RETURN NEXT is_empty(format('SELECT * FROM oracle.differences_of_revenue_movement(%L, %L)', as_of, zone), 'revenue_movement: ' || what);
	ELSE
		RETURN NEXT is_empty('SELECT * FROM m.revenue_movement', 'no revenue_movement: ' || what);
	END IF;
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences_of_retention_cohort(%L, %L)', as_of, zone), 'retention_cohort: ' || what);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences_of_survival(%L, %L)', as_of, zone), 'survival: ' || what);
	RETURN NEXT cmp_ok((SELECT least((SELECT sum(lost) FROM oracle.churn WHERE grain = 'month'), (SELECT sum(returned) FROM oracle.churn WHERE grain = 'month'),
		(SELECT sum(joined_and_left) FROM oracle.churn WHERE grain = 'quarter'), (SELECT count(*) FROM oracle.survival WHERE surviving_low > 0))), '>', 5::numeric, 'there is enough to compare: ' || what);
	DROP SCHEMA m CASCADE;
	DROP SCHEMA m_base CASCADE;
END
$$;

SELECT test.agrees(0.1, 'timestamptz', '{{c}} AT TIME ZONE ''Europe/Berlin''', '{}', 'Europe/Berlin', '2025-01-15 14:30+01', 1, '0');
SELECT test.agrees(0.2, 'timestamptz of other zones, with grace', '{{c}} AT TIME ZONE ''Asia/Kathmandu''', '{}', 'America/New_York', '2024-09-01 00:00-04', 4, '14 days');
SELECT test.agrees(0.3, 'timestamp, text keys', '{{c}}', '{}', 'Australia/Sydney', '2025-01-31 23:59+11', 10, '15 days', key_as => '{{c}}::text');
SELECT test.agrees(0.4, 'date', '{{c}}::date', '{}', 'Europe/Berlin', '2024-10-01 00:00+02', 7, '0');
SELECT test.agrees(0.5, 'date, with grace, uuid keys', '{{c}}::date', '{}', 'America/New_York', '2024-11-10 09:30-05', 2, '14 days', key_as => 'lpad({{c}}::text, 32, ''0'')::uuid');
SELECT test.agrees(0.6, 'ended by the day', '{{c}} AT TIME ZONE ''Europe/London''', '{"subscription.ended_at": "{{c}}::date"}', 'Europe/London', '2024-08-15 14:30+01', 1, '3 days');
SELECT test.agrees(0.7, 'started by the day', '{{c}} AT TIME ZONE ''America/Los_Angeles''', '{"subscription.started_at": "{{c}}::date"}', 'America/Los_Angeles', '2024-11-03 12:00-08', 1, '0');
SELECT test.agrees(0.8, 'purchases', '{{c}} AT TIME ZONE ''Europe/Berlin''', '{}', 'Europe/Berlin', '2025-01-15 14:30+01', 1, '0', '45 days', 'DROP TABLE s.subscription');
SELECT test.agrees(0.9, 'purchases by the day, with grace', '{{c}}::date', '{}', 'Europe/Berlin', '2024-10-01 00:00+02', 3, '10 days', '30 days', 'DELETE FROM s.subscription');
SELECT test.agrees(0.11, 'subscriptions count before purchases', '{{c}}', '{}', 'UTC', '2024-08-15 00:00+00', 1, '0', '45 days');

-- The watch over products: 1 loses customers at an even pace, 2 many from October, 3
-- has few, 4 loses ever more and many in the end, and 5 is new.
CREATE PROCEDURE test.make_watched(seed float8)
LANGUAGE plpgsql
AS $$
BEGIN
	CALL test.make_plain(seed, 20);
	DROP TABLE plain.subscription;
	CREATE TABLE plain.subscription AS
	SELECT i AS subscription_id, i AS customer_id, s.started_at,
		CASE WHEN p.product_id = 2 AND s.started_at < '2024-10-01'
			THEN least(s.started_at + random() * interval '900 days', timestamp '2024-10-01' + random() * interval '150 days')
			ELSE s.started_at + random() * interval '900 days' END AS ended_at,
		10 AS monthly_amount, p.product_id, 1 AS rep_id, false AS trial
	FROM generate_series(1, 330) i
	CROSS JOIN LATERAL (SELECT test.pick(1, 1, 2, 2, 5) AS product_id WHERE i <= 300 UNION ALL SELECT 3 WHERE i > 300) p
	CROSS JOIN LATERAL (SELECT test.moment(CASE p.product_id WHEN 5 THEN timestamp '2024-09-15' ELSE '2023-09-01' END, '2025-01-20') AS started_at) s;
	INSERT INTO plain.subscription
	SELECT 1000 + row_number() OVER (), 1000 + row_number() OVER (), timestamp '2023-10-10', timestamp '2023-12-15' + month * interval '1 month', 10, 4, 1, false
	FROM generate_series(1, 12) month, generate_series(1, CASE month WHEN 12 THEN 16 ELSE (month + 1) / 2 END)
	UNION ALL
	SELECT 1100 + i, 1100 + i, timestamp '2023-10-10', NULL, 10, 4, 1, false FROM generate_series(1, 60) i;
END
$$;

-- At least so many hits, hit by hit.
CREATE FUNCTION oracle.tail(hits bigint, total bigint, p float8) RETURNS float8
LANGUAGE plpgsql
AS $$
DECLARE
	chance float8 := (1 - p) ^ total;
	sum float8 := 0;
BEGIN
	FOR k IN 0 .. total LOOP
		IF k >= hits THEN
			sum := sum + chance;
		END IF;
		EXIT WHEN k > total * p AND chance < 1e-250;	-- what follows is less, and adds nothing
		chance := chance * (total - k) / (k + 1) * p / (1 - p);
	END LOOP;
	RETURN sum;
END
$$;

-- The smallest share of false alarms at which this test would be among the alarms.
CREATE FUNCTION oracle.share_of_false(p float8, tests float8[]) RETURNS float8
LANGUAGE sql
RETURN (SELECT min(least(1, t * cardinality(tests) / (SELECT count(*) FROM unnest(tests) u WHERE u <= t))) FROM unnest(tests) t WHERE t >= p);

-- The rates of the twelve periods, in their order.
CREATE FUNCTION oracle.slope(rates float8[]) RETURNS float8
LANGUAGE sql
RETURN (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY (b.rate - a.rate) / (b.at - a.at))
		FROM unnest(rates) WITH ORDINALITY a (rate, at), unnest(rates) WITH ORDINALITY b (rate, at) WHERE a.at < b.at);

CREATE PROCEDURE oracle.watch(zone text, as_of timestamptz)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.past AS
	SELECT c.grain, c.period, c.period_end, c.member, c.member_name, c.at_start AS at_risk, c.lost, h.*, c.period_end::timestamp AT TIME ZONE zone > as_of AS is_partial
	FROM oracle.churn c
	CROSS JOIN LATERAL (
		SELECT count(*) FILTER (WHERE b.at_start > 0 AND b.period < c.period AND b.back <= 12) AS known, sum(b.lost) FILTER (WHERE b.period < c.period AND b.back <= 12) AS usual_lost,
			sum(b.at_start) FILTER (WHERE b.period < c.period AND b.back <= 12) AS usual_at_risk,
			array_agg(b.lost::float8 / nullif(b.at_start, 0) ORDER BY b.period) FILTER (WHERE b.back <= 11) AS rates
		FROM (SELECT k.*, row_number() OVER (ORDER BY k.period DESC) - 1 AS back FROM oracle.churn k
			  WHERE (k.grain, k.dimension, k.member) = (c.grain, c.dimension, c.member) AND k.period <= c.period) b) h
	WHERE c.dimension = 'product';

	CREATE TABLE oracle.test AS
	SELECT p.*, oracle.tail(p.lost, p.at_risk, greatest(p.usual_lost, 1)::float8 / p.usual_at_risk::float8) AS p_value, oracle.slope(p.rates) AS slope,
		-- trend has an oracle of its own
		(SELECT (sales_kpi.trend(r.rate ORDER BY r.at)).p_value FROM unnest(p.rates) WITH ORDINALITY r (rate, at)) AS trend_p_value
	FROM oracle.past p
	WHERE p.at_risk >= 30 AND p.known >= 6 AND NOT p.is_partial;

	CREATE TABLE oracle.churn_watch AS
	SELECT p.*, t.p_value, t.slope, oracle.share_of_false(t.p_value, of_period.tests) AS q_value, oracle.share_of_false(t.trend_p_value, of_period.trends) AS trend_q_value
	FROM oracle.past p
	LEFT JOIN oracle.test t ON (t.grain, t.period, t.member) = (p.grain, p.period, p.member)
	CROSS JOIN LATERAL (SELECT array_agg(o.p_value) AS tests, array_agg(o.trend_p_value) AS trends FROM oracle.test o WHERE (o.grain, o.period) = (p.grain, p.period)) of_period;
END
$$;

CREATE FUNCTION oracle.differences_of_churn_watch() RETURNS SETOF text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', 'view:', v::text, 'oracle:', o::text)
	FROM m.churn_watch v
	FULL JOIN oracle.churn_watch o ON o.grain = v.grain AND o.period = v.period_start AND o.member = v.member AND v.dimension = 'product'
	WHERE NOT coalesce(o.member_name = v.member_name AND v.period_end = o.period_end AND v.is_partial = o.is_partial
		AND (v.at_risk, v.lost) = (o.at_risk, o.lost) AND oracle.close_to(v.churn_rate, o.lost::float8 / nullif(o.at_risk, 0))
		AND oracle.close_to(v.baseline_rate, greatest(o.usual_lost, 1)::float8 / nullif(o.usual_at_risk, 0)::float8)
		AND oracle.close_to(v.expected, o.at_risk * greatest(o.usual_lost, 1)::float8 / nullif(o.usual_at_risk, 0)::float8)
		AND oracle.close_to(ln(v.p_value), ln(o.p_value)) AND oracle.close_to(ln(v.q_value), ln(o.q_value))
		AND oracle.close_to(v.slope, o.slope) AND oracle.close_to(v.trend_q_value, o.trend_q_value)
		AND v.verdict = CASE WHEN o.is_partial THEN 'period not over' WHEN o.at_risk < 30 THEN 'too few customers to tell' WHEN o.known < 6 THEN 'too little history to tell'
			ELSE coalesce(nullif(concat_ws(', and ', CASE WHEN o.q_value < 0.01 THEN 'more churn than usual' END, CASE WHEN o.trend_q_value < 0.01 AND o.slope > 0 THEN 'rising' END), ''), 'as usual') END, false)
$$;

CREATE FUNCTION test.watches(seed float8, time_as text, zone text, as_of timestamptz, fiscal_start integer) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
BEGIN
	CALL test.make_watched(seed);
	CALL test.dress('s', '{{c}}', time_as);
	CALL sales_kpi.create_model('m', sources => 's', time_zone => zone, as_of => as_of::text, fiscal_start => fiscal_start);
	CALL oracle.answer_all('s', zone, as_of, fiscal_start, '0', NULL);
	CALL oracle.watch(zone, as_of);
	RETURN NEXT is_empty('SELECT * FROM oracle.differences_of_churn_watch()', 'churn_watch: as of ' || as_of);
	RETURN NEXT is((SELECT array_agg(DISTINCT verdict ORDER BY verdict) FROM m.churn_watch), '{"as usual","more churn than usual","more churn than usual, and rising","period not over",rising,"too few customers to tell","too little history to tell"}',
		'every verdict is given: as of ' || as_of);
	DROP TABLE oracle.past, oracle.test, oracle.churn_watch;
	DROP SCHEMA m CASCADE;
	DROP SCHEMA m_base CASCADE;
END
$$;

SELECT test.watches(0.21, '{{c}} AT TIME ZONE ''Europe/Berlin''', 'Europe/Berlin', '2025-01-15 14:30+01', 1);

SELECT * FROM finish();
ROLLBACK;
