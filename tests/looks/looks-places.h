/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everywhere one can be in the window. */
#pragma once

#include <string.h>
#include "purser-ledger.h"
#include "purser-preferences.h"
#include "purser-price-update-dialog.h"
#include "purser-sidebar.h"
#include "purser-window.h"

/* A model that no list knows. */
#define LOOKS_UNKNOWN_MODEL "house-model-2026-11-23-preview"

typedef enum { LOOKS_NO_ORG, LOOKS_EMPTY_ORG, LOOKS_SAMPLE_ORG, LOOKS_N_ORGS } LooksOrg;

/* DETAIL: what the page is led to; "%workload", "%provider", "%person", "%agent", "%quality", "%latency", "%listed" (a provider with contracts), "%priced", "%unpriced",
 * "%owned" (models), "%fallback" (a call that was moved) stand for an id. ACTION: a verb of the window or of the page shown; "load:FILE" gives the dialog that updates prices a file, "money" opens that page of
 * the preferences. */
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
  { "new key", LOOKS_SAMPLE_ORG, "people", "%agent", "principal.create-key" },
  { "gateway, off", LOOKS_EMPTY_ORG, "gateway", NULL, NULL },
  { "gateway", LOOKS_SAMPLE_ORG, "gateway", NULL, NULL },
  { "gateway, address", LOOKS_SAMPLE_ORG, "gateway", NULL, "gateway.address" },
  { "gateway, new key", LOOKS_SAMPLE_ORG, "gateway", NULL, "gateway.make-key" },
  { "call", LOOKS_SAMPLE_ORG, "gateway", "call:%fallback", NULL },
  { "data terms", LOOKS_SAMPLE_ORG, "providers", "%listed", "terms.record" },
  { "tests", LOOKS_SAMPLE_ORG, "tests", NULL, NULL },
  { "quality result", LOOKS_SAMPLE_ORG, "tests", "%quality", NULL },
  { "latency result", LOOKS_SAMPLE_ORG, "tests", "%latency", NULL },
  { "new quality test", LOOKS_SAMPLE_ORG, "tests", "new:quality:%workload", NULL },
  { "new latency test", LOOKS_SAMPLE_ORG, "tests", "new:latency:%workload", NULL },
  { "prices, empty", LOOKS_EMPTY_ORG, "providers", "prices", NULL },
  { "provider with contracts", LOOKS_SAMPLE_ORG, "providers", "%listed", NULL },
  { "contract", LOOKS_SAMPLE_ORG, "providers", "%listed", "contracts.add" },
  { "prices", LOOKS_SAMPLE_ORG, "providers", "prices", NULL },
  { "prices, without", LOOKS_SAMPLE_ORG, "providers", "prices:unpriced", NULL },
  { "price", LOOKS_SAMPLE_ORG, "providers", "price:%priced", NULL },
  { "price, none", LOOKS_SAMPLE_ORG, "providers", "price:%unpriced", NULL },
  { "price, own", LOOKS_SAMPLE_ORG, "providers", "price:%owned", NULL },
  { "own price", LOOKS_SAMPLE_ORG, "providers", "price:%priced", "price.set" },
  { "update prices", LOOKS_SAMPLE_ORG, "providers", "prices:update", NULL },
  { "update prices, changes", LOOKS_SAMPLE_ORG, "providers", "prices:update", "load:list.json" },
  { "update prices, broken file", LOOKS_SAMPLE_ORG, "providers", "prices:update", "load:broken.json" },
  { "work out again", LOOKS_SAMPLE_ORG, "providers", "reprice", NULL },
  { "exchange rate", LOOKS_SAMPLE_ORG, "providers", "rate:USD", NULL },
  { "usage", LOOKS_SAMPLE_ORG, "costs", "model", NULL },
  { "preferences", LOOKS_SAMPLE_ORG, "overview", NULL, "win.preferences" },
  { "preferences, money", LOOKS_SAMPLE_ORG, "overview", NULL, "money" },
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
looks_model (const PurserOrg *org,
             const char      *name)
{
  for (guint i = 0; i < org->models->len; i++)
    if (g_str_equal (((const PurserModel *) org->models->pdata[i])->name, name))
      return ((const PurserModel *) org->models->pdata[i])->id;
  return 0;
}

static gint64 looks_fallback; /* the call, once it is made */

static inline gint64
looks_id (PurserSession *session,
          const char    *what)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);

  if (g_str_equal (what, "workload"))
    return ((const PurserWorkload *) org->workloads->pdata[0])->id;
  if (g_str_equal (what, "provider"))
    return ((const PurserProvider *) org->providers->pdata[0])->id;
  if (g_str_equal (what, "fallback"))
    return looks_fallback;
  if (g_str_equal (what, "listed"))
    return purser_org_provider_named (org, "Anthropic")->id;
  if (g_str_equal (what, "priced") || g_str_equal (what, "unpriced") || g_str_equal (what, "owned"))
    return looks_model (org, g_str_equal (what, "priced") ? "claude-opus-4-6" : g_str_equal (what, "owned") ? "practice-quick" : LOOKS_UNKNOWN_MODEL);
  if (g_str_equal (what, "person") || g_str_equal (what, "agent"))
    return looks_principal (org, g_str_equal (what, "agent"));
  return looks_trial (session, what);
}

/* The innermost page or part that has the verb ACTION. */
static inline gboolean
looks_activate (GtkWidget  *widget,
                const char *action)
{
  if (!gtk_widget_get_mapped (widget))
    return FALSE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (looks_activate (child, action))
      return TRUE;
  return g_str_has_prefix (G_OBJECT_TYPE_NAME (widget), "Purser") && gtk_widget_activate_action (widget, action, NULL);
}

static inline void
looks_load (PurserWindow *window,
            const char   *folder,
            const char   *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  AdwDialog *dialog = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window));

  purser_price_update_dialog_load (PURSER_PRICE_UPDATE_DIALOG (dialog), file);
}

/* What is to be done once PAGE is there. */
static inline void
looks_act (PurserWindow     *window,
           PurserSession    *session,
           const LooksPlace *place,
           const char       *folder)
{
  if (place->action == NULL)
    return;
  if (g_str_has_prefix (place->action, "load:"))
    looks_load (window, folder, place->action + strlen ("load:"));
  else if (g_str_equal (place->action, "money"))
    adw_dialog_present (purser_preferences_new (session, "money"), GTK_WIDGET (window));
  else if (!looks_activate (GTK_WIDGET (window), place->action))
    g_error ("nothing on show has the verb %s", place->action);
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
  return TRUE;
}
