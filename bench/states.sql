-- What groups.sql and rollup.sql read.
SELECT bench.path_of(:scale) AS path \gset
SET search_path = :path;

-- Ten rows a group, the groups in turn, as rows of many customers come in.
CREATE TABLE tenfold AS
SELECT n % (1000000 * :scale)::bigint AS grp, n / (1000000 * :scale)::bigint AS customer_id, from_time, from_time + bench.days(n, 51, 3.4, 0.8) AS until_time
FROM generate_series(1::bigint, (10000000 * :scale)::bigint) n
CROSS JOIN LATERAL (SELECT timestamptz '2025-01-01' + n * interval '1 second' AS from_time) t;

-- What a nightly job would keep: a state per rep and month.
CREATE TABLE monthly AS
SELECT rep_id, period_start('month', closed_at, 'Europe/Berlin') AS month, duration_agg(created_at, closed_at) AS cycle
FROM deals
WHERE closed_at IS NOT NULL
GROUP BY 1, 2;

-- States beyond the number of durations that are held as they are.
CREATE TABLE bucketed AS
SELECT part, duration_agg(bench.days(n, 52, 3.4, 0.8)) AS cycle
FROM generate_series(1::bigint, 2500) n CROSS JOIN generate_series(1, 2) part
GROUP BY part;

VACUUM (FREEZE, ANALYZE) tenfold, monthly, bucketed;
