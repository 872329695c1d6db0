/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-gateway-settings.h"

#include <glib/gi18n-lib.h>
#include "purser-layout.h"
#include "purser-say.h"
#include "purser-settings.h"

struct _PurserGatewaySettings
{
  AdwBin          parent_instance;

  PurserSession  *session;  /* (owned) (nullable) */
  gboolean        filling;  /* the rows are being set, not used */
  guint           late;     /* source of a port that is still being turned */
  GPtrArray      *checks;   /* (element-type AdwSwitchRow) not owned: one for each workload, in its order */
  AdwSpinRow     *port_row;
  AdwSwitchRow   *autostart_row, *metrics_row;
  AdwComboRow    *keyless_who_row;
  AdwExpanderRow *keyless_row, *durability_row;
  GtkCheckButton *durability_checks[PURSER_N_DURABILITIES];
  AdwActionRow   *address_row;
};

G_DEFINE_FINAL_TYPE (PurserGatewaySettings, purser_gateway_settings, ADW_TYPE_BIN)

static guint autostart_signal;

#define PORT_DELAY_MS 800
#define MIN_PORT 1024

static const struct { const char *title, *about; } durabilities[] =
{
  [PURSER_SURVIVES_KILL] = { N_("A stopped program"), N_("Fastest. A power cut may lose the last moments, never what a stopped program had counted.") },
  [PURSER_SURVIVES_POWER] = { N_("A power cut"), N_("A call that was answered is counted, even when the power fails right after.") },
  [PURSER_SURVIVES_STRICT] = { N_("A power cut in mid-call"), N_("Slower. Calls that were still running when the power failed are known too.") },
};

/* --- changes --- */

static void
run (PurserGatewaySettings *self,
     const PurserGateway   *wanted,
     const char            *done)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);

  purser_session_run (self->session, GTK_WIDGET (self), purser_command_set_gateway (wanted), done, purser_command_set_gateway (&org->gateway), NULL, NULL);
}

static void
port_settled_cb (gpointer user_data)
{
  PurserGatewaySettings *self = user_data;
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  PurserGateway wanted = org->gateway;

  self->late = 0;
  wanted.port = (int) adw_spin_row_get_value (self->port_row);
  if (wanted.port != org->gateway.port)
    run (self, &wanted, _("Port changed"));
}

static void
port_cb (PurserGatewaySettings *self)
{
  if (self->filling)
    return;
  g_clear_handle_id (&self->late, g_source_remove);
  self->late = g_timeout_add_once (PORT_DELAY_MS, port_settled_cb, self);
}

static void
autostart_cb (PurserGatewaySettings *self)
{
  gboolean on = adw_switch_row_get_active (self->autostart_row);

  if (self->filling)
    return;
  purser_settings_set_autostart (on);
  g_signal_emit (self, autostart_signal, 0, on);
}

static void
metrics_cb (PurserGatewaySettings *self)
{
  g_autoptr (PurserOrg) org = NULL;
  PurserGateway wanted;

  if (self->filling)
    return;
  org = purser_session_get_org (self->session);
  wanted = org->gateway;
  wanted.metrics = adw_switch_row_get_active (self->metrics_row);
  run (self, &wanted, wanted.metrics ? _("Figures for monitoring are given") : _("Figures for monitoring are no longer given"));
}

static void
durability_cb (PurserGatewaySettings *self)
{
  g_autoptr (PurserOrg) org = NULL;
  PurserGateway wanted;

  if (self->filling)
    return;
  org = purser_session_get_org (self->session);
  wanted = org->gateway;
  for (guint i = 0; i < PURSER_N_DURABILITIES; i++)
    if (gtk_check_button_get_active (self->durability_checks[i]))
      wanted.durability = i;
  if (wanted.durability != org->gateway.durability)
    run (self, &wanted, _("Changed"));
}

/* The workloads whose rows are on; ids as they are in ORG. */
static GArray *
chosen_workloads (PurserGatewaySettings *self,
                  const PurserOrg       *org)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < self->checks->len && i < org->workloads->len; i++)
    if (adw_switch_row_get_active (g_ptr_array_index (self->checks, i)))
      g_array_append_val (ids, ((const PurserWorkload *) g_ptr_array_index (org->workloads, i))->id);
  return ids;
}

static void
keyless_cb (PurserGatewaySettings *self)
{
  g_autoptr (PurserOrg) org = NULL;
  g_autoptr (GArray) ids = NULL;
  PurserGateway wanted;
  guint who;

  if (self->filling)
    return;
  org = purser_session_get_org (self->session);
  ids = chosen_workloads (self, org);
  who = adw_combo_row_get_selected (self->keyless_who_row);
  wanted = org->gateway;
  wanted.keyless_principal_id = 0;
  if (adw_expander_row_get_enable_expansion (self->keyless_row) && who < org->principals->len)
    wanted.keyless_principal_id = ((const PurserPrincipal *) g_ptr_array_index (org->principals, who))->id;
  if (wanted.keyless_principal_id != 0 && ids->len == 0 && org->gateway.keyless_principal_id == 0 && org->workloads->len > 0)
    g_array_append_val (ids, ((const PurserWorkload *) g_ptr_array_index (org->workloads, 0))->id); /* just switched on: something to begin with */
  wanted.keyless_workloads = ids->len > 0 ? (gint64 *) ids->data : NULL;
  wanted.n_keyless_workloads = ids->len;
  run (self, &wanted, wanted.keyless_principal_id != 0 ? _("Programs without a key are allowed") : _("Programs without a key are refused"));
}

static void
change_address_cb (PurserGatewaySettings *self)
{
  purser_gateway_address_present (GTK_WIDGET (self), self->session);
}

/* --- what is shown --- */

static gboolean
keyless_may (const PurserGateway *gateway,
             gint64               workload_id)
{
  for (guint i = 0; i < gateway->n_keyless_workloads; i++)
    if (gateway->keyless_workloads[i] == workload_id)
      return TRUE;
  return FALSE;
}

/* A row for each workload; those that are there stay, and keep the focus. */
static void
show_checks (PurserGatewaySettings *self,
             const PurserOrg       *org)
{
  while (self->checks->len > org->workloads->len)
    {
      adw_expander_row_remove (self->keyless_row, g_ptr_array_index (self->checks, self->checks->len - 1));
      g_ptr_array_remove_index (self->checks, self->checks->len - 1);
    }
  for (guint i = 0; i < org->workloads->len; i++)
    {
      const PurserWorkload *workload = g_ptr_array_index (org->workloads, i);
      GtkWidget *row;

      if (i == self->checks->len)
        {
          row = g_object_new (ADW_TYPE_SWITCH_ROW, "use-markup", FALSE, NULL);
          g_signal_connect_swapped (row, "notify::active", G_CALLBACK (keyless_cb), self);
          adw_expander_row_add_row (self->keyless_row, row);
          g_ptr_array_add (self->checks, row);
        }
      row = g_ptr_array_index (self->checks, i);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), purser_workload_title (workload));
      adw_switch_row_set_active (ADW_SWITCH_ROW (row), keyless_may (&org->gateway, workload->id));
    }
}

static void
show_keyless (PurserGatewaySettings *self,
              const PurserOrg       *org)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint selected = 0;

  for (guint i = 0; i < org->principals->len; i++)
    {
      const PurserPrincipal *principal = g_ptr_array_index (org->principals, i);

      gtk_string_list_append (names, principal->name);
      if (principal->id == org->gateway.keyless_principal_id)
        selected = i;
    }
  adw_combo_row_set_model (self->keyless_who_row, G_LIST_MODEL (names));
  adw_combo_row_set_selected (self->keyless_who_row, selected);
  show_checks (self, org);
  adw_expander_row_set_enable_expansion (self->keyless_row, org->gateway.keyless_principal_id != 0);
  gtk_widget_set_sensitive (GTK_WIDGET (self->keyless_row), org->principals->len > 0);
  adw_expander_row_set_subtitle (self->keyless_row, org->principals->len > 0
                                                      ? _("As Ollama’s front ends. Whatever runs on this computer could then ask, without telling who it is.")
                                                      : _("Add a person or an agent first: somebody must stand for such calls."));
}

static void
show_address (PurserGatewaySettings *self,
              const PurserGateway   *gateway)
{
  g_autoptr (GInetAddress) parsed = gateway->address != NULL ? g_inet_address_new_from_string (gateway->address) : NULL;
  gboolean here = parsed == NULL || g_inet_address_get_is_loopback (parsed);
  g_autofree char *words = here ? g_strdup_printf (_("Only programs on this computer (%s)"), gateway->address)
                                : g_strdup_printf (_("Other computers too, at %s, over a secure connection"), gateway->address);

  adw_action_row_set_subtitle (self->address_row, words);
}

/**
 * purser_gateway_settings_show:
 * @self: the part of the page
 * @session: the session
 */
void
purser_gateway_settings_show (PurserGatewaySettings *self,
                              PurserSession         *session)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);

  g_set_object (&self->session, session);
  self->filling = TRUE;
  if (self->late == 0)
    adw_spin_row_set_value (self->port_row, org->gateway.port);
  adw_switch_row_set_active (self->autostart_row, purser_settings_get_autostart ());
  adw_switch_row_set_active (self->metrics_row, org->gateway.metrics);
  gtk_check_button_set_active (self->durability_checks[org->gateway.durability], TRUE);
  adw_expander_row_set_subtitle (self->durability_row, _(durabilities[org->gateway.durability].title));
  show_keyless (self, org);
  show_address (self, &org->gateway);
  self->filling = FALSE;
}

void
purser_gateway_settings_focus_port (PurserGatewaySettings *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->port_row));
}

/* --- object --- */

static void
change_address_action (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  change_address_cb (PURSER_GATEWAY_SETTINGS (widget));
}

static void
purser_gateway_settings_dispose (GObject *object)
{
  PurserGatewaySettings *self = PURSER_GATEWAY_SETTINGS (object);

  g_clear_handle_id (&self->late, g_source_remove);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_gateway_settings_parent_class)->dispose (object);
}

static void
purser_gateway_settings_finalize (GObject *object)
{
  g_ptr_array_unref (PURSER_GATEWAY_SETTINGS (object)->checks);
  G_OBJECT_CLASS (purser_gateway_settings_parent_class)->finalize (object);
}

static void
purser_gateway_settings_class_init (PurserGatewaySettingsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = purser_gateway_settings_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_gateway_settings_finalize;
  autostart_signal = g_signal_new ("autostart", PURSER_TYPE_GATEWAY_SETTINGS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "gateway.address", NULL, change_address_action);
}

static AdwSwitchRow *
make_switch (PurserGatewaySettings *self,
             const char            *title,
             const char            *subtitle,
             GCallback              callback)
{
  GtkWidget *row = g_object_new (ADW_TYPE_SWITCH_ROW, "use-markup", FALSE, "title", title, "subtitle", subtitle, NULL);

  g_signal_connect_swapped (row, "notify::active", callback, self);
  return ADW_SWITCH_ROW (row);
}

/* One of three, each with what it means. */
static void
make_durability (PurserGatewaySettings *self)
{
  self->durability_row = g_object_new (ADW_TYPE_EXPANDER_ROW, "use-markup", FALSE, "title", _("Counted calls survive"), NULL);
  for (guint i = 0; i < PURSER_N_DURABILITIES; i++)
    {
      GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", _(durabilities[i].title), "subtitle", _(durabilities[i].about), NULL);
      GtkWidget *check = gtk_check_button_new ();

      gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
      gtk_check_button_set_group (GTK_CHECK_BUTTON (check), i > 0 ? self->durability_checks[0] : NULL);
      gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, _(durabilities[i].title), -1);
      adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
      adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
      adw_expander_row_add_row (self->durability_row, row);
      self->durability_checks[i] = GTK_CHECK_BUTTON (check);
      g_signal_connect_swapped (check, "toggled", G_CALLBACK (durability_cb), self);
    }
}

static void
make_keyless (PurserGatewaySettings *self)
{
  self->keyless_row = g_object_new (ADW_TYPE_EXPANDER_ROW, "use-markup", FALSE, "title", _("Programs that send no key"), "show-enable-switch", TRUE, "enable-expansion", FALSE, NULL);
  self->keyless_who_row = g_object_new (ADW_TYPE_COMBO_ROW, "use-markup", FALSE, "title", _("Counted for"), NULL);
  adw_expander_row_add_row (self->keyless_row, GTK_WIDGET (self->keyless_who_row));
  g_signal_connect_swapped (self->keyless_row, "notify::enable-expansion", G_CALLBACK (keyless_cb), self);
  g_signal_connect_swapped (self->keyless_who_row, "notify::selected", G_CALLBACK (keyless_cb), self);
}

static void
make_address (PurserGatewaySettings *self)
{
  GtkWidget *button = gtk_button_new_with_label (_("Change…"));

  self->address_row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", _("Who can reach it"), NULL);
  purser_say_verb (button, _("Change"), _("Who can reach it"));
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (change_address_cb), self);
  purser_layout_add_verb (GTK_WIDGET (self->address_row), button);
}

static void
purser_gateway_settings_init (PurserGatewaySettings *self)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  self->checks = g_ptr_array_new ();
  self->filling = TRUE;
  adw_preferences_group_set_title (group, _("Settings"));
  self->port_row = ADW_SPIN_ROW (adw_spin_row_new (gtk_adjustment_new (8377, MIN_PORT, 65535, 1, 10, 0), 1, 0));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->port_row), _("Port"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->port_row), _("The number at the end of the address; another one where this is taken"));
  g_signal_connect_swapped (self->port_row, "notify::value", G_CALLBACK (port_cb), self);
  self->autostart_row = make_switch (self, _("Start with the session"), _("It then runs whenever you are logged in, without this window"), G_CALLBACK (autostart_cb));
  self->metrics_row = make_switch (self, _("Figures for monitoring"), _("Counts and times for Prometheus, at /metrics; nothing of what is asked or answered"), G_CALLBACK (metrics_cb));
  make_durability (self);
  make_keyless (self);
  make_address (self);
  adw_preferences_group_add (group, GTK_WIDGET (self->port_row));
  adw_preferences_group_add (group, GTK_WIDGET (self->autostart_row));
  adw_preferences_group_add (group, GTK_WIDGET (self->keyless_row));
  adw_preferences_group_add (group, GTK_WIDGET (self->address_row));
  adw_preferences_group_add (group, GTK_WIDGET (self->durability_row));
  adw_preferences_group_add (group, GTK_WIDGET (self->metrics_row));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (group));
  self->filling = FALSE;
}
