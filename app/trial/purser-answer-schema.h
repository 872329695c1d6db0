/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The part of JSON Schema that answers are checked with: type, enum, const, required, properties,
 * additionalProperties, items, minItems, maxItems, minimum, maximum, minLength, maxLength. Words that only describe
 * (title, description, $schema …) are allowed. */

/* Does SCHEMA keep to that part? UNKNOWN: (out) (nullable): a word that is not known, or what is wrong. */
gboolean purser_answer_schema_supported (JsonNode *schema, char **unknown);
/* Does VALUE meet SCHEMA? PROBLEM: (out) (nullable): one line with the place, like “/tasks/0/due: is missing”. */
gboolean purser_answer_schema_check (JsonNode *schema, JsonNode *value, char **problem);

G_END_DECLS
