SELECT s.kpi, s.period_start, s.period_end, s.target, s.dimension, s.member
FROM {{base}}.source_goal s
WHERE {{usable}};
COMMENT ON VIEW {{base}}.goal IS 'Goals on measures.';
