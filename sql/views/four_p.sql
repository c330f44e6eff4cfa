-- The four Ps of follow-up: promptness, persistence, personalization, performance. Each
-- has a score against the targets of the model. (least passes over NULL: a figure that
-- is not known must be told apart from a median of 0, which is as prompt as can be.)
-- reads: lead, touch
-- dimensions: all, rep, team, territory
SELECT {{common}},
	x.promptness_minutes, x.persistence, x.personalization,
	x.delivered_rate, sales_kpi.wilson_low(x.delivered, x.sent) AS delivered_low, sales_kpi.wilson_high(x.delivered, x.sent) AS delivered_high,
	x.replied_rate, sales_kpi.wilson_low(x.replied, x.replied_of) AS replied_low, sales_kpi.wilson_high(x.replied, x.replied_of) AS replied_high,
	x.promptness_score, x.persistence_score, x.personalization_score, x.performance_score,
	(coalesce(x.promptness_score, 0) + coalesce(x.persistence_score, 0) + coalesce(x.personalization_score, 0) + coalesce(x.performance_score, 0))
		/ nullif(num_nonnulls(x.promptness_score, x.persistence_score, x.personalization_score, x.performance_score), 0) AS score,
	num_nonnulls(x.promptness_score, x.persistence_score, x.personalization_score, x.performance_score) AS scores_known,
	x.answered, x.contacted, x.follow_ups, x.messages, x.personal_elements, x.sent, x.delivered, x.replied_of, x.replied,
	x.answered + x.contacted + x.messages + x.sent AS counted
FROM (
	SELECT f.*,
		CASE WHEN f.promptness_minutes IS NOT NULL
			THEN 100 * least(1, date_part('epoch', {{response_sla}}) / 60 / nullif(f.promptness_minutes, 0)) END AS promptness_score,
		CASE WHEN f.persistence IS NOT NULL THEN 100 * least(1, f.persistence / {{follow_ups_target}}) END AS persistence_score,
		CASE WHEN f.personalization IS NOT NULL THEN 100 * least(1, f.personalization / {{personal_elements_target}}) END AS personalization_score,
		100 * (CASE WHEN f.delivered_rate IS NOT NULL THEN least(1, f.delivered_rate / {{delivery_target}}) ELSE 0 END
				+ CASE WHEN f.replied_rate IS NOT NULL THEN least(1, f.replied_rate / {{reply_target}}) ELSE 0 END)
			/ nullif(num_nonnulls(f.delivered_rate, f.replied_rate), 0) AS performance_score
	FROM (
		SELECT c.*, coalesce(sales_kpi.sample_size(c.response), 0) AS answered,
			date_part('epoch', sales_kpi.median(c.response)) / 60 AS promptness_minutes,
			c.follow_ups::float8 / nullif(c.contacted, 0) AS persistence,
			c.personal_elements::float8 / nullif(c.messages, 0) AS personalization,
			c.delivered::float8 / nullif(c.sent, 0) AS delivered_rate,
			c.replied::float8 / nullif(c.replied_of, 0) AS replied_rate
		FROM (
			SELECT {{period_start}} AS period_start, {{member_key}} AS member_key,
				sales_kpi.duration_agg(f.response) AS response,
				count(f.follow_ups) AS contacted, coalesce(sum(f.follow_ups), 0)::bigint AS follow_ups,
				count(f.personal_elements) AS messages, coalesce(sum(f.personal_elements), 0)::bigint AS personal_elements,
				count(f.delivered) AS sent, count(*) FILTER (WHERE f.delivered) AS delivered,
				count(f.replied) AS replied_of, count(*) FILTER (WHERE f.replied) AS replied
			FROM {{fact(four_p_fact f, f.happened_at)}}
			GROUP BY 1, 2
		) c
	) f
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.four_p IS 'The four Ps of follow-up by rep and team: promptness, persistence, personalization, performance; each with a score from 0 to 100 against the targets of the model, and one score of the four.';
COMMENT ON COLUMN {{kpi}}.four_p.promptness_minutes IS 'Promptness: median time from the arrival of the leads of the period to their first human answer, in minutes; with a calendar, of its open hours.';
COMMENT ON COLUMN {{kpi}}.four_p.persistence IS 'follow_ups / contacted: mean follow-ups to a first contact.';
COMMENT ON COLUMN {{kpi}}.four_p.personalization IS 'personal_elements / messages: mean personal elements of a follow-up message.';
COMMENT ON COLUMN {{kpi}}.four_p.delivered_rate IS 'delivered / sent.';
COMMENT ON COLUMN {{kpi}}.four_p.delivered_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.four_p.delivered_high IS 'Upper end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.four_p.replied_rate IS 'replied / replied_of.';
COMMENT ON COLUMN {{kpi}}.four_p.replied_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.four_p.replied_high IS 'Upper end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.four_p.promptness_score IS '100 x response_sla / promptness_minutes, at most 100: 100 where half of the answers came within the SLA, 50 at twice that time; a median of 0 has 100.';
COMMENT ON COLUMN {{kpi}}.four_p.persistence_score IS '100 x persistence / follow_ups_target, at most 100.';
COMMENT ON COLUMN {{kpi}}.four_p.personalization_score IS '100 x personalization / personal_elements_target, at most 100.';
COMMENT ON COLUMN {{kpi}}.four_p.performance_score IS 'Mean of 100 x delivered_rate / delivery_target and 100 x replied_rate / reply_target, each at most 100; of the one that is known where the other is not.';
COMMENT ON COLUMN {{kpi}}.four_p.score IS 'Mean of the four scores, or of those that are known: see scores_known.';
COMMENT ON COLUMN {{kpi}}.four_p.scores_known IS 'How many of the four scores are known. Only scores of as many can be compared.';
COMMENT ON COLUMN {{kpi}}.four_p.answered IS 'Leads that arrived in the period and were answered by a human.';
COMMENT ON COLUMN {{kpi}}.four_p.contacted IS 'First contacts in the period: the first human outbound touch of a lead, or of a deal where no lead is named. They belong to who made them.';
COMMENT ON COLUMN {{kpi}}.four_p.follow_ups IS 'Human outbound touches that followed these within 30 days, before the first reply; up to as_of.';
COMMENT ON COLUMN {{kpi}}.four_p.messages IS 'Human outbound messages of the period, later than the first contact, whose personal elements are known.';
COMMENT ON COLUMN {{kpi}}.four_p.personal_elements IS 'Personal elements of these messages.';
COMMENT ON COLUMN {{kpi}}.four_p.sent IS 'Human outbound messages of the period of which is known whether they arrived.';
COMMENT ON COLUMN {{kpi}}.four_p.delivered IS 'Of these, arrived.';
COMMENT ON COLUMN {{kpi}}.four_p.replied_of IS 'Of these, with a reply or known to have none.';
COMMENT ON COLUMN {{kpi}}.four_p.replied IS 'Of these, replied to: as the source says, otherwise by an inbound touch of the same lead or deal within 30 days.';
COMMENT ON COLUMN {{kpi}}.four_p.counted IS 'answered + contacted + messages + sent: what the score rests on.';
