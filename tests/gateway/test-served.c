/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway-fixture.h"
#include "purser-gateway-private.h"

#include <sqlite3.h>
#include <string.h>

/* The listener itself: where it listens, whom it lets in, and what it does while the ledger cannot be written. */

static void
assert_contains (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_test_fail_printf ("“%s” is not in: %s", part, text);
}

static void
execute (sqlite3 *db, const char *sql)
{
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
}

static gboolean
ledger_is_free (gpointer data)
{
  Gateway *g = data;
  Reply reply = ask (g, "GET", "/healthz", "", NULL);
  gboolean ok = reply.status == 200;
  reply_clear (&reply);
  return ok;
}

/* Another process holds the file when the call is to be settled: nobody is told that it went well, no new call begins, and once the file is
 * free the row is written after all. */
static void
test_fails_closed (Gateway *g, gconstpointer data)
{
  Part part = add_provider (&g->base, "up", "openai-compatible", "slow,ok");
  sqlite3 *other = NULL;
  assign (&g->base, part.model_id, 0);
  g_autofree char *body = dialect_body ("openai-chat", "drafting", TRUE), *anthropic = dialect_body ("anthropic", "drafting", FALSE);
  g_assert_cmpint (sqlite3_open (purser_store_get_path (g->base.store), &other), ==, SQLITE_OK);
  Ask *asking = ask_start (g, "POST", "/v1/chat/completions", NULL, body);
  while (hostile_requests (g->base.hostile, "up") == 0)
    g_main_context_iteration (NULL, FALSE);
  execute (other, "BEGIN IMMEDIATE");
  Reply first = ask_end (asking);
  assert_contains (first.body, "could not be written into the ledger");
  g_assert_null (strstr (first.body, "[DONE]"));
  g_assert_null (strstr (first.body, "\"finish_reason\":\"stop\""));
  reply_clear (&first);
  Reply refused = ask (g, "POST", "/v1/messages", NULL, anthropic);
  g_assert_cmpint (refused.status, ==, 503);
  assert_contains (refused.body, "cannot write its ledger");
  reply_clear (&refused);
  Reply health = ask (g, "GET", "/healthz", "", NULL);
  g_assert_cmpint (health.status, ==, 503);
  reply_clear (&health);
  g_assert_cmpuint (hostile_requests (g->base.hostile, "up"), ==, 1);
  execute (other, "ROLLBACK");
  sqlite3_close (other);
  g_assert_true (turn_until (ledger_is_free, g, 20));
  Reply good = ask (g, "POST", "/v1/messages", NULL, anthropic);
  g_assert_cmpint (good.status, ==, 200);
  reply_clear (&good);
  g_autoptr(GPtrArray) rows = ledger_rows (&g->base);
  g_assert_cmpuint (rows->len, ==, 2);
  for (guint i = 0; i < rows->len; i++)
    g_assert_cmpstr (((PurserCallRow *) g_ptr_array_index (rows, i))->outcome, ==, "ok");
  assert_consistent (&g->base);
}

static void
assert_not_served (Gateway *g, const char *words)
{
  g_autoptr(GError) error = NULL;
  g_assert_null (purser_plane_serve (g->plane, g->base.store, g->base.vault, &error));
  g_assert_nonnull (error);
  assert_contains (error->message, words);
}

typedef struct { const char *address, *certificate, *private_key; int port; } Place;

static gboolean
place_job (PurserDb *db, gpointer data, GError **error)
{
  const Place *place = data;
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  PurserGateway settings = org->gateway;
  settings.address = (char *) place->address;
  settings.certificate = (char *) place->certificate;
  settings.private_key = (char *) place->private_key;
  settings.port = place->port;
  return purser_catalogue_set_gateway (db, &settings, error);
}

static void
test_places (Gateway *g, gconstpointer data)
{
  g_autofree char *pem = g_test_build_filename (G_TEST_DIST, "call", "tls", "server.pem", NULL), *readme = g_test_build_filename (G_TEST_DIST, "call", "tls", "README", NULL);
  assert_not_served (g, "used by another program"); /* by this one */
  Place open = { "0.0.0.0", NULL, NULL, (int) g->port }, nowhere = { "203.0.113.7", pem, pem, (int) g->port }, odd = { "nowhere at all", pem, pem, (int) g->port },
        no_file = { "127.0.0.1", "/nonexistent.pem", pem, (int) g->port }, no_pem = { "127.0.0.1", readme, readme, (int) gateway_free_port () };
  gateway_change (g, place_job, &open);
  assert_not_served (g, "not this computer alone");
  gateway_change (g, place_job, &odd);
  assert_not_served (g, "no address");
  gateway_change (g, place_job, &nowhere);
  assert_not_served (g, "cannot listen at 203.0.113.7");
  gateway_change (g, place_job, &no_file);
  assert_not_served (g, "/nonexistent.pem");
  gateway_change (g, place_job, &no_pem);
  assert_not_served (g, "PEM files that belong together");
}

static gboolean
place_and_raise_job (PurserDb *db, gpointer data, GError **error)
{
  return place_job (db, data, error) && purser_catalogue_raise (db, error);
}

static gboolean
accept_any (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer data)
{
  return TRUE;
}

typedef struct { guint port; GString *reply; gboolean done; } Secure;

static gpointer
secure_run (gpointer data)
{
  Secure *secure = data;
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(GSocketConnection) plain = g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) secure->port, NULL, &error);
  g_assert_no_error (error);
  g_autoptr(GIOStream) tls = g_tls_client_connection_new (G_IO_STREAM (plain), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_any), NULL);
  static const char request[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (tls), request, strlen (request), NULL, NULL, &error));
  char buffer[4096];
  for (gssize n; (n = g_input_stream_read (g_io_stream_get_input_stream (tls), buffer, sizeof buffer, NULL, NULL)) > 0;)
    g_string_append_len (secure->reply, buffer, n);
  g_io_stream_close (tls, NULL, NULL);
  g_atomic_int_set (&secure->done, TRUE);
  return NULL;
}

static gboolean
secure_done (gpointer data)
{
  return g_atomic_int_get (&((Secure *) data)->done);
}

static void
test_tls (Gateway *g, gconstpointer data)
{
  g_autofree char *pem = g_test_build_filename (G_TEST_DIST, "call", "tls", "server.pem", NULL);
  Place place = { "127.0.0.1", pem, pem, (int) g->port };
  g_autoptr(GError) error = NULL;
  gateway_drop (g, TRUE);
  purser_store_write (g->base.store, FALSE, place_and_raise_job, &place, &error);
  g_assert_no_error (error);
  g->served = purser_plane_serve (g->plane, g->base.store, g->base.vault, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (purser_served_url (g->served), "https://"));
  Secure secure = { g->port, g_string_new (NULL), FALSE };
  GThread *thread = g_thread_new ("tls", secure_run, &secure);
  g_assert_true (turn_until (secure_done, &secure, 20));
  g_thread_join (thread);
  assert_contains (secure.reply->str, "200 OK");
  g_string_free (secure.reply, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  GATEWAY_ADD ("/served/fails-closed", test_fails_closed);
  GATEWAY_ADD ("/served/places", test_places);
  GATEWAY_ADD ("/served/tls", test_tls);
  return g_test_run ();
}
