-- States of purchases wherever SQL takes an aggregate or a value: windows, grouping
-- sets, spilled hash tables, plpgsql variables, arguments of other types.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET max_parallel_workers_per_gather = 0;
SET client_min_messages = warning;
SET TimeZone = 'UTC';

SELECT setseed(0.6931);
CREATE TEMP TABLE sale AS
SELECT i, i % 7 AS rep, i % 3 AS region, floor(random() * 300)::bigint AS customer, CASE WHEN random() < 0.9 THEN floor(random() * 4)::bigint END AS family, CASE WHEN random() < 0.9 THEN floor(random() * 5)::int END AS tier,
	timestamptz '2024-01-01' + floor(random() * 700) * interval '1 day' AS sold_at, floor(random() * 5) - 1 AS amount
FROM generate_series(1, 2000) i;
ANALYZE sale;

/*
 * Windows: each row's state is that of its frame. The row before is looked at again
 * when the next one has come.
 */
CREATE TYPE pg_temp.row_of AS (customer bigint, family bigint, tier int, sold_at timestamptz, amount float8);
CREATE FUNCTION pg_temp.history_of(rows pg_temp.row_of[]) RETURNS purchase_history LANGUAGE sql
RETURN (SELECT purchase_agg(customer, family, tier, sold_at, amount::numeric) FROM unnest(rows));
CREATE FUNCTION pg_temp.check_window(clause text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line record;
	last_history purchase_history;
	last_bits bytea;
	wrong int := 0;
BEGIN
	FOR line IN EXECUTE format($q$
			SELECT i, array_agg(ROW(customer, family, tier, sold_at, amount)::pg_temp.row_of) OVER w AS frame,
				purchase_agg(customer, family, tier, sold_at, amount::numeric) OVER w AS h, customers(purchase_agg(customer, family, tier, sold_at, amount::numeric) OVER w) AS n,
				upsell_rate(customer %% 9, family, tier, sold_at, '[2024-06-01, 2025-09-01)') OVER w AS upsell, cross_sell_rate(customer %% 9, family, tier, sold_at, '[2024-06-01, 2025-09-01)') OVER w AS cross_sell
			FROM sale WHERE i <= 400 WINDOW w AS (%s) $q$, clause) LOOP
		IF purchase_history_send(last_history) IS DISTINCT FROM last_bits THEN
			wrong := wrong + 1;
		END IF;
		last_history := line.h;
		last_bits := purchase_history_send(line.h);
		IF line.i % 7 = 0 AND (last_bits IS DISTINCT FROM purchase_history_send(pg_temp.history_of(line.frame)) OR line.n IS DISTINCT FROM customers(line.h)
				OR (line.upsell, line.cross_sell) IS DISTINCT FROM (SELECT (upsell_rate(customer % 9, family, tier, sold_at, '[2024-06-01, 2025-09-01)'), cross_sell_rate(customer % 9, family, tier, sold_at, '[2024-06-01, 2025-09-01)')) FROM unnest(line.frame))) THEN
			wrong := wrong + 1;
		END IF;
	END LOOP;
	RETURN is(wrong, 0, 'OVER (' || clause || ')');
END $$;
SELECT pg_temp.check_window('ORDER BY i');
SELECT pg_temp.check_window('PARTITION BY rep ORDER BY i DESC');
SELECT pg_temp.check_window('ORDER BY rep');
SELECT pg_temp.check_window('ORDER BY i ROWS BETWEEN 10 PRECEDING AND 3 FOLLOWING');
SELECT pg_temp.check_window('ORDER BY i ROWS BETWEEN UNBOUNDED PRECEDING AND 5 PRECEDING');
SELECT pg_temp.check_window('ORDER BY i ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW');

-- Grouping sets, hashed, sorted and both
CREATE TEMP TABLE expected_sets AS
SELECT rep, region, purchase_history_send(purchase_agg(customer, family, tier, sold_at, 1)) AS bits FROM sale GROUP BY rep, region
UNION ALL SELECT rep, NULL::int, purchase_history_send(purchase_agg(customer, family, tier, sold_at, 1)) FROM sale GROUP BY rep
UNION ALL SELECT NULL::int, region, purchase_history_send(purchase_agg(customer, family, tier, sold_at, 1)) FROM sale GROUP BY region
UNION ALL SELECT NULL::int, NULL::int, purchase_history_send(purchase_agg(customer, family, tier, sold_at, 1)) FROM sale;
\set cube 'SELECT rep, region, purchase_history_send(purchase_agg(customer, family, tier, sold_at, 1)) FROM sale GROUP BY CUBE (rep, region)'
SELECT set_eq(:'cube', 'TABLE expected_sets', 'CUBE');
SET enable_hashagg = off;
SELECT set_eq(:'cube', 'TABLE expected_sets', 'CUBE, sorted');
RESET enable_hashagg;
SET enable_sort = off;
SELECT set_eq(:'cube', 'TABLE expected_sets', 'CUBE, hashed');
RESET enable_sort;

-- FILTER, DISTINCT, ORDER BY, HAVING, a lateral question per group
SELECT is(customers(purchase_agg(customer, family, tier, sold_at, amount::numeric) FILTER (WHERE rep = 2 AND tier > 2)), count(DISTINCT customer) FILTER (WHERE rep = 2 AND tier > 2 AND amount > 0), 'FILTER') FROM sale;
SELECT ok(purchase_agg(customer, family, tier, sold_at, 1) FILTER (WHERE false) IS NULL, 'FILTER that leaves nothing') FROM sale;
SELECT ok(upsell_rate(customer, family, tier, sold_at, '[2024-06-01, 2024-09-01)') FILTER (WHERE false) IS NULL, '... of a rate') FROM sale;
SELECT is(purchase_agg(DISTINCT k, f, t, s, a)::text, '{bigint 1:0/0000000000000000/}', 'DISTINCT sales')
FROM (VALUES (1, NULL::bigint, NULL::int, timestamptz '2000-01-01 UTC', 1.0), (1, NULL, NULL, '2000-01-01 UTC', 1.00)) v (k, f, t, s, a);
SELECT is(purchase_history_send(purchase_agg(customer, family, tier, sold_at, amount::numeric ORDER BY sold_at DESC, i)), purchase_history_send(purchase_agg(customer, family, tier, sold_at, amount::numeric)), 'ORDER BY') FROM sale;
SELECT is(upsell_rate(customer, family, tier, sold_at, '[2024-06-01, 2024-09-01)' ORDER BY sold_at DESC, i), upsell_rate(customer, family, tier, sold_at, '[2024-06-01, 2024-09-01)'), '... in a rate') FROM sale;
SELECT is(cross_sell_rate(DISTINCT customer, family, tier, sold_at, '[2024-06-01, 2024-09-01)'), cross_sell_rate(customer, family, tier, sold_at, '[2024-06-01, 2024-09-01)'), 'DISTINCT in a rate') FROM sale;
SELECT results_eq($$SELECT rep FROM sale GROUP BY rep HAVING customers(purchase_agg(customer, family, tier, sold_at, 1)) > 180 ORDER BY rep$$,
	$$SELECT rep FROM sale GROUP BY rep HAVING count(DISTINCT customer) > 180 ORDER BY rep$$, 'HAVING');
SELECT is_empty($$
	SELECT rep FROM (SELECT rep, purchase_agg(customer, family, tier, sold_at, 1) AS h, upsell_rate(customer, family, tier, sold_at, '[2024-06-01, 2024-09-01)') AS upsell,
			cross_sell_rate(customer, family, tier, sold_at, '[2024-06-01, 2024-09-01)') AS cross_sell FROM sale GROUP BY rep) g,
		upsell(h, '{2024-06-01, 2024-09-01}') u WHERE u.upsell_rate IS DISTINCT FROM upsell OR u.cross_sell_rate IS DISTINCT FROM cross_sell
$$, 'rates beside a state');

/*
 * Arguments of other types
 */
CREATE DOMAIN pg_temp.customer_number AS bigint CHECK (VALUE >= 0);
CREATE DOMAIN pg_temp.family_name AS text;
CREATE FUNCTION pg_temp.is_same(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	same boolean;
BEGIN
	EXECUTE format('SELECT purchase_history_send(%s) = purchase_history_send(purchase_agg(customer, family, tier, sold_at, amount::numeric)) FROM sale', call) INTO same;
	RETURN ok(same, call);
END $$;
SELECT pg_temp.is_same(call) FROM unnest(ARRAY[
	'purchase_agg(customer::int, family, tier, sold_at, amount::numeric)', 'purchase_agg(customer::smallint, family::smallint, tier::smallint, sold_at, amount::int)',
	'purchase_agg(customer::pg_temp.customer_number, family::pg_temp.customer_number, tier, sold_at, amount::numeric)', 'purchase_agg(customer, family::text::varchar, tier, sold_at, amount::bigint)',
	'purchase_agg(customer, family::text::varchar(3), tier, sold_at, amount::numeric)', 'purchase_agg(customer, family::text::pg_temp.family_name, tier, sold_at, amount::numeric)',
	'purchase_agg(customer, family::text::char(9), tier, sold_at, amount::numeric)', 'purchase_agg(customer, family, tier, sold_at::date, amount::numeric)', 'purchase_agg(customer, family, tier, sold_at::timestamp, amount::numeric)'
]) call;
SELECT is(purchase_history_send(purchase_agg(customer::text::varchar, family, tier, sold_at, 1)), purchase_history_send(purchase_agg(customer::text, family::text, tier, sold_at, 1)), 'customers as varchar') FROM sale;
SELECT is(upsell_rate(customer::int, family::int, tier::smallint, sold_at::date, '[2024-06-01, 2024-09-01)'), upsell_rate(customer::text::varchar, family::text::varchar, tier, sold_at, '[2024-06-01, 2024-09-01)'), 'a rate of integers, and of varchar')
FROM sale;
SELECT ok(purchase_agg('1', '2', 3, '2026-01-01', 1)::text LIKE '{text %', 'constants without a type are texts');

/*
 * A story by hand. Basic is tier 1 of a family, Pro tier 2, and Max tier 3.
 */
CREATE TEMP TABLE story (customer int, sold_at timestamptz, family text, tier int, what text);
INSERT INTO story VALUES
	(1, '2026-01-05', 'Mail', 1, 'first'), (1, '2026-02-03', 'Mail', 3, 'upsell, to the top'), (1, '2026-03-03', 'Mail', 1, 'downsell'), (1, '2026-03-04', 'Mail', 2, 'downsell: Max was bought'),
	(2, '2026-01-05', 'Mail', 2, 'first'), (2, '2026-01-05', 'Mail', 1, 'of the same instant'), (2, '2026-02-01', 'Calendar', NULL, 'cross-sell, with the first instant of February'), (2, '2026-02-02', 'Calendar', 1, 'repeat: no tier is known'),
	(2, '2026-03-05', 'Calendar', 2, 'upsell'),
	(3, '2026-02-10', 'Mail', 1, 'joins in February'), (3, '2026-02-20', 'Mail', 2, 'and is sold up there'), (3, '2026-02-25', 'Calendar', 1, 'twice'), (3, '2026-03-31 23:59:59.999999', NULL, 9, 'of no family'),
	(4, '2026-03-01', NULL, NULL, 'joins with March');
SELECT results_eq($$
	SELECT extract(month FROM period_start)::int, existing, upsell_eligible, cross_sell_eligible, upsold, cross_sold, either, downsold, joined, joined_and_sold_up
	FROM (SELECT purchase_agg(customer, family, tier, sold_at, 1) AS h FROM story) s, upsell(h, '{2026-01-01, 2026-02-01, 2026-03-01, 2026-04-01, 2026-05-01}')
$$, $$
	VALUES (1, 0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint, 2::bigint, 0::bigint),
		(2, 2, 2, 2, 1, 1, 2, 0, 1, 1),
		(3, 3, 2, 1, 1, 0, 1, 1, 1, 0),
		(4, 4, 2, 2, 0, 0, 0, 0, 0, 0)
$$, 'a story by hand');

-- Hash tables that do not fit into memory: many small groups, and large ones among them
CREATE TEMP TABLE many AS
SELECT i % 6000 AS grp, (i % 17)::bigint AS customer, timestamptz '2024-01-01' + i * interval '1 hour' AS sold_at FROM generate_series(1, 30000) i
UNION ALL SELECT i % 3, i, '2024-01-01' FROM generate_series(1, 9000) i;
ANALYZE many;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SET enable_sort = off;
CREATE FUNCTION pg_temp.spilled() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)
		CREATE TEMP TABLE hashed AS SELECT grp, purchase_agg(customer, customer % 3, 1, sold_at, 1) AS h FROM many GROUP BY grp LOOP
		IF line ~ 'Batches: [0-9]+.*Disk Usage' THEN
			RETURN pass('the hash table went to disk');
		END IF;
	END LOOP;
	RETURN fail('the hash table went to disk');
END $$;
SELECT pg_temp.spilled();
RESET work_mem;
RESET hash_mem_multiplier;
RESET enable_sort;
SET enable_hashagg = off;
SELECT results_eq('SELECT grp, purchase_history_send(h) FROM hashed ORDER BY grp',
	'SELECT grp, purchase_history_send(purchase_agg(customer, customer % 3, 1, sold_at, 1)) FROM many GROUP BY grp ORDER BY grp', '... and came back whole');
RESET enable_hashagg;

-- A hundred thousand groups, each asked
SELECT is(ROW(count(*), sum(n), sum(upsold), sum(existing), sum(rate), count(rate)), ROW(100000::bigint, 200000::numeric, 100000::numeric, 200000::numeric, 50000::float8, 100000::bigint), 'a hundred thousand groups')
FROM (
	SELECT i % 100000 AS grp, purchase_agg(i / 200000, 1, i / 100000 % 2, timestamptz '2026-01-01' + i / 100000 % 2 * (i / 200000 * interval '1 month' + interval '15 days'), 1) AS h, customers(purchase_agg(i / 200000, 1, i / 100000 % 2, timestamptz '2026-01-01', 1)) AS n,
		upsell_rate(i / 200000, 1, i / 100000 % 2, timestamptz '2026-01-01' + i / 100000 % 2 * (i / 200000 * interval '1 month' + interval '15 days'), '[2026-02-01, 2026-03-01)') AS rate
	FROM generate_series(0, 399999) i GROUP BY 1
) g, upsell(h, '{2026-02-01, 2026-03-01}');

-- Aggregates over the same arguments make one pass
CREATE FUNCTION pg_temp.counted(customer bigint) RETURNS bigint STABLE LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('test.calls', (current_setting('test.calls')::int + 1)::text, true);
	RETURN customer;
END $$;
SET test.calls = 0;
SELECT ok(n = customers(h), 'several answers of one query agree')
FROM (
	SELECT purchase_agg(pg_temp.counted(customer), family, tier, sold_at, 1) AS h, customers(purchase_agg(pg_temp.counted(customer), family, tier, sold_at, 1)) AS n FROM sale
) answers;
SELECT is(current_setting('test.calls'), '2000', '... and come from one pass over the rows');
SET test.calls = 0;
SELECT ok(upsell_rate <> cross_sell_rate, 'both rates of one query')
FROM (
	SELECT upsell_rate(pg_temp.counted(customer), family, tier, sold_at, '[2024-06-01, 2024-12-01)'), cross_sell_rate(pg_temp.counted(customer), family, tier, sold_at, '[2024-06-01, 2024-12-01)') FROM sale
) answers;
SELECT is(current_setting('test.calls'), '2000', '... come from one pass, too');

-- An aggregate of the caller's, which shows the running state itself, with room
-- behind its records. It is a state like any other.
CREATE AGGREGATE pg_temp.running(bigint, bigint, int, timestamptz, numeric) (SFUNC = sales_kpi.purchase_add, STYPE = sales_kpi.purchase_history);
CREATE TEMP TABLE kept AS SELECT size, pg_temp.running(customer, family, tier, sold_at, 1) AS h, purchase_agg(customer, family, tier, sold_at, 1) AS closed
FROM (VALUES (1), (3), (9), (999), (2000)) v (size) JOIN sale ON i <= size GROUP BY size;
SELECT is_empty($$SELECT size FROM kept WHERE purchase_history_send(h) <> purchase_history_send(closed) OR h::text <> closed::text OR customers(h) <> customers(closed) OR first_start(h) <> first_start(closed)$$,
	'a running state answers as a closed one');
SELECT set_eq(format('SELECT size, c.* FROM kept, %s(h, ''{2024-02-01, 2024-05-01, 2025-01-01}'') c', call), format('SELECT size, c.* FROM kept, %s(closed, ''{2024-02-01, 2024-05-01, 2025-01-01}'') c', call), '... of its periods, too: ' || call)
FROM unnest('{upsell,retention,new_customers}'::text[]) call;
SELECT is(purchase_history_send(rollup(h)), purchase_history_send(rollup(closed)), '... and can be rolled up') FROM kept;
CREATE AGGREGATE pg_temp.with_one(bigint, bigint, int, timestamptz, numeric) (SFUNC = sales_kpi.purchase_add, STYPE = sales_kpi.purchase_history, INITCOND = '{bigint 1000000:0/0000000000000000/}');
SELECT is_empty($$SELECT rep FROM sale GROUP BY rep HAVING customers(pg_temp.with_one(customer, family, tier, sold_at, amount::numeric)) <> count(DISTINCT customer) FILTER (WHERE amount > 0) + 1$$,
	'a state to begin with is each group''s own');

-- plpgsql variables, which hold what a query returned
DO $$
DECLARE
	total purchase_history;
	before bytea;
	part record;
	list purchase_history[];
BEGIN
	FOR part IN SELECT rep, i / 100 AS hundred, pg_temp.running(customer, family, tier, sold_at, 1) AS h FROM sale GROUP BY 1, 2 LOOP
		before := purchase_history_send(part.h);
		SELECT rollup(h) INTO total FROM (VALUES (total), (part.h)) v (h);
		list := list || part.h;
		IF before <> purchase_history_send(part.h) THEN
			RAISE EXCEPTION 'a variable changed';
		END IF;
	END LOOP;
	PERFORM set_config('test.variable', md5(purchase_history_send(total)), true), set_config('test.array', md5(purchase_history_send(rollup(h))), true) FROM unnest(list) h;
END $$;
SELECT is(current_setting('test.variable'), md5(purchase_history_send(purchase_agg(customer, family, tier, sold_at, 1))), 'gathered in a variable') FROM sale;
SELECT is(current_setting('test.array'), md5(purchase_history_send(purchase_agg(customer, family, tier, sold_at, 1))), 'gathered in an array') FROM sale;

-- A subtransaction that fails in the middle leaves nothing behind
DO $$
DECLARE
	failed int := 0;
	h purchase_history;
BEGIN
	FOR stop IN 1..20 LOOP
		BEGIN
			SELECT purchase_agg(customer, family, tier, sold_at, CASE WHEN i < stop * 90 THEN 1.0 ELSE 'NaN' END) INTO h FROM sale;
		EXCEPTION WHEN numeric_value_out_of_range THEN
			failed := failed + 1;
		END;
	END LOOP;
	PERFORM set_config('test.failed', failed::text || coalesce(h::text, ', no state'), true);
END $$;
SELECT is(current_setting('test.failed'), '20, no state', 'an error in the middle of an aggregate is caught');
SELECT is(customers(purchase_agg(customer, family, tier, sold_at, 1)), count(DISTINCT customer), '... and the next one works') FROM sale;

SELECT * FROM finish();
ROLLBACK;
