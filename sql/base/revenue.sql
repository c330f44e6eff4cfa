-- What revenue is made of, by the setting `purchases`. The months of a subscription
-- are counted from its start on the local clock, which has one of two equal hours
-- only: the first month begins with the subscription itself.
-- if purchases = subscription
SELECT m.begins_at AS sold_at, s.customer_id,
	CASE WHEN s.ended_at < m.ends_at
		THEN round(s.monthly_amount * extract(epoch FROM {{clock(s.ended_at)}} - {{clock(m.begins_at)}}) / extract(epoch FROM {{clock(m.ends_at)}} - {{clock(m.begins_at)}}), 6)
		ELSE s.monthly_amount END AS amount,
	NULL::numeric AS cost, s.product_id, s.rep_id, NULL::text AS channel, c.location{{own(deal NULL)}}{{own(sale NULL)}}{{own(subscription s)}}
FROM {{base}}.paid_span s
CROSS JOIN LATERAL (SELECT s.started_at AT TIME ZONE {{time_zone}} AS began, least(s.ended_at, {{as_of}}) AT TIME ZONE {{time_zone}} AS until) l
CROSS JOIN LATERAL generate_series(0, (12 * (date_part('year', l.until) - date_part('year', l.began)) + date_part('month', l.until) - date_part('month', l.began))::integer) n (months)
CROSS JOIN LATERAL (SELECT CASE n.months WHEN 0 THEN s.started_at ELSE (l.began + make_interval(months => n.months)) AT TIME ZONE {{time_zone}} END AS begins_at,
	(l.began + make_interval(months => n.months + 1)) AT TIME ZONE {{time_zone}} AS ends_at) m
LEFT JOIN {{base}}.customer c ON c.customer_id = s.customer_id
WHERE m.begins_at < {{as_of}} AND (m.begins_at >= s.ended_at) IS NOT TRUE
-- else
SELECT s.sold_at, s.customer_id, s.amount, s.cost, s.product_id, s.rep_id, s.channel, s.location{{own(deal s)}}{{own(sale s)}}{{own(subscription s)}}
FROM {{base}}.purchase s
-- end
;
COMMENT ON VIEW {{base}}.revenue IS 'What revenue is made of: a row per order line or, with the setting purchases at subscription, per month that a subscription was paid for.';
COMMENT ON COLUMN {{base}}.revenue.sold_at IS 'When it counts: when it was sold; when the month began.';
COMMENT ON COLUMN {{base}}.revenue.customer_id IS 'Who pays; NULL: not known.';
COMMENT ON COLUMN {{base}}.revenue.amount IS 'What is paid; of a last month that was not paid in full, its share of time. Negative: a return; NULL: unknown.';
COMMENT ON COLUMN {{base}}.revenue.cost IS 'What it cost the company; NULL: unknown, as of a subscription.';
COMMENT ON COLUMN {{base}}.revenue.product_id IS 'What is paid for.';
COMMENT ON COLUMN {{base}}.revenue.rep_id IS 'Who sold it, or the account owner.';
COMMENT ON COLUMN {{base}}.revenue.channel IS 'Through which channel; NULL for a subscription.';
COMMENT ON COLUMN {{base}}.revenue.location IS 'Where it was sold, or where the customer is.';
