-- Answers are for a deal or, where they name none, for all that the customer had won of
-- it by then: both ways are there, one below the other. A filter on by_deal leaves one.
SELECT a.by_deal, a.deal_id, a.customer_id, a.closed_at,
	bool_or(CASE a.scale WHEN 'nps' THEN a.score <= 6 ELSE a.score <= 2 END) AS dissatisfied,
	count(*) FILTER (WHERE a.scale = 'nps') AS answers,
	count(*) FILTER (WHERE a.scale = 'nps' AND a.score >= 9) AS promoters,
	count(*) FILTER (WHERE a.scale = 'nps' AND a.score <= 6) AS detractors
FROM (
	SELECT true AS by_deal, w.deal_id, NULL AS customer_id, w.closed_at, f.given_at, f.score, f.scale
	FROM (SELECT DISTINCT d.deal_id, d.closed_at FROM {{base}}.won_90d d) w
	JOIN {{base}}.feedback f ON f.deal_id = w.deal_id
	UNION ALL
	SELECT false, NULL AS deal_id, w.customer_id, w.closed_at, f.given_at, f.score, f.scale
	FROM (SELECT DISTINCT d.customer_id, d.closed_at FROM {{base}}.won_90d d) w
	JOIN {{base}}.feedback f ON f.customer_id = w.customer_id AND f.deal_id IS NULL
) a
WHERE a.scale IN ('nps', 'csat5')
-- if date deal.closed_at or date feedback.given_at
	AND {{local_date(a.given_at)}} BETWEEN {{local_date(a.closed_at)}} AND {{local_date(a.closed_at)}} + 90
-- else
	AND a.given_at BETWEEN a.closed_at AND a.closed_at + interval '2160 hours'
-- end
GROUP BY a.by_deal, a.deal_id, a.customer_id, a.closed_at;
COMMENT ON VIEW {{base}}.won_answer IS 'What was answered within 90 days of winning a deal, where these are over: a row per deal, or per customer and close for answers that name no deal.';
COMMENT ON COLUMN {{base}}.won_answer.by_deal IS 'Whether the answers are for a deal.';
COMMENT ON COLUMN {{base}}.won_answer.deal_id IS 'The deal; NULL: they name none.';
COMMENT ON COLUMN {{base}}.won_answer.customer_id IS 'The customer, of answers that name no deal.';
COMMENT ON COLUMN {{base}}.won_answer.closed_at IS 'When the deal was won.';
COMMENT ON COLUMN {{base}}.won_answer.dissatisfied IS 'Whether one of them was 6 or less on the scale from 0 to 10, or 2 or less on that from 1 to 5.';
COMMENT ON COLUMN {{base}}.won_answer.answers IS 'How many are on the scale from 0 to 10.';
COMMENT ON COLUMN {{base}}.won_answer.promoters IS 'Of these, 9 and 10.';
COMMENT ON COLUMN {{base}}.won_answer.detractors IS 'Of these, 0 to 6.';
