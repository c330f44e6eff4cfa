-- Sales volume: units sold, not money and not lines. Every member that ever sold has a
-- row in every period since the first sale of all: what was not sold is 0. A join of
-- sales with members and periods would look at each pair of them; the empty cells are
-- put below the sales instead, and both grouped as one.
-- reads: sale, subscription
-- dimensions: all, rep, team, territory, product, family, segment, location, channel
SELECT {{common}},
	x.units, x.returned_units, x.lines, x.unknown_units, x.rank, x.share
FROM (
	SELECT v.*, rank() OVER (PARTITION BY v.period_start ORDER BY v.units DESC) AS rank,
		(v.units / nullif(greatest(sum(v.units) OVER (PARTITION BY v.period_start), 0), 0))::float8 AS share
	FROM (
		WITH cell AS (
			SELECT s.period_start, s.member_key,
				coalesce(sum(s.units), 0) AS units, coalesce(-sum(s.units) FILTER (WHERE s.units < 0), 0) AS returned_units,
				count(*) AS lines, count(*) - count(s.units) AS unknown_units
			FROM (
				{{rep_apart}}SELECT {{period_start}} AS period_start, {{member_key}} AS member_key, s.units
				FROM {{fact(purchase s, s.sold_at)}}
			) s
			GROUP BY 1, 2
		)
		SELECT c.period_start, c.member_key, sum(c.units) AS units, sum(c.returned_units) AS returned_units,
			sum(c.lines)::bigint AS lines, sum(c.unknown_units)::bigint AS unknown_units
		FROM (
			SELECT period_start, member_key, units, returned_units, lines, unknown_units FROM cell
			UNION ALL
			SELECT p.period_start, m.member_key, 0::numeric, 0::numeric, 0::bigint, 0::bigint
			FROM (SELECT min(f.period_start) AS day FROM cell f) f
			CROSS JOIN unnest({{period_starts(f.day)}}) p (period_start)
			CROSS JOIN (SELECT DISTINCT d.member_key FROM cell d) m
		) c
		GROUP BY 1, 2
	) v
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.sales_volume IS 'Sales volume: units sold, returns subtracted; a row for every member that ever sold and every period since the company''s first sale, with 0 where nothing was sold. With the setting purchases at subscription, units are subscriptions that began.';
COMMENT ON COLUMN {{kpi}}.sales_volume.units IS 'Units sold less units returned, of the lines whose units are known: 0 where none is, so see unknown_units.';
COMMENT ON COLUMN {{kpi}}.sales_volume.returned_units IS 'Units returned.';
COMMENT ON COLUMN {{kpi}}.sales_volume.lines IS 'Lines sold, returns included.';
COMMENT ON COLUMN {{kpi}}.sales_volume.unknown_units IS 'Of these, lines whose units are not known.';
COMMENT ON COLUMN {{kpi}}.sales_volume.rank IS 'Place of the member by units in the period, 1 for the most; equal ones share it.';
COMMENT ON COLUMN {{kpi}}.sales_volume.share IS 'units / units of all members in the period; NULL where these are not above 0.';
