/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-gateway-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

PurserListenerLimits purser_listener_limits = {
  .first_us = 30 * G_USEC_PER_SEC,
  .idle_us = 120 * G_USEC_PER_SEC,
  .headers_us = 10 * G_USEC_PER_SEC,
  .body_us = 120 * G_USEC_PER_SEC,
  .take_us = 60 * G_USEC_PER_SEC,
  .tick_us = G_USEC_PER_SEC,
  .ping_us = 10 * G_USEC_PER_SEC,
};

static PurserClient *
client_of (struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info != NULL ? info->socket_context : NULL;
}

/* Its caller has left, or closed its half: nobody will read a reply. */
static void
left_cb (int fd, guint32 events, gpointer data)
{
  PurserClient *client = data;
  client->gone = TRUE;
  purser_watch_set (client->watch, 0);
  /* The library that has read half a request together with this end is not told of the end again, and would keep both until the deadline. */
  if (client->http == NULL || purser_http_wants_more (client->http))
    shutdown (fd, SHUT_RDWR);
  if (client->http != NULL)
    purser_http_gone (client->http);
}

static void
client_add (PurserServed *served, struct MHD_Connection *connection, void **context)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  PurserClient *client = g_new0 (PurserClient, 1);
  client->served = served;
  client->fd = info->connect_fd;
  client->link.data = client;
  client->deadline = g_get_monotonic_time () + purser_listener_limits.first_us;
  client->watch = purser_watch_new (served->plane->loop, client->fd, EPOLLRDHUP | EPOLLET, left_cb, client);
  g_queue_push_tail_link (&served->clients, &client->link);
  *context = client;
}

/* Still before the library closes the descriptor. */
static void
client_remove (PurserServed *served, void **context)
{
  PurserClient *client = *context;
  if (client == NULL)
    return;
  g_queue_unlink (&served->clients, &client->link);
  purser_watch_free (client->watch);
  g_free (client);
  *context = NULL;
}

static void
connection_cb (
    void *data, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode code)
{
  if (code == MHD_CONNECTION_NOTIFY_STARTED)
    client_add (data, connection, context);
  else
    client_remove (data, context);
}

/* The request line is there. */
static void *
line_cb (void *data, const char *uri, struct MHD_Connection *connection)
{
  PurserClient *client = client_of (connection);
  if (client != NULL)
    client->deadline = g_get_monotonic_time () + purser_listener_limits.headers_us;
  return NULL;
}

static enum MHD_Result
access_cb (void *data,
           struct MHD_Connection *connection,
           const char *path,
           const char *method,
           const char *version,
           const char *upload,
           size_t *upload_size,
           void **slot)
{
  PurserClient *client = client_of (connection);
  return client != NULL ? purser_http_step (client, connection, method, path, upload, upload_size, slot) : MHD_NO;
}

static void
completed_cb (void *data, struct MHD_Connection *connection, void **slot, enum MHD_RequestTerminationCode code)
{
  PurserHttp *http = *slot;
  PurserClient *client = client_of (connection);
  *slot = NULL;
  if (client != NULL)
    {
      client->http = NULL;
      client->deadline = g_get_monotonic_time () + purser_listener_limits.idle_us;
      if (client->gone)
        shutdown (client->fd, SHUT_RDWR); /* of that end the library is not told again either */
    }
  if (http != NULL && code != MHD_REQUEST_TERMINATED_COMPLETED_OK)
    purser_http_gone (http);
  purser_http_free (http);
}

static void
tick_cb (gpointer data)
{
  PurserServed *served = data;
  gint64 now = g_get_monotonic_time ();
  for (GList *at = served->clients.head; at != NULL; at = at->next)
    {
      PurserClient *client = at->data;
      if (client->deadline < 0 || now < client->deadline)
        continue;
      client->deadline = -1;
      shutdown (client->fd, SHUT_RDWR); /* the library sees its end, and closes it */
      if (client->http != NULL)
        purser_http_gone (client->http);
    }
  purser_timer_set (served->tick, now + purser_listener_limits.tick_us);
}

static void
run_cb (gpointer data)
{
  PurserServed *served = data;
  if (served->daemon == NULL)
    return;
  MHD_run (served->daemon);
  if (MHD_get_timeout64s (served->daemon) == 0)
    purser_timer_set (served->again, 0); /* more is at hand: in the next turn, so that others have theirs */
}

static void
ready_cb (int fd, guint32 events, gpointer data)
{
  run_cb (data);
}

void
purser_listener_wake (PurserServed *served)
{
  purser_loop_later (served->plane->loop, run_cb, served);
}

static void
silent_cb (void *data, const char *format, va_list arguments)
{
}

static struct MHD_Daemon *
start_daemon (PurserServed *served, int fd, const char *certificate, const char *private_key)
{
  unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | (certificate != NULL ? MHD_USE_TLS : 0);
  struct MHD_OptionItem tls[] = { { MHD_OPTION_HTTPS_MEM_CERT, 0, (void *) certificate },
                                  { MHD_OPTION_HTTPS_MEM_KEY, 0, (void *) private_key },
                                  { MHD_OPTION_END, 0, NULL } };
  if (certificate == NULL)
    tls[0] = tls[2];
  return MHD_start_daemon (flags, 0, NULL, NULL, access_cb, served,
                           MHD_OPTION_EXTERNAL_LOGGER, silent_cb, NULL,
                           MHD_OPTION_LISTEN_SOCKET, fd,
                           MHD_OPTION_CONNECTION_LIMIT, (unsigned) PURSER_GATEWAY_CONNECTIONS,
                           MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) PURSER_GATEWAY_CONNECTION_MEMORY,
                           MHD_OPTION_CONNECTION_TIMEOUT, 0u,
                           MHD_OPTION_NOTIFY_CONNECTION, connection_cb, served,
                           MHD_OPTION_NOTIFY_COMPLETED, completed_cb, served,
                           MHD_OPTION_URI_LOG_CALLBACK, line_cb, served,
                           MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

/**
 * purser_listener_start:
 * @fd: (transfer full): bound and listening
 * @certificate: (nullable): PEM text; with @private_key, only https is spoken
 */
gboolean
purser_listener_start (
    PurserServed *served, int fd, const char *certificate, const char *private_key, GError **error)
{
  PurserLoop *loop = served->plane->loop;
  served->daemon = start_daemon (served, fd, certificate, private_key);
  const union MHD_DaemonInfo *info =
      served->daemon != NULL ? MHD_get_daemon_info (served->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
  if (info == NULL)
    {
      if (served->daemon == NULL)
        close (fd);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   certificate != NULL
                       ? _("The gateway cannot listen with this certificate and private key. Choose PEM files that belong together.")
                       : _("The gateway cannot listen: %s"),
                   g_strerror (errno));
      return FALSE;
    }
  served->again = purser_timer_new (loop, run_cb, served);
  served->tick = purser_timer_new (loop, tick_cb, served);
  purser_timer_set (served->tick, g_get_monotonic_time () + purser_listener_limits.tick_us);
  served->watch = purser_watch_new (loop, info->epoll_fd, EPOLLIN, ready_cb, served);
  return TRUE;
}

/**
 * purser_listener_stop:
 *
 * Closes every connection and the port. Suspended ones must go on first, which the library insists on.
 */
void
purser_listener_stop (PurserServed *served)
{
  for (GList *at = served->clients.head; at != NULL; at = at->next)
    {
      PurserClient *client = at->data;
      shutdown (client->fd, SHUT_RDWR);
      if (client->http != NULL)
        purser_http_gone (client->http);
    }
  g_clear_pointer (&served->watch, purser_watch_free);
  g_clear_pointer (&served->tick, purser_timer_free);
  g_clear_pointer (&served->again, purser_timer_free);
  purser_loop_forget (served->plane->loop, served);
  if (served->daemon != NULL)
    MHD_run (served->daemon);
  g_clear_pointer (&served->daemon, MHD_stop_daemon);
}
