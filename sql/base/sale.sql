SELECT s.sale_id, s.sold_at, s.customer_id, s.amount, s.units, s.cost,
	coalesce(s.order_id::text, s.customer_id::text || ' ' || extract(epoch FROM s.sold_at), 'sale ' || s.sale_id) AS order_id,
	s.product_id, s.deal_id, s.channel,
-- if customer.rep_id
	coalesce(s.rep_id, c.rep_id) AS rep_id,
-- else
	s.rep_id,
-- end
-- if customer.location
	coalesce(s.location, c.location) AS location{{own(sale s)}}
-- else
	s.location{{own(sale s)}}
-- end
FROM {{base}}.source_sale s
-- if customer.rep_id or customer.location
LEFT JOIN {{base}}.customer c ON c.customer_id = s.customer_id
-- end
WHERE {{usable}};
COMMENT ON VIEW {{base}}.sale IS 'Order lines; lines without an order belong together by customer and time.';
