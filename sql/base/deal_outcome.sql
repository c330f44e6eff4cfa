-- What became of deals, by each basis of the win rate, one below the other. A filter on
-- basis leaves one of the three. Each column is of one type in all of them, or the
-- planner would take the union for one piece. A deal that closed with a word that is
-- none is in no win rate.
SELECT 'closed'::text AS basis, d.closed_at AS counted_at, d.outcome AS result,
	CASE WHEN d.amount > 0 THEN d.amount END AS amount, d.rep_id, d.product_id, d.customer_id{{own(deal d)}}
FROM {{base}}.deal d
WHERE d.is_closed
UNION ALL
SELECT 'opened'::text, d.opened_at, coalesce(d.outcome, 'open'),
	CASE WHEN d.amount > 0 THEN d.amount END, d.rep_id, d.product_id, d.customer_id{{own(deal d)}}
FROM {{base}}.deal d
WHERE d.opened_at IS NOT NULL AND (d.is_closed OR d.is_open)
UNION ALL
SELECT 'within_days'::text, d.opened_at, CASE WHEN d.outcome IS NOT NULL AND d.cycle <= {{win_within}} THEN d.outcome ELSE 'open' END,
	CASE WHEN d.amount > 0 THEN d.amount END, d.rep_id, d.product_id, d.customer_id{{own(deal d)}}
FROM {{base}}.deal d
WHERE d.age >= {{win_within}} AND (d.is_closed OR d.is_open);
COMMENT ON VIEW {{base}}.deal_outcome IS 'What became of deals, once for each basis of the win rate.';
COMMENT ON COLUMN {{base}}.deal_outcome.basis IS 'closed: deals that closed; opened: all that were opened, as of now; within_days: those opened at least win_within ago, as of win_within after the opening.';
COMMENT ON COLUMN {{base}}.deal_outcome.counted_at IS 'Decides the period: the close of the deal, or its opening.';
COMMENT ON COLUMN {{base}}.deal_outcome.result IS 'won | lost | withdrawn | open.';
COMMENT ON COLUMN {{base}}.deal_outcome.amount IS 'Amount of the deal; NULL: not known.';
COMMENT ON COLUMN {{base}}.deal_outcome.rep_id IS 'Owner of the deal.';
COMMENT ON COLUMN {{base}}.deal_outcome.product_id IS 'Product of the deal.';
COMMENT ON COLUMN {{base}}.deal_outcome.customer_id IS 'Customer of the deal.';
