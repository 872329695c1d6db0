/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-workload-choose.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-provider-words.h"

struct _PurserWorkloadChoose
{
  AdwDialog       parent_instance;

  char           *search; /* (owned) (nullable): folded */
  GtkStack       *stack;
  GtkSearchEntry *search_entry;
  GtkListBox     *list;
  GtkLabel       *nothing_label;
};

G_DEFINE_FINAL_TYPE (PurserWorkloadChoose, purser_workload_choose, ADW_TYPE_DIALOG)

static guint chosen_signal;

/* What a row keeps for search, groups and the answer. */
typedef struct
{
  gint64  id;
  char   *folded;   /* (owned): title, name and provider */
  char   *provider; /* (owned) */
} Choice;

static void
choice_free (Choice *choice)
{
  g_free (choice->folded);
  g_free (choice->provider);
  g_free (choice);
}

static Choice *
choice_of (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "choice");
}

static gboolean
matches (GtkListBoxRow *row,
         gpointer       user_data)
{
  PurserWorkloadChoose *self = PURSER_WORKLOAD_CHOOSE (user_data);

  return self->search == NULL || strstr (choice_of (row)->folded, self->search) != NULL;
}

static void
group_header (GtkListBoxRow *row,
              GtkListBoxRow *before,
              gpointer       user_data)
{
  GtkWidget *label;

  if (before != NULL && g_str_equal (choice_of (row)->provider, choice_of (before)->provider))
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  label = g_object_new (GTK_TYPE_LABEL, "label", choice_of (row)->provider, "xalign", 0.0, NULL);
  gtk_widget_add_css_class (label, "purser-group-title");
  gtk_list_box_row_set_header (row, label);
}

static GtkListBoxRow *
first_visible (PurserWorkloadChoose *self)
{
  GtkListBoxRow *row;

  for (guint i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (gtk_widget_get_child_visible (GTK_WIDGET (row)))
      return row;
  return NULL;
}

static void
search_cb (PurserWorkloadChoose *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));

  g_clear_pointer (&self->search, g_free);
  if (*text != '\0')
    self->search = g_utf8_casefold (text, -1);
  gtk_list_box_invalidate_filter (self->list);
  gtk_widget_set_visible (GTK_WIDGET (self->nothing_label), first_visible (self) == NULL);
}

static void
choose (PurserWorkloadChoose *self,
        GtkListBoxRow        *row)
{
  gint64 id = choice_of (row)->id;

  g_object_ref (self);
  adw_dialog_close (ADW_DIALOG (self));
  g_signal_emit (self, chosen_signal, 0, id);
  g_object_unref (self);
}

static void
row_activated_cb (PurserWorkloadChoose *self,
                  GtkListBoxRow        *row)
{
  choose (self, row);
}

/* Enter in the search takes the first that is left. */
static void
search_activate_cb (PurserWorkloadChoose *self)
{
  GtkListBoxRow *row = first_visible (self);

  if (row != NULL)
    choose (self, row);
}

static void
close_cb (PurserWorkloadChoose *self)
{
  adw_dialog_close (ADW_DIALOG (self));
}

static void
providers_cb (PurserWorkloadChoose *self)
{
  GtkWidget *window = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self)));

  g_object_ref (window);
  adw_dialog_close (ADW_DIALOG (self));
  purser_window_go (window, "providers", "add");
  g_object_unref (window);
}

static void
add_choice (PurserWorkloadChoose *self,
            const PurserOrg      *org,
            const PurserProvider *provider,
            const PurserModel    *model)
{
  GtkWidget *row = adw_action_row_new ();
  Choice *choice = g_new0 (Choice, 1);
  g_autofree char *price = purser_model_price_words (org, model);
  g_autofree char *words = g_strdup_printf ("%s %s %s", purser_model_title (model), model->name, provider->name);

  choice->id = model->id;
  choice->folded = g_utf8_casefold (words, -1);
  choice->provider = g_strdup (provider->name);
  g_object_set_data_full (G_OBJECT (row), "choice", choice, (GDestroyNotify) choice_free);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), purser_model_title (model));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), price);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_list_box_append (self->list, row);
}

static gboolean
is_in (const gint64 *ids,
       guint         n,
       gint64        id)
{
  for (guint i = 0; i < n; i++)
    if (ids[i] == id)
      return TRUE;
  return FALSE;
}

static void
fill (PurserWorkloadChoose *self,
      const PurserOrg      *org,
      const gint64         *except,
      guint                 n_except)
{
  guint n = 0;

  for (guint i = 0; i < org->providers->len; i++)
    for (guint j = 0; j < org->models->len; j++)
      {
        const PurserProvider *provider = org->providers->pdata[i];
        const PurserModel *model = org->models->pdata[j];

        if (model->provider_id != provider->id || !purser_model_usable (org, model)
            || is_in (except, n_except, model->id))
          continue;
        add_choice (self, org, provider, model);
        n++;
      }
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "empty");
}

static void
purser_workload_choose_finalize (GObject *object)
{
  PurserWorkloadChoose *self = PURSER_WORKLOAD_CHOOSE (object);

  g_free (self->search);
  G_OBJECT_CLASS (purser_workload_choose_parent_class)->finalize (object);
}

static void
purser_workload_choose_class_init (PurserWorkloadChooseClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = purser_workload_choose_finalize;
  chosen_signal = g_signal_new ("chosen", PURSER_TYPE_WORKLOAD_CHOOSE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_INT64);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-workload-choose.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadChoose, stack);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadChoose, search_entry);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadChoose, list);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadChoose, nothing_label);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, providers_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
}

static void
purser_workload_choose_init (PurserWorkloadChoose *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_filter_func (self->list, matches, self, NULL);
  gtk_list_box_set_header_func (self->list, group_header, NULL, NULL);
}

/**
 * purser_workload_choose_new:
 * @session: the session
 * @title: the dialog's title
 * @except: (array length=n_except) (nullable): models not to offer
 * @n_except: how many those are
 *
 * Returns: (transfer floating)
 */
PurserWorkloadChoose *
purser_workload_choose_new (PurserSession *session,
                            const char    *title,
                            const gint64  *except,
                            guint          n_except)
{
  PurserWorkloadChoose *self = g_object_new (PURSER_TYPE_WORKLOAD_CHOOSE, "title", title, NULL);
  g_autoptr (PurserOrg) org = purser_session_get_org (session);

  fill (self, org, except, n_except);
  return self;
}
