-- The settings in force, for those who may read the views alone.
SELECT s.name, s.value, s.meaning
FROM (VALUES {{setting_rows}}) s (name, value, meaning);
COMMENT ON VIEW {{kpi}}.setting IS 'The settings that the views were made with.';
COMMENT ON COLUMN {{kpi}}.setting.name IS 'Name of the setting, as create_model calls it.';
COMMENT ON COLUMN {{kpi}}.setting.value IS 'Its value; NULL: not set.';
COMMENT ON COLUMN {{kpi}}.setting.meaning IS 'What it decides.';
