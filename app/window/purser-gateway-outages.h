/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* Which providers do not answer, since when and why; those that answer again, folded away. Not there while there is nothing to tell. */
#define PURSER_TYPE_GATEWAY_OUTAGES (purser_gateway_outages_get_type ())
G_DECLARE_FINAL_TYPE (PurserGatewayOutages, purser_gateway_outages, PURSER, GATEWAY_OUTAGES, AdwBin)

void purser_gateway_outages_show (PurserGatewayOutages *self, PurserSession *session);

G_END_DECLS
