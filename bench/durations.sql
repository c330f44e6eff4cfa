-- Cycle length: the mean by rep, and mean, spread and percentiles by rep and month; win
-- curves by rep.
CALL bench.add_kpi('mean cycle by rep', 'deals', key => '{rep_id}', tolerance => '{"mean": 1e-9}',
	x_floor => 2.4, x_plain => 0.62,
	ours => $$
		SELECT rep_id, date_part('epoch', cycle_length(created_at, closed_at)) AS mean
		FROM deals
		WHERE closed_at IS NOT NULL
		GROUP BY 1$$,
	plain => ARRAY[$$
		SELECT rep_id, date_part('epoch', avg(closed_at - created_at)) AS mean
		FROM deals
		WHERE closed_at IS NOT NULL
		GROUP BY 1$$, $$
		SELECT rep_id, avg(date_part('epoch', closed_at - created_at)) AS mean
		FROM deals
		WHERE closed_at IS NOT NULL
		GROUP BY 1$$],
	duckdb => ARRAY[$$
		SELECT rep_id, avg(epoch_us(closed_at) - epoch_us(created_at)) / 1e6 AS mean
		FROM deals
		WHERE closed_at IS NOT NULL
		GROUP BY 1$$]);

CALL bench.add_kpi('mean, stddev, p50, p90 by rep and month', 'deals', key => '{rep_id,month}',
	tolerance => '{"mean": 1e-9, "stddev": 1e-8, "p50": 0.005, "p90": 0.005}',
	x_floor => 3.0, x_plain => 0.25, x_duckdb => 2.2,
	ours => $$
		SELECT rep_id, month, date_part('epoch', mean(cycle)) AS mean, date_part('epoch', stddev(cycle)) AS stddev,
			date_part('epoch', percentile(cycle, 0.5)) AS p50, date_part('epoch', percentile(cycle, 0.9)) AS p90
		FROM (
			SELECT rep_id, period_start('month', closed_at, 'UTC') AS month, duration_agg(created_at, closed_at) AS cycle
			FROM deals
			WHERE closed_at IS NOT NULL
			GROUP BY 1, 2
		) c$$,
	plain => ARRAY[$$
		SELECT rep_id, month::date, mean, stddev, percentiles[1] AS p50, percentiles[2] AS p90
		FROM (
			SELECT rep_id, date_trunc('month', closed_at) AS month, avg(seconds) AS mean, stddev(seconds) AS stddev,
				percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY seconds) AS percentiles
			FROM (SELECT rep_id, closed_at, date_part('epoch', closed_at - created_at) AS seconds FROM deals WHERE closed_at IS NOT NULL) d
			GROUP BY 1, 2
		) c$$],
	tdigest => $$
		SELECT rep_id, month::date, mean, stddev, percentiles[1] AS p50, percentiles[2] AS p90
		FROM (
			SELECT rep_id, date_trunc('month', closed_at) AS month, avg(seconds) AS mean, stddev(seconds) AS stddev,
				tdigest_percentile(seconds, 100, ARRAY[0.5, 0.9]) AS percentiles
			FROM (SELECT rep_id, closed_at, date_part('epoch', closed_at - created_at) AS seconds FROM deals WHERE closed_at IS NOT NULL) d
			GROUP BY 1, 2
		) c$$,
	duckdb => ARRAY[$$
		SELECT rep_id, month::date AS month, mean, stddev, percentiles[1] AS p50, percentiles[2] AS p90
		FROM (
			SELECT rep_id, date_trunc('month', closed_at) AS month, avg(seconds) AS mean, stddev(seconds) AS stddev,
				quantile_cont(seconds, [0.5, 0.9]) AS percentiles
			FROM (SELECT rep_id, closed_at, (epoch_us(closed_at) - epoch_us(created_at)) / 1e6 AS seconds FROM deals WHERE closed_at IS NOT NULL) d
			GROUP BY 1, 2
		) c$$]);

-- The plain one knows no intervals.
CALL bench.add_kpi('win curve by rep', 'deals', key => '{rep_id,day}', tolerance => '{"won_share": 1e-9}',
	ours => $$
		SELECT rep_id, c.day, c.at_risk, c.won_share
		FROM (
			SELECT rep_id, win_curve_agg(created_at, closed_at, CASE WHEN won THEN 'won' WHEN NOT won THEN 'lost' END, '2026-01-01') AS deals
			FROM deals
			WHERE created_at <= '2026-01-01'
			GROUP BY 1
		) d
		CROSS JOIN LATERAL win_curve(d.deals) c$$,
	plain => ARRAY[$$
		SELECT rep_id, day, at_risk, sum(open_before * won / at_risk) OVER (PARTITION BY rep_id ORDER BY day) AS won_share
		FROM (
			SELECT *, coalesce(exp(sum(ln(nullif(1 - (won + lost) / at_risk::float8, 0)))
				OVER (PARTITION BY rep_id ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)), 1) AS open_before
			FROM (
				SELECT *, sum(won + lost + open) OVER (PARTITION BY rep_id ORDER BY day DESC) AS at_risk
				FROM (
					SELECT rep_id, floor(date_part('epoch', coalesce(closed_at, '2026-01-01') - created_at) / 86400)::integer AS day,
						count(*) FILTER (WHERE won) AS won, count(*) FILTER (WHERE NOT won) AS lost, count(*) FILTER (WHERE won IS NULL) AS open
					FROM deals
					WHERE created_at <= '2026-01-01'
					GROUP BY 1, 2
				) d
			) r
		) s$$]);
