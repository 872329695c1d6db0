/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-dialect.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json.h"
#include "purser-reader.h"

G_DEFINE_QUARK (purser-wire-error-quark, purser_wire_error)

static const PurserDialect *const dialects[] = {
  &purser_dialect_openai_chat,
  &purser_dialect_openai_responses,
  &purser_dialect_anthropic,
  &purser_dialect_ollama,
  &purser_dialect_ollama_generate,
  &purser_dialect_bedrock,
  &purser_dialect_openai_embeddings,
  &purser_dialect_ollama_embeddings,
};

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

gboolean
purser_dialect_is_upstream (const PurserDialect *dialect)
{
  return dialect->encode != NULL;
}

gboolean
purser_dialect_has_writer (const PurserDialect *dialect)
{
  return dialect->write_whole != NULL;
}

gboolean
purser_dialect_is_served (const PurserDialect *dialect)
{
  return dialect->decode != NULL;
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

/**
 * purser_dialect_decode_request:
 * @dialect: one that is served
 * @body: a caller's request, foreign bytes
 * @error: words that name the member at fault
 *
 * Returns: (transfer full): the request; its `raw` is @body
 */
PurserChat *
purser_dialect_decode_request (const PurserDialect *dialect, GBytes *body, GError **error)
{
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  g_autoptr(JsonNode) root = purser_json_parse (text != NULL ? text : "", length, error);
  JsonObject *object = purser_json_object (root);
  if (root == NULL)
    return NULL;
  if (object == NULL)
    {
      g_set_error_literal (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_SYNTAX,
                           _("The request’s body is not a JSON object."));
      return NULL;
    }
  g_autoptr(PurserChat) chat = purser_chat_new ();
  chat->dialect = g_strdup (dialect->id);
  chat->raw = g_bytes_ref (body);
  return dialect->decode (chat, object, error) ? g_steal_pointer (&chat) : NULL;
}
