-- What the demo company spends, and what it wants to reach.

CREATE PROCEDURE sales_kpi.demo_plan(sources text, deals integer, seed integer)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $fill$
BEGIN
	-- By the month: salary and travel of each rep; what a team spends together;
	-- marketing by source and territory, so much a lead; the brand, which belongs to
	-- none of them; the office.
	CALL sales_kpi.demo_fill(sources, deals, seed, 'spend', $$
		INSERT INTO {{crm}}.spend (spent_at, amount, kind, team, territory, rep_id, source)
		WITH month AS (
			SELECT number, date_trunc('month', day) AS starts, (date_trunc('month', day) + interval '1 month -12 hours') AT TIME ZONE {{zone}} AS spent_at,
				date_trunc('month', day) AT TIME ZONE {{zone}} AS from_time, (date_trunc('month', day) + interval '1 month') AT TIME ZONE {{zone}} AS until_time,
				('{100,104,108}'::integer[])[extract(year FROM day)::integer - 2022] AS price_level
			FROM generate_series(timestamp '2023-01-01', '2025-12-01', interval '1 month') WITH ORDINALITY m (day, number)
		),
		arrived AS (
			SELECT m.number, t.territory, t.rank, l.source, count(*) AS leads
			FROM {{crm}}.lead l
			JOIN month m ON l.arrived_at >= m.from_time AND l.arrived_at < m.until_time
			JOIN {{crm}}.rep r ON r.rep_id = l.rep_id AND sales_kpi.demo_within(l.arrived_at, r.valid_from, r.valid_until)
			JOIN sales_kpi.demo_territory t ON t.territory = r.territory
			GROUP BY m.number, t.territory, t.rank, l.source
		)
		SELECT m.spent_at, ((3800 + 100 * {{random}}('salary', r.rep_id, 30)) * m.price_level / 100)::numeric, 'sales', NULL, NULL, r.rep_id, NULL
		FROM month m
		JOIN (SELECT rep_id, min(hired_at) AS hired_at FROM {{crm}}.rep GROUP BY rep_id) r ON r.hired_at < m.until_time
		UNION ALL
		SELECT m.spent_at - interval '9 days', {{draw}}('travel', r.rep_id * 64 + m.number, '{60,140,260,420,900}'), 'sales', NULL, NULL, r.rep_id, NULL
		FROM month m
		JOIN (SELECT rep_id, min(hired_at) AS hired_at FROM {{crm}}.rep GROUP BY rep_id) r ON r.hired_at < m.from_time
		WHERE {{random}}('travels', r.rep_id * 64 + m.number, 100) < 45
		UNION ALL
		SELECT m.spent_at - interval '5 days', 900 + 10 * {{random}}('together', m.number * 4 + t.rank, 150), 'sales', t.team, NULL, NULL, NULL
		FROM month m
		CROSS JOIN (VALUES (1, 'Inside Sales'), (2, 'Field Sales'), (3, 'Key Accounts')) t (rank, team)
		UNION ALL
		SELECT m.spent_at, a.leads * s.cost * m.price_level / 100 * (85 + {{random}}('campaign', (m.number * 8 + a.rank) * 8 + s.rank, 31)) / 100,
			'marketing', NULL, a.territory, NULL, a.source
		FROM arrived a
		JOIN month m ON m.number = a.number
		JOIN (VALUES (1, 'Search', 100), (2, 'Social', 65), (3, 'Webinar', 85), (4, 'Trade fair', 260), (5, 'Referral', 20), (6, 'Partner', 120)
			) s (rank, source, cost) ON s.source = a.source
		UNION ALL
		SELECT m.spent_at, {{deals}} * (90 + {{random}}('brand', m.number, 61)) / 100, 'marketing', NULL, NULL, NULL, NULL
		FROM month m
		UNION ALL
		SELECT m.from_time, 9500 * m.price_level / 100, 'other', NULL, NULL, NULL, NULL
		FROM month m
	$$);

	-- Of money and deals: more than a year before. Of time and shares: what is thought
	-- to be good.
	CALL sales_kpi.demo_fill(sources, deals, seed, 'goal', $$
		INSERT INTO {{crm}}.goal (kpi, period_start, period_end, target, dimension, member)
		WITH quarter AS (
			SELECT day AS starts, (day + interval '3 months') AS ends, (day - interval '1 year') AT TIME ZONE {{zone}} AS from_time,
				(day - interval '9 months') AT TIME ZONE {{zone}} AS until_time
			FROM generate_series(timestamp '2024-01-01', '2025-10-01', interval '3 months') day
		)
		SELECT 'revenue', q.starts::date, q.ends::date, round(sum(s.amount) * 1.3, -3), 'all', NULL
		FROM quarter q JOIN {{crm}}.sale s ON s.sold_at >= q.from_time AND s.sold_at < q.until_time
		GROUP BY q.starts, q.ends
		UNION ALL
		SELECT 'revenue', date '2025-01-01', date '2026-01-01', round(sum(s.amount) * 1.3, -3), 'territory', r.territory
		FROM {{crm}}.sale s
		JOIN {{crm}}.deal d ON d.deal_id = s.deal_id
		JOIN {{crm}}.rep r ON r.rep_id = s.rep_id AND sales_kpi.demo_within(s.sold_at, r.valid_from, r.valid_until)
		WHERE s.sold_at >= timestamp '2024-01-01' AT TIME ZONE {{zone}} AND s.sold_at < timestamp '2025-01-01' AT TIME ZONE {{zone}}
		GROUP BY r.territory
		UNION ALL
		SELECT 'deals_won', q.starts::date, q.ends::date, 1 + w.deals * 14 / 10 / count(*) OVER (PARTITION BY q.starts), 'rep', r.rep_id::text
		FROM quarter q
		CROSS JOIN LATERAL (SELECT count(*) AS deals FROM {{crm}}.deal d
			WHERE d.outcome = 'won' AND d.closed_at >= q.from_time AND d.closed_at < q.until_time) w
		JOIN {{crm}}.rep r ON r.hired_at < q.starts AT TIME ZONE {{zone}} AND r.valid_until IS NULL
		WHERE q.starts >= timestamp '2025-01-01'
		UNION ALL
		SELECT g.kpi, q.starts::date, q.ends::date, g.target, g.dimension, g.member
		FROM quarter q
		CROSS JOIN (VALUES
			('cycle_length_days', 40, 'all', NULL),
			('lead_response_minutes', 30, 'all', NULL),
			('lead_response_minutes', 20, 'request', 'demo'),
			('within_sla_rate', 0.60, 'all', NULL),
			('lead_conversion_rate', 0.30, 'all', NULL),
			('stage_length_days', 10, 'stage', 'Discover'),
			('stage_length_days', 14, 'stage', 'Propose'),
			('win_rate', 0.35, 'all', NULL),
			('churn_rate', 0.04, 'all', NULL),
			('nps', 30, 'all', NULL)) g (kpi, target, dimension, member)
	$$);
END
$fill$;
COMMENT ON PROCEDURE sales_kpi.demo_plan(text, integer, integer) IS 'Internal: fills spend and goal of the demo company.';
