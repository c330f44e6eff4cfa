-- Without a look at other rows, so that filters reach the source. is_sent and is_message
-- are there to filter on: the planner sees through them to the columns of the source.
SELECT s.touch_id, s.touched_at, s.kind, s.direction, s.automated, s.lead_id, s.deal_id, s.customer_id, s.rep_id,
	s.minutes, s.personal_elements, s.delivered, s.replied AS marked_replied, s.call_to_action,
	s.direction = 'outbound' AND NOT s.automated AS is_sent,
	s.direction = 'outbound' AND NOT s.automated AND (s.kind = ANY ('{email,message}') OR s.kind IS NULL) AS is_message,
	CASE WHEN s.automated THEN NULL
		WHEN s.direction = 'outbound' AND (s.kind = ANY ('{email,message}') OR s.kind IS NULL) THEN 'message'
		WHEN s.direction <> 'internal' AND s.kind = ANY ('{call,meeting}') THEN s.kind
		ELSE 'other' END AS counts_as{{own(touch s)}}
FROM {{base}}.source_touch s
WHERE {{usable(touch)}};
COMMENT ON VIEW {{base}}.contact IS 'Contacts that happened, and what each counts as.';
COMMENT ON COLUMN {{base}}.contact.touch_id IS 'The contact.';
COMMENT ON COLUMN {{base}}.contact.touched_at IS 'When it happened.';
COMMENT ON COLUMN {{base}}.contact.kind IS 'call, email, meeting, message; NULL: not known.';
COMMENT ON COLUMN {{base}}.contact.direction IS 'outbound, inbound or internal.';
COMMENT ON COLUMN {{base}}.contact.automated IS 'Whether a machine made it.';
COMMENT ON COLUMN {{base}}.contact.lead_id IS 'The lead it was about.';
COMMENT ON COLUMN {{base}}.contact.deal_id IS 'The deal it was about.';
COMMENT ON COLUMN {{base}}.contact.customer_id IS 'The customer it was with.';
COMMENT ON COLUMN {{base}}.contact.rep_id IS 'Who made it.';
COMMENT ON COLUMN {{base}}.contact.minutes IS 'Time spent; NULL: unknown.';
COMMENT ON COLUMN {{base}}.contact.personal_elements IS 'Personalised elements in the message; NULL: unknown.';
COMMENT ON COLUMN {{base}}.contact.delivered IS 'Whether it arrived; NULL: unknown.';
COMMENT ON COLUMN {{base}}.contact.marked_replied IS 'Whether the source says that it was replied to; NULL: it does not say.';
COMMENT ON COLUMN {{base}}.contact.call_to_action IS 'Whether it asks for a next step; NULL: unknown.';
COMMENT ON COLUMN {{base}}.contact.is_sent IS 'Whether a person turned to a client: outbound, and not automated.';
COMMENT ON COLUMN {{base}}.contact.is_message IS 'Whether it counts as a message.';
COMMENT ON COLUMN {{base}}.contact.counts_as IS 'message: an email, message or contact of no known kind that a person sent; call, meeting: one with a client, in either direction; other: what else a person did; NULL: automated.';
