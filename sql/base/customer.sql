-- (The source is one column to the planner: of two that it knows nothing of, it would
-- expect as many groups as rows.)
SELECT DISTINCT ON (s.customer_id) s.customer_id, s.customer_name, s.segment, s.location, s.rep_id,
-- if lead.customer_id
	coalesce(s.source, l.source) AS source{{own(customer s)}}
-- else
	s.source{{own(customer s)}}
-- end
FROM {{base}}.source_customer s
-- if lead.customer_id
LEFT JOIN (
	SELECT DISTINCT ON (s.customer_id) s.customer_id, s.source
	FROM {{base}}.source_lead s
	WHERE s.source IS NOT NULL
		AND {{usable(lead)}}
	ORDER BY s.customer_id, s.arrived_at, s.source
) l ON l.customer_id = s.customer_id
-- end
WHERE {{usable}}
ORDER BY s.customer_id, s.customer_name, s.segment, s.location, s.source, s.rep_id{{own(customer s)}};
COMMENT ON VIEW {{base}}.customer IS 'Customers, one row each; without a source of its own, that of its first lead.';
