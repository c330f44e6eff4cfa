-- The folder of real data is handed to tests in the setting sales_kpi.test_data;
-- where there is none, :skipped tells the test to end.
SET client_min_messages = warning;
SELECT coalesce(current_setting('sales_kpi.test_data', true), '') AS data \gset
SELECT :'data' = '' AS skipped \gset
\if :skipped
\echo 1..0 # SKIP the setting sales_kpi.test_data names no folder of real data
\endif
