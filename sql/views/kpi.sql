-- The list of measures.
SELECT m.kpi, m.label, m.view_name, m.column_name, m.size_column, m.unit, m.better, m.headline,
	m.over_time, m.only_where, m.numerator, m.denominator, m.definition
FROM sales_kpi.measure m
ORDER BY m.rank;
COMMENT ON VIEW {{kpi}}.kpi IS 'The list of measures: where each stands, in which unit, and which direction is good. Goals are set on these names.';
COMMENT ON COLUMN {{kpi}}.kpi.kpi IS 'Name of the measure.';
COMMENT ON COLUMN {{kpi}}.kpi.label IS 'Name for people.';
COMMENT ON COLUMN {{kpi}}.kpi.view_name IS 'The view that holds it.';
COMMENT ON COLUMN {{kpi}}.kpi.column_name IS 'Its column there.';
COMMENT ON COLUMN {{kpi}}.kpi.size_column IS 'The column there with the number of things it rests on.';
COMMENT ON COLUMN {{kpi}}.kpi.unit IS 'Its unit; share is a rate between 0 and 1.';
COMMENT ON COLUMN {{kpi}}.kpi.better IS 'Which direction is good: higher or lower.';
COMMENT ON COLUMN {{kpi}}.kpi.headline IS 'Whether the scorecard shows it.';
COMMENT ON COLUMN {{kpi}}.kpi.over_time IS 'How the figure of a longer period compares: it adds up; it accrues, as a rate of what happens in the period; it depends on its length in another way; or it stands.';
COMMENT ON COLUMN {{kpi}}.kpi.only_where IS 'Condition on the rows of the view that have the figure; NULL: all.';
COMMENT ON COLUMN {{kpi}}.kpi.numerator IS 'What is divided, over the columns of the view; NULL: the figure is no quotient.';
COMMENT ON COLUMN {{kpi}}.kpi.denominator IS 'By what.';
COMMENT ON COLUMN {{kpi}}.kpi.definition IS 'What the figure means, in a sentence.';
