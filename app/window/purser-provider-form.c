/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-provider-form.h"

#include "purser-currencies.h"
#include "purser-day-row.h"
#include "purser-provider-problem.h"

struct _PurserProviderForm
{
  AdwDialog              parent_instance;

  PurserSession         *session; /* (owned) */
  GtkWidget             *first;   /* (unowned) (nullable): the field that has the focus at first */
  GtkWidget             *wrong;   /* (unowned) (nullable): the field that is marked now */
  AdwExpanderRow        *fold;    /* (unowned) (nullable): where further fields go */
  AdwPreferencesGroup   *group;
  PurserProviderProblem *problem;
  GtkButton             *submit_button;
};

G_DEFINE_FINAL_TYPE (PurserProviderForm, purser_provider_form, ADW_TYPE_DIALOG)

static guint submit_signal;

static void
submit_cb (PurserProviderForm *self)
{
  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->submit_button)))
    return; /* its command is on its way */
  purser_provider_form_set_problem (self, NULL, NULL);
  g_signal_emit (self, submit_signal, 0);
}

static void
edited_cb (PurserProviderForm *self)
{
  purser_provider_form_set_problem (self, NULL, NULL);
}

static void
purser_provider_form_dispose (GObject *object)
{
  PurserProviderForm *self = PURSER_PROVIDER_FORM (object);

  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_provider_form_parent_class)->dispose (object);
}

static void
purser_provider_form_class_init (PurserProviderFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_provider_form_dispose;
  submit_signal = g_signal_new ("submit", PURSER_TYPE_PROVIDER_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  g_type_ensure (PURSER_TYPE_PROVIDER_PROBLEM);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-provider-form.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserProviderForm, group);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderForm, problem);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderForm, submit_button);
  gtk_widget_class_bind_template_callback (widget_class, submit_cb);
}

static void
purser_provider_form_init (PurserProviderForm *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_provider_form_new:
 * @session: the session
 * @title: the dialog's title
 * @words: (nullable): a line above the fields
 * @verb: what the button says, with a mnemonic
 *
 * Returns: (transfer floating): a form without fields
 */
PurserProviderForm *
purser_provider_form_new (PurserSession *session,
                          const char    *title,
                          const char    *words,
                          const char    *verb)
{
  PurserProviderForm *self = g_object_new (PURSER_TYPE_PROVIDER_FORM, "title", title, NULL);

  self->session = g_object_ref (session);
  adw_preferences_group_set_description (self->group, words);
  gtk_button_set_label (self->submit_button, verb);
  return self;
}

static GtkWidget *
add_row (PurserProviderForm *self,
         GtkWidget          *row)
{
  if (self->fold != NULL)
    {
      adw_expander_row_add_row (self->fold, row);
      return row;
    }
  g_object_ref (self->problem);
  adw_preferences_group_remove (self->group, GTK_WIDGET (self->problem));
  adw_preferences_group_add (self->group, row);
  adw_preferences_group_add (self->group, GTK_WIDGET (self->problem)); /* always the last */
  g_object_unref (self->problem);
  if (self->first == NULL)
    {
      self->first = row;
      adw_dialog_set_focus (ADW_DIALOG (self), row);
    }
  return row;
}

static GtkWidget *
name_row (GtkWidget  *row,
          const char *title)
{
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  return row;
}

static GtkWidget *
add_text_row (PurserProviderForm *self,
              GtkWidget          *row,
              const char         *title)
{
  g_signal_connect_object (row, "changed", G_CALLBACK (edited_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "entry-activated", G_CALLBACK (submit_cb), self, G_CONNECT_SWAPPED);
  return add_row (self, name_row (row, title));
}

/**
 * purser_provider_form_add_entry:
 * @self: the form
 * @title: the field's name
 * @text: (nullable): what stands there at first
 *
 * Returns: (transfer none): an #AdwEntryRow
 */
GtkWidget *
purser_provider_form_add_entry (PurserProviderForm *self,
                                const char         *title,
                                const char         *text)
{
  GtkWidget *row = adw_entry_row_new ();

  gtk_editable_set_text (GTK_EDITABLE (row), text != NULL ? text : "");
  if (self->fold != NULL && text != NULL)
    adw_expander_row_set_expanded (self->fold, TRUE);
  return add_text_row (self, row, title);
}

/**
 * purser_provider_form_add_secret:
 * @self: the form
 * @title: the field's name
 *
 * Returns: (transfer none): an #AdwPasswordEntryRow
 */
GtkWidget *
purser_provider_form_add_secret (PurserProviderForm *self,
                                 const char         *title)
{
  return add_text_row (self, adw_password_entry_row_new (), title);
}

/**
 * purser_provider_form_add_number:
 * @self: the form
 * @title: the field's name
 * @range: value, limits and steps
 * @digits: decimals
 *
 * Returns: (transfer none): an #AdwSpinRow
 */
GtkWidget *
purser_provider_form_add_number (PurserProviderForm *self,
                                 const char         *title,
                                 GtkAdjustment      *range,
                                 guint               digits)
{
  return add_row (self, name_row (adw_spin_row_new (range, 0, digits), title));
}

/**
 * purser_provider_form_add_currency:
 * @self: the form
 * @title: the field's name
 * @code: (nullable): what is chosen at first
 *
 * Returns: (transfer none): an #AdwComboRow
 */
GtkWidget *
purser_provider_form_add_currency (PurserProviderForm *self,
                                   const char         *title,
                                   const char         *code)
{
  GtkWidget *row = adw_combo_row_new ();

  purser_currencies_fill (ADW_COMBO_ROW (row), NULL);
  purser_currencies_select (ADW_COMBO_ROW (row), code);
  return add_row (self, name_row (row, title));
}

/**
 * purser_provider_form_add_day:
 * @self: the form
 * @title: the field's name
 * @none: (nullable): what no day means
 * @day: what is chosen at first
 *
 * Returns: (transfer none): a #PurserDayRow
 */
GtkWidget *
purser_provider_form_add_day (PurserProviderForm *self,
                              const char         *title,
                              const char         *none,
                              gint32              day)
{
  GtkWidget *row = purser_day_row_new (title, none);

  purser_day_row_set_day (PURSER_DAY_ROW (row), day);
  g_signal_connect_object (row, "changed", G_CALLBACK (edited_cb), self, G_CONNECT_SWAPPED);
  return add_row (self, row);
}

GtkWidget *
purser_provider_form_add_widget (PurserProviderForm *self,
                                 GtkWidget          *row)
{
  return add_row (self, row);
}

/**
 * purser_provider_form_fold:
 * @self: the form
 * @title: of the part that is folded up
 * @subtitle: (nullable): what is in it
 *
 * Returns: (transfer none): the #AdwExpanderRow that further fields go into
 */
GtkWidget *
purser_provider_form_fold (PurserProviderForm *self,
                           const char         *title,
                           const char         *subtitle)
{
  GtkWidget *fold = adw_expander_row_new ();

  self->fold = NULL;
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (fold), subtitle != NULL ? subtitle : "");
  add_row (self, name_row (fold, title));
  self->fold = ADW_EXPANDER_ROW (fold);
  return fold;
}

const char *
purser_provider_form_text (GtkWidget *entry)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));

  while (g_ascii_isspace (*text))
    text++;
  return *text != '\0' ? text : NULL;
}

/**
 * purser_provider_form_set_problem:
 * @self: the form
 * @row: (nullable): the field that is wrong
 * @words: (nullable): what is wrong with it
 *
 * Says what is wrong and puts the focus there.
 */
void
purser_provider_form_set_problem (PurserProviderForm *self,
                                  GtkWidget          *row,
                                  const char         *words)
{
  if (self->wrong != NULL && self->wrong != row)
    purser_provider_problem_set (self->problem, self->wrong, NULL);
  purser_provider_problem_set (self->problem, row, words);
  self->wrong = row;
  if (row == NULL || words == NULL)
    return;
  if (self->fold != NULL && gtk_widget_is_ancestor (row, GTK_WIDGET (self->fold)))
    adw_expander_row_set_expanded (self->fold, TRUE);
  gtk_widget_grab_focus (row);
}

static void
run_cb (GtkWidget           *origin,
        const PurserOutcome *outcome,
        const GError        *error,
        gpointer             user_data)
{
  PurserProviderForm *self = PURSER_PROVIDER_FORM (origin);

  gtk_widget_set_sensitive (GTK_WIDGET (self->submit_button), TRUE);
  if (outcome != NULL)
    adw_dialog_close (ADW_DIALOG (self));
}

/**
 * purser_provider_form_run:
 * @self: the form
 * @command: (transfer full): what its fields ask for
 * @done: (nullable): what a toast says then
 * @undo: (transfer full) (nullable): what takes it back
 *
 * Runs @command and closes on success; on failure the words are shown over the form, which keeps what was typed.
 */
void
purser_provider_form_run (PurserProviderForm *self,
                          PurserCommand      *command,
                          const char         *done,
                          PurserCommand      *undo)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->submit_button), FALSE);
  purser_session_run (self->session, GTK_WIDGET (self), command, done, undo, run_cb, NULL);
}
