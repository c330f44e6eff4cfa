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

-- Eight times the groups shall take about eight times as long, whatever the form of
-- their states; 16 leaves room for caches that no longer hold them.
INSERT INTO bench.query (subject, name, work_mem, against, at_most, statement)
SELECT s.subject, CASE g.times WHEN 1 THEN 'floor' ELSE g.times || ' times the groups' END, '1GB',
	CASE g.times WHEN 8 THEN 'floor' END, CASE g.times WHEN 8 THEN 16 END, replace(s.statement, '{groups}', (g.times * s.groups)::text)
FROM (VALUES (1), (2), (4), (8)) g (times)
CROSS JOIN (VALUES
	('from 10,000 groups of 20 durations', 10000,
	 $$SELECT grp, sales_kpi.duration_agg(i * interval '1 day') FROM generate_series(1, {groups}) grp CROSS JOIN generate_series(1, 20) i GROUP BY grp$$),
	('from 10,000 groups of 5,000 durations', 10000,
	 $$SELECT grp, sales_kpi.rollup(cycle) FROM generate_series(1, {groups}) grp CROSS JOIN bench.bucketed GROUP BY grp$$)
) s (subject, groups, statement);
