-- What a history of customers says, against slow and obvious SQL over the same rows:
-- every customer is looked at, at every instant. Random companies, most of whose
-- events fall on few instants, so that ties, switches and gaps of all lengths come up.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET TimeZone = 'UTC';

CREATE FUNCTION pg_temp.pick(VARIADIC choices anycompatiblearray) RETURNS anycompatible LANGUAGE sql VOLATILE
AS 'SELECT choices[1 + floor(random() * cardinality(choices))::int]';

/*
 * Companies. Their time goes in steps: events and boundaries lie on them, or a
 * microsecond beside.
 */
SELECT setseed(0.4242);
CREATE TEMP TABLE company AS
SELECT id AS company, step, floor(random() * 13)::int AS customers, pg_temp.pick(0, 1, 2, 3, 5, 8) * step AS grace,
	pg_temp.pick(6, 20, 30, 60) * step + timestamptz '2024-02-25' AS as_of
FROM (
	SELECT id, pg_temp.pick(interval '1 microsecond', '1 hour', '7 hours', '1 day', '5 days 01:00') AS step
	FROM generate_series(1, 240) id
) drawn;

CREATE TEMP TABLE boundary AS
SELECT company, row_number() OVER (PARTITION BY company ORDER BY tick) AS n, timestamptz '2024-02-25' + tick * step AS at
FROM company, generate_series(-3, 60) tick
WHERE CASE WHEN company % 3 = 0 THEN tick % 6 = 0 ELSE tick IN (12, 30) OR random() < 0.12 END;
ALTER TABLE company ADD boundaries timestamptz[];
UPDATE company c SET boundaries = (SELECT array_agg(at ORDER BY at) FROM boundary b WHERE b.company = c.company);

CREATE TEMP TABLE subscription AS
SELECT company, CASE WHEN random() < 0.97 THEN customer END AS customer,
	CASE WHEN random() < 0.97 THEN from_time END AS started_at,
	pg_temp.pick(until_time, until_time, until_time, until_time, until_time, until_time, until_time, until_time, NULL, 'infinity') AS ended_at,
	pg_temp.pick(0, NULL, 1, 1, 5, 5, 9.99, 0.000001, 0.0000005, 19.1234567, 1234567.654321, 1222333444555.666777) AS amount
FROM (
	SELECT company, customer, from_time, greatest(from_time, from_time + pg_temp.pick(0, 1, 1, 2, 2, 3, 4, 6, 10, 20) * step + pg_temp.pick(0, 0, 0, 0, 0, 0, 0, 0, 1, -1) * interval '1 microsecond') AS until_time
	FROM (
		SELECT company, customer, step,
			timestamptz '2024-02-25' + floor(random() * 40) * step + pg_temp.pick(0, 0, 0, 0, 0, 0, 0, 0, 1, -1) * interval '1 microsecond' AS from_time
		FROM company, generate_series(1, customers) customer, generate_series(1, 6)
		WHERE random() < 0.75
	) started
) drawn;

-- The same customers under keys of each kind
CREATE TEMP TABLE key AS
SELECT customer, (ARRAY[0, -1, 1, -9223372036854775808, 9223372036854775807, 42, -42, 4294967296, -4294967297, 10, 100, 256])[customer] AS bigint_key,
	(ARRAY['', ' ', 'a', 'A', U&'\00e4', U&'a\0308', U&'\65e5\672c\8a9e', U&'\+01F600', 'a ', '0', repeat('long ', 100), repeat('long ', 100) || '.'])[customer] AS text_key,
	CASE customer WHEN 1 THEN '00000000-0000-0000-0000-000000000000' WHEN 2 THEN 'ffffffff-ffff-ffff-ffff-ffffffffffff' ELSE md5(customer::text)::uuid END AS uuid_key
FROM generate_series(1, 12) customer;

CREATE TEMP TABLE keyed AS
SELECT company, bigint_key, text_key, uuid_key, started_at, ended_at, amount, amount IS DISTINCT FROM 0 AS is_paid
FROM subscription LEFT JOIN key USING (customer);

CREATE TEMP TABLE history AS
SELECT company, kind, priced, h
FROM (
	SELECT company, customer_agg(bigint_key, started_at, ended_at, amount) AS b, customer_agg(text_key, started_at, ended_at, amount) AS t,
		customer_agg(uuid_key, started_at, ended_at, amount) AS u, customer_agg(bigint_key, started_at, ended_at) FILTER (WHERE is_paid) AS b_unpriced,
		customer_agg(text_key, started_at, ended_at) FILTER (WHERE is_paid) AS t_unpriced, customer_agg(uuid_key, started_at, ended_at) FILTER (WHERE is_paid) AS u_unpriced
	FROM keyed GROUP BY company
) a, LATERAL (VALUES ('bigint', true, b), ('text', true, t), ('uuid', true, u), ('bigint', false, b_unpriced), ('text', false, t_unpriced), ('uuid', false, u_unpriced)) v (kind, priced, h);
CREATE TEMP TABLE variant AS SELECT DISTINCT kind, priced FROM history;

/*
 * The oracle: who is active, when, and at what amount.
 */
CREATE TEMP TABLE paid AS
SELECT company, customer, started_at, coalesce(ended_at, 'infinity') AS ended_at, coalesce(round(amount, 6), 0) AS amount
FROM subscription
WHERE customer IS NOT NULL AND started_at IS NOT NULL AND (ended_at IS NULL OR ended_at > started_at) AND amount IS DISTINCT FROM 0;
CREATE INDEX ON paid (company, customer);
ANALYZE paid;

CREATE TEMP TABLE customer AS
SELECT company, customer, min(started_at) AS first_start FROM paid GROUP BY company, customer;
ANALYZE customer;
-- What companies without a customer give is in customer_input.sql.
DELETE FROM history WHERE company NOT IN (SELECT company FROM customer);

-- Gaps: from an end that no subscription covers to the next start
CREATE TEMP TABLE gap AS
SELECT company, customer, ended_at AS from_time, next_start AS until_time, sum(amount) AS amount, next_start - ended_at <= grace AS bridged, next_start - ended_at = grace AS just_so
FROM (
	SELECT p.*, (SELECT min(started_at) FROM paid n WHERE n.company = p.company AND n.customer = p.customer AND n.started_at > p.ended_at) AS next_start
	FROM paid p
	WHERE NOT EXISTS (SELECT FROM paid o WHERE o.company = p.company AND o.customer = p.customer AND o.started_at <= p.ended_at AND p.ended_at < o.ended_at)
) e
JOIN company USING (company)
WHERE next_start IS NOT NULL
GROUP BY company, customer, ended_at, next_start, grace;

-- Without and with grace
CREATE TEMP TABLE span AS
SELECT company, graced, customer, started_at AS from_time, ended_at AS until_time, amount FROM paid, (VALUES (false), (true)) v (graced)
UNION ALL
SELECT company, true, customer, from_time, until_time, amount FROM gap WHERE bridged;
CREATE INDEX ON span (company, customer);
ANALYZE span;

CREATE TEMP TABLE standing AS
SELECT company, graced, customer, first_start, n, at,
	EXISTS (SELECT FROM span s WHERE s.company = c.company AND s.graced = v.graced AND s.customer = c.customer AND s.from_time <= at AND at < s.until_time) AS active,
	(SELECT coalesce(sum(amount), 0) FROM span s WHERE s.company = c.company AND s.graced = v.graced AND s.customer = c.customer AND s.from_time <= at AND at < s.until_time) AS amount
FROM customer c JOIN boundary b USING (company), (VALUES (false), (true)) v (graced);
ANALYZE standing;

CREATE TEMP TABLE move AS
SELECT s.company, s.graced, s.customer, s.at AS period_start, e.at AS period_end, s.active AS active_before, e.active AS active_after,
	s.amount AS amount_before, e.amount AS amount_after, s.first_start > s.at AND s.first_start <= e.at AS first_started, s.first_start <= s.at AS known
FROM standing s
JOIN standing e ON e.company = s.company AND e.graced = s.graced AND e.customer = s.customer AND e.n = s.n + 1;

-- The times a customer is active without a break
CREATE TEMP TABLE island AS
SELECT company, graced, customer, from_time,
	(SELECT min(u.until_time) FROM span u
		WHERE u.company = s.company AND u.graced = s.graced AND u.customer = s.customer AND u.until_time > s.from_time
			AND NOT EXISTS (SELECT FROM span o WHERE o.company = u.company AND o.graced = u.graced AND o.customer = u.customer
				AND o.from_time <= u.until_time AND u.until_time < o.until_time)) AS until_time
FROM span s
WHERE NOT EXISTS (SELECT FROM span o WHERE o.company = s.company AND o.graced = s.graced AND o.customer = s.customer
	AND o.from_time < s.from_time AND s.from_time <= o.until_time)
GROUP BY company, graced, customer, from_time;
CREATE INDEX ON island (company, customer);
ANALYZE island;

CREATE FUNCTION pg_temp.near(a float8, b float8) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN coalesce(abs(a - b) <= 1e-12 * greatest(1, abs(b)), a IS NULL AND b IS NULL);
-- Wilson's interval; `side` is -1 for the lower end, 1 for the upper one
CREATE FUNCTION pg_temp.wilson(hits bigint, total bigint, side int) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN (SELECT (p + z * z / (2 * n) + side * z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)
	FROM (SELECT hits::float8 / nullif(total, 0) AS p, total::float8 AS n, 1.959963984540054::float8 AS z) v);
-- Money is shown with two decimals, and with more where it has them
CREATE FUNCTION pg_temp.money(amount numeric) RETURNS text LANGUAGE sql IMMUTABLE
RETURN round(amount, greatest(2, min_scale(amount)))::text;

/*
 * Who there is
 */
SELECT is_empty($$
	SELECT h.company, h.kind, h.priced, customers(h), first_start(h)
	FROM history h LEFT JOIN (SELECT company, count(*) AS customers, min(first_start) AS first_start FROM customer GROUP BY company) e USING (company)
	WHERE customers(h) IS DISTINCT FROM e.customers OR first_start(h) IS DISTINCT FROM e.first_start
$$, 'customers and first_start are count(distinct) and min');

/*
 * Churn
 */
CREATE TEMP TABLE expected_churn AS
SELECT m.*, method, rate, CASE WHEN total > 0 THEN pg_temp.wilson(hits, total, -1) END AS low, CASE WHEN total > 0 THEN pg_temp.wilson(hits, total, 1) END AS high
FROM (
	SELECT company, graced, period_start, period_end,
		count(*) FILTER (WHERE active_before) AS at_start,
		count(*) FILTER (WHERE active_after AND first_started) AS joined,
		count(*) FILTER (WHERE active_after AND known AND NOT active_before) AS returned,
		count(*) FILTER (WHERE active_before AND NOT active_after) AS lost,
		count(*) FILTER (WHERE active_after) AS at_end,
		count(*) FILTER (WHERE first_started AND NOT active_after) AS joined_and_left,
		(SELECT sum(least(until_time, period_end) - greatest(from_time, period_start)) FROM island i
			WHERE i.company = m.company AND i.graced = m.graced AND i.from_time < period_end AND i.until_time > period_start) AS customer_time
	FROM move m
	GROUP BY company, graced, period_start, period_end
) m, LATERAL (VALUES
	('standard', lost::float8 / nullif(at_start, 0), lost, at_start),
	('stripe', (lost + joined_and_left)::float8 / nullif(at_start + joined + joined_and_left, 0), lost + joined_and_left, at_start + joined + joined_and_left),
	('hazard', (lost / (extract(epoch FROM customer_time) / extract(epoch FROM period_end - period_start)))::float8, NULL, NULL)
) r (method, rate, hits, total);
ANALYZE expected_churn;

CREATE TEMP TABLE found_churn AS
SELECT company, kind, priced, graced, method, f.*
FROM history JOIN company USING (company), (VALUES (false), (true)) g (graced), unnest('{standard,stripe,hazard}'::text[]) method,
	churn(h, boundaries, CASE WHEN graced THEN grace END, method) f;

SELECT is_empty($$
	SELECT company, kind, priced, graced, method, period_start, f, e
	FROM found_churn f FULL JOIN (SELECT * FROM expected_churn, variant) e USING (company, kind, priced, graced, method, period_start, period_end)
	WHERE ROW(f.at_start, f.joined, f.returned, f.lost, f.at_end, f.joined_and_left)
			IS DISTINCT FROM ROW(e.at_start, e.joined, e.returned, e.lost, e.at_end, e.joined_and_left)
		OR NOT pg_temp.near(f.churn_rate, e.rate) OR NOT pg_temp.near(f.churn_low, e.low) OR NOT pg_temp.near(f.churn_high, e.high)
$$, 'churn, by every method, with grace and without');
SELECT bag_eq($$SELECT company, c.* FROM history JOIN company USING (company), churn(h, boundaries) c WHERE kind = 'bigint' AND priced$$,
	$$SELECT company, period_start, period_end, at_start, joined, returned, lost, at_end, joined_and_left, churn_rate, churn_low, churn_high
		FROM found_churn WHERE kind = 'bigint' AND priced AND NOT graced AND method = 'standard'$$,
	'the standard, without grace, is the default');

SELECT is_empty('SELECT * FROM found_churn WHERE at_start + joined + returned - lost <> at_end', 'at_start + joined + returned - lost = at_end');
SELECT is_empty($$
	SELECT * FROM (SELECT *, lag(at_end) OVER (PARTITION BY company, kind, priced, graced, method ORDER BY period_start) AS before FROM found_churn) f WHERE before <> at_start
$$, 'a period starts as the one before has ended');
SELECT is_empty('SELECT * FROM found_churn WHERE NOT (churn_low <= churn_rate + 1e-12 AND churn_rate <= churn_high + 1e-12 AND churn_low >= -1e-12 AND churn_high <= 1 + 1e-12)',
	'rates lie in their intervals');
SELECT ok(least(sum(returned), sum(joined_and_left), sum(lost), sum(joined)) > 1000 AND count(*) FILTER (WHERE at_start = 0) > 100
	AND count(*) FILTER (WHERE graced) > 1000, 'every kind of customer came up') FROM found_churn;
SELECT ok(count(*) FILTER (WHERE bridged) > 100 AND count(*) FILTER (WHERE just_so) > 20 AND count(*) FILTER (WHERE NOT bridged) > 100, 'and gaps of every length') FROM gap;
SELECT ok(count(*) > 50, 'and switches at the same instant') FROM paid a JOIN paid b USING (company, customer) WHERE a.ended_at = b.started_at;
SELECT ok(count(*) > 100, 'and boundaries that fall on events') FROM boundary JOIN paid USING (company) WHERE at IN (started_at, ended_at);

/*
 * Revenue movement
 */
CREATE TEMP TABLE expected_revenue AS
SELECT *, (churned + contraction) / nullif(start, 0) AS gross_churn, 1 - (churned + contraction) / nullif(start, 0) AS grr,
	(start + expansion - contraction - churned) / nullif(start, 0) AS nrr, (new + expansion + returned) / nullif(contraction + churned, 0) AS quick_ratio
FROM (
	SELECT company, graced, period_start, period_end, sum(amount_before) AS start,
		coalesce(sum(amount_after) FILTER (WHERE active_after AND first_started), 0) AS new,
		coalesce(sum(amount_after - amount_before) FILTER (WHERE active_before AND active_after AND amount_after > amount_before), 0) AS expansion,
		coalesce(sum(amount_before - amount_after) FILTER (WHERE active_before AND active_after AND amount_after < amount_before), 0) AS contraction,
		coalesce(sum(amount_before) FILTER (WHERE active_before AND NOT active_after), 0) AS churned,
		coalesce(sum(amount_after) FILTER (WHERE active_after AND known AND NOT active_before), 0) AS returned,
		sum(amount_after) AS "end", count(*) FILTER (WHERE active_before) AS at_start, count(*) FILTER (WHERE active_after) AS at_end
	FROM move GROUP BY company, graced, period_start, period_end
) m;
CREATE TEMP TABLE found_revenue AS
SELECT company, kind, graced, f.*
FROM history JOIN company USING (company), (VALUES (false), (true)) g (graced), revenue_movement(h, boundaries, CASE WHEN graced THEN grace END) f
WHERE priced;

SELECT is_empty($$
	SELECT company, kind, graced, period_start, f, e
	FROM found_revenue f FULL JOIN (SELECT * FROM expected_revenue, unnest('{bigint,text,uuid}'::text[]) kind) e USING (company, kind, graced, period_start, period_end)
	WHERE ROW(f.at_start, f.at_end, f.start_amount, f.new_amount, f.expansion_amount, f.contraction_amount, f.churned_amount, f.returned_amount, f.end_amount)::text
			IS DISTINCT FROM ROW(e.at_start, e.at_end, pg_temp.money(e.start), pg_temp.money(e.new), pg_temp.money(e.expansion), pg_temp.money(e.contraction), pg_temp.money(e.churned),
				pg_temp.money(e.returned), pg_temp.money(e."end"))::text
		OR NOT pg_temp.near(f.gross_churn, e.gross_churn::float8) OR NOT pg_temp.near(f.grr, e.grr::float8) OR NOT pg_temp.near(f.nrr, e.nrr::float8)
		OR NOT pg_temp.near(f.quick_ratio, e.quick_ratio::float8)
$$, 'revenue_movement, to the last digit');
SELECT is_empty($$
	SELECT * FROM found_revenue
	WHERE start_amount + new_amount + expansion_amount - contraction_amount - churned_amount + returned_amount <> end_amount
$$, 'start + new + expansion - contraction - churned + returned = end');
SELECT is_empty($$
	SELECT * FROM (SELECT *, lag(end_amount) OVER (PARTITION BY company, kind, graced ORDER BY period_start) AS before FROM found_revenue) f WHERE before <> start_amount
$$, 'a period starts with the amount the one before has ended with');
SELECT is_empty('SELECT * FROM found_revenue WHERE grr NOT BETWEEN 0 AND 1 OR gross_churn NOT BETWEEN 0 AND 1 OR nrr < grr - 1e-12',
	'grr and gross churn lie between 0 and 1, nrr is at least grr');
SELECT ok(least(count(*) FILTER (WHERE new_amount > 0), count(*) FILTER (WHERE expansion_amount > 0), count(*) FILTER (WHERE contraction_amount > 0),
	count(*) FILTER (WHERE churned_amount > 0), count(*) FILTER (WHERE returned_amount > 0), count(*) FILTER (WHERE start_amount = 0)) > 100,
	'every movement came up') FROM found_revenue;

/*
 * Cohorts and retention
 */
CREATE TEMP TABLE cohort AS
SELECT b.company, b.n, b.at AS cohort_start, e.at AS cohort_end, customer, first_start
FROM boundary b
JOIN boundary e ON e.company = b.company AND e.n = b.n + 1
JOIN customer c ON c.company = b.company AND c.first_start >= b.at AND c.first_start < e.at;

CREATE TEMP TABLE expected_retention AS
SELECT company, cohort_start, (p.n - c.n)::int AS age, count(*) AS cohort_size,
	count(*) FILTER (WHERE EXISTS (SELECT FROM paid s WHERE s.company = c.company AND s.customer = c.customer AND s.started_at < e.at AND s.ended_at > p.at)) AS retained
FROM cohort c
JOIN boundary p USING (company)
JOIN boundary e USING (company)
WHERE p.n >= c.n AND e.n = p.n + 1
GROUP BY company, cohort_start, p.n, c.n;
CREATE TEMP TABLE found_retention AS
SELECT company, kind, priced, f.* FROM history JOIN company USING (company), retention(h, boundaries) f;

SELECT is_empty($$
	SELECT company, kind, priced, cohort_start, age, f, e
	FROM found_retention f FULL JOIN (SELECT * FROM expected_retention, variant) e USING (company, kind, priced, cohort_start, age)
	WHERE ROW(f.cohort_size, f.retained) IS DISTINCT FROM ROW(e.cohort_size, e.retained)
		OR NOT pg_temp.near(f.retention_rate, e.retained::float8 / e.cohort_size)
		OR NOT pg_temp.near(f.retention_low, pg_temp.wilson(e.retained, e.cohort_size, -1)) OR NOT pg_temp.near(f.retention_high, pg_temp.wilson(e.retained, e.cohort_size, 1))
$$, 'retention');
SELECT is_empty('SELECT * FROM found_retention WHERE age = 0 AND retained <> cohort_size', 'at age 0 a cohort is whole');
SELECT ok(count(*) FILTER (WHERE retained = 0) > 100 AND count(*) FILTER (WHERE retained BETWEEN 1 AND cohort_size - 1) > 100, 'nobody, some and all are retained') FROM found_retention;
SELECT ok(count(*) > 100, 'and there are periods that nobody starts in')
FROM boundary b JOIN company c USING (company) WHERE n < cardinality(boundaries) AND NOT EXISTS (SELECT FROM cohort o WHERE o.company = b.company AND o.n = b.n);

-- A cohort's history is that of its customers
SELECT is_empty($$
	SELECT company, cohort_start, f.cohort_end, customers(f.history), e.customers
	FROM (SELECT company, c.* FROM history JOIN company USING (company), cohorts(h, boundaries) c WHERE kind = 'bigint' AND priced) f
	FULL JOIN (
		SELECT company, cohort_start, cohort_end, count(DISTINCT customer) AS customers, customer_agg(bigint_key, started_at, ended_at, amount) AS history
		FROM cohort JOIN key USING (customer) JOIN subscription USING (company, customer)
		GROUP BY company, cohort_start, cohort_end
	) e USING (company, cohort_start)
	WHERE f.cohort_end IS DISTINCT FROM e.cohort_end OR customers(f.history) IS DISTINCT FROM e.customers
		OR customer_history_send(f.history) IS DISTINCT FROM customer_history_send(e.history)
$$, 'cohorts');
SELECT is_empty($$
	SELECT company, h.kind, h.priced, c.cohort_start, customers(c.history), e.customers
	FROM history h JOIN company USING (company), cohorts(h, boundaries) c
	JOIN LATERAL (SELECT count(*) AS customers, min(first_start) AS first_start FROM cohort o WHERE o.company = h.company AND o.cohort_start = c.cohort_start) e ON true
	WHERE customers(c.history) <> e.customers OR first_start(c.history) <> e.first_start
$$, 'of every kind of key');

/*
 * Survival: Kaplan and Meier's estimate, Greenwood's variance, on the scale of log(-log)
 */
CREATE AGGREGATE pg_temp.product(float8) (sfunc = float8mul, stype = float8, initcond = '1');
CREATE TEMP TABLE life AS
SELECT company, graced, customer, until_time <= as_of AS lost,
	floor(extract(epoch FROM least(until_time, as_of) - from_time) / 86400)::int AS day
FROM island JOIN customer USING (company, customer) JOIN company USING (company)
WHERE from_time = first_start AND from_time <= as_of;

CREATE TEMP TABLE expected_survival AS
SELECT *, CASE WHEN rate > 0 AND rate < 1 THEN exp(-exp(ln(-ln(rate)) + 1.959963984540054 * sqrt(variance) / abs(ln(rate)))) END AS low,
	CASE WHEN rate > 0 AND rate < 1 THEN exp(-exp(ln(-ln(rate)) - 1.959963984540054 * sqrt(variance) / abs(ln(rate)))) END AS high
FROM (
	SELECT *, pg_temp.product(1 - lost::float8 / at_risk) OVER earlier AS rate,
		sum(lost::float8 / at_risk / nullif(at_risk - lost, 0)) OVER earlier AS variance
	FROM (
		SELECT company, graced, day, count(*) FILTER (WHERE lost) AS lost, count(*) FILTER (WHERE NOT lost) AS censored,
			(SELECT count(*) FROM life o WHERE o.company = l.company AND o.graced = l.graced AND o.day >= l.day) AS at_risk
		FROM life l GROUP BY company, graced, day
	) days
	WINDOW earlier AS (PARTITION BY company, graced ORDER BY day)
) curve;
CREATE TEMP TABLE found_survival AS
SELECT company, kind, priced, graced, f.*
FROM history JOIN company USING (company), (VALUES (false), (true)) g (graced), survival(h, as_of, CASE WHEN graced THEN grace END) f;

SELECT is_empty($$
	SELECT company, kind, priced, graced, day, f, e
	FROM found_survival f FULL JOIN (SELECT * FROM expected_survival, variant) e USING (company, kind, priced, graced, day)
	WHERE ROW(f.at_risk, f.lost, f.censored) IS DISTINCT FROM ROW(e.at_risk, e.lost, e.censored)
		OR NOT pg_temp.near(f.surviving_rate, e.rate) OR NOT pg_temp.near(f.surviving_low, e.low) OR NOT pg_temp.near(f.surviving_high, e.high)
$$, 'survival, with grace and without');
SELECT is_empty($$
	SELECT company, h.kind, graced, total FROM history h JOIN company USING (company), (VALUES (false), (true)) g (graced),
		LATERAL (SELECT coalesce(sum(lost + censored), 0) AS total FROM found_survival f WHERE (f.company, f.kind, f.priced, f.graced) = (h.company, h.kind, h.priced, g.graced)) f
	WHERE total <> (SELECT count(*) FROM customer c WHERE c.company = h.company AND first_start <= as_of)
$$, 'whoever has started is either lost or censored');
SELECT ok(count(*) FILTER (WHERE lost > 0 AND censored > 0) > 30 AND count(*) FILTER (WHERE surviving_rate = 0) > 30 AND count(*) FILTER (WHERE surviving_rate = 1) > 30
	AND count(*) FILTER (WHERE surviving_low IS NOT NULL) > 500, 'curves of every form came up') FROM found_survival;

/*
 * The rates at once, over ranges with bounds of all kinds. One bound in, or out, is
 * one microsecond.
 */
CREATE TEMP TABLE during AS
SELECT company, bounds, tstzrange(least(a, b), greatest(a, b), bounds) AS during,
	least(a, b) + CASE WHEN bounds LIKE '(%' THEN 1 ELSE 0 END * interval '1 microsecond' AS start_time,
	greatest(a, b) + CASE WHEN bounds LIKE '%]' THEN 1 ELSE 0 END * interval '1 microsecond' AS end_time
FROM (
	SELECT company, pg_temp.pick(VARIADIC boundaries) AS a, pg_temp.pick(VARIADIC boundaries) AS b FROM company, generate_series(1, 2)
) drawn, unnest('{[),[],(),(]}'::text[]) bounds
WHERE abs(extract(epoch FROM a - b)) > 0.000001;

CREATE TEMP TABLE expected_rate AS
SELECT company, during, count(*) FILTER (WHERE before AND NOT after)::float8 / nullif(count(*) FILTER (WHERE before), 0) AS churn_rate,
	(sum(amount_before - CASE WHEN after THEN least(amount_after, amount_before) ELSE 0 END) FILTER (WHERE before) / nullif(sum(amount_before), 0))::float8 AS revenue_churn_rate
FROM (
	SELECT DISTINCT d.company, during, customer,
		EXISTS (SELECT FROM paid p WHERE p.company = d.company AND p.customer = c.customer AND started_at <= start_time AND start_time < ended_at) AS before,
		EXISTS (SELECT FROM paid p WHERE p.company = d.company AND p.customer = c.customer AND started_at <= end_time AND end_time < ended_at) AS after,
		(SELECT coalesce(sum(amount), 0) FROM paid p WHERE p.company = d.company AND p.customer = c.customer AND started_at <= start_time AND start_time < ended_at) AS amount_before,
		(SELECT coalesce(sum(amount), 0) FROM paid p WHERE p.company = d.company AND p.customer = c.customer AND started_at <= end_time AND end_time < ended_at) AS amount_after
	FROM during d JOIN customer c ON c.company = d.company
) standing
GROUP BY company, during;

CREATE TEMP TABLE found_rate AS
SELECT company, during,
	ARRAY[churn_rate(bigint_key, started_at, ended_at, during) FILTER (WHERE is_paid), churn_rate(text_key, started_at, ended_at, during) FILTER (WHERE is_paid),
		churn_rate(uuid_key, started_at, ended_at, during) FILTER (WHERE is_paid)] AS churn_rates,
	ARRAY[revenue_churn_rate(bigint_key, started_at, ended_at, amount, during), revenue_churn_rate(text_key, started_at, ended_at, amount, during),
		revenue_churn_rate(uuid_key, started_at, ended_at, amount, during)] AS revenue_churn_rates
FROM keyed JOIN (SELECT DISTINCT company, during FROM during) d USING (company)
GROUP BY company, during;

SELECT is_empty($$
	SELECT company, during, f.churn_rates, e.churn_rate
	FROM found_rate f LEFT JOIN expected_rate e USING (company, during), unnest(churn_rates) found WHERE NOT pg_temp.near(found, e.churn_rate)
$$, 'churn_rate over ranges of every kind');
SELECT is_empty($$
	SELECT company, during, f.revenue_churn_rates, e.revenue_churn_rate
	FROM found_rate f LEFT JOIN expected_rate e USING (company, during), unnest(revenue_churn_rates) found WHERE NOT pg_temp.near(found, e.revenue_churn_rate)
$$, 'revenue_churn_rate over ranges of every kind');
SELECT ok(count(*) FILTER (WHERE bounds > 1) > 10, 'it matters whether a bound is in the range')
FROM (SELECT count(DISTINCT churn_rate) AS bounds FROM expected_rate GROUP BY company, lower(during), upper(during)) e;
SELECT is_empty($$
	SELECT company, a.churn_rate, c.churn_rate, a.revenue_churn_rate, r.gross_churn FROM (
		SELECT company, churn_rate(bigint_key, started_at, ended_at, tstzrange(boundaries[1], boundaries[2])) FILTER (WHERE is_paid),
			revenue_churn_rate(bigint_key, started_at, ended_at, amount, tstzrange(boundaries[1], boundaries[2]))
		FROM keyed JOIN company USING (company) GROUP BY company
	) a JOIN history USING (company) JOIN company USING (company), churn(h, boundaries[:2]) c, revenue_movement(h, boundaries[:2]) r
	WHERE kind = 'uuid' AND priced AND (a.churn_rate IS DISTINCT FROM c.churn_rate OR a.revenue_churn_rate IS DISTINCT FROM r.gross_churn)
$$, 'they are those of churn and revenue_movement');

/*
 * Grace is elapsed time, wherever the session is: the night of 31 March has an hour less
 */
SET TimeZone = 'Europe/Berlin';
SELECT results_eq($$
	SELECT grace, at_end FROM unnest(ARRAY[interval '1 day', '23 hours', '22:59:59.999999']) grace, LATERAL (
		SELECT customer_agg(1, s, e) AS h FROM (VALUES (timestamptz '2024-03-01', timestamptz '2024-03-30 12:00'), ('2024-03-31 12:00', '2024-04-30')) v (s, e)
	) a, churn(h, '{2024-03-15, 2024-03-31}', grace)
$$, $$VALUES (interval '1 day', 1::bigint), ('23 hours', 1), ('22:59:59.999999', 0)$$, 'grace is elapsed time');
SELECT is(array_agg(day), '{29}', 'and so are days of survival')
FROM (SELECT customer_agg('a'::text, '2024-03-15', '2024-04-14') AS h) a, survival(h, '2025-01-01');

SELECT * FROM finish();
ROLLBACK;
