-- The demo company, small, with two models over it, and states of every type kept in
-- every way in which a column can be kept.
SET client_min_messages = warning;
CALL sales_kpi.create_sources('crm');
CALL sales_kpi.load_demo('crm', deals => 1000);
UPDATE crm.rep SET rep_name = 'Çelik "O''Neil"' WHERE rep_id = (SELECT min(rep_id) FROM crm.rep);
ALTER TABLE crm.deal ADD COLUMN "Größe, ""net""" text;
UPDATE crm.deal SET "Größe, ""net""" = CASE deal_id % 3 WHEN 0 THEN 'large' WHEN 1 THEN E'small \\ {{base}}' END;
CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', fiscal_start => 4,
	as_of => '2026-01-01', scorecard_grain => 'quarter', response_sla => '45 minutes',
	calendar => 'Europe/Berlin: Mon-Fri 08:00-18:00; closed 2025-12-24 to 2025-12-26',
	delivery_target => 0.9, cac_lag => '14 days', dimensions => ARRAY['deal.Größe, "net"']);
CALL sales_kpi.create_model('board', sources => 'crm', as_of => '2025-12-31 18:00', access => 'owner');

-- What its owner has edited: the body of a KPI view, and one with another meaning.
DO $$
BEGIN
	EXECUTE format('CREATE OR REPLACE VIEW kpi.cycle_length WITH (security_invoker = true) AS SELECT * FROM (%s) v WHERE v.deals > 1',
		rtrim(pg_get_viewdef('kpi.cycle_length'), ';'));
	EXECUTE format('CREATE OR REPLACE VIEW kpi_base.customer WITH (security_invoker = true) AS SELECT * FROM (%s) c WHERE c.segment IS NOT NULL',
		rtrim(pg_get_viewdef('kpi_base.customer'), ';'));
END $$;
COMMENT ON VIEW kpi.cycle_length IS 'Cycle length, of two deals and more.';

-- What reads the model.
CREATE VIEW report AS
	SELECT w.member, w.period_start, w.win_rate, c.deals, c.median_days, (SELECT string_agg(s.trend, '/' ORDER BY s.kpi COLLATE "C") FROM kpi.scorecard s) AS trends
	FROM kpi.win_rate w LEFT JOIN kpi.cycle_length c USING (grain, dimension, member, period_start)
	WHERE grain = 'year' AND dimension = 'rep' AND w.basis = 'opened';
CREATE MATERIALIZED VIEW cycle_by_quarter AS
	SELECT * FROM kpi.cycle_length WHERE grain = 'quarter';
CREATE UNIQUE INDEX ON cycle_by_quarter (period_start, dimension, member);

-- A state of each type; of durations a small one, one of more than are held as they
-- are, and one that is kept out of line.
CREATE TABLE kept (
	name text PRIMARY KEY,
	durations sales_kpi.duration_summary,
	wins sales_kpi.win_summary,
	customers sales_kpi.customer_history,
	purchases sales_kpi.purchase_history,
	acquisition sales_kpi.acquisition_summary,
	revenue sales_kpi.revenue_series,
	open_hours sales_kpi.business_calendar DEFAULT 'America/New_York: Mon-Fri 09:00-17:00, Sat 22:00-02:00; closed 2025-12-25',
	seconds float8 GENERATED ALWAYS AS (extract(epoch FROM sales_kpi.mean(durations))) STORED,
	CHECK (sales_kpi.sample_size(durations) > 0)
);
INSERT INTO kept (name, durations, wins)
	SELECT coalesce('rep ' || rep_id, 'no rep'), sales_kpi.duration_agg(opened_at, closed_at) FILTER (WHERE closed_at >= opened_at),
		sales_kpi.win_curve_agg(opened_at, closed_at, outcome, '2026-01-01') FILTER (WHERE coalesce(closed_at, '2026-01-01') >= opened_at AND outcome IN ('won', 'lost'))
	FROM crm.deal GROUP BY rep_id;
INSERT INTO kept (name, customers, purchases, acquisition, revenue)
SELECT 'all', (SELECT sales_kpi.customer_agg(customer_id::text, started_at, ended_at, monthly_amount) FROM crm.subscription WHERE monthly_amount >= 0 AND coalesce(ended_at > started_at, true)),
	sales_kpi.purchase_agg(customer_id, product_id, 1, sold_at, amount),
	sales_kpi.acquisition_agg(round(amount, 2), customer_id),
	sales_kpi.revenue_agg(sold_at, amount, '{2024-01-01 00:00+01,2025-01-01 00:00+01,2026-01-01 00:00+01}')
FROM crm.sale;
INSERT INTO kept (name, durations, open_hours) SELECT 'many', sales_kpi.duration_agg(i * i * interval '1.234567 s'), NULL FROM generate_series(1, 20000) i;
INSERT INTO kept (name) VALUES ('none');
ALTER TABLE kept ALTER customers SET STORAGE EXTERNAL;
CREATE INDEX kept_mean ON kept (sales_kpi.mean(durations)) WHERE sales_kpi.sample_size(durations) > 1;

-- The same within other types, in a partitioned and in a materialized view's rows, and
-- called by functions that are bound and by functions that are not.
CREATE DOMAIN some_durations AS sales_kpi.duration_summary CHECK (sales_kpi.shortest(VALUE) > interval '-1 s');
CREATE TYPE team_history AS (durations some_durations, parts sales_kpi.duration_summary[], hours sales_kpi.business_calendar);
CREATE TABLE kept_by_team (team text, history team_history, histories team_history[], curve sales_kpi.trend_result) PARTITION BY LIST (team);
CREATE TABLE kept_by_team_null PARTITION OF kept_by_team FOR VALUES IN (NULL);
CREATE TABLE kept_by_team_other PARTITION OF kept_by_team DEFAULT;
INSERT INTO kept_by_team
	SELECT team, h, ARRAY[h, NULL], t
	FROM (SELECT nullif(r.team, (SELECT min(team) FROM crm.rep)), array_agg(k.durations ORDER BY k.name), sales_kpi.rollup(k.durations), (SELECT sales_kpi.trend(i * i ORDER BY i) FROM generate_series(1, 9) i)
		FROM kept k JOIN crm.rep r ON k.name = 'rep ' || r.rep_id GROUP BY 1) s (team, parts, whole, t)
	CROSS JOIN LATERAL (SELECT ROW (whole, parts, 'UTC: Mon 00:00-24:00')::team_history) v (h);
CREATE MATERIALIZED VIEW kept_by_month AS
	SELECT m.start, sales_kpi.duration_agg(d.opened_at, d.closed_at) AS durations, sales_kpi.purchase_agg(d.customer_id, d.closed_at, d.amount) AS purchases
	FROM crm.deal d CROSS JOIN LATERAL (SELECT sales_kpi.period_start('month', d.closed_at, 'Europe/Berlin') AS start) m
	WHERE d.closed_at >= d.opened_at GROUP BY m.start;
CREATE FUNCTION median_of(rep text) RETURNS interval LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT sales_kpi.median(durations) FROM kept WHERE name = rep;
END;
CREATE FUNCTION longest_of(state sales_kpi.duration_summary) RETURNS interval LANGUAGE sql STABLE
	AS 'SELECT sales_kpi.longest(state)';
CREATE VIEW medians AS SELECT name, median_of(name), longest_of(durations) FROM kept;
