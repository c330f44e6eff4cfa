-- Upsell and cross-sell, sales line by line, what is bought after what, and candidates
-- against a slow and obvious reading of the definitions, on random companies: every
-- column, at every grain, by every dimension. The oracle reads the sources alone and
-- calls nothing of the extension.
BEGIN;
\ir include/model.sql
\ir include/oracle.sql
SELECT * FROM no_plan();

-- Thirty customers who come back: families with and without tiers, products of no
-- family, of several tiers, doubled and unknown; purchases of one moment, returns,
-- gifts, unknown amounts; spans of subscriptions, trials and rows that cannot be right.
CREATE PROCEDURE test.make_buyers(seed float8, as_of timestamp)
LANGUAGE plpgsql
AS $$
BEGIN
	CALL test.make_plain(seed, 40);
	INSERT INTO plain.customer
	SELECT i, 'Customer ' || i, test.pick('small', 'large', NULL), test.pick('Oslo', 'Rome', NULL), test.pick('fair', 'web', NULL), test.pick(1, 2, 3, NULL)
	FROM generate_series(13, 30) i;
	DROP TABLE plain.product;
	CREATE TABLE plain.product AS
	SELECT p.product_id, 'Product ' || p.product_id AS product_name, p.family, p.tier
	FROM (VALUES (1, 'Desk', 1), (2, 'Desk', 2), (3, 'Desk', 3), (4, 'Desk', NULL), (5, 'Chair', 1), (6, 'Chair', 2), (7, 'Chair', 2), (10, 'Lamp', NULL), (11, NULL, 1), (12, '(none)', 4)) p (product_id, family, tier);
	INSERT INTO plain.product SELECT * FROM plain.product WHERE product_id = 2;

	DROP TABLE plain.sale;
	CREATE TABLE plain.sale AS
	SELECT i AS sale_id, test.moment('2024-08-15', '2025-02-01') AS sold_at, test.pick(1 + i % 30, 1 + i % 9, 1 + i % 17, 77, NULL) AS customer_id, test.pick(10.5, 20, 10, 30, 1, 0, -3, NULL, 'NaN'::numeric) AS amount,
		test.pick(1, 2, 2.5, -1, NULL) AS units, 4 AS cost, test.pick(i / 3, NULL) AS order_id, test.pick(1, 1, 2, 3, 4, 5, 5, 6, 7, 10, 11, 12, 88, NULL) AS product_id, test.pick(1, 2, 3, 4, 5, 99, NULL) AS rep_id,
		test.pick(i, NULL) AS deal_id, test.pick('store', 'online', '(none)', NULL) AS channel, test.pick('Oslo', 'Paris', NULL, NULL) AS location
	FROM generate_series(1, 190) i;
	-- more of the same purchase, or of the same moment
	INSERT INTO plain.sale
	SELECT 1000 + s.sale_id, s.sold_at, s.customer_id, test.pick(5, 5, 0, -1, NULL), 1, 1, s.order_id, test.pick(1, 2, 3, 5, 6, 7, 10, 88, NULL), test.pick(s.rep_id, 2), s.deal_id, s.channel, s.location
	FROM plain.sale s WHERE s.sale_id % 3 = 0;
	UPDATE plain.sale SET sold_at = test.pick(NULL, 'infinity', '-infinity')::timestamp WHERE sale_id % 67 = 0;
	UPDATE plain.sale SET sale_id = NULL WHERE sale_id % 61 = 0;
	INSERT INTO plain.sale (sale_id, sold_at, customer_id, amount, product_id)
	SELECT 9000 + i, t.at, t.customer_id, 5, 3
	FROM (VALUES (1, as_of, 1), (2, as_of - interval '1 microsecond', 2), (3, as_of + interval '1 microsecond', 3), (4, as_of, 201), (5, as_of - interval '1 microsecond', 202)) t (i, at, customer_id);

	DROP TABLE plain.subscription;
	CREATE TABLE plain.subscription AS
	SELECT i AS subscription_id, test.pick(1 + i % 30, 1 + i % 9, 77) AS customer_id, s.started_at,
		CASE test.pick(1, 2, 3) WHEN 1 THEN test.moment(s.started_at, s.started_at + interval '90 days') WHEN 2 THEN s.started_at + test.pick(0, 1, 20, 30, 31) * interval '1 day' END AS ended_at,
		test.pick(10, 10, 49.99, 0.0000001, 0, NULL) AS monthly_amount, test.pick(1, 2, 3, 4, 5, 6, 10, 11, 12, 88, NULL) AS product_id, test.pick(1, 2, 3, 4, 5, 99, NULL) AS rep_id,
		test.pick(false, false, false, false, true, NULL) AS trial
	FROM generate_series(1, 140) i
	CROSS JOIN LATERAL (SELECT i AS same, test.moment('2024-08-15', '2025-02-20') AS started_at) s;
	-- some go on where another ends, with the same product or a higher one
	INSERT INTO plain.subscription
	SELECT test.pick(subscription_id, 1000 + subscription_id), customer_id, ended_at, NULL, test.pick(20, 49.99, NULL), test.pick(product_id, 2, 3, 6), rep_id, false
	FROM plain.subscription WHERE ended_at IS NOT NULL AND subscription_id % 3 > 0;
	UPDATE plain.subscription SET ended_at = started_at - interval '3 days' WHERE subscription_id % 41 = 0;
	UPDATE plain.subscription SET ended_at = 'infinity' WHERE subscription_id % 37 = 0;
	UPDATE plain.subscription SET started_at = test.pick(NULL, '-infinity', 'infinity')::timestamp WHERE subscription_id % 43 = 0;
	UPDATE plain.subscription SET monthly_amount = test.pick('NaN', -5::numeric, 'Infinity') WHERE subscription_id % 31 = 0;
	UPDATE plain.subscription SET customer_id = NULL WHERE subscription_id % 47 = 0;
	INSERT INTO plain.subscription SELECT * FROM plain.subscription WHERE subscription_id % 29 = 0;
	INSERT INTO plain.subscription (subscription_id, customer_id, started_at, monthly_amount, product_id)
	SELECT 9000 + i, t.customer_id, t.at, 5, 3
	FROM (VALUES (1, as_of, 1), (2, as_of - interval '1 microsecond', 2), (3, as_of + interval '1 microsecond', 3), (4, as_of, 201), (5, as_of - interval '1 microsecond', 202)) t (i, at, customer_id);
END
$$;

-- What is sold: lines of sales, or spans of subscriptions that are paid.
CREATE PROCEDURE oracle.read_lines(purchases text, zone text, as_of timestamptz)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.line (number integer GENERATED ALWAYS AS IDENTITY, sale text, order_id text, at timestamptz, is_day boolean, customer text, product text, family text, tier integer, rep text, deal text, channel text, location text,
		units numeric, amount numeric, bought boolean, kind text, previous text, previous_at timestamptz);
	IF purchases = 'sale' THEN
		INSERT INTO oracle.line (sale, order_id, at, is_day, customer, product, rep, deal, channel, location, units, amount, bought)
		SELECT s.sale_id::text, coalesce(s.order_id::text, s.customer_id::text || ' ' || extract(epoch FROM oracle.instant(s.sold_at, zone)), 'sale ' || s.sale_id), oracle.instant(s.sold_at, zone), oracle.is_day(s.sold_at),
			s.customer_id::text, s.product_id::text, coalesce(s.rep_id::text, (SELECT c.rep_id::text FROM customer c WHERE c.customer_id = s.customer_id LIMIT 1)), s.deal_id::text, s.channel,
			coalesce(s.location, (SELECT c.location FROM customer c WHERE c.customer_id = s.customer_id LIMIT 1)), s.units, s.amount, coalesce(s.customer_id IS NOT NULL AND s.amount > 0, false)
		FROM sale s
		WHERE isfinite(s.sold_at) AND oracle.instant(s.sold_at, zone) <= as_of AND (s.amount = 'NaN') IS NOT TRUE;
	ELSE
		INSERT INTO oracle.line (sale, order_id, at, is_day, customer, product, rep, location, units, amount, bought)
		SELECT s.subscription_id::text, s.subscription_id::text, i.started_at, oracle.is_day(s.started_at), s.customer_id::text, s.product_id::text,
			coalesce(s.rep_id::text, (SELECT c.rep_id::text FROM customer c WHERE c.customer_id = s.customer_id LIMIT 1)), (SELECT c.location FROM customer c WHERE c.customer_id = s.customer_id LIMIT 1),
			NULL, s.monthly_amount, true
		FROM subscription s
		CROSS JOIN LATERAL (SELECT oracle.instant(s.started_at, zone) AS started_at,
			CASE WHEN oracle.is_day(s.ended_at) AND NOT oracle.is_day(s.started_at) AND oracle.same_day(oracle.instant(s.started_at, zone), oracle.instant(s.ended_at, zone), zone)
				THEN oracle.instant(s.started_at, zone) ELSE coalesce(oracle.instant(s.ended_at, zone), 'infinity') END AS ended_at) i
		WHERE s.customer_id IS NOT NULL AND isfinite(i.started_at) AND i.started_at < as_of AND i.ended_at > i.started_at
			AND (s.monthly_amount > 0.0000005 AND s.monthly_amount < 'Infinity') IS NOT FALSE AND s.trial IS NOT TRUE;
	END IF;
	UPDATE oracle.line l
	SET family = coalesce((SELECT p.family FROM product p WHERE p.product_id::text = l.product LIMIT 1), l.product), tier = (SELECT p.tier FROM product p WHERE p.product_id::text = l.product LIMIT 1);
END
$$;

-- A line against all that was bought before.
CREATE FUNCTION oracle.kind(family text, tier integer, earlier bigint, in_family bigint, top integer) RETURNS text
LANGUAGE sql
RETURN CASE WHEN earlier = 0 THEN 'new' WHEN family IS NULL THEN 'repeat' WHEN in_family = 0 THEN 'cross_sell'
	WHEN tier > top THEN 'upsell' WHEN tier < top THEN 'downsell' ELSE 'repeat' END;

CREATE PROCEDURE oracle.judge_lines()
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE oracle.line l
	SET kind = oracle.kind(l.family, l.tier, e.earlier, e.in_family, e.top)
	FROM oracle.line j
	CROSS JOIN LATERAL (SELECT count(*) AS earlier, count(*) FILTER (WHERE b.family = j.family) AS in_family, max(b.tier) FILTER (WHERE b.family = j.family) AS top
		FROM oracle.line b WHERE b.bought AND b.customer = j.customer AND b.at < j.at) e
	WHERE j.number = l.number AND l.bought;
	UPDATE oracle.line l
	SET previous = p.product, previous_at = p.at
	FROM oracle.line j
	CROSS JOIN LATERAL (SELECT b.product, b.at FROM oracle.line b WHERE b.bought AND b.customer = j.customer AND b.at < j.at
		ORDER BY (b.family = j.family) IS TRUE DESC, b.at DESC, b.tier DESC NULLS LAST, b.product COLLATE "C" LIMIT 1) p
	WHERE j.number = l.number AND l.bought;
END
$$;

-- Each purchase under every member that it counts for, judged by what the member has
-- sold to the customer.
CREATE PROCEDURE oracle.read_members(zone text, as_of timestamptz)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.member_line AS
	SELECT l.number, m.dimension, m.member, m.member_name, l.customer, l.at, l.family, l.tier, l.product, NULL::text AS kind
	FROM oracle.line l
	CROSS JOIN LATERAL (
		SELECT o.dimension, o.member, o.member_name FROM oracle.members(l.rep, l.product, l.customer, NULL, NULL, NULL, l.at, as_of, zone) o
		WHERE o.dimension IN ('all', 'rep', 'team', 'territory', 'family', 'segment', 'source')
		UNION ALL SELECT v.dimension, coalesce(v.member, '(none)'), coalesce(v.member, '(none)') FROM (VALUES ('location', l.location), ('channel', l.channel)) v (dimension, member)) m
	WHERE l.bought AND l.at < as_of;
	CREATE INDEX ON oracle.member_line (dimension, member, customer);
	UPDATE oracle.member_line l
	SET kind = oracle.kind(l.family, l.tier, e.earlier, e.in_family, e.top)
	FROM oracle.member_line j
	CROSS JOIN LATERAL (SELECT count(*) AS earlier, count(*) FILTER (WHERE b.family = j.family) AS in_family, max(b.tier) FILTER (WHERE b.family = j.family) AS top
		FROM oracle.member_line b WHERE (b.dimension, b.member, b.customer) = (j.dimension, j.member, j.customer) AND b.at < j.at) e
	WHERE (j.number, j.dimension) = (l.number, l.dimension);

	CREATE TABLE oracle.member_customer AS
	SELECT dimension, member, member_name, customer, min(at) AS first_at FROM oracle.member_line GROUP BY 1, 2, 3, 4;
	ANALYZE oracle.member_line, oracle.member_customer;
END
$$;

-- Periods of each member from its first sale to as_of, which cuts the last, and what
-- the member had sold by the end of each.
CREATE PROCEDURE oracle.read_periods(zone text, as_of timestamptz, fiscal_start integer)
LANGUAGE plpgsql
AS $$
DECLARE
	g text;
	p date;
	following date;
BEGIN
	CREATE TABLE oracle.period_of (grain text, period date, period_end date, starts timestamptz, ends timestamptz);
	FOREACH g IN ARRAY '{day,week,month,quarter,year}'::text[] LOOP
		p := (SELECT oracle.period(g, min(l.at), zone, fiscal_start) FROM oracle.member_line l);
		WHILE p::timestamp AT TIME ZONE zone < as_of LOOP
			following := oracle.next_period(g, p);
			INSERT INTO oracle.period_of VALUES (g, p, following, p::timestamp AT TIME ZONE zone, least(following::timestamp AT TIME ZONE zone, as_of));
			p := following;
		END LOOP;
	END LOOP;
	CREATE TABLE oracle.offer AS
	SELECT p.grain, p.period, l.dimension, l.member, l.family, max(l.tier) AS top
	FROM oracle.period_of p JOIN oracle.member_line l ON l.at < p.ends
	WHERE l.family IS NOT NULL
	GROUP BY 1, 2, 3, 4, 5;
	CREATE INDEX ON oracle.offer (grain, period, dimension, member);
	ANALYZE oracle.period_of, oracle.offer;
END
$$;

CREATE PROCEDURE oracle.read_upsell()
LANGUAGE plpgsql
AS $$
BEGIN
	-- whoever was a customer of the member by the end of the period
	CREATE TABLE oracle.standing AS
	SELECT p.grain, p.period, p.period_end, c.dimension, c.member, c.member_name, c.customer, c.first_at < p.starts AS existed,
		(SELECT array_agg(l.kind) FROM oracle.member_line l WHERE (l.dimension, l.member, l.customer) = (c.dimension, c.member, c.customer) AND l.at >= p.starts AND l.at < p.ends) AS kinds,
		-- just before the period, or just after a purchase in it
		c.first_at < p.starts AND EXISTS (
			SELECT FROM (SELECT p.starts - interval '1 microsecond' AS at UNION SELECT l.at FROM oracle.member_line l
				WHERE (l.dimension, l.member, l.customer) = (c.dimension, c.member, c.customer) AND l.at >= p.starts AND l.at < p.ends) m
			CROSS JOIN LATERAL (SELECT h.family, max(h.tier) AS tier FROM oracle.member_line h WHERE (h.dimension, h.member, h.customer) = (c.dimension, c.member, c.customer) AND h.at <= m.at GROUP BY h.family) held
			JOIN oracle.offer o ON (o.grain, o.period, o.dimension, o.member, o.family) = (p.grain, p.period, c.dimension, c.member, held.family) AND o.top > held.tier) AS can_be_upsold,
		c.first_at < p.starts AND (SELECT count(DISTINCT h.family) FROM oracle.member_line h WHERE (h.dimension, h.member, h.customer) = (c.dimension, c.member, c.customer) AND h.at < p.starts)
			< (SELECT count(*) FROM oracle.offer o WHERE (o.grain, o.period, o.dimension, o.member) = (p.grain, p.period, c.dimension, c.member)) AS can_be_cross_sold
	FROM oracle.period_of p
	JOIN oracle.member_customer c ON c.first_at < p.ends;

	CREATE TABLE oracle.upsell AS
	SELECT s.grain, s.period, s.period_end, s.dimension, s.member, s.member_name, count(*) FILTER (WHERE existed) AS existing,
		count(*) FILTER (WHERE can_be_upsold) AS upsell_eligible, CASE WHEN dimension <> 'family' THEN count(*) FILTER (WHERE can_be_cross_sold) END AS cross_sell_eligible,
		count(*) FILTER (WHERE existed AND 'upsell' = ANY (kinds)) AS upsold, CASE WHEN dimension <> 'family' THEN count(*) FILTER (WHERE existed AND 'cross_sell' = ANY (kinds)) END AS cross_sold,
		count(*) FILTER (WHERE existed AND kinds && '{upsell,cross_sell}') AS either, count(*) FILTER (WHERE existed AND 'downsell' = ANY (kinds)) AS downsold,
		count(*) FILTER (WHERE NOT existed) AS joined, count(*) FILTER (WHERE NOT existed AND kinds && '{upsell,cross_sell}') AS joined_and_sold_up
	FROM oracle.standing s
	GROUP BY 1, 2, 3, 4, 5, 6;
END
$$;

-- What customers hold, under what they are themselves. Up to as_of, which is known.
CREATE PROCEDURE oracle.read_holdings(zone text, as_of timestamptz)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.holding AS
	SELECT m.dimension, m.member, h.*
	FROM (SELECT l.customer, l.product, l.family, min(l.at) AS since, bool_and(l.is_day) AS is_day FROM oracle.line l WHERE l.bought GROUP BY 1, 2, 3) h
	CROSS JOIN LATERAL oracle.members(NULL, NULL, h.customer, NULL, NULL, NULL, h.since, as_of, zone) m
	WHERE m.dimension IN ('all', 'segment', 'location', 'source');
	ANALYZE oracle.holding;

	CREATE TABLE oracle.member AS
	SELECT dimension, member, count(DISTINCT customer) AS customers, (min(since) AT TIME ZONE zone)::date AS period FROM oracle.holding GROUP BY 1, 2;

	CREATE TABLE oracle.bought_after AS
	SELECT a.dimension, a.member, a.product AS from_product, t.product AS to_product, count(*) AS from_customers, count(b.since) AS customers,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY oracle.seconds(a.since, a.is_day, b.since, b.is_day, zone) / 86400) AS median_days
	FROM oracle.holding a
	JOIN (SELECT DISTINCT dimension, member, product FROM oracle.holding WHERE product IS NOT NULL) t ON (t.dimension, t.member) = (a.dimension, a.member) AND t.product <> a.product
	LEFT JOIN oracle.holding b ON (b.dimension, b.member, b.customer, b.product) = (a.dimension, a.member, a.customer, t.product)
	WHERE (b.since <= a.since) IS NOT TRUE
	GROUP BY 1, 2, 3, 4;
END
$$;

CREATE PROCEDURE oracle.read_candidates()
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.customer_holds AS
	SELECT dimension, member, customer, array_remove(array_agg(DISTINCT family), NULL) AS families FROM oracle.holding GROUP BY 1, 2, 3;

	CREATE TABLE oracle.candidate AS
	SELECT c.dimension, c.member, c.customer, n.family AS next_family, cardinality(c.families) AS held_families, count(*) AS holders, count(*) FILTER (WHERE n.family = ANY (o.families)) AS buyers,
		NULL::bigint AS place, NULL::text AS next_product
	FROM oracle.customer_holds c
	JOIN (SELECT DISTINCT dimension, member, family FROM oracle.holding WHERE family IS NOT NULL) n ON (n.dimension, n.member) = (c.dimension, c.member) AND n.family <> ALL (c.families)
	JOIN oracle.customer_holds o ON (o.dimension, o.member) = (c.dimension, c.member) AND o.customer <> c.customer AND o.families @> c.families
	GROUP BY 1, 2, 3, 4, 5;
	DELETE FROM oracle.candidate WHERE buyers = 0;
	UPDATE oracle.candidate c
	SET place = 1 + (SELECT count(*) FROM oracle.candidate o WHERE (o.dimension, o.member, o.customer) = (c.dimension, c.member, c.customer)
			AND (o.buyers::float8 / o.holders > c.buyers::float8 / c.holders OR o.buyers::float8 / o.holders = c.buyers::float8 / c.holders AND o.next_family COLLATE "C" < c.next_family)),
		next_product = (SELECT h.product FROM oracle.holding h
			WHERE (h.dimension, h.member, h.family) = (c.dimension, c.member, c.next_family)
				AND h.since = (SELECT min(f.since) FROM oracle.holding f WHERE (f.dimension, f.member, f.family, f.customer) = (h.dimension, h.member, h.family, h.customer))
			GROUP BY h.product ORDER BY count(*) DESC, h.product COLLATE "C" LIMIT 1);
END
$$;

CREATE PROCEDURE oracle.answer_all(sources text, purchases text, zone text, as_of timestamptz, fiscal_start integer)
LANGUAGE plpgsql
AS $$
BEGIN
	DROP TABLE IF EXISTS oracle.answer, oracle.lead, oracle.line, oracle.member_line, oracle.member_customer, oracle.period_of, oracle.offer, oracle.standing, oracle.upsell,
		oracle.holding, oracle.member, oracle.bought_after, oracle.customer_holds, oracle.candidate;
	PERFORM set_config('search_path', format('%I, test, public', sources), true);
	CALL oracle.read_leads(zone, as_of);
	CALL oracle.read_lines(purchases, zone, as_of);
	CALL oracle.judge_lines();
	CALL oracle.read_members(zone, as_of);
	CALL oracle.read_periods(zone, as_of, fiscal_start);
	CALL oracle.read_upsell();
	CALL oracle.read_holdings(zone, as_of);
	CALL oracle.read_candidates();
	PERFORM set_config('search_path', 'test, public', true);
END
$$;

-- The rows in which a view and its oracle differ.
CREATE FUNCTION oracle.differences_of_upsell(as_of timestamptz, zone text) RETURNS SETOF text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', 'view:', v::text, 'oracle:', o::text)
	FROM m.upsell v
	FULL JOIN oracle.upsell o ON o.grain = v.grain AND o.period = v.period_start AND o.dimension = v.dimension AND o.member = v.member
	WHERE NOT coalesce(o.member_name = v.member_name AND v.period_end = o.period_end AND v.is_partial = (o.period_end::timestamp AT TIME ZONE zone > as_of)
		AND (v.existing, v.upsell_eligible, v.cross_sell_eligible, v.upsold, v.cross_sold, v.either, v.downsold, v.joined, v.joined_and_sold_up)
			IS NOT DISTINCT FROM (o.existing, o.upsell_eligible, o.cross_sell_eligible, o.upsold, o.cross_sold, o.either, o.downsold, o.joined, o.joined_and_sold_up)
		AND oracle.close_to(v.upsell_rate, o.upsold::float8 / nullif(o.existing, 0)) AND oracle.close_to(v.cross_sell_rate, o.cross_sold::float8 / nullif(o.existing, 0)) AND oracle.close_to(v.either_rate, o.either::float8 / nullif(o.existing, 0))
		AND oracle.close_to(v.upsell_low, oracle.wilson(o.upsold, o.existing, -1)) AND oracle.close_to(v.upsell_high, oracle.wilson(o.upsold, o.existing, 1))
		AND oracle.close_to(v.cross_sell_low, oracle.wilson(o.cross_sold, o.existing, -1)) AND oracle.close_to(v.cross_sell_high, oracle.wilson(o.cross_sold, o.existing, 1))
		AND oracle.close_to(v.either_low, oracle.wilson(o.either, o.existing, -1)) AND oracle.close_to(v.either_high, oracle.wilson(o.either, o.existing, 1)), false)
$$;

-- Lines by themselves: those of equal columns count as often as there are.
CREATE FUNCTION oracle.differences_of_sale_line(sources text, purchases text, zone text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM set_config('search_path', format('%I, test, public', sources), true);
	CREATE TEMP TABLE expected AS
	SELECT l.sale, l.order_id, l.at, (l.at AT TIME ZONE zone)::date AS on_day, l.customer, coalesce((SELECT c.customer_name FROM customer c WHERE c.customer_id::text = l.customer LIMIT 1), l.customer) AS customer_name,
		l.product, coalesce((SELECT p.product_name FROM product p WHERE p.product_id::text = l.product LIMIT 1), l.product) AS product_name, l.family, l.tier, l.kind,
		l.previous, coalesce((SELECT p.product_name FROM product p WHERE p.product_id::text = l.previous LIMIT 1), l.previous) AS previous_name, l.previous_at,
		l.rep, coalesce((SELECT r.rep_name FROM rep r WHERE r.rep_id::text = l.rep LIMIT 1), l.rep) AS rep_name, s.team, s.territory, l.channel, l.location,
		-- of a subscription, a unit with the first span
		CASE purchases WHEN 'sale' THEN l.units ELSE NULL END AS units, l.amount, l.deal
	FROM oracle.line l CROSS JOIN LATERAL oracle.span(l.rep, l.at, zone) s;
	PERFORM set_config('search_path', 'test, public', true);
	RETURN QUERY
		SELECT concat_ws(' ', d.side, d::text) FROM (
			(SELECT 'view:' AS side, v.* FROM (SELECT sale_id, order_id, sold_at, sold_on, customer_id, customer_name, product_id, product_name, family, tier, kind, previous_product_id, previous_product_name, previous_sold_at,
				rep_id, rep_name, team, territory, channel, location, CASE purchases WHEN 'sale' THEN units END AS units, amount, deal_id FROM m.sale_line EXCEPT ALL SELECT * FROM expected) v)
			UNION ALL
			(SELECT 'oracle:', o.* FROM (SELECT * FROM expected EXCEPT ALL SELECT sale_id, order_id, sold_at, sold_on, customer_id, customer_name, product_id, product_name, family, tier, kind, previous_product_id, previous_product_name, previous_sold_at,
				rep_id, rep_name, team, territory, channel, location, CASE purchases WHEN 'sale' THEN units END, amount, deal_id FROM m.sale_line) o)) d;
	DROP TABLE expected;
END
$$;

CREATE FUNCTION oracle.differences_of_bought_after(as_of timestamptz, zone text) RETURNS SETOF text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', 'view:', v::text, 'oracle:', o::text)
	FROM m.bought_after v
	FULL JOIN (
		SELECT b.*, m.period, b.customers::float8 / b.from_customers AS rate, b.customers::float8 / b.from_customers
				/ ((SELECT count(DISTINCT h.customer) FROM oracle.holding h WHERE (h.dimension, h.member, h.product) = (b.dimension, b.member, b.to_product))::float8 / m.customers) AS lift
		FROM oracle.bought_after b JOIN oracle.member m USING (dimension, member)
		WHERE b.customers > 0
	) o ON o.dimension = v.dimension AND o.member = v.member AND o.from_product = v.from_product_id AND o.to_product = v.to_product_id
	CROSS JOIN LATERAL (SELECT ((as_of - interval '1 microsecond') AT TIME ZONE zone)::date + 1) e (period_end)
	WHERE NOT coalesce(v.grain = 'all' AND v.period_start = o.period AND v.period_end = e.period_end AND v.is_partial = (e.period_end::timestamp AT TIME ZONE zone > as_of)
		AND (v.from_customers, v.customers) = (o.from_customers, o.customers) AND oracle.close_to(v.rate, o.rate) AND oracle.close_to(v.lift, o.lift) AND oracle.close_to(v.median_days, o.median_days)
		AND oracle.close_to(v.rate_low, oracle.wilson(o.customers, o.from_customers, -1)) AND oracle.close_to(v.rate_high, oracle.wilson(o.customers, o.from_customers, 1))
		AND v.member_name = CASE o.dimension WHEN 'all' THEN 'All' ELSE o.member END
		AND v.from_product_name = coalesce((SELECT p.product_name FROM s.product p WHERE p.product_id::text = o.from_product LIMIT 1), o.from_product)
		AND v.to_product_name = coalesce((SELECT p.product_name FROM s.product p WHERE p.product_id::text = o.to_product LIMIT 1), o.to_product), false)
$$;

CREATE FUNCTION oracle.differences_of_upsell_candidate(as_of timestamptz, zone text) RETURNS SETOF text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', 'view:', v::text, 'oracle:', o::text)
	FROM m.upsell_candidate v
	FULL JOIN (SELECT c.*, m.period FROM oracle.candidate c JOIN oracle.member m USING (dimension, member)) o
		ON o.dimension = v.dimension AND o.member = v.member AND o.customer = v.customer_id AND o.next_family = v.next_family
	CROSS JOIN LATERAL (SELECT ((as_of - interval '1 microsecond') AT TIME ZONE zone)::date + 1) e (period_end)
	WHERE NOT coalesce(v.grain = 'all' AND v.period_start = o.period AND v.period_end = e.period_end AND v.is_partial = (e.period_end::timestamp AT TIME ZONE zone > as_of)
		AND v.member_name = CASE o.dimension WHEN 'all' THEN 'All' ELSE o.member END
		AND (v.held_families, v.holders, v.buyers, v.candidate_rank, v.next_product_id) = (o.held_families, o.holders, o.buyers, o.place, o.next_product)
		AND oracle.close_to(v.rate, o.buyers::float8 / o.holders) AND oracle.close_to(v.rate_low, oracle.wilson(o.buyers, o.holders, -1)) AND oracle.close_to(v.rate_high, oracle.wilson(o.buyers, o.holders, 1))
		AND v.next_product_name = coalesce((SELECT p.product_name FROM s.product p WHERE p.product_id::text = o.next_product LIMIT 1), o.next_product)
		AND v.customer_name = coalesce((SELECT c.customer_name FROM s.customer c WHERE c.customer_id::text = o.customer LIMIT 1), o.customer), false)
$$;

-- One random company; its views must agree.
CREATE FUNCTION test.agrees(seed float8, what text, purchases text, time_as text, except_for jsonb, zone text, as_of timestamptz, fiscal_start integer, key_as text DEFAULT '{{c}}') RETURNS SETOF text
LANGUAGE plpgsql
AS $$
BEGIN
	CALL test.make_buyers(seed, as_of AT TIME ZONE zone);
	CALL test.dress('s', key_as, time_as, except_for);
	CALL sales_kpi.create_model('m', sources => 's', time_zone => zone, as_of => as_of::text, fiscal_start => fiscal_start, purchases => purchases);
	CALL oracle.answer_all('s', purchases, zone, as_of, fiscal_start);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences_of_upsell(%L, %L)', as_of, zone), 'upsell: ' || what);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences_of_sale_line(''s'', %L, %L)', purchases, zone), 'sale_line: ' || what);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences_of_bought_after(%L, %L)', as_of, zone), 'bought_after: ' || what);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences_of_upsell_candidate(%L, %L)', as_of, zone), 'upsell_candidate: ' || what);
	RETURN NEXT cmp_ok((SELECT least((SELECT sum(upsold) FROM oracle.upsell WHERE grain = 'month'), (SELECT sum(downsold) FROM oracle.upsell WHERE grain = 'month'), (SELECT sum(cross_sold) FROM oracle.upsell WHERE grain = 'month'),
		(SELECT sum(joined_and_sold_up) FROM oracle.upsell WHERE grain = 'month'), (SELECT sum(existing - upsell_eligible) FROM oracle.upsell WHERE grain = 'month'), (SELECT sum(existing - cross_sell_eligible) FROM oracle.upsell),
		(SELECT count(*) FROM oracle.bought_after WHERE customers > 1), (SELECT count(*) FROM oracle.candidate WHERE buyers < holders AND held_families > 1))), '>', 5::numeric, 'there is enough to compare: ' || what);
	DROP SCHEMA m, m_base CASCADE;
END
$$;

SELECT test.agrees(0.1, 'timestamptz', 'sale', '{{c}} AT TIME ZONE ''Europe/Berlin''', '{}', 'Europe/Berlin', '2025-01-15 14:30+01', 1);
SELECT test.agrees(0.2, 'timestamptz of other zones', 'sale', '{{c}} AT TIME ZONE ''Asia/Kathmandu''', '{}', 'America/New_York', '2024-12-01 00:00-05', 4, '{{c}}::text');
SELECT test.agrees(0.3, 'date, keys of uuid', 'sale', '{{c}}::date', '{}', 'Europe/Berlin', '2024-11-10 09:30+01', 7, 'lpad({{c}}::text, 32, ''0'')::uuid');
SELECT test.agrees(0.4, 'subscriptions', 'subscription', '{{c}} AT TIME ZONE ''Europe/Berlin''', '{}', 'Europe/Berlin', '2025-01-15 14:30+01', 1);
SELECT test.agrees(0.5, 'subscriptions by the day', 'subscription', '{{c}}::date', '{}', 'America/New_York', '2024-12-10 09:30-05', 2, '''k'' || {{c}}');
SELECT test.agrees(0.6, 'spans by the day, sales not', 'sale', '{{c}}', '{"subscription.started_at": "{{c}}::date", "subscription.ended_at": "{{c}}::date"}', 'Australia/Sydney', '2025-01-31 23:59+11', 10);

SELECT * FROM finish();
ROLLBACK;
