-- Each lead that was cold or warm, once for each warmer temperature, when it first was
-- the one and when it next was the other. What happened in between, and whether it has
-- cooled since, does not matter. Of leads that share an id the first one speaks.
SELECT w.lead_id, v.from_temperature, v.to_temperature, v.entered_at, v.warmed_at,
	{{elapsed(v.entered_at, v.warmed_at, lead_temperature.entered_at)}} AS elapsed,
-- if lead.converted_at or lead.deal_id or lead.customer_id or deal.lead_id
	coalesce(l.converted, false) AS converted,
-- else
	NULL::boolean AS converted,
-- end
	l.source, l.request, l.temperature, l.response, l.rep_id, l.customer_id{{own(lead l)}}
FROM (
	SELECT t.lead_id, min(t.first_cold) AS first_cold, min(t.first_warm) AS first_warm,
		min(t.entered_at) FILTER (WHERE t.temperature = 'warm' AND t.entered_at > t.first_cold) AS warm_after_cold,
		min(t.entered_at) FILTER (WHERE t.temperature = 'hot' AND t.entered_at > t.first_cold) AS hot_after_cold,
		min(t.entered_at) FILTER (WHERE t.temperature = 'hot' AND t.entered_at > t.first_warm) AS hot_after_warm
	FROM (
		SELECT t.lead_id, t.temperature, t.entered_at,
			min(t.entered_at) FILTER (WHERE t.temperature = 'cold') OVER (PARTITION BY t.lead_id) AS first_cold,
			min(t.entered_at) FILTER (WHERE t.temperature = 'warm') OVER (PARTITION BY t.lead_id) AS first_warm
		FROM {{base}}.lead_temperature t
	) t
	GROUP BY t.lead_id
) w
CROSS JOIN LATERAL (VALUES ('cold'::text, 'warm'::text, w.first_cold, w.warm_after_cold), ('warm', 'hot', w.first_warm, w.hot_after_warm),
	('cold', 'hot', w.first_cold, w.hot_after_cold)) v (from_temperature, to_temperature, entered_at, warmed_at)
LEFT JOIN (
	SELECT DISTINCT ON (l.lead_id) l.lead_id, l.converted, l.source, l.request, l.temperature, l.response, l.rep_id, l.customer_id{{own(lead l)}}
	FROM {{base}}.lead l
	ORDER BY l.lead_id, l.arrived_at
) l ON l.lead_id = w.lead_id
WHERE v.entered_at IS NOT NULL;
COMMENT ON VIEW {{base}}.lead_warming IS 'Leads that were cold or warm, and when they became warmer: a row per lead and pair of temperatures.';
COMMENT ON COLUMN {{base}}.lead_warming.lead_id IS 'The lead.';
COMMENT ON COLUMN {{base}}.lead_warming.from_temperature IS 'What it was: cold or warm.';
COMMENT ON COLUMN {{base}}.lead_warming.to_temperature IS 'What it could become: warm or hot.';
COMMENT ON COLUMN {{base}}.lead_warming.entered_at IS 'When it first was the one.';
COMMENT ON COLUMN {{base}}.lead_warming.warmed_at IS 'When it first was the other after that; NULL: not yet.';
COMMENT ON COLUMN {{base}}.lead_warming.elapsed IS 'Time between; between two days, whole days.';
COMMENT ON COLUMN {{base}}.lead_warming.converted IS 'Whether it is known to have become a deal or a customer; NULL where the sources cannot tell.';
COMMENT ON COLUMN {{base}}.lead_warming.source IS 'How the lead was won.';
COMMENT ON COLUMN {{base}}.lead_warming.request IS 'What it asked for.';
COMMENT ON COLUMN {{base}}.lead_warming.temperature IS 'How warm it is now.';
COMMENT ON COLUMN {{base}}.lead_warming.response IS 'Time from its arrival to its first human answer.';
COMMENT ON COLUMN {{base}}.lead_warming.rep_id IS 'Who must answer; without one, the account owner.';
COMMENT ON COLUMN {{base}}.lead_warming.customer_id IS 'The company it turned into.';
