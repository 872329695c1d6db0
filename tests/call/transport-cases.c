/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport-suite.h"

#include <string.h>

/* What comes of a request, by what the server does. */

static const struct
{
  const char *fault;
  gboolean ended;
  int status;
  PurserFaultClass class_;
  const char *body; /* (nullable) the whole of it */
} outcomes[] = {
  { "ok", TRUE, 200, PURSER_FAULT_NONE },
  { "slow", TRUE, 200, PURSER_FAULT_NONE },
  { "500", TRUE, 500, PURSER_FAULT_NONE },
  { "empty-500", TRUE, 500, PURSER_FAULT_NONE, "" },
  { "401", TRUE, 401, PURSER_FAULT_NONE },
  { "redirect", TRUE, 307, PURSER_FAULT_NONE },
  { "huge", TRUE, 200, PURSER_FAULT_NONE },
  { "line", TRUE, 200, PURSER_FAULT_NONE },
  { "no-end", TRUE, 200, PURSER_FAULT_NONE },
  { "cut", FALSE, 200, PURSER_FAULT_CUT },
  { "cut-start", FALSE, 200, PURSER_FAULT_CUT },
  { "cut-headers", FALSE, 0, PURSER_FAULT_CUT },
  { "cut-head-half", FALSE, 0, PURSER_FAULT_GARBAGE }, /* libsoup takes half a head for a wrong one */
  { "not-http", FALSE, 0, PURSER_FAULT_GARBAGE },
  { "http09", FALSE, 0, PURSER_FAULT_GARBAGE },
  { "cut-chunk", FALSE, 200, PURSER_FAULT_CUT, "Hello" },
  { "cut-before-chunk", FALSE, 200, PURSER_FAULT_CUT, "Hello" },
  { "long-length", FALSE, 200, PURSER_FAULT_CUT, "Hello" },
  { "short-length", TRUE, 200, PURSER_FAULT_NONE, "Hello" },
  { "informational", TRUE, 200, PURSER_FAULT_NONE, "Hello" },
  { "http10", TRUE, 200, PURSER_FAULT_NONE, "Hello" },
  { "no-length", TRUE, 200, PURSER_FAULT_NONE, "Hello" },
  { "empty", TRUE, 200, PURSER_FAULT_NONE, "" },
  { "no-content", TRUE, 204, PURSER_FAULT_NONE, "" },
  { "trailers", TRUE, 200, PURSER_FAULT_NONE, "Hello" },
  { "dribble", TRUE, 200, PURSER_FAULT_NONE, "Hello" },
  { "challenge", TRUE, 401, PURSER_FAULT_NONE, "Hello" },
  { "packed", TRUE, 200, PURSER_FAULT_NONE, "Hello" },
  { "kept", TRUE, 200, PURSER_FAULT_NONE, "Hello" },
  { "kept-stream", TRUE, 200, PURSER_FAULT_NONE, "data: a\n\ndata: b\n\n" },
};

static void
test_outcomes (void)
{
  PurserTransport *transport = rig->new_transport ();
  Hostile *hostile = hostile_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      Probe probe = { 0 };
      probe_run (&probe, transport, hostile, outcomes[i].fault, outcomes[i].fault);
      g_assert_cmpint (probe.ended, ==, outcomes[i].ended);
      g_assert_cmpint (probe.status, ==, outcomes[i].status);
      g_assert_cmpint (probe.class_, ==, outcomes[i].class_);
      if (outcomes[i].body != NULL)
        g_assert_cmpstr (probe.bytes->str, ==, outcomes[i].body);
      g_assert_true (probe.connected);
      g_assert_cmpuint (hostile_requests (hostile, outcomes[i].fault), ==, 1);
      probe_clear (&probe);
    }
  purser_transport_free (transport);
  spin (none_open, hostile, 10);
  hostile_free (hostile);
}

/* The reply's own headers: neither those of an early hint nor of the trailer. */
static void
test_header_of_reply (void)
{
  static const struct
  {
    const char *fault, *request_id;
  } ways[] = { { "informational", "late" }, { "trailers", "head" }, { "ok", "req-9" }, { "kept", NULL } };
  PurserTransport *transport = rig->new_transport ();
  Hostile *hostile = hostile_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      Probe probe = { 0 };
      probe_run (&probe, transport, hostile, ways[i].fault, ways[i].fault);
      g_assert_cmpstr (probe.request_id, ==, ways[i].request_id);
      probe_clear (&probe);
    }
  purser_transport_free (transport);
  hostile_free (hostile);
}

/* What a server pours out without end is left, at the latest when the user gives up, and is never a reply. */
static void
test_endless (void)
{
  static const char *const faults[] = { "endless-headers", "endless-header", "endless-trailers" };
  PurserTransport *transport = rig->new_transport ();
  Hostile *hostile = hostile_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *address = hostile_address (hostile, "x", faults[i], "openai-compatible");
      gint64 start = g_get_monotonic_time ();
      Probe probe = { 0 };
      probe_start (&probe, transport, address, NULL);
      while (!probe.over && g_get_monotonic_time () - start < G_USEC_PER_SEC / 2)
        {
          g_main_context_iteration (NULL, FALSE);
          rig->turn ();
        }
      g_test_message ("%s: %s", faults[i], probe.words != NULL ? probe.words : "still under way");
      g_assert_true (!probe.ended || g_str_has_suffix (faults[i], "trailers")); /* nothing but them is missing */
      g_assert_true (!probe.over || probe.ended || probe.class_ == PURSER_FAULT_GARBAGE
                     || probe.class_ == PURSER_FAULT_CUT);
      probe_clear (&probe);
      spin (none_open, hostile, 10);
    }
  purser_transport_free (transport);
  hostile_free (hostile);
}

/* Nobody but the user sends a second request, and what a server plants is not sent back. */
static void
test_no_second_request (void)
{
  static const char *const faults[] = { "redirect-here", "challenge", "cookie", "429-1", "503" };
  PurserTransport *transport = rig->new_transport ();
  Hostile *hostile = hostile_new (NULL);
  guint sent = 0;
  for (gsize i = 0; i < 2 * G_N_ELEMENTS (faults); i++)
    {
      Probe probe = { 0 };
      probe_run (&probe, transport, hostile, "x", faults[i / 2]);
      g_assert_true (probe.ended);
      g_assert_cmpuint (hostile_requests (hostile, "x"), ==, ++sent);
      probe_clear (&probe);
    }
  g_assert_cmpuint (hostile_requests (hostile, "elsewhere"), ==, 0);
  g_assert_cmpuint (hostile_keys (hostile), ==, sent); /* each carried its key, and nothing else did */
  g_autofree char *seen = hostile_seen (hostile, "x");
  g_autofree char *lower = g_ascii_strdown (seen, -1);
  g_assert_null (strstr (lower, "cookie"));
  purser_transport_free (transport);
  hostile_free (hostile);
}

/* What goes out: no wish to be packed, one content type, the key as given. */
static void
test_request (void)
{
  PurserTransport *transport = rig->new_transport ();
  Hostile *hostile = hostile_new (NULL);
  Probe probe = { 0 };
  probe_run (&probe, transport, hostile, "x", "ok");
  g_autofree char *seen = hostile_seen (hostile, "x");
  g_assert_true (g_str_has_prefix (seen, "POST /x/ok/v1/chat/completions HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (seen, "\r\nAuthorization: Bearer sk-secret"));
  g_assert_nonnull (strstr (seen, "\r\nAccept-Encoding: identity"));
  g_assert_nonnull (strstr (seen, "\r\nContent-Type: application/json"));
  g_assert_nonnull (strstr (seen, "\r\nUser-Agent: Purser/"));
  g_assert_nonnull (strstr (seen, "\r\nContent-Length: 27"));
  g_assert_null (strstr (seen, "Expect:"));
  g_assert_true (g_str_has_suffix (seen, "\n\n{\"model\":\"m\",\"stream\":true}"));
  probe_clear (&probe);
  purser_transport_free (transport);
  hostile_free (hostile);
}

static void
test_addresses (void)
{
  static const struct
  {
    const char *address;
    PurserFaultClass class_;
  } places[] = {
    { "http://127.0.0.1:1/v1", PURSER_FAULT_ADDRESS },
    { "http://no-such-host.invalid/v1", PURSER_FAULT_ADDRESS },
    { "https://127.0.0.1:1/v1", PURSER_FAULT_ADDRESS },
    { "nonsense", PURSER_FAULT_ADDRESS },
    { "ftp://127.0.0.1/v1", PURSER_FAULT_ADDRESS },
    { "file:///etc/passwd", PURSER_FAULT_ADDRESS },
    { "http:///v1", PURSER_FAULT_ADDRESS },
    { "", PURSER_FAULT_ADDRESS },
  };
  g_autoptr(PurserTransport) transport = rig->new_transport ();
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      Probe probe = { 0 };
      probe_start (&probe, transport, places[i].address, NULL);
      spin (probe_over, &probe, 30);
      g_test_message ("%s: %s", places[i].address, probe.words);
      g_assert_cmpint (probe.class_, ==, places[i].class_);
      g_assert_false (probe.connected);
      probe_clear (&probe);
    }
}

/* A second request on a kept connection. Either it is a new connection's, or it is sent once: what the dead one swallowed is told as a cut, and only its user
 * can send it again. REQUESTS: that the server read whole in all three rounds; CUT: whether the second is one where connections are kept. */
static void
test_one_send (void)
{
  static const struct
  {
    const char *faults;
    gboolean cut;
    guint requests;
  } ways[] = {
    { "ok", FALSE, 3 }, /* the server closes right after each reply */
    { "kept", FALSE, 3 }, /* serves them all on one */
    { "kept-stream", FALSE, 3 },
    { "keep", TRUE, 2 }, /* shuts it when the second begins to come */
    { "kept,cut-headers,kept", TRUE, 3 }, /* reads it whole, and says nothing */
  };
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      PurserTransport *transport = rig->new_transport ();
      Hostile *hostile = hostile_new (NULL);
      for (guint round = 0; round < 3; round++)
        {
          gboolean dead = round == 1 && ways[i].cut && (rig->keeps || strstr (ways[i].faults, "cut") != NULL);
          Probe probe = { 0 };
          probe_run (&probe, transport, hostile, "x", ways[i].faults);
          g_assert_cmpint (probe.class_, ==, dead ? PURSER_FAULT_CUT : PURSER_FAULT_NONE);
          g_assert_cmpint (probe.ended, ==, !dead);
          probe_clear (&probe);
          if (g_str_equal (ways[i].faults, "ok"))
            spin (none_open, hostile, 10);
        }
      guint reused = rig->keeps && !g_str_equal (ways[i].faults, "ok") ? (ways[i].cut ? 1 : 2) : 0;
      g_assert_cmpuint (hostile_reused (hostile), ==, reused);
      g_assert_cmpuint (hostile_requests (hostile, "x"), ==, rig->keeps ? ways[i].requests : 3);
      purser_transport_free (transport);
      spin (none_open, hostile, 10);
      hostile_free (hostile);
    }
}

/* What is on this machine, and all plain http, goes straight there: no key through a proxy. */
static void
test_no_proxy_here (void)
{
  static const char *const names[] = { "http_proxy",  "HTTP_PROXY", "https_proxy",
                                       "HTTPS_PROXY", "all_proxy",  "ALL_PROXY" };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_setenv (names[i], "http://127.0.0.1:1", TRUE);
  PurserTransport *transport = rig->new_transport ();
  Hostile *hostile = hostile_new (NULL);
  Probe probe = { 0 };
  probe_run (&probe, transport, hostile, "x", "ok");
  g_assert_true (probe.ended);
  probe_clear (&probe);
  g_autofree char *localhost = g_strdup_printf ("http://localhost:%u/y/ok/v1", hostile_port (hostile));
  probe_start (&probe, transport, localhost, NULL);
  spin (probe_over, &probe, 20);
  g_assert_true (probe.ended);
  probe_clear (&probe);
  purser_transport_free (transport);
  hostile_free (hostile);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_unsetenv (names[i]);
}

void
transport_add_cases (void)
{
  suite_case ("outcomes", test_outcomes);
  suite_case ("header-of-reply", test_header_of_reply);
  suite_case ("endless", test_endless);
  suite_case ("no-second-request", test_no_second_request);
  suite_case ("request", test_request);
  suite_case ("addresses", test_addresses);
  suite_case ("one-send", test_one_send);
  suite_case ("no-proxy-here", test_no_proxy_here);
}
