-- Revenue by period against slow and obvious SQL over the same rows: each line is looked
-- for in each period. Random companies, whose sales lie on few instants, many of them on
-- boundaries or a microsecond beside.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;
SET TimeZone = 'UTC';

CREATE FUNCTION pg_temp.pick(VARIADIC choices anycompatiblearray) RETURNS anycompatible LANGUAGE sql VOLATILE
AS 'SELECT choices[1 + floor(random() * cardinality(choices))::int]';

/*
 * Boundaries lie on even steps, on months of a zone that changes its clocks, or anywhere:
 * far from even, a microsecond apart, and at the ends of what a time can be.
 */
SELECT setseed(0.1618);
CREATE TEMP TABLE company AS
SELECT id AS company, id % 4 AS spacing, pg_temp.pick(1, 2, 3, 12, 40) AS periods, pg_temp.pick(1, 5, 30, 200) AS sales,
	pg_temp.pick(interval '1 microsecond', '1 hour', '7 hours', '1 day', '5 days 01:00') AS step, pg_temp.pick(0, 2, 2, 6) AS digits
FROM generate_series(1, 300) id;
ALTER TABLE company ADD boundaries timestamptz[];
UPDATE company c SET boundaries = (
	SELECT array_agg(DISTINCT at ORDER BY at)
	FROM generate_series(0, periods) n, LATERAL (SELECT CASE spacing
		WHEN 0 THEN timestamptz '2024-02-25' + n * step
		WHEN 1 THEN (timestamp '2023-09-01' + n * interval '1 month') AT TIME ZONE 'Europe/Berlin'
		WHEN 2 THEN timestamptz '2024-02-25' + n * n * n * step
		ELSE timestamptz '1999-12-31 23:59:59.999998' + n * interval '1 microsecond' END AS at) a);
UPDATE company SET boundaries = '4714-11-24 BC'::timestamptz || boundaries || '{294276-12-31 23:59:59.999998, 294276-12-31 23:59:59.999999}'::timestamptz[] WHERE company % 7 = 0;

CREATE TEMP TABLE drawn AS
SELECT company, CASE floor(random() * 20)
		WHEN 0 THEN NULL
		WHEN 1 THEN pg_temp.pick(timestamptz '4714-11-24 BC', '294276-12-31 23:59:59.999999', '1999-12-31 23:59:59.999999', '2000-01-01', '2200-01-01')
		WHEN 2 THEN place - interval '1 microsecond'
		WHEN 3 THEN place + interval '1 microsecond'
		WHEN 4 THEN boundaries[2] + random() * (boundaries[cardinality(boundaries) - 1] - boundaries[2])
		ELSE place END AS sold_at,
	CASE WHEN random() < 0.95 THEN round((random() * 2000 - pg_temp.pick(0, 500, 1900))::numeric, digits) * pg_temp.pick(1, 1, 1, 1000000) END AS amount
FROM company, generate_series(1, sales) n, LATERAL (SELECT least(greatest(pg_temp.pick(VARIADIC boundaries), '4714-11-25 BC'), '294276-12-31 23:59:59.999998') AS place WHERE n > 0) p
WHERE random() < 0.9;
-- by itself: ORDER BY random() makes every random() beside it the same number
CREATE TEMP TABLE sale AS SELECT * FROM drawn ORDER BY random();
CREATE INDEX ON sale (company);
ANALYZE sale;

CREATE TEMP TABLE series AS SELECT company, revenue_agg(sold_at, amount, boundaries) AS s FROM company JOIN sale USING (company) GROUP BY company;
CREATE TEMP TABLE found AS SELECT company, r.* FROM series, revenue(s) r;
CREATE TEMP TABLE expected AS
SELECT company, period_start, period_end, lines, revenue, revenue_growth(revenue) OVER (PARTITION BY company ORDER BY period_start) AS growth
FROM (
	SELECT company, boundaries[n] AS period_start, boundaries[n + 1] AS period_end, count(amount) AS lines, coalesce(sum(amount), 0) AS revenue
	FROM company, generate_series(1, cardinality(boundaries) - 1) n
	LEFT JOIN LATERAL (SELECT amount FROM sale WHERE sale.company = company.company AND sold_at >= boundaries[n] AND sold_at < boundaries[n + 1]) s ON true
	WHERE company IN (SELECT company FROM sale)
	GROUP BY company, n, boundaries
) p;
SELECT is_empty($$
	SELECT company, period_start, f, e FROM found f FULL JOIN expected e USING (company, period_start)
	WHERE ROW(f.period_end, f.lines, f.revenue) IS DISTINCT FROM ROW(e.period_end, e.lines, e.revenue)
$$, 'lines and revenue of every period');

-- Growth to the last bit. The quotient of numerics depends on their scale.
SELECT is_empty($$
	SELECT f.*, g.growth
	FROM found f JOIN (SELECT company, period_start, revenue_growth(revenue) OVER (PARTITION BY company ORDER BY period_start) AS growth FROM found) g USING (company, period_start)
	WHERE float8send(f.growth) IS DISTINCT FROM float8send(g.growth)
$$, 'growth is that of the window function over these rows');
SELECT is_empty($$
	SELECT company, period_start, f.growth, e.growth FROM found f JOIN expected e USING (company, period_start)
	WHERE NOT (f.growth IS NOT DISTINCT FROM e.growth OR coalesce(abs(f.growth - e.growth) <= 1e-14 * abs(e.growth), false))
$$, '... and that over plain sums');
SELECT is_empty($$
	SELECT * FROM (SELECT *, lag(revenue) OVER (PARTITION BY company ORDER BY period_start) AS base FROM found) f
	WHERE (growth IS NULL) <> (base IS NULL OR base <= 0)
$$, 'there is none for the first period, nor on a base that is not above 0');

SELECT is_empty($$
	SELECT f.company FROM series JOIN LATERAL (SELECT company, array_agg(period_start ORDER BY period_start) || max(period_end) AS boundaries FROM found GROUP BY company) f USING (company)
	JOIN company c USING (company) WHERE f.boundaries <> c.boundaries
$$, 'there is a row for each period, whether something was sold in it or not');
SELECT ok(count(*) > 200 AND count(DISTINCT period_end - period_start) > 100, 'periods of many lengths came up') FROM found;
SELECT ok(count(*) FILTER (WHERE lines = 0) > 300 AND count(*) FILTER (WHERE revenue < 0) > 200 AND count(*) FILTER (WHERE lines > 1) > 1000 AND count(*) FILTER (WHERE growth <> 0) > 500, '... empty ones, losses and growth') FROM found;
SELECT ok(count(*) FILTER (WHERE sold_at = ANY (boundaries)) > 5000 AND count(*) FILTER (WHERE sold_at NOT BETWEEN boundaries[1] AND boundaries[cardinality(boundaries)]) > 300, '... and sales on boundaries, and outside of them')
FROM sale JOIN company USING (company);

-- As a query without the aggregate would be written: months of a zone
SELECT set_eq($$
	SELECT (period_start AT TIME ZONE 'Europe/Berlin')::date, lines, revenue
	FROM (SELECT revenue_agg(sold_at, amount, (SELECT periods('month', '2023-09-01', '2025-12-31', 'Europe/Berlin'))) AS s FROM sale JOIN company USING (company) WHERE spacing = 1) a, revenue(s)
	WHERE lines > 0
$$, $$
	SELECT period_start('month', sold_at, 'Europe/Berlin'), count(*), sum(amount)
	FROM sale JOIN company USING (company) WHERE spacing = 1 AND amount IS NOT NULL AND sold_at >= '2023-08-31 22:00' AND sold_at < '2025-12-31 23:00' GROUP BY 1
$$, 'GROUP BY period_start with sum');

SELECT * FROM finish();
ROLLBACK;
