SELECT s.given_at, s.score, s.scale, s.customer_id, s.product_id, s.deal_id,
-- if customer.rep_id
	coalesce(s.rep_id, c.rep_id) AS rep_id{{own(feedback s)}}
-- else
	s.rep_id{{own(feedback s)}}
-- end
FROM {{base}}.source_feedback s
-- if customer.rep_id
LEFT JOIN {{base}}.customer c ON c.customer_id = s.customer_id
-- end
WHERE {{usable}};
COMMENT ON VIEW {{base}}.feedback IS 'Answers of customers.';
