/* SPDX-License-Identifier: GPL-3.0-or-later */
/* purser-soak SECONDS: calls through the caller, 20 a second and up to 32 at once, to practice models that answer, are
 * overloaded, fall back and are left in the middle. After each quarter all calls end: what the process then has must
 * not grow after the first, and at the end the ledger must hold every call. */
#include <glib/gstdio.h>
#include <malloc.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "purser-admin.h"
#include "purser-caller.h"
#include "purser-db.h"
#include "purser-practice.h"

enum
{
  PER_SECOND = 20,
  AT_ONCE = 32,
  QUARTERS = 4,
  IDLE_MS = 1500,
  MOST_GROWTH = 20 /* % */
};
#define SLOWER 1.6 /* waits of the models: so that 20 calls a second are some 30 at once */

typedef struct
{
  char *folder; /* (owned) */
  PurserStore *store; /* (owned) */
  PurserCaller *caller; /* (owned) */
  gint64 principal_id;
  guint started, busy, most_busy;
  guint answered, fell_back, cancelled, overloaded, wrong;
  guint refused; /* before they were opened: the model had failed too often and is left alone for a while */
} Soak;

typedef struct
{
  Soak *soak;
  GCancellable *cancellable; /* (owned) */
  gboolean leave; /* at its first words */
  gboolean flaky; /* without a fallback: may fail */
} Call;

/* Bytes without SQLite's, whose cache of pages grows with the file until it is full. */
typedef struct
{
  gint64 resident, heap /* 0 = this malloc does not tell */, cache;
  guint descriptors;
} Size;

static guint passed, failed;

G_GNUC_PRINTF (2, 3) static void
check (gboolean holds, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *words = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  printf ("%s - %s\n", holds ? "ok" : "not ok", words);
  passed += holds;
  failed += !holds;
}

/* --- Calls --- */

static void
event_cb (const PurserEvent *event, gpointer user_data)
{
  Call *call = user_data;
  if (call->leave && event->type == PURSER_EVENT_TEXT)
    g_cancellable_cancel (call->cancellable);
}

static void
count (Call *call, const PurserCallResult *result)
{
  Soak *soak = call->soak;
  PurserFaultClass fault = result->fault != NULL ? result->fault->class_ : PURSER_FAULT_NONE;
  if (fault == PURSER_FAULT_NONE)
    {
      soak->answered++;
      soak->fell_back += ((PurserCallAttempt *) g_ptr_array_index (result->attempts, 0))->model_id != result->model_id;
    }
  else if (fault == PURSER_FAULT_CANCELLED && call->leave)
    soak->cancelled++;
  else if (fault == PURSER_FAULT_OVERLOADED && call->flaky)
    soak->overloaded++;
  else if (fault == PURSER_FAULT_LOCAL && call->flaky && result->call_id == 0 && result->skipped->len == 1)
    soak->refused++;
  else
    {
      soak->wrong++;
      g_printerr ("a call failed: %s: %s\n", purser_fault_class_id (fault), result->fault->message);
    }
}

static void
done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  Call *call = user_data;
  g_autoptr(PurserCallResult) ended = purser_caller_run_finish (PURSER_CALLER (object), result, &error);
  if (ended != NULL)
    count (call, ended);
  else
    g_error ("a call was not made: %s", error->message);
  call->soak->busy--;
  g_object_unref (call->cancellable);
  g_free (call);
}

static void
start (Soak *soak)
{
  static const char *const WORKLOADS[] = { "drafting", "summarization", "analysis" };
  guint n = soak->started++;
  Call *call = g_new0 (Call, 1);
  call->soak = soak;
  call->cancellable = g_cancellable_new ();
  call->leave = n % 10 == 9;
  call->flaky = n % 7 == 6;
  g_autofree char *words = g_strdup_printf (
      "Write a short letter to customer %u: the delivery of Friday comes a week later, and we are sorry.", n);
  g_autoptr(PurserChat) chat = purser_chat_new_text ("Be brief and friendly.", words);
  PurserCallRequest request = { .workload = call->flaky ? NULL : WORKLOADS[n % G_N_ELEMENTS (WORKLOADS)],
                                .model = call->flaky ? "Practice A/practice-flaky" : NULL,
                                .principal_id = soak->principal_id,
                                .stream = n % 4 != 0,
                                .chat = chat };
  soak->busy++;
  soak->most_busy = MAX (soak->most_busy, soak->busy);
  purser_caller_run_async (soak->caller, &request, event_cb, call, call->cancellable, done_cb, call);
}

static gboolean
tick_cb (gpointer user_data)
{
  Soak *soak = user_data;
  if (soak->busy < AT_ONCE)
    start (soak);
  return G_SOURCE_CONTINUE;
}

/* --- The organisation --- */

static gint64
change (PurserAdmin *admin, PurserCommand *command)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserOutcome) outcome = purser_admin_run (admin, command, &error);
  if (outcome == NULL)
    g_error ("%s", error->message);
  return outcome->id;
}

static void
assign (PurserAdmin *admin, const PurserOrg *org, const char *workload, const char *first, const char *second)
{
  gint64 models[2] = { 0, 0 };
  for (guint i = 0; i < org->models->len; i++)
    {
      const PurserModel *model = g_ptr_array_index (org->models, i);
      if (g_str_equal (model->name, first))
        models[0] = model->id;
      else if (g_str_equal (model->name, second))
        models[1] = model->id;
    }
  change (admin, purser_command_assign (purser_org_workload_named (org, workload)->id, models, 2));
}

static void
set_up (Soak *soak)
{
  g_autoptr(GError) error = NULL;
  soak->folder = g_dir_make_tmp ("purser-soak-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *path = g_build_filename (soak->folder, "soak.purser", NULL);
  soak->store = purser_store_open (path, PURSER_STORE_CREATE, "Soak", "EUR", "Europe/Berlin", &error);
  g_assert_no_error (error);
  g_autoptr(PurserVault) vault = purser_vault_new (purser_store_get_uid (soak->store));
  g_autoptr(PurserAdmin) admin = purser_admin_new (soak->store, vault, "soak");
  change (admin, purser_command_add_practice ());
  soak->principal_id = change (admin, purser_command_add_principal ("Anna", FALSE, NULL, 0));
  g_autoptr(PurserOrg) org = purser_store_get_org (soak->store);
  assign (admin, org, "drafting", "practice-flaky", "practice-careful");
  assign (admin, org, "summarization", "practice-careful", "practice-quick");
  assign (admin, org, "analysis", "practice-local", "practice-quick");
  soak->caller = purser_caller_new (soak->store, NULL);
}

static void
tear_down (Soak *soak)
{
  g_object_unref (soak->caller);
  purser_store_close (soak->store);
  g_object_unref (soak->store);
  g_autoptr(GDir) dir = g_dir_open (soak->folder, 0, NULL);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (soak->folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (soak->folder);
  g_free (soak->folder);
}

/* --- What it takes --- */

static Size
measure (void)
{
  struct mallinfo2 heap = mallinfo2 ();
  Size size = { .cache = sqlite3_memory_used () };
  long long pages = 0;
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%*d %lld", &pages), ==, 1);
  size.resident = pages * sysconf (_SC_PAGESIZE) - size.cache;
  size.heap = heap.uordblks != 0 ? (gint64) (heap.uordblks + heap.hblkhd) - size.cache : 0;
  g_autoptr(GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  while (g_dir_read_name (dir) != NULL)
    size.descriptors++;
  return size;
}

static gboolean
time_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
turn (guint ms)
{
  gboolean over = FALSE;
  g_timeout_add (ms, time_cb, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

/* Calls for SECONDS, then none: what is left afterwards is what leaks. */
static Size
quarter (Soak *soak, double seconds)
{
  guint pace = g_timeout_add (1000 / PER_SECOND, tick_cb, soak);
  turn ((guint) (seconds * 1000));
  Size loaded = measure ();
  g_source_remove (pace);
  while (soak->busy > 0)
    g_main_context_iteration (NULL, TRUE);
  turn (IDLE_MS);
  Size idle = measure ();
  printf ("%6u calls; under load %6.2f MB and %u descriptors; idle %6.2f MB, of it heap %5.2f MB, and %u; SQLite %5.2f "
          "MB\n",
          soak->started, loaded.resident / 1e6, loaded.descriptors, idle.resident / 1e6, idle.heap / 1e6,
          idle.descriptors, idle.cache / 1e6);
  fflush (stdout);
  return idle;
}

typedef struct
{
  gint64 calls, open;
} Rows;

static gboolean
rows_job (PurserDb *db, gpointer data, GError **error)
{
  Rows *rows = data;
  PurserStatement *row =
      purser_db_query (db, error, "SELECT COUNT (*), COALESCE (SUM (closed_at IS NULL), 0) FROM call", "");
  if (!purser_statement_step (row, error))
    return FALSE;
  rows->calls = purser_statement_int (row, 0);
  rows->open = purser_statement_int (row, 1);
  return TRUE;
}

static void
check_growth (const char *what, gint64 first, gint64 last)
{
  check (last * 100 <= first * (100 + MOST_GROWTH), "%s: %.2f MB after the first quarter, %.2f MB after the last", what,
         first / 1e6, last / 1e6);
}

static void
judge (Soak *soak, Size first, Size last)
{
  g_autoptr(GError) error = NULL;
  Rows rows = { 0, 0 };
  if (!purser_store_read (soak->store, rows_job, &rows, &error))
    g_error ("%s", error->message);
  check (soak->wrong == 0,
         "%u calls: %u answered, %u of them by a fallback; %u left in the middle, %u overloaded, %u refused, "
         "%u wrong",
         soak->started, soak->answered, soak->fell_back, soak->cancelled, soak->overloaded, soak->refused, soak->wrong);
  check (soak->fell_back > 0 && soak->cancelled > 0 && soak->overloaded > 0, "each of these ends was met");
  check (rows.calls == soak->started - soak->refused && rows.open == 0,
         "every call is settled: %" G_GINT64_FORMAT " in the ledger, %" G_GINT64_FORMAT " open", rows.calls, rows.open);
  check (last.descriptors <= first.descriptors, "descriptors: %u after the first quarter, %u after the last",
         first.descriptors, last.descriptors);
  check_growth ("memory", first.resident, last.resident);
  if (first.heap != 0)
    check_growth ("heap in use", first.heap, last.heap);
  g_autoptr(GPtrArray) findings = purser_store_verify (soak->store, &error);
  for (guint i = 0; findings != NULL && i < findings->len; i++)
    g_printerr ("%s\n", (char *) g_ptr_array_index (findings, i));
  check (findings != NULL && findings->len == 0, "the file verifies");
}

int
main (int argc, char **argv)
{
  Soak soak = { 0 };
  Size size[QUARTERS];
  double seconds = argc > 1 ? g_ascii_strtod (argv[1], NULL) : 120;
  if (seconds < QUARTERS)
    {
      g_printerr ("usage: purser-soak SECONDS (at least %d)\n", QUARTERS);
      return 2;
    }
  purser_practice_set_speed (SLOWER);
  set_up (&soak);
  for (guint i = 0; i < QUARTERS; i++)
    size[i] = quarter (&soak, seconds / QUARTERS);
  printf ("%.1f calls a second, at most %u at once\n", soak.started / seconds, soak.most_busy);
  judge (&soak, size[0], size[QUARTERS - 1]);
  tear_down (&soak);
  printf ("%u passed, %u failed\n", passed, failed);
  return failed != 0;
}
