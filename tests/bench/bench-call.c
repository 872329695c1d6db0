/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A call by the one way to a model, with its row settled and synced, beside a bare libsoup request of the same bytes to
 * the same server. */
#include "bench.h"

#include <libsoup/soup.h>

#include "purser-admin.h"
#include "purser-caller.h"
#include "purser-practice.h"

enum
{
  AT_ONCE = 32
};

typedef struct
{
  PurserCaller *caller; /* (owned) */
  SoupSession *session; /* (owned) */
  PurserChat *chat; /* (owned) */
  char *url; /* (owned) */
  GBytes *body; /* (owned) of the bare request */
  gboolean stream;
  guint at_once, busy;
  gint64 calls;
} Line;

static void
called_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Line *line = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserCallResult) call = purser_caller_run_finish (PURSER_CALLER (object), result, &error);
  g_assert_no_error (error);
  g_assert_null (call->fault);
  g_assert_cmpint (call->tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE], >, 0);
  line->calls++;
  line->busy--;
}

static void
await (Line *line)
{
  while (line->busy > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
call (gpointer data)
{
  Line *line = data;
  PurserCallRequest request = { .workload = "drafting", .stream = line->stream, .chat = line->chat };
  for (line->busy = 0; line->busy < line->at_once; line->busy++)
    purser_caller_run_async (line->caller, &request, NULL, NULL, NULL, called_cb, line);
  await (line);
}

static void
fetched_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = soup_session_send_and_read_finish (SOUP_SESSION (object), result, &error);
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (object), result);
  g_assert_no_error (error);
  g_assert_cmpint (soup_message_get_status (message), ==, 200);
  ((Line *) user_data)->busy--;
}

static void
fetch (gpointer data)
{
  Line *line = data;
  for (line->busy = 0; line->busy < line->at_once; line->busy++)
    {
      g_autoptr(SoupMessage) message = soup_message_new (SOUP_METHOD_POST, line->url);
      soup_message_set_request_body_from_bytes (message, "application/json", line->body);
      soup_session_send_and_read_async (line->session, message, G_PRIORITY_DEFAULT, NULL, fetched_cb, line);
    }
  await (line);
}

static void
set_up (Line *line, PurserStore *store)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserVault) vault = purser_vault_new (purser_store_get_uid (store));
  g_autoptr(PurserAdmin) admin = purser_admin_new (store, vault, "bench");
  g_autoptr(PurserOutcome) added = purser_admin_run (admin, purser_command_add_practice (), &error);
  g_assert_no_error (error);
  g_autoptr(PurserOrg) org = purser_store_get_org (store);
  for (guint i = 0; i < org->models->len; i++)
    {
      const PurserModel *model = g_ptr_array_index (org->models, i);
      if (!g_str_equal (model->name, "practice-quick"))
        continue;
      g_autoptr(PurserOutcome) assigned =
          purser_admin_run (admin,
                            purser_command_assign (purser_org_workload_named (org, "drafting")->id, &model->id, 1),
                            &error);
      g_assert_no_error (error);
    }
  g_autofree char *base = purser_practice_resolve ("practice:openai", &error);
  g_assert_no_error (error);
  line->url = g_strconcat (base, "/chat/completions", NULL);
  line->session = soup_session_new_with_options ("max-conns", AT_ONCE, "max-conns-per-host", AT_ONCE, NULL);
  line->caller = purser_caller_new (store, NULL);
  line->chat = purser_chat_new_text ("Be brief.", "Write a short note to a customer: the delivery comes on Friday.");
}

static void
compare (Line *line, gboolean stream, guint at_once)
{
  PurserEncodeOptions options = { "practice-quick", stream, FALSE, FALSE, -1 };
  g_autoptr(GBytes) body = line->body =
      purser_dialect_encode_request (purser_dialect_get ("openai-chat"), line->chat, &options, NULL);
  g_autofree char *what = g_strdup_printf (at_once == 1 ? "%s reply, one at a time" : "%s reply, %u at a time",
                                           stream ? "streamed" : "whole", at_once);
  line->stream = stream;
  line->at_once = at_once;
  bench_compare (what, (BenchSide) { call, at_once }, (BenchSide) { fetch, at_once }, line);
}

void
bench_call (const char *folder)
{
  BenchStore place;
  Line line = { 0 };
  purser_practice_set_speed (0);
  bench_store_open (&place, folder);
  set_up (&line, place.store);
  bench_heading ("Call through the caller, for one", "libsoup");
  compare (&line, TRUE, 1);
  compare (&line, FALSE, 1);
  compare (&line, TRUE, AT_ONCE);
  g_assert_cmpint (bench_number (place.store, "SELECT COUNT (*) FROM call WHERE outcome = 'ok'"), ==, line.calls);
  g_assert_cmpint (bench_number (place.store, "SELECT COUNT (*) FROM attempt WHERE closed_at IS NULL"), ==, 0);
  g_object_unref (line.caller);
  g_object_unref (line.session);
  purser_chat_unref (line.chat);
  g_free (line.url);
  bench_store_close (&place);
}
