-- What becomes of deals and leads, and what customers say, on companies small enough to
-- reckon by hand: cycle_outcome, feedback, lead_warming, contact_frequency.
BEGIN;
\ir include/model.sql
SELECT * FROM no_plan();
SET LOCAL timezone = 'UTC';

-- create_model would make all views, each time; these are enough.
CREATE PROCEDURE test.make_model(settings jsonb DEFAULT '{}')
LANGUAGE plpgsql
AS $$
DECLARE
	context jsonb := sales_kpi.model_context('kpi', (SELECT jsonb_object_agg(d.name, d.value) FROM sales_kpi.default_setting d) || '{"sources": "crm", "as_of": "2025-01-01"}' || settings);
	v record;
BEGIN
	DROP SCHEMA IF EXISTS kpi, kpi_base CASCADE;
	CREATE SCHEMA kpi;
	CREATE SCHEMA kpi_base;
	FOR v IN
		SELECT 1 AS tier, 0 AS rank, 'kpi_base.source_' || r.relation AS name, sales_kpi.source_view(r.relation, context) AS query FROM (SELECT DISTINCT relation FROM sales_kpi.contract) r
		UNION ALL
		SELECT 2, t.rank, 'kpi_base.' || t.view_name, sales_kpi.render(t.query, t.view_name, context) FROM sales_kpi.view_template t WHERE t.storey = 'base'
		UNION ALL
		SELECT 3, 0, 'kpi.' || n, sales_kpi.kpi_view(n, context) FROM unnest('{cycle_outcome,feedback,lead_warming,lead_response,contact_frequency}'::text[]) n
		ORDER BY tier, rank
	LOOP
		EXECUTE format('CREATE VIEW %s AS %s', v.name, v.query);
	END LOOP;
END
$$;

-- Customers lost after a sale. Each case is a location of its own; all deals are won on
-- 1 March 2024, so that their 90 days end with the first instant of 30 May.
CREATE SCHEMA crm;
CREATE TABLE crm.customer (customer_id int, location text);
CREATE TABLE crm.deal (deal_id int, opened_at timestamptz, closed_at timestamptz, outcome text, amount numeric, customer_id int);
CREATE TABLE crm.subscription (subscription_id int, customer_id int, started_at timestamptz, ended_at timestamptz, monthly_amount numeric, trial boolean);
CREATE TABLE crm.feedback (given_at timestamptz, score numeric, scale text, customer_id int, deal_id int);
INSERT INTO crm.customer VALUES (1, 'ends with the 90th day'), (2, 'ends just after'), (3, 'had ended with the close'), (4, 'goes on'), (5, 'comes back after ten days'), (6, 'never paid'),
	(7, 'begins with the 90th day'), (8, 'begins after'), (9, 'tries'), (10, 'will end'), (11, 'closed 90 days ago'), (12, 'closed a second later'), (13, 'ends twice at once'), (14, 'a shorter one ends'),
	(15, 'lost before the sale'), (16, 'bought twice at once'), (17, 'lost the deal'), (18, 'is lost twice');
INSERT INTO crm.deal SELECT customer_id, timestamptz '2024-02-20', '2024-03-01', 'won', 100, customer_id FROM crm.customer;
UPDATE crm.deal SET opened_at = '2024-09-20', closed_at = CASE deal_id WHEN 11 THEN timestamptz '2024-10-03' ELSE '2024-10-03 00:00:01' END WHERE deal_id IN (11, 12);
UPDATE crm.deal SET outcome = 'lost' WHERE deal_id = 17;
INSERT INTO crm.deal SELECT 116, opened_at, closed_at, outcome, amount, customer_id FROM crm.deal WHERE deal_id = 16;
INSERT INTO crm.subscription VALUES (1, 1, '2024-03-01', '2024-05-30', 9, false), (2, 2, '2024-03-01', '2024-05-30 00:00:00.000001', 9, false), (3, 3, '2024-02-01', '2024-03-01', 9, false),
	(4, 4, '2024-03-01', '2024-04-01', 9, false), (4, 4, '2024-04-01', NULL, 12, false), (5, 5, '2024-03-01', '2024-04-01', 9, false), (5, 5, '2024-04-11', NULL, 9, false),
	(7, 7, '2024-05-30', NULL, 9, false), (8, 8, '2024-05-30 00:00:00.000001', NULL, 9, false), (9, 9, '2024-03-01', '2024-04-01', 9, true), (10, 10, '2024-03-01', '2025-06-01', 9, false),
	(11, 11, '2024-10-01', '2024-12-01', 9, false), (12, 12, '2024-10-01', '2024-12-01', 9, false), (13, 13, '2024-03-01', '2024-04-15', 9, false), (130, 13, '2024-03-10', '2024-04-15', 9, false),
	(14, 14, '2024-03-01', '2024-06-01', 9, false), (140, 14, '2024-03-05', '2024-04-01', 9, false), (15, 15, '2024-01-01', '2024-02-01', 9, false), (150, 15, '2024-03-02', NULL, 9, false),
	(16, 16, '2024-03-01', '2024-04-01', 9, false), (17, 17, '2024-03-01', '2024-04-01', 9, false), (18, 18, '2024-03-01', '2024-03-11', 9, false), (180, 18, '2024-03-21', '2024-04-01', 9, false);
CALL test.make_model('{"as_of": "2025-01-01"}');

CREATE FUNCTION test.lost() RETURNS TABLE (member text, won bigint, followed bigint, lost_90d bigint)
LANGUAGE sql
AS $$
	SELECT v.member, v.won, v.followed, v.lost_90d FROM kpi.cycle_outcome v
	WHERE v.grain = 'year' AND v.dimension = 'location' AND v.band_from_days = 0 AND v.band_to_days IS NULL ORDER BY v.member COLLATE "C"
$$;
SELECT results_eq('SELECT * FROM test.lost()', $$VALUES
	('a shorter one ends', 1::bigint, 1::bigint, 0::bigint), ('begins after', 1, 0, 0), ('begins with the 90th day', 1, 1, 0), ('bought twice at once', 2, 2, 2), ('closed 90 days ago', 1, 1, 1),
	('closed a second later', 1, 0, 0), ('comes back after ten days', 1, 1, 1), ('ends just after', 1, 1, 0), ('ends twice at once', 1, 1, 1), ('ends with the 90th day', 1, 1, 1), ('goes on', 1, 1, 0),
	('had ended with the close', 1, 0, 0), ('is lost twice', 1, 1, 1), ('lost before the sale', 1, 1, 0), ('lost the deal', 0, 0, 0), ('never paid', 1, 0, 0), ('tries', 1, 0, 0), ('will end', 1, 1, 0)$$,
	'who is lost within 90 days of a sale');
SELECT results_eq($$SELECT deals, won, followed, lost_90d, lost_90d_rate = 7 / 13::float8, lost_90d_low = sales_kpi.wilson_low(7, 13), lost_90d_high = sales_kpi.wilson_high(7, 13), amount
	FROM kpi.cycle_outcome WHERE grain = 'year' AND dimension = 'all' AND band_from_days = 0 AND band_to_days IS NULL$$, $$VALUES (19::bigint, 18::bigint, 13::bigint, 7::bigint, true, true, true, 1800::numeric)$$, 'in all');
CALL test.make_model('{"as_of": "2025-01-01", "grace": "10 days"}');
SELECT results_eq($$SELECT member FROM test.lost() WHERE lost_90d > 0$$, ARRAY['bought twice at once', 'closed 90 days ago', 'ends twice at once', 'ends with the 90th day', 'is lost twice'], 'who is back within the grace was never lost, and who leaves again then is');
CALL test.make_model('{"as_of": "2025-01-01", "grace": "239:59:59.999999"}');
SELECT ok('comes back after ten days' IN (SELECT member FROM test.lost() WHERE lost_90d > 0), 'a moment later is too late');
CALL test.make_model('{"as_of": "2024-05-29 23:59:59.999999", "grace": "0"}');
SELECT is((SELECT sum(followed) FROM test.lost()), 0::numeric, 'as of a moment before the 90 days are over, nothing is known');
CALL test.make_model('{"as_of": "2024-05-30", "grace": "0"}');
SELECT results_eq('SELECT sum(followed), sum(lost_90d) FROM test.lost()', 'VALUES (11::numeric, 6::numeric)', 'as of the moment they are, it is; who begins then is not known yet');
CALL test.make_model('{"as_of": "2025-01-01", "grace": "0"}');

-- Without subscriptions, purchases keep a customer active.
DROP TABLE crm.subscription CASCADE;
CREATE TABLE crm.sale (sale_id int, sold_at timestamptz, customer_id int, amount numeric);
INSERT INTO crm.sale VALUES (1, '2024-03-01', 1, 5), (2, '2024-03-01', 2, 5), (3, '2024-05-30', 2, 5), (4, '2024-03-01 00:00:01', 4, 5), (5, '2024-03-01', 5, 5), (6, '2024-03-01', 5, -5), (7, '2024-05-30 00:00:01', 5, 5), (8, '2024-03-01', 6, 0);
CALL test.make_model('{"as_of": "2025-01-01", "grace": "0"}');
SELECT is((SELECT sum(followed) FROM test.lost()), 0::numeric, 'where purchases keep nobody active, nobody is followed');
CALL test.make_model('{"as_of": "2025-01-01", "grace": "0", "inactive_after": "90 days"}');
SELECT results_eq('SELECT * FROM test.lost() WHERE followed > 0', $$VALUES ('comes back after ten days', 1::bigint, 1::bigint, 1::bigint), ('ends just after', 1, 1, 0), ('ends with the 90th day', 1, 1, 1), ('goes on', 1, 1, 0)$$,
	'a purchase keeps its customer for a time; the next one in time goes on with it');

-- What customers answer after a sale.
DELETE FROM crm.sale;
DELETE FROM crm.deal;
DELETE FROM crm.customer;
INSERT INTO crm.customer VALUES (1, '6 with the close'), (2, '7 with the 90th day'), (3, 'later'), (4, 'before'), (5, '2 of 5'), (6, '3 of 5'), (7, 'another scale'), (8, '11 of 10'), (9, 'for no deal'), (10, 'for the other deal'),
	(11, 'of somebody else'), (12, '10 and 0'), (13, 'young'), (14, 'for a lost deal');
INSERT INTO crm.deal SELECT customer_id, timestamptz '2024-02-20', '2024-03-01', CASE customer_id WHEN 14 THEN 'lost' ELSE 'won' END, NULL, customer_id FROM crm.customer;
UPDATE crm.deal SET closed_at = '2024-10-04' WHERE deal_id = 13;
INSERT INTO crm.deal VALUES (109, '2024-02-20', '2024-03-21', 'won', 0, 9), (209, '2024-02-20', '2024-06-01', 'won', 0, 9), (110, '2024-02-20', '2024-03-01', 'won', 0, 10);
INSERT INTO crm.feedback VALUES ('2024-03-01', 6, NULL, NULL, 1), ('2024-05-30', 7, 'nps', 2, 2), ('2024-05-30 00:00:00.000001', 3, 'nps', 3, 3), ('2024-02-29', 2, 'nps', 4, 4), ('2024-03-09', 2, 'csat5', 5, 5),
	('2024-03-09', 3, 'csat5', 6, 6), ('2024-03-09', 1, 'other', 7, 7), ('2024-03-09', 11, 'nps', 8, 8), ('2024-04-01', 9, 'nps', 9, NULL), ('2024-03-09', 5, 'nps', 10, 110), ('2024-03-09', 8, 'nps', 77, 11),
	('2024-03-09', 10, 'nps', 12, 12), ('2024-03-10', 0, 'nps', 12, 12), ('2024-10-05', 1, 'nps', 13, 13), ('2024-03-09', 1, 'nps', NULL, 14), ('2024-03-09', 1, 'nps', NULL, NULL), ('2024-03-09', 1, 'nps', 10, 404);
SELECT results_eq($$SELECT member, won, answered, dissatisfied, nps FROM kpi.cycle_outcome WHERE grain = 'year' AND dimension = 'location' AND band_from_days = 0 AND band_to_days IS NULL ORDER BY member COLLATE "C"$$, $$VALUES
	('10 and 0', 1::bigint, 1::bigint, 1::bigint, 0::float8), ('11 of 10', 1, 0, 0, NULL), ('2 of 5', 1, 1, 1, NULL), ('3 of 5', 1, 1, 0, NULL), ('6 with the close', 1, 1, 1, -100), ('7 with the 90th day', 1, 1, 0, 0),
	('another scale', 1, 0, 0, NULL), ('before', 1, 0, 0, NULL), ('for a lost deal', 0, 0, 0, NULL), ('for no deal', 3, 2, 0, 100), ('for the other deal', 2, 1, 1, -100), ('later', 1, 0, 0, NULL), ('of somebody else', 1, 1, 0, 0),
	('young', 1, 0, 0, NULL)$$, 'who answers within 90 days of a sale, and who is dissatisfied');
SELECT results_eq($$SELECT answered, dissatisfied, dissatisfied_rate, dissatisfied_low, dissatisfied_high, amount FROM kpi.cycle_outcome WHERE grain = 'year' AND dimension = 'all' AND band_from_days = 0 AND band_to_days IS NULL$$,
	'VALUES (9::bigint, 4::bigint, 4 / 9::float8, sales_kpi.wilson_low(4, 9), sales_kpi.wilson_high(4, 9), 0::numeric)', 'in all');

-- Days only: 90 days are 90 dates, whatever the clocks do between them.
DROP SCHEMA kpi, kpi_base CASCADE;
ALTER TABLE crm.deal ALTER opened_at TYPE date, ALTER closed_at TYPE date;
ALTER TABLE crm.feedback ALTER given_at TYPE date;
CREATE TABLE crm.subscription (subscription_id int, customer_id int, started_at date, ended_at date, monthly_amount numeric);
UPDATE crm.deal SET opened_at = '2024-01-01', closed_at = '2024-01-10' WHERE deal_id IN (1, 2, 3);
DELETE FROM crm.feedback;
INSERT INTO crm.feedback VALUES ('2024-01-10', 1, 'nps', 1, 1), ('2024-04-09', 1, 'nps', 2, 2), ('2024-04-10', 1, 'nps', 3, 3);
INSERT INTO crm.subscription VALUES (1, 1, '2024-01-10', '2024-04-09', 9), (2, 2, '2024-01-10', '2024-04-10', 9), (3, 3, '2024-01-10', '2024-01-11', 9);
CALL test.make_model('{"time_zone": "Europe/Berlin", "as_of": "2024-04-09"}');
SELECT results_eq($$SELECT member, answered, followed, lost_90d FROM kpi.cycle_outcome WHERE grain = 'month' AND period_start = '2024-01-01' AND dimension = 'location' AND band_from_days = 7 ORDER BY member COLLATE "C"$$,
	$$VALUES ('6 with the close', 1::bigint, 1::bigint, 1::bigint), ('7 with the 90th day', 1, 1, 0), ('later', 0, 1, 1)$$, 'by days');
CALL test.make_model('{"time_zone": "Europe/Berlin", "as_of": "2024-04-08 23:59"}');
SELECT results_eq($$SELECT sum(answered), sum(followed) FROM kpi.cycle_outcome WHERE grain = 'month' AND dimension = 'all'$$, 'VALUES (0::numeric, 0::numeric)', 'on the 89th day nothing is known');

-- Bands: the shorter end belongs to one, the longer to the next.
DROP SCHEMA crm CASCADE;
CREATE SCHEMA crm;
CREATE TABLE crm.deal (deal_id int, opened_at timestamptz, closed_at timestamptz, outcome text);
INSERT INTO crm.deal SELECT row_number() OVER (), timestamptz '2023-01-01', timestamptz '2023-01-01' + c, 'won'
FROM unnest('{0,167:59:59.999999,168:00,335:59:59.999999,336:00,719:59:59.999999,720:00,1440:00,2160:00,4320:00,8759:59:59.999999,8760:00,10000:00}'::interval[]) c;
INSERT INTO crm.deal VALUES (90, NULL, '2023-02-01', 'won'), (91, '2023-01-01', '2023-02-01', 'withdrawn'), (92, '2023-01-01', NULL, NULL), (93, '2023-01-01', '2023-01-02', 'lost'), (94, '2023-01-01', '2025-02-01', 'won'), (95, '2023-02-01', '2023-01-01', 'won');
CALL test.make_model('{"time_zone": "UTC", "as_of": "2025-01-01", "inactive_after": "90 days"}');
SELECT results_eq($$SELECT band_from_days, band_to_days, sum(deals), sum(won) FROM kpi.cycle_outcome WHERE grain = 'year' AND dimension = 'all' GROUP BY 1, 2 ORDER BY 1, 2$$, $$VALUES
	(0, 7, 3::numeric, 2::numeric), (0, NULL, 14, 13), (7, 14, 2, 2), (14, 30, 2, 2), (30, 60, 1, 1), (60, 90, 1, 1), (90, 180, 1, 1), (180, 365, 2, 2), (365, NULL, 2, 2)$$,
	'bands: deals won or lost by now, of a known cycle');
SELECT results_eq($$SELECT DISTINCT amount, followed, lost_90d, lost_90d_rate, lost_90d_low, answered, dissatisfied, dissatisfied_rate, nps, is_best FROM kpi.cycle_outcome$$,
	'VALUES (NULL::numeric, 0::bigint, 0::bigint, NULL::float8, NULL::float8, 0::bigint, 0::bigint, NULL::float8, NULL::float8, false)', 'where the sources tell no more, nobody is followed');

-- The best band: enough deals, the highest lower bound, the shorter of two.
DELETE FROM crm.deal;
INSERT INTO crm.deal SELECT 100 * b.days + i, timestamptz '2023-05-01', timestamptz '2023-05-01' + b.days * interval '1 day', CASE WHEN i <= b.won THEN 'won' ELSE 'lost' END
FROM (VALUES (1, 29, 29), (8, 30, 15), (15, 30, 15), (35, 40, 19)) b (days, deals, won), generate_series(1, b.deals) i;
SELECT results_eq($$SELECT band_from_days, band_to_days, deals FROM kpi.cycle_outcome WHERE grain = 'year' AND dimension = 'all' AND is_best$$, 'VALUES (7, 14, 30::bigint)', 'too few are not best, of equal ones the shortest is');
UPDATE crm.deal SET outcome = 'won' WHERE deal_id = 3520;
SELECT results_eq($$SELECT band_from_days FROM kpi.cycle_outcome WHERE grain = 'year' AND dimension = 'all' AND is_best$$, 'VALUES (30)', 'the same rate of more deals is surer');
SELECT is_empty($$SELECT * FROM kpi.cycle_outcome WHERE grain = 'day' AND is_best AND deals < 30$$, 'without enough deals none is best');
SELECT results_eq($$SELECT dimension, count(*) FILTER (WHERE is_best) FROM kpi.cycle_outcome WHERE grain = 'quarter' GROUP BY 1 ORDER BY 1$$, $$SELECT d, 1::bigint FROM unnest('{all,family,location,product,rep,segment,source,team,territory}'::text[]) d$$, 'one of each member and period');

-- Feedback.
DROP SCHEMA crm CASCADE;
CREATE SCHEMA crm;
CREATE TABLE crm.feedback (given_at timestamptz, score float8, scale text, customer_id int, rep_id int, product_id int);
INSERT INTO crm.feedback SELECT timestamptz '2024-03-31 21:59:59.999999+00', s, 'nps', 1, 1, 1 FROM generate_series(0, 10) s;
INSERT INTO crm.feedback SELECT timestamptz '2024-03-31 22:00+00', s, 'csat5', 1, NULL, 1 FROM unnest('{1,2,3,3.9,4,4.5,5}'::float8[]) s;
INSERT INTO crm.feedback VALUES ('2024-05-01', 9, NULL, 1, 2, NULL), ('2024-05-01', 10, 'nps', 1, 2, NULL), ('2024-05-01', 11, 'nps', 1, 1, 1), ('2024-05-01', -1, 'nps', 1, 1, 1), ('2024-05-01', 7.5, 'nps', 1, 1, 1), ('2024-05-01', 'NaN', 'nps', 1, 1, 1),
	('2024-05-01', 6, 'csat5', 1, 1, 1), ('2024-05-01', 0, 'csat5', 1, 1, 1), ('2024-05-01', NULL, 'nps', 1, 1, 1), (NULL, 9, 'nps', 1, 1, 1), ('2024-06-01', 1e12, 'other', 1, 1, 1), ('2024-06-01', 5, 'stars', 1, 1, 1),
	('2025-02-01', 0, 'nps', 1, 1, 1);
CREATE TABLE crm.customer (customer_id int, location text, segment text, rep_id int);
INSERT INTO crm.customer VALUES (1, 'Oslo', 'small', 7);
CREATE TABLE crm.rep (rep_id int, team text, valid_from date, valid_until date);
INSERT INTO crm.rep VALUES (1, 'North', NULL, '2024-03-01'), (1, 'South', '2024-03-01', NULL), (7, 'East', NULL, NULL);
CALL test.make_model('{"time_zone": "Europe/Berlin", "as_of": "2025-01-01"}');
SELECT results_eq($$SELECT period_start, answers, promoters, passives, detractors, nps, csat_answers, satisfied, csat, csat_low, csat_high FROM kpi.feedback WHERE grain = 'month' AND dimension = 'all' ORDER BY 1$$, $$VALUES
	(date '2024-03-01', 11::bigint, 2::bigint, 2::bigint, 7::bigint, 100 * -5 / 11::float8, 0::bigint, 0::bigint, NULL::float8, NULL::float8, NULL::float8),
	('2024-04-01', 0, 0, 0, 0, NULL, 7, 3, 3 / 7::float8, sales_kpi.wilson_low(3, 7), sales_kpi.wilson_high(3, 7)),
	('2024-05-01', 2, 2, 0, 0, 100, 0, 0, NULL, NULL, NULL)$$, 'answers by month: what is not on its scale is none, other scales have no row');
SELECT results_eq($$SELECT dimension, member, answers, csat_answers FROM kpi.feedback WHERE grain = 'year' AND dimension IN ('rep', 'team', 'product', 'location') ORDER BY dimension, member COLLATE "C"$$, $$VALUES
	('location', 'Oslo', 13::bigint, 7::bigint), ('product', '(none)', 2, 0), ('product', '1', 11, 7), ('rep', '1', 11, 0), ('rep', '2', 2, 0), ('rep', '7', 0, 7), ('team', '(none)', 2, 0), ('team', 'East', 0, 7), ('team', 'South', 11, 0)$$,
	'by whom: without a rep, of the account owner');
DROP SCHEMA kpi, kpi_base CASCADE;
ALTER TABLE crm.feedback DROP scale, DROP customer_id, DROP rep_id, DROP product_id;
CALL test.make_model('{"time_zone": "Europe/Berlin", "as_of": "2025-01-01"}');
SELECT results_eq($$SELECT answers, csat_answers, member FROM kpi.feedback WHERE grain = 'year' AND dimension = 'rep'$$, $$VALUES (21::bigint, 0::bigint, '(none)')$$, 'where no column tells the scale, all are from 0 to 10');
TRUNCATE crm.feedback;
SELECT is_empty('SELECT * FROM kpi.feedback', 'no answers, no rows');

-- Warming of leads.
DROP SCHEMA crm CASCADE;
CREATE SCHEMA crm;
CREATE TABLE crm.lead_temperature (lead_id int, temperature text, entered_at timestamptz);
INSERT INTO crm.lead_temperature VALUES
	(1, 'cold', '2024-01-01'), (1, 'warm', '2024-01-03 12:00'), (1, 'hot', '2024-01-10'),										-- all the way
	(2, 'cold', '2024-01-01'), (2, 'warm', '2024-01-02'), (2, 'cold', '2024-01-05'), (2, 'hot', '2024-02-01'), (2, 'hot', '2024-03-01'),	-- cooled in between
	(3, 'warm', '2024-01-01'), (3, 'cold', '2024-01-05'),																			-- cooled
	(4, 'hot', '2024-01-01'), (4, 'cold', '2024-01-02'), (4, 'warm', '2024-01-02'),												-- both at once
	(5, 'cold', '2024-01-31 23:00'), (5, 'warm', '2025-02-01'),																	-- later than as_of, and February in Berlin
	(6, 'hot', '2024-01-01'), (6, 'tepid', '2024-01-02'),
	(8, 'cold', '2024-01-01'), (8, 'hot', '2024-01-31'),
	(99, 'cold', '2024-01-01'), (NULL, 'cold', '2024-01-01');
CALL test.make_model('{"time_zone": "Europe/Berlin", "as_of": "2025-01-01"}');
CREATE FUNCTION test.warming(grain text, dimension text) RETURNS TABLE (period_start date, member text, way text, leads bigint, moved bigint, median_days float8, p90_days float8, converted bigint)
LANGUAGE sql
AS $$
	SELECT v.period_start, v.member, v.from_temperature || '>' || v.to_temperature, v.leads, v.moved, v.median_days, v.p90_days, v.converted
	FROM kpi.lead_warming v WHERE v.grain = $1 AND v.dimension = $2 ORDER BY period_start, member COLLATE "C", (v.from_temperature || '>' || v.to_temperature) COLLATE "C"
$$;
SELECT results_eq($$SELECT * FROM test.warming('month', 'all')$$, $$VALUES
	(date '2024-01-01', 'all', 'cold>hot', 6::bigint, 3::bigint, 30::float8, 30.8::float8, NULL::bigint), ('2024-01-01', 'all', 'cold>warm', 6, 2, 1.75, 2.35, NULL), ('2024-01-01', 'all', 'warm>hot', 4, 2, 18.25, 27.65, NULL),
	('2024-02-01', 'all', 'cold>hot', 1, 0, NULL, NULL, NULL), ('2024-02-01', 'all', 'cold>warm', 1, 0, NULL, NULL, NULL)$$, 'from the first time it was the one to the next it was the other');
SELECT results_eq($$SELECT moved_rate, moved_low, moved_high, conversion_rate, conversion_low FROM kpi.lead_warming WHERE grain = 'year' AND dimension = 'all' AND from_temperature = 'cold' AND to_temperature = 'hot'$$,
	'VALUES (3 / 7::float8, sales_kpi.wilson_low(3, 7), sales_kpi.wilson_high(3, 7), NULL::float8, NULL::float8)', 'the rate has an interval; what became of leads is not known');
CREATE TABLE crm.lead (lead_id int, arrived_at timestamptz, responded_at timestamptz, converted_at timestamptz, rep_id int, source text, temperature text);
INSERT INTO crm.lead VALUES (1, '2024-01-01', '2024-01-01 00:05', '2024-02-01', 1, 'web', 'hot'), (2, '2024-01-01', '2024-01-01 00:05:00.000001', '2025-02-01', 1, 'web', 'hot'), (3, '2024-01-01', NULL, NULL, 2, 'fair', 'cold'), (4, '2024-01-01', '2024-01-02', '2024-01-03', NULL, NULL, NULL),
	(5, '2024-01-01', '2025-01-02', NULL, 2, NULL, NULL), (6, '2024-01-01', NULL, NULL, 2, NULL, NULL), (8, '2024-01-02', NULL, NULL, 3, 'late', NULL), (8, '2024-01-01', NULL, NULL, 4, 'early', NULL), (7, '2024-01-01', NULL, NULL, 4, 'early', NULL);
CALL test.make_model('{"time_zone": "Europe/Berlin", "as_of": "2025-01-01"}');
SELECT results_eq($$SELECT way, sum(leads), sum(moved), sum(converted) FROM test.warming('year', 'all') GROUP BY way ORDER BY way COLLATE "C"$$,
	$$VALUES ('cold>hot', 7::numeric, 3::numeric, 2::numeric), ('cold>warm', 7, 2, 2), ('warm>hot', 4, 2, 2)$$, 'which of them converted by now');
SELECT results_eq($$SELECT member, leads FROM test.warming('year', 'rep') WHERE way = 'cold>hot'$$, $$VALUES ('(none)', 2::bigint), ('1', 2), ('2', 2), ('4', 1)$$, 'of leads that share an id, the first one speaks; one that no row describes is of nobody');
SELECT results_eq($$SELECT member, leads FROM test.warming('year', 'source') WHERE way = 'cold>hot'$$, $$VALUES ('(none)', 3::bigint), ('early', 1), ('fair', 1), ('web', 2)$$, 'by their own source');
SELECT results_eq($$SELECT member, leads, converted FROM test.warming('year', 'response_time') WHERE way = 'cold>hot'$$, $$VALUES ('(none)', 4::bigint, 0::bigint), ('0-5 min', 1, 1), ('4-24 h', 1, 1), ('5-30 min', 1, 0)$$, 'by how long they waited');
DROP SCHEMA kpi, kpi_base CASCADE;
ALTER TABLE crm.lead_temperature ALTER entered_at TYPE date USING (entered_at AT TIME ZONE 'Europe/Berlin')::date;
UPDATE crm.lead_temperature SET entered_at = '2024-04-01' WHERE lead_id = 8 AND temperature = 'hot';
CALL test.make_model('{"time_zone": "Europe/Berlin", "as_of": "2025-01-01"}');
SELECT is((SELECT p90_days FROM kpi.lead_warming WHERE grain = 'year' AND dimension = 'rep' AND member = '4' AND to_temperature = 'hot'), 91::float8, 'between days, whole days, whatever the clocks do');
CALL test.make_model('{"time_zone": "Europe/Berlin", "as_of": "2024-01-09 12:00"}');
SELECT results_eq($$SELECT way, leads, moved FROM test.warming('month', 'all')$$, $$VALUES ('cold>hot', 6::bigint, 0::bigint), ('cold>warm', 6, 2), ('warm>hot', 4, 0)$$, 'as of a day in the past');

-- Bands of response time: the longer end belongs to each.
DELETE FROM crm.lead;
INSERT INTO crm.lead (lead_id, arrived_at, responded_at) SELECT row_number() OVER (), timestamptz '2024-01-01', timestamptz '2024-01-01' + r
FROM unnest('{0,00:05,00:05:00.000001,00:30,00:30:00.000001,01:00,01:00:00.000001,04:00,04:00:00.000001,24:00,24:00:00.000001,NULL}'::interval[]) r;
CALL test.make_model('{"time_zone": "Europe/Berlin", "as_of": "2025-01-01"}');
SELECT results_eq($$SELECT member, leads, answered FROM kpi.lead_response WHERE grain = 'year' AND dimension = 'response_time' ORDER BY member COLLATE "C"$$, $$VALUES
	('(none)', 1::bigint, 0::bigint), ('0-5 min', 2, 2), ('1-4 h', 2, 2), ('30-60 min', 2, 2), ('4-24 h', 2, 2), ('5-30 min', 2, 2), ('over 24 h', 1, 1)$$, 'leads by response time');

-- Contacts by stage. The clocks of Berlin go forward on 31 March 2024.
DROP SCHEMA crm CASCADE;
CREATE SCHEMA crm;
CREATE TABLE crm.deal (deal_id int, opened_at timestamptz, closed_at timestamptz, outcome text, rep_id int);
CREATE TABLE crm.deal_stage (deal_id int, stage text, entered_at timestamptz, stage_order int);
CREATE TABLE crm.touch (touch_id int, touched_at timestamptz, direction text, automated boolean, deal_id int, rep_id int);
CREATE TABLE crm.rep (rep_id int, team text, valid_from timestamptz, valid_until timestamptz);
INSERT INTO crm.rep VALUES (1, 'North', NULL, '2024-04-01 00:00+02'), (1, 'South', '2024-04-01 00:00+02', NULL);
INSERT INTO crm.deal VALUES (1, '2024-03-30 00:00+01', '2024-04-08 12:00+02', 'won', 1), (2, '2024-05-01 00:00+02', NULL, NULL, NULL), (2, '2024-05-01 00:00+02', NULL, NULL, 9);
INSERT INTO crm.deal_stage VALUES (1, 'A', '2024-03-30 00:00+01', 1), (1, 'B', '2024-04-01 12:00+02', 2),
	(2, 'A', '2024-05-01 00:00+02', 1), (2, 'B', '2024-05-03 00:00+02', 2), (2, 'B', '2024-05-03 00:00+02', 2), (2, 'A', '2024-05-04 00:00+02', 1), (3, 'A', '2024-05-04 00:00+02', 1);
INSERT INTO crm.touch VALUES (1, '2024-03-29 23:59+01', NULL, NULL, 1, 5), (2, '2024-03-31 23:59+02', 'outbound', false, 1, 5), (3, '2024-04-01 00:00+02', 'outbound', false, 1, 5),
	(4, '2024-04-01 12:00+02', NULL, NULL, 1, NULL), (5, '2024-04-02 12:00+02', 'inbound', false, 1, 5), (6, '2024-04-02 12:00+02', 'outbound', true, 1, 5), (7, '2024-04-02 12:00+02', 'internal', false, 1, 5),
	(8, '2024-04-08 12:00+02', 'outbound', false, 1, 5), (9, '2024-05-01 00:00+02', 'outbound', false, 2, 5), (10, '2024-05-04 00:00+02', 'outbound', false, 2, 5), (11, '2024-05-06 00:00+02', 'outbound', false, 2, 5),
	(12, '2024-05-05 00:00+02', 'outbound', false, NULL, 5), (13, '2024-05-05 00:00+02', 'outbound', false, 3, 5), (14, '2024-05-07 00:00+02', 'outbound', false, 2, 5);
CALL test.make_model('{"time_zone": "Europe/Berlin", "as_of": "2024-05-06"}');
CREATE FUNCTION test.contacts(grain text, dimension text) RETURNS TABLE (period_start date, member text, stage text, touches bigint, hours numeric)
LANGUAGE sql
AS $$
	SELECT v.period_start, v.member, v.stage, v.touches, round((v.deal_weeks * 168)::numeric, 6) FROM kpi.contact_frequency v
	WHERE v.grain = $1 AND v.dimension = $2 ORDER BY period_start, member COLLATE "C", stage COLLATE "C"
$$;
SELECT results_eq($$SELECT period_start, stage, touches, hours FROM test.contacts('month', 'all')$$, $$VALUES (date '2024-03-01', 'A', 1::bigint, 47::numeric), ('2024-04-01', 'A', 1, 12), ('2024-04-01', 'B', 1, 168), ('2024-05-01', 'A', 3, 96), ('2024-05-01', 'B', 0, 24)$$,
	'stays are cut between months; a contact at the change of stages is of the later one, one at the close of none, and who comes again goes on');
SELECT results_eq($$SELECT period_start, stage, touches, hours FROM test.contacts('day', 'all') WHERE period_start < '2024-04-03'$$, $$VALUES (date '2024-03-30', 'A', 0::bigint, 24::numeric), ('2024-03-31', 'A', 1, 23), ('2024-04-01', 'A', 1, 12), ('2024-04-01', 'B', 1, 12), ('2024-04-02', 'B', 0, 24)$$, 'and between days of any length');
SELECT results_eq($$SELECT period_start, stage, hours FROM test.contacts('week', 'all') WHERE period_start < '2024-04-20'$$, $$VALUES (date '2024-03-25', 'A', 47::numeric), ('2024-04-01', 'A', 12), ('2024-04-01', 'B', 156), ('2024-04-08', 'B', 12)$$, 'and weeks');
SELECT results_eq($$SELECT stage, touches, deal_weeks, per_deal_week FROM kpi.contact_frequency WHERE grain = 'quarter' AND dimension = 'all' AND period_start = '2024-04-01' ORDER BY 1$$, $$VALUES ('A', 4::bigint, 108 / 168::float8, 4 / (108 / 168::float8)), ('B', 1, 192 / 168::float8, 1 / (192 / 168::float8))$$, 'contacts a week');
SELECT results_eq($$SELECT period_start, member, stage, touches, hours FROM test.contacts('month', 'team')$$, $$VALUES (date '2024-03-01', 'North', 'A', 1::bigint, 47::numeric), ('2024-04-01', 'South', 'A', 1, 12), ('2024-04-01', 'South', 'B', 1, 168),
	('2024-05-01', '(none)', 'A', 3, 96), ('2024-05-01', '(none)', 'B', 0, 24)$$, 'of the team the rep of the deal was in');
SELECT results_eq($$SELECT member, stage, touches, hours FROM test.contacts('year', 'team')$$, $$VALUES ('(none)', 'A', 3::bigint, 96::numeric), ('(none)', 'B', 0, 24), ('North', 'A', 1, 59), ('South', 'A', 1, 0), ('South', 'B', 1, 168)$$,
	'as of when the stay or its period begins');
CALL test.make_model('{"time_zone": "Europe/Berlin", "as_of": "2024-03-31 12:00"}');
SELECT results_eq($$SELECT stage, touches, hours FROM test.contacts('year', 'all')$$, $$VALUES ('A', 0::bigint, 35::numeric)$$, 'as of a moment in the past the deal is still there');
DELETE FROM crm.touch;
CALL test.make_model('{"time_zone": "Europe/Berlin", "as_of": "2024-03-30"}');
SELECT is_empty('SELECT * FROM kpi.contact_frequency', 'who enters a stage this moment has spent no time there');

-- Days only, and hardly a column.
DROP SCHEMA crm CASCADE;
CREATE SCHEMA crm;
CREATE TABLE crm.deal_stage (deal_id int, stage text, entered_at date);
CREATE TABLE crm.touch (touch_id int, touched_at date, deal_id int);
INSERT INTO crm.deal_stage VALUES (1, 'A', '2024-03-30'), (1, 'B', '2024-04-02');
INSERT INTO crm.touch VALUES (1, '2024-03-29', 1), (2, '2024-03-30', 1), (3, '2024-04-01', 1), (4, '2024-04-02', 1), (5, '2024-04-04', 1), (6, '2024-04-05', 1);
CALL test.make_model('{"time_zone": "Europe/Berlin", "as_of": "2024-04-04 18:00"}');
SELECT results_eq($$SELECT period_start, member, stage, touches, hours FROM test.contacts('month', 'rep')$$, $$VALUES (date '2024-03-01', '(none)', 'A', 1::bigint, 48::numeric), ('2024-04-01', '(none)', 'A', 1, 24), ('2024-04-01', '(none)', 'B', 2, 48)$$, 'between days, whole days');
DROP SCHEMA kpi, kpi_base CASCADE;
ALTER TABLE crm.deal_stage ALTER entered_at TYPE timestamptz USING (entered_at + time '15:00') AT TIME ZONE 'Europe/Berlin';
CALL test.make_model('{"time_zone": "Europe/Berlin", "as_of": "2024-04-04 18:00"}');
SELECT results_eq($$SELECT period_start, stage, touches, hours FROM test.contacts('month', 'all')$$, $$VALUES (date '2024-03-01', 'A', 1::bigint, 32::numeric), ('2024-04-01', 'A', 1, 39), ('2024-04-01', 'B', 2, 51)$$, 'a contact known by its day is of the stage in which the day ended');
DROP TABLE crm.touch CASCADE;
CALL test.make_model('{"time_zone": "Europe/Berlin", "as_of": "2024-04-04 18:00"}');
SELECT results_eq($$SELECT stage, touches, per_deal_week FROM kpi.contact_frequency WHERE grain = 'year' AND dimension = 'all' ORDER BY 1$$, $$VALUES ('A', 0::bigint, 0::float8), ('B', 0, 0)$$, 'without any contacts');
DROP TABLE crm.deal_stage CASCADE;
CREATE TABLE crm.deal (deal_id int, opened_at date, stage text);
INSERT INTO crm.deal VALUES (1, '2024-01-01', 'A');
CALL test.make_model('{"time_zone": "Europe/Berlin", "as_of": "2024-04-04 18:00"}');
SELECT is_empty(format('SELECT * FROM kpi.%I', v), v || ' has no rows where the sources have nothing to count') FROM unnest('{contact_frequency,cycle_outcome,feedback,lead_warming}'::text[]) v;

SELECT * FROM finish();
ROLLBACK;
