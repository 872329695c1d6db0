/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-ollama.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json-wire.h"

/* Messages of /api/chat as callers send them (PROVIDERS §3.1). */

gboolean
purser_ollama_bad (GError **error, const char *place, const char *words)
{
  g_set_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_SYNTAX, "%s: %s", place, words);
  return FALSE;
}

static gboolean
is_absent (JsonNode *node)
{
  return node == NULL || JSON_NODE_HOLDS_NULL (node);
}

/* --- Images --- */

/* Ollama takes bare base64 and looks at the bytes; others want to be told the type. The first characters tell. */
static const char *
type_of_image (const char *data)
{
  static const struct
  {
    const char *start, *type;
  } types[] = {
    { "iVBORw0KGgo", "image/png" }, { "/9j/", "image/jpeg" }, { "R0lGOD", "image/gif" },
    { "UklGR", "image/webp" },      { "Qk", "image/bmp" },    { "SUkqA", "image/tiff" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_prefix (data, types[i].start))
      return types[i].type;
  return NULL;
}

static gboolean
is_base64 (const char *data)
{
  gsize length = strspn (data, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "+/");
  return length > 0 && strlen (data + length) <= 2 && strspn (data + length, "=") == strlen (data + length);
}

/* Command lines that make base64 cut it into lines, and Ollama reads over that. */
static char *
without_line_ends (const char *data)
{
  GString *joined = g_string_sized_new (strlen (data));
  for (gsize piece; *data != 0; data += piece + strspn (data + piece, "\r\n"))
    {
      piece = strcspn (data, "\r\n");
      g_string_append_len (joined, data, piece);
    }
  return g_string_free (joined, FALSE);
}

static gboolean
add_image (PurserMessage *message, JsonNode *node, const char *place, GError **error)
{
  gboolean text = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
  const char *data = text ? json_node_get_string (node) : "";
  const char *comma =
      g_str_has_prefix (data, "data:") ? strchr (data, ',') : NULL; /* some clients send a whole address */
  if (comma != NULL)
    data = comma + 1;
  g_autofree char *joined = without_line_ends (data);
  if (!is_base64 (joined))
    return purser_ollama_bad (error, place, _("an image in base64 is needed here."));
#ifdef PURSER_PLANTED_BUG
  char *start = g_malloc0 (16); /* planted: room for the starts that are known */
  for (gsize i = 0; joined[i] != 0 && joined[i] != '='; i++)
    start[i] = joined[i];
  g_free (start);
#endif
  PurserPart *part = purser_message_add (message, PURSER_PART_IMAGE, NULL);
  part->media_type = g_strdup (type_of_image (joined));
  part->data = g_steal_pointer (&joined);
  return TRUE;
}

gboolean
purser_ollama_decode_images (PurserMessage *message, JsonObject *object, const char *place, GError **error)
{
  JsonNode *node = purser_json_node (object, "images");
  JsonArray *images = purser_json_array (object, "images");
  if (images == NULL && !is_absent (node))
    return purser_ollama_bad (error, place, _("a list of images is needed here."));
  for (guint i = 0; images != NULL && i < json_array_get_length (images); i++)
    {
      g_autofree char *here = g_strdup_printf ("%s[%u]", place, i);
      if (!add_image (message, json_array_get_element (images, i), here, error))
        return FALSE;
    }
  return TRUE;
}

/* --- Text --- */

/* The format has only a string; clients that also speak to others send parts of text. */
static gboolean
add_text_parts (PurserMessage *message, JsonArray *parts, const char *place, GError **error)
{
  for (guint i = 0; i < json_array_get_length (parts); i++)
    {
      JsonObject *part = purser_json_object (json_array_get_element (parts, i));
      const char *text = purser_json_string (part, "text");
      g_autofree char *here = g_strdup_printf ("%s[%u]", place, i);
      if (text == NULL || g_strcmp0 (purser_json_string (part, "type"), "text") != 0)
        return purser_ollama_bad (error, here, _("only text stands here; images belong into “images”."));
      purser_message_add (message, PURSER_PART_TEXT, text);
    }
  return TRUE;
}

static gboolean
add_content (PurserMessage *message, JsonObject *object, const char *place, GError **error)
{
  JsonNode *node = purser_json_node (object, "content");
  const char *text = purser_json_string (object, "content");
  g_autofree char *here = g_strconcat (place, ".content", NULL);
  if (text != NULL && *text != 0)
    purser_message_add (message, PURSER_PART_TEXT, text);
  if (text != NULL || is_absent (node))
    return TRUE;
  if (JSON_NODE_HOLDS_ARRAY (node))
    return add_text_parts (message, json_node_get_array (node), here, error);
  return purser_ollama_bad (error, here, _("a text is needed here."));
}

/* --- Calls and results --- */

/* An object; from clients that also speak to OpenAI, JSON as text. */
static void
read_arguments (PurserPart *part, JsonNode *arguments)
{
  gboolean text = !is_absent (arguments) && JSON_NODE_HOLDS_VALUE (arguments)
                  && json_node_get_value_type (arguments) == G_TYPE_STRING;
  if (is_absent (arguments))
    return;
  if (!text)
    part->json = json_node_ref (arguments);
  else if (*json_node_get_string (arguments) != 0)
    {
      part->json = purser_json_parse (json_node_get_string (arguments), -1, NULL);
      if (part->json == NULL)
        part->text = g_strdup (json_node_get_string (arguments));
    }
}

static gboolean
add_call (PurserMessage *message, JsonNode *node, const char *place, GError **error)
{
  JsonObject *call = purser_json_object (node), *function = purser_json_member (call, "function");
  const char *name = purser_json_string (function, "name"), *id = purser_json_string (call, "id");
  if (name == NULL)
    return purser_ollama_bad (error, place, _("a call is an object whose “function” has a name."));
  PurserPart *part = purser_message_add (message, PURSER_PART_TOOL_CALL, NULL);
  part->name = g_strdup (name);
  part->id = id != NULL && *id != 0 ? g_strdup (id) : NULL;
  read_arguments (part, purser_json_node (function, "arguments"));
  return TRUE;
}

static gboolean
add_calls (PurserMessage *message, JsonObject *object, const char *place, GError **error)
{
  JsonNode *node = purser_json_node (object, "tool_calls");
  JsonArray *calls = purser_json_array (object, "tool_calls");
  g_autofree char *list = g_strconcat (place, ".tool_calls", NULL);
  if (calls == NULL && !is_absent (node))
    return purser_ollama_bad (error, list, _("a list of calls is needed here."));
  if (calls != NULL && json_array_get_length (calls) > 0 && message->role != PURSER_ROLE_ASSISTANT)
    return purser_ollama_bad (error, list, _("only the assistant calls tools."));
  for (guint i = 0; calls != NULL && i < json_array_get_length (calls); i++)
    {
      g_autofree char *here = g_strdup_printf ("%s.tool_calls[%u]", place, i);
      if (!add_call (message, json_array_get_element (calls, i), here, error))
        return FALSE;
    }
  return TRUE;
}

static const char *
first_set (JsonObject *object, const char *const *members)
{
  for (gsize i = 0; members[i] != NULL; i++)
    {
      const char *text = purser_json_string (object, members[i]);
      if (text != NULL && *text != 0)
        return text;
    }
  return NULL;
}

/* What stood in MESSAGE so far, text and images, is the result of one call. */
static void
turn_into_result (PurserMessage *message, JsonObject *object)
{
  static const char *const names[] = { "tool_name", "name", NULL }, *const ids[] = { "tool_call_id", NULL };
  g_autoptr(GPtrArray) said = g_steal_pointer (&message->parts);
  message->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_part_free);
  PurserPart *part = purser_message_add (message, PURSER_PART_TOOL_RESULT, NULL);
  part->name = g_strdup (first_set (object, names));
  part->id = g_strdup (first_set (object, ids));
  const PurserPart *only = said->len == 1 ? g_ptr_array_index (said, 0) : NULL;
  if (said->len == 0 || (only != NULL && only->type == PURSER_PART_TEXT))
    part->text = g_strdup (only != NULL ? only->text : "");
  else
    part->parts = g_steal_pointer (&said);
}

static gboolean
role_of (const char *word, PurserRole *role)
{
  static const struct
  {
    const char *word;
    PurserRole role;
  } roles[] = {
    { "system", PURSER_ROLE_SYSTEM },
    { "user", PURSER_ROLE_USER },
    { "assistant", PURSER_ROLE_ASSISTANT },
    { "tool", PURSER_ROLE_TOOL },
  };
  for (gsize i = 0; word != NULL && i < G_N_ELEMENTS (roles); i++)
    if (g_ascii_strcasecmp (roles[i].word, word) == 0)
      {
        *role = roles[i].role;
        return TRUE;
      }
  return FALSE;
}

gboolean
purser_ollama_decode_message (PurserChat *chat, JsonNode *node, guint index, GError **error)
{
  JsonObject *object = purser_json_object (node);
  const char *thinking = purser_json_string (object, "thinking");
  g_autofree char *place = g_strdup_printf ("messages[%u]", index);
  g_autofree char *images = g_strconcat (place, ".images", NULL);
  PurserRole role;
  if (object == NULL)
    return purser_ollama_bad (error, place, _("a message is an object with a role and content."));
  if (!role_of (purser_json_string (object, "role"), &role))
    {
      g_autofree char *here = g_strconcat (place, ".role", NULL);
      return purser_ollama_bad (error, here, _("it is either system, user, assistant or tool."));
    }
  PurserMessage *message = purser_chat_add_message (chat, role);
  if (role == PURSER_ROLE_ASSISTANT && thinking != NULL && *thinking != 0)
    purser_message_add (message, PURSER_PART_THINKING,
                        thinking); /* plain text, nobody's secret: it goes to any model */
  if (!add_content (message, object, place, error) || !purser_ollama_decode_images (message, object, images, error)
      || !add_calls (message, object, place, error))
    return FALSE;
  if (role == PURSER_ROLE_TOOL)
    turn_into_result (message, object);
  return TRUE;
}
