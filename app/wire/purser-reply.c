/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-reply.h"

#include "purser-json.h"
#include "purser-reply-items.h"

#define MAX_CHOICES 128 /* as the readers: nobody else makes events */
#define MAX_TOOLS 1024

static void
reply_tool_free (gpointer data)
{
  PurserReplyTool *tool = data;
  g_free (tool->id);
  g_free (tool->name);
  g_string_free (tool->arguments, TRUE);
  g_free (tool);
}

static void
reply_choice_free (gpointer data)
{
  PurserReplyChoice *choice = data;
  g_string_free (choice->text, TRUE);
  g_string_free (choice->thinking, TRUE);
  g_string_free (choice->refusal, TRUE);
  g_ptr_array_unref (choice->tools);
  g_clear_pointer (&choice->items, g_ptr_array_unref);
  g_free (choice->finish_raw);
  g_free (choice);
}

PurserReply *
purser_reply_new (void)
{
  PurserReply *reply = g_new0 (PurserReply, 1);
  reply->choices = g_ptr_array_new_with_free_func (reply_choice_free);
  reply->blocks = g_ptr_array_new_with_free_func (g_free);
  reply->meta = json_object_new ();
  return reply;
}

void
purser_reply_free (PurserReply *reply)
{
  if (reply == NULL)
    return;
  g_free (reply->id);
  g_free (reply->model);
  g_ptr_array_unref (reply->choices);
  g_ptr_array_unref (reply->blocks);
  purser_usage_free (reply->usage);
  purser_fault_free (reply->fault);
  g_clear_pointer (&reply->error, json_node_unref);
  json_object_unref (reply->meta);
  g_free (reply);
}

static PurserReplyChoice *
choice_at (PurserReply *reply, int number)
{
  g_return_val_if_fail (number >= 0 && number < MAX_CHOICES, NULL);
  while (reply->choices->len <= (guint) number)
    {
      PurserReplyChoice *choice = g_new0 (PurserReplyChoice, 1);
      choice->text = g_string_new (NULL);
      choice->thinking = g_string_new (NULL);
      choice->refusal = g_string_new (NULL);
      choice->tools = g_ptr_array_new_with_free_func (reply_tool_free);
      g_ptr_array_add (reply->choices, choice);
    }
  return g_ptr_array_index (reply->choices, number);
}

static PurserReplyTool *
tool_at (PurserReply *reply, const PurserEvent *event)
{
  PurserReplyChoice *choice = choice_at (reply, event->choice);
  g_return_val_if_fail (choice != NULL && event->tool >= 0 && event->tool < MAX_TOOLS, NULL);
  while (choice->tools->len <= (guint) event->tool)
    {
      PurserReplyTool *tool = g_new0 (PurserReplyTool, 1);
      tool->arguments = g_string_new (NULL);
      g_ptr_array_add (choice->tools, tool);
    }
  return g_ptr_array_index (choice->tools, event->tool);
}

static void
add_text (PurserReply *reply, const PurserEvent *event)
{
  PurserReplyChoice *choice = choice_at (reply, event->choice);
  if (choice == NULL)
    return;
  GString *text = event->type == PURSER_EVENT_TEXT       ? choice->text
                  : event->type == PURSER_EVENT_THINKING ? choice->thinking
                                                         : choice->refusal;
  g_string_append_len (text, event->text, event->length);
}

static void
add_tool (PurserReply *reply, const PurserEvent *event)
{
  PurserReplyTool *tool = tool_at (reply, event);
  if (tool == NULL)
    return;
  if (event->type == PURSER_EVENT_TOOL_ARGS)
    {
      g_string_append_len (tool->arguments, event->text, event->length);
      return;
    }
  g_set_str (&tool->id, event->id);
  g_set_str (&tool->name, event->name);
  tool->custom = event->text != NULL;
}

static void
add_finish (PurserReply *reply, const PurserEvent *event)
{
  PurserReplyChoice *choice = choice_at (reply, event->choice);
  if (choice == NULL)
    return;
  choice->finish = event->finish;
  g_set_str (&choice->finish_raw, event->text);
}

static void
add_in_order (PurserReply *reply, const PurserEvent *event)
{
  static const gboolean pieces[] = {
    [PURSER_EVENT_TEXT] = TRUE,      [PURSER_EVENT_THINKING] = TRUE,    [PURSER_EVENT_REFUSAL] = TRUE,
    [PURSER_EVENT_SIGNATURE] = TRUE, [PURSER_EVENT_REDACTED] = TRUE,    [PURSER_EVENT_TOOL_START] = TRUE,
    [PURSER_EVENT_BLOCK] = TRUE,     [PURSER_EVENT_BLOCK_DELTA] = TRUE, [PURSER_EVENT_BLOCK_END] = TRUE,
    [PURSER_EVENT_CITATION] = TRUE,  [PURSER_EVENT_END] = FALSE,
  };
  PurserReplyChoice *choice = pieces[event->type] ? choice_at (reply, event->choice) : NULL;
  if (choice == NULL)
    return;
  if (choice->items == NULL)
    choice->items = purser_reply_items_new ();
  purser_reply_items_add (choice->items, event);
}

/**
 * purser_reply_add:
 *
 * Takes in the next event.
 */
void
purser_reply_add (PurserReply *reply, const PurserEvent *event)
{
  if (reply->ordered)
    add_in_order (reply, event);
  switch (event->type)
    {
    case PURSER_EVENT_START:
      g_set_str (&reply->id, event->id);
      g_set_str (&reply->model, event->model);
      break;
    case PURSER_EVENT_TEXT:
    case PURSER_EVENT_THINKING:
    case PURSER_EVENT_REFUSAL:
      add_text (reply, event);
      break;
    case PURSER_EVENT_SIGNATURE:
      reply->signatures++;
      break;
    case PURSER_EVENT_TOOL_START:
    case PURSER_EVENT_TOOL_ARGS:
      add_tool (reply, event);
      break;
    case PURSER_EVENT_BLOCK:
      g_ptr_array_add (reply->blocks, g_strdup (event->name));
      break;
    case PURSER_EVENT_USAGE:
      g_clear_pointer (&reply->usage, purser_usage_free);
      reply->usage = purser_usage_copy (event->usage);
      break;
    case PURSER_EVENT_FINISH:
      add_finish (reply, event);
      break;
    case PURSER_EVENT_ERROR:
      g_clear_pointer (&reply->fault, purser_fault_free);
      g_clear_pointer (&reply->error, json_node_unref);
      reply->fault = purser_fault_copy (event->fault);
      reply->error = event->json != NULL ? json_node_ref (event->json) : NULL;
      break;
    case PURSER_EVENT_META:
      json_object_set_member (reply->meta, event->name, json_node_ref (event->json));
      break;
    case PURSER_EVENT_END:
      reply->ended = TRUE;
      break;
    case PURSER_EVENT_REDACTED:
    case PURSER_EVENT_TOOL_END:
    case PURSER_EVENT_BLOCK_DELTA:
    case PURSER_EVENT_BLOCK_END:
    case PURSER_EVENT_CITATION:
    case PURSER_EVENT_RAW:
      break;
    }
}

/**
 * purser_reply_text:
 *
 * Returns: (transfer none): the text of the first choice, "" if there is none
 */
const char *
purser_reply_text (const PurserReply *reply)
{
  if (reply->choices->len == 0)
    return "";
  return ((const PurserReplyChoice *) g_ptr_array_index (reply->choices, 0))->text->str;
}
