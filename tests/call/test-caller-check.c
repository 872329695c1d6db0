/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "caller-fixture.h"

#include <string.h>
#include "purser-practice.h"

/* Checks, lists, a search, and the practice models. */

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
  static const char signs[] = { [PURSER_CHECK_WAITING] = '?',
                                [PURSER_CHECK_RUNNING] = '~',
                                [PURSER_CHECK_OK] = '+',
                                [PURSER_CHECK_FAILED] = '!',
                                [PURSER_CHECK_SKIPPED] = '-' };
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
      said |= line->state == PURSER_CHECK_FAILED && each->words != NULL && line->words != NULL
              && strstr (line->words, each->words) != NULL;
      g_test_message ("%s %s step %zu %c %s", each->kind, each->faults, i, states[i],
                      line->words != NULL ? line->words : "");
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
      purser_caller_check_async (f->caller, part.provider_id, NULL, step_cb, &check, cancellable, check_cancelled_cb,
                                 &check);
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
  static const struct
  {
    const char *kind;
    guint n;
    gint64 context_of_last;
  } lists[] = { { "openai", 2, -1 }, { "anthropic", 3, 200000 }, { "ollama", 2, 40960 } };
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
  g_autofree char *host = g_strdup_printf ("0.0.0.0:%u", hostile_port (f->hostile)),
                  *expected = g_strdup_printf ("http://127.0.0.1:%u", hostile_port (f->hostile));
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
  static const struct { const char *kind, *address, *dialect;
  } ways[] = {
    { "openai-compatible", "practice:openai", "openai" },
    { "anthropic", "practice:anthropic", "anthropic" },
    { "ollama", "practice:ollama", "ollama" },
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
  PurserModel model = { .provider_id = part->provider_id,
                        .name = (char *) part->name,
                        .context_tokens = 8000,
                        .max_output = 1000,
                        .listed = TRUE };
  part->model_id = purser_catalogue_put_model (db, &model, error);
  return part->model_id != 0 && purser_catalogue_raise (db, error);
}

/* Each practice model answers through the whole way, or fails as it says. */
static void
test_practice_calls (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *dialect, *kind;
  } kinds[] = { { "openai", "openai-compatible" }, { "anthropic", "anthropic" }, { "ollama", "ollama" } };
  guint n, answered = 0;
  const PurserPracticeModel *models = purser_practice_models (&n);
  purser_practice_set_speed (0);
  for (guint m = 0; m < n; m++)
    for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
      if (g_str_equal (models[m].dialect, kinds[k].dialect))
        {
          g_autofree char *address = g_strconcat ("practice:", models[m].dialect, NULL),
                          *name = g_strdup_printf ("p%u", m), *ref = g_strdup_printf ("p%u/%s", m, models[m].name);
          g_autoptr(GError) error = NULL;
          Part part = { name, kinds[k].kind, address, NULL, NULL, 0, 0 };
          add_part (f, &part);
          part.name = models[m].name;
          purser_store_write (f->store, FALSE, practice_model_job, &part, &error);
          g_assert_no_error (error);
          for (int stream = 0; stream < 2; stream++)
            {
              Call call = call_run (f, ref, stream);
              g_test_message ("%s: %s, %u attempts: %s", ref,
                              call.result->fault != NULL ? call.result->fault->message : "ok",
                              call.result->attempts->len, call.text->str);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/caller/checks", test_checks);
  ADD ("/caller/check-keeps-key", test_check_keeps_key);
  ADD ("/caller/check-cancel", test_check_cancel);
  ADD ("/caller/lists", test_lists);
  ADD ("/caller/find-ollama", test_find_ollama);
  ADD ("/caller/practice/lists", test_practice);
  ADD ("/caller/practice/calls", test_practice_calls);
  return g_test_run ();
}
