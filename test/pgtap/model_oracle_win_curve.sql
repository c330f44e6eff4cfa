-- The view of win curves against a slow and obvious reading of the definition, on
-- random companies: every column, at every grain, by every dimension. The oracle reads
-- the sources alone and calls nothing of the extension.
BEGIN;
\ir include/model.sql
\ir include/oracle.sql
SELECT * FROM no_plan();

CREATE AGGREGATE oracle.product(float8) (SFUNC = float8mul, STYPE = float8, INITCOND = '1');
CREATE FUNCTION oracle.bound(share float8, variance float8, side integer) RETURNS float8
LANGUAGE sql
RETURN CASE WHEN share > 1e-12 AND share < 1 - 1e-12 THEN share ^ exp(-side * 1.959963984540054 * sqrt(variance) / (share * -ln(share))) END;

-- What became of each deal that can be right, and after how many days.
CREATE PROCEDURE oracle.read_fates(zone text, as_of timestamptz)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.fate AS
	SELECT d.product_id::text AS product, d.customer_id::text AS customer,
		coalesce(d.rep_id::text, (SELECT c.rep_id::text FROM customer c WHERE c.customer_id = d.customer_id LIMIT 1)) AS rep, i.opened_at,
		CASE WHEN NOT k.is_closed THEN 'open' WHEN d.outcome = 'won' THEN 'won' ELSE 'lost' END AS fate,
		floor(CASE WHEN k.is_closed THEN oracle.seconds(i.opened_at, oracle.is_day(d.opened_at), i.closed_at, oracle.is_day(d.closed_at), zone)
			ELSE oracle.seconds(i.opened_at, k.by_day, as_of, k.by_day, zone) END / 86400)::integer AS day
	FROM deal d
	CROSS JOIN LATERAL (SELECT oracle.instant(d.opened_at, zone) AS opened_at, oracle.instant(d.closed_at, zone) AS closed_at) i
	CROSS JOIN LATERAL (SELECT d.outcome IS NOT NULL AND i.closed_at <= as_of AS is_closed, oracle.is_day(d.opened_at) AND oracle.is_day(d.closed_at) AS by_day) k
	WHERE isfinite(i.opened_at) AND i.opened_at <= as_of AND (d.amount < 0 OR d.amount = 'NaN') IS NOT TRUE AND isfinite(coalesce(oracle.instant(d.expected_close_at, zone), 'epoch'))
		AND (d.outcome IS NULL OR isfinite(i.closed_at) AND (i.closed_at >= i.opened_at OR oracle.is_day(d.closed_at) AND oracle.same_day(i.closed_at, i.opened_at, zone)))
		AND (NOT k.is_closed OR d.outcome IN ('won', 'lost', 'withdrawn'));
END
$$;

CREATE PROCEDURE oracle.answer_all(sources text, zone text, as_of timestamptz, fiscal_start integer)
LANGUAGE plpgsql
AS $$
BEGIN
	DROP TABLE IF EXISTS oracle.answer, oracle.lead, oracle.fate, oracle.curve, oracle.incidence, oracle.variance, oracle.win_curve;
	PERFORM set_config('search_path', format('%I, test, public', sources), true);
	CALL oracle.read_leads(zone, as_of);
	CALL oracle.read_fates(zone, as_of);

	CREATE TABLE oracle.curve AS
	WITH counted AS (
		SELECT f.fate, f.day, f.opened_at, m.dimension, m.member, m.member_name
		FROM oracle.fate f
		CROSS JOIN LATERAL oracle.members(f.rep, f.product, f.customer, NULL, NULL, NULL, f.opened_at, as_of, zone) m
		WHERE m.dimension IN ('all', 'rep', 'team', 'territory', 'product', 'family', 'segment', 'location', 'source')
	),
	by_day AS (
		SELECT g.grain, g.period, c.dimension, c.member, c.member_name, c.day,
			count(*) FILTER (WHERE c.fate = 'won') AS won, count(*) FILTER (WHERE c.fate = 'lost') AS lost, count(*) FILTER (WHERE c.fate = 'open') AS censored
		FROM counted c
		CROSS JOIN LATERAL (
			SELECT grain, oracle.period(grain, c.opened_at, zone, fiscal_start) AS period FROM unnest('{day,week,month,quarter,year}'::text[]) grain
			UNION ALL
			SELECT 'all', (SELECT (min(f.opened_at) AT TIME ZONE zone)::date FROM counted f WHERE (f.dimension, f.member) = (c.dimension, c.member))) g
		GROUP BY 1, 2, 3, 4, 5, 6
	),
	risk AS (
		SELECT *, sum(won + lost + censored) OVER (PARTITION BY grain, period, dimension, member ORDER BY day DESC)::bigint AS at_risk,
			sum(won + lost + censored) OVER (PARTITION BY grain, period, dimension, member)::bigint AS deals
		FROM by_day
	)
	SELECT *, oracle.product(1 - (won + lost)::float8 / at_risk) OVER upto AS open_share, coalesce(oracle.product(1 - (won + lost)::float8 / at_risk) OVER earlier, 1) AS open_before
	FROM risk
	WINDOW upto AS (PARTITION BY grain, period, dimension, member ORDER BY day), earlier AS (PARTITION BY grain, period, dimension, member ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);

	CREATE TABLE oracle.incidence AS
	SELECT grain, period, dimension, member, day, cause, ended, won + lost AS all_ended, at_risk, open_before,
		sum(open_before * ended / at_risk) OVER (PARTITION BY grain, period, dimension, member, cause ORDER BY day) AS share
	FROM oracle.curve, LATERAL (VALUES ('won', won), ('lost', lost)) c (cause, ended);
	ANALYZE oracle.incidence;
	CREATE TABLE oracle.variance AS
	SELECT t.grain, t.period, t.dimension, t.member, t.day, t.cause, t.share,
		sum(coalesce((t.share - j.share) ^ 2 * j.all_ended / (j.at_risk::float8 * nullif(j.at_risk - j.all_ended, 0)), 0)
			+ j.open_before ^ 2 * j.ended * (j.at_risk - j.ended) / j.at_risk::float8 ^ 3
			- 2 * (t.share - j.share) * j.open_before * j.ended / j.at_risk::float8 ^ 2) AS variance
	FROM oracle.incidence t
	JOIN oracle.incidence j ON (j.grain, j.period, j.dimension, j.member, j.cause) = (t.grain, t.period, t.dimension, t.member, t.cause) AND j.day <= t.day
	GROUP BY t.grain, t.period, t.dimension, t.member, t.day, t.cause, t.share;
	ANALYZE oracle.variance;

	CREATE TABLE oracle.win_curve AS
	SELECT c.*, w.share AS won_share, oracle.bound(w.share, w.variance, -1) AS won_low, oracle.bound(w.share, w.variance, 1) AS won_high,
		l.share AS lost_share, oracle.bound(l.share, l.variance, -1) AS lost_low, oracle.bound(l.share, l.variance, 1) AS lost_high,
		min(c.day) FILTER (WHERE w.share >= 0.5 - 1e-9) OVER (PARTITION BY c.grain, c.period, c.dimension, c.member) AS median_days
	FROM oracle.curve c
	JOIN oracle.variance w ON (w.grain, w.period, w.dimension, w.member, w.day, w.cause) = (c.grain, c.period, c.dimension, c.member, c.day, 'won')
	JOIN oracle.variance l ON (l.grain, l.period, l.dimension, l.member, l.day, l.cause) = (c.grain, c.period, c.dimension, c.member, c.day, 'lost');
	PERFORM set_config('search_path', 'test, public', true);
END
$$;

-- The rows in which the view and its oracle differ.
CREATE FUNCTION oracle.differences(as_of timestamptz, zone text) RETURNS SETOF text
LANGUAGE sql
AS $$
	SELECT concat_ws(' ', 'view:', v::text, 'oracle:', o::text)
	FROM m.win_curve v
	FULL JOIN oracle.win_curve o ON o.grain = v.grain AND o.period = v.period_start AND o.dimension = v.dimension AND o.member = v.member AND o.day = v.day
	CROSS JOIN LATERAL (SELECT CASE o.grain WHEN 'all' THEN ((as_of - interval '1 microsecond') AT TIME ZONE zone)::date + 1 ELSE oracle.next_period(o.grain, o.period) END) e (period_end)
	WHERE NOT coalesce(o.member_name = v.member_name AND v.period_end = e.period_end AND v.is_partial = (e.period_end::timestamp AT TIME ZONE zone > as_of)
		AND (v.at_risk, v.won, v.lost, v.censored, v.deals) = (o.at_risk, o.won, o.lost, o.censored, o.deals) AND v.median_days IS NOT DISTINCT FROM o.median_days
		AND oracle.close_to(v.won_share, o.won_share) AND oracle.close_to(v.lost_share, o.lost_share) AND oracle.close_to(v.open_share, o.open_share)
		AND oracle.close_to(v.won_low, o.won_low) AND oracle.close_to(v.won_high, o.won_high) AND oracle.close_to(v.lost_low, o.lost_low) AND oracle.close_to(v.lost_high, o.lost_high), false)
$$;

-- One random company, dressed and measured; the view must agree with the oracle, and
-- with the functions over the deals of the base.
CREATE FUNCTION test.agrees(seed float8, what text, time_as text, except_for jsonb, zone text, as_of timestamptz, fiscal_start integer, key_as text DEFAULT '{{c}}') RETURNS SETOF text
LANGUAGE plpgsql
AS $$
BEGIN
	CALL test.make_plain(seed, 200);
	-- what is opened and closed with as_of, and with the instants about it
	INSERT INTO plain.deal (deal_id, opened_at, closed_at, outcome)
	SELECT 8000 + i, t.at - interval '40 days', t.at, 'won' FROM unnest(ARRAY[as_of AT TIME ZONE zone, as_of AT TIME ZONE zone - interval '1 microsecond', as_of AT TIME ZONE zone + interval '1 microsecond']) WITH ORDINALITY t (at, i)
	UNION ALL SELECT 8010 + i, t.at, NULL, NULL FROM unnest(ARRAY[as_of AT TIME ZONE zone, as_of AT TIME ZONE zone - interval '1 microsecond', as_of AT TIME ZONE zone + interval '1 microsecond']) WITH ORDINALITY t (at, i);
	CALL test.dress('s', key_as, time_as, except_for);
	CALL sales_kpi.create_model('m', sources => 's', time_zone => zone, as_of => as_of::text, fiscal_start => fiscal_start);
	CALL oracle.answer_all('s', zone, as_of, fiscal_start);
	RETURN NEXT is_empty(format('SELECT * FROM oracle.differences(%L, %L)', as_of, zone), 'win_curve: ' || what);
	RETURN NEXT results_eq($q$SELECT day, at_risk, won_share, won_low, won_high, lost_share, lost_low, lost_high, open_share FROM m.win_curve WHERE grain = 'all' AND dimension = 'all' ORDER BY day$q$,
		format($q$SELECT c.day, c.at_risk, c.won_share, c.won_low, c.won_high, c.lost_share, c.lost_low, c.lost_high, c.open_share
			FROM (SELECT sales_kpi.win_curve_agg(%s, %s, d.outcome, %s) AS s FROM m_base.deal d WHERE coalesce(d.outcome, 'won') IN ('won', 'lost', 'withdrawn')) a, sales_kpi.win_curve(a.s) c ORDER BY 1$q$,
			VARIADIC CASE WHEN time_as LIKE '%::date' THEN ARRAY[format('(d.opened_at AT TIME ZONE %L)::date', zone), format('(d.closed_at AT TIME ZONE %L)::date', zone), quote_literal((as_of AT TIME ZONE zone)::date)]
				ELSE ARRAY['d.opened_at', 'd.closed_at', quote_literal(as_of)] END), 'as the functions say: ' || what);
	RETURN NEXT cmp_ok((SELECT least(count(*) FILTER (WHERE won > 1), count(*) FILTER (WHERE won_low > 0 AND lost_low > 0), count(*) FILTER (WHERE censored > 0 AND won_share > 0), count(*) FILTER (WHERE median_days > 0 AND grain <> 'day'))
		FROM oracle.win_curve), '>', 20::bigint, 'there is enough to compare: ' || what);
	DROP SCHEMA m CASCADE;
	DROP SCHEMA m_base CASCADE;
END
$$;

SELECT test.agrees(0.1, 'timestamptz', '{{c}} AT TIME ZONE ''Europe/Berlin''', '{}', 'Europe/Berlin', '2025-01-15 14:30+01', 1);
SELECT test.agrees(0.2, 'timestamptz of other zones', '{{c}} AT TIME ZONE ''Asia/Kathmandu''', '{}', 'America/New_York', '2024-09-01 00:00-04', 4);
SELECT test.agrees(0.3, 'timestamp, text keys', '{{c}}', '{}', 'Australia/Sydney', '2025-01-31 23:59+11', 10, '{{c}}::text');
SELECT test.agrees(0.4, 'date', '{{c}}::date', '{}', 'Europe/Berlin', '2024-10-01 00:00+02', 7);
SELECT test.agrees(0.5, 'date, after the clocks changed', '{{c}}::date', '{}', 'America/New_York', '2024-11-10 09:30-05', 2);
SELECT test.agrees(0.6, 'closed by the day', '{{c}} AT TIME ZONE ''Europe/London''', '{"deal.closed_at": "{{c}}::date"}', 'Europe/London', '2024-08-15 14:30+01', 1);
SELECT test.agrees(0.7, 'opened by the day', '{{c}} AT TIME ZONE ''America/Los_Angeles''', '{"deal.opened_at": "{{c}}::date"}', 'America/Los_Angeles', '2024-11-03 12:00-08', 1);

-- Where no column tells of closes, all deals are open.
CALL test.make_plain(0.8, 60);
CALL test.dress('s', '{{c}}', '{{c}}::date');
ALTER TABLE s.deal DROP closed_at, DROP outcome;
CALL sales_kpi.create_model('m', sources => 's', time_zone => 'UTC', as_of => '2025-01-15 14:30');
SELECT is(ROW(count(*) > 0, sum(won + lost), min(open_share), count(median_days))::text, '(t,0,1,0)', 'without closes all deals are open') FROM m.win_curve WHERE grain = 'year' AND dimension = 'all';

SELECT * FROM finish();
ROLLBACK;
