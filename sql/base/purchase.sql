-- What the sales figures are made of, by the setting `purchases`. A tier beyond any
-- pricelist is taken for unknown.
SELECT s.sale_id, s.sold_at, s.customer_id, s.amount, s.units, s.cost, s.order_id, s.product_id,
	coalesce(p.family, s.product_id::text) AS family,
	CASE WHEN p.tier BETWEEN -2147483648 AND 2147483647 THEN p.tier::integer END AS tier,
	s.rep_id, s.deal_id, s.channel, s.location, s.is_purchase{{own(deal s)}}{{own(sale s)}}{{own(subscription s)}}
FROM (
-- if purchases = subscription
	-- renewals and new prices sell a subscription again, and no more units
	SELECT s.subscription_id::text AS sale_id, s.started_at AS sold_at, s.customer_id, s.monthly_amount AS amount,
		CASE WHEN s.subscription_id IS NULL OR row_number() OVER (PARTITION BY s.customer_id, s.subscription_id, s.product_id
			ORDER BY s.started_at, s.ended_at, s.monthly_amount, s.rep_id) = 1 THEN 1::numeric ELSE 0::numeric END AS units,
		NULL::numeric AS cost, s.subscription_id::text AS order_id, s.product_id, s.rep_id, NULL::text AS deal_id, NULL::text AS channel,
		c.location, s.customer_id IS NOT NULL AS is_purchase{{own(deal NULL)}}{{own(sale NULL)}}{{own(subscription s)}}
	FROM {{base}}.paid_span s
	LEFT JOIN {{base}}.customer c ON c.customer_id = s.customer_id
-- else
	SELECT s.sale_id::text AS sale_id, s.sold_at, s.customer_id, s.amount, s.units, s.cost, s.order_id, s.product_id, s.rep_id,
		s.deal_id::text AS deal_id, s.channel, s.location, (s.customer_id IS NOT NULL AND s.amount > 0) IS TRUE AS is_purchase{{own(deal d)}}{{own(sale s)}}{{own(subscription NULL)}}
	FROM {{base}}.sale s
-- if own deal
	LEFT JOIN {{base}}.deal_by_id d ON d.deal_id = s.deal_id
-- end
-- end
) s
LEFT JOIN {{base}}.product p ON p.product_id = s.product_id;
COMMENT ON VIEW {{base}}.purchase IS 'What is sold, returns included: a row per order line or, with the setting purchases at subscription, per span that a subscription was paid for.';
COMMENT ON COLUMN {{base}}.purchase.sale_id IS 'The line; of a subscription, its id.';
COMMENT ON COLUMN {{base}}.purchase.sold_at IS 'When it was sold; when the span began.';
COMMENT ON COLUMN {{base}}.purchase.customer_id IS 'Who bought it; NULL: not known.';
COMMENT ON COLUMN {{base}}.purchase.amount IS 'What it was sold for; of a subscription, a month. Negative: a return; NULL: unknown.';
COMMENT ON COLUMN {{base}}.purchase.units IS 'How many; NULL: unknown. Of a subscription, 1 with the first span of each customer and product and 0 with later ones.';
COMMENT ON COLUMN {{base}}.purchase.cost IS 'What it cost the company; NULL: unknown.';
COMMENT ON COLUMN {{base}}.purchase.order_id IS 'Lines of one order; of a subscription, its id.';
COMMENT ON COLUMN {{base}}.purchase.product_id IS 'What was sold.';
COMMENT ON COLUMN {{base}}.purchase.family IS 'The family of the product; a product that is not known is its own family.';
COMMENT ON COLUMN {{base}}.purchase.tier IS 'The tier of the product within its family; NULL: none.';
COMMENT ON COLUMN {{base}}.purchase.rep_id IS 'Who sold it, or the account owner.';
COMMENT ON COLUMN {{base}}.purchase.deal_id IS 'The deal it closed; NULL for a subscription.';
COMMENT ON COLUMN {{base}}.purchase.channel IS 'Through which channel; NULL for a subscription.';
COMMENT ON COLUMN {{base}}.purchase.location IS 'Where it was sold, or where the customer is.';
COMMENT ON COLUMN {{base}}.purchase.is_purchase IS 'Whether a customer that is known has bought something: a sale of an amount above 0, or a span that was paid for, also if its amount is unknown. Returns and gifts are none.';
