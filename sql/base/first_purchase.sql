-- Whoever has paid once is no new customer again: sales and paid subscriptions count
-- alike, whichever of them the setting `purchases` makes the sales figures of. Of the
-- lines of one moment the largest sale speaks for the purchase.
SELECT DISTINCT ON (p.customer_id) p.customer_id, p.purchased_at, p.rep_id, p.product_id, p.channel
FROM (
	SELECT s.customer_id, s.sold_at AS purchased_at, s.amount AS sold, s.rep_id, s.product_id, s.channel
	FROM {{base}}.sale s
	WHERE s.amount > 0 AND s.customer_id IS NOT NULL
	UNION ALL
	SELECT s.customer_id, s.started_at, NULL::numeric, s.rep_id, s.product_id, NULL::text
	FROM {{base}}.subscription s
	WHERE s.paid AND s.started_at <= {{as_of}} AND (s.ended_at = s.started_at) IS NOT TRUE
) p
ORDER BY p.customer_id, p.purchased_at, p.sold DESC NULLS LAST, p.product_id, p.rep_id, p.channel;
COMMENT ON VIEW {{base}}.first_purchase IS 'The first paid purchase of each customer ever: a sale of an amount above 0, or a paid subscription.';
COMMENT ON COLUMN {{base}}.first_purchase.customer_id IS 'The customer.';
COMMENT ON COLUMN {{base}}.first_purchase.purchased_at IS 'When it was sold or began.';
COMMENT ON COLUMN {{base}}.first_purchase.rep_id IS 'Who sold it; the account owner where the purchase has no rep.';
COMMENT ON COLUMN {{base}}.first_purchase.product_id IS 'What was sold.';
COMMENT ON COLUMN {{base}}.first_purchase.channel IS 'Through which channel; NULL for a subscription.';
