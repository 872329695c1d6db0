/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-json.h"

G_BEGIN_DECLS

/* For this room: as purser_json_parse(), but telling a cut text from a broken one and keeping surrogate halves. */
JsonNode *purser_json_parse_wire (const char *text, gsize length, gboolean *halves, gboolean *incomplete,
                                  GError **error);

/* A copy that shares nothing: json_node_copy() counts references to the inner objects, and not atomically.
 * (transfer full) */
JsonNode *purser_json_copy (JsonNode *node);

/* TEXT as a JSON string with its quotes. */
void purser_json_append_string (GString *out, const char *text, gsize length);

/* Whether TEXT says anything. */
static inline gboolean
purser_is_set (const char *text)
{
  return text != NULL && *text != 0;
}

/* Members of a request under construction; each takes what it is given. */
void purser_json_take (JsonObject *object, const char *member, JsonNode *node);
/* TEXT, or null where there is none; and TEXT only where there is some. */
void purser_json_set_text (JsonObject *object, const char *member, const char *text /* nullable */);
void purser_json_add_text (JsonObject *object, const char *member, const char *text /* nullable */);
JsonNode *purser_json_new_object (JsonObject *object);
JsonNode *purser_json_new_array  (JsonArray *array);

G_END_DECLS
