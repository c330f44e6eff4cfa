-- The win curve against the textbook's estimate in plain SQL: risk sets counted one by
-- one, the product of all causes, incidences summed up, the variance as it is printed.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;
SET TimeZone = 'America/New_York';

\ir include/answer.sql

-- Pipelines of few and many deals, over few days and many, of which all, some or none
-- have ended. Closes lie on both sides of as_of; some are forecasts; in the spring of
-- 2025 clocks change.
SELECT setseed(0.31415);
CREATE TEMP TABLE pipeline AS
SELECT n AS pipeline, (ARRAY[1, 2, 5, 20, 60, 300])[1 + n % 6] AS deals, (ARRAY[1, 3, 20, 200])[1 + n / 6 % 4] AS days,
	(ARRAY[0, 0.2, 0.5, 1])[1 + n / 24 % 4] AS closing, timestamp '2025-03-12' + random() * interval '1 day' AS as_of
FROM generate_series(0, 191) n;
CREATE TEMP TABLE deal AS
SELECT pipeline, opened_at, CASE WHEN random() < 0.97 THEN opened_at + floor(random() * days + random()) * interval '1 day' + random() * interval '4 hours' END AS closed_at,
	CASE WHEN random() < closing THEN (ARRAY['won', 'won', 'won', 'lost', 'withdrawn'])[1 + floor(random() * 5)] END AS outcome, as_of
FROM (SELECT *, CASE WHEN random() < 0.98 THEN as_of + interval '1 hour' - random() * days * interval '1 day' END AS opened_at FROM pipeline, generate_series(1, deals)) p;

-- What a deal did by as_of, and how long it took, for each type of time
CREATE TEMP TABLE life AS
SELECT pipeline, kind, fate, CASE kind
	WHEN 'timestamptz' THEN floor(extract(epoch FROM ended_at::timestamptz - opened_at::timestamptz) / 86400)
	WHEN 'timestamp' THEN floor(extract(epoch FROM ended_at - opened_at) / 86400)
	ELSE ended_at::date - opened_at::date END::int AS day
FROM (
	SELECT *, CASE WHEN is_closed THEN closed_at ELSE as_of END AS ended_at, CASE WHEN NOT is_closed THEN 'open' WHEN outcome = 'won' THEN 'won' ELSE 'lost' END AS fate
	FROM (SELECT *, CASE kind WHEN 'date' THEN opened_at::date <= as_of::date ELSE opened_at <= as_of END AS is_known,
			outcome IS NOT NULL AND closed_at IS NOT NULL AND CASE kind WHEN 'date' THEN closed_at::date <= as_of::date ELSE closed_at <= as_of END AS is_closed
		FROM deal, unnest('{timestamptz,timestamp,date}'::text[]) kind) d
	WHERE is_known
) e;
CREATE INDEX ON life (pipeline, kind, day);
ANALYZE life;

CREATE AGGREGATE pg_temp.product(float8) (sfunc = float8mul, stype = float8, initcond = '1');
CREATE TEMP TABLE by_day AS
SELECT *, coalesce(pg_temp.product(1 - (won + lost)::float8 / at_risk) OVER before, 1) AS open_before, pg_temp.product(1 - (won + lost)::float8 / at_risk) OVER upto AS open_share
FROM (
	SELECT pipeline, kind, day, count(*) FILTER (WHERE fate = 'won') AS won, count(*) FILTER (WHERE fate = 'lost') AS lost, count(*) FILTER (WHERE fate = 'open') AS censored,
		(SELECT count(*) FROM life o WHERE o.pipeline = l.pipeline AND o.kind = l.kind AND o.day >= l.day) AS at_risk
	FROM life l GROUP BY pipeline, kind, day
) d
WINDOW upto AS (PARTITION BY pipeline, kind ORDER BY day), before AS (PARTITION BY pipeline, kind ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);
CREATE TEMP TABLE incidence AS
SELECT pipeline, kind, day, cause, ended, won + lost AS all_ended, at_risk, open_before, sum(open_before * ended / at_risk) OVER (PARTITION BY pipeline, kind, cause ORDER BY day) AS share
FROM by_day, LATERAL (VALUES ('won', won), ('lost', lost)) c (cause, ended);
ANALYZE incidence;
CREATE TEMP TABLE variance AS
SELECT t.pipeline, t.kind, t.day, t.cause, t.share,
	sum(coalesce((t.share - j.share) ^ 2 * j.all_ended / (j.at_risk::float8 * nullif(j.at_risk - j.all_ended, 0)), 0)
		+ j.open_before ^ 2 * j.ended * (j.at_risk - j.ended) / j.at_risk::float8 ^ 3
		- 2 * (t.share - j.share) * j.open_before * j.ended / j.at_risk::float8 ^ 2) AS variance
FROM incidence t JOIN incidence j ON (j.pipeline, j.kind, j.cause) = (t.pipeline, t.kind, t.cause) AND j.day <= t.day
GROUP BY t.pipeline, t.kind, t.day, t.cause, t.share;
-- a share that is 0 or 1 has no bounds
DELETE FROM variance WHERE share NOT BETWEEN 1e-12 AND 1 - 1e-12;
CREATE TEMP TABLE bounds AS
SELECT pipeline, kind, day, cause, exp(-exp(ln(-ln(share)) + spread)) AS low, exp(-exp(ln(-ln(share)) - spread)) AS high
FROM variance, LATERAL (SELECT 1.959963984540054 * sqrt(variance) / (share * -ln(share)) AS spread) s;
CREATE TEMP TABLE expected AS
SELECT d.pipeline, d.kind, d.day, d.at_risk, d.won, d.lost, d.censored, w.share AS won_share, wb.low AS won_low, wb.high AS won_high, l.share AS lost_share, lb.low AS lost_low, lb.high AS lost_high, d.open_share
FROM by_day d
JOIN incidence w ON (w.pipeline, w.kind, w.day, w.cause) = (d.pipeline, d.kind, d.day, 'won')
JOIN incidence l ON (l.pipeline, l.kind, l.day, l.cause) = (d.pipeline, d.kind, d.day, 'lost')
LEFT JOIN bounds wb ON (wb.pipeline, wb.kind, wb.day, wb.cause) = (d.pipeline, d.kind, d.day, 'won')
LEFT JOIN bounds lb ON (lb.pipeline, lb.kind, lb.day, lb.cause) = (d.pipeline, d.kind, d.day, 'lost');

CREATE TEMP TABLE summary AS
SELECT pipeline, kind, s FROM (
	SELECT pipeline, win_curve_agg(opened_at::timestamptz, closed_at::timestamptz, outcome, as_of::timestamptz) AS tz, win_curve_agg(opened_at, closed_at, outcome, as_of) AS ts,
		win_curve_agg(opened_at::date, closed_at::date, outcome, as_of::date) AS d
	FROM deal GROUP BY pipeline
) a, LATERAL (VALUES ('timestamptz', tz), ('timestamp', ts), ('date', d)) v (kind, s);
CREATE TEMP TABLE found AS SELECT pipeline, kind, c.* FROM summary, win_curve(s) c;

CREATE FUNCTION pg_temp.near(a float8, b float8) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN a IS NOT DISTINCT FROM b OR coalesce(abs(a - b) <= 1e-9, false);
SELECT is_empty($$
	SELECT pipeline, kind, day, f, e FROM found f FULL JOIN expected e USING (pipeline, kind, day)
	WHERE ROW(f.at_risk, f.won, f.lost, f.censored) IS DISTINCT FROM ROW(e.at_risk, e.won, e.lost, e.censored)
		OR NOT pg_temp.near(f.won_share, e.won_share) OR NOT pg_temp.near(f.lost_share, e.lost_share) OR NOT pg_temp.near(f.open_share, e.open_share)
$$, 'deals and shares of every day');
SELECT is_empty($$
	SELECT pipeline, kind, day, f, e FROM found f FULL JOIN expected e USING (pipeline, kind, day)
	WHERE NOT (pg_temp.near(f.won_low, e.won_low) AND pg_temp.near(f.won_high, e.won_high) AND pg_temp.near(f.lost_low, e.lost_low) AND pg_temp.near(f.lost_high, e.lost_high))
$$, 'and their intervals');
SELECT is_empty($$
	SELECT pipeline, kind, median_days(s), days, sample_size(s), deals FROM summary
	LEFT JOIN (SELECT pipeline, kind, min(day) FILTER (WHERE won_share >= 0.5 - 1e-9) AS days, sum(won + lost + censored) AS deals FROM expected GROUP BY 1, 2) e USING (pipeline, kind)
	WHERE median_days(s) IS DISTINCT FROM days OR sample_size(s) IS DISTINCT FROM deals
$$, 'the median, and how many deals there are');
SELECT is_empty($$SELECT * FROM found WHERE abs(won_share + lost_share + open_share - 1) > 1e-12 OR least(won_share, lost_share, open_share) < 0 OR greatest(won_share, lost_share, open_share) > 1$$, 'shares add up to 1');
SELECT is_empty($$SELECT * FROM found WHERE NOT (0 <= won_low AND won_low <= won_share AND won_share <= won_high AND won_high <= 1) OR NOT (0 <= lost_low AND lost_low <= lost_share AND lost_share <= lost_high AND lost_high <= 1)$$, 'and lie in their intervals');
SELECT ok(count(*) FILTER (WHERE won > 0 AND lost > 0 AND censored > 0) > 100 AND count(*) FILTER (WHERE won_share = 0) > 30 AND count(*) FILTER (WHERE open_share = 0) > 30
	AND count(*) FILTER (WHERE won_low > 0) > 1000, 'curves of every form came up') FROM found;
SELECT ok(count(*) FILTER (WHERE median_days(s) IS NULL) > 100 AND count(*) FILTER (WHERE median_days(s) > 0) > 50, '... and medians') FROM summary;
SELECT ok(count(*) > 10, 'days of the local calendar are others than those of 24 hours')
FROM summary a JOIN summary b USING (pipeline) WHERE a.kind = 'timestamptz' AND b.kind = 'timestamp' AND a.s::text <> b.s::text;

/*
 * Where all deals are closed, the curve is what can be counted.
 */
CREATE TEMP TABLE closed AS SELECT n % 40 AS grp, date '2025-01-01' AS opened_at, date '2025-01-01' + floor(random() * 30)::int AS closed_at, CASE WHEN random() < 0.4 THEN 'won' ELSE 'lost' END AS outcome FROM generate_series(1, 2000) n;
SELECT is_empty($$
	SELECT * FROM (SELECT grp, win_curve_agg(opened_at, closed_at, outcome, '2025-12-31') AS s FROM closed GROUP BY grp) a, win_curve(s) c, LATERAL (
		SELECT count(*) FILTER (WHERE outcome = 'won' AND closed_at - opened_at <= day) AS won_until, count(*) FILTER (WHERE outcome = 'lost' AND closed_at - opened_at <= day) AS lost_until, count(*) AS deals
		FROM closed d WHERE d.grp = a.grp) e
	WHERE won_share <> won_until / deals::float8 OR lost_share <> lost_until / deals::float8 OR open_share <> (deals - won_until - lost_until) / deals::float8 OR censored > 0
$$, 'all closed: to the last bit the share that was won, lost, or not yet closed');
SELECT is_empty($$
	SELECT * FROM (SELECT grp, win_curve_agg(opened_at, closed_at, outcome, '2025-12-31') AS s FROM closed GROUP BY grp) a, win_curve(s) c
	WHERE won_share BETWEEN 0.0001 AND 0.9999
		AND NOT pg_temp.near(won_low, exp(-exp(ln(-ln(won_share)) + 1.959963984540054 * sqrt(won_share * (1 - won_share) / sample_size(s)) / (won_share * -ln(won_share)))))
$$, 'of which the variance is that of a share');

/*
 * Kaplan and Meier's curve of winning, with losses taken for censored, says how many
 * would be won if no deal could be lost. Half of these deals are won, one a day, and
 * half are lost.
 */
CREATE TEMP TABLE even AS
SELECT date '2025-01-01' AS opened_at, date '2025-01-01' + n AS closed_at, CASE WHEN n % 2 = 0 THEN 'won' ELSE 'lost' END AS outcome FROM generate_series(1, 10) n;
SELECT is(ROW(max(c.won_share), k.curve)::text, '(0.5,1)', 'Kaplan and Meier would have all of them won in the end')
FROM (SELECT win_curve_agg(opened_at, closed_at, outcome, '2025-12-31') AS s FROM even) a, win_curve(s) c,
	(SELECT 1 - pg_temp.product(1 - (outcome = 'won')::int / at_risk::float8) AS curve FROM (SELECT *, count(*) OVER (ORDER BY closed_at DESC) AS at_risk FROM even) r) k GROUP BY k.curve;
CREATE TEMP TABLE overstated AS
SELECT pipeline, kind, day, won_share, lost_share, 1 - pg_temp.product(1 - won / at_risk::float8) OVER (PARTITION BY pipeline, kind ORDER BY day) AS kaplan_meier FROM found;
SELECT ok(bool_and(kaplan_meier >= won_share - 1e-9) AND count(*) FILTER (WHERE kaplan_meier > won_share + 0.05) > 300, 'never less, and often much more, on random deals') FROM overstated;
SELECT is_empty($$SELECT * FROM overstated WHERE lost_share = 0 AND NOT pg_temp.near(kaplan_meier, won_share)$$, '... unless nothing is lost: then both are the same');

/*
 * Few deals, or none
 */
CREATE FUNCTION pg_temp.curve(deals text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE format('SELECT string_agg(translate(c::text, ''()'', ''''), '' '' ORDER BY day) FROM (SELECT win_curve_agg(opened, closed, outcome, date ''2025-01-31'') AS s FROM (VALUES %s) d (opened, closed, outcome)) a, win_curve(s) c', deals) INTO answer;
	RETURN answer;
END $$;
SELECT is(pg_temp.curve(deals), answer, 'deals ' || deals)
FROM (VALUES
	($$(date '2025-01-01', date '2025-01-05', 'won')$$, '4,1,1,0,0,1,,,0,,,0'),
	($$(date '2025-01-01', date '2025-01-05', 'lost')$$, '4,1,0,1,0,0,,,1,,,0'),
	($$(date '2025-01-01', date '2025-01-05', 'withdrawn')$$, '4,1,0,1,0,0,,,1,,,0'),
	($$(date '2025-01-01', date '2025-01-05', NULL)$$, '30,1,0,0,1,0,,,0,,,1'),
	($$(date '2025-01-01', NULL::date, 'won')$$, '30,1,0,0,1,0,,,0,,,1'),
	($$(date '2025-01-01', date '2025-02-01', 'won')$$, '30,1,0,0,1,0,,,0,,,1'),
	($$(date '2025-01-01', date '2025-01-31', 'won')$$, '30,1,1,0,0,1,,,0,,,0'),
	($$(date '2025-01-31', date '2025-01-31', 'won')$$, '0,1,1,0,0,1,,,0,,,0'),
	($$(date '2025-01-01', NULL::date, NULL), (date '2025-01-11', NULL, NULL)$$, '20,2,0,0,1,0,,,0,,,1 30,1,0,0,1,0,,,0,,,1'),
	($$(date '2025-01-11', NULL::date, NULL), ('2025-01-01', '2025-01-31', 'won')$$, '20,2,0,0,1,0,,,0,,,1 30,1,1,0,0,1,,,0,,,0'),
	($$(date '2025-02-01', NULL::date, NULL), ('2025-02-01', '2025-02-02', 'won'), (NULL, '2025-01-10', 'lost')$$, NULL)
) v (deals, answer);
SELECT is(num_nulls(win_curve_agg(NULL::date, NULL, NULL, '2025-01-01'), win_curve_agg(NULL::timestamp, NULL, 'won', '2025-01-01'), win_curve_agg(timestamptz '2025-01-02', NULL, NULL, '2025-01-01'), rollup(NULL::win_summary)), 4, 'nothing that counts: NULL')
FROM generate_series(1, 3);
SELECT is(num_nulls(sample_size(NULL::win_summary), median_days(NULL)), 2, 'of a NULL summary everything is NULL');
SELECT is_empty('SELECT * FROM win_curve(NULL)', '... and there are no rows');
-- Shares that are rounded: all are won in the end
SELECT is(ROW(won_share, won_low, won_high)::text, '(1,,)', 'all are won') FROM win_curve('{bigint days 0:0/0/1;1:2/0/1;2:1/0/0;3:1/0/1;4:5/0/0}') WHERE open_share = 0;
SELECT is(ROW(lost_share, lost_low, lost_high)::text, '(1,,)', 'all are lost') FROM win_curve('{bigint days 0:0/0/1;1:0/2/1;2:0/1/0;3:0/1/1;4:0/5/0}') WHERE open_share = 0;
-- 1/3, and a quarter of the other 2/3
SELECT is(median_days(s), days, s::text)
FROM (VALUES ('{bigint days 1:4/0/0;2:0/0/4;3:1/2/1}'::win_summary, 3), ('{bigint days 1:4/0/0;2:0/0/4;3:1/0/3}', 3), ('{bigint days 5:1/0/0;6:1/2/0}', 6), ('{bigint days 5:1/0/0;6:0/2/0}', NULL), ('{bigint days 0:5/0/0}', 0), ('{bigint days}', NULL)) v (s, days);

SELECT * FROM finish();
ROLLBACK;
