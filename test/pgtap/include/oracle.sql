-- What the oracles of the KPI views share: times, periods and members as the definitions
-- have them, read from the sources alone. It comes after model.sql.
CREATE SCHEMA oracle;

-- What a column of each type says: a moment, and whether only its day is known.
CREATE FUNCTION oracle.instant(at date, zone text) RETURNS timestamptz LANGUAGE sql RETURN at::timestamp AT TIME ZONE zone;
CREATE FUNCTION oracle.instant(at timestamp, zone text) RETURNS timestamptz LANGUAGE sql RETURN at AT TIME ZONE zone;
CREATE FUNCTION oracle.instant(at timestamptz, zone text) RETURNS timestamptz LANGUAGE sql RETURN at;
CREATE FUNCTION oracle.is_day(at date) RETURNS boolean LANGUAGE sql RETURN true;
CREATE FUNCTION oracle.is_day(at timestamp) RETURNS boolean LANGUAGE sql RETURN false;
CREATE FUNCTION oracle.is_day(at timestamptz) RETURNS boolean LANGUAGE sql RETURN false;

CREATE FUNCTION oracle.same_day(a timestamptz, b timestamptz, zone text) RETURNS boolean
LANGUAGE sql RETURN (a AT TIME ZONE zone)::date = (b AT TIME ZONE zone)::date;

-- Seconds from one event to the other: whole days between days; an end known by its
-- day, on the day of the start, is no time later; otherwise absolute time.
CREATE FUNCTION oracle.seconds(from_time timestamptz, from_is_day boolean, until_time timestamptz, until_is_day boolean, zone text) RETURNS float8
LANGUAGE sql
RETURN CASE
	WHEN NOT isfinite(until_time) THEN NULL
	WHEN from_is_day AND until_is_day THEN ((until_time AT TIME ZONE zone)::date - (from_time AT TIME ZONE zone)::date) * 86400
	WHEN until_is_day AND oracle.same_day(from_time, until_time, zone) THEN 0
	ELSE extract(epoch FROM until_time) - extract(epoch FROM from_time)
END;

CREATE FUNCTION oracle.period(grain text, at timestamptz, zone text, fiscal_start integer) RETURNS date
LANGUAGE sql
RETURN CASE WHEN grain IN ('quarter', 'year')
	THEN (date_trunc(grain, date_trunc('month', at AT TIME ZONE zone) - (fiscal_start - 1) * interval '1 month') + (fiscal_start - 1) * interval '1 month')::date
	ELSE date_trunc(grain, at AT TIME ZONE zone)::date END;

CREATE FUNCTION oracle.next_period(grain text, period date) RETURNS date
LANGUAGE sql
RETURN (period + CASE grain WHEN 'quarter' THEN interval '3 months' ELSE ('1 ' || grain)::interval END)::date;

CREATE FUNCTION oracle.wilson(hits bigint, total bigint, side integer) RETURNS float8
LANGUAGE sql
RETURN (SELECT (p + z * z / (2 * n) + side * z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)
		FROM (SELECT hits::float8 / nullif(total, 0), 1.959963984540054, nullif(total, 0)::float8) w (p, z, n));

-- The span that began last before the moment, if it still runs.
CREATE FUNCTION oracle.span(rep text, at timestamptz, zone text, OUT team text, OUT territory text, OUT works boolean)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	SELECT CASE WHEN s.until > at THEN s.team END, CASE WHEN s.until > at THEN s.territory END, s.until > at INTO team, territory, works
	FROM (SELECT r.team, r.territory, coalesce(oracle.instant(r.valid_from, zone), '-infinity') AS since, coalesce(oracle.instant(r.valid_until, zone), 'infinity') AS until
		  FROM rep r WHERE r.rep_id::text = span.rep) s
	WHERE s.since <= at AND s.until >= s.since
	ORDER BY s.since DESC LIMIT 1;
END
$$;

-- The members that one fact counts for, by dimension.
CREATE FUNCTION oracle.members(rep text, product text, customer text, lead_source text, lead_request text, lead_temperature text, at timestamptz, as_of timestamptz, zone text)
RETURNS TABLE (dimension text, member text, member_name text)
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	s record;
	c record;
	p record;
	rep_label text;
BEGIN
	s := oracle.span(rep, at, zone);
	SELECT r.rep_name INTO rep_label FROM rep r WHERE r.rep_id::text = rep
	ORDER BY oracle.instant(r.valid_from, zone) DESC NULLS LAST LIMIT 1;
	SELECT k.product_name, coalesce(k.family, k.product_id::text) AS family INTO p FROM product k WHERE k.product_id::text = product LIMIT 1;
	SELECT k.segment, k.location, coalesce(k.source, (
			SELECT l.source FROM oracle.lead l
			WHERE l.customer = k.customer_id::text AND l.source IS NOT NULL ORDER BY l.arrived_at, l.source LIMIT 1)) AS source
	INTO c FROM customer k WHERE k.customer_id::text = customer LIMIT 1;
	RETURN QUERY
		SELECT 'all', 'all', 'All' UNION ALL
		SELECT 'rep', coalesce(rep, '(none)'), coalesce(rep_label, rep, '(none)') UNION ALL
		SELECT 'product', coalesce(product, '(none)'), coalesce(p.product_name, product, '(none)') UNION ALL
		SELECT d.dimension, coalesce(d.member, '(none)'), coalesce(d.member, '(none)')
		FROM (VALUES ('team', s.team), ('territory', s.territory), ('family', p.family), ('segment', c.segment), ('location', c.location),
			('source', c.source), ('lead source', lead_source), ('request', lead_request), ('temperature', lead_temperature)) d (dimension, member);
END
$$;

-- Touches that can answer a lead: people's, to the outside, and not impossible.
CREATE PROCEDURE oracle.read_leads(zone text, as_of timestamptz)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.answer AS
	SELECT t.lead_id::text AS lead, oracle.instant(t.touched_at, zone) AS at, oracle.is_day(t.touched_at) AS is_day
	FROM touch t
	WHERE coalesce(t.direction, 'outbound') = 'outbound' AND t.automated IS NOT TRUE AND (t.minutes < 0 OR t.minutes::numeric = 'NaN' OR t.personal_elements < 0) IS NOT TRUE
		AND oracle.instant(t.touched_at, zone) <= as_of;

	CREATE TABLE oracle.lead AS
	SELECT row_number() OVER () AS n, k.*, CASE WHEN k.stored THEN k.stored_seconds ELSE a.seconds END AS seconds,
		CASE WHEN k.stored THEN greatest(k.responded_at, k.arrived_at) ELSE a.at END AS answered_at
	FROM (
		SELECT l.lead_id::text AS lead, i.arrived_at, i.responded_at, oracle.is_day(l.arrived_at) AS is_day, l.source, l.request, l.temperature,
			l.customer_id::text AS customer, l.deal_id::text AS deal,
			coalesce(l.rep_id::text, (SELECT c.rep_id::text FROM customer c WHERE c.customer_id = l.customer_id LIMIT 1)) AS rep,
			coalesce(i.responded_at <= as_of, false) AS stored,
			oracle.seconds(i.arrived_at, oracle.is_day(l.arrived_at), i.responded_at, oracle.is_day(l.responded_at), zone) AS stored_seconds,
			i.converted_at, coalesce(i.closed_at <= as_of, false) AS closed
		FROM lead l
		CROSS JOIN LATERAL (SELECT oracle.instant(l.arrived_at, zone) AS arrived_at, oracle.instant(l.responded_at, zone) AS responded_at,
			oracle.instant(l.converted_at, zone) AS converted_at, oracle.instant(l.closed_at, zone) AS closed_at) i
		WHERE isfinite(i.arrived_at) AND i.arrived_at <= as_of
			AND (i.responded_at < i.arrived_at AND NOT (oracle.is_day(l.responded_at) AND oracle.same_day(i.responded_at, i.arrived_at, zone))) IS NOT TRUE
			AND (i.converted_at < i.arrived_at AND NOT (oracle.is_day(l.converted_at) AND oracle.same_day(i.converted_at, i.arrived_at, zone))) IS NOT TRUE
			AND (i.closed_at < i.arrived_at AND NOT (oracle.is_day(l.closed_at) AND oracle.same_day(i.closed_at, i.arrived_at, zone))) IS NOT TRUE
	) k
	LEFT JOIN LATERAL (
		SELECT min(oracle.seconds(k.arrived_at, k.is_day, a.at, a.is_day, zone)) AS seconds, min(greatest(a.at, k.arrived_at)) AS at
		FROM oracle.answer a
		WHERE a.lead = k.lead AND (a.at >= k.arrived_at OR a.is_day AND oracle.same_day(a.at, k.arrived_at, zone))
	) a ON true;
END
$$;

-- Deals that can be right, as they stood at as_of.
CREATE PROCEDURE oracle.read_deals(zone text, as_of timestamptz)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.deal AS
	SELECT row_number() OVER () AS n, d.deal_id::text AS deal, d.product_id::text AS product, d.customer_id::text AS customer, d.lead_id::text AS lead,
		coalesce(d.rep_id::text, (SELECT c.rep_id::text FROM customer c WHERE c.customer_id = d.customer_id LIMIT 1)) AS rep,
		i.opened_at, CASE WHEN d.outcome IS NOT NULL AND i.closed_at <= as_of THEN i.closed_at END AS closed_at, oracle.is_day(d.closed_at) AS closed_is_day,
		coalesce(d.outcome = 'won' AND i.closed_at <= as_of, false) AS won,
		coalesce(d.outcome = 'lost' AND i.closed_at <= as_of, false) AS lost,
		oracle.is_day(d.opened_at) AS opened_is_day, coalesce(d.outcome = 'withdrawn' AND i.closed_at <= as_of, false) AS withdrawn,
		d.amount, oracle.instant(d.expected_close_at, zone) AS expected_at,
		oracle.seconds(i.opened_at, oracle.is_day(d.opened_at), i.closed_at, oracle.is_day(d.closed_at), zone) AS seconds
	FROM deal d
	CROSS JOIN LATERAL (SELECT oracle.instant(d.opened_at, zone) AS opened_at, oracle.instant(d.closed_at, zone) AS closed_at) i
	WHERE (d.amount < 0 OR d.amount = 'NaN') IS NOT TRUE
		AND (i.opened_at IS NULL OR isfinite(i.opened_at) AND i.opened_at <= as_of)
		AND (d.outcome IS NULL OR isfinite(i.closed_at) AND (i.closed_at < i.opened_at AND NOT (oracle.is_day(d.closed_at) AND oracle.same_day(i.closed_at, i.opened_at, zone))) IS NOT TRUE)
		AND isfinite(coalesce(oracle.instant(d.expected_close_at, zone), 'epoch'));

	-- of deals that share an id, the one that stages belong to
	CREATE TABLE oracle.deal_by_id AS SELECT DISTINCT ON (d.deal) * FROM oracle.deal d WHERE d.deal IS NOT NULL ORDER BY d.deal, d.opened_at, d.closed_at;
END
$$;

-- Walks through the visits of each deal, one by one.
CREATE PROCEDURE oracle.read_stages(zone text, as_of timestamptz)
LANGUAGE plpgsql
AS $$
DECLARE
	d record;
	v record;
	following record;
	left_at timestamptz;
BEGIN
	CREATE TABLE oracle.visit (deal text, stage text, stage_order bigint, entered_at timestamptz, left_at timestamptz, seconds float8);
	CREATE TEMP TABLE entry AS
	SELECT s.deal_id::text AS deal, s.stage, s.stage_order, oracle.instant(s.entered_at, zone) AS at, oracle.is_day(s.entered_at) AS is_day,
		row_number() OVER (ORDER BY oracle.instant(s.entered_at, zone), s.stage_order, s.stage) AS place
	FROM deal_stage s
	WHERE s.stage IS NOT NULL AND isfinite(oracle.instant(s.entered_at, zone)) AND oracle.instant(s.entered_at, zone) <= as_of;

	FOR d IN SELECT * FROM oracle.deal_by_id LOOP
		FOR v IN SELECT * FROM entry WHERE entry.deal = d.deal ORDER BY place LOOP
			CONTINUE WHEN d.closed_at < v.at AND NOT oracle.same_day(d.closed_at, v.at, zone);
			SELECT e.at INTO following FROM entry e WHERE e.deal = d.deal AND e.place > v.place ORDER BY e.place LIMIT 1;
			left_at := following.at;
			IF d.closed_at IS NOT NULL THEN
				-- a close known by its day may follow on anything that happened that day
				IF following.at IS NULL OR following.at > d.closed_at AND NOT (d.closed_is_day AND oracle.same_day(following.at, d.closed_at, zone)) THEN
					left_at := greatest(d.closed_at, v.at);
				END IF;
			END IF;
			INSERT INTO oracle.visit VALUES (d.deal, v.stage, v.stage_order, v.at, left_at,
				oracle.seconds(v.at, v.is_day, left_at, v.is_day, zone));
		END LOOP;
	END LOOP;
	DROP TABLE entry;

	CREATE TABLE oracle.stage AS
	SELECT row_number() OVER () AS n, k.deal, k.stage, count(*) AS visits, bool_or(k.left_at IS NULL) AS is_open,
		CASE WHEN bool_or(k.left_at IS NULL) THEN as_of ELSE max(k.left_at) END AS at,
		sum(k.seconds) AS seconds,
		(SELECT w.seconds FROM oracle.visit w WHERE w.deal = k.deal AND w.stage = k.stage ORDER BY w.entered_at DESC, w.seconds DESC LIMIT 1) AS latest
	FROM oracle.visit k
	GROUP BY k.deal, k.stage;
END
$$;

-- The clock of customers: that of the zone where their times are days, so that every
-- day has 24 hours; otherwise one without changes.
CREATE FUNCTION oracle.clock(at timestamptz, by_day boolean, zone text) RETURNS timestamp
LANGUAGE sql RETURN CASE WHEN by_day THEN at AT TIME ZONE zone ELSE at AT TIME ZONE 'UTC' END;

-- When customers are active: paid subscriptions that can be right, or what follows
-- on purchases. Of what begins at as_of or later nothing is known.
CREATE PROCEDURE oracle.read_spans(zone text, as_of timestamptz, inactive_after interval)
LANGUAGE plpgsql
AS $$
BEGIN
	CREATE TABLE oracle.span (customer text, rep text, product text, starts timestamptz, by_day boolean, started timestamp, ended timestamp, amount numeric);
	IF to_regclass('subscription') IS NOT NULL THEN
		INSERT INTO oracle.span
		SELECT s.customer_id::text, coalesce(s.rep_id::text, (SELECT c.rep_id::text FROM customer c WHERE c.customer_id = s.customer_id LIMIT 1)), s.product_id::text,
			i.started_at, k.by_day, oracle.clock(i.started_at, k.by_day, zone), oracle.clock(i.ended_at, k.by_day, zone), s.monthly_amount
		FROM subscription s
		CROSS JOIN LATERAL (SELECT oracle.is_day(s.started_at) AND oracle.is_day(s.ended_at) AS by_day, oracle.instant(s.started_at, zone) AS started_at,
			CASE WHEN oracle.is_day(s.ended_at) AND NOT oracle.is_day(s.started_at) AND oracle.same_day(oracle.instant(s.started_at, zone), oracle.instant(s.ended_at, zone), zone)
				THEN oracle.instant(s.started_at, zone) ELSE coalesce(oracle.instant(s.ended_at, zone), 'infinity') END AS ended_at) i
		CROSS JOIN LATERAL (SELECT i.by_day) k
		WHERE s.customer_id IS NOT NULL AND isfinite(i.started_at) AND i.started_at < as_of AND i.ended_at > i.started_at
			AND (s.monthly_amount > 0 AND s.monthly_amount < 'Infinity') IS NOT FALSE AND s.trial IS NOT TRUE;
		IF (SELECT count(*) FROM subscription) > 0 THEN
			RETURN;
		END IF;
	END IF;
	INSERT INTO oracle.span
	SELECT s.customer_id::text, coalesce(s.rep_id::text, (SELECT c.rep_id::text FROM customer c WHERE c.customer_id = s.customer_id LIMIT 1)), s.product_id::text,
		oracle.instant(s.sold_at, zone), oracle.is_day(s.sold_at), k.sold, k.sold + inactive_after, NULL
	FROM sale s
	CROSS JOIN LATERAL (SELECT oracle.clock(oracle.instant(s.sold_at, zone), oracle.is_day(s.sold_at), zone)) k (sold)
	WHERE s.customer_id IS NOT NULL AND oracle.instant(s.sold_at, zone) < as_of AND s.amount > 0 AND s.amount < 'Infinity' AND inactive_after IS NOT NULL;
END
$$;

-- Whether a lead had become a deal or a customer.
CREATE FUNCTION oracle.has_converted(lead text, converted_at timestamptz, customer text, deal text, as_of timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN coalesce(converted_at <= as_of, customer IS NOT NULL OR deal IS NOT NULL) OR EXISTS (SELECT FROM oracle.deal d WHERE d.lead = has_converted.lead);
END
$$;

CREATE FUNCTION oracle.close_to(a float8, b float8) RETURNS boolean
LANGUAGE sql
RETURN a IS NOT DISTINCT FROM b OR abs(a - b) <= 1e-9 * greatest(1, abs(a));

-- The periods that a moment lies in, one of each grain.
CREATE FUNCTION oracle.periods(at timestamptz, zone text, fiscal_start integer) RETURNS TABLE (grain text, period_start date)
LANGUAGE sql
AS $$ SELECT g, oracle.period(g, at, zone, fiscal_start) FROM unnest('{day,week,month,quarter,year}'::text[]) g $$;

-- The rows in which a view and the table of its name in the schema oracle differ, and in
-- which columns. All columns of the view are compared: one that the oracle lacks is an
-- error. Money may be rounded in the sixth place, and what is a mean or a percentile of
-- time to the microsecond.
CREATE FUNCTION oracle.differences(view_name text, own_keys text[], as_of timestamptz, zone text) RETURNS SETOF text
LANGUAGE plpgsql
AS $body$
DECLARE
	keys text[] := '{grain,period_start,dimension,member}' || own_keys;
BEGIN
	RETURN QUERY EXECUTE (
		SELECT format('SELECT concat_ws($q$ $q$, CASE WHEN v.grain IS NULL THEN $q$view has no$q$ WHEN o.grain IS NULL THEN $q$oracle has no$q$ ELSE w.columns END, $q$view:$q$, v::text, $q$oracle:$q$, o::text)
			FROM m.%1$I v FULL JOIN oracle.%1$I o ON %2$s CROSS JOIN LATERAL (SELECT concat_ws($q$,$q$, %3$s) AS columns) w
			WHERE v.grain IS NULL OR o.grain IS NULL OR w.columns <> $q$$q$', view_name,
			(SELECT string_agg(format('coalesce(v.%I::text, $q$NULL$q$) = coalesce(o.%1$I::text, $q$NULL$q$)', k), ' AND ') FROM unnest(keys) k),
			string_agg(format('CASE WHEN NOT coalesce(%s, false) THEN %L END', CASE
				WHEN a.attname = 'period_end' THEN 'v.period_end = oracle.next_period(o.grain, o.period_start)'
				WHEN a.attname = 'is_partial' THEN format('v.is_partial = (v.period_end::timestamp AT TIME ZONE %L > %L::timestamptz)', zone, as_of)
				WHEN a.atttypid = 'float8'::regtype THEN format('(oracle.close_to(v.%1$I, o.%1$I::float8) OR abs(v.%1$I - o.%1$I::float8) < 1e-8)', a.attname)
				WHEN a.atttypid = 'numeric'::regtype THEN format('(v.%1$I IS NOT DISTINCT FROM o.%1$I OR abs(v.%1$I - o.%1$I) <= greatest(0.000001, abs(o.%1$I) / 1e12))', a.attname)
				ELSE format('v.%1$I IS NOT DISTINCT FROM o.%1$I', a.attname) END, a.attname), ', '))
		FROM pg_attribute a
		WHERE a.attrelid = format('m.%I', view_name)::regclass AND a.attnum > 0 AND a.attname <> ALL (keys));
END
$body$;
