-- From the text to the plan: a filtered view, whose other branches are pruned,
-- against the query by hand; and what it takes to make a model.
INSERT INTO bench.query (subject, name, measure, before, statement)
VALUES
	('planning', 'floor', 'plan', NULL,
	 (SELECT statement FROM bench.query WHERE subject = 'cycle_length, month and rep' AND workers = 0 AND name = 'by hand, same checks')),
	('planning', 'cycle_length, constants', 'plan', NULL,
	 $$SELECT * FROM kpi.cycle_length WHERE grain = 'month' AND dimension = 'rep'$$),
	('planning', 'cycle_length, generic plan', 'plan',
	 $$DEALLOCATE ALL; SET LOCAL plan_cache_mode = force_generic_plan;
	   PREPARE cycle_length(text, text) AS SELECT * FROM kpi.cycle_length WHERE grain = $1 AND dimension = $2$$,
	 $$EXECUTE cycle_length('month', 'rep')$$),
	('planning', 'cycle_length, no filter', 'plan', NULL,
	 $$SELECT * FROM kpi.cycle_length$$),
	('planning', 'lead_response, constants', 'plan', NULL,
	 $$SELECT * FROM kpi.lead_response WHERE grain = 'month' AND dimension = 'source'$$),
	('planning', 'stage_length, constants', 'plan', NULL,
	 $$SELECT * FROM kpi.stage_length WHERE grain = 'month' AND dimension = 'rep'$$),
	('planning', 'scorecard', 'plan', NULL,
	 $$SELECT * FROM kpi.scorecard$$),

	('the whole', 'floor', 'run', NULL,
	 $$SELECT count(*), sum(rep_id) FROM crm.deal$$),
	('the whole', 'scorecard', 'run', NULL,
	 $$SELECT * FROM kpi.scorecard$$),
	('the whole', 'data_quality', 'run', NULL,
	 $$SELECT * FROM kpi.data_quality$$),
	('the whole', 'ANALYZE deal, lead', 'call', NULL,
	 $$ANALYZE crm.deal, crm.lead$$),
	('the whole', 'create_model', 'call',
	 $$SET LOCAL client_min_messages = warning; DROP SCHEMA kpi, kpi_base CASCADE$$,
	 $$CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', as_of => '2026-01-01')$$),
	('the whole', 'repair_model', 'call', NULL,
	 $$CALL sales_kpi.repair_model('kpi')$$);
