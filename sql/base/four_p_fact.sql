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
WHERE l.response IS NOT NULL
UNION ALL
SELECT m.touched_at, m.rep_id, NULL::interval, m.follow_ups, m.personal_elements, m.delivered, m.replied
FROM (
	SELECT t.touched_at, t.rep_id, t.is_sent,
		CASE WHEN t.in_thread AND row_number() OVER sent_first = 1 THEN count(*) FILTER (WHERE t.is_sent AND t.touched_at > t.contacted_at
			AND {{elapsed(t.contacted_at, t.touched_at, touch.touched_at)}} <= interval '720 hours'
			AND (t.touched_at < t.answered_at) IS NOT FALSE AND (t.touched_at <= t.marked_at) IS NOT FALSE) OVER thread END AS follow_ups,
		CASE WHEN t.counts_as = 'message' AND (t.in_thread AND t.touched_at = t.contacted_at) IS NOT TRUE THEN t.personal_elements END AS personal_elements,
		CASE WHEN t.counts_as = 'message' THEN t.delivered END AS delivered,
		CASE WHEN t.counts_as = 'message' AND t.delivered THEN t.replied END AS replied
	FROM (
		SELECT t.*, min(t.touched_at) FILTER (WHERE t.direction = 'inbound' AND t.touched_at > t.contacted_at) OVER thread AS answered_at
		FROM (
			SELECT t.touch_id, t.touched_at, t.direction, t.rep_id, t.personal_elements, t.delivered, t.replied, t.is_sent, t.counts_as,
				t.lead_id, v.deal_id, num_nonnulls(t.lead_id, v.deal_id) > 0 AS in_thread,
				min(t.touched_at) FILTER (WHERE t.is_sent) OVER thread AS contacted_at,
				min(t.touched_at) FILTER (WHERE t.is_sent AND t.marked_replied) OVER thread AS marked_at
			FROM {{base}}.touch t
			CROSS JOIN LATERAL (SELECT CASE WHEN t.lead_id IS NULL THEN t.deal_id END AS deal_id) v
			WHERE t.is_sent OR t.direction = 'inbound'
			WINDOW thread AS (PARTITION BY t.lead_id, v.deal_id)
		) t
		WINDOW thread AS (PARTITION BY t.lead_id, t.deal_id)
	) t
	WINDOW thread AS (PARTITION BY t.lead_id, t.deal_id),
		sent_first AS (PARTITION BY t.lead_id, t.deal_id ORDER BY t.is_sent DESC, t.touched_at, t.touch_id, t.rep_id)
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
