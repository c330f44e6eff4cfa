-- A small company with a model over it, and durations kept in states: small ones,
-- and one of more durations than are held as they are.
CALL sales_kpi.create_sources('crm');
INSERT INTO crm.rep (rep_id, rep_name, team)
	VALUES (1, 'Ann', 'North'), (2, 'Bob', 'South'), (3, 'Çelik "O''Neil"', NULL);
INSERT INTO crm.deal (deal_id, opened_at, closed_at, outcome, amount, rep_id, customer_id)
	SELECT i, opened_at, opened_at + i % 50 * interval '1 day 1.000001 s', CASE WHEN i % 3 = 0 THEN 'won' ELSE 'lost' END, 100 * i, 1 + i % 4, i % 10
	FROM generate_series(1, 900) i, LATERAL (SELECT timestamptz '2025-01-01 00:00+00' + i * interval '9 hours') t (opened_at);
INSERT INTO crm.deal_stage (deal_id, stage, entered_at)
	SELECT deal_id, s.stage, opened_at + (place - 1) * (closed_at - opened_at) / 3
	FROM crm.deal, unnest('{qualify,offer,close}'::text[]) WITH ORDINALITY s (stage, place);
INSERT INTO crm.lead (lead_id, arrived_at, rep_id, request, responded_at)
	SELECT i, arrived_at, 1 + i % 2, 'demo', CASE WHEN i % 5 > 0 THEN arrived_at + i % 100 * interval '1 minute' END
	FROM generate_series(1, 900) i, LATERAL (SELECT timestamptz '2025-01-01 00:00+00' + i * interval '9 hours') t (arrived_at);
CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', fiscal_start => 4,
	as_of => '2026-01-01', response_sla => '45 minutes');

CREATE TABLE kept (name text PRIMARY KEY, state sales_kpi.duration_summary);
INSERT INTO kept SELECT 'rep ' || rep_id, sales_kpi.duration_agg(opened_at, closed_at) FROM crm.deal GROUP BY rep_id;
INSERT INTO kept SELECT 'many', sales_kpi.duration_agg(i * i * interval '1.234567 s') FROM generate_series(1, 20000) i;
INSERT INTO kept VALUES ('none', NULL);
