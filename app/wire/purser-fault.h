/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-dialect.h"

G_BEGIN_DECLS

/* How the readers of this room make faults; others use purser-event.h and purser-dialect.h. */

/* A provider's words, fit to be shown and logged: at most 500 characters, one line, no control characters, nothing like
 * a key. */
char *purser_fault_scrub (const char *text);

/* The error that a JSON reply carries, as it came, or NULL if it carries none. IN_STREAM: only shapes that cannot be
 * anything else. */
JsonNode *purser_fault_find (JsonNode *root, gboolean in_stream); /* (transfer none) (nullable) */

/* Classes an error by its codes and words, and by its STATUS (0 inside a 200 stream). */
PurserFault *purser_fault_from_json (JsonNode *error, int status);

/* A reply that is not the protocol: its first 200 characters. */
PurserFault *purser_fault_garbage (const char *what, const char *bytes, gsize length);
/* A reply that ended too early. */
PurserFault *purser_fault_cut (void);

/* The waiting time that the headers ask for, in ms, or -1. */
gint64 purser_fault_retry_after (PurserHeaderFunc header, gpointer header_data);

G_END_DECLS
