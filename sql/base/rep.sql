-- Spans are made disjoint here, so that an event finds at most one and a
-- duplicate row never multiplies facts. (A window function would be shorter, but
-- keeps whatever is joined to it from running in parallel.)
SELECT i.rep_id, c.rep_name, c.team, c.territory, c.hired_at, c.valid_from, c.valid_until{{own(rep c)}}
FROM (
	-- The planner knows that ids of a DISTINCT are many, and nothing of those of a GROUP BY: it
	-- takes a tenth of the reps for the same one, and hashes a million facts rather than them.
	SELECT DISTINCT s.rep_id
	FROM {{base}}.source_rep s
	WHERE {{usable}}
) i
JOIN (
	SELECT d.rep_id, d.rep_name, d.team, d.territory, d.hired_at, d.valid_from,
		least(d.valid_until, min(n.valid_from)) AS valid_until{{own(rep d)}}
	FROM (
		SELECT DISTINCT ON (s.rep_id, coalesce(s.valid_from, '-infinity'))
			s.rep_id, s.rep_name, s.team, s.territory, s.hired_at,
			coalesce(s.valid_from, '-infinity') AS valid_from, coalesce(s.valid_until, 'infinity') AS valid_until{{own(rep s)}}
		FROM {{base}}.source_rep s
		WHERE {{usable}}
		ORDER BY s.rep_id, coalesce(s.valid_from, '-infinity'), s.valid_until DESC, s.rep_name, s.team, s.territory{{own(rep s)}}
	) d
	LEFT JOIN (
		SELECT s.rep_id, s.valid_from
		FROM {{base}}.source_rep s
		WHERE {{usable}}
	) n ON n.rep_id = d.rep_id AND n.valid_from > d.valid_from
	GROUP BY d.rep_id, d.rep_name, d.team, d.territory, d.hired_at, d.valid_from, d.valid_until{{own(rep d)}}
) c ON c.rep_id = i.rep_id;
COMMENT ON VIEW {{base}}.rep IS 'Reps by validity span, spans disjoint.';
COMMENT ON COLUMN {{base}}.rep.valid_from IS 'Start of the span; -infinity: always.';
COMMENT ON COLUMN {{base}}.rep.valid_until IS 'Exclusive end of the span; infinity: still.';
