-- Automatic replies and internal notes are no answers. A touch known by its day
-- only answers a lead of that day at once. Leads that share an id are each answered
-- after their own arrival. Where the source tells the answer, touches are not asked.
-- unless date touch.touched_at
SELECT l.lead_id, l.arrived_at, min(s.touched_at) AS touched_at
-- else
SELECT l.lead_id, l.arrived_at, min(greatest(s.touched_at, l.arrived_at)) AS touched_at
-- end
FROM {{base}}.source_lead l
JOIN {{base}}.source_touch s ON s.lead_id = l.lead_id
-- unless date touch.touched_at
	AND s.touched_at >= l.arrived_at
-- else
	AND {{local_date(s.touched_at)}} >= {{local_date(l.arrived_at)}}
-- end
WHERE s.direction = 'outbound' AND NOT s.automated
	AND {{usable(touch)}}
-- if lead.responded_at
	AND (l.responded_at <= {{as_of}}) IS NOT TRUE
-- end
GROUP BY l.lead_id, l.arrived_at;
COMMENT ON VIEW {{base}}.first_touch IS 'The first human answer to each lead of which the source does not tell it.';
COMMENT ON COLUMN {{base}}.first_touch.lead_id IS 'The lead.';
COMMENT ON COLUMN {{base}}.first_touch.arrived_at IS 'When it arrived.';
COMMENT ON COLUMN {{base}}.first_touch.touched_at IS 'First human outbound touch at or after its arrival.';
