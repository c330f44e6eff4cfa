-- Periods in a time zone.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS sales_kpi;
RESET client_min_messages;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET search_path = sales_kpi;
-- the same instant, in two companies
SELECT grain, period_start(grain, '2026-01-01 03:00+00', 'Europe/Berlin') AS berlin, period_start(grain, '2026-01-01 03:00+00', 'America/New_York') AS new_york
FROM unnest(ARRAY['day', 'week', 'month', 'quarter', 'year']) AS grain;
-- a fiscal year from April
SELECT period_start('quarter', '2026-03-31 12:00+00', 'Asia/Kolkata', 4), period_start('year', '2026-03-31 12:00+00', 'Asia/Kolkata', fiscal_start => 4);
-- the boundaries of a quarter's months: Berlin is two hours ahead in summer
SELECT unnest(periods('month', '2026-02-15', '2026-04-15', 'Europe/Berlin')) AS boundary;
SELECT b AT TIME ZONE 'Europe/Berlin' AS berlin FROM unnest(periods('month', '2026-02-15', '2026-04-15', 'Europe/Berlin')) AS b;
-- which period is an instant in?
SELECT width_bucket('2026-03-01 12:00+00', periods('month', '2026-02-15', '2026-04-15', 'Europe/Berlin'));
-- Samoa crossed the date line: there was no 30th of December
SELECT b AT TIME ZONE 'Pacific/Apia' AS apia FROM unnest(periods('day', '2011-12-29 12:00+00', '2011-12-31 12:00+00', 'Pacific/Apia')) AS b;
-- clocks in St. John's were set back from 00:01 to 23:01: one day begins, once
SELECT at, at AT TIME ZONE 'America/St_Johns' AS clock, period_start('day', at, 'America/St_Johns')
FROM generate_series(timestamptz '2009-11-01 02:00+00', '2009-11-01 04:00+00', '30 minutes') AS at;
-- what is not known, and what never ends
SELECT period_start('month', NULL, 'UTC') IS NULL AS unknown, period_start('month', 'infinity', 'UTC');
-- mistakes
SELECT period_start('fortnight', '2026-01-01', 'UTC');
SELECT period_start('month', '2026-01-01', 'Europe/Berln');
SELECT period_start('year', '2026-01-01', 'UTC', 13);
SELECT period_start('year', '4714-12-01 BC', 'UTC');
SELECT periods('day', '2026-02-01', '2026-01-01', 'UTC');
SELECT periods('day', '2026-01-01', 'infinity', 'UTC');
SELECT periods('day', '3000-01-01 BC', '2026-01-01', 'UTC');
