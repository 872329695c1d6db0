/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-reply.h"

#include "purser-sse.h"

static void
log_cb (const char *event, const char *data, gsize length, gpointer log)
{
  g_assert_cmpint (data[length], ==, 0);
  g_string_append_printf (log, "<%s|", event);
  g_string_append_len (log, data, length);
  g_string_append_c (log, '>');
}

static GString *
read_events (const uint8_t *data, gsize length, gsize cut)
{
  GString *log = g_string_new (NULL);
  g_autoptr(PurserSse) sse = purser_sse_new (256, log_cb, log);
  gboolean fits = purser_sse_feed (sse, data, cut);
  fits = purser_sse_feed (sse, data + cut, length - cut) && fits;
  fits = purser_sse_end (sse) && fits;
  g_string_append_printf (log, "%d%d", fits, purser_sse_strange (sse));
  return log;
}

/* The last two bytes say where the stream is cut. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 2)
    return 0;
  gsize length = size - 2;
  gsize cut = (data[length] | data[length + 1] << 8) % (length + 1);
  g_autoptr(GString) whole = read_events (data, length, length), pieces = read_events (data, length, cut);
  g_assert_true (g_string_equal (whole, pieces));
  return 0;
}
