/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-gateway-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/socket.h>

#define MOST_TRUSTED (1024 * 1024) /* bytes of a body that are made room for before they come */
#define BLOCK (4 * 1024) /* of a stream for callers that take no chunks: the HTTP server has it beside each reply, needed or not */

struct _PurserHttp
{
  PurserServed   *served;
  PurserClient   *client;
  PurserHttpHead  head;
  char           *method, *path;  /* (owned) */
  guint8         *body;           /* (owned) (nullable) */
  gsize           length, room;   /* of body */
  gsize           held;           /* what this request counts of plane->held */
  gsize           uploaded;
  gboolean        too_large, too_much; /* the request; all that is held */

  struct MHD_Response *response;  /* (nullable) until queued */
  GPtrArray      *headers;        /* (owned) (nullable) name, value … of the reply */
  int             status;
  gboolean        inside;         /* a callback of the HTTP server is at work: it asks again by itself */
  gboolean        serving, answered, suspended;

  GByteArray     *out;            /* (owned) (nullable) of a stream, from `at` on not yet taken */
  gsize           at;
  gboolean        ended, whole, gone;
  PurserRelay    *relay;          /* (nullable) */
};

PurserServed *
purser_http_served (PurserHttp *http)
{
  return http->served;
}

PurserHttpHead *
purser_http_head (PurserHttp *http)
{
  return &http->head;
}

const char *
purser_http_header (PurserHttp *http, const char *name)
{
  return MHD_lookup_connection_value (http->head.connection, MHD_HEADER_KIND, name);
}

static void
hold (PurserHttp *http, gssize bytes)
{
  http->held += bytes;
  http->served->plane->held += bytes;
}

GBytes *
purser_http_body (PurserHttp *http)
{
  hold (http, -(gssize) http->held);
  return g_bytes_new_take (g_steal_pointer (&http->body), http->length);
}

void
purser_http_set_relay (PurserHttp *http, PurserRelay *relay)
{
  http->relay = relay;
}

gsize
purser_http_waiting (PurserHttp *http)
{
  return http->out != NULL ? http->out->len - http->at : 0;
}

static void
resume (PurserHttp *http)
{
  if (!http->suspended || http->inside)
    return;
  http->suspended = FALSE;
  MHD_resume_connection (http->head.connection);
  purser_listener_wake (http->served);
}

static void
suspend (PurserHttp *http)
{
  http->suspended = TRUE;
  MHD_suspend_connection (http->head.connection);
}

/* --- The reply --- */

void
purser_http_add_header (PurserHttp *http, const char *name, const char *value)
{
  if (http->headers == NULL)
    http->headers = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (http->headers, g_strdup (name));
  g_ptr_array_add (http->headers, g_strdup (value));
}

static void
answer (PurserHttp *http, int status, const char *content_type, struct MHD_Response *response)
{
  http->answered = TRUE;
  http->status = status;
  http->response = response;
  if (content_type != NULL)
    MHD_add_response_header (response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
  for (guint i = 0; http->headers != NULL && i < http->headers->len; i += 2)
    MHD_add_response_header (response, g_ptr_array_index (http->headers, i), g_ptr_array_index (http->headers, i + 1));
  resume (http);
}

static void
unref_bytes (void *bytes)
{
  g_bytes_unref (bytes);
}

void
purser_http_reply (PurserHttp *http, int status, const char *content_type, GBytes *body)
{
  gsize length;
  const void *data = g_bytes_get_data (body, &length);
  g_return_if_fail (!http->answered);
  answer (http, status, content_type,
          MHD_create_response_from_buffer_with_free_callback_cls (length, data != NULL ? data : "", unref_bytes, body));
}

static void
taken_cb (gpointer data)
{
  PurserHttp *http = data;
  if (http->relay != NULL)
    purser_relay_taken (http->relay);
}

/* What waits goes out; then the connection sleeps until there is more. */
static ssize_t
read_cb (void *data, uint64_t position, char *buffer, size_t most)
{
  PurserHttp *http = data;
  gsize n = MIN (purser_http_waiting (http), most);
  /* The last of it has to be taken too, which may be in the library's hands by then: it waits for that without end. */
  http->client->deadline = http->ended ? g_get_monotonic_time () + purser_listener_limits.take_us : -1;
  if (http->gone)
    return MHD_CONTENT_READER_END_WITH_ERROR;
  if (n == 0 && http->ended)
    return http->whole ? MHD_CONTENT_READER_END_OF_STREAM : MHD_CONTENT_READER_END_WITH_ERROR;
  if (n == 0)
    {
      suspend (http);
      return 0;
    }
  memcpy (buffer, http->out->data + http->at, n);
  http->at += n;
  hold (http, -(gssize) n);
  if (http->at == http->out->len)
    {
      http->at = 0;
      g_byte_array_set_size (http->out, 0);
    }
  else
    http->client->deadline = g_get_monotonic_time () + purser_listener_limits.take_us;
  if (http->relay != NULL)
    purser_loop_later (http->served->plane->loop, taken_cb, http);
  return (ssize_t) n;
}

void
purser_http_begin (PurserHttp *http, int status, const char *content_type)
{
  g_return_if_fail (!http->answered);
  http->out = g_byte_array_new ();
  answer (http, status, content_type, MHD_create_response_from_callback (MHD_SIZE_UNKNOWN, BLOCK, read_cb, http, NULL));
  MHD_add_response_header (http->response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache");
}

void
purser_http_write (PurserHttp *http, const char *bytes, gsize length)
{
  if (length == 0 || http->out == NULL)
    return;
  if (purser_http_waiting (http) == 0)
    http->client->deadline = g_get_monotonic_time () + purser_listener_limits.take_us;
  g_byte_array_append (http->out, (const guint8 *) bytes, (guint) length);
  hold (http, (gssize) length);
  resume (http);
}

void
purser_http_end (PurserHttp *http, gboolean whole)
{
  http->ended = TRUE;
  http->whole = whole;
  http->client->deadline = g_get_monotonic_time () + purser_listener_limits.take_us;
  resume (http);
}

static enum MHD_Result
queue (PurserHttp *http)
{
  struct MHD_Response *response = g_steal_pointer (&http->response);
  http->client->deadline = http->out == NULL ? g_get_monotonic_time () + purser_listener_limits.take_us : http->client->deadline;
  enum MHD_Result result = MHD_queue_response (http->head.connection, (unsigned) http->status, response);
  MHD_destroy_response (response);
  return result;
}

/* --- The request --- */

static PurserHttp *
http_new (PurserClient *client, struct MHD_Connection *connection, const char *method, const char *path)
{
  PurserHttp *http = g_new0 (PurserHttp, 1);
  http->served = purser_served_ref (client->served);
  http->client = client;
  http->method = g_strdup (method);
  http->path = g_strdup (path);
  http->head = (PurserHttpHead) { .method = http->method, .path = http->path, .connection = connection };
  client->http = http;
  client->deadline = g_get_monotonic_time () + purser_listener_limits.body_us;
  return http;
}

gboolean
purser_http_wants_more (PurserHttp *http)
{
  return !http->serving && !http->answered;
}

/* Whatever was begun for it goes its own way. */
void
purser_http_gone (PurserHttp *http)
{
  PurserRelay *relay = g_steal_pointer (&http->relay);
  http->gone = TRUE;
  if (relay != NULL)
    purser_relay_left (relay);
  resume (http);
}

void
purser_http_free (PurserHttp *http)
{
  if (http == NULL)
    return;
  if (http->relay != NULL)
    purser_http_gone (http);
  hold (http, -(gssize) http->held);
  purser_loop_forget (http->served->plane->loop, http);
  g_clear_pointer (&http->response, MHD_destroy_response);
  g_free (http->body);
  g_clear_pointer (&http->out, g_byte_array_unref);
  g_clear_pointer (&http->headers, g_ptr_array_unref);
  purser_served_unref (http->served);
  g_free (http->method);
  g_free (http->path);
  g_free (http);
}

/* As much as is announced, so that it neither grows step by step nor is twice as large as what it holds: a body is kept as long as its call
 * runs. Who announces much is believed as far as MOST_TRUSTED. */
static void
make_room (PurserHttp *http, gsize length)
{
  gsize wanted = http->length + length;
  if (wanted <= http->room)
    return;
  const char *told = http->room == 0 ? purser_http_header (http, "Content-Length") : NULL;
  gsize announced = told != NULL ? (gsize) MIN (g_ascii_strtoull (told, NULL, 10), MOST_TRUSTED) : 2 * http->room;
  http->room = MAX (announced, wanted);
  http->body = g_realloc (http->body, http->room);
}

/* A body past the limit is read and dropped, so that its sender gets to read why; one that still does not end is cut off. */
static void
take_upload (PurserHttp *http, const char *bytes, gsize length)
{
  http->uploaded += length;
  if (http->uploaded > 2 * (gsize) PURSER_GATEWAY_MAX_BODY)
    shutdown (http->client->fd, SHUT_RDWR);
  if (!g_str_equal (http->method, "POST"))
    return; /* what is only read has no body, and some of it may be read without a key: nothing is kept of it */
  http->too_large |= http->uploaded > PURSER_GATEWAY_MAX_BODY;
  http->too_much |= http->served->plane->held + length > PURSER_GATEWAY_MAX_HELD;
  if (http->too_large || http->too_much)
    {
      hold (http, -(gssize) http->held);
      g_clear_pointer (&http->body, g_free);
      http->length = http->room = 0;
      return;
    }
  make_room (http, length);
  memcpy (http->body + http->length, bytes, length);
  http->length += length;
  hold (http, (gssize) length);
}

static void
serve (PurserHttp *http)
{
  http->serving = TRUE;
  http->client->deadline = -1;
  http->inside = TRUE;
  if (http->too_large)
    purser_http_refuse_words (http, "too_large", _("The request is larger than 32 MB."));
  else if (http->too_much)
    purser_http_refuse_words (http, NULL, _("The gateway has too much to do at the moment. Try again soon."));
  else
    purser_endpoint_serve (http);
  http->inside = FALSE;
}

enum MHD_Result
purser_http_step (PurserClient *client,
                  struct MHD_Connection *connection,
                  const char *method,
                  const char *path,
                  const char *upload,
                  size_t *upload_size,
                  void **slot)
{
  PurserHttp *http = *slot;
  if (http == NULL)
    {
      *slot = http = http_new (client, connection, method, path);
      http->inside = TRUE;
      gboolean admitted = purser_endpoint_admit (http);
      http->inside = FALSE;
      return admitted ? MHD_YES : queue (http);
    }
  if (*upload_size > 0)
    {
      take_upload (http, upload, *upload_size);
      *upload_size = 0;
      return MHD_YES;
    }
  if (http->gone || client->gone)
    return MHD_NO;
  if (!http->serving)
    serve (http);
  if (http->response != NULL)
    return queue (http);
  if (!http->answered)
    suspend (http);
  return MHD_YES;
}
