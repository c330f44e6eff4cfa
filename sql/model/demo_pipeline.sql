-- The demo company's pipeline: from the arrival of a lead to the close of a deal.

CREATE VIEW sales_kpi.demo_request AS
SELECT rank, request, weight, temperature_weights, odds_percent, answer_minutes
FROM (VALUES
	(1, 'demo'::text, 28, '{22,40,38}'::integer[], 115, '{1,2,4,7,12,18,32,120}'::integer[]),
	(2, 'contact form', 22, '{30,42,28}', 100, '{2,4,8,14,23,38,75,260}'),
	(3, 'pricing', 18, '{28,42,30}', 105, '{2,4,7,12,20,32,65,220}'),
	(4, 'whitepaper', 32, '{62,30,8}', 65, '{3,9,20,36,62,110,260,1100}')
) AS r (rank, request, weight, temperature_weights, odds_percent, answer_minutes);
GRANT SELECT ON sales_kpi.demo_request TO PUBLIC;
COMMENT ON VIEW sales_kpi.demo_request IS 'Internal: what the leads of the demo company ask for.';
COMMENT ON COLUMN sales_kpi.demo_request.rank IS 'Its number.';
COMMENT ON COLUMN sales_kpi.demo_request.request IS 'Its name.';
COMMENT ON COLUMN sales_kpi.demo_request.weight IS 'How many of a hundred leads ask for it.';
COMMENT ON COLUMN sales_kpi.demo_request.temperature_weights IS 'How many of a hundred such leads are cold, warm, hot.';
COMMENT ON COLUMN sales_kpi.demo_request.odds_percent IS 'How well such leads convert, beside others of their temperature.';
COMMENT ON COLUMN sales_kpi.demo_request.answer_minutes IS 'Quantiles of the minutes an answer takes in office hours.';

CREATE VIEW sales_kpi.demo_stage AS
SELECT stage_order, stage, length
FROM (VALUES
	(1, 'Qualify'::text, '{4,8,12,18,30}'::integer[]),
	(2, 'Discover', '{8,16,24,36,70}'),
	(3, 'Propose', '{10,22,34,50,90}'),
	(4, 'Negotiate', '{5,12,20,32,80}')
) AS s (stage_order, stage, length);
GRANT SELECT ON sales_kpi.demo_stage TO PUBLIC;
COMMENT ON VIEW sales_kpi.demo_stage IS 'Internal: stages of the deals of the demo company.';
COMMENT ON COLUMN sales_kpi.demo_stage.stage_order IS 'Its place in the pipeline.';
COMMENT ON COLUMN sales_kpi.demo_stage.stage IS 'Its name.';
COMMENT ON COLUMN sales_kpi.demo_stage.length IS 'Quantiles of its length, beside that of other stages.';

-- Answers are given in office hours, from Monday to Friday, but for one in six.
CREATE FUNCTION sales_kpi.demo_answered_at(
	seed integer, lead_id bigint, arrived_at timestamptz, answer_minutes integer[], swamped boolean)
RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (
	SELECT CASE WHEN sales_kpi.demo_random(seed, 'lead never answered', lead_id, 100) >= CASE WHEN swamped THEN 20 ELSE 4 END
		THEN (opens.at + CASE WHEN swamped THEN 7 ELSE 1 END
			* sales_kpi.demo_draw(seed, 'answer', lead_id, answer_minutes) * interval '1 minute') AT TIME ZONE 'Europe/Berlin' END
	FROM (SELECT arrived_at AT TIME ZONE 'Europe/Berlin') local (at)
	CROSS JOIN LATERAL (SELECT CASE
		WHEN sales_kpi.demo_random(seed, 'answer out of hours', lead_id, 6) = 0 THEN local.at
		WHEN local.at >= date_trunc('week', local.at) + interval '4 days 18 hours' THEN date_trunc('week', local.at) + interval '7 days 8 hours'
		WHEN local.at >= date_trunc('day', local.at) + interval '18 hours' THEN date_trunc('day', local.at) + interval '32 hours'
		ELSE greatest(local.at, date_trunc('day', local.at) + interval '8 hours') END) opens (at)
);
COMMENT ON FUNCTION sales_kpi.demo_answered_at(integer, bigint, timestamptz, integer[], boolean) IS 'Internal: when a lead of the demo company gets its first human answer; NULL: never.';

-- Most deals take every stage once; some skip one or fall back. Those not won end
-- on the way, an open one not further than its age in days lets believe.
CREATE FUNCTION sales_kpi.demo_path(seed integer, deal_id bigint, outcome text, age integer)
RETURNS integer[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
	SELECT p.path[1:CASE
		WHEN outcome = 'won' THEN cardinality(p.path)
		WHEN outcome IS NULL THEN 1 + sales_kpi.demo_random(seed, 'path', deal_id, least(cardinality(p.path), 1 + age / 12))
		ELSE 1 + sales_kpi.demo_random(seed, 'path', deal_id, cardinality(p.path)) END]
	FROM (SELECT CASE sales_kpi.demo_choice(seed, 'kind of path', deal_id, '{68,12,8,12}')
		WHEN 1 THEN '{1,2,3,4}'::integer[] WHEN 2 THEN '{1,3,4}' WHEN 3 THEN '{1,2,4}' ELSE '{1,2,3,2,3,4}' END) p (path)
);
COMMENT ON FUNCTION sales_kpi.demo_path(integer, bigint, text, integer) IS 'Internal: the stages a deal of the demo company has entered so far, in order.';

CREATE PROCEDURE sales_kpi.demo_pipeline(sources text, deals integer, seed integer)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $fill$
DECLARE
	opening text;
BEGIN
	-- 2.4 leads a deal, spread over the days by trend, season, weekday and luck, go
	-- to the reps who then work the territory, two for one to who is fast. Those that
	-- convert become deals and customers, numbered in that order.
	CALL sales_kpi.demo_fill(sources, deals, seed, 'lead', $$
		INSERT INTO {{crm}}.lead (lead_id, arrived_at, source, request, temperature, rep_id, customer_id, deal_id, responded_at, converted_at, closed_at)
		WITH weight AS (
			SELECT day, (1000 + n * 1000 / 1096)
				* ('{96,102,110,104,102,98,78,72,108,114,112,84}'::bigint[])[extract(month FROM day)::integer]
				* ('{106,110,108,104,88,34,30}'::bigint[])[extract(isodow FROM day)::integer]
				* (85 + {{random}}('luck of the day', n, 31)) AS weight
			FROM generate_series(timestamp '2023-01-01', '2025-12-31', interval '1 day') WITH ORDINALITY d (day, n)
		),
		spread AS (
			SELECT day, div((sum(weight) OVER (ORDER BY day) - weight) * {{deals}} * 24 / 10, sum(weight) OVER ())::bigint AS before,
				div(sum(weight) OVER (ORDER BY day) * {{deals}} * 24 / 10, sum(weight) OVER ())::bigint AS upto
			FROM weight
		),
		arrival AS MATERIALIZED (
			SELECT lead_id, date_trunc('month', day) AS month,
				(day + {{draw}}('time of day', lead_id, '{0,420,520,560,600,640,690,750,810,860,910,960,1020,1110,1439}') * interval '1 minute'
					+ {{random}}('second', lead_id, 60) * interval '1 second') AT TIME ZONE {{zone}} AS arrived_at,
				{{choice}}('territory', lead_id, (SELECT array_agg(lead_weight ORDER BY rank) FROM sales_kpi.demo_territory)) AS territory,
				{{choice}}('request', lead_id, (SELECT array_agg(weight ORDER BY rank) FROM sales_kpi.demo_request)) AS request
			FROM spread CROSS JOIN LATERAL generate_series(before + 1, upto) lead_id
		),
		roster AS (
			SELECT m.month, t.rank AS territory, t.territory = {{swamped_territory}} AS swamped, array_agg(r.rep_id ORDER BY r.rep_id) AS reps
			FROM generate_series(timestamp '2023-01-01', '2025-12-01', interval '1 month') m (month)
			JOIN {{crm}}.rep r ON sales_kpi.demo_within(m.month AT TIME ZONE {{zone}}, r.valid_from, r.valid_until)
			JOIN sales_kpi.demo_territory t ON t.territory = r.territory
			CROSS JOIN generate_series(1, CASE r.rep_id WHEN {{fast_rep}} THEN 2 ELSE 1 END)
			GROUP BY m.month, t.rank, t.territory
		),
		answered AS MATERIALIZED (
			SELECT a.lead_id, a.arrived_at, t.swamped, r.request, r.odds_percent,
				t.reps[1 + {{random}}('lead rep', a.lead_id, cardinality(t.reps))] AS rep_id,
				('{Search,Social,Webinar,Trade fair,Referral,Partner}'::text[])[{{choice}}('source', a.lead_id, '{30,18,16,10,14,12}')] AS source,
				{{choice}}('temperature', a.lead_id, r.temperature_weights) AS temperature,
				sales_kpi.demo_answered_at({{seed}}, a.lead_id, a.arrived_at, r.answer_minutes, t.swamped) AS answered_at
			FROM arrival a
			JOIN roster t ON t.month = a.month AND t.territory = a.territory
			JOIN sales_kpi.demo_request r ON r.rank = a.request
		),
		decided AS MATERIALIZED (
			SELECT a.*, CASE WHEN {{random}}('lead converts', lead_id, 1000)
					< ('{120,400,680}'::integer[])[temperature] * odds_percent / 100
						* CASE WHEN swamped THEN 42 ELSE 100 END / 100
						* CASE WHEN answered_at <= arrived_at + interval '1 hour' THEN 108
							WHEN answered_at > arrived_at + interval '24 hours' THEN 75 ELSE 100 END / 100
				THEN answered_at + ({{draw}}('days to conversion', lead_id, '{0,1,2,3,5,9,22}') * 1440
					+ 15 + {{random}}('minutes to conversion', lead_id, 150)) * interval '1 minute' END AS converts_at
			FROM answered a
		),
		numbered AS (
			SELECT d.*, CASE WHEN converts_at < {{as_of}}
				THEN row_number() OVER (PARTITION BY (converts_at < {{as_of}}) IS TRUE ORDER BY converts_at, lead_id) END AS number
			FROM decided d
		)
		SELECT lead_id, arrived_at, source, request, ('{cold,warm,hot}'::text[])[temperature], rep_id, 100000 + number, number,
			CASE WHEN answered_at < {{as_of}} AND {{random}}('answer stored', lead_id, 10) < 6 THEN answered_at END,
			CASE WHEN number IS NOT NULL THEN converts_at END,
			CASE WHEN number IS NULL AND {{random}}('lead dropped', lead_id, 100) < 88 AND closes_at < {{as_of}} THEN closes_at END
		FROM numbered
		CROSS JOIN LATERAL (SELECT arrived_at
			+ {{draw}}('lead dropped after', lead_id, '{8000,14000,22000,32000,50000,130000}') * interval '1 minute') c (closes_at)
	$$);

	-- A lead warms, now and then cools, on its way to what it is now.
	CALL sales_kpi.demo_fill(sources, deals, seed, 'lead_temperature', $$
		INSERT INTO {{crm}}.lead_temperature (lead_id, temperature, entered_at)
		SELECT l.lead_id, s.temperature, sales_kpi.demo_between(l.arrived_at,
			least(coalesce(l.converted_at, l.arrived_at + {{draw}}('warming', l.lead_id, '{600,3000,8000,16000,40000}') * interval '1 minute'), {{as_of}}),
			CASE WHEN s.step = 1 THEN 0 ELSE (s.step - 1) * 1000 + {{random}}('warming step', l.lead_id * 4 + s.step, 700) END,
			cardinality(p.path) * 1000)
		FROM {{crm}}.lead l
		CROSS JOIN LATERAL (SELECT CASE
			WHEN l.temperature = 'hot' AND {{random}}('first temperature', l.lead_id, 100) < 60 THEN '{cold,warm,hot}'::text[]
			WHEN l.temperature = 'hot' THEN '{warm,hot}'
			WHEN l.temperature = 'warm' AND {{random}}('first temperature', l.lead_id, 100) < 70 THEN '{cold,warm}'
			WHEN l.temperature = 'cold' AND {{random}}('first temperature', l.lead_id, 100) < 15 THEN '{warm,cold}'
			ELSE ARRAY[l.temperature] END) p (path)
		CROSS JOIN LATERAL unnest(p.path) WITH ORDINALITY s (temperature, step)
	$$);

	-- Each is in a city of the territory its lead came from; the rep keeps it.
	CALL sales_kpi.demo_fill(sources, deals, seed, 'customer', $$
		INSERT INTO {{crm}}.customer (customer_id, customer_name, segment, location, source, rep_id)
		SELECT l.customer_id, sales_kpi.demo_customer_name(l.customer_id + {{random}}('customer names', 0, 18204)),
			('{Small,Mid-size,Enterprise}'::text[])[{{choice}}('segment', l.customer_id,
				CASE r.team WHEN 'Inside Sales' THEN '{70,26,4}'::integer[] WHEN 'Field Sales' THEN '{48,40,12}' ELSE '{22,48,30}' END)],
			t.cities[1 + {{random}}('city', l.customer_id, cardinality(t.cities))],
			CASE WHEN {{random}}('source kept', l.customer_id, 10) < 7 THEN l.source END,
			l.rep_id
		FROM {{crm}}.lead l
		JOIN {{crm}}.rep r ON r.rep_id = l.rep_id AND sales_kpi.demo_within(l.arrived_at, r.valid_from, r.valid_until)
		JOIN sales_kpi.demo_territory t ON t.territory = r.territory
		WHERE l.customer_id IS NOT NULL
	$$);

	-- An opportunity becomes a deal by one rule, whether it comes from a lead or from
	-- a customer: `odds` of being won in a thousand, `pace` in percent of the usual
	-- length. Deals close on working days, and are won more easily late in the year.
	opening := $$
		INSERT INTO {{crm}}.deal (deal_id, opened_at, closed_at, outcome, expected_close_at, stage, amount, customer_id, lead_id, rep_id, product_id)
		WITH opportunity AS ({{opportunity}}),
		planned AS MATERIALIZED (
			SELECT o.*, c.segment, date_trunc('day', o.opened_at AT TIME ZONE {{zone}}) AS opened_on,
				greatest(2, {{draw}}('cycle', deal_id, '{4,19,27,34,41,48,57,69,85,112,320}') * o.pace / 100
					* CASE c.segment WHEN 'Small' THEN 80 WHEN 'Mid-size' THEN 110 ELSE 165 END / 100
					* CASE o.rep_id WHEN {{fast_rep}} THEN 35 ELSE 85 + {{random}}('pace of rep', o.rep_id, 36) END / 100) AS days
			FROM opportunity o
			JOIN {{crm}}.customer c ON c.customer_id = o.customer_id
		),
		ended AS MATERIALIZED (
			SELECT p.*, e.day AS ends_on, (e.day + (480 + {{random}}('minute of close', deal_id, 600)) * interval '1 minute') AT TIME ZONE {{zone}} AS ends_at
			FROM planned p
			CROSS JOIN LATERAL (SELECT opened_on + days * interval '1 day') d (day)
			CROSS JOIN LATERAL (SELECT d.day + CASE extract(isodow FROM d.day) WHEN 6 THEN 2 WHEN 7 THEN 1 ELSE 0 END * interval '1 day') e (day)
		),
		decided AS MATERIALIZED (
			SELECT e.*, CASE
				WHEN ends_at >= {{as_of}} OR {{random}}('forgotten', deal_id, 100) < 2 THEN NULL
				WHEN {{random}}('won', deal_id, 1000) < odds * (80 + {{random}}('skill of rep', rep_id, 41)) / 100
					* ('{94,96,104,98,100,106,88,82,100,104,112,122}'::integer[])[extract(month FROM ends_on)::integer] / 100 THEN 'won'
				WHEN {{random}}('withdrawn', deal_id, 100) < 9 THEN 'withdrawn'
				ELSE 'lost' END AS outcome
			FROM ended e
		)
		SELECT d.deal_id, d.opened_at, CASE WHEN d.outcome IS NOT NULL THEN d.ends_at END, d.outcome,
			CASE WHEN {{random}}('no timeline', d.deal_id, 10) > 0
				THEN (d.opened_on + greatest(1, d.days * {{draw}}('timeline', d.deal_id, '{55,75,86,94,100,106,118,150}') / 100)
					* interval '1 day') AT TIME ZONE {{zone}} END,
			coalesce(initcap(d.outcome), s.stage),
			CASE WHEN d.outcome = 'lost' AND {{random}}('no amount', d.deal_id, 20) = 0 THEN 0
				ELSE p.price * 12 * {{draw}}('seats', d.deal_id, CASE d.segment WHEN 'Small' THEN '{2,3,4,6,9,15}'::integer[]
						WHEN 'Mid-size' THEN '{8,15,24,36,55,90}' ELSE '{40,60,90,130,190,320}' END)
					* ('{100,104,109}'::integer[])[extract(year FROM d.opened_on)::integer - 2022] / 100
					* (100 - {{draw}}('discount', d.deal_id, '{0,0,2,5,9,16}')) / 100 END,
			d.customer_id, d.lead_id, d.rep_id, d.product_id
		FROM decided d
		JOIN sales_kpi.demo_product p ON p.product_id = d.product_id
		CROSS JOIN LATERAL (SELECT sales_kpi.demo_path({{seed}}, d.deal_id, d.outcome, extract(day FROM {{as_of}} - d.opened_at)::integer)) t (path)
		JOIN sales_kpi.demo_stage s ON s.stage_order = t.path[cardinality(t.path)]
	$$;
	CALL sales_kpi.demo_fill(sources, deals, seed, 'deal', replace(opening, '{{opportunity}}', $$
		SELECT l.deal_id, l.converted_at AS opened_at, l.customer_id, l.lead_id, l.rep_id,
			{{choice}}('first product', l.deal_id, '{20,13,5,17,12,4,17,12}') AS product_id,
			CASE l.temperature WHEN 'hot' THEN 330 WHEN 'warm' THEN 260 ELSE 190 END
				* CASE WHEN l.rep_id IN (SELECT rep_id FROM {{crm}}.rep WHERE territory = {{swamped_territory}}) THEN 50 ELSE 100 END / 100 AS odds,
			100 AS pace
		FROM {{crm}}.lead l
		WHERE l.deal_id IS NOT NULL
	$$), 'rows, from leads');

	-- The rest are with customers already won and still there: a higher tier, another
	-- family, or more of the same. Twice as many are tried as are wanted, for some
	-- would come after the customer has left.
	CALL sales_kpi.demo_fill(sources, deals, seed, 'deal', replace(opening, '{{opportunity}}', $$
		WITH holder AS (
			SELECT row_number() OVER (ORDER BY d.closed_at, d.deal_id) AS number, d.customer_id, d.rep_id, d.product_id, p.family, p.tier, d.closed_at,
				sales_kpi.demo_subscription_end({{seed}}, d.deal_id, d.closed_at, d.rep_id = {{fast_rep}}, d.product_id = {{failing_product}}) AS leaves_at
			FROM {{crm}}.deal d JOIN sales_kpi.demo_product p ON p.product_id = d.product_id
			WHERE d.outcome = 'won'
		),
		held AS (
			SELECT d.day, sum(count(h.number)) OVER (ORDER BY d.day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)::integer AS holders
			FROM generate_series(timestamp '2023-01-01', '2025-12-31', interval '1 day') d (day)
			LEFT JOIN holder h ON date_trunc('day', h.closed_at AT TIME ZONE {{zone}}) = d.day
			GROUP BY d.day
		),
		wanted AS (SELECT {{deals}} - max(deal_id) AS deals, max(deal_id) AS before FROM {{crm}}.deal),
		tried AS (
			SELECT n, (d.day + (480 + {{random}}('minute of opening', n, 600)) * interval '1 minute') AT TIME ZONE {{zone}} AS opened_at,
				1 + {{random}}('which holder', n, d.holders) AS number
			FROM wanted
			CROSS JOIN LATERAL generate_series(1, 2 * wanted.deals) n
			CROSS JOIN LATERAL (SELECT timestamp '2023-01-01'
				+ {{draw}}('day of opening', n, '{120,330,460,560,650,725,795,860,925,985,1040,1095}') * interval '1 day') r (day)
			JOIN held d ON d.day = r.day - CASE extract(isodow FROM r.day) WHEN 6 THEN 1 WHEN 7 THEN 2 ELSE 0 END * interval '1 day'
			WHERE d.holders > 0
		),
		kept AS (
			SELECT t.n, t.opened_at, h.customer_id, h.rep_id, h.product_id, h.family, h.tier,
				row_number() OVER (ORDER BY {{random}}('kept', t.n, 1000000), t.n) AS rank
			FROM tried t JOIN holder h ON h.number = t.number
			WHERE (t.opened_at < h.leaves_at) IS NOT FALSE
		)
		SELECT w.before + row_number() OVER (ORDER BY k.opened_at, k.n) AS deal_id, k.opened_at, k.customer_id, NULL::bigint AS lead_id, k.rep_id,
			coalesce(
				(SELECT p.product_id FROM sales_kpi.demo_product p WHERE kind = 1 AND p.family = k.family AND p.tier = k.tier + 1),
				CASE WHEN kind < 3 THEN (
					SELECT (array_agg(p.product_id ORDER BY p.product_id))[1 + {{random}}('other family', k.n, count(*)::integer)]
					FROM sales_kpi.demo_product p WHERE p.monthly AND p.family <> k.family AND p.tier < 3) END,
				k.product_id) AS product_id,
			430 AS odds, 65 AS pace
		FROM kept k
		CROSS JOIN wanted w
		CROSS JOIN LATERAL (SELECT {{choice}}('kind of opportunity', k.n, '{40,28,32}')) c (kind)
		WHERE k.rank <= w.deals
	$$), 'rows, with customers');

	-- The time of a deal is shared by the stages it took; an open one is in its last.
	CALL sales_kpi.demo_fill(sources, deals, seed, 'deal_stage', $$
		INSERT INTO {{crm}}.deal_stage (deal_id, stage, entered_at, stage_order)
		SELECT deal_id, stage,
			sales_kpi.demo_between(opened_at, ends_at, coalesce(sum(length) OVER before, 0), sum(length) OVER (PARTITION BY deal_id)), stage_order
		FROM (
			SELECT d.deal_id, d.opened_at, coalesce(d.closed_at, {{as_of}}) AS ends_at, p.entry, s.stage_order, s.stage,
				{{draw}}('length of stage', d.deal_id * 8 + p.entry, s.length) AS length
			FROM {{crm}}.deal d
			CROSS JOIN LATERAL unnest(sales_kpi.demo_path({{seed}}, d.deal_id, d.outcome, extract(day FROM {{as_of}} - d.opened_at)::integer))
				WITH ORDINALITY p (stage_order, entry)
			JOIN sales_kpi.demo_stage s ON s.stage_order = p.stage_order
		) v
		WINDOW before AS (PARTITION BY deal_id ORDER BY entry ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
	$$);
END
$fill$;
COMMENT ON PROCEDURE sales_kpi.demo_pipeline(text, integer, integer) IS 'Internal: fills lead, lead_temperature, customer, deal and deal_stage of the demo company.';
