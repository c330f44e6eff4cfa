SELECT c.customer_id, c.customer_name, c.segment, c.location, c.rep_id,
-- if lead.customer_id
	coalesce(c.source, l.source) AS source{{own(customer c)}}
-- else
	c.source{{own(customer c)}}
-- end
FROM (
	SELECT DISTINCT ON (s.customer_id) s.customer_id, s.customer_name, s.segment, s.location, s.source, s.rep_id{{own(customer s)}}
	FROM {{base}}.source_customer s
	WHERE {{usable}}
	ORDER BY s.customer_id, s.customer_name, s.segment, s.location, s.source, s.rep_id{{own(customer s)}}
) c
-- if lead.customer_id
LEFT JOIN (
	SELECT DISTINCT ON (s.customer_id) s.customer_id, s.source
	FROM {{base}}.source_lead s
	WHERE s.source IS NOT NULL
		AND {{usable(lead)}}
	ORDER BY s.customer_id, s.arrived_at, s.source
) l ON l.customer_id = c.customer_id
-- end
;
COMMENT ON VIEW {{base}}.customer IS 'Customers, one row each; without a source of its own, that of its first lead.';
