/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The gateway's settings: where it listens, who may call without a key, what an answered call survives. */

static char *port_text, *address, *certificate, *private_key, *keyless, *durability, *metrics, *on;
static char **keyless_workloads;
static const GOptionEntry SET_OPTIONS[] = {
  { "on", 0, 0, G_OPTION_ARG_STRING, &on, N_("Whether this organisation is served"), "yes|no" },
  { "port", 0, 0, G_OPTION_ARG_STRING, &port_text, N_("Where it listens; 8377 at first"), "N" },
  { "address", 0, 0, G_OPTION_ARG_STRING, &address, N_("127.0.0.1 for this computer alone; anything else needs a certificate"), "ADDRESS" },
  { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &certificate, N_("A PEM file with the certificate and those between it and its authority; none to take it away"), "FILE" },
  { "private-key", 0, 0, G_OPTION_ARG_FILENAME, &private_key, N_("Its private key, a PEM file without a password; none to take it away"), "FILE" },
  { "keyless", 0, 0, G_OPTION_ARG_STRING, &keyless, N_("For whom calls without a key count; none for nobody, then they are refused"), "PRINCIPAL|none" },
  { "keyless-workload", 0, 0, G_OPTION_ARG_STRING_ARRAY, &keyless_workloads, N_("A workload such calls may ask for; may come again"), "WORKLOAD" },
  { "durability", 0, 0, G_OPTION_ARG_STRING, &durability, N_("What a call survives: process, answered (default) or strict"), "WHAT" },
  { "metrics", 0, 0, G_OPTION_ARG_STRING, &metrics, N_("Whether /metrics is served"), "yes|no" },
  { NULL },
};

static JsonArray *
workload_names (const PurserOrg *org)
{
  JsonArray *names = json_array_new ();
  for (guint i = 0; i < org->gateway.n_keyless_workloads; i++)
    {
      const PurserWorkload *workload = purser_org_workload (org, org->gateway.keyless_workloads[i]);
      json_array_add_string_element (names, workload != NULL ? workload->name : _("(removed)"));
    }
  return names;
}

/* As clients write it. */
char *
purser_terminal_gateway_url (const PurserGateway *gateway)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (gateway->address);
  const char *host = inet != NULL && g_inet_address_get_is_any (inet) ? g_get_host_name () : gateway->address; /* 0.0.0.0 is every address of this computer, and none to call */
  gboolean six = strchr (host, ':') != NULL;
  return g_strdup_printf ("%s://%s%s%s:%d", gateway->certificate != NULL ? "https" : "http", six ? "[" : "", host, six ? "]" : "", gateway->port);
}

static JsonObject *
describe (PurserTerminal *terminal)
{
  const PurserGateway *gateway = &terminal->org->gateway;
  const PurserPrincipal *principal = purser_org_principal (terminal->org, gateway->keyless_principal_id);
  g_autofree char *url = purser_terminal_gateway_url (gateway);
  JsonObject *object = json_object_new ();
  json_object_set_boolean_member (object, "on", gateway->enabled);
  json_object_set_string_member (object, "url", url);
  json_object_set_int_member (object, "port", gateway->port);
  json_object_set_string_member (object, "address", gateway->address);
  purser_terminal_set_text (object, "certificate", gateway->certificate);
  purser_terminal_set_text (object, "private_key", gateway->private_key);
  purser_terminal_set_text (object, "keyless", principal != NULL ? principal->name : terminal->json ? NULL : _("nobody"));
  if (terminal->json || gateway->n_keyless_workloads > 0)
    json_object_set_array_member (object, "keyless_workloads", workload_names (terminal->org));
  json_object_set_string_member (object, "durability", purser_durability_id (gateway->durability));
  json_object_set_boolean_member (object, "metrics", gateway->metrics);
  return object;
}

static int
show (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = {
    { "on", N_("Switched on"), PURSER_COLUMN_YESNO },            { "url", N_("Tools call it at"), PURSER_COLUMN_TEXT }, { "certificate", N_("Certificate"), PURSER_COLUMN_TEXT },
    { "private_key", N_("Private key"), PURSER_COLUMN_TEXT },    { "keyless", N_("Calls without a key count for"), PURSER_COLUMN_TEXT },
    { "keyless_workloads", N_("They may ask for"), PURSER_COLUMN_TEXT }, { "durability", N_("Calls survive"), PURSER_COLUMN_TEXT },
    { "metrics", N_("Serves /metrics"), PURSER_COLUMN_YESNO },   { NULL } };
  purser_terminal_print_object (terminal, describe (terminal), COLUMNS);
  return PURSER_EXIT_DONE;
}

/* ------------------------------------------------------------------ set */

static gboolean
read_port (PurserGateway *gateway, GError **error)
{
  gint64 port;
  if (!purser_terminal_count (port_text, &port, error))
    return FALSE;
  if (port_text != NULL)
    gateway->port = (int) MIN (port, G_MAXINT);
  return TRUE;
}

static gboolean
read_durability (PurserGateway *gateway, GError **error)
{
  for (PurserDurability each = 0; durability != NULL && each < PURSER_N_DURABILITIES; each++)
    if (g_str_equal (durability, purser_durability_id (each)))
      {
        gateway->durability = each;
        return TRUE;
      }
  if (durability == NULL)
    return TRUE;
  purser_terminal_refuse (error, _("“%s” is none of process, answered and strict."), durability);
  return FALSE;
}

static gboolean
read_switches (PurserGateway *gateway, GError **error)
{
  int is_on, has_metrics;
  if (!purser_terminal_yes_no (on, &is_on, error) || !purser_terminal_yes_no (metrics, &has_metrics, error))
    return FALSE;
  gateway->enabled = is_on == -1 ? gateway->enabled : is_on;
  gateway->metrics = has_metrics == -1 ? gateway->metrics : has_metrics;
  return TRUE;
}

/* IDS holds the workloads for as long as GATEWAY is used. */
static gboolean
read_keyless (PurserTerminal *terminal, PurserGateway *gateway, GArray *ids, GError **error)
{
  if (keyless != NULL)
    {
      const PurserPrincipal *principal = g_str_equal (keyless, "none") ? NULL : purser_terminal_principal (terminal, keyless, error);
      if (principal == NULL && !g_str_equal (keyless, "none"))
        return FALSE;
      gateway->keyless_principal_id = principal != NULL ? principal->id : 0;
    }
  for (char **name = keyless_workloads; name != NULL && *name != NULL; name++)
    {
      const PurserWorkload *workload = purser_terminal_workload (terminal, *name, error);
      if (workload == NULL)
        return FALSE;
      g_array_append_val (ids, workload->id);
    }
  if (ids->len > 0 && gateway->keyless_principal_id == 0)
    {
      purser_terminal_refuse (error, _("Say for whom calls without a key count: --keyless PRINCIPAL"));
      return FALSE;
    }
  if (ids->len > 0)
    {
      gateway->keyless_workloads = (gint64 *) (void *) ids->data;
      gateway->n_keyless_workloads = ids->len;
    }
  return TRUE;
}

/* "none" takes a file away. */
static char *
file_of (const char *typed, const char *before)
{
  return typed == NULL ? g_strdup (before) : g_str_equal (typed, "none") ? NULL : purser_terminal_path (typed);
}

static int
set (PurserTerminal *terminal, char **arguments, GError **error)
{
  PurserGateway gateway = terminal->org->gateway;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *certificate_path = file_of (certificate, gateway.certificate), *key_path = file_of (private_key, gateway.private_key);
  gateway.certificate = certificate_path;
  gateway.private_key = key_path;
  if (port_text == NULL && address == NULL && certificate == NULL && private_key == NULL && keyless == NULL && keyless_workloads == NULL && durability == NULL && metrics == NULL && on == NULL)
    return purser_terminal_refuse (error, _("Say what is to change; purserctl gateway set --help lists the settings."));
  if (address != NULL)
    gateway.address = address;
  if (!read_port (&gateway, error) || !read_durability (&gateway, error) || !read_switches (&gateway, error) || !read_keyless (terminal, &gateway, ids, error))
    return PURSER_EXIT_FAILED;
  return purser_terminal_run (terminal, purser_command_set_gateway (&gateway),
                              gateway.enabled ? _("The settings are kept. purserctl gateway start starts the gateway where it does not run yet.")
                                              : _("The settings are kept. This organisation's gateway is switched off: purserctl gateway start switches it on."),
                              error);
}

const PurserVerb purser_verbs_gateway_settings[] = {
  { "gateway", "show", "", 0, 0, N_("The gateway's settings"), TRUE, NULL, show },
  { "gateway", "set", "[--on yes|no] [--port N] [--address A] [--certificate FILE] [--private-key FILE] [--keyless PRINCIPAL|none] [--keyless-workload WORKLOAD]… [--durability process|answered|strict] [--metrics yes|no]",
    0, 0, N_("Change the gateway's settings"), TRUE, SET_OPTIONS, set },
  { NULL },
};
