-- The scorecard: the last complete period of each grain, the one before and the same a
-- year ago, at the boundaries of periods, and with much of the sources missing.
BEGIN;
\ir include/model.sql
SELECT plan(31);

CALL test.make_plain(0.31, 400);
INSERT INTO plain.sale (sale_id, sold_at, amount) VALUES (9001, '2023-12-10', 50), (9002, '2023-11-10', 50);
UPDATE plain.touch SET call_to_action = touch_id % 3 = 0, minutes = 5 + touch_id % 20, kind = (ARRAY['call', 'email', 'meeting', 'message'])[1 + touch_id % 4];
CALL test.dress('crm', '{{c}}', '{{c}}');

-- The period that ends at or before as_of, and those it is compared with, by hand.
CREATE FUNCTION test.compared(grain text, as_of timestamp, fiscal_start integer, OUT current date, OUT previous date, OUT year_ago date)
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	step interval := CASE grain WHEN 'quarter' THEN interval '3 months' ELSE ('1 ' || grain)::interval END;
	shift interval := CASE WHEN grain IN ('quarter', 'year') THEN (fiscal_start - 1) * interval '1 month' ELSE '0' END;
BEGIN
	current := date_trunc(grain, date_trunc(CASE WHEN grain IN ('quarter', 'year') THEN 'month' ELSE grain END, as_of) - shift) + shift - step;
	previous := current - step;
	year_ago := CASE WHEN grain IN ('day', 'week') THEN current - 364 ELSE current - interval '1 year' END;
END
$$;
SELECT results_eq($$SELECT grain, (c).* FROM (SELECT grain, test.compared(grain, '2025-01-01 00:00', 4) AS c FROM unnest('{day,week,month,quarter,year}'::text[]) grain) x$$,
	$$VALUES ('day', '2024-12-31'::date, '2024-12-30'::date, '2024-01-02'::date), ('week', '2024-12-23', '2024-12-16', '2023-12-25'), ('month', '2024-12-01', '2024-11-01', '2023-12-01'),
		('quarter', '2024-10-01', '2024-07-01', '2023-10-01'), ('year', '2023-04-01', '2022-04-01', '2022-04-01')$$, 'the oracle knows the calendar');

-- Every line of the scorecard, from the KPI views by the list of measures: figures of
-- three periods, the last twelve as a line, and what to watch out for.
CREATE FUNCTION test.watch(m sales_kpi.measure, figures float8[], n bigint) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	this float8 := figures[12];
	earlier float8[] := array_remove(figures[1:11], NULL);
	steps float8[];
	mean float8;
	usual float8;
	bad integer := CASE m.better WHEN 'higher' THEN -1 ELSE 1 END;
	t record;
BEGIN
	IF this IS NULL THEN
		RETURN E'No\nfigure.';
	ELSIF n < 30 AND m.column_name <> m.size_column AND m.unit NOT IN ('units') AND m.over_time <> 'adds up' THEN
		RETURN format(E'Only %s\ncounted.', n);
	ELSIF m.ripens THEN
		RETURN E'Not\nfinal.';
	END IF;
	steps := ARRAY(SELECT abs(figures[i] - figures[i - 1]) FROM generate_series(2, 11) i WHERE figures[i] IS NOT NULL AND figures[i - 1] IS NOT NULL);
	mean := (SELECT avg(e) FROM unnest(earlier) e);
	usual := 2.66 * (SELECT avg(e) FROM unnest(steps) e);
	IF cardinality(earlier) >= 6 AND bad * (this - mean) > usual THEN
		RETURN E'Unusually\n' || CASE bad WHEN 1 THEN 'high.' ELSE 'low.' END;
	END IF;
	SELECT * INTO t FROM (SELECT (sales_kpi.trend(f ORDER BY i)).* FROM unnest(figures) WITH ORDINALITY u (f, i)) x;
	RETURN CASE WHEN t.p_value < 0.01 AND bad * t.slope > 0 THEN E'Getting\nworse.' END;
END
$$;
CREATE FUNCTION test.lines(grain text, current date, previous date, year_ago date)
RETURNS TABLE (label text, value numeric, previous_value numeric, year_ago_value numeric, line text, n bigint, watch text)
LANGUAGE plpgsql
AS $$
DECLARE
	v record;
	step interval := CASE grain WHEN 'quarter' THEN interval '3 months' ELSE ('1 ' || grain)::interval END;
BEGIN
	CREATE TEMP TABLE figure (view_name text, only_where text, period date, figures jsonb);
	FOR v IN SELECT DISTINCT m.view_name, m.only_where FROM sales_kpi.measure m WHERE m.headline LOOP
		EXECUTE format('INSERT INTO figure SELECT %L, %L, v.period_start, to_jsonb(v) FROM kpi.%1$I v WHERE v.grain = %3$L AND v.dimension = ''all'' AND %4$s', v.view_name, v.only_where, grain, coalesce(v.only_where, 'true'));
	END LOOP;
	RETURN QUERY
		SELECT m.label, round(coalesce(k.value, z.zero), z.digits), round(coalesce(k.previous, z.zero), z.digits), round(coalesce(k.year_ago, z.zero), z.digits),
			(SELECT sales_kpi.sparkline(f ORDER BY i) FROM unnest(l.figures) WITH ORDINALITY u (f, i)), coalesce(k.n, 0), test.watch(m, l.figures, coalesce(k.n, 0))
		FROM sales_kpi.measure m
		CROSS JOIN LATERAL (SELECT CASE WHEN m.unit IN ('deals', 'leads', 'customers') THEN 0 END, CASE WHEN m.unit IN ('share', 'ratio') THEN 3 WHEN m.unit IN ('days', 'score') THEN 1 ELSE 0 END) z (zero, digits)
		CROSS JOIN LATERAL (
			SELECT max(r.value) FILTER (WHERE r.period = lines.current), max(r.value) FILTER (WHERE r.period = lines.previous), max(r.value) FILTER (WHERE r.period = lines.year_ago),
				max(r.n) FILTER (WHERE r.period = lines.current)
			FROM (SELECT f.period, (f.figures ->> m.column_name)::numeric AS value, (f.figures ->> m.size_column)::bigint AS n
				  FROM figure f WHERE f.view_name = m.view_name AND f.only_where IS NOT DISTINCT FROM m.only_where) r) k (value, previous, year_ago, n)
		CROSS JOIN LATERAL (SELECT ARRAY(SELECT coalesce((SELECT (f.figures ->> m.column_name)::float8 FROM figure f WHERE f.view_name = m.view_name AND f.only_where IS NOT DISTINCT FROM m.only_where
				AND f.period = lines.current - i * step), z.zero) FROM generate_series(11, 0, -1) i) AS figures) l
		WHERE m.headline AND (k.year_ago IS NOT NULL OR EXISTS (SELECT FROM figure f WHERE f.view_name = m.view_name AND f.only_where IS NOT DISTINCT FROM m.only_where
			AND f.period > lines.current - 12 * step AND f.period <= lines.current AND f.figures ->> m.column_name IS NOT NULL))
		ORDER BY m.rank;
	DROP TABLE figure;
END
$$;
CREATE FUNCTION test.scorecard_of(grain text, as_of text, fiscal_start integer, what text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
DECLARE
	c record;
BEGIN
	CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', as_of => as_of, fiscal_start => fiscal_start, scorecard_grain => grain,
		calendar => 'Europe/Berlin: Mon-Sat 07:00-19:00');
	c := test.compared(grain, as_of::timestamp, fiscal_start);
	RETURN NEXT results_eq('SELECT kpi, this, previous, year_ago, trend, n, watch FROM kpi.scorecard',
		format('SELECT label, value, previous_value, year_ago_value, line, n, watch FROM test.lines(%1$L, %2$L, %3$L, %4$L)', grain, c.current, c.previous, c.year_ago),
		format('the last %s at %s: %s', grain, as_of, what));
END
$$;
SELECT test.scorecard_of('month', '2025-01-01 00:00', 1, 'the midnight that ends it');
SELECT is((SELECT count(*) FROM kpi.scorecard), (SELECT count(*) FROM sales_kpi.measure WHERE headline), 'every headline measure has a line');
SELECT results_eq('SELECT kpi, unit FROM kpi.scorecard', $$SELECT label, CASE WHEN unit = 'minutes' THEN 'min' WHEN unit IN ('deals', 'leads', 'customers', 'units') THEN 'count' ELSE unit END || CASE better WHEN 'higher' THEN ' ↑' ELSE ' ↓' END FROM sales_kpi.measure WHERE headline ORDER BY rank$$, 'as the list of measures has them, in its order, with an arrow to where it is good');
SELECT is_empty($$SELECT kpi FROM kpi.scorecard WHERE abs(change - (this / nullif(previous, 0) - 1)) > 0.1 * abs(this / nullif(previous, 0))$$, 'change is against the period before');
SELECT test.scorecard_of('month', '2024-12-31 23:59:59.999999', 1, 'a moment before');
SELECT test.scorecard_of('month', '2025-01-15 14:30', 7, 'in the midst of one');
SELECT test.scorecard_of('day', '2024-10-28 00:00', 1, 'after the day of 25 hours');
SELECT test.scorecard_of('week', '2025-01-05 12:00', 3, 'a week over the new year');
SELECT test.scorecard_of('quarter', '2025-01-15 00:00', 12, 'fiscal quarters from December');
SELECT test.scorecard_of('year', '2024-07-01 00:00', 7, 'fiscal years from July');
SELECT test.scorecard_of('year', '2024-06-30 23:00', 7, 'an hour before they change');
SELECT test.scorecard_of('month', '2020-01-01 00:00', 1, 'before there was anything');
SELECT is_empty('SELECT * FROM kpi.scorecard', 'nothing happened, nothing is shown');

-- A collapse is shown: deals were won in the month before and none in the last.
DELETE FROM crm.deal WHERE closed_at >= '2024-11-30' AND closed_at < '2025-01-02';
CALL sales_kpi.create_model('kpi', as_of => '2025-01-01', scorecard_grain => 'month', fiscal_start => 1);
SELECT results_eq($$SELECT this, previous > 0, change, n FROM kpi.scorecard WHERE kpi = 'Deals won'$$, $$VALUES (0::numeric, true, -1.000, 0::bigint)$$, 'a count of nothing is 0');
SELECT results_eq($$SELECT this, previous > 0, change, n, watch FROM kpi.scorecard WHERE kpi = 'Sales cycle'$$, $$VALUES (NULL::numeric, true, NULL::numeric, 0::bigint, E'No\nfigure.')$$, 'and of other figures nothing is known');

-- A figure below 0 is nothing that another could be a share of.
CREATE SCHEMA turned;
CREATE TABLE turned.sale AS SELECT * FROM (VALUES (1, date '2024-10-05', 100), (2, date '2024-11-05', 50), (3, date '2024-12-05', 75)) s (sale_id, sold_at, amount);
CALL sales_kpi.create_model('turning', sources => 'turned', as_of => '2025-01-01');
SELECT results_eq($$SELECT kpi, this, previous, change FROM turning.scorecard WHERE kpi IN ('Revenue', 'Growth')$$, $$VALUES
	('Revenue', 75::numeric, 50::numeric, 0.500::numeric), ('Growth', 0.500, -0.500, NULL)$$, 'what was falling and grows has no change');

-- as_of unset is the current time.
CALL sales_kpi.create_model('kpi', as_of => 'now', scorecard_grain => 'day', time_zone => 'UTC');
SELECT results_eq('SELECT kpi FROM kpi.scorecard', $$SELECT label FROM sales_kpi.measure WHERE headline AND view_name IN ('churn', 'revenue_movement', 'sales_volume', 'upsell') ORDER BY rank$$, 'today nothing happens any more, but there are customers, and nothing sold is 0');
INSERT INTO crm.lead (lead_id, arrived_at) VALUES (9001, (now() AT TIME ZONE 'UTC')::date - interval '1 second'), (9002, (now() AT TIME ZONE 'UTC')::date);
SELECT results_eq($$SELECT this, n FROM kpi.scorecard WHERE kpi = 'Leads'$$, $$VALUES (1::numeric, 1::bigint)$$, 'but yesterday it did');

-- Each sentence, from leads that came and were answered as it takes.
CREATE SCHEMA watched;
CREATE TABLE watched.lead (lead_id int, arrived_at timestamptz, responded_at timestamptz);
CREATE FUNCTION test.watched(kpi text, leads integer[], minutes float8[]) RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	TRUNCATE watched.lead;
	INSERT INTO watched.lead SELECT i, m, m + minutes[array_position_of] * interval '1 minute'
	FROM (SELECT o AS array_position_of, timestamptz '2024-01-05 12:00+00' + (o - 1) * interval '1 month' AS m, generate_series(1, leads[o]) AS i FROM generate_series(1, 12) o) l;
	RETURN (SELECT watch FROM watching.scorecard s WHERE s.kpi = watched.kpi);
END
$$;
CALL sales_kpi.create_model('watching', sources => 'watched', time_zone => 'UTC', as_of => '2025-01-01');
SELECT results_eq($$SELECT test.watched(k, n, m) FROM (VALUES
		('Lead response', array_fill(40, ARRAY[12]), '{10,12,9,11,10,12,9,11,10,12,9,11}'::float8[]), ('Lead response', array_fill(40, ARRAY[12]), '{10,12,9,11,10,12,9,11,10,12,9,30}'),
		('Lead response', array_fill(40, ARRAY[12]), '{10,12,9,11,10,12,9,11,10,12,9,1}'), ('Lead response', array_fill(40, ARRAY[12]), '{10,11,12,13,14,15,16,17,18,19,20,17}'),
		('Lead response', array_fill(29, ARRAY[12]), '{10,12,9,11,10,12,9,11,10,12,9,30}'), ('Leads', '{29,28,27,26,29,28,27,26,29,28,27,26}', array_fill(1::float8, ARRAY[12])),
		('Leads', '{29,28,27,26,29,28,27,26,29,28,27,1}', array_fill(1::float8, ARRAY[12])), ('Lead response', array_fill(40, ARRAY[12]), '{10,NULL,9,11,10,12,9,11,10,12,9,NULL}')) w (k, n, m)$$,
	$$VALUES (NULL), (E'Unusually\nhigh.'), (NULL), (E'Getting\nworse.'), (E'Only 29\ncounted.'), (NULL), (E'Unusually\nlow.'), (E'No\nfigure.')$$, 'what to watch out for is told, and what is well is not');
SELECT is((SELECT trend FROM watching.scorecard WHERE kpi = 'Lead response'), '▃·▁▆▃█▁▆▃█▁·', 'a month without a figure is a dot in the line');
SELECT cmp_ok((SELECT max(char_length(line)) FROM kpi.scorecard CROSS JOIN LATERAL regexp_split_to_table(watch, E'\n') line), '<=', 9, 'its lines are short');

-- With sources missing: what they would tell has no line, not an empty one.
CREATE FUNCTION test.labels(keep text) RETURNS text[]
LANGUAGE plpgsql
AS $$
DECLARE
	k text[] := string_to_array(keep, ' ');
BEGIN
	DROP SCHEMA IF EXISTS part, kpi, kpi_base CASCADE;
	CREATE SCHEMA part;
	EXECUTE format('CREATE TABLE part.%I AS SELECT %s FROM crm.%1$I', k[1], k[2]);
	CALL sales_kpi.create_model('kpi', sources => 'part', time_zone => 'Europe/Berlin', as_of => '2024-11-01');
	RETURN (SELECT array_agg(kpi) FROM kpi.scorecard);
END
$$;
SELECT is(test.labels('deal deal_id,opened_at,closed_at,outcome'), (SELECT array_agg(label ORDER BY rank) FROM sales_kpi.measure WHERE headline AND view_name = ANY ('{cycle_length,win_rate}')), 'deals alone');
SELECT is(test.labels('deal deal_id,opened_at'), NULL, 'deals that never close');
SELECT is(test.labels('lead lead_id,arrived_at,responded_at,deal_id'), (SELECT array_agg(label ORDER BY rank) FROM sales_kpi.measure WHERE headline AND view_name IN ('lead_response', 'four_p') AND kpi <> 'lead_response_business_minutes'), 'leads alone');
SELECT is(test.labels('lead lead_id,arrived_at,responded_at'), (SELECT array_agg(label ORDER BY rank) FROM sales_kpi.measure WHERE headline AND view_name IN ('lead_response', 'four_p') AND kpi <> ALL ('{lead_conversion_rate,lead_response_business_minutes}')), 'leads of which nobody knows what became');
SELECT is(test.labels('lead lead_id,arrived_at'), '{Leads,"Within SLA"}', 'leads of which nobody knows whether they were answered');
SELECT is(test.labels('sale sale_id,sold_at,units'), '{"Units sold"}', 'sales of which nobody knows who bought, and for how much');
SELECT is(test.labels('sale sale_id,sold_at,amount'), '{Revenue,Growth}', 'sales of which nobody knows how many units');
SELECT is(test.labels('spend spent_at,amount'), NULL, 'nothing that a view shows');
SELECT lives_ok('SELECT * FROM kpi.scorecard', 'and yet there is a scorecard');

SELECT * FROM finish();
ROLLBACK;
