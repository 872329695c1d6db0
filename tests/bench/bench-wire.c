/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replies and requests of each dialect, read, written and passed on, beside a bare json-glib parse of the same bytes. */
#include "bench.h"

#include <math.h>
#include <string.h>

#include "purser-dialect.h"
#include "purser-json.h"

enum
{
  PIECES = 1000,
  LARGE = 1024 * 1024
};

typedef struct
{
  const PurserDialect *dialect;
  JsonParser *parser; /* (owned) */
  gboolean streamed;
  char *content_type; /* (owned) */
  GString *body; /* (owned) a reply */
  GPtrArray *texts; /* (owned) (element-type utf8) the JSON texts in it */
  PurserChat *chat; /* (owned) a request */
  GBytes *request; /* (owned) as it is encoded */
  guint pieces, ends; /* seen in the reply last read */
  gsize written; /* bytes */
} Wire;

/* --- Replies --- */

static void
event_cb (const PurserEvent *event, gpointer user_data)
{
  Wire *wire = user_data;
  wire->pieces += event->type == PURSER_EVENT_TEXT;
  wire->ends += event->type == PURSER_EVENT_END;
  g_assert_cmpint (event->type, !=, PURSER_EVENT_ERROR);
}

static void
read_reply (gpointer data)
{
  Wire *wire = data;
  wire->pieces = wire->ends = 0;
  g_autoptr(PurserReader) reader =
      purser_reader_new (wire->dialect, wire->streamed, wire->content_type, event_cb, wire);
  purser_reader_feed (reader, wire->body->str, wire->body->len);
  purser_reader_end (reader);
}

static void
written_cb (const char *bytes, gsize length, gboolean terminal, gpointer user_data)
{
  Wire *wire = user_data;
  wire->written += length;
}

static void
write_event_cb (const PurserEvent *event, gpointer user_data)
{
  event_cb (event, ((gpointer *) user_data)[0]);
  purser_writer_add (((gpointer *) user_data)[1], event);
}

/* As a caller's reply goes out: read from the provider, written in the same dialect. */
static void
translate_reply (gpointer data)
{
  Wire *wire = data;
  PurserWriterOptions options = { .stream = wire->streamed, .include_usage = TRUE, .origin = "another", .created = 1 };
  wire->pieces = wire->ends = wire->written = 0;
  g_autoptr(PurserWriter) writer = purser_writer_new (wire->dialect, &options, written_cb, wire);
  gpointer both[] = { wire, writer };
  g_autoptr(PurserReader) reader =
      purser_reader_new (wire->dialect, wire->streamed, wire->content_type, write_event_cb, both);
  purser_reader_feed (reader, wire->body->str, wire->body->len);
  purser_reader_end (reader);
}

static void
parse_reply (gpointer data)
{
  Wire *wire = data;
  for (guint i = 0; i < wire->texts->len; i++)
    g_assert_true (json_parser_load_from_data (wire->parser, g_ptr_array_index (wire->texts, i), -1, NULL));
}

/* The transcript's first event that has text, PIECES times in place of once. */
static void
stretch (GString *body, const char *begins, const char *holds)
{
  const char *at = strstr (body->str, holds);
  g_assert_nonnull (at);
  const char *from = g_strrstr_len (body->str, at - body->str, begins), *to = strstr (at, begins);
  g_autofree char *event = g_strndup (from, to - from);
  g_autoptr(GString) more = g_string_new (NULL);
  gsize position = to - body->str;
  for (guint i = 1; i < PIECES; i++)
    g_string_append (more, event);
  g_string_insert_len (body, position, more->str, more->len);
}

static void
load_reply (Wire *wire, const char *transcripts, const char *name)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_strdup_printf ("%s/%s/%s.json", transcripts, purser_dialect_id (wire->dialect), name);
  g_assert_true (json_parser_load_from_file (wire->parser, path, &error));
  JsonObject *response = purser_json_member (json_node_get_object (json_parser_get_root (wire->parser)), "response");
  g_string_assign (wire->body, purser_json_string (response, "body"));
  g_free (wire->content_type);
  wire->content_type = g_strdup (purser_json_string (purser_json_member (response, "headers"), "content-type"));
}

static void
find_texts (Wire *wire)
{
  g_auto(GStrv) lines = g_strsplit_set (wire->body->str, "\r\n", -1);
  g_ptr_array_set_size (wire->texts, 0);
  for (char **line = lines; *line != NULL; line++)
    if (strchr (*line, '{') != NULL)
      g_ptr_array_add (wire->texts, g_strdup (strchr (*line, '{')));
}

static void
compare_reply (Wire *wire, const char *what)
{
  find_texts (wire);
  read_reply (wire);
  g_assert_cmpuint (wire->ends, ==, 1);
  g_assert_cmpuint (wire->pieces, >=, wire->streamed ? PIECES : 1);
  g_autofree char *words =
      g_strdup_printf ("%s: %s, %zu bytes", purser_dialect_id (wire->dialect), what, wire->body->len);
  bench_compare (words, (BenchSide) { read_reply, 1 }, (BenchSide) { parse_reply, 1 }, wire);
  if (!purser_dialect_has_writer (wire->dialect))
    return;
  translate_reply (wire);
  g_assert_cmpuint (wire->written, >, wire->body->len / 4);
  g_autofree char *both = g_strdup_printf ("%s: %s and written, %s", purser_dialect_id (wire->dialect), what,
                                           wire->streamed ? "one of 1000 pieces" : "all");
  guint n = wire->streamed ? PIECES : 1;
  bench_compare (both, (BenchSide) { translate_reply, n }, (BenchSide) { parse_reply, n }, wire);
}

/* --- Requests --- */

static void
encode_request (gpointer data)
{
  Wire *wire = data;
  PurserEncodeOptions options = { "example", TRUE, TRUE, FALSE, -1 };
  g_clear_pointer (&wire->request, g_bytes_unref);
  wire->request = purser_dialect_encode_request (wire->dialect, wire->chat, &options, NULL);
}

static void
decode_request (gpointer data)
{
  Wire *wire = data;
  g_autoptr(PurserChat) chat = purser_dialect_decode_request (wire->dialect, wire->request, NULL);
  g_assert_nonnull (chat);
}

static void
splice_request (gpointer data)
{
  Wire *wire = data;
  PurserEncodeOptions options = { .model = "another", .stream = TRUE };
  g_autoptr(GBytes) spliced = purser_dialect_splice_request (wire->dialect, wire->request, &options, NULL);
  g_assert_nonnull (spliced);
}

static void
parse_request (gpointer data)
{
  Wire *wire = data;
  gsize length;
  const char *text = g_bytes_get_data (wire->request, &length);
  g_assert_true (json_parser_load_from_data (wire->parser, text, length, NULL));
}

/* Some turns and a tool, as an agent's request has them. */
static PurserChat *
make_chat (void)
{
  PurserChat *chat =
      purser_chat_new_text ("You answer customers of a bakery. Be brief and friendly.",
                            "Guten Tag, what do three loaves of rye bread cost with delivery on Friday?");
  PurserTool *tool = g_new0 (PurserTool, 1);
  tool->name = g_strdup ("price_of");
  tool->description = g_strdup ("The price of an article, and whether it is there.");
  tool->schema = purser_json_parse ("{\"type\":\"object\",\"properties\":{\"article\":{\"type\":\"string\"},\"count\":"
                                    "{\"type\":\"integer\"}},\"required\":[\"article\"]}",
                                    -1, NULL);
  g_ptr_array_add (chat->tools, tool);
  for (guint i = 0; i < 5; i++)
    {
      purser_chat_add_text (chat, PURSER_ROLE_ASSISTANT, "Three loaves are €11.40; delivery is “free” above €10.\n");
      purser_chat_add_text (chat, PURSER_ROLE_USER, "Thank you! And if I take two of them sliced?");
    }
  chat->max_tokens = 400;
  chat->temperature = 0.2;
  return chat;
}

static PurserChat *
make_large_chat (void)
{
  g_autoptr(GString) text = g_string_sized_new (LARGE + 100);
  while (text->len < LARGE)
    g_string_append (text, "Der Müller mahlt, \"sagt man\", bei Nacht\tund Tag;\nwhat he grinds we bake. ");
  return purser_chat_new_text (NULL, text->str);
}

static void
compare_request (Wire *wire, PurserChat *chat, const char *what)
{
  wire->chat = chat;
  encode_request (wire);
  g_assert_nonnull (wire->request);
  g_assert_cmpuint (g_bytes_get_size (wire->request), >, purser_chat_estimate_tokens (chat));
  g_autofree char *words =
      g_strdup_printf ("%s: %s, %zu bytes", purser_dialect_id (wire->dialect), what, g_bytes_get_size (wire->request));
  bench_compare (words, (BenchSide) { encode_request, 1 }, (BenchSide) { parse_request, 1 }, wire);
  if (purser_dialect_is_served (wire->dialect))
    {
      g_autofree char *read = g_strdup_printf ("%s: request read, %zu bytes", purser_dialect_id (wire->dialect), g_bytes_get_size (wire->request));
      g_autofree char *passed = g_strdup_printf ("%s: request passed on, %zu bytes", purser_dialect_id (wire->dialect), g_bytes_get_size (wire->request));
      bench_compare (read, (BenchSide) { decode_request, 1 }, (BenchSide) { parse_request, 1 }, wire);
      bench_compare (passed, (BenchSide) { splice_request, 1 }, (BenchSide) { parse_request, 1 }, wire);
    }
  g_clear_pointer (&wire->chat, purser_chat_unref);
  g_clear_pointer (&wire->request, g_bytes_unref);
}

void
bench_wire (const char *transcripts)
{
  static const struct
  {
    const char *dialect, *begins, *holds;
  } ROWS[] = { { "openai-chat", "data: ", "\"Bon\"" },
               { "anthropic", "event: ", "\"Two \"" },
               { "openai-responses", "event: ", "\"Let me \"" },
               { "ollama", "{\"model\"", "\"Hal\"" } };
  bench_heading ("Wire", "json-glib");
  for (guint i = 0; i < G_N_ELEMENTS (ROWS); i++)
    {
      Wire wire = { .dialect = purser_dialect_get (ROWS[i].dialect),
                    .streamed = TRUE,
                    .parser = json_parser_new (),
                    .body = g_string_new (NULL),
                    .texts = g_ptr_array_new_with_free_func (g_free) };
      load_reply (&wire, transcripts, "text-streamed");
      stretch (wire.body, ROWS[i].begins, ROWS[i].holds);
      compare_reply (&wire, "streamed reply read");
      wire.streamed = FALSE;
      load_reply (&wire, transcripts, "text");
      compare_reply (&wire, "whole reply read");
      compare_request (&wire, make_chat (), "request written");
      compare_request (&wire, make_large_chat (), "request written");
      g_object_unref (wire.parser);
      g_string_free (wire.body, TRUE);
      g_ptr_array_unref (wire.texts);
      g_free (wire.content_type);
    }
}
