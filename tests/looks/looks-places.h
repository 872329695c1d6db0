/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everywhere one can be in the window. */
#pragma once

#include <string.h>
#include "purser-ledger.h"
#include "purser-sidebar.h"
#include "purser-window.h"

typedef enum { LOOKS_NO_ORG, LOOKS_EMPTY_ORG, LOOKS_SAMPLE_ORG, LOOKS_N_ORGS } LooksOrg;

/* DETAIL: what the page is led to; "%workload", "%provider", "%person", "%agent", "%quality" and "%latency" stand for an id. ACTION: a verb of the window. */
typedef struct
{
  const char *name;
  LooksOrg    org;
  const char *page, *detail, *action;
} LooksPlace;

static const LooksPlace looks_places[] =
{
  { "welcome", LOOKS_NO_ORG, NULL, NULL, NULL },
  { "new organisation", LOOKS_EMPTY_ORG, "overview", NULL, "win.new-organisation" },
  { "first run", LOOKS_EMPTY_ORG, "overview", NULL, NULL },
  { "costs, empty", LOOKS_EMPTY_ORG, "costs", NULL, NULL },
  { "providers, empty", LOOKS_EMPTY_ORG, "providers", NULL, NULL },
  { "workloads, empty", LOOKS_EMPTY_ORG, "workloads", NULL, NULL },
  { "people, empty", LOOKS_EMPTY_ORG, "people", NULL, NULL },
  { "tests, empty", LOOKS_EMPTY_ORG, "tests", NULL, NULL },
  { "new test, without a model", LOOKS_EMPTY_ORG, "tests", "new:quality:0", NULL },
  { "overview", LOOKS_SAMPLE_ORG, "overview", NULL, NULL },
  { "costs", LOOKS_SAMPLE_ORG, "costs", NULL, NULL },
  { "providers", LOOKS_SAMPLE_ORG, "providers", NULL, NULL },
  { "provider", LOOKS_SAMPLE_ORG, "providers", "%provider", NULL },
  { "add provider", LOOKS_SAMPLE_ORG, "providers", "add", NULL },
  { "add provider, form", LOOKS_SAMPLE_ORG, "providers", "add:openai", NULL },
  { "add provider, retired", LOOKS_SAMPLE_ORG, "providers", "add:github-models", NULL },
  { "workloads", LOOKS_SAMPLE_ORG, "workloads", NULL, NULL },
  { "workload", LOOKS_SAMPLE_ORG, "workloads", "%workload", NULL },
  { "try", LOOKS_SAMPLE_ORG, "workloads", "try:%workload", NULL },
  { "people", LOOKS_SAMPLE_ORG, "people", NULL, NULL },
  { "person", LOOKS_SAMPLE_ORG, "people", "%person", NULL },
  { "agent", LOOKS_SAMPLE_ORG, "people", "%agent", NULL },
  { "add person", LOOKS_SAMPLE_ORG, "people", "add", NULL },
  { "tests", LOOKS_SAMPLE_ORG, "tests", NULL, NULL },
  { "quality result", LOOKS_SAMPLE_ORG, "tests", "%quality", NULL },
  { "latency result", LOOKS_SAMPLE_ORG, "tests", "%latency", NULL },
  { "new quality test", LOOKS_SAMPLE_ORG, "tests", "new:quality:%workload", NULL },
  { "new latency test", LOOKS_SAMPLE_ORG, "tests", "new:latency:%workload", NULL },
  { "preferences", LOOKS_SAMPLE_ORG, "overview", NULL, "win.preferences" },
  { "shortcuts", LOOKS_SAMPLE_ORG, "overview", NULL, "win.shortcuts" },
};

static inline gboolean
looks_list_trials (PurserDb  *db,
                   gpointer   data,
                   GError   **error)
{
  return (*(GPtrArray **) data = purser_trial_list (db, 50, error)) != NULL;
}

static inline gint64
looks_trial (PurserSession *session,
             const char    *kind)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;

  purser_store_read (purser_session_get_store (session), looks_list_trials, &rows, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++)
    if (g_str_equal (((const PurserTrialRow *) rows->pdata[i])->kind, kind))
      return ((const PurserTrialRow *) rows->pdata[i])->id;
  return 0;
}

static inline gint64
looks_principal (const PurserOrg *org,
                 gboolean         agent)
{
  for (guint i = 0; i < org->principals->len; i++)
    if (((const PurserPrincipal *) org->principals->pdata[i])->agent == agent)
      return ((const PurserPrincipal *) org->principals->pdata[i])->id;
  return 0;
}

static inline gint64
looks_id (PurserSession *session,
          const char    *what)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);

  if (g_str_equal (what, "workload"))
    return ((const PurserWorkload *) org->workloads->pdata[0])->id;
  if (g_str_equal (what, "provider"))
    return ((const PurserProvider *) org->providers->pdata[0])->id;
  if (g_str_equal (what, "person") || g_str_equal (what, "agent"))
    return looks_principal (org, g_str_equal (what, "agent"));
  return looks_trial (session, what);
}

/* Goes to PLACE; false where the sample has nothing to go to. */
static inline gboolean
looks_go (PurserWindow     *window,
          PurserSession    *session,
          const LooksPlace *place)
{
  const char *what = place->detail != NULL ? strchr (place->detail, '%') : NULL;
  g_autofree char *detail = g_strdup (place->detail);

  if (what != NULL)
    {
      gint64 id = looks_id (session, what + 1);

      if (id == 0)
        return FALSE;
      g_free (detail);
      detail = g_strdup_printf ("%.*s%" G_GINT64_FORMAT, (int) (what - place->detail), place->detail, id);
    }
  if (place->page != NULL)
    purser_window_show_page (window, place->page, detail);
  if (place->action != NULL && !gtk_widget_activate_action (GTK_WIDGET (window), place->action, NULL))
    g_error ("the window has no verb %s", place->action);
  return TRUE;
}
