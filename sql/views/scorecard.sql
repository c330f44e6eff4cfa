-- The headline measures of the last complete period, beside the period before and
-- the same period a year ago. What none of them has a figure of has no row.
WITH compared AS (
	SELECT (p.now_in - {{step}})::date AS current, (p.now_in - 2 * {{step}})::date AS previous,
		(p.now_in - {{step}} - {{year_back}})::date AS year_ago
	FROM (SELECT sales_kpi.period_start({{scorecard_grain}}, {{as_of}}, {{time_zone}}, {{fiscal_start}}) AS now_in) p
),
figure AS (
{{scorecard_branches}}
),
beside AS (
	SELECT f.kpi,
		max(f.value) FILTER (WHERE f.period_start = c.current) AS value,
		max(f.n) FILTER (WHERE f.period_start = c.current) AS n,
		max(f.value) FILTER (WHERE f.period_start = c.previous) AS previous,
		max(f.value) FILTER (WHERE f.period_start = c.year_ago) AS year_ago
	FROM figure f CROSS JOIN compared c
	GROUP BY f.kpi
)
SELECT m.label, m.unit, (SELECT c.current FROM compared c) AS period_start,
	round(f.value::numeric, m.digits) AS value, round(f.previous::numeric, m.digits) AS previous,
	round((f.value / CASE WHEN f.previous > 0 THEN f.previous END - 1)::numeric, 3) AS change,
	round(f.year_ago::numeric, m.digits) AS year_ago, coalesce(b.n, 0) AS n, m.better
FROM beside b
JOIN (
	-- where nothing happened, a count is 0, and other figures are not known
	SELECT k.*, CASE WHEN k.unit IN ('share', 'ratio') THEN 3 WHEN k.unit = 'days' THEN 1 ELSE 0 END AS digits, CASE WHEN k.column_name = k.size_column THEN 0 END AS nothing
	FROM sales_kpi.measure k
) m ON m.kpi = b.kpi
CROSS JOIN LATERAL (SELECT coalesce(b.value, m.nothing) AS value, coalesce(b.previous, m.nothing) AS previous, coalesce(b.year_ago, m.nothing) AS year_ago) f
WHERE num_nonnulls(b.value, b.previous, b.year_ago) > 0
ORDER BY m.rank;
COMMENT ON VIEW {{kpi}}.scorecard IS 'A row per headline KPI: the last complete period, the one before, and the same a year ago.';
COMMENT ON COLUMN {{kpi}}.scorecard.label IS 'The KPI; kpi has more of it under the same label.';
COMMENT ON COLUMN {{kpi}}.scorecard.unit IS 'Unit of the figures; share is a rate between 0 and 1.';
COMMENT ON COLUMN {{kpi}}.scorecard.period_start IS 'First day of the last complete period.';
COMMENT ON COLUMN {{kpi}}.scorecard.value IS 'The figure of that period; where nothing happened in it, 0 for a count and NULL for others.';
COMMENT ON COLUMN {{kpi}}.scorecard.previous IS 'The figure of the period before.';
COMMENT ON COLUMN {{kpi}}.scorecard.change IS 'Change against the period before, as a share of it; NULL where that was nothing, or below 0.';
COMMENT ON COLUMN {{kpi}}.scorecard.year_ago IS 'The figure of the same period a year ago.';
COMMENT ON COLUMN {{kpi}}.scorecard.n IS 'How many things the figure rests on.';
COMMENT ON COLUMN {{kpi}}.scorecard.better IS 'Which direction is good: higher or lower.';
