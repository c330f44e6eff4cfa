-- What is wrong with the sources, check by check, and what the model does about it.
{{quality_branches}}
SELECT c.change AS check_name, c.relation, 1::bigint AS rows, NULL::text AS example_key,
	'read as it was made; CALL sales_kpi.repair_model'::text AS treatment
FROM sales_kpi.source_changes({{sources}}, {{base_name}}, {{columns}}) c;
COMMENT ON VIEW {{kpi}}.data_quality IS 'What is wrong with the sources: a row per check that found something. Empty is good.';
COMMENT ON COLUMN {{kpi}}.data_quality.check_name IS 'What is wrong.';
COMMENT ON COLUMN {{kpi}}.data_quality.relation IS 'In which source.';
COMMENT ON COLUMN {{kpi}}.data_quality.rows IS 'In how many rows.';
COMMENT ON COLUMN {{kpi}}.data_quality.example_key IS 'Key of one of them, the first in text order; where there is no key, its day.';
COMMENT ON COLUMN {{kpi}}.data_quality.treatment IS 'What the model does about such rows.';
