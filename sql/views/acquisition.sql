-- Customer acquisition: new customers by the period of their first paid purchase, and
-- what was spent on winning them. Neither cost nor leads have a channel: by it, the
-- new customers alone are known.
-- reads: sale, subscription, spend, lead
-- dimensions: all, rep, team, territory, source, channel
SELECT {{common}},
	CASE WHEN {{dimension}} <> 'channel' THEN x.leads END AS leads,
-- if rep
	CASE WHEN {{dimension}} <> ALL ('{source,channel}') THEN x.reps END AS reps,
-- else
	NULL::bigint AS reps,
-- end
	date_part('epoch', sales_kpi.mean(x.tenure)) / 86400 AS mean_tenure_days,
	x.new_customers,
	CASE WHEN {{dimension}} <> 'channel' THEN x.spend END AS spend,
	CASE WHEN {{dimension}} <> 'channel' THEN x.cac END AS cac,
	x.new_customers::float8 / nullif(x.leads, 0) AS acquisition_ratio
FROM (
	SELECT x.period_start, x.member_key, x.leads, x.new_customers, x.spend, x.cac, count(r.rep_id) AS reps,
		sales_kpi.duration_agg(r.hired_at, least({{period_end(x.period_start)}}::timestamp AT TIME ZONE {{time_zone}}, {{as_of}})) AS tenure
	FROM (
		SELECT f.period_start, f.member_key,
-- if lead
			count(*) FILTER (WHERE f.is_lead) AS leads,
-- else
			NULL::bigint AS leads,
-- end
-- if sale or subscription
			sales_kpi.customers(sales_kpi.acquisition_agg(f.spend, f.customer_id)) AS new_customers,
-- else
			NULL::bigint AS new_customers,
-- end
-- if spend
			sales_kpi.spend(sales_kpi.acquisition_agg(f.spend, f.customer_id)) AS spend,
			sales_kpi.cac(f.spend, f.customer_id) AS cac
-- else
			NULL::numeric AS spend, NULL::numeric AS cac
-- end
		FROM (
			-- keys apart, for the planner
			WITH apart AS (SELECT 1)
			SELECT {{period_start}} AS period_start, {{member_key}} AS member_key, f.is_lead, f.customer_id, f.spend
			FROM {{fact(acquisition_fact f, f.counted_at)}}
			WHERE {{dimension}} <> 'channel' OR f.customer_id IS NOT NULL
		) f
		GROUP BY 1, 2
	) x
	LEFT JOIN {{base}}.rep_member r ON r.dimension = {{dimension}} AND r.member = coalesce(x.member_key::text, '(none)')
		AND r.worked && (tstzrange(x.period_start::timestamp AT TIME ZONE {{time_zone}}, {{period_end(x.period_start)}}::timestamp AT TIME ZONE {{time_zone}})
			* tstzrange(NULL, {{as_of}}, '[]'))
	GROUP BY 1, 2, 3, 4, 5, 6
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.acquisition IS 'Customer acquisition: new customers by the period of their first paid purchase, what was spent on winning them, and the leads that arrived.';
COMMENT ON COLUMN {{kpi}}.acquisition.leads IS 'Leads that arrived in the period; NULL by channel, and where the sources have no leads.';
COMMENT ON COLUMN {{kpi}}.acquisition.reps IS 'Reps who worked there in the period; NULL by source and channel, and where the sources have no reps.';
COMMENT ON COLUMN {{kpi}}.acquisition.mean_tenure_days IS 'Mean time in the job of these reps at the end of the period or as of now, in days; of those whose start is known.';
COMMENT ON COLUMN {{kpi}}.acquisition.new_customers IS 'Customers whose first paid purchase ever falls in the period; NULL where the sources have neither sales nor subscriptions.';
COMMENT ON COLUMN {{kpi}}.acquisition.spend IS 'Cost of sales and marketing in the period, moved back by the lag of the model; NULL by channel, and where the sources have no cost.';
COMMENT ON COLUMN {{kpi}}.acquisition.cac IS 'Customer acquisition cost: spend / new_customers; NULL without new customers.';
COMMENT ON COLUMN {{kpi}}.acquisition.acquisition_ratio IS 'new_customers / leads. Not a part of them: this month''s customers may be last month''s leads.';
