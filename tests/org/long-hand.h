/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

/* Arithmetic by hand, on decimal digits, without any wide integer: what the code's own must agree with. */

static char *
multiply_digits (const char *a, const char *b)
{
  gsize n = strlen (a), m = strlen (b);
  g_autofree int *digits = g_new0 (int, n + m);
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < m; j++)
      digits[i + j] += (a[n - 1 - i] - '0') * (b[m - 1 - j] - '0');
  char *text = g_strnfill (n + m, '0');
  for (gsize k = 0, carry = 0; k < n + m; k++)
    {
      carry += digits[k];
      text[n + m - 1 - k] = '0' + carry % 10;
      carry /= 10;
    }
  return text;
}

/* DIGITS / DIVISOR as at school, digit by digit; a half goes to the even neighbour. FALSE: past 63 bits. */
static gboolean
divide_digits (const char *digits, guint64 divisor, gint64 *result)
{
  guint64 rest = 0, quotient = 0;
  for (const char *p = digits; *p != '\0'; p++)
    {
      rest = rest * 10 + (guint64) (*p - '0');
      guint64 digit = rest / divisor;
      rest -= digit * divisor;
      if (quotient > (G_MAXINT64 - digit) / 10)
        return FALSE;
      quotient = quotient * 10 + digit;
    }
  gboolean up = rest > divisor - rest || (rest == divisor - rest && quotient % 2 == 1);
  if (up && quotient == G_MAXINT64)
    return FALSE;
  *result = (gint64) (quotient + up);
  return TRUE;
}

/* A × B / DIVISOR. FALSE: past 63 bits. */
static gboolean
long_hand_fits (gint64 a, gint64 b, guint64 divisor, gint64 *result)
{
  g_autofree char *x = g_strdup_printf ("%" G_GINT64_FORMAT, a), *y = g_strdup_printf ("%" G_GINT64_FORMAT, b);
  g_autofree char *product = multiply_digits (x, y);
  return divide_digits (product, divisor, result);
}

static gint64
long_hand (gint64 a, gint64 b, guint64 divisor)
{
  gint64 result = -1;
  g_assert_true (long_hand_fits (a, b, divisor, &result));
  return result;
}

/* Numbers of every length, and many that end in 5 and 0s, where rounding decides. */
static gint64
any_number (guint max_bits)
{
  gint64 value = (gint64) ((guint64) (guint32) g_test_rand_int () << 32 | (guint32) g_test_rand_int ()) & G_MAXINT64;
  value >>= 63 - g_test_rand_int_range (1, (gint32) max_bits);
  return g_test_rand_int_range (0, 3) == 0 ? value / 100 * 100 + 50 : value;
}

#pragma GCC diagnostic pop
