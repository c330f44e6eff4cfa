-- Goals: what was to be reached, what has been, and whether it goes fast enough. The
-- figures are those of the KPI views, over the span of each goal.
-- reads: goal
WITH figure AS (
{{goal_figures}}
),
measured AS (
	SELECT g.period_start, g.period_end, g.ends_at > {{as_of}} AS is_partial, g.dimension, g.member, g.kpi, g.target, m.better, m.unit, m.over_time,
		CASE WHEN g.starts_at < {{as_of}} THEN coalesce(f.value, CASE WHEN m.kpi || ' ' || g.dimension = ANY ({{sums_of_goals}}) THEN 0 END) END AS actual,
		CASE WHEN g.starts_at < {{as_of}} THEN coalesce(f.n, 0) END AS n,
		CASE WHEN g.starts_at < {{as_of}} THEN least(extract(epoch FROM {{as_of}} - g.starts_at) / extract(epoch FROM g.ends_at - g.starts_at), 1)::float8 END AS elapsed_share
	FROM {{base}}.goal g
	LEFT JOIN sales_kpi.measure m ON m.kpi = g.kpi
	LEFT JOIN figure f ON f.goal_key = g.goal_key AND f.kpi = g.kpi
)
SELECT 'span'::text AS grain, a.period_start, a.period_end, a.is_partial, a.dimension, a.member,
	coalesce(CASE a.dimension WHEN 'all' THEN 'All' WHEN 'rep' THEN r.rep_name WHEN 'product' THEN p.product_name END, a.member) AS member_name,
	a.kpi, a.target, a.actual, q.attainment, q.pace, a.better,
	CASE WHEN a.elapsed_share IS NULL THEN 'not begun'
		WHEN a.actual IS NULL THEN 'no figure'
		WHEN NOT a.is_partial THEN CASE WHEN w.is_good THEN 'reached' ELSE 'missed' END
		-- what has accrued does not go away again
		WHEN a.over_time IN ('adds up', 'accrues') AND a.better = 'higher' AND w.is_good THEN 'reached'
		WHEN a.over_time IN ('adds up', 'accrues') AND a.better = 'lower' AND NOT w.is_good THEN 'missed'
		WHEN CASE a.better WHEN 'higher' THEN q.pace >= 1 WHEN 'lower' THEN q.pace <= 1 END THEN 'on track'
		WHEN q.pace IS NULL AND w.is_good THEN 'on track'
		ELSE 'behind' END AS status,
	a.elapsed_share, a.n, a.unit
FROM measured a
CROSS JOIN LATERAL (SELECT (a.actual / nullif(a.target, 0))::float8 AS attainment) t
CROSS JOIN LATERAL (SELECT t.attainment, t.attainment / CASE WHEN a.over_time IN ('adds up', 'accrues') THEN nullif(a.elapsed_share, 0) ELSE 1 END AS pace) q
CROSS JOIN LATERAL (SELECT CASE a.better WHEN 'higher' THEN a.actual >= a.target WHEN 'lower' THEN a.actual <= a.target END AS is_good) w
LEFT JOIN (SELECT DISTINCT ON (n.rep_id::text) n.rep_id::text AS member, n.rep_name FROM {{base}}.rep_name n) r ON a.dimension = 'rep' AND r.member = a.member
LEFT JOIN (SELECT DISTINCT ON (k.product_id::text) k.product_id::text AS member, k.product_name FROM {{base}}.product k) p ON a.dimension = 'product' AND p.member = a.member;
COMMENT ON VIEW {{kpi}}.goal_attainment IS 'Goals on any measure of kpi, for any member of any dimension its view has: target, actual, attainment and pace, over the span of the goal. A row per goal.';
COMMENT ON COLUMN {{kpi}}.goal_attainment.grain IS 'span: a goal runs over a span of its own.';
COMMENT ON COLUMN {{kpi}}.goal_attainment.period_start IS 'First day of the goal, in the model''s zone.';
COMMENT ON COLUMN {{kpi}}.goal_attainment.period_end IS 'The day after its last.';
COMMENT ON COLUMN {{kpi}}.goal_attainment.is_partial IS 'Whether it has not ended by as_of.';
COMMENT ON COLUMN {{kpi}}.goal_attainment.dimension IS 'What the goal is by; all: the total.';
COMMENT ON COLUMN {{kpi}}.goal_attainment.member IS 'Id within the dimension; all for the total, (none) where missing.';
COMMENT ON COLUMN {{kpi}}.goal_attainment.member_name IS 'Its name.';
COMMENT ON COLUMN {{kpi}}.goal_attainment.kpi IS 'The measure; kpi has more of it under this name.';
COMMENT ON COLUMN {{kpi}}.goal_attainment.target IS 'The figure to reach or, where lower is better, not to exceed.';
COMMENT ON COLUMN {{kpi}}.goal_attainment.actual IS 'The figure of the span so far; NULL where there is none.';
COMMENT ON COLUMN {{kpi}}.goal_attainment.attainment IS 'actual / target; better tells whether above 1 is good.';
COMMENT ON COLUMN {{kpi}}.goal_attainment.pace IS 'Of what adds up or accrues over time, such as revenue or churn, attainment / share of the span gone: 1 is as fast as it takes. Other rates, medians and the like stand, however long they are looked at: their pace is their attainment.';
COMMENT ON COLUMN {{kpi}}.goal_attainment.better IS 'Which direction is good: higher or lower.';
COMMENT ON COLUMN {{kpi}}.goal_attainment.status IS 'reached, missed; on track, behind, while it runs; not begun; no figure, where there is nothing to measure, or no view measures it.';
COMMENT ON COLUMN {{kpi}}.goal_attainment.elapsed_share IS 'Share of the span that is gone; NULL: not begun.';
COMMENT ON COLUMN {{kpi}}.goal_attainment.n IS 'How many things the figure rests on.';
COMMENT ON COLUMN {{kpi}}.goal_attainment.unit IS 'Unit of target and actual; share is a rate between 0 and 1.';
