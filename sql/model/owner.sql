-- Whose code runs while a model is made: the caller's and the extension's. What is read
-- and written then could be a view of another, or have a trigger, which would run with
-- the caller's rights; and a superuser who has said SET ROLE is a superuser still, to
-- whoever says RESET ROLE. So tables are locked first, and looked at then.

-- An expression that calls nothing.
CREATE FUNCTION sales_kpi.is_constant(expression text)
RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN expression ~ '^(''([^'']|'''')*''::[a-z]+|-?[0-9.]+|true|false|NULL::[a-z ]+)$';
COMMENT ON FUNCTION sales_kpi.is_constant(text) IS 'Internal: whether the default of a column, as the server prints it, is a constant.';

CREATE FUNCTION sales_kpi.foreign_code(of_table oid)
RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH RECURSIVE part (oid) AS (
		SELECT of_table
		UNION
		SELECT i.inhrelid FROM part p JOIN pg_inherits i ON i.inhparent = p.oid
	)
	SELECT f.what
	FROM part p
	JOIN pg_class c ON c.oid = p.oid
	CROSS JOIN LATERAL (
		SELECT format('%s is no table', c.oid::regclass) WHERE c.relkind NOT IN ('r', 'p')
		UNION ALL SELECT format('%s belongs to %s', c.oid::regclass, c.relowner::regrole) WHERE pg_get_userbyid(c.relowner) <> current_user
		UNION ALL SELECT format('%s has row-level security that holds for its owner', c.oid::regclass) WHERE c.relforcerowsecurity
		UNION ALL SELECT format('%s has the trigger %I', c.oid::regclass, t.tgname) FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal
		UNION ALL SELECT format('%s has the rule %I', c.oid::regclass, r.rulename) FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN'
		UNION ALL SELECT format('%s has the constraint %I', c.oid::regclass, k.conname) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('c', 'x')
		UNION ALL SELECT format('%s has the index %s, of expressions', c.oid::regclass, i.indexrelid::regclass) FROM pg_index i
			WHERE i.indrelid = c.oid AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
		UNION ALL SELECT format('%s is partitioned by an expression', c.oid::regclass) FROM pg_partitioned_table d WHERE d.partrelid = c.oid AND d.partexprs IS NOT NULL
		UNION ALL SELECT format('%s computes %I', c.oid::regclass, a.attname)
			FROM pg_attribute a JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
			WHERE a.attrelid = c.oid AND NOT sales_kpi.is_constant(pg_get_expr(d.adbin, d.adrelid))
		UNION ALL SELECT format('%s has %I of type %s', c.oid::regclass, a.attname, a.atttypid::regtype)
			FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
			WHERE a.attrelid = c.oid AND t.typnamespace <> 'pg_catalog'::regnamespace
	) f (what)
	ORDER BY 1 LIMIT 1;
END;
COMMENT ON FUNCTION sales_kpi.foreign_code(oid) IS 'Internal: what of a table can run code of whoever has put it there, when the caller reads or writes it; NULL: nothing.';

-- Nobody puts anything there until the end of the transaction. (Whoever sees the
-- catalogs of an earlier moment would not see what there is.)
CREATE PROCEDURE sales_kpi.lock_plain_tables(schema_name text, relations text[])
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	relation text;
	reason text;
BEGIN
	IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
		RAISE EXCEPTION 'the isolation of the transaction is %', current_setting('transaction_isolation')
			USING ERRCODE = 'invalid_transaction_state', DETAIL = 'What others have changed since it began would not be seen.',
				HINT = 'SET default_transaction_isolation = ''read committed'', or BEGIN ISOLATION LEVEL READ COMMITTED.';
	END IF;
	FOREACH relation IN ARRAY relations LOOP
		EXECUTE format('LOCK TABLE %I.%I IN SHARE ROW EXCLUSIVE MODE', schema_name, relation);
	END LOOP;
	SELECT f.what INTO reason
	FROM unnest(relations) r
	CROSS JOIN LATERAL (SELECT sales_kpi.foreign_code(to_regclass(format('%I.%I', schema_name, r)))) f (what)
	WHERE f.what IS NOT NULL
	ORDER BY 1 LIMIT 1;
	IF reason IS NOT NULL THEN
		RAISE EXCEPTION '%', reason
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'It is read and written here, and code of another could run with your rights.',
				HINT = 'Look at it; where you do not need it, drop it.';
	END IF;
END
$$;
COMMENT ON PROCEDURE sales_kpi.lock_plain_tables(text, text[]) IS 'Internal: locks tables of the caller, and an error where more is in them than rows.';

CREATE FUNCTION sales_kpi.check_owner(target text)
RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	other record;
BEGIN
	SELECT o.what, pg_get_userbyid(o.owner) AS owner INTO other
	FROM (
		SELECT format('schema %I', n.nspname), n.nspowner
		FROM pg_namespace n
		WHERE n.nspname IN (target, sales_kpi.base_schema(target))
		UNION ALL
		SELECT format('%s %I.%I', CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' ELSE 'relation' END, n.nspname, c.relname), c.relowner
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname IN (target, sales_kpi.base_schema(target))
			AND (c.relname IN ('setting', 'generated_view') OR starts_with(c.relname, 'source_') OR c.relname IN (SELECT t.view_name FROM sales_kpi.view_template t))
	) o (what, owner)
	WHERE pg_get_userbyid(o.owner) <> current_user
	ORDER BY 1 LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION '% belongs to %', other.what, quote_ident(other.owner)
			USING ERRCODE = 'insufficient_privilege', DETAIL = 'A model stands in schemas of its owner, as do its tables and views.',
				HINT = format('Call it as %I, have them all given to you with ALTER ... OWNER TO, or choose another name for the model.', other.owner);
	END IF;
END
$$;
COMMENT ON FUNCTION sales_kpi.check_owner(text) IS 'Internal: an error where what stands under the name of a model is not the caller''s.';

-- One at a time makes a model, and what it was made with stays as it is meanwhile. Who is
-- waited for here may have changed anything.
CREATE FUNCTION sales_kpi.hold_model(target text)
RETURNS boolean
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept text[];
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('sales_kpi model ' || target, 0));
	PERFORM sales_kpi.check_owner(target);
	SELECT array_agg(c.relname ORDER BY c.relname) INTO kept
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname = sales_kpi.base_schema(target) AND c.relname IN ('setting', 'generated_view');
	IF kept IS NOT NULL THEN
		CALL sales_kpi.lock_plain_tables(sales_kpi.base_schema(target), kept);
		PERFORM sales_kpi.check_owner(target);
	END IF;
	RETURN coalesce(cardinality(kept) = 2, false);
END
$$;
COMMENT ON FUNCTION sales_kpi.hold_model(text) IS 'Internal: whether there is a model, whose tables are locked then; an error where it is not the caller''s alone.';
