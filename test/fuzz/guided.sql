-- The states of damage.sql by libFuzzer: tools/fuzz_guided. Its specimens are the first
-- inputs, their pieces the words to put into others. Wants
--	:fuzz_options	of libFuzzer, as an array
--	:first_inputs	a directory for them, which the server may write to
CREATE FUNCTION pg_temp.fuzz_state(type regtype, questions text[], options text[]) RETURNS void AS '$libdir/sales_kpi' LANGUAGE c;
SELECT count(pg_temp.write_file(format('%s/%s', :'first_inputs', n), input)) AS first_inputs
FROM (
	SELECT row_number() OVER () AS n, input
	FROM specimen, LATERAL (VALUES ('\x00' || convert_to(state::text, 'UTF8')), ('\x01' || pg_temp.message_of(state)),
		('\x02' || state::stored::text::bytea), ('\x03' || state::stored::text::bytea)) v (input)
) i;
SELECT pg_temp.write_file(:'first_inputs' || '.words', convert_to(string_agg(format(E'"%s"\n', regexp_replace(encode(convert_to(word, 'UTF8'), 'hex'), '..', '\\x\&', 'g')), ''), 'UTF8')) AS words
FROM (SELECT DISTINCT word FROM string_to_table(:'pieces' || ' ' || :'numbers', ' ') word WHERE word <> '') w;
SELECT pg_temp.fuzz_state(:'type', array_prepend('SELECT pg_temp.fault_of($1)', array_agg(query)), ARRAY['libfuzzer', :'first_inputs', format('-dict=%s.words', :'first_inputs')] || :'fuzz_options') FROM question;
