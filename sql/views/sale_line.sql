-- Sales line by line: who bought what from whom, what kind of sale it was, and what
-- the customer had bought before. All windows are of one customer, so that a filter on
-- customer_id is applied below them.
-- reads: sale, subscription
SELECT l.sale_id, l.order_id, l.sold_at, {{local_date(l.sold_at)}} AS sold_on,
	l.customer_id::text AS customer_id, coalesce(c.customer_name, l.customer_id::text) AS customer_name,
	l.product_id::text AS product_id, coalesce(p.product_name, l.product_id::text) AS product_name, l.family, l.tier, l.kind,
	l.previous_product_id::text AS previous_product_id, coalesce(b.product_name, l.previous_product_id::text) AS previous_product_name, l.previous_sold_at,
	l.rep_id::text AS rep_id, coalesce(n.rep_name, l.rep_id::text) AS rep_name, r.team, r.territory,
	l.channel, l.location, l.units, l.amount, l.deal_id
FROM (
	SELECT w.*, CASE WHEN w.is_purchase THEN w.kind_of_line END AS kind,
		CASE WHEN w.is_purchase THEN CASE WHEN w.has_family_before THEN w.product_of_family ELSE w.product_before END END AS previous_product_id,
		CASE WHEN w.is_purchase THEN CASE WHEN w.has_family_before THEN w.family_sold_at ELSE w.sold_before END END AS previous_sold_at
	FROM (
		SELECT s.*, sales_kpi.sale_kind(s.family, s.tier) OVER purchase AS kind_of_line,
			first_value(s.leading_product) OVER before AS product_before,
			first_value(s.sold_at) OVER before AS sold_before,
			s.family IS NOT NULL AND first_value(s.sold_at) OVER before_in_family IS NOT NULL AS has_family_before,
			first_value(s.leading_in_family) OVER before_in_family AS product_of_family,
			first_value(s.sold_at) OVER before_in_family AS family_sold_at
		FROM (
			-- of the lines of one moment the highest tier speaks for all
			SELECT f.*,
				first_value(f.product_id) OVER (PARTITION BY f.customer_id, f.is_purchase, f.sold_at ORDER BY f.tier DESC NULLS LAST, f.product_id::text COLLATE "C") AS leading_product,
				first_value(f.product_id) OVER (PARTITION BY f.customer_id, f.is_purchase, f.family, f.sold_at ORDER BY f.tier DESC NULLS LAST, f.product_id::text COLLATE "C") AS leading_in_family
			FROM {{base}}.purchase f
		) s
		WINDOW purchase AS (PARTITION BY s.customer_id, s.is_purchase ORDER BY s.sold_at),
			before AS (PARTITION BY s.customer_id, s.is_purchase ORDER BY s.sold_at GROUPS BETWEEN 1 PRECEDING AND 1 PRECEDING),
			before_in_family AS (PARTITION BY s.customer_id, s.is_purchase, s.family ORDER BY s.sold_at GROUPS BETWEEN 1 PRECEDING AND 1 PRECEDING)
	) w
) l
LEFT JOIN {{base}}.customer c ON c.customer_id = l.customer_id
LEFT JOIN {{base}}.product p ON p.product_id = l.product_id
LEFT JOIN {{base}}.product b ON b.product_id = l.previous_product_id
LEFT JOIN {{base}}.rep_name n ON n.rep_id = l.rep_id
LEFT JOIN {{base}}.rep r ON r.rep_id = l.rep_id AND l.sold_at >= r.valid_from AND l.sold_at < r.valid_until;
COMMENT ON VIEW {{kpi}}.sale_line IS 'Every line that was sold: what, when, to whom, by whom, as what kind of sale, and what the customer had bought before. With the setting purchases at subscription, a line is a paid span.';
COMMENT ON COLUMN {{kpi}}.sale_line.sale_id IS 'The line; of a subscription, its id.';
COMMENT ON COLUMN {{kpi}}.sale_line.order_id IS 'Lines of one order; of a subscription, its id.';
COMMENT ON COLUMN {{kpi}}.sale_line.sold_at IS 'When it was sold.';
COMMENT ON COLUMN {{kpi}}.sale_line.sold_on IS 'The day, in the model''s zone.';
COMMENT ON COLUMN {{kpi}}.sale_line.customer_id IS 'Who bought it; NULL: not known. A filter on it is quick: only that customer is looked at.';
COMMENT ON COLUMN {{kpi}}.sale_line.customer_name IS 'Its name.';
COMMENT ON COLUMN {{kpi}}.sale_line.product_id IS 'What was sold; NULL: not known.';
COMMENT ON COLUMN {{kpi}}.sale_line.product_name IS 'Its name.';
COMMENT ON COLUMN {{kpi}}.sale_line.family IS 'The family of the product.';
COMMENT ON COLUMN {{kpi}}.sale_line.tier IS 'Its tier within the family; NULL: none.';
COMMENT ON COLUMN {{kpi}}.sale_line.kind IS 'new, upsell, cross_sell, downsell or repeat, judged on all that the customer had bought before; NULL for what is no purchase: returns, gifts, amounts or customers that are not known.';
COMMENT ON COLUMN {{kpi}}.sale_line.previous_product_id IS 'What the customer bought last before: of the same family if it held it, otherwise of any; of several at one moment the highest tier. NULL for a first purchase and for what is none.';
COMMENT ON COLUMN {{kpi}}.sale_line.previous_product_name IS 'Its name.';
COMMENT ON COLUMN {{kpi}}.sale_line.previous_sold_at IS 'When that was.';
COMMENT ON COLUMN {{kpi}}.sale_line.rep_id IS 'Who sold it, or the account owner.';
COMMENT ON COLUMN {{kpi}}.sale_line.rep_name IS 'The rep''s name.';
COMMENT ON COLUMN {{kpi}}.sale_line.team IS 'The rep''s team when it was sold.';
COMMENT ON COLUMN {{kpi}}.sale_line.territory IS 'The rep''s territory when it was sold.';
COMMENT ON COLUMN {{kpi}}.sale_line.channel IS 'Through which channel.';
COMMENT ON COLUMN {{kpi}}.sale_line.location IS 'Where it was sold, or where the customer is.';
COMMENT ON COLUMN {{kpi}}.sale_line.units IS 'How many; negative: a return; NULL: unknown.';
COMMENT ON COLUMN {{kpi}}.sale_line.amount IS 'What it was sold for; negative: a return; NULL: unknown.';
COMMENT ON COLUMN {{kpi}}.sale_line.deal_id IS 'The deal it closed.';
