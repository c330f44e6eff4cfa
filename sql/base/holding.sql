-- Held means ever bought.
SELECT p.customer_id, p.product_id, p.family, min(p.sold_at) AS held_since
FROM {{base}}.purchase p
WHERE p.is_purchase
GROUP BY p.customer_id, p.product_id, p.family;
COMMENT ON VIEW {{base}}.holding IS 'What each customer has ever bought: a row per customer and product.';
COMMENT ON COLUMN {{base}}.holding.customer_id IS 'The customer.';
COMMENT ON COLUMN {{base}}.holding.product_id IS 'The product; NULL: what it bought is not known.';
COMMENT ON COLUMN {{base}}.holding.family IS 'The family of the product.';
COMMENT ON COLUMN {{base}}.holding.held_since IS 'When it first bought it.';
