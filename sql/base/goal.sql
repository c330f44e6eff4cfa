-- A goal written twice is one, of which the target that is easier to tell is read: the
-- first of its numbers. `goal_key` is its span and its member, whatever its kpi.
SELECT DISTINCT ON (g.kpi, g.goal_key) g.kpi, g.period_start, g.period_end, g.target, g.dimension, g.member, g.goal_key, g.starts_at, g.ends_at
FROM (
	SELECT s.kpi, s.period_start, s.period_end, s.target, s.dimension, s.member,
		jsonb_build_array(s.period_start, s.period_end, s.dimension, s.member)::text AS goal_key,
		s.period_start::timestamp AT TIME ZONE {{time_zone}} AS starts_at, s.period_end::timestamp AT TIME ZONE {{time_zone}} AS ends_at
	FROM (
		SELECT s.kpi, s.period_start, s.period_end, s.target, s.dimension,
			CASE s.dimension WHEN 'all' THEN 'all' ELSE coalesce(s.member, '(none)') END AS member
		FROM {{base}}.source_goal s
		WHERE {{usable}}
	) s
) g
ORDER BY g.kpi, g.goal_key, g.target;
COMMENT ON VIEW {{base}}.goal IS 'Goals on measures, one each.';
COMMENT ON COLUMN {{base}}.goal.member IS 'Id as in the views; all for the total, (none) for what is missing.';
COMMENT ON COLUMN {{base}}.goal.goal_key IS 'Its span, dimension and member as one text.';
COMMENT ON COLUMN {{base}}.goal.starts_at IS 'The moment its span begins.';
COMMENT ON COLUMN {{base}}.goal.ends_at IS 'The moment its span has ended.';
