/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway-fixture.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECRET "purser-0123456789012345678901234567890123456789abc"

/* --- The organisation --- */

typedef struct { PurserStoreFunc func; gpointer data; } Change;

static gboolean
change_job (PurserDb *db, gpointer data, GError **error)
{
  Change *change = data;
  return change->func (db, change->data, error) && purser_catalogue_raise (db, error);
}

void
gateway_change (Gateway *g, PurserStoreFunc func, gpointer data)
{
  g_autoptr(GError) error = NULL;
  Change change = { func, data };
  purser_store_write (g->base.store, FALSE, change_job, &change, &error);
  g_assert_no_error (error);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_usleep (2000); /* "changed" comes through the main loop, and on to the plane */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  running_calls (g); /* whoever asks the plane comes after what was posted before */
}

guint
gateway_free_port (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, length), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &length), ==, 0);
  close (fd);
  return ntohs (address.sin_port);
}

static gboolean
people_job (PurserDb *db, gpointer data, GError **error)
{
  Gateway *g = data;
  PurserPrincipal ada = { .name = (char *) "Ada" };
  PurserGateway settings = { .enabled = TRUE, .port = (int) g->port, .address = (char *) "127.0.0.1", .durability = PURSER_SURVIVES_POWER, .metrics = TRUE };
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, SECRET, -1);
  g->principal_id = purser_catalogue_put_principal (db, &ada, error);
  if (g->principal_id == 0)
    return FALSE;
  g->access_key_id = purser_catalogue_add_access_key (db, g->principal_id, digest, "9abc", error);
  return g->access_key_id != 0 && purser_catalogue_set_gateway (db, &settings, error);
}

void
gateway_set_up (Gateway *g, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  fixture_set_up (&g->base, data);
  Change change = { people_job, g };
  g->port = gateway_free_port ();
  g->secret = g_strdup (SECRET);
  purser_store_write (g->base.store, FALSE, change_job, &change, &error);
  g_assert_no_error (error);
  g->plane = purser_plane_new (&error);
  g_assert_no_error (error);
  g->served = purser_plane_serve (g->plane, g->base.store, g->base.vault, &error);
  g_assert_no_error (error);
  g_assert_nonnull (g->served);
}

static void
gone_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

void
gateway_drop (Gateway *g, gboolean drain)
{
  gboolean gone = FALSE;
  purser_plane_drop (g->served, drain, gone_cb, &gone);
  g_assert_true (turn_until (is_true, &gone, 30));
  g->served = NULL;
}

void
gateway_tear_down (Gateway *g, gconstpointer data)
{
  if (g->served != NULL)
    gateway_drop (g, FALSE);
  purser_plane_free (g->plane);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_free (g->secret);
  fixture_tear_down (&g->base, data);
}

/* --- A caller --- */

struct _Ask
{
  int      fd;
  GThread *thread;
  GString *bytes;   /* everything that came */
  gboolean done;    /* atomic */
};

static void
send_all (int fd, const char *bytes, gsize length)
{
  for (gssize n; length > 0; bytes += n, length -= (gsize) n)
    if ((n = send (fd, bytes, length, MSG_NOSIGNAL)) <= 0)
      return;
}

static gpointer
read_run (gpointer data)
{
  Ask *ask = data;
  char buffer[16384];
  for (gssize n; (n = recv (ask->fd, buffer, sizeof buffer, 0)) > 0;)
    g_string_append_len (ask->bytes, buffer, n);
  g_atomic_int_set (&ask->done, TRUE);
  return NULL;
}

static Ask *
ask_connect (Gateway *g, const char *bytes, gsize length)
{
  Ask *ask = g_new0 (Ask, 1);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK), .sin_port = htons ((guint16) g->port) };
  ask->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (connect (ask->fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  ask->bytes = g_string_new (NULL);
  send_all (ask->fd, bytes, length);
  ask->thread = g_thread_new ("ask", read_run, ask);
  return ask;
}

Ask *
ask_start (Gateway *g, const char *method, const char *path, const char *headers, const char *body)
{
  g_autofree char *key = g_strdup_printf ("Authorization: Bearer %s\r\n", g->secret);
  g_autofree char *text =
      g_strdup_printf ("%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n%s",
                       method, path, g->port, headers != NULL ? headers : key, body != NULL ? strlen (body) : 0, body != NULL ? body : "");
  return ask_connect (g, text, strlen (text));
}

gboolean
ask_done (gpointer ask)
{
  return g_atomic_int_get (&((Ask *) ask)->done);
}

static void
ask_free (Ask *ask)
{
  g_thread_join (ask->thread);
  close (ask->fd);
  g_string_free (ask->bytes, TRUE);
  g_free (ask);
}

void
ask_leave (Ask *ask)
{
  shutdown (ask->fd, SHUT_RDWR);
  ask_free (ask);
}

char *
reply_header (const Reply *reply, const char *name)
{
  g_auto(GStrv) lines = g_strsplit (reply->head, "\r\n", -1);
  gsize length = strlen (name);
  for (char **line = lines; *line != NULL; line++)
    if (g_ascii_strncasecmp (*line, name, length) == 0 && (*line)[length] == ':')
      return g_strstrip (g_strdup (*line + length + 1));
  return NULL;
}

static void
unchunk (Reply *reply, const char *at, const char *end)
{
  GString *body = g_string_new (NULL);
  while (at < end)
    {
      char *line_end;
      gsize size = g_ascii_strtoull (at, &line_end, 16);
      if (line_end + 2 > end)
        break;
      at = line_end + 2;
      reply->whole = size == 0;
      if (size == 0)
        break;
      g_string_append_len (body, at, (gssize) MIN (size, (gsize) (end - at)));
      at += size + 2;
    }
  reply->length = body->len;
  reply->body = g_string_free (body, FALSE);
}

static Reply
parse (const GString *bytes)
{
  Reply reply = { 0 };
  const char *end = strstr (bytes->str, "\r\n\r\n"), *body = end != NULL ? end + 4 : NULL;
  if (end == NULL)
    {
      reply.head = g_strdup ("");
      reply.body = g_strdup (bytes->str);
      return reply;
    }
  reply.head = g_strndup (bytes->str, (gsize) (end - bytes->str));
  reply.status = (int) g_ascii_strtoll (reply.head + strlen ("HTTP/1.1 "), NULL, 10);
  g_autofree char *length = reply_header (&reply, "Content-Length"), *coding = reply_header (&reply, "Transfer-Encoding");
  gsize there = bytes->len - (gsize) (body - bytes->str);
  if (g_strcmp0 (coding, "chunked") == 0)
    {
      unchunk (&reply, body, body + there);
      return reply;
    }
  reply.whole = length == NULL || g_ascii_strtoull (length, NULL, 10) == there;
  reply.length = there;
  reply.body = g_strndup (body, there);
  return reply;
}

Reply
ask_end (Ask *ask)
{
  g_assert_true (turn_until (ask_done, ask, 60));
  Reply reply = parse (ask->bytes);
  ask_free (ask);
  return reply;
}

Reply
ask (Gateway *g, const char *method, const char *path, const char *headers, const char *body)
{
  return ask_end (ask_start (g, method, path, headers, body));
}

Reply
ask_raw (Gateway *g, const char *bytes)
{
  return ask_end (ask_connect (g, bytes, strlen (bytes)));
}

void
reply_clear (Reply *reply)
{
  g_clear_pointer (&reply->head, g_free);
  g_clear_pointer (&reply->body, g_free);
}

/* --- Dialects --- */

static const struct { const char *dialect, *path, *body; } forms[] = {
  { "openai-chat", "/v1/chat/completions", "{\"model\":\"%s\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}]}" },
  { "openai-responses", "/v1/responses", "{\"model\":\"%s\",\"stream\":%s,\"input\":\"Say hello.\"}" },
  { "anthropic", "/v1/messages", "{\"model\":\"%s\",\"stream\":%s,\"max_tokens\":50,\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}]}" },
  { "ollama", "/api/chat", "{\"model\":\"%s\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}]}" },
  { "ollama-generate", "/api/generate", "{\"model\":\"%s\",\"stream\":%s,\"prompt\":\"Say hello.\"}" },
};

const char *
dialect_path (const char *dialect)
{
  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    if (g_str_equal (forms[i].dialect, dialect))
      return forms[i].path;
  g_assert_not_reached ();
}

char *
dialect_body (const char *dialect, const char *workload, gboolean stream)
{
  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    if (g_str_equal (forms[i].dialect, dialect))
      return g_strdup_printf (forms[i].body, workload, stream ? "true" : "false");
  g_assert_not_reached ();
}

/* --- Looking --- */

guint
open_descriptors (void)
{
  guint n = 0;
  g_autoptr(GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

guint
running_calls (Gateway *g)
{
  guint running;
  guint64 done;
  purser_served_count (g->served, &running, &done);
  return running;
}

gboolean
nothing_runs (gpointer data)
{
  return running_calls (data) == 0;
}
