-- New customers, what was spent on winning them and the leads they came from, one
-- below the other, so that one aggregation makes a row of a period. Cost counts in
-- the period of the customers it was to win: by the lag of the model later. What is
-- still to count then, has yet to win its customers. Each column is of one type in
-- all three, or the planner would take the union for one piece.
SELECT f.purchased_at AS counted_at, f.purchased_at AS happened_at, f.customer_id, 0::numeric AS spend, false AS is_lead,
	f.rep_id, NULL::text AS team, NULL::text AS territory, NULL::text AS source, f.channel
FROM {{base}}.first_purchase f
UNION ALL
SELECT s.counted_at, s.spent_at, NULL, s.amount, false, s.rep_id, s.team, s.territory, s.source, NULL
FROM (
	SELECT s.*,
-- if date spend.spent_at
		(s.spent_at AT TIME ZONE {{time_zone}} + {{cac_lag}}) AT TIME ZONE {{time_zone}} AS counted_at
-- else
		s.spent_at + {{cac_lag}} AS counted_at
-- end
	FROM {{base}}.spend s
	WHERE s.kind = ANY ('{sales,marketing}') OR s.kind IS NULL
) s
WHERE s.counted_at <= {{as_of}}
UNION ALL
SELECT l.arrived_at, l.arrived_at, NULL, 0::numeric, true, l.rep_id, NULL, NULL, l.source, NULL
FROM {{base}}.lead l;
COMMENT ON VIEW {{base}}.acquisition_fact IS 'What customer acquisition is made of: new customers, cost, leads.';
COMMENT ON COLUMN {{base}}.acquisition_fact.counted_at IS 'Decides the period: first purchase, arrival of the lead, or time of the cost moved by the lag.';
COMMENT ON COLUMN {{base}}.acquisition_fact.happened_at IS 'The same without the lag; decides team and territory.';
COMMENT ON COLUMN {{base}}.acquisition_fact.customer_id IS 'The new customer; NULL: not one.';
COMMENT ON COLUMN {{base}}.acquisition_fact.spend IS 'Cost of sales and marketing; 0 of customers and leads.';
COMMENT ON COLUMN {{base}}.acquisition_fact.is_lead IS 'Whether it is a lead.';
COMMENT ON COLUMN {{base}}.acquisition_fact.rep_id IS 'Who sold, for whom it was spent, or who must answer.';
COMMENT ON COLUMN {{base}}.acquisition_fact.team IS 'Team that the cost is for; NULL: that of the rep.';
COMMENT ON COLUMN {{base}}.acquisition_fact.territory IS 'Territory that the cost is for; NULL: that of the rep.';
COMMENT ON COLUMN {{base}}.acquisition_fact.source IS 'Source of the cost or the lead; that of a customer stands with it.';
COMMENT ON COLUMN {{base}}.acquisition_fact.channel IS 'Channel of the first purchase.';
