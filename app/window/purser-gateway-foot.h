/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* The gateway's state in one quiet line at the sidebar's foot; leads to its page. */
#define PURSER_TYPE_GATEWAY_FOOT (purser_gateway_foot_get_type ())
G_DECLARE_FINAL_TYPE (PurserGatewayFoot, purser_gateway_foot, PURSER, GATEWAY_FOOT, AdwBin)

void purser_gateway_foot_set_session (PurserGatewayFoot *self, PurserSession *session /* (nullable) */);

G_END_DECLS
