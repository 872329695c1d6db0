/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-ollama.h"

#include <glib/gi18n-lib.h>

#include "purser-fault.h"
#include "purser-json.h"
#include "purser-reader.h"

#define MAX_TOOLS 1024 /* more calls in one reply are none */

/* PROVIDERS §6.4: replies of /api/chat, and of /api/generate, which has response and thinking where chat has a message.
 * A line of a stream and a whole reply have the same members. */

typedef struct
{
  int tools;
} State;

static gpointer
state_new (void)
{
  return g_new0 (State, 1);
}

/* Each call comes whole, its arguments as an object; older versions give no id. */
static void
read_tools (PurserReader *reader, State *state, JsonArray *calls)
{
  for (guint i = 0; calls != NULL && i < json_array_get_length (calls); i++)
    {
      JsonObject *call = purser_json_object (json_array_get_element (calls, i));
      JsonObject *function = purser_json_member (call, "function");
      JsonNode *arguments = purser_json_node (function, "arguments");
      const char *id = purser_json_string (call, "id"), *given = purser_json_string (function, "arguments");
      g_autofree char *text = given != NULL       ? g_strdup (given)
                              : arguments != NULL ? purser_json_to_string (arguments, FALSE)
                                                  : NULL;
      if (function == NULL)
        continue;
      if (state->tools >= MAX_TOOLS)
        {
          purser_reader_fail (reader,
                              purser_fault_new (PURSER_FAULT_TOO_LARGE, 0,
                                                _("The reply calls more than 1,024 tools.")),
                              NULL);
          return;
        }
      purser_reader_tool (reader, 0, state->tools, id != NULL && *id != 0 ? id : NULL,
                          purser_json_string (function, "name"), FALSE);
      purser_reader_text (reader, PURSER_EVENT_TOOL_ARGS, 0, state->tools, text);
      purser_reader_tool_end (reader, 0, state->tools++);
    }
}

/* PROVIDERS §5.2: the prompt count includes what was cached, without saying how much; older versions leave it out then.
 */
static void
read_usage (PurserReader *reader, JsonObject *line)
{
  static const char *const counts[] = { "prompt_eval_count", "eval_count",           "total_duration",
                                        "load_duration",     "prompt_eval_duration", "eval_duration" };
  g_autoptr(PurserUsage) usage = purser_usage_new ();
  JsonObject *raw;
  usage->input_total = purser_reader_count (line, "prompt_eval_count");
  usage->output = purser_reader_count (line, "eval_count");
  if (usage->input_total < 0 && usage->output < 0)
    return;
  raw = json_object_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    if (purser_json_node (line, counts[i]) != NULL)
      json_object_set_member (raw, counts[i], json_node_ref (purser_json_node (line, counts[i])));
  usage->raw = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (usage->raw, raw);
  purser_reader_usage (reader, usage);
}

static void
read_durations (PurserReader *reader, JsonObject *line)
{
  static const char *const durations[] = { "total_duration", "load_duration", "prompt_eval_duration", "eval_duration" };
  for (gsize i = 0; i < G_N_ELEMENTS (durations); i++)
    {
      JsonNode *duration = purser_json_node (line, durations[i]);
      if (duration != NULL && !JSON_NODE_HOLDS_NULL (duration))
        purser_reader_json (reader, PURSER_EVENT_META, durations[i], duration);
    }
}

/* PROVIDERS §5.1: done_reason is "stop" after tool calls too. */
static PurserFinish
finish_of (const State *state, const char *word)
{
  if (g_strcmp0 (word, "length") == 0)
    return PURSER_FINISH_LENGTH;
  if (g_strcmp0 (word, "load") == 0 || g_strcmp0 (word, "unload") == 0)
    return PURSER_FINISH_OTHER;
  return state->tools > 0 ? PURSER_FINISH_TOOLS : PURSER_FINISH_DONE;
}

static void
read_end (PurserReader *reader, State *state, JsonObject *line)
{
  const char *word = purser_json_string (line, "done_reason");
#ifdef PURSER_PLANTED_BUG
  char *known = g_malloc0 (8); /* planted: room for the words that are known */
  for (gsize i = 0; word != NULL && word[i] != 0; i++)
    known[i] = word[i];
  g_free (known);
#endif
  read_usage (reader, line);
  read_durations (reader, line);
  purser_reader_finish (reader, 0, finish_of (state, word), word != NULL && *word != 0 ? word : NULL);
  purser_reader_over (reader);
}

/* They come with the text they are about, and go out before it. */
static void
read_logprobs (PurserReader *reader, JsonNode *logprobs)
{
  if (logprobs != NULL && JSON_NODE_HOLDS_ARRAY (logprobs))
    purser_reader_json (reader, PURSER_EVENT_META, "logprobs", logprobs);
}

static gboolean
read_line (PurserReader *reader, State *state, JsonNode *root, gboolean whole)
{
  JsonObject *line = purser_json_object (root), *message = purser_json_member (line, "message");
  gboolean generated = purser_json_string (line, "response") != NULL || purser_json_string (line, "thinking") != NULL;
  gboolean done = purser_json_boolean (line, "done", whole);
  gboolean ours = message != NULL || generated || purser_json_node (line, "done") != NULL;
  if (ours)
    {
      purser_reader_start (reader, NULL, purser_json_string (line, "model"));
      read_logprobs (reader, purser_json_node (line, "logprobs"));
      purser_reader_text (reader, PURSER_EVENT_THINKING, 0, 0,
                          purser_json_string (message ? message : line, "thinking"));
      purser_reader_text (reader, PURSER_EVENT_TEXT, 0, 0,
                          message ? purser_json_string (message, "content") : purser_json_string (line, "response"));
      read_tools (reader, state, purser_json_array (message ? message : line, "tool_calls"));
    }
  if (purser_reader_error (reader, root, ours))
    return TRUE;
  if (ours && done)
    read_end (reader, state, line);
  return ours;
}

static gboolean
read_item (PurserReader *reader, gpointer state, const char *event, JsonNode *root)
{
  return read_line (reader, state, root, FALSE);
}

static gboolean
read_whole (PurserReader *reader, gpointer state, JsonNode *root)
{
  return read_line (reader, state, root, TRUE);
}

/* Only done:true ends a reply. */
static gboolean
complete (PurserReader *reader, gpointer state, gboolean marked)
{
  return FALSE;
}

/* The format has no comments, and clients parse every line: so a ping is a line of no text, with all that some of them
 * insist on. */
#define PING_START "{\"model\":\"\",\"created_at\":\"1970-01-01T00:00:00Z\","

const PurserDialect purser_dialect_ollama = {
  .id = "ollama",
  .framing = PURSER_FRAMING_LINES,
  .encode = purser_ollama_encode,
  .state_new = state_new,
  .state_free = g_free,
  .read_item = read_item,
  .read_quick = purser_ollama_read_quick,
  .read_whole = read_whole,
  .complete = complete,
  .decode = purser_ollama_decode,
  .write_new = purser_ollama_write_new,
  .write_free = purser_ollama_write_free,
  .write_event = purser_ollama_write_event,
  .write_whole = purser_ollama_write_whole,
  .ping = PING_START "\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":false}\n",
  .write_error = purser_ollama_write_error,
};

/* Spoken by callers only: as upstream, Ollama is asked through /api/chat. */
const PurserDialect purser_dialect_ollama_generate = {
  .id = "ollama-generate",
  .framing = PURSER_FRAMING_LINES,
  .decode = purser_ollama_decode_generate,
  .write_new = purser_ollama_write_new_generate,
  .write_free = purser_ollama_write_free,
  .write_event = purser_ollama_write_event,
  .write_whole = purser_ollama_write_whole_generate,
  .ping = PING_START "\"response\":\"\",\"done\":false}\n",
  .write_error = purser_ollama_write_error,
};
