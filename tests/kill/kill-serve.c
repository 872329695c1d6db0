/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kill-gateway.h"

#include <gio/gio.h>
#include <stdlib.h>

#include "purser-db.h"
#include "purser-gateway-private.h"

G_GNUC_NORETURN static void
die (const char *what, const GError *error)
{
  g_printerr ("purser-kill-gateway: %s: %s\n", what, error != NULL ? error->message : "");
  exit (2);
}

static PurserStore *
open_store (const char *path, PurserStoreFlags flags)
{
  GError *error = NULL;
  PurserStore *store = purser_store_open (path, flags, "Kill", "EUR", "Europe/Berlin", &error);
  if (store == NULL)
    die (path, error);
  return store;
}

/* --- The organisation --- */

typedef struct { guint provider_port, gateway_port; } Ports;

static gint64
make_model (PurserDb *db, guint port, GError **error)
{
  g_autofree char *address = g_strdup_printf ("http://127.0.0.1:%u/v1", port);
  PurserProvider provider = { .kind = purser_kind_get ("openai-compatible"), .name = (char *) "Local", .address = address, .multiplier_ppm = PURSER_PPM, .enabled = TRUE };
  PurserModel model = { .name = (char *) "m", .context_tokens = 8000, .max_output = 1000, .listed = TRUE };
  PurserPrice price = { .valid_from = 1, .currency = "EUR", .source = (char *) "test" };
  for (gsize kind = 0; kind < PURSER_N_TOKEN_KINDS; kind++)
    price.list_pico[kind] = price.contract_pico[kind] = kind >= PURSER_TOKENS_OUTPUT_VISIBLE ? 2000000 : 1000000;
  model.provider_id = purser_catalogue_put_provider (db, &provider, error);
  gint64 id = model.provider_id != 0 ? purser_catalogue_put_model (db, &model, error) : 0;
  return id != 0 && purser_catalogue_add_price (db, id, &price, error) != 0 ? id : 0;
}

static gboolean
make_job (PurserDb *db, gpointer data, GError **error)
{
  const Ports *ports = data;
  PurserPrincipal anna = { .name = (char *) "Anna" };
  PurserGateway gateway = { .enabled = TRUE, .port = (int) ports->gateway_port, .address = (char *) "127.0.0.1", .durability = PURSER_SURVIVES_POWER, .metrics = TRUE };
  PurserBudget budget = { .scope = PURSER_SCOPE_ORGANISATION, .period = PURSER_BUDGET_ONCE, .cap_nano = G_GINT64_CONSTANT (1000000000000000), .at_limit = PURSER_AT_LIMIT_BLOCK };
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, KILL_SECRET, -1);
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  gint64 model = org != NULL ? make_model (db, ports->provider_port, error) : 0;
  if (model == 0)
    return FALSE;
  PurserWorkload drafting = *purser_org_workload_named (org, "drafting");
  drafting.models = &model;
  drafting.n_models = 1;
  gint64 principal = purser_catalogue_put_principal (db, &anna, error);
  return principal != 0 && purser_catalogue_put_workload (db, &drafting, error) != 0
         && purser_catalogue_add_access_key (db, principal, digest, "9abc", error) != 0 && purser_catalogue_put_budget (db, &budget, error) != 0
         && purser_catalogue_set_gateway (db, &gateway, error) && purser_catalogue_raise (db, error);
}

void
kill_make (const char *path, guint provider_port, guint gateway_port)
{
  GError *error = NULL;
  Ports ports = { provider_port, gateway_port };
  PurserStore *store = open_store (path, PURSER_STORE_CREATE);
  if (!purser_store_write (store, TRUE, make_job, &ports, &error))
    die ("make", error);
  purser_store_close (store);
  g_object_unref (store);
}

/* --- The control: the linker puts this in the place of the gateway's own question to the ledger, in this program alone --- */

static gboolean answers_first;

void __real_purser_question_ask (PurserServed *served, PurserAction *action, PurserAnswerFunc func, gpointer data);
void __wrap_purser_question_ask (PurserServed *served, PurserAction *action, PurserAnswerFunc func, gpointer data);

static void
nobody_waits (PurserLedgerJob *job, const GError *error, gpointer data)
{
}

void
__wrap_purser_question_ask (PurserServed *served, PurserAction *action, PurserAnswerFunc func, gpointer data)
{
  PurserLedgerJob done = { .action = NULL };
  if (!answers_first || action->type != PURSER_ACTION_SETTLE)
    {
      __real_purser_question_ask (served, action, func, data);
      return;
    }
  func (&done, NULL, data);
  __real_purser_question_ask (served, action, nobody_waits, NULL);
}

void
kill_serve (const char *path, gboolean answer_first)
{
  GError *error = NULL;
  PurserStore *store = open_store (path, PURSER_STORE_OPEN);
  PurserVault *vault = purser_vault_new (purser_store_get_uid (store));
  answers_first = answer_first;
  PurserPlane *plane = purser_plane_new (&error);
  if (plane == NULL || purser_plane_serve (plane, store, vault, &error) == NULL)
    die ("serve", error);
  for (;;)
    g_main_context_iteration (NULL, TRUE);
}

/* --- A second process --- */

typedef struct
{
  PurserLedgerOpen    open;
  PurserLedgerAttempt attempt;
  PurserLedgerSettle  settle;
} Own;

static gboolean
open_job (PurserDb *db, gpointer data, GError **error)
{
  Own *own = data;
  gboolean done = purser_ledger_open (db, &own->open, &own->attempt.call_id, &own->attempt.attempt_id, error);
  own->settle.call_id = own->attempt.call_id;
  return done;
}

static gboolean
settle_job (PurserDb *db, gpointer data, GError **error)
{
  Own *own = data;
  return purser_ledger_settle (db, &own->attempt, &own->settle, error);
}

void
kill_beside (const char *path)
{
  GError *error = NULL;
  PurserStore *store = open_store (path, PURSER_STORE_OPEN);
  PurserOrg *org = purser_store_get_org (store);
  Own own = { .open = { .generation = org->generation, .principal_id = ((PurserPrincipal *) org->principals->pdata[0])->id,
                        .workload_id = ((PurserWorkload *) org->workloads->pdata[0])->id, .model_id = ((PurserModel *) org->models->pdata[0])->id,
                        .reserve_nano = 1000, .dialect = "" },
              .attempt = { .outcome = "ok", .status = 200, .tokens = PURSER_TOKENS_UNKNOWN_INIT, .cost_nano = 17, .list_nano = 17,
                           .connect_us = 1, .first_us = 2, .first_text_us = 3, .total_us = 4 },
              .settle = { .outcome = "ok", .model_id = ((PurserModel *) org->models->pdata[0])->id, .finish = "stop" } };
  for (;;)
    {
      if (!purser_store_write (store, FALSE, open_job, &own, &error) || !purser_store_write (store, TRUE, settle_job, &own, &error))
        die ("beside", error);
      g_usleep (3000);
    }
}
