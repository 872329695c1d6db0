/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-price-update-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include "purser-format.h"

#define EPOCH_JULIAN 719163      /* of 1970-01-01 */
#define COMMIT_LENGTH 40         /* of a version that is a commit … */
#define COMMIT_SHOWN 7           /* … so many letters tell it from others */

G_DEFINE_FINAL_TYPE (PurserPriceUpdateDialog, purser_price_update_dialog, ADW_TYPE_DIALOG)

/* --- comparing: on the store's thread, where a list may also be parsed --- */

typedef struct
{
  PurserPriceUpdateDialog *dialog;   /* (owned) */
  PurserOrg               *org;      /* (owned) */
  PurserPriceList         *list;     /* (owned) (nullable): NULL = the shipped one, or BYTES */
  GBytes                  *bytes;    /* (owned) (nullable) */
  char                    *name;     /* (owned) (nullable): of the file */
  PurserPricePlan          plan;
} Compare;

static void
compare_free (Compare *compare)
{
  g_clear_object (&compare->dialog);
  g_clear_pointer (&compare->org, purser_org_unref);
  g_clear_pointer (&compare->list, purser_price_list_unref);
  g_clear_pointer (&compare->bytes, g_bytes_unref);
  purser_price_plan_clear (&compare->plan);
  g_free (compare->name);
  g_free (compare);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Compare, compare_free)

static gboolean
compare_lists (PurserDb *db,
               gpointer  data,
               GError  **error)
{
  Compare *compare = data;

  if (compare->bytes != NULL)
    {
      gsize length;
      const void *bytes = g_bytes_get_data (compare->bytes, &length);

      compare->list = purser_price_list_parse (compare->name, bytes, length, error);
    }
  else
    compare->list = purser_price_list_shipped ();
  if (compare->list == NULL)
    return FALSE;
  compare->plan.unused = purser_price_list_unused (compare->list, compare->org);
  compare->plan.facts = purser_price_list_count_facts (compare->list, compare->org);
  compare->plan.changes = purser_price_list_diff (compare->list, compare->org, db, error);
  return compare->plan.changes != NULL;
}

static void
say_problem (PurserPriceUpdateDialog *self,
             const char              *words)
{
  adw_navigation_view_pop_to_tag (self->view, "choose");
  purser_provider_problem_set (self->problem, GTK_WIDGET (self->file_row), words);
  if (words != NULL)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), words, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH);
}

static void
show_changes (PurserPriceUpdateDialog *self,
              const PurserOrg         *org)
{
  const PurserPricePlan *plan = &self->plan;
  g_autofree char *title = purser_price_changes_words (plan->changes);
  gboolean any = plan->changes->len > 0 || plan->facts > 0;
  AdwPreferencesPage *page;

  adw_navigation_page_set_title (self->changes_page, plan->changes->len > 0 ? title : _("What changes"));
  if (!any && plan->unused->len == 0)
    {
      adw_status_page_set_description (self->nothing, _("The prices of this list are here already."));
      gtk_stack_set_visible_child_name (self->states, "nothing");
      return;
    }
  page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());
  purser_price_changes_fill (page, org, plan);
  adw_bin_set_child (self->changes_bin, GTK_WIDGET (page));
  gtk_stack_set_visible_child_name (self->states, "changes");
  gtk_action_bar_set_revealed (self->bar, any);
  gtk_widget_grab_focus (GTK_WIDGET (self->apply_button));
}

static void
compared_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Compare) compare = user_data;
  PurserPriceUpdateDialog *self = compare->dialog;
  g_autoptr (GError) error = NULL;

  if (!purser_store_run_finish (PURSER_STORE (object), result, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        say_problem (self, error->message);
      return;
    }
  g_clear_pointer (&self->list, purser_price_list_unref);
  purser_price_plan_clear (&self->plan);
  self->list = g_steal_pointer (&compare->list);
  self->plan = compare->plan;
  compare->plan = (PurserPricePlan) { NULL };
  show_changes (self, compare->org);
}

static void
begin (PurserPriceUpdateDialog *self,
       const char              *name,
       GBytes                  *bytes)
{
  Compare *compare = g_new0 (Compare, 1);

  compare->dialog = g_object_ref (self);
  compare->org = purser_session_get_org (self->session);
  compare->name = g_strdup (name);
  compare->bytes = bytes;
  g_set_str (&self->source, name != NULL ? name : _("the list that comes with Purser"));
  say_problem (self, NULL);
  gtk_stack_set_visible_child_name (self->states, "loading");
  gtk_action_bar_set_revealed (self->bar, FALSE);
  adw_navigation_view_push_by_tag (self->view, "changes");
  purser_store_read_async (purser_session_get_store (self->session), compare_lists, compare, NULL, self->cancellable, compared_cb, compare);
}

static void
shipped_cb (PurserPriceUpdateDialog *self)
{
  begin (self, NULL, NULL);
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (PurserPriceUpdateDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_basename (G_FILE (object));
  char *contents;
  gsize length;

  if (g_file_load_contents_finish (G_FILE (object), result, &contents, &length, NULL, &error))
    begin (self, name, g_bytes_new_take (contents, length));
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    say_problem (self, error->message);
}

/**
 * purser_price_update_dialog_load:
 * @self: the dialog
 * @file: a list of prices
 */
void
purser_price_update_dialog_load (PurserPriceUpdateDialog *self,
                                 GFile                   *file)
{
  g_file_load_contents_async (file, self->cancellable, loaded_cb, g_object_ref (self));
}

static void
chosen_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (PurserPriceUpdateDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (object), result, &error);

  if (file != NULL)
    purser_price_update_dialog_load (self, file);
  else if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    say_problem (self, error->message);
}

static void
file_cb (PurserPriceUpdateDialog *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  g_autoptr (GListStore) filters = g_list_store_new (GTK_TYPE_FILE_FILTER);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  gtk_file_filter_set_name (filter, _("Price lists"));
  gtk_file_filter_add_suffix (filter, "json");
  gtk_file_filter_add_suffix (filter, "csv");
  g_list_store_append (filters, filter);
  gtk_file_dialog_set_title (dialog, _("Open Price List"));
  gtk_file_dialog_set_filters (dialog, G_LIST_MODEL (filters));
  gtk_file_dialog_open (dialog, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->cancellable, chosen_cb, g_object_ref (self));
}

/* --- object --- */

static void
purser_price_update_dialog_dispose (GObject *object)
{
  PurserPriceUpdateDialog *self = PURSER_PRICE_UPDATE_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->list, purser_price_list_unref);
  purser_price_plan_clear (&self->plan);
  g_clear_pointer (&self->source, g_free);
  G_OBJECT_CLASS (purser_price_update_dialog_parent_class)->dispose (object);
}

static void
purser_price_update_dialog_closed (AdwDialog *dialog)
{
  g_cancellable_cancel (PURSER_PRICE_UPDATE_DIALOG (dialog)->cancellable);
}

static void
purser_price_update_dialog_class_init (PurserPriceUpdateDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_price_update_dialog_dispose;
  ADW_DIALOG_CLASS (klass)->closed = purser_price_update_dialog_closed;
  g_type_ensure (PURSER_TYPE_PROVIDER_PROBLEM);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-price-update-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserPriceUpdateDialog, view);
  gtk_widget_class_bind_template_child (widget_class, PurserPriceUpdateDialog, changes_page);
  gtk_widget_class_bind_template_child (widget_class, PurserPriceUpdateDialog, shipped_row);
  gtk_widget_class_bind_template_child (widget_class, PurserPriceUpdateDialog, file_row);
  gtk_widget_class_bind_template_child (widget_class, PurserPriceUpdateDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, PurserPriceUpdateDialog, sources_group);
  gtk_widget_class_bind_template_child (widget_class, PurserPriceUpdateDialog, changes_bin);
  gtk_widget_class_bind_template_child (widget_class, PurserPriceUpdateDialog, states);
  gtk_widget_class_bind_template_child (widget_class, PurserPriceUpdateDialog, nothing);
  gtk_widget_class_bind_template_child (widget_class, PurserPriceUpdateDialog, done);
  gtk_widget_class_bind_template_child (widget_class, PurserPriceUpdateDialog, bar);
  gtk_widget_class_bind_template_child (widget_class, PurserPriceUpdateDialog, apply_button);
  gtk_widget_class_bind_template_child (widget_class, PurserPriceUpdateDialog, reprice_button);
  gtk_widget_class_bind_template_child (widget_class, PurserPriceUpdateDialog, close_button);
  gtk_widget_class_bind_template_callback (widget_class, shipped_cb);
  gtk_widget_class_bind_template_callback (widget_class, file_cb);
  gtk_widget_class_bind_template_callback (widget_class, purser_price_update_apply);
  gtk_widget_class_bind_template_callback (widget_class, purser_price_update_offer_reprice);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);
}

static void
purser_price_update_dialog_init (PurserPriceUpdateDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static char *
day_words (const char *iso)
{
  g_autoptr (GDate) day = g_date_new ();

  g_date_set_parse (day, iso);
  return g_date_valid (day) ? purser_format_day ((gint32) g_date_get_julian (day) - EPOCH_JULIAN) : g_strdup (iso);
}

/* "0.1.8, 23 September 2026, MIT"; of a commit's name its first letters are enough. */
static char *
source_line (const PurserPriceSource *source)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *day = source->date != NULL ? day_words (source->date) : NULL;
  const char *parts[] = { source->version, day, source->licence };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i] != NULL && g_strcmp0 (parts[i], i == 0 ? source->date : NULL) != 0)
      g_string_append_printf (line, "%s%.*s", line->len > 0 ? ", " : "", i == 0 && strlen (parts[i]) == COMMIT_LENGTH ? COMMIT_SHOWN : G_MAXINT, parts[i]);
  return g_string_free (g_steal_pointer (&line), FALSE);
}

static void
show_sources (PurserPriceUpdateDialog *self,
              const PurserPriceList   *list)
{
  const GPtrArray *sources = purser_price_list_get_sources (list);
  g_autofree char *day = day_words (purser_price_list_built (list));
  /* Translators: %s is a day. */
  g_autofree char *about = g_strdup_printf (_("Put together on %s"), day);

  adw_action_row_set_subtitle (self->shipped_row, about);
  for (guint i = 0; i < sources->len; i++)
    {
      const PurserPriceSource *source = g_ptr_array_index (sources, i);
      GtkWidget *row = adw_action_row_new ();
      g_autofree char *line = source_line (source);

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), source->name);
      gtk_widget_add_css_class (row, "purser-material"); /* what others wrote stays in their language */
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), line);
      adw_preferences_group_add (self->sources_group, row);
    }
}

static gboolean
read_shipped (PurserDb *db,
              gpointer  data,
              GError  **error)
{
  ((Compare *) data)->list = purser_price_list_shipped ();
  return TRUE;
}

static void
shipped_read_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (Compare) compare = user_data;

  if (purser_store_run_finish (PURSER_STORE (object), result, NULL))
    show_sources (compare->dialog, compare->list);
}

/**
 * purser_price_update_dialog_new:
 * @session: an open organisation
 *
 * Returns: (transfer floating): the dialog
 */
AdwDialog *
purser_price_update_dialog_new (PurserSession *session)
{
  PurserPriceUpdateDialog *self = g_object_new (PURSER_TYPE_PRICE_UPDATE_DIALOG, NULL);

  Compare *compare = g_new0 (Compare, 1);

  self->session = g_object_ref (session);
  compare->dialog = g_object_ref (self);
  purser_store_read_async (purser_session_get_store (session), read_shipped, compare, NULL, self->cancellable, shipped_read_cb, compare);
  return ADW_DIALOG (self);
}
