-- What a deal enters on a day after its close is no visit, here as in stage_time.
SELECT s.deal_id, min(s.entered_at) AS started_at, max(o.stage_order) AS furthest, d.outcome, d.rep_id, d.product_id, d.customer_id
FROM {{base}}.deal_stage s
JOIN {{base}}.stage o ON o.stage = s.stage
-- unless deal
LEFT
-- end
JOIN {{base}}.deal_by_id d ON d.deal_id = s.deal_id
WHERE ({{local_date(s.entered_at)}} > {{local_date(d.closed_at)}}) IS NOT TRUE
GROUP BY s.deal_id, d.outcome, d.rep_id, d.product_id, d.customer_id;
COMMENT ON VIEW {{base}}.deal_progress IS 'How far each deal with a stage history has come.';
COMMENT ON COLUMN {{base}}.deal_progress.deal_id IS 'The deal.';
COMMENT ON COLUMN {{base}}.deal_progress.started_at IS 'Its first entry into any stage.';
COMMENT ON COLUMN {{base}}.deal_progress.furthest IS 'Place in the pipeline of the last stage it was in.';
COMMENT ON COLUMN {{base}}.deal_progress.outcome IS 'won | lost | withdrawn; NULL: open.';
COMMENT ON COLUMN {{base}}.deal_progress.rep_id IS 'Owner of the deal.';
COMMENT ON COLUMN {{base}}.deal_progress.product_id IS 'Product of the deal.';
COMMENT ON COLUMN {{base}}.deal_progress.customer_id IS 'Customer of the deal.';
