-- What can be no larger is refused by an error that names the limit, and says what to
-- do. A state ends at the largest value the server can make, 1 GB; it takes three times
-- that for a moment.
BEGIN;
SELECT * FROM no_plan();
SET client_min_messages = warning;
SET search_path = sales_kpi, public;
SET LOCAL jit = off;
\set enough `awk '/^MemAvailable/ { print ($2 > 6000000) ? "true" : "false" }' /proc/meminfo`

CREATE FUNCTION pg_temp.refusal(query text, OUT code text, OUT message text, OUT hint text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE query;
EXCEPTION WHEN OTHERS OR query_canceled THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
END $$;

\if :enough
SELECT is(ARRAY[code, message, hint], ARRAY['54000', 'a customer_history cannot hold more than 25165823 records', 'Compute smaller groups with GROUP BY, or distribute the table by customer and add up the figures of the parts.'], 'customers beyond 1 GB are refused')
FROM pg_temp.refusal($$
	SELECT customer_agg(customer::text, '2024-01-01'::timestamptz + customer * interval '1 second', NULL, 1)
	FROM (SELECT generate_series(1, 27000000) AS customer) c$$);
-- less than half of a gigabyte, of which each record has a long text
SELECT is(ARRAY[code, message, hint], ARRAY['54000', 'the text of a customer_history is longer than 1 GB', 'Send it or copy it in binary form, or keep smaller groups, which can be rolled up.'], 'nor is there a text beyond 1 GB')
FROM pg_temp.refusal($$
	SELECT customer_agg(customer::text, '290000-01-01'::timestamptz + customer * interval '1 second', '290001-01-01'::timestamptz + customer * interval '1 second', 9000000000000)::text
	FROM (SELECT generate_series(1, 11800000) AS customer) c$$);
\else
SELECT skip('less than 6 GB of memory is free', 2);
\endif

-- Ten million boundaries are not too many: what is made for them begins, and ends by a cancel.
CREATE TEMP TABLE many AS SELECT customer_agg(1, '2024-01-01', NULL, 1) AS h, purchase_agg(1, 'a'::text, 1, '2024-01-01', 1) AS p, (SELECT array_agg(b) FROM (SELECT '2024-01-01'::timestamptz + generate_series(1, 10000000) * interval '1 minute' AS b OFFSET 0) b) AS boundaries;
SELECT is((pg_temp.refusal(format('SELECT %s(CASE WHEN pg_cancel_backend(pg_backend_pid()) THEN %s END, b) FROM (SELECT h, p, boundaries || ''{}'' AS b FROM many OFFSET 0) detoasted', question, state))).code, '57014', question || ' by ten million periods')
FROM (VALUES ('churn', 'h'), ('revenue_movement', 'h'), ('upsell', 'p'), ('new_customers', 'p')) v (question, state);
SELECT is(pg_column_size(revenue_agg('2024-01-01', 1, boundaries)), 319999992, 'revenue by ten million periods') FROM many;

-- However long a text is, a calendar of it is made of what is different.
SELECT is(('UTC: Mon-Sun ' || repeat('00:00-01:00 ', 9600000))::business_calendar::text, 'UTC: Mon-Sun 00:00-01:00', 'sixty-seven million windows');

SELECT * FROM finish();
ROLLBACK;
