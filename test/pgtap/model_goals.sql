-- Goals: each measure by each dimension over spans that are periods must be what the
-- views show of these; spans of their own, pace and status by hand.
BEGIN;
\ir include/model.sql
SELECT * FROM no_plan();

CALL test.make_plain(0.67, 500);
CALL test.dress('crm', '{{c}}', '{{c}}');
TRUNCATE crm.goal;
INSERT INTO crm.sale (sale_id, sold_at, customer_id, amount, units, cost, product_id, rep_id, channel)
SELECT 5000 + i, test.moment('2023-06-01', '2025-01-15'), 1 + i % 12, test.pick(10, 20, 35.5), test.pick(1, 2, NULL), test.pick(4, NULL), 1 + i % 7, 1 + i % 5, test.pick('store', 'online')
FROM generate_series(1, 300) i;

-- Goals on everything: each measure, each dimension its view has, each member ever seen.
CREATE TABLE test.span (grain text, period_start date, period_end date);
INSERT INTO test.span VALUES ('quarter', '2024-07-01', '2024-10-01'), ('quarter', '2025-01-01', '2025-04-01'), ('month', '2024-02-01', '2024-03-01'), ('year', '2024-01-01', '2025-01-01'), ('day', '2024-10-27', '2024-10-28');
CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', as_of => '2025-01-15 14:30', inactive_after => '60 days');
CREATE TABLE test.shown (kpi text, grain text, period_start date, dimension text, member text, value numeric, n bigint);
CREATE PROCEDURE test.read_views()
LANGUAGE plpgsql
AS $$
DECLARE
	m record;
BEGIN
	FOR m IN
		SELECT k.*, 'stage' = ANY (t.keys) AS by_stage FROM sales_kpi.measure k JOIN sales_kpi.view_template t ON t.storey = 'kpi' AND t.view_name = k.view_name
	LOOP
		EXECUTE format('INSERT INTO test.shown SELECT %L, v.grain, v.period_start, %s, v.%I, v.%I FROM kpi.%I v JOIN test.span s USING (grain, period_start) WHERE %s AND %s',
			m.kpi, CASE WHEN m.by_stage THEN '''stage'', v.stage' ELSE 'v.dimension, v.member' END, m.column_name, m.size_column, m.view_name,
			CASE WHEN m.by_stage THEN 'v.dimension = ''all''' ELSE 'true' END, coalesce(m.only_where, 'true'));
	END LOOP;
END
$$;
CALL test.read_views();
-- a figure is asked for under every measure, whether its view has the member or not
INSERT INTO crm.goal (kpi, period_start, period_end, target, dimension, member)
SELECT k.kpi, s.period_start, s.period_end, 2, d.dimension, d.member
FROM sales_kpi.measure k
CROSS JOIN test.span s
JOIN (SELECT DISTINCT dimension, member FROM test.shown) d ON true;
CREATE TABLE test.reached AS SELECT * FROM kpi.goal_attainment;
SELECT cmp_ok((SELECT count(*) FROM test.shown), '>', 2000::bigint, 'there are figures');
SELECT is((SELECT count(*) FROM test.reached), (SELECT count(*) FROM crm.goal), 'each goal has a row');
SELECT is_empty($$SELECT s.*, r.actual, r.n FROM test.shown s JOIN test.span p USING (grain, period_start)
	LEFT JOIN test.reached r ON (r.kpi, r.period_start, r.period_end, r.dimension, r.member) = (s.kpi, p.period_start, p.period_end, s.dimension, s.member)
	WHERE s.value IS NOT NULL AND (abs(s.value - r.actual) <= 1e-9 * greatest(1, abs(s.value)) AND s.n = r.n) IS NOT TRUE$$, 'the figure of a goal on a period is that of the period');
SELECT is_empty($$SELECT r.* FROM test.reached r JOIN test.span p USING (period_start, period_end)
	LEFT JOIN test.shown s ON (s.kpi, s.grain, s.period_start, s.dimension, s.member) = (r.kpi, p.grain, p.period_start, r.dimension, r.member)
	WHERE r.actual IS NOT NULL AND s.value IS NULL AND r.actual <> 0$$, 'and nothing else has one');
SELECT is_empty($$SELECT * FROM test.reached WHERE (actual IS NULL) <> (status = 'no figure') OR abs(attainment - actual / 2) > 1e-9 OR elapsed_share NOT BETWEEN 0 AND 1 OR (elapsed_share < 1) <> is_partial$$, 'attainment is actual / target');
SELECT is_empty($$SELECT * FROM test.reached WHERE NOT is_partial AND (pace IS DISTINCT FROM attainment
	OR status <> CASE WHEN actual IS NULL THEN 'no figure' WHEN CASE better WHEN 'higher' THEN actual >= 2 ELSE actual <= 2 END THEN 'reached' ELSE 'missed' END)$$, 'what is over is reached or missed');
SELECT is((SELECT array_agg(DISTINCT period_start) FROM test.reached WHERE is_partial), '{2025-01-01}', 'one span still runs');
-- 14 days, 14 hours and a half of 90 days, one of which has 23 hours
SELECT is((SELECT array_agg(DISTINCT round(elapsed_share::numeric, 9)) FROM test.reached WHERE is_partial), ARRAY[round((14 * 24 + 14.5) / (90 * 24 - 1), 9)], 'of which a share is gone');
SELECT is_empty($$SELECT r.* FROM test.reached r JOIN sales_kpi.measure k USING (kpi) WHERE r.is_partial AND abs(r.pace - CASE WHEN k.over_time IN ('adds up', 'accrues') THEN r.attainment / r.elapsed_share ELSE r.attainment END) > 1e-9$$, 'pace counts the time gone where figures accrue');
SELECT is_empty($$SELECT * FROM test.reached WHERE is_partial AND actual IS NOT NULL AND status NOT IN ('on track', 'behind', CASE better WHEN 'higher' THEN 'reached' ELSE 'missed' END)$$, 'what runs is on track, behind, or decided already');

-- Every key is one: a goal written twice is read once.
SELECT is_empty('SELECT grain, period_start, period_end, dimension, member, kpi FROM test.reached GROUP BY 1, 2, 3, 4, 5, 6 HAVING count(*) > 1', 'one row a goal');
TRUNCATE crm.goal;
INSERT INTO crm.goal (kpi, period_start, period_end, target, dimension, member) VALUES
	('leads', '2024-05-06', '2024-05-20', 10, NULL, NULL), ('leads', '2024-05-06', '2024-05-20', 12, 'all', 'all'), ('leads', '2024-05-06', '2024-05-20', 11, 'all', NULL),
	('leads', '2024-05-06', '2024-05-21', 10, 'all', NULL), ('leads', '2025-02-01', '2025-03-01', 10, 'all', NULL), ('leads', '2024-05-06', '2024-05-20', 1, 'rep', '777'),
	('leads', '2024-05-06', '2024-05-20', 1, 'planet', 'Mars'), ('happiness', '2024-05-06', '2024-05-20', 1, 'all', NULL), ('leads', '2024-05-06', '2024-05-20', 1, 'rep', NULL),
	('leads', '2024-05-07', '2024-05-06', 1, 'all', NULL), ('revenue', '2024-05-06', '2024-05-20', 0, 'all', NULL), ('lead_response_minutes', '2024-05-06', '2024-05-20', 45, 'all', NULL),
	('revenue_growth', '2024-03-10', '2024-03-31', 0.5, 'all', NULL), ('revenue_year_ago_growth', '2024-07-10', '2024-09-03', 0.5, 'all', NULL), ('revenue_growth', '2024-08-15', '2024-10-15', 1, 'all', NULL),
	('churn_rate', '2024-06-10', '2024-08-03', 0.2, 'all', NULL), ('revenue_growth', '2024-11-15', '2025-02-15', 1, 'all', NULL);
-- a lead of the evening before is of the day before in Berlin
SELECT results_eq($$SELECT period_end, target, actual, status FROM kpi.goal_attainment WHERE kpi = 'leads' AND dimension = 'all' ORDER BY 1$$,
	$$SELECT e, 10::numeric, CASE WHEN e < '2025-01-01' THEN (SELECT sum(leads) FROM kpi.lead_response WHERE grain = 'day' AND dimension = 'all' AND period_start >= '2024-05-06' AND period_start < e) END,
		CASE WHEN e > '2025-01-01' THEN 'not begun' WHEN (SELECT sum(leads) FROM kpi.lead_response WHERE grain = 'day' AND dimension = 'all' AND period_start >= '2024-05-06' AND period_start < e) >= 10 THEN 'reached' ELSE 'missed' END
	FROM unnest('{2024-05-20,2024-05-21,2025-03-01}'::date[]) e$$, 'a goal runs from its first day to before its end; the least of equal ones is read');
SELECT results_eq($$SELECT member, actual IS NULL, status FROM kpi.goal_attainment WHERE (kpi, dimension) IN (('leads', 'planet'), ('happiness', 'all')) ORDER BY 1$$, $$VALUES ('Mars', true, 'no figure'), ('all', true, 'no figure')$$, 'what no view measures has no figure');
SELECT results_eq($$SELECT member, member_name, actual FROM kpi.goal_attainment WHERE (kpi, dimension) = ('leads', 'rep') ORDER BY 1$$,
	$$SELECT '(none)', '(none)', coalesce(sum(leads), 0) FROM kpi.lead_response WHERE grain = 'day' AND dimension = 'rep' AND member = '(none)' AND period_start >= '2024-05-06' AND period_start < '2024-05-20' UNION ALL VALUES ('777', '777', 0)$$, 'a member of whom nothing is known has done nothing; without a member it is that of the missing');
SELECT results_eq($$SELECT actual > 0, attainment, pace, status FROM kpi.goal_attainment WHERE kpi = 'revenue'$$, $$VALUES (true, NULL::float8, NULL::float8, 'reached')$$, 'a target of 0 has no attainment');
SELECT results_eq($$SELECT round(actual, 6) FROM kpi.goal_attainment WHERE kpi = 'lead_response_minutes'$$,
	$$SELECT round((extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY response)) / 60)::numeric, 6) FROM kpi_base.lead WHERE arrived_at >= '2024-05-06'::timestamp AT TIME ZONE 'Europe/Berlin' AND arrived_at < '2024-05-20'::timestamp AT TIME ZONE 'Europe/Berlin'$$, 'a median of a span is of all that is in it');
-- Growth looks back by the span: by its days, by its months, by a year or 364 days.
CREATE FUNCTION test.revenue(from_day date, until_day date) RETURNS numeric
LANGUAGE sql
RETURN (SELECT sum(amount) FROM kpi_base.revenue WHERE sold_at >= from_day::timestamp AT TIME ZONE 'Europe/Berlin' AND sold_at < until_day::timestamp AT TIME ZONE 'Europe/Berlin');
SELECT results_eq($$SELECT kpi, period_start, round(actual, 9) FROM kpi.goal_attainment WHERE kpi LIKE 'revenue_%' AND NOT is_partial ORDER BY 1, 2$$,
	$$SELECT v.kpi, v.starts, round(test.revenue(v.starts, v.ends) / test.revenue(v.base_starts, v.base_ends) - 1, 9) FROM (VALUES
		('revenue_growth', '2024-03-10'::date, '2024-03-31'::date, '2024-02-18'::date, '2024-03-10'::date), ('revenue_growth', '2024-08-15', '2024-10-15', '2024-06-15', '2024-08-15'),
		('revenue_year_ago_growth', '2024-07-10', '2024-09-03', '2023-07-12', '2023-09-05')) v (kpi, starts, ends, base_starts, base_ends)$$, 'growth is on the span before, or on that of a year ago, on the same weekdays');
SELECT results_eq($$SELECT actual, status FROM kpi.goal_attainment WHERE kpi = 'revenue_growth' AND is_partial$$, $$VALUES (NULL::numeric, 'no figure')$$, 'what still runs has no growth yet');
SELECT results_eq($$SELECT round(actual, 9), n FROM kpi.goal_attainment WHERE kpi = 'churn_rate'$$,
	$$SELECT round(c.churn_rate::numeric, 9), c.at_start FROM (SELECT sales_kpi.customer_agg(customer_id, started_at, ended_at) AS history FROM kpi_base.active_span) h,
		sales_kpi.churn(h.history, ARRAY['2024-06-10'::timestamp AT TIME ZONE 'Europe/Berlin' - interval '1 microsecond', '2024-08-03'::timestamp AT TIME ZONE 'Europe/Berlin' - interval '1 microsecond']) c$$, 'churn from one moment to another');
SELECT results_eq($$SELECT check_name, rows FROM kpi.data_quality WHERE relation = 'goal' ORDER BY 1$$,
	$$VALUES ('dimension that its kpi is not measured by', 1::bigint), ('duplicate kpi, period_start, period_end, dimension, member', 1), ('kpi not in the list of measures', 1), ('member not in rep', 1), ('period_end not after period_start', 1)$$, 'what is wrong with goals is told');

-- The scorecard shows the goal of its month, or a share of a longer one.
TRUNCATE crm.goal;
INSERT INTO crm.goal (kpi, period_start, period_end, target, dimension) VALUES
	('leads', '2024-12-01', '2025-01-01', 7, 'all'), ('leads', '2024-10-01', '2025-01-01', 92000, 'all'), ('deals_won', '2024-10-01', '2025-01-01', 92, 'all'), ('revenue', '2024-12-15', '2025-01-01', 1, 'all'),
	('lead_response_minutes', '2024-01-01', '2025-01-01', 30, 'all'), ('churn_rate', '2024-01-01', '2025-01-01', 0.5, 'all'), ('upsell_rate', '2024-12-01', '2025-01-01', 0.001, 'all'), ('cac', '2024-12-01', '2025-01-01', 5, 'rep');
SELECT results_eq($$SELECT kpi, goal FROM kpi.scorecard WHERE goal IS NOT NULL ORDER BY kpi COLLATE "C"$$,
	$$VALUES ('Deals won', 31::numeric), ('Lead response', 30), ('Leads', 7), ('Upsell', 0.001)$$, 'of what adds up a share of the days, a median as it stands, churn only of the month itself');
SELECT is_empty($$SELECT * FROM kpi.scorecard WHERE goal IS NOT NULL AND this IS NOT NULL AND status <> CASE WHEN CASE kpi WHEN 'Lead response' THEN this <= goal ELSE this >= goal END THEN 'met' ELSE 'missed' END$$, 'met or missed, as the figures are shown');

-- With sources missing, and with nothing.
CREATE SCHEMA part;
CREATE TABLE part.goal AS SELECT 'revenue' AS kpi, date '2024-01-01' AS period_start, date '2025-01-01' AS period_end, 5 AS target;
CALL sales_kpi.create_model('poor', sources => 'part', as_of => '2025-01-01');
SELECT results_eq('SELECT kpi, actual, status, member_name FROM poor.goal_attainment', $$VALUES ('revenue', NULL::numeric, 'no figure', 'All')$$, 'where nothing is sold, nothing is known of revenue');
CREATE TABLE part.sale (sale_id int, sold_at date, amount numeric);
CALL sales_kpi.repair_model('poor');
SELECT results_eq('SELECT actual, status FROM poor.goal_attainment', $$VALUES (0::numeric, 'missed')$$, 'where sales are kept and there are none, it is 0');
DELETE FROM part.goal;
SELECT is_empty('SELECT * FROM poor.goal_attainment', 'no goals, no rows');

-- It can be kept, and refreshed while it is read.
CREATE MATERIALIZED VIEW test.kept AS SELECT * FROM kpi.goal_attainment;
CREATE UNIQUE INDEX ON test.kept (grain, period_start, period_end, dimension, member, kpi);
SELECT lives_ok('REFRESH MATERIALIZED VIEW CONCURRENTLY test.kept', 'a copy of it is refreshed in place');

SELECT * FROM finish();
ROLLBACK;
