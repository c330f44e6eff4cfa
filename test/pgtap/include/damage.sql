-- States from outside that may be anything: text and messages, cut off and damaged at
-- random. Each is refused by an error meant for it, or is a state like any other. Wants
--	the table `specimen (name, state)`, and pg_temp.fault_of(state), NULL where it has none
--	:type			of the state
--	:pieces			that are put into its text, with blanks between
--	:numbers		that are put in the place of one
--	:text_refusals, :message_refusals	arrays of the SQLSTATEs that refuse
--	:texts, :messages	how many are damaged of a specimen; may depend on name
--	:parts_are_texts	if set, a text may be cut off or go on and still be one
-- What became of them is left in damaged_text and damaged_message. Also for the tests
-- behind it: reading(text), fault_of_text(text), fault_of_message(bytea).
\set send :type _send
CREATE DOMAIN pg_temp.a_state AS :type;
CREATE FUNCTION pg_temp.message_of(s pg_temp.a_state) RETURNS bytea LANGUAGE sql
RETURN :send(s);
CREATE FUNCTION pg_temp.is_refusal(text) RETURNS boolean LANGUAGE sql RETURN $1 = ANY (:'text_refusals'::text[]);
CREATE FUNCTION pg_temp.is_refusal_of_message(text) RETURNS boolean LANGUAGE sql RETURN $1 = ANY (:'message_refusals'::text[]);
CREATE FUNCTION pg_temp.one_of(choices text[]) RETURNS text LANGUAGE sql VOLATILE
RETURN choices[1 + floor(random() * array_length(choices, 1))];
CREATE FUNCTION pg_temp.piece() RETURNS text LANGUAGE sql VOLATILE
RETURN pg_temp.one_of(string_to_array(:'pieces', ' '));
CREATE FUNCTION pg_temp.number() RETURNS text LANGUAGE sql VOLATILE
RETURN pg_temp.one_of(string_to_array(:'numbers', ' '));

SELECT is(pg_temp.fault_of(state), NULL, name) FROM specimen;

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
	RETURN CASE floor(random() * 5)
		WHEN 0 THEN overlay(t PLACING pg_temp.piece() FROM at FOR run)
		WHEN 1 THEN overlay(t PLACING substr(t, 1 + floor(random() * length(t))::int, 1 + run) FROM at FOR 0)
		WHEN 2 THEN overlay(t PLACING '' FROM at FOR run)
		WHEN 3 THEN overlay(t PLACING substr('0123456789', 1 + floor(random() * 10)::int, 1) FROM at FOR 1)
		ELSE regexp_replace(t, '\d+', pg_temp.number(), at)
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
	RETURN coalesce(pg_temp.fault_of(s), 'taken');
EXCEPTION WHEN OTHERS THEN
	RETURN format('%s: %s', SQLSTATE, SQLERRM);
END $$;
SELECT setseed(0.1414);
CREATE TEMP TABLE damaged_text AS
SELECT t, pg_temp.fault_of_text(t) AS outcome
FROM (
	SELECT CASE WHEN n % 3 = 0 THEN pg_temp.damaged(pg_temp.damaged(state::text)) ELSE pg_temp.damaged(state::text) END AS t
	FROM specimen, LATERAL generate_series(1, :texts) n
) d;
SELECT is_empty($$SELECT left(t, 200), outcome FROM damaged_text WHERE outcome NOT IN ('taken', 'refused')$$, 'damaged text is refused, or is a state');

-- A message comes in through COPY, from a file of the server.
SELECT set_config('test.file', current_setting('data_directory') || '/' || :'type' || '_message.copy', true) \g /dev/null
CREATE TEMP TABLE received (state :type);
CREATE FUNCTION pg_temp.received(message bytea) RETURNS pg_temp.a_state LANGUAGE plpgsql AS $$
DECLARE
	file oid := lo_from_bytea(0, '\x5047434f50590aff0d0a00' || int4send(0) || int4send(0) || int2send(1::int2) || int4send(length(message)) || message || int2send(-1::int2));
BEGIN
	PERFORM lo_export(file, current_setting('test.file'));
	PERFORM lo_unlink(file);
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
	RETURN coalesce(pg_temp.fault_of(s), 'taken');
EXCEPTION WHEN OTHERS THEN
	RETURN format('%s: %s', SQLSTATE, SQLERRM);
END $$;
SELECT is(pg_temp.message_of(pg_temp.received(pg_temp.message_of(state))), pg_temp.message_of(state), 'the message of ' || name) FROM specimen;
SELECT is(pg_temp.fault_of_message('\x'), 'refused', 'an empty message');
-- of long ones, some lengths
SELECT is_empty($$
	SELECT name, length FROM specimen, generate_series(0, length(pg_temp.message_of(state)) - 1) length
	WHERE (length < 1000 OR length % 101 = 0) AND pg_temp.fault_of_message(substr(pg_temp.message_of(state), 1, length)) <> 'refused'
$$, 'no message that is cut off is taken');
CREATE FUNCTION pg_temp.damaged(message bytea) RETURNS bytea LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	at int := floor(random() * length(message));
BEGIN
	IF random() < 0.5 THEN	-- the head as often as the rest
		at := floor(random() * least(length(message), 96));
	END IF;
	RETURN CASE floor(random() * 4)
		WHEN 0 THEN set_byte(message, at, floor(random() * 256)::int)
		WHEN 1 THEN set_bit(message, at * 8 + floor(random() * 8)::int, floor(random() * 2)::int)
		WHEN 2 THEN overlay(message PLACING decode(pg_temp.one_of(ARRAY['ff', '0000', '7fffffff', 'ffffffffffffffff', '8000000000000000']), 'hex') FROM at + 1)
		ELSE set_byte(message, at, (get_byte(message, at) + 255) % 256)
	END;
END $$;
CREATE TEMP TABLE damaged_message AS
SELECT message, pg_temp.fault_of_message(message) AS outcome
FROM (SELECT pg_temp.damaged(pg_temp.message_of(state)) AS message FROM specimen, LATERAL generate_series(1, :messages)) d;
SELECT is_empty($$SELECT left(message::text, 300), outcome FROM damaged_message WHERE outcome NOT IN ('taken', 'refused')$$, 'a damaged message is refused, or is a state');
