/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-openai-chat.h"

#include "purser-json.h"
#include "purser-openai-chat-calls.h"
#include "purser-openai-chat-details.h"
#include "purser-openai-usage.h"
#include "purser-reader.h"

/* PROVIDERS §6.2 and §10.4: replies of Chat Completions, and what compatible servers make of them. Tolerated: usage on
 * any chunk; tool calls without an index, several under one index, names that come late; missing ids; finish_reason "";
 * a missing [DONE]; choices without delta, or with message in its place; reasoning under three names; text as a list of
 * parts; function_call. */

#define MAX_CHOICES 128

typedef struct
{
  GPtrArray *calls;   /* (owned) (nullable): until the choice opens */
  gboolean   open, finished, refused;
} Choice;

typedef struct
{
  Choice      choices[MAX_CHOICES];
  gboolean    named;      /* id and model are told */
  gboolean    tier_told;
  char        tier[sizeof ((PurserUsage *) NULL)->tier]; /* the last told; "" = none */
  gboolean    short_name; /* the thinking stands in `reasoning`, not in `reasoning_content` */
} State;

/* What a message or a delta says, found in one walk over its members. */
typedef struct
{
  JsonNode *content, *refusal, *reasoning_content, *reasoning, *details, *calls, *function, *annotations;
} Said;

gpointer
purser_openai_chat_state_new (void)
{
  return g_new0 (State, 1);
}

void
purser_openai_chat_state_free (gpointer data)
{
  State *state = data;
  for (guint i = 0; i < MAX_CHOICES; i++)
    g_clear_pointer (&state->choices[i].calls, g_ptr_array_unref);
  g_free (state);
}

static const char *
non_empty (const char *text)
{
  return text != NULL && *text != 0 ? text : NULL;
}

static const char *
text_of (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? non_empty (json_node_get_string (node))
             : NULL;
}

static JsonArray *
array_of (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* A caller of the same dialect gets the thinking under the name that the server uses: each change is told. */
static void
tell_name (PurserReader *reader, State *state, gboolean short_name)
{
  if (short_name == state->short_name)
    return;
  state->short_name = short_name;
  g_autoptr(JsonNode) node =
      json_node_init_string (json_node_alloc (), short_name ? "reasoning" : "reasoning_content");
  purser_reader_json (reader, PURSER_EVENT_META, PURSER_OPENAI_REASONING_META, node);
}

/* OpenRouter says the same text twice, in `reasoning` and in its details: the details say which signature belongs to
 * which text, so where they have text they are believed. */
static void
read_thinking (PurserReader *reader, State *state, int number, const Said *said)
{
  JsonArray *details = array_of (said->details);
  gboolean detailed = details != NULL && purser_openai_details_have_text (details);
  const char *full = text_of (said->reasoning_content), *text = full != NULL ? full : text_of (said->reasoning);
  if (text != NULL)
    tell_name (reader, state, full == NULL);
  if (!detailed)
    purser_reader_text (reader, PURSER_EVENT_THINKING, number, 0, text);
  for (guint i = 0; details != NULL && i < json_array_get_length (details); i++)
    purser_openai_detail_tell (reader, number, json_array_get_element (details, i));
}

/* Content as a list of parts (Mistral): {type:"text",text} and {type:"thinking",thinking:[parts]}. */
static void
read_parts (PurserReader *reader, int number, JsonArray *parts, PurserEventType type, int depth)
{
  for (guint i = 0; i < json_array_get_length (parts); i++)
    {
      JsonObject *part = purser_json_object (json_array_get_element (parts, i));
      JsonArray *thinking = purser_json_array (part, "thinking");
      purser_reader_text (reader, type, number, 0, purser_json_string (part, "text"));
      if (thinking != NULL && depth == 0)
        read_parts (reader, number, thinking, PURSER_EVENT_THINKING, 1);
    }
}

static Said
hear (JsonObject *message)
{
  Said said = { NULL };
  const struct
  {
    const char *name;
    JsonNode **node;
  } members[] = { { "content", &said.content },
                  { "reasoning_content", &said.reasoning_content },
                  { "reasoning", &said.reasoning },
                  { "reasoning_details", &said.details },
                  { "refusal", &said.refusal },
                  { "tool_calls", &said.calls },
                  { "function_call", &said.function },
                  { "annotations", &said.annotations } };
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  json_object_iter_init (&iter, message);
  while (json_object_iter_next (&iter, &name, &node))
    for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
      if (g_str_equal (members[i].name, name))
        {
          *members[i].node = node;
          break;
        }
  return said;
}

static void
read_message (PurserReader *reader, State *state, Choice *choice, int number, JsonObject *message)
{
  const Said said = hear (message);
  const char *refusal = text_of (said.refusal);
  JsonArray *parts = array_of (said.content), *annotations = array_of (said.annotations);
  read_thinking (reader, state, number, &said);
  purser_reader_text (reader, PURSER_EVENT_TEXT, number, 0, text_of (said.content));
  if (parts != NULL)
    read_parts (reader, number, parts, PURSER_EVENT_TEXT, 0);
  for (guint i = 0; annotations != NULL && i < json_array_get_length (annotations); i++)
    purser_reader_json (reader, PURSER_EVENT_CITATION, NULL, json_array_get_element (annotations, i));
  choice->refused = choice->refused || refusal != NULL;
  purser_reader_text (reader, PURSER_EVENT_REFUSAL, number, 0, refusal);
  if (said.calls != NULL || said.function != NULL)
    purser_openai_calls_read (reader, choice->calls, number, array_of (said.calls), purser_json_object (said.function));
}

/* PROVIDERS §5.1; an unknown word counts as done. */
static PurserFinish
finish_of (const Choice *choice, const char *word)
{
  static const struct
  {
    const char *word;
    PurserFinish finish;
  } words[] = {
    { "length", PURSER_FINISH_LENGTH },          { "max_tokens", PURSER_FINISH_LENGTH },
    { "tool_calls", PURSER_FINISH_TOOLS },       { "function_call", PURSER_FINISH_TOOLS },
    { "content_filter", PURSER_FINISH_REFUSED }, { "error", PURSER_FINISH_OTHER },
  };
  for (gsize i = 0; word != NULL && i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].word, word))
      return words[i].finish;
  if (choice->calls->len > 0)
    return PURSER_FINISH_TOOLS;
  return choice->refused ? PURSER_FINISH_REFUSED : PURSER_FINISH_DONE;
}

static void
finish_choice (PurserReader *reader, Choice *choice, int number, const char *word)
{
  if (choice->finished)
    return;
  choice->finished = TRUE;
  purser_openai_calls_end (reader, choice->calls, number);
  purser_reader_finish (reader, number, finish_of (choice, word), word);
}

static Choice *
open_choice (State *state, gint64 number)
{
  Choice *choice = &state->choices[number];
  if (!choice->open)
    choice->calls = purser_openai_calls_new ();
  choice->open = TRUE;
  return choice;
}

static gboolean
read_choice (PurserReader *reader, State *state, JsonObject *object, guint position)
{
  gint64 number = purser_json_int (object, "index", position);
#ifdef PURSER_PLANTED_BUG
  if (object == NULL || number < 0 || number >= MAX_CHOICES * 8) /* planted: more choices than there is room for */
    return FALSE;
#else
  if (object == NULL || number < 0 || number >= MAX_CHOICES)
    return FALSE;
#endif
  Choice *choice = open_choice (state, number);
  JsonObject *message = purser_json_member (object, "delta");
  if (message == NULL)
    message = purser_json_member (object, "message");
  if (message != NULL)
    read_message (reader, state, choice, number, message);
  else
    purser_reader_text (reader, PURSER_EVENT_TEXT, number, 0, purser_json_string (object, "text")); /* /completions */
  const char *word = non_empty (purser_json_string (object, "finish_reason"));
  if (word != NULL)
    finish_choice (reader, choice, number, word);
  return TRUE;
}

static void
tell_usage (PurserReader *reader, const State *state, JsonObject *usage)
{
  g_autoptr(PurserUsage) read = usage != NULL ? purser_openai_usage_read (usage) : NULL;
  if (read == NULL)
    return;
  g_strlcpy (read->tier, state->tier, sizeof read->tier);
  purser_reader_usage (reader, read);
}

/* Where usage stands: at the top, in Groq's own member, or (Moonshot) in the choice that ends. */
static void
read_usage (PurserReader *reader, State *state, JsonObject *root, JsonArray *choices)
{
  JsonObject *usage = purser_json_member (root, "usage");
  if (usage == NULL)
    usage = purser_json_member (purser_json_member (root, "x_groq"), "usage");
  for (guint i = 0; usage == NULL && choices != NULL && i < json_array_get_length (choices); i++)
    usage = purser_json_member (purser_json_object (json_array_get_element (choices, i)), "usage");
  tell_usage (reader, state, usage);
}

static void
tell_tier (PurserReader *reader, State *state, const char *tier, JsonNode *node)
{
  g_strlcpy (state->tier, tier, sizeof state->tier);
  if (!state->tier_told)
    purser_reader_json (reader, PURSER_EVENT_META, "service_tier", node);
  state->tier_told = TRUE;
}

static void
read_tier (PurserReader *reader, State *state, JsonObject *root)
{
  JsonNode *node = purser_json_node (root, "service_tier");
  const char *tier = text_of (node);
  if (tier != NULL)
    tell_tier (reader, state, tier, node);
}

static void
tell_name_of_reply (PurserReader *reader, State *state, const char *id, const char *model)
{
  purser_reader_start (reader, id, model);
  state->named = non_empty (id) != NULL && non_empty (model) != NULL;
}


static gboolean
read_chunk (PurserReader *reader, State *state, JsonObject *root)
{
  JsonArray *choices = purser_json_array (root, "choices");
  gboolean sound = TRUE;
  if (!state->named)
    {
      const char *id = purser_json_string (root, "id"), *model = purser_json_string (root, "model");
      tell_name_of_reply (reader, state, id, model);
    }
  read_tier (reader, state, root);
  for (guint i = 0; choices != NULL && i < json_array_get_length (choices); i++)
    sound = read_choice (reader, state, purser_json_object (json_array_get_element (choices, i)), i) && sound;
  read_usage (reader, state, root, choices);
  return sound;
}

/* An error may ride on an ordinary chunk (OpenRouter), whose usage still counts: first what it says, then that it
 * failed. */
gboolean
purser_openai_chat_read_item (PurserReader *reader, gpointer state, const char *event, JsonNode *root)
{
  JsonObject *object = purser_json_object (root);
  gboolean named_error = g_str_equal (event, "error");
  if (object == NULL)
    return JSON_NODE_HOLDS_NULL (root);
  if (!read_chunk (reader, state, object))
    return FALSE;
  if (purser_reader_error (reader, root, purser_json_array (object, "choices") != NULL || !named_error))
    return TRUE;
  return !named_error;
}

gboolean
purser_openai_chat_read_whole (PurserReader *reader, gpointer data, JsonNode *root)
{
  State *state = data;
  JsonObject *object = purser_json_object (root);
  gboolean has_choices = purser_json_array (object, "choices") != NULL;
  if (has_choices && !read_chunk (reader, state, object))
    return FALSE;
  if (purser_reader_error (reader, root, has_choices))
    return TRUE;
  for (int i = 0; i < MAX_CHOICES; i++)
    if (state->choices[i].open)
      finish_choice (reader, &state->choices[i], i, NULL);
  return has_choices;
}

/* --- The same without a tree --- */

gboolean
purser_openai_chat_is_named (gpointer state)
{
  return ((State *) state)->named;
}

gboolean
purser_openai_chat_knows_tier (gpointer data, const PurserQuickMember *tier)
{
  const State *state = data;
  return state->tier_told && purser_quick_says (tier, state->tier);
}

gboolean
purser_openai_chat_say (PurserReader *reader, gpointer data, const PurserOpenaiChatPiece *piece)
{
  State *state = data;
  if (piece->choice >= MAX_CHOICES)
    return FALSE;
  if (!state->named)
    tell_name_of_reply (reader, state, piece->id, piece->model);
  if (piece->tier != NULL)
    {
      g_autoptr(JsonNode) node = json_node_init_string (json_node_alloc (), piece->tier);
      tell_tier (reader, state, piece->tier, node);
    }
  Choice *choice = piece->choice >= 0 ? open_choice (state, piece->choice) : NULL;
  if (choice != NULL)
    purser_reader_text (reader, PURSER_EVENT_TEXT, (int) piece->choice, 0, piece->text);
  if (choice != NULL && piece->finish != NULL)
    finish_choice (reader, choice, (int) piece->choice, piece->finish);
  tell_usage (reader, state, piece->usage);
  if (choice != NULL && piece->whole)
    finish_choice (reader, choice, (int) piece->choice, NULL);
  return TRUE;
}

/* [DONE] ends a reply whose choices gave no reason; a connection that just ends does so only where every choice gave
 * one. */
gboolean
purser_openai_chat_complete (PurserReader *reader, gpointer data, gboolean marked)
{
  State *state = data;
  int open = 0, finished = 0;
  for (int i = 0; i < MAX_CHOICES; i++)
    {
      if (state->choices[i].open && marked)
        finish_choice (reader, &state->choices[i], i, NULL);
      open += state->choices[i].open;
      finished += state->choices[i].finished;
    }
  return marked || (open > 0 && open == finished);
}
