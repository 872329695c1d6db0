/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-dialect.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json-wire.h"
#include "purser-reader.h"
#include "purser-splice.h"

/* A look at a caller's request from outside, enough to route, admit and reserve: most requests go on as they came, and a tree
 * of a long conversation costs more than all else. What is read here is read as the dialects' decoders read it. */

/* A string of twice as many bytes that looks like base64 is a picture or a file. */
#define PICTURE_BYTES 1024
#define SAMPLE_BYTES 128
#define PICTURE_TOKENS 1000

static JsonNode *
told (JsonObject *body, const char *name)
{
  JsonNode *node = purser_json_node (body, name);
  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

/* The first of NAMES that is told. */
static const char *
text_of (JsonObject *body, const char *const *names)
{
  for (; *names != NULL; names++)
    if (told (body, *names) != NULL)
      return purser_json_string (body, *names);
  return NULL;
}

static void
take_limit (PurserChat *chat, JsonObject *body, const char *name)
{
  chat->max_tokens = told (body, name) != NULL ? MAX (purser_json_int (body, name, -1), -1) : chat->max_tokens;
}

static void
look_openai_chat (PurserChat *chat, JsonObject *body)
{
  static const char *const users[] = { "safety_identifier", "user", NULL };
  chat->include_usage = purser_json_boolean (purser_json_member (body, "stream_options"), "include_usage", FALSE);
  take_limit (chat, body, "max_tokens");
  take_limit (chat, body, "max_completion_tokens");
  chat->n = MAX (purser_json_int (body, "n", 0), 0);
  chat->user = g_strdup (text_of (body, users));
}

/* A number in quotes is none here. */
static void
look_openai_responses (PurserChat *chat, JsonObject *body)
{
  static const char *const users[] = { "user", "safety_identifier", NULL };
  if (purser_json_string (body, "max_output_tokens") == NULL)
    take_limit (chat, body, "max_output_tokens");
  chat->user = g_strdup (text_of (body, users));
}

static void
look_anthropic (PurserChat *chat, JsonObject *body)
{
  take_limit (chat, body, "max_tokens");
  chat->user = g_strdup (purser_json_string (purser_json_member (body, "metadata"), "user_id"));
}

static void
look_ollama (PurserChat *chat, JsonObject *body)
{
  take_limit (chat, purser_json_member (body, "options"), "num_predict");
}

static void
look_embeddings (PurserChat *chat, JsonObject *body)
{
  chat->embeddings = TRUE;
  chat->max_tokens = 1;
  chat->user = g_strdup (purser_json_string (body, "user"));
}

static const struct
{
  const char *dialect;
  void (*look) (PurserChat *chat, JsonObject *body);
  gboolean streams; /* unless told not to */
  const char *wants[3]; /* one of them has to be there */
  const char *members[7]; /* what `look` reads */
} looks[] = {
  { "openai-chat", look_openai_chat, FALSE, { "messages" },
    { "stream_options", "max_tokens", "max_completion_tokens", "user", "safety_identifier", "n" } },
  { "openai-responses", look_openai_responses, FALSE, { NULL }, { "max_output_tokens", "user", "safety_identifier", "background" } },
  { "anthropic", look_anthropic, FALSE, { "messages" }, { "max_tokens", "metadata" } },
  { "ollama", look_ollama, TRUE, { NULL }, { "options" } },
  { "ollama-generate", look_ollama, TRUE, { NULL }, { "options" } },
  { "openai-embeddings", look_embeddings, FALSE, { "input", "prompt" }, { "user" } },
  { "ollama-embeddings", look_embeddings, FALSE, { "input", "prompt" }, { "user" } },
};

static void
copy_member (GString *small, PurserSplice *splice, const char *name)
{
  gsize length;
  const char *value = purser_splice_value (splice, name, &length);
  if (value == NULL)
    return;
  g_string_append_printf (small, "%s\"%s\":", small->len > 1 ? "," : "", name);
  g_string_append_len (small, value, length);
}

/* Only the members that are looked at, as one small object. */
static JsonNode *
read_small (PurserSplice *splice, gsize row, GError **error)
{
  g_autoptr(GString) small = g_string_new ("{");
  copy_member (small, splice, "model");
  if (looks[row].look != look_embeddings)
    copy_member (small, splice, "stream");
  for (const char *const *member = looks[row].members; *member != NULL; member++)
    copy_member (small, splice, *member);
  g_string_append_c (small, '}');
  return purser_json_parse (small->str, small->len, error);
}

static gboolean
refuse (GError **error, const char *member)
{
  g_set_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_SYNTAX, _("“%s” is missing."), member);
  return FALSE;
}

/* What the request is about has to be there at least; whoever answers judges the rest. */
static gboolean
has_matter (PurserSplice *splice, gsize row, GError **error)
{
  gsize length;
  const char *const *wanted = looks[row].wants;
  for (; *wanted != NULL; wanted++)
    if (purser_splice_value (splice, *wanted, &length) != NULL)
      return TRUE;
  return looks[row].wants[0] == NULL || refuse (error, looks[row].wants[0]);
}

static gboolean
is_base64 (const char *text)
{
  for (gsize i = 0; i < SAMPLE_BYTES; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/')
      return FALSE;
  return TRUE;
}

/* About four bytes a token; a picture costs as much as another, however large it is. One is found by samples: none that is
 * long enough lies between two of them. */
static gint64
estimate (const char *text, gsize length)
{
  gint64 bytes = length, tokens = 0;
  for (gsize at = PICTURE_BYTES; at + PICTURE_BYTES < length; at += PICTURE_BYTES)
    {
      if (!is_base64 (text + at))
        continue;
      const char *end = memchr (text + at, '"', length - at);
      gsize past = end != NULL ? (gsize) (end - text) : length;
      bytes -= past - at;
      tokens += PICTURE_TOKENS;
      at = past;
    }
  return MAX (tokens + bytes / 4, 1);
}

/**
 * purser_dialect_peek_request:
 * @dialect: one that is served
 * @body: a caller's request, foreign bytes; only its outermost members are looked at
 * @error: words that name the member at fault
 *
 * Returns: (transfer full): the request as far as it was read
 */
PurserChat *
purser_dialect_peek_request (const PurserDialect *dialect, GBytes *body, GError **error)
{
  gsize length, unused, row = 0;
  const char *data = g_bytes_get_data (body, &length), *text = data != NULL ? data : "";
  while (row < G_N_ELEMENTS (looks) && !g_str_equal (looks[row].dialect, dialect->id))
    row++;
  g_return_val_if_fail (row < G_N_ELEMENTS (looks), NULL);
  g_autoptr(PurserSplice) splice = purser_splice_new (text, length, error);
  g_autoptr(JsonNode) root = splice != NULL ? read_small (splice, row, error) : NULL;
  JsonObject *members = purser_json_object (root);
  const char *model = purser_json_string (members, "model");
  if (members == NULL)
    return NULL;
  if (!purser_is_set (model))
    {
      refuse (error, "model");
      return NULL;
    }
  if (!has_matter (splice, row, error))
    return NULL;
  if (purser_json_boolean (members, "background", FALSE))
    {
      g_set_error_literal (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_UNSUPPORTED,
                           _("“background” is not served here: the work would go on where nobody counts it. Ask without it."));
      return NULL;
    }
  g_autoptr(PurserChat) chat = purser_chat_new ();
  chat->dialect = g_strdup (dialect->id);
  chat->raw = g_bytes_ref (body);
  chat->undecoded = TRUE;
  chat->model = g_strdup (model);
  chat->stream = purser_json_boolean (members, "stream", looks[row].streams);
  looks[row].look (chat, members);
  chat->tooled = purser_splice_value (splice, "tools", &unused) != NULL || purser_splice_value (splice, "functions", &unused) != NULL;
  chat->estimate = estimate (text, length);
  return g_steal_pointer (&chat);
}

/**
 * purser_chat_decode:
 *
 * Returns: (transfer full) (nullable): all of @chat: itself, if it was not only looked at
 */
PurserChat *
purser_chat_decode (PurserChat *chat, GError **error)
{
  return chat->undecoded ? purser_dialect_decode_request (purser_dialect_get (chat->dialect), chat->raw, error)
                         : purser_chat_ref (chat);
}
