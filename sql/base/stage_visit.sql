-- A visit lasts until the next entry, but no longer than until the deal closes; the
-- stage an open deal is in is still running.
SELECT v.deal_id, v.stage, v.stage_order, v.entered_at, v.left_at, v.rep_id, v.product_id, v.customer_id{{own(deal v)}}
FROM (
	SELECT e.deal_id, e.stage, e.stage_order, e.entered_at, d.rep_id, d.product_id, d.customer_id,
-- if date deal.closed_at
		-- the close may have followed on whatever happened on its day
		CASE WHEN {{local_date(e.next_at)}} <= {{local_date(d.closed_at)}} THEN e.next_at ELSE
-- end
		-- a deal that closed on the day it entered its last stage spent no time there
		least(e.next_at, CASE WHEN d.closed_at < e.entered_at AND {{local_date(d.closed_at)}} = {{local_date(e.entered_at)}}
			THEN e.entered_at ELSE d.closed_at END)
-- if date deal.closed_at
		END
-- end
		AS left_at{{own(deal d)}}
	FROM (
		SELECT s.deal_id, s.stage, s.stage_order, s.entered_at,
			lead(s.entered_at) OVER (PARTITION BY s.deal_id ORDER BY s.entered_at, s.stage_order, s.stage) AS next_at
		FROM {{base}}.deal_stage s
	) e
-- unless deal
	LEFT
-- end
	JOIN {{base}}.deal_by_id d ON d.deal_id = e.deal_id
) v
-- as the checks of rows are: expected of nearly all, where IS NOT TRUE is of two in three
WHERE CASE WHEN v.left_at < v.entered_at THEN NULL ELSE true END IS NOT NULL;
COMMENT ON VIEW {{base}}.stage_visit IS 'Visits of deals to stages: from an entry to the next one or to the close.';
COMMENT ON COLUMN {{base}}.stage_visit.deal_id IS 'The deal.';
COMMENT ON COLUMN {{base}}.stage_visit.stage IS 'The stage.';
COMMENT ON COLUMN {{base}}.stage_visit.stage_order IS 'Its place in the pipeline, 1 first.';
COMMENT ON COLUMN {{base}}.stage_visit.entered_at IS 'When the deal entered it.';
COMMENT ON COLUMN {{base}}.stage_visit.left_at IS 'When it left it; NULL: it is there now.';
COMMENT ON COLUMN {{base}}.stage_visit.rep_id IS 'Owner of the deal.';
COMMENT ON COLUMN {{base}}.stage_visit.product_id IS 'Product of the deal.';
COMMENT ON COLUMN {{base}}.stage_visit.customer_id IS 'Customer of the deal.';
