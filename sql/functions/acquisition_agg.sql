-- From rows of costs and of customers to a summary, or at once to the cost of a
-- customer. Either argument may be NULL; a cost below zero is a credit.
CREATE FUNCTION sales_kpi.acquisition_add(sales_kpi.acquisition_summary, numeric, bigint)
RETURNS sales_kpi.acquisition_summary
AS 'MODULE_PATHNAME', 'acquisition_add_bigint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.acquisition_add(sales_kpi.acquisition_summary, numeric, bigint) IS 'Internal: adds a cost, a customer or both to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.acquisition_add(sales_kpi.acquisition_summary, numeric, text)
RETURNS sales_kpi.acquisition_summary
AS 'MODULE_PATHNAME', 'acquisition_add_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.acquisition_add(sales_kpi.acquisition_summary, numeric, text) IS 'Internal: adds a cost, a customer or both to the state of a running aggregate.';

CREATE FUNCTION sales_kpi.acquisition_add(sales_kpi.acquisition_summary, numeric, uuid)
RETURNS sales_kpi.acquisition_summary
AS 'MODULE_PATHNAME', 'acquisition_add_uuid' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sales_kpi.acquisition_add(sales_kpi.acquisition_summary, numeric, uuid) IS 'Internal: adds a cost, a customer or both to the state of a running aggregate.';

CREATE AGGREGATE sales_kpi.acquisition_agg(spend numeric, customer bigint) (
	SFUNC = sales_kpi.acquisition_add,
	STYPE = sales_kpi.acquisition_summary,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.acquisition_summary_merge,
	FINALFUNC = sales_kpi.acquisition_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.acquisition_agg(numeric, bigint) IS 'What was spent, and the customers it won; ask it with spend, customers and cac.';

CREATE AGGREGATE sales_kpi.acquisition_agg(spend numeric, customer text) (
	SFUNC = sales_kpi.acquisition_add,
	STYPE = sales_kpi.acquisition_summary,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.acquisition_summary_merge,
	FINALFUNC = sales_kpi.acquisition_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.acquisition_agg(numeric, text) IS 'What was spent, and the customers it won; ask it with spend, customers and cac.';

CREATE AGGREGATE sales_kpi.acquisition_agg(spend numeric, customer uuid) (
	SFUNC = sales_kpi.acquisition_add,
	STYPE = sales_kpi.acquisition_summary,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.acquisition_summary_merge,
	FINALFUNC = sales_kpi.acquisition_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.acquisition_agg(numeric, uuid) IS 'What was spent, and the customers it won; ask it with spend, customers and cac.';

CREATE AGGREGATE sales_kpi.cac(spend numeric, customer bigint) (
	SFUNC = sales_kpi.acquisition_add,
	STYPE = sales_kpi.acquisition_summary,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.acquisition_summary_merge,
	FINALFUNC = sales_kpi.cac,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.cac(numeric, bigint) IS 'Customer acquisition cost: sum of the cost per distinct customer, rounded to six places; NULL without customers.';

CREATE AGGREGATE sales_kpi.cac(spend numeric, customer text) (
	SFUNC = sales_kpi.acquisition_add,
	STYPE = sales_kpi.acquisition_summary,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.acquisition_summary_merge,
	FINALFUNC = sales_kpi.cac,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.cac(numeric, text) IS 'Customer acquisition cost: sum of the cost per distinct customer, rounded to six places; NULL without customers.';

CREATE AGGREGATE sales_kpi.cac(spend numeric, customer uuid) (
	SFUNC = sales_kpi.acquisition_add,
	STYPE = sales_kpi.acquisition_summary,
	SSPACE = 1000,
	COMBINEFUNC = sales_kpi.acquisition_summary_merge,
	FINALFUNC = sales_kpi.cac,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sales_kpi.cac(numeric, uuid) IS 'Customer acquisition cost: sum of the cost per distinct customer, rounded to six places; NULL without customers.';
