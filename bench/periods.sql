-- period_start against date_trunc, without what the scan takes: alone, and as what a
-- GROUP BY adds. In a zone date_trunc can be told it in two ways.
INSERT INTO bench.query (subject, name, statement)
SELECT 'month of an instant, ' || z.zone, f.name, replace(f.statement, '{zone}', quote_literal(z.zone))
FROM (VALUES ('UTC'), ('Europe/Berlin')) z (zone)
CROSS JOIN (VALUES
	('floor',
	 $$SELECT count(*), count(closed_at) FROM deals$$),
	('date_trunc',
	 $$SELECT count(*), count(date_trunc('month', closed_at, {zone})) FROM deals$$),
	('date_trunc',
	 $$SELECT count(*), count(date_trunc('month', closed_at AT TIME ZONE {zone})::date) FROM deals$$),
	('period_start',
	 $$SELECT count(*), count(period_start('month', closed_at, {zone})) FROM deals$$),
	('period_start of days',
	 $$SELECT count(*), count(period_start('day', closed_at, {zone})) FROM deals$$),
	('group by date_trunc',
	 $$SELECT date_trunc('month', closed_at AT TIME ZONE {zone})::date, count(*) FROM deals GROUP BY 1$$),
	('group by date_trunc',
	 $$SELECT date_trunc('month', closed_at, {zone}), count(*) FROM deals GROUP BY 1$$),
	('group by period_start',
	 $$SELECT period_start('month', closed_at, {zone}), count(*) FROM deals GROUP BY 1$$)
) f (name, statement);

INSERT INTO bench.promise (subject, name, against, at_most, net)
VALUES
	('month of an instant, UTC', 'period_start', 'date_trunc', NULL, true),
	('month of an instant, UTC', 'group by period_start', 'group by date_trunc', 1, false),
	('month of an instant, Europe/Berlin', 'period_start', 'date_trunc', 0.15, true),
	('month of an instant, Europe/Berlin', 'group by period_start', 'group by date_trunc', 1, false);
