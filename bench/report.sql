-- What was found: each query in multiples of its floor and of what it is compared
-- with.
CREATE VIEW bench.result AS
SELECT q.id, q.subject, q.name, q.workers, q.against, q.at_most,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms) AS ms,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms / f.ms) AS x_floor,
	percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms / a.ms) AS x_against,
	max(t.workers_launched) AS workers_launched
FROM bench.query q
JOIN bench.timing t ON t.query_id = q.id AND t.round > 0
LEFT JOIN bench.query fq ON fq.subject = q.subject AND fq.workers = q.workers AND fq.name = 'floor'
LEFT JOIN bench.timing f ON f.query_id = fq.id AND f.round = t.round
LEFT JOIN bench.query aq ON aq.subject = q.subject AND aq.workers = q.workers AND aq.name = q.against
LEFT JOIN bench.timing a ON a.query_id = aq.id AND a.round = t.round
GROUP BY q.id;

SELECT subject, workers, name, round(ms::numeric, 1) AS ms, round(x_floor::numeric, 2) AS "x floor", against, round(x_against::numeric, 2) AS "x against",
	at_most AS "at most", workers_launched AS launched
FROM bench.result
ORDER BY id;
