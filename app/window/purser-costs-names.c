/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer as people read it. */
#include "config.h"
#include "purser-costs.h"

#include <glib/gi18n-lib.h>

/* Something counted: a call, a token, an amount. A model that was only tried in vain has none of its own. */
static gboolean
counts (const PurserUsageRow *row)
{
  return row->calls != 0 || row->cost_nano != 0 || row->list_nano != 0 || row->unpriced_tokens != 0 || purser_usage_tokens (row) != 0;
}

/* Models are called by their titles everywhere else; whose they are is the line below. */
static void
name_model (PurserSeries    *series,
            const PurserOrg *org)
{
  const PurserModel *model = purser_org_model (org, series->key);
  const PurserProvider *provider = model != NULL ? purser_org_provider (org, model->provider_id) : NULL;

  if (model == NULL)
    return; /* its name in the ledger is all there is */
  g_set_str (&series->name, purser_model_title (model));
  if (provider != NULL && series->detail == NULL)
    series->detail = g_strdup (provider->name);
}

/* Of two models with one title, each is called by the provider too. */
static void
tell_apart (GPtrArray *series)
{
  g_autofree gboolean *twice = g_new0 (gboolean, MAX (series->len, 1));

  for (guint i = 0; i < series->len; i++)
    for (guint j = 0; j < series->len; j++)
      twice[i] |= i != j && g_str_equal (((PurserSeries *) series->pdata[i])->name, ((PurserSeries *) series->pdata[j])->name);
  for (guint i = 0; i < series->len; i++)
    {
      PurserSeries *one = series->pdata[i];

      if (twice[i] && one->detail != NULL)
        {
          /* Translators: a model and its provider, "Claude Sonnet (Anthropic)". */
          g_autofree char *both = g_strdup_printf (_("%s (%s)"), one->name, one->detail);

          g_set_str (&one->name, both);
        }
    }
}

/**
 * purser_costs_tidy:
 * @answer: what the ledger says
 * @org: the configuration
 *
 * Leaves out what nothing was counted for, and calls models by their titles. No sum changes.
 */
void
purser_costs_tidy (PurserAnswer    *answer,
                   const PurserOrg *org)
{
  for (guint i = answer->series->len; i > 0; i--)
    if (!counts (&((PurserSeries *) answer->series->pdata[i - 1])->total))
      g_ptr_array_remove_index (answer->series, i - 1);
  if (answer->question.split != PURSER_BY_MODEL)
    return;
  for (guint i = 0; i < answer->series->len; i++)
    name_model (answer->series->pdata[i], org);
  tell_apart (answer->series);
}
