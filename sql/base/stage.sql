-- Pipelines may number a stage differently: the least is its place, for all deals alike.
SELECT s.stage, min(s.stage_order) AS stage_order
FROM {{base}}.deal_stage s
GROUP BY s.stage;
COMMENT ON VIEW {{base}}.stage IS 'The stages of the pipeline.';
COMMENT ON COLUMN {{base}}.stage.stage IS 'The stage.';
COMMENT ON COLUMN {{base}}.stage.stage_order IS 'Its place in the pipeline, 1 first.';
