/*
 * slope.h
 *		The slopes between all pairs of points of a series.
 */
#ifndef SALES_KPI_SLOPE_H
#define SALES_KPI_SLOPE_H

/* Bounds in which slopes are compared exactly: nothing overflows or underflows. */
#define SLOPE_MOST_PLACES 10000000
#define SLOPE_LEAST_VALUE 1e-250
#define SLOPE_MOST_VALUE 1e300

typedef struct Point
{
	double		place;			/* a whole number, below SLOPE_MOST_PLACES */
	double		value;			/* 0, or of a size between the bounds */
} Point;

/* Points by ascending place, no two of one place, and memory for sorting them. */
typedef struct Series
{
	int			npoints;
	Point	   *points;
	Point	   *sorted;
	Point	   *spare;
} Series;

extern int64 series_pairs(const Series *series);
extern int64 sort_along(Series *series, double slope);
extern int	points_in_line(const Series *series, int first, double slope);
extern double median_slope(Series *series);

#endif							/* SALES_KPI_SLOPE_H */
