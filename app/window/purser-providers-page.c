/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-providers-page.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-price-page.h"
#include "purser-price-update-dialog.h"
#include "purser-prices-page.h"
#include "purser-prices-words.h"
#include "purser-provider-add-dialog.h"
#include "purser-provider-detail.h"
#include "purser-provider-row.h"
#include "purser-provider-tiles.h"
#include "purser-provider-words.h"
#include "purser-rate-form.h"
#include "purser-reprice-dialog.h"

struct _PurserProvidersPage
{
  AdwNavigationPage    parent_instance;

  PurserSession       *session; /* (owned) */
  gboolean             narrow;
  GtkStack            *stack;
  PurserProviderTiles *tiles;
  GtkLabel            *finding;
  GtkLabel            *remark;
  GtkListBox          *list;
  AdwActionRow        *prices_row;
  GtkImage            *prices_icon;
  GtkWidget           *sample_button;
};

static void show_detail (PurserPage *page, const char *detail);

static void
page_iface_init (PurserPageInterface *iface)
{
  iface->show_detail = show_detail;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (PurserProvidersPage, purser_providers_page, ADW_TYPE_NAVIGATION_PAGE,
                               G_IMPLEMENT_INTERFACE (PURSER_TYPE_PAGE, page_iface_init))

static void
added_cb (PurserProvidersPage *self,
          gint64               id)
{
  g_autoptr (PurserOrg) org = NULL;
  const PurserProvider *provider;

  if (id == 0)
    return; /* the practice models: they stand in the list now */
  org = purser_session_get_org (self->session);
  provider = purser_org_provider (org, id);
  purser_window_push (GTK_WIDGET (self),
                      purser_provider_detail_new (self->session, id,
                                                  provider != NULL && provider->enabled && provider->kind->supported));
}

static void
open_dialog (PurserProvidersPage *self,
             const char          *kind,
             const char          *address)
{
  PurserProviderAddDialog *dialog = purser_provider_add_dialog_new (self->session, kind, address);

  g_signal_connect_object (dialog, "added", G_CALLBACK (added_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (self));
}

static void
waited_cb (GtkWidget           *origin,
           const PurserOutcome *outcome,
           const GError        *error,
           gpointer             user_data)
{
  PurserProvidersPage *self = PURSER_PROVIDERS_PAGE (origin);

  gtk_widget_set_sensitive (GTK_WIDGET (self->tiles), TRUE);
  gtk_widget_set_sensitive (self->sample_button, TRUE);
}

static void
run_once (PurserProvidersPage *self,
          PurserCommand       *command,
          const char          *done)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->tiles), FALSE);
  gtk_widget_set_sensitive (self->sample_button, FALSE);
  purser_session_run (self->session, GTK_WIDGET (self), command, done, NULL, waited_cb, NULL);
}

static void
practice_cb (PurserProvidersPage *self)
{
  run_once (self, purser_command_add_practice (), _("Practice models are ready"));
}

static void
sample_cb (PurserProvidersPage *self)
{
  run_once (self, purser_command_load_sample (), _("Sample data is loaded"));
}

static void
chosen_cb (PurserProvidersPage *self,
           const char          *kind,
           const char          *address)
{
  if (g_str_equal (kind, "practice"))
    practice_cb (self);
  else
    open_dialog (self, kind, address);
}

static void
new_action (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  open_dialog (PURSER_PROVIDERS_PAGE (widget), NULL, NULL);
}

static void
row_activated_cb (PurserProvidersPage *self,
                  PurserProviderRow   *row)
{
  purser_window_push (GTK_WIDGET (self),
                      purser_provider_detail_new (self->session, purser_provider_row_get_id (row), FALSE));
}

static void
show_prices (PurserProvidersPage *self,
             gboolean             unpriced)
{
  purser_window_push (GTK_WIDGET (self), purser_prices_page_new (self->session, unpriced));
}

static void
prices_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  show_prices (PURSER_PROVIDERS_PAGE (widget), FALSE);
}

/* What belongs to prices: "prices", "prices:unpriced", "price:17", "rate:USD", "reprice". */
static gboolean
show_price_detail (PurserProvidersPage *self,
                   const char          *detail)
{
  gint64 id;

  if (g_str_has_prefix (detail, "price:") && g_ascii_string_to_signed (detail + strlen ("price:"), 10, 1, G_MAXINT64, &id, NULL))
    {
      purser_window_push (GTK_WIDGET (self), purser_price_page_new (self->session, id));
      return TRUE;
    }
  if (!g_str_has_prefix (detail, "prices") && !g_str_has_prefix (detail, "rate:") && !g_str_equal (detail, "reprice"))
    return FALSE;
  show_prices (self, g_str_equal (detail, "prices:unpriced"));
  if (g_str_has_prefix (detail, "rate:"))
    {
      g_autoptr (PurserOrg) org = purser_session_get_org (self->session);

      purser_rate_form_present (GTK_WIDGET (self), self->session, detail + strlen ("rate:"), org->currency);
    }
  else if (g_str_equal (detail, "reprice"))
    adw_dialog_present (purser_reprice_dialog_new (self->session, 0), GTK_WIDGET (self));
  else if (g_str_equal (detail, "prices:update"))
    adw_dialog_present (purser_price_update_dialog_new (self->session), GTK_WIDGET (self));
  return TRUE;
}

static void
show_detail (PurserPage *page,
             const char *detail)
{
  PurserProvidersPage *self = PURSER_PROVIDERS_PAGE (page);
  gint64 id;

  if (show_price_detail (self, detail))
    return;

  if (g_str_equal (detail, "add"))
    open_dialog (self, NULL, NULL);
  else if (g_str_equal (detail, "practice"))
    practice_cb (self);
  else if (g_str_has_prefix (detail, "add:"))
    open_dialog (self, detail + strlen ("add:"), NULL);
  else if (g_ascii_string_to_signed (detail, 10, 1, G_MAXINT64, &id, NULL))
    purser_window_push (GTK_WIDGET (self), purser_provider_detail_new (self->session, id, FALSE));
}

/* The finding: what to look at first. */
static void
say_finding (PurserProvidersPage *self,
             const PurserOrg     *org)
{
  const PurserProvider *broken = NULL;
  guint n_broken = 0;
  guint n_unknown = 0;
  g_autofree char *finding = NULL;
  const char *remark = _("Each key is kept in this computer’s keyring, nowhere else.");

  for (guint i = 0; i < org->providers->len; i++)
    {
      const PurserProvider *provider = org->providers->pdata[i];

      if (!provider->enabled)
        continue;
      if (provider->checked_at == 0)
        n_unknown++;
      else if (provider->check_result != NULL && n_broken++ == 0)
        broken = provider;
    }
  if (n_broken == 1)
    /* Translators: %s is a provider's name. */
    finding = g_strdup_printf (_("%s does not work"), broken->name);
  else if (n_broken > 1)
    finding = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u provider does not work", "%u providers do not work",
                                            n_broken), n_broken);
  else if (n_unknown > 0)
    finding = g_strdup (_("Not every provider was checked yet"));
  else
    finding = g_strdup (_("Every provider works"));
  if (n_broken == 1)
    remark = _("Calls go to the fallbacks meanwhile. Open it to see what to do.");
  else if (n_broken > 1)
    remark = _("Calls go to the fallbacks meanwhile. Open each to see what to do.");
  else if (n_unknown > 0)
    remark = _("Open it and check the connection: four steps show where it stands.");
  gtk_label_set_text (self->finding, finding);
  gtk_label_set_text (self->remark, remark);
}

/* Rows that are still right keep their place, and with it the focus. */
static void
fill_list (PurserProvidersPage *self,
           const PurserOrg     *org)
{
  GtkListBoxRow *row;
  guint i = 0;

  while ((row = gtk_list_box_get_row_at_index (self->list, i)) != NULL)
    {
      const PurserProvider *provider = i < org->providers->len ? org->providers->pdata[i] : NULL;

      if (provider == NULL || purser_provider_row_get_id (PURSER_PROVIDER_ROW (row)) != provider->id)
        {
          gtk_list_box_remove (self->list, GTK_WIDGET (row));
          continue;
        }
      purser_provider_row_show (PURSER_PROVIDER_ROW (row), org, provider);
      i++;
    }
  for (; i < org->providers->len; i++)
    {
      PurserProviderRow *added = purser_provider_row_new ();

      purser_provider_row_set_narrow (added, self->narrow);
      purser_provider_row_show (added, org, org->providers->pdata[i]);
      gtk_list_box_append (self->list, GTK_WIDGET (added));
    }
}

static void
say_prices (PurserProvidersPage *self,
            const PurserOrg     *org)
{
  gboolean trouble = purser_prices_trouble (org);
  g_autofree char *words = trouble ? purser_prices_finding (org) : g_strdup (_("What each model costs, and where its price comes from"));

  adw_action_row_set_subtitle (self->prices_row, words);
  gtk_image_set_from_icon_name (self->prices_icon, trouble ? "dialog-warning-symbolic" : "purser-costs-symbolic");
  gtk_widget_set_css_classes (GTK_WIDGET (self->prices_icon), (const char *[]) { trouble ? "warning" : "dimmed", NULL });
}

static void
show (PurserProvidersPage *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);

  gtk_stack_set_visible_child_name (self->stack, org->providers->len > 0 ? "list" : "empty");
  fill_list (self, org);
  say_finding (self, org);
  say_prices (self, org);
}

static void
set_narrow (PurserProvidersPage *self,
            gboolean             narrow)
{
  GtkListBoxRow *row;

  self->narrow = narrow;
  for (guint i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    purser_provider_row_set_narrow (PURSER_PROVIDER_ROW (row), narrow);
}

static void
narrow_cb (PurserProvidersPage *self)
{
  set_narrow (self, TRUE);
}

static void
wide_cb (PurserProvidersPage *self)
{
  set_narrow (self, FALSE);
}

static void
purser_providers_page_dispose (GObject *object)
{
  PurserProvidersPage *self = PURSER_PROVIDERS_PAGE (object);

  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_providers_page_parent_class)->dispose (object);
}

static void
purser_providers_page_class_init (PurserProvidersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_providers_page_dispose;
  g_type_ensure (PURSER_TYPE_PROVIDER_TILES);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-providers-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserProvidersPage, stack);
  gtk_widget_class_bind_template_child (widget_class, PurserProvidersPage, tiles);
  gtk_widget_class_bind_template_child (widget_class, PurserProvidersPage, finding);
  gtk_widget_class_bind_template_child (widget_class, PurserProvidersPage, remark);
  gtk_widget_class_bind_template_child (widget_class, PurserProvidersPage, list);
  gtk_widget_class_bind_template_child (widget_class, PurserProvidersPage, prices_row);
  gtk_widget_class_bind_template_child (widget_class, PurserProvidersPage, prices_icon);
  gtk_widget_class_bind_template_child (widget_class, PurserProvidersPage, sample_button);
  gtk_widget_class_bind_template_callback (widget_class, chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, sample_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, narrow_cb);
  gtk_widget_class_bind_template_callback (widget_class, wide_cb);
  gtk_widget_class_install_action (widget_class, "page.new", NULL, new_action);
  gtk_widget_class_install_action (widget_class, "providers.prices", NULL, prices_action);
}

static void
purser_providers_page_init (PurserProvidersPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_providers_page_new:
 * @session: the session
 *
 * Returns: (transfer floating): the page
 */
AdwNavigationPage *
purser_providers_page_new (PurserSession *session)
{
  PurserProvidersPage *self = g_object_new (PURSER_TYPE_PROVIDERS_PAGE, NULL);

  self->session = g_object_ref (session);
  purser_provider_tiles_set_session (self->tiles, session);
  show (self);
  g_signal_connect_object (session, "org-changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  return ADW_NAVIGATION_PAGE (self);
}
