-- Whether a touch was replied to is known where the source says so; otherwise an
-- inbound touch of the same lead or deal must follow within 30 days.
SELECT s.touch_id, s.touched_at, s.kind, s.direction, s.automated, s.lead_id, s.deal_id, s.customer_id, s.rep_id,
	s.minutes, s.personal_elements, s.delivered,
	coalesce(s.marked_replied, CASE WHEN s.direction = 'outbound' THEN
		coalesce(s.lead_id IS NOT NULL AND min(s.touched_at) FILTER (WHERE s.direction = 'inbound') OVER by_lead
			<= s.touched_at + interval '720 hours', false)
		OR coalesce(s.deal_id IS NOT NULL AND min(s.touched_at) FILTER (WHERE s.direction = 'inbound') OVER by_deal
			<= s.touched_at + interval '720 hours', false) END) AS replied,
	s.call_to_action, s.marked_replied, s.is_sent, s.counts_as{{own(touch s)}}
FROM {{base}}.contact s
WINDOW by_lead AS (PARTITION BY s.lead_id ORDER BY s.touched_at DESC, s.direction = 'inbound'
		ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
	by_deal AS (PARTITION BY s.deal_id ORDER BY s.touched_at DESC, s.direction = 'inbound'
		ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);
COMMENT ON VIEW {{base}}.touch IS 'Contacts that happened, with the replies to them.';
COMMENT ON COLUMN {{base}}.touch.replied IS 'Whether it was replied to: as the source says, otherwise by an inbound touch that followed.';
COMMENT ON COLUMN {{base}}.touch.marked_replied IS 'Whether the source says that it was replied to; NULL: it does not say.';
COMMENT ON COLUMN {{base}}.touch.is_sent IS 'Whether a person turned to a client: outbound, and not automated.';
COMMENT ON COLUMN {{base}}.touch.counts_as IS 'message, call, meeting or other; NULL: automated.';
