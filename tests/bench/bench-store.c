/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A call opened and settled on disk, beside one bare row inserted and committed on the same disk. */
#include "bench.h"

#include <sqlite3.h>

enum
{
  AT_ONCE = 32
};

typedef struct
{
  PurserStore *store;
  PurserLedgerOpen open;
  sqlite3 *bare; /* (owned) */
  sqlite3_stmt *insert; /* (owned) */
  gint64 calls; /* made so far */
  guint busy;
  GMutex lock;
  GCond news;
  GPtrArray *done; /* (owned) (element-type Call) under the lock: answers that nobody has looked at */
} Disk;

typedef struct
{
  Disk *disk;
  PurserLedgerAttempt attempt;
  PurserLedgerSettle settle;
  gboolean opened;
} Call;

static gboolean
fill_job (PurserDb *db, gpointer data, GError **error)
{
  Disk *disk = data;
  PurserProvider provider = { .kind = purser_kind_get ("ollama"),
                              .name = (char *) "Local",
                              .address = (char *) "http://localhost:11434",
                              .multiplier_ppm = PURSER_PPM,
                              .enabled = TRUE };
  PurserModel model = { .name = (char *) "tiny", .context_tokens = -1, .max_output = -1, .listed = TRUE };
  PurserPrincipal person = { .name = (char *) "Anna" };
  model.provider_id = purser_catalogue_put_provider (db, &provider, error);
  disk->open.model_id = purser_catalogue_put_model (db, &model, error);
  disk->open.principal_id = purser_catalogue_put_principal (db, &person, error);
  disk->open.generation = purser_catalogue_generation (db, error);
  disk->open.dialect = "";
  disk->open.reserve_nano = 1000;
  return disk->open.principal_id != 0;
}

static void
call_init (Call *call, Disk *disk)
{
  *call = (Call) {
    .disk = disk,
    .attempt = { .outcome = "ok",
                 .status = 200,
                 .tokens = PURSER_TOKENS_UNKNOWN_INIT,
                 .cost_nano = 17,
                 .list_nano = 17,
                 .connect_us = 1,
                 .first_us = 2,
                 .first_text_us = 3,
                 .total_us = 4 },
    .settle = { .outcome = "ok", .model_id = disk->open.model_id, .finish = "stop" },
  };
  call->attempt.tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = 100;
  call->attempt.tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = 10;
  disk->calls++;
}

static gboolean
open_job (PurserDb *db, gpointer data, GError **error)
{
  Call *call = data;
  gboolean done = purser_ledger_open (db, &call->disk->open, &call->attempt.call_id, &call->attempt.attempt_id, error);
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
make_one (gpointer data)
{
  Disk *disk = data;
  g_autoptr(GError) error = NULL;
  Call call;
  call_init (&call, disk);
  purser_store_write (disk->store, FALSE, open_job, &call, &error);
  g_assert_no_error (error);
  purser_store_write (disk->store, TRUE, settle_job, &call, &error);
  g_assert_no_error (error);
}

static void
settled_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  purser_store_run_finish (PURSER_STORE (object), result, &error);
  g_assert_no_error (error);
  ((Call *) user_data)->disk->busy--;
}

static void
opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  Call *call = user_data;
  purser_store_run_finish (PURSER_STORE (object), result, &error);
  g_assert_no_error (error);
  purser_store_write_async (call->disk->store, TRUE, settle_job, call, NULL, NULL, settled_cb, call);
}

static void
make_many (gpointer data)
{
  Disk *disk = data;
  Call calls[AT_ONCE];
  disk->busy = AT_ONCE;
  for (guint i = 0; i < AT_ONCE; i++)
    {
      call_init (&calls[i], disk);
      purser_store_write_async (disk->store, FALSE, open_job, &calls[i], NULL, NULL, opened_cb, &calls[i]);
    }
  while (disk->busy > 0)
    g_main_context_iteration (NULL, TRUE);
}

/* --- The same from a thread without a main loop, as the gateway's data plane does it --- */

static void
submitted_cb (gpointer data, const GError *error)
{
  Call *call = data;
  g_assert_no_error (error);
  g_mutex_lock (&call->disk->lock);
  g_ptr_array_add (call->disk->done, call);
  g_mutex_unlock (&call->disk->lock);
}

static void
wake_cb (gpointer data)
{
  Disk *disk = data;
  g_mutex_lock (&disk->lock);
  g_cond_signal (&disk->news);
  g_mutex_unlock (&disk->lock);
}

/* What was opened is settled, what was settled is done with. */
static void
step_on (Disk *disk)
{
  g_autoptr(GPtrArray) done = g_ptr_array_new ();
  g_mutex_lock (&disk->lock);
  while (disk->done->len == 0)
    g_cond_wait (&disk->news, &disk->lock);
  g_ptr_array_extend_and_steal (done, g_steal_pointer (&disk->done));
  disk->done = g_ptr_array_new ();
  g_mutex_unlock (&disk->lock);
  for (guint i = 0; i < done->len; i++)
    {
      Call *call = g_ptr_array_index (done, i);
      disk->busy -= call->opened;
      if (!call->opened)
        purser_store_submit (disk->store, TRUE, settle_job, call, submitted_cb, wake_cb, disk);
      call->opened = TRUE;
    }
}

static void
submit_calls (Disk *disk, guint n)
{
  Call calls[AT_ONCE];
  disk->busy = n;
  for (guint i = 0; i < n; i++)
    {
      call_init (&calls[i], disk);
      calls[i].opened = FALSE;
      purser_store_submit (disk->store, FALSE, open_job, &calls[i], submitted_cb, wake_cb, disk);
    }
  while (disk->busy > 0)
    step_on (disk);
}

static void
submit_one (gpointer data)
{
  submit_calls (data, 1);
}

static void
submit_many (gpointer data)
{
  submit_calls (data, AT_ONCE);
}

/* Three that count every call and never have to say no. */
static gboolean
budgets_job (PurserDb *db, gpointer data, GError **error)
{
  Disk *disk = data;
  for (PurserBudgetPeriod period = PURSER_BUDGET_MONTH; period <= PURSER_BUDGET_ROLLING; period++)
    {
      gboolean own = period == PURSER_BUDGET_QUARTER;
      PurserBudget budget = { .scope = own ? PURSER_SCOPE_PRINCIPAL : PURSER_SCOPE_ORGANISATION,
                              .scope_id = own ? disk->open.principal_id : 0,
                              .period = period,
                              .days = 30,
                              .cap_nano = G_MAXINT64 / 2,
                              .at_limit = PURSER_AT_LIMIT_BLOCK };
      if (purser_catalogue_put_budget (db, &budget, error) == 0)
        return FALSE;
    }
  if (!purser_catalogue_raise (db, error))
    return FALSE;
  disk->open.generation = purser_catalogue_generation (db, error);
  return TRUE;
}

static void
insert_bare (gpointer data)
{
  Disk *disk = data;
  g_assert_cmpint (sqlite3_step (disk->insert), ==, SQLITE_DONE);
  sqlite3_reset (disk->insert);
}

static void
open_bare (Disk *disk, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "bare.db", NULL);
  g_assert_cmpint (sqlite3_open (path, &disk->bare), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (disk->bare,
                                 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                 "CREATE TABLE row (id INTEGER PRIMARY KEY, at INTEGER, cost INTEGER, words TEXT) "
                                 "STRICT",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (disk->bare, "INSERT INTO row (at, cost, words) VALUES (1, 17, 'ok')", -1,
                                       &disk->insert, NULL),
                   ==, SQLITE_OK);
}

void
bench_store (const char *folder)
{
  g_autoptr(GError) error = NULL;
  BenchStore place;
  bench_store_open (&place, folder);
  Disk disk = { .store = place.store, .done = g_ptr_array_new () };
  g_mutex_init (&disk.lock);
  g_cond_init (&disk.news);
  purser_store_write (disk.store, TRUE, fill_job, &disk, &error);
  g_assert_no_error (error);
  open_bare (&disk, place.folder);
  bench_heading ("Store, for one call", "SQLite");
  bench_compare ("opened, settled and synced, one at a time", (BenchSide) { make_one, 1 }, (BenchSide) { insert_bare, 1 },
                 &disk);
  bench_compare ("opened, settled and synced, 32 at a time", (BenchSide) { make_many, AT_ONCE },
                 (BenchSide) { insert_bare, 1 }, &disk);
  bench_compare ("the same without a main loop, one at a time", (BenchSide) { submit_one, 1 },
                 (BenchSide) { insert_bare, 1 }, &disk);
  bench_compare ("the same without a main loop, 32 at a time", (BenchSide) { submit_many, AT_ONCE },
                 (BenchSide) { insert_bare, 1 }, &disk);
  purser_store_write (disk.store, TRUE, budgets_job, &disk, &error);
  g_assert_no_error (error);
  bench_compare ("… under three budgets, one at a time", (BenchSide) { submit_one, 1 }, (BenchSide) { insert_bare, 1 },
                 &disk);
  bench_compare ("… under three budgets, 32 at a time", (BenchSide) { submit_many, AT_ONCE },
                 (BenchSide) { insert_bare, 1 }, &disk);
  g_assert_cmpint (bench_number (disk.store, "SELECT SUM (reserved_nano) FROM budget_use"), ==, 0);
  g_assert_cmpint (bench_number (disk.store, "SELECT COUNT (*) FROM call WHERE outcome = 'ok'"), ==, disk.calls);
  g_assert_cmpint (bench_number (disk.store, "SELECT SUM (cost_nano) FROM attempt"), ==, disk.calls * 17);
  sqlite3_finalize (disk.insert);
  sqlite3_close (disk.bare);
  g_ptr_array_unref (disk.done);
  g_mutex_clear (&disk.lock);
  g_cond_clear (&disk.news);
  bench_store_close (&place);
}
