-- Own dimensions: extra columns of sources, compared in every view that they reach with
-- a twin of the company that has the same values in a column of the contract.
BEGIN;
\ir include/model.sql
SELECT plan(101);

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

CREATE PROCEDURE test.make_models(seed float8)
LANGUAGE plpgsql
AS $$
BEGIN
	CALL test.make_company(seed);
	CALL sales_kpi.create_model('m', sources => 'plain', as_of => '2025-01-20', time_zone => 'Europe/Berlin', dimensions => ARRAY['rep.Grade of rep', 'product.launched', 'customer.a''b"c {{fact}} Größe 大 %s', 'deal.is_won', 'deal.industry', 'lead.waiting', 'subscription.customer', 'sale.' || repeat('x', 63)]);
	CALL test.make_twin('twin', ARRAY[
		'rep AS SELECT rep_id, rep_name, "Grade of rep"::text AS team, territory, hired_at, valid_from, valid_until FROM plain.rep',
		$x$customer AS SELECT customer_id, customer_name, "a'b""c {{fact}} Größe 大 %s" AS segment, source, rep_id FROM plain.customer$x$,
		'deal AS SELECT deal_id, opened_at, closed_at, outcome, expected_close_at, stage, amount, customer_id, lead_id, rep_id, industry AS product_id FROM plain.deal',
		'lead AS SELECT lead_id, arrived_at, waiting::text AS source, waiting::text AS request, temperature, rep_id, customer_id, deal_id, responded_at, converted_at, closed_at FROM plain.lead',
		format('sale AS SELECT sale_id, sold_at, customer_id, amount, units, cost, order_id, product_id, rep_id, deal_id, %I AS channel,
			(SELECT min(d.industry) FROM plain.deal d WHERE d.deal_id = s.deal_id AND EXISTS (SELECT FROM m_base.deal b WHERE b.deal_id = d.deal_id)) AS location FROM plain.sale s', repeat('x', 63)),
		'subscription AS SELECT subscription_id, customer_id, started_at, ended_at, monthly_amount, customer::text AS product_id, rep_id, trial FROM plain.subscription']);
	CALL sales_kpi.create_model('twin_m', sources => 'twin', as_of => '2025-01-20', time_zone => 'Europe/Berlin');
	CALL test.make_twin('goods', ARRAY['product AS SELECT product_id, product_name, launched::text AS family, tier FROM plain.product']);
	CALL sales_kpi.create_model('goods_m', sources => 'goods', as_of => '2025-01-20', time_zone => 'Europe/Berlin');
END
$$;

-- The figures of all of them, but for the names of dimensions and members: to plan the
-- query of a view takes longer than to answer it, so each is asked once.
CREATE TABLE test.figure (model text, view_name text, dimension text, figures jsonb);
CREATE PROCEDURE test.read_figures()
LANGUAGE plpgsql
AS $$
DECLARE
	r record;
BEGIN
	TRUNCATE test.figure;
	FOR r IN
		SELECT w.model, t.view_name, w.dimensions
		FROM sales_kpi.view_template t
		CROSS JOIN (SELECT 'm', array_agg(o.dimension) FROM sales_kpi.own_dimensions(sales_kpi.model_context('m', sales_kpi.kept_settings('m'))) o
			UNION ALL VALUES ('twin_m', '{team,segment,product,location,channel,request,source}'::text[]), ('goods_m', '{family}')) w (model, dimensions)
		WHERE t.storey = 'kpi' AND (w.model = 'm' OR t.dimensions && w.dimensions)
			AND t.dimensions IS NOT NULL
	LOOP
		EXECUTE format('INSERT INTO test.figure SELECT %L, %L, v.dimension, to_jsonb(v) - ''{dimension,member_name}''::text[] FROM %1$I.%2$I v WHERE dimension = ANY (%L) AND grain IN (''all'', ''quarter'')',
			r.model, r.view_name, r.dimensions);
	END LOOP;
END
$$;

CREATE FUNCTION test.by(model text, view_name text, dimension text, kpi text DEFAULT NULL) RETURNS jsonb[]
LANGUAGE sql STABLE
RETURN (SELECT array_agg(f.figures ORDER BY f.figures) FROM test.figure f
		WHERE (f.model, f.view_name, f.dimension) = (by.model, by.view_name, by.dimension) AND (by.kpi IS NULL OR f.figures ->> 'kpi' = by.kpi));

-- Which dimension of which twin has the same figures, where a view has both.
CREATE FUNCTION test.like_twin(purchases text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
DECLARE
	k record;
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
		WHERE CASE purchases WHEN 'sale' THEN w.dimension <> 'customer' OR (w.kpi = 'revenue' OR t.view_name IN ('sales_volume', 'revenue_growth')) IS NOT TRUE
			ELSE w.dimension = 'customer' END
		ORDER BY w.dimension, t.rank
	LOOP
		RETURN NEXT ok(test.by('m', k.view_name, k.dimension, k.kpi) = test.by(k.model, k.view_name, k.twin_dimension, k.kpi), format('%s by %s, of %s', concat_ws(' ', k.view_name, k.kpi), k.dimension, purchases));
	END LOOP;
END
$$;
CALL test.make_models(0.1);
CALL test.read_figures();
SELECT test.like_twin('sale');
SELECT results_eq($$SELECT member, won FROM m.cycle_length WHERE grain = 'year' AND period_start = '2024-01-01' AND dimension = 'is_won' ORDER BY 1$$,
	$$SELECT coalesce((deal_id % 3 = 1)::text, '(none)'), count(*) FROM m_base.deal WHERE is_won AND extract(year FROM closed_at AT TIME ZONE 'Europe/Berlin') = 2024 GROUP BY 1 ORDER BY 1$$, 'a boolean');
SELECT is((SELECT array_agg(DISTINCT member ORDER BY member) FROM m.cycle_length WHERE grain = 'year' AND dimension = 'launched'), '{(none),2024-02-29,2024-06-08,2024-09-16}', 'days, as they are written everywhere');
SET LOCAL datestyle = 'German';
SELECT is((SELECT array_agg(DISTINCT member ORDER BY member) FROM m.cycle_length WHERE grain = 'year' AND dimension = 'launched'), '{(none),2024-02-29,2024-06-08,2024-09-16}', 'in any session');
RESET datestyle;
SELECT is((SELECT array_agg(DISTINCT member ORDER BY member) FROM m.cycle_length WHERE grain = 'year' AND dimension = 'a''b"c {{fact}} Größe 大 %s'), '{(none),it''s,"{{base}}"}', 'what is called (none) is none');
SELECT is(obj_description('m_base.source_deal'::regclass), 'Source relation deal as the model reads it: every row, typed, times in the model''s zone.', 'source views are commented');
SELECT is_empty($$SELECT attrelid::regclass, attname FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'm_base'::regnamespace AND relkind = 'v') AND attnum > 0 AND col_description(attrelid, attnum) IS NULL$$, 'and all their columns');
SELECT is_empty($$SELECT attrelid::regclass, attname, atttypid::regtype FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'm_base'::regnamespace AND relkind = 'v')
	AND attname LIKE '%.%' AND (atttypid, attcollation) <> ('text'::regtype, '"default"'::regcollation)$$, 'columns that are dimensions are text of one collation');
SELECT is((SELECT string_agg(DISTINCT dimension, ',') FROM m.churn_watch), 'product', 'the harm watch is of products');

-- In place: grants and dependants stay, and settings may change what a column reaches.
CREATE ROLE reader;
GRANT USAGE ON SCHEMA m TO reader;
GRANT SELECT ON m.sales_volume, m_base.sale TO reader;
CREATE VIEW depends AS SELECT count(*) FROM m.sales_volume;
CALL sales_kpi.create_model('m', dimensions => '{subscription.customer}', purchases => 'subscription');
CALL sales_kpi.create_model('twin_m', purchases => 'subscription');
CALL test.read_figures();
SELECT test.like_twin('subscription');
SELECT is((SELECT value FROM m_base.setting WHERE name = 'dimensions'), '{subscription.customer}', 'the setting is replaced as a whole');
CALL sales_kpi.create_model('m', dimensions => '{deal.industry}', purchases => 'sale');
CALL sales_kpi.repair_model('m');
SELECT is((SELECT string_agg(DISTINCT dimension, ',') FROM m.cycle_length WHERE dimension ~ 'in|cust'), 'industry', 'and kept by repair_model');
SELECT is((SELECT has_table_privilege('reader', 'm.sales_volume', 'SELECT') AND has_table_privilege('reader', 'm_base.sale', 'SELECT')), true, 'grants stay');
SELECT isnt((SELECT count FROM depends), 0::bigint, 'and so do views on the model');
SELECT is(col_description('m.cycle_length'::regclass, 5), 'What the figures are by: all, rep, team, territory, product, family, segment, location, source, industry; filter on one. all: the total.', 'the comment names all dimensions');

-- Goals may be set on it.
INSERT INTO plain.goal VALUES ('deals_won', '2024-01-01', '2024-02-01', 5, 'industry', 'steel'), ('deals_won', '2024-01-01', '2024-02-01', 5, 'is_won', 'true');
SELECT results_eq($$SELECT rows FROM m.data_quality WHERE check_name = 'dimension that its kpi is not measured by'$$, 'VALUES (1::bigint)', 'goals on own dimensions are known, on others not');

-- A source that is swapped, and one that lacks the column.
ALTER TABLE plain.deal RENAME TO deal_before;
CREATE TABLE plain.deal AS SELECT deal_id, opened_at, closed_at, outcome, amount, customer_id, rep_id, product_id, 7::smallint AS industry FROM plain.deal_before;
SELECT results_eq($$SELECT check_name FROM m.data_quality WHERE relation = 'deal' AND treatment LIKE '%repair_model'$$, $$VALUES ('columns changed since the model was made')$$, 'another column is told');
CALL sales_kpi.repair_model('m');
SELECT is((SELECT string_agg(DISTINCT member, ',') FROM m.cycle_length WHERE dimension = 'industry'), '7', 'and read after repair');
SELECT is_empty($$SELECT check_name FROM m.data_quality WHERE relation = 'deal' AND treatment LIKE '%repair_model'$$, 'all is well then');

-- What is refused, with all reasons at once.
CREATE FUNCTION test.refusal(command text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE command;
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', SQLSTATE || ': ' || SQLERRM, detail, hint);
END
$$;
CREATE FUNCTION test.refused(dimensions text[]) RETURNS text
LANGUAGE sql
RETURN (SELECT split_part(test.refusal(format('CALL sales_kpi.create_model(''m'', dimensions => %L)', dimensions)), E'\n', 2));
ALTER TABLE plain.deal ADD tags text[], ADD score float8, ADD segment text, ADD "Region" text, ADD U&"line\000afeed" text, ADD mood text;
ALTER TABLE plain.rep ADD mood text;
ALTER TABLE plain.spend ADD campaign text;
ALTER TABLE plain.feedback RENAME TO answers;
SELECT is(test.refusal('CALL sales_kpi.create_model(''m'', dimensions => ''{deal.sector,rep.team}'')'),
	E'22023: setting dimensions cannot be "{deal.sector,rep.team}"\ndeal.sector: plain.deal has no column of that name.\nrep.team: a dimension already.\n'
	'The columns that can be: SELECT relation, column_name FROM sales_kpi.check_sources(''plain'') WHERE finding = ''extra column'';', 'all reasons at once');
SELECT is(test.refused(d), reason, d::text) FROM (VALUES
	('{deal.amount}'::text[], 'deal.amount: a column of the contract. Only columns that are none of it can be made dimensions.'),
	('{deal.segment}', 'deal.segment: a dimension of every model is called segment. Give the column another name in the source view.'),
	('{rep.mood,deal.mood}', 'deal.mood: another one is called mood. Give one of them another name in the source view.'),
	('{deal.mood,deal.mood}', 'deal.mood: another one is called mood. Give one of them another name in the source view.'),
	('{deal.region}', 'deal.region: plain.deal has no column of that name. It has "Region".'),
	('{deal.tags}', 'deal.tags: a value of type text[] has no text of its own. Cast it to text in the source view.'),
	('{deal.score}', 'deal.score: a value of type double precision has no text of its own. Cast it to text in the source view.'),
	('{spend.campaign}', 'spend.campaign: no KPI view of this model shows figures by columns of the relation spend.'),
	('{feedback.mood}', 'feedback.mood: plain has no relation feedback.'),
	('{order.mood}', 'order.mood: no column of a relation of the contract. Write it as relation.column, such as deal.industry.'),
	('{mood}', 'mood: no column of a relation of the contract. Write it as relation.column, such as deal.industry.'),
	('{deal.}', 'deal.: no column of a relation of the contract. Write it as relation.column, such as deal.industry.'),
	('{""}', ': no column of a relation of the contract. Write it as relation.column, such as deal.industry.'),
	('{NULL}', 'NULL: no column of a relation of the contract. Write it as relation.column, such as deal.industry.')
) r (d, reason);
SELECT matches(test.refusal($$CALL sales_kpi.create_model('m', dimensions => ARRAY[E'deal.line\nfeed'])$$), 'its name holds a control character', 'a line feed in a name');
SELECT is((SELECT value FROM m_base.setting WHERE name = 'dimensions'), '{deal.industry}', 'what is refused leaves no trace');
UPDATE m_base.setting SET value = 'deal.industry' WHERE name = 'dimensions';
SELECT matches(test.refusal('CALL sales_kpi.repair_model(''m'')'), '^22023: setting dimensions cannot be "deal.industry"\nA list', 'no list, in the table');
UPDATE m_base.setting SET value = '{deal.mood}' WHERE name = 'dimensions';
CALL sales_kpi.repair_model('m');
SELECT is((SELECT string_agg(DISTINCT member, ',') FROM m.cycle_length WHERE dimension = 'mood'), '(none)', 'a list there is in force after repair');

-- Without subscriptions, a purchase keeps its customer active.
ALTER TABLE plain.subscription RENAME TO contracts;
CALL sales_kpi.create_model('m', inactive_after => '30 days', dimensions => ARRAY['sale.' || repeat('x', 63), 'deal.Region', 'rep.mood']);
SELECT results_eq(format('SELECT member, sum(joined + joined_and_left) FROM m.churn WHERE grain = ''year'' AND dimension = %L GROUP BY 1 ORDER BY 1', repeat('x', 63)),
	format('SELECT coalesce(%I, ''(none)''), count(DISTINCT customer_id)::numeric FROM m_base.sale s JOIN plain.sale p USING (sale_id, customer_id, amount) WHERE s.amount > 0 AND s.sold_at < ''2025-01-20'' GROUP BY 1 ORDER BY 1', repeat('x', 63)), 'by columns of sales');
CALL sales_kpi.create_model('m', dimensions => '{}');
SELECT is((SELECT value FROM m_base.setting WHERE name = 'dimensions'), '{}', 'an empty list takes them away');
SELECT is_empty($$SELECT attrelid::regclass FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace IN ('m_base'::regnamespace)) AND attname LIKE '%.%'$$, 'and their columns');
SELECT isnt((SELECT count FROM depends), 0::bigint, 'while views on the model stay');

SELECT * FROM finish();
ROLLBACK;
