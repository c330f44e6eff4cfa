-- Churn, revenue movement, retention and survival of 96 months from one pass over the
-- subscriptions. The best plain SQL found turns spans into places in the list of months,
-- as the functions do, but sorts all rows by customer for it.
CALL bench.add_kpi('churn by month', 'subscriptions', key => '{month}',
	x_floor => 3.2, x_plain => 0.13, x_duckdb => 0.35,
	ours => $$
		SELECT period_start::date AS month, at_start, lost
		FROM (SELECT customer_agg(customer_id, started_at, ended_at) AS history FROM subscriptions) h
		CROSS JOIN LATERAL churn(history, periods('month', '2018-01-01', '2026-01-01', 'UTC'))
		WHERE at_start > 0$$,
	plain => ARRAY[$$
		WITH placed AS MATERIALIZED (
			SELECT customer_id, width_bucket(started_at - interval '1 microsecond', months) AS low,
				coalesce(width_bucket(ended_at - interval '1 microsecond', months), 97) AS high
			FROM subscriptions, (SELECT array_agg(m ORDER BY m) AS months FROM generate_series(timestamptz '2018-01-01', '2026-01-01', '1 month') m) b
		),
		span AS (
			SELECT low, high, max(high) OVER (PARTITION BY customer_id ORDER BY low ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
			FROM placed
			WHERE high > low
		),
		change AS (
			SELECT low AS month, count(*) FILTER (WHERE reached IS NULL OR low > reached) AS arrived, 0::bigint AS active FROM span GROUP BY 1
			UNION ALL
			SELECT greatest(low, reached), 0, count(*) FROM span WHERE reached IS NULL OR high > reached GROUP BY 1
			UNION ALL
			SELECT high, 0, -count(*) FROM span WHERE reached IS NULL OR high > reached GROUP BY 1
		),
		month AS (
			SELECT month, sum(arrived) AS arrived, sum(sum(active)) OVER (ORDER BY month) AS active FROM change GROUP BY month
		)
		SELECT (date '2018-01-01' + month * interval '1 month')::date AS month, at_start, lost
		FROM (
			SELECT month, active AS at_start, active + lead(arrived) OVER (ORDER BY month) - lead(active) OVER (ORDER BY month) AS lost FROM month
		) m
		WHERE month < 96 AND at_start > 0$$],
	duckdb => ARRAY[$$
		WITH placed AS (
			SELECT customer_id, date_diff('month', TIMESTAMP '2018-01-01', started_at - INTERVAL 1 microsecond) + 1 AS low,
				coalesce(date_diff('month', TIMESTAMP '2018-01-01', ended_at - INTERVAL 1 microsecond) + 1, 97) AS high
			FROM subscriptions
		),
		span AS (
			SELECT low, high, max(high) OVER (PARTITION BY customer_id ORDER BY low ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
			FROM placed
			WHERE high > low
		),
		change AS (
			SELECT low AS month, count(*) FILTER (WHERE reached IS NULL OR low > reached) AS arrived, 0::bigint AS active FROM span GROUP BY 1
			UNION ALL
			SELECT CASE WHEN reached > low THEN reached ELSE low END, 0, count(*) FROM span WHERE reached IS NULL OR high > reached GROUP BY 1
			UNION ALL
			SELECT high, 0, -count(*) FROM span WHERE reached IS NULL OR high > reached GROUP BY 1
		),
		month AS (
			SELECT month, sum(arrived) AS arrived, sum(sum(active)) OVER (ORDER BY month) AS active FROM change GROUP BY month
		)
		SELECT (DATE '2018-01-01' + to_months(month::integer))::date AS month, at_start, lost
		FROM (
			SELECT month, active AS at_start, active + lead(arrived) OVER (ORDER BY month) - lead(active) OVER (ORDER BY month) AS lost FROM month
		) m
		WHERE month < 96 AND at_start > 0$$]);

CALL bench.add_kpi('revenue movement by month', 'subscriptions', key => '{month}',
	x_floor => 5, x_plain => 0.12, x_duckdb => 0.4,
	ours => $$
		SELECT period_start::date AS month, new_amount, expansion_amount, contraction_amount, churned_amount, returned_amount
		FROM (SELECT customer_agg(customer_id, started_at, ended_at, mrr) AS history FROM subscriptions) h
		CROSS JOIN LATERAL revenue_movement(history, periods('month', '2018-01-01', '2026-01-01', 'UTC'))$$,
	plain => ARRAY[$$
		WITH placed AS MATERIALIZED (
			SELECT customer_id, width_bucket(started_at - interval '1 microsecond', months) AS low,
				coalesce(width_bucket(ended_at - interval '1 microsecond', months), 97) AS high, mrr
			FROM subscriptions, (SELECT array_agg(m ORDER BY m) AS months FROM generate_series(timestamptz '2018-01-01', '2026-01-01', '1 month') m) b
		),
		running AS (
			SELECT customer_id, month, sum(sum(amount)) OVER w AS after, sum(sum(spans)) OVER w AS spans
			FROM (
				SELECT customer_id, low AS month, mrr AS amount, 1 AS spans FROM placed
				UNION ALL
				SELECT customer_id, high, -mrr, -1 FROM placed
			) e
			GROUP BY customer_id, month
			WINDOW w AS (PARTITION BY customer_id ORDER BY month)
		),
		change AS (
			SELECT month, after, spans, lag(after, 1, 0::numeric) OVER w AS before, lag(spans, 1, 0::numeric) OVER w AS spans_before, row_number() OVER w AS number
			FROM running
			WINDOW w AS (PARTITION BY customer_id ORDER BY month)
		)
		SELECT (date '2017-12-01' + month * interval '1 month')::date AS month,
			coalesce(sum(after) FILTER (WHERE spans > 0 AND spans_before = 0 AND number = 1), 0) AS new_amount,
			coalesce(sum(after - before) FILTER (WHERE spans > 0 AND spans_before > 0 AND after > before), 0) AS expansion_amount,
			coalesce(sum(before - after) FILTER (WHERE spans > 0 AND spans_before > 0 AND after < before), 0) AS contraction_amount,
			coalesce(sum(before) FILTER (WHERE spans = 0), 0) AS churned_amount,
			coalesce(sum(after) FILTER (WHERE spans > 0 AND spans_before = 0 AND number > 1), 0) AS returned_amount
		FROM change
		WHERE month BETWEEN 1 AND 96
		GROUP BY month$$],
	duckdb => ARRAY[$$
		WITH placed AS (
			SELECT customer_id, date_diff('month', TIMESTAMP '2018-01-01', started_at - INTERVAL 1 microsecond) + 1 AS low,
				coalesce(date_diff('month', TIMESTAMP '2018-01-01', ended_at - INTERVAL 1 microsecond) + 1, 97) AS high, (mrr * 100)::bigint AS cents
			FROM subscriptions
		),
		running AS (
			SELECT customer_id, month, sum(sum(amount)) OVER w AS after, sum(sum(spans)) OVER w AS spans
			FROM (
				SELECT customer_id, low AS month, cents AS amount, 1 AS spans FROM placed
				UNION ALL
				SELECT customer_id, high, -cents, -1 FROM placed
			) e
			GROUP BY customer_id, month
			WINDOW w AS (PARTITION BY customer_id ORDER BY month)
		),
		change AS (
			SELECT month, after, spans, lag(after, 1, 0) OVER w AS before, lag(spans, 1, 0) OVER w AS spans_before, row_number() OVER w AS number
			FROM running
			WINDOW w AS (PARTITION BY customer_id ORDER BY month)
		)
		SELECT (DATE '2017-12-01' + to_months(month::integer))::date AS month,
			coalesce(sum(after) FILTER (WHERE spans > 0 AND spans_before = 0 AND number = 1), 0)::decimal(18, 2) / 100 AS new_amount,
			coalesce(sum(after - before) FILTER (WHERE spans > 0 AND spans_before > 0 AND after > before), 0)::decimal(18, 2) / 100 AS expansion_amount,
			coalesce(sum(before - after) FILTER (WHERE spans > 0 AND spans_before > 0 AND after < before), 0)::decimal(18, 2) / 100 AS contraction_amount,
			coalesce(sum(before) FILTER (WHERE spans = 0), 0)::decimal(18, 2) / 100 AS churned_amount,
			coalesce(sum(after) FILTER (WHERE spans > 0 AND spans_before = 0 AND number > 1), 0)::decimal(18, 2) / 100 AS returned_amount
		FROM change
		WHERE month BETWEEN 1 AND 96
		GROUP BY month$$]);

-- A cohort's customers are counted from the first month of a span, as far as no other
-- span has it, to the last.
CALL bench.add_kpi('retention of subscribers by month', 'subscriptions', key => '{cohort,month}',
	ours => $$
		SELECT cohort_start::date AS cohort, period_start::date AS month, retained
		FROM (SELECT customer_agg(customer_id, started_at, ended_at) AS history FROM subscriptions) h
		CROSS JOIN LATERAL retention(history, periods('month', '2018-01-01', '2026-01-01', 'UTC'))
		WHERE retained > 0$$,
	plain => ARRAY[$$
		WITH placed AS MATERIALIZED (
			SELECT customer_id, width_bucket(started_at, months) AS low, coalesce(width_bucket(ended_at - interval '1 microsecond', months), 96) AS high
			FROM subscriptions, (SELECT array_agg(m ORDER BY m) AS months FROM generate_series(timestamptz '2018-01-01', '2026-01-01', '1 month') m) b
		),
		span AS (
			SELECT low, high, min(low) OVER (PARTITION BY customer_id ORDER BY low) AS cohort,
				max(high) OVER (PARTITION BY customer_id ORDER BY low ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
			FROM placed
		),
		change AS (
			SELECT cohort, greatest(low, reached + 1) AS month, count(*) AS active FROM span WHERE reached IS NULL OR high > reached GROUP BY 1, 2
			UNION ALL
			SELECT cohort, high + 1, -count(*) FROM span WHERE reached IS NULL OR high > reached GROUP BY 1, 2
			UNION ALL
			SELECT c, m, 0 FROM generate_series(1, 96) c CROSS JOIN LATERAL generate_series(c, 96) m
		)
		SELECT (date '2017-12-01' + cohort * interval '1 month')::date AS cohort, (date '2017-12-01' + month * interval '1 month')::date AS month, retained
		FROM (SELECT cohort, month, sum(sum(active)) OVER (PARTITION BY cohort ORDER BY month) AS retained FROM change GROUP BY 1, 2) r
		WHERE month <= 96 AND retained > 0$$]);

CALL bench.add_kpi('survival by day', 'subscriptions', key => '{day}', tolerance => '{"surviving_rate": 1e-9}',
	ours => $$
		SELECT day, at_risk, lost, surviving_rate
		FROM (SELECT customer_agg(customer_id, started_at, ended_at) AS history FROM subscriptions) h
		CROSS JOIN LATERAL survival(history, '2026-01-01') v$$,
	plain => ARRAY[$$
		SELECT day, at_risk, lost, exp(sum(CASE WHEN lost < at_risk THEN ln(1 - lost / at_risk::float8) END) OVER (ORDER BY day)) AS surviving_rate
		FROM (
			SELECT day, lost, sum(n) OVER (ORDER BY day DESC) AS at_risk
			FROM (
				SELECT floor(date_part('epoch', coalesce(ended_at, '2026-01-01') - started_at) / 86400) AS day, count(*) AS n, count(ended_at) AS lost
				FROM (
					SELECT min(started_at) AS started_at, CASE WHEN bool_and(ended_at IS NOT NULL) THEN max(ended_at) END AS ended_at
					FROM (
						SELECT *, count(*) FILTER (WHERE started_at > reached) OVER (PARTITION BY customer_id ORDER BY started_at) AS island
						FROM (
							SELECT *, max(coalesce(ended_at, 'infinity')) OVER (PARTITION BY customer_id ORDER BY started_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
							FROM subscriptions
						) r
					) i
					WHERE island = 0
					GROUP BY customer_id
				) stay
				GROUP BY 1
			) d
		) c$$]);
