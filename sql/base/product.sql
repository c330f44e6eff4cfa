SELECT DISTINCT ON (s.product_id) s.product_id, s.product_name, s.family, s.tier{{own(product s)}}
FROM {{base}}.source_product s
WHERE {{usable}}
ORDER BY s.product_id, s.product_name, s.family, s.tier{{own(product s)}};
COMMENT ON VIEW {{base}}.product IS 'Products, one row each.';
