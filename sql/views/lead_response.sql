-- Lead response time: leads by the period in which they arrived. Within SLA is of
-- the leads old enough to tell, and of those answered in time already; with a calendar,
-- time is that of its open hours.
-- reads: lead
-- dimensions: all, rep, team, territory, segment, location, source, request, temperature, response_time
SELECT {{common}},
	x.leads, coalesce(sales_kpi.sample_size(x.response), 0) AS answered, x.waiting,
	date_part('epoch', sales_kpi.mean(x.response)) / 60 AS mean_minutes,
	date_part('epoch', sales_kpi.median(x.response)) / 60 AS median_minutes,
	date_part('epoch', sales_kpi.percentile(x.response, 0.9)) / 60 AS p90_minutes,
	x.within_sla::float8 / nullif(x.sla_leads, 0) AS within_sla_rate,
	sales_kpi.wilson_low(x.within_sla, x.sla_leads) AS within_sla_low,
	sales_kpi.wilson_high(x.within_sla, x.sla_leads) AS within_sla_high,
	x.converted::float8 / nullif(x.convertible, 0) AS conversion_rate,
	sales_kpi.wilson_low(x.converted, x.convertible) AS conversion_low,
	sales_kpi.wilson_high(x.converted, x.convertible) AS conversion_high,
	x.within_sla, x.sla_leads, CASE WHEN x.convertible > 0 THEN x.converted END AS converted,
	date_part('epoch', sales_kpi.mean(x.open_response)) / 60 AS business_mean_minutes,
	date_part('epoch', sales_kpi.median(x.open_response)) / 60 AS business_median_minutes,
	date_part('epoch', sales_kpi.percentile(x.open_response, 0.9)) / 60 AS business_p90_minutes
FROM (
	SELECT {{period_start}} AS period_start, {{member_key}} AS member_key, count(*) AS leads,
		count(*) FILTER (WHERE l.waiting) AS waiting,
		count(*) FILTER (WHERE l.converted) AS converted,
		count(l.converted) AS convertible,
-- if set calendar
		count(*) FILTER (WHERE l.open_response <= {{response_sla}}) AS within_sla,
		count(*) FILTER (WHERE l.open_response <= {{response_sla}}
			OR sales_kpi.business_time(l.arrived_at, {{as_of}}, {{calendar}}) > {{response_sla}}) AS sla_leads,
		sales_kpi.duration_agg(l.open_response) AS open_response,
-- else
		count(*) FILTER (WHERE l.response <= {{response_sla}}) AS within_sla,
		count(*) FILTER (WHERE l.response <= {{response_sla}} OR l.arrived_at < {{as_of}} - {{response_sla}}) AS sla_leads,
		NULL::sales_kpi.duration_summary AS open_response,
-- end
		sales_kpi.duration_agg(l.response) AS response
	FROM {{fact(lead l, l.arrived_at)}}
	GROUP BY 1, 2
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.lead_response IS 'Lead response time: from the arrival of a lead to its first human answer, by the period of arrival. Leads without an answer are counted, not measured.';
COMMENT ON COLUMN {{kpi}}.lead_response.leads IS 'Leads that arrived in the period.';
COMMENT ON COLUMN {{kpi}}.lead_response.answered IS 'Of these, answered by a human.';
COMMENT ON COLUMN {{kpi}}.lead_response.waiting IS 'Of these, neither answered nor closed.';
COMMENT ON COLUMN {{kpi}}.lead_response.mean_minutes IS 'Mean response time of the answered leads, in minutes.';
COMMENT ON COLUMN {{kpi}}.lead_response.median_minutes IS 'Median response time of the answered leads, in minutes.';
COMMENT ON COLUMN {{kpi}}.lead_response.p90_minutes IS 'Nine tenths of the answered leads waited no longer, in minutes.';
COMMENT ON COLUMN {{kpi}}.lead_response.within_sla_rate IS 'within_sla / sla_leads.';
COMMENT ON COLUMN {{kpi}}.lead_response.within_sla_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.lead_response.within_sla_high IS 'Upper end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.lead_response.conversion_rate IS 'converted / leads; NULL where the sources do not tell what became of a lead.';
COMMENT ON COLUMN {{kpi}}.lead_response.conversion_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.lead_response.conversion_high IS 'Upper end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.lead_response.within_sla IS 'Leads answered within the SLA of the model, counted in open hours where it has a calendar.';
COMMENT ON COLUMN {{kpi}}.lead_response.sla_leads IS 'Leads older than the SLA, and younger ones answered within it.';
COMMENT ON COLUMN {{kpi}}.lead_response.converted IS 'Leads that became a deal or a customer; NULL where the sources do not tell.';
COMMENT ON COLUMN {{kpi}}.lead_response.business_mean_minutes IS 'Mean response time of the answered leads in the open hours of the calendar, in minutes; NULL without a calendar.';
COMMENT ON COLUMN {{kpi}}.lead_response.business_median_minutes IS 'Median of the same.';
COMMENT ON COLUMN {{kpi}}.lead_response.business_p90_minutes IS 'Nine tenths of the answered leads waited no longer in open hours, in minutes.';
