/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-gateway-state.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include "purser-format.h"

PurserGatewayState
purser_gateway_state_of (PurserSession *session)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);
  PurserControl *control = purser_session_get_control (session);
  PurserGatewayState state = { PURSER_GATEWAY_OFF, purser_control_get_state (control, purser_store_get_path (purser_session_get_store (session))) };

  if (!org->gateway.enabled)
    return state;
  if (!purser_control_is_running (control))
    state.mood = PURSER_GATEWAY_STOPPED;
  else if (state.served != NULL && state.served->url != NULL)
    state.mood = PURSER_GATEWAY_ON;
  else
    state.mood = state.served != NULL && state.served->problem != NULL ? PURSER_GATEWAY_REFUSED : PURSER_GATEWAY_STARTING;
  return state;
}

char *
purser_gateway_foot_words (const PurserGatewayState *state)
{
  static const char *const words[] = { [PURSER_GATEWAY_OFF] = N_("Gateway off"), [PURSER_GATEWAY_STARTING] = N_("Gateway starting"),
                                       [PURSER_GATEWAY_STOPPED] = N_("Gateway not running"), [PURSER_GATEWAY_REFUSED] = N_("Gateway cannot start") };
  const char *at;

  if (state->mood != PURSER_GATEWAY_ON)
    return g_strdup (_(words[state->mood]));
  at = strstr (state->served->url, "://");
  /* Translators: %s is an address: "Gateway on · 127.0.0.1:8377". */
  return g_strdup_printf (_("Gateway on · %s"), at != NULL ? at + strlen ("://") : state->served->url);
}

char *
purser_gateway_since_words (const PurserGatewayState *state,
                            const char               *zone)
{
  g_autofree char *since = purser_format_when (state->served->since, zone);
  g_autofree char *running = purser_format_count (state->served->calls_running);
  g_autofree char *done = purser_format_count ((gint64) state->served->calls_done);
  g_autofree char *run = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s call is running", "%s calls are running", state->served->calls_running), running);
  g_autofree char *ended = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s is done", "%s are done", state->served->calls_done), done);

  if (state->served->calls_running == 0 && state->served->calls_done == 0)
    /* Translators: a moment: "Since today at 10:42. No call yet." */
    return g_strdup_printf (_("Since %s. No call yet."), since);
  /* Translators: a moment, running calls and done ones: "Since today at 10:42. 3 calls are running, 1,204 are done." */
  return g_strdup_printf (_("Since %s. %s, %s."), since, run, ended);
}
