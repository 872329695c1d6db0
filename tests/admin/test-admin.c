/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands on a real file: what they write, what they refuse and in which words, what the audit trail keeps. */
#include <glib/gstdio.h>
#include <string.h>

#include "purser-admin.h"
#include "purser-practice.h"

typedef struct
{
  char        *folder;
  PurserStore *store;
  PurserAdmin *admin;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserVault) vault = purser_vault_new ("test");
  f->folder = g_dir_make_tmp ("purser-admin-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (f->folder, "a.purser", NULL);
  f->store = purser_store_open (path, PURSER_STORE_CREATE, "Hartmann & Partner", "EUR", "Europe/Berlin", &error);
  g_assert_no_error (error);
  f->admin = purser_admin_new (f->store, vault, "ada");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->admin);
  purser_store_close (f->store);
  g_clear_object (&f->store);
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (f->folder);
  g_free (f->folder);
}

static gint64
run (Fixture *f, PurserCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserOutcome) outcome = purser_admin_run (f->admin, command, &error);
  g_assert_no_error (error);
  g_assert_nonnull (outcome);
  return outcome->id;
}

static void
refused (Fixture *f, PurserCommand *command, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserOrg) before = purser_store_get_org (f->store);
  g_autoptr (PurserOutcome) outcome = purser_admin_run (f->admin, command, &error);
  g_assert_null (outcome);
  g_assert_nonnull (error);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” does not say “%s”", error->message, words);
  g_autoptr (PurserOrg) after = purser_store_get_org (f->store);
  g_assert_cmpint (before->generation, ==, after->generation); /* nothing changed */
}

static gint64
add_ollama (Fixture *f, const char *name)
{
  return run (f, purser_command_add_provider ("ollama", name, NULL, NULL, NULL, NULL));
}

static void
test_provider (Fixture *f, gconstpointer data)
{
  gint64 id = add_ollama (f, NULL), second = add_ollama (f, NULL);
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  g_assert_cmpstr (purser_org_provider (org, id)->name, ==, "Ollama");
  g_assert_cmpstr (purser_org_provider (org, second)->name, ==, "Ollama 2"); /* the kind's own name, made unique */
  g_assert_true (purser_org_provider (org, id)->enabled);

  refused (f, purser_command_add_provider ("ollama", "Ollama", NULL, NULL, NULL, NULL), "already");
  refused (f, purser_command_add_provider ("frobnicator", NULL, NULL, NULL, NULL, NULL), "frobnicator");
  refused (f, purser_command_add_provider ("openai", "a/b", NULL, NULL, NULL, NULL), "");
  refused (f, purser_command_add_provider ("openai", "X", "ftp://example.org", NULL, NULL, NULL), "");
  refused (f, purser_command_add_provider ("openai", "X", NULL, NULL, "sk-live key", NULL), "environment variable");
  refused (f, purser_command_add_provider ("openai", "X", NULL, NULL, NULL, "/nonexistent/ca.pem"), "cannot be read");

  gint64 retired = run (f, purser_command_add_provider ("github-models", NULL, NULL, NULL, "GH_TOKEN", NULL));
  g_autoptr (PurserOrg) with_retired = purser_store_get_org (f->store);
  g_assert_false (purser_org_provider (with_retired, retired)->enabled); /* retired kinds start switched off */
  g_assert_cmpstr (purser_org_provider (with_retired, retired)->key_env, ==, "GH_TOKEN");

  run (f, purser_command_set_provider (id, "Cellar", NULL, NULL));
  refused (f, purser_command_set_provider (id, "Ollama 2", NULL, NULL), "already");
  run (f, purser_command_remove_provider (id));
  refused (f, purser_command_set_provider (id, "Gone", NULL, NULL), "no longer there");
  run (f, purser_command_restore_provider (id));
  g_autoptr (PurserOrg) restored = purser_store_get_org (f->store);
  g_assert_cmpstr (purser_org_provider (restored, id)->name, ==, "Cellar");
}

static PurserListedModel *
listed (const char *name, gboolean chat)
{
  PurserListedModel *model = g_new0 (PurserListedModel, 1);
  model->name = g_strdup (name);
  model->context_tokens = 8192;
  model->max_output = -1;
  model->chat = chat;
  return model;
}

static const PurserModel *
find_model (const PurserOrg *org, const char *ref)
{
  const PurserModel *model = purser_org_model_ref (org, ref);
  g_assert_nonnull (model);
  return model;
}

static void
test_models_and_prices (Fixture *f, gconstpointer data)
{
  gint64 id = run (f, purser_command_add_provider ("openai-compatible", "Box", "http://127.0.0.1:8080/v1", NULL, NULL, NULL));
  gint64 ollama = add_ollama (f, NULL);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_listed_model_free);
  g_ptr_array_add (list, listed ("small", TRUE));
  g_ptr_array_add (list, listed ("org/large", TRUE));
  g_ptr_array_add (list, listed ("embed", FALSE));
  run (f, purser_command_set_models (id, list));
  run (f, purser_command_set_models (ollama, list));
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  g_assert_null (purser_org_model_ref (org, "Box/embed")); /* not for chat */
  g_assert_null (find_model (org, "Box/small")->price);    /* unpriced, not free */
  g_assert_nonnull (find_model (org, "Ollama/small")->price);
  g_assert_cmpint (find_model (org, "Ollama/small")->price->contract_pico[PURSER_TOKENS_OUTPUT_VISIBLE], ==, 0);
  gint64 model = find_model (org, "Box/org/large")->id;

  refused (f, purser_command_set_price (model, "3", NULL, NULL, NULL, NULL), "both figures");
  refused (f, purser_command_set_price (model, "three", "15", NULL, NULL, NULL), "");
  run (f, purser_command_set_price (model, "3", "15", "0.30", NULL, "contract 7"));
  run (f, purser_command_set_discount (id, 900000));
  g_autoptr (PurserOrg) priced = purser_store_get_org (f->store);
  const PurserPrice *price = find_model (priced, "Box/org/large")->price;
  g_assert_cmpint (price->list_pico[PURSER_TOKENS_INPUT_UNCACHED], ==, 3000000);
  g_assert_cmpint (price->contract_pico[PURSER_TOKENS_INPUT_UNCACHED], ==, 2700000);
  g_assert_cmpint (price->contract_pico[PURSER_TOKENS_OUTPUT_REASONING], ==, 13500000);
  g_assert_cmpint (price->contract_pico[PURSER_TOKENS_CACHE_WRITE_5M], ==, -1); /* nobody told */
  g_assert_cmpstr (price->source, ==, "contract 7");

  g_ptr_array_remove_index (list, 0);
  run (f, purser_command_set_models (id, list));
  g_autoptr (PurserOrg) shorter = purser_store_get_org (f->store);
  g_assert_false (find_model (shorter, "Box/small")->listed); /* kept, marked */
  g_assert_true (find_model (shorter, "Box/org/large")->listed);
  g_assert_nonnull (find_model (shorter, "Box/org/large")->price);
  refused (f, purser_command_set_org (NULL, "USD", NULL), "stays EUR");
}

static void
test_workloads (Fixture *f, gconstpointer data)
{
  gint64 provider = add_ollama (f, NULL);
  gint64 a = run (f, purser_command_add_model (provider, "a", NULL)), b = run (f, purser_command_add_model (provider, "b", NULL));
  refused (f, purser_command_add_model (provider, "a", NULL), "already");
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  gint64 drafting = purser_org_workload_named (org, "drafting")->id;
  gint64 both[] = { b, a }, twice[] = { a, a }, ghost[] = { 999 };
  run (f, purser_command_assign (drafting, both, 2));
  refused (f, purser_command_assign (drafting, twice, 2), "only once");
  refused (f, purser_command_assign (drafting, ghost, 1), "no longer there");
  refused (f, purser_command_remove_workload (drafting), "built in");
  refused (f, purser_command_add_workload ("drafting", NULL), "already");
  refused (f, purser_command_add_workload ("Not Good", NULL), "");
  gint64 own = run (f, purser_command_add_workload ("minutes", "Minutes"));
  run (f, purser_command_remove_workload (own));
  run (f, purser_command_restore_workload (own));
  g_autoptr (PurserOrg) now = purser_store_get_org (f->store);
  const PurserWorkload *workload = purser_org_workload (now, drafting);
  g_assert_cmpuint (workload->n_models, ==, 2);
  g_assert_cmpint (workload->models[0], ==, b);
  g_assert_cmpstr (purser_org_workload (now, own)->title, ==, "Minutes");
  run (f, purser_command_assign (drafting, NULL, 0));
  g_autoptr (PurserOrg) bare = purser_store_get_org (f->store);
  g_assert_cmpuint (purser_org_workload (bare, drafting)->n_models, ==, 0);
}

static void
test_people_and_keys (Fixture *f, gconstpointer data)
{
  gint64 lena = run (f, purser_command_add_principal (" Lena ", FALSE, "Clients", 0));
  gint64 bot = run (f, purser_command_add_principal ("bot", TRUE, "Clients", lena));
  refused (f, purser_command_add_principal ("Lena", FALSE, NULL, 0), "already");
  refused (f, purser_command_add_principal ("  ", FALSE, NULL, 0), "");
  refused (f, purser_command_add_principal ("other", TRUE, NULL, bot), "Only a person");
  g_autoptr (PurserOutcome) key = purser_admin_run (f->admin, purser_command_create_key (bot), NULL);
  g_autoptr (PurserOutcome) other = purser_admin_run (f->admin, purser_command_create_key (bot), NULL);
  g_assert_true (g_str_has_prefix (key->secret, "purser-"));
  g_assert_cmpuint (strlen (key->secret), ==, strlen ("purser-") + 43);
  g_assert_cmpstr (key->secret, !=, other->secret);
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  g_assert_cmpuint (org->access_keys->len, ==, 2);
  g_assert_cmpstr (purser_org_principal (org, lena)->name, ==, "Lena");
  g_assert_cmpint (purser_org_principal (org, lena)->team_id, ==, purser_org_principal (org, bot)->team_id);
  run (f, purser_command_set_principal (bot, NULL, "", 0));
  run (f, purser_command_remove_principal (bot));
  run (f, purser_command_restore_principal (bot));
  g_autoptr (PurserOrg) after = purser_store_get_org (f->store);
  g_assert_cmpint (purser_org_principal (after, bot)->owner_id, ==, 0);
  for (guint i = 0; i < after->access_keys->len; i++)
    g_assert_cmpint (((PurserAccessKey *) g_ptr_array_index (after->access_keys, i))->revoked_at, !=, 0); /* stay revoked */

  /* The secret is nowhere in the file, nor is anything but its hash. */
  purser_store_close (f->store);
  g_autofree char *path = g_build_filename (f->folder, "a.purser", NULL);
  g_autofree char *content = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  g_assert_null (memmem (content, length, key->secret + 7, 43));
}

static gboolean
verify_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_audit_verify (db, data, error);
}

static void
test_audit (Fixture *f, gconstpointer data)
{
  g_autofree char *problem = NULL;
  run (f, purser_command_set_org ("Renamed", NULL, "America/New_York"));
  refused (f, purser_command_set_org (NULL, NULL, "Mars/Olympus"), "not a time zone");
  refused (f, purser_command_set_org (NULL, "EURO", NULL), "three letters");
  run (f, purser_command_add_practice ());
  refused (f, purser_command_add_practice (), "already");
  g_assert_true (purser_store_read (f->store, verify_job, &problem, NULL));
  g_assert_null (problem);
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  g_assert_cmpstr (org->name, ==, "Renamed");
  guint n;
  purser_practice_models (&n);
  g_assert_cmpuint (org->models->len, ==, n);
}

/* No keyring on this bus: the provider just added goes again, and what was typed can be sent once more. */
static void
test_no_keyring (Fixture *f, gconstpointer data)
{
  if (g_test_subprocess ())
    {
      g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
      g_autoptr (GError) error = NULL;
      g_autoptr (PurserOutcome) outcome = purser_admin_run (f->admin, purser_command_add_provider ("openai", "Work", NULL, "sk-test-1234567890", NULL, NULL), &error);
      g_assert_null (outcome);
      g_assert_error (error, PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_ABSENT);
      g_assert_null (strstr (error->message, "sk-test"));
      g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
      g_assert_null (purser_org_provider_named (org, "Work"));
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/admin/provider", test_provider);
  ADD ("/admin/models-and-prices", test_models_and_prices);
  ADD ("/admin/workloads", test_workloads);
  ADD ("/admin/people-and-keys", test_people_and_keys);
  ADD ("/admin/audit", test_audit);
  ADD ("/admin/no-keyring", test_no_keyring);
  return g_test_run ();
}
