/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-curl-private.h"

#include "config.h"
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/epoll.h>
#include <sys/stat.h>

#define KEPT_CONNECTIONS 256L
#define IDLE_US          (60 * G_USEC_PER_SEC)

/* ——— libcurl at work ——— */

/* Takes over what libcurl has ended, then tells the users. */
static void
after (PurserCurlWay *way)
{
  CURLMsg *message;
  int left = 0;
  while ((message = curl_multi_info_read (way->multi, &left)) != NULL)
    {
      PurserExchange *exchange = NULL;
      CURLcode code = message->data.result;
      curl_easy_getinfo (message->easy_handle, CURLINFO_PRIVATE, (char **) &exchange);
      purser_curl_exchange_done (exchange, code);
    }
  purser_curl_tell_all (way->transport);
}

static void
kick (gpointer data)
{
  PurserCurlWay *way = data;
  int running = 0;
  curl_multi_socket_action (way->multi, CURL_SOCKET_TIMEOUT, 0, &running);
  after (way);
}

static void
watch_cb (int fd, guint32 events, gpointer data)
{
  PurserCurlWay *way = data;
  int running = 0, what = 0;
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLRDHUP)) != 0)
    what |= CURL_CSELECT_IN;
  if ((events & EPOLLOUT) != 0)
    what |= CURL_CSELECT_OUT;
  if ((events & EPOLLERR) != 0)
    what |= CURL_CSELECT_ERR;
  curl_multi_socket_action (way->multi, fd, what, &running);
  after (way);
}

static PurserWatch **
watch_slot (PurserCurlWay *way, int fd)
{
  if (way->watches->len <= (guint) fd)
    g_ptr_array_set_size (way->watches, fd + 32);
  return (PurserWatch **) &way->watches->pdata[fd];
}

static int
socket_cb (CURL *easy, curl_socket_t fd, int what, void *data, void *slot_data)
{
  PurserCurlWay *way = data;
  PurserWatch **watch = watch_slot (way, fd);
  guint32 events = ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0);
  if (what == CURL_POLL_REMOVE)
    g_clear_pointer (watch, purser_watch_free);
  else if (*watch != NULL)
    purser_watch_set (*watch, events);
  else
    *watch = purser_watch_new (way->transport->loop, fd, events, watch_cb, way);
  return 0;
}

/* "At once" is the end of this turn: then one call of libcurl begins everything that was sent in it. */
static int
timer_cb (CURLM *multi, long ms, void *data)
{
  PurserCurlWay *way = data;
  purser_timer_set (way->timer, ms > 0 ? g_get_monotonic_time () + ms * 1000 : -1);
  if (ms == 0)
    purser_loop_later (way->transport->loop, kick, way);
  return 0;
}

/* ——— ways ——— */

static char *
file_stamp (const char *file, char **words)
{
  struct stat status = { 0 };
  if (file == NULL)
    return g_strdup ("");
  if (stat (file, &status) != 0)
    {
      *words = g_strdup_printf (_("The CA file “%s” cannot be used: %s"), file, g_strerror (errno));
      return NULL;
    }
  return g_strdup_printf ("%lld.%09ld %lld %llu", (long long) status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                          (long long) status.st_size, (unsigned long long) status.st_ino);
}

void
purser_curl_way_free (PurserCurlWay *way)
{
  g_queue_remove (&way->transport->ways, way);
  curl_multi_cleanup (way->multi);
  purser_loop_forget (way->transport->loop, way);
  for (guint i = 0; i < way->watches->len; i++)
    purser_watch_free (way->watches->pdata[i]);
  g_ptr_array_unref (way->watches);
  purser_timer_free (way->timer);
  purser_timer_free (way->idle);
  g_free (way->ca_file);
  g_free (way->stamp);
  g_free (way);
}

static void
idle_cb (gpointer data)
{
  purser_curl_way_free (data);
}

static PurserCurlWay *
way_new (PurserCurlTransport *transport, const char *ca_file, char *stamp)
{
  PurserCurlWay *way = g_new0 (PurserCurlWay, 1);
  way->transport = transport;
  way->ca_file = g_strdup (ca_file);
  way->stamp = stamp;
  way->watches = g_ptr_array_new ();
  way->timer = purser_timer_new (transport->loop, kick, way);
  way->idle = purser_timer_new (transport->loop, idle_cb, way);
  way->multi = curl_multi_init ();
  if (way->multi == NULL)
    g_error ("curl_multi_init: no memory");
  curl_multi_setopt (way->multi, CURLMOPT_SOCKETFUNCTION, socket_cb);
  curl_multi_setopt (way->multi, CURLMOPT_SOCKETDATA, way);
  curl_multi_setopt (way->multi, CURLMOPT_TIMERFUNCTION, timer_cb);
  curl_multi_setopt (way->multi, CURLMOPT_TIMERDATA, way);
  curl_multi_setopt (way->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  curl_multi_setopt (way->multi, CURLMOPT_MAXCONNECTS, KEPT_CONNECTIONS);
  g_queue_push_tail (&transport->ways, way);
  return way;
}

/* Ends the way when its last exchange has left, or a minute later, for the sake of its kept connections. Never at once: libcurl may be at work in it. */
static void
rest (PurserCurlWay *way)
{
  gint64 end = way->retired ? 0 : g_get_monotonic_time () + IDLE_US;
  purser_timer_set (way->idle, way->running == 0 ? end : -1);
}

/* The way for CA_FILE as it is on disk now. NULL and words where there is no such file. */
PurserCurlWay *
purser_curl_way_get (PurserCurlTransport *transport, const char *ca_file, char **words)
{
  g_autofree char *stamp = file_stamp (ca_file, words);
  for (GList *link = transport->ways.head; link != NULL && stamp != NULL; link = link->next)
    {
      PurserCurlWay *way = link->data;
      if (way->retired || g_strcmp0 (way->ca_file, ca_file) != 0)
        continue;
      if (g_str_equal (way->stamp, stamp))
        return way;
      way->retired = TRUE;
      rest (way);
    }
  return stamp != NULL ? way_new (transport, ca_file, g_steal_pointer (&stamp)) : NULL;
}

gboolean
purser_curl_way_enter (PurserCurlWay *way, PurserExchange *exchange)
{
  if (curl_multi_add_handle (way->multi, exchange->easy) != CURLM_OK)
    return FALSE;
  exchange->way = way;
  if (way->running++ == 0)
    rest (way);
  return TRUE;
}

void
purser_curl_way_leave (PurserExchange *exchange)
{
  PurserCurlWay *way = g_steal_pointer (&exchange->way);
  if (way == NULL)
    return;
  curl_multi_remove_handle (way->multi, exchange->easy);
  if (--way->running == 0)
    rest (way);
}
