/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-dialect.h"
#include "purser-reply.h"

G_BEGIN_DECLS

/* Between the writer, which knows options, framing and the whole reply, and the dialects, which know their own frames. Private to this room. */

const PurserWriterOptions *purser_writer_options (PurserWriter *writer);
/* What came so far, the present event included; ordered unless it is streamed. */
const PurserReply *purser_writer_reply (PurserWriter *writer);
/* The reply's id: the option, else what the provider said (with PREFIX where the events come from another dialect and it has another), else PREFIX and "0". Stable once asked. */
const char *purser_writer_id    (PurserWriter *writer, const char *prefix);
const char *purser_writer_model (PurserWriter *writer); /* "" if nobody said */
/* Whether the events come from this very dialect: then what is opaque goes out as it is. */
gboolean    purser_writer_is_own (PurserWriter *writer);
/* Opaque state fit for this dialect: itself from the same dialect, else wrapped. (transfer full) */
char       *purser_writer_opaque (PurserWriter *writer, const char *id /* nullable */, const char *opaque);
/* An id for the tool-th call of a choice that has none: stable, made of the reply's own. (transfer full) */
char       *purser_writer_tool_id (PurserWriter *writer, const char *id /* nullable */, const char *prefix, int choice, int tool);
const char *purser_writer_tool_name (PurserWriter *writer, const char *name); /* as the caller called it */

/* Frames. DATA is (transfer full). TERMINAL stays set once it was. */
void purser_writer_sse   (PurserWriter *writer, const char *event /* nullable: data only */, JsonObject *data, gboolean terminal);
void purser_writer_line  (PurserWriter *writer, JsonObject *data, gboolean terminal);
void purser_writer_bytes (PurserWriter *writer, const char *bytes, gssize length, gboolean terminal);
/* TEXT as a JSON string with its quotes, appended to OUT: for frames written by hand, where speed counts. */
void purser_writer_json_string (GString *out, const char *text, gsize length);

/* A whole reply that cannot be written: purser_writer_fault() tells it to whoever serves the caller. FAULT is (transfer full). */
void purser_writer_fail (PurserWriter *writer, PurserFault *fault);

/* What a fault reads as in the dialect, for an error frame (STATUS optional); and its words. (transfer full) */
JsonObject *purser_dialect_error_object (const PurserDialect *dialect, const PurserFault *fault, const char *request_id, int *status);
const char *purser_fault_words (const PurserFault *fault);

G_END_DECLS
