-- (No arithmetic among the conditions, which may be looked at before the rows that
-- cannot be right are left out: infinite times cannot be subtracted.)
SELECT d.source_closed_at AS closed_at, date_part('epoch', d.cycle) / 86400 AS cycle_days, d.cycle, d.is_won, d.amount,
	coalesce(c.followed, false) AS followed, coalesce(c.lost, false) AS lost,
	a.closed_at IS NOT NULL OR b.closed_at IS NOT NULL AS answered,
	coalesce(a.dissatisfied, false) OR coalesce(b.dissatisfied, false) AS dissatisfied,
	coalesce(a.answers, 0) + coalesce(b.answers, 0) AS answers,
	coalesce(a.promoters, 0) + coalesce(b.promoters, 0) AS promoters,
	coalesce(a.detractors, 0) + coalesce(b.detractors, 0) AS detractors,
	d.rep_id, d.product_id, d.customer_id{{own(deal d)}}
FROM {{base}}.deal d
LEFT JOIN {{base}}.won_customer c ON c.customer_id = d.customer_id AND c.closed_at = d.source_closed_at AND d.is_won
LEFT JOIN {{base}}.won_answer a ON a.by_deal AND a.deal_id = d.deal_id AND a.closed_at = d.source_closed_at AND d.is_won
LEFT JOIN {{base}}.won_answer b ON NOT b.by_deal AND b.customer_id = d.customer_id AND b.closed_at = d.source_closed_at AND d.is_won
WHERE d.is_closed AND d.outcome <> 'withdrawn' AND d.opened_at IS NOT NULL;
COMMENT ON VIEW {{base}}.cycle_fact IS 'Deals won or lost whose cycle is known, and what became of the won ones: whether the customer was lost or dissatisfied within 90 days.';
COMMENT ON COLUMN {{base}}.cycle_fact.closed_at IS 'Actual close.';
COMMENT ON COLUMN {{base}}.cycle_fact.cycle_days IS 'Time from opening to close, in days.';
COMMENT ON COLUMN {{base}}.cycle_fact.cycle IS 'The same as an interval.';
COMMENT ON COLUMN {{base}}.cycle_fact.is_won IS 'Whether it was won.';
COMMENT ON COLUMN {{base}}.cycle_fact.amount IS 'Won or asked value.';
COMMENT ON COLUMN {{base}}.cycle_fact.followed IS 'Whether it was won at least 90 days before as_of, by a customer that was active in the 90 days after.';
COMMENT ON COLUMN {{base}}.cycle_fact.lost IS 'Whether that customer was lost in these 90 days.';
COMMENT ON COLUMN {{base}}.cycle_fact.answered IS 'Whether it was won at least 90 days before as_of, and answered about in the 90 days after.';
COMMENT ON COLUMN {{base}}.cycle_fact.dissatisfied IS 'Whether one of these answers was dissatisfied.';
COMMENT ON COLUMN {{base}}.cycle_fact.answers IS 'How many of them are on the scale from 0 to 10.';
COMMENT ON COLUMN {{base}}.cycle_fact.promoters IS 'Of these, 9 and 10.';
COMMENT ON COLUMN {{base}}.cycle_fact.detractors IS 'Of these, 0 to 6.';
COMMENT ON COLUMN {{base}}.cycle_fact.rep_id IS 'Owner of the deal.';
COMMENT ON COLUMN {{base}}.cycle_fact.product_id IS 'Product of the deal.';
COMMENT ON COLUMN {{base}}.cycle_fact.customer_id IS 'Customer of the deal.';
