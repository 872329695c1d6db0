/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The known ways to a wrong bill, each by its name (traps.json): the provider's own bytes are read, counted and charged as a call's are, and the result is the right figure, to the nano-unit, and
 * not the one that the mistake gives. */
#include "one-price.h"
#include "purser-meter.h"
#include "purser-reply.h"

static void
fold_cb (const PurserEvent *event, gpointer reply)
{
  purser_reply_add (reply, event);
}

static PurserReply *
read_reply (JsonObject *trap)
{
  const char *body = json_object_get_string_member (trap, "body");
  const PurserDialect *dialect = purser_dialect_get (json_object_get_string_member (trap, "dialect"));
  g_assert_nonnull (dialect);
  PurserReply *reply = purser_reply_new ();
  g_autoptr(PurserReader) reader = purser_reader_new (dialect, json_object_get_boolean_member (trap, "stream"), NULL, fold_cb, reply);
  purser_reader_feed (reader, body, strlen (body));
  purser_reader_end (reader);
  g_assert_null (reply->fault);
  return reply;
}

static void
check_kinds (const PurserMeter *meter, JsonObject *expected)
{
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    {
      const char *name = i == PURSER_PRICED_SERVER_TOOL ? "server_tool_requests" : purser_priced_id (i);
      gint64 counts[] = { meter->tokens.audio_in, meter->tokens.audio_out, meter->tokens.server_tool_requests };
      gint64 is = i < PURSER_N_TOKEN_KINDS ? meter->tokens.kind[i] : counts[i - PURSER_N_TOKEN_KINDS];
      gint64 should = purser_json_int (expected, name, 0);
      if (MAX (is, 0) != should)
        g_error ("%s: %" G_GINT64_FORMAT " counted, %" G_GINT64_FORMAT " right", name, is, should);
    }
}

static void
test_trap (gconstpointer data)
{
  JsonObject *trap = (JsonObject *) data, *expect = json_object_get_object_member (trap, "expect");
  g_autoptr(PurserReply) reply = read_reply (trap);
  g_autoptr(PurserChat) chat = purser_chat_new_text (NULL, "A question.");
  g_autoptr(PurserPrice) price = one_price_read (json_object_get_member (trap, "price"));
  PurserMeter meter;
  purser_meter_count (&meter, reply->usage, chat, reply, TRUE);
  if (purser_json_string (trap, "mode") != NULL && *meter.tier == 0)
    g_strlcpy (meter.tier, purser_json_string (trap, "mode"), sizeof meter.tier);
  purser_meter_charge (&meter, price, NULL, "USD", -1);
  g_test_message ("%s", json_object_get_string_member (trap, "bug"));
  check_kinds (&meter, purser_json_member (expect, "kinds"));
  const char *state = meter.unpriced ? "unpriced" : "priced";
  g_assert_cmpstr (state, ==, json_object_get_string_member (expect, "state"));
  g_assert_cmpint (meter.list_nano, ==, purser_json_int (expect, "list_nano", 0));
  if (json_object_has_member (expect, "estimated"))
    g_assert_cmpint (meter.estimated, ==, json_object_get_boolean_member (expect, "estimated"));
  /* The trap is one: the mistake would show. */
  g_assert_true (meter.list_nano != purser_json_int (trap, "wrong_nano", 0)
                 || g_strcmp0 (state, purser_json_string (trap, "wrong_state")) != 0);
}

int
main (int argc, char **argv)
{
  g_autofree char *text = NULL;
  gsize length;
  g_test_init (&argc, &argv, NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "money", "traps.json", NULL);
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  g_autoptr(JsonNode) root = purser_json_parse (text, length, NULL);
  JsonArray *traps = json_node_get_array (root);
  g_assert_cmpuint (json_array_get_length (traps), >=, 14);
  for (guint i = 0; i < json_array_get_length (traps); i++)
    {
      JsonObject *trap = json_array_get_object_element (traps, i);
      g_autofree char *name = g_strconcat ("/money/traps/", json_object_get_string_member (trap, "name"), NULL);
      for (char *slash = name + strlen ("/money/traps/"); *slash != 0; slash++) /* a slash begins a suite in a test's name */
        *slash = *slash == '/' ? ':' : *slash;
      g_test_add_data_func (name, trap, test_trap);
    }
  return g_test_run ();
}
