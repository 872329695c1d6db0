/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reply that is read and written again in its own dialect says the same, event by event. What is not compared is written down, with its reason, in reencode/DIALECT.json; null, empty
 * and absent members are alike. Chunks that say several things (openai-chat, ollama) count as several. Recorded replies where the environment holds them, and our own transcripts always. */
#include <string.h>

#include "purser-dialect.h"
#include "purser-json.h"
#include "purser-reply.h"

static JsonNode *
load (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &text, &length, &error));
  JsonNode *node = purser_json_parse (text, length, &error);
  g_assert_no_error (error);
  return node;
}

/* --- What is not compared --- */

static gboolean
is_nothing (JsonNode *node)
{
  if (JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_object_get_size (json_node_get_object (node)) == 0;
  if (JSON_NODE_HOLDS_ARRAY (node))
    return json_array_get_length (json_node_get_array (node)) == 0;
  return json_node_get_value_type (node) == G_TYPE_STRING && *json_node_get_string (node) == 0;
}

static gboolean
is_ignored (JsonArray *ignored, const char *path)
{
  for (guint i = 0; i < json_array_get_length (ignored); i++)
    {
      const char *one = json_object_get_string_member (json_array_get_object_element (ignored, i), "path");
      if (g_str_equal (one, path) || (g_str_has_prefix (one, "*.") && g_str_has_suffix (path, one + 1)))
        return TRUE;
    }
  return FALSE;
}

/* A copy without what says nothing or is not compared. (transfer full) (nullable) */
static JsonNode *
strip (JsonNode *node, JsonArray *ignored, const char *path)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      g_autoptr(JsonObject) kept = json_object_new ();
      g_autoptr(GList) names = json_object_get_members (json_node_get_object (node));
      for (GList *l = names; l != NULL; l = l->next)
        {
          g_autofree char *inner = *path != 0 ? g_strconcat (path, ".", l->data, NULL) : g_strdup (l->data);
          JsonNode *value = is_ignored (ignored, inner) ? NULL : strip (json_object_get_member (json_node_get_object (node), l->data), ignored, inner);
          if (value != NULL)
            json_object_set_member (kept, l->data, value);
        }
      return json_object_get_size (kept) > 0 ? json_node_init_object (json_node_alloc (), kept) : NULL;
    }
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      g_autoptr(JsonArray) kept = json_array_new ();
      g_autofree char *inner = g_strconcat (path, "[]", NULL);
      JsonArray *array = json_node_get_array (node);
      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          JsonNode *value = strip (json_array_get_element (array, i), ignored, inner);
          if (value != NULL)
            json_array_add_element (kept, value);
        }
      return json_array_get_length (kept) > 0 ? json_node_init_array (json_node_alloc (), kept) : NULL;
    }
  return is_nothing (node) ? NULL : json_node_copy (node);
}

/* --- Chunks that say several things --- */

typedef struct { GPtrArray *said; const char *dialect; } Said; /* said: (element-type utf8) one thing each */

static void
say (GPtrArray *said, const char *what, gint64 number, JsonNode *value)
{
  g_autofree char *text = purser_json_to_string (value, FALSE);
  g_ptr_array_add (said, g_strdup_printf ("%s %d %s", what, (int) number, text));
}

static void
say_member (GPtrArray *said, gint64 number, JsonObject *object, const char *member)
{
  JsonNode *value = purser_json_node (object, member);
  if (value != NULL)
    say (said, member, number, value);
}

static void
say_call (GPtrArray *said, gint64 number, JsonObject *call)
{
  JsonObject *function = purser_json_member (call, "function");
  if (function == NULL)
    function = purser_json_member (call, "custom");
  gint64 index = purser_json_int (call, "index", 0);
  g_autofree char *key = g_strdup_printf ("call %d", (int) index);
  const char *members[] = { "id", "name", "arguments", "input" };
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      JsonNode *value = purser_json_node (i == 0 ? call : function, members[i]);
      g_autofree char *what = g_strconcat (key, " ", members[i], NULL);
      if (value != NULL)
        say (said, what, number, value);
    }
}

static void
say_calls (GPtrArray *said, gint64 number, JsonObject *message)
{
  JsonArray *calls = purser_json_array (message, "tool_calls");
  for (guint i = 0; calls != NULL && i < json_array_get_length (calls); i++)
    say_call (said, number, json_array_get_object_element (calls, i));
}

static void
split_chat (GPtrArray *said, JsonObject *chunk)
{
  static const char *const members[] = { "role", "reasoning_content", "reasoning", "reasoning_details", "content", "refusal", "annotations" };
  static const char *const tops[] = { "error", "usage" };
  JsonArray *choices = purser_json_array (chunk, "choices");
  for (guint c = 0; choices != NULL && c < json_array_get_length (choices); c++)
    {
      JsonObject *choice = json_array_get_object_element (choices, c);
      gint64 number = purser_json_int (choice, "index", c);
      JsonObject *delta = purser_json_member (choice, "delta");
      for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
        say_member (said, number, delta, members[i]);
      say_calls (said, number, delta);
      say_member (said, number, choice, "finish_reason");
    }
  for (gsize i = 0; i < G_N_ELEMENTS (tops); i++)
    say_member (said, 0, chunk, tops[i]);
}

/* The end says how it ended and what it counted. */
static void
split_ollama (GPtrArray *said, JsonObject *line)
{
  JsonObject *message = purser_json_member (line, "message");
  say_member (said, 0, message != NULL ? message : line, "thinking");
  say_member (said, 0, message != NULL ? message : line, message != NULL ? "content" : "response");
  say_calls (said, 0, message);
  say_member (said, 0, line, "error");
  static const char *const ends[] = { "done_reason", "prompt_eval_count", "eval_count" };
  for (gsize i = 0; purser_json_boolean (line, "done", FALSE) && i < G_N_ELEMENTS (ends); i++)
    say_member (said, 0, line, ends[i]);
}

static JsonObject *
rules_of (const char *dialect)
{
  g_autofree char *name = g_strconcat (g_str_has_prefix (dialect, "ollama") ? "ollama" : dialect, ".json", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "wire", "reencode", name, NULL);
  g_autoptr(JsonNode) rules = load (path);
  return json_object_ref (json_node_get_object (rules));
}

/* Whole events that are not compared, by their type. */
static gboolean
is_dropped (const char *dialect, const char *type)
{
  g_autoptr(JsonObject) rules = type != NULL ? rules_of (dialect) : NULL;
  JsonArray *dropped = purser_json_array (rules, "drop");
  for (guint i = 0; dropped != NULL && i < json_array_get_length (dropped); i++)
    if (g_str_equal (json_object_get_string_member (json_array_get_object_element (dropped, i), "type"), type))
      return TRUE;
  return FALSE;
}

static void
add_payload (Said *all, JsonNode *payload, JsonArray *ignored)
{
  g_autoptr(JsonNode) stripped = strip (payload, ignored, "");
  if (stripped == NULL || is_dropped (all->dialect, purser_json_string (purser_json_object (stripped), "type")))
    return;
  if (g_str_equal (all->dialect, "openai-chat") && purser_json_object (stripped) != NULL)
    split_chat (all->said, json_node_get_object (stripped));
  else if (g_str_has_prefix (all->dialect, "ollama") && purser_json_object (stripped) != NULL)
    split_ollama (all->said, json_node_get_object (stripped));
  else
    say (all->said, "event", 0, stripped);
}

/* --- Frames --- */

static void
add_text (Said *all, const char *text, gsize length, JsonArray *ignored)
{
  g_autoptr(JsonNode) payload = purser_json_parse (text, length, NULL);
  if (payload != NULL)
    add_payload (all, payload, ignored);
}

/* data: lines of a stream, or its lines. */
static void
add_stream (Said *all, const char *bytes, gsize length, JsonArray *ignored)
{
  g_autofree char *text = g_strndup (bytes, length);
  g_auto(GStrv) lines = g_strsplit_set (text, "\r\n", -1);
  gboolean frames = g_str_has_prefix (all->dialect, "ollama") == FALSE;
  for (char **line = lines; *line != NULL; line++)
    if (!frames)
      add_text (all, *line, strlen (*line), ignored);
    else if (g_str_has_prefix (*line, "data:"))
      add_text (all, *line + 5, strlen (*line) - 5, ignored);
}

static GPtrArray *
said_by (const char *dialect, gboolean streamed, const char *bytes, gsize length, JsonArray *ignored)
{
  Said all = { g_ptr_array_new_with_free_func (g_free), dialect };
  if (streamed)
    add_stream (&all, bytes, length, ignored);
  else
    {
      g_autoptr(JsonNode) body = purser_json_parse (bytes, length, NULL);
      g_autoptr(JsonNode) stripped = body != NULL ? strip (body, ignored, "") : NULL;
      if (stripped != NULL)
        say (all.said, "body", 0, stripped);
    }
  return all.said;
}

static gboolean
same_things (const char *name, GPtrArray *is, GPtrArray *should)
{
  for (guint i = 0; i < MAX (is->len, should->len); i++)
    {
      const char *a = i < is->len ? g_ptr_array_index (is, i) : "(nothing)";
      const char *b = i < should->len ? g_ptr_array_index (should, i) : "(nothing)";
      g_auto(GStrv) is_parts = g_strsplit (a, " {", 2), should_parts = g_strsplit (b, " {", 2);
      g_autofree char *is_json = is_parts[1] ? g_strconcat ("{", is_parts[1], NULL) : NULL;
      g_autofree char *should_json = should_parts[1] ? g_strconcat ("{", should_parts[1], NULL) : NULL;
      g_autoptr(JsonNode) is_node = is_json ? purser_json_parse (is_json, -1, NULL) : NULL;
      g_autoptr(JsonNode) should_node = should_json ? purser_json_parse (should_json, -1, NULL) : NULL;
      if (g_str_equal (a, b)
          || (is_node != NULL && should_node != NULL && g_str_equal (is_parts[0], should_parts[0]) && purser_json_equal (is_node, should_node)))
        continue;
      g_test_message ("%s, thing %u of %u:\n  written %s\n  came    %s", name, i, should->len, a, b);
      return FALSE;
    }
  return TRUE;
}

/* --- Reading and writing again --- */

typedef struct
{
  PurserWriter *writer;
  GString      *written;
  gboolean      failed, ended, terminal;
} Again;

static void
written_cb (const char *bytes, gsize length, gboolean terminal, gpointer data)
{
  Again *again = data;
  g_assert_true (terminal || !again->terminal); /* once the end can be known, it stays so */
  again->terminal = terminal;
  g_string_append_len (again->written, bytes, length);
}

static void
event_cb (const PurserEvent *event, gpointer data)
{
  Again *again = data;
  again->failed |= event->type == PURSER_EVENT_ERROR;
  again->ended |= event->type == PURSER_EVENT_END;
  /* What the reader itself found missing or broken never came, so nothing of it is to be written. */
  if (event->type == PURSER_EVENT_ERROR
      && (event->fault->class_ == PURSER_FAULT_CUT || event->fault->class_ == PURSER_FAULT_GARBAGE))
    return;
  purser_writer_add (again->writer, event);
}

static void
read_twice (const PurserDialect *dialect, const PurserDialect *writes, gboolean streamed, PurserChat *chat, gboolean usage, const char *content_type,
            const char *body, gsize length, Again *again)
{
  PurserWriterOptions options = { .stream = streamed, .include_usage = usage, .origin = purser_dialect_id (writes), .chat = chat, .created = 1 };
  again->written = g_string_new (NULL);
  again->writer = purser_writer_new (writes, &options, written_cb, again);
  PurserReader *reader = purser_reader_new (dialect, streamed, content_type, event_cb, again);
  purser_reader_feed (reader, body, length);
  purser_reader_end (reader);
  purser_reader_free (reader);
  purser_writer_free (again->writer);
}

static gboolean
is_streamed (const char *dialect, const char *body)
{
  while (g_ascii_isspace (*body))
    body++;
  if (!g_str_has_prefix (dialect, "ollama"))
    return *body != '{';
  g_autoptr(JsonNode) one = purser_json_parse (body, -1, NULL);
  return one == NULL;
}

/* FALSE: they differ. */
static gboolean
check_exchange (const char *name, const char *dialect, const char *writes, JsonObject *exchange, guint *checked)
{
  JsonObject *response = purser_json_member (exchange, "response"), *request = purser_json_member (exchange, "request");
  const char *body = purser_json_string (response, "body");
  if (body == NULL || purser_json_int (response, "status", 200) >= 400)
    return TRUE;
  g_autoptr(JsonObject) rules = rules_of (dialect);
  JsonArray *ignored = json_object_get_array_member (rules, "ignore");
  gboolean streamed = is_streamed (dialect, body);
  g_autofree char *asked = purser_json_node (request, "body") != NULL ? purser_json_to_string (purser_json_node (request, "body"), FALSE) : g_strdup ("null");
  g_autoptr(GBytes) asked_bytes = g_bytes_new (asked, strlen (asked));
  g_autoptr(PurserChat) chat = purser_dialect_decode_request (purser_dialect_get (writes), asked_bytes, NULL);
  Again again = { 0 };
  read_twice (purser_dialect_get (dialect), purser_dialect_get (writes), streamed, chat, strstr (body, "\"usage\":{") != NULL || strstr (body, "\"usage\": {") != NULL,
              purser_json_string (purser_json_member (response, "headers"), "content-type"), body, strlen (body), &again);
  g_autoptr(GString) written = again.written;
  if (again.failed && !streamed)
    return TRUE; /* no reply: an error reply is written otherwise */
  g_autoptr(GPtrArray) is = said_by (writes, streamed, written->str, written->len, ignored);
  g_autoptr(GPtrArray) should = said_by (writes, streamed, body, strlen (body), ignored);
  (*checked)++;
  return same_things (name, is, should);
}

static const struct { const char *provider, *api, *dialect, *writes; } apis[] = {
  { "anthropic", "messages", "anthropic", "anthropic" },       { "ollama", "chat", "ollama", "ollama" },
  { "ollama", "generate", "ollama", "ollama-generate" },       { "", "v1-chat", "openai-chat", "openai-chat" },
  { "", "responses", "openai-responses", "openai-responses" }, { "", "v1-responses", "openai-responses", "openai-responses" },
  { "", "chat", "openai-chat", "openai-chat" },
};

static gboolean
is_skipped (const char *dialect, const char *name, const char **why)
{
  g_autoptr(JsonObject) rules = rules_of (dialect);
  JsonArray *skipped = purser_json_array (rules, "skip");
  for (guint i = 0; skipped != NULL && i < json_array_get_length (skipped); i++)
    {
      JsonObject *one = json_array_get_object_element (skipped, i);
      if (g_str_equal (json_object_get_string_member (one, "file"), name))
        {
          *why = json_object_get_string_member (one, "why");
          g_test_message ("%s: %s", name, *why);
          return TRUE;
        }
    }
  return FALSE;
}

static guint
check_file (const char *folder, const char *name, const char *dialect, guint *checked)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr(JsonNode) node = load (path);
  JsonObject *exchange = json_node_get_object (node);
  const char *why, *provider = purser_json_string (exchange, "provider"), *api = purser_json_string (exchange, "api");
  for (gsize i = 0; i < G_N_ELEMENTS (apis); i++)
    if (g_str_equal (apis[i].dialect, dialect) && g_strcmp0 (apis[i].api, api) == 0
        && (*apis[i].provider == 0 || g_strcmp0 (apis[i].provider, provider) == 0))
      return is_skipped (dialect, name, &why) || check_exchange (name, apis[i].dialect, apis[i].writes, exchange, checked) ? 0 : 1;
  return 0;
}

static guint
check_folder (const char *folder, const char *prefix, const char *dialect, guint *checked)
{
  guint wrong = 0;
  g_autofree char *path = g_build_filename (folder, prefix, NULL);
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *entry;
  while (dir != NULL && (entry = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *name = g_build_filename (prefix, entry, NULL);
      if (g_str_has_suffix (entry, ".json"))
        wrong += check_file (folder, name, dialect, checked);
    }
  return wrong;
}

static void
test_dialect (gconstpointer data)
{
  static const char *const folders[] = { "anthropic", "azure", "bedrock", "compatible", "github-models", "ollama", "openai-chat", "openai-responses" };
  const char *dialect = data, *recorded = g_getenv ("PURSER_RECORDED");
  g_autofree char *own = g_test_build_filename (G_TEST_DIST, "transcripts", NULL);
  guint checked = 0, wrong = check_folder (own, dialect, dialect, &checked);
  g_assert_cmpuint (checked, >, 0);
  if (recorded == NULL || !g_file_test (recorded, G_FILE_TEST_IS_DIR))
    g_test_message ("PURSER_RECORDED names no folder: only our own transcripts");
  for (gsize i = 0; recorded != NULL && i < G_N_ELEMENTS (folders); i++)
    wrong += check_folder (recorded, folders[i], dialect, &checked);
  g_test_message ("%s: %u replies written again, %u differ", dialect, checked, wrong);
  g_assert_cmpuint (wrong, ==, 0);
}

int
main (int argc, char **argv)
{
  static const char *const dialects[] = { "openai-chat", "openai-responses", "anthropic", "ollama" };
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (dialects); i++)
    {
      g_autofree char *path = g_strconcat ("/wire/reencode/", dialects[i], NULL);
      g_test_add_data_func (path, dialects[i], test_dialect);
    }
  return g_test_run ();
}
