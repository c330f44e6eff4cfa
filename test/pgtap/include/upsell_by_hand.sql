-- Upsell and cross-sell of purchases known by the day, in plain SQL: by_hand.kind of
-- each line, by_hand.upsell by member and month. Wants by_hand.purchase, with columns
-- dimension, member, sale_id, customer_id, sold_on, family and tier.
CREATE INDEX ON by_hand.purchase (dimension, member, customer_id, sold_on);
ANALYZE by_hand.purchase;

CREATE TABLE by_hand.kind AS
SELECT p.*, CASE
	WHEN earlier.lines = 0 THEN 'new'
	WHEN p.family IS NULL THEN 'repeat'
	WHEN earlier.of_family = 0 THEN 'cross_sell'
	WHEN p.tier > earlier.tier THEN 'upsell'
	WHEN p.tier < earlier.tier THEN 'downsell'
	ELSE 'repeat' END AS kind
FROM by_hand.purchase p
CROSS JOIN LATERAL (
	SELECT count(*) AS lines, count(*) FILTER (WHERE e.family = p.family) AS of_family, max(e.tier) FILTER (WHERE e.family = p.family) AS tier
	FROM by_hand.purchase e
	WHERE (e.dimension, e.member, e.customer_id) = (p.dimension, p.member, p.customer_id) AND e.sold_on < p.sold_on
) earlier;
ANALYZE by_hand.kind;

CREATE TABLE by_hand.month AS
SELECT m.dimension, m.member, b::date AS begins, (b + interval '1 month')::date AS ends
FROM (SELECT dimension, member, min(sold_on) AS since FROM by_hand.purchase GROUP BY 1, 2) m
CROSS JOIN LATERAL generate_series(date_trunc('month', m.since::timestamp), (SELECT max(sold_on) FROM by_hand.purchase)::timestamp, '1 month') b;
ANALYZE by_hand.month;

-- The highest tier of each family that anybody has bought by the end of the month.
CREATE TABLE by_hand.offer AS
SELECT m.dimension, m.member, m.begins, p.family, max(p.tier) AS top
FROM by_hand.month m
JOIN by_hand.purchase p ON p.dimension = m.dimension AND p.member = m.member AND p.sold_on < m.ends
WHERE p.family IS NOT NULL
GROUP BY 1, 2, 3, 4;
ANALYZE by_hand.offer;

CREATE TABLE by_hand.customer AS
SELECT m.dimension, m.member, m.begins, m.ends, c.customer_id, c.since < m.begins AS existing
FROM by_hand.month m
JOIN (SELECT dimension, member, customer_id, min(sold_on) AS since FROM by_hand.purchase GROUP BY 1, 2, 3) c
	ON c.dimension = m.dimension AND c.member = m.member AND c.since < m.ends;
ANALYZE by_hand.customer;

-- What existing customers held when the month began, and after each day of it on
-- which they bought.
CREATE TABLE by_hand.held AS
SELECT c.dimension, c.member, c.begins, c.customer_id, t.before, p.family, max(p.tier) AS tier
FROM by_hand.customer c
CROSS JOIN LATERAL (
	SELECT c.begins AS before
	UNION
	SELECT p.sold_on + 1 FROM by_hand.purchase p
	WHERE (p.dimension, p.member, p.customer_id) = (c.dimension, c.member, c.customer_id) AND p.sold_on >= c.begins AND p.sold_on < c.ends
) t
JOIN by_hand.purchase p ON (p.dimension, p.member, p.customer_id) = (c.dimension, c.member, c.customer_id) AND p.sold_on < t.before
WHERE c.existing AND p.family IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 6;
ANALYZE by_hand.held;

CREATE TABLE by_hand.upsell AS
WITH eligible AS (
	SELECT h.dimension, h.member, h.begins, h.customer_id, bool_or(h.tier < o.top) AS can_rise, count(*) FILTER (WHERE h.before = h.begins) AS families
	FROM by_hand.held h
	JOIN by_hand.offer o ON (o.dimension, o.member, o.begins, o.family) = (h.dimension, h.member, h.begins, h.family)
	GROUP BY 1, 2, 3, 4
),
bought AS (
	SELECT dimension, member, date_trunc('month', sold_on::timestamp)::date AS begins, customer_id,
		bool_or(kind = 'upsell') AS upsold, bool_or(kind = 'cross_sell') AS cross_sold, bool_or(kind = 'downsell') AS downsold, bool_or(kind = 'new') AS joined
	FROM by_hand.kind
	GROUP BY 1, 2, 3, 4
)
SELECT m.dimension, m.member, m.begins, count(*) FILTER (WHERE c.existing) AS existing,
	count(*) FILTER (WHERE e.can_rise) AS upsell_eligible,
	count(*) FILTER (WHERE c.existing AND coalesce(e.families, 0) < m.families) AS cross_sell_eligible,
	count(*) FILTER (WHERE c.existing AND b.upsold) AS upsold,
	count(*) FILTER (WHERE c.existing AND b.cross_sold) AS cross_sold,
	count(*) FILTER (WHERE c.existing AND (b.upsold OR b.cross_sold)) AS either,
	count(*) FILTER (WHERE c.existing AND b.downsold) AS downsold,
	count(*) FILTER (WHERE b.joined) AS joined,
	count(*) FILTER (WHERE b.joined AND (b.upsold OR b.cross_sold)) AS joined_and_sold_up,
	count(*) FILTER (WHERE c.existing AND b.upsold) / nullif(count(*) FILTER (WHERE c.existing), 0)::float8 AS upsell_rate,
	count(*) FILTER (WHERE c.existing AND b.cross_sold) / nullif(count(*) FILTER (WHERE c.existing), 0)::float8 AS cross_sell_rate,
	count(*) FILTER (WHERE c.existing AND (b.upsold OR b.cross_sold)) / nullif(count(*) FILTER (WHERE c.existing), 0)::float8 AS either_rate
FROM (SELECT dimension, member, begins, count(o.family) AS families FROM by_hand.month LEFT JOIN by_hand.offer o USING (dimension, member, begins) GROUP BY 1, 2, 3) m
JOIN by_hand.customer c ON (c.dimension, c.member, c.begins) = (m.dimension, m.member, m.begins)
LEFT JOIN eligible e ON (e.dimension, e.member, e.begins, e.customer_id) = (c.dimension, c.member, c.begins, c.customer_id)
LEFT JOIN bought b ON (b.dimension, b.member, b.begins, b.customer_id) = (c.dimension, c.member, c.begins, c.customer_id)
GROUP BY 1, 2, 3;
ANALYZE by_hand.upsell;

-- What the view of a model has in common with it.
\set upsell_cells 'existing, upsell_eligible, cross_sell_eligible, upsold, cross_sold, either, downsold, joined, joined_and_sold_up, upsell_rate, cross_sell_rate, either_rate'
