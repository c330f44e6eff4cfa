-- Output and input of selling, one below the other, so that one aggregation makes a
-- row of a period. Each column is of one type in all of them, or the planner would
-- take the union for one piece.
SELECT t.touched_at AS happened_at, t.counts_as AS fact, {{local_date(t.touched_at)}} AS active_on, t.minutes, NULL::numeric AS money,
	t.rep_id, NULL::text AS team, NULL::text AS territory
FROM {{base}}.contact t
WHERE NOT t.automated
UNION ALL
SELECT d.opened_at, 'opened'::text, NULL::date, NULL::numeric, NULL::numeric, d.rep_id, NULL::text, NULL::text
FROM {{base}}.deal d
WHERE d.opened_at IS NOT NULL
UNION ALL
SELECT d.closed_at, 'win'::text, NULL::date, NULL::numeric, NULL::numeric, d.rep_id, NULL::text, NULL::text
FROM {{base}}.deal d
WHERE d.is_won
UNION ALL
SELECT s.sold_at, 'revenue'::text, NULL::date, NULL::numeric, s.amount, s.rep_id, NULL::text, NULL::text
FROM {{base}}.revenue s
WHERE s.amount IS NOT NULL
UNION ALL
SELECT s.spent_at, 'cost'::text, NULL::date, NULL::numeric, s.amount, s.rep_id, s.team, s.territory
FROM {{base}}.spend s
WHERE s.kind = ANY ('{sales,marketing}') OR s.kind IS NULL;
COMMENT ON VIEW {{base}}.productivity_fact IS 'What productivity is made of: contacts by people, deals opened and won, revenue, cost.';
COMMENT ON COLUMN {{base}}.productivity_fact.happened_at IS 'Decides the period, team and territory.';
COMMENT ON COLUMN {{base}}.productivity_fact.fact IS 'call, meeting, message or other: a contact; opened, win: of a deal; revenue, cost.';
COMMENT ON COLUMN {{base}}.productivity_fact.active_on IS 'Day of a contact, in the zone of the model; NULL: none.';
COMMENT ON COLUMN {{base}}.productivity_fact.minutes IS 'Time that the contact took; NULL: unknown, or none.';
COMMENT ON COLUMN {{base}}.productivity_fact.money IS 'Amount of the revenue or the cost; NULL: neither.';
COMMENT ON COLUMN {{base}}.productivity_fact.rep_id IS 'Who made the contact, whose deal it is, who sold, for whom it was spent.';
COMMENT ON COLUMN {{base}}.productivity_fact.team IS 'Team that the cost is for; NULL: that of the rep.';
COMMENT ON COLUMN {{base}}.productivity_fact.territory IS 'Territory that the cost is for; NULL: that of the rep.';
