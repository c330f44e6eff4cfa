-- Sales volume, sales mix, revenue growth and change drivers against a slow and obvious
-- reading of the definitions, on random companies: every column, at every grain, by
-- every dimension, of sales and of subscriptions.
BEGIN;
\ir include/model.sql
\ir include/oracle.sql
SELECT plan(52);

-- More to sell than the company has by itself, over two years with a month of nothing in
-- between: amounts and units that are no numbers, times that are none, sales at the very
-- moment of as_of; subscriptions that end within a month, that have no time, and trials.
CREATE PROCEDURE test.make_richer(as_of timestamp)
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO plain.sale (sale_id, sold_at, customer_id, amount, units, cost, product_id, rep_id, channel, location)
	SELECT 1000 + i, test.moment('2023-06-01', '2025-02-01'), test.pick(1 + i % 12, 77, NULL), test.pick(10.5, 20, 33.333333, -50, 0, NULL, 'NaN'::numeric), test.pick(1, 2, -4, 0.1, NULL, 'NaN'::numeric),
		test.pick(4, 7.77, NULL, NULL, 'NaN'::numeric), test.pick(1, 2, 3, 4, 5, 6, 7, 88, NULL), test.pick(1, 2, 3, 4, 5, 99, NULL), test.pick('store', 'online', '(none)', NULL), test.pick('Oslo', 'Rome', '(none)', NULL)
	FROM generate_series(1, 200) i;
	DELETE FROM plain.sale WHERE sold_at >= '2024-03-01' AND sold_at < '2024-04-01';
	UPDATE plain.sale SET sold_at = test.pick(NULL, 'infinity', '-infinity')::timestamp WHERE sale_id % 67 = 0;
	INSERT INTO plain.sale (sale_id, sold_at, customer_id, amount, units, product_id) VALUES (9001, as_of, 1, 1, 1, 1), (9002, as_of + interval '1 microsecond', 1, 1, 1, 1);

	UPDATE plain.subscription SET started_at = test.moment('2023-06-01', '2025-02-01'), ended_at = NULL;
	INSERT INTO plain.subscription (subscription_id, customer_id, started_at, ended_at, monthly_amount, product_id, rep_id, trial)
	SELECT 100 + i / 2, 1 + i % 13, t.at, test.pick(NULL, t.at, t.at + interval '40 days', t.at + interval '1 hour', t.at - interval '1 day', t.at + interval '61 days 5 hours', 'infinity'),
		test.pick(10, 10.1, 0, NULL, -5, 99.999999), test.pick(1, 2, 5, 88, NULL), test.pick(1, 2, 3, 4, 5, 99, NULL), test.pick(false, false, false, true, NULL)
	FROM generate_series(1, 80) i CROSS JOIN LATERAL (SELECT i AS same, test.moment('2023-06-01', '2025-04-01') AS at) t;
	-- on the last days of months, and where the clocks of some zone are changed
	INSERT INTO plain.subscription (subscription_id, customer_id, started_at, ended_at, monthly_amount, product_id, rep_id) VALUES
		(201, 1, '2024-01-31 02:30', '2024-05-30 02:15', 30, 1, 1), (202, 2, '2023-12-29 23:59', '2024-12-29', 31, 2, 2), (203, 3, '2024-02-10 02:30', '2024-03-31 03:30', 7, 2, 3), (204, 4, as_of - interval '1 month', NULL, 8, 1, 4);
END
$$;

CREATE TABLE oracle.line (at timestamptz, customer text, rep text, product text, channel text, location text, units numeric, amount numeric, cost numeric);
CREATE TABLE oracle.payment (LIKE oracle.line);

-- What is sold, line by line, up to as_of.
CREATE PROCEDURE oracle.read_sales(zone text, as_of timestamptz)
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO oracle.line
	SELECT oracle.instant(s.sold_at, zone) AS at, s.customer_id::text AS customer, coalesce(s.rep_id::text, c.rep) AS rep, s.product_id::text AS product, s.channel,
		coalesce(s.location, c.location) AS location, s.units, s.amount, s.cost
	FROM sale s
	LEFT JOIN LATERAL (SELECT c.rep_id::text AS rep, c.location FROM customer c WHERE c.customer_id::text = s.customer_id::text LIMIT 1) c ON true
	WHERE isfinite(oracle.instant(s.sold_at, zone)) AND oracle.instant(s.sold_at, zone) <= as_of AND 'NaN' NOT IN (coalesce(s.amount, 0), coalesce(s.units, 0), coalesce(s.cost, 0));
	INSERT INTO oracle.payment SELECT * FROM oracle.line;
END
$$;

-- The same of subscriptions: their spans are what is sold, and what they pay month by
-- month is the revenue.
CREATE PROCEDURE oracle.read_subscriptions(zone text, as_of timestamptz)
LANGUAGE plpgsql
AS $$
DECLARE
	s record;
	month integer;
	begins_at timestamptz;
	ends_at timestamptz;
	part numeric;
BEGIN
	CREATE TABLE oracle.paid AS
	SELECT u.subscription_id::text AS subscription, u.customer_id::text AS customer, coalesce(u.rep_id::text, c.rep) AS rep, c.location, u.product_id::text AS product, u.monthly_amount AS amount,
		i.started_at, i.ended_at, oracle.is_day(u.started_at) AND oracle.is_day(u.ended_at) AS by_day
	FROM subscription u
	LEFT JOIN LATERAL (SELECT c.rep_id::text AS rep, c.location FROM customer c WHERE c.customer_id::text = u.customer_id::text LIMIT 1) c ON true
	CROSS JOIN LATERAL (SELECT oracle.instant(u.started_at, zone) AS started_at, CASE
		WHEN oracle.is_day(u.ended_at) AND NOT oracle.is_day(u.started_at) AND oracle.same_day(oracle.instant(u.ended_at, zone), oracle.instant(u.started_at, zone), zone) THEN oracle.instant(u.started_at, zone)
		ELSE coalesce(oracle.instant(u.ended_at, zone), 'infinity') END AS ended_at) i
	WHERE u.customer_id IS NOT NULL AND u.trial IS NOT TRUE AND (u.monthly_amount > 0) IS NOT FALSE AND isfinite(i.started_at) AND i.started_at < as_of AND i.ended_at > i.started_at;

	INSERT INTO oracle.line
	SELECT p.started_at AS at, p.customer, p.rep, p.product, NULL::text AS channel, p.location,
		CASE WHEN EXISTS (SELECT FROM oracle.paid e WHERE e.subscription = p.subscription AND e.product IS NOT DISTINCT FROM p.product AND e.customer IS NOT DISTINCT FROM p.customer AND e.started_at < p.started_at) THEN 0 ELSE 1 END::numeric AS units,
		p.amount, NULL::numeric AS cost
	FROM oracle.paid p;

	FOR s IN SELECT * FROM oracle.paid LOOP
		month := 0;
		LOOP
			begins_at := CASE WHEN month = 0 THEN s.started_at ELSE (s.started_at AT TIME ZONE zone + make_interval(months => month)) AT TIME ZONE zone END;
			ends_at := (s.started_at AT TIME ZONE zone + make_interval(months => month + 1)) AT TIME ZONE zone;
			EXIT WHEN begins_at >= as_of OR begins_at >= s.ended_at;
			part := 1;
			IF s.ended_at < ends_at THEN
				part := CASE WHEN s.by_day THEN ((s.ended_at AT TIME ZONE zone)::date - (begins_at AT TIME ZONE zone)::date)::numeric / ((ends_at AT TIME ZONE zone)::date - (begins_at AT TIME ZONE zone)::date)
					ELSE (extract(epoch FROM s.ended_at) - extract(epoch FROM begins_at)) / (extract(epoch FROM ends_at) - extract(epoch FROM begins_at)) END;
			END IF;
			INSERT INTO oracle.payment VALUES (begins_at, s.customer, s.rep, s.product, NULL, s.location, NULL, CASE WHEN part = 1 THEN s.amount ELSE round(s.amount * part, 6) END, NULL);
			month := month + 1;
		END LOOP;
	END LOOP;
END
$$;

-- The members of a line: its channel and location are its own.
CREATE FUNCTION oracle.members_of(l anyelement, as_of timestamptz, zone text) RETURNS TABLE (dimension text, member text, member_name text)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN QUERY
		SELECT m.dimension, m.member, m.member_name FROM oracle.members(l.rep, l.product, l.customer, NULL, NULL, NULL, l.at, as_of, zone) m
		WHERE m.dimension IN ('all', 'rep', 'team', 'territory', 'product', 'family', 'segment', 'source')
		UNION ALL SELECT 'channel', coalesce(l.channel, '(none)'), coalesce(l.channel, '(none)')
		UNION ALL SELECT 'location', coalesce(l.location, '(none)'), coalesce(l.location, '(none)');
END
$$;

-- Every cell of member, product and period, whether something was sold in it or not.
CREATE PROCEDURE oracle.answer_volume(zone text, as_of timestamptz, fiscal_start integer)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.sold AS
	SELECT g.grain, oracle.period(g.grain, l.at, zone, fiscal_start) AS period, m.dimension, m.member, m.member_name, coalesce(l.product, '(none)') AS product,
		coalesce(sum(l.units), 0) AS units, coalesce(sum(-l.units) FILTER (WHERE l.units < 0), 0) AS returned_units, count(*) AS lines, count(*) FILTER (WHERE l.units IS NULL) AS unknown_units
	FROM oracle.line l
	CROSS JOIN LATERAL oracle.members_of(l, as_of, zone) m
	CROSS JOIN unnest('{day,week,month,quarter,year}'::text[]) g (grain)
	WHERE m.dimension <> 'source'
	GROUP BY 1, 2, 3, 4, 5, 6;

	CREATE TABLE oracle.calendar AS
	WITH RECURSIVE c AS (
		SELECT s.grain, min(s.period) AS period FROM oracle.sold s GROUP BY 1
		UNION ALL
		SELECT c.grain, oracle.next_period(c.grain, c.period) FROM c WHERE oracle.instant(oracle.next_period(c.grain, c.period), zone) < as_of
	)
	SELECT * FROM c;

	CREATE TABLE oracle.volume AS
	SELECT c.grain, c.period, c.dimension, c.member, c.member_name, coalesce(s.units, 0) AS units, coalesce(s.returned_units, 0) AS returned_units,
		coalesce(s.lines, 0) AS lines, coalesce(s.unknown_units, 0) AS unknown_units
	FROM (SELECT c.grain, c.period, m.* FROM oracle.calendar c CROSS JOIN (SELECT DISTINCT s.dimension, s.member, s.member_name FROM oracle.sold s) m
		  UNION SELECT s.grain, s.period, s.dimension, s.member, s.member_name FROM oracle.sold s) c
	LEFT JOIN (SELECT grain, period, dimension, member, sum(units) AS units, sum(returned_units) AS returned_units, sum(lines) AS lines, sum(unknown_units) AS unknown_units
			   FROM oracle.sold GROUP BY 1, 2, 3, 4) s USING (grain, period, dimension, member);

	-- of days, there are too many cells where the sales of years are looked at
	CREATE TABLE oracle.mix AS
	SELECT c.grain, c.period, c.dimension, c.member, c.member_name, c.product, coalesce(s.units, 0) AS units, coalesce(s.returned_units, 0) AS returned_units,
		coalesce(s.lines, 0) AS lines, coalesce(s.unknown_units, 0) AS unknown_units
	FROM (SELECT c.grain, c.period, m.*, p.product FROM oracle.calendar c CROSS JOIN (SELECT DISTINCT s.dimension, s.member, s.member_name FROM oracle.sold s) m CROSS JOIN (SELECT DISTINCT s.product FROM oracle.sold s) p
		  UNION SELECT s.grain, s.period, s.dimension, s.member, s.member_name, s.product FROM oracle.sold s) c
	LEFT JOIN oracle.sold s USING (grain, period, dimension, member, product)
	WHERE c.dimension NOT IN ('product', 'family') AND (c.grain <> 'day' OR as_of < '2023-12-01');
END
$$;

CREATE PROCEDURE oracle.answer_growth(zone text, as_of timestamptz, fiscal_start integer)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.earned AS
	SELECT g.grain, oracle.period(g.grain, l.at, zone, fiscal_start) AS period, m.dimension, m.member, m.member_name, sum(l.amount) AS revenue,
		sum(l.amount - l.cost) AS profit, count(*) AS lines, sum(l.amount) FILTER (WHERE l.cost IS NOT NULL) AS costed_revenue, count(*) FILTER (WHERE l.cost IS NOT NULL) AS costed_lines
	FROM oracle.payment l
	CROSS JOIN LATERAL oracle.members_of(l, as_of, zone) m
	CROSS JOIN unnest('{day,week,month,quarter,year}'::text[]) g (grain)
	WHERE l.amount IS NOT NULL
	GROUP BY 1, 2, 3, 4, 5;
	CREATE INDEX ON oracle.earned (grain, dimension, member, period);

	CREATE TABLE oracle.growth AS
	SELECT e.*, b.revenue AS base, y.revenue AS year_ago_base,
		CASE WHEN w.is_over AND b.revenue > 0 THEN ((e.revenue - b.revenue) / b.revenue)::float8 END AS growth,
		CASE WHEN w.is_over AND y.revenue > 0 THEN ((e.revenue - y.revenue) / y.revenue)::float8 END AS year_ago_growth,
		CASE WHEN w.is_over AND b.profit > 0 THEN ((e.profit - b.profit) / b.profit)::float8 END AS profit_growth
	FROM oracle.earned e
	CROSS JOIN LATERAL (SELECT oracle.instant(oracle.next_period(e.grain, e.period), zone) <= as_of AS is_over) w
	LEFT JOIN oracle.earned b ON (b.grain, b.dimension, b.member) = (e.grain, e.dimension, e.member) AND oracle.next_period(b.grain, b.period) = e.period
	LEFT JOIN oracle.earned y ON (y.grain, y.dimension, y.member) = (e.grain, e.dimension, e.member)
		AND y.period = CASE WHEN e.grain IN ('day', 'week') THEN e.period - 364 ELSE (e.period - interval '1 year')::date END;
END
$$;

-- Each figure of two neighbouring periods, and what its members have to do with the
-- difference: formula by formula, rounded nowhere.
CREATE PROCEDURE oracle.answer_drivers(zone text, as_of timestamptz, fiscal_start integer)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.part AS
	SELECT 'revenue' AS kpi, e.grain, e.period, e.dimension, e.member, e.member_name, e.revenue AS value, e.lines AS size
	FROM oracle.earned e WHERE e.dimension NOT IN ('all', 'channel')
	UNION ALL
	SELECT 'win_rate', g.grain, oracle.period(g.grain, d.closed_at, zone, fiscal_start), m.dimension, m.member, m.member_name, count(*) FILTER (WHERE d.won), count(*)
	FROM oracle.deal d
	CROSS JOIN LATERAL oracle.members(d.rep, d.product, d.customer, NULL, NULL, NULL, d.closed_at, as_of, zone) m
	CROSS JOIN unnest('{day,week,month,quarter,year}'::text[]) g (grain)
	WHERE (d.won OR d.lost) AND m.dimension IN ('rep', 'team', 'territory', 'product', 'family', 'segment', 'location', 'source')
	GROUP BY 1, 2, 3, 4, 5, 6
	UNION ALL
	SELECT 'lead_conversion_rate', g.grain, oracle.period(g.grain, l.arrived_at, zone, fiscal_start), replace(m.dimension, 'lead ', ''), m.member, m.member_name,
		count(*) FILTER (WHERE oracle.has_converted(l.lead, l.converted_at, l.customer, l.deal, as_of)), count(*)
	FROM oracle.lead l
	CROSS JOIN LATERAL oracle.members(l.rep, NULL, l.customer, l.source, NULL, NULL, l.arrived_at, as_of, zone) m
	CROSS JOIN unnest('{day,week,month,quarter,year}'::text[]) g (grain)
	WHERE m.dimension IN ('rep', 'team', 'territory', 'product', 'family', 'segment', 'location', 'lead source')
	GROUP BY 1, 2, 3, 4, 5, 6;

	CREATE INDEX ON oracle.part (kpi, grain, dimension, member, period);
	ANALYZE oracle.part;

	CREATE TABLE oracle.driver AS
	SELECT t.*, t.volume + t.rate + t.mix AS total
	FROM (
		SELECT p.*, CASE WHEN p.kpi = 'revenue' THEN (p.n1 - p.n0) * (p.v0_all / p.n0_all + p.v1_all / p.n1_all) / 2 ELSE 0 END AS volume,
			CASE WHEN p.kpi = 'revenue' THEN (p.n0 + p.n1) / 2 * (p.r1 - p.r0) ELSE (p.n0 / p.n0_all + p.n1 / p.n1_all) / 2 * (p.r1 - p.r0) END AS rate,
			CASE WHEN p.kpi = 'revenue' THEN p.v1 - p.v0 - (p.n1 - p.n0) * (p.v0_all / p.n0_all + p.v1_all / p.n1_all) / 2 - (p.n0 + p.n1) / 2 * (p.r1 - p.r0)
				ELSE (p.n1 / p.n1_all - p.n0 / p.n0_all) * ((p.r0 + p.r1) / 2 - (p.v0_all / p.n0_all + p.v1_all / p.n1_all) / 2) END AS mix
		FROM (
			SELECT w.kpi, w.grain, w.period, w.dimension, k.member, k.member_name, w.n0 AS n0_all, w.v0 AS v0_all, w.n1 AS n1_all, w.v1 AS v1_all,
				coalesce(b.size, 0)::numeric AS n0, coalesce(b.value, 0) AS v0, coalesce(a.size, 0)::numeric AS n1, coalesce(a.value, 0) AS v1,
				coalesce(b.value / b.size, a.value / a.size) AS r0, coalesce(a.value / a.size, b.value / b.size) AS r1
			FROM (SELECT a.kpi, a.grain, a.period, b.period AS before, a.dimension, b.size AS n0, b.value AS v0, a.size AS n1, a.value AS v1
				  FROM (SELECT kpi, grain, period, dimension, sum(value) AS value, sum(size) AS size FROM oracle.part GROUP BY 1, 2, 3, 4) a
				  JOIN (SELECT kpi, grain, period, dimension, sum(value) AS value, sum(size) AS size FROM oracle.part GROUP BY 1, 2, 3, 4) b
					ON (b.kpi, b.grain, b.dimension) = (a.kpi, a.grain, a.dimension) AND oracle.next_period(b.grain, b.period) = a.period
				  WHERE oracle.instant(oracle.next_period(a.grain, a.period), zone) <= as_of) w
			JOIN (SELECT DISTINCT kpi, grain, dimension, member, member_name FROM oracle.part) k USING (kpi, grain, dimension)
			LEFT JOIN oracle.part b ON (b.kpi, b.grain, b.dimension, b.member, b.period) = (w.kpi, w.grain, w.dimension, k.member, w.before)
			LEFT JOIN oracle.part a ON (a.kpi, a.grain, a.dimension, a.member, a.period) = (w.kpi, w.grain, w.dimension, k.member, w.period)
			WHERE a.size > 0 OR b.size > 0
		) p
	) t;

	CREATE INDEX ON oracle.driver (kpi, grain, dimension, period);
	ANALYZE oracle.driver;

	CREATE TABLE oracle.verdict AS
	SELECT d.kpi, d.grain, d.period, d.dimension, CASE
		WHEN e.change > 0 AND e.fell THEN 'rose, though every member fell: mix' WHEN e.change < 0 AND e.rose THEN 'fell, though every member rose: mix'
		WHEN e.change = 0 AND e.fell THEN 'did not change, though every member fell: mix' WHEN e.change = 0 AND e.rose THEN 'did not change, though every member rose: mix'
		WHEN e.change = 0 THEN 'did not change'
		ELSE CASE WHEN e.change > 0 THEN 'rose' ELSE 'fell' END || ', mostly by '
			|| (SELECT v.what FROM (VALUES (1, 'rate', e.rate), (2, 'mix', e.mix), (3, 'volume', e.volume)) v (place, what, effect) ORDER BY round(v.effect * sign(e.change), CASE d.kpi WHEN 'revenue' THEN 2 ELSE 9 END) DESC, v.place LIMIT 1) END AS verdict
	FROM (SELECT kpi, grain, period, dimension FROM oracle.driver GROUP BY 1, 2, 3, 4) d
	CROSS JOIN LATERAL (
		SELECT CASE WHEN d.kpi = 'revenue' THEN min(k.v1_all) - min(k.v0_all) ELSE round(min(k.v1_all / k.n1_all), 12) - round(min(k.v0_all / k.n0_all), 12) END,
			sum(k.rate), sum(k.mix), sum(k.volume), bool_and(k.r1 < k.r0) FILTER (WHERE k.n0 > 0 AND k.n1 > 0) AND d.kpi <> 'revenue', bool_and(k.r1 > k.r0) FILTER (WHERE k.n0 > 0 AND k.n1 > 0) AND d.kpi <> 'revenue'
		FROM oracle.driver k WHERE (k.kpi, k.grain, k.period, k.dimension) = (d.kpi, d.grain, d.period, d.dimension)) e (change, rate, mix, volume, fell, rose);
END
$$;

-- The rows in which a view and its oracle differ.
CREATE FUNCTION oracle.differences_of_volume(as_of timestamptz, zone text) RETURNS SETOF text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', 'view:', v::text, 'oracle:', o::text, w::text)
	FROM m.sales_volume v
	FULL JOIN (SELECT o.*, count(*) FILTER (WHERE h.units > o.units) + 1 AS rank, sum(h.units) AS whole
			   FROM oracle.volume o JOIN oracle.volume h USING (grain, period, dimension) GROUP BY o.grain, o.period, o.dimension, o.member, o.member_name, o.units, o.returned_units, o.lines, o.unknown_units) o
		ON o.grain = v.grain AND o.period = v.period_start AND o.dimension = v.dimension AND o.member = v.member
	CROSS JOIN LATERAL (SELECT CASE WHEN o.whole > 0 THEN (o.units / o.whole)::float8 END AS share) w
	WHERE NOT coalesce(o.member_name = v.member_name AND v.period_end = oracle.next_period(o.grain, o.period) AND v.is_partial = (v.period_end::timestamp AT TIME ZONE zone > as_of)
		AND (v.units, v.returned_units, v.lines, v.unknown_units, v.rank) = (o.units, o.returned_units, o.lines, o.unknown_units, o.rank) AND oracle.close_to(v.share, w.share), false)
$$;

CREATE FUNCTION oracle.differences_of_mix(as_of timestamptz, zone text) RETURNS SETOF text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', 'view:', v::text, 'oracle:', o::text, w::text)
	FROM (SELECT * FROM m.sales_mix WHERE grain <> 'day' OR as_of < '2023-12-01') v
	FULL JOIN (SELECT o.*, count(*) FILTER (WHERE h.units > o.units) + 1 AS rank, sum(h.units) AS whole
			   FROM oracle.mix o JOIN oracle.mix h USING (grain, period, dimension, member) GROUP BY o.grain, o.period, o.dimension, o.member, o.member_name, o.product, o.units, o.returned_units, o.lines, o.unknown_units) o
		ON o.grain = v.grain AND o.period = v.period_start AND o.dimension = v.dimension AND o.member = v.member AND o.product = v.product_id
	LEFT JOIN (SELECT DISTINCT p.product_id::text AS product, coalesce(p.product_name, p.product_id::text) AS name FROM s.product p) p ON p.product = o.product
	CROSS JOIN LATERAL (SELECT CASE WHEN o.whole > 0 THEN (o.units / o.whole)::float8 END AS share, coalesce(p.name, o.product) AS name) w
	WHERE NOT coalesce(o.member_name = v.member_name AND w.name = v.product_name AND v.period_end = oracle.next_period(o.grain, o.period) AND v.is_partial = (v.period_end::timestamp AT TIME ZONE zone > as_of)
		AND (v.units, v.returned_units, v.lines, v.unknown_units, v.rank) = (o.units, o.returned_units, o.lines, o.unknown_units, o.rank) AND oracle.close_to(v.share, w.share), false)
$$;

CREATE FUNCTION oracle.differences_of_growth(as_of timestamptz, zone text) RETURNS SETOF text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', 'view:', v::text, 'oracle:', o::text)
	FROM m.revenue_growth v
	FULL JOIN oracle.growth o ON o.grain = v.grain AND o.period = v.period_start AND o.dimension = v.dimension AND o.member = v.member
	WHERE NOT coalesce(o.member_name = v.member_name AND v.period_end = oracle.next_period(o.grain, o.period) AND v.is_partial = (v.period_end::timestamp AT TIME ZONE zone > as_of)
		AND (v.revenue, v.profit, v.base, v.lines, v.year_ago_base, v.costed_revenue, v.costed_lines) IS NOT DISTINCT FROM (o.revenue, o.profit, o.base, o.lines, o.year_ago_base, o.costed_revenue, o.costed_lines)
		AND oracle.close_to(v.growth, o.growth) AND oracle.close_to(v.year_ago_growth, o.year_ago_growth) AND oracle.close_to(v.profit_growth, o.profit_growth)
		AND oracle.close_to(power(1 + v.compound_monthly, 12), CASE WHEN o.year_ago_growth >= -1 THEN 1 + o.year_ago_growth END), false)
$$;

CREATE FUNCTION oracle.differences_of_drivers(as_of timestamptz, zone text) RETURNS SETOF text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', 'view:', v::text, 'oracle:', o::text)
	FROM m.change_drivers v
	FULL JOIN (oracle.driver d JOIN oracle.verdict w USING (kpi, grain, period, dimension)) o ON o.kpi = v.kpi AND o.grain = v.grain AND o.period = v.period_start AND o.dimension = v.dimension AND o.member = v.member
	WHERE NOT coalesce(o.member_name = v.member_name AND v.period_end = oracle.next_period(o.grain, o.period) AND NOT v.is_partial AND (v.size_before, v.size_after) = (o.n0, o.n1) AND v.verdict = o.verdict
		AND v.total = v.rate_effect + v.mix_effect + v.volume_effect
		AND CASE WHEN v.kpi = 'revenue'
			THEN (v.value_before, v.value_after, v.total_before, v.total_after, v.total) = (o.v0, o.v1, o.v0_all, o.v1_all, o.v1 - o.v0) AND greatest(abs(v.rate_effect - o.rate), abs(v.mix_effect - o.mix), abs(v.volume_effect - o.volume)) < 0.000002
			ELSE (v.value_before, v.value_after, v.total_before, v.total_after, v.volume_effect) IS NOT DISTINCT FROM
				(round(o.v0 / nullif(o.n0, 0), 12), round(o.v1 / nullif(o.n1, 0), 12), round(o.v0_all / o.n0_all, 12), round(o.v1_all / o.n1_all, 12), 0::numeric)
				AND greatest(abs(v.rate_effect - o.rate), abs(v.mix_effect - o.mix)) < 0.0000000001 END, false)
	UNION ALL
	SELECT format('%s %s %s by %s: effects do not add up', kpi, grain, period_start, dimension) FROM m.change_drivers GROUP BY kpi, grain, period_start, dimension HAVING sum(total) <> min(total_after) - min(total_before)
$$;

CREATE FUNCTION test.agrees(seed float8, what text, purchases text, key_as text, time_as text, except_for jsonb, zone text, as_of timestamptz, fiscal_start integer) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
BEGIN
	CALL test.make_plain(seed, 160);
	CALL test.make_richer(as_of AT TIME ZONE zone);
	CALL test.dress('s', key_as, time_as, except_for);
	CALL sales_kpi.create_model('m', sources => 's', time_zone => zone, as_of => as_of::text, fiscal_start => fiscal_start, purchases => purchases);
	DROP TABLE IF EXISTS oracle.answer, oracle.lead, oracle.deal, oracle.deal_by_id, oracle.paid, oracle.sold, oracle.calendar, oracle.volume, oracle.mix, oracle.earned, oracle.growth, oracle.part, oracle.driver, oracle.verdict;
	TRUNCATE oracle.line, oracle.payment;
	PERFORM set_config('search_path', 's, test, public', true);
	CALL oracle.read_leads(zone, as_of);
	CALL oracle.read_deals(zone, as_of);
	EXECUTE format('CALL oracle.read_%ss($1, $2)', purchases) USING zone, as_of;
	CALL oracle.answer_volume(zone, as_of, fiscal_start);
	CALL oracle.answer_growth(zone, as_of, fiscal_start);
	CALL oracle.answer_drivers(zone, as_of, fiscal_start);
	PERFORM set_config('search_path', 'test, public', true);
	RETURN NEXT bag_eq('SELECT sold_at, customer_id::text, rep_id::text, product_id::text, channel, location, units, amount, cost FROM m_base.purchase', 'SELECT * FROM oracle.line', 'purchases: ' || what);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences_of_volume(%L, %L)', as_of, zone), 'sales_volume: ' || what);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences_of_mix(%L, %L)', as_of, zone), 'sales_mix: ' || what);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences_of_growth(%L, %L)', as_of, zone), 'revenue_growth: ' || what);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences_of_drivers(%L, %L)', as_of, zone), 'change_drivers: ' || what);
	RETURN NEXT cmp_ok((SELECT least((SELECT count(*) FROM oracle.volume WHERE lines > 1), (SELECT count(*) FROM oracle.volume WHERE lines = 0), (SELECT count(*) FROM oracle.growth WHERE growth <> 0),
		(SELECT 20 * min(k.rows) FROM (SELECT count(*) AS rows FROM oracle.driver WHERE rate <> 0 AND mix <> 0 GROUP BY kpi) k))), '>', 50::bigint, 'there is enough to compare: ' || what);
	DROP SCHEMA m, m_base CASCADE;
END
$$;

SELECT test.agrees(0.1, 'sales, timestamptz', 'sale', '{{c}}', '{{c}} AT TIME ZONE ''Europe/Berlin''', '{}', 'Europe/Berlin', '2025-01-15 14:30+01', 1);
SELECT test.agrees(0.2, 'subscriptions, timestamptz', 'subscription', '{{c}}', '{{c}} AT TIME ZONE ''Europe/Berlin''', '{}', 'Europe/Berlin', '2025-01-15 14:30+01', 1);
SELECT test.agrees(0.3, 'sales, timestamptz of other zones, as_of the end of a quarter', 'sale', '{{c}}', '{{c}} AT TIME ZONE ''Asia/Kathmandu''', '{}', 'America/New_York', '2024-07-01 00:00-04', 4);
SELECT test.agrees(0.4, 'subscriptions, timestamp, keys of text', 'subscription', '''k'' || {{c}}', '{{c}}', '{}', 'Australia/Lord_Howe', '2024-11-03 23:59+11', 10);
SELECT test.agrees(0.5, 'sales, date, keys of uuid', 'sale', 'md5({{c}}::text)::uuid', '{{c}}::date', '{}', 'Europe/Berlin', '2025-01-01 00:00+01', 7);
SELECT test.agrees(0.6, 'subscriptions, date', 'subscription', '{{c}}', '{{c}}::date', '{}', 'America/Sao_Paulo', '2025-01-15 00:00-03', 1);
SELECT test.agrees(0.7, 'subscriptions ended by the day, keys of several types', 'subscription', '{{c}}', '{{c}} AT TIME ZONE ''America/Los_Angeles''', '{"subscription.ended_at": "{{c}}::date", "sale.customer_id": "{{c}}::text"}', 'America/Los_Angeles', '2025-01-15 14:30-08', 2);
SELECT test.agrees(0.8, 'sales and reps by the day, as_of long ago', 'sale', '{{c}}', '{{c}}', '{"sale.sold_at": "{{c}}::date", "rep.valid_from": "{{c}}::date", "rep.valid_until": "{{c}}::date"}', 'Australia/Sydney', '2023-11-20 10:00+11', 11);

-- Every part falls and the total rises, and the other way round: more is where the rate
-- is better.
CREATE SCHEMA simpson;
CREATE TABLE simpson.customer (customer_id int, segment text);
INSERT INTO simpson.customer VALUES (1, 'small'), (2, 'large');
CREATE TABLE simpson.deal (deal_id int, opened_at date, closed_at date, outcome text, customer_id int);
INSERT INTO simpson.deal SELECT row_number() OVER (), m.month, m.month, CASE WHEN i <= m.won THEN 'won' ELSE 'lost' END, m.customer
FROM (VALUES (date '2024-01-10', 1, 20, 100), ('2024-01-10', 2, 80, 100), ('2024-02-10', 1, 1, 10), ('2024-02-10', 2, 140, 190), ('2024-03-10', 1, 20, 100), ('2024-03-10', 2, 80, 100)) m (month, customer, won, deals), generate_series(1, m.deals) i;
CALL sales_kpi.create_model('k', sources => 'simpson', as_of => '2024-04-01');
SELECT results_eq($$SELECT period_start, member, value_before, value_after, total_before, total_after, verdict FROM k.change_drivers WHERE kpi = 'win_rate' AND grain = 'month' AND dimension = 'segment' ORDER BY 1, 2$$, $$VALUES
	(date '2024-02-01', 'large', 0.8, round(140 / 190.0, 12), 0.5, 0.705, 'rose, though every member fell: mix'), ('2024-02-01', 'small', 0.2, 0.1, 0.5, 0.705, 'rose, though every member fell: mix'),
	('2024-03-01', 'large', round(140 / 190.0, 12), 0.8, 0.705, 0.5, 'fell, though every member rose: mix'), ('2024-03-01', 'small', 0.1, 0.2, 0.705, 0.5, 'fell, though every member rose: mix')$$, 'a total can rise while each part of it falls');
SELECT results_eq($$SELECT period_start, sum(rate_effect) < 0, sum(mix_effect) > 0, sum(total) FROM k.change_drivers WHERE kpi = 'win_rate' AND grain = 'month' AND dimension = 'segment' GROUP BY 1 ORDER BY 1$$,
	$$VALUES (date '2024-02-01', true, true, 0.205::numeric), ('2024-03-01', false, false, -0.205)$$, 'and its effects say so');

-- A sale of an impossible year gives no endless list of empty days.
CREATE SCHEMA old;
CREATE TABLE old.sale (sale_id int, sold_at date, amount numeric, units int);
INSERT INTO old.sale VALUES (1, '0024-01-01', 1, 1), (2, '2024-01-01', 2, 1);
CALL sales_kpi.create_model('k', sources => 'old');
SELECT is((SELECT (count(*), min(period_start), max(period_start), sum(units)) FROM k.sales_volume WHERE grain = 'day' AND dimension = 'all'), (15001::bigint, date '0024-01-01', date '2024-03-31', 2::numeric), 'no more than 15,000 periods are filled');
CALL sales_kpi.create_model('k', purchases => 'subscription');
SELECT is_empty('SELECT FROM k.sales_volume UNION ALL SELECT FROM k.sales_mix UNION ALL SELECT FROM k.revenue_growth UNION ALL SELECT FROM k.change_drivers', 'without subscriptions, none are sold');

SELECT * FROM finish();
ROLLBACK;
