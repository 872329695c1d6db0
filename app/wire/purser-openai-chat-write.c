/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-openai-chat.h"

#include <string.h>

#include "purser-json-wire.h"

/* Streams of Chat Completions for callers (PROVIDERS §6.2, §8.3, §8.4): a chunk with the role before a choice's
 * first content; text, refusal and thinking in fragments as they come; the k-th call as tool_calls[{index:k}], which
 * counts calls, not blocks; the finish; the usage where it was asked for; [DONE]. Chunks of text are written by hand, as
 * they are by far the most. Thinking goes out as delta.reasoning_content, its opaque state as reasoning_details. A caller
 * who described `functions` instead of tools gets function_call.
 *
 * A failed stream ends with an error in place of [DONE]. */

/* What was written of a call. */
enum
{
  CALL_ARGUED = 1 << 0,
  CALL_CUSTOM = 1 << 1
};

typedef struct
{
  gboolean    open, finished, refused;
  GByteArray *calls;    /* (owned) (nullable): flags of each */
  gsize       thought;  /* how much of its thinking the details signed so far */
  guint       details;  /* how many were written */
  GPtrArray  *kept;     /* (owned) (nullable) (element-type JsonNode): details that wait for the end */
} Choice;

typedef struct
{
  GArray  *choices;     /* (owned) (element-type Choice) */
  GString *head;        /* (owned): what every chunk begins with; empty until it is known */
  GString *frame;       /* (owned): reused */
  guint    finished;    /* choices */
  gboolean legacy;      /* function_call instead of tool_calls */
} State;

static void
choice_clear (gpointer data)
{
  g_clear_pointer (&((Choice *) data)->calls, g_byte_array_unref);
  g_clear_pointer (&((Choice *) data)->kept, g_ptr_array_unref);
}

gpointer
purser_openai_chat_write_new (PurserWriter *writer)
{
  State *state = g_new0 (State, 1);
  state->choices = g_array_new (FALSE, TRUE, sizeof (Choice));
  g_array_set_clear_func (state->choices, choice_clear);
  state->head = g_string_new (NULL);
  state->frame = g_string_new (NULL);
  state->legacy = purser_openai_chat_is_legacy (purser_writer_options (writer)->chat);
  return state;
}

void
purser_openai_chat_write_free (gpointer data)
{
  State *state = data;
  g_array_unref (state->choices);
  g_string_free (state->head, TRUE);
  g_string_free (state->frame, TRUE);
  g_free (state);
}

static Choice *
choice_at (State *state, int number)
{
  if (state->choices->len <= (guint) number)
    g_array_set_size (state->choices, number + 1);
  return &g_array_index (state->choices, Choice, number);
}

static guint8 *
call_flags (Choice *choice, int call)
{
  if (choice->calls == NULL)
    choice->calls = g_byte_array_new ();
  guint length = choice->calls->len;
  if (length <= (guint) call)
    {
      g_byte_array_set_size (choice->calls, call + 1);
      memset (choice->calls->data + length, 0, call + 1 - length);
    }
  return &choice->calls->data[call];
}

/* --- Chunks --- */

static void
add_string (GString *out, const char *text)
{
  purser_writer_json_string (out, text, strlen (text));
}

static void
add_node (GString *out, JsonNode *node)
{
  g_autofree char *text = purser_json_to_string (node, FALSE);
  g_string_append (out, text);
}

static void
make_head (PurserWriter *writer, State *state)
{
  const PurserReply *reply = purser_writer_reply (writer);
  JsonNode *tier = purser_writer_is_own (writer) ? purser_json_node (reply->meta, "service_tier") : NULL;
  g_string_assign (state->head, "data: {\"id\":");
  add_string (state->head, purser_writer_id (writer, PURSER_OPENAI_REPLY_PREFIX));
  g_string_append_printf (state->head, ",\"object\":\"chat.completion.chunk\",\"created\":%" G_GINT64_FORMAT ",\"model\":",
                          purser_writer_options (writer)->created);
  add_string (state->head, purser_writer_model (writer));
  if (tier != NULL)
    {
      g_string_append (state->head, ",\"service_tier\":");
      add_node (state->head, tier);
    }
  g_string_append (state->head, ",\"choices\":[");
}

/* The frame up to where the delta's members follow. */
static GString *
begin_chunk (PurserWriter *writer, State *state, int choice)
{
  if (state->head->len == 0)
    make_head (writer, state);
  g_string_truncate (state->frame, 0);
  g_string_append_len (state->frame, state->head->str, state->head->len);
  g_string_append_printf (state->frame, "{\"index\":%d,\"delta\":{", choice);
  return state->frame;
}

/* Clients that asked for usage find it null in every chunk but the last. */
static void
end_chunk (PurserWriter *writer, State *state, const char *finish, gboolean terminal)
{
  g_string_append (state->frame, "},\"finish_reason\":");
  if (finish != NULL)
    add_string (state->frame, finish);
  else
    g_string_append (state->frame, "null");
  g_string_append (state->frame, purser_writer_options (writer)->include_usage ? "}],\"usage\":null}\n\n" : "}]}\n\n");
  purser_writer_bytes (writer, state->frame->str, state->frame->len, terminal);
}

static Choice *
open_choice (PurserWriter *writer, State *state, int number)
{
  Choice *choice = choice_at (state, number);
  if (choice->open)
    return choice;
  choice->open = TRUE;
  g_string_append (begin_chunk (writer, state, number), "\"role\":\"assistant\",\"content\":\"\"");
  end_chunk (writer, state, NULL, FALSE);
  return choice;
}

static void
write_text (PurserWriter *writer, State *state, const PurserEvent *event, const char *member)
{
  open_choice (writer, state, event->choice);
  GString *frame = begin_chunk (writer, state, event->choice);
  g_string_append_c (frame, '"');
  g_string_append (frame, member);
  g_string_append (frame, "\":");
  purser_writer_json_string (frame, event->text, event->length);
  end_chunk (writer, state, NULL, FALSE);
}

/* Anything but text: MEMBER is a list of ELEMENTS. */
static void
write_list (PurserWriter *writer, State *state, int choice, const char *member, JsonNode *const *elements, guint length)
{
  open_choice (writer, state, choice);
  GString *frame = begin_chunk (writer, state, choice);
  g_string_append_printf (frame, "\"%s\":[", member);
  for (guint i = 0; i < length; i++)
    {
      g_string_append (frame, i > 0 ? "," : "");
      add_node (frame, elements[i]);
    }
  g_string_append_c (frame, ']');
  end_chunk (writer, state, NULL, FALSE);
}

/* --- Thinking --- */

/* OpenAI's own client for JavaScript keeps of a delta's members that it does not know only what the last chunk said; others
 * join lists. So the details of another dialect's thinking go out in one chunk, at the end. */
static void
write_kept (PurserWriter *writer, State *state, int number)
{
  Choice *choice = choice_at (state, number);
  if (choice->kept == NULL)
    return;
  write_list (writer, state, number, "reasoning_details", (JsonNode *const *) choice->kept->pdata, choice->kept->len);
  g_clear_pointer (&choice->kept, g_ptr_array_unref);
}

static void
write_detail (PurserWriter *writer, State *state, const PurserEvent *event)
{
  Choice *choice = open_choice (writer, state, event->choice);
  const GPtrArray *choices = purser_writer_reply (writer)->choices;
  const PurserReplyChoice *said =
      (guint) event->choice < choices->len ? g_ptr_array_index (choices, event->choice) : NULL;
  gboolean redacted = event->type == PURSER_EVENT_REDACTED;
  PurserPart part = { .type = PURSER_PART_THINKING, .id = (char *) event->id, .json = event->json };
  *(redacted ? &part.data : &part.signature) = (char *) event->text;
  if (said != NULL && !redacted && event->json == NULL)
    part.text = said->thinking->str + choice->thought;
  if (choice->kept == NULL)
    choice->kept = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  g_ptr_array_add (choice->kept, purser_openai_chat_make_detail (writer, &part, choice->details++));
  if (said != NULL && !redacted)
    choice->thought = said->thinking->len;
  if (purser_writer_is_own (writer))
    write_kept (writer, state, event->choice);
}

/* --- Calls --- */

static void
write_call_start (PurserWriter *writer, State *state, const PurserEvent *event)
{
  Choice *choice = open_choice (writer, state, event->choice);
  gboolean custom = event->text != NULL;
  const char *kind = custom ? "custom" : "function", *name = purser_writer_tool_name (writer, event->name);
  *call_flags (choice, event->tool) = custom ? CALL_CUSTOM : 0;
  if (state->legacy && event->tool > 0)
    return; /* the old form knows one call */
  GString *frame = begin_chunk (writer, state, event->choice);
  if (state->legacy)
    g_string_append (frame, "\"function_call\":{\"name\":");
  else
    {
      g_autofree char *id = purser_writer_tool_id (writer, event->id, PURSER_OPENAI_CALL_PREFIX, event->choice, event->tool);
      g_string_append_printf (frame, "\"tool_calls\":[{\"index\":%d,\"id\":", event->tool);
      add_string (frame, id);
      g_string_append_printf (frame, ",\"type\":\"%s\",\"%s\":{\"name\":", kind, kind);
    }
  add_string (frame, name);
  g_string_append (frame, custom ? ",\"input\":\"\"}" : ",\"arguments\":\"\"}");
  g_string_append (frame, state->legacy ? "" : "}]");
  end_chunk (writer, state, NULL, FALSE);
}

static void
write_arguments (PurserWriter *writer, State *state, const PurserEvent *event, const char *text, gsize length)
{
  guint8 *flags = call_flags (open_choice (writer, state, event->choice), event->tool);
  *flags |= CALL_ARGUED;
  if (state->legacy && event->tool > 0)
    return;
  GString *frame = begin_chunk (writer, state, event->choice);
  if (state->legacy)
    g_string_append (frame, "\"function_call\":{\"arguments\":");
  else
    g_string_append_printf (frame, "\"tool_calls\":[{\"index\":%d,%s", event->tool,
                            *flags & CALL_CUSTOM ? "\"custom\":{\"input\":" : "\"function\":{\"arguments\":");
  purser_writer_json_string (frame, text, length);
  g_string_append (frame, state->legacy ? "}" : "}}]");
  end_chunk (writer, state, NULL, FALSE);
}

/* Clients parse the arguments: of a call without any they are {}. */
static void
write_call_end (PurserWriter *writer, State *state, const PurserEvent *event)
{
  guint8 flags = *call_flags (choice_at (state, event->choice), event->tool);
  if (flags == 0)
    write_arguments (writer, state, event, "{}", 2);
}

/* --- The end --- */

/* With the last choice's finish the caller can know the end. */
static void
write_finish (PurserWriter *writer, State *state, int number, PurserFinish finish, const char *raw)
{
  const PurserChat *chat = purser_writer_options (writer)->chat;
  gint64 wanted = chat != NULL ? MAX (chat->n, 1) : 1;
  Choice *choice = open_choice (writer, state, number);
  if (choice->finished)
    return;
  write_kept (writer, state, number);
  choice->finished = TRUE;
  state->finished++;
  begin_chunk (writer, state, number);
  end_chunk (writer, state, purser_openai_chat_finish_word (writer, finish, raw, choice->refused, state->legacy),
             state->finished >= wanted);
}

static void
write_usage (PurserWriter *writer, State *state)
{
  g_autoptr(JsonNode) usage = purser_writer_options (writer)->include_usage ? purser_openai_chat_usage (writer) : NULL;
  if (usage == NULL)
    return;
  if (state->head->len == 0)
    make_head (writer, state);
  g_string_assign (state->frame, state->head->str);
  g_string_append (state->frame, "],\"usage\":");
  add_node (state->frame, usage);
  g_string_append (state->frame, "}\n\n");
  purser_writer_bytes (writer, state->frame->str, state->frame->len, TRUE);
}

static void
write_end (PurserWriter *writer, State *state)
{
  if (state->choices->len == 0)
    write_finish (writer, state, 0, PURSER_FINISH_DONE, NULL);
  for (guint i = 0; i < state->choices->len; i++)
    if (choice_at (state, i)->open)
      write_finish (writer, state, i, PURSER_FINISH_NONE, NULL);
  write_usage (writer, state);
  purser_writer_bytes (writer, "data: [DONE]\n\n", -1, TRUE);
}

/* The error as it came from a server of this dialect, else as this dialect says it; with the usage beside, as OpenRouter
 * has it, if that was asked for and is known. */
static void
write_failure (PurserWriter *writer, const PurserEvent *event)
{
  JsonObject *data;
  if (purser_writer_is_own (writer) && event->json != NULL)
    {
      data = json_object_new ();
      json_object_set_member (data, "error", purser_json_copy (event->json));
    }
  else
    data = purser_dialect_error_object (&purser_dialect_openai_chat, event->fault, NULL, NULL);
  if (purser_writer_options (writer)->include_usage)
    purser_json_take (data, "usage", purser_openai_chat_usage (writer));
  purser_writer_sse (writer, NULL, data, TRUE);
}

static void
write_citation (PurserWriter *writer, State *state, const PurserEvent *event)
{
  g_autoptr(JsonNode) annotation = event->json != NULL ? purser_openai_chat_annotation (writer, event->json) : NULL;
  if (annotation != NULL)
    write_list (writer, state, event->choice, "annotations", &annotation, 1);
}

void
purser_openai_chat_write_event (PurserWriter *writer, gpointer data, const PurserEvent *event)
{
  State *state = data;
  switch (event->type)
    {
    case PURSER_EVENT_START:
    case PURSER_EVENT_META:
      g_string_truncate (state->head, 0); /* it may say more now */
      break;
    case PURSER_EVENT_TEXT:
      write_text (writer, state, event, "content");
      break;
    case PURSER_EVENT_THINKING:
      write_text (writer, state, event, purser_openai_chat_reasoning_member (writer));
      break;
    case PURSER_EVENT_REFUSAL:
      choice_at (state, event->choice)->refused = TRUE;
      write_text (writer, state, event, "refusal");
      break;
    case PURSER_EVENT_SIGNATURE:
    case PURSER_EVENT_REDACTED:
      write_detail (writer, state, event);
      break;
    case PURSER_EVENT_TOOL_START:
      write_call_start (writer, state, event);
      break;
    case PURSER_EVENT_TOOL_ARGS:
      write_arguments (writer, state, event, event->text, event->length);
      break;
    case PURSER_EVENT_TOOL_END:
      write_call_end (writer, state, event);
      break;
    case PURSER_EVENT_CITATION:
      write_citation (writer, state, event);
      break;
    case PURSER_EVENT_FINISH:
      write_finish (writer, state, event->choice, event->finish, event->text);
      break;
    case PURSER_EVENT_ERROR:
      write_failure (writer, event);
      break;
    case PURSER_EVENT_END:
      write_end (writer, state);
      break;
    case PURSER_EVENT_USAGE: /* a snapshot: the last one is written at the end */
    case PURSER_EVENT_BLOCK:
    case PURSER_EVENT_BLOCK_DELTA:
    case PURSER_EVENT_RAW: /* never comes here: purser_writer_add() */
    case PURSER_EVENT_BLOCK_END:
      break;
    }
}
