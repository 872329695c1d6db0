/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway-fixture.h"

#include <string.h>

/* The gateway in front of a real store and a server that misbehaves to order: what each kind of caller gets, and what the ledger says. */

static const char *const callers[] = { "openai-chat", "openai-responses", "anthropic", "ollama", "ollama-generate" };
static const struct { const char *kind, *dialect; } upstreams[] = {
  { "openai-compatible", "openai-chat" }, { "anthropic", "anthropic" }, { "ollama", "ollama" } };

static void
assert_contains (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_test_fail_printf ("“%s” is not in: %s", part, text);
}

/* Every caller's dialect against every provider's, streamed and whole. */
static void
test_pairs (Gateway *g, gconstpointer data)
{
  for (gsize u = 0; u < G_N_ELEMENTS (upstreams); u++)
    {
      Part part = add_provider (&g->base, upstreams[u].kind, upstreams[u].kind, "ok");
      assign (&g->base, part.model_id, 0);
      for (gsize c = 0; c < G_N_ELEMENTS (callers); c++)
        for (int stream = 0; stream < 2; stream++)
          {
            g_autofree char *body = dialect_body (callers[c], "drafting", stream);
            Reply reply = ask (g, "POST", dialect_path (callers[c]), NULL, body);
            g_test_message ("%s ← %s %s: %d", callers[c], upstreams[u].dialect, stream ? "streamed" : "whole", reply.status);
            g_assert_cmpint (reply.status, ==, 200);
            g_assert_true (reply.whole);
            g_autofree char *id = reply_header (&reply, "purser-call-id"), *model = reply_header (&reply, "purser-model");
            g_autofree char *expected = g_strdup_printf ("%s/m", upstreams[u].kind);
            g_assert_nonnull (id);
            g_assert_cmpstr (model, ==, expected);
            assert_contains (reply.body, stream ? "Hel" : "Hello");
            reply_clear (&reply);
          }
    }
  g_assert_true (turn_until (nothing_runs, g, 10));
  g_autoptr(GPtrArray) rows = ledger_rows (&g->base);
  g_assert_cmpuint (rows->len, ==, G_N_ELEMENTS (upstreams) * G_N_ELEMENTS (callers) * 2);
  for (guint i = 0; i < rows->len; i++)
    {
      const PurserCallRow *row = g_ptr_array_index (rows, i);
      g_assert_cmpstr (row->outcome, ==, "ok");
      g_assert_cmpint (row->principal_id, ==, g->principal_id);
    }
  assert_consistent (&g->base);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  GATEWAY_ADD ("/gateway/pairs", test_pairs);
  return g_test_run ();
}
