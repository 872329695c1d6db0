/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-ollama.h"

#include <string.h>

#include "purser-fault.h"
#include "purser-json-wire.h"

/* Replies as Ollama's clients read them (PROVIDERS §5.3, §6.4): lines of JSON, each call complete in a line of its own,
 * and a last line with done:true and the counts. What has no place there:
 *
 *   signatures, redacted thinking, citations    left out
 *   a refusal                                   its text
 *   further choices                             left out
 *   durations                                   only where they are known, which is from Ollama itself. ollama.com
 *                                               leaves them out as well, so clients can do without
 *   counts that nobody told                     left out: unknown is not 0
 */

typedef struct
{
  gboolean generate; /* /api/generate: `response` in the place of `message` */
  gboolean over; /* a call could not be told: nothing comes after the words for it */
  GString *head; /* (owned): what every line begins with, up to the text; "" until it is needed */
  GString *line; /* (owned): reused */
  JsonNode *logprobs; /* (owned) (nullable): of the text that comes next */
} State;

static gpointer
state_new (gboolean generate)
{
  State *state = g_new0 (State, 1);
  state->generate = generate;
  state->head = g_string_new (NULL);
  state->line = g_string_new (NULL);
  return state;
}

gpointer
purser_ollama_write_new (PurserWriter *writer)
{
  return state_new (FALSE);
}

gpointer
purser_ollama_write_new_generate (PurserWriter *writer)
{
  return state_new (TRUE);
}

void
purser_ollama_write_free (gpointer data)
{
  State *state = data;
  g_string_free (state->head, TRUE);
  g_string_free (state->line, TRUE);
  g_clear_pointer (&state->logprobs, json_node_unref);
  g_free (state);
}

static void
make_head (PurserWriter *writer, State *state)
{
  g_autofree char *created = purser_ollama_created_at (writer);
  const char *model = purser_writer_model (writer);
  g_string_append (state->head, "{\"model\":");
  purser_writer_json_string (state->head, model, strlen (model));
  g_string_append_printf (state->head, ",\"created_at\":\"%s\",%s", created,
                          state->generate ? "\"response\":" : "\"message\":{\"role\":\"assistant\",\"content\":");
}

static void
begin_line (PurserWriter *writer, State *state)
{
  if (state->head->len == 0)
    make_head (writer, state);
  g_string_truncate (state->line, 0);
  g_string_append_len (state->line, state->head->str, state->head->len);
}

static void
end_line (PurserWriter *writer, State *state)
{
  if (!state->generate)
    g_string_append_c (state->line, '}');
  if (state->logprobs != NULL)
    {
      g_autofree char *text = purser_json_to_string (state->logprobs, FALSE);
      g_string_append_printf (state->line, ",\"logprobs\":%s", text);
      g_clear_pointer (&state->logprobs, json_node_unref);
    }
  g_string_append (state->line, ",\"done\":false}\n");
  purser_writer_bytes (writer, state->line->str, state->line->len, FALSE);
}

static void
write_text (PurserWriter *writer, State *state, const PurserEvent *event, const char *before)
{
  begin_line (writer, state);
  g_string_append (state->line, before);
  purser_writer_json_string (state->line, event->text, event->length);
  end_line (writer, state);
}

static void
write_failure (PurserWriter *writer, State *state, const PurserFault *fault, JsonNode *said)
{
  JsonObject *object;
  state->over = TRUE;
  if (said != NULL && purser_ollama_writes_own (writer))
    {
      object = json_object_new ();
      json_object_set_member (object, "error", json_node_ref (said));
    }
  else
    object = purser_ollama_write_error (fault, 0, NULL, NULL, NULL);
  purser_writer_line (writer, object, TRUE);
}

static void
write_call (PurserWriter *writer, State *state, int number)
{
  const PurserReplyChoice *choice = purser_ollama_choice (purser_writer_reply (writer));
  const PurserReplyTool *tool =
      choice != NULL && (guint) number < choice->tools->len ? g_ptr_array_index (choice->tools, number) : NULL;
  if (tool == NULL)
    return;
  JsonObject *call = purser_ollama_call (writer, tool, number);
  if (call == NULL)
    {
      g_autoptr(PurserFault) fault = purser_ollama_call_fault (tool);
      write_failure (writer, state, fault, NULL);
      return;
    }
  g_autoptr(JsonNode) node = purser_json_new_object (call);
  g_autofree char *text = purser_json_to_string (node, FALSE);
  begin_line (writer, state);
  g_string_append_printf (state->line, "\"\",\"tool_calls\":[%s]", text);
  end_line (writer, state);
}

static void
write_end (PurserWriter *writer, State *state)
{
  JsonObject *object = purser_ollama_begin (writer);
  if (state->generate)
    json_object_set_string_member (object, "response", "");
  else
    {
      JsonObject *message = json_object_new ();
      json_object_set_string_member (message, "role", "assistant");
      json_object_set_string_member (message, "content", "");
      json_object_set_object_member (object, "message", message);
    }
  purser_ollama_set_end (object, purser_writer_reply (writer), purser_ollama_writes_own (writer));
  purser_writer_line (writer, object, TRUE);
}

/* Of the other dialects only OpenAI's tell them, and not as events. */
static void
take_logprobs (State *state, const PurserEvent *event)
{
  if (g_strcmp0 (event->name, "logprobs") != 0)
    return;
  g_clear_pointer (&state->logprobs, json_node_unref);
  state->logprobs = json_node_ref (event->json);
}

void
purser_ollama_write_event (PurserWriter *writer, gpointer data, const PurserEvent *event)
{
  State *state = data;
  if (state->over || event->choice > 0)
    return;
  switch (event->type)
    {
    case PURSER_EVENT_START:
      g_string_truncate (state->head, 0); /* it may say more now */
      break;
    case PURSER_EVENT_TEXT:
    case PURSER_EVENT_REFUSAL:
      write_text (writer, state, event, "");
      break;
    case PURSER_EVENT_THINKING:
      write_text (writer, state, event, "\"\",\"thinking\":");
      break;
    case PURSER_EVENT_TOOL_END:
      write_call (writer, state, event->tool);
      break;
    case PURSER_EVENT_META:
      take_logprobs (state, event);
      break;
    case PURSER_EVENT_ERROR:
      write_failure (writer, state, event->fault, event->json);
      break;
    case PURSER_EVENT_END:
      write_end (writer, state);
      break;
    case PURSER_EVENT_TOOL_START: /* a call is told when it is complete */
    case PURSER_EVENT_TOOL_ARGS:
    case PURSER_EVENT_USAGE: /* both stand in the last line */
    case PURSER_EVENT_FINISH:
    case PURSER_EVENT_SIGNATURE:
    case PURSER_EVENT_REDACTED:
    case PURSER_EVENT_CITATION:
    case PURSER_EVENT_BLOCK:
    case PURSER_EVENT_BLOCK_DELTA:
    case PURSER_EVENT_RAW: /* never comes here: purser_writer_add() */
    case PURSER_EVENT_BLOCK_END:
      break;
    }
}
