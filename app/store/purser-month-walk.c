/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-month-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-db-private.h"

/* What a month adds up to, and a digest by which a later change shows: SHA-256 over "purser-month-1" and, in the order of their ids, the closed calls, each followed by its attempts, then the
 * corrections. A value is written as its length, ":", itself and ","; NULL as "-,". */

typedef struct
{
  PurserMonthSpan *span; /* not owned */
  GChecksum *checksum; /* (owned) */
  gint64 call_id; /* the last one read */
} Sum;

typedef struct
{
  GArray *sums; /* (owned) (element-type Sum) */
  gint64 from, until; /* that all of them lie in */
  GString *line; /* (owned) */
} Walk;

static void
sum_clear (gpointer data)
{
  g_clear_pointer (&((Sum *) data)->checksum, g_checksum_free);
}

static void
walk_clear (Walk *walk)
{
  g_clear_pointer (&walk->sums, g_array_unref);
  if (walk->line != NULL)
    g_string_free (walk->line, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Walk, walk_clear)

static Walk
walk_new (GArray *spans)
{
  Walk walk = { .sums = g_array_new (FALSE, TRUE, sizeof (Sum)), .from = G_MAXINT64, .until = G_MININT64 };
  walk.line = g_string_new (NULL);
  g_array_set_clear_func (walk.sums, sum_clear);
  for (guint i = 0; i < spans->len; i++)
    {
      Sum sum = { .span = &g_array_index (spans, PurserMonthSpan, i) };
      sum.checksum = g_checksum_new (G_CHECKSUM_SHA256);
      g_checksum_update (sum.checksum, (const guchar *) "purser-month-1\n", -1);
      g_clear_pointer (&sum.span->found.digest, g_free);
      sum.span->found = (PurserMonthRow) { .month = sum.span->month };
      walk.from = MIN (walk.from, sum.span->starts_at);
      walk.until = MAX (walk.until, sum.span->ends_at);
      g_array_append_val (walk.sums, sum);
    }
  return walk;
}

static Sum *
sum_at (const Walk *walk, gint64 time)
{
  for (guint i = 0; i < walk->sums->len; i++)
    {
      Sum *sum = &g_array_index (walk->sums, Sum, i);
      if (time >= sum->span->starts_at && time < sum->span->ends_at)
        return sum;
    }
  return NULL;
}

static void
digest (Walk *walk, Sum *sum, PurserStatement *row, char what, int first, int end)
{
  g_string_truncate (walk->line, 0);
  g_string_append_c (walk->line, what);
  for (int i = first; i < end; i++)
    {
      const char *value = purser_statement_text (row, i);
      if (value != NULL)
        g_string_append_printf (walk->line, "%" G_GSIZE_FORMAT ":%s,", strlen (value), value);
      else
        g_string_append (walk->line, "-,");
    }
  g_string_append_c (walk->line, '\n');
  g_checksum_update (sum->checksum, (const guchar *) walk->line->str, (gssize) walk->line->len);
}

static gboolean
add (gint64 *sum, gint64 value, GError **error)
{
  if (!__builtin_add_overflow (*sum, value, sum))
    return TRUE;
  g_set_error_literal (error, PURSER_ORG_ERROR, PURSER_ORG_ERROR_OVERFLOW,
                       _("The month’s total is too large to be kept."));
  return FALSE;
}

/* --- Calls and attempts --- */

enum
{
  CALL_END = 9,
  ATTEMPT_UNPRICED = CALL_END + 16,
  ATTEMPT_COST,
  ATTEMPT_LIST,
  ATTEMPT_TOKENS,
  ATTEMPT_END = ATTEMPT_TOKENS + PURSER_N_TOKEN_KINDS + 10
};
#define ROWS                                                                                                    \
  "SELECT c.id, c.opened_at, c.closed_at, c.principal_id, c.workload_id, c.purpose, c.outcome, c.model_id, "    \
  "c.finish, "                                                                                                  \
  "a.id, a.number, a.model_id, a.opened_at, a.closed_at, a.outcome, a.fault, a.status, a.provider_model, "      \
  "a.provider_request_id, a.estimated, a.contradictory, a.may_be_billed, a.at_most, a.usage_raw, a.total_us, "  \
  "a.unpriced, a.cost_nano, a.list_nano, "                                                                      \
  "a.input_uncached, a.cache_read, a.cache_write_5m, a.cache_write_1h, a.cache_write_other, a.output_visible, " \
  "a.output_reasoning, "                                                                                        \
  "a.audio_in, a.audio_out, a.server_tool_requests, a.price_id, a.contract_id, a.rate_id, a.price_list_nano, "  \
  "a.price_cost_nano, a.service_tier, a.region "                                                                \
  "FROM call c CROSS JOIN attempt a ON a.call_id = c.id "                                                       \
  "WHERE c.closed_at IS NOT NULL AND c.opened_at >= ? AND c.opened_at < ? ORDER BY c.id, a.id"

static gboolean
add_attempt (PurserStatement *row, PurserMonthRow *found, GError **error)
{
  PurserTokens tokens = PURSER_TOKENS_UNKNOWN_INIT;
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    tokens.kind[i] = purser_statement_opt (row, ATTEMPT_TOKENS + (int) i);
  return add (&found->cost_nano, purser_statement_int (row, ATTEMPT_COST), error)
         && add (&found->list_nano, purser_statement_int (row, ATTEMPT_LIST), error)
         && (purser_statement_int (row, ATTEMPT_UNPRICED) == 0
             || add (&found->unpriced_tokens, purser_tokens_total (&tokens), error));
}

static gboolean
walk_calls (Walk *walk, PurserDb *db, GError **error)
{
  PurserStatement *row = purser_db_query (db, error, ROWS, "ii", walk->from, walk->until);
  while (purser_statement_step (row, error))
    {
      Sum *sum = sum_at (walk, purser_statement_int (row, 1));
      if (sum == NULL)
        continue;
      if (sum->call_id != purser_statement_int (row, 0))
        {
          sum->call_id = purser_statement_int (row, 0);
          sum->span->found.calls++;
          digest (walk, sum, row, 'c', 0, CALL_END);
        }
      digest (walk, sum, row, 'a', CALL_END, ATTEMPT_END);
      if (!add_attempt (row, &sum->span->found, error))
        return FALSE;
    }
  return !purser_statement_failed (row);
}

/* --- Corrections --- */

static gboolean
walk_corrections (Walk *walk, PurserDb *db, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error,
                       "SELECT c.opened_at, k.id, k.attempt_id, k.call_id, k.created_at, k.price_id, k.contract_id, "
                       "k.rate_id, k.cost_nano, k.list_nano, k.priced, k.priced_tokens, k.reason "
                       "FROM correction k CROSS JOIN call c ON c.id = k.call_id "
                       "WHERE c.opened_at >= ? AND c.opened_at < ? ORDER BY k.id",
                       "ii", walk->from, walk->until);
  while (purser_statement_step (row, error))
    {
      Sum *sum = sum_at (walk, purser_statement_int (row, 0));
      if (sum == NULL || purser_statement_int (row, 1) > sum->span->last_correction)
        continue;
      PurserMonthRow *found = &sum->span->found;
      digest (walk, sum, row, 'k', 1, 13);
      if (!add (&found->cost_nano, purser_statement_int (row, 8), error)
          || !add (&found->list_nano, purser_statement_int (row, 9), error)
          || !add (&found->unpriced_tokens, -purser_statement_int (row, 11), error))
        return FALSE;
    }
  return !purser_statement_failed (row);
}

gboolean
purser_month_walk (PurserDb *db, GArray *spans, GError **error)
{
  if (spans->len == 0)
    return TRUE;
  g_auto(Walk) walk = walk_new (spans);
  if (!walk_calls (&walk, db, error) || !walk_corrections (&walk, db, error))
    return FALSE;
  for (guint i = 0; i < walk.sums->len; i++)
    {
      Sum *sum = &g_array_index (walk.sums, Sum, i);
      sum->span->found.digest = g_strdup (g_checksum_get_string (sum->checksum));
    }
  return TRUE;
}
