/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-kind.h"
#include "purser-money.h"

G_BEGIN_DECLS

/* The organisation's configuration at one generation: immutable, atomically counted; a change swaps the whole. Readers may use the
 * fields directly, nobody writes them once the store has handed it out. Everything inside is owned by the snapshot
 * and lives as long as a reference to it. Ids are database row ids, never reused. */

typedef struct
{
  gint64            id;
  const PurserKind *kind;
  char             *name;         /* unique among the present, no '/' */
  char             *address;      /* normalised base address */
  char             *ca_file;      /* (nullable) own CA file, a path */
  char             *key_env;      /* (nullable) the key is in this environment variable instead of the keyring */
  gint64            key_version;  /* 0: no key was ever stored; rises with each replacement */
  gint64            key_set_at;   /* µs UTC, 0 if none */
  gint64            multiplier_ppm; /* of the contract in force, for showing: 900000 = 10 % off everything; 1000000 = list price, or a contract that tells kinds apart. Not stored with the provider */
  gboolean          enabled;      /* retired kinds start switched off */
  gboolean          practice;     /* one of the practice providers */
  gint64            checked_at;   /* last connection check, µs UTC, 0 = never */
  char             *check_result; /* (nullable) NULL = worked, else what failed, in words */
} PurserProvider;

typedef struct
{
  gint64       id;
  gint64       provider_id;
  char        *name;            /* the provider's id for it; may contain '/' */
  char        *title;           /* (nullable) display name */
  gint64       context_tokens;  /* PURSER_UNKNOWN where not told */
  gint64       max_output;      /* likewise */
  char        *remote_host;     /* (nullable) Ollama cloud models: prompts leave the machine */
  gboolean     listed;          /* still in the provider's list at the last look */
  PurserPrice *price;           /* (nullable) in force when the snapshot was made; NULL = unpriced. The first of `prices` where one is in force */
  GPtrArray   *prices;          /* (element-type PurserPrice) what is in force and what comes into force later, ascending, contracts applied; also an entry where a contract begins or ends, and one that prices nothing where a price ends. May be NULL in drafts. `price` may be its first entry itself: purser_model_free() knows */
  gint8        tools, vision, reasoning; /* what it can do: 1 yes, 0 no, -1 not known */
  char        *retires_on;      /* (nullable) ISO day its owner switches it off */
  char        *replacement;     /* (nullable) what its owner names instead */
} PurserModel;

typedef struct
{
  gint64   id;
  char    *name;     /* "drafting": what callers send; [a-z0-9-]{1,64} */
  char    *title;    /* (nullable) shown name; the built-in three are translated by name */
  gboolean builtin;
  gint64  *models;   /* model ids in order: the first is the choice, the rest fallbacks */
  guint    n_models;
  gint64  *weights;  /* (nullable) of each model, 0 and up; NULL = all alike */
  gboolean spread;   /* which model is asked first is drawn by weight; else the order holds */
  gint64   connect_ms, first_content_ms, silence_ms; /* 0 = as usual */
  gboolean drain;    /* a reply whose caller has gone is read to its end all the same */
  gboolean no_training;        /* what the data terms must allow: no training on what is sent … */
  gboolean retention_limited;  /* … kept no longer than … */
  gint64   max_retention_days; /* … these days (0 = not at all), where it is limited … */
  char   **regions;            /* (nullable) … and processed in these; NULL = anywhere */
} PurserWorkload;

typedef struct { gint64 id; char *name; } PurserTeam;

typedef struct
{
  gint64   id;
  gboolean agent;    /* else a person */
  char    *name;     /* unique among the present */
  gint64   team_id;  /* 0 = none */
  gint64   owner_id; /* agents: the person who owns it, 0 = nobody */
  gint64   calls_per_minute, calls_at_once; /* limits over all its keys, in each process; 0 = none */
} PurserPrincipal;

typedef struct
{
  gint64 id;
  gint64 principal_id;
  char  *hint;       /* last four characters, to tell keys apart */
  gint64 created_at, revoked_at /* 0 = live */, last_used_at /* 0 = never */;
  gint64 expires_at; /* 0 = never */
  guint8 sha256[32]; /* of the secret */
  gint64 *workloads; /* (nullable) ids it may ask for; NULL = all */
  guint  n_workloads;
  gint64 *models;    /* (nullable) ids it may ask for by provider/model */
  guint  n_models;
  gboolean any_model; /* may ask for every model by provider/model */
} PurserAccessKey;

/* What a provider does with what it is sent, as the organisation's own evidence says. */
typedef struct
{
  gint64 id, provider_id;
  int    trains;          /* 1 yes, 0 no, -1 not known */
  gint64 retention_days;  /* PURSER_UNKNOWN; 0 = nothing is kept */
  char **regions;         /* (nullable) where it is processed; NULL = not known */
  char  *document;        /* (nullable) what proves it: a file's name or an address */
  char  *checked_on, *expires_on; /* (nullable) ISO days */
  gint64 created_at;
} PurserTerms;

typedef enum { PURSER_SCOPE_ORGANISATION, PURSER_SCOPE_TEAM, PURSER_SCOPE_PRINCIPAL, PURSER_SCOPE_WORKLOAD, PURSER_N_SCOPES } PurserBudgetScope;
typedef enum { PURSER_BUDGET_MONTH, PURSER_BUDGET_QUARTER, PURSER_BUDGET_ROLLING /* the last `days` days, today among them */, PURSER_BUDGET_ONCE /* paid ahead: no period */, PURSER_N_BUDGET_PERIODS } PurserBudgetPeriod;
typedef enum { PURSER_AT_LIMIT_NOTIFY, PURSER_AT_LIMIT_BLOCK, PURSER_N_AT_LIMIT } PurserAtLimit;
typedef struct
{
  gint64 id;
  PurserBudgetScope scope;
  gint64 scope_id;        /* of the team, principal (its own calls) or workload; 0 for the organisation */
  PurserBudgetPeriod period;
  gint64 days;            /* of a rolling period */
  gint64 cap_nano;        /* in the organisation's currency */
  PurserAtLimit at_limit;
  gint64 created_at;
} PurserBudget;
const char *purser_budget_scope_id  (PurserBudgetScope scope);   /* "organisation", "team", "principal", "workload": as stored and in JSON */
const char *purser_budget_period_id (PurserBudgetPeriod period); /* "month", "quarter", "rolling", "none" */
const char *purser_at_limit_id      (PurserAtLimit at_limit);    /* "notify", "block" */

/* What a settled call survives. */
typedef enum { PURSER_SURVIVES_KILL /* a killed process */, PURSER_SURVIVES_POWER /* a power cut too, once it is answered */, PURSER_SURVIVES_STRICT /* and while it runs */, PURSER_N_DURABILITIES } PurserDurability;
const char *purser_durability_id (PurserDurability durability); /* "process", "answered", "strict" */

typedef struct
{
  gboolean enabled;
  int      port;
  char    *address;               /* loopback, else TLS is required */
  char    *certificate, *private_key; /* (nullable) paths of PEM files */
  gint64   keyless_principal_id;  /* who calls without a key; 0 = nobody may */
  gint64  *keyless_workloads;     /* (nullable) what such callers may ask for */
  guint    n_keyless_workloads;
  PurserDurability durability;
  gboolean metrics;               /* /metrics is served */
} PurserGateway;

typedef struct
{
  gatomicrefcount refs;
  gint64      generation;
  char       *name;
  char        currency[4];
  char        display_currency[4]; /* "" = amounts are shown in `currency` */
  char       *timezone;    /* IANA name of the reporting zone */
  gboolean    sample;      /* the marked sample organisation */
  GPtrArray  *providers;   /* (element-type PurserProvider) present ones, by id; removed ones are not here … */
  GPtrArray  *models;      /* (element-type PurserModel) */
  GPtrArray  *workloads;   /* (element-type PurserWorkload) built-ins first */
  GPtrArray  *teams;       /* (element-type PurserTeam) */
  GPtrArray  *principals;  /* (element-type PurserPrincipal) */
  GPtrArray  *access_keys; /* (element-type PurserAccessKey) */
  GPtrArray  *terms;       /* (element-type PurserTerms) the newest of each provider */
  GPtrArray  *budgets;     /* (element-type PurserBudget) those in force */
  PurserGateway gateway;
  GPtrArray  *contracts;   /* (element-type PurserContract) all, by provider and date; of several that hold at once the one that began last counts */
  GPtrArray  *rates;       /* (element-type PurserRate) all, ascending by date */
  gint64      loaded_at;   /* µs UTC, when the snapshot was made */
} PurserOrg;

PurserOrg *purser_org_new   (void);  /* empty, one reference; only the store fills it, before anyone else sees it */
PurserOrg *purser_org_ref   (const PurserOrg *org);
void       purser_org_unref (PurserOrg *org);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserOrg, purser_org_unref)

const PurserProvider  *purser_org_provider       (const PurserOrg *org, gint64 id);
const PurserProvider  *purser_org_provider_named (const PurserOrg *org, const char *name);
const PurserModel     *purser_org_model          (const PurserOrg *org, gint64 id);
const PurserModel     *purser_org_model_ref      (const PurserOrg *org, const char *ref); /* "provider/model" */
const PurserWorkload  *purser_org_workload       (const PurserOrg *org, gint64 id);
const PurserWorkload  *purser_org_workload_named (const PurserOrg *org, const char *name);
const PurserPrincipal *purser_org_principal      (const PurserOrg *org, gint64 id);
const PurserPrincipal *purser_org_principal_named(const PurserOrg *org, const char *name);
const PurserTeam      *purser_org_team           (const PurserOrg *org, gint64 id);
const PurserTeam      *purser_org_team_named     (const PurserOrg *org, const char *name);
const PurserTerms     *purser_org_terms          (const PurserOrg *org, gint64 provider_id); /* (nullable) none were recorded */
const PurserAccessKey *purser_org_access_key     (const PurserOrg *org, gint64 id);
const PurserBudget    *purser_org_budget         (const PurserOrg *org, gint64 id);
/* Why the policy of WORKLOAD (nullable: none) forbids MODEL at WHEN (µs UTC), in words, or NULL. Terms that are not known, or have expired, count as the worst: it trains, and keeps for ever, anywhere.
 * What never leaves this machine needs none. (transfer full) (nullable) */
char                  *purser_policy_obstacle    (const PurserOrg *org, const PurserWorkload *workload, const PurserModel *model, gint64 when);
const PurserPrice     *purser_model_price_at     (const PurserModel *model, gint64 time); /* (nullable): as of TIME, not before the snapshot was made; `price` where nothing else is known */
const PurserContract  *purser_org_contract_at    (const PurserOrg *org, gint64 provider_id, gint64 time); /* (nullable) */
/* The rate of the day. (nullable): none told by then; also where FROM is TO, which needs none */
const PurserRate      *purser_org_rate_at        (const PurserOrg *org, const char *from, const char *to, gint64 time);
char                  *purser_org_model_ref_of   (const PurserOrg *org, const PurserModel *model); /* "provider/model", (transfer full) */
const char            *purser_workload_title     (const PurserWorkload *workload); /* translated for the built-in three */
const char            *purser_model_title        (const PurserModel *model);       /* title, else name */

/* Free functions for the values, also for values made outside a snapshot (drafts of a command). */
void purser_provider_free (PurserProvider *p);
void purser_model_free (PurserModel *m);
void purser_workload_free (PurserWorkload *w);
void purser_team_free (PurserTeam *t);
void purser_principal_free (PurserPrincipal *p);
void purser_access_key_free (PurserAccessKey *k);
void purser_terms_free (PurserTerms *t);
void purser_budget_free (PurserBudget *b);
PurserProvider  *purser_provider_copy (const PurserProvider *p);
PurserModel     *purser_model_copy (const PurserModel *m);
PurserPrincipal *purser_principal_copy (const PurserPrincipal *p);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserProvider, purser_provider_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserModel, purser_model_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserWorkload, purser_workload_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserPrincipal, purser_principal_free)

/* Names people give: trimmed, valid UTF-8, 1–100 characters, no control characters; providers also no '/'. Words in ERROR. */
gboolean purser_name_check (const char *name, gboolean allow_slash, GError **error);
gboolean purser_workload_name_check (const char *name, GError **error);

G_END_DECLS
