-- Many small groups: a million of ten rows, where the size of a state decides. The
-- promise is at most twice array_agg.
INSERT INTO bench.query (subject, name, work_mem, against, at_most, statement)
SELECT 'many groups of ten rows', name, '1GB', against, at_most, statement
FROM (VALUES
	('floor', NULL, NULL,
	 $$SELECT count(*), sum(grp) FROM bench.tenfold$$),
	('count(*)', NULL, NULL,
	 $$SELECT grp, count(*) FROM bench.tenfold GROUP BY grp$$),
	('avg', NULL, NULL,
	 $$SELECT grp, avg(date_part('epoch', until_time - from_time)) FROM bench.tenfold GROUP BY grp$$),
	('array_agg', NULL, NULL,
	 $$SELECT grp, array_agg(until_time - from_time) FROM bench.tenfold GROUP BY grp$$),
	('duration_agg', 'array_agg', 2.0,
	 $$SELECT grp, sales_kpi.duration_agg(from_time, until_time) FROM bench.tenfold GROUP BY grp$$),
	('median of duration_agg', 'array_agg', 2.0,
	 $$SELECT grp, sales_kpi.median(sales_kpi.duration_agg(from_time, until_time)) FROM bench.tenfold GROUP BY grp$$),
	('customer_agg', 'array_agg', 2.0,
	 $$SELECT grp, sales_kpi.customer_agg(customer_id, from_time, until_time) FROM bench.tenfold GROUP BY grp$$),
	('acquisition_agg', 'array_agg', 2.0,
	 $$SELECT grp, sales_kpi.acquisition_agg(NULL, customer_id) FROM bench.tenfold GROUP BY grp$$),
	('purchase_agg', 'array_agg', 2.0,
	 $$SELECT grp, sales_kpi.purchase_agg(customer_id, grp % 10, 1, from_time, 1) FROM bench.tenfold GROUP BY grp$$),
	('percentile_cont', NULL, NULL,
	 $$SELECT grp, percentile_cont(0.5) WITHIN GROUP (ORDER BY date_part('epoch', until_time - from_time)) FROM bench.tenfold GROUP BY grp$$)
) q (name, against, at_most, statement);
