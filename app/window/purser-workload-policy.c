/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-workload-policy.h"

#include <glib/gi18n-lib.h>
#include "purser-terms-form.h"

struct _PurserWorkloadPolicy
{
  AdwBin               parent_instance;

  PurserSession       *session;  /* (owned) (nullable) */
  gint64               id;
  gboolean             filling;
  AdwPreferencesGroup *group;
  AdwSwitchRow        *training_row;
  AdwComboRow         *kept_row;
  GArray              *kept_days; /* (element-type gint64): what each choice of kept_row means */
  AdwEntryRow         *regions_row;
};

G_DEFINE_FINAL_TYPE (PurserWorkloadPolicy, purser_workload_policy, ADW_TYPE_BIN)

static const gint64 usual_days[] = { PURSER_UNKNOWN, 0, 7, 30, 90, 365 };

static gint64
limit_of (const PurserWorkload *workload)
{
  return workload->retention_limited ? workload->max_retention_days : PURSER_UNKNOWN;
}

static void
apply (PurserWorkloadPolicy *self)
{
  g_autoptr (PurserOrg) org = NULL;
  const PurserWorkload *workload;
  g_auto (GStrv) regions = NULL;
  gboolean training;
  gint64 days;
  guint chosen = adw_combo_row_get_selected (self->kept_row);

  if (self->filling || self->session == NULL || chosen >= self->kept_days->len)
    return;
  org = purser_session_get_org (self->session);
  workload = purser_org_workload (org, self->id);
  if (workload == NULL)
    return;
  training = adw_switch_row_get_active (self->training_row);
  days = g_array_index (self->kept_days, gint64, chosen);
  regions = purser_regions_parse (gtk_editable_get_text (GTK_EDITABLE (self->regions_row)));
  if (training == workload->no_training && days == limit_of (workload)
      && (regions == NULL ? workload->regions == NULL : workload->regions != NULL && g_strv_equal ((const char *const *) regions, (const char *const *) workload->regions)))
    return;
  purser_session_run (self->session, GTK_WIDGET (self), purser_command_set_policy (self->id, training, days, (const char *const *) regions), _("Data terms changed"),
                      purser_command_set_policy (self->id, workload->no_training, limit_of (workload), (const char *const *) workload->regions), NULL, NULL);
}

static char *
days_words (gint64 days)
{
  if (days == PURSER_UNKNOWN)
    return g_strdup (_("As long as they like"));
  if (days == 0)
    return g_strdup (_("Not at all"));
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "At most %d day", "At most %d days", (gulong) days), (int) days);
}

/* The usual choices, and the present one where it is none of them. */
static void
fill_kept (PurserWorkloadPolicy *self,
           gint64                now)
{
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);
  guint selected = G_N_ELEMENTS (usual_days);

  g_array_set_size (self->kept_days, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (usual_days); i++)
    {
      g_array_append_val (self->kept_days, usual_days[i]);
      if (usual_days[i] == now)
        selected = i;
    }
  if (selected == G_N_ELEMENTS (usual_days))
    g_array_append_val (self->kept_days, now);
  for (guint i = 0; i < self->kept_days->len; i++)
    {
      g_autofree char *text = days_words (g_array_index (self->kept_days, gint64, i));

      gtk_string_list_append (words, text);
    }
  adw_combo_row_set_model (self->kept_row, G_LIST_MODEL (words));
  adw_combo_row_set_selected (self->kept_row, selected);
}

static void
say_state (PurserWorkloadPolicy *self,
           const PurserOrg      *org,
           const PurserWorkload *workload)
{
  guint barred = 0;
  g_autofree char *words = NULL;

  for (guint i = 0; i < workload->n_models; i++)
    {
      const PurserModel *model = purser_org_model (org, workload->models[i]);
      g_autofree char *obstacle = model != NULL ? purser_policy_obstacle (org, workload, model, g_get_real_time ()) : NULL;

      barred += obstacle != NULL;
    }
  if (!workload->no_training && !workload->retention_limited && workload->regions == NULL)
    words = g_strdup (_("Nothing is asked of its models’ providers."));
  else if (barred == 0)
    words = g_strdup (_("All its models’ providers meet this."));
  else
    words = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u of its models may not be asked: see above, and record the terms at its provider.",
                                          "%u of its models may not be asked: see above, and record the terms at their providers.", barred), barred);
  adw_preferences_group_set_description (self->group, words);
}

/**
 * purser_workload_policy_show:
 * @self: the part of the page
 * @session: the session
 * @org: the snapshot now in force
 * @workload: what its models must allow
 */
void
purser_workload_policy_show (PurserWorkloadPolicy *self,
                             PurserSession        *session,
                             const PurserOrg      *org,
                             const PurserWorkload *workload)
{
  g_autofree char *regions = purser_regions_words ((const char *const *) workload->regions);

  g_set_object (&self->session, session);
  self->id = workload->id;
  self->filling = TRUE;
  adw_switch_row_set_active (self->training_row, workload->no_training);
  fill_kept (self, limit_of (workload));
  if ((gtk_widget_get_state_flags (GTK_WIDGET (self->regions_row)) & GTK_STATE_FLAG_FOCUS_WITHIN) == 0)
    {
      adw_entry_row_set_show_apply_button (self->regions_row, FALSE);
      gtk_editable_set_text (GTK_EDITABLE (self->regions_row), regions != NULL ? regions : "");
      adw_entry_row_set_show_apply_button (self->regions_row, TRUE);
    }
  say_state (self, org, workload);
  self->filling = FALSE;
}

static void
purser_workload_policy_dispose (GObject *object)
{
  g_clear_object (&PURSER_WORKLOAD_POLICY (object)->session);
  G_OBJECT_CLASS (purser_workload_policy_parent_class)->dispose (object);
}

static void
purser_workload_policy_finalize (GObject *object)
{
  g_array_unref (PURSER_WORKLOAD_POLICY (object)->kept_days);
  G_OBJECT_CLASS (purser_workload_policy_parent_class)->finalize (object);
}

static void
purser_workload_policy_class_init (PurserWorkloadPolicyClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = purser_workload_policy_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_workload_policy_finalize;
}

static void
purser_workload_policy_init (PurserWorkloadPolicy *self)
{
  self->kept_days = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->filling = TRUE;
  self->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_title (self->group, _("Data terms"));
  self->training_row = g_object_new (ADW_TYPE_SWITCH_ROW, "use-markup", FALSE, "title", _("No training on what is sent"), "subtitle", _("Only models whose provider promises it are asked"), NULL);
  self->kept_row = g_object_new (ADW_TYPE_COMBO_ROW, "use-markup", FALSE, "title", _("Kept there"), NULL);
  self->regions_row = g_object_new (ADW_TYPE_ENTRY_ROW, "use-markup", FALSE, "title", _("Only in regions (EU, CH, …)"), "show-apply-button", TRUE, NULL);
  g_signal_connect_swapped (self->training_row, "notify::active", G_CALLBACK (apply), self);
  g_signal_connect_swapped (self->kept_row, "notify::selected", G_CALLBACK (apply), self);
  g_signal_connect_swapped (self->regions_row, "apply", G_CALLBACK (apply), self);
  adw_preferences_group_add (self->group, GTK_WIDGET (self->training_row));
  adw_preferences_group_add (self->group, GTK_WIDGET (self->kept_row));
  adw_preferences_group_add (self->group, GTK_WIDGET (self->regions_row));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->group));
  self->filling = FALSE;
}
