-- Retention: customers by the period of their first start, and how many of them are
-- active at some time of each period since.
-- reads: subscription, sale
-- dimensions: all, rep, team, territory, product, family, segment, location, source
-- keys: cohort_start
SELECT {{common}},
	x.cohort_start, x.age, x.cohort_size, x.retained, x.retention_rate, x.retention_low, x.retention_high
FROM (
	SELECT g.member_key, (r.period_start AT TIME ZONE {{clock_zone}})::date AS period_start,
		(r.cohort_start AT TIME ZONE {{clock_zone}})::date AS cohort_start,
		r.age, r.cohort_size, r.retained, r.retention_rate, r.retention_low, r.retention_high
	FROM (
		SELECT {{member_key}} AS member_key,
			sales_kpi.customer_agg(s.customer_id, {{clock(s.started_at)}}, {{clock(s.ended_at)}}) AS history
		FROM {{fact(active_span s, s.started_at)}}
		{{group_by_member}}
	) g
	CROSS JOIN LATERAL sales_kpi.retention(g.history, {{boundaries(g.history)}}) r
	WHERE g.history IS NOT NULL
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.retention_cohort IS 'Retention: of the customers who began in one period, how many are active in each period since; a row per cohort and period. Periods that as_of has not reached have no rows.';
COMMENT ON COLUMN {{kpi}}.retention_cohort.cohort_start IS 'First day of the period in which these customers began: a cohort.';
COMMENT ON COLUMN {{kpi}}.retention_cohort.age IS 'Periods since then; in 0 the whole cohort is active.';
COMMENT ON COLUMN {{kpi}}.retention_cohort.cohort_size IS 'Customers of the cohort.';
COMMENT ON COLUMN {{kpi}}.retention_cohort.retained IS 'Of these, active at some time in the period.';
COMMENT ON COLUMN {{kpi}}.retention_cohort.retention_rate IS 'retained / cohort_size.';
COMMENT ON COLUMN {{kpi}}.retention_cohort.retention_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.retention_cohort.retention_high IS 'Upper end of its 95 % Wilson interval.';
