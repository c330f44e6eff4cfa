\echo Use "CREATE EXTENSION sales_kpi" to load this file. \quit

-- The schema is made here, never adopted: an existing one could hold hostile
-- objects that the rest of the script would call. For the same reason nothing
-- below resolves a name or an operator outside pg_catalog unless it says so.
SET LOCAL search_path = pg_catalog, pg_temp;

CREATE SCHEMA sales_kpi;
COMMENT ON SCHEMA sales_kpi IS 'Sales KPIs: state types, aggregates, plain functions, and the procedures that build a model.';
GRANT USAGE ON SCHEMA sales_kpi TO PUBLIC;
