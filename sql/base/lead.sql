SELECT s.lead_id, s.arrived_at, s.source, s.request, s.temperature, s.customer_id, s.deal_id,
-- if customer.rep_id
	coalesce(s.rep_id, c.rep_id) AS rep_id,
-- else
	s.rep_id,
-- end
	a.responded_at,
-- if date lead.arrived_at
	CASE WHEN s.responded_at <= {{as_of}} THEN {{elapsed(s.arrived_at, s.responded_at)}}
		WHEN a.responded_at IS NOT NULL THEN {{elapsed(s.arrived_at, a.responded_at, touch.touched_at)}} END AS response,
-- else
	a.responded_at - s.arrived_at AS response,
-- end
-- if lead.converted_at or lead.deal_id or lead.customer_id or deal.lead_id
	coalesce(s.converted_at <= {{as_of}}, s.deal_id IS NOT NULL OR s.customer_id IS NOT NULL)
-- if deal.lead_id
		OR o.lead_id IS NOT NULL
-- end
		AS converted,
-- else
	NULL::boolean AS converted,
-- end
	a.responded_at IS NULL AND (s.closed_at <= {{as_of}}) IS NOT TRUE AS waiting,
	CASE WHEN s.converted_at <= {{as_of}} THEN s.converted_at END AS converted_at,
	CASE WHEN s.closed_at <= {{as_of}} THEN s.closed_at END AS closed_at,
-- if set calendar
	-- a query may ask for it before impossible rows are left out
	CASE WHEN s.arrived_at > '-infinity' AND s.arrived_at <= a.responded_at
		THEN sales_kpi.business_time(s.arrived_at, a.responded_at, {{calendar}}) END AS open_response
-- else
	NULL::interval AS open_response
-- end
{{own(lead s)}}
FROM {{base}}.source_lead s
-- if customer.rep_id
LEFT JOIN {{base}}.customer c ON c.customer_id = s.customer_id
-- end
-- if touch.lead_id
LEFT JOIN {{base}}.first_touch f ON f.lead_id = s.lead_id AND f.arrived_at = s.arrived_at
-- end
-- if deal.lead_id
LEFT JOIN (SELECT DISTINCT d.lead_id FROM {{base}}.deal d) o ON o.lead_id = s.lead_id
-- end
CROSS JOIN LATERAL (SELECT
-- if touch.lead_id
	coalesce(CASE WHEN s.responded_at <= {{as_of}} THEN s.responded_at END, f.touched_at) AS responded_at
-- else
	CASE WHEN s.responded_at <= {{as_of}} THEN s.responded_at END AS responded_at
-- end
) a
WHERE {{usable}};
COMMENT ON VIEW {{base}}.lead IS 'Leads with their first human answer: the stored one, otherwise the first touch.';
COMMENT ON COLUMN {{base}}.lead.rep_id IS 'Who must answer; without one, the account owner.';
COMMENT ON COLUMN {{base}}.lead.responded_at IS 'First human answer known as of now.';
COMMENT ON COLUMN {{base}}.lead.response IS 'Time from arrival to that answer; between two days, whole days.';
COMMENT ON COLUMN {{base}}.lead.converted IS 'Whether it became a deal or a customer; NULL where the sources cannot tell.';
COMMENT ON COLUMN {{base}}.lead.waiting IS 'Whether it is neither answered nor closed.';
COMMENT ON COLUMN {{base}}.lead.open_response IS 'The part of that time in the open hours of the calendar; a day stands for its midnight. NULL without a calendar.';
