/* SPDX-License-Identifier: GPL-3.0-or-later */
/* purser-bench-gateway: an organisation for measuring the gateway, and what its ledger says afterwards.
 *
 *   purser-bench-gateway [OPTION…] make FILE    the organisation; prints the access key
 *   purser-bench-gateway serve FILE             its data plane in this process, until SIGTERM
 *   purser-bench-gateway rows FILE              settled calls: "ok failed open"; fails where the file contradicts itself
 *
 * What is served is what an organisation has: a key, a workload with a fallback, prices, budgets, a synced ledger. */
#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#include "purser-db.h"
#include "purser-ledger.h"
#include "purser-plane.h"

static char *upstream, *durability, *ca_file;
static int port = 9400;
static gboolean no_budgets;

static const GOptionEntry options[] = {
  { "port", 0, 0, G_OPTION_ARG_INT, &port, "Where it listens (9400)", "PORT" },
  { "upstream", 0, 0, G_OPTION_ARG_STRING, &upstream, "The provider's base address", "URL" },
  { "ca-file", 0, 0, G_OPTION_ARG_FILENAME, &ca_file, "Who certified the provider", "FILE" },
  { "durability", 0, 0, G_OPTION_ARG_STRING, &durability, "process, answered or strict (answered)", "WORD" },
  { "no-budgets", 0, 0, G_OPTION_ARG_NONE, &no_budgets, "Without budgets", NULL },
  { NULL }
};

typedef struct
{
  char *digest; /* (owned) of the access key */
  const char *hint;
} Key;

/* --- make --- */

static gint64
put_model (PurserDb *db, const char *name, GError **error)
{
  PurserProvider provider = { .kind = purser_kind_get ("openai-compatible"),
                              .name = (char *) name,
                              .address = upstream,
                              .ca_file = ca_file,
                              .key_env = (char *) "PURSER_BENCH_KEY",
                              .multiplier_ppm = PURSER_PPM,
                              .enabled = TRUE };
  PurserModel model = { .name = (char *) "fake-1", .context_tokens = 200000, .max_output = 4096, .listed = TRUE };
  PurserPrice price = { .valid_from = 1,
                        .currency = "EUR",
                        .list_pico = { 1000000, 500000, 1250000, 1250000, 1000000, 2000000, 2000000 },
                        .contract_pico = { 1000000, 500000, 1250000, 1250000, 1000000, 2000000, 2000000 },
                        .source = (char *) "bench" };
  model.provider_id = purser_catalogue_put_provider (db, &provider, error);
  gint64 id = model.provider_id != 0 ? purser_catalogue_put_model (db, &model, error) : 0;
  return id != 0 && purser_catalogue_add_price (db, id, &price, error) != 0 ? id : 0;
}

static gboolean
put_workload (PurserDb *db, GError **error)
{
  gint64 models[2] = { put_model (db, "first", error), 0 };
  PurserWorkload workload = { .name = (char *) "bench", .models = models, .n_models = G_N_ELEMENTS (models) };
  if (models[0] == 0 || (models[1] = put_model (db, "second", error)) == 0)
    return FALSE;
  return purser_catalogue_put_workload (db, &workload, error) != 0;
}

/* They count every call and never have to say no. */
static gboolean
put_budgets (PurserDb *db, gint64 principal_id, GError **error)
{
  const PurserBudget budgets[] = {
    { .scope = PURSER_SCOPE_ORGANISATION, .period = PURSER_BUDGET_MONTH, .at_limit = PURSER_AT_LIMIT_BLOCK },
    { .scope = PURSER_SCOPE_PRINCIPAL, .scope_id = principal_id, .period = PURSER_BUDGET_QUARTER, .at_limit = PURSER_AT_LIMIT_NOTIFY },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (budgets); i++)
    {
      PurserBudget budget = budgets[i];
      budget.cap_nano = G_MAXINT64 / 2;
      if (purser_catalogue_put_budget (db, &budget, error) == 0)
        return FALSE;
    }
  return TRUE;
}

static PurserDurability
find_durability (void)
{
  for (PurserDurability d = 0; durability != NULL && d < PURSER_N_DURABILITIES; d++)
    if (g_str_equal (purser_durability_id (d), durability))
      return d;
  return PURSER_SURVIVES_POWER;
}

static gboolean
make_job (PurserDb *db, gpointer data, GError **error)
{
  const Key *key = data;
  PurserPrincipal person = { .name = (char *) "Ada" };
  PurserGateway gateway = { .enabled = TRUE,
                            .port = port,
                            .address = (char *) "127.0.0.1",
                            .durability = find_durability (),
                            .metrics = TRUE };
  gint64 principal_id = purser_catalogue_put_principal (db, &person, error);
  return principal_id != 0 && purser_catalogue_add_access_key (db, principal_id, key->digest, key->hint, error) != 0
         && put_workload (db, error) && (no_budgets || put_budgets (db, principal_id, error))
         && purser_catalogue_set_gateway (db, &gateway, error) && purser_catalogue_raise (db, error);
}

static gboolean
make (const char *path, GError **error)
{
  static const char SECRET[] = "purser-0123456789012345678901234567890123456789abc";
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, SECRET, -1);
  Key key = { digest, "9abc" };
  g_autoptr(PurserStore) store = purser_store_open (path, PURSER_STORE_CREATE, "Bench", "EUR", "Europe/Berlin", error);
  if (store == NULL || !purser_store_write (store, TRUE, make_job, &key, error))
    return FALSE;
  purser_store_close (store);
  puts (SECRET);
  return TRUE;
}

/* --- serve --- */

static gboolean
quit_cb (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static void
gone_cb (gpointer loop)
{
  g_main_loop_quit (loop);
}

static gboolean
serve (const char *path, GError **error)
{
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(PurserStore) store = purser_store_open (path, PURSER_STORE_OPEN, NULL, NULL, NULL, error);
  if (store == NULL)
    return FALSE;
  g_autoptr(PurserVault) vault = purser_vault_new (purser_store_get_uid (store));
  PurserPlane *plane = purser_plane_new (error);
  PurserServed *served = plane != NULL ? purser_plane_serve (plane, store, vault, error) : NULL;
  if (served != NULL)
    {
      g_unix_signal_add (SIGTERM, quit_cb, loop);
      g_unix_signal_add (SIGINT, quit_cb, loop);
      g_main_loop_run (loop);
      purser_plane_drop (served, TRUE, gone_cb, loop);
      g_main_loop_run (loop);
    }
  purser_plane_free (plane);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  purser_store_close (store);
  return served != NULL;
}

/* --- rows --- */

typedef struct { gint64 ok, failed, open; } Rows;

static gboolean
rows_job (PurserDb *db, gpointer data, GError **error)
{
  Rows *rows = data;
  PurserStatement *statement = purser_db_query (
      db, error,
      "SELECT COUNT (*) FILTER (WHERE outcome = 'ok'), COUNT (*) FILTER (WHERE outcome <> 'ok'), "
      "COUNT (*) FILTER (WHERE outcome IS NULL) FROM call",
      "");
  if (statement == NULL || !purser_statement_step (statement, error))
    return FALSE;
  *rows = (Rows) { purser_statement_int (statement, 0), purser_statement_int (statement, 1), purser_statement_int (statement, 2) };
  return !purser_statement_step (statement, error) && !purser_statement_failed (statement);
}

static gboolean
count_rows (const char *path, GError **error)
{
  Rows rows = { 0 };
  g_autoptr(PurserStore) store = purser_store_open (path, PURSER_STORE_OPEN | PURSER_STORE_NO_REAPER, NULL, NULL, NULL, error);
  g_autoptr(GPtrArray) findings = store != NULL ? purser_store_verify (store, error) : NULL;
  if (findings == NULL || !purser_store_read (store, rows_job, &rows, error))
    return FALSE;
  purser_store_close (store);
  printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", rows.ok, rows.failed, rows.open);
  for (guint i = 0; i < findings->len; i++)
    g_printerr ("%s\n", (const char *) g_ptr_array_index (findings, i));
  if (findings->len > 0)
    g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_CORRUPT, "%s contradicts itself", path);
  return findings->len == 0;
}

int
main (int argc, char **argv)
{
  static const struct { const char *verb; gboolean (*func) (const char *path, GError **error); } verbs[] = {
    { "make", make }, { "serve", serve }, { "rows", count_rows } };
  g_autoptr(GError) error = NULL;
  g_autoptr(GOptionContext) context = g_option_context_new ("make|serve|rows FILE");
  g_option_context_add_main_entries (context, options, NULL);
  gboolean parsed = g_option_context_parse (context, &argc, &argv, &error) && argc == 3;
  for (gsize i = 0; parsed && i < G_N_ELEMENTS (verbs); i++)
    if (g_str_equal (argv[1], verbs[i].verb) && (i > 0 || upstream != NULL))
      {
        if (verbs[i].func (argv[2], &error))
          return 0;
        g_printerr ("purser-bench-gateway: %s\n", error != NULL ? error->message : "failed");
        return 1;
      }
  g_printerr ("purser-bench-gateway: %s\n", error != NULL ? error->message : "make (with --upstream), serve or rows, and a FILE");
  return 2;
}
