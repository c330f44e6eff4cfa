-- Visits cut where periods begin, once for each grain, and below them the contacts that
-- were made during them: a filter on grain leaves the pieces of one. (Not cut by day
-- alone, for that makes ten times as many. Unnested in the list of columns, and the
-- boundaries reckoned once, for a join with a function takes twice as long.)
WITH visit AS (
	SELECT v.deal_id, v.stage, v.entered_at, v.left_at, v.rep_id, v.product_id, v.customer_id{{own(deal v)}}
	FROM {{base}}.stage_visit v
)
SELECT p.grain, c.from_time AS happened_at, p.stage, 0::bigint AS touches, {{elapsed(c.from_time, c.until_time, deal_stage.entered_at)}} AS elapsed,
	p.rep_id, p.product_id, p.customer_id{{own(deal p)}}
FROM (
	SELECT g.grain, v.stage, v.entered_at, coalesce(v.left_at, {{as_of}}) AS left_at, v.rep_id, v.product_id, v.customer_id,
		unnest(b.at[:cardinality(b.at) - 1]) AS starts_at, unnest(b.at[2:]) AS ends_at{{own(deal v)}}
	FROM visit v
	CROSS JOIN (VALUES ('day'::text), ('week'), ('month'), ('quarter'), ('year')) g (grain)
	CROSS JOIN LATERAL (SELECT sales_kpi.periods(g.grain, v.entered_at, coalesce(v.left_at, {{as_of}}), {{time_zone}}, {{fiscal_start}}) AS at OFFSET 0) b
	WHERE v.entered_at < coalesce(v.left_at, {{as_of}})
) p
CROSS JOIN LATERAL (SELECT greatest(p.starts_at, p.entered_at) AS from_time, least(p.ends_at, p.left_at) AS until_time) c
UNION ALL
SELECT NULL::text, s.touched_at, v.stage, 1::bigint, interval '0', v.rep_id, v.product_id, v.customer_id{{own(deal v)}}
FROM visit v
JOIN {{base}}.source_touch s ON s.deal_id = v.deal_id
-- if date touch.touched_at
	-- a day belongs to the stage that the deal was in when it ended
	AND {{local_date(s.touched_at)}} >= {{local_date(v.entered_at)}}
	AND ({{local_date(s.touched_at)}} < {{local_date(v.left_at)}}) IS NOT FALSE
-- else
	AND s.touched_at >= v.entered_at AND (s.touched_at < v.left_at) IS NOT FALSE
-- end
WHERE s.direction = 'outbound' AND NOT s.automated
	AND {{usable(touch)}};
COMMENT ON VIEW {{base}}.stage_contact IS 'What contact frequency is made of: the time that deals spent in each stage, in pieces of one period each, and the contacts made in that time.';
COMMENT ON COLUMN {{base}}.stage_contact.grain IS 'How long the periods are that the time is cut by: day, week, month, quarter or year; NULL: a contact.';
COMMENT ON COLUMN {{base}}.stage_contact.happened_at IS 'When the piece begins; when the contact was made.';
COMMENT ON COLUMN {{base}}.stage_contact.stage IS 'The stage the deal was in.';
COMMENT ON COLUMN {{base}}.stage_contact.elapsed IS 'How long the piece is; between two days, whole days.';
COMMENT ON COLUMN {{base}}.stage_contact.touches IS '1 for a contact: a human outbound touch.';
COMMENT ON COLUMN {{base}}.stage_contact.rep_id IS 'Owner of the deal.';
COMMENT ON COLUMN {{base}}.stage_contact.product_id IS 'Product of the deal.';
COMMENT ON COLUMN {{base}}.stage_contact.customer_id IS 'Customer of the deal.';
