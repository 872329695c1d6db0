/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-attention.h"

#include <glib/gi18n-lib.h>
#include "purser-format.h"
#include "purser-workload-words.h"

void
purser_attention_free (PurserAttention *attention)
{
  g_free (attention->title);
  g_free (attention->detail);
  g_free (attention->target);
  g_free (attention);
}

static void
add (GPtrArray  *list,
     const char *icon,
     const char *what,
     char       *title,
     char       *detail,
     const char *verb,
     const char *page,
     gint64      target)
{
  PurserAttention *attention = g_new0 (PurserAttention, 1);

  attention->icon = icon;
  attention->what = what;
  attention->title = title;
  attention->detail = detail;
  attention->verb = verb;
  attention->page = page;
  attention->target = target != 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, target) : NULL;
  g_ptr_array_add (list, attention);
}

static gboolean
uses_provider (const PurserOrg      *org,
               const PurserWorkload *workload,
               gint64                provider_id)
{
  for (guint i = 0; i < workload->n_models; i++)
    {
      const PurserModel *model = purser_org_model (org, workload->models[i]);

      if (model != NULL && model->provider_id == provider_id)
        return TRUE;
    }
  return FALSE;
}

/* "Drafting, Analysis": the workloads that point to a provider, or NULL. */
static char *
workloads_of (const PurserOrg *org,
              gint64           provider_id)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < org->workloads->len; i++)
    {
      const PurserWorkload *workload = g_ptr_array_index (org->workloads, i);

      if (uses_provider (org, workload, provider_id))
        g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", purser_workload_title (workload));
    }
  return names->len > 0 ? g_strdup_printf (_("Still used for %s"), names->str) : NULL;
}

static char *
retired_title (const PurserKind *kind)
{
  g_autoptr (GDate) date = g_date_new ();
  g_autofree char *day = NULL;

  g_date_set_parse (date, kind->retired_on);
  if (!g_date_valid (date))
    return g_strdup_printf (_("%s was closed by its owner"), _(kind->name));
  day = purser_format_day ((gint32) g_date_get_julian (date) - 719163);
  /* Translators: a provider and a day. */
  return g_strdup_printf (_("%s was closed by its owner on %s"), _(kind->name), day);
}

static gboolean
lacks_key (const PurserProvider *provider)
{
  return provider->kind->auth != PURSER_AUTH_NONE && !provider->kind->key_optional && !provider->practice
         && provider->key_version == 0 && provider->key_env == NULL;
}

static void
add_provider (GPtrArray            *list,
              const PurserOrg      *org,
              const PurserProvider *provider)
{
  const char *what = _("a provider");

  if (provider->kind->retired_on != NULL)
    {
      char *used = workloads_of (org, provider->id);

      if (used == NULL && !provider->enabled)
        return; /* put away already */
      add (list, "action-unavailable-symbolic", what, retired_title (provider->kind),
           used != NULL ? used : g_strdup (_("No workload uses it any more.")), used != NULL ? _("Move") : _("Look"),
           used != NULL ? "workloads" : "providers", used != NULL ? 0 : provider->id);
    }
  else if (!provider->enabled)
    return;
  else if (lacks_key (provider))
    add (list, "dialog-password-symbolic", _("a key"), g_strdup_printf (_("%s has no key"), provider->name),
         g_strdup (_("Its models cannot be asked before it has one.")), _("Add key"), "providers", provider->id);
  else if (provider->check_result != NULL)
    add (list, "dialog-warning-symbolic", what, g_strdup_printf (_("The connection to %s failed"), provider->name),
         g_strdup (provider->check_result), _("Check"), "providers", provider->id);
}

static gboolean
can_answer (const PurserOrg *org,
            gint64           model_id)
{
  const PurserModel *model = purser_org_model (org, model_id);
  const PurserProvider *provider = model != NULL ? purser_org_provider (org, model->provider_id) : NULL;

  return provider != NULL && provider->enabled;
}

static guint
count_able (const PurserOrg      *org,
            const PurserWorkload *workload)
{
  guint able = 0;

  for (guint i = 0; i < workload->n_models; i++)
    able += can_answer (org, workload->models[i]);
  return able;
}

static void
add_workloads (GPtrArray            *list,
               const PurserOrg      *org,
               const PurserOverview *overview)
{
  for (guint i = 0; i < org->workloads->len; i++)
    {
      const PurserWorkload *workload = g_ptr_array_index (org->workloads, i);
      const PurserWorkloadState *state = purser_workload_state_of (overview, workload->id);

      if (workload->n_models > 0 && count_able (org, workload) == 0)
        add (list, "dialog-warning-symbolic", _("a workload"),
             g_strdup_printf (_("No model can answer for %s"), purser_workload_title (workload)),
             g_strdup (_("The providers of its models are gone or switched off.")), _("Choose"), "workloads",
             workload->id);
      else if (state != NULL && state->failed_24h > 0 && state->failed_24h * 20 >= state->calls_24h)
        {
          g_autofree char *failed = purser_format_count (state->failed_24h);
          g_autofree char *calls = purser_format_count (state->calls_24h);

          add (list, "dialog-warning-symbolic", _("a workload"),
               g_strdup_printf (_("%s often fails"), purser_workload_title (workload)),
               g_strdup_printf (_("%s of %s calls failed in the last 24 hours."), failed, calls), _("Look"),
               "workloads", workload->id);
        }
    }
}

/* Workloads nobody chose a model for are one entry: there may be many in the first days. */
static void
add_unassigned (GPtrArray       *list,
                const PurserOrg *org)
{
  g_autoptr (GString) names = g_string_new (NULL);
  gint64 only = 0;
  guint n = 0;

  for (guint i = 0; i < org->workloads->len; i++)
    {
      const PurserWorkload *workload = g_ptr_array_index (org->workloads, i);

      if (workload->n_models > 0)
        continue;
      g_string_append_printf (names, "%s%s", n > 0 ? ", " : "", purser_workload_title (workload));
      only = workload->id;
      n++;
    }
  if (n == 0 || org->providers->len == 0)
    return;
  add (list, "purser-workloads-symbolic", _("a workload"),
       n == 1 ? g_strdup_printf (_("%s has no model yet"), names->str)
              : g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u workload has no model yet",
                                              "%u workloads have no model yet", n),
                                 n),
       n == 1 ? g_strdup (_("Calls for it are refused until you choose one.")) : g_strdup (names->str), _("Choose"),
       "workloads", n == 1 ? only : 0);
}

static void
add_unlisted (GPtrArray       *list,
              const PurserOrg *org)
{
  for (guint i = 0; i < org->workloads->len; i++)
    {
      const PurserWorkload *workload = g_ptr_array_index (org->workloads, i);

      for (guint m = 0; m < workload->n_models; m++)
        {
          const PurserModel *model = purser_org_model (org, workload->models[m]);
          const PurserProvider *provider = model != NULL ? purser_org_provider (org, model->provider_id) : NULL;

          if (provider != NULL && !model->listed)
            add (list, "dialog-question-symbolic", _("a model"),
                 /* Translators: a provider and a model. */
                 g_strdup_printf (_("%s no longer lists %s"), provider->name, purser_model_title (model)),
                 g_strdup_printf (_("Still used for %s"), purser_workload_title (workload)), _("Choose"), "workloads",
                 workload->id);
        }
    }
}

static void
add_unpriced (GPtrArray          *list,
              const PurserOrg    *org,
              const PurserAnswer *usage)
{
  for (guint i = 0; usage != NULL && i < usage->series->len; i++)
    {
      const PurserSeries *series = g_ptr_array_index (usage->series, i);
      const PurserModel *model = purser_org_model (org, series->key);
      g_autofree char *tokens = NULL;

      if (series->total.unpriced_tokens <= 0 || model == NULL || model->price != NULL)
        continue;
      tokens = purser_format_tokens (series->total.unpriced_tokens);
      add (list, "purser-costs-symbolic", _("a price"),
           g_strdup_printf (_("%s has no price"), purser_model_title (model)),
           g_strdup_printf (_("%s tokens this month are in no total."), tokens), _("Set price"), "providers",
           model->provider_id);
    }
}

/**
 * purser_attention_list:
 * @org: the configuration
 * @overview: (nullable): what the ledger says
 * @usage: (nullable): this month by model
 *
 * Returns: (transfer full) (element-type PurserAttention): what needs a look, the most pressing first
 */
GPtrArray *
purser_attention_list (const PurserOrg      *org,
                       const PurserOverview *overview,
                       const PurserAnswer   *usage)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_attention_free);

  add_workloads (list, org, overview);
  for (guint i = 0; i < org->providers->len; i++)
    add_provider (list, org, g_ptr_array_index (org->providers, i));
  add_unassigned (list, org);
  add_unlisted (list, org);
  add_unpriced (list, org, usage);
  return list;
}
