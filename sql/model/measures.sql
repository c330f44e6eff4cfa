-- The list of measures: what a goal can be set on, what the scorecard shows, and what
-- explain tells of. The order is that of doc/definitions.md. A figure that adds up is a
-- count or a sum: those of two periods make that of both. `only_where` picks the row of
-- a view with keys of its own. The numerator and the denominator are SQL over the
-- columns of the view.
CREATE VIEW sales_kpi.measure AS
SELECT kpi::text, rank, headline, label::text, view_name::text, column_name::text, size_column::text,
	unit::text, better::text, adds_up, only_where::text, numerator::text, denominator::text, definition::text
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
	('units_sold', 200, true, 'Units sold', 'sales_volume', 'units', 'lines', 'units', 'higher', true, NULL, NULL, NULL,
	 'Sum of the units sold in the period, returns subtracted.'),
	('units_returned', 201, false, 'Units returned', 'sales_volume', 'returned_units', 'lines', 'units', 'lower', true, NULL, NULL, NULL,
	 'Sum of the units returned in the period.'),
	('leads', 300, true, 'Leads', 'lead_response', 'leads', 'leads', 'leads', 'higher', true, NULL, NULL, NULL,
	 'Leads that arrived in the period.'),
	('lead_response_minutes', 301, true, 'Lead response', 'lead_response', 'median_minutes', 'answered', 'minutes', 'lower', false, NULL, NULL, NULL,
	 'Median time from the arrival of the leads of the period to their first human answer; leads without one are not measured.'),
	('lead_response_mean_minutes', 302, false, 'Lead response, mean', 'lead_response', 'mean_minutes', 'answered', 'minutes', 'lower', false, NULL, NULL, NULL,
	 'Mean time from the arrival of the leads of the period to their first human answer.'),
	('lead_response_p90_minutes', 303, true, 'Slow answers', 'lead_response', 'p90_minutes', 'answered', 'minutes', 'lower', false, NULL, NULL, NULL,
	 'Nine tenths of the answered leads of the period waited no longer for their first human answer.'),
	('within_sla_rate', 304, true, 'Within SLA', 'lead_response', 'within_sla_rate', 'sla_leads', 'share', 'higher', false, NULL, 'within_sla', 'sla_leads',
	 'Leads answered within the SLA, of the leads of the period that are older than it or were answered within it; in open hours where the model has a calendar.'),
	('lead_conversion_rate', 305, true, 'Conversion', 'lead_response', 'conversion_rate', 'leads', 'share', 'higher', false, NULL, 'converted', 'leads',
	 'Leads of the period that became a deal or a customer, of all that arrived in it. Young leads have had less time.'),
	('lead_response_business_minutes', 306, false, 'Lead response, open hours', 'lead_response', 'business_median_minutes', 'answered', 'minutes', 'lower', false, NULL, NULL, NULL,
	 'Median time in the open hours of the calendar from the arrival of the leads of the period to their first human answer; unknown without a calendar.'),
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
	 'Growth of gross profit on the period before.')
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
COMMENT ON COLUMN sales_kpi.measure.adds_up IS 'Whether the figures of two periods add up to that of both: counts and sums do, rates and medians do not.';
COMMENT ON COLUMN sales_kpi.measure.only_where IS 'Condition on the rows of the view that have the figure; NULL: all.';
COMMENT ON COLUMN sales_kpi.measure.numerator IS 'What is divided, over the columns of the view; NULL: the figure is no quotient.';
COMMENT ON COLUMN sales_kpi.measure.denominator IS 'By what.';
COMMENT ON COLUMN sales_kpi.measure.definition IS 'What the figure means, in a sentence.';
