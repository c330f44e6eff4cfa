-- How a fact reaches each dimension, as data. In the templates {{fact}} is the
-- alias of the fact and {{at}} the time of the event: rep, team and territory
-- are read as of then. `needs` is the column the fact must carry.
CREATE VIEW sales_kpi.dimension AS
SELECT dimension::text, relation::text, rank, key::text, join_fact::text, join_name::text, member_name::text, meaning::text
FROM (VALUES
	('all', 'any', 1, '''all''::text', '', '', '''All''::text', 'the total'),
	('rep', 'any', 2, '{{fact}}.rep_id', '',
	 'LEFT JOIN {{base}}.rep_name n ON n.rep_id = x.member_key', 'n.rep_name', 'the rep of the event'),
	('team', 'acquisition_fact', 3, 'coalesce({{fact}}.team, r.team)',
	 'LEFT JOIN {{base}}.rep r ON r.rep_id = {{fact}}.rep_id AND {{fact}}.happened_at >= r.valid_from AND {{fact}}.happened_at < r.valid_until',
	 '', NULL, 'the team it was spent for, or the rep''s at the event'),
	('team', 'productivity_fact', 3, 'coalesce({{fact}}.team, r.team)',
	 'LEFT JOIN {{base}}.rep r ON r.rep_id = {{fact}}.rep_id AND {{fact}}.happened_at >= r.valid_from AND {{fact}}.happened_at < r.valid_until',
	 '', NULL, 'the team it was spent for, or the rep''s at the event'),
	('team', 'any', 3, 'r.team',
	 'LEFT JOIN {{base}}.rep r ON r.rep_id = {{fact}}.rep_id AND {{at}} >= r.valid_from AND {{at}} < r.valid_until',
	 '', NULL, 'the rep''s team at the event'),
	('territory', 'acquisition_fact', 4, 'coalesce({{fact}}.territory, r.territory)',
	 'LEFT JOIN {{base}}.rep r ON r.rep_id = {{fact}}.rep_id AND {{fact}}.happened_at >= r.valid_from AND {{fact}}.happened_at < r.valid_until',
	 '', NULL, 'the territory it was spent for, or the rep''s at the event'),
	('territory', 'productivity_fact', 4, 'coalesce({{fact}}.territory, r.territory)',
	 'LEFT JOIN {{base}}.rep r ON r.rep_id = {{fact}}.rep_id AND {{fact}}.happened_at >= r.valid_from AND {{fact}}.happened_at < r.valid_until',
	 '', NULL, 'the territory it was spent for, or the rep''s at the event'),
	('territory', 'any', 4, 'r.territory',
	 'LEFT JOIN {{base}}.rep r ON r.rep_id = {{fact}}.rep_id AND {{at}} >= r.valid_from AND {{at}} < r.valid_until',
	 '', NULL, 'the rep''s territory at the event'),
	('product', 'any', 5, '{{fact}}.product_id', '',
	 'LEFT JOIN {{base}}.product n ON n.product_id = x.member_key', 'n.product_name', 'the product sold'),
	('family', 'any', 6, 'p.family',
	 'LEFT JOIN {{base}}.product p ON p.product_id = {{fact}}.product_id', '', NULL, 'the family of the product'),
	('segment', 'any', 7, 'c.segment',
	 'LEFT JOIN {{base}}.customer c ON c.customer_id = {{fact}}.customer_id', '', NULL, 'the segment of the customer'),
	('location', 'purchase', 8, '{{fact}}.location', '', '', NULL, 'where it was sold'),
	('location', 'revenue', 8, '{{fact}}.location', '', '', NULL, 'where it was sold'),
	('location', 'driver_fact', 8, '{{fact}}.location', '', '', NULL, 'where it was sold, or where the customer is'),
	('location', 'any', 8, 'c.location',
	 'LEFT JOIN {{base}}.customer c ON c.customer_id = {{fact}}.customer_id', '', NULL, 'where the customer is'),
	('channel', 'any', 9, '{{fact}}.channel', '', '', NULL, 'store, online, partner'),
	('source', 'lead', 10, '{{fact}}.source', '', '', NULL, 'how the lead was won'),
	('source', 'lead_warming', 10, '{{fact}}.source', '', '', NULL, 'how the lead was won'),
	('source', 'driver_fact', 10, '{{fact}}.source', '', '', NULL, 'how the customer or the lead was won'),
	('source', 'acquisition_fact', 10, 'coalesce({{fact}}.source, c.source)',
	 'LEFT JOIN {{base}}.customer c ON c.customer_id = {{fact}}.customer_id', '', NULL, 'how the customer or the lead was won, or what was spent for'),
	('source', 'any', 10, 'c.source',
	 'LEFT JOIN {{base}}.customer c ON c.customer_id = {{fact}}.customer_id', '', NULL, 'how the customer was won'),
	('request', 'any', 11, '{{fact}}.request', '', '', NULL, 'what the lead asked for'),
	('temperature', 'any', 12, '{{fact}}.temperature', '', '', NULL, 'cold, warm or hot'),
	('response_time', 'any', 13, 'CASE WHEN {{fact}}.response <= interval ''5 minutes'' THEN ''0-5 min'' WHEN {{fact}}.response <= interval ''30 minutes'' THEN ''5-30 min'' '
	 'WHEN {{fact}}.response <= interval ''60 minutes'' THEN ''30-60 min'' WHEN {{fact}}.response <= interval ''4 hours'' THEN ''1-4 h'' '
	 'WHEN {{fact}}.response <= interval ''24 hours'' THEN ''4-24 h'' WHEN {{fact}}.response IS NOT NULL THEN ''over 24 h'' END', '', '', NULL,
	 'how long the lead waited'),
	('stage', 'any', 14, '{{fact}}.stage', '', '', NULL, 'the stage of the deal')
) AS d (dimension, relation, rank, key, join_fact, join_name, member_name, meaning);

GRANT SELECT ON sales_kpi.dimension TO PUBLIC;
COMMENT ON VIEW sales_kpi.dimension IS 'The dimensions of the KPI views, and how a fact reaches each.';
COMMENT ON COLUMN sales_kpi.dimension.dimension IS 'Name of the dimension, as in the column of that name.';
COMMENT ON COLUMN sales_kpi.dimension.relation IS 'The fact this way is for; any: all others.';
COMMENT ON COLUMN sales_kpi.dimension.rank IS 'Order of the dimensions.';
COMMENT ON COLUMN sales_kpi.dimension.key IS 'SQL of the value the fact is grouped by.';
COMMENT ON COLUMN sales_kpi.dimension.join_fact IS 'Join from the fact to where the value stands.';
COMMENT ON COLUMN sales_kpi.dimension.join_name IS 'Join from the groups to their names.';
COMMENT ON COLUMN sales_kpi.dimension.member_name IS 'SQL of the name; NULL: the value is its own name.';
COMMENT ON COLUMN sales_kpi.dimension.meaning IS 'What the dimension means.';
