SELECT DISTINCT ON (r.rep_id) r.rep_id, r.rep_name
FROM {{base}}.rep r
ORDER BY r.rep_id, r.valid_from DESC;
COMMENT ON VIEW {{base}}.rep_name IS 'The name of each rep, as of its last span.';
COMMENT ON COLUMN {{base}}.rep_name.rep_id IS 'The rep.';
COMMENT ON COLUMN {{base}}.rep_name.rep_name IS 'Name as of the last span.';
