-- Memory: how large states are, and what a server process takes at its peak.
CREATE TABLE bench.state_size (
	scale numeric NOT NULL,
	state text NOT NULL,
	states bigint NOT NULL,
	table_rows bigint NOT NULL,
	customers bigint NOT NULL,
	bytes bigint NOT NULL
);

-- Of groups of ten rows.
CREATE TABLE bench.group_size (
	name text PRIMARY KEY,
	bytes float8 NOT NULL
);

CREATE PROCEDURE bench.measure_states(scale numeric)
LANGUAGE plpgsql
AS $$
DECLARE
	s record;
BEGIN
	PERFORM set_config('search_path', bench.path_of(scale), true);
	FOR s IN
		SELECT *
		FROM (VALUES
			('duration_agg, all in one', 'deals', 'duration_agg(created_at, closed_at)', '()'),
			('duration_agg, by rep and month', 'deals', 'duration_agg(created_at, closed_at)', 'rep_id, period_start(''month'', closed_at, ''UTC'')'),
			('win_curve_agg, all in one', 'deals', 'win_curve_agg(created_at, closed_at, CASE WHEN won THEN ''won'' WHEN NOT won THEN ''lost'' END, ''2026-01-02'')', '()'),
			('acquisition_agg, all in one', 'deals', 'acquisition_agg(NULL, customer_id)', '()'),
			('acquisition_agg, by team and month', 'deals', 'acquisition_agg(NULL, customer_id)', 'team_id, period_start(''month'', created_at, ''UTC'')'),
			('customer_agg, all in one', 'subscriptions', 'customer_agg(customer_id, started_at, ended_at)', '()'),
			('customer_agg with amounts, all in one', 'subscriptions', 'customer_agg(customer_id, started_at, ended_at, mrr)', '()'),
			('purchase_agg, all in one', 'order_lines', 'purchase_agg(customer_id, family, tier, sold_at, amount)', '()')
		) s (state, source, expression, grouping)
	LOOP
		EXECUTE format('INSERT INTO bench.state_size
			SELECT $1, $2, count(*), sum(n), sum(c), sum(bytes)
			FROM (SELECT count(*) AS n, count(DISTINCT customer_id) AS c, pg_column_size(%s) AS bytes FROM %I GROUP BY %s) s', s.expression, s.source, s.grouping)
		USING scale, s.state;
	END LOOP;
	IF to_regclass('tenfold') IS NOT NULL THEN
		FOR s IN SELECT name, statement FROM bench.query WHERE subject = 'many groups of ten rows' AND name <> 'floor' LOOP
			EXECUTE format('INSERT INTO bench.group_size SELECT $1, avg(pg_column_size(g.state)) FROM (%s) g (grp, state) WHERE grp < 1000', s.statement)
			USING s.name;
		END LOOP;
	END IF;
END
$$;

-- At its peak the process had so many kB, of which its own were those beyond what all
-- processes share: the buffers and the programs.
CREATE TABLE bench.memory (
	scale numeric NOT NULL,
	query_id integer NOT NULL REFERENCES bench.query ON DELETE CASCADE,
	peak_kb bigint NOT NULL,
	own_kb bigint NOT NULL
);

CREATE PROCEDURE bench.measure_memory(id integer, scale numeric)
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM bench.take(id, scale, -1);	-- no round
	DELETE FROM bench.timing WHERE round = -1;
	INSERT INTO bench.memory
	SELECT scale, id, (kb -> 'VmHWM')::bigint, (kb -> 'VmHWM')::bigint - (kb -> 'RssShmem')::bigint - (kb -> 'RssFile')::bigint
	FROM (
		SELECT jsonb_object_agg(field[1], field[2]::bigint) AS kb
		FROM regexp_matches(pg_read_file('/proc/self/status'), '(\w+):\s+(\d+) kB', 'g') field
	) s;
END
$$;
