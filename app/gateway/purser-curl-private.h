/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <curl/curl.h>

#include "purser-curl-transport.h"

G_BEGIN_DECLS

/* For the files of this transport. Nothing of the user's runs inside one of libcurl's callbacks: they only note what came, and it is told when libcurl has returned.
 * So an exchange may be sent, paused or closed in any event, all of which libcurl forbids in its own callbacks. */

typedef struct _PurserCurlTransport PurserCurlTransport;
typedef struct _PurserCurlWay       PurserCurlWay;

/* The connections made with one CA file as it was then: a replaced file is another way, and none of the old connections is used again. */
struct _PurserCurlWay
{
  PurserCurlTransport *transport;
  CURLM               *multi;   /* (owned) */
  char                *ca_file; /* (owned) (nullable) */
  char                *stamp;   /* (owned) which file that is: its time, size and number */
  GPtrArray           *watches; /* (owned) descriptor → PurserWatch */
  PurserTimer         *timer;   /* (owned) libcurl's */
  PurserTimer         *idle;    /* (owned) ends a way that nobody uses, and its kept connections with it */
  guint                running; /* exchanges */
  gboolean             retired;
};

struct _PurserCurlTransport
{
  PurserTransport base;
  PurserLoop     *loop;
  GQueue          ways;        /* (element-type PurserCurlWay) (owned) */
  GQueue          exchanges;   /* (element-type PurserExchange) all that are not spare */
  GQueue          telling;     /* (element-type PurserExchange) something is to be told of them */
  GQueue          draining;    /* (element-type PurserExchange) closed, the soonest deadline first */
  PurserTimer    *drain_timer; /* (owned) */
  GPtrArray      *spare;       /* (owned) exchanges whose handle can be used again */
  GPtrArray      *buffers;     /* (owned) GByteArrays, likewise */
  GHashTable     *targets;     /* (owned) URL → what it means */
};

struct _PurserExchange
{
  PurserCurlTransport        *transport; /* NULL: it went before the user's close */
  PurserCurlWay              *way;       /* (nullable) while libcurl works on it */
  const PurserExchangeEvents *events;    /* NULL once closed or over */
  gpointer                    user_data;
  GList                       link;      /* in exchanges */
  GList                       tell_link; /* in telling */
  GList                       drain_link; /* in draining */

  /* The handle, and what it is set to: it is used again with everything that did not change. */
  CURL              *easy;    /* (owned) */
  char              *url;     /* (owned) (nullable) */
  char              *ca_file; /* (owned) (nullable) */
  const char        *method;  /* (nullable) static */
  gboolean           direct, tls, has_body;
  struct curl_slist *headers; /* (owned) (nullable) erased after use */
  GBytes            *body;    /* (owned) (nullable) */
  char               error[CURL_ERROR_SIZE];

  gint64           sent_at, started_at, drain_until; /* monotonic µs */
  guint            starts;       /* how often libcurl wanted to send it */
  gsize            header_bytes; /* of all heads so far */
  gsize            drained;
  int              status;
  GByteArray      *pending;      /* (owned) (nullable) came and is not told yet */
  PurserFaultClass class_;
  char            *words;        /* (owned) (nullable) */

  gboolean queued, telling, closed; /* in the telling queue; being told; by the user */
  gboolean again;                   /* libcurl wanted to send it a second time, and was kept from it */
  gboolean has_headers, told_connected, told_headers;
  gboolean paused, held;            /* by the user; libcurl knows of it */
  gboolean draining;
  gboolean over;                    /* libcurl is done with it */
};

/* purser-curl-exchange.c */
PurserExchange *purser_curl_exchange_new     (PurserCurlTransport *transport);
void            purser_curl_exchange_destroy (PurserExchange *exchange); /* handle and all; out of every queue */
void            purser_curl_exchange_release (PurserExchange *exchange); /* to the spare ones */
void            purser_curl_exchange_detach  (PurserExchange *exchange); /* the transport goes; the user has still to close it */
void            purser_curl_exchange_done    (PurserExchange *exchange, CURLcode code);
void            purser_curl_exchange_refuse  (PurserExchange *exchange, PurserFaultClass class_, char *words /* (transfer full) */);
void            purser_curl_exchange_queue   (PurserExchange *exchange);
void            purser_curl_tell_all         (gpointer transport); /* a PurserLoopFunc */

/* purser-curl-request.c: FALSE and words where it cannot be sent */
gboolean purser_curl_request_apply (PurserExchange *exchange, const PurserHttpRequest *request, PurserFaultClass *class_, char **words);
void     purser_curl_request_clear (PurserExchange *exchange);

/* purser-curl-way.c */
PurserCurlWay *purser_curl_way_get   (PurserCurlTransport *transport, const char *ca_file, char **words);
void           purser_curl_way_free  (PurserCurlWay *way);
gboolean       purser_curl_way_enter (PurserCurlWay *way, PurserExchange *exchange);
void           purser_curl_way_leave (PurserExchange *exchange);

G_END_DECLS
