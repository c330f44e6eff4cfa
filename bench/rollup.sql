-- States kept per rep and month, rolled up to the year, against the same from rows.
INSERT INTO bench.query (subject, name, statement)
VALUES
	('year by rep', 'floor',
	 $$SELECT count(*), sum(customer_id) FROM deals$$),
	('year by rep', 'duration_agg of rows',
	 $$SELECT rep_id, period_start('year', closed_at, 'Europe/Berlin'), duration_agg(created_at, closed_at)
	   FROM deals WHERE closed_at IS NOT NULL GROUP BY 1, 2$$),
	('year by rep', 'rollup of months',
	 $$SELECT rep_id, date_trunc('year', month), rollup(cycle) FROM monthly GROUP BY 1, 2$$);

INSERT INTO bench.promise (subject, name, against) VALUES ('year by rep', 'rollup of months', 'duration_agg of rows');

-- Eight times the groups shall take about eight times as long, whatever the form of
-- their states; 16 leaves room for caches that no longer hold them.
INSERT INTO bench.query (subject, name, work_mem, statement)
SELECT s.subject, CASE g.times WHEN 1 THEN 'floor' ELSE g.times || ' times the groups' END, '1GB',
	replace(s.statement, '{groups}', (g.times * 10000)::text)
FROM (VALUES (1), (2), (4), (8)) g (times)
CROSS JOIN (VALUES
	('from 10,000 groups of 20 durations',
	 $$SELECT grp, duration_agg(i * interval '1 day') FROM generate_series(1, {groups}) grp CROSS JOIN generate_series(1, 20) i GROUP BY grp$$),
	('from 10,000 groups of 5,000 durations',
	 $$SELECT grp, rollup(cycle) FROM generate_series(1, {groups}) grp CROSS JOIN bucketed GROUP BY grp$$)
) s (subject, statement);

INSERT INTO bench.promise (subject, name, against, at_most)
VALUES
	('from 10,000 groups of 20 durations', '8 times the groups', 'floor', 16),
	('from 10,000 groups of 5,000 durations', '8 times the groups', 'floor', 16);
