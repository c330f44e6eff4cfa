-- Cycle length: means and percentiles by rep, and by rep and month, and win curves by
-- rep, against the best plain SQL found for each. (That of the curve has no intervals.)
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
			 FROM crm.deal WHERE closed_at IS NOT NULL GROUP BY 1, 2) x$$),

	('win curve by rep', 'floor', NULL, NULL,
	 $$SELECT count(*), sum(rep_id) FROM crm.deal$$),
	('win curve by rep', 'windows', NULL, NULL,
	 $$SELECT rep_id, day, at_risk, sum(open_before * won / at_risk) OVER (PARTITION BY rep_id ORDER BY day) AS won_share
	   FROM (SELECT *, coalesce(exp(sum(ln(nullif(1 - (won + lost) / at_risk::float8, 0)))
				OVER (PARTITION BY rep_id ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)), 1) AS open_before
			 FROM (SELECT *, sum(won + lost + open) OVER (PARTITION BY rep_id ORDER BY day DESC) AS at_risk
				   FROM (SELECT rep_id, floor(date_part('epoch', coalesce(closed_at, '2026-01-01') - opened_at) / 86400)::integer AS day,
							count(*) FILTER (WHERE outcome = 'won') AS won, count(*) FILTER (WHERE outcome = 'lost') AS lost,
							count(*) FILTER (WHERE outcome IS NULL) AS open
						 FROM crm.deal GROUP BY 1, 2) d) r) s$$),
	('win curve by rep', 'win_curve', NULL, 'windows',
	 $$SELECT d.rep_id, c.* FROM (SELECT rep_id, sales_kpi.win_curve_agg(opened_at, closed_at, outcome, '2026-01-01') AS s FROM crm.deal GROUP BY 1) d,
		sales_kpi.win_curve(d.s) c$$)
) q (subject, name, work_mem, against, statement);
