/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kill-gateway.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- Sockets --- */

static gboolean
send_all (int fd, const char *bytes)
{
  gsize left = strlen (bytes);
  for (gssize n; left > 0; bytes += n, left -= (gsize) n)
    if ((n = send (fd, bytes, left, MSG_NOSIGNAL)) <= 0)
      return FALSE;
  return TRUE;
}

/* Adds what there is to TEXT. FALSE: the connection ended. */
static gboolean
receive (int fd, GString *text)
{
  char buffer[8192];
  gssize n = recv (fd, buffer, sizeof buffer, 0);
  if (n > 0)
    g_string_append_len (text, buffer, n);
  return n > 0;
}

static gint64
header_number (const char *head, const char *name, gint64 fallback)
{
  g_autofree char *line = g_strdup_printf ("\r\n%s:", name), *lower = g_ascii_strdown (head, -1);
  const char *found = strstr (lower, line);
  return found != NULL ? g_ascii_strtoll (found + strlen (line), NULL, 10) : fallback;
}

/* --- A provider: answers after 20 to 120 ms, streams in three pieces --- */

#define PIECE(data) "data: {\"id\":\"x\",\"model\":\"m\",\"choices\":[{\"index\":0," data "}]}\n\n"

static const char *const stream_pieces[] = {
  PIECE ("\"delta\":{\"role\":\"assistant\",\"content\":\"Hel\"}"),
  PIECE ("\"delta\":{\"content\":\"lo\"}"),
  PIECE ("\"delta\":{},\"finish_reason\":\"stop\"") "data: {\"id\":\"x\",\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":100,"
                                                    "\"completion_tokens\":20,\"total_tokens\":120}}\n\ndata: [DONE]\n\n",
};
static const char *const whole =
    "{\"id\":\"x\",\"object\":\"chat.completion\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
    "\"Hello\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20,\"total_tokens\":120}}";

static gboolean
answer (int fd, gboolean streamed)
{
  g_usleep ((gulong) g_random_int_range (20000, 120000));
  if (!streamed)
    {
      g_autofree char *text = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", strlen (whole), whole);
      return send_all (fd, text);
    }
  gboolean sent = send_all (fd, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (gsize i = 0; i < G_N_ELEMENTS (stream_pieces) && sent; i++)
    {
      g_autofree char *chunk = g_strdup_printf ("%zx\r\n%s\r\n", strlen (stream_pieces[i]), stream_pieces[i]);
      sent = send_all (fd, chunk);
      g_usleep ((gulong) g_random_int_range (0, 10000));
    }
  return sent && send_all (fd, "0\r\n\r\n");
}

static gpointer
provider_run (gpointer data)
{
  int fd = GPOINTER_TO_INT (data), on = 1;
  g_autoptr(GString) text = g_string_new (NULL);
  gboolean more = TRUE;
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  while (more && receive (fd, text))
    {
      const char *end = strstr (text->str, "\r\n\r\n");
      gint64 length = end != NULL ? header_number (text->str, "content-length", 0) : -1;
      if (end == NULL || text->len < (gsize) (end + 4 - text->str) + (gsize) length)
        continue;
      more = answer (fd, strstr (text->str, "\"stream\":true") != NULL);
      g_string_truncate (text, 0);
    }
  close (fd);
  return NULL;
}

static gpointer
provider_listen (gpointer data)
{
  for (;;)
    {
      int fd = accept4 (GPOINTER_TO_INT (data), NULL, NULL, SOCK_CLOEXEC);
      if (fd >= 0)
        g_thread_unref (g_thread_new ("provider", provider_run, GINT_TO_POINTER (fd)));
    }
  return NULL;
}

guint
kill_provider_start (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind (fd, (struct sockaddr *) &address, length) != 0 || listen (fd, 512) != 0 || getsockname (fd, (struct sockaddr *) &address, &length) != 0)
    g_error ("no port for the provider");
  g_thread_unref (g_thread_new ("provider", provider_listen, GINT_TO_POINTER (fd)));
  return ntohs (address.sin_port);
}

/* --- Callers --- */

/* How much of a reply is there: all of it, or so much that its caller knows that it was whole. */
typedef struct { gboolean all, terminal; } Seen;

static Seen
look (const GString *text, gboolean streamed)
{
  const char *end = strstr (text->str, "\r\n\r\n");
  if (end == NULL)
    return (Seen) { FALSE, FALSE };
  gboolean over = g_str_has_suffix (end + 4, "\r\n0\r\n\r\n");
  if (streamed)
    return (Seen) { over, strstr (end, "\"finish_reason\":\"stop\"") != NULL };
  gint64 length = header_number (text->str, "content-length", -1);
  gboolean all = length >= 0 && text->len - (gsize) (end + 4 - text->str) >= (gsize) length;
  return (Seen) { all, all };
}

static void
note (KillCalls *calls, const GString *text, gboolean streamed, Seen seen)
{
  gint64 id = header_number (text->str, "purser-call-id", 0);
  gboolean good = g_str_has_prefix (text->str, "HTTP/1.1 200");
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&calls->lock);
  if (good && seen.terminal && id > 0)
    g_array_append_val (streamed ? calls->streamed : calls->whole, id);
  else if (text->len > 0 && !seen.all)
    calls->cut++;
}

/* One call on a kept connection. FALSE: the connection is of no more use. */
static gboolean
call (KillCalls *calls, int fd, gboolean streamed)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *body = g_strdup_printf ("{\"model\":\"drafting\",\"stream\":%s,\"max_tokens\":50,\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}]}",
                                           streamed ? "true" : "false");
  g_autofree char *request = g_strdup_printf ("POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer " KILL_SECRET
                                              "\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                                              calls->port, strlen (body), body);
  Seen seen = { FALSE, FALSE };
  gboolean more = send_all (fd, request);
  while (more && !seen.all)
    {
      more = receive (fd, text);
      seen = look (text, streamed);
    }
  note (calls, text, streamed, seen);
  return seen.all;
}

static int
connect_gateway (const KillCalls *calls)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK), .sin_port = htons ((guint16) calls->port) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
  struct timeval patience = { 60, 0 };
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) == 0)
    return fd;
  close (fd);
  return -1;
}

static gpointer
caller_run (gpointer data)
{
  KillCalls *calls = data;
  gboolean streamed = g_random_boolean ();
  while (!g_atomic_int_get (&calls->stop))
    {
      int fd = connect_gateway (calls);
      if (fd < 0)
        {
          g_usleep (5000);
          continue;
        }
      while (!g_atomic_int_get (&calls->stop) && call (calls, fd, streamed))
        streamed = !streamed;
      close (fd);
    }
  return NULL;
}

KillCalls *
kill_calls_start (guint port)
{
  KillCalls *calls = g_new0 (KillCalls, 1);
  g_mutex_init (&calls->lock);
  calls->port = (int) port;
  calls->whole = g_array_new (FALSE, FALSE, sizeof (gint64));
  calls->streamed = g_array_new (FALSE, FALSE, sizeof (gint64));
  calls->threads = g_ptr_array_new ();
  for (int i = 0; i < KILL_CALLERS; i++)
    g_ptr_array_add (calls->threads, g_thread_new ("caller", caller_run, calls));
  return calls;
}

void
kill_calls_end (KillCalls *calls)
{
  g_atomic_int_set (&calls->stop, 1);
  for (guint i = 0; i < calls->threads->len; i++)
    g_thread_join (g_ptr_array_index (calls->threads, i));
  g_ptr_array_set_size (calls->threads, 0);
}

void
kill_calls_free (KillCalls *calls)
{
  g_ptr_array_unref (calls->threads);
  g_array_unref (calls->whole);
  g_array_unref (calls->streamed);
  g_mutex_clear (&calls->lock);
  g_free (calls);
}
