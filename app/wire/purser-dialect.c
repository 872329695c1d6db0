/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-dialect.h"

#include <string.h>

#include "purser-json.h"
#include "purser-reader.h"

G_DEFINE_QUARK (purser-wire-error-quark, purser_wire_error)

static const PurserDialect *const dialects[] = { &purser_dialect_openai_chat, &purser_dialect_anthropic,
                                                 &purser_dialect_ollama };

/**
 * purser_dialect_get:
 *
 * Returns: (transfer none) (nullable): the dialect of that name
 */
const PurserDialect *
purser_dialect_get (const char *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (dialects); i++)
    if (g_strcmp0 (dialects[i]->id, id) == 0)
      return dialects[i];
  return NULL;
}

const char *
purser_dialect_id (const PurserDialect *dialect)
{
  return dialect->id;
}

/**
 * purser_dialect_headers:
 *
 * Returns: (transfer none): the extra request headers, name and value in turn, NULL at the end
 */
const char *const *
purser_dialect_headers (const PurserDialect *dialect)
{
  static const char *const none[] = { NULL };
  return dialect->headers != NULL ? dialect->headers : none;
}

/**
 * purser_dialect_encode_request:
 *
 * Returns: (transfer full): the request body, or NULL with words for what the dialect cannot say
 */
GBytes *
purser_dialect_encode_request (const PurserDialect *dialect,
                               const PurserChat *chat,
                               const PurserEncodeOptions *options,
                               GError **error)
{
  g_autoptr(JsonNode) root = dialect->encode (chat, options, error);
  if (root == NULL)
    return NULL;
  char *text = purser_json_to_string (root, FALSE);
  return g_bytes_new_take (text, strlen (text));
}
