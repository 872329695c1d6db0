/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <purser-json.h>

#include "purser-practice-private.h"

G_BEGIN_DECLS

/* Building JSON: what is added belongs to what it is added to. */
JsonNode   *practice_new_object (JsonObject **object); /* (transfer full); OBJECT borrowed */
JsonObject *practice_add_object (JsonArray *array);
JsonObject *practice_set_object (JsonObject *parent, const char *member);
JsonArray  *practice_set_array  (JsonObject *parent, const char *member);
JsonObject *practice_element    (JsonArray *array, guint i); /* (nullable) */
guint       practice_length     (JsonArray *array /* nullable */);

/* Reading what the dialects have in common. */
void     practice_append_content (JsonNode *content, GString *text);
gboolean practice_complain (char **complaint,
                            char **parameter,
                            const char *name,
                            char *words); /* (transfer full) words; FALSE */
gboolean practice_read_messages  (JsonObject *body, PracticeAsk *ask, char **complaint, char **parameter);
void     practice_read_tools     (JsonObject *body, PracticeAsk *ask);
void     practice_read_stop      (PracticeAsk *ask, JsonNode *stop);

/* Writing. */
void practice_sse (GString *out, const char *name /* nullable */, JsonNode *data); /* (transfer full) data */

/* A dialect's names for its errors, by status; the row with status 0 stands for the rest. */
typedef struct { guint status; const char *type, *code; } PracticeErrorRow;
const PracticeErrorRow *practice_error_row (const PracticeErrorRow *rows, guint status);

G_END_DECLS
