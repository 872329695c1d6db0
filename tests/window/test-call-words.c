/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of calls, outages and keys, and what is given to paste. */
#include "config.h"
#include "purser-call-words.h"

#include <json-glib/json-glib.h>
#include <locale.h>
#include <string.h>
#include "fixture-answer.h"
#include "purser-event.h"
#include "purser-gateway-snippets.h"
#include "purser-principal-words.h"

#define MINUTE (60 * G_TIME_SPAN_SECOND)

static PurserOrg *
make_org (void)
{
  static const char *const providers[] = { "Anthropic", "OpenAI" };
  static const char *const models[] = { "claude-haiku", "gpt-5-mini" };
  PurserOrg *org = test_snapshot ();

  org->timezone = g_strdup ("UTC");
  for (guint i = 0; i < 2; i++)
    {
      PurserProvider *provider = g_new0 (PurserProvider, 1);
      PurserModel *model = g_new0 (PurserModel, 1);

      provider->id = model->provider_id = i + 1;
      provider->kind = purser_kind_get ("openai");
      provider->name = g_strdup (providers[i]);
      model->id = i + 11;
      model->name = g_strdup (models[i]);
      g_ptr_array_add (org->providers, provider);
      g_ptr_array_add (org->models, model);
    }
  return org;
}

/* Every class of fault has words of its own. */
static void
test_faults (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int class_ = PURSER_FAULT_ADDRESS; class_ <= PURSER_FAULT_LOCAL; class_++)
    {
      char *words = purser_fault_sentence (purser_fault_class_id (class_), 0, "Anthropic");

      g_assert_nonnull (strstr (words, "Anthropic"));
      g_assert_cmpstr (words, !=, "Anthropic failed");
      g_assert_true (g_hash_table_add (seen, words));
    }
  {
    g_autofree char *unknown = purser_fault_sentence ("no-such-class", 0, "Anthropic");
    g_autofree char *numbered = purser_fault_sentence ("overloaded", 529, "Anthropic");

    g_assert_cmpstr (unknown, ==, "Anthropic failed");
    g_assert_cmpstr (numbered, ==, "Anthropic was overloaded (529)");
  }
}

typedef struct { gint64 model; const char *outcome, *fault; int status; gint64 total_us; } Step;
static const struct { const char *name; Step steps[3]; const char *story; } stories[] =
{
  { "one", { { 11, "ok", NULL, 200, 1200000 } }, "Anthropic/claude-haiku answered after 1.20 s." },
  { "moved", { { 11, "failed", "overloaded", 529, 800000 }, { 12, "ok", NULL, 200, 900000 } },
    "Anthropic/claude-haiku was overloaded (529) after 0.80 s, so OpenAI/gpt-5-mini answered." },
  { "again", { { 11, "failed", "rate", 429, -1 }, { 11, "ok", NULL, 200, -1 } }, "Anthropic/claude-haiku took no more calls for a while (429), then answered when asked again." },
  { "nobody", { { 11, "failed", "timeout", 0, -1 }, { 12, "failed", "context", 400, -1 } },
    "Anthropic/claude-haiku did not answer in time, so OpenAI/gpt-5-mini was asked. The request was too long for OpenAI/gpt-5-mini (400). No model answered." },
  { "running", { { 11, "failed", "cut", 0, -1 }, { 12, NULL, NULL, 0, -1 } }, "Anthropic/claude-haiku broke off its reply, so OpenAI/gpt-5-mini was asked. OpenAI/gpt-5-mini is being asked." },
  { "left", { { 11, "cancelled", NULL, 0, 2000000 } }, "The caller left while Anthropic/claude-haiku was asked after 2.00 s." },
  { "removed", { { 99, "ok", NULL, 200, -1 } }, "A removed model answered." },
  { "none", { { 0 } }, "No model was asked." },
};

static void
test_story (gconstpointer data)
{
  g_autoptr (PurserOrg) org = make_org ();
  const typeof (stories[0]) *wanted = data;
  PurserAttemptRow attempts[3] = { 0 };
  PurserCallRecord record = { .attempts = g_ptr_array_new (), .skips = g_ptr_array_new () };
  g_autofree char *story = NULL;

  for (guint i = 0; i < 3 && wanted->steps[i].model != 0; i++)
    {
      const Step *step = &wanted->steps[i];

      attempts[i] = (PurserAttemptRow) { .number = i + 1, .model_id = step->model, .outcome = (char *) step->outcome, .fault = (char *) step->fault, .status = step->status, .total_us = step->total_us };
      g_ptr_array_add (record.attempts, &attempts[i]);
    }
  story = purser_call_story (org, &record);
  g_assert_cmpstr (story, ==, wanted->story);
  g_ptr_array_unref (record.attempts);
  g_ptr_array_unref (record.skips);
}

static void
test_skips (void)
{
  g_autoptr (PurserOrg) org = make_org ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint reason = 0; reason < PURSER_N_SKIPS; reason++)
    {
      PurserSkipRow skip = { 1, 11, reason };
      char *words = purser_skip_words (org, &skip);

      g_assert_true (g_str_has_prefix (words, "Anthropic/claude-haiku was not asked: "));
      g_assert_true (g_hash_table_add (seen, words));
    }
}

/* Two models of one provider are one trouble; an outage that ended is another, and stays apart. */
static void
test_troubles (void)
{
  g_autoptr (PurserOrg) org = make_org ();
  gint64 now = g_get_real_time ();
  PurserOutage outages[] = {
    { .id = 3, .provider_id = 1, .model_id = 11, .began_at = now - 2 * MINUTE, .last_at = now, .fault = (char *) "overloaded", .status = 529, .failures = 9, .moved = 30 },
    { .id = 2, .provider_id = 1, .model_id = 98, .began_at = now - 5 * MINUTE, .last_at = now - MINUTE, .fault = (char *) "server", .status = 500, .failures = 4, .moved = 7 },
    { .id = 1, .provider_id = 2, .model_id = 12, .began_at = now - 90 * MINUTE, .last_at = now - 80 * MINUTE, .ended_at = now - 78 * MINUTE, .fault = (char *) "address", .failures = 3, .moved = 0 },
  };
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_autoptr (GArray) lasting = NULL;
  g_autoptr (GArray) ended = NULL;
  g_autofree char *title = NULL, *about = NULL, *past_title = NULL, *past_about = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (outages); i++)
    g_ptr_array_add (list, &outages[i]);
  lasting = purser_troubles (list, TRUE);
  ended = purser_troubles (list, FALSE);
  g_assert_cmpuint (lasting->len, ==, 1);
  g_assert_cmpint (g_array_index (lasting, PurserTrouble, 0).since, ==, now - 5 * MINUTE);
  title = purser_trouble_title (org, &g_array_index (lasting, PurserTrouble, 0));
  about = purser_trouble_about (org, &g_array_index (lasting, PurserTrouble, 0));
  g_assert_true (g_str_has_prefix (title, "Anthropic has not answered since "));
  g_assert_cmpstr (about, ==, "Anthropic/claude-haiku was overloaded (529). 37 calls went to other models.");
  g_assert_cmpuint (ended->len, ==, 1);
  past_title = purser_trouble_title (org, &g_array_index (ended, PurserTrouble, 0));
  past_about = purser_trouble_about (org, &g_array_index (ended, PurserTrouble, 0));
  g_assert_true (g_str_has_prefix (past_title, "OpenAI did not answer for 12"));
  g_assert_cmpstr (past_about, ==, "OpenAI/gpt-5-mini could not be reached. No call went to another model.");
}

static void
test_key_rights (void)
{
  g_autoptr (PurserOrg) org = make_org ();
  PurserWorkload *workload = g_new0 (PurserWorkload, 1);
  gint64 ids[] = { 5 };
  gint64 now = purser_day_start ("UTC", 20780);
  PurserAccessKey all = { .id = 1 }, some = { .id = 2, .workloads = ids, .n_workloads = 1, .any_model = TRUE, .expires_at = purser_day_start ("UTC", 20790) };
  g_autofree char *all_words = NULL, *some_words = NULL, *ended_words = NULL;

  workload->id = 5;
  workload->name = g_strdup ("contract-review");
  workload->title = g_strdup ("Contract review");
  g_ptr_array_add (org->workloads, workload);
  all_words = purser_key_rights (org, &all, now);
  some_words = purser_key_rights (org, &some, now);
  ended_words = purser_key_rights (org, &some, some.expires_at);
  g_assert_cmpstr (all_words, ==, "For all workloads");
  g_assert_true (g_str_has_prefix (some_words, "Only for Contract review, and models by name. Good until "));
  g_assert_true (g_str_has_prefix (ended_words, "Only for Contract review, and models by name. Ended after "));
}

/* What is pasted is whole: nothing left to fill in, and it names what it must. */
static void
test_snippets (void)
{
  g_assert_cmpuint (purser_snippets_n (), >=, 8);
  for (guint i = 0; i < purser_snippets_n (); i++)
    {
      const PurserSnippet *snippet = purser_snippets_get (i);
      g_autofree char *text = purser_snippet_text (snippet, "http://127.0.0.1:9999", "drafting", "purser-abc");

      g_test_message ("%s", snippet->id);
      g_assert_nonnull (strstr (text, "http://127.0.0.1:9999"));
      g_assert_null (strstr (text, "@URL@"));
      g_assert_null (strstr (text, "@WORKLOAD@"));
      g_assert_null (strstr (text, "@KEY@"));
      g_assert_null (strstr (text, "##"));
      if (!snippet->keyless && !g_str_equal (snippet->id, "codex-config"))
        g_assert_nonnull (strstr (text, "purser-abc"));
      if (!snippet->keyless)
        g_assert_nonnull (strstr (text, "drafting"));
    }
}

/* The lines for a shell are ones: it reads them, and the variables are then there. */
static void
test_snippets_in_a_shell (void)
{
  static const struct { const char *id, *variable, *value; } wanted[] = {
    { "openai-env", "OPENAI_BASE_URL", "http://127.0.0.1:9999/v1" }, { "openai-env", "OPENAI_API_KEY", "purser-abc" },
    { "claude-code", "ANTHROPIC_BASE_URL", "http://127.0.0.1:9999" }, { "claude-code", "ANTHROPIC_AUTH_TOKEN", "purser-abc" },
    { "claude-code", "ANTHROPIC_MODEL", "drafting" }, { "anthropic-env", "ANTHROPIC_API_KEY", "purser-abc" }, { "ollama", "OLLAMA_HOST", "http://127.0.0.1:9999" },
  };

  for (gsize w = 0; w < G_N_ELEMENTS (wanted); w++)
    for (guint i = 0; i < purser_snippets_n (); i++)
      {
        const PurserSnippet *snippet = purser_snippets_get (i);
        g_autofree char *text = purser_snippet_text (snippet, "http://127.0.0.1:9999", "drafting", "purser-abc");
        g_autofree char *script = g_strdup_printf ("%s\nprintf %%s \"$%s\"", text, wanted[w].variable);
        g_autofree char *said = NULL;
        g_autoptr (GError) error = NULL;

        if (!g_str_equal (snippet->id, wanted[w].id))
          continue;
        g_spawn_sync (NULL, (char *[]) { (char *) "/bin/sh", (char *) "-euc", script, NULL }, NULL, G_SPAWN_DEFAULT, NULL, NULL, &said, NULL, NULL, &error);
        g_assert_no_error (error);
        g_assert_cmpstr (said, ==, wanted[w].value);
      }
}

/* curl's body, as the shell hands it to curl, is JSON. */
static void
test_snippet_of_curl (void)
{
  for (guint i = 0; i < purser_snippets_n (); i++)
    {
      const PurserSnippet *snippet = purser_snippets_get (i);
      g_autofree char *text = purser_snippet_text (snippet, "http://127.0.0.1:9999", "drafting", "purser-abc");
      g_autofree char *script = g_strdup_printf ("curl () { shift $(($# - 1)); printf %%s \"$1\"; }\n%s", text);
      g_autofree char *body = NULL;
      g_autoptr (JsonParser) parser = json_parser_new ();
      g_autoptr (GError) error = NULL;

      if (!g_str_equal (snippet->id, "curl"))
        continue;
      g_spawn_sync (NULL, (char *[]) { (char *) "/bin/sh", (char *) "-euc", script, NULL }, NULL, G_SPAWN_DEFAULT, NULL, NULL, &body, NULL, NULL, &error);
      g_assert_no_error (error);
      json_parser_load_from_data (parser, body, -1, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (json_object_get_string_member (json_node_get_object (json_parser_get_root (parser)), "model"), ==, "drafting");
    }
}

int
main (int    argc,
      char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_setenv ("LANGUAGE", "C", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/call-words/faults", test_faults);
  for (gsize i = 0; i < G_N_ELEMENTS (stories); i++)
    {
      g_autofree char *path = g_strconcat ("/call-words/story/", stories[i].name, NULL);

      g_test_add_data_func (path, &stories[i], test_story);
    }
  g_test_add_func ("/call-words/skips", test_skips);
  g_test_add_func ("/call-words/troubles", test_troubles);
  g_test_add_func ("/call-words/key-rights", test_key_rights);
  g_test_add_func ("/call-words/snippets", test_snippets);
  g_test_add_func ("/call-words/snippets-in-a-shell", test_snippets_in_a_shell);
  g_test_add_func ("/call-words/snippet-of-curl", test_snippet_of_curl);
  return g_test_run ();
}
