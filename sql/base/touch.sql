-- Whether a touch was replied to is known where the source says so; otherwise an
-- inbound touch of the same lead or deal must follow within 30 days. What came in is
-- held in arrays, in which the next is found by halving: the touches themselves, of
-- which there are many more, need no order.
SELECT s.touch_id, s.touched_at, s.kind, s.direction, s.automated, s.lead_id, s.deal_id, s.customer_id, s.rep_id,
	s.minutes, s.personal_elements, s.delivered,
	coalesce(s.marked_replied, CASE WHEN s.direction = 'outbound' THEN false
-- if touch.lead_id
		OR coalesce(l.heard[width_bucket(s.touched_at, l.heard) + 1] <= s.touched_at + interval '720 hours', false)
-- end
-- if touch.deal_id
		OR coalesce(d.heard[width_bucket(s.touched_at, d.heard) + 1] <= s.touched_at + interval '720 hours', false)
-- end
		END) AS replied,
	s.call_to_action, s.marked_replied, s.is_sent, s.counts_as,
	coalesce(
-- if touch.lead_id
		l.heard[width_bucket(s.touched_at - interval '1 microsecond', l.heard)],
-- end
-- if touch.deal_id
		CASE WHEN s.lead_id IS NULL THEN d.heard_alone[width_bucket(s.touched_at - interval '1 microsecond', d.heard_alone)] END,
-- end
		NULL::timestamptz) AS heard_at{{own(touch s)}}
FROM {{base}}.contact s
-- if touch.lead_id
LEFT JOIN (
	SELECT i.lead_id, array_agg(i.touched_at ORDER BY i.touched_at) AS heard
	FROM {{base}}.contact i
	WHERE i.direction = 'inbound' AND i.lead_id IS NOT NULL
	GROUP BY i.lead_id
) l ON l.lead_id = s.lead_id
-- end
-- if touch.deal_id
LEFT JOIN (
	SELECT i.deal_id, array_agg(i.touched_at ORDER BY i.touched_at) AS heard,
		array_agg(i.touched_at ORDER BY i.touched_at) FILTER (WHERE i.lead_id IS NULL) AS heard_alone
	FROM {{base}}.contact i
	WHERE i.direction = 'inbound' AND i.deal_id IS NOT NULL
	GROUP BY i.deal_id
) d ON d.deal_id = s.deal_id
-- end
;
COMMENT ON VIEW {{base}}.touch IS 'Contacts that happened, with the replies to them.';
COMMENT ON COLUMN {{base}}.touch.replied IS 'Whether it was replied to: as the source says, otherwise by an inbound touch that followed.';
COMMENT ON COLUMN {{base}}.touch.marked_replied IS 'Whether the source says that it was replied to; NULL: it does not say.';
COMMENT ON COLUMN {{base}}.touch.is_sent IS 'Whether a person turned to a client: outbound, and not automated.';
COMMENT ON COLUMN {{base}}.touch.counts_as IS 'message, call, meeting or other; NULL: automated.';
COMMENT ON COLUMN {{base}}.touch.heard_at IS 'The last inbound touch before it over the same lead or, where it names none, over the same deal.';
