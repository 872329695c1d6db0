/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-gateway-foot.h"

#include <glib/gi18n-lib.h>
#include "purser-gateway-state.h"

struct _PurserGatewayFoot
{
  AdwBin         parent_instance;

  PurserSession *session; /* (owned) (nullable) */
  GtkWidget     *button, *dot;
  GtkLabel      *label;
};

G_DEFINE_FINAL_TYPE (PurserGatewayFoot, purser_gateway_foot, ADW_TYPE_BIN)

static void
show (PurserGatewayFoot *self)
{
  PurserGatewayState state = purser_gateway_state_of (self->session);
  g_autofree char *words = purser_gateway_foot_words (&state);
  const char *style = state.mood == PURSER_GATEWAY_ON ? "on" : state.mood == PURSER_GATEWAY_OFF || state.mood == PURSER_GATEWAY_STARTING ? "off" : "trouble";

  gtk_label_set_label (self->label, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_set_css_classes (self->dot, (const char *[]) { "purser-dot", style, NULL });
}

static void
clicked_cb (PurserGatewayFoot *self)
{
  purser_window_go (GTK_WIDGET (self), "gateway", NULL);
}

static void
forget_session (PurserGatewayFoot *self)
{
  if (self->session == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->session, self);
  g_signal_handlers_disconnect_by_data (purser_session_get_control (self->session), self);
  g_clear_object (&self->session);
}

static void
purser_gateway_foot_dispose (GObject *object)
{
  forget_session (PURSER_GATEWAY_FOOT (object));
  G_OBJECT_CLASS (purser_gateway_foot_parent_class)->dispose (object);
}

static void
purser_gateway_foot_class_init (PurserGatewayFootClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = purser_gateway_foot_dispose;
}

static void
purser_gateway_foot_init (PurserGatewayFoot *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 16);

  self->dot = g_object_new (ADW_TYPE_BIN, "valign", GTK_ALIGN_CENTER, "margin-start", 4, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  self->label = g_object_new (GTK_TYPE_LABEL, "xalign", 0., "hexpand", TRUE, "wrap", TRUE, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "dimmed");
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "numeric");
  gtk_box_append (GTK_BOX (box), self->dot);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->label));
  self->button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->button), box);
  gtk_widget_set_tooltip_text (self->button, _("To the gateway"));
  gtk_widget_add_css_class (self->button, "flat");
  gtk_widget_add_css_class (self->button, "purser-foot");
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (clicked_cb), self);
  adw_bin_set_child (ADW_BIN (self), self->button);
}

void
purser_gateway_foot_set_session (PurserGatewayFoot *self,
                                 PurserSession     *session)
{
  forget_session (self);
  if (session == NULL)
    return;
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "org-changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (purser_session_get_control (session), "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
}
