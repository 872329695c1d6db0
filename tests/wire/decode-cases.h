/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include "chat-json.h"
#include "purser-dialect.h"

/* Written-down cases of what callers send: a body (or a request `made` in words), what is read from it or why it is refused, and what is sent on to whom. */

typedef struct
{
  const char *dialect;  /* of the callers, and of whom it is sent on to where a row names nobody */
  int         code;     /* of a refusal to read; -1 = any of the wire's */
  gboolean    names_all; /* also a request that cannot be sent names what it would have left out */
} DecodeCases;

/* (transfer full) */
static inline JsonNode *
load (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &text, &length, &error));
  JsonNode *node = purser_json_parse (text, length, &error);
  g_assert_no_error (error);
  return node;
}

static inline void
assert_equal (const char *name, const char *what, JsonNode *is, JsonNode *should)
{
  if (purser_json_equal (is, should))
    return;
  g_autofree char *a = purser_json_to_string (is, FALSE), *b = purser_json_to_string (should, FALSE);
  g_error ("%s, %s:\n  is      %s\n  expects %s", name, what, a, b);
}

static inline PurserChat *
decode (JsonNode *body, const char *dialect, GError **error)
{
  char *text = purser_json_to_string (body, FALSE);
  g_autoptr(GBytes) bytes = g_bytes_new_take (text, strlen (text));
  return purser_dialect_decode_request (purser_dialect_get (dialect), bytes, error);
}

/* What is sent, or the words of a refusal. (transfer full) */
static inline JsonNode *
encode (const PurserChat *chat, const char *dialect, const PurserEncodeOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body = purser_dialect_encode_request (purser_dialect_get (dialect), chat, options, &error);
  if (body == NULL)
    {
      g_assert_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_UNSUPPORTED);
      return json_node_init_string (json_node_alloc (), error->message);
    }
  JsonNode *node = purser_json_parse (g_bytes_get_data (body, NULL), g_bytes_get_size (body), &error);
  g_assert_no_error (error);
  return node;
}

/* What is left out, in any order. */
static inline void
assert_dropped (const char *name, const char *model, GPtrArray *dropped, JsonArray *expected)
{
  guint wanted = expected != NULL ? json_array_get_length (expected) : 0;
  g_ptr_array_add (dropped, NULL);
  g_autofree char *words = g_strjoinv (", ", (char **) dropped->pdata);
  for (guint i = 0; i < wanted; i++)
    if (!g_strv_contains ((const char *const *) dropped->pdata, json_array_get_string_element (expected, i)))
      g_error ("%s, %s: “%s” is not among what was left out: %s", name, model, json_array_get_string_element (expected, i), words);
  if (dropped->len - 1 != wanted)
    g_error ("%s, %s: left out: %s", name, model, words);
}

static inline void
check_encoded (const DecodeCases *cases, const char *name, const PurserChat *chat, JsonObject *row)
{
  const char *dialect = purser_json_string (row, "dialect"), *model = purser_json_string (row, "model");
  g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func (g_free);
  PurserEncodeOptions options = { .model = model ? model : "m",
                                  .stream = purser_json_boolean (row, "stream", chat->stream),
                                  .known_server = purser_json_boolean (row, "known_server", FALSE),
                                  .plain = purser_json_boolean (row, "plain", FALSE),
                                  .default_max_tokens = purser_json_int (row, "default_max_tokens", -1),
                                  .context_tokens = -1,
                                  .dropped = dropped,
                                  .api_version = purser_json_string (row, "api_version") };
  JsonNode *expected = json_object_get_member (row, "expect");
  g_autoptr(JsonNode) encoded = encode (chat, dialect ? dialect : cases->dialect, &options);
  assert_equal (name, options.model, encoded, expected);
  if (JSON_NODE_HOLDS_OBJECT (expected) || cases->names_all)
    assert_dropped (name, options.model, dropped, purser_json_array (row, "dropped"));
}

static inline void
check_case (const DecodeCases *cases, JsonObject *one)
{
  const char *name = purser_json_string (one, "name"), *words = purser_json_string (one, "error");
  const char *from = purser_json_string (one, "from");
  JsonObject *made = purser_json_member (one, "made");
  JsonArray *encoded = purser_json_array (one, "encode");
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserChat) chat = made != NULL ? chat_json_make (made)
                                            : decode (json_object_get_member (one, "body"), from ? from : cases->dialect, &error);
  if (words != NULL)
    {
      g_assert_null (chat);
      g_assert_cmpint (error->domain, ==, PURSER_WIRE_ERROR);
      g_assert_true (cases->code < 0 || error->code == cases->code);
      g_assert_cmpstr (error->message, ==, words);
      return;
    }
  if (chat == NULL)
    g_error ("%s: refused with %s", name, error->message);
  g_autoptr(JsonNode) dump = chat_json_dump (chat);
  if (purser_json_node (one, "chat") != NULL)
    assert_equal (name, "read", dump, json_object_get_member (one, "chat"));
  for (guint i = 0; encoded != NULL && i < json_array_get_length (encoded); i++)
    check_encoded (cases, name, chat, json_array_get_object_element (encoded, i));
}

/* Those of decode/DIALECT.json, at least so many. */
static inline void
check_cases (const DecodeCases *cases, guint at_least)
{
  g_autofree char *file = g_strconcat (cases->dialect, ".json", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "wire", "decode", file, NULL);
  g_autoptr(JsonNode) root = load (path);
  JsonArray *list = json_node_get_array (root);
  for (guint i = 0; i < json_array_get_length (list); i++)
    check_case (cases, json_array_get_object_element (list, i));
  g_assert_cmpuint (json_array_get_length (list), >=, at_least);
}
