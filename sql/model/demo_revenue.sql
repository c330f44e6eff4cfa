-- What the demo company earns: order lines and subscriptions.

-- A subscription is paid from the day after its deal closed, and ends with one of
-- its months: the quantiles are of a loss of 1.6 % a month. `hurried`: the client
-- was talked into it, and four in ten leave at once. `failing`: the product goes bad
-- in August 2025, and most of those who have it leave by the end of the year, more
-- each month. An end more than a month ahead is not known yet.
CREATE FUNCTION sales_kpi.demo_subscription_end(
	seed integer, deal_id bigint, closed_at timestamptz, hurried boolean, failing boolean)
RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (
	SELECT CASE WHEN e.at < timestamp '2026-02-01' THEN e.at AT TIME ZONE 'Europe/Berlin' END
	FROM (SELECT date_trunc('day', closed_at AT TIME ZONE 'Europe/Berlin') + interval '1 day') b (at)
	CROSS JOIN LATERAL (SELECT b.at + CASE
		WHEN hurried AND sales_kpi.demo_random(seed, 'talked into it', deal_id, 100) < 40 THEN 1 + sales_kpi.demo_random(seed, 'leaves at once', deal_id, 2)
		ELSE sales_kpi.demo_draw(seed, 'months', deal_id, '{2,4,7,11,14,18,22,27,32,38,43,50,57,65,75,86,100,118,143,186,400}') END
		* interval '1 month') m (at)
	CROSS JOIN LATERAL (SELECT timestamp '2025-08-01'
		+ sales_kpi.demo_draw(seed, 'day of leaving', deal_id, '{1,32,55,75,92,107,120,132,143,152}') * interval '1 day') f (at)
	CROSS JOIN LATERAL (SELECT CASE
		WHEN failing AND b.at + interval '1 month' < f.at AND sales_kpi.demo_random(seed, 'has enough', deal_id, 100) < 58
		THEN least(m.at, f.at) ELSE m.at END) e (at)
);
COMMENT ON FUNCTION sales_kpi.demo_subscription_end(integer, bigint, timestamptz, boolean, boolean) IS 'Internal: when a subscription of the demo company ends; NULL: not before February 2026.';

CREATE PROCEDURE sales_kpi.demo_revenue(sources text, deals integer, seed integer)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $fill$
BEGIN
	-- The order of a deal: its product for a year, and services or hardware within its
	-- amount, of which some comes back. Later, customers order more of these by
	-- themselves: gateways above all who has software of the family that runs on them,
	-- and hardly anybody else. Lines 1 to 4 of a deal are its own.
	CALL sales_kpi.demo_fill(sources, deals, seed, 'sale', $$
		INSERT INTO {{crm}}.sale (sale_id, sold_at, customer_id, amount, units, cost, order_id, product_id, rep_id, deal_id, channel, location)
		WITH won AS (
			SELECT d.*, p.family = {{drawing_family}} AS draws, CASE WHEN {{random}}('service', deal_id, 100) < 35 THEN 8 ELSE 0 END AS service,
				CASE WHEN {{random}}('hardware', deal_id, 100) < 24 THEN 14 ELSE 0 END AS hardware,
				CASE WHEN {{random}}('channel', deal_id, 100) < 22 THEN 'partner' ELSE 'direct' END AS channel
			FROM {{crm}}.deal d
			JOIN sales_kpi.demo_product p ON p.product_id = d.product_id
			WHERE d.outcome = 'won'
		),
		line AS (
			SELECT w.deal_id * 32 + l.line AS sale_id, l.sold_at, w.customer_id, w.amount * l.percent / 100 AS amount,
				CASE WHEN line < 4 THEN w.deal_id * 32 END AS order_id, l.product_id, w.rep_id, w.deal_id, w.channel, NULL::text AS location
			FROM won w
			CROSS JOIN LATERAL (VALUES
				(1, w.closed_at, w.product_id, 100 - w.service - w.hardware),
				(2, w.closed_at, 11 + {{random}}('which service', w.deal_id, 2), w.service),
				(3, w.closed_at, 9 + {{random}}('which hardware', w.deal_id, 2), w.hardware),
				(4, w.closed_at + {{draw}}('return', w.deal_id, '{5000,12000,20000,40000}') * interval '1 minute',
					9 + {{random}}('which hardware', w.deal_id, 2), CASE WHEN {{random}}('returned', w.deal_id, 100) < 9 THEN -w.hardware ELSE 0 END)
			) l (line, sold_at, product_id, percent)
			WHERE l.percent <> 0 AND l.sold_at < {{as_of}}
			UNION ALL
			SELECT w.deal_id * 32 + 4 + o.number * 4 + l.line,
				o.sold_at,
				w.customer_id, p.price * {{draw}}('units', w.deal_id * 32 + o.number * 4 + l.line, '{1,1,2,3,6,14}'),
				w.deal_id * 32 + 4 + o.number * 4, p.product_id,
				CASE WHEN c.channel = 'partner' THEN w.rep_id END, NULL, c.channel,
				CASE WHEN c.channel = 'store' THEN ('{Berlin,London,Paris}'::text[])[1 + {{random}}('store', w.deal_id * 8 + o.number, 3)] END
			FROM won w
			CROSS JOIN LATERAL (SELECT sales_kpi.demo_subscription_end(
				{{seed}}, w.deal_id, w.closed_at, w.rep_id = {{fast_rep}}, w.product_id = {{failing_product}})) s (ends_at)
			CROSS JOIN LATERAL (
				SELECT number, w.closed_at + interval '1 minute'
					* {{draw}}('time of order', w.deal_id * 8 + number, '{14000,60000,140000,280000,460000,700000,1000000,1500000}') AS sold_at
				FROM generate_series(1, {{draw}}('orders', w.deal_id, '{0,0,1,2,3,4,6}')) number
			) o
			CROSS JOIN LATERAL (SELECT ('{online,store,partner}'::text[])[{{choice}}('order channel', w.deal_id * 8 + o.number, '{62,18,20}')]) c (channel)
			CROSS JOIN LATERAL generate_series(1, {{choice}}('lines', w.deal_id * 8 + o.number, '{60,30,10}')) l (line)
			JOIN sales_kpi.demo_product p ON p.product_id = 8 + {{choice}}('ordered', w.deal_id * 32 + o.number * 4 + l.line,
				CASE WHEN w.draws THEN '{22,56,9,13}'::integer[] ELSE '{26,4,31,39}' END)
			WHERE w.lead_id IS NOT NULL AND o.sold_at < least(s.ends_at, {{as_of}})
		)
		SELECT l.sale_id, l.sold_at, l.customer_id, round(l.amount, 2),
			sign(l.amount) * greatest(1, round(abs(l.amount) / (p.price * CASE WHEN p.monthly THEN 12 ELSE 1 END))),
			round(l.amount * p.cost_percent / 100, 2), l.order_id, l.product_id, l.rep_id, l.deal_id, l.channel, l.location
		FROM line l
		JOIN sales_kpi.demo_product p ON p.product_id = l.product_id
	$$);

	-- One in four first tries for a fortnight. A higher tier of the family ends the
	-- lower. Each year of a contract is a row: prices rise with it, and some take more
	-- seats, some fewer.
	CALL sales_kpi.demo_fill(sources, deals, seed, 'subscription', $$
		INSERT INTO {{crm}}.subscription (subscription_id, customer_id, started_at, ended_at, monthly_amount, product_id, rep_id, trial)
		WITH contract AS (
			SELECT s.deal_id, s.customer_id, s.product_id, s.rep_id, p.family, p.tier, s.amount / 12 AS monthly_amount,
				date_trunc('day', s.sold_at AT TIME ZONE {{zone}}) + interval '1 day' AS starts,
				d.lead_id IS NOT NULL AND {{random}}('trial', s.deal_id, 4) = 0 AS has_trial,
				sales_kpi.demo_subscription_end(
					{{seed}}, s.deal_id, s.sold_at, s.rep_id = {{fast_rep}}, s.product_id = {{failing_product}}) AT TIME ZONE {{zone}} AS ends
			FROM {{crm}}.sale s
			JOIN {{crm}}.deal d ON d.deal_id = s.deal_id
			JOIN sales_kpi.demo_product p ON p.product_id = s.product_id AND p.monthly
		),
		switched AS (
			SELECT c.deal_id, min(h.starts) AS at
			FROM contract c
			JOIN contract h ON h.customer_id = c.customer_id AND h.family = c.family AND h.tier > c.tier AND h.starts > c.starts
			GROUP BY c.deal_id
		),
		paid AS (
			SELECT c.*, c.starts + CASE WHEN c.has_trial THEN interval '14 days' ELSE interval '0' END AS paid_from, least(c.ends, s.at) AS paid_until
			FROM contract c LEFT JOIN switched s ON s.deal_id = c.deal_id
		)
		SELECT p.deal_id, p.customer_id, p.starts AT TIME ZONE {{zone}}, p.paid_from AT TIME ZONE {{zone}}, 0, p.product_id, p.rep_id, true
		FROM paid p
		WHERE p.has_trial AND p.starts < timestamp '2026-01-01'
		UNION ALL
		SELECT p.deal_id, p.customer_id, y.from_time AT TIME ZONE {{zone}},
			CASE WHEN y.until_time < timestamp '2026-02-01' THEN y.until_time AT TIME ZONE {{zone}} END,
			round(p.monthly_amount
				* CASE WHEN y.year > 0 THEN ('{105,125,85}'::integer[])[{{choice}}('renewal', p.deal_id, '{76,15,9}')] ELSE 100 END / 100
				* CASE WHEN y.year > 1 THEN 105 ELSE 100 END / 100, 2),
			p.product_id, p.rep_id, false
		FROM paid p
		CROSS JOIN LATERAL (
			SELECT year, p.paid_from + year * interval '1 year' AS from_time, least(p.paid_until, p.paid_from + (year + 1) * interval '1 year') AS until_time
			FROM generate_series(0, 2) year
		) y
		WHERE y.from_time < y.until_time AND y.from_time < timestamp '2026-01-01'
	$$);
END
$fill$;
COMMENT ON PROCEDURE sales_kpi.demo_revenue(text, integer, integer) IS 'Internal: fills sale and subscription of the demo company.';
