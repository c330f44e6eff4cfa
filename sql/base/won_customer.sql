-- A customer is lost with the end of a span where no other goes on or follows within the
-- grace. The deals that a customer closed at one time share a row.
SELECT w.customer_id, w.closed_at, bool_or((s.ended > {{clock(w.closed_at)}}) IS NOT FALSE) AS followed,
	coalesce(bool_or(s.lost > {{clock(w.closed_at)}} AND s.lost <= {{clock(w.closed_at)}} + interval '2160 hours'), false) AS lost
FROM (SELECT DISTINCT d.customer_id, d.closed_at FROM {{base}}.won_90d d) w
JOIN (
	SELECT b.customer_id, b.started, b.ended, CASE WHEN (b.next_started <= b.active_until + {{grace}}) IS NOT TRUE THEN b.active_until END AS lost
	FROM (
		SELECT a.customer_id, a.started, a.ended, lead(a.started) OVER by_start AS next_started,
			max(coalesce(a.ended, 'infinity')) OVER (by_start ROWS UNBOUNDED PRECEDING) AS active_until
		FROM (
			SELECT s.customer_id, {{clock(s.started_at)}} AS started, {{clock(s.ended_at)}} AS ended
			FROM {{base}}.active_span s
		) a
		WINDOW by_start AS (PARTITION BY a.customer_id ORDER BY a.started)
	) b
) s ON s.customer_id = w.customer_id AND s.started <= {{clock(w.closed_at)}} + interval '2160 hours'
GROUP BY w.customer_id, w.closed_at;
COMMENT ON VIEW {{base}}.won_customer IS 'What became of who bought within 90 days, where these are over: a row per customer and close of a won deal.';
COMMENT ON COLUMN {{base}}.won_customer.customer_id IS 'The customer.';
COMMENT ON COLUMN {{base}}.won_customer.closed_at IS 'When it bought.';
COMMENT ON COLUMN {{base}}.won_customer.followed IS 'Whether it was active at some time in the 90 days.';
COMMENT ON COLUMN {{base}}.won_customer.lost IS 'Whether it was lost in them, even if it has come back since.';
