/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-curl-transport.h"

#include <netdb.h>

/* A name server that does not answer holds up nobody: neither the loop, nor whoever gives up. This program's own getaddrinfo() stands in for it, and lets nobody go
 * before the test has seen close() and free() return; if they waited for it, the test would never end. */

static GMutex lock;
static GCond changed;
static guint asked, answered;
static gboolean released;

int
getaddrinfo (const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
  g_mutex_lock (&lock);
  asked++;
  g_cond_broadcast (&changed);
  while (!released)
    g_cond_wait (&changed, &lock);
  answered++;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
  return EAI_AGAIN;
}

static void
wait_for (guint *count, guint wanted)
{
  g_mutex_lock (&lock);
  while (*count < wanted)
    g_cond_wait (&changed, &lock);
  g_mutex_unlock (&lock);
}

static void
error_cb (PurserFaultClass class_, const char *words, gpointer user_data)
{
  *(PurserFaultClass *) user_data = class_;
}

static const PurserExchangeEvents events = { .error = error_cb };

static void
turn (PurserLoop *loop)
{
  purser_loop_quit (loop);
  purser_loop_run (loop);
}

static PurserExchange *
send_slow (PurserTransport *transport, const char *address, PurserFaultClass *class_)
{
  g_autoptr(PurserHttpRequest) request = purser_http_request_new ("POST", address, "/chat/completions");
  return transport->send (transport, request, &events, class_);
}

static void
test_close (void)
{
  g_autoptr(PurserLoop) loop = purser_loop_new (NULL);
  PurserTransport *transport = purser_curl_transport_new (loop);
  PurserFaultClass class_ = PURSER_FAULT_NONE;
  PurserExchange *closed = send_slow (transport, "http://one.invalid/v1", &class_);
  PurserExchange *drained = send_slow (transport, "https://two.invalid/v1", &class_);
  PurserExchange *left = send_slow (transport, "http://three.invalid/v1", &class_);
  turn (loop);
  turn (loop);
  wait_for (&asked, 3);
  transport->close (closed, FALSE);
  transport->close (drained, TRUE);
  turn (loop);
  void (*close_later) (PurserExchange *, gboolean) = transport->close;
  purser_transport_free (transport);
  close_later (left, FALSE);
  g_mutex_lock (&lock);
  g_assert_cmpuint (answered, ==, 0);
  released = TRUE;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
  wait_for (&answered, 3);
  g_assert_cmpint (class_, ==, PURSER_FAULT_NONE); /* nothing is told after close */
}

/* The answer is an ADDRESS fault. */
static void
test_no_name (void)
{
  g_autoptr(PurserLoop) loop = purser_loop_new (NULL);
  g_autoptr(PurserTransport) transport = purser_curl_transport_new (loop);
  PurserFaultClass class_ = PURSER_FAULT_NONE;
  PurserExchange *exchange = send_slow (transport, "http://four.invalid/v1", &class_);
  while (class_ == PURSER_FAULT_NONE)
    {
      turn (loop);
      g_usleep (500);
    }
  g_assert_cmpint (class_, ==, PURSER_FAULT_ADDRESS);
  transport->close (exchange, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/curl-resolve/close", test_close);
  g_test_add_func ("/curl-resolve/no-name", test_no_name);
  return g_test_run ();
}
