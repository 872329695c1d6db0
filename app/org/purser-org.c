/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-org.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Every kind of thing begins with its id, and lists are short: a walk is enough. */
static gconstpointer
by_id (const GPtrArray *things, gint64 id)
{
  for (guint i = 0; id != 0 && i < things->len; i++)
    if (*(const gint64 *) g_ptr_array_index (things, i) == id)
      return g_ptr_array_index (things, i);
  return NULL;
}

static gconstpointer
by_name (const GPtrArray *things, gsize name_offset, const char *name)
{
  for (guint i = 0; name != NULL && i < things->len; i++)
    {
      const char *thing = g_ptr_array_index (things, i);
      if (g_strcmp0 (*(char *const *) (thing + name_offset), name) == 0)
        return thing;
    }
  return NULL;
}

/**
 * purser_org_new:
 *
 * Returns: (transfer full): an empty snapshot, which only its maker may fill
 */
PurserOrg *
purser_org_new (void)
{
  PurserOrg *org = g_new0 (PurserOrg, 1);
  g_atomic_ref_count_init (&org->refs);
  org->providers = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_provider_free);
  org->models = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_model_free);
  org->workloads = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_workload_free);
  org->teams = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_team_free);
  org->principals = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_principal_free);
  org->access_keys = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_access_key_free);
  org->terms = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_terms_free);
  org->budgets = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_budget_free);
  org->contracts = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_contract_free);
  org->rates = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_rate_free);
  org->gateway = (PurserGateway) {
    .port = 8377, .address = g_strdup ("127.0.0.1"), .durability = PURSER_SURVIVES_POWER, .metrics = TRUE
  };
  return org;
}

/**
 * purser_org_ref:
 * @org: a snapshot
 *
 * Returns: (transfer full): @org
 */
PurserOrg *
purser_org_ref (const PurserOrg *org)
{
  PurserOrg *shared = (PurserOrg *) org;
  g_atomic_ref_count_inc (&shared->refs);
  return shared;
}

/**
 * purser_org_unref:
 * @org: (transfer full): a snapshot
 */
void
purser_org_unref (PurserOrg *org)
{
  if (!g_atomic_ref_count_dec (&org->refs))
    return;
  g_free (org->name);
  g_free (org->timezone);
  g_ptr_array_unref (org->providers);
  g_ptr_array_unref (org->models);
  g_ptr_array_unref (org->workloads);
  g_ptr_array_unref (org->teams);
  g_ptr_array_unref (org->principals);
  g_ptr_array_unref (org->access_keys);
  g_ptr_array_unref (org->terms);
  g_ptr_array_unref (org->budgets);
  g_free (org->gateway.address);
  g_free (org->gateway.certificate);
  g_free (org->gateway.private_key);
  g_free (org->gateway.keyless_workloads);
  g_ptr_array_unref (org->contracts);
  g_ptr_array_unref (org->rates);
  g_free (org);
}

const PurserProvider *
purser_org_provider (const PurserOrg *org, gint64 id)
{
  return by_id (org->providers, id);
}

const PurserProvider *
purser_org_provider_named (const PurserOrg *org, const char *name)
{
  return by_name (org->providers, G_STRUCT_OFFSET (PurserProvider, name), name);
}

const PurserModel *
purser_org_model (const PurserOrg *org, gint64 id)
{
  return by_id (org->models, id);
}

/**
 * purser_org_model_ref:
 * @org: a snapshot
 * @ref: (nullable): "provider/model"; the model's part may contain "/" itself
 *
 * Returns: (nullable): that model
 */
const PurserModel *
purser_org_model_ref (const PurserOrg *org, const char *ref)
{
  const char *slash = ref != NULL ? strchr (ref, '/') : NULL;
  if (slash == NULL)
    return NULL;
  g_autofree char *name = g_strndup (ref, slash - ref);
  const PurserProvider *provider = purser_org_provider_named (org, name);
  for (guint i = 0; provider != NULL && i < org->models->len; i++)
    {
      const PurserModel *model = g_ptr_array_index (org->models, i);
      if (model->provider_id == provider->id && g_str_equal (model->name, slash + 1))
        return model;
    }
  return NULL;
}

const PurserWorkload *
purser_org_workload (const PurserOrg *org, gint64 id)
{
  return by_id (org->workloads, id);
}

const PurserWorkload *
purser_org_workload_named (const PurserOrg *org, const char *name)
{
  return by_name (org->workloads, G_STRUCT_OFFSET (PurserWorkload, name), name);
}

const PurserPrincipal *
purser_org_principal (const PurserOrg *org, gint64 id)
{
  return by_id (org->principals, id);
}

const PurserPrincipal *
purser_org_principal_named (const PurserOrg *org, const char *name)
{
  return by_name (org->principals, G_STRUCT_OFFSET (PurserPrincipal, name), name);
}

const PurserTeam *
purser_org_team (const PurserOrg *org, gint64 id)
{
  return by_id (org->teams, id);
}

const PurserTeam *
purser_org_team_named (const PurserOrg *org, const char *name)
{
  return by_name (org->teams, G_STRUCT_OFFSET (PurserTeam, name), name);
}

const PurserAccessKey *
purser_org_access_key (const PurserOrg *org, gint64 id)
{
  return by_id (org->access_keys, id);
}

const PurserBudget *
purser_org_budget (const PurserOrg *org, gint64 id)
{
  return by_id (org->budgets, id);
}

const PurserTerms *
purser_org_terms (const PurserOrg *org, gint64 provider_id)
{
  for (guint i = 0; i < org->terms->len; i++)
    {
      const PurserTerms *terms = g_ptr_array_index (org->terms, i);
      if (terms->provider_id == provider_id)
        return terms;
    }
  return NULL;
}

/**
 * purser_org_model_ref_of:
 * @org: a snapshot
 * @model: one of its models
 *
 * Returns: (transfer full): "provider/model"
 */
char *
purser_org_model_ref_of (const PurserOrg *org, const PurserModel *model)
{
  const PurserProvider *provider = purser_org_provider (org, model->provider_id);
  return g_strconcat (provider != NULL ? provider->name : "?", "/", model->name, NULL);
}

/**
 * purser_workload_title:
 * @workload: a workload
 *
 * Returns: what to show: its title, else the translated name of a built-in one, else its name
 */
const char *
purser_workload_title (const PurserWorkload *workload)
{
  static const struct
  {
    const char *name, *title;
  } BUILTIN[] = {
    { "drafting", N_("Drafting") },
    { "summarization", N_("Summarization") },
    { "analysis", N_("Analysis") },
  };
  if (workload->title != NULL && *workload->title != '\0')
    return workload->title;
  for (guint i = 0; workload->builtin && i < G_N_ELEMENTS (BUILTIN); i++)
    if (g_str_equal (BUILTIN[i].name, workload->name))
      return _(BUILTIN[i].title);
  return workload->name;
}

/**
 * purser_model_title:
 * @model: a model
 *
 * Returns: its title, else the provider's id for it
 */
const char *
purser_model_title (const PurserModel *model)
{
  return model->title != NULL && *model->title != '\0' ? model->title : model->name;
}
