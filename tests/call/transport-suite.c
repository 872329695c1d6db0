/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport-suite.h"

#include <string.h>

const Rig *rig;

/* ——— a probe ——— */

static void
probe_act (Probe *probe, const char *at)
{
  if (probe->exchange == NULL)
    probe->callbacks_after_close++;
  if (g_strcmp0 (probe->pause_at, at) == 0)
    probe->transport->pause (probe->exchange, TRUE);
  if (g_strcmp0 (probe->close_at, at) != 0)
    return;
  probe->transport->close (g_steal_pointer (&probe->exchange), probe->drain);
  probe->over = TRUE;
}

static void
connected_cb (gint64 request_start, gint64 connect_us, gpointer user_data)
{
  Probe *probe = user_data;
  g_assert_false (probe->connected);
  g_assert_false (probe->over);
  g_assert_cmpint (request_start, <=, g_get_monotonic_time ());
  g_assert_cmpint (connect_us, >=, 0);
  probe->connected = TRUE;
  probe->connect_us = connect_us;
  probe_act (probe, "connected");
}

static void
headers_cb (int status, PurserHeaderFunc header, gpointer header_data, gpointer user_data)
{
  Probe *probe = user_data;
  g_assert_true (probe->connected);
  g_assert_false (probe->over);
  g_assert_cmpint (probe->status, ==, 0);
  probe->status = status;
  g_assert_null (header ("no-such-header", header_data));
  g_set_str (&probe->request_id, header ("x-request-id", header_data));
  g_assert_cmpstr (header ("X-ReQuest-Id", header_data), ==, probe->request_id);
  probe_act (probe, "headers");
}

static void
bytes_cb (const void *bytes, gsize length, gpointer user_data)
{
  Probe *probe = user_data;
  g_assert_cmpint (probe->status, !=, 0);
  g_assert_false (probe->over);
  g_assert_cmpuint (length, >, 0);
  probe->bursts++;
  probe->count += length;
  if (!probe->drop)
    g_string_append_len (probe->bytes, bytes, (gssize) length);
  probe_act (probe, "bytes");
}

static void
end_cb (gpointer user_data)
{
  Probe *probe = user_data;
  g_assert_false (probe->over);
  g_assert_cmpint (probe->status, !=, 0);
  probe->over = probe->ended = TRUE;
  probe_act (probe, "end");
}

static void
error_cb (PurserFaultClass class_, const char *words, gpointer user_data)
{
  Probe *probe = user_data;
  g_assert_false (probe->over);
  g_assert_cmpint (class_, !=, PURSER_FAULT_NONE);
  g_assert_nonnull (words);
  g_assert_null (strstr (words, "sk-secret"));
  probe->over = TRUE;
  probe->class_ = class_;
  g_set_str (&probe->words, words);
  probe_act (probe, "error");
}

static const PurserExchangeEvents events = { connected_cb, headers_cb, bytes_cb, end_cb, error_cb };

void
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
  g_assert_false (probe->connected);
  g_assert_false (probe->over);
}

void
probe_clear (Probe *probe)
{
  if (probe->exchange != NULL)
    probe->transport->close (probe->exchange, FALSE);
  g_assert_cmpuint (probe->callbacks_after_close, ==, 0);
  g_string_free (probe->bytes, TRUE);
  g_free (probe->words);
  g_free (probe->request_id);
  *probe = (Probe) { 0 };
}

gboolean
probe_over (gpointer probe)
{
  return ((Probe *) probe)->over;
}

void
probe_run (Probe *probe, PurserTransport *transport, Hostile *hostile, const char *tag, const char *faults)
{
  g_autofree char *address = hostile_address (hostile, tag, faults, "openai-compatible");
  spin (none_busy, hostile, 20); /* no earlier connection is just being closed, and taken for one that can be used again */
  probe_start (probe, transport, address, NULL);
  spin (probe_over, probe, 20);
  g_test_message ("%s: %s, status %d, %zu bytes in %u, class %d: %s", faults, probe->ended ? "end" : "no end",
                  probe->status, probe->count, probe->bursts, probe->class_, probe->words != NULL ? probe->words : "");
}

/* ——— the world around ——— */

void
spin (gboolean (*done) (gpointer data), gpointer data, guint seconds)
{
  gint64 limit = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
  while (!done (data) && g_get_monotonic_time () < limit)
    {
      g_main_context_iteration (NULL, FALSE); /* the server's */
      rig->turn ();
      g_usleep (200);
    }
  g_assert_true (done (data));
}

gboolean
none_busy (gpointer hostile)
{
  return hostile_busy (hostile) == 0;
}

gboolean
none_open (gpointer hostile)
{
  return hostile_open (hostile) == 0;
}

guint
descriptors (void)
{
  g_autoptr(GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

char *
tls_file (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "call", "tls", name, NULL);
}

GTlsCertificate *
tls_certificate (const char *name)
{
  g_autofree char *path = tls_file (name);
  g_autoptr(GError) error = NULL;
  GTlsCertificate *certificate = g_tls_certificate_new_from_file (path, &error);
  g_assert_no_error (error);
  return certificate;
}

void
suite_case (const char *path, void (*test) (void))
{
  g_autofree char *whole = g_strdup_printf ("/transport/%s/%s", rig->name, path);
  g_test_add_func (whole, test);
}

int
transport_run (int argc, char **argv, const Rig *own, void (*add_own) (void))
{
  g_test_init (&argc, &argv, NULL);
  rig = own;
  transport_add_cases ();
  transport_add_life ();
  transport_add_tls ();
  add_own ();
  return g_test_run ();
}
