-- As of a day in the past, a deal closed later was still open.
SELECT s.deal_id, s.opened_at,
	CASE WHEN s.outcome IS NOT NULL AND s.closed_at <= {{as_of}} THEN s.closed_at END AS closed_at,
	CASE WHEN s.closed_at <= {{as_of}} THEN s.outcome END AS outcome,
	CASE WHEN s.outcome IS NOT NULL THEN {{elapsed(s.opened_at, s.closed_at)}} END AS cycle,
	s.expected_close_at, s.stage, s.amount, s.customer_id, s.lead_id,
-- if customer.rep_id
	coalesce(s.rep_id, c.rep_id) AS rep_id,
-- else
	s.rep_id,
-- end
	s.product_id
FROM {{base}}.source_deal s
-- if customer.rep_id
LEFT JOIN {{base}}.customer c ON c.customer_id = s.customer_id
-- end
WHERE {{usable}};
COMMENT ON VIEW {{base}}.deal IS 'Deals; outcome NULL: open, and closed_at of an open deal is NULL.';
