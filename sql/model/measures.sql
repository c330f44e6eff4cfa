-- The list of measures: what a goal can be set on, what the scorecard shows, and what
-- explain tells of. The order is that of doc/definitions.md. A figure that adds up is a
-- count or a sum: those of two periods make that of both. `only_where` picks the row of
-- a view with keys of its own. The numerator and the denominator are SQL over the
-- columns of the view.
CREATE VIEW sales_kpi.measure AS
SELECT kpi::text, rank, headline, label::text, view_name::text, column_name::text, size_column::text,
	unit::text, better::text, only_where::text, numerator::text, denominator::text, definition::text,
	CASE WHEN adds_up THEN 'adds up'
		WHEN kpi = ANY ('{churn_rate,gross_churn,upsell_rate,cross_sell_rate,upsell_or_cross_sell_rate}') THEN 'accrues'
		WHEN kpi = ANY ('{grr,nrr,revenue_growth,revenue_year_ago_growth,profit_growth}') THEN 'by length'
		ELSE 'stands' END AS over_time,
	CASE WHEN view_name = 'acquisition' AND kpi <> 'new_customers' THEN '{channel}'::text[]
		WHEN kpi = 'cross_sell_rate' THEN '{family}' ELSE '{}' END AS not_by,
	kpi = ANY ('{win_rate_opened,win_median_days,advance_rate,lead_conversion_rate,warming_rate,warm_to_hot_rate,cold_conversion_rate,warm_conversion_rate,'
		'four_p_score,persistence_score,performance_score,follow_ups,replied_rate}') AS ripens
FROM (VALUES
	('cycle_length_days', 100, true, 'Sales cycle', 'cycle_length', 'median_days', 'deals', 'days', 'lower', false, NULL, NULL, NULL,
	 'Median time from the opening to the close of the deals won in the period.'),
	('cycle_length_mean_days', 101, false, 'Sales cycle, mean', 'cycle_length', 'mean_days', 'deals', 'days', 'lower', false, NULL, NULL, NULL,
	 'Mean time from the opening to the close of the deals won in the period.'),
	('cycle_length_p90_days', 102, true, 'Slow cycles', 'cycle_length', 'p90_days', 'deals', 'days', 'lower', false, NULL, NULL, NULL,
	 'Nine tenths of the deals won in the period took no longer from their opening to their close.'),
	('deals_won', 103, true, 'Deals won', 'cycle_length', 'won', 'won', 'deals', 'higher', true, NULL, NULL, NULL,
	 'Deals won in the period.'),
	('stage_length_days', 104, false, 'Time in stage', 'stage_length', 'median_days', 'deals', 'days', 'lower', false, NULL, NULL, NULL,
	 'Median time that deals which last left the stage in the period had spent there, over all their visits.'),
	('win_rate', 110, true, 'Win rate', 'win_rate', 'win_rate', 'deals', 'share', 'higher', false, 'basis = ''closed''', 'won', 'deals',
	 'Deals won, of the deals won or lost in the period.'),
	('win_rate_opened', 111, false, 'Win rate, by opening', 'win_rate', 'win_rate', 'deals', 'share', 'higher', false, 'basis = ''opened''', 'won', 'deals',
	 'Deals won so far, of the deals opened in the period that were won or lost so far.'),
	('win_rate_within_days', 112, false, 'Won in time', 'win_rate', 'win_rate', 'deals', 'share', 'higher', false, 'basis = ''within_days''', 'won', 'deals',
	 'Deals won within win_within of their opening, of the deals opened in the period that are at least so old and were not withdrawn within it.'),
	('amount_win_rate', 113, false, 'Win rate by amount', 'win_rate', 'amount_win_rate', 'deals', 'share', 'higher', false, 'basis = ''closed''', 'won_amount', 'won_amount + lost_amount',
	 'Amount of the deals won in the period, of that of the deals won or lost in it.'),
	('average_won_amount', 114, false, 'Average deal', 'win_rate', 'average_amount', 'won', 'money', 'higher', false, 'basis = ''closed''', NULL, NULL,
	 'Mean amount of the deals won in the period whose amount is known.'),
	('win_median_days', 115, false, 'Half of deals won', 'win_curve', 'median_days', 'deals', 'days', 'lower', false, 'at_risk = deals', NULL, NULL,
	 'First day after the opening on which half of the deals opened in the period are won, open ones estimated; none where fewer are.'),
	('sales_velocity', 120, true, 'Velocity', 'pipeline_velocity', 'velocity', 'deals', 'money', 'higher', false, NULL, 'won * average_amount', 'mean_days',
	 'Deals closed in the period x average amount x win rate / mean cycle in days: money a day.'),
	('kept_rate', 130, true, 'On time', 'timeline', 'kept_rate', 'dated', 'share', 'higher', false, NULL, 'kept', 'dated',
	 'Deals closed by the day their rep had expected, of the deals closed in the period that had such a day.'),
	('mean_slip_days', 131, false, 'Slip', 'timeline', 'mean_slip_days', 'dated', 'days', 'lower', false, NULL, NULL, NULL,
	 'Mean days from the expected day to the close, of the deals closed in the period; early ones are negative.'),
	('overdue_deals', 132, false, 'Overdue', 'timeline', 'overdue', 'overdue', 'deals', 'lower', false, NULL, NULL, NULL,
	 'Open deals whose expected day is over as of now; known of the period of as_of only.'),
	('advance_rate', 140, false, 'Advanced', 'funnel', 'advance_rate', 'entered', 'share', 'higher', false, NULL, 'advanced', 'entered',
	 'Deals that came beyond the stage or were won, of those that entered it or a later one; by the period in which they entered the pipeline.'),
	('lost_after_sale_rate', 180, false, 'Lost after the sale', 'cycle_outcome', 'lost_90d_rate', 'followed', 'share', 'lower', false, 'band_from_days = 0 AND band_to_days IS NULL', 'lost_90d', 'followed',
	 'Deals won in the period whose customer was lost within 90 days, of those at least so old whose customer was active in that time.'),
	('dissatisfied_after_sale_rate', 181, false, 'Dissatisfied after the sale', 'cycle_outcome', 'dissatisfied_rate', 'answered', 'share', 'lower', false, 'band_from_days = 0 AND band_to_days IS NULL', 'dissatisfied', 'answered',
	 'Deals won in the period about which an answer of 6 or less from 0 to 10, or of 2 or less from 1 to 5, came within 90 days, of those at least so old with an answer.'),
	('units_sold', 200, true, 'Units sold', 'sales_volume', 'units', 'lines', 'units', 'higher', true, NULL, NULL, NULL,
	 'Sum of the units sold in the period, returns subtracted.'),
	('units_returned', 201, false, 'Units returned', 'sales_volume', 'returned_units', 'lines', 'units', 'lower', true, NULL, NULL, NULL,
	 'Sum of the units returned in the period.'),
	('leads', 300, true, 'Leads', 'lead_response', 'leads', 'leads', 'leads', 'higher', true, NULL, NULL, NULL,
	 'Leads that arrived in the period.'),
	('lead_response_minutes', 301, true, 'Lead response', 'lead_response', 'median_minutes', 'answered', 'minutes', 'lower', false, NULL, NULL, NULL,
	 'Median time from the arrival of the leads of the period to their first human answer; leads without one are not measured.'),
	('lead_response_business_minutes', 302, true, 'In open hours', 'lead_response', 'business_median_minutes', 'answered', 'minutes', 'lower', false, NULL, NULL, NULL,
	 'Median time in the open hours of the calendar from the arrival of the leads of the period to their first human answer; unknown without a calendar.'),
	('lead_response_p90_minutes', 303, true, 'Slow answers', 'lead_response', 'p90_minutes', 'answered', 'minutes', 'lower', false, NULL, NULL, NULL,
	 'Nine tenths of the answered leads of the period waited no longer for their first human answer.'),
	('within_sla_rate', 304, true, 'Within SLA', 'lead_response', 'within_sla_rate', 'sla_leads', 'share', 'higher', false, NULL, 'within_sla', 'sla_leads',
	 'Leads answered within the SLA, of the leads of the period that are older than it or were answered within it; in open hours where the model has a calendar.'),
	('lead_conversion_rate', 305, true, 'Conversion', 'lead_response', 'conversion_rate', 'leads', 'share', 'higher', false, NULL, 'converted', 'leads',
	 'Leads of the period that became a deal or a customer, of all that arrived in it. Young leads have had less time.'),
	('lead_response_mean_minutes', 306, false, 'Lead response, mean', 'lead_response', 'mean_minutes', 'answered', 'minutes', 'lower', false, NULL, NULL, NULL,
	 'Mean time from the arrival of the leads of the period to their first human answer.'),
	('warming_rate', 320, false, 'Warming', 'lead_warming', 'moved_rate', 'leads', 'share', 'higher', false, 'from_temperature = ''cold'' AND to_temperature = ''warm''', 'moved', 'leads',
	 'Leads that became warm later, of those that first were cold in the period. Young leads have had less time.'),
	('warming_days', 321, false, 'Cold to warm', 'lead_warming', 'median_days', 'moved', 'days', 'lower', false, 'from_temperature = ''cold'' AND to_temperature = ''warm''', NULL, NULL,
	 'Median time in which the leads that first were cold in the period became warm, of those that did.'),
	('warm_to_hot_rate', 322, false, 'Warm to hot', 'lead_warming', 'moved_rate', 'leads', 'share', 'higher', false, 'from_temperature = ''warm'' AND to_temperature = ''hot''', 'moved', 'leads',
	 'Leads that became hot later, of those that first were warm in the period. Young leads have had less time.'),
	('warm_to_hot_days', 323, false, 'Warm to hot, time', 'lead_warming', 'median_days', 'moved', 'days', 'lower', false, 'from_temperature = ''warm'' AND to_temperature = ''hot''', NULL, NULL,
	 'Median time in which the leads that first were warm in the period became hot, of those that did.'),
	('cold_conversion_rate', 324, false, 'Conversion of cold leads', 'lead_warming', 'conversion_rate', 'leads', 'share', 'higher', false, 'from_temperature = ''cold'' AND to_temperature = ''hot''', 'converted', 'leads',
	 'Leads that became a deal or a customer, of those that first were cold in the period.'),
	('warm_conversion_rate', 325, false, 'Conversion of warm leads', 'lead_warming', 'conversion_rate', 'leads', 'share', 'higher', false, 'from_temperature = ''warm'' AND to_temperature = ''hot''', 'converted', 'leads',
	 'Leads that became a deal or a customer, of those that first were warm in the period.'),
	('new_customers', 400, true, 'New customers', 'acquisition', 'new_customers', 'new_customers', 'customers', 'higher', true, NULL, NULL, NULL,
	 'Customers whose first paid purchase ever lies in the period.'),
	('cac', 401, true, 'CAC', 'acquisition', 'cac', 'new_customers', 'money', 'lower', false, NULL, 'spend', 'new_customers',
	 'Cost of sales and marketing, spent the lag of the model earlier, per new customer of the period.'),
	('acquisition_spend', 402, false, 'Cost of acquisition', 'acquisition', 'spend', 'new_customers', 'money', 'lower', true, NULL, NULL, NULL,
	 'Cost of sales and marketing that is to win the customers of the period.'),
	('acquisition_ratio', 403, true, 'New per lead', 'acquisition', 'acquisition_ratio', 'leads', 'ratio', 'higher', false, NULL, 'new_customers', 'leads',
	 'New customers of the period per lead that arrived in it.'),
	('customers', 500, true, 'Customers', 'churn', 'at_end', 'at_end', 'customers', 'higher', false, NULL, NULL, NULL,
	 'Customers active at the end of the period.'),
	('customers_lost', 501, false, 'Customers lost', 'churn', 'lost', 'at_start', 'customers', 'lower', true, NULL, NULL, NULL,
	 'Customers active at the start of the period and not at its end.'),
	('churn_rate', 502, true, 'Churn', 'churn', 'churn_rate', 'at_start', 'share', 'lower', false, NULL, 'lost', 'at_start',
	 'Customers active at the start of the period and not at its end, of those active at its start.'),
	('mrr', 503, true, 'MRR', 'revenue_movement', 'end_amount', 'at_end', 'money', 'higher', false, NULL, NULL, NULL,
	 'What the subscriptions active at the end of the period pay a month.'),
	('gross_churn', 504, false, 'Gross revenue churn', 'revenue_movement', 'gross_churn', 'at_start', 'share', 'lower', false, NULL, 'churned_amount + contraction_amount', 'start_amount',
	 'Recurring revenue lost or given up in the period, of that at its start.'),
	('grr', 505, false, 'Gross retention', 'revenue_movement', 'grr', 'at_start', 'share', 'higher', false, NULL, 'start_amount - churned_amount - contraction_amount', 'start_amount',
	 'Recurring revenue of the period''s start that was kept to its end.'),
	('nrr', 506, true, 'Net retention', 'revenue_movement', 'nrr', 'at_start', 'ratio', 'higher', false, NULL, 'start_amount + expansion_amount - contraction_amount - churned_amount', 'start_amount',
	 'Recurring revenue at the period''s end of the customers of its start, per that at its start.'),
	('quick_ratio', 507, false, 'Quick ratio', 'revenue_movement', 'quick_ratio', 'at_start', 'ratio', 'higher', false, NULL, 'new_amount + expansion_amount + returned_amount', 'contraction_amount + churned_amount',
	 'Recurring revenue won in the period per recurring revenue lost in it.'),
	('upsell_rate', 600, true, 'Upsell', 'upsell', 'upsell_rate', 'existing', 'share', 'higher', false, NULL, 'upsold', 'existing',
	 'Customers who bought a higher tier of what they held, of those who had bought before the period.'),
	('cross_sell_rate', 601, true, 'Cross-sell', 'upsell', 'cross_sell_rate', 'existing', 'share', 'higher', false, NULL, 'cross_sold', 'existing',
	 'Customers who bought a family they did not hold, of those who had bought before the period.'),
	('upsell_or_cross_sell_rate', 602, false, 'Upsell or cross-sell', 'upsell', 'either_rate', 'existing', 'share', 'higher', false, NULL, 'either', 'existing',
	 'Customers with an upsell or a cross-sell in the period, of those who had bought before it.'),
	('revenue', 700, true, 'Revenue', 'revenue_growth', 'revenue', 'lines', 'money', 'higher', true, NULL, NULL, NULL,
	 'Sum of the amounts of the period, returns subtracted.'),
	('revenue_growth', 701, true, 'Growth', 'revenue_growth', 'growth', 'lines', 'ratio', 'higher', false, NULL, 'revenue - base', 'base',
	 'Growth of revenue on the period before.'),
	('revenue_year_ago_growth', 702, true, 'Yearly growth', 'revenue_growth', 'year_ago_growth', 'lines', 'ratio', 'higher', false, NULL, 'revenue - year_ago_base', 'year_ago_base',
	 'Growth of revenue on the same period a year ago.'),
	('profit', 703, true, 'Gross profit', 'revenue_growth', 'profit', 'costed_lines', 'money', 'higher', true, NULL, NULL, NULL,
	 'Amount less cost of the lines of the period whose cost is known.'),
	('profit_growth', 704, false, 'Profit growth', 'revenue_growth', 'profit_growth', 'costed_lines', 'ratio', 'higher', false, NULL, NULL, NULL,
	 'Growth of gross profit on the period before.'),
	('four_p_score', 800, true, 'Four Ps', 'four_p', 'score', 'counted', 'score', 'higher', false, NULL,
	 'coalesce(promptness_score, 0) + coalesce(persistence_score, 0) + coalesce(personalization_score, 0) + coalesce(performance_score, 0)', 'scores_known',
	 'Mean of the scores of promptness, persistence, personalization and performance, of those that are known.'),
	('promptness_score', 801, false, 'Promptness', 'four_p', 'promptness_score', 'answered', 'score', 'higher', false, NULL, NULL, NULL,
	 'How near the median time to the answer of a lead comes to the SLA of the model: 100 within it, 50 at twice of it.'),
	('persistence_score', 802, false, 'Persistence', 'four_p', 'persistence_score', 'contacted', 'score', 'higher', false, NULL, NULL, NULL,
	 'How near the follow-ups to a first contact come to the target of the model: 100 at it.'),
	('personalization_score', 803, false, 'Personalization', 'four_p', 'personalization_score', 'messages', 'score', 'higher', false, NULL, NULL, NULL,
	 'How near the personal elements of a follow-up message come to the target of the model: 100 at it.'),
	('performance_score', 804, false, 'Performance', 'four_p', 'performance_score', 'sent', 'score', 'higher', false, NULL, NULL, NULL,
	 'How near the shares of messages that are delivered and replied to come to the targets of the model: 100 at both.'),
	('follow_ups', 805, false, 'Follow-ups', 'four_p', 'persistence', 'contacted', 'ratio', 'higher', false, NULL, 'follow_ups', 'contacted',
	 'Follow-ups within 30 days and before the first reply, per first contact of the period.'),
	('personal_elements', 806, false, 'Personal elements', 'four_p', 'personalization', 'messages', 'ratio', 'higher', false, NULL, 'personal_elements', 'messages',
	 'Personal elements per follow-up message of the period.'),
	('delivered_rate', 807, false, 'Delivered', 'four_p', 'delivered_rate', 'sent', 'share', 'higher', false, NULL, 'delivered', 'sent',
	 'Messages sent in the period that were delivered, of those of which it is known.'),
	('replied_rate', 808, false, 'Replied', 'four_p', 'replied_rate', 'replied_of', 'share', 'higher', false, NULL, 'replied', 'replied_of',
	 'Messages sent in the period that were replied to, of those that were delivered.'),
	('calls_per_day', 810, true, 'Calls a day', 'productivity', 'calls_per_day', 'active_days', 'ratio', 'higher', false, NULL, 'calls', 'active_days',
	 'Calls of the period per day on which a rep was active.'),
	('minutes_per_call', 811, false, 'Time per call', 'productivity', 'minutes_per_call', 'timed_calls', 'minutes', 'lower', false, NULL, NULL, NULL,
	 'Mean time of the calls of the period whose time is known.'),
	('calls_per_hour', 812, false, 'Calls/hour', 'productivity', 'calls_per_hour', 'calls', 'ratio', 'higher', false, NULL, 'calls', 'hours',
	 'Calls of the period per hour spent on contacts in it.'),
	('meetings_per_hour', 813, false, 'Meetings/hour', 'productivity', 'meetings_per_hour', 'meetings', 'ratio', 'higher', false, NULL, 'meetings', 'hours',
	 'Meetings of the period per hour spent on contacts in it.'),
	('wins_per_hour', 814, false, 'Wins/hour', 'productivity', 'wins_per_hour', 'wins', 'ratio', 'higher', false, NULL, 'wins', 'hours',
	 'Deals won in the period per hour spent on contacts in it.'),
	('revenue_per_hour', 815, true, 'Revenue/hour', 'productivity', 'revenue_per_hour', 'active_days', 'money', 'higher', false, NULL, 'revenue', 'hours',
	 'Revenue of the period per hour spent on contacts in it.'),
	('revenue_per_cost', 816, false, 'Revenue/cost', 'productivity', 'revenue_per_cost', 'active_days', 'ratio', 'higher', false, NULL, 'revenue', 'cost',
	 'Revenue of the period per cost of sales and marketing in it.'),
	('contact_hours', 817, false, 'Hours of contact', 'productivity', 'hours', 'active_days', 'hours', 'higher', true, NULL, NULL, NULL,
	 'Hours spent on contacts in the period.'),
	('calls', 818, false, 'Calls', 'productivity', 'calls', 'calls', 'calls', 'higher', true, NULL, NULL, NULL,
	 'Calls with clients in the period.'),
	('meetings', 819, false, 'Meetings', 'productivity', 'meetings', 'meetings', 'meetings', 'higher', true, NULL, NULL, NULL,
	 'Meetings with clients in the period.'),
	('cta_rate', 830, true, 'CTA rate', 'call_to_action', 'cta_rate', 'messages', 'share', 'higher', false, NULL, 'with_cta', 'messages',
	 'Messages sent in the period that ask for a next step, of those of which it is known.'),
	('touches_per_deal_week', 850, false, 'Contacts a week', 'contact_frequency', 'per_deal_week', 'touches', 'ratio', 'higher', false, NULL, 'touches', 'deal_weeks',
	 'Human outbound touches of deals per week that they spent in the stage within the period.'),
	('nps', 860, true, 'NPS', 'feedback', 'nps', 'answers', 'score', 'higher', false, NULL, '100 * (promoters - detractors)', 'answers',
	 'Share of 9 and 10 less share of 0 to 6 of the answers of the period from 0 to 10, in percent.'),
	('csat', 861, false, 'CSAT', 'feedback', 'csat', 'csat_answers', 'share', 'higher', false, NULL, 'satisfied', 'csat_answers',
	 'Answers of 4 and 5, of the answers of the period from 1 to 5.')
) AS m (kpi, rank, headline, label, view_name, column_name, size_column, unit, better, adds_up, only_where, numerator, denominator, definition);

GRANT SELECT ON sales_kpi.measure TO PUBLIC;
COMMENT ON VIEW sales_kpi.measure IS 'The list of measures: every KPI a model can show, where it stands and which direction is good.';
COMMENT ON COLUMN sales_kpi.measure.kpi IS 'Name of the measure, as goals call it.';
COMMENT ON COLUMN sales_kpi.measure.rank IS 'Order of the measures.';
COMMENT ON COLUMN sales_kpi.measure.headline IS 'Whether the scorecard shows it.';
COMMENT ON COLUMN sales_kpi.measure.label IS 'Name for people.';
COMMENT ON COLUMN sales_kpi.measure.view_name IS 'The KPI view that holds it.';
COMMENT ON COLUMN sales_kpi.measure.column_name IS 'Its column there.';
COMMENT ON COLUMN sales_kpi.measure.size_column IS 'The column there with the number of things it rests on.';
COMMENT ON COLUMN sales_kpi.measure.unit IS 'Its unit; share is a rate between 0 and 1.';
COMMENT ON COLUMN sales_kpi.measure.better IS 'Which direction is good: higher or lower.';
COMMENT ON COLUMN sales_kpi.measure.only_where IS 'Condition on the rows of the view that have the figure; NULL: all.';
COMMENT ON COLUMN sales_kpi.measure.numerator IS 'What is divided, over the columns of the view; NULL: the figure is no quotient.';
COMMENT ON COLUMN sales_kpi.measure.denominator IS 'By what.';
COMMENT ON COLUMN sales_kpi.measure.definition IS 'What the figure means, in a sentence.';
COMMENT ON COLUMN sales_kpi.measure.over_time IS 'How the figure of a longer period compares: it adds up; it is a rate that accrues; it depends on the length of the period in another way; or it stands, whatever the length.';
COMMENT ON COLUMN sales_kpi.measure.not_by IS 'Dimensions of the view by which there is no such figure.';
COMMENT ON COLUMN sales_kpi.measure.ripens IS 'Whether the figure of a period goes on changing after it, for what began in it has yet to end.';

-- An arrow in the direction that is good; not every database has one.
CREATE FUNCTION sales_kpi.direction_mark(better text)
RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF getdatabaseencoding() = 'UTF8' THEN
		RETURN CASE better WHEN 'higher' THEN chr(8593) ELSE chr(8595) END;
	END IF;
	RETURN CASE better WHEN 'higher' THEN '+' ELSE '-' END;
END
$$;
COMMENT ON FUNCTION sales_kpi.direction_mark(text) IS 'Internal: a sign of the direction that is good.';
