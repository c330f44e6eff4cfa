-- Upsell and cross-sell: which customers of the time before bought a higher tier of
-- what they hold, or a family they did not hold. One pass over the purchases makes a
-- history of each member, of which every period is read. Within one family there is
-- nothing to cross-sell.
-- reads: sale, subscription
-- dimensions: all, rep, team, territory, family, segment, location, channel, source
SELECT {{common}},
	x.existing, x.upsell_eligible, CASE WHEN {{dimension}} <> 'family' THEN x.cross_sell_eligible END AS cross_sell_eligible,
	x.upsold, CASE WHEN {{dimension}} <> 'family' THEN x.cross_sold END AS cross_sold, x.either, x.downsold, x.joined, x.joined_and_sold_up,
	x.upsell_rate, x.upsell_low, x.upsell_high, CASE WHEN {{dimension}} <> 'family' THEN x.cross_sell_rate END AS cross_sell_rate,
	CASE WHEN {{dimension}} <> 'family' THEN x.cross_sell_low END AS cross_sell_low, CASE WHEN {{dimension}} <> 'family' THEN x.cross_sell_high END AS cross_sell_high,
	x.either_rate, x.either_low, x.either_high
FROM (
	SELECT g.member_key, (u.period_start AT TIME ZONE {{time_zone}})::date AS period_start,
		u.existing, u.upsell_eligible, u.cross_sell_eligible, u.upsold, u.cross_sold, u.either, u.downsold, u.joined, u.joined_and_sold_up,
		u.upsell_rate, u.upsell_low, u.upsell_high, u.cross_sell_rate, u.cross_sell_low, u.cross_sell_high, u.either_rate, u.either_low, u.either_high
	FROM (
		-- that something was paid is known by now, whatever the amount
		SELECT {{member_key}} AS member_key, sales_kpi.purchase_agg(s.customer_id, s.family, s.tier, s.sold_at, 1) AS history
		FROM {{fact(purchase s, s.sold_at)}}
		WHERE s.is_purchase AND s.sold_at < {{as_of}}
		{{group_by_member}}
	) g
	CROSS JOIN LATERAL sales_kpi.upsell(g.history, {{instants(g.history)}}) u
	WHERE g.history IS NOT NULL
) x
{{name_join}};
COMMENT ON VIEW {{kpi}}.upsell IS 'Upsell and cross-sell: of the customers who had bought before the period, those who bought a higher tier of a family they hold, and those who bought a family they did not hold; a row per period since the member''s first sale. A member''s figures are of its own sales alone: who first buys from a rep is new there, whatever it bought from others; sale_line judges by the whole history. By family cross-selling is NULL: who buys a family first has joined it. Held means ever bought.';
COMMENT ON COLUMN {{kpi}}.upsell.existing IS 'Customers whose first purchase was before the period.';
COMMENT ON COLUMN {{kpi}}.upsell.upsell_eligible IS 'Of these, those who could be sold a higher tier: at some time in the period they held a family below its highest tier on offer. On offer is what the member had sold to anybody by the end of the period.';
COMMENT ON COLUMN {{kpi}}.upsell.cross_sell_eligible IS 'Of these, those who could be sold another family: when the period began they did not hold every family on offer. NULL by family.';
COMMENT ON COLUMN {{kpi}}.upsell.upsold IS 'Of the existing, those who bought a higher tier of a family they held.';
COMMENT ON COLUMN {{kpi}}.upsell.cross_sold IS 'Of the existing, those who bought a family they did not hold. NULL by family.';
COMMENT ON COLUMN {{kpi}}.upsell.either IS 'Of the existing, those who did one or the other; who did both counts once.';
COMMENT ON COLUMN {{kpi}}.upsell.downsold IS 'Of the existing, those who bought a lower tier than the highest they held of the family.';
COMMENT ON COLUMN {{kpi}}.upsell.joined IS 'Customers whose first purchase is in the period.';
COMMENT ON COLUMN {{kpi}}.upsell.joined_and_sold_up IS 'Of these, those who bought a higher tier or another family later in it: in no rate.';
COMMENT ON COLUMN {{kpi}}.upsell.upsell_rate IS 'upsold / existing.';
COMMENT ON COLUMN {{kpi}}.upsell.upsell_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.upsell.upsell_high IS 'Upper end of it.';
COMMENT ON COLUMN {{kpi}}.upsell.cross_sell_rate IS 'cross_sold / existing.';
COMMENT ON COLUMN {{kpi}}.upsell.cross_sell_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.upsell.cross_sell_high IS 'Upper end of it.';
COMMENT ON COLUMN {{kpi}}.upsell.either_rate IS 'either / existing.';
COMMENT ON COLUMN {{kpi}}.upsell.either_low IS 'Lower end of its 95 % Wilson interval.';
COMMENT ON COLUMN {{kpi}}.upsell.either_high IS 'Upper end of it.';
