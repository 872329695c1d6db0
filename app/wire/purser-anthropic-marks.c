/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic-messages.h"

#include "purser-json.h"

#define MAX_MARKS 4 /* PROVIDERS §4.3; automatic placement at the top level takes one of them */

void
purser_anthropic_set_mark (JsonObject *object, PurserCacheMark mark)
{
  JsonObject *control;
  if (mark == PURSER_CACHE_NONE)
    return;
  control = json_object_new ();
  json_object_set_string_member (control, "type", "ephemeral");
  if (mark == PURSER_CACHE_LONG)
    json_object_set_string_member (control, "ttl", "1h"); /* five minutes are the default */
  json_object_set_object_member (object, "cache_control", control);
}

/* The marked ones among BLOCKS, and among their own, in order. */
static void
collect (JsonArray *blocks, GPtrArray *marked)
{
  for (guint i = 0; blocks != NULL && i < json_array_get_length (blocks); i++)
    {
      JsonObject *block = purser_json_object (json_array_get_element (blocks, i));
      collect (purser_json_array (block, "content"), marked);
      if (purser_json_member (block, "cache_control") != NULL)
        g_ptr_array_add (marked, block);
    }
}

/* Takes the marks off COUNT blocks from FROM on. */
static void
unmark (const PurserAnthropicEncoder *encoder, GPtrArray *marked, guint from, guint count)
{
  for (guint i = 0; i < count; i++)
    {
      json_object_remove_member (g_ptr_array_index (marked, from + i), "cache_control");
      purser_anthropic_drop (encoder, "cache_control");
    }
}

void
purser_anthropic_limit_marks (const PurserAnthropicEncoder *encoder, JsonObject *body)
{
  g_autoptr(GPtrArray) marked = g_ptr_array_new ();
  JsonArray *messages = purser_json_array (body, "messages");
  guint most = MAX_MARKS - (purser_json_member (body, "cache_control") != NULL ? 1 : 0);
  collect (purser_json_array (body, "tools"), marked);
  collect (purser_json_array (body, "system"), marked);
  guint lasting = marked->len; /* tools and system text are the same in every turn */
  for (guint i = 0; messages != NULL && i < json_array_get_length (messages); i++)
    collect (purser_json_array (json_array_get_object_element (messages, i), "content"), marked);
  guint spare = marked->len > most ? marked->len - most : 0, of_talk = MIN (spare, marked->len - lasting);
  unmark (encoder, marked, lasting, of_talk);
  unmark (encoder, marked, 0, spare - of_talk);
}
