-- Settings: their defaults, how they are kept and changed, and what is refused.
BEGIN;
\ir include/model.sql
SELECT * FROM no_plan();

CREATE SCHEMA crm;
CREATE TABLE crm.lead AS SELECT i AS lead_id, timestamptz '2024-01-01 12:00+00' AS arrived_at, timestamptz '2024-01-01 12:00+00' + i * interval '6 hours' AS responded_at
FROM generate_series(1, 8) i;
CREATE FUNCTION test.settings() RETURNS jsonb
LANGUAGE sql STABLE
AS $$SELECT jsonb_object_agg(name, value) FROM kpi_base.setting$$;

CALL sales_kpi.create_model(sources => 'crm');
SELECT is(test.settings(), (SELECT jsonb_object_agg(name, value) FROM sales_kpi.default_setting), 'a model is called kpi and has the defaults');
SELECT is((SELECT count(*) FROM kpi_base.setting WHERE meaning IS NULL), 0::bigint, 'each setting says what it decides');
CALL sales_kpi.create_model(time_zone => 'Asia/Jakarta', fiscal_start => 7, as_of => '2024-06-01', scorecard_grain => 'quarter', response_sla => '1 day', cac_lag => '30 days',
	grace => '14 days', inactive_after => '90 days', purchases => 'subscription', access => 'owner', calendar => 'UTC: Mon-Sun 00:00-24:00',
	win_within => '60 days', follow_ups_target => 4, personal_elements_target => 1.5, delivery_target => 0.9, reply_target => 0.1);
SELECT is(test.settings(), '{"sources": "crm", "time_zone": "Asia/Jakarta", "fiscal_start": "7", "as_of": "2024-06-01", "scorecard_grain": "quarter", "response_sla": "1 day",
	"cac_lag": "30 days", "grace": "14 days", "inactive_after": "90 days", "purchases": "subscription", "access": "owner", "dimensions": "{}",
	"calendar": "UTC: Mon-Sun 00:00-24:00", "win_within": "60 days", "follow_ups_target": "4", "personal_elements_target": "1.5", "delivery_target": "0.9", "reply_target": "0.1", "dimensions": "{}"}', 'every one can be set');
CALL sales_kpi.create_model(fiscal_start => 8);
SELECT is(test.settings() - 'fiscal_start', '{"sources": "crm", "time_zone": "Asia/Jakarta", "as_of": "2024-06-01", "scorecard_grain": "quarter", "response_sla": "1 day",
	"cac_lag": "30 days", "grace": "14 days", "inactive_after": "90 days", "purchases": "subscription", "access": "owner", "dimensions": "{}",
	"calendar": "UTC: Mon-Sun 00:00-24:00", "win_within": "60 days", "follow_ups_target": "4", "personal_elements_target": "1.5", "delivery_target": "0.9", "reply_target": "0.1", "dimensions": "{}"}', 'what is not given stays');
SELECT is((SELECT within_sla FROM kpi.lead_response WHERE grain = 'year' AND dimension = 'all'), 4::bigint, 'and is in force');

-- What templates ask of them.
SELECT results_eq($$SELECT sales_kpi.condition_holds(c, '{"purchases": "subscription", "grace": null, "relations": {}, "columns": {}}') FROM unnest('{purchases = subscription,purchases = sale,grace = 1 day,purchases = sale or purchases = subscription}'::text[]) c$$,
	'VALUES (true), (false), (false), (true)', 'a condition on the value of a setting holds or does not');

-- Written into the table, they are in force after repair.
UPDATE kpi_base.setting SET value = '7 hours' WHERE name = 'response_sla';
DELETE FROM kpi_base.setting WHERE name = 'scorecard_grain';
UPDATE kpi_base.setting SET value = NULL WHERE name = 'inactive_after';
INSERT INTO kpi_base.setting (name, value) VALUES ('note', 'ours');
CALL sales_kpi.repair_model();
SELECT is((SELECT within_sla FROM kpi.lead_response WHERE grain = 'year' AND dimension = 'all'), 1::bigint, 'a setting changed in the table');
SELECT is(test.settings() ->> 'scorecard_grain', 'month', 'one deleted there is the default again');
SELECT is(test.settings() ->> 'inactive_after', NULL, 'one set to NULL is not set');
SELECT is(test.settings() ->> 'note', 'ours', 'and what is none of ours stays');

-- What is refused, through create_model and through the table: the state of the
-- error and its hint.
CREATE FUNCTION test.refusal(command text, OUT refusal text)
LANGUAGE plpgsql
AS $$
DECLARE
	hint text;
BEGIN
	EXECUTE command;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	refusal := concat_ws('; ', SQLSTATE, SQLERRM, nullif(hint, ''));
END
$$;
CREATE FUNCTION test.refused(setting_name text, setting_value text, expected text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
BEGIN
	IF setting_value IS NOT NULL THEN
		RETURN NEXT matches(test.refusal(format('CALL sales_kpi.create_model(%I => %L)', setting_name, setting_value)), expected, format('%s => %L', setting_name, setting_value));
	END IF;
	UPDATE kpi_base.setting SET value = setting_value WHERE name = setting_name;
	RETURN NEXT matches(test.refusal('CALL sales_kpi.repair_model()'), expected, format('%s %L in the table', setting_name, setting_value));
	UPDATE kpi_base.setting s SET value = d.value FROM sales_kpi.default_setting d WHERE d.name = s.name AND s.name = setting_name;
END
$$;
SELECT test.refused(r.name, r.value, r.expected) FROM (VALUES
	('sources', 'nowhere', '^3F000; schema nowhere does not exist; .*CREATE SCHEMA'),
	('sources', '', '^3F000; schema "" does not exist; .'),
	('sources', NULL, '^22004; setting sources is not set; Its default is crm.'),
	('time_zone', 'Berlin', '^22023; time zone "Berlin" is not the full name of a zone; .*pg_timezone_names'),
	('time_zone', 'CET', '^22023; time zone "CET" is not the full name of a zone'),
	('time_zone', '+02:00', '^22023; '),
	('time_zone', 'UTC+3', '^22023; '),
	('time_zone', '', '^22023; '),
	('time_zone', $$UTC'; DROP TABLE crm.lead; --$$, '^22023; '),
	('time_zone', NULL, '^22004; setting time_zone is not set; Its default is UTC.'),
	('fiscal_start', '0', '^22023; fiscal_start 0 is not a month; The first month of the fiscal year is 1 to 12'),
	('fiscal_start', '13', '^22023; '),
	('fiscal_start', '-1', '^22023; '),
	('fiscal_start', NULL, '^22004; '),
	('as_of', 'yesterday', '^22023; setting as_of cannot be "yesterday"; Write it as 2025-12-31'),
	('as_of', 'infinity', '^22023; '),
	('as_of', '2024-02-30', '^22023; '),
	('as_of', '2024-01-01 00:00 Berlin', '^22023; '),
	('as_of', '12024-01-01', '^22023; '),
	('as_of', '0044-03-15 BC', '^22023; '),
	('as_of', '', '^22023; '),
	('as_of', NULL, '^22004; '),
	('scorecard_grain', 'decade', '^22023; setting scorecard_grain cannot be "decade"; It is one of: day, week, month, quarter, year'),
	('scorecard_grain', 'Month', '^22023; '),
	('purchases', 'rent', '^22023; setting purchases cannot be "rent"; It is one of: sale, subscription'),
	('access', 'all', '^22023; setting access cannot be "all"; It is one of: invoker, owner'),
	('response_sla', '-1 hour', '^22023; setting response_sla cannot be ".*"; Write it in days or hours'),
	('calendar', 'Mon-Fri 09:00-17:00', '^22023; setting calendar cannot be "Mon-Fri 09:00-17:00"; A calendar is a zone, a colon and its hours'),
	('calendar', 'UTC: Mon-Fri 9-17', '^22023; setting calendar cannot be "UTC: Mon-Fri 9-17"; A calendar looks like this: Europe/Berlin'),
	('calendar', '', '^22023; setting calendar cannot be ""'),
	('cac_lag', '1 month', '^22023; '),
	('grace', '2 years', '^22023; '),
	('inactive_after', '999999 days', '^22023; '),
	('win_within', '1 month', '^22023; setting win_within cannot be "1 mon(th)?"'),
	('follow_ups_target', '0', '^22023; setting follow_ups_target cannot be "0"; Its default is 5.'),
	('personal_elements_target', '-1', '^22023; '),
	('delivery_target', 'NaN', '^22023; '),
	('follow_ups_target', '1001', '^22023; '),
	('delivery_target', '95', '^22023; setting delivery_target cannot be "95"; Its default is 0.95.'),
	('reply_target', '1.01', '^22023; '),
	('reply_target', '0.' || repeat('0', 400) || '1', '^22023; '),
	('reply_target', NULL, '^22004; ')
) r (name, value, expected);
UPDATE kpi_base.setting SET value = 'an hour' WHERE name = 'response_sla';
SELECT matches(test.refusal('CALL sales_kpi.repair_model()'), '^22023; setting response_sla cannot be "an hour"', 'no length of time at all, in the table');
UPDATE kpi_base.setting SET value = '1 hour' WHERE name = 'response_sla';

DO $do$
DECLARE
	detail text;
BEGIN
	CALL sales_kpi.create_model(calendar => 'UTC: Mon 09:00-09:00');
EXCEPTION WHEN invalid_parameter_value THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	PERFORM set_config('test.detail', detail, true);
END
$do$;
SELECT is(current_setting('test.detail'), E'invalid input syntax for type business_calendar: "UTC: Mon 09:00-09:00".\nAt position 10: a window has no length; the whole day is 00:00-24:00.',
	'what is wrong with a calendar is told as its type tells it');

-- In open hours: leads that arrive on a Monday at noon, and answers every six hours.
CALL sales_kpi.create_model(calendar => 'utc: Mon-Fri 9:00-17:00', response_sla => '7 hours', as_of => '2024-06-01', time_zone => 'UTC');
SELECT results_eq($$SELECT business_mean_minutes, business_median_minutes, business_p90_minutes, within_sla, sla_leads FROM kpi.lead_response WHERE grain = 'year' AND dimension = 'all'$$, $$
	SELECT avg(m), percentile_cont(0.5) WITHIN GROUP (ORDER BY m), percentile_cont(0.9) WITHIN GROUP (ORDER BY m), 3::bigint, 8::bigint
	FROM unnest(ARRAY[300, 300, 300, 480, 780, 780, 780, 960]::float8[]) m$$, 'a calendar is in force');
SELECT is(test.settings() ->> 'calendar', 'utc: Mon-Fri 9:00-17:00', 'and kept as it was written');
SELECT matches(pg_get_viewdef('kpi_base.lead'), $$'UTC: Mon-Fri 09:00-17:00'::sales_kpi.business_calendar$$, 'the view has it as the type writes it');
-- A lead is old enough to tell when the office has been open for longer than the SLA.
CALL sales_kpi.create_model(as_of => '2024-01-02 11:00');
SELECT results_eq($$SELECT leads, answered, within_sla, sla_leads FROM kpi.lead_response WHERE grain = 'year' AND dimension = 'all'$$,
	'VALUES (8::bigint, 3::bigint, 3::bigint, 3::bigint)', 'the office has been open for seven hours');
CALL sales_kpi.create_model(as_of => '2024-01-02 11:00:01');
SELECT results_eq($$SELECT leads, answered, within_sla, sla_leads FROM kpi.lead_response WHERE grain = 'year' AND dimension = 'all'$$,
	'VALUES (8::bigint, 3::bigint, 3::bigint, 8::bigint)', 'and for a second more');
UPDATE kpi_base.setting SET value = NULL WHERE name = 'calendar';
UPDATE kpi_base.setting SET value = '2024-06-01' WHERE name = 'as_of';
CALL sales_kpi.repair_model();
SELECT results_eq($$SELECT business_mean_minutes, within_sla FROM kpi.lead_response WHERE grain = 'year' AND dimension = 'all'$$, 'VALUES (NULL::float8, 1::bigint)', 'without it, time is elapsed time again');
SELECT is((SELECT count(open_response) FROM kpi_base.lead), 0::bigint, 'and there are no open hours');

-- What is allowed, though it may look odd.
SELECT is(test.refusal('CALL sales_kpi.create_model(time_zone => ''utc'')'), NULL, 'the case of a zone does not matter');
SELECT is(test.refusal('CALL sales_kpi.create_model(time_zone => ''Etc/GMT-14'')'), NULL, 'a zone by its offset, under its full name');
SELECT is(test.refusal('CALL sales_kpi.create_model(response_sla => ''0'', grace => ''36 hours'', as_of => ''2024-06-01 12:00:00.5-03'')'), NULL, 'an SLA of no time');
SELECT is(test.refusal('CALL sales_kpi.create_model(as_of => ''now'')'), NULL, 'as_of is the current time again');
SELECT is((SELECT bool_or(pg_get_viewdef(c.oid) ~ 'now\(\)') FROM pg_class c WHERE c.relnamespace = 'kpi_base'::regnamespace AND relkind = 'v'), true, 'read at each query');

-- Models that are none.
SELECT is(test.refusal('CALL sales_kpi.repair_model(''nothing'')'), '42704; there is no model nothing; Make it with sales_kpi.create_model.', 'no model to repair');
SELECT is(test.refusal('CALL sales_kpi.repair_model(NULL)'), '42704; there is no model NULL; Make it with sales_kpi.create_model.', 'NULL is none');
SELECT matches(test.refusal('CALL sales_kpi.create_model(NULL, sources => ''crm'')'), '^22023; a model needs a schema; CALL', 'nor can be made');
SELECT matches(test.refusal('CALL sales_kpi.create_model('''', sources => ''crm'')'), '^22023; a model needs a schema', 'an empty name neither');
SELECT matches(test.refusal('CALL sales_kpi.create_model(''crm'', sources => ''crm'')'), '^22023; a model cannot stand in the schema of its sources, crm; ', 'not in its sources');
SELECT matches(test.refusal('CALL sales_kpi.create_model(''crm'', sources => ''kpi'')'), '^42P06; schema crm is in use and is not a model; ', 'not in a schema of something else');
SELECT matches(test.refusal('CALL sales_kpi.create_model(''sales_kpi'', sources => ''crm'')'), '^42P06; ', 'not in the extension');
CREATE SCHEMA half_base;
CREATE TABLE half_base.setting (x int);
SELECT matches(test.refusal('CALL sales_kpi.create_model(''half'', sources => ''crm'')'), '^42P06; schema half is in use and is not a model; ', 'not beside a schema of something else');
CREATE SCHEMA empty;
SELECT is(test.refusal('CALL sales_kpi.create_model(''empty'', sources => ''crm'')'), NULL, 'but in one that is there and empty');
CALL sales_kpi.create_model(sources => 'crm');
SELECT is(test.refusal('CALL sales_kpi.create_model()'), NULL, 'all that matters is kept');

SELECT * FROM finish();
ROLLBACK;
