/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Tolerant readers for foreign JSON: a missing or wrongly typed member is the default, never a crash. OBJECT may be NULL everywhere. */
JsonNode   *purser_json_parse      (const char *text, gssize length, GError **error); /* (transfer full); never the immutable parser: it aborts on "[]\n[]"; depth-limited to 200; NUL bytes refused */
JsonObject *purser_json_object     (JsonNode *node);                               /* (transfer none) (nullable): the node's object, if it is one */
const char *purser_json_string     (JsonObject *object, const char *member);       /* (nullable) */
gint64      purser_json_int        (JsonObject *object, const char *member, gint64 fallback); /* accepts integral doubles and decimal strings */
double      purser_json_double     (JsonObject *object, const char *member, double fallback);
gboolean    purser_json_boolean    (JsonObject *object, const char *member, gboolean fallback);
JsonObject *purser_json_member     (JsonObject *object, const char *member);       /* (transfer none) (nullable) */
JsonArray  *purser_json_array      (JsonObject *object, const char *member);       /* (transfer none) (nullable) */
JsonNode   *purser_json_node       (JsonObject *object, const char *member);       /* (transfer none) (nullable): also JSON null */
char       *purser_json_to_string  (JsonNode *node, gboolean pretty);              /* (transfer full) */
gboolean    purser_json_equal      (JsonNode *a, JsonNode *b);                     /* objects regardless of member order; 1 equals 1.0 */

G_END_DECLS
