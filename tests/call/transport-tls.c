/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport-suite.h"

#include <glib/gstdio.h>
#include <string.h>

/* https: whom a transport trusts, and what it says where it does not. */

static gboolean
no_tls (void)
{
  if (g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    return FALSE;
  g_test_skip ("no TLS library here");
  return TRUE;
}

static void
run_tls (Probe *probe, PurserTransport *transport, Hostile *hostile, const char *faults, const char *ca)
{
  g_autofree char *address = hostile_address (hostile, "x", faults, "openai-compatible");
  spin (none_busy, hostile, 20);
  probe_start (probe, transport, address, ca);
  spin (probe_over, probe, 20);
  g_test_message ("%s: class %d, %s", faults, probe->class_, probe->words != NULL ? probe->words : "ok");
}

/* CA "" = the system's. */
static void
test_trust (void)
{
  static const struct
  {
    const char *server, *ca;
    PurserFaultClass class_;
    const char *word;
  } ways[] = {
    { "server.pem", "ca.pem", PURSER_FAULT_NONE, NULL },
    { "server.pem", "", PURSER_FAULT_TLS, "authority" },
    { "server.pem", "other-ca.pem", PURSER_FAULT_TLS, "authority" },
    { "other-host.pem", "ca.pem", PURSER_FAULT_TLS, "another host name" },
    { "expired.pem", "other-ca.pem", PURSER_FAULT_TLS, "expired" },
    { "server.pem", "missing.pem", PURSER_FAULT_TLS, "missing.pem" },
    { "server.pem", "README", PURSER_FAULT_TLS, "README" },
    { "server.pem", "ca.pem", PURSER_FAULT_NONE, NULL }, /* after all that, still */
  };
  if (no_tls ())
    return;
  PurserTransport *transport = rig->new_transport ();
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr(GTlsCertificate) certificate = tls_certificate (ways[i].server);
      Hostile *hostile = hostile_new (certificate);
      g_autofree char *ca = *ways[i].ca != '\0' ? tls_file (ways[i].ca) : NULL;
      Probe probe = { 0 };
      run_tls (&probe, transport, hostile, "ok", ca);
      g_assert_cmpint (probe.class_, ==, ways[i].class_);
      g_assert_cmpuint (hostile_requests (hostile, "x"), ==, ways[i].class_ == PURSER_FAULT_NONE ? 1 : 0);
      g_assert_cmpuint (hostile_keys (hostile), ==, ways[i].class_ == PURSER_FAULT_NONE ? 1 : 0);
      if (ways[i].word != NULL)
        g_assert_nonnull (strstr (probe.words, ways[i].word));
      probe_clear (&probe);
      hostile_free (hostile);
    }
  purser_transport_free (transport);
}

/* The same endings as without TLS. */
static void
test_outcomes (void)
{
  static const struct
  {
    const char *fault;
    gboolean ended;
    PurserFaultClass class_;
  } ways[] = {
    { "ok", TRUE, PURSER_FAULT_NONE },        { "slow", TRUE, PURSER_FAULT_NONE },
    { "cut", FALSE, PURSER_FAULT_CUT },       { "cut-headers", FALSE, PURSER_FAULT_CUT },
    { "cut-chunk", FALSE, PURSER_FAULT_CUT }, { "no-length", TRUE, PURSER_FAULT_NONE },
    { "401", TRUE, PURSER_FAULT_NONE },       { "not-http", FALSE, PURSER_FAULT_GARBAGE },
  };
  if (no_tls ())
    return;
  g_autoptr(GTlsCertificate) certificate = tls_certificate ("server.pem");
  g_autofree char *ca = tls_file ("ca.pem");
  PurserTransport *transport = rig->new_transport ();
  Hostile *hostile = hostile_new (certificate);
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      Probe probe = { 0 };
      run_tls (&probe, transport, hostile, ways[i].fault, ca);
      g_assert_cmpint (probe.ended, ==, ways[i].ended);
      g_assert_cmpint (probe.class_, ==, ways[i].class_);
      g_assert_cmpuint (hostile_requests (hostile, "x"), ==, i + 1);
      probe_clear (&probe);
    }
  purser_transport_free (transport);
  spin (none_open, hostile, 10);
  hostile_free (hostile);
}

static void
test_one_send (void)
{
  if (no_tls ())
    return;
  g_autoptr(GTlsCertificate) certificate = tls_certificate ("server.pem");
  g_autofree char *ca = tls_file ("ca.pem");
  PurserTransport *transport = rig->new_transport ();
  Hostile *hostile = hostile_new (certificate);
  for (guint i = 0; i < 4; i++)
    {
      Probe probe = { 0 };
      run_tls (&probe, transport, hostile, "kept,kept,cut-headers,kept", ca);
      g_assert_cmpint (probe.class_, ==, i == 2 ? PURSER_FAULT_CUT : PURSER_FAULT_NONE);
      g_assert_cmpuint (hostile_requests (hostile, "x"), ==, i + 1);
      probe_clear (&probe);
    }
  g_assert_cmpuint (hostile_reused (hostile), ==, rig->keeps ? 2 : 0);
  purser_transport_free (transport);
  spin (none_open, hostile, 10);
  hostile_free (hostile);
}

static void
copy_over (const char *from, const char *to)
{
  g_autofree char *source = tls_file (from), *text = NULL;
  g_autoptr(GError) error = NULL;
  gsize length = 0;
  g_file_get_contents (source, &text, &length, &error);
  g_assert_no_error (error);
  g_file_set_contents (to, text, (gssize) length, &error);
  g_assert_no_error (error);
}

/* What the file vouches for now counts, also for connections that were made under an earlier one. */
static void
test_ca_replaced (void)
{
  static const struct
  {
    const char *ca;
    PurserFaultClass class_;
  } steps[] = {
    { "ca.pem", PURSER_FAULT_NONE },
    { "ca.pem", PURSER_FAULT_NONE },
    { "other-ca.pem", PURSER_FAULT_TLS },
    { "ca.pem", PURSER_FAULT_NONE },
    { NULL /* taken away */, PURSER_FAULT_TLS },
  };
  if (no_tls ())
    return;
  g_autoptr(GTlsCertificate) certificate = tls_certificate ("server.pem");
  g_autofree char *folder = g_dir_make_tmp ("purser-ca-XXXXXX", NULL);
  g_autofree char *ca = g_build_filename (folder, "ca.pem", NULL);
  PurserTransport *transport = rig->new_transport ();
  Hostile *hostile = hostile_new (certificate);
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      Probe probe = { 0 };
      if (steps[i].ca == NULL)
        g_assert_cmpint (g_unlink (ca), ==, 0);
      else if (i == 0 || steps[i].ca != steps[i - 1].ca)
        copy_over (steps[i].ca, ca);
      run_tls (&probe, transport, hostile, "kept", ca);
      g_assert_cmpint (probe.class_, ==, steps[i].class_);
      probe_clear (&probe);
    }
  g_assert_cmpuint (hostile_reused (hostile), ==, rig->keeps ? 1 : 0); /* under the very same file only */
  purser_transport_free (transport);
  spin (none_open, hostile, 10);
  hostile_free (hostile);
  g_rmdir (folder);
}

/* ——— a server that knows nothing of TLS ——— */

typedef struct
{
  GSocket *listener, *accepted;
  const char *answer;
  Probe *probe;
} Plain;

/* Answers whatever comes with what it knows, and hangs up. */
static gboolean
plain_over (gpointer data)
{
  Plain *plain = data;
  char buffer[4096];
  if (plain->accepted == NULL && (plain->accepted = g_socket_accept (plain->listener, NULL, NULL)) != NULL)
    g_socket_set_blocking (plain->accepted, FALSE);
  if (plain->accepted != NULL && g_socket_receive (plain->accepted, buffer, sizeof buffer, NULL, NULL) > 0)
    {
      g_socket_send (plain->accepted, plain->answer, strlen (plain->answer), NULL, NULL);
      g_clear_object (&plain->accepted);
    }
  return plain->probe->over;
}

/* One that hangs up, one that speaks something else: no key was sent, and no bill can come. */
static void
test_no_handshake (void)
{
  static const char *const ways[] = { "", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n" };
  if (no_tls ())
    return;
  g_autofree char *ca = tls_file ("ca.pem");
  PurserTransport *transport = rig->new_transport ();
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr(GSocket) listener =
          g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
      g_autoptr(GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
      g_assert_true (g_socket_bind (listener, any, FALSE, NULL) && g_socket_listen (listener, NULL));
      g_socket_set_blocking (listener, FALSE);
      g_autoptr(GSocketAddress) bound = g_socket_get_local_address (listener, NULL);
      g_autofree char *address =
          g_strdup_printf ("https://127.0.0.1:%u/v1", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
      Probe probe = { 0 };
      Plain plain = { listener, NULL, ways[i], &probe };
      probe_start (&probe, transport, address, ca);
      spin (plain_over, &plain, 20);
      g_test_message ("class %d: %s", probe.class_, probe.words);
      g_assert_cmpint (probe.class_, ==, PURSER_FAULT_TLS);
      g_assert_false (probe.connected);
      g_clear_object (&plain.accepted);
      probe_clear (&probe);
    }
  purser_transport_free (transport);
}

void
transport_add_tls (void)
{
  suite_case ("tls/trust", test_trust);
  suite_case ("tls/outcomes", test_outcomes);
  suite_case ("tls/one-send", test_one_send);
  suite_case ("tls/ca-replaced", test_ca_replaced);
  suite_case ("tls/no-handshake", test_no_handshake);
}
