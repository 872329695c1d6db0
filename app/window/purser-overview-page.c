/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-overview-page.h"

#include <glib/gi18n-lib.h>
#include "purser-attention.h"
#include "purser-first-run.h"
#include "purser-format.h"
#include "purser-overview-view.h"
#include "purser-shown.h"
#include "purser-window.h"

struct _PurserOverviewPage
{
  AdwNavigationPage   parent_instance;

  PurserSession      *session;     /* (owned) */
  GCancellable       *cancellable; /* (owned) (nullable): the load in flight */
  gboolean            stale;       /* something changed while out of sight, or while loading */

  AdwWindowTitle     *window_title;
  AdwBanner          *sample_banner;
  GtkStack           *states;
  PurserFirstRun     *first_run;
  PurserOverviewView *view;
  AdwStatusPage      *error;
};

G_DEFINE_FINAL_TYPE (PurserOverviewPage, purser_overview_page, ADW_TYPE_NAVIGATION_PAGE)

static void reload (PurserOverviewPage *self);

/* One load: three reads, one after the other. */
typedef struct
{
  PurserOverviewPage *page;     /* (owned) */
  PurserOverview     *overview; /* (owned) (nullable) */
  gint64              calls;    /* ever made for work */
} Load;

static void
load_free (Load *load)
{
  g_clear_pointer (&load->overview, purser_overview_free);
  g_clear_object (&load->page);
  g_free (load);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Load, load_free)

static void
show_badge (PurserOverviewPage *self,
            guint               count)
{
  PurserWindow *window = purser_window_of (GTK_WIDGET (self));
  g_autofree char *meaning =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u thing needs attention", "%u things need attention", count),
                       count);

  if (window != NULL)
    purser_window_set_badge (window, "overview", count, meaning);
}

static void
show_loaded (Load               *load,
             const PurserAnswer *usage)
{
  PurserOverviewPage *self = load->page;
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  g_autoptr (GPtrArray) attention = purser_attention_list (org, load->overview, usage);
  g_autofree char *when =
      purser_format_when (purser_store_now (purser_session_get_store (self->session)), org->timezone);
  g_autofree char *note = purser_shown_note (org);
  /* Translators: %s is a moment, as in "As of today at 14:32". */
  g_autofree char *moment = g_strdup_printf (_("As of %s"), when);
  /* Translators: a moment, then how amounts are shown: "As of today at 14:32, in USD, at 1 EUR = 1.0842 USD on 1 November". */
  g_autofree char *as_of = note != NULL ? g_strdup_printf (_("%s, %s"), moment, note) : g_strdup (moment);

  purser_attention_add_outages (attention, org, purser_outages_get (purser_session_get_outages (self->session)));
  adw_banner_set_revealed (self->sample_banner, org->sample);
  if (load->calls == 0 && !org->sample)
    {
      adw_window_title_set_subtitle (self->window_title, "");
      purser_first_run_update (self->first_run, load->calls);
      gtk_stack_set_visible_child_name (self->states, "first-run");
      show_badge (self, 0);
      return;
    }
  adw_window_title_set_subtitle (self->window_title, as_of);
  purser_overview_view_update (self->view, org, load->overview, attention, load->calls);
  gtk_stack_set_visible_child_name (self->states, "view");
  show_badge (self, attention->len);
}

static void
end_load (PurserOverviewPage *self,
          const GError       *error)
{
  g_autofree char *plain = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (error != NULL)
    {
      plain = g_markup_escape_text (error->message, -1);
      adw_status_page_set_description (self->error, plain);
      gtk_stack_set_visible_child_name (self->states, "error");
    }
  else if (self->stale)
    reload (self);
}

static void
usage_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (Load) load = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserAnswer) usage = purser_review_ask_finish (PURSER_STORE (object), result, &error);

  if (usage != NULL)
    show_loaded (load, usage);
  end_load (load->page, error);
}

static gboolean
count_calls (PurserDb *db,
             gpointer  data,
             GError  **error)
{
  Load *load = data;
  g_autoptr (GArray) rows =
      purser_ledger_usage (db, PURSER_BY_NOTHING, FALSE, 0, load->overview->today_day, TRUE, FALSE, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    load->calls += g_array_index (rows, PurserUsageRow, i).calls;
  return rows != NULL;
}

static void
counted_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Load) load = user_data;
  g_autoptr (GError) error = NULL;
  PurserQuestion question = { .split = PURSER_BY_MODEL,
                              .first_day = load->overview->first_day,
                              .last_day = load->overview->today_day };
  GCancellable *cancellable = load->page->cancellable;

  if (!purser_store_run_finish (PURSER_STORE (object), result, &error))
    {
      end_load (load->page, error);
      return;
    }
  purser_review_ask_async (PURSER_STORE (object), &question, cancellable, usage_cb, g_steal_pointer (&load));
}

static void
overview_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Load) load = user_data;
  g_autoptr (GError) error = NULL;
  GCancellable *cancellable = load->page->cancellable;

  load->overview = purser_review_overview_finish (PURSER_STORE (object), result, &error);
  if (load->overview == NULL)
    {
      end_load (load->page, error);
      return;
    }
  purser_store_read_async (PURSER_STORE (object), count_calls, load, NULL, cancellable, counted_cb, load);
  g_steal_pointer (&load);
}

/* Changes that come while a load runs are one more load at its end. */
static void
reload (PurserOverviewPage *self)
{
  Load *load;

  self->stale = self->cancellable != NULL || !gtk_widget_get_mapped (GTK_WIDGET (self));
  if (self->stale)
    return;
  load = g_new0 (Load, 1);
  load->page = g_object_ref (self);
  self->cancellable = g_cancellable_new ();
  purser_review_overview_async (purser_session_get_store (self->session), self->cancellable, overview_cb, load);
}

static void
refresh_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  reload (PURSER_OVERVIEW_PAGE (widget));
}

static void
remove_sample_cb (PurserOverviewPage *self)
{
  purser_session_run (self->session, GTK_WIDGET (self), purser_command_remove_sample (), _("Sample data removed"),
                      NULL, NULL, NULL);
}

static void
purser_overview_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (purser_overview_page_parent_class)->map (widget);
  reload (PURSER_OVERVIEW_PAGE (widget));
}

static void
purser_overview_page_dispose (GObject *object)
{
  PurserOverviewPage *self = PURSER_OVERVIEW_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_overview_page_parent_class)->dispose (object);
}

static void
purser_overview_page_class_init (PurserOverviewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_overview_page_dispose;
  widget_class->map = purser_overview_page_map;
  g_type_ensure (PURSER_TYPE_FIRST_RUN);
  g_type_ensure (PURSER_TYPE_OVERVIEW_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-overview-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserOverviewPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, PurserOverviewPage, sample_banner);
  gtk_widget_class_bind_template_child (widget_class, PurserOverviewPage, states);
  gtk_widget_class_bind_template_child (widget_class, PurserOverviewPage, first_run);
  gtk_widget_class_bind_template_child (widget_class, PurserOverviewPage, view);
  gtk_widget_class_bind_template_child (widget_class, PurserOverviewPage, error);
  gtk_widget_class_bind_template_callback (widget_class, remove_sample_cb);
  gtk_widget_class_install_action (widget_class, "page.refresh", NULL, refresh_action);
}

static void
purser_overview_page_init (PurserOverviewPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_overview_page_new:
 * @session: an open organisation
 *
 * Returns: (transfer floating): the page
 */
AdwNavigationPage *
purser_overview_page_new (PurserSession *session)
{
  PurserOverviewPage *self = g_object_new (PURSER_TYPE_OVERVIEW_PAGE, NULL);

  self->session = g_object_ref (session);
  purser_first_run_set_session (self->first_run, session);
  g_signal_connect_object (session, "org-changed", G_CALLBACK (reload), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "ledger-changed", G_CALLBACK (reload), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (purser_session_get_outages (session), "changed", G_CALLBACK (reload), self, G_CONNECT_SWAPPED);
  return ADW_NAVIGATION_PAGE (self);
}
