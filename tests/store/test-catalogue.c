/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>

static gboolean
names_body (PurserDb *db, Fixture *f, GError **error)
{
  g_autoptr(GError) local = NULL;
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  const PurserProvider *first = org->providers->pdata[0];
  g_autoptr(PurserProvider) twin = purser_provider_copy (first);
  twin->id = 0;
  g_assert_cmpint (purser_catalogue_put_provider (db, twin, &local), ==, 0); /* taken */
  g_assert_error (local, PURSER_STORE_ERROR, PURSER_STORE_ERROR_CONSTRAINT);
  g_assert_nonnull (strstr (local->message, "Main"));
  g_clear_error (&local);
  /* A removed one's name is free, and then the removed one cannot come back. */
  g_assert_true (purser_catalogue_remove_provider (db, first->id, TRUE, error));
  gint64 second = purser_catalogue_put_provider (db, twin, error);
  g_assert_cmpint (second, >, first->id);
  g_assert_false (purser_catalogue_remove_provider (db, first->id, FALSE, &local));
  g_assert_error (local, PURSER_STORE_ERROR, PURSER_STORE_ERROR_CONSTRAINT);
  g_clear_error (&local);
  g_assert_true (purser_catalogue_remove_provider (db, second, TRUE, error));
  g_assert_true (purser_catalogue_remove_provider (db, first->id, FALSE, error));
  /* What is not there cannot be changed. */
  twin->id = 4711;
  g_free (twin->name);
  twin->name = g_strdup ("Other");
  g_assert_cmpint (purser_catalogue_put_provider (db, twin, &local), ==, 0);
  g_assert_error (local, PURSER_STORE_ERROR, PURSER_STORE_ERROR_NOT_FOUND);
  g_clear_error (&local);
  PurserPrincipal anna = { .name = (char *) "Anna" };
  g_assert_cmpint (purser_catalogue_put_principal (db, &anna, &local), ==, 0);
  g_assert_error (local, PURSER_STORE_ERROR, PURSER_STORE_ERROR_CONSTRAINT);
  g_clear_error (&local);
  g_assert_cmpint (purser_catalogue_put_team (db, 0, "Blue", &local), ==, 0);
  g_assert_error (local, PURSER_STORE_ERROR, PURSER_STORE_ERROR_CONSTRAINT);
  return TRUE;
}

static void
test_names (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, names_body);
  fixture_assert_clean (f->store);
}

static gboolean
provider_body (PurserDb *db, Fixture *f, GError **error)
{
  PurserProvider p = { .kind = purser_kind_get ("anthropic"),
                       .name = (char *) "Claude",
                       .address = (char *) "https://a.example",
                       .ca_file = (char *) "/etc/ca.pem",
                       .key_env = (char *) "THE_KEY",
                       .key_version = 3,
                       .key_set_at = 4,
                       .enabled = FALSE,
                       .practice = TRUE,
                       .checked_at = 9,
                       .check_result = (char *) "No answer." };
  p.id = purser_catalogue_put_provider (db, &p, error);
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  const PurserProvider *got = purser_org_provider_named (org, "Claude");
  g_assert_cmpint (got->id, ==, p.id);
  g_assert_true (got->kind == p.kind);
  g_assert_cmpstr (got->address, ==, p.address);
  g_assert_cmpstr (got->ca_file, ==, p.ca_file);
  g_assert_cmpstr (got->key_env, ==, p.key_env);
  g_assert_cmpint (got->key_version, ==, 3);
  g_assert_cmpint (got->key_set_at, ==, 4);
  g_assert_cmpint (got->multiplier_ppm, ==, PURSER_PPM);
  g_assert_false (got->enabled);
  g_assert_true (got->practice);
  g_assert_cmpint (got->checked_at, ==, 9);
  g_assert_cmpstr (got->check_result, ==, p.check_result);
  g_autoptr(PurserProvider) changed = purser_provider_copy (got);
  g_clear_pointer (&changed->check_result, g_free);
  changed->enabled = TRUE;
  g_assert_cmpint (purser_catalogue_put_provider (db, changed, error), ==, p.id);
  g_autoptr(PurserOrg) again = purser_catalogue_load (db, error);
  g_assert_null (purser_org_provider (again, p.id)->check_result);
  g_assert_true (purser_org_provider (again, p.id)->enabled);
  /* A discount is a contract's matter, not the provider's own. */
  g_assert_cmpint (purser_org_provider (again, p.id)->multiplier_ppm, ==, PURSER_PPM);
  g_assert_cmpint (fixture_contract (db, p.id, 0, 0, 850000, error), >, 0);
  g_autoptr(PurserOrg) last = purser_catalogue_load (db, error);
  g_assert_cmpint (purser_org_provider (last, p.id)->multiplier_ppm, ==, 850000);
  return TRUE;
}

static gboolean
model_body (PurserDb *db, Fixture *f, GError **error)
{
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  g_autoptr(PurserModel) m = purser_model_copy (purser_org_model (org, f->models[0]));
  PurserPrice price = {
    .valid_from = 1, .currency = "USD", .list_pico = { 1, -1, 3, 4, 5, 6, 7, 8, -1, 10 }, .source = (char *) "admin"
  };
  m->title = g_strdup ("The big one");
  m->remote_host = g_strdup ("ollama.com");
  m->context_tokens = 5;
  g_assert_cmpint (purser_catalogue_put_model (db, m, error), ==, f->models[0]);
  gint64 id = purser_catalogue_add_price (db, f->models[0], &price, error);
  g_assert_cmpint (id, >, f->prices[0]);
  price.valid_from = G_MAXINT64; /* not yet */
  g_assert_cmpint (purser_catalogue_add_price (db, f->models[0], &price, error), >, id);
  g_assert_true (purser_catalogue_unlist_models (db, m->provider_id, error));
  g_autoptr(PurserOrg) again = purser_catalogue_load (db, error);
  const PurserModel *got = purser_org_model (again, f->models[0]);
  g_assert_cmpstr (got->title, ==, "The big one");
  g_assert_cmpstr (got->remote_host, ==, "ollama.com");
  g_assert_false (got->listed);
  g_assert_cmpint (got->context_tokens, ==, 5);
  g_assert_cmpint (got->max_output, ==, PURSER_UNKNOWN);
  g_assert_cmpint (got->price->id, ==, id); /* the newest in force, the earlier version stays */
  g_assert_cmpint (got->price->list_pico[0], ==, 1);
  g_assert_cmpint (got->price->list_pico[1], ==, -1);
  g_assert_cmpint (got->price->contract_pico[1], ==, -1);
  g_assert_cmpint (got->price->contract_pico[6], ==, 6); /* 10 % off 7 */
  g_assert_cmpint (got->price->list_pico[PURSER_PRICED_AUDIO_IN], ==, 8);
  g_assert_cmpint (got->price->list_pico[PURSER_PRICED_AUDIO_OUT], ==, -1);
  g_assert_cmpint (got->price->list_pico[PURSER_PRICED_SERVER_TOOL], ==, 10);
  g_assert_cmpint (got->price->contract_id, ==, f->contract);
  g_assert_cmpstr (got->price->origin, ==, "admin");
  g_assert_cmpstr (got->price->currency, ==, "USD");
  g_assert_cmpstr (got->price->source, ==, "admin");
  return TRUE;
}

static void
test_values (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, provider_body);
  fixture_run (f, model_body);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM price"), ==, 4);
}

static gint64
second_provider (PurserDb *db, GError **error)
{
  PurserProvider p = { .kind = purser_kind_get ("ollama"),
                       .name = (char *) "Local",
                       .address = (char *) "http://localhost:11434",
                       .enabled = TRUE };
  PurserModel m = { .provider_id = purser_catalogue_put_provider (db, &p, error),
                    .name = (char *) "tiny",
                    .listed = TRUE };
  return purser_catalogue_put_model (db, &m, error);
}

static void
assert_models (PurserDb *db, gint64 workload, guint n, const gint64 *models)
{
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, NULL);
  const PurserWorkload *w = purser_org_workload (org, workload);
  g_assert_cmpmem (w->models, w->n_models * sizeof (gint64), models, n * sizeof (gint64));
}

static gboolean
assignment_body (PurserDb *db, Fixture *f, GError **error)
{
  gint64 local = second_provider (db, error);
  gint64 all[] = { local, f->models[1], f->models[0] }, visible[] = { f->models[1], f->models[0] },
         swapped[] = { f->models[0], f->models[1] };
  gint64 after[] = { f->models[0], f->models[1], local };
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  gint64 local_provider = purser_org_model (org, local)->provider_id;
  PurserWorkload w = { .name = (char *) "letters", .title = (char *) "Letters", .models = all, .n_models = 3 };
  w.id = purser_catalogue_put_workload (db, &w, error);
  assert_models (db, w.id, 3, all);
  g_assert_true (purser_catalogue_remove_provider (db, local_provider, TRUE, error));
  assert_models (db, w.id, 2, visible);
  /* A new title says nothing about models: Undo brings the first choice back to its place. */
  w.title = (char *) "Letters and mail";
  w.models = visible;
  w.n_models = 2;
  g_assert_cmpint (purser_catalogue_put_workload (db, &w, error), ==, w.id);
  g_assert_true (purser_catalogue_remove_provider (db, local_provider, FALSE, error));
  assert_models (db, w.id, 3, all);
  /* Another order does: what was hidden comes back at the end. */
  g_assert_true (purser_catalogue_remove_provider (db, local_provider, TRUE, error));
  w.models = swapped;
  g_assert_cmpint (purser_catalogue_put_workload (db, &w, error), ==, w.id);
  assert_models (db, w.id, 2, swapped);
  g_assert_true (purser_catalogue_remove_provider (db, local_provider, FALSE, error));
  assert_models (db, w.id, 3, after);
  w.models = after;
  w.n_models = 3;
  g_assert_cmpint (purser_catalogue_put_workload (db, &w, error), ==, w.id);
  w.n_models = 0;
  g_assert_cmpint (purser_catalogue_put_workload (db, &w, error), ==, w.id);
  assert_models (db, w.id, 0, NULL);
  g_assert_true (purser_catalogue_remove_workload (db, w.id, TRUE, error));
  g_autoptr(PurserOrg) without = purser_catalogue_load (db, error);
  g_assert_null (purser_org_workload_named (without, "letters"));
  g_assert_true (purser_catalogue_remove_workload (db, w.id, FALSE, error));
  g_autoptr(GError) refused = NULL;
  g_assert_false (purser_catalogue_remove_workload (db, f->workloads[0], TRUE, &refused)); /* the built-in three stay */
  g_assert_nonnull (refused);
  return TRUE;
}

static void
test_assignments (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, assignment_body);
  fixture_assert_clean (f->store);
}

static gboolean
people_body (PurserDb *db, Fixture *f, GError **error)
{
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  const PurserPrincipal *bot = purser_org_principal_named (org, "bot");
  g_assert_true (bot->agent);
  g_assert_cmpint (bot->owner_id, ==, f->people[0]);
  g_assert_cmpint (purser_org_principal (org, f->people[0])->team_id, ==, purser_org_team_named (org, "Blue")->id);
  g_assert_true (purser_catalogue_remove_principal (db, f->people[1], TRUE, error));
  gint64 key = purser_catalogue_add_access_key (db, f->people[0], "aa", "wxyz", error);
  g_autoptr(GError) local = NULL;
  g_assert_cmpint (purser_catalogue_add_access_key (db, f->people[0], "aa", "wxyz", &local), ==, 0);
  g_assert_error (local, PURSER_STORE_ERROR, PURSER_STORE_ERROR_CONSTRAINT);
  g_assert_true (purser_catalogue_revoke_access_key (db, key, error));
  g_autoptr(PurserOrg) after = purser_catalogue_load (db, error);
  g_assert_null (purser_org_principal (after, f->people[1]));
  const PurserAccessKey *got = after->access_keys->pdata[0];
  g_assert_cmpint (got->id, ==, key);
  g_assert_cmpint (got->principal_id, ==, f->people[0]);
  g_assert_cmpstr (got->hint, ==, "wxyz");
  g_assert_cmpint (got->revoked_at, >=, got->created_at);
  g_assert_cmpint (got->last_used_at, ==, 0);
  g_assert_true (purser_catalogue_remove_principal (db, f->people[1], FALSE, error));
  return TRUE;
}

static void
test_people (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, people_body);
}

/* --- The audit trail --- */

static gboolean
audit_body (PurserDb *db, Fixture *f, GError **error)
{
  return purser_audit_add (db, "lena", "provider.add", "provider 1", NULL, "{\"name\":\"Main\"}", error)
         && purser_audit_add (db, "lena", "provider.set", "provider 1", "{\"name\":\"Main\"}", "{\"name\":\"Other\"}",
                              error)
         && purser_audit_add (db, "tom", "provider.remove", "provider 1", "", NULL, error);
}

static gboolean
verify_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_audit_verify (db, data, error);
}

/* (transfer full) (nullable) */
static char *
audit_problem (Fixture *f)
{
  g_autoptr(GError) error = NULL;
  char *problem = NULL;
  purser_store_read (f->store, verify_job, &problem, &error);
  g_assert_no_error (error);
  return problem;
}

static void
test_audit (void)
{
  static const char *const FORBIDDEN[] = { "DELETE FROM audit", "UPDATE audit SET actor = 'tom'",
                                           "UPDATE audit SET after = '{}' WHERE id = 1", "UPDATE audit SET at = 0",
                                           "INSERT OR REPLACE INTO audit SELECT * FROM audit" };
  static const char *const TAMPERED[] = {
    "UPDATE audit SET after = '{\"name\":\"Mine\"}' WHERE id = 1",
    "UPDATE audit SET actor = 'tom' WHERE id = 2",
    "UPDATE audit SET action = 'x' WHERE id = 3",
    "DELETE FROM audit WHERE id = 2",
    "UPDATE audit SET before = NULL WHERE id = 3",
    "UPDATE audit SET at = at + 1 WHERE id = 1",
  };
  for (guint i = 0; i < G_N_ELEMENTS (TAMPERED); i++)
    {
      g_autoptr(Fixture) f = fixture_new ();
      g_autoptr(GError) error = NULL;
      fixture_run (f, audit_body);
      g_autofree char *before = audit_problem (f);
      g_assert_null (before);
      for (guint k = 0; k < G_N_ELEMENTS (FORBIDDEN); k++)
        {
          g_assert_false (fixture_sql (f->store, FORBIDDEN[k], &error));
          g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
          g_clear_error (&error);
        }
      /* Somebody with another tool removes the triggers first. */
      g_assert_true (fixture_sql (f->store, "DROP TRIGGER audit_stays", &error));
      g_assert_true (fixture_sql (f->store, "DROP TRIGGER audit_keeps", &error));
      g_assert_true (fixture_sql (f->store, TAMPERED[i], &error));
      g_autofree char *problem = audit_problem (f);
      g_test_message ("%s: %s", TAMPERED[i], problem);
      g_assert_nonnull (problem);
      g_autoptr(GPtrArray) findings = purser_store_verify (f->store, &error);
      g_assert_cmpuint (findings->len, ==, 1);
    }
}

/* An erased person's values and their salt go, and the chain still holds. */
static void
test_audit_erased (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  g_autoptr(GError) error = NULL;
  fixture_run (f, audit_body);
  g_assert_true (
      fixture_sql (f->store, "UPDATE audit SET actor = NULL, actor_salt = NULL WHERE actor = 'lena'", &error));
  g_assert_true (
      fixture_sql (f->store, "UPDATE audit SET before = NULL, after = NULL, values_salt = NULL WHERE id = 2", &error));
  g_autofree char *problem = audit_problem (f);
  g_assert_null (problem);
  fixture_run (f, audit_body);
  g_autofree char *later = audit_problem (f);
  g_assert_null (later);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalogue/names", test_names);
  g_test_add_func ("/catalogue/values", test_values);
  g_test_add_func ("/catalogue/assignments", test_assignments);
  g_test_add_func ("/catalogue/people", test_people);
  g_test_add_func ("/audit/tampered", test_audit);
  g_test_add_func ("/audit/erased", test_audit_erased);
  return g_test_run ();
}
