SELECT s.lead_id, s.temperature, s.entered_at
FROM {{base}}.source_lead_temperature s
WHERE {{usable}};
COMMENT ON VIEW {{base}}.lead_temperature IS 'When each lead became how warm.';
