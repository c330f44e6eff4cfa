-- Whose code runs while a model is made: the caller's and the extension's. What is read
-- and written then could be a view of another, or have a trigger, which would run with
-- the caller's rights. So all of it has to be the caller's, written by nobody else, and
-- tables are locked first and looked at then.

-- Who sees the catalogs of an earlier moment would not see what others have made since.
CREATE FUNCTION sales_kpi.check_isolation()
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
		RAISE EXCEPTION 'the isolation of the transaction is %', current_setting('transaction_isolation')
			USING ERRCODE = 'invalid_transaction_state', DETAIL = 'What others have changed since it began would not be seen.',
				HINT = 'SET default_transaction_isolation = ''read committed'', or BEGIN ISOLATION LEVEL READ COMMITTED.';
	END IF;
END
$$;
COMMENT ON FUNCTION sales_kpi.check_isolation() IS 'Internal: an error where the transaction does not see what others commit.';

-- What others can put on a table that is not theirs, if they were ever granted to, or in
-- its place.
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
	FROM (
		SELECT format('%s belongs to %I', c.oid::regclass, o.rolname), o.rolname, o.rolsuper
		FROM pg_class c JOIN pg_roles o ON o.oid = c.relowner
		WHERE c.oid IN (SELECT p.oid FROM part p)
		UNION ALL
		SELECT format('%s has the trigger %I of %I', t.tgrelid::regclass, t.tgname, o.rolname), o.rolname, o.rolsuper
		FROM pg_trigger t
		JOIN pg_proc f ON f.oid = t.tgfoid
		JOIN pg_roles o ON o.oid = f.proowner
		WHERE t.tgrelid IN (SELECT p.oid FROM part p)
		UNION ALL
		-- whoever's the function is, it is not known who has put it there
		SELECT format('%s has the trigger %I with %s', t.tgrelid::regclass, t.tgname, CASE WHEN t.tgqual IS NULL THEN 'arguments' ELSE 'a condition' END), NULL, false
		FROM pg_trigger t
		WHERE t.tgrelid IN (SELECT p.oid FROM part p) AND NOT t.tgisinternal AND (t.tgqual IS NOT NULL OR t.tgnargs > 0)
		UNION ALL
		SELECT format('%s refers to %s of %I', k.conrelid::regclass, k.confrelid::regclass, o.rolname), o.rolname, o.rolsuper
		FROM pg_constraint k
		JOIN pg_class c ON c.oid IN (k.conrelid, k.confrelid)
		JOIN pg_roles o ON o.oid = c.relowner
		WHERE k.contype = 'f' AND (k.conrelid IN (SELECT p.oid FROM part p) OR k.confrelid IN (SELECT p.oid FROM part p))
	) f (what, owner, is_superuser)
	WHERE NOT f.is_superuser AND f.owner IS DISTINCT FROM current_user
	ORDER BY 1 LIMIT 1;
END;
COMMENT ON FUNCTION sales_kpi.foreign_code(oid) IS 'Internal: what of others runs when a table is written; NULL: nothing.';

-- Nobody puts anything there until the end of the transaction.
CREATE PROCEDURE sales_kpi.lock_tables(schema_name text, relations text[])
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	relation text;
	reason text;
BEGIN
	FOREACH relation IN ARRAY relations LOOP
		EXECUTE format('LOCK TABLE %I.%I IN SHARE ROW EXCLUSIVE MODE', schema_name, relation);
		reason := sales_kpi.foreign_code(to_regclass(format('%I.%I', schema_name, relation)));
		IF reason IS NOT NULL THEN
			RAISE EXCEPTION '%', reason
				USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'The table is written here, and code of another could run with your rights.',
					HINT = 'Have it dropped first.';
		END IF;
	END LOOP;
END
$$;
COMMENT ON PROCEDURE sales_kpi.lock_tables(text, text[]) IS 'Internal: locks tables, and an error where code of others runs when they are written.';

-- All that is remade, and what it is remade from.
CREATE FUNCTION sales_kpi.check_owner(target text)
RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	other record;
BEGIN
	SELECT o.what, r.rolname AS owner, r.rolcanlogin AS logs_in INTO other
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
	JOIN pg_roles r ON r.oid = o.owner
	WHERE r.rolname <> current_user
	ORDER BY 1 LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION '% belongs to %', other.what, quote_ident(other.owner)
			USING ERRCODE = 'insufficient_privilege', DETAIL = 'A model stands in schemas of its owner, as do its tables and views.',
				HINT = format(CASE WHEN other.logs_in THEN 'Log in as %I' ELSE 'Log in as a member of %I and SET ROLE %1$I' END || ', or choose another name for the model.', other.owner);
	END IF;
END
$$;
COMMENT ON FUNCTION sales_kpi.check_owner(text) IS 'Internal: an error where what stands under the name of a model is not the caller''s.';

-- The texts that views were made from are run again, to compare.
CREATE FUNCTION sales_kpi.check_writers(target text)
RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	other record;
BEGIN
	SELECT string_agg(DISTINCT g.right_to, ', ') AS rights, g.what, coalesce(quote_ident(r.rolname), 'PUBLIC') AS grantee INTO other
	FROM (
		SELECT format('SCHEMA %I', n.nspname), n.nspowner, a.privilege_type, a.grantee, a.grantor
		FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) a
		WHERE n.nspname IN (target, sales_kpi.base_schema(target)) AND a.privilege_type <> 'USAGE'
		UNION ALL
		SELECT format('%I.%I', n.nspname, c.relname), c.relowner, a.privilege_type, a.grantee, a.grantor
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		CROSS JOIN LATERAL (SELECT c.relacl UNION ALL SELECT f.attacl FROM pg_attribute f WHERE f.attrelid = c.oid) l (acl)
		CROSS JOIN LATERAL aclexplode(l.acl) a
		WHERE n.nspname = sales_kpi.base_schema(target) AND c.relname IN ('setting', 'generated_view') AND a.privilege_type <> 'SELECT'
	) g (what, owner, right_to, grantee, grantor)
	LEFT JOIN pg_roles r ON r.oid = g.grantee
	WHERE g.grantee <> g.owner AND r.rolsuper IS NOT TRUE
	GROUP BY g.what, r.rolname
	-- what a grantee has granted goes with what it was granted itself
	ORDER BY bool_and(g.grantor <> g.owner), 2, 3 LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION '% has the right % on %', other.grantee, other.rights, other.what
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'A model is made from what stands there, with the rights of its owner, and nobody else may write it.',
				HINT = format('REVOKE %s ON %s FROM %s CASCADE; where it comes of default privileges, ALTER DEFAULT PRIVILEGES first.', other.rights, other.what, other.grantee);
	END IF;
END
$$;
COMMENT ON FUNCTION sales_kpi.check_writers(text) IS 'Internal: an error where others may write what a model is made from.';

-- One at a time makes a model, and what it was made with stays as it is meanwhile. Who is
-- waited for here may have changed anything.
CREATE FUNCTION sales_kpi.hold_model(target text)
RETURNS boolean
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	base text := sales_kpi.base_schema(target);
	kept text[];
BEGIN
	PERFORM sales_kpi.check_isolation();
	PERFORM pg_advisory_xact_lock(hashtextextended('sales_kpi model ' || target, 0));
	PERFORM sales_kpi.check_owner(target);
	SELECT array_agg(c.relname ORDER BY c.relname) INTO kept
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname = base AND c.relname IN ('setting', 'generated_view');
	IF kept IS NOT NULL THEN
		CALL sales_kpi.lock_tables(base, kept);
		PERFORM sales_kpi.check_owner(target);
	END IF;
	PERFORM sales_kpi.check_writers(target);
	-- its schema may have been given another name meanwhile
	RETURN to_regclass(format('%I.setting', base)) IS NOT NULL AND to_regclass(format('%I.generated_view', base)) IS NOT NULL;
END
$$;
COMMENT ON FUNCTION sales_kpi.hold_model(text) IS 'Internal: whether there is a model, whose tables are locked then; an error where it is not the caller''s alone.';
