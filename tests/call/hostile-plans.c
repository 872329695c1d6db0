/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile-private.h"

#include <gio/gnetworking.h>
#include <string.h>

/* The faults of the gateway's drill ("drill-NAME" in an address), each told once for all dialects, as steps:
 *
 *   head         status 200 and the headers of a stream          over       the stream's last chunk
 *   PIECE        as hostile-speech.c has it: start text:Hel …    half:PIECE half of its bytes
 *   keep:PIECE   that piece every 40 ms for as long as anybody listens      flood:TEXT   text pieces of 16 KB, without end
 *   line         a megabyte of one line, twenty times
 *   usage:HOW    what the pieces after it say was used           pause:MS   what was said goes out, then nothing for a while
 *   whole        a reply with its length                         part, rest the halves of such a reply
 *   status:N     an error reply with the plan's headers and words
 *   hang         says nothing more until the other side leaves   reset      the connection is torn, not closed
 *   raw:TEXT     these very bytes                               length     the next bytes are a whole reply of that length
 *
 * At the end of the steps the connection is closed. What is said between two pauses leaves in one piece. */
#define CLOSE "Connection: close\r\n" /* else a caller may take the connection for its next request just when it is closed */

typedef struct
{
  const char *name, *streamed;
  const char *whole;            /* (nullable) as streamed */
  const char *headers, *words;  /* (nullable) of status */
} Plan;

static const Plan plans[] = {
  { "well", "head start text:Hel text:lo finish end over", "whole:Hello", NULL, NULL },
  { "other", "head start text:Wor text:ld finish end over", "whole:World", NULL, NULL },
  { "late", "pause:150 head start text:Hel text:lo finish end over", "pause:150 whole:Hello", NULL, NULL },
  { "trickle", "head pause:20 start pause:20 text:Hel pause:20 text:lo pause:20 finish pause:20 end pause:20 over", "part:Hello pause:60 rest:Hello", NULL, NULL },
  { "silent", "hang", NULL, NULL, NULL },
  { "silent-head", "head hang", NULL, NULL, NULL },
  { "silent-start", "head start hang", "part:Hello hang", NULL, NULL },
  { "chatter", "head start keep:ping", "head keep:raw:\n", NULL, NULL },
  { "stalls", "head start text:Hel hang", "part:Hello hang", NULL, NULL },
  { "cut-head", "", NULL, NULL, NULL },
  { "cut-half-head", "raw:HTTP/1.1 200 OK\r\nContent-Ty", NULL, NULL, NULL },
  { "reset", "reset", NULL, NULL, NULL },
  { "cut-start", "head start", "part:Hello", NULL, NULL },
  { "cut-token", "head start text:Hel half:text:lo", "part:Hello", NULL, NULL },
  { "reset-late", "head start text:Hel pause:500 reset", "part:Hello pause:500 reset", NULL, NULL },
  { "no-end", "head start text:Hel text:lo over", "length half:whole:Hello", NULL, NULL },
  { "fault-first", "head start fault over", "whole-fault", NULL, NULL },
  { "fault-late", "head start text:Hel fault over", NULL, NULL, NULL },
  { "429", "status:429", NULL, "", "Slow down" },
  { "429-1", "status:429", NULL, "Retry-After: 1\r\n", "Slow down" },
  { "429-600", "status:429", NULL, "Retry-After: 600\r\n", "Slow down" },
  { "500", "status:500", NULL, "", "Oh" },
  { "503", "status:503", NULL, "", "Busy" },
  { "529", "status:529", NULL, "", "Too much to do" },
  { "401", "status:401", NULL, "", "Incorrect API key provided" },
  { "402", "status:402", NULL, "", "No credit" },
  { "403", "status:403", NULL, "", "Not allowed" },
  { "404", "status:404", NULL, "", "Nothing here" },
  { "no-model", "status:404", NULL, "", "The model `m` does not exist" },
  { "410", "status:410", NULL, "", "Gone" },
  { "400", "status:400", NULL, "", "messages: at least one message is required" },
  { "413", "status:413", NULL, "", "Too large" },
  { "422", "status:422", NULL, "", "Unprocessable" },
  { "too-long", "status:400", NULL, "", "This model's maximum context length is 8000 tokens" },
  { "elsewhere", "status:307", NULL, "Location: http://127.0.0.1:1/elsewhere\r\n", "Moved" },
  { "html", "raw:HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n" CLOSE "Content-Length: 30\r\n\r\n<html><p>Please sign in</html>", NULL, NULL, NULL },
  { "not-http", "raw:SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n", NULL, NULL, NULL },
  { "garbage", "head start garbage over", "length raw:}{\tthis\tis\tno\tJSON", NULL, NULL },
  { "garbage-late", "head start text:Hel garbage over", NULL, NULL, NULL },
  { "nothing", "head start end-empty over", "whole-empty", NULL, NULL },
  { "line", "head line", NULL, NULL, NULL },
  { "flood", "head start flood:and-so-on-", NULL, NULL, NULL },
  { "usage-none", "usage:none head start text:Hel text:lo finish end over", "usage:none whole:Hello", NULL, NULL },
  { "usage-zero", "usage:zero head start text:Hel text:lo finish end over", "usage:zero whole:Hello", NULL, NULL },
  { "usage-over", "usage:over head start text:Hel text:lo finish end over", "usage:over whole:Hello", NULL, NULL },
  { "usage-absurd", "usage:absurd head start text:Hel text:lo finish end over", "usage:absurd whole:Hello", NULL, NULL },
  { "usage-odd", "usage:odd head start text:Hel text:lo finish end over", "usage:odd whole:Hello", NULL, NULL },
};

typedef struct
{
  Request    *request;
  const Plan *plan;
  GByteArray *out;      /* (owned) said, and not yet gone */
  const char *usage;
  gboolean    chunked, length, broken;
} Speaker;

static void
add_text (Speaker *s, const char *text)
{
  g_byte_array_append (s->out, (const guint8 *) text, (guint) strlen (text));
}

static gboolean
flush (Speaker *s)
{
  if (s->out->len > 0 && !s->broken)
    s->broken = !g_output_stream_write_all (s->request->out, s->out->data, s->out->len, NULL, NULL, NULL);
  g_byte_array_set_size (s->out, 0);
  return !s->broken && !g_atomic_int_get (&s->request->hostile->closing);
}

static void
add_body (Speaker *s, const void *bytes, gsize length)
{
  g_autofree char *head = s->chunked  ? g_strdup_printf ("%zx\r\n", length)
                          : s->length ? g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" CLOSE "Content-Length: %zu\r\n\r\n", length)
                                      : NULL;
  if (length == 0)
    return;
  if (head != NULL)
    add_text (s, head);
  g_byte_array_append (s->out, bytes, (guint) length);
  if (s->chunked)
    add_text (s, "\r\n");
}

static void
step_head (Speaker *s, const char *what)
{
  const char *type = !s->request->streamed                              ? "application/json"
                     : g_str_equal (s->request->dialect, "ollama")  ? "application/x-ndjson"
                     : g_str_equal (s->request->dialect, "bedrock") ? "application/vnd.amazon.eventstream"
                                                                    : "text/event-stream";
  g_autofree char *head =
      g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Type: %s\r\n" CLOSE "Transfer-Encoding: chunked\r\nx-request-id: req-9\r\n\r\n", type);
  add_text (s, head);
  s->chunked = TRUE;
}

static void
step_over (Speaker *s, const char *what)
{
  add_text (s, "0\r\n\r\n");
}

static void
step_length (Speaker *s, const char *what)
{
  s->length = TRUE;
}

static void
step_usage (Speaker *s, const char *what)
{
  s->usage = g_intern_string (what);
}

static void
say (Speaker *s, const char *what, double share)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  if (g_str_has_prefix (what, "raw:"))
    g_byte_array_append (bytes, (const guint8 *) what + 4, (guint) strlen (what + 4));
  else
    hostile_say (s->request->dialect, what, s->usage, bytes);
  add_body (s, bytes->data, (gsize) (bytes->len * share));
}

static void
step_half (Speaker *s, const char *what)
{
  say (s, what, 0.5);
}

static void
step_raw (Speaker *s, const char *what)
{
  add_body (s, what, strlen (what));
}

/* The head of a whole reply, and so much of its body; the rest of it goes without a head. */
static void
add_share (Speaker *s, const char *text, gsize from_half, gsize to_half)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  g_autofree char *what = g_strconcat ("whole:", text, NULL);
  hostile_say (s->request->dialect, what, s->usage, bytes);
  gsize half = bytes->len / 2, from = from_half * half, to = to_half == 2 ? bytes->len : to_half * half;
  g_autofree char *head =
      g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" CLOSE "Content-Length: %u\r\nx-request-id: req-9\r\n\r\n", bytes->len);
  if (from == 0)
    add_text (s, head);
  g_byte_array_append (s->out, bytes->data + from, (guint) (to - from));
}

static void
step_whole (Speaker *s, const char *what)
{
  add_share (s, what, 0, 2);
}

static void
step_part (Speaker *s, const char *what)
{
  add_share (s, what, 0, 1);
}

static void
step_rest (Speaker *s, const char *what)
{
  add_share (s, what, 1, 2);
}

static void
step_status (Speaker *s, const char *what)
{
  g_autoptr(GByteArray) body = g_byte_array_new ();
  g_autofree char *words = g_strconcat ("words:", s->plan->words, NULL);
  hostile_say (s->request->dialect, words, s->usage, body);
  g_autofree char *head = g_strdup_printf ("HTTP/1.1 %s X\r\nContent-Type: application/json\r\n" CLOSE "Content-Length: %u\r\nx-request-id: req-9\r\n%s\r\n",
                                           what, body->len, s->plan->headers);
  add_text (s, head);
  g_byte_array_append (s->out, body->data, body->len);
}

static void
step_pause (Speaker *s, const char *what)
{
  flush (s);
  g_usleep ((gulong) g_ascii_strtoull (what, NULL, 10) * 1000);
}

static void
step_hang (Speaker *s, const char *what)
{
  char byte;
  if (flush (s))
    g_input_stream_read (s->request->in, &byte, 1, NULL, NULL);
  s->broken = TRUE;
}

static void
step_keep (Speaker *s, const char *what)
{
  do
    {
      say (s, what, 1);
      g_usleep (40000);
    }
  while (flush (s));
}

static void
step_flood (Speaker *s, const char *what)
{
  g_autoptr(GString) text = g_string_new ("text:");
  while (text->len < 16384)
    g_string_append (text, what);
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  hostile_say (s->request->dialect, text->str, s->usage, bytes);
  do
    add_body (s, bytes->data, bytes->len);
  while (flush (s));
}

static void
step_line (Speaker *s, const char *what)
{
  g_autofree char *megabyte = g_strnfill (1024 * 1024, 'y');
  say (s, "line", 1);
  for (int i = 0; i < 20 && flush (s); i++)
    add_body (s, megabyte, 1024 * 1024);
}

/* SO_LINGER without a time: the kernel sends RST. */
static void
step_reset (Speaker *s, const char *what)
{
  struct linger linger = { 1, 0 };
  flush (s);
  if (s->request->socket != NULL)
    setsockopt (g_socket_get_fd (s->request->socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static const struct
{
  const char *name;
  void (*run) (Speaker *s, const char *what);
} steps[] = {
  { "head", step_head }, { "over", step_over },     { "length", step_length }, { "usage", step_usage }, { "half", step_half },
  { "raw", step_raw },   { "whole", step_whole },   { "part", step_part },     { "rest", step_rest },   { "status", step_status },
  { "pause", step_pause }, { "hang", step_hang },   { "keep", step_keep },     { "flood", step_flood }, { "line", step_line },
  { "reset", step_reset },
};

static void
run_step (Speaker *s, const char *step)
{
  g_auto(GStrv) named = g_strsplit (step, ":", 2);
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    if (g_str_equal (steps[i].name, named[0]))
      {
        steps[i].run (s, named[1] != NULL ? named[1] : "");
        return;
      }
  s->length = s->length || (g_str_has_prefix (step, "whole-") && !s->chunked);
  say (s, step, 1);
}

static void
run_plan (Request *request, const Plan *plan)
{
  const char *words = !request->streamed && plan->whole != NULL ? plan->whole : plan->streamed;
  g_auto(GStrv) split = g_strsplit (words, g_str_has_prefix (words, "raw:") ? "\n\n\n" : " ", -1);
  Speaker s = { .request = request, .plan = plan, .out = g_byte_array_new (), .usage = "good" };
  for (char **step = split; *step != NULL && !s.broken; step++)
    if (**step != '\0')
      run_step (&s, *step);
  flush (&s);
  g_byte_array_unref (s.out);
}

void
hostile_send_plan (Request *request, const char *name)
{
  if (g_str_has_prefix (name, "half-")) /* half of its replies are well, so that no breaker opens for long */
    name = g_random_boolean () ? "well" : name + strlen ("half-");
  for (gsize i = 0; i < G_N_ELEMENTS (plans); i++)
    if (g_str_equal (plans[i].name, name))
      {
        run_plan (request, &plans[i]);
        return;
      }
  g_error ("hostile: no such plan: %s", name);
}
