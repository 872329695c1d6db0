/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-words.h"

#include <glib/gi18n-lib.h>

#include "purser-test-draw.h"

char *
purser_test_model_title (const PurserOrg *org,
                         const char      *ref)
{
  const PurserModel *model = purser_org_model_ref (org, ref);

  return g_strdup (model != NULL ? purser_model_title (model) : ref);
}

char **
purser_test_titles (const PurserOrg          *org,
                    const PurserTrialOutcome *outcome)
{
  char **titles = g_new0 (char *, outcome->models->len + 1);

  for (guint i = 0; i < outcome->models->len; i++)
    titles[i] = purser_test_model_title (org, ((const PurserTrialModel *) outcome->models->pdata[i])->model);
  return titles;
}

char *
purser_test_legend (const PurserOrg          *org,
                    const PurserTrialOutcome *outcome)
{
  GString *legend = g_string_new (NULL);

  for (guint i = 0; i < outcome->models->len; i++)
    {
      g_autofree char *title = purser_test_model_title (org, ((const PurserTrialModel *) outcome->models->pdata[i])->model);
      g_autofree char *letter = purser_test_letter (i);

      /* Translators: one entry of a legend: letter and model. */
      g_string_append_printf (legend, i == 0 ? _("%s: %s") : _(", %s: %s"), letter, title);
    }
  return g_string_free (legend, FALSE);
}

char *
purser_test_title (const PurserOrg      *org,
                   const PurserTrialRow *row)
{
  const PurserWorkload *workload = purser_org_workload (org, row->workload_id);
  const char *name = workload != NULL ? purser_workload_title (workload) : row->suite;

  if (name == NULL || *name == '\0')
    return g_strdup (g_str_equal (row->kind, "latency") ? _("Latency test") : _("Quality test"));
  /* Translators: %s is a workload's name. */
  return g_strdup_printf (g_str_equal (row->kind, "latency") ? _("%s, latency") : _("%s, quality"), name);
}

/**
 * purser_test_time_left:
 * @us: the estimate, below 0 where there is none yet
 *
 * Returns: (transfer full): it in plain words, never more exact than it is
 */
char *
purser_test_time_left (gint64 us)
{
  gint64 seconds = us / G_USEC_PER_SEC;
  int minutes = (int) ((seconds + 30) / 60);

  if (us < 0)
    return g_strdup (_("Just begun"));
  if (seconds < 10)
    return g_strdup (_("A few seconds left"));
  if (seconds < 50)
    return g_strdup (_("Less than a minute left"));
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "About %d minute left", "About %d minutes left", MAX (minutes, 1)),
                          MAX (minutes, 1));
}

char *
purser_test_state_words (const PurserTrialRow *row)
{
  static const struct
  {
    const char *state;
    const char *words;
  } states[] = {
    { "running", N_("Running, or interrupted elsewhere") },
    { "stopped", N_("Stopped early") },
    { "interrupted", N_("Interrupted") },
    { "failed", N_("Failed") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (row->state, states[i].state))
      return g_strdup (_(states[i].words));
  return NULL;
}
