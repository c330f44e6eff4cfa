-- Change drivers: what each member has to do with the change of a total from one period
-- to the next, split exactly. A rate changes with the rates of the members and with
-- their weights; revenue with what a line is of, with where lines are sold, and with
-- how many there are. Each cell is there twice: in its own period, and as what was
-- before the next one.
-- reads: sale, subscription, deal, lead
-- dimensions: rep, team, territory, product, family, segment, location, source
-- keys: kpi
SELECT {{common}},
	x.kpi, x.size_before, x.size_after, x.value_before, x.value_after, x.rate_effect, x.mix_effect, x.volume_effect, x.rate_effect + x.mix_effect + x.volume_effect AS total,
	x.total_before, x.total_after,
	CASE x.direction WHEN 1 THEN 'rose' WHEN -1 THEN 'fell' ELSE 'did not change' END || CASE
		WHEN x.direction >= 0 AND x.all_fell THEN ', though every member fell: mix'
		WHEN x.direction <= 0 AND x.all_rose THEN ', though every member rose: mix'
		WHEN x.direction = 0 THEN ''
		WHEN x.by_rate >= greatest(x.by_mix, x.by_volume) THEN ', mostly by rate'
		WHEN x.by_mix >= x.by_volume THEN ', mostly by mix'
		ELSE ', mostly by volume' END AS verdict
FROM (
	-- the digits that rounding has left do not decide which effect is the largest
	SELECT e.*, w.direction, round(sum(e.rate_effect) OVER whole * w.direction, w.digits) AS by_rate,
		round(sum(e.mix_effect) OVER whole * w.direction, w.digits) AS by_mix, round(sum(e.volume_effect) OVER whole * w.direction, w.digits) AS by_volume,
		-- of amounts that add up, not all can fall while the total rises
		bool_and(e.value_after < e.value_before) FILTER (WHERE e.kpi <> 'revenue' AND e.size_before > 0 AND e.size_after > 0) OVER whole AS all_fell,
		bool_and(e.value_after > e.value_before) FILTER (WHERE e.kpi <> 'revenue' AND e.size_before > 0 AND e.size_after > 0) OVER whole AS all_rose
	FROM (
		SELECT a.kpi, a.period_start, a.member_key, a.size_before, a.size_after,
			CASE a.kpi WHEN 'revenue' THEN a.sum_before ELSE r.before END AS value_before,
			CASE a.kpi WHEN 'revenue' THEN a.sum_after ELSE r.after END AS value_after,
			CASE a.kpi WHEN 'revenue' THEN s.rate ELSE (a.split).rate_effect END AS rate_effect,
			CASE a.kpi WHEN 'revenue' THEN a.sum_after - a.sum_before - s.rate - s.volume ELSE (a.split).mix_effect END AS mix_effect,
			CASE a.kpi WHEN 'revenue' THEN s.volume ELSE 0 END AS volume_effect,
			CASE a.kpi WHEN 'revenue' THEN a.all_sum_before ELSE r.all_before END AS total_before,
			CASE a.kpi WHEN 'revenue' THEN a.all_sum_after ELSE r.all_after END AS total_after
		FROM (
			SELECT p.*, sum(p.size_before) OVER whole AS all_before, sum(p.size_after) OVER whole AS all_after,
				sum(p.sum_before) OVER whole AS all_sum_before, sum(p.sum_after) OVER whole AS all_sum_after,
				sales_kpi.mix_rate_split(
					CASE WHEN p.kpi <> 'revenue' THEN p.sum_before END, CASE WHEN p.kpi <> 'revenue' THEN p.size_before END,
					CASE WHEN p.kpi <> 'revenue' THEN p.sum_after END, CASE WHEN p.kpi <> 'revenue' THEN p.size_after END)
					OVER (PARTITION BY p.kpi, p.period_start ORDER BY p.member_key) AS split
			FROM (
				SELECT c.kpi, v.period_start, c.member_key, sum(v.sum_before) AS sum_before, sum(v.size_before)::bigint AS size_before,
					sum(v.sum_after) AS sum_after, sum(v.size_after)::bigint AS size_after
				FROM (
					SELECT k.kpi, k.period_start, k.member_key, sum(k.value) AS sum, sum(k.size) AS size
					-- of columns that it knows nothing of, the planner takes the groups for a
					-- tenth of the rows, but for all of them where the columns are of two relations
					FROM (
						WITH apart AS (SELECT 1)
						SELECT f.kpi, {{period_start}} AS period_start, {{member_key}} AS member_key, f.value, f.size
						FROM {{fact(driver_fact f, f.happened_at)}}
					) k
					GROUP BY 1, 2, 3
				) c
				CROSS JOIN LATERAL (VALUES (c.period_start, 0, 0, c.sum, c.size), ((c.period_start + {{grain_step}})::date, c.sum, c.size, 0, 0)) v (period_start, sum_before, size_before, sum_after, size_after)
				WHERE NOT {{is_partial(v.period_start)}}
				GROUP BY 1, 2, 3
			) p
			WINDOW whole AS (PARTITION BY p.kpi, p.period_start)
		) a
		-- a member without lines before or after would have sold at what it sells at then
		CROSS JOIN LATERAL (SELECT round((a.size_before + a.size_after) / 2.0
				* coalesce(a.sum_after / nullif(a.size_after, 0) - a.sum_before / nullif(a.size_before, 0), 0), 6) AS rate,
			round((a.size_after - a.size_before) * (a.all_sum_before / nullif(a.all_before, 0) + a.all_sum_after / nullif(a.all_after, 0)) / 2, 6) AS volume) s
		-- rates are rounded as mix_rate_split rounds them: the effects add up exactly
		CROSS JOIN LATERAL (SELECT round(a.sum_before::numeric(60, 30) / nullif(a.size_before, 0), 12) AS before, round(a.sum_after::numeric(60, 30) / nullif(a.size_after, 0), 12) AS after,
			round(a.all_sum_before::numeric(60, 30) / nullif(a.all_before, 0), 12) AS all_before, round(a.all_sum_after::numeric(60, 30) / nullif(a.all_after, 0), 12) AS all_after) r
		WHERE a.all_before > 0 AND a.all_after > 0
	) e
	CROSS JOIN LATERAL (SELECT sign(e.total_after - e.total_before) AS direction, CASE e.kpi WHEN 'revenue' THEN 2 ELSE 9 END AS digits) w
	WINDOW whole AS (PARTITION BY e.kpi, e.period_start)
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.change_drivers IS 'Change drivers: the change of revenue, win rate and lead conversion against the period before, split by member into rate, mix and volume; the totals of a kpi, period and dimension add up to its change. For complete periods whose period before has figures too.';
COMMENT ON COLUMN {{kpi}}.change_drivers.kpi IS 'What has changed: revenue, win_rate or lead_conversion_rate; filter on one.';
COMMENT ON COLUMN {{kpi}}.change_drivers.size_before IS 'Lines sold, deals won or lost, or leads of the member in the period before.';
COMMENT ON COLUMN {{kpi}}.change_drivers.size_after IS 'The same in this period.';
COMMENT ON COLUMN {{kpi}}.change_drivers.value_before IS 'The member''s revenue or rate in the period before; of a rate NULL where it had nothing to count.';
COMMENT ON COLUMN {{kpi}}.change_drivers.value_after IS 'The same in this period.';
COMMENT ON COLUMN {{kpi}}.change_drivers.rate_effect IS 'Part of the total''s change that comes of the member''s own rate; of revenue, of its mean amount a line.';
COMMENT ON COLUMN {{kpi}}.change_drivers.mix_effect IS 'Part that comes of the member''s weight among all: more of what is above the mean, or less of what is below it.';
COMMENT ON COLUMN {{kpi}}.change_drivers.volume_effect IS 'Part that comes of the number of lines at the mean amount of all; 0 of a rate.';
COMMENT ON COLUMN {{kpi}}.change_drivers.total IS 'rate_effect + mix_effect + volume_effect.';
COMMENT ON COLUMN {{kpi}}.change_drivers.total_before IS 'Revenue or rate of all in the period before.';
COMMENT ON COLUMN {{kpi}}.change_drivers.total_after IS 'The same in this period. Total_before and the totals of all members are total_after.';
COMMENT ON COLUMN {{kpi}}.change_drivers.verdict IS 'Which way the total went and mostly by what. Says when every member there in both periods went the other way.';
