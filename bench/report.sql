-- What was found: each query in multiples of the floor of its subject and of what it
-- is compared with, and what became of the promises.
\pset footer off
SELECT subject, workers, name, round(ms::numeric, 1) AS ms, round(x_floor::numeric, 2) AS "x floor",
	against, round(x_against::numeric, 2) AS "x against", at_most AS "at most",
	CASE WHEN x_against <= at_most THEN 'met' WHEN at_most IS NOT NULL THEN 'NOT MET' END AS promise,
	workers_launched AS launched
FROM bench.result
ORDER BY min(id) OVER (PARTITION BY subject), workers, id;

\pset tuples_only on
\pset format unaligned
SELECT format('%s: %s, %s workers: %s takes %s times %s, at most %s', CASE WHEN x_against <= at_most THEN 'met' ELSE 'NOT MET' END,
	subject, workers, name, round(x_against::numeric, 2), against, at_most)
FROM bench.result
WHERE at_most IS NOT NULL
ORDER BY id;
SELECT format('%s of %s promises met', count(*) FILTER (WHERE x_against <= at_most), count(*))
FROM bench.result
WHERE at_most IS NOT NULL;
