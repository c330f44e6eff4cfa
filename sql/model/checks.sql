-- The checks of data_quality, as data. A condition is SQL over one row `s` of a
-- source as the model reads it; the base views leave out the rows that meet a
-- condition marked leaves_out, so that what is counted is what is left out.
-- A check without a condition counts the rows beyond the first that have equal
-- columns `needs`, of which only the first must be there. Beside a stage `s` stands
-- its deal, `d`.
CREATE VIEW sales_kpi.source_check AS
WITH event (relation, column_name) AS (VALUES
	('lead', 'arrived_at'), ('lead_temperature', 'entered_at'), ('touch', 'touched_at'),
	('deal', 'opened_at'), ('deal_stage', 'entered_at'), ('sale', 'sold_at'),
	('spend', 'spent_at'), ('feedback', 'given_at')
),
-- An open end may be written as NULL or as infinity: the model reads both alike.
open_ended (relation, column_name) AS (VALUES
	('rep', 'valid_from'), ('rep', 'valid_until'), ('subscription', 'ended_at')
),
-- The close of a deal without an outcome is a forecast: no value of it is wrong.
only_if (relation, column_name, condition) AS (VALUES
	('deal', 'closed_at', 's.outcome IS NOT NULL AND ')
),
rule AS (
	SELECT c.relation, 10 AS rank, format('missing %s', c.column_name) AS check_name,
		format('s.%I IS NULL', c.column_name) AS condition,
		ARRAY[c.column_name] AS needs, NULL::text AS needs_relation, true AS leaves_out,
		'left out' AS treatment
	FROM sales_kpi.contract c
	WHERE c.need = 'required'
		AND (c.relation, c.column_name) <> ('deal', 'opened_at')
	UNION ALL
	SELECT c.relation, 11, format('missing %s', c.column_name),
		format('s.%I IS NULL', c.column_name), ARRAY[c.column_name], NULL,
		c.relation = ANY ('{rep,product,customer,lead_temperature,deal_stage}'),
		CASE WHEN c.relation = ANY ('{rep,product,customer,lead_temperature,deal_stage}')
			THEN 'left out' ELSE 'counted; no other row can refer to it' END
	FROM sales_kpi.contract c
	WHERE c.need = 'key'
	UNION ALL
	SELECT c.relation, 20, format('%s out of range', c.column_name),
		coalesce(i.condition, '')
			|| format('(s.%1$I < ''0001-01-01 00:00:00+00'' OR s.%1$I >= ''10000-01-01 00:00:00+00'')', c.column_name),
		ARRAY[c.column_name], NULL, true, 'left out'
	FROM sales_kpi.contract c
	LEFT JOIN only_if i ON i.relation = c.relation AND i.column_name = c.column_name
	WHERE c.type = ANY ('{time,date}')
		AND NOT EXISTS (SELECT FROM open_ended o
						WHERE o.relation = c.relation
							AND o.column_name = c.column_name)
	UNION ALL
	SELECT c.relation, 21, format('%s is not a number', c.column_name),
		format('NOT sales_kpi.is_finite(s.%I)', c.column_name),
		ARRAY[c.column_name], NULL, true, 'left out'
	FROM sales_kpi.contract c
	WHERE c.type = 'numeric'
	UNION ALL
	SELECT c.relation, 30, format('%s before %s', c.column_name, c.not_before),
		coalesce(i.condition, '') || format('s.%I < s.%I', c.column_name, c.not_before),
		ARRAY[c.column_name, c.not_before], NULL, true, 'left out'
	FROM sales_kpi.contract c
	LEFT JOIN only_if i ON i.relation = c.relation AND i.column_name = c.column_name
	WHERE c.not_before IS NOT NULL
	UNION ALL
	SELECT e.relation, 31, format('%s after as_of', e.column_name),
		format('s.%I > {{as_of}} AND s.%1$I < ''10000-01-01 00:00:00+00''', e.column_name),
		ARRAY[e.column_name], NULL, true, 'left out'
	FROM event e
	UNION ALL
	SELECT c.relation, 40, format('unknown word in %s', c.column_name),
		format('s.%I <> ALL (%L)', c.column_name, c.words),
		ARRAY[c.column_name], NULL, false, w.treatment
	FROM sales_kpi.contract c
	JOIN (VALUES
		('lead', 'temperature', 'kept under its own word'),
		('lead_temperature', 'temperature', 'kept under its own word'),
		('touch', 'kind', 'kept under its own word'),
		('touch', 'direction', 'not read as an answer to a lead'),
		('deal', 'outcome', 'neither won, lost, withdrawn nor open'),
		('spend', 'kind', 'not part of acquisition cost'),
		('feedback', 'scale', 'not part of NPS or CSAT')
	) w (relation, column_name, treatment)
		ON w.relation = c.relation
		AND w.column_name = c.column_name
	UNION ALL
	SELECT c.relation, 50, format('%s not in %s', c.column_name, c.refers_to),
		format('s.%I IS NOT NULL AND NOT EXISTS (SELECT FROM {{base}}.%I r WHERE r.%1$I = s.%1$I)',
			c.column_name, 'source_' || c.refers_to),
		ARRAY[c.column_name], c.refers_to, false,
		CASE c.relation WHEN 'deal_stage' THEN 'in no stage length'
			WHEN 'lead_temperature' THEN 'kept; the warming of no known lead'
			ELSE format('counted under its own id; attributes of the %s are (none)', c.refers_to) END
	FROM sales_kpi.contract c
	WHERE c.refers_to IS NOT NULL
	UNION ALL
	-- by the name of a rep there is no figure, and what adds up would be 0
	SELECT 'goal', 51, format('member not in %s', c.relation),
		format('s.dimension = %L AND s.member <> ''(none)'' AND NOT EXISTS (SELECT FROM {{base}}.%I r WHERE r.%I::text = s.member)',
			c.relation, 'source_' || c.relation, c.column_name),
		'{dimension,member}', c.relation, false, format('kept; a member is named by its %s', c.column_name)
	FROM sales_kpi.contract c
	WHERE c.need = 'key' AND c.relation IN ('rep', 'product')
	UNION ALL
	SELECT d.relation, 60, format('duplicate %s', array_to_string(d.columns, ', ')), NULL,
		d.columns, NULL, false, d.treatment
	FROM (VALUES
		('rep', '{rep_id,valid_from}'::text[], 'one of them is read'),
		('product', '{product_id}', 'one of them is read'),
		('customer', '{customer_id}', 'one of them is read'),
		('lead', '{lead_id}', 'counted each'),
		('lead_temperature', '{lead_id,entered_at}', 'counted each'),
		('touch', '{touch_id}', 'counted each'),
		('deal', '{deal_id}', 'counted each'),
		('deal_stage', '{deal_id,stage,entered_at}', 'counted each, as visits of no time'),
		('sale', '{sale_id}', 'counted each'),
		('subscription', '{subscription_id,started_at,product_id}', 'counted each in revenue'),
		('goal', '{kpi,period_start,period_end,dimension,member}', 'one of them is read')
	) d (relation, columns, treatment)
	UNION ALL
	SELECT 'deal_stage', 61, k.check_name, k.condition, '{entered_at}', 'deal', false, k.treatment
	FROM (VALUES
		('entered_at before the deal opened',
		 's.entered_at < d.opened_at AND {{local_date(s.entered_at)}} < {{local_date(d.opened_at)}} AND s.entered_at >= ''0001-01-01 00:00:00+00''',
		 'counted as it stands'),
		('entered_at after the deal closed',
		 'd.closed_at < s.entered_at AND {{local_date(d.closed_at)}} < {{local_date(s.entered_at)}}',
		 'no visit: the close of a deal ends its last stage')
	) k (check_name, condition, treatment)
	UNION ALL
	SELECT c.relation, 70, c.check_name, c.condition, c.needs::text[], NULL, c.leaves_out, c.treatment
	FROM (VALUES
		('rep', 'validity spans overlap',
		 'EXISTS (SELECT FROM {{base}}.source_rep o WHERE o.rep_id = s.rep_id '
		 'AND coalesce(o.valid_from, ''-infinity'') < coalesce(s.valid_from, ''-infinity'') '
		 'AND coalesce(o.valid_until, ''infinity'') > coalesce(s.valid_from, ''-infinity''))',
		 '{valid_from}', false, 'the earlier span ends where the later one begins'),
		('product', 'missing tier in a family with tiers',
		 's.tier IS NULL AND EXISTS (SELECT FROM {{base}}.source_product o WHERE o.family = s.family AND o.tier IS NOT NULL)',
		 '{tier}', false, 'sold again, never up: no part of upselling'),
		('product', 'tier out of range', 's.tier NOT BETWEEN -2147483648 AND 2147483647', '{tier}', false, 'read as no tier'),
		('touch', 'neither lead, deal nor customer',
		 's.lead_id IS NULL AND s.deal_id IS NULL AND s.customer_id IS NULL',
		 '{}', false, 'counted for its rep only'),
		('touch', 'minutes below zero', 'sales_kpi.is_negative(s.minutes)', '{minutes}', true, 'left out'),
		('touch', 'personal_elements below zero', 's.personal_elements < 0', '{personal_elements}', true, 'left out'),
		('deal', 'missing opened_at', 's.opened_at IS NULL', '{opened_at}', false, 'not yet worked: out of cycles'),
		('deal', 'amount below zero', 'sales_kpi.is_negative(s.amount)', '{amount}', true, 'left out'),
		('deal', 'outcome without closed_at', 's.outcome IS NOT NULL AND s.closed_at IS NULL',
		 '{outcome}', true, 'left out'),
		('deal', 'closed_at after as_of',
		 's.outcome IS NOT NULL AND s.closed_at > {{as_of}} AND s.closed_at < ''10000-01-01 00:00:00+00''',
		 '{outcome,closed_at}', false, 'open as of then'),
		('deal', 'won without amount', 's.outcome = ''won'' AND coalesce(s.amount, 0) = 0',
		 '{outcome,amount}', false, 'counted in deals, not in average amounts'),
		('deal', 'missing customer_id', 's.customer_id IS NULL', '{customer_id}', false, 'counted under (none)'),
		('deal', 'missing rep_id', 's.rep_id IS NULL', '{rep_id}', false,
		 'counted under the account owner, or under (none)'),
		('lead', 'missing rep_id', 's.rep_id IS NULL', '{rep_id}', false,
		 'counted under the account owner, or under (none)'),
		('lead', 'responded_at after as_of', 's.responded_at > {{as_of}} AND s.responded_at < ''10000-01-01 00:00:00+00''',
		 '{responded_at}', false, 'not answered as of then'),
		('lead', 'converted_at after as_of', 's.converted_at > {{as_of}} AND s.converted_at < ''10000-01-01 00:00:00+00''',
		 '{converted_at}', false, 'not converted as of then'),
		('lead', 'closed_at after as_of', 's.closed_at > {{as_of}} AND s.closed_at < ''10000-01-01 00:00:00+00''',
		 '{closed_at}', false, 'not closed as of then'),
		('sale', 'missing units', 's.units IS NULL', '{units}', false, 'unknown: in no volume'),
		('sale', 'missing amount', 's.amount IS NULL', '{amount}', false, 'unknown: in no revenue'),
		('sale', 'missing customer_id', 's.customer_id IS NULL', '{customer_id}', false,
		 'in volume and revenue, never in customers'),
		('sale', 'missing product_id', 's.product_id IS NULL', '{product_id}', false, 'counted under (none)'),
		('sale', 'units and amount of opposite sign', 's.units * s.amount < 0', '{units,amount}', false, 'counted as they stand'),
		('sale', 'cost of opposite sign to amount', 's.cost * s.amount < 0', '{cost,amount}', false, 'counted as it stands'),
		('sale', 'order of several customers',
		 'EXISTS (SELECT FROM {{base}}.source_sale o WHERE o.order_id = s.order_id AND o.customer_id < s.customer_id)',
		 '{order_id,customer_id}', false, 'each line counts for its own customer'),
		('sale', 'order sold at several times',
		 'EXISTS (SELECT FROM {{base}}.source_sale o WHERE o.order_id = s.order_id AND o.sold_at < s.sold_at)',
		 '{order_id}', false, 'each line is a purchase of its own time'),
		('subscription', 'monthly_amount below zero', 'sales_kpi.is_negative(s.monthly_amount)', '{monthly_amount}', true, 'left out'),
		-- more than a history can hold, and certainly a mistake
		('subscription', 'monthly_amount out of range', 's.monthly_amount >= 9e12 AND s.monthly_amount < ''Infinity''',
		 '{monthly_amount}', true, 'left out'),
		('subscription', 'missing monthly_amount', 's.monthly_amount IS NULL AND NOT s.trial', '{monthly_amount}', false,
		 'active; adds nothing to revenue'),
		('subscription', 'started_at after as_of', 's.started_at > {{as_of}} AND s.started_at < ''10000-01-01 00:00:00+00''',
		 '{started_at}', false, 'not active yet'),
		('spend', 'missing kind', 's.kind IS NULL', '{kind}', false, 'counted as cost of acquisition'),
		('spend', 'amount below zero', 'sales_kpi.is_negative(s.amount)', '{amount}', false, 'counted as a credit'),
		('feedback', 'score outside its scale',
		 '(s.scale = ''nps'' AND (s.score < 0 OR s.score > 10 OR s.score <> trunc(s.score)))'
		 ' OR (s.scale = ''csat5'' AND (s.score < 1 OR s.score > 5))',
		 '{score}', true, 'left out'),
		('goal', 'period_end not after period_start', 's.period_end <= s.period_start',
		 '{period_start,period_end}', true, 'left out'),
		('goal', 'kpi not in the list of measures',
		 's.kpi IS NOT NULL AND NOT EXISTS (SELECT FROM sales_kpi.measure m WHERE m.kpi = s.kpi)',
		 '{kpi}', false, 'kept; no view measures it'),
		('goal', 'dimension that its kpi is not measured by',
		 'EXISTS (SELECT FROM sales_kpi.measure m WHERE m.kpi = s.kpi AND (({{goal_dimensions}} -> m.view_name ? s.dimension) IS NOT TRUE OR s.dimension = ANY (m.not_by)))',
		 '{dimension}', false, 'kept; no view has the figure')
	) c (relation, check_name, condition, needs, leaves_out, treatment)
)
SELECT relation, rank, check_name, condition, needs, needs_relation, leaves_out, treatment
FROM rule;

GRANT SELECT ON sales_kpi.source_check TO PUBLIC;
COMMENT ON VIEW sales_kpi.source_check IS 'What data_quality looks for in the sources, and what a model does about it.';
COMMENT ON COLUMN sales_kpi.source_check.relation IS 'The source relation looked at.';
COMMENT ON COLUMN sales_kpi.source_check.rank IS 'Order of the checks within a relation.';
COMMENT ON COLUMN sales_kpi.source_check.check_name IS 'What is wrong, in a few words.';
COMMENT ON COLUMN sales_kpi.source_check.condition IS 'SQL condition over a row s of the source; NULL: rows beyond the first with equal columns needs.';
COMMENT ON COLUMN sales_kpi.source_check.needs IS 'Columns the source must have for the check to be made; without a condition, the first of them.';
COMMENT ON COLUMN sales_kpi.source_check.needs_relation IS 'Other relation that must be present for the check to be made.';
COMMENT ON COLUMN sales_kpi.source_check.leaves_out IS 'Whether the base views leave such rows out.';
COMMENT ON COLUMN sales_kpi.source_check.treatment IS 'What the model does about such a row.';
