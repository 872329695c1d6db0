/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* The gateway's settings, each changed by itself, with Undo. Signal "autostart" (gboolean): whether it is to start with the session. */
#define PURSER_TYPE_GATEWAY_SETTINGS (purser_gateway_settings_get_type ())
G_DECLARE_FINAL_TYPE (PurserGatewaySettings, purser_gateway_settings, PURSER, GATEWAY_SETTINGS, AdwBin)

void purser_gateway_settings_show       (PurserGatewaySettings *self, PurserSession *session);
void purser_gateway_settings_focus_port (PurserGatewaySettings *self); /* it is taken, or wanted otherwise */

/* Asks for another address than this computer's own, with the certificate it then needs (purser-gateway-address.c). */
void purser_gateway_address_present     (GtkWidget *origin, PurserSession *session);

G_END_DECLS
