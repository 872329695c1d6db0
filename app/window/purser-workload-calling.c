/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-workload-calling.h"

#include <glib/gi18n-lib.h>
#include "purser-wait-row.h"

struct _PurserWorkloadCalling
{
  AdwBin          parent_instance;

  PurserSession  *session;  /* (owned) (nullable) */
  gint64          id;
  gboolean        filling;
  GtkWidget      *connect_row, *first_row, *silence_row;
  AdwExpanderRow *spread_row;
  GPtrArray      *weight_rows; /* (element-type GtkWidget) not owned: one for each model, in order */
  AdwSwitchRow   *drain_row;
};

G_DEFINE_FINAL_TYPE (PurserWorkloadCalling, purser_workload_calling, ADW_TYPE_BIN)

#define MAX_SECONDS 3600
#define MAX_WEIGHT 100
#define MS 1000.

static void
run (PurserWorkloadCalling    *self,
     const PurserCallingDraft *draft,
     const PurserCallingDraft *before)
{
  purser_session_run (self->session, GTK_WIDGET (self), purser_command_set_calling (self->id, draft), _("Changed"), purser_command_set_calling (self->id, before), NULL, NULL);
}

/* (nullable) */
static const PurserWorkload *
workload_in (PurserWorkloadCalling *self,
             PurserOrg            **org)
{
  if (self->session == NULL)
    return NULL;
  *org = purser_session_get_org (self->session);
  return purser_org_workload (*org, self->id);
}

static void
waits_cb (gpointer data)
{
  PurserWorkloadCalling *self = data;
  g_autoptr (PurserOrg) org = NULL;
  const PurserWorkload *workload = workload_in (self, &org);
  PurserCallingDraft draft = PURSER_CALLING_DRAFT_INIT, before = PURSER_CALLING_DRAFT_INIT;

  if (workload == NULL)
    return;
  draft.connect_ms = (gint64) (purser_wait_row_get (self->connect_row) * MS + 0.5);
  draft.first_content_ms = (gint64) (purser_wait_row_get (self->first_row) * MS + 0.5);
  draft.silence_ms = (gint64) (purser_wait_row_get (self->silence_row) * MS + 0.5);
  before.connect_ms = workload->connect_ms;
  before.first_content_ms = workload->first_content_ms;
  before.silence_ms = workload->silence_ms;
  if (draft.connect_ms != before.connect_ms || draft.first_content_ms != before.first_content_ms || draft.silence_ms != before.silence_ms)
    run (self, &draft, &before);
}

static gint64
weight_at (const PurserWorkload *workload,
           guint                 i)
{
  return workload->weights != NULL ? workload->weights[i] : 1;
}

static void
spread_cb (gpointer data)
{
  PurserWorkloadCalling *self = data;
  g_autoptr (PurserOrg) org = NULL;
  const PurserWorkload *workload = self->filling ? NULL : workload_in (self, &org);
  PurserCallingDraft draft = PURSER_CALLING_DRAFT_INIT, before = PURSER_CALLING_DRAFT_INIT;
  g_autofree gint64 *weights = NULL, *old = NULL;
  gboolean changed;

  if (workload == NULL || workload->n_models != self->weight_rows->len)
    return;
  weights = g_new0 (gint64, workload->n_models + 1);
  old = g_new0 (gint64, workload->n_models + 1);
  draft.spread = adw_expander_row_get_enable_expansion (self->spread_row);
  before.spread = workload->spread;
  changed = draft.spread != before.spread;
  for (guint i = 0; i < workload->n_models; i++)
    {
      weights[i] = (gint64) purser_wait_row_get (g_ptr_array_index (self->weight_rows, i));
      old[i] = weight_at (workload, i);
      changed |= weights[i] != old[i];
    }
  draft.weights = weights;
  before.weights = old;
  draft.n_weights = before.n_weights = workload->n_models;
  if (changed)
    run (self, &draft, &before);
}

static void
spread_switched_cb (PurserWorkloadCalling *self)
{
  spread_cb (self);
}

static void
drain_cb (PurserWorkloadCalling *self)
{
  PurserCallingDraft draft = PURSER_CALLING_DRAFT_INIT, before = PURSER_CALLING_DRAFT_INIT;

  if (self->filling || self->session == NULL)
    return;
  draft.drain = adw_switch_row_get_active (self->drain_row);
  before.drain = !draft.drain;
  run (self, &draft, &before);
}

static void
show_weights (PurserWorkloadCalling *self,
              const PurserOrg       *org,
              const PurserWorkload  *workload)
{
  while (self->weight_rows->len > workload->n_models)
    {
      adw_expander_row_remove (self->spread_row, g_ptr_array_index (self->weight_rows, self->weight_rows->len - 1));
      g_ptr_array_remove_index (self->weight_rows, self->weight_rows->len - 1);
    }
  for (guint i = 0; i < workload->n_models; i++)
    {
      const PurserModel *model = purser_org_model (org, workload->models[i]);

      if (i == self->weight_rows->len)
        {
          GtkWidget *row = purser_wait_row_new ("", NULL, _("Last resort"), MAX_WEIGHT, 1, 0, spread_cb, self);

          adw_expander_row_add_row (self->spread_row, row);
          g_ptr_array_add (self->weight_rows, row);
        }
      adw_preferences_row_set_title (g_ptr_array_index (self->weight_rows, i), model != NULL ? purser_model_title (model) : _("A removed model"));
      purser_wait_row_set (g_ptr_array_index (self->weight_rows, i), (double) weight_at (workload, i));
    }
}

/**
 * purser_workload_calling_show:
 * @self: the part of the page
 * @session: the session
 * @org: the snapshot now in force
 * @workload: how it is called
 */
void
purser_workload_calling_show (PurserWorkloadCalling *self,
                              PurserSession         *session,
                              const PurserOrg       *org,
                              const PurserWorkload  *workload)
{
  g_set_object (&self->session, session);
  self->id = workload->id;
  self->filling = TRUE;
  purser_wait_row_set (self->connect_row, (double) workload->connect_ms / MS);
  purser_wait_row_set (self->first_row, (double) workload->first_content_ms / MS);
  purser_wait_row_set (self->silence_row, (double) workload->silence_ms / MS);
  show_weights (self, org, workload);
  adw_expander_row_set_enable_expansion (self->spread_row, workload->spread);
  gtk_widget_set_visible (GTK_WIDGET (self->spread_row), workload->n_models > 1);
  adw_switch_row_set_active (self->drain_row, workload->drain);
  self->filling = FALSE;
}

static void
purser_workload_calling_dispose (GObject *object)
{
  g_clear_object (&PURSER_WORKLOAD_CALLING (object)->session);
  G_OBJECT_CLASS (purser_workload_calling_parent_class)->dispose (object);
}

static void
purser_workload_calling_finalize (GObject *object)
{
  g_ptr_array_unref (PURSER_WORKLOAD_CALLING (object)->weight_rows);
  G_OBJECT_CLASS (purser_workload_calling_parent_class)->finalize (object);
}

static void
purser_workload_calling_class_init (PurserWorkloadCallingClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = purser_workload_calling_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_workload_calling_finalize;
}

static GtkWidget *
add_wait (PurserWorkloadCalling *self,
          AdwPreferencesGroup   *group,
          const char            *title,
          const char            *subtitle)
{
  GtkWidget *row = purser_wait_row_new (title, subtitle, _("As usual"), MAX_SECONDS, 0.5, 1, waits_cb, self);

  adw_preferences_group_add (group, row);
  return row;
}

static void
purser_workload_calling_init (PurserWorkloadCalling *self)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  self->weight_rows = g_ptr_array_new ();
  self->filling = TRUE;
  adw_preferences_group_set_title (group, _("How it is called"));
  self->connect_row = add_wait (self, group, _("Seconds to connect"), _("Then the next model is asked"));
  self->first_row = add_wait (self, group, _("Seconds until the first words"), _("Then the next model is asked"));
  self->silence_row = add_wait (self, group, _("Seconds of silence in mid-reply"), _("Then the reply counts as broken off"));
  self->spread_row = g_object_new (ADW_TYPE_EXPANDER_ROW, "use-markup", FALSE, "title", _("Spread over the models by weight"), "subtitle", _("Else the first is asked whenever it can answer"),
                                   "show-enable-switch", TRUE, "enable-expansion", FALSE, NULL);
  self->drain_row = g_object_new (ADW_TYPE_SWITCH_ROW, "use-markup", FALSE, "title", _("Finish replies whose caller has gone"), "subtitle", _("They are paid for to the end. Else they are broken off at once"), NULL);
  g_signal_connect_swapped (self->spread_row, "notify::enable-expansion", G_CALLBACK (spread_switched_cb), self);
  g_signal_connect_swapped (self->drain_row, "notify::active", G_CALLBACK (drain_cb), self);
  adw_preferences_group_add (group, GTK_WIDGET (self->spread_row));
  adw_preferences_group_add (group, GTK_WIDGET (self->drain_row));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (group));
  self->filling = FALSE;
}
