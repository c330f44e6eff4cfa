-- The time and the tier of a line take one word where those of all lines of a state fit
-- in one, and two where one line's do not. That is seen by the size alone.
BEGIN;
SELECT * FROM no_plan();
SET search_path = sales_kpi, public;
SET client_min_messages = warning;
SET timezone = 'UTC';

-- Tiers and times on both sides of what fits, each in lines of their own families
CREATE TABLE line AS
SELECT row_number() OVER () AS family, tier, sold_at, fits_tier AND fits_time AS fits
FROM (VALUES (NULL, true), (-511, true), (0, true), (1, true), (511, true), (-512, false), (512, false), (-2147483648, false), (2147483647, false)) t (tier, fits_tier),
	(VALUES (timestamptz '1714-07-29 00:12:25.259008', true), ('1999-12-31 23:59:59.999999', true), ('2000-01-01', true), ('2024-02-29 12:34:56.789012', true), ('2285-06-04 23:47:34.740991', true),
		('1714-07-29 00:12:25.259007', false), ('2285-06-04 23:47:34.740992', false), ('4713-01-01 BC', false), ('294276-12-31 23:59:59.999999', false)) s (sold_at, fits_time);

CREATE FUNCTION pg_temp.microseconds(t timestamptz) RETURNS text LANGUAGE sql
RETURN (extract(epoch FROM t - timestamptz '2000-01-01') * 1000000)::bigint;
CREATE FUNCTION pg_temp.bits(s purchase_history) RETURNS text LANGUAGE sql
RETURN md5(purchase_history_send(s));

CREATE FUNCTION pg_temp.alone(family bigint, tier int, sold_at timestamptz) RETURNS purchase_history LANGUAGE sql
AS 'SELECT purchase_agg(1::bigint, family, tier, sold_at, 1)';
CREATE FUNCTION pg_temp.fingerprint(family bigint) RETURNS text LANGUAGE sql
RETURN substring(pg_temp.alone(family, NULL, '2000-01-01')::text FROM '/([0-9a-f]{16})/');

-- One line at a time, and back from its text
SELECT is(regexp_replace(s::text, '/[0-9a-f]{16}/', '/family/'), format('{bigint 1:%s/family/%s}', pg_temp.microseconds(sold_at), tier), format('a line of tier %s at %s', coalesce(tier::text, 'unknown'), sold_at))
FROM line, pg_temp.alone(family, tier, sold_at) s;
SELECT is_empty('SELECT family FROM line, pg_temp.alone(family, tier, sold_at) s WHERE pg_temp.bits(s) <> pg_temp.bits(s::text::purchase_history)', '... read back from its text');
SELECT set_eq('SELECT DISTINCT pg_column_size(s), fits FROM line, pg_temp.alone(family, tier, sold_at) s', $$VALUES (69, true), (77, false)$$, 'what fits is a word shorter');

-- All lines together: in whatever order they come, and of whatever parts
CREATE TABLE made AS
SELECT customers, purchase_agg((family % customers)::bigint, family, tier, sold_at, 1) AS s FROM line, (VALUES (1), (5), (1000)) v (customers) GROUP BY customers;
SELECT is_empty(format('SELECT customers FROM line, made GROUP BY customers, s::text HAVING pg_temp.bits(purchase_agg((family %% customers)::bigint, family, tier, sold_at, 1 ORDER BY %s)) <> pg_temp.bits(s::text::purchase_history)', sorted), 'the same bits by ' || sorted)
FROM unnest(ARRAY['fits, family', 'fits DESC, family', 'sold_at', 'tier, family', 'md5(family::text)']) sorted;
SELECT is_empty(format('SELECT customers FROM (SELECT customers, %1$s AS part, purchase_agg((family %% customers)::bigint, family, tier, sold_at, 1) AS p FROM line, made GROUP BY 1, 2) parts JOIN made USING (customers)
	GROUP BY customers, s::text HAVING pg_temp.bits(rollup(p ORDER BY part %2$s)) <> pg_temp.bits(s::text::purchase_history)', part, direction), format('... of parts by %s, %s', part, direction))
FROM unnest(ARRAY['fits::int', 'family % 7', 'family']) part, unnest(ARRAY['ASC', 'DESC']) direction;
SELECT set_eq('SELECT customers, s::text::purchase_history::text FROM made', 'SELECT customers, s::text FROM made', 'the text is read back');
SELECT is_empty($$SELECT customers FROM made WHERE s::text <> (SELECT format('{bigint %s}', string_agg(customer || ':' || lines, ';' ORDER BY customer)) FROM (
	SELECT family % customers AS customer, string_agg(pg_temp.microseconds(sold_at) || '/' || fingerprint || '/' || coalesce(tier::text, ''), ',' ORDER BY fingerprint COLLATE "C") AS lines
	FROM line, pg_temp.fingerprint(family) fingerprint GROUP BY 1) c)$$, 'it has all lines');

-- Tiers that do not fit are compared as those that do
CREATE TABLE sale AS
SELECT (n * 7919 % 300)::bigint AS customer, n * 31 % 11 AS family, nullif(n * 17 % 5, 0) AS tier, timestamptz '2020-01-01' + n * 13 % 1500 * interval '1 day' AS sold_at FROM generate_series(1, 5000) n;
CREATE FUNCTION pg_temp.asked(call text, tier text) RETURNS text LANGUAGE sql
RETURN format('SELECT a.* FROM (SELECT purchase_agg(customer, family, %s, sold_at, 1) AS s FROM sale) p, LATERAL %s(s, ''{2019-01-01, 2020-06-01, 2021-01-01, 2021-02-01, 2022-01-01, 2024-01-01}'') a', tier, call);
SELECT results_eq(pg_temp.asked(call, tier), pg_temp.asked(call, 'tier'), format('%s of tiers %s', call, tier))
FROM unnest(ARRAY['upsell', 'retention', 'new_customers']) call, unnest(ARRAY['tier * 1000', 'tier * 1000000 - 2500000', 'tier - 514']) tier;
SELECT is(upsell_rate(customer, family, tier * 1000, sold_at, '[2020-06-01, 2021-01-01)'), upsell_rate(customer, family, tier, sold_at, '[2020-06-01, 2021-01-01)'), 'upsell_rate, too') FROM sale;

-- What holds families and what holds times alone do not go together, in either form
SELECT throws_ok(format('SELECT rollup(s) FROM (SELECT %s AS s FROM line WHERE %s UNION ALL SELECT purchase_agg(1::bigint, sold_at, 1) FROM line) parts', call, condition), '22023', 'states with and without families cannot be rolled up into one purchase_history', 'nor times with lines where ' || condition)
FROM unnest(ARRAY['purchase_agg(1::bigint, family, tier, sold_at, 1)']) call, unnest(ARRAY['fits', 'NOT fits']) condition;

SELECT * FROM finish();
ROLLBACK;
