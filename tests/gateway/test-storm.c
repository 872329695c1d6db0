/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drill.h"
#include "gateway-fixture.h"

#include <string.h>

/* A provider that refuses everybody: it is asked a few times and then left alone, nobody queues up for it, and each caller is told why at once. */

#define CROWD 60

typedef struct { guint rate, resting, answered, other; } Counts;

static void
count (Counts *counts, const char *caller, Reply *reply)
{
  DrillHeard heard = drill_hear (caller, FALSE, reply->body);
  g_autofree char *wait = reply_header (reply, "Retry-After");
  guint *counter = reply->status == 200 && g_str_equal (heard.text->str, "World")                         ? &counts->answered
                   : reply->status == 429 && g_strcmp0 (heard.word, "rate_limit_exceeded") == 0 && wait != NULL ? &counts->rate
                   : reply->status == 503 && g_strcmp0 (heard.word, "resting") == 0                       ? &counts->resting
                                                                                                          : &counts->other;
  if (counter == &counts->other)
    g_test_message ("%d %s", reply->status, reply->body);
  (*counter)++;
  drill_heard_clear (&heard);
  reply_clear (reply);
}

static Counts
crowd (Gateway *g, guint n)
{
  Counts counts = { 0 };
  Ask *asks[CROWD];
  g_autofree char *body = dialect_body ("openai-chat", "drafting", FALSE);
  for (guint i = 0; i < n; i++)
    asks[i] = ask_start (g, "POST", dialect_path ("openai-chat"), NULL, body);
  for (guint i = 0; i < n; i++)
    {
      Reply reply = ask_end (asks[i]);
      count (&counts, "openai-chat", &reply);
    }
  return counts;
}

static gboolean
nothing_job (PurserDb *db, gpointer data, GError **error)
{
  return TRUE;
}

static void
test_alone (Gateway *g, gconstpointer data)
{
  Part stormy = add_provider (&g->base, "stormy", "openai-compatible", "drill-429-600");
  assign (&g->base, stormy.model_id, 0);
  gateway_change (g, nothing_job, NULL); /* the gateway has it when this returns */
  Counts first = crowd (g, CROWD);
  guint asked = hostile_requests (g->base.hostile, "stormy");
  g_test_message ("of %u at once, %u reached the provider, %u were told to wait without", CROWD, first.rate, first.resting);
  g_assert_cmpuint (first.rate, >=, 5);
  g_assert_cmpuint (first.rate + first.resting, ==, CROWD);
  g_assert_cmpuint (asked, ==, first.rate); /* who was told to wait that long is not asked again */
  Counts second = crowd (g, CROWD);
  g_assert_cmpuint (second.resting, ==, CROWD);
  g_assert_cmpuint (hostile_requests (g->base.hostile, "stormy"), ==, asked);
  g_autoptr(GPtrArray) rows = ledger_rows (&g->base);
  g_assert_cmpuint (rows->len, ==, first.rate); /* nothing was sent for the others, so nothing is owed */
  assert_consistent (&g->base);
}

static void
test_with_fallback (Gateway *g, gconstpointer data)
{
  Part stormy = add_provider (&g->base, "stormy", "openai-compatible", "drill-429-600");
  Part calm = add_provider (&g->base, "calm", "anthropic", "drill-other");
  assign (&g->base, stormy.model_id, calm.model_id);
  gateway_change (g, nothing_job, NULL); /* the gateway has it when this returns */
  Counts first = crowd (g, CROWD), second;
  guint asked = hostile_requests (g->base.hostile, "stormy");
  g_assert_cmpuint (first.answered, ==, CROWD);
  g_assert_cmpuint (asked, >=, 5);
  second = crowd (g, CROWD);
  g_assert_cmpuint (second.answered, ==, CROWD);
  g_assert_cmpuint (hostile_requests (g->base.hostile, "stormy"), ==, asked);
  g_assert_cmpuint (hostile_requests (g->base.hostile, "calm"), ==, 2 * CROWD);
  g_autoptr(GPtrArray) rows = ledger_rows (&g->base);
  guint hops = 0;
  g_assert_cmpuint (rows->len, ==, 2 * CROWD);
  for (guint i = 0; i < rows->len; i++)
    {
      const PurserCallRow *row = g_ptr_array_index (rows, i);
      g_assert_cmpstr (row->outcome, ==, "ok");
      g_assert_cmpint (row->cost_nano, ==, 140000);
      hops += row->attempts == 2;
    }
  g_assert_cmpuint (hops, ==, asked);
  assert_consistent (&g->base);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  GATEWAY_ADD ("/gateway/storm/alone", test_alone);
  GATEWAY_ADD ("/gateway/storm/with a fallback", test_with_fallback);
  return g_test_run ();
}
