-- Stages that the source does not order come in the order of their median first
-- entry, which is looked for only if there are such.
SELECT s.deal_id, s.stage, s.entered_at, coalesce(s.stage_order, o.stage_order) AS stage_order
FROM {{base}}.source_deal_stage s
LEFT JOIN (
	SELECT e.stage, rank() OVER (ORDER BY sales_kpi.median(sales_kpi.duration_agg(e.after)), e.stage)::bigint AS stage_order
	FROM (
		SELECT s.stage, min(s.entered_at) - min(min(s.entered_at)) OVER (PARTITION BY s.deal_id) AS after
		FROM {{base}}.source_deal_stage s
		WHERE EXISTS (SELECT FROM {{base}}.source_deal_stage g WHERE g.stage_order IS NULL)
			AND {{usable}}
		GROUP BY s.deal_id, s.stage
	) e
	GROUP BY e.stage
) o ON o.stage = s.stage
WHERE {{usable}};
COMMENT ON VIEW {{base}}.deal_stage IS 'Every entry of a deal into a stage.';
