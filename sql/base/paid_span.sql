-- As of a day in the past, what began later is not known yet. A span that ends as it
-- starts has no time. These are the rows of `subscription` that are paid, begun and of
-- some time; but with all of that asked at once, no value is compared with two bounds
-- of which one is within the other. (Amounts that are no number are above all numbers,
-- or below.)
SELECT s.customer_id, s.started_at, s.ended_at, s.monthly_amount, s.product_id,
-- if customer.rep_id
	coalesce(s.rep_id, c.rep_id) AS rep_id,
-- else
	s.rep_id,
-- end
	s.subscription_id{{own(subscription s)}}
FROM {{base}}.source_subscription s
-- if customer.rep_id
LEFT JOIN {{base}}.customer c ON c.customer_id = s.customer_id
-- end
WHERE NOT s.trial AND s.started_at < {{as_of}} AND (s.ended_at <= s.started_at) IS NOT TRUE
	AND CASE WHEN s.customer_id IS NULL OR s.started_at < '0001-01-01 00:00:00+00'
		OR s.monthly_amount < 0.0000005 OR s.monthly_amount >= 9e12 THEN NULL ELSE true END IS NOT NULL;
COMMENT ON VIEW {{base}}.paid_span IS 'Paid subscriptions that began before as_of and last some time.';
COMMENT ON COLUMN {{base}}.paid_span.customer_id IS 'Who pays.';
COMMENT ON COLUMN {{base}}.paid_span.started_at IS 'Since when.';
COMMENT ON COLUMN {{base}}.paid_span.ended_at IS 'Until when, exclusive; NULL: no end is known.';
COMMENT ON COLUMN {{base}}.paid_span.monthly_amount IS 'What is paid a month; NULL: unknown.';
COMMENT ON COLUMN {{base}}.paid_span.product_id IS 'The product that is paid for.';
COMMENT ON COLUMN {{base}}.paid_span.rep_id IS 'Who sold it, or the account owner.';
COMMENT ON COLUMN {{base}}.paid_span.subscription_id IS 'The subscription that it is a span of.';
