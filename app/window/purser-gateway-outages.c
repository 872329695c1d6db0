/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-gateway-outages.h"

#include <glib/gi18n-lib.h>
#include "purser-call-words.h"
#include "purser-layout.h"
#include "purser-say.h"

struct _PurserGatewayOutages
{
  AdwBin               parent_instance;

  AdwPreferencesGroup *group;
  GtkWidget           *past;       /* AdwExpanderRow of those that ended */
  gboolean             past_there; /* it is in the group */
  GPtrArray           *rows;       /* (element-type GtkWidget) not owned: of those that last */
  GPtrArray           *past_rows;  /* (element-type GtkWidget) not owned */
};

G_DEFINE_FINAL_TYPE (PurserGatewayOutages, purser_gateway_outages, ADW_TYPE_BIN)

static void
clear (PurserGatewayOutages *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->group, g_ptr_array_index (self->rows, i));
  for (guint i = 0; i < self->past_rows->len; i++)
    adw_expander_row_remove (ADW_EXPANDER_ROW (self->past), g_ptr_array_index (self->past_rows, i));
  if (self->past_there)
    adw_preferences_group_remove (self->group, self->past);
  self->past_there = FALSE;
  g_ptr_array_set_size (self->rows, 0);
  g_ptr_array_set_size (self->past_rows, 0);
}

static void
look_cb (GtkButton *button)
{
  purser_window_go (GTK_WIDGET (button), "providers", g_object_get_data (G_OBJECT (button), "provider"));
}

static GtkWidget *
make_row (const PurserOrg     *org,
          const PurserTrouble *trouble)
{
  g_autofree char *title = purser_trouble_title (org, trouble), *about = purser_trouble_about (org, trouble);

  return g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", title, "subtitle", about, NULL);
}

static void
add_lasting (PurserGatewayOutages *self,
             const PurserOrg      *org,
             const PurserTrouble  *trouble)
{
  GtkWidget *row = make_row (org, trouble);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  GtkWidget *button = gtk_button_new_with_label (_("Look"));

  gtk_widget_add_css_class (icon, "warning");
  g_object_set (icon, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  g_object_set_data_full (G_OBJECT (button), "provider", g_strdup_printf ("%" G_GINT64_FORMAT, trouble->provider_id), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (look_cb), NULL);
  purser_say_verb (button, _("Look"), adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));
  purser_layout_add_verb (row, button);
  adw_preferences_group_add (self->group, row);
  g_ptr_array_add (self->rows, row);
}

static void
add_past (PurserGatewayOutages *self,
          const PurserOrg      *org,
          GArray               *past)
{
  g_autofree char *title = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u outage ended in the last 7 days", "%u outages ended in the last 7 days", past->len), past->len);

  for (guint i = 0; i < past->len; i++)
    {
      GtkWidget *row = make_row (org, &g_array_index (past, PurserTrouble, i));

      adw_expander_row_add_row (ADW_EXPANDER_ROW (self->past), row);
      g_ptr_array_add (self->past_rows, row);
    }
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->past), title);
  adw_preferences_group_add (self->group, self->past);
  self->past_there = TRUE;
}

/**
 * purser_gateway_outages_show:
 * @self: the part of the page
 * @session: the session
 */
void
purser_gateway_outages_show (PurserGatewayOutages *self,
                             PurserSession        *session)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);
  GPtrArray *outages = purser_outages_get (purser_session_get_outages (session));
  g_autoptr (GArray) lasting = purser_troubles (outages, TRUE);
  g_autoptr (GArray) past = purser_troubles (outages, FALSE);

  clear (self);
  gtk_widget_set_visible (GTK_WIDGET (self), lasting->len + past->len > 0);
  for (guint i = 0; i < lasting->len; i++)
    add_lasting (self, org, &g_array_index (lasting, PurserTrouble, i));
  if (past->len > 0)
    add_past (self, org, past);
}

static void
purser_gateway_outages_dispose (GObject *object)
{
  g_clear_object (&PURSER_GATEWAY_OUTAGES (object)->past);
  G_OBJECT_CLASS (purser_gateway_outages_parent_class)->dispose (object);
}

static void
purser_gateway_outages_finalize (GObject *object)
{
  g_ptr_array_unref (PURSER_GATEWAY_OUTAGES (object)->rows);
  g_ptr_array_unref (PURSER_GATEWAY_OUTAGES (object)->past_rows);
  G_OBJECT_CLASS (purser_gateway_outages_parent_class)->finalize (object);
}

static void
purser_gateway_outages_class_init (PurserGatewayOutagesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = purser_gateway_outages_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_gateway_outages_finalize;
}

static void
purser_gateway_outages_init (PurserGatewayOutages *self)
{
  self->rows = g_ptr_array_new ();
  self->past_rows = g_ptr_array_new ();
  self->past = g_object_ref_sink (g_object_new (ADW_TYPE_EXPANDER_ROW, "use-markup", FALSE, NULL));
  self->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_title (self->group, _("Outages"));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->group));
}
