-- A KPI view filtered to one grain and dimension, against the query an analyst
-- would write by hand on the same tables with the functions of the extension: the
-- view shall cost no more. By hand without the checks that keep impossible rows out,
-- and in plain SQL, stand beside it once.
INSERT INTO bench.query (subject, name, workers, statement)
SELECT q.subject, q.name, w.workers, q.statement
FROM (VALUES (0), (2)) w (workers)
CROSS JOIN (VALUES
	('cycle_length, month and rep', 'floor',
	 $$SELECT count(*), sum(rep_id) FROM crm.deal$$),
	('cycle_length, month and rep', 'plain SQL',
	 $$SELECT x.*, n.rep_name
	   FROM (SELECT date_trunc('month', closed_at AT TIME ZONE 'Europe/Berlin')::date, rep_id, count(*),
				avg(days), percentile_cont(ARRAY[0.25, 0.5, 0.75, 0.9]) WITHIN GROUP (ORDER BY days), stddev(days)
			 FROM (SELECT closed_at, rep_id, date_part('epoch', closed_at - opened_at) / 86400 AS days
				   FROM crm.deal
				   WHERE outcome = 'won' AND closed_at BETWEEN opened_at AND '2026-01-01 00:00+01') d
			 GROUP BY 1, 2) x
	   LEFT JOIN (SELECT DISTINCT ON (rep_id) rep_id, rep_name FROM crm.rep ORDER BY rep_id, valid_from DESC NULLS LAST) n USING (rep_id)$$),
	('cycle_length, month and rep', 'by hand',
	 $$SELECT month, rep_id, n.rep_name, sales_kpi.sample_size(cycle),
			date_part('epoch', sales_kpi.mean(cycle)) / 86400, date_part('epoch', sales_kpi.median(cycle)) / 86400,
			date_part('epoch', sales_kpi.percentile(cycle, 0.25)) / 86400, date_part('epoch', sales_kpi.percentile(cycle, 0.75)) / 86400,
			date_part('epoch', sales_kpi.percentile(cycle, 0.9)) / 86400, date_part('epoch', sales_kpi.stddev(cycle)) / 86400
	   FROM (SELECT sales_kpi.period_start('month', closed_at, 'Europe/Berlin') AS month, rep_id, sales_kpi.duration_agg(opened_at, closed_at) AS cycle
			 FROM crm.deal
			 WHERE outcome = 'won' AND closed_at BETWEEN opened_at AND '2026-01-01 00:00+01'
			 GROUP BY 1, 2) x
	   LEFT JOIN (SELECT DISTINCT ON (rep_id) rep_id, rep_name FROM crm.rep ORDER BY rep_id, valid_from DESC NULLS LAST) n USING (rep_id)$$),
	('cycle_length, month and rep', 'by hand, same checks',
	 $$SELECT month, rep_id, n.rep_name, sales_kpi.sample_size(cycle),
			date_part('epoch', sales_kpi.mean(cycle)) / 86400, date_part('epoch', sales_kpi.median(cycle)) / 86400,
			date_part('epoch', sales_kpi.percentile(cycle, 0.25)) / 86400, date_part('epoch', sales_kpi.percentile(cycle, 0.75)) / 86400,
			date_part('epoch', sales_kpi.percentile(cycle, 0.9)) / 86400, date_part('epoch', sales_kpi.stddev(cycle)) / 86400
	   FROM (SELECT sales_kpi.period_start('month', closed_at, 'Europe/Berlin') AS month, rep_id, sales_kpi.duration_agg(opened_at, closed_at) AS cycle
			 FROM crm.deal
			 WHERE outcome = 'won' AND closed_at BETWEEN opened_at AND '2026-01-01 00:00+01'
				AND opened_at > '-infinity' AND (expected_close_at > '-infinity' AND expected_close_at < 'infinity') IS NOT FALSE
				AND (amount >= 0 AND amount < 'Infinity') IS NOT FALSE
			 GROUP BY 1, 2) x
	   LEFT JOIN (SELECT DISTINCT ON (rep_id) rep_id, rep_name FROM crm.rep ORDER BY rep_id, valid_from DESC NULLS LAST) n USING (rep_id)$$),
	('cycle_length, month and rep', 'view',
	 $$SELECT * FROM kpi.cycle_length WHERE grain = 'month' AND dimension = 'rep'$$),
	('cycle_length, quarter and team', 'floor',
	 $$SELECT count(*), sum(rep_id) FROM crm.deal$$),
	('cycle_length, quarter and team', 'by hand, same checks',
	 $$SELECT quarter, team, sales_kpi.sample_size(cycle),
			date_part('epoch', sales_kpi.mean(cycle)) / 86400, date_part('epoch', sales_kpi.median(cycle)) / 86400,
			date_part('epoch', sales_kpi.percentile(cycle, 0.25)) / 86400, date_part('epoch', sales_kpi.percentile(cycle, 0.75)) / 86400,
			date_part('epoch', sales_kpi.percentile(cycle, 0.9)) / 86400, date_part('epoch', sales_kpi.stddev(cycle)) / 86400
	   FROM (SELECT sales_kpi.period_start('quarter', closed_at, 'Europe/Berlin') AS quarter, r.team, sales_kpi.duration_agg(opened_at, closed_at) AS cycle
			 FROM crm.deal d
			 LEFT JOIN crm.rep r ON r.rep_id = d.rep_id AND d.closed_at >= coalesce(r.valid_from, '-infinity') AND d.closed_at < coalesce(r.valid_until, 'infinity')
			 WHERE outcome = 'won' AND closed_at BETWEEN opened_at AND '2026-01-01 00:00+01'
				AND opened_at > '-infinity' AND (expected_close_at > '-infinity' AND expected_close_at < 'infinity') IS NOT FALSE
				AND (amount >= 0 AND amount < 'Infinity') IS NOT FALSE
			 GROUP BY 1, 2) x$$),
	('cycle_length, quarter and team', 'view',
	 $$SELECT * FROM kpi.cycle_length WHERE grain = 'quarter' AND dimension = 'team'$$),
	('lead_response, month and source', 'floor',
	 $$SELECT count(*), sum(rep_id) FROM crm.lead$$),
	('lead_response, month and source', 'by hand, same checks',
	 $$SELECT month, source, leads, sales_kpi.sample_size(response), date_part('epoch', sales_kpi.mean(response)) / 60,
			date_part('epoch', sales_kpi.median(response)) / 60, date_part('epoch', sales_kpi.percentile(response, 0.9)) / 60,
			within_sla::float8 / nullif(sla_leads, 0), converted::float8 / leads, waiting
	   FROM (SELECT sales_kpi.period_start('month', arrived_at, 'Europe/Berlin') AS month, source, count(*) AS leads,
				count(*) FILTER (WHERE answered_at IS NULL) AS waiting, count(*) FILTER (WHERE converted_at IS NOT NULL) AS converted,
				count(*) FILTER (WHERE answered_at - arrived_at <= interval '1 hour') AS within_sla,
				count(*) FILTER (WHERE answered_at - arrived_at <= interval '1 hour' OR arrived_at < '2025-12-31 23:00+01') AS sla_leads,
				sales_kpi.duration_agg(arrived_at, answered_at) AS response
			 FROM (SELECT l.arrived_at, l.source, l.converted_at, coalesce(l.responded_at, f.touched_at) AS answered_at
				   FROM crm.lead l
				   LEFT JOIN (SELECT l.lead_id, min(t.touched_at) AS touched_at
							  FROM crm.lead l JOIN crm.touch t ON t.lead_id = l.lead_id AND t.touched_at >= l.arrived_at
							  WHERE l.responded_at IS NULL AND t.direction = 'outbound' AND t.touched_at <= '2026-01-01 00:00+01'
							  GROUP BY 1) f USING (lead_id)
				   WHERE l.arrived_at > '-infinity' AND l.arrived_at <= '2026-01-01 00:00+01'
					AND (l.responded_at < l.arrived_at OR l.responded_at = 'infinity') IS NOT TRUE
					AND (l.converted_at < l.arrived_at OR l.converted_at = 'infinity') IS NOT TRUE) l
			 GROUP BY 1, 2) x$$),
	('lead_response, month and source', 'view',
	 $$SELECT * FROM kpi.lead_response WHERE grain = 'month' AND dimension = 'source'$$),
	('stage_length, month', 'floor',
	 $$SELECT count(*), sum(stage_order) FROM crm.deal_stage$$),
	('stage_length, month', 'by hand, same checks',
	 $$SELECT month, stage, visits, open_now, date_part('epoch', sales_kpi.mean(total)) / 86400,
			date_part('epoch', sales_kpi.median(total)) / 86400, date_part('epoch', sales_kpi.percentile(total, 0.9)) / 86400,
			date_part('epoch', sales_kpi.mean(latest)) / 86400,
			date_part('epoch', sales_kpi.median(latest)) / 86400, date_part('epoch', sales_kpi.percentile(latest, 0.9)) / 86400
	   FROM (SELECT sales_kpi.period_start('month', coalesce(left_at, '2026-01-01 00:00+01'), 'Europe/Berlin') AS month, stage,
				sum(visits) FILTER (WHERE left_at IS NOT NULL) AS visits, count(*) FILTER (WHERE left_at IS NULL) AS open_now,
				sales_kpi.duration_agg(elapsed) FILTER (WHERE left_at IS NOT NULL) AS total, sales_kpi.duration_agg(entered_at, left_at) AS latest
			 FROM (SELECT deal_id, stage, count(*) AS visits, max(entered_at) AS entered_at,
						CASE WHEN bool_and(left_at IS NOT NULL) THEN max(left_at) END AS left_at, sum(left_at - entered_at) AS elapsed
				   FROM (SELECT s.deal_id, s.stage, s.entered_at,
							coalesce(lead(s.entered_at) OVER (PARTITION BY s.deal_id ORDER BY s.entered_at, s.stage_order), d.closed_at) AS left_at
						 FROM crm.deal_stage s
						 JOIN (SELECT DISTINCT ON (deal_id) deal_id, closed_at FROM crm.deal
							   WHERE opened_at <= '2026-01-01 00:00+01' AND (closed_at < opened_at OR amount < 0) IS NOT TRUE
							   ORDER BY deal_id, opened_at, closed_at) d USING (deal_id)
						 WHERE s.stage IS NOT NULL AND s.entered_at > '-infinity' AND s.entered_at <= '2026-01-01 00:00+01') v
				   WHERE (left_at < entered_at) IS NOT TRUE
				   GROUP BY 1, 2) t
			 GROUP BY 1, 2) x$$),
	('stage_length, month', 'view',
	 $$SELECT * FROM kpi.stage_length WHERE grain = 'month' AND dimension = 'all'$$)
) q (subject, name, statement);

-- A prepared query of any grain and dimension: what the branches cost that are
-- there and not executed.
INSERT INTO bench.query (subject, name, before, statement)
VALUES
	('cycle_length, month and rep', 'view, generic plan',
	 $$DEALLOCATE ALL; SET LOCAL plan_cache_mode = force_generic_plan;
	   PREPARE cycle_length(text, text) AS SELECT * FROM kpi.cycle_length WHERE grain = $1 AND dimension = $2$$,
	 $$EXECUTE cycle_length('month', 'rep')$$);

INSERT INTO bench.promise (subject, name, workers, against, against_workers, at_most)
SELECT subject, name, workers, 'by hand, same checks', workers, 1.15
FROM bench.query
WHERE name = 'view' AND workers IN (0, 2);

INSERT INTO bench.promise (subject, name, against)
VALUES ('cycle_length, month and rep', 'view, generic plan', 'view');
