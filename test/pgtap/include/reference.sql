-- Comparing with reference answers computed outside of the database. Both queries
-- have a column `key`, which names the row, and the same other columns.
-- Compiling a view of many branches takes longer than running it.
SET LOCAL jit = off;

-- A reference gives ten digits after the point. Percentiles of more than 1000
-- durations come from buckets, within 0.5 %: where such are compared, the queries
-- have a column `n`.
CREATE FUNCTION pg_temp.agrees(found text, reference text, n numeric, cell text)
RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN found IS NOT DISTINCT FROM reference
	OR abs(found::numeric - reference::numeric)
		<= CASE WHEN n > 1000 AND cell ~ '^(median|p90)' THEN 0.005 * reference::numeric ELSE 1e-10 END;

CREATE FUNCTION pg_temp.equals_reference(query text, reference text, description text)
RETURNS SETOF text
LANGUAGE plpgsql
AS $$
DECLARE
	cells bigint;
	differences text;
BEGIN
	EXECUTE format($query$
		WITH found AS (SELECT q.key::text, c.key AS cell, c.value FROM (%s) q, jsonb_each_text(to_jsonb(q) - 'key') c),
		reference AS (
			SELECT q.key::text, c.key AS cell, c.value, (to_jsonb(q) ->> 'n')::numeric AS n
			FROM (%s) q, jsonb_each_text(to_jsonb(q) - 'key') c
		)
		SELECT count(r.cell),
			string_agg(format('%%s, %%s: %%s instead of %%s', key, cell, coalesce(f.value, 'NULL'), coalesce(r.value, 'NULL')), E'\n' ORDER BY key, cell)
				FILTER (WHERE pg_temp.agrees(f.value, r.value, r.n, cell) IS NOT TRUE OR f.cell IS NULL OR r.cell IS NULL)
		FROM found f FULL JOIN reference r USING (key, cell)
		$query$, query, reference) INTO cells, differences;
	RETURN NEXT ok(cells > 0 AND differences IS NULL, format('%s: %s cells', description, cells));
	IF differences IS NOT NULL THEN
		RETURN NEXT diag(differences);
	END IF;
END
$$;
