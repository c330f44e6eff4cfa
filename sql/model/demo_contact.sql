-- How the demo company talks to its clients, and what they say.

CREATE PROCEDURE sales_kpi.demo_contact(sources text, deals integer, seed integer)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $fill$
BEGIN
	-- Of a lead: 0 automatic reply, 1 first answer, then follow-ups until it converts
	-- or is dropped. Of a deal: 0 a call after it is won, then contacts on its way.
	CALL sales_kpi.demo_fill(sources, deals, seed, 'touch', $$
		INSERT INTO {{crm}}.touch (touch_id, touched_at, kind, direction, automated, lead_id, deal_id, customer_id, rep_id,
			minutes, personal_elements, delivered, replied, call_to_action)
		WITH lead AS MATERIALIZED (
			SELECT l.lead_id, l.rep_id, l.arrived_at, coalesce(l.converted_at, l.closed_at, {{as_of}}) AS until_time,
				sales_kpi.demo_answered_at({{seed}}, l.lead_id, l.arrived_at, q.answer_minutes,
					l.rep_id IN (SELECT rep_id FROM {{crm}}.rep WHERE territory = {{swamped_territory}})) AS answered_at
			FROM {{crm}}.lead l
			JOIN sales_kpi.demo_request q ON q.request = l.request
		),
		planned AS (
			SELECT l.lead_id * 8 + s.step AS touch_id,
				CASE s.step WHEN 0 THEN l.arrived_at + interval '20 seconds' WHEN 1 THEN l.answered_at
					ELSE l.answered_at + ((s.step - 1) * 2880 + {{random}}('follow-up', l.lead_id * 8 + s.step, 2000)) * interval '1 minute' END AS touched_at,
				s.step = 0 AS automated,
				CASE WHEN s.step = 0 THEN '{0,1,0,0}'::integer[] ELSE '{42,43,0,15}' END AS kinds,
				CASE WHEN s.step < 2 THEN '{1,0,0}'::integer[] ELSE '{66,26,8}' END AS directions,
				l.lead_id, NULL::bigint AS deal_id, NULL::bigint AS customer_id, l.rep_id, l.until_time
			FROM lead l
			CROSS JOIN LATERAL generate_series(CASE WHEN {{random}}('automatic reply', l.lead_id, 10) < 6 THEN 0 ELSE 1 END,
				{{draw}}('follow-ups', l.lead_id, '{1,1,2,2,3,4,6}')) s (step)
			UNION ALL
			SELECT ({{deals}} + d.deal_id) * 32 + s.step,
				CASE WHEN s.step = 0 THEN d.closed_at + {{draw}}('check-in', d.deal_id, '{20000,40000,80000}') * interval '1 minute'
					ELSE sales_kpi.demo_between(d.opened_at, coalesce(d.closed_at, {{as_of}}),
						(s.step - 1) * 1000 + {{random}}('contact', d.deal_id * 32 + s.step, 1000), c.contacts * 1000) END,
				false,
				CASE WHEN s.step = 0 THEN '{1,0,0,0}'::integer[] ELSE '{30,38,20,12}' END,
				CASE WHEN s.step = 0 THEN '{1,0,0}'::integer[] ELSE '{62,30,8}' END,
				NULL, CASE WHEN s.step > 0 THEN d.deal_id END, d.customer_id, d.rep_id, {{as_of}}
			FROM {{crm}}.deal d
			CROSS JOIN LATERAL (SELECT {{draw}}('contacts', d.deal_id, '{2,3,4,5,7,11}')) c (contacts)
			CROSS JOIN LATERAL generate_series(CASE WHEN d.outcome = 'won' THEN 0 ELSE 1 END, c.contacts) s (step)
		),
		contact AS MATERIALIZED (
			SELECT p.*, ('{call,email,meeting,message}'::text[])[{{choice}}('kind', touch_id, kinds)] AS kind,
				('{outbound,inbound,internal}'::text[])[{{choice}}('direction', touch_id, directions)] AS direction
			FROM planned p
			WHERE touched_at <= until_time AND touched_at < {{as_of}}
		)
		SELECT touch_id, touched_at, kind, direction, automated, lead_id, deal_id, customer_id, rep_id,
			CASE WHEN automated THEN NULL
				WHEN kind = 'call' THEN {{draw}}('minutes', touch_id, '{1,3,6,10,16,35}')
				WHEN kind = 'meeting' THEN 15 * {{draw}}('minutes', touch_id, '{1,2,3,5,7}')
				ELSE {{draw}}('minutes', touch_id, '{2,4,7,12}') END,
			CASE WHEN is_sent AND NOT automated THEN {{choice}}('personal', touch_id, '{20,28,26,16,10}') - 1 END,
			CASE WHEN is_sent AND {{random}}('delivery known', touch_id, 20) > 0 THEN {{random}}('delivered', touch_id, 100) < 96 END,
			CASE WHEN is_sent AND kind = 'message' THEN {{random}}('replied', touch_id, 100) < 34 END,
			CASE WHEN is_sent AND NOT automated THEN {{random}}('call to action', touch_id, 100) < 58 END
		FROM contact
		CROSS JOIN LATERAL (SELECT direction = 'outbound' AND kind IN ('email', 'message')) s (is_sent)
	$$);

	-- Weeks after they bought, two in five say whether they would recommend it, and a
	-- quarter how the start was.
	CALL sales_kpi.demo_fill(sources, deals, seed, 'feedback', $$
		INSERT INTO {{crm}}.feedback (given_at, score, scale, customer_id, rep_id, product_id, deal_id)
		WITH answer AS (
			SELECT d.*, s.scale, d.closed_at + {{draw}}('days to ' || s.scale, d.deal_id, s.minutes) * interval '1 minute' AS given_at
			FROM {{crm}}.deal d
			CROSS JOIN (VALUES
				('nps', 40, '{15000,35000,55000,80000,125000}'::integer[]),
				('csat5', 25, '{4000,9000,15000,30000}')) s (scale, percent, minutes)
			WHERE d.outcome = 'won' AND {{random}}('answers ' || s.scale, d.deal_id, 100) < s.percent
		)
		SELECT given_at, CASE
				WHEN scale = 'csat5' THEN {{choice}}('csat5', deal_id, CASE rep_id WHEN {{fast_rep}} THEN '{16,24,30,20,10}'::integer[] ELSE '{3,7,18,40,32}' END)
				WHEN rep_id = {{fast_rep}} THEN {{choice}}('nps', deal_id, '{5,5,7,9,11,15,15,14,10,6,3}') - 1
				WHEN product_id = {{failing_product}} AND given_at > timestamp '2025-08-01' AT TIME ZONE {{zone}}
					THEN {{choice}}('nps', deal_id, '{3,3,4,6,8,12,14,17,16,11,6}') - 1
				ELSE {{choice}}('nps', deal_id, '{1,1,1,2,3,6,8,14,20,24,20}') - 1 END,
			scale, customer_id, rep_id, product_id, deal_id
		FROM answer
		WHERE given_at < {{as_of}}
	$$);
END
$fill$;
COMMENT ON PROCEDURE sales_kpi.demo_contact(text, integer, integer) IS 'Internal: fills touch and feedback of the demo company.';
