-- What a user types and sees when building a model: findings, notices, errors.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS sales_kpi;
RESET client_min_messages;
SET DateStyle = 'ISO, YMD';
\set SHOW_CONTEXT never
-- nothing is there yet
SELECT * FROM sales_kpi.check_sources('crm');
CALL sales_kpi.create_model('kpi', sources => 'crm');
CREATE SCHEMA crm;
CALL sales_kpi.create_model('kpi', sources => 'crm');
SELECT relation, finding, is_error, what_to_do FROM sales_kpi.check_sources('crm');
-- a first try at mapping a CRM
CREATE TABLE crm.opportunity (id int, created date, closed date, won text, value money, owner text);
INSERT INTO crm.opportunity VALUES (1, '2025-01-10', '2025-02-03', 'yes', '100', 'ann'), (2, '2025-01-15', '2025-02-20', 'no', '250', 'bob'),
	(3, '2025-02-01', '2025-02-11', 'yes', '80', 'ann'), (4, '2025-02-10', '2025-01-31', 'yes', '75', NULL), (5, '2025-02-20', NULL, NULL, '500', 'cid');
CREATE VIEW crm.deal AS SELECT id AS deal_id, created, closed AS closed_at, won AS outcome, value AS amount, owner AS rep_id FROM crm.opportunity;
SELECT relation, column_name, finding, is_error, what_to_do FROM sales_kpi.check_sources('crm') WHERE finding <> 'relation absent';
CALL sales_kpi.create_model('kpi', sources => 'crm');
-- corrected, with a word that the model does not know
DROP VIEW crm.deal;
CREATE VIEW crm.deal AS SELECT id AS deal_id, created AS opened_at, closed AS closed_at,
	CASE won WHEN 'yes' THEN 'won' WHEN 'no' THEN 'Lost' END AS outcome, value::numeric AS amount, owner AS rep_id FROM crm.opportunity;
CREATE TABLE crm.rep (rep_id text, rep_name text, team text);
INSERT INTO crm.rep VALUES ('ann', 'Ann', 'North'), ('bob', 'Bob', 'South');
CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', as_of => '2025-03-01');
SELECT * FROM kpi.scorecard;
SELECT period_start, is_partial, member, member_name, deals, median_days FROM kpi.cycle_length WHERE grain = 'month' AND dimension = 'rep' ORDER BY 1, 3;
SELECT * FROM kpi.data_quality ORDER BY relation, check_name;
-- the rest of the relations
CALL sales_kpi.create_sources('crm');
SELECT relation, check_name, treatment FROM kpi.data_quality WHERE check_name LIKE 'source %' ORDER BY relation LIMIT 2;
CALL sales_kpi.repair_model('kpi');
-- settings that cannot be
CALL sales_kpi.create_model('kpi', time_zone => 'Berlin');
CALL sales_kpi.create_model('kpi', fiscal_start => 13);
CALL sales_kpi.create_model('kpi', as_of => 'yesterday');
CALL sales_kpi.create_model('kpi', scorecard_grain => 'decade');
CALL sales_kpi.create_model('kpi', response_sla => '1 month');
CALL sales_kpi.create_model('kpi', access => 'everyone');
CALL sales_kpi.create_model(NULL);
CALL sales_kpi.create_model('crm', sources => 'crm');
CALL sales_kpi.create_model('crm', sources => 'kpi');
CALL sales_kpi.create_model(repeat('k', 59), sources => 'crm');
UPDATE kpi_base.setting SET value = NULL WHERE name = 'time_zone';
CALL sales_kpi.repair_model('kpi');
UPDATE kpi_base.setting SET value = 'Europe/Berlin' WHERE name = 'time_zone';
-- a view that its owner has edited is left alone, and named
CREATE OR REPLACE VIEW kpi.kpi WITH (security_invoker = true) AS
	SELECT m.kpi, m.label, m.view_name, m.column_name, m.size_column, m.unit, m.better, m.headline, m.over_time, m.only_where, m.numerator, m.denominator, m.definition
	FROM sales_kpi.measure m WHERE m.headline ORDER BY m.rank;
CALL sales_kpi.create_model('kpi', fiscal_start => 4);
DROP VIEW kpi.kpi;
CALL sales_kpi.repair_model('kpi');
-- types change under the base, on which somebody has built
CREATE VIEW crm.my_deals AS SELECT * FROM kpi_base.deal;
ALTER TABLE crm.rep RENAME TO rep_old;
CREATE TABLE crm.rep (rep_id uuid, rep_name text);
ALTER VIEW crm.deal RENAME TO deal_old;
CREATE TABLE crm.deal (deal_id uuid, opened_at date, rep_id uuid);
SELECT relation, check_name, treatment FROM kpi.data_quality WHERE treatment LIKE '%repair_model' ORDER BY relation;
CALL sales_kpi.repair_model('kpi');
DROP VIEW crm.my_deals;
CALL sales_kpi.repair_model('kpi');
-- who may read
CALL sales_kpi.grant_read('kpi', 'nobody_of_that_name');
CALL sales_kpi.grant_read('no_model', 'nobody_of_that_name');
CALL sales_kpi.repair_model('no_model');
CREATE ROLE regress_sales_kpi_reader;
CALL sales_kpi.grant_read('kpi', 'regress_sales_kpi_reader');
-- a model that reads more than before
ALTER TABLE crm.rep ADD region text;
CALL sales_kpi.create_model('kpi', dimensions => '{rep.region}');
CALL sales_kpi.repair_model('kpi');
CALL sales_kpi.grant_read('kpi', 'regress_sales_kpi_reader');
SET ROLE regress_sales_kpi_reader;
SELECT count(*) FROM kpi.scorecard;
SELECT value FROM kpi_base.setting;
RESET ROLE;
DROP OWNED BY regress_sales_kpi_reader;
DROP ROLE regress_sales_kpi_reader;
SET client_min_messages = warning;
DROP SCHEMA kpi, kpi_base, crm CASCADE;
