-- Bad input, item by item, and what each gives: the value, or SQLSTATE and message of
-- the error. What is tried at random stands in the tests of each state.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET IntervalStyle = 'iso_8601';
\ir include/answer.sql

-- An operator can be made of a window function, and calls it without a window.
CREATE SCHEMA operators;
CREATE OPERATOR operators.?-? (FUNCTION = sale_kind, LEFTARG = text, RIGHTARG = integer);
CREATE OPERATOR operators.?-? (FUNCTION = sale_kind, LEFTARG = bigint, RIGHTARG = integer);
CREATE OPERATOR operators.?-? (FUNCTION = revenue_growth, LEFTARG = numeric, RIGHTARG = integer);

CREATE TEMP TABLE bad (place serial, item text, query text, answer text);
INSERT INTO bad (item, query, answer) VALUES
	('duration_summary: empty', $$SELECT (''::duration_summary)::text$$, '22P02 invalid input syntax for type duration_summary: ""'),
	('duration_summary: junk behind it', $$SELECT ('{PT1S} '::duration_summary)::text$$, '22P02 invalid input syntax for type duration_summary: "{PT1S} "'),
	('duration_summary: duplicate and unsorted keys', $$SELECT ('{PT2S,PT1S,PT1S}'::duration_summary)::text$$, '{PT1S*2,PT2S}'),
	('duration_summary: 2^31, -2^31-1', $$SELECT ('{PT2147483648S}'::duration_summary)::text$$, '{P24855DT3H14M8S}'),
	('duration_summary: below -2^31', $$SELECT ('{PT-2147483649S}'::duration_summary)::text$$, '22P02 invalid input syntax for type duration_summary: "{PT-2147483649S}"'),
	('duration_summary: 1e309', $$SELECT ('{PT1e309S}'::duration_summary)::text$$, '22P02 invalid input syntax for type duration_summary: "{PT1e309S}"'),
	('duration_summary: nan', $$SELECT ('{nan}'::duration_summary)::text$$, '22P02 invalid input syntax for type duration_summary: "{nan}"'),
	('duration_summary: -0', $$SELECT ('{PT-0S}'::duration_summary)::text$$, '22P02 invalid input syntax for type duration_summary: "{PT-0S}"'),
	('duration_summary: deep nesting', $$SELECT (repeat('{', 10000)::duration_summary)::text$$, '22P02 invalid input syntax for type duration_summary: "{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{'),
	('duration_summary: a count that is not the sum of its parts', $$SELECT ('{min PT1S max PT1S unit PT1S sum 1 squares 1 buckets 1780:1001}'::duration_summary)::text$$, '22P02 invalid input syntax for type duration_summary: "{min PT1S max PT1S unit PT1S sum 1 squares 1 '),
	('duration_summary: sums that overflow', $$SELECT ('{PT1S*9223372036854775807,PT1S}'::duration_summary)::text$$, '54000 too many durations'),
	('customer_history: empty', $$SELECT (''::customer_history)::text$$, '22P02 invalid input syntax for type customer_history: ""'),
	('customer_history: junk behind it', $$SELECT ('{bigint 1:0..1} '::customer_history)::text$$, '22P02 invalid input syntax for type customer_history: "{bigint 1:0..1} "'),
	('customer_history: duplicate and unsorted keys', $$SELECT ('{bigint 2:5..9;1:0..1;2:0..7}'::customer_history)::text$$, '{bigint 1:0..1;2:0..9}'),
	('customer_history: 2^31, -2^31-1', $$SELECT ('{bigint 2147483648:0..1;-2147483649:0..1}'::customer_history)::text$$, '{bigint -2147483649:0..1;2147483648:0..1}'),
	('customer_history: below -2^31', $$SELECT ('{bigint 1:5..-7}'::customer_history)::text$$, '22P02 invalid input syntax for type customer_history: "{bigint 1:5..-7}"'),
	('customer_history: 1e309', $$SELECT ('{bigint 1:1e309..}'::customer_history)::text$$, '22P02 invalid input syntax for type customer_history: "{bigint 1:1e309..}"'),
	('customer_history: nan', $$SELECT ('{bigint nan:0..1}'::customer_history)::text$$, '22P02 invalid input syntax for type customer_history: "{bigint nan:0..1}"'),
	('customer_history: -0', $$SELECT ('{bigint -0:-0..1}'::customer_history)::text$$, '{bigint 0:0..1}'),
	('customer_history: deep nesting', $$SELECT (repeat('{', 10000)::customer_history)::text$$, '22P02 invalid input syntax for type customer_history: "{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{'),
	('customer_history: sums that overflow', $$SELECT ('{bigint amounts 1:0..5=9223372036854775807,0..5=1}'::customer_history)::text$$, '22003 the amounts of a customer at one time are too large together'),
	('purchase_history: empty', $$SELECT (''::purchase_history)::text$$, '22P02 invalid input syntax for type purchase_history: ""'),
	('purchase_history: junk behind it', $$SELECT ('{bigint times 1:0} '::purchase_history)::text$$, '22P02 invalid input syntax for type purchase_history: "{bigint times 1:0} "'),
	('purchase_history: duplicate and unsorted keys', $$SELECT ('{bigint times 2:5;1:0;2:5}'::purchase_history)::text$$, '{bigint times 1:0;2:5}'),
	('purchase_history: 2^31, -2^31-1', $$SELECT ('{bigint 1:0/0123456789abcdef/2147483648}'::purchase_history)::text$$, '22P02 invalid input syntax for type purchase_history: "{bigint 1:0/0123456789abcdef/2147483648}"'),
	('purchase_history: below -2^31', $$SELECT ('{bigint 1:0/0123456789abcdef/-2147483649}'::purchase_history)::text$$, '22P02 invalid input syntax for type purchase_history: "{bigint 1:0/0123456789abcdef/-2147483649}"'),
	('purchase_history: 1e309', $$SELECT ('{bigint times 1:1e309}'::purchase_history)::text$$, '22P02 invalid input syntax for type purchase_history: "{bigint times 1:1e309}"'),
	('purchase_history: nan', $$SELECT ('{bigint times 1:nan}'::purchase_history)::text$$, '22P02 invalid input syntax for type purchase_history: "{bigint times 1:nan}"'),
	('purchase_history: -0', $$SELECT ('{bigint times -0:-0}'::purchase_history)::text$$, '{bigint times 0:0}'),
	('purchase_history: deep nesting', $$SELECT (repeat('{', 10000)::purchase_history)::text$$, '22P02 invalid input syntax for type purchase_history: "{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{'),
	('purchase_history: sums that overflow', $$SELECT ('{bigint times 1:9223372036854775807}'::purchase_history)::text$$, '22P02 invalid input syntax for type purchase_history: "{bigint times 1:9223372036854775807}"'),
	('win_summary: empty', $$SELECT (''::win_summary)::text$$, '22P02 invalid input syntax for type win_summary: ""'),
	('win_summary: junk behind it', $$SELECT ('{bigint days 1:1/0/0} '::win_summary)::text$$, '22P02 invalid input syntax for type win_summary: "{bigint days 1:1/0/0} "'),
	('win_summary: duplicate and unsorted keys', $$SELECT ('{bigint days 2:1/0/0;1:0/1/0;2:0/0/1}'::win_summary)::text$$, '{bigint days 1:0/1/0;2:1/0/1}'),
	('win_summary: 2^31, -2^31-1', $$SELECT ('{bigint days 2147483648:1/0/0}'::win_summary)::text$$, '22P02 invalid input syntax for type win_summary: "{bigint days 2147483648:1/0/0}"'),
	('win_summary: below -2^31', $$SELECT ('{bigint days -2147483649:1/0/0}'::win_summary)::text$$, '22P02 invalid input syntax for type win_summary: "{bigint days -2147483649:1/0/0}"'),
	('win_summary: 1e309', $$SELECT ('{bigint days 1e309:1/0/0}'::win_summary)::text$$, '22P02 invalid input syntax for type win_summary: "{bigint days 1e309:1/0/0}"'),
	('win_summary: nan', $$SELECT ('{bigint days 1:nan/0/0}'::win_summary)::text$$, '22P02 invalid input syntax for type win_summary: "{bigint days 1:nan/0/0}"'),
	('win_summary: -0', $$SELECT ('{bigint days -0:1/0/0}'::win_summary)::text$$, '{bigint days 0:1/0/0}'),
	('win_summary: deep nesting', $$SELECT (repeat('{', 10000)::win_summary)::text$$, '22P02 invalid input syntax for type win_summary: "{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{'),
	('win_summary: sums that overflow', $$SELECT ('{bigint days 1:0/9223372036854775807/0;1:0/1/0}'::win_summary)::text$$, '54000 a win_summary cannot count more than 9223372036854775807 deals'),
	('acquisition_summary: empty', $$SELECT (''::acquisition_summary)::text$$, '22P02 invalid input syntax for type acquisition_summary: ""'),
	('acquisition_summary: junk behind it', $$SELECT ('{bigint spend 1 7} '::acquisition_summary)::text$$, '22P02 invalid input syntax for type acquisition_summary: "{bigint spend 1 7} "'),
	('acquisition_summary: duplicate and unsorted keys', $$SELECT ('{bigint spend 1 7;5;7}'::acquisition_summary)::text$$, '{bigint spend 1 5;7}'),
	('acquisition_summary: 2^31, -2^31-1', $$SELECT ('{bigint spend 1 2147483648;-2147483649}'::acquisition_summary)::text$$, '{bigint spend 1 -2147483649;2147483648}'),
	('acquisition_summary: below -2^31', $$SELECT ('{bigint spend -2147483649 7}'::acquisition_summary)::text$$, '{bigint spend -2147483649 7}'),
	('acquisition_summary: 1e309', $$SELECT ('{bigint spend 1e309 7}'::acquisition_summary)::text$$, '22P02 invalid input syntax for type acquisition_summary: "{bigint spend 1e309 7}"'),
	('acquisition_summary: nan', $$SELECT ('{bigint spend nan 7}'::acquisition_summary)::text$$, '22P02 invalid input syntax for type acquisition_summary: "{bigint spend nan 7}"'),
	('acquisition_summary: -0', $$SELECT ('{bigint spend -0 -0}'::acquisition_summary)::text$$, '{bigint spend 0 0}'),
	('acquisition_summary: deep nesting', $$SELECT (repeat('{', 10000)::acquisition_summary)::text$$, '22P02 invalid input syntax for type acquisition_summary: "{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{'),
	('acquisition_summary: sums that overflow', $$SELECT ('{bigint spend 170141183460469231731687303715884105728 7}'::acquisition_summary)::text$$, '22P02 invalid input syntax for type acquisition_summary: "{bigint spend 1701411834604692317316873037'),
	('revenue_series: empty', $$SELECT (''::revenue_series)::text$$, '22P02 invalid input syntax for type revenue_series: ""'),
	('revenue_series: junk behind it', $$SELECT ('{0:1/1,5} '::revenue_series)::text$$, '22P02 invalid input syntax for type revenue_series: "{0:1/1,5} "'),
	('revenue_series: duplicate and unsorted keys', $$SELECT ('{5,0}'::revenue_series)::text$$, '22P02 invalid input syntax for type revenue_series: "{5,0}"'),
	('revenue_series: 2^31, -2^31-1', $$SELECT ('{0:2147483648/-2147483649,5}'::revenue_series)::text$$, '{0:2147483648/-2147483649,5}'),
	('revenue_series: below -2^31', $$SELECT ('{0:-1/5,7}'::revenue_series)::text$$, '22P02 invalid input syntax for type revenue_series: "{0:-1/5,7}"'),
	('revenue_series: 1e309', $$SELECT ('{0:1/1e309,5}'::revenue_series)::text$$, '22P02 invalid input syntax for type revenue_series: "{0:1/1e309,5}"'),
	('revenue_series: nan', $$SELECT ('{0:nan/1,5}'::revenue_series)::text$$, '22P02 invalid input syntax for type revenue_series: "{0:nan/1,5}"'),
	('revenue_series: -0', $$SELECT ('{-0:1/-0,5}'::revenue_series)::text$$, '{0:1/0,5}'),
	('revenue_series: deep nesting', $$SELECT (repeat('{', 10000)::revenue_series)::text$$, '22P02 invalid input syntax for type revenue_series: "{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{'),
	('revenue_series: sums that overflow', $$SELECT ('{0:9223372036854775808/1,5}'::revenue_series)::text$$, '22P02 invalid input syntax for type revenue_series: "{0:9223372036854775808/1,5}"'),
	('business_calendar: empty', $$SELECT (''::business_calendar)::text$$, '22P02 invalid input syntax for type business_calendar: ""'),
	('business_calendar: junk behind it', $$SELECT ('Etc/UTC: Mon 09:00-17:00;'::business_calendar)::text$$, '22P02 invalid input syntax for type business_calendar: "Etc/UTC: Mon 09:00-17:00;"'),
	('business_calendar: duplicate and unsorted keys', $$SELECT ('Etc/UTC: Tue 09:00-17:00, Mon 13:00-17:00, Mon 09:00-13:00, Mon 12:00-14:00'::business_calendar)::text$$, 'Etc/UTC: Mon-Tue 09:00-17:00'),
	('business_calendar: 2^31, -2^31-1', $$SELECT ('Etc/UTC: Mon 09:00-2147483648:00'::business_calendar)::text$$, '22P02 invalid input syntax for type business_calendar: "Etc/UTC: Mon 09:00-2147483648:00"'),
	('business_calendar: below -2^31', $$SELECT ('Etc/UTC: Mon 17:00-09:00; closed -2147483649-01-01'::business_calendar)::text$$, '22P02 invalid input syntax for type business_calendar: "Etc/UTC: Mon 17:00-09:00; closed -2147483649'),
	('business_calendar: 1e309', $$SELECT ('Etc/UTC: Mon 09:00-1e309'::business_calendar)::text$$, '22P02 invalid input syntax for type business_calendar: "Etc/UTC: Mon 09:00-1e309"'),
	('business_calendar: nan', $$SELECT ('Etc/UTC: nan'::business_calendar)::text$$, '22P02 invalid input syntax for type business_calendar: "Etc/UTC: nan"'),
	('business_calendar: -0', $$SELECT ('Etc/UTC: Mon -0:00-17:00'::business_calendar)::text$$, '22P02 invalid input syntax for type business_calendar: "Etc/UTC: Mon -0:00-17:00"'),
	('business_calendar: deep nesting', $$SELECT (repeat('(', 10000)::business_calendar)::text$$, '22P02 invalid input syntax for type business_calendar: "(((((((((((((((((((((((((((((((((((((((((((('),
	('business_calendar: sums that overflow', $$SELECT ('Etc/UTC: Mon 09:00-99:00'::business_calendar)::text$$, '22P02 invalid input syntax for type business_calendar: "Etc/UTC: Mon 09:00-99:00"'),
	('no rows', $$SELECT ROW(mean(duration_agg(i)), cycle_length(now(), now()), churn(customer_agg(1, now(), NULL), '{2026-01-01, 2026-02-01}'))::text FROM (SELECT interval '1 s' AS i WHERE false) none$$, NULL),
	('no rows', $$SELECT num_nulls(duration_agg(i), customer_agg(1, now(), now()), purchase_agg(1, now(), 1), win_curve_agg(now(), now(), 'won', now()), acquisition_agg(1, 1), revenue_agg(now(), 1, '{2026-01-01, 2026-02-01}'), cac(1, 1), productivity(1, 1), win_rate(true), nps(1))::text FROM (SELECT interval '1 s' AS i WHERE false) none$$, '10'),
	('no rows', $$SELECT num_nulls(duration_agg(now(), now()), cycle_length(now(), now()), lead_response_time(now(), now()), customer_agg(1, now(), now()), churn_rate(1, now(), now(), '[2026-01-01, 2026-02-01)'), revenue_churn_rate(1, now(), now(), 1, '[2026-01-01, 2026-02-01)'), purchase_agg(1, 1, 1, now(), 1), upsell_rate(1, 1, 1, now(), '[2026-01-01, 2026-02-01)'), cross_sell_rate(1, 1, 1, now(), '[2026-01-01, 2026-02-01)'))::text WHERE false$$, '9'),
	('no rows', $$SELECT num_nulls(win_curve_agg(now(), now(), 'won', now()), acquisition_agg(1, 1), revenue_agg(now(), 1, '{2026-01-01, 2026-02-01}'), cac(1, 1), productivity(1, 1), win_rate(true), nps(1), trend(1), sparkline(1))::text WHERE false$$, '9'),
	('all NULL', $$SELECT num_nulls(duration_agg(NULL::interval), customer_agg(NULL::bigint, NULL, NULL), purchase_agg(NULL::bigint, NULL, NULL), acquisition_agg(NULL, NULL::bigint), cac(NULL, NULL::bigint), productivity(NULL::numeric, NULL::numeric), win_rate(NULL::boolean), nps(NULL))::text FROM generate_series(1, 3)$$, '8'),
	('all NULL', $$SELECT num_nulls(duration_agg(NULL::timestamptz, NULL), cycle_length(now(), NULL), lead_response_time(NULL::interval), customer_agg(NULL::text, NULL, NULL, NULL), churn_rate(NULL::bigint, NULL, NULL, '[2026-01-01, 2026-02-01)'), revenue_churn_rate(NULL::bigint, NULL, NULL, NULL, '[2026-01-01, 2026-02-01)'), purchase_agg(NULL::bigint, NULL::bigint, NULL, NULL, NULL), upsell_rate(NULL::bigint, NULL::bigint, NULL, NULL, '[2026-01-01, 2026-02-01)'), cross_sell_rate(NULL::bigint, NULL::bigint, NULL, NULL, '[2026-01-01, 2026-02-01)'))::text FROM generate_series(1, 3)$$, '9'),
	('all NULL: but as_of is known', $$SELECT win_curve_agg(NULL::date, NULL, NULL, '2026-01-01')::text FROM generate_series(1, 3)$$, NULL),
	('all NULL: as_of is not', $$SELECT win_curve_agg(NULL::date, NULL, NULL, NULL)::text FROM generate_series(1, 3)$$, '22004 as_of is NULL'),
	('all NULL: the periods are known', $$SELECT revenue_agg(NULL, NULL, '{2000-01-01, 2000-01-02}')::text FROM generate_series(1, 3)$$, '{0,86400000000}'),
	('all NULL: the periods are not', $$SELECT revenue_agg(NULL, NULL, NULL)::text FROM generate_series(1, 3)$$, '22004 the boundaries of the periods are NULL'),
	('all NULL: a trend of nothing', $$SELECT trend(NULL)::text FROM generate_series(1, 3)$$, NULL),
	('all NULL: gaps in a line', $$SELECT sparkline(NULL) FROM generate_series(1, 3)$$, '···'),
	('all NULL: states', $$SELECT num_nulls(rollup(NULL::duration_summary), rollup(NULL::customer_history), rollup(NULL::purchase_history), rollup(NULL::acquisition_summary), rollup(NULL::win_summary), rollup(NULL::revenue_series))::text FROM generate_series(1, 3)$$, '6'),
	('one row: the standard deviation of one is not known', $$SELECT ROW(sample_size(d), mean(d), stddev(d), median(d))::text FROM (SELECT duration_agg(interval '1 day') AS d) s$$, '(1,P1D,,P1D)'),
	('one row', $$SELECT customer_agg(7, '2000-01-01', '2000-01-02', 5)::text$$, '{bigint amounts 7:0..86400000000=5000000}'),
	('one row', $$SELECT customers(purchase_agg(7, 3, 2, '2000-01-01', 5))::text$$, '1'),
	('one row', $$SELECT ROW(churn_rate(7, '2025-01-01', '2026-01-15', '[2026-01-01, 2026-02-01)'), revenue_churn_rate(7, '2025-01-01', NULL, 5, '[2026-01-01, 2026-02-01)'))::text$$, '(1,0)'),
	('one row', $$SELECT ROW(upsell_rate(7, 3, 2, '2025-01-01', '[2026-01-01, 2026-02-01)'), cross_sell_rate(7, 3, 2, '2025-01-01', '[2026-01-01, 2026-02-01)'))::text$$, '(0,0)'),
	('one row', $$SELECT ROW(acquisition_agg(5, 7), cac(5, 7), cac(5, NULL::bigint), cac(NULL, 7))::text$$, '("{bigint spend 5000000 7}",5.00,,0.00)'),
	('one row', $$SELECT ROW(win_curve_agg('2026-01-01'::date, '2026-01-03', 'won', '2026-02-01'), revenue_agg('2000-01-01', 5, '{2000-01-01, 2000-01-02}'))::text$$, '("{bigint days 2:1/0/0}","{0:1/5000000,86400000000}")'),
	('one row', $$SELECT ROW(productivity(5, 2), productivity(5, 0), productivity(NULL, 2), productivity(5, NULL), win_rate(true), nps(10))::text$$, '(2.5,,,,1,100)'),
	('one row: no slope yet', $$SELECT ROW(trend(5), sparkline(5))::text$$, '("(,,,1)",▄)'),
	('infinite times', $$SELECT duration_agg(now(), 'infinity')$$, '22008 a duration cannot begin or end at infinity'),
	('infinite times', $$SELECT customer_agg(1, '-infinity', NULL)$$, '22008 a subscription cannot begin at infinity'),
	('infinite times: an end at infinity is none', $$SELECT customer_agg(1, '2000-01-01', 'infinity')$$, '{bigint 1:0..}'),
	('infinite times', $$SELECT purchase_agg(1, 'infinity', 1)$$, '22008 a sale cannot be at infinity'),
	('infinite times', $$SELECT revenue_agg('infinity', 1, '{2026-01-01, 2026-02-01}')$$, '22008 a sale cannot be at infinity'),
	('infinite dates', $$SELECT win_curve_agg(date '-infinity', '2026-01-01', 'won', '2026-02-01')$$, '22008 a deal cannot be opened at infinity'),
	('infinite dates', $$SELECT duration_agg(date '2026-01-01', 'infinity')$$, '22008 a duration cannot begin or end at infinity'),
	('infinite dates: growth has no base', $$SELECT string_agg(coalesce(g::text, '-'), ' ') FROM (SELECT revenue_growth(n::numeric, d, interval '1 month') OVER (ORDER BY d) AS g FROM (VALUES (1, date '-infinity'), (2, '2026-01-01'), (3, '2026-02-01'), (4, 'infinity')) v (n, d)) w$$, '- - 0.5 -'),
	('infinite dates: holidays', $$SELECT business_calendar('UTC', 'Mon 09:00-17:00', '{infinity}')$$, '22008 a holiday cannot be infinity'),
	('infinite times: periods', $$SELECT periods('month', '-infinity', '2026-01-01', 'UTC')$$, '22008 periods have no end between infinite times'),
	('infinite times: a period has no start', $$SELECT period_start('month', 'infinity'::timestamptz, 'UTC')$$, 'infinity'),
	('infinite times', $$SELECT cycle_length('-infinity', now())$$, '22008 a duration cannot begin or end at infinity'),
	('infinite times', $$SELECT lead_response_time(now()::timestamp, 'infinity')$$, '22008 a duration cannot begin or end at infinity'),
	('infinite times', $$SELECT churn_rate(1, 'infinity', NULL, '[2026-01-01, 2026-02-01)')$$, '22008 a subscription cannot begin at infinity'),
	('infinite times', $$SELECT revenue_churn_rate(1, '-infinity', NULL, 1, '[2026-01-01, 2026-02-01)')$$, '22008 a subscription cannot begin at infinity'),
	('infinite times', $$SELECT upsell_rate(1, 1, 1, '-infinity', '[2026-01-01, 2026-02-01)')$$, '22008 a sale cannot be at infinity'),
	('infinite times', $$SELECT cross_sell_rate(1, 1, 1, 'infinity', '[2026-01-01, 2026-02-01)')$$, '22008 a sale cannot be at infinity'),
	('infinite times', $$SELECT win_curve_agg('2026-01-01'::timestamptz, 'infinity', 'won', '2026-02-01')$$, '22008 a deal cannot close at infinity'),
	('infinite times: as_of', $$SELECT win_curve_agg('2026-01-01'::timestamptz, NULL, NULL, 'infinity')$$, '22008 as_of is infinite'),
	('infinite times: as_of', $$SELECT survival(customer_agg(1, '2025-01-01', NULL), 'infinity')$$, '22008 as_of is infinite'),
	('infinite times: boundaries', $$SELECT revenue_agg('2026-01-05', 1, '{2026-01-01, infinity}')$$, '22008 a boundary of the periods is infinite'),
	('infinite times: boundaries', $$SELECT churn(customer_agg(1, '2025-01-01', NULL), '{-infinity, 2026-01-01}')$$, '22008 a boundary of the periods is infinite'),
	('infinite times: a period', $$SELECT churn_rate(1, '2025-01-01', NULL, '[2026-01-01, infinity)')$$, '22023 the period has no end on one side'),
	('infinite times: open hours', $$SELECT business_time('2026-01-01', 'infinity', 'UTC: Mon 09:00-17:00')$$, '22008 a duration cannot begin or end at infinity'),
	('NaN amounts', $$SELECT customer_agg(1, now(), NULL, 'NaN')$$, '22003 the amount of a subscription is not a finite number'),
	('NaN amounts', $$SELECT purchase_agg(1, now(), 'NaN')$$, '22003 the amount of a sale is not a finite number'),
	('NaN amounts', $$SELECT cac('NaN', 1)$$, '22003 the cost of acquisition is not a finite number'),
	('NaN amounts', $$SELECT revenue_agg('2026-01-05', 'NaN', '{2026-01-01, 2026-02-01}')$$, '22003 the amount of a sale is not a finite number'),
	('NaN amounts', $$SELECT productivity('NaN', 1)$$, '22003 the output is not a finite number'),
	('NaN amounts', $$SELECT acquisition_agg('NaN', 1)$$, '22003 the cost of acquisition is not a finite number'),
	('NaN amounts', $$SELECT revenue_churn_rate(1, '2025-01-01', NULL, 'NaN', '[2026-01-01, 2026-02-01)')$$, '22003 the amount of a subscription is not a finite number'),
	('NaN amounts', $$SELECT purchase_agg(1, 1, 1, now(), 'NaN')$$, '22003 the amount of a sale is not a finite number'),
	('NaN amounts', $$SELECT revenue_growth('NaN'::numeric, 1) OVER ()$$, '22003 the revenue of a period is not a finite number'),
	('NaN amounts', $$SELECT mix_rate_split('NaN', 1, 1, 1) OVER ()$$, '22003 the hits of a member are not a finite number'),
	('infinite amounts', $$SELECT customer_agg(1, now(), NULL, 'infinity')$$, '22003 the amount of a subscription is not a finite number'),
	('infinite amounts', $$SELECT purchase_agg(1, now(), '-infinity')$$, '22003 the amount of a sale is not a finite number'),
	('infinite amounts', $$SELECT productivity(1, 'infinity')$$, '22003 the input is not a finite number'),
	('infinite amounts', $$SELECT acquisition_agg('-infinity', 1)$$, '22003 the cost of acquisition is not a finite number'),
	('infinite amounts', $$SELECT cac('infinity', 1)$$, '22003 the cost of acquisition is not a finite number'),
	('infinite amounts', $$SELECT revenue_agg('2026-01-05', 'infinity', '{2026-01-01, 2026-02-01}')$$, '22003 the amount of a sale is not a finite number'),
	('infinite amounts', $$SELECT revenue_churn_rate(1, '2025-01-01', NULL, 'infinity', '[2026-01-01, 2026-02-01)')$$, '22003 the amount of a subscription is not a finite number'),
	('infinite amounts', $$SELECT revenue_growth('infinity'::numeric, 1) OVER ()$$, '22003 the revenue of a period is not a finite number'),
	('infinite amounts', $$SELECT mix_rate_split(1, 'infinity', 1, 1) OVER ()$$, '22003 the size of a member is not a finite number'),
	('sums beyond 64 bits', $$SELECT mean(duration_agg(interval '100000000 days'))::text FROM generate_series(1, 2000)$$, 'P100000000D'),
	('sums beyond 64 bits', $$SELECT spend(acquisition_agg(9000000000000, 1))::text FROM generate_series(1, 2000)$$, '18000000000000000.00'),
	('sums beyond 64 bits', $$SELECT (revenue(revenue_agg('2026-01-05', 9000000000000, '{2026-01-01, 2026-02-01}'))).revenue::text FROM generate_series(1, 2000)$$, '18000000000000000.00'),
	('sums beyond 64 bits', $$SELECT start_amount::text FROM (SELECT customer_agg(n, '2025-01-01', NULL, 9000000000000) AS h FROM generate_series(1, 2000) n) c, revenue_movement(h, '{2026-01-01, 2026-02-01}')$$, '18000000000000000.00'),
	('sums beyond 64 bits', $$SELECT productivity(1e30, 1e20)::text FROM generate_series(1, 2000)$$, '10000000000'),
	('sums beyond 64 bits', $$SELECT revenue_churn_rate(n, '2025-01-01', CASE WHEN n % 2 = 0 THEN timestamptz '2026-01-15' END, 9000000000000, '[2026-01-01, 2026-02-01)')::text FROM generate_series(1, 2000) n$$, '0.5'),
	('sums beyond 64 bits: of one customer', $$SELECT revenue_churn_rate(1, '2025-01-01', NULL, 9000000000000, '[2026-01-01, 2026-02-01)') FROM generate_series(1, 2)$$, '22003 the amounts of a customer at one time are too large together'),
	('sums beyond 64 bits', $$SELECT cac(9000000000000, n)::text FROM generate_series(1, 2000) n$$, '9000000000000.00'),
	('an amount beyond 64 bits', $$SELECT customer_agg(1, now(), NULL, 1e13)$$, '22003 the amount of a subscription is too large'),
	('an amount beyond 64 bits', $$SELECT acquisition_agg(1e13, 1)$$, '22003 the cost of acquisition is too large'),
	('an amount beyond 64 bits', $$SELECT revenue_agg('2026-01-05', -1e13, '{2026-01-01, 2026-02-01}')$$, '22003 the amount of a sale is too large'),
	('an amount beyond 64 bits: a sale is one', $$SELECT customers(purchase_agg(1, now(), 1e100))::text$$, '1'),
	('negative durations', $$SELECT duration_agg(interval '-1 s')$$, '22023 a duration cannot be negative'),
	('negative durations: end before start', $$SELECT duration_agg('2026-01-02'::timestamptz, '2026-01-01')$$, '22023 the end lies before its start'),
	('negative durations', $$SELECT cycle_length(interval '-1 s')$$, '22023 a duration cannot be negative'),
	('negative durations', $$SELECT lead_response_time(interval '-1 us')$$, '22023 a duration cannot be negative'),
	('zero durations', $$SELECT duration_agg('2026-01-02'::timestamptz, '2026-01-02')::text$$, '{PT0S}'),
	('zero durations', $$SELECT ROW(cycle_length(interval '0'), lead_response_time(now(), now()))::text$$, '(PT0S,PT0S)'),
	('zero durations: a deal closed at once', $$SELECT win_curve_agg(date '2026-01-02', '2026-01-02', 'won', '2026-02-01')::text$$, '{bigint days 0:1/0/0}'),
	('zero durations: open hours', $$SELECT business_time('2026-01-05 10:00', '2026-01-05 10:00', 'UTC: Mon 09:00-17:00')::text$$, 'PT0S'),
	('an interval of months', $$SELECT duration_agg(interval '1 month')$$, '22023 an interval with months has no fixed length'),
	('end before start', $$SELECT customer_agg(1, '2026-01-02', '2026-01-01')$$, '22023 a subscription ends before its start'),
	('end at the start', $$SELECT customer_agg(1, '2026-01-02', '2026-01-02')$$, '{bigint}'),
	('end before start', $$SELECT win_curve_agg(date '2026-01-02', '2026-01-01', 'won', '2026-02-01')$$, '22023 a deal closes before it is opened'),
	('end before start', $$SELECT cycle_length(date '2026-01-02', '2026-01-01')$$, '22023 the end lies before its start'),
	('end before start', $$SELECT lead_response_time(timestamp '2026-01-02', '2026-01-01')$$, '22023 the end lies before its start'),
	('end before start', $$SELECT churn_rate(1, '2026-01-02', '2026-01-01', '[2026-01-01, 2026-02-01)')$$, '22023 a subscription ends before its start'),
	('end before start', $$SELECT revenue_churn_rate(1, '2026-01-02', '2026-01-01', 1, '[2026-01-01, 2026-02-01)')$$, '22023 a subscription ends before its start'),
	('end before start', $$SELECT periods('month', '2026-02-01', '2026-01-01', 'UTC')$$, '22023 the end lies before its start'),
	('end before start', $$SELECT business_time('2026-01-02', '2026-01-01', 'UTC: Mon 09:00-17:00')$$, '22023 the end lies before its start'),
	('end before start: opened behind as_of, a deal is none yet', $$SELECT win_curve_agg(date '2026-03-01', NULL, NULL, '2026-02-01')$$, NULL),
	('an empty range', $$SELECT churn_rate(1, '2025-01-01', NULL, 'empty')$$, '22023 the period is empty'),
	('an empty range', $$SELECT revenue_churn_rate(1, '2025-01-01', NULL, 1, 'empty')$$, '22023 the period is empty'),
	('an empty range', $$SELECT upsell_rate(1, 1, 1, now(), 'empty')$$, '22023 the period is empty'),
	('an empty range', $$SELECT cross_sell_rate(1, 1, 1, now(), '(2026-01-01, 2026-01-01)')$$, '22023 the period is empty'),
	('an unbounded range', $$SELECT churn_rate(1, '2025-01-01', NULL, '[2026-01-01,)')$$, '22023 the period has no end on one side'),
	('an unbounded range', $$SELECT upsell_rate(1, 1, 1, now(), '(,)')$$, '22023 the period has no end on one side'),
	('an unbounded range', $$SELECT revenue_churn_rate(1, '2025-01-01', NULL, 1, '(,2026-01-01)')$$, '22023 the period has no end on one side'),
	('an unbounded range', $$SELECT cross_sell_rate(1, 1, 1, now(), '[2026-01-01,]')$$, '22023 the period has no end on one side'),
	('a range that is bounded otherwise', $$SELECT churn_rate(1, '2025-01-01', NULL, '(2026-01-01, 2026-02-01]')$$, '0'),
	('a range that is bounded otherwise', $$SELECT revenue_churn_rate(1, '2025-01-01', '2026-02-01', 1, '(2026-01-01, 2026-02-01]')$$, '1'),
	('a range that is bounded otherwise', $$SELECT upsell_rate(1, 1, n, '2025-12-31'::timestamptz + (n - 1) * interval '1 day', '[2026-01-01, 2026-02-01]') FROM generate_series(1, 2) n$$, '1'),
	('a range that is bounded otherwise', $$SELECT upsell_rate(1, 1, n, '2025-12-31'::timestamptz + (n - 1) * interval '1 day', '(2026-01-01, 2026-02-01]') FROM generate_series(1, 2) n$$, '0'),
	('a range that is not known', $$SELECT churn_rate(1, '2025-01-01', NULL, NULL)$$, '22004 the period is NULL'),
	('a range that is not known', $$SELECT upsell_rate(1, 1, 1, now(), NULL)$$, '22004 the period is NULL'),
	('a constant that changes in a group', $$SELECT churn_rate(n, '2025-01-01', NULL, tstzrange('2026-01-01', '2026-02-01'::timestamptz + n * interval '1 day')) FROM generate_series(1, 2) n$$, '22023 the period changes within a group'),
	('a constant that changes in a group', $$SELECT revenue_agg('2026-01-05', 1, ARRAY['2026-01-01', '2026-02-01'::timestamptz + n * interval '1 day']) FROM generate_series(1, 2) n$$, '22023 the periods change within a group'),
	('a constant that changes in a group', $$SELECT revenue_churn_rate(n, '2025-01-01', NULL, 1, tstzrange('2026-01-01', '2026-02-01'::timestamptz + n * interval '1 day')) FROM generate_series(1, 2) n$$, '22023 the period changes within a group'),
	('a constant that changes in a group', $$SELECT upsell_rate(n, 1, 1, '2025-01-01', tstzrange('2026-01-01', '2026-02-01'::timestamptz + n * interval '1 day')) FROM generate_series(1, 2) n$$, '22023 the period changes within a group'),
	('a constant that changes in a group', $$SELECT cross_sell_rate(n, 1, 1, '2025-01-01', tstzrange('2026-01-01', '2026-02-01'::timestamptz + n * interval '1 day')) FROM generate_series(1, 2) n$$, '22023 the period changes within a group'),
	('boundaries that do not rise', $$SELECT revenue_agg('2026-01-05', 1, '{2026-02-01, 2026-01-01}')$$, '22023 the boundaries of the periods do not rise'),
	('boundaries: one', $$SELECT churn(customer_agg(1, '2025-01-01', NULL), '{2026-01-01}')$$, '22023 periods need an array of at least two boundaries'),
	('boundaries: none', $$SELECT churn(customer_agg(1, '2025-01-01', NULL), '{}')$$, '22023 periods need an array of at least two boundaries'),
	('boundaries: NULL in them', $$SELECT churn(customer_agg(1, '2025-01-01', NULL), '{2026-01-01,NULL}')$$, '22004 a boundary of the periods is NULL'),
	('boundaries: two dimensions', $$SELECT churn(customer_agg(1, '2025-01-01', NULL), '{{2026-01-01,2026-02-01},{2026-03-01,2026-04-01}}')$$, '22023 periods need an array of at least two boundaries'),
	('a day of 23 hours', $$SELECT duration_agg('2026-03-29 00:00 Europe/Berlin'::timestamptz, '2026-03-30 00:00 Europe/Berlin')::text$$, '{PT23H}'),
	('a day of 25 hours', $$SELECT duration_agg('2026-10-25 00:00 Europe/Berlin'::timestamptz, '2026-10-26 00:00 Europe/Berlin')::text$$, '{P1DT1H}'),
	('a day of 25 hours', $$SELECT business_time('2026-10-25 00:00 Europe/Berlin', '2026-10-26 00:00 Europe/Berlin', 'Europe/Berlin: Sun 00:00-24:00')::text$$, 'P1DT1H'),
	('a day of 23 hours', $$SELECT array_agg(b ORDER BY b)::text FROM unnest(periods('day', '2026-03-29 Europe/Berlin', '2026-03-30 Europe/Berlin', 'Europe/Berlin')) b$$, '{"2026-03-28 23:00:00+00","2026-03-29 22:00:00+00"}'),
	('a day of 23 hours', $$SELECT ROW(business_time('2026-03-29 00:00 Europe/Berlin', '2026-03-30 00:00 Europe/Berlin', 'Europe/Berlin: Sun 00:00-24:00'), cycle_length('2026-03-29'::date, '2026-03-30'))::text$$, '(PT23H,P1D)'),
	('a day of 23 hours: of dates, it is a day', $$SELECT win_curve_agg(date '2026-03-29', '2026-03-30', 'won', '2026-04-30')::text$$, '{bigint days 1:1/0/0}'),
	('a day of 23 hours: of times, it is none yet', $$SELECT win_curve_agg('2026-03-29 00:00 Europe/Berlin'::timestamptz, '2026-03-30 00:00 Europe/Berlin', 'won', '2026-04-30')::text$$, '{bigint days 0:1/0/0}'),
	('a zone that is not', $$SELECT period_start('month', now(), 'Atlantis')$$, '22023 time zone "Atlantis" not recognized'),
	('a zone that is NULL', $$SELECT period_start('month', now(), NULL)$$, NULL),
	('a grain that is not', $$SELECT period_start('fortnight', now(), 'UTC')$$, '22023 "fortnight" is not a grain'),
	('DISTINCT', $$SELECT sample_size(duration_agg(DISTINCT i))::text FROM unnest('{1 s, 1 s, 2 s}'::interval[]) i$$, '2'),
	('DISTINCT: states are not compared', $$SELECT rollup(DISTINCT s) FROM (SELECT duration_agg(interval '1 s') AS s) d$$, '42883 could not identify an equality operator for type duration_summary'),
	('DISTINCT', $$SELECT ROW(customer_agg(DISTINCT k, s, e, a), nps(DISTINCT k), productivity(DISTINCT a, a))::text FROM (VALUES (1, timestamptz '2000-01-01', NULL::timestamptz, 1.0), (1, '2000-01-01', NULL, 1.00)) v (k, s, e, a)$$, '("{bigint amounts 1:0..=1000000}",-100,1)'),
	('DISTINCT', $$SELECT ROW(acquisition_agg(DISTINCT 5, k), cac(DISTINCT 5, k), win_rate(DISTINCT k = 1), revenue_agg(DISTINCT '2000-01-01', 5, '{2000-01-01, 2000-01-02}'))::text FROM unnest('{1, 1, 2}'::int[]) k$$, '("{bigint spend 10000000 1;2}",5.00,0.5,"{0:1/5000000,86400000000}")'),
	('DISTINCT', $$SELECT ROW(customers(purchase_agg(DISTINCT k, now(), 1)), sample_size(win_curve_agg(DISTINCT date '2026-01-01', NULL, NULL, date '2026-02-01')), sparkline(DISTINCT k), (trend(DISTINCT k)).n, churn_rate(DISTINCT k, '2025-01-01', NULL, '[2026-01-01, 2026-02-01)'))::text FROM unnest('{1, 1, 2}'::int[]) k$$, '(2,1,▁█,2,0)'),
	('DISTINCT: states are not compared', $$SELECT rollup(DISTINCT '{bigint}'::customer_history)$$, '42883 could not identify an equality operator for type customer_history'),
	('FILTER that leaves nothing', $$SELECT duration_agg(i) FILTER (WHERE false) FROM unnest('{1 s, 1 s, 2 s}'::interval[]) i$$, NULL),
	('FILTER that leaves nothing', $$SELECT num_nulls(customer_agg(1, now(), NULL) FILTER (WHERE false), purchase_agg(1, now(), 1) FILTER (WHERE false), acquisition_agg(1, 1) FILTER (WHERE false), win_curve_agg(now(), NULL, NULL, now()) FILTER (WHERE false), revenue_agg(now(), 1, '{2026-01-01, 2026-02-01}') FILTER (WHERE false), churn_rate(1, now(), NULL, '[2026-01-01, 2026-02-01)') FILTER (WHERE false), productivity(1, 1) FILTER (WHERE false), win_rate(true) FILTER (WHERE false), nps(1) FILTER (WHERE false), trend(1) FILTER (WHERE false), sparkline(1) FILTER (WHERE false))::text FROM generate_series(1, 3)$$, '11'),
	('ORDER BY inside', $$SELECT duration_agg(i ORDER BY i DESC)::text FROM unnest('{1 s, 1 s, 2 s}'::interval[]) i$$, '{PT1S*2,PT2S}'),
	('ORDER BY inside', $$SELECT ROW(customer_agg(n, '2000-01-01', NULL ORDER BY n DESC), acquisition_agg(n, n ORDER BY n DESC), win_curve_agg(date '2026-01-01', date '2026-01-01' + n, 'won', date '2026-02-01' ORDER BY n DESC))::text FROM generate_series(1, 2) n$$, '("{bigint 1:0..;2:0..}","{bigint spend 3000000 1;2}","{bigint days 1:1/0/0;2:1/0/0}")'),
	('ORDER BY inside: it is the order of a series', $$SELECT ROW(sparkline(n ORDER BY n DESC), (trend(n ORDER BY n DESC)).slope)::text FROM generate_series(1, 4) n$$, '(█▆▃▁,-1)'),
	('over a window', $$SELECT string_agg(m, ' ') FROM (SELECT mean(duration_agg(i) OVER (ORDER BY i ROWS 1 PRECEDING))::text AS m FROM unnest('{1 s, 2 s, 4 s}'::interval[]) i) w$$, 'PT1S PT1.5S PT3S'),
	('outside of an aggregate', $$SELECT duration_summary_merge('{PT1S}', '{PT1S}')$$, '0A000 a support function of duration_agg was called outside of an aggregate'),
	('outside of an aggregate', $$SELECT customer_history_merge('{bigint}', '{bigint}')$$, '0A000 a support function of customer_agg was called outside of an aggregate'),
	('outside of an aggregate', $$SELECT productivity_add(NULL, 1, 1)$$, '22023 this is not a state of productivity'),
	('outside of a window', $$SELECT 'a'::text OPERATOR(operators.?-?) 1$$, '0A000 sale_kind was called without a window'),
	('outside of a window', $$SELECT 1::bigint OPERATOR(operators.?-?) 1$$, '0A000 sale_kind was called without a window'),
	('outside of a window', $$SELECT 1::numeric OPERATOR(operators.?-?) 1$$, '0A000 revenue_growth was called without a window'),
	('states of different customers', $$SELECT rollup(h) FROM unnest('{"{bigint 1:0..1}","{uuid 00000000-0000-0000-0000-000000000000:0..1}"}'::customer_history[]) h$$, '22023 customers of different kinds cannot be rolled up into one customer_history'),
	('a percentile beyond 1', $$SELECT percentile('{PT1S}', 1.5)$$, '22003 percentile 1.5 is not between 0 and 1'),
	('a percentile that is NaN', $$SELECT percentile('{PT1S}', 'NaN')$$, '22003 percentile NaN is not between 0 and 1'),
	('a score that is not', $$SELECT nps(11)$$, '22023 an answer is not on the scale from 0 to 10'),
	('more wins than trials', $$SELECT wilson_low(5, 3)$$, '22023 hits are not a part of the total'),
	('trials below 0', $$SELECT wilson_high(0, -1)$$, '22023 hits are not a part of the total'),
	('NaN values', $$SELECT trend('NaN')$$, '22003 a series cannot take the value NaN'),
	('NaN values', $$SELECT sparkline('NaN')$$, '22003 a series cannot take the value NaN'),
	('infinite values', $$SELECT trend('-infinity')$$, '22003 a series cannot take the value -Infinity'),
	('infinite values', $$SELECT sparkline('infinity')$$, '22003 a series cannot take the value Infinity'),
	('values that are too large or too small for slopes', $$SELECT trend(1e308)$$, '22003 a series cannot take the value 1e+308'),
	('values that are too large or too small for slopes', $$SELECT sparkline(1e-300)$$, '22003 a series cannot take the value 1e-300'),
	('a negative amount', $$SELECT customer_agg(1, now(), NULL, -1)$$, '22023 the amount of a subscription cannot be negative'),
	('a negative amount', $$SELECT revenue_churn_rate(1, '2025-01-01', NULL, -1, '[2026-01-01, 2026-02-01)')$$, '22023 the amount of a subscription cannot be negative'),
	('a negative amount: no sale', $$SELECT purchase_agg(1, now(), -1)$$, NULL),
	('a negative amount: a refund', $$SELECT ROW(cac(-5, 7), revenue_agg('2000-01-01', -5, '{2000-01-01, 2000-01-02}'))::text$$, '(-5.00,"{0:1/-5000000,86400000000}")'),
	('a constant that changes: of states', $$SELECT rollup(s) FROM unnest('{"{0,5}","{0,6}"}'::revenue_series[]) s$$, '22023 the periods change within a group'),
	('a constant that changes: of states', $$SELECT rollup(h) FROM unnest('{"{bigint during 0..5}","{bigint during 0..6}"}'::customer_history[]) h$$, '22023 the period changes within a group'),
	('a constant that changes: of states', $$SELECT rollup(p) FROM unnest('{"{bigint times during 0..5}","{bigint times}"}'::purchase_history[]) p$$, '22023 the period changes within a group'),
	('a constant that may change: as_of is each row''s', $$SELECT win_curve_agg('2026-01-01'::date, NULL, NULL, '2026-01-01'::date + n)::text FROM generate_series(1, 2) n$$, '{bigint days 1:0/0/1;2:0/0/1}'),
	('an hour that comes twice', $$SELECT period_start('day', '2026-10-25 00:30+00', 'Europe/Berlin')::text$$, '2026-10-25'),
	('FILTER that leaves some', $$SELECT ROW(customers(customer_agg(n, now(), NULL) FILTER (WHERE n > 1)), spend(acquisition_agg(n, n) FILTER (WHERE n > 1)), sparkline(n) FILTER (WHERE n > 1))::text FROM generate_series(1, 3) n$$, '(2,5.00,▁█)'),
	('an empty worker: what it gives is NULL', $$SELECT ROW(rollup(d), rollup(h), rollup(p), rollup(a), rollup(w), rollup(r))::text FROM (VALUES (NULL::duration_summary, NULL::customer_history, NULL::purchase_history, NULL::acquisition_summary, NULL::win_summary, NULL::revenue_series), ('{PT1S}', '{bigint 1:0..1}', '{bigint times 1:0}', '{bigint spend 1 7}', '{bigint days 1:1/0/0}', '{0:1/1,5}'), (NULL, NULL, NULL, NULL, NULL, NULL)) v (d, h, p, a, w, r)$$, '({PT1S},"{bigint 1:0..1}","{bigint times 1:0}","{bigint spend 1 7}","{bigint days 1:1/0/0}","{0:1/1,'),
	('a boundary that is no end: outside of all periods', $$SELECT revenue_agg('2026-03-05', 1, '{2026-01-01, 2026-02-01}')::text$$, '{820540800000000,823219200000000}'),
	('an outcome that is not', $$SELECT win_curve_agg(date '2026-01-01', '2026-01-02', 'Won', '2026-02-01')$$, '22023 the outcome of a deal is not known: "Won"'),
	('a grace below zero', $$SELECT churn(customer_agg(1, '2025-01-01', NULL), '{2026-01-01, 2026-02-01}', '-1 day')$$, '22023 grace cannot be negative'),
	('a grace of months', $$SELECT churn(customer_agg(1, '2025-01-01', NULL), '{2026-01-01, 2026-02-01}', '1 month')$$, '22023 an interval with months has no fixed length'),
	('a method that is not', $$SELECT churn(customer_agg(1, '2025-01-01', NULL), '{2026-01-01, 2026-02-01}', NULL, 'mine')$$, '22023 there is no method "mine" of churn'),
	('a history without amounts', $$SELECT revenue_movement(customer_agg(1, '2025-01-01', NULL), '{2026-01-01, 2026-02-01}')$$, '22023 the history has no amounts'),
	('a score below 0', $$SELECT nps(-1)$$, '22023 an answer is not on the scale from 0 to 10'),
	('a probability that is NaN', $$SELECT binomial_tail(1, 2, 'NaN')$$, '22023 probability NaN is not from 0 to 1'),
	('a confidence of 1', $$SELECT wilson_low(1, 2, 1)$$, '22023 confidence 1 is not between 0 and 1'),
	('a fiscal year that starts in month 13', $$SELECT period_start('year', now(), 'UTC', 13)$$, '22023 a fiscal year cannot start in month 13'),
	('no period before', $$SELECT revenue_growth(1::numeric, 0) OVER ()$$, '22023 revenue grows on a period before'),
	('a step of no time', $$SELECT revenue_growth(1::numeric, date '2026-01-01', interval '0') OVER ()$$, '22023 revenue grows on a period before'),
	('periods that do not ascend', $$SELECT revenue_growth(1::numeric, date '2026-01-01', interval '1 day') OVER () FROM generate_series(1, 2)$$, '22023 the periods of revenue do not ascend'),
	('a size below 0', $$SELECT mix_rate_split(1, -1, 1, 1) OVER ()$$, '22023 the size of a member cannot be negative'),
	('hits of no size', $$SELECT mix_rate_split(1, 0, 1, 1) OVER ()$$, '22023 the hits of a member without size are not 0'),
	('a family that is not known', $$SELECT string_agg(k, ' ' ORDER BY n) FROM (SELECT n, sale_kind(NULL::text, n) OVER (ORDER BY n) AS k FROM generate_series(1, 3) n) w$$, 'new repeat repeat');

/*
 * What comes in through COPY. (Messages hold whole numbers alone: there is no NaN.) Stored
 * bytes, in place, compressed, elsewhere and under short headers, are damaged by
 * include/damage.sql for each type.
 */
CREATE TEMP TABLE example (type text, text text, count_place int, count_size int);
INSERT INTO example VALUES ('duration_summary', '{PT1S,PT2S}', 2, 4), ('customer_history', '{bigint amounts 1:0..5=7}', 19, 8), ('purchase_history', '{bigint times 1:0,5}', 19, 8), ('win_summary', '{bigint days 1:1/0/0}', 19, 8),
	('acquisition_summary', '{bigint spend 1 7}', 19, 8), ('revenue_series', '{0:1/1,5}', 1, 4), ('business_calendar', 'UTC: Mon 09:00-17:00', 2, 4);
SELECT set_eq('SELECT type::regtype FROM example', $$SELECT oid::regtype FROM pg_type WHERE typnamespace = 'sales_kpi'::regnamespace AND typtype = 'b' AND typcategory <> 'A'$$, 'every type is here');
\set damaged `grep -l '^\\ir include/damage.sql' test/pgtap/*.sql | xargs sed -n 's/^.set type //p' | paste -s -d ,`
SELECT set_eq('SELECT type FROM example', string_to_array(:'damaged', ','), '... and is damaged by include/damage.sql');
SELECT format('CREATE TEMP TABLE received_%s (state %1$s)', type) FROM example \gexec
CREATE FUNCTION pg_temp.read_message(type text, message bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	path text := current_setting('data_directory') || '/bad_input.copy';
	file oid := lo_from_bytea(0, '\x5047434f50590aff0d0a00' || int4send(0) || int4send(0) || int2send(1::int2) || int4send(length(message)) || message || int2send(-1::int2));
	state text;
BEGIN
	PERFORM lo_export(file, path), lo_unlink(file);
	EXECUTE format('COPY received_%s FROM %L (FORMAT binary)', type, path);
	EXECUTE format('DELETE FROM received_%s RETURNING state', type) INTO state;
	RETURN state;
END $$;
CREATE FUNCTION pg_temp.message(type text) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
	sent bytea;
BEGIN
	EXECUTE (SELECT format('SELECT %s_send(%L)', e.type, e.text) FROM example e WHERE e.type = message.type) INTO sent;
	RETURN sent;
END $$;
CREATE FUNCTION pg_temp.counted(type text, count bigint) RETURNS bytea LANGUAGE sql
RETURN (SELECT overlay(pg_temp.message(e.type) PLACING CASE count_size WHEN 8 THEN int8send(count) ELSE int4send(count::int) END FROM count_place + 1) FROM example e WHERE e.type = counted.type);
INSERT INTO bad (item, query, answer)
SELECT format('%s as a message: %s', type, item), format('SELECT pg_temp.read_message(%L, %s)', type, replace(message, '{type}', quote_literal(type))), coalesce(replace(replace(answer, '{beyond}', CASE count_size WHEN 8 THEN 'incorrect binary data format' ELSE 'invalid {type}' END), '{type}', CASE WHEN type IN ('duration_summary', 'business_calendar') THEN replace(type, '_', ' ') ELSE type END), text)
FROM example, (VALUES
	('as it is sent', 'pg_temp.message({type})', NULL),
	('empty', '''''', '22P03 invalid {type}'),
	('of version 0', 'set_byte(pg_temp.message({type}), 0, 0)', '22P03 invalid {type}'),
	('of version 2', 'set_byte(pg_temp.message({type}), 0, 2)', '22P03 invalid {type}'),
	('of version 255', 'set_byte(pg_temp.message({type}), 0, 255)', '22P03 invalid {type}'),
	('n = -1', 'pg_temp.counted({type}, -1)', '22P03 invalid {type}'),
	('n = 0', 'pg_temp.counted({type}, 0)', '22P03 {beyond}'),
	('n = INT_MAX', 'pg_temp.counted({type}, 2147483647)', '22P03 invalid {type}'),
	('n so large that its size wraps', 'pg_temp.counted({type}, CASE WHEN {type} IN (''duration_summary'', ''revenue_series'', ''business_calendar'') THEN 536870913 ELSE 2305843009213693953 END)', '22P03 invalid {type}'),
	('shorter than n', 'substr(pg_temp.message({type}), 1, length(pg_temp.message({type})) - 1)', '22P03 invalid {type}'),
	('longer than n', 'pg_temp.message({type}) || ''\x00''', '22P03 {beyond}')
) v (item, message, answer);
-- Of a text that is cut off, whatever is left, nothing is read. (What is left of a
-- calendar may be a calendar.)
INSERT INTO bad (item, query, answer)
SELECT format('%s: truncated at every byte', type), format('SELECT string_agg(DISTINCT left(pg_temp.answer(format(''SELECT %%L::%s'', left(%L, length))), 5), '' '') FROM generate_series(0, length(%2$L) - 1) length', type, text), '22P02'
FROM example WHERE type <> 'business_calendar';
SELECT is(left(pg_temp.answer(query), 100), answer, format('%s: %s', item, left(query, 100))) FROM bad ORDER BY place;
SELECT is_empty($$SELECT item, query, answer FROM bad WHERE answer ~ '^[0-9A-Z]{5} ' AND answer !~ '^(22|54000|0A000|42883)'$$, 'errors are meant for who reads them');

-- No support function of a state changes it, or makes one, outside of an aggregate.
CREATE TEMP TABLE support AS
SELECT format('SELECT %s(%s)', proname, string_agg(format('%L::%s', text, type), ', ' ORDER BY n)) AS query
FROM pg_proc p, unnest(p.proargtypes) WITH ORDINALITY a (argument, n) LEFT JOIN (
	SELECT type, text FROM example
	UNION ALL VALUES ('bigint', '1'), ('int', '1'), ('numeric', '1'), ('text', 'won'), ('uuid', '00000000-0000-0000-0000-000000000001'), ('interval', '1 s'), ('date', '2026-01-05'), ('timestamp', '2026-01-05'), ('timestamptz', '2026-01-05'),
		('tstzrange', '[2026-01-01, 2026-02-01)'), ('timestamptz[]', '{2026-01-01, 2026-02-01}')) e ON e.type::regtype = argument
WHERE p.oid IN (SELECT unnest(ARRAY[aggtransfn, aggcombinefn, aggfinalfn]) FROM pg_aggregate JOIN pg_proc f ON f.oid = aggfnoid WHERE f.pronamespace = 'sales_kpi'::regnamespace) AND obj_description(p.oid, 'pg_proc') LIKE 'Internal:%'
GROUP BY p.oid, proname HAVING bool_or(e.type IN (SELECT type FROM example));
SELECT cmp_ok(count(*), '>', 40::bigint, 'support functions') FROM support;
SELECT is_empty($$SELECT query, pg_temp.answer(query) FROM support WHERE pg_temp.answer(query) NOT LIKE '0A000 a support function of % was called outside of an aggregate'$$, 'none is called outside of an aggregate');

SELECT * FROM finish();
ROLLBACK;
