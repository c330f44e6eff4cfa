-- Revenue growth: each period against the one before and against the same one a year
-- ago. A period without sales has no row, and is no base.
-- reads: sale, subscription
-- dimensions: all, rep, team, territory, product, family, segment, location, channel, source
SELECT {{common}},
	x.revenue, x.profit, x.base, x.growth, x.year_ago_growth,
	-- what falls by more than all of it has no rate a month
	CASE WHEN x.year_ago_growth >= -1 THEN power(1 + x.year_ago_growth, 1::float8 / 12) - 1 END AS compound_monthly,
	x.lines, x.year_ago_base, x.profit_growth, x.costed_revenue, x.costed_lines
FROM (
	SELECT g.period_start, g.member_key, g.revenue, g.profit, g.lines, g.costed_revenue, g.costed_lines,
		max(g.revenue) OVER before AS base, max(g.revenue) OVER year_ago AS year_ago_base,
		CASE WHEN NOT {{is_partial(g.period_start)}} THEN sales_kpi.revenue_growth(g.revenue, g.period_start, {{grain_step}}) OVER by_period END AS growth,
		CASE WHEN NOT {{is_partial(g.period_start)}} THEN sales_kpi.revenue_growth(g.revenue, g.period_start, {{year_step}}) OVER by_period END AS year_ago_growth,
		CASE WHEN NOT {{is_partial(g.period_start)}} THEN sales_kpi.revenue_growth(g.profit, g.period_start, {{grain_step}}) OVER by_period END AS profit_growth
	FROM (
		SELECT s.period_start, s.member_key, sum(s.amount) AS revenue, sum(s.amount - s.cost) AS profit,
			count(*) AS lines, sum(s.amount) FILTER (WHERE s.cost IS NOT NULL) AS costed_revenue, count(s.cost) AS costed_lines
		FROM (
			{{rep_apart}}SELECT {{period_start}} AS period_start, {{member_key}} AS member_key, s.amount, s.cost
			FROM {{fact(revenue s, s.sold_at)}}
			WHERE s.amount IS NOT NULL
		) s
		GROUP BY 1, 2
	) g
	WINDOW by_period AS (PARTITION BY g.member_key ORDER BY g.period_start),
		before AS (PARTITION BY g.member_key ORDER BY g.period_start RANGE BETWEEN {{grain_step}} PRECEDING AND {{grain_step}} PRECEDING),
		year_ago AS (PARTITION BY g.member_key ORDER BY g.period_start RANGE BETWEEN {{year_step}} PRECEDING AND {{year_step}} PRECEDING)
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.revenue_growth IS 'Revenue and profit by period, and how much they have grown against the period before and the same one a year ago. A period that as_of cuts has no growth yet. With the setting purchases at subscription, revenue is what subscriptions pay by the month.';
COMMENT ON COLUMN {{kpi}}.revenue_growth.revenue IS 'Sum of the amounts that are known, returns subtracted.';
COMMENT ON COLUMN {{kpi}}.revenue_growth.profit IS 'Amount less cost, of the lines whose cost is known; NULL without such a line.';
COMMENT ON COLUMN {{kpi}}.revenue_growth.base IS 'Revenue of the period before; NULL where it has none.';
COMMENT ON COLUMN {{kpi}}.revenue_growth.growth IS '(revenue - base) / base; NULL where base is missing, zero or negative, and in a period that as_of cuts.';
COMMENT ON COLUMN {{kpi}}.revenue_growth.year_ago_growth IS 'The same against year_ago_base.';
COMMENT ON COLUMN {{kpi}}.revenue_growth.compound_monthly IS 'year_ago_growth as a rate a month: that which in twelve months compounds to it.';
COMMENT ON COLUMN {{kpi}}.revenue_growth.lines IS 'Lines, or months of subscriptions, that revenue is the sum of.';
COMMENT ON COLUMN {{kpi}}.revenue_growth.year_ago_base IS 'Revenue of the same period a year ago: of days and weeks, 364 days ago.';
COMMENT ON COLUMN {{kpi}}.revenue_growth.profit_growth IS 'Growth of profit against the period before; NULL where that had none above 0, and in a period that as_of cuts.';
COMMENT ON COLUMN {{kpi}}.revenue_growth.costed_revenue IS 'Revenue of the lines whose cost is known: profit / costed_revenue is their margin.';
COMMENT ON COLUMN {{kpi}}.revenue_growth.costed_lines IS 'How many these lines are. Growth of profit between periods in which other shares of lines have their cost known says little.';
