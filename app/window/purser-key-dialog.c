/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-key-dialog.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include "purser-day-row.h"
#include "purser-provider-problem.h"

struct _PurserKeyDialog
{
  AdwDialog              parent_instance;

  PurserSession         *session;      /* (owned) */
  gint64                 principal_id; /* 0: whoever is chosen */
  gint64                 key_id;       /* 0: a new one */
  GArray                *ids;          /* (owned) (element-type gint64): the workloads of checks … */
  GPtrArray             *checks;       /* (owned) (element-type AdwSwitchRow): not owned, in the expander */
  GArray                *who;          /* (owned) (element-type gint64): principals, as in who_row */
  char                  *secret;       /* (owned) (nullable) wiped */
  AdwToastOverlay       *toasts;
  GtkStack              *states;
  AdwPreferencesGroup   *group;
  AdwComboRow           *who_row, *expiry_row;
  GtkWidget             *day_row;
  AdwExpanderRow        *workloads_row;
  AdwSwitchRow          *models_row;
  PurserProviderProblem *problem;
  GtkLabel              *secret_label, *warning;
  GtkWidget             *create_button, *copy_button, *done_button;
};

G_DEFINE_FINAL_TYPE (PurserKeyDialog, purser_key_dialog, ADW_TYPE_DIALOG)

static guint made_signal;

typedef enum { NEVER, IN_30_DAYS, IN_90_DAYS, ON_A_DAY, N_EXPIRIES } Expiry;
static const struct { const char *words; gint32 days; } expiries[] =
{
  [NEVER] = { N_("Never"), 0 },
  [IN_30_DAYS] = { N_("After 30 days"), 30 },
  [IN_90_DAYS] = { N_("After 90 days"), 90 },
  [ON_A_DAY] = { N_("On a day"), 0 },
};

/* --- the secret --- */

static void
copy_cb (PurserKeyDialog *self)
{
  AdwToast *toast = adw_toast_new (_("Copied"));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->secret);
  adw_toast_overlay_add_toast (self->toasts, toast);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), _("Copied"), GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
done_cb (PurserKeyDialog *self)
{
  adw_dialog_close (ADW_DIALOG (self));
}

static void
show_secret (PurserKeyDialog *self,
             const char      *secret,
             gint64           principal_id)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  const PurserPrincipal *principal = purser_org_principal (org, principal_id);
  g_autofree char *title = g_strdup_printf (_("Key for %s"), principal != NULL ? principal->name : "");

  self->secret = g_strdup (secret);
  adw_dialog_set_title (ADW_DIALOG (self), title);
  gtk_label_set_label (self->secret_label, secret);
  gtk_stack_set_visible_child_name (self->states, "secret");
  adw_dialog_set_default_widget (ADW_DIALOG (self), self->done_button);
  gtk_widget_grab_focus (self->copy_button);
  g_signal_emit (self, made_signal, 0, secret);
}

/* --- the form --- */

static gint64
principal_of (PurserKeyDialog *self)
{
  guint i = adw_combo_row_get_selected (self->who_row);

  return self->principal_id != 0 || i >= self->who->len ? self->principal_id : g_array_index (self->who, gint64, i);
}

static gint32
today (PurserKeyDialog *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);

  return purser_day_of (org->timezone, purser_store_now (purser_session_get_store (self->session)));
}

/* It is good through its last day: µs UTC, 0 = never ends. */
static gint64
expires_at (PurserKeyDialog *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  guint chosen = adw_combo_row_get_selected (self->expiry_row);

  if (chosen == NEVER || chosen >= N_EXPIRIES)
    return 0;
  return purser_day_start (org->timezone, 1 + (chosen == ON_A_DAY ? purser_day_row_get_day (PURSER_DAY_ROW (self->day_row)) : today (self) + expiries[chosen].days));
}

static void
expiry_cb (PurserKeyDialog *self)
{
  if (self->day_row != NULL)
    gtk_widget_set_visible (self->day_row, adw_combo_row_get_selected (self->expiry_row) == ON_A_DAY);
}

static void
run_cb (GtkWidget           *origin,
        const PurserOutcome *outcome,
        const GError        *error,
        gpointer             user_data)
{
  PurserKeyDialog *self = PURSER_KEY_DIALOG (origin);

  gtk_widget_set_sensitive (self->create_button, TRUE);
  if (outcome != NULL && outcome->secret != NULL)
    show_secret (self, outcome->secret, principal_of (self));
  else if (outcome != NULL)
    adw_dialog_close (ADW_DIALOG (self));
}

static void
submit_cb (PurserKeyDialog *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  const PurserAccessKey *before = self->key_id != 0 ? purser_org_access_key (org, self->key_id) : NULL;
  PurserAccessKey key = { .id = self->key_id, .principal_id = principal_of (self), .expires_at = expires_at (self), .any_model = adw_switch_row_get_active (self->models_row) };
  g_autoptr (GArray) chosen = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean some = adw_expander_row_get_enable_expansion (self->workloads_row);

  for (guint i = 0; some && i < self->checks->len; i++)
    if (adw_switch_row_get_active (g_ptr_array_index (self->checks, i)))
      g_array_append_val (chosen, g_array_index (self->ids, gint64, i));
  purser_provider_problem_set (self->problem, NULL, NULL);
  if (some && chosen->len == 0)
    {
      adw_expander_row_set_expanded (self->workloads_row, TRUE);
      purser_provider_problem_set (self->problem, GTK_WIDGET (self->workloads_row), _("Choose at least one workload, or allow all."));
      return;
    }
  if (key.expires_at != 0 && key.expires_at <= purser_store_now (purser_session_get_store (self->session)))
    {
      purser_provider_problem_set (self->problem, self->day_row, _("That day has passed. Choose a later one, or revoke the key."));
      return;
    }
  key.workloads = chosen->len > 0 ? (gint64 *) chosen->data : NULL;
  key.n_workloads = chosen->len;
  if (before != NULL)
    {
      key.models = before->models;
      key.n_models = before->n_models;
    }
  gtk_widget_set_sensitive (self->create_button, FALSE);
  purser_session_run (self->session, GTK_WIDGET (self), purser_command_set_key (&key), before != NULL ? _("Key changed") : NULL,
                      before != NULL ? purser_command_set_key (before) : NULL, run_cb, NULL);
}

static gboolean
may (const PurserAccessKey *key,
     gint64                 workload_id)
{
  for (guint i = 0; key != NULL && i < key->n_workloads; i++)
    if (key->workloads[i] == workload_id)
      return TRUE;
  return FALSE;
}

static void
fill_workloads (PurserKeyDialog       *self,
                const PurserOrg       *org,
                const PurserAccessKey *key)
{
  for (guint i = 0; i < org->workloads->len; i++)
    {
      const PurserWorkload *workload = g_ptr_array_index (org->workloads, i);
      GtkWidget *row = g_object_new (ADW_TYPE_SWITCH_ROW, "use-markup", FALSE, "title", purser_workload_title (workload), "active", may (key, workload->id), NULL);

      adw_expander_row_add_row (self->workloads_row, row);
      g_ptr_array_add (self->checks, row);
      g_array_append_val (self->ids, workload->id);
    }
  adw_expander_row_set_enable_expansion (self->workloads_row, key != NULL && key->workloads != NULL);
}

static void
fill_who (PurserKeyDialog *self,
          const PurserOrg *org)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; i < org->principals->len; i++)
    {
      const PurserPrincipal *principal = g_ptr_array_index (org->principals, i);

      gtk_string_list_append (names, principal->name);
      g_array_append_val (self->who, principal->id);
    }
  adw_combo_row_set_model (self->who_row, G_LIST_MODEL (names));
  gtk_widget_set_visible (GTK_WIDGET (self->who_row), self->principal_id == 0);
}

static void
fill_expiry (PurserKeyDialog       *self,
             const PurserOrg       *org,
             const PurserAccessKey *key)
{
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);
  gint32 day = key != NULL && key->expires_at != 0 ? purser_day_of (org->timezone, key->expires_at - 1) : today (self) + expiries[IN_30_DAYS].days;

  for (guint i = 0; i < N_EXPIRIES; i++)
    gtk_string_list_append (words, _(expiries[i].words));
  adw_combo_row_set_model (self->expiry_row, G_LIST_MODEL (words));
  purser_day_row_set_day (PURSER_DAY_ROW (self->day_row), day);
  adw_combo_row_set_selected (self->expiry_row, key != NULL && key->expires_at != 0 ? ON_A_DAY : NEVER);
  expiry_cb (self);
}

/* --- object --- */

static void
purser_key_dialog_dispose (GObject *object)
{
  g_clear_object (&PURSER_KEY_DIALOG (object)->session);
  G_OBJECT_CLASS (purser_key_dialog_parent_class)->dispose (object);
}

static void
purser_key_dialog_finalize (GObject *object)
{
  PurserKeyDialog *self = PURSER_KEY_DIALOG (object);

  if (self->secret != NULL)
    explicit_bzero (self->secret, strlen (self->secret));
  g_free (self->secret);
  g_array_unref (self->ids);
  g_array_unref (self->who);
  g_ptr_array_unref (self->checks);
  G_OBJECT_CLASS (purser_key_dialog_parent_class)->finalize (object);
}

static void
purser_key_dialog_class_init (PurserKeyDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_key_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_key_dialog_finalize;
  made_signal = g_signal_new ("made", PURSER_TYPE_KEY_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  g_type_ensure (PURSER_TYPE_PROVIDER_PROBLEM);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-key-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserKeyDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, PurserKeyDialog, states);
  gtk_widget_class_bind_template_child (widget_class, PurserKeyDialog, group);
  gtk_widget_class_bind_template_child (widget_class, PurserKeyDialog, who_row);
  gtk_widget_class_bind_template_child (widget_class, PurserKeyDialog, expiry_row);
  gtk_widget_class_bind_template_child (widget_class, PurserKeyDialog, workloads_row);
  gtk_widget_class_bind_template_child (widget_class, PurserKeyDialog, models_row);
  gtk_widget_class_bind_template_child (widget_class, PurserKeyDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, PurserKeyDialog, secret_label);
  gtk_widget_class_bind_template_child (widget_class, PurserKeyDialog, warning);
  gtk_widget_class_bind_template_child (widget_class, PurserKeyDialog, create_button);
  gtk_widget_class_bind_template_child (widget_class, PurserKeyDialog, copy_button);
  gtk_widget_class_bind_template_child (widget_class, PurserKeyDialog, done_button);
  gtk_widget_class_bind_template_callback (widget_class, expiry_cb);
  gtk_widget_class_bind_template_callback (widget_class, submit_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, done_cb);
}

/* The day belongs under the choice that asks for it: the rows after it are put in again. */
static void
add_day_row (PurserKeyDialog *self)
{
  GtkWidget *after[] = { GTK_WIDGET (self->workloads_row), GTK_WIDGET (self->models_row), GTK_WIDGET (self->problem) };

  self->day_row = purser_day_row_new (_("Last day"), NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (after); i++)
    {
      g_object_ref (after[i]);
      adw_preferences_group_remove (self->group, after[i]);
    }
  adw_preferences_group_add (self->group, self->day_row);
  for (gsize i = 0; i < G_N_ELEMENTS (after); i++)
    {
      adw_preferences_group_add (self->group, after[i]);
      g_object_unref (after[i]);
    }
}

static void
purser_key_dialog_init (PurserKeyDialog *self)
{
  self->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->who = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->checks = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  add_day_row (self);
}

static AdwDialog *
make_dialog (PurserSession         *session,
             gint64                 principal_id,
             const PurserOrg       *org,
             const PurserAccessKey *key)
{
  PurserKeyDialog *self = g_object_new (PURSER_TYPE_KEY_DIALOG, NULL);

  self->session = g_object_ref (session);
  self->principal_id = principal_id;
  self->key_id = key != NULL ? key->id : 0;
  fill_who (self, org);
  fill_expiry (self, org, key);
  fill_workloads (self, org, key);
  adw_switch_row_set_active (self->models_row, key != NULL && key->any_model);
  return ADW_DIALOG (self);
}

/**
 * purser_key_dialog_new:
 * @session: the session
 * @principal_id: whose key, 0 = to be chosen
 *
 * Returns: (transfer floating): the dialog
 */
AdwDialog *
purser_key_dialog_new (PurserSession *session,
                       gint64         principal_id)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);
  const PurserPrincipal *principal = purser_org_principal (org, principal_id);
  AdwDialog *dialog = make_dialog (session, principal_id, org, NULL);
  g_autofree char *title = principal != NULL ? g_strdup_printf (_("New key for %s"), principal->name) : g_strdup (_("New key"));

  adw_dialog_set_title (dialog, title);
  return dialog;
}

/**
 * purser_key_dialog_new_edit:
 * @session: the session
 * @key_id: the key whose rights change
 *
 * Returns: (transfer floating): the dialog
 */
AdwDialog *
purser_key_dialog_new_edit (PurserSession *session,
                            gint64         key_id)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);
  const PurserAccessKey *key = purser_org_access_key (org, key_id);
  AdwDialog *dialog = make_dialog (session, key != NULL ? key->principal_id : 0, org, key);
  g_autofree char *title = g_strdup_printf (_("Key that ends in %s"), key != NULL ? key->hint : "");

  adw_dialog_set_title (dialog, title);
  gtk_button_set_label (GTK_BUTTON (PURSER_KEY_DIALOG (dialog)->create_button), _("_Save"));
  return dialog;
}
