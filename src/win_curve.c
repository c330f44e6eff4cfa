/*
 * win_curve.c
 *		What becomes of deals over time: the share that is won, lost and still open
 *		after so many days, where some deals are open yet.
 *
 * O. O. Aalen and S. Johansen's estimate of the cumulative incidence. Who is won on a
 * day are, of the share that is open before, as large a part as of the deals at risk.
 * The variance follows from it by the delta method: numbers of deals won, lost and
 * neither are multinomial on each day, given those before. With n at risk on a day, w
 * of them won and d won or lost, S the share that is open before and F the share won,
 *
 *		var F(t) =  sum (F(t) - F)^2 d / (n (n - d))  +  sum S^2 w (n - w) / n^3
 *					- 2 sum (F(t) - F) S w / n^2
 *
 * over the days up to t; likewise of the share lost. (E. Marubini and M. G. Valsecchi,
 * Analysing Survival Data from Clinical Trials and Observational Studies, 1995.)
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"

#include "share_bounds.h"
#include "win_summary.h"

PG_FUNCTION_INFO_V1(win_curve);
PG_FUNCTION_INFO_V1(win_summary_median_days);

/* The share of deals that have ended in one way, and the sums of its variance. */
typedef struct Incidence
{
	double		share;
	double		before_run;		/* share at the start of a run of days without censorings */
	int64		in_run;			/* deals since then */
	int64		total;
	double		weights;		/* sum of d / (n (n - d)) */
	double		distance;		/* sum of (F(t) - F) d / (n (n - d)) */
	double		distance_2;		/* sum of (F(t) - F)^2 d / (n (n - d)) */
	double		steps;			/* sum of S w / n^2 */
	double		distance_steps; /* sum of (F(t) - F) S w / n^2 */
	double		spread;			/* sum of S^2 w (n - w) / n^3 */
} Incidence;

/* The curve as it is walked. */
typedef struct Curve
{
	int64		at_risk;
	double		open;
	double		open_before_run;
	int64		run_at_risk;	/* deals at the start of the run */
	bool		censored;		/* whether some deal was, before the day */
	Incidence	won;
	Incidence	lost;
} Curve;

/*
 * Take a day's deals into a share; `ended` are those that ended in either way, and
 * `open` is the share that was open before. As long as no deal is censored the shares
 * add up to one fraction, which is taken as such: the curve of deals that are all
 * closed is exactly the share of them.
 */
static void
pass_ends(Incidence *incidence, const Curve *curve, int64 count, int64 ended, double open)
{
	double		n = (double) curve->at_risk;
	double		before = incidence->share;
	double		step;

	incidence->in_run += count;
	incidence->total += count;
	incidence->share = incidence->before_run + curve->open_before_run * ((double) incidence->in_run / curve->run_at_risk);
	step = incidence->share - before;
	incidence->distance_2 += step * (2 * incidence->distance + step * incidence->weights);
	incidence->distance += step * incidence->weights;
	incidence->distance_steps += step * incidence->steps;
	/* the days that come see this one from its end */
	if (curve->at_risk > ended)
		incidence->weights += ended / (n * (curve->at_risk - ended));
	incidence->steps += open * (count / n) / n;
	incidence->spread += open * open * (count / n) * ((n - count) / n) / n;
}

static void
pass_day(Curve *curve, const DealDay *day)
{
	int64		ended = day->count[DEAL_WON] + day->count[DEAL_LOST];
	double		open = curve->open;

	pass_ends(&curve->won, curve, day->count[DEAL_WON], ended, open);
	pass_ends(&curve->lost, curve, day->count[DEAL_LOST], ended, open);
	curve->at_risk -= ended;
	curve->open = curve->open_before_run * ((double) curve->at_risk / curve->run_at_risk);
	if (curve->at_risk == 0 && curve->lost.total == 0)
		curve->won.share = 1;
	if (curve->at_risk == 0 && curve->won.total == 0)
		curve->lost.share = 1;
}

/* Deals that are open and no older leave behind the ends of their day. */
static void
pass_censored(Curve *curve, int64 censored)
{
	if (censored == 0)
		return;
	curve->at_risk -= censored;
	curve->run_at_risk = curve->at_risk;
	curve->open_before_run = curve->open;
	curve->censored = true;
	curve->won.before_run = curve->won.share;
	curve->lost.before_run = curve->lost.share;
	curve->won.in_run = curve->lost.in_run = 0;
}

static double
variance_of(const Incidence *incidence, const Curve *curve, int64 deals)
{
	double		share = incidence->share;

	if (!curve->censored)
		return share * (1 - share) / deals;
	return Max(0.0, incidence->distance_2 + incidence->spread - 2 * incidence->distance_steps);
}

static void
share_with_bounds(const Incidence *incidence, const Curve *curve, int64 deals, Datum *values, bool *nulls)
{
	double		share = incidence->share;

	values[0] = Float8GetDatum(share);
	share_bounds(share, variance_of(incidence, curve, deals) / (share * share), &values[1], &nulls[1]);
}

static Curve
start_of_curve(const KeyedStore *summary)
{
	int64		deals = deals_of_summary(summary);

	return (Curve) {.at_risk = deals, .open = 1, .open_before_run = 1, .run_at_risk = deals};
}

/* win_curve(summary): a row per day on which deals are won or lost, or leave sight */
Datum
win_curve(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	KeyedStore *summary;
	Curve		curve;
	int64		deals;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	summary = keyed_store_canonical(PG_GETARG_DATUM(0), &win_summary_type);
	curve = start_of_curve(summary);
	deals = curve.at_risk;
	for (int64 i = 0; i < summary->nrecords; i++)
	{
		DealDay		day = deal_day(summary, i);
		bool		nulls[12] = {false};
		Datum		values[12] = {
			Int32GetDatum((int32) day.day), Int64GetDatum(curve.at_risk),
			Int64GetDatum(day.count[DEAL_WON]), Int64GetDatum(day.count[DEAL_LOST]), Int64GetDatum(day.count[DEAL_OPEN])
		};

		CHECK_FOR_INTERRUPTS();
		pass_day(&curve, &day);
		share_with_bounds(&curve.won, &curve, deals, &values[5], &nulls[5]);
		share_with_bounds(&curve.lost, &curve, deals, &values[8], &nulls[8]);
		values[11] = Float8GetDatum(curve.open);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		pass_censored(&curve, day.count[DEAL_OPEN]);
	}
	return (Datum) 0;
}

/*
 * median_days(summary): the first day on which half of the deals are won; NULL if they
 * never are. A share that was rounded to just below one half is one half.
 */
Datum
win_summary_median_days(PG_FUNCTION_ARGS)
{
	KeyedStore *summary = keyed_store_canonical(PG_GETARG_DATUM(0), &win_summary_type);
	Curve		curve = start_of_curve(summary);

	for (int64 i = 0; i < summary->nrecords; i++)
	{
		DealDay		day = deal_day(summary, i);

		CHECK_FOR_INTERRUPTS();
		pass_day(&curve, &day);
		if (curve.won.share >= 0.5 - 1e-12)
			PG_RETURN_INT32((int32) day.day);
		pass_censored(&curve, day.count[DEAL_OPEN]);
	}
	PG_RETURN_NULL();
}
