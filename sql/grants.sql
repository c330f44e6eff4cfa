-- Everybody may use all of it, whatever the default privileges of the first superuser are.
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA sales_kpi TO PUBLIC;
GRANT USAGE ON TYPE sales_kpi.duration_summary, sales_kpi.win_summary, sales_kpi.customer_history, sales_kpi.purchase_history,
	sales_kpi.acquisition_summary, sales_kpi.revenue_series, sales_kpi.business_calendar, sales_kpi.mix_rate_effect,
	sales_kpi.trend_result, sales_kpi.model_view TO PUBLIC;
