-- Call to action: of the messages that people sent, those that ask for a next step.
-- reads: touch
-- dimensions: all, rep, team, territory
SELECT {{common}},
	x.messages, x.with_cta, x.with_cta::float8 / nullif(x.messages, 0) AS cta_rate,
	sales_kpi.wilson_low(x.with_cta, x.messages) AS cta_low, sales_kpi.wilson_high(x.with_cta, x.messages) AS cta_high, x.unknown
FROM (
	SELECT {{period_start}} AS period_start, {{member_key}} AS member_key, count(t.call_to_action) AS messages,
		count(*) FILTER (WHERE t.call_to_action) AS with_cta, count(*) - count(t.call_to_action) AS unknown
	FROM {{fact(contact t, t.touched_at)}}
	WHERE t.is_message
	GROUP BY 1, 2
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.call_to_action IS 'Call to action: the share of the messages sent by people in the period that ask for a next step.';
COMMENT ON COLUMN {{kpi}}.call_to_action.messages IS 'Human outbound messages of the period of which is known whether they have a call to action.';
COMMENT ON COLUMN {{kpi}}.call_to_action.with_cta IS 'Of these, with one.';
COMMENT ON COLUMN {{kpi}}.call_to_action.cta_rate IS 'with_cta / messages.';
COMMENT ON COLUMN {{kpi}}.call_to_action.cta_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.call_to_action.cta_high IS 'Upper end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.call_to_action.unknown IS 'Human outbound messages of which it is not known.';
