-- The demo company itself: where it sells, who sells, what is sold.

-- Iberia has nearly a quarter of the leads, and one rep in sixteen: see rep.
CREATE VIEW sales_kpi.demo_territory AS
SELECT rank, territory, lead_weight, cities
FROM (VALUES
	(1, 'DACH'::text, 25, '{Berlin,Munich,Hamburg,Vienna,Zurich}'::text[]),
	(2, 'UK & Ireland', 21, '{London,Manchester,Edinburgh,Dublin}'),
	(3, 'Nordics', 16, '{Stockholm,Copenhagen,Oslo,Helsinki}'),
	(4, 'France & Benelux', 16, '{Paris,Lyon,Brussels,Amsterdam}'),
	(5, 'Iberia', 22, '{Madrid,Barcelona,Lisbon,Porto}')
) AS t (rank, territory, lead_weight, cities);
GRANT SELECT ON sales_kpi.demo_territory TO PUBLIC;
COMMENT ON VIEW sales_kpi.demo_territory IS 'Internal: territories of the demo company.';
COMMENT ON COLUMN sales_kpi.demo_territory.rank IS 'Its number.';
COMMENT ON COLUMN sales_kpi.demo_territory.territory IS 'Its name.';
COMMENT ON COLUMN sales_kpi.demo_territory.lead_weight IS 'How many of a hundred leads come from there.';
COMMENT ON COLUMN sales_kpi.demo_territory.cities IS 'Where its customers are.';

CREATE VIEW sales_kpi.demo_product AS
SELECT product_id, product_name, family, tier, price, cost_percent, monthly
FROM (VALUES
	(1, 'Atlas Start'::text, 'Atlas'::text, 1, 12, 18, true),
	(2, 'Atlas Team', 'Atlas', 2, 22, 17, true),
	(3, 'Atlas Enterprise', 'Atlas', 3, 38, 15, true),
	(4, 'Beacon Basic', 'Beacon', 1, 9, 22, true),
	(5, 'Beacon Pro', 'Beacon', 2, 18, 20, true),
	(6, 'Beacon Max', 'Beacon', 3, 30, 18, true),
	(7, 'Courier Lite', 'Courier', 1, 14, 30, true),
	(8, 'Courier Plus', 'Courier', 2, 26, 26, true),
	(9, 'Edge Sensor', 'Edge', 1, 180, 62, false),
	(10, 'Edge Gateway', 'Edge', 2, 740, 58, false),
	(11, 'Onboarding Day', 'Services', NULL, 950, 70, false),
	(12, 'Training Day', 'Services', NULL, 1250, 66, false)
) AS p (product_id, product_name, family, tier, price, cost_percent, monthly);
GRANT SELECT ON sales_kpi.demo_product TO PUBLIC;
COMMENT ON VIEW sales_kpi.demo_product IS 'Internal: products of the demo company.';
COMMENT ON COLUMN sales_kpi.demo_product.product_id IS 'Its id.';
COMMENT ON COLUMN sales_kpi.demo_product.product_name IS 'Its name.';
COMMENT ON COLUMN sales_kpi.demo_product.family IS 'Its family.';
COMMENT ON COLUMN sales_kpi.demo_product.tier IS 'Its tier in the family; NULL: none.';
COMMENT ON COLUMN sales_kpi.demo_product.price IS 'List price of a unit in 2023, a month where it is paid by the month.';
COMMENT ON COLUMN sales_kpi.demo_product.cost_percent IS 'What it costs to make, in percent of the price.';
COMMENT ON COLUMN sales_kpi.demo_product.monthly IS 'Whether it is sold by subscription; these are what deals are about.';

-- The lists have lengths without a common divisor: each name comes once before the
-- first comes again, for 600 reps and for 18,204 customers.
CREATE FUNCTION sales_kpi.demo_rep_name(n integer)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ('{Anna,Ben,Clara,David,Elena,Felix,Greta,Hugo,Ines,Jonas,Karin,Lars,Marta,
		Nils,Olivia,Pablo,Rosa,Simon,Tessa,Viktor,Wanda,Yusuf,Zoe,Emil,Frida}'::text[])[1 + (n * 7) % 25]
	|| ' ' || ('{Albrecht,Bauer,Costa,Dubois,Eriksen,Fischer,Garcia,Hansen,Ivanov,Jensen,Keller,Larsen,
		Moreau,Novak,Okafor,Petrov,Quinn,Rossi,Schmidt,Torres,Vogel,Walsh,Yilmaz,Ziegler}'::text[])[1 + (n * 11) % 24];
COMMENT ON FUNCTION sales_kpi.demo_rep_name(integer) IS 'Internal: the n-th name of a rep of the demo company.';

CREATE FUNCTION sales_kpi.demo_customer_name(n bigint)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ('{Alder,Amber,Arc,Birch,Blue,Bright,Cedar,Clear,Cobalt,Copper,Coral,Crown,Delta,East,
		Ember,Falcon,Fern,Granite,Green,Harbor,Hazel,High,Iron,Ivory,Juniper,Lake,Linden,Maple,
		Meridian,Noble,North,Oak,Pine,Quartz,River,Silver,Stone,Summit,Swift,Vale,West}'::text[])[1 + (n * 17) % 41]
	|| ('{bridge,brook,cliff,crest,dale,field,fjord,ford,forge,gate,grove,haven,hill,land,line,mark,
		mill,mont,moor,path,peak,point,port,ridge,rock,shore,side,spring,stead,stream,ton,vale,view,
		ward,wood,works,yard}'::text[])[1 + (n * 23) % 37]
	|| ' ' || ('{Systems,Labs,Group,Logistics,Foods,Energy,Health,Media,Robotics,Retail,Finance,
		Mobility}'::text[])[1 + (n * 5) % 12];
COMMENT ON FUNCTION sales_kpi.demo_customer_name(bigint) IS 'Internal: the n-th name of a customer of the demo company.';

CREATE PROCEDURE sales_kpi.demo_company(sources text, deals integer, seed integer)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $fill$
BEGIN
	-- One in six is hired while the history runs; some change team or territory.
	CALL sales_kpi.demo_fill(sources, deals, seed, 'rep', $$
		INSERT INTO {{crm}}.rep (rep_id, rep_name, team, territory, hired_at, valid_from, valid_until)
		WITH person AS (
			SELECT n AS rep_id, sales_kpi.demo_rep_name(n + {{random}}('rep names', 0, 600)) AS rep_name, n % 6 = 1 AS is_late,
				CASE WHEN n % 9 = 5 THEN timestamp '2024-10-01' WHEN n % 12 = 9 THEN timestamp '2025-04-01' END AS changes
			FROM generate_series(1, least(greatest({{deals}} / 500, 16), 480)) n
		),
		career AS (
			SELECT p.*, CASE WHEN is_late
				THEN timestamp '2023-06-01' + {{random}}('late hire', rep_id, 24) * interval '1 month'
				ELSE timestamp '2020-01-01' + {{random}}('hire', rep_id, 36) * interval '1 month' END AS hired
			FROM person p
		)
		SELECT c.rep_id, c.rep_name,
			('{Inside Sales,Field Sales,Key Accounts}'::text[])[1 + (c.rep_id + CASE WHEN span = 2 AND c.rep_id % 9 = 5 THEN 1 ELSE 0 END) % 3],
			t.territory,
			c.hired AT TIME ZONE {{zone}},
			CASE WHEN span = 2 THEN c.changes WHEN c.is_late THEN c.hired END AT TIME ZONE {{zone}},
			CASE WHEN span = 1 THEN c.changes END AT TIME ZONE {{zone}}
		FROM career c
		CROSS JOIN generate_series(1, CASE WHEN c.changes IS NULL THEN 1 ELSE 2 END) span
		JOIN sales_kpi.demo_territory t ON CASE WHEN c.rep_id % 16 = 8 THEN t.territory = {{swamped_territory}}
			ELSE t.rank = ('{1,2,3,4,1,2,1,2,3,4}'::integer[])[1 + (c.rep_id + CASE WHEN span = 2 AND c.rep_id % 12 = 9 THEN 1 ELSE 0 END) % 10] END
	$$);

	CALL sales_kpi.demo_fill(sources, deals, seed, 'product', $$
		INSERT INTO {{crm}}.product (product_id, product_name, family, tier)
		SELECT product_id, product_name, family, tier FROM sales_kpi.demo_product
	$$);
END
$fill$;
COMMENT ON PROCEDURE sales_kpi.demo_company(text, integer, integer) IS 'Internal: fills rep and product of the demo company.';
