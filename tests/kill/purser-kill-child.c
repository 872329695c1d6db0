/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "purser-ledger.h"
#include "purser-db.h"

/* Makes calls until it is killed: N at once, each opened, then settled. The id of a call goes down the pipe (standard output, eight bytes)
 * only after its settlement was confirmed. With --tell-first, the control, it goes before: then a kill must lose some.
 *
 *   purser-kill-child FILE N [--tell-first]      until killed
 *   purser-kill-child --make FILE                makes the organisation
 *   purser-kill-child --judge FILE < IDS         opens it again (which reaps) and prints one line: told, lost, open, findings */

typedef struct
{
  PurserStore *store;
  PurserLedgerOpen open;
  gboolean tell_first;
} Child;

typedef struct
{
  Child *child;
  PurserLedgerAttempt attempt;
  PurserLedgerSettle settle;
} Call;

static void start (Child *child);

G_GNUC_NORETURN static void
die (const char *what, GError *error)
{
  g_printerr ("purser-kill-child: %s: %s\n", what, error != NULL ? error->message : "");
  exit (2);
}

static void
tell (gint64 call_id)
{
  if (write (STDOUT_FILENO, &call_id, sizeof call_id) != sizeof call_id)
    exit (2);
}

static gboolean
open_job (PurserDb *db, gpointer data, GError **error)
{
  Call *call = data;
  gboolean done = purser_ledger_open (db, &call->child->open, &call->attempt.call_id, &call->attempt.attempt_id, error);
  call->settle.call_id = call->attempt.call_id;
  return done;
}

static gboolean
settle_job (PurserDb *db, gpointer data, GError **error)
{
  Call *call = data;
  return purser_ledger_settle (db, &call->attempt, &call->settle, error);
}

static void
settled_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  Call *call = user_data;
  if (!purser_store_run_finish (PURSER_STORE (object), result, &error))
    die ("settle", error);
  if (!call->child->tell_first)
    tell (call->settle.call_id);
  start (call->child);
  g_free (call);
}

static void
opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  Call *call = user_data;
  if (!purser_store_run_finish (PURSER_STORE (object), result, &error))
    die ("open", error);
  if (call->child->tell_first)
    tell (call->settle.call_id);
  purser_store_write_async (call->child->store, TRUE, settle_job, call, NULL, NULL, settled_cb, call);
}

static void
start (Child *child)
{
  Call *call = g_new0 (Call, 1);
  call->child = child;
  call->attempt = (PurserLedgerAttempt){ .outcome = "ok",
                                         .status = 200,
                                         .tokens = PURSER_TOKENS_UNKNOWN_INIT,
                                         .cost_nano = 17,
                                         .list_nano = 17,
                                         .connect_us = 1,
                                         .first_us = 2,
                                         .first_text_us = 3,
                                         .total_us = 4 };
  call->attempt.tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = 100;
  call->attempt.tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = 10;
  call->settle = (PurserLedgerSettle){ .outcome = "ok", .model_id = child->open.model_id, .finish = "stop" };
  purser_store_write_async (child->store, FALSE, open_job, call, NULL, NULL, opened_cb, call);
}

static PurserStore *
open_store (const char *path, PurserStoreFlags flags)
{
  GError *error = NULL;
  PurserStore *store = purser_store_open (path, flags, "Kill", "EUR", "Europe/Berlin", &error);
  if (store == NULL)
    die (path, error);
  return store;
}

static gboolean
make_job (PurserDb *db, gpointer data, GError **error)
{
  PurserProvider provider = { .kind = purser_kind_get ("ollama"),
                              .name = (char *) "Local",
                              .address = (char *) "http://localhost:11434",
                              .multiplier_ppm = PURSER_PPM,
                              .enabled = TRUE };
  PurserModel model = {
    .name = (char *) "tiny", .context_tokens = PURSER_UNKNOWN, .max_output = PURSER_UNKNOWN, .listed = TRUE
  };
  PurserPrincipal person = { .name = (char *) "Anna" };
  /* What it holds of the dead must come back: the judge compares it with the ledger. */
  PurserBudget budget = { .cap_nano = G_MAXINT64 / 2, .at_limit = PURSER_AT_LIMIT_BLOCK };
  model.provider_id = purser_catalogue_put_provider (db, &provider, error);
  return model.provider_id != 0 && purser_catalogue_put_model (db, &model, error) != 0
         && purser_catalogue_put_principal (db, &person, error) != 0
         && purser_catalogue_put_budget (db, &budget, error) != 0 && purser_catalogue_raise (db, error);
}

static int
make (const char *path)
{
  GError *error = NULL;
  PurserStore *store = open_store (path, PURSER_STORE_CREATE);
  if (!purser_store_write (store, TRUE, make_job, NULL, &error))
    die ("make", error);
  g_object_unref (store);
  return 0;
}

G_GNUC_NORETURN static void
run (const char *path, int n, gboolean tell_first)
{
  Child child = { .store = open_store (path, PURSER_STORE_OPEN), .tell_first = tell_first };
  PurserOrg *org = purser_store_get_org (child.store);
  child.open = (PurserLedgerOpen){ .generation = org->generation,
                                   .principal_id = ((PurserPrincipal *) org->principals->pdata[0])->id,
                                   .workload_id = ((PurserWorkload *) org->workloads->pdata[0])->id,
                                   .model_id = ((PurserModel *) org->models->pdata[0])->id,
                                   .reserve_nano = 1000,
                                   .dialect = "" };
  for (int i = 0; i < n; i++)
    start (&child);
  for (;;)
    g_main_context_iteration (NULL, TRUE);
}

typedef struct
{
  GArray *told;
  gint64 lost, open, interrupted;
} Verdict;

static gboolean
judge_job (PurserDb *db, gpointer data, GError **error)
{
  Verdict *v = data;
  for (guint i = 0; i < v->told->len; i++)
    {
      PurserStatement *row = purser_db_query (db, error,
                                              "SELECT 1 FROM call c JOIN attempt a ON a.call_id = c.id WHERE c.id = ? "
                                              "AND c.outcome = 'ok' AND a.cost_nano = 17",
                                              "i", g_array_index (v->told, gint64, i));
      if (!purser_statement_step (row, error))
        v->lost++;
      if (purser_statement_failed (row))
        return FALSE;
    }
  PurserStatement *row = purser_db_query (db, error,
                                          "SELECT COALESCE (SUM (closed_at IS NULL), 0), COALESCE (SUM (outcome = "
                                          "'interrupted'), 0) FROM call",
                                          "");
  if (!purser_statement_step (row, error))
    return FALSE;
  v->open = purser_statement_int (row, 0);
  v->interrupted = purser_statement_int (row, 1);
  return TRUE;
}

static int
judge (const char *path)
{
  GError *error = NULL;
  gint64 id;
  Verdict v = { .told = g_array_new (FALSE, FALSE, sizeof id) };
  while (fread (&id, sizeof id, 1, stdin) == 1)
    g_array_append_val (v.told, id);
  PurserStore *store = open_store (path, PURSER_STORE_OPEN);
  if (!purser_store_read (store, judge_job, &v, &error))
    die ("judge", error);
  GPtrArray *findings = purser_store_verify (store, &error);
  if (findings == NULL)
    die ("verify", error);
  for (guint i = 0; i < findings->len; i++)
    g_printerr ("%s\n", (char *) g_ptr_array_index (findings, i));
  g_print ("told %u lost %" G_GINT64_FORMAT " open %" G_GINT64_FORMAT " interrupted %" G_GINT64_FORMAT " findings %u\n",
           v.told->len, v.lost, v.open, v.interrupted, findings->len);
  g_ptr_array_unref (findings);
  g_object_unref (store);
  g_array_unref (v.told);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--make"))
    return make (argv[2]);
  if (argc == 3 && g_str_equal (argv[1], "--judge"))
    return judge (argv[2]);
  if (argc == 3 || (argc == 4 && g_str_equal (argv[3], "--tell-first")))
    run (argv[1], atoi (argv[2]), argc == 4);
  g_printerr ("usage: purser-kill-child FILE N [--tell-first] | --make FILE | --judge FILE\n");
  return 2;
}
