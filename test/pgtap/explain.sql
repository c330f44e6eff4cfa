-- explain: every measure, in every dimension, as its view has it; and clear answers where
-- there is no figure.
BEGIN;
\ir include/model.sql
SELECT * FROM no_plan();

CREATE SCHEMA crm;
CALL sales_kpi.create_sources('crm');
CALL sales_kpi.load_demo('crm', 1000);
ALTER TABLE crm.deal ADD "Industry" text;
UPDATE crm.deal SET "Industry" = (ARRAY['steel', 'food'])[1 + deal_id % 2];
CALL sales_kpi.create_model(as_of => '2025-12-10 12:00', time_zone => 'Europe/Berlin', dimensions => '{deal.Industry}');

-- The quarters of every view, kept: to plan a query of a view takes longer than to answer
-- it.
CREATE SCHEMA kept;
DO $$
DECLARE
	v text;
BEGIN
	FOR v IN SELECT DISTINCT m.view_name FROM sales_kpi.measure m LOOP
		EXECUTE format('CREATE TABLE kept.%I AS SELECT * FROM kpi.%1$I WHERE grain = ''quarter''', v);
	END LOOP;
END
$$;

-- What stands in the list of measures holds: where a figure is a quotient, it is that of
-- its parts, in each row; and whoever asks for a figure is asked for rows that are there.
CREATE FUNCTION test.wrong_quotients(m sales_kpi.measure) RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
	wrong bigint;
BEGIN
	EXECUTE format('SELECT count(*) FROM kept.%I WHERE %s AND NOT is_partial AND %I IS NOT NULL
		AND (abs(%3$I::float8 - (%s)::float8 / nullif((%s)::float8, 0)) < 0.000001 * greatest(abs(%3$I::float8), 1)) IS NOT TRUE', m.view_name, coalesce(m.only_where, 'true'), m.column_name, m.numerator, m.denominator) INTO wrong;
	RETURN wrong;
END
$$;
SELECT is(test.wrong_quotients(m), 0::bigint, m.kpi || ' is its numerator divided by its denominator') FROM sales_kpi.measure m WHERE m.numerator IS NOT NULL ORDER BY m.rank;
SELECT is_empty($$SELECT kpi FROM sales_kpi.measure WHERE (numerator IS NULL) <> (denominator IS NULL) OR (unit IN ('share', 'ratio') AND numerator IS NULL AND kpi <> 'profit_growth')$$, 'no share is without its parts');

-- The query of every measure, in every dimension, gives the figure; and explain tells it.
-- That is asked of the views itself, so of one dimension each, in turn.
CREATE TABLE test.asked AS
SELECT m.kpi, m.view_name, m.column_name, m.only_where, d.dimension, d.rank, d.turn = 1 + m.turn % d.turns AS of_views
FROM (SELECT m.*, row_number() OVER (PARTITION BY m.view_name ORDER BY m.rank) AS turn FROM sales_kpi.measure m) m
CROSS JOIN LATERAL (SELECT v.dimension, v.rank, row_number() OVER (ORDER BY v.rank) AS turn, count(*) OVER () AS turns
	FROM sales_kpi.view_dimensions(m.view_name, sales_kpi.model_context('kpi', sales_kpi.kept_settings('kpi'))) v
	WHERE v.dimension <> ALL (m.not_by)) d;
CREATE FUNCTION test.explained(a test.asked) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
DECLARE
	m sales_kpi.measure := sales_kpi.measure_called(a.kpi);
	t sales_kpi.view_template;
	r record;
	expected text[];
	told text[];
BEGIN
	SELECT v.* INTO t FROM sales_kpi.view_template v WHERE v.storey = 'kpi' AND v.view_name = a.view_name;
	EXECUTE format('SELECT period_start, member FROM kept.%I WHERE dimension = %L AND %s GROUP BY 1, 2 ORDER BY count(%I) > 0 DESC, NOT bool_or(is_partial) DESC, period_start DESC, member LIMIT 1',
		a.view_name, a.dimension, coalesce(a.only_where, 'true'), a.column_name) INTO r;
	IF r.member IS NULL THEN
		RETURN NEXT fail(format('%s by %s has no row', a.kpi, a.dimension));
		RETURN;
	END IF;
	EXECUTE format('SELECT array_agg(coalesce(to_jsonb(%I) #>> ''{}'', ''not known'') ORDER BY 1) FROM kept.%I WHERE dimension = %L AND %s AND period_start = %L AND member = %L',
		a.column_name, a.view_name, a.dimension, coalesce(a.only_where, 'true'), r.period_start, r.member) INTO expected;
	EXECUTE format('SELECT array_agg(coalesce(to_jsonb(q) ->> %L, ''not known'') ORDER BY 1) FROM (%s) q', a.column_name,
		rtrim(sales_kpi.figure_query(m, t, format('kept.%I', a.view_name)::regclass, 'quarter', r.period_start, a.dimension, r.member), ';')) INTO told;
	RETURN NEXT is((SELECT array_agg(x ORDER BY x) FROM unnest(told) x), (SELECT array_agg(x ORDER BY x) FROM unnest(expected) x), format('the query of %s by %s', a.kpi, a.dimension));
	IF a.of_views THEN
		RETURN NEXT is((SELECT array_agg(e.value ORDER BY e.value) FROM sales_kpi.explain('kpi', a.kpi, 'quarter', r.period_start, a.dimension, r.member) e WHERE e.item = 'figure'),
			(SELECT array_agg(x ORDER BY x) FROM unnest(expected) x), format('%s by %s is explained', a.kpi, a.dimension));
	END IF;
END
$$;
SELECT test.explained(a) FROM test.asked a ORDER BY a.kpi, a.rank;

-- One of them, in full.
CREATE FUNCTION test.shown(VARIADIC asked text[]) RETURNS text
LANGUAGE sql STABLE
RETURN (SELECT string_agg(concat_ws(' | ', e.item, regexp_replace(e.value, '\s+', ' ', 'g'), regexp_replace(e.note, '\s+', ' ', 'g')), E'\n')
	FROM sales_kpi.explain('kpi', asked[1], asked[2], asked[3]::date, coalesce(asked[4], 'all'), coalesce(asked[5], 'all')) e WHERE e.item NOT IN ('noticed', 'left out'));
SELECT is(test.shown('Within SLA', 'quarter', '2025-08-17'), (SELECT format($t$measure | Within SLA | within_sla_rate
means | Leads answered within the SLA, of the leads of the period that are older than it or were answered within it; in open hours where the model has a calendar.
unit | share | higher is better
stands in | kpi.lead_response | column within_sla_rate
period | 2025-07-01 to 2025-09-30 | quarter, days of Europe/Berlin
as of | 2025-12-10 12:00:00 | setting as_of
by | all | the total
figure | %s | %s %% within_sla / sla_leads.
interval | %s to %s | 95 %% interval
numerator | %s | within_sla
denominator | %s | sla_leads
rests on | %s | sla_leads
setting | response_sla: 01:00:00 | time within which a lead should be answered
setting | calendar: not set | open hours in which response time is counted; not set: around the clock
query | SELECT within_sla_rate, within_sla_low, within_sla_high, within_sla AS numerator, sla_leads AS denominator, sla_leads AS rests_on FROM kpi.lead_response WHERE grain = 'quarter' AND period_start = '2025-07-01' AND dimension = 'all' AND member = 'all'; | \gexec runs it$t$,
	within_sla_rate, round(100 * within_sla_rate::numeric, 1), within_sla_low, within_sla_high, within_sla, sla_leads, sla_leads)
	FROM kept.lead_response WHERE period_start = '2025-07-01' AND dimension = 'all'), 'any day of a period stands for it');
SELECT is((SELECT value FROM sales_kpi.explain('kpi', 'deals_won') WHERE item = 'period'), '2025-11-01 to 2025-11-30', 'the last complete period of the scorecard''s grain is the default');
SELECT is((SELECT replace(note, E'\n', ' ') FROM sales_kpi.explain('kpi', 'deals_won', period_start => '2025-12-05') WHERE item = 'period'), 'month, days of Europe/Berlin, not over as of then', 'a period that is not over');
SELECT is((SELECT value FROM sales_kpi.explain('kpi', 'win_median_days', 'all', day, 'segment', segment) WHERE item = 'rests on'), (SELECT max(deals)::text FROM kpi.win_curve WHERE grain = 'all' AND dimension = 'segment' AND member = segment), 'all times are one period')
FROM (SELECT NULL::date AS day UNION ALL SELECT '2024-05-05') d CROSS JOIN (SELECT max(segment) AS segment FROM crm.customer) c;
SELECT is((SELECT note FROM sales_kpi.explain('kpi', 'deals_won', 'year', dimension => 'rep', member => '4') WHERE item = 'by'), (SELECT rep_name FROM crm.rep WHERE rep_id = 4 LIMIT 1), 'a rep by name');
SELECT results_eq($$SELECT item, value, note FROM sales_kpi.explain('kpi', 'deals_won') WHERE item IN ('left out', 'noticed') AND value LIKE '%of deal:%' ORDER BY 2$$,
	$$SELECT CASE treatment WHEN 'left out' THEN treatment ELSE 'noticed' END, rows || ' of deal: ' || check_name, sales_kpi.in_lines(treatment, 46) FROM kpi.data_quality WHERE relation = 'deal' ORDER BY 2$$, 'the rows left out are those of data_quality');
SELECT is((SELECT array_agg(DISTINCT split_part(value, ' ', 3)) FROM sales_kpi.explain('kpi', 'units_sold') WHERE item IN ('left out', 'noticed')), '{customer:,deal:,lead:,product:,sale:}', 'of the relations that are read');
SELECT is((SELECT array_agg(split_part(value, ':', 1) ORDER BY value) FROM sales_kpi.explain('kpi', 'churn_rate') WHERE item = 'setting'), '{grace,inactive_after}', 'settings of churn');
SELECT is((SELECT array_agg(split_part(value, ':', 1) ORDER BY value) FROM sales_kpi.explain('kpi', 'cac') WHERE item = 'setting'), '{cac_lag}', 'settings of acquisition');
SELECT is((SELECT array_agg(split_part(value, ':', 1) ORDER BY value) FROM sales_kpi.explain('kpi', 'revenue') WHERE item = 'setting'), '{purchases}', 'settings of sales');
SELECT is((SELECT array_agg(value) FROM sales_kpi.explain('kpi', 'deals_won') WHERE item = 'setting'), NULL, 'and none');

-- Where there is no figure, why.
CREATE FUNCTION test.answer(VARIADIC asked text[]) RETURNS text
LANGUAGE sql STABLE
RETURN (SELECT replace(e.note, E'\n', ' ') FROM sales_kpi.explain('kpi', asked[1], asked[2], asked[3]::date, asked[4], asked[5]) e WHERE (e.item, e.value) = ('figure', 'none'));
SELECT is(test.answer('deals_won', 'month', '2030-01-01', 'all', 'all'), 'Nothing to show in this period. There are rows of periods from ' || (SELECT format('%s to %s.', min(period_start), max(period_start)) FROM kpi.cycle_length WHERE grain = 'month' AND dimension = 'all'), 'a period without a row');
SELECT is(test.answer('deals_won', 'month', NULL, 'channel', 'web'), 'cycle_length has no dimension channel. It has all, rep, team, territory, product, family, segment, location, source, Industry.', 'a dimension that the view has not');
SELECT is(test.answer('deals_won', 'decade', NULL, 'all', 'all'), 'cycle_length has no grain decade. It has day, week, month, quarter, year.', 'a grain that it has not');
SELECT is(test.answer('cac', 'month', NULL, 'channel', 'web'), 'There is no such figure by channel.', 'a dimension by which there is no such figure');
SELECT is(test.answer('deals_won', 'year', NULL, 'Industry', 'it''s'), 'Industry has no member it''s. It has, among others: food, steel.', 'a member that is none');
SELECT matches(test.answer('deals_won', 'year', NULL, 'rep', NULL), '^rep has no member \(none\)\. It has, among others: \d+ \(', 'NULL is the member without a name');

SELECT is(test.answer('deals_won', 'year', NULL, 'rep', upper((SELECT rep_name FROM crm.rep WHERE rep_id = 4 LIMIT 1))), (SELECT format('rep has no member %s. Did you mean 4?', upper(rep_name)) FROM crm.rep WHERE rep_id = 4 LIMIT 1), 'a name in the place of an id');
SELECT is_empty($$SELECT m.kpi, max(length(l.line)) FROM sales_kpi.measure m CROSS JOIN LATERAL sales_kpi.explain('kpi', m.kpi) e
	CROSS JOIN LATERAL (VALUES (e.value, 58), (e.note, 46)) t (words, room) CROSS JOIN LATERAL unnest(string_to_array(t.words, E'\n')) l (line)
	WHERE length(l.line) > t.room AND l.line ~ ' .* ' GROUP BY 1$$, 'what explain tells fits on a screen');

-- What is no measure, and no model.
SELECT throws_ok($$SELECT * FROM sales_kpi.explain('kpi', 'conversion rate')$$, '42704', 'there is no measure ''conversion rate''', 'no measure');
CREATE FUNCTION test.detail(command text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	detail text;
BEGIN
	EXECUTE command;
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN detail;
END
$$;
SELECT matches(test.detail($$SELECT * FROM sales_kpi.explain('kpi', 'conversion rate')$$), '^Names like it: .*lead_conversion_rate', 'the nearest names');
SELECT matches(test.detail($$SELECT * FROM sales_kpi.explain('kpi', 'stage lenght')$$), '^Names like it: stage_length_days', 'of a word mistyped');
SELECT is(test.detail($$SELECT * FROM sales_kpi.explain('kpi', 'xyz')$$), 'No name is like it.', 'or none');
SELECT throws_ok($$SELECT * FROM sales_kpi.explain('kpi', NULL)$$, '42704', 'there is no measure NULL', 'NULL is none');
SELECT throws_ok($$SELECT * FROM sales_kpi.explain('nowhere', 'cac')$$, '42704', 'there is no model nowhere', 'no model');
SELECT throws_ok($$SELECT * FROM sales_kpi.explain(NULL, 'cac')$$, '42704', 'there is no model NULL', 'NULL is none');
DROP VIEW kpi.upsell;
SELECT throws_ok($$SELECT * FROM sales_kpi.explain('kpi', 'upsell_rate')$$, '42704', 'there is no model kpi with a view upsell', 'a model that lacks the view');

-- With the rights of the caller, and of a model whose views have the rights of its owner.
CREATE ROLE reader;
SET LOCAL ROLE reader;
SELECT throws_ok($$SELECT * FROM sales_kpi.explain('kpi', 'cac')$$, '42501', NULL, 'who may not read the model is told nothing');
RESET ROLE;
CALL sales_kpi.grant_read('kpi', 'reader');
SET LOCAL ROLE reader;
SELECT is((SELECT count(*) FROM sales_kpi.explain('kpi', 'cac') WHERE item = 'figure' AND value <> 'none'), 1::bigint, 'a reader reads');
RESET ROLE;
REVOKE SELECT ON kpi.data_quality FROM reader;
SET LOCAL ROLE reader;
SELECT is((SELECT string_agg(value || ': ' || note, ' ') FROM sales_kpi.explain('kpi', 'cac') WHERE item = 'left out'), 'not known: no right to read data_quality', 'and what it may not read is not known');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
