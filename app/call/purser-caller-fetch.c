/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-caller-private.h"
#include "purser-practice.h"

#include "config.h"
#include <glib/gi18n-lib.h>

#define MAX_BODY (16 * 1024 * 1024) /* Ollama's /api/show lists every tensor */

typedef struct
{
  PurserTransport     *transport;   /* borrowed: the task holds the caller */
  PurserHttpRequest   *request;     /* (owned) (nullable) until sent */
  const PurserDialect *dialect;
  PurserExchange      *exchange;    /* (nullable) closed by us */
  PurserFetched       *fetched;     /* (owned) (nullable) until returned */
  PurserHeaderFunc     header;
  gpointer             header_data;
  GSource             *timer, *cancel_source; /* (owned) (nullable) */
  gint64               started, timeout_us;
} Fetch;

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;
  drop_source (&fetch->timer);
  drop_source (&fetch->cancel_source);
  g_clear_pointer (&fetch->request, purser_http_request_free);
  g_clear_pointer (&fetch->fetched, purser_fetched_free);
  g_free (fetch);
}

void
purser_fetched_free (PurserFetched *fetched)
{
  if (fetched == NULL)
    return;
  g_free (fetched->content_type);
  g_byte_array_unref (fetched->body);
  g_clear_pointer (&fetched->fault, purser_fault_free);
  g_free (fetched);
}

/* Ends it once, whoever comes first: the reply, an error, the timer or the user. */
static void
finish (GTask *task, PurserFault *fault, GError *error)
{
  Fetch *fetch = g_task_get_task_data (task);
  PurserExchange *exchange = g_steal_pointer (&fetch->exchange);
  drop_source (&fetch->timer);
  drop_source (&fetch->cancel_source);
  if (exchange != NULL)
    fetch->transport->close (exchange, FALSE);
  fetch->fetched->fault = fault;
  fetch->fetched->took_us = g_get_monotonic_time () - fetch->started;
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&fetch->fetched), (GDestroyNotify) purser_fetched_free);
  g_object_unref (task);
}

static void
connected_cb (gint64 request_start, gint64 connect_us, gpointer user_data)
{
}

static void
headers_cb (int status, PurserHeaderFunc header, gpointer header_data, gpointer user_data)
{
  GTask *task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  PurserFault *redirect = purser_fault_redirect (status, header ("location", header_data));
  fetch->fetched->status = status;
  fetch->fetched->content_type = g_strdup (header ("content-type", header_data));
  fetch->header = header;
  fetch->header_data = header_data;
  if (redirect != NULL)
    finish (task, redirect, NULL);
}

static void
bytes_cb (const void *bytes, gsize length, gpointer user_data)
{
  GTask *task = user_data;
  PurserFetched *fetched = ((Fetch *) g_task_get_task_data (task))->fetched;
  if (fetched->body->len + length > MAX_BODY)
    finish (task, purser_fault_new (PURSER_FAULT_TOO_LARGE, fetched->status, _("The reply does not end.")), NULL);
  else
    g_byte_array_append (fetched->body, bytes, (guint) length);
}

static void
end_cb (gpointer user_data)
{
  GTask *task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  PurserFetched *fetched = fetch->fetched;
  const void *body = fetched->body->len > 0 ? fetched->body->data : (const void *) "";
  PurserFault *fault = NULL;
  if (fetched->status / 100 != 2 || purser_is_web_page (fetched->content_type))
    fault = purser_dialect_read_error (fetch->dialect, fetched->status, fetched->content_type, body, fetched->body->len,
                                       fetch->header, fetch->header_data);
  finish (task, fault, NULL);
}

static void
error_cb (PurserFaultClass class_, const char *words, gpointer user_data)
{
  GTask *task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  finish (task, purser_fault_new (class_, fetch->fetched->status, words), NULL);
}

static const PurserExchangeEvents events = { connected_cb, headers_cb, bytes_cb, end_cb, error_cb };

static gboolean
timeout_cb (gpointer user_data)
{
  GTask *task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  g_autofree char *words =
      g_strdup_printf (_("No answer within %d s."), (int) MAX (fetch->timeout_us / G_USEC_PER_SEC, 1));
  finish (task, purser_fault_new (PURSER_FAULT_TIMEOUT, fetch->fetched->status, words), NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  finish (user_data, NULL, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _("Stopped.")));
  return G_SOURCE_REMOVE;
}

static void
watch (GTask *task, GSource **place, GSource *source, GSourceFunc func)
{
  *place = source;
  g_source_set_callback (source, func, task, NULL);
  g_source_attach (source, g_task_get_context (task));
}

static void
send (GTask *task)
{
  Fetch *fetch = g_task_get_task_data (task);
  g_autoptr(PurserHttpRequest) request = g_steal_pointer (&fetch->request);
  fetch->started = g_get_monotonic_time ();
  watch (task, &fetch->timer, g_timeout_source_new ((guint) (fetch->timeout_us / 1000)), timeout_cb);
  if (g_task_get_cancellable (task) != NULL)
    watch (task, &fetch->cancel_source, g_cancellable_source_new (g_task_get_cancellable (task)),
           G_SOURCE_FUNC (cancelled_cb));
  fetch->exchange = fetch->transport->send (fetch->transport, request, &events, task);
}

static void
resolved_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autofree char *address = purser_address_resolve_finish (result, &error);
  if (address == NULL)
    {
      finish (task, purser_fault_new (PURSER_FAULT_ADDRESS, 0, error->message), NULL);
      return;
    }
  purser_http_request_resolve (fetch->request, address);
  send (task);
}

/**
 * purser_caller_fetch_async:
 * @dialect: (nullable): whose error replies are expected
 *
 * One request and its whole reply.
 */
void
purser_caller_fetch_async (PurserCaller *self,
                           PurserHttpRequest *request,
                           const PurserDialect *dialect,
                           gint64 timeout_us,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Fetch *fetch = g_new0 (Fetch, 1);
  g_task_set_source_tag (task, purser_caller_fetch_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, fetch, fetch_free);
  fetch->transport = self->transport;
  fetch->request = request;
  fetch->dialect = dialect;
  fetch->timeout_us = timeout_us;
  fetch->started = g_get_monotonic_time ();
  fetch->fetched = g_new0 (PurserFetched, 1);
  fetch->fetched->body = g_byte_array_new ();
  if (purser_address_is_practice (request->address))
    purser_address_resolve_async (request->address, NULL, resolved_cb, task);
  else
    send (task);
}

PurserFetched *
purser_caller_fetch_finish (PurserCaller *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
purser_address_is_practice (const char *address)
{
  return g_str_has_prefix (address, "practice:");
}

/* The first use starts the practice server and waits for it, which must not hold up a main loop. */
static void
resolve_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  char *address = purser_practice_resolve (data, &error);
  if (address != NULL)
    g_task_return_pointer (task, address, g_free);
  else
    g_task_return_error (task, error);
}

void
purser_address_resolve_async (const char *address,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, purser_address_resolve_async);
  g_task_set_task_data (task, g_strdup (address), g_free);
  g_task_run_in_thread (task, resolve_thread);
}

char *
purser_address_resolve_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
