SELECT DISTINCT ON (d.deal_id) d.deal_id, d.opened_at, d.closed_at, d.rep_id, d.product_id, d.customer_id, d.outcome{{own(deal d)}}
FROM {{base}}.deal d
ORDER BY d.deal_id, d.opened_at, d.closed_at, d.outcome, d.rep_id, d.product_id, d.customer_id{{own(deal d)}};
COMMENT ON VIEW {{base}}.deal_by_id IS 'Deals, one row each, for relations that refer to them.';
COMMENT ON COLUMN {{base}}.deal_by_id.deal_id IS 'The deal.';
COMMENT ON COLUMN {{base}}.deal_by_id.opened_at IS 'First opening.';
COMMENT ON COLUMN {{base}}.deal_by_id.closed_at IS 'Actual close; NULL: open.';
COMMENT ON COLUMN {{base}}.deal_by_id.rep_id IS 'Owner when it closed.';
COMMENT ON COLUMN {{base}}.deal_by_id.product_id IS 'Main product.';
COMMENT ON COLUMN {{base}}.deal_by_id.customer_id IS 'Who would buy.';
COMMENT ON COLUMN {{base}}.deal_by_id.outcome IS 'won | lost | withdrawn; NULL: open.';
