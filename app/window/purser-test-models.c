/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-models.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-provider-words.h"
#include "purser-test-draw.h"

#define MOST 4         /* models in one test */
#define BEGIN_WITH 2   /* checked at first */
#define SEARCH_FROM 8  /* so many rows need no search */

struct _PurserTestModels
{
  AdwBin               parent_instance;

  char                *search;   /* (owned) (nullable): folded */
  guint                n;
  gboolean             filling;
  GtkSearchEntry      *search_entry;
  GtkListBox          *list;
};

G_DEFINE_FINAL_TYPE (PurserTestModels, purser_test_models, ADW_TYPE_BIN)

static guint changed_signal;

/* What a row keeps. */
typedef struct
{
  char           *ref;    /* (owned) "provider/model" */
  char           *folded; /* (owned): for the search */
  GtkCheckButton *check;
  AdwBin         *badge;  /* the letter, while it is checked */
} Choice;

static void
choice_free (Choice *choice)
{
  g_free (choice->ref);
  g_free (choice->folded);
  g_free (choice);
}

static Choice *
choice_at (PurserTestModels *self,
           guint             i)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, i);

  return row != NULL ? g_object_get_data (G_OBJECT (row), "choice") : NULL;
}

static gboolean
matches (GtkListBoxRow *row,
         gpointer       user_data)
{
  PurserTestModels *self = PURSER_TEST_MODELS (user_data);
  const Choice *choice = g_object_get_data (G_OBJECT (row), "choice");

  return self->search == NULL || gtk_check_button_get_active (choice->check)
         || strstr (choice->folded, self->search) != NULL;
}

static void
search_cb (PurserTestModels *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));

  g_clear_pointer (&self->search, g_free);
  if (*text != '\0')
    self->search = g_utf8_casefold (text, -1);
  gtk_list_box_invalidate_filter (self->list);
}

/* Letters go to the checked rows from top to bottom; with four of them the others wait. */
static void
update_rows (PurserTestModels *self)
{
  Choice *choice;
  guint checked = 0;
  guint letter = 0;

  for (guint i = 0; (choice = choice_at (self, i)) != NULL; i++)
    checked += gtk_check_button_get_active (choice->check);
  for (guint i = 0; (choice = choice_at (self, i)) != NULL; i++)
    {
      gboolean active = gtk_check_button_get_active (choice->check);

      adw_bin_set_child (choice->badge, active ? purser_test_badge_new (letter) : NULL);
      letter += active;
      gtk_widget_set_sensitive (GTK_WIDGET (gtk_list_box_get_row_at_index (self->list, i)), active || checked < MOST);
    }
}

static void
toggled_cb (PurserTestModels *self)
{
  if (self->filling)
    return;
  update_rows (self);
  g_signal_emit (self, changed_signal, 0);
}

static void
add_row (PurserTestModels  *self,
         const PurserOrg   *org,
         const PurserModel *model,
         gboolean           active)
{
  GtkWidget *row = adw_action_row_new ();
  Choice *choice = g_new0 (Choice, 1);
  g_autofree char *about = purser_model_about (org, model);
  g_autofree char *words = g_strdup_printf ("%s %s %s", purser_model_title (model), model->name, about);

  choice->ref = purser_org_model_ref_of (org, model);
  choice->folded = g_utf8_casefold (words, -1);
  choice->check = GTK_CHECK_BUTTON (gtk_check_button_new ());
  choice->badge = ADW_BIN (adw_bin_new ());
  g_object_set_data_full (G_OBJECT (row), "choice", choice, (GDestroyNotify) choice_free);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), purser_model_title (model));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), about);
  gtk_widget_set_valign (GTK_WIDGET (choice->check), GTK_ALIGN_CENTER);
  gtk_check_button_set_active (choice->check, active);
  gtk_accessible_update_property (GTK_ACCESSIBLE (choice->check), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  purser_model_title (model), -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), GTK_WIDGET (choice->check));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), GTK_WIDGET (choice->badge));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), GTK_WIDGET (choice->check));
  g_signal_connect_object (choice->check, "toggled", G_CALLBACK (toggled_cb), self, G_CONNECT_SWAPPED);
  gtk_list_box_append (self->list, row);
  self->n++;
}

static gboolean
serves (const PurserWorkload *workload,
        gint64                model_id)
{
  for (guint i = 0; i < workload->n_models; i++)
    if (workload->models[i] == model_id)
      return TRUE;
  return FALSE;
}

static void
purser_test_models_finalize (GObject *object)
{
  g_free (PURSER_TEST_MODELS (object)->search);
  G_OBJECT_CLASS (purser_test_models_parent_class)->finalize (object);
}

static void
purser_test_models_class_init (PurserTestModelsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = purser_test_models_finalize;
  changed_signal = g_signal_new ("changed", PURSER_TYPE_TEST_MODELS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-test-models.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserTestModels, search_entry);
  gtk_widget_class_bind_template_child (widget_class, PurserTestModels, list);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
}

static void
purser_test_models_init (PurserTestModels *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_filter_func (self->list, matches, self, NULL);
}

/**
 * purser_test_models_show:
 * @self: the choice
 * @org: the snapshot now in force
 * @workload: whose models come first
 */
void
purser_test_models_show (PurserTestModels     *self,
                         const PurserOrg      *org,
                         const PurserWorkload *workload)
{
  self->filling = TRUE;
  gtk_list_box_remove_all (self->list);
  self->n = 0;
  for (guint i = 0; i < workload->n_models; i++)
    {
      const PurserModel *model = purser_org_model (org, workload->models[i]);

      if (model != NULL && purser_model_usable (org, model))
        add_row (self, org, model, self->n < BEGIN_WITH);
    }
  for (guint i = 0; i < org->models->len; i++)
    {
      const PurserModel *model = org->models->pdata[i];

      if (purser_model_usable (org, model) && !serves (workload, model->id))
        add_row (self, org, model, self->n < BEGIN_WITH);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->search_entry), self->n > SEARCH_FROM);
  self->filling = FALSE;
  update_rows (self);
}

guint
purser_test_models_get_n (PurserTestModels *self)
{
  return self->n;
}

/**
 * purser_test_models_get_chosen:
 * @self: the choice
 *
 * Returns: (transfer full): the checked models, A first
 */
char **
purser_test_models_get_chosen (PurserTestModels *self)
{
  GStrvBuilder *builder = g_strv_builder_new ();
  Choice *choice;
  char **refs;

  for (guint i = 0; (choice = choice_at (self, i)) != NULL; i++)
    if (gtk_check_button_get_active (choice->check))
      g_strv_builder_add (builder, choice->ref);
  refs = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
  return refs;
}
