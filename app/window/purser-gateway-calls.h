/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* The calls that run, each second while in sight, above those that are done. A row opens the call's record. Property "narrow": rows of a list in place of a table. */
#define PURSER_TYPE_GATEWAY_CALLS (purser_gateway_calls_get_type ())
G_DECLARE_FINAL_TYPE (PurserGatewayCalls, purser_gateway_calls, PURSER, GATEWAY_CALLS, AdwBin)

void purser_gateway_calls_set_session (PurserGatewayCalls *self, PurserSession *session);
void purser_gateway_calls_set_narrow  (PurserGatewayCalls *self, gboolean narrow);
void purser_gateway_calls_reload      (PurserGatewayCalls *self);

G_END_DECLS
