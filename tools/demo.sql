-- What `make demo` shows.
\echo '==> Making a demo company: 20,000 deals with their leads, sales, subscriptions'
CREATE EXTENSION sales_kpi;
SET client_min_messages = warning;
CALL sales_kpi.create_sources('crm');
SET client_min_messages = notice;
CALL sales_kpi.load_demo('crm', deals => 20000, seed => 1);
\echo '==> Making the model'
CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', as_of => '2026-01-01');
\echo '==> The scorecard: SELECT * FROM kpi.scorecard'
SELECT * FROM kpi.scorecard;
\pset null '-'
\echo '==> Who closes fast? kpi.cycle_length by rep, last quarter'
SELECT member_name AS rep, deals, round(median_days::numeric, 1) AS median_days, round(p90_days::numeric, 1) AS p90_days
FROM kpi.cycle_length
WHERE grain = 'quarter' AND dimension = 'rep' AND period_start = '2025-10-01'
ORDER BY median_days
LIMIT 5;
\echo '==> Do fast closers leave unhappy clients? kpi.cycle_outcome by rep, last year'
SELECT member_name AS rep, won, round(mean_days::numeric, 1) AS mean_days, round(100 * lost_90d_rate::numeric, 1) AS "lost in 90 days %",
	round(100 * dissatisfied_rate::numeric, 1) AS "dissatisfied %", round(nps::numeric) AS nps
FROM kpi.cycle_outcome
WHERE grain = 'year' AND dimension = 'rep' AND period_start = '2025-01-01' AND band_from_days = 0 AND band_to_days IS NULL
ORDER BY mean_days
LIMIT 5;
\echo '==> How fast are leads answered? kpi.lead_response by request, last year'
SELECT member AS request, leads, round(median_minutes::numeric) AS median_minutes,
	round(100 * within_sla_rate::numeric, 1) AS "within SLA %", round(100 * conversion_rate::numeric, 1) AS "converted %"
FROM kpi.lead_response
WHERE grain = 'year' AND dimension = 'request' AND period_start = '2025-01-01' AND leads > 100
ORDER BY median_minutes;
\echo '==> Where do leads wait? kpi.lead_response by territory, last year'
SELECT member AS territory, leads, round(median_minutes::numeric) AS median_minutes, waiting, round(100 * conversion_rate::numeric, 1) AS "converted %"
FROM kpi.lead_response
WHERE grain = 'year' AND dimension = 'territory' AND period_start = '2025-01-01' AND leads > 100
ORDER BY median_minutes;
\echo '==> And when? kpi.lead_response by day, December'
SELECT CASE WHEN extract(isodow FROM period_start) > 5 THEN 'weekend' ELSE 'working day' END AS "arrived on a", sum(leads) AS leads,
	round((sum(mean_minutes * answered) / sum(answered))::numeric) AS mean_minutes, round(100.0 * sum(within_sla) / sum(sla_leads), 1) AS "within SLA %"
FROM kpi.lead_response
WHERE grain = 'day' AND dimension = 'all' AND period_start >= '2025-12-01'
GROUP BY 1
ORDER BY mean_minutes;
\echo '==> Does it pay to answer fast? kpi.lead_response by response_time, last year'
SELECT member AS "answered after", leads, round(100 * conversion_rate::numeric, 1) AS "converted %"
FROM kpi.lead_response
WHERE grain = 'year' AND dimension = 'response_time' AND period_start = '2025-01-01'
ORDER BY conversion_rate DESC;
\echo '==> Are the right things done, and fast? kpi.four_p and kpi.productivity by team, last year'
SELECT p.member AS team, round(p.score) AS "four Ps", round(p.promptness_score) AS promptness, round(p.persistence_score) AS persistence,
	round(p.personalization_score) AS personalization, round(p.performance_score) AS performance,
	round(w.calls_per_day::numeric, 2) AS "calls a day", round(w.minutes_per_call::numeric, 1) AS "minutes a call", round(w.revenue_per_hour) AS "revenue an hour"
FROM kpi.four_p p
JOIN kpi.productivity w USING (grain, period_start, dimension, member)
WHERE grain = 'year' AND dimension = 'team' AND period_start = '2025-01-01' AND member <> '(none)'
ORDER BY p.score DESC;
\echo '==> What does a new customer cost? kpi.acquisition by territory, last year'
SELECT member AS territory, reps, leads, new_customers, spend, round(cac) AS cac
FROM kpi.acquisition
WHERE grain = 'year' AND dimension = 'territory' AND period_start = '2025-01-01'
ORDER BY kpi.acquisition.cac DESC NULLS LAST;
\echo '==> Is a product going bad? kpi.churn_watch, December'
SELECT member_name AS product, at_risk, lost, round(expected::numeric, 1) AS expected, round(q_value::numeric, 4) AS q_value, verdict
FROM kpi.churn_watch
WHERE grain = 'month' AND period_start = '2025-12-01'
ORDER BY q_value;
\echo '==> What is sold where? kpi.sales_volume by channel, last year'
SELECT member AS channel, units, returned_units AS returned, lines, round(100 * share::numeric, 1) AS "share %"
FROM kpi.sales_volume
WHERE grain = 'year' AND dimension = 'channel' AND period_start = '2025-01-01'
ORDER BY rank;
\echo '==> What do customers come back for? kpi.bought_after, ever'
SELECT from_product_name AS "who bought", to_product_name AS "buys", customers AS "so many", from_customers AS "of", round(lift::numeric, 2) AS lift,
	round(median_days::numeric) AS "after days"
FROM kpi.bought_after
WHERE dimension = 'all' AND customers >= 30
ORDER BY kpi.bought_after.lift DESC
LIMIT 6;
\echo '==> Does revenue grow? kpi.revenue_growth, by quarter'
SELECT period_start AS quarter, revenue, round(100 * growth::numeric, 1) AS "growth %", round(100 * year_ago_growth::numeric, 1) AS "on a year ago %", profit
FROM kpi.revenue_growth
WHERE grain = 'quarter' AND dimension = 'all' AND period_start >= '2024-10-01'
ORDER BY quarter;
\echo '==> And why? kpi.change_drivers of revenue by segment, last quarter'
SELECT member AS segment, round(value_before) AS before, round(value_after) AS after, round(rate_effect) AS "amount a line", round(mix_effect) AS mix,
	round(volume_effect) AS "number of lines", round(total) AS change
FROM kpi.change_drivers
WHERE kpi = 'revenue' AND grain = 'quarter' AND dimension = 'segment' AND period_start = '2025-10-01'
ORDER BY total DESC;
\echo '==> Are goals reached? kpi.goal_attainment of the last quarter and year'
SELECT kpi, dimension, member, target, round(actual, 2) AS actual, round(attainment::numeric, 2) AS attainment, better, status
FROM kpi.goal_attainment
WHERE period_end = '2026-01-01' AND dimension <> 'rep'
ORDER BY status DESC, kpi, member;
\echo '==> How was a figure made? SELECT * FROM sales_kpi.explain(''kpi'', ''Win rate'')'
SELECT * FROM sales_kpi.explain('kpi', 'Win rate');
\echo '==> What is wrong with the data? kpi.data_quality, what is found most'
SELECT check_name, relation, rows, example_key, treatment FROM kpi.data_quality ORDER BY rows DESC, relation, check_name LIMIT 8;
