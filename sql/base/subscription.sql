-- What is less than half a millionth is nothing to the functions, too.
SELECT s.subscription_id, s.customer_id, s.started_at, s.ended_at, s.monthly_amount, s.product_id,
-- if customer.rep_id
	coalesce(s.rep_id, c.rep_id) AS rep_id,
-- else
	s.rep_id,
-- end
	s.trial, NOT s.trial AND (s.monthly_amount < 0.0000005) IS NOT TRUE AS paid{{own(subscription s)}}
FROM {{base}}.source_subscription s
-- if customer.rep_id
LEFT JOIN {{base}}.customer c ON c.customer_id = s.customer_id
-- end
WHERE {{usable}};
COMMENT ON VIEW {{base}}.subscription IS 'Spans of subscriptions; trials and free plans are not paid.';
COMMENT ON COLUMN {{base}}.subscription.paid IS 'Whether it counts: no trial, and not free.';
