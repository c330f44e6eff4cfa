-- The list of measures: what a goal can be set on, and what the scorecard shows.
-- The order is that of doc/definitions.md.
CREATE VIEW sales_kpi.measure AS
SELECT kpi::text, rank, headline, label::text, view_name::text, column_name::text, size_column::text,
	unit::text, better::text
FROM (VALUES
	('cycle_length_days', 10, true, 'Sales cycle, median', 'cycle_length', 'median_days', 'deals', 'days', 'lower'),
	('cycle_length_mean_days', 11, true, 'Sales cycle, mean', 'cycle_length', 'mean_days', 'deals', 'days', 'lower'),
	('cycle_length_p90_days', 12, true, 'Sales cycle, slowest tenth', 'cycle_length', 'p90_days', 'deals', 'days', 'lower'),
	('deals_won', 13, true, 'Deals won', 'cycle_length', 'won', 'won', 'deals', 'higher'),
	('stage_length_days', 20, false, 'Time in stage, median', 'stage_length', 'median_days', 'deals', 'days', 'lower'),
	('leads', 30, true, 'Leads arrived', 'lead_response', 'leads', 'leads', 'leads', 'higher'),
	('lead_response_minutes', 31, true, 'Lead response, median', 'lead_response', 'median_minutes', 'answered', 'minutes', 'lower'),
	('lead_response_mean_minutes', 32, false, 'Lead response, mean', 'lead_response', 'mean_minutes', 'answered', 'minutes', 'lower'),
	('lead_response_p90_minutes', 33, true, 'Lead response, slowest tenth', 'lead_response', 'p90_minutes', 'answered', 'minutes', 'lower'),
	('within_sla_rate', 34, true, 'Leads answered within SLA', 'lead_response', 'within_sla_rate', 'sla_leads', 'share', 'higher'),
	('lead_conversion_rate', 35, true, 'Leads converted', 'lead_response', 'conversion_rate', 'leads', 'share', 'higher'),
	('new_customers', 40, true, 'New customers', 'acquisition', 'new_customers', 'new_customers', 'customers', 'higher'),
	('cac', 41, true, 'Cost of a new customer', 'acquisition', 'cac', 'new_customers', 'money', 'lower'),
	('acquisition_spend', 42, false, 'Cost of acquisition', 'acquisition', 'spend', 'new_customers', 'money', 'lower'),
	('acquisition_ratio', 43, true, 'New customers per lead', 'acquisition', 'acquisition_ratio', 'leads', 'ratio', 'higher'),
	('customers', 50, true, 'Customers', 'churn', 'at_end', 'at_end', 'customers', 'higher'),
	('customers_lost', 51, false, 'Customers lost', 'churn', 'lost', 'at_start', 'customers', 'lower'),
	('churn_rate', 52, true, 'Customer churn', 'churn', 'churn_rate', 'at_start', 'share', 'lower'),
	('mrr', 53, true, 'Monthly recurring revenue', 'revenue_movement', 'end_amount', 'at_end', 'money', 'higher'),
	('gross_churn', 54, false, 'Revenue churn, gross', 'revenue_movement', 'gross_churn', 'at_start', 'share', 'lower'),
	('grr', 55, false, 'Gross revenue retention', 'revenue_movement', 'grr', 'at_start', 'share', 'higher'),
	('nrr', 56, true, 'Net revenue retention', 'revenue_movement', 'nrr', 'at_start', 'ratio', 'higher'),
	('quick_ratio', 57, false, 'Revenue won per revenue lost', 'revenue_movement', 'quick_ratio', 'at_start', 'ratio', 'higher'),
	('units_sold', 60, true, 'Units sold', 'sales_volume', 'units', 'lines', 'units', 'higher'),
	('units_returned', 61, false, 'Units returned', 'sales_volume', 'returned_units', 'lines', 'units', 'lower'),
	('upsell_rate', 65, true, 'Upsell', 'upsell', 'upsell_rate', 'existing', 'share', 'higher'),
	('cross_sell_rate', 66, true, 'Cross-sell', 'upsell', 'cross_sell_rate', 'existing', 'share', 'higher'),
	('upsell_or_cross_sell_rate', 67, false, 'Upsell or cross-sell', 'upsell', 'either_rate', 'existing', 'share', 'higher'),
	('revenue', 70, true, 'Revenue', 'revenue_growth', 'revenue', 'lines', 'money', 'higher'),
	('revenue_growth', 71, true, 'Revenue growth', 'revenue_growth', 'growth', 'lines', 'ratio', 'higher'),
	('revenue_year_ago_growth', 72, true, 'Revenue growth on a year ago', 'revenue_growth', 'year_ago_growth', 'lines', 'ratio', 'higher'),
	('profit', 73, true, 'Gross profit', 'revenue_growth', 'profit', 'costed_lines', 'money', 'higher'),
	('profit_growth', 74, false, 'Gross profit growth', 'revenue_growth', 'profit_growth', 'costed_lines', 'ratio', 'higher')
) AS m (kpi, rank, headline, label, view_name, column_name, size_column, unit, better);

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
