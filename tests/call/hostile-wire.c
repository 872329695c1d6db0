/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile-private.h"

#include <string.h>

/* What goes wrong with HTTP itself, below any dialect. */

#define TYPE "Content-Type: text/event-stream\r\n"

static gboolean
put (Request *request, const char *text)
{
  return g_output_stream_write_all (request->out, text, strlen (text), NULL, NULL, NULL);
}

static void
put_all (Request *request, const char *text)
{
  if (put (request, text))
    g_atomic_int_inc (&request->hostile->clean);
}

/* The connection is really kept, and serves whatever comes next. */
static void
wire_kept (Request *request)
{
  put_all (request, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nHello");
  request->keep = TRUE;
}

static void
wire_kept_stream (Request *request)
{
  put_all (request, "HTTP/1.1 200 OK\r\n" TYPE "Transfer-Encoding: chunked\r\n\r\n"
                    "6\r\ndata: \r\n3\r\na\n\n\r\n6\r\ndata: \r\n3\r\nb\n\n\r\n0\r\n\r\n");
  request->keep = TRUE;
}

/* The end of the stream follows a while after what the caller takes for it. */
static void
wire_kept_tail (Request *request)
{
  put (request, "HTTP/1.1 200 OK\r\n" TYPE "Transfer-Encoding: chunked\r\n\r\n6\r\ndata: \r\n");
  g_usleep (20000);
  put_all (request, "3\r\nb\n\n\r\n0\r\n\r\n");
  request->keep = TRUE;
}

/* A reply whose head is written a byte at a time. */
static void
wire_dribble (Request *request)
{
  const char *text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello";
  for (const char *c = text; *c != '\0'; c++)
    g_output_stream_write_all (request->out, c, 1, NULL, NULL, NULL);
  g_atomic_int_inc (&request->hostile->clean);
}

/* More than anybody’s buffers hold. */
static void
wire_big (Request *request)
{
  g_autofree char *piece = g_strnfill (64 * 1024, 'z');
  gboolean more = put (request, "HTTP/1.1 200 OK\r\n" TYPE "Content-Length: 67108864\r\n\r\n");
  for (int i = 0; i < 1024 && more && !g_atomic_int_get (&request->hostile->closing); i++)
    {
      more = g_output_stream_write_all (request->out, piece, 64 * 1024, NULL, NULL, NULL);
      g_mutex_lock (&request->hostile->lock);
      request->hostile->written += more ? 64 * 1024 : 0;
      g_mutex_unlock (&request->hostile->lock);
    }
}

static void
repeat (Request *request, const char *text)
{
  while (!g_atomic_int_get (&request->hostile->closing) && put (request, text))
    continue;
}

static void
wire_endless_headers (Request *request)
{
  put (request, "HTTP/1.1 200 OK\r\n");
  repeat (request, "X-Filler: and so on, and so on, and so on, and so on, and so on\r\n");
}

static void
wire_endless_header (Request *request)
{
  put (request, "HTTP/1.1 200 OK\r\nX-Filler: ");
  repeat (request, "and so on, and so on, and so on, and so on, and so on, ");
}

static void
wire_endless_1xx (Request *request)
{
  repeat (request, "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n");
}

static void
wire_endless_trailers (Request *request)
{
  put (request, "HTTP/1.1 200 OK\r\n" TYPE "Transfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n0\r\n");
  repeat (request, "X-Filler: and so on, and so on, and so on, and so on, and so on\r\n");
}

static void
wire_redirect_here (Request *request)
{
  g_autofree char *text =
      g_strdup_printf ("HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:%u/elsewhere/ok/v1/chat/"
                       "completions\r\nContent-Length: 5\r\n\r\nMoved",
                       request->hostile->port);
  put_all (request, text);
}

static const struct
{
  const char *name, *text;
} texts[] = {
  { "cut-chunk", "HTTP/1.1 200 OK\r\n" TYPE "Transfer-Encoding: chunked\r\n\r\n40\r\nHello" },
  { "cut-before-chunk", "HTTP/1.1 200 OK\r\n" TYPE "Transfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n" },
  { "bad-chunk", "HTTP/1.1 200 OK\r\n" TYPE "Transfer-Encoding: chunked\r\n\r\nxyz\r\nHello\r\n0\r\n\r\n" },
  { "long-length", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nHello" },
  { "short-length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello, and more than was promised" },
  { "informational",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nx-request-id: early\r\nLink: </s>\r\n\r\n"
    "HTTP/1.1 200 OK\r\nx-request-id: late\r\nContent-Length: 5\r\n\r\nHello" },
  { "http10", "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nHello" },
  { "no-length", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\nHello" },
  { "empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" },
  { "no-content", "HTTP/1.1 204 No Content\r\n\r\n" },
  { "trailers", "HTTP/1.1 200 OK\r\nx-request-id: head\r\nTrailer: x-request-id\r\nTransfer-Encoding: chunked\r\n\r\n"
                "5\r\nHello\r\n0\r\nx-request-id: trailer\r\n\r\n" },
  { "http09", "Hello, this is what a very old server says\r\n" },
  { "only-head", "HTTP/1.1 200 OK\r\nx-request-id: head\r\n" },
  { "challenge", "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nWWW-Authenticate: Digest "
                 "realm=\"x\", nonce=\"y\"\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 5\r\n\r\nHello" },
  { "cookie", "HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 5\r\n\r\nHello" },
  { "packed", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nHello" }, /* though nobody asked */
  { "proxy-refuses", "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
                     "Content-Length: 5\r\n\r\nHello" },
};

static const struct
{
  const char *name;
  void (*send) (Request *request);
} faults[] = {
  { "kept", wire_kept },
  { "kept-stream", wire_kept_stream },
  { "kept-tail", wire_kept_tail },
  { "dribble", wire_dribble },
  { "big", wire_big },
  { "endless-headers", wire_endless_headers },
  { "endless-header", wire_endless_header },
  { "endless-1xx", wire_endless_1xx },
  { "endless-trailers", wire_endless_trailers },
  { "redirect-here", wire_redirect_here },
};

gboolean
hostile_send_wire_fault (Request *request, const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_str_equal (texts[i].name, name))
      {
        put_all (request, texts[i].text);
        return TRUE;
      }
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    if (g_str_equal (faults[i].name, name))
      {
        faults[i].send (request);
        return TRUE;
      }
  return FALSE;
}
