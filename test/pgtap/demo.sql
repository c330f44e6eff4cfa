-- The demo company: the same rows for a seed everywhere, refusals, and what is
-- planted in it.
\set ECHO none
\set QUIET 1
\pset format unaligned
\pset tuples_only true
\pset pager off
SET client_min_messages = warning;
SET jit = off;

BEGIN;
SELECT no_plan();

-- All the rows of a company, whatever the session shows them like.
CREATE FUNCTION pg_temp.fingerprint(sources text) RETURNS text
LANGUAGE plpgsql
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
AS $$
DECLARE
	r text;
	of_relation text;
	of_all text := '';
BEGIN
	FOR r IN SELECT k.relation FROM sales_kpi.contract k GROUP BY k.relation ORDER BY k.relation COLLATE "C" LOOP
		EXECUTE format('SELECT md5(string_agg(v.row, ''|'' ORDER BY v.row)) FROM (SELECT t::text COLLATE "C" AS row FROM %I.%I t) v', sources, r) INTO of_relation;
		of_all := of_all || r || of_relation;
	END LOOP;
	RETURN md5(of_all);
END
$$;

CREATE FUNCTION pg_temp.number_of(condition text, relation regclass) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE format('SELECT count(*) FROM %s WHERE %s', relation, condition) INTO n;
	RETURN n;
END
$$;

-- Chance ---------------------------------------------------------------------

SELECT is(ARRAY(SELECT sales_kpi.demo_random(1, 'a', n, 1000000) FROM generate_series(-1, 2) n),
	'{89007,570284,381451,455206}'::integer[], 'chance is the same on every machine');
SELECT isnt(sales_kpi.demo_random(1, 'a', 1, 1000000), sales_kpi.demo_random(2, 'a', 1, 1000000), 'a seed has numbers of its own');
SELECT isnt(sales_kpi.demo_random(1, 'a', 1, 1000000), sales_kpi.demo_random(1, 'b', 1, 1000000), 'so has a stream');
SELECT results_eq(
	$$SELECT min(r), max(r), abs(avg(r) - 4.5) < 0.05 FROM (SELECT sales_kpi.demo_random(-7, 'even', n, 10) AS r FROM generate_series(1, 20000) n) v$$,
	$$VALUES (0, 9, true)$$, 'demo_random is even over 0 to below - 1');
SELECT is(sales_kpi.demo_random(1, 'a', 1, 1), 0, 'below 1 there is 0');
SELECT ok(bool_and(sales_kpi.demo_random(1, 'a', n, 2147483647) BETWEEN 0 AND 2147483646), 'the largest range') FROM generate_series(1, 1000) n;
SELECT results_eq(
	$$SELECT c, abs(count(*) - CASE c WHEN 2 THEN 15000 ELSE 5000 END) < 300
		FROM (SELECT sales_kpi.demo_choice(3, 'weights', n, '{1,3,0,1}') AS c FROM generate_series(1, 25000) n) v GROUP BY c ORDER BY c$$,
	$$VALUES (1, true), (2, true), (4, true)$$, 'demo_choice chooses as often as the weights say, and never weight 0');
SELECT results_eq(
	$$SELECT width_bucket(d, '{-10,0,40,100}'::integer[]), abs(count(*) - 10000) < 300
		FROM (SELECT sales_kpi.demo_draw(5, 'quantiles', n, '{-10,0,40,100}') AS d FROM generate_series(1, 30000) n) v GROUP BY 1 ORDER BY 1$$,
	$$VALUES (1, true), (2, true), (3, true)$$, 'demo_draw gives each slice between quantiles its share');
SELECT ok(bool_and(sales_kpi.demo_draw(5, 'wide', n, '{-2147483648,2147483647}') IS NOT NULL), 'the widest distribution') FROM generate_series(1, 1000) n;
SELECT is(sales_kpi.demo_draw(5, 'flat', 1, '{7,7}'), 7, 'a flat one');
SELECT throws_ok($$SELECT sales_kpi.demo_random(1, 'a', 1, 0)$$, '22023', NULL, 'nothing is below 0');
SELECT throws_ok(format('SELECT sales_kpi.demo_choice(1, ''a'', 1, %L)', w), '22023', NULL, 'no choice by weights ' || w)
FROM unnest('{"{}","{0,0}","{1,-1}","{1,NULL}","{{1,2},{3,4}}","{2147483647,2147483647,2147483647}"}'::text[]) w;
SELECT throws_ok(format('SELECT sales_kpi.demo_draw(1, ''a'', 1, %L)', q), '22023', NULL, 'no draw from quantiles ' || q)
FROM unnest('{"{}","{1}","{2,1}","{1,NULL}","{{1,2},{3,4}}"}'::text[]) q;

-- Refusals -------------------------------------------------------------------

CALL sales_kpi.create_sources('crm_a');

SELECT throws_ok($$CALL sales_kpi.load_demo(NULL)$$, '22004', NULL, 'no schema');
SELECT throws_ok($$CALL sales_kpi.load_demo('crm_a', NULL)$$, '22004', NULL, 'no number of deals');
SELECT throws_ok($$CALL sales_kpi.load_demo('crm_a', seed => NULL)$$, '22004', NULL, 'no seed');
SELECT throws_ok(format('CALL sales_kpi.load_demo(''crm_a'', %s)', n), '22023', NULL, n || ' deals')
FROM unnest('{-1,0,999,1000001}'::integer[]) n;
SELECT throws_ok($$CALL sales_kpi.load_demo('crm_absent', 1000)$$, '3F000', 'schema crm_absent does not exist');

SAVEPOINT intact;
DROP TABLE crm_a.touch;
SELECT throws_ok($$CALL sales_kpi.load_demo('crm_a', 1000)$$, '42P01', 'table crm_a.touch does not exist');
CREATE VIEW crm_a.touch AS SELECT 1::bigint AS touch_id;
SELECT throws_ok($$CALL sales_kpi.load_demo('crm_a', 1000)$$, '42809', 'crm_a.touch is not a table');
ROLLBACK TO intact;
ALTER TABLE crm_a.touch ALTER touched_at TYPE date, DROP replied;
SELECT throws_ok($$CALL sales_kpi.load_demo('crm_a', 1000)$$, '42804', 'the tables in crm_a are not those of create_sources');
ROLLBACK TO intact;
INSERT INTO crm_a.touch (touch_id) VALUES (1);
SELECT throws_ok($$CALL sales_kpi.load_demo('crm_a', 1000)$$, '55000', 'table crm_a.touch already holds rows');
SELECT is((SELECT count(*) FROM crm_a.rep), 0::bigint, 'a refusal changes nothing');
ROLLBACK TO intact;

-- The same rows for a seed ---------------------------------------------------

CALL sales_kpi.load_demo('crm_a', deals => 1000, seed => 1);
SELECT is(pg_temp.fingerprint('crm_a'), '61ddbafb6c48fe0012d09efcf6119c12', 'the rows of seed 1, on every machine; new ones when the company is changed');

SAVEPOINT settings;
SET LOCAL timezone = 'Pacific/Apia';
SET LOCAL datestyle = 'SQL, DMY';
SET LOCAL intervalstyle = 'sql_standard';
SET LOCAL extra_float_digits = -5;
SET LOCAL work_mem = '64kB';
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_hashagg = off;
SET LOCAL enable_material = off;
SET LOCAL random_page_cost = 100;
SET LOCAL search_path = public;
CALL sales_kpi.create_sources('crm "B" {{deals}} über');
CALL sales_kpi.load_demo('crm "B" {{deals}} über', deals => 1000, seed => 1);
SELECT is(pg_temp.fingerprint('crm "B" {{deals}} über'), pg_temp.fingerprint('crm_a'), 'neither the session''s settings nor the plan nor the schema''s name matter');
ROLLBACK TO settings;

CALL sales_kpi.create_sources('crm_c');
CALL sales_kpi.load_demo('crm_c', deals => 1000, seed => 2);
SELECT isnt(pg_temp.fingerprint('crm_c'), pg_temp.fingerprint('crm_a'), 'another seed, other rows');

CREATE ROLE demo_owner;
GRANT CREATE ON DATABASE :DBNAME TO demo_owner;
REVOKE TEMP ON DATABASE :DBNAME FROM PUBLIC;
SET LOCAL ROLE demo_owner;
CALL sales_kpi.create_sources('crm_owner');
CALL sales_kpi.load_demo('crm_owner', 1000);
RESET ROLE;
SELECT is(pg_temp.fingerprint('crm_owner'), pg_temp.fingerprint('crm_a'), 'an owner without other rights can load it');
SELECT is(c.reltuples::bigint, pg_temp.number_of('true', c.oid::regclass), c.relname || ' is analyzed')
FROM pg_class c WHERE c.relnamespace = 'crm_owner'::regnamespace AND c.relkind = 'r' ORDER BY c.relname;
ROLLBACK TO intact;

-- What is planted ------------------------------------------------------------

CALL sales_kpi.create_sources('crm');
CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', as_of => '2026-01-01');

CREATE FUNCTION pg_temp.nps(score numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE RETURN CASE WHEN score >= 9 THEN 100 WHEN score >= 7 THEN 0 ELSE -100 END;

-- Paid time of each subscription, plan switches and price rises bridged.
CREATE VIEW pg_temp.contract AS
SELECT subscription_id, customer_id, product_id, min(started_at) AS started_at,
	CASE WHEN count(*) = count(ended_at) THEN max(ended_at) ELSE 'infinity' END AS ended_at
FROM crm.subscription
WHERE NOT trial AND monthly_amount > 0 AND (ended_at < started_at) IS NOT TRUE
GROUP BY subscription_id, customer_id, product_id;

CREATE VIEW pg_temp.client AS
SELECT customer_id, min(started_at) AS started_at, max(ended_at) AS ended_at FROM pg_temp.contract GROUP BY customer_id;

CREATE FUNCTION pg_temp.traits(deals integer, seed integer) RETURNS SETOF text
LANGUAGE plpgsql
SET timezone = 'Europe/Berlin'
AS $$
DECLARE
	of_seed text := format(' (%s deals, seed %s)', deals, seed);
	r record;
	filled boolean;
BEGIN
	TRUNCATE crm.rep, crm.product, crm.customer, crm.lead, crm.lead_temperature, crm.touch, crm.deal, crm.deal_stage,
		crm.sale, crm.subscription, crm.spend, crm.feedback, crm.goal;
	CALL sales_kpi.load_demo('crm', deals, seed);

	-- 1: the fast rep
	SELECT min(v.median_days) FILTER (WHERE v.member = '4') AS fast, min(v.median_days) FILTER (WHERE v.member <> '4') AS next INTO r
	FROM kpi.cycle_length v
	WHERE v.grain = 'year' AND v.dimension = 'rep' AND v.period_start = '2025-01-01' AND v.deals >= 5;
	RETURN NEXT cmp_ok(r.fast, '<', r.next, 'rep 4 closes fastest' || of_seed);
	SELECT avg(pg_temp.nps(f.score)) FILTER (WHERE f.rep_id = 4) AS fast, avg(pg_temp.nps(f.score)) FILTER (WHERE f.rep_id <> 4) AS others INTO r
	FROM crm.feedback f JOIN crm.deal d ON d.deal_id = f.deal_id
	WHERE f.scale = 'nps' AND f.given_at < d.closed_at + interval '90 days';
	RETURN NEXT cmp_ok(r.fast, '<', r.others - 30, 'and leaves unhappy clients' || of_seed);
	SELECT avg((c.ended_at < c.started_at + interval '90 days')::integer) FILTER (WHERE k.rep_id = 4) AS fast,
		avg((c.ended_at < c.started_at + interval '90 days')::integer) FILTER (WHERE k.rep_id <> 4) AS others INTO r
	FROM pg_temp.client c JOIN crm.customer k ON k.customer_id = c.customer_id;
	RETURN NEXT cmp_ok(r.fast, '>', 4 * r.others, 'who are lost within 90 days' || of_seed);

	SELECT sum(v.lost_90d) FILTER (WHERE v.member = '4') / sum(v.followed) FILTER (WHERE v.member = '4') AS fast_lost, sum(v.lost_90d) FILTER (WHERE v.member <> '4') / sum(v.followed) FILTER (WHERE v.member <> '4') AS lost,
		sum(v.dissatisfied) FILTER (WHERE v.member = '4') / sum(v.answered) FILTER (WHERE v.member = '4') AS fast_dissatisfied, sum(v.dissatisfied) FILTER (WHERE v.member <> '4') / sum(v.answered) FILTER (WHERE v.member <> '4') AS dissatisfied,
		max(v.mean_days) FILTER (WHERE v.member = '4') AS fast_days, avg(v.mean_days) FILTER (WHERE v.member <> '4') AS days INTO r
	FROM kpi.cycle_outcome v
	WHERE v.grain = 'year' AND v.dimension = 'rep' AND v.band_from_days = 0 AND v.band_to_days IS NULL;
	RETURN NEXT cmp_ok(r.fast_lost, '>', 3 * r.lost, 'the view of what becomes of deals tells that customers of rep 4 are lost' || of_seed);
	RETURN NEXT cmp_ok(r.fast_dissatisfied, '>', 1.5 * r.dissatisfied, 'and dissatisfied' || of_seed);
	RETURN NEXT cmp_ok(r.fast_days, '<', r.days, 'after short cycles' || of_seed);
	SELECT 100 * sum(v.promoters - v.detractors) FILTER (WHERE v.member = '4') / sum(v.answers) FILTER (WHERE v.member = '4') AS fast, 100 * sum(v.promoters - v.detractors) FILTER (WHERE v.member <> '4') / sum(v.answers) FILTER (WHERE v.member <> '4') AS others,
		sum(v.satisfied) FILTER (WHERE v.member = '4') / sum(v.csat_answers) FILTER (WHERE v.member = '4') AS fast_csat, sum(v.satisfied) FILTER (WHERE v.member <> '4') / sum(v.csat_answers) FILTER (WHERE v.member <> '4') AS csat INTO r
	FROM kpi.feedback v
	WHERE v.grain = 'year' AND v.dimension = 'rep';
	RETURN NEXT cmp_ok(r.fast, '<', r.others - 30, 'and so do the answers of customers' || of_seed);
	RETURN NEXT cmp_ok(r.fast_csat, '<', r.csat - 0.2, 'on either scale' || of_seed);

	-- 2: the product going bad
	FOR r IN
		SELECT span.name, max(v.lost) FILTER (WHERE v.product_id = 7) AS bad, max(v.lost) FILTER (WHERE v.product_id <> 7) AS worst_other
		FROM (VALUES ('August to December', timestamptz '2025-08-01', timestamptz '2026-01-01'), ('March to July', '2025-03-01', '2025-08-01')) span (name, from_time, until_time)
		CROSS JOIN LATERAL (SELECT c.product_id, avg((c.ended_at <= span.until_time)::integer) AS lost
			FROM pg_temp.contract c WHERE c.started_at <= span.from_time AND c.ended_at > span.from_time GROUP BY c.product_id) v
		GROUP BY span.name
	LOOP
		IF r.name = 'August to December' THEN
			RETURN NEXT cmp_ok(r.bad, '>', 2 * r.worst_other, 'product 7 alone goes bad from August' || of_seed);
		ELSE
			RETURN NEXT cmp_ok(r.bad, '<', 2 * r.worst_other, 'and was like others before' || of_seed);
		END IF;
	END LOOP;

	-- 3: the territory under-served
	SELECT min(v.leads / v.reps) FILTER (WHERE is_poor) AS leads_a_rep, max(v.leads / v.reps) FILTER (WHERE NOT is_poor) AS most_leads_a_rep,
		min(v.new_customers) FILTER (WHERE is_poor) AS customers, min(v.new_customers) FILTER (WHERE NOT is_poor) AS fewest_customers,
		min(v.cac) FILTER (WHERE is_poor) AS cost, max(v.cac) FILTER (WHERE NOT is_poor) AS highest_cost,
		min(v.acquisition_ratio) FILTER (WHERE is_poor) AS ratio, min(v.acquisition_ratio) FILTER (WHERE NOT is_poor) AS lowest_ratio INTO r
	FROM kpi.acquisition v CROSS JOIN LATERAL (SELECT v.member = 'Iberia' AS is_poor) p
	WHERE v.grain = 'year' AND v.dimension = 'territory' AND v.period_start = '2025-01-01' AND v.member <> '(none)';
	RETURN NEXT cmp_ok(r.leads_a_rep::numeric, '>', 1.5 * r.most_leads_a_rep, 'Iberia has many leads a rep' || of_seed);
	RETURN NEXT cmp_ok(r.customers, '<', r.fewest_customers / 2, 'and few new customers' || of_seed);
	RETURN NEXT cmp_ok(r.ratio, '<', r.lowest_ratio / 2, 'for its leads' || of_seed);
	RETURN NEXT cmp_ok(r.cost, '>', 1.25 * r.highest_cost, 'which cost more' || of_seed);

	-- 4: weekends
	SELECT sum(v.mean_minutes * v.answered) FILTER (WHERE is_weekend) / sum(v.answered) FILTER (WHERE is_weekend) AS weekend,
		sum(v.mean_minutes * v.answered) FILTER (WHERE NOT is_weekend) / sum(v.answered) FILTER (WHERE NOT is_weekend) AS workday INTO r
	FROM kpi.lead_response v CROSS JOIN LATERAL (SELECT extract(isodow FROM v.period_start) > 5 AS is_weekend) w
	WHERE v.grain = 'day' AND v.dimension = 'all';
	RETURN NEXT cmp_ok(r.weekend, '>', 3 * r.workday, 'leads of a weekend wait much longer' || of_seed);

	-- 5: dirty rows; measures that no view has yet are no dirt
	RETURN NEXT results_eq(
		$q$SELECT q.relation, q.check_name, q.rows FROM kpi.data_quality q WHERE q.check_name <> 'kpi not in the list of measures'
			ORDER BY q.relation COLLATE "C", q.check_name COLLATE "C"$q$,
		format($q$SELECT d.relation, d.check_name, CASE WHEN d.contents ? k.column_name IS NOT FALSE THEN 1 ELSE 1 + %s / 10000 END::bigint
			FROM sales_kpi.demo_dirt d LEFT JOIN sales_kpi.contract k ON k.relation = d.relation AND k.need = 'key'
			ORDER BY d.relation COLLATE "C", d.check_name COLLATE "C"$q$, deals),
		'data_quality finds what is planted and nothing else' || of_seed);
	RETURN NEXT is((SELECT count(DISTINCT deal_id) FROM crm.deal WHERE deal_id <= deals)::integer, deals, 'as many deals as asked for' || of_seed);
	RETURN NEXT cmp_ok((SELECT count(*) FROM crm.deal WHERE deal_id > deals)::integer, '<=', deals / 100, 'and few dirty ones' || of_seed);

	-- 6: requests and temperatures
	SELECT max(v.median_minutes) FILTER (WHERE v.member = 'demo') AS demo, max(v.median_minutes) FILTER (WHERE v.member = 'whitepaper') AS whitepaper INTO r
	FROM kpi.lead_response v WHERE v.grain = 'year' AND v.dimension = 'request' AND v.period_start = '2025-01-01';
	RETURN NEXT cmp_ok(r.demo, '<', r.whitepaper / 2, 'demo requests are answered faster than whitepapers' || of_seed);
	RETURN NEXT results_eq(
		$q$SELECT v.member FROM kpi.lead_response v WHERE v.grain = 'year' AND v.period_start = '2025-01-01' AND v.dimension = 'request'
			AND v.member IN ('demo', 'whitepaper') ORDER BY v.conversion_rate DESC$q$,
		ARRAY['demo', 'whitepaper'], 'and convert better' || of_seed);
	RETURN NEXT results_eq(
		$q$SELECT v.member FROM kpi.lead_response v WHERE v.grain = 'year' AND v.period_start = '2025-01-01' AND v.dimension = 'temperature'
			AND v.member IN ('cold', 'warm', 'hot') ORDER BY v.conversion_rate DESC$q$,
		ARRAY['hot', 'warm', 'cold'], 'hot leads convert better than warm, and these than cold ones' || of_seed);

	-- fast answers convert better than slow ones, whichever view is asked
	FOR r IN
		SELECT 'lead_response' AS view, sum(v.converted) FILTER (WHERE fast) / sum(v.leads) FILTER (WHERE fast) AS fast, sum(v.converted) FILTER (WHERE slow) / sum(v.leads) FILTER (WHERE slow) AS slow
		FROM kpi.lead_response v CROSS JOIN LATERAL (SELECT v.member IN ('0-5 min', '5-30 min', '30-60 min'), v.member = 'over 24 h') b (fast, slow)
		WHERE v.grain = 'year' AND v.dimension = 'response_time'
		UNION ALL
		SELECT 'lead_warming', sum(v.converted) FILTER (WHERE fast) / sum(v.leads) FILTER (WHERE fast), sum(v.converted) FILTER (WHERE slow) / sum(v.leads) FILTER (WHERE slow)
		FROM kpi.lead_warming v CROSS JOIN LATERAL (SELECT v.member IN ('0-5 min', '5-30 min', '30-60 min'), v.member = 'over 24 h') b (fast, slow)
		WHERE v.grain = 'year' AND v.dimension = 'response_time' AND v.from_temperature = 'warm'
	LOOP
		RETURN NEXT cmp_ok(r.fast, '>', 1.3 * r.slow, 'leads answered within an hour convert better than those that wait for a day, in ' || r.view || of_seed);
	END LOOP;

	-- 7: trend and season
	SELECT sum(s.amount) FILTER (WHERE y = 2025) AS this_year, sum(s.amount) FILTER (WHERE y = 2024) AS last_year INTO r
	FROM crm.sale s CROSS JOIN LATERAL extract(year FROM s.sold_at) y;
	RETURN NEXT cmp_ok(r.this_year, '>', r.last_year * 1.1, 'revenue grows' || of_seed);
	SELECT count(*) FILTER (WHERE m IN (11, 12)) AS year_end, count(*) FILTER (WHERE m IN (7, 8)) AS summer INTO r
	FROM crm.deal d CROSS JOIN LATERAL extract(month FROM d.closed_at) m
	WHERE d.outcome = 'won' AND d.closed_at >= '2024-01-01';
	RETURN NEXT cmp_ok(r.year_end, '>', r.summer, 'more is won at the end of a year than in summer' || of_seed);

	-- 8: hardware after software
	SELECT min(v.rate_low) FILTER (WHERE draws) AS after_beacon, max(v.rate) FILTER (WHERE NOT draws) AS after_others,
		min(v.lift) FILTER (WHERE draws) AS lift, max(v.lift) FILTER (WHERE NOT draws) AS other_lift INTO r
	FROM (SELECT p.family = 'Beacon' AS draws, b.* FROM kpi.bought_after b JOIN crm.product p ON p.product_id::text = b.from_product_id
		  WHERE b.dimension = 'all' AND b.to_product_name = 'Edge Gateway' AND p.family IN ('Atlas', 'Beacon', 'Courier') AND b.from_customers >= 50) v;
	RETURN NEXT cmp_ok(r.after_beacon, '>', r.after_others, 'who has Beacon comes back for an Edge Gateway, and others do less' || of_seed);
	RETURN NEXT cmp_ok(r.lift, '>', r.other_lift, 'as the lift tells' || of_seed);
	SELECT avg(v.rate) FILTER (WHERE draws) AS beacon, avg(v.rate) FILTER (WHERE NOT draws) AS others INTO r
	FROM (SELECT min(p.family) = 'Beacon' AS draws, u.rate FROM kpi.upsell_candidate u
		  JOIN kpi_base.holding h ON h.customer_id::text = u.customer_id JOIN crm.product p ON p.product_id = h.product_id
		  WHERE u.dimension = 'all' AND u.next_family = 'Edge' AND u.held_families = 1 AND p.family IN ('Atlas', 'Beacon', 'Courier')
		  GROUP BY u.customer_id, u.rate) v;
	RETURN NEXT cmp_ok(r.beacon, '>', r.others, 'and who has Beacon alone is the better candidate for Edge' || of_seed);
END
$$;

SELECT pg_temp.traits(3000, 2);
SELECT pg_temp.traits(11000, 3);
SELECT pg_temp.traits(5000, 1);

-- A company that holds together, and shows what later KPIs need ----------------

SELECT cmp_ok(pg_temp.number_of(format('%I IS NOT NULL', column_name), format('crm.%I', relation)::regclass), '>', 0::bigint,
	format('%s.%s is filled', relation, column_name))
FROM sales_kpi.contract ORDER BY relation COLLATE "C", rank;

SELECT is_empty($$
	SELECT d.deal_id FROM crm.deal d JOIN crm.sale s ON s.deal_id = d.deal_id AND s.amount > 0
	GROUP BY d.deal_id, d.amount HAVING sum(s.amount) <> d.amount
$$, 'the lines of a deal add up to it');
SELECT is_empty($$
	SELECT l.lead_id FROM crm.lead l
	CROSS JOIN LATERAL (SELECT min(t.touched_at) AS touched_at FROM crm.touch t
						WHERE t.lead_id = l.lead_id AND t.touched_at >= l.arrived_at AND t.direction = 'outbound' AND t.automated IS NOT TRUE) t
	WHERE l.lead_id NOT IN (77) AND l.responded_at <> t.touched_at
$$, 'the first human touch is the answer that is stored');
SELECT is_empty($$
	SELECT d.deal_id FROM crm.deal d JOIN crm.lead l ON l.deal_id = d.deal_id
	WHERE d.deal_id <> 50 AND (l.converted_at, l.customer_id, l.rep_id) IS DISTINCT FROM (d.opened_at, d.customer_id, d.rep_id)
$$, 'a lead becomes its deal');
SELECT is_empty($$
	SELECT d.deal_id FROM crm.deal d LEFT JOIN (SELECT deal_id, min(entered_at) AS first, max(entered_at) AS last FROM crm.deal_stage GROUP BY deal_id) s
		ON s.deal_id = d.deal_id
	WHERE d.deal_id <= 5000 AND d.deal_id <> 50 AND (s.first IS DISTINCT FROM d.opened_at OR s.last > coalesce(d.closed_at, 'infinity'))
$$, 'a deal begins with its first stage, and is in none after its close');
SELECT is_empty($$
	SELECT s.subscription_id FROM (SELECT *, lead(started_at) OVER (PARTITION BY subscription_id ORDER BY started_at) AS next FROM crm.subscription) s
	WHERE s.next <> coalesce(s.ended_at, 'infinity')
$$, 'the spans of a subscription follow upon each other');
SELECT is_empty($$
	SELECT l.lead_id FROM crm.lead l JOIN crm.rep r ON r.rep_id = l.rep_id
	WHERE l.arrived_at < r.hired_at AND NOT EXISTS (SELECT FROM crm.rep o WHERE o.rep_id = l.rep_id AND l.arrived_at >= o.hired_at)
$$, 'nobody answers leads before being hired');
SELECT cmp_ok(n, '>', 0::bigint, name) FROM (VALUES
	('an open deal', (SELECT count(*) FROM crm.deal WHERE outcome IS NULL AND opened_at IS NOT NULL)),
	('a stage entered again', (SELECT count(*) FROM (SELECT FROM crm.deal_stage GROUP BY deal_id, stage HAVING count(*) > 1) v)),
	('a skipped stage', (SELECT count(*) FROM (SELECT FROM crm.deal_stage GROUP BY deal_id HAVING NOT bool_or(stage_order = 2) AND bool_or(stage_order = 3)) v)),
	('a rep who changed team', (SELECT count(*) FROM (SELECT FROM crm.rep GROUP BY rep_id HAVING count(DISTINCT team) > 1) v)),
	('a rep who changed territory', (SELECT count(*) FROM (SELECT FROM crm.rep GROUP BY rep_id HAVING count(DISTINCT territory) > 1) v)),
	('a rep hired late', (SELECT count(*) FROM crm.rep WHERE hired_at > '2023-06-01')),
	('an order of several lines', (SELECT count(*) FROM (SELECT FROM crm.sale GROUP BY order_id HAVING count(*) > 1) v)),
	('a return', (SELECT count(*) FROM crm.sale WHERE amount < 0 AND units < 0)),
	('a trial', (SELECT count(*) FROM crm.subscription WHERE trial)),
	('a price rise', (SELECT count(*) FROM crm.subscription a JOIN crm.subscription b USING (subscription_id) WHERE b.started_at = a.ended_at AND b.monthly_amount > a.monthly_amount AND NOT a.trial)),
	('a plan switch', (SELECT count(*) FROM crm.subscription a JOIN crm.subscription b USING (customer_id)
		WHERE b.started_at = a.ended_at AND b.product_id = a.product_id + 1 AND NOT a.trial)),
	('a second family bought', (SELECT count(*) FROM (SELECT FROM crm.sale s JOIN crm.product p USING (product_id) GROUP BY s.customer_id HAVING count(DISTINCT p.family) > 1) v)),
	('cost of no team or territory', (SELECT count(*) FROM crm.spend WHERE kind = 'marketing' AND team IS NULL AND territory IS NULL AND rep_id IS NULL)),
	('a lead that still waits', (SELECT count(*) FROM kpi_base.lead WHERE waiting)),
	('a goal no view measures yet or a goal one measures', (SELECT count(*) FROM crm.goal g JOIN sales_kpi.measure m ON m.kpi = g.kpi))
) v (name, n);

SELECT * FROM finish();
ROLLBACK;
