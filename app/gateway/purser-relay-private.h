/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-gateway-private.h"

G_BEGIN_DECLS

/* Between the call that a relay drives (purser-relay.c) and the reply that its caller gets (purser-relay-reply.c). */
struct _PurserRelay
{
  guint                refs;
  PurserServed        *served;     /* (owned) */
  PurserHttp          *http;       /* (nullable) while its caller is there */
  PurserIdentity       identity;
  const PurserDialect *dialect;    /* the caller's */
  PurserChat          *chat;       /* (owned) */
  char                *workload, *model, *behalf; /* (owned) (nullable) */
  char               **extra_headers; /* (owned) (nullable) */
  PurserEngine        *engine;     /* (owned) */
  PurserExchange      *exchange;   /* (nullable) closed by us */
  PurserHttpRequest   *placing;    /* (owned) (nullable) while its address is looked up */
  PurserWriter        *writer;     /* (owned) (nullable) where replies are translated */
  PurserTimer         *timer, *ping, *reload; /* (owned) (nullable) */
  GByteArray          *whole;      /* (owned) (nullable) a reply that goes out as one */
  GList                link;       /* in served->relays */
  GList                reload_link; /* in served->reloading */
  gint64               started, began; /* µs UTC; monotonic */
  gint64               generation;
  gsize                held;       /* of plane->held: the request's body, which a fallback may need again */
  gboolean             pumping, begun, full, failed_out, spoke, reloading, left, over;
  const char          *cancel_words; /* (nullable) why we ended it */
};

/* One event of the answering model, as the caller's dialect says it or as its provider sent it. */
void purser_relay_say  (PurserRelay *relay, const PurserEvent *event);
/* Status, headers and a word that commits to nothing. */
void purser_relay_ping (PurserRelay *relay);
/* The call is over: what is still unsaid, a whole reply, or why there is none. */
void purser_relay_finish_reply (PurserRelay *relay, PurserCallResult *result);

G_END_DECLS
