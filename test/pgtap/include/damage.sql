-- States from outside that may be anything: text, messages and what stands in a table,
-- cut off and damaged at random. Text and messages are refused by an error meant for
-- them, or are states like any other. Of stored bytes the sizes alone are checked: they
-- are refused, or whatever is asked of them has an end. Wants
--	the table `specimen (name, state)`, and pg_temp.fault_of(state), NULL where it has none
--	:type			of the state
--	:pieces			that are put into its text, with blanks between
--	:numbers		that are put in the place of one
--	:text_refusals, :message_refusals	arrays of the SQLSTATEs that refuse
--	:texts, :messages	how many are damaged of a specimen, and as many stored as messages;
--					may depend on name
--	:parts_are_texts	if set, a text may be cut off or go on and still be one
-- The settings sales_kpi.damage_seed and sales_kpi.damage_times make it another run, and
-- a longer one. What became of them is left in damaged_text, damaged_message and
-- damaged_bytes, and counted in a comment, without those that chance has left as they
-- were. Also for the tests behind it: reading(text), fault_of_text(text),
-- fault_of_message(bytea).
SELECT coalesce(nullif(current_setting('sales_kpi.damage_seed', true), ''), '1414') AS damage_seed,
	coalesce(nullif(current_setting('sales_kpi.damage_times', true), ''), '1') AS damage_times \gset
\set send :type _send
CREATE DOMAIN pg_temp.a_state AS :type;
CREATE FUNCTION pg_temp.message_of(s pg_temp.a_state) RETURNS bytea LANGUAGE sql
RETURN :send(s);
CREATE FUNCTION pg_temp.write_file(path text, content bytea) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	file oid := lo_from_bytea(0, content);
BEGIN
	PERFORM lo_export(file, path);
	PERFORM lo_unlink(file);
END $$;

-- The bytes of a state, as they are stored
CREATE TYPE stored;
CREATE FUNCTION stored_in(cstring) RETURNS stored AS 'byteain' LANGUAGE internal IMMUTABLE STRICT;
CREATE FUNCTION stored_out(stored) RETURNS cstring AS 'byteaout' LANGUAGE internal IMMUTABLE STRICT;
CREATE TYPE stored (INPUT = stored_in, OUTPUT = stored_out, ALIGNMENT = double, STORAGE = extended);
CREATE CAST (stored AS :type) WITHOUT FUNCTION;
CREATE CAST (:type AS stored) WITHOUT FUNCTION;
CREATE FUNCTION pg_temp.is_refusal(text) RETURNS boolean LANGUAGE sql RETURN $1 = ANY (:'text_refusals'::text[]);
CREATE FUNCTION pg_temp.is_refusal_of_message(text) RETURNS boolean LANGUAGE sql RETURN $1 = ANY (:'message_refusals'::text[]);
CREATE FUNCTION pg_temp.one_of(choices text[]) RETURNS text LANGUAGE sql VOLATILE
RETURN choices[1 + floor(random() * array_length(choices, 1))];
CREATE FUNCTION pg_temp.piece() RETURNS text LANGUAGE sql VOLATILE
RETURN pg_temp.one_of(string_to_array(:'pieces', ' '));
CREATE FUNCTION pg_temp.number() RETURNS text LANGUAGE sql VOLATILE
RETURN pg_temp.one_of(string_to_array(:'numbers', ' '));

/*
 * All that can be asked of a state, from the catalogue, so that nothing is forgotten;
 * support functions answer within an aggregate alone.
 */
CREATE TEMP TABLE question AS
SELECT format(CASE WHEN p.proretset THEN 'SELECT max(a::text) FROM %s(%s) a' ELSE 'SELECT %s(%s)::text' END, p.oid::regproc, (
		SELECT string_agg(CASE type WHEN :'type'::regtype THEN '$1' ELSE format('%L::%s', v.value, type::regtype) END, ', ' ORDER BY n)
		FROM unnest(p.proargtypes) WITH ORDINALITY a (type, n)
		LEFT JOIN (VALUES ('interval'::regtype, '10 days'), ('float8', '0.9'), ('text', 'hazard'), ('timestamptz', '2026-03-01'),
			('timestamptz[]', '{4714-11-24 BC, 1970-01-01, 2000-01-02, 2000-01-20, 2026-03-01, 2200-01-01, 294276-12-31 23:59:59.999999}')) v (type, value) USING (type)
	)) AS query
FROM pg_proc p
WHERE p.pronamespace = 'sales_kpi'::regnamespace AND p.prokind = 'f' AND :'type'::regtype = ANY (p.proargtypes) AND obj_description(p.oid, 'pg_proc') NOT LIKE 'Internal:%'
UNION ALL VALUES ('SELECT $1::text'), (format('SELECT %s($1)::text', :'send'))
UNION ALL SELECT format('SELECT rollup(s)::text FROM (VALUES %s) v (s)', pair)
FROM unnest(ARRAY['($1), ($1)', '($1), ((SELECT state FROM specimen LIMIT 1))', '((SELECT state FROM specimen LIMIT 1)), ($1)']) pair
WHERE to_regprocedure(format('rollup(%s)', :'type')) IS NOT NULL;
SELECT is_empty($$SELECT query FROM question WHERE query LIKE '%NULL::%'$$, 'every question has its arguments');
-- here libFuzzer takes over, if asked to
\if :{?fuzz_options}
\ir ../../fuzz/guided.sql
\endif
-- 'refused' if nothing is answered; else 'taken', or the error that is meant for nobody:
-- that a state is damaged is meant for whoever has a broken disk.
CREATE FUNCTION pg_temp.use_of(s pg_temp.a_state, stored boolean DEFAULT false) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	asked text;
	answer text;
	outcome text := 'refused';
BEGIN
	FOR asked IN SELECT query FROM question LOOP
		BEGIN
			EXECUTE asked INTO answer USING s;
			outcome := 'taken';
		EXCEPTION WHEN OTHERS THEN
			IF SQLSTATE !~ '^22' AND SQLSTATE <> '54000' AND NOT (stored AND SQLSTATE = 'XX001') THEN
				RETURN format('%s: %s, of %s', SQLSTATE, SQLERRM, asked);
			END IF;
		END;
	END LOOP;
	RETURN outcome;
END $$;

SELECT is(coalesce(pg_temp.fault_of(state), pg_temp.use_of(state)), 'taken', name) FROM specimen;

-- A question that is refused whatever is asked would reach nothing of damaged states either.
CREATE FUNCTION pg_temp.is_answered(asked text, s pg_temp.a_state) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE asked INTO answer USING s;
	RETURN answer IS NOT NULL;
EXCEPTION WHEN OTHERS THEN
	RETURN false;
END $$;
SELECT is_empty($$SELECT query FROM question WHERE NOT EXISTS (SELECT FROM specimen WHERE pg_temp.is_answered(query, state))$$, 'every question is answered of some');

-- The text of what is read, or the SQLSTATE of its refusal
CREATE FUNCTION pg_temp.reading(t text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN t::pg_temp.a_state::text;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;
\if :{?parts_are_texts}
\else
SELECT is_empty($$
	SELECT name, length FROM specimen, generate_series(0, length(state::text) - 1) length WHERE pg_temp.reading(left(state::text, length)) <> '22P02'
$$, 'no text that is cut off is read');
SELECT is_empty($$
	SELECT name, junk FROM specimen, unnest(ARRAY[' ', '}', ',', '{', 'x', '0', E'\n']) junk WHERE pg_temp.reading(state::text || junk) <> '22P02'
$$, 'nor one with something behind it');
\endif

CREATE FUNCTION pg_temp.damaged(t text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	at int := 1 + floor(random() * length(t));
	run int := floor(random() * 4);
BEGIN
	RETURN CASE floor(random() * 7)
		WHEN 0 THEN overlay(t PLACING pg_temp.piece() FROM at FOR run)
		WHEN 1 THEN overlay(t PLACING substr(t, 1 + floor(random() * length(t))::int, 1 + run) FROM at FOR 0)
		WHEN 2 THEN overlay(t PLACING '' FROM at FOR run)
		WHEN 3 THEN overlay(t PLACING substr('0123456789', 1 + floor(random() * 10)::int, 1) FROM at FOR 1)
		WHEN 4 THEN regexp_replace(t, '\d+', pg_temp.number(), at)
		ELSE regexp_replace(t, '\d', floor(random() * 10)::text, at)
	END;
END $$;
CREATE FUNCTION pg_temp.fault_of_text(t text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	s pg_temp.a_state;
BEGIN
	BEGIN
		s := t;
	EXCEPTION WHEN OTHERS THEN
		RETURN CASE WHEN pg_temp.is_refusal(SQLSTATE) THEN 'refused' ELSE format('%s: %s', SQLSTATE, SQLERRM) END;
	END;
	RETURN coalesce(pg_temp.fault_of(s), replace(pg_temp.use_of(s), 'refused', 'answers nothing'));
EXCEPTION WHEN OTHERS THEN
	RETURN format('%s: %s', SQLSTATE, SQLERRM);
END $$;
SELECT setseed(:damage_seed % 10000 / 10000.0);
CREATE TEMP TABLE damaged_text AS
SELECT t, pg_temp.fault_of_text(t) AS outcome
FROM (
	SELECT CASE WHEN n % 3 = 0 THEN pg_temp.damaged(pg_temp.damaged(state::text)) ELSE pg_temp.damaged(state::text) END AS t
	FROM specimen, LATERAL generate_series(1, :damage_times * (:texts)) n
) d;
SELECT is_empty($$SELECT left(t, 200), outcome FROM damaged_text WHERE outcome NOT IN ('taken', 'refused')$$, 'damaged text is refused, or is a state');

-- A message comes in through COPY, from a file of the server.
SELECT set_config('test.file', current_setting('data_directory') || '/' || :'type' || '_message.copy', true) \g /dev/null
CREATE TEMP TABLE received (state :type);
CREATE FUNCTION pg_temp.received(message bytea) RETURNS pg_temp.a_state LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.write_file(current_setting('test.file'),
		'\x5047434f50590aff0d0a00' || int4send(0) || int4send(0) || int2send(1::int2) || int4send(length(message)) || message || int2send(-1::int2));
	DELETE FROM received;
	EXECUTE format('COPY received FROM %L (FORMAT binary)', current_setting('test.file'));
	RETURN (SELECT state FROM received);
END $$;
CREATE FUNCTION pg_temp.fault_of_message(message bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	s pg_temp.a_state;
BEGIN
	BEGIN
		s := pg_temp.received(message);
	EXCEPTION WHEN OTHERS THEN
		RETURN CASE WHEN pg_temp.is_refusal_of_message(SQLSTATE) THEN 'refused' ELSE format('%s: %s', SQLSTATE, SQLERRM) END;
	END;
	RETURN coalesce(pg_temp.fault_of(s), replace(pg_temp.use_of(s), 'refused', 'answers nothing'));
EXCEPTION WHEN OTHERS THEN
	RETURN format('%s: %s', SQLSTATE, SQLERRM);
END $$;
SELECT is(pg_temp.message_of(pg_temp.received(pg_temp.message_of(state))), pg_temp.message_of(state), 'the message of ' || name) FROM specimen;
SELECT is(pg_temp.fault_of_message('\x'), 'refused', 'an empty message');
-- Of long ones at some lengths, but in a longer run at each.
CREATE FUNCTION pg_temp.is_cut_at(length int) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN length < 1000 OR length % 101 = 0 OR :damage_times > 1;
SELECT is_empty($$
	SELECT name, length FROM (SELECT name, pg_temp.message_of(state) AS message FROM specimen) s, generate_series(0, length(message) - 1) length
	WHERE pg_temp.is_cut_at(length) AND pg_temp.fault_of_message(substr(message, 1, length)) <> 'refused'
$$, 'no message that is cut off is taken');
-- Half of the damage goes to the head. Words are counted from the end, where they stand in line.
CREATE FUNCTION pg_temp.damaged(message bytea) RETURNS bytea LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	at int := floor(random() * CASE WHEN random() < 0.5 THEN least(length(message), 40) ELSE length(message) END);
	words int := greatest(length(message) / 8, 1);
BEGIN
	RETURN CASE floor(random() * 6)
		WHEN 0 THEN set_byte(message, at, floor(random() * 256)::int)
		WHEN 1 THEN set_bit(message, at * 8 + floor(random() * 8)::int, floor(random() * 2)::int)
		WHEN 2 THEN overlay(message PLACING decode(pg_temp.one_of(ARRAY['ff', '0000', '7fffffff', 'ffffffffffffffff', '8000000000000000', '7ff8000000000000']), 'hex') FROM at + 1)
		WHEN 3 THEN overlay(message PLACING substr(message, greatest(length(message) - 8 * ceil(random() * words)::int + 1, 1), 8 * ceil(random() * 3)::int)
			FROM greatest(length(message) - 8 * ceil(random() * words)::int + 1, 1))
		WHEN 4 THEN CASE WHEN random() < 0.5 THEN substr(message, 1, at) ELSE message || substr(message, at + 1) END
		ELSE set_byte(message, at, (get_byte(message, at) + 255) % 256)
	END;
END $$;
CREATE TEMP TABLE damaged_message AS
SELECT message, pg_temp.fault_of_message(message) AS outcome
FROM (SELECT pg_temp.damaged(pg_temp.message_of(state)) AS message FROM specimen, LATERAL generate_series(1, :damage_times * (:messages))) d;
SELECT is_empty($$SELECT left(message::text, 300), outcome FROM damaged_message WHERE outcome NOT IN ('taken', 'refused')$$, 'a damaged message is refused, or is a state');

/*
 * What a disk makes of a state: in place and aligned, under a short header, compressed,
 * and in pieces elsewhere.
 */
CREATE TEMP TABLE shelf (n int, aligned :type, short :type, compressed :type, elsewhere :type, filling text) WITH (toast_tuple_target = 128);
ALTER TABLE shelf ALTER aligned SET STORAGE plain, ALTER compressed SET STORAGE main, ALTER elsewhere SET STORAGE external, ALTER filling SET STORAGE plain;
INSERT INTO shelf
SELECT n, CASE way WHEN 0 THEN state END, CASE way WHEN 1 THEN state END, CASE way WHEN 2 THEN state END, CASE way WHEN 3 THEN state END, CASE WHEN way > 1 THEN repeat(' ', 2000) END
FROM (
	SELECT n, bytes::text::stored::pg_temp.a_state AS state, CASE WHEN length(bytes) > 4000 THEN 2 + n % 2 ELSE n % 4 END AS way
	FROM (
		SELECT row_number() OVER ()::int AS n, CASE WHEN n > 4 THEN pg_temp.damaged(state::stored::text::bytea) ELSE state::stored::text::bytea END AS bytes
		FROM specimen, LATERAL generate_series(1, :damage_times * (:messages)) n
	) d
) d;
CREATE TEMP TABLE damaged_bytes AS
SELECT n, pg_temp.use_of(coalesce(aligned, short, compressed, elsewhere), true) AS outcome FROM shelf;
SELECT is_empty($$SELECT n, left(shelf::text, 300), outcome FROM damaged_bytes JOIN shelf USING (n) WHERE outcome NOT IN ('taken', 'refused')$$, 'damaged bytes are refused, or are used');
SELECT is_empty($$
	SELECT name, length FROM (SELECT name, state::stored::text::bytea AS bytes FROM specimen) s, generate_series(0, length(bytes) - 1) length
	WHERE pg_temp.is_cut_at(length) AND pg_temp.use_of(substr(bytes, 1, length)::text::stored::pg_temp.a_state, true) <> 'refused'
$$, 'no bytes that are cut off are used');
SELECT ok(bool_or(pg_column_size(short) < 127), 'some stand under a short header') FROM shelf;
SELECT ok(bool_or(pg_column_compression(compressed) IS NOT NULL), 'some are compressed') FROM shelf;
SELECT ok(pg_relation_size(reltoastrelid) > 0, 'some stand elsewhere') FROM pg_class WHERE oid = 'shelf'::regclass;

CREATE TEMP TABLE damage AS
SELECT kind, count(*) AS cases, count(*) FILTER (WHERE outcome = 'taken') AS cases_taken,
	count(*) FILTER (WHERE changed) AS n, count(*) FILTER (WHERE changed AND outcome = 'taken') AS taken
FROM (
	SELECT 'texts' AS kind, outcome, t NOT IN (SELECT state::text FROM specimen) AS changed FROM damaged_text
	UNION ALL SELECT 'messages', outcome, message NOT IN (SELECT pg_temp.message_of(state) FROM specimen) FROM damaged_message
	UNION ALL SELECT 'stored', outcome, coalesce(aligned, short, compressed, elsewhere)::stored::text NOT IN (SELECT state::stored::text FROM specimen) FROM damaged_bytes JOIN shelf USING (n)
) d
GROUP BY kind;
SELECT diag(format('damaged %s, seed %s: %s', :'type', :'damage_seed', string_agg(format('%s %s, %s taken', n, kind, taken), '; ' ORDER BY kind))) FROM damage;
SELECT ok(count(*) = 3 AND sum(cases_taken) BETWEEN 0.2 * sum(cases) AND 0.8 * sum(cases) AND min(cases_taken::float8 / cases) > 0.1, 'much of both') FROM damage;
SELECT ok(sum(taken) BETWEEN 0.14 * sum(n) AND 0.75 * sum(n) AND min(taken::float8 / n) > 0.05, 'and of those that damage has changed') FROM damage;
