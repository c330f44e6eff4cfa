-- What the tests of plans share, beside model.sql: a plan, and the nodes in it.
CREATE FUNCTION test.plan(query text, options text DEFAULT '') RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	plan jsonb;
BEGIN
	EXECUTE format('EXPLAIN (FORMAT JSON %s) %s', options, query) INTO plan;
	RETURN plan;
END
$$;
CREATE FUNCTION test.nodes(plan jsonb) RETURNS SETOF jsonb
LANGUAGE sql
AS $$SELECT jsonb_path_query(plan, 'strict $.**?(exists (@."Node Type"))')$$;
CREATE FUNCTION test.scans(plan jsonb, relation text) RETURNS SETOF jsonb
LANGUAGE sql
AS $$SELECT n FROM test.nodes(plan) n WHERE n ->> 'Relation Name' = relation$$;
CREATE FUNCTION test.filtered(query text, relation text, pattern text) RETURNS boolean
LANGUAGE sql
AS $$SELECT bool_and(n ->> 'Filter' ~ pattern) FROM test.scans(test.plan(query), relation) n$$;
