-- Make the views that doc/adapters.md shows under the heading :product. A backquote,
-- which psql does not let a command contain, is \140.
\set adapter `awk -v heading=:'product' '/^## / { here = $0 == "## " heading } /^\140/ { code = 0 } here && code; /^\140\140\140sql/ { code = 1 }' doc/adapters.md`
:adapter
