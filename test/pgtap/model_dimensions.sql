-- Own dimensions: extra columns of sources, compared in every view that they reach with
-- a twin of the company that has the same values in a column of the contract.
BEGIN;
\ir include/model.sql
SELECT plan(82);

-- The names are what a user may call a column; the values what one may hold.
CREATE PROCEDURE test.make_company(seed float8)
LANGUAGE plpgsql
AS $$
BEGIN
	CALL test.make_plain(seed, 120);
	UPDATE plain.sale SET deal_id = test.pick(1 + sale_id % 120, 41, 9999, NULL);
	ALTER TABLE plain.rep ADD "Grade of rep" integer;
	UPDATE plain.rep SET "Grade of rep" = test.pick(1, 2, 2, NULL);
	ALTER TABLE plain.product ADD launched date;
	UPDATE plain.product SET launched = date '2024-02-29' + product_id % 3 * 100;
	ALTER TABLE plain.customer ADD "a'b""c {{fact}} Größe 大 %s" text COLLATE "C";
	UPDATE plain.customer SET "a'b""c {{fact}} Größe 大 %s" = (ARRAY['(none)', 'it''s', '{{base}}', NULL])[1 + customer_id % 4];
	ALTER TABLE plain.deal ADD is_won boolean, ADD industry text;
	UPDATE plain.deal SET is_won = deal_id % 3 = 1, industry = (ARRAY['steel', 'food', '', NULL])[1 + deal_id % 4];
	ALTER TABLE plain.lead ADD waiting uuid;
	UPDATE plain.lead SET waiting = md5((lead_id % 3)::text)::uuid;
	EXECUTE format('ALTER TABLE plain.sale ADD %I text', repeat('x', 63));
	EXECUTE format('UPDATE plain.sale SET %I = (ARRAY[''yes'', ''no'', NULL])[1 + sale_id %% 3]', repeat('x', 63));
	ALTER TABLE plain.subscription ADD customer numeric;
	UPDATE plain.subscription SET customer = subscription_id % 3;

END
$$;

-- A twin of the company, with a table of its own for some relations; and one of goods,
-- whose products are of other families.
CREATE PROCEDURE test.make_twin(sources text, own_tables text[])
LANGUAGE plpgsql
AS $$
DECLARE
	relation text;
BEGIN
	EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE', sources);
	EXECUTE format('CREATE SCHEMA %I', sources);
	FOREACH relation IN ARRAY own_tables LOOP
		EXECUTE format('CREATE TABLE %I.%s', sources, relation);
	END LOOP;
	FOR relation IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'plain'::regnamespace AND c.relkind = 'r' LOOP
		EXECUTE format('CREATE TABLE IF NOT EXISTS %I.%I AS TABLE plain.%2$I', sources, relation);
	END LOOP;
END
$$;

CREATE PROCEDURE test.make_models(seed float8, purchases text)
LANGUAGE plpgsql
AS $$
DECLARE
	model text;
BEGIN
	DROP SCHEMA IF EXISTS m, m_base, twin_m, twin_m_base, goods_m, goods_m_base CASCADE;
	CALL test.make_company(seed);
	CALL sales_kpi.create_model('m', sources => 'plain', as_of => '2025-01-20', time_zone => 'Europe/Berlin', purchases => purchases, dimensions => test.columns(purchases));
	CALL test.make_twin('twin', ARRAY[
		'rep AS SELECT rep_id, rep_name, "Grade of rep"::text AS team, territory, hired_at, valid_from, valid_until FROM plain.rep',
		$x$customer AS SELECT customer_id, customer_name, "a'b""c {{fact}} Größe 大 %s" AS segment, source, rep_id FROM plain.customer$x$,
		'deal AS SELECT deal_id, opened_at, closed_at, outcome, expected_close_at, stage, amount, customer_id, lead_id, rep_id, industry AS product_id FROM plain.deal',
		'lead AS SELECT lead_id, arrived_at, waiting::text AS source, waiting::text AS request, temperature, rep_id, customer_id, deal_id, responded_at, converted_at, closed_at FROM plain.lead',
		format('sale AS SELECT sale_id, sold_at, customer_id, amount, units, cost, order_id, product_id, rep_id, deal_id, %I AS channel,
			(SELECT min(d.industry) FROM plain.deal d WHERE d.deal_id = s.deal_id AND EXISTS (SELECT FROM m_base.deal b WHERE b.deal_id = d.deal_id)) AS location FROM plain.sale s', repeat('x', 63)),
		'subscription AS SELECT subscription_id, customer_id, started_at, ended_at, monthly_amount, customer::text AS product_id, rep_id, trial FROM plain.subscription']);
	CALL sales_kpi.create_model('twin_m', sources => 'twin', as_of => '2025-01-20', time_zone => 'Europe/Berlin', purchases => purchases);
	CALL test.make_twin('goods', ARRAY['product AS SELECT product_id, product_name, launched::text AS family, tier FROM plain.product']);
	CALL sales_kpi.create_model('goods_m', sources => 'goods', as_of => '2025-01-20', time_zone => 'Europe/Berlin', purchases => purchases);
END
$$;

CREATE FUNCTION test.columns(purchases text) RETURNS text[]
LANGUAGE sql STABLE
RETURN ARRAY['rep.Grade of rep', 'product.launched', 'customer.a''b"c {{fact}} Größe 大 %s', 'deal.is_won', 'deal.industry', 'lead.waiting', 'subscription.customer']
	|| CASE purchases WHEN 'sale' THEN ARRAY['sale.' || repeat('x', 63)] END;

-- The figures of a view by one dimension, but for its name and those of its members.
CREATE FUNCTION test.by(model text, view_name text, dimension text) RETURNS SETOF jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT to_jsonb(v) - ''{dimension,member_name}''::text[] FROM %I.%I v WHERE dimension = %L AND grain IN (''all'', ''quarter'')', model, view_name, dimension);
END
$$;

-- Which dimension of which twin has the same figures, where a view has both.
CREATE FUNCTION test.like_twin(purchases text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
DECLARE
	k record;
	own jsonb[];
	twins jsonb[];
BEGIN
	FOR k IN
		SELECT t.view_name, w.*
		FROM (VALUES
			('Grade of rep', 'twin_m', 'team', '{}'::text[], NULL),
			('a''b"c {{fact}} Größe 大 %s', 'twin_m', 'segment', '{}', NULL),
			('launched', 'goods_m', 'family', '{upsell}', NULL),
			('industry', 'twin_m', 'product', '{cycle_length,stage_length}', NULL),
			('industry', 'twin_m', 'product', '{change_drivers}', 'win_rate'),
			('industry', 'twin_m', 'location', '{sales_volume,sales_mix,revenue_growth,upsell}', NULL),
			('industry', 'twin_m', 'location', '{change_drivers}', 'revenue'),
			(repeat('x', 63), 'twin_m', 'channel', '{sales_volume,sales_mix,revenue_growth,upsell}', NULL),
			('waiting', 'twin_m', 'request', '{lead_response}', NULL),
			('waiting', 'twin_m', 'source', '{change_drivers}', 'lead_conversion_rate'),
			('customer', 'twin_m', 'product', '{churn,retention_cohort,survival,revenue_movement,sales_volume,revenue_growth}', NULL),
			('customer', 'twin_m', 'product', '{change_drivers}', 'revenue')
		) w (dimension, model, twin_dimension, views, kpi)
		JOIN sales_kpi.view_template t ON t.storey = 'kpi' AND w.twin_dimension = ANY (t.dimensions)
			AND CASE WHEN w.dimension = 'launched' THEN t.view_name <> 'upsell' ELSE w.views = '{}' OR t.view_name = ANY (w.views) END
		WHERE NOT (purchases = 'subscription' AND w.dimension IN ('industry', repeat('x', 63)) AND w.twin_dimension IN ('location', 'channel'))
			AND NOT (purchases = 'sale' AND w.dimension = 'customer' AND (w.kpi = 'revenue' OR t.view_name IN ('sales_volume', 'revenue_growth')) IS TRUE)
		ORDER BY w.dimension, t.rank
	LOOP
		own := ARRAY(SELECT b FROM test.by('m', k.view_name, k.dimension) b WHERE k.kpi IS NULL OR b ->> 'kpi' = k.kpi ORDER BY b);
		twins := ARRAY(SELECT b FROM test.by(k.model, k.view_name, k.twin_dimension) b WHERE k.kpi IS NULL OR b ->> 'kpi' = k.kpi ORDER BY b);
		RETURN NEXT ok(own = twins AND own <> '{}', format('%s by %s, of %s', concat_ws(' ', k.view_name, k.kpi), k.dimension, purchases));
	END LOOP;
END
$$;
CALL test.make_models(0.1, 'sale');
SELECT test.like_twin('sale');
SELECT is(ARRAY(SELECT test.by('m', 'cycle_length', 'is_won') - 'member' ORDER BY 1), ARRAY(SELECT to_jsonb(0)), 'x');
