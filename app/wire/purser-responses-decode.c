/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-responses.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "purser-json-wire.h"

/* A caller's request (Codex, OpenAI's and others' SDKs). null counts as not said. What the neutral request has no place
 * for goes into `native` as it came. */

static JsonNode *
said (JsonObject *object, const char *member)
{
  JsonNode *node = purser_json_node (object, member);
  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

static GType
value_type (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_NONE;
}

static void
keep (PurserChat *chat, const char *member, JsonNode *node)
{
  if (chat->native == NULL)
    chat->native = json_object_new ();
  json_object_set_member (chat->native, member, purser_json_copy (node));
}

/* Whether the object says more than these. */
static gboolean
says_more (JsonObject *object, const char *const *members)
{
  g_autoptr(GList) names = json_object_get_members (object);
  for (GList *l = names; l != NULL; l = l->next)
    if (!g_strv_contains (members, l->data) && said (object, l->data) != NULL)
      return TRUE;
  return FALSE;
}

/* --- Plain members --- */

typedef enum
{
  MEMBER_TEXT,
  MEMBER_COUNT,
  MEMBER_NUMBER,
  MEMBER_FLAG,
  MEMBER_SIGN
} MemberKind;
typedef struct
{
  const char *name;
  MemberKind kind;
  gsize offset;
} Member;

static const Member plain[] = {
  { "model", MEMBER_TEXT, G_STRUCT_OFFSET (PurserChat, model) },
  { "stream", MEMBER_FLAG, G_STRUCT_OFFSET (PurserChat, stream) },
  { "max_output_tokens", MEMBER_COUNT, G_STRUCT_OFFSET (PurserChat, max_tokens) },
  { "temperature", MEMBER_NUMBER, G_STRUCT_OFFSET (PurserChat, temperature) },
  { "top_p", MEMBER_NUMBER, G_STRUCT_OFFSET (PurserChat, top_p) },
  { "parallel_tool_calls", MEMBER_SIGN, G_STRUCT_OFFSET (PurserChat, parallel_tools) },
  { "prompt_cache_key", MEMBER_TEXT, G_STRUCT_OFFSET (PurserChat, cache_key) },
  { "service_tier", MEMBER_TEXT, G_STRUCT_OFFSET (PurserChat, service_tier) },
  { "safety_identifier", MEMBER_TEXT, G_STRUCT_OFFSET (PurserChat, user) },
  { "user", MEMBER_TEXT, G_STRUCT_OFFSET (PurserChat, user) },
};

static gboolean
take_plain (PurserChat *chat, const Member *member, JsonNode *node, GError **error)
{
  gpointer field = G_STRUCT_MEMBER_P (chat, member->offset);
  GType type = value_type (node);
  gboolean number = type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
  if (member->kind == MEMBER_TEXT && type != G_TYPE_STRING)
    return purser_responses_bad (error, _("“%s” must be text."), member->name);
  if (member->kind == MEMBER_TEXT)
    g_set_str ((char **) field, json_node_get_string (node));
  else if ((member->kind == MEMBER_FLAG || member->kind == MEMBER_SIGN) && type != G_TYPE_BOOLEAN)
    return purser_responses_bad (error, _("“%s” must be true or false."), member->name);
  else if (member->kind == MEMBER_FLAG)
    *(gboolean *) field = json_node_get_boolean (node);
  else if (member->kind == MEMBER_SIGN)
    *(int *) field = json_node_get_boolean (node) ? 1 : -1;
  else if (!number)
    return purser_responses_bad (error, _("“%s” must be a number."), member->name);
  else if (member->kind == MEMBER_NUMBER)
    *(double *) field = json_node_get_double (node);
  else
    {
      double value = json_node_get_double (node);
      if (value < 0 || value != floor (value) || value > 1e15)
        return purser_responses_bad (error, _("“%s” must be a whole number, 0 or more."), member->name);
      *(gint64 *) field = (gint64) value;
    }
  return TRUE;
}

/* --- Tools --- */

static gboolean take_space (PurserChat *chat, JsonNode *node, guint number, GError **error);

/* SPACE: (nullable): the namespace it is in. */
static gboolean
take_tool (PurserChat *chat, JsonNode *node, guint number, const char *space, GError **error)
{
  JsonObject *object = purser_json_object (node);
  const char *type = purser_json_string (object, "type");
  JsonObject *nested = purser_json_member (object, "function"); /* as Chat Completions has it */
  JsonObject *told = g_strcmp0 (type, "function") == 0 && nested != NULL ? nested : object;
  JsonNode *strict = said (told, "strict"), *schema = said (told, "parameters");
  const char *name = purser_json_string (told, "name");
  if (type == NULL)
    return purser_responses_bad (error, _("“tools[%u]” must be an object with a “type”."), number);
  gboolean function = g_str_equal (type, "function"), custom = g_str_equal (type, "custom");
  if (space == NULL && name != NULL && g_str_equal (type, "namespace") && purser_json_array (object, "tools") != NULL
      && json_array_get_length (purser_json_array (object, "tools")) > 0)
    return take_space (chat, node, number, error);
  if ((function || custom) && name == NULL)
    return purser_responses_bad (error, _("“tools[%u].name” must be text."), number);
  if (function && schema != NULL && !JSON_NODE_HOLDS_OBJECT (schema))
    return purser_responses_bad (error, _("“tools[%u].parameters” must be an object."), number);
  PurserTool *tool = g_new0 (PurserTool, 1);
  tool->name = space != NULL && name != NULL ? g_strdup_printf ("%s.%s", space, name) : g_strdup (name);
  tool->space = g_strdup (space);
  tool->description = g_strdup (purser_json_string (told, "description"));
  tool->custom = custom;
  if (!function)
    tool->native = purser_json_copy (node);
  else if (schema != NULL)
    tool->schema = purser_json_copy (schema);
  if (function && strict != NULL && value_type (strict) == G_TYPE_BOOLEAN)
    tool->strict = json_node_get_boolean (strict) ? 1 : -1;
  g_ptr_array_add (chat->tools, tool);
  return TRUE;
}

/* Tools under one roof, as Codex describes those of its agents. Other dialects have no roofs: each tool goes by both names there. */
static gboolean
take_space (PurserChat *chat, JsonNode *node, guint number, GError **error)
{
  JsonObject *object = purser_json_object (node);
  JsonArray *tools = purser_json_array (object, "tools");
  if (chat->spaces == NULL)
    chat->spaces = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  g_ptr_array_add (chat->spaces, purser_json_copy (node));
  for (guint i = 0; i < json_array_get_length (tools); i++)
    if (!take_tool (chat, json_array_get_element (tools, i), number, purser_json_string (object, "name"), error))
      return FALSE;
  return TRUE;
}

static gboolean
take_tools (PurserChat *chat, JsonNode *node, GError **error)
{
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return purser_responses_bad (error, _("“%s” must be a list."), "tools");
  JsonArray *tools = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (tools); i++)
    if (!take_tool (chat, json_array_get_element (tools, i), i, NULL, error))
      return FALSE;
  return TRUE;
}

/* Whether a list of allowed tools names this one: by its name, or by its type where it has none. */
static gboolean
is_allowed (const PurserTool *tool, JsonArray *allowed)
{
  JsonObject *own = purser_json_object (tool->native);
  const char *type = own != NULL ? purser_json_string (own, "type") : "function";
  for (guint i = 0; i < json_array_get_length (allowed); i++)
    {
      JsonObject *object = purser_json_object (json_array_get_element (allowed, i));
      if (g_strcmp0 (purser_json_string (object, "type"), type) == 0
          && g_strcmp0 (purser_json_string (object, "name"), tool->name) == 0
          && g_strcmp0 (purser_json_string (object, "server_label"), purser_json_string (own, "server_label")) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Tools that are not allowed might as well not be there: so every provider understands it. */
static gboolean
take_allowed (PurserChat *chat, JsonObject *choice, GError **error)
{
  JsonArray *allowed = purser_json_array (choice, "tools");
  if (allowed == NULL)
    return purser_responses_bad (error, _("“%s” must be a list."), "tool_choice.tools");
  for (guint i = chat->tools->len; i > 0; i--)
    if (!is_allowed (g_ptr_array_index (chat->tools, i - 1), allowed))
      g_ptr_array_remove_index (chat->tools, i - 1);
  g_set_str (&chat->tool_choice, purser_json_string (choice, "mode"));
  return TRUE;
}

static gboolean
take_choice (PurserChat *chat, JsonNode *node, GError **error)
{
  JsonObject *choice = purser_json_object (node);
  const char *type = purser_json_string (choice, "type"), *name = purser_json_string (choice, "name");
  if (name == NULL)
    name = purser_json_string (purser_json_member (choice, "function"), "name");
  if (value_type (node) == G_TYPE_STRING)
    g_set_str (&chat->tool_choice, json_node_get_string (node));
  else if (type == NULL)
    return purser_responses_bad (error, _("“%s” must be a word, or an object with a “type”."), "tool_choice");
  else if (g_str_equal (type, "allowed_tools"))
    return take_allowed (chat, choice, error);
  else if ((g_str_equal (type, "function") || g_str_equal (type, "custom")) && name != NULL)
    g_set_str (&chat->tool_choice, name);
  else
    keep (chat, "tool_choice", node);
  return TRUE;
}

/* --- Output and reasoning --- */

static gboolean
take_format (PurserChat *chat, JsonObject *text, JsonNode *node, GError **error)
{
  static const char *const known[] = { "type", "name", "schema", "strict", NULL };
  JsonObject *format = purser_json_object (node);
  const char *type = purser_json_string (format, "type");
  JsonNode *schema = said (format, "schema"), *strict = said (format, "strict");
  if (type == NULL)
    return purser_responses_bad (error, _("“%s” must be an object with a “type”."), "text.format");
  if (g_str_equal (type, "json_schema") && (schema == NULL || !JSON_NODE_HOLDS_OBJECT (schema)))
    return purser_responses_bad (error, _("“%s” must be an object."), "text.format.schema");
  chat->json_output = g_str_equal (type, "json_object");
  if (g_str_equal (type, "json_schema"))
    {
      chat->schema = purser_json_copy (schema);
      chat->schema_name = g_strdup (purser_json_string (format, "name"));
      if (strict != NULL && value_type (strict) == G_TYPE_BOOLEAN)
        chat->schema_strict = json_node_get_boolean (strict) ? 1 : -1;
    }
  if (says_more (format, known))
    {
      g_autoptr(JsonNode) whole = json_node_init_object (json_node_alloc (), text);
      keep (chat, "text", whole);
    }
  return TRUE;
}

static gboolean
take_text (PurserChat *chat, JsonNode *node, GError **error)
{
  static const char *const known[] = { "format", "verbosity", NULL };
  JsonObject *text = purser_json_object (node);
  if (text == NULL)
    return purser_responses_bad (error, _("“%s” must be an object."), "text");
  g_set_str (&chat->verbosity, purser_json_string (text, "verbosity"));
  if (says_more (text, known))
    keep (chat, "text", node);
  return said (text, "format") == NULL || take_format (chat, text, said (text, "format"), error);
}

static gboolean
take_reasoning (PurserChat *chat, JsonNode *node, GError **error)
{
  static const char *const known[] = { "effort", "summary", NULL };
  JsonObject *reasoning = purser_json_object (node);
  if (reasoning == NULL)
    return purser_responses_bad (error, _("“%s” must be an object."), "reasoning");
  const char *summary = purser_json_string (reasoning, "summary");
  g_set_str (&chat->effort, purser_json_string (reasoning, "effort"));
  g_set_str (&chat->thinking_display,
             summary != NULL ? summary : purser_json_string (reasoning, "generate_summary")); /* its older name */
  if (says_more (reasoning, known))
    keep (chat, "reasoning", node);
  return TRUE;
}

static gboolean
take_metadata (PurserChat *chat, JsonNode *node, GError **error)
{
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return purser_responses_bad (error, _("“%s” must be an object."), "metadata");
  if (json_object_get_size (json_node_get_object (node)) > 0)
    chat->metadata = purser_json_copy (node);
  return TRUE;
}

/* Probabilities come only where they were asked for, by a number or by name. */
static gboolean
take_logprobs (PurserChat *chat, JsonNode *node, GError **error)
{
  gint64 wanted = value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : -1;
  if (wanted < 0 || wanted > 100)
    return purser_responses_bad (error, _("“%s” must be a whole number, 0 or more."), "top_logprobs");
  if (wanted > 0)
    chat->logprobs = wanted;
  return TRUE;
}

static gboolean
take_include (PurserChat *chat, JsonNode *node, GError **error)
{
  JsonArray *names = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  if (names == NULL)
    return purser_responses_bad (error, _("“%s” must be a list."), "include");
  for (guint i = 0; i < json_array_get_length (names); i++)
    {
      JsonNode *name = json_array_get_element (names, i);
      if (value_type (name) == G_TYPE_STRING
          && g_str_equal (json_node_get_string (name), "message.output_text.logprobs"))
        chat->logprobs = MAX (chat->logprobs, 0);
    }
  keep (chat, "include", node);
  return TRUE;
}

static gboolean
take_instructions (PurserChat *chat, JsonNode *node, GError **error)
{
  if (value_type (node) != G_TYPE_STRING)
    return purser_responses_bad (error, _("“%s” must be text."), "instructions");
  if (*json_node_get_string (node) != 0)
    purser_chat_add_text (chat, PURSER_ROLE_SYSTEM, json_node_get_string (node));
  return TRUE;
}

static gboolean
take_input (PurserChat *chat, JsonNode *node, GError **error)
{
  return purser_responses_decode_input (chat, node, error);
}

/* In this order: the instructions come first in the conversation, calls in it are of tools in namespaces, and the choice is one among the tools. */
static const struct
{
  const char *name;
  gboolean (*take) (PurserChat *chat, JsonNode *node, GError **error);
} others[] = {
  { "instructions", take_instructions },
  { "tools", take_tools },
  { "input", take_input },
  { "tool_choice", take_choice },
  { "text", take_text },
  { "reasoning", take_reasoning },
  { "metadata", take_metadata },
  { "top_logprobs", take_logprobs },
  { "include", take_include },
};

static gboolean
is_known (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (plain); i++)
    if (g_str_equal (plain[i].name, name))
      return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (g_str_equal (others[i].name, name))
      return TRUE;
  return FALSE;
}

gboolean
purser_responses_decode (PurserChat *chat, JsonObject *body, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  for (gsize i = 0; i < G_N_ELEMENTS (plain); i++)
    if (said (body, plain[i].name) != NULL && !take_plain (chat, &plain[i], said (body, plain[i].name), error))
      return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (said (body, others[i].name) != NULL && !others[i].take (chat, said (body, others[i].name), error))
      return FALSE;
  json_object_iter_init_ordered (&iter, body);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    if (!is_known (name) && !JSON_NODE_HOLDS_NULL (node))
      keep (chat, name, node);
  return TRUE;
}
