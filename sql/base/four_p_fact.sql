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
	SELECT f.touched_at, f.rep_id,
		CASE WHEN f.in_thread AND f.number = 1 THEN count(*) FILTER (WHERE f.is_follow_up) OVER (PARTITION BY f.lead_id, f.deal_id) END AS follow_ups,
		CASE WHEN f.touched_at > f.contacted_at OR NOT f.in_thread THEN f.personal_elements END AS personal_elements,
		f.delivered, f.replied
	FROM (
		SELECT e.*, e.touched_at > e.contacted_at AND {{elapsed(e.contacted_at, e.touched_at, touch.touched_at)}} <= interval '720 hours'
			AND (e.heard_at > e.contacted_at) IS NOT TRUE AND (e.marked_at < e.touched_at) IS NOT TRUE AS is_follow_up
		FROM (
			SELECT t.*, row_number() OVER earlier AS number, first_value(t.touched_at) OVER earlier AS contacted_at,
				min(t.touched_at) FILTER (WHERE t.marked_replied) OVER earlier AS marked_at
			FROM (
				-- (OFFSET 0: what is not needed any more is left out before it is sorted)
				SELECT t.touch_id, t.touched_at, t.rep_id, t.lead_id, CASE WHEN t.lead_id IS NULL THEN t.deal_id END AS deal_id,
					t.lead_id IS NOT NULL OR t.deal_id IS NOT NULL AS in_thread, t.heard_at, t.marked_replied,
					CASE WHEN t.counts_as = 'message' THEN t.personal_elements END AS personal_elements,
					CASE WHEN t.counts_as = 'message' THEN t.delivered END AS delivered,
					CASE WHEN t.counts_as = 'message' AND t.delivered THEN t.replied END AS replied
				FROM {{base}}.touch t
				WHERE t.is_sent
				OFFSET 0
			) t
			WINDOW earlier AS (PARTITION BY t.lead_id, t.deal_id ORDER BY t.touched_at, t.touch_id, t.rep_id ROWS UNBOUNDED PRECEDING)
		) e
	) f
) m
WHERE num_nonnulls(m.follow_ups, m.personal_elements, m.delivered) > 0;
COMMENT ON VIEW {{base}}.four_p_fact IS 'What the four Ps are made of: answers to leads, first contacts with their follow-ups, messages.';
COMMENT ON COLUMN {{base}}.four_p_fact.happened_at IS 'Decides the period: arrival of the lead, first contact, or when the message was sent.';
COMMENT ON COLUMN {{base}}.four_p_fact.rep_id IS 'Who must answer the lead, or who sent it.';
COMMENT ON COLUMN {{base}}.four_p_fact.response IS 'Time to the first human answer to the lead; with a calendar, of its open hours.';
COMMENT ON COLUMN {{base}}.four_p_fact.follow_ups IS 'Of a first contact: human outbound touches of the thread after it, within 30 days and before the first reply; NULL: no first contact.';
COMMENT ON COLUMN {{base}}.four_p_fact.personal_elements IS 'Personal elements of a message later than the first contact of its thread; NULL: unknown, or no such message.';
COMMENT ON COLUMN {{base}}.four_p_fact.delivered IS 'Whether the message arrived; NULL: unknown, or no message.';
COMMENT ON COLUMN {{base}}.four_p_fact.replied IS 'Whether the message that arrived was replied to; NULL: unknown, or no such message.';
