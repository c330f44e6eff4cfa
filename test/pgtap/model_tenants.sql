-- Two companies in the same tables, kept apart by row security: each reads in the one
-- model what it would read in a model of its own rows. Their ids are the same.
BEGIN;
\ir include/model.sql
SELECT plan(15);

CREATE ROLE landlord;
CREATE ROLE tenant_a;
CREATE ROLE tenant_b;
CREATE ROLE clerk IN ROLE tenant_b;
CREATE ROLE auditor;
CREATE ROLE guest;
GRANT CREATE ON DATABASE :DBNAME TO landlord, auditor;

CALL test.make_plain(0.21, 60);
ALTER SCHEMA plain RENAME TO own_a;
CALL test.make_plain(0.83, 60);
ALTER SCHEMA plain RENAME TO own_b;

-- Who may see a row: its tenant, and whoever is a member of the tenant. The auditor is
-- told apart by the policy being for it.
CREATE SCHEMA shared AUTHORIZATION landlord;
GRANT USAGE ON SCHEMA shared TO auditor;
CREATE PROCEDURE test.share()
LANGUAGE plpgsql
AS $$
DECLARE
	relation text;
BEGIN
	FOR relation IN SELECT DISTINCT c.relation FROM sales_kpi.contract c LOOP
		EXECUTE format('CREATE TABLE shared.%1$I AS SELECT *, ''tenant_a''::name AS tenant FROM own_a.%1$I UNION ALL SELECT *, ''tenant_b'' FROM own_b.%1$I', relation);
		EXECUTE format('ALTER TABLE shared.%I OWNER TO landlord', relation);
		EXECUTE format('ALTER TABLE shared.%I ENABLE ROW LEVEL SECURITY', relation);
		EXECUTE format('CREATE POLICY of_tenant ON shared.%I USING (pg_has_role(current_user, tenant, ''USAGE''))', relation);
		EXECUTE format('CREATE POLICY of_auditor ON shared.%I TO auditor USING (tenant = ''tenant_b'')', relation);
		EXECUTE format('GRANT SELECT ON shared.%I TO auditor', relation);
	END LOOP;
END
$$;
CALL test.share();
SELECT is((SELECT count(*) FROM pg_class WHERE relnamespace = 'shared'::regnamespace AND relrowsecurity), 13::bigint, 'all thirteen relations are shared');

-- What one reads who asks as that role: all rows of all views, or how many deals there are.
CREATE FUNCTION test.read_as(role text, model text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	read text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role);
	EXECUTE format('SELECT concat_ws('' '', count(DISTINCT f.view_name), ''views'', md5(string_agg(f::text, '' '' ORDER BY f::text)), (SELECT string_agg(s::text, '' '') FROM %I.scorecard s)) FROM test.figures(%1$L) f', model) INTO read;
	RESET ROLE;
	RETURN read;
END
$$;
CREATE FUNCTION test.deals_as(role text, model text) RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
	deals bigint;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role);
	EXECUTE format('SELECT sum(deals) FROM %I.cycle_length WHERE grain = ''year'' AND dimension = ''all''', model) INTO deals;
	RESET ROLE;
	RETURN deals;
END
$$;

CALL sales_kpi.create_model('kpi_a', sources => 'own_a', as_of => '2025-01-20', time_zone => 'Europe/Berlin');
CALL sales_kpi.create_model('kpi_b', sources => 'own_b', as_of => '2025-01-20', time_zone => 'Europe/Berlin');
SET LOCAL ROLE landlord;
CALL sales_kpi.create_model('kpi', sources => 'shared', as_of => '2025-01-20', time_zone => 'Europe/Berlin');
CALL sales_kpi.grant_read('kpi', 'tenant_a');
CALL sales_kpi.grant_read('kpi', 'tenant_b');
CALL sales_kpi.grant_read('kpi', 'guest');
RESET ROLE;

CREATE TABLE test.read AS
SELECT w.reader, w.model, test.read_as(w.reader, w.model) AS figures
FROM (VALUES ('postgres', 'kpi_a'), ('postgres', 'kpi_b'), ('tenant_a', 'kpi'), ('tenant_b', 'kpi')) w (reader, model);
SELECT is((SELECT count(DISTINCT figures) FROM test.read WHERE reader = 'postgres'), 2::bigint, 'the companies differ');
SELECT is(substring(figures FROM '^\d+')::bigint, (SELECT count(*) - 3 FROM pg_class WHERE relnamespace = 'kpi_a'::regnamespace), 'every view has rows in ' || model) FROM test.read WHERE reader = 'postgres';
SELECT is(t.figures, o.figures, t.reader || ' reads its own, in every row of every view')
FROM test.read t JOIN test.read o ON o.reader = 'postgres' AND right(o.model, 1) = right(t.reader, 1) WHERE t.model = 'kpi';
SELECT is(test.deals_as('clerk', 'kpi'), test.deals_as('postgres', 'kpi_b'), 'and who is a member of it');
SELECT is(test.deals_as('guest', 'kpi'), NULL, 'who is of neither reads nothing');
SELECT is(test.deals_as('landlord', 'kpi'), test.deals_as('postgres', 'kpi_a') + test.deals_as('postgres', 'kpi_b'), 'whose tables they are reads all');

-- A column that a policy looks at need not be read.
SELECT is(has_column_privilege('tenant_a', 'shared.deal', 'tenant', 'SELECT'), false, 'the column that tells the tenant is not granted');

-- With the rights of the owner: its rows, whoever asks.
SET LOCAL ROLE landlord;
CALL sales_kpi.create_model('kpi', access => 'owner');
RESET ROLE;
SELECT is(test.deals_as('tenant_a', 'kpi'), test.deals_as('landlord', 'kpi'), 'with the rights of the owner a tenant reads what the owner does');
SELECT is(test.deals_as('guest', 'kpi'), test.deals_as('postgres', 'kpi_a') + test.deals_as('postgres', 'kpi_b'), 'as does a guest: all');

-- An owner that is under row security itself. Its policies hold; but who is asked for
-- with current_user is who asks.
SET LOCAL ROLE auditor;
CALL sales_kpi.create_model('audit', sources => 'shared', as_of => '2025-01-20', time_zone => 'Europe/Berlin', access => 'owner');
CALL sales_kpi.grant_read('audit', 'guest');
CALL sales_kpi.grant_read('audit', 'tenant_a');
RESET ROLE;
SELECT is(test.deals_as('auditor', 'audit'), test.deals_as('postgres', 'kpi_b'), 'an owner under row security sees what its policies show');
SELECT is(test.deals_as('guest', 'audit'), test.deals_as('postgres', 'kpi_b'), 'and shows it to others');
SELECT is(test.deals_as('tenant_a', 'audit'), test.deals_as('postgres', 'kpi_a') + test.deals_as('postgres', 'kpi_b'), 'with what a policy for everybody gives to who asks, by current_user');

SELECT * FROM finish();
ROLLBACK;
