-- What finer periods cost: eight years by the day instead of by the month, thirty times
-- as many boundaries, where all are asked of one state.
INSERT INTO bench.query (subject, name, work_mem, statement)
SELECT regexp_replace(q.subject, ' by month$', ', by day'), p.name, '256MB', replace(q.statement, '''month''', p.grain)
FROM bench.query q
CROSS JOIN (VALUES ('floor', '''month'''), ('by day', '''day''')) p (name, grain)
WHERE q.name = 'sales_kpi' AND q.workers = 0 AND q.work_mem = '256MB' AND q.statement LIKE '%_agg(%periods(%'
	AND q.subject IN ('churn by month', 'revenue movement by month', 'new customers by month', 'upsell and cross-sell by month')
ORDER BY q.id, p.name DESC;

INSERT INTO bench.promise (subject, name, against)
SELECT subject, name, 'floor' FROM bench.query WHERE name = 'by day';

-- Time in rows, as the exponent of a power: 1 where twice the rows take twice as long.
CREATE VIEW bench.growth AS
SELECT subject, name, regr_slope(ln(ms), ln(scale)) AS exponent, array_agg(round(ms::numeric, 1) ORDER BY scale) AS ms
FROM bench.result
WHERE workers = 0 AND name IN ('floor', 'sales_kpi') AND subject IN (SELECT subject FROM bench.kpi)
GROUP BY subject, name
HAVING count(*) > 1;
