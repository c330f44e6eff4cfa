-- period_start against date_trunc, alone and in a GROUP BY. In a zone date_trunc can
-- be told it in two ways.
INSERT INTO bench.query (subject, name, against, at_most, statement)
SELECT z.subject, f.name, f.against, f.at_most, replace(f.statement, '{zone}', z.zone)
FROM (VALUES ('month of an instant, UTC', '''UTC'''), ('month of an instant, Europe/Berlin', '''Europe/Berlin''')) z (subject, zone)
CROSS JOIN (VALUES
	('floor', NULL, NULL::float8,
	 $$SELECT count(*), count(closed_at) FROM crm.deal$$),
	('date_trunc', NULL, NULL,
	 $$SELECT count(*), count(date_trunc('month', closed_at, {zone})) FROM crm.deal$$),
	('date_trunc at time zone', NULL, NULL,
	 $$SELECT count(*), count(date_trunc('month', closed_at AT TIME ZONE {zone})::date) FROM crm.deal$$),
	('period_start', 'date_trunc at time zone', 1.0,
	 $$SELECT count(*), count(sales_kpi.period_start('month', closed_at, {zone})) FROM crm.deal$$),
	('period_start of days', NULL, NULL,
	 $$SELECT count(*), count(sales_kpi.period_start('day', closed_at, {zone})) FROM crm.deal$$),
	('group by date_trunc at time zone', NULL, NULL,
	 $$SELECT date_trunc('month', closed_at AT TIME ZONE {zone})::date, count(*) FROM crm.deal GROUP BY 1$$),
	('group by period_start', 'group by date_trunc at time zone', 1.0,
	 $$SELECT sales_kpi.period_start('month', closed_at, {zone}), count(*) FROM crm.deal GROUP BY 1$$)
) f (name, against, at_most, statement);
