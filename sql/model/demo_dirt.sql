-- What is wrong with the demo company's data: rows that real imports hold too, each
-- for one check of data_quality. Fields not named are NULL, a key not named is new,
-- times are in UTC.
CREATE VIEW sales_kpi.demo_dirt AS
SELECT relation::text, rank, check_name::text, contents::jsonb
FROM (VALUES
	('rep', 1, 'valid_until before valid_from', '{"rep_name": "Vera Interim", "team": "Field Sales", "territory": "DACH", "valid_from": "2024-03-01 00:00", "valid_until": "2023-03-01 00:00"}'),
	('product', 2, 'duplicate product_id', '{"product_id": 11, "product_name": "Onboarding Day (old)", "family": "Services"}'),
	('customer', 3, 'rep_id not in rep', '{"customer_name": "Test account, please ignore", "rep_id": 9001}'),
	('lead', 4, 'missing arrived_at', '{"source": "Trade fair", "request": "demo", "rep_id": 3}'),
	('lead', 5, 'arrived_at after as_of', '{"arrived_at": "2052-04-11 10:20", "source": "Search", "request": "demo", "rep_id": 3}'),
	('lead', 6, 'responded_at before arrived_at', '{"arrived_at": "2024-06-12 15:05", "responded_at": "2024-06-12 14:25", "source": "Social", "request": "demo", "rep_id": 6}'),
	('lead', 7, 'unknown word in temperature', '{"arrived_at": "2024-09-03 11:00", "responded_at": "2024-09-03 11:30", "source": "Social", "request": "pricing", "temperature": "lukewarm", "rep_id": 9}'),
	('lead', 8, 'missing rep_id', '{"arrived_at": "2025-02-19 09:10", "responded_at": "2025-02-19 09:45", "source": "Partner", "request": "contact form", "temperature": "cold"}'),
	('lead', 9, 'duplicate lead_id', '{"lead_id": 77, "arrived_at": "2023-02-06 08:40", "responded_at": "2023-02-06 09:20", "source": "Webinar", "request": "whitepaper", "temperature": "cold", "rep_id": 5}'),
	('lead_temperature', 10, 'unknown word in temperature', '{"lead_id": 88, "temperature": "boiling", "entered_at": "2025-12-01 10:00"}'),
	('lead_temperature', 11, 'lead_id not in lead', '{"lead_id": 900000001, "temperature": "warm", "entered_at": "2024-05-02 10:00"}'),
	('touch', 12, 'missing touched_at', '{"kind": "call", "direction": "outbound", "lead_id": 120, "rep_id": 3}'),
	('touch', 13, 'unknown word in kind', '{"touched_at": "2024-04-22 13:00", "kind": "fax", "direction": "inbound", "deal_id": 40, "rep_id": 3}'),
	('touch', 14, 'neither lead, deal nor customer', '{"touched_at": "2024-04-23 16:00", "kind": "call", "direction": "outbound", "rep_id": 5, "minutes": 4}'),
	('touch', 15, 'minutes below zero', '{"touched_at": "2024-04-24 10:30", "kind": "call", "direction": "outbound", "deal_id": 41, "rep_id": 5, "minutes": -12}'),
	('deal', 16, 'closed_at before opened_at', '{"opened_at": "2024-05-06 09:00", "closed_at": "2023-05-27 15:00", "outcome": "won", "amount": 4200, "customer_id": 100011, "rep_id": 3, "product_id": 1}'),
	('deal', 17, 'amount below zero', '{"opened_at": "2024-07-01 10:00", "closed_at": "2024-08-05 15:00", "outcome": "won", "amount": -990, "customer_id": 100012, "rep_id": 6, "product_id": 2}'),
	('deal', 18, 'outcome without closed_at', '{"opened_at": "2024-09-02 10:00", "outcome": "lost", "amount": 1800, "customer_id": 100013, "rep_id": 9, "product_id": 4}'),
	('deal', 19, 'won without amount', '{"opened_at": "2024-10-01 10:00", "closed_at": "2024-11-08 11:00", "outcome": "won", "customer_id": 100014, "rep_id": 2, "product_id": 5}'),
	('deal', 20, 'missing customer_id', '{"opened_at": "2025-01-13 10:00", "closed_at": "2025-02-20 11:00", "outcome": "lost", "amount": 2600, "rep_id": 3, "product_id": 5}'),
	('deal', 21, 'customer_id not in customer', '{"opened_at": "2025-02-03 10:00", "closed_at": "2025-03-20 11:00", "outcome": "lost", "amount": 3100, "customer_id": 1, "rep_id": 5, "product_id": 8}'),
	('deal', 22, 'product_id not in product', '{"opened_at": "2025-03-03 10:00", "closed_at": "2025-04-10 11:00", "outcome": "lost", "amount": 3100, "customer_id": 100015, "rep_id": 6, "product_id": 70}'),
	('deal', 23, 'unknown word in outcome', '{"opened_at": "2025-04-07 10:00", "closed_at": "2025-05-09 11:00", "outcome": "on hold", "amount": 2000, "customer_id": 100016, "rep_id": 9, "product_id": 1}'),
	('deal', 24, 'missing opened_at', '{"amount": 2500, "customer_id": 100017, "rep_id": 2, "product_id": 1}'),
	('deal', 25, 'duplicate deal_id', '{"deal_id": 50, "opened_at": "2025-11-03 10:00", "amount": 1500, "customer_id": 100050, "rep_id": 3, "product_id": 4}'),
	('deal_stage', 26, 'deal_id not in deal', '{"deal_id": 900000002, "stage": "Discover", "entered_at": "2024-02-05 10:00", "stage_order": 2}'),
	('sale', 27, 'missing units', '{"sold_at": "2024-03-11 12:00", "customer_id": 100018, "amount": 360, "cost": 220, "product_id": 9, "rep_id": 2, "channel": "online"}'),
	('sale', 28, 'missing amount', '{"sold_at": "2024-04-15 12:00", "customer_id": 100019, "units": 2, "product_id": 9, "rep_id": 3, "channel": "store"}'),
	('sale', 29, 'missing customer_id', '{"sold_at": "2024-05-13 12:00", "amount": 540, "units": 3, "cost": 335, "product_id": 9, "rep_id": 5, "channel": "store"}'),
	('sale', 30, 'product_id not in product', '{"sold_at": "2024-06-17 12:00", "customer_id": 100020, "amount": 199, "units": 1, "cost": 90, "product_id": 71, "rep_id": 6, "channel": "online"}'),
	('sale', 31, 'units and amount of opposite sign', '{"sold_at": "2024-07-15 12:00", "customer_id": 100021, "amount": -180, "units": 1, "cost": -110, "product_id": 9, "rep_id": 9, "channel": "online"}'),
	('subscription', 32, 'ended_at before started_at', '{"customer_id": 100022, "started_at": "2024-08-01 00:00", "ended_at": "2023-08-01 00:00", "monthly_amount": 120, "product_id": 1, "rep_id": 2, "trial": false}'),
	('subscription', 33, 'monthly_amount below zero', '{"customer_id": 100023, "started_at": "2024-08-01 00:00", "ended_at": "2024-09-01 00:00", "monthly_amount": -60, "product_id": 1, "rep_id": 3, "trial": false}'),
	('spend', 34, 'amount below zero', '{"spent_at": "2024-12-30 12:00", "amount": -350, "kind": "marketing", "source": "Search"}'),
	('spend', 35, 'unknown word in kind', '{"spent_at": "2025-03-31 12:00", "amount": 480, "kind": "parking"}'),
	('feedback', 36, 'score outside its scale', '{"given_at": "2024-10-07 09:00", "score": 11, "scale": "nps", "customer_id": 100024, "rep_id": 3}'),
	('feedback', 37, 'unknown word in scale', '{"given_at": "2024-10-08 09:00", "score": 87, "scale": "percent", "customer_id": 100025, "rep_id": 5}'),
	('goal', 38, 'period_end not after period_start', '{"kpi": "leads", "period_start": "2025-07-01", "period_end": "2025-06-30", "target": 900, "dimension": "all"}'),
	('goal', 39, 'dimension that its kpi is not measured by', '{"kpi": "leads", "period_start": "2025-07-01", "period_end": "2025-10-01", "target": 100, "dimension": "planet", "member": "Mars"}')
) AS d (relation, rank, check_name, contents);
GRANT SELECT ON sales_kpi.demo_dirt TO PUBLIC;
COMMENT ON VIEW sales_kpi.demo_dirt IS 'Internal: the dirty rows of the demo company.';
COMMENT ON COLUMN sales_kpi.demo_dirt.relation IS 'The relation it is in.';
COMMENT ON COLUMN sales_kpi.demo_dirt.rank IS 'Its number.';
COMMENT ON COLUMN sales_kpi.demo_dirt.check_name IS 'The check of data_quality that finds it.';
COMMENT ON COLUMN sales_kpi.demo_dirt.contents IS 'The row, field by field.';

-- The larger the company, the more rows of a kind, but for those that name their key
-- or have none: copies of them would be duplicates.
CREATE PROCEDURE sales_kpi.demo_spoil(sources text, deals integer)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r record;
	n bigint;
	total bigint := 0;
BEGIN
	FOR r IN
		SELECT c.relation, min(c.column_name) FILTER (WHERE c.need = 'key') AS key
		FROM sales_kpi.contract c
		GROUP BY c.relation
		ORDER BY c.relation
	LOOP
		EXECUTE format('INSERT INTO %1$I.%2$I SELECT f.* '
			'FROM (SELECT d.contents, row_number() OVER (ORDER BY d.rank, copy) AS number '
			'FROM sales_kpi.demo_dirt d '
			'CROSS JOIN generate_series(1, CASE WHEN d.contents ? %3$L IS NOT FALSE THEN 1 ELSE 1 + %4$s / 10000 END) copy '
			'WHERE d.relation = %2$L) n '
			'CROSS JOIN LATERAL jsonb_populate_record(NULL::%1$I.%2$I, %5$s || n.contents) f',
			sources, r.relation, r.key, deals, CASE WHEN r.key IS NULL THEN '''{}''::jsonb'
				ELSE format('jsonb_build_object(%1$L, (SELECT max(t.%1$I) FROM %2$I.%3$I t) + n.number)', r.key, sources, r.relation) END);
		GET DIAGNOSTICS n = ROW_COUNT;
		total := total + n;
		EXECUTE format('ANALYZE %I.%I', sources, r.relation);
	END LOOP;
	RAISE NOTICE '%: % dirty rows', quote_ident(sources), to_char(total, 'FM999,999,999');
END
$$;
COMMENT ON PROCEDURE sales_kpi.demo_spoil(text, integer) IS 'Internal: adds the dirty rows of the demo company.';
