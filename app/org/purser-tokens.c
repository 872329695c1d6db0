/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-tokens.h"

static const char *const IDS[PURSER_N_TOKEN_KINDS] = {
  [PURSER_TOKENS_INPUT_UNCACHED] = "input_uncached",       [PURSER_TOKENS_CACHE_READ] = "cache_read",
  [PURSER_TOKENS_CACHE_WRITE_5M] = "cache_write_5m",       [PURSER_TOKENS_CACHE_WRITE_1H] = "cache_write_1h",
  [PURSER_TOKENS_CACHE_WRITE_OTHER] = "cache_write_other", [PURSER_TOKENS_OUTPUT_VISIBLE] = "output_visible",
  [PURSER_TOKENS_OUTPUT_REASONING] = "output_reasoning",
};

/* Counts come from providers: a sum that would not fit stays at the largest number. */
static gint64
sum (const PurserTokens *t, PurserTokenKind first, PurserTokenKind last)
{
  gint64 total = PURSER_UNKNOWN;
  for (PurserTokenKind kind = first; kind <= last; kind++)
    if (t->kind[kind] >= 0 && __builtin_add_overflow (MAX (total, 0), t->kind[kind], &total))
      return G_MAXINT64;
  return total;
}

/**
 * purser_token_kind_id:
 * @kind: a kind of tokens
 *
 * Returns: its name in columns and JSON, "input_uncached" …
 */
const char *
purser_token_kind_id (PurserTokenKind kind)
{
  g_return_val_if_fail ((guint) kind < PURSER_N_TOKEN_KINDS, NULL);
  return IDS[kind];
}

/**
 * purser_tokens_input:
 * @t: counts
 *
 * Returns: the sum of the known kinds of input, %PURSER_UNKNOWN if none is known
 */
gint64
purser_tokens_input (const PurserTokens *t)
{
  return sum (t, PURSER_TOKENS_INPUT_UNCACHED, PURSER_TOKENS_CACHE_WRITE_OTHER);
}

/**
 * purser_tokens_output:
 * @t: counts
 *
 * Returns: the sum of the known kinds of output, %PURSER_UNKNOWN if none is known
 */
gint64
purser_tokens_output (const PurserTokens *t)
{
  return sum (t, PURSER_TOKENS_OUTPUT_VISIBLE, PURSER_TOKENS_OUTPUT_REASONING);
}

/**
 * purser_tokens_total:
 * @t: counts
 *
 * Returns: input and output as far as they are known, 0 if nothing is
 */
gint64
purser_tokens_total (const PurserTokens *t)
{
  return MAX (sum (t, PURSER_TOKENS_INPUT_UNCACHED, PURSER_TOKENS_OUTPUT_REASONING), 0);
}
