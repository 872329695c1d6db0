/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* VALUE / DIVISOR to the nearest integer, a half to the even one. DIVISOR > 0. */
static inline __int128
purser_divide_half_even (__int128 value, gint64 divisor)
{
  __int128 quotient = value / divisor, rest = value % divisor;
  if (rest < 0)
    {
      quotient--;
      rest += divisor;
    }
  if (2 * rest > divisor || (2 * rest == divisor && quotient % 2 != 0))
    quotient++;
  return quotient;
}

/* A × B / DIVISOR, half to even; two 64-bit factors never overflow 128 bits. FALSE where the result does not fit. */
static inline gboolean
purser_multiply_divide (gint64 a, gint64 b, gint64 divisor, gint64 *result)
{
  __int128 value = purser_divide_half_even ((__int128) a * b, divisor);
  *result = (gint64) value;
  return value >= G_MININT64 && value <= G_MAXINT64;
}

G_END_DECLS
