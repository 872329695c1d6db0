/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-price-page-private.h"

#include <glib/gi18n-lib.h>
#include "purser-layout.h"
#include "purser-price-book.h"
#include "purser-price-form.h"

G_DEFINE_FINAL_TYPE (PurserPricePage, purser_price_page, ADW_TYPE_NAVIGATION_PAGE)

typedef struct
{
  PurserPricePage *page; /* (owned) */
  gint64           model_id;
  GPtrArray       *history; /* (owned) (nullable) */
} Load;

static void
load_free (Load *load)
{
  g_clear_pointer (&load->history, g_ptr_array_unref);
  g_clear_object (&load->page);
  g_free (load);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Load, load_free)

static gboolean
read_history (PurserDb *db,
              gpointer  data,
              GError  **error)
{
  Load *load = data;

  load->history = purser_prices_history (db, load->model_id, error);
  return load->history != NULL;
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Load) load = user_data;
  PurserPricePage *self = load->page;
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserOrg) org = NULL;
  const PurserModel *model;

  if (!purser_store_run_finish (PURSER_STORE (object), result, &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      g_clear_object (&self->cancellable);
      gtk_label_set_label (self->finding, _("The prices could not be read"));
      gtk_label_set_label (self->finding_line, error->message);
      return;
    }
  g_clear_object (&self->cancellable);
  org = purser_session_get_org (self->session);
  model = purser_org_model (org, self->model_id);
  if (model != NULL)
    purser_price_page_show (self, org, model, load->history);
}

static void
reload (PurserPricePage *self)
{
  Load *load = g_new0 (Load, 1);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  load->page = g_object_ref (self);
  load->model_id = self->model_id;
  purser_store_read_async (purser_session_get_store (self->session), read_history, load, NULL, self->cancellable, read_cb, load);
}

static void
set_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  purser_price_form_present (widget, PURSER_PRICE_PAGE (widget)->session, PURSER_PRICE_PAGE (widget)->model_id);
}

static void
withdraw_action (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  PurserPricePage *self = PURSER_PRICE_PAGE (widget);

  purser_session_run (self->session, widget, purser_command_withdraw_price (self->model_id), _("The list’s price counts again, from now on"), NULL,
                      NULL, NULL);
}

static void
refresh_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  reload (PURSER_PRICE_PAGE (widget));
}

static void
purser_price_page_dispose (GObject *object)
{
  PurserPricePage *self = PURSER_PRICE_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_price_page_parent_class)->dispose (object);
}

static void
purser_price_page_finalize (GObject *object)
{
  g_ptr_array_unref (PURSER_PRICE_PAGE (object)->rows);
  G_OBJECT_CLASS (purser_price_page_parent_class)->finalize (object);
}

static void
purser_price_page_class_init (PurserPricePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_price_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_price_page_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-price-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserPricePage, window_title);
  gtk_widget_class_bind_template_child (widget_class, PurserPricePage, finding);
  gtk_widget_class_bind_template_child (widget_class, PurserPricePage, finding_line);
  gtk_widget_class_bind_template_child (widget_class, PurserPricePage, problem_group);
  gtk_widget_class_bind_template_child (widget_class, PurserPricePage, now_group);
  gtk_widget_class_bind_template_child (widget_class, PurserPricePage, bands_group);
  gtk_widget_class_bind_template_child (widget_class, PurserPricePage, own_group);
  gtk_widget_class_bind_template_child (widget_class, PurserPricePage, history_group);
  gtk_widget_class_bind_template_child (widget_class, PurserPricePage, facts_group);
  purser_layout_bind (widget_class);
  gtk_widget_class_install_action (widget_class, "price.set", NULL, set_action);
  gtk_widget_class_install_action (widget_class, "price.withdraw", NULL, withdraw_action);
  gtk_widget_class_install_action (widget_class, "page.refresh", NULL, refresh_action);
}

static void
purser_price_page_init (PurserPricePage *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_price_page_new:
 * @session: an open organisation
 * @model_id: a model
 *
 * Returns: (transfer floating): a page to push
 */
AdwNavigationPage *
purser_price_page_new (PurserSession *session,
                       gint64         model_id)
{
  PurserPricePage *self = g_object_new (PURSER_TYPE_PRICE_PAGE, NULL);

  self->session = g_object_ref (session);
  self->model_id = model_id;
  g_signal_connect_object (session, "org-changed", G_CALLBACK (reload), self, G_CONNECT_SWAPPED);
  reload (self);
  return ADW_NAVIGATION_PAGE (self);
}
