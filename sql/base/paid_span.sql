-- As of a day in the past, what began later is not known yet. A span that ends as it
-- starts has no time.
SELECT s.customer_id, s.started_at, s.ended_at, s.monthly_amount, s.product_id, s.rep_id, s.subscription_id{{own(subscription s)}}
FROM {{base}}.subscription s
WHERE s.paid AND s.started_at < {{as_of}} AND (s.ended_at <= s.started_at) IS NOT TRUE;
COMMENT ON VIEW {{base}}.paid_span IS 'Paid subscriptions that began before as_of and last some time.';
COMMENT ON COLUMN {{base}}.paid_span.customer_id IS 'Who pays.';
COMMENT ON COLUMN {{base}}.paid_span.started_at IS 'Since when.';
COMMENT ON COLUMN {{base}}.paid_span.ended_at IS 'Until when, exclusive; NULL: no end is known.';
COMMENT ON COLUMN {{base}}.paid_span.monthly_amount IS 'What is paid a month; NULL: unknown.';
COMMENT ON COLUMN {{base}}.paid_span.product_id IS 'The product that is paid for.';
COMMENT ON COLUMN {{base}}.paid_span.rep_id IS 'Who sold it, or the account owner.';
COMMENT ON COLUMN {{base}}.paid_span.subscription_id IS 'The subscription that it is a span of.';
