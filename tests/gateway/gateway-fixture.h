/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "caller-fixture.h"
#include "purser-plane.h"

G_BEGIN_DECLS

/* A gateway in this process, in front of a real store file and a hostile server, and a caller made of a bare socket. */
typedef struct
{
  Fixture       base;
  PurserPlane  *plane;
  PurserServed *served;      /* (nullable) once dropped */
  guint         port;
  gint64        principal_id, access_key_id;
  char         *secret;      /* (owned) the access key */
} Gateway;

guint gateway_free_port (void);
void gateway_set_up    (Gateway *g, gconstpointer data);
void gateway_tear_down (Gateway *g, gconstpointer data);
void gateway_drop      (Gateway *g, gboolean drain); /* waits until it is gone */
#define GATEWAY_ADD(path, func) g_test_add (path, Gateway, NULL, gateway_set_up, func, gateway_tear_down)

/* Changes the configuration: FUNC runs in one write job, then a new generation is there and the gateway has it. */
void gateway_change (Gateway *g, PurserStoreFunc func, gpointer data);

typedef struct
{
  int    status;    /* 0: the connection ended before a whole head */
  char  *head;      /* (owned) */
  char  *body;      /* (owned) unchunked */
  gsize  length;
  gboolean whole;   /* the body came to its end */
} Reply;
void  reply_clear  (Reply *reply);
char *reply_header (const Reply *reply, const char *name); /* (transfer full) (nullable) */

/* An open connection with a request on its way; finished by ask_end(). */
typedef struct _Ask Ask;
/* HEADERS: whole lines "Name: value\r\n…", or NULL for the access key alone. BODY nullable. */
Ask  *ask_start (Gateway *g, const char *method, const char *path, const char *headers, const char *body);
gboolean ask_done (gpointer ask);
void  ask_leave (Ask *ask);                 /* closes the connection under way, and frees it */
Reply ask_end   (Ask *ask);                 /* waits; frees ASK */
Reply ask       (Gateway *g, const char *method, const char *path, const char *headers, const char *body);
Reply ask_raw   (Gateway *g, const char *bytes); /* those very bytes */

/* A request for WORKLOAD in a dialect. (transfer full) */
const char *dialect_path (const char *dialect);
char *dialect_body (const char *dialect, const char *workload, gboolean stream);

guint open_descriptors (void);
guint running_calls (Gateway *g);
gboolean nothing_runs (gpointer gateway);

G_END_DECLS
