/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-admin.h"
#include "purser-ledger.h"
#include "purser-price-draft.h"
#include "purser-price-list.h"

G_BEGIN_DECLS

/* What a command does inside its transaction: validate against ORG as it stands there, write, and say for the audit trail which thing it
 * was and what it looked like before and after. The runner adds the audit link and raises the generation. */
typedef gboolean (*PurserCommandApply) (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error);

struct _PurserCommand
{
  const char        *action;  /* "provider.add": stored in the audit trail, never translated */
  PurserCommandApply apply;

  /* What was asked: each constructor fills what its action needs. */
  gint64     id;              /* of the thing it is about; 0 = a new one */
  gint64     number;          /* discount, owner … */
  gboolean   flag;
  char      *name, *text;     /* (owned) (nullable) */
  char      *kind, *address, *key_env, *ca_file, *team; /* (owned) (nullable) */
  gint64     time;            /* µs UTC */
  PurserPriceDraft *draft;    /* (owned) (nullable) */
  PurserContract   *contract; /* (owned) (nullable) */
  PurserPriceList  *list;     /* (owned) (nullable) what new models are priced by, or what is imported */
  GPtrArray *changes;         /* (owned) (nullable) (element-type PurserPriceChange) */
  char      *key;             /* (owned) (nullable) a provider's key on its way to the vault; wiped */
  gint64    *ids;             /* (owned) (array length=n_ids) */
  guint      n_ids;
  GPtrArray *listed;          /* (owned) (nullable) (element-type PurserListedModel) */
  gpointer   asked;           /* (owned) (nullable) what was asked, of a type of the action's own */
  GDestroyNotify asked_free;

  /* What came of it. */
  PurserOutcome *outcome;     /* (owned) */
  gboolean       same;        /* everything was so already: neither an entry in the audit trail nor a new generation */
  char          *subject;     /* (owned) "provider 3" */
  char          *before, *after; /* (owned) (nullable) JSON */
  gint64         key_provider;   /* > 0: KEY belongs to this provider … */
  gint64         key_version;    /* … under this version */
  gboolean       key_for_new;    /* the provider was made by this very command */
  char          *key_label;      /* (owned) what the keyring's own tools show */
  char          *actor;          /* (owned) */
};

/* (transfer none) */
PurserStore *purser_admin_get_store (PurserAdmin *self);
const char  *purser_admin_get_actor (PurserAdmin *self);

PurserCommand *purser_command_new  (const char *action, PurserCommandApply apply);

/* For the audit trail: a JSON object from NULL-terminated member, value pairs (NULL value = null). (transfer full) */
char    *purser_command_json    (const char *member, ...) G_GNUC_NULL_TERMINATED;
char    *purser_command_take_json (JsonObject *object); /* the same of OBJECT, which it takes */
void     purser_command_subject (PurserCommand *command, const char *what, gint64 id);
void     purser_command_replace (char **field, char *value); /* frees the old one, takes VALUE */
const char *purser_command_gone (void); /* "… is no longer there": someone else removed it meanwhile */
gboolean purser_command_fail    (GError **error, int code, const char *format, ...) G_GNUC_PRINTF (3, 4); /* always FALSE; PURSER_STORE_ERROR */

/* A name not yet taken: BASE, "BASE 2", "BASE 3" … TAKEN answers whether ORG has it. (transfer full) */
typedef gboolean (*PurserNameTaken) (const PurserOrg *org, const char *name);
char    *purser_command_free_name (const PurserOrg *org, const char *base, PurserNameTaken taken);

gboolean purser_command_provider_taken (const PurserOrg *org, const char *name);
/* The provider a command is about, or NULL and words. */
const PurserProvider *purser_command_provider (PurserCommand *command, const PurserOrg *org, GError **error);
/* The workload, person or agent a command is about, or NULL and words. */
const PurserWorkload  *purser_command_workload  (PurserCommand *command, const PurserOrg *org, GError **error);
const PurserPrincipal *purser_command_principal (PurserCommand *command, const PurserOrg *org, GError **error);
char    *purser_command_text (const char *text); /* a copy; NULL for NULL and "" */

/* For the audit trail: what a price says. NULL for NULL. (transfer full) */
char    *purser_command_price_json (const PurserPrice *price);
char    *purser_command_time       (gint64 time_us); /* "2026-11-23T00:00:00Z"; "ever" for 0. (transfer full) */
/* The model a command is about, or NULL and words. */
const PurserModel *purser_command_model (PurserCommand *command, const PurserOrg *org, GError **error);
/* What LISTED knows better than MODEL does: size where the provider did not tell it, abilities, retirement. *CHANGED is set where that was anything. */
gboolean purser_command_put_facts (PurserDb *db, const PurserModel *model, const PurserListedPrice *listed, gboolean *changed, GError **error);
gboolean purser_listed_price_has_news (const PurserListedPrice *listed, const PurserModel *model);

/* Codes of regions: trimmed, in capitals, each once; an empty list is none (NULL). FALSE and words. */
gboolean purser_command_regions (const char *const *typed, char ***regions, GError **error);
JsonArray *purser_command_strings (const char *const *strings); /* (transfer full) */

/* Clients without a key can no longer call as PRINCIPAL_ID, nor ask for WORKLOAD_ID (0 = not about one): it goes away. *CHANGED is set where that was so. */
gboolean purser_command_forget_keyless (PurserDb *db, const PurserOrg *org, gint64 principal_id, gint64 workload_id, gboolean *changed, GError **error);
/* Revokes every key of PRINCIPAL_ID that still holds. */
gboolean purser_command_revoke_keys (PurserDb *db, const PurserOrg *org, gint64 principal_id, GError **error);

/* The practice providers, their models and prices; FIRST_ID gets the first provider's id. */
gboolean purser_command_put_practice (PurserDb *db, const PurserOrg *org, gint64 *first_id, GError **error);

/* The sample's rows (purser-sample.c), and its quality test (purser-sample-trial.c). */
gboolean purser_sample_fill      (PurserDb *db, GError **error);
gboolean purser_sample_add_trial (PurserDb *db, const PurserOrg *org, gint64 ended_at, GError **error);

G_END_DECLS
