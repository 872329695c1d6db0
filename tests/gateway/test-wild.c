/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway-fixture.h"
#include "purser-gateway-private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Callers out of their mind in front of providers out of theirs. Whatever they do to each other, the gateway stays whole: no call, row, byte or
 * descriptor is left, and who behaves is served. PURSER_SEED repeats a run's requests, PURSER_LONG=1 makes a hundred times as many. */

#define CALLERS  12
#define SESSIONS 150 /* of each */

/* --- What is said --- */

/* A request and what is done with it. */
typedef struct
{
  GRand   *rand;
  Gateway *g;
  GString *bytes;
  gboolean slowly, half, leaves, resets; /* in pieces; shuts its side; reads nothing; ends with a reset */
  gboolean greets; /* asks for the headers to be accepted first */
} Session;

static gboolean
chance (Session *s, guint percent)
{
  return (guint) g_rand_int_range (s->rand, 0, 100) < percent;
}

static guint
any (Session *s, guint n)
{
  return (guint) g_rand_int_range (s->rand, 0, (gint32) n);
}

static void
add_request (Session *s, const char *method, const char *path, const char *headers, const char *body, gsize length)
{
  g_string_append_printf (s->bytes, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAuthorization: Bearer %s\r\n%sContent-Length: %zu\r\n\r\n",
                          method, path, s->g->port, s->g->secret, headers, length);
  g_string_append_len (s->bytes, body, (gssize) length);
}

static const char *const dialects[] = { "openai-chat", "openai-responses", "anthropic", "ollama", "ollama-generate" };

static void
say_sane (Session *s)
{
  const char *dialect = dialects[any (s, G_N_ELEMENTS (dialects))];
  g_autofree char *body = dialect_body (dialect, chance (s, 60) ? "drafting" : chance (s, 80) ? "analysis" : "nothing such", chance (s, 60));
  add_request (s, "POST", dialect_path (dialect), chance (s, 10) ? "Expect: 100-continue\r\n" : "", body, strlen (body));
}

static void
say_list (Session *s)
{
  static const char *const paths[] = { "/v1/models", "/api/tags", "/api/version", "/healthz", "/metrics", "/api/ps", "/", "//v1/models", "/v1/../healthz", "/%00", "/%ff%fe", "/v1/models?x=%zz",
                                       "http://elsewhere.example/v1/models", "*", "/v1/chat/completions" };
  static const char *const methods[] = { "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "CONNECT", "PATCH", "get", "G E T", "" };
  add_request (s, methods[any (s, chance (s, 70) ? 1 : G_N_ELEMENTS (methods))], paths[any (s, G_N_ELEMENTS (paths))], chance (s, 20) ? "Origin: https://page.example\r\n" : "", "", 0);
}

/* Bytes are changed, taken away and put in. */
static void
garble (Session *s, gsize from, guint times)
{
  for (guint i = 0; i < times && s->bytes->len > from; i++)
    {
      gsize at = from + (gsize) any (s, (guint) (s->bytes->len - from)), run = 1 + any (s, 20);
      switch (any (s, 4))
        {
        case 0:
          s->bytes->str[at] = (char) any (s, 256);
          break;
        case 1:
          g_string_erase (s->bytes, (gssize) at, (gssize) MIN (s->bytes->len - at, run));
          break;
        case 2:
          g_string_insert_c (s->bytes, (gssize) at, "\r\n\0\t\"{}[]:,\\\xff 0"[any (s, 16)]);
          break;
        default:
          g_string_truncate (s->bytes, at);
        }
    }
}

static void
say_garbled (Session *s)
{
  say_sane (s);
  garble (s, 0, 1 + any (s, 6));
}

/* The head is whole, the body is not what its length promises or no JSON. */
static void
say_garbled_body (Session *s)
{
  const char *dialect = dialects[any (s, G_N_ELEMENTS (dialects))];
  g_autoptr(GString) whole = s->bytes;
  g_autofree char *body = dialect_body (dialect, "drafting", chance (s, 50));
  s->bytes = g_string_new (body);
  garble (s, 0, 1 + any (s, 4));
  g_autoptr(GString) garbled = g_steal_pointer (&s->bytes);
  s->bytes = g_steal_pointer (&whole);
  add_request (s, "POST", dialect_path (dialect), "", garbled->str, garbled->len);
}

static void
say_pipelined (Session *s)
{
  for (guint n = 2 + any (s, 6); n > 0; n--)
    if (chance (s, 70))
      say_list (s);
    else
      say_sane (s);
  if (chance (s, 30))
    garble (s, s->bytes->len / 2, 2);
}

static void
say_noise (Session *s)
{
  for (guint n = any (s, 3000); n > 0; n--)
    g_string_append_c (s->bytes, (char) any (s, 256));
}

static void
say_large_head (Session *s)
{
  g_string_append (s->bytes, "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n");
  for (guint n = any (s, 400); n > 0; n--)
    g_string_append_printf (s->bytes, "x-%u: %0*u\r\n", n, (int) any (s, 200), n);
  g_string_append (s->bytes, "\r\n");
}

/* Heads that two servers may read in two ways. */
static void
say_ambiguous (Session *s)
{
  static const char *const heads[] = {
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: -1\r\n", "Content-Length: +5\r\n",
    "Content-Length: 18446744073709551617\r\n", "Content-Length: 99999999999999999999999\r\n", "Content-Length: 33554433\r\n", "Content-Length: 5, 5\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: chunked, gzip\r\n", "Transfer-Encoding:\tchunked\r\n",
    "X: a\r\n folded\r\nContent-Length: 5\r\n", "Content-Length : 5\r\n", ": nothing\r\nContent-Length: 5\r\n", "Connection: close, keep-alive, upgrade\r\nUpgrade: h2c\r\nContent-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\nffffffffffffffff\r\n", "Transfer-Encoding: chunked\r\n\r\n5;x=\"\r\n\"\r\n{\"a\":\r\n0\r\nTrailer: x\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n-5\r\n", "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
  };
  g_string_append_printf (s->bytes, "POST /v1/chat/completions HTTP/1.%c\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n%s\r\n{\"a\":1}GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
                          chance (s, 80) ? '1' : '0', s->g->secret, heads[any (s, G_N_ELEMENTS (heads))]);
}

/* JSON that is one, and not what is meant by it. */
static void
say_odd_json (Session *s)
{
  static const char *const bodies[] = {
    "{}", "[]", "null", "\"drafting\"", "{\"model\":null,\"messages\":[]}", "{\"model\":{\"a\":1},\"messages\":1}", "{\"model\":\"drafting\",\"messages\":[]}",
    "{\"model\":\"drafting\",\"model\":\"analysis\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", "{\"model\":\"drafting\",\"messages\":[{\"role\":\"user\",\"content\":\"\\ud800\"}]}",
    "{\"model\":\"drafting\",\"messages\":[{\"role\":\"nobody\",\"content\":{}}],\"max_tokens\":-9223372036854775808}",
    "{\"model\":\"drafting\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"max_tokens\":99999999999999999999999,\"n\":1e400,\"stream\":\"yes\"}",
    "{\"model\":\"drafting\",\"stream\":true,\"stream_options\":[],\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"file:///etc/passwd\"}}]}]}",
    "{\"model\":\"drafting\\u0000\",\"messages\":[{}]}", "{\"model\":\"drafting\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],}", "{\"model\":\"up/m\",\"prompt\":0,\"input\":[[[]]]}",
    "{\"model\":\"drafting\",\"user\":\"\\u0007\\u202e\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"tools\":[{}],\"tool_choice\":{\"type\":\"function\"}}",
  };
  static const char *const paths[] = { "/v1/chat/completions", "/v1/responses", "/v1/messages", "/v1/messages/count_tokens", "/v1/embeddings", "/api/chat", "/api/generate", "/api/embed", "/api/show" };
  const char *body = bodies[any (s, G_N_ELEMENTS (bodies))];
  add_request (s, "POST", paths[any (s, G_N_ELEMENTS (paths))], "purser-on-behalf-of: x\x01y\r\nanthropic-beta: a,b\r\n", body, strlen (body));
}

static void
say_deep_json (Session *s)
{
  g_autofree char *deep = g_strnfill (1 + any (s, 60000), chance (s, 50) ? '[' : '{');
  g_autofree char *body = g_strdup_printf ("{\"model\":\"drafting\",\"messages\":%s", deep);
  add_request (s, "POST", "/v1/messages", "", body, strlen (body));
}

/* More than is taken; seldom, because it costs time. */
static void
say_large_body (Session *s)
{
  gsize length = chance (s, 5) ? PURSER_GATEWAY_MAX_BODY + 1000 : any (s, 300000);
  g_autofree char *fill = g_strnfill (length, ' ');
  g_string_append_printf (s->bytes, "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nTransfer-Encoding: chunked\r\n\r\n%zx\r\n", s->g->secret, length);
  g_string_append_len (s->bytes, fill, (gssize) length);
  g_string_append (s->bytes, "\r\n0\r\n\r\n");
}

static const struct { guint weight; void (*say) (Session *s); } ways[] = {
  { 30, say_sane }, { 10, say_list }, { 12, say_garbled }, { 10, say_garbled_body }, { 10, say_pipelined }, { 4, say_noise },
  { 3, say_large_head }, { 10, say_ambiguous }, { 8, say_odd_json }, { 2, say_deep_json }, { 1, say_large_body },
};

static void
say (Session *s)
{
  guint drawn = any (s, 100);
  for (gsize i = 0; i < G_N_ELEMENTS (ways); drawn -= ways[i++].weight)
    if (drawn < ways[i].weight)
      {
        ways[i].say (s);
        break;
      }
  s->slowly = chance (s, 15);
  s->half = chance (s, 10);
  s->leaves = chance (s, 20);
  s->resets = chance (s, 25);
}

/* --- How it is said --- */

static gboolean
send_piece (int fd, const char *bytes, gsize length)
{
  while (length > 0)
    {
      struct pollfd poll_fd = { fd, POLLOUT, 0 };
      gssize n = send (fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n < 0 && (errno != EAGAIN || poll (&poll_fd, 1, 200) <= 0))
        return FALSE;
      bytes += MAX (n, 0);
      length -= (gsize) MAX (n, 0);
    }
  return TRUE;
}

static void
send_session (Session *s, int fd)
{
  gsize piece = s->slowly ? 1 + s->bytes->len / (2 + any (s, 8)) : s->bytes->len;
  for (gsize at = 0; at < s->bytes->len; at += piece)
    {
      if (!send_piece (fd, s->bytes->str + at, MIN (piece, s->bytes->len - at)))
        return;
      if (s->slowly)
        g_usleep (any (s, 3000));
    }
}

/* Until nothing comes for a moment. A stream without end is left in the middle. */
static void
read_session (Session *s, int fd)
{
  char buffer[8192];
  struct pollfd poll_fd = { fd, POLLIN, 0 };
  for (guint n = any (s, 30); n > 0 && poll (&poll_fd, 1, (int) any (s, 40)) > 0; n--)
    if (recv (fd, buffer, sizeof buffer, MSG_DONTWAIT) <= 0)
      return;
}

static void
run_session (Session *s)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK), .sin_port = htons ((guint16) s->g->port) };
  struct linger now = { 1, 0 };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  send_session (s, fd);
  if (s->half)
    shutdown (fd, SHUT_WR);
  if (!s->leaves)
    read_session (s, fd);
  if (s->resets)
    setsockopt (fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close (fd);
}

typedef struct { Gateway *g; guint32 seed; guint sessions; int *left; } Caller;

static gpointer
caller_run (gpointer data)
{
  Caller *caller = data;
  for (guint i = 0; i < caller->sessions; i++)
    {
      Session s = { .rand = g_rand_new_with_seed (caller->seed + i), .g = caller->g, .bytes = g_string_new (NULL) };
      say (&s);
      run_session (&s);
      g_string_free (s.bytes, TRUE);
      g_rand_free (s.rand);
    }
  g_atomic_int_add (caller->left, -1);
  return NULL;
}

/* --- Providers --- */

static const char *const faults[] = {
  "whole", "slow", "silent", "silent-start", "stalls", "endless", "flood", "cut-headers", "cut-head-half", "cut-start", "cut", "no-end", "inside", "inside-late", "no-usage",
  "odd-usage", "garbage", "html", "html-404", "line", "not-http", "keep", "400", "401", "402", "403", "404", "no-model", "410", "413", "422", "429", "429-1", "429-600", "500", "503", "529", "redirect",
  "empty-500", "cut-chunk", "bad-chunk", "long-length", "short-length", "http10", "empty", "no-content", "trailers", "http09", "only-head", "packed", "kept", "kept-stream", "dribble",
  "endless-headers", "endless-header", "endless-1xx", "endless-trailers",
};

/* So many that some still answer when the others are left alone for a while. */
#define PARTS 30

static gint64
add_wild (Gateway *g, GRand *rand, guint number)
{
  static const char *const kinds[] = { "openai-compatible", "anthropic", "ollama" };
  g_autofree char *name = g_strdup_printf ("up%u", number);
  g_autoptr(GString) list = g_string_new (NULL);
  for (guint i = 0; i < 300; i++)
    g_string_append_printf (list, "%s%s", i > 0 ? "," : "", g_rand_int_range (rand, 0, 100) < 40 ? "ok" : faults[g_rand_int_range (rand, 0, G_N_ELEMENTS (faults))]);
  return add_provider (&g->base, name, kinds[number % G_N_ELEMENTS (kinds)], list->str).model_id;
}

typedef struct { const char *workload; gint64 models[PARTS]; } Order;

static gboolean
order_job (PurserDb *db, gpointer data, GError **error)
{
  Order *order = data;
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  PurserWorkload workload = *purser_org_workload_named (org, order->workload);
  workload.models = order->models;
  workload.n_models = PARTS;
  workload.spread = TRUE;
  return purser_catalogue_put_workload (db, &workload, error) != 0;
}

/* --- What must hold afterwards --- */

typedef struct { Gateway *g; guint clients, running; gsize held; } Rest;

static void
rest_cb (gpointer data)
{
  Rest *rest = data;
  GHashTableIter iter;
  gpointer tally;
  rest->clients = rest->g->served->clients.length;
  rest->held = rest->g->plane->held;
  g_hash_table_iter_init (&iter, rest->g->served->tallies);
  for (rest->running = rest->g->served->relays.length; g_hash_table_iter_next (&iter, NULL, &tally);)
    rest->running += ((PurserTally *) tally)->running;
}

static gboolean
is_at_rest (gpointer data)
{
  Rest rest = { .g = data };
  purser_plane_ask (rest.g->plane, rest_cb, &rest);
  return rest.clients == 0 && rest.running == 0 && rest.held == 0;
}

static gboolean
upstream_free (gpointer hostile)
{
  return hostile_open (hostile) == 0;
}

static gboolean
open_job (PurserDb *db, gpointer data, GError **error)
{
  PurserStatement *row = purser_db_query (db, error, "SELECT (SELECT COUNT (*) FROM call WHERE closed_at IS NULL) + (SELECT COUNT (*) FROM attempt WHERE closed_at IS NULL)", "");
  if (!purser_statement_step (row, error))
    return FALSE;
  *(gint64 *) data = purser_statement_int (row, 0);
  purser_statement_step (row, NULL);
  return TRUE;
}

static gint64
open_rows (Gateway *g)
{
  g_autoptr(GError) error = NULL;
  gint64 open = -1;
  purser_store_read (g->base.store, open_job, &open, &error);
  g_assert_no_error (error);
  return open;
}

static gboolean
callers_gone (gpointer left)
{
  return g_atomic_int_get ((int *) left) == 0;
}

static void
assert_at_rest (Gateway *g)
{
  g_assert_true (turn_until (is_at_rest, g, 60));
  g_assert_true (turn_until (upstream_free, g->base.hostile, 60));
  g_assert_cmpint (open_rows (g), ==, 0);
  assert_consistent (&g->base);
}

static void
run_callers (Gateway *g, guint32 seed, guint sessions)
{
  Caller callers[CALLERS];
  GThread *threads[CALLERS];
  int left = CALLERS;
  for (guint i = 0; i < CALLERS; i++)
    {
      callers[i] = (Caller) { g, seed + i * 1000003, sessions, &left };
      threads[i] = g_thread_new ("caller", caller_run, &callers[i]);
    }
  g_assert_true (turn_until (callers_gone, &left, 3000));
  for (guint i = 0; i < CALLERS; i++)
    g_thread_join (threads[i]);
}

static guint32
seed_of_run (void)
{
  const char *told = g_getenv ("PURSER_SEED");
  guint32 seed = told != NULL ? (guint32) g_ascii_strtoull (told, NULL, 10) : g_random_int ();
  g_test_message ("PURSER_SEED=%u", seed);
  return seed;
}

static void
test_wild (Gateway *g, gconstpointer data)
{
  guint32 seed = seed_of_run ();
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
  gboolean all_night = g_getenv ("PURSER_LONG") != NULL;
  Order drafting = { "drafting", { 0 } }, analysis = { "analysis", { 0 } };
  for (guint i = 0; i < PARTS; i++)
    drafting.models[i] = analysis.models[PARTS - 1 - i] = add_wild (g, rand, i);
  gateway_change (g, order_job, &drafting);
  gateway_change (g, order_job, &analysis);
  run_callers (g, seed, SESSIONS / 10);
  assert_at_rest (g);
  guint before = open_descriptors ();
  run_callers (g, seed + 1, all_night ? SESSIONS * 100 : SESSIONS);
  assert_at_rest (g);
  /* Connections that libcurl keeps may differ by what it last did; leaks would be hundreds. */
  g_assert_cmpuint (open_descriptors (), <=, before + 20);
  Part good = add_provider (&g->base, "good", "openai-compatible", "ok");
  assign (&g->base, good.model_id, 0);
  g_autofree char *body = dialect_body ("openai-chat", "drafting", FALSE);
  Reply reply = ask (g, "POST", "/v1/chat/completions", NULL, body);
  g_assert_cmpint (reply.status, ==, 200);
  reply_clear (&reply);
}

/* --- Bodies where none is wanted, or hardly any --- */

static void
held_cb (gpointer data)
{
  Rest *rest = data;
  rest->held = MAX (rest->held, rest->g->plane->held);
}

/* Without a key nobody makes the gateway keep anything; and a name is not looked for in megabytes. */
static void
test_unwanted (Gateway *g, gconstpointer data)
{
  g_autofree char *fill = g_strnfill (4 * 1024 * 1024, ' '), *named = g_strconcat ("{\"model\":\"drafting\"", fill, "}", NULL);
  Rest rest = { .g = g };
  Part part = add_provider (&g->base, "up", "openai-compatible", "ok");
  assign (&g->base, part.model_id, 0);
  Ask *asking = ask_start (g, "GET", "/healthz", "", fill);
  while (!ask_done (asking))
    purser_plane_ask (g->plane, held_cb, &rest);
  Reply health = ask_end (asking), shown = ask (g, "POST", "/api/show", NULL, named);
  g_assert_cmpint (health.status, ==, 200);
  g_assert_cmpuint (rest.held, ==, 0);
  g_assert_cmpint (shown.status, ==, 404);
  reply_clear (&health);
  reply_clear (&shown);
  shown = ask (g, "POST", "/api/show", NULL, "{\"model\":\"drafting\"}");
  g_assert_cmpint (shown.status, ==, 200);
  reply_clear (&shown);
}

/* A head that says twice how long the request is: neither is believed, and what follows is no request. */
static void
test_two_lengths (Gateway *g, gconstpointer data)
{
  static const char *const heads[] = { "Content-Length: 7\r\nContent-Length: 9", "Content-Length: 7\r\nContent-Length: 7", "Content-Length: 7\r\nTransfer-Encoding: chunked",
                                       "Transfer-Encoding: chunked\r\nContent-Length: 7", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Content-Length: 7, 7", "Content-Length: +7",
                                       "Content-Length : 7", "Content-Length: 0x7", "Transfer-Encoding: gzip, chunked" };
  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autofree char *text = g_strdup_printf ("POST /api/show HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n%s\r\n\r\n7\r\n{\"a\":1}\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                                               g->secret, heads[i]);
      Reply reply = ask_raw (g, text);
      g_test_message ("%s", heads[i]);
      g_assert_cmpint (reply.status, ==, 400);
      g_assert_null (strstr (reply.body, "HTTP/1.1"));
      reply_clear (&reply);
    }
}

/* --- Ends that nobody takes --- */

static gboolean
no_clients (gpointer data)
{
  Rest rest = { .g = data };
  purser_plane_ask (rest.g->plane, rest_cb, &rest);
  return rest.clients == 0;
}

static gboolean
has_clients (gpointer data)
{
  return !no_clients (data);
}

static void
narrow_cb (gpointer data)
{
  const union MHD_DaemonInfo *info = MHD_get_daemon_info (((Gateway *) data)->served->daemon, MHD_DAEMON_INFO_LISTEN_FD);
  int small = 1;
  g_assert_cmpint (setsockopt (info->listen_fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small), ==, 0); /* those it accepts have it too */
}

/* The call is over, its last words wait in the library's buffer, and whoever asked takes nothing. So many short replies lie before it that for
 * one of these callers the way is full at this very place. */
static void
test_end_not_taken (Gateway *g, gconstpointer data)
{
  PurserListenerLimits limits = purser_listener_limits;
  Part part = add_provider (&g->base, "up", "openai-compatible", "ok");
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK), .sin_port = htons ((guint16) g->port) };
  g_autofree char *body = dialect_body ("openai-chat", "drafting", TRUE);
  int fds[64], small = 1;
  assign (&g->base, part.model_id, 0);
  purser_listener_limits.take_us = purser_listener_limits.idle_us = 400000;
  purser_listener_limits.tick_us = 50000;
  purser_plane_ask (g->plane, narrow_cb, g);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      g_autoptr(GString) asked = g_string_new (NULL);
      for (guint n = 0; n < i; n++)
        g_string_append (asked, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
      g_string_append_printf (asked, "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Length: %zu\r\n\r\n%s", g->secret, strlen (body), body);
      fds[i] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      setsockopt (fds[i], SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
      g_assert_cmpint (connect (fds[i], (struct sockaddr *) &address, sizeof address), ==, 0);
      send_piece (fds[i], asked->str, asked->len);
    }
  g_assert_true (turn_until (has_clients, g, 20)); /* they are taken in one go */
  g_assert_true (turn_until (no_clients, g, 20));
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  assert_at_rest (g);
  purser_listener_limits = limits;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  GATEWAY_ADD ("/wild/callers", test_wild);
  GATEWAY_ADD ("/wild/two-lengths", test_two_lengths);
  GATEWAY_ADD ("/wild/unwanted", test_unwanted);
  GATEWAY_ADD ("/wild/end-not-taken", test_end_not_taken);
  return g_test_run ();
}
