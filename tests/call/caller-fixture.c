/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "caller-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

gboolean
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

void
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
  f->hostile = hostile_new (NULL);
  g_setenv ("PURSER_TEST_KEY", KEY, TRUE);
}

static gboolean
delete_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  return g_unlink (path) == 0;
}

void
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


static gboolean
add_part_job (PurserDb *db, gpointer data, GError **error)
{
  Part *part = data;
  PurserProvider provider = { .kind = purser_kind_get (part->kind),
                              .name = (char *) part->name,
                              .address = (char *) part->address,
                              .key_env = (char *) part->key_env,
                              .ca_file = (char *) part->ca_file,
                              .multiplier_ppm = PURSER_PPM,
                              .enabled = TRUE };
  PurserModel model = { .name = (char *) "m", .context_tokens = 8000, .max_output = 1000, .listed = TRUE };
  PurserPrice price = { .valid_from = 1,
                        .currency = "EUR",
                        .list_pico = { 1000000, 1000000, 1000000, 1000000, 1000000, 2000000, 2000000 },
                        .contract_pico = { 1000000, 1000000, 1000000, 1000000, 1000000, 2000000, 2000000 },
                        .source = (char *) "test" };
  model.provider_id = part->provider_id = purser_catalogue_put_provider (db, &provider, error);
  if (part->provider_id == 0 || (part->model_id = purser_catalogue_put_model (db, &model, error)) == 0)
    return FALSE;
  return purser_catalogue_add_price (db, part->model_id, &price, error) != 0 && purser_catalogue_raise (db, error);
}

void
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

void
assign (Fixture *f, gint64 first, gint64 second)
{
  g_autoptr(GError) error = NULL;
  Assignment assignment = { { first, second }, second != 0 ? 2 : 1 };
  purser_store_write (f->store, FALSE, assign_job, &assignment, &error);
  g_assert_no_error (error);
}

/* A provider of KIND whose server behaves as FAULTS say. */
Part
add_provider (Fixture *f, const char *name, const char *kind, const char *faults)
{
  g_autofree char *address = hostile_address (f->hostile, name, faults, kind);
  Part part = { name, kind, address, "PURSER_TEST_KEY", NULL, 0, 0 };
  add_part (f, &part);
  return part;
}

/* --- Calls --- */


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

gboolean
call_done (gpointer data)
{
  return ((Call *) data)->done;
}

void
call_start (Call *call, Fixture *f, const char *model, gboolean stream)
{
  g_autoptr(PurserChat) chat = purser_chat_new_text ("You are terse.", "Say hello.");
  PurserCallRequest request = { .workload = model == NULL ? "drafting" : NULL,
                                .model = model,
                                .purpose = PURSER_PURPOSE_WORK,
                                .stream = stream,
                                .chat = chat };
  chat->max_tokens = 50;
  call->text = g_string_new (NULL);
  purser_caller_run_async (f->caller, &request, event_cb, call, call->cancellable, done_cb, call);
}

void
call_clear (Call *call)
{
  g_string_free (call->text, TRUE);
  g_clear_pointer (&call->result, purser_call_result_unref);
  g_clear_object (&call->cancellable);
}

Call
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
GPtrArray *
ledger_rows (Fixture *f)
{
  g_autoptr(GError) error = NULL;
  Ledger ledger = { 0 };
  purser_store_read (f->store, ledger_job, &ledger, &error);
  g_assert_no_error (error);
  return ledger.rows;
}

void
assert_consistent (Fixture *f)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) findings = purser_store_verify (f->store, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < findings->len; i++)
    g_test_message ("%s", (char *) g_ptr_array_index (findings, i));
  g_assert_cmpuint (findings->len, ==, 0);
}
