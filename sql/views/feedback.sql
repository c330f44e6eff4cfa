-- Feedback: what customers answered in the period. Answers from 0 to 10 make the NPS,
-- those from 1 to 5 the satisfaction; answers on other scales are in neither.
-- reads: feedback
-- dimensions: all, rep, team, territory, product, family, segment, location, source
SELECT {{common}},
	x.answers, x.promoters, x.passives, x.detractors, x.nps,
	x.csat_answers, x.satisfied,
	x.satisfied::float8 / nullif(x.csat_answers, 0) AS csat,
	sales_kpi.wilson_low(x.satisfied, x.csat_answers) AS csat_low,
	sales_kpi.wilson_high(x.satisfied, x.csat_answers) AS csat_high
FROM (
	SELECT f.period_start, f.member_key,
		count(*) FILTER (WHERE f.scale = 'nps') AS answers,
		count(*) FILTER (WHERE f.scale = 'nps' AND f.score >= 9) AS promoters,
		count(*) FILTER (WHERE f.scale = 'nps' AND f.score IN (7, 8)) AS passives,
		count(*) FILTER (WHERE f.scale = 'nps' AND f.score <= 6) AS detractors,
		sales_kpi.nps(f.score::integer) FILTER (WHERE f.scale = 'nps') AS nps,
		count(*) FILTER (WHERE f.scale = 'csat5') AS csat_answers,
		count(*) FILTER (WHERE f.scale = 'csat5' AND f.score >= 4) AS satisfied
	FROM (
		{{rep_apart}}SELECT {{period_start}} AS period_start, {{member_key}} AS member_key, f.scale, f.score
		FROM {{fact(feedback f, f.given_at)}}
		WHERE f.scale IN ('nps', 'csat5')
	) f
	GROUP BY 1, 2
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.feedback IS 'Feedback: what customers answered, by the period of the answer. Whether they would recommend it, from 0 to 10, makes the NPS; how content they are, from 1 to 5, the satisfaction. Answers on other scales are in neither. Who answers may not be like who does not.';
COMMENT ON COLUMN {{kpi}}.feedback.answers IS 'Answers on the scale from 0 to 10.';
COMMENT ON COLUMN {{kpi}}.feedback.promoters IS 'Of these, 9 and 10.';
COMMENT ON COLUMN {{kpi}}.feedback.passives IS 'Of these, 7 and 8.';
COMMENT ON COLUMN {{kpi}}.feedback.detractors IS 'Of these, 0 to 6.';
COMMENT ON COLUMN {{kpi}}.feedback.nps IS 'Net promoter score: 100 x (promoters - detractors) / answers, from -100 to 100.';
COMMENT ON COLUMN {{kpi}}.feedback.csat_answers IS 'Answers on the scale from 1 to 5.';
COMMENT ON COLUMN {{kpi}}.feedback.satisfied IS 'Of these, 4 and 5.';
COMMENT ON COLUMN {{kpi}}.feedback.csat IS 'Customer satisfaction: satisfied / csat_answers.';
COMMENT ON COLUMN {{kpi}}.feedback.csat_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.feedback.csat_high IS 'Upper end of it.';
