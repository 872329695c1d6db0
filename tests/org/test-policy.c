/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "purser-org.h"

/* What forbids a model, and what does not. */

typedef struct
{
  const char *provider; /* kind and address */
  const char *remote_host;
  gboolean practice;
  gboolean recorded; /* are there terms? */
  int trains;
  gint64 retention;
  const char *regions, *expires_on;
} Told;

static PurserOrg *
org_of (const Told *told)
{
  g_auto(GStrv) parts = g_strsplit (told->provider, " ", 2);
  PurserOrg *org = purser_org_new ();
  PurserProvider *provider = g_new0 (PurserProvider, 1);
  PurserModel *model = g_new0 (PurserModel, 1);
  org->timezone = g_strdup ("Europe/Berlin");
  provider->id = model->provider_id = 1;
  provider->kind = purser_kind_get (parts[0]);
  provider->name = g_strdup ("Acme");
  provider->address = g_strdup (parts[1]);
  provider->practice = told->practice;
  model->id = 5;
  model->remote_host = g_strdup (told->remote_host);
  g_ptr_array_add (org->providers, provider);
  g_ptr_array_add (org->models, model);
  if (told->recorded)
    {
      PurserTerms *terms = g_new0 (PurserTerms, 1);
      terms->id = terms->provider_id = 1;
      terms->trains = told->trains;
      terms->retention_days = told->retention;
      terms->regions = told->regions != NULL ? g_strsplit (told->regions, ",", -1) : NULL;
      terms->expires_on = g_strdup (told->expires_on);
      g_ptr_array_add (org->terms, terms);
    }
  return org;
}

static gint64
at (const char *iso)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_iso8601 (iso, NULL);
  return g_date_time_to_unix (time) * G_USEC_PER_SEC;
}

#define FAR  "anthropic https://api.anthropic.com"
#define NEAR "ollama http://localhost:11434"

static void
test_obstacles (void)
{
  char *eu[] = { (char *) "EU", NULL }, *both[] = { (char *) "EU", (char *) "CH", NULL };
  const PurserWorkload none = { 0 }, no_training = { .no_training = TRUE }, not_kept = { .retention_limited = TRUE },
                       month = { .retention_limited = TRUE, .max_retention_days = 30 }, in_eu = { .regions = eu },
                       in_both = { .regions = both },
                       all = { .no_training = TRUE, .retention_limited = TRUE, .regions = eu };
  const struct
  {
    Told told;
    const PurserWorkload *workload;
    const char *words;
  } CASES[] = {
    { { FAR }, NULL, NULL },
    { { FAR }, &none, NULL },
    { { FAR, .recorded = TRUE, .trains = 1, .retention = -1 }, &none, NULL },
    { { FAR }, &no_training, "its terms are not recorded" },
    { { FAR, .recorded = TRUE, .trains = 1 }, &no_training, "Acme may train on what it is sent" },
    { { FAR, .recorded = TRUE, .trains = -1 },
      &no_training,
      "it is not recorded whether Acme trains on what it is sent" },
    { { FAR, .recorded = TRUE, .trains = 0, .retention = -1 }, &no_training, NULL },
    { { FAR, .recorded = TRUE, .retention = 30 }, &not_kept, "it keeps data 30 days, and at most 0 are allowed" },
    { { FAR, .recorded = TRUE, .retention = 1 }, &not_kept, "it keeps data 1 day, and at most 0 are allowed" },
    { { FAR, .recorded = TRUE, .retention = -1 }, &month, "it is not recorded how long it keeps data" },
    { { FAR, .recorded = TRUE, .retention = 30 }, &month, NULL },
    { { FAR, .recorded = TRUE, .retention = 0 }, &not_kept, NULL },
    { { FAR, .recorded = TRUE, .regions = "US" }, &in_eu, "it works in US, and only EU is allowed" },
    { { FAR, .recorded = TRUE, .regions = "EU,US,UK" }, &in_both, "it works in US, UK, and only EU, CH are allowed" },
    { { FAR, .recorded = TRUE, .regions = "eu" }, &in_both, NULL },
    { { FAR, .recorded = TRUE }, &in_eu, "it is not recorded where it works" },
    { { FAR, .recorded = TRUE, .regions = "EU" }, &all, NULL },
    /* To the end of that day in Berlin, where it is 00:30 on 2 October. */
    { { FAR, .recorded = TRUE, .regions = "EU", .expires_on = "2026-10-01" }, &all, "its terms expired on 2026-10-01" },
    { { FAR, .recorded = TRUE, .regions = "EU", .expires_on = "2026-10-02" }, &all, NULL },
    { { FAR, .recorded = TRUE, .regions = "EU", .expires_on = "" }, &all, NULL },
    /* What never leaves the machine. */
    { { NEAR }, &all, NULL },
    { { "ollama http://127.0.0.1:11434" }, &all, NULL },
    { { "ollama http://[::1]:11434" }, &all, NULL },
    { { NEAR, .remote_host = "https://ollama.com" }, &all, "its terms are not recorded" },
    { { "ollama http://192.168.1.5:11434" }, &all, "its terms are not recorded" },
    { { "ollama http://localhost.example.com:11434" }, &all, "its terms are not recorded" },
    { { "openai-compatible http://localhost:4000" }, &all, "its terms are not recorded" },
    { { "anthropic http://127.0.0.1:9", .practice = TRUE }, &all, NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autoptr(PurserOrg) org = org_of (&CASES[i].told);
      g_autofree char *words =
          purser_policy_obstacle (org, CASES[i].workload, purser_org_model (org, 5), at ("2026-10-01T22:30:00Z"));
      g_test_message ("%u", i);
      g_assert_cmpstr (words, ==, CASES[i].words);
    }
}

static void
test_ids (void)
{
  g_assert_cmpstr (purser_budget_scope_id (PURSER_SCOPE_PRINCIPAL), ==, "principal");
  g_assert_cmpstr (purser_budget_period_id (PURSER_BUDGET_ONCE), ==, "none");
  g_assert_cmpstr (purser_at_limit_id (PURSER_AT_LIMIT_BLOCK), ==, "block");
  g_assert_cmpstr (purser_durability_id (PURSER_SURVIVES_POWER), ==, "answered");
}

static void
test_lookups (void)
{
  const Told told = { FAR, .recorded = TRUE };
  g_autoptr(PurserOrg) org = org_of (&told);
  PurserAccessKey *key = g_new0 (PurserAccessKey, 1);
  PurserBudget *budget = g_new0 (PurserBudget, 1);
  key->id = 7;
  key->workloads = g_new0 (gint64, 1);
  budget->id = 8;
  g_ptr_array_add (org->access_keys, key);
  g_ptr_array_add (org->budgets, budget);
  g_assert_true (purser_org_access_key (org, 7) == key && purser_org_access_key (org, 8) == NULL);
  g_assert_true (purser_org_budget (org, 8) == budget && purser_org_budget (org, 7) == NULL);
  g_assert_cmpint (purser_org_terms (org, 1)->id, ==, 1);
  g_assert_null (purser_org_terms (org, 2));
  g_assert_cmpint (org->gateway.port, ==, 8377);
  g_assert_cmpstr (org->gateway.address, ==, "127.0.0.1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy/obstacles", test_obstacles);
  g_test_add_func ("/policy/ids", test_ids);
  g_test_add_func ("/policy/lookups", test_lookups);
  return g_test_run ();
}
