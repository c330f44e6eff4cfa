-- Cycle length: means and percentiles by rep, and by rep and month, against the
-- best plain SQL found for each.
INSERT INTO bench.query (subject, name, workers, work_mem, against, statement)
SELECT q.subject, q.name, w.workers, coalesce(q.work_mem, '64MB'), q.against, q.statement
FROM (VALUES (0), (2)) w (workers)
CROSS JOIN (VALUES
	('cycle by rep', 'floor', NULL, NULL,
	 $$SELECT count(*), sum(rep_id) FROM crm.deal$$),
	('cycle by rep', 'count(*)', NULL, NULL,
	 $$SELECT rep_id, count(*) FROM crm.deal WHERE closed_at IS NOT NULL GROUP BY 1$$),
	('cycle by rep', 'avg', NULL, NULL,
	 $$SELECT rep_id, avg(date_part('epoch', closed_at - opened_at)) FROM crm.deal WHERE closed_at IS NOT NULL GROUP BY 1$$),
	('cycle by rep', 'cycle_length', NULL, 'avg',
	 $$SELECT rep_id, sales_kpi.cycle_length(opened_at, closed_at) FROM crm.deal WHERE closed_at IS NOT NULL GROUP BY 1$$),
	('cycle by rep', 'percentile_cont', '4MB', NULL,
	 $$SELECT rep_id, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY date_part('epoch', closed_at - opened_at))
	   FROM crm.deal WHERE closed_at IS NOT NULL GROUP BY 1$$),
	('cycle by rep', 'median, percentile', NULL, 'percentile_cont',
	 $$SELECT rep_id, sales_kpi.median(d), sales_kpi.percentile(d, 0.9)
	   FROM (SELECT rep_id, sales_kpi.duration_agg(opened_at, closed_at) AS d FROM crm.deal WHERE closed_at IS NOT NULL GROUP BY 1) x$$),

	('cycle by rep and month', 'floor', NULL, NULL,
	 $$SELECT count(*), sum(rep_id) FROM crm.deal$$),
	('cycle by rep and month', 'avg, date_trunc', NULL, NULL,
	 $$SELECT rep_id, date_trunc('month', closed_at, 'Europe/Berlin'), avg(date_part('epoch', closed_at - opened_at))
	   FROM crm.deal WHERE closed_at IS NOT NULL GROUP BY 1, 2$$),
	('cycle by rep and month', 'avg, date_trunc at time zone', NULL, NULL,
	 $$SELECT rep_id, date_trunc('month', closed_at AT TIME ZONE 'Europe/Berlin'), avg(date_part('epoch', closed_at - opened_at))
	   FROM crm.deal WHERE closed_at IS NOT NULL GROUP BY 1, 2$$),
	('cycle by rep and month', 'cycle_length, period_start', NULL, 'avg, date_trunc at time zone',
	 $$SELECT rep_id, sales_kpi.period_start('month', closed_at, 'Europe/Berlin'), sales_kpi.cycle_length(opened_at, closed_at)
	   FROM crm.deal WHERE closed_at IS NOT NULL GROUP BY 1, 2$$),
	('cycle by rep and month', 'percentile_cont, date_trunc', '4MB', NULL,
	 $$SELECT rep_id, date_trunc('month', closed_at AT TIME ZONE 'Europe/Berlin'),
		percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY date_part('epoch', closed_at - opened_at))
	   FROM crm.deal WHERE closed_at IS NOT NULL GROUP BY 1, 2$$),
	('cycle by rep and month', 'median, percentile, period_start', NULL, 'percentile_cont, date_trunc',
	 $$SELECT rep_id, month, sales_kpi.median(d), sales_kpi.percentile(d, 0.9)
	   FROM (SELECT rep_id, sales_kpi.period_start('month', closed_at, 'Europe/Berlin') AS month, sales_kpi.duration_agg(opened_at, closed_at) AS d
			 FROM crm.deal WHERE closed_at IS NOT NULL GROUP BY 1, 2) x$$)
) q (subject, name, work_mem, against, statement);
