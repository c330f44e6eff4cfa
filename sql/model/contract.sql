-- The contract: what a company's own tables or views must look like. The
-- generator, check_sources, create_sources, the comments and the checks of
-- data_quality all read it from here.
CREATE VIEW sales_kpi.contract AS
SELECT relation::text, rank, column_name::text, type::text, need::text,
	default_value::text, words::text[], not_before::text, refers_to::text, meaning::text
FROM (VALUES
	('rep', 1, 'rep_id', 'key', 'key', NULL, NULL, NULL, NULL, 'one row per rep, or one per rep and validity span'),
	('rep', 2, 'rep_name', 'text', 'optional', 'rep_id::text', NULL, NULL, NULL, 'label; need not be unique'),
	('rep', 3, 'team', 'text', 'optional', NULL, NULL, NULL, NULL, 'team (or manager) during the span'),
	('rep', 4, 'territory', 'text', 'optional', NULL, NULL, NULL, NULL, 'sales territory worked during the span (the organisation''s, not the customer''s address)'),
	('rep', 5, 'hired_at', 'time', 'optional', NULL, NULL, NULL, NULL, 'start in the job: experience'),
	('rep', 6, 'valid_from', 'time', 'optional', NULL, NULL, NULL, NULL, 'NULL: always'),
	('rep', 7, 'valid_until', 'time', 'optional', NULL, NULL, 'valid_from', NULL, 'exclusive; NULL: still'),

	('product', 1, 'product_id', 'key', 'key', NULL, NULL, NULL, NULL, 'the thing sold or the plan'),
	('product', 2, 'product_name', 'text', 'optional', 'product_id::text', NULL, NULL, NULL, 'label'),
	('product', 3, 'family', 'text', 'optional', 'product_id::text', NULL, NULL, NULL, 'cross-sell is between families'),
	('product', 4, 'tier', 'integer', 'optional', NULL, NULL, NULL, NULL, '1 lowest; comparable within a family only; NULL: family without upsell'),

	('customer', 1, 'customer_id', 'key', 'key', NULL, NULL, NULL, NULL, 'the paying company or person, never a contact'),
	('customer', 2, 'customer_name', 'text', 'optional', 'customer_id::text', NULL, NULL, NULL, 'label'),
	('customer', 3, 'segment', 'text', 'optional', NULL, NULL, NULL, NULL, 'industry, size or plan class'),
	('customer', 4, 'location', 'text', 'optional', NULL, NULL, NULL, NULL, 'country, city or store area of the customer'),
	('customer', 5, 'source', 'text', 'optional', NULL, NULL, NULL, NULL, 'how won; default: source of its first lead'),
	('customer', 6, 'rep_id', 'key', 'optional', NULL, NULL, NULL, 'rep', 'account owner: used where an event has no rep'),

	('lead', 1, 'lead_id', 'key', 'key', NULL, NULL, NULL, NULL, 'one request by one prospect'),
	('lead', 2, 'arrived_at', 'time', 'required', NULL, NULL, NULL, NULL, 'the prospect identified itself'),
	('lead', 3, 'source', 'text', 'optional', NULL, NULL, NULL, NULL, 'marketing source; same words as spend.source'),
	('lead', 4, 'request', 'text', 'optional', NULL, NULL, NULL, NULL, 'what it asked for: demo, whitepaper, contact form'),
	('lead', 5, 'temperature', 'text', 'optional', NULL, '{cold,warm,hot}', NULL, NULL, 'cold | warm | hot, now'),
	('lead', 6, 'rep_id', 'key', 'optional', NULL, NULL, NULL, 'rep', 'who must answer'),
	('lead', 7, 'customer_id', 'key', 'optional', NULL, NULL, NULL, 'customer', 'the company it turned into'),
	('lead', 8, 'deal_id', 'key', 'optional', NULL, NULL, NULL, 'deal', 'the deal it turned into (first)'),
	('lead', 9, 'responded_at', 'time', 'optional', NULL, NULL, 'arrived_at', NULL, 'first human answer, if the CRM stores it; otherwise taken from touch'),
	('lead', 10, 'converted_at', 'time', 'optional', NULL, NULL, 'arrived_at', NULL, 'became a deal or customer'),
	('lead', 11, 'closed_at', 'time', 'optional', NULL, NULL, 'arrived_at', NULL, 'disqualified or withdrawn; no longer waits for an answer'),

	('lead_temperature', 1, 'lead_id', 'key', 'key', NULL, NULL, NULL, 'lead', 'the lead whose temperature changed'),
	('lead_temperature', 2, 'temperature', 'text', 'required', NULL, '{cold,warm,hot}', NULL, NULL, 'cold | warm | hot'),
	('lead_temperature', 3, 'entered_at', 'time', 'required', NULL, NULL, NULL, NULL, 'when it became that warm'),

	('touch', 1, 'touch_id', 'key', 'key', NULL, NULL, NULL, NULL, 'one contact that happened (planned ones are left out)'),
	('touch', 2, 'touched_at', 'time', 'required', NULL, NULL, NULL, NULL, 'when it happened'),
	('touch', 3, 'kind', 'text', 'optional', NULL, '{call,email,meeting,message}', NULL, NULL, 'call, email, meeting, message'),
	('touch', 4, 'direction', 'text', 'optional', '''outbound''', '{outbound,inbound,internal}', NULL, NULL, 'outbound | inbound | internal'),
	('touch', 5, 'automated', 'boolean', 'optional', 'false', NULL, NULL, NULL, 'true: never counts as a human answer'),
	('touch', 6, 'lead_id', 'key', 'optional', NULL, NULL, NULL, 'lead', 'at least one of lead, deal, customer'),
	('touch', 7, 'deal_id', 'key', 'optional', NULL, NULL, NULL, 'deal', 'the deal it was about'),
	('touch', 8, 'customer_id', 'key', 'optional', NULL, NULL, NULL, 'customer', 'the customer it was with'),
	('touch', 9, 'rep_id', 'key', 'optional', NULL, NULL, NULL, 'rep', 'who made it'),
	('touch', 10, 'minutes', 'numeric', 'optional', NULL, NULL, NULL, NULL, 'time spent: productivity input'),
	('touch', 11, 'personal_elements', 'integer', 'optional', NULL, NULL, NULL, NULL, 'personalised elements in the message'),
	('touch', 12, 'delivered', 'boolean', 'optional', NULL, NULL, NULL, NULL, 'NULL: unknown, not in the denominator'),
	('touch', 13, 'replied', 'boolean', 'optional', NULL, NULL, NULL, NULL, 'default: an inbound touch of the same lead or deal follows within 30 days'),
	('touch', 14, 'call_to_action', 'boolean', 'optional', NULL, NULL, NULL, NULL, 'the message asks for a next step'),

	('deal', 1, 'deal_id', 'key', 'key', NULL, NULL, NULL, NULL, 'one opportunity'),
	('deal', 2, 'opened_at', 'time', 'required', NULL, NULL, NULL, NULL, 'first opening, NULL: not yet worked, out of cycles'),
	('deal', 3, 'closed_at', 'time', 'optional', NULL, NULL, 'opened_at', NULL, 'actual close; with outcome NULL it is ignored (Salesforce forecasts)'),
	('deal', 4, 'outcome', 'text', 'optional', NULL, '{won,lost,withdrawn}', NULL, NULL, 'won | lost | withdrawn; NULL: open; a boolean is read as won/lost'),
	('deal', 5, 'expected_close_at', 'time', 'optional', NULL, NULL, NULL, NULL, 'the rep''s own timeline'),
	('deal', 6, 'stage', 'text', 'optional', NULL, NULL, NULL, NULL, 'where it is now, when there is no deal_stage'),
	('deal', 7, 'amount', 'numeric', 'optional', NULL, NULL, NULL, NULL, 'won or asked value; 0 on a lost deal is unknown'),
	('deal', 8, 'customer_id', 'key', 'optional', NULL, NULL, NULL, 'customer', 'who would buy'),
	('deal', 9, 'lead_id', 'key', 'optional', NULL, NULL, NULL, 'lead', 'the lead it came from'),
	('deal', 10, 'rep_id', 'key', 'optional', NULL, NULL, NULL, 'rep', 'owner when it closed'),
	('deal', 11, 'product_id', 'key', 'optional', NULL, NULL, NULL, 'product', 'main product only; the lines are in sale'),

	('deal_stage', 1, 'deal_id', 'key', 'key', NULL, NULL, NULL, 'deal', 'the deal that entered the stage'),
	('deal_stage', 2, 'stage', 'text', 'required', NULL, NULL, NULL, NULL, 'name of the stage'),
	('deal_stage', 3, 'entered_at', 'time', 'required', NULL, NULL, NULL, NULL, 'when the deal entered it; every entry is a row'),
	('deal_stage', 4, 'stage_order', 'integer', 'optional', NULL, NULL, NULL, NULL, '1 first, per pipeline; decides ties; default: order of median first entry'),

	('sale', 1, 'sale_id', 'key', 'key', NULL, NULL, NULL, NULL, 'one line: one product of one order'),
	('sale', 2, 'sold_at', 'time', 'required', NULL, NULL, NULL, NULL, 'when it was sold'),
	('sale', 3, 'customer_id', 'key', 'optional', NULL, NULL, NULL, 'customer', 'NULL: counted in volume, never in customers'),
	('sale', 4, 'amount', 'numeric', 'optional', NULL, NULL, NULL, NULL, 'net, reporting currency; negative: return'),
	('sale', 5, 'units', 'numeric', 'optional', NULL, NULL, NULL, NULL, 'NULL: unknown'),
	('sale', 6, 'cost', 'numeric', 'optional', NULL, NULL, NULL, NULL, 'for gross profit'),
	('sale', 7, 'order_id', 'key', 'optional', NULL, NULL, NULL, NULL, 'lines of one purchase; default: same customer and sold_at'),
	('sale', 8, 'product_id', 'key', 'optional', NULL, NULL, NULL, 'product', 'what was sold'),
	('sale', 9, 'rep_id', 'key', 'optional', NULL, NULL, NULL, 'rep', 'who sold it'),
	('sale', 10, 'deal_id', 'key', 'optional', NULL, NULL, NULL, 'deal', 'the deal it closes'),
	('sale', 11, 'channel', 'text', 'optional', NULL, NULL, NULL, NULL, 'store, online, partner'),
	('sale', 12, 'location', 'text', 'optional', NULL, NULL, NULL, NULL, 'where sold; default: the customer''s'),

	('subscription', 1, 'subscription_id', 'key', 'key', NULL, NULL, NULL, NULL, 'one row per subscription, product and price span: not unique'),
	('subscription', 2, 'customer_id', 'key', 'required', NULL, NULL, NULL, 'customer', 'who pays'),
	('subscription', 3, 'started_at', 'time', 'required', NULL, NULL, NULL, NULL, 'paid time begins (after the trial)'),
	('subscription', 4, 'ended_at', 'time', 'optional', NULL, NULL, 'started_at', NULL, 'exclusive end of paid time; a future end is still active'),
	('subscription', 5, 'monthly_amount', 'numeric', 'optional', NULL, NULL, NULL, NULL, 'all units, per month, whatever the billing period; 0: free or trial'),
	('subscription', 6, 'product_id', 'key', 'optional', NULL, NULL, NULL, 'product', 'the plan'),
	('subscription', 7, 'rep_id', 'key', 'optional', NULL, NULL, NULL, 'rep', 'who sold it'),
	('subscription', 8, 'trial', 'boolean', 'optional', 'false', NULL, NULL, NULL, 'true: not paid'),

	('spend', 1, 'spent_at', 'time', 'required', NULL, NULL, NULL, NULL, 'when it was spent'),
	('spend', 2, 'amount', 'numeric', 'required', NULL, NULL, NULL, NULL, 'cost, reporting currency'),
	('spend', 3, 'kind', 'text', 'optional', NULL, '{sales,marketing,other}', NULL, NULL, 'sales | marketing | other; other is left out of CAC'),
	('spend', 4, 'team', 'text', 'optional', NULL, NULL, NULL, NULL, 'team it was spent for'),
	('spend', 5, 'territory', 'text', 'optional', NULL, NULL, NULL, NULL, 'territory it was spent for'),
	('spend', 6, 'rep_id', 'key', 'optional', NULL, NULL, NULL, 'rep', 'salary, travel: team and territory follow'),
	('spend', 7, 'source', 'text', 'optional', NULL, NULL, NULL, NULL, 'same words as lead.source'),

	('feedback', 1, 'given_at', 'time', 'required', NULL, NULL, NULL, NULL, 'when it was given'),
	('feedback', 2, 'score', 'numeric', 'required', NULL, NULL, NULL, NULL, 'the answer'),
	('feedback', 3, 'scale', 'text', 'optional', '''nps''', '{nps,csat5,other}', NULL, NULL, 'nps (0-10) | csat5 | other; only nps enters NPS'),
	('feedback', 4, 'customer_id', 'key', 'optional', NULL, NULL, NULL, 'customer', 'who answered'),
	('feedback', 5, 'rep_id', 'key', 'optional', NULL, NULL, NULL, 'rep', 'the rep it is about'),
	('feedback', 6, 'product_id', 'key', 'optional', NULL, NULL, NULL, 'product', 'the product it is about'),
	('feedback', 7, 'deal_id', 'key', 'optional', NULL, NULL, NULL, 'deal', 'the deal it is about'),

	('goal', 1, 'kpi', 'text', 'required', NULL, NULL, NULL, NULL, 'a name of the list of measures, e.g. revenue, win_rate, lead_response_minutes'),
	('goal', 2, 'period_start', 'date', 'required', NULL, NULL, NULL, NULL, 'first day the goal runs'),
	('goal', 3, 'period_end', 'date', 'required', NULL, NULL, NULL, NULL, 'exclusive'),
	('goal', 4, 'target', 'numeric', 'required', NULL, NULL, NULL, NULL, 'the figure to reach'),
	('goal', 5, 'dimension', 'text', 'optional', '''all''', NULL, NULL, NULL, 'a dimension of the views'),
	('goal', 6, 'member', 'text', 'optional', NULL, NULL, NULL, NULL, 'id as in the views')
) AS c (relation, rank, column_name, type, need, default_value, words, not_before, refers_to, meaning);

GRANT SELECT ON sales_kpi.contract TO PUBLIC;
COMMENT ON VIEW sales_kpi.contract IS 'The thirteen relations a model reads, column by column. Any subset of the relations will do; absent optional columns read as their default.';
COMMENT ON COLUMN sales_kpi.contract.relation IS 'Name of the source table or view.';
COMMENT ON COLUMN sales_kpi.contract.rank IS 'Order within the relation.';
COMMENT ON COLUMN sales_kpi.contract.column_name IS 'Name of the column.';
COMMENT ON COLUMN sales_kpi.contract.type IS 'key (bigint, uuid or text, as the user has it), time (date, timestamp or timestamptz), or text, integer, numeric, boolean, date.';
COMMENT ON COLUMN sales_kpi.contract.need IS 'key, required or optional. Keys and required columns must be there once their relation is.';
COMMENT ON COLUMN sales_kpi.contract.default_value IS 'Expression read where an optional column is absent or NULL.';
COMMENT ON COLUMN sales_kpi.contract.words IS 'The words a column may hold, exactly as written here.';
COMMENT ON COLUMN sales_kpi.contract.not_before IS 'The column of the same row that can never be later than this one.';
COMMENT ON COLUMN sales_kpi.contract.refers_to IS 'The relation whose key this column repeats.';
COMMENT ON COLUMN sales_kpi.contract.meaning IS 'What the column means.';
