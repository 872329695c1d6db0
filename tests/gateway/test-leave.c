/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway-fixture.h"
#include "purser-gateway-private.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Callers that leave, dawdle, or do not take what they asked for. */

static Part
serve (Gateway *g, const char *faults)
{
  Part part = add_provider (&g->base, "up", "openai-compatible", faults);
  assign (&g->base, part.model_id, 0);
  return part;
}

static Ask *
begin (Gateway *g, gboolean stream)
{
  g_autofree char *body = dialect_body ("openai-chat", "drafting", stream);
  return ask_start (g, "POST", "/v1/chat/completions", NULL, body);
}

static gboolean
upstream_free (gpointer hostile)
{
  return hostile_open (hostile) == 0;
}

static void
wait_asked (Gateway *g, guint n)
{
  while (hostile_requests (g->base.hostile, "up") < n)
    g_main_context_iteration (NULL, FALSE);
}

static void
assert_all (Gateway *g, guint n, const char *outcome)
{
  g_assert_true (turn_until (nothing_runs, g, 10));
  g_autoptr(GPtrArray) rows = ledger_rows (&g->base);
  g_assert_cmpuint (rows->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpstr (((PurserCallRow *) g_ptr_array_index (rows, i))->outcome, ==, outcome);
  assert_consistent (&g->base);
}

/* Noticed at once, also before the provider has said a word; and the provider is let go. */
static void
test_while_waiting (Gateway *g, gconstpointer data)
{
  serve (g, "silent");
  for (int stream = 0; stream < 2; stream++)
    {
      Ask *asking = begin (g, stream);
      wait_asked (g, (guint) stream + 1);
      ask_leave (asking);
      g_assert_true (turn_until (nothing_runs, g, 5));
      g_assert_true (turn_until (upstream_free, g->base.hostile, 5));
    }
  assert_all (g, 2, "cancelled");
}

static void
test_mid_stream (Gateway *g, gconstpointer data)
{
  serve (g, "stalls");
  Ask *asking = begin (g, TRUE);
  wait_asked (g, 1);
  g_usleep (50000); /* the first words are through */
  ask_leave (asking);
  assert_all (g, 1, "cancelled");
  g_assert_true (turn_until (upstream_free, g->base.hostile, 5));
}

static gboolean
drain_job (PurserDb *db, gpointer data, GError **error)
{
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  PurserWorkload workload = *purser_org_workload_named (org, "drafting");
  workload.drain = TRUE;
  return purser_catalogue_put_workload (db, &workload, error) != 0;
}

/* Where the provider bills to the end anyway, the reply is read to its end. */
static void
test_drain (Gateway *g, gconstpointer data)
{
  serve (g, "slow");
  gateway_change (g, drain_job, NULL);
  Ask *asking = begin (g, TRUE);
  wait_asked (g, 1);
  ask_leave (asking);
  assert_all (g, 1, "ok");
}

/* Hundreds that leave: no descriptor, no call and no row stays open. */
static void
test_many (Gateway *g, gconstpointer data)
{
  serve (g, "silent,stalls,ok,silent,stalls");
  Ask *asking[40];
  guint before = 0;
  for (guint round = 0; round < 6; round++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (asking); i++)
        asking[i] = begin (g, i % 2);
      for (guint i = 0; i < 200; i++)
        g_main_context_iteration (NULL, FALSE), g_usleep (round * 40);
      for (guint i = 0; i < G_N_ELEMENTS (asking); i++)
        ask_leave (asking[i]);
      g_assert_true (turn_until (nothing_runs, g, 10));
      g_assert_true (turn_until (upstream_free, g->base.hostile, 10));
      if (round == 1)
        before = open_descriptors ();
    }
  /* Connections that libcurl keeps may differ by what it last did; leaks would be hundreds. */
  g_assert_cmpuint (open_descriptors (), <=, before + 20);
  assert_consistent (&g->base);
}

/* --- Dawdlers --- */

static void
shorten (void)
{
  purser_listener_limits.first_us = purser_listener_limits.headers_us = purser_listener_limits.body_us = 300000;
  purser_listener_limits.take_us = 500000;
  purser_listener_limits.tick_us = 50000;
}

static int
connect_to (Gateway *g)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK), .sin_port = htons ((guint16) g->port) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

/* Whether the gateway ends the connection while one byte comes every 20 ms. */
static gboolean
dripped_out (Gateway *g, const char *start)
{
  int fd = connect_to (g);
  gboolean ended = FALSE;
  g_assert_cmpint (send (fd, start, strlen (start), MSG_NOSIGNAL), ==, (gssize) strlen (start));
  for (int i = 0; i < 500 && !ended; i++)
    {
      char byte;
      g_usleep (20000);
      ended = send (fd, "a", 1, MSG_NOSIGNAL) <= 0 || recv (fd, &byte, 1, MSG_DONTWAIT) == 0;
    }
  close (fd);
  return ended;
}

static void
test_slow_loris (Gateway *g, gconstpointer data)
{
  serve (g, "ok");
  shorten ();
  g_autofree char *body = g_strdup_printf ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Length: 100000\r\n\r\n{", g->secret);
  g_assert_true (dripped_out (g, "G"));
  g_assert_true (dripped_out (g, "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nX-Long: "));
  g_assert_true (dripped_out (g, body));
  Ask *asking = begin (g, FALSE); /* and others are served all the while */
  Reply reply = ask_end (asking);
  g_assert_cmpint (reply.status, ==, 200);
  reply_clear (&reply);
}

/* The provider is held back, memory is bounded, and in the end the caller is gone. */
static void
test_not_taken (Gateway *g, gconstpointer data)
{
  serve (g, "flood");
  int fd = connect_to (g), small = 4096;
  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  g_autofree char *body = dialect_body ("openai-chat", "drafting", TRUE);
  g_autofree char *request = g_strdup_printf ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Length: %zu\r\n\r\n%s", g->secret, strlen (body), body);
  shorten ();
  send (fd, request, strlen (request), MSG_NOSIGNAL);
  wait_asked (g, 1);
  gsize most = 0;
  gint64 end = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  while (running_calls (g) > 0 && g_get_monotonic_time () < end)
    {
      most = MAX (most, g->plane->held);
      g_main_context_iteration (NULL, FALSE);
    }
  g_test_message ("at most %zu bytes waited", most);
  g_assert_cmpuint (running_calls (g), ==, 0);
  g_assert_cmpuint (most, <, 4 * PURSER_GATEWAY_CLIENT_HELD); /* what was under way still comes; the flood is endless */
  g_assert_true (turn_until (upstream_free, g->base.hostile, 5));
  close (fd);
}

/* --- The gateway's own end --- */

static void
test_drop_hard (Gateway *g, gconstpointer data)
{
  serve (g, "stalls");
  Ask *asking = begin (g, TRUE), *waiting = begin (g, FALSE);
  wait_asked (g, 2);
  gateway_drop (g, FALSE);
  Reply reply = ask_end (asking), second = ask_end (waiting);
  g_assert_null (strstr (reply.body, "[DONE]"));
  reply_clear (&reply);
  reply_clear (&second);
  g_autoptr(GPtrArray) rows = ledger_rows (&g->base);
  g_assert_cmpuint (rows->len, ==, 2);
  for (guint i = 0; i < rows->len; i++)
    g_assert_cmpstr (((PurserCallRow *) g_ptr_array_index (rows, i))->outcome, ==, "cancelled");
}

static void
test_drop_soft (Gateway *g, gconstpointer data)
{
  serve (g, "slow");
  Ask *asking = begin (g, TRUE);
  wait_asked (g, 1);
  gateway_drop (g, TRUE);
  Reply reply = ask_end (asking);
  g_assert_cmpint (reply.status, ==, 200);
  g_assert_nonnull (strstr (reply.body, "[DONE]"));
  reply_clear (&reply);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  GATEWAY_ADD ("/leave/while-waiting", test_while_waiting);
  GATEWAY_ADD ("/leave/mid-stream", test_mid_stream);
  GATEWAY_ADD ("/leave/drain", test_drain);
  GATEWAY_ADD ("/leave/many", test_many);
  GATEWAY_ADD ("/leave/drop-hard", test_drop_hard);
  GATEWAY_ADD ("/leave/drop-soft", test_drop_soft);
  GATEWAY_ADD ("/leave/slow-loris", test_slow_loris);
  GATEWAY_ADD ("/leave/not-taken", test_not_taken);
  return g_test_run ();
}
