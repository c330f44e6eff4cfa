-- States kept per rep and month, rolled up to the year, against the same from rows.
INSERT INTO bench.query (subject, name, against, statement)
VALUES
	('year by rep', 'floor', NULL,
	 $$SELECT count(*), sum(rep_id) FROM crm.deal$$),
	('year by rep', 'duration_agg of rows', NULL,
	 $$SELECT rep_id, sales_kpi.period_start('year', closed_at, 'Europe/Berlin'), sales_kpi.duration_agg(opened_at, closed_at)
	   FROM crm.deal WHERE closed_at IS NOT NULL GROUP BY 1, 2$$),
	('year by rep', 'rollup of months', 'duration_agg of rows',
	 $$SELECT rep_id, date_trunc('year', month), sales_kpi.rollup(cycle) FROM bench.monthly GROUP BY 1, 2$$);

-- Eight times the groups shall take about eight times as long: flat states, and
-- states of buckets.
INSERT INTO bench.query (subject, name, work_mem, against, at_most, statement)
SELECT s.subject, CASE g.groups WHEN 10000 THEN 'floor' ELSE g.groups || ' groups' END, '1GB', CASE g.groups WHEN 80000 THEN 'floor' END, CASE g.groups WHEN 80000 THEN 16 END,
	replace(s.statement, '{groups}', g.groups::text)
FROM (VALUES (10000), (20000), (40000), (80000)) g (groups)
CROSS JOIN (VALUES
	('groups of 20 durations, from 10000 on',
	 $$SELECT grp, sales_kpi.duration_agg(i * interval '1 day') FROM generate_series(1, {groups}) grp CROSS JOIN generate_series(1, 20) i GROUP BY grp$$),
	('groups of 5000 durations, from 10000 on',
	 $$SELECT grp, sales_kpi.rollup(cycle) FROM generate_series(1, {groups}) grp CROSS JOIN bench.bucketed GROUP BY grp$$)
) s (subject, statement);
