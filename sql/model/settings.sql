-- The settings of a model, and what follows from them for the templates.

-- The settings and their defaults. A value is SQL text; NULL: not set.
CREATE VIEW sales_kpi.default_setting AS
SELECT name::text, value::text, meaning::text
FROM (VALUES
	('sources', 'crm', 'schema of the source relations'),
	('time_zone', 'UTC', 'zone in which periods begin and dates are read'),
	('fiscal_start', '1', 'first month of the fiscal year'),
	('as_of', 'now', 'the moment figures are of; now: the current time'),
	('scorecard_grain', 'month', 'grain of the scorecard'),
	('response_sla', '01:00:00', 'time within which a lead should be answered'),
	('calendar', NULL, 'open hours in which response time is counted; not set: around the clock'),
	('win_within', '90 days', 'time within which a deal should be won, of the basis within_days of win_rate'),
	('follow_ups_target', '5', 'four Ps: follow-ups that a lead should get until it replies'),
	('personal_elements_target', '2', 'four Ps: personal elements that a message should have'),
	('delivery_target', '0.95', 'four Ps: share of messages that should be delivered'),
	('reply_target', '0.2', 'four Ps: share of delivered messages that should be replied to'),
	('cac_lag', '00:00:00', 'how long before its customers the cost of acquisition is counted'),
	('grace', '00:00:00', 'gap in a subscription that is no churn'),
	('inactive_after', NULL, 'without subscriptions: how long a purchase keeps a customer active'),
	('purchases', 'sale', 'what a purchase is: sale or subscription'),
	('dimensions', '{}', 'the company''s own dimensions: extra columns of its sources, each as relation.column'),
	('access', 'invoker', 'whose rights a query of the views has: invoker or owner')
) AS s (name, value, meaning);
GRANT SELECT ON sales_kpi.default_setting TO PUBLIC;
COMMENT ON VIEW sales_kpi.default_setting IS 'The settings of a model and their defaults.';
COMMENT ON COLUMN sales_kpi.default_setting.name IS 'Name of the setting, as create_model calls it.';
COMMENT ON COLUMN sales_kpi.default_setting.value IS 'The default.';
COMMENT ON COLUMN sales_kpi.default_setting.meaning IS 'What it decides.';

CREATE FUNCTION sales_kpi.base_schema(target text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN target || '_base';
COMMENT ON FUNCTION sales_kpi.base_schema(text) IS 'Internal: the schema of the base storey of a model.';

-- The server cuts longer names, and two of them could become one.
CREATE FUNCTION sales_kpi.name_fits(target text)
RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN octet_length(sales_kpi.base_schema(target)) <= 63;
COMMENT ON FUNCTION sales_kpi.name_fits(text) IS 'Internal: whether a model of that name can have a base storey.';

-- Refuses what cannot work before anything is made. The settings may come from the
-- model's own table, where anything can have been written.
CREATE FUNCTION sales_kpi.check_settings(settings jsonb)
RETURNS void
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	choice record;
	wanted text;
	is_share boolean;
	fault text;
	hint text;
BEGIN
	FOR choice IN SELECT d.name, d.value FROM sales_kpi.default_setting d WHERE d.value IS NOT NULL LOOP
		IF settings ->> choice.name IS NULL THEN
			RAISE EXCEPTION 'setting % is not set', choice.name
				USING ERRCODE = 'null_value_not_allowed', HINT = format('Its default is %s.', choice.value);
		END IF;
	END LOOP;
	IF NOT EXISTS (SELECT FROM pg_timezone_names WHERE lower(name) = lower(settings ->> 'time_zone'))
		OR (upper(settings ->> 'time_zone') NOT IN ('UTC', 'GMT')
			AND EXISTS (SELECT FROM pg_timezone_abbrevs WHERE lower(abbrev) = lower(settings ->> 'time_zone'))) THEN
		RAISE EXCEPTION 'time zone "%" is not the full name of a zone', settings ->> 'time_zone'
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Use a name such as Europe/Berlin; all of them: SELECT name FROM pg_timezone_names.';
	END IF;
	IF settings ->> 'fiscal_start' !~ '^([1-9]|1[0-2])$' THEN
		RAISE EXCEPTION 'fiscal_start % is not a month', settings ->> 'fiscal_start'
			USING ERRCODE = 'invalid_parameter_value', HINT = 'The first month of the fiscal year is 1 to 12.';
	END IF;
	IF sales_kpi.as_of_sql(settings ->> 'as_of', settings ->> 'time_zone') IS NULL THEN
		RAISE EXCEPTION 'setting as_of cannot be "%"', settings ->> 'as_of'
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = 'A moment between the years 1 and 9999 is wanted, in the model''s zone unless it names one.',
				HINT = 'Write it as 2025-12-31 or 2025-12-31 18:00, or now for the current time.';
	END IF;
	FOR choice IN SELECT * FROM (VALUES
		('scorecard_grain', '{day,week,month,quarter,year}'::text[]),
		('purchases', '{sale,subscription}'), ('access', '{invoker,owner}')) c (name, allowed)
	LOOP
		IF settings ->> choice.name <> ALL (choice.allowed) THEN
			RAISE EXCEPTION 'setting % cannot be "%"', choice.name, settings ->> choice.name
				USING ERRCODE = 'invalid_parameter_value',
					HINT = format('It is one of: %s.', array_to_string(choice.allowed, ', '));
		END IF;
	END LOOP;
	IF sales_kpi.dimension_list(settings ->> 'dimensions') IS NULL THEN
		RAISE EXCEPTION 'setting dimensions cannot be "%"', settings ->> 'dimensions'
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'A list of extra columns of the sources is wanted.',
				HINT = 'Write it as {deal.industry,customer.plan}; {} for none.';
	END IF;
	FOREACH wanted IN ARRAY '{response_sla,win_within,cac_lag,grace,inactive_after}'::text[] LOOP
		IF settings ->> wanted IS NOT NULL AND sales_kpi.exact_length(settings ->> wanted) IS NULL THEN
			RAISE EXCEPTION 'setting % cannot be "%"', wanted, settings ->> wanted
				USING ERRCODE = 'invalid_parameter_value',
					DETAIL = 'A length of time is wanted: not negative, no more than 100 years, and without months, which differ in length.',
					HINT = 'Write it in days or hours, such as 90 days.';
		END IF;
	END LOOP;
	BEGIN
		PERFORM (settings ->> 'calendar')::sales_kpi.business_calendar;
	EXCEPTION WHEN data_exception THEN
		GET STACKED DIAGNOSTICS wanted = MESSAGE_TEXT, fault = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
		RAISE EXCEPTION 'setting calendar cannot be "%"', settings ->> 'calendar'
			USING ERRCODE = 'invalid_parameter_value', DETAIL = concat_ws(E'\n', wanted || '.', nullif(fault, '')), HINT = hint;
	END;
	FOREACH wanted IN ARRAY '{follow_ups_target,personal_elements_target,delivery_target,reply_target}'::text[] LOOP
		-- of a rate: 95 for 95 % would make a score that nobody can reach
		is_share := wanted IN ('delivery_target', 'reply_target');
		IF coalesce(sales_kpi.target_number(settings ->> wanted) > CASE WHEN is_share THEN 1 END, sales_kpi.target_number(settings ->> wanted) IS NULL) THEN
			RAISE EXCEPTION 'setting % cannot be "%"', wanted, settings ->> wanted
				USING ERRCODE = 'invalid_parameter_value',
					DETAIL = CASE WHEN is_share THEN 'A share is wanted, from a millionth up to 1: 95 % is 0.95.' ELSE 'A number is wanted, from a millionth up to a thousand.' END,
					HINT = format('Its default is %s.', (SELECT d.value FROM sales_kpi.default_setting d WHERE d.name = wanted));
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION sales_kpi.check_settings(jsonb) IS 'Internal: an error where a setting of a model cannot be.';

-- A length without days: subtracting a day of the session's zone may be 23 hours.
CREATE FUNCTION sales_kpi.exact_length(length text)
RETURNS interval
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
SET intervalstyle = 'postgres'
AS $$
BEGIN
	RETURN CASE WHEN length::interval BETWEEN '0' AND '36525 days'
			AND extract(year FROM length::interval) = 0 AND extract(month FROM length::interval) = 0
		THEN make_interval(secs => extract(epoch FROM length::interval)) END;
EXCEPTION WHEN data_exception THEN
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION sales_kpi.exact_length(text) IS 'Internal: a length of time in hours; NULL if it is none.';

CREATE FUNCTION sales_kpi.target_number(target text)
RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN CASE WHEN target::numeric BETWEEN 0.000001 AND 1000 THEN target::numeric END;
EXCEPTION WHEN data_exception THEN
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION sales_kpi.target_number(text) IS 'Internal: a target of the four Ps; NULL if it is none.';

-- as_of is written in the model's zone: a bare date is its midnight there. The
-- words PostgreSQL knows besides now would freeze on the day the model is made.
CREATE FUNCTION sales_kpi.as_of_sql(as_of text, time_zone text)
RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
SET timezone = 'UTC'
AS $$
DECLARE
	moment timestamp;
BEGIN
	IF as_of = 'now' THEN
		RETURN 'now()';
	END IF;
	PERFORM set_config('TimeZone', time_zone, true);
	moment := as_of::timestamptz AT TIME ZONE 'UTC';
	RETURN CASE WHEN as_of ~ '^\d' AND moment >= '0001-01-01' AND moment < '10000-01-01' THEN format('%L::timestamptz', moment::text || '+00') END;
EXCEPTION WHEN data_exception THEN
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION sales_kpi.as_of_sql(text, text) IS 'Internal: SQL of the moment a model''s figures are of; NULL if it is none.';

-- What stands in the place of a name in double braces, the same in every template.
CREATE FUNCTION sales_kpi.placeholders(context jsonb)
RETURNS jsonb
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	SELECT jsonb_object_agg(p.name, p.value) FILTER (WHERE p.value IS NOT NULL)
	FROM (
		SELECT v.name, v.value
		FROM (VALUES
			('as_of', context ->> 'as_of_sql'),
			('time_zone', quote_literal(context ->> 'time_zone')),
			('fiscal_start', context ->> 'fiscal_start'),
			('response_sla', format('%L::interval', sales_kpi.exact_length(context ->> 'response_sla'))),
			('win_within', format('%L::interval', sales_kpi.exact_length(context ->> 'win_within'))),
			('calendar', format('%L::sales_kpi.business_calendar', context ->> 'calendar')),
			('follow_ups_target', sales_kpi.target_number(context ->> 'follow_ups_target')::text),
			('personal_elements_target', sales_kpi.target_number(context ->> 'personal_elements_target')::text),
			('delivery_target', sales_kpi.target_number(context ->> 'delivery_target')::text),
			('reply_target', sales_kpi.target_number(context ->> 'reply_target')::text),
			('cac_lag', format('%L::interval', sales_kpi.exact_length(context ->> 'cac_lag'))),
			('clock_zone', quote_literal(CASE WHEN sales_kpi.spans_are_days(context) THEN 'UTC' ELSE context ->> 'time_zone' END)),
			('grace', format('%L::interval', sales_kpi.exact_length(context ->> 'grace'))),
			('inactive_after', format('%L::interval', sales_kpi.exact_length(context ->> 'inactive_after'))),
			('scorecard_grain', quote_literal(context ->> 'scorecard_grain')),
			('step', format('%L::interval', sales_kpi.grain_step(context ->> 'scorecard_grain'))),
			('year_back', format('%L::interval', sales_kpi.year_step(context ->> 'scorecard_grain'))),
			('sources', quote_literal(context ->> 'sources')),
			('columns', format('%L::jsonb', context -> 'columns')),
			('base_name', quote_literal(context ->> 'base')),
			('base', quote_ident(context ->> 'base')),
			('kpi', quote_ident(context ->> 'kpi')),
			('goal_dimensions', format('%L::jsonb', context -> 'goal_dimensions'))) v (name, value)
		UNION ALL
		SELECT format('own_%s %s', w.what, o.number), w.value
		FROM sales_kpi.own_dimensions(context) o
		CROSS JOIN LATERAL (VALUES ('column', quote_ident(o.base_column)), ('name', quote_literal(o.dimension))) w (what, value)
	) p
);
COMMENT ON FUNCTION sales_kpi.placeholders(jsonb) IS 'Internal: the placeholders of templates and what fills them in one model.';

CREATE FUNCTION sales_kpi.model_context(target text, settings jsonb)
RETURNS jsonb
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN (
	WITH found AS (SELECT * FROM sales_kpi.source_columns(settings ->> 'sources')),
	c AS (SELECT * FROM found WHERE contract_type IS NOT NULL),
	own AS (SELECT d.number, split_part(d.name, '.', 1) AS relation, substr(d.name, length(split_part(d.name, '.', 1)) + 2) AS dimension, d.name
		FROM unnest(sales_kpi.dimension_list(settings ->> 'dimensions')) WITH ORDINALITY d (name, number)),
	known (context) AS MATERIALIZED (SELECT settings || jsonb_build_object(
		'kpi', target,
		'base', sales_kpi.base_schema(target),
		'as_of_sql', sales_kpi.as_of_sql(settings ->> 'as_of', settings ->> 'time_zone'),
		'relations', (SELECT coalesce(jsonb_object_agg(relation, true), '{}') FROM (SELECT DISTINCT relation FROM c) r),
		'columns', (SELECT coalesce(jsonb_object_agg(relation || '.' || column_name, type), '{}') FROM found
			WHERE contract_type IS NOT NULL OR relation || '.' || column_name IN (SELECT name FROM own)),
		'own', (SELECT coalesce(jsonb_agg(to_jsonb(own) ORDER BY number), '[]') FROM own),
		'collated', (SELECT coalesce(jsonb_object_agg(relation || '.' || column_name, true), '{}') FROM c WHERE is_collated),
		'key_types', (SELECT coalesce(jsonb_object_agg(column_name, key_type), '{}') FROM (
			SELECT column_name,
				CASE WHEN count(DISTINCT k.kind) = 1 THEN min(k.kind) ELSE 'text' END AS key_type
			FROM c CROSS JOIN LATERAL (SELECT CASE WHEN type IN ('smallint', 'integer', 'bigint') THEN 'bigint'
				WHEN type = 'uuid' THEN 'uuid' ELSE 'text' END) k (kind)
			WHERE contract_type = 'key'
			GROUP BY column_name) t))),
	reaching (context) AS MATERIALIZED (
		SELECT known.context || jsonb_build_object('deal_facts', sales_kpi.deal_facts(known.context -> 'columns')) FROM known),
	-- what is asked for branch by branch is made out once
	measured (context) AS MATERIALIZED (SELECT reaching.context || jsonb_build_object(
		'usable', sales_kpi.usable(reaching.context),
		'reached', (SELECT jsonb_object_agg(f.fact, (SELECT jsonb_object_agg(d.dimension, to_jsonb(d)) FROM sales_kpi.dimensions_of(reaching.context, f.fact) d))
			FROM (SELECT DISTINCT substring(t.query FROM '\{\{fact\((\w+) ') AS fact FROM sales_kpi.view_template t WHERE t.dimensions IS NOT NULL) f),
		'goal_dimensions', (SELECT jsonb_object_agg(t.view_name, to_jsonb(sales_kpi.goal_dimensions(t, reaching.context)))
			FROM sales_kpi.view_template t WHERE t.storey = 'kpi' AND t.dimensions IS NOT NULL),
		'measured', (SELECT jsonb_object_agg(t.view_name, true) FROM sales_kpi.view_template t WHERE t.storey = 'kpi' AND sales_kpi.is_measured(t, reaching.context)))
		FROM reaching)
	SELECT measured.context || jsonb_build_object('placeholders', sales_kpi.placeholders(measured.context))
	FROM measured
);
COMMENT ON FUNCTION sales_kpi.model_context(text, jsonb) IS 'Internal: all that the templates need to know about one model.';
