/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random chats go through random chains of dialects and back, requests and replies: what every dialect of the chain can say comes out as it went in. */
#include <math.h>
#include <string.h>

#include "purser-carry.h"
#include "purser-dialect.h"
#include "purser-json.h"
#include "purser-reply.h"

#define LONGEST 6

/* What each dialect can say of a request (the rest is left out by rule, and so not compared when the chain holds it). */
enum { SAYS_STOP = 1, SAYS_SEED = 2, SAYS_TOP_K = 4, SAYS_IS_ERROR = 8, SAYS_CHOICE = 16, SAYS_IDS = 32, SAYS_RESULT_IMAGE = 64, SAYS_SAMPLING = 128, SAYS_USER = 256, SAYS_PARALLEL = 512,
       SAYS_STRICT = 1024, SAYS_SYSTEM_PARTS = 2048, SAYS_CACHE = 4096 };
static const struct { const char *id, *model; guint says; } dialects[] = {
  { "openai-chat", "gpt-4.1", SAYS_STOP | SAYS_SEED | SAYS_CHOICE | SAYS_IDS | SAYS_SAMPLING | SAYS_USER | SAYS_PARALLEL | SAYS_STRICT },
  { "openai-responses", "gpt-4.1", SAYS_CHOICE | SAYS_IDS | SAYS_SAMPLING | SAYS_USER | SAYS_RESULT_IMAGE | SAYS_PARALLEL | SAYS_STRICT },
  { "anthropic", "claude-opus-4-6", SAYS_STOP | SAYS_TOP_K | SAYS_IS_ERROR | SAYS_CHOICE | SAYS_IDS | SAYS_RESULT_IMAGE | SAYS_SAMPLING | SAYS_USER | SAYS_PARALLEL | SAYS_STRICT | SAYS_SYSTEM_PARTS | SAYS_CACHE },
  { "ollama", "llama3.2", SAYS_STOP | SAYS_SEED | SAYS_TOP_K | SAYS_IDS | SAYS_SAMPLING },
};

/* PURSER_LONG: many more, for make check-long. */
static int
rounds (void)
{
  return g_getenv ("PURSER_LONG") != NULL ? 100000 : 1500;
}

/* --- A random chat --- */

static char *
random_text (void)
{
  static const char *const pieces[] = { "a", "word ", "\n", "\"", "\\", "é", "😀", "{\"x\":1}", "</think>", "\t", "data: ", "[DONE]", "Ω≈ç", "%s", "\xe2\x80\xa8" };
  g_autoptr(GString) text = g_string_new (NULL);
  for (int n = g_test_rand_int_range (1, 8); n > 0; n--)
    g_string_append (text, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
  g_string_append_c (text, 'z'); /* white space alone is nothing to some */
  return g_string_free_and_steal (g_steal_pointer (&text));
}

static JsonNode *
random_json (int depth)
{
  JsonNode *node = json_node_alloc ();
  if (depth > 0 && g_test_rand_bit ())
    {
      g_autoptr(JsonObject) object = json_object_new ();
      for (int n = g_test_rand_int_range (0, 4); n > 0; n--)
        {
          g_autofree char *name = random_text ();
          json_object_set_member (object, name, random_json (depth - 1));
        }
      return json_node_init_object (node, object);
    }
  g_autofree char *text = random_text ();
  return g_test_rand_bit () ? json_node_init_int (node, g_test_rand_int ()) : json_node_init_string (node, text);
}

static JsonNode *
random_arguments (void)
{
  JsonNode *node = random_json (2);
  if (JSON_NODE_HOLDS_OBJECT (node))
    return node;
  g_autoptr(JsonObject) object = json_object_new ();
  json_object_set_member (object, "v", node);
  return json_node_init_object (json_node_alloc (), object);
}

static void
add_random_text (PurserMessage *message)
{
  g_autofree char *text = random_text ();
  purser_message_add (message, PURSER_PART_TEXT, text);
}

static void
add_image (PurserMessage *message)
{
  PurserPart *part = purser_message_add (message, PURSER_PART_IMAGE, NULL);
  part->media_type = g_strdup ("image/png");
  part->data = g_strdup ("iVBORw0KGgo=");
}

static void
add_user (PurserChat *chat)
{
  PurserMessage *message = purser_chat_add_message (chat, PURSER_ROLE_USER);
  add_random_text (message);
  if (g_test_rand_int_range (0, 4) == 0)
    add_image (message);
}

/* The assistant calls some tools at once, each is answered. */
static void
add_loop (PurserChat *chat)
{
  PurserMessage *message = purser_chat_add_message (chat, PURSER_ROLE_ASSISTANT);
  int calls = g_test_rand_int_range (1, 4);
  if (g_test_rand_bit ())
    add_random_text (message);
  static int number;
  for (int i = 0; i < calls; i++)
    {
      PurserPart *call = purser_message_add (message, PURSER_PART_TOOL_CALL, NULL);
      call->id = g_strdup_printf ("call_%d", ++number);
      call->name = g_strdup_printf ("tool_%d", g_test_rand_int_range (0, 3));
      call->json = g_test_rand_bit () ? random_arguments () : NULL;
    }
  for (int i = 0; i < calls; i++)
    {
      PurserMessage *answer = purser_chat_add_message (chat, PURSER_ROLE_TOOL);
      g_autofree char *text = random_text ();
      PurserPart *result = purser_message_add (answer, PURSER_PART_TOOL_RESULT, text);
      const PurserPart *call = g_ptr_array_index (message->parts, message->parts->len - calls + i);
      result->id = g_strdup (call->id);
      result->is_error = g_test_rand_int_range (0, 5) == 0;
    }
}

static PurserChat *
random_chat (void)
{
  PurserChat *chat = purser_chat_new ();
  g_autofree char *system = random_text ();
  for (int i = 0; i < 3; i++)
    {
      PurserTool *tool = g_new0 (PurserTool, 1);
      tool->name = g_strdup_printf ("tool_%d", i);
      tool->description = i > 0 ? random_text () : NULL;
      tool->schema = purser_json_parse ("{\"type\":\"object\",\"properties\":{\"v\":{\"type\":\"string\"}}}", -1, NULL);
      g_ptr_array_add (chat->tools, tool);
    }
  if (g_test_rand_bit ())
    purser_chat_add_text (chat, PURSER_ROLE_SYSTEM, system);
  add_user (chat);
  for (int n = g_test_rand_int_range (0, 4); n > 0; n--)
    {
      if (g_test_rand_bit ())
        add_loop (chat);
      else
        add_random_text (purser_chat_add_message (chat, PURSER_ROLE_ASSISTANT));
      add_user (chat);
    }
  chat->max_tokens = g_test_rand_int_range (16, 5000); /* fewer are made 16 by rule where OpenAI takes no fewer */
  chat->temperature = g_test_rand_int_range (0, 5) / 4.0;
  chat->seed = g_test_rand_int_range (0, 1000);
  chat->top_k = g_test_rand_int_range (1, 50);
  if (g_test_rand_bit ())
    chat->schema = purser_json_parse ("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"required\":[\"a\"],\"additionalProperties\":false}", -1, NULL);
  if (g_test_rand_bit ())
    chat->stop = g_strdupv ((char *[]) { (char *) "END", (char *) "stop", NULL });
  if (g_test_rand_bit ())
    chat->tool_choice = g_strdup (((const char *[]) { "auto", "required", "none", "tool_1" })[g_test_rand_int_range (0, 4)]);
  if (g_test_rand_bit ())
    chat->user = g_strdup ("user-7");
  chat->parallel_tools = g_test_rand_int_range (-1, 2);
  return chat;
}

/* --- What a chat says, as text, as far as SAYS goes --- */

static void
dump_part (GString *out, const PurserPart *part, guint says, GHashTable *numbers)
{
  g_autofree char *json = part->json != NULL && part->type == PURSER_PART_TOOL_CALL ? purser_json_to_string (part->json, FALSE) : g_strdup ("{}");
  switch (part->type)
    {
    case PURSER_PART_TEXT:
      g_string_append_printf (out, "text %s\n", part->text);
      break;
    case PURSER_PART_IMAGE:
      g_string_append_printf (out, "image %s %s\n", says & SAYS_IDS && part->media_type ? "png" : "", part->data);
      break;
    case PURSER_PART_TOOL_CALL:
      if (part->id != NULL)
        g_hash_table_insert (numbers, part->id, GUINT_TO_POINTER (g_hash_table_size (numbers) + 1));
      g_string_append_printf (out, "call %u %s %s\n", g_hash_table_size (numbers), part->name, json);
      break;
    case PURSER_PART_TOOL_RESULT:
      {
        const char *text = part->text != NULL ? part->text : "";
        gboolean prefixed = g_str_has_prefix (text, "Error: ");
        gboolean is_error = part->is_error || prefixed;
        g_string_append_printf (out, "result of %u%s %s\n", GPOINTER_TO_UINT (g_hash_table_lookup (numbers, part->id ? part->id : "")), is_error ? ", failed" : "", prefixed ? text + 7 : text);
        break;
      }
    default:
      g_string_append_printf (out, "part %d\n", part->type);
    }
}

/* Messages of one role in a row are one to some dialects, and a blank line joins texts in others: roles are told once, texts of a message joined. */
static void
dump_messages (GString *out, const PurserChat *chat, guint says)
{
  static const char *const roles[] = { "system", "user", "assistant", "results" };
  g_autoptr(GHashTable) numbers = g_hash_table_new (g_str_hash, g_str_equal);
  PurserRole last = 99;
  for (guint i = 0; i < chat->messages->len; i++)
    {
      const PurserMessage *message = g_ptr_array_index (chat->messages, i);
      PurserRole role = message->role;
      for (guint p = 0; p < message->parts->len; p++)
        {
          const PurserPart *part = g_ptr_array_index (message->parts, p);
          PurserRole of = part->type == PURSER_PART_TOOL_RESULT ? PURSER_ROLE_TOOL : role == PURSER_ROLE_TOOL ? PURSER_ROLE_USER : role;
          if (of != last)
            g_string_append_printf (out, "[%s]\n", roles[of]);
          last = of;
          dump_part (out, part, says, numbers);
        }
    }
}

static char *
dump_chat (const PurserChat *chat, guint says)
{
  GString *out = g_string_new (NULL);
  dump_messages (out, chat, says);
  for (guint i = 0; i < chat->tools->len; i++)
    {
      const PurserTool *tool = g_ptr_array_index (chat->tools, i);
      g_autofree char *schema = tool->schema != NULL ? purser_json_to_string (tool->schema, FALSE) : NULL;
      g_string_append_printf (out, "tool %s %s %s\n", tool->name, tool->description ? tool->description : "", schema);
    }
  g_autofree char *schema = chat->schema != NULL ? purser_json_to_string (chat->schema, FALSE) : NULL;
  g_string_append_printf (out, "limit %d schema %s\n", (int) chat->max_tokens, schema);
  if (says & SAYS_SAMPLING)
    g_string_append_printf (out, "temperature %g\n", chat->temperature);
  if (says & SAYS_STOP)
    {
      g_autofree char *stop = chat->stop != NULL ? g_strjoinv ("|", chat->stop) : g_strdup ("");
      g_string_append_printf (out, "stop %s\n", stop);
    }
  if (says & SAYS_SEED)
    g_string_append_printf (out, "seed %d\n", (int) chat->seed);
  if (says & SAYS_TOP_K)
    g_string_append_printf (out, "top_k %d\n", (int) chat->top_k);
  if (says & SAYS_CHOICE)
    g_string_append_printf (out, "choice %s\n", chat->tool_choice ? chat->tool_choice : "auto");
  if (says & SAYS_USER)
    g_string_append_printf (out, "user %s\n", chat->user ? chat->user : "");
  if ((says & SAYS_PARALLEL) && chat->parallel_tools < 0 && g_strcmp0 (chat->tool_choice, "none") != 0)
    g_string_append (out, "one call at a time\n");
  return g_string_free (out, FALSE);
}

static PurserChat *
pass (const PurserChat *chat, gsize dialect)
{
  g_autoptr(GError) error = NULL;
  PurserEncodeOptions options = { .model = dialects[dialect].model, .known_server = TRUE, .default_max_tokens = -1 };
  const PurserDialect *one = purser_dialect_get (dialects[dialect].id);
  g_autoptr(GBytes) body = purser_dialect_encode_request (one, chat, &options, &error);
  g_assert_no_error (error);
  PurserChat *back = purser_dialect_decode_request (one, body, &error);
  g_assert_no_error (error);
  g_clear_pointer (&back->raw, g_bytes_unref); /* or the bytes would simply be passed on */
  return back;
}

static void
compare (const char *is, const char *should, GString *chain)
{
  if (!g_str_equal (is, should))
    g_error ("through%s:\n--- went in\n%s\n--- came out\n%s", chain->str, should, is);
}

static void
test_requests (void)
{
  for (int round = 0; round < rounds (); round++)
    {
      g_autoptr(PurserChat) chat = random_chat ();
      g_autoptr(PurserChat) now = purser_chat_ref (chat);
      g_autoptr(GString) chain = g_string_new (NULL);
      guint says = G_MAXUINT;
      for (int n = g_test_rand_int_range (1, LONGEST); n > 0; n--)
        {
          gsize dialect = g_test_rand_int_range (0, G_N_ELEMENTS (dialects));
          if (g_str_equal (dialects[dialect].id, "openai-responses"))
            g_clear_pointer (&now->stop, g_strfreev); /* refused there, which test-pairs shows */
          if (g_str_equal (dialects[dialect].id, "ollama"))
            g_clear_pointer (&now->tool_choice, g_free); /* asked for in words there, by rule */
          g_string_append_printf (chain, " %s", dialects[dialect].id);
          says &= dialects[dialect].says;
          PurserChat *next = pass (now, dialect);
          purser_chat_unref (now);
          now = next;
        }
      g_autofree char *is = dump_chat (now, says), *should = dump_chat (chat, says);
      compare (is, should, chain);
    }
}

/* --- Replies --- */

typedef struct { PurserWriter *writer; GString *bytes; PurserReply *reply; } Step;

static void
bytes_cb (const char *bytes, gsize length, gboolean terminal, gpointer data)
{
  g_string_append_len (((Step *) data)->bytes, bytes, length);
}

static void
event_cb (const PurserEvent *event, gpointer data)
{
  Step *step = data;
  if (event->type == PURSER_EVENT_ERROR)
    g_test_message ("%s", event->fault->message);
  if (step->writer != NULL)
    purser_writer_add (step->writer, event);
  if (step->reply != NULL)
    purser_reply_add (step->reply, event);
}

static void
tell (PurserWriter *writer, PurserEventType type, int tool, const char *text)
{
  purser_writer_add (writer, &(PurserEvent) { .type = type, .tool = tool, .text = text, .length = text ? strlen (text) : 0 });
}

/* TEXT in fragments cut between characters. */
static void
tell_in_pieces (PurserWriter *writer, PurserEventType type, int tool, const char *text)
{
  while (*text != 0)
    {
      const char *end = text;
      for (int n = g_test_rand_int_range (1, 9); n > 0 && *end != 0; n--)
        end = g_utf8_next_char (end);
      g_autofree char *piece = g_strndup (text, end - text);
      tell (writer, type, tool, piece);
      text = end;
    }
}

typedef struct { char *thinking, *text, *arguments[3]; int tools; PurserUsage *usage; } Random;

static void
random_reply (Random *random)
{
  random->thinking = g_test_rand_bit () ? random_text () : NULL;
  random->text = g_test_rand_bit () ? random_text () : NULL;
  random->tools = g_test_rand_int_range (0, 4);
  for (int i = 0; i < random->tools; i++)
    {
      g_autoptr(JsonNode) arguments = random_arguments ();
      random->arguments[i] = g_test_rand_int_range (0, 4) ? purser_json_to_string (arguments, FALSE) : g_strdup (""); /* none at all, not even {} */
    }
  random->usage = purser_usage_new ();
  random->usage->cache_read = g_test_rand_int_range (0, 500);
  random->usage->cache_write_other = g_test_rand_int_range (0, 500);
  random->usage->cache_write_5m = random->usage->cache_write_1h = 0;
  random->usage->input_uncached = g_test_rand_int_range (1, 500);
  random->usage->input_total = random->usage->input_uncached + random->usage->cache_read + random->usage->cache_write_other;
  random->usage->output = g_test_rand_int_range (1, 500);
  random->usage->reasoning = random->thinking != NULL ? g_test_rand_int_range (0, random->usage->output) : 0;
}

static void
random_clear (Random *random)
{
  g_free (random->thinking);
  g_free (random->text);
  for (int i = 0; i < random->tools; i++)
    g_free (random->arguments[i]);
  purser_usage_free (random->usage);
}

static void
tell_reply (PurserWriter *writer, const Random *random)
{
  purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_START, .id = "id-1", .model = "m" });
  if (random->thinking != NULL)
    tell_in_pieces (writer, PURSER_EVENT_THINKING, 0, random->thinking);
  if (random->text != NULL)
    tell_in_pieces (writer, PURSER_EVENT_TEXT, 0, random->text);
  for (int i = 0; i < random->tools; i++)
    {
      g_autofree char *id = g_strdup_printf ("call_%d", i);
      purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_TOOL_START, .tool = i, .id = id, .name = "tool_x" });
      tell_in_pieces (writer, PURSER_EVENT_TOOL_ARGS, i, random->arguments[i]);
      tell (writer, PURSER_EVENT_TOOL_END, i, NULL);
    }
  purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_USAGE, .usage = random->usage });
  purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_FINISH, .finish = random->tools > 0 ? PURSER_FINISH_TOOLS : PURSER_FINISH_DONE });
  purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_END });
}

static PurserWriter *
new_writer (gsize dialect, gboolean stream, const char *origin, Step *step)
{
  PurserWriterOptions options = { .stream = stream, .include_usage = TRUE, .origin = origin, .created = 1 };
  step->bytes = g_string_new (NULL);
  return purser_writer_new (purser_dialect_get (dialects[dialect].id), &options, bytes_cb, step);
}

static void
read_step (gsize dialect, gboolean stream, GString *bytes, Step *next)
{
  g_autoptr(PurserReader) reader = purser_reader_new (purser_dialect_get (dialects[dialect].id), stream, NULL, event_cb, next);
  for (gsize at = 0; at < bytes->len;)
    {
      gsize length = g_test_rand_int_range (1, 200);
      length = MIN (length, bytes->len - at);
      purser_reader_feed (reader, bytes->str + at, length);
      at += length;
    }
  purser_reader_end (reader);
}

static void
assert_reply (const PurserReply *reply, const Random *random, gboolean ollama, GString *chain, const char *bytes)
{
  const PurserReplyChoice *choice = reply->choices->len > 0 ? g_ptr_array_index (reply->choices, 0) : NULL;
  g_autofree char *context = g_strdup_printf ("through%s, last as\n%s", chain->str, bytes);
  g_test_message ("%s", context);
  if (reply->fault != NULL)
    g_error ("%s\n%s", context, reply->fault->message);
  g_assert_true (reply->ended);
  g_assert_nonnull (choice);
  g_assert_cmpstr (choice->text->str, ==, random->text ? random->text : "");
  g_assert_cmpstr (choice->thinking->str, ==, random->thinking ? random->thinking : "");
  g_assert_cmpint (choice->tools->len, ==, random->tools);
  for (int i = 0; i < random->tools; i++)
    {
      const PurserReplyTool *tool = g_ptr_array_index (choice->tools, i);
      g_autoptr(JsonNode) is = purser_json_parse (tool->arguments->len > 0 ? tool->arguments->str : "{}", -1, NULL);
      g_autoptr(JsonNode) should = purser_json_parse (*random->arguments[i] ? random->arguments[i] : "{}", -1, NULL);
      g_assert_true (purser_json_equal (is, should));
      g_assert_cmpstr (tool->name, ==, "tool_x");
      g_assert_nonnull (tool->id);
    }
  g_assert_cmpint (choice->finish, ==, random->tools > 0 ? PURSER_FINISH_TOOLS : PURSER_FINISH_DONE);
  g_assert_nonnull (reply->usage);
  g_assert_cmpint (reply->usage->input_total, ==, random->usage->input_total);
  g_assert_cmpint (reply->usage->output, ==, random->usage->output);
  if (!ollama) /* which knows nothing of a cache */
    {
      g_assert_cmpint (reply->usage->cache_read, ==, random->usage->cache_read);
      g_assert_cmpint (purser_usage_cache_write (reply->usage), ==, random->usage->cache_write_other);
      g_assert_cmpint (MAX (reply->usage->reasoning, 0), ==, random->usage->reasoning);
    }
}

static void
test_replies (void)
{
  for (int round = 0; round < rounds (); round++)
    {
      Random random = { NULL };
      g_autoptr(GString) chain = g_string_new (NULL);
      Step step = { NULL };
      gboolean ollama = FALSE;
      random_reply (&random);
      gsize dialect = g_test_rand_int_range (0, G_N_ELEMENTS (dialects));
      gboolean stream = g_test_rand_bit ();
      g_autoptr(PurserWriter) first = new_writer (dialect, stream, dialects[dialect].id, &step);
      tell_reply (first, &random);
      for (int n = g_test_rand_int_range (1, LONGEST); n > 0; n--)
        {
          Step next = { NULL };
          gsize to = g_test_rand_int_range (0, G_N_ELEMENTS (dialects));
          gboolean streams = g_test_rand_bit ();
          g_string_append_printf (chain, " %s%s", dialects[dialect].id, stream ? " streamed" : "");
          ollama |= g_str_equal (dialects[dialect].id, "ollama");
          next.writer = new_writer (to, streams, dialects[dialect].id, &next);
          if (n == 1)
            next.reply = purser_reply_new ();
          read_step (dialect, stream, step.bytes, &next);
          if (next.bytes->len == 0)
            g_error ("%s wrote nothing after%s, which wrote\n%s", dialects[to].id, chain->str, step.bytes->str);
          if (n == 1)
            assert_reply (next.reply, &random, ollama, chain, step.bytes->str);
          purser_writer_free (next.writer);
          g_clear_pointer (&next.reply, purser_reply_free);
          g_string_free (step.bytes, TRUE);
          step.bytes = next.bytes;
          dialect = to;
          stream = streams;
        }
      g_string_free (step.bytes, TRUE);
      random_clear (&random);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/chains/requests", test_requests);
  g_test_add_func ("/wire/chains/replies", test_replies);
  return g_test_run ();
}
