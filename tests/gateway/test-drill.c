/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drill-shots.h"

#include <string.h>

/* The failure drill: every fault of drill/faults.txt × every dialect of a provider × every dialect of a caller, streamed and whole, alone and with a
 * healthy model after it; the reply and the rows as the tables say. PURSER_LONG: those that move many megabytes for every caller's dialect too. */

/* --- What is expected --- */

/* The class of the last attempt, as replies.txt names it. */
static char *
last_class (const Shot *shot, const char *attempts)
{
  const char *last = strrchr (attempts, ' ');
  char *class_ = g_strdup (last != NULL ? last + 1 : attempts);
  class_[strcspn (class_, "?~")] = '\0';
  if (!g_str_equal (class_, "request"))
    return class_;
  g_free (class_);
  return g_strdup_printf ("request %s", shot->row->fault);
}

static char *
expected_reply (const Shot *shot, const DrillExpected *expected)
{
  gboolean broken = g_str_has_suffix (expected->reply, "…");
  if (!broken && !g_str_equal (expected->reply, "refused"))
    return g_strdup (expected->reply);
  g_autofree char *class_ = last_class (shot, expected->attempts);
  DrillRefusal refusal = drill_refusal (class_, drill_callers[shot->caller]);
  char *words = broken ? g_strdup_printf ("%s %s", expected->reply, refusal.word) : g_strdup_printf ("refused %d %s", refusal.status, refusal.word);
  g_free (refusal.word);
  return g_strchomp (words);
}

/* --- What the ledger says --- */

static gboolean
look_job (PurserDb *db, gpointer data, GError **error)
{
  const Drill *drill = data;
  for (guint i = 0; i < drill->shots->len; i++)
    {
      Shot *shot = g_ptr_array_index (drill->shots, i);
      shot->record = shot->call_id > 0 ? purser_ledger_call (db, shot->call_id, NULL) : NULL;
    }
  return TRUE;
}

static char *
describe_attempts (const PurserCallRecord *record)
{
  GString *words = g_string_new (NULL);
  for (guint i = 0; i < record->attempts->len; i++)
    {
      const PurserAttemptRow *row = g_ptr_array_index (record->attempts, i);
      const char *how = row->outcome == NULL ? "open" : row->fault != NULL ? row->fault : row->outcome;
      g_string_append_printf (words, "%s%s%s%s%s", i > 0 ? " " : "", how, row->may_be_billed ? "?" : "", row->estimated ? "~" : "", row->unpriced ? "-" : "");
    }
  return g_string_free (words, FALSE);
}

/* "Say hello." is ten bytes and its message counts four tokens (purser-chat.c): 6 of four bytes each. */
#define ESTIMATED_READ 6

static gint64
told (const char *cell, gint64 actual)
{
  return g_str_equal (cell, "E") ? ESTIMATED_READ : g_str_equal (cell, "*") ? actual : g_ascii_strtoll (cell, NULL, 10);
}

/* The tokens as the table has them, and the price that follows. */
static gboolean
tokens_fit (const PurserCallRecord *record, const char *cell, char **is)
{
  gint64 read = -1, written = -1;
  for (guint i = 0; i < record->attempts->len; i++)
    {
      const PurserAttemptRow *row = g_ptr_array_index (record->attempts, i);
      read = row->input_tokens < 0 ? read : MAX (read, 0) + row->input_tokens;
      written = row->output_tokens < 0 ? written : MAX (written, 0) + row->output_tokens;
    }
  *is = read < 0 ? g_strdup ("n") : g_strdup_printf ("%" G_GINT64_FORMAT "+%" G_GINT64_FORMAT, read, written);
  if (g_str_equal (cell, "n") || read < 0)
    return g_str_equal (cell, *is) && record->call->cost_nano == 0;
  if (g_str_equal (cell, "*"))
    return TRUE;
  g_auto(GStrv) cells = g_strsplit (cell, "+", 2);
  return read == told (cells[0], read) && written == told (cells[1], written)
         && record->call->cost_nano == read * DRILL_READ_NANO + written * DRILL_WRITTEN_NANO;
}

/* What stands in the headers of a whole reply is what stands in the ledger. */
static gboolean
headers_fit (const Shot *shot, const PurserCallRecord *record)
{
  gint64 cost = record->call->cost_nano;
  g_autofree char *price = record->call->unpriced ? g_strdup ("unpriced")
                                                  : g_strdup_printf ("%" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT " EUR", cost / 1000000000, cost % 1000000000);
  gboolean whole = !shot->streamed && !g_str_has_prefix (shot->reply, "refused");
  gboolean known = whole || g_str_has_prefix (shot->reply, "refused");
  return (!whole || g_strcmp0 (shot->cost_told, price) == 0)
         && (!known || g_ascii_strtoll (shot->attempts_told, NULL, 10) == record->call->attempts);
}

static gboolean
row_fits (const Drill *drill, const Shot *shot, const PurserCallRecord *record, const char *attempts)
{
  const char *last = strrchr (attempts, ' '), *outcome = g_str_has_prefix (last != NULL ? last + 1 : attempts, "ok") ? "ok" : "failed";
  return g_str_equal (record->call->outcome, outcome) && record->call->principal_id == drill->gateway->principal_id
         && record->access_key_id == drill->gateway->access_key_id && record->streamed == shot->streamed
         && g_str_equal (record->dialect, drill_callers[shot->caller]);
}

/* "*" in the table stands for any word, or none. */
static gboolean
reply_fits (const char *is, const char *should)
{
  if (g_str_has_suffix (should, " *"))
    return strncmp (is, should, strlen (should) - strlen (" *")) == 0;
  return g_str_equal (is, should);
}

static void
judge (Drill *drill, const Shot *shot)
{
  const DrillExpected *expected = shot->moved ? &shot->row->moved : &shot->row->alone;
  const PurserCallRecord *record = shot->record;
  g_autofree char *reply = expected_reply (shot, expected), *attempts = NULL, *tokens = NULL;
  attempts = record != NULL ? describe_attempts (record) : g_strdup ("no row");
  if (record != NULL && tokens_fit (record, expected->tokens, &tokens) && g_str_equal (attempts, expected->attempts)
      && reply_fits (shot->reply, reply) && row_fits (drill, shot, record, attempts) && headers_fit (shot, record))
    return;
  if (drill->wrong++ < 60 || g_getenv ("PURSER_DRILL_ALL") != NULL)
    g_test_message ("%s %s ← %s, %s, %s: is %s | %s | %s (%s, attempts %s, cost %s), should be %s | %s | %s", shot->row->fault, drill_callers[shot->caller],
                        drill_providers[shot->provider].dialect, shot->streamed ? "streamed" : "whole", shot->moved ? "with a fallback" : "alone", attempts,
                        tokens != NULL ? tokens : "-", shot->reply, record != NULL ? record->call->outcome : "", shot->attempts_told, shot->cost_told,
                        expected->attempts, expected->tokens, reply);
}

/* --- The drill --- */

static gboolean
hostile_is_idle (gpointer hostile)
{
  return hostile_open (hostile) == 0;
}

static gboolean
count_job (PurserDb *db, gpointer data, GError **error)
{
  gint64 *counts = data;
  PurserStatement *row = purser_db_query (db, error, "SELECT COUNT (*), COALESCE (SUM (closed_at IS NULL), 0), (SELECT COUNT (*) FROM attempt WHERE outcome IS NULL) FROM call", "");
  if (!purser_statement_step (row, error))
    return FALSE;
  for (int i = 0; i < 3; i++)
    counts[i] = purser_statement_int (row, i);
  return TRUE;
}

/* One healthy call by each provider: whatever a first call opens for good is open then, and libcurl closes those of its connections that others had closed. */
static guint
settled_descriptors (Drill *drill)
{
  for (guint i = 0; i < DRILL_PROVIDERS; i++)
    {
      g_autofree char *workload = g_strdup_printf ("w%u", i), *body = dialect_body ("openai-chat", workload, FALSE);
      Reply reply = ask (drill->gateway, "POST", dialect_path ("openai-chat"), NULL, body);
      g_assert_cmpint (reply.status, ==, 200);
      reply_clear (&reply);
    }
  g_assert_true (turn_until (nothing_runs, drill->gateway, 30));
  g_assert_true (turn_until (hostile_is_idle, drill->gateway->base.hostile, 60));
  return open_descriptors ();
}

/* Everybody has gone home. */
static void
assert_quiet (Drill *drill, guint descriptors)
{
  g_autoptr(GError) error = NULL;
  gint64 counts[3] = { -1, -1, -1 };
  guint now = settled_descriptors (drill);
  if (now > descriptors + DRILL_PROVIDERS) /* a dead connection of each may still be kept for a while */
    g_test_fail_printf ("%u descriptors, and %u before", now, descriptors);
  purser_store_read (drill->gateway->base.store, count_job, counts, &error);
  g_assert_no_error (error);
  g_assert_cmpint (counts[0], ==, drill->shots->len + 2 * DRILL_PROVIDERS);
  g_assert_cmpint (counts[1], ==, 0);
  g_assert_cmpint (counts[2], ==, 0);
  assert_consistent (&drill->gateway->base);
}

static void
test_drill (Gateway *g, gconstpointer data)
{
  Drill drill;
  gint64 begun = g_get_monotonic_time ();
  drill_init (&drill, g);
  gateway_change (g, drill_prepare_job, &drill);
  guint descriptors = settled_descriptors (&drill);
  drill_run (&drill);
  g_assert_true (turn_until (nothing_runs, g, 30));
  purser_store_read (g->base.store, look_job, &drill, NULL);
  double took = (double) (g_get_monotonic_time () - begun) / G_USEC_PER_SEC;
  for (guint i = 0; i < drill.shots->len; i++)
    judge (&drill, g_ptr_array_index (drill.shots, i));
  g_test_message ("%u faults, %u calls in %.1f s, %u not as the tables say", drill.faults->len, drill.shots->len, took, drill.wrong);
  assert_quiet (&drill, descriptors);
  g_assert_cmpuint (drill.wrong, ==, 0);
  drill_clear (&drill);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  GATEWAY_ADD ("/gateway/drill", test_drill);
  return g_test_run ();
}
