-- A rep who leaves a team and comes back is one rep of it: hence one row, and time
-- in pieces.
SELECT m.dimension, m.member, r.rep_id, min(r.hired_at) AS hired_at,
	range_agg(tstzrange(r.valid_from, r.valid_until)) * tstzmultirange(tstzrange(min(r.hired_at), NULL)) AS worked
FROM {{base}}.rep r
CROSS JOIN LATERAL (VALUES ('all', 'all'), ('rep', r.rep_id::text), ('team', coalesce(r.team, '(none)')),
	('territory', coalesce(r.territory, '(none)')){{own_members(r)}}) m (dimension, member)
GROUP BY m.dimension, m.member, r.rep_id;
COMMENT ON VIEW {{base}}.rep_member IS 'Who worked when for which team and territory: a row per rep and member of a dimension of reps.';
COMMENT ON COLUMN {{base}}.rep_member.dimension IS 'all, rep, team, territory or an own dimension of reps.';
COMMENT ON COLUMN {{base}}.rep_member.member IS 'The member of it, as the KPI views call it.';
COMMENT ON COLUMN {{base}}.rep_member.rep_id IS 'The rep.';
COMMENT ON COLUMN {{base}}.rep_member.hired_at IS 'Start in the job; NULL: not known.';
COMMENT ON COLUMN {{base}}.rep_member.worked IS 'When the rep belonged to the member, from the start in the job on.';
