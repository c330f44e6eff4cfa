/*
 * wide.h
 *		Unsigned integers of 256 bits.
 *
 * The sum of squares of 10^9 durations of 100 years needs more than 128 bits,
 * and it has to be exact: sums of float8 would depend on the order of the rows,
 * and so on the plan. Limbs are least significant first.
 */
#ifndef SALES_KPI_WIDE_H
#define SALES_KPI_WIDE_H

#ifndef HAVE_INT128
#error "sales_kpi needs a compiler with 128-bit integers"
#endif

#define WIDE_LIMBS 4

typedef struct WideInt
{
	uint64		limb[WIDE_LIMBS];
} WideInt;

static inline WideInt
wide_from_uint128(uint128 value)
{
	return (WideInt) {{(uint64) value, (uint64) (value >> 64), 0, 0}};
}

static inline bool
wide_fits_uint128(const WideInt *a)
{
	return a->limb[2] == 0 && a->limb[3] == 0;
}

static inline uint128
wide_low_uint128(const WideInt *a)
{
	return ((uint128) a->limb[1] << 64) | a->limb[0];
}

/* a += b; true on overflow */
static inline bool
wide_add(WideInt *a, const WideInt *b)
{
	uint128		carry = 0;

	for (int i = 0; i < WIDE_LIMBS; i++)
	{
		carry += (uint128) a->limb[i] + b->limb[i];
		a->limb[i] = (uint64) carry;
		carry >>= 64;
	}
	return carry != 0;
}

/* a -= b, for b <= a */
static inline void
wide_subtract(WideInt *a, const WideInt *b)
{
	uint64		borrow = 0;

	for (int i = 0; i < WIDE_LIMBS; i++)
	{
		uint128		difference = (uint128) a->limb[i] - b->limb[i] - borrow;

		a->limb[i] = (uint64) difference;
		borrow = (difference >> 64) != 0;
	}
}

static inline int
wide_compare(const WideInt *a, const WideInt *b)
{
	for (int i = WIDE_LIMBS - 1; i >= 0; i--)
	{
		if (a->limb[i] != b->limb[i])
			return a->limb[i] < b->limb[i] ? -1 : 1;
	}
	return 0;
}

/* a = a * factor + addend; true on overflow */
static inline bool
wide_multiply_add(WideInt *a, uint64 factor, uint64 addend)
{
	uint128		carry = addend;

	for (int i = 0; i < WIDE_LIMBS; i++)
	{
		carry += (uint128) a->limb[i] * factor;
		a->limb[i] = (uint64) carry;
		carry >>= 64;
	}
	return carry != 0;
}

/* a /= divisor; returns the remainder */
static inline uint64
wide_divide(WideInt *a, uint64 divisor)
{
	uint128		remainder = 0;

	for (int i = WIDE_LIMBS - 1; i >= 0; i--)
	{
		remainder = (remainder << 64) | a->limb[i];
		a->limb[i] = (uint64) (remainder / divisor);
		remainder %= divisor;
	}
	return (uint64) remainder;
}

/* the square of a 128-bit number */
static inline WideInt
wide_square(uint128 value)
{
	uint64		low = (uint64) value;
	uint64		high = (uint64) (value >> 64);
	uint128		cross = (uint128) low * high;
	WideInt		result = wide_from_uint128((uint128) low * low);
	WideInt		middle = {{0, (uint64) cross, (uint64) (cross >> 64), 0}};
	WideInt		top = {{0, 0, (uint64) ((uint128) high * high), (uint64) (((uint128) high * high) >> 64)}};

	wide_add(&result, &middle);
	wide_add(&result, &middle);
	wide_add(&result, &top);
	return result;
}

static inline bool
wide_is_zero(const WideInt *a)
{
	return (a->limb[0] | a->limb[1] | a->limb[2] | a->limb[3]) == 0;
}

static inline double
wide_to_double(const WideInt *a)
{
	double		result = 0;

	for (int i = WIDE_LIMBS - 1; i >= 0; i--)
		result = result * 18446744073709551616.0 + (double) a->limb[i];
	return result;
}

#endif							/* SALES_KPI_WIDE_H */
