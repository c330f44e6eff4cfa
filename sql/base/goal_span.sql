-- The spans that goals which have begun need figures of: their own and, for growth, the
-- one before and the same one a year ago. Figures by grain are labelled with the first
-- day of their period; the spans of a goal have labels on a calendar of their own, on
-- which the span before lies a month back, and that of last year a year: so growth is
-- told by the same templates. The labels of a goal that still runs lie ten years later.
-- A span of whole months is moved by months, another by its days; to last year by 364
-- days, on which weekdays meet their like.
SELECT g.kpi, g.goal_key, g.dimension, g.member, s.role, s.label, s.starts_on::timestamp AT TIME ZONE {{time_zone}} AS starts_at,
	s.ends_on::timestamp AT TIME ZONE {{time_zone}} AS ends_at
FROM (
	SELECT g.kpi, g.goal_key, g.dimension, g.member, g.period_start, g.period_end, g.ends_at > {{as_of}} AS is_running,
		date_part('day', g.period_start) = date_part('day', g.period_end) AS is_months,
		make_interval(months => (12 * (date_part('year', g.period_end) - date_part('year', g.period_start)) + date_part('month', g.period_end) - date_part('month', g.period_start))::integer) AS months
	FROM {{base}}.goal g
	WHERE g.starts_at < {{as_of}}
) g
CROSS JOIN LATERAL (SELECT CASE WHEN g.is_months THEN g.months ELSE make_interval(days => g.period_end - g.period_start) END AS step,
	CASE WHEN g.is_months THEN interval '1 year' ELSE interval '364 days' END AS year) b
CROSS JOIN LATERAL (SELECT CASE WHEN g.is_running THEN date '2012-01-01' ELSE date '2002-01-01' END AS own) l
CROSS JOIN LATERAL (VALUES
	('own', l.own, g.period_start, g.period_end),
	('before', (l.own - interval '1 month')::date, (g.period_start - b.step)::date, g.period_start),
	('year ago', (l.own - interval '1 year')::date, (g.period_start - b.year)::date, (g.period_end - b.year)::date)
) s (role, label, starts_on, ends_on);
COMMENT ON VIEW {{base}}.goal_span IS 'The spans that the figures of goals are of.';
COMMENT ON COLUMN {{base}}.goal_span.kpi IS 'The measure of the goal.';
COMMENT ON COLUMN {{base}}.goal_span.goal_key IS 'Span, dimension and member of the goal.';
COMMENT ON COLUMN {{base}}.goal_span.dimension IS 'Its dimension.';
COMMENT ON COLUMN {{base}}.goal_span.member IS 'Its member.';
COMMENT ON COLUMN {{base}}.goal_span.role IS 'own, before or year ago.';
COMMENT ON COLUMN {{base}}.goal_span.label IS 'What stands for the first day of the span in its figures.';
COMMENT ON COLUMN {{base}}.goal_span.starts_at IS 'The moment the span begins.';
COMMENT ON COLUMN {{base}}.goal_span.ends_at IS 'The moment it has ended.';
