-- The facts of the figures whose change change_drivers splits, one below the other: a
-- value and how many things it is of. A filter on kpi leaves one of the three. Each
-- column is of one type in all of them, or the planner would take the union for one
-- piece.
SELECT 'revenue'::text AS kpi, f.sold_at AS happened_at, f.amount AS value, 1::bigint AS size, f.rep_id, f.product_id, f.customer_id,
	c.source, f.location{{own(deal f)}}{{own(lead NULL)}}{{own(sale f)}}{{own(subscription f)}}
FROM {{base}}.revenue f
LEFT JOIN {{base}}.customer c ON c.customer_id = f.customer_id
WHERE f.amount IS NOT NULL
UNION ALL
SELECT 'win_rate'::text, d.closed_at, CASE d.outcome WHEN 'won' THEN 1::numeric ELSE 0::numeric END, 1::bigint, d.rep_id, d.product_id, d.customer_id,
	c.source, c.location{{own(deal d)}}{{own(lead NULL)}}{{own(sale NULL)}}{{own(subscription NULL)}}
FROM {{base}}.deal d
LEFT JOIN {{base}}.customer c ON c.customer_id = d.customer_id
WHERE d.is_closed AND d.outcome <> 'withdrawn'
UNION ALL
SELECT 'lead_conversion_rate'::text, l.arrived_at, CASE WHEN l.converted THEN 1::numeric ELSE 0::numeric END, 1::bigint, l.rep_id, NULL, l.customer_id,
	l.source, c.location{{own(deal NULL)}}{{own(lead l)}}{{own(sale NULL)}}{{own(subscription NULL)}}
FROM {{base}}.lead l
LEFT JOIN {{base}}.customer c ON c.customer_id = l.customer_id
WHERE l.converted IS NOT NULL;
COMMENT ON VIEW {{base}}.driver_fact IS 'What the figures are made of whose change is split by member: sales, closed deals, leads.';
COMMENT ON COLUMN {{base}}.driver_fact.kpi IS 'The figure: revenue, win_rate or lead_conversion_rate.';
COMMENT ON COLUMN {{base}}.driver_fact.happened_at IS 'Decides the period: the sale, the close of the deal, the arrival of the lead.';
COMMENT ON COLUMN {{base}}.driver_fact.value IS 'Amount of the sale; of a deal or a lead, 1 if it was won or converted and 0 if not.';
COMMENT ON COLUMN {{base}}.driver_fact.size IS '1: how many things the value is of.';
COMMENT ON COLUMN {{base}}.driver_fact.rep_id IS 'Who sold, whose deal it was, or who must answer.';
COMMENT ON COLUMN {{base}}.driver_fact.product_id IS 'The product; a lead has none.';
COMMENT ON COLUMN {{base}}.driver_fact.customer_id IS 'The customer.';
COMMENT ON COLUMN {{base}}.driver_fact.source IS 'How the customer was won; of a lead, its own.';
COMMENT ON COLUMN {{base}}.driver_fact.location IS 'Where it was sold, or where the customer is.';
