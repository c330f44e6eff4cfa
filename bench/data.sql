-- The tables, at a scale: at 1, ten million deals and order lines of a million
-- customers, and 4.7 million subscriptions of three million, in eight years. A smaller
-- scale has fewer rows and customers in the same time. Chance comes from numbered
-- streams, so that every run has the same rows.
SELECT 'scale ' || :scale AS schema \gset
CREATE SCHEMA :"schema";
SELECT bench.path_of(:scale) AS path \gset
SET search_path = :path;

-- The n-th number of a stream: between 0 and 1, bell-shaped, or one of so many.
CREATE OR REPLACE FUNCTION bench.chance(n bigint, stream bigint)
RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ((hashint8extended(n, stream) & 9007199254740991)::float8 + 0.5) / 9007199254740992.0;

CREATE OR REPLACE FUNCTION bench.bell(n bigint, stream bigint)
RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sqrt(-2 * ln(bench.chance(n, stream))) * cos(6.283185307179586 * bench.chance(n, stream + 1000));

CREATE OR REPLACE FUNCTION bench.pick(n bigint, stream bigint, choices bigint)
RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(n, stream) & 9223372036854775807) % choices;

-- An amount around e to the power of the mean, or a time around so many days.
CREATE OR REPLACE FUNCTION bench.amount(n bigint, stream bigint, mean float8, spread float8)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round(exp(mean + spread * bench.bell(n, stream))::numeric, 2);

CREATE OR REPLACE FUNCTION bench.days(n bigint, stream bigint, mean float8, spread float8)
RETURNS interval
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (exp(mean + spread * bench.bell(n, stream)) * 86400) * interval '1 second';

-- Half of the deals are done within 30 days, one in ten takes over 80; one in twenty is
-- never closed.
CREATE TABLE deals (
	id bigint NOT NULL,
	customer_id bigint NOT NULL,
	rep_id integer NOT NULL,
	team_id integer NOT NULL,
	territory integer NOT NULL,
	product_id integer NOT NULL,
	created_at timestamptz NOT NULL,
	closed_at timestamptz,
	won boolean,
	amount numeric(12, 2)
);
INSERT INTO deals
SELECT n, 1 + bench.pick(n, 1, (1000000 * :scale)::bigint), rep_id, rep_id % 20, rep_id % 7, bench.pick(n, 3, 50), created_at,
	CASE WHEN is_closed THEN closed_at END, CASE WHEN is_closed THEN bench.chance(n, 6) < 0.35 END, bench.amount(n, 7, 7, 1.1)
FROM (
	SELECT n, rep_id, created_at, closed_at, bench.chance(n, 5) >= 0.05 AND closed_at <= '2026-01-01' AS is_closed
	FROM (
		SELECT n, bench.pick(n, 2, 200)::integer AS rep_id, created_at, created_at + bench.days(n, 4, 3.4, 0.8) AS closed_at
		FROM (
			SELECT n, timestamptz '2018-01-01' + ((n + 20000 * :scale * bench.chance(n, 8)) * (25.2 / :scale)) * interval '1 second' AS created_at
			FROM generate_series(1::bigint, (10000000 * :scale)::bigint) n
		) o
	) c
) d;

-- Eight families of five tiers; some customers buy more often than others.
CREATE TABLE order_lines (
	customer_id bigint NOT NULL,
	product_id integer NOT NULL,
	family integer NOT NULL,
	tier integer NOT NULL,
	sold_at timestamptz NOT NULL,
	quantity integer NOT NULL,
	amount numeric(12, 2) NOT NULL
);
INSERT INTO order_lines
SELECT 1 + least(bench.pick(n, 11, (1000000 * :scale)::bigint), bench.pick(n, 15, (1400000 * :scale)::bigint)), product_id, product_id / 5, 1 + product_id % 5,
	timestamptz '2018-01-01' + ((n + 5000 * :scale * bench.chance(n, 16)) * (25.2 / :scale)) * interval '1 second',
	1 + bench.pick(n, 13, 5), bench.amount(n, 14, 5, 1)
FROM (SELECT n, bench.pick(n, 12, 40)::integer AS product_id FROM generate_series(1::bigint, (10000000 * :scale)::bigint) n) l;

-- Half of the customers have a second subscription, and a third of these a third one:
-- half of them at the end of the one before, a quarter after a gap, a quarter beside it.
CREATE TABLE subscriptions (
	customer_id bigint NOT NULL,
	product_id integer NOT NULL,
	started_at timestamptz NOT NULL,
	ended_at timestamptz,
	mrr numeric(12, 2)
);
INSERT INTO subscriptions
WITH first AS (
	SELECT customer_id, started_at, started_at + bench.days(customer_id, 22, 5.6, 0.9) AS ended_at
	FROM (
		SELECT customer_id, timestamptz '2018-01-01' + (customer_id * (84.1 / :scale)) * interval '1 second' AS started_at
		FROM generate_series(1::bigint, (3000000 * :scale)::bigint) customer_id
	) s
),
second AS (
	SELECT customer_id, started_at, started_at + bench.days(customer_id, 24, 5.6, 0.9) AS ended_at
	FROM (
		SELECT customer_id, CASE
				WHEN bench.pick(customer_id, 23, 4) < 2 THEN ended_at
				WHEN bench.pick(customer_id, 23, 4) = 2 THEN ended_at + bench.chance(customer_id, 25) * interval '200 days'
				ELSE started_at + (ended_at - started_at) * bench.chance(customer_id, 25)
			END AS started_at
		FROM first
		WHERE bench.pick(customer_id, 21, 2) = 0
	) s
),
third AS (
	SELECT customer_id, started_at, started_at + bench.days(customer_id, 26, 5.6, 0.9) AS ended_at
	FROM (
		SELECT customer_id, CASE
				WHEN bench.pick(customer_id, 23, 4) < 2 THEN ended_at
				WHEN bench.pick(customer_id, 23, 4) = 2 THEN ended_at + bench.chance(customer_id, 27) * interval '200 days'
				ELSE started_at + (ended_at - started_at) * bench.chance(customer_id, 27)
			END AS started_at
		FROM second
		WHERE bench.pick(customer_id, 28, 3) = 0
	) s
)
SELECT customer_id, bench.pick(customer_id, 31 + 2 * number, 50), started_at, CASE WHEN ended_at <= '2026-01-01' THEN ended_at END,
	round(20 + bench.pick(customer_id, 32 + 2 * number, 50000) / 100.0, 2)
FROM (SELECT *, 0 AS number FROM first UNION ALL SELECT *, 1 FROM second UNION ALL SELECT *, 2 FROM third) s
WHERE started_at < '2026-01-01'
ORDER BY started_at;

-- What teams spend in each month.
CREATE TABLE spend (
	team_id integer NOT NULL,
	spent_at timestamptz NOT NULL,
	amount numeric(12, 2) NOT NULL
);
INSERT INTO spend
SELECT team, month + interval '3 days', round((100000 * :scale * (1 + bench.chance(team, 41 + ordinality)))::numeric, 2)
FROM generate_series(0::bigint, 19) team
CROSS JOIN generate_series(timestamptz '2018-01-01', '2025-12-01', '1 month') WITH ORDINALITY m (month, ordinality);

-- Without these the planner takes the periods for as many as the rows, and never
-- groups by them in parallel. They serve the functions and plain SQL alike.
CREATE STATISTICS deals_closed_period ON (sales_kpi.period_start('month', closed_at, 'UTC')) FROM deals;
CREATE STATISTICS deals_created_period ON (sales_kpi.period_start('month', created_at, 'UTC')) FROM deals;
CREATE STATISTICS lines_sold_period ON (sales_kpi.period_start('month', sold_at, 'UTC')) FROM order_lines;
CREATE STATISTICS deals_closed_month ON (date_trunc('month', closed_at)) FROM deals;
CREATE STATISTICS deals_created_month ON (date_trunc('month', created_at)) FROM deals;
CREATE STATISTICS lines_sold_month ON (date_trunc('month', sold_at)) FROM order_lines;

VACUUM (FREEZE, ANALYZE) deals, order_lines, subscriptions, spend;
