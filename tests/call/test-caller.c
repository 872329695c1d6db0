/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "caller-fixture.h"

#include <sqlite3.h>
#include <string.h>

/* Calls from beginning to end: real files, real HTTP. */

/* --- Fallback, keys, limits --- */

static void
test_fallback (Fixture *f, gconstpointer data)
{
  Part first = add_provider (f, "first", "openai-compatible", "inside"),
       second = add_provider (f, "second", "anthropic", "ok");
  assign (f, first.model_id, second.model_id);
  Call call = call_run (f, NULL, TRUE);
  g_assert_null (call.result->fault);
  g_assert_cmpstr (call.result->model, ==, "second/m");
  g_assert_cmpstr (call.text->str, ==, "Hello");
  g_assert_cmpuint (call.result->attempts->len, ==, 3); /* once more on the first */
  g_autoptr(GPtrArray) rows = ledger_rows (f);
  const PurserCallRow *row = g_ptr_array_index (rows, 0);
  g_assert_cmpint (row->model_id, ==, second.model_id);
  g_assert_cmpint (row->attempts, ==, 3);
  g_assert_cmpint (row->first_text_us, >=, 0);
  g_autofree char *seen = hostile_seen (f->hostile, "second"), *lower = g_ascii_strdown (seen, -1);
  g_assert_nonnull (strstr (lower, "x-api-key: " KEY));
  g_assert_nonnull (strstr (lower, "anthropic-version:"));
  g_assert_null (strstr (lower, "authorization:"));
  g_assert_nonnull (strstr (lower, "connection: close"));
  call_clear (&call);
  assert_consistent (f);
}

static void
test_no_key (Fixture *f, gconstpointer data)
{
  Part first = add_provider (f, "first", "openai", "ok"), second = add_provider (f, "second", "ollama", "ok");
  assign (f, first.model_id, second.model_id);
  g_unsetenv ("PURSER_TEST_KEY");
  Call call = call_run (f, NULL, TRUE);
  g_test_message ("%s", call.result->fault->message);
  g_assert_cmpint (call.result->fault->class_, ==, PURSER_FAULT_LOCAL);
  g_assert_cmpuint (call.result->attempts->len, ==, 2);
  g_assert_cmpuint (hostile_requests (f->hostile, "first"), ==, 0);
  call_clear (&call);
  assert_consistent (f);
}

static void
test_too_large (Fixture *f, gconstpointer data)
{
  Part part = add_provider (f, "first", "openai-compatible", "endless");
  assign (f, part.model_id, 0);
  purser_caller_get_limits (f->caller)->max_reply = 20000;
  Call call = call_run (f, NULL, TRUE);
  g_assert_cmpint (call.result->fault->class_, ==, PURSER_FAULT_TOO_LARGE);
  g_assert_cmpuint (call.text->len, >, 500);
  g_assert_true (call.result->estimated);
  call_clear (&call);
}

static void
test_misuse (Fixture *f, gconstpointer data)
{
  Call call = call_run (f, "nobody/m", TRUE);
  g_assert_cmpint (call.result->fault->class_, ==, PURSER_FAULT_LOCAL);
  g_assert_cmpint (call.result->call_id, ==, 0);
  g_autoptr(GPtrArray) rows = ledger_rows (f);
  g_assert_cmpuint (rows->len, ==, 0); /* nothing was opened */
  call_clear (&call);
}

/* A configuration that changes between two calls, or under one, is followed. */
static void
test_stale (Fixture *f, gconstpointer data)
{
  Part first = add_provider (f, "first", "openai-compatible", "slow,500"),
       second = add_provider (f, "second", "openai-compatible", "ok");
  assign (f, first.model_id, 0);
  Call one = { 0 }, two = { 0 };
  call_start (&one, f, NULL, TRUE);
  assign (f, second.model_id,
          0); /* another generation before the first call's OPEN is answered, or after: both must work */
  call_start (&two, f, NULL, TRUE);
  g_assert_true (turn_until (call_done, &one, 10) && turn_until (call_done, &two, 10));
  g_assert_null (one.result->fault);
  g_assert_cmpstr (two.result->model, ==, "second/m");
  call_clear (&one);
  call_clear (&two);
}

/* A company's own authority: by its file, and by nothing else. */
static void
test_own_ca (Fixture *f, gconstpointer data)
{
  g_autofree char *server = g_test_build_filename (G_TEST_DIST, "call", "tls", "server.pem", NULL),
                  *ca = g_test_build_filename (G_TEST_DIST, "call", "tls", "ca.pem", NULL);
  g_autoptr(GError) error = NULL;
  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_test_skip ("no TLS library here");
      return;
    }
  g_autoptr(GTlsCertificate) certificate = g_tls_certificate_new_from_file (server, &error);
  g_assert_no_error (error);
  Hostile *secure = hostile_new (certificate);
  g_autofree char *address = hostile_address (secure, "x", "ok", "openai");
  Part trusted = { "trusted", "openai", address, "PURSER_TEST_KEY", ca, 0, 0 },
       strange = { "strange", "openai", address, "PURSER_TEST_KEY", NULL, 0, 0 };
  add_part (f, &trusted);
  add_part (f, &strange);
  Call good = call_run (f, "trusted/m", TRUE);
  g_assert_null (good.result->fault);
  g_assert_cmpint (good.result->connect_us, >, 0);
  Call bad = call_run (f, "strange/m", TRUE);
  g_assert_cmpint (bad.result->fault->class_, ==, PURSER_FAULT_TLS);
  g_assert_cmpuint (hostile_requests (secure, "x"), ==, 1); /* no key went to a stranger */
  g_assert_cmpuint (hostile_keys (secure), ==, 1);
  call_clear (&good);
  call_clear (&bad);
  hostile_free (secure);
}

/* --- Cancelling --- */

static gboolean
cancel_due (gpointer data)
{
  return g_get_monotonic_time () >= ((Call *) data)->cancel_at;
}

/* At many moments of a slow call: it always returns, and no row stays open. */
static void
test_cancel (Fixture *f, gconstpointer data)
{
  Part part = add_provider (f, "first", "openai-compatible", "slow");
  guint cancelled = 0;
  assign (f, part.model_id, 0);
  for (int i = 0; i < 40; i++)
    {
      Call call = { .cancellable = g_cancellable_new (), .cancel_at = i == 0 ? 0 : g_get_monotonic_time () + i * 9000 };
      call_start (&call, f, NULL, TRUE);
      if (i > 0)
        {
          turn_until (cancel_due, &call, 5);
          g_cancellable_cancel (call.cancellable);
        }
      g_assert_true (turn_until (call_done, &call, 10));
      g_autoptr(GPtrArray) rows = ledger_rows (f);
      const PurserCallRow *row = g_ptr_array_index (rows, 0);
      gboolean stopped = call.result->fault != NULL;
      cancelled += stopped;
      if (stopped)
        g_assert_cmpint (call.result->fault->class_, ==, PURSER_FAULT_CANCELLED);
      g_assert_cmpstr (row->outcome, ==, stopped ? "cancelled" : "ok");
      g_assert_cmpuint (rows->len, ==, (guint) i + 1);
      call_clear (&call);
    }
  g_assert_cmpuint (cancelled, >, 10);
  g_assert_cmpuint (cancelled, <, 40);
  assert_consistent (f);
}

/* --- The ledger fails closed --- */

static gboolean
none_unsettled (gpointer data)
{
  return purser_caller_count_unsettled (data) == 0;
}

static gboolean
has_text (gpointer data)
{
  return ((Call *) data)->text->len > 0;
}

static void
execute (sqlite3 *db, const char *sql)
{
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
}

/* Another process holds the file when the call is to be settled: nobody is told that it went well, no new call begins,
 * and once the file is free the row is written after all. */
static void
test_fails_closed (Fixture *f, gconstpointer data)
{
  Part part = add_provider (f, "first", "openai-compatible", "slow,ok");
  sqlite3 *other = NULL;
  assign (f, part.model_id, 0);
  g_assert_cmpint (sqlite3_open (purser_store_get_path (f->store), &other), ==, SQLITE_OK);
  Call call = { 0 };
  call_start (&call, f, NULL, TRUE);
  g_assert_true (turn_until (has_text, &call, 10));
  execute (other, "BEGIN IMMEDIATE");
  g_assert_true (turn_until (call_done, &call, 60));
  g_assert_cmpint (call.result->fault->class_, ==, PURSER_FAULT_LOCAL);
  g_assert_cmpuint (call.errors, ==, 1);
  g_assert_cmpuint (call.ends, ==, 0);
  g_assert_cmpuint (purser_caller_count_unsettled (f->caller), ==, 1);
  Call refused = call_run (f, NULL, TRUE);
  g_test_message ("%s | %s", call.result->fault->message, refused.result->fault->message);
  g_assert_cmpint (refused.result->fault->class_, ==, PURSER_FAULT_LOCAL);
  g_assert_cmpuint (hostile_requests (f->hostile, "first"), ==, 1);
  execute (other, "ROLLBACK");
  sqlite3_close (other);
  g_assert_true (turn_until (none_unsettled, f->caller, 20));
  Call good = call_run (f, NULL, TRUE);
  g_assert_null (good.result->fault);
  g_autoptr(GPtrArray) rows = ledger_rows (f);
  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpstr (((PurserCallRow *) g_ptr_array_index (rows, 1))->outcome, ==, "ok");
  call_clear (&call);
  call_clear (&refused);
  call_clear (&good);
  assert_consistent (f);
}

/* --- Many at once --- */

static gboolean
all_done (gpointer data)
{
  GPtrArray *calls = data;
  for (guint i = 0; i < calls->len; i++)
    if (!((Call *) g_ptr_array_index (calls, i))->done)
      return FALSE;
  return TRUE;
}

static guint
descriptors (void)
{
  g_autoptr(GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static gboolean
few_descriptors (gpointer data)
{
  return descriptors () <= *(guint *) data;
}

static gboolean
none_open (gpointer data)
{
  return hostile_open (data) == 0;
}

static void
test_many (Fixture *f, gconstpointer data)
{
  Part first = add_provider (f, "first", "openai-compatible", "slow"),
       second = add_provider (f, "second", "anthropic", "inside,ok");
  guint limit = 0;
  assign (f, first.model_id, second.model_id);
  for (int round = 0; round < 3; round++)
    {
      g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func (g_free);
      for (int i = 0; i < 200; i++)
        {
          Call *call = g_new0 (Call, 1);
          g_ptr_array_add (calls, call);
          call_start (call, f, i % 4 == 3 ? "second/m" : NULL, i % 5 != 0);
        }
      g_assert_true (turn_until (all_done, calls, 60));
      for (guint i = 0; i < calls->len; i++)
        {
          Call *call = g_ptr_array_index (calls, i);
          g_assert_null (call->result->fault);
          g_assert_cmpstr (call->text->str, ==, "Hello");
          call_clear (call);
        }
      g_assert_true (turn_until (none_open, f->hostile, 10));
      if (round == 0)
        limit = descriptors () + 4;
      g_assert_true (turn_until (few_descriptors, &limit, 10));
    }
  g_autoptr(GPtrArray) rows = ledger_rows (f);
  g_assert_cmpuint (rows->len, ==, 600);
  assert_consistent (f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/caller/fallback", test_fallback);
  ADD ("/caller/no-key", test_no_key);
  ADD ("/caller/too-large", test_too_large);
  ADD ("/caller/misuse", test_misuse);
  ADD ("/caller/stale", test_stale);
  ADD ("/caller/cancel", test_cancel);
  ADD ("/caller/fails-closed", test_fails_closed);
  ADD ("/caller/many", test_many);
  ADD ("/caller/own-ca", test_own_ca);
  return g_test_run ();
}
