/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-workload-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-format.h"

#define TROUBLE_BELOW 0.95 /* share of calls on the first choice under which the page says so first */
#define ENOUGH_CALLS 10    /* fewer say nothing about a share */
#define NAME_LENGTH 64     /* of a workload's name */
#define SHORT_TITLE 24     /* bytes of a model's name that is not broken over lines */

static const char *
title_at (const PurserOrg      *org,
          const PurserWorkload *workload,
          guint                 i)
{
  const PurserModel *model = purser_org_model (org, workload->models[i]);

  return model != NULL ? purser_model_title (model) : _("a removed model");
}

/**
 * purser_workload_chain:
 * @org: the snapshot that @workload belongs to
 * @workload: a workload
 *
 * Returns: (transfer full): its models in order, in words
 */
char *
purser_workload_chain (const PurserOrg      *org,
                       const PurserWorkload *workload)
{
  GString *text = g_string_new (NULL);

  if (workload->n_models == 0)
    g_string_append (text, _("Choose a model"));
  for (guint i = 0; i < workload->n_models; i++)
    {
      const char *title = title_at (org, workload, i);

      if (i == 0)
        g_string_append (text, title);
      else
        /* Translators: a further model in a chain of fallbacks: "A, then B". */
        g_string_append_printf (text, _(", then %s"), title);
    }
  if (workload->n_models == 1)
    g_string_append (text, _("; no fallback"));
  return g_string_free (text, FALSE);
}

/* A short name stays on one line. */
static char *
hold_together (const char *title)
{
  GString *held = g_string_new (title);

  if (held->len <= SHORT_TITLE)
    g_string_replace (held, " ", "\u00a0", 0);
  return g_string_free (held, FALSE);
}

/**
 * purser_workload_chain_markup:
 * @org: the snapshot that @workload belongs to
 * @workload: a workload
 *
 * The first choice in full, fallbacks fainter; no line ever ends in an arrow.
 *
 * Returns: (transfer full)
 */
char *
purser_workload_chain_markup (const PurserOrg      *org,
                              const PurserWorkload *workload)
{
  GString *markup = g_string_new (NULL);

  if (workload->n_models == 0)
    return g_string_free (g_string_append (markup, _("Choose a model")), FALSE);
  for (guint i = 0; i < workload->n_models; i++)
    {
      g_autofree char *title = hold_together (title_at (org, workload, i));
      g_autofree char *safe = g_markup_escape_text (title, -1);

      if (i == 0)
        g_string_append (markup, safe);
      else
        g_string_append_printf (markup, "  <span alpha=\"55%%\">→</span>\u00a0\u00a0<span alpha=\"70%%\">%s</span>", safe);
    }
  if (workload->n_models == 1)
    g_string_append_printf (markup, "<span alpha=\"70%%\">%s</span>", _("; no fallback"));
  return g_string_free (markup, FALSE);
}

static PurserWorkloadMood
mood_of (const PurserWorkloadState *state)
{
  if (state == NULL || state->calls_24h == 0)
    return PURSER_WORKLOAD_UNPROVEN;
  if (state->failed_24h > 0)
    return PURSER_WORKLOAD_TROUBLE;
  if ((double) state->first_choice_24h / state->calls_24h >= TROUBLE_BELOW)
    return PURSER_WORKLOAD_WELL;
  return state->calls_24h >= ENOUGH_CALLS ? PURSER_WORKLOAD_TROUBLE : PURSER_WORKLOAD_UNPROVEN;
}

/**
 * purser_workload_state_words:
 * @state: (nullable): the last 24 hours
 * @mood: (out) (optional): what to think of it
 *
 * Returns: (transfer full): how the last 24 hours went; a share only where there are enough calls for one
 */
char *
purser_workload_state_words (const PurserWorkloadState *state,
                             PurserWorkloadMood        *mood)
{
  g_autofree char *share = NULL;

  if (mood != NULL)
    *mood = mood_of (state);
  if (state == NULL || state->calls_24h == 0)
    return g_strdup (_("No calls in 24 h"));
  if (state->failed_24h > 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d call failed in 24 h", "%d calls failed in 24 h",
                                         state->failed_24h), (int) state->failed_24h);
  if (state->calls_24h < ENOUGH_CALLS)
    /* Translators: calls: "7 of 9 on first choice in 24 h". */
    return g_strdup_printf (_("%d of %d on first choice in 24 h"), (int) state->first_choice_24h, (int) state->calls_24h);
  share = purser_format_percent ((double) state->first_choice_24h / state->calls_24h);
  /* Translators: %s is a percentage, "98.7%". */
  return g_strdup_printf (_("%s on first choice in 24 h"), share);
}

const PurserWorkloadState *
purser_workload_state_of (const PurserOverview *overview,
                          gint64                workload_id)
{
  for (guint i = 0; overview != NULL && overview->workloads != NULL && i < overview->workloads->len; i++)
    {
      const PurserWorkloadState *state = overview->workloads->pdata[i];

      if (state->workload_id == workload_id)
        return state;
    }
  return NULL;
}

const char *
purser_workload_icon (const PurserWorkload *workload)
{
  static const struct
  {
    const char *name;
    const char *icon;
  } icons[] = {
    { "drafting", "document-edit-symbolic" },
    { "summarization", "view-list-symbolic" },
    { "analysis", "edit-find-symbolic" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (icons); i++)
    if (g_str_equal (workload->name, icons[i].name))
      return icons[i].icon;
  return "purser-workloads-symbolic";
}

/**
 * purser_workload_name_from:
 * @title: a shown name
 *
 * Returns: (transfer full): the name that callers could send for it
 */
char *
purser_workload_name_from (const char *title)
{
  g_autofree char *ascii = g_str_to_ascii (title, NULL);
  GString *name = g_string_new (NULL);

  for (const char *p = ascii; *p != '\0' && name->len < NAME_LENGTH; p++)
    {
      if (g_ascii_isalnum (*p))
        g_string_append_c (name, g_ascii_tolower (*p));
      else if (name->len > 0 && name->str[name->len - 1] != '-')
        g_string_append_c (name, '-');
    }
  while (name->len > 0 && name->str[name->len - 1] == '-')
    g_string_truncate (name, name->len - 1);
  return g_string_free (name, FALSE);
}
