-- load_demo: a young technology company that never was, for demonstrations and
-- tests. It sells three families of software by subscription, and hardware and
-- services beside them, in five territories, from January 2023 to the end of 2025.
--
-- Chance comes from demo_random, demo_choice and demo_draw alone, sums are of
-- whole numbers and numeric, and nothing is ordered by text: the rows are the same
-- for a seed on every machine.
--
-- What is planted, and where:
--   1 rep 4 closes fast, and leaves unhappy clients: deal (pace),
--     demo_subscription_end (hurried), feedback
--   2 product 7 goes bad from August 2025: demo_subscription_end (failing)
--   3 Iberia is under-served: demo_territory against rep; lead, deal (odds),
--     demo_answered_at (swamped)
--   4 slow answers at weekends: demo_answered_at (opens)
--   5 dirty rows: demo_dirt
--   6 demo requests are answered faster and convert better than whitepapers, hot
--     leads better than cold ones: demo_request, demo_answered_at, lead (odds)
--   7 trend and season: lead (weight of a day), deal (odds, price)
--   8 who has Beacon comes back for an Edge Gateway: sale (draws)

CREATE FUNCTION sales_kpi.demo_within(at timestamptz, from_time timestamptz, until_time timestamptz)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (at >= from_time) IS NOT FALSE AND (at < until_time) IS NOT FALSE;
COMMENT ON FUNCTION sales_kpi.demo_within(timestamptz, timestamptz, timestamptz) IS 'Internal: whether a moment is in a span; NULL: open.';

CREATE FUNCTION sales_kpi.demo_between(from_time timestamptz, until_time timestamptz, part bigint, whole bigint)
RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN from_time + extract(epoch FROM until_time - from_time)::bigint * part / whole * interval '1 second';
COMMENT ON FUNCTION sales_kpi.demo_between(timestamptz, timestamptz, bigint, bigint) IS 'Internal: a moment part/whole of the way between two others, to the second.';

-- The tables must be those of create_sources, and empty; locked, they stay so. They and
-- their schema must be the caller's, or another could put a table with a trigger in their
-- place.
CREATE PROCEDURE sales_kpi.demo_check(sources text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	relations text[] := ARRAY(SELECT DISTINCT c.relation FROM sales_kpi.contract c ORDER BY c.relation);
	r record;
	wrong text;
	filled boolean;
BEGIN
	IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = sources) THEN
		RAISE EXCEPTION 'schema % does not exist', quote_ident(sources)
			USING ERRCODE = 'invalid_schema_name',
				HINT = format('CALL sales_kpi.create_sources(%L) makes it and the tables that load_demo fills.', sources);
	END IF;
	FOR r IN
		SELECT k.relation, c.relkind, pg_get_userbyid(c.relowner) AS owner
		FROM unnest(relations) k (relation)
		LEFT JOIN (pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = sources) ON c.relname = k.relation
		ORDER BY k.relation
	LOOP
		IF r.relkind IS NULL THEN
			RAISE EXCEPTION 'table %.% does not exist', quote_ident(sources), r.relation
				USING ERRCODE = 'undefined_table', DETAIL = 'The demo company fills every relation of the contract.',
					HINT = format('CALL sales_kpi.create_sources(%L) makes what is missing.', sources);
		ELSIF r.relkind NOT IN ('r', 'p') THEN
			RAISE EXCEPTION '%.% is not a table', quote_ident(sources), r.relation
				USING ERRCODE = 'wrong_object_type', DETAIL = 'The demo company is written into tables.',
					HINT = 'Load it into a schema of its own: CALL sales_kpi.create_sources(''demo''), then sales_kpi.load_demo(''demo'').';
		ELSIF r.owner <> current_user THEN
			RAISE EXCEPTION 'table %.% belongs to %', quote_ident(sources), r.relation, quote_ident(r.owner)
				USING ERRCODE = 'insufficient_privilege', DETAIL = 'The demo company is written into tables of the caller.',
					HINT = format('Call it as %I, or load it into a schema of your own.', r.owner);
		END IF;
	END LOOP;
	PERFORM sales_kpi.check_isolation();
	CALL sales_kpi.lock_tables(sources, relations);
	SELECT o.rolname AS owner INTO r
	FROM pg_namespace n
	JOIN pg_roles o ON o.oid = CASE n.nspowner WHEN 'pg_database_owner'::regrole THEN (SELECT datdba FROM pg_database WHERE datname = current_database()) ELSE n.nspowner END
	WHERE n.nspname = sources AND NOT o.rolsuper AND o.rolname <> current_user;
	IF FOUND THEN
		RAISE EXCEPTION 'schema % belongs to %', quote_ident(sources), quote_ident(r.owner)
			USING ERRCODE = 'insufficient_privilege', DETAIL = 'The demo company is written into a schema of the caller.',
				HINT = format('Call it as %I, or load it into a schema of your own.', r.owner);
	END IF;
	SELECT string_agg(format('%I.%I.%I', sources, k.relation, k.column_name)
		|| coalesce(' is ' || c.type, ' is missing'), ', ' ORDER BY k.relation, k.rank) INTO wrong
	FROM sales_kpi.contract k
	LEFT JOIN sales_kpi.source_columns(sources) c ON c.relation = k.relation AND c.column_name = k.column_name
	WHERE c.type IS DISTINCT FROM CASE k.type WHEN 'key' THEN 'bigint' WHEN 'time' THEN 'timestamp with time zone' ELSE k.type END;
	IF wrong IS NOT NULL THEN
		RAISE EXCEPTION 'the tables in % are not those of create_sources', quote_ident(sources)
			USING ERRCODE = 'datatype_mismatch', DETAIL = wrong || '.',
				HINT = 'Load the demo company into a schema of its own: CALL sales_kpi.create_sources(''demo''), then sales_kpi.load_demo(''demo'').';
	END IF;
	FOR r IN SELECT k.relation FROM unnest(relations) k (relation) LOOP
		EXECUTE format('SELECT EXISTS (SELECT FROM %I.%I)', sources, r.relation) INTO filled;
		IF filled THEN
			RAISE EXCEPTION 'table %.% already holds rows', quote_ident(sources), r.relation
				USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'The demo company is not mixed with other rows.',
					HINT = 'Load it into a schema of its own, or empty the tables with TRUNCATE first.';
		END IF;
	END LOOP;
END
$$;
COMMENT ON PROCEDURE sales_kpi.demo_check(text) IS 'Internal: an error where the demo company cannot be loaded; otherwise locks its tables.';

-- Runs a query that inserts rows, and says how many of what. In it {{crm}} is the
-- schema; {{random}}, {{choice}} and {{draw}} are the functions of chance with their
-- seed. In the queries a CTE is MATERIALIZED where what it draws is used more than
-- once, for it would be drawn as often.
CREATE PROCEDURE sales_kpi.demo_fill(sources text, deals integer, seed integer, relation text, query text, what text DEFAULT 'rows')
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	filled text := query;
	p record;
	n bigint;
BEGIN
	FOR p IN
		SELECT * FROM (VALUES
			('{{random}}(', format('sales_kpi.demo_random(%s, ', seed)),
			('{{choice}}(', format('sales_kpi.demo_choice(%s, ', seed)),
			('{{draw}}(', format('sales_kpi.demo_draw(%s, ', seed)),
			('{{seed}}', seed::text),
			('{{deals}}', deals::text),
			('{{zone}}', '''Europe/Berlin'''),
			('{{as_of}}', '(timestamp ''2026-01-01'' AT TIME ZONE ''Europe/Berlin'')'),
			('{{fast_rep}}', '4'),
			('{{failing_product}}', '7'),
			('{{drawing_family}}', '''Beacon'''),
			('{{swamped_territory}}', '''Iberia'''),
			('{{crm}}', quote_ident(sources))) v (placeholder, value)
	LOOP
		filled := replace(filled, p.placeholder, p.value);
	END LOOP;
	EXECUTE filled;
	GET DIAGNOSTICS n = ROW_COUNT;
	EXECUTE format('ANALYZE %I.%I', sources, relation);
	RAISE NOTICE '%.%: % %', quote_ident(sources), relation, to_char(n, 'FM999,999,999'), what;
END
$$;
COMMENT ON PROCEDURE sales_kpi.demo_fill(text, integer, integer, text, text, text) IS 'Internal: fills a relation of the demo company from a query, analyzes it and tells its rows.';

-- Each part reads what the parts before it have filled. Times are reckoned in UTC
-- or in the company's zone, whatever the session's is. Compiling the queries would
-- take longer than running them: the planner cannot guess how many rows they make.
CREATE PROCEDURE sales_kpi.load_demo(sources text, deals integer DEFAULT 20000, seed integer DEFAULT 1)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
SET jit = off
AS $$
BEGIN
	IF sources IS NULL OR deals IS NULL OR seed IS NULL THEN
		RAISE EXCEPTION 'load_demo needs a schema, a number of deals and a seed'
			USING ERRCODE = 'null_value_not_allowed', HINT = 'CALL sales_kpi.load_demo(''crm'');';
	END IF;
	IF deals NOT BETWEEN 1000 AND 1000000 THEN
		RAISE EXCEPTION 'the demo company cannot have % deals', deals
			USING ERRCODE = 'invalid_parameter_value', HINT = 'It takes 1,000 to 1,000,000; 20,000 are a good start.';
	END IF;
	CALL sales_kpi.demo_check(sources);
	CALL sales_kpi.demo_company(sources, deals, seed);
	CALL sales_kpi.demo_pipeline(sources, deals, seed);
	CALL sales_kpi.demo_revenue(sources, deals, seed);
	CALL sales_kpi.demo_contact(sources, deals, seed);
	CALL sales_kpi.demo_plan(sources, deals, seed);
	CALL sales_kpi.demo_spoil(sources, deals);
END
$$;
COMMENT ON PROCEDURE sales_kpi.load_demo(text, integer, integer) IS 'Fills the empty tables of create_sources with a believable technology company, the same for a seed on every machine.';
