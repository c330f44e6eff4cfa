-- Productivity: output and input of the period, and one per the other. The quotients are
-- of sums. Days are told apart first, within a rep: a count of distinct ones would keep
-- all from being grouped in parallel.
-- reads: touch, deal, sale, subscription, spend
-- dimensions: all, rep, team, territory
SELECT {{common}},
	x.calls, x.meetings, x.messages, x.deals_opened, x.wins, x.revenue, x.minutes / 60 AS hours, x.cost, x.active_days, x.timed_calls,
	x.calls::float8 / nullif(x.active_days, 0) AS calls_per_day,
	x.call_minutes::float8 / nullif(x.timed_calls, 0) AS minutes_per_call,
	(60 * x.calls)::float8 / nullif(x.minutes, 0)::float8 AS calls_per_hour,
	(60 * x.meetings)::float8 / nullif(x.minutes, 0)::float8 AS meetings_per_hour,
	(60 * x.wins)::float8 / nullif(x.minutes, 0)::float8 AS wins_per_hour,
	(60 * x.revenue)::float8 / nullif(x.minutes, 0)::float8 AS revenue_per_hour,
	x.revenue::float8 / nullif(x.cost, 0)::float8 AS revenue_per_cost
FROM (
	SELECT d.period_start, d.member_key, sum(d.calls)::bigint AS calls, sum(d.meetings)::bigint AS meetings, sum(d.messages)::bigint AS messages,
		sum(d.deals_opened)::bigint AS deals_opened, sum(d.wins)::bigint AS wins, sum(d.revenue) AS revenue, sum(d.minutes) AS minutes, sum(d.cost) AS cost,
		sum(d.active_days)::bigint AS active_days, sum(d.timed_calls)::bigint AS timed_calls,
		sum(d.call_minutes) AS call_minutes
	FROM (
		SELECT f.period_start, f.member_key, f.rep_id, f.active_on,
-- if touch.kind
			count(*) FILTER (WHERE f.fact = 'call') AS calls,
			count(*) FILTER (WHERE f.fact = 'meeting') AS meetings,
			count(f.minutes) FILTER (WHERE f.fact = 'call') AS timed_calls,
			sum(f.minutes) FILTER (WHERE f.fact = 'call') AS call_minutes,
-- else
			NULL::bigint AS calls, NULL::bigint AS meetings, NULL::bigint AS timed_calls, NULL::numeric AS call_minutes,
-- end
-- if touch
			count(*) FILTER (WHERE f.fact = 'message') AS messages,
			CASE WHEN f.active_on IS NULL THEN 0 ELSE 1 END::bigint AS active_days,
-- else
			NULL::bigint AS messages, NULL::bigint AS active_days,
-- end
-- if touch.minutes
			coalesce(sum(f.minutes), 0) AS minutes,
-- else
			NULL::numeric AS minutes,
-- end
-- if deal
			count(*) FILTER (WHERE f.fact = 'opened') AS deals_opened,
			count(*) FILTER (WHERE f.fact = 'win') AS wins,
-- else
			NULL::bigint AS deals_opened, NULL::bigint AS wins,
-- end
-- if sale or subscription
			coalesce(sum(f.money) FILTER (WHERE f.fact = 'revenue'), 0) AS revenue,
-- else
			NULL::numeric AS revenue,
-- end
-- if spend
			coalesce(sum(f.money) FILTER (WHERE f.fact = 'cost'), 0) AS cost
-- else
			NULL::numeric AS cost
-- end
		FROM (
			-- keys apart, for the planner
			WITH apart AS (SELECT 1)
			SELECT {{period_start}} AS period_start, {{member_key}} AS member_key, f.rep_id, f.active_on, f.fact, f.minutes, f.money
			FROM {{fact(productivity_fact f, f.happened_at)}}
		) f
		GROUP BY 1, 2, 3, 4
	) d
	GROUP BY 1, 2
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.productivity IS 'Productivity: what was done and won in the period (effectiveness, the output), what went into it (the input), and output per input (efficiency).';
COMMENT ON COLUMN {{kpi}}.productivity.calls IS 'Effectiveness, output: calls with clients, in either direction, by people; NULL where the source of contacts does not tell their kind.';
COMMENT ON COLUMN {{kpi}}.productivity.meetings IS 'Effectiveness, output: meetings with clients, likewise.';
COMMENT ON COLUMN {{kpi}}.productivity.messages IS 'Effectiveness, output: messages that people sent; contacts of no known kind count as such. NULL where the sources have no contacts.';
COMMENT ON COLUMN {{kpi}}.productivity.deals_opened IS 'Effectiveness, output: deals opened in the period; NULL where the sources have no deals.';
COMMENT ON COLUMN {{kpi}}.productivity.wins IS 'Effectiveness, output: deals won in the period; NULL where the sources have no deals.';
COMMENT ON COLUMN {{kpi}}.productivity.revenue IS 'Effectiveness, output: revenue of the period, as in revenue_growth; 0 without any, NULL where the sources have neither sales nor subscriptions.';
COMMENT ON COLUMN {{kpi}}.productivity.hours IS 'Input: time spent on contacts by people, internal ones included, in hours; of those whose time is known. NULL where the source does not tell any.';
COMMENT ON COLUMN {{kpi}}.productivity.cost IS 'Input: cost of sales and marketing spent in the period, without the lag of acquisition; NULL where the sources have no cost.';
COMMENT ON COLUMN {{kpi}}.productivity.active_days IS 'Input: days on which a rep had a contact, one for each rep and day; contacts of no rep count as those of one.';
COMMENT ON COLUMN {{kpi}}.productivity.timed_calls IS 'Calls whose time is known.';
COMMENT ON COLUMN {{kpi}}.productivity.calls_per_day IS 'Efficiency: calls / active_days.';
COMMENT ON COLUMN {{kpi}}.productivity.minutes_per_call IS 'Efficiency: time of the calls whose time is known / timed_calls, in minutes.';
COMMENT ON COLUMN {{kpi}}.productivity.calls_per_hour IS 'Efficiency: calls / hours. Like the others, a quotient of sums, never a mean of quotients.';
COMMENT ON COLUMN {{kpi}}.productivity.meetings_per_hour IS 'Efficiency: meetings / hours.';
COMMENT ON COLUMN {{kpi}}.productivity.wins_per_hour IS 'Efficiency: wins / hours.';
COMMENT ON COLUMN {{kpi}}.productivity.revenue_per_hour IS 'Efficiency: revenue / hours.';
COMMENT ON COLUMN {{kpi}}.productivity.revenue_per_cost IS 'Efficiency: revenue / cost.';
