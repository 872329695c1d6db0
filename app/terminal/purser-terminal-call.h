/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-ledger.h"
#include "purser-terminal.h"

G_BEGIN_DECLS

/* How calls are printed: purser-print-call.c. */

/* Members of one call: who, workload, model, outcome, tokens, cost, times. (transfer full) */
JsonObject *purser_terminal_call_object (PurserTerminal *terminal, const PurserCallRow *call);
/* The way a call took, a line for each attempt and each model that was passed over. (transfer full) (element-type utf8) */
GPtrArray  *purser_terminal_route (PurserTerminal *terminal, const PurserCallRecord *record);
/* From its first moment to its last, over all its attempts, in µs; -1 = not known. */
gint64      purser_terminal_took (const PurserCallRecord *record);
/* "could not be reached": how FAULT ends the sentence "the model …"; STATUS (0 = none) goes before it. (transfer full) */
char       *purser_terminal_fault_words (const char *fault, int status);
/* "Anthropic/claude-…", or words for one that is gone. (transfer full) */
char       *purser_terminal_model_name (PurserTerminal *terminal, gint64 model_id);
JsonArray  *purser_terminal_strings (const GPtrArray *strings); /* (transfer full) */

/* Prints each call as it ends, until interrupted or for FOR_SECONDS (nullable, as typed). */
int         purser_terminal_follow (PurserTerminal *terminal, const char *for_seconds, GError **error);

G_END_DECLS
