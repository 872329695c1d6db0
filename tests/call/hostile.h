/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A provider that misbehaves to order: a raw HTTP/1.1 server on loopback that speaks every dialect. The address
 * says how: http://127.0.0.1:PORT/TAG/FAULT,FAULT,…/v1 gives the first request of TAG the first fault, and so on; the
 * last one stays. hostile-faults.c and hostile-wire.c list the faults. Requests are counted by tag. */
typedef struct _Hostile Hostile;

Hostile *hostile_new      (GTlsCertificate *certificate /* (nullable): https */);
void     hostile_free     (Hostile *hostile);
guint    hostile_port     (Hostile *hostile);
char *hostile_address (Hostile *hostile,
                       const char *tag,
                       const char *faults,
                       const char *kind); /* (transfer full) as a provider of KIND stores it */
guint    hostile_requests (Hostile *hostile, const char *tag);    /* chat requests, whole ones */
char *hostile_seen (Hostile *hostile,
                    const char *tag); /* (transfer full) (nullable): the last request, head and body */
guint    hostile_open     (Hostile *hostile);                     /* connections open now */
guint    hostile_busy     (Hostile *hostile);                     /* of them, those with a request under way, or about to close */
guint    hostile_keys     (Hostile *hostile);                     /* requests of any kind that carried a credential */
guint    hostile_reused   (Hostile *hostile);                     /* second requests on one connection */
guint64  hostile_written  (Hostile *hostile);                     /* bytes that "big" could get rid of */
guint    hostile_clean    (Hostile *hostile);                     /* replies that were taken to their last byte */

G_END_DECLS
