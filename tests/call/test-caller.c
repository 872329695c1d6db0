/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile.h"
#include "purser-caller-private.h"
#include "purser-db.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include "purser-practice.h"

/* The caller with a real store file, real HTTP and a provider that misbehaves: outcomes and rows. */

#define KEY "good-key"

typedef struct
{
  char         *folder;   /* (owned) */
  PurserStore  *store;    /* (owned) */
  PurserVault  *vault;    /* (owned) */
  PurserCaller *caller;   /* (owned) */
  Hostile      *hostile;
} Fixture;

static gboolean
turn_until (gboolean (*done) (gpointer), gpointer data, guint seconds)
{
  gint64 limit = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
  while (!done (data) && g_get_monotonic_time () < limit)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (100);
    }
  return done (data);
}

static void
fixture_set_up (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  f->folder = g_dir_make_tmp ("purser-call-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *path = g_build_filename (f->folder, "test.purser", NULL);
  f->store = purser_store_open (path, PURSER_STORE_CREATE | PURSER_STORE_NO_REAPER, "Test", "EUR", "UTC", &error);
  g_assert_no_error (error);
  f->vault = purser_vault_new (purser_store_get_uid (f->store));
  f->caller = purser_caller_new (f->store, f->vault);
  PurserLimits *limits = purser_caller_get_limits (f->caller);
  limits->retry.backoff_us = limits->retry.backoff_max_us = 5000;
  f->hostile = hostile_new (GPOINTER_TO_INT (data) != 0 ? (GTlsCertificate *) data : NULL);
  g_setenv ("PURSER_TEST_KEY", KEY, TRUE);
}

static gboolean
delete_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  return g_unlink (path) == 0;
}

static void
fixture_tear_down (Fixture *f, gconstpointer data)
{
  g_assert_finalize_object (f->caller);
  g_clear_object (&f->vault);
  purser_store_close (f->store);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&f->store);
  hostile_free (f->hostile);
  g_autoptr(GDir) dir = g_dir_open (f->folder, 0, NULL);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    delete_file (f->folder, name);
  g_rmdir (f->folder);
  g_free (f->folder);
}

/* --- Configuration --- */

typedef struct { const char *name, *kind, *address, *key_env, *ca_file; gint64 provider_id, model_id; } Part;

static gboolean
add_part_job (PurserDb *db, gpointer data, GError **error)
{
  Part *part = data;
  PurserProvider provider = { .kind = purser_kind_get (part->kind), .name = (char *) part->name, .address = (char *) part->address, .key_env = (char *) part->key_env,
                              .ca_file = (char *) part->ca_file, .multiplier_ppm = PURSER_PPM, .enabled = TRUE };
  PurserModel model = { .name = (char *) "m", .context_tokens = 8000, .max_output = 1000, .listed = TRUE };
  PurserPrice price = { .valid_from = 1, .currency = "EUR", .list_pico = { 1000000, 1000000, 1000000, 1000000, 1000000, 2000000, 2000000 },
                        .contract_pico = { 1000000, 1000000, 1000000, 1000000, 1000000, 2000000, 2000000 }, .source = (char *) "test" };
  model.provider_id = part->provider_id = purser_catalogue_put_provider (db, &provider, error);
  if (part->provider_id == 0 || (part->model_id = purser_catalogue_put_model (db, &model, error)) == 0)
    return FALSE;
  return purser_catalogue_add_price (db, part->model_id, &price, error) != 0 && purser_catalogue_raise (db, error);
}

static void
add_part (Fixture *f, Part *part)
{
  g_autoptr(GError) error = NULL;
  purser_store_write (f->store, FALSE, add_part_job, part, &error);
  g_assert_no_error (error);
}

typedef struct { gint64 models[3]; guint n; } Assignment;

static gboolean
assign_job (PurserDb *db, gpointer data, GError **error)
{
  Assignment *assignment = data;
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  const PurserWorkload *drafting = org != NULL ? purser_org_workload_named (org, "drafting") : NULL;
  PurserWorkload workload = *drafting;
  workload.models = assignment->models;
  workload.n_models = assignment->n;
  return purser_catalogue_put_workload (db, &workload, error) != 0 && purser_catalogue_raise (db, error);
}

static void
assign (Fixture *f, gint64 first, gint64 second)
{
  g_autoptr(GError) error = NULL;
  Assignment assignment = { { first, second }, second != 0 ? 2 : 1 };
  purser_store_write (f->store, FALSE, assign_job, &assignment, &error);
  g_assert_no_error (error);
}

/* A provider of KIND whose server behaves as FAULTS say. */
static Part
add_provider (Fixture *f, const char *name, const char *kind, const char *faults)
{
  g_autofree char *address = hostile_address (f->hostile, name, faults, kind);
  Part part = { name, kind, address, "PURSER_TEST_KEY", NULL, 0, 0 };
  add_part (f, &part);
  return part;
}

/* --- Calls --- */

typedef struct
{
  GString          *text;
  guint             events, errors, ends;
  PurserCallResult *result;
  gboolean          done;
  GCancellable     *cancellable;
  gint64            cancel_at; /* monotonic; 0 = at the first event */
} Call;

static void
event_cb (const PurserEvent *event, gpointer user_data)
{
  Call *call = user_data;
  g_assert_cmpuint (call->errors, ==, 0);
  call->events++;
  call->errors += event->type == PURSER_EVENT_ERROR;
  call->ends += event->type == PURSER_EVENT_END;
  if (event->type == PURSER_EVENT_TEXT)
    g_string_append (call->text, event->text);
  if (call->cancellable != NULL && call->cancel_at == 0)
    g_cancellable_cancel (call->cancellable);
}

static void
done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;
  g_autoptr(GError) error = NULL;
  call->result = purser_caller_run_finish (PURSER_CALLER (object), result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (call->result);
  call->done = TRUE;
}

static gboolean
call_done (gpointer data)
{
  return ((Call *) data)->done;
}

static void
call_start (Call *call, Fixture *f, const char *model, gboolean stream)
{
  g_autoptr(PurserChat) chat = purser_chat_new_text ("You are terse.", "Say hello.");
  PurserCallRequest request = { .workload = model == NULL ? "drafting" : NULL, .model = model, .purpose = PURSER_PURPOSE_WORK, .stream = stream, .chat = chat };
  chat->max_tokens = 50;
  call->text = g_string_new (NULL);
  purser_caller_run_async (f->caller, &request, event_cb, call, call->cancellable, done_cb, call);
}

static void
call_clear (Call *call)
{
  g_string_free (call->text, TRUE);
  g_clear_pointer (&call->result, purser_call_result_unref);
  g_clear_object (&call->cancellable);
}

static Call
call_run (Fixture *f, const char *model, gboolean stream)
{
  Call call = { 0 };
  call_start (&call, f, model, stream);
  g_assert_true (turn_until (call_done, &call, 30));
  return call;
}

typedef struct { GPtrArray *rows; } Ledger;

static gboolean
ledger_job (PurserDb *db, gpointer data, GError **error)
{
  Ledger *ledger = data;
  ledger->rows = purser_ledger_recent (db, 0, 1000, error);
  return ledger->rows != NULL;
}

/* The latest call's row. (transfer full) */
static GPtrArray *
ledger_rows (Fixture *f)
{
  g_autoptr(GError) error = NULL;
  Ledger ledger = { 0 };
  purser_store_read (f->store, ledger_job, &ledger, &error);
  g_assert_no_error (error);
  return ledger.rows;
}

static void
assert_consistent (Fixture *f)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) findings = purser_store_verify (f->store, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < findings->len; i++)
    g_test_message ("%s", (char *) g_ptr_array_index (findings, i));
  g_assert_cmpuint (findings->len, ==, 0);
}

/* --- Each fault, in each dialect, streamed and whole --- */

#define STREAMED 1
#define WHOLE    2
#define BOTH     3

typedef struct
{
  const char      *faults;
  int              ways;
  const char      *only;      /* (nullable) kind */
  PurserFaultClass class_;
  guint            attempts;
  const char      *text;      /* emitted */
  gboolean         estimated;
  gboolean         started;   /* Anthropic tells the input at the start, so an attempt that got so far has counts, estimated ones */
} Outcome;

static const Outcome outcomes[] = {
  { "ok", BOTH, NULL, PURSER_FAULT_NONE, 1, "Hello", FALSE },
  { "slow", STREAMED, NULL, PURSER_FAULT_NONE, 1, "Hello", FALSE },
  { "whole", STREAMED, NULL, PURSER_FAULT_NONE, 1, "Hello", FALSE },
  { "silent", BOTH, NULL, PURSER_FAULT_TIMEOUT, 1, "", FALSE },
  { "silent-start", STREAMED, NULL, PURSER_FAULT_TIMEOUT, 1, "", FALSE, TRUE },
  { "stalls", STREAMED, NULL, PURSER_FAULT_TIMEOUT, 1, "Hel", TRUE },
  { "cut-headers", BOTH, NULL, PURSER_FAULT_CUT, 2, "", FALSE },
  { "cut-headers,ok", BOTH, NULL, PURSER_FAULT_NONE, 2, "Hello", FALSE },
  { "cut-start", STREAMED, NULL, PURSER_FAULT_CUT, 2, "", FALSE, TRUE },
  { "cut", STREAMED, NULL, PURSER_FAULT_CUT, 1, "Hel", TRUE },
  { "cut", WHOLE, NULL, PURSER_FAULT_CUT, 2, "", FALSE },
  { "no-end", STREAMED, NULL, PURSER_FAULT_CUT, 1, "Hel", TRUE },
  { "inside", STREAMED, NULL, PURSER_FAULT_OVERLOADED, 2, "", FALSE, TRUE },
  { "inside,ok", STREAMED, NULL, PURSER_FAULT_NONE, 2, "Hello", FALSE, TRUE },
  { "inside-late", STREAMED, NULL, PURSER_FAULT_OVERLOADED, 1, "Hel", TRUE },
  { "429", BOTH, NULL, PURSER_FAULT_RATE, 2, "", FALSE },
  { "429-1,ok", STREAMED, "openai-compatible", PURSER_FAULT_NONE, 2, "Hello", FALSE },
  { "429-600", BOTH, NULL, PURSER_FAULT_RATE, 1, "", FALSE },
  { "529", BOTH, NULL, PURSER_FAULT_OVERLOADED, 2, "", FALSE },
  { "500,ok", BOTH, NULL, PURSER_FAULT_NONE, 2, "Hello", FALSE },
  { "empty-500", BOTH, NULL, PURSER_FAULT_SERVER, 2, "", FALSE },
  { "503,500", BOTH, NULL, PURSER_FAULT_SERVER, 2, "", FALSE },
  { "400", BOTH, NULL, PURSER_FAULT_REQUEST, 1, "", FALSE },
  { "401", BOTH, NULL, PURSER_FAULT_KEY, 1, "", FALSE },
  { "402", BOTH, NULL, PURSER_FAULT_MONEY, 1, "", FALSE },
  { "403", BOTH, NULL, PURSER_FAULT_KEY, 1, "", FALSE },
  { "404", BOTH, NULL, PURSER_FAULT_NOT_FOUND, 1, "", FALSE },
  { "no-model", BOTH, NULL, PURSER_FAULT_NO_MODEL, 1, "", FALSE },
  { "410", BOTH, NULL, PURSER_FAULT_GONE, 1, "", FALSE },
  { "413", BOTH, NULL, PURSER_FAULT_REQUEST, 1, "", FALSE },
  { "422", BOTH, NULL, PURSER_FAULT_REQUEST, 1, "", FALSE },
  { "garbage", BOTH, NULL, PURSER_FAULT_GARBAGE, 1, "", FALSE },
  { "html", BOTH, NULL, PURSER_FAULT_GARBAGE, 1, "", FALSE },
  { "html-404", BOTH, NULL, PURSER_FAULT_NOT_FOUND, 1, "", FALSE },
  { "huge", WHOLE, NULL, PURSER_FAULT_GARBAGE, 1, "", FALSE },
  { "not-http", BOTH, NULL, PURSER_FAULT_GARBAGE, 1, "", FALSE },
  { "redirect", BOTH, NULL, PURSER_FAULT_NOT_FOUND, 1, "", FALSE },
  { "no-usage", STREAMED, "openai-compatible", PURSER_FAULT_NONE, 1, "Hello", TRUE },
  { "no-usage", BOTH, "ollama", PURSER_FAULT_NONE, 1, "Hello", TRUE },
  { "odd-usage", STREAMED, "openai-compatible", PURSER_FAULT_NONE, 1, "Hello", TRUE },
  { "no-stream-options,ok", STREAMED, "openai-compatible", PURSER_FAULT_NONE, 2, "Hello", FALSE },
  { "no-max-tokens,ok", BOTH, "openai-compatible", PURSER_FAULT_NONE, 2, "Hello", FALSE },
};

static void
assert_outcome (Fixture *f, const Outcome *outcome, const char *kind, const char *tag, const Call *call, gboolean stream)
{
  gboolean estimated = outcome->estimated || (outcome->started && g_str_equal (kind, "anthropic"));
  g_autoptr(GPtrArray) rows = ledger_rows (f);
  const PurserCallRow *row = g_ptr_array_index (rows, 0);
  const PurserCallResult *result = call->result;
  PurserFaultClass class_ = result->fault != NULL ? result->fault->class_ : PURSER_FAULT_NONE;
  g_test_message ("%s %s: %s, %u attempts, “%s” %s", tag, stream ? "streamed" : "whole", purser_fault_class_id (class_), result->attempts->len, call->text->str,
                  result->fault != NULL && result->fault->message != NULL ? result->fault->message : "");
  g_assert_cmpint (class_, ==, outcome->class_);
  g_assert_cmpuint (result->attempts->len, ==, outcome->attempts);
  g_assert_cmpuint (hostile_requests (f->hostile, tag), ==, outcome->attempts); /* one request for each row */
  g_assert_cmpstr (call->text->str, ==, outcome->text);
  g_assert_cmpint (row->call_id, ==, result->call_id);
  g_assert_cmpstr (row->outcome, ==, outcome->class_ == PURSER_FAULT_NONE ? "ok" : "failed");
  g_assert_cmpint (row->attempts, ==, (int) outcome->attempts);
  g_assert_cmpint (row->estimated, ==, estimated);
  g_assert_cmpint (row->cost_nano, ==, result->cost_nano);
  g_assert_cmpuint (call->ends, ==, outcome->class_ == PURSER_FAULT_NONE ? 1 : 0);
  g_assert_cmpuint (call->errors, ==, *outcome->text != '\0' && outcome->class_ != PURSER_FAULT_NONE ? 1 : 0);
  if (outcome->class_ != PURSER_FAULT_NONE)
    g_assert_cmpstr (row->fault, ==, purser_fault_class_id (outcome->class_));
  else if (!estimated)
    {
      g_assert_cmpint (row->input_tokens, ==, 100);
      g_assert_cmpint (row->output_tokens, ==, 20);
      g_assert_cmpint (row->cost_nano, ==, 140000);
    }
  if (result->fault != NULL && result->fault->message != NULL)
    g_assert_null (strstr (result->fault->message, KEY));
}

/* Short only where a time-out is what is looked for: a busy machine must not make one. */
static void
set_patience (Fixture *f, gint64 wait_us)
{
  PurserLimits *limits = purser_caller_get_limits (f->caller);
  limits->first_content_us = limits->local_first_content_us = limits->whole_us = limits->silence_us = wait_us;
}

static void
test_faults (Fixture *f, const char *kind)
{
  guint n = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (outcomes); i++)
    for (int way = STREAMED; way <= WHOLE; way++)
      {
        if ((outcomes[i].ways & way) == 0 || (outcomes[i].only != NULL && !g_str_equal (outcomes[i].only, kind)))
          continue;
        g_autofree char *tag = g_strdup_printf ("p%u", n++), *model = g_strconcat (tag, "/m", NULL);
        add_provider (f, tag, kind, outcomes[i].faults);
        set_patience (f, outcomes[i].class_ == PURSER_FAULT_TIMEOUT ? G_USEC_PER_SEC / 4 : 60 * G_USEC_PER_SEC);
        Call call = call_run (f, model, way == STREAMED);
        g_test_message ("%s:", outcomes[i].faults);
        assert_outcome (f, &outcomes[i], kind, tag, &call, way == STREAMED);
        call_clear (&call);
      }
  assert_consistent (f);
}

static void
test_faults_openai (Fixture *f, gconstpointer data)
{
  test_faults (f, "openai-compatible");
}

static void
test_faults_anthropic (Fixture *f, gconstpointer data)
{
  test_faults (f, "anthropic");
}

static void
test_faults_ollama (Fixture *f, gconstpointer data)
{
  test_faults (f, "ollama");
}

/* --- Fallback, keys, limits --- */

static void
test_fallback (Fixture *f, gconstpointer data)
{
  Part first = add_provider (f, "first", "openai-compatible", "inside"), second = add_provider (f, "second", "anthropic", "ok");
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
  Part first = add_provider (f, "first", "openai-compatible", "slow,500"), second = add_provider (f, "second", "openai-compatible", "ok");
  assign (f, first.model_id, 0);
  Call one = { 0 }, two = { 0 };
  call_start (&one, f, NULL, TRUE);
  assign (f, second.model_id, 0); /* another generation before the first call's OPEN is answered, or after: both must work */
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
  g_autofree char *server = g_test_build_filename (G_TEST_DIST, "call", "tls", "server.pem", NULL), *ca = g_test_build_filename (G_TEST_DIST, "call", "tls", "ca.pem", NULL);
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
  Part trusted = { "trusted", "openai", address, "PURSER_TEST_KEY", ca, 0, 0 }, strange = { "strange", "openai", address, "PURSER_TEST_KEY", NULL, 0, 0 };
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

/* Another process holds the file when the call is to be settled: nobody is told that it went well, no new call begins, and once the
 * file is free the row is written after all. */
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
  Part first = add_provider (f, "first", "openai-compatible", "slow"), second = add_provider (f, "second", "anthropic", "inside,ok");
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

/* --- The connection check --- */

typedef struct { PurserCheckReport *report; gboolean done; guint told[PURSER_N_CHECK_STEPS]; } Check;

static void
step_cb (PurserCheckStep step, const PurserCheckLine *line, gpointer user_data)
{
  Check *check = user_data;
  check->told[step]++;
}

static void
checked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Check *check = user_data;
  g_autoptr(GError) error = NULL;
  check->report = purser_caller_check_finish (PURSER_CALLER (object), result, &error);
  g_assert_no_error (error);
  check->done = TRUE;
}

static gboolean
check_done (gpointer data)
{
  return ((Check *) data)->done;
}

typedef struct { const char *kind, *faults, *states; const char *words; } CheckCase;

/* States of the four steps: + ok, ! failed, - skipped. WORDS: in the failed step's words. */
static const CheckCase checks[] = {
  { "openai-compatible", "ok", "++++", NULL },
  { "anthropic", "ok", "++++", NULL },
  { "ollama", "ok", "++++", NULL },
  { "openai", "wants-key", "++++", NULL },
  { "openai", "list-401", "+!--", "refused the key" },
  { "openai-compatible", "401", "+!--", "refused the key" },
  { "openai-compatible", "html", "!---", "web page" },
  { "openai-compatible", "html-404", "!---", "web page" },
  { "openai-compatible", "redirect", "!---", "does not follow" },
  { "openai-compatible", "not-http", "!---", "not a web server" },
  { "openai-compatible", "cut-headers", "!---", "broke off" },
  { "anthropic", "404", "!---", "nothing at this address" },
  { "openai", "410", "!---", "ended" },
  { "openai-compatible", "list-404", "++-+", NULL },   /* lists nothing, and answers */
  { "openai-compatible", "404", "!+-!", "nothing at this address" },
  { "openai-compatible", "garbage", "++!-", "not a list" },
  { "openai-compatible", "500", "++!-", "problem of its own" },
  { "openai-compatible", "ok-then", NULL, NULL },
};

static void
check_one (Fixture *f, const CheckCase *each, guint n)
{
  static const char signs[] = { [PURSER_CHECK_WAITING] = '?', [PURSER_CHECK_RUNNING] = '~', [PURSER_CHECK_OK] = '+', [PURSER_CHECK_FAILED] = '!', [PURSER_CHECK_SKIPPED] = '-' };
  g_autofree char *tag = g_strdup_printf ("c%u", n);
  Part part = add_provider (f, tag, each->kind, each->faults);
  Check check = { 0 };
  char states[PURSER_N_CHECK_STEPS + 1] = "";
  gboolean said = each->words == NULL;
  purser_caller_check_async (f->caller, part.provider_id, NULL, step_cb, &check, NULL, checked_cb, &check);
  g_assert_true (turn_until (check_done, &check, 20));
  for (gsize i = 0; i < PURSER_N_CHECK_STEPS; i++)
    {
      const PurserCheckLine *line = &check.report->line[i];
      states[i] = signs[line->state];
      said |= line->state == PURSER_CHECK_FAILED && each->words != NULL && line->words != NULL && strstr (line->words, each->words) != NULL;
      g_test_message ("%s %s step %zu %c %s", each->kind, each->faults, i, states[i], line->words != NULL ? line->words : "");
      g_assert_cmpuint (check.told[i], >, 0);
    }
  g_assert_cmpstr (states, ==, each->states);
  g_assert_true (said);
  g_assert_cmpint (check.report->ok, ==, strchr (states, '!') == NULL);
  purser_check_report_free (check.report);
}

static void
test_checks (Fixture *f, gconstpointer data)
{
  for (guint i = 0; checks[i].states != NULL; i++)
    check_one (f, &checks[i], i);
  assert_consistent (f);
}

/* The first request of a check carries no key: a web page that a mistyped address leads to never sees it. */
static void
test_check_keeps_key (Fixture *f, gconstpointer data)
{
  Part part = add_provider (f, "page", "openai", "html");
  Check check = { 0 };
  purser_caller_check_async (f->caller, part.provider_id, NULL, NULL, NULL, NULL, checked_cb, &check);
  g_assert_true (turn_until (check_done, &check, 20));
  g_assert_cmpuint (hostile_keys (f->hostile), ==, 0);
  purser_check_report_free (check.report);
}

static void
check_cancelled_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Check *check = user_data;
  g_autoptr(GError) error = NULL;
  check->report = purser_caller_check_finish (PURSER_CALLER (object), result, &error);
  g_assert_true (check->report != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  check->done = TRUE;
}

typedef struct { gint64 until; } Moment;

static gboolean
moment_passed (gpointer data)
{
  return g_get_monotonic_time () >= ((Moment *) data)->until;
}

/* At any step, also in the reply, which is then settled. */
static void
test_check_cancel (Fixture *f, gconstpointer data)
{
  static const char *const faults[] = { "silent", "list-silent", "slow", "list-ok,silent" };
  guint stopped = 0;
  for (guint i = 0; i < 24; i++)
    {
      g_autofree char *tag = g_strdup_printf ("c%u", i);
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      Part part = add_provider (f, tag, "openai-compatible", faults[i % G_N_ELEMENTS (faults)]);
      Check check = { 0 };
      Moment moment = { g_get_monotonic_time () + i * 3000 };
      purser_caller_check_async (f->caller, part.provider_id, NULL, step_cb, &check, cancellable, check_cancelled_cb, &check);
      turn_until (moment_passed, &moment, 5);
      g_cancellable_cancel (cancellable);
      g_assert_true (turn_until (check_done, &check, 10));
      stopped += check.report == NULL;
      purser_check_report_free (check.report);
    }
  g_assert_cmpuint (stopped, >, 10);
  assert_consistent (f);
}

/* --- Lists --- */

typedef struct { GPtrArray *models; GError *error; gboolean done; char *version, *address; } Listed;

static void
listed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Listed *listed = user_data;
  listed->models = purser_caller_models_finish (PURSER_CALLER (object), result, &listed->error);
  listed->done = TRUE;
}

static gboolean
listed_done (gpointer data)
{
  return ((Listed *) data)->done;
}

static void
test_lists (Fixture *f, gconstpointer data)
{
  static const struct { const char *kind; guint n; gint64 context_of_last; } lists[] = { { "openai", 2, -1 }, { "anthropic", 3, 200000 }, { "ollama", 2, 40960 } };
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      Part part = add_provider (f, lists[i].kind, lists[i].kind, "wants-key");
      Listed listed = { 0 };
      purser_caller_models_async (f->caller, part.provider_id, NULL, listed_cb, &listed);
      g_assert_true (turn_until (listed_done, &listed, 20));
      g_assert_no_error (listed.error);
      g_assert_cmpuint (listed.models->len, ==, lists[i].n);
      const PurserListedModel *last = g_ptr_array_index (listed.models, lists[i].n - 1);
      g_assert_cmpint (last->context_tokens, ==, lists[i].context_of_last);
      g_ptr_array_unref (listed.models);
    }
  Part bad = add_provider (f, "bad", "openai", "html");
  Listed listed = { 0 };
  purser_caller_models_async (f->caller, bad.provider_id, NULL, listed_cb, &listed);
  g_assert_true (turn_until (listed_done, &listed, 20));
  g_assert_null (listed.models);
  g_assert_nonnull (strstr (listed.error->message, "web page"));
  g_error_free (listed.error);
}

static void
found_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Listed *listed = user_data;
  listed->version = purser_caller_find_ollama_finish (PURSER_CALLER (object), result, &listed->address);
  listed->done = TRUE;
}

static void
find_ollama (Fixture *f, const char *host, Listed *listed)
{
  *listed = (Listed) { 0 };
  g_setenv ("OLLAMA_HOST", host, TRUE);
  purser_caller_find_ollama_async (f->caller, NULL, found_cb, listed);
  g_assert_true (turn_until (listed_done, listed, 10));
  g_unsetenv ("OLLAMA_HOST");
}

static void
test_find_ollama (Fixture *f, gconstpointer data)
{
  Listed listed;
  g_autofree char *host = g_strdup_printf ("0.0.0.0:%u", hostile_port (f->hostile)), *expected = g_strdup_printf ("http://127.0.0.1:%u", hostile_port (f->hostile));
  g_autofree char *port = g_strdup_printf (":%u", hostile_port (f->hostile));
  find_ollama (f, host, &listed);
  g_assert_cmpstr (listed.version, ==, "0.33.0");
  g_assert_cmpstr (listed.address, ==, expected);
  g_free (listed.version);
  g_free (listed.address);
  find_ollama (f, port, &listed);
  g_assert_cmpstr (listed.address, ==, expected);
  g_free (listed.version);
  g_free (listed.address);
  find_ollama (f, "127.0.0.1:1", &listed);
  g_assert_null (listed.version);
  g_assert_null (listed.address);
}

/* --- The practice models --- */

static void
test_practice (Fixture *f, gconstpointer data)
{
  static const struct { const char *kind, *address, *dialect; } ways[] = {
    { "openai-compatible", "practice:openai", "openai" }, { "anthropic", "practice:anthropic", "anthropic" }, { "ollama", "practice:ollama", "ollama" },
  };
  guint n;
  const PurserPracticeModel *models = purser_practice_models (&n);
  purser_practice_set_speed (0);
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      Part part = { ways[i].kind, ways[i].kind, ways[i].address, NULL, NULL, 0, 0 };
      Listed listed = { 0 };
      guint known = 0;
      add_part (f, &part);
      purser_caller_models_async (f->caller, part.provider_id, NULL, listed_cb, &listed);
      g_assert_true (turn_until (listed_done, &listed, 20));
      g_assert_no_error (listed.error);
      for (guint m = 0; m < n; m++)
        known += g_str_equal (models[m].dialect, ways[i].dialect);
      g_assert_cmpuint (listed.models->len, >=, MAX (known, 1));
      g_ptr_array_unref (listed.models);
      Check check = { 0 };
      purser_caller_check_async (f->caller, part.provider_id, NULL, NULL, NULL, NULL, checked_cb, &check);
      g_assert_true (turn_until (check_done, &check, 20));
      g_assert_true (check.report->ok);
      g_assert_cmpint (check.report->line[PURSER_CHECK_KEY].state, ==, PURSER_CHECK_SKIPPED);
      g_assert_cmpint (check.report->line[PURSER_CHECK_MODELS].state, ==, PURSER_CHECK_OK);
      purser_check_report_free (check.report);
    }
}

static gboolean
practice_model_job (PurserDb *db, gpointer data, GError **error)
{
  Part *part = data;
  PurserModel model = { .provider_id = part->provider_id, .name = (char *) part->name, .context_tokens = 8000, .max_output = 1000, .listed = TRUE };
  part->model_id = purser_catalogue_put_model (db, &model, error);
  return part->model_id != 0 && purser_catalogue_raise (db, error);
}

/* Each practice model answers through the whole way, or fails as it says. */
static void
test_practice_calls (Fixture *f, gconstpointer data)
{
  static const struct { const char *dialect, *kind; } kinds[] = { { "openai", "openai-compatible" }, { "anthropic", "anthropic" }, { "ollama", "ollama" } };
  guint n, answered = 0;
  const PurserPracticeModel *models = purser_practice_models (&n);
  purser_practice_set_speed (0);
  for (guint m = 0; m < n; m++)
    for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
      if (g_str_equal (models[m].dialect, kinds[k].dialect))
        {
          g_autofree char *address = g_strconcat ("practice:", models[m].dialect, NULL), *name = g_strdup_printf ("p%u", m), *ref = g_strdup_printf ("p%u/%s", m, models[m].name);
          g_autoptr(GError) error = NULL;
          Part part = { name, kinds[k].kind, address, NULL, NULL, 0, 0 };
          add_part (f, &part);
          part.name = models[m].name;
          purser_store_write (f->store, FALSE, practice_model_job, &part, &error);
          g_assert_no_error (error);
          for (int stream = 0; stream < 2; stream++)
            {
              Call call = call_run (f, ref, stream);
              g_test_message ("%s: %s, %u attempts: %s", ref, call.result->fault != NULL ? call.result->fault->message : "ok", call.result->attempts->len, call.text->str);
              if (call.result->fault == NULL)
                g_assert_cmpuint (call.text->len, >, 0);
              else
                g_assert_cmpint (call.result->fault->class_, ==, PURSER_FAULT_OVERLOADED);
              answered += call.result->fault == NULL;
              call_clear (&call);
            }
        }
  g_assert_cmpuint (answered, >=, 4);
  assert_consistent (f);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/caller/faults/openai-chat", test_faults_openai);
  ADD ("/caller/faults/anthropic", test_faults_anthropic);
  ADD ("/caller/faults/ollama", test_faults_ollama);
  ADD ("/caller/fallback", test_fallback);
  ADD ("/caller/no-key", test_no_key);
  ADD ("/caller/too-large", test_too_large);
  ADD ("/caller/misuse", test_misuse);
  ADD ("/caller/stale", test_stale);
  ADD ("/caller/cancel", test_cancel);
  ADD ("/caller/fails-closed", test_fails_closed);
  ADD ("/caller/many", test_many);
  ADD ("/caller/checks", test_checks);
  ADD ("/caller/check-keeps-key", test_check_keeps_key);
  ADD ("/caller/check-cancel", test_check_cancel);
  ADD ("/caller/own-ca", test_own_ca);
  ADD ("/caller/lists", test_lists);
  ADD ("/caller/find-ollama", test_find_ollama);
  ADD ("/caller/practice/lists", test_practice);
  ADD ("/caller/practice/calls", test_practice_calls);
  return g_test_run ();
}
