/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* How a tool reaches the gateway: the address, and what to paste for the usual clients. */
#define PURSER_TYPE_GATEWAY_CONNECT (purser_gateway_connect_get_type ())
G_DECLARE_FINAL_TYPE (PurserGatewayConnect, purser_gateway_connect, PURSER, GATEWAY_CONNECT, AdwBin)

void purser_gateway_connect_show (PurserGatewayConnect *self, PurserSession *session, const char *url);

G_END_DECLS
