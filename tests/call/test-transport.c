/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile.h"
#include "purser-transport.h"

#include <libsoup/soup.h>
#include <string.h>

/* The libsoup transport against the hostile server: real sockets on loopback. */

typedef struct
{
  PurserTransport *transport;
  PurserExchange  *exchange;
  gboolean         connected, over, ended;
  int              status;
  GString         *bytes;
  PurserFaultClass class_;
  char            *words;       /* (owned) (nullable) */
  const char      *close_at;    /* (nullable) "connected", "headers", "bytes" */
  gboolean         drain;
  gint64           connect_us;
  guint            callbacks_after_close;
} Probe;

static void
probe_close (Probe *probe, const char *at)
{
  if (probe->exchange == NULL)
    probe->callbacks_after_close++;
  if (at == NULL || g_strcmp0 (probe->close_at, at) != 0)
    return;
  probe->transport->close (g_steal_pointer (&probe->exchange), probe->drain);
  probe->over = TRUE;
}

static void
connected_cb (gint64 request_start, gint64 connect_us, gpointer user_data)
{
  Probe *probe = user_data;
  probe->connected = TRUE;
  probe->connect_us = connect_us;
  probe_close (probe, "connected");
}

static void
headers_cb (int status, PurserHeaderFunc header, gpointer header_data, gpointer user_data)
{
  Probe *probe = user_data;
  probe->status = status;
  g_assert_true (probe->connected);
  g_assert_null (header ("no-such-header", header_data));
  probe_close (probe, "headers");
}

static void
bytes_cb (const void *bytes, gsize length, gpointer user_data)
{
  Probe *probe = user_data;
  g_string_append_len (probe->bytes, bytes, (gssize) length);
  probe_close (probe, "bytes");
}

static void
end_cb (gpointer user_data)
{
  Probe *probe = user_data;
  g_assert_false (probe->over);
  probe->over = probe->ended = TRUE;
  probe_close (probe, NULL);
}

static void
error_cb (PurserFaultClass class_, const char *words, gpointer user_data)
{
  Probe *probe = user_data;
  g_assert_false (probe->over);
  probe->over = TRUE;
  probe->class_ = class_;
  g_set_str (&probe->words, words);
  probe_close (probe, NULL);
}

static const PurserExchangeEvents events = { connected_cb, headers_cb, bytes_cb, end_cb, error_cb };

static void
spin (gboolean (*done) (gpointer), gpointer data, guint seconds)
{
  gint64 limit = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
  while (!done (data) && g_get_monotonic_time () < limit)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (200);
    }
  g_assert_true (done (data));
}

static gboolean
probe_over (gpointer data)
{
  return ((Probe *) data)->over;
}

static void
probe_start (Probe *probe, PurserTransport *transport, const char *address, const char *ca_file)
{
  g_autoptr(PurserHttpRequest) request = purser_http_request_new ("POST", address, "/chat/completions");
  static const char body[] = "{\"model\":\"m\",\"stream\":true}";
  request->body = g_bytes_new_static (body, strlen (body));
  request->ca_file = g_strdup (ca_file);
  purser_http_request_add_header (request, "Authorization", "Bearer sk-secret");
  probe->transport = transport;
  probe->bytes = g_string_new (NULL);
  probe->exchange = transport->send (transport, request, &events, probe);
  g_assert_false (probe->over);
}

static void
probe_clear (Probe *probe)
{
  if (probe->exchange != NULL)
    probe->transport->close (probe->exchange, FALSE);
  g_string_free (probe->bytes, TRUE);
  g_free (probe->words);
}

static gboolean
none_open (gpointer data)
{
  return hostile_open (data) == 0;
}

static guint
descriptors (void)
{
  g_autoptr(GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static const struct { const char *fault; gboolean ended; int status; PurserFaultClass class_;
} outcomes[] = {
  { "ok", TRUE, 200, PURSER_FAULT_NONE },
  { "slow", TRUE, 200, PURSER_FAULT_NONE },
  { "500", TRUE, 500, PURSER_FAULT_NONE },
  { "empty-500", TRUE, 500, PURSER_FAULT_NONE },
  { "401", TRUE, 401, PURSER_FAULT_NONE },
  { "redirect", TRUE, 307, PURSER_FAULT_NONE },
  { "huge", TRUE, 200, PURSER_FAULT_NONE },
  { "line", TRUE, 200, PURSER_FAULT_NONE },
  { "cut", FALSE, 200, PURSER_FAULT_CUT },
  { "cut-start", FALSE, 200, PURSER_FAULT_CUT },
  { "cut-headers", FALSE, 0, PURSER_FAULT_CUT },
  { "cut-head-half", FALSE, 0, PURSER_FAULT_GARBAGE }, /* libsoup takes half a head for a wrong one */
  { "not-http", FALSE, 0, PURSER_FAULT_GARBAGE },
  { "no-end", TRUE, 200, PURSER_FAULT_NONE },
};

static void
test_outcomes (void)
{
  g_autoptr(PurserTransport) transport = purser_soup_transport_new ();
  Hostile *hostile = hostile_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      g_autofree char *address = hostile_address (hostile, outcomes[i].fault, outcomes[i].fault, "openai-compatible");
      Probe probe = { 0 };
      probe_start (&probe, transport, address, NULL);
      spin (probe_over, &probe, 20);
      g_test_message ("%s: %s, status %d, %zu bytes, class %d: %s", outcomes[i].fault, probe.ended ? "end" : "error",
                      probe.status, probe.bytes->len, probe.class_, probe.words != NULL ? probe.words : "");
      g_assert_cmpint (probe.ended, ==, outcomes[i].ended);
      g_assert_cmpint (probe.status, ==, outcomes[i].status);
      g_assert_cmpint (probe.class_, ==, outcomes[i].class_);
      g_assert_cmpuint (hostile_requests (hostile, outcomes[i].fault), ==, 1);
      g_assert_cmpint (probe.connect_us, >=, 0);
      probe_clear (&probe);
    }
  spin (none_open, hostile, 10);
  hostile_free (hostile);
}

static void
test_addresses (void)
{
  static const struct { const char *address; PurserFaultClass class_;
  } places[] = {
    { "http://127.0.0.1:1/v1", PURSER_FAULT_ADDRESS },
    { "http://no-such-host.invalid/v1", PURSER_FAULT_ADDRESS },
    { "nonsense", PURSER_FAULT_ADDRESS },
    { "ftp://127.0.0.1/v1", PURSER_FAULT_ADDRESS },
    { "http:///v1", PURSER_FAULT_ADDRESS },
  };
  g_autoptr(PurserTransport) transport = purser_soup_transport_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      Probe probe = { 0 };
      probe_start (&probe, transport, places[i].address, NULL);
      spin (probe_over, &probe, 30);
      g_test_message ("%s: %s", places[i].address, probe.words);
      g_assert_cmpint (probe.class_, ==, places[i].class_);
      g_assert_nonnull (probe.words);
      probe_clear (&probe);
    }
}

/* At every point: nothing comes afterwards, and the connection goes. */
static void
test_close_everywhere (void)
{
  static const struct { const char *fault, *at;
  } points[] = {
    { "silent", "" },       { "silent", "connected" }, { "silent-start", "headers" }, { "endless", "headers" },
    { "endless", "bytes" }, { "stalls", "bytes" },     { "slow", "bytes" },           { "ok", "headers" },
  };
  g_autoptr(PurserTransport) transport = purser_soup_transport_new ();
  Hostile *hostile = hostile_new (NULL);
  for (gsize i = 0; i < 2 * G_N_ELEMENTS (points); i++)
    {
      const char *fault = points[i / 2].fault;
      g_autofree char *address = hostile_address (hostile, "x", fault, "openai-compatible");
      Probe probe = { .close_at = points[i / 2].at, .drain = i % 2 };
      probe_start (&probe, transport, address, NULL);
      if (*probe.close_at == '\0')
        {
          transport->close (g_steal_pointer (&probe.exchange), probe.drain);
          probe.over = TRUE;
        }
      spin (probe_over, &probe, 10);
      gsize length = probe.bytes->len;
      spin (none_open, hostile, 10);
      g_assert_cmpuint (probe.bytes->len, ==, length);
      g_assert_cmpuint (probe.callbacks_after_close, ==, 0);
      probe_clear (&probe);
    }
  hostile_free (hostile);
}

static gboolean
clean_one (gpointer data)
{
  return hostile_clean (data) == 1;
}

/* What follows the end mark is read, so the server does not count the reply as broken off. */
static void
test_drain (void)
{
  g_autoptr(PurserTransport) transport = purser_soup_transport_new ();
  Hostile *hostile = hostile_new (NULL);
  g_autofree char *address = hostile_address (hostile, "x", "slow", "openai-compatible");
  Probe probe = { .close_at = "bytes", .drain = TRUE };
  probe_start (&probe, transport, address, NULL);
  spin (probe_over, &probe, 10);
  spin (clean_one, hostile, 5);
  spin (none_open, hostile, 5);
  probe_clear (&probe);
  hostile_free (hostile);
}

/* A caller may be gone while what it gave up is still being drained, or sent. */
static void
test_free_early (void)
{
  static const struct
  {
    const char *fault, *at;
    gboolean drain;
  } points[] = { { "slow", "bytes", TRUE }, { "slow", "headers", FALSE }, { "silent", "connected", FALSE } };
  Hostile *hostile = hostile_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (points); i++)
    {
      g_autofree char *address = hostile_address (hostile, "x", points[i].fault, "openai-compatible");
      PurserTransport *transport = purser_soup_transport_new ();
      Probe probe = { .close_at = points[i].at, .drain = points[i].drain };
      probe_start (&probe, transport, address, NULL);
      spin (probe_over, &probe, 10);
      purser_transport_free (transport);
      spin (none_open, hostile, 10);
      probe_clear (&probe);
    }
  hostile_free (hostile);
}

static gboolean
some_bytes (gpointer data)
{
  return ((Probe *) data)->bytes->len > 1000;
}

static gboolean
half_second (gpointer data)
{
  return g_get_monotonic_time () - *(gint64 *) data > G_USEC_PER_SEC / 2;
}

static void
test_pause (void)
{
  g_autoptr(PurserTransport) transport = purser_soup_transport_new ();
  Hostile *hostile = hostile_new (NULL);
  g_autofree char *address = hostile_address (hostile, "x", "endless", "openai-compatible");
  Probe probe = { 0 };
  probe_start (&probe, transport, address, NULL);
  spin (some_bytes, &probe, 10);
  transport->pause (probe.exchange, TRUE);
  gsize length = probe.bytes->len;
  gint64 start = g_get_monotonic_time ();
  spin (half_second, &start, 5);
  g_assert_cmpuint (probe.bytes->len, ==, length);
  transport->pause (probe.exchange, FALSE);
  g_string_truncate (probe.bytes, 0);
  spin (some_bytes, &probe, 10);
  probe_clear (&probe);
  spin (none_open, hostile, 10);
  hostile_free (hostile);
}

static GTlsCertificate *
load_certificate (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "call", "tls", name, NULL);
  g_autoptr(GError) error = NULL;
  GTlsCertificate *certificate = g_tls_certificate_new_from_file (path, &error);
  g_assert_no_error (error);
  return certificate;
}

/* CA "" = the system's; "?" = a file that is not there. */
static void
test_tls (void)
{
  static const struct { const char *server, *ca; PurserFaultClass class_; const char *word;
  } ways[] = {
    { "server.pem", "ca.pem", PURSER_FAULT_NONE, NULL },
    { "server.pem", "", PURSER_FAULT_TLS, "authority" },
    { "other-host.pem", "ca.pem", PURSER_FAULT_TLS, "another host name" },
    { "server.pem", "missing.pem", PURSER_FAULT_TLS, "missing.pem" },
  };
  g_autoptr(PurserTransport) transport = purser_soup_transport_new ();
  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_test_skip ("no TLS library here");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr(GTlsCertificate) certificate = load_certificate (ways[i].server);
      Hostile *hostile = hostile_new (certificate);
      g_autofree char *address = hostile_address (hostile, "x", "ok", "openai-compatible");
      g_autofree char *ca =
          *ways[i].ca != '\0' ? g_test_build_filename (G_TEST_DIST, "call", "tls", ways[i].ca, NULL) : NULL;
      Probe probe = { 0 };
      probe_start (&probe, transport, address, ca);
      spin (probe_over, &probe, 20);
      g_test_message ("%s, %s: %s", ways[i].server, ways[i].ca, probe.words != NULL ? probe.words : "ok");
      g_assert_cmpint (probe.class_, ==, ways[i].class_);
      g_assert_cmpuint (hostile_requests (hostile, "x"), ==, ways[i].class_ == PURSER_FAULT_NONE ? 1 : 0);
      if (ways[i].word != NULL)
        g_assert_nonnull (strstr (probe.words, ways[i].word));
      probe_clear (&probe);
      hostile_free (hostile);
    }
}

static void
plain_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GBytes) bytes = soup_session_send_and_read_finish (SOUP_SESSION (object), result, NULL);
  *(gboolean *) user_data = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

/* The control: libsoup as most use it, on a server that shuts kept connections, uses one again. */
static guint
reused_by_plain_session (Hostile *hostile, const char *address)
{
  g_autoptr(SoupSession) session = soup_session_new ();
  g_autofree char *url = g_strconcat (address, "/chat/completions", NULL);
  for (int i = 0; i < 3; i++)
    {
      g_autoptr(SoupMessage) message = soup_message_new ("POST", url);
      g_autoptr(GBytes) body = g_bytes_new_static ("{}", 2);
      gboolean done = FALSE;
      soup_message_add_flags (message, SOUP_MESSAGE_IDEMPOTENT);
      soup_message_set_request_body_from_bytes (message, "application/json", body);
      soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, plain_cb, &done);
      spin (is_true, &done, 10);
    }
  soup_session_abort (session);
  return hostile_reused (hostile);
}

/* One send for each attempt, also where a kept connection would be shut on a second one. */
static void
test_one_send (void)
{
  g_autoptr(PurserTransport) transport = purser_soup_transport_new ();
  Hostile *hostile = hostile_new (NULL);
  g_autofree char *address = hostile_address (hostile, "x", "keep", "openai-compatible");
  for (guint i = 1; i <= 5; i++)
    {
      Probe probe = { 0 };
      probe_start (&probe, transport, address, NULL);
      spin (probe_over, &probe, 10);
      g_assert_true (probe.ended);
      g_assert_cmpuint (hostile_requests (hostile, "x"), ==, i);
      g_assert_cmpuint (hostile_reused (hostile), ==, 0);
      probe_clear (&probe);
    }
  g_assert_cmpuint (reused_by_plain_session (hostile, address), >, 0);
  spin (none_open, hostile, 10);
  hostile_free (hostile);
}

static gboolean
all_over (gpointer data)
{
  Probe *probes = data;
  for (int i = 0; i < 100; i++)
    if (!probes[i].over)
      return FALSE;
  return TRUE;
}

static gboolean
few_descriptors (gpointer data)
{
  return descriptors () <= *(guint *) data;
}

/* A hundred at once do not wait for each other, and leave no descriptor behind. */
static void
test_descriptors (void)
{
  static const char *const mix[] = { "slow", "ok", "500", "cut", "cut-headers", "inside" };
  g_autoptr(PurserTransport) transport = purser_soup_transport_new ();
  Hostile *hostile = hostile_new (NULL);
  guint before = 0;
  for (int round = 0; round < 4; round++)
    {
      Probe probes[100] = { 0 };
      for (int i = 0; i < 100; i++)
        {
          g_autofree char *address = hostile_address (hostile, "x", mix[i % G_N_ELEMENTS (mix)], "openai-compatible");
          probe_start (&probes[i], transport, address, NULL);
        }
      spin (all_over, probes, 30);
      for (int i = 0; i < 100; i++)
        probe_clear (&probes[i]);
      spin (none_open, hostile, 10);
      if (round == 0)
        before = descriptors () + 4; /* the first round makes threads and wake-up descriptors */
      spin (few_descriptors, &before, 10);
    }
  hostile_free (hostile);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/outcomes", test_outcomes);
  g_test_add_func ("/transport/addresses", test_addresses);
  g_test_add_func ("/transport/close-everywhere", test_close_everywhere);
  g_test_add_func ("/transport/drain", test_drain);
  g_test_add_func ("/transport/free-early", test_free_early);
  g_test_add_func ("/transport/pause", test_pause);
  g_test_add_func ("/transport/tls", test_tls);
  g_test_add_func ("/transport/one-send", test_one_send);
  g_test_add_func ("/transport/descriptors", test_descriptors);
  return g_test_run ();
}
