-- The HubSpot adapter of doc/adapters.md over tables as an ELT tool loads them: true
-- columns, scrambled rows, and few properties, so that some columns are added empty.
\ir include/test_data.sql
\if :skipped
\quit
\endif
BEGIN;
SELECT plan(9);

CREATE SCHEMA hubspot;
\set csv fivetran_seeds/hubspot/owner_data.csv
\set table hubspot.owner
\set types 'owner_id bigint'
\ir include/load_csv.sql
\set csv fivetran_seeds/hubspot/owner_team_data.csv
\set table hubspot.owner_team
\set types 'owner_id bigint, team_id bigint, is_team_primary boolean'
\ir include/load_csv.sql
\set csv fivetran_seeds/hubspot/team_data.csv
\set table hubspot.team
\set types 'id bigint'
\ir include/load_csv.sql
\set csv fivetran_seeds/hubspot/company_data.csv
\set table hubspot.company
\set types 'id bigint, is_deleted boolean'
\ir include/load_csv.sql
\set csv fivetran_seeds/hubspot/contact_data.csv
\set table hubspot.contact
\set types 'id bigint, property_createdate timestamptz, property_first_conversion_date timestamptz, property_hs_analytics_source text, property_hubspot_owner_id bigint, _fivetran_deleted boolean'
\ir include/load_csv.sql
\set csv fivetran_seeds/hubspot/contact_form_submission_data.csv
\set table hubspot.contact_form_submission
\set types 'contact_id bigint, timestamp timestamptz'
\ir include/load_csv.sql
\set csv fivetran_seeds/hubspot/engagement_call_data.csv
\set table hubspot.engagement_call
\set types 'engagement_id bigint, property_hs_timestamp timestamptz, property_hs_call_direction text, property_hs_call_duration bigint, property_hubspot_owner_id bigint, _fivetran_deleted boolean'
\ir include/load_csv.sql
\set csv fivetran_seeds/hubspot/engagement_email_data.csv
\set table hubspot.engagement_email
\set types 'engagement_id bigint, property_hs_timestamp timestamptz, property_hs_email_direction text, property_hubspot_owner_id bigint, _fivetran_deleted boolean'
\ir include/load_csv.sql
\set csv fivetran_seeds/hubspot/engagement_contact_data.csv
\set table hubspot.engagement_contact
\set types 'contact_id bigint, engagement_id bigint'
\ir include/load_csv.sql
\set csv fivetran_seeds/hubspot/engagement_deal_data.csv
\set table hubspot.engagement_deal
\set types 'deal_id bigint, engagement_id bigint'
\ir include/load_csv.sql
\set csv fivetran_seeds/hubspot/engagement_company_data.csv
\set table hubspot.engagement_company
\set types 'company_id bigint, engagement_id bigint'
\ir include/load_csv.sql
\set csv fivetran_seeds/hubspot/deal_data.csv
\set table hubspot.deal
\set types 'deal_id bigint, owner_id bigint, property_amount double precision, property_closedate timestamptz, property_createdate timestamptz, is_deleted boolean'
\ir include/load_csv.sql
\set csv fivetran_seeds/hubspot/deal_company_data.csv
\set table hubspot.deal_company
\set types 'company_id bigint, deal_id bigint'
\ir include/load_csv.sql
\set csv fivetran_seeds/hubspot/deal_contact_data.csv
\set table hubspot.deal_contact
\set types 'contact_id bigint, deal_id bigint'
\ir include/load_csv.sql
\set csv fivetran_seeds/hubspot/deal_pipeline_stage_data.csv
\set table hubspot.deal_pipeline_stage
\set types 'closed_won boolean, is_closed boolean, display_order integer'
\ir include/load_csv.sql
\set csv fivetran_seeds/hubspot/deal_stage_data.csv
\set table hubspot.deal_stage
\set types 'deal_id bigint, date_entered timestamptz'
\ir include/load_csv.sql

\set product HubSpot
\ir include/adapter.sql
SELECT is_empty($$SELECT * FROM sales_kpi.check_sources('crm') WHERE is_error OR finding = 'extra column'$$, 'the adapter keeps the contract');
SELECT lives_ok($$CALL sales_kpi.create_model('kpi', sources => 'crm', time_zone => 'UTC', as_of => '2021-06-01')$$,
	'a model is made over it');
SELECT bag_eq($$SELECT relation, check_name, rows FROM kpi.data_quality$$, $$VALUES
	('deal', 'missing customer_id', 44::bigint), ('deal', 'missing rep_id', 22),
	('deal_stage', 'deal_id not in deal', 14), ('lead', 'missing rep_id', 22),
	('touch', 'neither lead, deal nor customer', 1), ('touch', 'lead_id not in lead', 1)$$,
	'data_quality tells what the rows lack');
SELECT results_eq('SELECT team, count(*) FROM kpi_base.rep WHERE team IS NOT NULL GROUP BY team ORDER BY team',
	$$VALUES ('team_01', 1::bigint), ('team_02', 1)$$, 'a rep is in its primary team');

-- Two deals closed by moving them to a closing stage, a third to an open one.
UPDATE hubspot.deal SET deal_pipeline_stage_id = v.stage, property_closedate = v.closed, property_amount = 1000
FROM (VALUES (2392872971, '/n0+plNHbWErNq8Ek+NM3g==', '2020-07-19 20:15:11+00'::timestamptz),
	(3555117472, 'hVXu1Iul7Cc7DcPuxQpOfg==', '2020-12-31 00:00+00'), (1438355126, '2WFf1X0VyKRvcu8BUMyr2w==', '2020-01-22 14:49:41+00')) v (id, stage, closed)
WHERE deal.deal_id = v.id;
SELECT results_eq($$SELECT member, member_name IS NOT NULL, deals, median_days FROM kpi.cycle_length
	WHERE grain = 'year' AND dimension = 'team' ORDER BY member$$,
	$$VALUES ('team_01', true, 1::bigint, 10::float8), ('team_02', true, 1, 3)$$, 'cycles by team, by hand');
SELECT is(closed_at, NULL, 'the close date of a deal in an open stage is a forecast') FROM kpi_base.deal WHERE deal_id = 3555117472;

-- A contact that fills in two forms, writes, is called back after a quarter of an hour and becomes a deal.
INSERT INTO hubspot.contact (id, property_createdate, property_first_conversion_date) VALUES (1, '2021-05-03 08:00+00', '2021-05-04 09:00+00');
INSERT INTO hubspot.contact_form_submission (contact_id, title, timestamp) VALUES
	(1, 'Request Demo', '2021-05-04 09:00+00'), (1, 'Download Guide', '2021-05-04 09:01+00');
INSERT INTO hubspot.engagement_email (engagement_id, property_hs_timestamp, property_hs_email_direction) VALUES (10, '2021-05-04 09:05+00', 'INCOMING_EMAIL');
INSERT INTO hubspot.engagement_call (engagement_id, property_hs_timestamp, property_hs_call_direction) VALUES (11, '2021-05-04 09:15+00', 'OUTBOUND');
INSERT INTO hubspot.engagement_contact (engagement_id, contact_id) VALUES (10, 1), (11, 1);
SELECT is(ARRAY[leads, answered, median_minutes, converted], '{1,1,15,0}'::float8[], 'the call back is the answer, the mail is none')
FROM kpi.lead_response WHERE grain = 'month' AND dimension = 'request' AND member = 'Request Demo';
SELECT is(replied, NULL, 'nobody waits for a reply to an inbound mail') FROM kpi_base.touch WHERE touch_id = 10;
INSERT INTO hubspot.deal_contact (contact_id, deal_id) VALUES (1, 1438355126);
SELECT is(converted, 1::bigint, 'a lead is converted once a deal names it')
FROM kpi.lead_response WHERE grain = 'month' AND dimension = 'request' AND member = 'Request Demo';

SELECT * FROM finish();
ROLLBACK;
