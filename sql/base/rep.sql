-- Spans are made disjoint here, so that an event finds at most one and a
-- duplicate row never multiplies facts.
SELECT d.rep_id, d.rep_name, d.team, d.territory, d.hired_at, d.valid_from,
	least(d.valid_until, lead(d.valid_from) OVER (PARTITION BY d.rep_id ORDER BY d.valid_from)) AS valid_until
FROM (
	SELECT DISTINCT ON (s.rep_id, coalesce(s.valid_from, '-infinity'))
		s.rep_id, s.rep_name, s.team, s.territory, s.hired_at,
		coalesce(s.valid_from, '-infinity') AS valid_from, coalesce(s.valid_until, 'infinity') AS valid_until
	FROM {{base}}.source_rep s
	WHERE {{usable}}
	ORDER BY s.rep_id, coalesce(s.valid_from, '-infinity'), s.valid_until DESC, s.rep_name, s.team, s.territory
) d;
COMMENT ON VIEW {{base}}.rep IS 'Reps by validity span, spans disjoint.';
COMMENT ON COLUMN {{base}}.rep.valid_from IS 'Start of the span; -infinity: always.';
COMMENT ON COLUMN {{base}}.rep.valid_until IS 'Exclusive end of the span; infinity: still.';
