-- What purchases say, against slow and obvious SQL over the same rows: each line is judged
-- by the purchases strictly before it, each customer is looked at in each period. Random
-- companies, most of whose sales fall on few instants, so that ties, boundaries and
-- families bought again come up.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET TimeZone = 'UTC';

CREATE FUNCTION pg_temp.pick(VARIADIC choices anycompatiblearray) RETURNS anycompatible LANGUAGE sql VOLATILE
AS 'SELECT choices[1 + floor(random() * cardinality(choices))::int]';

/*
 * Companies. Their sales and boundaries lie on the same moments, or a microsecond
 * beside: every so often on even steps, or on midnights that begin months in a zone that
 * changes its clocks, and on the nights of the changes.
 */
SELECT setseed(0.2718);
CREATE TEMP TABLE company AS
SELECT id AS company, floor(random() * 13)::int + CASE WHEN id % 80 = 7 THEN 300 ELSE 0 END AS customers, pg_temp.pick(1, 2, 3, 5, 5) AS families, pg_temp.pick(2, 6, 12) AS purchases,
	id % 4 = 1 AS by_month, pg_temp.pick(interval '1 microsecond', '1 hour', '7 hours', '1 day', '5 days 01:00') AS step
FROM generate_series(1, 240) id;

CREATE TEMP TABLE moment AS
SELECT company, tick, CASE WHEN by_month
	THEN (timestamp '2023-09-01' + tick / 3 * interval '1 month' + (ARRAY[interval '0', '26 days 02:30', '30 days 02:30'])[tick % 3 + 1]) AT TIME ZONE 'Europe/Berlin'
	ELSE timestamptz '2024-02-25' + tick * step END AS at
FROM company, generate_series(0, 45) tick;
ALTER TABLE company ADD moments timestamptz[], ADD boundaries timestamptz[];
UPDATE company c SET
	moments = (SELECT array_agg(at) FROM moment m WHERE m.company = c.company),
	boundaries = (SELECT array_agg(at ORDER BY at) FROM moment m WHERE m.company = c.company AND
		tick BETWEEN 3 AND 39 AND CASE WHEN by_month THEN tick % 3 = 0 WHEN company % 3 = 0 THEN tick % 6 = 3 ELSE tick IN (10, 28) OR random() < 0.15 END);

-- Of some, there are periods long before and long after, too
UPDATE company SET boundaries = '{1900-01-01, 1900-02-01}'::timestamptz[] || boundaries || '{2100-01-01, 2100-02-01}'::timestamptz[] WHERE company % 7 = 0;

CREATE TEMP TABLE visit AS
SELECT company, customer, families, pg_temp.pick(VARIADIC moments) + pg_temp.pick(0, 0, 0, 0, 0, 0, 0, 0, 1, -1) * interval '1 microsecond' AS at, pg_temp.pick(1, 1, 1, 1, 2, 2, 3) AS lines
FROM company, generate_series(1, customers) customer, generate_series(1, purchases)
WHERE random() < 0.75;
CREATE TEMP TABLE drawn AS
SELECT company, CASE WHEN random() < 0.98 THEN customer END AS customer, CASE WHEN random() < 0.98 THEN at END AS sold_at,
	CASE WHEN random() < 0.92 THEN 1 + floor(random() * families)::int END AS family,
	pg_temp.pick(1, 1, 1, 2, 2, 2, 3, 3, 5, NULL, NULL, -7, 0, 2147483647, -2147483648) AS tier,
	CASE WHEN company % 40 <> 13 THEN pg_temp.pick(10, 10, 10, 10, 10, 10, 10, 10, 0.0000000001, 1e30, 0, -10, NULL) ELSE pg_temp.pick(0, -0.01, NULL) END AS amount
FROM visit, generate_series(1, lines);
-- by itself: ORDER BY random() makes every random() beside it the same number
CREATE TEMP TABLE sale AS SELECT * FROM drawn ORDER BY random();
-- some rows twice
INSERT INTO sale SELECT * FROM sale WHERE random() < 0.05;

-- The same customers and families under keys of each kind
CREATE TEMP TABLE key AS
SELECT customer, coalesce((ARRAY[0, -1, 1, -9223372036854775808, 9223372036854775807, 42, -42, 4294967296, -4294967297, 10, 100, 256])[customer], 1000 + customer) AS bigint_key,
	coalesce((ARRAY['', ' ', 'a', 'A', U&'\00e4', U&'a\0308', U&'\65e5\672c\8a9e', U&'\+01F600', 'a ', '0', repeat('long ', 100), repeat('long ', 100) || '.'])[customer], 'customer ' || customer) AS text_key,
	CASE WHEN customer > 9 THEN md5(customer::text)::uuid WHEN customer = 9 THEN 'ffffffff-ffff-ffff-ffff-ffffffffffff' WHEN customer % 2 = 0 THEN format('00000000-0000-0000-0000-00000000000%s', customer)::uuid
		ELSE format('%s0000000-0000-0000-0000-000000000000', customer - 1)::uuid END AS uuid_key
FROM generate_series(1, 400) customer;
CREATE TEMP TABLE family_key AS
SELECT family, (ARRAY[0, -1, 5, 9223372036854775807, -9223372036854775808])[family] AS bigint_family, (ARRAY['', ' ', 'A', 'a', repeat('family ', 50)])[family] AS text_family
FROM generate_series(1, 5) family;
CREATE TEMP TABLE keyed AS
SELECT company, bigint_key, text_key, uuid_key, bigint_family, text_family, tier, sold_at, amount
FROM sale LEFT JOIN key USING (customer) LEFT JOIN family_key USING (family);

CREATE TEMP TABLE history AS
SELECT company, kind, h
FROM (
	SELECT company, purchase_agg(bigint_key, bigint_family, tier, sold_at, amount) AS bb, purchase_agg(bigint_key, text_family, tier, sold_at, amount) AS bt,
		purchase_agg(text_key, bigint_family, tier, sold_at, amount) AS tb, purchase_agg(text_key, text_family, tier, sold_at, amount) AS tt,
		purchase_agg(uuid_key, bigint_family, tier, sold_at, amount) AS ub, purchase_agg(uuid_key, text_family, tier, sold_at, amount) AS ut
	FROM keyed GROUP BY company
) a, LATERAL (VALUES ('bigint bigint', bb), ('bigint text', bt), ('text bigint', tb), ('text text', tt), ('uuid bigint', ub), ('uuid text', ut)) v (kind, h);
CREATE TEMP TABLE variant AS SELECT DISTINCT kind FROM history;

/*
 * The oracle. Purchases are sales of an amount above 0 to a known customer.
 */
CREATE TEMP TABLE purchase AS
SELECT DISTINCT company, customer, sold_at, family, tier
FROM sale WHERE customer IS NOT NULL AND sold_at IS NOT NULL AND amount > 0;
CREATE INDEX ON purchase (company, customer);
ANALYZE purchase;

CREATE TEMP TABLE line AS
SELECT p.*, CASE
	WHEN NOT EXISTS (SELECT FROM purchase e WHERE e.company = p.company AND e.customer = p.customer AND e.sold_at < p.sold_at) THEN 'new'
	WHEN family IS NULL THEN 'repeat'
	WHEN NOT EXISTS (SELECT FROM purchase e WHERE e.company = p.company AND e.customer = p.customer AND e.sold_at < p.sold_at AND e.family = p.family) THEN 'cross_sell'
	WHEN tier > (SELECT max(tier) FROM purchase e WHERE e.company = p.company AND e.customer = p.customer AND e.sold_at < p.sold_at AND e.family = p.family) THEN 'upsell'
	WHEN tier < (SELECT max(tier) FROM purchase e WHERE e.company = p.company AND e.customer = p.customer AND e.sold_at < p.sold_at AND e.family = p.family) THEN 'downsell'
	ELSE 'repeat' END AS kind
FROM purchase p;
CREATE INDEX ON line (company, customer);
ANALYZE line;

CREATE TEMP TABLE customer AS
SELECT company, customer, min(sold_at) AS first_purchase FROM purchase GROUP BY company, customer;
CREATE TEMP TABLE period AS
SELECT company, n, boundaries[n] AS period_start, boundaries[n + 1] AS period_end FROM company, generate_series(1, cardinality(boundaries) - 1) n;
-- What is on offer: sold to anybody before the period ends
CREATE TEMP TABLE offer AS
SELECT company, n, family, max(tier) AS top_tier
FROM period JOIN purchase USING (company)
WHERE sold_at < period_end AND family IS NOT NULL
GROUP BY company, n, family;
CREATE INDEX ON offer (company, n);
ANALYZE customer, period, offer;

-- Of a customer in a period. What it holds is looked at before the period and just
-- after each purchase within.
CREATE FUNCTION pg_temp.did(company int, customer int, kind text, period_start timestamptz, period_end timestamptz) RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM line l WHERE l.company = did.company AND l.customer = did.customer AND l.kind = did.kind AND sold_at >= did.period_start AND sold_at < did.period_end);
CREATE TEMP TABLE standing AS
SELECT company, n, customer, period_start, period_end, first_purchase < period_start AS existing, first_purchase >= period_start AND first_purchase < period_end AS joined,
	EXISTS (SELECT FROM purchase p WHERE p.company = c.company AND p.customer = c.customer AND sold_at >= period_start AND sold_at < period_end) AS bought,
	pg_temp.did(company, customer, 'upsell', period_start, period_end) AS upsold,
	pg_temp.did(company, customer, 'cross_sell', period_start, period_end) AS cross_sold,
	pg_temp.did(company, customer, 'downsell', period_start, period_end) AS downsold,
	EXISTS (
		SELECT FROM offer o, (
			SELECT period_start AS before
			UNION SELECT sold_at + interval '1 microsecond' FROM purchase p WHERE p.company = c.company AND p.customer = c.customer AND sold_at >= period_start AND sold_at < period_end
		) look
		WHERE o.company = c.company AND o.n = period.n
			AND o.top_tier > (SELECT max(tier) FROM purchase h WHERE h.company = c.company AND h.customer = c.customer AND h.family = o.family AND h.sold_at < before)
	) AS upsell_eligible,
	EXISTS (
		SELECT FROM offer o
		WHERE o.company = c.company AND o.n = period.n
			AND NOT EXISTS (SELECT FROM purchase h WHERE h.company = c.company AND h.customer = c.customer AND h.family = o.family AND h.sold_at < period_start)
	) AS cross_sell_eligible
FROM customer c JOIN period USING (company);
ANALYZE standing;

CREATE FUNCTION pg_temp.near(a float8, b float8) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN coalesce(abs(a - b) <= 1e-12 * greatest(1, abs(b)), a IS NULL AND b IS NULL);
-- Wilson's interval; `side` is -1 for the lower end, 1 for the upper one
CREATE FUNCTION pg_temp.wilson(hits bigint, total bigint, side int) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN (SELECT (p + z * z / (2 * n) + side * z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)
	FROM (SELECT hits::float8 / nullif(total, 0) AS p, nullif(total, 0)::float8 AS n, 1.959963984540054::float8 AS z) v);
CREATE FUNCTION pg_temp.is_rate(rate float8, low float8, high float8, hits bigint, total bigint) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN pg_temp.near(rate, hits::float8 / nullif(total, 0)) AND pg_temp.near(low, pg_temp.wilson(hits, total, -1)) AND pg_temp.near(high, pg_temp.wilson(hits, total, 1));

/*
 * Who there is. Without a purchase there is no state, and no row.
 */
SELECT is_empty($$
	SELECT h.company, h.kind, customers(h), first_start(h), e
	FROM history h LEFT JOIN (SELECT company, count(*) AS customers, min(first_purchase) AS first_start FROM customer GROUP BY company) e USING (company)
	WHERE customers(h) IS DISTINCT FROM e.customers OR first_start(h) IS DISTINCT FROM e.first_start OR (h IS NULL) IS DISTINCT FROM (e.customers IS NULL)
$$, 'customers and first_start are count(distinct) and min');

/*
 * Upsell
 */
CREATE TEMP TABLE expected_upsell AS
SELECT company, n, period_start, period_end,
	count(*) FILTER (WHERE existing) AS existing,
	count(*) FILTER (WHERE existing AND upsell_eligible) AS upsell_eligible,
	count(*) FILTER (WHERE existing AND cross_sell_eligible) AS cross_sell_eligible,
	count(*) FILTER (WHERE existing AND upsold) AS upsold,
	count(*) FILTER (WHERE existing AND cross_sold) AS cross_sold,
	count(*) FILTER (WHERE existing AND (upsold OR cross_sold)) AS either,
	count(*) FILTER (WHERE existing AND downsold) AS downsold,
	count(*) FILTER (WHERE joined) AS joined,
	count(*) FILTER (WHERE joined AND (upsold OR cross_sold)) AS joined_and_sold_up,
	count(*) FILTER (WHERE bought) AS buyers
FROM standing
GROUP BY company, n, period_start, period_end;
CREATE TEMP TABLE found_upsell AS
SELECT company, kind, f.* FROM history JOIN company USING (company), upsell(h, boundaries) WITH ORDINALITY f (period_start, period_end, existing, upsell_eligible, cross_sell_eligible,
	upsold, cross_sold, either, downsold, joined, joined_and_sold_up, upsell_rate, upsell_low, upsell_high, cross_sell_rate, cross_sell_low, cross_sell_high, either_rate, either_low, either_high, n);

SELECT is_empty($$
	SELECT company, kind, n, f, e
	FROM found_upsell f FULL JOIN (SELECT * FROM expected_upsell, variant) e USING (company, kind, n)
	WHERE ROW(f.period_start, f.period_end, f.existing, f.upsell_eligible, f.cross_sell_eligible, f.upsold, f.cross_sold, f.either, f.downsold, f.joined, f.joined_and_sold_up)
			IS DISTINCT FROM ROW(e.period_start, e.period_end, e.existing, e.upsell_eligible, e.cross_sell_eligible, e.upsold, e.cross_sold, e.either, e.downsold, e.joined, e.joined_and_sold_up)
$$, 'upsell: a row per period, in order, with every count');
SELECT is_empty($$
	SELECT * FROM found_upsell
	WHERE NOT pg_temp.is_rate(upsell_rate, upsell_low, upsell_high, upsold, existing)
		OR NOT pg_temp.is_rate(cross_sell_rate, cross_sell_low, cross_sell_high, cross_sold, existing)
		OR NOT pg_temp.is_rate(either_rate, either_low, either_high, either, existing)
$$, 'its rates are of the existing customers');

-- What holds whatever was bought
SELECT is_empty('SELECT * FROM found_upsell WHERE NOT (upsold <= upsell_eligible AND upsell_eligible <= existing)', 'upsold <= eligible <= existing');
SELECT is_empty('SELECT * FROM found_upsell WHERE NOT (cross_sold <= cross_sell_eligible AND cross_sell_eligible <= existing)', 'cross_sold <= eligible <= existing');
SELECT is_empty('SELECT * FROM standing WHERE existing AND (upsold AND NOT upsell_eligible OR cross_sold AND NOT cross_sell_eligible)', 'whoever was sold up could be, customer by customer');
SELECT is_empty('SELECT * FROM found_upsell WHERE either NOT BETWEEN greatest(upsold, cross_sold) AND upsold + cross_sold', 'either lies between the larger and the sum');
SELECT is_empty('SELECT * FROM found_upsell WHERE joined_and_sold_up > joined OR downsold > existing', 'who joined and was sold up has joined');
SELECT is_empty('SELECT * FROM found_upsell WHERE upsell_rate NOT BETWEEN 0 AND 1 OR cross_sell_rate NOT BETWEEN 0 AND 1 OR either_rate NOT BETWEEN 0 AND 1', 'no rate exceeds 1');
SELECT is_empty($$
	SELECT * FROM (SELECT *, lag(existing + joined) OVER (PARTITION BY company, kind ORDER BY n) AS before FROM found_upsell) f WHERE before <> existing
$$, 'who existed or joined exists in the next period');
SELECT is_empty($$
	SELECT company, kind, existing, joined, customers(h)
	FROM history JOIN company USING (company), LATERAL (SELECT sum(joined) AS joined, min(existing) AS existing, max(existing + joined) AS last FROM upsell(h, '1800-01-01'::timestamptz || boundaries || '2200-01-01'::timestamptz)) u
	WHERE joined <> customers(h) OR existing <> 0 OR last <> customers(h)
$$, 'over all time, everybody joins');
-- Later sales change nothing of what has been
SELECT is_empty($$
	SELECT company, n, f, e
	FROM found_upsell f JOIN (
		SELECT company, u.* FROM (
			SELECT company, boundaries[:m] AS boundaries, purchase_agg(bigint_key, bigint_family, tier, sold_at, amount) FILTER (WHERE sold_at < boundaries[m]) AS h
			FROM company JOIN keyed USING (company), LATERAL (SELECT (cardinality(boundaries) + 3) / 2 AS m) middle GROUP BY company, boundaries, m
		) early, upsell(h, boundaries) u
	) e USING (company, period_start, period_end)
	WHERE kind = 'bigint bigint' AND to_jsonb(f) - '{company,kind,n}'::text[] <> to_jsonb(e) - 'company'
$$, 'sales of later change no period that has ended');
-- One period of many is the period alone
SELECT is_empty($$
	SELECT company, kind, n, f, e FROM found_upsell f JOIN history h USING (company, kind), upsell(h.h, ARRAY[f.period_start, f.period_end]) e
	WHERE kind = 'text text' AND to_jsonb(f) - '{company,kind,n}'::text[] <> to_jsonb(e)
$$, 'a period by itself has the same figures');

SELECT ok(least(sum(upsold), sum(cross_sold), sum(downsold), sum(joined_and_sold_up)) > 500 AND sum(either) < sum(upsold + cross_sold) AND count(*) FILTER (WHERE existing = 0) > 100
	AND count(*) FILTER (WHERE upsold < upsell_eligible AND upsell_eligible < existing) > 100 AND count(*) FILTER (WHERE cross_sell_eligible = 0 AND existing > 0) > 100,
	'every kind of customer came up') FROM found_upsell;
SELECT ok(count(*) = 5 * 5 + 2 AND min(lines) > 20, 'and every kind of line, of every family and of none') FROM (SELECT kind, family, count(*) AS lines FROM line GROUP BY kind, family) l;
SELECT ok(count(*) > 50, 'and families bought again below their highest tier') FROM line d JOIN line a USING (company, customer, family)
WHERE d.kind = 'downsell' AND a.sold_at > d.sold_at AND a.kind = 'downsell' AND a.tier > d.tier;
SELECT ok(count(*) FILTER (WHERE families > 1) > 100 AND count(*) FILTER (WHERE tiers > 1) > 100, 'and first purchases of several families, and of several tiers of one')
FROM (SELECT count(DISTINCT family) AS families, (SELECT max(n) FROM (SELECT count(DISTINCT tier) AS n FROM line t WHERE t.company = l.company AND t.customer = l.customer AND t.kind = 'new' GROUP BY family) f) AS tiers
	FROM line l WHERE kind = 'new' GROUP BY company, customer) first;
SELECT ok(count(*) > 100, 'and purchases at a boundary') FROM purchase JOIN company USING (company) WHERE sold_at = ANY (boundaries);
SELECT ok(count(*) > 100, 'and first ones') FROM customer JOIN company USING (company) WHERE first_purchase = ANY (boundaries);
SELECT ok(count(*) > 10, 'and customers that could be sold up only after a purchase in the period') FROM standing s
WHERE existing AND upsell_eligible AND NOT EXISTS (SELECT FROM offer o WHERE o.company = s.company AND o.n = s.n
	AND top_tier > (SELECT max(tier) FROM purchase h WHERE h.company = s.company AND h.customer = s.customer AND h.family = o.family AND h.sold_at < period_start));
SELECT ok(count(*) > 0, 'and companies that sold nothing') FROM company WHERE company IN (SELECT company FROM sale) AND company NOT IN (SELECT company FROM purchase);

-- The window function judges lines alike.
SELECT is_empty($$
	SELECT * FROM (SELECT *, sale_kind(bigint_family, tier) OVER w AS of_numbers, sale_kind(text_family, tier) OVER w AS of_texts FROM line LEFT JOIN family_key USING (family)
		WINDOW w AS (PARTITION BY company, customer ORDER BY sold_at)) l
	WHERE of_numbers IS DISTINCT FROM kind OR of_texts IS DISTINCT FROM kind
$$, 'sale_kind says of each line what upsell counts it for');

/*
 * New customers
 */
SELECT is_empty($$
	SELECT company, kind, n, f, e
	FROM (SELECT company, kind, c.* FROM history JOIN company USING (company), new_customers(h, boundaries) WITH ORDINALITY c (period_start, period_end, new_customers, buyers, n)) f
	FULL JOIN (SELECT * FROM expected_upsell, variant) e USING (company, kind, n)
	WHERE ROW(f.period_start, f.period_end, f.new_customers, f.buyers) IS DISTINCT FROM ROW(e.period_start, e.period_end, e.joined, e.buyers)
$$, 'new_customers');

/*
 * Retention
 */
CREATE TEMP TABLE expected_retention AS
SELECT c.company, c.period_start AS cohort_start, p.n - c.n AS age, p.period_start, count(*) AS cohort_size, count(*) FILTER (WHERE p.bought) AS retained
FROM standing c JOIN standing p USING (company, customer)
WHERE c.joined AND p.n >= c.n
GROUP BY c.company, c.period_start, c.n, p.n, p.period_start;
CREATE TEMP TABLE found_retention AS
SELECT company, kind, f.* FROM history JOIN company USING (company), retention(h, boundaries) WITH ORDINALITY f (cohort_start, age, cohort_size, retained, retention_rate, retention_low, retention_high, period_start, row);
SELECT is_empty($$
	SELECT company, kind, cohort_start, age, f, e
	FROM found_retention f FULL JOIN (SELECT * FROM expected_retention, variant) e USING (company, kind, cohort_start, age)
	WHERE ROW(f.period_start, f.cohort_size, f.retained) IS DISTINCT FROM ROW(e.period_start, e.cohort_size, e.retained)
		OR NOT pg_temp.is_rate(f.retention_rate, f.retention_low, f.retention_high, e.retained, e.cohort_size)
$$, 'retention');
SELECT is_empty('SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY company, kind ORDER BY cohort_start, age) AS rank FROM found_retention) f WHERE row <> rank', 'by cohort, then by age');
SELECT is_empty('SELECT * FROM found_retention WHERE age = 0 AND retained <> cohort_size', 'at age 0 a cohort is whole');
SELECT ok(count(*) FILTER (WHERE retained = 0) > 100 AND count(*) FILTER (WHERE retained BETWEEN 1 AND cohort_size - 1) > 100, 'nobody, some and all are retained') FROM found_retention;
SELECT ok(count(*) FILTER (WHERE first_purchase < boundaries[1]) > 10 AND count(*) FILTER (WHERE first_purchase >= boundaries[cardinality(boundaries)]) > 10, 'some are in no cohort')
FROM customer JOIN company USING (company);

/*
 * The rates at once, over ranges with bounds of all kinds. One bound in, or out, is
 * one microsecond.
 */
CREATE TEMP TABLE during AS
SELECT company, tstzrange(least(a, b), greatest(a, b), bounds) AS during, bounds,
	least(a, b) + CASE WHEN bounds LIKE '(%' THEN 1 ELSE 0 END * interval '1 microsecond' AS period_start,
	greatest(a, b) + CASE WHEN bounds LIKE '%]' THEN 1 ELSE 0 END * interval '1 microsecond' AS period_end
FROM (
	SELECT company, pg_temp.pick(VARIADIC boundaries) AS a, pg_temp.pick(VARIADIC boundaries) AS b FROM company, generate_series(1, 2)
) drawn, unnest('{[),[],(),(]}'::text[]) bounds
WHERE abs(extract(epoch FROM a - b)) > 0.000001;
CREATE TEMP TABLE expected_rate AS
SELECT company, during, count(*) FILTER (WHERE upsold)::float8 / count(*) AS upsell_rate, count(*) FILTER (WHERE cross_sold)::float8 / count(*) AS cross_sell_rate
FROM (
	SELECT DISTINCT company, during, customer, pg_temp.did(company, customer, 'upsell', period_start, period_end) AS upsold, pg_temp.did(company, customer, 'cross_sell', period_start, period_end) AS cross_sold
	FROM during JOIN customer USING (company) WHERE first_purchase < period_start
) existing
GROUP BY company, during;

-- Every row with a customer and a time is a purchase of theirs.
CREATE TEMP TABLE found_rate AS
SELECT company, during,
	ARRAY[upsell_rate(bigint_key, bigint_family, tier, sold_at, during), upsell_rate(bigint_key, text_family, tier, sold_at, during), upsell_rate(text_key, bigint_family, tier, sold_at, during),
		upsell_rate(text_key, text_family, tier, sold_at, during), upsell_rate(uuid_key, bigint_family, tier, sold_at, during), upsell_rate(uuid_key, text_family, tier, sold_at, during)] AS upsell_rates,
	ARRAY[cross_sell_rate(bigint_key, bigint_family, tier, sold_at, during), cross_sell_rate(bigint_key, text_family, tier, sold_at, during), cross_sell_rate(text_key, bigint_family, tier, sold_at, during),
		cross_sell_rate(text_key, text_family, tier, sold_at, during), cross_sell_rate(uuid_key, bigint_family, tier, sold_at, during), cross_sell_rate(uuid_key, text_family, tier, sold_at, during)] AS cross_sell_rates
FROM keyed JOIN (SELECT DISTINCT company, during FROM during) d USING (company)
WHERE amount > 0
GROUP BY company, during;
SELECT is_empty($$
	SELECT company, during, upsell_rates, e.upsell_rate FROM found_rate f LEFT JOIN expected_rate e USING (company, during), unnest(upsell_rates) found WHERE NOT pg_temp.near(found, e.upsell_rate)
$$, 'upsell_rate over ranges of every kind');
SELECT is_empty($$
	SELECT company, during, cross_sell_rates, e.cross_sell_rate FROM found_rate f LEFT JOIN expected_rate e USING (company, during), unnest(cross_sell_rates) found WHERE NOT pg_temp.near(found, e.cross_sell_rate)
$$, 'cross_sell_rate over ranges of every kind');
SELECT is_empty($$SELECT company, during FROM expected_rate LEFT JOIN found_rate f USING (company, during) WHERE f IS NULL$$, 'for every company with purchases');
SELECT ok(count(*) FILTER (WHERE u > 1) > 5 AND count(*) FILTER (WHERE c > 1) > 5, 'it matters whether a bound is in the range')
FROM (SELECT count(DISTINCT upsell_rate) AS u, count(DISTINCT cross_sell_rate) AS c FROM expected_rate GROUP BY company, lower(during), upper(during)) e;
SELECT is_empty($$
	SELECT company, a, u
	FROM (
		SELECT company, boundaries, upsell_rate(bigint_key, text_family, tier, sold_at, tstzrange(boundaries[1], boundaries[2])), cross_sell_rate(bigint_key, text_family, tier, sold_at, tstzrange(boundaries[1], boundaries[2]))
		FROM keyed JOIN company USING (company) WHERE amount > 0 GROUP BY company, boundaries
	) a JOIN history USING (company), upsell(h, boundaries[:2]) u
	WHERE a.upsell_rate IS DISTINCT FROM u.upsell_rate OR a.cross_sell_rate IS DISTINCT FROM u.cross_sell_rate
$$, 'they are those of upsell, to the last bit');

SELECT * FROM finish();
ROLLBACK;
