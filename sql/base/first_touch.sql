-- Automatic replies and internal notes are no answers. A touch known by its day
-- only answers a lead of that day at once.
SELECT s.lead_id, min(greatest(t.touched_at, s.arrived_at)) AS touched_at
FROM {{base}}.source_lead s
JOIN {{base}}.source_touch t ON t.lead_id = s.lead_id
-- unless date touch.touched_at
	AND t.touched_at >= s.arrived_at
-- else
	AND {{local_date(t.touched_at)}} >= {{local_date(s.arrived_at)}}
-- end
WHERE t.direction = 'outbound' AND NOT t.automated
	AND t.touched_at <= {{as_of}}
GROUP BY s.lead_id;
COMMENT ON VIEW {{base}}.first_touch IS 'The first human answer to each lead.';
COMMENT ON COLUMN {{base}}.first_touch.lead_id IS 'The lead.';
COMMENT ON COLUMN {{base}}.first_touch.touched_at IS 'First human outbound touch at or after its arrival.';
