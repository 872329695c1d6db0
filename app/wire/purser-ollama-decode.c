/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-ollama.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "purser-encode-rest.h"
#include "purser-json-wire.h"

/* Requests of /api/chat and /api/generate as callers send them (PROVIDERS §4.1, §4.9). What the neutral model has no
 * place for (keep_alive, truncate, options.num_ctx …) is kept as native members, for a provider that is Ollama too; an
 * option under its whole name, so that where it is left out its own name is told. */

static gboolean
is_absent (JsonNode *node)
{
  return node == NULL || JSON_NODE_HOLDS_NULL (node);
}

static gboolean
is_type (JsonNode *node, GType type)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

static void
keep (PurserChat *chat, const char *name, JsonNode *node)
{
  if (chat->native == NULL)
    chat->native = json_object_new ();
  json_object_set_member (chat->native, name, json_node_ref (node));
}

/* --- Options --- */

static gboolean
take_count (gint64 *field, JsonObject *options, const char *name, gboolean *taken)
{
  gint64 count = purser_json_int (options, name, G_MININT64);
  *taken = count >= 0; /* a negative one has a meaning of Ollama's own: without an end, at random */
  if (*taken)
    *field = count;
  return count != G_MININT64;
}

static gboolean
take_number (double *field, JsonObject *options, const char *name)
{
  *field = purser_json_double (options, name, NAN);
  return !isnan (*field);
}

static gboolean
take_stop (PurserChat *chat, JsonNode *node)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *list = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  if (list == NULL && !is_type (node, G_TYPE_STRING))
    return FALSE;
  if (list == NULL)
    g_strv_builder_add (builder, json_node_get_string (node));
  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      if (!is_type (json_array_get_element (list, i), G_TYPE_STRING))
        return FALSE;
      g_strv_builder_add (builder, json_array_get_string_element (list, i));
    }
  g_strfreev (chat->stop);
  chat->stop = g_strv_builder_end (builder);
  return TRUE;
}

/* One option: FALSE with words where it is of no use; TAKEN where the neutral model has a place for it. */
static gboolean
take_option (
    PurserChat *chat, JsonObject *options, const char *name, const char *place, gboolean *taken, GError **error)
{
  const struct
  {
    const char *name;
    gint64 *count;
    double *number;
  } places[] = {
    { "num_predict", &chat->max_tokens, NULL },
    { "top_k", &chat->top_k, NULL },
    { "seed", &chat->seed, NULL },
    { "temperature", NULL, &chat->temperature },
    { "top_p", NULL, &chat->top_p },
    { "frequency_penalty", NULL, &chat->frequency_penalty },
    { "presence_penalty", NULL, &chat->presence_penalty },
  };
  gsize i = 0;
  *taken = g_str_equal (name, "stop");
  if (*taken)
    return take_stop (chat, purser_json_node (options, name))
           || purser_ollama_bad (error, place, _("a list of texts is needed here."));
  while (i < G_N_ELEMENTS (places) && !g_str_equal (places[i].name, name))
    i++;
  if (i == G_N_ELEMENTS (places))
    return TRUE;
  if (places[i].count != NULL)
    return take_count (places[i].count, options, name, taken)
           || purser_ollama_bad (error, place, _("a whole number is needed here."));
  *taken = TRUE;
  return take_number (places[i].number, options, name)
         || purser_ollama_bad (error, place, _("a number is needed here."));
}

static gboolean
take_options (PurserChat *chat, JsonNode *node, GError **error)
{
  JsonObject *options = purser_json_object (node);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;
  if (options == NULL)
    return purser_ollama_bad (error, "options", _("an object is needed here."));
  json_object_iter_init_ordered (&iter, options);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      g_autofree char *place = g_strconcat (PURSER_OLLAMA_OPTIONS, name, NULL);
      gboolean taken = TRUE;
      if (!is_absent (value) && !take_option (chat, options, name, place, &taken, error))
        return FALSE;
      if (!taken)
        keep (chat, place, value);
    }
  return TRUE;
}

/* --- Other members --- */

static gboolean
take_model (PurserChat *chat, JsonNode *node, GError **error)
{
  if (!is_type (node, G_TYPE_STRING))
    return purser_ollama_bad (error, "model", _("a text is needed here."));
  chat->model = g_strdup (json_node_get_string (node));
  return TRUE;
}

static gboolean
take_stream (PurserChat *chat, JsonNode *node, GError **error)
{
  if (!is_type (node, G_TYPE_BOOLEAN))
    return purser_ollama_bad (error, "stream", _("it is either true or false."));
  chat->stream = json_node_get_boolean (node);
  return TRUE;
}

/* "" and null were the ways to say nothing before schemas were known. */
static gboolean
take_format (PurserChat *chat, JsonNode *node, GError **error)
{
  const char *word = is_type (node, G_TYPE_STRING) ? json_node_get_string (node) : NULL;
  if (JSON_NODE_HOLDS_OBJECT (node))
    chat->schema = json_node_ref (node);
  else if (word == NULL || (*word != 0 && !g_str_equal (word, "json")))
    return purser_ollama_bad (error, "format", _("it is either “json” or a JSON schema."));
  else
    chat->json_output = *word != 0;
  return TRUE;
}

/* Yes or no, or how much; yes alone is the middle. */
static gboolean
take_think (PurserChat *chat, JsonNode *node, GError **error)
{
  static const char *const words[] = { "none", "minimal", "low", "medium", "high", "xhigh", "max", NULL };
  const char *word = is_type (node, G_TYPE_STRING) ? json_node_get_string (node) : NULL;
  if (is_type (node, G_TYPE_BOOLEAN))
    word = json_node_get_boolean (node) ? "medium" : "none";
  if (word == NULL || !g_strv_contains (words, word))
    return purser_ollama_bad (error, "think", _("it is either true, false, “low”, “medium”, “high” or “max”."));
  chat->effort = g_strdup (word);
  return TRUE;
}

static gboolean
take_tool (PurserChat *chat, JsonNode *node, guint index, GError **error)
{
  JsonObject *object = purser_json_object (node), *function = purser_json_member (object, "function");
  const char *type = purser_json_string (object, "type"), *name = purser_json_string (function, "name");
  JsonNode *parameters = purser_json_node (function, "parameters"), *strict = purser_json_node (function, "strict");
  g_autofree char *place = g_strdup_printf ("tools[%u]", index);
  if (name == NULL || (type != NULL && *type != 0 && !g_str_equal (type, "function")))
    return purser_ollama_bad (error, place, _("a tool is an object of type “function” whose “function” has a name."));
  if (!is_absent (parameters) && !JSON_NODE_HOLDS_OBJECT (parameters))
    {
      g_autofree char *here = g_strconcat (place, ".function.parameters", NULL);
      return purser_ollama_bad (error, here, _("an object is needed here."));
    }
  PurserTool *tool = g_new0 (PurserTool, 1);
  tool->name = g_strdup (name);
  tool->description = g_strdup (purser_json_string (function, "description"));
  tool->schema = is_absent (parameters) ? NULL : json_node_ref (parameters);
  tool->strict = is_type (strict, G_TYPE_BOOLEAN) ? (json_node_get_boolean (strict) ? 1 : -1) : 0;
  g_ptr_array_add (chat->tools, tool);
  return TRUE;
}

static gboolean
take_tools (PurserChat *chat, JsonNode *node, GError **error)
{
  JsonArray *tools = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  if (tools == NULL)
    return purser_ollama_bad (error, "tools", _("a list of tools is needed here."));
  for (guint i = 0; i < json_array_get_length (tools); i++)
    if (!take_tool (chat, json_array_get_element (tools, i), i, error))
      return FALSE;
  return TRUE;
}

static gboolean
take_messages (PurserChat *chat, JsonNode *node, GError **error)
{
  JsonArray *messages = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  if (messages == NULL)
    return purser_ollama_bad (error, "messages", _("a list of messages is needed here."));
  for (guint i = 0; i < json_array_get_length (messages); i++)
    if (!purser_ollama_decode_message (chat, json_array_get_element (messages, i), i, error))
      return FALSE;
  return TRUE;
}

/* Each alone is still an answer without probabilities: only `logprobs` asks for them. */
static gboolean
take_logprobs (PurserChat *chat, JsonNode *node, GError **error)
{
  if (!is_type (node, G_TYPE_BOOLEAN))
    return purser_ollama_bad (error, "logprobs", _("it is either true or false."));
  if (json_node_get_boolean (node))
    chat->logprobs = MAX (chat->logprobs, 0);
  return TRUE;
}

/* --- A request --- */

typedef struct
{
  const char *name;
  gboolean (*take) (PurserChat *chat, JsonNode *node, GError **error); /* NULL: read elsewhere */
} Member;

static gboolean
take_members (PurserChat *chat, JsonObject *body, const Member *members, gsize n_members, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  chat->stream = TRUE; /* unless told not to */
  json_object_iter_init_ordered (&iter, body);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      gsize i = 0;
      while (i < n_members && !g_str_equal (members[i].name, name))
        i++;
      if (is_absent (node))
        continue;
      if (i == n_members)
        keep (chat, name, node);
      else if (members[i].take != NULL && !members[i].take (chat, node, error))
        return FALSE;
    }
  if (chat->logprobs >= 0)
    chat->logprobs = CLAMP (purser_json_int (body, "top_logprobs", 0), 0, 20);
  return TRUE;
}

gboolean
purser_ollama_decode (PurserChat *chat, JsonObject *body, GError **error)
{
  static const Member members[] = {
    { "messages", take_messages }, { "model", take_model },       { "stream", take_stream },
    { "options", take_options },   { "tools", take_tools },       { "format", take_format },
    { "think", take_think },       { "logprobs", take_logprobs }, { "top_logprobs", NULL },
  };
  return take_members (chat, body, members, G_N_ELEMENTS (members), error);
}

/* --- /api/generate --- */

/* What shapes the prompt inside the model's server: no other has it, and without it the answer would be another one. */
static gboolean
check_raw (JsonObject *body, GError **error)
{
  static const char *const members[] = { "template", "raw", "context", "suffix" };
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    if (!purser_encode_is_idle (purser_json_node (body, members[i])))
      {
        g_set_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_UNSUPPORTED,
                     _("“%s” is not served here. Leave it out and send the talk to /api/chat."), members[i]);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_text (JsonObject *body, const char *member, GError **error)
{
  JsonNode *node = purser_json_node (body, member);
  return is_absent (node) || is_type (node, G_TYPE_STRING)
         || purser_ollama_bad (error, member, _("a text is needed here."));
}

/* A prompt, or only a picture: the system text alone asks nothing. */
static gboolean
take_prompt (PurserChat *chat, JsonObject *body, GError **error)
{
  const char *prompt = purser_json_string (body, "prompt"), *system = purser_json_string (body, "system");
  gboolean asked = prompt != NULL && *prompt != 0;
  if (!check_text (body, "prompt", error) || !check_text (body, "system", error))
    return FALSE;
  if (!asked && purser_encode_is_idle (purser_json_node (body, "images")))
    return TRUE;
  if (system != NULL && *system != 0)
    purser_chat_add_text (chat, PURSER_ROLE_SYSTEM, system);
  PurserMessage *message = purser_chat_add_message (chat, PURSER_ROLE_USER);
  if (asked)
    purser_message_add (message, PURSER_PART_TEXT, prompt);
  return purser_ollama_decode_images (message, body, "images", error);
}

gboolean
purser_ollama_decode_generate (PurserChat *chat, JsonObject *body, GError **error)
{
  static const Member members[] = {
    { "model", take_model },       { "stream", take_stream }, { "options", take_options }, { "format", take_format },
    { "think", take_think },       { "prompt", NULL },        { "system", NULL },          { "images", NULL },
    { "logprobs", take_logprobs }, { "top_logprobs", NULL },  { "template", NULL },        { "raw", NULL },
    { "context", NULL },           { "suffix", NULL },
  };
  return check_raw (body, error) && take_members (chat, body, members, G_N_ELEMENTS (members), error)
         && take_prompt (chat, body, error);
}

/* --- A request for no answer --- */

const char *
purser_ollama_load_word (const PurserChat *chat)
{
  JsonNode *keep_alive = purser_json_node (chat->native, "keep_alive");
  const char *text = is_type (keep_alive, G_TYPE_STRING) ? json_node_get_string (keep_alive) : NULL;
  if (chat->messages->len > 0 || !purser_ollama_is_own (chat->dialect))
    return NULL;
  gboolean unload = text != NULL ? *text == '0' && g_ascii_strtod (text, NULL) == 0
                                 : purser_json_double (chat->native, "keep_alive", 1) == 0;
  return unload ? "unload" : "load";
}
