SELECT d.deal_id, d.customer_id, d.closed_at
FROM {{base}}.deal d
WHERE d.is_won
-- if date deal.closed_at
	AND {{local_date(d.closed_at)}} + 90 <= {{local_date({{as_of}})}};
-- else
	AND d.closed_at <= {{as_of}} - interval '2160 hours';
-- end
COMMENT ON VIEW {{base}}.won_90d IS 'Won deals that closed at least 90 days before as_of.';
COMMENT ON COLUMN {{base}}.won_90d.deal_id IS 'The deal.';
COMMENT ON COLUMN {{base}}.won_90d.customer_id IS 'Who bought.';
COMMENT ON COLUMN {{base}}.won_90d.closed_at IS 'When it was won.';
