-- What the four Ps are made of: answers to leads, and below them what people sent, each
-- with what is known of it. A thread is what was exchanged over a lead, or over a deal
-- where no lead is named; its follow-ups stand with its first contact. What happens
-- at the moment of the first contact is neither a reply to it nor a follow-up. Whether
-- an inbound touch answered is read from the touches, so here the mark of the source
-- alone ends the follow-ups: what `replied` adds to it comes of later touches.
SELECT l.arrived_at AS happened_at, l.rep_id,
-- if set calendar
	l.open_response AS response,
-- else
	l.response,
-- end
	NULL::bigint AS follow_ups, NULL::bigint AS personal_elements, NULL::boolean AS delivered, NULL::boolean AS replied
FROM {{base}}.lead l
WHERE l.responded_at IS NOT NULL
UNION ALL
SELECT m.touched_at, m.rep_id, NULL::interval, m.follow_ups, m.personal_elements, m.delivered, m.replied
FROM (
	SELECT f.touched_at, f.rep_id, f.is_sent,
		CASE WHEN f.in_thread AND row_number() OVER sent_first = 1 THEN count(*) FILTER (WHERE f.is_follow_up) OVER thread END AS follow_ups,
		CASE WHEN f.counts_as = 'message' AND (f.contacted_at IS NOT NULL OR NOT f.in_thread) THEN f.personal_elements END AS personal_elements,
		CASE WHEN f.counts_as = 'message' THEN f.delivered END AS delivered,
		CASE WHEN f.counts_as = 'message' AND f.delivered THEN f.replied END AS replied
	FROM (
		SELECT e.*, e.is_sent AND {{elapsed(e.contacted_at, e.touched_at, touch.touched_at)}} <= interval '720 hours'
			AND (e.heard_at > e.contacted_at) IS NOT TRUE AND e.marked_before IS NOT TRUE AS is_follow_up
		FROM (
			SELECT t.touch_id, t.touched_at, t.rep_id, t.personal_elements, t.delivered, t.replied, t.is_sent, t.counts_as,
				t.lead_id, v.deal_id, t.lead_id IS NOT NULL OR t.deal_id IS NOT NULL AS in_thread,
				min(t.touched_at) FILTER (WHERE t.is_sent) OVER earlier AS contacted_at,
				max(t.touched_at) FILTER (WHERE t.direction = 'inbound') OVER earlier AS heard_at,
				bool_or(t.marked_replied) FILTER (WHERE t.is_sent) OVER earlier AS marked_before
			FROM {{base}}.touch t
			CROSS JOIN LATERAL (SELECT CASE WHEN t.lead_id IS NULL THEN t.deal_id END AS deal_id) v
			WHERE t.is_sent OR t.direction = 'inbound'
			WINDOW earlier AS (PARTITION BY t.lead_id, v.deal_id ORDER BY t.touched_at GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
		) e
	) f
	WINDOW thread AS (PARTITION BY f.lead_id, f.deal_id),
		sent_first AS (PARTITION BY f.lead_id, f.deal_id ORDER BY f.is_sent DESC, f.touched_at, f.touch_id, f.rep_id)
) m
WHERE m.is_sent AND num_nonnulls(m.follow_ups, m.personal_elements, m.delivered) > 0;
COMMENT ON VIEW {{base}}.four_p_fact IS 'What the four Ps are made of: answers to leads, first contacts with their follow-ups, messages.';
COMMENT ON COLUMN {{base}}.four_p_fact.happened_at IS 'Decides the period: arrival of the lead, first contact, or when the message was sent.';
COMMENT ON COLUMN {{base}}.four_p_fact.rep_id IS 'Who must answer the lead, or who sent it.';
COMMENT ON COLUMN {{base}}.four_p_fact.response IS 'Time to the first human answer to the lead; with a calendar, of its open hours.';
COMMENT ON COLUMN {{base}}.four_p_fact.follow_ups IS 'Of a first contact: human outbound touches of the thread after it, within 30 days and before the first reply; NULL: no first contact.';
COMMENT ON COLUMN {{base}}.four_p_fact.personal_elements IS 'Personal elements of a message later than the first contact of its thread; NULL: unknown, or no such message.';
COMMENT ON COLUMN {{base}}.four_p_fact.delivered IS 'Whether the message arrived; NULL: unknown, or no message.';
COMMENT ON COLUMN {{base}}.four_p_fact.replied IS 'Whether the message that arrived was replied to; NULL: unknown, or no such message.';
