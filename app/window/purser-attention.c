/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-attention.h"

#include <glib/gi18n-lib.h>
#include "purser-call-words.h"
#include "purser-format.h"
#include "purser-price-words.h"
#include "purser-retire-words.h"
#include "purser-workload-words.h"

#define RETIRE_SOON_DAYS 90 /* so long before its end a model is worth a word */

void
purser_attention_free (PurserAttention *attention)
{
  g_free (attention->title);
  g_free (attention->detail);
  g_free (attention->target);
  g_free (attention);
}

/* Where a thing is, by its id; 0: the page itself. */
static char *
at (gint64 id)
{
  return id != 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, id) : NULL;
}

static void
add (GPtrArray  *list,
     const char *icon,
     const char *what,
     char       *title,
     char       *detail,
     const char *verb,
     const char *page,
     char       *target)
{
  PurserAttention *attention = g_new0 (PurserAttention, 1);

  attention->icon = icon;
  attention->what = what;
  attention->title = title;
  attention->detail = detail;
  attention->verb = verb;
  attention->page = page;
  attention->target = target;
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
           used != NULL ? "workloads" : "providers", used != NULL ? NULL : at (provider->id));
    }
  else if (!provider->enabled)
    return;
  else if (lacks_key (provider))
    add (list, "dialog-password-symbolic", _("a key"), g_strdup_printf (_("%s has no key"), provider->name),
         g_strdup (_("Its models cannot be asked before it has one.")), _("Add key"), "providers", at (provider->id));
  else if (provider->check_result != NULL)
    add (list, "dialog-warning-symbolic", what, g_strdup_printf (_("The connection to %s failed"), provider->name),
         g_strdup (provider->check_result), _("Check"), "providers", at (provider->id));
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
             at (workload->id));
      else if (state != NULL && state->failed_24h > 0 && state->failed_24h * 20 >= state->calls_24h)
        {
          g_autofree char *failed = purser_format_count (state->failed_24h);
          g_autofree char *calls = purser_format_count (state->calls_24h);

          add (list, "dialog-warning-symbolic", _("a workload"),
               g_strdup_printf (_("%s often fails"), purser_workload_title (workload)),
               g_strdup_printf (_("%s of %s calls failed in the last 24 hours."), failed, calls), _("Look"),
               "workloads", at (workload->id));
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
       "workloads", at (n == 1 ? only : 0));
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
                 at (workload->id));
        }
    }
}

/* Tokens of this month without a price, by what would mend it: a price, a rate, or working out again what was priced later. */
typedef struct { gint64 none, rate, later; guint n_none; const PurserModel *only; const char *currency; } Unpriced;

static Unpriced
count_unpriced (const PurserOrg    *org,
                const PurserAnswer *usage)
{
  Unpriced count = { 0 };

  for (guint i = 0; usage != NULL && i < usage->series->len; i++)
    {
      const PurserSeries *series = g_ptr_array_index (usage->series, i);
      const PurserModel *model = purser_org_model (org, series->key);
      PurserPriceKind kind;

      if (series->total.unpriced_tokens <= 0 || model == NULL)
        continue;
      kind = purser_price_state (org, model).kind;
      if (kind == PURSER_PRICE_NONE)
        {
          count.none += series->total.unpriced_tokens;
          count.only = model;
          count.n_none++;
        }
      else if (kind == PURSER_PRICE_NO_RATE)
        {
          count.rate += series->total.unpriced_tokens;
          count.currency = purser_price_now (org, model)->currency;
        }
      else
        count.later += series->total.unpriced_tokens;
    }
  return count;
}

static char *
left_out (gint64 tokens)
{
  g_autofree char *count = purser_format_tokens (tokens);

  return g_strdup_printf (_("%s tokens this month are in no total."), count);
}

static void
add_unpriced (GPtrArray          *list,
              const PurserOrg    *org,
              const PurserAnswer *usage)
{
  Unpriced count = count_unpriced (org, usage);

  if (count.none > 0)
    add (list, "purser-costs-symbolic", _("a price"),
         count.n_none == 1 ? g_strdup_printf (_("%s has no price"), purser_model_title (count.only))
                           : g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u model in use has no price", "%u models in use have no price", count.n_none),
                                              count.n_none),
         left_out (count.none), _("Set price"), "providers",
         count.n_none == 1 ? g_strdup_printf ("price:%" G_GINT64_FORMAT, count.only->id) : g_strdup ("prices:unpriced"));
  if (count.rate > 0)
    /* Translators: %s are currencies. */
    add (list, "purser-costs-symbolic", _("a price"), g_strdup_printf (_("No exchange rate from %s to %s"), count.currency, org->currency),
         left_out (count.rate), _("Enter rate"), "providers", g_strdup_printf ("rate:%s", count.currency));
  if (count.later > 0)
    add (list, "purser-costs-symbolic", _("a price"), g_strdup (_("Calls were counted before they had a price")), left_out (count.later),
         _("Work out again"), "providers", g_strdup ("reprice"));
}

/* Models that end soon, or have ended, and that a workload still uses. */
static void
add_retiring (GPtrArray       *list,
              const PurserOrg *org)
{
  gint64 now = g_get_real_time ();

  for (guint i = 0; i < org->workloads->len; i++)
    {
      const PurserWorkload *workload = g_ptr_array_index (org->workloads, i);

      for (guint m = 0; m < workload->n_models; m++)
        {
          const PurserModel *model = purser_org_model (org, workload->models[m]);
          gint32 left;
          g_autofree char *when = NULL;

          if (model == NULL || !purser_retire_days (org, model, now, &left) || left > RETIRE_SOON_DAYS)
            continue;
          when = purser_retire_words (org, model, now);
          add (list, "alarm-symbolic", _("a model"), purser_retire_title (org, model, now),
               /* Translators: a workload, then when its model ends and what replaces it. */
               g_strdup_printf (_("Used for %s. %s"), purser_workload_title (workload), when), _("Replace"), "workloads", at (workload->id));
        }
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
  add_retiring (list, org);
  add_unpriced (list, org, usage);
  return list;
}

void
purser_attention_add_outages (GPtrArray       *list,
                              const PurserOrg *org,
                              GPtrArray       *outages)
{
  g_autoptr (GArray) troubles = purser_troubles (outages, TRUE);

  for (guint i = 0; i < troubles->len; i++)
    {
      const PurserTrouble *trouble = &g_array_index (troubles, PurserTrouble, i);

      add (list, "dialog-warning-symbolic", _("an outage"), purser_trouble_title (org, trouble), purser_trouble_about (org, trouble), _("Look"), "gateway", NULL);
      g_ptr_array_insert (list, (int) i, g_ptr_array_steal_index (list, list->len - 1));
    }
}
