/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-dialect.h"
#include "purser-kind.h"

G_BEGIN_DECLS

/* The seam behind which bytes travel. A transport makes one exchange of one request and never repeats it by itself: a
 * second send of a POST is a second bill (DESIGN §3.4). It follows no redirect, since the key would go with it, and
 * keeps no cookies. */
typedef struct _PurserTransport PurserTransport;
typedef struct _PurserExchange  PurserExchange;

typedef struct
{
  const char *method;   /* static */
  char       *address;  /* (owned) a base address, or still "practice:…": the driver resolves it */
  char       *path;     /* (owned) what comes after it; "//…" begins at the host (purser_address_join()) */
  char      **headers;  /* (owned) name, value, name, value …, NULL; values are erased when freed */
  GBytes     *body;     /* (owned) (nullable) */
  char       *ca_file;  /* (owned) (nullable) trust only what this file vouches for */
} PurserHttpRequest;

PurserHttpRequest *purser_http_request_new        (const char *method, const char *address, const char *path);
void               purser_http_request_resolve    (PurserHttpRequest *request, const char *address);
void               purser_http_request_add_header (PurserHttpRequest *request, const char *name, const char *value);
/* In the place of those of that name, in whatever case. */
void               purser_http_request_set_header (PurserHttpRequest *request, const char *name, const char *value);
void               purser_http_request_free       (PurserHttpRequest *request);
char              *purser_http_request_url        (const PurserHttpRequest *request); /* (transfer full) */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserHttpRequest, purser_http_request_free)

/* What an exchange tells, in this order: connected once, headers once, bytes any number of times, then end or error
 * exactly once. An error may come at any point instead. Nothing comes after end, error or close, and nothing during
 * send. */
typedef struct
{
  /* The connection stands and the request starts to go out: REQUEST_START in monotonic µs, CONNECT_US since send. */
  void (*connected) (gint64 request_start, gint64 connect_us, gpointer user_data);
  /* HEADER with HEADER_DATA answers until the exchange ends or is closed. */
  void (*headers)   (int status, PurserHeaderFunc header, gpointer header_data, gpointer user_data);
  void (*bytes)     (const void *bytes, gsize length, gpointer user_data);
  void (*end)       (gpointer user_data);
  void (*error)     (PurserFaultClass class_, const char *words, gpointer user_data);
} PurserExchangeEvents;

struct _PurserTransport
{
  PurserExchange *(*send) (PurserTransport *self,
                           const PurserHttpRequest *request,
                           const PurserExchangeEvents *events,
                           gpointer user_data);
  void (*pause) (PurserExchange *exchange,
                 gboolean paused); /* reads nothing while paused, so the server is held back */
  /* Gives the exchange up at any point; always called once, also after end or error. DRAIN: the reply is whole; read
   * the little that may follow it, so that the server sees a clean end. */
  void            (*close) (PurserExchange *exchange, gboolean drain);
  void            (*free)  (PurserTransport *self);
};

PurserTransport *purser_soup_transport_new (void);
void             purser_transport_free     (PurserTransport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserTransport, purser_transport_free)

G_END_DECLS
