-- Load a CSV file of the test data into a new table. Wants :csv, a file below the
-- folder :data; :table; and :types, such as 'amount numeric, closed date': all other
-- columns are text, and a typed column that the file lacks is added empty.
\set path :data / :csv
\set header `head -n 1 :'path' | tr -d '\r'`
WITH typed AS (
	SELECT (regexp_match(t, '^(\w+) (.+)$'))[1] AS name, (regexp_match(t, '^(\w+) (.+)$'))[2] AS type
	FROM regexp_split_to_table(:'types', ', *') t
	WHERE t <> ''
)
SELECT format('CREATE TABLE %s (%s)', :'table', string_agg(format('%I %s', name, coalesce(t.type, 'text')), ', ' ORDER BY h.rank)) AS create_table,
	string_agg(format('%I', name), ', ' ORDER BY h.rank) FILTER (WHERE h.rank IS NOT NULL) AS columns
FROM string_to_table(:'header', ',') WITH ORDINALITY h (name, rank)
FULL JOIN typed t USING (name)
\gset
:create_table;
\set copy '\\copy ' :table ' (' :columns ') FROM ' :'path' ' CSV HEADER'
:copy
