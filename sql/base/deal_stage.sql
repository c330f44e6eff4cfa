-- if deal_stage.stage_order
SELECT s.deal_id, s.stage, s.entered_at, s.stage_order
-- else
SELECT s.deal_id, s.stage, s.entered_at, o.stage_order
-- end
FROM {{base}}.source_deal_stage s
-- unless deal_stage.stage_order
LEFT JOIN (
	SELECT e.stage, rank() OVER (ORDER BY percentile_disc(0.5) WITHIN GROUP (ORDER BY e.after), e.stage)::bigint AS stage_order
	FROM (SELECT h.deal_id, h.stage, min(h.entered_at) - min(min(h.entered_at)) OVER (PARTITION BY h.deal_id) AS after
		FROM {{base}}.source_deal_stage h GROUP BY h.deal_id, h.stage) e
	GROUP BY e.stage
) o ON o.stage = s.stage
-- end
WHERE {{usable}};
COMMENT ON VIEW {{base}}.deal_stage IS 'Every entry of a deal into a stage; stages in the order of their median first entry unless the source orders them.';
