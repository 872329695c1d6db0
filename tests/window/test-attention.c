/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-attention.h"

#include <locale.h>
#include <math.h>
#include "fixture-answer.h"
#include "purser-ledger.h"
#include "purser-first-run.h"
#include "purser-overview-words.h"

static PurserProvider *
add_provider (PurserOrg  *org,
              const char *kind,
              const char *name)
{
  PurserProvider *provider = g_new0 (PurserProvider, 1);

  provider->id = org->providers->len + 1;
  provider->kind = purser_kind_get (kind);
  provider->name = g_strdup (name);
  provider->address = g_strdup (provider->kind->address);
  provider->enabled = TRUE;
  provider->key_version = 1;
  g_ptr_array_add (org->providers, provider);
  return provider;
}

static PurserModel *
add_model (PurserOrg *org,
           gint64     provider_id)
{
  PurserModel *model = g_new0 (PurserModel, 1);

  model->id = org->models->len + 1;
  model->provider_id = provider_id;
  model->name = g_strdup_printf ("model-%u", org->models->len + 1);
  model->listed = TRUE;
  g_ptr_array_add (org->models, model);
  return model;
}

static PurserWorkload *
add_workload (PurserOrg  *org,
              const char *name,
              gint64      model_id)
{
  PurserWorkload *workload = g_new0 (PurserWorkload, 1);

  workload->id = org->workloads->len + 1;
  workload->name = g_strdup (name);
  workload->title = g_strdup (name);
  if (model_id != 0)
    {
      workload->models = g_new0 (gint64, 1);
      workload->models[0] = model_id;
      workload->n_models = 1;
    }
  g_ptr_array_add (org->workloads, workload);
  return workload;
}

static void
assert_only (const PurserOrg    *org,
             const PurserAnswer *usage,
             const char         *title,
             const char         *page,
             const char         *target)
{
  g_autoptr (GPtrArray) list = purser_attention_list (org, NULL, usage);
  const PurserAttention *item;

  if (title == NULL)
    {
      g_assert_cmpuint (list->len, ==, 0);
      return;
    }
  g_assert_cmpuint (list->len, ==, 1);
  item = g_ptr_array_index (list, 0);
  g_assert_cmpstr (item->title, ==, title);
  g_assert_cmpstr (item->page, ==, page);
  if (target != NULL)
    g_assert_cmpstr (item->target, ==, target);
}

static void
test_well (void)
{
  g_autoptr (PurserOrg) org = purser_org_new ();

  assert_only (org, NULL, NULL, NULL, NULL); /* an empty organisation is led by the first run, not nagged */
  add_provider (org, "anthropic", "Anthropic");
  add_model (org, 1);
  add_workload (org, "contracts", 1);
  assert_only (org, NULL, NULL, NULL, NULL);
}

static void
test_provider (void)
{
  g_autoptr (PurserOrg) org = purser_org_new ();
  PurserProvider *provider = add_provider (org, "anthropic", "Anthropic");

  provider->check_result = g_strdup ("The key was refused.");
  assert_only (org, NULL, "The connection to Anthropic failed", "providers", NULL);
  provider->key_version = 0;
  assert_only (org, NULL, "Anthropic has no key", "providers", NULL);
  provider->key_env = g_strdup ("ANTHROPIC_KEY");
  g_clear_pointer (&provider->check_result, g_free);
  assert_only (org, NULL, NULL, NULL, NULL);
  provider->enabled = FALSE;
  provider->check_result = g_strdup ("anything");
  assert_only (org, NULL, NULL, NULL, NULL); /* switched off on purpose */
}

static void
test_retired (void)
{
  g_autoptr (PurserOrg) org = purser_org_new ();
  g_autoptr (GPtrArray) list = NULL;
  const PurserAttention *item;

  add_provider (org, "github-models", "GitHub Models");
  add_model (org, 1);
  add_workload (org, "translating", 1);
  list = purser_attention_list (org, NULL, NULL);
  g_assert_cmpuint (list->len, ==, 1);
  item = g_ptr_array_index (list, 0);
  g_assert_true (g_str_has_prefix (item->title, "GitHub Models was closed by its owner on 30 July"));
  g_assert_cmpstr (item->detail, ==, "Still used for translating");
}

static void
test_workloads (void)
{
  g_autoptr (PurserOrg) org = purser_org_new ();
  PurserProvider *provider = add_provider (org, "anthropic", "Anthropic");
  PurserModel *model = add_model (org, 1);
  PurserWorkload *workload = add_workload (org, "contracts", 1);

  add_workload (org, "letters", 0);
  assert_only (org, NULL, "letters has no model yet", "workloads", NULL);
  g_ptr_array_remove_index (org->workloads, 1);
  model->listed = FALSE;
  assert_only (org, NULL, "Anthropic no longer lists model-1", "workloads", NULL);
  model->listed = TRUE;
  provider->enabled = FALSE;
  assert_only (org, NULL, "No model can answer for contracts", "workloads", NULL);
  g_assert_cmpint (workload->id, ==, 1);
}

static void
test_unpriced (void)
{
  g_autoptr (PurserOrg) org = test_snapshot ();
  PurserModel *model;
  g_autoptr (PurserAnswer) usage = g_new0 (PurserAnswer, 1);
  PurserSeries *series = g_new0 (PurserSeries, 1);

  add_provider (org, "openai-compatible", "Server");
  model = add_model (org, 1);
  usage->series = g_ptr_array_new_with_free_func ((GDestroyNotify) test_series_free);
  series->key = 1;
  series->total.unpriced_tokens = 1200;
  g_ptr_array_add (usage->series, series);
  assert_only (org, usage, "model-1 has no price", "providers", "price:1");
  /* A price that no rate turns into the organisation's currency; then one that came after the calls. */
  model->price = purser_price_new ();
  model->price->list_pico[PURSER_TOKENS_INPUT_UNCACHED] = 1000;
  g_strlcpy (model->price->currency, "JPY", sizeof model->price->currency);
  assert_only (org, usage, "No exchange rate from JPY to EUR", "providers", "rate:JPY");
  g_strlcpy (model->price->currency, "EUR", sizeof model->price->currency);
  assert_only (org, usage, "Calls were counted before they had a price", "providers", "reprice");
  series->total.unpriced_tokens = 0;
  assert_only (org, usage, NULL, NULL, NULL);
}

/* A model that ends soon is named with its replacement, where a workload uses it. */
static void
test_retiring (void)
{
  g_autoptr (PurserOrg) org = test_snapshot ();
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) soon = g_date_time_add_days (now, 10), late = g_date_time_add_days (now, 200);
  g_autoptr (GPtrArray) list = NULL;
  const PurserAttention *item;
  PurserModel *model;

  org->timezone = g_strdup ("UTC");
  add_provider (org, "anthropic", "Anthropic");
  model = add_model (org, 1);
  model->retires_on = g_date_time_format (late, "%Y-%m-%d");
  model->replacement = g_strdup ("model-2");
  add_workload (org, "contracts", 1);
  assert_only (org, NULL, NULL, NULL, NULL);
  g_free (model->retires_on);
  model->retires_on = g_date_time_format (soon, "%Y-%m-%d");
  list = purser_attention_list (org, NULL, NULL);
  g_assert_cmpuint (list->len, ==, 1);
  item = g_ptr_array_index (list, 0);
  g_assert_cmpstr (item->title, ==, "model-1 ends in 10 days");
  g_assert_true (g_str_has_prefix (item->detail, "Used for contracts. "));
  g_assert_true (g_str_has_suffix (item->detail, " It names model-2 instead."));
  g_assert_cmpstr (item->page, ==, "workloads");
}

static void
test_steps (void)
{
  g_autoptr (PurserOrg) org = purser_org_new ();

  g_assert_cmpint (purser_first_run_step (org, 0), ==, PURSER_STEP_CONNECT);
  add_provider (org, "anthropic", "Anthropic");
  add_model (org, 1);
  g_assert_cmpint (purser_first_run_step (org, 0), ==, PURSER_STEP_ASSIGN);
  add_workload (org, "drafting", 1);
  g_assert_cmpint (purser_first_run_step (org, 0), ==, PURSER_STEP_TRY);
  g_assert_cmpint (purser_first_run_step (org, 1), ==, PURSER_STEP_COUNTED);
}

static void
test_sentences (void)
{
  PurserOverview overview = {
    .first_day = 20758, .today_day = 20780, .last_day = 20787, .forecast_low_nano = NAN, .forecast_high_nano = NAN
  };
  g_autoptr (PurserOrg) org = test_snapshot ();
  g_autofree char *nothing = purser_overview_sentence_markup (&overview, org);
  g_autofree char *free_of_charge = NULL, *cost = NULL, *course = NULL, *unpriced = NULL;

  g_assert_cmpstr (nothing, ==, "Nothing used in November yet.");
  overview.month.calls = 3;
  overview.month.tokens[PURSER_TOKENS_OUTPUT_VISIBLE] = 1200;
  free_of_charge = purser_overview_sentence_markup (&overview, org);
  g_assert_cmpstr (free_of_charge, ==, "November so far: <b>1200</b> tokens, at no cost.");
  g_assert_null (purser_overview_course_markup (&overview, org));
  overview.month.cost_nano = 112 * PURSER_NANO;
  overview.last_month_same_days.cost_nano = 100 * PURSER_NANO;
  overview.forecast_low_nano = 130.4e9;
  overview.forecast_high_nano = 140.6e9;
  cost = purser_overview_sentence_markup (&overview, org);
  g_assert_nonnull (strstr (cost, "112"));
  g_assert_nonnull (strstr (cost, "12%\302\240more"));
  course = purser_overview_course_markup (&overview, org);
  g_assert_nonnull (strstr (course, "130"));
  g_assert_nonnull (strstr (course, "141"));
  overview.month.unpriced_tokens = 50;
  unpriced = purser_overview_unpriced (&overview.month);
  g_assert_cmpstr (unpriced, ==, "This leaves out 50 tokens without a price.");
}

/* What does not answer stands before all else, and leads to the gateway; what ended is no longer there. */
static void
test_outages (void)
{
  g_autoptr (PurserOrg) org = test_snapshot ();
  PurserProvider *provider = add_provider (org, "openai", "OpenAI");
  PurserModel *model = add_model (org, provider->id);
  PurserOutage lasting = { .id = 2, .provider_id = provider->id, .model_id = model->id, .began_at = g_get_real_time (), .fault = (char *) "address", .failures = 3, .moved = 1 };
  PurserOutage ended = { .id = 1, .provider_id = provider->id, .model_id = model->id, .began_at = 1, .ended_at = 2, .fault = (char *) "server", .failures = 5 };
  g_autoptr (GPtrArray) outages = g_ptr_array_new ();
  g_autoptr (GPtrArray) list = NULL;
  const PurserAttention *first;
  guint others;

  org->timezone = g_strdup ("UTC");
  provider->key_version = 0;
  list = purser_attention_list (org, NULL, NULL);
  others = list->len;
  g_assert_cmpuint (others, >, 0);
  g_ptr_array_add (outages, &ended);
  purser_attention_add_outages (list, org, outages);
  g_assert_cmpuint (list->len, ==, others);
  g_ptr_array_insert (outages, 0, &lasting);
  purser_attention_add_outages (list, org, outages);
  g_assert_cmpuint (list->len, ==, others + 1);
  first = g_ptr_array_index (list, 0);
  g_assert_cmpstr (first->page, ==, "gateway");
  g_assert_true (g_str_has_prefix (first->title, "OpenAI has not answered since "));
  g_assert_cmpstr (first->detail, ==, "OpenAI/model-1 could not be reached. 1 call went to another model.");
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("LANGUAGE", "C", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attention/well", test_well);
  g_test_add_func ("/attention/provider", test_provider);
  g_test_add_func ("/attention/retired", test_retired);
  g_test_add_func ("/attention/workloads", test_workloads);
  g_test_add_func ("/attention/unpriced", test_unpriced);
  g_test_add_func ("/attention/retiring", test_retiring);
  g_test_add_func ("/attention/steps", test_steps);
  g_test_add_func ("/attention/sentences", test_sentences);
  g_test_add_func ("/attention/outages", test_outages);
  return g_test_run ();
}
