-- However ids and times are written, and whatever the session is set to, a model
-- reads the same.
BEGIN;
\ir include/model.sql
SELECT plan(18);

-- Ids. A plain 7 is the text 7 and the uuid ...07: then the figures of all forms
-- are equal row for row, after the uuids are written short; but the example of a
-- finding is the first in text order, which uuids have another of.
CREATE TABLE test.kept (form text, view_name text, figures jsonb);

CREATE FUNCTION test.read_as(form text, key_as text, time_as text, except_for jsonb DEFAULT '{}') RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	DROP SCHEMA IF EXISTS other, other_base CASCADE;
	CALL test.dress('s', key_as, time_as, except_for);
	CALL sales_kpi.create_model('other', sources => 's', time_zone => 'Europe/Berlin', as_of => '2025-01-15 14:30');
	INSERT INTO test.kept
	SELECT form, f.view_name, regexp_replace((f.figures - 'example_key')::text, '00000000-0000-0000-0000-0*', '', 'g')::jsonb FROM test.figures('other') f;
	RETURN form;
END
$$;

CREATE FUNCTION test.same_figures(a text, b text) RETURNS text
LANGUAGE sql
AS $q$
	SELECT is_empty(format($$(SELECT view_name, figures FROM test.kept WHERE form = %L EXCEPT ALL SELECT view_name, figures FROM test.kept WHERE form = %L)
		UNION ALL (SELECT view_name, figures FROM test.kept WHERE form = %2$L EXCEPT ALL SELECT view_name, figures FROM test.kept WHERE form = %1$L)$$, a, b), b)
$q$;

CALL test.make_plain(0.42, 120);
SELECT test.read_as('plain', '{{c}}', '{{c}}');
SELECT cmp_ok((SELECT count(*) FROM test.kept), '>', 3000::bigint, 'there is enough to compare');
SELECT test.same_figures('plain', test.read_as('ids of bigint and smallint', '{{c}}::bigint', '{{c}}', '{"product.product_id": "{{c}}::int2"}'));
SELECT col_type_is('other_base', 'product', 'product_id', 'bigint', 'integers are one, whatever their width');
SELECT test.same_figures('plain', test.read_as('ids of text and varchar in other collations', '{{c}}::text COLLATE "C"', '{{c}}', '{"rep.rep_id": "{{c}}::varchar(20)", "deal.rep_id": "{{c}}::text COLLATE \"POSIX\""}'));
SELECT test.same_figures('plain', test.read_as('ids of uuid', $$lpad({{c}}::text, 32, '0')::uuid$$, '{{c}}'));
SELECT col_type_is('other_base', 'deal', 'rep_id', 'uuid', 'uuids stay what they are');
SELECT test.same_figures('plain', test.read_as('relations that disagree', '{{c}}', '{{c}}',
	'{"deal.rep_id": "{{c}}::text", "lead.customer_id": "{{c}}::varchar", "touch.lead_id": "{{c}}::numeric", "deal_stage.deal_id": "{{c}}::char(9)"}'));
SELECT col_type_is('other_base', 'rep', 'rep_id', 'text', 'and are read as text');
SELECT test.same_figures('plain', test.read_as('uuids written as text', $$lpad({{c}}::text, 32, '0')::uuid$$, '{{c}}', $${"rep.rep_id": "lpad({{c}}::text, 32, '0')::uuid::text"}$$));

-- Times. Clock times of the model's zone, and the instants they are, read the same.
SELECT test.same_figures('plain', test.read_as('timestamptz as timestamp in the model''s zone', '{{c}}', '{{c}} AT TIME ZONE ''Europe/Berlin'''));

-- The session: whatever it is set to where a model is made and where it is read,
-- over dates, timestamps and timestamptz; an SLA of days is one of hours.
CALL test.dress('mixed', '{{c}}', '{{c}}', $${"deal.closed_at": "{{c}}::date", "lead.arrived_at": "{{c}} AT TIME ZONE 'UTC'", "touch.touched_at": "{{c}} AT TIME ZONE 'UTC'"}$$);
CREATE TABLE test.session (name text, settings jsonb);
INSERT INTO test.session VALUES
	('plain', '{}'),
	('Brazil', '{"TimeZone": "America/Sao_Paulo", "DateStyle": "SQL, DMY", "IntervalStyle": "sql_standard", "lc_numeric": "C.UTF-8"}'),
	('far east', '{"TimeZone": "Pacific/Kiritimati", "DateStyle": "German", "IntervalStyle": "iso_8601", "lc_time": "C.UTF-8"}'),
	('Berlin', '{"TimeZone": "Europe/Berlin", "DateStyle": "Postgres, MDY", "IntervalStyle": "postgres_verbose", "quote_all_identifiers": "on"}'),
	('odd', '{"TimeZone": "<+0930>-9:30", "standard_conforming_strings": "off", "extra_float_digits": "-5", "transform_null_equals": "on", "lc_monetary": "C.UTF-8"}');

CREATE PROCEDURE test.enter(session text, INOUT before jsonb)
LANGUAGE plpgsql
AS $$
DECLARE
	s jsonb := coalesce(before, (SELECT t.settings FROM test.session t WHERE t.name = session));
BEGIN
	before := (SELECT jsonb_object_agg(k, current_setting(k)) FROM jsonb_object_keys(s) k);
	PERFORM set_config(key, value, true) FROM jsonb_each_text(s);
END
$$;

-- What the views hold, in a form that does not show how the session prints.
CREATE FUNCTION test.fingerprint_in(session text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	before jsonb;
	fingerprint text;
BEGIN
	CALL test.enter(session, before);
	fingerprint := (SELECT md5(string_agg(concat_ws(' ', grain, period_start - date '2000-01-01', is_partial, dimension, member, deals, round(mean_days::numeric, 9)), ',' ORDER BY grain, period_start, dimension, member)) FROM other.cycle_length)
		|| (SELECT md5(string_agg(concat_ws(' ', grain, period_start - date '2000-01-01', is_partial, dimension, member, leads, waiting, sla_leads, within_sla, round(mean_minutes::numeric, 9)), ',' ORDER BY grain, period_start, dimension, member)) FROM other.lead_response)
		|| (SELECT md5(string_agg(concat_ws(' ', grain, period_start - date '2000-01-01', dimension, member, stage, visits, open_now, round(mean_days::numeric, 9)), ',' ORDER BY grain, period_start, dimension, member, stage)) FROM other.stage_length)
		|| (SELECT md5(string_agg(concat_ws(' ', relation, check_name, rows, example_key), ',' ORDER BY relation, check_name)) FROM other.data_quality)
		|| (SELECT md5(string_agg(concat_ws(' ', kpi, this, previous, year_ago, goal, trend, n, watch), ',' ORDER BY kpi)) FROM other.scorecard);
	CALL test.enter(NULL, before);
	RETURN fingerprint;
END
$$;
CREATE FUNCTION test.definitions_made_in(session text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	before jsonb;
BEGIN
	DROP SCHEMA IF EXISTS other, other_base CASCADE;
	CALL test.enter(session, before);
	CALL sales_kpi.create_model('other', sources => 'mixed', time_zone => 'Europe/Berlin', as_of => '2025-04-01 02:30', response_sla => '2 days', fiscal_start => 4);
	CALL test.enter(NULL, before);
	RETURN (SELECT md5(string_agg(pg_get_viewdef(c.oid), ' ' ORDER BY c.relname)) FROM pg_class c
			WHERE c.relkind = 'v' AND c.relnamespace IN ('other'::regnamespace, 'other_base'::regnamespace));
END
$$;
SELECT test.definitions_made_in('plain') AS definitions, test.fingerprint_in('plain') AS fingerprint \gset
SELECT is(test.fingerprint_in(s.name), :'fingerprint', 'it shows the same figures in another session: ' || s.name)
FROM test.session s WHERE s.name <> 'plain';
SELECT is(test.definitions_made_in(s.name), :'definitions', 'and is the same made in it: ' || s.name)
FROM test.session s WHERE s.name <> 'plain';

SELECT * FROM finish();
ROLLBACK;
