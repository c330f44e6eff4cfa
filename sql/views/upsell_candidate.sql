-- Candidates: what to offer to whom next, by what the customers bought who hold the
-- same families. Many customers hold the same, so sets of families are compared, not
-- customers; and a set only with those that contain its rarest family.
-- reads: sale, subscription
-- dimensions: all, segment, location, source
-- keys: customer_id, next_family
-- grains: all
SELECT {{common}},
	x.customer_id::text AS customer_id, coalesce(x.customer_name, x.customer_id::text) AS customer_name,
	x.next_family, x.next_product::text AS next_product_id, coalesce(x.product_name, x.next_product::text) AS next_product_name,
	x.held_families, x.holders, x.buyers, x.buyers::float8 / x.holders AS rate,
	sales_kpi.wilson_low(x.buyers, x.holders) AS rate_low, sales_kpi.wilson_high(x.buyers, x.holders) AS rate_high, x.candidate_rank
FROM (
	WITH held AS (
		SELECT coalesce({{member_key}}, '(none)') AS member_key, h.customer_id, h.product_id, h.family, h.held_since
		FROM {{fact(holding h, h.held_since)}}
	),
	-- each family of each member under a number, in the order of their names, with the
	-- product that most of its customers began it with
	family AS (
		SELECT b.*, row_number() OVER (ORDER BY b.member_key, b.family COLLATE "C")::integer AS number
		FROM (
			SELECT DISTINCT ON (e.member_key, e.family) e.member_key, e.family, e.product_id
			FROM (
				SELECT h.member_key, h.family, h.product_id, count(*) AS customers
				FROM (SELECT k.*, rank() OVER (PARTITION BY k.customer_id, k.family ORDER BY k.held_since) AS place FROM held k WHERE k.family IS NOT NULL) h
				WHERE h.place = 1
				GROUP BY 1, 2, 3
			) e
			ORDER BY e.member_key, e.family, e.customers DESC, e.product_id::text COLLATE "C"
		) b
	),
	owner AS (
		SELECT o.member_key, o.customer_id, o.families, min(o.held_since) OVER (PARTITION BY o.member_key) AS member_since,
			dense_rank() OVER (ORDER BY o.member_key, o.families) AS set_number
		FROM (
			SELECT h.member_key, h.customer_id, min(h.held_since) AS held_since,
				coalesce(array_agg(DISTINCT f.number ORDER BY f.number) FILTER (WHERE f.number IS NOT NULL), '{}') AS families
			FROM held h
			LEFT JOIN family f ON f.member_key = h.member_key AND f.family = h.family
			GROUP BY 1, 2
		) o
	),
	-- 0 stands for nothing, which every customer holds
	element AS (
		SELECT s.set_number, s.member_key, s.families, s.customers, e.family, count(*) OVER (PARTITION BY s.member_key, e.family) AS sets
		FROM (SELECT o.set_number, o.member_key, o.families, count(*) AS customers FROM owner o GROUP BY 1, 2, 3) s
		CROSS JOIN LATERAL unnest(0 || s.families) e (family)
	),
	rarest AS (
		SELECT DISTINCT ON (e.set_number) e.set_number, e.member_key, e.families, e.family
		FROM element e
		ORDER BY e.set_number, e.sets
	),
	-- of 0: all who hold the set
	reach AS (
		SELECT r.set_number, e.family, sum(s.customers)::bigint AS customers
		FROM rarest r
		JOIN element s ON s.member_key = r.member_key AND s.family = r.family AND s.families @> r.families
		CROSS JOIN LATERAL unnest(0 || s.families) e (family)
		WHERE e.family <> ALL (r.families)
		GROUP BY 1, 2
	),
	candidate AS (
		SELECT r.set_number, r.family, r.customers AS buyers, first_value(r.customers) OVER (PARTITION BY r.set_number ORDER BY r.family) - 1 AS holders,
			row_number() OVER (PARTITION BY r.set_number, r.family > 0 ORDER BY r.customers DESC, r.family) AS candidate_rank
		FROM reach r
	)
	SELECT o.member_key, (o.member_since AT TIME ZONE {{time_zone}})::date AS period_start, o.customer_id, c.customer_name, cardinality(o.families)::bigint AS held_families,
		f.family AS next_family, f.product_id AS next_product, p.product_name, k.holders, k.buyers, k.candidate_rank
	FROM owner o
	JOIN candidate k ON k.set_number = o.set_number
	JOIN family f ON f.number = k.family
	LEFT JOIN {{base}}.product p ON p.product_id = f.product_id
	LEFT JOIN {{base}}.customer c ON c.customer_id = o.customer_id
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.upsell_candidate IS 'Whom to offer what next: a row per customer and family that it does not hold, by how many of those who hold the same families hold that one too. Held means ever bought; a family stands in the row of a customer if at least one of these others holds it. It costs little while many customers hold the same few families; with hundreds of families it is best kept in a materialized view.';
COMMENT ON COLUMN {{kpi}}.upsell_candidate.customer_id IS 'The customer.';
COMMENT ON COLUMN {{kpi}}.upsell_candidate.customer_name IS 'Its name.';
COMMENT ON COLUMN {{kpi}}.upsell_candidate.next_family IS 'The family that it does not hold.';
COMMENT ON COLUMN {{kpi}}.upsell_candidate.next_product_id IS 'The product with which most customers of the member began that family.';
COMMENT ON COLUMN {{kpi}}.upsell_candidate.next_product_name IS 'Its name.';
COMMENT ON COLUMN {{kpi}}.upsell_candidate.held_families IS 'How many families it holds.';
COMMENT ON COLUMN {{kpi}}.upsell_candidate.holders IS 'Other customers of the member who hold all the families that it holds, and perhaps more. They are counted set of families by set: the cost is one comparison for each set and each other that contains its rarest family.';
COMMENT ON COLUMN {{kpi}}.upsell_candidate.buyers IS 'Of these, those who hold the next family too.';
COMMENT ON COLUMN {{kpi}}.upsell_candidate.rate IS 'buyers / holders. Of few holders it says little: see rate_low.';
COMMENT ON COLUMN {{kpi}}.upsell_candidate.rate_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.upsell_candidate.rate_high IS 'Upper end of it.';
COMMENT ON COLUMN {{kpi}}.upsell_candidate.candidate_rank IS '1 for the family to offer to the customer first: by rate.';
