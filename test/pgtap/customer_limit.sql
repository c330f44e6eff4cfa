-- A state ends at the largest value the server can make, 1 GB: the error says how
-- many records fit, and what to do. It takes three times that for a moment.
BEGIN;
SET client_min_messages = warning;
SET LOCAL jit = off;
\set enough `awk '/^MemAvailable/ { print ($2 > 6000000) ? "true" : "false" }' /proc/meminfo`
\if :enough
SELECT plan(1);
SELECT throws_ok($$
	SELECT sales_kpi.customer_agg(customer::text, '2024-01-01'::timestamptz + customer * interval '1 second', NULL, 1)
	FROM generate_series(1, 27000000) customer$$,
	'54000', 'a customer_history cannot hold more than 25165823 records', 'customers beyond 1 GB are refused');
\else
SELECT plan(1);
SELECT skip('less than 6 GB of memory is free', 1);
\endif
SELECT * FROM finish();
ROLLBACK;
