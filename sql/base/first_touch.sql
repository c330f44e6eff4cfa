-- Automatic replies and internal notes are no answers. A touch known by its day
-- only answers a lead of that day at once. Leads that share an id are each answered
-- after their own arrival. Whoever needs no answer that the source knows filters on is_known.
SELECT l.lead_id, l.arrived_at, min(greatest(s.touched_at, l.arrived_at)) AS touched_at,
-- if lead.responded_at
	(l.responded_at <= {{as_of}}) IS TRUE AS is_known
-- else
	false AS is_known
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
GROUP BY l.lead_id, l.arrived_at, is_known;
-- else
GROUP BY l.lead_id, l.arrived_at;
-- end
COMMENT ON VIEW {{base}}.first_touch IS 'The first human answer to each lead.';
COMMENT ON COLUMN {{base}}.first_touch.lead_id IS 'The lead.';
COMMENT ON COLUMN {{base}}.first_touch.arrived_at IS 'When it arrived.';
COMMENT ON COLUMN {{base}}.first_touch.touched_at IS 'First human outbound touch at or after its arrival.';
COMMENT ON COLUMN {{base}}.first_touch.is_known IS 'Whether the source itself tells when the lead was answered.';
