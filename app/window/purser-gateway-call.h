/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-control.h"
#include "purser-ledger.h"

G_BEGIN_DECLS

/* A call in the table of the Gateway page: on its way, then done. The row stays the same object, so that it keeps the focus; signal "changed". */
#define PURSER_TYPE_GATEWAY_CALL (purser_gateway_call_get_type ())
G_DECLARE_FINAL_TYPE (PurserGatewayCall, purser_gateway_call, PURSER, GATEWAY_CALL, GObject)

PurserGatewayCall *purser_gateway_call_new    (gint64 call_id);
gint64             purser_gateway_call_get_id (PurserGatewayCall *self);
gboolean           purser_gateway_call_runs   (PurserGatewayCall *self);
/* ORG is kept for names. NOW: µs UTC, for how long it runs. */
void               purser_gateway_call_set_live (PurserGatewayCall *self, PurserOrg *org, const PurserLiveCall *live, gint64 now);
void               purser_gateway_call_set_done (PurserGatewayCall *self, PurserOrg *org, const PurserCallRow *done);

typedef enum { PURSER_CALL_WHEN, PURSER_CALL_WHO, PURSER_CALL_WORKLOAD, PURSER_CALL_MODEL, PURSER_CALL_STATE, PURSER_CALL_TOKENS, PURSER_CALL_COST, PURSER_CALL_TOOK, PURSER_N_CALL_CELLS } PurserCallCell;
const char *purser_gateway_call_text  (PurserGatewayCall *self, PurserCallCell cell); /* "" = nothing to tell */
char       *purser_gateway_call_title (PurserGatewayCall *self); /* for a row of a list: "Lena Hartmann, Drafting" */
char       *purser_gateway_call_about (PurserGatewayCall *self); /* "Anthropic/claude-haiku. Answered, 1.2 s, 840 tokens" */

G_END_DECLS
