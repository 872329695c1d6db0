/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-gateway-page.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include "purser-call-page.h"
#include "purser-call-words.h"
#include "purser-gateway-calls.h"
#include "purser-gateway-connect.h"
#include "purser-gateway-outages.h"
#include "purser-gateway-settings.h"
#include "purser-gateway-state.h"
#include "purser-layout.h"
#include "purser-provider-problem.h"
#include "purser-settings.h"

struct _PurserGatewayPage
{
  AdwNavigationPage      parent_instance;

  PurserSession         *session;     /* (owned) */
  GCancellable          *cancellable; /* (owned): ends with the page */
  gboolean               filling;     /* the switch is being set, not used */
  gboolean               asking;      /* the gateway is being asked to look again */
  guint                  settle;      /* source: a gateway that was just asked has a moment to come */
  char                  *trouble;     /* (owned) (nullable): why it could not be started */
  char                  *url;         /* (owned) (nullable): that the lines to paste have */
  char                  *known;       /* (owned) (nullable): the settings that the gateway was told of */
  GtkWidget             *box, *off, *head;
  GtkLabel              *finding, *remark;
  AdwSwitchRow          *switch_row;
  GtkWidget             *retry_row, *port_row;
  PurserProviderProblem *problem, *notice;
  PurserGatewayOutages  *outages;
  PurserGatewayConnect  *connect;
  PurserGatewayCalls    *calls;
  PurserGatewaySettings *settings;
};

static void page_init (PurserPageInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (PurserGatewayPage, purser_gateway_page, ADW_TYPE_NAVIGATION_PAGE,
                               G_IMPLEMENT_INTERFACE (PURSER_TYPE_PAGE, page_init))

#define SETTLE_MS 1500

/* --- what is shown --- */

/* What stands in the way, with what to do, or NULL. */
static char *
problem_words (PurserGatewayPage        *self,
               const PurserGatewayState *state)
{
  if (state->mood == PURSER_GATEWAY_REFUSED)
    return g_strdup (state->served->problem);
  if (state->mood != PURSER_GATEWAY_STOPPED || self->settle != 0 || self->asking)
    return NULL;
  if (self->trouble != NULL)
    return g_strdup (self->trouble);
  return g_strdup (_("It is switched on, but no gateway is running on this computer. Calls of tools fail until it is started."));
}

static void
say_finding (PurserGatewayPage        *self,
             const PurserGatewayState *state,
             const char               *zone)
{
  GArray *troubles = purser_troubles (purser_outages_get (purser_session_get_outages (self->session)), TRUE);
  gboolean settling = state->mood == PURSER_GATEWAY_STARTING || (state->mood == PURSER_GATEWAY_STOPPED && (self->settle != 0 || self->asking));
  const char *finding = _("The gateway is not running");
  g_autofree char *remark = NULL;

  if (state->mood == PURSER_GATEWAY_ON)
    {
      finding = troubles->len > 0 ? _("The gateway is on, and works around an outage") : _("The gateway is on");
      remark = purser_gateway_since_words (state, zone);
    }
  else if (settling)
    finding = _("The gateway is starting");
  else if (state->mood == PURSER_GATEWAY_REFUSED)
    finding = _("The gateway cannot start");
  gtk_label_set_label (self->finding, finding);
  gtk_label_set_label (self->remark, remark != NULL ? remark : "");
  gtk_widget_set_visible (GTK_WIDGET (self->remark), remark != NULL);
  g_array_unref (troubles);
}

static void
show (PurserGatewayPage *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  PurserGatewayState state = purser_gateway_state_of (self->session);
  g_autofree char *problem = problem_words (self, &state);

  self->filling = TRUE;
  adw_switch_row_set_active (self->switch_row, org->gateway.enabled);
  self->filling = FALSE;
  gtk_widget_set_visible (self->off, state.mood == PURSER_GATEWAY_OFF);
  gtk_widget_set_visible (self->head, state.mood != PURSER_GATEWAY_OFF);
  say_finding (self, &state, org->timezone);
  purser_provider_problem_set (self->problem, NULL, problem);
  gtk_widget_set_visible (self->retry_row, problem != NULL);
  gtk_widget_set_visible (self->port_row, state.mood == PURSER_GATEWAY_REFUSED);
  gtk_widget_set_visible (GTK_WIDGET (self->connect), state.mood == PURSER_GATEWAY_ON);
  gtk_widget_set_visible (GTK_WIDGET (self->calls), state.mood != PURSER_GATEWAY_OFF);
  if (state.mood == PURSER_GATEWAY_ON && g_set_str (&self->url, state.served->url))
    purser_gateway_connect_show (self->connect, self->session, self->url);
}

static void
show_outages (PurserGatewayPage *self)
{
  purser_gateway_outages_show (self->outages, self->session);
  show (self);
}

/* What depends on the configuration too. */
static void
show_all (PurserGatewayPage *self)
{
  g_clear_pointer (&self->url, g_free);
  purser_gateway_settings_show (self->settings, self->session);
  show_outages (self);
}

/* --- telling the gateway --- */

static void
settled_cb (gpointer user_data)
{
  PurserGatewayPage *self = user_data;

  self->settle = 0;
  show (self);
}

static void
refreshed_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (PurserGatewayPage) self = user_data;
  g_autoptr (GError) error = NULL;

  purser_control_refresh_finish (PURSER_CONTROL (object), result, &error);
  self->asking = FALSE;
  if (self->session == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_set_str (&self->trouble, error != NULL ? error->message : NULL);
  if (error == NULL && self->settle == 0)
    self->settle = g_timeout_add_once (SETTLE_MS, settled_cb, self);
  show (self);
}

static void
refresh (PurserGatewayPage *self)
{
  if (self->asking)
    return;
  self->asking = TRUE;
  g_clear_pointer (&self->trouble, g_free);
  purser_control_refresh_async (purser_session_get_control (self->session), self->cancellable, refreshed_cb, g_object_ref (self));
}

static void
autostart_done_cb (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (PurserGatewayPage) self = user_data;
  g_autofree char *words = NULL;

  purser_autostart_set_finish (result, &words);
  if (self->session != NULL)
    purser_provider_problem_hint (self->notice, words);
}

/* One process serves every organisation: it starts with the session for as long as any of them is switched on. */
static gboolean
others_are_served (PurserGatewayPage *self)
{
  GPtrArray *served = purser_control_get_served (purser_session_get_control (self->session));
  gboolean others = FALSE;

  for (guint i = 0; i < served->len; i++)
    others |= g_strcmp0 (((const PurserServedState *) g_ptr_array_index (served, i))->file, purser_store_get_path (purser_session_get_store (self->session))) != 0;
  g_ptr_array_unref (served);
  return others;
}

static void
set_autostart (PurserGatewayPage *self,
               gboolean           enabled)
{
  gboolean on = purser_settings_get_autostart () && enabled;

  if (!enabled && others_are_served (self))
    return;
  purser_provider_problem_hint (self->notice, NULL);
  purser_autostart_set_async (on, "", self->cancellable, autostart_done_cb, g_object_ref (self));
}

static void
autostart_cb (PurserGatewayPage *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);

  if (org->gateway.enabled)
    set_autostart (self, TRUE);
}

/* --- verbs --- */

static void
switch_done_cb (GtkWidget           *origin,
                const PurserOutcome *outcome,
                const GError        *error,
                gpointer             user_data)
{
  PurserGatewayPage *self = PURSER_GATEWAY_PAGE (origin);

  if (outcome == NULL)
    show (self); /* the switch goes back to what is so */
}

static void
switched_cb (PurserGatewayPage *self)
{
  gboolean on = adw_switch_row_get_active (self->switch_row);

  if (self->filling)
    return;
  purser_session_run (self->session, GTK_WIDGET (self), purser_command_switch_gateway (on), on ? _("The gateway is switched on") : _("The gateway is switched off"),
                      purser_command_switch_gateway (!on), switch_done_cb, NULL);
}

static void
retry_cb (PurserGatewayPage *self)
{
  refresh (self);
  show (self);
}

static void
port_cb (PurserGatewayPage *self)
{
  purser_gateway_settings_focus_port (self->settings);
}

static void
refresh_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  PurserGatewayPage *self = PURSER_GATEWAY_PAGE (widget);
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);

  if (org->gateway.enabled)
    refresh (self);
  purser_gateway_calls_reload (self->calls);
  show (self);
}

static void
show_detail (PurserPage *page,
             const char *detail)
{
  PurserGatewayPage *self = PURSER_GATEWAY_PAGE (page);
  gint64 id;

  if (g_str_has_prefix (detail, "call:") && g_ascii_string_to_signed (detail + strlen ("call:"), 10, 1, G_MAXINT64, &id, NULL))
    purser_window_push (GTK_WIDGET (self), purser_call_page_new (self->session, id));
}

static void
page_init (PurserPageInterface *iface)
{
  iface->show_detail = show_detail;
}

/* --- news --- */

/* Everything that the gateway must know of, as one text to compare. */
static char *
settings_digest (const PurserGateway *gateway)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (text, "%d %d %s %s %s %" G_GINT64_FORMAT " %d %d", gateway->enabled, gateway->port, gateway->address, gateway->certificate, gateway->private_key,
                   gateway->keyless_principal_id, gateway->durability, gateway->metrics);
  for (guint i = 0; i < gateway->n_keyless_workloads; i++)
    g_string_append_printf (text, " %" G_GINT64_FORMAT, gateway->keyless_workloads[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Whoever changed it, this page or Undo: the gateway looks again, and the desktop starts it or no longer. */
static void
org_changed_cb (PurserGatewayPage *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  g_autofree char *digest = settings_digest (&org->gateway);
  gboolean switched = self->known != NULL && self->known[0] != digest[0];

  if (self->known != NULL && !g_str_equal (self->known, digest)
      && (org->gateway.enabled || purser_control_is_running (purser_session_get_control (self->session))))
    refresh (self);
  if (switched)
    set_autostart (self, org->gateway.enabled);
  g_set_str (&self->known, digest);
  show_all (self);
}

static void
narrow_cb (PurserGatewayPage *self)
{
  purser_layout_narrow (self->box);
  purser_gateway_calls_set_narrow (self->calls, TRUE);
}

static void
wide_cb (PurserGatewayPage *self)
{
  purser_layout_wide (self->box);
  purser_gateway_calls_set_narrow (self->calls, FALSE);
}

/* --- object --- */

static void
purser_gateway_page_dispose (GObject *object)
{
  PurserGatewayPage *self = PURSER_GATEWAY_PAGE (object);

  g_clear_handle_id (&self->settle, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_gateway_page_parent_class)->dispose (object);
}

static void
purser_gateway_page_finalize (GObject *object)
{
  PurserGatewayPage *self = PURSER_GATEWAY_PAGE (object);

  g_clear_object (&self->cancellable);
  g_free (self->trouble);
  g_free (self->known);
  g_free (self->url);
  G_OBJECT_CLASS (purser_gateway_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-gateway-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserGatewayPage, box);
  gtk_widget_class_bind_template_child (widget_class, PurserGatewayPage, off);
  gtk_widget_class_bind_template_child (widget_class, PurserGatewayPage, head);
  gtk_widget_class_bind_template_child (widget_class, PurserGatewayPage, finding);
  gtk_widget_class_bind_template_child (widget_class, PurserGatewayPage, remark);
  gtk_widget_class_bind_template_child (widget_class, PurserGatewayPage, switch_row);
  gtk_widget_class_bind_template_child (widget_class, PurserGatewayPage, retry_row);
  gtk_widget_class_bind_template_child (widget_class, PurserGatewayPage, port_row);
  gtk_widget_class_bind_template_child (widget_class, PurserGatewayPage, problem);
  gtk_widget_class_bind_template_child (widget_class, PurserGatewayPage, notice);
  gtk_widget_class_bind_template_child (widget_class, PurserGatewayPage, outages);
  gtk_widget_class_bind_template_child (widget_class, PurserGatewayPage, connect);
  gtk_widget_class_bind_template_child (widget_class, PurserGatewayPage, calls);
  gtk_widget_class_bind_template_child (widget_class, PurserGatewayPage, settings);
  gtk_widget_class_bind_template_callback (widget_class, switched_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_bind_template_callback (widget_class, port_cb);
  gtk_widget_class_bind_template_callback (widget_class, autostart_cb);
  gtk_widget_class_bind_template_callback (widget_class, narrow_cb);
  gtk_widget_class_bind_template_callback (widget_class, wide_cb);
}

static void
purser_gateway_page_class_init (PurserGatewayPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_gateway_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_gateway_page_finalize;
  g_type_ensure (PURSER_TYPE_PROVIDER_PROBLEM);
  g_type_ensure (PURSER_TYPE_GATEWAY_OUTAGES);
  g_type_ensure (PURSER_TYPE_GATEWAY_CONNECT);
  g_type_ensure (PURSER_TYPE_GATEWAY_CALLS);
  g_type_ensure (PURSER_TYPE_GATEWAY_SETTINGS);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "page.refresh", NULL, refresh_action);
}

static void
purser_gateway_page_init (PurserGatewayPage *self)
{
  self->cancellable = g_cancellable_new ();
  self->filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_gateway_page_new:
 * @session: the session
 *
 * Returns: (transfer floating): the page
 */
AdwNavigationPage *
purser_gateway_page_new (PurserSession *session)
{
  PurserGatewayPage *self = g_object_new (PURSER_TYPE_GATEWAY_PAGE, NULL);

  self->session = g_object_ref (session);
  purser_gateway_calls_set_session (self->calls, session);
  self->settle = g_timeout_add_once (SETTLE_MS, settled_cb, self); /* what runs is known in a moment */
  org_changed_cb (self);
  g_signal_connect_object (session, "org-changed", G_CALLBACK (org_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (purser_session_get_control (session), "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (purser_session_get_outages (session), "changed", G_CALLBACK (show_outages), self, G_CONNECT_SWAPPED);
  return ADW_NAVIGATION_PAGE (self);
}
