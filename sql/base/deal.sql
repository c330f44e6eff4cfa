-- As of a day in the past, a deal closed later was still open. is_won, is_closed and
-- is_open are there to filter on: the planner sees through them to the columns of the
-- source, and knows how many they leave. Whoever filters on is_closed or is_won has in
-- source_closed_at the same close, which is not computed anew wherever it stands. Lengths
-- of time are filtered on, too, and may be computed of rows that are then left out.
SELECT s.deal_id, s.opened_at,
	CASE WHEN s.outcome IS NOT NULL AND s.closed_at <= {{as_of}} THEN s.closed_at END AS closed_at,
	CASE WHEN s.closed_at <= {{as_of}} THEN s.outcome END AS outcome,
	s.outcome = 'won' AND s.closed_at <= {{as_of}} AS is_won,
	s.outcome = ANY ('{won,lost,withdrawn}') AND s.closed_at <= {{as_of}} AS is_closed,
	(s.outcome IS NOT NULL AND s.closed_at <= {{as_of}}) IS NOT TRUE AS is_open,
	CASE WHEN s.outcome IS NOT NULL AND isfinite(s.opened_at) AND isfinite(s.closed_at) THEN {{elapsed(s.opened_at, s.closed_at)}} END AS cycle,
	s.expected_close_at, s.stage, s.amount, s.customer_id, s.lead_id,
-- if customer.rep_id
	coalesce(s.rep_id, c.rep_id) AS rep_id,
-- else
	s.rep_id,
-- end
	s.product_id, CASE WHEN isfinite(s.opened_at) THEN {{elapsed(s.opened_at, {{as_of}}, deal.closed_at)}} END AS age,
	s.closed_at AS source_closed_at{{own(deal s)}}
FROM {{base}}.source_deal s
-- if customer.rep_id
LEFT JOIN {{base}}.customer c ON c.customer_id = s.customer_id
-- end
WHERE {{usable}};
COMMENT ON VIEW {{base}}.deal IS 'Deals; outcome NULL: open, and closed_at of an open deal is NULL.';
COMMENT ON COLUMN {{base}}.deal.closed_at IS 'Actual close; NULL: open.';
COMMENT ON COLUMN {{base}}.deal.outcome IS 'won | lost | withdrawn; NULL: open.';
COMMENT ON COLUMN {{base}}.deal.is_won IS 'Whether it is won; false or NULL: lost, withdrawn or open.';
COMMENT ON COLUMN {{base}}.deal.is_closed IS 'Whether it is won, lost or withdrawn; false or NULL: open, or its outcome is an unknown word.';
COMMENT ON COLUMN {{base}}.deal.is_open IS 'Whether it is open.';
COMMENT ON COLUMN {{base}}.deal.cycle IS 'Time from opening to close; between two days, whole days.';
COMMENT ON COLUMN {{base}}.deal.age IS 'Time from opening to as_of, counted as the cycle is.';
COMMENT ON COLUMN {{base}}.deal.source_closed_at IS 'The close as the source has it: of an open deal a forecast, or a close after as_of.';
