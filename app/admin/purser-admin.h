/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-db.h"
#include "purser-vault.h"
#include "purser-dialect.h"
#include "purser-prices.h"

G_BEGIN_DECLS

/* Every change of configuration is a command: validate, apply, audit, new generation, in one transaction (DESIGN §2). Nothing else writes configuration. */
#define PURSER_TYPE_ADMIN (purser_admin_get_type ())
G_DECLARE_FINAL_TYPE (PurserAdmin, purser_admin, PURSER, ADMIN, GObject)
PurserAdmin *purser_admin_new (PurserStore *store, PurserVault *vault, const char *actor /* who: g_get_user_name() */);

typedef struct _PurserCommand PurserCommand; /* (transfer full) into run; made by the constructors below */
void purser_command_free (PurserCommand *command); /* one that is not run after all */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserCommand, purser_command_free)

typedef struct
{
  gint64 id;      /* of what was made or changed */
  char  *secret;  /* (nullable) a new access key, to be shown once */
} PurserOutcome;
void purser_outcome_free (PurserOutcome *outcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserOutcome, purser_outcome_free)

void           purser_admin_run_async  (PurserAdmin *self, PurserCommand *command, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
PurserOutcome *purser_admin_run_finish (PurserAdmin *self, GAsyncResult *result, GError **error);
PurserOutcome *purser_admin_run        (PurserAdmin *self, PurserCommand *command, GError **error); /* blocking, for terminal and tests */

/* Organisation */
PurserCommand *purser_command_set_org (const char *name, const char *currency, const char *zone); /* NULL leaves as is */

/* Providers. KEY (nullable): stored in the vault first, then the row; it goes no other way. KEY_ENV: the variable's name instead. */
PurserCommand *purser_command_add_provider (const char *kind, const char *name /* NULL: the kind's, made unique */, const char *address /* NULL: the kind's */, const char *key, const char *key_env, const char *ca_file);
PurserCommand *purser_command_add_practice (void);                          /* the practice providers, their models and prices */
PurserCommand *purser_command_set_provider (gint64 id, const char *name, const char *address, const char *ca_file /* "" = none; NULL leaves each as is */);
PurserCommand *purser_command_set_provider_key (gint64 id, const char *key); /* raises key_version */
PurserCommand *purser_command_set_discount (gint64 id, gint64 multiplier_ppm); /* a contract for all kinds from now on, without a document; PURSER_PPM ends it */
PurserCommand *purser_command_enable_provider (gint64 id, gboolean enabled);
PurserCommand *purser_command_remove_provider (gint64 id);
PurserCommand *purser_command_restore_provider (gint64 id);                  /* Undo */
PurserCommand *purser_command_set_models (gint64 provider_id, GPtrArray *listed /* (element-type PurserListedModel) */); /* the list as read: new ones added, absent ones unlisted, never deleted; new models get the prices and facts of the price list (purser-price-list.h), all versions at once; a local Ollama's models the price 0 */
PurserCommand *purser_command_set_check (gint64 provider_id, const char *problem /* NULL = worked */);
PurserCommand *purser_command_add_model (gint64 provider_id, const char *name, const char *title);  /* by hand, where a server lists none */
PurserCommand *purser_command_set_price (gint64 model_id, const char *input, const char *output, const char *cache_read, const char *cache_write /* per million tokens as typed, in the organisation's currency; NULL = unpriced kind, cache writes for an hour among them; input and output required */, const char *source);
/* The admin's own price with everything a price can say. Texts per million tokens as typed; NULL = unpriced kind. */
typedef struct
{
  const char *input, *output, *cache_read, *cache_write, *cache_write_1h, *audio_in, *audio_out; /* per million tokens */
  const char *server_tool;   /* per request */
  const char *hour;          /* per hour of work, for own machines; with it every figure may be left out, and is 0 then */
  const char *currency;      /* NULL = the organisation's */
  const char *source;        /* NULL = "admin" */
  gint64      valid_from;    /* µs UTC; 0 = now */
} PurserPriceDraft;
PurserCommand *purser_command_set_own_price  (gint64 model_id, const PurserPriceDraft *draft);
PurserCommand *purser_command_withdraw_price (gint64 model_id);   /* the catalogue's price counts again, from now on */
/* A contract: what is paid of the list price. PPM per priced kind (purser-money.h). */
PurserCommand *purser_command_add_contract   (const PurserContract *contract /* valid_from 0 = now */);
PurserCommand *purser_command_end_contract   (gint64 contract_id, gint64 valid_until /* µs UTC; 0 = now */);
PurserCommand *purser_command_set_rate       (const char *from, const char *to, const char *rate, gint64 valid_from /* µs UTC; 0 = today's midnight in the reporting zone */, const char *source);
PurserCommand *purser_command_set_display_currency (const char *currency /* "" = the organisation's own */);
PurserCommand *purser_command_close_month    (gint32 month);
/* The currencies of prices in force at WHEN that no rate turns into the organisation's: until one is told, what is charged at them is unpriced. (transfer full) */
char         **purser_missing_rates          (const PurserOrg *org, gint64 when);
/* What an imported list changes: built by purser_price_list_diff() (purser-price-list.h), applied in one transaction. outcome->id: how many versions were added; none is refused. */
PurserCommand *purser_command_import_prices  (GPtrArray *changes /* (element-type PurserPriceChange), a reference is taken */, const char *source);

/* Re-prices in steps that keep nobody waiting, then writes one entry into the audit trail (not with dry_run). PROGRESS (nullable) on the caller's context. Cancelling stops between two steps;
 * what was corrected by then stays and is noted. */
typedef void (*PurserRepriceFunc) (const PurserRepriceResult *so_far, gpointer user_data);
void     purser_admin_reprice_async  (PurserAdmin *self, const PurserReprice *ask, PurserRepriceFunc progress, gpointer progress_data, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean purser_admin_reprice_finish (PurserAdmin *self, GAsyncResult *result, PurserRepriceResult *outcome, GError **error);
gboolean purser_admin_reprice        (PurserAdmin *self, const PurserReprice *ask, PurserRepriceResult *outcome, GError **error); /* blocking */

/* Workloads */
PurserCommand *purser_command_add_workload (const char *name, const char *title);
PurserCommand *purser_command_set_workload (gint64 id, const char *name, const char *title);
PurserCommand *purser_command_assign (gint64 workload_id, const gint64 *model_ids, guint n);
PurserCommand *purser_command_remove_workload (gint64 id);  /* the built-in three stay */
PurserCommand *purser_command_restore_workload (gint64 id);

/* People and agents. TEAM: name, made when new; "" = none; NULL leaves as is. OWNER_ID -1 leaves as is. */
PurserCommand *purser_command_add_principal (const char *name, gboolean agent, const char *team, gint64 owner_id);
PurserCommand *purser_command_set_principal (gint64 id, const char *name, const char *team, gint64 owner_id);
PurserCommand *purser_command_remove_principal (gint64 id); /* revokes its keys */
PurserCommand *purser_command_restore_principal (gint64 id); /* keys stay revoked */
PurserCommand *purser_command_create_key (gint64 principal_id); /* outcome->secret: "purser-" + 43 characters base64url of 256 random bits */
PurserCommand *purser_command_revoke_key (gint64 key_id);
/* What a key may ask for, and until when. KEY's id, expires_at, workloads, models and any_model count; it is copied. With id 0 in KEY: makes a new one for its principal (outcome->secret). */
PurserCommand *purser_command_set_key    (const PurserAccessKey *key);
PurserCommand *purser_command_set_limits (gint64 principal_id, gint64 calls_per_minute, gint64 calls_at_once); /* 0 = none, -1 leaves as is */

/* How a workload is called. -1 leaves as is. */
typedef struct { gint64 connect_ms, first_content_ms, silence_ms; int drain, spread; const gint64 *weights; guint n_weights; /* NULL leaves as is; one for each model of the assignment */ } PurserCallingDraft;
#define PURSER_CALLING_DRAFT_INIT { -1, -1, -1, -1, -1, NULL, 0 }
PurserCommand *purser_command_set_calling (gint64 workload_id, const PurserCallingDraft *draft);
PurserCommand *purser_command_set_policy  (gint64 workload_id, gboolean no_training, gint64 max_retention_days /* PURSER_UNKNOWN = any */, const char *const *regions /* NULL = any */);
PurserCommand *purser_command_set_terms   (const PurserTerms *terms); /* copied; id and created_at are ignored */

/* Budgets. An id 0 makes a new one; else cap and at_limit of that one change. */
PurserCommand *purser_command_set_budget    (const PurserBudget *budget);
PurserCommand *purser_command_remove_budget (gint64 id);

/* The gateway's settings as a whole; copied. Refuses an address other than loopback without certificate and key, and a port below 1024. */
PurserCommand *purser_command_set_gateway (const PurserGateway *gateway);
PurserCommand *purser_command_switch_gateway (gboolean on);

/* A marked sample organisation: people, agents, teams, practice models, 90 days of calls, tests. Only into an organisation with no calls. */
PurserCommand *purser_command_load_sample (void);
PurserCommand *purser_command_remove_sample (void); /* empties it again, in one go */

G_END_DECLS
