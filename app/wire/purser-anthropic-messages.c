/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic-messages.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json-wire.h"

typedef struct
{
  const PurserAnthropicEncoder *encoder;
  JsonArray *system, *messages; /* (unowned) */
  const char *role; /* (nullable): of the message that is open */
  JsonArray *results, *content; /* (owned) (nullable): its blocks: all results of tools come first (PROVIDERS §3.2) */
  gboolean calls; /* the last message called tools: their results have to be next */
  GPtrArray *later; /* (owned) (element-type PurserMessage): system text that waits for them */
} Talk;

static void
close_message (Talk *talk)
{
  if (talk->role == NULL)
    return;
  for (guint i = 0; i < json_array_get_length (talk->content); i++)
    json_array_add_element (talk->results, json_array_dup_element (talk->content, i));
  json_object_set_array_member (purser_encode_message (talk->messages, talk->role), "content",
                                g_steal_pointer (&talk->results));
  g_clear_pointer (&talk->content, json_array_unref);
  talk->role = NULL;
}

/* Messages of one role in a row become one, as Anthropic would merge them itself. */
static void
open_message (Talk *talk, const char *role)
{
  if (g_strcmp0 (talk->role, role) == 0)
    return;
  close_message (talk);
  talk->role = role;
  talk->results = json_array_new ();
  talk->content = json_array_new ();
}

static void
talk_clear (Talk *talk)
{
  g_clear_pointer (&talk->results, json_array_unref);
  g_clear_pointer (&talk->content, json_array_unref);
  g_ptr_array_unref (talk->later);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Talk, talk_clear)

static gboolean
add_results (Talk *talk, const PurserMessage *source, GError **error)
{
  for (guint i = 0; i < source->parts->len; i++)
    {
      const PurserPart *part = g_ptr_array_index (source->parts, i);
      if (part->type == PURSER_PART_TOOL_RESULT
          && !purser_anthropic_add_result (talk->encoder, part, talk->results, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_parts (Talk *talk, const PurserMessage *source, GError **error)
{
  for (guint i = 0; i < source->parts->len; i++)
    {
      const PurserPart *part = g_ptr_array_index (source->parts, i);
      talk->calls = talk->calls || part->type == PURSER_PART_TOOL_CALL;
      if (!purser_anthropic_add_block (talk->encoder, part, source->role, talk->content, error))
        return FALSE;
    }
  return TRUE;
}

/* System text before the talk goes to `system`, one block a part; later it is a message of its own where the model
 * knows that, else a part of the user's. */
static gboolean
add_system (Talk *talk, const PurserMessage *source, GError **error)
{
  JsonArray *content = talk->system;
  if (talk->role != NULL || json_array_get_length (talk->messages) > 0)
    {
      open_message (talk, talk->encoder->rule->system_later ? "system" : "user");
      content = talk->content;
    }
  for (guint i = 0; i < source->parts->len; i++)
    {
      const PurserPart *part = g_ptr_array_index (source->parts, i);
      if (part->type == PURSER_PART_TEXT
          && !purser_anthropic_add_block (talk->encoder, part, source->role, content, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_later (Talk *talk, GError **error)
{
  gboolean added = TRUE;
  talk->calls = FALSE;
  for (guint i = 0; added && i < talk->later->len; i++)
    added = add_system (talk, g_ptr_array_index (talk->later, i), error);
  g_ptr_array_set_size (talk->later, 0);
  return added;
}

static gboolean
add_message (Talk *talk, const PurserMessage *source, GError **error)
{
  if (source->role == PURSER_ROLE_SYSTEM && talk->calls)
    {
      g_ptr_array_add (talk->later, (gpointer) source);
      return TRUE;
    }
  if (source->role == PURSER_ROLE_SYSTEM)
    return add_system (talk, source, error);
  if (!purser_encode_holds_result (source) && !add_later (talk, error))
    return FALSE;
  open_message (talk, source->role == PURSER_ROLE_ASSISTANT ? "assistant" : "user");
  return add_results (talk, source, error) && add_parts (talk, source, error);
}

static gboolean
all_blank (const char *text)
{
  return strspn (text, " \t\r\n") == strlen (text);
}

/* A last assistant text must not be blank, nor end in blanks. */
static void
tidy_last (JsonArray *messages)
{
  guint length = json_array_get_length (messages);
  JsonObject *last = length > 0 ? json_array_get_object_element (messages, length - 1) : NULL;
  JsonArray *content = purser_json_array (last, "content");
  guint blocks = content != NULL ? json_array_get_length (content) : 0;
  JsonObject *block = blocks > 0 ? json_array_get_object_element (content, blocks - 1) : NULL;
  const char *text = purser_json_string (block, "text");
  if (text == NULL || g_strcmp0 (purser_json_string (last, "role"), "assistant") != 0)
    return;
  if (all_blank (text))
    json_array_remove_element (content, blocks - 1);
  else
    {
      g_autofree char *chomped = g_strchomp (g_strdup (text));
      json_object_set_string_member (block, "text", chomped);
    }
}

/* Messages that nothing is left of are refused, so they go, and those before and after become one where they are of one
 * role. (transfer full) */
static JsonArray *
tidy (JsonArray *messages)
{
  JsonArray *tidied = json_array_new (), *open = NULL;
  const char *role = "";
  tidy_last (messages);
  for (guint i = 0; i < json_array_get_length (messages); i++)
    {
      JsonObject *message = json_array_get_object_element (messages, i);
      JsonArray *content = purser_json_array (message, "content");
      if (json_array_get_length (content) == 0)
        continue;
      if (open == NULL || !g_str_equal (role, purser_json_string (message, "role")))
        {
          json_array_add_object_element (tidied, json_object_ref (message));
          role = purser_json_string (message, "role");
          open = content;
          continue;
        }
      for (guint j = 0; j < json_array_get_length (content); j++)
        json_array_add_element (open, json_array_dup_element (content, j));
    }
  return tidied;
}

static void
add_told (JsonArray *system, const char *told)
{
  JsonObject *block = json_object_new ();
  json_object_set_string_member (block, "type", "text");
  json_object_set_string_member (block, "text", told);
  json_array_add_object_element (system, block);
}

gboolean
purser_anthropic_add_messages (const PurserAnthropicEncoder *encoder,
                               JsonObject *body,
                               const char *told,
                               GError **error)
{
  const GPtrArray *sources = encoder->chat->messages;
  g_autoptr(JsonArray) system = json_array_new (), all = json_array_new ();
  g_auto(Talk) talk = { .encoder = encoder, .system = system, .messages = all, .later = g_ptr_array_new () };
  for (guint i = 0; i < sources->len; i++)
    if (!add_message (&talk, g_ptr_array_index (sources, i), error))
      return FALSE;
  if (!add_later (&talk, error))
    return FALSE;
  close_message (&talk);
  if (told != NULL)
    add_told (system, told);
  g_autoptr(JsonArray) messages = tidy (all);
  if (json_array_get_length (messages) == 0)
    return purser_encode_refuse (error, _("Anthropic's models answer a message; the request has only system text."));
  for (guint i = 0; i < json_array_get_length (messages); i++)
    purser_anthropic_simplify (json_array_get_object_element (messages, i), "content");
  if (json_array_get_length (system) > 0)
    json_object_set_array_member (body, "system", json_array_ref (system));
  json_object_set_array_member (body, "messages", g_steal_pointer (&messages));
  return TRUE;
}

gboolean
purser_anthropic_lost_thinking (const PurserChat *chat)
{
  for (guint i = chat->messages->len; i > 0; i--)
    {
      const PurserMessage *message = g_ptr_array_index (chat->messages, i - 1);
      gboolean calls = FALSE, thinks = FALSE;
      if (message->role != PURSER_ROLE_ASSISTANT)
        continue;
      for (guint j = 0; j < message->parts->len; j++)
        {
          const PurserPart *part = g_ptr_array_index (message->parts, j);
          calls = calls || part->type == PURSER_PART_TOOL_CALL;
          thinks = thinks
                   || (part->type == PURSER_PART_THINKING && (purser_is_set (part->signature) || purser_is_set (part->data))
                       && (part->dialect == NULL || g_str_equal (part->dialect, "anthropic")));
        }
      return calls && !thinks;
    }
  return FALSE;
}
