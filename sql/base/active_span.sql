-- When a customer is active: while a subscription is paid or, in a company without
-- subscriptions, for a time after each purchase. The planner sees that an absent
-- subscription has no rows; where there are some, purchases are not read.
SELECT p.customer_id, p.started_at, p.ended_at, p.product_id, p.rep_id{{own(subscription p)}}{{own(sale NULL)}}
FROM {{base}}.paid_span p
-- if set inactive_after
UNION ALL
SELECT s.customer_id, s.sold_at,
-- if date sale.sold_at
	(s.sold_at AT TIME ZONE {{time_zone}} + {{inactive_after}}) AT TIME ZONE {{time_zone}},
-- else
	s.sold_at + {{inactive_after}},
-- end
	s.product_id, s.rep_id{{own(subscription NULL)}}{{own(sale s)}}
FROM {{base}}.sale s
WHERE s.amount > 0 AND s.customer_id IS NOT NULL AND s.sold_at < {{as_of}}
	AND {{inactive_after}} > interval '0' AND NOT EXISTS (SELECT FROM {{base}}.source_subscription)
-- end
;
COMMENT ON VIEW {{base}}.active_span IS 'When customers are active, as of as_of: a row per paid subscription; in a company without subscriptions, a row per purchase, for the time of the setting inactive_after.';
COMMENT ON COLUMN {{base}}.active_span.customer_id IS 'Who is active.';
COMMENT ON COLUMN {{base}}.active_span.started_at IS 'Since when.';
COMMENT ON COLUMN {{base}}.active_span.ended_at IS 'Until when, exclusive; NULL: no end is known.';
COMMENT ON COLUMN {{base}}.active_span.product_id IS 'The product that is paid for.';
COMMENT ON COLUMN {{base}}.active_span.rep_id IS 'Who sold it, or the account owner.';
