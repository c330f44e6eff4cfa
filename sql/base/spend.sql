SELECT s.spent_at, s.amount, s.kind, s.rep_id, s.source,
	coalesce(s.team, r.team) AS team, coalesce(s.territory, r.territory) AS territory
FROM {{base}}.source_spend s
LEFT JOIN {{base}}.rep r ON r.rep_id = s.rep_id AND s.spent_at >= r.valid_from AND s.spent_at < r.valid_until
WHERE {{usable}};
COMMENT ON VIEW {{base}}.spend IS 'Cost; team and territory follow the rep where they are not given.';
