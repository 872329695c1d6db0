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
} PurserWorkload;

typedef struct { gint64 id; char *name; } PurserTeam;

typedef struct
{
  gint64   id;
  gboolean agent;    /* else a person */
  char    *name;     /* unique among the present */
  gint64   team_id;  /* 0 = none */
  gint64   owner_id; /* agents: the person who owns it, 0 = nobody */
} PurserPrincipal;

typedef struct
{
  gint64 id;
  gint64 principal_id;
  char  *hint;       /* last four characters, to tell keys apart */
  gint64 created_at, revoked_at /* 0 = live */, last_used_at /* 0 = never */;
} PurserAccessKey;

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
