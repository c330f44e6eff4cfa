-- The scorecard: the last complete period of each grain, the one before and the same a
-- year ago, at the boundaries of periods, and with much of the sources missing.
BEGIN;
\ir include/model.sql
SELECT plan(30);

CALL test.make_plain(0.31, 400);
INSERT INTO plain.sale (sale_id, sold_at, amount) VALUES (9001, '2023-12-10', 50), (9002, '2023-11-10', 50);
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

-- Every line of the scorecard, from the KPI views by the list of measures.
CREATE FUNCTION test.lines(grain text, current date, previous date, year_ago date) RETURNS TABLE (label text, value numeric, previous_value numeric, year_ago_value numeric, n bigint)
LANGUAGE plpgsql
AS $$
DECLARE
	v record;
BEGIN
	CREATE TEMP TABLE figure (view_name text, only_where text, period date, figures jsonb);
	FOR v IN SELECT DISTINCT m.view_name, m.only_where FROM sales_kpi.measure m WHERE m.headline LOOP
		EXECUTE format('INSERT INTO figure SELECT %L, %L, v.period_start, to_jsonb(v) FROM kpi.%1$I v WHERE v.grain = %3$L AND v.dimension = ''all'' AND %4$s', v.view_name, v.only_where, grain, coalesce(v.only_where, 'true'));
	END LOOP;
	RETURN QUERY
		SELECT m.label, coalesce(k.value, z.zero), coalesce(k.previous, z.zero), coalesce(k.year_ago, z.zero), coalesce(k.n, 0)
		FROM sales_kpi.measure m
		CROSS JOIN LATERAL (SELECT CASE WHEN m.unit IN ('deals', 'leads', 'customers') THEN 0 END) z (zero)
		CROSS JOIN LATERAL (
			SELECT max(r.value) FILTER (WHERE r.period = lines.current), max(r.value) FILTER (WHERE r.period = lines.previous), max(r.value) FILTER (WHERE r.period = lines.year_ago),
				max(r.n) FILTER (WHERE r.period = lines.current)
			FROM (SELECT f.period, round((f.figures ->> m.column_name)::numeric, CASE WHEN m.unit IN ('share', 'ratio') THEN 3 WHEN m.unit = 'days' THEN 1 ELSE 0 END) AS value, (f.figures ->> m.size_column)::bigint AS n
				  FROM figure f WHERE (f.view_name, f.only_where) IS NOT DISTINCT FROM (m.view_name, m.only_where)) r) k (value, previous, year_ago, n)
		WHERE m.headline AND num_nonnulls(k.value, k.previous, k.year_ago) > 0
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
	CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'Europe/Berlin', as_of => as_of, fiscal_start => fiscal_start, scorecard_grain => grain);
	c := test.compared(grain, as_of::timestamp, fiscal_start);
	RETURN NEXT results_eq('SELECT label, period_start, value, previous, year_ago, n FROM kpi.scorecard',
		format('SELECT label, %2$L::date, value, previous_value, year_ago_value, n FROM test.lines(%1$L, %2$L, %3$L, %4$L)', grain, c.current, c.previous, c.year_ago),
		format('the last %s at %s: %s', grain, as_of, what));
END
$$;
SELECT test.scorecard_of('month', '2025-01-01 00:00', 1, 'the midnight that ends it');
SELECT is((SELECT DISTINCT period_start FROM kpi.scorecard), '2024-12-01'::date, 'is that of December');
SELECT is((SELECT count(*) FROM kpi.scorecard), (SELECT count(*) FROM sales_kpi.measure WHERE headline), 'every headline measure has a line');
SELECT results_eq('SELECT label, unit, better FROM kpi.scorecard', 'SELECT label, unit, better FROM sales_kpi.measure WHERE headline ORDER BY rank', 'as the list of measures has them, in its order');
SELECT is_empty($$SELECT label FROM kpi.scorecard WHERE abs(change - (value / nullif(previous, 0) - 1)) > 0.1 * abs(value / nullif(previous, 0))$$, 'change is against the period before');
SELECT test.scorecard_of('month', '2024-12-31 23:59:59.999999', 1, 'a moment before');
SELECT is((SELECT DISTINCT period_start FROM kpi.scorecard), '2024-11-01'::date, 'is still that of November');
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
SELECT results_eq($$SELECT value, previous > 0, change, n FROM kpi.scorecard WHERE label = 'Deals won'$$, $$VALUES (0::numeric, true, -1.000, 0::bigint)$$, 'a count of nothing is 0');
SELECT results_eq($$SELECT value, previous > 0, change, n FROM kpi.scorecard WHERE label = 'Sales cycle, median'$$, $$VALUES (NULL::numeric, true, NULL::numeric, 0::bigint)$$, 'and of other figures nothing is known');

-- A figure below 0 is nothing that another could be a share of.
CREATE SCHEMA turned;
CREATE TABLE turned.sale AS SELECT * FROM (VALUES (1, date '2024-10-05', 100), (2, date '2024-11-05', 50), (3, date '2024-12-05', 75)) s (sale_id, sold_at, amount);
CALL sales_kpi.create_model('turning', sources => 'turned', as_of => '2025-01-01');
SELECT results_eq($$SELECT label, value, previous, change FROM turning.scorecard WHERE label IN ('Revenue', 'Revenue growth')$$, $$VALUES
	('Revenue', 75::numeric, 50::numeric, 0.500::numeric), ('Revenue growth', 0.500, -0.500, NULL)$$, 'what was falling and grows has no change');

-- as_of unset is the current time.
CALL sales_kpi.create_model('kpi', as_of => 'now', scorecard_grain => 'day', time_zone => 'UTC');
SELECT results_eq('SELECT label FROM kpi.scorecard', $$SELECT label FROM sales_kpi.measure WHERE headline AND view_name IN ('churn', 'revenue_movement', 'sales_volume', 'upsell') ORDER BY rank$$, 'today nothing happens any more, but there are customers, and nothing sold is 0');
INSERT INTO crm.lead (lead_id, arrived_at) VALUES (9001, (now() AT TIME ZONE 'UTC')::date - interval '1 second'), (9002, (now() AT TIME ZONE 'UTC')::date);
SELECT results_eq($$SELECT value, n, period_start FROM kpi.scorecard WHERE label = 'Leads arrived'$$, $$VALUES (1::numeric, 1::bigint, (now() AT TIME ZONE 'UTC')::date - 1)$$, 'but yesterday it did');

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
	RETURN (SELECT array_agg(label) FROM kpi.scorecard);
END
$$;
SELECT is(test.labels('deal deal_id,opened_at,closed_at,outcome'), (SELECT array_agg(label ORDER BY rank) FROM sales_kpi.measure WHERE headline AND view_name = ANY ('{cycle_length,win_rate}')), 'deals alone');
SELECT is(test.labels('deal deal_id,opened_at'), NULL, 'deals that never close');
SELECT is(test.labels('lead lead_id,arrived_at,responded_at,deal_id'), (SELECT array_agg(label ORDER BY rank) FROM sales_kpi.measure WHERE headline AND view_name = 'lead_response'), 'leads alone');
SELECT is(test.labels('lead lead_id,arrived_at,responded_at'), (SELECT array_agg(label ORDER BY rank) FROM sales_kpi.measure WHERE headline AND view_name = 'lead_response' AND kpi <> 'lead_conversion_rate'), 'leads of which nobody knows what became');
SELECT is(test.labels('lead lead_id,arrived_at'), '{"Leads arrived","Leads answered within SLA"}', 'leads of which nobody knows whether they were answered');
SELECT is(test.labels('sale sale_id,sold_at,units'), '{"Units sold"}', 'sales of which nobody knows who bought, and for how much');
SELECT is(test.labels('sale sale_id,sold_at,amount'), '{Revenue,"Revenue growth"}', 'sales of which nobody knows how many units');
SELECT is(test.labels('spend spent_at,amount'), NULL, 'nothing that a view shows');
SELECT lives_ok('SELECT * FROM kpi.scorecard', 'and yet there is a scorecard');

SELECT * FROM finish();
ROLLBACK;
