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
	WHERE coalesce(t.direction, 'outbound') = 'outbound' AND t.automated IS NOT TRUE AND (t.minutes < 0) IS NOT TRUE
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
		oracle.seconds(i.opened_at, oracle.is_day(d.opened_at), i.closed_at, oracle.is_day(d.closed_at), zone) AS seconds
	FROM deal d
	CROSS JOIN LATERAL (SELECT oracle.instant(d.opened_at, zone) AS opened_at, oracle.instant(d.closed_at, zone) AS closed_at) i
	WHERE (d.amount < 0 OR d.amount = 'NaN') IS NOT TRUE
		AND (i.opened_at IS NULL OR isfinite(i.opened_at) AND i.opened_at <= as_of)
		AND (d.outcome IS NULL OR isfinite(i.closed_at) AND (i.closed_at < i.opened_at AND NOT (oracle.is_day(d.closed_at) AND oracle.same_day(i.closed_at, i.opened_at, zone))) IS NOT TRUE)
		AND isfinite(coalesce(oracle.instant(d.expected_close_at, zone), 'epoch'));
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
