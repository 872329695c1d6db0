/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "purser-lines.h"
#include "purser-sse.h"

static void
log_cb (const char *event, const char *data, gsize length, gpointer log)
{
  g_string_append_printf (log, "<%s|", event);
  g_string_append_len (log, data, length);
  g_string_append_c (log, '>');
}

static char *
read_pieces (const char *bytes, gsize length, gsize cut, gsize piece)
{
  GString *log = g_string_new (NULL);
  g_autoptr(PurserSse) sse = purser_sse_new (1000, log_cb, log);
  purser_sse_feed (sse, bytes, cut);
  for (gsize at = cut; at < length; at += piece)
    purser_sse_feed (sse, bytes + at, MIN (piece, length - at));
  purser_sse_end (sse);
  return g_string_free (log, FALSE);
}

/* The rules of the standard, each stream read whole, at every cut, and byte by byte. */
static void
test_rules (void)
{
  static const struct { const char *stream, *events; } cases[] = {
    { "data: a\n\ndata: b\n\n", "<|a><|b>" },
    { "data: a\r\n\r\ndata: b\r\n\r\n", "<|a><|b>" },
    { "data: a\r\rdata: b\r\r", "<|a><|b>" },
    { "data: a\r\n\ndata: b\n\r\n", "<|a><|b>" },          /* mixed ends of lines */
    { "event: ping\ndata: {}\n\n", "<ping|{}>" },
    { "event: x\n\ndata: a\n\n", "<|a>" },                  /* no data: no event, and its name is gone */
    { "data: a\ndata: b\n\n", "<|a\nb>" },                  /* lines of data join */
    { "data\n\n", "<|>" }, { "data:\n\n", "<|>" }, { "data:  a\n\n", "<| a>" }, { "data:a\n\n", "<|a>" },
    { ": comment\n\n:\n\ndata: a\n\n", "<|a>" },
    { "error: {}\n\ndata: a\n\n", "<error|{}><|a>" },          /* llama.cpp's older way */
    { "id: 1\nretry: 5\nunknown: x\ndata: a\n\n", "<|a>" },
    { "\xef\xbb\xbf" "data: a\n\n", "<|a>" },               /* byte order mark */
    { "data: a\n\n\xef\xbb\xbf" "data: b\n\n", "<|a>" },    /* only before the first line */
    { "data: a", "<|a>" }, { "data: a\n", "<|a>" },         /* closed early: what is there counts */
    { "\n\n\n", "" }, { "", "" }, { "data: é💻\n\n", "<|é💻>" }, { "event:e\nevent:f\ndata:\n\n", "<f|>" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize length = strlen (cases[i].stream);
      for (gsize cut = 0; cut <= length; cut++)
        {
          g_autofree char *log = read_pieces (cases[i].stream, length, cut, 1000);
          g_assert_cmpstr (log, ==, cases[i].events);
        }
      g_autofree char *bytewise = read_pieces (cases[i].stream, length, 0, 1);
      g_assert_cmpstr (bytewise, ==, cases[i].events);
    }
}

static gboolean
fits (const char *bytes, gsize length, gsize piece)
{
  g_autoptr(GString) log = g_string_new (NULL);
  g_autoptr(PurserSse) sse = purser_sse_new (1000, log_cb, log);
  gboolean fitted = TRUE;
  for (gsize at = 0; at < length; at += piece)
    fitted = purser_sse_feed (sse, bytes + at, MIN (piece, length - at));
  return purser_sse_end (sse) && fitted;
}

/* A line, or the data of one event, past the limit: told, however the bytes come, and nothing is kept. */
static void
test_limit (void)
{
  g_autofree char *long_line = g_strnfill (1001, 'x'), *line = g_strnfill (1000, 'x');
  g_autoptr(GString) many = g_string_new (NULL);
  for (int i = 0; i < 300; i++)
    g_string_append (many, "data: abc\n");
  for (gsize piece = 1; piece <= 4000; piece *= 7)
    {
      g_assert_false (fits (long_line, 1001, piece));
      g_assert_true (fits (line, 1000, piece));
      g_assert_false (fits (many->str, many->len, piece));
    }
}

static void
test_strange (void)
{
  static const struct
  {
    const char *text;
    gboolean strange;
  } cases[] = { { "data: a\n\n: x\nid: 1\nretry: 1\nevent: e\n", FALSE },
                { "upstream connect error\n", TRUE },
                { "<html>\n", TRUE },
                { "", FALSE } };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GString) log = g_string_new (NULL);
      g_autoptr(PurserSse) sse = purser_sse_new (1000, log_cb, log);
      purser_sse_feed (sse, cases[i].text, strlen (cases[i].text));
      g_assert_cmpint (purser_sse_strange (sse), ==, cases[i].strange);
    }
}

static void
line_cb (const char *line, gsize length, gpointer log)
{
  g_string_append_len (log, line, length);
  g_string_append_c (log, '|');
}

/* NDJSON: only LF ends a line; a CR before it goes. */
static void
test_lines (void)
{
  static const char text[] = "{\"a\":1}\r\n{\"b\":\r2}\n\nlast";
  for (gsize cut = 0; cut < sizeof text; cut++)
    {
      g_autoptr(GString) log = g_string_new (NULL);
      g_autoptr(PurserLines) lines = purser_lines_new (100, FALSE, line_cb, log);
      purser_lines_feed (lines, text, cut);
      purser_lines_feed (lines, text + cut, sizeof text - 1 - MIN (cut, sizeof text - 1));
      g_assert_true (purser_lines_end (lines));
      g_assert_cmpstr (log->str, ==, "{\"a\":1}|{\"b\":\r2}||last|");
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/sse/rules", test_rules);
  g_test_add_func ("/wire/sse/limit", test_limit);
  g_test_add_func ("/wire/sse/strange", test_strange);
  g_test_add_func ("/wire/sse/lines", test_lines);
  return g_test_run ();
}
