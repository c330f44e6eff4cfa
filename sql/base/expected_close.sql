-- Deals that closed are counted then; those that are overdue, as of now.
SELECT d.closed_at AS counted_at, {{local_date(d.closed_at)}} - {{local_date(d.expected_close_at)}} AS slip_days,
	d.rep_id, d.product_id, d.customer_id{{own(deal d)}}
FROM {{base}}.deal d
WHERE d.closed_at IS NOT NULL AND d.expected_close_at IS NOT NULL
UNION ALL
SELECT {{as_of}}, NULL::integer, d.rep_id, d.product_id, d.customer_id{{own(deal d)}}
FROM {{base}}.deal d
WHERE d.is_open AND {{local_date(d.expected_close_at)}} < {{local_date({{as_of}})}};
COMMENT ON VIEW {{base}}.expected_close IS 'Deals with an expected close that have closed, or that are overdue.';
COMMENT ON COLUMN {{base}}.expected_close.counted_at IS 'When it closed; as of now while it is open.';
COMMENT ON COLUMN {{base}}.expected_close.slip_days IS 'Days from the expected to the actual close, negative when it was early; NULL: open, and overdue.';
COMMENT ON COLUMN {{base}}.expected_close.rep_id IS 'Owner of the deal.';
COMMENT ON COLUMN {{base}}.expected_close.product_id IS 'Product of the deal.';
COMMENT ON COLUMN {{base}}.expected_close.customer_id IS 'Customer of the deal.';
