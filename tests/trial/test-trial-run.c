/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-trial-private.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "purser-admin.h"
#include "purser-json.h"
#include "purser-practice.h"

/* Whole runs: real questions to the practice models over loopback, a real file, the real ledger. */

#define CAREFUL "Practice A/practice-careful"
#define QUICK   "Practice B/practice-quick"
#define FREE    "Practice C/practice-local"

typedef struct
{
  char *folder, *path, *log; /* (owned) */
  PurserStore *store; /* (owned) */
  PurserVault *vault; /* (owned) */
  PurserCaller *caller; /* (owned) */
} Fixture;

static void
fixture_open (Fixture *f, PurserStoreFlags flags)
{
  g_autoptr(GError) error = NULL;
  f->store = purser_store_open (f->path, flags, "Test", "EUR", "UTC", &error);
  g_assert_no_error (error);
  f->vault = purser_vault_new (purser_store_get_uid (f->store));
  f->caller = purser_caller_new (f->store, f->vault);
}

static void
fixture_up (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  f->folder = g_dir_make_tmp ("purser-run-XXXXXX", &error);
  g_assert_no_error (error);
  f->path = g_build_filename (f->folder, "test.purser", NULL);
  f->log = g_strdup (g_getenv ("PURSER_PRACTICE_LOG"));
  purser_practice_set_speed (0);
  fixture_open (f, PURSER_STORE_CREATE);
  g_autoptr(PurserAdmin) admin = purser_admin_new (f->store, f->vault, "tester");
  g_autoptr(PurserOutcome) practice = purser_admin_run (admin, purser_command_add_practice (), &error);
  g_assert_no_error (error);
  g_autoptr(PurserOutcome) dead =
      purser_admin_run (admin,
                        purser_command_add_provider ("openai-compatible", "dead", "http://127.0.0.1:9/v1", NULL, NULL,
                                                     NULL),
                        &error);
  g_assert_no_error (error);
  g_autoptr(PurserOutcome) model = purser_admin_run (admin, purser_command_add_model (dead->id, "m", NULL), &error);
  g_assert_no_error (error);
}

static void
fixture_close (Fixture *f)
{
  g_assert_finalize_object (f->caller);
  g_clear_object (&f->vault);
  purser_store_close (f->store);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&f->store);
}

static void
fixture_down (Fixture *f, gconstpointer data)
{
  fixture_close (f);
  g_autoptr(GDir) dir = g_dir_open (f->folder, 0, NULL);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
  g_free (f->path);
  g_free (f->log);
}

/* --- What others counted --- */

typedef struct
{
  gint64 calls, input, output, cost;
} Counted;

static gboolean
usage_job (PurserDb *db, gpointer data, GError **error)
{
  *(GArray **) data = purser_ledger_usage (db, PURSER_BY_MODEL, FALSE, 0, G_MAXINT32 - 1, FALSE, TRUE, error);
  return *(GArray **) data != NULL;
}

static Counted
ledger_of (const Fixture *f, gint64 model_id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) rows = NULL;
  Counted counted = { 0 };
  purser_store_read (f->store, usage_job, &rows, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++)
    {
      const PurserUsageRow *row = &g_array_index (rows, PurserUsageRow, i);
      if (row->key != model_id)
        continue;
      counted.calls += row->calls;
      counted.cost += row->cost_nano;
      for (int kind = 0; kind < PURSER_N_TOKEN_KINDS; kind++)
        *(kind < PURSER_TOKENS_OUTPUT_VISIBLE ? &counted.input : &counted.output) += row->tokens[kind];
    }
  return counted;
}

/* What the practice server itself wrote down since BYTE, per model name. */
static Counted
log_of (const Fixture *f, const char *model, gsize byte)
{
  g_autofree char *text = NULL;
  gsize length;
  Counted counted = { 0 };
  if (!g_file_get_contents (f->log, &text, &length, NULL) || length <= byte)
    return counted;
  g_auto(GStrv) lines = g_strsplit (text + byte, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      g_autoptr(JsonNode) node = **line != '\0' ? purser_json_parse (*line, -1, NULL) : NULL;
      JsonObject *object = node != NULL ? purser_json_object (node) : NULL;
      if (object == NULL || g_strcmp0 (purser_json_string (object, "model"), model) != 0
          || purser_json_int (object, "status", 0) != 200)
        continue;
      counted.calls++;
      counted.input += purser_json_int (object, "input_tokens", 0);
      counted.output += purser_json_int (object, "output_tokens", 0);
    }
  return counted;
}

static gsize
log_end (const Fixture *f)
{
  GStatBuf info;
  return g_stat (f->log, &info) == 0 ? (gsize) info.st_size : 0;
}

/* --- Running --- */

static void
take_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gint64
finish (PurserTrial *trial, GAsyncResult **result, GError **error)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return purser_trial_run_finish (trial, *result, error);
}

static gint64
run (PurserTrial *trial, GCancellable *cancellable)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  purser_trial_run_async (trial, cancellable, take_cb, &result);
  gint64 id = finish (trial, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (id, >, 0);
  return id;
}

static PurserTrialOutcome *
load (const Fixture *f, gint64 id)
{
  g_autoptr(GError) error = NULL;
  PurserTrialOutcome *outcome = purser_trial_load (f->store, id, &error);
  g_assert_no_error (error);
  g_test_message ("%s %s | %s", outcome->sentence, outcome->second, outcome->footnote);
  return outcome;
}

/* The result, the ledger and, where every call came through, the provider's own log say the same. */
static void
assert_same_numbers (const Fixture *f, const PurserTrialOutcome *outcome, gsize log_start, gboolean whole)
{
  for (guint i = 0; i < outcome->models->len; i++)
    {
      const PurserTrialModel *model = g_ptr_array_index (outcome->models, i);
      Counted ledger = ledger_of (f, model->model_id), log = log_of (f, strchr (model->model, '/') + 1, log_start);
      g_assert_cmpint (model->cost_nano, ==, ledger.cost);
      g_assert_cmpint (model->input_tokens, ==, ledger.input);
      g_assert_cmpint (model->output_tokens, ==, ledger.output);
      if (!whole)
        continue;
      g_assert_cmpint (ledger.calls, ==, log.calls);
      g_assert_cmpint (ledger.input, ==, log.input);
      g_assert_cmpint (ledger.output, ==, log.output);
    }
}

static void
count_cb (PurserTrial *trial, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
test_whole (Fixture *f, gconstpointer workload)
{
  const char *const models[] = { CAREFUL, QUICK, NULL };
  gsize log_start = log_end (f);
  guint signals = 0;
  PurserTrial *trial = purser_trial_new_quality (f->caller, f->store, purser_suite_builtin (workload), models, 1, 0);
  gint64 most = purser_trial_estimate_nano (trial);
  g_assert_cmpint (purser_trial_get_remaining_us (trial), ==, -1);
  g_signal_connect (trial, "progress", G_CALLBACK (count_cb), &signals);
  gint64 id = run (trial, NULL);
  g_assert_cmpuint (signals, >=, 48);
  g_autoptr(PurserTrialOutcome) outcome = load (f, id);
  g_assert_cmpstr (outcome->row->state, ==, "done");
  g_assert_cmpstr (outcome->row->kind, ==, "quality");
  g_assert_cmpint (outcome->row->workload_id, >, 0);
  g_assert_cmpint (outcome->row->ended_at, >=, outcome->row->started_at);
  assert_same_numbers (f, outcome, log_start, TRUE);

  const PurserTrialModel *a = g_ptr_array_index (outcome->models, 0), *b = g_ptr_array_index (outcome->models, 1);
  g_assert_cmpuint (a->passed + a->failed, ==, 24);
  g_assert_cmpuint (b->passed + b->failed, ==, 24);
  g_assert_cmpuint (a->passed, >=, 17); /* the careful one is good, the quick one sloppy, and the suite tells */
  g_assert_cmpuint (a->passed, >, b->passed);
  g_assert_cmpfloat (outcome->difference, <, 0);
  g_assert_cmpfloat (outcome->cost_ratio, <, .5);
  g_assert_cmpuint (outcome->disagreements->len, >, 0);
  const PurserDisagreement *worst = g_ptr_array_index (outcome->disagreements, 0);
  g_assert_cmpuint (strlen (worst->answers[0]), >, 0);
  g_assert_cmpuint (strlen (worst->reasons[1]), >, 0);
  g_assert_cmpint (purser_trial_get_cost_nano (trial), ==, a->cost_nano + b->cost_nano);
  g_assert_cmpint (purser_trial_get_cost_nano (trial), <=, most);
  g_assert_cmpint (purser_trial_get_remaining_us (trial), ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      const PurserTrialModel *model = i == 0 ? a : b;
      PurserTrialProgress progress;
      purser_trial_get_progress (trial, i, &progress);
      g_assert_cmpuint (progress.done, ==, 24);
      g_assert_cmpuint (progress.total, ==, 24);
      g_assert_cmpuint (progress.passed, ==, model->passed);
      g_assert_cmpuint (progress.failed, ==, model->failed);
      g_assert_cmpint (progress.cost_nano, ==, model->cost_nano);
      g_assert_cmpint (progress.input_tokens, ==, model->input_tokens);
    }
  g_assert_finalize_object (trial);
}

/* Once is enough: a run that has run says so. */
static void
test_again (Fixture *f, gconstpointer data)
{
  const char *const models[] = { FREE, NULL }, *const none[] = { NULL }, *const unknown[] = { "nobody/nothing", NULL };
  const char *const five[] = { FREE, FREE, FREE, FREE, FREE, NULL };
  const char *const *wrong[] = { none, unknown, five };
  g_autoptr(PurserTrial) trial = purser_trial_new_latency (f->caller, f->store, "cooking", models, 2, 0);
  run (trial, NULL);
  g_autoptr(GAsyncResult) again = NULL;
  g_autoptr(GError) error = NULL;
  purser_trial_run_async (trial, NULL, take_cb, &again);
  g_assert_cmpint (finish (trial, &again, &error), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr(PurserTrial) bad =
          purser_trial_new_quality (f->caller, f->store, purser_suite_builtin ("analysis"), wrong[i], 1, 0);
      g_autoptr(GAsyncResult) result = NULL;
      g_autoptr(GError) words = NULL;
      purser_trial_run_async (bad, NULL, take_cb, &result);
      g_assert_cmpint (finish (bad, &result, &words), ==, 0);
      g_assert_nonnull (words);
    }
}

typedef struct
{
  GCancellable *cancellable;
  guint after;
} Stop;

static void
stop_cb (PurserTrial *trial, gpointer user_data)
{
  Stop *stop = user_data;
  PurserTrialProgress progress;
  purser_trial_get_progress (trial, 0, &progress);
  if (progress.done >= stop->after)
    g_cancellable_cancel (stop->cancellable);
}

static void
test_stop (Fixture *f, gconstpointer data)
{
  const char *const models[] = { CAREFUL, QUICK, NULL };
  purser_practice_set_speed (.05); /* so that something is under way when it is stopped */
  g_autoptr(PurserTrial) trial =
      purser_trial_new_quality (f->caller, f->store, purser_suite_builtin ("summarization"), models, 1, 0);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  Stop stop = { cancellable, 5 };
  g_signal_connect (trial, "progress", G_CALLBACK (stop_cb), &stop);
  g_autoptr(PurserTrialOutcome) outcome = load (f, run (trial, cancellable));
  const PurserTrialModel *a = g_ptr_array_index (outcome->models, 0), *b = g_ptr_array_index (outcome->models, 1);
  g_assert_cmpstr (outcome->row->state, ==, "stopped");
  g_assert_cmpstr (outcome->verdict, ==, "first-impression");
  g_assert_nonnull (strstr (outcome->footnote, "Stopped by hand"));
  g_assert_cmpuint (a->cases, >=, 5);
  g_assert_cmpuint (a->cases, <, 24);
  g_assert_cmpint ((int) a->cases - (int) b->cases, <=, 1);
  g_assert_cmpint ((int) b->cases - (int) a->cases, <=, 1);
  assert_same_numbers (f, outcome, 0, FALSE);

  /* Stopped before it began: a run without answers, no error. */
  g_autoptr(PurserTrial) never =
      purser_trial_new_quality (f->caller, f->store, purser_suite_builtin ("analysis"), models, 1, 0);
  g_autoptr(PurserTrialOutcome) empty = load (f, run (never, cancellable));
  g_assert_cmpstr (empty->row->state, ==, "stopped");
  g_assert_cmpuint (((PurserTrialModel *) g_ptr_array_index (empty->models, 0))->cases, ==, 0);
}

static void
test_cap (Fixture *f, gconstpointer data)
{
  const char *const models[] = { CAREFUL, QUICK, NULL };
  g_autoptr(PurserTrial) whole =
      purser_trial_new_quality (f->caller, f->store, purser_suite_builtin ("drafting"), models, 1, 0);
  gint64 cap = purser_trial_estimate_nano (whole) / 10; /* replies are a fraction of the longest allowed */
  g_assert_cmpint (cap, >, 0);
  g_autoptr(PurserTrial) trial =
      purser_trial_new_quality (f->caller, f->store, purser_suite_builtin ("drafting"), models, 1, cap);
  g_autoptr(PurserTrialOutcome) outcome = load (f, run (trial, NULL));
  const PurserTrialModel *a = g_ptr_array_index (outcome->models, 0), *b = g_ptr_array_index (outcome->models, 1);
  g_assert_cmpstr (outcome->row->state, ==, "stopped");
  g_assert_nonnull (strstr (outcome->footnote, "Stopped before it could cost more than"));
  g_assert_cmpuint (a->cases, ==, b->cases);
  g_assert_cmpuint (a->cases, >, 5); /* what was reserved and not spent is there for the next case */
  g_assert_cmpuint (a->cases, <, 24);
  g_assert_cmpint (a->cost_nano + b->cost_nano, <=, cap);
  assert_same_numbers (f, outcome, 0, FALSE);
}

static void
test_latency (Fixture *f, gconstpointer data)
{
  const char *const models[] = { CAREFUL, QUICK, NULL };
  gsize log_start = log_end (f);
  purser_practice_set_speed (.1);
  g_autoptr(PurserTrial) trial = purser_trial_new_latency (f->caller, f->store, "analysis", models, 6, 0);
  g_autoptr(PurserTrialOutcome) outcome = load (f, run (trial, NULL));
  g_assert_cmpstr (outcome->row->state, ==, "done");
  g_assert_cmpstr (outcome->row->kind, ==, "latency");
  assert_same_numbers (f, outcome, log_start, TRUE);
  for (guint i = 0; i < 2; i++)
    {
      const PurserTrialModel *model = g_ptr_array_index (outcome->models, i);
      g_assert_cmpint (log_of (f, strchr (model->model, '/') + 1, log_start).calls, ==, 7); /* one to warm up */
      g_assert_cmpuint (model->passed, ==, 6);
      g_assert_cmpuint (model->replies->len, ==, 6);
      g_assert_cmpfloat (model->reply_p50, >, 0);
      g_assert_true (isnan (model->reply_p90)); /* from 20 on */
    }
  const PurserTrialModel *a = g_ptr_array_index (outcome->models, 0), *b = g_ptr_array_index (outcome->models, 1);
  g_assert_cmpfloat (a->first_words_p50, >=, .03); /* about 600 ms at a tenth */
  g_assert_cmpfloat (a->first_words_p50, >, b->first_words_p50);
  g_assert_cmpstr (outcome->verdict, ==, "better");

  /* No two questions are the same, so no cache can answer; and the salt comes first. */
  PurserTrialStep first = { .round = 1 }, other = { .round = 1, .model = 1 }, later = { .round = 25 };
  const PurserTrialStep *steps[] = { &first, &other, &later };
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr(PurserChat) chat = purser_trial_question (trial, steps[i]);
      const PurserMessage *system = g_ptr_array_index (chat->messages, 0);
      const char *text = ((PurserPart *) g_ptr_array_index (system->parts, 0))->text;
      g_assert_true (text[0] == '[');
      g_assert_true (g_hash_table_add (seen, g_strndup (text, strcspn (text, "]"))));
    }
}

/* A model that is not there: five tries, not twenty-four, and the words of what is wrong. */
static void
test_broken (Fixture *f, gconstpointer data)
{
  const char *const models[] = { QUICK, "dead/m", NULL };
  g_autoptr(PurserTrial) trial =
      purser_trial_new_quality (f->caller, f->store, purser_suite_builtin ("analysis"), models, 1, 0);
  g_assert_cmpint (purser_trial_estimate_nano (trial), ==, -1); /* nobody said what it costs */
  g_autoptr(PurserTrialOutcome) outcome = load (f, run (trial, NULL));
  const PurserTrialModel *a = g_ptr_array_index (outcome->models, 0), *b = g_ptr_array_index (outcome->models, 1);
  g_assert_cmpstr (outcome->row->state, ==, "failed");
  g_assert_cmpuint (a->cases, ==, PURSER_PLAN_PATIENCE);
  g_assert_cmpuint (b->errors, ==, PURSER_PLAN_PATIENCE);
  g_assert_cmpuint (b->passed + b->failed, ==, 0);
  g_assert_true (isnan (b->rate));
  g_assert_nonnull (strstr (outcome->footnote, "answered none of its first calls:"));
}

static void
die_cb (PurserTrial *trial, gpointer user_data)
{
  PurserTrialProgress progress;
  purser_trial_get_progress (trial, 0, &progress);
  if (progress.done >= 6)
    kill (getpid (), SIGKILL);
}

/* Killed in the middle: the run is there with the answers it had, and the next who opens the file sees that it was
 * interrupted. */
static void
test_killed (Fixture *f, gconstpointer data)
{
  if (g_test_subprocess ())
    {
      const char *const models[] = { CAREFUL, QUICK, NULL };
      g_autofree char *told = g_build_filename (g_get_tmp_dir (), g_getenv ("PURSER_TEST_TELL"), NULL);
      g_assert_true (g_file_set_contents (told, f->folder, -1, NULL));
      g_autoptr(PurserTrial) trial =
          purser_trial_new_quality (f->caller, f->store, purser_suite_builtin ("analysis"), models, 1, 0);
      g_signal_connect (trial, "progress", G_CALLBACK (die_cb), NULL);
      run (trial, NULL);
      return;
    }
  g_autofree char *told = g_build_filename (g_get_tmp_dir (), g_getenv ("PURSER_TEST_TELL"), NULL), *folder = NULL;
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_assert_false (g_test_trap_has_passed ());
  g_assert_true (g_file_get_contents (told, &folder, NULL, NULL));
  g_assert_cmpint (g_unlink (told), ==, 0);

  Fixture dead = { .folder = g_strdup (folder),
                   .path = g_build_filename (folder, "test.purser", NULL),
                   .log = g_strdup (f->log) };
  fixture_open (&dead, PURSER_STORE_OPEN);
  g_autoptr(PurserTrialOutcome) outcome = NULL;
  for (guint i = 0; i < 100 && (outcome == NULL || strcmp (outcome->row->state, "running") == 0); i++)
    {
      g_clear_pointer (&outcome, purser_trial_outcome_free);
      outcome = load (&dead, 1);
      g_usleep (50000);
    }
  const PurserTrialModel *a = g_ptr_array_index (outcome->models, 0);
  g_assert_cmpstr (outcome->row->state, ==, "interrupted");
  g_assert_cmpuint (a->cases, >=, 5); /* the row of the sixth may not have been committed */
  g_assert_cmpuint (a->cases, <, 24);
  g_assert_nonnull (strstr (outcome->footnote, "Interrupted after"));
  fixture_down (&dead, NULL);
}

int
main (int argc, char **argv)
{
  g_autofree char *log = g_strdup_printf ("%s/purser-practice-%d.jsonl", g_get_tmp_dir (), getpid ());
  g_test_init (&argc, &argv, NULL);
  g_setenv ("PURSER_PRACTICE_LOG", log, FALSE); /* a test that runs itself hands both on */
  g_autofree char *tell = g_strdup_printf ("purser-told-%d", getpid ());
  g_setenv ("PURSER_TEST_TELL", tell, FALSE);
  g_test_add ("/trial/run/analysis", Fixture, "analysis", fixture_up, test_whole, fixture_down);
  g_test_add ("/trial/run/drafting", Fixture, "drafting", fixture_up, test_whole, fixture_down);
  g_test_add ("/trial/run/summarization", Fixture, "summarization", fixture_up, test_whole, fixture_down);
  g_test_add ("/trial/run/again", Fixture, NULL, fixture_up, test_again, fixture_down);
  g_test_add ("/trial/run/stop", Fixture, NULL, fixture_up, test_stop, fixture_down);
  g_test_add ("/trial/run/cap", Fixture, NULL, fixture_up, test_cap, fixture_down);
  g_test_add ("/trial/run/latency", Fixture, NULL, fixture_up, test_latency, fixture_down);
  g_test_add ("/trial/run/broken", Fixture, NULL, fixture_up, test_broken, fixture_down);
  g_test_add ("/trial/run/killed", Fixture, NULL, fixture_up, test_killed, fixture_down);
  int status = g_test_run ();
  g_unlink (log);
  return status;
}
