-- Without a stage history only the present stage of open deals is known.
-- if deal_stage
SELECT t.deal_id, t.stage, t.stage_order, t.visits, t.is_open,
	CASE WHEN t.is_open THEN {{as_of}} ELSE t.left_at END AS counted_at,
	CASE WHEN NOT t.is_open THEN t.elapsed END AS elapsed,
	CASE WHEN NOT t.is_open THEN {{elapsed(t.entered_at, t.left_at, deal_stage.entered_at)}} END AS latest_elapsed,
	t.rep_id, t.product_id, t.customer_id
FROM (
	-- visits do not overlap: the latest to begin is the latest to end
	SELECT v.deal_id, v.stage, max(v.stage_order) AS stage_order, count(*) AS visits,
		bool_or(v.left_at IS NULL) AS is_open, sum({{elapsed(v.entered_at, v.left_at, deal_stage.entered_at)}}) AS elapsed,
		max(v.entered_at) AS entered_at, max(v.left_at) AS left_at,
		v.rep_id, v.product_id, v.customer_id
	FROM {{base}}.stage_visit v
	GROUP BY v.deal_id, v.stage, v.rep_id, v.product_id, v.customer_id
) t
-- else
SELECT d.deal_id, d.stage, NULL::bigint AS stage_order, 1::bigint AS visits, true AS is_open, {{as_of}} AS counted_at,
	NULL::interval AS elapsed, NULL::interval AS latest_elapsed, d.rep_id, d.product_id, d.customer_id
FROM {{base}}.deal d
WHERE d.is_open AND d.stage IS NOT NULL
-- end
;
COMMENT ON VIEW {{base}}.stage_time IS 'Time of each deal in each stage it was in; counted when it left, or as of now while it is there.';
COMMENT ON COLUMN {{base}}.stage_time.deal_id IS 'The deal.';
COMMENT ON COLUMN {{base}}.stage_time.stage IS 'The stage.';
COMMENT ON COLUMN {{base}}.stage_time.stage_order IS 'Its place in the pipeline, 1 first; NULL where unknown.';
COMMENT ON COLUMN {{base}}.stage_time.visits IS 'How often the deal entered it.';
COMMENT ON COLUMN {{base}}.stage_time.is_open IS 'Whether the deal is there now.';
COMMENT ON COLUMN {{base}}.stage_time.counted_at IS 'When it last left the stage; as of now while it is there.';
COMMENT ON COLUMN {{base}}.stage_time.elapsed IS 'Time there over all visits; NULL while it is there.';
COMMENT ON COLUMN {{base}}.stage_time.latest_elapsed IS 'Time of the latest visit; NULL while it is there.';
COMMENT ON COLUMN {{base}}.stage_time.rep_id IS 'Owner of the deal.';
COMMENT ON COLUMN {{base}}.stage_time.product_id IS 'Product of the deal.';
COMMENT ON COLUMN {{base}}.stage_time.customer_id IS 'Customer of the deal.';
