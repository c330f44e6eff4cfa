-- What the tests of the model share. A test reads it with \ir at the start of its
-- transaction; tools/test runs the files of test/pgtap itself and not this one.
SET client_min_messages = warning;
-- functions of a test may read a model that is yet to be made
SET check_function_bodies = off;
-- pgTAP reads through cursors, and all rows
SET cursor_tuple_fraction = 1;
CREATE SCHEMA test;
GRANT USAGE ON SCHEMA test TO PUBLIC;
SET search_path = test, public;

-- Random rows, the same for a seed: `SELECT setseed(...)` comes before.
CREATE FUNCTION test.pick(VARIADIC choices anycompatiblearray) RETURNS anycompatible
LANGUAGE sql VOLATILE
AS 'SELECT choices[1 + floor(random() * cardinality(choices))::int]';

CREATE FUNCTION test.now_and_then(probability float8) RETURNS boolean
LANGUAGE sql VOLATILE
RETURN random() < probability;

-- A moment of clock time: half of them on the hour, some on the midnight that
-- begins a month, so that ties and boundaries come up.
CREATE FUNCTION test.moment(earliest timestamp, latest timestamp) RETURNS timestamp
LANGUAGE sql VOLATILE
RETURN (SELECT CASE test.pick(1, 1, 1, 1, 2, 2, 2, 2, 3) WHEN 1 THEN at WHEN 2 THEN date_trunc('hour', at) ELSE date_trunc('month', at) END
		FROM (SELECT earliest + random() * (latest - earliest)) m (at));

-- A random company with all thirteen relations in schema `plain`: ids are integers,
-- times are clock times without a zone. Dirty rows included.
CREATE PROCEDURE test.make_plain(seed float8, deals integer DEFAULT 250)
LANGUAGE plpgsql
AS $$
BEGIN
	DROP SCHEMA IF EXISTS plain CASCADE;
	CREATE SCHEMA plain;
	PERFORM setseed(seed);

	CREATE TABLE plain.rep AS
	SELECT i AS rep_id, 'Rep ' || i AS rep_name, test.pick('North', 'South', 'East', NULL) AS team,
		test.pick('T1', 'T2', NULL) AS territory, timestamp '2020-02-01' AS hired_at,
		CASE WHEN span > 1 THEN timestamp '2023-10-01' + span * interval '137 days 5 hours' END AS valid_from,
		CASE WHEN span < 3 AND NOT test.now_and_then(0.1) THEN timestamp '2023-10-01' + (span + 1) * interval '137 days 5 hours' - test.pick(0, 0, 20) * interval '1 day' END AS valid_until
	FROM generate_series(1, 5) i, generate_series(1, 3) span
	WHERE i > 2 OR span = 3;
	INSERT INTO plain.rep SELECT (r.rep).* FROM (SELECT rep FROM plain.rep LIMIT 1) r;
	INSERT INTO plain.rep (rep_id, rep_name) VALUES (NULL, 'Nobody');

	CREATE TABLE plain.product AS
	SELECT i AS product_id, test.pick('Product ' || i, NULL) AS product_name, test.pick('F1', 'F2', 'F2', NULL) AS family, test.pick(1, 2, 3, NULL) AS tier
	FROM generate_series(1, 7) i;
	INSERT INTO plain.product SELECT * FROM plain.product WHERE product_id = 2;

	CREATE TABLE plain.customer AS
	SELECT i AS customer_id, 'Customer ' || i AS customer_name, test.pick('small', 'large', NULL) AS segment,
		test.pick('Oslo', 'Rome', NULL) AS location, test.pick('fair', 'web', NULL, NULL) AS source, test.pick(1, 2, 3, NULL) AS rep_id
	FROM generate_series(1, 12) i;
	INSERT INTO plain.customer SELECT * FROM plain.customer WHERE customer_id = 3;

	CREATE TABLE plain.lead AS
	SELECT i AS lead_id, l.arrived_at, test.pick('web', 'fair', 'referral', NULL) AS source, test.pick('demo', 'whitepaper', NULL) AS request,
		test.pick('cold', 'warm', 'hot', 'tepid', NULL) AS temperature, test.pick(1, 2, 3, 4, 5, 99, NULL) AS rep_id,
		test.pick(i % 14, NULL, NULL) AS customer_id, test.pick(i, NULL, NULL, NULL) AS deal_id,
		CASE WHEN test.now_and_then(0.4) THEN l.arrived_at + (random() * random() * 3000 - 10)::int * interval '1 minute' END AS responded_at,
		CASE WHEN test.now_and_then(0.2) THEN l.arrived_at + (random() * 60)::int * interval '1 day' END AS converted_at,
		CASE WHEN test.now_and_then(0.2) THEN l.arrived_at + (random() * 60 - 1)::int * interval '1 day' END AS closed_at
	FROM generate_series(1, deals) i
	CROSS JOIN LATERAL (SELECT i AS same, test.moment('2023-07-01', '2025-02-01') AS arrived_at) l;
	UPDATE plain.lead SET arrived_at = test.pick(NULL, 'infinity', '-infinity')::timestamp WHERE lead_id % 67 = 0;
	UPDATE plain.lead SET lead_id = NULL WHERE lead_id % 61 = 0;
	INSERT INTO plain.lead (lead_id, arrived_at, rep_id) SELECT lead_id, arrived_at + interval '30 days', 1 FROM plain.lead WHERE lead_id % 20 = 0;

	CREATE TABLE plain.lead_temperature AS
	SELECT l.lead_id, t.temperature, l.arrived_at + t.after AS entered_at
	FROM plain.lead l, (VALUES ('cold', interval '0'), ('warm', interval '3 days')) t (temperature, after);

	CREATE TABLE plain.deal AS
	SELECT i AS deal_id, d.opened_at, d.opened_at + (random() * random() * 200 - 2) * interval '1 day' AS closed_at,
		test.pick('won', 'won', 'won', 'lost', 'withdrawn', 'Closed Won', NULL, NULL) AS outcome,
		d.opened_at + interval '40 days' AS expected_close_at, test.pick('A', 'B', 'C', 'D', NULL) AS stage,
		test.pick(100, 250.5, 1000, 0, NULL) AS amount, test.pick(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 77, NULL) AS customer_id,
		test.pick(i, NULL, NULL) AS lead_id, test.pick(1, 2, 3, 4, 5, 99, NULL, NULL) AS rep_id, test.pick(1, 2, 3, 4, 88, NULL) AS product_id
	FROM generate_series(1, deals) i
	CROSS JOIN LATERAL (SELECT i AS same, test.moment('2023-06-01', '2025-02-01') AS opened_at) d;
	UPDATE plain.deal SET closed_at = date_trunc('hour', closed_at) WHERE deal_id % 3 = 0;
	UPDATE plain.deal SET opened_at = NULL WHERE deal_id % 31 = 0;
	UPDATE plain.deal SET opened_at = '-infinity' WHERE deal_id % 71 = 0;
	UPDATE plain.deal SET closed_at = NULL WHERE deal_id % 29 = 0;
	UPDATE plain.deal SET closed_at = 'infinity' WHERE deal_id % 43 = 0;
	UPDATE plain.deal SET amount = test.pick('NaN', -5::numeric) WHERE deal_id % 37 = 0;
	UPDATE plain.deal SET deal_id = NULL WHERE deal_id % 53 = 0;
	INSERT INTO plain.deal SELECT * FROM plain.deal WHERE deal_id % 41 = 0;

	CREATE TABLE plain.deal_stage AS
	SELECT d.deal_id, test.pick('A', 'B', 'C', 'D', NULL) AS stage,
		CASE WHEN test.now_and_then(0.5) THEN d.opened_at + visit * interval '5 days'
			ELSE test.moment(d.opened_at, d.opened_at + interval '60 days') END AS entered_at, NULL::int AS stage_order
	FROM plain.deal d, generate_series(1, 6) visit
	WHERE isfinite(d.opened_at) AND test.now_and_then(0.6);
	UPDATE plain.deal_stage SET stage_order = strpos('DBCA', stage);
	INSERT INTO plain.deal_stage VALUES (5000, 'D', '2024-03-01', 1), (NULL, 'D', '2024-03-01', 1), (6, 'D', 'infinity', 1);

	CREATE TABLE plain.touch AS
	SELECT i AS touch_id, t.touched_at, test.pick('call', 'email') AS kind, test.pick('outbound', 'outbound', 'inbound', 'internal', NULL) AS direction,
		test.pick(true, false, false, NULL) AS automated, l.lead_id, test.pick(i % deals, NULL) AS deal_id, NULL::int AS customer_id,
		test.pick(1, 2, NULL) AS rep_id, test.pick(5, 10, -1, NULL) AS minutes, 1 AS personal_elements, true AS delivered,
		NULL::boolean AS replied, NULL::boolean AS call_to_action
	FROM plain.lead l
	CROSS JOIN LATERAL (SELECT row_number() OVER () + coalesce(l.lead_id, 0) * 10 AS i, l.arrived_at + test.pick(0, (random() * 2000 - 300)::int, (random() * 2000)::int) * interval '2 minutes' AS touched_at
		FROM generate_series(1, (random() * 4 + 0 * coalesce(l.lead_id, 0))::int)) t
	WHERE isfinite(l.arrived_at);

	-- orders of several lines, most of them of one customer and moment; returns, gifts
	CREATE TABLE plain.sale AS
	SELECT i AS sale_id, CASE WHEN test.now_and_then(0.05) THEN o.sold_at + interval '1 day' ELSE o.sold_at END AS sold_at,
		CASE WHEN test.now_and_then(0.05) THEN 5 ELSE o.customer_id END AS customer_id, test.pick(10.5, 20, 99.99, 300, -3, 0, NULL) AS amount,
		test.pick(1, 2, 2.5, 12, -1, 0, NULL) AS units, test.pick(4, 60.25, -2, NULL) AS cost, o.order_id,
		test.pick(1, 2, 3, 4, 5, 6, 7, 88, NULL) AS product_id, o.rep_id, NULL::int AS deal_id, o.channel, test.pick('Oslo', 'Bonn', NULL) AS location
	FROM (SELECT o AS same, test.moment('2024-08-01', '2025-02-01') AS sold_at, test.pick(1 + o % 12, 1 + o % 12, 1 + o % 5, 100 + o / 4, NULL) AS customer_id,
			test.pick(o, NULL) AS order_id, test.pick(1, 2, 3, 4, 5, 99, NULL) AS rep_id, test.pick('store', 'online', NULL) AS channel
		  FROM generate_series(1, deals / 2) o) o, generate_series(2 * o.same - 1, 2 * o.same) i;
	INSERT INTO plain.sale SELECT * FROM plain.sale WHERE sale_id % 47 = 0;
	UPDATE plain.sale SET sale_id = NULL WHERE sale_id % 53 = 0;
	CREATE TABLE plain.subscription AS
	SELECT i AS subscription_id, i % 12 AS customer_id, timestamp '2024-01-01' + i * interval '3 days' AS started_at,
		CASE WHEN i % 2 = 0 THEN timestamp '2024-06-01' END AS ended_at, 10 * i AS monthly_amount, 1 AS product_id, 1 AS rep_id, false AS trial
	FROM generate_series(1, 20) i;
	CREATE TABLE plain.spend AS
	SELECT timestamp '2024-01-01' + i * interval '9 days' AS spent_at, 100 AS amount, 'sales' AS kind, NULL::text AS team, NULL::text AS territory,
		3 AS rep_id, 'web' AS source
	FROM generate_series(1, 20) i;
	CREATE TABLE plain.feedback AS
	SELECT timestamp '2024-01-01' + i * interval '9 days' AS given_at, i % 11 AS score, 'nps' AS scale, i % 12 AS customer_id, 1 AS rep_id,
		1 AS product_id, i AS deal_id
	FROM generate_series(1, 20) i;
	CREATE TABLE plain.goal AS
	SELECT 'leads' AS kpi, timestamp '2024-01-01' AS period_start, timestamp '2024-04-01' AS period_end, 10 AS target, 'all' AS dimension, 'all' AS member;
END
$$;

-- The same company in other clothes: each relation of `plain` in a schema of its
-- own, with ids and times written as SQL of {{c}}, the plain column.
CREATE PROCEDURE test.dress(sources text, key_as text, time_as text, except_for jsonb DEFAULT '{}')
LANGUAGE plpgsql
AS $$
DECLARE
	t record;
BEGIN
	EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE', sources);
	EXECUTE format('CREATE SCHEMA %I', sources);
	FOR t IN
		SELECT c.relation, string_agg(format('%s AS %I', replace(coalesce(except_for ->> (c.relation || '.' || c.column_name),
			CASE c.type WHEN 'key' THEN key_as WHEN 'time' THEN time_as WHEN 'date' THEN '{{c}}::date' WHEN 'numeric' THEN '{{c}}::numeric' ELSE '{{c}}' END),
			'{{c}}', quote_ident(c.column_name)), c.column_name), ', ' ORDER BY c.rank) AS columns
		FROM sales_kpi.contract c
		GROUP BY c.relation
	LOOP
		EXECUTE format('CREATE TABLE %I.%I AS SELECT %s FROM plain.%2$I', sources, t.relation, t.columns);
	END LOOP;
END
$$;

-- Every row of the KPI views of a model, in a form that can be compared. The
-- scorecard shows what others hold, and planning it is slow.
CREATE FUNCTION test.figures(model text) RETURNS TABLE (view_name text, figures jsonb)
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	v text;
BEGIN
	FOR v IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = quote_ident(model)::regnamespace AND c.relkind = 'v'
				AND c.relname NOT IN ('kpi', 'scorecard') ORDER BY 1 LOOP
		RETURN QUERY EXECUTE format('SELECT %L::text, to_jsonb(v) FROM %I.%I v', v, model, v);
	END LOOP;
END
$$;

-- As one line, to compare in passing.
CREATE FUNCTION test.fingerprint(model text) RETURNS text
LANGUAGE sql STABLE
RETURN (SELECT md5(string_agg(f::text, ' ' ORDER BY f::text)) FROM test.figures(model) f);
