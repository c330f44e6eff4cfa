-- Sales mix: which product where. Every product ever sold has a row for every member
-- that ever sold and every period since the first sale of all.
-- reads: sale, subscription
-- dimensions: all, rep, team, territory, segment, location, channel
-- keys: product_id
SELECT {{common}},
	coalesce(x.product_key::text, '(none)') AS product_id, coalesce(x.product_name, x.product_key::text, '(none)') AS product_name,
	x.units, x.returned_units, x.lines, x.unknown_units, x.rank, x.share
FROM (
	SELECT w.*, k.product_name
	FROM (
		SELECT v.*, rank() OVER (PARTITION BY v.period_start, v.member_key ORDER BY v.units DESC) AS rank,
			(v.units / nullif(greatest(sum(v.units) OVER (PARTITION BY v.period_start, v.member_key), 0), 0))::float8 AS share
		FROM (
			WITH cell AS (
				SELECT s.period_start, s.member_key, s.product_key,
					coalesce(sum(s.units), 0) AS units, coalesce(-sum(s.units) FILTER (WHERE s.units < 0), 0) AS returned_units,
					count(*) AS lines, count(*) - count(s.units) AS unknown_units
				FROM (
					{{rep_apart}}SELECT {{period_start}} AS period_start, {{member_key}} AS member_key, {{product_key}} AS product_key, s.units
					FROM {{fact(purchase s, s.sold_at)}}
				) s
				GROUP BY 1, 2, 3
			)
			SELECT c.period_start, c.member_key, c.product_key, sum(c.units) AS units, sum(c.returned_units) AS returned_units,
				sum(c.lines)::bigint AS lines, sum(c.unknown_units)::bigint AS unknown_units
			FROM (
				SELECT period_start, member_key, product_key, units, returned_units, lines, unknown_units FROM cell
				UNION ALL
				SELECT p.period_start, m.member_key, q.product_key, 0::numeric, 0::numeric, 0::bigint, 0::bigint
				FROM (SELECT min(f.period_start) AS day FROM cell f) f
				CROSS JOIN unnest({{period_starts(f.day)}}) p (period_start)
				CROSS JOIN (SELECT DISTINCT d.member_key FROM cell d) m
				CROSS JOIN (SELECT DISTINCT d.product_key FROM cell d) q
			) c
			GROUP BY 1, 2, 3
		) v
	) w
	LEFT JOIN {{base}}.product k ON k.product_id = w.product_key
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.sales_mix IS 'Sales mix: units of each product by member; a row for every product ever sold, every member that ever sold and every period since the company''s first sale, with 0 where nothing was sold.';
COMMENT ON COLUMN {{kpi}}.sales_mix.product_id IS 'The product; (none) where missing.';
COMMENT ON COLUMN {{kpi}}.sales_mix.product_name IS 'Its name.';
COMMENT ON COLUMN {{kpi}}.sales_mix.units IS 'Units sold less units returned, of the lines whose units are known: 0 where none is, so see unknown_units.';
COMMENT ON COLUMN {{kpi}}.sales_mix.returned_units IS 'Units returned.';
COMMENT ON COLUMN {{kpi}}.sales_mix.lines IS 'Lines sold, returns included.';
COMMENT ON COLUMN {{kpi}}.sales_mix.unknown_units IS 'Of these, lines whose units are not known.';
COMMENT ON COLUMN {{kpi}}.sales_mix.rank IS 'Place of the product by units within member and period, 1 for the most; equal ones share it.';
COMMENT ON COLUMN {{kpi}}.sales_mix.share IS 'units / units of all products of the member in the period; NULL where these are not above 0.';
