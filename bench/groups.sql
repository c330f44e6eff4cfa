-- Many small groups: at scale 1 a million of ten rows, where the size of a state
-- decides. The promise is at most twice array_agg.
INSERT INTO bench.query (subject, name, work_mem, statement)
VALUES ('many groups of ten rows', 'floor', '1GB', 'SELECT count(*), sum(grp) FROM tenfold');

INSERT INTO bench.query (subject, name, work_mem, statement)
SELECT 'many groups of ten rows', name, '1GB', format('SELECT grp, %s FROM tenfold GROUP BY grp', expression)
FROM (VALUES
	('count(*)', 'count(*)'),
	('avg', $$avg(date_part('epoch', until_time - from_time))$$),
	('array_agg', 'array_agg(until_time - from_time)'),
	('percentile_cont', $$percentile_cont(0.5) WITHIN GROUP (ORDER BY date_part('epoch', until_time - from_time))$$),
	('duration_agg', 'duration_agg(from_time, until_time)'),
	('median of duration_agg', 'median(duration_agg(from_time, until_time))'),
	('customer_agg', 'customer_agg(customer_id, from_time, until_time)'),
	('customer_agg with amounts', 'customer_agg(customer_id, from_time, until_time, 100)'),
	('purchase_agg', 'purchase_agg(customer_id, customer_id, 1, from_time, 1)'),
	('acquisition_agg', 'acquisition_agg(NULL, customer_id)'),
	('win_curve_agg', $$win_curve_agg(from_time, until_time, 'won', '2027-01-01')$$)
) q (name, expression);

INSERT INTO bench.promise (subject, name, against, at_most)
SELECT subject, name, 'array_agg', 2
FROM bench.query
WHERE subject = 'many groups of ten rows' AND name LIKE '%\_agg%' AND name <> 'array_agg';
