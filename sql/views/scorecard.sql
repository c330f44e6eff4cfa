-- The headline measures of the last complete period, beside the period before and the
-- same period a year ago, with the goal set on it and the last twelve periods as a line.
-- What has no figure in any of these periods has no row. What to watch out for: a figure of few
-- things; one beyond what the periods before let expect, by the limits of a process
-- behaviour chart (mean -+ 2.66 x mean step from one to the next); a trend that is no
-- chance. It is written in short lines, for the whole to fit into 120 columns.
WITH compared AS (
	SELECT p.current, p.previous, p.year_ago, p.next, p.recent, p.recent || p.year_ago AS shown
	FROM (SELECT (p.now_in - {{step}})::date AS current, (p.now_in - 2 * {{step}})::date AS previous, (p.now_in - {{step}} - {{year_back}})::date AS year_ago,
			p.now_in AS next, ARRAY(SELECT (p.now_in - n * {{step}})::date FROM generate_series(12, 1, -1) n) AS recent
		  FROM (SELECT sales_kpi.period_start({{scorecard_grain}}, {{as_of}}, {{time_zone}}, {{fiscal_start}}) AS now_in) p) p
),
figure AS (
{{scorecard_branches}}
),
measure AS (
	-- where nothing happened, a count is 0, and other figures are not known
	SELECT m.kpi, m.rank, m.label, m.unit, m.better, m.over_time, m.ripens, CASE WHEN m.column_name = m.size_column THEN 0::float8 END AS nothing,
		CASE WHEN m.unit IN ('share', 'ratio') THEN 3 WHEN m.unit IN ('days', 'score') THEN 1 ELSE 0 END AS digits
	FROM sales_kpi.measure m
	WHERE m.kpi IN (SELECT f.kpi FROM figure f WHERE f.value IS NOT NULL)
),
beside AS (
	SELECT m.kpi, max(f.n) FILTER (WHERE f.period_start = c.current) AS n,
		coalesce(max(f.value) FILTER (WHERE f.period_start = c.current), m.nothing) AS value,
		coalesce(max(f.value) FILTER (WHERE f.period_start = c.previous), m.nothing) AS previous,
		coalesce(max(f.value) FILTER (WHERE f.period_start = c.year_ago), m.nothing) AS year_ago
	FROM measure m
	CROSS JOIN compared c
	JOIN figure f ON f.kpi = m.kpi
	GROUP BY m.kpi, m.nothing
),
series AS (
	SELECT s.kpi, sales_kpi.sparkline(s.value ORDER BY s.period) AS line, sales_kpi.trend(s.value ORDER BY s.period) AS trend, count(s.earlier) AS periods,
		avg(s.earlier) AS mean, avg(abs(s.earlier - s.before)) * 2.66 AS usual
	FROM (
		SELECT v.*, CASE WHEN v.period < v.current THEN v.value END AS earlier, lag(v.value) OVER (PARTITION BY v.kpi ORDER BY v.period) AS before
		FROM (
			SELECT m.kpi, p.period, c.current, coalesce(f.value, m.nothing) AS value
			FROM compared c
			CROSS JOIN measure m
			CROSS JOIN unnest(c.recent) p (period)
			LEFT JOIN figure f ON f.kpi = m.kpi AND f.period_start = p.period
		) v
	) s
	GROUP BY s.kpi
),
goal AS (
	-- the goal of the period or, without one, of the shortest span around it: of what
	-- adds up, its share of the days; a rate that accrues has no share
	SELECT DISTINCT ON (g.kpi) g.kpi, g.target * CASE m.over_time WHEN 'adds up' THEN (c.next - c.current)::numeric / (g.period_end - g.period_start) ELSE 1 END AS target
	FROM {{base}}.goal g
	JOIN measure m ON m.kpi = g.kpi
	CROSS JOIN compared c
	WHERE g.dimension = 'all' AND g.period_start <= c.current AND g.period_end >= c.next
		AND (m.over_time IN ('adds up', 'stands') OR (g.period_start, g.period_end) = (c.current, c.next))
	ORDER BY g.kpi, g.period_end - g.period_start, g.period_start
)
SELECT m.label AS kpi, CASE m.unit WHEN 'minutes' THEN 'min' WHEN 'deals' THEN 'count' WHEN 'leads' THEN 'count' WHEN 'customers' THEN 'count' WHEN 'units' THEN 'count' ELSE m.unit END || ' ' || sales_kpi.direction_mark(m.better) AS unit,
	f.this, round(b.previous::numeric, m.digits) AS previous,
	round((b.value / CASE WHEN b.previous > 0 THEN b.previous END - 1)::numeric, 3) AS change,
	round(b.year_ago::numeric, m.digits) AS year_ago, f.goal,
	CASE WHEN (f.this - f.goal) * d.side >= 0 THEN 'met' WHEN (f.this - f.goal) * d.side < 0 THEN 'missed' END AS status,
	s.line AS trend, coalesce(b.n, 0) AS n, w.watch
FROM beside b
JOIN measure m ON m.kpi = b.kpi
JOIN series s ON s.kpi = b.kpi
LEFT JOIN goal g ON g.kpi = b.kpi
CROSS JOIN LATERAL (SELECT round(b.value::numeric, m.digits) AS this, round(g.target, m.digits) AS goal) f
CROSS JOIN LATERAL (SELECT CASE m.better WHEN 'higher' THEN 1 ELSE -1 END AS side) d
CROSS JOIN LATERAL (SELECT CASE
	WHEN b.value IS NULL THEN E'No\nfigure.'
	WHEN m.over_time <> 'adds up' AND m.nothing IS NULL AND coalesce(b.n, 0) < 30 THEN format(E'Only %s\ncounted.', coalesce(b.n, 0))
	WHEN m.ripens THEN E'Not\nfinal.'
	WHEN s.periods >= 6 AND (b.value - s.mean) * d.side < -s.usual THEN E'Unusually\n' || CASE m.better WHEN 'higher' THEN 'low.' ELSE 'high.' END
	WHEN (s.trend).p_value < 0.01 AND (s.trend).slope * d.side < 0 THEN E'Getting\nworse.' END AS watch) w
ORDER BY m.rank;
COMMENT ON VIEW {{kpi}}.scorecard IS 'A row per headline KPI: the last complete period beside the one before and the same a year ago, its goal, the last twelve periods as a line, and what to watch out for. sales_kpi.explain tells how a figure was made.';
COMMENT ON COLUMN {{kpi}}.scorecard.kpi IS 'The KPI, by its label in the view kpi.';
COMMENT ON COLUMN {{kpi}}.scorecard.unit IS 'Unit of the figures, and an arrow in the direction that is good; share is a rate between 0 and 1.';
COMMENT ON COLUMN {{kpi}}.scorecard.this IS 'The figure of the last complete period; where nothing happened in it, 0 for a count and NULL for others.';
COMMENT ON COLUMN {{kpi}}.scorecard.previous IS 'The figure of the period before.';
COMMENT ON COLUMN {{kpi}}.scorecard.change IS 'Change against the period before, as a share of it; NULL where that was nothing, or below 0.';
COMMENT ON COLUMN {{kpi}}.scorecard.year_ago IS 'The figure of the same period a year ago.';
COMMENT ON COLUMN {{kpi}}.scorecard.goal IS 'The goal for all that was set on the period or, without one, on the shortest span around it; of what adds up, its share of the days. What accrues, such as churn, has a goal of just this period, or none.';
COMMENT ON COLUMN {{kpi}}.scorecard.status IS 'met or missed, of the figures as they are shown; NULL without a goal.';
COMMENT ON COLUMN {{kpi}}.scorecard.trend IS 'The last twelve complete periods, from the lowest figure to the highest; a dot: no figure.';
COMMENT ON COLUMN {{kpi}}.scorecard.n IS 'How many things the figure rests on.';
COMMENT ON COLUMN {{kpi}}.scorecard.watch IS 'What to watch out for: no figure; only a few things counted (below 30, of what does not add up); not final, where the figure of a period goes on changing after it; unusually high or low on the bad side, beyond mean -+ 2.66 x mean step of the periods before; getting worse over twelve periods (Mann-Kendall, below 1 %).';
