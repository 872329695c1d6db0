/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal-price.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-control.h"

/* Is the gateway running, and does it serve this organisation: switched in the file, told and asked over the session bus. */

enum
{
  SERVE_MS = 10000, /* how long the gateway may take to open the file and to listen … */
  FOLLOW_MS = 3000, /* … and to see that it is switched off */
  LOOK_MS = 300,    /* between two looks */
  REACH_S = 2
};

/* --- Waiting --- */

static gboolean
late_cb (gpointer late)
{
  *(gboolean *) late = TRUE;
  return G_SOURCE_REMOVE;
}

typedef gboolean (*Settled) (PurserTerminal *terminal, PurserControl *control);

static const PurserServedState *
state_of (PurserTerminal *terminal, PurserControl *control)
{
  g_autofree char *file = g_canonicalize_filename (purser_store_get_path (terminal->store), NULL);
  return purser_control_get_state (control, file);
}

static gboolean
is_settled (PurserTerminal *terminal, PurserControl *control)
{
  const PurserServedState *state = state_of (terminal, control);
  return state != NULL && (state->url != NULL || state->problem != NULL);
}

static gboolean
is_out (PurserTerminal *terminal, PurserControl *control)
{
  const PurserServedState *state = state_of (terminal, control);
  return !purser_control_is_running (control) || state == NULL || state->url == NULL;
}

static gboolean
look (PurserControl *control, GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  purser_control_look_async (control, NULL, purser_terminal_take_cb, &result);
  purser_terminal_wait (&result);
  return purser_control_look_finish (control, result, error);
}

/* What the gateway tells of itself comes as signals; where one is missed, asking again now and then finds it out. */
static gboolean
wait_until (PurserTerminal *terminal, PurserControl *control, guint ms, Settled settled)
{
  gint64 end = g_get_monotonic_time () + (gint64) ms * 1000;
  while (!settled (terminal, control) && g_get_monotonic_time () < end)
    {
      gboolean late = FALSE;
      guint timer = g_timeout_add (LOOK_MS, late_cb, &late);
      while (!late && !settled (terminal, control))
        g_main_context_iteration (NULL, TRUE);
      if (!late)
        g_source_remove (timer);
      else if (!look (control, NULL))
        return FALSE;
    }
  return settled (terminal, control);
}

static gboolean
refresh (PurserControl *control, GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  purser_control_refresh_async (control, NULL, purser_terminal_take_cb, &result);
  purser_terminal_wait (&result);
  return purser_control_refresh_finish (control, result, error);
}

/* What the desktop says to a start with the session is news, never a failure. */
static void
set_autostart (PurserTerminal *terminal, gboolean on)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autofree char *words = NULL;
  purser_autostart_set_async (on, "", NULL, purser_terminal_take_cb, &result);
  purser_terminal_wait (&result);
  purser_autostart_set_finish (result, &words);
  if (words != NULL)
    g_printerr ("%s\n", words);
}

static gboolean
switch_to (PurserTerminal *terminal, gboolean on, GError **error)
{
  if (terminal->org->gateway.enabled == on)
    return TRUE;
  g_autoptr(PurserOutcome) outcome = purser_admin_run (terminal->admin, purser_command_switch_gateway (on), error);
  return outcome != NULL;
}

/* --- Does anybody answer at its address? --- */

static gboolean
answers (GSocketConnection *connection)
{
  static const char REQUEST[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                    GOOD[] = "HTTP/1.1 200";
  char reply[sizeof GOOD - 1] = "";
  gsize n = 0;
  return g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), REQUEST,
                                    sizeof REQUEST - 1, NULL, NULL, NULL)
         && g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)), reply, sizeof reply, &n,
                                     NULL, NULL)
         && n == sizeof reply && memcmp (reply, GOOD, sizeof reply) == 0;
}

/* With a certificate, only whether the port is open: its name need not be that of this computer. */
static gboolean
is_reachable (const PurserGateway *gateway)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GInetAddress) inet = g_inet_address_new_from_string (gateway->address);
  g_autofree char *loopback = NULL;
  if (inet != NULL && g_inet_address_get_is_any (inet))
    {
      g_autoptr(GInetAddress) own = g_inet_address_new_loopback (g_inet_address_get_family (inet));
      loopback = g_inet_address_to_string (own);
    }
  g_socket_client_set_timeout (client, REACH_S);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_autoptr(GSocketConnection) connection =
      g_socket_client_connect_to_host (client, loopback != NULL ? loopback : gateway->address, (guint16) gateway->port,
                                       NULL, NULL);
  return connection != NULL && (gateway->certificate != NULL || answers (connection));
}

/* --- The verbs --- */

static JsonObject *
describe (PurserTerminal *terminal, PurserControl *control, gboolean asked)
{
  const PurserServedState *state = state_of (terminal, control);
  const PurserGateway *gateway = &terminal->org->gateway;
  g_autofree char *url = purser_terminal_gateway_url (gateway);
  JsonObject *object = json_object_new ();
  json_object_set_boolean_member (object, "on", gateway->enabled);
  if (asked)
    json_object_set_boolean_member (object, "running", purser_control_is_running (control));
  else
    json_object_set_null_member (object, "running");
  json_object_set_boolean_member (object, "served", state != NULL && state->url != NULL);
  json_object_set_string_member (object, "url", state != NULL && state->url != NULL ? state->url : url);
  json_object_set_boolean_member (object, "reachable", is_reachable (gateway));
  purser_terminal_set_text (object, "problem", state != NULL ? state->problem : NULL);
  if (state == NULL || state->url == NULL)
    return object;
  json_object_set_int_member (object, "since_us", state->since);
  json_object_set_int_member (object, "calls_running", state->calls_running);
  json_object_set_int_member (object, "calls_done", (gint64) MIN (state->calls_done, (guint64) G_MAXINT64));
  return object;
}

static void
print_state (PurserTerminal *terminal, PurserControl *control, gboolean asked)
{
  static const PurserColumn COLUMNS[] = { { "on", N_("Switched on"), PURSER_COLUMN_YESNO },
                                          { "running", N_("Gateway runs"), PURSER_COLUMN_YESNO },
                                          { "served", N_("Serves this organisation"), PURSER_COLUMN_YESNO },
                                          { "url", N_("Tools call it at"), PURSER_COLUMN_TEXT },
                                          { "reachable", N_("Answers there"), PURSER_COLUMN_YESNO },
                                          { "problem", N_("Problem"), PURSER_COLUMN_TEXT },
                                          { "since_us", N_("Since"), PURSER_COLUMN_WHEN },
                                          { "calls_running", N_("Calls running"), PURSER_COLUMN_NUMBER },
                                          { "calls_done", N_("Calls since then"), PURSER_COLUMN_NUMBER },
                                          { NULL } };
  purser_terminal_reload (terminal);
  purser_terminal_print_object (terminal, describe (terminal, control, asked), COLUMNS);
}

static int
start (PurserTerminal *terminal, char **arguments, GError **error)
{
  g_autoptr(PurserControl) control = purser_control_new ();
  g_autoptr(GError) unreached = NULL;
  if (!switch_to (terminal, TRUE, error))
    return PURSER_EXIT_FAILED;
  if (!refresh (control, &unreached) || !look (control, &unreached))
    return purser_terminal_refuse (error, _("This organisation's gateway is switched on, but it is not running. %s"),
                                   unreached->message);
  if (!wait_until (terminal, control, SERVE_MS, is_settled))
    return purser_terminal_refuse (error,
                                   _("A gateway runs in this session, but does not serve this organisation: it was "
                                      "started for other files, or this file is not in the folder of organisations. A "
                                      "gateway of its own: purser-gateway --org %s"),
                                   purser_store_get_path (terminal->store));
  const PurserServedState *state = state_of (terminal, control);
  if (state->url == NULL)
    return purser_terminal_refuse (error, _("The gateway runs, but cannot serve this organisation. %s"),
                                   state->problem);
  set_autostart (terminal, TRUE);
  print_state (terminal, control, TRUE);
  return PURSER_EXIT_DONE;
}

static gboolean
serves_others (PurserControl *control)
{
  g_autoptr(GPtrArray) served = purser_control_get_served (control);
  for (guint i = 0; i < served->len; i++)
    if (((const PurserServedState *) g_ptr_array_index (served, i))->url != NULL)
      return TRUE;
  return FALSE;
}

static int
stop (PurserTerminal *terminal, char **arguments, GError **error)
{
  g_autoptr(PurserControl) control = purser_control_new ();
  if (!switch_to (terminal, FALSE, error))
    return PURSER_EXIT_FAILED;
  /* The gateway follows the file; whether it runs, and can be asked, makes no difference to that. */
  gboolean asked = look (control, NULL);
  if (asked && purser_control_is_running (control) && !wait_until (terminal, control, FOLLOW_MS, is_out))
    return purser_terminal_refuse (error, _("The gateway serves this organisation although it is switched off: it was "
                                             "started with --org. End that process."));
  if (asked && !serves_others (control))
    {
      g_autoptr(GAsyncResult) result = NULL;
      purser_control_stop_async (control, TRUE, NULL, purser_terminal_take_cb, &result);
      purser_terminal_wait (&result);
      if (!purser_control_stop_finish (control, result, error))
        return PURSER_EXIT_FAILED;
      set_autostart (terminal, FALSE);
    }
  if (!terminal->json)
    g_print ("%s\n", _("Switched off. No new calls are taken; running ones end first."));
  else
    print_state (terminal, control, asked);
  return PURSER_EXIT_DONE;
}

static int
status (PurserTerminal *terminal, char **arguments, GError **error)
{
  g_autoptr(PurserControl) control = purser_control_new ();
  g_autoptr(GError) unasked = NULL;
  gboolean asked = look (control, &unasked);
  if (!asked && !terminal->json)
    g_printerr ("%s\n", unasked->message);
  print_state (terminal, control, asked);
  return PURSER_EXIT_DONE;
}

const PurserVerb purser_verbs_gateway[] = {
  { "gateway", "start", "", 0, 0, N_("Switch this organisation's gateway on, and start it"), TRUE, NULL, start },
  { "gateway", "stop", "", 0, 0, N_("Switch it off; running calls end first"), TRUE, NULL, stop },
  { "gateway", "status", "", 0, 0, N_("Whether it runs, where tools call it, how many calls it carries"), TRUE, NULL,
    status },
  { NULL },
};
