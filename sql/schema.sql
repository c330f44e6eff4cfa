-- The schema is made here, never adopted: an existing one could hold hostile
-- objects that the rest of the script would call.
CREATE SCHEMA sales_kpi;
COMMENT ON SCHEMA sales_kpi IS 'Sales KPIs: state types, aggregates, plain functions, and the procedures that build a model.';
GRANT USAGE ON SCHEMA sales_kpi TO PUBLIC;
