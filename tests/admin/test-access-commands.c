/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may ask for what, how a workload is called, and what its calls demand of data terms: as commands. */
#include "admin-fixture.h"

#define DAYS(n) ((n) * G_TIME_SPAN_DAY)

static void
test_key (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 workloads[] = { f->drafting, f->drafting }, models[] = { f->small };
  PurserAccessKey draft = { .principal_id = f->bot, .expires_at = NOW + DAYS (30), .workloads = workloads, .n_workloads = 2, .models = models, .n_models = 1 };
  g_autoptr (PurserOutcome) made = purser_admin_run (f->admin, purser_command_set_key (&draft), &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (made->secret, "purser-"));
  audited (f, "access-key.create", "principal 2", NULL,
           "{\"expires\":\"2026-12-23T12:00:00Z\",\"workloads\":[\"drafting\"],\"models\":[\"Box/small\"],\"any_model\":false,\"access_key\":1}");
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  const PurserAccessKey *key = purser_org_access_key (org, made->id);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, made->secret, -1);
  for (guint i = 0; i < 32; i++)
    g_assert_cmpint (key->sha256[i], ==, g_ascii_xdigit_value (hash[2 * i]) * 16 + g_ascii_xdigit_value (hash[2 * i + 1]));
  g_assert_cmpint (key->expires_at, ==, NOW + DAYS (30));
  g_assert_cmpuint (key->n_workloads, ==, 1); /* named twice, kept once */
  g_assert_cmpint (key->models[0], ==, f->small);

  draft.id = made->id;
  draft.expires_at = 0;
  draft.any_model = TRUE;
  draft.n_workloads = draft.n_models = 0;
  g_assert_cmpint (run (f, purser_command_set_key (&draft)), ==, made->id);
  audited (f, "access-key.set", "access-key 1", "{\"expires\":\"2026-12-23T12:00:00Z\",\"workloads\":[\"drafting\"],\"models\":[\"Box/small\"],\"any_model\":false}",
           "{\"expires\":null,\"workloads\":null,\"models\":[],\"any_model\":true}");
  unchanged (f, purser_command_set_key (&draft));
  g_autoptr (PurserOrg) open = purser_store_get_org (f->store);
  g_assert_null (purser_org_access_key (open, made->id)->workloads); /* all */
  g_assert_true (purser_org_access_key (open, made->id)->any_model);
}

static void
test_key_refused (Fixture *f, gconstpointer data)
{
  gint64 ghost = 999, id = run (f, purser_command_create_key (f->bot));
  PurserAccessKey past = { .id = id, .expires_at = NOW }, workload = { .id = id, .workloads = &ghost, .n_workloads = 1 }, model = { .id = id, .models = &ghost, .n_models = 1 },
                  nobody = { .principal_id = ghost }, gone = { .id = ghost }, fine = { .id = id, .expires_at = NOW + 1 };
  refused (f, purser_command_set_key (&past), "expired already");
  refused (f, purser_command_set_key (&workload), "workloads is no longer there");
  refused (f, purser_command_set_key (&model), "models is no longer there");
  refused (f, purser_command_set_key (&nobody), "no longer there");
  refused (f, purser_command_set_key (&gone), "no longer there");
  past.expires_at = -1;
  refused (f, purser_command_set_key (&past), "expired already");
  run (f, purser_command_revoke_key (id));
  unchanged (f, purser_command_revoke_key (id));
  refused (f, purser_command_set_key (&fine), "revoked, and stays so");
}

/* A workload that was removed stays in the list of a key that had nothing else: else the key would open up. */
static void
test_key_outlives_workload (Fixture *f, gconstpointer data)
{
  gint64 own = run (f, purser_command_add_workload ("minutes", NULL));
  PurserAccessKey draft = { .principal_id = f->bot, .workloads = &own, .n_workloads = 1 };
  draft.id = run (f, purser_command_set_key (&draft));
  run (f, purser_command_remove_workload (own));
  draft.expires_at = NOW + DAYS (1);
  run (f, purser_command_set_key (&draft));
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  g_assert_cmpuint (purser_org_access_key (org, draft.id)->n_workloads, ==, 1);
  g_assert_cmpint (purser_org_access_key (org, draft.id)->workloads[0], ==, own);
}

static void
test_limits (Fixture *f, gconstpointer data)
{
  run (f, purser_command_set_limits (f->bot, 60, -1));
  audited (f, "principal.limits", "principal 2", "{\"calls_per_minute\":0,\"calls_at_once\":0}", "{\"calls_per_minute\":60,\"calls_at_once\":0}");
  run (f, purser_command_set_limits (f->bot, -1, 4));
  unchanged (f, purser_command_set_limits (f->bot, 60, 4));
  run (f, purser_command_set_principal (f->bot, "robot", NULL, -1)); /* another change leaves them */
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  g_assert_cmpint (purser_org_principal (org, f->bot)->calls_per_minute, ==, 60);
  g_assert_cmpint (purser_org_principal (org, f->bot)->calls_at_once, ==, 4);
  run (f, purser_command_set_limits (f->bot, 0, 0));
  g_autoptr (PurserOrg) none = purser_store_get_org (f->store);
  g_assert_cmpint (purser_org_principal (none, f->bot)->calls_per_minute, ==, 0);
  g_assert_cmpint (purser_org_principal (none, f->bot)->calls_at_once, ==, 0);
  refused (f, purser_command_set_limits (f->bot, -2, 0), "whole number");
  refused (f, purser_command_set_limits (f->bot, 1000001, 0), "whole number");
  refused (f, purser_command_set_limits (f->bot, 0, 100001), "whole number");
  refused (f, purser_command_set_limits (999, 1, 1), "no longer there");
}

static PurserCommand *
calling (Fixture *f, gint64 connect_ms, gint64 first_content_ms, gint64 silence_ms)
{
  PurserCallingDraft draft = PURSER_CALLING_DRAFT_INIT;
  draft.connect_ms = connect_ms;
  draft.first_content_ms = first_content_ms;
  draft.silence_ms = silence_ms;
  return purser_command_set_calling (f->drafting, &draft);
}

static void
test_waits (Fixture *f, gconstpointer data)
{
  run (f, calling (f, 5000, 30500, -1));
  audited (f, "workload.calling", "workload 1", "{\"connect_ms\":0,\"first_content_ms\":0,\"silence_ms\":0,\"drain\":false,\"spread\":false,\"weights\":[]}",
           "{\"connect_ms\":5000,\"first_content_ms\":30500,\"silence_ms\":0,\"drain\":false,\"spread\":false,\"weights\":[]}");
  unchanged (f, calling (f, 5000, -1, 0));
  refused (f, calling (f, 31000, -1, -1), "at least as long as connecting");
  refused (f, calling (f, -1, 4999, -1), "at least as long as connecting");
  refused (f, calling (f, 49, -1, -1), "0.05 seconds and an hour");
  refused (f, calling (f, -1, 3600001, -1), "0.05 seconds and an hour");
  refused (f, calling (f, -1, -1, -2), "0.05 seconds and an hour");
  run (f, calling (f, 5000, 5000, 50));
  run (f, calling (f, 0, 100, 3600000)); /* beside the usual time nothing is compared */
  PurserCallingDraft draft = PURSER_CALLING_DRAFT_INIT;
  refused (f, purser_command_set_calling (999, &draft), "no longer there");
  draft.drain = 1;
  run (f, purser_command_set_calling (f->drafting, &draft));
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  const PurserWorkload *w = purser_org_workload (org, f->drafting);
  g_assert_true (w->drain && !w->spread);
  g_assert_cmpint (w->connect_ms, ==, 0);
  g_assert_cmpint (w->first_content_ms, ==, 100);
  g_assert_cmpint (w->silence_ms, ==, 3600000);
}

static PurserCommand *
weights (Fixture *f, guint n, gint64 a, gint64 b)
{
  gint64 both[] = { a, b };
  PurserCallingDraft draft = PURSER_CALLING_DRAFT_INIT;
  draft.weights = both;
  draft.n_weights = n;
  draft.spread = 1;
  return purser_command_set_calling (f->drafting, &draft);
}

static void
test_weights (Fixture *f, gconstpointer data)
{
  run (f, weights (f, 2, 3, 1));
  refused (f, weights (f, 1, 3, 1), "in their order: it has 2");
  refused (f, weights (f, 2, 0, 0), "every weight at 0");
  refused (f, weights (f, 2, -1, 1), "whole number from 0");
  refused (f, weights (f, 2, 1001, 1), "whole number from 0");
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  g_assert_true (purser_org_workload (org, f->drafting)->spread);
  g_assert_cmpint (purser_org_workload (org, f->drafting)->weights[0], ==, 3);

  /* A model that stays keeps its weight wherever it goes; a new one weighs 1; fewer models are fewer weights. */
  gint64 third = run (f, purser_command_add_model (f->box, "third", NULL)), order[] = { f->small, third, f->large };
  run (f, purser_command_assign (f->drafting, order, 3));
  g_autoptr (PurserOrg) longer = purser_store_get_org (f->store);
  const PurserWorkload *w = purser_org_workload (longer, f->drafting);
  g_assert_cmpuint (w->n_models, ==, 3);
  g_assert_cmpint (w->weights[0], ==, 1);
  g_assert_cmpint (w->weights[1], ==, 1);
  g_assert_cmpint (w->weights[2], ==, 3);
  run (f, purser_command_assign (f->drafting, &f->large, 1));
  run (f, purser_command_assign (f->drafting, NULL, 0));
  g_autoptr (PurserOrg) none = purser_store_get_org (f->store);
  g_assert_cmpuint (purser_org_workload (none, f->drafting)->n_models, ==, 0);
  g_assert_true (purser_org_workload (none, f->drafting)->spread);
}

#define STRINGS(...) ((const char *const[]) { __VA_ARGS__, NULL })

static void
test_policy (Fixture *f, gconstpointer data)
{
  run (f, purser_command_set_policy (f->drafting, TRUE, 30, STRINGS (" eu ", "CH", "EU", "us-east")));
  audited (f, "workload.policy", "workload 1", "{\"no_training\":false,\"max_retention_days\":null,\"regions\":null}",
           "{\"no_training\":true,\"max_retention_days\":30,\"regions\":[\"EU\",\"CH\",\"US-EAST\"]}");
  unchanged (f, purser_command_set_policy (f->drafting, TRUE, 30, STRINGS ("EU", "CH", "US-EAST")));
  refused (f, purser_command_set_policy (f->drafting, TRUE, 30, STRINGS ("Europe!")), "“Europe!” is no code of a region");
  refused (f, purser_command_set_policy (f->drafting, TRUE, 30, STRINGS ("E")), "no code of a region");
  refused (f, purser_command_set_policy (f->drafting, TRUE, 30, STRINGS ("")), "no code of a region");
  refused (f, purser_command_set_policy (f->drafting, TRUE, 30, STRINGS ("EU,CH")), "no code of a region");
  refused (f, purser_command_set_policy (f->drafting, TRUE, 30, STRINGS ("ABCDEFGHIJKLM")), "no code of a region");
  refused (f, purser_command_set_policy (f->drafting, TRUE, -2, NULL), "0 to 36500");
  refused (f, purser_command_set_policy (f->drafting, TRUE, 36501, NULL), "0 to 36500");
  refused (f, purser_command_set_policy (999, TRUE, 0, NULL), "no longer there");
  const char *many[22] = { NULL };
  char codes[21][3];
  for (guint i = 0; i < 21; i++)
    {
      g_snprintf (codes[i], 3, "A%c", 'A' + (int) i);
      many[i] = codes[i];
    }
  refused (f, purser_command_set_policy (f->drafting, TRUE, 0, many), "more than 20 regions");
  run (f, purser_command_set_policy (f->drafting, FALSE, 0, NULL));
  g_autoptr (PurserOrg) strict = purser_store_get_org (f->store);
  const PurserWorkload *w = purser_org_workload (strict, f->drafting);
  g_assert_true (w->retention_limited && w->max_retention_days == 0 && w->regions == NULL && !w->no_training);
  run (f, purser_command_set_policy (f->drafting, FALSE, PURSER_UNKNOWN, (const char *const[]) { NULL }));
  g_autoptr (PurserOrg) any = purser_store_get_org (f->store);
  g_assert_false (purser_org_workload (any, f->drafting)->retention_limited);
  g_assert_cmpuint (purser_org_workload (any, f->drafting)->n_models, ==, 2); /* the assignment is as it was */
}

static PurserCommand *
terms (Fixture *f, const char *document, const char *checked_on, const char *expires_on)
{
  PurserTerms draft = { .provider_id = f->box, .trains = 0, .retention_days = 30, .regions = (char **) STRINGS ("de", "EU"),
                        .document = (char *) document, .checked_on = (char *) checked_on, .expires_on = (char *) expires_on };
  return purser_command_set_terms (&draft);
}

static char *
obstacle (Fixture *f)
{
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  return purser_policy_obstacle (org, purser_org_workload (org, f->drafting), purser_org_model (org, f->large), NOW);
}

static void
test_terms (Fixture *f, gconstpointer data)
{
  run (f, purser_command_set_policy (f->drafting, TRUE, 30, STRINGS ("DE", "EU")));
  g_autofree char *none = obstacle (f);
  g_assert_nonnull (none);
  run (f, terms (f, "DPA 4711", "2026-11-23", "2026-11-24"));
  audited (f, "provider.terms", "provider 1", NULL,
           "{\"trains\":false,\"retention_days\":30,\"regions\":[\"DE\",\"EU\"],\"document\":\"DPA 4711\",\"checked\":\"2026-11-23\",\"expires\":\"2026-11-24\"}");
  g_assert_null (obstacle (f));
  unchanged (f, terms (f, "DPA 4711", "2026-11-23", "2026-11-24"));
  refused (f, terms (f, NULL, "2026-11-24", NULL), "still to come");
  refused (f, terms (f, NULL, "2026-02-30", NULL), "“2026-02-30” is not a day");
  refused (f, terms (f, NULL, "23.11.2026", NULL), "is not a day");
  refused (f, terms (f, NULL, NULL, "2026-1-1"), "is not a day");
  refused (f, terms (f, NULL, NULL, "2026-11-30 or so"), "is not a day");
  refused (f, terms (f, NULL, "2026-11-20", "2026-11-20"), "expire after the day");
  refused (f, terms (f, "two\nlines", NULL, NULL), "in one line");
  refused (f, terms (f, "\xff", NULL, NULL), "at most 500 characters");
  g_autofree char *endless = g_strnfill (501, 'x');
  refused (f, terms (f, endless, NULL, NULL), "at most 500 characters");
  PurserTerms wrong = { .provider_id = f->box, .trains = 2, .retention_days = PURSER_UNKNOWN };
  refused (f, purser_command_set_terms (&wrong), "yes, no, or not known");
  wrong.trains = -1;
  wrong.retention_days = 40000;
  refused (f, purser_command_set_terms (&wrong), "0 to 36500");
  wrong.retention_days = 0;
  wrong.regions = (char **) STRINGS ("nowhere in particular");
  refused (f, purser_command_set_terms (&wrong), "no code of a region");
  wrong.provider_id = 999;
  refused (f, purser_command_set_terms (&wrong), "no longer there");

  run (f, terms (f, NULL, "2026-11-01", "2026-11-22")); /* ended yesterday: may be recorded, and counts as nothing */
  g_autofree char *over = obstacle (f);
  g_assert_nonnull (over);
  g_assert_nonnull (strstr (over, "2026-11-22"));
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  g_assert_null (purser_org_terms (org, f->box)->document);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/access/key", test_key);
  ADD ("/access/key-refused", test_key_refused);
  ADD ("/access/key-outlives-workload", test_key_outlives_workload);
  ADD ("/access/limits", test_limits);
  ADD ("/access/waits", test_waits);
  ADD ("/access/weights", test_weights);
  ADD ("/access/policy", test_policy);
  ADD ("/access/terms", test_terms);
  return g_test_run ();
}
