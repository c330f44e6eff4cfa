-- Survival: how long customers stay, from their first start to the end of their first
-- unbroken time, as a curve for those who began in one period. Of the grain all, for
-- all who ever began.
-- reads: subscription, sale
-- dimensions: all, rep, team, territory, product, family, segment, location, source
-- keys: day
-- grains: all, day, week, month, quarter, year
SELECT {{common}},
	x.day, x.at_risk, x.lost, x.censored, x.surviving_rate, x.surviving_low, x.surviving_high
FROM (
	SELECT g.member_key, (c.cohort_start AT TIME ZONE {{clock_zone}})::date AS period_start,
		v.day, v.at_risk, v.lost, v.censored, v.surviving_rate, v.surviving_low, v.surviving_high
	FROM (
		SELECT {{member_key}} AS member_key,
			sales_kpi.customer_agg(s.customer_id, {{clock(s.started_at)}}, {{clock(s.ended_at)}}) AS history
		FROM {{fact(active_span s, s.started_at)}}
		{{group_by_member}}
	) g
	CROSS JOIN LATERAL sales_kpi.cohorts(g.history, {{boundaries(g.history)}}) c
	CROSS JOIN LATERAL sales_kpi.survival(c.history, {{clock({{as_of}})}}, {{grace}}) v
	WHERE g.history IS NOT NULL
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.survival IS 'Survival of the customers who began in the period (grain all: of all), as a Kaplan-Meier curve: a row per day of age on which somebody left or is last seen. Who is still active counts as long as it is seen.';
COMMENT ON COLUMN {{kpi}}.survival.day IS 'Completed days since the first start.';
COMMENT ON COLUMN {{kpi}}.survival.at_risk IS 'Customers seen to be active up to that age.';
COMMENT ON COLUMN {{kpi}}.survival.lost IS 'Of these, lost at that age.';
COMMENT ON COLUMN {{kpi}}.survival.censored IS 'Of these, of that age as of now and still active.';
COMMENT ON COLUMN {{kpi}}.survival.surviving_rate IS 'Estimated share of customers who stay longer than that.';
COMMENT ON COLUMN {{kpi}}.survival.surviving_low IS 'Lower end of its 95 % interval (Greenwood, log-log); NULL where the rate is 1 or 0.';
COMMENT ON COLUMN {{kpi}}.survival.surviving_high IS 'Upper end of it.';
