-- Warming: leads by the period in which they first were cold or warm, and which of
-- them became warmer later.
-- reads: lead_temperature
-- dimensions: all, rep, team, territory, segment, location, source, request, temperature, response_time
-- keys: from_temperature, to_temperature
SELECT {{common}},
	x.from_temperature, x.to_temperature, x.leads, x.moved,
	x.moved::float8 / x.leads AS moved_rate,
	sales_kpi.wilson_low(x.moved, x.leads) AS moved_low,
	sales_kpi.wilson_high(x.moved, x.leads) AS moved_high,
	date_part('epoch', sales_kpi.median(x.elapsed)) / 86400 AS median_days,
	date_part('epoch', sales_kpi.percentile(x.elapsed, 0.9)) / 86400 AS p90_days,
	x.converted,
	x.converted::float8 / x.leads AS conversion_rate,
	sales_kpi.wilson_low(x.converted, x.leads) AS conversion_low,
	sales_kpi.wilson_high(x.converted, x.leads) AS conversion_high
FROM (
	SELECT {{period_start}} AS period_start, {{member_key}} AS member_key, w.from_temperature, w.to_temperature,
		count(*) AS leads, count(w.warmed_at) AS moved, sales_kpi.duration_agg(w.elapsed) AS elapsed,
		CASE WHEN count(w.converted) > 0 THEN count(*) FILTER (WHERE w.converted) END AS converted
	FROM {{fact(lead_warming w, w.entered_at)}}
	GROUP BY 1, 2, 3, 4
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.lead_warming IS 'Warming of leads: of those that were cold or warm, how many became warmer later, how long it took, and how many converted; by the period in which they first were the former. A row per pair of temperatures: filter on one, for a lead that went from cold to warm to hot is in all three. Young leads have had less time.';
COMMENT ON COLUMN {{kpi}}.lead_warming.from_temperature IS 'What the leads were: cold or warm.';
COMMENT ON COLUMN {{kpi}}.lead_warming.to_temperature IS 'What they became or not: warm or hot.';
COMMENT ON COLUMN {{kpi}}.lead_warming.leads IS 'Leads that first were from_temperature in the period.';
COMMENT ON COLUMN {{kpi}}.lead_warming.moved IS 'Of these, those that were to_temperature at a later time, whether or not they have cooled since.';
COMMENT ON COLUMN {{kpi}}.lead_warming.moved_rate IS 'moved / leads.';
COMMENT ON COLUMN {{kpi}}.lead_warming.moved_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.lead_warming.moved_high IS 'Upper end of it.';
COMMENT ON COLUMN {{kpi}}.lead_warming.median_days IS 'Median days from the one to the other, of the leads that moved.';
COMMENT ON COLUMN {{kpi}}.lead_warming.p90_days IS 'Nine tenths of them took no longer, in days.';
COMMENT ON COLUMN {{kpi}}.lead_warming.converted IS 'Of the leads, those known to have become a deal or a customer; NULL where the sources do not tell.';
COMMENT ON COLUMN {{kpi}}.lead_warming.conversion_rate IS 'converted / leads.';
COMMENT ON COLUMN {{kpi}}.lead_warming.conversion_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.lead_warming.conversion_high IS 'Upper end of it.';
