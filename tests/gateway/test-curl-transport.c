/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-curl-transport.h"
#include "transport-suite.h"

#include <curl/curl.h>
#include <string.h>

/* The libcurl transport against the same hostile server as the libsoup one, and what is libcurl's alone. */

static PurserLoop *loop;

static PurserTransport *
new_transport (void)
{
  return purser_curl_transport_new (loop);
}

/* One turn: what quits it is posted, so it does not wait. */
static void
turn (void)
{
  purser_loop_quit (loop);
  purser_loop_run (loop);
}

/* ——— the control ——— */

static size_t
drop_cb (char *bytes, size_t size, size_t n, void *data)
{
  return size * n;
}

static gpointer
send_plainly (gpointer data)
{
  CURL *easy = curl_easy_init ();
  curl_easy_setopt (easy, CURLOPT_URL, data);
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_POSTFIELDS, "{}");
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, drop_cb);
  curl_easy_perform (easy);
  curl_easy_perform (easy);
  curl_easy_cleanup (easy);
  return NULL;
}

static gboolean
three_requests (gpointer data)
{
  return hostile_requests (data, "x") == 3;
}

/* libcurl as most use it sends the second request twice, and nobody hears of it: so one-send can fail. */
static void
test_control (void)
{
  Hostile *hostile = hostile_new (NULL);
  g_autofree char *url = hostile_address (hostile, "x", "kept,cut-headers,kept", "openai-compatible");
  GThread *thread = g_thread_new ("plain", send_plainly, url);
  spin (three_requests, hostile, 10);
  g_thread_join (thread);
  spin (none_open, hostile, 10);
  hostile_free (hostile);
}

/* ——— words ——— */

/* A connection that had been kept says so: whoever reads it knows why it was worth another try. */
static void
test_words_of_kept (void)
{
  PurserTransport *transport = new_transport ();
  Hostile *hostile = hostile_new (NULL);
  static const char *const words[] = { NULL, "kept", NULL, "before a reply came" };
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      Probe probe = { 0 };
      probe_run (&probe, transport, hostile, "x", "kept,cut-headers,ok,cut-headers");
      if (words[i] == NULL)
        g_assert_true (probe.ended);
      else
        g_assert_nonnull (strstr (probe.words, words[i]));
      probe_clear (&probe);
      if (i == 2)
        spin (none_open, hostile, 10); /* so that the fourth makes a connection of its own */
    }
  purser_transport_free (transport);
  hostile_free (hostile);
}

/* Where libsoup is lenient: it takes the lines of a head without an end for the whole, and what is no chunk for the last one, and reads early hints for ever. The engine then misses the
 * dialect's end; here the transport knows better. And what pours without end is refused at 64 KB of heads. */
static void
test_stricter (void)
{
  static const struct
  {
    const char *fault;
    int status;
    PurserFaultClass class_;
  } ways[] = {
    { "only-head", 0, PURSER_FAULT_GARBAGE },       { "bad-chunk", 200, PURSER_FAULT_CUT },
    { "endless-headers", 0, PURSER_FAULT_GARBAGE }, { "endless-header", 0, PURSER_FAULT_GARBAGE },
    { "endless-1xx", 0, PURSER_FAULT_GARBAGE },     { "endless-trailers", 200, PURSER_FAULT_GARBAGE },
  };
  PurserTransport *transport = new_transport ();
  Hostile *hostile = hostile_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      Probe probe = { 0 };
      probe_run (&probe, transport, hostile, "x", ways[i].fault);
      g_assert_cmpint (probe.class_, ==, ways[i].class_);
      g_assert_cmpint (probe.status, ==, ways[i].status);
      probe_clear (&probe);
    }
  purser_transport_free (transport);
  hostile_free (hostile);
}

/* ——— headers of the request ——— */

static gboolean
was_told (gpointer data)
{
  return *(PurserFaultClass *) data != PURSER_FAULT_NONE;
}

static void
end_cb (gpointer user_data)
{
  g_assert_not_reached ();
}

static void
error_cb (PurserFaultClass class_, const char *words, gpointer user_data)
{
  g_assert_null (strstr (words, "sk-secret"));
  *(PurserFaultClass *) user_data = class_;
}

/* A line break in a value would be a header of its own on the wire. */
static void
test_header_injection (void)
{
  static const char *const bad[][2] = {
    { "X-Note", "a\r\nX-Other: b" }, { "X-Note", "sk-secret\n" }, { "X-Note: x", "y" }, { "", "y" }
  };
  static const PurserExchangeEvents told = { .end = end_cb, .error = error_cb };
  PurserTransport *transport = new_transport ();
  Hostile *hostile = hostile_new (NULL);
  g_autofree char *address = hostile_address (hostile, "x", "ok", "openai-compatible");
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(PurserHttpRequest) request = purser_http_request_new ("POST", address, "/chat/completions");
      PurserFaultClass class_ = PURSER_FAULT_NONE;
      purser_http_request_add_header (request, bad[i][0], bad[i][1]);
      PurserExchange *exchange = transport->send (transport, request, &told, &class_);
      spin (was_told, &class_, 10);
      g_assert_cmpint (class_, ==, PURSER_FAULT_LOCAL);
      transport->close (exchange, FALSE);
    }
  g_assert_cmpuint (hostile_requests (hostile, "x"), ==, 0);
  purser_transport_free (transport);
  hostile_free (hostile);
}

/* ——— proxies ——— */

/* What is elsewhere goes through the proxy of the environment, and the key does not go to the proxy. */
static void
test_proxy (void)
{
  Hostile *hostile = hostile_new (NULL);
  g_autofree char *proxy = g_strdup_printf ("http://127.0.0.1:%u", hostile_port (hostile));
  g_setenv ("https_proxy", proxy, TRUE);
  PurserTransport *transport = new_transport ();
  Probe probe = { 0 };
  probe_start (&probe, transport, "https://no-such-host.invalid/v1", NULL);
  spin (probe_over, &probe, 20);
  g_test_message ("%s", probe.words);
  g_assert_cmpint (probe.class_, ==, PURSER_FAULT_ADDRESS);
  g_assert_nonnull (strstr (probe.words, "wants a sign-in"));
  g_assert_false (probe.connected);
  g_autofree char *seen = hostile_seen (hostile, "");
  g_assert_true (g_str_has_prefix (seen, "CONNECT no-such-host.invalid:443 "));
  g_assert_cmpuint (hostile_keys (hostile), ==, 0);
  probe_clear (&probe);
  purser_transport_free (transport);
  g_unsetenv ("https_proxy");
  hostile_free (hostile);
}

/* The transport goes before its user has closed. */
static void
test_close_after_free (void)
{
  static const char *const faults[] = { "silent", "endless", "ok" };
  Hostile *hostile = hostile_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      PurserTransport *transport = new_transport ();
      PurserTransport functions = *transport;
      g_autofree char *address = hostile_address (hostile, "x", faults[i], "openai-compatible");
      Probe probe = { .drop = TRUE };
      probe_start (&probe, transport, address, NULL);
      turn ();
      turn ();
      purser_transport_free (transport);
      functions.pause (probe.exchange, TRUE);
      functions.pause (probe.exchange, FALSE);
      functions.close (g_steal_pointer (&probe.exchange), i == 1);
      spin (none_open, hostile, 10);
      probe_clear (&probe);
    }
  hostile_free (hostile);
}

/* ——— from within events ——— */

typedef struct
{
  PurserTransport *transport;
  Hostile *hostile;
  PurserExchange *exchange, *victim;
  guint left, over;
  char *address; /* (owned) */
} Chain;

static const PurserExchangeEvents chain_events;

static void
chain_send (Chain *chain)
{
  g_autoptr(PurserHttpRequest) request = purser_http_request_new ("POST", chain->address, "/chat/completions");
  chain->exchange = chain->transport->send (chain->transport, request, &chain_events, chain);
}

static void
chain_connected (gint64 request_start, gint64 connect_us, gpointer user_data)
{
}

static void
chain_headers (int status, PurserHeaderFunc header, gpointer header_data, gpointer user_data)
{
  Chain *chain = user_data;
  if (chain->victim != NULL)
    chain->transport->close (g_steal_pointer (&chain->victim), FALSE);
}

static void
chain_bytes (const void *bytes, gsize length, gpointer user_data)
{
  Chain *chain = user_data;
  chain->transport->pause (chain->exchange, TRUE);
  chain->transport->pause (chain->exchange, FALSE);
}

/* Closes itself and sends the next, in its own last event. */
static void
chain_end (gpointer user_data)
{
  Chain *chain = user_data;
  chain->over++;
  chain->transport->close (g_steal_pointer (&chain->exchange), FALSE);
  if (--chain->left > 0)
    chain_send (chain);
}

static void
chain_error (PurserFaultClass class_, const char *words, gpointer user_data)
{
  g_error ("%s", words);
}

static const PurserExchangeEvents chain_events = { chain_connected, chain_headers, chain_bytes, chain_end,
                                                   chain_error };

static gboolean
chain_done (gpointer data)
{
  return ((Chain *) data)->left == 0;
}

static void
test_within_events (void)
{
  Hostile *hostile = hostile_new (NULL);
  PurserTransport *transport = new_transport ();
  Chain chain = { .transport = transport, .hostile = hostile, .left = 200 };
  static const PurserExchangeEvents victim_events = { chain_connected };
  chain.address = hostile_address (hostile, "y", "silent", "openai-compatible");
  g_autoptr(PurserHttpRequest) request = purser_http_request_new ("POST", chain.address, "/chat/completions");
  chain.victim = transport->send (transport, request, &victim_events, NULL);
  g_free (chain.address);
  chain.address = hostile_address (hostile, "x", "kept-stream", "openai-compatible");
  chain_send (&chain);
  spin (chain_done, &chain, 30);
  g_assert_cmpuint (hostile_requests (hostile, "x"), ==, 200);
  g_assert_cmpuint (hostile_reused (hostile), ==, 199);
  g_assert_null (chain.victim);
  purser_transport_free (transport);
  spin (none_open, hostile, 10);
  hostile_free (hostile);
  g_free (chain.address);
}

static void
add_own (void)
{
  suite_case ("control", test_control);
  suite_case ("words-of-kept", test_words_of_kept);
  suite_case ("stricter", test_stricter);
  suite_case ("header-injection", test_header_injection);
  suite_case ("proxy", test_proxy);
  suite_case ("close-after-free", test_close_after_free);
  suite_case ("within-events", test_within_events);
}

int
main (int argc, char **argv)
{
  static const Rig curl = { "curl", new_transport, turn, TRUE };
  g_autoptr(GError) error = NULL;
  loop = purser_loop_new (&error);
  g_assert_no_error (error);
  int status = transport_run (argc, argv, &curl, add_own);
  purser_loop_free (loop);
  return status;
}
